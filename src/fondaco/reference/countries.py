"""Countries: every spelling to one market, an ISO 3166-1 alpha-3 code (and XKX for Kosovo).

How a spelling is understood, first that answers:

1. a code of today: alpha-2, alpha-3 or three digits;
2. our own list, ``data/aliases.toml``: other names, retired codes, conventions that are told, and
   what is refused because it means no one country;
3. the names of CLDR in all its languages and of ISO 3166-1, ``data/countries.tsv.gz``;
4. the last two again without accents;
5. two spellings of the same country together: "Germany (DE)", "DE - Deutschland".

Nothing is ever guessed from likeness.  A name that CLDR's languages use for two countries is in the
index only where our own list settles it.  `suggest` looks for near names, to be shown to a person
and never applied.

A few two-letter codes are words too (``NA``: Namibia, or "not available").  `resolve` takes them as
codes only when told so, `resolve_all` only where at least four in five of the column's other
distinct values are two-letter codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fondaco.kernel.errors import InputError
from fondaco.reference.spelling import fold, folds, key

How = Literal["code", "name", "alias", "unknown"]

_DATA = Path(__file__).parent / "data"

#: Of a column's other distinct values, so many must be codes before its words are read as codes.
CODE_SHARE = 0.8

_A_GROUP = "It is a group of countries or a region; say which country is meant."
_CODE = re.compile(r"[A-Za-z]{2,3}|[0-9]{3}")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_PARTS = re.compile(r"\s*[()\[\]{}|/;:,]\s*|\s+[-\u2013\u2014]\s+")
_BRACKET_AFTER = re.compile(r"(\S.*?)\s*[(\[{]([^()\[\]{}]+)[)\]}]")
_CODE_BEFORE = re.compile(r"([A-Za-z]{2,3}|[0-9]{3})\s*[-\u2013\u2014_|/:;,]\s*(\S.*)")
_CODE_AFTER = re.compile(r"(.*\S)\s*[-\u2013\u2014_|/:;,]\s*([A-Za-z]{2,3}|[0-9]{3})")


@dataclass(frozen=True)
class Resolution:
    """What a spelling of a country was understood as.

    Attributes
    ----------
    said
        The spelling, as it was given.
    market
        Alpha-3 code of the country; ``None`` where it is not understood.
    how
        ``code``, ``name`` (of CLDR or ISO), ``alias`` (our own list) or ``unknown``.
    note
        A sentence: the convention applied, or why nothing was understood; else empty.
    """

    said: str
    market: str | None
    how: How
    note: str = ""


@dataclass(frozen=True)
class _Index:
    """The shipped lists, ready to look up; each inner dict is keyed by `spelling.key`."""

    by_code: dict[str, str] = field(default_factory=dict)
    alpha2: dict[str, str] = field(default_factory=dict)
    english: dict[str, str] = field(default_factory=dict)
    names: dict[str, Resolution] = field(default_factory=dict)
    folded_names: dict[str, Resolution] = field(default_factory=dict)
    aliases: dict[str, Resolution] = field(default_factory=dict)
    folded_aliases: dict[str, Resolution] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    as_written: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def _index() -> _Index:
    """Read both lists, once in the life of the process and only when first asked."""
    import gzip
    import tomllib

    index = _Index()
    aliases = tomllib.loads((_DATA / "aliases.toml").read_text(encoding="utf-8"))
    _read_names(index, gzip.decompress((_DATA / "countries.tsv.gz").read_bytes()).decode().splitlines()[1:])
    _read_aliases(index, aliases)
    return index


def _read_names(index: _Index, lines: list[str]) -> None:
    """Take in the lines: code, alpha-3 (empty for a region), numeric, English name, two sets of keys."""
    for line in lines:
        code, alpha3, numeric, english, plain, bare = line.split("\t")
        if alpha3:
            index.by_code.update({each: alpha3 for each in (code, alpha3, numeric) if each})
            index.alpha2[alpha3] = code
            index.english[alpha3] = english
            meaning = Resolution("", alpha3, "name")
        else:
            meaning = Resolution("", None, "unknown", _A_GROUP)
        index.names.update(dict.fromkeys(plain.split(), meaning))
        index.folded_names.update(dict.fromkeys(bare.split(), meaning))


def _read_aliases(index: _Index, said: Mapping[str, Any]) -> None:
    """Take in our own list."""
    for market, spellings in said["names"].items():
        _alias(index, spellings, Resolution("", market, "alias"))
    for code, market in said["codes"].items():
        _alias(index, [code], Resolution("", market, "alias"))
    for entry in said["convention"]:
        _alias(index, entry["spellings"], Resolution("", entry["market"], "alias", entry["note"]))
    for entry in said["refused"]:
        _alias(index, entry["spellings"], Resolution("", None, "unknown", entry["note"]))
        index.candidates.update(
            {key(spelling): tuple(entry["candidates"]) for spelling in entry["spellings"]}
        )
    index.words.update(said["words"])
    index.as_written.update(said["words_as_written"])


def _alias(index: _Index, spellings: Collection[str], meaning: Resolution) -> None:
    for spelling in spellings:
        a_key = key(spelling)
        index.aliases[a_key] = meaning
        for bare in folds(a_key):
            index.folded_aliases.setdefault(bare, meaning)


def resolve(said: str, *, codes: bool | None = None) -> Resolution:
    """Understand one spelling of a country.

    Parameters
    ----------
    said
        A code or a name in any language of CLDR.
    codes
        Whether it comes from a column of two-letter codes; only then are ``NA``, ``NO`` and the few
        other words among the codes read as codes.

    Examples
    --------
    >>> resolve("EIRE").market, resolve("Deutschland").market, resolve("NA", codes=True).market
    ('IRL', 'DEU', 'NAM')
    >>> resolve("Congo").note
    'There are two: the Democratic Republic of the Congo (COD) and the Republic of the Congo (COG).'
    """
    text = said.strip()
    if not text:
        return Resolution(said, None, "unknown", "No country is stated.")
    meaning = _as_code(text, bool(codes)) or _as_name(text) or _as_parts(text)
    if meaning is None:
        shown = text if len(text) <= 60 else text[:57] + "..."
        return Resolution(said, None, "unknown", f'"{shown}" is no country that we know by this name.')
    return replace(meaning, said=said)


def resolve_all(values: Collection[str]) -> dict[str, Resolution]:
    """Understand the spellings of one column, each in the light of the others.

    A word that is a code too, such as ``NA``, is a code where at least `CODE_SHARE` of the other
    distinct values, those that say nothing aside, are two-letter codes.  In a column of numeric
    codes (by the same share) leading zeros that a spreadsheet took away are put back.

    Examples
    --------
    >>> {said: found.market for said, found in resolve_all(["NA", "DE", "IT"]).items()}
    {'NA': 'NAM', 'DE': 'DEU', 'IT': 'ITA'}
    >>> resolve_all(["NA", "Germany", "Italy"])["NA"].market is None
    True
    """
    distinct = list(dict.fromkeys(values))
    index = _index()
    telling = [
        value.strip()
        for value in distinct
        if value.strip() and value.strip().upper() not in index.words and key(value) not in index.candidates
    ]
    codes = _share(telling, _is_two_letter_code) >= CODE_SHARE
    numeric = _share(telling, _is_numeric_code) >= CODE_SHARE
    found = {}
    for value in distinct:
        text = value.strip()
        padded = text.zfill(3) if numeric and text.isascii() and text.isdigit() else value
        found[value] = replace(resolve(padded, codes=codes), said=value)
    return found


def suggest(said: str, *, limit: int = 3) -> tuple[str, ...]:
    """Name up to `limit` countries, in English, whose names are near `said`; to be shown, never applied.

    Examples
    --------
    >>> suggest("Germny")
    ('Germany',)
    >>> suggest("Congo")
    ('Congo - Kinshasa', 'Congo - Brazzaville')
    """
    from difflib import get_close_matches

    index = _index()
    wanted = key(said)
    if wanted in index.candidates:
        return tuple(index.english[market] for market in index.candidates[wanted])[:limit]
    if len(wanted) < 3:
        return ()
    bare = fold(wanted)
    known = index.folded_names | index.names | index.folded_aliases | index.aliases
    # Only names of a like length that share the first or the last letters: the rest cannot be near.
    near = [
        name
        for name in known
        if abs(len(name) - len(bare)) <= 3
        and (name[:2] == bare[:2] or name[-3:] == bare[-3:])
        and known[name].market
    ]
    close = get_close_matches(bare, near, n=12, cutoff=0.8)
    markets = dict.fromkeys(market for name in close if (market := known[name].market))
    return tuple(index.english[market] for market in markets)[:limit]


def is_market(alpha3: str) -> bool:
    """Whether `alpha3` is an ISO 3166-1 alpha-3 code of today, or XKX."""
    return alpha3 in _index().alpha2


def markets() -> tuple[str, ...]:
    """Return every market's alpha-3 code, in the order of the alphabet."""
    return tuple(sorted(_index().alpha2))


