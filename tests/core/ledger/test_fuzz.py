"""Whatever bytes a file holds, reading it ends as a table, as questions, or as a sentence; never otherwise."""

from __future__ import annotations

import functools
import gzip
import io
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools.fuzz_readers import CORPUS, read, take

import fondaco.ledger.platforms
from fondaco.ledger.containers import records

pytestmark = pytest.mark.requirement("X03")

FOLDER = Path(fondaco.ledger.platforms.__file__).parent
SAMPLES = sorted(p for p in FOLDER.glob("*/samples/*") if not p.name.endswith(".answers.json"))
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))

#: What breaks readers: signs of other formats, ends of everything, numbers beyond numbers.
ODD = [
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"'", b"\r", b"\n", b"\r\n", b"\t", b",", b";", b"=1+1", b"\x1a",
    b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\u2028".encode(), "\u202e".encode(), b"1e400", b"-0", b"9" * 40, b"NaN",
    b"inf", b"0000-00-00", b"9999-12-31", b"31/02/2026", b"24:00", b"%s%n{}", b"\\", b"PK\x03\x04", b"\x1f\x8b", b"[" * 50,
    b"$$", b"'; DROP TABLE raw; --", b"{\"a\":", b"<?xml", "１２３，４５".encode(), "٣٫٥".encode(), b"--", b"(1,234.50)",
]  # fmt: skip


@functools.cache
def content_of(path: Path) -> bytes:
    return path.read_bytes()


@st.composite
def mutated(draw: st.DrawFn, sample: bytes) -> bytes:
    """Return a sample in which cells, lines or bytes were changed, doubled, moved or lost."""
    content = bytearray(sample)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        to = min(len(content), at + draw(st.integers(0, 40)))
        how = draw(st.sampled_from(["put", "lose", "twice", "cut", "lines", "swap", "flip"]))
        if how == "put":
            content[at:to] = draw(st.sampled_from(ODD)) * draw(st.sampled_from([1, 1, 1, 300]))
        elif how == "lose":
            del content[at:to]
        elif how == "twice":
            content[at:at] = content[at:to]
        elif how == "cut":
            del content[max(at, 20) :]
        elif how == "flip" and content:
            content[at % len(content)] ^= 1 << draw(st.integers(0, 7))
        else:
            lines = bytes(content).split(b"\n")
            one, two = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
            lines[one], lines[two] = (lines[two], lines[one]) if how == "swap" else (lines[two], lines[two])
            content = bytearray(b"\n".join(lines))
    return bytes(content)


def packed(content: bytes, how: str) -> bytes:
    if how == "gzip":
        return gzip.compress(content, 1)
    if how == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", content)
        return out.getvalue()
    return content


def tried(content: bytes, reading: Callable[[bytes, Path], str] = read) -> None:
    """Read a content; any error but a sentence comes through, and so does a hang."""
    folder = Path(tempfile.mkdtemp(prefix="fondaco-fuzz-"))
    began = time.monotonic()
    try:
        reading(content, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert time.monotonic() - began < 60  # ten seconds on a machine of one's own


@FEW
@given(data=st.data(), sample=st.sampled_from(SAMPLES))
def test_a_mutated_sample_is_read_or_refused_in_words(sample: Path, data: st.DataObject) -> None:
    tried(data.draw(mutated(content_of(sample))))


@settings(FEW, max_examples=5)
@given(data=st.data(), sample=st.sampled_from(SAMPLES))
def test_what_is_taken_of_a_mutated_sample_adds_up(sample: Path, data: st.DataObject) -> None:
    tried(data.draw(mutated(content_of(sample))), take)


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: f"{p.parts[-3]}-{p.name}")
@settings(FEW, max_examples=int(os.environ.get("FONDACO_FUZZ", "20")))
@given(data=st.data())
def test_every_readers_samples_mutated_are_read_or_refused_in_words(
    sample: Path, data: st.DataObject
) -> None:
    tried(data.draw(mutated(content_of(sample))))


@FEW
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.lists(st.sampled_from(ODD), max_size=30).map(b"".join),
        st.text(alphabet='ab1,;\t"\n\r ', max_size=200).map(str.encode),
    ),
    how=st.sampled_from(["plain", "gzip", "zip"]),
)
def test_any_bytes_are_read_or_refused_in_words(content: bytes, how: str) -> None:
    tried(packed(content, how))


@FEW
@given(data=st.data(), how=st.sampled_from(["gzip", "zip", "xlsx"]))
def test_a_damaged_container_is_refused_in_words(data: st.DataObject, how: str) -> None:
    whole = (
        workbook()
        if how == "xlsx"
        else packed(b"Order,Date,Country,Amount\n1,2026-05-25,DE,10.50\n" * 5, how)
    )
    tried(data.draw(mutated(whole)))


@functools.cache
def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ("Order", "Date", "Country", "Amount"),
        (1, "2026-05-25", "DE", 10.5),
        (2, "2026-05-26", "FR", "=1+1"),
    ):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@given(
    text=st.text(alphabet='ab,"\n\r', max_size=80),
    quote=st.sampled_from(['"', ""]),
    width=st.integers(0, 4),
    delimiter=st.sampled_from([",", ""]),  # a table of one column has none
)
def test_every_character_of_a_text_is_in_some_record(
    text: str, quote: str, width: int, delimiter: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_text(text, encoding="utf-8", newline="")
        found = list(records(path, delimiter, quote, width=width))
    kept = "".join(cell for _, cells, _ in found for cell in cells)
    for letter in "ab":
        assert kept.count(letter) == text.count(letter)
    assert [row for row, _, _ in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("kept", sorted(CORPUS.glob("[!.]*")), ids=lambda p: p.name)
def test_what_once_broke_a_reader_does_so_no_more(kept: Path) -> None:
    tried(kept.read_bytes())
    tried(kept.read_bytes(), take)
