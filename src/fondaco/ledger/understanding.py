"""How each table in a file is to be understood: by which reader, with which mapping, how surely."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError, NeedsAnswer, Problem, Question, UnknownName, UnreadableFile
from fondaco.ledger.containers import records, unpack
from fondaco.ledger.header import column_names
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader, Spellings, readers, recognise
from fondaco.ledger.platforms.sites import site_of
from fondaco.ledger.platforms.table.alignment import aligned
from fondaco.ledger.platforms.table.propose import Proposal, propose, stated_currency
from fondaco.ledger.raw import Source, sources_of
from fondaco.ledger.schema import TABLES

#: The reader of any table; its version rises when it would understand the same file differently.
TABLE_READER = "table/2"

#: Where more than this share of a table's rows could not be taken, by a mapping that nobody has looked at, the
#: mapping is more likely wrong than the rows; a person decides.
MOST_REFUSED = 0.5
_ENOUGH_ROWS = 10

#: A header that a reader knows is looked for in so many rows.
HEADER_WITHIN = 60


@dataclass(frozen=True)
class Options:
    """What a person states about the files they bring.

    Attributes
    ----------
    platform
        A reader's name or platform, to overrule recognition; ``table`` for any table.
    currency, country, marketplace
        For what the files do not say themselves.
    period
        First and last day covered by files without dates.
    mapping
        A mapping instead of the recognised or proposed one.
    repeats
        ``keep`` or ``drop`` lines that repeat another whole line of their file.
    """

    platform: str | None = None
    currency: str | None = None
    country: str | None = None
    marketplace: str | None = None
    period: tuple[date, date] | None = None
    mapping: Mapping | None = None
    repeats: str | None = None


@dataclass(frozen=True)
class Understanding:
    """How a source is understood: by which reader, with which mapping, how surely.

    Attributes
    ----------
    source
        The table in the file.
    reader
        Reader and version, as rows carry it.
    layout
        The reader with a layout of its own; None for any table.
    mapping
        The mapping in force.
    proposal
        Where the mapping was proposed from names and values: the proposal; else None.
    beside
        What stood in the file beside its tables and was left out.
    """

    source: Source
    reader: str
    layout: Reader | None
    mapping: Mapping
    proposal: Proposal | None
    beside: tuple[Problem, ...] = ()

    @property
    def expressions(self) -> Any:
        """The reader's own SQL, if any."""
        return self.layout.expressions if self.layout else {}

    @property
    def preferred(self) -> Any:
        """What the reader takes where the rows leave it open, if anything."""
        return self.layout.preferred if self.layout else {}

    @property
    def changes(self) -> tuple[str, ...]:
        """What the file has other than the reader's layout, and what the layout does not tell, in words."""
        return (*self.layout.changes, *self.layout.notes) if self.layout else ()


Remembered = Callable[[Sequence[str]], Mapping | None]


def understand(
    path: Path,
    scratch: Path,
    options: Options,
    remembered: Remembered,
    *,
    name: str | None = None,
    spellings: Spellings | None = None,
) -> list[Understanding]:
    """Find every table in a file and how each is to be understood.

    `spellings` are what a workspace adds to the readers' names of columns.

    Raises
    ------
    UnreadableFile
        When the file holds no table.
    """
    among = readers(spellings)
    header_row = options.mapping.header_row if options.mapping else None
    sources: list[Source] = []
    faults: list[UnreadableFile] = []
    blobs = unpack(path, scratch, name=name)
    shown = [blob for blob in blobs if not blob.hidden]
    hidden = [blob for blob in blobs if blob.hidden] if shown else []
    blobs = shown or blobs
    for blob in blobs:
        try:
            these = sources_of(blob, header_row=header_row, unquoted=lambda names: _is_unquoted(names, among))
            sources += these if header_row else _with_known_header(these, among)
        except UnreadableFile as fault:
            faults.append(fault)
    if not sources or (faults and len(blobs) == 1):
        raise faults[0]
    sources, beside = _meant(sources, options.mapping)
    beside += [Problem("no_table", 0, f"{fault} It was left out.") for fault in faults]
    beside += [
        Problem("hidden_sheet", 0, f"{blob.name} is hidden in its workbook and was left out.",
                "if it holds data of its own, show the sheet, save the workbook and import it again.")
        for blob in hidden
    ]  # fmt: skip
    found = [understand_source(source, options, remembered, among) for source in sources]
    found[0] = replace(found[0], beside=tuple(beside))
    return found


