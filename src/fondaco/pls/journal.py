"""The tables of a results section: measurement, validity, structure, mediation and fit, laid out as journals print them.

Each is a `JournalTable`, a plain value that `fondaco.pls.typeset` writes as text, HTML or LaTeX and
`fondaco.pls.workbook` as Excel.  Each says by which threshold it is judged and who proposed it; cells that miss
theirs are marked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondaco.pls.intervals import Interval, Method
from fondaco.pls.measures import Quantity
from fondaco.pls.mediation import Kind, mediation
from fondaco.pls.moderation import simple_slopes

if TYPE_CHECKING:
    from fondaco.pls.bootstrap import Bootstrap
    from fondaco.pls.estimate import Fit

#: text, number, p value, or the two ends of an interval; None is an empty cell.
Cell = str | float | tuple[float, float] | None


@dataclass(frozen=True)
class JournalTable:
    """A table as a journal prints it.

    Attributes
    ----------
    name
        Short, also the name of its sheet.
    title
        The line above it.
    header
        Names of the columns.
    rows
        Cells: texts, numbers, intervals as (low, high), None where nothing stands.
    notes
        The lines below: thresholds with who proposed them, and what marks mean.
    missed
        (row, column) of cells that miss their threshold.
    p_columns
        Columns of p values, printed as such.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    missed: frozenset[tuple[int, int]] = frozenset()
    p_columns: frozenset[int] = frozenset()


MARK = "†"
_MARKED = f"{MARK} misses its threshold."


def testable(bootstrap: Bootstrap | None) -> Bootstrap | None:
    """Return the bootstrap, or None where hardly a resample could be used."""
    return bootstrap if bootstrap is not None and bootstrap.usable > 1 else None


@dataclass(frozen=True)
class Source:
    """A fit with the intervals of its bootstrap, where there is one that any interval can rest on."""

    fit: Fit
    bootstrap: Bootstrap | None = None
    method: Method = "percentile"
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "bootstrap", testable(self.bootstrap))

    def intervals(self) -> Mapping[Quantity, Interval]:
        """Return the interval of each number; none without a bootstrap."""
        if self.bootstrap is None:
            return {}
        found = self.bootstrap.intervals(method=self.method, level=self.level)
        return {Quantity(one.kind, one.start, one.end, one.via): one for one in found}

    @property
    def interval_name(self) -> str:
        """The head of a column of intervals."""
        return f"{self.level:.0%} CI"

    @property
    def rests_on(self) -> str:
        """What the numbers rest on, in a sentence."""
        settings = self.fit.settings
        how = f"n = {self.fit.n}; {settings.scheme} weighting{', consistent PLS' if settings.consistent else ''}"
        if self.fit.stages is not None:
            how += f"; {self.fit.stages.approach}"
        if self.bootstrap is None:
            return f"{how}; not bootstrapped, so without intervals and tests."
        seed = "given rows" if self.bootstrap.seed is None else f"seed {self.bootstrap.seed}"
        signs = "" if self.bootstrap.signs == "none" else f", signs changed by {self.bootstrap.signs}"
        return f"{how}; {self.method} intervals from {self.bootstrap.usable:,} bootstrap resamples ({seed}{signs})."


class _Rows:
    """Gathers rows, and which of their cells miss a threshold."""

    def __init__(self) -> None:
        self.rows: list[tuple[Cell, ...]] = []
        self.missed: set[tuple[int, int]] = set()

    def add(self, cells: Sequence[Cell], wrong: Iterable[int] = ()) -> None:
        self.missed |= {(len(self.rows), column) for column in wrong}
        self.rows.append(tuple(cells))

    def table(
        self,
        name: str,
        title: str,
        header: Sequence[str],
        notes: Iterable[str],
        p_columns: Iterable[int] = (),
    ) -> JournalTable:
        marks = [_MARKED] if self.missed else []
        return JournalTable(
            name,
            title,
            tuple(header),
            tuple(self.rows),
            (*marks, *notes),
            frozenset(self.missed),
            frozenset(p_columns),
        )


def journal_tables(source: Source) -> list[JournalTable]:
    """Return the tables of a results section, those without rows left out.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> fitted = fit("X =~ a; Y =~ b; Y ~ X", {"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})
    >>> [table.name for table in journal_tables(Source(fitted))]
    ['Reflective measurement', 'HTMT', 'Fornell-Larcker', 'Structural model', 'Explained variance', 'Fit']
    """
    found = source.intervals()
    makers: list[Callable[[Source, Mapping[Quantity, Interval]], JournalTable]] = [
        reflective,
        formative,
        htmt,
        fornell_larcker,
        structural,
        explained,
        effects,
        slopes,
        fit_measures,
    ]
    return [table for maker in makers if (table := maker(source, found)).rows]


