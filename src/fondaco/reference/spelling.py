"""One form for the many ways in which a name is typed.

`key` takes away what never tells two countries apart: case, width, spaces, punctuation, "the", and
it writes out a few abbreviations.  `fold` also takes away accents; it is the second try only, since
in some languages an accent does tell two names apart.  The index that ships with Fondaco is built
with these two functions, so after a change here it has to be built again
(``tools/make_country_index.py``).
"""

from __future__ import annotations

import unicodedata

#: Flag emoji are pairs of "regional indicators", one for each letter of the alpha-2 code.
_LETTERS = {0x1F1E6 + offset: chr(ord("A") + offset) for offset in range(26)}
_LETTERS[ord("&")] = " and "

#: Abbreviations written out wherever they stand as a word of their own.
_WRITTEN_OUT = {"st": "saint", "rep": "republic", "dem": "democratic"}

#: And those written out only after the first word, since "IS" alone is Iceland.
_WRITTEN_OUT_LATER = {"is": "islands", "isl": "islands", "isls": "islands"}

#: Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)

#: How German and Scandinavian names are typed on a keyboard without these letters.
_TYPED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def key(text: str) -> str:
    """Return `text` without case, width, spaces, punctuation, symbols and "the".

    Examples
    --------
    >>> key("The  St. Vincent & Grenadines"), key("U.K.")
    ('saintvincentandgrenadines', 'uk')
    """
    plain = unicodedata.normalize("NFKC", text.translate(_LETTERS)).casefold()
    # Letters, digits and combining marks stay: without its marks an Indic name is another name.
    kept = "".join(" " if unicodedata.category(char)[0] in "PZSC" else char for char in plain)
    words = kept.split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    if len(words) > 1 and words[-1] == "the":
        words = words[:-1]
    words = [_WRITTEN_OUT.get(word, word) for word in words]
    return "".join(words[:1] + [_WRITTEN_OUT_LATER.get(word, word) for word in words[1:]])


def fold(a_key: str) -> str:
    """Return a key without accents on Latin, Greek and Cyrillic letters.

    Examples
    --------
    >>> fold(key("CÔTE D'IVOIRE")), fold(key("Østrig"))
    ('cotedivoire', 'ostrig')
    """
    apart = unicodedata.normalize("NFD", a_key)
    bare = "".join(char for char in apart if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", bare).translate(_PLAIN)


def folds(a_key: str) -> set[str]:
    """Return every accent-free form of a key: ``österreich`` is ``osterreich`` or ``oesterreich``."""
    return {fold(a_key), fold(unicodedata.normalize("NFC", a_key).translate(_TYPED_OUT))}
