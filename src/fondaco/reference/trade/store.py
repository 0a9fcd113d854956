"""The trade files that a workspace keeps: normalised Parquet, with a record of each.

A file is there when its record (``trade/<id>.json``) is; the record is written last and removed first,
each in one step, so that a killed command leaves either all of a file or none of it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fondaco.kernel import Progress
from fondaco.kernel.errors import Damaged, NoRoom, Refused, UnknownName
from fondaco.reference.trade.asides import Aside, Named
from fondaco.reference.trade.bench import Options
from fondaco.reference.trade.flows import Flows, Rule, open_flows
from fondaco.reference.trade.reading import Taken, read


@dataclass(frozen=True)
class Kept:
    """A trade file that the workspace keeps.

    Attributes
    ----------
    id
        The first twelve digits of the file's fingerprint.
    added
        When, ISO 8601 with offset.
    source
        Who publishes it, as stated by whoever added it; may be empty.
    taken
        What was read of it.
    new
        False where it was there before.
    """

    id: str
    added: str
    source: str
    taken: Taken
    new: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"id": self.id, "added": self.added, "source": self.source, **self.taken.to_json()}


class Store:
    """The folder of trade files of one workspace.

    Parameters
    ----------
    folder
        Made when something is first added.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> list[Kept]:
        """Return the files kept, oldest first."""
        found = [self._read(path) for path in self.folder.glob("*.json")]
        return sorted(found, key=lambda kept: (kept.added, kept.id))

    def add(
        self,
        path: Path,
        *,
        now: datetime,
        name: str | None = None,
        source: str = "",
        options: Options | None = None,
        progress: Progress | None = None,
    ) -> Kept:
        """Read a trade file and keep it.

        Raises
        ------
        UnreadableFile
            When it is no trade table.
        Refused
            When it states flows that another file states already.
        NoRoom
            When the disk is full or may not be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=self.folder) as scratch:
                new = Path(scratch) / "flows.parquet"
                taken = read(path, new, name=name, options=options, progress=progress)
                mark = taken.sha256[:12]
                for kept in self.list():
                    if kept.id == mark:
                        return Kept(kept.id, kept.added, kept.source, kept.taken, new=False)
                    self._refuse_overlap(new, taken, kept)
                record = {"added": now.isoformat(), "source": source, **taken.to_json()}
                written = Path(scratch) / "record.json"
                written.write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
                _sync(new)
                _sync(written)
                os.replace(new, self._parquet(mark))
                os.replace(written, self.folder / f"{mark}.json")
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise NoRoom(f"{self.folder} cannot be written ({error}): check its permissions.") from None
        return Kept(mark, now.isoformat(), source, taken)

    def remove(self, mark: str) -> Kept:
        """Remove a file, by its id or the beginning of it.

        Raises
        ------
        UnknownName
            When none or more than one has such an id.
        """
        found = [kept for kept in self.list() if mark and kept.id.startswith(mark)]
        if len(found) != 1:
            known = ", ".join(kept.id for kept in self.list()) or "none yet"
            raise UnknownName(
                f"There is {'no' if not found else 'more than one'} trade file {mark!r}; known: {known}."
            )
        (self.folder / f"{found[0].id}.json").unlink()
        self._parquet(found[0].id).unlink(missing_ok=True)
        return found[0]

    def open(self, *, mirror: Rule = "importer", level: int | None = None) -> Flows | None:
        """Return all flows kept, or None where there are none."""
        kept = self.list()
        if not kept:
            return None
        return open_flows(
            [self._parquet(one.id) for one in kept], [one.taken for one in kept], mirror=mirror, level=level
        )

    def _parquet(self, mark: str) -> Path:
        return self.folder / f"{mark}.parquet"

    def _read(self, path: Path) -> Kept:
        try:
            record = json.loads(path.read_text("utf-8"))
            taken = _taken(record)
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"{path} is not as we left it ({error}): remove it and add the file again."
            ) from None
        if not self._parquet(path.stem).is_file():
            raise Damaged(
                f"{self._parquet(path.stem)} is missing: remove {path.name} and add {taken.file} again."
            )
        return Kept(path.stem, record["added"], record["source"], taken)

    def _refuse_overlap(self, new: Path, taken: Taken, kept: Kept) -> None:
        years = sorted(set(taken.years) & set(kept.taken.years))
        if not years:
            return
        count = overlap(new, self._parquet(kept.id), sorted(set(taken.levels) | set(kept.taken.levels)))
        if count:
            raise Refused(
                f"{count:,} flows of {taken.file} ({_span(years)}) are stated by {kept.taken.file} already, which was added "
                f"{kept.added[:10]}: nothing was added, so that none counts twice. To put the new file in its place, first "
                f"fondaco trade remove {kept.id}."
            )


def overlap(new: Path, old: Path, levels: Sequence[int] = ()) -> int:
    """Return how many flows of `new` are stated by `old` too, also where one is more detailed."""
    import duckdb

    con = duckdb.connect(config={"memory_limit": os.environ.get("FONDACO_MEMORY", "2GB")})
    con.execute("SET enable_progress_bar = false")
    tellers = "(n.told_by = o.told_by OR n.told_by = 'both' OR o.told_by = 'both')"
    clauses = ["n.product = o.product"] + [
        f"(length({a}.product) > {level} AND length({b}.product) = {level} AND left({a}.product, {level}) = {b}.product)"
        for level in levels[:-1]
        for a, b in (("n", "o"), ("o", "n"))
    ]
    count = 0
    for clause in clauses:
        count += con.execute(
            f"""
            SELECT count(DISTINCT (n.exporter, n.importer, n.product, n.year)) FROM read_parquet(?) n JOIN read_parquet(?) o
            ON n.exporter = o.exporter AND n.importer = o.importer AND n.year = o.year AND {tellers} AND {clause}
            """,
            [str(new), str(old)],
        ).fetchall()[0][0]
    con.close()
    return count


def _taken(record: dict[str, Any]) -> Taken:
    asides = tuple(
        Aside(
            a["kind"], a["count"], a["value"], a["file"], a["row"], tuple(Named(**one) for one in a["named"])
        )
        for a in record["asides"]
    )
    return Taken(
        record["file"], record["layout"], record["sha256"], record["rows_read"], record["flows"], record["value_read"],
        record["value_kept"], record["currency"], record["scheme"],
        {int(year): value for year, value in record["years"].items()},
        {int(level): value for level, value in record["levels"].items()},
        record["revisions"], record["told_by"], asides, tuple(record["notes"]),
    )  # fmt: skip


def _span(years: Sequence[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
