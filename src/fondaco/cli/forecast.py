"""The command that says what buyers will bring: of a firm's ledger, or of any file of orders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import NowOption
from fondaco.cli.output import DONE, LOOK, day, emit, leave, moment, progress_bar, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.numerics.estimates import Estimate
    from fondaco.relationships.outlook import Forecast
    from fondaco.workflows.forecast import FromFile
    from fondaco.workflows.stages import Waits

#: Buyers in the table for people.
_SHOWN = 20


@app.command()
def forecast(
    firm: str | None = typer.Option(None, "--firm", help="The firm's short name; its ledger is read."),
    market: str | None = typer.Option(None, "--market", help="Buyers of this market only, such as KR."),
    orders: Path | None = typer.Option(None, "--orders", help="In place of --firm: any table of orders."),
    customer: str | None = typer.Option(
        None, "--customer", help="The file's column of the customer: name or number from 1."
    ),
    date: str | None = typer.Option(None, "--date", help="The file's column of the day of the order."),
    value: str | None = typer.Option(None, "--value", help="The file's column of what the order brought."),
    until: str | None = typer.Option(
        None, "--until", help="The last day that the file knows, such as 1997-09-30."
    ),
    calibrate_until: str | None = typer.Option(
        None, "--calibrate-until", help="Forecast from this day, and judge it by what came until --until."
    ),
    date_format: str | None = typer.Option(
        None, "--date-format", help="How days are written, such as %d/%m/%Y."
    ),
    weeks: float | None = typer.Option(
        None, "--weeks", min=0.01, max=5200, help="So many weeks ahead, beside 3, 6 and 12 months."
    ),
    model: str | None = typer.Option(
        None, "--model", help="bg-nbd or pareto-nbd; without it the one that fits better."
    ),
    most: int | None = typer.Option(
        None, "--most", min=0, help="At most so many buyers, the most promising first."
    ),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Forecast who still buys, and orders and value in the next 3, 6 and 12 months, with ranges."""
    from fondaco.workflows.forecast import forecast_of
    from fondaco.workflows.stages import waits_of

    chosen = _model(model)
    if (firm is None) == (orders is None):
        raise InputError(
            "Say either --firm F, whose ledger is read, or --orders FILE with --customer, --date and --until."
        )
    if orders is not None:
        if market is not None:
            raise InputError("--market belongs to --firm: a file of orders is read as one.")
        found = _from_file(orders, customer, date, value, until, calibrate_until, date_format, weeks, chosen)
        emit(found.to_json(most=most), as_json, lambda: _show_file(found))
        leave(LOOK if found.problems else DONE)
    if any(one is not None for one in (customer, date, value, until, calibrate_until, date_format, weeks)):
        raise InputError(
            "--customer, --date, --value, --until, --calibrate-until, --date-format and --weeks belong to --orders."
        )
    assert firm is not None
    code = None if market is None else countries.from_code(market)
    workspace = Workspace(home_folder())
    with progress_bar() as progress:
        progress("Fitting the models", 0.1)
        told = forecast_of(workspace, firm, today=moment(now).date(), model=chosen)
        waits = waits_of(workspace, firm)
    data = {"firm": firm, **told.to_json(most=most, market=code), "waits": waits.to_json()}
    emit(data, as_json, lambda: _show_firm(told, code, waits))


def _model(asked: str | None) -> str | None:
    names = {"bg-nbd": "BG/NBD", "bg/nbd": "BG/NBD", "pareto-nbd": "Pareto/NBD", "pareto/nbd": "Pareto/NBD"}
    if asked is None:
        return None
    if asked.lower() not in names:
        raise InputError(f"--model {asked!r} is not known: say bg-nbd or pareto-nbd.")
    return names[asked.lower()]


