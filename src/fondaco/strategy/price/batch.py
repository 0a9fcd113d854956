"""Landed cost of many products in many markets at once: arrays instead of entries, to the same cent.

The arithmetic is that of `fondaco.strategy.price.landed_cost`, on matrices of products by markets.  Floating point
is near enough for every amount but those that lie so close to where rounding turns that it cannot tell; there the
entry is worked out again exactly.  An amount that is a multiple of few decimals and looks like a tie is one.

What makes several cases one by one (rates within bounds, lines below a short code) has no figure here: the column
``why`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fondaco.kernel import InputError
from fondaco.kernel.money import places
from fondaco.reference.tariffs import Found, MarketRule, TariffBook
from fondaco.strategy.price.batch_rates import Forms, Matched, forms_of, matched
from fondaco.strategy.price.customs_cases import Asked, RateOf, cases_of
from fondaco.strategy.price.landed_cost import LandedCost, Transport, landed_cost
from fondaco.strategy.price.quote import Consignment, entry_of

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int16]

#: How near to a turn of rounding, in smallest units, floating point is not trusted; and relative to the amount.
NEAR, RELATIVE = 1e-6, 1e-13

WHY = (
    "", "No rule of the market is on record.", "No row on record speaks of the goods.",
    "The duty is only known within bounds: ask for the product one by one.",
    "The goods bear an excise whose rate is not on record.", "A quantity that the duty or excise needs is not stated.",
    "There is no exchange rate.", "A form of tax or fee that is worked out one by one only.",
)  # fmt: skip
_NO_RULE, _NO_ROW, _BOUNDS, _NO_EXCISE, _NO_QUANTITY, _NO_RATE, _NO_FORM = range(1, 8)


@dataclass(frozen=True)
class Sheet:
    """Matrices of products (rows) by markets (columns), in each market's currency; NaN where `why` is not 0."""

    customs_value: Floats
    duty: Floats
    excise: Floats
    fees: Floats
    tax: Floats
    total: Floats
    landed_cost: Floats
    why: NDArray[np.int8]
    again: int


def landed_costs(
    products: Sequence[Consignment], markets: Sequence[str], book: TariffBook, today: date, rate_of: RateOf,
    freight: Floats, *, proof: bool = False,
) -> Sheet:  # fmt: skip
    """Work out the landed cost of every product in every market.

    Parameters
    ----------
    products
        Each a consignment; carriage is added by `freight`, other legs count as nothing.
    freight
        Carriage of each consignment to each market, shape ``(products, markets)``, in its product's currency; at
        most two decimals.
    proof
        Whether the goods travel with proof of origin.

    Raises
    ------
    InputError
        Where `freight` has another shape, or holds anything below zero.
    """
    if freight.shape != (len(products), len(markets)) or not (freight >= 0).all():
        raise InputError(
            f"freight has the shape {freight.shape} or amounts below zero; it is one amount for each of {len(products)} "
            f"products and {len(markets)} markets."
        )
    rules = [book.rule(market, today) for market in markets]
    found = matched(products, markets, book, rules, today, proof=proof)
    work = _Work(products, rules, found, forms_of(found, rules, rate_of), freight, rate_of, today)
    sheet = work.out()
    return work.exactly(sheet, markets, book, proof=proof)


def to_frame(sheet: Sheet, products: Sequence[Consignment], markets: Sequence[str]) -> pl.DataFrame:
    """Return one row for each product and market: ``sku``, ``market``, the amounts, ``why``."""
    import polars as pl

    names = ("customs_value", "duty", "excise", "fees", "tax", "total", "landed_cost")
    return pl.DataFrame(
        {
            "sku": np.repeat([one.sku for one in products], len(markets)),
            "market": np.tile(markets, len(products)),
            **{name: getattr(sheet, name).ravel() for name in names},
            "why": np.array(WHY)[sheet.why.ravel()],
        },
        nan_to_null=True,
    )


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