# Measurement -----------------------------------------------------------------------------------


def reflective(source: Source, found: Mapping[Quantity, Interval]) -> JournalTable:
    """Loadings with the reliability of each construct of Mode A or unit weights."""
    fit, rows = source.fit, _Rows()
    with_ci = source.bootstrap is not None
    for name, indicators, mode in _blocks(fit):
        if mode == "B":
            continue
        single = len(indicators) == 1
        for place, indicator in enumerate(indicators):
            loading = fit.value("loading", name, indicator)
            whole = [fit.value(kind, name) for kind in ("alpha", "rho_a", "rho_c", "ave")]
            shown = whole if place == 0 and not single else [None] * 4
            cells: list[Cell] = [name if place == 0 else "", indicator, loading]
            if with_ci:
                cells.append(None if single else _limits(found, "loading", name, indicator))
            wrong = [2] if not loading >= 0.708 else []
            limits = (0.7, 0.7, 0.7, 0.5)
            wrong += [
                len(cells) + i
                for i, (value, limit) in enumerate(zip(shown, limits, strict=True))
                if value is not None and not value >= limit
            ]
            rows.add([*cells, *shown], wrong)
    header = [
        "Construct",
        "Indicator",
        "Loading",
        *([source.interval_name] if with_ci else []),
        "Alpha",
        "rho_A",
        "rho_C",
        "AVE",
    ]
    return rows.table(
        "Reflective measurement",
        "Reflective measurement: loadings, reliability and convergent validity",
        header,
        (
            "Loadings of .708 or more (Hair et al. 2019): the construct explains half of the indicator.",
            (
                "Alpha, rho_A and rho_C of .70 or more (Nunnally 1978; Hair et al. 2019); beyond .95 items repeat each other "
                "(Diamantopoulos et al. 2012). AVE of .50 or more (Fornell and Larcker 1981). A single item has none of them."
            ),
            source.rests_on,
        ),
    )


def formative(source: Source, found: Mapping[Quantity, Interval]) -> JournalTable:
    """Weights of each construct of Mode B, with collinearity."""
    fit, rows = source.fit, _Rows()
    with_ci = source.bootstrap is not None
    for name, indicators, mode in _blocks(fit):
        if mode != "B":
            continue
        for place, indicator in enumerate(indicators):
            vif = fit.value("item_vif", name, indicator)
            cells: list[Cell] = [name if place == 0 else "", indicator, fit.value("weight", name, indicator)]
            if with_ci:
                cells += [_limits(found, "weight", name, indicator), _p(found, "weight", name, indicator)]
            cells += [fit.value("loading", name, indicator), vif]
            rows.add(cells, [len(cells) - 1] if not vif < 5 else [])
    ci = [source.interval_name, "p"] if with_ci else []
    return rows.table(
        "Formative measurement",
        "Formative measurement: weights and collinearity",
        ["Construct", "Indicator", "Weight", *ci, "Loading", "VIF"],
        (
            (
                "VIF below 5, better below 3 (Hair et al. 2019). An indicator whose weight is not significant is kept where its "
                "loading is .50 or more (Hair et al. 2019)."
            ),
            source.rests_on,
        ),
        [4] if with_ci else [],
    )


# Discriminant validity -------------------------------------------------------------------------


def htmt(source: Source, found: Mapping[Quantity, Interval]) -> JournalTable:
    """Heterotrait-monotrait ratios below the diagonal; above it the upper ends of their intervals."""
    fit, rows = source.fit, _Rows()
    names = [name for name, _, mode in _blocks(fit) if mode != "B"]
    if len(names) < 2:
        return rows.table("HTMT", "", [], [])
    for i, name in enumerate(names):
        cells: list[Cell] = [name]
        wrong = []
        for j, other in enumerate(names):
            value = _pair(fit, "htmt", name, other) if j < i else None
            if j > i and (one := _pair_interval(found, "htmt", name, other)) is not None:
                value = one.high
            if value is not None and not value < 0.9:
                wrong.append(j + 1)
            cells.append(value)
        rows.add(cells, wrong)
    above = f" Above the diagonal: upper ends of the {source.interval_name}s." if found else ""
    return rows.table(
        "HTMT",
        "Discriminant validity: heterotrait-monotrait ratios (HTMT)",
        ["", *names],
        (
            (
                "HTMT below .85 for constructs that differ in concept, below .90 for neighbouring ones; its interval below 1 "
                f"(Henseler, Ringle and Sarstedt 2015). Marked from .90.{above}"
            ),
            source.rests_on,
        ),
    )


