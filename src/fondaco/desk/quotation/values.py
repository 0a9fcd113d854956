"""A quotation as a value: to whom, what, how many, at which price, on which terms.

Prices are exact and of one unit, in the quotation's currency; they may be finer than its smallest unit (0.0125 a
piece).  The amount of a line is price times quantity, rounded to the currency's smallest unit, halves away from zero;
the total is the sum of the rounded amounts, so that it is what a buyer gets who adds them up.

What is kept beside a price for the firm alone (the lowest to agree to, the price it began from) never stands in what a
buyer sees: `Quotation.public` leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.desk.cases import MOST_UNITS
from fondaco.kernel import InputError
from fondaco.kernel.money import Money
from fondaco.reference import countries
from fondaco.reference.currencies import is_currency
from fondaco.strategy.price.incoterms import TERMS
from fondaco.strategy.price.promise import LONGEST, MOST

#: Lines of a quotation, and letters of its short and long texts, at most.
MOST_LINES, SHORT, LONG = 100, 300, 4000
#: Decimal places of a price, at most.
_PLACES = 6


@dataclass(frozen=True)
class Step:
    """A step of the price ladder that a buyer is shown: from so many units on, one costs so much."""

    quantity: int
    price: Decimal

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {"from": self.quantity, "price": f"{self.price:f}"}


@dataclass(frozen=True)
class Line:
    """One product.

    Attributes
    ----------
    sku, text
        Article number, and what the buyer reads.
    quantity
        Units.
    price
        Of one unit.
    steps
        The ladder by quantity that the buyer is shown; may be empty.
    low, high
        The range from the strategy room: the lowest price to agree to and the one to begin from; for the firm alone, None
        where not known.
    """

    sku: str
    text: str
    quantity: Decimal
    price: Decimal
    steps: tuple[Step, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def name(self) -> str:
        """What it is called: its text, else its number."""
        return self.text or self.sku

    def amount(self, currency: str) -> Money:
        """Return price times quantity, rounded to the currency's smallest unit.

        >>> str(Line("A", "", Decimal(3), Decimal("0.335")).amount("EUR"))
        '1.01 EUR'
        """
        return (Money(self.price, currency) * self.quantity).quantize()


@dataclass(frozen=True)
class Terms:
    """On which terms.

    Attributes
    ----------
    incoterm, place
        Incoterms 2020, with the named place; empty where none is stated.
    valid_days
        How long the quotation holds, in days from its date.
    lead_days, minimum
        Days from order to ready, and the smallest order in units; None where not stated.
    samples, payment, notes
        In words.
    payment_days
        How much later than the quotation ends the money comes.
    """

    incoterm: str = ""
    place: str = ""
    valid_days: int = 30
    lead_days: int | None = None
    minimum: int | None = None
    samples: str = ""
    payment: str = ""
    payment_days: int = 0
    notes: str = ""


@dataclass(frozen=True)
class Quotation:
    """What is offered to a buyer.

    Attributes
    ----------
    buyer, market
        As the person writes it, and the buyer's country (alpha-3); empty where not known.
    currency
        ISO 4217.
    made
        Its date.
    case
        The inquiry that it answers (`fondaco.desk.cases.Case.case`); empty for none.
    language
        ISO 639-1, of its paper.
    """

    buyer: str
    market: str
    currency: str
    made: date
    lines: tuple[Line, ...]
    terms: Terms = field(default_factory=Terms)
    case: str = ""
    language: str = "en"

    @property
    def valid_until(self) -> date:
        """The last day on which it holds."""
        return self.made + timedelta(days=self.terms.valid_days)

    @property
    def total(self) -> Money:
        """Return the sum of the rounded amounts of the lines.

        >>> quote = Quotation("B", "KOR", "EUR", date(2026, 1, 5), (Line("A", "", Decimal(3), Decimal("0.335")),) * 2)
        >>> str(quote.total), str(quote.valid_until)
        ('2.02 EUR', '2026-02-04')
        """
        return sum((line.amount(self.currency) for line in self.lines), Money(Decimal(0), self.currency))

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values, with what is for the firm alone; `quotation_from` reads it again."""
        found = self.public()
        for line, told in zip(self.lines, found["lines"], strict=True):
            told["low"], told["high"] = _text(line.low), _text(line.high)
        return found

    def public(self) -> dict[str, Any]:
        """Return what the buyer may see, as JSON values."""
        terms = self.terms
        return {
            "case": self.case or None, "buyer": self.buyer, "market": self.market or None, "currency": self.currency,
            "made": self.made.isoformat(), "valid_until": self.valid_until.isoformat(), "language": self.language,
            "lines": [
                {
                    "sku": line.sku, "text": line.text, "quantity": f"{line.quantity:f}", "price": f"{line.price:f}",
                    "amount": f"{line.amount(self.currency).amount:f}", "ladder": [each.to_json() for each in line.steps],
                }
                for line in self.lines
            ],
            "total": f"{self.total.amount:f}",
            "terms": {
                "incoterm": terms.incoterm or None, "place": terms.place, "valid_days": terms.valid_days,
                "lead_days": terms.lead_days, "minimum": terms.minimum, "samples": terms.samples,
                "payment": terms.payment, "payment_days": terms.payment_days, "notes": terms.notes,
            },
        }  # fmt: skip


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def quotation_from(said: Mapping[str, Any]) -> Quotation:
    """Read a quotation from plain values, as `Quotation.to_json` gives them.

    Raises
    ------
    InputError
        Naming the field that is wrong, what was found and what to write.

    Examples
    --------
    >>> quote = quotation_from({"buyer": "Ada", "currency": "eur", "made": "2026-01-05",
    ...     "lines": [{"sku": "A", "quantity": "12", "price": "7.50"}]})
    >>> str(quote.total), quotation_from(quote.to_json()) == quote
    ('90.00 EUR', True)
    """
    currency = words(said.get("currency"), "currency", 3).upper()
    if not is_currency(currency):
        raise InputError(
            f"The currency says {currency or 'nothing'!r}: write its three letters, such as EUR."
        )
    lines = said.get("lines") or ()
    if not isinstance(lines, Sequence) or isinstance(lines, str | bytes) or not lines:
        raise InputError("A quotation needs at least one line: a product, how many, and a price.")
    if len(lines) > MOST_LINES:
        raise InputError(
            f"The quotation has {len(lines)} lines, of which it may have {MOST_LINES}: make two of it."
        )
    market = words(said.get("market"), "market", 80)
    return Quotation(
        buyer=words(said.get("buyer"), "buyer"),
        market=countries.from_code(market) if market else "",
        currency=currency,
        made=_day(said.get("made")),
        lines=tuple(_line(line, n) for n, line in enumerate(lines, 1)),
        terms=terms_from(said.get("terms") or {}),
        case=words(said.get("case"), "case"),
        language=words(said.get("language"), "language", 2) or "en",
    )


