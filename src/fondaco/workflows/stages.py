"""A firm's buyers with their stage and what they will bring, and its funnel, from the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from ibis import _

from fondaco.ledger import Ledger, Workspace
from fondaco.markets import sums
from fondaco.numerics import Estimate, unknown
from fondaco.relationships.identity import Records
from fondaco.relationships.stage import STAGES, Seen, Step, by, funnel, to_first_order
from fondaco.relationships.waiting import Wait, to_second_order
from fondaco.workflows.buyers import buyers_mark, buyers_of
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.desk_log import agreed_of, told_of
from fondaco.workflows.forecast import forecast_of

#: The time ahead of `expected_orders`, in months.
AHEAD = "12"
_WHO = ("platform", "buyer", "buyer_name", "buyer_company", "country")


@dataclass(frozen=True)
class Known:
    """A buyer: a mark that stays as long as its records do, all names, what was seen, what it will bring, its records."""

    buyer: str
    names: tuple[str, ...]
    seen: Seen
    alive: Estimate
    expected: Estimate
    records: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the buyer as JSON values."""
        return {
            "buyer": self.buyer, "names": list(self.names), "market": self.seen.market,
            "platforms": list(self.seen.platforms), "stage": self.seen.stage, "since": self.seen.since.isoformat(),
            "asked": len(self.seen.asked), "ordered": len(self.seen.ordered),
            "agreed": self.seen.agreed and self.seen.agreed.isoformat(), "alive": self.alive.to_json(),
            "expected_orders": self.expected.to_json(),
        }  # fmt: skip


@dataclass(frozen=True)
class Stages:
    """A firm's buyers, furthest stage first and then who will bring most, and its funnel.

    Attributes
    ----------
    until
        The last day that is known; None where nothing is.
    nameless
        Orders and inquiries that name nobody, and count nowhere.
    """

    firm: str
    until: date | None
    buyers: tuple[Known, ...]
    steps: tuple[Step, ...]
    by_market: dict[str, tuple[Step, ...]]
    by_platform: dict[str, tuple[Step, ...]]
    nameless: int
    notes: tuple[str, ...]

    def buyers_json(self) -> dict[str, Any]:
        """Return the buyers as JSON values."""
        return self._head() | {
            "ahead_months": int(AHEAD),
            "buyers": [buyer.to_json() for buyer in self.buyers],
        }

    def funnel_json(self) -> dict[str, Any]:
        """Return the funnel as JSON values."""
        return self._head() | {
            "stages": [step.to_json() for step in self.steps],
            "by_market": {name: [step.to_json() for step in held] for name, held in self.by_market.items()},
            "by_platform": {
                name: [step.to_json() for step in held] for name, held in self.by_platform.items()
            },
        }

    def _head(self) -> dict[str, Any]:
        until = self.until and self.until.isoformat()
        return {"firm": self.firm, "until": until, "nameless": self.nameless, "notes": list(self.notes)}


def stages_of(workspace: Workspace, firm: str, today: date, *, forecast: bool = True) -> Stages:
    """Return a firm's buyers and funnel, of what had happened by a day.

    Parameters
    ----------
    forecast
        Whether to say what each will bring; of the whole ledger, whatever the day.
    """
    ledger = workspace.ledger(firm)
    asked, ordered = _days(ledger, "inquiries", today), _days(ledger, "orders", today)
    told = [(record, day) for record, day in told_of(workspace, firm) if day <= today]
    ends = [day for day in (asked["day"].max(), ordered["day"].max()) if isinstance(day, date)]
    # How far the files tell is how far is known: who was typed in since makes nobody else silent for longer.
    ends = ends or [day for _record, day in told]
    if not ends:
        return Stages(firm, None, (), funnel((), today), {}, {}, 0, ("The ledger names no buyer yet.",))
    until = max(ends)
    groups = remembering(
        (*key_of(workspace, ledger, "buyers by record", None), buyers_mark(workspace, firm)),
        lambda: [tuple(map(str, each.records)) for each in buyers_of(workspace, firm).buyers],
    )
    whose = {record: n for n, records in enumerate(groups) for record in records}
    held: dict[int, tuple[set[date], set[date]]] = defaultdict(lambda: (set(), set()))
    nameless = 0
    for place, rows in enumerate(([*asked.iter_rows(), *told], ordered.iter_rows())):
        for record, day in rows:
            if (number := whose.get(record)) is None:
                nameless += 1
            else:
                held[number][place].add(day)
    outlook = _Outlook(workspace, firm, today) if forecast else None
    agreed = _agreed(whose, agreed_of(workspace, firm, today))
    found = [_known(groups[n], *days, agreed.get(n), outlook) for n, days in held.items()]
    found.sort(key=lambda each: (-STAGES.index(each.seen.stage), -(each.expected.estimate or 0), each.buyer))
    seen = [each.seen for each in found]
    visitors = _visitors(ledger, today)
    notes = [f"Standing agreements count where people entered them: {len(agreed)} buyers have one."]
    if told:
        records = {record for record, _day in told}
        only = sum(records.issuperset(each.records) for each in found)
        notes.append(f"Known only by what was typed in or sent by a program: {only} buyers.")
    if visitors is None:
        notes.append("No file counts visitors, so awareness is not known.")
    return Stages(
        firm, until, tuple(found), funnel(seen, until, visitors), by(seen, until, lambda s: [s.market or ""]),
        by(seen, until, lambda s: s.platforms), nameless, tuple(notes),
    )  # fmt: skip


