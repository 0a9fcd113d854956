"""Signals: what changed or stands out and deserves a look, each with the ledger's rows behind it.

Two sorts that must not be taken for one another:

tests
    A market rising or falling, a product viewed but not asked for, a keyword that burns money.  Each is
    a test, and everything that was tested, reported or not, is one family: Benjamini and Hochberg's
    procedure keeps the expected share of false alarms among those reported at the stated rate.
counts
    Prices outside the competitors' range, a minimum order above what buyers ask for, requests that are
    not met.  They say what the files say; there is no chance in them to be controlled, and nothing to
    generalise.

The rules with a worked table, and how often noise raises an alarm, are in ``docs/rules/signals.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis.expr.types as ir
import polars as pl

from fondaco.kernel import Progress, silent
from fondaco.markets import sums
from fondaco.markets.signals.behind import rows_behind
from fondaco.markets.signals.counted import (
    FEWEST_SELLERS,
    FEWEST_TEXTS,
    LISTING_DAYS,
    Convert,
    minimums_counted,
    prices_counted,
    requests_counted,
)
from fondaco.markets.signals.finding import KINDS, Looked, Signal
from fondaco.markets.signals.moving import markets_tested
from fondaco.markets.signals.unmet import Unmet, unmet_requests
from fondaco.markets.signals.unrewarded import AT_MOST, FEWEST_EXPECTED, keywords_tested, products_tested
from fondaco.numerics import discover
from fondaco.numerics.changes import BEFORE, FEWEST_COUNTS, RECENT

RULE = "signals/1"
RATE = 0.1

#: Limits that come from no study: they are this project's, and the page of the rule says so.
THRESHOLDS = {
    "months_recent": RECENT,
    "months_before": BEFORE,
    "fewest_buyings": FEWEST_COUNTS,
    "fewest_expected": FEWEST_EXPECTED,
    "at_most_of_expected": AT_MOST,
    "fewest_texts": FEWEST_TEXTS,
    "fewest_sellers": FEWEST_SELLERS,
    "listing_days": LISTING_DAYS,
}


@dataclass(frozen=True)
class Signals:
    """All signals of a firm.

    Attributes
    ----------
    signals
        By kind in the order of `KINDS`, the strongest first.
    looked_at
        Tests made, reported or not: the family over which `rate` holds.
    rate
        False discovery rate asked for.
    looked
        The same by sort, with what kept others from being made.
    requests
        All requests found, also those that are no signal.
    until
        Last day of orders.
    """

    signals: tuple[Signal, ...]
    looked_at: int
    rate: float
    looked: tuple[Looked, ...]
    requests: Unmet
    until: date | None
    basis: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values, as ``fondaco signals --json`` prints it."""
        return {
            "signals": [signal.to_json() for signal in self.signals],
            "looked_at": self.looked_at,
            "false_discovery_rate": self.rate,
            "looked": [sort.to_json() for sort in self.looked],
            "requests": self.requests.to_json(),
            "until": None if self.until is None else self.until.isoformat(),
            "basis": dict(self.basis),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row per signal, as a Polars frame."""
        names = ("kind", "market", "product", "finding", "measured")
        rows = [
            {
                **{name: getattr(signal, name) for name in names},
                "strength": float(signal.strength),
                "q_value": signal.q_value,
                "rows": signal.rows.total,
            }
            for signal in self.signals
        ]
        schema = {**dict.fromkeys(names, pl.String), "strength": pl.Float64, "q_value": pl.Float64, "rows": pl.Int64}  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")


def signals(
    orders: ir.Table,
    *,
    traffic: ir.Table,
    ads: ir.Table,
    inquiries: ir.Table,
    reviews: ir.Table,
    listings: ir.Table,
    home: str,
    convert: Convert,
    currency: str,
    proofs: Sequence[str] = (),
    rate: float = RATE,
    fingerprint: str = "",
    progress: Progress = silent,
) -> Signals:
    """Look at everything the ledger knows and return what deserves a look.

    Parameters
    ----------
    orders, traffic, ads, inquiries, reviews, listings
        Current views of the ledger's tables.
    home
        The firm's own market, alpha-3.
    convert
        ``convert(amount, currency, day)`` in the firm's currency; None where no rate is known.
    currency
        The firm's.
    proofs
        Quality proofs that the firm's catalogue holds.
    rate
        False discovery rate over all tests.
    fingerprint
        The ledger's state, passed on into the basis.
    progress
        Told at each step what is looked at, and the share that is done.
    """
    progress("Orders", 0.0)
    sorts = [markets_tested(orders, home, rate)]
    progress("Traffic", 0.2)
    sorts.append(products_tested(traffic))
    progress("Advertising", 0.3)
    sorts.append(keywords_tested(ads))
    tests = [test for made, _looked in sorts for test in made]
    told = discover([test.p_value for test in tests], rate=rate)
    found = [
        replace(
            test.signal,
            p_value=test.p_value,
            q_value=q,
            strength=1 - q,
            rows=rows_behind(test.table, test.rows),
        )
        for test, q, report in zip(tests, told.q_values, told.found, strict=True)
        if report
    ]
    progress("Inquiries and reviews", 0.4)
    requests = unmet_requests(inquiries, reviews, orders, listings)
    progress("Listings", 0.9)
    found += [
        *requests_counted(requests, proofs),
        *minimums_counted(inquiries, listings),
        *prices_counted(listings, convert, currency),
    ]
    until = sums.known_days(orders)["until"]
    return Signals(
        tuple(
            sorted(found, key=lambda s: (KINDS.index(s.kind), -s.strength, s.market or "", s.product or ""))
        ),
        told.looked_at,
        rate,
        tuple(looked for _made, looked in sorts),
        requests,
        until,
        {
            "rule": RULE,
            "fingerprint": fingerprint,
            "page": "docs/rules/signals.md",
            "lexicon": requests.lexicon,
            "thresholds": THRESHOLDS,
            "notes": [
                "Tests stand out of all that was looked at; counts say what the files say, and no more.",
                "They hold for this firm and these files, not for markets or platforms in general.",
            ],
        },
    )
