r"""Files whose lines begin with tags: RIS, Web of Science's plain text, PubMed's MEDLINE.

The three differ in how a tag is written, what begins and ends a record, and what the tags mean; they are read by one
scanner, which knows the line that it is at.  Lines without a tag carry on the one before.

>>> found = read("TY  - JOUR\nTI  - Small firms\nPY  - 2020\nER  - \n", "a.ris", RIS)
>>> found.records[0].title, found.records[0].year
('Small firms', 2020)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from fondaco.evidence.review.records import Found, Kept, Record, doi_of, kind_of, problem, tidy, year_of
from fondaco.kernel import Problem
from fondaco.kernel.words import many


@dataclass(frozen=True)
class Tags:
    """How a kind of file writes its records.

    Attributes
    ----------
    source
        The name of what is read.
    line
        Matches a tag and its value.
    starts, ends
        Tags that begin and end a record; without one that ends, an empty line does.
    meaning
        The tags of each field, best first.
    known
        Tags that mean something else, and are no cause for a word.
    """

    source: str
    line: re.Pattern[str]
    starts: str
    ends: str
    meaning: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    skips: frozenset[str] = field(default_factory=frozenset)


RIS = Tags(
    "ris",
    # Some programs leave out the blank behind the hyphen; with one blank before it, that would be a word of the text.
    re.compile(r"^\s*([A-Z][A-Z0-9])(?:  -|\s{1,2}-(?=\s|$)) ?(.*)$"),
    "TY",
    "ER",
    {
        "title": ("TI", "T1", "CT", "ST"), "abstract": ("AB", "N2"), "authors": ("AU", "A1"), "year": ("PY", "Y1", "DA"),
        "journal": ("T2", "JO", "JF", "JA", "J2", "BT"), "doi": ("DO", "DI", "M3", "L3", "UR"), "keywords": ("KW",),
        "kind": ("TY",), "volume": ("VL",), "issue": ("IS",), "first": ("SP",), "last": ("EP",), "key": ("ID", "AN"),
        "notes": ("N1",),
    },
    frozenset(
        ["A2", "A3", "A4", "AD", "AV", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "CA", "CN", "CP", "CY", "DB", "DP", "ED", "ET", "H1", "H2", "FU", "FX", "ID", "J1", "J9", "JI", "L1", "L2", "L4", "LA", "LB", "LK", "M1", "M2", "NV", "OP", "PA", "PB", "PI", "PP", "PU", "RI", "RN", "RP", "SE", "SN", "SV", "TA", "TT", "U1", "U2", "U3", "U4", "U5", "VO", "WE", "Y2", "T3", "ER"]
    ),
)  # fmt: skip

WOS = Tags(
    "wos",
    re.compile(r"^([A-Z][A-Z0-9])(?: (.*)|)$"),
    "PT",
    "ER",
    {
        "title": ("TI",), "abstract": ("AB",), "authors": ("AF", "AU"), "year": ("PY", "EA", "DA"), "journal": ("SO",),
        "doi": ("DI", "D2"), "keywords": ("DE", "ID"), "kind": ("DT", "PT"), "volume": ("VL",), "issue": ("IS",),
        "first": ("BP", "AR"), "last": ("EP",), "key": ("UT",),
    },
    frozenset(),
    frozenset({"FN", "VR", "EF"}),
)  # fmt: skip

PUBMED = Tags(
    "pubmed",
    re.compile(r"^([A-Z][A-Z0-9]{0,3}) {0,3}- (.*)$"),
    "PMID",
    "",
    {
        "title": ("TI", "BTI", "TT"), "abstract": ("AB", "OAB"), "authors": ("FAU", "AU"), "year": ("DP", "DEP"),
        "journal": ("JT", "TA"), "doi": ("LID", "AID"), "keywords": ("OT", "MH"), "kind": ("PT",), "volume": ("VI",),
        "issue": ("IP",), "first": ("PG",), "last": (), "key": ("PMID",),
    },
    frozenset(),
)  # fmt: skip


#: Some programs number the records.
_NUMBER = re.compile(r"^\s*\d+\.?\s*$")


@dataclass
class _Open:
    """A record while it is read."""

    line: int
    lines: list[str] = field(default_factory=list)
    tags: list[tuple[str, str, int]] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def take(self, tag: str, value: str, number: int) -> None:
        """Add a line: a tag with its value, or more of the value before."""
        if tag:
            self.tags.append((tag, value, number))
            self.said.add(tag)
        elif value.strip() and self.tags:
            last, before, at = self.tags[-1]
            self.tags[-1] = (last, f"{before}\n{value.strip()}", at)


def read(text: str, file: str, tags: Tags) -> Found:
    """Read every record of a text.

    Parameters
    ----------
    text
        Of the file, decoded.
    file
        Its name, for the records and the problems.
    tags
        How it is written: `RIS`, `WOS` or `PUBMED`.
    """
    records: list[Record] = []
    kept: list[Kept] = []
    problems: list[Problem] = []
    unknown: Counter[str] = Counter()
    for held in _pieces(text, file, tags, kept, problems):
        record = _record(held, file, tags)
        if record is None:
            reason = "a record without a title" if held.tags else "lines that belong to no record"
            cure = "Add the title in the file and bring it again, or leave it out."
            kept.append(Kept(file, held.line, "\n".join(held.lines), reason, cure))
            problems.append(problem("no_title", file, held.line, f"{reason}; it is kept apart.", cure))
            continue
        records.append(record)
        problems.extend(_doubts(held, record, file, tags))
        unknown.update(tag for tag in held.said if tags.known and not _means(tag, tags))
    if unknown:
        names = ", ".join(f"{tag} ({count})" for tag, count in sorted(unknown.items())[:8])
        problems.append(
            Problem(
                "unknown_tag", sum(unknown.values()), f"{file}: tags that are not of this format: {names}.",
                "Nothing needs doing if their content is not needed; it stays in each record's raw text.",
            )
        )  # fmt: skip
    return Found(tuple(records), tuple(kept), tuple(problems), tags.source)


def _means(tag: str, tags: Tags) -> bool:
    return tag in tags.known or any(tag in names for names in tags.meaning.values())


def _pieces(text: str, file: str, tags: Tags, kept: list[Kept], problems: list[Problem]) -> Iterator[_Open]:
    """Cut a text into records; what stands between them is kept."""
    held: _Open | None = None
    between = _Open(0)
    for number, line in enumerate(_lines(text), 1):
        match = tags.line.match(line)
        tag, value = (match.group(1), match.group(2) or "") if match else ("", line)
        if tag == tags.starts:
            _keep_between(between, file, tags, kept, problems)
            between = _Open(0)
            if held is not None:
                _tell_unended(held, file, tags, problems, f"the next begins in line {number}")
                yield held
            held = _Open(number)
        elif held is None:
            if not _no_content(line, tag, tags):
                between.line = between.line or number
                between.lines.append(line)
            continue
        held.lines.append(line)
        if (tag == tags.ends) if tags.ends else not line.strip():
            yield held
            held = None
        else:
            held.take(tag, value, number)
    if held is not None:
        _tell_unended(held, file, tags, problems, "the file ends within it")
        yield held
    _keep_between(between, file, tags, kept, problems)


def _no_content(line: str, tag: str, tags: Tags) -> bool:
    """Whether a line between records says nothing: empty, the file's own head, a number, or another end."""
    return (
        not line.strip() or bool(_NUMBER.match(line)) or tag in tags.skips or (tag != "" and tag == tags.ends)
    )


