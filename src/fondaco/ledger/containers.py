"""From a file as a person has it to plain UTF-8 text: CSV, TSV, TXT, XLSX, XLS, JSON lines, gzip and ZIP.

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
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from fondaco.kernel import UnreadableFile
from fondaco.ledger.json_lines import looks_like_json_lines, write_table

CHUNK = 1 << 20
HEAD = 256 * 1024
LARGEST_UNPACKED = 64 << 30
LARGEST_SHEET_FILE = 512 << 20
LARGEST_RATIO = 2000  # text compresses 20 to 60 times; zip bombs thousands of times
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
    """

    name: str
    path: Path
    head: bytes
    size: int


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
        return [_rows_of_objects(_copy(stream, name, scratch, packed=None), scratch)]


def _rows_of_objects(blob: Blob, scratch: Path) -> Blob:
    """Turn JSON lines into comma-separated text; any other blob is given back as it stands."""
    if not looks_like_json_lines(blob.head):
        return blob
    target = _scratch_name(scratch)
    write_table(blob.path, target, blob.name)
    blob.path.unlink()
    with target.open("rb") as stream:
        return Blob(blob.name, target, stream.read(HEAD), target.stat().st_size)


def _scratch_name(scratch: Path) -> Path:
    return scratch / f"blob-{len(list(scratch.iterdir())):04d}"


def _copy(stream: IO[bytes], name: str, scratch: Path, *, packed: int | None) -> Blob:
    """Copy a stream to scratch; `packed` is its compressed size where it is known."""
    target = _scratch_name(scratch)
    limit = LARGEST_UNPACKED if packed is None else min(LARGEST_UNPACKED, max(packed, 4096) * LARGEST_RATIO)
    size, head = 0, b""
    with target.open("wb") as out:
        for chunk in chunks(stream):
            size += len(chunk)
            if size > limit:
                raise UnreadableFile(
                    f"{name} unpacks to more than {limit:,} bytes: it does not look like a table."
                )
            if len(head) < HEAD:
                head += chunk[: HEAD - len(head)]
            out.write(chunk)
    if not size:
        raise UnreadableFile(f"{name} is empty: download it again and check that it has rows.")
    return Blob(name, target, head, size)


def _gunzip(path: Path, name: str, scratch: Path) -> Blob:
    try:
        with gzip.open(path, "rb") as stream:
            packed = path.stat().st_size
            blob = _copy(cast(IO[bytes], stream), name.removesuffix(".gz"), scratch, packed=packed)
        return _rows_of_objects(blob, scratch)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(f"{name} is a damaged gzip file ({error}): download it again.") from None


def _unzip(path: Path, name: str, scratch: Path) -> list[Blob]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            names = {info.filename for info in members}
            if "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names:
                return _sheets(path, name, scratch)
            members = [m for m in members if not _is_litter(m.filename)]
            if len(members) > MOST_MEMBERS:
                raise UnreadableFile(f"{name} holds {len(members):,} files: at most {MOST_MEMBERS} are read.")
            if not members:
                raise UnreadableFile(f"{name} holds no file: nothing to read.")
            return [blob for info in members for blob in _member(archive, info, name, scratch)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFile(f"{name} is a damaged archive ({error}): download it again.") from None


def _is_litter(member: str) -> bool:
    return member.startswith("__MACOSX/") or member.rsplit("/", 1)[-1].startswith(".")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, outer: str, scratch: Path) -> list[Blob]:
    name = f"{outer}/{printable(info.filename)}"
    if info.flag_bits & 1:
        raise UnreadableFile(f"{name} is locked with a password: save it without and try again.")
    with archive.open(info) as stream:
        blob = _copy(stream, name, scratch, packed=info.compress_size)
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
    _refuse_bomb(path, name)
    try:
        book = fastexcel.read_excel(str(path))
        sheets = list(book.sheet_names)
    except BaseException as error:  # noqa: BLE001  fastexcel has no common base; calamine's panics are no Exception
        _pass_on(error)
        raise UnreadableFile(f"{name} is not a workbook we can read ({error}): save it as CSV.") from None
    found = []
    for sheet in sheets:
        try:
            frame = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        except BaseException as error:  # noqa: BLE001  as above
            _pass_on(error)
            raise UnreadableFile(
                f"Sheet {sheet} of {name} cannot be read ({error}): save it as CSV."
            ) from None
        if frame.height == 0:
            continue
        target = _scratch_name(scratch)
        frame.write_csv(target, include_header=False, quote_style="necessary", null_value="")
        with target.open("rb") as stream:
            head = stream.read(HEAD)
        found.append(Blob(f"{name}/{printable(sheet)}", target, head, target.stat().st_size))
    if not found:
        raise UnreadableFile(f"{name} has no rows in any sheet: check that it is the right file.")
    return found


