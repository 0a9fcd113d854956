"""What the columns of an unknown table mean, from their names and from their values.

Each column is weighed against each field of each canonical table, between 0 and 1: its name in
twelve languages (``names.toml``) first, then whether its values can be what the field holds.  The
best pair of a column and a field is chosen first, then the best of what is left, and the table
which fits best is taken.  What is only likely becomes a doubt in words; what is unlikely is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from fondaco.ledger.dates import date_candidates
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.numbers import CURRENCY_CODES, is_blank, number_style, parse_number
from fondaco.ledger.platforms.table.charges import ChargeRules, charge_kind, load_charges
from fondaco.ledger.platforms.table.naming import name_score, void_words
from fondaco.ledger.schema import TABLES, Column

__all__ = [
    "ChargeRules",
    "ColumnGuess",
    "Proposal",
    "charge_kind",
    "currencies_in",
    "load_charges",
    "propose",
    "stated_currency",
    "void_words",
]

#: From here on a field is sure; from `LIKELY` on it is proposed, with a doubt.
SURE = 0.8
LIKELY = 0.5
POSSIBLE = 0.35

#: Fields that can be stated for a whole file where it has no column for them.
ANSWERABLE = frozenset({"currency", "country", "marketplace", "day", "until"})

# A table is one of these only if it has a field of each group.
_ESSENTIAL: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("order", "buyer"), ("at",), ("amount", "unit_price", "quantity")),
    "inquiries": (("inquiry", "message"), ("at",), ("message", "product", "answered_at", "kind")),
    "traffic": (("impressions", "visitors", "views"),),
    "ads": (("spend", "clicks"), ("campaign", "keyword", "term", "group")),
    "reviews": (("body",),),
    "listings": (("price",), ("listing", "product"), ("seller", "listing", "stock", "minimum")),
}

_MOST_VALUES = 80


@dataclass(frozen=True)
class ColumnGuess:
    """What one column is taken for: field (None: not used), confidence 0 to 1, and why in words."""

    header: str
    field: str | None
    confidence: float
    why: str


@dataclass(frozen=True)
class Proposal:
    """A mapping for an unknown table, and how sure it is.

    Attributes
    ----------
    mapping
        The mapping, ready to use once `missing` is answered.
    confidence
        Field to confidence between 0 and 1, for the fields of `mapping`.
    columns
        One guess for each column of the file, in its order.
    doubts
        What a person should look at, as sentences.
    missing
        Fields the table needs and no column states.
    sure
        Whether every needed field that only a column can state has one with at least 0.8, and so
        has every needed field that a column states.
    whole
        Whether it has what makes such a table: for orders who or which, when and how much.
    """

    mapping: Mapping
    confidence: dict[str, float]
    columns: tuple[ColumnGuess, ...]
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    sure: bool = False
    whole: bool = False


def propose(columns: Sequence[str], rows: Sequence[Sequence[str]], *, table: str | None = None) -> Proposal:
    """Return what the columns of a table mean.

    Parameters
    ----------
    columns
        The headers.
    rows
        Some rows as text, the more varied the better; a few hundred are enough.
    table
        The canonical table, where it is known; else the one that fits best.

    Examples
    --------
    >>> found = propose(["Bestellnummer", "Datum", "Land"], [["7", "31.12.2025", "Italien"]])
    >>> found.mapping.columns
    {'order': 'Bestellnummer', 'at': 'Datum', 'country': 'Land'}
    """
    looks = [
        look_at_values([row[place] if place < len(row) else "" for row in rows])
        for place in range(len(columns))
    ]
    fits = [_fit(name, columns, looks) for name in ([table] if table else TABLES)]
    best = max(fits, key=lambda fit: fit.score)
    if not best.whole:  # nothing tells what it is: most files are orders
        best = next((fit for fit in fits if fit.table == "orders"), best)
    return _proposal(best, columns, looks, rows)


# Values ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """What a column's values look like; shares are of those that are not empty."""

    filled: int
    distinct: float
    numbers: float
    whole: float
    dates: float
    currencies: float
    countries: float
    mails: float
    digits: float
    length: float
    negative: float
    fraction: float
    spaced: float = 0.0
    serial: bool = False  # whether all can be a spreadsheet's days of 2000 to 2050
    examples: tuple[str, ...] = ()
    money_signs: frozenset[str] = field(default_factory=frozenset)