def _tell_unended(held: _Open, file: str, tags: Tags, problems: list[Problem], where: str) -> None:
    if tags.ends:
        cure = "It was read as far as it goes; check that nothing is missing."
        problems.append(
            problem("unended", file, held.line, f"this record has no {tags.ends} at its end; {where}.", cure)
        )


def _keep_between(between: _Open, file: str, tags: Tags, kept: list[Kept], problems: list[Problem]) -> None:
    if not between.lines:
        return
    reason = f"{many(len(between.lines), 'line')} outside any record (each begins with {tags.starts})"
    cure = f"Put {tags.starts} before the record that is meant, or leave it."
    kept.append(Kept(file, between.line, "\n".join(between.lines), reason, cure))
    problems.append(problem("loose_lines", file, between.line, f"{reason}; kept apart.", cure))


def _lines(text: str) -> list[str]:
    # Only real line ends: a file separator or the like within an abstract ends no line.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _record(held: _Open, file: str, tags: Tags) -> Record | None:
    values: dict[str, list[str]] = {}
    for tag, value, _ in held.tags:
        values.setdefault(tag, []).append(value)

    def all_of(name: str) -> list[str]:
        named = next(
            (values[tag] for tag in tags.meaning.get(name, ()) if tidy(" ".join(values.get(tag, ())))), []
        )
        return [value for value in named if value.strip()]

    def one_of(name: str) -> str:
        return tidy(next(iter(all_of(name)), ""))

    title = one_of("title")
    if not title:
        return None
    dois = (
        doi_of(v)
        for tag in tags.meaning["doi"]
        for v in values.get(tag, ())
        if tags.source != "pubmed" or "[doi]" in v
    )
    years = (year_of(v) for tag in tags.meaning["year"] for v in values.get(tag, ()))
    pages = "-".join(filter(None, (one_of("first"), one_of("last"))))
    return Record(
        title=title.removesuffix(".") if tags.source == "pubmed" else title,
        abstract=tidy(" ".join(all_of("abstract"))),
        authors=tuple(name for said in all_of("authors") for name in _names(said, tags)),
        year=next((y for y in years if y), None),
        journal=one_of("journal"),
        doi=next((d for d in dois if d), ""),
        keywords=_keywords(all_of("keywords"), tags),
        kind=kind_of(" ".join(all_of("kind"))),
        volume=one_of("volume"),
        issue=one_of("issue"),
        pages=pages,
        source=_source(values, tags),
        key=one_of("key"),
        file=file,
        line=held.line,
        raw="\n".join(held.lines),
    )