def alpha2(alpha3: str) -> str:
    """Return the alpha-2 code of a market.

    >>> alpha2("DEU"), alpha2("XKX")
    ('DE', 'XK')
    """
    if not is_market(alpha3):
        raise InputError(_no_market(alpha3))
    return _index().alpha2[alpha3]


def name(alpha3: str, locale: str = "en") -> str:
    """Return the name of a market in a language that CLDR has; in English where it has none.

    >>> name("DEU"), name("DEU", "it")
    ('Germany', 'Germania')
    """
    if not is_market(alpha3):
        raise InputError(_no_market(alpha3))
    index = _index()
    if locale == "en":
        return index.english[alpha3]
    return _territories(locale).get(index.alpha2[alpha3], index.english[alpha3])


def from_code(text: str) -> str:
    """Return the market that a person states, as in ``--home DE``: a code or a name.

    Raises
    ------
    InputError
        Where it is not understood; the message gives the reason and names what is near.

    Examples
    --------
    >>> from_code("de"), from_code("DEU"), from_code("Germany")
    ('DEU', 'DEU', 'DEU')
    """
    found = resolve(text, codes=True)
    if found.market is not None:
        return found.market
    near = suggest(text)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise InputError(
        f"{found.note}{hint} State a country by its ISO code, such as DE or DEU, or by its name."
    )


