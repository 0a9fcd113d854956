"""The conditions of a market: demand, currency, tariffs, distance, people, freight, holidays ahead.

Facts about the world come from `fondaco.reference` and from trade data that the user loaded; freight is
what the firm itself charged.  What is not loaded is said to be absent, never taken for zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from ibis import _

from fondaco.markets import sums
from fondaco.markets.dossier.knowledge import NOTHING, Evidence, Statement
from fondaco.markets.periods import months_before
from fondaco.markets.potential import MarketPotential
from fondaco.numerics import Estimate, unknown, volatility
from fondaco.reference import countries, geography
from fondaco.reference.currencies import PEGS, currency_of_market
from fondaco.reference.geography import Fact
from fondaco.reference.groups import EU
from fondaco.reference.public_holidays import Holiday, holidays_ahead
from fondaco.reference.rates import Missing, Rate, Rates

#: Months of an exchange rate that are looked at, and shown.
RATE_MONTHS, SHOWN_MONTHS = 12, 24

#: Between these no customs duty is levied (Treaty on the Functioning of the EU, articles 28 to 30): the members
#: of 2026, and Monaco, which is in their customs territory.
CUSTOMS_UNION = frozenset((*EU, "MCO"))


@dataclass(frozen=True)
class Demand:
    """What trade data say of one market.

    Attributes
    ----------
    found
        The market's totals over the products asked for.
    currency
        Of its values, which are sums a year.
    products
        HS codes asked for; all that the firm's country exports where empty.
    years, sources
        What it rests on.
    """

    found: MarketPotential
    currency: str
    products: tuple[str, ...]
    years: tuple[int, ...]
    sources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values, with what they rest on."""
        return {
            "known": True,
            **self.found.to_json(),
            "currency": self.currency,
            "goods": list(self.products),
            "years": list(self.years),
            "sources": list(self.sources),
        }


@dataclass(frozen=True)
class Exchange:
    """How the market's currency moved against the firm's over the last twelve months.

    Attributes
    ----------
    currency, against
        The market's and the firm's.
    through
        The anchor, where the market's currency is tied to one that the ECB quotes; else None.
    rate
        Units of the firm's currency for one of the market's, at the last quotation.
    change
        Of that rate over twelve months, as a share: above zero the market's currency gained, and goods
        priced in the firm's currency became cheaper there.
    low, high
        Of the rate in these months.
    volatility
        Annualised, of daily logarithmic returns.
    months
        Mean rate by month, oldest first.
    why
        Where there is no rate, or nothing to say of one: the reason.
    """

    currency: str | None
    against: str
    through: str | None = None
    rate: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    volatility: Estimate = unknown("")  # noqa: RUF009  # it is a frozen value
    months: tuple[tuple[str, float], ...] = ()
    quotations: Evidence = NOTHING
    why: str = ""

    @property
    def same(self) -> bool:
        """Whether both pay with one currency."""
        return self.currency == self.against

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "currency": self.currency,
            "against": self.against,
            "through": self.through,
            "rate": _significant(self.rate),
            "change": None if self.change is None else round(self.change, 4),
            "low": _significant(self.low),
            "high": _significant(self.high),
            "volatility": self.volatility.to_json(),
            "months": [{"month": month, "rate": _significant(rate)} for month, rate in self.months],
            "day": self.quotations.newest.isoformat() if self.quotations.newest else None,
            "quotations": self.quotations.count,
            "why": self.why,
        }


@dataclass(frozen=True)
class Freight:
    """What buyers in the market were charged for shipping, as a share of the value of goods.

    Attributes
    ----------
    orders
        Orders with a shipping charge.
    share
        Median of shipping over goods of these orders, in the order's own currency.
    """

    orders: Evidence
    share: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {"orders": self.orders.count, "share_of_goods": self.share.to_json()}


