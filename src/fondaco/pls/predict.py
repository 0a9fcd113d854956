"""How well a path model predicts cases it has not seen: PLSpredict.

The cases are parted into folds; each fold is predicted from a model that was estimated without it, means,
standard deviations and replaced missing values included.  Errors are in the units of the indicators.

``earliest`` antecedents (default)
    Only scores of constructs that nothing points to are taken from the held-out cases; those between are
    predicted themselves (Shmueli et al. 2019).
``direct`` antecedents
    Each construct is predicted from the held-out scores of what points to it.

Every prediction is compared with two simple ones: the mean of the training cases (Q2_predict) and a linear
model of each indicator.  Which indicators that linear model uses is told three ways in the literature and in
programs, and the verdict may depend on it; all three are computed, one of them judges:

``exogenous`` (default)
    the indicators of all constructs that nothing points to (Shmueli et al. 2019);
``antecedents``
    the indicators of the constructs that point to this one;
``others``
    the indicators of all other constructs, those that depend on this one included (R seminr).

Scores predict; the corrections of consistent PLS concern parameters and are left out here.  Missing values
among the outcomes are not predicted errors: those cells do not count.

Sources: Shmueli, Ray, Velasquez Estrada and Chatla (2016), Journal of Business Research 69(10), 4552-4564;
Shmueli et al. (2019), European Journal of Marketing 53(11), 2322-2347, for the procedure and the verdict.
Whether differences are more than chance is tested by `fondaco.pls.cvpat`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from fondaco.pls.engine import SINGULAR, Floats, Ints, Plan, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit
from fondaco.pls.linear import apply, inverse
from fondaco.pls.moments import Moments
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

    from fondaco.pls.data import Cases

Antecedents = Literal["earliest", "direct"]
Benchmark = Literal["exogenous", "antecedents", "others"]
BENCHMARKS: tuple[Benchmark, ...] = get_args(Benchmark)
Power = Literal["high", "medium", "low", "none"]


@dataclass(frozen=True)
class IndicatorPrediction:
    """How well one indicator was predicted out of sample; errors in its own units.

    Attributes
    ----------
    construct, indicator
        Which.
    rmse, mae
        Root mean square and mean absolute error, means over the repetitions.
    rmse_spread
        Standard deviation of `rmse` over the repetitions: how much hangs on the parting; None for one.
    q2_predict
        1 - sum of squared errors / that of predicting the training mean; above 0 is better than the mean.
    rmse_in, mae_in
        The same errors for the cases that the models were estimated from.
    rmse_lm, mae_lm
        Of the linear benchmark that judges; None where it cannot be estimated.
    rmse_mean, mae_mean
        Of the training mean.
    """

    construct: str
    indicator: str
    rmse: float
    mae: float
    rmse_spread: float | None
    q2_predict: float
    rmse_in: float
    mae_in: float
    rmse_lm: float | None
    mae_lm: float | None
    rmse_mean: float
    mae_mean: float

    @property
    def beats_lm(self) -> bool | None:
        """Return whether the path model's RMSE is below the linear model's."""
        return None if self.rmse_lm is None else self.rmse < self.rmse_lm


@dataclass(frozen=True)
class BenchmarkError:
    """Errors of one linear benchmark for one indicator; None where it cannot be estimated."""

    construct: str
    indicator: str
    benchmark: Benchmark
    predictors: int
    rmse: float | None
    mae: float | None


@dataclass(frozen=True)
class ConstructPower:
    """The verdict on one construct, and whether another linear benchmark would turn it.

    Attributes
    ----------
    power
        ``high`` if all indicators are predicted with less error than by the linear benchmark, ``medium``
        for more than half or half, ``low`` for fewer, ``none`` for none or where no Q2_predict is above 0.
    by_benchmark
        The verdict with each benchmark, in the order of `BENCHMARKS`; None where it cannot be estimated.
    """

    construct: str
    power: Power | None
    by_benchmark: tuple[Power | None, ...]

    @property
    def depends_on_benchmark(self) -> bool:
        """Return whether the benchmarks disagree."""
        return len({one for one in self.by_benchmark if one is not None}) > 1


@dataclass(frozen=True, eq=False)
class Predictions:
    """What `predict` found.

    Attributes
    ----------
    antecedents, benchmark, folds, repetitions, seed
        How it was done; `seed` is None where the folds were given.
    indicators, benchmarks, constructs
        By indicator, by indicator and linear benchmark, and by construct.
    actual
        Shape (n, q), NaN where missing.
    predicted, linear, average
        Shape (repetitions, n, q): by the path model, the linear benchmark, and the training mean.
    fold_of
        Shape (repetitions, n).
    failed
        How many of the models did not converge; their cases count nowhere.
    """

    antecedents: Antecedents
    benchmark: Benchmark
    folds: int
    repetitions: int
    seed: int | None
    indicators: tuple[IndicatorPrediction, ...]
    benchmarks: tuple[BenchmarkError, ...]
    constructs: tuple[ConstructPower, ...]
    actual: Floats
    predicted: Floats
    linear: Floats
    average: Floats
    fold_of: Ints
    failed: int
    thresholds: str = (
        "Q2_predict > 0 beats the mean. Predictive power is high if the path model's RMSE is below the linear "
        "benchmark's for all indicators, medium for at least half, low for fewer, and missing for none (Shmueli et "
        "al. 2019; compare MAE where errors are very skewed)."
    )

    def of(self, indicator: str) -> IndicatorPrediction:
        """Return the prediction of one indicator."""
        return next(one for one in self.indicators if one.indicator == indicator)

    def to_frame(self) -> pl.DataFrame:
        """Return the predictions as a Polars table."""
        return table(self.indicators, add=("beats_lm",))

    def benchmark_frame(self) -> pl.DataFrame:
        """Return all linear benchmarks as a Polars table."""
        return table(self.benchmarks)

    def construct_frame(self) -> pl.DataFrame:
        """Return the verdicts as a Polars table."""
        return table(self.constructs, add=("depends_on_benchmark",))


def predict(
    fitted: Fit,
    *,
    folds: int = 10,
    repetitions: int = 10,
    seed: int = 1,
    antecedents: Antecedents = "earliest",
    benchmark: Benchmark = "exogenous",
    fold_of: npt.ArrayLike | None = None,
    impute: Literal["training", "before"] = "training",
    progress: Callable[[int, int], None] | None = None,
) -> Predictions:
    """Predict every case from models estimated without it.

    Parameters
    ----------
    fitted
        A fit of a plain model; its scheme, weights and rule for missing values hold in each fold.
    folds, repetitions, seed
        Into how many parts the cases go, how many times, and by which random numbers.
    antecedents, benchmark
        See the head of this module.
    fold_of
        Instead of random folds: the fold of each case, from 0, shape (n,) or (repetitions, n).
    impute
        ``training``: a missing value is the mean of the training cases; ``before``: that of all cases, and
        replaced outcomes count as if they had been seen, as some programs do.
    progress
        Called with (models done, models).

    Raises
    ------
    PlsError
        For a model with products or of higher order, folds that cannot be, or fewer cases than folds.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=200)
    >>> data = {"x1": x, "y1": x + rng.normal(size=200), "y2": x + rng.normal(size=200)}
    >>> found = predict(fit("X =~ x1; Y =~ y1 + y2; Y ~ X", data), repetitions=2)
    >>> found.of("y1").q2_predict > 0.3
    True
    """
    if fitted.stages is not None:
        raise PlsError(
            "Models with products or of higher order are not predicted; predict from the model without them, or use the "
            "scores of a first fit as columns."
        )
    checked_choice("antecedents", antecedents, get_args(Antecedents))
    checked_choice("benchmark", benchmark, BENCHMARKS)
    checked_choice("impute", impute, ("training", "before"))
    cases = fitted.cases
    if impute == "before":
        cases = replace(cases, values=cases.filled, missing=np.zeros_like(cases.missing))
    given = None if fold_of is None else _checked_folds(fold_of, cases.n)
    parted = _random_folds(cases.n, folds, repetitions, seed) if given is None else given
    outcomes = np.array([i for k in fitted.plan.outcomes for i in range(*_span(fitted.plan, k))])
    outcomes = np.sort(outcomes)
    held = _Folds(cases, parted)
    models = _models(held, fitted)
    guesses = _guessed(held, models, parted, outcomes, antecedents, progress)
    actual = cases.values[:, outcomes]
    owners = [fitted.plan.names[fitted.plan.owner[i]] for i in outcomes]
    names = [fitted.plan.indicators[i] for i in outcomes]
    linear = guesses.linear[benchmark]
    indicators = tuple(
        _told(
            owner, name, actual[:, j],
            *(made[:, :, j] for made in (guesses.predicted, guesses.inside, linear, guesses.average)),
        )
        for j, (owner, name) in enumerate(zip(owners, names, strict=True))
    )  # fmt: skip
    errors = tuple(
        _benchmark_error(owner, name, of, models, int(outcomes[j]), actual[:, j], guesses.linear[of][:, :, j])
        for j, (owner, name) in enumerate(zip(owners, names, strict=True))
        for of in BENCHMARKS
    )
    return Predictions(
        antecedents=antecedents,
        benchmark=benchmark,
        folds=int(parted.max()) + 1,
        repetitions=len(parted),
        seed=seed if given is None else None,
        indicators=indicators,
        benchmarks=errors,
        constructs=tuple(_power(name, indicators, errors, benchmark) for name in dict.fromkeys(owners)),
        actual=actual,
        predicted=guesses.predicted,
        linear=linear,
        average=guesses.average,
        fold_of=parted,
        failed=int((~models.converged).sum()),
    )


# --- folds -------------------------------------------------------------------------------------------


def checked_choice(what: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise PlsError(f"There is no {what} {value!r}; choose {' or '.join(choices)}.")


def _random_folds(n: int, folds: int, repetitions: int, seed: int) -> Ints:
    """Return folds whose sizes differ by one at most, (repetitions, n)."""
    if not 2 <= folds <= n:
        raise PlsError(f"{n} cases cannot go into {folds} folds; choose between 2 and {n}.")
    if repetitions < 1:
        raise PlsError(f"{repetitions} repetitions are none; choose at least 1.")
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(np.arange(n) % folds) for _ in range(repetitions)])


def _checked_folds(fold_of: npt.ArrayLike, n: int) -> Ints:
    held = np.atleast_2d(np.asarray(fold_of))
    if held.dtype.kind not in "iu" or held.ndim != 2 or held.shape[1] != n or held.min() < 0:
        raise PlsError(f"Give the fold of each of the {n} cases as a whole number from 0.")
    for line in held:
        if len(np.unique(line)) != held.max() + 1 or held.max() < 1:
            raise PlsError("Folds are numbered from 0 without a gap, and at least two are needed.")
    return held.astype(np.int64)


class _Folds:
    """Training samples as columns of counts, with their means and standard deviations.

    Attributes
    ----------
    pairs
        (repetition, fold) of each training sample.
    counts
        Shape (n, B), 1 where a case trains.
    mean, deviation
        Shape (p, B).
    """

    def __init__(self, cases: Cases, fold_of: Ints) -> None:
        self.cases = cases
        self.pairs = [(r, f) for r, line in enumerate(fold_of) for f in range(int(line.max()) + 1)]
        self.counts = np.array([fold_of[r] != f for r, f in self.pairs]).T.astype(np.int64)
        weights = self.counts * cases.weights[:, None]
        seen = ~np.isnan(cases.values)
        values = np.where(seen, cases.values, 0.0)
        self.mean = values.T @ weights / (seen.T @ weights)
        # A missing value stands at the mean and adds nothing to the sum of squares.
        about = values - np.where(seen, np.nanmean(cases.values, axis=0), 0.0)
        shift = self.mean - np.nanmean(cases.values, axis=0)[:, None]
        square = (about**2).T @ weights - shift**2 * (seen.T @ weights)
        size = self.counts.sum(axis=0)
        self.deviation = np.sqrt(square / weights.sum(axis=0) * size / (size - 1))

    def standardised(self, place: int) -> Floats:
        """Return all cases by the training sample's means and deviations, (n, p); missing ones at the mean."""
        z = (self.cases.values - self.mean[:, place]) / self.deviation[:, place]
        return np.asarray(np.where(np.isnan(z), 0.0, z))

    def in_units(self, place: int, z: Floats, columns: Ints) -> Floats:
        """Return standardised values of some columns in their own units."""
        return np.asarray(z * self.deviation[columns, place] + self.mean[columns, place])


