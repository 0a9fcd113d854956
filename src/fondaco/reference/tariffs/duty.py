"""Expressions of duty, as tariffs print them: ``8% + 12 GBP/100kg MIN 3 GBP/kg MAX 20%``.

Grammar
-------
::

    expression = sum {MIN sum | MAX sum}
    sum        = term {+ term | - term}
    term       = number %  |  number currency / [number] unit  |  Free  |  0

MIN is a floor, MAX a ceiling.  They apply from left to right as they stand, as the UK's own calculator
does it (trade-tariff-duty-calculator, `ExpressionEvaluators::Compound`): where a floor exceeds a ceiling,
the one that is written last holds.  Nothing goes below zero.  Amounts are exact decimals; nothing is
rounded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from fondaco.kernel import InputError
from fondaco.reference.currencies import is_currency

#: Units as they are written, by the unit that they are counted in and how many of it they are.
_UNITS: dict[str, tuple[str, Decimal]] = {
    # (Capitals fold away: KGM, DTN, TNE, LTR, HLT, NAR, LPA are the codes of the EU's and the UK's tariffs.)
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms", "kilogramme", "kgm"), ("kg", Decimal(1))),
    **dict.fromkeys(("g", "gram", "grams"), ("kg", Decimal("0.001"))),
    "dtn": ("kg", Decimal(100)),
    **dict.fromkeys(("kg_gross", "kg gross"), ("kg_gross", Decimal(1))),
    **dict.fromkeys(("t", "tonne", "tonnes", "tne"), ("kg", Decimal(1000))),
    **dict.fromkeys(("l", "litre", "litres", "liter", "liters", "ltr"), ("l", Decimal(1))),
    **dict.fromkeys(("hl", "hectolitre", "hectolitres", "hlt"), ("l", Decimal(100))),
    **dict.fromkeys(("unit", "units", "item", "items", "piece", "pieces", "nar"), ("unit", Decimal(1))),
    **dict.fromkeys(("l_alcohol", "lpa", "l of alcohol"), ("l_alcohol", Decimal(1))),
    **dict.fromkeys(("hl_alcohol", "hlpa"), ("l_alcohol", Decimal(100))),
    # An amount per hectolitre for each % vol, as spirits and beer were taxed: 1 % vol of 100 l is 1 l.
    **dict.fromkeys(("% vol/hl", "%vol/hl"), ("l_alcohol", Decimal(1))),
}

#: What of the goods a unit counts: the field that has to be stated for it.
COUNTED_BY = {
    "kg": ("net_weight_kg",),
    "kg_gross": ("gross_weight_kg",),
    "l": ("litres",),
    "unit": ("units",),
    "l_alcohol": ("litres", "alcohol_by_volume"),
}

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,12})?"
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_PER_UNIT = re.compile(rf"({_NUMBER})\s*([A-Za-z]{{3}})\s*/\s*({_NUMBER})?\s*([A-Za-z%_][A-Za-z%_/ ]*)")
_AMOUNT = re.compile(rf"({_NUMBER})\s*([A-Za-z]{{3}})")
_SIGN = re.compile(r"([+\-−–])")
_BOUND = re.compile(r"\b(MIN|MAX)\b", re.IGNORECASE)
_EXAMPLES = '"13%", "6.3 GBP/l", "8% + 12 GBP/100kg", "8% MIN 3 GBP/kg MAX 20%"'


@dataclass(frozen=True)
class Quantities:
    """How much there is of the goods, all of them together; None where it is not stated.

    Attributes
    ----------
    units
        Pieces.
    net_weight_kg, litres
        Kilograms without packaging; litres of the product.
    alcohol_by_volume
        % vol, 0 to 100.
    gross_weight_kg
        Kilograms with packaging, as Switzerland and some lines of the United States count.
    """

    units: Decimal | None = None
    net_weight_kg: Decimal | None = None
    litres: Decimal | None = None
    alcohol_by_volume: Decimal | None = None
    gross_weight_kg: Decimal | None = None

    def count(self, unit: str) -> Decimal:
        """Return how many of ``kg``, ``kg_gross``, ``l``, ``unit`` or ``l_alcohol`` there are.

        Raises
        ------
        InputError
            Where what it takes is not stated, or is zero: a duty by the litre on no litres is a
            file that was not filled in, not goods that are free.
        """
        missing = [name for name in COUNTED_BY[unit] if not getattr(self, name)]
        if missing:
            raise InputError(" and ".join(f"goods.{name}" for name in missing))
        if unit == "l_alcohol":
            assert self.litres is not None
            assert self.alcohol_by_volume is not None
            return self.litres * self.alcohol_by_volume / 100
        found: Decimal = getattr(self, COUNTED_BY[unit][0])
        return found


@dataclass(frozen=True)
class Term:
    """One part of an expression.

    Attributes
    ----------
    rate
        A share (0.13 for 13%) where `currency` is empty; else units of `currency`.  Below zero where
        the term is taken away.
    currency
        ISO 4217; empty for a percentage.
    unit
        ``kg``, ``kg_gross``, ``l``, ``unit``, ``l_alcohol``; empty for a percentage and for a fixed amount.
    per
        For how many of `unit` the rate is.
    text
        As written.
    """

    rate: Decimal
    currency: str
    unit: str
    per: Decimal
    text: str


@dataclass(frozen=True)
class Duty:
    """A parsed expression: the sum of `terms`, then each of `bounds` ("minimum" or "maximum", a sum)."""

    text: str
    terms: tuple[Term, ...]
    bounds: tuple[tuple[str, tuple[Term, ...]], ...] = ()

    @property
    def takes_percentage(self) -> bool:
        """Whether any part of it is a percentage above zero, so that it needs a base."""
        sums = (self.terms, *(terms for _, terms in self.bounds))
        return any(term.rate and not term.currency for terms in sums for term in terms)


@dataclass(frozen=True)
class Line:
    """A term at work: `base` (money, or a count of `unit`) times `rate` is `amount`, in the base's currency."""

    role: str
    term: Term
    base: Decimal
    exchange: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Levy:
    """What an expression comes to, exactly: its lines, which bound held (``""``: none), the amount."""

    lines: tuple[Line, ...]
    held: str
    amount: Decimal


