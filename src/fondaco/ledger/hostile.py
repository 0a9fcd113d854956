"""Workbooks that must not be opened: what would take all memory, or is more than a table of cells.

A workbook is a ZIP of XML.  A file of a few kilobytes can claim a sheet of 17 billion cells, expand
a text for each of a million cells, or pack gigabytes of zeros.  Everything here reads the packed XML
once, in small pieces, and says no before the workbook's own reader is asked.

Formulas, macros and links to other files need no refusal: they are never evaluated, run or followed;
what counts is the value that the workbook shows.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from fondaco.kernel import UnreadableFile
from fondaco.ledger.hostile_binary import refuse_hostile_binary

#: Cells of the rectangle that a sheet's cells span; held in memory while it is read, some 40 bytes each.
MOST_CELLS = 40_000_000

#: Bytes of all that a workbook unpacks to, and of what it may be packed from.
LARGEST_BOOK = 8 << 30
LARGEST_RATIO = 400

#: Bytes of one text: a cell holds 32,767 characters at most.
LONGEST_TEXT = 4 * 32_767

#: Bytes that texts shared by many cells may come to.
LARGEST_TEXTS = 16 << 30

MOST_PARTS = 10_000
_PIECE = 1 << 20
_OVERLAP = 256


def refuse_hostile_workbook(path: Path, name: str) -> None:
    """Look at a workbook's parts before it is opened.

    Raises
    ------
    UnreadableFile
        When it is a bomb, spans more cells than we hold, or declares entities.
    """
    if not zipfile.is_zipfile(path):
        refuse_hostile_binary(path, name)
        return
    advice = "Open it, copy the table into a new workbook or save the sheet as CSV."
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked = sum(info.file_size for info in parts)
        packed = max(path.stat().st_size, 4096)
        if unpacked > packed * LARGEST_RATIO or unpacked > LARGEST_BOOK or len(parts) > MOST_PARTS:
            raise UnreadableFile(f"{name} unpacks to {unpacked:,} bytes: it does not look like a workbook.")
        texts, cells = 0, 0
        for info in parts:
            low = info.filename.lower()
            if info.flag_bits & 1 or low.startswith("xl/media/"):
                continue
            with archive.open(info) as stream:
                found = _look_at(stream, low)
            if found.entities:
                raise UnreadableFile(f"{name} declares entities, which no workbook does. {advice}")
            if found.rows * found.columns > MOST_CELLS:
                raise UnreadableFile(
                    f"{name} has a sheet that spans {found.rows:,} rows and {found.columns:,} columns: more than can be "
                    f"read as one table. {advice}"
                )
            if found.longest > LONGEST_TEXT:
                raise UnreadableFile(
                    f"{name} has a cell of {found.longest:,} bytes, more than a cell holds. {advice}"
                )
            texts, cells = max(texts, found.longest), cells + found.texts
        if texts * cells > LARGEST_TEXTS:
            raise UnreadableFile(
                f"{name} repeats long texts in {cells:,} cells: too much to be read. {advice}"
            )


@dataclass
class _Part:
    """What one part of a workbook amounts to."""

    entities: bool = False
    rows: int = 0
    columns: int = 0
    longest: int = 0
    texts: int = 0


def _look_at(stream: IO[bytes], name: str) -> _Part:
    if name.endswith(".bin"):
        return _look_at_binary(stream) if "worksheets/" in name else _Part()
    found = _Part()
    tail, is_ods = b"", name.endswith("content.xml")
    open_text = 0
    for number, piece in enumerate(_pieces(stream)):
        window = tail + piece
        if number == 0:
            plain = window[:65536].replace(b"\0", b"")
            found.entities = b"<!DOCTYPE" in plain or b"<!ENTITY" in plain
        if is_ods:
            _repeated(found, window)
        else:
            _span(found, window)
            found.texts += piece.count(b't="s"') + piece.count(b"t='s'")
        open_text = _longest(found, piece, open_text)
        tail = piece[-_OVERLAP:]
    return found


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{0,9})["']""")
_UNUSUAL = re.compile(rb"""\sr\s+=|\sr=\s|\sr='""")
#: Columns beyond XFD and rows beyond 1,048,576 do not exist: three letters and seven digits.
_REFERENCE = 12


