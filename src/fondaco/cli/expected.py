"""`fondaco markets --rank posterior`: what to expect of each market, with ranges and sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from fondaco.cli.output import emit, progress_bar, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.reference import countries

if TYPE_CHECKING:  # loading them takes a second, and `fondaco --help` needs none
    from fondaco.markets.ranking import RankingRow
    from fondaco.markets.scorecard import Scorecard
    from fondaco.numerics.estimates import Estimate

#: Markets in the table for people; JSON has all.
SHOWN = 25


def margin_from(margin: float | None) -> float | None:
    """Check a margin that was stated."""
    if margin is not None and not 0 < margin <= 1:
        raise InputError(f"--margin {margin} is no share: write 0.35 for 35 %.")
    return margin


def show_expected(
    workspace: Workspace,
    firm: str,
    card: Scorecard,
    data: dict[str, Any],
    *,
    margin: float | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Print the ranking beside what the scorecard says of each market."""
    from fondaco.workflows.ranking import ranking_of, rows_with_scorecard

    with progress_bar() as progress:
        progress("Ranking the markets", 0.2)
        found = ranking_of(workspace, firm, as_of=as_of, margin=margin_from(margin))
    data |= {**found.to_json(), "markets": rows_with_scorecard(found, card), "ranked_by": "posterior"}

    def show() -> None:
        table(
            f"What to expect of markets in a month, in {found.currency} (80% ranges)",
            ["#", "market", "inquiries", "orders", "contribution", "top 5", "own orders carry", "rests on"],
            [_line(row) for row in [*found.foreign[:SHOWN], *(r for r in found.rows if r.home)]],
            right=(0, 2, 3, 4, 5, 6),
        )
        if len(found.foreign) > SHOWN:
            print(f"... and {len(found.foreign) - SHOWN} more: --json lists all.")
        for note in found.basis.notes:
            print(f"- {note}")

    emit(data, as_json, show)


def _line(row: RankingRow) -> list[str]:
    return [
        "home" if row.home else str(row.rank),
        f"{countries.name(row.market)} {row.market}",
        _between(row.expected_inquiries, 1),
        _between(row.expected_orders, 1),
        _between(row.contribution, 0),
        "" if row.top5_probability is None else f"{row.top5_probability:.0%}",
        "" if row.rate is None else f"{row.weight:.0%}",
        row.rests_on["sentence"],
    ]


def _between(told: Estimate, digits: int) -> str:
    if told.estimate is None:
        return ""
    return f"{told.estimate:,.{digits}f} ({told.low:,.0f} to {told.high:,.0f})"
