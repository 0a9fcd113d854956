"""Whether indicators can be effects of one construct: confirmatory tetrad analysis (CTA-PLS).

If four indicators have one common cause, the difference of products of their covariances

    tau_abcd = s_ab s_cd - s_ac s_bd

is zero in the population (Spearman and Holzinger 1924).  A tetrad that is clearly not zero speaks against a reflective
measurement of the construct, and for a formative one.  The test bootstraps every tetrad.

Of all tetrads of k indicators only k (k - 3) / 2 are independent; the others follow from them and
are not tested (Bollen and Ting 1993).  The level is divided by the number tested (Bonferroni).  A
construct with two or three indicators borrows from a neighbour of the structural model; then only
the tetrads that vanish if both are reflective are tested.

Sources: Bollen and Ting (1993), Sociological Methodology 23, 147-175, for tetrads and redundancy; Gudergan,
Ringle, Wende and Will (2008), Journal of Business Research 61(12), 1238-1249, for the test in PLS.
Tetrads are products of covariances, in the squared unit of the indicators' variance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from fondaco.pls.errors import PlsError
from fondaco.pls.tables import Floats, checked_columns, table

if TYPE_CHECKING:
    import polars as pl

_BLOCK = 4_000_000  # numbers held at once in the bootstrap: 32 MB
Interval = Literal["percentile", "bias-corrected"]
Four = tuple[int, int, int, int]


@dataclass(frozen=True)
class Tetrad:
    """One tetrad s_ab s_cd - s_ac s_bd and its bootstrap.

    Attributes
    ----------
    construct
        Whose measurement is in question.
    tetrad
        As a formula, s(a,b) the covariance of a and b.
    estimate, se, t
        The tetrad in the sample, its bootstrap standard error, and their ratio.
    p
        Two-sided, from the bootstrap distribution, before any correction for several tests; NaN, as `t`, where no
        resample moves the tetrad.
    low, high
        Bootstrap interval at the level divided by the number of tetrads tested.
    tested
        False where the tetrad follows from the ones before it; it then has no say in the verdict.
    """

    construct: str
    tetrad: str
    estimate: float
    se: float
    t: float
    p: float
    low: float
    high: float
    tested: bool

    @property
    def differs(self) -> bool:
        """Return whether the adjusted interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class TetradTest:
    """What the tetrads say of one construct.

    Attributes
    ----------
    construct, indicators
        Whose measurement is in question, and which indicators stood in the tetrads.
    borrowed_from
        The construct that lent indicators; empty where none did.
    tetrads
        All of them, those that follow from others included.
    tested
        How many had a say.
    level
        Of the whole test; each tetrad's is `level` / `tested`.
    reflective
        False if any tested tetrad differs from zero; None where nothing could be tested.
    why
        The verdict, or why there is none, in a sentence.
    """

    construct: str
    indicators: tuple[str, ...]
    borrowed_from: str
    tetrads: tuple[Tetrad, ...]
    tested: int
    level: float
    reflective: bool | None
    why: str