def _span(found: _Part, window: bytes) -> None:
    """Note the last row and column that any cell, or row, claims: ``r="XFD1048576"``."""
    if _UNUSUAL.search(window):  # as no spreadsheet writes it; slow, and right
        for letters, row in _CELL.findall(window):
            found.rows, found.columns = max(found.rows, int(row or 0)), max(found.columns, _place(letters))
        return
    data = np.frombuffer(window, np.uint8)
    if len(data) < _REFERENCE + 4:
        return
    body = data[: len(data) - _REFERENCE - 3]
    ends = len(body)
    starts = np.flatnonzero((body == 0x72) & (data[1 : ends + 1] == 0x3D) & (data[2 : ends + 2] == 0x22))
    starts = starts[(starts == 0) | (data[starts - 1] <= 0x20)] + 3
    row, column = np.zeros(len(starts), np.int64), np.zeros(len(starts), np.int64)
    at = np.arange(len(starts))  # references that go on
    for n in range(_REFERENCE):
        sign = data[starts[at] + n]
        is_digit, upper = (sign >= 0x30) & (sign <= 0x39), sign & 0xDF
        is_letter = (upper >= 0x41) & (upper <= 0x5A)
        digits, letters = at[is_digit], at[is_letter]
        row[digits] = row[digits] * 10 + (sign[is_digit] - 0x30)
        column[letters] = column[letters] * 26 + (upper[is_letter] - 0x40)
        at = at[is_digit | is_letter]
        if not len(at):
            break
    found.rows = max(found.rows, int(row.max(initial=0)))
    found.columns = max(found.columns, int(column.max(initial=0)))


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place


_REPEATED = re.compile(
    rb"""<table:table-(row|cell)\b([^>]*?)number-(?:rows|columns)-repeated\s*=\s*["'](\d+)["']([^>]*)>"""
)


def _repeated(found: _Part, window: bytes) -> None:
    """Note how often a cell with a value, and a row with any, is repeated; empty ones cost nothing."""
    for match in _REPEATED.finditer(window):
        kind, before, times, after = match.groups()
        if kind == b"cell" and b"office:value" in before + after:
            found.columns = max(found.columns, int(times))
        if kind == b"row" and b"office:value" in window[match.end() : match.end() + _OVERLAP]:
            found.rows = max(found.rows, int(times))
    found.rows, found.columns = max(found.rows, 1), max(found.columns, 1)


def _longest(found: _Part, piece: bytes, running: int) -> int:
    """Note the longest stretch between two tags; `running` is how long the one at the end of a piece is."""
    tags = np.flatnonzero(np.frombuffer(piece, np.uint8) == 0x3C)
    if not len(tags):
        found.longest = max(found.longest, running + len(piece))
        return running + len(piece)
    found.longest = max(found.longest, running + int(tags[0]), int(np.diff(tags).max(initial=0)))
    return len(piece) - int(tags[-1])


def _look_at_binary(stream: IO[bytes]) -> _Part:
    """Note the last row and column of a sheet of an .xlsb workbook, record by record."""
    found, data = _Part(columns=1), stream.read()
    place, end = 0, len(data)
    while place < end:
        kind, place = _varint(data, place, 2)
        size, place = _varint(data, place, 4)
        if kind == 0 and place + 4 <= end:  # BrtRowHdr
            found.rows = max(found.rows, struct.unpack_from("<I", data, place)[0] + 1)
        elif 1 <= kind <= 11 and place + 4 <= end:  # BrtCellBlank to BrtFmlaError
            found.columns = max(found.columns, struct.unpack_from("<I", data, place)[0] + 1)
        place += size
    return found


def _varint(data: bytes, place: int, most: int) -> tuple[int, int]:
    value = 0
    for n in range(most):
        if place >= len(data):
            return value, place
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << (7 * n)
        if not byte & 0x80:
            break
    return value, place