def _names(said: str, tags: Tags) -> list[str]:
    # One author to a line; RIS also has several in one, parted by semicolons.
    parts = said.split("\n") if tags.source == "wos" else re.split(r"[\n;]", said)
    return [tidy(part) for part in parts if part.strip()]


def _keywords(said: list[str], tags: Tags) -> tuple[str, ...]:
    parts = (part for value in said for part in re.split(r";" if tags.source == "wos" else r"[\n;]", value))
    return tuple(dict.fromkeys(word for part in parts if (word := tidy(part))))


def _source(values: Mapping[str, list[str]], tags: Tags) -> str:
    """Return the database: a RIS file says in DB, or by its identifiers, which it comes from."""
    if tags.source != "ris":
        return tags.source
    said = " ".join(
        [*values.get("DB", ()), *values.get("N1", ()), *values.get("UR", ()), *values.get("AN", ())]
    ).casefold()
    named = (("scopus", "scopus"), ("web of science", "wos"), ("wos:", "wos"), ("pubmed", "pubmed"))
    return next((source for word, source in named if word in said), "ris")


def _doubts(held: _Open, record: Record, file: str, tags: Tags) -> Iterator[Problem]:
    first: Callable[[str], tuple[str, int] | None] = lambda name: next(  # noqa: E731  (one line, used twice)
        ((v, n) for t, v, n in held.tags if t in tags.meaning[name] and v.strip()), None
    )
    if record.year is None and (said := first("year")):
        yield problem(
            "year", file, said[1], f"{said[0].strip()[:40]!r} holds no year; the record is read without one.",
            "Add the year by hand if it is needed.",
        )  # fmt: skip
