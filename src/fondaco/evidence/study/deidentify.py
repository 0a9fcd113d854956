"""How do answers leave the house without telling who gave them? Pseudonyms, coarse days, no rare groups, a codebook.

Only what the study needs goes out. Firms and informants become pseudonyms by a keyed hash (HMAC-SHA-256): the same
within one study, of no use to anybody without its key. Answers themselves stay as they are, so that every number can be
computed again; figures from the ledger are rounded to two digits that count.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from fondaco.evidence.study.behaviour import MEANINGS
from fondaco.evidence.study.definition import Study
from fondaco.evidence.study.sample import FICTIONAL, LEAST_GROUP
from fondaco.kernel import Refused

_OTHER = "other"
_CODEBOOK = ("column", "kind", "meaning", "values", "treatment")


@dataclass(frozen=True)
class Release:
    """What goes out: the cases, the codebook (rows of `column, kind, meaning, values, treatment`), and notes."""

    frame: pl.DataFrame
    codebook: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    @property
    def codebook_header(self) -> tuple[str, ...]:
        """The codebook's columns."""
        return _CODEBOOK


def release(study: Study, answers: pl.DataFrame, *, key: bytes) -> Release:
    """Return answers as they may leave.

    Parameters
    ----------
    answers
        With the columns of the study; ``firm``, ``informant`` and ``day`` where there are.
    key
        Of the pseudonyms; kept secret, and another for each study.

    Raises
    ------
    Refused
        Where fewer than five firms (or cases, if no firm is named) would be in it.
    """
    told = answers["firm"].to_list() if "firm" in answers.columns else []
    # As pseudonyms see them: one firm in two spellings is one. Where no firm is named, each answer counts as one.
    whose = [_pseudonym(key, "firm", each) for each in told]
    if not any(whose):
        whose = [str(place) for place in range(answers.height)]
    firms = len({*whose} - {None})
    if firms < LEAST_GROUP:
        raise Refused(
            f"The answers are of {firms} firms: a file of fewer than {LEAST_GROUP} would tell who they are."
        )
    columns: dict[str, pl.Series] = {}
    book: list[tuple[str, ...]] = []
    notes: list[str] = []
    for name in ("firm", "informant"):
        if name in answers.columns:
            columns[name] = pl.Series([_pseudonym(key, name, each) for each in answers[name].to_list()])
            book.append(
                (name, "text", f"pseudonym of the {name}", "", "keyed hash, the same within this study")
            )
    if "day" in answers.columns:
        columns["quarter"] = pl.Series([_quarter(each) for each in answers["day"].to_list()])
        book.append(("quarter", "text", "when it was answered", "", "day made a quarter"))
    if "fictional" in answers.columns:
        columns["fictional"] = answers["fictional"].cast(pl.String)
        book.append(("fictional", "text", "whether the answers are invented", "yes", "as told"))
        notes.append(FICTIONAL)
    wanted = [*study.asked, *study.behaviour, *([study.groups] if study.groups else [])]
    for name in dict.fromkeys(each for each in wanted if each in answers.columns):
        if name in study.behaviour:
            columns[name] = _rounded(answers[name])
            book.append((name, "number", MEANINGS[name], "", "rounded to two significant digits"))
        elif name == study.groups:
            labels, merged = _merged(answers[name], whose)
            columns[name] = labels
            treatment = f"groups of fewer than {LEAST_GROUP} firms are {_OTHER}" if merged else "as answered"
            book.append(
                (name, "text", "group of the study", "; ".join(sorted(set(labels.drop_nulls()))), treatment)
            )
            notes += [f"{name}: {merged} small groups are told as {_OTHER}."] if merged else []
        else:
            columns[name] = answers[name]
            scale = f"{study.low:g} to {study.high:g}"
            book.append((name, "number", study.items.get(name, ""), scale, "as answered"))
    left = [name for name in answers.columns if name not in {*columns, "day"}]
    if left:
        notes.append(f"Left out, as the study does not need them: {len(left)} columns.")
    # Cases in the order of what they hold, so that their place in the file that came tells nothing.
    by = [name for name in columns if name != "quarter"]
    return Release(pl.DataFrame(columns).sort(by, maintain_order=True), tuple(book), tuple(notes))


def _pseudonym(key: bytes, kind: str, value: object) -> str | None:
    if value is None or not str(value).strip():
        return None
    digest = hmac.new(key, f"{kind}\t{str(value).strip().casefold()}".encode(), hashlib.sha256).hexdigest()
    return f"{kind[0].upper()}-{digest[:12]}"


def _quarter(value: object) -> str | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip()[:10])
        except ValueError:
            return None
    if not isinstance(value, date | datetime):
        return None
    return f"{value.year}-Q{(value.month - 1) // 3 + 1}"


def _rounded(column: pl.Series) -> pl.Series:
    return pl.Series(
        [None if each is None else float(f"{each:.2g}") for each in column.cast(pl.Float64).to_list()]
    )


def _merged(column: pl.Series, whose: Sequence[str | None]) -> tuple[pl.Series, int]:
    """Return labels with groups of few firms made one; that one takes in the next smallest until it is large enough."""
    labels = column.cast(pl.String)
    firms: dict[str, set[str]] = {}
    for label, firm in zip(labels.to_list(), whose, strict=True):
        if label is not None:
            firms.setdefault(label, set()).update([firm] if firm else [])
    ordered = sorted(firms, key=lambda each: (len(firms[each]), each))
    small = [each for each in ordered if len(firms[each]) < LEAST_GROUP]
    while (
        small
        and len(set().union(*(firms[each] for each in small))) < LEAST_GROUP
        and len(small) < len(ordered)
    ):
        small.append(ordered[len(small)])
    told = [None if each is None else _OTHER if each in small else each for each in labels.to_list()]
    return pl.Series(told, dtype=pl.String), len(small)