# --- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Models:
    """A path model and its linear benchmarks for each training sample.

    Attributes
    ----------
    plan
        Of the path model.
    weights, loadings
        Shape (p, B).
    paths
        For each outcome its weights of predecessors, (predecessors, B).
    benchmarks
        For each benchmark and outcome the columns and their weights for its indicators, (columns, indicators, B).
    converged
        Shape (B,).
    """

    plan: Plan
    weights: Floats
    loadings: Floats
    paths: dict[int, Floats]
    benchmarks: dict[tuple[Benchmark, int], tuple[Ints, Floats]]
    converged: npt.NDArray[np.bool_]

    def predicted(self, place: int, z: Floats, antecedents: Antecedents) -> Floats:
        """Return predicted standardised indicators of outcomes, (n, p)."""
        plan = self.plan
        W = np.zeros((len(plan.indicators), len(plan.names)))
        W[np.arange(len(W)), plan.owner] = self.weights[:, place]
        seen = z @ W
        guessed = seen.copy()
        for k in plan.outcomes:
            source = guessed if antecedents == "earliest" else seen
            guessed[:, k] = source[:, plan.predecessors[k]] @ self.paths[k][:, place]
        return np.asarray(guessed[:, plan.owner] * self.loadings[:, place])

    def linear(self, place: int, z: Floats, benchmark: Benchmark) -> Floats:
        """Return what the linear benchmark predicts, (n, p); NaN elsewhere and where it cannot be estimated."""
        held = np.full(z.shape, np.nan)
        for k in self.plan.outcomes:
            columns, weights = self.benchmarks[benchmark, k]
            held[:, slice(*_span(self.plan, k))] = z[:, columns] @ weights[:, :, place]
        return held


