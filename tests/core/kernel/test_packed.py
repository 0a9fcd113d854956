"""Broken archives are told in words, in whatever way they are broken."""

from __future__ import annotations

import errno
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.evidence.coding import example, read_project, read_transcript, write_project
from fondaco.kernel.errors import InputError, UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.workflows.review import content_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def archive(way: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as packed:
        packed.writestr("a.csv", "country,amount\n" + "Italy,12.50\n" * 200)
    return out.getvalue()


def read_all(content: bytes) -> None:
    with unpacking("a.zip is damaged"), zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            packed.read(name)


def gzipped(content: bytes, folder: Path) -> None:
    (folder / "a.ris").write_bytes(content)
    content_of(folder / "a.ris")


def a_word_file() -> bytes:
    import docx

    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("P1: We answered late.")
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("way", WAYS)
def test_a_byte_changed_anywhere_is_told_and_never_a_failure_of_ours(way: int) -> None:
    whole, chance, broken = archive(way), random.Random(way), 0
    for _ in range(400):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        try:
            read_all(bytes(content))
        except UnreadableFile:
            broken += 1
    assert broken > 100


@pytest.mark.parametrize(
    ("whole", "read"),
    [
        (a_word_file(), lambda content, _: read_transcript(content, "a.docx", {})),
        (write_project(example(), now=NOW), lambda content, _: read_project(content, "a.qdpx", now=NOW)),
        (gzip.compress(b"TY  - JOUR\nTI  - A\nER  - \n" * 50), gzipped),
    ],
    ids=["transcript", "project", "records"],
)
def test_readers_of_packed_files_refuse_what_is_broken(
    whole: bytes, read: Callable[[bytes, Path], object], tmp_path: Path
) -> None:
    chance, refused = random.Random(7), 0
    for number in range(120):
        content = bytearray(whole)
        if number % 3:
            content[chance.randrange(2, len(content))] ^= chance.randrange(1, 256)
        else:
            del content[chance.randrange(2, len(content)) :]
        try:
            read(bytes(content), tmp_path)
        except InputError:
            refused += 1
    assert refused > 30


def test_a_full_disk_is_not_taken_for_a_broken_file() -> None:
    with pytest.raises(OSError, match="No space"), unpacking("a.zip is damaged"):
        raise OSError(errno.ENOSPC, "No space left on device")
