"""What must not be shared: who a buyer is, and what somebody charges or earns.

Members of a network often compete.  Identities of buyers are refused; what looks like a price or a margin is shown
to the person who writes, who says whether it is one: a customs fee or a public shelf price may be told, an own price
may not.  The check reads words and figures, not minds: it can be wrong both ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

What = Literal["email", "telephone", "buyer", "price", "margin"]
#: What is refused outright; the rest is asked about.
REFUSED: frozenset[What] = frozenset({"email", "telephone", "buyer"})
#: Names of buyers shorter than this are too common to look for.
_SHORTEST = 4

_EMAIL = re.compile(r"[\w.+%-]+\s*(?:@|\(at\)|\[at\])\s*[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?<![\w./-])(?:\+|00|0)\d(?:[\s()./-]{0,2}\d){6,13}(?![\w-])")
_CURRENCY = (
    r"(?:[€$£¥₩₮₹]|\b(?:EUR|USD|GBP|JPY|KRW|MNT|CNY|CHF|RMB|AUD|CAD|euros?|dollars?|pounds?|yen|won|yuan|tugriks?|franchi)\b"
    r"|원|円|元|төгрөг)"
)
_NUMBER = r"\d[\d.,'\u00a0 ]*"
_PRICE = re.compile(
    rf"{_CURRENCY}\s*{_NUMBER}|{_NUMBER}\s*(?:k|thousand|million|m|만|천)?\s*{_CURRENCY}", re.IGNORECASE
)
_MARGIN = re.compile(
    r"(?:margins?|mark-?ups?|rebates?|discounts?|commissions?|profits?|margin[ei]|ricarico|sconto|guadagno|마진|이윤|할인|ашиг)"
    r"[^.\n]{0,40}?\d+(?:[.,]\d+)?\s*(?:%|per\s?cent|percent|per cento|퍼센트|хувь)"
    r"|\d+(?:[.,]\d+)?\s*(?:%|per\s?cent|percent|per cento|퍼센트|хувь)[^.\n]{0,40}?"
    r"(?:margins?|mark-?up|rebate|discount|commission|profit|margine|ricarico|sconto|guadagno|마진|이윤|할인|ашиг)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Finding:
    """Something in a text that must not be shared, or may not."""

    what: What
    found: str

    @property
    def refused(self) -> bool:
        """Whether it may not be shared whatever the person says."""
        return self.what in REFUSED


def findings(text: str, buyers: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return what in a text looks like an identity, a price or a margin, in the order of `What`.

    Parameters
    ----------
    text
        What is to be shared.
    buyers
        Names and marks of the writer's own buyers; they are looked for as whole words, in any letter case.

    Examples
    --------
    >>> [(f.what, f.found) for f in findings("Mr Kim, kim@shop.example, pays 4.50 EUR a jar.")]
    [('email', 'kim@shop.example'), ('price', '4.50 EUR')]
    >>> findings("They buy in September, for the autumn of 2026.")
    ()
    """
    plain = unicodedata.normalize("NFKC", text)
    found = [Finding("email", each.group().strip()) for each in _EMAIL.finditer(plain)]
    found += [Finding("telephone", each.group().strip()) for each in _TELEPHONE.finditer(plain)]
    found += [Finding("buyer", name) for name in _named(plain, buyers)]
    found += [Finding("price", each.group().strip()) for each in _PRICE.finditer(plain)]
    found += [Finding("margin", each.group().strip()) for each in _MARGIN.finditer(plain)]
    return tuple(dict.fromkeys(found))


def _named(text: str, buyers: Iterable[str]) -> list[str]:
    words = f" {_words(text)} "
    named = {name.strip(): _words(name) for name in buyers if name}
    return sorted(name for name, said in named.items() if _tells(said) and _sought(said) in words)


def _tells(said: str) -> bool:
    """Whether a name is one that could not as well be a common word or a number."""
    return any(map(str.isalpha, said)) and len(said) >= (_SHORTEST if said.isascii() else 2)


def _sought(said: str) -> str:
    """Return what to look for: whole words, but in scripts that write particles onto names, the name anywhere."""
    return said if any(letter >= "\u1100" for letter in said) else f" {said} "


def _words(text: str) -> str:
    """Return the words of a text, folded, one blank between them."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
