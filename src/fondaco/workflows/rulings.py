"""What people ruled of a firm's buyers: a file of rows beside the firm's settings, ``firms/SLUG.buyers.jsonl``.

Why a file, when decisions live in the desk's database?  Which records are one buyer decides every conclusion on buyers, in
the terminal as in the web, and the terminal knows no database.  So the rows stand with what else the firm states of itself
(its profile, its products), where both read them, a backup takes them and a firm that leaves takes them along.  No import
writes this file.  Rows are only ever added, under the file's lock; the web adds its audit line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from fondaco.kernel import InputError
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Person, Workspace
from fondaco.ledger.persons import folded
from fondaco.relationships.identity.rulings import Ruling, Verdict, added, from_json, standing, taken_back


def rulings_of(workspace: Workspace, firm: str) -> tuple[Ruling, ...]:
    """Return the rows, the first first; none where nothing was ruled.

    Raises
    ------
    InputError
        Where a line of the file is no row.
    """
    return _read(_path(workspace, firm))


def rulings_mark(workspace: Workspace, firm: str) -> str:
    """Return the fingerprint of the rows, for the keys of conclusions."""
    path = _path(workspace, firm)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def parted_of(workspace: Workspace, firm: str) -> frozenset[frozenset[str]]:
    """Return the pairs of records that people ruled to be two buyers, and hold to be so."""
    held = standing(rulings_of(workspace, firm))
    return frozenset(frozenset((each.left, each.right)) for each in held if each.verdict == "two")


def rule_on(
    workspace: Workspace, firm: str, verdict: Verdict, left: str, right: str, *, at: datetime, by: str, why: str = ""
) -> Ruling:  # fmt: skip
    """Add the row that two records are one buyer (``one``), two, or to be looked at ``later``."""
    return _add(workspace, firm, lambda held: added(held, verdict, left, right, at=at, by=by, why=why))


def take_back(
    workspace: Workspace, firm: str, number: int, *, at: datetime, by: str, why: str = ""
) -> Ruling:
    """Add the row that takes an earlier one back."""
    return _add(workspace, firm, lambda held: taken_back(held, number, at=at, by=by, why=why))


def erase(workspace: Workspace, firm: str, person: Person, *, commit: bool = True) -> int:
    """Put the person's pseudonym in their place, as the ledger does; return in how many rows they were found.

    Parameters
    ----------
    commit
        Whether to write; otherwise rows are only counted.
    """
    path = _path(workspace, firm)
    if not path.is_file():
        return 0
    with FileLock(str(path.with_suffix(".lock"))):
        held = _read(path)
        clean = [
            Ruling(
                each.number, each.verdict, record_without(each.left, person), record_without(each.right, person),
                each.at, each.by, person.without(each.why), each.undoes,
            )
            for each in held
        ]  # fmt: skip
        found = sum(before != after for before, after in zip(held, clean, strict=True))
        if found and commit:
            write_atomically(path, _text(clean))
    return found


def record_without(record: str, person: Person) -> str:
    """Return a record (platform, mark, name, firm and country, joined by tabs) with a person's marks and names replaced."""
    if record.count("\t") != 4:
        return person.without(record)
    platform, mark, *names, country = record.split("\t")
    mark = person.pseudonyms.get(folded(mark), person.without(mark))
    names = [
        person.pseudonym if folded(name) in person.folded_names else person.without(name) for name in names
    ]
    return "\t".join((platform, mark, *names, country))


def _path(workspace: Workspace, firm: str) -> Path:
    slug = workspace.firm(firm).slug
    return workspace.home / "firms" / f"{slug}.buyers.jsonl"


def _read(path: Path) -> tuple[Ruling, ...]:
    if not path.is_file():
        return ()
    found = []
    try:
        lines = path.read_text("utf-8").split("\n")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is no UTF-8 text: save it as UTF-8.") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{path.name}, line {number}"
            try:
                said = json.loads(line)
            except ValueError as error:
                raise InputError(f"{where} is no JSON ({error}): mend or remove it.") from None
            found.append(from_json(said, where))
    return tuple(found)


def _add(workspace: Workspace, firm: str, row: Callable[[tuple[Ruling, ...]], Ruling]) -> Ruling:
    path = _path(workspace, firm)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(path.with_suffix(".lock"))):
        held = _read(path)
        made = row(held)
        write_atomically(path, _text((*held, made)))
    return made


def _text(rows: Iterable[Ruling]) -> str:
    return "".join(json.dumps(each.to_json(), ensure_ascii=False) + "\n" for each in rows)
