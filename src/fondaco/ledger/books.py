"""The workspace, its firms, and each firm's ledger: the objects other rooms are given.

A `Ledger` is bound to one firm when it is made; whoever holds it can reach that firm's facts and no
other's.  Reading gives Ibis tables of what counts now, or of what was known at the end of a past
day.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import tomli_w
from filelock import FileLock

from fondaco.kernel import Damaged, InputError, Progress, Refused, UnknownName, silent
from fondaco.kernel.writing import sweep_parts, write_atomically
from fondaco.ledger.catalogue import Catalogue, read_catalogue, write_catalogue
from fondaco.ledger.containers import fingerprint
from fondaco.ledger.current import current, fates_sql
from fondaco.ledger.deciding import Setting
from fondaco.ledger.engine import Engine, duckdb_engine
from fondaco.ledger.forgetting import Trace, find_person, forget, traces
from fondaco.ledger.mapping import Mapping, from_toml, read_mapping, write_mapping
from fondaco.ledger.persons import Person
from fondaco.ledger.platforms import Spellings, workspace_spellings
from fondaco.ledger.report import ImportReport, report_from_json
from fondaco.ledger.rereading import Rereading, outdated, reread
from fondaco.ledger.scratch import SCRATCH, sweep
from fondaco.ledger.store import RAW, Event, Store, connect, live, superseded
from fondaco.ledger.taking import replay, take
from fondaco.ledger.understanding import Options, Understanding, understand
from fondaco.ledger.workbench import scratch_folder
from fondaco.reference.products import tags_of

if TYPE_CHECKING:
    import ibis

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Firm:
    """A firm as the ledger knows it.

    Attributes
    ----------
    slug
        Its short name in paths and commands: lower-case letters, digits and hyphens.
    name
        Its name for people.
    home
        Its home market, ISO 3166-1 alpha-3.
    currency
        Its reporting currency, ISO 4217.
    fictional
        Whether it was made up for a demonstration.
    """

    slug: str
    name: str
    home: str
    currency: str
    fictional: bool = False


@dataclass(frozen=True)
class ImportRecord:
    """One import as the journal tells it."""

    import_: str
    files: tuple[str, ...]
    at: datetime
    by: str
    readers: tuple[str, ...]
    report: ImportReport
    undone: datetime | None
    replays: str | None
    rereads: str | None = None
    reread_as: str | None = None

    @property
    def added(self) -> int:
        """Rows that it brought."""
        return self.report.added

    def to_json(self) -> dict[str, Any]:
        """Return the public fields (see ``docs/json.md``)."""
        return {
            "import": self.import_,
            "file": ", ".join(self.files),
            "files": list(self.files),
            "at": self.at.isoformat(),
            "by": self.by,
            "readers": list(self.readers),
            "rows_read": self.report.rows_read,
            "added": self.added,
            "quarantined": self.report.quarantined,
            "undone": bool(self.undone),
            "undone_at": self.undone.isoformat() if self.undone else None,
            "replays": self.replays,
            "rereads": self.rereads,
            "reread_as": self.reread_as,
        }


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that could not be taken: where it stands, why, and what would cure it."""

    import_: str
    file: str
    row: int
    table: str
    kind: str
    reason: str
    cure: str
    values: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the public fields."""
        data = dict(vars(self))
        return {"import": data.pop("import_"), **data}


@dataclass(frozen=True)
class RowFate:
    """What became of one row of an import."""

    file: str
    row: int
    fate: str
    kind: str
    said: str
    amount: Decimal | None
    currency: str | None
    repeats: str | None


@dataclass(frozen=True)
class Fault:
    """A file of the ledger that is not as it was written."""

    file: str
    import_: str
    found: str


class Workspace:
    """The folder that holds firms, ledgers, mappings and the desk's database.

    Parameters
    ----------
    home
        The folder; made when something is first written.
    """

    def __init__(self, home: Path) -> None:
        self.home = home

    def prepare(self) -> None:
        """Make the folder, readable by nobody but its owner: on one machine, that is who may do what."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)

    def firms(self) -> list[Firm]:
        """Return all firms, by slug."""
        return [self.firm(slug) for slug in self._slugs()]

    def _slugs(self) -> list[str]:
        # Beside a firm's settings, mine.toml, stand other files of it, such as mine.products.toml.
        found = (path.stem for path in sorted((self.home / "firms").glob("*.toml")))
        return [slug for slug in found if SLUG.fullmatch(slug)]

    def has_firm(self, slug: str) -> bool:
        """Tell whether there is such a firm."""
        return SLUG.fullmatch(slug) is not None and self._path(slug).is_file()

    def firm(self, slug: str) -> Firm:
        """Return a firm; raises `UnknownName` when there is none of that name."""
        if not self.has_firm(slug):
            known = ", ".join(self._slugs()) or "none yet"
            raise UnknownName(
                f"There is no firm {slug!r} (known: {known}). Importing a file with --firm makes one."
            )
        try:
            return Firm(slug=slug, **tomllib.loads(self._path(slug).read_text("utf-8")))
        except (tomllib.TOMLDecodeError, TypeError, UnicodeDecodeError) as error:
            raise Damaged(
                f"{self._path(slug)} is not a firm's settings ({error}): restore it from a backup."
            ) from None

    def create_firm(
        self, slug: str, *, name: str | None = None, home: str, currency: str, fictional: bool = False
    ) -> Firm:
        """Make a firm; `home` in any spelling, `currency` an ISO 4217 code.

        Raises
        ------
        InputError
            When slug, home or currency cannot be understood.
        Refused
            When the firm exists with another home or currency.
        """
        firm = self._checked(slug, name or slug, home, currency, fictional)
        if self.has_firm(slug):
            existing = self.firm(slug)
            if (existing.home, existing.currency) != (firm.home, firm.currency):
                raise Refused(
                    f"Firm {slug} exists with home {existing.home} and currency {existing.currency}."
                )
            return existing
        self._save(firm)
        return firm

    def new_ledger(self, slug: str, *, home: str, currency: str) -> Ledger:
        """Return the ledger of a firm that is made when the first import into it is committed."""
        firm = self._checked(slug, slug, home, currency, False)
        return Ledger(self, firm, on_commit=lambda: None if self.has_firm(slug) else self._save(firm))

    def _checked(self, slug: str, name: str, home: str, currency: str, fictional: bool) -> Firm:
        from fondaco.reference import countries, currencies

        if not SLUG.fullmatch(slug):
            raise InputError(
                f"{slug!r} is no short name for a firm: use lower-case letters, digits and hyphens."
            )
        if not currencies.is_currency(currency.upper()):
            raise InputError(f"{currency!r} is no currency we know: state its ISO 4217 code, such as EUR.")
        return Firm(slug, name, countries.from_code(home), currency.upper(), fictional)

    def _save(self, firm: Firm) -> None:
        self.prepare()
        settings = {k: v for k, v in vars(firm).items() if k != "slug"}
        write_atomically(self._path(firm.slug), tomli_w.dumps(settings))

    def ledger(self, slug: str) -> Ledger:
        """Return the ledger of a firm, bound to it."""
        return Ledger(self, self.firm(slug))

    def _path(self, slug: str) -> Path:
        return self.home / "firms" / f"{slug}.toml"


