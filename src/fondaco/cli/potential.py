"""Commands on trade between countries: files, export potential, gravity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import NowOption
from fondaco.cli.output import LOOK, emit, leave, moment, progress_bar, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.reference import countries, hs
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.reference.trade.flows import Rule

trade = typer.Typer(
    no_args_is_help=True, help="Keep trade statistics: UN Comtrade, CEPII BACI, Eurostat Comext, plain CSV."
)
app.add_typer(trade, name="trade")

ColumnsOption = typer.Option(
    None, "--columns", help="Name columns: exporter=Origin,importer=Dest,product=HS,year=Y,value=USD."
)
CurrencyOption = typer.Option(None, "--currency", help="Currency of the values, where the file does not say.")
DecimalOption = typer.Option(None, "--decimal", help=". or , where the numbers themselves leave it open.")
ProductsOption = typer.Option(
    None, "--products", help="hs or labels: whether products are codes of the Harmonized System."
)
ZerosOption = typer.Option(
    False, "--pad-zeros", help="Codes with an odd number of digits lost their first zero."
)
RepeatsOption = typer.Option(
    "last", "--repeats", help="last: of two values for one flow the last counts; sum: they are parts."
)
MirrorOption = typer.Option(
    "importer", "--mirror", help="Whose report of a flow holds where both report: importer, exporter or mean."
)
LevelOption = typer.Option(None, "--level", help="2, 4 or 6: add products up to so many digits.")
YearsOption = typer.Option(None, "--years", help="2018..2022, or 1986,1990,1994; without it the last five.")


def _options(
    columns: str | None,
    currency: str | None,
    decimal: str | None,
    products: str | None,
    zeros: bool,
    repeats: str,
) -> Any:
    from fondaco.reference.trade import Options

    named = None
    if columns:
        parts = [part.split("=", 1) for part in columns.split(",")]
        if any(len(part) != 2 for part in parts):
            raise InputError(f"--columns {columns!r}: write exporter=COLUMN,importer=COLUMN and so on.")
        named = {role.strip(): column.strip() for role, column in parts}
    if products not in (None, "hs", "labels"):
        raise InputError(f"--products {products!r}: say hs or labels.")
    if repeats not in ("last", "sum"):
        raise InputError(f"--repeats {repeats!r}: say last or sum.")
    scheme = cast("Literal['hs', 'labels'] | None", products)
    return Options(named, currency, decimal, scheme, zeros, cast("Literal['last', 'sum']", repeats))


def read_years(text: str | None) -> list[int] | None:
    """Read ``2018..2022`` or ``1986,1990``."""
    if not text:
        return None
    try:
        if ".." in text:
            first, last = (int(part) for part in text.split("..", 1))
            return list(range(first, last + 1))
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"--years {text!r}: write 2018..2022 or 1986,1990,1994.") from None


@trade.command("add")
def add(
    files: list[Path] = typer.Argument(..., metavar="FILE...", help="CSV, gzip, ZIP or Parquet."),
    source: str = typer.Option("", "--source", help="Who publishes it, and which edition: for the record."),
    columns: str = ColumnsOption,
    currency: str = CurrencyOption,
    decimal: str = DecimalOption,
    products: str = ProductsOption,
    pad_zeros: bool = ZerosOption,
    repeats: str = RepeatsOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Read trade files and keep them in the workspace, with every row that is no flow named and counted."""
    from fondaco.workflows.trade import add_trade

    options = _options(columns, currency, decimal, products, pad_zeros, repeats)
    with progress_bar() as progress:
        kept = add_trade(
            Workspace(home_folder()),
            files,
            now=moment(now),
            source=source,
            options=options,
            progress=progress,
        )

    def show() -> None:
        for one in kept:
            _show_taken(one.to_json())
            if not one.new:
                print("It was there before: nothing was added.")

    emit({"trade": [one.to_json() | {"new": one.new} for one in kept]}, as_json, show)
    if any(one.taken.problems for one in kept if one.new):
        leave(LOOK)