def _models(folds: _Folds, fitted: Fit) -> _Models:
    """Estimate all training samples at once."""
    plan = fitted.plan
    R = Moments(folds.cases).correlations(folds.counts)
    found = run(R, plan, replace(fitted.settings, consistent=False))
    paths = {}
    for k in plan.outcomes:
        first = np.array(plan.predecessors[k])
        held, _ = inverse(found.between[np.ix_(first, first)])
        paths[k] = apply(held, found.between[first, k])
    benchmarks = {}
    size = folds.counts.sum(axis=0)
    for name in BENCHMARKS:
        for k in plan.outcomes:
            columns = _columns(plan, k, name)
            own = slice(*_span(plan, k))
            held, pivots = inverse(R[np.ix_(columns, columns)])
            weights = np.einsum("ijb,jkb->ikb", held, R[columns, own])
            weights[:, :, (pivots < SINGULAR) | (size <= len(columns) + 1)] = np.nan
            benchmarks[name, k] = (columns, weights)
    loadings = found.cross[np.arange(len(plan.owner)), plan.owner]
    return _Models(plan, found.outer, loadings, paths, benchmarks, found.converged)


@dataclass(frozen=True)
class _Guesses:
    """What is guessed of each case's indicators of outcomes, in their units, (repetitions, n, indicators).

    Attributes
    ----------
    predicted, average
        By the path model, and by the mean, each from the cases of the other folds; NaN where there is none.
    linear
        By each linear benchmark, likewise.
    inside
        By the path model in its own training cases, the mean over the models that a case trained.
    """

    predicted: Floats
    inside: Floats
    linear: dict[Benchmark, Floats]
    average: Floats


