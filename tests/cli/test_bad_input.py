"""Whatever a person gives: a sentence that says what to do, exit code 2, nothing half written."""

from __future__ import annotations

import gzip
import io
import os
import socket
import struct
import zipfile
from pathlib import Path

import pytest
from tests.cli.conftest import ORDERS, Ran, Shell

pytestmark = pytest.mark.requirement("X03")


def refused(shell: Shell, path: Path | str) -> Ran:
    """Import a file that must be refused; return what was said."""
    ran = shell.run("import", path, "--firm", "shop", "--home", "IT", "--currency", "EUR", code=2)
    said = ran.err.strip()
    assert said.startswith("fondaco: ")
    assert said.endswith((".", "?"))
    assert len(said) < 600
    assert ran.out == ""
    assert not list((shell.home / "firms").glob("*"))
    assert not list((shell.home / "ledger").rglob("*.parquet"))
    assert not list((shell.home / "mappings").rglob("*"))
    assert not list((shell.home / "ledger").glob("*/scratch/*"))
    return ran


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def locked() -> bytes:
    """A ZIP whose member is marked as encrypted."""
    content = bytearray(zipped("orders.csv", ORDERS.encode()))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + place
        (flags,) = struct.unpack_from("<H", content, at)
        struct.pack_into("<H", content, at, flags | 1)
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("empty.csv", b"", "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "picture"),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj <<>> endobj\n" * 40, "PDF"),
        ("setup.exe", b"MZ\x90\x00\x03" + bytes(500), "program"),
        ("orders.html", b"<!doctype html>\n<html><body><form>Sign in</form></body></html>", "web page"),
        ("locked.zip", locked(), "password"),
        ("bomb.zip", zipped("orders.csv", bytes(64 << 20)), "orders.csv"),
        ("noise.csv", bytes((n * 193 + n // 7) % 256 for n in range(60_000)), "noise.csv"),
        ("broken.csv.gz", gzip.compress(ORDERS.encode())[:-9], "damaged"),
        ("wide.csv", b"x," * 1_000_000 + b"x\n" + b"1," * 1_000_000 + b"1\n", "columns"),
        ("prose.txt", b"Dear customer,\nwe regret that\nthe file is late.\n", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_wrong_file(shell: Shell, name: str, content: bytes, word: str) -> None:
    path = shell.file(name, content)
    if name == "prose.txt":  # text it is; it is asked what its columns are
        ran = shell.run("import", path, "--firm", "shop", "--home", "IT", "--currency", "EUR", code=2)
        assert not (shell.home / "firms").exists()
        assert ran.err
        return
    assert word in refused(shell, path).err


def test_a_single_line_of_200_megabytes(shell: Shell) -> None:
    path = shell.folder / "line.csv"
    with path.open("wb") as out:
        out.write(b"Order,Date,Price\nA1,2026-05-13,")
        out.truncate(200 << 20)
    refused(shell, path)


def test_letters_without_an_end(shell: Shell) -> None:
    path = shell.file("line.csv", b"a" * (8 << 20))
    assert "line" in refused(shell, path).err


def test_a_missing_file_and_a_folder(shell: Shell) -> None:
    assert "There is no file" in refused(shell, shell.folder / "gone.csv").err
    assert "folder" in refused(shell, shell.folder).err


def test_a_file_that_is_not_one(shell: Shell) -> None:
    pipe = shell.folder / "pipe.csv"
    os.mkfifo(pipe)
    assert "ordinary file" in refused(shell, pipe).err
    assert "ordinary file" in refused(shell, "/dev/zero").err
    link = shell.folder / "link.csv"
    link.symlink_to(shell.folder / "nowhere.csv")
    refused(shell, link)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(shell: Shell) -> None:
    path = shell.file("mine.csv", ORDERS)
    path.chmod(0)
    assert "permissions" in refused(shell, path).err


def test_one_bad_file_keeps_the_good_ones_out(shell: Shell) -> None:
    good, bad = shell.file("good.csv", ORDERS), shell.file("bad.csv", b"")
    shell.run("import", good, bad, "--firm", "shop", "--home", "IT", "--currency", "EUR", code=2)
    assert not (shell.home / "firms").exists()


def test_broken_letters_are_read_and_told_not_dropped(shell: Shell) -> None:
    text = ORDERS.replace("Jar", "Köln-Glas").encode()
    broken = text.replace("ö".encode(), b"\xc3", 1)
    path = shell.file("broken.csv", broken)
    ran = shell.run(
        "import", path, "--firm", "shop", "--home", "IT", "--currency", "EUR", "--json", code=None
    )
    assert ran.code in (0, 1)
    assert ran.json["rows_read"] == 5


@pytest.mark.parametrize(
    "words",
    [
        ["import"],
        ["import", "a.csv"],
        ["markets", "--firm", "nobody"],
        ["markets", "--firm", "../../etc"],
        ["market", "Gotham", "--firm", "shop"],
        ["market", "JP", "--firm", "nobody"],
        ["market", "JP", "--firm", "shop", "--now", "soon"],
        ["markets", "--firm", "shop", "--as-of", "yesterday"],
        ["markets", "--firm", "shop", "--by", "week"],
        ["imports", "undo", "20260101-00000000"],
        ["quarantine", "--firm", "nobody"],
        ["replay", "20260101-00000000"],
        ["mapping", "20260101-00000000"],
        ["restore", "nowhere.tar"],
        ["rates", "update", "nowhere.csv"],
        ["import", "a.csv", "--firm", "shop", "--mapping", "nowhere.toml"],
        ["import", "a.csv", "--firm", "shop", "--now", "soon"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_told_in_a_sentence(shell: Shell, words: list[str]) -> None:
    shell.take()
    ran = shell.run(*words, code=2)
    assert ran.err.strip()


def test_a_damaged_ledger_ends_with_three(shell: Shell) -> None:
    shell.take()
    (parquet,) = (shell.home / "ledger" / "firm=shop" / "orders").glob("*.parquet")
    parquet.unlink()
    ran = shell.run("markets", "--firm", "shop", code=3)
    assert "restore" in ran.err


def test_a_port_that_is_taken(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = shell.run("serve", "--port", str(taken.getsockname()[1]), code=2)
    assert "in use" in ran.err
    assert not (shell.home / "desk.sqlite3").exists()


def test_a_host_that_is_not_here(shell: Shell) -> None:
    ran = shell.run("serve", "--host", "203.0.113.7", code=2)
    assert "--host" in ran.err


def test_each_reason_says_of_how_many_rows(shell: Shell) -> None:
    """Also where its sentence has the same figure as a date or in a cell."""
    rows = (
        ORDERS + "A8,2026-05-20,S-1,Jar,1,=1+1,EUR,K1,Germany\nA9,1998-12-31,S-1,Jar,1,9.00,USD,K1,Germany\n"
    )
    path = shell.file("orders.csv", rows + "A10,2026-05-20,S-1,Jar,1,9.00,XQZ,K1,Germany\n")
    told = shell.run("import", path, "--firm", "shop", "--home", "IT", "--currency", "EUR", code=1).out
    assert "- 1 row: Price says =1+1, which is no number" in told
    assert "- 1 row: USD: " in told
    assert "None" not in told