@trade.command("list")
def show_list(as_json: bool = JsonFlag) -> None:
    """List the trade files kept: what each holds, and what of it is aside."""
    from fondaco.workflows.trade import store_of

    kept = store_of(Workspace(home_folder())).list()

    def show() -> None:
        if not kept:
            print("No trade files yet: fondaco trade add FILE.")
            return
        table(
            "",
            ["id", "file", "layout", "years", "flows", "value", "", "added", "source"],
            [
                [
                    one.id, one.taken.file, one.taken.layout, _span(list(one.taken.years)), f"{one.taken.flows:,}",
                    f"{one.taken.value_kept:,.0f}", one.taken.currency or "", one.added[:10], one.source,
                ]
                for one in kept
            ],
            right=(4, 5),
        )  # fmt: skip

    emit({"trade": [one.to_json() for one in kept]}, as_json, show)


@trade.command("remove")
def remove(
    mark: str = typer.Argument(..., metavar="ID", help="As fondaco trade list shows it."),
    as_json: bool = JsonFlag,
) -> None:
    """Remove a trade file from the workspace; conclusions are drawn anew from what is left."""
    from fondaco.workflows.trade import store_of

    gone = store_of(Workspace(home_folder())).remove(mark)
    emit(
        {"removed": gone.id, "file": gone.taken.file},
        as_json,
        lambda: print(f"Removed {gone.taken.file} ({gone.id})."),
    )


@app.command()
def potential(
    files: list[Path] = typer.Option(
        None, "--trade", help="Trade files; without them those the workspace keeps."
    ),
    exporter: str = typer.Option(
        None, "--exporter", help="Whose exports: DE, DEU or Germany; else --firm's home."
    ),
    firm: str = typer.Option(None, "--firm", help="The firm whose home is the exporter."),
    product: list[str] = typer.Option(
        None, "--product", help="An HS code, with all codes below it; may be repeated."
    ),
    years: str = YearsOption,
    growth: Path | None = typer.Option(
        None, "--growth", help="CSV: market, growth a year in percent; turns the growth term on."
    ),
    horizon: int = typer.Option(5, "--horizon", min=1, max=20, help="Years ahead for --growth."),
    tariffs: Path | None = typer.Option(
        None, "--tariffs", help="CSV: market, product, rate in percent, exporter; or WITS."
    ),
    elasticity: float = typer.Option(
        1.0, "--elasticity", min=0.0, help="Of demand to the price with duty (ours: 1)."
    ),
    distance: bool = typer.Option(False, "--distance", help="Turn the distance term on."),
    re_exports: bool = typer.Option(False, "--re-exports", help="Turn the correction for re-exports on."),
    level: int = LevelOption,
    mirror: str = MirrorOption,
    top: int = typer.Option(
        1000, "--top", min=0, help="Rows by product to print; 0 for all. Markets are never cut."
    ),
    columns: str = ColumnsOption,
    currency: str = CurrencyOption,
    decimal: str = DecimalOption,
    products: str = ProductsOption,
    pad_zeros: bool = ZerosOption,
    repeats: str = RepeatsOption,
    as_json: bool = JsonFlag,
) -> None:
    """Tell how much more a country could sell to each market, by product (export potential indicator)."""
    from fondaco.markets.potential import Terms
    from fondaco.reference.trade import read_growth, read_tariffs
    from fondaco.workflows import trade as at_work

    workspace = Workspace(home_folder())
    whose = _exporter(workspace, exporter, firm)
    rule = _rule(mirror)
    if level not in (None, *hs.LEVELS):
        raise InputError(f"--level {level}: say 2, 4 or 6.")
    notes: list[str] = []
    grown: dict[str, float] = {}
    duties: Sequence[Any] = ()
    if growth is not None:
        grown, more = read_growth(growth, years=horizon)
        notes += more
    if tariffs is not None:
        duties, more = read_tariffs(tariffs)
        notes += more

    def work_out(flows: Any) -> Any:
        terms = Terms(
            growth=grown,
            tariffs=duties,
            elasticity=elasticity,
            distances=at_work.distances_of(countries.markets()) if distance else {},
            re_exports=re_exports,
        )
        asked = [code if flows.scheme == "labels" else hs.query(code) for code in product or ()]
        return at_work.potential_from(
            flows, whose, products=asked, years=read_years(years), terms=terms, keep=top or None, notes=notes
        )

    read: list[dict[str, Any]] = []
    if files:
        options = _options(columns, currency, decimal, products, pad_zeros, repeats)
        with (
            progress_bar() as progress,
            at_work.flows_of_files(files, options=options, mirror=rule, level=level, progress=progress) as (
                flows,
                read,
            ),
        ):
            found, compared = work_out(flows), flows.mirror
    else:
        with progress_bar() as progress:
            progress("Opening the trade files", 0.1)
            held = at_work.store_of(workspace).open(mirror=rule, level=level)
            if held is None:
                raise InputError(at_work.NO_TRADE)
            progress("Adding up trade by market and product", 0.3)
            found, compared = work_out(held), held.mirror
    data = found.to_json(top or None)
    data |= {"files": read, "mirror": None if compared is None else compared.to_json()}
    emit(data, as_json, lambda: _show_potential(found, by_product=bool(product)))
    if any(aside["problem"] for one in read for aside in one["asides"]):
        leave(LOOK)


