"""Correlations as a journal prints them, and the regression that follows from them.

A regression by least squares needs no more than the correlations and the number of cases, so a published table
can be checked, and asked questions its authors did not ask.  Stars are read with the figures, and compared
with the p values that the figures have.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.evidence import words
from fondaco.evidence.regression import Regression, Term, fitted, least_squares
from fondaco.kernel import InputError, UnknownName

Floats = npt.NDArray[np.float64]

#: Columns that journals print beside correlations.
_MEANS = frozenset({"m", "mean", "means", "average"})
_SPREADS = frozenset({"sd", "s.d.", "s. d.", "std", "std.", "std. dev.", "std dev", "standard deviation"})

_FIGURE = re.compile(r"\(?([+\-−–]?\d*[.,]?\d+)\)?\s*(\*{0,4}|[†‡+])")
#: What stands on a diagonal without figures.
_DASHES = ("-", "–", "—", "−")


@dataclass(frozen=True)
class Correlations:
    """A correlation matrix as printed.

    Attributes
    ----------
    name
        The file.
    variables
        The labels, in the order of the table.
    r
        The correlations, shape (k, k), symmetric, ones on the diagonal.
    half_unit
        Half of the last decimal printed: how far each may be off by rounding.
    stars
        What is printed beside a correlation, by pair of labels; pairs without are left out.
    spreads
        The standard deviations, where the table prints them for all.
    notes
        What a person should know about how the table was read.
    """

    name: str
    variables: tuple[str, ...]
    r: Floats
    half_unit: float
    stars: Mapping[tuple[str, str], str]
    spreads: tuple[float, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StarCheck:
    """A printed star beside the p value of its correlation.

    Attributes
    ----------
    a, b
        The pair.
    r, p
        The correlation printed, and its two-sided p value with n cases.
    printed, earned
        The stars printed, and those that the p value earns at the levels of the table.
    """

    a: str
    b: str
    r: float
    p: float
    printed: str
    earned: str


# Reading ---------------------------------------------------------------------------------------


def read_correlations(path: Path) -> Correlations:
    """Read a correlation matrix: lower or upper triangle or full, labels in the first column.

    A row of names or of numbers 1, 2, ... may stand above; columns of means and standard deviations
    are known by their names; figures may carry stars, a comma for the point, or no zero before it.

    Raises
    ------
    UnreadableFile, InputError
        When a figure is missing, contradicts its counterpart or is no correlation, or the matrix cannot
        have come from any data; the message names the pair.
    """
    from fondaco.ledger import read_plain

    table = read_plain(path, header=False)[0]
    grid = [
        [column[i] if column[i] is not None else "" for column in table.cells] for i in range(len(table.rows))
    ]
    return parse_correlations(grid, table.name, table.rows)


def parse_correlations(
    grid: Sequence[Sequence[str]], name: str, rows: Sequence[int] | None = None
) -> Correlations:
    """Return the correlations in a grid of cells; see `read_correlations`.

    Examples
    --------
    >>> found = parse_correlations([["", "1", "2"], ["age", "1", ""], ["sales", ".43**", "1"]], "table")
    >>> found.variables, float(found.r[0, 1]), found.stars
    (('age', 'sales'), 0.43, {('age', 'sales'): '**'})
    """
    rows = rows or range(1, len(grid) + 1)
    header = _header_row(grid)
    first = 0 if header is None else header + 1
    body = _body(list(zip(rows, grid, strict=True))[first:])
    labels = [_label(cells[0]) for _, cells in body]
    if len(labels) < 2:
        raise InputError(
            f"{name} holds no correlation matrix: write one variable in each row, its name first and its correlations after it."
        )
    if doubled := [label for label in labels if labels.count(label) > 1]:
        raise InputError(f"{name} has {doubled[0]!r} more than once: rename one.")
    places = _places(grid[header] if header is not None else None, labels, name)
    k = len(labels)
    read: dict[tuple[int, int], tuple[float, str, int]] = {}
    odd_diagonal = False
    for i, (row, cells) in enumerate(body):
        for j, place in enumerate(places):
            cell = cells[place].strip() if place < len(cells) else ""
            if i == j:
                odd_diagonal |= (_figure(cell) or (1.0, "", 0))[0] != 1.0
            elif cell and cell not in _DASHES:
                read[i, j] = _correlation(cell, name, row, labels[i], labels[j])
    r, stars, decimals = _joined(read, labels, name)
    notes = list(_note_diagonal(odd_diagonal))
    _refuse_impossible(r, labels, name, 0.5 * 10.0**-decimals)
    spreads = _spreads(grid[header] if header is not None else None, body)
    return Correlations(
        name,
        tuple(labels),
        r,
        0.5 * 10.0**-decimals,
        stars,
        spreads if k == len(spreads or ()) else None,
        tuple(notes),
    )


def _body(rows: Sequence[tuple[int, Sequence[str]]]) -> list[tuple[int, Sequence[str]]]:
    """Return the rows that are variables: with figures, or the end of a triangle without its diagonal."""
    figures = [
        sum(
            _FIGURE.fullmatch(cell.strip()) is not None or cell.strip() in _DASHES
            for cell in cells[1:]
            if cell
        )
        if cells[0].strip()
        else 0
        for _, cells in rows
    ]
    held = [place for place, count in enumerate(figures) if count]
    if not held:
        return []
    first, last = held[0], held[-1]
    if first > 0 and figures[first] == 1 and len(held) > 1 and figures[held[1]] == 2:
        held.insert(0, first - 1)
    elif last + 1 < len(rows) and figures[last] == 1 and len(held) > 1 and figures[held[-2]] == 2:
        held.append(last + 1)
    return [rows[place] for place in held if rows[place][1][0].strip()]


def _label(cell: str) -> str:
    """Return a label without the number that journals put before it."""
    return re.sub(r"^\(?\d+[.)]\s*", "", " ".join(cell.split()))


def _header_row(grid: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the row of names, or of the numbers 1, 2, ..., above the matrix."""
    for place, cells in enumerate(grid):
        others = [cell.strip() for cell in cells[1:] if cell.strip()]
        if not others:
            continue
        words_only = sum(_FIGURE.fullmatch(cell) is None for cell in others) > 0.5 * len(others)
        numbers = [cell.strip(".()") for cell in others]
        counted = [cell for cell in numbers if cell.isdecimal()]
        if (words_only and len(others) > 1) or (counted[:2] == ["1", "2"]):
            return place
        if not words_only:
            return None
    return None


