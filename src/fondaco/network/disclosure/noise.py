"""Means with noise for networks of 500 and more: differential privacy, by OpenDP.

A mean of `n` members' figures, scaled to 0..1 and clamped, moves by 1/n at most when one member's figure changes; with
Laplace noise of scale 1/(n ε) it is ε-differentially private.  Answers to different questions add up, so each indicator
has a budget for every window of days; the same question gets the same answer again and costs nothing, so asking often
and averaging is of no use (Dwork and Roth, *The Algorithmic Foundations of Differential Privacy*, 2014, ch. 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isfinite, log
from typing import Any

from fondaco.kernel.errors import InputError, Refused
from fondaco.network.disclosure.history import History, Noisy

#: Smaller networks' figures would drown in the noise.
FEWEST = 500
#: Noise is wider than stated in so many cases.
_OUTSIDE = 0.05


@dataclass(frozen=True)
class Budget:
    """What may be spent: `epsilon` for each answer, `total` for each indicator and window of `days`."""

    epsilon: float = 0.1
    total: float = 1.0
    days: int = 365

    def __post_init__(self) -> None:
        if not all(isfinite(each) and each > 0 for each in (self.epsilon, self.total)) or self.days < 1:
            raise InputError("Epsilon, the budget and its days are numbers above zero.")
        if self.epsilon > self.total:
            raise InputError(f"One answer of {self.epsilon:g} is more than the budget of {self.total:g}.")


def spent(history: History, today: date, budget: Budget) -> float:
    """Return the epsilon spent on the indicator within the window, by all networks together."""
    first = today - timedelta(days=budget.days)
    return sum(each.epsilon for each in history.noisy if each.day > first)


def ask(
    history: History, network: str, group: str, values: Sequence[float], today: date, budget: Budget
) -> tuple[History, Noisy]:
    """Return the answer with noise, and the history with it.

    Parameters
    ----------
    values
        The group's figures, scaled to 0..1; their number is public.

    Raises
    ------
    Refused
        Where the budget is spent, the group is small, or OpenDP is not installed.
    """
    first = today - timedelta(days=budget.days)
    for each in history.noisy:
        if (each.network, each.group) == (network, group) and each.day > first:
            return history, each
    if spent(history, today, budget) + budget.epsilon > budget.total + 1e-9:
        raise Refused(f"The budget of ε = {budget.total:g} of these {budget.days} days is spent.")
    scale = 1 / (max(len(values), 1) * budget.epsilon)
    error = scale * log(1 / _OUTSIDE)
    if error > 0.25:
        raise Refused(f"The noise would be wider than the figure: {len(values)} members are too few for it.")
    mean = _laplace(scale)(sum(min(max(value, 0.0), 1.0) for value in values) / len(values))
    made = Noisy(network, group, len(values), min(max(mean, 0.0), 1.0), error, budget.epsilon, today)
    return replace(history, noisy=(*history.noisy, made)), made


def _laplace(scale: float) -> Any:
    try:
        import opendp.prelude as dp
    except ImportError:
        raise Refused("Figures with noise need OpenDP: install Fondaco with the extra `privacy`.") from None
    dp.enable_features("contrib")
    return dp.m.make_laplace(dp.atom_domain(T=float, nan=False), dp.absolute_distance(T=float), scale=scale)
