"""A systematic review's files: records read and put together, duplicates told, screening tried out, the flow counted."""

from __future__ import annotations

import csv
import gzip
import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fondaco.evidence.review import labels, reading
from fondaco.evidence.review.duplicates import Pair, groups, merged, pairs_of
from fondaco.evidence.review.records import Found, Record
from fondaco.evidence.review.simulation import RECALLS, SHARES, Run, by_chance, simulate
from fondaco.evidence.review.stopping import Rule
from fondaco.kernel import InputError, Problem, UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.ledger import read_plain


def content_of(file: Path) -> bytes:
    """Return a file's bytes: unpacked where it is gzip, and of a workbook its first table as CSV.

    Raises
    ------
    UnreadableFile
        Where it is not there, is a folder, is too large, or is broken.
    """
    try:
        with file.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with (
            unpacking(f"{file} is packed and broken"),
            gzip.open(file) if packed else file.open("rb") as opened,
        ):
            content = opened.read(reading.LARGEST + 1)
    except FileNotFoundError:
        raise UnreadableFile(f"{file} is not there; check the path.") from None
    except IsADirectoryError:
        raise UnreadableFile(f"{file} is a folder; name the files in it.") from None
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be read ({error.strerror}).") from None
    if len(content) > reading.LARGEST:
        raise UnreadableFile(f"{file} is larger than {reading.LARGEST >> 20} MB: export it in parts.")
    return _from_workbook(file) if content[:4] == b"PK\x03\x04" else content


def _from_workbook(file: Path) -> bytes:
    table = read_plain(file)[0]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows(zip(*(column.fill_null("").to_list() for column in table.cells), strict=True))
    return out.getvalue().encode()


def records_of(files: Sequence[Path]) -> Found:
    """Read the records of several files as one; a file that is none of ours is told, and the others go on.

    Raises
    ------
    InputError
        Where none of the files could be read.
    """
    held = []
    problems: list[Problem] = []
    for file in files:
        try:
            held.append(reading.read(content_of(file), file.name))
        except InputError as error:
            problems.append(Problem("file", 1, str(error)))
    if not held:
        raise InputError(" ".join(each.reason for each in problems))
    return Found(
        tuple(record for found in held for record in found.records),
        tuple(piece for found in held for piece in found.kept),
        (*problems, *(each for found in held for each in found.problems)),
        ", ".join(dict.fromkeys(found.source for found in held)),
    )


@dataclass(frozen=True)
class Deduplicated:
    """Records of several files, and which of them are one."""

    found: Found
    pairs: tuple[Pair, ...]

    def left(self) -> list[Record]:
        """Return the records that are left when those that are surely one are put together."""
        records = self.found.records
        sure = groups(len(records), [(pair.a, pair.b) for pair in self.pairs if pair.grade == "sure"])
        one = {held[0]: merged([records[place] for place in held]) for held in sure}
        gone = {place for held in sure for place in held[1:]}
        return [one.get(place, record) for place, record in enumerate(records) if place not in gone]

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        records = self.found.records
        sure = groups(len(records), [(pair.a, pair.b) for pair in self.pairs if pair.grade == "sure"])
        look = [pair for pair in self.pairs if pair.grade == "review"]
        return {
            "records": len(records),
            "groups": [{"records": [_where(records[place]) for place in held]} for held in sure],
            "duplicates": sum(len(held) - 1 for held in sure),
            "review": [
                {"a": _where(records[pair.a]), "b": _where(records[pair.b]), "likeness": pair.likeness, "why": list(pair.reasons)}
                for pair in look
            ],
            "left": len(records) - sum(len(held) - 1 for held in sure),
            "pairs": [
                {"a": _where(records[pair.a]), "b": _where(records[pair.b]), "likeness": pair.likeness, "why": list(pair.reasons)}
                for pair in self.pairs
                if pair.grade == "sure"
            ],
            "problems": [vars(each) for each in self.found.problems],
        }  # fmt: skip


def _where(record: Record) -> dict[str, Any]:
    return {
        "file": record.file,
        "line": record.line,
        "title": record.title,
        "year": record.year,
        "doi": record.doi,
    }


def deduplicated(files: Sequence[Path]) -> Deduplicated:
    """Read files and say which of their records are one."""
    found = records_of(files)
    return Deduplicated(found, tuple(pairs_of(found.records)))


