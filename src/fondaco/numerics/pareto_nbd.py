"""The Pareto/NBD model of repeat buying (Schmittlein, Morrison and Colombo 1987, Management Science 33).

While active a customer orders at random with a rate of its own, and is lost at any time with a rate
of its own:

    rate ~ Gamma(r, alpha),      loss ~ Gamma(s, beta).

The likelihood is that of Fader and Hardie (2005, "A note on deriving the Pareto/NBD model"), with its
hypergeometric functions transformed (Euler) into ``F(1, b; c; z)``, which stays moderate however long a
history is.  Times are in one unit (`fondaco.numerics.histories`).

Parameters are estimated as ``log r``, ``log(r / alpha)`` (the mean rate), ``log s`` and ``log(s / beta)``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import special

from fondaco.numerics.histories import Histories

Array = npt.NDArray[np.float64]

NAME = "Pareto/NBD"
PARAMETERS = ("r", "alpha", "s", "beta")
#: Above this argument of the hypergeometric function its integral is worked out by a rule.
_FAR = 0.85
_NODES, _WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(48))
_NODES = _NODES + 0.5
_BLOCK = 1024


def unpack(theta: Array) -> Array:
    """Return (r, alpha, s, beta) from the scales of estimation; works on shape (..., 4)."""
    log_r, log_rate, log_s, log_loss = np.moveaxis(np.asarray(theta, dtype=np.float64), -1, 0)
    return np.asarray(np.exp(np.stack([log_r, log_r - log_rate, log_s, log_s - log_loss], -1)))


def pack(parameters: Array) -> Array:
    """Return the scales of estimation from (r, alpha, s, beta)."""
    r, alpha, s, beta = np.moveaxis(np.asarray(parameters, dtype=np.float64), -1, 0)
    return np.asarray(np.log(np.stack([r, r / alpha, s, s / beta], -1)))


def _lost_log(parameters: Array, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    """Return the logarithm of the likelihood's part of customers lost between `t_x` and `T`.

    That is ``log(s / (r + s + x) * A0)`` in the note's terms, and the integral over the time of loss of
    ``s (alpha + t)**-(r + x) (beta + t)**-(s + 1)``.  Where `alpha` and `beta` lie far apart the hypergeometric
    function is slow to work out, and the integral is not.
    """
    parts = np.broadcast_arrays(*np.moveaxis(parameters, -1, 0), x, t_x, T)
    shape = parts[0].shape
    r, alpha, s, beta, x, t_x, T = (np.ravel(part).astype(np.float64) for part in parts)  # noqa: N806
    far = np.abs(alpha - beta) / (np.maximum(alpha, beta) + t_x) > _FAR
    found = np.empty(len(x))
    for which, way in ((far, _by_integral), (~far, _by_series)):
        if which.any():
            found[which] = way(*(part[which] for part in (r, alpha, s, beta, x, t_x, T)))
    return np.asarray((found + np.log(s)).reshape(shape))


def _by_series(r: Array, alpha: Array, s: Array, beta: Array, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    total = r + s + x
    wide = alpha >= beta
    upper = np.where(wide, r + x, s + 1)
    large = np.maximum(alpha, beta)

    def term(t: Array) -> Array:
        inner = special.hyp2f1(1.0, upper, total + 1, np.abs(alpha - beta) / (large + t))
        powers = np.where(
            wide,
            -s * np.log(beta + t) - (r + x) * np.log(alpha + t),
            -(r + x - 1) * np.log(alpha + t) - (s + 1) * np.log(beta + t),
        )
        return np.asarray(powers + np.log(inner))

    start, end = term(t_x), term(T)
    with np.errstate(divide="ignore"):
        return np.asarray(start + np.log(-np.expm1(np.minimum(end - start, 0.0))) - np.log(total))


def _by_integral(r: Array, alpha: Array, s: Array, beta: Array, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    parts = r, alpha, s, beta, x, t_x, T
    found = np.empty(len(x))
    for some in _blocks(len(x)):
        _, mass, shift = _along(*(part[some] for part in parts))
        with np.errstate(divide="ignore"):
            found[some] = np.log(mass.sum(axis=1)) + shift
    return found


def _blocks(n: int) -> Iterator[slice]:
    """Return parts that are small enough for their nodes to stay in the processor's cache."""
    return (slice(begin, begin + _BLOCK) for begin in range(0, n, _BLOCK))