class _Work:
    """One batch at work; what is doubtful is gathered in `doubt`."""

    def __init__(
        self, products: Sequence[Consignment], rules: Sequence[MarketRule | None], found: Matched, forms: Forms,
        freight: Floats, rate_of: RateOf, today: date,
    ) -> None:  # fmt: skip
        self.products, self.rules, self.found, self.forms = products, rules, found, forms
        self.freight, self.rate_of, self.today = freight, rate_of, today
        self.shape = freight.shape
        self.doubt = np.zeros(self.shape, np.bool_)
        self.why = np.zeros(self.shape, np.int8)
        self.places = np.array([places(r.currency) if r else 2 for r in rules])
        self._amounts()

    def _amounts(self) -> None:
        """Convert goods and freight, with how many decimals each exact amount can have."""
        value = np.array([float(one.price) * one.quantity for one in self.products])
        digits = np.array([_decimals(one.price) for one in self.products], np.int16)
        held = {code: place for place, code in enumerate(sorted({one.currency for one in self.products}))}
        rates = np.full((len(held), self.shape[1]), np.nan)
        decimals = np.zeros((len(held), self.shape[1]), np.int16)
        for code, place in held.items():
            for column, rule in enumerate(self.rules):
                if rule is not None:
                    rates[place, column], decimals[place, column] = self._rate(code, rule.currency)
        which = np.array([held[one.currency] for one in self.products])
        fx = rates[which]
        self.goods, self.sent = value[:, None] * fx, self.freight * fx
        self.digits: Ints = np.maximum(digits, 2)[:, None] + decimals[which]

    def _rate(self, code: str, into: str) -> tuple[float, int]:
        try:
            rate = self.rate_of(code, into)
        except InputError:
            return float("nan"), 0
        return float(rate), _decimals(rate)

    def out(self) -> Sheet:
        """Work everything out in floating point."""
        self._no(np.array([r is None for r in self.rules])[None, :], _NO_RULE)
        self._no(np.isnan(self.goods), _NO_RATE)
        self._no(self.found.general < 0, _NO_ROW)
        self._no(self.found.bounded, _BOUNDS)
        self._no(self.found.no_excise, _NO_EXCISE)
        cif = np.array([r is None or r.basis == "CIF" for r in self.rules])
        near = np.array([_nearest(r) if r else 2 for r in self.rules])
        value = self._round(self.goods + np.where(cif, self.sent, 0.0), near, self._mode(""), self.digits)
        on = near.astype(np.int16)[None, :] * np.ones(self.shape, np.int16)
        free_duty, free_tax = self._reliefs(value)
        duty = self._levy(self.found.general, value, on, "duty", free_duty)
        if (self.found.additional >= 0).any():
            duty = duty + self._levy(self.found.additional, value, on, "duty", free_duty)
        duty = np.where(free_duty, 0.0, duty)
        known: dict[str, Floats | float] = {
            "value": value,
            "freight": self.sent,
            "duty": duty,
            "insurance": 0.0,
            "onward": 0.0,
        }
        excise = np.zeros(self.shape)
        if (self.found.excise >= 0).any():
            excise = self._levy(
                self.found.excise, self._base("excise", known), self._base_digits("excise"), "excise"
            )
        odd = np.array(
            [r is not None and any(e.base != ("value", "duty") for e in r.excises) for r in self.rules]
        )
        self._no((self.found.excise >= 0) & odd, _NO_FORM)
        known["excise"] = excise
        fees = self._fees(value)
        known["fees"] = fees
        tax = self._levy(self.found.tax, self._base("tax", known), self._base_digits("tax"), "tax")
        tax = np.where(free_tax, 0.0, tax)
        total = duty + excise + fees + tax
        landed = self._round(self.goods + self.sent, near, self._mode(""), self.digits) + total
        bad = self.why > 0
        found = [np.where(bad, np.nan, each) for each in (value, duty, excise, fees, tax, total, landed)]
        tidy: list[Floats] = [np.round(each, 4).astype(np.float64) for each in found]
        return Sheet(tidy[0], tidy[1], tidy[2], tidy[3], tidy[4], tidy[5], tidy[6], self.why, 0)

    def _no(self, where: Bools, why: int) -> None:
        self.why[np.broadcast_to(where, self.shape) & (self.why == 0)] = why

    def _mode(self, levy: str) -> Bools:
        """Whether each market rounds a levy down."""
        return np.array(
            [bool(levy) and r is not None and r.rounding.get(levy, "").startswith("down") for r in self.rules]
        )

    def _levy(
        self, which: NDArray[np.int32], base: Floats, on: Ints, levy: str, free: Bools | None = None
    ) -> Floats:
        """Work out expressions (by number; -1 is nothing) and round them as each market does."""
        amount, digits, lacking = self.forms.worth(which, base, on, self.found.quantities)
        self._no(lacking if free is None else lacking & ~free, _NO_QUANTITY)
        self._no((which >= 0) & self.forms.unfit[which], _NO_FORM)
        to = np.array([_rounded_to(r, levy) if r else 2 for r in self.rules])
        return self._round(amount, to, self._mode(levy), digits)

    def _round(self, amount: Floats, to: NDArray[np.int64], down: Bools, digits: Ints) -> Floats:
        scale = 10.0**to
        scaled = amount * scale
        shift = np.where(down, 0.0, 0.5)
        turned = scaled + shift
        whole = np.rint(turned)
        tolerance = NEAR + np.abs(scaled) * RELATIVE
        near = np.abs(turned - whole) < tolerance
        if near.any():
            # A multiple of 10^-n cannot be nearer to a turn than that without being there.
            apart = 10.0 ** -np.maximum(digits - to, 0)
            self.doubt |= near & (apart <= 2 * tolerance) & ~np.isnan(amount)
        # What is so near to a turn and no doubt is on it: it goes up.
        found: Floats = np.where(near, whole, np.floor(turned)) / scale
        return found

    def _base(self, levy: str, known: Mapping[str, Floats | float]) -> Floats:
        base = np.zeros(self.shape)
        for part, amount in known.items():
            weight = np.array([1.0 if r is not None and part in _parts(r, levy) else 0.0 for r in self.rules])
            if weight.any() and not (isinstance(amount, float) and amount == 0.0):
                base = base + amount * weight
        return base

    def _base_digits(self, levy: str) -> Ints:
        sent = np.array([r is not None and "freight" in _parts(r, levy) for r in self.rules])
        return np.where(sent[None, :], self.digits, self.places.astype(np.int16)[None, :]).astype(np.int16)

    def _reliefs(self, value: Floats) -> tuple[Bools, Bools]:
        """Return where goods are free of duty, and of tax; what lies on a limit is exact or doubtful."""
        limits = np.zeros((2, self.shape[1]))
        on_value = np.array([r is not None and r.relief_on == "customs_value" for r in self.rules])
        for column, rule in enumerate(self.rules):
            for row, stated in enumerate((rule.duty_free_up_to, rule.tax_free_up_to) if rule else ()):
                if stated is not None and rule is not None and not rule.relief_for:
                    limits[row, column] = float(stated[0] * self.rate_of(stated[1], rule.currency))
        tested = np.where(on_value, value, self.goods)
        free = []
        for limit in limits:
            held = (limit > 0) & ~self.found.no_relief
            self.doubt |= held & (np.abs(tested - limit) <= NEAR)
            free.append(held & (tested <= limit))
        return free[0], free[1]

    def _fees(self, value: Floats) -> Floats:
        fees = np.zeros(self.shape)
        for column, rule in enumerate(self.rules):
            for fee in rule.fees if rule else ():
                if fee.mode != "any":
                    continue
                paid = np.array([
                    fee.holds(one.hs, self.today) and not (preferred and one.origin in fee.waived_for)
                    for one, preferred in zip(self.products, self.found.preferred[:, column], strict=True)
                ])  # fmt: skip
                if not paid.any():
                    continue
                which = np.full(self.shape, -1, np.int32)
                which[paid, column] = self.forms.number[fee.expression, rule.currency if rule else ""]
                on = np.full(self.shape, self.places[column], np.int16)
                fees = fees + self._levy(which, value, on, "fees")
        return fees

    def exactly(self, sheet: Sheet, markets: Sequence[str], book: TariffBook, *, proof: bool) -> Sheet:
        """Work out again, by the exact engine, what floating point cannot tell."""
        again = np.argwhere(self.doubt & (sheet.why == 0))
        for row, column in again:
            sold, rule = self.products[row], self.rules[column]
            assert rule is not None
            found = book.duty(markets[column], sold.hs, sold.origin, self.today)
            one = _exact(sold, found, rule, Decimal(repr(float(self.freight[row, column]))), self.rate_of, self.today, proof=proof)  # fmt: skip
            for name in ("customs_value", "duty", "excise", "fees", "tax", "total", "landed_cost"):
                getattr(sheet, name)[row, column] = float(getattr(one, name))
        return Sheet(**{**vars(sheet), "again": len(again)})


