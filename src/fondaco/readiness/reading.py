"""Answers from an export of LimeSurvey, Google Forms or KoboToolbox.

A row is one person's answers.  What cannot be understood is told with file, row and column, and the rest goes on: a cell
that is no answer leaves that question open, a row without a day or without any answer is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from fondaco.kernel import InputError, Problem
from fondaco.ledger import PlainTable, read_plain
from fondaco.readiness.answers import Answers, Department, checked
from fondaco.readiness.columns import Column, Source, columns_of, plainly, source_of
from fondaco.readiness.moments import moments
from fondaco.readiness.questionnaire import AT, Questionnaire, keyed, questionnaire

#: Cells that say "no answer", compared plainly.
_OPEN = frozenset({
    "", "na", "n a", "nan", "null", "none", "no answer", "don t know", "i don t know", "not applicable", "no opinion", "prefer not to say",
    "nd", "n d", "nessuna risposta", "non so", "non lo so", "non applicabile", "응답 없음", "무응답", "모름", "잘 모르겠다", "해당 없음", "хариулаагүй", "мэдэхгүй",
})  # fmt: skip
_DEPARTMENTS: Mapping[Department, tuple[str, ...]] = {
    "management": ("management", "owner", "ceo", "direction", "direzione", "titolare", "경영진", "경영", "대표", "удирдлага", "захирал"),
    "sales": ("sales", "export", "vendite", "commerciale", "판매", "영업", "수출", "борлуулалт", "экспорт"),
    "marketing": ("marketing", "마케팅", "маркетинг"),
    "production": ("production", "produzione", "생산", "үйлдвэрлэл"),
    "logistics": ("logistics", "logistica", "shipping", "물류", "배송", "тээвэр", "логистик"),
    "administration": ("administration", "accounting", "finance", "amministrazione", "관리", "회계", "захиргаа", "санхүү"),
}  # fmt: skip
#: Leading numbers and codes of answers: "5", "5 - Rather agree", "A5", "AO05".
_NUMBER = re.compile(r"(?:AO?0*)?(\d)(?:\s*[-.:)(=].*)?", re.IGNORECASE)
#: The code beside an answer's words: "Agree [6]", "Agree (A6)", "6 - Agree".  The words count: a scale of five points, or one
#: that runs the other way, numbers them otherwise.
_CODED = re.compile(r"^(?:AO?0*)?\d\s*[-–—.:)(=]\s*|\s*[\[(](?:AO?0*)?\d[\])]$", re.IGNORECASE)
#: Of one kind of problem this many are told one by one.
_MOST_TOLD = 50


@dataclass(frozen=True)
class Read:
    """What a file of answers holds.

    Attributes
    ----------
    answers
        One for each person and sitting, in the order of the file.
    problems
        What was not understood, each with file, row and column.
    rows
        Rows with anything in them.
    unread
        Columns that are neither a question nor anything that we use.
    """

    source: Source
    answers: tuple[Answers, ...]
    problems: tuple[Problem, ...]
    rows: int
    unread: tuple[str, ...]


@dataclass
class _Told:
    """Problems as they are met, and how many more of each kind there were than are told one by one."""

    file: str
    found: list[Problem] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, where: str, what: str, cure: str) -> None:
        if sum(each.kind == kind for each in self.found) < _MOST_TOLD:
            self.found.append(Problem(kind, 1, f"{self.file}, {where}: {what}", cure))
        else:
            self.more[kind] = self.more.get(kind, 0) + 1

    def all(self) -> tuple[Problem, ...]:
        rest = [
            Problem(
                kind, count, f"{self.file}: {count} more of the kind {kind}.", "Mend them in the same way."
            )
            for kind, count in self.more.items()
        ]
        return (*self.found, *rest)


def read_answers(
    path: Path, firm: str, *, source: Source | None = None, version: str = "", today: date | None = None
) -> Read:
    """Read the answers of a file, all of one firm.

    Parameters
    ----------
    path
        CSV or other text, Excel, ZIP: read as any table is.
    firm
        Whose people answered.
    source
        Which program exported it; told from its columns if omitted.
    version
        Of the questionnaire; the newest if omitted.
    today
        Answers of a later day are told: they do not count until then.

    Raises
    ------
    UnreadableFile
        When the file is missing, empty or no table.
    InputError
        When no column is a question of the questionnaire.
    """
    held = questionnaire(version) if version else questionnaire()
    tables = read_plain(path)
    table = tables[0]
    known = source or source_of(table.columns)
    columns = columns_of(table.columns, held)
    questions = [column for column in columns if column.key]
    if not questions:
        raise InputError(
            f"{table.name} has no column that is a question of {held.id}: name columns by their code (RO1, RO2 ...) or "
            f"by their full text. Found: {', '.join(table.columns[:8])[:300]}."
        )
    told = _Told(table.name)
    for other in tables[1:]:
        told.add(
            "table",
            other.name,
            "only the first table of a file is read.",
            "Bring it in as a file of its own.",
        )
    _doubles(questions, told)
    unread = tuple(
        column.header for column in columns if not column.key and column.part is None and column.header
    )
    for header in unread:
        told.add("column", f"column {header[:80]!r}", "it is no question that we know, and was not read.",
                 "Nothing needs doing if it is none; else name it by the question's code.")  # fmt: skip
    if not table.rows:
        told.add("empty", "all rows", "it has names of columns and no answers.",
                 "Check that it is the right file, and export it again.")  # fmt: skip
    # A day later than anywhere on earth.
    late = None if today is None else today + timedelta(days=1)
    answers = tuple(_rows(table, columns, firm, known, held, told, late))
    return Read(known, answers, told.all(), len(table.rows), unread)


def _doubles(questions: Sequence[Column], told: _Told) -> None:
    seen: dict[str, Column] = {}
    for column in questions:
        if column.key in seen:
            told.add("column", f"column {column.header[:80]!r}",
                     f"the question {column.key} stands in {seen[column.key].header[:80]!r} as well.",
                     "The first answer of each row is taken; remove one of the two.")  # fmt: skip
        seen.setdefault(column.key, column)


def _rows(
    table: PlainTable, columns: Sequence[Column], firm: str, source: Source, held: Questionnaire, told: _Told,
    late: date | None,
) -> Iterator[Answers]:  # fmt: skip
    cells = [series.to_list() for series in table.cells]

    def of(part: str) -> list[Column]:
        return [column for column in columns if column.part == part]

    submitted = of("submitted")
    timed = [*submitted, *of("time")]
    when = {column.place: moments(cells[column.place]) for column in timed}
    for column in timed:
        if when[column.place].doubt:
            told.add("date", f"column {column.header!r}", when[column.place].doubt, "Check a few of them.")
    asked = tuple(dict.fromkeys(column.key for column in columns if column.key))
    seen: dict[str, int] = {}
    alike: dict[str, dict[tuple[tuple[str, float], ...], int]] = {}
    for n, row in enumerate(table.rows):
        if submitted and not any(cells[column.place][n] for column in submitted):
            told.add("unfinished", f"row {row}", "it was begun and not sent: it is left out.",
                     "It comes in once it is sent and exported again.")  # fmt: skip
            continue
        # LimeSurvey writes 1980-01-01 where a survey keeps no dates.
        at = next(
            (w for column in timed if (w := when[column.place].found[n]) is not None and w.year > 1980), None
        )
        if at is None:
            given = next((cells[column.place][n] for column in timed if cells[column.place][n]), None)
            told.add("date", f"row {row}",
                     f"no day was understood{f' in {given[:40]!r}' if given else ''}, so that the row is left out.",
                     "Write it as 2026-11-21 09:30, in a column named Timestamp.")  # fmt: skip
            continue
        values = dict(_values(cells, n, row, columns, held, told))
        if not values:
            told.add("empty", f"row {row}", "it holds no answer, and is left out.", "Nothing needs doing.")
            continue
        if late is not None and at.date() > late:
            told.add("date", f"row {row}", f"its day is {at.date()}, which is yet to come: until then it does not count.",
                     "Mend the day if it is wrong, and bring the file in again.")  # fmt: skip
        person, id_ = _who(cells, n, columns, firm, source, at)
        if person == _nameless(firm, source, at):
            # Who says something else at the same moment is somebody else.
            said = alike.setdefault(person, {})
            place = said.setdefault(tuple(sorted(values.items())), len(said) + 1)
            if place > 1:
                person = f"{person}-{place}"
                id_ = f"{source}-{_short(firm, person, letters=20)}"
        if id_ in seen:
            told.add("repeated", f"row {row}", f"it is the same person and sitting as row {seen[id_]}: the later row counts.",
                     "Nothing needs doing, if that is right.")  # fmt: skip
        seen[id_] = row
        yield Answers(
            id_, firm, person, _department(_first(cells, n, columns, "department")), at, values, asked,
            _language(_first(cells, n, columns, "language"), held), source, held.id,
        )  # fmt: skip


def _values(
    cells: Sequence[Sequence[str | None]],
    n: int,
    row: int,
    columns: Sequence[Column],
    held: Questionnaire,
    told: _Told,
) -> Iterator[tuple[str, float]]:
    done: set[str] = set()
    for column in columns:
        cell = cells[column.place][n]
        if not column.key or cell is None or column.key in done or plainly(cell) in _OPEN:
            continue
        value = _value(cell, column.key, held)
        if value is None:
            item = held.item(column.key)
            wanted = (
                "1 to 7 or a word of the scale"
                if item.kind == "scale"
                else f"{item.least:g} to {item.most:g}"
            )
            told.add("answer", f"row {row}, column {column.header[:80]!r}",
                     f"{cell[:60]!r} is no answer to {column.key}: it is taken as left open.",
                     f"Write {wanted}, or leave the cell empty.")  # fmt: skip
            continue
        done.add(column.key)
        yield column.key, value


def _value(cell: str, key: str, held: Questionnaire) -> float | None:
    """Return the number that a cell says; None where it is none that the question takes."""
    try:
        return checked(key, _said(cell.strip(), held, scale=held.item(key).kind == "scale"), held)
    except (InputError, ValueError):
        return None


def _said(cell: str, held: Questionnaire, *, scale: bool) -> float:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        labels = _labels(held.id)
        words = labels.get(plainly(cell), labels.get(plainly(_CODED.sub("", cell)))) if scale else None
        number = _NUMBER.fullmatch(cell) if scale and words is None else None
        if words is None and number is None:
            raise
        return words if words is not None else float(number[1])  # type: ignore[index]


@cache
def _labels(id_: str) -> Mapping[str, float]:
    held = questionnaire(id_)
    return {plainly(word): place for words in held.labels.values() for place, word in enumerate(words, 1)}


def _first(cells: Sequence[Sequence[str | None]], n: int, columns: Sequence[Column], part: str) -> str:
    return next((said for c in columns if c.part == part and (said := cells[c.place][n])), "")


def _who(
    cells: Sequence[Sequence[str | None]],
    n: int,
    columns: Sequence[Column],
    firm: str,
    source: Source,
    at: datetime,
) -> tuple[str, str]:
    """Return what the person is called, and the id of these answers.

    An e-mail address is not kept: a mark is made of it that stays the same each time.
    """
    # KoboToolbox's username is the account of whoever collects answers, the same for all who give them.
    own = [c for c in columns if source != "kobo" or c.header.casefold() != "username"]
    mail, mark = _first(cells, n, own, "mail"), _first(cells, n, columns, "id")
    person = " ".join(_first(cells, n, columns, "person").split())
    if not person or "@" in person:
        address = (person or mail).strip().casefold()
        person = f"person-{_short(firm, address)}" if address else ""
    # Numbers of LimeSurvey begin again with each survey; KoboToolbox's marks are of one answer alone.
    sitting = (
        f"{source} {mark}" if mark and source == "kobo" else f"{source} {mark} {person} {at.isoformat()}"
    )
    id_ = f"{source}-{_short(firm, sitting, letters=20)}"
    return (person or (f"{source}-{mark}" if mark else _nameless(firm, source, at)))[:120], id_


def _nameless(firm: str, source: Source, at: datetime) -> str:
    return f"{source}-{_short(firm, at.isoformat())}"


def _short(*said: str, letters: int = 8) -> str:
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:letters]


def _department(said: str) -> Department:
    plain = plainly(said)
    if not plain:
        return ""
    for name, words in _DEPARTMENTS.items():
        if any(word in plain for word in words):
            return name
    return "other"


def _language(said: str, held: Questionnaire) -> str:
    code = said.strip().casefold()[:2]
    return code if code in held.languages else "en"


def codes(held: Questionnaire, markets: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the column names to give questions in a survey of one's own, so that its export is read as it is.

    >>> codes(questionnaire(), ["DEU"])[:2], codes(questionnaire(), ["DEU"])[17]
    (('RO1', 'RO2'), 'KH1[DEU]')
    """
    return tuple(
        keyed(each.item.id, each.market).replace(AT, "[") + ("]" if each.market else "")
        for each in held.asked("full", markets)
    )