_NOTHING = _Look(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SIGN = re.compile(r"[€£₩₹₺฿₫₴₽]|원|円|zł|Kč|\b[A-Z]{3}\b")
_SIGN_CODES = {
    "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₺": "TRY", "฿": "THB", "₫": "VND", "₴": "UAH", "₽": "RUB",
    "원": "KRW", "円": "JPY", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip


def look_at_values(values: Sequence[str]) -> _Look:
    """Return what a column's values look like."""
    filled = [value.strip() for value in values if not is_blank(value)]
    if not filled:
        return _NOTHING
    distinct = list(dict.fromkeys(filled))
    sample = distinct[:_MOST_VALUES]
    total = len(sample)
    style = number_style(sample)
    numbers = [number for value in sample if (number := parse_number(value, style.decimal)) is not None]
    signs = {sign for value in sample for sign in _SIGN.findall(value)} if numbers else set()
    return _Look(
        filled=len(filled),
        distinct=len(distinct) / len(filled),
        numbers=len(numbers) / total,
        whole=sum(number == int(number) for number in numbers) / total,
        dates=_date_share(sample),
        # by rows, not by distinct values: one torn row must not outweigh a hundred good ones
        currencies=sum(_is_currency(value) for value in filled) / len(filled),
        countries=_country_share(filled),
        mails=sum(_MAIL.fullmatch(value) is not None for value in sample) / total,
        digits=sum(any(char.isdigit() for char in value) for value in sample) / total,
        length=sum(map(len, sample)) / total,
        negative=sum(number < 0 for number in numbers) / total,
        fraction=sum(number != int(number) for number in numbers) / total,
        spaced=sum(" " in value for value in sample) / total,
        serial=len(numbers) >= 0.9 * total and all(36526 <= number < 54789 for number in numbers),
        examples=tuple(sample[:3]),
        money_signs=frozenset(_SIGN_CODES.get(sign, sign) for sign in signs) & CURRENCY_CODES,
    )


@lru_cache(maxsize=4096)
def _is_currency(value: str) -> bool:
    """Tell whether a cell names a currency by code or sign; a sign of several ("$") is asked about later."""
    from fondaco.reference.currencies import candidates_of_symbol

    return value.upper() in CURRENCY_CODES or bool(candidates_of_symbol(value))


def _date_share(sample: Sequence[str]) -> float:
    found = date_candidates(sample)
    if not found:
        return 0.0
    # Bare five-figure numbers can be Excel's days, but rarely are.
    return 0.3 if found[0] == "excel" else 1.0


def _country_share(values: Sequence[str]) -> float:
    from fondaco.reference.countries import resolve_all

    known = resolve_all({v for v in values if len(v) <= 60 and any(char.isalpha() for char in v)})
    return sum(value in known and known[value].market is not None for value in values) / len(values)


def value_fit(column: Column, look: _Look) -> float:
    """Return how well the values can be what the field holds, 0 to 1; 0.7 where nothing tells."""
    if look.filled == 0:
        return 0.7
    if column.type in ("day", "time"):
        return look.dates
    if column.type == "flag":
        return 0.9 if look.filled * look.distinct <= 3 else 0.2
    if column.type in ("money", "number", "count", "ratio"):
        fit = look.numbers if look.numbers < 0.8 else 1.0
        if column.name in ("quantity", "impressions", "clicks", "visitors", "views", "inquiries", "orders"):
            fit *= 1.0 if look.whole >= 0.8 * look.numbers else 0.5
        return fit * (0.3 if look.dates == 1.0 and look.numbers < 1 else 1.0)
    if column.name == "currency":
        return look.currencies
    if column.name == "country":
        return min(1.0, look.countries * 1.3) if look.countries >= 0.4 else 0.5 * look.countries
    return _text_fit(column, look)


def _text_fit(column: Column, look: _Look) -> float:
    if look.dates == 1.0 and column.name not in ("product", "message", "body"):
        return 0.35
    if column.name in ("order", "inquiry", "sku", "line", "listing", "review", "cancels"):
        return (
            0.35
            if look.fraction > 0.3
            else 0.45
            if look.length > 60 or (look.digits < 0.2 and look.length > 20)
            else 1.0
        )
    if column.name in (
        "product",
        "title",
        "body",
        "message",
        "campaign",
        "term",
        "seller",
        "buyer_name",
        "buyer_company",
    ):
        codes = column.name in ("product", "title") and look.spaced < 0.05 and look.digits > 0.8
        return 0.3 if look.numbers > 0.9 else 0.45 if codes else 1.0
    if column.name == "buyer":
        return 0.4 if look.fraction > 0.3 else 1.0
    if column.name in ("status", "kind", "match", "marketplace", "language", "unit", "category"):
        return 0.3 if look.numbers > 0.9 else 0.5 if look.filled > 20 and look.distinct > 0.7 else 1.0
    return 1.0


def _nameless(column: Column, look: _Look) -> float:
    """Return how surely the values alone tell the field."""
    if look.filled < 3:
        return 0.0
    if column.name == "currency" and look.currencies >= 0.95:
        return 0.78
    if column.name == "country" and look.countries >= 0.85 and look.currencies < 0.5:
        return 0.66
    if column.name == "buyer" and look.mails >= 0.9:
        return 0.66
    if column.name in ("at", "day") and look.dates == 1.0:
        return 0.6
    return 0.0


def _confidence(header: str, table: str, column: Column, look: _Look) -> float:
    named = name_score(header, table, column.name)
    fit = value_fit(column, look)
    if column.type in ("day", "time") and named >= SURE and look.serial:
        fit = 1.0  # five figures under "Date" are a spreadsheet's days
    # A name counts as far as the values can bear it out.
    weighed = named * (0.2 + 0.8 * fit if fit < 0.6 else 0.9 + 0.1 * fit)
    return max(weighed, _nameless(column, look))


# The table -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    table: str
    score: float
    chosen: dict[str, int]  # field -> place of its column
    weights: dict[str, float]
    whole: bool  # whether it has what makes such a table


def _fit(table: str, columns: Sequence[str], looks: Sequence[_Look]) -> _Fit:
    fields = TABLES[table].stated
    weights = np.array(
        [
            [_confidence(header, table, column, look) for column in fields]
            for header, look in zip(columns, looks, strict=True)
        ]
    ).reshape(len(columns), len(fields))
    named = weights.max(axis=1, initial=0.0, keepdims=True)
    # "Total price" is the amount: that it also holds the word price makes it no unit price.
    weights[(named >= 0.9) & (weights < 0.58)] *= 0.5
    weights[weights < POSSIBLE] = 0.0
    chosen: dict[str, int] = {}
    sure: dict[str, float] = {}
    # The best pair first, then the best of what is left: each column and each field at most once.
    for flat in weights.argsort(axis=None, kind="stable")[::-1].tolist():
        place, number = divmod(flat, len(fields))
        name = fields[number].name
        if weights[place, number] <= 0:
            break
        if name not in chosen and place not in chosen.values():
            chosen[name] = place
            sure[name] = round(float(weights[place, number]), 3)
    order = [column.name for column in fields if column.name in chosen]
    score = sum(weight * weight for weight in sure.values())
    groups = [max((sure.get(name, 0.0) for name in group), default=0.0) for group in _ESSENTIAL[table]]
    score += sum(best - (1.5 if best < LIKELY else 0.0) for best in groups)
    return _Fit(
        table,
        score,
        {name: chosen[name] for name in order},
        {name: sure[name] for name in order},
        whole=all(best >= LIKELY for best in groups),
    )


# The proposal ----------------------------------------------------------------------------------


def _proposal(
    fit: _Fit, columns: Sequence[str], looks: Sequence[_Look], rows: Sequence[Sequence[str]]
) -> Proposal:
    table = TABLES[fit.table]
    # Of two columns of one name with different cells the name does not tell which is meant.
    twins = {name: _has_twin(columns, rows, place) for name, place in fit.chosen.items()}
    fit = replace(
        fit, weights={n: min(sure, LIKELY) if twins[n] else sure for n, sure in fit.weights.items()}
    )
    used = {name: place for name, place in fit.chosen.items() if fit.weights[name] >= LIKELY}
    doubts = [
        f'The file has more than one column of this name, with different cells: "{columns[used[name]]}" is one.'
        for name in used
        if twins[name]
    ]
    for name, place in fit.chosen.items():
        sure = fit.weights[name]
        if sure < SURE:
            what = table.column(name).text
            doubts.append(
                f'"{columns[place]}" is taken for {name} ({what}); check that it is.'
                if sure >= LIKELY
                else f'"{columns[place]}" may be {name} ({what}); it is left out until you say so.'
            )
    values = {name: [row[place] if place < len(row) else "" for row in rows] for name, place in used.items()}
    constants: dict[str, str] = {}
    money = [place for name, place in used.items() if table.column(name).type == "money"]
    if "currency" in table.names and "currency" not in used and money:
        stated = _one_currency([columns[place] for place in money], [looks[place] for place in money])
        if stated:
            constants["currency"] = stated
            doubts.append(f"The amounts are taken for {stated}, as their columns say.")
    if not fit.whole:
        doubts.append(f"The columns do not make a table of {fit.table}, nor of anything else that is known.")
    if fit.table == "orders":
        doubts += _amount_doubt(values)
    prefix = ""
    if fit.table == "orders" and "order" in used and "quantity" in used:
        prefix = _cancel_prefix(values["order"], values["quantity"])
        if prefix:
            doubts.append(f'Orders whose number begins with "{prefix}" are taken for cancellations.')
    carry = _carried(values) if fit.table == "orders" and "order" in used else ()
    if carry:
        doubts.append(f"Stated only on an order's first row and carried down: {', '.join(carry)}.")
    needed = [column.name for column in table.stated if column.needed]
    if fit.table == "orders" and "order" not in used and {"buyer", "at"} <= set(used):
        needed.remove("order")
        doubts.append("There is no order number: what a buyer ordered at one time is taken for one order.")
    missing = tuple(name for name in needed if name not in {*used, *constants})
    mapping = Mapping(
        table=fit.table,
        columns={name: columns[place] for name, place in used.items()},
        constants=constants,
        carry=carry,
        void_status=void_words() if fit.table == "orders" and "status" in used else (),
        cancel_prefix=prefix,
    )
    return Proposal(
        mapping=mapping,
        confidence={name: fit.weights[name] for name in used},
        columns=_guesses(fit, columns, looks),
        doubts=tuple(doubts),
        missing=missing,
        whole=fit.whole,
        sure=fit.whole
        and all(
            fit.weights.get(name, 0.0) >= SURE for name in needed if name in used or name not in ANSWERABLE
        ),
    )


def _has_twin(columns: Sequence[str], rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether another column has the same name in the file and, in some row, another cell."""

    def plain(header: str) -> str:
        return re.sub(r" \([0-9]+\)$", "", header)

    twins = [p for p, c in enumerate(columns) if p != place and plain(c) == plain(columns[place])]
    return any(
        row[twin].strip() not in ("", row[place].strip())
        for twin in twins
        for row in rows
        if max(twin, place) < len(row)
    )


def _guesses(fit: _Fit, columns: Sequence[str], looks: Sequence[_Look]) -> tuple[ColumnGuess, ...]:
    by_place = {place: name for name, place in fit.chosen.items()}
    guesses = []
    for place, header in enumerate(columns):
        name = by_place.get(place)
        sure = fit.weights[name] if name else 0.0
        if name is None:
            why = "no field of the table fits it" if looks[place].filled else "it is empty"
        elif name_score(header, fit.table, name) >= LIKELY:
            why = "by its name" + (" and its values" if looks[place].filled else "")
        else:
            why = "by its values" if looks[place].filled else "by part of its name"
        guesses.append(ColumnGuess(header, name if sure >= LIKELY else None, sure, why))
    return tuple(guesses)


def currencies_in(header: str) -> set[str]:
    """Return the currencies that the name of a column names.

    >>> currencies_in("Importo €"), currencies_in("Amount")
    ({'EUR'}, set())
    """
    text = unicodedata.normalize("NFKC", header)
    codes = {code for code in re.findall(r"\b[A-Z]{3}\b", text) if code in CURRENCY_CODES}
    return codes | {code for sign, code in _SIGN_CODES.items() if sign in text}


def stated_currency(mapping: Mapping, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the one currency that the headers or values of a mapping's amounts name, or nothing."""
    fields = TABLES[mapping.table].stated
    money = {mapping.columns.get(field.name) for field in fields if field.type == "money"}
    places = [place for place, header in enumerate(columns) if header in money]
    looks = [look_at_values([row[place] for row in rows if place < len(row)]) for place in places]
    return _one_currency([columns[place] for place in places], looks)


def _one_currency(headers: Sequence[str], looks: Sequence[_Look]) -> str:
    """Return the one currency that the amounts' headers or values name, or nothing."""
    found = set().union(*map(currencies_in, headers), *(look.money_signs for look in looks))
    return found.pop() if len(found) == 1 else ""


def _amount_doubt(values: Mapped[str, Sequence[str]]) -> list[str]:
    """Return a doubt where the amount is not quantity times price: it may be the whole order's."""
    if not {"quantity", "unit_price", "amount"} <= set(values):
        return []
    columns = [values[name] for name in ("quantity", "unit_price", "amount")]
    marks = [number_style(column).decimal for column in columns]
    other = compared = 0
    for cells in zip(*columns, strict=True):
        quantity, price, amount = (parse_number(cell, mark) for cell, mark in zip(cells, marks, strict=True))
        if quantity is None or price is None or amount is None:
            continue
        compared += 1
        other += abs(abs(quantity * price) - abs(amount)) > abs(amount) / 50
    if other <= compared / 2:
        return []
    doubt = f"In {other} of {compared} rows looked at the amount is not quantity times unit price; "
    return [doubt + "it may be the whole order's total."]


def _cancel_prefix(orders: Sequence[str], quantities: Sequence[str]) -> str:
    """Return the letters that only orders with negative quantities begin with, or nothing."""
    decimal = number_style(quantities).decimal
    negative: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for order, quantity in zip(orders, quantities, strict=True):
        found = re.fullmatch(r"([A-Za-z]{0,3}[-_]?)[0-9]{2,}", order.strip())
        number = parse_number(quantity, decimal)
        if found is None or number is None:
            continue
        (negative if number < 0 else other)[found[1]] += 1
    plain = sum(other.values())
    for prefix, count in negative.most_common():
        if prefix and other[prefix] == 0 and plain >= count:
            return prefix
    return ""


def _is_numbered_once(values: Mapped[str, Sequence[str]]) -> bool:
    """Tell whether order numbers stand on an order's first line only, as merged cells leave them.

    On the lines below, what belongs to the order as a whole is empty as well, and the goods are named.
    """
    whole = [values[name] for name in ("at", "country", "buyer") if name in values]
    goods = [values[name] for name in ("sku", "product", "quantity") if name in values]
    if not whole or not goods or not values["order"] or not values["order"][0].strip():
        return False
    below = [row for row, order in enumerate(values["order"]) if not order.strip()]
    lines = [
        row
        for row in below
        if not any(cells[row].strip() for cells in whole) and any(cells[row].strip() for cells in goods)
    ]
    first = [row for row, order in enumerate(values["order"]) if order.strip()]
    stated = sum(bool(whole[0][row].strip()) for row in first)
    return len(lines) >= 2 and len(lines) >= 0.8 * len(below) and stated >= 0.9 * len(first)


def _carried(values: Mapped[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the fields that are filled on the first of an order's rows and empty on the others."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    orders = list(values["order"])
    once = _is_numbered_once(values)
    for row, order in enumerate(orders):
        if once and row and not order.strip():
            orders[row] = order = orders[row - 1]
        if order.strip():
            groups[order].append(row)
    several = [rows for rows in groups.values() if len(rows) > 1]
    carried = ["order"] if once else []
    for name in (
        "at",
        "country",
        "currency",
        "marketplace",
        "buyer",
        "buyer_name",
        "buyer_company",
        "status",
    ):
        if name not in values or not several:
            continue
        cells = values[name]
        if once:
            below = [row for row, order in enumerate(values["order"]) if not order.strip()]
            if sum(not cells[row].strip() for row in below) >= 0.8 * len(below):
                carried.append(name)
            continue
        first_only = sum(
            bool(cells[rows[0]].strip()) and not any(cells[row].strip() for row in rows[1:])
            for rows in several
        )
        filled = sum(bool(cells[rows[0]].strip()) for rows in several)
        if filled and first_only >= 0.8 * filled:
            carried.append(name)
    return tuple(carried)
