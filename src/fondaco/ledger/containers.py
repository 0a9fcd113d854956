"""From a file as a person has it to plain UTF-8 text: CSV, TSV, TXT, XLSX, XLS, JSON, gzip and ZIP.

Every table found in a file becomes a `Text` in a scratch folder: our own copy, so that a file that
changes or vanishes while it is read cannot leave half an import.  Everything is bounded: archives
unpack to at most `LARGEST_UNPACKED` bytes, and names inside archives are never used as paths.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import itertools
import stat
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from fondaco.kernel import UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.ledger.hostile import refuse_hostile_workbook
from fondaco.ledger.json_lines import looks_like_objects, write_table

CHUNK = 1 << 20
HEAD = 256 * 1024
LARGEST_UNPACKED = 64 << 30
LARGEST_SHEET_FILE = 512 << 20
LARGEST_RATIO = 200  # tables compress 5 to 60 times; a bomb of zeros a thousand times
HARMLESS = 256 << 20  # whatever it was packed from
MOST_MEMBERS = 1000


@dataclass(frozen=True)
class Blob:
    """One stream of bytes inside a file: the file itself, or a member of an archive.

    Attributes
    ----------
    name
        What people call it: ``orders.csv`` or ``export.zip/orders.csv`` or ``book.xlsx/Sheet1``.
    path
        Our scratch copy of its bytes, decompressed.
    head
        Its first `HEAD` bytes.
    size
        Its length in bytes.
    hidden
        Whether it is a sheet that its workbook does not show.
    """

    name: str
    path: Path
    head: bytes
    size: int
    hidden: bool = False


@dataclass(frozen=True)
class Text:
    """A blob as UTF-8 text.

    Attributes
    ----------
    path
        The UTF-8 copy, without byte-order mark.
    lines
        How many lines it has.
    repaired
        How many byte sequences were not valid in the encoding and were read as Windows-1252.
    """

    path: Path
    lines: int
    repaired: int


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises
    ------
    UnreadableFile
        When the path is missing, a folder, a device or may not be read.
    """
    digest = hashlib.sha256()
    with open_checked(path) as stream:
        for chunk in chunks(stream):
            digest.update(chunk)
    return digest.hexdigest()


