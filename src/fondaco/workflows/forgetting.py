"""Forget a person on request: in a firm's ledger, and in whatever else the workspace holds of it.

What a person or an office asks is answered in two steps: `look_for` says what there is, `forget`
erases it.  Backups made before still hold the person; a file that is imported again brings them back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fondaco.kernel import UnreadableFile
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Ledger, Person, Trace, Workspace
from fondaco.ledger.containers import unpack
from fondaco.ledger.scratch import sweep_workspace, workspace_scratch
from fondaco.workflows import rulings
from fondaco.workflows.conclusions import drop_kept

#: Erases a person from the desk's database: the web's part, where there is one.
Database = Callable[[Person], int]


@dataclass(frozen=True)
class Forgotten:
    """A person, and where they were found.

    Attributes
    ----------
    marks, names
        The buyer ids or e-mails, and the names, by which they are known.
    traces
        In which tables, and in how many rows: canonical tables, ``quarantine``, ``raw`` (source rows),
        ``journal``, ``mappings``.
    files
        Files of the workspace that tell of them and are deleted: uploads that wait, logs, demonstrations.
    done
        Whether it was erased.
    """

    marks: tuple[str, ...]
    names: tuple[str, ...]
    traces: tuple[Trace, ...]
    files: tuple[str, ...]
    done: bool

    @property
    def rows(self) -> int:
        """In how many rows they are found."""
        return sum(trace.rows for trace in self.traces)

    @property
    def is_known(self) -> bool:
        """Whether there is anything to erase."""
        return bool(self.traces or self.files)

    def to_json(self) -> dict[str, Any]:
        """Return the public fields (see ``docs/json.md``)."""
        return {
            "found": self.is_known,
            "done": self.done,
            "buyers": list(self.marks) if self.is_known else [],
            "names": list(self.names) if self.is_known else [],
            "rows": self.rows,
            "places": [vars(trace) for trace in self.traces],
            "files": list(self.files),
        }


def look_for(workspace: Workspace, firm: str, text: str) -> Forgotten:
    """Say what a firm's part of the workspace holds of a person; `text` is a name, e-mail or buyer's id."""
    ledger = workspace.ledger(firm)
    person = ledger.find_person(text)
    found = ledger.traces(person)
    mappings = _mappings(ledger, person)
    if mappings:
        found.append(Trace("mappings", len(mappings)))
    if rows := rulings.erase(workspace, firm, person, commit=False):
        found.append(Trace("decisions on buyers", rows))
    files = tuple(str(path.relative_to(workspace.home)) for path in _files(workspace, firm, person))
    return Forgotten(person.marks, person.names, tuple(found), files, done=False)


def forget(
    workspace: Workspace,
    firm: str,
    text: str,
    *,
    now: datetime,
    by: str = "",
    database: Database = lambda _person: 0,
) -> Forgotten:
    """Erase a person from a firm's part of the workspace, history included; totals stay as they are.

    Everything outside the ledger goes first and the ledger in one commit at the end: whatever stops it
    halfway, asking again finishes it.
    """
    ledger = workspace.ledger(firm)
    told: list[Trace] = []
    gone: list[str] = []
    people: list[Person] = []

    def others(person: Person) -> None:
        people.append(person)
        mappings = _mappings(ledger, person)
        for path in mappings:
            write_atomically(path, person.without(path.read_text("utf-8")))
        if mappings:
            told.append(Trace("mappings", len(mappings)))
        if rows := rulings.erase(workspace, firm, person):
            told.append(Trace("decisions on buyers", rows))
        for path in _files(workspace, firm, person):
            gone.append(str(path.relative_to(workspace.home)))
            path.unlink(missing_ok=True)
        shutil.rmtree(workspace.home / "cache", ignore_errors=True)
        sweep_workspace(workspace.home)  # what a killed process left half-written may name the person
        if rows := database(person):
            told.append(Trace("database", rows))

    found = ledger.forget(text, now=now, by=by, others=others)
    drop_kept()
    return Forgotten(
        people[0].marks, people[0].names, (*found, *told), tuple(gone), done=bool(found or told or gone)
    )


def _mappings(ledger: Ledger, person: Person) -> list[Path]:
    """Return the remembered mappings that name the person: in a country's spelling, a column, a constant."""
    return [
        path
        for path in sorted(ledger.mappings.glob("*.toml"))
        if person.is_named_in(path.read_text("utf-8", errors="replace"))
    ]


def _files(workspace: Workspace, firm: str, person: Person) -> Iterator[Path]:
    """Yield the other files of the workspace that tell of the person."""
    home = workspace.home
    folders = [
        home / "uploads" / firm,
        home / "attachments" / firm,
        home / "demo" / firm,
        home / "logs",
        home / "cache",
    ]
    there = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*"))]
    there += sorted(path for path in home.glob("uploads/*") if path.is_file())
    for path in there:
        if path.is_file() and not path.is_symlink() and tells_of(path, person, home):
            yield path


def tells_of(path: Path, person: Person, home: Path) -> bool:
    """Tell whether a file names a person, in its packed tables too."""
    with workspace_scratch(home) as scratch:
        try:
            blobs = [blob.path for blob in unpack(path, scratch)]
        except UnreadableFile:
            blobs = [path]
        return any(_is_named(blob, person) for blob in blobs)


def _is_named(path: Path, person: Person) -> bool:
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            piece = tail + chunk
            for encoding in ("utf-8", "cp1252", *(("utf-16-le", "utf-16-be") if b"\0" in piece else ())):
                text = piece.decode(encoding, errors="replace")
                if person.is_named_in(text) or _has_cell(text, person):
                    return True
            tail = piece[-512:]
    return False


def _has_cell(text: str, person: Person) -> bool:
    """Tell whether a mark of the person's is a whole cell somewhere."""
    low = text.lower()
    for mark in person.pseudonyms:
        place = low.find(mark)
        while mark and place >= 0:
            around = low[place - 1 : place] + low[place + len(mark) : place + len(mark) + 1]
            if not any(c.isalnum() or c in "._-@/#" for c in around):
                return True
            place = low.find(mark, place + 1)
    return False
