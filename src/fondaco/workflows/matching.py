"""Compare the names of a file, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError, Progress, UnreadableFile, silent
from fondaco.reference.names import Kind, Likeness, likeness

#: A cell is no longer than this; csv's own bound is lower than some exports' cells.
_LONGEST_CELL = 1 << 20
#: So many bad rows are told one by one.
_TOLD = 100


@dataclass(frozen=True)
class Matched:
    """What came of a file of names.

    Attributes
    ----------
    pairs
        One for each row that has two names.
    rows
        How many rows the file has beside its header.
    problems
        Rows that were left out, in words: row, what was found, what to do.
    """

    pairs: tuple[Likeness, ...]
    rows: int
    problems: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "pairs": [
                {"left": p.left, "right": p.right, "score": p.score, "why": "; ".join(p.why)}
                for p in self.pairs
            ],
            "rows": self.rows,
            "problems": list(self.problems),
        }


def match_names(
    file: Path, left: str, right: str, *, kind: Kind | None = None, progress: Progress = silent
) -> Matched:
    """Say for each row of a file how alike two of its cells are as names.

    Parameters
    ----------
    file
        A table with a header: comma, semicolon or tab between the cells, UTF-8.
    left, right
        The columns of the names.
    kind
        ``person`` or ``company``, where all are.
    progress
        Is told the share of the file that is done.

    Raises
    ------
    InputError
        Where the file or a column is not there, or the file cannot be read as a table.
    """
    pairs, problems, rows, bad = [], [], 0, 0
    for number, one, other, share in _rows(file, left, right):
        rows += 1
        if rows % 1000 == 0:
            progress("comparing names", share)
        missing = [column for column, cell in ((left, one), (right, other)) if not cell.strip()]
        if missing:
            bad += 1
            if bad <= _TOLD:
                cure = (
                    "A quotation mark is opened before it and swallows lines: close it."
                    if "\n" in one + other
                    else "Fill it in."
                )
                problems.append(
                    f"{file.name}, row {number}: no name in {' and in '.join(missing)}; the row is left out. {cure}"
                )
            continue
        pairs.append(likeness(one.strip(), other.strip(), kind=kind))
    if bad > _TOLD:
        problems.append(f"{file.name}: {bad - _TOLD:,} more rows lack a name and are left out.")
    return Matched(tuple(pairs), rows, tuple(problems))


def _rows(file: Path, left: str, right: str) -> Iterator[tuple[int, str, str, float]]:
    """Yield line number, both cells and the share that is done."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        size = max(file.stat().st_size, 1)
        with file.open("rb") as raw:
            lines = _lines(raw, file)
            header = next(lines, "")
            reader = csv.reader(_again(header, lines), delimiter=_delimiter(header))
            names = [name.strip() for name in next(reader, [])]
            one, other = (_column(names, each, file) for each in (left, right))
            for row in reader:
                if any(row):
                    cells = [*row, *[""] * len(names)]
                    yield reader.line_num, cells[one], cells[other], raw.tell() / size
    except FileNotFoundError:
        raise InputError(f"{file} is not there; check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder; name the file in it.") from None
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}); check its permissions.") from None
    except csv.Error as error:
        raise UnreadableFile(
            f"{file} is no table that can be read ({error}); save it as CSV in UTF-8."
        ) from None


def _lines(raw: Any, file: Path) -> Iterator[str]:
    for number, line in enumerate(raw, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise UnreadableFile(
                f"{file}, line {number} is not UTF-8; save the file as CSV in UTF-8."
            ) from None


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _column(names: list[str], wanted: str, file: Path) -> int:
    if wanted not in names:
        raise InputError(f"{file} has no column {wanted!r}; it has {', '.join(names) or 'none'}.")
    places = [place for place, name in enumerate(names) if name == wanted]
    if len(places) > 1:
        numbers = " and ".join(str(place + 1) for place in places)
        raise InputError(
            f"{file} has the column {wanted!r} more than once (columns {numbers}): rename or remove one."
        )
    return places[0]
