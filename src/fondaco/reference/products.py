"""Products: what kind of goods a product is, its place in the Harmonized System, and words that tell.

A *tag* (``wine``, ``ham``, ``cashmere``) is a plain word for a kind of goods.  Each has HS prefixes and
wider tags that it belongs to (``wine`` is ``alcohol``, and that is ``food``), so that a rule may speak
of any of them.  The list is data, ``data/products.toml``; a workspace adds its own in
``regulations/products.toml``, written the same way.

Words in eight languages tell a product's tag from its name.  What they tell is a suggestion, with the
word that told it, for a person to take or leave; nothing is ever tagged by it.

An HS code is text of 2, 4, 6, 8 or 10 digits.  It is never padded: 409 may be 0409 that a spreadsheet
shortened or a mistake, and only a person knows which.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fondaco.kernel import InputError, UnknownName
from fondaco.reference.hs import hs_code

_SHIPPED = Path(__file__).parent / "data" / "products.toml"

#: Languages in which names are understood, ISO 639-1.
LANGUAGES = ("en", "it", "de", "fr", "es", "ko", "zh", "ja")

TAG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Tag:
    """A kind of goods.

    Attributes
    ----------
    name
        Its short name: lower-case letters, digits and hyphens.
    label
        Its name for people, in English.
    hs
        HS prefixes under which such goods are found; empty for a wider tag without a place of its own.
    within
        The wider tags that it belongs to directly.
    words
        Language to words that tell it (see `suggest`).
    unless
        Words beside which the others tell nothing, also of the tags within: a *wine glass* is no wine.
    """

    name: str
    label: str
    hs: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A tag that a product's name suggests, and the word (in its language) that told it."""

    tag: str
    word: str
    language: str

    def to_json(self) -> dict[str, str]:
        """Return the suggestion as JSON values."""
        return dict(vars(self))


class _Entry(BaseModel):
    """A tag as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    label: str = Field(min_length=1)
    hs: list[Annotated[str, BeforeValidator(hs_code)]] = []
    within: list[str] = []
    unless: list[str] = []
    words: dict[str, list[str]] = {}


@dataclass(frozen=True)
class Tags:
    """All tags that are known, by name."""

    by_name: Mapping[str, Tag]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def tag(self, name: str) -> Tag:
        """Return a tag; raises `UnknownName` where there is none, with what is near."""
        if name not in self.by_name:
            import difflib

            near = difflib.get_close_matches(name, self.by_name, n=3) or sorted(self.by_name)[:12]
            raise UnknownName(f"There is no product tag {name!r}: did you mean {', '.join(near)}?")
        return self.by_name[name]

    def closure(self, names: Iterable[str]) -> frozenset[str]:
        """Return tags with all the wider ones that they belong to.

        >>> sorted(tags().closure(["wine"]))
        ['alcohol', 'drink', 'food', 'wine']
        """
        found: set[str] = set()
        todo = [name for name in names if name in self.by_name]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.by_name[name].within
        return frozenset(found)

    @cached_property
    def telling(self) -> tuple[tuple[tuple[str, ...], Suggestion], ...]:
        """What must stand in a name (see `_parts`) for each suggestion, by tag and language."""
        return tuple(
            (_parts(word), Suggestion(tag.name, word, language))
            for tag in self.by_name.values()
            for language, words in tag.words.items()
            for word in words
        )

    def unless(self, name: str) -> tuple[str, ...]:
        """Return the words beside which nothing is told of a tag: its own, and those of the wider ones."""
        return tuple(word for each in sorted(self.closure([name])) for word in self.by_name[each].unless)

    def of_hs(self, code: str) -> tuple[str, ...]:
        """Return the tags within whose HS prefixes a code lies, the narrowest of them.

        The longest prefixes alone count, and of a tag and the wider one that it lies within, the tag.

        >>> tags().of_hs("220421"), tags().of_hs("22")
        (('wine',), ())
        """
        held = [
            (len(prefix), name)
            for name, tag in self.by_name.items()
            for prefix in tag.hs
            if code.startswith(prefix)
        ]
        longest = max((length for length, _ in held), default=0)
        found = {name for length, name in held if length == longest}
        wider = {other for name in found for other in self.closure([name]) if other != name}
        return tuple(sorted(found - wider))

    def prefixes(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the HS prefixes of tags, without those of the wider ones."""
        return tuple(
            dict.fromkeys(
                prefix for name in names if name in self.by_name for prefix in self.by_name[name].hs
            )
        )

    def suggest(self, name: str) -> tuple[Suggestion, ...]:
        """Return the tags that the words of a product's name suggest, the longest word first.

        Examples
        --------
        >>> [(s.tag, s.word, s.language) for s in tags().suggest("Chianti Classico vino rosso 0,75 l")]
        [('wine', 'chianti', 'en')]
        >>> tags().suggest("Wine glass, set of 6")
        ()
        >>> tags().suggest("가죽 핸드백")[0].tag
        'leather-bag'
        """
        return _suggested(self, name)


