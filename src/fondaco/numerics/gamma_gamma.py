"""The gamma-gamma model of what an order brings (Fader, Hardie and Lee 2005, Journal of Marketing Research 42).

A customer's orders vary around a mean of its own, and customers' means vary:

    value of an order ~ Gamma(p, nu),      nu ~ Gamma(q, v),

independent of how often a customer orders.  The formulas are those of Fader and Hardie (2013, "The
gamma-gamma model of monetary value").  Values are positive, in one currency.

Parameters are estimated as ``log p``, ``log(q - 1)`` and the logarithm of the mean over customers, ``p v /
(q - 1)``; so that mean is finite.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]

NAME = "gamma-gamma"
PARAMETERS = ("p", "q", "v")


def unpack(theta: Array) -> Array:
    """Return (p, q, v) from the scales of estimation; works on shape (..., 3).

    Examples
    --------
    >>> unpack(pack(np.array([6.25, 3.74, 15.44]))).round(2)
    array([ 6.25,  3.74, 15.44])
    """
    log_p, log_q, log_mean = np.moveaxis(np.asarray(theta, dtype=np.float64), -1, 0)
    return np.stack([np.exp(log_p), 1 + np.exp(log_q), np.exp(log_mean + log_q - log_p)], -1)


def pack(parameters: Array) -> Array:
    """Return the scales of estimation from (p, q, v), `q` above 1."""
    p, q, v = np.moveaxis(np.asarray(parameters, dtype=np.float64), -1, 0)
    return np.stack([np.log(p), np.log(q - 1), np.log(p * v / (q - 1))], -1)


def score(theta: Array, orders: Array, mean: Array) -> tuple[float, Array]:
    """Return the log-likelihood and its gradient, shape (3,), on the scales of estimation.

    Parameters
    ----------
    theta
        Shape (3,).
    orders, mean
        Shape (n,): how many orders of a customer are valued, at least one, and their mean, above 0.
    """
    p, q, v = unpack(theta)
    total = np.log(v + orders * mean)
    ends = p * orders + q
    value = (
        special.gammaln(ends) - special.gammaln(p * orders) - special.gammaln(q) + q * np.log(v)
        + (p * orders - 1) * np.log(mean) + p * orders * np.log(orders) - ends * total
    ).sum()  # fmt: skip
    psi = special.digamma
    by_p = (orders * (psi(ends) - psi(p * orders) + np.log(mean) + np.log(orders) - total)).sum()
    by_q = (psi(ends) - psi(q) + np.log(v) - total).sum()
    by_v = (q / v - ends / (v + orders * mean)).sum()
    return float(value), np.array([p * by_p - v * by_v, (q - 1) * by_q + v * by_v, v * by_v])


def expected(parameters: Array, orders: Array, mean: Array) -> Array:
    """Return what an order of each customer is expected to bring.

    Between the customer's own mean and that of all, the nearer to its own the more orders it rests on.

    Parameters
    ----------
    parameters
        (p, q, v).
    orders, mean
        Shape (n,); 0 orders for a customer of whom no value is known.

    Examples
    --------
    >>> cdnow = np.array([6.25, 3.74, 15.44])
    >>> expected(cdnow, np.array([0.0, 2.0]), np.array([0.0, 22.35])).round(2)
    array([35.22, 24.66])
    """
    p, q, v = (float(one) for one in parameters)
    return np.asarray(p * (v + orders * mean) / (p * orders + q - 1))


def simulate(
    parameters: Array,
    counts: npt.NDArray[np.int64],
    orders: Array,
    mean: Array,
    rng: np.random.Generator,
) -> Array:
    """Draw what so many orders of each customer bring.

    Parameters
    ----------
    parameters
        Shape (draws, 3).
    counts
        Shape (h, draws, n): orders within ascending times, each including the earlier.
    orders, mean
        Shape (n,): what is known of each customer.

    Returns
    -------
    ndarray, shape (h, draws, n)
    """
    shape = counts.shape[1:]
    found = np.zeros(counts.shape)
    at = np.nonzero(counts[-1])
    p, q, v = (np.broadcast_to(one[:, None], shape)[at] for one in np.moveaxis(parameters, -1, 0))
    known, own = (np.broadcast_to(one, shape)[at] for one in (orders, mean))
    nu = np.maximum(rng.standard_gamma(p * known + q), 1e-300) / (v + known * own)
    brought = np.zeros(len(p))
    before: npt.NDArray[np.int64] = np.zeros(len(p), dtype=np.int64)
    for place in range(len(counts)):
        upto = counts[place][at]
        brought = brought + rng.standard_gamma(p * (upto - before)) / nu
        found[place][at] = brought
        before = upto
    return found


def start(orders: Array, mean: Array) -> Array:
    """Return where a search begins: moments of what is seen."""
    centre = float(np.average(mean, weights=orders))
    return np.array([math.log(5.0), math.log(2.5), math.log(centre)])
