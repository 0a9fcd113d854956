"""The command that screens products: which can stand export, where, and after what work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import emit, moment, table
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.strategy.product import Score, Screened


@app.command()
def screen(
    firm: str = FirmOption,
    to: list[str] | None = typer.Option(
        None, "--to", help="A market; may be given again. The target markets if left out."
    ),
    now: str = typer.Option(None, "--now", help="The moment to judge by; the clock when left out."),
    as_json: bool = JsonFlag,
) -> None:
    """Say which products can stand export in which markets, why, and what would change it."""
    from fondaco.strategy.product import scores
    from fondaco.workflows.product import screened
    from fondaco.workflows.profile import profile_of

    workspace = Workspace(home_folder())
    found = screened(workspace, firm, moment(now).date(), to or ())
    scored = scores(found, profile_of(workspace, firm).thresholds)
    data = {
        "firm": firm,
        "screen": [each.to_json() for each in found],
        "scores": [score.to_json() for score in scored],
    }
    emit(data, as_json, lambda: _show(found, scored))


def _show(found: Sequence[Screened], scored: Sequence[Score]) -> None:
    if not found:
        print(
            "No product, or no target market: import orders, or state aims in the firm's profile, or say --to."
        )
        return
    table(
        "Which products can stand export",
        ["product", "market", "verdict", "price/kg", "freight", "asked, beyond", "offer", "why, or what comes first"],
        [[each.product.sku, countries.name(each.market), each.verdict,
          "" if each.per_kg is None else f"{each.per_kg:,.2f}",
          "" if each.freight_share is None else f"{each.freight_share:.0%}",
          f"{each.seen.asked.inquiries:,}, {'?' if each.seen.asked.beyond is None else each.seen.asked.beyond}",
          each.offer, " ".join(check.says for check in each.reasons)] for each in found],
        right=(3, 4, 5),
    )  # fmt: skip
    if not scored:
        return
    table(
        "Categories, each part from 0 to 1; weights are set, in no study",
        ["category", "market", "price level", "origin edge", "rules", "rivals", "score"],
        [[s.category, countries.name(s.market), *("?" if v is None else f"{v:.2f}" for v in s.parts.values()),
          f"{s.low:.2f}" if s.known else f"{s.low:.2f} to {s.high:.2f}"] for s in scored],
        right=(2, 3, 4, 5, 6),
    )  # fmt: skip
