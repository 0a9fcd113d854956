"""A name taken apart: its words in plain letters, the legal form set aside, and what of it tells little."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from fondaco.reference.names.romanising import data, romanised, scripts, sound

_MARKS = re.compile(r"[^\w\s&]|_", re.UNICODE)
_POINTS = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)|(?<=\w)['’`´](?=\w)", re.UNICODE)
_SPACES = re.compile(r"\s+")
#: Words for "&", which says nothing.
_AND = frozenset({"and", "und", "et"})
_EAST = frozenset({"Han", "Kana", "Hangul"})
#: A name is cut here before it is read; nobody is called more.
LONGEST = 300


@dataclass(frozen=True)
class Word:
    """A word of a name.

    Attributes
    ----------
    text
        In plain letters.
    sound
        What it sounds like.
    weight
        1 for a name of its own, less for words that many names have.
    meaning
        For such a word, the word that stands for it in all languages; else empty.
    """

    text: str
    sound: str
    weight: float
    meaning: str


@dataclass(frozen=True)
class Name:
    """A name taken apart.

    Attributes
    ----------
    said
        As it was given, without spaces around it.
    key
        Its words in plain letters, joined; empty where nothing of it can be read.
    words
        In their order, without the legal form.
    others
        The same in a second reading of its characters, where there is one; else empty.
    form, form_said
        The class of its legal form (``limited``, ``stock``, ...) and how it is written; empty where it has none.
    scripts
        In which its letters are.
    """

    said: str
    key: str
    words: tuple[Word, ...]
    others: tuple[Word, ...]
    form: frozenset[str]
    form_said: str
    scripts: tuple[str, ...]

    @property
    def firm(self) -> bool:
        """Whether it looks like a firm's: it has a legal form, or a word that firms have."""
        return bool(self.form_said) or any(word.meaning and word.weight < 1 for word in self.words)


@lru_cache(maxsize=1 << 17)
def read(said: str) -> Name:
    """Take a name apart.

    Examples
    --------
    >>> name = read("Müller & Söhne G.m.b.H.")
    >>> [word.text for word in name.words], name.form_said, sorted(name.form)
    (['muller', 'sohne'], 'gmbh', ['limited'])
    >>> [word.text for word in read("株式会社サントリー").words], read("株式会社サントリー").form_said
    (['santori'], '株式会社')
    >>> [word.text for word in read("김민수").words]
    ['kim', 'minsu']
    """
    text = unicodedata.normalize("NFKC", said[:LONGEST]).casefold().strip()
    written = scripts(text)
    rest, form, form_said = (
        _without_inside(text) if _EAST & set(written) or "Thai" in written else (text, frozenset(), "")
    )
    tokens = _tokens(rest)
    kept, more, more_said = _without_form(tokens)
    words = _words(_split_east(kept, written), written)
    other: tuple[Word, ...] = ()
    if "Han" in written:
        other = _words([part for token in kept for part in romanised(token, japanese=True).split()], written)
        other = () if [w.text for w in other] == [w.text for w in words] else other
    return Name(
        said.strip(), " ".join(word.text for word in words), words, other, form | more,
        " ".join(part for part in (form_said, more_said) if part), written,
    )  # fmt: skip


def _tokens(text: str) -> list[str]:
    text = _POINTS.sub("", text)
    text = "".join(c for c in text if not unicodedata.category(c).startswith("C") or c.isspace())
    tokens = [token for token in _SPACES.split(_MARKS.sub(" ", text).replace("&", " ")) if token]
    return [token for token in tokens if token not in _AND] or tokens


@dataclass(frozen=True)
class _Forms:
    words: Mapping[str, frozenset[str]]
    spelled: Mapping[tuple[str, ...], frozenset[str]]
    inside: Mapping[str, frozenset[str]]
    longest: int


@cache
def _forms() -> _Forms:
    words: dict[str, frozenset[str]] = {}
    spelled: dict[tuple[str, ...], frozenset[str]] = {}
    inside: dict[str, frozenset[str]] = {}
    for name, held in data("legal_forms").items():
        # "Company" may be either of two, and 株式会社 is translated as Co., Ltd. as often as as Inc.
        classes = frozenset({"limited", "stock"} if name == "either" else {name})
        for word in held["words"]:
            words[word] = words.get(word, frozenset()) | classes
        for words_said in held["spelled"]:
            spelled[tuple(words_said.split())] = classes
        for characters in held["inside"]:
            inside[characters] = frozenset({"limited", "stock"})
    return _Forms(words, spelled, inside, max(len(said) for said in spelled))


def _without_inside(text: str) -> tuple[str, frozenset[str], str]:
    """Cut out a legal form that stands among the characters without spaces."""
    for characters, classes in sorted(_forms().inside.items(), key=lambda item: -len(item[0])):
        if characters in text and text != characters:
            return text.replace(characters, " "), classes, characters
    return text, frozenset(), ""


def _without_form(tokens: list[str]) -> tuple[list[str], frozenset[str], str]:
    """Take legal forms off both ends; a name that is nothing else keeps its words."""
    forms, left, said = _forms(), list(tokens), []
    classes: frozenset[str] = frozenset()
    changed = True
    while changed and len(left) > 1:
        changed = False
        for length in range(min(forms.longest, len(left) - 1), 0, -1):
            for part, rest in ((left[-length:], left[:-length]), (left[:length], left[length:])):
                found = forms.spelled.get(tuple(part)) or (forms.words.get(part[0]) if length == 1 else None)
                at_start = rest == left[length:] and part == left[:length] and rest != left[:-length]
                if found is None or (at_start and length == 1 and len(part[0]) < 2):
                    continue
                classes, left, changed = (classes & found or found) if classes else found, rest, True
                said.append(" ".join(part))
                break
            if changed:
                break
    return left, classes, " ".join(reversed(said))


def _split_east(tokens: list[str], written: tuple[str, ...]) -> list[str]:
    """Set the family name of a Korean or Chinese person apart, where the name is one block of characters."""
    if len(tokens) != 1 or len(written) != 1 or written[0] not in ("Han", "Hangul"):
        return tokens
    name = tokens[0]
    known = data("readings")["chinese_surnames" if written[0] == "Han" else "hangul_surnames"]["characters"]
    if 2 <= len(name) <= 3 and name[0] in known:
        return [name[0], name[1:]]
    return tokens


def _words(tokens: list[str], written: tuple[str, ...]) -> tuple[Word, ...]:
    found = []
    for token in tokens:
        for part in romanised(token).replace("-", " ").replace(".", " ").replace("'", "").split():
            text = _usual(part) if "Hangul" in written else part
            weight, meaning = _tells(text)
            found.append(Word(text, sound(text), weight, meaning))
    return tuple(found)


@cache
def _usual_spellings() -> Mapping[str, str]:
    table = data("readings")["korean"]
    return {other: usual for usual, others in table.items() for other in others}


def _usual(part: str) -> str:
    return _usual_spellings().get(part, part)


@cache
def _telling() -> Mapping[str, tuple[float, str]]:
    held = data("words")
    found = dict.fromkeys(held["connecting"]["words"], (held["weight"]["connecting"], ""))
    for meaning, words in held["common"].items():
        for word in (meaning, *words):
            found[word] = (held["weight"]["common"], meaning)
    for usual, words in held["same"].items():
        for word in (usual, *words):
            found.setdefault(word, (1.0, usual))
    return found


def _tells(word: str) -> tuple[float, str]:
    return _telling().get(word, (0.6 if len(word) == 1 else 1.0, ""))