@lru_cache(maxsize=4096)
def parse(text: str, *, fixed: bool = False) -> Duty:
    """Read an expression of duty.

    Parameters
    ----------
    text
        As tariffs print it; MIN and MAX in either case.
    fixed
        Whether an amount without "per what" may stand in it, such as a fee's ``MAX 651.50 USD``.

    Raises
    ------
    InputError
        Where it cannot be read; the message says which part.

    Examples
    --------
    >>> [term.text for term in parse("8% + 12 GBP/100kg").terms]
    ['8%', '12 GBP/100kg']
    >>> parse("29.54 GBP/l_alcohol").terms[0].unit
    'l_alcohol'
    """
    first, *rest = _BOUND.split(text)
    if not text.strip():
        raise InputError(f"it is empty; write {_EXAMPLES}.")
    if not first.strip():
        raise InputError(
            f'"{text}" has a bound but no rate; state the rate before it, 0% where there is none.'
        )
    roles = {"MIN": "minimum", "MAX": "maximum"}
    bounds = tuple(
        (roles[word.upper()], _sum(said, text, fixed))
        for word, said in zip(rest[::2], rest[1::2], strict=True)
    )
    return Duty(text.strip(), _sum(first, text, fixed), bounds)


def _sum(said: str, whole: str, fixed: bool) -> tuple[Term, ...]:
    first, *rest = _SIGN.split(said)
    if not first.strip() and rest[:1] and rest[0] != "+":
        raise InputError(f'"{said.strip()}" in "{whole}" is below zero; a duty is zero or more.')
    terms = [_term(first.strip(), whole, fixed)]
    for sign, part in zip(rest[::2], rest[1::2], strict=True):
        term = _term(part.strip(), whole, fixed)
        terms.append(term if sign == "+" else replace(term, rate=-term.rate, text=f"-{term.text}"))
    if sum(term.rate for term in terms if not term.currency) < 0:
        # No tariff does this, and a duty that falls when the goods cost more has no way back from DDP.
        raise InputError(f'"{whole}" takes away more per cent than it has; check the signs.')
    return tuple(terms)


