"""Unmet requests: what buyers ask for, market by market, and whether the firm has offered it since.

Counts of texts in the ledger, with examples that show no names.  What was offered is told as far as
files tell: an order line or an own listing whose title says it ("private label" in the product's
name), or a listed minimum that came down.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
from ibis import _

from fondaco.markets import sums
from fondaco.markets.signals.behind import Behind, Ref, behind, ref_of
from fondaco.markets.signals.leftovers import alike
from fondaco.markets.signals.requests import Lexicon, Request, fold, lexicon, redact
from fondaco.numerics import Estimate, share

#: Examples shown for each kind and market.
EXAMPLES = 3
GROUPS = 10


@dataclass(frozen=True)
class Example:
    """A sentence that asks, without names, and where it stands."""

    text: str
    day: date
    ref: Ref

    def to_json(self) -> dict[str, Any]:
        """Return the example as JSON values."""
        return {"text": self.text, "day": self.day.isoformat(), **self.ref.to_json()}


@dataclass(frozen=True)
class Offered:
    """What the ledger knows of offers that meet a request, since it was first made in the market.

    Attributes
    ----------
    orders
        Orders with a line whose title meets it, by platform.
    titles
        Up to three such titles, of order lines or own listings.
    listed
        Whether an own listing meets it.
    minimum
        For the smaller minimum: the lowest listed one before and now, where it came down.
    """

    orders: Mapping[str, int] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    listed: bool = False
    minimum: tuple[Decimal, Decimal] | None = None

    @property
    def any(self) -> bool:
        """Whether anything was offered."""
        return bool(self.orders) or self.listed or self.minimum is not None

    def to_json(self) -> dict[str, Any]:
        """Return the offers as JSON values."""
        return {
            "orders": dict(self.orders),
            "titles": list(self.titles),
            "listed": self.listed,
            "minimum": None if self.minimum is None else [f"{m.normalize():f}" for m in self.minimum],
        }


@dataclass(frozen=True)
class Asked:
    """One kind of request in one market.

    Attributes
    ----------
    market
        Alpha-3; None where the country is not known.
    texts
        Texts that ask for it.
    of_texts
        Texts of the market that were read.
    buyers
        Distinct buyers among those who are named.
    share
        texts / of_texts, Jeffreys' interval of level 0.9.
    """

    kind: str
    name: str
    market: str | None
    texts: int
    of_texts: int
    buyers: int
    share: Estimate
    first: date
    last: date
    examples: tuple[Example, ...]
    rows: Behind
    offered: Offered

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "kind": self.kind,
            "name": self.name,
            "market": self.market,
            "texts": self.texts,
            "of_texts": self.of_texts,
            "buyers": self.buyers,
            "share": self.share.to_json(),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "examples": [example.to_json() for example in self.examples],
            "offered": self.offered.to_json(),
            **self.rows.to_json(),
        }


@dataclass(frozen=True)
class Alike:
    """Texts that are alike and in which the lexicon found nothing."""

    label: tuple[str, ...]
    texts: int
    markets: Mapping[str, int]
    examples: tuple[Example, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the group as JSON values."""
        return {
            "label": list(self.label),
            "texts": self.texts,
            "markets": dict(self.markets),
            "examples": [example.to_json() for example in self.examples],
        }


@dataclass(frozen=True)
class Unmet:
    """All requests found.

    Attributes
    ----------
    asked
        By kind and market, the most frequent first.
    alike
        Groups of inquiries that hold none of the known requests.
    texts
        Texts that were read.
    lexicon
        Version of the lexicon.
    """

    asked: tuple[Asked, ...]
    alike: tuple[Alike, ...]
    texts: int
    lexicon: int

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "asked": [row.to_json() for row in self.asked],
            "alike": [group.to_json() for group in self.alike],
            "texts": self.texts,
            "lexicon": self.lexicon,
        }


@dataclass(frozen=True)
class _Text:
    market: str | None
    day: date
    said: str
    title: str
    buyer: str | None
    names: tuple[str | None, ...]
    ref: Ref
    inquiry: bool