def _meant(sources: list[Source], mapping: Mapping | None) -> tuple[list[Source], list[Problem]]:
    """Return the tables that a given mapping speaks of, where it fits some, and what is left out therefore."""
    if mapping is None or len(sources) == 1:
        return sources, []
    fitting = [one for one in sources if set(mapping.columns.values()) <= set(one.dialect.columns)]
    if not fitting:
        return sources, []
    return fitting, [
        Problem("no_table", 0, f"{one.name} does not have the mapping's columns and was left out.",
                "import the file once more with a mapping for it.")
        for one in sources if one not in fitting
    ]  # fmt: skip


def _is_unquoted(columns: Sequence[str], among: Sequence[Reader]) -> bool:
    reader = recognise(columns, among)
    return bool(reader and reader.unquoted)


def _known_header(source: Source, among: Sequence[Reader]) -> Source:
    """Take the row that a reader knows for the header, where the row that looks like one is none."""
    if recognise(source.dialect.columns, among):
        return source
    dialect = source.dialect
    for row, cells, _ in records(source.text.path, dialect.delimiter, dialect.quote):
        if row > HEADER_WITHIN:
            break
        if sum(bool(cell.strip()) for cell in cells) < 3:
            continue
        columns = column_names(cells)
        if recognise(columns, among):
            return replace(source, dialect=replace(dialect, header_row=row, columns=columns, doubts=()))
    return source


def _with_known_header(sources: list[Source], among: Sequence[Reader]) -> list[Source]:
    """Return a file's tables, from the first on whose header a reader knows: a platform's preamble is no table."""
    for place, one in enumerate(sources):
        if recognise(one.dialect.columns, among):
            return [replace(one, name=sources[0].name), *sources[place + 1 :]]
    whole = _known_header(replace(sources[0], last_row=0), among)
    return [whole] if recognise(whole.dialect.columns, among) else sources


def understand_source(
    source: Source, options: Options, remembered: Remembered, among: Sequence[Reader] | None = None
) -> Understanding:
    """Find out how one table is to be understood, by the readers `among` (all by default)."""
    among = readers() if among is None else among
    layout = _layout(source.dialect.columns, options.platform, among)
    if layout is None:
        source = _aligned(source)
    columns = source.dialect.columns
    proposal = None
    if options.mapping is not None:
        _check_columns(options.mapping, source)
        mapping = options.mapping
        layout = layout if layout and layout.platform == mapping.platform else None
    elif layout is not None:
        mapping = layout.mapping
    elif known := remembered(columns):
        mapping = known
    else:
        proposal = propose(columns, source.head())
        if options.platform not in (None, "table"):
            _check_platform(str(options.platform), proposal.mapping.table, among)
            proposal = replace(proposal, mapping=replace(proposal.mapping, platform=str(options.platform)))
        mapping = proposal.mapping
    said = mapping.constants.get("currency")
    if options.mapping is None and proposal is None:  # remembered: perhaps only what somebody stated then
        said = said and stated_currency(mapping, columns, source.head())
    if said and options.currency not in (None, said) and proposal is None:
        doubt = f"The amounts are taken for {said}, as the mapping says, and not for {options.currency}."
        source = replace(source, dialect=replace(source.dialect, doubts=(*source.dialect.doubts, doubt)))
    return Understanding(
        source,
        layout.label if layout else TABLE_READER,
        layout,
        _stated(mapping, options, currency_is_said=bool(said)),
        proposal,
    )


def _aligned(source: Source) -> Source:
    """Return a source with its names over the columns they belong to, and say where they were moved."""
    columns = aligned(source.dialect.columns, source.head(100))
    if columns == source.dialect.columns:
        return source
    said = "The cells stand one column beside their names; the names were moved over them. Check each column."
    dialect = source.dialect
    moved = replace(
        dialect, columns=columns, doubts=(*dialect.doubts, said), confidence=dialect.confidence * 0.8
    )
    return replace(source, dialect=moved)


def _layout(columns: Sequence[str], platform: str | None, among: Sequence[Reader]) -> Reader | None:
    if platform == "table" or not among:
        return None
    named = [r for r in among if platform in (None, r.name, r.platform)]
    if not named:
        known = sorted({r.platform for r in among} | {"table"})
        raise UnknownName(f"There is no platform {platform!r}: choose one of {', '.join(known)}.")
    found = recognise(columns, named)
    if found is None and platform in {r.name for r in named}:
        _refuse(named)
    return found


