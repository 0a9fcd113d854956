"""Where to sell next: what to expect of each market a month, from the firm's ledger and what is known besides.

Rule ``posterior/1``, page ``docs/rules/posterior.md``.  Trade potential (or, without trade data, the size
of the economy), distance, language and the network's experience say what to expect of a market before
the firm has tried it; views, inquiries and orders of its own correct that (`fondaco.numerics.rates`).
With no data the ranking is the prior's, with plenty the firm's own, in between it says how much of
each (`RankingRow.weight`, `RankingRow.carried`).

Views, inquiries and orders are a chain: the expected views of a market are a term of the prior of its
inquiries, and the expected inquiries (else views) a term of the prior of its orders, with an
elasticity that starts at 1.  So a market that is looked at but has not bought yet ranks by what
looking brought elsewhere, and how far that carries is fitted, not assumed.

A market of which nothing was ever seen (no order, inquiry or view) may be one that nobody wants or one that the
firm never was open to.  How likely the latter is, is fitted (`Rates.closed`); what is told of such a market is
what to expect *if the firm does sell there*.

Contribution is orders times what an order brings (`fondaco.numerics.credibility`) times the margin;
where no margin is stated it is revenue, and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fondaco.markets import prior
from fondaco.markets.money import rounded
from fondaco.markets.observed import Counted, Observed, Sizes
from fondaco.numerics.credibility import Means, shrunken_means
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.numerics.rates import Predictive, Rates, fit_rates
from fondaco.numerics.tides import season
from fondaco.reference import geography

RULE = "posterior/1"

#: Probability of the intervals.
LEVEL = 0.8
#: How many markets count as the first.
FIRST = 5
#: A market is known once its rate is, and from its own counts: from a posterior shape of 4 (about four
#: orders) on the rate's coefficient of variation is at most one half.
KNOWN_FROM = 4.0
#: The market's own orders, as a source.
OWN = "own orders"
#: Joint draws; the error of a probability is then at most 0.008.
DRAWS = 4000
#: Of the random numbers: same input, same answer.
SEED = 20

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RankingRow:
    """What to expect of a market in the coming month.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3.
    rank
        Place among foreign markets by expected contribution; None for home.
    expected_inquiries, expected_orders
        Numbers in the coming month, with predictive intervals of level 0.8.
    contribution
        In the firm's currency in the coming month, likewise.
    order_value
        What an order brings, net of what is taken back: mean and interval.
    top5_probability
        Of being among the firm's five first foreign markets by contribution in the next twelve months.
    orders
        Counted in the months looked at.
    own_rate, prior_rate, rate, weight
        Orders a month at the firm's mean level by the market's own counts (None where it was never
        observed), by the prior, and by both: ``rate = weight * own_rate + (1 - weight) * prior_rate``.
    shape
        Of the posterior of the rate: it is known as well as from so many orders.
    tried
        Whether anything was ever seen of it: an order, an inquiry, a view.
    carried
        By source: its share of the answer.  The market's own orders carry `weight`; the rest is split
        among the terms of the prior by how far each moves this market from an average one, beside
        the firm's other markets, which count as one unit of the logarithm.
    """

    market: str
    home: bool
    rank: int | None
    expected_inquiries: Estimate
    expected_orders: Estimate
    contribution: Estimate
    order_value: Estimate
    top5_probability: float | None
    orders: int
    own_rate: float | None
    prior_rate: float | None
    rate: float | None
    weight: float
    carried: Mapping[str, float]
    shape: float = 0.0
    tried: bool = True

    @property
    def known(self) -> bool:
        """Whether the market's rate of orders is known to within about a half, mainly from its own counts."""
        return self.shape >= KNOWN_FROM and self.weight >= 0.5

    @property
    def rests_on(self) -> dict[str, Any]:
        """What the row rests on: orders, shares of the sources and a sentence."""
        return {
            "orders": self.orders,
            "own_rate": rounded(self.own_rate),
            "prior_rate": rounded(self.prior_rate),
            "rate": rounded(self.rate),
            "weight": rounded(self.weight),
            "known": self.known,
            "tried": self.tried,
            "carried": {name: round(share, 3) for name, share in self.carried.items()},
            "sentence": self._sentence(),
        }

    def _sentence(self) -> str:
        if self.home:
            return "Home market: shown from its own orders, not ranked."
        if self.rate is None:
            return "No order has been counted anywhere yet: this is the prior alone."
        if not self.tried:
            return "Nothing seen of it yet; if the firm sells there: " + _listed(self.carried) + "."
        if not self.orders:
            return "No order from here yet: " + _listed(self.carried) + "."
        counted = f"{self.orders:,} order{'' if self.orders == 1 else 's'}, which carry{'s' if self.orders == 1 else ''}"
        if self.weight >= 0.9:
            return f"{counted} nearly all of it."
        rest = {name: share for name, share in self.carried.items() if name != OWN}
        return f"{counted} {self.weight:.0%}; the rest: {_listed(rest)}."

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "market": self.market,
            "rank": self.rank,
            "home": self.home,
            "expected_inquiries": self.expected_inquiries.to_json(2),
            "expected_orders": self.expected_orders.to_json(2),
            "contribution": self.contribution.to_json(2),
            "order_value": self.order_value.to_json(2),
            "top5_probability": rounded(self.top5_probability),
            "rests_on": self.rests_on,
        }


