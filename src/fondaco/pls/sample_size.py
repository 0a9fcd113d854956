"""How many cases a path of a given size needs: two rules for the least sample.

Both treat a standardised path as detected when it exceeds its standard error ``z`` times, with ``z`` the sum of
the normal quantiles of the level and of the power, and differ in the standard error they presume:

inverse square root
    ``1 / sqrt(n)``; simple and cautious;
gamma-exponential
    ``exp(-e |beta| / sqrt(n)) / sqrt(n)``; a little smaller.  Below ``n = (e beta)^2`` it would rise
    with n, which no standard error does, so no smaller n is ever given.

Source: Kock and Hadaya (2018), Information Systems Journal 28(1), 227-261.  Their level is one-sided: a
coefficient of a known sign.  Both look at one path and not at the model; for a model of your own,
`fondaco.pls.power` simulates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri

from fondaco.pls.errors import PlsError


@dataclass(frozen=True)
class SampleSize:
    """The least number of cases at which a path of `path` is found with probability `power`.

    Attributes
    ----------
    path
        The smallest standardised path that matters, without sign.
    level, power
        Of the one-sided test, and the probability to find the path.
    inverse_square_root, gamma_exponential
        Cases by either rule.
    """

    path: float
    level: float
    power: float
    inverse_square_root: int
    gamma_exponential: int
    thresholds: str = "Rules of Kock and Hadaya (2018); the inverse square root rule is the more cautious."


def minimum_sample_size(path: float, *, level: float = 0.05, power: float = 0.8) -> SampleSize:
    """Return how many cases are needed to find a path of size `path`.

    Parameters
    ----------
    path
        The smallest standardised path coefficient that should be found; its sign does not matter.
    level
        Of the one-sided test.
    power
        Wanted probability to find a path of that size.

    Raises
    ------
    PlsError
        If `path` is 0 or beyond 1, or `level` or `power` are no probabilities.

    Examples
    --------
    The example of the paper, 160 and 146 cases for a path of 0.197:

    >>> found = minimum_sample_size(0.197)
    >>> found.inverse_square_root, found.gamma_exponential
    (160, 146)
    """
    size = abs(path)
    if not 0 < size <= 1:
        raise PlsError(f"A standardised path between 0 and 1 is needed; found {path:g}.")
    for what, value in (("level", level), ("power", power)):
        if not 0 < value < 1:
            raise PlsError(f"The {what} must lie between 0 and 1; found {value:g}.")
    # The paper works with 2.486 = 1.645 + 0.841; rounding it the same way gives its tables.
    z = round(float(ndtri(1 - level) + ndtri(power)), 3)
    if z <= 0:
        raise PlsError(f"With level {level:g} and power {power:g} any sample will do; ask for more power.")
    by_root = math.ceil((z / size) ** 2)
    return SampleSize(size, level, power, by_root, _gamma_exponential(size, z, by_root))


def _gamma_exponential(size: float, z: float, most: int) -> int:
    """Return the smallest n with size >= z * exp(-e size / sqrt(n)) / sqrt(n); at most `most`."""

    def found(n: int) -> bool:
        return size * math.sqrt(n) * math.exp(math.e * size / math.sqrt(n)) >= z

    turning = max(1, math.ceil((math.e * size) ** 2))
    low, high = min(turning, most), most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if found(middle) else (middle + 1, high)
    return low
