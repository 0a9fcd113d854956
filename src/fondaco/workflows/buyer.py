"""One buyer: what happened over all channels, how far it is, what it will bring, and when to leave the platform with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import polars as pl
from ibis import _

from fondaco.kernel.money import Money
from fondaco.ledger import Ledger, Workspace
from fondaco.markets.signals.requests import lexicon
from fondaco.reference.mail import is_free_mail, parts
from fondaco.relationships.identity import Buyer, Event, timeline
from fondaco.relationships.leaving import Advice, Move, Own, Tie, advise, family_of, own_history
from fondaco.relationships.outlook import BuyerOutlook
from fondaco.strategy.profile import Distributor
from fondaco.workflows.buyer_book import Line, book_of
from fondaco.workflows.desk_log import Agreement, Case, Conflict, cases_of, log_of
from fondaco.workflows.desk_says import (
    Logged,
    case_events,
    contacts_of,
    events_of,
    is_of,
    logged_of,
    messages_in,
    moves_of,
)
from fondaco.workflows.forecast import outlook_of_buyer
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import known_tags
from fondaco.workflows.rulings import parted_of

_WHO = ("platform", "buyer", "buyer_name", "buyer_company", "country")
#: Letters of a message that the timeline shows.
_SHOWN = 300


@dataclass(frozen=True)
class Channels:
    """What the ledger says of a buyer: events, messages both ways, whether a sample was asked for, signs of trust, tags."""

    events: tuple[Event, ...]
    exchanges: int
    sample_asked: bool
    trust: tuple[str, ...]
    tags: frozenset[str]


@dataclass(frozen=True)
class One:
    """A buyer with all that is told of it.

    Attributes
    ----------
    outlooks
        What each of its marks with orders will bring.
    distributors
        Who sells for the firm in its market, by the firm's profile.
    agreements, conflicts, cases
        What people keep of it on the desk: standing agreements, conflicts in its market, and its cases.
    """

    line: Line
    events: tuple[Event, ...]
    advice: Advice
    own: Own
    outlooks: tuple[BuyerOutlook, ...]
    distributors: tuple[Distributor, ...]
    notes: tuple[str, ...]
    agreements: tuple[Agreement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    cases: tuple[Case, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            **self.line.to_json(),
            "records": [record.split("\t") for record in self.line.known.records],
            "timeline": [
                {"at": e.at.isoformat(), "channel": e.channel, "kind": e.kind, "text": e.text}
                for e in self.events
            ],
            "advice": self.advice.to_json(),
            "own_moves": self.own.to_json(),
            "outlook": [each.to_json() for each in self.outlooks],
            "distributors": [
                {"name": d.name, "exclusive": d.exclusive, "until": d.until and d.until.isoformat()}
                for d in self.distributors
            ],
            "agreements": [
                each.model_dump(mode="json", exclude={"row", "buyer"}) for each in self.agreements
            ],
            "conflicts": [each.to_json() for each in self.conflicts],
            "cases": [{"case": each.case, **each.to_json()} for each in self.cases],
            "notes": list(self.notes),
        }


def one_of(
    workspace: Workspace,
    firm: str,
    line: Line,
    today: date,
    *,
    events: Iterable[Event] = (),
    logged: Logged | None = None,
    moves: Iterable[Move] = (),
    addresses: Callable[[str], str] = lambda _case: "",
) -> One:
    """Return all that is told of a buyer.

    Parameters
    ----------
    events, logged, moves
        What people logged beside the ledger: the buyer's other events, what they say of the contact, and all of the
        firm's moves off platforms.
    addresses
        Where a case is shown; empty for nowhere.
    """
    held = channels_of(workspace, firm, line, today, addresses)
    said = logged or Logged()
    family = family_of(held.tags)
    seen = line.known.seen
    first = min((*seen.asked[:1], *seen.ordered[:1]))
    tie = Tie(
        seen.stage, held.exchanges + said.messages, first, max(line.last, said.last or line.last), held.sample_asked,
        said.sample_sent, said.met, said.moved, (*held.trust, *said.trust),
    )  # fmt: skip
    all_events = timeline(Buyer(line.known.records, ()), [*held.events, *events])
    distributors = tuple(
        each
        for each in profile_of(workspace, firm).distributor
        if seen.market in each.markets and each.holds(today)
    )
    return One(
        line, all_events, advise(tie, family, today), own_history(moves, family), _outlooks(workspace, firm, line),
        distributors, (),
    )  # fmt: skip


def named(workspace: Workspace, firm: str, said: str, today: date) -> One:
    """Return the buyer that somebody means by a name, a mark or an id, with what people did on the desk's pages.

    Raises
    ------
    UnknownName
        Where that is not clear.
    """
    log = log_of(workspace, firm)
    book = book_of(workspace, firm, today).with_contacts(contacts_of(log.steps))
    line = book.named(said)
    own = frozenset(line.known.records)
    steps = [each for each in log.steps if book.of_record(each.buyer) is line]
    agreements = tuple(each for each in log.agreements if book.of_record(each.buyer) is line)
    parted = parted_of(workspace, firm)
    cases = tuple(each for each in cases_of(workspace, firm).values() if is_of(each, own, parted))
    first = min(own)
    one = one_of(
        workspace, firm, line, today, events=[*events_of(first, steps, agreements), *case_events(first, cases)],
        logged=logged_of(steps, messages_in(cases)), moves=moves_of(log.steps),
    )  # fmt: skip
    conflicts = tuple(each for each in log.conflicts if each.market and each.market == line.known.seen.market)
    return replace(one, agreements=agreements, conflicts=conflicts, cases=cases)


def _outlooks(workspace: Workspace, firm: str, line: Line) -> tuple[BuyerOutlook, ...]:
    if not line.known.seen.ordered:
        return ()
    marks = dict.fromkeys(tuple(record.split("\t")[:2]) for record in line.known.records)
    found = [outlook_of_buyer(workspace, firm, mark, platform=platform) for platform, mark in marks if mark]
    return tuple(each for each in found if each is not None)


def exchanges_before(workspace: Workspace, firm: str, line: Line, day: date) -> int:
    """Return how many messages had gone both ways on the platform before a day."""
    rows = _rows(workspace.ledger(firm), "inquiries", line, day, "answered_at")
    asked = rows.filter(pl.col("day") <= day)
    return len(asked) + int(asked["answered_at"].is_not_null().sum())


def channels_of(
    workspace: Workspace,
    firm: str,
    line: Line,
    today: date,
    addresses: Callable[[str], str] = lambda _case: "",
) -> Channels:
    """Return what the ledger says of a buyer up to a day."""
    ledger = workspace.ledger(firm)
    inquiries = _rows(
        ledger,
        "inquiries",
        line,
        today,
        "at",
        "inquiry",
        "kind",
        "answered_at",
        "product",
        "quantity",
        "message",
        "status",
    )
    orders = _rows(
        ledger, "orders", line, today, "at", "order", "kind", "sku", "product", "quantity", "value"
    )
    events, exchanges, sample = [], 0, False
    for row in inquiries.iter_rows(named=True):
        kind, record = row["kind"] or "inquiry", row["record"]
        there = addresses(f"{row['platform']}:{row['inquiry']}")
        events.append(Event(_at(row["at"], row["day"]), row["platform"], kind, record, _asked(row), there))
        exchanges += 1
        if row["answered_at"] is not None:
            events.append(
                Event(_at(row["answered_at"], row["day"]), row["platform"], "answer", record, "", there)
            )
            exchanges += 1
        sample = sample or any(
            each.kind == "sample" for each in lexicon().find((row["message"] or "")[:4000])
        )
    events += _orders(orders, ledger.firm.currency)
    tags = _tags(
        workspace,
        ledger,
        [*inquiries.select("product").iter_rows(), *orders.select("sku", "product").iter_rows()],
    )
    return Channels(tuple(events), exchanges, sample, _trust(line, inquiries), tags)  # fmt: skip


def _rows(ledger: Ledger, name: str, line: Line, today: date, *columns: str) -> pl.DataFrame:
    """Return a buyer's rows of a table, with ``record`` as `records_of` writes it."""
    said = [record.split("\t") for record in line.known.records]
    table: ir.Table = ledger.table(name).filter(_.day <= today)
    wanted = None
    for place, column in enumerate(("buyer", "buyer_name", "buyer_company"), start=1):
        values = sorted({each[place] for each in said if each[place]})
        if values:
            among = table[column].strip().isin(values)
            wanted = among if wanted is None else wanted | among
    if wanted is None:
        return pl.DataFrame(schema=dict.fromkeys([*_WHO, "day", *columns, "record"], pl.String))
    rows = table.filter(wanted).select(*dict.fromkeys([*_WHO, "day", *columns])).to_polars()
    record = pl.concat_str(pl.col(_WHO).str.strip_chars().fill_null(""), separator="\t").alias("record")
    found: pl.DataFrame = rows.with_columns(record).filter(pl.col("record").is_in(list(line.known.records)))
    return found


