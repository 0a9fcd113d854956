"""The commands that say what a firm can expect of a platform, and how many hours it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.files import read_text
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, printable, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from datetime import date

    from fondaco.network.disclosure import Cell, Withheld
    from fondaco.numerics import Estimate
    from fondaco.readiness.expectations import Expected, Range
    from fondaco.readiness.staffing import Served
    from fondaco.workflows.staffing import Staffing

SeedOption = typer.Option(1, "--seed", help="Of the simulation: the same seed gives the same ranges.")


@app.command()
def expect(
    firm: str = FirmOption,
    months: float = typer.Option(24, "--months", help="Length of the subscription."),
    views: float = typer.Option(None, "--views", help="Views a month that are expected."),
    rfqs: float = typer.Option(None, "--rfqs", help="Requests for quotation a month that are expected."),
    fee: float = typer.Option(None, "--fee", help="The platform's yearly fee; the profile's when left out."),
    hours: float = typer.Option(None, "--hours", help="Hours a week; the profile's when left out."),
    hour_cost: float = typer.Option(None, "--hour-cost", help="What an hour costs."),
    average_order: float = typer.Option(None, "--average-order", help="What an order is worth on average."),
    margin: float = typer.Option(None, "--margin", help="Share of it that is left, such as 0.25."),
    hope: list[str] = typer.Option(
        None, "--hope", help="What the firm expects over the subscription, such as first_orders=20; again for more."
    ),
    pooled: Path = typer.Option(None, "--pooled", help="A network's pooled counts by step, as TOML."),
    network: str = typer.Option(
        None, "--network", help="A network of the firm, whose shown means count where there are no pooled counts."
    ),
    seed: int = SeedOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:  # fmt: skip
    """Show what to expect of a platform before subscribing: requests, orders, lasting ties, months and money, as ranges."""
    from fondaco.workflows.expectations import expectations_of, pooled_from

    stated = {
        "months": months, "views_a_month": views, "rfqs_a_month": rfqs, "yearly_fee": fee, "hours_a_week": hours,
        "hour_cost": hour_cost, "average_order": average_order, "margin": margin,
    }  # fmt: skip
    workspace, today = Workspace(home_folder()), moment(now).date()
    found = expectations_of(
        workspace, firm, today, stated={k: v for k, v in stated.items() if v is not None},
        hopes=_hopes(hope or []), seed=seed,
        pooled=None if pooled is None else pooled_from(read_text(pooled, "a network's pooled counts"), str(pooled)),
        network=None if network is None else _shown(workspace, network, firm, today),
    )  # fmt: skip
    emit({"firm": firm, **found.to_json()}, as_json, lambda: _show(found))


def _shown(workspace: Workspace, network: str, firm: str, today: date) -> tuple[str, list[Cell | Withheld]]:
    from fondaco.workflows.benchmarks import compare
    from fondaco.workflows.expectations import TELLING
    from fondaco.workflows.networks import read_network

    held = read_network(workspace, network)
    return held.name, [each.shown for each in compare(workspace, held, firm, TELLING, (), today)]


def _hopes(said: list[str]) -> dict[str, float]:
    held = {}
    for each in said:
        name, _, value = each.partition("=")
        try:
            held[name.strip()] = float(value)
        except ValueError:
            raise InputError(
                f"--hope says {each[:60]!r}: write a name and a number, such as first_orders=20."
            ) from None
    return held


def _show(found: Expected) -> None:
    rows = [[name.replace("_", " "), *_told(each)] for name, each in found.measures.items()]
    table(f"In {found.asked.months:g} months", ["what", "middle", "half of courses", "nine in ten"], rows, right=(1,))  # fmt: skip
    print(f"No order at all in {found.none_ordered:.0%} of courses, no lasting tie in {found.no_tie:.0%}.")
    if found.money_out is not None:
        pays = "" if found.pays is None else f"; covered in {found.pays:.0%} of courses"
        print(f"Money out: {found.money_out:,.0f}{pays}.")
    for hope in found.hopes:
        print(printable(f"- {hope.says}"))
    for said in (*found.unknown, *(f"{name}: {words}" for name, words in found.basis.items())):
        print(printable(f"? {said}"))
    from fondaco.readiness.expectations import settings

    print(settings()["benchmark"]["says"])


def _told(each: Range) -> list[str]:
    return [
        "—" if each.wide.estimate is None else f"{each.wide.estimate:,.1f}", _ends(each.half), _ends(each.wide) or each.wide.why,
    ]  # fmt: skip


def _ends(told: Estimate) -> str:
    if told.low is None:
        return ""
    return f"{told.low:,.1f} to {told.high:,.1f}" if told.high is not None else f"from {told.low:,.1f} on"


@app.command()
def staffing(
    firm: str = FirmOption,
    a_week: float = typer.Option(None, "--a-week", help="Inquiries a week; the ledger's when left out."),
    buyer: list[str] = typer.Option(None, "--buyers", help="A country of buyers, such as KR; again for more."),
    handling: float = typer.Option(30, "--minutes", help="Minutes that a reply takes on average."),
    limit: float = typer.Option(24, "--within", help="Hours within which an answer is in time."),
    hours: str = typer.Option(None, "--open", help="When the firm works: 'Mon-Fri 09:00-13:00 14:00-18:00'."),
    zone: str = typer.Option("", "--zone", help="The firm's time zone, where its country has several."),
    weekly: float = typer.Option(None, "--hours", help="Hours a week now; the profile's when left out."),
    part_time: float = typer.Option(20, "--part-time", help="Hours a week of one more person."),
    template: float = typer.Option(None, "--with-template", help="Minutes that a reply takes with templates."),
    partner: str = typer.Option(None, "--partner-open", help="When an outsourced partner answers."),
    hour_cost: float = typer.Option(None, "--hour-cost", help="What an hour costs."),
    partner_fee: float = typer.Option(None, "--partner-fee", help="What a partner costs a month."),
    coordinator: float = typer.Option(0, "--coordinator", help="Hours a week of whoever accompanies the partner."),
    seed: int = SeedOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:  # fmt: skip
    """Show the hours needed so that 95 % of inquiries are answered in time, and what changes would make of it."""
    from fondaco.reference import countries
    from fondaco.workflows.staffing import Wanted, staffing_of

    usual = Wanted()
    wanted = Wanted(
        a_week=a_week, buyers=tuple(countries.from_code(each) for each in buyer or ()), handling=handling / 60, limit=limit,
        hours=hours or usual.hours, zone=zone, hours_a_week=weekly, part_time=part_time,
        template=None if template is None else template / 60, partner_hours=partner or usual.partner_hours,
        hour_cost=hour_cost, partner_fee=partner_fee, coordinator_hours=coordinator, seed=seed,
    )  # fmt: skip
    found = staffing_of(Workspace(home_folder()), firm, moment(now).date(), wanted)
    emit(found.to_json(), as_json, lambda: _show_staffing(found))


def _show_staffing(found: Staffing) -> None:
    needs = found.needed.hours
    if needs.estimate is None:
        print(printable(needs.why))
    else:
        high = "more" if needs.high is None else f"{needs.high:g}"
        print(f"Needed: {needs.estimate:g} hours a week ({needs.low:g} to {high}), {found.needed.full_time} of a full-time person.")  # fmt: skip
    rows = [] if found.now is None else [["as it is now", *_served(found.now)]]
    rows += [[each.what, *_served(each.served)] for each in found.changes]
    table("", ["with", "answered in time", "first reply in time", "mean wait, hours"], rows, right=(3,))
    for cost in found.costs:
        print(f"{cost.way}: {cost.money:,.0f} a month, {cost.own_hours:.0f} hours of the firm's own people")
    if found.full_time_cost is not None:
        print(f"The hours needed cost {found.full_time_cost:,.0f} a year: put it in the budget before deciding.")  # fmt: skip
    for words in found.rests_on:
        print(printable(f"? {words}"))


def _served(each: Served) -> list[str]:
    def share(told: Estimate) -> str:
        return told.why if told.estimate is None else f"{told.estimate:.0%} ({told.low:.0%} to {told.high:.0%})"  # fmt: skip

    return [share(each.in_time), share(each.first_in_time), "—" if each.wait is None else f"{each.wait:.1f}"]