def _guessed(
    held: _Folds, models: _Models, parted: Ints, outcomes: Ints, antecedents: Antecedents,
    progress: Callable[[int, int], None] | None,
) -> _Guesses:  # fmt: skip
    """Let every model guess the cases that it was estimated without."""
    shape = (*parted.shape, len(outcomes))
    predicted, average = np.full(shape, np.nan), np.full(shape, np.nan)
    inside, used = np.zeros(shape), np.zeros(parted.shape)
    linear: dict[Benchmark, Floats] = {name: np.full(shape, np.nan) for name in BENCHMARKS}
    for place, (repetition, fold) in enumerate(held.pairs):
        out = parted[repetition] == fold
        z = held.standardised(place)
        if models.converged[place]:
            made = models.predicted(place, z, antecedents)[:, outcomes]
            told = held.in_units(place, made, outcomes)
            predicted[repetition, out] = told[out]
            inside[repetition, ~out] += told[~out]
            used[repetition, ~out] += 1
        for name in BENCHMARKS:
            guess = models.linear(place, z[out], name)[:, outcomes]
            linear[name][repetition, out] = held.in_units(place, guess, outcomes)
        average[repetition, out] = held.mean[outcomes, place]
        if progress is not None:
            progress(place + 1, len(held.pairs))
    with np.errstate(all="ignore"):
        inside /= used[:, :, None]
    return _Guesses(predicted, inside, linear, average)


