"""How numbers are written in a file, and how to read them.

Each question has two answers that agree: one in Python on single values, to look at a sample, and
one as a DuckDB expression, to read a whole column.  ``parse_number`` and ``number_sql`` are tested
against each other.  A number style is its decimal mark, "." or ",".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from fondaco.ledger.sql import literal, replaced

#: What a cell holds when it holds nothing, in lower case.
BLANKS = (
    "", "-", "--", "---", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "\\n",
)  # fmt: skip

#: ISO 4217 codes that may stand beside a number; the last line is of currencies that are gone.
CURRENCY_CODES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
    MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    ATS BEF CYP DEM EEK ESP FIM FRF GRD IEP ITL LTL LUF LVL MTL NLG PTE ROL SIT SKK TRL
    """.split()  # noqa: SIM905
)

#: Currency signs, as the inside of a character class.
CURRENCY_SIGNS = "$¢£¤¥֏؋৲৳৻૱௹฿៛\u20a0-\u20cf﷼﹩"

_MONEY_WORDS = (
    "RMB", "Rs", "Rp", "RM", "R", "kr", "Kr", "zł", "zl", "Kč", "Ft", "lei", "Lei", "лв", "руб", "р", "грн",
    "TL", "KM", "din", "Din", "Fr", "SFr", "DM", "S/", "円", "元", "圓", "원",
)  # fmt: skip
_COUNT_WORDS = (
    "pcs", "pc", "Pcs", "PCS", "pieces", "units", "x", "Stk", "Stück", "St", "pz", "pezzi", "uds", "ud",
    "unidades", "unités", "pièces", "stuks", "szt", "sztuk", "adet", "шт", "個", "点", "枚", "개", "件", "个",
)  # fmt: skip

# Numbers ---------------------------------------------------------------------------------------

