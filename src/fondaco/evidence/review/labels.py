r"""Records with the decision that people took on each: from any table, or a RIS file with a label in its notes.

>>> table = "title,abstract,included\nSmall firms,abroad,yes\nMice,,no\nTea,,perhaps\n"
>>> held = read(table.encode(), "x.csv", None)
>>> held.labels, held.column, held.problems[0].reason
([True, False], 'included', "x.csv, line 4: column 'included' holds 'perhaps', which is no decision; the row is left out.")
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.evidence.review import tables
from fondaco.evidence.review.duplicates import squashed
from fondaco.evidence.review.reading import decoded, kind_of_file
from fondaco.evidence.review.reading import read as read_records
from fondaco.evidence.review.records import Kept, problem, tidy
from fondaco.kernel import InputError, Problem

#: Names of columns of decisions, likeliest first.
NAMES = (
    "label_included", "included", "label", "labels", "include", "relevant", "relevance", "final_included", "included_label", "is_included", "inclusion",
    "decision", "final_label", "final_decision", "label_abstract_screening", "label_abstract_included", "abstract_included", "included_final", "screening", "asreview_label", "y",
)  # fmt: skip
_YES = frozenset(
    [
        "1",
        "1.0",
        "yes",
        "y",
        "true",
        "t",
        "included",
        "include",
        "in",
        "relevant",
        "i",
        "accept",
        "accepted",
        "keep",
        "kept",
        "oui",
        "ja",
        "si",
        "sí",
        "sim",
        "relevant_record",
        "positive",
        "pos",
    ]
)
_NO = frozenset(
    [
        "0",
        "0.0",
        "no",
        "n",
        "false",
        "f",
        "excluded",
        "exclude",
        "out",
        "irrelevant",
        "e",
        "reject",
        "rejected",
        "non",
        "nein",
        "não",
        "nao",
        "negative",
        "neg",
    ]
) | {"not relevant", "not included", "non-relevant"}
#: What stands for a record on which nobody decided.
_NONE = frozenset(
    {"", "-1", "-1.0", "na", "n/a", "nan", "none", "null", "unlabelled", "unlabeled", "not_seen"}
)
_IN_NOTES = re.compile(r"ASReview_(relevant|irrelevant|not_seen)")
_TAG = re.compile(r"^([A-Z][A-Z0-9])  ?- ?(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Labelled:
    """Records and decisions, side by side.

    Attributes
    ----------
    texts
        What is read of each: title, abstract, keywords.
    labels
        Whether each was included.
    rows
        The line at which each begins.
    column
        Where the decisions stood.
    without_abstract, repeated
        How many records have no abstract; how many repeat the title of one before.
    problems, kept
        What was left out, and why.
    """

    texts: list[str]
    labels: list[bool]
    rows: list[int]
    column: str
    without_abstract: int
    repeated: int
    problems: tuple[Problem, ...]
    kept: tuple[Kept, ...]


def decision(text: str) -> bool | None:
    """Return what a cell decides: True, False, or None for no decision.

    Raises
    ------
    ValueError
        For a word that is none.

    >>> decision("Included"), decision("0"), decision("")
    (True, False, None)
    """
    said = " ".join(text.strip().strip("\"'").casefold().split())
    if said in _YES:
        return True
    if said in _NO:
        return False
    if said in _NONE:
        return None
    raise ValueError(text)


def read(
    content: bytes, file: str, column: str | None, *, title: str | None = None, abstract: str | None = None
) -> Labelled:
    """Read records with their decisions.

    Parameters
    ----------
    content, file
        The file's bytes and its name.
    column
        Of the decisions; found by its usual names without.
    title, abstract
        Columns of these, where they have unusual names.

    Raises
    ------
    InputError
        Where there is no such column, or no row with a decision.
    """
    text, doubts = decoded(content, file)
    if not text.strip():
        raise InputError(f"{file} is empty. Export it again, or choose another file.")
    if kind_of_file(text) == "ris":
        return _from_ris(content, file, column)
    rows = tables.rows_of(text)
    header = next(rows, (1, [], ""))[1]
    at = _column(header, file, column, "--labels", NAMES)
    where = tables.places(header)
    for field, named in (("title", title), ("abstract", abstract)):
        if named is not None:
            where[field] = [_column(header, file, named, f"--{field}", ())]
    if "title" not in where and "abstract" not in where:
        raise InputError(
            f"{file} has no column of titles or abstracts; it has {_said(header)}. Name them with --title and --abstract."
        )
    fields = [
        place
        for field in ("title", "abstract", "keywords")
        for place in where.get(field, ())[: 1 if field != "keywords" else None]
    ]
    problems: list[Problem] = list(doubts)
    held: list[tuple[str, bool, int, bool, str]] = []
    kept: list[Kept] = []
    undecided = 0
    for line, cells, raw in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            label = decision(cells[at] if at < len(cells) else "")
        except ValueError:
            said = f"column {header[at]!r} holds {tidy(cells[at])[:40]!r}, which is no decision"
            cure = "Write 1 or 0, yes or no, included or excluded."
            problems.append(problem("label", file, line, f"{said}; the row is left out.", cure))
            kept.append(Kept(file, line, raw, said, cure))
            continue
        if label is None:
            undecided += 1
            continue
        text = tidy(" ".join(cells[place] for place in fields if place < len(cells)))
        short = not tables.cell(cells, where.get("abstract", [])).strip()
        held.append((text, label, line, short, squashed(tables.cell(cells, where.get("title", [])))))
    return _labelled(held, header[at], problems, kept, undecided, file)


def _from_ris(content: bytes, file: str, named: str | None) -> Labelled:
    """Read a RIS file: decisions stand in the notes as ASReview writes them, under a tag, or in notes as ``name: yes``."""
    found = read_records(content, file)
    problems, held, undecided = list(found.problems), [], 0
    for record in found.records:
        tags = _TAG.findall(record.raw)
        notes = _IN_NOTES.findall(record.raw)
        said = notes[-1] if notes else _told(tags, named) if named else ""
        said = {"relevant": "1", "irrelevant": "0", "not_seen": ""}.get(said, said)
        try:
            label = decision(said)
        except ValueError:
            cure = "Write 1 or 0, yes or no, included or excluded."
            what = f"{said[:40]!r} is no decision; the record is left out."
            problems.append(problem("label", file, record.line, what, cure))
            continue
        if label is None:
            undecided += 1
            continue
        text = " ".join((record.title, record.abstract, *record.keywords))
        held.append((text, label, record.line, not record.abstract, squashed(record.title)))
    if not held:
        raise InputError(
            f"{file}: no record has a decision. They are looked for in notes (ASReview_relevant, ASReview_irrelevant), and under the tag "
            "or the name in the notes that --labels says."
        )
    return _labelled(held, named or "N1", problems, list(found.kept), undecided, file)


def _told(tags: Sequence[tuple[str, str]], named: str) -> str:
    """Return what stands under a tag, or after a name in any tag's text; the last where there are several."""
    after = re.compile(rf"\s*{re.escape(named)}\s*[:=](.*)", re.IGNORECASE)
    under = [text for tag, text in tags if tag == named.upper()]
    return (under or [found[1] for _, text in tags if (found := after.match(text))] or [""])[-1]


