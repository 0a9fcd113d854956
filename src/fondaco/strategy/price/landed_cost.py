"""Landed cost: what goods cost once they stand at the buyer's, with each step shown.

Everything is stated, nothing is looked up.  Amounts are exact decimals.

Order of the computation
------------------------
customs value
    CIF: goods + freight + insurance.  FOB: goods alone.  (WTO Agreement on Customs Valuation, article
    8.2, leaves members the choice.)
duty
    On the customs value, or by quantity (`fondaco.reference.tariffs.duty`).
excise
    By quantity, or on customs value + duty (or on another base that is stated).
fees
    A fixed amount, or an expression on the customs value, such as the merchandise processing fee.
tax
    VAT or GST, on the sum of what the country's law puts into its base.
total
    Duty + excise + tax + fees: what is to be paid at the border.
landed cost
    Goods + freight + insurance + onward transport + total.

Rounding
--------
Per levy, when it becomes due, as customs do: an amount that is payable is a number of cents, and the
next base contains the amount that was payable.  (UK example: 115 x 3.5% is 4.025, charged as 4.02, and
VAT is on 80 + 35 + 4.02.)  The terms of one compound duty, and the bottles of one consignment, are
added before they are rounded.  Values are converted exactly; the customs value is rounded once, to
the nearest, also where levies are rounded down: it is a value, not a levy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from fondaco.kernel import InputError
from fondaco.kernel.money import places
from fondaco.reference.tariffs.duty import Duty, Levy, Line, Quantities, apply

if TYPE_CHECKING:
    import polars as pl

RULE = "landed-cost/1"

#: How an amount that is due is rounded: to the nearest whole unit, hundredth or thousandth (halves up), or
#: down to a whole unit or hundredth.
Rounding = Literal["unit", "cent", "mil", "down_unit", "down_cent"]
Basis = Literal["CIF", "FOB"]
#: What a base of tax or excise can consist of; ``value`` is the customs value.
Part = Literal["value", "freight", "insurance", "duty", "excise", "fees", "onward"]
LeviedAs = Literal["duty", "excise", "tax", "fees"]

ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
PARTS: tuple[Part, ...] = get_args(Part)
LEVIES: tuple[LeviedAs, ...] = get_args(LeviedAs)

_PLACES = {"unit": 0, "cent": 2, "mil": 3}
#: Wide enough that no product of stated numbers loses a digit.
_EXACT = Context(prec=120)
_ONE = Decimal(1)


@dataclass(frozen=True)
class Goods:
    """The goods of one consignment: `value` of all of them in `currency`, and how much there is."""

    value: Decimal
    currency: str
    quantities: Quantities = field(default_factory=Quantities)


@dataclass(frozen=True)
class Transport:
    """Freight and insurance to the border, and onward transport after it, in `currency`."""

    freight: Decimal
    insurance: Decimal
    onward: Decimal
    currency: str


@dataclass(frozen=True)
class Extra:
    """A second charge of one kind, such as a surcharge beside the duty, or one of several fees.

    It is an expression on the customs value, rounded by itself as its `levy` is, and part of that levy's sum.
    """

    levy: Literal["duty", "fees"]
    name: str
    rule: Duty


@dataclass(frozen=True)
class Customs:
    """What the importing country charges.

    Attributes
    ----------
    basis
        Whether the customs value has freight and insurance in it (``CIF``) or not (``FOB``).
    duty, excise, tax, fees
        Expressions; percentages are of the customs value, of `excise_base`, of `tax_base`, and of the
        customs value.
    tax_base, excise_base
        What the percentages of tax and excise are taken of.
    free_of_duty_up_to, free_of_tax_up_to
        De minimis, in the result's currency, each tested on its own: goods of this value and below
        pay none.  Zero where there is no relief.  Excise has none.
    relief_on
        What is compared with them: the ``goods`` (as in the EU and the UK) or the ``customs_value``.
    extras
        Charges beside `duty` and `fees`.
    """

    basis: Basis
    duty: Duty
    excise: Duty
    tax: Duty
    fees: Duty
    tax_base: tuple[Part, ...]
    excise_base: tuple[Part, ...] = ("value", "duty")
    free_of_duty_up_to: Decimal = Decimal(0)
    free_of_tax_up_to: Decimal = Decimal(0)
    relief_on: Literal["goods", "customs_value"] = "goods"
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A customs entry: all that is stated.

    Attributes
    ----------
    currency
        ISO 4217, of the result.
    exchange
        Units of `currency` for one unit of each other.
    rounding
        By levy.
    """

    currency: str
    goods: Goods
    transport: Transport
    customs: Customs
    exchange: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    rounding: Mapping[LeviedAs, Rounding] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

    def rates(self) -> dict[str, Decimal]:
        """Return the rates, with that of the result's currency, 1."""
        return {**self.exchange, self.currency: _ONE}

    def rounding_of(self, levy: LeviedAs) -> Rounding:
        """Return how a levy is rounded; to the nearest smallest unit of the currency where it is not stated."""
        return self.rounding.get(levy) or _finest(places(self.currency))


