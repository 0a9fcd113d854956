"""Backup and restore of a whole workspace, also while imports run.

The journal of each firm is copied first and its data files after it.  Data files are written before
the journal names them and are never changed, so whatever a copied journal names is there to be
copied: an import that is under way is in the backup as a whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from fondaco.kernel import Damaged, Refused, UnreadableFile
from fondaco.ledger import Workspace
from fondaco.ledger.scratch import workspace_scratch
from fondaco.ledger.store import JOURNAL, Store

DATABASE = "desk.sqlite3"
MANIFEST = "backup.json"
LEFT_OUT = {"cache", "logs", "scratch"}


def backup(workspace: Workspace, target: Path, *, now: datetime) -> Path:
    """Write the workspace into one ``.tar`` archive and return its path.

    Parameters
    ----------
    workspace
        What to copy.
    target
        The archive, or a folder to put it in.
    now
        For the archive's name and manifest.

    Raises
    ------
    Refused
        When the archive exists already.
    """
    if not workspace.home.is_dir():
        raise UnreadableFile(f"There is nothing to back up in {workspace.home}.")
    archive = target / f"fondaco-{now:%Y%m%d-%H%M%S}.tar" if target.is_dir() else target
    if archive.exists():
        raise Refused(f"{archive} exists already: name another file.")
    part = archive.with_name(f".{archive.name}.{secrets.token_hex(4)}.part")
    part.touch(mode=0o600)  # it will hold people's names and the desk's secret key
    try:
        with tarfile.open(part, "w") as tar:
            for path, name in _parts(workspace.home):
                tar.add(path, arcname=name, recursive=False)
            _add_manifest(tar, workspace, now)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(part, archive)
    finally:
        part.unlink(missing_ok=True)
    return archive


def _parts(home: Path) -> Iterator[tuple[Path, str]]:
    """Yield what goes into a backup: settings, ledgers (journals first), the database, uploads."""
    with workspace_scratch(home) as scratch:
        for firm in sorted((home / "ledger").glob("firm=*")):
            with Store(firm).erasing():
                yield from _ledger_parts(firm, home, scratch)
        if (home / DATABASE).is_file():
            copy = scratch / DATABASE
            with (
                contextlib.closing(sqlite3.connect(home / DATABASE)) as source,
                contextlib.closing(sqlite3.connect(copy)) as out,
            ):
                source.backup(out)
            yield copy, DATABASE
        for path in sorted(home.rglob("*")):
            below = path.relative_to(home)
            if (
                below.parts[0] in LEFT_OUT | {"ledger"}
                or path.name.startswith(DATABASE)
                or not path.is_file()
            ):
                continue
            if path.suffix in (".part", ".tar"):
                continue
            yield path, str(below)


def _ledger_parts(firm: Path, home: Path, scratch: Path) -> Iterator[tuple[Path, str]]:
    journal = scratch / firm.name / JOURNAL
    if not (firm / JOURNAL / "_delta_log").is_dir():
        return
    # The log first, then what it names: a commit that comes in between is not in the copied log.
    shutil.copytree(
        firm / JOURNAL / "_delta_log",
        journal / "_delta_log",
        ignore=shutil.ignore_patterns("*.tmp*", "_commit_*"),
    )
    for name in Store(scratch / firm.name).journal_files():
        shutil.copy2(firm / JOURNAL / name, journal / name)
    events = Store(scratch / firm.name).events()
    below = firm.relative_to(home)
    for path in sorted(journal.rglob("*")):
        if path.is_file():
            yield path, str(below / path.relative_to(scratch / firm.name))
    for named in sorted({file.path for event in events for file in event.files}):
        yield firm / named, str(below / named)
    for log in sorted(firm.glob("*/_delta_log")):
        if log.parent.name == JOURNAL:
            continue
        frozen = scratch / f"{firm.name}-{log.parent.name}"
        shutil.copytree(log, frozen, ignore=shutil.ignore_patterns("*.tmp*", "_commit_*"))
        for path in sorted(frozen.rglob("*")):
            if path.is_file():
                yield path, str(below / log.parent.name / "_delta_log" / path.relative_to(frozen))


def _add_manifest(tar: tarfile.TarFile, workspace: Workspace, now: datetime) -> None:
    import io

    data = json.dumps({"made": now.isoformat(), "firms": [firm.slug for firm in workspace.firms()]}).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mtime = len(data), int(now.timestamp())
    tar.addfile(info, io.BytesIO(data))


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Unpack the plain files of an archive, none of them outside `folder`."""
    for member in tar:
        target = (folder / member.name).resolve()
        content = tar.extractfile(member) if member.isfile() else None
        if content is None or not target.is_relative_to(folder.resolve()):
            raise Damaged(
                f"The archive holds {member.name!r}, which no backup of ours does: nothing was restored."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(content, out)
        target.chmod(0o600)


def restore(archive: Path, home: Path) -> Workspace:
    """Unpack a backup into an empty folder and check every file of it.

    Raises
    ------
    Refused
        When `home` holds anything.
    Damaged
        When the archive is not whole; `home` is left as it was.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Refused(f"{home} is not empty: restore into a new folder, then point FONDACO_HOME at it.")
    if not archive.is_file():
        raise UnreadableFile(f"There is no file {archive}: check the name and the folder.")
    home.parent.mkdir(parents=True, exist_ok=True)
    part = home.with_name(f".{home.name}.{secrets.token_hex(4)}.part")
    try:
        part.mkdir(mode=0o700)
        try:
            with tarfile.open(archive) as tar:
                _unpack(tar, part)
        except (tarfile.TarError, EOFError, OSError) as error:
            raise Damaged(f"{archive} is no backup that can be read ({error}).") from None
        if not (part / MANIFEST).is_file():
            raise Damaged(f"{archive} is not a Fondaco backup: it has no {MANIFEST}.")
        workspace = Workspace(part)
        faults = [f for firm in workspace.firms() for f in workspace.ledger(firm.slug).verify()]
        if faults:
            raise Damaged(f"{archive} is not whole: {faults[0].file} {faults[0].found}.")
        for folder in (part / "ledger").glob("firm=*"):
            store = Store(folder)
            store.sweep(store.events())  # logs were copied a moment later than the journal
        if home.exists():
            home.rmdir()
        os.replace(part, home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Workspace(home)
