"""Who is meant when a person is to be forgotten, and how they are told apart from everybody else.

A person is known by *marks* (the platform's id or e-mail for a buyer), by *names*, and by the
*phrases* among these that cannot mean anything else: an e-mail address, a name of two words or more,
an id of letters and digits.  Marks and names are compared with whole cells of the columns that hold
buyers; phrases are looked for everywhere, also inside texts, in any letter case, with the family
name first or last, and as a wrong encoding would have left them.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


def folded(text: str) -> str:
    """Return a text as it is compared: composed, in lower case, without blanks at its ends.

    >>> folded(" Zoe\u0308 ") == folded("ZOË")
    True
    """
    return unicodedata.normalize("NFC", text).strip().lower()


@dataclass(frozen=True)
class Person:
    """A person as the ledger knows them.

    Attributes
    ----------
    marks, names
        The platform's ids or e-mails for them, and how they are called, as written.
    pseudonym
        What stands in their place; drawn by lot, so that nothing leads back.
    """

    marks: tuple[str, ...]
    names: tuple[str, ...]
    pseudonym: str = field(default_factory=lambda: f"forgotten-{secrets.token_hex(4)}")

    @cached_property
    def pseudonyms(self) -> dict[str, str]:
        """What stands for each mark, folded: one for each, so that buyers are counted as before."""
        distinct = dict.fromkeys(map(folded, self.marks))
        return {
            mark: self.pseudonym if n == 1 else f"{self.pseudonym}-{n}"
            for n, mark in enumerate(distinct, start=1)
        }

    @cached_property
    def folded_names(self) -> frozenset[str]:
        """Their names, folded."""
        return frozenset(map(folded, self.names))

    @cached_property
    def idents(self) -> frozenset[str]:
        """Marks and names, folded, that hold a letter: what a whole cell may be compared with anywhere."""
        both = self.pseudonyms.keys() | self.folded_names
        return frozenset(text for text in both if any(c.isalpha() for c in text) and len(text) > 2)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """What is looked for everywhere, the longest first."""
        found = {text.strip() for text in (*self.marks, *self.names) if is_telling(text)}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))

    @cached_property
    def sql_pattern(self) -> str:
        """The phrases as a pattern of DuckDB, with what stands before and behind them; "" for none."""
        bodies = _bodies(self.phrases)
        return rf"(?i)(^|[^\pL\pN])(?:{'|'.join(bodies)})($|[^\pL\pN])" if bodies else ""

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        bodies = _bodies(self.phrases)
        return re.compile(rf"(?i)(?<![^\W_])(?:{'|'.join(bodies)})(?![^\W_])") if bodies else None

    def is_named_in(self, text: str) -> bool:
        """Tell whether a phrase stands in a text."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def without(self, text: str) -> str:
        """Return a text with every phrase replaced."""
        return self._pattern.sub(self.pseudonym, text) if self._pattern else text

    def without_all(self, value: Any) -> Any:
        """Return JSON-ready values with every phrase replaced, in keys too."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, dict):
            return {self.without(k): self.without_all(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.without_all(v) for v in value]
        return value


def is_telling(text: str) -> bool:
    """Tell whether a text means one person wherever it stands.

    >>> [is_telling(text) for text in ("ann@x.org", "Ann Lee", "c-91fa07be", "Rose", "17850", "K1")]
    [True, True, True, False, False, False]
    """
    text = text.strip()
    letters = sum(c.isalpha() for c in text)
    if "@" in text and letters > 2:
        return True
    if len(text.split()) > 1:
        return letters >= 5
    return letters > 0 and any(c.isdigit() for c in text) and len(text) >= 8


def _bodies(phrases: Iterable[str]) -> list[str]:
    """Return the ways in which phrases are written, as patterns, the longest first."""
    found: dict[str, None] = {}
    for phrase in phrases:
        words = phrase.split()
        orders = [words]
        if len(words) > 1 and "@" not in phrase:
            orders += [[f"{words[-1]},", *words[:-1]], [words[-1], *words[:-1]]]
        for order in orders:
            for variant in _variants(order):
                found[r"\s*".join(variant) if variant[0].endswith(",") else r"\s+".join(variant)] = None
    return sorted(found, key=len, reverse=True)


def _variants(words: list[str]) -> Iterable[list[str]]:
    """Yield words composed, decomposed, and as UTF-8 read as Windows-1252 leaves them."""
    for form in ("NFC", "NFD"):
        yield [re.escape(unicodedata.normalize(form, word)) for word in words]
    broken = [unicodedata.normalize("NFC", word).encode() for word in words]
    for encoding in ("cp1252", "latin-1"):
        try:
            yield [re.escape(word.decode(encoding)) for word in broken]
        except UnicodeDecodeError:
            continue