def _at(at: datetime | None, day: date | None) -> datetime:
    """Return a time as the file writes it, taken for UTC: files seldom say their zone."""
    found = at or datetime.combine(day or date.min, time())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _asked(row: dict[str, Any]) -> str:
    goods = " ".join(str(part) for part in (_plain(row["quantity"]), row["product"]) if part)
    message = " ".join((row["message"] or "").split())
    cut = message if len(message) <= _SHOWN else message[:_SHOWN] + "…"
    return " · ".join(part for part in (goods, cut) if part)


def _plain(quantity: Any) -> str:
    return "" if quantity is None else f"{float(quantity):g}"


def _orders(rows: pl.DataFrame, currency: str) -> list[Event]:
    found = []
    for (_platform, number, kind), held in rows.group_by(["platform", "order", "kind"], maintain_order=True):
        if kind not in ("sale", "cancellation", "return"):
            continue
        goods = ", ".join(
            " × ".join(part for part in (_plain(row["quantity"]), row["product"] or row["sku"] or "") if part)
            for row in held.head(4).iter_rows(named=True)
        )
        value = held["value"].sum() if held["value"].null_count() < len(held) else None
        worth = "" if value is None else f"{Money(Decimal(str(value)), currency).quantize()}"
        first = held.row(0, named=True)
        text = " · ".join(part for part in (f"no. {number}" if number else "", goods, worth) if part)
        name = "order" if kind == "sale" else str(kind)
        found.append(Event(_at(first["at"], first["day"]), first["platform"], name, first["record"], text))
    return found


def _tags(workspace: Workspace, ledger: Ledger, goods: Sequence[tuple[Any, ...]]) -> frozenset[str]:
    names: set[str] = set()
    for each in dict.fromkeys(goods):
        sku, product = each if len(each) == 2 else (None, each[0])
        entry = ledger.catalogue.entry(sku, product)
        names.update(entry.tags if entry else ())
    return frozenset(known_tags(workspace).closure(names)) | names


def _trust(line: Line, inquiries: pl.DataFrame) -> tuple[str, ...]:
    """Return the signs of trust that the files show."""
    said = [record.split("\t") for record in line.known.records]
    domains = {parts(value)[1] for each in said for value in each[1:3] if parts(value)[0]}
    found = []
    if any(each[3] for each in said):
        found.append("names its firm")
    if not all(map(is_free_mail, domains)):
        found.append("writes from its firm's address")
    if len(line.known.seen.asked) > 1:
        found.append("asked on several days")
    if inquiries["quantity"].is_not_null().any():
        found.append("states a quantity")
    if line.known.seen.ordered:
        found.append("has ordered")
    return tuple(found)


__all__ = ["Channels", "Logged", "One", "channels_of", "exchanges_before", "named", "one_of"]
