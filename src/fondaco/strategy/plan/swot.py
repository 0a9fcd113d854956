"""Strengths, weaknesses, opportunities and threats of a firm in a market, filled from facts.

Rule ``plan/swot``, page ``docs/rules/swot.md``.  A cell is a sentence with the number behind it, where that comes from, and
the page on which it can be looked up; without a number there is no cell.  What is inside the firm is a strength or
a weakness, what is outside an opportunity or a threat.  An estimate fills a cell only where its whole range lies on one
side.  What could not be told is listed apart, with why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, get_args

from fondaco.numerics.estimates import Estimate, unknown
from fondaco.reference import countries, geography
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import rule

Quadrant = Literal["strength", "weakness", "opportunity", "threat"]
QUADRANTS: tuple[Quadrant, ...] = get_args(Quadrant)
#: Names of the pages on which evidence stands, as the web calls them.
Page = Literal["market", "market_rules", "profile", "products", "platforms"]

RULE = "plan/swot"


@dataclass(frozen=True)
class Cell:
    """One entry.

    Attributes
    ----------
    says
        The sentence.
    number
        The figure that it rests on, with its range or its count, as text.
    source
        Where the figure comes from.
    page
        On which page it can be looked up.
    market
        ISO 3166-1 alpha-3; None where it is of the firm itself.
    """

    quadrant: Quadrant
    says: str
    number: str
    source: str
    page: Page
    market: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the cell as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Swot:
    """All cells, and what is not known."""

    cells: tuple[Cell, ...]
    unknown: tuple[str, ...]
    markets: tuple[str, ...] = ()

    def of(self, quadrant: Quadrant) -> tuple[Cell, ...]:
        """Return the cells of one quadrant."""
        return tuple(cell for cell in self.cells if cell.quadrant == quadrant)

    @property
    def quadrants(self) -> tuple[tuple[Quadrant, tuple[Cell, ...]], ...]:
        """The four quadrants in their usual order, each with its cells."""
        return tuple((quadrant, self.of(quadrant)) for quadrant in QUADRANTS)

    def sentences(self) -> dict[str, tuple[str, ...]]:
        """Return each quadrant's sentences with their numbers, as documents print them."""
        return {
            name: tuple(f"{c.says} ({c.number}; {c.source})" for c in held) for name, held in self.quadrants
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "markets": list(self.markets),
            **{name: [cell.to_json() for cell in held] for name, held in self.quadrants},
            "unknown": list(self.unknown),
            "basis": {"rule": RULE},
        }