@dataclass(frozen=True)
class Step:
    """One line of the computation.

    Attributes
    ----------
    name
        ``goods``, ``freight``, ``customs value``, ``duty``, ``duty: 8%``, ``duty minimum: 3 GBP/kg`` ...
    base, unit
        What the rate is applied to, and in what it is counted: a currency, ``kg``, ``l`` ...
    rate
        A share, an exchange rate or an amount per unit; None where there is nothing to multiply.
    amount
        In the result's currency; exact until it is due, then rounded.
    says
        The rule in words.
    """

    name: str
    base: Decimal
    unit: str
    rate: Decimal | None
    amount: Decimal
    says: str

    def to_json(self, currency: str) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "name": self.name,
            "base": plain(self.base, self.unit),
            "unit": self.unit,
            "rate": None if self.rate is None else float(self.rate),
            "amount": plain(self.amount, currency),
            "says": self.says,
        }


@dataclass(frozen=True)
class LandedCost:
    """The result; money in `currency`, see the module for what each is."""

    currency: str
    steps: tuple[Step, ...]
    customs_value: Decimal
    duty: Decimal
    excise: Decimal
    tax: Decimal
    fees: Decimal
    total: Decimal
    landed_cost: Decimal
    basis: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values: money as strings, rates as numbers."""
        names = ("customs_value", "duty", "excise", "tax", "fees", "total", "landed_cost")
        return {
            "steps": [step.to_json(self.currency) for step in self.steps],
            **{name: plain(getattr(self, name), self.currency) for name in names},
            "currency": self.currency,
            "basis": dict(self.basis),
            "notes": list(self.notes),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the steps as a table of texts: step, base, unit, rate, amount, says."""
        import polars as pl

        rows = [step.to_json(self.currency) for step in self.steps]
        return pl.DataFrame({name: [row[name] for row in rows] for name in rows[0]})


def plain(amount: Decimal, unit: str) -> str:
    """Write a number without exponent, with the places of its currency at least.

    >>> plain(Decimal("30030.00"), "KRW"), plain(Decimal("96"), "GBP"), plain(Decimal("4.0250"), "GBP")
    ('30030', '96.00', '4.025')
    """
    least = places(unit) if len(unit) == 3 and unit.isupper() else 0
    whole, _, after = f"{amount:f}".partition(".")
    after = after.rstrip("0").ljust(least, "0")
    return f"{whole}.{after}" if after else whole


def due(amount: Decimal, rounding: Rounding) -> Decimal:
    """Round an amount that is due.

    >>> due(Decimal("4.025"), "cent"), due(Decimal("4.025"), "down_cent"), due(Decimal("30030.5"), "unit")
    (Decimal('4.03'), Decimal('4.02'), Decimal('30031'))
    """
    mode = ROUND_DOWN if rounding.startswith("down") else ROUND_HALF_UP
    unit = Decimal(1).scaleb(-_PLACES[rounding.removeprefix("down_")])
    return amount.quantize(unit, rounding=mode, context=_EXACT)


def landed_cost(entry: Entry) -> LandedCost:
    """Work out customs value, duty, excise, fees, tax and landed cost, with every step.

    Raises
    ------
    InputError
        Where something that the expressions need is not stated, or is below what it can be.  The
        message names it as ``section.key``.
    """
    with localcontext(_EXACT):
        return _work_out(entry)