def fornell_larcker(source: Source, _found: Mapping[Quantity, Interval]) -> JournalTable:
    """Correlations of constructs, with the root of the AVE on the diagonal."""
    fit, rows = source.fit, _Rows()
    names = [name for name, _, _ in _blocks(fit)]
    place = [fit.plan.names.index(name) for name in names]
    reflected = {name for name, _, mode in _blocks(fit) if mode != "B"}
    correlations = fit.construct_correlations[place][:, place]
    for i, name in enumerate(names):
        root = math.sqrt(fit.value("ave", name)) if name in reflected else None
        others = [abs(correlations[i, j]) for j in range(len(names)) if j != i]
        cells: list[Cell] = [name, *(float(correlations[i, j]) for j in range(i)), root]
        wrong = [i + 1] if root is not None and others and not root > max(others) else []
        rows.add([*cells, *[None] * (len(names) - i - 1)], wrong)
    return rows.table(
        "Fornell-Larcker",
        "Discriminant validity: correlations, with the root of the AVE on the diagonal",
        ["", *names],
        (
            (
                "The root of a construct's AVE exceeds its correlations (Fornell and Larcker 1981); HTMT finds more than this "
                "test does (Henseler et al. 2015). Formative constructs have no AVE here."
            ),
            source.rests_on,
        ),
    )


# Structure -------------------------------------------------------------------------------------


def structural(source: Source, found: Mapping[Quantity, Interval]) -> JournalTable:
    """Path coefficients with their tests, f2 and VIF."""
    fit, rows = source.fit, _Rows()
    with_ci = source.bootstrap is not None
    for row in fit.rows("path"):
        start, end = row["start"], row["end"]
        cells: list[Cell] = [f"{start} → {end}", row["estimate"]]
        if with_ci:
            one = found[Quantity("path", start, end)]
            cells += [_number(one.se), (one.low, one.high), _number(one.t), _number(one.p)]
        vif = fit.value("vif", start, end)
        cells += [fit.value("f2", start, end), vif]
        rows.add(cells, [len(cells) - 1] if not vif < 5 else [])
    ci = ["SE", source.interval_name, "t", "p"] if with_ci else []
    return rows.table(
        "Structural model",
        "Structural model: path coefficients",
        ["Path", "Coefficient", *ci, "f²", "VIF"],
        (
            "f² of .02, .15 and .35: small, medium, large (Cohen 1988). VIF below 5, better below 3 (Hair et al. 2019).",
            *(["p is two-sided and counts no other tests; t = estimate / SE."] if with_ci else []),
            source.rests_on,
        ),
        [5] if with_ci else [],
    )


def explained(source: Source, found: Mapping[Quantity, Interval]) -> JournalTable:
    """Explained variance of each outcome."""
    fit, rows = source.fit, _Rows()
    with_ci = source.bootstrap is not None
    for row in fit.rows("r2"):
        name = row["start"]
        cells: list[Cell] = [name, row["estimate"]]
        if with_ci:
            cells.append(_limits(found, "r2", name))
        rows.add([*cells, fit.value("r2_adjusted", name), fit.value("bic", name)])
    ci = [source.interval_name] if with_ci else []
    return rows.table(
        "Explained variance",
        "Explained variance",
        ["Construct", "R²", *ci, "Adjusted R²", "BIC"],
        (
            (
                "R² of .25, .50 and .75: weak, moderate, substantial (Hair, Ringle and Sarstedt 2011); what is much depends on "
                "the field. BIC compares models of the same outcome: lower is better (Sharma et al. 2021)."
            ),
            source.rests_on,
        ),
    )


