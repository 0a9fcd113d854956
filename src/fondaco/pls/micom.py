"""Whether composites mean the same in two groups: measurement invariance of composites (MICOM).

Step 1, configural
    Same indicators, same treatment of data, same algorithm in both groups.  The functions here make it so;
    whether the questions were understood alike is for the researcher to say.
Step 2, compositional
    The correlation ``c`` of the scores that both groups' weights give on the pooled data is 1.  Holds if
    ``c`` is not below the 5 % quantile of random regroupings.  With step 1: partial invariance, and paths
    may be compared.
Step 3, equal means and variances
    Of the scores by pooled weights: differences of means and of log variances lie inside 95 % of random
    regroupings.  With steps 1 and 2: full invariance, and the cases may be pooled.

Weights are those of standardised indicators, so ``c`` is taken on standardised pooled data and does not depend
on the indicators' units; with `scaling` ``raw`` it is taken on the data as they are, as cSEM does.

Source: Henseler, Ringle and Sarstedt (2016), International Marketing Review 33(3), 405-431.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from fondaco.kernel import Problem
from fondaco.pls.bootstrap import block_size
from fondaco.pls.engine import Floats, run
from fondaco.pls.errors import PlsError
from fondaco.pls.groups import regroupings
from fondaco.pls.model import Model
from fondaco.pls.moments import Moments
from fondaco.pls.parting import Parted, cut, part
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

Invariance = Literal["full", "partial", "none"]
Scaling = Literal["standardised", "raw"]


@dataclass(frozen=True)
class ConstructInvariance:
    """Steps 2 and 3 for one construct and two groups.

    Attributes
    ----------
    construct, first, second
        What was compared.
    c, c_quantile, c_p
        Correlation of the two groups' composites, the quantile of regroupings it must reach, and the
        share of regroupings with a correlation as low.
    mean_difference, mean_low, mean_high, mean_p
        Difference of means, first less second, in pooled standard deviations; bounds and two-sided p.
    variance_difference, variance_low, variance_high, variance_p
        Difference of log variances; bounds and two-sided p.
    """

    construct: str
    first: str
    second: str
    c: float
    c_quantile: float
    c_p: float
    mean_difference: float
    mean_low: float
    mean_high: float
    mean_p: float
    variance_difference: float
    variance_low: float
    variance_high: float
    variance_p: float

    @property
    def compositional(self) -> bool:
        """Return whether step 2 holds."""
        return self.c >= self.c_quantile - 1e-12

    @property
    def equal_means(self) -> bool:
        """Return whether the means are alike."""
        return self.mean_low <= self.mean_difference <= self.mean_high

    @property
    def equal_variances(self) -> bool:
        """Return whether the variances are alike."""
        return self.variance_low <= self.variance_difference <= self.variance_high

    @property
    def invariance(self) -> Invariance:
        """Return how far the construct is invariant."""
        if not self.compositional:
            return "none"
        return "full" if self.equal_means and self.equal_variances else "partial"


@dataclass(frozen=True)
class Micom:
    """What `micom` found."""

    by: str
    sizes: Mapping[str, int]
    constructs: tuple[ConstructInvariance, ...]
    permutations: int
    seed: int
    level: float
    problems: tuple[Problem, ...]
    thresholds: str = (
        "Step 2: c not below the 5 % quantile of random regroupings; step 3: differences inside 95 % of them (Henseler, "
        "Ringle and Sarstedt 2016). Step 1 (same questions, data treatment and algorithm) is the researcher's to affirm."
    )

    def of(self, construct: str, pair: tuple[str, str] | None = None) -> ConstructInvariance:
        """Return one construct, of the first pair of groups unless another is named."""
        wanted = pair or (self.constructs[0].first, self.constructs[0].second)
        return next(
            one for one in self.constructs if one.construct == construct and (one.first, one.second) == wanted
        )

    def to_frame(self) -> pl.DataFrame:
        """Return the steps as a Polars table."""
        return table(self.constructs, add=("compositional", "equal_means", "equal_variances", "invariance"))


def micom(
    model: Model | str,
    data: Any,
    group: str | npt.ArrayLike,
    *,
    permutations: int = 5_000,
    seed: int = 1,
    level: float = 0.95,
    scaling: Scaling = "standardised",
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Micom:
    """Test the invariance of every construct for every pair of groups.

    Parameters
    ----------
    model, data, group, options
        As in `fondaco.pls.groups.compare_groups`.
    permutations, seed
        Of the cases over the groups.
    level
        1 - `level` is the level of each test.
    scaling
        Of the pooled data in step 2.
    progress
        Called with (done, all) permutations.

    Raises
    ------
    PlsError
        For a model with products or of higher order, or groups that cannot be compared.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=300)
    >>> data = {f"x{i}": x + rng.normal(size=300) for i in (1, 2, 3)} | {"y": x + rng.normal(size=300)}
    >>> found = micom("X =~ x1 + x2 + x3; Y =~ y; Y ~ X", data, np.arange(300) % 2, permutations=200)
    >>> found.of("X").compositional
    True
    """
    parted = part(model, data, group, **options)
    if parted.pooled.stages is not None:
        raise PlsError("MICOM is for plain models; leave products and constructs of higher order out for it.")
    if permutations < 1:
        raise PlsError("MICOM rests on permutations; ask for at least 1000.")
    pairs = list(combinations(parted.members, 2))
    found: list[ConstructInvariance] = []
    for place, (first, second) in enumerate(pairs):
        told = None if progress is None else _shifted(progress, place, len(pairs))
        found += _pair(parted, first, second, permutations, seed, level, told, scaling)
    return Micom(
        by=group if isinstance(group, str) else "",
        sizes={name: int(taken.sum()) for name, taken in parted.members.items()},
        constructs=tuple(found),
        permutations=permutations,
        seed=seed,
        level=level,
        problems=parted.problems,
    )


def _shifted(progress: Callable[[int, int], None], place: int, pairs: int) -> Callable[[int, int], None]:
    return lambda done, of: progress(place * of + done, pairs * of)


@dataclass(frozen=True)
class _Steps:
    """Statistics of steps 2 and 3 for B groupings, (K, B) each; NaN where a grouping did not converge."""

    c: Floats
    mean: Floats
    variance: Floats


def _pair(
    parted: Parted,
    first: str,
    second: str,
    permutations: int,
    seed: int,
    level: float,
    progress: Callable[[int, int], None] | None,
    scaling: Scaling,
) -> list[ConstructInvariance]:
    taken = parted.members[first] | parted.members[second]
    cases = cut(parted.pooled.cases, taken)
    moments = Moments(cases)
    ones = np.ones((cases.n, 1))
    pooled_R = moments.correlations(ones)
    pooled = run(pooled_R, parted.pooled.plan, parted.pooled.settings)
    mixing = np.zeros((len(cases.names), len(parted.pooled.plan.names)))
    mixing[np.arange(len(mixing)), parted.pooled.plan.owner] = pooled.outer[:, 0]
    scores = moments.values @ mixing
    products = pooled_R[:, :, 0]
    if scaling == "raw":
        deviation = cases.filled.std(axis=0)
        products = products * deviation * deviation[:, None]
    member = parted.members[first][taken].astype(np.int64)[:, None]

    def steps(member: npt.NDArray[np.int64]) -> _Steps:
        return _steps(parted, moments, products, scores, member)

    seen = steps(member)
    parts = []
    done = 0
    sizes = (int(member.sum()), int(cases.n - member.sum()))
    for block in regroupings(sizes, permutations, seed, block_size(len(cases.names), cases.n)):
        parts.append(steps(block))
        done += block.shape[1]
        if progress is not None:
            progress(done, permutations)
    drawn = _Steps(
        *(np.concatenate([getattr(one, name) for one in parts], axis=1) for name in ("c", "mean", "variance"))
    )
    found = []
    for k, name in enumerate(parted.pooled.plan.names):
        c = drawn.c[k][np.isfinite(drawn.c[k])]
        c_p = float((1 + (c <= seen.c[k, 0] + 1e-12).sum()) / (len(c) + 1))
        found.append(
            ConstructInvariance(
                name,
                first,
                second,
                float(seen.c[k, 0]),
                float(np.quantile(c, 1 - level)) if len(c) else float("nan"),
                c_p,
                *_two_sided(float(seen.mean[k, 0]), drawn.mean[k], level),
                *_two_sided(float(seen.variance[k, 0]), drawn.variance[k], level),
            )
        )
    return found


def _steps(
    parted: Parted, moments: Moments, pooled: Floats, scores: Floats, member: npt.NDArray[np.int64]
) -> _Steps:
    """Return the statistics of both steps for groupings `member`, (n, B) with 1 in the first group."""
    plan, settings = parted.pooled.plan, parted.pooled.settings
    found = [run(moments.correlations(counts), plan, settings) for counts in (member, 1 - member)]
    sound = found[0].converged & found[1].converged
    weights = [one.outer for one in found]
    c = np.empty((len(plan.names), member.shape[1]))
    for k, block in enumerate(plan.blocks):
        own = pooled[block, block]
        a, b = (held[block] for held in weights)
        products = [np.einsum("ib,ij,jb->b", x, own, y) for x, y in ((a, b), (a, a), (b, b))]
        c[k] = products[0] / np.sqrt(products[1] * products[2])
    c[:, ~sound] = np.nan
    weigh = np.ones(len(scores)) if moments.weights is None else moments.weights
    means, variances = [], []
    for counts in (member, 1 - member):
        held = counts * weigh[:, None]
        total, size = held.sum(axis=0), counts.sum(axis=0)
        mean = scores.T @ held / total
        spread = (scores**2).T @ held / total - mean**2
        means.append(mean)
        variances.append(spread * size / (size - 1))
    # Moments' columns have variance 1 by n; step 3 counts means in sample standard deviations.
    n = len(scores)
    return _Steps(c, (means[0] - means[1]) * np.sqrt((n - 1) / n), np.log(variances[0] / variances[1]))


def _two_sided(seen: float, drawn: Floats, level: float) -> tuple[float, float, float, float]:
    """Return the statistic, its bounds and its two-sided p; the grouping seen counts as one."""
    low, high = (float(end) for end in np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2)))
    above, below = ((1 + (sign * drawn >= sign * seen - 1e-12).sum()) / (len(drawn) + 1) for sign in (1, -1))
    return seen, low, high, float(min(1.0, 2 * min(above, below)))
