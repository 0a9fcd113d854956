"""Which answers may a study use? Counts before they are opened, and the cases afterwards.

Counts tell how many answered, never what they answered; a group of fewer than five is not named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from fondaco.evidence.study.definition import Study
from fondaco.evidence.surveys import Survey
from fondaco.kernel import Refused
from fondaco.kernel.words import many

#: The least size of a group that is shown by itself.
LEAST_GROUP = 5
#: Said wherever invented answers are told of; their file has a column of that name.
FICTIONAL = (
    "The answers are fictional, made with known coefficients: this shows the method, and nothing of any firm."
)


@dataclass(frozen=True)
class Counts:
    """How many answers there are, and to what.

    Attributes
    ----------
    answers, complete
        All, and those with an answer to every question that the model needs.
    missing
        Columns that the model needs and the answers lack.
    unanswered
        By column: how many left it empty, where any did.
    groups
        By group of the study's `groups`: its size; those below `LEAST_GROUP` together under ``""``.
    """

    answers: int
    complete: int
    missing: tuple[str, ...]
    unanswered: dict[str, int]
    groups: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "answers": self.answers, "complete": self.complete, "missing": list(self.missing),
            "unanswered": self.unanswered, "groups": self.groups,
        }  # fmt: skip


def counts(study: Study, survey: Survey) -> Counts:
    """Return the counts of answers to a study, without any of their values."""
    there = [name for name in study.columns if name in survey.columns]
    empty = survey.frame.select(pl.col(name).is_null() | _blank(survey, name) for name in there)
    missing = tuple(name for name in study.columns if name not in survey.columns)
    whole = 0 if missing or not there else int((~empty.select(pl.any_horizontal(pl.all())).to_series()).sum())
    gone = {name: int(empty[name].sum()) for name in there}
    return Counts(
        len(survey), whole, missing, {name: n for name, n in gone.items() if n}, _groups(study, survey)
    )


def _blank(survey: Survey, name: str) -> pl.Expr:
    return pl.col(name) == "" if survey.frame[name].dtype == pl.String else pl.lit(False)


def _groups(study: Study, survey: Survey) -> dict[str, int]:
    if not study.groups or study.groups not in survey.columns:
        return {}
    sizes = Counter(sorted(survey.frame[study.groups].cast(pl.String).drop_nulls().to_list()))
    shown = {label: size for label, size in sizes.items() if size >= LEAST_GROUP}
    small = sum(size for size in sizes.values() if size < LEAST_GROUP)
    return shown | ({"": small} if small else {})


def opened(study: Study, survey: Survey) -> Survey:
    """Return the cases of a study: its columns and no others, with scores, answers off the scale left out.

    Raises
    ------
    Refused
        Where there are fewer complete answers than the study states, with both numbers.
    InputError
        Where a column is missing or holds text.
    """
    survey.require(study.asked)
    found = counts(study, survey)
    _enough(study, found.answers, found.complete)
    survey.require(study.columns)
    held = survey.numbers(list(study.columns))
    notes = [FICTIONAL] if "fictional" in survey.columns else []
    for name in study.asked:
        if name in study.items and (off := _off_scale(held[name], study)):
            held[name][off] = np.nan
            rows = ", ".join(str(survey.rows[place]) for place in off[:5])
            notes.append(
                f"{name}: {many(len(off), 'answer')} beyond {study.low:g} to {study.high:g} left out (rows {rows}"
                f"{', ...' if len(off) > 5 else ''})."
            )
    _enough(study, len(survey), int((~np.isnan(np.column_stack(list(held.values()))).any(axis=1)).sum()))
    for name in study.reverse:
        if name in held:
            held[name] = study.low + study.high - held[name]
    notes += _repeated(survey)
    held |= {
        score: _mean([held[item] for item in of])
        for score, of in study.scores.items()
        if score in study.names
    }
    frame = pl.DataFrame({name: pl.Series(values).fill_nan(None) for name, values in held.items()})
    if study.groups and study.groups in survey.columns:
        frame = frame.with_columns(survey.frame[study.groups].cast(pl.String).alias(study.groups))
    return replace(survey, frame=frame, notes=(*survey.notes, *notes))


def _enough(study: Study, answers: int, complete: int) -> None:
    if complete < study.minimum:
        raise Refused(
            f"{answers} answers came, {complete} of them complete; this study is not run with fewer than "
            f"{study.minimum}. On so few, what is found would hang on single firms, and single firms could be told: "
            "collect more answers."
        )


def _repeated(survey: Survey) -> list[str]:
    """Say where several answers are of one firm."""
    if "firm" not in survey.columns:
        return []
    named = survey.frame["firm"].drop_nulls()
    firms = named.n_unique()
    if firms == len(named):
        return []
    told = (
        f"{len(named)} answers are of {firms} firms: answers of one firm resemble each other, so that errors are larger than "
        "those that are told."
    )
    return [told]


def _off_scale(values: np.ndarray, study: Study) -> list[int]:
    """Return the places of answers that the scale does not have."""
    return [int(place) for place in np.flatnonzero((values < study.low) | (values > study.high))]


def _mean(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean of the items answered, where at least half of them are."""
    held = np.column_stack(columns)
    answered = (~np.isnan(held)).sum(axis=1)
    total = np.nansum(held, axis=1)
    enough = answered * 2 >= held.shape[1]
    return np.where(enough & (answered > 0), total / np.maximum(answered, 1), np.nan)
