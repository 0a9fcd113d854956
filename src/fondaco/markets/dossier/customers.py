"""Who buys in a market: firms or consumers, how much, how often, in which words, by which search terms.

All from the firm's own files.  What a column states is a fact; what a rule of ours reads from names,
platforms or texts is marked as an inference.  Money is in the firm's reporting currency.

Firms and consumers
    A buyer whose orders state a company is a firm (fact).  One whose name ends in a form of company
    (GmbH, S.r.l., 주식회사 ...) is taken for a firm, and one without either on a platform that sells to
    consumers (`CONSUMER_PLATFORMS`) for a consumer (both inferences).  The rest is not told.
Segments of orders
    Small: below half of the firm's own median order over all markets; large: above twice that.
Search terms
    `fondaco.markets.dossier.search_terms`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
from ibis import _

from fondaco.kernel.words import many
from fondaco.markets import sums
from fondaco.markets.dossier.knowledge import Statement
from fondaco.markets.dossier.search_terms import Terms, Verdict, search_terms
from fondaco.markets.dossier.wording import WordCount, common_words, language_of
from fondaco.markets.money import money, ratio, total
from fondaco.markets.scorecard import MarketRow
from fondaco.numerics import Estimate, share, unknown
from fondaco.reference import geography
from fondaco.reference.rates import Rates

#: How many products, buyers and words a page lists.
LISTED = 10
#: Texts that are looked at for words and languages: the newest of each kind.
MOST_TEXTS = 5000
#: Platforms where nearly all buyers are private persons.
CONSUMER_PLATFORMS = ("amazon", "ebay", "etsy")

#: Forms of company at the end of a name (any language), or anywhere in it where no blanks are written.
_COMPANY = (
    r"(?i)[ ,.](gmbh|mbh|ag|kg|ohg|ug|e\.?k\.?|ltd|limited|plc|llc|llp|inc|corp|corporation|company|co|s\.?r\.?l\.?s?|"
    r"s\.?p\.?a|s\.?n\.?c|s\.?a\.?s|s\.?a\.?r\.?l|s\.?a|s\.?l|b\.?v|n\.?v|aps|a/s|oy|oyj|ab|as|lda|s\.?r\.?o|d\.?o\.?o|"
    r"sp\. z o\.?o|kft|pty|pte|trading|import|imports|export|wholesale|stores?)\.?$"
    r"|株式会社|有限会社|合同会社|주식회사|\(주\)|㈜|유한회사|有限公司|商会|商事"
)


@dataclass(frozen=True)
class Product:
    """A product in one market: net revenue, net units and the orders that hold it.

    Attributes
    ----------
    share
        Of the market's net revenue; None where that is not above zero.
    """

    sku: str | None
    product: str | None
    net_revenue: Decimal
    units: Decimal
    orders: int
    share: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the product as JSON values."""
        return {
            "sku": self.sku,
            "product": self.product,
            "net_revenue": money(self.net_revenue),
            "units": float(self.units),
            "orders": self.orders,
            "share": None if self.share is None else round(self.share, 4),
        }


@dataclass(frozen=True)
class Buyer:
    """A large buyer: the platform's mark for it, never a name, and its share of the market."""

    platform: str
    buyer: str
    share: float
    days: int

    def to_json(self) -> dict[str, Any]:
        """Return the buyer as JSON values."""
        return {
            "platform": self.platform,
            "buyer": self.buyer,
            "share": round(self.share, 4),
            "days_with_orders": self.days,
        }


@dataclass(frozen=True)
class Who:
    """How many buyers are firms and how many consumers, and how that is known.

    Attributes
    ----------
    firms_stated
        Their orders state a company.
    firms_inferred, consumers_inferred
        Taken for one or the other by the rule in the module.
    not_told
        Neither.
    """

    firms_stated: int = 0
    firms_inferred: int = 0
    consumers_inferred: int = 0
    not_told: int = 0

    @property
    def firms_share(self) -> Estimate:
        """Firms among the buyers of whom something is told."""
        firms = self.firms_stated + self.firms_inferred
        told = firms + self.consumers_inferred
        return share(firms, told) if told else unknown("Nothing tells whether buyers are firms or consumers.")

    def to_json(self) -> dict[str, Any]:
        """Return the counts and the share as JSON values."""
        return {**vars(self), "firms_share": self.firms_share.to_json()}


@dataclass(frozen=True)
class Segment:
    """Orders of one size."""

    name: Literal["small", "usual", "large"]
    orders: int
    net_revenue: Decimal

    def to_json(self) -> dict[str, Any]:
        """Return the segment as JSON values."""
        return {"segment": self.name, "orders": self.orders, "net_revenue": money(self.net_revenue)}


