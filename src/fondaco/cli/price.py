"""Commands that price a product in a market, and that look after the tariffs behind it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import LOOK, day, emit, leave, moment, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:  # loading them takes a second, and `fondaco --help` needs none
    from fondaco.workflows.price import Priced

NowOption = typer.Option(None, "--now", help="The moment to judge dates from; the clock when left out.")


def _pairs(said: list[str] | None, option: str, example: str) -> dict[str, str]:
    """Read ``NAME=VALUE``, given again or separated by commas."""
    found: dict[str, str] = {}
    for one in (part for text in said or [] for part in text.split(",")):
        name, sign, value = one.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise InputError(f"{option} says {one!r}: write it as {example}.")
        found[name.strip().replace("-", "_")] = value.strip()
    return found


def _number(text: str | None, option: str) -> Decimal | None:
    try:
        found = None if text is None else Decimal(text)
    except InvalidOperation:
        raise InputError(f"{option} says {text!r}: write a number as 24 or 24.50.") from None
    if found is not None and (not found.is_finite() or found <= 0):
        raise InputError(f"{option} says {text!r}: write a number above zero.")
    return found


def _share(text: str, option: str) -> Decimal:
    number = text.removesuffix("%")
    try:
        found = Decimal(number)
    except InvalidOperation:
        raise InputError(f"{option} says {text!r}: write a share as 25% or 0.25.") from None
    found = found / 100 if text.endswith("%") else found
    if not found.is_finite() or not 0 <= found < 1:
        raise InputError(
            f"{option} says {text!r}: a share is from 0% to below 100%; write it as 25% or 0.25."
        )
    return found


@app.command()
def price(
    sku: str = typer.Argument(..., metavar="SKU", help="The firm's article number."),
    to: str = typer.Option(..., "--to", help="The market: KR, KOR or Korea."),
    incoterm: str = typer.Option("DDP", "--incoterm", help="EXW, FCA, FAS, FOB, CFR, CIF, CPT, CIP, DAP, DPU or DDP."),
    firm: str = FirmOption,
    quantity: int | None = typer.Option(None, "--quantity", help="Units of the consignment; the smallest order if omitted."),
    ex_works: str | None = typer.Option(None, "--price", help="Price of a unit at the works: 7.50 or 7.50 EUR."),
    freight: str | None = typer.Option(None, "--freight", help="Carriage of the consignment: 120, 120 USD or 80..120."),
    leg: list[str] | None = typer.Option(None, "--leg", help="Another leg: insurance=4.50, onward=30 GBP; may be given again."),
    sea: bool | None = typer.Option(None, "--sea/--no-sea", help="Whether it goes by sea; as the freight found if omitted."),
    proof: bool | None = typer.Option(None, "--proof/--no-proof", help="Whether proof of origin travels with it."),
    consumer: bool = typer.Option(False, "--consumer", help="A person orders it for own use: reliefs may hold."),
    shelf: list[str] | None = typer.Option(
        None, "--shelf", help="Shares up to the shelf: importer=25%,retailer=35%,platform=15%,payment=3%."
    ),
    shelf_price: str | None = typer.Option(None, "--shelf-price", help="Come back from the shelf price of a unit."),
    target: str | None = typer.Option(None, "--target", help="Come back from a price of the consignment under the term."),
    exchange: list[str] | None = typer.Option(None, "--exchange", help="A rate the ECB lacks: MNT=0.41, in the market's currency."),
    hs: str | None = typer.Option(None, "--hs", help="An HS code in place of the catalogue's; never padded."),
    origin: str | None = typer.Option(None, "--origin", help="An origin in place of the catalogue's."),
    now: str | None = NowOption,
    as_json: bool = JsonFlag,
) -> None:  # fmt: skip
    """Work out what a product costs in a market: duty, excise, tax, and the price under every Incoterm."""
    from fondaco.workflows.price import Wanted, price_of

    if quantity is not None and quantity < 1:
        raise InputError(f"--quantity {quantity}: state one unit or more.")
    legs = _pairs(leg, "--leg", "onward=30 or insurance=4.50 GBP")
    if freight is not None:
        legs["carriage"] = freight
    wanted = Wanted(
        quantity=quantity, price=ex_works or "", legs=legs, by_sea=sea, proof=proof, to_consumer=consumer,
        shares={name: _share(text, "--shelf") for name, text in _pairs(shelf, "--shelf", "importer=25%").items()},
        exchange={
            code.upper(): _number(text, "--exchange") or Decimal(0)
            for code, text in _pairs(exchange, "--exchange", "MNT=0.41").items()
        },
        target=_number(target, "--target"), shelf_target=_number(shelf_price, "--shelf-price"), hs=hs or "",
        origin=origin or "",
    )  # fmt: skip
    found = price_of(Workspace(home_folder()), firm, sku, to, incoterm, moment(now).date(), wanted=wanted)
    emit({"firm": firm, **found.to_json()}, as_json, lambda: _show(found))
    if found.quote.price is None:
        leave(LOOK)


def _show(found: Priced) -> None:
    data, quote = found.to_json(), found.quote
    if quote.used is not None:
        table(
            f"{quote.consignment.quantity} x {data['sku']} to {data['market']}: {quote.used.case.name}",
            ["step", "base", "", "rate", data["currency"], ""],
            [[s["name"], s["base"], s["unit"], "" if s["rate"] is None else f"{s['rate']:.10g}", s["amount"], s["says"]]
             for s in data["steps"]],
            right=(1, 3, 4),
        )  # fmt: skip
    currency = data["price_currency"]
    table(
        f"Price in {currency}",
        ["term", "consignment", "a unit", "at least"],
        [[("> " if i["incoterm"] == data["incoterm"] else "") + i["incoterm"], i["price"], i["unit_price"],
          i["low"] if i["low"] != i["price"] else ""] for i in data["incoterms"]],
        right=(1, 2, 3),
    )  # fmt: skip
    if data["shelf"]:
        table(
            f"Up to the shelf, one unit, in {data['shelf']['currency']}",
            ["step", "base", "share", "amount"],
            [[s["name"], s["base"], "" if s["rate"] is None else f"{s['rate']:.1%}", s["amount"]]
             for s in data["shelf"]["steps"]],
            right=(1, 2, 3),
        )  # fmt: skip
    _show_back(data)
    for warning in data["warnings"]:
        print(f"- {warning}")


def _show_back(data: dict[str, Any]) -> None:
    if data["back"]:
        back = data["back"]
        print(
            f"To keep to the target the consignment may cost {back['ex_works']} {back['currency']} at the works, "
            f"{back['ex_works_unit']} a unit."
        )
    if data["floor"] and data["range"]:
        _show_offer(data)


def _show_offer(data: dict[str, Any]) -> None:
    floor, published = data["floor"], data["range"]
    table(
        f"What to ask for one unit, {data['incoterm']}, in {published['currency']}",
        ["price", "off", "margin left", "held", "for"],
        [[rung["price"], f"{rung['off']:.1%}", f"{rung['margin']:.1%}", f"{rung['margin_held']:.1%}", rung["for"]]
         for rung in data["ladder"]],
        right=(0, 1, 2, 3),
    )  # fmt: skip
    print(
        f"Agree to nothing below {floor['amount']}: a margin of {float(floor['margin']):.0%} is held with "
        f"{floor['confidence']:.0%} through the rates of {floor['days']} days; {floor['deterministic']} would do if no rate moved."
    )


tariffs = typer.Typer(help="What markets charge on entry, by goods and origin, with source and date.")
app.add_typer(tariffs, name="tariffs", invoke_without_command=True)


@tariffs.callback()
def show_tariffs(
    ctx: typer.Context,
    market: str | None = typer.Option(None, "--market", help="The market: KR, KOR or Korea."),
    hs: str | None = typer.Option(None, "--hs", help="An HS code of 2 to 10 digits; never padded."),
    origin: str | None = typer.Option(None, "--origin", help="Where the goods come from."),
    now: str | None = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Say which tariff rows speak of goods in a market, or which files of tariffs there are."""
    if ctx.invoked_subcommand:
        return
    from fondaco.reference import countries
    from fondaco.reference.hs import hs_code
    from fondaco.reference.tariffs import json_of
    from fondaco.workflows.tariffs import tariffs_of

    book, today = tariffs_of(Workspace(home_folder())), moment(now).date()
    if market is None or hs is None:
        if market or hs or origin:
            raise InputError("Say both --market and --hs, or neither for a list of files.")
        files = [json_of(held) for held in book.files]
        listed = {"files": files, "problems": [vars(problem) for problem in book.problems]}
        rows = [[f["file"], f"{f['rows']:,}", f["rules"], " ".join(f["markets"])] for f in files]
        emit(listed, as_json, lambda: table("", ["file", "rows", "rules", "markets"], rows, right=(1, 2)))
        return
    code = countries.from_code(market)
    found = book.duty(code, hs_code(hs), countries.from_code(origin) if origin else None, today)
    rule = book.rule(code, today)
    lots = {"general": found.general, "preferential": found.preferential, "additional": found.additional}
    data: dict[str, Any] = {
        "market": code, "hs": hs_code(hs), "today": today.isoformat(), "why": found.why or None, "below": found.below,
        "note": found.note or None, **{name: [row.to_json() for row in rows] for name, rows in lots.items()},
        "rule": rule.to_json() if rule else None,
    }  # fmt: skip

    def show() -> None:
        table(
            f"HS {data['hs']} in {code} on {today}", ["", "code", "duty", "since", "checked", "source"],
            [[name, row.hs or "all", row.duty + (f" .. {row.up_to}" if row.up_to else ""), row.valid_from,
              row.checked or "no", row.source] for name, rows in lots.items() for row in rows],
        )  # fmt: skip
        for line in (found.note, found.why):
            if line:
                print(f"- {line}")

    emit(data, as_json, show)
    if not (found.general or found.preferential):
        leave(LOOK)


@tariffs.command("add")
def add_file(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV or TOML of tariff rows, or the official US tariff as CSV."),
    valid_from: str | None = typer.Option(None, "--valid-from", help="From when an edition of the US tariff holds."),
    now: str | None = NowOption,
    as_json: bool = JsonFlag,
) -> None:  # fmt: skip
    """Check a file of tariffs and keep its good rows; a file of the same name takes the earlier one's place."""
    from fondaco.workflows.tariffs import add_tariffs

    found = add_tariffs(
        Workspace(home_folder()), file, moment(now).date(), valid_from=day(valid_from, "--valid-from")
    )

    def show() -> None:
        print(
            f"{found.rows:,} of {found.read:,} rows and {found.rules} market rules are kept as {found.name}."
        )
        if found.ended:
            print(f"- {found.ended:,} of them ended before today; they count for earlier days only.")
        if found.unreadable:
            print(f"- The rate of {found.unreadable:,} lines cannot be worked out; they count as not known.")

    emit(found.to_json(), as_json, show)
    for problem in found.problems:
        say(f"- {problem.reason} {problem.cure}")
    if found.problems:
        leave(LOOK)
