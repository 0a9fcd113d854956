"""The command that compares platforms for a firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import emit, moment, table
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:  # loading it takes a while, and `fondaco --help` needs none
    from fondaco.strategy.platform import Comparison

_VERDICT = {"yes": "fits", "no": "no", "unknown": "not known"}


@app.command()
def platforms(
    firm: str = FirmOption,
    to: list[str] = typer.Option(
        None, "--to", help="A market: KR, KOR or Korea; may be given again. The target markets when left out."
    ),
    everything: bool = typer.Option(False, "--all", help="List also those that do not fit."),
    now: str = typer.Option(None, "--now", help="The moment to judge ages from; the clock when left out."),
    as_json: bool = JsonFlag,
) -> None:
    """Say which platforms fit a firm, which condition failed for the others, and how far it is from two channels."""
    from fondaco.workflows.platform import comparison_of

    found = comparison_of(Workspace(home_folder()), firm, moment(now).date(), to=to or ())
    emit({"firm": firm, **found.to_json()}, as_json, lambda: _show(found, everything))


def _show(found: Comparison, everything: bool) -> None:
    markets = ", ".join(market for market, _ in found.markets) or "no market"
    listed = [each for each in found.judged if everything or each.fits != "no"]
    shut = len(found.judged) - len(listed)
    table(
        f"Platforms for {markets}",
        ["platform", "kind", "verdict", "where", "what stands against it, or why it comes here"],
        [
            [
                each.platform.name,
                ", ".join(each.platform.kinds),
                _VERDICT[each.fits],
                " ".join(each.fitting),
                "; ".join(f"{c.name}: {c.found} (needed: {c.needed})" for c in each.unmet) or each.why,
            ]
            for each in listed
        ],
    )
    if shut:
        print(f"{shut} more do not fit; --all lists them with the condition that failed.")
    table(
        "Ways of selling",
        ["market", "way", "verdict", "what stands against it"],
        [
            [
                way.market,
                way.group,
                _VERDICT[way.fits],
                "; ".join(
                    f"{c.name}: {c.found}, needed {c.needed}" for c in way.conditions if c.state != "met"
                ),
            ]
            for way in found.ways
        ],
    )
    table(
        f"Two channels: {found.path.says}",
        ["milestone", "state", "found", "needed", "reached"],
        [
            [m.condition.name, m.condition.state, m.condition.found, m.condition.needed, str(m.reached or "")]
            for m in found.path.milestones
        ],
    )
    for check in found.checks:
        print(f"- {check.reason} {check.cure}".rstrip())
    for share in found.dependence:
        print(f"- {'Warning: ' if share.warns else ''}{share.why}")
    print(f"- {found.together.says}")
    for problem in found.problems:
        print(f"- {problem.reason} {problem.cure}")
    print("Reasons, not orders: the firm decides.")
