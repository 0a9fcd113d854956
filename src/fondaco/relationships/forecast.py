"""What buyers will bring: who still buys, and how many orders and how much money within the months ahead.

The BG/NBD or the Pareto/NBD (`fondaco.numerics.purchases`) says how often, the gamma-gamma model what an
order brings.  Markets of one firm are estimated together, so that a market of few buyers leans on the
others, and a firm of few buyers on what is usual (a stated prior).  Ranges are predictive: parameters are
drawn from their posterior, then each buyer's future, so they hold both what is not known of the
parameters and what chance will do.  The rules, with a worked table, are in ``docs/rules/forecast.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.numerics import Estimate, gamma_gamma, unknown
from fondaco.numerics.histories import Customers
from fondaco.numerics.posterior import Normal, Posterior, Shrunken, flat, maximise
from fondaco.numerics.purchases import MANY, MODELS, Choice, Model, choose
from fondaco.relationships.buying import Buying, day_of
from fondaco.relationships.outlook import ByBuyer, Forecast, Outlook, Pace, RepeatModel, Trial, ValueModel

Array = npt.NDArray[np.float64]

RULE = "forecast/1"
LEVEL = 0.9
#: Weeks in a month: a twelfth of 365.25 days.
MONTH = 365.25 / 12 / 7
#: How far ahead, in weeks, by the number of months.
MONTHS: Mapping[str, float] = {f"{months}": months * MONTH for months in (3, 6, 12)}

#: Of a market with fewer buyers no parameters of its own are told: it is part of the remainder.
FEWEST = 3
#: So many markets at most have parameters of their own, the largest.
OWN = 40
#: Fewer who ordered again, and the figures lean on what is usual.
FEW_REPEATERS = 10
#: Fewer customers with a valued repeat order, and no value is told.
FEWEST_VALUED = 3
#: From so many customers the most probable parameters stand for all that are probable in an expectation; with so many
#: who ordered again the prior of all of them is dropped, as it changes nothing any more.
PLUG_IN = 300
ENOUGH_REPEATERS = 100
#: How far all buyers together move from what is expected, as a standard deviation of the logarithm, unless the past
#: says otherwise (set: the one set of real orders it was tried on missed its last four months by 0.21).
STATED_PACE = 0.25
#: The past is tried at the ends of so many quarters (in days).
TRIALS, QUARTER = 3, 91
#: Random futures in all, and of each buyer at least and at most.
_FUTURES, _LEAST, _MOST = 4_000_000, 60, 400
_CHUNK = 400_000
_SEED = 20110105


def forecast(
    buying: Buying,
    *,
    currency: str = "",
    ahead: Mapping[str, float] = MONTHS,
    model: str | None = None,
    fingerprint: str = "",
    level: float = LEVEL,
) -> Forecast:
    """Forecast orders and value by buyer and by market.

    Parameters
    ----------
    buying
        Who ordered when.
    currency
        Of the orders' values, ISO 4217; empty where it is not known.
    ahead
        How far ahead, in weeks by name, ascending.
    model
        ``BG/NBD`` or ``Pareto/NBD``; without it the one that fits better.
    fingerprint
        Of the ledger.
    level
        Probability of the ranges.
    """
    held = buying.customers
    horizons = tuple(ahead)
    base = Forecast(
        until=buying.until, ahead=dict(ahead), level=level, currency=currency, rule=RULE, fingerprint=fingerprint,
        notes=buying.notes,
    )  # fmt: skip
    if not len(buying) or not held.T.sum():
        why = (
            "No order names its buyer: without it nobody can be told to have ordered again."
            if not len(buying)
            else "All first orders were placed on the last day that is known: nothing has been seen since."
        )
        refused = _refused(why, horizons, len(buying), held)
        return replace(base, value=ValueModel(why=why), total=refused, notes=(*buying.notes, why))
    chosen = (
        choose(held.histories()) if model is None else Choice(MODELS[model], f"{model} was asked for.", {}, 0)
    )
    fitted, repeat, told = _repeat_model(chosen, held)
    value, value_model, value_notes = _value_model(held, buying.valued)
    groups = _groups(buying)
    drawn = min(max(_FUTURES // len(buying), _LEAST), _MOST)
    parameters, of_markets = _drawn(chosen.model, fitted, held, groups, drawn)
    moved = pace_of(buying, chosen.model)
    looking = _Ahead(chosen.model, np.array(list(ahead.values())), level, drawn, value, moved.sd)
    by_buyer, markets, total = _look_ahead(buying, groups, parameters, looking, horizons)
    if value is None:
        by_buyer, markets, total = _without_value(by_buyer, markets, total, value_model.why, horizons)
    return replace(
        base,
        model=replace(repeat, markets={
            name: chosen.model.told(theta) for name, theta in of_markets.items()
        }),
        value=value_model,
        buyers=by_buyer,
        markets=tuple(sorted(markets, key=lambda one: -(one.orders[horizons[-1]].estimate or 0.0))),
        total=total,
        pace=moved,
        notes=(*buying.notes, *told, *value_notes, *moved.notes),
    )  # fmt: skip


def _refused(why: str, horizons: Sequence[str], buyers: int, held: Customers) -> Outlook:
    nothing = {month: unknown(why) for month in horizons}
    orders = int(held.x.sum()) + buyers
    return Outlook(None, buyers, orders, unknown(why), unknown(why), nothing, nothing)


# The models --------------------------------------------------------------------------------------------


def _repeat_model(chosen: Choice, held: Customers) -> tuple[Posterior, RepeatModel, list[str]]:
    """Return the posterior of all buyers together, what is reported of the model, and what to say of it."""
    histories = held.histories()
    model = chosen.model
    pooled = model.fit(histories, model.prior)
    notes = [chosen.why]
    base = RepeatModel(
        model.name, None, None, "", histories.customers, histories.repeaters, chosen, {}, model.told(pooled.mode), (), {},
    )  # fmt: skip
    if not histories.repeaters:
        why = (
            "No buyer has ordered again: the likelihood has no maximum, and what is told rests on what is usual "
            "among other sellers, and on how long nobody returned."
        )
        return pooled, replace(base, why=why), [*notes, why]
    alone = model.fit(histories)
    vague = tuple(name for name, unclear in zip(_MEANINGS[model.name], alone.vague, strict=True) if unclear)
    if vague:
        notes.append(
            f"These buyers alone do not tell {' and '.join(vague)}: the likelihood is flat there, and its maximum means "
            "nothing. The figures rest on what is usual there."
        )
    if histories.repeaters < FEW_REPEATERS:
        number = f"{histories.repeaters} buyer{'s' if histories.repeaters > 1 else ''}"
        notes.append(
            f"Only {number} ordered again: the figures lean on what is usual, and the ranges are wide."
        )
    if model.name == "BG/NBD":
        notes.append(
            "In the BG/NBD a buyer is lost after an order only, and the first does not count: of who ordered once, "
            "the chance to be still buying is 1 whatever time has passed. The expected orders tell them apart."
        )
    if histories.customers >= PLUG_IN and histories.repeaters >= ENOUGH_REPEATERS and not vague:
        pooled = alone
    found = replace(
        base,
        used=model.told(pooled.mode),
        parameters=model.told(alone.mode),
        log_likelihood=alone.log_likelihood,
        errors=dict(zip(_MEANINGS[model.name], (float(one) for one in alone.sd), strict=True)),
        unclear=vague,
    )
    return pooled, found, notes


#: What the four estimated numbers of each model mean.
_MEANINGS = {
    "BG/NBD": ("how rates vary (r)", "the mean rate (r/alpha)", "the mean chance of loss (a/(a+b))", "how that chance varies (a+b)"),
    "Pareto/NBD": ("how rates vary (r)", "the mean rate (r/alpha)", "how losses vary (s)", "the mean rate of loss (s/beta)"),
}  # fmt: skip


def _value_model(held: Customers, valued: bool) -> tuple[Posterior | None, ValueModel, list[str]]:
    known = held.repeats_valued > 0
    number = int(known.sum())
    if not valued:
        return None, ValueModel(None, None, number, "No order states its value."), []
    if number < FEWEST_VALUED:
        why = (
            f"{number or 'No'} buyer{'' if number == 1 else 's'} with a valued order after the first, where at least "
            f"{FEWEST_VALUED} are needed: what an order will bring is not told."
        )
        return None, ValueModel(None, None, number, why), []
    orders, mean = held.repeats_valued[known], held.mean_value[known]
    start = gamma_gamma.start(orders, mean)

    def score(theta: Array) -> tuple[float, Array]:
        return gamma_gamma.score(theta, orders, mean)

    alone = maximise(score, flat(start))
    enough = number >= PLUG_IN and not alone.vague.any()
    found = alone if enough else maximise(score, Normal(start, np.array([1.0, 1.0, 1.0])))
    told = ValueModel(
        _values(alone) if not alone.vague.any() else None,
        None if alone.vague.any() else alone.log_likelihood,
        number,
        "These orders alone do not tell how values vary: the likelihood has no clear maximum."
        if alone.vague.any()
        else "",
        _values(found),
    )
    notes = [] if told.parameters else [f"{told.why} Expected values rest on what is usual there."]
    if number >= 20:
        tie = (
            float(np.corrcoef(held.x[known], np.log(mean))[0, 1])
            if held.x[known].std() and mean.std()
            else 0.0
        )
        if abs(tie) > 0.3:
            notes.append(
                f"Who orders oftener orders {'larger' if tie > 0 else 'smaller'} sums (correlation {tie:.2f}); the model "
                "takes them for independent, so sums of frequent buyers may be "
                f"{'too low' if tie > 0 else 'too high'}."
            )
    return found, told, notes


def _values(found: Posterior) -> dict[str, float]:
    return dict(
        zip(gamma_gamma.PARAMETERS, (float(one) for one in gamma_gamma.unpack(found.mode)), strict=True)
    )


# Groups of buyers with parameters of their own -----------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """Buyers who share parameters: those of one market, or of all that have too few."""

    markets: tuple[tuple[str | None, npt.NDArray[np.intp]], ...]
    own: bool

    @property
    def members(self) -> npt.NDArray[np.intp]:
        return np.concatenate([places for _, places in self.markets])


def _groups(buying: Buying) -> list[_Group]:
    names = np.array([market or "" for market in buying.markets])
    found, places = np.unique(names, return_inverse=True)
    by_market = [(str(name) or None, np.flatnonzero(places == number)) for number, name in enumerate(found)]
    by_market.sort(key=lambda pair: (-len(pair[1]), pair[0] or ""))
    own = [(name, held) for name, held in by_market if name and len(held) >= FEWEST][:OWN]
    rest = [pair for pair in by_market if not any(pair[0] == name for name, _ in own)]
    if len(own) < 2:
        return [_Group(tuple(by_market), own=False)]
    return [*(_Group((pair,), own=True) for pair in own), *([_Group(tuple(rest), own=False)] if rest else [])]


def _drawn(
    model: Model, pooled: Posterior, held: Customers, groups: Sequence[_Group], number: int
) -> tuple[list[tuple[Array, Array]], dict[str, Array]]:
    """Return (most probable, draws of) the parameters of each group, and those of each market with its own.

    What all markets share is drawn once and moves all of them together, so that the range of the total
    does not take their errors for independent.
    """
    common = pooled.draws(number, seed=_SEED, weigh=len(held.x) < MANY)
    if len(groups) == 1:
        return [(model.unpack(pooled.mode), model.unpack(common))], {}
    parts = [_part(held, group.members).histories() for group in groups]
    shrunken = model.shrink(parts, pooled)
    rng = np.random.default_rng(_SEED + 1)
    spread = shrunken.between / np.sqrt(len(groups))
    away = common - pooled.mode + spread * rng.standard_normal(common.shape)
    found = []
    of_markets = {}
    for group, one in zip(groups, shrunken.groups, strict=True):
        found.append((model.unpack(one.mode), model.unpack(_around(one, shrunken, away, rng))))
        if group.own:
            of_markets[str(group.markets[0][0])] = one.mode
    return found, of_markets


def _around(one: Posterior, shrunken: Shrunken, away: Array, rng: np.random.Generator) -> Array:
    """Draw a group's parameters given how far the common centre is from its estimate.

    With the centre known the covariance is smaller, and the mean follows the centre by the weight that the
    centre has in it.
    """
    information = np.linalg.inv(one.covariance) - np.diag(1 / shrunken.prior.sd**2)
    given = np.linalg.inv(information + np.diag(1 / shrunken.between**2))
    follows = given / shrunken.between**2
    root = np.linalg.cholesky((given + given.T) / 2 + 1e-10 * np.eye(len(given)))
    return np.asarray(
        np.clip(one.mode + away @ follows.T + rng.standard_normal(away.shape) @ root.T, -12, 12)
    )


def _part(held: Customers, places: npt.NDArray[np.intp]) -> Customers:
    return Customers(
        held.key[places], held.x[places], held.t_x[places], held.T[places], held.first[places],
        held.last[places], held.repeats_valued[places], held.mean_value[places],
    )  # fmt: skip


# What moves all buyers together ----------------------------------------------------------------------------


def pace_of(buying: Buying, model: Model) -> Pace:
    """Tell how far all buyers together move from what the model expects, by trying it on the past.

    At the ends of up to three earlier quarters the model is fitted to what was known then, and its
    expectation for the quarter that followed is set beside what came.  Season and changing demand move all
    buyers together; the model knows neither.  The squared errors beyond chance are joined with a stated one, as
    if that had been seen twice.
    """
    held = buying.orders
    if not len(held.day):
        return Pace((), STATED_PACE)
    first, last = int(held.day.min()), int(held.end.max())
    trials = []
    for back in range(TRIALS, 0, -1):
        cut = last - back * QUARTER
        if cut - first < QUARTER:
            continue
        then = buying.before(cut)
        histories = then.histories()
        if histories.repeaters < FEW_REPEATERS:
            continue
        parameters = model.unpack(model.fit(histories.sample(5_000, _SEED), model.prior).mode)
        expected = float(model.expected(parameters, QUARTER / 7, then.x, then.t_x, then.T).sum())
        keys, counts = buying.between(cut, cut + QUARTER)
        came = int(counts[np.isin(keys, then.key)].sum())
        trials.append(Trial(day_of(cut), histories.customers, expected, came))
    excess = [max(one.error**2 - 1.5 / max(one.expected, 1.0), 0.0) for one in trials]
    variance = (sum(excess) + 2 * STATED_PACE**2) / (len(excess) + 2)
    return Pace(tuple(trials), math.sqrt(variance))


# The months ahead ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ahead:
    """What is needed to look ahead: model, weeks ahead, level, number of futures, and the model of value."""

    model: Model
    weeks: Array
    level: float
    drawn: int
    value: Posterior | None
    pace: float

    @property
    def tails(self) -> tuple[float, float]:
        return (1 - self.level) / 2, 1 - (1 - self.level) / 2


def _look_ahead(
    buying: Buying,
    groups: Sequence[_Group],
    parameters: Sequence[tuple[Array, Array]],
    ahead: _Ahead,
    horizons: Sequence[str],
) -> tuple[ByBuyer, list[Outlook], Outlook]:
    n, h = len(buying), len(horizons)
    held = buying.customers
    found = ByBuyer.empty(buying, horizons, ahead.level)
    rng = np.random.default_rng(_SEED + 2)
    worth = None if ahead.value is None else (
        gamma_gamma.unpack(ahead.value.mode),
        gamma_gamma.unpack(ahead.value.draws(ahead.drawn, seed=_SEED + 3, weigh=n < MANY)),
    )  # fmt: skip
    # What moves all buyers together is drawn once for each future; on average it moves nothing.
    pace = np.exp(ahead.pace * rng.standard_normal(ahead.drawn) - ahead.pace**2 / 2)
    markets, totals = [], _Sums.none(h, ahead.drawn)
    for group, (mode, draws) in zip(groups, parameters, strict=True):
        size = len(group.members)
        for market, places in group.markets:
            sums = _Sums.none(h, ahead.drawn)
            for some in _chunks(places, ahead.drawn):
                sums = sums.plus(_one_chunk(found, held, some, (mode, draws), ahead, worth, size, pace, rng))
            markets.append(_outlook(market, found, places, sums, ahead, horizons))
            totals = totals.plus(sums)
    total = _outlook(None, found, np.arange(n), totals, ahead, horizons)
    return found, markets, total


def _chunks(places: npt.NDArray[np.intp], drawn: int) -> Iterator[npt.NDArray[np.intp]]:
    step = max(_CHUNK // drawn, 1)
    for start in range(0, len(places), step):
        yield places[start : start + step]


@dataclass(frozen=True)
class _Sums:
    """Sums over buyers of each future: orders and money by time ahead, who orders, who still buys."""

    orders: Array
    money: Array
    ordering: Array
    alive: Array

    @staticmethod
    def none(h: int, drawn: int) -> _Sums:
        return _Sums(np.zeros((h, drawn)), np.zeros((h, drawn)), np.zeros(drawn), np.zeros(drawn))

    def plus(self, other: _Sums) -> _Sums:
        return _Sums(
            self.orders + other.orders,
            self.money + other.money,
            self.ordering + other.ordering,
            self.alive + other.alive,
        )


def _one_chunk(
    found: ByBuyer,
    held: Customers,
    places: npt.NDArray[np.intp],
    parameters: tuple[Array, Array],
    ahead: _Ahead,
    worth: tuple[Array, Array] | None,
    size: int,
    pace: Array,
    rng: np.random.Generator,
) -> _Sums:
    """Fill in the rows of some buyers, and return their sums."""
    model, (low, high) = ahead.model, ahead.tails
    mode, draws = parameters
    one = held.x[places], held.t_x[places], held.T[places]
    some = slice(None, None, max(len(draws) // 100, 1))
    # Many buyers have one history, above all those who ordered once: what follows from it is worked out once.
    distinct, which = _distinct(one)
    still = model.alive(draws[:, None, :], *distinct)
    used, chances = (
        (mode[None], model.alive(mode, *distinct)[None]) if size >= PLUG_IN else (draws[some], still[some])
    )
    found.alive[places] = chances.mean(axis=0)[which]
    ends = np.quantile(still[some], (low, high), axis=0)
    found.alive_low[places], found.alive_high[places] = ends[:, which]
    r, alpha = mode[0], mode[1]
    found.patience[places] = ((alpha + one[1]) / (alpha + one[2])) ** (r + one[0])
    for row, weeks in enumerate(ahead.weeks):
        each = [model.expected(p, weeks, *distinct, chance) for p, chance in zip(used, chances, strict=True)]
        found.orders[row, places] = np.mean(each, axis=0)[which]
    counts = model.simulate(draws, ahead.weeks, *one, rng, pace, still[:, which])
    found.orders_low[:, places], found.orders_high[:, places] = _tails(counts, low, high)
    found.again[places] = (counts[-1] > 0).mean(axis=0)
    money = np.zeros(counts.shape[:2])
    if worth is not None:
        known = held.repeats_valued[places], held.mean_value[places]
        each_brings = gamma_gamma.expected(worth[0], *known)
        found.value[:, places] = found.orders[:, places] * each_brings
        brought = gamma_gamma.simulate(worth[1], counts, *known, rng)
        found.value_low[:, places], found.value_high[:, places] = _tails(brought, low, high)
        money = brought.sum(axis=2)
    noise = rng.random((len(draws), len(places))) < found.alive[places]
    return _Sums(
        counts.sum(axis=2).astype(np.float64), money, (counts[-1] > 0).sum(axis=1), noise.sum(axis=1)
    )


def _distinct(parts: tuple[Array, Array, Array]) -> tuple[tuple[Array, Array, Array], npt.NDArray[np.intp]]:
    """Return the distinct histories (x, t_x, T), and which of them each buyer has."""
    order = np.lexsort(parts)
    x, t_x, T = (part[order] for part in parts)  # noqa: N806  (their name in the literature)
    new = np.append(True, (np.diff(x) != 0) | (np.diff(t_x) != 0) | (np.diff(T) != 0))
    which = np.empty(len(order), dtype=np.intp)
    which[order] = np.cumsum(new) - 1
    return (x[new], t_x[new], T[new]), which


def _tails(futures: npt.NDArray[Any], low: float, high: float) -> Array:
    """Return the values at two places of each buyer's ordered futures, shape (2, h, n)."""
    drawn = futures.shape[1]
    at = [min(max(int(np.ceil(drawn * share)) - 1, 0), drawn - 1) for share in (low, high)]
    ordered = np.partition(futures, at, axis=1)
    return np.stack([ordered[:, place] for place in at]).astype(np.float64)