def open_checked(path: Path) -> BinaryIO:
    """Open a regular file for reading, or say in words why not."""
    try:
        if path.is_dir():
            raise UnreadableFile(f"{path} is a folder: name the files inside it.")
        if path.exists() and not path.is_file():
            raise UnreadableFile(
                f"{path} is not an ordinary file: save the table as CSV or XLSX and name that."
            )
        return path.open("rb")
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file {path}: check the name and the folder.") from None
    except PermissionError:
        raise UnreadableFile(f"{path} may not be read: check its permissions.") from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(
            f"{path} cannot be opened ({error}): copy it to this computer and try again."
        ) from None


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a stream in pieces of `CHUNK` bytes."""
    while chunk := stream.read(CHUNK):
        yield chunk


def unpack(path: Path, scratch: Path, *, name: str | None = None) -> list[Blob]:
    """Copy a file into `scratch`, unpacking gzip, ZIP and XLSX into one blob per table.

    Raises
    ------
    UnreadableFile
        When it is missing, empty, damaged, encrypted or larger than we unpack.
    """
    name = printable(name or path.name)
    with open_checked(path) as stream:
        magic = stream.read(8)
    if not magic:
        raise UnreadableFile(f"{name} is empty: download it again and check that it has rows.")
    if magic.startswith(b"\x1f\x8b"):
        return [_gunzip(path, name, scratch)]
    if magic.startswith(b"PK\x03\x04"):
        return _unzip(path, name, scratch)
    if magic.startswith(b"PK\x05\x06"):
        raise UnreadableFile(f"{name} is an empty archive: nothing to read.")
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        return _sheets(path, name, scratch)
    with open_checked(path) as stream:
        return [_rows_of_objects(_copy(stream, name, scratch, Room(LARGEST_UNPACKED)), scratch)]


def _rows_of_objects(blob: Blob, scratch: Path) -> Blob:
    """Turn JSON, lines or a list of objects, into comma-separated text; any other blob is given back as it stands."""
    if not looks_like_objects(blob.head):
        return blob
    target = _scratch_name(scratch)
    write_table(blob.path, target, blob.name)
    blob.path.unlink()
    with target.open("rb") as stream:
        return Blob(blob.name, target, stream.read(HEAD), target.stat().st_size)


def _scratch_name(scratch: Path) -> Path:
    return scratch / f"blob-{len(list(scratch.iterdir())):04d}"


@dataclass
class Room:
    """How many bytes a file, with everything in it, may still unpack to."""

    left: int

    @classmethod
    def of_packed(cls, path: Path) -> Room:
        """Return the room of a packed file: tables compress well, but not without end."""
        return cls(min(LARGEST_UNPACKED, max(HARMLESS, path.stat().st_size * LARGEST_RATIO)))

    def take(self, size: int, name: str) -> None:
        """Take room for `size` bytes of `name`."""
        self.left -= size
        if self.left < 0:
            raise UnreadableFile(
                f"{name} unpacks to far more than a table would: it is not read. Unpack it and look at it yourself."
            )


def _copy(stream: IO[bytes], name: str, scratch: Path, room: Room) -> Blob:
    """Copy a stream to scratch."""
    target = _scratch_name(scratch)
    size, head = 0, b""
    with target.open("wb") as out:
        for chunk in chunks(stream):
            size += len(chunk)
            room.take(len(chunk), name)
            if len(head) < HEAD:
                head += chunk[: HEAD - len(head)]
            out.write(chunk)
    if not size:
        raise UnreadableFile(f"{name} is empty: download it again and check that it has rows.")
    return Blob(name, target, head, size)


def _gunzip(path: Path, name: str, scratch: Path) -> Blob:
    with unpacking(f"{name} is a damaged gzip file"), gzip.open(path, "rb") as stream:
        blob = _copy(cast(IO[bytes], stream), name.removesuffix(".gz"), scratch, Room.of_packed(path))
    return _rows_of_objects(blob, scratch)


def _unzip(path: Path, name: str, scratch: Path) -> list[Blob]:
    with unpacking(f"{name} is a damaged archive"), zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        names = {info.filename for info in members}
        if "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names:
            return _sheets(path, name, scratch)
        members = [m for m in members if not _is_litter(m.filename)]
        if len(members) > MOST_MEMBERS:
            raise UnreadableFile(f"{name} holds {len(members):,} files: at most {MOST_MEMBERS} are read.")
        if not members:
            raise UnreadableFile(f"{name} holds no file: nothing to read.")
        room = Room.of_packed(path)
        return [blob for info in members for blob in _member(archive, info, name, scratch, room)]


def _is_litter(member: str) -> bool:
    return member.startswith("__MACOSX/") or member.rsplit("/", 1)[-1].startswith(".")


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, outer: str, scratch: Path, room: Room
) -> list[Blob]:
    name = f"{outer}/{printable(info.filename)}"
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile(f"{name} is a link to another file, not a file: pack the file itself.")
    if info.flag_bits & 1:
        raise UnreadableFile(f"{name} is locked with a password: save it without and try again.")
    with archive.open(info) as stream:
        blob = _copy(stream, name, scratch, room)
    if blob.head.startswith(b"PK\x03\x04") or blob.head.startswith(b"\xd0\xcf\x11\xe0"):
        return _sheets(blob.path, name, scratch)
    return [_rows_of_objects(blob, scratch)]


def printable(name: str) -> str:
    """Return a name without control characters, at most 200 characters long."""
    return "".join(c if c.isprintable() else "?" for c in name)[:200]


def _sheets(path: Path, name: str, scratch: Path) -> list[Blob]:
    """Turn each sheet of a workbook that holds anything into comma-separated text."""
    import fastexcel

    if path.stat().st_size > LARGEST_SHEET_FILE:
        raise UnreadableFile(f"{name} is larger than {LARGEST_SHEET_FILE >> 20} MiB: save the sheet as CSV.")
    with unpacking(f"{name} is a damaged workbook"):
        refuse_hostile_workbook(path, name)
    try:
        book = fastexcel.read_excel(str(path))
        sheets = list(book.sheet_names)
    except BaseException as error:  # noqa: BLE001  fastexcel's and calamine's have no common base, some are panics
        raise UnreadableFile(
            f"{name} is not a workbook we can read ({_says(error)}): save it as CSV."
        ) from None
    found = []
    for sheet in sheets:
        try:
            loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
            frame = loaded.to_polars()
        except BaseException as error:  # noqa: BLE001  as above
            raise UnreadableFile(
                f"Sheet {printable(sheet)} of {name} cannot be read ({_says(error)}): save it as CSV."
            ) from None
        if frame.height == 0:
            continue
        target = _scratch_name(scratch)
        frame.write_csv(target, include_header=False, quote_style="necessary", null_value="")
        with target.open("rb") as stream:
            head = stream.read(HEAD)
        hidden = loaded.visible != "visible"
        found.append(Blob(f"{name}/{printable(sheet)}", target, head, target.stat().st_size, hidden))
    if not found:
        raise UnreadableFile(f"{name} has no rows in any sheet: check that it is the right file.")
    return found


def _says(error: BaseException) -> str:
    """Return what a workbook's reader says; what is not an error of its own (an interruption) goes on."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return printable(str(error))
    raise error


def to_text(blob: Blob, encoding: str) -> Text:
    """Return a blob as UTF-8 text, counting its lines.

    Bytes that are not valid in `encoding` are read as Windows-1252 and counted, never dropped.
    A blob that already is UTF-8 is used as it stands; any other is written anew beside itself, and so is one whose
    lines end as those of old Macintoshes did (Excel still offers it), with a carriage return alone.
    """
    returns = b"\r" in blob.head and b"\n" not in blob.head
    if encoding.lower() in ("utf-8", "ascii") and not returns and not blob.head.startswith(codecs.BOM_UTF8):
        counter = _LineCounter()
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with blob.path.open("rb") as stream:
                for chunk in chunks(stream):
                    decoder.decode(chunk)
                    counter.add(chunk)
            decoder.decode(b"", final=True)
            return counter.text(blob.path, repaired=0)
        except UnicodeDecodeError:
            pass  # some byte is not UTF-8: write it anew with that byte repaired
    return _transcode(blob, encoding, returns=returns)


