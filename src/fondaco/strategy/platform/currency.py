"""How much the currencies at stake move: the figure beside a currency risk in the register.

Volatility is the standard deviation of the daily logarithmic changes times the square root of 252, the number of
trading days of a year: the usual convention.  It tells of the past, and of ordinary days.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Fewer changes than this tell nothing.
FEWEST = 60
_DAYS_OF_A_YEAR = 252


@dataclass(frozen=True)
class Volatility:
    """Of a currency against the firm's: yearly, as a share (0.08: 8 %); None where `why` says so."""

    currency: str
    into: str
    yearly: float | None
    changes: int
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "currency": self.currency,
            "into": self.into,
            "estimate": self.yearly,
            "changes": self.changes,
            "why": self.why or None,
        }


def volatility(currency: str, into: str, rates: NDArray[np.float64]) -> Volatility:
    """Return the yearly volatility of a pair from its daily rates, in their order.

    Parameters
    ----------
    rates
        Units of `into` for one `currency`, shape (days,), all above zero.

    Examples
    --------
    >>> up_and_down = np.tile([1.0, 1.01], 50)
    >>> round(volatility("USD", "EUR", up_and_down).yearly, 3)
    0.159
    >>> volatility("EUR", "EUR", np.array([])).why
    'The firm reckons in this currency.'
    """
    if currency == into:
        return Volatility(currency, into, None, 0, "The firm reckons in this currency.")
    changes = np.diff(np.log(rates)) if rates.size else rates
    if changes.size < FEWEST:
        return Volatility(
            currency,
            into,
            None,
            int(changes.size),
            f"Only {changes.size} daily changes are known; {FEWEST} are needed.",
        )
    return Volatility(
        currency, into, float(np.std(changes, ddof=1) * math.sqrt(_DAYS_OF_A_YEAR)), int(changes.size)
    )
