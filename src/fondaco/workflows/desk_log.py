"""What people did with a firm's buyers and inquiries, from its files in the workspace, as the web last wrote them.

Steps with buyers, standing agreements and conflicts stand in ``firms/SLUG.desk.jsonl``, written after each change; cases
that somebody worked on, typed in or sent by a program in ``firms/SLUG.cases.jsonl``, written at each look at the desk.  The
desk's database is where they are changed; these copies are for the command line, which knows no Django, and for the
stages, which both tell.  Each file is written whole, so that a person who is forgotten is gone from it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from fondaco.desk.doing import Done
from fondaco.desk.fraud import Clearance
from fondaco.kernel import InputError
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Workspace
from fondaco.relationships.leaving import Ended
from fondaco.workflows.conclusions import remembering


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Outcome(_Row):
    """What became of a step, as somebody said on a day."""

    day: date
    ended: Ended
    why: str = ""


class Step(_Row):
    """A step with a buyer, who is named by a record; outcomes latest first; ``number`` is the desk's own."""

    row: Literal["step"] = "step"
    number: int
    buyer: str
    day: date
    kind: str
    what: str
    channel: str = ""
    exchanges: int | None = None
    outcomes: tuple[Outcome, ...] = ()


class Settled(_Row):
    """What became of a due day."""

    due: date
    done: bool
    note: str = ""


class Agreement(_Row):
    """A standing agreement with a buyer; ``ended`` is the day on which somebody ended it."""

    row: Literal["agreement"] = "agreement"
    number: int
    buyer: str
    what: str
    first: date
    months: int
    until: date | None = None
    made: datetime
    ended: date | None = None
    days: tuple[Settled, ...] = ()

    @property
    def since(self) -> date:
        """Since when it is evidence: the day on which it was written down, or its first due day if that is earlier."""
        return min(self.made.date(), self.first)

    def stands(self, today: date) -> bool:
        """Whether it had been made by a day and was not over then."""
        over = (self.ended is not None and self.ended <= today) or (
            self.until is not None and self.until < today
        )
        return self.since <= today and not over


class Entry(_Row):
    """What was done about a conflict, and how it ended where it has."""

    day: date
    handled: str
    ended: str = ""


class Conflict(_Row):
    """A conflict between channels; entries latest first."""

    row: Literal["conflict"] = "conflict"
    number: int
    day: date
    kind: str
    what: str
    channels: str
    market: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return not self.entries or not self.entries[0].ended

    def to_json(self) -> dict[str, Any]:
        """Return the conflict as JSON values."""
        return self.model_dump(mode="json", exclude={"row"}) | {"open": self.is_open}


class Word(_Row):
    """Something written in a case: ``note`` of ours, ``message`` of the buyer, ``answer`` to it."""

    at: datetime
    sort: Literal["note", "message", "answer"]
    text: str = ""


class Sign(_Row):
    """A sign of fraud that somebody found harmless."""

    sign: str
    by: str
    at: datetime
    why: str


class Told(_Row):
    """An inquiry that no file tells of, as a row of the ledger's table ``inquiries``."""

    platform: str
    inquiry: str
    kind: str
    at: datetime
    answered_at: datetime | None = None
    buyer: str = ""
    buyer_name: str = ""
    buyer_company: str = ""
    country: str = ""
    product: str = ""
    quantity: Decimal | None = None
    message: str = ""
    status: str = ""


class Case(_Row):
    """What people made of a case.

    Attributes
    ----------
    state, owner, tags, reason
        As people have it; the owner by e-mail address.
    core, answered, again, cleared
        The same for the core; see `fondaco.desk.doing.Done`.
    told, gone, in_file
        The inquiry itself where no file tells of it; whether one did whose import was withdrawn; whether a file tells
        that it was answered.
    record, words
        Its buyer's record, and what was written in it.
    """

    row: Literal["case"] = "case"
    case: str
    state: str
    owner: str | None = None
    tags: tuple[str, ...] = ()
    reason: str = ""
    core: Literal["answered", "closed", "spam"] | None = None
    answered: datetime | None = None
    again: datetime | None = None
    cleared: tuple[Sign, ...] = ()
    told: Told | None = None
    gone: bool = False
    in_file: bool = False
    record: str = ""
    words: tuple[Word, ...] = ()

    @property
    def done(self) -> Done:
        """What people did, as the core takes it."""
        cleared = tuple(Clearance(each.sign, each.by, each.at, each.why) for each in self.cleared)
        return Done(self.core, self.answered, self.again, cleared)

    def to_json(self) -> dict[str, Any]:
        """Return what people decided as JSON values."""
        return {
            "state": self.state,
            "owner": self.owner,
            "tags": list(self.tags),
            "reason": self.reason or None,
        }


