"""Signals that are counts: requests not met, minimums above what is asked, prices outside the range.

They say what the files say.  There is no chance in them to be controlled, and nothing to generalise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import numpy as np
from ibis import _

from fondaco.markets import sums
from fondaco.markets.signals.behind import LISTED, Behind, behind_rows
from fondaco.markets.signals.finding import Signal, grouped, many
from fondaco.markets.signals.requests import fold
from fondaco.markets.signals.unmet import Asked, Unmet
from fondaco.numerics import share

#: Texts (or inquiries) that must say the same before it is a signal.
FEWEST_TEXTS = 3
#: Sellers that make a range.
FEWEST_SELLERS = 3
#: Days of listings that count as today's offers.
LISTING_DAYS = 90

#: ``convert(amount, currency, day)`` in the firm's currency; None where no rate is known.
Convert = Callable[[Decimal, str, date], Decimal | None]

_REQUEST_ACTION = {
    "private_label": "Decide whether to offer it, from which quantity and at which price, and say so in the listing.",
    "minimum": "Set the minimum beside what buyers ask for: a trial quantity, or a range of its own for small buyers.",
    "certificate": "Put the certificates you have in the listing; find out what the missing ones cost.",
    "sample": "Say in the listing what a sample costs and how fast it comes.",
    "packaging": "Ask which format, and what it would cost to offer it.",
    "exclusivity": "Decide what you would ask in return before the next one asks.",
    "payment": "Say in the listing which terms you accept, and from which order on.",
    "delivery": "Quote the delivery terms that are asked for beside your own.",
    "customisation": "Say in the listing what can be changed, from which quantity, and how long it takes.",
    "discount": "Write down the prices by quantity, so that the answer is the same each time.",
}


def requests_counted(unmet: Unmet, proofs: Sequence[str] = ()) -> list[Signal]:
    """Return requests that enough buyers made; of markets with too few, those of all together.

    `proofs` are the quality proofs that the firm's catalogue holds: named where certificates are asked
    for, as the words do not tell which one would do.
    """
    by_kind: dict[str, list[Asked]] = defaultdict(list)
    for row in unmet.asked:
        if not row.offered.any:
            by_kind[row.kind].append(row)
    found = []
    for kind, rows in by_kind.items():
        alone = [row for row in rows if row.market and row.texts >= FEWEST_TEXTS and row.buyers != 1]
        found += [_request(kind, [row], row.market, proofs) for row in alone]
        rest = [row for row in rows if row not in alone]
        if len(rest) > 1 and sum(row.texts for row in rest) >= FEWEST_TEXTS:
            found.append(_request(kind, rest, None, proofs))
    return found


def _request(kind: str, rows: Sequence[Asked], market: str | None, proofs: Sequence[str]) -> Signal:
    texts, read = sum(row.texts for row in rows), sum(row.of_texts for row in rows)
    first, last = min(row.first for row in rows), max(row.last for row in rows)
    among = share(texts, read)
    buyers = sum(row.buyers for row in rows)
    who = f" by {many(buyers, 'named buyer')}" if buyers else ""
    where = "" if market else f", in {many(len(rows), 'market')}"
    held = f" The catalogue holds: {', '.join(proofs)}." if kind == "certificate" and proofs else ""
    return Signal(
        kind="unmet request",
        market=market,
        product=rows[0].name,
        finding=(
            f"Asked for in {texts:,} of {read:,} texts{who}{where}, {first} to {last}. "
            f"Nothing in the ledger's orders and listings since says that it was offered.{held}"
        ),
        action=_REQUEST_ACTION.get(kind, "Read the texts and decide whether to offer it."),
        rests_on=(
            f"A count of texts: {among.low or 0:.0%} to {among.high or 0:.0%} of texts as these. Found by a list of words in eight "
            "languages, which misses what is said in others' words. Offers made by message or outside the platforms do "
            "not show unless their orders were imported."
        ),
        measured="count",
        strength=texts / read,
        rows=Behind(
            tuple(ref for row in rows for ref in row.rows.rows)[:LISTED], sum(row.rows.total for row in rows)
        ),
        since=first,
        details={
            "request": kind,
            "texts": texts,
            "of_texts": read,
            "markets": {row.market or "": row.texts for row in rows},
            "examples": [example.text for row in rows for example in row.examples][:3],
        },
    )


def minimums_counted(inquiries: ir.Table, listings: ir.Table) -> list[Signal]:
    """Return own offers whose minimum lies above what inquiries of their market ask for."""
    own = _current(listings).filter(_.own.fill_null(False) & (_.minimum > 1))
    listed = sums.rows(own.select("country", "product", "unit", "minimum", "day"))
    if not listed:
        return []
    asked = sums.rows(
        inquiries.filter(inquiries.quantity > 0).select(
            "country", "day", "product", "quantity", "import", "file", "row"
        )
    )
    found = []
    for (market, title), held in grouped(listed, "country", "product"):
        minimum = min(r["minimum"] for r in held)
        mine = [r for r in asked if market in (None, r["country"]) and _same_product(r["product"], title)]
        below = sorted((r for r in mine if r["quantity"] < minimum), key=lambda r: r["day"], reverse=True)
        if len(below) < FEWEST_TEXTS:
            continue
        middle = float(np.median([float(r["quantity"]) for r in mine]))
        part = share(len(below), len(mine))
        found.append(
            Signal(
                kind="minimum above what is asked",
                market=market,
                product=title,
                finding=(
                    f"{len(below):,} of {len(mine):,} inquiries that state a quantity ask for less than the listed "
                    f"minimum of {minimum.normalize():,f}; the middle one asks for {middle:,.0f}."
                ),
                action=(
                    "Work out what an order of that size costs you, and whether a smaller minimum, at a price of its "
                    "own, would pay."
                ),
                rests_on=(
                    f"A count: {part.low or 0:.0%} to {part.high or 0:.0%} of inquiries as these. Buyers who saw the minimum and left "
                    "did not ask, so the share may be larger."
                ),
                measured="count",
                strength=len(below) / len(mine),
                rows=behind_rows("inquiries", below),
                since=below[-1]["day"],
                details={
                    "minimum": float(minimum),
                    "below": len(below),
                    "inquiries": len(mine),
                    "median_asked": middle,
                },
            )
        )
    return found


def _same_product(asked: str | None, title: str | None) -> bool:
    """Tell whether an inquiry is about a listing: the same name, or all its words among the title's."""
    if not asked or not title:
        return False
    words, held = set(fold(asked).split()), set(fold(title).split())
    return words <= held or held <= words