def _places(header: Sequence[str] | None, labels: Sequence[str], name: str) -> list[int]:
    """Return the column of each variable."""
    if header is None:
        return list(range(1, len(labels) + 1))
    plain = [_label(cell).casefold() for cell in header]
    wanted = [label.casefold() for label in labels]
    if all(label in plain[1:] for label in wanted):
        return [plain.index(label, 1) for label in wanted]
    counted = [cell.strip(" .()") for cell in header]
    numbers = [str(i) for i in range(1, len(labels) + 1)]
    if all(number in counted for number in numbers[:-1]):  # a lower triangle may leave the last out
        return [counted.index(number) if number in counted else len(header) for number in numbers]
    known = [i for i, cell in enumerate(plain) if i and cell not in _MEANS | _SPREADS and cell]
    matched = [label for label in wanted if label in plain]
    if not matched and len(known) in (len(labels), len(labels) - 1):
        return [*known, len(header)][: len(labels)]
    if len(matched) == len(labels) - 1:  # a triangle without the diagonal lacks one column
        return [plain.index(label) if label in plain else len(header) for label in wanted]
    missing = next(label for label, low in zip(labels, wanted, strict=True) if low not in plain)
    raise InputError(
        f"{name} has a row {missing!r} and no column of that name: give rows and columns the same names, or number the columns."
    )


def _figure(cell: str) -> tuple[float, str, int] | None:
    """Return (value, stars, decimals) of a printed figure."""
    match = _FIGURE.fullmatch(cell)
    if match is None:
        return None
    text = match[1].replace("−", "-").replace("–", "-").replace(",", ".")
    return float(text), match[2], len(text.partition(".")[2])


