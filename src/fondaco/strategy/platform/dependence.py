"""How much of the business abroad hangs on one platform: shares of revenue and of inquiries, and a warning.

Shares are counts of what the ledger holds of the twelve months to its last day.  What was sold where no file comes
from is not in them, so a share is an upper bound as soon as the firm has channels whose files were not taken in.
Concentration is the Herfindahl index, the sum of squared shares: 1 for one platform, 1/n for n equal ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal

from fondaco.strategy.platform.condition import says_who
from fondaco.strategy.platform.facts import Sold
from fondaco.strategy.rules import rule

RULE = "platform/dependence"
Measure = Literal["revenue", "orders", "inquiries"]
#: What the ledger calls the platform of a file that names none.
UNNAMED = "table"
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Share:
    """A platform's part of all, between 0 and 1."""

    platform: str
    share: Decimal


@dataclass(frozen=True)
class Dependence:
    """Shares by platform of one measure.

    Attributes
    ----------
    shares
        Largest first; empty where there is nothing to share out.
    concentration
        Herfindahl index of the shares; None where there are none.
    warns
        Whether the largest share lies above the limit; None where too few cases are known, and `why` says so.
    limit
        The limit, and whose it is.
    """

    measure: Measure
    cases: int
    shares: tuple[Share, ...]
    concentration: Decimal | None
    warns: bool | None
    why: str
    limit: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; shares are numbers."""
        return {
            "measure": self.measure,
            "cases": self.cases,
            "shares": [{"platform": each.platform, "share": float(each.share)} for each in self.shares],
            "concentration": None if self.concentration is None else float(self.concentration),
            "warns": self.warns,
            "why": self.why,
            "limit": self.limit,
            "rule": RULE,
            "source": says_who(RULE),
        }


def dependence(
    sold: Sequence[Sold], unseen: Sequence[str], stated: Mapping[str, Decimal] | None = None
) -> tuple[Dependence, ...]:
    """Return the shares of revenue and of inquiries by platform.

    Parameters
    ----------
    sold
        What the ledger holds of each platform.
    unseen
        Channels that the firm states and whose files are not in the ledger.
    stated
        The firm's own thresholds.

    Examples
    --------
    >>> one, two = Sold("alibaba", Decimal(75), 30, 40), Sold("etsy", Decimal(25), 10, 0)
    >>> revenue, inquiries = dependence([one, two], [])
    >>> [float(s.share) for s in revenue.shares], float(revenue.concentration), revenue.warns, inquiries.warns
    ([0.75, 0.25], 0.625, True, True)
    """
    by_revenue: Measure = "revenue" if all(each.revenue is not None for each in sold) else "orders"
    amounts = {
        s.platform: (s.revenue if by_revenue == "revenue" else Decimal(s.orders)) or Decimal(0) for s in sold
    }
    asked = {s.platform: Decimal(s.inquiries) for s in sold}
    return (
        _of(by_revenue, amounts, sum(s.orders for s in sold), unseen, stated),
        _of("inquiries", asked, sum(s.inquiries for s in sold), unseen, stated),
    )


def _of(
    measure: Measure,
    amounts: Mapping[str, Decimal],
    cases: int,
    unseen: Sequence[str],
    stated: Mapping[str, Decimal] | None,
) -> Dependence:
    held = rule(RULE)
    limit, fewest = held.threshold("max_share", stated), held.threshold("fewest_cases", stated)
    positive = {name: amount for name, amount in amounts.items() if amount > 0}
    total = sum(positive.values(), Decimal(0))
    word = "inquiries" if measure == "inquiries" else "orders"
    if not total:
        return Dependence(
            measure, cases, (), None, None, f"The ledger holds no {word} from abroad.", limit.says
        )
    shares = sorted(
        (
            Share(name, (amount / total).quantize(_PLACES, ROUND_HALF_EVEN))
            for name, amount in positive.items()
        ),
        key=lambda each: (-each.share, each.platform),
    )
    concentration = sum(((a / total) ** 2 for a in positive.values()), Decimal(0)).quantize(
        _PLACES, ROUND_HALF_EVEN
    )
    largest = shares[0]
    of = "the value of orders" if measure == "revenue" else word
    why = f"{largest.share:.0%} of {of} from abroad came through {largest.platform} ({cases:,} {word} in twelve months)."
    if unseen:
        why += f" Nothing was taken in from {', '.join(unseen)}, so the true share may be lower."
    if cases < fewest.value:
        why += f" That is too few to call it dependence: {fewest.says}."
        return Dependence(measure, cases, tuple(shares), concentration, None, why, limit.says)
    if largest.platform == UNNAMED:
        why = f"{largest.share:.0%} of {of} from abroad stand in files that do not name their platform, so nothing can be said."
        return Dependence(measure, cases, tuple(shares), concentration, None, why, limit.says)
    return Dependence(
        measure, cases, tuple(shares), concentration, largest.share > limit.value, why, limit.says
    )
