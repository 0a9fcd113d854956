"""`fondaco demo`: six fictional exporters over two years, as the files their platforms would give.

The files go through the same readers as anybody's.  A seed and a last day decide every byte, and
`truth` tells what a perfect reader would make of them: a broken row says nothing, of several files that
state the same line the latest one holds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fondaco.reference.rates import Rates
from fondaco.workflows.demo_files import extras
from fondaco.workflows.demo_files.behaviour import DAYS, MONTH, Order, simulate
from fondaco.workflows.demo_files.dirt import damage
from fondaco.workflows.demo_files.firms import DEMO_NETWORK, FIRMS, Channel, DemoFirm, NetworkFacts
from fondaco.workflows.demo_files.readiness import answers_of_demo
from fondaco.workflows.demo_files.rendering import gzipped, render, zipped
from fondaco.workflows.demo_files.writers import (
    LAYOUTS,
    Layout,
    Row,
    Seen,
    Statement,
    order_rows,
)

if TYPE_CHECKING:
    from fondaco.ledger import Firm, ImportReport, Workspace

#: What each firm states of its goods and of itself.
_STATED = Path(__file__).parent / "demo_files" / "stated"

__all__ = ["DEMO_NETWORK", "DemoFile", "DemoResult", "Truth", "make", "truth", "write_files"]


@dataclass(frozen=True)
class DemoFile:
    """A written file, what a person would answer when it is taken in, and when it was downloaded."""

    firm_slug: str
    path: Path
    options: dict[str, str]
    at: datetime


@dataclass(frozen=True)
class DemoResult:
    """What `make` did: the firms, their files and what became of each, and the consortium's facts."""

    firms: tuple[Firm, ...]
    files: tuple[DemoFile, ...]
    reports: tuple[ImportReport, ...]
    network: NetworkFacts = DEMO_NETWORK


@dataclass(frozen=True)
class MarketTruth:
    """One market in one currency. `gross` counts sales less what credit notes take back.

    ``orders`` have a line that stands (returned or not); ``void`` are cancelled before they were
    charged; ``pending`` have no price yet.  ``buyers`` are those who can be told apart.
    """

    gross: Decimal
    discount: Decimal
    refunded: Decimal
    orders: int
    void: int
    pending: int
    buyers: int

    @property
    def net(self) -> Decimal:
        """Net goods revenue."""
        return self.gross - self.discount - self.refunded


@dataclass(frozen=True)
class Truth:
    """What a perfect reader makes of a firm's files.

    ``markets`` is by (ISO 3166-1 alpha-3, currency), the market empty where no file tells it; ``seen``
    is by (table, market): visitors of ``traffic``, rows of ``inquiries``, ``reviews``, ``listings``, ``ads``.
    """

    markets: dict[tuple[str, str], MarketTruth]
    seen: dict[tuple[str, str], int]
    broken: int