def _correlation(cell: str, name: str, row: int, a: str, b: str) -> tuple[float, str, int]:
    found = _figure(cell)
    if found is None:
        raise InputError(f"{name}, row {row}, {a} with {b}: {cell[:30]!r} is no number. Correct the cell.")
    if abs(found[0]) > 1:
        raise InputError(
            f"{name}, row {row}, {a} with {b}: {found[0]:g} is no correlation, which lies between -1 and 1. Correct the cell."
        )
    return found


def _joined(
    read: Mapping[tuple[int, int], tuple[float, str, int]], labels: Sequence[str], name: str
) -> tuple[Floats, dict[tuple[str, str], str], int]:
    """Return the symmetric matrix, its stars and its decimals from one triangle or both."""
    r = np.eye(len(labels))
    stars: dict[tuple[str, str], str] = {}
    for i, j in itertools.combinations(range(len(labels)), 2):
        upper, lower = read.get((i, j)), read.get((j, i))
        if upper and lower and abs(upper[0] - lower[0]) > 1e-9:
            raise InputError(
                f"{name}: {labels[i]} with {labels[j]} is {upper[0]:g} in one half and {lower[0]:g} in the other. Correct one."
            )
        found = lower or upper
        if found is None:
            raise InputError(f"{name} has no correlation of {labels[i]} with {labels[j]}: fill in the cell.")
        r[i, j] = r[j, i] = found[0]
        if mark := (lower or found)[1] or (upper or found)[1]:
            stars[labels[i], labels[j]] = mark
    return r, stars, max((decimals for _, _, decimals in read.values()), default=2)


def _note_diagonal(odd: bool) -> list[str]:
    if not odd:
        return []
    return [
        "The diagonal holds other figures than 1, as where journals print the root of the AVE there; they are not used."
    ]


def _refuse_impossible(r: Floats, labels: Sequence[str], name: str, half_unit: float) -> None:
    lowest = float(np.linalg.eigvalsh(r)[0])
    if lowest < -len(labels) * half_unit:
        raise InputError(
            f"{name}: these correlations contradict each other (smallest eigenvalue {lowest:.3f}; none may be negative): no data "
            "can have them. Look for a wrong sign or digit, or correlations over different cases."
        )
    if lowest < 1e-10:
        raise InputError(
            f"{name}: among {words.listed(list(labels))}, one follows exactly from the others (smallest eigenvalue "
            f"{lowest:.1g}). Leave one out."
        )


def _spreads(
    header: Sequence[str] | None, body: Sequence[tuple[int, Sequence[str]]]
) -> tuple[float, ...] | None:
    place = next((i for i, cell in enumerate(header or ()) if cell.strip().casefold() in _SPREADS), None)
    if place is None:
        return None
    figures = [_figure(cells[place].strip()) for _, cells in body if place < len(cells)]
    found = tuple(figure[0] for figure in figures if figure is not None and figure[0] > 0)
    return found if len(found) == len(body) else None


# The regression --------------------------------------------------------------------------------


def regress_correlations(
    formula: str,
    table: Correlations,
    n: int,
    *,
    level: float = 0.05,
    stars: Mapping[str, float] | None = None,
) -> Regression:
    """Return the regression that a correlation matrix and a number of cases determine.

    Parameters
    ----------
    formula
        The outcome alone (all others are its predictors) or ``"y ~ a + b"``, in labels of the table.
    table
        The correlations.
    n
        The number of cases they rest on.
    level
        Of the tests and intervals.
    stars
        The level behind each star of the table; without it, the usual ones (`words.STARS`).

    Raises
    ------
    UnknownName
        When the formula names what the table does not hold.
    InputError
        When n is too small.
    """
    outcome, predictors = _chosen(formula, table)
    if not len(predictors) + 2 <= n <= 10_000_000:
        raise InputError(
            f"n = {n:,} with {len(predictors)} predictors: say with --n how many cases the correlations rest on, "
            f"at least {len(predictors) + 2}."
        )
    found = _from_matrix(table, outcome, predictors, n, level)
    notes = [*table.notes, *found.notes]
    notes += _rounding(table, outcome, predictors, n, level, found)
    if table.stars:
        notes += star_notes(check_stars(table, n, stars), stars)
    if table.spreads is None:
        notes.append(
            "The table states no standard deviations, so b and se are in standard deviations, as beta is."
        )
    return replace(found, intercept=None, notes=tuple(notes))


