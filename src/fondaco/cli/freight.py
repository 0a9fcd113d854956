"""Commands about freight: the carriers' tables, and the ways to send a consignment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import LOOK, emit, leave, moment, progress_bar, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.reference.freight import Kept
    from fondaco.strategy.place import Delivery

NowOption = typer.Option(None, "--now", help="The moment to judge validity from; the clock when left out.")
WhoseOption = typer.Option("", "--firm", help="Whose own tables; the whole workspace's if left out.")

freight = typer.Typer(help="Carriers' rate tables, and what they hold.")
app.add_typer(freight, name="freight", invoke_without_command=True)


@freight.callback()
def list_freight(
    ctx: typer.Context,
    firm: str = WhoseOption,
    as_json: bool = JsonFlag,
) -> None:
    """List the rate tables kept: where they lead, until when they hold."""
    if ctx.invoked_subcommand:
        return
    from fondaco.workflows.place import freight_of

    tables = freight_of(Workspace(home_folder()), firm).tables()

    def show() -> None:
        _show_tables(tables)
        if not tables:
            print("No rate table yet: fondaco freight add FILE. Its columns are in docs/rules/delivery.md.")

    emit({"firm": firm or None, "tables": [kept.to_json() for kept in tables]}, as_json, show)


def _show_tables(tables: list[Kept]) -> None:
    table("", ["table", "whose", "rates", "kinds", "to", "until", ""], [
        [k.name, k.firm or "workspace", f"{k.taken.rates:,}", ", ".join(k.taken.kinds),
         " ".join(k.taken.destinations[:8]) + (" ..." if len(k.taken.destinations) > 8 else ""),
         k.taken.valid_to or "open", "fictional" if k.taken.fictional else ""] for k in tables
    ], right=(2,))  # fmt: skip


@freight.command("add")
def add(
    file: Path = typer.Argument(..., metavar="FILE", help="A CSV or TOML table; see rules/delivery."),
    firm: str = WhoseOption,
    name: str | None = typer.Option(None, "--name", help="What it is kept as; the file's name if left out."),
    currency: str = typer.Option("", "--currency", help="Of rows that state none."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Read a carrier's rate table and keep its good rows; one of the same name is replaced."""
    from fondaco.workflows.place import freight_of

    workspace = Workspace(home_folder())
    store = freight_of(workspace, firm)
    workspace.prepare()
    with progress_bar() as progress:
        kept = store.add(file, now=moment(now), name=name, currency=currency, progress=progress)

    def show() -> None:
        _show_tables([kept])
        for problem in kept.taken.problems:
            print(f"- {problem.reason} {problem.cure}")
        for note in kept.taken.notes:
            print(f"- {note}")

    emit(kept.to_json(), as_json, show)
    if any(problem.kind not in ("repeated", "expired") for problem in kept.taken.problems):
        leave(LOOK)


@freight.command("remove")
def remove(
    name: str = typer.Argument(..., help="The table's name, as fondaco freight lists it."),
    firm: str = WhoseOption,
    as_json: bool = JsonFlag,
) -> None:
    """Remove a rate table."""
    from fondaco.workflows.place import freight_of

    gone = freight_of(Workspace(home_folder()), firm).remove(name)
    emit({"removed": gone.name, "file": gone.taken.file}, as_json, lambda: print(f"Removed {gone.name}."))


@app.command()
def delivery(
    sku: str = typer.Argument(..., metavar="SKU", help="The product's article number."),
    to: str = typer.Option(..., "--to", help="The market: KR, KOR or Korea."),
    firm: str = FirmOption,
    units: int = typer.Option(..., "--units", min=1, help="How many are sent at once."),
    weight: str | None = typer.Option(None, "--weight", help="Gross weight of all, kg, if not as stated."),
    volume: str | None = typer.Option(None, "--volume", help="Volume of all, m3, if not as stated."),
    zone: str = typer.Option("", "--zone", help="Where in the market, as the carriers' tables name it."),
    up_to: int = typer.Option(0, "--up-to", help="Look for break-even points up to so many units."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Say how a consignment gets to a market: cost, days, and from which quantity another way is cheaper."""
    from fondaco.workflows.place import delivery_of, product_consignment

    workspace = Workspace(home_folder())
    sent = product_consignment(workspace, firm, sku, units)
    if (stated := _measure(weight, "--weight")) is not None:
        sent = replace(sent, gross_weight_kg=stated)
    if (stated := _measure(volume, "--volume")) is not None:
        sent = replace(sent, volume_m3=stated)
    most = up_to or max(200, 10 * units)
    found = delivery_of(workspace, firm, to, sent, moment(now).date(), zone=zone, up_to=most)
    emit({"firm": firm, "sku": sku, **found.to_json()}, as_json, lambda: _show(found))


def _measure(text: str | None, option: str) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise InputError(f"{option} says {text!r}: write a number as 84 or 84.5.") from None


def _show(found: Delivery) -> None:
    sent = found.consignment
    table(
        f"{sent.units:,} units to {countries.name(found.market)}, costs in {sent.currency}",
        ["way", "cost", "a unit", "days", "pieces", "how it comes about", "table"],
        [[o.called, o.cost, o.per_unit, _days(o.fastest, o.days), o.pieces, "; ".join(o.steps),
          f"{o.rate.table} row {o.rate.row}" + (" (fictional)" if o.rate.fictional else "")] for o in found.options],
        right=(1, 2, 4),
    )  # fmt: skip
    if found.why:
        print(found.why)
    for each in found.takeovers:
        print(f"From {each.units:,} units: {each.called or 'no way on record'}.")
    for refused in found.refused:
        print(f"- Not {refused.rate.kind} {refused.rate.carrier}: {refused.why}.")
    for note in found.notes:
        print(f"- {note}")


def _days(low: int | None, high: int | None) -> str:
    return "" if high is None else str(high) if low == high else f"{low}-{high}"
