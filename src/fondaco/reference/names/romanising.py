"""Any script in plain Latin letters, and what a word sounds like however it was romanised.

Letters go through `anyascii`; before it, what several letters spell together (Greek ου), Arabic vowels that a letter by
letter reading drops, and Japanese words whose characters have a Chinese reading too.  A romanisation is one
of many, so words are also compared by `sound`, and where a script writes no vowels by `bones`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from anyascii import anyascii

_DATA = Path(__file__).parent / "data"

_GREEK = {
    "ου": "ou", "αυ": "av", "ευ": "ev", "μπ": "b", "ντ": "nt", "γκ": "g", "γγ": "ng", "χ": "ch", "υ": "y",
    "ει": "ei", "οι": "oi", "αι": "ai", "ψ": "ps", "ξ": "x", "θ": "th", "φ": "f", "ω": "o", "η": "i",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ة": "a", "ى": "a", "و": "w", "ي": "y", "ئ": "y", "ؤ": "w", "ء": "", "ع": "a", "ـ": "",
}  # fmt: skip
_SCRIPTS = (
    ("HANGUL", "Hangul"), ("HIRAGANA", "Kana"), ("KATAKANA", "Kana"), ("CJK", "Han"), ("CYRILLIC", "Cyrillic"),
    ("GREEK", "Greek"), ("ARABIC", "Arabic"), ("HEBREW", "Hebrew"), ("THAI", "Thai"), ("DEVANAGARI", "Devanagari"),
    ("GEORGIAN", "Georgian"), ("ARMENIAN", "Armenian"), ("LATIN", "Latin"),
)  # fmt: skip
#: Scripts that leave short vowels unwritten.
NO_VOWELS = frozenset({"Arabic", "Hebrew"})
#: Scripts whose languages do not tell k from g, or l from r, as others do.
VOICELESS = frozenset({"Hangul", "Arabic", "Kana"})


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return one of the shipped lists."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))


def scripts(text: str) -> tuple[str, ...]:
    """Return the scripts of the letters of `text`, in the order of their first letter.

    Examples
    --------
    >>> scripts("ООО Ромашка"), scripts("Sony ソニー"), scripts("12")
    (('Cyrillic',), ('Latin', 'Kana'), ())
    """
    return tuple(dict.fromkeys(found for letter in text if letter.isalpha() for found in [_script(letter)]))


@lru_cache(maxsize=1 << 16)
def _script(letter: str) -> str:
    said = unicodedata.name(letter, "")
    return next((name for word, name in _SCRIPTS if word in said), "another script")


def romanised(text: str, *, japanese: bool = False) -> str:
    """Return `text` in the letters a to z, digits and spaces; `japanese` reads known words as Japanese does.

    Examples
    --------
    >>> romanised("Müller"), romanised("Чайковский"), romanised("Παπαδόπουλος"), romanised("김민수")
    ('muller', 'chaykovskiy', 'papadopoulos', 'gimminsu')
    >>> romanised("東京商事", japanese=True), romanised("東京商事")
    ('tokyo shoji', 'dongjingshangshi')
    """
    if text.isascii():
        return text.lower()
    if japanese:
        for word, reading in data("readings")["japanese"].items():
            text = text.replace(word, f" {reading} ")
    written = set(scripts(text))
    if "Han" in written and not japanese:
        text = _apart(text, data("readings")["chinese"])
    if "Hangul" in written:
        text = _hangul(_apart(unicodedata.normalize("NFC", text), data("readings")["hangul"]))
    if "Greek" in written:
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = _replaced(text.lower(), _GREEK)
    if "Arabic" in written:
        text = "".join(c for c in text if not unicodedata.combining(c))
        # The article, also after "to" (لل) and "and" (وال), is a word of its own; so is God's name.
        text = re.sub(r"\bو?(?:ال|لل)(?=\w{2})", "al ", text.replace("الله", "allah"))
        text = _replaced(text, _ARABIC)
    plain = anyascii(text).lower()
    return " ".join(re.sub(r"[^a-z0-9 &.'-]", "", plain).split())


def _apart(text: str, words: Mapping[str, str]) -> str:
    """Set words that many firms' names have apart from the name, longest first."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, f" {words[word]} ")
    return text


