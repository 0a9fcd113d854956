"""What a regression says, and what it does not, in sentences; and stars, with the level behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondaco.evidence.regression import Regression, Term

#: The usual stars, and the level that each stands for (the p value must lie below it).
STARS: Mapping[str, float] = {"***": 0.001, "**": 0.01, "*": 0.05}

#: Above it a variance inflation factor calls for a look (Hair, Risher, Sarstedt and Ringle 2019).
VIF_LIMIT = 5.0


def stars(p: float, levels: Mapping[str, float] = STARS) -> str:
    """Return the stars that a p value earns.

    >>> stars(0.0004), stars(0.03), stars(0.05)
    ('***', '*', '')
    """
    earned = [(level, mark) for mark, level in levels.items() if p < level]
    return min(earned)[1] if earned else ""


def legend(levels: Mapping[str, float] = STARS) -> str:
    """Return what the stars of a table mean.

    >>> legend({"**": 0.05, "*": 0.10})
    '** p < .05, * p < .10'
    """
    ordered = sorted(levels.items(), key=lambda item: item[1])
    return ", ".join(f"{mark} p < {short(level, 3 if level < 0.01 else 2)}" for mark, level in ordered)


def short(value: float, digits: int = 2) -> str:
    """Return a number as journals print it: without the zero before the point.

    >>> short(0.05), short(-0.076, 3), short(0.0521, 3), short(1.96)
    ('.05', '-.076', '.052', '1.96')
    """
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def p_value(p: float) -> str:
    """Return a p value as journals print it, never rounded across the usual levels.

    >>> p_value(0.00004), p_value(0.0521), p_value(0.04996)
    ('< .001', '= .052', '= .04996')
    """
    if p < 0.001:
        return "< .001"
    for digits in (3, 4, 5):
        if all((p < level) == (round(p, digits) < level) for level in (0.1, 0.05, 0.01)):
            return f"= {short(p, digits)}"
    return f"= {short(p, 7)}"


def listed(items: Sequence[str]) -> str:
    """Return items as a sentence lists them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def with_notes(found: Regression) -> Regression:
    """Return the regression with its notes."""
    notes = [_significance(found), *_corrections(found)]
    notes += [note for term in found.terms if (note := _suppression(term, found.level))]
    notes += _diagnostics(found)
    notes.append(
        f"It rests on one sample ({found.basis}). It describes that sample and what it was drawn from; "
        "it is no general rate, and says nothing of cause by itself."
    )
    return replace(found, notes=(*found.notes, *notes))


def _significance(found: Regression) -> str:
    missed = [term for term in found.terms if not term.p < found.level]
    level, count = short(found.level), len(found.terms)
    if not missed:
        return f"{'The term has' if count == 1 else f'All {count} terms have'} p < {level}."
    named = listed([f"{term.name} (p {p_value(term.p)})" for term in missed])
    if count == 1:
        return f"{named} misses p < {level}."
    return f"{len(missed)} of {count} terms miss p < {level}: {named}."


def _corrections(found: Regression) -> list[str]:
    before = [term.name for term in found.terms if term.p < found.level]
    if len(found.terms) < 2 or not before:
        return []
    said = []
    for method, values in (("Holm's", found.holm), ("Benjamini and Hochberg's", found.benjamini_hochberg)):
        lost = [name for name in before if not values[name] < found.level]
        if lost:
            said.append(
                f"After {method} correction for {len(found.terms)} tests, {listed(lost)} no longer "
                f"{'has' if len(lost) == 1 else 'have'} p < {short(found.level)}."
            )
    return said or [
        f"Corrected for {len(found.terms)} tests (Holm; Benjamini and Hochberg), the same terms have p < {short(found.level)}."
    ]


def _suppression(term: Term, level: float) -> str:
    """Say where a term tells another story alone than beside the others (Cohen et al. 2003, 3.4)."""
    if term.beta is None or term.alone_beta is None or term.alone_p is None or ":" in term.name:
        return ""
    alone = f"alone {short(term.alone_beta, 3)} (p {p_value(term.alone_p)})"
    joint = f"beside the others {short(term.beta, 3)} (p {p_value(term.p)})"
    if term.p < level and term.alone_p < level and term.alone_beta * term.beta < 0:
        return f"{term.name} changes its sign: {alone}, {joint}. Ask what the others take away from it."
    if term.p < level <= term.alone_p:
        return (
            f"{term.name} shows only beside the others: {alone}, {joint}. This is suppression: its effect holds for "
            "cases alike in the others, and is not to be seen without them."
        )
    if term.alone_p < level <= term.p:
        return f"{term.name} shows alone and not beside the others: {alone}, {joint}."
    return ""


def _diagnostics(found: Regression) -> list[str]:
    said = []
    if high := [term for term in found.terms if term.vif is not None and term.vif >= VIF_LIMIT]:
        said.append(
            f"{listed([f'{term.name} (VIF {term.vif:.1f})' for term in high])}: {VIF_LIMIT:g} or more, so the terms "
            "cannot be told apart well (Hair et al. 2019)."
        )
    if found.durbin_watson is not None and not 1.5 <= found.durbin_watson <= 2.5:
        said.append(
            f"Durbin-Watson is {found.durbin_watson:.2f}, far from 2: neighbouring cases resemble "
            f"{'each other' if found.durbin_watson < 2 else 'their opposites'}. This matters where their order is one of time or place."
        )
    if found.n < 10 * len(found.terms):
        said.append(
            f"{found.n} cases for {len(found.terms)} terms are few: at fewer than ten for each, coefficients are unsteady."
        )
    if found.dropped:
        said.append(
            f"{found.dropped} cases with a missing answer are left out; this is fair only if they miss at random."
        )
    if any(term.beta is None for term in found.terms):
        said.append(
            "Without an intercept R2 is not about the mean, and beta, VIF and the terms alone have no meaning."
        )
    if found.robust:
        said.append(
            f"Standard errors, t, p, intervals and F are robust to unequal variances ({found.robust})."
        )
    return said
