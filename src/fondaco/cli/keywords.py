"""The command that says which keywords to keep, to stop and to try."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.expected import margin_from
from fondaco.cli.importing import FirmOption
from fondaco.cli.output import emit, table
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.strategy.promotion.keywords import Keyword, Keywords


@app.command()
def keywords(
    firm: str = FirmOption,
    market: str | None = typer.Option(None, "--market", help="One market only: KR, KOR or Korea."),
    margin: float | None = typer.Option(
        None,
        "--margin",
        help="Share of the price left before advertising, such as 0.35; else the profile's margin.",
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Say which keywords to keep, to stop and to try, per market, from what each click cost and brought."""
    from fondaco.workflows.promotion import advertising_for, keywords_of

    workspace = Workspace(home_folder())
    code = None if market is None else countries.from_code(market)
    checked = margin_from(margin)
    found = keywords_of(workspace, firm, margin=None if checked is None else Decimal(str(checked)))
    listed = [k for k in found.keywords if code in (None, k.seen.market)]
    span = advertising_for(workspace, firm).span
    data = {
        "firm": firm,
        "currency": workspace.firm(firm).currency,
        "since": span and span.first.isoformat(),
        "until": span and span.last.isoformat(),
        "margin": found.left,
        "prior_clicks": None if found.prior_clicks is None else round(found.prior_clicks, 1),
        "keywords": [k.to_json() for k in listed],
        "why": None if listed else "No search terms or keywords are in the ledger for this.",
        "basis": {"rule": "promotion/keywords", "notes": [n for n in (*found.notes, found.assumed) if n]},
    }
    emit(data, as_json, lambda: _show(found, listed))


def _show(found: Keywords, listed: list[Keyword]) -> None:
    for verdict in ("keep", "stop", "test"):
        rows = [k for k in listed if k.verdict == verdict]
        table(
            f"{verdict}: {len(rows)}",
            ["market", "platform", "term", "clicks", "spent", "orders", "rate", "per click", "why"],
            [
                [
                    k.seen.market, k.seen.platform, k.seen.term, f"{k.seen.clicks:,}", f"{k.seen.spend:,.2f}", k.seen.orders,
                    "" if k.rate.estimate is None else f"{k.rate.estimate:.2%}",
                    "" if k.contribution.estimate is None else f"{k.contribution.estimate:+.2f}", k.why,
                ]
                for k in rows[:30]
            ],
            right=(3, 4, 5, 6, 7),
        )  # fmt: skip
    for note in (*found.notes, *([found.assumed] if found.assumed else [])):
        print(f"- {note}")
