"""Correlation matrices of very many weighted samples of the same cases, by matrix products.

A resample is a column of counts: how often each case was drawn.  With Z the products of every pair of
columns, all resampled sums of products are one matrix product, Z' counts.  Means that stand in for missing
values are those of the resample, never those of the whole sample.
"""

from __future__ import annotations

import threading

import numpy as np

from fondaco.pls.data import Cases
from fondaco.pls.engine import Floats, Ints

_CHUNK = 4_000_000  # numbers of Z made at once: 32 MB
_HELD = 20_000_000  # numbers of Z kept for all blocks: 160 MB
_WIDE = 64  # columns from which Z costs more to make again than it saves


class Moments:
    """The cases of a sample, ready to be counted again and again.

    Parameters
    ----------
    cases
        Values of shape (n, p), with their rule for missing values.

    Attributes
    ----------
    values
        Shape (n, p): columns centred on their mean and divided by their standard deviation, 0 where
        missing.

    Examples
    --------
    >>> from fondaco.pls.data import prepare
    >>> moments = Moments(prepare({"a": [1, 2, 4], "b": [1, 0, 2]}, ["a", "b"]))
    >>> moments.correlations(np.array([[1, 2], [1, 0], [1, 1]])).round(4)[0, 1].tolist()
    [0.6547, 1.0]
    """

    def __init__(self, cases: Cases) -> None:
        filled = cases.filled
        mean = np.average(filled, axis=0, weights=cases.weights)
        deviations = filled - mean
        deviations /= np.abs(deviations).max(axis=0)  # so that squares of no unit of measurement overflow
        spread = np.sqrt(np.average(deviations**2, axis=0, weights=cases.weights))
        self.rule = cases.rule
        self.weights = cases.weights if cases.weighted else None
        self.values: Floats = np.ascontiguousarray(deviations / spread)
        absent = np.isnan(cases.values)
        self.values[absent] = 0.0
        p = self.values.shape[1]
        self._first, self._second = np.triu_indices(p)
        self._full = np.empty((p, p), dtype=np.int64)
        self._full[self._first, self._second] = self._full[self._second, self._first] = np.arange(
            len(self._first)
        )
        self._gaps = np.flatnonzero(absent.any(axis=0))  # columns with missing values
        self._rows = np.flatnonzero(absent.any(axis=1))
        self._absent: Floats = absent[np.ix_(self._rows, self._gaps)].astype(float)
        n, pairs = len(self.values), len(self._first)
        self._step = max(1, _CHUNK // pairs)
        self._held = self._products(0, n) if n * pairs <= _HELD else None
        self._local = threading.local()

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.values)

    def _products(self, start: int, stop: int) -> Floats:
        part = self.values[start:stop].T
        return np.ascontiguousarray(part[self._first] * part[self._second])

    def correlations(self, counts: Floats | Ints, out: Floats | None = None) -> Floats:
        """Return the correlations of each weighted sample.

        Parameters
        ----------
        counts
            Shape (n, B), how often each case counts; multiplied by the case weights, if any.
        out
            Where to put them, so that the same memory may serve block after block.

        Returns
        -------
        Shape (p, p, B); not a number where a column does not vary.
        """
        p = self.values.shape[1]
        full = np.empty((p, p, counts.shape[1])) if out is None else out
        with np.errstate(all="ignore"):
            self._correlate(counts, full)
        return full

    def _correlate(self, counts: Floats | Ints, full: Floats) -> None:
        total, sums, products = self._sums(counts)
        lost = self._counted(counts, self._rows) if len(self._gaps) else np.empty((0, counts.shape[1]))
        means = sums / (self._seen(lost, total) if len(self._gaps) else total)
        variance = products[self._full.diagonal()] - total * means**2
        filled = self._filled(means, lost) if len(self._gaps) and self.rule == "mean" else None
        if filled is not None:
            variance[self._gaps] += filled[np.arange(len(self._gaps)), self._gaps]
        scale = 1.0 / np.sqrt(variance)
        shift = means * np.sqrt(total) * scale
        p = len(sums)
        part = np.empty((p, counts.shape[1]))
        for j in range(p):  # a row at a time stays in the processor's cache
            row = full[j]
            np.take(products, self._full[j], axis=0, out=row, mode="clip")
            row *= scale
            row *= scale[j]
            np.multiply(shift, shift[j], out=part)
            row -= part
        if filled is not None:
            filled *= scale
            filled *= scale[self._gaps, None]
            full[self._gaps] += filled
            full[:, self._gaps] = full[self._gaps].swapaxes(0, 1)
        elif len(self._gaps):
            self._put_pairs(full, products, sums, total, lost)
        full[np.arange(p), np.arange(p)] = np.where(np.isfinite(scale), 1.0, np.nan)

    def _counted(self, counts: Floats | Ints, rows: slice | Ints) -> Floats:
        """Return the counts of some cases times their weights, as floats."""
        held: Floats = np.ascontiguousarray(counts[rows], dtype=np.float64)
        return held if self.weights is None else held * self.weights[rows, None]

    def _sums(self, counts: Floats | Ints) -> tuple[Floats, Floats, Floats]:
        """Return sums over cases: of the counts (B,), of each column (p, B), of products of each pair (pairs, B)."""
        if self._held is not None:
            held = self._counted(counts, slice(None))
            return held.sum(axis=0), self.values.T @ held, np.matmul(self._held, held, out=self._room(held))
        if self.values.shape[1] >= _WIDE:
            return self._sums_of_wide(counts)
        total = np.zeros(counts.shape[1])
        sums, products = (np.zeros((m, counts.shape[1])) for m in (self.values.shape[1], len(self._first)))
        for start in range(0, self.n, self._step):
            rows = slice(start, start + self._step)
            held = self._counted(counts, rows)
            total += held.sum(axis=0)
            sums += self.values[rows].T @ held
            products += self._products(start, start + self._step) @ held
        return total, sums, products

    def _sums_of_wide(self, counts: Floats | Ints) -> tuple[Floats, Floats, Floats]:
        """Return the same sums from one product X' diag(counts) X after the other."""
        shape = (self.values.shape[1], counts.shape[1])
        total, sums, products = np.empty(shape[1]), np.empty(shape), np.empty((len(self._first), shape[1]))
        for b in range(shape[1]):
            one = self._counted(counts[:, b : b + 1], slice(None))
            weighted = self.values * one
            total[b], sums[:, b] = one.sum(), weighted.sum(axis=0)
            products[:, b] = (weighted.T @ self.values)[self._first, self._second]
        return total, sums, products

    def _room(self, held: Floats) -> Floats:
        """Return memory for the sums of products: this thread's, used again for every block."""
        shape = (len(self._first), held.shape[1])
        room: Floats | None = getattr(self._local, "room", None)
        if room is None or room.shape != shape:
            room = self._local.room = np.empty(shape)
        return room

    def _filled(self, means: Floats, lost: Floats) -> Floats:
        """Return what means in place of missing values add to the sums of products, shape (gaps, p, B)."""
        gaps = self._gaps
        missed = self._missed(lost, self.values[self._rows])
        both = self._missed(lost, self._absent)
        added: Floats = means[gaps, None] * missed
        added[:, gaps] += (
            means[None, gaps] * missed[:, gaps].swapaxes(0, 1) + means[gaps, None] * means[None, gaps] * both
        )
        return added

    def _seen(self, lost: Floats, total: Floats) -> Floats:
        """Return how many cases have each column, shape (p, B)."""
        seen = np.tile(total, (self.values.shape[1], 1))
        seen[self._gaps] -= self._absent.T @ lost
        return seen

    def _missed(self, lost: Floats, values: Floats) -> Floats:
        """Return the sums of `values` (rows, m) over cases where each gap column is missing, (gaps, m, B)."""
        weighted = self._absent[:, :, None] * values[:, None, :]
        flat = weighted.reshape(len(self._rows), -1).T @ lost
        return flat.reshape(len(self._gaps), values.shape[1], -1)

    def _gap_pairs(self) -> tuple[Ints, Ints, Ints]:
        """Return pairs of columns of which one or both have gaps, and their gap numbers (-1: none)."""
        number = np.full(self.values.shape[1], -1)
        number[self._gaps] = np.arange(len(self._gaps))
        touched = np.flatnonzero((number[self._first] >= 0) | (number[self._second] >= 0))
        return touched, number[self._first[touched]], number[self._second[touched]]

    def _observed(
        self, lost: Floats, total: Floats, values: Floats, sums: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return, for the pairs with gaps, sums of each over the cases where the other is there, and their number."""
        touched, gap_first, gap_second = self._gap_pairs()
        first, second = self._first[touched], self._second[touched]
        missed = self._missed(lost, values[self._rows])
        of_first = sums[first] - np.where((gap_second >= 0)[:, None], missed[gap_second, first], 0.0)
        of_second = sums[second] - np.where((gap_first >= 0)[:, None], missed[gap_first, second], 0.0)
        absent = np.zeros((len(self._rows), self.values.shape[1]))
        absent[:, self._gaps] = self._absent
        both = self._missed(lost, absent)  # (gaps, p, B): cases where both are missing
        alone = both[np.arange(len(self._gaps)), self._gaps]
        lost_first = np.where((gap_first >= 0)[:, None], alone[gap_first], 0.0)
        lost_second = np.where((gap_second >= 0)[:, None], alone[gap_second], 0.0)
        joint = np.where((gap_first >= 0)[:, None], both[gap_first, second], 0.0)
        return of_first, of_second, total - lost_first - lost_second + joint

    def _put_pairs(self, full: Floats, products: Floats, sums: Floats, total: Floats, lost: Floats) -> None:
        """Correlate pairs with gaps over the cases that have both."""
        touched, _, _ = self._gap_pairs()
        first, second = self._first[touched], self._second[touched]
        of_first, of_second, cases = self._observed(lost, total, self.values, sums)
        squares = products[self._full.diagonal()]
        square_first, square_second, _ = self._observed(lost, total, self.values**2, squares)
        covariance = products[touched] - of_first * of_second / cases
        spread = (square_first - of_first**2 / cases) * (square_second - of_second**2 / cases)
        full[first, second] = full[second, first] = covariance / np.sqrt(spread)