def _work_out(entry: Entry) -> LandedCost:
    _check(entry)
    steps: list[Step] = []
    exact = _converted(entry, steps)
    value = _customs_value(entry, exact, steps)
    levies = _levied(entry, {**exact, "value": value}, steps)
    total = levies["duty"] + levies["excise"] + levies["tax"] + levies["fees"]
    steps.append(
        Step("total", total, entry.currency, None, total, "duty + excise + tax + fees: to pay at the border")
    )
    delivered = sum(exact.values(), Decimal(0))
    landed = due(delivered, _nearest(entry)) + total
    steps.append(
        Step("landed cost", delivered + total, entry.currency, None, landed,
             "goods + freight + insurance + onward + total")
    )  # fmt: skip
    basis = {
        "rule": RULE,
        "customs_basis": entry.customs.basis,
        "tax_base": list(entry.customs.tax_base),
        "rounding": {levy: entry.rounding_of(levy) for levy in LEVIES},
        "exchange": {currency: plain(rate, "") for currency, rate in entry.exchange.items()},
    }
    return LandedCost(
        entry.currency, tuple(steps), value, levies["duty"], levies["excise"], levies["tax"], levies["fees"], total,
        landed, basis, entry.notes,
    )  # fmt: skip


def _converted(entry: Entry, steps: list[Step]) -> dict[str, Decimal]:
    """Return goods, freight, insurance and onward transport in the result's currency, exactly."""
    sent, exact = entry.transport, {}
    for name, stated, currency in (
        ("goods", entry.goods.value, entry.goods.currency),
        ("freight", sent.freight, sent.currency),
        ("insurance", sent.insurance, sent.currency),
        ("onward", sent.onward, sent.currency),
    ):
        rate = _rate(entry, currency, name)
        exact[name] = stated * rate
        says = "" if currency == entry.currency else f"{rate:f} {entry.currency} for 1 {currency}"
        steps.append(Step(name, stated, currency, rate, exact[name], says))
    return exact


def _customs_value(entry: Entry, exact: Mapping[str, Decimal], steps: list[Step]) -> Decimal:
    basis = entry.customs.basis
    parts = ("goods", "freight", "insurance") if basis == "CIF" else ("goods",)
    dutiable = sum((exact[part] for part in parts), Decimal(0))
    value = due(dutiable, _nearest(entry))
    says = f"{' + '.join(parts)} ({basis})"
    steps.append(Step("customs value", dutiable, entry.currency, None, value, says))
    return value


def _levied(entry: Entry, exact: Mapping[str, Decimal], steps: list[Step]) -> dict[LeviedAs, Decimal]:
    """Return what each levy comes to; `exact` holds what stands before them: the parts and the customs value.

    Each is worked out on what stands before it and on the levies before it, in the order of the law.
    """
    customs, known = entry.customs, dict(exact)
    tested = known["goods"] if customs.relief_on == "goods" else known["value"]
    free = customs.free_of_duty_up_to
    duty = _charge("duty", customs.duty, ("value",), known, entry, steps, tested, free)
    for extra in _extras(customs, "duty"):
        duty += _charge("duty", extra.rule, ("value",), known, entry, steps, tested, free, extra.name)
    known["duty"] = duty
    known["excise"] = excise = _charge("excise", customs.excise, customs.excise_base, known, entry, steps)
    several = _extras(customs, "fees")
    nothing = several and not customs.fees.bounds and not any(term.rate for term in customs.fees.terms)
    fees = Decimal(0) if nothing else _charge("fees", customs.fees, ("value",), known, entry, steps)
    for extra in several:
        fees += _charge("fees", extra.rule, ("value",), known, entry, steps, called=extra.name)
    known["fees"] = fees
    free = customs.free_of_tax_up_to
    tax = _charge("tax", customs.tax, customs.tax_base, known, entry, steps, tested, free)
    return {"duty": duty, "excise": excise, "fees": fees, "tax": tax}


def _extras(customs: Customs, levy: LeviedAs) -> list[Extra]:
    return [extra for extra in customs.extras if extra.levy == levy]