class _LineCounter:
    """Counts lines over chunks; the last need not end with a line break."""

    def __init__(self) -> None:
        self.lines, self.last = 0, b"\n"

    def add(self, chunk: bytes) -> None:
        self.lines += chunk.count(b"\n")
        self.last = chunk[-1:] or self.last

    def text(self, path: Path, *, repaired: int) -> Text:
        return Text(path, self.lines + (self.last != b"\n"), repaired)


def _transcode(blob: Blob, encoding: str, *, returns: bool) -> Text:
    repaired = 0

    def repair(error: UnicodeError) -> tuple[str, int]:
        nonlocal repaired
        if not isinstance(error, UnicodeDecodeError):
            raise error
        repaired += 1
        return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end

    codecs.register_error("fondaco-repair", repair)
    target = blob.path.with_suffix(".txt")
    decoder = codecs.getincrementaldecoder(encoding)("fondaco-repair")
    counter = _LineCounter()
    with blob.path.open("rb") as stream, target.open("wb") as out:
        for chunk in itertools.chain(chunks(stream), [b""]):
            text = decoder.decode(chunk, final=not chunk)
            if not out.tell():
                text = text.removeprefix("\ufeff")
            utf8 = (text.replace("\r", "\n") if returns else text).encode("utf-8", "replace")
            counter.add(utf8)
            out.write(utf8)
    blob.path.unlink()
    return counter.text(target, repaired=repaired)


LONGEST_RECORD = 2000  # lines; a quotation mark that stays open longer was never closed


def records(
    path: Path, delimiter: str, quote: str, *, width: int = 0
) -> Iterator[tuple[int, list[str], bool]]:
    """Yield the records of a UTF-8 text: row number (the first is 1), cells, and whether it is torn.

    The row is the one a spreadsheet shows: a line break inside quotes does not count, an empty
    line does.  A record is torn when a quotation mark is opened in it and swallows lines that are
    rows of `width` cells themselves, or stays open to the end of the file; it then ends with its own
    line, and what it swallowed is read.
    """
    csv.field_size_limit(4 * LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as stream:
        pending: deque[str] = deque()
        consumed: list[str] = []
        held, cut = 0, False  # characters of the record so far; whether it was given up as endless

        def lines() -> Iterator[str]:
            nonlocal held, cut
            while not (cut := len(consumed) >= LONGEST_RECORD or held >= LONGEST_CELL):
                line = pending.popleft() if pending else _line(stream)
                if not line:
                    return
                held += len(line)
                consumed.append(line)
                yield line

        row = 0
        reader = _csv_reader(lines(), delimiter, quote)
        while True:
            consumed.clear()
            held, cut = 0, False
            cells = next(reader, None)
            if cells is None:
                return
            row += 1
            torn = cut or (bool(width) and bool(quote) and _is_torn(consumed, delimiter, quote, width))
            if torn:
                pending.extendleft(reversed(consumed[1:]))
                line = consumed[0].rstrip("\r\n").replace(quote, "")
                cells = line.split(delimiter) if delimiter else [line]
                reader = _csv_reader(lines(), delimiter, quote)
            yield row, cells, torn


LONGEST_CELL = 16 << 20


def _line(stream: IO[str]) -> str:
    """Read a line; of one that is longer than any cell, the beginning, so that it stays one row."""
    line = stream.readline(LONGEST_CELL)
    if len(line) == LONGEST_CELL and not line.endswith("\n"):
        while (more := stream.readline(LONGEST_CELL)) and not more.endswith("\n"):
            pass
    return line


def _csv_reader(lines: Iterator[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    between = delimiter or "\x1f"  # a single column has no delimiter: take a character no text has
    if not quote:
        return csv.reader(lines, delimiter=between, quoting=csv.QUOTE_NONE, skipinitialspace=between == " ")
    return csv.reader(lines, delimiter=between, quotechar=quote, skipinitialspace=between == " ")


def _is_torn(lines: list[str], delimiter: str, quote: str, width: int) -> bool:
    if len(lines) > 1 and _swallows_rows(lines, delimiter, quote, width):
        return True
    return sum(line.count(quote) for line in lines) % 2 == 1 and _stays_open(lines, delimiter, quote)


def _stays_open(lines: list[str], delimiter: str, quote: str) -> bool:
    """Tell whether the text ends inside quotation marks."""
    try:
        list(csv.reader(lines, delimiter=delimiter or "\x1f", quotechar=quote, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _swallows_rows(lines: list[str], delimiter: str, quote: str, width: int) -> bool:
    # The last line closes the quotation mark, or is the end of the file: it proves nothing.
    return any(
        line.count(quote) % 2 == 0 and len(next(_csv_reader(iter([line]), delimiter, quote), [])) == width > 1
        for line in (lines[1:-1] if len(lines) > 2 else lines[1:])
    )
