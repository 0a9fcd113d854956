"""Trade data of a workspace: add files, and ask them for the potential of the firm's country."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import ibis
import polars as pl

from fondaco.kernel import InputError, Progress
from fondaco.ledger import Workspace
from fondaco.markets import Scorecard
from fondaco.markets.gravity import Gravity, gravity
from fondaco.markets.potential import MarketPotential, Potential, Terms, potential
from fondaco.reference import geography, hs
from fondaco.reference.trade import Flows, Kept, Options, Store, Taken, open_flows, read
from fondaco.reference.trade.flows import Rule
from fondaco.reference.trade.store import overlap
from fondaco.workflows.conclusions import remembering

By = Literal["unrealised", "potential"]

#: How many rows of a potential are kept in memory for pages; totals by market are of all rows.
ROWS_KEPT = 5000


def store_of(workspace: Workspace) -> Store:
    """Return the workspace's trade files: its folder ``trade/``."""
    return Store(workspace.home / "trade")


def add_trade(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    now: datetime,
    source: str = "",
    options: Options | None = None,
    progress: Progress | None = None,
) -> list[Kept]:
    """Read trade files and keep them; see `fondaco.reference.trade.Store.add`."""
    workspace.prepare()
    store = store_of(workspace)
    return [store.add(path, now=now, source=source, options=options, progress=progress) for path in paths]


def potential_of(workspace: Workspace, firm: str, products: Sequence[str] | None = None) -> Potential | None:
    """Return the export potential of a firm's country from the trade files kept, or None without any.

    Remembered by the fingerprint of the files.

    Raises
    ------
    InputError
        When the files hold no exports of the country or the products.
    """
    home = workspace.firm(firm).home
    kept = store_of(workspace).list()
    if not kept:
        return None
    asked = tuple(hs.query(code) for code in products or ())
    marks = hashlib.sha256("".join(one.id for one in kept).encode()).hexdigest()
    key = (str(workspace.home), "potential", marks, home, *asked)
    return remembering(key, lambda: _potential(store_of(workspace), home, asked))


def _potential(store: Store, home: str, asked: Sequence[str]) -> Potential:
    flows = store.open()
    if flows is None:
        raise InputError(NO_TRADE)
    return potential_from(flows, home, products=asked, keep=ROWS_KEPT)


NO_TRADE = "No trade data are loaded: bring a file of UN Comtrade, CEPII BACI or Eurostat Comext in with fondaco trade add FILE."


def potential_from(
    flows: Flows,
    exporter: str,
    *,
    products: Sequence[str] = (),
    years: Sequence[int] | None = None,
    terms: Terms | None = None,
    suppliers: bool = True,
    keep: int | None = None,
    notes: Sequence[str] = (),
) -> Potential:
    """Work out the potential of a country from flows; see `fondaco.markets.potential.potential`."""
    chosen = years if years is not None else flows.years[-5:]
    return potential(
        flows.table,
        exporter,
        products=products,
        years=chosen,
        terms=terms,
        suppliers=suppliers,
        keep=keep,
        currency=flows.currency,
        fingerprint=flows.fingerprint,
        sources=flows.sources,
        notes=(*notes, *flows.notes),
    )


@contextmanager
def flows_of_files(
    paths: Sequence[Path],
    *,
    options: Options | None = None,
    mirror: Rule = "importer",
    level: int | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Flows, list[dict[str, Any]]]]:
    """Read trade files for one question, without keeping them; gives the flows and what was read of each."""
    with tempfile.TemporaryDirectory(prefix="fondaco-trade-") as folder:
        files: list[Path] = []
        taken: list[Taken] = []
        for number, path in enumerate(paths):
            target = Path(folder) / f"{number:03d}.parquet"
            new = read(path, target, options=options, progress=progress)
            if any(new.sha256 == one.sha256 for one in taken):
                continue  # the same file named twice
            for other, known in zip(files, taken, strict=True):
                _refuse_overlap(new, target, known, other)
            files.append(target)
            taken.append(new)
        yield open_flows(files, taken, mirror=mirror, level=level), [one.to_json() for one in taken]


def _refuse_overlap(new: Taken, file: Path, known: Taken, other: Path) -> None:
    if not set(known.years) & set(new.years):
        return
    count = overlap(file, other, sorted(set(known.levels) | set(new.levels)))
    if count:
        raise InputError(f"{new.file} and {known.file} state {count:,} of the same flows: name one of them.")