@dataclass(frozen=True)
class MarketFacts:
    """What is known of a firm in one market; None, or an estimate that refuses, where it is not known.

    Attributes
    ----------
    repeat_share, growth
        Of buyers who came back, and of sales, from the ledger.
    orders, reviews
        How many; `reviews` is None where no reviews at all are in the ledger.
    top_buyer
        Share of the largest buyer.
    cheaper
        By own product: share of comparable offers that are cheaper.
    rating, own_rating
        Mean stars of rivals and of the firm.
    new_sellers
        Rivals seen for the first time lately.
    demand_growth
        Of the market's imports of such goods, a year.
    actual, unrealised
        Trade of the firm's country with it, and what is missing to its potential.
    exchange
        Change of the market's currency against the firm's in a year.
    tariff
        A share; `within_union` says that none is levied within a customs union.
    prohibited
        What may not be sold there: product, rule, source.
    missing
        Certificates, licences and registrations that are asked for and not held: kind, source.
    proven
        Quality proofs that hold and that a rule there speaks of: proof, source.
    coming
        Rules that change soon: what, from when.
    cost_shares
        By product: share of the landed cost that is freight, duty, tax and fees.
    platforms
        How many platforms fit, of how many looked at.
    """

    market: str
    repeat_share: Estimate = field(default_factory=lambda: unknown("Nothing has been sold here."))
    growth: Estimate = field(default_factory=lambda: unknown("Nothing has been sold here."))
    orders: int = 0
    reviews: int | None = None
    top_buyer: float | None = None
    cheaper: Mapping[str, Estimate] = field(default_factory=dict)
    rating: float | None = None
    own_rating: float | None = None
    new_sellers: tuple[str, ...] | None = None
    demand_growth: Estimate = field(
        default_factory=lambda: unknown("No trade data of this market are loaded.")
    )
    actual: float | None = None
    unrealised: float | None = None
    exchange: float | None = None
    exchange_why: str = ""
    tariff: float | None = None
    within_union: bool = False
    prohibited: tuple[tuple[str, str, str], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    proven: tuple[tuple[str, str], ...] = ()
    coming: tuple[tuple[str, str], ...] = ()
    rules_known: float | None = None
    cost_shares: Mapping[str, float] = field(default_factory=dict)
    platforms: tuple[int, int] | None = None


def swot(facts: Sequence[MarketFacts], profile: Profile) -> Swot:
    """Fill the four quadrants for some markets, and for the firm itself.

    Examples
    --------
    >>> found = swot([MarketFacts("KOR", exchange=-0.12)], Profile())
    >>> [(c.quadrant, c.number) for c in found.cells]
    [('threat', '-12% in a year')]
    """

    def limit(name: str) -> float:
        return float(rule(RULE).threshold(name, profile.thresholds).value)

    cells: list[Cell] = list(_firm(profile))
    gaps: list[str] = list(_firm_gaps(profile))
    for each in facts:
        for part in (_buyers, _price, _law, _demand, _border, _others_there, _language):
            cells += part(each, profile, limit)
        gaps += _gaps(each)
    return Swot(tuple(cells), tuple(dict.fromkeys(gaps)), tuple(each.market for each in facts))


Limit = Callable[[str], float]


def _firm(profile: Profile) -> Iterator[Cell]:
    """What the firm states of itself holds in every market."""
    stated = "the firm's profile"
    for name, skill in (
        ("e-commerce", profile.people.ecommerce_skill),
        ("digital marketing", profile.people.marketing_skill),
        ("foreign trade", profile.people.trade_experience),
    ):
        if skill == "high":
            yield Cell("strength", f"The firm is skilled in {name}.", "high, as stated", stated, "profile")
        elif skill == "none":
            yield Cell("weakness", f"The firm has no skill in {name}.", "none, as stated", stated, "profile")
    hours = profile.people.export_hours_per_week
    if hours is not None and hours < 5:
        yield Cell("weakness", "There are few hours for export.", f"{hours:f} a week", stated, "profile")
    if profile.supporter is not None and profile.supporter.does:
        says = f"{profile.supporter.name} stands behind the firm."
        yield Cell(
            "strength",
            says,
            f"{len(profile.supporter.does)} services: {', '.join(profile.supporter.does)}",
            stated,
            "profile",
        )


def _firm_gaps(profile: Profile) -> Iterator[str]:
    people = profile.people
    if None in (people.ecommerce_skill, people.marketing_skill, people.trade_experience):
        yield "Some of the firm's skills are not stated in its profile."
    if people.export_hours_per_week is None:
        yield "Hours for export are not stated in the profile."


def _buyers(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    market, name, ledger = facts.market, countries.name(facts.market), "the firm's ledger"
    share = facts.repeat_share
    if share.low is not None and share.low >= limit("repeat_share"):
        yield Cell("strength", f"Buyers in {name} come back.", _percents(share), ledger, "market", market)
    if facts.top_buyer is not None and facts.top_buyer >= limit("one_buyer"):
        says = f"Sales in {name} hang on one buyer."
        yield Cell("weakness", says, f"{facts.top_buyer:.0%} of revenue", ledger, "market", market)
    if facts.reviews is not None and facts.reviews < limit("few_reviews"):
        says = f"The brand is little known in {name}."
        yield Cell(
            "weakness", says, f"{facts.reviews} reviews, {facts.orders} orders", ledger, "market", market
        )
    if facts.rating is not None and facts.own_rating is not None:
        gap = facts.own_rating - facts.rating
        number = f"{facts.own_rating:.1f} stars, rivals {facts.rating:.1f}"
        if gap >= limit("rating_gap"):
            yield Cell(
                "strength",
                f"Buyers in {name} rate the firm above its rivals.",
                number,
                "listings and reviews",
                "market",
                market,
            )
        elif gap <= -limit("rating_gap"):
            yield Cell(
                "weakness",
                f"Buyers in {name} rate the firm below its rivals.",
                number,
                "listings and reviews",
                "market",
                market,
            )
    if facts.growth.low is not None and facts.growth.low > 0:
        yield Cell("opportunity", f"Sales in {name} grow.", _percents(facts.growth), ledger, "market", market)
    if facts.growth.high is not None and facts.growth.high < 0:
        yield Cell("threat", f"Sales in {name} fall.", _percents(facts.growth), ledger, "market", market)


def _price(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    market, name, edge = facts.market, countries.name(facts.market), limit("cheaper_share")
    for product, cheaper in facts.cheaper.items():
        if cheaper.high is not None and cheaper.high <= edge:
            says = f"{product} is cheaper in {name} than most comparable offers."
            yield Cell("strength", says, f"{_percents(cheaper)} are cheaper", "listings", "market", market)
        elif cheaper.low is not None and cheaper.low >= 1 - edge:
            says = f"{product} is dearer in {name} than most comparable offers."
            yield Cell("weakness", says, f"{_percents(cheaper)} are cheaper", "listings", "market", market)
    for product, share in facts.cost_shares.items():
        if share > limit("cost_share"):
            says = f"The price of {product} is low beside what it takes to bring it to {name}."
            yield Cell(
                "weakness",
                says,
                f"{share:.0%} of the landed cost",
                "landed cost of the product",
                "products",
                market,
            )


def _law(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    market, name = facts.market, countries.name(facts.market)
    for product, says, source in facts.prohibited:
        yield Cell("threat", f"{product} may not be sold in {name}.", says, source, "market_rules", market)
    for kind, source in facts.missing:
        says = f"{name} asks for a {kind} that the firm does not state to hold."
        yield Cell("weakness", says, f"1 rule ({kind})", source, "market_rules", market)
    for proof, source in facts.proven:
        yield Cell(
            "strength", f"{proof} counts in {name}.", "1 proof that holds", source, "market_rules", market
        )
    for what, when in facts.coming:
        yield Cell(
            "threat",
            f"A rule of {name} changes: {what}",
            when,
            "laws and regulations",
            "market_rules",
            market,
        )
    held = sorted(profile.holds(market))
    if held:
        says = f"The firm is registered in {name}."
        yield Cell(
            "strength", says, f"{len(held)}: {', '.join(held)}", "the firm's profile", "profile", market
        )


def _demand(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    market, name, source = facts.market, countries.name(facts.market), "trade statistics"
    growth = facts.demand_growth
    if growth.low is not None and growth.low > 0:
        says = f"{name} imports more of such goods each year."
        yield Cell("opportunity", says, _percents(growth), source, "market", market)
    if growth.high is not None and growth.high < 0:
        says = f"{name} imports less of such goods each year."
        yield Cell("threat", says, _percents(growth), source, "market", market)
    if facts.unrealised and facts.actual is not None and facts.unrealised > facts.actual:
        says = f"More could be sold in {name} than the firm's country sells."
        number = f"{facts.unrealised:,.0f} a year missing, {facts.actual:,.0f} sold"
        yield Cell("opportunity", says, number, source, "market", market)


def _border(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    market, name = facts.market, countries.name(facts.market)
    if facts.exchange is not None and abs(facts.exchange) >= limit("exchange"):
        up = facts.exchange > 0
        says = f"The firm's goods became {'cheaper' if up else 'dearer'} in {name} by the exchange rate."
        number = f"{facts.exchange:+.0%} in a year"
        yield Cell("opportunity" if up else "threat", says, number, "ECB reference rates", "market", market)
    if facts.within_union or facts.tariff == 0:
        number, source = "0%", "tariffs of the trade data"
        if facts.within_union:
            number, source = "0% within the customs union", "membership"
        yield Cell("opportunity", f"No duty is levied into {name}.", number, source, "market", market)


def _others_there(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    market, name = facts.market, countries.name(facts.market)
    if facts.new_sellers:
        says = f"New rivals offer such goods in {name}."
        number = f"{len(facts.new_sellers)}: {', '.join(facts.new_sellers[:3])}"
        yield Cell("threat", says, number, "listings", "market", market)
    if facts.platforms is not None and facts.platforms[0] > 0:
        fit, looked = facts.platforms
        says = f"Platforms for {name} fit the firm."
        yield Cell("opportunity", says, f"{fit} of {looked}", "catalogue of platforms", "profile", market)


def _language(facts: MarketFacts, profile: Profile, limit: Limit) -> Iterator[Cell]:  # noqa: ARG001
    spoken, ours = geography.languages(facts.market), profile.people.languages
    if not spoken or not ours:
        return
    shared = [code for code in spoken if code in ours]
    name, source = countries.name(facts.market), "profile, and languages of CLDR"
    if shared:
        says = f"The firm speaks a language of {name}."
        yield Cell("strength", says, f"1 or more: {', '.join(shared)}", source, "profile", facts.market)
    else:
        says = f"The firm speaks no language of {name}."
        yield Cell("weakness", says, f"0 of {', '.join(spoken[:3])}", source, "profile", facts.market)


def _gaps(facts: MarketFacts) -> Iterator[str]:
    name = countries.name(facts.market)
    for what, held in (
        ("growth of sales", facts.growth),
        ("buyers who come back", facts.repeat_share),
        ("growth of demand", facts.demand_growth),
    ):
        if held.estimate is None:
            yield f"{name}, {what}: {held.why}"
    if not facts.cheaper:
        yield f"{name}, price beside rivals: no comparable offers are in the ledger."
    if facts.exchange is None and facts.exchange_why:
        yield f"{name}, exchange rate: {facts.exchange_why}"
    if facts.rules_known is None:
        yield f"{name}, law: no product of the firm has a tag or HS code, so that no rule can be found."
    elif facts.rules_known < 1:
        yield f"{name}, law: {1 - facts.rules_known:.0%} of what one would want to know of rules is not stated."
    if facts.reviews is None:
        yield f"{name}, brand: no reviews are in the ledger."
    if facts.platforms is None:
        yield f"{name}, platforms: which fit is not worked out."
    if not facts.cost_shares:
        yield f"{name}, price beside freight and duty: no landed cost is worked out."


def _percents(held: Estimate) -> str:
    assert held.estimate is not None
    if held.low is None or held.high is None:
        return f"{held.estimate:.0%}"
    return f"{held.estimate:.0%}, {held.low:.0%} to {held.high:.0%}"


def cost_shares(prices: Sequence[Mapping[str, Any]], market: str) -> dict[str, float]:
    """Return shares of landed cost by product, from the rows that the plan's price part tells.

    >>> cost_shares([{"sku": "W-1", "market": "KOR", "cost_share": "0.61"}, {"sku": "W-2", "market": "KOR"}], "KOR")
    {'W-1': 0.61}
    """
    found = {}
    for row in prices:
        share = row.get("cost_share")
        if row.get("market") == market and isinstance(share, str | int | float | Decimal):
            found[str(row.get("sku") or "a product")] = float(share)
    return found
