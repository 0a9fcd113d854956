"""The dossier of a market, and a firm's blind spots: what the ledger, public data and people say, put together."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.markets import (
    BlindSpot,
    Demand,
    Dossier,
    Held,
    Note,
    blind_spots_over,
    held_of,
    market_dossier,
)
from fondaco.markets.dossier.competitors import Tagger
from fondaco.reference import countries
from fondaco.reference.rates import Rates
from fondaco.reference.regulations import MarketRules, rules_for
from fondaco.workflows.conclusions import key_of, remembering, scorecard_of
from fondaco.workflows.regulations import book_of, groups_of, known_tags, products_of
from fondaco.workflows.trade import potential_of


@functools.lru_cache(maxsize=4)
def _rates(home: Path, _changed: float) -> Rates:
    return Rates.load(home)


def rates_of(workspace: Workspace) -> Rates:
    """Return the workspace's exchange rates, read once for as long as nobody brings newer ones."""
    return rates_in(workspace.home)


def rates_in(home: Path) -> Rates:
    """Return the exchange rates of a workspace by its folder; see `rates_of`."""
    own = home / "rates"
    stamps = [path.stat().st_mtime for path in (own, *own.glob("*"))] if own.is_dir() else []
    return _rates(home, max(stamps, default=0.0))


def held_by(workspace: Workspace, firm: str, *, as_of: date | None = None) -> Held:
    """Return how many observations a firm's ledger holds of each market, and what is at stake there."""
    ledger = workspace.ledger(firm)
    card = scorecard_of(workspace, firm, as_of=as_of)
    names = ("inquiries", "reviews", "traffic", "ads", "listings")
    return remembering(
        key_of(workspace, ledger, "held", as_of),
        lambda: held_of(
            ledger.table("orders", as_of=as_of),
            card=card,
            **{name: ledger.table(name, as_of=as_of) for name in names},
        ),
    )


def demand_of(workspace: Workspace, firm: str) -> dict[str, Demand]:
    """Return what the workspace's trade files say of each market: of the HS codes in the firm's catalogue, or of
    all goods where it states none.  Nothing where there are no files, or none speaks of the firm's country.
    """
    codes = sorted({entry.hs[:6] for entry in workspace.ledger(firm).catalogue.entries if entry.hs})
    try:
        found = potential_of(workspace, firm, codes)
    except InputError:
        return {}
    if found is None:
        return {}
    return {
        market: Demand(one, found.currency or "", found.products, found.basis.years, found.basis.sources)
        for market, one in found.by_market().items()
    }


def rules_by_market(
    workspace: Workspace, firm: str, markets: Iterable[str], today: date
) -> dict[str, MarketRules]:
    """Return what is known of several markets' law for a firm's products."""
    known = known_tags(workspace)
    groups, book = groups_of(products_of(workspace, firm), known), book_of(workspace, firm)
    return {market: rules_for(market, groups, rules=book, today=today, known=known) for market in markets}


def tagger_of(workspace: Workspace, firm: str) -> Tagger:
    """Return what tells the tags of a title: those the firm's catalogue states, else those its words suggest."""
    known, catalogue = known_tags(workspace), workspace.ledger(firm).catalogue

    def tags_of(title: str) -> frozenset[str]:
        entry = catalogue.entry(None, title)
        if entry is not None and entry.tags:
            return frozenset(entry.tags)
        return frozenset(each.tag for each in known.suggest(title))

    return tags_of


def dossier_of(
    workspace: Workspace,
    firm: str,
    market: str,
    *,
    today: date,
    as_of: date | None = None,
    notes: Sequence[Note] | None = (),
) -> Dossier:
    """Return all that is known of one market; `market` in any spelling of a country.

    Parameters
    ----------
    today
        The day by which things are old; where `as_of` is given, that day takes its place.
    notes
        What people told of the market; None where they were not asked for.

    Raises
    ------
    InputError
        When the country is none.
    """
    code = countries.from_code(market)
    ledger = workspace.ledger(firm)
    day = as_of or today
    card = scorecard_of(workspace, firm, as_of=as_of)
    held = held_by(workspace, firm, as_of=as_of)
    demand = demand_of(workspace, firm).get(code)
    rules = rules_by_market(workspace, firm, [code], day)[code]
    rates = rates_of(workspace)
    names = ("inquiries", "reviews", "ads", "listings")

    def work_out() -> Dossier:
        with ledger.holding():
            return market_dossier(
                ledger.table("orders", as_of=as_of),
                code,
                card=card,
                held=held,
                today=day,
                rates=rates,
                demand=demand,
                rules=rules,
                notes=notes,
                tags_of=tagger_of(workspace, firm),
                **{name: ledger.table(name, as_of=as_of) for name in names},
            )

    asked = (code, str(day), str(notes), str(demand), str(rules), str(rates.last_day))
    return remembering((*key_of(workspace, ledger, "dossier", as_of), *asked), work_out)


def blind_spots_of(
    workspace: Workspace,
    firm: str,
    *,
    today: date,
    notes: Mapping[str, Sequence[Note]] | None = None,
    limit: int | None = None,
) -> tuple[BlindSpot, ...]:
    """Return what a firm does not know over all of its foreign markets, the costliest first.

    Parameters
    ----------
    notes
        What people told, by market.
    """
    ledger = workspace.ledger(firm)
    card, held = scorecard_of(workspace, firm), held_by(workspace, firm)
    demand = demand_of(workspace, firm)
    rules = rules_by_market(workspace, firm, held.markets, today)
    asked = (str(today), str(limit), str(notes), str(rules), str(sorted(demand.items())))
    return remembering(
        (*key_of(workspace, ledger, "blind spots", None), *asked),
        lambda: blind_spots_over(
            card,
            held,
            today,
            rates=rates_of(workspace),
            demand=demand,
            rules=rules,
            notes=notes,
            limit=limit,
        ),
    )
