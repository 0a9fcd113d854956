"""A printed table of regression coefficients beside what its correlations give.

Small differences come of rounding; `PrintedCheck.agrees` allows for it.  Stars are judged twice: by the p value printed,
and by the one recomputed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fondaco.evidence import words
from fondaco.evidence.correlations import label, printed_figure
from fondaco.evidence.regression import Regression
from fondaco.kernel import InputError

#: What the columns of a printed table may be called; the first column holds the terms.
_COLUMNS: Mapping[str, frozenset[str]] = {
    "beta": frozenset({"beta", "β", "std. beta", "standardized beta", "standardised beta"}),
    "b": frozenset({"b", "coefficient", "coef", "coef.", "estimate"}),
    "t": frozenset({"t", "t value", "t-value", "t statistic", "t-statistic"}),
    "p": frozenset({"p", "p value", "p-value", "sig", "sig.", "sign", "sign."}),
    "vif": frozenset({"vif"}),
    "stars": frozenset({"stars", "star", "significance"}),
}
#: Beyond rounding of both tables, differences up to these are not worth a word.
_SLACK: Mapping[str, float] = {"beta": 0.001, "t": 0.01, "vif": 0.001}


@dataclass(frozen=True)
class PrintedTerm:
    """A term as printed: its figures by column (value, half of its last decimal), and its stars."""

    name: str
    figures: Mapping[str, tuple[float, float]]
    stars: str


@dataclass(frozen=True)
class PrintedCheck:
    """A printed figure beside the recomputed one.

    Attributes
    ----------
    name, quantity
        The term, and ``beta``, ``t``, ``p`` or ``vif``.
    printed, recomputed
        The two.
    agrees
        Whether rounding explains the difference.
    """

    name: str
    quantity: str
    printed: float
    recomputed: float
    agrees: bool


def read_printed(path: Path) -> tuple[PrintedTerm, ...]:
    """Read a table of coefficients: terms in the first column; beta, b, t, p, VIF and stars by their names.

    Raises
    ------
    InputError
        When no column has such a name, or a figure is none.
    """
    from fondaco.ledger import read_plain

    table = read_plain(path)[0]
    names = [column.strip().casefold() for column in table.columns]
    places = {
        kind: next((i for i, name in enumerate(names) if i and name in known), None)
        for kind, known in _COLUMNS.items()
    }
    if not any(place is not None for place in places.values()):
        raise InputError(
            f"{table.name} has no column of coefficients: name the columns beta, b, t, p, VIF or stars; terms in the first."
        )
    found = []
    for i, row in enumerate(table.rows):
        name = table.cells[0][i]
        if name is None:
            continue
        figures, stars = {}, ""
        for kind, place in places.items():
            cell = None if place is None or place >= len(table.cells) else table.cells[place][i]
            if cell is None:
                continue
            if kind == "stars":
                stars = stars or cell.strip()
                continue
            read = printed_figure(cell.removeprefix("<").strip())
            if read is None:
                raise InputError(
                    f"{table.name}, row {row}, {kind} of {name}: {cell[:30]!r} is no number. Correct the cell."
                )
            value, mark, decimals = read
            stars = stars or mark
            if not cell.startswith("<"):
                figures[kind] = (value, 0.5 * 10.0**-decimals)
        found.append(PrintedTerm(label(name), figures, stars))
    return tuple(found)


def check_printed(
    printed: Sequence[PrintedTerm], found: Regression, reach: Mapping[str, tuple[float, float]]
) -> list[PrintedCheck]:
    """Compare printed figures with those of a regression.

    Parameters
    ----------
    printed
        From `read_printed`.
    found
        The regression that the correlations give.
    reach
        The least and largest p value of each term within the rounding of the correlations.
    """
    terms = {term.name.casefold(): term for term in found.terms}
    checks = []
    for one in printed:
        term = terms.get(one.name.casefold())
        if term is None:
            continue
        for quantity in ("beta", "t", "p", "vif"):
            recomputed = getattr(term, quantity)
            if quantity not in one.figures or recomputed is None:
                continue
            value, half = one.figures[quantity]
            if quantity == "p":
                low, high = reach[term.name]
                agrees = low - half <= value <= high + half
            else:
                agrees = abs(value - recomputed) <= half + _SLACK[quantity] * max(1.0, abs(recomputed))
            checks.append(PrintedCheck(term.name, quantity, value, recomputed, agrees))
    return checks


def printed_notes(
    printed: Sequence[PrintedTerm],
    checks: Sequence[PrintedCheck],
    found: Regression,
    levels: Mapping[str, float],
) -> list[str]:
    """Say in words where printed coefficients, p values and stars disagree."""
    notes = [
        f"{one.name}: {one.quantity} is printed as {one.printed:g} and recomputed as {one.recomputed:.4f}; rounding of the "
        "correlations does not explain the difference."
        for one in checks
        if not one.agrees
    ]
    agreeing = sum(one.agrees for one in checks)
    notes.insert(0, f"{agreeing} of {len(checks)} printed figures agree with the printed correlations.")
    missing = [
        one.name for one in printed if one.name.casefold() not in {t.name.casefold() for t in found.terms}
    ]
    if missing:
        notes.append(f"Not in the model, so not compared: {words.listed(missing)}.")
    return [*notes, *_star_notes(printed, found, levels)]


def _star_notes(
    printed: Sequence[PrintedTerm], found: Regression, levels: Mapping[str, float]
) -> Iterator[str]:
    recomputed = {term.name.casefold(): term.p for term in found.terms}
    for one in printed:
        p = recomputed.get(one.name.casefold())
        if p is None:
            continue
        shown = f"carries {one.stars}" if one.stars else "carries no star"
        at = f" ({words.legend({one.stars: levels[one.stars]})})" if one.stars in levels else ""
        if "p" in one.figures and words.stars(one.figures["p"][0], levels) != one.stars:
            earned = words.stars(one.figures["p"][0], levels) or "none"
            yield f"{one.name} {shown}{at}, but the p printed beside it, {one.figures['p'][0]:g}, earns {earned}."
        elif words.stars(p, levels) != one.stars:
            yield f"{one.name} {shown}{at}, but its recomputed p {words.p_value(p)} earns {words.stars(p, levels) or 'none'}."