def _agreed(whose: Mapping[str, int], agreed: Mapping[str, date]) -> dict[int, date]:
    """Return since when an agreement stands, by the number of its buyer; of nobody who is known by now is left out."""
    found: dict[int, date] = {}
    records = Records(whose) if agreed else None
    for record, day in agreed.items():
        if records is not None and (known := records.find(record)) is not None:
            number = whose[known]
            found[number] = min(day, found.get(number, day))
    return found


def _days(ledger: Ledger, table: str, today: date) -> pl.DataFrame:
    """Return (record, day) of what buyers did, as `records_of` writes records; orders taken back whole are left out."""
    rows = ledger.table(table).filter(_.day <= today)
    if table == "orders":
        whole = sums.deals(rows, {}).filter(lambda t: t.day.notnull() & (t.net.isnull() | (t.net > 0)))
        sold = rows.filter((_.kind == "sale") & ((_.quantity > 0) | _.quantity.isnull()))
        rows = sold.semi_join(whole, ["platform", "marketplace", sold.order == whole.deal])
    said = rows.select(*_WHO, "day").distinct().to_polars()
    record = pl.concat_str(pl.col(_WHO).str.strip_chars().fill_null(""), separator="\t").alias("record")
    found: pl.DataFrame = said.select(record, pl.col("day"))
    return found


def _known(
    records: tuple[str, ...],
    asked: set[date],
    ordered: set[date],
    agreed: date | None,
    outlook: _Outlook | None,
) -> Known:
    said = [record.split("\t") for record in records]
    names = dict.fromkeys(
        part for _platform, *parts, _country in said for part in (parts[1], parts[2], parts[0]) if part
    )
    market = next((country for *_rest, country in reversed(said) if country), None)
    seen = Seen(
        tuple(sorted(asked)),
        tuple(sorted(ordered)),
        market,
        tuple(sorted({each[0] for each in said})),
        agreed,
    )
    if not ordered:
        why = unknown("Has not ordered yet.")
        return Known(min(records).replace("\t", "|"), tuple(names), seen, why, why, records)
    alive, expected = (
        outlook.of([(each[0], each[1]) for each in said]) if outlook else (unknown("Not asked for."),) * 2
    )
    return Known(min(records).replace("\t", "|"), tuple(names), seen, alive, expected, records)


class _Outlook:
    """The forecast of buyers, by platform and mark."""

    def __init__(self, workspace: Workspace, firm: str, today: date) -> None:
        found = forecast_of(workspace, firm, today=today)
        self._held = found.buyers
        self._why = (
            found.total.orders[AHEAD].why if found.total is not None and AHEAD in found.total.orders else ""
        )
        names = () if self._held is None else zip(self._held.platforms, self._held.names, strict=True)
        self._places = {key: n for n, key in enumerate(names)}

    def of(self, marks: list[tuple[str, str]]) -> tuple[Estimate, Estimate]:
        """Return whether a buyer of some marks still buys, and the orders expected of it."""
        places = [self._places[mark] for mark in dict.fromkeys(marks) if mark in self._places]
        if not places or self._held is None:
            why = unknown(self._why or "The files give its orders no mark to forecast by.")
            return why, why
        held = self._held
        alive = held.alive_at(max(places, key=lambda place: held.alive[place]))
        orders = [held.orders_at(place, AHEAD) for place in places]
        if len(orders) == 1:
            return alive, orders[0]
        total = sum(each.estimate or 0 for each in orders)
        return alive, Estimate(
            total, why=f"The sum of {len(orders)} marks, each forecast by itself; without a range."
        )


def _visitors(ledger: Ledger, today: date) -> int | None:
    year = ledger.table("traffic").filter((_.day <= today) & (_.day > today - timedelta(days=365)))
    return sums.rows(year.aggregate(seen=_.visitors.sum()))[0]["seen"]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Waits:
    """How long buyers take from the first inquiry to the first order, and from the first order to the second."""

    first_order: tuple[Wait, ...]
    second_order: tuple[Wait, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "first_order": [one.to_json() for one in self.first_order],
            "second_order": [one.to_json() for one in self.second_order],
        }


def waits_of(workspace: Workspace, firm: str) -> Waits:
    """Return how long a firm's buyers take, kept by the fingerprint of its ledger and of what was ruled of buyers.

    To a first order a buyer counts under all its names and marks: many ask by a person's and order by their firm's.
    """
    ledger = workspace.ledger(firm)

    def found() -> Waits:
        held = stages_of(workspace, firm, date.max, forecast=False)
        first = () if held.until is None else to_first_order((each.seen for each in held.buyers), held.until)
        return Waits(first, to_second_order(ledger.table("orders")))

    return remembering((*key_of(workspace, ledger, "waits", None), buyers_mark(workspace, firm)), found)
