"""How a forecast turned out: errors by customer, bias of the total, calibration by decile, and coverage of the ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.relationships.buying import Buying, number_of
from fondaco.relationships.outlook import Forecast

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Errors:
    """Errors of expected orders: mean absolute, root mean square, and the total over what came, less 1.

    Where nothing came the last is no number, and null in JSON.
    """

    mae: float
    rmse: float
    bias: float

    def to_json(self) -> dict[str, float | None]:
        """Return the fields as JSON values."""
        bias = None if math.isnan(self.bias) else round(self.bias, 4)
        return {"mae": round(self.mae, 4), "rmse": round(self.rmse, 4), "bias": bias}


def errors(expected: Array, came: Array) -> Errors:
    """Compare expectations with what came, shape (customers,).

    Examples
    --------
    >>> errors(np.array([1.0, 0.5]), np.array([2.0, 0.0]))
    Errors(mae=0.75, rmse=0.7905694150420949, bias=-0.25)
    """
    away = expected - came
    total = float(came.sum())
    return Errors(
        float(np.abs(away).mean()),
        float(np.sqrt((away**2).mean())),
        float(expected.sum()) / total - 1 if total else float("nan"),
    )


@dataclass(frozen=True)
class Judged:
    """A forecast beside what came.

    Attributes
    ----------
    customers
        How many were forecast.
    expected, came
        Orders of all of them.
    model, naive
        Errors of the forecast, and of each customer's own past rate carried on.
    coverage
        Share of customers whose orders lie within their range, of the stated level.
    level
        That level.
    total_held
        Whether the total lies within its range.
    deciles
        By tenths of customers, the least promising first: (expected, came) on average.
    """

    customers: int
    expected: float
    came: int
    model: Errors
    naive: Errors
    coverage: float
    level: float
    total_held: bool
    deciles: tuple[tuple[float, float], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "customers": self.customers,
            "expected": round(self.expected, 3),
            "came": self.came,
            "model": self.model.to_json(),
            "naive": self.naive.to_json(),
            "coverage": round(self.coverage, 4),
            "level": self.level,
            "total_within_range": self.total_held,
            "deciles": [{"expected": round(one, 4), "came": round(two, 4)} for one, two in self.deciles],
        }


def judge(found: Forecast, then: Buying, later: Buying, ahead: str) -> Judged:
    """Compare a forecast with orders that came later.

    Parameters
    ----------
    found
        The forecast, made from `then`.
    then, later
        The buyers as they were known, and the same source as it is known now.
    ahead
        The name of the time ahead that is judged; it must end where `later` does.

    Raises
    ------
    ValueError
        Where the forecast tells nothing of single buyers.
    """
    if found.buyers is None or then.until is None or later.until is None:
        raise ValueError("there is no forecast to judge")
    row = list(found.ahead).index(ahead)
    counts = dict(zip(*later.between(number_of(then.until), number_of(later.until)), strict=True))
    by_name = {
        (name, platform): int(counts.get(key, 0))
        for name, platform, key in zip(later.names, later.platforms, later.customers.key, strict=True)
    }
    came = np.array(
        [by_name.get(pair, 0) for pair in zip(then.names, then.platforms, strict=True)], dtype=np.float64
    )
    expected = found.buyers.orders[row]
    held = then.customers
    # An own rate needs some time to be one: a week at least.
    naive = held.x / np.maximum(held.T, 1.0) * found.ahead[ahead]
    inside = (found.buyers.orders_low[row] <= came) & (came <= found.buyers.orders_high[row])
    total = None if found.total is None else found.total.orders[ahead]
    ends = (0.0, 0.0) if total is None or total.low is None or total.high is None else (total.low, total.high)
    deciles = [
        (float(expected[part].mean()), float(came[part].mean()))
        for part in np.array_split(np.argsort(expected, kind="stable"), min(10, len(came)))
    ]
    return Judged(
        len(came),
        float(expected.sum()),
        int(came.sum()),
        errors(expected, came),
        errors(naive, came),
        float(inside.mean()),
        found.level,
        bool(ends[0] <= came.sum() <= ends[1]),
        tuple(deciles),
    )