def _current(listings: ir.Table) -> ir.Table:
    """Keep the latest sight of each listing, if it is of the last ninety days of listings."""
    key = (listings.platform, listings.marketplace, listings.listing)
    latest = listings.day.max().over(ibis.window(group_by=key))
    end = listings.day.max().over(ibis.window())
    marked = listings.mutate(latest=latest, end=end)
    return marked.filter(
        (marked.day == marked.latest) & (marked.day >= marked.end - ibis.interval(days=LISTING_DAYS))
    ).drop("latest", "end")


def prices_counted(listings: ir.Table, convert: Convert, currency: str) -> list[Signal]:
    """Return own offers below or above every comparable one: same market, category and unit."""
    offers = sums.rows(_current(listings).filter(_.price > 0))
    found = []
    for (market, unit, _category), held in grouped(
        [{**r, "unit": (r["unit"] or "").casefold(), "category": (r["category"] or "").casefold()} for r in offers],
        "country", "unit", "category",
    ):  # fmt: skip
        priced = [(r, convert(r["price"], r["currency"], r["day"])) for r in held]
        others = [(r, price) for r, price in priced if not r["own"] and price is not None]
        sellers = {r["seller"] or r["listing"] for r, _price in others}
        if len(sellers) < FEWEST_SELLERS:
            continue
        low, high = min(price for _r, price in others), max(price for _r, price in others)
        for r, price in priced:
            if not r["own"] or price is None or low <= price <= high:
                continue
            above = price > high
            end = high if above else low
            found.append(
                Signal(
                    kind="price outside the range",
                    market=market,
                    product=r["product"],
                    finding=(
                        f"{price:,.2f} {currency} is {'above' if above else 'below'} all {len(others)} comparable offers of "
                        f"{len(sellers)} sellers ({low:,.2f} to {high:,.2f} {currency}), by {abs(price / end - 1):.0%}."
                    ),
                    action=(
                        "See whether buyers can tell what it is worth more for; if they cannot, the price or the text should change."
                        if above
                        else "See whether the same is compared; if it is, there is room for a higher price."
                    ),
                    rests_on=(
                        f"Offers of the same market, category and unit{f' ({unit})' if unit else ''} seen until {r['day']}; "
                        "sizes and qualities may differ within a category."
                    ),
                    measured="count",
                    strength=1.0,
                    rows=behind_rows("listings", [r, *(other for other, _price in others)]),
                    since=r["day"],
                    details={
                        "price": f"{price:.2f}",
                        "lowest": f"{low:.2f}",
                        "highest": f"{high:.2f}",
                        "currency": currency,
                        "offers": len(others),
                        "sellers": len(sellers),
                    },
                )
            )
    return found