_KINDS: Mapping[str, type[_Row]] = {"step": Step, "agreement": Agreement, "conflict": Conflict, "case": Case}
RowT = TypeVar("RowT", bound=_Row)


@dataclass(frozen=True)
class DeskLog:
    """What people kept of buyers: steps, agreements, conflicts."""

    steps: tuple[Step, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def log_of(workspace: Workspace, firm: str) -> DeskLog:
    """Return what people kept of a firm's buyers; nothing where the web has written nothing.

    Raises
    ------
    InputError
        Where a line of the file is none of these.
    """
    rows = _read(_path(workspace, firm, "desk"))
    return DeskLog(_of(rows, Step), _of(rows, Agreement), _of(rows, Conflict))


def cases_of(workspace: Workspace, firm: str) -> dict[str, Case]:
    """Return what people made of cases, by case."""
    return {each.case: each for each in _of(_read(_path(workspace, firm, "cases")), Case)}


def told_of(workspace: Workspace, firm: str) -> tuple[tuple[str, date], ...]:
    """Return record and day of the inquiries that were typed in or sent by a program and name somebody.

    What was marked as spam is left out, and what an import told of that was withdrawn.
    """
    path = _path(workspace, firm, "cases")
    if not path.is_file():
        return ()
    # Read once as long as it stands: it is written whole, as another file, and asked for by every page on buyers.
    stand = path.stat()
    key = (str(path), "told beside", f"{stand.st_ino} {stand.st_mtime_ns} {stand.st_size}")
    return remembering(
        key,
        lambda: tuple(
            sorted(
                (each.record, each.told.at.date())
                for each in cases_of(workspace, firm).values()
                if each.told is not None
                and not each.gone
                and each.core != "spam"
                and any(each.record.split("\t")[1:4])
            )
        ),
    )


def keep_log(workspace: Workspace, firm: str, rows: Callable[[], Iterable[_Row]]) -> None:
    """Write what people kept of buyers; `rows` is asked under the file's lock, so that the last writer knows all."""
    _keep(_path(workspace, firm, "desk"), rows)


def keep_cases(workspace: Workspace, firm: str, rows: Callable[[], Iterable[_Row]]) -> None:
    """Write what people made of cases, as `keep_log` does."""
    _keep(_path(workspace, firm, "cases"), rows)


def agreed_of(workspace: Workspace, firm: str, today: date) -> dict[str, date]:
    """Return by a buyer's record since when an agreement with it stands, of those that stand on a day."""
    found: dict[str, date] = {}
    for each in log_of(workspace, firm).agreements:
        if each.stands(today):
            found[each.buyer] = min(each.since, found.get(each.buyer, each.since))
    return found


def agreed_mark(agreed: Mapping[str, date]) -> str:
    """Return the fingerprint of standing agreements, for the keys of conclusions; empty for none."""
    told = "\n".join(f"{record} {day}" for record, day in sorted(agreed.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""


# --- the files ---------------------------------------------------------------------------------------------


def _path(workspace: Workspace, firm: str, name: str) -> Path:
    return workspace.home / "firms" / f"{workspace.firm(firm).slug}.{name}.jsonl"


def _of(rows: Iterable[_Row], kind: type[RowT]) -> tuple[RowT, ...]:
    return tuple(row for row in rows if isinstance(row, kind))


def _read(path: Path) -> list[_Row]:
    if not path.is_file():
        return []
    try:
        lines = path.read_text("utf-8").split("\n")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is no UTF-8 text: remove it, the desk writes it anew.") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(_row(line))
            except (ValueError, ValidationError):
                raise InputError(
                    f"{path.name}, line {number} is no row of the desk: remove the file, the desk writes it anew."
                ) from None
    return found


class _Kind(_Row):
    row: str


def _row(line: str) -> _Row:
    kind = _KINDS.get(_Kind.model_validate_json(line).row)
    if kind is None:
        raise ValueError(line)
    return kind.model_validate_json(line)


def _keep(path: Path, rows: Callable[[], Iterable[_Row]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(path.with_suffix(".lock"))):
        text = "".join(row.model_dump_json() + "\n" for row in rows())
        if text or path.is_file():
            write_atomically(path, text)


__all__ = [
    "Agreement", "Case", "Conflict", "DeskLog", "Entry", "Outcome", "Settled", "Sign", "Step", "Told", "Word", "agreed_mark",
    "agreed_of", "cases_of", "keep_cases", "keep_log", "log_of", "told_of",
]  # fmt: skip
