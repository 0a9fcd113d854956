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
    Over the last twelve months of advertising.  A term *brings orders* from three of them on; it *only
    costs* where none came although at the firm's own rate of orders per spend over all terms three or
    more were to be expected (none at all then has a probability of at most e^-3 = 5 %, Poisson);
    anything else is *too early to tell*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
from ibis import _
from scipy import stats

from fondaco.markets import sums
from fondaco.markets.dossier.knowledge import Statement
from fondaco.markets.dossier.wording import WordCount, common_words, language_of
from fondaco.markets.money import money, ratio, total
from fondaco.markets.periods import year_until
from fondaco.markets.scorecard import MarketRow
from fondaco.numerics import Estimate, share, unknown
from fondaco.reference import geography
from fondaco.reference.rates import Rates

#: How many products, buyers, terms and words a page lists.
LISTED = 10
#: Texts that are looked at for words and languages: the newest of each kind.
MOST_TEXTS = 5000
#: Orders from which a term counts as bringing orders, and that must be expected before it counts as not.
FEWEST_ORDERS = 3
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


Verdict = Literal["brings orders", "only costs", "too early to tell"]


@dataclass(frozen=True)
class Term:
    """A search term (or the keyword, where no term is stated) in one market.

    Attributes
    ----------
    spend, sales
        In the firm's currency at the day's rate.
    conversion
        Orders per click: Jeffreys' interval of a share (Beta).
    cost_per_order
        Spend per order: interval from the Gamma(orders + 1/2, spend) posterior of orders per spend.
    expected
        Orders to be expected for that spend at the firm's rate over all terms.
    """

    term: str
    clicks: int
    spend: Decimal
    orders: int
    sales: Decimal
    conversion: Estimate
    cost_per_order: Estimate
    expected: float
    verdict: Verdict

    def to_json(self) -> dict[str, Any]:
        """Return the term as JSON values."""
        return {
            "term": self.term,
            "clicks": self.clicks,
            "spend": money(self.spend.quantize(Decimal("0.01"))),
            "orders": self.orders,
            "sales": money(self.sales.quantize(Decimal("0.01"))),
            "conversion": self.conversion.to_json(),
            "cost_per_order": self.cost_per_order.to_json(2),
            "expected_orders": round(self.expected, 2),
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class Terms:
    """What search terms cost and bring in one market.

    Attributes
    ----------
    since, until
        The time looked at; None without advertising.
    without_rate
        Rows left out because their currency had no rate on the day.
    """

    terms: tuple[Term, ...] = ()
    since: date | None = None
    until: date | None = None
    without_rate: int = 0
    why: str = "No report of search terms has been imported for this market."

    def with_verdict(self, verdict: Verdict) -> tuple[Term, ...]:
        """Return the terms of one verdict, the dearest first."""
        return tuple(each for each in self.terms if each.verdict == verdict)

    def to_json(self) -> dict[str, Any]:
        """Return the largest terms by verdict as JSON values, and how many there are."""
        verdicts: tuple[Verdict, ...] = ("brings orders", "only costs", "too early to tell")
        if not self.terms:
            return {"known": False, "why": self.why}
        return {
            "known": True,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "without_rate": self.without_rate,
            **{
                name.replace(" ", "_"): [each.to_json() for each in self.with_verdict(name)[:LISTED]]
                for name in verdicts
            },
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
        return tuple(_statements(self, row, currency))


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


# --- search terms -------------------------------------------------------------------------------------


def search_terms(
    ads: ir.Table | None, market: str, *, currency: str, rates: Rates | None = None, level: float = 0.9
) -> Terms:
    """Say which search terms bring orders in a market and which only cost; the module has the rule."""
    if ads is None:
        return Terms()
    known = sums.rows(ads.aggregate(until=ibis.coalesce(ads.until, ads.day).max()))[0]["until"]
    if known is None:
        return Terms()
    span = year_until(known)
    lines = ads.filter(ads.day.between(span.first, span.last))
    paid, without_rate = converted(lines, currency, span.first, span.last, rates)
    named = paid.mutate(text=ibis.coalesce(paid.term.nullif(""), paid.keyword.nullif("")))
    overall = sums.rows(named.aggregate(spend=_.paid.sum(), orders=_.orders.sum()))[0]
    spent = float(overall["spend"] or 0)
    rate = (overall["orders"] or 0) / spent if spent > 0 else 0.0
    here = named.filter((named.country == market) & named.text.notnull())
    found = sums.rows(
        here.group_by("text")
        .aggregate(clicks=_.clicks.sum(), spend=_.paid.sum(), orders=_.orders.sum(), sales=_.sold.sum())
        .order_by(ibis.desc("spend"), "text")
    )
    terms = tuple(_term(r, rate, level) for r in found)
    return Terms(terms, span.first, span.last, without_rate) if terms else Terms()


def converted(
    lines: ir.Table, currency: str, first: date, last: date, rates: Rates | None
) -> tuple[ir.Table, int]:
    """Add ``paid`` and ``sold`` in the firm's currency; lines without a rate are counted and left out."""
    codes = [r["currency"] for r in sums.rows(lines.select("currency").distinct())]
    if all(code == currency for code in codes):
        return lines.mutate(paid=lines.spend.cast("float64"), sold=lines.sales.cast("float64")), 0
    if rates is None:
        mine = lines.filter(lines.currency == currency)
        left_out = sums.rows(lines.filter(lines.currency != currency).aggregate(n=_.count()))[0]["n"]
        return mine.mutate(paid=mine.spend.cast("float64"), sold=mine.sales.cast("float64")), left_out
    table = ibis.memtable(rates.table(codes, currency, first, last)).rename(code="currency", on="day")
    joined = lines.left_join(table, (lines.currency == table.code) & (lines.day == table.on))
    left_out = sums.rows(joined.filter(joined.rate.isnull()).aggregate(n=_.count()))[0]["n"]
    kept = joined.filter(joined.rate.notnull())
    return kept.mutate(
        paid=kept.spend.cast("float64") * kept.rate, sold=kept.sales.cast("float64") * kept.rate
    ), left_out


def _term(row: sums.Row, rate: float, level: float) -> Term:
    clicks, orders = int(row["clicks"] or 0), int(row["orders"] or 0)
    spend = Decimal(str(round(float(row["spend"] or 0), 4)))
    expected = float(spend) * rate
    verdict: Verdict = "too early to tell"
    if orders >= FEWEST_ORDERS:
        verdict = "brings orders"
    elif orders == 0 and expected >= FEWEST_ORDERS:
        verdict = "only costs"
    return Term(
        row["text"],
        clicks,
        spend,
        orders,
        Decimal(str(round(float(row["sales"] or 0), 4))),
        # One click may bring two orders: the share of clicks is then all of them.
        share(min(orders, clicks), clicks, level=level) if clicks else unknown("No click was counted."),
        cost_per_order(spend, orders, level=level),
        expected,
        verdict,
    )


def cost_per_order(spend: Decimal, orders: int, *, level: float = 0.9) -> Estimate:
    """Estimate what an order costs, from what was spent and the orders that came.

    Orders are Poisson in the money spent; with Jeffreys' prior their rate is Gamma(orders + 1/2, spend), and the
    ends of the interval are the inverse of that rate's.

    Examples
    --------
    >>> cost_per_order(Decimal("60.00"), 6).to_json(2)
    {'estimate': 10.0, 'low': 5.37, 'high': 20.37, 'level': 0.9}
    >>> cost_per_order(Decimal("60.00"), 0).why
    'No order came; at least 44.35 an order (90 %).'
    """
    if spend <= 0:
        return unknown("Nothing was spent.")
    tail = (1 - level) / 2
    if orders == 0:
        least = float(spend) / float(stats.gamma.ppf(level, 0.5))
        # One-sided: with probability `level` orders cost more than that.
        return unknown(f"No order came; at least {least:.2f} an order ({level:.0%}).".replace("%", " %"))
    low, high = float(spend) / stats.gamma.ppf([1 - tail, tail], orders + 0.5)
    return Estimate(float(spend) / orders, float(low), float(high), level)


# --- in words ------------------------------------------------------------------------------------------


def _statements(held: Customers, row: MarketRow, currency: str) -> list[Statement]:
    said = []
    if row.orders:
        orders = f"{row.orders:,} order{'' if row.orders == 1 else 's'}"
        buyers = (
            f"from {row.buyers:,} buyer{'' if row.buyers == 1 else 's'}"
            if row.buyers
            else "and no buyer named"
        )
        said.append(Statement(f"{orders} {buyers}.", "fact", "orders"))
    who = held.who
    if who.firms_stated:
        said.append(Statement(f"{who.firms_stated:,} buyers state a company.", "fact", "orders"))
    firms = who.firms_share
    if (who.firms_inferred or who.consumers_inferred) and firms.estimate is not None:
        said.append(
            Statement(
                f"About {firms.estimate:.0%} of the buyers are firms ({firms.low:.0%} to {firms.high:.0%}), "
                f"told by their names and by the platform they buy on.",
                "inference",
                f"{who.firms_stated + who.firms_inferred + who.consumers_inferred:,} buyers",
            )
        )
    middle = held.sizes.quartiles.get(0.5)
    if middle is not None and middle.estimate is not None:
        said.append(
            Statement(
                f"Half of the orders are above {middle.estimate:,.2f} {currency} "
                f"({middle.low:,.2f} to {middle.high:,.2f}).",
                "inference",
                f"{held.sizes.orders:,} orders",
            )
        )
    if held.gap_days.estimate is not None:
        said.append(
            Statement(
                f"Who comes back does so after about {held.gap_days.estimate:,.0f} days "
                f"({held.gap_days.low:,.0f} to {held.gap_days.high:,.0f}).",
                "inference",
                "buyers with orders on two days or more",
            )
        )
    if held.asked.count:
        answered = share(held.asked.answered, held.asked.count)
        said.append(
            Statement(
                f"{held.asked.count:,} inquiries, {answered.estimate or 0:.0%} of them answered.",
                "fact",
                "inquiries",
            )
        )
    if held.languages_inferred:
        written = list(held.languages_inferred.items())[:4]
        spoken = ", ".join(f"{geography.language_name(code)} {n:,}" for code, n in written)
        said.append(
            Statement(f"Inquiries are written in: {spoken}.", "inference", "the words of the messages")
        )
    if held.reviewed.count and held.reviewed.stars is not None:
        said.append(
            Statement(
                f"{held.reviewed.count:,} reviews with {held.reviewed.stars:.1f} stars on average.",
                "fact",
                "reviews",
            )
        )
    for verdict, words in (("brings orders", "bring orders"), ("only costs", "only cost")):
        terms = held.terms.with_verdict(verdict)  # type: ignore[arg-type]
        if terms:
            named = ", ".join(f"“{each.term}”" for each in terms[:3])
            said.append(
                Statement(
                    f"{len(terms)} search term{'' if len(terms) == 1 else 's'} {words}: {named}.",
                    "inference",
                    f"advertising {held.terms.since} to {held.terms.until}",
                )
            )
    return said
