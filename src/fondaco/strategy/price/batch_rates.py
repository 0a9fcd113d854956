"""For a batch: which expression holds for which product in which market, and expressions as numbers.

Rows are matched to goods by joining on the first 0, 2, 4 ... 10 digits of the code; a longer code takes a shorter
one's place, and the workspace's rows the shipped ones'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fondaco.kernel import InputError
from fondaco.reference.tariffs import MarketRule, TariffBook
from fondaco.reference.tariffs.duty import Duty, Term, parse
from fondaco.strategy.price.customs_cases import RateOf
from fondaco.strategy.price.quote import Consignment

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int32]

_LENGTHS = (0, 2, 4, 6, 8, 10)
#: What an expression can count: the base, then quantities, then a fixed amount.
_UNITS = ("", "kg", "kg_gross", "l", "unit", "l_alcohol", "fixed")
_MANY = 99


@dataclass
class Matched:
    """Numbers of expressions by product and market (-1: none), see `Forms`; `texts` are the expressions.

    `quantities` is products by `_UNITS`, NaN where not stated; `preferred` where the duty is a preference.
    """

    texts: list[tuple[str, str]]
    general: Numbers
    additional: Numbers
    excise: Numbers
    tax: Numbers
    bounded: Bools
    no_excise: Bools
    no_relief: Bools
    preferred: Bools
    quantities: Floats
    digits: NDArray[np.int16]


def matched(
    products: Sequence[Consignment], markets: Sequence[str], book: TariffBook, rules: Sequence[MarketRule | None],
    today: date, *, proof: bool,
) -> Matched:  # fmt: skip
    """Match tariff rows and market rules to products."""
    import polars as pl

    goods = sorted({(one.hs, one.origin or "") for one in products})
    place = {pair: number for number, pair in enumerate(goods)}
    of = np.array([place[one.hs, one.origin or ""] for one in products])
    shape = (len(goods), len(markets))
    texts = _Texts([rule.currency if rule else "" for rule in rules])
    codes = pl.DataFrame(
        {
            "goods": np.arange(len(goods)),
            "code": [hs for hs, _ in goods],
            "from": [origin for _, origin in goods],
        },
        schema={"goods": pl.Int64, "code": pl.String, "from": pl.String},
    )
    rows = _rows(book, markets, today)
    hits = _hits(codes, rows)
    duty = hits.filter(pl.col("kind") == "duty")
    general, within = _longest(duty.filter(pl.col("origin") == ""), shape, texts)
    preferred = np.zeros(shape, np.bool_)
    if proof:
        own, bounds = _longest(duty.filter(pl.col("origin") != ""), shape, texts)
        preferred = (own >= 0) | bounds
        general, within = np.where(preferred, own, general), np.where(preferred, bounds, within)
    additional, unknown = _additional(hits.filter(pl.col("kind") == "additional"), shape, texts)
    below = (general < 0) & ~within & _below(codes, rows, shape)
    unknown |= _on_some_below(codes, rows, shape)
    general = np.where(within & (general < 0), 0, general)
    by_rule = _by_rule(products, goods, of, rules, today, texts)
    quantities, digits = _quantities(products)
    return Matched(
        texts.held, np.where(below, 0, general)[of], additional[of], by_rule.excise, by_rule.tax,
        (within | unknown | below)[of], by_rule.no_excise, by_rule.no_relief, preferred[of], quantities, digits,
    )  # fmt: skip


class _Texts:
    """Numbers expressions with the currency that they are worked out in."""

    def __init__(self, currencies: Sequence[str]) -> None:
        self.currencies = currencies
        self.held: list[tuple[str, str]] = [("0%", "")]
        self.number: dict[tuple[str, str], int] = {("0%", ""): 0}

    def of(self, text: str, market: int) -> int:
        key = (text, self.currencies[market])
        if key not in self.number:
            self.number[key] = len(self.held)
            self.held.append(key)
        return self.number[key]


def _rows(book: TariffBook, markets: Sequence[str], today: date) -> pl.DataFrame:
    import polars as pl

    held = book.frame(markets, today)
    number = pl.DataFrame({"market": list(markets), "place": np.arange(len(markets))})
    return (
        held.join(number, on="market")
        .select("hs", "place", "origin", "duty", "up_to", "kind", "layer")
        .with_columns(length=pl.col("hs").str.len_bytes())
    )


def _hits(codes: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Join goods with every row whose code begins theirs and that is for their origin."""
    import polars as pl

    found = []
    for length in _LENGTHS:
        some = rows.filter(pl.col("length") == length)
        if some.is_empty():
            continue
        cut = codes.filter(pl.col("code").str.len_bytes() >= length).with_columns(
            hs=pl.col("code").str.head(length)
        )
        found.append(cut.join(some, on="hs"))
    empty = codes.head(0).with_columns(hs=pl.col("code")).join(rows, on="hs")
    hits = pl.concat([empty, *found])
    spoken = (pl.col("origin") == "") | pl.col("origin").str.contains(pl.col("from"), literal=True) & (
        pl.col("from") != ""
    )
    return hits.filter(spoken)