def unmet_requests(
    inquiries: ir.Table,
    reviews: ir.Table,
    orders: ir.Table,
    listings: ir.Table,
    *,
    words: Lexicon | None = None,
) -> Unmet:
    """Find what buyers ask for in inquiries and in reviews of the firm's own products.

    Parameters
    ----------
    inquiries, reviews, orders, listings
        Current views of the ledger's tables.
    words
        The lexicon; the one that comes along by default.
    """
    words = words or lexicon()
    texts = sorted([*_inquiries(inquiries), *_reviews(reviews)], key=lambda text: (text.day, text.ref))
    offers = _offers(orders, listings, words)
    found = _found(texts, words, offers.titles)
    read = Counter(text.market for text in texts)
    by_kind: dict[tuple[str, str | None], list[tuple[_Text, Request]]] = defaultdict(list)
    for text, requests in zip(texts, found, strict=True):
        for request in requests:
            by_kind[request.kind, text.market].append((text, request))
    asked = [
        _asked(kind, words.names[kind], market, held, read[market], offers)
        for (kind, market), held in by_kind.items()
    ]
    left = [
        text
        for text, requests in zip(texts, found, strict=True)
        if not requests and text.inquiry and text.said
    ]
    return Unmet(
        tuple(sorted(asked, key=lambda row: (-row.texts, row.kind, row.market or ""))),
        _alike(left),
        len(texts),
        words.version,
    )


def _inquiries(table: ir.Table) -> list[_Text]:
    held = table.filter(table.message.notnull() | table["product"].notnull()).select(
        "country",
        "day",
        "message",
        "product",
        "buyer",
        "buyer_name",
        "buyer_company",
        "import",
        "file",
        "row",
    )
    return [
        _Text(
            r["country"], r["day"], r["message"] or "", r["product"] or "",
            r["buyer"] or r["buyer_name"], (r["buyer"], r["buyer_name"], r["buyer_company"]),
            ref_of("inquiries", r), inquiry=True,
        )
        for r in sums.rows(held)
    ]  # fmt: skip


def _reviews(table: ir.Table) -> list[_Text]:
    held = table.filter(table.body.notnull() & table.own.fill_null(True)).select(
        "country", "day", "title", "body", "buyer", "import", "file", "row"
    )
    return [
        _Text(
            r["country"], r["day"], ". ".join(filter(None, (r["title"], r["body"]))), "",
            r["buyer"], (r["buyer"],), ref_of("reviews", r), inquiry=False,
        )
        for r in sums.rows(held)
    ]  # fmt: skip


def _found(texts: Sequence[_Text], words: Lexicon, own: frozenset[str]) -> list[tuple[Request, ...]]:
    """Look each distinct text through once.

    What is asked for by a product's name counts too ("olive oil, private label"), unless it is a
    product of the firm; and a name repeated in the message is no request ("12 pcs of Clutch, embroidered").
    """
    known: dict[tuple[str, str], tuple[Request, ...]] = {}
    for text in texts:
        key = text.said, text.title
        if key not in known:
            said = text.said.replace(text.title, "…") if text.title else text.said
            found = {
                request.kind: replace(request, sentence=request.sentence.replace("…", text.title))
                for request in words.find(said)
            }
            strange = text.title and fold(text.title) not in own
            for kind in words.meets(text.title) if strange else ():
                found.setdefault(kind, Request(kind, "", "any", text.title))
            known[key] = tuple(found.values())
    return [known[text.said, text.title] for text in texts]


def _asked(
    kind: str,
    name: str,
    market: str | None,
    held: Sequence[tuple[_Text, Request]],
    of_texts: int,
    offers: _Offers,
) -> Asked:
    latest = list(reversed(held))
    examples: dict[str, Example] = {}
    for text, request in latest:
        said = redact(request.sentence, text.names)
        examples.setdefault(said, Example(said, text.day, text.ref))
        if len(examples) == EXAMPLES:
            break
    first = held[0][0].day
    return Asked(
        kind=kind,
        name=name,
        market=market,
        texts=len(held),
        of_texts=of_texts,
        buyers=len({text.buyer for text, _request in held if text.buyer}),
        share=share(len(held), of_texts),
        first=first,
        last=held[-1][0].day,
        examples=tuple(examples.values()),
        rows=behind(text.ref for text, _request in latest),
        offered=offers.since(kind, market, first),
    )


