"""XML of unknown origin, record by record, in bounded memory, and nothing that a list has no use for.

A document type, an entity or a nesting deeper than lists have is refused: they serve to read other files, to fetch
from elsewhere or to fill the memory.  The parser is Python's own expat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from fondaco.kernel import UnreadableFile

#: No list nests deeper, has longer texts, or entries with more parts.
DEEPEST, LONGEST_TEXT, MOST_PARTS = 40, 1 << 20, 200_000
_CHUNK = 1 << 16


def local(tag: str) -> str:
    """Return a tag's name without its namespace."""
    return tag.rsplit("}", 1)[-1]


def elements(file: Path, wanted: Collection[str]) -> Iterator[Element]:
    """Yield each element whose local name is wanted, whole, and the root as it opens (without its content).

    Raises
    ------
    UnreadableFile
        Where the file is no XML, or holds what a list has no use for.
    """
    reader = _Reader(file, wanted)
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield from reader.feed(chunk, last=False)
    yield from reader.feed(b"", last=True)


class _Reader:
    def __init__(self, file: Path, wanted: Collection[str]) -> None:
        self._file, self._wanted = file, frozenset(wanted)
        self._depth, self._inside, self._parts, self._text = 0, 0, 0, 0
        self._builder: TreeBuilder | None = None
        self._found: list[Element] = []
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def feed(self, chunk: bytes, *, last: bool) -> list[Element]:
        """Parse a piece of the file; returns what it completed."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise UnreadableFile(
                f"{self._file.name}, line {error.lineno} is no well-formed XML "
                f"({expat.errors.messages.get(error.code, 'unknown error')}); download the list again."
            ) from None
        found, self._found = self._found, []
        return found

    def _refuse(self, *_: object) -> NoReturn:
        raise UnreadableFile(
            f"{self._file.name} declares a document type or entities, as no sanctions list does; it is not opened."
        )

    def _too_much(self, what: str) -> NoReturn:
        raise UnreadableFile(f"{self._file.name} {what} than a sanctions list; it is not opened.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._too_much("is nested deeper")
        if self._depth == 1:
            self._found.append(Element(tag, attributes))
        if self._builder is None and local(tag) in self._wanted:
            self._builder, self._inside, self._parts, self._text = TreeBuilder(), self._depth, 0, 0
        if self._builder is not None:
            self._parts += 1
            if self._parts > MOST_PARTS:
                self._too_much("has an entry of more parts")
            self._builder.start(tag, attributes)

    def _data(self, text: str) -> None:
        if self._builder is not None:
            self._text += len(text)
            if self._text > LONGEST_TEXT:
                self._too_much("has an entry with more text")
            self._builder.data(text)

    def _end(self, tag: str) -> None:
        if self._builder is not None:
            self._builder.end(tag)
            if self._depth == self._inside:
                self._found.append(self._builder.close())
                self._builder = None
        self._depth -= 1
