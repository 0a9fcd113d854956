"""How much where, when what each place brings is uncertain: Thompson sampling with a budget.

Thompson (1933, Biometrika 25) tries each option as often as it is the best in what may be true; so
options that are little known get their chance, and lose it as they become known (Russo, Van Roy, Kazerouni,
Osband and Wen 2018, A Tutorial on Thompson Sampling).  Here a whole month's budget is divided at once:
for each joint draw of what the places are worth it is split as would be best in that draw, and the
splits are averaged.

More money in one place brings less and less.  Response is taken as worth x spend ** ELASTICITY, which
with an elasticity of one half says that twice the money brings 1.41 times as much; the best split is
then in proportion to worth ** (1 / (1 - ELASTICITY)), the square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Of the response to spend.
ELASTICITY = 0.5


@dataclass(frozen=True)
class Split:
    """Who gets what of a budget, in shares.

    Attributes
    ----------
    chosen
        Indices of the places that get something, the largest share first.
    share
        Of each of `chosen`; they add up to 1.
    best
        In what share of the draws each of `chosen` was the best of all places.
    """

    chosen: tuple[int, ...]
    share: tuple[float, ...]
    best: tuple[float, ...]


def thompson_split(worth: npt.ArrayLike, *, most: int, elasticity: float = ELASTICITY) -> Split:
    """Split a budget by joint draws of what each place is worth.

    Parameters
    ----------
    worth
        Shape (draws, places), not negative.
    most
        At most so many places get something: those with the largest mean share over the draws.
    elasticity
        Of the response, at least 0 and below 1.  At 0 the split is in proportion to worth.

    Examples
    --------
    Two states of the world, equally likely: in one the first place is worth twice the second, in the
    other the third is the only one.

    >>> thompson_split([[2, 1, 0], [0, 0, 3]], most=3)
    Split(chosen=(2, 0, 1), share=(0.5, 0.4, 0.1), best=(0.5, 0.5, 0.0))
    """
    drawn = np.asarray(worth, dtype=np.float64)
    if drawn.ndim != 2 or (drawn < 0).any():
        raise ValueError("worth must have the shape (draws, places) and not be negative")
    if drawn.shape[1] == 0 or most < 1 or not drawn.any():
        return Split((), (), ())
    strength = drawn ** (1 / (1 - elasticity))
    mean = _shares(strength).mean(axis=0)
    chosen = np.argsort(-mean, kind="stable")[:most]
    chosen = chosen[mean[chosen] > 0]
    share = _shares(strength[:, chosen]).mean(axis=0)
    share = share / share.sum()
    order = np.argsort(-share, kind="stable")
    chosen, share = chosen[order], share[order]
    best = np.bincount(drawn.argmax(axis=1), minlength=drawn.shape[1]) / len(drawn)
    return Split(tuple(chosen.tolist()), tuple(share.tolist()), tuple(best[chosen].tolist()))


def _shares(strength: Array) -> Array:
    total = strength.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(strength, total, out=np.zeros_like(strength), where=total > 0))


def divide(budget: int, shares: Sequence[float], *, floor: int = 0, cap: int | None = None) -> list[int]:
    """Divide whole units in proportion to `shares`, none below `floor` or above `cap`, to the last unit.

    What floor and cap take or leave is made up by the others in proportion; units that rounding leaves
    go to those with the largest remainders.

    Parameters
    ----------
    budget, floor, cap
        In the smallest unit, such as cents.
    shares
        Positive; they need not add up to 1.

    Raises
    ------
    ValueError
        Where floors add up to more than the budget, or caps to less.

    Examples
    --------
    >>> divide(1000, [0.7, 0.2, 0.1], floor=150, cap=600)
    [600, 250, 150]
    >>> divide(100, [1, 1, 1])
    [34, 33, 33]
    """
    many = len(shares)
    highest = budget if cap is None else cap
    if floor * many > budget or highest * many < budget or floor > highest:
        raise ValueError(f"{budget} cannot be divided among {many} with floor {floor} and cap {cap}")
    weights = np.asarray(shares, dtype=np.float64)
    low, high = 0.0, (budget + 1) / float(weights.min())
    for _ in range(200):  # the total rises with the scale: halve until it fits
        scale = (low + high) / 2
        if np.clip(weights * scale, floor, highest).sum() < budget:
            low = scale
        else:
            high = scale
    exact = np.clip(weights * high, floor, highest)
    whole = np.floor(exact + 1e-9).astype(int)
    short = budget - int(whole.sum())
    room = np.flatnonzero(whole < highest) if short > 0 else np.flatnonzero(whole > floor)
    order = room[np.argsort(-np.sign(short) * (exact - whole)[room], kind="stable")]
    step = 1 if short > 0 else -1
    for place in np.resize(order, abs(short)) if abs(short) else ():
        whole[place] += step
    return [int(amount) for amount in whole]
