"""What a coding project holds: texts, codebook, codings of several people, memos, cases, and links of a model.

Positions are in Unicode characters from 0; the end is that of the character behind.  A text never changes: its SHA-256
says so.  What is said in it stands under pseudonyms; who they are is kept elsewhere (`pseudonyms`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from fondaco.evidence.coding.codebook import Codebook
from fondaco.kernel import InputError

#: What a statement is: said as a fact, inferred by somebody, or an example of one firm.
Standing = Literal["", "stated", "inferred", "example"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
#: Whose view an informant gives.
View = Literal["", "seller", "buyer", "platform", "other"]
VIEWS: tuple[View, ...] = get_args(View)
#: Letters of one text: some 60 hours of talk.
LONGEST_TEXT = 4_000_000


@dataclass(frozen=True)
class Coder:
    """Somebody who codes."""

    id: str
    name: str


@dataclass(frozen=True)
class Source:
    """A transcript.

    Attributes
    ----------
    case
        The firm, by its pseudonym.
    wave
        Interview round, from 1; 0 where it is not told.
    day
        Of the interview.
    informant, view
        Who speaks, by function; whose view it is.
    """

    id: str
    name: str
    text: str
    case: str = ""
    wave: int = 0
    day: date | None = None
    informant: str = ""
    view: View = ""

    @property
    def sha256(self) -> str:
        """Fingerprint of the text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Coding:
    """A passage that somebody gave a code.

    Attributes
    ----------
    start, end
        In characters of the source's text.
    speaks_of
        Round that the statement needs to be known, where the coder says so; 0 where not.
    """

    id: str
    source: str
    start: int
    end: int
    code: str
    coder: str
    at: datetime
    standing: Standing = ""
    speaks_of: int = 0


@dataclass(frozen=True)
class Memo:
    """A dated note on the project (`about` empty), a source, a code or a coding."""

    id: str
    title: str
    text: str
    by: str
    at: datetime
    about: str = ""


@dataclass(frozen=True)
class Case:
    """A firm with comparable values: years, stages with the dates on which they were reached, how it ended."""

    id: str
    name: str
    values: tuple[tuple[str, str], ...] = ()


def values_of(text: str) -> tuple[tuple[str, str], ...]:
    r"""Read what is told of a case, a line each: what, colon, value.

    Raises
    ------
    InputError
        Naming the line that has not both, or tells the same as one above it.

    Examples
    --------
    >>> values_of("joined: 2013\nstage: first orders: few")
    (('joined', '2013'), ('stage', 'first orders: few'))
    """
    held: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        what, _, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not what or not value:
            raise InputError(f"Line {number}, {line.strip()!r}: write what it is, a colon and the value.")
        if what in held:
            raise InputError(f"Line {number}: {what!r} is told already, as {held[what]!r}.")
        held[what] = value
    return tuple(held.items())


def lines_of(values: Iterable[tuple[str, str]]) -> str:
    r"""Return what is told of a case as `values_of` reads it; a file may bring what no line can say.

    Examples
    --------
    >>> lines_of([("joined", "2013"), ("stage: first", "orders"), ("left", "")])
    'joined: 2013\nstage - first: orders'
    """
    told = ((" ".join(part.split()) for part in pair) for pair in values)
    return "\n".join(f"{what.replace(':', ' -')}: {value}" for what, value in told if what and value)


@dataclass(frozen=True)
class Link:
    """An arrow of a grounded model; `sign` is ``+`` or ``-``."""

    id: str
    start: str
    end: str
    sign: str
    says: str = ""


@dataclass(frozen=True)
class Backing:
    """A coding that supports or contradicts a link."""

    link: str
    coding: str
    supports: bool


@dataclass(frozen=True)
class Project:
    """All of a project; made by `checked`, which refuses what does not hang together."""

    title: str
    coders: tuple[Coder, ...] = ()
    sources: tuple[Source, ...] = ()
    book: Codebook = field(default_factory=Codebook)
    codings: tuple[Coding, ...] = ()
    memos: tuple[Memo, ...] = ()
    cases: tuple[Case, ...] = ()
    links: tuple[Link, ...] = ()
    backing: tuple[Backing, ...] = ()
    description: str = ""

    def source(self, number: str) -> Source:
        """Return a source by id."""
        return next(each for each in self.sources if each.id == number)

    def quote(self, coding: Coding) -> str:
        """Return the passage of a coding."""
        return self.source(coding.source).text[coding.start : coding.end]

    def coder(self, number: str) -> str:
        """Return a coder's name."""
        return next((each.name for each in self.coders if each.id == number), number)


def checked(project: Project) -> Project:
    """Return the project where it hangs together.

    Raises
    ------
    InputError
        Naming a coding outside its text, of a code, source or coder that there is not, an id that is used twice, a link
        whose evidence there is not.
    """
    for what, held in (
        ("source", project.sources),
        ("coder", project.coders),
        ("coding", project.codings),
        ("memo", project.memos),
    ):
        _once(what, (each.id for each in held))
    _once("case", (case.name for case in project.cases))
    lengths = {source.id: len(source.text) for source in project.sources}
    coders = {coder.id for coder in project.coders}
    for source in project.sources:
        if len(source.text) > LONGEST_TEXT:
            raise InputError(
                f"{source.name} has {len(source.text):,} letters; {LONGEST_TEXT:,} are the most: split it."
            )
    for coding in project.codings:
        if (
            coding.source not in lengths
            or coding.code not in project.book.codes
            or coding.coder not in coders
        ):
            raise InputError(
                f"Coding {coding.id} names a text, code or coder that the project does not hold."
            )
        if not 0 <= coding.start < coding.end <= lengths[coding.source]:
            raise InputError(
                f"Coding {coding.id} runs from {coding.start} to {coding.end}, in a text of {lengths[coding.source]} letters."
            )
    known = {coding.id for coding in project.codings}
    links = {link.id for link in project.links}
    for each in project.backing:
        if each.coding not in known or each.link not in links:
            raise InputError(
                f"Evidence for link {each.link} rests on a coding or link that the project does not hold."
            )
    return project


def _once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise InputError(f"Two of the project are {what} {each!r}: each has one of its own.")
        seen.add(each)