_FIRST = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"]
_VOWEL = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_LAST = [
    "",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]


def _hangul(text: str) -> str:
    """Romanise Korean syllables by the Revised Romanization of 2000, finals as they are spoken alone."""
    return "".join(
        _FIRST[(code := ord(c) - 0xAC00) // 588] + _VOWEL[code % 588 // 28] + _LAST[code % 28]
        if "\uac00" <= c <= "\ud7a3"
        else c
        for c in text
    )


def _replaced(text: str, table: Mapping[str, str]) -> str:
    for before, after in table.items():
        text = text.replace(before, after)
    return text


_SOUNDS = (
    ("tsch", "ch"), ("tch", "ch"), ("shch", "sh"), ("sch", "sh"), ("dzh", "j"), ("zh", "j"), ("ph", "f"), ("kh", "h"), ("gh", "g"),
    ("th", "t"), ("ck", "k"), ("qu", "k"), ("q", "k"), ("x", "ks"), ("tz", "ts"), ("w", "v"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"), ("ei", "i"), ("ey", "i"), ("ay", "ai"), ("eu", "u"), ("eo", "o"), ("ae", "e"),
    ("oe", "o"), ("ue", "u"), ("yi", "i"), ("iy", "i"), ("ij", "i"), ("yu", "iu"), ("ya", "ia"), ("yo", "io"), ("y", "i"),
)  # fmt: skip
#: One Korean vowel, spelled by the Revised Romanization and as names are: Yeong and Young, Seok and Suk, U and Woo.
_KOREAN = (("yeo", "yu"), ("you", "yu"), ("eo", "u"), ("woo", "u"), ("wu", "u"), ("ui", "i"))
_SOFT_C = re.compile(r"c(?=[eiy])")
_HARD_C = re.compile(r"c(?!h)")
_LONG_H = re.compile(r"(?<=[aeiou])h(?![aeiou])")
_TWICE = re.compile(r"([a-z])\1+")
_VOICES = str.maketrans("gdbzlv", "ktpsrb")


@lru_cache(maxsize=1 << 18)
def sound(word: str, *, voiceless: bool = False, silent_h: bool = True) -> str:
    """Return what a romanised word sounds like, roughly: one spelling for many; `silent_h` leaves the h of Ohm out.

    Examples
    --------
    >>> sound("sergey") == sound("sergei"), sound("chaykovskiy"), sound("mueller") == sound("muller")
    (True, 'chaikovski', True)
    >>> sound("gim", voiceless=True) == sound("kim", voiceless=True)
    True
    """
    if voiceless:
        for before, after in _KOREAN:
            word = word.replace(before, after)
    word = _SOFT_C.sub("s", word)
    for before, after in _SOUNDS:
        word = word.replace(before, after)
    word = _HARD_C.sub("k", word)
    if silent_h:
        word = _LONG_H.sub("", word)
    if voiceless:
        word = word.translate(_VOICES)
    word = _TWICE.sub(r"\1", word)
    return word[:-1] if len(word) > 3 and word.endswith("ii") else word


@lru_cache(maxsize=1 << 18)
def bones(word: str, *, silent_h: bool = True) -> str:
    """Return the consonants of a romanised word, for scripts that write no others; in Arabic no h is silent (Ahmed).

    Examples
    --------
    >>> bones("muhammad"), bones("mhmd"), bones("alnoor")
    ('mhmt', 'mhmt', 'rnr')
    >>> bones("rahman"), bones("rahman", silent_h=False), bones("rhmn")
    ('rmn', 'rhmn', 'rhmn')
    """
    hard = sound(re.sub(r"[wy']|(?<=[aeiou])h\b", "", word), voiceless=True, silent_h=silent_h)
    return _TWICE.sub(r"\1", re.sub(r"[aeiou]", "", hard))