@dataclass(frozen=True)
class Conditions:
    """All that is known of a market's conditions.

    Attributes
    ----------
    demand
        None where no trade data are loaded.
    tariff
        A share of the goods' value; None where none is loaded.
    distance_km
        From the firm's home market.
    holidays
        Of the next 60 days; None where the country's are not known.
    """

    market: str
    home: str
    demand: Demand | None
    tariff: float | None
    exchange: Exchange
    distance_km: float | None
    languages: tuple[str, ...]
    shares_language: bool
    shares_border: bool
    population: Fact | None
    gdp_usd: Fact | None
    internet_users_share: Fact | None
    logistics: Fact | None
    freight: Freight
    holidays: tuple[Holiday, ...] | None

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "demand": self._demand(),
            "tariff": {"known": True, "rate": self.tariff, "within_customs_union": self.within_union}
            if self.tariff is not None
            else _ABSENT_TARIFF,
            "exchange_rate": self.exchange.to_json(),
            "distance_km": None if self.distance_km is None else round(self.distance_km),
            "languages": list(self.languages),
            "shares_language": self.shares_language,
            "shares_border": self.shares_border,
            "population": _fact(self.population),
            "gdp_usd": _fact(self.gdp_usd),
            "internet_users_share": _fact(self.internet_users_share),
            "logistics_index": _fact(self.logistics),
            "freight": self.freight.to_json(),
            "holidays_ahead": None
            if self.holidays is None
            else [{"day": each.day.isoformat(), "name": each.name} for each in self.holidays],
        }

    @property
    def within_union(self) -> bool:
        """Whether both countries are in the customs union of the EU, within which no duty is levied."""
        return {self.home, self.market} <= CUSTOMS_UNION

    def _demand(self) -> dict[str, Any]:
        if self.demand is None:
            return {"known": False, "why": "No trade data of this market are loaded."}
        return self.demand.to_json()

    def evidence(self) -> dict[str, Evidence]:
        """Return what stands behind each topic of `fondaco.markets.dossier.knowledge`."""
        place = (self.distance_km is not None) + bool(self.languages)
        people = sum(each is not None for each in (self.population, self.gdp_usd, self.internet_users_share))
        # Two that pay with one currency need no quotation: nothing moves between them.
        quoted = Evidence(60) if self.exchange.same else self.exchange.quotations
        return {
            "demand": NOTHING
            if self.demand is None
            else Evidence(len(self.demand.years), date(max(self.demand.years), 12, 31)),
            "tariffs": NOTHING if self.tariff is None else Evidence(1),
            "exchange rate": quoted,
            "place": Evidence(place),
            "people and income": Evidence(people),
            "holidays": NOTHING if self.holidays is None else Evidence(1),
            "freight": self.freight.orders,
        }

    def why(self) -> dict[str, str]:
        """Return better words for what is not known, by topic."""
        return {"exchange rate": self.exchange.why} if self.exchange.why and not self.exchange.same else {}

    def statements(self) -> tuple[Statement, ...]:
        """Return what is said of the conditions, each as fact, inference or example."""
        return tuple(_statements(self))


_ABSENT_TARIFF: Mapping[str, Any] = {"known": False, "why": "No tariff is loaded for this market."}


def conditions_of(
    market: str,
    *,
    home: str,
    currency: str,
    today: date,
    orders: ir.Table | None = None,
    rates: Rates | None = None,
    demand: Demand | None = None,
    tariff: float | None = None,
) -> Conditions:
    """Describe the conditions of one market.

    Parameters
    ----------
    market, home
        Alpha-3 codes of the market and of the firm's home.
    currency
        The firm's reporting currency.
    today
        The day from which holidays are ahead and before which rates count.
    orders
        Current view of the ledger's orders, for what shipping cost.
    rates
        The ECB's history.
    demand, tariff
        What trade data say; None where they are not loaded.
    """
    return Conditions(
        market=market,
        home=home,
        demand=demand,
        tariff=0.0 if {home, market} <= CUSTOMS_UNION else tariff,
        exchange=exchange_of(market, currency, today, rates),
        distance_km=geography.distance_km(home, market),
        languages=geography.languages(market),
        shares_language=geography.share_language(home, market),
        shares_border=home in geography.neighbours(market),
        population=geography.population(market),
        gdp_usd=geography.gdp_usd(market),
        internet_users_share=geography.internet_users_share(market),
        logistics=geography.logistics(market),
        freight=_freight(orders, market),
        holidays=holidays_ahead(market, today),
    )