def _chosen(formula: str, table: Correlations) -> tuple[str, tuple[str, ...]]:
    left, tilde, right = formula.partition("~")
    known = {label.casefold(): label for label in table.variables}

    def one(text: str) -> str:
        label = known.get(text.strip().casefold())
        if label is None:
            raise UnknownName(
                f"{table.name} has no variable {text.strip()!r}. It has {', '.join(table.variables)}."
            )
        return label

    outcome = one(left)
    if not tilde:
        return outcome, tuple(label for label in table.variables if label != outcome)
    predictors = tuple(dict.fromkeys(one(part) for part in right.split("+")))
    if outcome in predictors:
        raise InputError(f"{outcome} stands on both sides of {formula!r}: leave it out on one.")
    return outcome, predictors


def _from_matrix(
    table: Correlations, outcome: str, predictors: Sequence[str], n: int, level: float
) -> Regression:
    places = [table.variables.index(name) for name in (*predictors, outcome)]
    spreads = np.array(table.spreads)[places] if table.spreads else None
    cases = _cases_with(table.r[np.ix_(places, places)], n, spreads)
    columns = np.column_stack([np.ones(n), cases[:, :-1]])
    return fitted(
        outcome, ["Intercept", *predictors], cases[:, -1], columns, robust=None, level=level, cases=False,
        standardized=spreads is None, basis=f"n = {n} and the correlations of {table.name}",
    )  # fmt: skip


def _cases_with(r: Floats, n: int, spreads: Floats | None) -> Floats:
    """Return n made-up cases whose correlations are exactly `r`, so that least squares gives the same.

    Waves of different frequency (the discrete cosine transform's) are uncorrelated and have mean zero;
    the Cholesky factor mixes them.
    """
    waves = np.cos(np.pi / n * np.outer(np.arange(n) + 0.5, np.arange(1, len(r) + 1)))
    cases: Floats = waves * np.sqrt(2 * (n - 1) / n) @ np.linalg.cholesky(r).T
    return cases if spreads is None else cases * spreads


def _rounding(
    table: Correlations, outcome: str, predictors: Sequence[str], n: int, level: float, found: Regression
) -> list[str]:
    """Say where the figures' rounding leaves open on which side of the level a term lies."""
    open_ = []
    bounds = rounding_bounds(table, outcome, predictors, n, found)
    for term in found.terms:
        low, high = bounds[term.name]
        if low < level <= high:
            open_.append(f"{term.name} ({words.short(low, 4)} to {words.short(high, 4)})")
    if not open_:
        return []
    sentence = (
        f"The correlations are rounded to {table.half_unit:g}; within it the p value of {words.listed(open_)} "
        f"can lie on either side of {words.short(level)}."
    )
    return [sentence]


def rounding_bounds(
    table: Correlations, outcome: str, predictors: Sequence[str], n: int, found: Regression
) -> dict[str, tuple[float, float]]:
    """Return for each term the least and the largest p value within the rounding of the correlations.

    To first order: each correlation is moved by half a unit, and what this does to t adds up.
    """
    places = [table.variables.index(name) for name in (*predictors, outcome)]
    slopes: list[Floats] = []
    for i, j in itertools.combinations(places, 2):
        moved = table.r.copy()
        moved[i, j] = moved[j, i] = moved[i, j] + table.half_unit * (-1 if moved[i, j] > 0 else 1)
        try:
            result = _plain(moved[np.ix_(places, places)], n)
        except np.linalg.LinAlgError:
            continue  # beyond what any data can have
        slopes.append(np.abs(result.tvalues[1:]) - [abs(term.t) for term in found.terms])
    reach = np.abs(slopes).sum(axis=0) if slopes else np.zeros(len(found.terms))
    return {term.name: _p_range(term, float(r), found) for term, r in zip(found.terms, reach, strict=True)}


