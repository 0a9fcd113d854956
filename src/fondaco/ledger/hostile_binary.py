"""Old binary workbooks (``.xls``) that must not be opened: chains without end, and cells far apart.

Such a workbook is a small file system: sectors of 512 or 4,096 bytes, each naming the one that follows it,
and in it one stream of records.  A few changed bytes make a chain that bites its own tail, a cell in
column 65,535 or a list that claims four thousand million texts; its reader would take all memory for them.

References: Microsoft, *[MS-CFB]* sections 2.2 to 2.6 (header, chains, directory); *[MS-XLS]* section 2.1.4.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fondaco.kernel import UnreadableFile

#: Columns of an old workbook; a cell beyond them does not exist.
MOST_COLUMNS = 256

_END = 0xFFFFFFFA  # this number and those above it name no sector

# Records of [MS-XLS] and of the versions before it that begin with a row and a column.
_CELLS = frozenset((0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406,
                    0x027E, 0x00FD, 0x00D6, 0x00BD, 0x00BE, 0x0007, 0x0207))  # fmt: skip
_SEVERAL = (0x00BD, 0x00BE)  # cells of one row; the last column stands at the end
_SHEET, _TEXTS, _EOF = 0x0085, 0x00FC, 0x000A

Sectors = npt.NDArray[np.uint32]


def refuse_hostile_binary(path: Path, name: str) -> None:
    """Look at an old binary workbook before it is opened.

    Raises
    ------
    UnreadableFile
        When its chains of sectors do not end, or its cells or texts are more than such a workbook can hold.
    """
    data = path.read_bytes()
    try:
        stream = _workbook(data)
        if stream is None:
            return  # no workbook: its reader says so
        wide = _widest(stream)
    except (_Endless, struct.error, ValueError, IndexError):
        raise UnreadableFile(
            f"{name} is a damaged workbook (its parts do not hold together): download it again, or save it as CSV."
        ) from None
    if wide > MOST_COLUMNS:
        raise UnreadableFile(
            f"{name} is a damaged workbook (a cell in column {wide:,}, of {MOST_COLUMNS} that there are): download it again, "
            "or save it as CSV."
        )


class _Endless(Exception):
    """A chain of sectors that never ends, or a claim that the file cannot hold."""


def _workbook(data: bytes) -> bytes | None:
    """Return the stream of records, having made sure that every chain of sectors ends; None where there is none."""
    size, small = 1 << struct.unpack_from("<H", data, 30)[0] % 32, 64
    if size not in (512, 4096):
        raise _Endless
    directory, _, cutoff, first_small, _, first_more, _ = struct.unpack_from("<7I", data, 48)
    table = _table(data, size, first_more)
    _must_end(table)
    entries = _chain(data, table, directory, size, size)
    found = None
    root = b""
    for place in range(0, len(entries) - 127, 128):
        entry = entries[place : place + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        title = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").casefold()
        start, total = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = _chain(data, table, start, size, size)
        if title in ("workbook", "book") and found is None:
            found = (start, total)
    smalls = np.frombuffer(_chain(data, table, first_small, size, size), "<u4")
    _must_end(smalls)
    if found is None:
        return None
    start, total = found
    stream = (
        _chain(root, smalls, start, small, 0) if total < cutoff else _chain(data, table, start, size, size)
    )
    return stream[:total]


def _table(data: bytes, size: int, more: int) -> Sectors:
    """Return for each sector the one that follows it, from the sectors that say so."""
    parts = list(struct.unpack_from("<109I", data, 76))
    seen = 0
    while more < _END:
        seen += 1
        if seen > len(data) // size:
            raise _Endless
        *others, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        parts += others
    used = [part for part in parts if part < _END]
    if len(used) != len(set(used)) or any((part + 2) * size > len(data) + size for part in used):
        raise _Endless
    return np.frombuffer(b"".join(data[(part + 1) * size : (part + 2) * size] for part in used), "<u4")


def _must_end(table: Sectors) -> None:
    """Refuse a table in which following the sectors comes back to where it was."""
    last = len(table)
    after = np.append(np.minimum(table, last), last).astype(np.int64)  # what names no sector ends the chain
    for _ in range(last.bit_length() + 1):
        after = after[after]
    if (after != last).any():
        raise _Endless


def _chain(data: bytes, table: Sectors, start: int, size: int, header: int) -> bytes:
    """Return the bytes of a chain that is known to end."""
    pieces = []
    while start < len(table):
        pieces.append(data[header + start * size : header + (start + 1) * size])
        start = int(table[start])
    return b"".join(pieces)


def _widest(stream: bytes) -> int:
    """Return the last column that any cell of any sheet claims."""
    starts, done, widest = [0], set[int](), 0
    while starts:
        place = starts.pop()
        while place not in done and place + 4 <= len(stream):
            done.add(place)
            kind, size = struct.unpack_from("<HH", stream, place)
            body = place + 4
            place = body + size
            if kind == _EOF:
                break
            if kind in _CELLS and size >= 4:
                end = place - 2 if kind in _SEVERAL else body + 2
                column = max(stream[body + 2] | stream[body + 3] << 8, *struct.unpack_from("<H", stream, end))
                widest = max(widest, column + 1)
            elif kind == _SHEET and size >= 4:
                starts.append(struct.unpack_from("<I", stream, body)[0])
            elif kind == _TEXTS and size >= 8:
                claimed = struct.unpack_from("<I", stream, body + 4)[0]
                if claimed > len(stream) // 3:  # a text takes three bytes at least
                    raise _Endless
    return widest