def exchange_of(market: str, currency: str, today: date, rates: Rates | None) -> Exchange:
    """Say how the currency of a market moved against `currency` in the twelve months before `today`.

    A currency that the ECB does not quote but that is tied to one it does moves as that anchor does.
    The months end with the last day the rates know, where that is earlier than `today`.
    """
    paid = currency_of_market(market)
    if paid is None:
        return Exchange(None, currency, why="no currency of its own is on record")
    if paid == currency:
        return Exchange(paid, currency, rate=1.0, why=f"Both pay in {currency}: nothing moves between them.")
    if rates is None:
        return Exchange(paid, currency, why="no exchange rates are loaded")
    anchor, units = PEGS.get(paid, (paid, 1.0))
    through = None if anchor == paid else anchor
    end = min(today, rates.last_day)
    if anchor == currency:
        tied = f"{paid} is tied to {currency} at {units:g}: it moves only if the tie does."
        return Exchange(
            paid, currency, through, 1 / units, 0.0, 1 / units, 1 / units,
            Estimate(0.0, why=tied), (), Evidence(60), tied,
        )  # fmt: skip
    found = rates.rate(anchor, currency, end)
    if isinstance(found, Missing):
        return Exchange(paid, currency, through, why=f"no rate of its currency: {found.reason.rstrip('.')}")
    days, values = rates.history(anchor, currency, months_before(end, SHOWN_MONTHS), end)
    start = months_before(end, RATE_MONTHS)
    held = values[days >= np.datetime64(start)] / units
    if not len(held):
        return Exchange(paid, currency, through, why=f"its currency {paid} was not quoted in these months")
    earlier = rates.rate(anchor, currency, start)
    change = found.rate / earlier.rate - 1 if isinstance(earlier, Rate) else None
    newest = date.fromisoformat(str(days[-1]))
    fixed = float(held.max()) == float(held.min())
    return Exchange(
        paid,
        currency,
        through,
        found.rate / units,
        change,
        float(held.min()),
        float(held.max()),
        volatility(held.tolist()),
        _monthly(days, values / units),
        Evidence(len(held), newest),
        f"{paid} is fixed against {currency}." if fixed else "",
    )


