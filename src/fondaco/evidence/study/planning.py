"""How many answers does a study need? Said before any is opened.

A path model by the rules of Kock and Hadaya (2018); a regression by the noncentral F of one coefficient among several
(Cohen 1988, chapter 9), where a standardised coefficient of b is taken as f2 = b2 / (1 - b2). For indirect effects and
coverage, simulate the whole model: `fondaco pls power`.

>>> plan_sample("pls", 0.197, 2).needed
160
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy.stats import f as f_distribution
from scipy.stats import ncf, norm

from fondaco.kernel import InputError
from fondaco.pls import minimum_sample_size

LEVEL, POWER = 0.05, 0.8


@dataclass(frozen=True)
class SamplePlan:
    """Answers needed to find an effect with a power of 80% at the level of 5%, and what fewer would find.

    Attributes
    ----------
    effect, needed
        The smallest standardised effect that matters, and the complete answers it takes.
    curve
        (answers, power) for some sizes of the sample.
    rule
        By which rule.
    """

    effect: float
    needed: int
    curve: tuple[tuple[int, float], ...]
    rule: str

    def power_at(self, n: int) -> float | None:
        """Return the power at the largest size of the curve that is not above `n`."""
        return next((power for size, power in reversed(self.curve) if size <= n), None)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "effect": self.effect, "needed": self.needed, "rule": self.rule, "level": LEVEL, "power": POWER,
            "curve": [{"n": n, "power": round(power, 4)} for n, power in self.curve],
        }  # fmt: skip


def plan_sample(kind: str, effect: float, terms: int) -> SamplePlan:
    """Return how many answers are needed.

    Parameters
    ----------
    kind
        ``pls`` or ``regression``.
    effect
        The smallest standardised path or coefficient that matters, 0 to 1.
    terms
        Predictors beside each other.

    Raises
    ------
    InputError
        For an effect that is none.
    """
    if not 0 < effect < 1:
        raise InputError(f"The smallest effect is {effect:g}; say one between 0 and 1.")
    sizes = (30, 50, 75, 100, 150, 200, 300, 500, 1_000)
    if kind == "pls":
        z = float(norm.ppf(1 - LEVEL))
        curve = tuple((n, float(norm.cdf(effect * math.sqrt(n) - z))) for n in sizes)
        needed = minimum_sample_size(effect, level=LEVEL, power=POWER).inverse_square_root
        return SamplePlan(effect, needed, curve, "inverse square root rule, one-sided (Kock and Hadaya 2018)")
    curve = tuple((n, _power(n, effect, terms)) for n in sizes)
    return SamplePlan(effect, _least(effect, terms), curve, "noncentral F of one coefficient (Cohen 1988)")


def _power(n: int, effect: float, terms: int) -> float:
    rest = n - terms - 1
    if rest < 1:
        return 0.0
    f2 = effect**2 / (1 - effect**2)
    limit = f_distribution.ppf(1 - LEVEL, 1, rest)
    return float(ncf.sf(limit, 1, rest, f2 * n))


def _least(effect: float, terms: int) -> int:
    low, high = terms + 2, terms + 3
    while _power(high, effect, terms) < POWER:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(middle, effect, terms) >= POWER else (middle, high)
    return high
