"""Lists that were brought in, kept in the workspace: ``sanctions/AUTHORITY.json``, the newest of each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fondaco.kernel import Damaged
from fondaco.kernel.writing import write_atomically
from fondaco.reference.sanctions.entries import Listed, ListedName, SanctionsList


@dataclass(frozen=True)
class Kept:
    """A list with the moment at which it was brought in."""

    list: SanctionsList
    added: datetime

    @property
    def as_of(self) -> date:
        """The day as of which it is known: the one it states, else that on which it was brought in."""
        return self.list.published or self.added.date()


def keep(folder: Path, held: SanctionsList, now: datetime) -> Path:
    """Write a list into `folder`, in the place of the authority's earlier one."""
    path = folder / f"{held.authority}.json"
    data = {
        **asdict(held),
        "published": held.published and held.published.isoformat(),
        "added": now.isoformat(),
    }
    write_atomically(path, json.dumps(data, ensure_ascii=False))
    return path


def kept(folder: Path) -> tuple[Kept, ...]:
    """Return the lists of a folder, in the order of their authorities; raises `Damaged`."""
    if not folder.is_dir():
        return ()
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def _read(path: Path) -> Kept:
    try:
        data = json.loads(path.read_text("utf-8"))
        added = datetime.fromisoformat(data.pop("added"))
        published = data.pop("published")
        entries = tuple(_entry(each) for each in data.pop("entries"))
        return Kept(
            SanctionsList(
                **{**data, "problems": tuple(data["problems"])}, entries=entries,
                published=date.fromisoformat(published) if published else None,
            ),
            added,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path} is not as it was written ({error}); bring the list in again.") from None


def _entry(said: dict[str, Any]) -> Listed:
    names = tuple(ListedName(**name) for name in said.pop("names"))
    return Listed(
        **{**said, "names": names, "countries": tuple(said["countries"]), "born": tuple(said["born"])}
    )