def _along(
    r: Array, alpha: Array, s: Array, beta: Array, x: Array, t_x: Array, T: Array  # noqa: N803
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Return the nodes of Gauss and Legendre's rule, the quicker of the two powers being the variable.

    With ``u = log((a + t) / (a + t_x))`` and ``p = (1 - exp(-c u)) / c``, ``c = k - 1``, the power
    ``(a + t)**-k`` is integrated exactly and only the slower one by the rule.

    Returns
    -------
    tuple of ndarray
        Times after `t_x` and what each adds to the integral, shape (n, 48), and the logarithm of the factor
        left out of it, shape (n,).
    """
    first = (r + x) / (alpha + t_x) >= (s + 1) / (beta + t_x)
    a, k = np.where(first, alpha, beta) + t_x, np.where(first, r + x, s + 1)
    b, m = np.where(first, beta, alpha) + t_x, np.where(first, s + 1, r + x)
    span = T - t_x
    c = np.where(np.abs(k - 1) < 1e-9, 1e-9, k - 1)
    whole = -np.expm1(-c * np.log1p(span / a)) / c
    left = (1 - _NODES) ** 3  # the nodes crowd at the far end, where u rises steeply
    p = whole[:, None] * (1 - left)
    u = -np.log1p(np.maximum(-c[:, None] * p, -1 + 1e-16)) / c[:, None]
    t = np.clip(a[:, None] * np.expm1(u), 0.0, span[:, None])
    mass = (b[:, None] / (b[:, None] + t)) ** m[:, None]
    mass *= whole[:, None] * (_WEIGHTS * 3 * (1 - _NODES) ** 2)
    return t, mass, -(k - 1) * np.log(a) - m * np.log(b)


def _still_log(parameters: Array, x: Array, T: Array) -> Array:  # noqa: N803
    """Return the logarithm of the likelihood's part of customers who still buy."""
    r, alpha, s, beta = np.moveaxis(parameters, -1, 0)
    return np.asarray(-(r + x) * np.log(alpha + T) - s * np.log(beta + T))


def _terms(parameters: Array, x: Array, t_x: Array, T: Array) -> tuple[Array, Array]:  # noqa: N803
    return _still_log(parameters, x, T), _lost_log(parameters, x, t_x, T)


def log_likelihood(theta: Array, held: Histories) -> float:
    """Return the log-likelihood of all customers.

    Examples
    --------
    >>> from fondaco.numerics.histories import histories
    >>> one = histories([2], [30.43], [38.86])
    >>> round(log_likelihood(pack(np.array([0.553, 10.578, 0.606, 11.669])), one), 3)
    -9.554
    """
    r, alpha, s, beta = unpack(theta)
    values, counts, _ = held.by_x
    fixed = special.gammaln(r + values) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return float(counts @ fixed + held.count @ np.logaddexp(*_terms(unpack(theta), held.x, held.t_x, held.T)))


def score(theta: Array, held: Histories) -> tuple[float, Array]:
    """Return the log-likelihood and its gradient, shape (4,)."""
    value, slope, _ = derivatives(theta, held)
    return value, slope


def derivatives(theta: Array, held: Histories) -> tuple[float, Array, Array]:
    """Return the log-likelihood with its gradient and second derivatives, shapes (4,) and (4, 4).

    The hypergeometric function has no closed derivative by its parameters; the integral over the time of loss has.
    With ``h`` the logarithm of what is integrated, and means over what is known of that time (still there being one
    of the possibilities), the gradient is that of ``h`` on average, and the second derivatives are those of ``h`` on
    average, and its gradient's covariance (Louis 1982, Journal of the Royal Statistical Society B 44).
    """
    r, alpha, s, beta = parameters = unpack(theta)
    values, counts, _ = held.by_x
    fixed = special.gammaln(r + values) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    value, slope, curve = float(counts @ fixed), np.zeros(4), np.zeros((4, 4))
    slope[0] = r * (counts @ (special.digamma(r + values) - special.digamma(r)))
    curve[0, 0] = slope[0] + r**2 * (counts @ (special.polygamma(1, r + values) - special.polygamma(1, r)))
    for some in _blocks(len(held.x)):
        part = _derivatives(parameters, held.x[some], held.t_x[some], held.T[some], held.count[some])
        value, slope, curve = value + part[0], slope + part[1], curve + part[2]
    return value, slope, curve


def _derivatives(
    parameters: Array, x: Array, t_x: Array, T: Array, count: Array  # noqa: N803
) -> tuple[float, Array, Array]:  # fmt: skip
    """Return the part of some customers in the log-likelihood, its gradient and second derivatives."""
    r, alpha, s, beta = parameters
    each = np.broadcast_to(parameters[:, None], (4, len(x)))
    t, mass, shift = _along(each[0], each[1], each[2], each[3], x, t_x, T)
    whole = mass.sum(axis=1)
    with np.errstate(divide="ignore"):
        lost = np.log(whole) + shift + np.log(s)
    still = _still_log(parameters, x, T)
    both = np.logaddexp(still, lost)
    gone, there = np.exp(lost - both), np.exp(still - both)
    weight = mass * np.divide(gone, whole, out=np.zeros_like(whole), where=whole > 0)[:, None]
    counted, ended = weight * count[:, None], there * count
    t += t_x[:, None]
    # By time of loss, and for who is still there at the end: gradients of h, and their own derivatives.
    by_rate, by_loss = _power(r, (r + x)[:, None], t / alpha), _power(s, s + 1, t / beta)
    rate_end, loss_end = _power(r, r + x, T / alpha), _power(s, s, T / beta)
    at = np.stack([by_rate[0] - x[:, None], by_rate[1] + x[:, None], by_loss[0], by_loss[1] + 1])
    end = np.stack([rate_end[0] - x, rate_end[1] + x, *loss_end[:2]])
    mean = np.einsum("fnk,nk->fn", at, weight) + end * there
    # Rows of one after another: the sums of products are one product of matrices.
    curve = (
        (at * counted).reshape(4, -1) @ at.reshape(4, -1).T + (end * ended) @ end.T - (mean * count) @ mean.T
    )
    for place, lasting, ending in ((0, by_rate, rate_end), (2, by_loss, loss_end)):
        upper, mixed, lower = (
            float(np.einsum("nk,nk->", one, counted) + other @ ended)
            for one, other in zip(lasting[2:], ending[2:], strict=True)
        )
        curve[place : place + 2, place : place + 2] += np.array([[upper, mixed], [mixed, lower]])
    return float(count @ both), mean @ count, curve


def _power(shape: float, power: Array | float, ratio: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return the derivatives of ``-power log(1 + t / scale)`` by the logarithms of shape and mean rate.

    `power` is the shape and what does not depend on the parameters, and `ratio` is ``t / scale``.  The first two are the
    gradient, the other three the second derivatives (shape twice, both, rate twice).
    """
    log, part = np.log1p(ratio), ratio / (1 + ratio)
    slope = power * part
    bent = slope * (1 - part)
    return slope - shape * log, -slope, shape * (2 * part - log) - bent, bent - shape * part, -bent


def alive(parameters: Array, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    """Return the probability that each customer still buys; see `fondaco.numerics.bgnbd.alive`.

    Examples
    --------
    >>> found = alive(np.array([0.553, 10.578, 0.606, 11.669]), np.array([0, 2]), np.array([0, 30.43]), np.array([38.86] * 2))
    >>> found.round(3)
    array([0.295, 0.869])
    """
    still, lost = _terms(parameters, x, t_x, T)
    return np.asarray(special.expit(still - lost))


def expected(
    parameters: Array, t: float, x: Array, t_x: Array, T: Array, still: Array | None = None  # noqa: N803
) -> Array:  # fmt: skip
    """Return the expected number of orders of each customer within `t` ahead; see `fondaco.numerics.bgnbd.expected`.

    Examples
    --------
    >>> cdnow = np.array([0.553, 10.578, 0.606, 11.669])
    >>> expected(cdnow, 39.0, np.array([2.0]), np.array([30.43]), np.array([38.86])).round(3)
    array([1.455])
    """
    r, alpha, s, beta = (float(one) for one in parameters)
    span = np.log1p(t / (beta + T))
    stays = -np.expm1(-(s - 1) * span) / (s - 1) if abs(s - 1) > 1e-9 else span
    chance = alive(parameters, x, t_x, T) if still is None else still
    return np.asarray(chance * (r + x) * (beta + T) / (alpha + T) * stays)


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
    """Draw each customer's orders within each of `times` ahead; see `fondaco.numerics.bgnbd.simulate`."""
    shape = (len(parameters), len(x))
    chance = alive(parameters[:, None, :], x, t_x, T) if still is None else still
    there = rng.random(shape) < chance
    found = np.zeros((len(times), *shape), dtype=np.int64)
    at = np.nonzero(there)
    r, alpha, s, beta = (np.broadcast_to(one[:, None], shape)[at] for one in np.moveaxis(parameters, -1, 0))
    x, T = (np.broadcast_to(one, shape)[at] for one in (x, T))  # noqa: N806
    speed = np.broadcast_to(np.reshape(pace, (-1, 1)), shape)[at]
    rate = speed * rng.standard_gamma(r + x) / (alpha + T)
    loss = np.maximum(rng.standard_gamma(s) / (beta + T), 1e-300)
    until_lost = np.minimum(rng.standard_exponential(len(x)) / loss, 1e12)
    orders = np.zeros(len(x), dtype=np.int64)
    before = np.zeros(len(x))
    for place, time in enumerate(times):
        upto = np.minimum(until_lost, time)
        orders = orders + rng.poisson(rate * (upto - before))
        found[place][at] = orders
        before = upto
    return found