def _rule(said: str) -> Rule:
    if said in ("importer", "exporter", "mean"):
        return cast("Rule", said)
    raise InputError(f"--mirror {said!r}: say importer, exporter or mean.")


def _exporter(workspace: Workspace, exporter: str | None, firm: str | None) -> str:
    if exporter:
        return countries.from_code(exporter)
    if firm:
        return workspace.firm(firm).home
    raise InputError("Say whose exports: --exporter IT, or --firm with a firm of the workspace.")


def _show_potential(found: Any, *, by_product: bool) -> None:
    what = ", ".join(found.products) or "all products"
    title = f"Export potential of {countries.name(found.exporter)}, {what}, a year in {found.currency or 'units as stated'}"
    largest = max((one.potential or 0.0 for one in found.markets), default=0.0)
    rows = [
        [
            f"{countries.name(one.market)} {one.market}",
            amount(one.potential),
            f"{amount(one.low)} to {amount(one.high)}" if one.low is not None else "",
            _bar(one.actual, one.potential, largest),
            amount(one.actual),
            amount(one.unrealised),
            "" if one.growth.estimate is None else f"{one.growth.estimate:+.0%}",
            one.stability.word,
        ]
        for one in found.markets[:40]
    ]
    table(
        title,
        ["market", "potential", "single years", "", "actual", "unrealised", "growth", "demand is"],
        rows,
        right=(1, 2, 4, 5, 6),
    )
    if len(found.markets) > 40:
        print(f"... and {len(found.markets) - 40} more markets (--json has all).")
    if by_product or found.count <= 40:
        table(
            "By product",
            ["market", "product", "potential", "actual", "unrealised", "demand is"],
            [
                [
                    row.market,
                    row.product,
                    amount(row.potential),
                    amount(row.actual),
                    amount(row.unrealised),
                    row.stability,
                ]
                for row in found.first(20)
            ],
            right=(2, 3, 4),
        )
    for note in found.basis.notes:
        print(f"- {note}")


def _bar(actual: float, potential: float | None, largest: float, width: int = 16) -> str:
    """Draw potential as a bar, what is realised of it in full blocks."""
    if not potential or not largest:
        return ""
    whole = max(1, round(width * potential / largest))
    done = min(whole, round(whole * min(actual / potential, 1.0)))
    return "█" * done + "░" * (whole - done)