@dataclass(frozen=True)
class TetradAnalysis:
    """The tests of every construct."""

    tests: tuple[TetradTest, ...]
    resamples: int
    seed: int
    interval: Interval
    thresholds: str = (
        "A tetrad differs from zero where its bootstrap interval, at the level divided by the number of "
        "tetrads tested (Bonferroni), leaves out zero (Gudergan et al. 2008)."
    )

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each construct as a Polars table."""
        return table(self.tests, leave_out=("tetrads", "indicators"))

    def tetrad_frame(self) -> pl.DataFrame:
        """Return one row for each tetrad as a Polars table."""
        return table([tetrad for test in self.tests for tetrad in test.tetrads], add=("differs",))


def tetrad_analysis(
    blocks: Mapping[str, Sequence[str]],
    data: Mapping[str, npt.ArrayLike],
    *,
    neighbours: Mapping[str, Sequence[str]] | None = None,
    resamples: int = 10_000,
    seed: int = 1,
    level: float = 0.05,
    interval: Interval = "percentile",
) -> TetradAnalysis:
    """Test for each construct whether its indicators can have one common cause.

    Parameters
    ----------
    blocks
        Indicators of each construct.
    data
        Values of each indicator, of shape (n,) each, without missing ones.
    neighbours
        For each construct those it is joined with in the structural model.  One with fewer than four
        indicators borrows from the neighbour that has the most (the first of equals).
    resamples, seed
        Of the bootstrap.
    level
        Of the test of one construct.
    interval
        ``percentile``, or ``bias-corrected`` as Gudergan et al. (2008) have it; they differ by little, and
        the correction is itself estimated.

    Raises
    ------
    PlsError
        If an indicator is not in `data`, or `data` are no numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> cause = rng.normal(size=300)
    >>> data = {f"x{i}": cause + rng.normal(size=300) for i in range(4)}
    >>> found = tetrad_analysis({"X": list(data)}, data, resamples=500)
    >>> found.tests[0].tested, found.tests[0].reflective
    (2, True)
    """
    tests = []
    for construct, own in blocks.items():
        lender, borrowed = _borrowed(construct, blocks, (neighbours or {}).get(construct, ()))
        missing = [name for name in (*own, *borrowed) if name not in data]
        if missing:
            raise PlsError(f"{construct}: the data have no column {', '.join(missing)}; check the names.")
        fours = list(_fours(len(own), len(borrowed)))
        names = (*own, *borrowed)
        if not fours:
            why = (
                f"{construct} has {len(own)} indicator(s) and no neighbour to borrow from; tetrads need four."
                if len(own) > 1
                else f"{construct} has one indicator; there is nothing to test."
            )
            tests.append(TetradTest(construct, names, lender, (), 0, level, None, why))
            continue
        matrix = checked_columns({name: data[name] for name in names})
        tests.append(_test(construct, names, lender, fours, matrix, resamples, seed, level, interval))
    return TetradAnalysis(tuple(tests), resamples, seed, interval)


def _borrowed(
    construct: str, blocks: Mapping[str, Sequence[str]], neighbours: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return who lends to `construct`, and what; two or three indicators are filled up to four."""
    wanted = 4 - len(blocks[construct])
    lenders = [name for name in blocks if name in neighbours and len(blocks[name]) >= max(wanted, 2)]
    if len(blocks[construct]) < 2 or wanted <= 0 or not lenders:
        return "", ()
    lender = max(lenders, key=lambda name: len(blocks[name]))
    return lender, tuple(blocks[lender][:wanted])


def _fours(own: int, borrowed: int) -> Iterator[Four]:
    """Yield the places (a, b, c, d) of the tetrads that vanish under a reflective measurement.

    With two own and two borrowed indicators only s_ac s_bd = s_ad s_bc must hold, since the two constructs
    may correlate less than perfectly.
    """
    if borrowed == 2:
        yield (0, 2, 3, 1)
        return
    for a, b, c, d in combinations(range(own + borrowed), 4):
        yield (a, b, c, d)
        yield (a, b, d, c)


def independent(fours: Sequence[Four], size: int) -> npt.NDArray[np.bool_]:
    """Return which tetrads do not follow from those before them.

    Where one construct causes all, a tetrad is redundant if its gradient in the covariances is a
    combination of earlier ones (Bollen and Ting 1993); with equal loadings the gradients are plus
    and minus ones, and elimination finds them.

    Examples
    --------
    Five indicators have fifteen tetrads, five of them independent:

    >>> int(independent(list(_fours(5, 0)), 5).sum())
    5
    """
    place = {frozenset(pair): i for i, pair in enumerate(combinations(range(size), 2))}
    basis: list[Floats] = []
    fresh = np.zeros(len(fours), dtype=np.bool_)
    for i, (a, b, c, d) in enumerate(fours):
        gradient = np.zeros(len(place))
        for pair, sign in (((a, b), 1), ((c, d), 1), ((a, c), -1), ((b, d), -1)):
            gradient[place[frozenset(pair)]] += sign
        for known in basis:
            gradient -= (gradient @ known) * known
        length = float(np.linalg.norm(gradient))
        if length > 1e-9:
            basis.append(gradient / length)
            fresh[i] = True
    return fresh


