"""Records from the files that databases export: which kind a file is, in which letters, and what it holds.

>>> read(b"@article{k, title={Small firms abroad}, year={2020}}", "a.bib").records[0].year
2020
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import replace

from fondaco.evidence.review import bibtex, tables, tagged
from fondaco.evidence.review.records import Found
from fondaco.kernel import Problem, UnreadableFile

#: In bytes: an export of a hundred thousand records with abstracts is about three hundred million.
LARGEST = 1 << 29

_Reader = Callable[[str, str], Found]
_TAGGED = {"ris": tagged.RIS, "wos": tagged.WOS, "pubmed": tagged.PUBMED}


def read(content: bytes, file: str) -> Found:
    """Read the records of a file.

    Parameters
    ----------
    content
        The file's bytes.
    file
        Its name, for the records and the problems.

    Returns
    -------
    Found
        Records, pieces that are none, and what a person should know; nothing of the file is lost.

    Raises
    ------
    UnreadableFile
        For an empty file, one that is no text, and one that is none of the kinds.
    """
    if len(content) > LARGEST:
        raise UnreadableFile(f"{file} is larger than {LARGEST >> 20} MB: export it in parts.")
    text, doubts = decoded(content, file)
    if not text.strip():
        raise UnreadableFile(f"{file} is empty. Export it again, or choose another file.")
    kind = kind_of_file(text)
    if kind == "bibtex":
        found = bibtex.read(text, file)
    elif kind in _TAGGED:
        found = tagged.read(text, file, _TAGGED[kind])
    elif kind == "table":
        found = tables.read(text, file)
    else:
        raise UnreadableFile(
            f"{file} is none of RIS, Web of Science plain text, PubMed (MEDLINE), BibTeX or a CSV with a column of titles: "
            f"it begins with {text.strip()[:40]!r}. Export it again in one of these."
        )
    if not found.records and not found.kept:
        raise UnreadableFile(f"{file} holds no record. Export it again, or choose another file.")
    return replace(found, problems=(*doubts, *found.problems))


def decoded(content: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """Return a file's text, and a word where its encoding had to be guessed.

    Raises
    ------
    UnreadableFile
        For what is no text: a workbook, a PDF.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), ()
    content = content.removeprefix(codecs.BOM_UTF8)  # it promises UTF-8, and files do not always keep that
    if content[:4] in (b"PK\x03\x04", b"%PDF") or b"\x00\x00" in content[:4096]:
        raise UnreadableFile(f"{file} is no text file: export the records as RIS, BibTeX or CSV.")
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        bad = error.start
    name = _encoding(content)
    line = content.count(b"\n", 0, bad) + 1
    text = content.decode(name, errors="replace")
    reason = f"{file}, line {line}: these letters are no UTF-8; the file was read as {name}."
    return text, (
        Problem(
            "encoding", 1, reason, "Look at a name with accents; if it is wrong, export the file as UTF-8."
        ),
    )


def _encoding(content: bytes) -> str:
    """Return the likeliest encoding of a text that is no UTF-8; Windows-1252 where there is little to tell by."""
    # Only the lines with letters beyond ASCII tell; long files have more of them than are needed.
    telling = b"\n".join([line for line in content.splitlines() if not line.isascii()][:400])
    beyond = len(re.findall(rb"[\x80-\xff]", telling))
    alone = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", telling))
    if beyond < 40 and 2 * alone > beyond:
        return "cp1252"
    from charset_normalizer import from_bytes  # only files in old encodings wait for it

    # Letters of two bytes stand together; accents of European languages stand alone.
    europe = 2 * alone > beyond
    known = (
        ["cp1252", "cp1250", "mac_roman"]
        if europe
        else ["gb18030", "shift_jis", "euc_kr", "big5", "cp1250", "cp1251", "koi8_r", "cp1253"]
    )
    best = from_bytes(telling, cp_isolation=known).best()
    return best.encoding if best is not None else "cp1252"


def kind_of_file(text: str) -> str:
    r"""Return ``ris``, ``wos``, ``pubmed``, ``bibtex``, ``table``, or nothing for what is none of them.

    >>> kind_of_file("FN Clarivate\nVR 1.0\nPT J\n"), kind_of_file("PMID- 123\nTI  - A\n"), kind_of_file("hello")
    ('wos', 'pubmed', '')
    """
    head = text.lstrip("\ufeff \t\r\n")[:200_000]
    if re.search(r"^\s*TY {1,2}-", head, re.MULTILINE):
        return "ris"
    if re.search(r"^PMID ?-", head, re.MULTILINE):
        return "pubmed"
    if head.startswith("FN ") or re.search(r"^PT [A-Z]\s*$", head, re.MULTILINE):
        return "wos"
    if re.search(r"^\s*@[A-Za-z]+\s*[{(]", head, re.MULTILINE):
        return "bibtex"
    if re.search(r"^\s*[A-Z][A-Z0-9] {1,2}- ", head, re.MULTILINE):
        return "ris"
    first = head.split("\n", 1)[0]
    return "table" if any(mark in first for mark in ",;\t|") else ""