def _pass_on(error: BaseException) -> None:
    """Raise again what says nothing about the workbook, such as a person's Ctrl-C."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
        raise error


def _refuse_bomb(path: Path, name: str) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > max(path.stat().st_size, 4096) * 400 or unpacked > 8 << 30:
        raise UnreadableFile(f"{name} unpacks to {unpacked:,} bytes: it does not look like a workbook.")


def to_text(blob: Blob, encoding: str) -> Text:
    """Return a blob as UTF-8 text, counting its lines.

    Bytes that are not valid in `encoding` are read as Windows-1252 and counted, never dropped.
    A blob that already is UTF-8 is used as it stands; any other is written anew beside itself.
    """
    if encoding.lower() in ("utf-8", "ascii") and not blob.head.startswith(codecs.BOM_UTF8):
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
    return _transcode(blob, encoding)


class _LineCounter:
    """Counts lines over chunks; the last need not end with a line break."""

    def __init__(self) -> None:
        self.lines, self.last = 0, b"\n"

    def add(self, chunk: bytes) -> None:
        self.lines += chunk.count(b"\n")
        self.last = chunk[-1:] or self.last

    def text(self, path: Path, *, repaired: int) -> Text:
        return Text(path, self.lines + (self.last != b"\n"), repaired)


def _transcode(blob: Blob, encoding: str) -> Text:
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
            utf8 = text.encode("utf-8", "replace")
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
    rows of `width` cells themselves; it then ends with its own line, and those rows are read.
    """
    csv.field_size_limit(LONGEST_RECORD * LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as stream:
        pending: deque[str] = deque()
        consumed: list[str] = []

        def lines() -> Iterator[str]:
            while len(consumed) < LONGEST_RECORD:
                line = pending.popleft() if pending else stream.readline(LONGEST_CELL)
                if not line:
                    return
                consumed.append(line)
                yield line

        row = 0
        reader = _csv_reader(lines(), delimiter, quote)
        while True:
            consumed.clear()
            cells = next(reader, None)
            if cells is None:
                return
            row += 1
            torn = len(consumed) > 1 and bool(width) and _swallows_rows(consumed, delimiter, quote, width)
            if torn:
                pending.extendleft(reversed(consumed[1:]))
                cells = consumed[0].rstrip("\r\n").replace(quote, "").split(delimiter)
                reader = _csv_reader(lines(), delimiter, quote)
            yield row, cells, torn


LONGEST_CELL = 16 << 20


def _csv_reader(lines: Iterator[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    between = delimiter or "\x1f"  # a single column has no delimiter: take a character no text has
    if not quote:
        return csv.reader(lines, delimiter=between, quoting=csv.QUOTE_NONE, skipinitialspace=between == " ")
    return csv.reader(lines, delimiter=between, quotechar=quote, skipinitialspace=between == " ")


def _swallows_rows(lines: list[str], delimiter: str, quote: str, width: int) -> bool:
    if len(lines) >= LONGEST_RECORD:
        return True
    # The last line closes the quotation mark, or is the end of the file: it proves nothing.
    return any(
        line.count(quote) % 2 == 0 and len(next(_csv_reader(iter([line]), delimiter, quote), [])) == width > 1
        for line in (lines[1:-1] if len(lines) > 2 else lines[1:])
    )
