"""Small symmetric systems, very many at once.

Arrays hold one problem per entry of their **last** axis: a stack of B matrices has shape (m, m, B).
NumPy then works along contiguous memory, which for m below about twenty is far faster than B calls of
a library made for large matrices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_LARGE = 24


def inverse(matrices: Floats) -> tuple[Floats, Floats]:
    """Invert symmetric positive definite matrices by Gauss-Jordan elimination.

    Parameters
    ----------
    matrices
        Shape (m, m, B).

    Returns
    -------
    inverses
        Shape (m, m, B).
    pivots
        Shape (B,), the smallest pivot of each: for a correlation matrix a lower bound for the share of a
        variable that those before it leave unexplained; at or near 0 where the matrix is singular, below
        0 where it is not positive semi-definite.

    Examples
    --------
    >>> inverses, pivots = inverse(np.array([[1.0, 0.6], [0.6, 1.0]])[:, :, None])
    >>> inverses[:, :, 0].round(4).tolist(), float(pivots[0].round(4))
    ([[1.5625, -0.9375], [-0.9375, 1.5625]], 0.64)
    """
    if len(matrices) > _LARGE:
        found = _inverse_of_large(matrices)
        if found is not None:
            return found
    held = matrices.copy()
    part = np.empty_like(held)
    smallest = np.full(held.shape[2], np.inf)
    for i in range(len(held)):
        pivot = held[i, i].copy()
        np.minimum(smallest, pivot, out=smallest)
        held[i, i] = 1.0
        row = held[i] / pivot
        column = held[:, i].copy()
        column[i] = 0.0
        held[:, i] = 0.0
        held[i] = row
        np.multiply(column[:, None], row[None], out=part)
        held -= part
    return held, smallest


def _inverse_of_large(matrices: Floats) -> tuple[Floats, Floats] | None:
    """Invert one by one with LAPACK, which wins beyond some twenty rows; None if one is not positive definite."""
    stack = np.ascontiguousarray(np.moveaxis(matrices, 2, 0))
    try:
        root = np.linalg.cholesky(stack)
    except np.linalg.LinAlgError:
        return None
    pivots = root.diagonal(axis1=1, axis2=2).min(axis=1) ** 2  # those of elimination, too
    return np.ascontiguousarray(np.moveaxis(np.linalg.inv(stack), 0, 2)), pivots


def apply(matrices: Floats, vectors: Floats) -> Floats:
    """Multiply each matrix by its vector: (a, m, B) by (m, B) gives (a, B).

    Examples
    --------
    >>> apply(np.eye(2)[:, :, None], np.array([[3.0], [4.0]])).ravel().tolist()
    [3.0, 4.0]
    """
    product: Floats = np.einsum("ijb,jb->ib", matrices, vectors)
    return product