# --- screening, tried out -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Screened:
    """Simulated screenings of one labelled file, a run for each seed."""

    held: labels.Labelled
    runs: tuple[Run, ...]
    seeds: tuple[int, ...]
    rule: Rule

    def to_json(self) -> dict[str, Any]:
        """Return the first run under the public names, all runs, and random order beside them."""
        n, relevant = len(self.held.labels), sum(self.held.labels)
        first = _run_json(self.runs[0], self.seeds[0])
        chance = by_chance(n, relevant)
        return {
            "records": n,
            "relevant": relevant,
            "labels": self.held.column,
            "without_abstract": self.held.without_abstract,
            "repeated_titles": self.held.repeated,
            **first,
            "why": _caveat(relevant),
            "random": chance,
            "runs": [_run_json(run, seed) for run, seed in zip(self.runs, self.seeds, strict=True)],
            "over_runs": self._over_runs(),
            "rule": {"recall": self.rule.recall, "confidence": self.rule.confidence},
            "problems": [vars(each) for each in self.held.problems],
        }  # fmt: skip

    def _over_runs(self) -> dict[str, Any]:
        saved = [run.wss(0.95) for run in self.runs]
        known = [value for value in saved if value is not None]
        recalls = [run.stop.recall for run in self.runs if run.stop.recall is not None]
        if not known:
            return {"runs": len(self.runs), "wss95": None, "stop_reached": None}
        return {
            "runs": len(self.runs),
            "wss95": {
                "mean": round(float(np.mean(known)), 4),
                "low": round(min(known), 4),
                "high": round(max(known), 4),
            },
            "stop_reached": sum(recall >= self.rule.recall - 1e-12 for recall in recalls),
            "stop_screened": round(float(np.mean([run.stop.screened / run.records for run in self.runs])), 4),
        }


def _run_json(run: Run, seed: int) -> dict[str, Any]:
    stop, atd = run.stop, run.atd
    return {
        "seed": seed,
        "known_at_start": run.known,
        "recall_at": {str(share): _rounded(run.recall_at(share / 100)) for share in SHARES},
        **{f"wss{recall}": _rounded(run.wss(recall / 100)) for recall in RECALLS},
        "atd": _rounded(atd),
        "stop": {
            "screened": stop.screened,
            "share": round(stop.screened / run.records, 4),
            "recall": _rounded(stop.recall),
            "stated_recall": round(stop.stated, 4),
            "first_phase": stop.first,
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _caveat(relevant: int) -> str:
    if relevant == 1:
        return "One record is relevant: it was looked for by chance, as there was nothing to learn from."
    if relevant < 20:
        return f"Rests on {relevant} relevant records only: one found later changes much."
    return ""


def screened(
    file: Path,
    column: str | None,
    *,
    seed: int,
    runs: int = 1,
    rule: Rule | None = None,
    title: str | None = None,
    abstract: str | None = None,
) -> Screened:
    """Try prioritised screening on records whose decisions are known.

    Parameters
    ----------
    file
        A table with a column of decisions, or a RIS file with labels in its notes.
    column
        Of the decisions; found by its usual names without.
    seed, runs
        The first seed, and how many runs, each with the next seed.
    rule
        When screening would stop.
    title, abstract
        Columns with unusual names.

    Raises
    ------
    InputError
        Where nothing says which records were relevant, or all of them are, or none.
    """
    held = labels.read(content_of(file), file.name, column, title=title, abstract=abstract)
    if len(set(held.labels)) < 2:
        which = "relevant" if held.labels[0] else "irrelevant"
        raise InputError(
            f"{file.name}: all {len(held.labels):,} records with a decision are {which}, by {held.column!r}; trying an order out takes both kinds. "
            "Name the column of decisions with --labels."
        )
    rule = rule or Rule()
    seeds = tuple(range(seed, seed + runs))
    made = tuple(simulate(held.texts, held.labels, seed=each, rule=rule) for each in seeds)
    return Screened(held, made, seeds, rule)


def read_toml(file: Path) -> dict[str, Any]:
    """Read a small TOML file.

    Raises
    ------
    InputError
        With the line that cannot be read.
    """
    try:
        return tomllib.loads(content_of(file).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file.name} is no TOML: {error}.") from None


def status_of() -> dict[str, Any]:
    """Return the review that ships: protocol, search, flow, and its descriptive tables."""
    from fondaco.evidence.literature import shipped
    from fondaco.evidence.review import prisma, protocol

    said = protocol.shipped()
    return {
        "protocol": {name: value for name, value in said.items() if name != "blocks"},
        "blocks": said["blocks"],
        "search_string": protocol.search_string(said["blocks"]),
        "flow": prisma.shipped().to_json(),
        "tables": protocol.tables(shipped()),
    }
