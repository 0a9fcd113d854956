"""How much of something an offer is for, read from its title and unit, so that prices can be compared.

A price is compared per litre, per kilogram or per piece.  ``Olio extra vergine, 6 x 50 cl`` is three
litres; ``set of 6 coasters`` six pieces; a title without any measure one piece.  What is read:

* ml, cl, dl, l, fl oz and gal (US); g, kg, oz (of weight), lb; in English, Italian, German, French,
  Spanish, Korean, Chinese and Japanese spelling;
* several of them: ``6 x``, ``x 6``, ``pack of 6``, ``6er-Pack``, ``confezione da 6``, ``lot de 6``, ``6本``;
* a comma or a point before the decimals; three digits after it are thousands where the unit is a
  small one (``1,000 ml``).

The first measure counts (``500 ml / 16.9 fl oz``).  The capacity of a bag, a vase or a cup is no
content: such things are pieces.  Ounces are those of weight unless the title says fluid.

US customary units are those of NIST Handbook 44, Appendix C.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Base = Literal["l", "kg", "piece"]


@dataclass(frozen=True)
class Measure:
    """How much an offer is for: `amount` litres, kilograms or pieces."""

    amount: Decimal
    base: Base

    def per(self, price: Decimal) -> Decimal:
        """Return the price of one litre, kilogram or piece, to four places.

        Examples
        --------
        >>> measure("Olive oil, 50 cl").per(Decimal("9.90"))
        Decimal('19.8000')
        """
        return (price / self.amount).quantize(Decimal("0.0001"))


#: Litres or kilograms of one, by base and the spellings of the unit; the longest spelling is tried first.
_UNITS: tuple[tuple[Base, str, str], ...] = (
    ("l", "0.0295735295625", r"fl\.?\s?oz\.?|fluid ounces?"),
    ("l", "0.001", r"ml|millilit(?:er|re)s?|millilitri|mililitros?|밀리리터|毫升|ミリリットル"),
    ("l", "0.01", r"cl|centilit(?:er|re)s?|centilitri|centilitros?"),
    ("l", "0.1", r"dl|decilit(?:er|re)s?|decilitri"),
    ("l", "3.785411784", r"gal\.?|gallons?"),
    ("l", "1", r"lt\.?|ltr\.?|lit(?:er|re)s?|litr[io]|litros?|l|리터|升|リットル"),
    ("kg", "0.45359237", r"lbs?\.?|pounds?"),
    ("kg", "0.028349523125", r"oz\.?|ounces?"),
    ("kg", "1", r"kg|kilos?|kilogram(?:me?|m|mi|o)?s?|chilogramm[io]|킬로그램|公斤|千克|キログラム"),
    ("kg", "0.001", r"gr?\.?|gramm?(?:e[sn]?|[io]|s)?|gramos?|그램|克|グラム"),
)
#: Units so small that three digits after a comma or point are thousands.
_SMALL = frozenset({"0.001", "0.01"})

_NUMBER = r"(?<![\d.,])(\d{1,5}(?:[.,]\d{1,3})?)"
_MEASURES = tuple(
    (base, size, re.compile(rf"{_NUMBER}\s?-?(?:{names})(?![^\W\d_])", re.IGNORECASE))
    for base, size, names in _UNITS
)
_PER = tuple(
    (base, size, re.compile(rf"(?:per |/|al? |pro |par |por )?(?:{names})", re.IGNORECASE))
    for base, size, names in _UNITS
)

_SEVERAL = (
    re.compile(r"(?<![\d.,])(\d{1,3})\s?[x×]\s?(?=\d)", re.IGNORECASE),
    re.compile(r"(?<=[^\W\d_])\s?[x×]\s?(\d{1,3})(?![\d.,]*\d|\s?[^\W\d_])", re.IGNORECASE),
    re.compile(
        r"\b(?:pack|set|box|case|lot|bundle|confezione|scatola|cassa|cartone|coffret|caisse|carton|caja|"
        r"paquete|lote|juego|karton|packung)\s(?:of|da|di|de|à|mit|von)\s(\d{1,3})\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(\d{1,3})(?:er)?[\s-]?(?:pack|packs|set|sets|pk)\b", re.IGNORECASE),
    re.compile(
        r"(?<![\d.,])(\d{1,3})\s?(?:bottles?|bottigli[ae]|flaschen?|bouteilles?|botellas?|cans?|tins?|lattine|"
        r"dosen?|jars?|vasetti|pcs\.?|pieces?|pezz[io]|stück|pièces?|piezas?)\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\d.,])(\d{1,3})\s?(?:개입|개|병|장|매|本|個|瓶|枚|件|入)"),
)

#: Things whose litres say what goes in, not what is sold.
_CAPACITY = re.compile(
    r"\b(?:backpack|rucksack|daypack|bag|tote|suitcase|vase|mug|cup|bowl|pot|jug|zaino|borsa|tazza|vaso|"
    r"mochila|bolso|sac à dos|tasche|tasse|becher)s?\b|배낭|가방|꽃병|머그|リュック|バッグ|背包",
    re.IGNORECASE,
)


def measure(title: str, unit: str = "") -> Measure:
    """Read how much an offer is for.

    Parameters
    ----------
    title
        The offer's title.
    unit
        What the price is for, where the file says so: ``bottle``, ``kg``, ``100 g``, ``box of 6``.  A unit
        of weight or volume decides; any other only adds how many.

    Examples
    --------
    >>> measure("Rosso Riserva, 75 cl")
    Measure(amount=Decimal('0.75'), base='l')
    >>> measure("Pesto 6 x 180 g").amount, measure("Cork coasters, set of 6")
    (Decimal('1.080'), Measure(amount=Decimal('6'), base='piece'))
    >>> measure("Loose tea", "100 g"), measure("Cork backpack, 14 l")
    (Measure(amount=Decimal('0.100'), base='kg'), Measure(amount=Decimal('1'), base='piece'))
    """
    title, unit = unicodedata.normalize("NFKC", title), unicodedata.normalize("NFKC", unit).strip()
    said = _content(unit) or _bare(unit)
    if said is not None:
        return said
    several = _several(title) or _several(unit) or 1
    found = None if _CAPACITY.search(title) else _content(title)
    if found is None:
        return Measure(Decimal(several), "piece")
    return Measure(found.amount * several, found.base)


def _content(text: str) -> Measure | None:
    """Return the measure that stands first in a text; of two that begin together, the longer spelling."""
    hits = []
    for base, size, pattern in _MEASURES:
        hit = pattern.search(text)
        if hit is not None:
            hits.append((hit.start(), -hit.end(), base, size, hit[1]))
    for _start, _end, base, size, number in sorted(hits):
        amount = _number(number, size)
        if amount > 0:
            return Measure(amount * Decimal(size), base)
    return None


def _bare(unit: str) -> Measure | None:
    """Return one litre or kilogram (or part of it) where the unit is only named: ``kg``, ``per l``."""
    for base, size, pattern in _PER:
        if pattern.fullmatch(unit):
            return Measure(Decimal(size), base)
    return None


def _several(text: str) -> int | None:
    for pattern in _SEVERAL:
        hit = pattern.search(text)
        if hit is not None and int(hit[1]) > 0:
            return int(hit[1])
    return None


def _number(text: str, size: str) -> Decimal:
    whole, _, decimals = text.replace(",", ".").partition(".")
    if len(decimals) == 3 and size in _SMALL and whole != "0":
        return Decimal(whole + decimals)
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


_WORD = re.compile(r"[\uac00-\ud7a3\u3041-\u30ff\u4e00-\u9fff]{2,}|[^\W\d_]{3,}")
_NO_WORDS = frozenset(
    [
        "pack",
        "set",
        "box",
        "piece",
        "pieces",
        "pcs",
        "bottle",
        "bottiglia",
        "flasche",
        "bouteille",
        "botella",
        "the",
        "and",
        "with",
        "for",
        "von",
        "mit",
        "und",
        "der",
        "die",
        "das",
        "con",
        "per",
        "del",
        "della",
        "dei",
        "degli",
        "les",
        "des",
        "avec",
        "pour",
        "para",
        "los",
        "las",
        "size",
        "new",
    ]
)


def words(title: str) -> frozenset[str]:
    """Return the words of a title that can tell what it is: three letters or more, without accents.

    Examples
    --------
    >>> sorted(words("Huile d’olive vierge extra, bouteille 500 ml"))
    ['extra', 'huile', 'olive', 'vierge']
    """
    return frozenset(_WORD.findall(plain(title))) - _NO_WORDS


def plain(text: str) -> str:
    """Return a text in lower case and without accents; scripts other than Latin stay as they are.

    Examples
    --------
    >>> plain("Gruyère, 꽃병")
    'gruyere, 꽃병'
    """
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f"))
