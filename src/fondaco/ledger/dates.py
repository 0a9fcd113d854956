"""How dates are written in a file, and how to read them.

A date style is ``iso``, ``iso_offset``, ``excel`` (days since 1899-12-30), ``unix`` (seconds or
milliseconds since 1970), a strptime format, or ``names:`` and a strptime format for dates whose
words are not English.  Where times are written with and without seconds in one column, the formats
are joined by ``|``.  Times are the file's own local times; what a date states as its offset from
UTC is read apart, by ``offset_sql``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fondaco.ledger.numbers import PLAIN, any_of, is_blank, translated
from fondaco.ledger.sql import literal, replaced

# Dates: words ----------------------------------------------------------------------------------

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_LONG = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
# Where two languages use one word for two months, the earlier language counts.
_LANGUAGES = (
    "en", "it", "de", "fr", "es", "pt", "nl", "pl", "tr", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "ru",
    "uk", "el", "ca", "id",
)  # fmt: skip
_MORE_NAMES = {"sept": 9, "mrz": 3, "marz": 3, "maerz": 3, "juli": 7, "juin": 6, "mai": 5}

_LETTER = (r"\p{L}", r"[^\W\d_]")
_OTHER = (r"[^\p{L}]", r"[\W\d_]")


@lru_cache(maxsize=1)
def month_names() -> dict[str, int]:
    """Return the months' names and abbreviations in CLDR's words, folded, to 1 ... 12."""
    from babel import Locale

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    folded = _folded(name).rstrip(".")
                    if len(folded) >= 3 and all(letter.isalpha() for letter in folded):
                        names.setdefault(folded, int(number))
    for name, number in _MORE_NAMES.items():
        names.setdefault(name, number)
    return names


def _folded(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", bare).lower().replace("ı", "i")


@lru_cache(maxsize=2)
def _word_steps(language: int) -> tuple[tuple[str, str, bool], ...]:
    """Return (pattern, replacement, everywhere) steps to a date's bare parts.

    `language` is 0 for RE2 and 1 for Python.  Afterwards ``#`` stands for the month's name and
    only digits, colons, am and pm are left, with single blanks between.
    """
    letter, other = _LETTER[language], _OTHER[language]
    names = any_of(month_names())
    return (
        (r"(오전|上午|午前)", " am ", False),
        (r"(오후|下午|午後)", " pm ", False),
        (r"([ap])\. ?m\.?", r"\1m", False),
        (r"(:[0-9]{2}) ?(?:z|utc|gmt|[-+][0-9]{2}:?[0-9]{2})$", r"\1", False),
        (rf"(^|{other})am($|{other})", r"\1<\2", False),
        (rf"(^|{other})pm($|{other})", r"\1>\2", False),
        (rf"(^|{other})(?:{names})($|{other})", r"\1 # \2", False),
        (rf"{letter}+", " ", True),
        (r"[^0-9:#<>]+", " ", True),
        (r" ?<", " am ", False),
        (r" ?>", " pm ", False),
        (r" +", " ", True),
    )


def _bare_date(text: str) -> str:
    """Return `text` with its month as three English letters and nothing but a date's parts."""
    bare = _folded(text.translate(PLAIN))
    found = re.search(rf"(?:^|{_OTHER[1]})({any_of(month_names())})(?:$|{_OTHER[1]})", bare)
    for pattern, by, every in _word_steps(1):
        bare = re.sub(pattern, by, bare, count=0 if every else 1)
    month = _ENGLISH[month_names()[found[1]] - 1] if found else "?"
    return bare.replace("#", month).strip()


def _bare_date_sql(expr: str) -> str:
    folded = f"translate(lower(strip_accents({translated(expr)})), 'ı', 'i')"
    bare = folded
    for pattern, by, every in _word_steps(0):
        bare = replaced(bare, pattern, by, every)
    names = month_names()
    pattern = rf"(?:^|{_OTHER[0]})({any_of(names)})(?:$|{_OTHER[0]})"
    word = f"regexp_extract({folded}, {literal(pattern)}, 1)"
    keys = ", ".join(literal(name) for name in names)
    values = ", ".join(literal(_ENGLISH[number - 1]) for number in names.values())
    month = f"coalesce(MAP([{keys}], [{values}])[{word}], '?')"
    return f"trim(replace({bare}, '#', {month}))"