def _from_file(
    path: Path,
    customer: str | None,
    when: str | None,
    value: str | None,
    until: str | None,
    calibrate_until: str | None,
    date_format: str | None,
    weeks: float | None,
    model: str | None,
) -> FromFile:
    from fondaco.relationships.forecast import MONTHS
    from fondaco.workflows.forecast import forecast_from_file

    last = day(until, "--until")
    if customer is None or when is None or last is None:
        raise InputError("--orders needs --customer COL, --date COL and --until DAY.")
    ahead = dict(MONTHS)
    if weeks is not None:
        ahead[f"{weeks:g}w"] = weeks
    ordered = dict(sorted(ahead.items(), key=lambda pair: pair[1]))
    with progress_bar() as progress:
        progress("Reading and fitting", 0.1)
        return forecast_from_file(
            path,
            customer=customer,
            day=when,
            value=value,
            until=last,
            calibrate_until=day(calibrate_until, "--calibrate-until"),
            day_format=date_format,
            ahead=ordered,
            model=model,
        )


def _show_file(found: FromFile) -> None:
    for problem, rows in found.problems:
        print(
            f"{problem.reason} {problem.cure} Rows {', '.join(map(str, rows))}{' ...' if problem.count > len(rows) else ''}"
        )
    _show(found.forecast, None)
    if found.judged is not None:
        told = found.judged
        print(
            f"Judged by what came: {told.came:,} orders where {told.expected:,.1f} were expected; mean absolute error "
            f"{told.model.mae:.3f} a customer (own past rate: {told.naive.mae:.3f}); {told.coverage:.0%} within their "
            f"{told.level:.0%} range."
        )


def _show_firm(found: Forecast, market: str | None, waits: Waits) -> None:
    _show(found, market)
    for what, steps in (
        ("first inquiry to first order", waits.first_order),
        ("first order to second", waits.second_order),
    ):
        for one in steps[:1]:
            half = (
                "not reached by half of them"
                if one.median.estimate is None
                else f"half within {one.median.estimate:,.0f} days"
            )
            print(
                f"From {what}: {half}; {one.done:,} of {one.cases:,} so far, open cases counted for as long as they were seen."
            )


def _show(found: Forecast, market: str | None) -> None:
    if found.model is not None:
        told = found.model
        parameters = told.parameters or told.used
        named = ", ".join(f"{name} {value:.4g}" for name, value in parameters.items())
        likelihood = "" if told.log_likelihood is None else f"; log-likelihood {told.log_likelihood:.3f}"
        print(
            f"{told.name}, weeks: {named}{likelihood}; {told.customers:,} buyers, {told.repeaters:,} ordered again"
        )
    outlooks = [one for one in found.markets if market is None or one.market == market]
    if found.total is not None and market is None:
        outlooks = [*outlooks, found.total]
    ahead = list(found.ahead)
    titles = [f"orders in {_named(name)}" for name in ahead]
    table(
        f"Until {found.until}; ranges of {found.level:.0%}",
        ["market", "buyers", "still buying", *titles, f"{found.currency or 'value'} in {_named(ahead[-1])}"],
        [
            [
                "all" if one is found.total else countries.name(one.market) if one.market else "not known",
                f"{one.buyers:,}",
                _range(one.alive),
                *(_range(one.orders[name]) for name in ahead),
                _range(one.value[ahead[-1]]),
            ]
            for one in outlooks
        ],
        right=range(1, 4 + len(ahead)),
    )
    calls = found.calls(_SHOWN // 2, market=market)
    if calls:
        table(
            "Worth a call",
            ["buyer", "market", "last order", "still buying", "why", "at stake"],
            [
                [one.buyer.buyer, one.buyer.market, one.buyer.last, f"{one.buyer.alive.estimate:.0%}",
                 "silent for longer than usual" if one.kind == "overdue" else "has ordered once", f"{one.at_stake:,.2f}"]
                for one in calls
            ],
            right=(3, 5),
        )  # fmt: skip
    for note in found.notes:
        print(f"- {note}")


def _named(ahead: str) -> str:
    if ahead.endswith("w"):
        return f"{ahead[:-1]} weeks"
    return f"{ahead} months" if ahead.isdigit() else ahead


def _range(told: Estimate) -> str:
    if told.estimate is None or told.low is None or told.high is None:
        return "not known"
    return f"{told.estimate:,.1f} ({told.low:,.0f} to {told.high:,.0f})"
