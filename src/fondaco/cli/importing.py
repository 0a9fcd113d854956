"""Commands that bring files in and look after what came of them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import DONE, LOOK, emit, leave, moment, printable, progress_bar, say, table
from fondaco.kernel import InputError, UnknownName
from fondaco.ledger import (
    CLASSES,
    Fault,
    ImportReport,
    QuarantinedRow,
    Rereading,
    Workspace,
    to_toml,
    write_mapping,
)
from fondaco.ledger.platforms.table.propose import SURE
from fondaco.ledger.preview import Preview
from fondaco.ledger.report import money
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.ledger import Person
    from fondaco.workflows.forgetting import Forgotten

FirmOption = typer.Option(..., "--firm", help="The firm's short name.")
NowOption = typer.Option(None, "--now", help="Take this as the present time (ISO 8601).")
PlatformOption = typer.Option(
    None,
    "--platform",
    help="alibaba, amazon, ebay, etsy, shopify, woocommerce or table; recognised when left out.",
)
CountryOption = typer.Option(None, "--country", help="The market of all rows, where the file has no country.")
MarketplaceOption = typer.Option(
    None, "--marketplace", help="The site, such as Amazon.de, where the file has none."
)
PeriodOption = typer.Option(None, "--period", help="A..B (or 2026-01): what a file without dates covers.")
MappingOption = typer.Option(None, "--mapping", help="A mapping.toml that says what the columns mean.")
RepeatsOption = typer.Option(
    None, "--repeats", help="keep (default) or drop lines that repeat another whole line."
)


@app.command("import")
def import_(
    files: list[Path] = typer.Argument(..., metavar="FILE", help="Files as the platform gave them."),
    firm: str = FirmOption,
    platform: str = PlatformOption,
    home: str = typer.Option(None, "--home", help="A new firm's home market, such as IT."),
    currency: str = typer.Option(
        None,
        "--currency",
        help="A new firm's reporting currency; also that of amounts whose file states none.",
    ),
    country: str = CountryOption,
    marketplace: str = MarketplaceOption,
    period: str = PeriodOption,
    mapping: Path = MappingOption,
    repeats: str = RepeatsOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Take files in as one import that counts as a whole or not at all."""
    from fondaco.workflows.take_in_files import take_in

    with progress_bar() as progress:
        report = take_in(
            Workspace(home_folder()),
            firm,
            files,
            platform=platform,
            home=home,
            currency=currency,
            country=country,
            marketplace=marketplace,
            period=period,
            mapping=mapping,
            repeats=repeats,
            now=moment(now),
            progress=progress,
        )
    emit(report.to_json(), as_json, lambda: _show_report(report))
    leave(LOOK if report.quarantined else DONE)


def _show_report(report: ImportReport) -> None:
    """Print the account of an import: five classes that add up, and what to look at."""
    head = f"Import {report.import_}: {report.rows_read:,} rows read by {report.reader}"
    print(f"{head}; {report.added:,} added.")
    names = {name: name.capitalize() for name in CLASSES}
    rows = [[names[name], f"{getattr(report, name):,}", _amount(report, name)] for name in CLASSES]
    rows.append(
        ["Rows read", f"{report.rows_read:,}", "" if report.net_total is None else f"{report.net_total:,.2f}"]
    )
    table("", ["", "rows", report.currency if report.totals else ""], rows, right=(1, 2))
    for problem in report.problems:
        rows_ = f"{problem.count:,} row{'' if problem.count == 1 else 's'}: "
        # Told by the sentence itself: "3 lines ...", not "1 January", a cell's "=1+1" or within an import's id.
        said = re.search(rf"(?<![\w-]){problem.count:,} [a-z]", problem.reason)
        count = rows_ if problem.count and not said else ""
        print(f"- {count}{problem.reason}" + (f"\n  Cure: {problem.cure}" if problem.cure else ""))


def _amount(report: ImportReport, name: str) -> str:
    return f"{report.totals[name]:,.2f}" if name in report.totals else ""


