"""The answers that a firm's people gave to the readiness questions: kept, brought in, taken away, as a table.

They stand in the workspace, ``readiness/SLUG.jsonl``, a line for each person's answers, so that the command line reads
them without the web.  The file is written whole under a lock: killed at any time, what stood there before stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock

from fondaco.kernel import InputError, Problem
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Workspace
from fondaco.readiness import NEWEST, Answers, Read, Source, keyed, questionnaire, read_answers
from fondaco.readiness.answers import DEPARTMENTS, Department, answers_of_line, checked, line_of
from fondaco.readiness.scoring import own_score

#: Answers that a firm keeps at most: a bound on what a page has to read.
MOST_KEPT = 20_000


@dataclass(frozen=True)
class Kept:
    """What became of answers: new ones, changed ones, and those that stood there already, word for word."""

    added: int
    changed: int
    same: int

    def to_json(self) -> dict[str, int]:
        """Return the counts as JSON values."""
        return {"added": self.added, "changed": self.changed, "already_there": self.same}


@dataclass(frozen=True)
class TakenIn:
    """What a file brought: how it was read, and what became of its answers."""

    read: Read
    kept: Kept

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was not understood."""
        return self.read.problems

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "source": self.read.source, "rows_read": self.read.rows, "answers": len(self.read.answers),
            **self.kept.to_json(), "problems": [vars(problem) for problem in self.problems],
        }  # fmt: skip


def answers_of(workspace: Workspace, firm: str) -> tuple[Answers, ...]:
    """Return all answers of a firm's people, the oldest first.

    Raises
    ------
    UnknownName
        Where there is no such firm.
    Damaged
        Where the file is not as we wrote it.
    """
    path = _path(workspace, firm)
    if not path.is_file():
        return ()
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")  # other breaks may stand in a name
    found = [
        answers_of_line(line, f"{path.name}, line {n}") for n, line in enumerate(lines, 1) if line.strip()
    ]
    return tuple(sorted(found, key=_when))


def keep_answers(workspace: Workspace, firm: str, given: Iterable[Answers]) -> Kept:
    """Keep answers; those with the id of answers that are there take their place.

    Raises
    ------
    InputError
        Where the firm would keep more than `MOST_KEPT`.
    """
    new = [replace(said, firm=firm) for said in given]
    counts = {"added": 0, "changed": 0, "same": 0}

    def changed(held: dict[str, Answers]) -> dict[str, Answers]:
        for said in new:
            before = held.get(said.id)
            counts[
                "added" if before is None else "same" if line_of(before) == line_of(said) else "changed"
            ] += 1
            held[said.id] = said
        if len(held) > MOST_KEPT:
            raise InputError(f"A firm keeps {MOST_KEPT:,} answers at most: bring in the newest only.")
        return held

    _change(workspace, firm, changed)
    return Kept(**counts)


def drop_informant(workspace: Workspace, firm: str, informant: str) -> int:
    """Take away all answers of one person, as they may ask; return how many there were."""
    gone = [said.id for said in answers_of(workspace, firm) if said.informant == informant]
    if gone:
        _change(workspace, firm, lambda held: {i: s for i, s in held.items() if s.informant != informant})
    return len(gone)


def take_in_answers(
    workspace: Workspace, firm: str, path: Path, *, source: Source | None = None, today: date | None = None
) -> TakenIn:
    """Bring in a file of answers from LimeSurvey, Google Forms or KoboToolbox; a second time changes nothing.

    Raises
    ------
    UnreadableFile
        When the file is missing, empty or no table.
    InputError
        When no column is a question of the questionnaire.
    """
    workspace.firm(firm)
    read = read_answers(path, firm, source=source, today=today)
    return TakenIn(read, keep_answers(workspace, firm, read.answers))


def answer(
    workspace: Workspace, firm: str, *, id_: str, informant: str, department: str, at: datetime,
    values: dict[str, float], asked: Sequence[str], language: str, source: str,
) -> Kept:  # fmt: skip
    """Keep what one person answered on a page, joined to what they answered under the same id before.

    Raises
    ------
    InputError
        Where nothing is answered, or a value is none that its question takes.
    """
    held = questionnaire()
    if not values:
        raise InputError("Answer at least one question before you send.")
    kept = {key: checked(key, value, held) for key, value in values.items()}
    before = next((each for each in answers_of(workspace, firm) if each.id == id_), None)
    if before is not None:
        kept, asked = {**before.values, **kept}, [*dict.fromkeys((*before.asked, *asked))]
    own: Department = next((each for each in DEPARTMENTS if each == department), "other")
    said = Answers(
        id_, firm, " ".join(informant.split())[:120] or "somebody", own, at.replace(microsecond=0), kept,
        tuple(asked), language if language in held.languages else "en", source, held.id,
    )  # fmt: skip
    return keep_answers(workspace, firm, [said])


def answers_frame(workspace: Workspace, firms: Sequence[str]) -> pl.DataFrame:
    """Return the answers of several firms as a table: a row for each person's answers.

    Columns: ``firm``, ``informant``, ``department``, ``day``, ``language``, ``source``; one for each question by its key
    (as it was answered, 1 to 7 or a number), also for each market that it was asked of; and ``score_KEY`` for each
    construct, 1 to 7 with reversed questions turned, null where fewer than half of its questions are answered.
    """
    held = questionnaire(NEWEST)
    said = [each for firm in firms for each in answers_of(workspace, firm)]
    markets = sorted({key.partition("@")[2] for each in said for key in each.values} - {""})
    keys = [each.key for each in held.asked("full", markets)]
    about = [
        (keyed(construct.id, market), construct, market)
        for construct in held.constructs
        for market in (markets if construct.per_market else [""])
    ]  # fmt: skip
    head = {"firm": pl.String, "informant": pl.String, "department": pl.String, "day": pl.Date, "language": pl.String, "source": pl.String}  # fmt: skip
    rows = []
    for each in said:
        row: dict[str, Any] = {name: getattr(each, name) for name in head}
        row |= {key: each.values.get(key) for key in keys}
        for name, construct, market in about:
            own = own_score(held, construct, each, market)
            row[f"score_{name}"] = None if own is None else own.score
        rows.append(row)
    schema = {**head, **dict.fromkeys([*keys, *(f"score_{name}" for name, _, _ in about)], pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _change(
    workspace: Workspace, firm: str, change: Callable[[dict[str, Answers]], dict[str, Answers]]
) -> None:
    path = _path(workspace, firm)
    workspace.prepare()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(str(path.with_suffix(".lock"))):
        held = change({said.id: said for said in answers_of(workspace, firm)})
        write_atomically(path, "".join(f"{line_of(said)}\n" for said in sorted(held.values(), key=_when)))


def _path(workspace: Workspace, firm: str) -> Path:
    return workspace.home / "readiness" / f"{workspace.firm(firm).slug}.jsonl"


def _when(said: Answers) -> tuple[datetime, str]:
    return said.at, said.id