#: Files in which a firm states things of itself: its profile, terms and limits of its quotations, reply templates.
Stated = Literal["profile", "authority", "replies"]


class Ledger:
    """One firm's facts.

    Made by `Workspace.ledger`; nothing in it reaches another firm.
    """

    def __init__(
        self, workspace: Workspace, firm: Firm, on_commit: Callable[[], None] = lambda: None
    ) -> None:
        self.firm = firm
        self._on_commit = on_commit
        self._prepare = workspace.prepare
        self._home = workspace.home
        self._store = Store(workspace.home / "ledger" / f"firm={firm.slug}")
        self._mappings = workspace.home / "mappings" / firm.slug
        self._catalogue = workspace.home / "firms" / f"{firm.slug}.products.toml"
        self._firms = workspace.home / "firms"

    # ------------------------------------------------------------ reading

    def table(self, name: str, *, as_of: date | None = None, engine: Engine | None = None) -> ibis.Table:
        """Return a canonical table as it counts now, or as it was known at the end of a past day.

        Parameters
        ----------
        name
            A key of `schema.TABLES`.
        as_of
            The day; None for now.
        engine
            Where to compute; DuckDB in the process by default.
        """
        engine = engine or duckdb_engine()
        try:
            return current(self._store, live(self._store.events(), as_of), name, engine)
        except Damaged:  # a person may have been forgotten since the journal was read: once more
            return current(self._store, live(self._store.events(), as_of), name, engine)

    def holding(self) -> AbstractContextManager[None]:
        """Work each table out once while a block runs that asks many questions of the same tables."""
        return duckdb_engine().holding()

    def fingerprint(self, *, as_of: date | None = None) -> str:
        """Return what conclusions are cached by: it changes whenever what counts changes."""
        import hashlib

        events = self._store.events()
        said = [self.firm.slug, self.firm.home, self.firm.currency]
        said += [e.import_ for e in live(events, as_of)]
        said += [f"{e.kind} {e.seq}" for e in events if e.kind == "forget"]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def imports(self) -> list[ImportRecord]:
        """Return all imports, oldest first, undone ones included."""
        events = self._store.events()
        undone = {e.import_: e.at for e in events if e.kind == "undo"}
        again = superseded(events)
        return [_record(e, undone.get(e.import_), again.get(e.import_)) for e in events if e.kind == "import"]

    def first_known(self) -> date | None:
        """Return the day of the first import that counts, or counted until it was read again; None for none."""
        events = self._store.events()
        kept = {e.import_ for e in live(events)} | superseded(events).keys()
        return min((e.at.date() for e in events if e.kind == "import" and e.import_ in kept), default=None)

    def quarantine(
        self, *, import_id: str | None = None, limit: int | None = None, offset: int = 0
    ) -> list[QuarantinedRow]:
        """Return the rows that wait in quarantine, oldest import first; replayed rows wait no more."""
        files = self._waiting(import_id)
        if not files:
            return []
        page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
        with connect() as con:
            rows = con.execute(
                'SELECT "import", file, row, "table", kind, reason, cure, "values" FROM read_parquet(?) '
                f'ORDER BY "import", file, row{page}',
                [files],
            ).fetchall()
        return [QuarantinedRow(i, f, n, t, k, r, c, json.loads(v)) for i, f, n, t, k, r, c, v in rows]

    def quarantine_count(self, *, import_id: str | None = None) -> int:
        """Return how many rows wait in quarantine."""
        events = live(self._store.events())
        replayed = {e.detail.get("replays") for e in events}
        return sum(
            f.rows
            for e in events
            for f in e.files
            if f.table == "quarantine" and e.import_ not in replayed and import_id in (None, e.import_)
        )

    def _waiting(self, import_id: str | None) -> list[str]:
        if import_id is not None:
            self._event(import_id)
        events = live(self._store.events())
        replayed = {e.detail.get("replays") for e in events}
        return [
            str(self._store.folder / f.path)
            for e in events
            for f in e.files
            if f.table == "quarantine" and e.import_ not in replayed and import_id in (None, e.import_)
        ]

    def fates(
        self, import_id: str, *, fate: str | None = None, limit: int | None = None, offset: int = 0
    ) -> list[RowFate]:
        """Return what became of every row of an import, in the order of its files."""
        event = self._event(import_id)
        parts = [fates_sql(f.table, self._store.folder / f.path) for f in event.files if f.table != RAW]
        if not parts:
            return []
        where = "" if fate is None else "WHERE fate = $fate"
        page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
        with connect() as con:
            rows = con.execute(
                f"SELECT * FROM ({' UNION ALL '.join(parts)}) {where} ORDER BY file, row{page}",
                {"fate": fate} if fate else None,
            ).fetchall()
        return [RowFate(*row) for row in rows]

    def verify(self) -> list[Fault]:
        """Compare every file that counts with the fingerprint the journal has of it; [] when whole."""
        faults = []
        for event in live(self._store.events()):
            for file in event.files:
                path = self._store.folder / file.path
                if not path.is_file():
                    faults.append(Fault(file.path, event.import_, "is gone"))
                elif fingerprint(path) != file.sha256:
                    faults.append(Fault(file.path, event.import_, "has other content than was written"))
        return faults

    def _event(self, import_id: str) -> Event:
        found = [e for e in self._store.events() if e.kind == "import" and e.import_ == import_id]
        if not found:
            raise UnknownName(
                f"{self.firm.slug} has no import {import_id!r}: list them with fondaco imports."
            )
        return found[0]

    # ------------------------------------------------------------ writing

    def take(
        self,
        paths: Sequence[Path],
        options: Options | None = None,
        *,
        names: Sequence[str] | None = None,
        now: datetime,
        by: str = "",
        progress: Progress = silent,
    ) -> ImportReport:
        """Take files in as one import (see `taking.take`), remembering the mappings it used."""
        self._prepare()
        sweep(self._home / SCRATCH)
        sweep_parts(self._mappings)
        report, understood = take(
            self._store,
            self.firm.slug,
            self.setting,
            paths,
            options or Options(),
            names=names,
            remembered=self.remembered,
            spellings=self.spellings,
            now=now,
            by=by,
            progress=progress,
            on_commit=self._on_commit,
        )
        if not report.already:
            self._remember(understood)
        return report

    def _remember(self, understood: Sequence[Understanding]) -> None:
        for one in understood:
            if one.layout is None:
                # The import counts already: a full disk costs no more than a question asked again.
                with suppress(OSError):
                    write_mapping(one.mapping, self._mapping_path(one.source.dialect.columns))

    def understand(self, path: Path, options: Options | None = None) -> Iterator[Understanding]:
        """Yield how each table of a file would be understood, while the scratch copy lasts."""
        with scratch_folder(self._store) as scratch:
            yield from understand(
                path, scratch, options or Options(), self.remembered, spellings=self.spellings
            )

    def replay(
        self,
        import_id: str,
        mapping: Mapping | None,
        *,
        now: datetime,
        by: str = "",
        progress: Progress = silent,
    ) -> ImportReport:
        """Read the quarantined rows of an import again, with a corrected mapping, without its files."""
        self._event(import_id)
        report, understood = replay(
            self._store,
            self.firm.slug,
            self.setting,
            import_id,
            mapping,
            spellings=self.spellings,
            now=now,
            by=by,
            progress=progress,
        )
        self._remember(understood)
        return report

    def find_person(self, text: str) -> Person:
        """Return the person that a name, an e-mail or a buyer's id means."""
        return find_person(self._store, text)

    def traces(self, person: Person) -> list[Trace]:
        """Return where the ledger tells of a person."""
        return traces(self._store, person)

    def forget(
        self,
        text: str,
        *,
        now: datetime,
        by: str = "",
        others: Callable[[Person], None] = lambda _person: None,
    ) -> list[Trace]:
        """Erase a person from the ledger, history included (see `forgetting.forget`)."""
        return forget(self._store, text, now=now, by=by, others=others)

    def forgotten(self) -> list[tuple[datetime, str, int]]:
        """Return when somebody was forgotten, who did it, and how many rows told of them; never who it was."""
        return [(e.at, e.by, e.detail["rows"]) for e in self._store.events() if e.kind == "forget"]

    @property
    def mappings(self) -> Path:
        """The folder of the mappings that this firm remembers."""
        return self._mappings

    def outdated(self) -> list[str]:
        """Return the imports that today's readers would understand otherwise."""
        return outdated(self._store, self.spellings)

    def reread(
        self,
        import_ids: Sequence[str] = (),
        *,
        now: datetime,
        commit: bool = False,
        by: str = "",
        progress: Progress = silent,
    ) -> Rereading:
        """Read imports again from the rows they keep (see `rereading.reread`)."""
        return reread(
            self._store,
            self.firm.slug,
            self.setting,
            import_ids,
            now=now,
            commit=commit,
            spellings=self.spellings,
            by=by,
            progress=progress,
        )

    def mapping_of(self, import_id: str) -> Mapping:
        """Return the mapping by which an import's first file was understood."""
        understood = self._event(import_id).detail["understood"][0]
        return from_toml(understood["mapping"], f"the mapping of import {import_id}")

    def undo(self, import_id: str, *, now: datetime, by: str = "") -> ImportRecord:
        """Withdraw an import: its rows count no more, what it had replaced counts again."""
        with self._store.lock():
            events = self._store.events()
            event = self._event(import_id)
            if later_reading := superseded(events).get(import_id):
                raise Refused(f"Import {import_id} was read again, as {later_reading}: undo that one first.")
            if event.import_ not in {e.import_ for e in live(events)}:
                raise Refused(f"Import {import_id} is undone already.")
            later = [e.import_ for e in live(events) if e.detail.get("replays") == import_id]
            if later:
                raise Refused(f"Import {later[0]} replays rows of {import_id}: undo that one first.")
            seq = max(e.seq for e in events) + 1
            with scratch_folder(self._store) as scratch:
                self._store.commit(Event(seq, "undo", import_id, now, by, (), {}), scratch)
        return _record(event, now)

    @cached_property
    def setting(self) -> Setting:
        """The firm's reporting currency and the rates of this workspace."""
        from fondaco.reference.rates import Rates

        return Setting(self.firm.currency, _LazyRates(lambda: Rates.load(self._home)))

    @property
    def spellings(self) -> Spellings:
        """What this workspace adds to the readers' names of columns (``headers/PLATFORM.toml``)."""
        return workspace_spellings(self._home)

    @property
    def catalogue(self) -> Catalogue:
        """What the firm states of its products (``firms/SLUG.products.toml``)."""
        return read_catalogue(self._catalogue, tags_of(self._home / "regulations"))

    def change_catalogue(self, change: Callable[[Catalogue], Catalogue]) -> Catalogue:
        """Keep what `change` makes of the catalogue; two who state something at once both count."""
        self._prepare()
        self._catalogue.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(str(self._catalogue.with_suffix(".lock"))):
            changed = change(self.catalogue)
            write_catalogue(self._catalogue, changed)
        return changed

    @property
    def profile(self) -> str:
        """What the firm states of itself (``firms/SLUG.profile.toml``), as text; empty where there is none."""
        return self.stated("profile")

    def change_profile(self, change: Callable[[str], str]) -> str:
        """Keep what `change` makes of the profile's text; two who state something at once both count."""
        return self.change_stated("profile", change)

    def stated(self, what: Stated) -> str:
        """Return what the firm states in one of its files (``firms/SLUG.WHAT.toml``); empty where there is none."""
        path = self._stated_path(what)
        if not path.is_file():
            return ""
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            raise InputError(f"{path.name} is no UTF-8 text: save it as UTF-8.") from None

    def change_stated(self, what: Stated, change: Callable[[str], str]) -> str:
        """Keep what `change` makes of a file's text; two who state something at once both count."""
        self._prepare()
        path = self._stated_path(what)
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(str(path.with_suffix(".lock"))):
            changed = change(self.stated(what))
            write_atomically(path, changed)
        return changed

    def _stated_path(self, what: Stated) -> Path:
        return self._firms / f"{self.firm.slug}.{what}.toml"

    def remembered(self, columns: Sequence[str]) -> Mapping | None:
        """Return the mapping this firm used last for a table with these columns."""
        path = self._mapping_path(columns)
        return read_mapping(path) if path.is_file() else None

    def _mapping_path(self, columns: Sequence[str]) -> Path:
        import hashlib

        name = hashlib.sha256("\n".join(columns).encode()).hexdigest()[:16]
        return self._mappings / f"{name}.toml"


class _LazyRates:
    """Loads the rates when they are first asked for: most files need none."""

    def __init__(self, load: Any) -> None:
        self._load = load
        self._rates: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._rates is None:
            self._rates = self._load()
        return getattr(self._rates, name)


def _record(event: Event, undone: datetime | None, reread_as: str | None = None) -> ImportRecord:
    report = report_from_json(event.detail["report"], event.detail["totals"])
    return ImportRecord(
        event.import_,
        report.files,
        event.at,
        event.by,
        report.readers,
        report,
        undone,
        event.detail.get("replays"),
        next(iter(event.detail.get("supersedes", ())), None),
        reread_as,
    )
