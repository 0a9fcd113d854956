"""Records in a table: Scopus' CSV, and any other that names its columns as databases do.

A row whose cells are shifted is told by what stands where: a year that is no year, or more or fewer cells than names.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from fondaco.evidence.review.records import Found, Kept, Record, doi_of, kind_of, problem, tidy, year_of
from fondaco.kernel import InputError, Problem

#: The names that columns go by, in small letters, best first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "article title", "document title", "item title", "ti", "primary_title", "paper title", "titles"),
    "abstract": ("abstract", "abstract note", "ab", "abstracts", "notes_abstract", "summary"),
    "authors": ("authors", "author full names", "author", "author names", "au", "creator"),
    "year": ("year", "publication year", "publication_year", "py", "date", "publication date", "published"),
    "journal": ("source title", "journal", "publication title", "journal title", "secondary_title", "source_title", "so"),
    "doi": ("doi", "digital object identifier", "di"),
    "keywords": ("author keywords", "keywords", "index keywords", "keyword", "ieee terms", "manual tags"),
    "kind": ("document type", "type", "item type", "publication type", "dt", "kind"),
    "volume": ("volume", "vl"),
    "issue": ("issue", "number"),
    "pages": ("pages", "page start", "start page", "art. no."),
    "key": ("eid", "pmid", "pubmed id", "ut (unique wos id)", "document identifier", "record_id", "key", "id"),
}  # fmt: skip
_LARGEST_FIELD = 1 << 24
#: What a record is not read without being sure of.
_NEEDED = ("title", "year", "doi", "abstract", "authors", "journal")
#: Rows with an open quotation mark after which reading begins again; beyond, the rest of the file is one row.
_MOST_RESTARTS = 200
_YEAR_CELL = re.compile(r"\s*(\d{4}(\.0)?|n\.?\s?d\.?|in press|forthcoming)\s*", re.IGNORECASE)
_MONTH = re.compile(
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)
#: What spreadsheets write before a table to say what sets its cells apart.
_SEPARATOR = re.compile(r"\s*\"?sep=.\"?\s*", re.IGNORECASE)


def places(header: Sequence[str]) -> dict[str, list[int]]:
    """Return for each field of a record the columns that hold it, best first; the first only matters but for keywords.

    >>> places(["Authors", "Title", "Year"])["title"]
    [1]
    """
    at = {tidy(name.lstrip("\ufeff")).casefold(): place for place, name in reversed(list(enumerate(header)))}
    found = {field: [at[name] for name in names if name in at] for field, names in COLUMNS.items()}
    return {field: where for field, where in found.items() if where}


def read(text: str, file: str) -> Found:
    """Read every row of a table.

    Raises
    ------
    InputError
        Where no column holds titles, naming those that there are.
    """
    csv.field_size_limit(_LARGEST_FIELD)
    rows = rows_of(text)
    header = next(rows, (1, [], ""))[1]
    where = places(header)
    if "title" not in where:
        raise InputError(
            f"{file} has no column of titles; it has {', '.join(repr(name[:40]) for name in header[:12]) or 'none'}. Name one of them Title."
        )
    source = "scopus" if "EID" in header or "Author(s) ID" in header else "table"
    records: list[Record] = []
    kept: list[Kept] = []
    problems: list[Problem] = []
    beyond: list[int] = []
    for line, cells, raw in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            cells = _realigned(cells, header, where)
            beyond.append(line)
        reason = _shifted(cells, header, where)
        if not reason and not tidy(cell(cells, where["title"])):
            reason = f"column {header[where['title'][0]]!r} is empty: a record without a title"
        if reason:
            cure = "Mend the row in the file (a quotation mark that is not closed shifts cells) and bring it again."
            kept.append(Kept(file, line, raw, reason, cure))
            problems.append(problem("row", file, line, f"{reason}; the row is kept apart.", cure))
            continue
        records.append(_record(cells, where, source, file, line, raw))
    if beyond:
        last = header[_needed(where)]
        problems.append(
            Problem(
                "shifted", len(beyond), f"{file}, line {beyond[0]} and others: {len(beyond)} rows have more cells than the {len(header)} names; "
                f"cells up to {last!r} were read under their names, those at the end from the end.",
                "Look at one of them; export the file again if its cells stand under wrong names.",
            )
        )  # fmt: skip
    return Found(tuple(records), tuple(kept), tuple(problems), source)


def rows_of(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield (line, cells, raw) of each row, whatever sets the cells apart.

    A row that is too short and runs over lines that are rows themselves has a quotation mark that nothing closes: its
    first line is given alone, and reading goes on with the next.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip() and not _SEPARATOR.fullmatch(line)), 0)
    delimiter = max(",;\t|", key=lines[at].count)
    width, again = 0, 0
    while at < len(lines):
        start, restarted = at, False
        reader = csv.reader((line + "\n" for line in islice(lines, start, None)), delimiter=delimiter)
        while not restarted:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = ["a cell that is longer than any abstract, or no text"]
            end = start + reader.line_num
            width = width or len(cells)
            if (
                len(cells) < width
                and again < _MOST_RESTARTS
                and _swallowed(lines[at + 1 : end], delimiter, width)
            ):
                again, end, restarted = again + 1, at + 1, True
                cells = [lines[at]]
            yield at + 1, [cell.rstrip("\n") for cell in cells], "\n".join(lines[at:end])
            at = end


def _swallowed(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether one of the lines that a row runs over is a row of its own: then a quotation mark was not closed."""
    return any(len(next(csv.reader([line], delimiter=delimiter), [])) >= width for line in lines[:50])