def _bare_format(style: str) -> str:
    """Return the format of `_bare_date` for a format with any separators: %d-%b-%y, %B %d, %Y."""
    return re.sub(r"[^%A-Za-z:]+", " ", style.replace("%B", "%b")).strip()


# Dates: candidates -----------------------------------------------------------------------------

_YEAR = "(?:19|20|21)[0-9]{2}"
_ISO = (
    rf"{_YEAR}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}(?:[ T]+[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?)?"
)
_OFFSET = r" ?(?:[zZ]|UTC|GMT|(?:UTC|GMT)?([-+])([0-9]{2}):?([0-9]{2})?)"

_TIME = r"(?P<gap>,? +|,|T)(?P<clock>[0-9]{1,2}:[0-9]{2}(?P<seconds>:[0-9]{2}(?P<fraction>\.[0-9]{1,6})?)?)(?P<half> ?[AaPp][Mm])?"
_BETWEEN = r" ?[-/.年년月월] ?"
_NUMERIC = re.compile(
    rf"(?P<a>[0-9]{{1,4}})(?P<s>{_BETWEEN})(?P<b>[0-9]{{1,2}})(?P<t>{_BETWEEN})(?P<c>[0-9]{{1,4}})"
    rf"(?P<end> ?[日일.])?(?:{_TIME})?"
)
_WORDED = re.compile(
    rf"(?:(?P<d>[0-9]{{1,2}})(?P<s>[-/. ]{{1,2}})(?P<m>[A-Za-z]{{3,9}})(?P<t>[-/., ]{{1,2}})|"
    rf"(?P<m2>[A-Za-z]{{3,9}})(?P<s2>[-/. ]{{1,2}})(?P<d2>[0-9]{{1,2}})(?P<t2>[-/., ]{{1,2}}))"
    rf"(?P<y>[0-9]{{4}}|[0-9]{{2}})(?:{_TIME})?"
)
_MONTHLY = re.compile(
    rf"(?:(?P<y>{_YEAR})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})|(?P<m2>[0-9]{{1,2}})(?P<s2>[-/.])(?P<y2>{_YEAR}))"
)
_ISO_RE = re.compile(_ISO)
_ISO_OFFSET_RE = re.compile(rf"{_ISO}{_OFFSET}")

# The order in which equally good candidates are proposed.
_PREFERENCE = ("iso", "iso_offset", "%b", "names:", "%Y", "%d", "%m", "%y", "excel", "unix")


def date_candidates(sample: Sequence[str], *, header: str = "") -> tuple[str, ...]:
    """Return the date styles that `sample` can be read in, best first.

    Those that read fewer than half as many values as the best are left out; all rows of the file
    then decide between the rest (`choose_date`).  Empty where the values are no dates.

    Parameters
    ----------
    sample
        Some values of the column; empty ones are skipped.
    header
        The column's name: bare numbers are taken for Unix times only if it says so.

    Examples
    --------
    >>> date_candidates(["2010-12-01 08:26:00"])
    ('iso',)
    >>> date_candidates(["13/01/2026", "02/01/2026"])[0]
    '%d/%m/%Y'
    """
    read: Counter[str] = Counter()
    times: dict[str, Counter[str]] = {}
    values = [value.translate(PLAIN).strip(" ") for value in sample if not is_blank(value)]
    unix = re.search("unix|epoch|timestamp", header, re.IGNORECASE) is not None
    for value in values:
        for date, clock in _readings(value, unix):
            read[date] += 1
            times.setdefault(date, Counter())[clock] += 1
    if not read:
        return ()
    best = max(read.values())
    if best < 0.5 * len(values):
        return ()
    kept = [date for date in read if read[date] >= 0.5 * best]
    american = any("%p" in clock for date in kept for clock in times[date])
    kept.sort(key=lambda date: (-read[date], _preference(date, american)))
    return tuple(_joined(date, times[date]) for date in kept[:6])


