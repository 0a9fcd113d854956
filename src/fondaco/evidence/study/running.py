"""What does a study find? The frozen model on the opened cases: tables, diagram and a written results section.

The numbers are those of `fondaco.pls` and `fondaco.evidence.regress` on the same cases; nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fondaco import pls
from fondaco.evidence.regression import Regression, regress
from fondaco.evidence.study import writing
from fondaco.evidence.study.definition import Study
from fondaco.evidence.study.regression_tables import tables_of
from fondaco.evidence.study.sample import LEAST_GROUP, opened
from fondaco.evidence.surveys import Survey
from fondaco.kernel import InputError
from fondaco.pls.diagram import Arrow, Node, draw
from fondaco.pls.journal import JournalTable, Source, htmt, journal_tables, reflective
from fondaco.pls.journal_tests import prediction_tables
from fondaco.pls.report import diagram
from fondaco.pls.told import finite, plain, told

#: Each with a share of a run: what is done, from, to.
Progress = Callable[[str, float], None]
RESAMPLES = 10_000


@dataclass(frozen=True)
class Result:
    """What a run found.

    Attributes
    ----------
    kind, n, resamples, seed
        What was run, on how many cases, and by which random numbers.
    numbers
        Every number as JSON values: as `fondaco pls fit --json` or `fondaco regress --json` tells them, with
        `prediction` and `groups` where there are.
    tables, diagram
        Of the results section; the diagram as SVG.
    sections
        The written results: headings with paragraphs.
    """

    kind: str
    n: int
    resamples: int
    seed: int
    numbers: dict[str, Any]
    tables: tuple[JournalTable, ...]
    diagram: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values; `from_json` reads them."""
        return {
            "kind": self.kind, "n": self.n, "resamples": self.resamples, "seed": self.seed, "numbers": self.numbers,
            "tables": [_table_json(each) for each in self.tables], "diagram": self.diagram,
            "sections": [{"heading": heading, "paragraphs": list(said)} for heading, said in self.sections],
        }  # fmt: skip

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Result:
        """Return the result that `to_json` told."""
        return cls(
            held["kind"], held["n"], held["resamples"], held["seed"], held["numbers"],
            tuple(_table(each) for each in held["tables"]), held["diagram"],
            tuple((each["heading"], tuple(each["paragraphs"])) for each in held["sections"]),
        )  # fmt: skip


def _table_json(table: JournalTable) -> dict[str, Any]:
    cells = [[list(cell) if isinstance(cell, tuple) else finite(cell) for cell in row] for row in table.rows]
    return {
        "name": table.name, "title": table.title, "header": list(table.header), "rows": cells,
        "notes": list(table.notes), "missed": sorted(map(list, table.missed)), "p_columns": sorted(table.p_columns),
    }  # fmt: skip


def _table(held: Mapping[str, Any]) -> JournalTable:
    rows = tuple(tuple(tuple(c) if isinstance(c, list) else c for c in row) for row in held["rows"])
    return JournalTable(
        held["name"], held["title"], tuple(held["header"]), rows, tuple(held["notes"]),
        frozenset((i, j) for i, j in held["missed"]), frozenset(held["p_columns"]),
    )  # fmt: skip


def run(
    study: Study,
    survey: Survey,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
    registered: str = "",
    progress: Progress | None = None,
) -> Result:
    """Open the answers and run a study's model on them.

    Parameters
    ----------
    survey
        The answers, with a column for each item (and each figure of behaviour).
    resamples, seed
        Of the bootstrap of a path model.
    registered
        What `Registration.says`, for the results section.
    progress
        Called with what is done and the share of all that is.

    Raises
    ------
    Refused
        For fewer complete answers than the study states.
    InputError
        For data or a model that cannot be taken.
    """
    step = progress or (lambda _what, _share: None)
    step("opening the answers", 0.02)
    cases = opened(study, survey)
    found = _path_model if study.kind == "pls" else _regression
    return found(study, cases, resamples, seed, registered, step)


# --- a path model


def _path_model(
    study: Study, cases: Survey, resamples: int, seed: int, registered: str, step: Progress
) -> Result:
    data = cases.numbers(list(study.names))
    fit = pls.fit(study.model, data)
    drawn = pls.bootstrap(
        fit, resamples, seed=seed, progress=lambda done, of: step("resampling", 0.05 + 0.6 * done / of)
    )
    numbers = told(fit, drawn)
    tables = [*_first_stage(fit.model, data), *journal_tables(Source(fit, drawn))]
    step("predicting cases left out", 0.7)
    predicted, why = _predicted(fit, data, seed)
    if predicted is not None:
        tables += prediction_tables(predicted)
        numbers["prediction"] = plain(predicted.constructs)
    step("comparing groups", 0.8)
    compared, why_not = _compared(study, cases, data, seed)
    if compared is not None:
        tables.append(_groups_table(compared, study.groups))
        numbers["groups"] = plain([each for each in compared.differences if each.kind == "path"])
    sections = writing.path_model(
        study, cases, numbers, registered=registered, prediction=predicted, why=why, groups=why_not
    )
    step("writing", 0.98)
    return Result(
        "pls", fit.n, resamples, seed, finite(numbers), tuple(tables), diagram(fit, drawn), sections
    )


def flattened(model: pls.Model) -> pls.Model:
    """Return the model with constructs of higher order measured by the indicators below them.

    >>> held = flattened(pls.parse("A =~ a1 + a2; B =~ b1; H =~ A + B; Y =~ y; Y ~ H"))
    >>> held.names, held.construct("H").indicators
    (('H', 'Y'), ('a1', 'a2', 'b1'))
    """
    below = {name for one in model.higher_order for name in one.of}
    kept = []
    for one in model.constructs:
        if one.of:
            items = tuple(item for part in one.of for item in model.construct(part).indicators)
            kept.append(pls.Construct(one.name, items, one.kind))
        elif one.name not in below:
            kept.append(one)
    return pls.Model(tuple(kept), model.paths)


