"""From JSON to a table: each object, on a line of its own or in one list, becomes a row, or one for each of its items.

Objects inside an object become columns called ``buyer.country``; a list of objects (an order's lines)
becomes a row for each, with what belongs to the order repeated.  Other lists are joined by commas.
Rows are counted as in a table with a header: the first object is row 2.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from fondaco.kernel import UnreadableFile

#: Bytes; a longer line, or object of a list, is no row of a table.
LONGEST_LINE = 4 << 20
#: An object inside an object inside an object ... further down is kept as text.
DEEPEST = 4
MOST_COLUMNS = 2000
MOST_ITEMS = 10_000  # in one object; more are refused


def looks_like_objects(head: bytes) -> bool:
    r"""Tell whether a file begins with an object on a line of its own, and goes on with another or ends; or lists objects.

    Examples
    --------
    >>> looks_like_objects(b'{"id": 1}\n{"id": 2}\n'), looks_like_objects(b'[\n {"id": 1}]'), looks_like_objects(b"[x]")
    (True, True, False)
    """
    return _looks_like_list(head) or _looks_like_lines(head)


def _looks_like_list(head: bytes) -> bool:
    return re.match(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{\s*[\"}]", head) is not None


def _looks_like_lines(head: bytes) -> bool:
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines()
    first = next(iter(lines), b"")
    if not first.startswith(b"{"):
        return False
    if not first.rstrip().endswith(b"}"):
        return len(lines) == 1 and len(head) >= 1 << 16 and b'":' in first.replace(b" ", b"")
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def write_table(source: Path, target: Path, name: str) -> None:
    """Write the objects in `source` as comma-separated text, in two passes and bounded memory.

    Raises
    ------
    UnreadableFile
        Naming the line, or the item of the list, that is no object, too long, or too wide.
    """
    columns: dict[str, None] = {}
    for rows in _rows(source, name):
        for row in rows:
            columns |= dict.fromkeys(row)
        if len(columns) > MOST_COLUMNS:
            raise UnreadableFile(f"{name} has more than {MOST_COLUMNS:,} kinds of fields: it is no table.")
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        for rows in _rows(source, name):
            writer.writerows(rows)


def _rows(source: Path, name: str) -> Iterator[list[dict[str, str]]]:
    with source.open("rb") as stream:
        listed = _looks_like_list(stream.read(1 << 12))
    for place, found in (_listed if listed else _on_lines)(source, name):
        where = f"{name}, {place}"
        if not isinstance(found, dict):
            raise UnreadableFile(f"{where}, is no object: each must be one row.")
        if any(isinstance(value, list) and len(value) > MOST_ITEMS for value in found.values()):
            raise UnreadableFile(
                f"{where}, lists more than {MOST_ITEMS:,} items in one object: one line for each would be read."
            )
        yield rows_of(found)


def _on_lines(source: Path, name: str) -> Iterator[tuple[str, Any]]:
    """Yield what stands on each line that is not empty, and which line it is."""
    with source.open("rb") as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            where = f"line {number}"
            if len(line) > LONGEST_LINE:
                raise UnreadableFile(f"{name}, {where}, is longer than a row can be: it is no table.")
            if not line.strip(b"\xef\xbb\xbf\r\n\t "):
                continue
            try:
                yield where, json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                raise _invalid(name, where, error) from None


def _listed(source: Path, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list that may be longer than memory, and which item it is."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        text = _More(stream, name)
        text.skip("[")
        number = 0
        while True:
            number += 1
            where = f"item {number}"
            yield where, text.value(where)
            if not text.skip(",", or_end="]"):
                return


class _More:
    """A text that is read as far as it is needed."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self.stream, self.name, self.text, self.place = stream, name, "", 0

    def more(self) -> bool:
        """Read on; return False at the end of the file."""
        try:
            piece = self.stream.read(1 << 20)
        except ValueError as error:  # bytes that are no UTF-8
            raise _invalid(self.name, "in its text", error) from None
        self.text, self.place = self.text[self.place :] + piece, 0
        return bool(piece)

    def first(self) -> re.Match[str]:
        """Return the first character from here on that is no blank."""
        while not (found := _FIRST.search(self.text, self.place)):
            self.place = len(self.text)
            if not self.more():
                raise UnreadableFile(f"{self.name} ends in the middle of its list: download the file again.")
        return found

    def skip(self, mark: str, *, or_end: str = "") -> bool:
        """Go past `mark` and the blanks before it; return False at `or_end`."""
        found = self.first()
        if found[0] not in (mark, or_end):
            raise UnreadableFile(
                f"{self.name} has {found[0]!r} where {mark!r} of a list of rows was expected: download the file again."
            )
        self.place = found.end()
        return found[0] == mark

    def value(self, where: str) -> Any:
        """Return the value that stands here."""
        self.place = self.first().start()
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.place)
            except RecursionError as error:
                raise _invalid(self.name, where, error) from None
            except ValueError as error:
                end = len(self.text)
                if end - self.place <= LONGEST_LINE:
                    if not self.more():
                        raise _invalid(self.name, where, error) from None
                    continue
            if end - self.place > LONGEST_LINE:
                raise UnreadableFile(f"{self.name}, {where}, is longer than a row can be: it is no table.")
            self.place = end
            return found


_DECODER = json.JSONDecoder()
_FIRST = re.compile(r"[^ \t\r\n]")


def _invalid(name: str, where: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(f"{name}, {where}, is not valid JSON ({error}): download the file again.")


def rows_of(found: dict[str, Any]) -> list[dict[str, str]]:
    """Return an object as rows of text: one, or one for each item of its longest list of objects.

    Examples
    --------
    >>> rows_of({"id": 7, "buyer": {"country": "IT"}, "lines": [{"sku": "A"}, {"sku": "B"}]})
    [{'id': '7', 'buyer.country': 'IT', 'lines.sku': 'A'}, {'id': '7', 'buyer.country': 'IT', 'lines.sku': 'B'}]
    """
    lists = {
        k: v for k, v in found.items() if isinstance(v, list) and v and all(isinstance(i, dict) for i in v)
    }
    own = {k: v for k, v in found.items() if k not in lists and v != []}
    row = _flat(own, "", 0)
    if not lists:
        return [row]
    longest = max(lists, key=lambda name: len(lists[name]))
    row |= {name: json.dumps(items, ensure_ascii=False) for name, items in lists.items() if name != longest}
    return [row | _flat(item, f"{longest}.", 1) for item in lists[longest]]


def _flat(found: dict[str, Any], before: str, depth: int) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, dict) and depth < DEEPEST:
            row |= _flat(value, f"{before}{name}.", depth + 1)
        else:
            row[before + name] = _text(value)
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
        return ", ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