def _joined(date: str, clocks: Counter[str]) -> str:
    return "|".join(date + clock for clock, _ in clocks.most_common(4))


def _preference(date: str, american: bool) -> int:
    order = list(_PREFERENCE)
    if american:
        order.remove("%m")
        order.insert(order.index("%d"), "%m")
    if not date.startswith("names:") and ("%b" in date or "%B" in date):
        return order.index("%b")
    return next(place for place, start in enumerate(order) if date.startswith(start))


def _readings(value: str, unix: bool) -> set[tuple[str, str]]:
    """Return the (date style, time format) pairs that read `value`."""
    if _ISO_RE.fullmatch(value):
        return {("iso", "")}
    if _ISO_OFFSET_RE.fullmatch(value):
        return {("iso_offset", "")}
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", value):
        return _bare_number_readings(value, unix)
    found = _numeric_readings(value)
    monthly = _MONTHLY.fullmatch(value)
    if monthly is not None and 1 <= int(monthly["m"] or monthly["m2"]) <= 12:
        found = {(f"%Y{monthly['s']}%m" if monthly["y"] else f"%m{monthly['s2']}%Y", "")}
    if not found and 6 <= len(value) <= 60:
        found = _english_readings(value) | _named_readings(value)
    return found


def _bare_number_readings(value: str, unix: bool) -> set[tuple[str, str]]:
    compact = re.fullmatch(rf"{_YEAR}([01][0-9])([0-3][0-9])(?:[0-2][0-9][0-5][0-9](?:[0-5][0-9])?)?", value)
    if compact and 1 <= int(compact[1]) <= 12 and 1 <= int(compact[2]) <= 31:
        return {("%Y%m%d", {8: "", 12: "%H%M", 14: "%H%M%S"}[len(value)])}
    if unix and re.fullmatch(r"[0-9]{9,10}(?:\.[0-9]+)?|[0-9]{13}", value):
        return {("unix", "")}
    if re.fullmatch(r"[2-6][0-9]{4}(?:[.,][0-9]+)?", value):
        return {("excel", "")}
    return set()


def _clock_format(found: re.Match[str]) -> str:
    """Return the format of the time of day in `found`, with what stands before it; may be empty."""
    if found["clock"] is None:
        return ""
    clock = "%I:%M" if found["half"] else "%H:%M"
    clock += ":%S" if found["seconds"] else ""
    clock += ".%f" if found["fraction"] else ""
    half = "" if not found["half"] else " %p" if found["half"].startswith(" ") else "%p"
    return re.sub(" +", " ", found["gap"]) + clock + half


def _numeric_readings(value: str) -> set[tuple[str, str]]:
    found = _NUMERIC.fullmatch(value)
    if found is None:
        return set()
    a, b, c = found["a"], found["b"], found["c"]
    clock = _clock_format(found)
    orders: list[tuple[str, str, str]] = []
    if len(a) == 4:
        orders = [("%Y", "%m", "%d")]
    elif len(c) == 4:
        orders = [("%d", "%m", "%Y"), ("%m", "%d", "%Y")]
    elif len(c) == 2:
        orders = [("%d", "%m", "%y"), ("%m", "%d", "%y")]
    if found["s"] == ".":
        orders = [order for order in orders if order[0] != "%m"]  # nobody writes the month first with dots
    if len(c) == 2 and len(a) != 4:
        orders += [("%y", "%m", "%d")] if len(a) == 2 else []
    readings = set()
    for order in orders:
        parts = dict(zip(order, (a, b, c), strict=True))
        year = parts.get("%Y", "2000")
        if 1 <= int(parts["%m"]) <= 12 and 1 <= int(parts["%d"]) <= 31 and re.fullmatch(_YEAR, year):
            date = order[0] + found["s"] + order[1] + found["t"] + order[2] + (found["end"] or "")
            readings.add((date, clock))
    return readings


