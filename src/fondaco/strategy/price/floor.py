"""The lowest price at which the promised margin is held, with a stated probability, whatever exchange rates do.

A quotation in the buyer's currency holds for `valid_days`, and the money comes `payment_days` later; what is to be
paid from it (the cost) is due in other currencies.  With the margin m as a share of the price, and the cost's worth
in the buyer's currency on the day of payment, margin is held where ::

    price x (1 - m)  >=  sum of cost x (units of the buyer's currency for one of the cost's, on that day)

The firm's own currency drops out.  Where rates stand still, the price is the *deterministic* floor.  The floor
multiplies it by the rise of the sum that is not exceeded with the probability promised, on each day up to the last
(`fondaco.numerics.moves`: the ECB's whole history of that pair, scaled to how much the rate moves now), and is rounded
up to the buyer's currency's unit.  What it costs and where it fails is in ``docs/rules/price-floor.md``.

Currencies: a dead one in the cost is worth its successor, by the fixed factor; nothing is quoted in one.  One that the
ECB does not quote is refused, or goes through a rate that the user states as a range (`StatedRate`); the floor then
has two ends, and nothing is promised of rates outside the range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fondaco.kernel import InputError
from fondaco.kernel.money import places
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.numerics.moves import AdverseMove, adverse_move
from fondaco.reference.currencies import PEGS, is_currency
from fondaco.reference.rates import ENDED, FIXED, REACH, REDENOMINATED, Rates
from fondaco.strategy.price.promise import MOST, Promise, StatedRate

__all__ = ["Floor", "Part", "Promise", "StatedRate", "price_floor"]

#: Calendar days after which a rate is too old to reckon a price from.
OLDEST = 180
#: Volatility by the year below which a rate is held by somebody rather than made by trade; the franc's, on the day
#: before Switzerland let it go, was 0.017.
HELD = 0.02
#: Windows apart, for each one that is expected to fail, below which a promise is said to rest on little.
_APART = 2

Days = NDArray[np.datetime64]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """One part of the cost: an amount, and units of the buyer's currency for one of its own on `day`."""

    amount: Decimal
    currency: str
    rate: Decimal
    day: date