def _term(said: str, whole: str, fixed: bool) -> Term:
    if said.casefold() == "free" or re.fullmatch(r"0+(\.0+)?", said):
        return Term(Decimal(0), "", "", Decimal(1), said)
    if found := _PERCENT.fullmatch(said):
        return Term(Decimal(found[1]) / 100, "", "", Decimal(1), said)
    if found := _PER_UNIT.fullmatch(said):
        unit = _unit(found[4], whole)
        per = Decimal(found[3] or 1) * unit[1]
        if not per:
            raise InputError(f'"{said}" in "{whole}" divides by nothing.')
        return Term(Decimal(found[1]), _currency(found[2], whole), unit[0], per, said)
    if found := _AMOUNT.fullmatch(said):
        if not fixed:
            raise InputError(f'"{said}" in "{whole}" does not say per what; write "{said}/kg" or the like.')
        return Term(Decimal(found[1]), _currency(found[2], whole), "", Decimal(1), said)
    raise InputError(_why_not(said, whole))


def _why_not(said: str, whole: str) -> str:
    where = f'"{said}"' if said == whole.strip() else f'"{said}" in "{whole}"'
    if not said:
        return f'a part of "{whole}" is empty; write it as {_EXAMPLES}.'
    if re.search(r"\d,\d", said):
        return f"{where} has a comma; write decimals with a point and no separators: 6.3, 1200."
    if re.fullmatch(_NUMBER, said):
        return f'{where} has no unit; write "{said}%" for a percentage, "{said} EUR/kg" for an amount.'
    return f"{where} cannot be read; write it as {_EXAMPLES}."


def _unit(said: str, whole: str) -> tuple[str, Decimal]:
    words = " ".join(said.split()).casefold()
    known = _UNITS.get(words) or _UNITS.get(words.replace(" /", "/").replace("/ ", "/"))
    if known is None:
        raise InputError(
            f'the unit "{said.strip()}" in "{whole}" is not known; kg, 100kg, t, kg_gross, l, hl, unit, l_alcohol are.'
        )
    return known


def _currency(said: str, whole: str) -> str:
    if not is_currency(said):
        raise InputError(f'"{said}" in "{whole}" is no currency; write its three letters, such as EUR.')
    return said.upper()


def apply(duty: Duty, base: Decimal, goods: Quantities, rates: Mapping[str, Decimal]) -> Levy:
    """Work out an expression, exactly.

    Parameters
    ----------
    duty
        What `parse` read.
    base
        Money that percentages are taken of, in the result's currency.
    goods
        Quantities that amounts per unit are taken of.
    rates
        Units of the result's currency for one of each other; the result's own is 1.

    Raises
    ------
    InputError
        Where a quantity or a rate that the expression needs is not stated.

    Examples
    --------
    >>> apply(parse("8% MIN 3 GBP/kg"), Decimal(1200), Quantities(net_weight_kg=Decimal(40)),
    ...       {"GBP": Decimal(1)}).amount
    Decimal('120')
    """
    lines = [_line("", term, duty, base, goods, rates) for term in duty.terms]
    amount = sum((line.amount for line in lines), Decimal(0))
    held = ""
    for role, terms in duty.bounds:
        bound = [_line(role, term, duty, base, goods, rates) for term in terms]
        limit = sum((line.amount for line in bound), Decimal(0))
        lines += bound
        if (limit > amount) if role == "minimum" else (limit < amount):
            amount, held = limit, role
    return Levy(tuple(lines), held, max(amount, Decimal(0)))


def _line(
    role: str, term: Term, duty: Duty, base: Decimal, goods: Quantities, rates: Mapping[str, Decimal]
) -> Line:
    if not term.currency:
        return Line(role, term, base, Decimal(1), base * term.rate)
    if term.currency not in rates:
        raise InputError(
            f'"{duty.text}" is in {term.currency}, and exchange.{term.currency} is not stated; '
            f"add the rate to [exchange]."
        )
    exchange = rates[term.currency]
    if not term.unit:
        return Line(role, term, Decimal(1), exchange, term.rate * exchange)
    try:
        counted = goods.count(term.unit)
    except InputError as missing:
        raise InputError(
            f'"{duty.text}" needs {missing}, which is not stated or zero; state it for all the goods together.'
        ) from None
    return Line(role, term, counted, exchange, counted / term.per * term.rate * exchange)