def _exact(
    sold: Consignment, found: Found, rule: MarketRule, freight: Decimal, rate_of: RateOf, today: date, *, proof: bool
) -> LandedCost:  # fmt: skip
    """Return what the exact engine says of one product in one market."""
    asked = Asked(sold.hs, sold.origin, sold.alcohol_by_volume, proof=proof)
    cases = cases_of(found, rule, asked, today, rate_of)
    entry = entry_of(sold, cases.cases[0], rule, rate_of)
    goods = replace(entry.goods, value=sold.price * sold.quantity)
    transport = Transport(freight, Decimal(0), Decimal(0), sold.currency)
    return landed_cost(replace(entry, goods=goods, transport=transport))


def _parts(rule: MarketRule, levy: str) -> tuple[str, ...]:
    return rule.tax_base if levy == "tax" else ("value", "duty")


def _rounded_to(rule: MarketRule, levy: str) -> int:
    how = rule.rounding.get(levy, "")
    return {"unit": 0, "cent": 2, "mil": 3}.get(how.removeprefix("down_"), _finest(places(rule.currency)))


def _nearest(rule: MarketRule) -> int:
    return _finest(_rounded_to(rule, "duty"))


def _finest(digits: int) -> int:
    return 3 if digits > 2 else 2 if digits else 0
