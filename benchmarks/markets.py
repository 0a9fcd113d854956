"""The scorecard beside hand-written DuckDB SQL that works out the same figures, in the same run.

``python benchmarks/markets.py --lines 100_000_000`` makes the lines (once, under `--folder`), then runs
both in turn, each in a process of its own, and prints wall times, their ratio and peak memory.  The
goal is a ratio of at most 1.3.  Both end with the same net revenue, orders and buyers by market, or
the benchmark fails.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import write_orders  # type: ignore[import-not-found]  # its neighbour, when run as a script

GOAL = 1.3

#: The same for both; what does not fit goes to disk.
LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "6GB",
    "temp_directory": tempfile.gettempdir(),
}

BY_HAND = """
CREATE TEMP TABLE span AS
  SELECT min(day) AS since, max(day) AS until, count(*) AS lines FROM orders;
SET VARIABLE until = (SELECT until FROM span);
SET VARIABLE last = (getvariable('until') + 1 - INTERVAL 12 MONTH)::DATE;
SET VARIABLE before = (getvariable('until') + 1 - INTERVAL 24 MONTH)::DATE;

CREATE TEMP TABLE goods AS
  SELECT country, date_trunc('month', day) AS month, kind,
    sum(value) AS value, sum(quantity) AS quantity, count(*) AS lines, count(value) AS valued
  FROM orders WHERE kind IN ('sale', 'cancellation', 'return') GROUP BY ALL;

CREATE TEMP TABLE deals AS
  SELECT platform, marketplace, coalesce(cancels, "order") AS deal, country,
    any_value(buyer) AS buyer,
    min(day) FILTER (kind = 'sale' AND (quantity > 0 OR quantity IS NULL)) AS day,
    sum(value) AS net,
    sum(value) FILTER (day >= getvariable('last')) AS net_last,
    sum(value) FILTER (day >= getvariable('before') AND day < getvariable('last')) AS net_before
  FROM orders WHERE kind IN ('sale', 'cancellation', 'return') GROUP BY ALL;

CREATE TEMP TABLE months AS
  SELECT country, date_trunc('month', day) AS month, count(day) AS orders,
    count(day) FILTER (buyer IS NULL) AS anonymous, min(day) AS first, max(day) AS last,
    sum(net::DOUBLE * net::DOUBLE) AS squares,
    count(day) FILTER (day >= getvariable('last')) AS orders_last,
    count(day) FILTER (day >= getvariable('before') AND day < getvariable('last')) AS orders_before,
    sum(net_last) AS net_last, sum(net_last::DOUBLE * net_last::DOUBLE) AS squares_last,
    sum(net_before) AS net_before, sum(net_before::DOUBLE * net_before::DOUBLE) AS squares_before
  FROM deals GROUP BY ALL;

CREATE TEMP TABLE buyers AS
  SELECT country, platform, buyer, min(day) AS first, max(day) AS last, sum(net) AS net
  FROM deals WHERE buyer IS NOT NULL GROUP BY ALL;

CREATE TEMP TABLE buyers_of AS
  SELECT country, count(first) AS buyers, count(first) FILTER (first < last) AS repeat,
    sum(net) FILTER (net > 0) AS bought, sum(net::DOUBLE * net::DOUBLE) FILTER (net > 0) AS squares,
    max(net, 3) AS largest
  FROM buyers GROUP BY ALL;

SELECT country, net, orders, buyers
FROM (SELECT country, sum(value) AS net FROM goods GROUP BY ALL)
JOIN (SELECT country, sum(orders) AS orders FROM months GROUP BY ALL) USING (country)
LEFT JOIN buyers_of USING (country)
CROSS JOIN (SELECT count(*) FROM (SELECT DISTINCT platform, buyer FROM buyers WHERE first IS NOT NULL))
ORDER BY country;
"""


def by_hand(files: str) -> list[list[str]]:
    """Work the figures out with `BY_HAND`."""
    import duckdb

    connection = duckdb.connect(config=LIMITS)
    connection.execute(f"CREATE VIEW orders AS SELECT * FROM read_parquet('{files}')")
    result = connection.execute(BY_HAND).fetchall()
    return [[str(value) for value in row] for row in result]


def by_fondaco(files: str) -> list[list[str]]:
    """Work the figures out with the scorecard."""
    import ibis

    from fondaco.markets import scorecard

    card = scorecard(ibis.duckdb.connect(**LIMITS).read_parquet(files), home="GBR", currency="GBP")
    rows = sorted(card.markets, key=lambda row: row.market or "")
    return [[str(row.market), str(row.net_revenue), str(row.orders), str(row.buyers)] for row in rows]


WAYS = {"hand": by_hand, "fondaco": by_fondaco}


def once(way: str, files: str) -> None:
    """Run one way in this process and print what it took; imports are not counted."""
    import ibis

    from fondaco.ledger.schema import ORDERS
    from fondaco.markets import scorecard

    # Ibis loads most of itself at its first query: let that be one on an empty table.
    kinds = {"money": "decimal(18, 4)", "number": "decimal(18, 4)", "day": "date"}
    empty = ibis.duckdb.connect().create_table(
        "orders", schema={c.name: kinds.get(c.type, "string") for c in ORDERS.columns}
    )
    scorecard(empty, home="GBR", currency="GBP")
    start = time.perf_counter()
    rows = WAYS[way](files)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mebibytes": memory, "rows": rows}))


def measure(lines: int, folder: Path, repeats: int) -> float:
    """Run both ways in turn, print what they took and return the ratio of their medians."""
    held = folder / f"lines-{lines}"
    if not list(held.glob("*.parquet")):
        write_orders(lines, held)
    files = str(held / "*.parquet")
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    rows, memory = {}, {}
    for _ in range(repeats):
        for way in WAYS:
            command = [sys.executable, __file__, "--once", way, "--files", files]
            said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            taken[way].append(said["seconds"])
            rows[way], memory[way] = said["rows"], said["mebibytes"]
    if rows["hand"] != rows["fondaco"]:
        raise SystemExit("The two ways differ in what they found.")
    seconds = {way: statistics.median(times) for way, times in taken.items()}
    ratio = seconds["fondaco"] / seconds["hand"]
    for way in WAYS:
        print(f"{way:8s} {seconds[way]:8.2f} s   peak {memory[way]:8.0f} MiB")
    print(f"ratio    {ratio:8.2f}     goal {GOAL}; {lines:,} lines, {repeats} runs of each")
    return ratio


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "fondaco-benchmarks")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--once", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--files", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.once:
        once(chosen.once, chosen.files)
    else:
        measure(chosen.lines, chosen.folder, chosen.repeats)


if __name__ == "__main__":
    main()
