"""What a country is like from outside: where it lies, who its neighbours are, what is spoken there,
how many live there and what they make.

Distances are in kilometres along the great circle between the largest city of each country, which
is what gravity models of trade mean by a country's place.  Everything else carries the year it
holds for and who said so.  The data are ``data/geography.csv`` (sources in ``data/README.md``) and,
for languages, CLDR as Babel carries it.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "geography.csv"

#: Mean radius of the Earth in kilometres (IUGG).
EARTH = 6371.0088

_WORLD_BANK = "World Bank, World Development Indicators"
_FACTBOOK = "CIA, The World Factbook"
_LPI = "World Bank, Logistics Performance Index"


@dataclass(frozen=True)
class Fact:
    """A figure of a country: its value, the year it holds for (None: not stated) and who said so."""

    value: float
    year: int | None
    source: str


@dataclass(frozen=True)
class _Place:
    latitude: float | None
    longitude: float | None
    city: str
    neighbours: frozenset[str]
    population: Fact | None
    gdp_usd: Fact | None
    internet_users_share: Fact | None
    logistics: Fact | None


@cache
def _places() -> dict[str, _Place]:
    with _DATA.open(encoding="utf-8", newline="") as lines:
        return {row["market"]: _place(row) for row in csv.DictReader(lines)}


def _place(row: dict[str, str]) -> _Place:
    share = _fact(row["internet_percent"], row["internet_year"], _FACTBOOK)
    return _Place(
        float(row["latitude"]) if row["latitude"] else None,
        float(row["longitude"]) if row["longitude"] else None,
        row["city"],
        frozenset(row["neighbours"].split()),
        _fact(row["population"], row["population_year"], _WORLD_BANK),
        _fact(row["gdp_usd"], row["gdp_year"], _WORLD_BANK),
        None if share is None else Fact(share.value / 100, share.year, share.source),
        _fact(row["lpi_2018"], "2018", _LPI),
    )


def _fact(value: str, year: str, source: str) -> Fact | None:
    return Fact(float(value), int(year) if year else None, source) if value else None


def markets() -> tuple[str, ...]:
    """Return the alpha-3 codes of all countries and territories that something is known of, sorted."""
    return tuple(sorted(_places()))


def distance_km(one: str, other: str) -> float | None:
    """Return the distance between the largest cities of two countries, in kilometres.

    Parameters
    ----------
    one, other
        ISO 3166-1 alpha-3 codes.

    Returns
    -------
    float or None
        Great-circle distance by the haversine formula (Sinnott 1984); 0.0 from a country to
        itself; None where the place of either is not known.

    Examples
    --------
    >>> round(distance_km("ITA", "KOR"))
    8975
    >>> distance_km("ITA", "ATA") is None
    True
    """
    here, there = _places().get(one), _places().get(other)
    if here is None or there is None or here.latitude is None or there.latitude is None:
        return None
    if here.longitude is None or there.longitude is None:
        return None
    phi, theta = math.radians(here.latitude), math.radians(there.latitude)
    turn = math.radians(there.longitude - here.longitude)
    chord = math.sin((theta - phi) / 2) ** 2 + math.cos(phi) * math.cos(theta) * math.sin(turn / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, chord)))


def city(market: str) -> str | None:
    """Return the city that stands for a country in `distance_km`."""
    place = _places().get(market)
    return place.city or None if place else None


def neighbours(market: str) -> frozenset[str]:
    """Return the countries that share a land border with `market`.

    Examples
    --------
    >>> sorted(neighbours("PRT")), neighbours("JPN")
    (['ESP'], frozenset())
    """
    place = _places().get(market)
    return place.neighbours if place else frozenset()


@cache
def languages(market: str) -> tuple[str, ...]:
    """Return the official and working languages of a country, ISO 639 codes, the main one first.

    Examples
    --------
    >>> languages("KOR"), languages("BEL")
    (('ko',), ('nl', 'fr', 'de'))
    """
    from babel.languages import get_official_languages

    from fondaco.reference import countries

    if not countries.is_market(market):
        return ()
    found = get_official_languages(countries.alpha2(market), de_facto=True)
    return tuple(dict.fromkeys(str(language).split("_")[0] for language in found))


def language_name(code: str, locale: str = "en") -> str:
    """Return the name of a language, or its code where it has none.

    Examples
    --------
    >>> language_name("ko"), language_name("ko", "it"), language_name("qq")
    ('Korean', 'coreano', 'qq')
    """
    from babel import Locale

    return str(Locale.parse(locale).languages.get(code, code))


def share_language(one: str, other: str) -> bool:
    """Say whether two countries have an official or working language in common.

    Examples
    --------
    >>> share_language("ITA", "CHE"), share_language("ITA", "KOR")
    (True, False)
    """
    return bool(set(languages(one)) & set(languages(other)))


def population(market: str) -> Fact | None:
    """Return how many people live in a country."""
    place = _places().get(market)
    return place.population if place else None


def gdp_usd(market: str) -> Fact | None:
    """Return a country's gross domestic product, in current US dollars.

    Examples
    --------
    >>> gdp_usd("KOR").year, gdp_usd("TWN") is None
    (2023, True)
    """
    place = _places().get(market)
    return place.gdp_usd if place else None


def internet_users_share(market: str) -> Fact | None:
    """Return the share of people who use the Internet, from 0 to 1."""
    place = _places().get(market)
    return place.internet_users_share if place else None


def logistics(market: str) -> Fact | None:
    """Return the overall score of the Logistics Performance Index, from 1 (low) to 5."""
    place = _places().get(market)
    return place.logistics if place else None
