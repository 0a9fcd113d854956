"""Correlations as a journal prints them, read from a table of any usual layout.

Stars are read with the figures.  A regression by least squares needs no more than the correlations and the number of
cases; `least_squares_of` gives statsmodels' own, from made-up cases that have exactly these correlations.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.evidence import words
from fondaco.evidence.regression import least_squares
from fondaco.kernel import InputError

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
    labels = [label(cells[0]) for _, cells in body]
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
                odd_diagonal |= (printed_figure(cell) or (1.0, "", 0))[0] != 1.0
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


def label(cell: str) -> str:
    """Return a label without the number that journals put before it.

    >>> label("2.  Market knowledge")
    'Market knowledge'
    """
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
    plain = [label(cell).casefold() for cell in header]
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


def printed_figure(cell: str) -> tuple[float, str, int] | None:
    """Return (value, stars, decimals) of a printed figure; None where it is none.

    >>> printed_figure(".43**"), printed_figure("−0,076")
    ((0.43, '**', 2), (-0.076, '', 3))
    """
    match = _FIGURE.fullmatch(cell)
    if match is None:
        return None
    text = match[1].replace("−", "-").replace("–", "-").replace(",", ".")
    return float(text), match[2], len(text.partition(".")[2])


def _correlation(cell: str, name: str, row: int, a: str, b: str) -> tuple[float, str, int]:
    found = printed_figure(cell)
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
    figures = [printed_figure(cells[place].strip()) for _, cells in body if place < len(cells)]
    found = tuple(figure[0] for figure in figures if figure is not None and figure[0] > 0)
    return found if len(found) == len(body) else None


# Cases that have them --------------------------------------------------------------------------


def cases_with(r: Floats, n: int, spreads: Floats | None) -> Floats:
    """Return n made-up cases whose correlations are exactly `r`, so that least squares gives the same.

    Waves of different frequency (the discrete cosine transform's) are uncorrelated and have mean zero;
    the Cholesky factor mixes them.
    """
    waves = np.cos(np.pi / n * np.outer(np.arange(n) + 0.5, np.arange(1, len(r) + 1)))
    cases: Floats = waves * np.sqrt(2 * (n - 1) / n) @ np.linalg.cholesky(r).T
    return cases if spreads is None else cases * spreads


def least_squares_of(r: Floats, n: int) -> Any:
    """Return statsmodels' regression of the last variable on the others, without diagnostics."""
    cases = cases_with(r, n, None)
    return least_squares(cases[:, -1], np.column_stack([np.ones(n), cases[:, :-1]]))