@app.command()
def inspect(
    file: Path = typer.Argument(..., help="A file to look at."),
    firm: str | None = typer.Option(None, "--firm", help="Use what this firm's mappings remember."),
    platform: str = PlatformOption,
    currency: str = typer.Option(None, "--currency", help="Currency of amounts whose file states none."),
    country: str = CountryOption,
    marketplace: str = MarketplaceOption,
    period: str = PeriodOption,
    mapping: Path = MappingOption,
    write: Path | None = typer.Option(
        None, "--write", help="Write the proposed mapping to this file, to edit."
    ),
    rows: int = typer.Option(5, "--rows", min=0, max=100, help="How many rows to show."),
    as_json: bool = JsonFlag,
) -> None:
    """Show how a file would be understood, without taking anything in."""
    from fondaco.workflows.take_in_files import preview

    found = preview(
        Workspace(home_folder()),
        firm,
        file,
        platform=platform,
        currency=currency,
        country=country,
        marketplace=marketplace,
        period=period,
        mapping=mapping,
        rows=rows,
    )
    if write is not None:
        write_mapping(found[0].mapping, write)
        say(f"The mapping was written to {write}.")

    def show() -> None:
        for one in found:
            _show_preview(one)

    emit({"tables": [_preview_json(one) for one in found]}, as_json, show)
    leave(LOOK if any(one.questions or not one.sure for one in found) else DONE)


def _show_preview(one: Preview) -> None:
    """Print how a table would be understood: its columns, its first rows, what it comes to, and what is doubtful."""
    print(f"{one.name}: {one.rows:,} rows, read as {one.table} by {one.reader}; sure to {one.confidence:.0%}")
    table(
        "",
        ["column", "is", "sure", "for example"],
        [[h, f or "(not used)", f"{c:.0%}" if f else "", " | ".join(v)] for h, f, c, v in one.columns],
        right=(2,),
    )
    for row in one.first_rows:
        print("  " + ", ".join(f"{k}={v}" for k, v in row.items() if v != ""))
    if one.taken is not None:
        total = "" if one.net_total is None else f", worth {one.net_total:,.2f}"
        print(f"Would take {one.taken:,} rows and put {one.quarantined:,} aside{total}.")
    if one.money:
        print("Money: " + ", ".join(f"{amount:,.2f} {code}" for code, amount in one.money))
    if one.first_day is not None:
        print(f"Period: {one.first_day} to {one.last_day}")
    if one.markets:
        shown = [f"{code or 'unknown'} {rows:,}" for code, rows in one.markets[:12]]
        more = f" and {len(one.markets) - 12} more" if len(one.markets) > 12 else ""
        print(f"Markets, by rows: {', '.join(shown)}{more}")
    for problem in one.told:
        print(f"- Left out: {problem.reason}")
    for doubt in one.doubts:
        print(f"- Look at this: {doubt}")
    if not one.sure:
        print(
            f"- Not sure enough to be taken in without you: a column that is needed is sure to less than {SURE:.0%}."
        )
    for question in one.questions:
        print(f"- Asked: {question.text}")


def _preview_json(one: Preview) -> dict[str, Any]:
    """Return a preview as JSON-ready values (see ``docs/json.md``)."""
    return {
        "name": one.name,
        "reader": one.reader,
        "table": one.table,
        "rows": one.rows,
        "confidence": one.confidence,
        "sure": one.sure,
        "columns": [{"column": h, "field": f, "confidence": c, "examples": v} for h, f, c, v in one.columns],
        "first_rows": [{k: str(v) for k, v in row.items()} for row in one.first_rows],
        "taken": one.taken,
        "quarantined": one.quarantined,
        "net_total": None if one.net_total is None else money(one.net_total),
        "kinds": dict(one.kinds),
        "money": {code: money(amount) for code, amount in one.money},
        "first_day": None if one.first_day is None else one.first_day.isoformat(),
        "last_day": None if one.last_day is None else one.last_day.isoformat(),
        "markets": [{"market": code, "rows": rows} for code, rows in one.markets],
        "left_out": [vars(problem) for problem in one.told],
        "doubts": one.doubts,
        "questions": [vars(question) for question in one.questions],
    }


