"""A bibliographic record, the same whichever database it comes from, and what could not be read of a file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fondaco.kernel import Problem

#: What a record is, where its database says so; a version of a paper in proceedings is no copy of its journal article.
Kind = Literal["article", "conference", "book", "chapter", "erratum", "preprint", "other", ""]


@dataclass(frozen=True)
class Record:
    """A record as one database gave it.

    Attributes
    ----------
    title, abstract, journal
        As printed, in Unicode, blanks made single; empty where the file says nothing.
    authors
        Each ``Surname, Given``, in the order of the paper.
    year
        Of publication; None where none is stated.
    doi
        In small letters, without address before it: ``10.1108/imr-10-2023-0280``.
    keywords
        The authors' and the database's.
    kind, volume, issue, pages
        What it is, and where in its journal it stands.
    source
        ``scopus``, ``wos``, ``pubmed``, ``ris``, ``bibtex`` or ``table``.
    key
        The database's own identifier: EID, accession number, PMID, citation key.
    file, line
        Where it begins; the first line is 1.
    raw
        Its text in the file, unchanged.
    """

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    doi: str = ""
    keywords: tuple[str, ...] = ()
    kind: Kind = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    source: str = ""
    key: str = ""
    file: str = ""
    line: int = 0
    raw: str = ""

    def to_json(self, *, raw: bool = False) -> dict[str, Any]:
        """Return the fields as JSON values, `raw` only where it is asked for."""
        held = {**asdict(self), "authors": list(self.authors), "keywords": list(self.keywords)}
        if not raw:
            del held["raw"]
        return held


@dataclass(frozen=True)
class Kept:
    """A piece of a file that is no record: kept as it stands, with the reason and what to do."""

    file: str
    line: int
    raw: str
    reason: str
    cure: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Attributes
    ----------
    records
        Those that could be read.
    kept
        Those that could not, whole.
    problems
        What a person should know, of both: each names file and line.
    source
        What kind of file it was.
    """

    records: tuple[Record, ...]
    kept: tuple[Kept, ...] = ()
    problems: tuple[Problem, ...] = ()
    source: str = ""


_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def tidy(text: object) -> str:
    r"""Return a text on one line: blanks made single, control characters out, letters composed.

    >>> tidy(" Small  firms\n abroad ")
    'Small firms abroad'
    """
    if text is None:
        return ""
    return _BLANKS.sub(" ", _CONTROLS.sub(" ", unicodedata.normalize("NFC", str(text)))).strip()


def doi_of(text: str) -> str:
    """Return the DOI in a text, in small letters; empty where there is none.

    >>> doi_of("https://doi.org/10.1108/IMR-10-2023-0280."), doi_of("n/a")
    ('10.1108/imr-10-2023-0280', '')
    """
    found = _DOI.search(text.replace("%2F", "/").replace("%2f", "/"))
    if not found:
        return ""
    doi = found.group().lower().rstrip(".,;")
    # A bracket belongs to the DOI only where it was opened in it.
    return doi[:-1] if doi.endswith(")") and doi.count("(") < doi.count(")") else doi


def year_of(text: str) -> int | None:
    """Return the first year in a text, 1500 to 2099; None where there is none.

    >>> year_of("2020/03//"), year_of("Mar 2019"), year_of("10 15")
    (2020, 2019, None)
    """
    found = _YEAR.search(text)
    return int(found.group()) if found else None


_KINDS: tuple[tuple[str, Kind], ...] = (
    ("erratum", "erratum"), ("corrigendum", "erratum"), ("correction", "erratum"), ("retract", "erratum"),
    ("chapter", "chapter"), ("incollection", "chapter"), ("inbook", "chapter"), ("chap", "chapter"),
    ("conf", "conference"), ("cpaper", "conference"), ("proceeding", "conference"), ("inproceedings", "conference"), ("meeting", "conference"),
    ("preprint", "preprint"), ("unpublished", "preprint"), ("unpb", "preprint"),
    ("book", "book"), ("article", "article"), ("jour", "article"), ("review", "article"), ("ejour", "article"),
)  # fmt: skip


def kind_of(text: str) -> Kind:
    """Return what a database's name of a document type means.

    >>> kind_of("Conference Paper"), kind_of("JOUR"), kind_of("Article in Press"), kind_of("GEN")
    ('conference', 'article', 'article', 'other')
    """
    said = text.casefold()
    if not said:
        return ""
    return next((kind for word, kind in _KINDS if word in said), "other")


def problem(kind: str, file: str, line: int, reason: str, cure: str = "") -> Problem:
    """Return a problem that says where it is."""
    return Problem(kind, 1, f"{file}, line {line}: {reason}", cure)