def _charge(
    name: LeviedAs, rule: Duty, base: tuple[Part, ...], known: Mapping[str, Decimal], entry: Entry,
    steps: list[Step], tested: Decimal | None = None, free_up_to: Decimal = Decimal(0), called: str = "",
) -> Decimal:  # fmt: skip
    """Work out one levy, round it, and write its steps down under `called`, else under its own name."""
    title = f"{name}: {called}" if called else name
    on = sum((known[part] for part in base), Decimal(0))
    rounding = entry.rounding_of(name)
    if tested is not None and free_up_to and tested <= free_up_to:
        says = f"free: {plain(tested, entry.currency)} is not above {plain(free_up_to, entry.currency)}"
        nothing = due(Decimal(0), rounding)
        steps.append(Step(title, on, entry.currency, Decimal(0), nothing, says))
        return nothing
    try:
        levy = apply(rule, on, entry.goods.quantities, entry.rates())
    except InputError as missing:
        raise InputError(f"customs.{name}: {missing}") from None
    amount = due(levy.amount, rounding)
    of = "customs value" if base == ("value",) else " + ".join(base)
    steps += _steps_of(title, rule, levy, amount, of, entry, rounding)
    return amount


def _steps_of(
    name: str, rule: Duty, levy: Levy, amount: Decimal, of: str, entry: Entry, rounding: Rounding
) -> list[Step]:
    how = "" if levy.amount == amount else f"; rounded: {rounding}"
    if not levy.lines:
        return [Step(name, Decimal(0), entry.currency, None, amount, "none")]
    if len(levy.lines) == 1:
        return [_step(name, levy.lines[0], amount, of, entry, how)]
    steps = [
        _step(
            f"{name}{' ' + line.role if line.role else ''}: {line.term.text}",
            line,
            line.amount,
            of,
            entry,
            "",
        )
        for line in levy.lines
    ]
    held = f"the {levy.held} holds" if levy.held else "sum, within its bounds" if rule.bounds else "sum"
    return [*steps, Step(name, levy.amount, entry.currency, None, amount, f"{rule.text}: {held}{how}")]


def _step(name: str, line: Line, amount: Decimal, of: str, entry: Entry, how: str) -> Step:
    term = line.term
    if not term.currency:
        return Step(name, line.base, entry.currency, term.rate, amount, f"{term.text} of {of}{how}")
    at = "" if line.exchange == 1 else f" at {line.exchange:f} {entry.currency} for 1 {term.currency}"
    counted = {"l_alcohol": "l of pure alcohol", "kg_gross": "kg gross"}.get(term.unit, term.unit or "entry")
    return Step(
        name, line.base, counted, term.rate / term.per * line.exchange, amount, f"{term.text}{at}{how}"
    )


def _nearest(entry: Entry) -> Rounding:
    """Values are rounded to the unit that duty is rounded to, to the nearest."""
    return _finest(_PLACES[entry.rounding_of("duty").removeprefix("down_")])


def _finest(digits: int) -> Rounding:
    """Return how to round to so many places, to the nearest."""
    return "mil" if digits > 2 else "cent" if digits else "unit"


def _rate(entry: Entry, currency: str, what: str) -> Decimal:
    rates = entry.rates()
    if currency not in rates:
        where = "goods" if what == "goods" else "transport"
        raise InputError(
            f"{where}.currency is {currency}, and exchange.{currency} is not stated; add to [exchange] how many "
            f"{entry.currency} one {currency} is."
        )
    return rates[currency]


def _check(entry: Entry) -> None:
    if entry.goods.value <= 0:
        raise InputError(f"goods.value is {entry.goods.value:f}; state what the goods cost, above zero.")
    for name in ("freight", "insurance", "onward"):
        if getattr(entry.transport, name) < 0:
            raise InputError(
                f"transport.{name} is {getattr(entry.transport, name):f}; it cannot be below zero."
            )
    for currency, rate in entry.exchange.items():
        if rate <= 0:
            raise InputError(f"exchange.{currency} is {rate:f}; a rate is above zero.")
    if entry.exchange.get(entry.currency, _ONE) != 1:
        raise InputError(
            f"exchange.{entry.currency} is the rate of the result's own currency; leave it out, or 1."
        )
    customs = entry.customs
    inside = {"freight", "insurance"} if customs.basis == "CIF" else set()
    for key, base in (("tax_base", customs.tax_base), ("excise_base", customs.excise_base)):
        if "value" in base and (twice := sorted(inside & set(base))):
            raise InputError(
                f"customs.{key} has value and {' and '.join(twice)}, but on the basis CIF the value has "
                f"them already; leave them out."
            )
    if not customs.tax_base and customs.tax.takes_percentage:
        raise InputError("customs.tax_base is empty, so customs.tax has nothing to be a percentage of.")