@dataclass(frozen=True)
class Basis:
    """What a ranking rests on: rule, months, sources, fitted figures and notes in sentences.

    Attributes
    ----------
    fingerprint, prior
        Of the ledger's state, and of the trade potential and experience that came from elsewhere.
    """

    rule: str
    fingerprint: str
    prior: str
    months: int
    orders: int
    sources: tuple[str, ...]
    coefficients: Mapping[str, float]
    prior_shape: float | None
    noise: float | None
    drift: float | None
    notes: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the same ranking can be kept under."""
        return f"{self.rule}-{self.fingerprint}-{self.prior}"

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "rule": self.rule,
            "fingerprint": self.fingerprint,
            "prior": self.prior,
            "months": self.months,
            "orders": self.orders,
            "sources": list(self.sources),
            "coefficients": {name: round(value, 3) for name, value in self.coefficients.items()},
            "prior_shape": rounded(self.prior_shape),
            "noise": rounded(self.noise),
            "drift": rounded(self.drift),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class _State:
    """What is known of the markets, to draw from: rates, what an order brings, the margin, places by rank."""

    rates: Rates
    values: Means | None
    share: float
    order: tuple[int, ...] = ()

    def draw(self) -> Array:
        """Draw contribution a month jointly: rates, the common level and what an order brings."""
        drawn = self.rates.draw(DRAWS, seed=SEED)
        if self.values is None:
            return drawn
        noise = np.random.default_rng(SEED + 1).standard_normal(drawn.shape)
        worth = np.maximum(self.values.mean + self.values.sd * noise, self.values.mean / 10)
        return np.asarray(drawn * np.maximum(worth, 0.01) * self.share)

    def chances(self) -> Array:
        """Return the share of draws in which each market is among the first in the next twelve months.

        A year is gamma with the mean and variance of a compound Poisson sum: Var = mean * E[size^2] / E[size].
        """
        drawn = self.draw()
        width = np.ones(drawn.shape[1])
        if self.values is not None:
            spread = 1 + self.values.within / max(self.values.overall, 0.01) ** 2
            width = np.maximum(self.values.mean, 0.01) * self.share * spread
        year = np.random.default_rng(SEED + 2).gamma(np.maximum(12 * drawn / width, 1e-12)) * width
        first = min(FIRST, drawn.shape[1])
        if not first:
            return np.zeros(0)
        places = np.argpartition(-year, first - 1, axis=1)[:, :first]
        return np.asarray(np.bincount(places.ravel(), minlength=drawn.shape[1]) / DRAWS)


@dataclass(frozen=True)
class Ranking:
    """All markets by expected contribution, home last.

    Attributes
    ----------
    markets, rates
        The posterior of orders by market, in the order of `markets`; None where no order was counted.
    state
        What `draws` are drawn from; they are large, and the same again whenever they are asked for.
    """

    rows: tuple[RankingRow, ...]
    home: str
    currency: str
    margin: float | None
    basis: Basis
    markets: tuple[str, ...]
    rates: Rates | None
    state: _State = field(repr=False)

    @property
    def draws(self) -> Array:
        """Contribution a month under one drawn state of the world each, shape (draws, `foreign`).

        Without the chance of a single month; in orders where no order has a value.
        """
        return self.state.draw()[:, list(self.state.order)]

    @property
    def foreign(self) -> tuple[RankingRow, ...]:
        """The ranked markets, the first first."""
        return tuple(row for row in self.rows if row.rank is not None)

    def market(self, code: str) -> RankingRow | None:
        """Return the row of the market with that alpha-3 code, or None."""
        return next((row for row in self.rows if row.market == code), None)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "home": self.home,
            "currency": self.currency,
            "margin": self.margin,
            "markets": [row.to_json() for row in self.rows],
            "basis": self.basis.to_json(),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row per market, intervals as columns of their own."""
        schema: dict[str, Any] = {"rank": pl.Int64, "market": pl.String, "home": pl.Boolean}
        for name in ("expected_inquiries", "expected_orders", "contribution"):
            schema |= dict.fromkeys((name, f"{name}_low", f"{name}_high"), pl.Float64)
        schema |= dict.fromkeys(("top5_probability", "own_rate", "prior_rate", "weight"), pl.Float64)
        rows = []
        for row in self.rows:
            flat: dict[str, Any] = {name: getattr(row, name) for name in schema if hasattr(row, name)}
            for name in ("expected_inquiries", "expected_orders", "contribution"):
                held: Estimate = getattr(row, name)
                flat |= {name: held.estimate, f"{name}_low": held.low, f"{name}_high": held.high}
            rows.append(flat)
        return pl.DataFrame(rows, schema=schema, orient="row")


