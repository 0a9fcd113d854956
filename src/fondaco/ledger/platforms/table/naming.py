"""What columns are called, in twelve languages: ``names.toml``, and how near a header comes to a name of it."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping as Mapped
from functools import lru_cache
from importlib import resources

from fondaco.ledger.numbers import CURRENCY_CODES
from fondaco.ledger.schema import TABLES


@lru_cache(maxsize=1)
def names() -> dict[str, dict[str, list[str]]]:
    text = resources.files(__package__).joinpath("names.toml").read_text(encoding="utf-8")
    content: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return content


def void_words() -> tuple[str, ...]:
    """Return the statuses, in lower case, that mean a line was cancelled before it was charged."""
    return tuple(dict.fromkeys(word.casefold() for word in names()["void_status"]["words"]))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """Return a name's words: no case, accents, punctuation; InvoiceNo is two words."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).casefold()
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    bare = unicodedata.normalize("NFC", bare).replace("ł", "l").replace("ı", "i").replace("ø", "o")
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")


@lru_cache(maxsize=4096)
def _readings(header: str) -> tuple[str, ...]:
    """Return a header's possible names: whole, without brackets, without a unit at its end."""
    whole = _folded(header)
    bare = _folded(_BRACKETS.sub(" ", header))
    words = bare.split()
    while len(words) > 1 and (words[-1].upper() in CURRENCY_CODES or words[-1] in ("in", "euro", "eur")):
        words.pop()
    found = dict.fromkeys([bare, " ".join(words), whole])
    return tuple(name for name in found if name)


@lru_cache(maxsize=8)
def _known(table: str) -> dict[str, dict[str, float]]:
    """Return field -> name without blanks -> how surely it means the field."""
    known: dict[str, dict[str, float]] = {}
    for name, spellings in names()[table].items():
        known[name] = {}
        for place, spelling in enumerate(spellings):
            weak = spelling.endswith("?")
            sure = 0.62 if weak else 1.0 - 0.0005 * min(place, 40)
            known[name].setdefault(_compact(_folded(spelling)), sure)
    return known


@lru_cache(maxsize=4096)
def is_column_name(text: str) -> bool:
    """Tell whether a text is the whole name of a column of some table, in one of the languages known.

    Examples
    --------
    >>> is_column_name("Bestelldatum"), is_column_name("Green tea")
    (True, False)
    """
    readings = {_compact(reading) for reading in _readings(text)} if len(text) <= 80 else set()
    return any(readings & known.keys() for table in TABLES for known in _known(table).values())


def _compact(text: str) -> str:
    return text.replace(" ", "")


@lru_cache(maxsize=65536)
def name_score(header: str, table: str, name: str) -> float:
    """Return how surely `header` names the field, by its text alone."""
    known = _known(table)[name]
    best = 0.0
    for reading in _readings(header):
        compact = _compact(reading)
        if compact in known:
            return known[compact]
        best = max(best, _near(compact, known), _within(reading, known))
    return best


def _near(compact: str, known: Mapped[str, float]) -> float:
    """Return the score of a misspelling."""
    if len(compact) < 5:
        return 0.0
    near = difflib.get_close_matches(compact, known, n=1, cutoff=0.88)
    return 0.8 * known[near[0]] * difflib.SequenceMatcher(None, compact, near[0]).ratio() if near else 0.0


def _within(reading: str, known: Mapped[str, float]) -> float:
    """Return the score of a name that stands among other words: "total quantity"."""
    words = reading.split()
    best = 0.0
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            part = "".join(words[start:end])
            if part in known and len(part) > 2:
                share = len(part) / sum(map(len, words))
                best = max(best, known[part] * (0.3 + 0.35 * share + (0.05 if end == len(words) else 0)))
    return best