imports = typer.Typer(help="List a firm's imports, withdraw one, or check that the ledger is whole.")
app.add_typer(imports, name="imports", invoke_without_command=True)


@imports.callback()
def list_imports(
    ctx: typer.Context,
    firm: str | None = typer.Option(None, "--firm", help="The firm's short name; all firms when left out."),
    as_json: bool = JsonFlag,
) -> None:
    """List imports, oldest first, and say whether the ledger is whole."""
    ctx.obj = firm
    if ctx.invoked_subcommand:
        return
    workspace = Workspace(home_folder())
    firms = [firm] if firm else [f.slug for f in workspace.firms()]
    records = [(slug, record) for slug in firms for record in workspace.ledger(slug).imports()]
    data = {
        "imports": [{"firm": slug, **record.to_json()} for slug, record in records],
        "whole": not _faults(workspace, firms),
    }

    def show() -> None:
        rows = [
            [r.import_, slug, r.at.strftime("%Y-%m-%d %H:%M"), ", ".join(r.files)[:60], f"{r.added:,}",
             f"{r.report.quarantined:,}", "undone" if r.undone else "read again" if r.reread_as else ""]
            for slug, r in records
        ]  # fmt: skip
        table("", ["import", "firm", "at (UTC)", "files", "added", "quarantined", ""], rows, right=(4, 5))
        print(
            "The ledger is whole."
            if data["whole"]
            else "The ledger is NOT whole: see fondaco imports verify."
        )

    emit(data, as_json, show)
    leave(DONE if data["whole"] else LOOK)