@dataclass(frozen=True)
class Floor:
    """The lowest price that holds a promise, in the buyer's currency; or, in `why`, what stands in the way.

    Attributes
    ----------
    amount
        The floor, rounded up; None where it cannot be told.
    lowest
        The other end where a rate was stated as a range; `amount` is then the safe one.
    deterministic
        The floor if no rate moved.
    markup
        What exchange risk adds to the cost: a share, with an interval that says how well history tells it.
    promise, days
        What is held, and the calendar days it is held over: from the day of the rate to the money.
    parts
        Of the cost, with the rates used.
    notes
        What one should know before leaning on it.
    """

    currency: str
    promise: Promise
    amount: Decimal | None = None
    lowest: Decimal | None = None
    deterministic: Decimal | None = None
    markup: Estimate = field(default_factory=lambda: Estimate(None))
    days: int = 0
    parts: tuple[Part, ...] = ()
    move: AdverseMove | None = None
    notes: tuple[str, ...] = ()
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the floor as JSON values; money as text."""
        return {
            "amount": _text(self.amount),
            "lowest": _text(self.lowest),
            "deterministic": _text(self.deterministic),
            "currency": self.currency,
            "markup": self.markup.to_json(),
            "margin": f"{self.promise.margin:f}",
            "confidence": float(self.promise.confidence),
            "valid_days": self.promise.valid_days,
            "payment_days": self.promise.payment_days,
            "days": self.days,
            "cost": [
                {
                    "amount": f"{part.amount:f}",
                    "currency": part.currency,
                    "rate": float(part.rate),
                    "rate_day": part.day.isoformat(),
                }
                for part in self.parts
            ],
            "moves": None if self.move is None else self.move.moves,
            "moves_apart": None if self.move is None else self.move.apart,
            "volatility": None
            if self.move is None or self.move.moves == 0
            else round(self.move.volatility, 4),
            "notes": list(self.notes),
            "why": self.why or None,
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def price_floor(
    cost: Mapping[str, Decimal],
    currency: str,
    promise: Promise,
    *,
    today: date,
    rates: Rates,
    stated: Sequence[StatedRate] = (),
    below_deterministic: bool = False,
) -> Floor:
    """Work out the price floor.

    Parameters
    ----------
    cost
        What must be paid, by the currency it is due in.
    currency
        The buyer's: that of the quotation.
    promise
        Margin, confidence and days.
    today
        The day of the quotation; the rates used are the last on or before it.
    stated
        Rates of currencies that the ECB does not quote.
    below_deterministic
        Whether the floor may fall below the deterministic one where history speaks for it (low confidences
        only); otherwise it never does.

    Raises
    ------
    InputError
        Where an amount is negative, none is above zero, or a code is no currency.  What is right but cannot be
        worked out is no error: the floor then has no amount, and says why.

    Examples
    --------
    >>> floor = price_floor({"EUR": Decimal("7.50")}, "EUR", Promise(Decimal("0.25")), today=date(2026, 1, 5),
    ...     rates=Rates.load(None))
    >>> floor.amount, floor.deterministic, floor.markup.estimate
    (Decimal('10.00'), Decimal('10.00'), 0.0)
    """
    parts = _checked(cost)
    currency = _code(currency)
    if successor := _successor(currency, today):
        return Floor(currency, promise, why=f"Nobody pays in {currency} any more: quote in {successor[0]}.")
    through = {} if set(parts) == {currency} else _stated({*parts, currency}, stated, rates)
    if strange := next((each for each in through.values() if each.into not in rates.currencies), None):
        return Floor(
            currency, promise, why=f"A rate of {strange.currency} is stated in {strange.into}, which the ECB does not "
            "quote either: state it in EUR or USD.",
        )  # fmt: skip
    bad = _through(parts, currency, promise, today, rates, below_deterministic, through, bad=True)
    ranged = sorted(code for code, each in through.items() if each.low < each.high)
    if bad.amount is None or not ranged:
        return bad
    good = _through(parts, currency, promise, today, rates, below_deterministic, through, bad=False)
    note = f"{' and '.join(ranged)}: at the rates stated; the promise covers no rate outside them."
    return replace(bad, lowest=good.amount, notes=(*bad.notes, note))


def _stated(codes: set[str], stated: Sequence[StatedRate], rates: Rates) -> dict[str, StatedRate]:
    """Return the rates that go around the ECB's, by currency: what was stated, and pegs for the rest."""
    found = {_code(each.currency): replace(each, into=_code(each.into)) for each in stated}
    for code in codes & PEGS.keys() - set(rates.currencies) - found.keys():
        anchor, units = PEGS[code]
        worth = 1 / Decimal(repr(units))
        found[code] = StatedRate(code, anchor, worth, worth)
    return {code: each for code, each in found.items() if code in codes}


