"""The buyers of a large firm: what each part of the first book of buyers takes, on a made ledger.

``python benchmarks/buyers.py [--buyers 100000]`` makes a workspace in a temporary folder whose ledger holds an inquiry of each
buyer and the orders of half of them over three years, named as in ``identity.py`` (seven countries, two scripts, errors).
Each part is run once in this order, so that a later one finds what an earlier one concluded; processor seconds of all
threads are printed, and the highest memory so far.  ``--profile`` tells where each part's time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
from identity import made as made_records  # type: ignore[import-not-found]  # its neighbour, when run as a script

from fondaco.ledger import Workspace
from fondaco.ledger.report import ImportReport
from fondaco.ledger.schema import INQUIRIES, ORDERS, ORIGIN, Table
from fondaco.ledger.store import Event, Store

FIRM = "large"
LAST = date(2026, 10, 31)
DAYS = 1096
_TYPES = {
    "text": pl.String, "money": pl.Decimal(18, 2), "number": pl.Decimal(18, 4), "count": pl.Int64, "day": pl.Date,
    "time": pl.Datetime("us"), "flag": pl.Boolean, "ratio": pl.Float64,
}  # fmt: skip


def make_ledger(home: Path, buyers: int) -> Workspace:
    """Make a workspace whose firm has so many records of buyers."""
    workspace = Workspace(home)
    workspace.create_firm(FIRM, home="ITA", currency="EUR", fictional=True)
    store = Store(home / "ledger" / f"firm={FIRM}")
    said = made_records(buyers, random.Random(5)).head(buyers)
    who = said.select(
        pl.col("mark").str.splitn(":", 2).struct.rename_fields(["platform", "own"]).struct.unnest(),
        "email", buyer_name="name", buyer_company="company", country="country", country_said="country",
    ).with_columns(buyer=pl.coalesce("email", "own"))  # fmt: skip
    rng = np.random.default_rng(5)
    asked = rng.integers(0, DAYS, buyers)
    times = np.where(rng.random(buyers) < 0.5, rng.negative_binomial(0.6, 0.15, buyers) + 1, 0)
    rows = np.repeat(np.arange(buyers), times)
    ordered = np.minimum(asked[rows] + np.ceil(rng.exponential(120.0, len(rows))).astype(int), DAYS - 1)
    files = []
    with store.lock():
        for table, places, days in ((INQUIRIES, np.arange(buyers), asked), (ORDERS, rows, ordered)):
            frame = _frame(table, who[places], days, rng)
            path = home / f"{table.name}.parquet"
            frame.write_parquet(path)
            files.append(store.add(table.name, path, name=path.name, rows=frame.height))
        count = buyers + len(rows)
        names = ("generated",), ("generated/1",), ("inquiries", "orders")
        report = ImportReport("bench", FIRM, *names, count, count, 0, 0, 0, 0, count, "EUR")
        detail = {"report": report.to_json(), "totals": {}, "contested": [], "understood": []}
        store.commit(Event(1, "import", "bench", datetime.now(UTC), "benchmark", tuple(files), detail), home)
    return workspace


def _frame(table: Table, who: pl.DataFrame, days: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    count = len(days)
    day = pl.Series(np.datetime64(LAST - timedelta(days=DAYS - 1)) + days.astype("timedelta64[D]"))
    number = pl.int_range(count, eager=True)
    said = pl.Series(
        [
            f"Dear Sir, please quote {300 + n % 700} bottles of your red wine, our number {n}."
            for n in range(count)
        ]
    )
    value = pl.Series(np.round(rng.lognormal(5, 0.7, count), 2))
    stated = {
        "order": number.cast(pl.String), "inquiry": number.cast(pl.String), "line": number * 0 + 1,
        "occurrence": number * 0 + 1, "quantity": number * 0 + 3, "unit_price": value / 3, "amount": value, "value": value,
        "rate": value * 0 + 1, "rate_day": day, "at": day, "day": day, "row": number, "source": number * 0, "message": said,
    }  # fmt: skip
    same = {
        "marketplace": "site.example", "kind": "sale" if table is ORDERS else "inquiry", "sku": "S1", "product": "Wine",
        "currency": "EUR", "reversal": False, "import": "bench", "file": "made", "reader": "generated/1", "statement": "first",
    }  # fmt: skip
    columns = []
    for column in (*table.columns, *ORIGIN):
        kind = cast("pl.DataType", _TYPES[column.type])
        if column.name in who.columns:
            held = who[column.name]
        elif column.name in stated:
            held = stated[column.name]
        else:
            held = pl.Series([same.get(column.name)]).new_from_index(0, count)
        columns.append(held.cast(kind).alias(column.name))
    return pl.DataFrame(columns)


def told(name: str, part: Callable[[], object], *, profile: bool) -> None:
    """Run a part once and print what it took."""
    watch = cProfile.Profile()
    begun, spent = time.perf_counter(), time.process_time()
    found = watch.runcall(part) if profile else part()
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{name:34} {cpu:7.2f} s of processors, {wall:7.2f} s, {peak:5.2f} GiB at most  {found}", flush=True
    )
    if profile:
        pstats.Stats(watch).sort_stats("tottime").print_stats(22)


def main() -> None:
    """Run the parts that the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--buyers", type=int, default=100_000)
    options.add_argument("--home", type=Path, help="a workspace made by an earlier run, or where to keep it")
    options.add_argument("--profile", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fondaco-buyers-") as folder:
        home = asked.home or Path(folder)
        workspace = Workspace(home) if (home / "ledger").exists() else make_ledger(home, asked.buyers)
        run(workspace, profile=asked.profile)


def run(workspace: Workspace, *, profile: bool) -> None:
    """Run each part once."""
    from fondaco.workflows.buyer_book import Sought, book_of, onwards_of
    from fondaco.workflows.buyers import buyers_of, records_of
    from fondaco.workflows.forecast import forecast_of
    from fondaco.workflows.stages import stages_of, waits_of

    today = LAST + timedelta(days=3)

    def compared() -> str:
        found = buyers_of(workspace, FIRM)
        return f"{len(found.buyers):,} buyers; {found.resolution.basis} left out {found.resolution.left_out}"

    def forecast() -> str:
        found = forecast_of(workspace, FIRM, today=today)
        return f"{found.model.name}, {found.model.customers:,} buyers" if found.model else ""

    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("records", lambda: f"{records_of(workspace, FIRM).height:,}"),
        ("which records are one", compared),
        ("forecast", forecast),
        ("forecast as JSON", lambda: f"{len(json.dumps(forecast_of(workspace, FIRM).to_json(most=100))):,} bytes"),
        ("stages and funnel", lambda: f"{len(stages_of(workspace, FIRM, today).buyers):,} buyers"),
        ("buyers as JSON", lambda: f"{len(json.dumps(stages_of(workspace, FIRM, today).buyers_json())):,} bytes"),
        ("book", lambda: f"{len(book_of(workspace, FIRM, today).lines):,} lines"),
        ("a page of the book", lambda: len(book_of(workspace, FIRM, today).seek(Sought(text="kim"), "-expected"))),
        ("how buyers move on", lambda: len(onwards_of(book_of(workspace, FIRM, today), {}))),
        ("how long they take", lambda: len(waits_of(workspace, FIRM).first_order)),
    )  # fmt: skip
    for name, part in parts:
        told(name, part, profile=profile)


if __name__ == "__main__":
    main()
