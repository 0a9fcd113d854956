"""Commands that say where to put next month's money or hours, and what a change of practice did."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, cast

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.expected import margin_from
from fondaco.cli.importing import FirmOption
from fondaco.cli.markets import AsOfOption
from fondaco.cli.output import day, emit, moment, progress_bar, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:  # loading them takes a second, and `fondaco --help` needs none
    from fondaco.markets.changes import Comparison
    from fondaco.markets.exploration import Plan, Unit
    from fondaco.numerics.estimates import Estimate

MarginOption = typer.Option(None, "--margin", help="Contribution over net revenue, such as 0.35.")


def _amount(text: str | None, option: str) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise InputError(f"{option} says {text!r}: write an amount as 500 or 499.50.") from None


@app.command()
def explore(
    firm: str = FirmOption,
    budget: str = typer.Option(..., "--budget", help="What there is for next month, such as 500."),
    unit: str = typer.Option("money", "--unit", help="money (in the firm's currency) or hours."),
    most: int = typer.Option(5, "--most", help="Markets at most."),
    floor: str = typer.Option("0", "--floor", help="At least so much in each market that gets anything."),
    cap: str = typer.Option(None, "--cap", help="At most so much in each market."),
    share: float = typer.Option(0.2, "--share", help="Share of the budget for markets little known."),
    margin: float = MarginOption,
    as_of: str = AsOfOption,
    as_json: bool = JsonFlag,
) -> None:
    """Divide a month's budget among few markets: known ones that bring most, and some little known to learn from."""
    from fondaco.markets.exploration import Request
    from fondaco.workflows.ranking import plan_of

    if unit not in ("money", "hours"):
        raise InputError(f"--unit {unit!r} is not known: say money or hours.")
    request = Request(
        budget=cast(Decimal, _amount(budget, "--budget")),
        unit=cast("Unit", unit),
        most=most,
        floor=_amount(floor, "--floor") or Decimal(0),
        cap=_amount(cap, "--cap"),
        share=share,
    )
    workspace, known_on = Workspace(home_folder()), day(as_of, "--as-of")
    with progress_bar() as progress:
        found = plan_of(
            workspace,
            firm,
            request,
            today=known_on or moment(None).date(),
            as_of=known_on,
            margin=margin_from(margin),
            progress=progress,
        )
    emit({"firm": firm, "as_of": as_of, **found.to_json()}, as_json, lambda: _show(found))


def _show(found: Plan) -> None:
    unit = found.currency if found.request.unit == "money" else "hours"
    table(
        f"{found.request.budget:,.2f} {unit} for next month, {found.exploration_share:.0%} of it to explore",
        ["market", unit, "now", "difference", "views", "inquiries", "why"],
        [
            [
                f"{countries.name(part.market)} {part.market}",
                f"{part.amount:,.2f}",
                _money(part.spend_now),
                _money(part.difference, "+"),
                "" if part.views is None else f"{part.views:,.0f}",
                "" if part.inquiries is None else f"{part.inquiries:,.0f}",
                part.why,
            ]
            for part in (*found.allocation, *found.ending)
        ],
        right=(1, 2, 3, 4, 5),
    )
    for use in found.use:
        share = use.exploration_share
        if share is not None:
            print(
                f"Of the last 30 days' {use.measure}, {share:.0%} fell on markets little known before them."
            )
    for each in found.learnt:
        print(f"Learnt of {countries.name(each.market)}: {each.sentence}")
    for note in found.notes:
        print(f"- {note}")


def _money(value: Decimal | None, sign: str = "") -> str:
    return "" if value is None else f"{value:{sign},.2f}"


@app.command()
def change(
    since: str = typer.Argument(..., metavar="DAY", help="The first day of the new practice: 2026-03-01."),
    firm: str = FirmOption,
    what: str = typer.Option("", "--what", help="What was changed, in words."),
    market: str = typer.Option(None, "--market", help="Where it was changed; everywhere if omitted."),
    measure: str = typer.Option("orders", "--measure", help="orders, inquiries or views."),
    days: int = typer.Option(90, "--days", min=14, help="Days looked at on each side."),
    as_json: bool = JsonFlag,
) -> None:
    """Compare orders, inquiries or views before and after a change of practice."""
    from fondaco.markets.changes import MEASURES
    from fondaco.workflows.ranking import change_of

    if measure not in MEASURES:
        raise InputError(f"--measure {measure!r} is not known: say {', '.join(MEASURES)}.")
    first = day(since, "DAY")
    if first is None:
        raise InputError("State the first day of the new practice, such as 2026-03-01.")
    code = None if market is None else countries.from_code(market)
    told = change_of(
        Workspace(home_folder()),
        firm,
        first,
        measure=measure,
        market=code,
        what=what,
        days=days,
    )
    emit({"firm": firm, **told.to_json()}, as_json, lambda: _show_change(told))


def _show_change(told: Comparison) -> None:
    where = countries.name(told.market) if told.market else "All markets"
    table(
        f"{where}, {told.measure}{': ' + told.what if told.what else ''}",
        ["", "days", "count", "a month (90%)"],
        [
            [name, f"{side.first} to {side.last}", f"{side.count:,.0f}", _range(side.rate)]
            for name, side in (("before", told.before), ("after", told.after))
        ],
        right=(2,),
    )
    print(f"Factor: {_range(told.factor)}")
    if told.market:
        print(f"Elsewhere in the same days: {_range(told.elsewhere)}")
        print(f"Beyond that: {_range(told.beyond)}")
    for note in told.notes:
        print(f"- {note}")


def _range(told: Estimate) -> str:
    if told.estimate is None:
        return f"not known. {told.why}"
    return f"{told.estimate:.2f} ({told.low:.2f} to {told.high:.2f})"