def effects(source: Source, found: Mapping[Quantity, Interval]) -> JournalTable:
    """Indirect effects along each route, beside the direct and total effect, with the kind of mediation."""
    rows = _Rows()
    with_ci = source.bootstrap is not None
    for route in mediation(source.fit, source.bootstrap, method=source.method, level=source.level):
        cells: list[Cell] = [" → ".join([route.start, *route.via, route.end]), route.indirect]
        if with_ci:
            p = _number(found[Quantity("indirect", route.start, route.end, route.via)].p)
            cells += [route.indirect_interval, p]
        cells.append(route.direct)
        if with_ci:
            cells.append(route.direct_interval)
        rows.add([*cells, route.total, route.vaf, *([_IN_WORDS[route.kind]] if with_ci else [])])
    ci, p_name = ([source.interval_name], ["p"]) if with_ci else ([], [])
    return rows.table(
        "Mediation",
        "Mediation: specific indirect effects beside the direct and total effects",
        [
            "Route",
            "Indirect",
            *ci,
            *p_name,
            "Direct",
            *ci,
            "Total",
            "VAF",
            *(["Mediation"] if with_ci else []),
        ],
        (
            (
                "An effect stands where its interval leaves out 0; kinds of mediation by Zhao, Lynch and Chen (2010). VAF: share of "
                "the total effect that this route carries (Hair et al. 2014), empty where it is no share."
            ),
            source.rests_on,
        ),
        [3] if with_ci else [],
    )


#: Kinds of mediation as a table names them.
_IN_WORDS: Mapping[Kind, str] = {
    "no effect": "none: no effect",
    "direct-only": "none: direct only",
    "indirect-only": "full (indirect-only)",
    "complementary": "partial (complementary)",
    "competitive": "partial (competitive)",
    "no direct path": "indirect; no direct path in the model",
    "not tested": "not tested",
}


def slopes(source: Source, _found: Mapping[Quantity, Interval]) -> JournalTable:
    """The effect of each factor of a product at values of the other."""
    rows = _Rows()
    thresholds = ""
    with_ci = source.bootstrap is not None
    if any(len(one.factors) == 2 for one in source.fit.model.interactions):
        held = simple_slopes(source.fit, source.bootstrap, level=source.level)
        thresholds = held.thresholds
        for one in held.slopes:
            where = "itself" if one.moderator == one.origin else one.moderator
            cells: list[Cell] = [f"{one.origin} → {one.target}", f"{where} at {one.at:+g} SD", one.estimate]
            if one.low is not None and one.high is not None:
                cells.append((one.low, one.high))
            rows.add(cells)
    return rows.table(
        "Simple slopes",
        "Simple slopes: effects where the moderator stands at its mean, and a standard deviation beside it",
        ["Effect", "Where", "Slope", *(["Percentile " + source.interval_name] if with_ci else [])],
        (thresholds, source.rests_on),
    )


def fit_measures(source: Source, _found: Mapping[Quantity, Interval]) -> JournalTable:
    """Distances between the correlations observed and those that the model implies."""
    fit, rows = source.fit, _Rows()
    for kind, name in (("srmr", "SRMR"), ("d_uls", "d_ULS"), ("d_g", "d_G")):
        values = [fit.value(kind, which) for which in ("saturated", "estimated")]
        wrong = [i + 1 for i, value in enumerate(values) if kind == "srmr" and not value <= 0.08]
        rows.add([name, *(_number(value) for value in values)], wrong)
    return rows.table(
        "Fit",
        "Fit of the whole model",
        ["Measure", "Saturated", "Estimated"],
        (
            (
                "SRMR of .08 or less (Hu and Bentler 1999; Henseler et al. 2014). The saturated model tests measurement only, the "
                "estimated one the structure as well. d_ULS and d_G have no fixed threshold: they are judged by the bootstrap "
                "test of exact fit (Dijkstra and Henseler 2015)."
            ),
            source.rests_on,
        ),
    )


# Helpers ---------------------------------------------------------------------------------------


def _blocks(fit: Fit) -> list[tuple[str, tuple[str, ...], str]]:
    """Return (construct, its indicators, mode) for all that are measured; products are not."""
    plan = fit.plan
    products = {one.name for one in fit.model.interactions}
    return [
        (name, tuple(plan.indicators[block]), mode)
        for name, block, mode in zip(plan.names, plan.blocks, plan.modes, strict=True)
        if name not in products
    ]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _limits(found: Mapping[Quantity, Interval], kind: str, start: str, end: str = "") -> Cell:
    one = found.get(Quantity(kind, start, end))
    return None if one is None or not math.isfinite(one.low) else (one.low, one.high)


def _p(found: Mapping[Quantity, Interval], kind: str, start: str, end: str) -> float | None:
    one = found.get(Quantity(kind, start, end))
    return None if one is None else _number(one.p)


def _pair(fit: Fit, kind: str, a: str, b: str) -> float | None:
    names = fit.plan.names
    first, second = sorted((a, b), key=names.index)
    return _number(fit.value(kind, first, second))


def _pair_interval(found: Mapping[Quantity, Interval], kind: str, a: str, b: str) -> Interval | None:
    return found.get(Quantity(kind, a, b)) or found.get(Quantity(kind, b, a))