def _check_platform(platform: str, table: str, among: Sequence[Reader]) -> None:
    """Let a table that no reader knows be counted under a platform, unless a reader knows such tables of it."""
    named = [r for r in among if r.platform == platform]
    if rivals := [r for r in named if r.mapping.table == table and platform != "alibaba"]:
        _refuse(rivals)


def _refuse(named: Sequence[Reader]) -> None:
    wanted = "; ".join(f"the {r.title} has the columns {', '.join(r.known_by)}" for r in named[:3])
    raise InputError(f"This is no file of {named[0].platform} that we know: {wanted}. Leave --platform out.")


def _check_columns(mapping: Mapping, source: Source) -> None:
    absent = [header for header in mapping.columns.values() if header not in source.dialect.columns]
    if absent:
        near = difflib.get_close_matches(absent[0], source.dialect.columns, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise InputError(
            f"{source.name} has no column {absent[0]!r}, which the mapping names; it has: "
            f"{', '.join(source.dialect.columns[:20])}.{hint}"
        )


def _stated(mapping: Mapping, options: Options, currency_is_said: bool) -> Mapping:
    """Put what a person states in the place of what a file does not say.

    A new firm's own currency comes by the same option: it never takes the place of one that amounts are said to be in.
    """
    names = TABLES[mapping.table].names
    site = site_of(options.marketplace)
    given = {
        "currency": None if currency_is_said else site.currency if site else options.currency,
        "country": options.country
        or (site.market if site and mapping.table in ("traffic", "ads", "listings") else None),
        "marketplace": site.name if site else options.marketplace,
    }
    if options.period:
        given |= {"day": options.period[0].isoformat(), "until": options.period[1].isoformat()}
    constants = {k: v for k, v in given.items() if v and k in names and k not in mapping.columns}
    if not constants and options.repeats in (None, mapping.repeats):
        return mapping
    styles = {k: v for k, v in mapping.styles.items() if k not in constants}
    return replace(
        mapping,
        constants={**mapping.constants, **constants},
        styles=styles,
        repeats=options.repeats or mapping.repeats,
    )


def without_covers(understood: Sequence[Understanding]) -> tuple[list[Understanding], list[Problem]]:
    """Leave out sheets and archive members that hold no table at all, where others do; say which."""
    said = [problem for one in understood for problem in one.beside]
    tables = [one for one in understood if one.proposal is None or one.proposal.sure]
    covers = [one for one in understood if one not in tables and _is_beside(one)]
    if not tables:
        return list(understood), said
    said += [
        Problem(
            "no_table",
            0,
            f"{one.source.name} holds no table that is known ({_columns_of(one)}) and was left out.",
            "if it holds sales, say what its columns mean: fondaco inspect FILE --write mapping.toml.",
        )
        for one in covers
    ]
    return [one for one in understood if one not in covers], said


def _is_beside(one: Understanding) -> bool:
    """Tell whether a table is a cover page or a summary: nothing in it says which order or which day."""
    if one.proposal is None or one.proposal.whole:
        return False
    return not {"order", "at", "day", "inquiry", "review", "listing"} & set(one.proposal.confidence)


def _columns_of(one: Understanding) -> str:
    names = ", ".join(one.source.dialect.columns[:4])
    return f"columns {names}" + (" ..." if len(one.source.dialect.columns) > 4 else "")


def question_of_refusals(one: Understanding, rows: int, refused: int, reason: str) -> Question | None:
    """Return what to ask where most rows of a proposed mapping would be refused, or None."""
    if one.proposal is None or rows < _ENOUGH_ROWS or refused <= MOST_REFUSED * rows:
        return None
    return Question(
        "columns",
        f"{refused:,} of {rows:,} rows of {one.source.name} could not be taken, most often because {reason}. Are its columns "
        "understood rightly? Look with fondaco inspect; write the proposal to a file (--write mapping.toml), correct it, and "
        "import with --mapping mapping.toml.",
    )


def ask_where_unsure(understood: Sequence[Understanding]) -> None:
    """Leave it to a person where names and values do not tell what the columns mean."""
    for one in understood:
        if one.proposal is None or one.proposal.sure:
            continue
        doubts = " ".join(one.proposal.doubts[:3])
        text = (
            f"What do the columns of {one.source.name} mean? It is not clear enough to read it without you. {doubts} "
            "Write the proposal to a file (fondaco inspect FILE --write mapping.toml), correct it, and import with "
            "--mapping mapping.toml."
        )
        raise NeedsAnswer([Question("columns", text)])