def _english_readings(value: str) -> set[tuple[str, str]]:
    """Return the readings of dates with English month names, which DuckDB reads by itself."""
    found = _WORDED.fullmatch(value)
    if found is None:
        return set()
    month, day = (found["m"] or found["m2"]).lower(), int(found["d"] or found["d2"])
    year = "%Y" if len(found["y"]) == 4 else "%y"
    readings = set()
    for code, names in (("%b", _ENGLISH), ("%B", _ENGLISH_LONG)):
        if month in names and 1 <= day <= 31:
            if found["m"]:
                date = f"%d{found['s']}{code}{found['t']}{year}"
            else:
                date = f"{code}{found['s2']}%d{found['t2']}{year}"
            readings.add((date, _clock_format(found)))
    return readings


# A date in words has a day, a word and a year, in any order; or a clock with a half of the day.
_WORD_AMONG_NUMBERS = re.compile(
    r"[0-9][^0-9]*[^\W\d_]{2,}[^0-9]*[0-9]{2}|[^\W\d_]{2,}[^0-9]*[0-9]+[^0-9]+[0-9]{2}|[0-9][^0-9]+[0-9][^0-9]*[^\W\d_]"
)


def _named_readings(value: str) -> set[tuple[str, str]]:
    """Return the readings of dates with month names or halves of the day in other languages."""
    if len(value) > 60 or not _WORD_AMONG_NUMBERS.search(value):
        return set()  # spares loading the names of months for a column of products
    bare = _bare_date(value)
    formats: list[str] = []
    parts: list[str] = []
    for token in bare.split():
        if token in _ENGLISH:
            parts.append("%b")
        elif token in ("am", "pm"):
            parts.append("%p")
        elif re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", token):
            parts.append("%H:%M")
        elif re.fullmatch(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}", token):
            parts.append("%H:%M:%S")
        elif re.fullmatch(_YEAR, token):
            parts.append("%Y")
        elif re.fullmatch("[0-9]{1,2}", token):
            parts.append("#")
        else:
            return set()
    shape = " ".join(parts)
    if "%p" in parts:
        shape = shape.replace("%H", "%I")
    date_part = " ".join(part for part in parts if not part.startswith(("%H", "%p")))
    known = {
        "# %b %Y": "%d %b %Y",
        "%b # %Y": "%b %d %Y",
        "%Y %b #": "%Y %b %d",
        "# %b #": "%d %b %y",
        "%b # #": "%b %d %y",
        "%b %Y": "%b %Y",
        "%Y %b": "%Y %b",
    }
    if "%p" in parts:
        known |= {"%Y # #": "%Y %m %d", "# # %Y": "%d %m %Y"}
    if date_part not in known or not shape.startswith(date_part):
        return set()
    formats.append(known[date_part])
    return {(f"names:{formats[0]}", shape.removeprefix(date_part))}


# Dates: reading --------------------------------------------------------------------------------


def date_sql(expr: str, fmt: str) -> str:
    """Return a DuckDB expression of the time in the text `expr` written as `fmt`, or NULL.

    Parameters
    ----------
    expr
        A DuckDB expression of type VARCHAR.
    fmt
        A date style, as the module's first lines say.

    Returns
    -------
    str
        An expression of type TIMESTAMP: the local time as stated, its offset dropped.  Years from
        1900 to 2199 count as dates.
    """
    read = [_one_style_sql(expr, style) for style in _styles(fmt)]
    return read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"


def _styles(fmt: str) -> list[str]:
    """Return the formats joined in `fmt`, those that DuckDB reads in one step still joined."""
    together: dict[str, list[str]] = {}
    for part in dict.fromkeys(fmt.split("|")):
        if part in ("iso", "iso_offset", "excel", "unix"):
            kind = part
        else:
            compact = part.startswith("%Y%m%d")
            kind = f"{part.startswith('names:')}{'%Y' in part}{compact}"
        together.setdefault(kind, []).append(part)
    return ["|".join(parts) for parts in together.values()]