@cache
def _territories(locale: str) -> Mapping[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        return dict(Locale.parse(locale.replace("-", "_")).territories)
    except (UnknownLocaleError, ValueError):
        return {}


def _no_market(alpha3: str) -> str:
    return f'"{alpha3}" is not an ISO 3166-1 alpha-3 code; such codes look like DEU or ITA.'


def _as_code(text: str, codes: bool) -> Resolution | None:
    """Read a code of today; a code that is a word as well only where `codes` says so."""
    if _FLAG.fullmatch(text):
        text = key(text)
    if not _CODE.fullmatch(text):
        return None
    index = _index()
    if text in index.as_written:
        return Resolution("", None, "unknown", index.as_written[text])
    code = text.upper()
    market = index.by_code.get(code)
    if code in index.words and not (codes and market):
        return Resolution("", None, "unknown", index.words[code])
    if market is None:
        return None
    # XK is no code of ISO's: it is in our own list, which says so.
    return Resolution("", market, "alias" if market == "XKX" and len(code) == 2 else "code")


def _as_name(text: str) -> Resolution | None:
    index = _index()
    a_key = key(text)
    if not a_key:
        return None
    found = index.aliases.get(a_key) or index.names.get(a_key)
    if found is not None:
        return found
    for bare in (fold(a_key), a_key):
        for known in (index.folded_aliases, index.names, index.folded_names):
            if bare in known:
                return known[bare]
    return None


def _as_parts(text: str) -> Resolution | None:
    """Read "Germany (DE)" or "DE - Deutschland": each part must mean the same country."""
    for parts in _ways_to_part(text):
        found = [_as_code(part, True) or _as_name(part) for part in parts]
        understood = [meaning for meaning in found if meaning is not None]
        if len(understood) < len(parts):
            continue
        meant = {meaning.market for meaning in understood}
        if meant == {None}:
            return understood[0]
        if len(meant) == 1:
            return next((meaning for meaning in understood if meaning.how != "code"), understood[0])
        named = " and ".join(sorted(f"{market}" for market in meant if market))
        return Resolution("", None, "unknown", f"Its parts do not mean the same country ({named}).")
    return None


def _ways_to_part(text: str) -> Iterator[list[str]]:
    """Yield the ways in which a text may hold two spellings or more, the likeliest first."""
    for pattern in (_BRACKET_AFTER, _CODE_BEFORE, _CODE_AFTER):
        if found := pattern.fullmatch(text):
            yield [found[1], found[2]]
    parts = [part for part in _PARTS.split(text) if part]
    if 2 <= len(parts) <= 4:
        yield parts


def _share(values: Collection[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _is_two_letter_code(text: str) -> bool:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        return False
    index = _index()
    return text.upper() in index.by_code or text.lower() in index.aliases


def _is_numeric_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and text.zfill(3) in _index().by_code