def _alike(left: Sequence[_Text]) -> tuple[Alike, ...]:
    """Put what the lexicon missed into groups; names are taken out before, so that no label shows one."""
    plain = [redact(text.said, text.names, longest=400) for text in left]
    found = []
    for group in alike(plain)[:GROUPS]:
        members = [left[place] for place in reversed(group.members)]
        shown: dict[str, Example] = {}
        for place in reversed(group.members):
            said = redact(plain[place])
            shown.setdefault(said, Example(said, left[place].day, left[place].ref))
            if len(shown) == EXAMPLES:
                break
        markets = Counter(text.market or "" for text in members)
        found.append(Alike(group.label, len(members), dict(markets.most_common()), tuple(shown.values())))
    return tuple(found)


# --- what was offered -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Offers:
    sold: Mapping[str, tuple[Mapping[str, Any], ...]]
    listed: Mapping[str, tuple[Mapping[str, Any], ...]]
    minimums: Mapping[str | None, tuple[tuple[date, Decimal], ...]]
    titles: frozenset[str]

    def since(self, kind: str, market: str | None, first: date) -> Offered:
        sold = [r for r in self.sold.get(kind, ()) if r["market"] == market and r["day"] >= first]
        listed = [r for r in self.listed.get(kind, ()) if r["market"] in (market, None)]
        orders = Counter[str]()
        for r in sold:
            orders[r["platform"]] += r["orders"]
        titles = dict.fromkeys(r["title"] for r in (*sold, *listed))
        lower = self._lower(market, first) if kind == "minimum" else None
        return Offered(dict(orders), tuple(titles)[:3], bool(listed), lower)

    def _lower(self, market: str | None, first: date) -> tuple[Decimal, Decimal] | None:
        days = self.minimums.get(market, ())
        before = [minimum for day, minimum in days if day <= first] or [m for _day, m in days[:1]]
        if not before or days[-1][1] >= before[-1]:
            return None
        return before[-1], days[-1][1]


def _offers(orders: ir.Table, listings: ir.Table, words: Lexicon) -> _Offers:
    goods = sums.goods(orders)
    goods = goods.filter(goods["product"].notnull() & sums.sold(goods))
    titles = [r["title"] for r in sums.rows(goods.select(title=goods["product"]).distinct())]
    meeting = {title: words.meets(title) for title in titles}
    wanted = [title for title, kinds in meeting.items() if kinds]
    sold: list[dict[str, Any]] = []
    if wanted:
        sold = sums.rows(
            goods.filter(goods["product"].isin(wanted))
            .group_by(title=_["product"], market=_.country, day=_.day, platform=_.platform)
            .aggregate(orders=_.order.nunique())
        )
    own = listings.filter(listings.own.fill_null(False) & listings["product"].notnull())
    listed = sums.rows(own.select(title=own["product"], market=own.country).distinct())
    lowest = sums.rows(
        own.filter(own.minimum.notnull()).group_by("country", "day").aggregate(minimum=_.minimum.min())
    )
    by_market: dict[str | None, list[tuple[date, Decimal]]] = defaultdict(list)
    for r in sorted(lowest, key=lambda r: r["day"]):
        by_market[r["country"]].append((r["day"], r["minimum"]))
    return _Offers(
        _by_kind(sold, meeting),
        _by_kind(listed, {r["title"]: words.meets(r["title"]) for r in listed}),
        {market: tuple(days) for market, days in by_market.items()},
        frozenset(fold(title) for title in (*titles, *(r["title"] for r in listed))),
    )


def _by_kind(
    rows: Iterable[Mapping[str, Any]], meeting: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    held: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for r in rows:
        for kind in meeting[r["title"]]:
            held[kind].append(r)
    return {kind: tuple(found) for kind, found in held.items()}