def _longest(hits: pl.DataFrame, shape: tuple[int, int], texts: _Texts) -> tuple[Numbers, Bools]:
    """Return the number of the expression that counts, and where it is only known within bounds or not at all."""
    number = np.full(shape, -1, np.int32)
    bounded = np.zeros(shape, np.bool_)
    if hits.is_empty():
        return number, bounded
    # The last one written counts: shipped rows first, short codes first.
    hits = hits.sort(["layer", "length"], descending=[True, False], maintain_order=True)
    goods, market = hits["goods"].to_numpy(), hits["place"].to_numpy()
    number[goods, market] = _numbers(hits, texts)
    bounded[goods, market] = ((hits["up_to"] != "") | (hits["duty"] == "")).to_numpy()
    return number, bounded


def _numbers(hits: pl.DataFrame, texts: _Texts) -> Numbers:
    """Return the expressions' numbers, by distinct expression and market."""
    import polars as pl

    distinct = hits.select("duty", "place").unique()
    known = [texts.of(text or "0%", place) for text, place in distinct.iter_rows()]
    table = distinct.with_columns(number=pl.Series(known, dtype=pl.Int32))
    joined = hits.select("duty", "place").join(table, on=["duty", "place"], how="left", maintain_order="left")
    found: Numbers = joined["number"].to_numpy()
    return found


def _additional(hits: pl.DataFrame, shape: tuple[int, int], texts: _Texts) -> tuple[Numbers, Bools]:
    """Return the additional duty; where several hold, or one is not known, that is said."""
    import polars as pl

    none = np.full(shape, -1, np.int32), np.zeros(shape, np.bool_)
    if hits.is_empty():
        return none
    over = ["goods", "place"]
    first = hits.filter(pl.col("layer") == pl.col("layer").min().over(over))
    named = (pl.col("origin") != "").any().over(over)
    first = first.filter(~named | (pl.col("origin") != ""))
    first = first.with_columns(many=pl.len().over(over))
    goods, market = first["goods"].to_numpy(), first["place"].to_numpy()
    none[0][goods, market] = _numbers(first, texts)
    unsure = (pl.col("many") > 1) | (pl.col("up_to") != "") | (pl.col("duty") == "")
    none[1][goods, market] = first.select(unsure.alias("unsure"))["unsure"].to_numpy()
    return none


def _below(codes: pl.DataFrame, rows: pl.DataFrame, shape: tuple[int, int]) -> Bools:
    """Return where the tariff has lines below the goods' code, or below its six digits."""
    import polars as pl

    found = np.zeros(shape, np.bool_)
    lines = rows.filter((pl.col("kind") == "duty") & (pl.col("origin") == ""))
    for length in (2, 4, 6):
        cut = codes.filter(pl.col("code").str.len_bytes().clip(0, 6) == length)
        deeper = lines.filter(pl.col("length") > length).with_columns(hs=pl.col("hs").str.head(length))
        hits = cut.with_columns(hs=pl.col("code").str.head(length)).join(
            deeper.select("hs", "place").unique(), on="hs"
        )
        found[hits["goods"].to_numpy(), hits["place"].to_numpy()] = True
    return found