def _span(plan: Plan, construct: int) -> tuple[int, int]:
    return plan.blocks[construct].start, plan.blocks[construct].stop


def _columns(plan: Plan, outcome: int, benchmark: Benchmark) -> Ints:
    """Return the indicators that a linear benchmark predicts with."""
    if benchmark == "exogenous":
        chosen = {k for k in range(len(plan.names)) if not plan.predecessors[k]}
    elif benchmark == "antecedents":
        chosen = set(plan.predecessors[outcome])
    else:
        chosen = set(range(len(plan.names))) - {outcome}
    return np.array([i for i, k in enumerate(plan.owner) if int(k) in chosen])


# --- errors ------------------------------------------------------------------------------------------


def _errors(actual: Floats, guesses: Floats) -> tuple[Floats, Floats]:
    """Return RMSE and MAE of each repetition, over the cells that have both."""
    gap = actual - guesses
    with np.errstate(all="ignore"):
        return np.sqrt(np.nanmean(gap**2, axis=1)), np.nanmean(np.abs(gap), axis=1)


def _told(
    construct: str,
    indicator: str,
    actual: Floats,
    predicted: Floats,
    inside: Floats,
    linear: Floats,
    average: Floats,
) -> IndicatorPrediction:
    rmse, mae = _errors(actual, predicted)
    rmse_mean, mae_mean = _errors(actual, average)
    rmse_in, mae_in = _errors(actual, inside)
    rmse_lm, mae_lm = _linear_errors(actual, linear)
    known = ~np.isnan(actual - predicted)
    squares = (np.where(known, (actual - guess) ** 2, 0).sum() for guess in (predicted, average))
    path_model, mean_model = squares
    return IndicatorPrediction(
        construct=construct,
        indicator=indicator,
        rmse=float(rmse.mean()),
        mae=float(mae.mean()),
        rmse_spread=float(rmse.std(ddof=1)) if len(rmse) > 1 else None,
        q2_predict=float(1 - path_model / mean_model),
        rmse_in=float(rmse_in.mean()),
        mae_in=float(mae_in.mean()),
        rmse_lm=rmse_lm,
        mae_lm=mae_lm,
        rmse_mean=float(rmse_mean.mean()),
        mae_mean=float(mae_mean.mean()),
    )


def _linear_errors(actual: Floats, linear: Floats) -> tuple[float | None, float | None]:
    """Return the benchmark's errors, None where it could not be estimated in some fold."""
    if np.isnan(linear).any():
        return None, None
    rmse, mae = _errors(actual, linear)
    return float(rmse.mean()), float(mae.mean())


def _benchmark_error(
    construct: str,
    indicator: str,
    name: Benchmark,
    models: _Models,
    column: int,
    actual: Floats,
    linear: Floats,
) -> BenchmarkError:
    columns, _ = models.benchmarks[name, int(models.plan.owner[column])]
    return BenchmarkError(construct, indicator, name, len(columns), *_linear_errors(actual, linear))


def _power(
    construct: str,
    indicators: Sequence[IndicatorPrediction],
    errors: Sequence[BenchmarkError],
    benchmark: Benchmark,
) -> ConstructPower:
    own = [one for one in indicators if one.construct == construct]
    verdicts: list[Power | None] = []
    for name in BENCHMARKS:
        theirs = {
            one.indicator: one.rmse for one in errors if one.construct == construct and one.benchmark == name
        }
        verdicts.append(_verdict(own, theirs))
    return ConstructPower(construct, verdicts[BENCHMARKS.index(benchmark)], tuple(verdicts))


def _verdict(own: Sequence[IndicatorPrediction], theirs: dict[str, float | None]) -> Power | None:
    wins = 0
    for one in own:
        limit = theirs[one.indicator]
        if limit is None:
            return None
        wins += one.rmse < limit and one.q2_predict > 0
    if wins == 0:
        return "none"
    if wins == len(own):
        return "high"
    return "medium" if 2 * wins >= len(own) else "low"