def _test(
    construct: str,
    names: Sequence[str],
    lender: str,
    fours: Sequence[Four],
    matrix: Floats,
    resamples: int,
    seed: int,
    level: float,
    interval: Interval,
) -> TetradTest:
    fresh = independent(fours, matrix.shape[1])
    tested = int(fresh.sum())
    estimates = _values(np.cov(matrix, rowvar=False)[None], fours)[0]
    drawn = np.concatenate(list(_resampled(matrix, fours, resamples, seed)))
    shift = np.zeros(len(fours))
    if interval == "bias-corrected":
        # How far the estimate stands from the middle of its resamples, in normal quantiles (Efron 1987).
        shift = ndtri(_share(drawn < estimates))
    tail = level / tested / 2
    se = drawn.std(axis=0, ddof=1)
    still = 1e-12 * float(matrix.var(axis=0).max()) ** 2
    below_zero = _share(drawn < 0)
    # The level at which the interval would just touch zero.
    touching = ndtr(ndtri(below_zero) - 2 * shift)
    tetrads = []
    for i, four in enumerate(fours):
        low, high = (float(np.quantile(drawn[:, i], ndtr(2 * shift[i] + ndtri(q)))) for q in (tail, 1 - tail))
        value, error, p, t = float(estimates[i]), float(se[i]), float("nan"), float("nan")
        # What no resample moves, as with an indicator and its copy, is zero by what the indicators are: nothing is tested.
        if error > still:
            p, t = float(2 * min(touching[i], 1 - touching[i])), value / error
        held = (value, error, t, p, low, high, bool(fresh[i]))
        tetrads.append(Tetrad(construct, _formula(four, names), *held))
    wrong = sum(held.tested and held.differs for held in tetrads)
    why = (
        f"{wrong} of {tested} tetrads differ from zero: a reflective measurement of {construct} is rejected."
        if wrong
        else f"None of {tested} tetrads differs from zero: nothing speaks against a reflective measurement."
    )
    return TetradTest(construct, tuple(names), lender, tuple(tetrads), tested, level, wrong == 0, why)


def _share(hits: npt.NDArray[np.bool_]) -> Floats:
    """Return the share of rows that hit, kept off 0 and 1 by half a row."""
    half = 0.5 / len(hits)
    return np.asarray(np.clip(hits.mean(axis=0), half, 1 - half))


def _formula(four: Four, names: Sequence[str]) -> str:
    a, b, c, d = four
    first, second, third, fourth = (
        f"s({names[min(pair)]},{names[max(pair)]})" for pair in ((a, b), (c, d), (a, c), (b, d))
    )
    return f"{first}{second} - {third}{fourth}"


def _values(covariances: Floats, fours: Sequence[Four]) -> Floats:
    """Return the tetrads of each covariance matrix, (B, tetrads) from (B, k, k)."""
    a, b, c, d = np.array(fours).T
    return np.asarray(
        covariances[:, a, b] * covariances[:, c, d] - covariances[:, a, c] * covariances[:, b, d]
    )


def _resampled(matrix: Floats, fours: Sequence[Four], resamples: int, seed: int) -> Iterator[Floats]:
    """Yield blocks of resampled tetrads; covariances come from counts, so no row is ever copied."""
    n, k = matrix.shape
    centred = matrix - matrix.mean(axis=0)
    products = (centred[:, :, None] * centred[:, None, :]).reshape(n, k * k)
    everything = np.hstack([products, centred])
    rng = np.random.default_rng(seed)
    even = np.full(n, 1 / n)
    block = max(1, _BLOCK // n)
    for start in range(0, resamples, block):
        counts = rng.multinomial(n, even, size=min(block, resamples - start)).astype(np.float64)
        sums = counts @ everything
        means = sums[:, k * k :] / n
        second = sums[:, : k * k].reshape(-1, k, k)
        yield _values((second - n * means[:, :, None] * means[:, None, :]) / (n - 1), fours)
