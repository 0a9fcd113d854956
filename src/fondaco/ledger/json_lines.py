"""From JSON lines to a table: one object on each line becomes one row, or one for each of its items.

Objects inside an object become columns called ``buyer.country``; a list of objects (an order's lines)
becomes a row for each, with what belongs to the order repeated.  Other lists are joined by commas.
Rows are counted as in a table with a header: the first object is row 2.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fondaco.kernel import UnreadableFile

#: Bytes; a longer line is no row of a table.
LONGEST_LINE = 4 << 20
#: An object inside an object inside an object ... further down is kept as text.
DEEPEST = 4
MOST_COLUMNS = 2000
MOST_ITEMS = 10_000  # in one object; more are refused


def looks_like_json_lines(head: bytes) -> bool:
    r"""Tell whether a file begins with an object on a line of its own, and goes on with another or ends.

    Examples
    --------
    >>> looks_like_json_lines(b'{"id": 1}\n{"id": 2}\n'), looks_like_json_lines(b'[{"id": 1}]')
    (True, False)
    """
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
        Naming the line that is no object, too long, or too wide.
    """
    columns: dict[str, None] = {}
    for _, rows in _objects(source, name):
        for row in rows:
            columns |= dict.fromkeys(row)
        if len(columns) > MOST_COLUMNS:
            raise UnreadableFile(f"{name} has more than {MOST_COLUMNS:,} kinds of fields: it is no table.")
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        for _, rows in _objects(source, name):
            writer.writerows(rows)


def _objects(source: Path, name: str) -> Iterator[tuple[int, list[dict[str, str]]]]:
    with source.open("rb") as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise UnreadableFile(f"{name}, line {number}, is longer than a row can be: it is no table.")
            if not line.strip(b"\xef\xbb\xbf\r\n\t "):
                continue
            try:
                found = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                raise UnreadableFile(
                    f"{name}, line {number}, is not valid JSON ({error}): download the file again."
                ) from None
            if not isinstance(found, dict):
                raise UnreadableFile(f"{name}, line {number}, is no object: each line must be one row.")
            if any(isinstance(value, list) and len(value) > MOST_ITEMS for value in found.values()):
                raise UnreadableFile(
                    f"{name}, line {number}, lists more than {MOST_ITEMS:,} items in one object: one line for each would be read."
                )
            yield number, rows_of(found)


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