def amount(value: float | None) -> str:
    """Write an amount short: 1.2 M.

    >>> amount(1234567.0), amount(None), amount(12.0)
    ('1.2 M', '?', '12')
    """
    if value is None:
        return "?"
    for size, unit in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:,.1f}{unit}"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.2f}"


def _show_taken(one: dict[str, Any]) -> None:
    print(
        f"{one['file']} ({one['layout']}): {one['rows_read']:,} rows, {one['flows']:,} flows, "
        f"{_span([int(year) for year in one['years']])}, {one['value_kept']:,.0f} {one['currency'] or ''} "
        f"of {one['value_read']:,.0f} read"
    )
    if one["asides"]:
        rows = [
            [
                aside["kind"],
                f"{aside['count']:,}",
                f"{aside['value']:,.0f}",
                f"row {aside['row']}",
                ", ".join(named["said"] for named in aside["named"][:3]),
                aside["cure"] if aside["problem"] else "",
            ]
            for aside in one["asides"]
        ]
        table("", ["aside", "rows", "value", "first", "for example", "cure"], rows, right=(1, 2))
    for note in one["notes"]:
        print(f"- {note}")


def _span(years: Sequence[int]) -> str:
    return "" if not years else str(years[0]) if len(years) == 1 else f"{min(years)} to {max(years)}"


@app.command()
def gravity(
    data: Path | None = typer.Option(
        None,
        "--data",
        help="CSV of pairs with distance, border and the like; without it the workspace's trade files.",
    ),
    years: str = YearsOption,
    terms: str = typer.Option(
        None, "--terms", help="Columns that explain trade: 'ln(dist),cntg,lang,clny'; else the usual ones."
    ),
    columns: str = ColumnsOption,
    exporter: str = typer.Option(
        None, "--exporter", help="Show this country's trade beside what the model expects."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Fit a gravity model of trade (PPML) and show what trade would be usual: a second opinion on potential."""
    from fondaco.markets.gravity import gravity as fit
    from fondaco.reference.trade import read_pairs
    from fondaco.workflows import trade as at_work

    with progress_bar() as progress:
        progress("Reading", 0.1)
        if data is not None:
            named = (
                None
                if not columns
                else _options(columns, None, None, None, zeros=False, repeats="last").columns
            )
            split = [term.strip() for term in terms.split(",")] if terms else ()
            pairs = read_pairs(data, terms=split, columns=named, years=read_years(years) or ())
            progress("Fitting", 0.4)
            found = fit(pairs.frame, pairs.terms, notes=pairs.notes)
        else:
            flows = at_work.store_of(Workspace(home_folder())).open()
            if flows is None:
                raise InputError(f"Name a table of pairs with --data. {at_work.NO_TRADE}")
            progress("Fitting", 0.4)
            found = at_work.gravity_of(flows, years=read_years(years))
    whose = countries.from_code(exporter) if exporter else None
    trade_of = found.of(whose) if whose else []
    if whose and not trade_of:
        raise InputError(f"{whose} exports nothing in these data.")

    def show() -> None:
        table(
            f"Gravity model, {found.n:,} flows of {found.pairs:,} pairs, {_span(found.years)}",
            ["", "estimate", "se", "z", "p", "95%"],
            [
                [
                    one.name,
                    f"{one.estimate:.4f}",
                    f"{one.se:.4f}",
                    f"{one.z:.2f}",
                    f"{one.p:.3g}",
                    f"{one.low:.3f} to {one.high:.3f}",
                ]
                for one in found.terms
            ],
            right=(1, 2, 3, 4),
        )
        if trade_of:
            table(
                f"Exports of {countries.name(str(whose))} beside what is usual between such countries",
                ["market", "actual", "usual", "gap"],
                [
                    [one["market"], *(amount(one[k]) for k in ("actual", "predicted", "gap"))]
                    for one in trade_of[:25]
                ],
                right=(1, 2, 3),
            )
        for note in found.notes:
            say(f"- {note}")

    emit(found.to_json() | {"exporter": whose, "markets": trade_of}, as_json, show)