def _on_some_below(codes: pl.DataFrame, rows: pl.DataFrame, shape: tuple[int, int]) -> Bools:
    """Return where additional duties fall on lines below the goods' code: on these goods, too, or not."""
    import polars as pl

    found = np.zeros(shape, np.bool_)
    lines = rows.filter(pl.col("kind") == "additional")
    for length in codes["code"].str.len_bytes().unique():
        cut = codes.filter(pl.col("code").str.len_bytes() == length).rename({"code": "hs"})
        deeper = lines.filter(pl.col("length") > length).with_columns(hs=pl.col("hs").str.head(length))
        hits = cut.join(deeper.select("hs", "place", "origin").unique(), on="hs")
        hits = hits.filter((pl.col("origin") == "") | (pl.col("origin") == pl.col("from")))
        found[hits["goods"].to_numpy(), hits["place"].to_numpy()] = True
    return found


@dataclass
class _ByRule:
    excise: Numbers
    tax: Numbers
    no_excise: Bools
    no_relief: Bools


def _by_rule(
    products: Sequence[Consignment], goods: Sequence[tuple[str, str]], of: NDArray[np.int64],
    rules: Sequence[MarketRule | None], today: date, texts: _Texts,
) -> _ByRule:  # fmt: skip
    """Match tax, excise and reliefs, market by market; most markets have few of them."""
    shape = (len(products), len(rules))
    codes = np.array([hs for hs, _ in goods], dtype="U10")
    strengths = np.array(
        [np.nan if one.alcohol_by_volume is None else float(one.alcohol_by_volume) for one in products]
    )
    starts = _Starts(codes)
    excise = np.full(shape, -1, np.int32)
    tax = np.zeros(shape, np.int32)
    no_excise, no_relief = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    for column, rule in enumerate(rules):
        if rule is None:
            continue
        tax[:, column] = _tax(rule, column, starts, today, texts)[of]
        no_relief[:, column] = starts.any(rule.no_relief)[of]
        bears = starts.any(rule.excise_on)[of]
        if not bears.any():
            continue
        for each in reversed(rule.excises):
            if each.valid_from <= today and (each.valid_to is None or today <= each.valid_to):
                strong = (
                    ~np.isnan(strengths) & (strengths >= float(each.above)) & (strengths <= float(each.up_to))
                )
                fits = bears & (starts.any(each.hs)[of] if each.hs else True)
                fits &= strong if each.by_strength() else True
                excise[fits, column] = texts.of(each.expression, column)
        no_excise[:, column] = bears & (excise[:, column] < 0)
    return _ByRule(excise, tax, no_excise, no_relief)


class _Starts:
    """Which codes begin with a prefix, each prefix asked once."""

    def __init__(self, codes: NDArray[np.str_]) -> None:
        self.codes, self.known = codes, dict[str, Bools]()

    def with_(self, prefix: str) -> Bools:
        if prefix not in self.known:
            self.known[prefix] = np.char.startswith(self.codes, prefix)
        return self.known[prefix]

    def any(self, prefixes: Iterable[str]) -> Bools:
        found = np.zeros(len(self.codes), np.bool_)
        for prefix in prefixes:
            found |= self.with_(prefix)
        return found


def _tax(rule: MarketRule, column: int, starts: _Starts, today: date, texts: _Texts) -> Numbers:
    found = np.full(len(starts.codes), texts.of(rule.tax, column), np.int32)
    parts = [
        (len(prefix), prefix, each.expression)
        for each in rule.reduced
        if each.valid_from <= today and (each.valid_to is None or today <= each.valid_to)
        for prefix in each.hs or ("",)
    ]
    for _, prefix, expression in sorted(parts):
        found[starts.with_(prefix)] = texts.of(expression, column)
    return found


def _quantities(products: Sequence[Consignment]) -> tuple[Floats, NDArray[np.int16]]:
    """Return what expressions count, and how many decimals each can have."""
    counts = np.full((len(products), len(_UNITS)), np.nan)
    digits = np.zeros((len(products), len(_UNITS)), np.int16)
    counts[:, -1] = 1.0
    for row, one in enumerate(products):
        held = one.quantities
        alcohol = None
        if held.litres and held.alcohol_by_volume:
            alcohol = held.litres * held.alcohol_by_volume / 100
        stated = (held.net_weight_kg, held.gross_weight_kg, held.litres, held.units, alcohol)
        for column, amount in enumerate(stated, start=1):
            if amount:
                counts[row, column] = float(amount)
                digits[row, column] = decimals(amount)
    return counts, digits


