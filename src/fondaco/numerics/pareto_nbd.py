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

import numpy as np
import numpy.typing as npt
from scipy import special

from fondaco.numerics.histories import Histories

Array = npt.NDArray[np.float64]

NAME = "Pareto/NBD"
PARAMETERS = ("r", "alpha", "s", "beta")
_STEP = 1e-5
#: Above this argument of the hypergeometric function its integral is worked out by a rule.
_FAR = 0.85
_NODES, _WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(48))
_NODES = _NODES + 0.5


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
    """Integrate by Gauss and Legendre's rule, the quicker of the two powers being the variable.

    With ``u = log((a + t) / (a + t_x))`` and ``p = (1 - exp(-c u)) / c``, ``c = k - 1``, the power
    ``(a + t)**-k`` is integrated exactly and only the slower one by the rule.
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
    values = (b[:, None] / (b[:, None] + t)) ** m[:, None]
    integral = whole * (values @ (_WEIGHTS * 3 * (1 - _NODES) ** 2))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(integral) - (k - 1) * np.log(a) - m * np.log(b))


def _terms(parameters: Array, x: Array, t_x: Array, T: Array) -> tuple[Array, Array]:  # noqa: N803
    r, alpha, s, beta = np.moveaxis(parameters, -1, 0)
    still = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    return still, _lost_log(parameters, x, t_x, T)


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
    """Return the log-likelihood and its gradient, shape (4,), by central differences.

    The hypergeometric function has no closed derivative by its parameters.
    """
    slope = np.empty(4)
    for place in range(4):
        shift = np.zeros(4)
        shift[place] = _STEP
        slope[place] = (log_likelihood(theta + shift, held) - log_likelihood(theta - shift, held)) / (
            2 * _STEP
        )
    return log_likelihood(theta, held), slope


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


def expected(parameters: Array, t: float, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    """Return the expected number of orders of each customer within `t` ahead.

    Examples
    --------
    >>> cdnow = np.array([0.553, 10.578, 0.606, 11.669])
    >>> expected(cdnow, 39.0, np.array([2.0]), np.array([30.43]), np.array([38.86])).round(3)
    array([1.455])
    """
    r, alpha, s, beta = (float(one) for one in parameters)
    span = np.log1p(t / (beta + T))
    stays = -np.expm1(-(s - 1) * span) / (s - 1) if abs(s - 1) > 1e-9 else span
    return np.asarray(alive(parameters, x, t_x, T) * (r + x) * (beta + T) / (alpha + T) * stays)


def simulate(
    parameters: Array,
    times: Array,
    x: Array,
    t_x: Array,
    T: Array,  # noqa: N803
    rng: np.random.Generator,
    pace: Array | float = 1.0,
) -> npt.NDArray[np.int64]:
    """Draw each customer's orders within each of `times` ahead; see `fondaco.numerics.bgnbd.simulate`."""
    shape = (len(parameters), len(x))
    there = rng.random(shape) < alive(parameters[:, None, :], x, t_x, T)
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