def _checked(cost: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the cost by code, zeros left out."""
    parts: dict[str, Decimal] = {}
    for said, amount in cost.items():
        code = _code(said)
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise InputError(
                f"A cost of {amount} {code} cannot be: state it as zero or more, up to {MOST:,}."
            )
        parts[code] = parts.get(code, Decimal(0)) + amount
    held = {code: amount for code, amount in parts.items() if amount}
    if not held:
        raise InputError("The cost is zero: a floor needs a cost above zero.")
    return held


def _code(said: str) -> str:
    code = said.strip().upper()
    if not is_currency(code) and code not in FIXED and code not in REDENOMINATED:
        raise InputError(
            f'"{said}" is no currency code of ISO 4217: state three letters, such as EUR or USD.'
        )
    return code


def _successor(code: str, today: date) -> tuple[str, Decimal] | None:
    """Return what took a dead currency's place, and how many of the old are one of it."""
    if code in FIXED and today >= FIXED[code][1]:
        return "EUR", Decimal(repr(FIXED[code][0]))
    if code in REDENOMINATED and today >= REDENOMINATED[code][2]:
        return REDENOMINATED[code][0], Decimal(REDENOMINATED[code][1])
    return None


def _through(
    parts: Mapping[str, Decimal],
    currency: str,
    promise: Promise,
    today: date,
    rates: Rates,
    below: bool,
    through: Mapping[str, StatedRate],
    *,
    bad: bool,
) -> Floor:
    """Return the floor at one end of the stated rates: the bad one for the seller, or the good one."""
    notes = []
    cost: dict[str, Decimal] = {}
    for code, amount in parts.items():
        rate = through.get(code)
        into = code if rate is None else rate.into
        worth = amount if rate is None else amount * (rate.high if bad else rate.low)
        cost[into] = cost.get(into, Decimal(0)) + worth
    for code, rate in through.items():
        if rate.low == rate.high:
            peg = code in PEGS and PEGS[code][0] == rate.into
            held = f"its peg to {rate.into}" if peg else f"the rate stated, {rate.low:.6g} {rate.into}"
            notes.append(f"{code} counts at {held}; the promise does not cover that it moves.")
    own = through.get(currency)
    if own is None:
        found = _floor(cost, currency, promise, today, rates, below)
        return replace(found, notes=(*found.notes, *notes))
    found = _floor(cost, own.into, promise, today, rates, below, exact=True)
    if found.amount is None or found.deterministic is None:
        return replace(found, currency=currency)
    each = own.low if bad else own.high
    return replace(
        found,
        currency=currency,
        amount=_up(found.amount, each, currency),
        deterministic=_up(found.deterministic, each, currency),
        notes=(*found.notes, *notes),
    )


def _floor(
    cost: Mapping[str, Decimal],
    currency: str,
    promise: Promise,
    today: date,
    rates: Rates,
    below: bool,
    *,
    exact: bool = False,
) -> Floor:
    """Return the floor for currencies that the ECB quotes, or why there is none."""
    living, notes = _living(cost, today)
    last = min(today, rates.last_day)
    parts = []
    for code, amount in living.items():
        found = _part(code, amount, currency, last, rates)
        if isinstance(found, str):
            return Floor(currency, promise, why=found)
        parts.append(found)
    day = min(part.day for part in parts)
    age = 0 if all(part.currency == currency for part in parts) else (today - day).days
    if age > OLDEST:
        return Floor(
            currency, promise, why=f"The last rate is of {day}, {age} days before {today}: bring newer rates of the ECB "
            "(fondaco rates update).",
        )  # fmt: skip
    if age > REACH:
        notes.append(
            f"The rates are of {day}, {age} days old: these days count as days in which they may move."
        )
    days = promise.days + age
    move = _move(tuple((p.currency, p.amount * p.rate) for p in parts), currency, last, days, promise, rates)
    with localcontext() as context:
        context.prec = 60
        worth = sum((part.amount * part.rate for part in parts), Decimal(0))
        still = worth / (1 - promise.margin)
        plain = still if exact else _up(still, Decimal(1), currency)
        known = Floor(
            currency, promise, deterministic=plain, days=days, parts=tuple(parts), markup=move.rise, move=move,
            notes=(*notes, *_caveats(move, promise, days)),
        )  # fmt: skip
        if refused := _cannot_be_told(move, promise):
            return replace(known, markup=unknown(refused), why=refused)
        markup = move.rise if below else _not_below_zero(move.rise)
        priced = still * (1 + Decimal(repr(markup.estimate)))
        amount = priced if exact else _up(priced, Decimal(1), currency)
        return replace(known, amount=amount, markup=markup)


def _cannot_be_told(move: AdverseMove, promise: Promise) -> str:
    """Return why a rise cannot be told, or an empty text."""
    if move.rise.estimate is None:
        return f"{move.rise.why} State a buffer of your own, or quote in a currency of the cost."
    if move.volatility > 0 and move.moves * (1 - promise.confidence) < 1:
        return (
            f"{_percent(promise.confidence)} cannot be told from {move.moves} past moves: none of them lies beyond. The surest "
            f"that they tell is {_percent(1 - Decimal(1) / move.moves)}."
        )
    return ""


def _percent(share: Decimal) -> str:
    """Return a share in per cent, with as many digits as it needs.

    >>> _percent(Decimal("0.95")), _percent(Decimal("0.995"))
    ('95%', '99.5%')
    """
    return f"{float(share) * 100:.10g}%"


def _not_below_zero(told: Estimate) -> Estimate:
    middle, low, high = (
        None if end is None else max(end, 0.0) for end in (told.estimate, told.low, told.high)
    )
    return Estimate(middle, low, high, told.level, told.why)


def _living(cost: Mapping[str, Decimal], today: date) -> tuple[dict[str, Decimal], list[str]]:
    """Return the cost in currencies that live, and what was turned into what."""
    living: dict[str, Decimal] = {}
    notes = []
    for code, amount in cost.items():
        successor = _successor(code, today)
        into, units = successor or (code, Decimal(1))
        if successor:
            notes.append(f"The cost in {code} counts in {into}: 1 {into} = {units:f} {code}.")
        living[into] = living.get(into, Decimal(0)) + amount / units
    return living, notes


def _part(code: str, amount: Decimal, currency: str, last: date, rates: Rates) -> Part | str:
    """Return a part of the cost with its rate, or why it has none."""
    if code == currency:
        return Part(amount, code, Decimal(1), last)
    for each in (code, currency):
        if each in ENDED and last > ENDED[each][0]:
            days, _ = rates.history("EUR", each, last - timedelta(days=REACH), last)
            if not len(days):
                return f"{ENDED[each][1]}: the risk of {each} cannot be told."
        if each not in rates.currencies:
            return (
                f"The ECB does not quote {each}: state its rate as a range against a currency that it quotes, or "
                "reckon in one."
            )
    days, found = rates.history(code, currency, last - timedelta(days=4 * REACH), last)
    if not len(days):
        missing = rates.rate(code, currency, last)
        return getattr(missing, "reason", f"There is no rate of {code} for {currency} near {last}.")
    return Part(amount, code, Decimal(repr(float(found[-1]))), days[-1].astype(object))


def _move(
    weights: tuple[tuple[str, Decimal], ...],
    currency: str,
    last: date,
    days: int,
    promise: Promise,
    rates: Rates,
) -> AdverseMove:
    """Return the rise of the whole cost, as worth in the buyer's currency, that is not exceeded."""
    moving = [(code, float(worth)) for code, worth in weights if code != currency]
    if not moving or days == 0:
        return AdverseMove(Estimate(0.0, 0.0, 0.0, 0.9), 0, 0, 0.0)
    total = float(sum(worth for _, worth in weights))
    shares = tuple((code, worth / total) for code, worth in moving)
    return _rise(rates, shares, currency, last, days, float(promise.confidence))


# A price list asks for the same pair of currencies again and again.
@lru_cache(maxsize=1024)
def _rise(
    rates: Rates,
    shares: tuple[tuple[str, float], ...],
    currency: str,
    last: date,
    days: int,
    confidence: float,
) -> AdverseMove:
    return adverse_move(*_history(rates, shares, currency, last), days, confidence, longest_gap=REACH)


def _history(
    rates: Rates, shares: tuple[tuple[str, float], ...], currency: str, last: date
) -> tuple[Days, Array]:
    """Return what the cost, divided as it is today, was worth in the buyer's currency on each day both are quoted.

    Of several currencies: the daily returns at today's shares, chained; the rest of the shares stands still.
    """
    held = [rates.history(code, currency, rates.first_day, last) for code, _ in shares]
    days = held[0][0]
    for other, _ in held[1:]:
        days = np.intersect1d(days, other)
    worth = [values[np.isin(of, days)] for of, values in held]
    if len(worth) == 1 and shares[0][1] == 1.0:
        return days, worth[0]
    daily = sum(
        share * (values[1:] / values[:-1] - 1) for (_, share), values in zip(shares, worth, strict=True)
    )
    return days, np.concatenate([[1.0], np.cumprod(1 + np.asarray(daily))]) if len(days) else worth[0]


def _caveats(move: AdverseMove, promise: Promise, days: int) -> list[str]:
    """Return what one should know of a rise."""
    if move.rise.estimate is None or move.moves == 0:
        return []
    said = []
    failing = 1 - float(promise.confidence)
    if move.apart * failing < _APART:
        said.append(
            f"History holds {move.apart} spans of {days} days that do not overlap, of which {move.apart * failing:.1f} are "
            f"expected to fail at {_percent(promise.confidence)}: the floor rests on few."
        )
    if move.volatility < HELD:
        said.append(
            "This rate hardly moves, because somebody holds it: should they let go, as Switzerland did on 15 January "
            "2015, the floor does not cover it."
        )
    return said


def _up(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return an amount over a rate, rounded up to the currency's unit."""
    with localcontext() as context:
        context.prec = 60
        return (amount / rate).quantize(Decimal(1).scaleb(-places(currency)), rounding=ROUND_CEILING)
