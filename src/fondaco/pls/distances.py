"""How far the correlations that a model implies lie from those observed.

With S observed and Sigma implied over p indicators:

``d_uls``
    sum of (S - Sigma)^2 over the lower triangle with the diagonal: the squared Euclidean distance;
``srmr``
    sqrt(d_uls / (p (p + 1) / 2));
``d_g``
    half the sum of the squared logarithms of the eigenvalues of S^-1 Sigma: the geodesic distance, with
    logarithms to base 10 as cSEM prints it (natural ones give 5.302 times as much; no test depends on it).

Saturated: all constructs correlate freely; estimated: only as the paths say.  Blocks of composites are left
as observed; a block of a common factor under consistent PLS is the product of its loadings.

Dijkstra and Henseler (2015), Computational Statistics & Data Analysis 81, 10-23, section 4.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fondaco.pls.engine import Floats, Plan


def implied_correlations(
    R: Floats, loadings: Floats, between: Floats, corrected: npt.NDArray[np.bool_], plan: Plan
) -> Floats:
    """Return the correlations that the model implies, shape (p, p, B)."""
    sigma = np.empty_like(R)
    for a, first in enumerate(plan.blocks):
        for b, second in enumerate(plan.blocks[: a + 1]):
            if a == b and not corrected[a]:
                sigma[first, first] = R[first, first]
                continue
            strength = 1.0 if a == b else between[a, b]
            sigma[first, second] = loadings[first, None] * (strength * loadings[None, second])
            if a != b:
                sigma[second, first] = sigma[first, second].swapaxes(0, 1)
    diagonal = np.arange(len(sigma))
    sigma[diagonal, diagonal] = 1.0
    return sigma


def distances(
    R: Floats,
    loadings: Floats,
    saturated: Floats,
    estimated: Floats,
    corrected: npt.NDArray[np.bool_],
    plan: Plan,
    *,
    with_geodesic: bool = True,
) -> list[Floats]:
    """Return srmr, d_uls, d_g of the saturated model and of the estimated, each of shape (1, B).

    d_g takes an eigenvalue problem for each matrix; without `with_geodesic` it is NaN.
    """
    held: list[Floats] = []
    p = len(R)
    for between in (saturated, estimated):
        d_uls = _euclidean(R, loadings, between, corrected, plan)
        srmr = np.sqrt(d_uls / (p * (p + 1) / 2))
        d_g = np.full(d_uls.shape, np.nan)
        if with_geodesic:
            d_g = geodesic(R, implied_correlations(R, loadings, between, corrected, plan))
        held += [srmr[None], d_uls[None], d_g[None]]
    return held


def _euclidean(
    R: Floats, loadings: Floats, between: Floats, corrected: npt.NDArray[np.bool_], plan: Plan
) -> Floats:
    """Return d_uls, shape (B,), a pair of blocks at a time."""
    total = np.zeros(R.shape[2])
    for a, first in enumerate(plan.blocks):
        for b, second in enumerate(plan.blocks[:a]):
            gap = loadings[first, None] * (between[a, b] * loadings[second])[None]
            gap -= R[first, second]
            total += np.einsum("ijb,ijb->b", gap, gap)
        if corrected[a]:
            gap = loadings[first, None] * loadings[None, first] - R[first, first]
            diagonal = np.arange(len(gap))
            gap[diagonal, diagonal] = 0.0
            total += np.einsum("ijb,ijb->b", gap, gap) / 2
    return total


def geodesic(R: Floats, sigma: Floats) -> Floats:
    """Return the geodesic distance of each pair of a stack, NaN where one is not positive definite.

    Examples
    --------
    >>> geodesic(np.eye(2)[:, :, None], np.diag([10.0, 1.0])[:, :, None]).round(6).tolist()
    [0.5]
    """
    observed, implied = (np.ascontiguousarray(np.moveaxis(held, 2, 0)) for held in (R, sigma))
    sound = np.asarray(np.isfinite(observed).all(axis=(1, 2)) & np.isfinite(implied).all(axis=(1, 2)))
    sound[sound] = np.linalg.eigvalsh(observed[sound])[:, 0] > 1e-12
    held = np.full(len(observed), np.nan)
    if sound.any():
        root = np.linalg.inv(np.linalg.cholesky(observed[sound]))
        values = np.linalg.eigvalsh(root @ implied[sound] @ root.swapaxes(1, 2))
        held[sound] = 0.5 * (np.log10(np.where(values > 0, values, np.nan)) ** 2).sum(axis=1)
    return held