def decimals(number: Decimal) -> int:
    """Return how many decimals an exact number has.

    >>> decimals(Decimal("0.0630")), decimals(Decimal(120))
    (3, 0)
    """
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass
class Forms:
    """Expressions as numbers: rates by unit, then up to two bounds; `unfit` are those with more."""

    number: dict[tuple[str, str], int]
    rates: list[Floats]
    digits: list[NDArray[np.int16]]
    kinds: NDArray[np.int8]
    unfit: Bools
    quantity_digits: NDArray[np.int16]

    def worth(
        self, which: Numbers, base: Floats, on: NDArray[np.int16], quantities: Floats
    ) -> tuple[Floats, NDArray[np.int16], Bools]:
        """Return amounts, how many decimals they can have, and where a quantity is lacking."""
        amount, digits, lacking = self._sum(0, which, base, on, quantities)
        for bound in (0, 1):
            kind = self.kinds[bound][which]
            if not ((kind > 0) & (which >= 0)).any():
                continue
            limit, more, also = self._sum(bound + 1, which, base, on, quantities)
            amount = np.where(
                kind == 1, np.maximum(amount, limit), np.where(kind == 2, np.minimum(amount, limit), amount)
            )
            digits, lacking = np.maximum(digits, more), lacking | (also & (kind > 0))
        return np.maximum(np.where(which >= 0, amount, 0.0), 0.0), digits, lacking & (which >= 0)

    def _sum(
        self, part: int, which: Numbers, base: Floats, on: NDArray[np.int16], quantities: Floats
    ) -> tuple[Floats, NDArray[np.int16], Bools]:
        rates, places_ = self.rates[part], self.digits[part]
        amount = rates[which, 0] * base
        digits = places_[which, 0] + on
        lacking = np.zeros(which.shape, np.bool_)
        used = np.unique(which)
        for unit in range(1, len(_UNITS)):
            if not rates[used, unit].any():
                continue
            rate, count = rates[which, unit], quantities[:, unit][:, None]
            amount = amount + np.where(rate != 0, rate * np.nan_to_num(count), 0.0)
            digits = np.maximum(
                digits, np.where(rate != 0, places_[which, unit] + self.quantity_digits[:, unit][:, None], 0)
            )
            lacking |= (rate != 0) & np.isnan(count)
        return amount, digits.astype(np.int16), lacking


def forms_of(found: Matched, rules: Sequence[MarketRule | None], rate_of: RateOf) -> Forms:
    """Turn every expression that was matched, and the fees of the rules, into numbers."""
    texts = list(found.texts)
    texts += [(fee.expression, rule.currency) for rule in rules if rule for fee in rule.fees]
    number: dict[tuple[str, str], int] = {}
    for place, key in enumerate(texts):
        number.setdefault(key, place)
    size = (len(texts), len(_UNITS))
    rates = [np.zeros(size) for _ in range(3)]
    digits = [np.zeros(size, np.int16) for _ in range(3)]
    kinds = np.zeros((2, len(texts)), np.int8)
    unfit = np.zeros(len(texts), np.bool_)
    for place, (text, currency) in enumerate(texts):
        duty = parse(text, fixed=True)
        try:
            _fill(duty, currency, place, rates, digits, kinds, rate_of)
        except (InputError, IndexError):
            unfit[place] = True
    return Forms(number, rates, digits, kinds, unfit, found.digits)


def _fill(
    duty: Duty, currency: str, place: int, rates: list[Floats], digits: list[NDArray[np.int16]],
    kinds: NDArray[np.int8], rate_of: RateOf,
) -> None:  # fmt: skip
    if len(duty.bounds) > len(kinds):
        raise IndexError(duty.text)
    for part, terms in enumerate((duty.terms, *(terms for _, terms in duty.bounds))):
        for term in terms:
            unit, rate, exact = _number(term, currency, rate_of)
            rates[part][place, unit] += rate
            digits[part][place, unit] = max(digits[part][place, unit], exact)
    for bound, (role, _) in enumerate(duty.bounds):
        kinds[bound, place] = 1 if role == "minimum" else 2


def _number(term: Term, currency: str, rate_of: RateOf) -> tuple[int, float, int]:
    """Return unit, rate in the market's currency and its decimals; many where it does not end."""
    if not term.currency:
        return 0, float(term.rate), decimals(term.rate)
    rate = term.rate * rate_of(term.currency, currency)
    each = rate / term.per
    exact = decimals(each) if each * term.per == rate else _MANY
    return _UNITS.index(term.unit or "fixed"), float(each), exact
