"""Commands that say what the ledger tells of foreign markets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import day, emit, moment, printable, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.ledger.report import money
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.markets import Dossier, Scorecard

#: Sentences of each part that are shown to people; ``--json`` has all.
SHOWN = 12

AsOfOption = typer.Option(None, "--as-of", help="As things were known at the end of this day (2026-11-21).")


@app.command()
def markets(
    firm: str = FirmOption,
    as_of: str = AsOfOption,
    by: str = typer.Option(
        None, "--by", help="month: every market month by month, with views and inquiries."
    ),
    rank: str = typer.Option(
        "ledger",
        "--rank",
        help="ledger: by net goods revenue so far; potential: by unrealised export potential (trade data); "
        "posterior: by what to expect, also where nothing was sold yet.",
    ),
    margin: float = typer.Option(
        None, "--margin", help="With --rank posterior: contribution over net revenue, such as 0.35."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Rank foreign markets by what they brought or may bring, and how sure each figure is."""
    from fondaco.cli.expected import show_expected
    from fondaco.workflows import months_of, scorecard_of

    if by not in (None, "month"):
        raise InputError(f"--by {by!r} is not known: say --by month.")
    if rank not in ("ledger", "potential", "posterior"):
        raise InputError(f"--rank {rank!r} is not known: say --rank ledger, potential or posterior.")
    workspace, known_on = Workspace(home_folder()), day(as_of, "--as-of")
    card = scorecard_of(workspace, firm, as_of=known_on)
    data = {"firm": firm, "as_of": as_of, **card.to_json()}
    if rank == "posterior":
        show_expected(workspace, firm, card, data, margin=margin, as_of=known_on, as_json=as_json)
        return
    if rank == "potential":
        _by_potential(workspace, firm, card, data, as_json=as_json)
        return
    if by == "month":
        months = months_of(workspace, firm, as_of=known_on)
        data |= months.to_json()
        emit(data, as_json, lambda: _show_months(months))
        return

    def show() -> None:
        if not card.markets:
            print(_why_empty(workspace, firm, as_of))
            return
        table(
            f"Markets of {workspace.firm(firm).name}, {card.since} to {card.until}, in {card.currency}",
            [
                "#",
                "market",
                "net revenue",
                "share",
                "growth (90%)",
                "orders",
                "buyers",
                "repeat",
                "taken back",
                "top 5",
            ],
            [_line(row) for row in card.rows_for_table()],
            right=(0, 2, 3, 4, 5, 6, 7, 8, 9),
        )
        for note in card.basis.notes:
            print(f"- {note}")

    emit(data, as_json, show)


def _by_potential(
    workspace: Workspace, firm: str, card: Scorecard, data: dict[str, Any], *, as_json: bool
) -> None:
    """Show markets in the order of unrealised potential, those of trade data alone and of the ledger alone too."""
    from fondaco.cli.potential import amount
    from fondaco.workflows.trade import NO_TRADE, potential_of, ranked_by_potential

    found = potential_of(workspace, firm)
    if found is None:
        raise InputError(NO_TRADE)
    rows = ranked_by_potential(card, found)
    data |= {
        "markets": rows,
        "ranked_by": "potential",
        "trade": {"currency": found.currency, **found.basis.to_json()},
    }

    def show() -> None:
        table(
            f"Markets of {workspace.firm(firm).name} by unrealised export potential of {countries.name(card.home)}",
            [
                "#",
                "market",
                "unrealised",
                "potential",
                "actual",
                "demand is",
                f"own revenue, {card.currency}",
                "seen in",
            ],
            [_potential_line(row, amount) for row in rows],
            right=(0, 2, 3, 4, 6),
        )
        for note in found.basis.notes:
            print(f"- {note}")

    emit(data, as_json, show)


def _potential_line(row: dict[str, Any], amount: Callable[[float | None], str]) -> list[str]:
    trade = row["potential"] or {}
    name = countries.name(row["market"]) if row["market"] else "(market unknown)"
    return [
        "home" if row["home"] else str(row["rank"] or ""),
        f"{name} {row['market'] or ''}".strip(),
        *(amount(trade.get(key)) if trade else "" for key in ("unrealised", "potential", "actual")),
        trade.get("stability", "home market" if row["home"] else "not in the trade data"),
        "" if row["net_revenue"] is None else row["net_revenue"],
        " and ".join(row["seen_in"]),
    ]