def _plain(r: Floats, n: int) -> Any:
    """Return statsmodels' regression of the last variable on the others, without diagnostics."""
    cases = _cases_with(r, n, None)
    return least_squares(cases[:, -1], np.column_stack([np.ones(n), cases[:, :-1]]))


def _p_range(term: Term, reach: float, found: Regression) -> tuple[float, float]:
    from scipy.stats import t as student

    df = found.f_df[1]
    low, high = (float(2 * student.sf(max(abs(term.t) + side, 0.0), df)) for side in (reach, -reach))
    return low, high


# Stars -----------------------------------------------------------------------------------------


def check_stars(table: Correlations, n: int, levels: Mapping[str, float] | None = None) -> list[StarCheck]:
    """Return every correlation of a table with its printed star and the one its p value earns.

    `levels` is what each star stands for; the usual levels without it.
    """
    levels = levels or words.STARS
    checks = []
    for (i, a), (j, b) in itertools.combinations(enumerate(table.variables), 2):
        p = float(_plain(table.r[np.ix_([i, j], [i, j])], n).pvalues[1])
        printed = table.stars.get((a, b), "")
        checks.append(StarCheck(a, b, float(table.r[i, j]), p, printed, words.stars(p, levels)))
    return checks


#: Conventions that tables follow, the commonest first.
_CONVENTIONS: tuple[Mapping[str, float], ...] = (
    {"***": 0.001, "**": 0.01, "*": 0.05},
    {"**": 0.01, "*": 0.05},
    {"***": 0.01, "**": 0.05, "*": 0.10},
    {"**": 0.05, "*": 0.10},
)


def star_notes(checks: Sequence[StarCheck], stated: Mapping[str, float] | None) -> list[str]:
    """Say in words where printed stars and p values disagree, and which levels would fit them better."""
    levels = stated or words.STARS
    wrong = [check for check in checks if check.printed != check.earned]
    origin = "as the table states them" if stated else "the usual ones, since --stars states no others"
    notes = [f"Stars are judged by {words.legend(levels)}, {origin}."]
    if not wrong:
        return [*notes, f"All {len(checks)} correlations carry the stars that their p values earn."]
    notes.append(f"{len(wrong)} of {len(checks)} correlations carry other stars than their p values earn:")
    for check in wrong:
        printed = f"is printed with {check.printed}" if check.printed else "is printed without a star"
        earned = f"earns {check.earned}" if check.earned else "earns none"
        notes.append(
            f"{check.b} with {check.a}, {words.short(check.r, 3)}, {printed}; p {words.p_value(check.p)} {earned}."
        )
    better = [
        (sum(c.printed != words.stars(c.p, other) for c in checks), number)
        for number, other in enumerate(_CONVENTIONS)
        if dict(other) != dict(levels)
    ]
    count, number = min(better)
    if count < len(wrong):
        notes.append(
            f"Read as {words.legend(_CONVENTIONS[number])}, {count or 'none'} of {len(checks)} would disagree: the "
            "levels stated may not be those used."
        )
    return notes


def read_levels(text: str) -> dict[str, float]:
    """Read what stars mean, as ``"**=.05, *=.10"``.

    Raises
    ------
    InputError
        When it says something else.

    Examples
    --------
    >>> read_levels("** = .05, * = 10%")
    {'**': 0.05, '*': 0.1}
    """
    found: dict[str, float] = {}
    for part in re.split(r"[,;]\s*(?=\*|†|‡|\+)", text.strip()):
        match = re.fullmatch(r"(\*{1,4}|[†‡+])\s*(?:=|<|p\s*<)\s*(\d*[.,]?\d+)\s*(%?)", part.strip())
        level = float(match[2].replace(",", ".")) / (100 if match[3] else 1) if match else 0.0
        if match is None or not 0 < level < 1:
            raise InputError(f"--stars says {text!r}: write what each star stands for, as **=.05,*=.10.")
        found[match[1]] = level
    return found


def stars_json(checks: Sequence[StarCheck]) -> list[dict[str, Any]]:
    """Return the checks as `fondaco regress --json` prints them."""
    return [vars(check) | {"agrees": check.printed == check.earned} for check in checks]