def distances_of(markets: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return kilometres between each two of the markets that are known to `fondaco.reference.geography`."""
    found = {}
    for one in markets:
        for other in markets:
            if one != other and (km := geography.distance_km(one, other)):
                found[one, other] = km
    return found


def gravity_of(flows: Flows, *, years: Sequence[int] | None = None) -> Gravity:
    """Fit a gravity model to all goods together, with distance, border and language from our own facts.

    Pairs of countries that both trade but not with each other count as zero.
    """
    table, chosen = flows.table, tuple(years if years is not None else flows.years[-5:])
    sums = (
        table.filter(table.year.isin(chosen))
        .group_by("exporter", "importer", "year")
        .agg(value=ibis._.value.sum())
        .to_polars()
    )
    sellers, buyers = sums["exporter"].unique(), sums["importer"].unique()
    grid = pl.DataFrame({"exporter": sellers}).join(pl.DataFrame({"importer": buyers}), how="cross")
    grid = grid.filter(pl.col("exporter") != pl.col("importer")).join(
        sums.select("year").unique(), how="cross"
    )
    whole = grid.join(sums, on=["exporter", "importer", "year"], how="left").with_columns(
        pl.col("value").fill_null(0.0)
    )
    ends = whole.select("exporter", "importer").unique()
    facts = [(a, b, *_facts(a, b)) for a, b in ends.iter_rows()]
    known = pl.DataFrame(
        facts, schema={"exporter": pl.String, "importer": pl.String, "ln_distance": pl.Float64,
                       "contiguity": pl.Float64, "language": pl.Float64}, orient="row",
    )  # fmt: skip
    joined = whole.join(known, on=["exporter", "importer"]).drop_nulls()
    notes = [
        "Distances between main cities, borders and shared languages are from Fondaco's own facts on countries.",
        f"{len(whole.filter(pl.col('value') == 0)) / len(whole):.0%} of the flows are zero: no trade is stated for these pairs.",
    ]
    lost = len(whole) - len(joined)
    if lost:
        notes.append(f"{lost:,} flows of countries whose place is not known are left out.")
    terms = [term for term in ("ln_distance", "contiguity", "language") if joined[term].n_unique() > 1]
    return gravity(joined, terms, notes=notes)


def _facts(one: str, other: str) -> tuple[float | None, float, float]:
    import math

    km = geography.distance_km(one, other)
    return (
        math.log(km) if km else None,
        float(other in geography.neighbours(one)),
        float(geography.share_language(one, other)),
    )


# ---- Beside the ledger -------------------------------------------------------------------------------


def ranked_by_potential(card: Scorecard, found: Potential, *, by: By = "unrealised") -> list[dict[str, Any]]:
    """Return the scorecard's rows in the order of potential, with markets that only trade data know.

    Each is a row as `fondaco markets --json` prints it, with `potential` (None where trade data do not
    have the market) and `seen_in` (``ledger``, ``trade``).  Markets whose ease is not known follow those
    with a potential; the ledger's own that trade data lack come after them, unranked.
    """
    totals = found.by_market()
    rows: dict[str, dict[str, Any]] = {
        row.market: row.to_json() for row in card.markets if row.market is not None
    }
    order = _order(totals.values(), by)
    ranked = []
    for place, market in enumerate(one for one in order if one != card.home):
        known = rows.get(market)
        row = known if known is not None else _unseen(market)
        seen = ["ledger", "trade"] if known is not None else ["trade"]
        ranked.append(row | {"rank": place + 1, "potential": totals[market].to_json(), "seen_in": seen})
    absent = {
        "potential": None,
        "seen_in": ["ledger"],
        "rank": None,
    }
    others = [
        row.to_json() | absent for row in card.markets if row.market is None or row.market not in totals
    ]
    home = [
        row | {"potential": None, "seen_in": ["ledger"]}
        for m, row in rows.items()
        if m == card.home and m in totals
    ]
    return [*ranked, *home, *others]


def _order(markets: Iterable[MarketPotential], by: By) -> list[str]:
    def key(one: MarketPotential) -> tuple[bool, float, float, str]:
        value = one.unrealised if by == "unrealised" else one.potential
        return value is None, -(value or 0.0), -one.at_equal_ease, one.market

    return [one.market for one in sorted(markets, key=key)]


def _unseen(market: str) -> dict[str, Any]:
    """Return the row of a market that the ledger knows nothing of."""
    nothing = {"estimate": None, "why": "The ledger holds no orders from this market."}
    return {
        "market": market, "rank": None, "home": False, "kind": "foreign", "net_revenue": None, "orders": 0, "buyers": 0,
        "growth": nothing, "repeat_share": nothing, "share": None, "share_of_foreign": None,
        "expected_orders": nothing, "expected_inquiries": nothing, "top5_probability": None,
        "rests_on": {"orders": 0, "lines": 0, "sentence": "Known from trade data only: no orders in the ledger yet."},
    }  # fmt: skip
