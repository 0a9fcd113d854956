"""The facts that a reply may state, as a language writes them: amounts, numbers and days by Babel.

Amounts stand with the currency's three letters, which mean the same everywhere; signs such as $ and ¥ do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from fondaco.desk.cases import Case
from fondaco.desk.quotation.values import Quotation, Terms
from fondaco.desk.replies.templates import language_of
from fondaco.kernel.money import Money
from fondaco.reference import countries

_LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
#: What an inquiry can leave open, in the order in which it is asked.
QUESTIONS = ("product", "quantity", "market", "delivery", "when", "company")


def locale_of(language: str) -> Locale:
    """Return the locale in which a language's numbers and days are written."""
    return Locale.parse(_LOCALES.get(language, language))


def money(amount: Money, language: str) -> str:
    """Return an amount, with all its digits.

    >>> money(Money(Decimal("1234.5"), "EUR"), "de"), money(Money(Decimal("0.0125"), "USD"), "en")
    ('1.234,50 EUR', '0.0125 USD')
    """
    digits = amount.format().split(" ")[0].partition(".")[2]
    pattern = "#,##0" + ("." + "0" * len(digits) if digits else "")
    return f"{format_decimal(amount.amount, format=pattern, locale=locale_of(language))} {amount.currency}"


def number(value: Decimal | int, language: str) -> str:
    """Return a number.

    >>> number(Decimal("1200"), "fr") == "1\u202f200"
    True
    """
    return format_decimal(Decimal(value), locale=locale_of(language), decimal_quantization=False)


def day(when: date, language: str) -> str:
    """Return a day.

    >>> day(date(2026, 11, 30), "es"), day(date(2026, 11, 30), "ja")
    ('30 de noviembre de 2026', '2026年11月30日')
    """
    return format_date(when, "long", locale=locale_of(language))


def questions_for(case: Case | None) -> tuple[str, ...]:
    """Return what a case leaves open: of product, number, country and firm what the file does not say, and the rest always."""
    if case is None:
        return QUESTIONS
    known = {
        "product": case.product, "quantity": case.units, "market": case.market, "company": case.company,
    }  # fmt: skip
    return tuple(name for name in QUESTIONS if not known.get(name))


def facts_of(
    language: str,
    *,
    firm: str,
    case: Case | None = None,
    quotation: Quotation | None = None,
    terms: Terms | None = None,
    questions: Sequence[str] | None = None,
    sender: str = "",
    sent: date | None = None,
    last_order: tuple[date, str] | None = None,
    distributor: str = "",
    said: dict[str, str] | None = None,
) -> dict[str, str]:
    """Return what is known, by the names of `fondaco.desk.replies.templates.FACTS`.

    Parameters
    ----------
    quotation
        What was quoted; its terms go before `terms`.
    terms
        What the firm states of its quotations, of which only what is in it counts.
    questions
        What to ask; what the case leaves open if omitted.
    sent
        When the quotation was sent.
    last_order
        Day and product of the buyer's last order.
    said
        What a person states, in place of everything else.
    """
    held = quotation.terms if quotation is not None else terms
    found = {
        "firm": firm, "sender": sender, "distributor": distributor,
        **_of_case(case, language), **_of_quotation(quotation, language), **_of_terms(held, language),
    }  # fmt: skip
    asked = language_of(language).questions
    found["questions"] = "\n".join(
        f"- {asked[name]}" for name in (questions or questions_for(case)) if name in asked
    )
    if sent is not None:
        found["sent"] = day(sent, language)
    if last_order is not None:
        found["order_day"], found["order_product"] = day(last_order[0], language), last_order[1]
    return {name: text for name, text in (found | (said or {})).items() if text}


def _of_case(case: Case | None, language: str) -> dict[str, str]:
    if case is None:
        return {}
    found = {
        "buyer": case.name or case.company,
        "product": case.product,
        "received": day(case.received.date(), language),
        "quantity": "" if case.units is None else number(case.units, language),
    }
    return found | _market(case.market, language)


def _market(code: str, language: str) -> dict[str, str]:
    return {"market": countries.name(code, str(locale_of(language)))} if countries.is_market(code) else {}


def _of_quotation(quotation: Quotation | None, language: str) -> dict[str, str]:
    if quotation is None:
        return {}
    lines = quotation.lines
    found = {
        "lines": "\n".join(_line(quotation, n, language) for n in range(len(lines))),
        "total": money(quotation.total, language),
        "product": ", ".join(dict.fromkeys(line.name for line in lines)),
        "valid_until": day(quotation.valid_until, language),
        **_market(quotation.market, language),
    }
    if len(lines) == 1:
        found["quantity"] = number(lines[0].quantity, language)
    return found | ({"buyer": quotation.buyer} if quotation.buyer else {})


def _line(quotation: Quotation, n: int, language: str) -> str:
    line, currency = quotation.lines[n], quotation.currency
    price, amount = money(Money(line.price, currency), language), money(line.amount(currency), language)
    told = f"- {line.name}: {number(line.quantity, language)} × {price} = {amount}"
    label = language_of(language).labels["ladder"]
    steps = [
        "    "
        + label.format(
            quantity=number(step.quantity, language), price=money(Money(step.price, currency), language)
        )
        for step in line.steps
    ]
    return "\n".join([told, *steps])


def _of_terms(terms: Terms | None, language: str) -> dict[str, str]:
    if terms is None:
        return {}
    place = f"{terms.incoterm} {terms.place} (Incoterms 2020)" if terms.incoterm and terms.place else ""
    return {
        "incoterm": place,
        "samples": terms.samples,
        "payment": terms.payment,
        "lead_days": "" if terms.lead_days is None else number(terms.lead_days, language),
        "minimum": "" if terms.minimum is None else number(terms.minimum, language),
    }
