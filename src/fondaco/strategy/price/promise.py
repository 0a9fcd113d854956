"""What a price must hold, and rates that somebody states where no central bank does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fondaco.kernel import InputError

#: Costs and rates above this, and rates below its inverse, are slips of the pen.
MOST = Decimal(10) ** 12
#: The longest that a quotation and its payment may take together, in days.
LONGEST = 1095


@dataclass(frozen=True)
class Promise:
    """What a price must hold.

    Attributes
    ----------
    margin
        Share of the price that must be left after the cost.
    confidence
        Probability with which it must be left.
    valid_days, payment_days
        How long the quotation holds, and how much later the money comes, in calendar days.
    """

    margin: Decimal
    confidence: Decimal = Decimal("0.95")
    valid_days: int = 30
    payment_days: int = 0

    def __post_init__(self) -> None:
        if not (self.margin.is_finite() and 0 <= self.margin < 1):
            raise InputError(f"The margin is a share of the price, such as 0.25, not {self.margin}.")
        if not (self.confidence.is_finite() and 0 < self.confidence < 1):
            raise InputError(
                f"The confidence is a probability between 0 and 1, such as 0.95, not {self.confidence}."
            )
        if self.valid_days < 0 or self.payment_days < 0 or self.days > LONGEST:
            raise InputError(
                f"A quotation that holds {self.valid_days} days and is paid {self.payment_days} later cannot be "
                f"reckoned: state days from 0, {LONGEST} at most together."
            )

    @property
    def days(self) -> int:
        """From the quotation to the money, at the longest."""
        return self.valid_days + self.payment_days


@dataclass(frozen=True)
class StatedRate:
    """A rate that the ECB does not quote, as somebody states it: units of `into` for one `currency`, a range."""

    currency: str
    into: str
    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        finite = self.low.is_finite() and self.high.is_finite()
        if not (finite and 1 / MOST <= self.low <= self.high <= MOST):
            raise InputError(
                f"The rate of {self.currency} is stated as {self.low} to {self.high}: state two numbers above zero, "
                "the lower first, or one."
            )
