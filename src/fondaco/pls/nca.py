"""What must be there before an outcome can be high: necessary condition analysis.

A cloud of points whose upper left corner is empty says that a high outcome was never seen without
enough of the condition.  Two ceiling lines part the empty corner from the rest:

CE-FDH
    the step function along the upper left edge of the cloud (ceiling envelopment, free disposal hull);
CR-FDH
    the least squares line through the corners of those steps (ceiling regression).

The effect size ``d`` is the share of the scope (the box of observed values) that lies above the line,
between 0 and 1, without unit.  It does not change when condition or outcome are rescaled.

Sources: Dul (2016), Organizational Research Methods 19(1), 10-52, for the lines, the effect size and
its bands; Dul, van der Laan and Kuik (2020), Organizational Research Methods 23(2), 385-395, for the
permutation test; Richter et al. (2020), Industrial Management & Data Systems 120(12), 2243-2267, for
its use on construct scores of PLS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from fondaco.pls.tables import Floats, pairs_of_values, table

if TYPE_CHECKING:
    import polars as pl

Line = Literal["CE-FDH", "CR-FDH"]
LINES: tuple[Line, ...] = ("CE-FDH", "CR-FDH")

#: Bands of d proposed by Dul (2016): upper ends, and what they are called.
BANDS = ((0.1, "small"), (0.3, "medium"), (0.5, "large"), (1.0, "very large"))
#: Proposed by Dul (2016) and Dul et al. (2020): a condition counts as necessary from here on.
NECESSARY_D, NECESSARY_P = 0.1, 0.05
_BLOCK = 4_000_000  # numbers held at once in the permutation test: 32 MB


@dataclass(frozen=True)
class Ceiling:
    """One ceiling line over one condition and the outcome.

    Attributes
    ----------
    condition, outcome, line
        What the line is about, and which line it is.
    effect
        Effect size d.
    p
        Of the permutation test; None where it was not asked for.
    accuracy
        Share of the cases on or below the line (1 for CE-FDH).
    intercept, slope
        Of CR-FDH in the units of condition and outcome; None for CE-FDH and where there is one corner.
    corners
        The corners of the steps, (condition, outcome).
    """

    condition: str
    outcome: str
    line: Line
    effect: float
    p: float | None
    accuracy: float
    intercept: float | None
    slope: float | None
    corners: tuple[tuple[float, float], ...]

    @property
    def size(self) -> str:
        """Return the band of the effect size in a word (Dul 2016)."""
        return next((word for end, word in BANDS if self.effect < end), BANDS[-1][1])

    @property
    def necessary(self) -> bool | None:
        """Return whether d >= 0.1 and p < .05; None where p was not asked for and d would do."""
        if self.effect < NECESSARY_D:
            return False
        return None if self.p is None else self.p < NECESSARY_P


@dataclass(frozen=True)
class Bottleneck:
    """The least of a condition that a level of the outcome needs.

    Attributes
    ----------
    level
        Of the outcome, in percent of its observed range.
    required
        Of the condition, in percent of its observed range; 0 where any amount will do, None where no
        observed amount is enough.
    value
        The same in the units of the condition.
    state
        ``required``, ``not necessary`` or ``out of reach``.
    """

    condition: str
    line: Line
    level: float
    required: float | None
    value: float | None
    state: Literal["required", "not necessary", "out of reach"]


@dataclass(frozen=True)
class Necessity:
    """What `necessary_conditions` found.

    Attributes
    ----------
    outcome, n, permutations
        What was explained, from how many cases, with how many permutations (0: no test).
    ceilings
        One for each condition and line.
    bottlenecks
        One for each condition, line and level.
    """

    outcome: str
    n: int
    permutations: int
    ceilings: tuple[Ceiling, ...]
    bottlenecks: tuple[Bottleneck, ...]
    thresholds: str = (
        "Necessary: d >= 0.1 (Dul 2016) and permutation p < .05 (Dul, van der Laan and Kuik 2020). "
        "Necessary is not the same as sufficient, and neither proves a cause."
    )

    def ceiling(self, condition: str, line: Line) -> Ceiling:
        """Return the `line` over `condition`."""
        return next(held for held in self.ceilings if (held.condition, held.line) == (condition, line))

    def to_frame(self) -> pl.DataFrame:
        """Return the effect sizes as a Polars table."""
        return table(self.ceilings, leave_out=("corners",), add=("size", "necessary"))

    def bottleneck_frame(self) -> pl.DataFrame:
        """Return the bottleneck table, long, as a Polars table."""
        return table(self.bottlenecks)


def necessary_conditions(
    conditions: Mapping[str, npt.ArrayLike],
    outcome: npt.ArrayLike,
    *,
    name: str = "outcome",
    lines: Sequence[Line] = LINES,
    permutations: int = 10_000,
    seed: int = 1,
    levels: Sequence[float] = tuple(range(0, 101, 10)),
) -> Necessity:
    """Look for conditions without which the outcome is never high.

    Parameters
    ----------
    conditions
        Values of each condition, in any unit; each of shape (n,).
    outcome
        Values of the outcome, in any unit, of shape (n,).
    name
        What the outcome is called.
    lines
        Which ceiling lines to draw.
    permutations
        Of the test that condition and outcome have nothing to do with each other; 0 leaves it out.
    seed
        Of the permutations: same seed, same p.
    levels
        Of the bottleneck table, in percent of the observed range of the outcome.

    Raises
    ------
    fondaco.pls.errors.PlsError
        If there are fewer than two cases, lengths differ, or values are missing or all the same.

    Examples
    --------
    >>> effort = [1, 2, 3, 4, 5, 5, 4, 3]
    >>> result = [1, 2, 3, 4, 5, 1, 2, 1]
    >>> found = necessary_conditions({"effort": effort}, result, permutations=0, levels=[50])
    >>> round(found.ceiling("effort", "CE-FDH").effect, 4), found.ceiling("effort", "CR-FDH").effect
    (0.625, 0.5)
    >>> found.bottlenecks[0].required
    50.0
    """
    ceilings, bottlenecks = [], []
    rng = np.random.default_rng(seed)
    n = 0
    for condition, values in conditions.items():
        x, y = pairs_of_values(condition, values, name, outcome)
        n = len(x)
        cloud = _Cloud.of(x)
        effects = {line: float(cloud.effects(y[None, :], line)[0]) for line in lines}
        p = cloud.p_values(y, effects, permutations, rng) if permutations else {}
        for line in lines:
            ceiling = _ceiling(condition, name, line, cloud, y, effects[line], p.get(line))
            ceilings.append(ceiling)
            bottlenecks += [_bottleneck(ceiling, x, y, level) for level in levels]
    return Necessity(name, n, permutations, tuple(ceilings), tuple(bottlenecks))


@dataclass(frozen=True)
class _Cloud:
    """The condition, sorted once: what all permutations of the outcome share.

    Attributes
    ----------
    order
        Of the cases by the condition, shape (n,).
    values
        The distinct values of the condition, shape (u,).
    starts
        Where in `order` each distinct value begins, shape (u,).
    """

    order: npt.NDArray[np.intp]
    values: Floats
    starts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, x: Floats) -> _Cloud:
        order = np.argsort(x, kind="stable")
        values, starts = np.unique(x[order], return_index=True)
        return cls(order, values, starts)

    def edge(self, y: Floats) -> Floats:
        """Return the highest outcome at each distinct value of the condition or left of it, (B, u)."""
        highest = np.maximum.reduceat(y[:, self.order], self.starts, axis=1)
        return np.maximum.accumulate(highest, axis=1)

    def corners(self, edge: Floats) -> npt.NDArray[np.bool_]:
        """Return where the edge steps up, (B, u); its first point always is a corner."""
        steps = np.ones(edge.shape, dtype=np.bool_)
        steps[:, 1:] = edge[:, 1:] > edge[:, :-1]
        return steps

    def effects(self, y: Floats, line: Line) -> Floats:
        """Return d for each row of `y`, (B,)."""
        edge = self.edge(y)
        low, high = y.min(axis=1), y.max(axis=1)
        scope = (self.values[-1] - self.values[0]) * (high - low)
        if line == "CE-FDH":
            return np.asarray((high[:, None] - edge[:, :-1]) @ np.diff(self.values) / scope)
        return np.asarray(self._above_line(*self.lines(edge), low, high) / scope)

    def lines(self, edge: Floats) -> tuple[Floats, Floats]:
        """Return intercept and slope of the least squares line through the corners, (B,) each.

        With one corner there is no line: the slope is 0 and the intercept the corner's outcome.
        """
        at = self.corners(edge).astype(np.float64)
        count = at.sum(axis=1)
        mean_x = at @ self.values / count
        mean_y = (at * edge).sum(axis=1) / count
        from_x = self.values - mean_x[:, None]
        spread = (at * from_x**2).sum(axis=1)
        product = (at * from_x * (edge - mean_y[:, None])).sum(axis=1)
        slope = np.divide(product, spread, out=np.zeros_like(spread), where=count > 1)
        return mean_y - slope * mean_x, slope

    def _above_line(self, intercept: Floats, slope: Floats, low: Floats, high: Floats) -> Floats:
        """Return the area of the scope above each line; lines go up, or are flat at the highest outcome."""
        left, right = self.values[0], self.values[-1]
        steep = slope > 0
        safe = np.where(steep, slope, 1.0)
        enters = np.clip((low - intercept) / safe, left, right)
        leaves = np.clip((high - intercept) / safe, left, right)
        middle = (enters + leaves) / 2
        area = (enters - left) * (high - low) + (leaves - enters) * (high - intercept - slope * middle)
        return np.where(steep, area, 0.0)

    def p_values(
        self, y: Floats, effects: Mapping[Line, float], permutations: int, rng: np.random.Generator
    ) -> dict[Line, float]:
        """Return the share of permutations with at least the effect seen, the one seen counted in."""
        beyond = dict.fromkeys(effects, 1)
        block = max(1, _BLOCK // len(y))
        for start in range(0, permutations, block):
            shuffled = rng.permuted(np.tile(y, (min(block, permutations - start), 1)), axis=1)
            for line, effect in effects.items():
                beyond[line] += int((self.effects(shuffled, line) >= effect - 1e-12).sum())
        return {line: count / (permutations + 1) for line, count in beyond.items()}


def _ceiling(
    condition: str, outcome: str, line: Line, cloud: _Cloud, y: Floats, effect: float, p: float | None
) -> Ceiling:
    edge = cloud.edge(y[None, :])
    at = cloud.corners(edge)[0]
    corners = tuple((float(a), float(b)) for a, b in zip(cloud.values[at], edge[0, at], strict=True))
    if line == "CE-FDH" or len(corners) == 1:
        return Ceiling(condition, outcome, line, effect, p, 1.0, None, None, corners)
    intercept, slope = (float(held[0]) for held in cloud.lines(edge))
    repeated = np.repeat(cloud.values, np.diff(np.append(cloud.starts, len(y))))
    below = y[cloud.order] <= intercept + slope * repeated + 1e-12 * np.ptp(y)
    return Ceiling(condition, outcome, line, effect, p, float(below.mean()), intercept, slope, corners)


def _bottleneck(ceiling: Ceiling, x: Floats, y: Floats, level: float) -> Bottleneck:
    """Return the least value of the condition at which the ceiling reaches the level."""
    wanted = float(y.min() + level / 100 * np.ptp(y))
    left, width = float(x.min()), float(np.ptp(x))
    if ceiling.slope is None or ceiling.intercept is None:
        # Rounding must not put the level of 100 % above the highest outcome.
        enough = [a for a, b in ceiling.corners if b >= wanted - 1e-12 * np.ptp(y)]
        value: float | None = enough[0] if enough else None
    else:
        value = (wanted - ceiling.intercept) / ceiling.slope
    if value is None or value > left + width * (1 + 1e-12):
        return Bottleneck(ceiling.condition, ceiling.line, level, None, None, "out of reach")
    if value <= left:
        return Bottleneck(ceiling.condition, ceiling.line, level, 0.0, left, "not necessary")
    return Bottleneck(ceiling.condition, ceiling.line, level, 100 * (value - left) / width, value, "required")


def of_scores(scores: Mapping[str, npt.ArrayLike], target: str, **options: Any) -> Necessity:
    """Look for necessary conditions of `target` among the other constructs' scores.

    `scores` holds one array for each construct, such as ``fit.scores``; `options` are those of
    `necessary_conditions`.

    Examples
    --------
    >>> found = of_scores({"A": [1, 2, 3, 4.0], "B": [1, 1, 3, 4.0]}, "B", permutations=99)
    >>> found.outcome, [held.condition for held in found.ceilings]
    ('B', ['A', 'A'])
    """
    others = {name: values for name, values in scores.items() if name != target}
    return necessary_conditions(others, scores[target], name=target, **options)
