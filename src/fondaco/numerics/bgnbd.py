"""The BG/NBD model of repeat buying (Fader, Hardie and Lee 2005, Marketing Science 24).

While active a customer orders at random with a rate of its own, and after each order is lost with a
probability of its own:

    rate ~ Gamma(r, alpha),      lost after an order ~ Beta(a, b).

A customer with one order is therefore never yet lost in this model.  Times are in one unit
(`fondaco.numerics.histories`); rates are per that unit.

Parameters are estimated as ``log r``, ``log(r / alpha)`` (the mean rate), ``logit(a / (a + b))`` (the mean
chance to be lost) and ``log(a + b)``.  All is worked out in logarithms, so long histories neither
overflow nor vanish.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from fondaco.numerics.histories import Histories

Array = npt.NDArray[np.float64]

NAME = "BG/NBD"
PARAMETERS = ("r", "alpha", "a", "b")


def unpack(theta: Array) -> Array:
    """Return (r, alpha, a, b) from the scales of estimation; works on shape (..., 4).

    Examples
    --------
    >>> unpack(pack(np.array([0.243, 4.414, 0.793, 2.426]))).round(3)
    array([0.243, 4.414, 0.793, 2.426])
    """
    log_r, log_rate, logit, log_size = np.moveaxis(np.asarray(theta, dtype=np.float64), -1, 0)
    size, lost = np.exp(log_size), special.expit(logit)
    return np.stack([np.exp(log_r), np.exp(log_r - log_rate), lost * size, special.expit(-logit) * size], -1)


def pack(parameters: Array) -> Array:
    """Return the scales of estimation from (r, alpha, a, b)."""
    r, alpha, a, b = np.moveaxis(np.asarray(parameters, dtype=np.float64), -1, 0)
    return np.stack([np.log(r), np.log(r / alpha), np.log(a / b), np.log(a + b)], -1)


def score(theta: Array, held: Histories) -> tuple[float, Array]:
    """Return the log-likelihood of all customers and its gradient, shape (4,), on the scales of estimation.

    Equation 6 of the paper, whose two terms are added in logarithms.

    Examples
    --------
    >>> from fondaco.numerics.histories import histories
    >>> one = histories([2], [30.43], [38.86])
    >>> round(score(pack(np.array([0.243, 4.414, 0.793, 2.426])), one)[0], 4)
    -9.4586
    """
    r, alpha, a, b = unpack(theta)
    x, n, by_history = held.x, held.count, held.by_x
    values, counts, _ = by_history
    ahead, since = np.log(alpha + held.T), np.log(alpha + held.t_x)
    alive_log = -(r + x) * ahead
    again = x > 0
    dead_log = np.where(again, np.log(a) - np.log(np.where(again, b + x - 1, 1.0)) - (r + x) * since, -np.inf)
    both = np.logaddexp(alive_log, dead_log)
    dead = np.exp(dead_log - both)
    alive = 1 - dead
    fixed = (
        special.gammaln(r + values) - special.gammaln(r) + r * np.log(alpha)
        + special.gammaln(a + b) - special.gammaln(a + b + values)
        + special.gammaln(b + values) - special.gammaln(b)
    )  # fmt: skip
    value = float(counts @ fixed + n @ both)
    psi = special.digamma
    by_r = counts @ (psi(r + values) - psi(r) + np.log(alpha)) - n @ (alive * ahead + dead * since)
    by_alpha = counts.sum() * r / alpha - n @ (
        (r + x) * (alive / (alpha + held.T) + dead / (alpha + held.t_x))
    )
    common = counts @ (psi(a + b) - psi(a + b + values))
    by_a = common + (n @ dead) / a
    by_b = (
        common + counts @ (psi(b + values) - psi(b)) - n @ np.where(again, dead / (b + x - 1 + ~again), 0.0)
    )
    lost = a / (a + b)
    return value, np.array(
        [
            r * by_r + alpha * by_alpha,
            -alpha * by_alpha,
            lost * (1 - lost) * (a + b) * (by_a - by_b),
            a * by_a + b * by_b,
        ]
    )


def alive(parameters: Array, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803  (their name in the literature)
    """Return the probability that each customer still buys (Fader, Hardie and Lee 2008, a note).

    Parameters
    ----------
    parameters
        (r, alpha, a, b), shape (4,).
    x, t_x, T
        Shape (n,).

    Examples
    --------
    >>> found = alive(np.array([0.243, 4.414, 0.793, 2.426]), np.array([0, 2]), np.array([0, 30.43]), np.array([38.86] * 2))
    >>> found.round(3)
    array([1.   , 0.727])
    """
    r, alpha, a, b = np.moveaxis(parameters, -1, 0)
    again = x > 0
    odds = np.log(a) - np.log(np.where(again, b + x - 1, 1.0)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    return np.where(again, special.expit(-odds), 1.0)


def expected(
    parameters: Array, t: float, x: Array, t_x: Array, T: Array, still: Array | None = None  # noqa: N803
) -> Array:  # fmt: skip
    """Return the expected number of orders of each customer within the time `t` ahead.

    Equation 10 of the paper, with the hypergeometric function transformed (Euler) so that its arguments
    do not grow with the length of a history.

    Parameters
    ----------
    still
        The probability that each still buys, shape (n,), where `alive` has told it already.

    Examples
    --------
    The paper's customer with two orders after the first, over 39 weeks:

    >>> cdnow = np.array([0.243, 4.414, 0.793, 2.426])
    >>> expected(cdnow, 39.0, np.array([2.0]), np.array([30.43]), np.array([38.86])).round(3)
    array([1.226])
    """
    r, alpha, a, b = (float(one) for one in parameters)
    if abs(a - 1) < 1e-5:  # a removable singularity
        apart = np.array([0.0, 0.0, 3e-5, 0.0])
        return (expected(parameters + apart, t, x, t_x, T) + expected(parameters - apart, t, x, t_x, T)) / 2
    left = (alpha + T) / (alpha + T + t)
    total = a + b + x - 1
    total = np.where(np.abs(total) < 1e-7, 1e-7, total)
    with np.errstate(over="ignore", invalid="ignore"):
        if_alive = (
            total / (a - 1) * (1 - left ** (a - 1) * special.hyp2f1(a + b - 1 - r, a - 1, total, 1 - left))
        )
        if not np.isfinite(
            if_alive
        ).all():  # customers who are nearly all lost at once: the form of the paper
            plain = left ** (r + x) * special.hyp2f1(r + x, b + x, total, 1 - left)
            if_alive = np.where(np.isfinite(if_alive), if_alive, total / (a - 1) * (1 - plain))
        if not np.isfinite(if_alive).all():
            if_alive = np.where(np.isfinite(if_alive), if_alive, _by_counting(parameters, t, x, T))
    # Never fewer than none nor more than if nobody were ever lost: what rounding may leave.
    most = (r + x) * t / (alpha + T)
    chance = alive(parameters, x, t_x, T) if still is None else still
    return np.asarray(chance * np.clip(if_alive, 0.0, most))


def _by_counting(parameters: Array, t: float, x: Array, T: Array) -> Array:  # noqa: N803
    """Return the expected orders of a customer who still buys as the sum of the chances of 1, 2, ... 200 orders."""
    r, alpha, a, b = (float(one) for one in parameters)
    found = np.zeros(np.shape(x))
    for k in range(1, 201):
        stays = np.exp(special.betaln(a, b + x + k - 1) - special.betaln(a, b + x))
        found = found + special.betainc(float(k), r + x, t / (alpha + T + t)) * stays
    return np.asarray(found)


def at_least(parameters: Array, k: int, t: float, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    """Return the probability that each customer orders `k` times or more within `t` ahead.

    Who is active orders ``min(N, G)`` times, N being negative binomial and G the number of orders until
    lost, which are independent; so the probabilities multiply.

    Examples
    --------
    >>> cdnow = np.array([0.243, 4.414, 0.793, 2.426])
    >>> history = np.array([2.0]), np.array([30.43]), np.array([38.86])
    >>> at_least(cdnow, 1, 39.0, *history).round(3)
    array([0.555])
    """
    if k <= 0:
        return np.ones_like(x, dtype=np.float64)
    r, alpha, a, b = (float(one) for one in parameters)
    orders = special.betainc(float(k), r + x, t / (alpha + T + t))
    stays = np.exp(special.betaln(a, b + x + k - 1) - special.betaln(a, b + x))
    return np.asarray(alive(parameters, x, t_x, T) * orders * stays)


def simulate(
    parameters: Array,
    times: Array,
    x: Array,
    t_x: Array,
    T: Array,  # noqa: N803
    rng: np.random.Generator,
    pace: Array | float = 1.0,
    still: Array | None = None,
) -> npt.NDArray[np.int64]:
    """Draw each customer's orders within each of `times` ahead, given its history.

    Parameters
    ----------
    parameters
        Shape (draws, 4).
    times
        Shape (h,), ascending.
    x, t_x, T
        Shape (n,).
    pace
        By what factor all customers order faster from now on, shape (draws,).
    still
        The probability that each still buys, shape (draws, n), where `alive` has told it already.

    Returns
    -------
    ndarray, shape (h, draws, n)
        Counts within the first time include those within the earlier ones.
    """
    r, alpha, a, b = (one[:, None] for one in np.moveaxis(parameters, -1, 0))
    shape = (len(parameters), len(x))
    chance = alive(parameters[:, None, :], x, t_x, T) if still is None else still
    there = rng.random(shape) < chance
    found = np.zeros((len(times), *shape), dtype=np.int64)
    at = np.nonzero(there)
    r, alpha, a, b = (np.broadcast_to(one, shape)[at] for one in (r, alpha, a, b))
    x, T = (np.broadcast_to(one, shape)[at] for one in (x, T))  # noqa: N806
    speed = np.broadcast_to(np.reshape(pace, (-1, 1)), shape)[at]
    rate = speed * rng.standard_gamma(r + x) / (alpha + T)
    lost = np.clip(rng.beta(a, b + x), 1e-12, 1.0)
    until_lost = rng.geometric(lost)
    orders = np.zeros(len(x), dtype=np.int64)
    before = 0.0
    for place, time in enumerate(times):
        orders = orders + rng.poisson(rate * (time - before))
        found[place][at] = np.minimum(orders, until_lost)
        before = float(time)
    return found