def _suggested(known: Tags, name: str) -> tuple[Suggestion, ...]:
    text = _plain(name)
    found: dict[str, Suggestion] = {}
    for parts, suggestion in known.telling:
        if parts[0] in text and all(part in text for part in parts[1:]):
            held = found.get(suggestion.tag)
            # The longest word is the most telling; of equals, the first language of the list.
            if held is None or len(suggestion.word) > len(held.word):
                found[suggestion.tag] = suggestion
    told = {tag for tag in found if not any(_stands(word, text) for word in known.unless(tag))}
    wider = {one for tag in told for one in known.closure([tag]) - {tag}}
    left = [found[tag] for tag in told - wider]
    return tuple(sorted(left, key=lambda s: (-len(s.word), s.tag)))


def _plain(text: str) -> str:
    """Return a text without accents, letter case and full-width forms, its words set apart by one blank."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not "\u0300" <= c <= "\u036f")
    return " " + " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", bare))) + " "


def _stands(word: str, text: str) -> bool:
    """Whether every part of a word (parts joined by +) stands in a plain text."""
    return all(part in text for part in _parts(word))


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...]:
    """Return what must stand in the text: whole words; beginnings, where * ends it; any place, in Asian scripts."""
    return tuple(_part(part) for part in word.split("+"))


def _part(part: str) -> str:
    bare = _plain(part.strip())
    if not re.search(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", bare):
        return bare.rstrip() if part.strip().endswith("*") else bare
    return bare.strip()


def parse_tags(text: str, where: str) -> dict[str, Tag]:
    """Read tags from TOML.

    Raises
    ------
    InputError
        Naming the file, the tag and the field.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    found = {}
    for name, table in tables.items():
        if not TAG.fullmatch(name):
            raise InputError(f"{where}: [{name}] is no tag: write lower-case letters, digits and hyphens.")
        found[name] = _tag(name, table, where)
    return found


def _tag(name: str, table: Any, where: str) -> Tag:
    try:
        held = _Entry.model_validate(table)
    except InputError as error:
        raise InputError(f"{where}, [{name}], hs: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "(the table)"
        raise InputError(f"{where}, [{name}], {field}: {first['msg']}.") from None
    strange = set(held.words) - set(LANGUAGES)
    if strange:
        raise InputError(
            f"{where}, [{name}], words: {', '.join(sorted(strange))} is none of {', '.join(LANGUAGES)}."
        )
    words = {language: tuple(words) for language, words in held.words.items()}
    return Tag(name, held.label, tuple(held.hs), tuple(held.within), words, tuple(held.unless))


@cache
def tags() -> Tags:
    """Return the tags that ship with Fondaco."""
    return _checked(parse_tags(_SHIPPED.read_text("utf-8"), "products.toml"), "products.toml")


def tags_of(folder: Path) -> Tags:
    """Return the shipped tags with those of a workspace's ``products.toml``, which replace by name."""
    own = folder / "products.toml"
    if not own.is_file():
        return tags()
    try:
        text = own.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{own.name} is no UTF-8 text.") from None
    where = f"{folder.name}/{own.name}"
    return _checked({**tags().by_name, **parse_tags(text, where)}, where)


def _checked(found: Mapping[str, Tag], where: str) -> Tags:
    for tag in found.values():
        for wider in tag.within:
            if wider not in found:
                raise InputError(f"{where}, [{tag.name}], within: there is no tag {wider!r}.")
    return Tags(dict(found))
