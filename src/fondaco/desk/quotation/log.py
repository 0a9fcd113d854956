"""What a firm's own quotations tell: how far buyers of a country bargain, what a quotation brings, and how soon.

Rests on versions that were sent, not on drafts.  The discount of a quotation is the share of the price given up from the
first version sent to the last, of those that were accepted: of one that was refused nobody knows how far it would
have gone.  As everywhere, few values give a refusal in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from scipy import stats

from fondaco.desk.clock import Message
from fondaco.desk.clock.outcomes import Band, reply_bands
from fondaco.desk.quotation.conceding import price_given
from fondaco.desk.quotation.values import Quotation
from fondaco.numerics.credibility import shrunken_means
from fondaco.numerics.estimates import Estimate, share, share_difference, unknown
from fondaco.strategy.price.bargaining import FEWEST as FEWEST_BUYERS
from fondaco.strategy.price.bargaining import Bargaining, Deal, habits

State = Literal["draft", "sent", "accepted", "refused"]
#: Of each side, below which yields are not compared.
FEWEST = 5
LEVEL = 0.9


@dataclass(frozen=True)
class Sent:
    """A version as the buyer got it, and when."""

    quotation: Quotation
    at: datetime


@dataclass(frozen=True)
class Logged:
    """A quotation with the versions that were sent, oldest first.

    Attributes
    ----------
    number
        The firm's number of it.
    kind
        Of the case that it answers: ``rfq``, ``inquiry`` or ``chat``; empty without one.
    received
        When that case came in; None where not known.
    reason
        Why it was refused.
    """

    number: int
    state: State
    sent: tuple[Sent, ...]
    kind: str = ""
    received: datetime | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether the buyer decided."""
        return self.state in ("accepted", "refused")

    @property
    def rounds(self) -> int:
        """How many versions the buyer got."""
        return len(self.sent)

    @property
    def discount(self) -> Decimal | None:
        """Share of the price given up from the first version sent to the last; None where it cannot be told."""
        return price_given(self.sent[0].quotation, self.sent[-1].quotation) if self.sent else None


@dataclass(frozen=True)
class Side:
    """One side of a comparison: so many, of which so many became an order, and the share."""

    name: str
    seen: int
    orders: int
    share: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the side as JSON values."""
        return {"name": self.name, "seen": self.seen, "orders": self.orders, "share": self.share.to_json()}


@dataclass(frozen=True)
class Yields:
    """Own quotations on buyers' requests beside incoming inquiries; `difference` is the first's share less the other's."""

    own: Side
    incoming: Side
    difference: Estimate

    @property
    def says(self) -> str:
        """The comparison in a sentence."""
        if self.difference.estimate is None or self.difference.low is None or self.difference.high is None:
            return self.difference.why
        if self.difference.low > 0:
            return "Own quotations on requests became orders more often than incoming inquiries."
        if self.difference.high < 0:
            return "Incoming inquiries became orders more often than own quotations on requests."
        return "Which of the two brings more cannot be told from so few."

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        return {
            "own_quotations": self.own.to_json(), "incoming": self.incoming.to_json(),
            "difference": self.difference.to_json(), "says": self.says,
        }  # fmt: skip


def yields(past: Iterable[tuple[str, bool]]) -> Yields:
    """Compare what own quotations on RFQs bring with what incoming inquiries and chats do (F43).

    Parameters
    ----------
    past
        The kind of each past case that was answered, with whether an order came of it.

    Examples
    --------
    >>> found = yields([("rfq", n < 2) for n in range(20)] + [("inquiry", n < 10) for n in range(20)])
    >>> found.difference.to_json(2), found.says
    ({'estimate': -0.4, 'low': -0.58, 'high': -0.16, 'level': 0.9}, 'Incoming inquiries became orders more often than own quotations on requests.')
    """
    counts = {True: [0, 0], False: [0, 0]}
    for kind, ordered in past:
        counts[kind == "rfq"][0] += 1
        counts[kind == "rfq"][1] += ordered
    (rfqs, won), (others, ordered_) = counts[True], counts[False]
    if min(rfqs, others) < FEWEST:
        why = f"{rfqs} own quotations on requests and {others} answered inquiries have an outcome; {FEWEST} of each are needed to compare."
        difference = unknown(why)
    else:
        difference = share_difference((won, rfqs), (ordered_, others), level=LEVEL)
    return Yields(
        _side("own quotations on requests", won, rfqs),
        _side("incoming inquiries", ordered_, others),
        difference,
    )