_SPACES = "\t\r\n\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_APOSTROPHES = "\u2019\u2018\u00b4`\uff07"
_EDGES = " " + _SPACES
_MARK = "\u241f"
_UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff" + _MARK
_FROM = "０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹．，（）＋％＄￥￡￦" + _SPACES + _DASHES + _APOSTROPHES
_TO = "0123456789" * 3 + ".,()+%$¥£₩" + " " * len(_SPACES) + "-" * len(_DASHES) + "'" * len(_APOSTROPHES)
PLAIN = str.maketrans(_FROM, _TO, _UNSEEN)

# Written the same for Python and for DuckDB's RE2: no look-around, no \d.
_GUARD = (r"^(?:=\"(.*)\"|'(.*))$", r"\1\2")  # Excel's ="12" and '12
_WHOLE = (r"([0-9])[.,]-{1,2}($|[^0-9-])", r"\1\2")  # 5,- means five and no cents
_MIDDLE = r"^(\()? ?([-+])? ?(?:{before})? ?(\()? ?([-+])? ?({number}) ?(?:{after})? ?(-)? ?(?:{after})? ?%? ?(\))?$"


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_CODES = [*CURRENCY_CODES, *(code.lower() for code in CURRENCY_CODES)]
_BEFORE = rf"[A-Z]{{0,3}}[{CURRENCY_SIGNS}]|(?:{any_of([*_CODES, *_MONEY_WORDS])})\.?"
_AFTER = rf"[{CURRENCY_SIGNS}](?: ?[A-Z]{{2,3}})?|(?:{any_of([*_CODES, *_MONEY_WORDS, *_COUNT_WORDS])})\.?"


def _number_pattern(decimal: str) -> str:
    """Return the pattern of a number without sign and currency; `decimal` is "." or ","."""
    mark, group = (r"\.", ",") if decimal == "." else (",", r"\.")
    lakh = r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if decimal == "." else ""
    grouped = "|".join(rf"[1-9][0-9]{{0,2}}(?:{by}[0-9]{{3}})+" for by in (group, " ", "'"))
    return rf"(?:(?:{grouped}{lakh}|[0-9]+)(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][-+]?[0-9]{{1,2}})?"


@lru_cache(maxsize=2)
def _full_pattern(decimal: str) -> str:
    return _MIDDLE.format(before=_BEFORE, after=_AFTER, number=_number_pattern(decimal))


@lru_cache(maxsize=2)
def _compiled(decimal: str) -> re.Pattern[str]:
    return re.compile(_full_pattern(decimal))


_GUARDED = re.compile(_GUARD[0])
_WHOLED = re.compile(_WHOLE[0])
_BLANK = f"(?i)[{_EDGES}]*(?:{any_of(BLANKS)})[{_EDGES}]*"
_BLANK_RE = re.compile(_BLANK)
_DIGITS = re.compile(r"-?[0-9]+")

_LARGEST = Decimal(10) ** 28


def parse_number(text: str, decimal: str) -> Decimal | None:
    """Return the number that `text` states with `decimal` ("." or ",") as its decimal mark.

    Currency signs and codes, grouping by threes (or as in India), signs before and after, brackets
    for negative amounts and words such as "pcs" are understood; ``12%`` is 0.12.  None is returned
    for what is empty, or not wholly understood, or has more than 28 digits before the mark.

    Examples
    --------
    >>> parse_number("1.234,50 €", ",")
    Decimal('1234.50')
    >>> parse_number("($18.00)", ".")
    Decimal('-18.00')
    >>> parse_number("--", ".") is None
    True
    """
    plain = text.translate(PLAIN).strip(" ")
    if not _DIGITS.fullmatch(plain):
        plain = _GUARDED.sub(_GUARD[1], plain)
        plain = _WHOLED.sub(_WHOLE[1], plain).strip(" ")
    found = _compiled(decimal).match(plain)
    if found is None:
        return None
    opened, sign, opened_late, sign_late, core, trailing, closed = found.groups(default="")
    signs = opened + opened_late + closed + sign + sign_late + trailing
    if signs not in ("", "+", "-", "()"):
        return None
    core = core.replace(" ", "").replace("'", "").replace("," if decimal == "." else ".", "")
    number = Decimal(core.replace(",", "."))
    if "%" in plain:
        number = number / 100
    if abs(number) >= _LARGEST:
        return None
    return -number if signs in ("-", "()") else number


def number_sql(expr: str, decimal: str) -> str:
    """Return a DuckDB expression of the number in the text `expr`, or NULL.

    Parameters
    ----------
    expr
        A DuckDB expression of type VARCHAR, such as a quoted column name.
    decimal
        The decimal mark, "." or ",".

    Returns
    -------
    str
        An expression of type DECIMAL(38,10): what `parse_number` gives, rounded half away from
        zero to ten places.
    """
    mark = r"\." if decimal == "." else ","
    point = expr if decimal == "." else f"replace({expr}, ',', '.')"
    group = "," if decimal == "." else r"\."
    digits = f"[0-9]{{1,18}}|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}}){{1,4}}"
    usual = rf"-?(?:[$£€¥] ?)?(?:{digits})(?:{mark}[0-9]{{1,10}})?(?: ?(?:[$£€¥]|{any_of(sorted(CURRENCY_CODES))}))?"
    bare = replaced(expr, rf"[^-0-9{mark}]+", "", True)
    bare = bare if decimal == "." else f"replace({bare}, ',', '.')"
    easy = f"regexp_full_match({expr}, '-?[0-9]{{1,18}}({mark}[0-9]{{1,10}})?')"
    plain = f"trim({translated(expr)})"
    guarded = f"trim({replaced(replaced(plain, *_GUARD), *_WHOLE)})"
    # sign, mark, number: the mark cannot stand in the text, so an unmatched text has none.
    split = replaced(guarded, _full_pattern(decimal), rf"\1\3\7\2\4\6{_MARK}\5")
    signed = replaced(replaced(split, rf"^(?:-|\(\)){_MARK}", f"{_MARK}-"), rf"^\+{_MARK}", _MARK)
    core = f"regexp_extract({signed}, {literal(f'^{_MARK}(.*)$')}, 1)"
    drop = ", '" if decimal == "." else ". '"
    core = f"translate({core}, {literal(drop)}, '')"
    if decimal == ",":
        core = f"replace({core}, ',', '.')"
    number = f"TRY_CAST({core} AS DECIMAL(38,10))"
    share = f"CAST(TRY_CAST({core} AS DECIMAL(28,12)) * 0.01 AS DECIMAL(38,10))"
    percent = f"contains({translated(expr)}, '%')"
    return (
        f"CASE WHEN {easy} THEN TRY_CAST({point} AS DECIMAL(38,10)) "
        f"WHEN regexp_full_match({expr}, {literal(usual)}) THEN TRY_CAST({bare} AS DECIMAL(38,10)) "
        f"WHEN {percent} THEN {share} ELSE {number} END"
    )


def number_shape_sql(expr: str) -> str:
    """Return a DuckDB expression that shortens the text `expr` to how its number is written.

    `number_style` finds the same style from the distinct shapes as from all values, and there are
    few of them however many rows a file has.
    """
    return f"regexp_replace(translate({expr}, '2345678', '9999999'), '[19]{{4,}}', '9999', 'g')"


@dataclass(frozen=True)
class NumberStyle:
    """How a column's numbers are written.

    Attributes
    ----------
    decimal
        The decimal mark, "." or ",".
    ambiguous
        Whether the other mark would read the column as well and give other numbers.
    unreadable
        Values that are not empty and no numbers in this style, at most 100.
    doubt
        What a person should look at, as a sentence; empty where there is nothing.
    mixed
        Whether some values have a decimal point and others a comma, and each can be read one way only.
    """

    decimal: str
    ambiguous: bool
    unreadable: tuple[str, ...]
    doubt: str
    mixed: bool = False


def number_style(values: Iterable[str]) -> NumberStyle:
    """Return how the numbers in `values`, the distinct values of a column, are written.

    A value such as 2.55 or 1.234,50 settles the decimal mark; 1.234 alone can be read both ways.

    Examples
    --------
    >>> number_style(["1.234,50", "7"]).decimal
    ','
    >>> number_style(["1.234"]).ambiguous
    True
    """
    settled: dict[str, list[str]] = {".": [], ",": []}
    open_: list[str] = []
    either: dict[str, list[str]] = {".": [], ",": []}
    shares = 0
    tokens: dict[str, str] = {}
    strange: list[str] = []
    for value in values:
        if is_blank(value):
            continue
        point, comma = parse_number(value, "."), parse_number(value, ",")
        shares += point is not None and ("%" in value or "％" in value)
        if point is None and comma is None:
            strange.append(value)
            continue
        tokens.setdefault(money_token(value), value)
        if comma is None:
            settled["."].append(value)
        elif point is None:
            settled[","].append(value)
        elif point != comma:
            open_.append(value)
            # "1,234" is more likely a thousand than a number with three decimals.
            either["." if "," in value else ","].append(value)
    votes = settled if settled["."] or settled[","] else either
    decimal = "," if len(votes[","]) > len(votes["."]) else "."
    other = "." if decimal == "," else ","
    both = bool(settled["."] and settled[","])
    ambiguous = bool(open_) and (votes is either or both)
    if both and ambiguous and _has_no_thousandths(settled):
        ambiguous = False  # no other value has three decimals, so that three figures are a thousand
    unreadable = tuple([*strange, *settled[other]][:100])
    doubt = _number_doubt(settled, open_, ambiguous, shares, tokens)
    return NumberStyle(decimal, ambiguous, unreadable, doubt, both and not ambiguous)


def _has_no_thousandths(settled: Mapping[str, list[str]]) -> bool:
    places = [
        len(re.sub(r"[^0-9]+$", "", value).rpartition(mark)[2])
        for mark, values in settled.items()
        for value in values
        if mark in value
    ]
    return len(places) >= 4 and max(places) <= 2


def parse_mixed(text: str, decimal: str) -> Decimal | None:
    """Return what `mixed_number_sql` reads in a single value.

    Examples
    --------
    >>> parse_mixed("1.250,00", "."), parse_mixed("1,250.00", "."), parse_mixed("1.250", ".")
    (Decimal('1250.00'), Decimal('1250.00'), Decimal('1250'))
    """
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[^0-9.,]*[0-9]{{1,3}}{re.escape(decimal)}[0-9]{{3}}[^0-9.,]*", text):
        return parse_number(text, other)
    main = parse_number(text, decimal)
    return parse_number(text, other) if main is None else main


def mixed_number_sql(expr: str, decimal: str) -> str:
    """Return what `number_sql` does for a column whose values each have a point or a comma as decimal mark.

    A value is read in the style in which it is a number; three figures after a single mark are thousands.
    """
    other = "," if decimal == "." else "."
    mark = r"\." if decimal == "." else ","
    thousands = literal(f"[^0-9.,]*[0-9]{{1,3}}{mark}[0-9]{{3}}[^0-9.,]*")
    main, second = number_sql(expr, decimal), number_sql(expr, other)
    return (
        f"CASE WHEN regexp_full_match({expr}, {thousands}) THEN {second} ELSE coalesce({main}, {second}) END"
    )


def whole_style(style: NumberStyle) -> NumberStyle:
    """Return the style of a column that counts things, so that 1.234 is a thousand.

    Examples
    --------
    >>> whole_style(number_style(["1.234", "7"])).decimal
    ','
    """
    return replace(style, ambiguous=False, doubt="", mixed=False)


def money_token(value: str) -> str:
    """Return the currency sign or code that stands beside a number, or nothing."""
    token = (
        re.sub(r"[0-9.,'+()=\"-]|[0-9][eE][-+]?[0-9]", "", value.translate(PLAIN)).replace(" ", "").strip("%")
    )
    return "" if token in _COUNT_WORDS or token in ("e", "E") else token.upper()


def _number_doubt(
    settled: Mapping[str, list[str]],
    open_: list[str],
    ambiguous: bool,
    shares: int,
    tokens: Mapping[str, str],
) -> str:
    money = [value for token, value in tokens.items() if token]
    if len(money) > 1:
        return f"The amounts are in different currencies, such as {money[0]} and {money[1]}."
    if settled["."] and settled[","]:
        return (
            f"Some numbers have a decimal point, such as {settled['.'][0]}, and others a decimal comma, "
            f"such as {settled[','][0]}."
        )
    if ambiguous:
        return f"{open_[0]} can be read with a decimal mark or as thousands; no other value tells which."
    if shares:
        return "Some values are percentages; they are read as shares, 12% as 0.12."
    return ""


def is_blank(text: str) -> bool:
    """Return whether a cell with `text` holds nothing: empty, ``--``, ``n/a``, ``NULL`` ..."""
    return _BLANK_RE.fullmatch(text) is not None


def blank_sql(expr: str) -> str:
    """Return a DuckDB expression that tells whether the text `expr` holds nothing, as `is_blank`."""
    return f"({expr} IS NULL OR regexp_full_match({expr}, {literal(_BLANK)}))"


def translated(expr: str) -> str:
    """Return `expr` with digits and signs of other scripts as the plain ones."""
    # translate() builds its table for each row, so it is called only where there is something to do.
    changed = f"translate({expr}, {literal(_FROM + _UNSEEN)}, {literal(_TO)})"
    return (
        f"CASE WHEN regexp_matches({expr}, {literal(f'[{_FROM}{_UNSEEN}]')}) THEN {changed} ELSE {expr} END"
    )