@dataclass(frozen=True)
class _Download:
    firm: DemoFirm
    name: str
    layout: Layout
    rows: list[Row]
    at: datetime
    packed: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        cells = [row for row, _ in self.rows]
        if self.packed == "zip":  # two halves of the period in one archive
            name = self.name.removesuffix(".zip")
            halves = cells[: len(cells) // 2], cells[len(cells) // 2 :]
            return zipped(
                {f"{n}_{name}": render(self.layout, half) for n, half in enumerate(halves, start=1)}
            )
        content = render(self.layout, cells)
        return gzipped(content) if self.packed == "gzip" else content


def write_files(target: Path, *, seed: int = 7, until: date) -> list[DemoFile]:
    """Write every firm's files below `target`, a folder each, and list them in the order of their dates.

    Parameters
    ----------
    target
        A folder; it is made where it is missing.
    seed
        Decides all that is random.
    until
        The day after the last of the two years.
    """
    files = []
    for download in _downloads(seed, until):
        path = target / download.firm.slug / download.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(download.content())
        files.append(DemoFile(download.firm.slug, path, dict(download.options), download.at))
    return files


def truth(seed: int, until: date, *, as_of: date | None = None) -> dict[str, Truth]:
    """For each firm what its files say, read perfectly; only those downloaded up to `as_of`."""
    said: dict[str, dict[tuple[str, ...], Statement | Seen]] = {firm.slug: {} for firm in FIRMS}
    broken = dict.fromkeys(said, 0)
    for download in _downloads(seed, until):
        if as_of is None or download.at.date() <= as_of:
            rows = [statement for _, statement in download.rows]
            broken[download.firm.slug] += rows.count(None)
            said[download.firm.slug] |= {one.key: one for one in rows if one is not None}
    return {slug: _truth(list(said[slug].values()), broken[slug]) for slug in said}


def make(
    workspace: Workspace,
    *,
    seed: int = 7,
    now: datetime,
    progress: Callable[[str, float], None] | None = None,
) -> DemoResult:
    """Make the six firms in `workspace` and take their files in, each on the day of its download.

    The files stay in the workspace's folder ``demo``.  `progress` gets a sentence and a share done.
    """
    from fondaco.workflows import take_in
    from fondaco.workflows.place import freight_of
    from fondaco.workflows.readiness_answers import keep_answers

    files = write_files(workspace.home / "demo", seed=seed, until=_until(workspace, now))
    firms = tuple(
        workspace.create_firm(
            firm.slug, name=firm.name, home=firm.home, currency=firm.currency, fictional=True
        )
        for firm in FIRMS
    )
    for made in FIRMS:
        _state(workspace, made)
    freight_of(workspace).add(_STATED / "freight.toml", now=now, name="demo")
    reports = []
    for n, file in enumerate(files):
        if progress is not None:
            progress(f"Taking in {file.path.name} of {file.firm_slug}", n / len(files))
        reports.append(
            take_in(
                workspace,
                file.firm_slug,
                [file.path],
                currency=file.options.get("currency"),
                now=file.at,
                by="demo",
            )
        )
    for n, made in enumerate(FIRMS):
        keep_answers(workspace, made.slug, answers_of_demo(made, (seed, n), _until(workspace, now)))
    if progress is not None:
        progress("Six fictional firms are ready", 1.0)
    return DemoResult(firms, tuple(files), tuple(reports))


def _state(workspace: Workspace, firm: DemoFirm) -> None:
    """State what the firm's products and means are, where it states anything: some leave it open, as in life.

    A profile that somebody has changed since is left as it is.
    """
    from fondaco.ledger.catalogue import Catalogue, Entry, parse_catalogue

    ledger = workspace.ledger(firm.slug)
    entries = [Entry(sku=sku, tags=tags, hs=hs, origin=firm.home) for sku, tags, hs in firm.catalogue]
    name = f"{firm.slug}.products.toml"
    entries += parse_catalogue((_STATED / name).read_text("utf-8"), name).entries
    for entry in entries:
        ledger.change_catalogue(partial(Catalogue.with_entry, entry=entry))
    profile = (_STATED / f"{firm.slug}.profile.toml").read_text("utf-8")
    ledger.change_profile(lambda held: held or profile)


def _until(workspace: Workspace, now: datetime) -> date:
    """Return the last day of the simulation: that of the first run, so that a second adds nothing."""
    said = workspace.home / "demo" / "until"
    if said.is_file():
        return date.fromisoformat(said.read_text("utf-8").strip())
    until = min(now.astimezone(UTC).date(), Rates.load(workspace.home).last_day)  # beyond it no rate is known
    said.parent.mkdir(parents=True, exist_ok=True)
    said.write_text(f"{until.isoformat()}\n", "utf-8")
    return until


# --- the files of a firm ------------------------------------------------------------------------------


def _downloads(seed: int, until: date) -> list[_Download]:
    every = [download for n, firm in enumerate(FIRMS) for download in _of_firm(firm, (seed, n), until)]
    return sorted(every, key=lambda download: (download.at, download.firm.slug, download.name))


def _of_firm(firm: DemoFirm, seed: tuple[int, int], until: date) -> Iterator[_Download]:
    sold = []
    for n, channel in enumerate(firm.channels):
        rng = np.random.default_rng((*seed, n))
        orders = simulate(firm, channel, until=until, rng=rng)
        sold.append(orders)
        yield from _exports(firm, channel, orders, until, rng)
    for n, extra in enumerate(firm.extras):
        yield from _extra(extra, firm, sold[0], until, (*seed, 100 + n))


def _exports(
    firm: DemoFirm, channel: Channel, orders: list[Order], until: date, rng: np.random.Generator
) -> Iterator[_Download]:
    layout = LAYOUTS[channel.layout]
    months = 0
    for n, length in enumerate(channel.exports):
        first = _boundary(until, months) - timedelta(days=channel.overlap if n else 0)
        months += length
        made = _boundary(until, months)
        rows = damage(order_rows(channel.layout, orders, first, made), layout, rng)
        packed = layout.backlog if n == 0 else ""
        name = layout.file_name.format(made=made.date()) + {"gzip": ".gz", "zip": ".zip"}.get(packed, "")
        stated = {"Currency", "currency"} & layout.header.keys()
        options = {} if stated else {"currency": firm.currency}
        yield _Download(firm, name, layout, rows, made.replace(tzinfo=UTC), packed, options)


def _extra(
    extra: str, firm: DemoFirm, orders: list[Order], until: date, seed: tuple[int, ...]
) -> Iterator[_Download]:
    layout, channel, end = LAYOUTS[extra], firm.channels[0], _boundary(until, 24)
    rng = np.random.default_rng(seed)

    def download(rows: list[Row], made: datetime, packed: str = "") -> _Download:
        name = layout.file_name.format(made=made.date())
        return _Download(firm, name, layout, rows, made.replace(tzinfo=UTC), packed)

    match extra:
        case "traffic":
            middle = _boundary(until, 18)
            rows = extras.traffic_rows(firm, channel, _boundary(until, 12).date(), until, rng)
            yield download([row for row in rows if str(row[0][0]) < str(middle.date())], middle, "gzip")
            yield download([row for row in rows if str(row[0][0]) >= str(middle.date())], end, "gzip")
        case "inquiries":
            downloads = (24,) if firm.curious else (12, 18, 24)
            for months in downloads:
                made = _boundary(until, months)
                first = _boundary(until, 0 if months == downloads[0] else months - 7)
                again = np.random.default_rng(seed)
                rows = extras.inquiry_rows(orders, first, made, again, each=1 if firm.curious else 4)
                again = np.random.default_rng((*seed, 1))
                rows += extras.curious_rows(firm, _boundary(until, 0), first, made, again)
                yield download(rows, made)
        case "reviews":
            yield download(extras.review_rows(orders, end, rng), end)
        case "ads":
            starts = [_boundary(until, month).date() for month in range(12, 25)]
            spans = [(one, after - timedelta(days=1)) for one, after in itertools.pairwise(starts)]
            yield download(extras.advertising_rows(channel, spans, rng), end)
        case _:
            days = [_boundary(until, months).date() for months in (15, 18, 21, 24)]
            yield download(extras.listing_rows(firm, channel, days, rng), end)


def _boundary(until: date, months: float) -> datetime:
    """Midnight so many months (of a 24th of the two years) after they began, local to whoever reads."""
    return datetime.combine(until, time()) - timedelta(days=DAYS - round(months * MONTH))


def _truth(said: list[Statement | Seen], broken: int) -> Truth:
    seen: dict[tuple[str, str], int] = {}
    markets: dict[tuple[str, str], list[Statement]] = {}
    for one in said:
        if isinstance(one, Seen):
            seen[one.table, one.market] = seen.get((one.table, one.market), 0) + one.count
        else:
            markets.setdefault((one.market, one.currency), []).append(one)
    return Truth({market: _market(lines) for market, lines in sorted(markets.items())}, seen, broken)


def _market(lines: list[Statement]) -> MarketTruth:
    def orders(state: str) -> set[str]:
        return {line.order for line in lines if line.state == state}

    return MarketTruth(
        gross=sum((line.gross for line in lines), Decimal(0)),
        discount=sum((line.discount for line in lines), Decimal(0)),
        refunded=sum((line.refund for line in lines), Decimal(0)),
        orders=len(orders("sale")),
        void=len(orders("void") - orders("sale") - orders("pending")),
        pending=len(orders("pending") - orders("sale")),
        buyers=len({line.buyer for line in lines if line.buyer and line.state == "sale"}),
    )