def ranking(
    observed: Observed,
    *,
    home: str,
    currency: str,
    potential: Mapping[str, float] | None = None,
    experience: Mapping[str, float] | None = None,
    margin: float | None = None,
    candidates: Sequence[str] | None = None,
    fingerprint: str = "",
) -> Ranking:
    """Rank the markets by what to expect of them.

    Parameters
    ----------
    observed
        What the ledger counted.
    home, currency
        The firm's own market (alpha-3) and reporting currency.
    potential, experience
        See `fondaco.markets.prior.terms`.
    margin
        Contribution over net revenue, between 0 and 1; None where it is not known.
    candidates
        Markets to rank beside those of the ledger and of `potential`; if omitted, all countries and
        territories whose economy is known.
    fingerprint
        Of the ledger's state, passed on into the basis.
    """
    markets = _candidates(observed, home, potential, candidates)
    stages = _stages(observed, markets, home, potential, experience)
    coming = {name: _coming(observed, name, markets) for name in stages}
    sells = "orders" in stages
    if sells:
        rates = stages["orders"]
    else:  # nothing was sold abroad: the prior alone, and what looked or asked; its level is not known
        known = prior.terms(
            markets, home, potential=potential, experience=experience, attention=_attention(stages, markets)
        )
        rates = fit_rates(np.zeros((len(markets), 1)), [1.0], known, shared=False, start=1.0)
    values = _values(observed.sizes, markets) if sells else None
    share = 1.0 if margin is None else margin
    state = _State(rates, values, share)
    chance = state.chances()
    factor = coming.get("orders", 1.0)
    mean = rates.expected(factor) * (values.mean * share if values else 1.0)
    order = sorted(range(len(markets)), key=lambda i: (-mean[i], markets[i]))
    told = _Told(
        [unknown(_NO_ORDER)] * len(markets) if not sells else _predicted(rates, factor),
        [unknown(_NO_INQUIRY)] * len(markets)
        if "inquiries" not in stages
        else _predicted(stages["inquiries"], coming["inquiries"]),
        rates.predict(exposure=factor),
    )
    rows = [
        _row(markets[i], place, i, rates, told, values if sells else None, share, chance[i], observed)
        for place, i in enumerate(order, start=1)
    ]
    at_home = _home(observed, home)
    return Ranking(
        (*rows, *at_home),
        home,
        currency,
        margin,
        _basis(observed, rates, tuple(stages), sells, margin, potential, experience, fingerprint),
        tuple(markets),
        rates if sells else None,
        replace(state, order=tuple(order)),
    )


def _candidates(
    observed: Observed, home: str, potential: Mapping[str, float] | None, candidates: Sequence[str] | None
) -> list[str]:
    held = set(observed.markets) | set(potential or ())
    if candidates is not None:
        held |= set(candidates)
    elif not potential:
        held |= {market for market in geography.markets() if geography.gdp_usd(market)}
    return sorted(held - {home})