def _why_empty(workspace: Workspace, firm: str, as_of: str | None) -> str:
    first = workspace.ledger(firm).first_known()
    if first is None:
        return f"The ledger of {firm} is empty: bring a file in with fondaco import FILE --firm {firm}."
    if as_of:
        return f"Nothing was known on {as_of}: the first import that counts was made on {first}."
    return f"The ledger of {firm} holds no order lines yet."


def _percent(value: float | None, sign: str = "") -> str:
    return "" if value is None else f"{value:{sign}.0%}"


def _line(row: dict[str, Any]) -> list[str]:
    growth = (
        ""
        if row["growth"] is None
        else (
            f"{_percent(row['growth'], '+')} ({_percent(row['growth_low'], '+')} to {_percent(row['growth_high'], '+')})"
        )
    )
    name = countries.name(row["market"]) if row["market"] else "(market unknown)"
    return [
        "home" if row["home"] else str(row["rank"] or ""),
        f"{name} {row['market'] or ''}".strip(),
        f"{row['net_revenue']:,.2f}",
        _share(row["share"]),
        growth,
        f"{row['orders']:,}",
        f"{row['buyers']:,}",
        _percent(row["repeat_share"]),
        _share(row["taken_back"]),
        _percent(row["top5_probability"]),
    ]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _show_months(months: Any) -> None:
    frame = months.to_frame()
    table(
        "",
        frame.columns,
        [[_cell(v) for v in row] for row in frame.iter_rows()],
        right=range(2, len(frame.columns)),
    )
    for note in months.notes:
        print(f"- {note}")


def _cell(value: Any) -> str:
    from decimal import Decimal

    return "" if value is None else money(value) if isinstance(value, Decimal) else str(value)


@app.command()
def market(
    country: str = typer.Argument(..., metavar="CC", help="The market: DE, DEU or Germany."),
    firm: str = FirmOption,
    as_of: str = AsOfOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show the dossier of one market: customers, competitors, conditions, regulations, and what is not known."""
    from fondaco.workflows import dossier_of

    # What people noted is in the desk's database, which commands do not open.
    held = dossier_of(
        Workspace(home_folder()),
        firm,
        country,
        today=moment(now).date(),
        as_of=day(as_of, "--as-of"),
        notes=None,
    )
    emit({"firm": firm, "as_of": as_of, **held.to_json()}, as_json, lambda: _show_dossier(held))


def _show_dossier(held: Dossier) -> None:
    row = held.row
    rank = "home" if row.home else f"rank {row.rank}" if row.rank else "not ranked"
    print(f"{countries.name(str(row.market))} ({row.market}), {rank}, in {held.currency}")
    print(row.rests_on["sentence"])
    table(
        "",
        ["part", "complete", "observations", "newest"],
        [
            [part, f"{measure.share:.0%}", f"{measure.observations:,}", measure.newest or ""]
            for part, measure in held.parts.items()
        ],
        right=(1, 2),
    )
    for part, statements in held.statements().items():
        if statements:
            print(f"{part.capitalize()}:")
        for said in statements[:SHOWN]:
            print(f"- {printable(said.text)}{'' if said.says == 'fact' else f' [{said.says}]'}")
    _show_products(held)
    print("Not known yet, the costliest first:")
    print(f"{held.stake.words()}.")
    for spot in held.blind_spots:
        print(f"- {spot.gap[:1].upper()}{spot.gap[1:]}. {spot.cure}")


def _show_products(held: Dossier) -> None:
    if not held.customers.products:
        return
    table(
        "Best products",
        ["product", "units", "orders", held.currency],
        [
            [p.product or p.sku, f"{p.units.normalize():,f}", p.orders, f"{p.net_revenue:,.2f}"]
            for p in held.customers.products
        ],
        right=(1, 2, 3),
    )


@app.command()
def export(
    target: Path = typer.Argument(..., help="A new folder to write to."),
    firm: str = FirmOption,
    as_json: bool = JsonFlag,
) -> None:
    """Write a firm's whole ledger in open formats (Parquet and CSV) with a codebook."""
    from fondaco.workflows import export as write_out

    written = write_out(Workspace(home_folder()), firm, target)
    emit({"files": [str(path) for path in written]}, as_json, lambda: print("\n".join(map(str, written))))