def terms_from(said: Mapping[str, Any]) -> Terms:
    """Read terms from plain values; what is left out is not stated.

    Raises
    ------
    InputError
        Naming the term that is wrong.
    """
    if not isinstance(said, Mapping):
        raise InputError(f"The terms are fields with values, not {said!r:.40}.")
    incoterm = words(said.get("incoterm"), "Incoterm", 3).upper()
    if incoterm and incoterm not in TERMS:
        raise InputError(f"The Incoterm says {incoterm!r}: Incoterms 2020 has {', '.join(TERMS)}.")
    valid = whole(said.get("valid_days"), "how many days it is valid", 1, LONGEST)
    later = whole(said.get("payment_days"), "days until payment", 0, LONGEST)
    if (valid or 30) + (later or 0) > LONGEST:
        raise InputError(f"Validity and payment together take more than {LONGEST} days: state fewer.")
    return Terms(
        incoterm=incoterm,
        place=words(said.get("place"), "named place"),
        valid_days=valid or 30,
        lead_days=whole(said.get("lead_days"), "lead time in days", 0, 3650),
        minimum=whole(said.get("minimum"), "smallest order", 1, 10**9),
        samples=words(said.get("samples"), "samples", LONG),
        payment=words(said.get("payment"), "payment", LONG),
        payment_days=later or 0,
        notes=words(said.get("notes"), "notes", LONG),
    )