def _stages(
    observed: Observed,
    markets: Sequence[str],
    home: str,
    potential: Mapping[str, float] | None,
    experience: Mapping[str, float] | None,
) -> dict[str, Rates]:
    """Fit views, inquiries and orders in turn, each with the one before as a term of its prior."""
    stages: dict[str, Rates] = {}
    for name in ("views", "inquiries", "orders"):
        held: Counted | None = getattr(observed, name)
        if held is None or held.matrix(markets).sum() == 0:
            continue
        terms = prior.terms(
            markets, home, potential=potential, experience=experience, attention=_attention(stages, markets)
        )
        counts = held.matrix(markets)
        never = [market not in observed.markets for market in markets]
        fitted = fit_rates(counts, held.exposure * _seasons(counts, held), terms, never=never)
        stages[name] = fitted.opened()
    return stages


def _attention(stages: Mapping[str, Rates], markets: Sequence[str]) -> dict[str, Mapping[str, float]]:
    """Return what the last stage so far expects of each market, as a term for the next."""
    return {name: dict(zip(markets, stages[name].mean.tolist(), strict=True)) for name in list(stages)[-1:]}


def _seasons(counts: Array, held: Counted) -> Array:
    """Return each month's seasonal factor, 1 where less than two whole years are known."""
    factors = _season(counts, held)
    if factors is None:
        return np.ones(len(held.months))
    return np.array([factors[month % 12] for month in held.months])


def _coming(observed: Observed, name: str, markets: Sequence[str]) -> float:
    """Return the seasonal factor of the coming month: the next, or the last where less than half of it is known."""
    held: Counted = getattr(observed, name)
    factors = _season(held.matrix(markets), held)
    if factors is None:
        return 1.0
    return float(factors[(held.months[-1] + int(held.exposure[-1] >= 0.5)) % 12])


def _season(counts: Array, held: Counted) -> Array | None:
    whole = np.flatnonzero(held.exposure > 0.999)
    if len(whole) < 24 or len(whole) != whole[-1] - whole[0] + 1:
        return None
    return season(counts[:, whole].sum(axis=0), held.months[whole[0]] % 12)


def _values(sizes: Mapping[str, Sizes], markets: Sequence[str]) -> Means:
    """Return what an order brings in each market, drawn towards the mean of all that were sold to."""
    held = [sizes.get(market, Sizes()) for market in markets]
    if not any(size.orders for size in held):  # sold at home only
        held = list(sizes.values())
        whole = shrunken_means(
            [sum(s.orders for s in held)], [sum(s.total for s in held)], [sum(s.squares for s in held)]
        )
        many = len(markets)
        return Means(
            np.full(many, whole.overall), np.zeros(many), np.zeros(many), whole.overall, whole.within, 0.0
        )
    return shrunken_means([s.orders for s in held], [s.total for s in held], [s.squares for s in held])


_NO_ORDER = "No order has been counted yet, so that how many to expect is not known; the rank is the prior's."
_NO_INQUIRY = "No inquiries have been imported."


@dataclass(frozen=True)
class _Told:
    """What is predicted of the coming month, in the order of the markets."""

    orders: Sequence[Estimate]
    inquiries: Sequence[Estimate]
    predicted: Predictive


def _row(
    market: str,
    place: int,
    i: int,
    rates: Rates,
    told: _Told,
    values: Means | None,
    share: float,
    chance: float,
    observed: Observed,
) -> RankingRow:
    """Return one row; without `values` no order was counted anywhere, and the row is the prior's alone."""
    contribution = worth = unknown(_NO_ORDER)
    own = float(rates.own[i])
    if values is not None:
        mean, reach = float(values.mean[i]) * share, 1.2816 * float(values.sd[i]) * share
        worth = Estimate(mean, max(mean - reach, 0.0), mean + reach, LEVEL)
        contribution = _contribution(told.predicted, values, i, share)
    sells = values is not None
    return RankingRow(
        market=market,
        home=False,
        rank=place,
        expected_inquiries=told.inquiries[i],
        expected_orders=told.orders[i],
        contribution=contribution,
        order_value=worth,
        top5_probability=float(chance),
        orders=observed.sizes.get(market, Sizes()).orders,
        own_rate=own if sells and np.isfinite(own) else None,
        prior_rate=float(rates.prior_mean[i]) if sells else None,
        rate=float(rates.mean[i]) if sells else None,
        weight=float(rates.weight[i]) if sells else 0.0,
        carried=_carried(rates, i),
        shape=float(rates.shape[i]) if sells else 0.0,
        tried=market in observed.markets,
    )


