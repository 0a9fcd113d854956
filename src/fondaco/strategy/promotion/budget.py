"""A month's promotion money by market: the firm's budget, divided as the exploration rule says.

Rule ``promotion/budget``; the division itself is `fondaco.markets.exploration`.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from fondaco.markets.exploration import Request
from fondaco.strategy.profile import Profile

_CENT = Decimal("0.01")


def request_of(profile: Profile, most: int) -> Request | None:
    """Return what is asked of the allocator; None where no budget is stated, or none is there.

    Parameters
    ----------
    most
        Markets at most: keyword money belongs in few.

    Examples
    --------
    >>> from fondaco.strategy.profile import Means
    >>> request_of(Profile(means=Means(monthly_budget="600.005")), 5).budget
    Decimal('600.00')
    >>> request_of(Profile(), 5) is None
    True
    """
    stated = profile.means.monthly_budget
    if stated is None:
        return None
    budget = stated.quantize(_CENT, rounding=ROUND_DOWN)
    return Request(budget=budget, most=most) if budget > 0 else None


def why_none(profile: Profile) -> str:
    """Return why there is no budget to divide."""
    if profile.means.monthly_budget is None:
        return (
            "The monthly budget is not stated: state means.monthly_budget in the profile to see it divided."
        )
    return "The stated budget is zero: what costs nothing but time comes first."