def _line(said: Any, number: int) -> Line:
    where = f"line {number}"
    if not isinstance(said, Mapping):
        raise InputError(f"{where} is fields with values, not {said!r:.40}.")
    quantity = amount(said.get("quantity"), f"{where}, quantity", MOST_UNITS)
    price = amount(said.get("price"), f"{where}, price", MOST)
    if quantity is None or quantity <= 0:
        raise InputError(f"{where}: say how many units, a number above zero.")
    if price is None or price <= 0:
        raise InputError(f"{where}: state a price above zero; a free sample stands in the words on samples.")
    sku, text = (
        words(said.get("sku"), f"{where}, article number", 100),
        words(said.get("text"), f"{where}, text"),
    )
    if not (sku or text):
        raise InputError(f"{where} names no product: state its article number or a text.")
    steps = tuple(_step(each, f"{where}, ladder") for each in said.get("ladder") or ())
    low, high = (amount(said.get(name), f"{where}, {name}", MOST) for name in ("low", "high"))
    return Line(sku, text, _short(quantity), price, steps, low, high)


def _short(quantity: Decimal) -> Decimal:
    """Return a quantity without noughts at its end: files write 120.0000."""
    found = quantity.normalize()
    return found if int(found.as_tuple().exponent) <= 0 else found.quantize(Decimal(1))


def _step(said: Any, where: str) -> Step:
    if not isinstance(said, Mapping):
        raise InputError(f"{where}: a step is a quantity and a price, not {said!r:.40}.")
    first, price = whole(said.get("from"), f"{where}, from", 1, 10**9), amount(said.get("price"), where, MOST)
    if first is None or price is None or price <= 0:
        raise InputError(f"{where}: a step is a quantity of at least 1 and a price above zero.")
    return Step(first, price)


def words(said: Any, what: str, most: int = SHORT) -> str:
    """Return a text without control characters; empty for None.

    Raises
    ------
    InputError
        Where it is no text, or longer than `most` letters.
    """
    if said is None:
        return ""
    if not isinstance(said, str):
        raise InputError(f"{what}: a text is needed, not {said!r:.40}.")
    clean = "".join(c if c.isprintable() or c == "\n" else " " for c in said.replace("\r\n", "\n")).strip()
    if len(clean) > most:
        raise InputError(f"{what}: {len(clean):,} letters, where {most:,} are the most.")
    return clean


def amount(said: Any, what: str, most: Decimal) -> Decimal | None:
    """Return a number of zero or more with at most six decimal places, exact; None where nothing is said.

    >>> amount("12.50", "price", Decimal(100)), amount("", "price", Decimal(100))
    (Decimal('12.50'), None)
    """
    if said is None or said == "":
        return None
    try:
        if isinstance(said, bool | float):
            raise InvalidOperation
        found = Decimal(str(said).strip())
    except InvalidOperation:
        raise InputError(f"{what} says {said!r:.40}: write a number as 12 or 12.50.") from None
    if not found.is_finite() or not 0 <= found <= most:
        raise InputError(f"{what} says {said!r:.40}: a number from 0 to {most:,} is needed.")
    if -int(found.as_tuple().exponent) > _PLACES:
        raise InputError(f"{what} says {said!r:.40}: at most {_PLACES} decimal places are kept.")
    return found if int(found.as_tuple().exponent) <= 0 else found.quantize(Decimal(1))


def whole(said: Any, what: str, least: int, most: int) -> int | None:
    """Return a whole number within bounds; None where nothing is said."""
    if said is None or said == "":
        return None
    text = str(said).strip()
    if (
        isinstance(said, bool)
        or not text.isascii()
        or not text.isdecimal()
        or not least <= int(text[:12]) <= most
    ):
        raise InputError(f"{what} says {said!r:.40}: a whole number from {least:,} to {most:,} is needed.")
    return int(text)


def _day(said: Any) -> date:
    try:
        return said if isinstance(said, date) else date.fromisoformat(str(said))
    except ValueError:
        raise InputError(f"The date says {said!r:.40}: write a day as 2026-11-21.") from None