@dataclass(frozen=True)
class Sizes:
    """How large orders are: quartiles of their net value, and segments around the firm's own median."""

    orders: int
    quartiles: Mapping[float, Estimate]
    firm_median: Decimal | None
    segments: tuple[Segment, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the sizes as JSON values."""
        return {
            "orders": self.orders,
            "quartiles": {f"p{round(100 * p)}": e.to_json(2) for p, e in self.quartiles.items()},
            "firm_median": None if self.firm_median is None else money(self.firm_median),
            "segments": [each.to_json() for each in self.segments],
        }


@dataclass(frozen=True)
class Asked:
    """Inquiries: how many of each kind, answered or not, what for and how much of it."""

    count: int = 0
    kinds: Mapping[str, int] | None = None
    answered: int = 0
    products: tuple[tuple[str, int], ...] = ()
    quantity: Estimate = unknown("No inquiry states a quantity.")  # noqa: RUF009  # it is a frozen value
    newest: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "count": self.count,
            "kinds": dict(self.kinds or {}),
            "answered": share(self.answered, self.count).to_json(),
            "products": [{"product": name, "inquiries": n} for name, n in self.products],
            "quantity": self.quantity.to_json(1),
        }


@dataclass(frozen=True)
class Reviewed:
    """Reviews: how many, and the mean of their stars."""

    count: int = 0
    stars: float | None = None
    newest: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {"count": self.count, "stars": None if self.stars is None else round(self.stars, 2)}


@dataclass(frozen=True)
class Customers:
    """All that the firm's files say of the customers of one market.

    Attributes
    ----------
    gap_days
        Median days between orders of buyers who came back; who may yet come back is not in it.
    languages
        Texts by language: as reviews state it (facts) and as inquiries are read (inferences).
    """

    products: tuple[Product, ...]
    buyers: tuple[Buyer, ...]
    who: Who
    sizes: Sizes
    gap_days: Estimate
    asked: Asked
    reviewed: Reviewed
    languages_stated: Mapping[str, int]
    languages_inferred: Mapping[str, int]
    inquiry_words: tuple[WordCount, ...]
    review_words: tuple[WordCount, ...]
    terms: Terms

    def to_json(self) -> dict[str, Any]:
        """Return everything but products (they stand apart) as JSON values."""
        return {
            "top_buyers": [buyer.to_json() for buyer in self.buyers],
            "who": self.who.to_json(),
            "order_sizes": self.sizes.to_json(),
            "days_between_orders": self.gap_days.to_json(1),
            "inquiries": self.asked.to_json(),
            "reviews": self.reviewed.to_json(),
            "languages": {
                "stated": dict(self.languages_stated),
                "inferred": dict(self.languages_inferred),
            },
            "words": {
                "inquiries": [each.to_json() for each in self.inquiry_words],
                "reviews": [each.to_json() for each in self.review_words],
            },
            "search_terms": self.terms.to_json(),
        }

    def statements(self, row: MarketRow, currency: str) -> tuple[Statement, ...]:
        """Return what is said of the customers, each as fact, inference or example."""
        return tuple(
            chain(
                _said_of_buyers(self, row),
                _said_of_orders(self, currency),
                _said_of_messages(self),
                _said_of_terms(self.terms),
            )
        )


def customers_of(
    orders: ir.Table,
    market: str,
    *,
    row: MarketRow,
    currency: str,
    inquiries: ir.Table | None = None,
    reviews: ir.Table | None = None,
    ads: ir.Table | None = None,
    rates: Rates | None = None,
) -> Customers:
    """Describe the customers of one market.

    Parameters
    ----------
    orders, inquiries, reviews, ads
        Current views of the ledger's tables, of all markets, on DuckDB or Spark.
    market
        Its alpha-3 code.
    row
        Its row of the scorecard.
    currency
        The firm's reporting currency.
    rates
        To convert what advertising cost; without them only what is in `currency` counts.
    """
    here = orders.filter(orders.country == market)
    with sums.hold(sums.deals(orders, {})) as deals:
        sizes = _sizes(deals, market)
        buyers, gaps = _buyers(deals.filter(deals.market == market))
    asked, messages = _asked(inquiries, market)
    reviewed, stated, texts = _reviewed(reviews, market)
    return Customers(
        products=_products(here, row.net_revenue),
        buyers=buyers,
        who=_who(here),
        sizes=sizes,
        gap_days=gaps,
        asked=asked,
        reviewed=reviewed,
        languages_stated=stated,
        languages_inferred=_languages(messages),
        inquiry_words=common_words(messages),
        review_words=common_words(texts),
        terms=search_terms(ads, market, currency=currency, rates=rates),
    )


def _products(here: ir.Table, net: Decimal) -> tuple[Product, ...]:
    goods = sums.goods(here)
    found = sums.rows(
        goods.group_by(article=ibis.coalesce(goods.sku, goods["product"]))
        .aggregate(
            sku=goods.sku.max(),
            product=goods["product"].max(),
            value=goods.value.sum(),
            units=goods.quantity.sum(),
            orders=_order_mark(goods).nunique(where=sums.sold(goods)),
        )
        .order_by(ibis.desc("value"), "article")
        .limit(LISTED)
    )
    return tuple(
        Product(
            r["sku"], r["product"], total([r["value"]]), total([r["units"]]), r["orders"],
            ratio(total([r["value"]]), net),
        )
        for r in found
    )  # fmt: skip


def _order_mark(goods: ir.Table) -> ir.StringValue:
    """Return one text per (platform, marketplace, order)."""
    site = goods.marketplace.fill_null("")
    return goods.platform.concat("\n", site, "\n", goods.order)


def _buyers(here: ir.Table) -> tuple[tuple[Buyer, ...], Estimate]:
    """Return the largest buyers, and the median of the mean days between orders of those who came back."""
    named = here.filter(here.buyer.notnull())
    by_buyer = named.group_by("platform", "buyer").aggregate(
        net=_.net.sum(), days=_.day.nunique(), first=_.day.min(), last=_.day.max()
    )
    positive = by_buyer.filter(_.net > 0)
    bought = sums.rows(positive.aggregate(net=_.net.sum()))[0]["net"]
    first = sums.rows(positive.order_by(ibis.desc("net"), "platform", "buyer").limit(LISTED))
    again = by_buyer.filter(_.days > 1)
    gaps = again.select(gap=again["last"].delta(again["first"], unit="day") / (again.days - 1))
    n, found = sums.quantiles(gaps, "gap", [0.5])
    median = found[0.5]
    if median.estimate is None:
        few = f"{n} buyer{'' if n == 1 else 's'} came back; at least 5 are needed to say after how long."
        median = unknown(few)
    return tuple(Buyer(r["platform"], r["buyer"], float(r["net"] / bought), r["days"]) for r in first), median


def _who(here: ir.Table) -> Who:
    goods = sums.goods(here)
    sold = goods.filter(goods.buyer.notnull() & sums.sold(goods))
    by_buyer = sold.group_by("platform", "buyer").aggregate(
        company=_.buyer_company.max(), name=ibis.coalesce(_.buyer_name, _.buyer).max()
    )
    told = by_buyer.mutate(
        kind=ibis.cases(
            (by_buyer.company.fill_null("").strip() != "", "firms_stated"),
            (by_buyer.name.re_search(_COMPANY), "firms_inferred"),
            (by_buyer.platform.isin(CONSUMER_PLATFORMS), "consumers_inferred"),
            else_="not_told",
        )
    )
    return Who(**{r["kind"]: r["n"] for r in sums.rows(told.group_by("kind").aggregate(n=_.count()))})


def _sizes(deals: ir.Table, market: str) -> Sizes:
    ordered = deals.filter(deals.day.notnull() & deals.net.notnull() & (deals.net > 0))
    count = int(sums.rows(ordered.aggregate(n=_.count()))[0]["n"])
    place = (count + 1) // 2
    median = sums.ordered_values(ordered, "net", [place]).get(place) if count else None
    here = ordered.filter(ordered.market == market)
    n, quartiles = sums.quantiles(here, "net")
    if median is None:
        return Sizes(n, quartiles, None, ())
    bounds = {"small": here.net * 2 < median, "large": here.net > median * 2}
    bounds["usual"] = ~bounds["small"] & ~bounds["large"]
    found = sums.rows(
        here.aggregate(
            **{f"n_{name}": here.net.count(where=held) for name, held in bounds.items()},
            **{f"net_{name}": here.net.sum(where=held) for name, held in bounds.items()},
        )
    )[0]
    names: tuple[Literal["small", "usual", "large"], ...] = ("small", "usual", "large")
    segments = tuple(Segment(name, found[f"n_{name}"], total([found[f"net_{name}"]])) for name in names)
    return Sizes(n, quartiles, total([median]), segments)


def _asked(inquiries: ir.Table | None, market: str) -> tuple[Asked, list[str]]:
    if inquiries is None:
        return Asked(), []
    here = inquiries.filter(inquiries.country == market)
    found = sums.rows(here.aggregate(n=_.count(), answered=here.answered_at.count(), newest=here.day.max()))[
        0
    ]
    if not found["n"]:
        return Asked(), []
    kinds = sums.rows(here.group_by(kind=here.kind.fill_null("inquiry")).aggregate(n=_.count()))
    products = sums.rows(
        here.filter(here["product"].notnull())
        .group_by("product")
        .aggregate(n=_.count())
        .order_by(ibis.desc("n"), "product")
        .limit(LISTED)
    )
    n, quantity = sums.quantiles(here, "quantity", [0.5])
    messages = sums.rows(
        here.filter(here.message.notnull()).order_by(ibis.desc("at")).limit(MOST_TEXTS).select(text=_.message)
    )
    return (
        Asked(
            found["n"],
            {r["kind"]: r["n"] for r in sorted(kinds, key=lambda r: (-r["n"], r["kind"]))},
            found["answered"],
            tuple((r["product"], r["n"]) for r in products),
            quantity[0.5] if n else Asked.quantity,
            found["newest"],
        ),
        [r["text"] for r in messages],
    )


def _reviewed(reviews: ir.Table | None, market: str) -> tuple[Reviewed, Mapping[str, int], list[str]]:
    if reviews is None:
        return Reviewed(), {}, []
    # Reviews of competitors' goods are of the market too, but the stars are told of the firm's own.
    here = reviews.filter((reviews.country == market) & reviews.own.fill_null(True))
    found = sums.rows(here.aggregate(n=_.count(), stars=here.rating.mean(), newest=here.day.max()))[0]
    if not found["n"]:
        return Reviewed(), {}, []
    stated = sums.rows(here.filter(here.language.notnull()).group_by("language").aggregate(n=_.count()))
    texts = sums.rows(
        here.order_by(ibis.desc("day")).limit(MOST_TEXTS).select(title=here.title, text=here.body)
    )
    return (
        Reviewed(found["n"], None if found["stars"] is None else float(found["stars"]), found["newest"]),
        {r["language"]: r["n"] for r in sorted(stated, key=lambda r: (-r["n"], r["language"]))},
        [f"{r['title'] or ''} {r['text'] or ''}" for r in texts],
    )


def _languages(texts: Sequence[str]) -> dict[str, int]:
    found = Counter(code for text in texts if (code := language_of(text)))
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


# --- in words ------------------------------------------------------------------------------------------


def _said_of_buyers(held: Customers, row: MarketRow) -> Iterator[Statement]:
    if row.orders:
        buyers = f"from {many(row.buyers, 'buyer')}" if row.buyers else "and no buyer named"
        yield Statement(f"{many(row.orders, 'order')} {buyers}.", "fact", "orders")
    who, firms = held.who, held.who.firms_share
    if who.firms_stated:
        yield Statement(f"{who.firms_stated:,} buyers state a company.", "fact", "orders")
    if (who.firms_inferred or who.consumers_inferred) and firms.estimate is not None:
        yield Statement(
            f"About {firms.estimate:.0%} of the buyers are firms ({firms.low:.0%} to {firms.high:.0%}), "
            f"told by their names and by the platform they buy on.",
            "inference",
            f"{who.firms_stated + who.firms_inferred + who.consumers_inferred:,} buyers",
        )


def _said_of_orders(held: Customers, currency: str) -> Iterator[Statement]:
    middle, gap = held.sizes.quartiles.get(0.5), held.gap_days
    if middle is not None and middle.estimate is not None:
        yield Statement(
            f"Half of the orders are above {middle.estimate:,.2f} {currency} "
            f"({middle.low:,.2f} to {middle.high:,.2f}).",
            "inference",
            f"{held.sizes.orders:,} orders",
        )
    if gap.estimate is not None:
        yield Statement(
            f"Who comes back does so after about {gap.estimate:,.0f} days ({gap.low:,.0f} to {gap.high:,.0f}).",
            "inference",
            "buyers with orders on two days or more",
        )


def _said_of_messages(held: Customers) -> Iterator[Statement]:
    asked, reviewed = held.asked, held.reviewed
    if asked.count:
        answered = share(asked.answered, asked.count).estimate or 0
        yield Statement(f"{asked.count:,} inquiries, {answered:.0%} of them answered.", "fact", "inquiries")
    if held.languages_inferred:
        written = list(held.languages_inferred.items())[:4]
        spoken = ", ".join(f"{geography.language_name(code)} {n:,}" for code, n in written)
        yield Statement(f"Inquiries are written in: {spoken}.", "inference", "the words of the messages")
    if reviewed.count and reviewed.stars is not None:
        told = f"{reviewed.count:,} reviews with {reviewed.stars:.1f} stars on average."
        yield Statement(told, "fact", "reviews")


def _said_of_terms(held: Terms) -> Iterator[Statement]:
    spoken: tuple[tuple[Verdict, str], ...] = (("brings orders", "bring orders"), ("only costs", "only cost"))
    for verdict, words in spoken:
        if terms := held.with_verdict(verdict):
            named = ", ".join(f"“{each.term}”" for each in terms[:3])
            yield Statement(
                f"{many(len(terms), 'search term')} {words}: {named}.",
                "inference",
                f"advertising {held.since} to {held.until}",
            )
