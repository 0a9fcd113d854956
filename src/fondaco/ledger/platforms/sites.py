"""The sites of marketplaces: which market each serves, and in which currency it settles."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from fondaco.ledger.platforms.cells import Cell, Expression


@dataclass(frozen=True)
class Site:
    """A site: its address, its market (ISO 3166-1 alpha-3) and its currency (ISO 4217)."""

    name: str
    market: str
    currency: str


@lru_cache(maxsize=1)
def _sites() -> dict[str, Site]:
    text = resources.files(__package__).joinpath("sites.toml").read_text(encoding="utf-8")
    return {
        name: Site(name[0].upper() + name[1:], market, currency)
        for sites in tomllib.loads(text).values()
        for name, (market, currency) in sites.items()
    }


def site_of(said: str | None) -> Site | None:
    """Return the site that is called so; None where it is not known.

    Examples
    --------
    >>> site_of("amazon.de")
    Site(name='Amazon.de', market='DEU', currency='EUR')
    >>> site_of("the market hall") is None
    True
    """
    return _sites().get((said or "").strip().casefold().removeprefix("www."))


def _looked_up(column: str, attribute: str) -> Expression:
    cases = " ".join(f"WHEN '{name}' THEN '{getattr(site, attribute)}'" for name, site in _sites().items())
    return lambda cell: f"CASE lower({cell(column)}) {cases} END" if cell(column) != "NULL" else "NULL"


def market_of_site(column: str) -> Expression:
    """Return the market of the site that a column names."""
    return _looked_up(column, "market")


def currency_of_site(column: str) -> Expression:
    """Return the currency of the site that a column names."""
    return _looked_up(column, "currency")


def name_of_site(column: str) -> Expression:
    """Return the site's name as other reports of the platform write it: ``amazon.de`` is ``Amazon.de``."""

    def sql(cell: Cell) -> str:
        said = cell(column)
        return (
            said
            if said == "NULL"
            else f"CASE WHEN lower({said}) LIKE 'amazon.%' THEN 'A' || lower({said})[2:] ELSE {said} END"
        )

    return sql
