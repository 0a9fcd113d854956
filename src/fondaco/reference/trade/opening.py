"""From a trade file as a person has it to tables of text: plain, gzip, ZIP or Parquet, comma or semicolon, any encoding."""

from __future__ import annotations

import csv
import gzip
import zipfile
from dataclasses import dataclass
from pathlib import Path

from fondaco.kernel.errors import UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.reference.trade.layouts import recognise

#: Bytes of a file by which it is told how it is written.
HEAD = 256 * 1024

LARGEST_UNPACKED = 64 << 30


@dataclass(frozen=True)
class Table:
    """One table of a file: where its text is, and how it is written."""

    name: str
    path: Path
    columns: tuple[str, ...]
    delimiter: str
    encoding: str
    packed: bool = False


def tables_of(path: Path, name: str, scratch: Path) -> tuple[list[Table], list[str]]:
    """Open a file: its tables, and sentences on what of it was left aside."""
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file {path}: check the name and the folder.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be opened ({error}).") from None
    if not magic:
        raise UnreadableFile(f"{name} is empty: download it again.")
    if magic == b"PAR1":
        return [Table(name, path, (), "", "parquet")], []
    if magic == b"PK\x03\x04":
        return _unzip(path, name, scratch)
    if magic.startswith(b"7z"):
        raise UnreadableFile(f"{name} is a 7z archive: unpack it and name the file in it.")
    return [_text(path, name)], []


def _unzip(path: Path, name: str, scratch: Path) -> tuple[list[Table], list[str]]:
    tables, skipped = [], []
    with unpacking(f"{name} cannot be unpacked"), zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX")]
        if any(m.filename.startswith("xl/") for m in members):
            raise UnreadableFile(f"{name} is a workbook: save its sheet as CSV and name that.")
        if sum(m.file_size for m in members) > LARGEST_UNPACKED:
            raise UnreadableFile(
                f"{name} unpacks to more than a trade table would: unpack it and look at it."
            )
        for number, member in enumerate(members):
            called = f"{name}/{member.filename}"
            copy = scratch / f"member-{number:04d}"
            with archive.open(member) as source, copy.open("wb") as out:
                while chunk := source.read(1 << 20):
                    out.write(chunk)
            try:
                table = _text(copy, called)
                recognise(table.columns, file=called)
                tables.append(table)
            except UnreadableFile:
                skipped.append(f"{called} is no trade table and was not read.")
    if not tables:
        raise UnreadableFile(f"{name} holds no trade table: {' '.join(skipped[:3])}")
    return tables, skipped


def _text(path: Path, name: str) -> Table:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    with (
        unpacking(f"{name} cannot be unpacked"),
        gzip.open(path) if packed else path.open("rb") as source,
    ):
        head = source.read(HEAD)
    encoding, text = _decoded(head, name)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise UnreadableFile(f"{name} is empty: download it again.")
    delimiter = max((",", ";", "\t", "|"), key=lines[0].count)
    columns = tuple(next(csv.reader([lines[0]], delimiter=delimiter)))
    return Table(name, path, tuple(c.strip() for c in columns), delimiter, encoding, packed)


def _decoded(head: bytes, name: str) -> tuple[str, str]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", head.decode("utf-16", errors="replace")
    if b"\x00" in head:
        raise UnreadableFile(f"{name} is no text: save the table as CSV.")
    try:
        return "utf-8", head[: head.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "latin-1", head.decode("latin-1")
