"""Adding a file of tariffs to a workspace: checked first, then kept whole or not at all.

A CSV file becomes a Parquet table of its good rows; a TOML file may hold rows and market rules; the official CSV
of the United States is known by its header.  A file of the same name takes the earlier one's place.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w
from filelock import FileLock

from fondaco.kernel import InputError, Problem
from fondaco.kernel.writing import write_atomically, written_whole
from fondaco.reference.tariffs import book, table, us_hts

if TYPE_CHECKING:
    import polars as pl

_LARGEST = 1 << 30


@dataclass(frozen=True)
class Added:
    """What adding a file came to.

    Attributes
    ----------
    name
        What it is kept as.
    read, rows, rules
        Rows that stood in the file, rows and market rules that count.
    markets
        Of the rows and rules that count.
    ended, unreadable
        Rows that ended before today, and lines whose rate cannot be worked out: both are kept, and told when they
        are met.
    problems
        What was set aside.
    """

    name: str
    read: int
    rows: int
    rules: int
    markets: tuple[str, ...]
    ended: int
    unreadable: int
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "name": self.name,
            "rows_read": self.read,
            "rows": self.rows,
            "rules": self.rules,
            "markets": list(self.markets),
            "ended": self.ended,
            "unreadable": self.unreadable,
            "problems": [vars(problem) for problem in self.problems],
        }


def add(folder: Path, path: Path, today: date, *, valid_from: date | None = None) -> Added:
    """Check a file and keep what is good of it.

    Parameters
    ----------
    folder
        The workspace's folder ``tariffs``.
    path
        A CSV or TOML file.
    valid_from
        From which day an edition of the US tariff is in force, which its file does not say.

    Raises
    ------
    InputError
        Where the file is not there, is no such file, or has not one good row or rule: nothing is kept then.
    """
    content, name = _content(path), _name(path)
    text_rules: list[dict[str, Any]] = []
    problems: list[Problem] = []
    if path.suffix.lower() == ".toml":
        held = book.parse(_text(content, path.name), path.name)
        tables = tomllib.loads(_text(content, path.name)).get("market", [])
        good = {(rule.market, str(rule.valid_from)) for rule in held.rules}
        text_rules = [each for each in tables if _key(each) in good]
        rows, read, problems = held.rows, len(held.rows), list(held.problems)
        read += sum(problem.count for problem in problems if problem.kind == "tariff")
    else:
        stated = _table(content, path, valid_from)
        rows, problems = table.checked(stated, path.name)
        read = len(stated)
    if not len(rows) and not text_rules:
        first = problems[0] if problems else None
        raise InputError(
            f"{path.name} has no row that can be used; nothing was added."
            + (f" The first fault: {first.reason} {first.cure}" if first else "")
        )
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(str(folder / ".lock")):
        _keep(folder, name, rows, text_rules)
    return _told(name, read, rows, text_rules, today, problems)


def _told(
    name: str,
    read: int,
    rows: pl.DataFrame,
    rules: list[dict[str, Any]],
    today: date,
    problems: list[Problem],
) -> Added:
    import polars as pl

    markets = {*rows["market"].unique().to_list(), *(_key(rule)[0] for rule in rules)}
    return Added(
        name, read, len(rows), len(rules), tuple(sorted(markets)),
        rows.filter(pl.col("valid_to") < today).height, rows.filter(pl.col("duty") == "").height,
        tuple(problems),
    )  # fmt: skip


def _key(rule: dict[str, Any]) -> tuple[str, str]:
    from fondaco.reference import countries

    try:
        market = countries.from_code(str(rule.get("market", "")))
    except InputError:
        return "", ""
    return market, str(rule.get("valid_from"))  # a date may stand in quotes


def _keep(folder: Path, name: str, rows: pl.DataFrame, rules: list[dict[str, Any]]) -> None:
    """Write the table and the rules; each appears whole, and one that is not there any more goes."""
    target = folder / f"{name}.parquet"
    if len(rows):
        with written_whole(target) as part:
            rows.write_parquet(part)
    else:
        target.unlink(missing_ok=True)
    text = folder / f"{name}.toml"
    if rules:
        write_atomically(text, tomli_w.dumps({"market": rules}))
    else:
        text.unlink(missing_ok=True)


def _table(content: bytes, path: Path, valid_from: date | None) -> pl.DataFrame:
    if not us_hts.is_hts(content.split(b"\n", 1)[0]):
        return table.read_csv(content, path.name)
    if valid_from is None:
        raise InputError(
            f"{path.name} is the tariff of the United States, and the file does not say from when it holds: state it with "
            "--valid-from 2024-07-01."
        )
    return us_hts.read(content, path.name, valid_from)


def _content(path: Path) -> bytes:
    if path.suffix.lower() not in (".csv", ".toml", ".txt", ".tsv"):
        raise InputError(
            f"{path.name}: tariffs are read from CSV or TOML; save the table as CSV in UTF-8 and add that."
        )
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than a gigabyte; divide it.")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} is not there; check the path.") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); check the path and its permissions."
        ) from None


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} is not text in UTF-8; save it as UTF-8.") from None


def _name(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:60] or "tariffs"
