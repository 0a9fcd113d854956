"""The two models of repeat buying under one form, what is known of their parameters beforehand, and which fits.

Both have four parameters, so their log-likelihoods compare as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.numerics import bgnbd, pareto_nbd
from fondaco.numerics.histories import Histories
from fondaco.numerics.posterior import Curvature, Normal, Posterior, Score, Shrunken, flat, maximise, shrink

Array = npt.NDArray[np.float64]

#: The models are compared on at most so many customers, and told apart from so many who ordered again.
COMPARED = 3000
FEWEST_TO_COMPARE = 50
#: By how much a log-likelihood must be larger to prefer the Pareto/NBD.
CLEARLY = 2.0
#: Of many customers so many are fitted first.
_FIRST = 5000
#: From so many customers the normal approximation of the posterior needs no correction.
MANY = 1000


@dataclass(frozen=True)
class Model:
    """A model of repeat buying: functions on arrays, as the modules `bgnbd` and `pareto_nbd` document them.

    Attributes
    ----------
    name, parameters
        As the literature has them.
    prior
        What is known of the parameters of any firm, on the scales of estimation, times in weeks.
    derivatives
        The log-likelihood with its gradient and second derivatives, where one pass gives all of them.
    """

    name: str
    parameters: tuple[str, ...]
    prior: Normal
    unpack: Callable[[Array], Array]
    score: Callable[[Array, Histories], tuple[float, Array]]
    log_likelihood: Callable[[Array, Histories], float]
    alive: Callable[..., Array]
    expected: Callable[..., Array]
    simulate: Callable[..., npt.NDArray[np.int64]]
    derivatives: Callable[[Array, Histories], tuple[float, Array, Array]] | None = None

    def scoring(self, held: Histories) -> tuple[Score, Curvature | None]:
        """Return the log-likelihood of these customers, and its curvature, as functions of the parameters alone."""
        if self.derivatives is None:
            return lambda theta: self.score(theta, held), None
        derivatives = self.derivatives

        @lru_cache(maxsize=1)  # a search asks for both at one place after the other
        def found(theta: bytes) -> tuple[float, Array, Array]:
            return derivatives(np.frombuffer(theta), held)

        return lambda theta: found(theta.tobytes())[:2], lambda theta: found(theta.tobytes())[2]

    def fit(self, held: Histories, prior: Normal | None = None) -> Posterior:
        """Return the parameters of maximum likelihood or, with a prior, the most probable ones.

        Examples
        --------
        >>> from fondaco.numerics.histories import histories
        >>> held = histories([3, 0, 1, 0, 5, 0], [20, 0, 9, 0, 28, 0], [30, 30, 28, 25, 30, 12])
        >>> BGNBD.unpack(BGNBD.fit(held, BGNBD.prior).mode).round(2)
        array([ 0.82, 14.11,  0.32,  2.52])
        """
        start = self._begin(held)
        if held.customers > 4 * _FIRST:  # a part of them tells nearly where, and costs little
            start = self.fit(held.sample(_FIRST, 1), prior).mode
        score, curvature = self.scoring(held)
        found = maximise(score, prior or flat(self.prior.mean), start=start, curvature=curvature)
        return replace(found, value=lambda theta: self.log_likelihood(theta, held))

    def shrink(self, groups: Sequence[Histories], pooled: Posterior) -> Shrunken:
        """Estimate several groups of customers together; see `fondaco.numerics.posterior.shrink`."""
        scores, curvatures = zip(*(self.scoring(one) for one in groups), strict=True)
        return shrink(scores, self.prior, start=pooled.mode, curvatures=curvatures)

    def _begin(self, held: Histories) -> Array:
        begin = self.prior.mean.copy()
        time = float(held.count @ held.T)
        if time > 0:
            begin[1] = math.log((float(held.count @ held.x) + 0.5) / time)
        return begin

    def told(self, theta: Array) -> dict[str, float]:
        """Return the parameters by their names."""
        return dict(zip(self.parameters, (float(one) for one in self.unpack(theta)), strict=True))


def _prior(*pairs: tuple[float, float]) -> Normal:
    return Normal(np.array([mean for mean, _ in pairs]), np.array([sd for _, sd in pairs]))


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


# Set, not from a study: the mean rate is an order in four months, within a factor of ten either way; rates
# vary from customer to customer about as much as the published fits of retail and business buyers have it;
# one in seven is lost after an order, between one in fifty and two in three.
_RATE = ((math.log(0.8), 1.0), (math.log(0.06), 1.2))

BGNBD = Model(
    bgnbd.NAME, bgnbd.PARAMETERS, _prior(*_RATE, (_logit(0.15), 1.2), (math.log(3.0), 1.0)), bgnbd.unpack,
    bgnbd.score, lambda theta, held: bgnbd.score(theta, held)[0], bgnbd.alive, bgnbd.expected, bgnbd.simulate,
)  # fmt: skip
PARETO_NBD = Model(
    pareto_nbd.NAME, pareto_nbd.PARAMETERS, _prior(*_RATE, (math.log(0.6), 1.0), (math.log(0.02), 1.2)),
    pareto_nbd.unpack, pareto_nbd.score, pareto_nbd.log_likelihood, pareto_nbd.alive, pareto_nbd.expected,
    pareto_nbd.simulate, pareto_nbd.derivatives,
)  # fmt: skip
MODELS = {model.name: model for model in (BGNBD, PARETO_NBD)}


@dataclass(frozen=True)
class Choice:
    """Which model was taken, and why.

    Attributes
    ----------
    model
        The one taken.
    why
        The reason, in a sentence.
    log_likelihoods
        By model, at its most probable parameters, of the `customers` that were compared; empty where none were.
    """

    model: Model
    why: str
    log_likelihoods: dict[str, float]
    customers: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "name": self.model.name,
            "why": self.why,
            "log_likelihoods": {name: round(value, 3) for name, value in self.log_likelihoods.items()},
            "customers": self.customers,
        }


def choose(held: Histories, *, seed: int = 1) -> Choice:
    """Choose the model with the larger likelihood; the BG/NBD where the data hardly tell.

    Examples
    --------
    >>> from fondaco.numerics.histories import histories
    >>> choose(histories([3, 0], [20, 0], [30, 30])).why
    'BG/NBD: 1 buyer ordered again, where at least 50 are needed to tell it from the Pareto/NBD.'
    """
    if held.repeaters < FEWEST_TO_COMPARE:
        number = "no buyer" if not held.repeaters else f"{held.repeaters} buyer{'s' * (held.repeaters > 1)}"
        why = f"{number} ordered again, where at least {FEWEST_TO_COMPARE} are needed to tell it from the Pareto/NBD."
        return Choice(BGNBD, f"BG/NBD: {why}", {}, 0)
    part = held.sample(COMPARED, seed)
    # With the stated priors: a likelihood that is flat where nobody is ever lost has no maximum to find.
    values = {model.name: model.fit(part, model.prior).log_likelihood for model in (BGNBD, PARETO_NBD)}
    gain = values[PARETO_NBD.name] - values[BGNBD.name]
    of = "" if part is held else f", of {part.customers} buyers drawn at random"
    if gain > CLEARLY:
        why = f"Pareto/NBD: its log-likelihood is larger by {gain:.1f}{of}."
        return Choice(PARETO_NBD, why, values, part.customers)
    beside = (
        f"larger by {-gain:.1f}"
        if gain <= 0
        else f"smaller by {gain:.1f} only, where {CLEARLY:g} would count"
    )
    return Choice(
        BGNBD,
        f"BG/NBD: its log-likelihood is {beside}, beside the Pareto/NBD{of}.",
        values,
        part.customers,
    )