def accepted(log: Iterable[Logged]) -> Side:
    """Return the share of settled quotations that were accepted."""
    settled = [each for each in log if each.settled]
    return _side("settled quotations", sum(each.state == "accepted" for each in settled), len(settled))


def _side(name: str, orders: int, seen: int) -> Side:
    told = (
        unknown(f"{seen} are too few to tell a share.") if seen < FEWEST else share(orders, seen, level=LEVEL)
    )
    return Side(name, seen, orders, told)


def quote_times(log: Iterable[Logged]) -> tuple[Band, ...]:
    """Return, by how soon the first version was sent after the case came in, the share that was accepted (F41)."""
    return reply_bands(
        (
            Message(
                str(each.number), each.sent[0].quotation.buyer, "inquiry", each.received, each.sent[0].at
            ),
            each.state == "accepted",
        )
        for each in log
        if each.settled and each.sent and each.received is not None
    )


@dataclass(frozen=True)
class Bargained:
    """How buyers bargain over quotations.

    Attributes
    ----------
    discounts
        By market, from first to last version (`fondaco.strategy.price.bargaining`).
    rounds
        Versions sent of an accepted quotation, by market, drawn towards all markets; empty with too few.
    quotations
        Accepted ones that it rests on.
    """

    discounts: Bargaining
    rounds: Mapping[str, Estimate]
    quotations: int

    def to_json(self) -> dict[str, Any]:
        """Return the habits as JSON values."""
        return {
            "quotations": self.quotations,
            "markets": [
                {
                    **habit.to_json(),
                    "rounds": self.rounds[market].to_json() if market in self.rounds else None,
                }
                for market, habit in sorted(self.discounts.by_market.items())
            ],
            "elsewhere": self.discounts.elsewhere.to_json(),
        }


def bargained(log: Iterable[Logged]) -> Bargained:
    """Learn from accepted quotations how far the buyers of each market bargain, and in how many rounds (F58)."""
    kept = [each for each in log if each.state == "accepted" and each.sent and each.sent[-1].quotation.market]
    deals = [_deal(each, off) for each in kept if (off := each.discount) is not None]
    buyers = len({(deal.market, deal.buyer) for deal in deals})
    found = habits(deals, level=LEVEL)
    if buyers >= FEWEST_BUYERS:
        return Bargained(found, _rounds(kept), len(deals))
    why = (
        f"{buyers} buyer{'' if buyers == 1 else 's'} accepted a quotation kept here, where at least {FEWEST_BUYERS} are "
        "needed to tell how far buyers bargain."
    )
    nothing = replace(found.elsewhere, mean=unknown(why))
    return Bargained(replace(found, elsewhere=nothing), {}, len(deals))


def _deal(each: Logged, off: Decimal) -> Deal:
    last = each.sent[-1].quotation
    buyer = last.buyer.casefold() or f"quotation {each.number}"
    return Deal(
        last.market, buyer, "", each.sent[-1].at.date(), last.lines[0].quantity, Decimal(1), 1 - off, last.currency
    )  # fmt: skip


def _rounds(log: Sequence[Logged]) -> dict[str, Estimate]:
    held: defaultdict[str, list[int]] = defaultdict(list)
    for each in log:
        held[each.sent[-1].quotation.market].append(each.rounds)
    markets = sorted(held)
    means = shrunken_means(
        [len(held[m]) for m in markets],
        [sum(held[m]) for m in markets],
        [sum(n * n for n in held[m]) for m in markets],
    )
    # Where markets do not differ, what is not known of one is what is not known of all.
    alike = np.sqrt(means.within / len(log)) if means.between == 0 else 0.0
    reach = float(stats.norm.ppf(0.5 + LEVEL / 2)) * np.maximum(means.sd, alike)
    return {
        market: Estimate(float(mean), max(float(mean - by), 1.0), float(mean + by), LEVEL)
        for market, mean, by in zip(markets, means.mean, reach, strict=True)
    }