def _monthly(days: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> tuple[tuple[str, float], ...]:
    months = days.astype("datetime64[M]")
    return tuple((str(month), float(values[months == month].mean())) for month in np.unique(months))


def _freight(orders: ir.Table | None, market: str) -> Freight:
    if orders is None:
        return Freight(NOTHING, unknown("No order is known."))
    here = orders.filter((orders.country == market) & orders.kind.isin(["sale", "shipping"]))
    by_order = here.group_by("platform", "marketplace", "order", "currency").aggregate(
        goods=_.amount.sum(where=_.kind == "sale"),
        on_lines=_.shipping.sum(),
        of_its_own=_.amount.sum(where=_.kind == "shipping"),
        day=_.day.max(),
    )
    charged = by_order.mutate(
        charge=ibis.coalesce(by_order.on_lines, 0).cast("float64")
        + ibis.coalesce(by_order.of_its_own, 0).cast("float64")
    )
    kept = charged.filter((charged.charge > 0) & (charged.goods > 0))
    shares = kept.mutate(share=kept.charge / kept.goods.cast("float64"))
    newest = sums.rows(shares.aggregate(newest=_.day.max()))[0]["newest"]
    n, found = sums.quantiles(shares, "share", [0.5])
    return Freight(Evidence(n, newest), found[0.5] if n else unknown("No order states a shipping charge."))


def _statements(held: Conditions) -> list[Statement]:
    said = []
    name, home = countries.name(held.market), countries.name(held.home)
    if held.distance_km is not None and held.market != held.home:
        text = f"{held.distance_km:,.0f} km from {home}"
        text += ", a common border" if held.shares_border else ""
        text += ", a common language" if held.shares_language else ", no common language"
        said.append(Statement(f"{text}.", "fact", "largest cities; CLDR's languages"))
    for fact, unit, words in (
        (held.population, 1e6, "{:,.1f} million people"),
        (held.gdp_usd, 1e9, "a gross domestic product of {:,.0f} billion USD"),
        (held.internet_users_share, 1, "{:.0%} of its people use the Internet"),
    ):
        if fact is not None:
            year = f" ({fact.year})" if fact.year else ""
            said.append(Statement(f"{name}: {words.format(fact.value / unit)}{year}.", "fact", fact.source))
    if held.within_union and held.market != held.home:
        said.append(
            Statement("No customs duty: both are in the EU's customs union.", "fact", "TFEU, articles 28-30")
        )
    elif held.tariff is not None:
        said.append(Statement(f"Customs duty of {held.tariff:.1%} on these goods.", "fact", "tariffs loaded"))
    said += _exchange_statements(held.exchange)
    if held.demand is not None:
        said += _demand_statements(held.demand, name, home)
    freight = held.freight.share
    if freight.estimate is not None:
        said.append(
            Statement(
                f"Shipping was charged at {freight.estimate:.0%} of the goods' value "
                f"({freight.low:.0%} to {freight.high:.0%}), the median of {held.freight.orders.count:,} orders.",
                "inference",
                "the firm's own orders",
            )
        )
    if held.holidays:
        days = ", ".join(f"{each.day} {each.name}" for each in held.holidays)
        said.append(
            Statement(f"Public holidays in the next 60 days: {days}.", "fact", "the package holidays")
        )
    elif held.holidays is not None:
        said.append(Statement("No public holiday in the next 60 days.", "fact", "the package holidays"))
    return said


def _demand_statements(held: Demand, name: str, home: str) -> list[Statement]:
    found, first, last = held.found, held.years[0], held.years[-1]
    goods = "HS " + ", ".join(held.products[:5]) if held.products else f"the goods that {home} exports"
    basis = f"{', '.join(held.sources[:3])}, {first} to {last}"
    said = [
        Statement(
            f"{name} imports {found.demand:,.0f} {held.currency} of {goods} a year, {found.actual:,.0f} of it from {home}.",
            "fact",
            basis,
        )
    ]
    growth = found.growth
    if growth.estimate is not None and growth.low is not None and growth.high is not None:
        said.append(
            Statement(
                f"That demand grows by {growth.estimate:+.1%} a year ({growth.low:+.1%} to {growth.high:+.1%}); "
                f"{found.stability.word}.",
                "inference",
                basis,
            )
        )
    if found.potential is not None:
        said.append(
            Statement(
                f"{home} could sell {found.potential:,.0f} {held.currency} there a year by the export potential indicator.",
                "inference",
                basis,
            )
        )
    return said


def _exchange_statements(held: Exchange) -> list[Statement]:
    if held.rate is None or held.same or not held.months:
        return [Statement(_sentence(held.why), "fact", "the ECB's history")] if held.why else []
    tied = f" (as its anchor {held.through})" if held.through else ""
    moved = ""
    if held.change is not None:
        verb = "gained" if held.change > 0 else "lost" if held.change < 0 else "did not move"
        moved = (
            f"{verb} {abs(held.change):.1%} against {held.against} in twelve months"
            if held.change
            else f"{verb} against {held.against} in twelve months"
        )
    text = f"{held.currency}{tied} {moved or f'is quoted against {held.against}'}"
    said = [Statement(f"{text}.", "fact", f"ECB reference rates to {held.quotations.newest}")]
    if held.volatility.estimate is not None and held.volatility.low is not None:
        said.append(
            Statement(
                f"It moves by about {held.volatility.estimate:.1%} a year "
                f"({held.volatility.low:.1%} to {held.volatility.high:.1%}, annualised volatility).",
                "inference",
                f"{held.quotations.count:,} daily quotations",
            )
        )
    return said


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _significant(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _fact(fact: Fact | None) -> dict[str, Any] | None:
    return None if fact is None else {"value": fact.value, "year": fact.year, "source": fact.source}
