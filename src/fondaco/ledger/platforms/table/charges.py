"""Which lines of an order are no goods: postage, fees, discounts, vouchers, adjustments.

An article number that is known for it decides, such as POST.  Otherwise a line is a charge only if
its article number has no digits and its description *is* a charge's name: the POSTAGE STAMP ALBUM
and whatever carries a real article number are goods.  The lists are data: ``charges.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True)
class ChargeRules:
    """What tells charges from goods.

    Attributes
    ----------
    codes
        Article number in lower case to kind.
    short
        Article number in lower case that could be a size as well, to its kind and what the
        description may say for it to be a charge.
    patterns
        Regular expressions over a whole article number, each with its kind.
    phrases
        A charge's name, folded by `folded`, to its kind.
    fillers
        Words that may stand beside it.
    """

    codes: Mapping[str, str]
    short: Mapping[str, tuple[str, frozenset[str]]]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    phrases: Mapping[str, str]
    fillers: frozenset[str]


@lru_cache(maxsize=1)
def load_charges() -> ChargeRules:
    """Return the rules of ``charges.toml``."""
    text = resources.files(__package__).joinpath("charges.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    fillers = frozenset(folded(word) for word in content["fillers"]["words"])
    phrases: dict[str, str] = {}
    for kind, names in content["phrases"].items():
        for name in names:
            phrases.setdefault(folded(name), kind)
            phrases.setdefault(_without(folded(name), fillers), kind)
    phrases.pop("", None)
    return ChargeRules(
        codes={code.casefold(): kind for code, kind in content["codes"].items()},
        short={
            code.casefold(): (entry["kind"], frozenset(map(folded, entry["says"])))
            for code, entry in content["short"].items()
        },
        patterns=tuple(
            (re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in content["patterns"].items()
        ),
        phrases=phrases,
        fillers=fillers,
    )


def charge_kind(sku: str | None, product: str | None, rules: ChargeRules) -> str | None:
    """Return the kind of charge that a line is, or None where it is goods.

    Parameters
    ----------
    sku
        The article number; may be empty.
    product
        The description; may be empty.
    rules
        From `load_charges`.

    Examples
    --------
    >>> rules = load_charges()
    >>> charge_kind("POST", "POSTAGE", rules)
    'shipping'
    >>> charge_kind("22610", "POSTAGE STAMP ALBUM", rules) is None
    True
    >>> charge_kind("", "Versandkosten 4,90 €", rules)
    'shipping'
    """
    code = (sku or "").strip().casefold()
    said = folded(product or "")
    if code in rules.codes:
        return rules.codes[code]
    if code in rules.short:
        kind, says = rules.short[code]
        return kind if said in says or not said else None
    for pattern, kind in rules.patterns:
        if code and pattern.fullmatch(code):
            return kind
    word = folded(code)
    if any(char.isdigit() for char in code) and _phrase_kind(word, rules) is None:
        return None
    return _phrase_kind(said or word, rules)


def _phrase_kind(said: str, rules: ChargeRules) -> str | None:
    if not said:
        return None
    return rules.phrases.get(said) or rules.phrases.get(_without(said, rules.fillers))


def _without(said: str, fillers: frozenset[str]) -> str:
    return " ".join(word for word in said.split() if word not in fillers)


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return `text` without letter case, accents, amounts, brackets and punctuation.

    Examples
    --------
    >>> folded("Gebühr (PayPal) 1,20 EUR")
    'gebuhr'
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    bare = unicodedata.normalize("NFC", bare).replace("ł", "l").replace("ı", "i").replace("ø", "o")
    bare = re.sub(r"\b(?:eur|usd|gbp|chf)\b|[0-9]+", " ", bare)
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())