def first_stage(model: pls.Model) -> pls.Model:
    """Return the model without constructs of higher order: what points to one points to all that measure it.

    The first of the disjoint two stages; its measurement is what the second stage rests on.
    """
    parts = {one.name: one.of for one in model.higher_order}

    def leaves(name: str) -> tuple[str, ...]:
        return tuple(leaf for part in parts[name] for leaf in leaves(part)) if name in parts else (name,)

    paths = [(a, b) for start, end in model.paths for a in leaves(start) for b in leaves(end)]
    kept = tuple(one for one in model.constructs if not one.of)
    return pls.Model(kept, tuple(dict.fromkeys(paths)))


def _first_stage(model: pls.Model, data: Mapping[str, np.ndarray]) -> list[JournalTable]:
    """Return the measurement of the constructs below those of higher order; nothing where there are none."""
    if not model.higher_order or model.interactions:
        return []
    source = Source(pls.fit(first_stage(model), data))
    found = [reflective(source, {}), htmt(source, {})]
    return [
        replace(table, name=f"First stage {table.name.lower()}"[:31], title=f"First stage: {table.title}")
        for table in found
        if table.rows
    ]


def _predicted(fit: pls.Fit, data: Mapping[str, np.ndarray], seed: int) -> tuple[pls.Predictions | None, str]:
    """Return the prediction out of sample, and how it was come by or why there is none."""
    if fit.model.interactions:
        return None, "A model with products is not predicted out of sample."
    try:
        if fit.model.higher_order:
            names = ", ".join(one.name for one in fit.model.higher_order)
            flat = pls.fit(flattened(fit.model), data)
            return (
                pls.predict(flat, seed=seed),
                f"Models of higher order are not predicted; for this {names} is measured by the items below it.",
            )
        return pls.predict(fit, seed=seed), ""
    except InputError as error:
        return None, f"Not predicted out of sample: {error}"


def _compared(
    study: Study, cases: Survey, data: Mapping[str, np.ndarray], seed: int
) -> tuple[pls.GroupComparison | None, str]:
    """Return the comparison of the study's groups, or why there is none."""
    if not study.groups:
        return None, ""
    if study.groups not in cases.columns:
        return None, f"The answers have no column {study.groups}: no groups are compared."
    labels = np.array(["" if each is None else each for each in cases.frame[study.groups].to_list()])
    named, sizes = np.unique(labels[labels != ""], return_counts=True)
    large = [str(name) for name, size in zip(named, sizes, strict=True) if size >= _LEAST_COMPARED]
    if len(large) < 2:
        return None, (
            f"Groups of {study.groups} are compared from {_LEAST_COMPARED} answers each; fewer than two are as large."
        )
    taken = np.isin(labels, large)
    held = {name: column[taken] for name, column in data.items()}
    try:
        return pls.compare_groups(
            study.model, held, labels[taken], kinds=("path",), permutations=1_000, resamples=0, seed=seed
        ), (
            f"Compared: {', '.join(large)}; groups below {_LEAST_COMPARED} answers are left out."
            if len(large) < len(named)
            else ""
        )
    except InputError as error:
        return None, f"Groups are not compared: {error}"


#: Answers of a group below which it is not compared; above `LEAST_GROUP`, as a model needs more than a count does.
_LEAST_COMPARED = max(LEAST_GROUP, 30)


def _groups_table(compared: pls.GroupComparison, by: str) -> JournalTable:
    rows = [
        (f"{one.start} → {one.end}", f"{one.first} – {one.second}", one.estimate_first, one.estimate_second,
         one.difference, one.permutation_p)
        for one in compared.differences
        if one.kind == "path"
    ]  # fmt: skip
    sizes = "; ".join(f"{label}: n = {fit.n}" for label, fit in compared.fits.items())
    return JournalTable(
        "Groups", f"Paths by {by}", ("Path", "Groups", "First", "Second", "Difference", "p"), tuple(rows),
        (f"{sizes}. Permutation tests, two-sided, {compared.permutations:,} regroupings.", compared.thresholds),
        frozenset(), frozenset({5}),
    )  # fmt: skip


# --- a regression


def _regression(
    study: Study, cases: Survey, _resamples: int, seed: int, registered: str, step: Progress
) -> Result:
    found = regress(study.model.strip(), cases)
    robust = regress(study.model.strip(), cases, robust="HC3")
    step("writing", 0.9)
    numbers = finite(found.to_json()) | {"robust_hc3": finite(robust.to_json())}
    tables = tables_of(study, cases, found, robust)
    sections = writing.regression(study, cases, found, robust, registered=registered)
    return Result("regression", found.n, 0, seed, numbers, tables, _drawn(found), sections)


def _drawn(found: Regression) -> str:
    """Return the regression as a diagram: standardised coefficients on arrows."""
    nodes = [Node(term.name, None, ()) for term in found.terms]
    nodes.append(Node(found.outcome, found.r2, ()))
    arrows = [
        Arrow(term.name, found.outcome, term.beta if term.beta is not None else term.b, term.p)
        for term in found.terms
    ]
    note = f"Standardised coefficients; n = {found.n}. *** p < .001, ** p < .01, * p < .05 (two-sided); dashed: p of .05 or more."
    return draw(nodes, arrows, title="Regression diagram", notes=[note])