def _predicted(rates: Rates, factor: float) -> list[Estimate]:
    predicted = rates.predict(exposure=factor)
    ends = predicted.interval(LEVEL)
    return [
        Estimate(float(mean), float(low), float(high), LEVEL)
        for mean, low, high in zip(predicted.mean, *ends, strict=True)
    ]


def _contribution(predicted: Predictive, values: Means, i: int, share: float) -> Estimate:
    """Return a month's contribution: a negative binomial number of orders of uncertain value each."""
    rng = np.random.default_rng([SEED, i])
    mean, size = float(predicted.mean[i]), float(predicted.size[i])
    worth = max(float(values.mean[i]), 0.01)
    number = rng.poisson(rng.gamma(size, mean / size, DRAWS))
    each = np.maximum(worth + float(values.sd[i]) * rng.standard_normal(DRAWS), worth / 10)
    relative = max(values.within / max(values.overall, 0.01) ** 2, 1e-9)
    brought = np.where(number > 0, rng.gamma(np.maximum(number, 1) / relative) * relative * each, 0.0) * share
    low, high = np.quantile(brought, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(mean * worth * share, float(low), float(high), LEVEL)


def _carried(rates: Rates, i: int) -> dict[str, float]:
    weight = float(rates.weight[i])
    centred = rates.terms.values[i] - rates.terms.values.mean(axis=0)
    moved = np.abs(rates.coefficients * centred)
    parts = {OWN: weight, "the firm's other markets": (1 - weight) / (1 + float(moved.sum()))}
    for name, size in zip(rates.terms.names, moved, strict=True):
        word = prior.WORDS[name]
        parts[word] = parts.get(word, 0.0) + (1 - weight) * float(size) / (1 + float(moved.sum()))
    return parts


def _home(observed: Observed, home: str) -> tuple[RankingRow, ...]:
    held = observed.orders
    if held is None or home not in held.counts:
        return ()
    counts = held.matrix([home])
    rates = fit_rates(counts, held.exposure * _seasons(counts, held))
    size = observed.sizes.get(home, Sizes())
    worth = Estimate(size.total / size.orders) if size.orders else unknown("No order counted.")
    return (
        RankingRow(
            home, True, None, unknown("Home is not ranked."), _predicted(rates, _coming(observed, "orders", [home]))[0],
            unknown("Home is not ranked."), worth, None, size.orders,
            float(rates.own[0]), None, float(rates.mean[0]), 1.0, {OWN: 1.0}, float(rates.shape[0]),
        ),
    )  # fmt: skip


def _basis(
    observed: Observed,
    rates: Rates,
    told: tuple[str, ...],
    sells: bool,
    margin: float | None,
    potential: Mapping[str, float] | None,
    experience: Mapping[str, float] | None,
    fingerprint: str,
) -> Basis:
    notes = [
        "Ranked by expected contribution; intervals hold with 80 % probability, the chance of a month included."
    ]
    if not sells:
        notes.append("No order has been counted abroad: the ranking is the prior's alone.")
    if margin is None:
        notes.append("No margin is stated, so contribution is net revenue.")
    if not potential:
        notes.append(
            "No trade data of the firm's country are loaded: the size of economies stands for trade potential."
        )
    if observed.unplaced:
        notes.append(f"{observed.unplaced:,} orders whose country is not known are in no market.")
    notes.append(
        "Of markets that nothing was seen of: what to expect if the firm does sell there as it does elsewhere."
    )
    held = observed.orders
    return Basis(
        RULE,
        fingerprint,
        _mark(potential, experience),
        0 if held is None else len(held.months),
        sum(size.orders for market, size in observed.sizes.items()),
        told + tuple(prior.WORDS[name] for name in rates.terms.names if name not in told),
        dict(zip(rates.terms.names, rates.coefficients.tolist(), strict=True)),
        rates.prior_shape if sells else None,
        rates.noise if sells else None,
        rates.drift if sells else None,
        tuple(notes),
    )


def _mark(*sources: Mapping[str, float] | None) -> str:
    """Return a short fingerprint of what did not come from the ledger; empty for nothing."""
    told = [sorted(source.items()) if source else None for source in sources]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12] if any(told) else ""


def _listed(carried: Mapping[str, float]) -> str:
    first = sorted(carried.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {share:.0%}" for name, share in first if share >= 0.05)