def _labelled(
    held: Sequence[tuple[str, bool, int, bool, str]],
    column: str,
    problems: list[Problem],
    kept: list[Kept],
    undecided: int,
    file: str,
) -> Labelled:
    if not held:
        raise InputError(
            f"{file}: no row has a decision in column {column!r}; write 1 or 0, yes or no, included or excluded."
        )
    if undecided:
        problems.append(
            Problem("undecided", undecided, f"{file}: {undecided} rows have no decision and are left out.")
        )
    titles = Counter(title for *_, title in held if title)
    return Labelled(
        [text for text, *_ in held],
        [label for _, label, *_ in held],
        [line for _, _, line, *_ in held],
        column,
        sum(short for *_, short, _ in held),
        sum(count - 1 for count in titles.values()),
        tuple(problems),
        tuple(kept),
    )


def _column(header: Sequence[str], file: str, named: str | None, option: str, usual: Sequence[str]) -> int:
    plain = [tidy(name.lstrip("\ufeff")) for name in header]
    if named is not None:
        if named in plain:
            return plain.index(named)
        lower = [name.casefold() for name in plain]
        if lower.count(named.casefold()) == 1:
            return lower.index(named.casefold())
        raise InputError(f"{file} has no column {named!r}; it has {_said(plain)}.")
    lower = [re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") for name in plain]
    for name in usual:
        if name in lower:
            return lower.index(name)
    raise InputError(
        f"{file}: no column is named as decisions usually are; say which it is with {option}: {_said(plain)}."
    )


def _said(names: Sequence[str]) -> str:
    """Return the columns' names for a sentence: a file that is no table may have very long ones."""
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(repr(name[:40]) for name in names[:20]) + more