def _one_style_sql(expr: str, fmt: str) -> str:
    if fmt == "iso":
        return f"TRY_CAST(CASE WHEN regexp_full_match({expr}, {literal(f' *{_ISO} *')}) THEN {expr} END AS TIMESTAMP)"
    if fmt == "iso_offset":
        bare = f"regexp_extract(trim({expr}), {literal(f'^({_ISO})(?:{_OFFSET})?$')}, 1)"
        return f"TRY_CAST(nullif({bare}, '') AS TIMESTAMP)"
    if fmt == "excel":
        return _excel_sql(expr)
    if fmt == "unix":
        return _unix_sql(expr)
    if fmt.startswith("names:"):
        formats = [_bare_format(part) for part in _parts(fmt)]
        return f"try_strptime({_bare_date_sql(expr)}, {_sql_list(formats)})"
    formats = _parts(fmt)
    text = f"trim(translate({expr}, '\u00a0\u202f', '  '))"
    read = f"try_strptime({text}, {_sql_list(formats)})"
    if all(part.startswith("%Y%m%d") for part in formats):
        return f"CASE WHEN regexp_full_match(trim({expr}), '{_YEAR}[0-9]{{4,10}}') THEN {read} END"
    if "%Y" in fmt:  # DuckDB's %Y takes the year 10 from 01/12/10
        return f"CASE WHEN regexp_matches({expr}, '{_YEAR}') THEN {read} END"
    return read


def _parts(fmt: str) -> list[str]:
    """Return the formats joined in `fmt`."""
    return [part.removeprefix("names:") for part in fmt.split("|")]


def _sql_list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(literal(text) for text in dict.fromkeys(texts)) + "]"


def _excel_sql(expr: str) -> str:
    number = f"replace(trim({expr}), ',', '.')"
    days = f"TRY_CAST(CASE WHEN regexp_full_match({number}, '[0-9]{{3,6}}(\\.[0-9]+)?') THEN {number} END AS DOUBLE)"
    # Excel counts in days; its fractions are good to well under a second.
    micros = f"CAST(round({days} * 86400) AS BIGINT) * 1000000"
    start = "CAST(epoch_us(TIMESTAMP '1899-12-30') AS BIGINT)"
    return f"CASE WHEN {days} BETWEEN 2 AND 109574 THEN make_timestamp({start} + {micros}) END"


def _unix_sql(expr: str) -> str:
    text = f"trim({expr})"
    seconds = f"TRY_CAST(CASE WHEN regexp_full_match({text}, '[0-9]{{9,10}}(\\.[0-9]+)?') THEN {text} END AS DECIMAL(38,6))"
    millis = f"TRY_CAST(CASE WHEN regexp_full_match({text}, '[0-9]{{12,13}}') THEN {text} END AS BIGINT)"
    return f"make_timestamp(coalesce(CAST({seconds} * 1000000 AS BIGINT), {millis} * 1000))"


def offset_sql(expr: str, fmt: str) -> str:
    """Return a DuckDB expression of the minutes east of UTC that the date `expr` states, or NULL."""
    if not any(part in ("iso_offset", "iso") or part.startswith("names:") for part in fmt.split("|")):
        return "CAST(NULL AS INTEGER)"
    tail = f"trim({expr})"
    hours = r"[0-9]{1,2}:[0-9]{2}[^ ]* ?(?:UTC|GMT)?([-+][0-9]{2}):?([0-9]{2})?$"
    hour = f"TRY_CAST(regexp_extract({tail}, {literal(hours)}, 1) AS INTEGER)"
    minute = f"coalesce(TRY_CAST(regexp_extract({tail}, {literal(hours)}, 2) AS INTEGER), 0)"
    west = f"regexp_matches({tail}, '-[0-9]{{2}}:?[0-9]{{0,2}}$')"
    zulu = f"regexp_matches({tail}, ':[0-9]{{2}}[^ ]* ?(?:[zZ]|UTC|GMT)$')"
    return f"CASE WHEN {zulu} THEN 0 WHEN {west} THEN {hour} * 60 - {minute} ELSE {hour} * 60 + {minute} END"


# Dates: choosing -------------------------------------------------------------------------------


@dataclass(frozen=True)
class DateStyle:
    """How a column's dates are written.

    Attributes
    ----------
    format
        The style, as the module's first lines say; empty where there is none.
    ambiguous
        Whether another order of day, month and year reads as many rows.
    doubt
        What a person should look at, as a sentence; empty where there is nothing.
    """

    format: str
    ambiguous: bool
    doubt: str


_ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}


def date_order(fmt: str) -> str:
    """Return the order of day, month and year in a style: ``dmy``, ``mdy``, ``ymd`` or empty.

    Examples
    --------
    >>> date_order("%d/%m/%Y %H:%M")
    'dmy'
    """
    if fmt.split("|", maxsplit=1)[0] in ("iso", "iso_offset"):
        return "ymd"
    order = "".join(re.findall("%([dmbByY])", _parts(fmt)[0])).lower().replace("b", "m")
    return order if order in _ORDERS else ""


@dataclass(frozen=True)
class Spread:
    """How the dates of a column lie when they are read in one style.

    Attributes
    ----------
    days
        From the first to the last.
    forward, backward
        How often the next row's date is later, and earlier.
    """

    days: int
    forward: int
    backward: int

    @property
    def disorder(self) -> float:
        """The share of steps that go against the others: 0 in a sorted file, near 0.5 in a shuffled one."""
        return min(self.forward, self.backward) / max(self.forward + self.backward, 1)


#: Files are mostly sorted by date.  So many steps, with at most this disorder in one reading and at least that in
#: every other, settle which is meant.
_STEPS, _SORTED, _SHUFFLED = 10, 0.03, 0.1


def settle_date(spreads: Mapping[str, Spread], *, sorted_as_text: bool = False) -> str:
    """Return which of several styles that read every row is meant, by how the dates lie, or nothing.

    Where a year and a day of two digits can change places, the right reading spans months and the
    wrong one decades; where day and month can, the right one is sorted as the file is.  That proves
    nothing where the file is sorted by the dates' text, `sorted_as_text`.

    Examples
    --------
    >>> settle_date({"%d/%m/%y": Spread(80, 20, 0), "%y/%m/%d": Spread(10400, 12, 8)})
    '%d/%m/%y'
    >>> settle_date({"%d/%m/%Y": Spread(2, 1, 0), "%m/%d/%Y": Spread(60, 1, 0)})
    ''
    """
    least = min(spread.days for spread in spreads.values())
    near = {style: one for style, one in spreads.items() if one.days <= max(5 * least, 1100)}
    if len(near) == 1:
        return next(iter(near))
    best = min(near, key=lambda style: near[style].disorder)
    enough = near[best].forward + near[best].backward >= _STEPS
    others = [one.disorder for style, one in near.items() if style != best]
    if enough and not sorted_as_text and near[best].disorder <= _SORTED and min(others) >= _SHUFFLED:
        return best
    return ""


def choose_date(failures: Mapping[str, int], total: int, *, differ: bool = True) -> DateStyle:
    """Return the date style of a column from how many of its values each candidate fails to read.

    Parameters
    ----------
    failures
        Candidate style to the number of values that it does not read, best candidate first.
    total
        How many values there are that are not empty.
    differ
        Whether the best candidates read any value as different days; a file of one day, the 5th
        of May, is not ambiguous.

    Examples
    --------
    >>> choose_date({"%d/%m/%Y": 0, "%m/%d/%Y": 40}, 100).format
    '%d/%m/%Y'
    >>> choose_date({"%d/%m/%Y": 0, "%m/%d/%Y": 0}, 3).ambiguous
    True
    """
    if not failures:
        return DateStyle("", False, "No value is a date in a style that is known.")
    least = min(failures.values())
    best = [style for style, failed in failures.items() if failed == least]
    chosen = best[0]
    if total and least >= total:
        return DateStyle("", False, "No value is a date in a style that is known.")
    rivals = [style for style in best if date_order(style) not in ("", date_order(chosen))]
    if rivals and differ and date_order(chosen):
        first, second = _ORDERS[date_order(chosen)], _ORDERS[date_order(rivals[0])]
        return DateStyle(chosen, True, f"The dates can be read as {first} and as {second}.")
    if least:
        return DateStyle(chosen, False, f"{least} of {total} values are no dates in the style {chosen}.")
    return DateStyle(chosen, False, "")