def _needed(where: Mapping[str, list[int]]) -> int:
    """Return the last column that must stand under its name for a record to be read."""
    return max(place for field in _NEEDED for place in where.get(field, ())[:1])


def _realigned(cells: Sequence[str], header: Sequence[str], where: Mapping[str, list[int]]) -> list[str]:
    """Drop the cells too many from behind the last needed column, so that the others at the end meet their names."""
    cut = _needed(where) + 1
    behind = len(header) - cut
    return [*cells[:cut], *(cells[-behind:] if behind else [])]


def _shifted(cells: Sequence[str], header: Sequence[str], where: Mapping[str, list[int]]) -> str:
    """Return why the cells do not stand under their names; empty where they do."""
    if len(cells) < len(header) and len(cells) <= _needed(where):
        return f"{len(cells)} cells only under {len(header)} names"
    year = cell(cells, where.get("year", [])[:1])
    name = header[where["year"][0]] if "year" in where else ""
    if name.casefold() in {"year", "py"} and year.strip() and not _is_year(year):
        return f"column {name!r} holds {tidy(year)[:40]!r}, which is no year: perhaps cells are shifted"
    doi = cell(cells, where.get("doi", [])[:1])
    if len(doi) > 80 and not doi_of(doi):
        return f"column {header[where['doi'][0]]!r} holds {tidy(doi)[:40]!r}, which is no DOI: perhaps cells are shifted"
    return ""


def _is_year(said: str) -> bool:
    """Whether a cell can be a year: one as printed, a date, a span of years, or words for none.

    >>> [_is_year(each) for each in ("2019", "2020-05-01", "May 2019", "[2018a]", "in press", "10.1016/2019.05", "Journal 2019")]
    [True, True, True, True, True, False, False]
    """
    if _YEAR_CELL.fullmatch(said):
        return True
    words = re.findall(r"[^\W\d_]+", said.casefold())
    plain = all(len(word) == 1 or _MONTH.fullmatch(word) for word in words)
    return plain and year_of(said) is not None and not doi_of(said)


def cell(cells: Sequence[str], where: Sequence[int]) -> str:
    """Return the first of the columns that holds anything."""
    return next((cells[place] for place in where if place < len(cells) and cells[place].strip()), "")


def _record(
    cells: Sequence[str], where: Mapping[str, list[int]], source: str, file: str, line: int, raw: str
) -> Record:
    def said(field: str) -> str:
        return tidy(cell(cells, where.get(field, [])))

    words = ";".join(cells[place] for place in where.get("keywords", ()) if place < len(cells))
    return Record(
        title=said("title"),
        abstract="" if said("abstract") == "[No abstract available]" else said("abstract"),
        authors=_authors(said("authors")),
        year=year_of(said("year")),
        journal=said("journal"),
        doi=doi_of(said("doi")),
        keywords=tuple(dict.fromkeys(word for part in words.split(";") if (word := tidy(part)))),
        kind=kind_of(said("kind")),
        volume=said("volume"),
        issue=said("issue"),
        pages=said("pages"),
        source=source,
        key=said("key"),
        file=file,
        line=line,
        raw=raw,
    )


def _authors(said: str) -> tuple[str, ...]:
    """Return the names of a cell: parted by semicolons, or by commas after initials as Scopus once wrote them."""
    if ";" in said:
        parts = said.split(";")
    elif re.search(r"\.,\s", said):
        parts = re.split(r"(?<=\.),\s", said)
    else:
        parts = re.split(r"\s+and\s+", said)
    # ``Kühn, Jana (57202138757)``: the database's number of the author is no part of the name.
    names = (tidy(re.sub(r"\(\d+\)", "", part)) for part in parts)
    return tuple(name for name in names if name and not name.startswith("[No author"))