@imports.command("undo")
def undo(
    ctx: typer.Context,
    import_id: str = typer.Argument(..., metavar="ID", help="The import to withdraw."),
    firm: str = typer.Option(
        None, "--firm", help="The firm's short name; found by the import when left out."
    ),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Withdraw an import: its rows count no more, what it replaced counts again."""
    ledger = Workspace(home_folder()).ledger(_firm_of(import_id, firm or ctx.obj))
    record = ledger.undo(import_id, now=moment(now))
    emit({"imports": [record.to_json()], "whole": not ledger.verify()}, as_json,
         lambda: print(f"Import {import_id} is withdrawn: {record.added:,} rows count no more."))  # fmt: skip


@imports.command("reread")
def reread(
    ctx: typer.Context,
    import_ids: list[str] | None = typer.Argument(
        None, metavar="[ID]...", help="Which imports; all that a newer reader reads otherwise when left out."
    ),
    firm: str | None = typer.Option(None, "--firm", help="The firm's short name; found by the import."),
    check: bool = typer.Option(False, "--check", help="Only show the difference (also without --yes)."),
    yes: bool = typer.Option(False, "--yes", help="Let the new reading count, in the place of the old one."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Read past imports again with today's readers, from the rows they keep; the difference is shown first."""
    if not (firm or ctx.obj or import_ids):
        raise InputError("Say whose imports: --firm NAME, or the ID of an import.")
    chosen = _firm_of(import_ids[0] if import_ids else "", firm or ctx.obj)
    with progress_bar() as progress:
        found = (
            Workspace(home_folder())
            .ledger(chosen)
            .reread(import_ids or (), now=moment(now), commit=yes and not check, progress=progress)
        )
    data = {
        "firm": chosen,
        "done": found.done,
        "imports": [
            {**one.to_json(), "reread": one.reread if found.done else None} for one in found.differences
        ],
        "not_kept": list(found.not_kept),
    }
    emit(data, as_json, lambda: _show_rereading(found))
    leave(LOOK if not found.done and any(one.differs for one in found.differences) else DONE)


def _show_rereading(found: Rereading) -> None:
    for one in found.differences:
        print(f"{one.import_} ({', '.join(one.files)[:60]}): read by {', '.join(one.readers)}, "
              f"today by {', '.join(one.readers_now)}")  # fmt: skip
        print(f"  {one.rows:,} rows: {one.changed:,} changed, {one.come:,} new, {one.gone:,} gone; "
              f"quarantine {one.quarantined_before:,} -> {one.quarantined:,}")  # fmt: skip
        if one.value is not None and one.value_before is not None:
            print(f"  worth {one.value_before:,.2f} -> {one.value:,.2f} {one.currency}")
        for change in one.examples[:5]:
            said = "; ".join(f"{name}: {before} -> {after}" for name, before, after in change.fields)
            print(f"  row {change.row} of {printable(change.file)}: {printable(said)}")
        if found.done:
            print(f"  It counts now as {one.reread}.")
    if not found.differences:
        print("Today's readers read every import as it was read.")
    elif not found.done:
        print("Nothing has changed yet: add --yes to let the new reading count.")
    if found.not_kept:
        print(f"Their rows were not kept, so they cannot be read again: {', '.join(found.not_kept)}.")


@imports.command("verify")
def verify(
    ctx: typer.Context,
    firm: str | None = typer.Option(None, "--firm", help="The firm's short name; all firms when left out."),
    as_json: bool = JsonFlag,
) -> None:
    """Compare every file of the ledger with the fingerprint taken when it was written."""
    workspace = Workspace(home_folder())
    chosen = firm or ctx.obj
    firms = [chosen] if chosen else [f.slug for f in workspace.firms()]
    faults = _faults(workspace, firms)
    data = {
        "imports": [{"firm": s, **r.to_json()} for s in firms for r in workspace.ledger(s).imports()],
        "whole": not faults,
        "faults": [
            {"firm": slug, "file": f.file, "import": f.import_, "found": f.found} for slug, f in faults
        ],
    }

    def show() -> None:
        for slug, fault in faults:
            print(f"{slug}: {fault.file} of import {fault.import_} {fault.found}.")
        print("The ledger is whole." if not faults else "Restore the last backup: fondaco restore.")

    emit(data, as_json, show)
    leave(LOOK if faults else DONE)


def _faults(workspace: Workspace, firms: list[str]) -> list[tuple[str, Fault]]:
    return [(slug, fault) for slug in firms for fault in workspace.ledger(slug).verify()]


def _firm_of(import_id: str, firm: str | None) -> str:
    """Return the firm that has this import."""
    workspace = Workspace(home_folder())
    if firm:
        return firm
    for known in workspace.firms():
        if any(record.import_ == import_id for record in workspace.ledger(known.slug).imports()):
            return known.slug
    raise UnknownName(f"There is no import {import_id!r}: list them with fondaco imports.")


@app.command()
def quarantine(
    firm: str = FirmOption,
    import_id: str | None = typer.Option(None, "--import", help="Only rows of this import."),
    limit: int = typer.Option(50, "--limit", min=0, help="How many rows to show; 0 for all."),
    export: Path | None = typer.Option(None, "--export", help="Write all of them to this CSV file."),
    as_json: bool = JsonFlag,
) -> None:
    """List rows that could not be taken, with the reason and what would cure it."""
    ledger = Workspace(home_folder()).ledger(firm)
    count = ledger.quarantine_count(import_id=import_id)
    rows = ledger.quarantine(
        import_id=import_id, limit=None if export is not None or as_json or limit == 0 else limit
    )
    if export is not None:
        _export_quarantine(rows, export)
        say(f"{len(rows):,} rows were written to {export}.")

    def show() -> None:
        shown = rows[:limit] if limit else rows
        table(
            "",
            ["import", "file", "row", "reason", "cure"],
            [[r.import_, r.file, r.row, r.reason, r.cure] for r in shown],
        )
        print(
            f"{count:,} rows wait in quarantine."
            + (f" The first {limit} are shown." if len(shown) < count else "")
        )

    emit({"rows": [row.to_json() for row in rows], "count": count}, as_json, show)


def _export_quarantine(rows: list[QuarantinedRow], target: Path) -> None:
    from fondaco.kernel.exports import SafeWriter

    if target.exists():
        raise InputError(f"{target} exists already: name a new file.")
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = SafeWriter(out)
        headers = list(dict.fromkeys(name for row in rows for name in row.values))
        writer.writerow(["import", "file", "row", "reason", "cure", *headers])
        for row in rows:
            cells = [
                row.import_,
                row.file,
                row.row,
                row.reason,
                row.cure,
                *(row.values.get(h) or "" for h in headers),
            ]
            writer.writerow(cells)


@app.command()
def replay(
    import_id: str = typer.Argument(
        ..., metavar="ID", help="The import whose quarantined rows to read again."
    ),
    mapping: Path = MappingOption,
    firm: str = typer.Option(
        None, "--firm", help="The firm's short name; found by the import when left out."
    ),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Read an import's quarantined rows again, with a corrected mapping and without its files."""
    from fondaco.workflows.take_in_files import replay as again

    with progress_bar() as progress:
        report = again(
            Workspace(home_folder()),
            _firm_of(import_id, firm),
            import_id,
            mapping=mapping,
            now=moment(now),
            progress=progress,
        )
    emit(report.to_json(), as_json, lambda: _show_report(report))
    leave(LOOK if report.quarantined else DONE)


@app.command()
def forget(
    who: str = typer.Argument(..., help="A name, an e-mail address or a buyer's id."),
    firm: str = FirmOption,
    yes: bool = typer.Option(False, "--yes", help="Erase; without it, only what would be erased is shown."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Erase a person from a firm's ledger and files, history included; totals stay as they are."""
    from fondaco.workflows.forgetting import forget as erase
    from fondaco.workflows.forgetting import look_for

    workspace = Workspace(home_folder())
    if not yes:
        found = look_for(workspace, firm, who)
    else:
        found = erase(workspace, firm, who, now=moment(now), database=_database_of(workspace, firm))
    emit(found.to_json(), as_json, lambda: _show_forgotten(found))
    leave(LOOK if found.is_known and not found.done else DONE)


def _database_of(workspace: Workspace, firm: str) -> Callable[[Person], int]:
    """Return what erases a person from the desk's database, where there is a desk."""
    if not (os.environ.get("DATABASE_URL") or (workspace.home / "desk.sqlite3").is_file()):
        return lambda _person: 0
    try:
        from fondaco.web.forgetting import database_of
    except ModuleNotFoundError as error:
        raise InputError(
            f"The desk's database may hold them too, and reading it needs the extra 'web' ({error.name} is missing): "
            "pip install 'fondaco[web]'."
        ) from None
    return database_of(firm) or (lambda _person: 0)


def _show_forgotten(found: Forgotten) -> None:
    if not found.is_known:
        print("Nothing tells of them. Try the e-mail address, or the name as the platform writes it.")
        return
    print(f"Known as {printable(', '.join(dict.fromkeys((*found.marks, *found.names))))}.")
    table("", ["where", "rows"], [[t.table, f"{t.rows:,}"] for t in found.traces], right=(1,))
    for file in found.files:
        print(f"- {printable(file)} {'was deleted' if found.done else 'would be deleted'}.")
    if found.done:
        print("Erased; a pseudonym stands in their place. Backups made before still hold them.")
    else:
        print("Nothing was erased yet: add --yes. It cannot be undone.")


@app.command()
def mapping(
    import_id: str = typer.Argument(..., metavar="ID", help="The import whose mapping to show."),
    firm: str = typer.Option(
        None, "--firm", help="The firm's short name; found by the import when left out."
    ),
    write: Path | None = typer.Option(
        None, "--write", help="Write it to this file, to edit and replay with."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Show by which mapping an import was understood."""
    found = Workspace(home_folder()).ledger(_firm_of(import_id, firm)).mapping_of(import_id)
    if write is not None:
        write_mapping(found, write)
        say(f"The mapping was written to {write}.")
    shown = (lambda: None) if write is not None else (lambda: print(to_toml(found)))
    emit({"import": import_id, "mapping": to_toml(found)}, as_json, shown)