def _outlook(
    market: str | None,
    found: ByBuyer,
    places: npt.NDArray[np.intp],
    sums: _Sums,
    ahead: _Ahead,
    horizons: Sequence[str],
) -> Outlook:
    low, high = ahead.tails

    def told(mean: float, futures: Array) -> Estimate:
        ends = np.quantile(futures, (low, high))
        return Estimate(float(mean), min(float(ends[0]), mean), max(float(ends[1]), mean), ahead.level)

    orders = {m: told(found.orders[row, places].sum(), sums.orders[row]) for row, m in enumerate(horizons)}
    value = {m: told(found.value[row, places].sum(), sums.money[row]) for row, m in enumerate(horizons)}
    return Outlook(
        market,
        len(places),
        int(found.ordered[places].sum()),
        told(found.alive[places].sum(), sums.alive),
        told(found.again[places].sum(), sums.ordering),
        orders,
        value,
    )


def _without_value(
    buyers: ByBuyer, markets: list[Outlook], total: Outlook, why: str, horizons: Sequence[str]
) -> tuple[ByBuyer, list[Outlook], Outlook]:
    refused = {month: unknown(why) for month in horizons}
    return (
        replace(buyers, valued=why),
        [replace(one, value=refused) for one in markets],
        replace(total, value=refused),
    )
