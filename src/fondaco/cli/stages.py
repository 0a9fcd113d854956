"""The commands that say who buys and how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, table
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.numerics import Estimate
    from fondaco.relationships.stage import Step

_SHOWN = 60


@app.command()
def buyers(firm: str = FirmOption, now: str = NowOption, as_json: bool = JsonFlag) -> None:
    """Show the buyers: every name of each, how far it is and since when, whether it still buys, and orders expected."""
    from fondaco.workflows.stages import stages_of

    found = stages_of(Workspace(home_folder()), firm, moment(now).date())

    def show() -> None:
        rows = [
            [
                "; ".join(b.names[:3]),
                b.seen.market,
                b.seen.stage,
                str(b.seen.since),
                _told(b.alive),
                _told(b.expected),
            ]
            for b in found.buyers[:_SHOWN]
        ]
        table("", ["buyer", "market", "stage", "since", "still buys", "orders in a year"], rows, right=(4, 5))
        if len(found.buyers) > _SHOWN:
            print(f"... and {len(found.buyers) - _SHOWN:,} more: --json prints all.")

    emit(found.buyers_json(), as_json, show)


@app.command()
def funnel(firm: str = FirmOption, now: str = NowOption, as_json: bool = JsonFlag) -> None:
    """Show how many buyers are at each stage, and how many move on: in all, by market and by platform."""
    from fondaco.workflows.stages import stages_of

    found = stages_of(Workspace(home_folder()), firm, moment(now).date(), forecast=False)

    def show() -> None:
        rows = [_row("all", step) for step in found.steps]
        rows += [_row(name, step) for name, steps in found.by_market.items() for step in steps[1:]]
        table(
            "", ["where", "stage", "there now", "came within 90 days", "within a year"], rows, right=(2, 3, 4)
        )
        print("\n".join(found.notes))

    emit(found.funnel_json(), as_json, show)


def _row(where: str, step: Step) -> list[str]:
    shares = [_told(step.moved[days], "%") if days in step.moved else "" for days in (90, 365)]
    return [where, step.stage, "not known" if step.now is None else f"{step.now:,}", *shares]


def _told(estimate: Estimate, form: str = "") -> str:
    if estimate.estimate is None:
        return ""
    spelt = ".0%" if form else ".2f"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.estimate:{spelt}}"
    return f"{estimate.estimate:{spelt}} ({estimate.low:{spelt}} to {estimate.high:{spelt}})"
