"""Make order lines in the ledger's columns, as Parquet, for benchmarks.

``python benchmarks/generate.py --lines 5_000_000 --to build/orders`` writes one file of lines per
five million: countries, buyers and products follow Zipf-like laws, orders have one to six lines (3.5
on average), 2 % of the lines are cancellations that name their order, over three years.  The same
seed gives the same lines.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from fondaco.ledger.schema import ORDERS, ORIGIN, STORED

#: Lines in one file; orders never cross files.
CHUNK = 5_000_000
ORDERS_IN_CHUNK = CHUNK * 2 // 7
COUNTRIES = 60
FIRST_DAY = "2021-01-01"
DAYS = 1096


def write_orders(lines: int, folder: Path, *, seed: int = 7) -> list[Path]:
    """Write about `lines` order lines into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    codes = [
        "DEU",
        "FRA",
        "NLD",
        "IRL",
        "AUS",
        "ESP",
        "ITA",
        "BEL",
        "CHE",
        "AUT",
        "POL",
        "SWE",
        "DNK",
        "NOR",
        "FIN",
        "PRT",
        "GRC",
        "JPN",
        "USA",
        "CAN",
    ]
    codes += [f"{a}{b}{a}" for a in "KLMPQ" for b in "ABCDEFGH"]
    connection.execute("CREATE TABLE codes (place INTEGER, code VARCHAR)")
    connection.executemany("INSERT INTO codes VALUES (?, ?)", list(enumerate(["GBR", *codes][:COUNTRIES])))
    files = []
    buyers = max(lines // 20, 100)
    for number in range(max(1, round(lines / CHUNK))):
        path = folder / f"orders-{number:03d}.parquet"
        count = min(ORDERS_IN_CHUNK, lines * 2 // 7)
        connection.execute(_chunk(number, count, buyers, seed, path))
        files.append(path)
    return files


def _chunk(number: int, count: int, buyers: int, seed: int, path: Path) -> str:
    """Return the statement that writes one file.  Chance is a hash of the row, so threads do not matter."""

    def chance(salt: int, row: str = "n * 8 + line") -> str:
        return f"(hash({row} + {(seed * 16 + salt) * 10**12}) / 18446744073709551616.0)"

    start = number * ORDERS_IN_CHUNK
    return f"""
COPY (
  WITH orders AS (
    SELECT n, {chance(1, "n")} AS size, {chance(2, "n")} AS b, {chance(3, "n")} AS d
    FROM range({start}, {start + count}) AS r(n)
  ), placed AS (
    -- a power of a uniform number: few buyers order much, and each buyer keeps to one country
    SELECT *, floor({buyers} * pow(b, 3))::BIGINT AS buyer,
      (DATE '{FIRST_DAY}' + floor({DAYS} * pow(d, 0.8))::INTEGER)::DATE AS day,
      floor({COUNTRIES} * pow(hash(buyer) / 18446744073709551616.0, 4))::INTEGER AS place
    FROM orders
  ), lines AS (
    SELECT n, day, buyer, place, unnest(range(1, 2 + floor(size * 6)::INTEGER)) AS line FROM placed
  ), drawn AS (
    SELECT *, {chance(4)} < 0.02 AS back, {chance(5)} < 0.04 AS ship,
      floor(20000 * pow({chance(6)}, 3))::INTEGER AS sku,
      1 + floor(12 * pow({chance(7)}, 2))::INTEGER AS units
    FROM lines
  ), priced AS (
    SELECT *, CASE WHEN back THEN -units ELSE units END AS quantity,
      (1 + (sku * 7919) % 4000 / 100.0)::DECIMAL(18,2) AS price
    FROM drawn
  )
  SELECT {_columns(path)} FROM priced JOIN codes USING (place)
) TO '{path}' (FORMAT parquet)"""


def _columns(path: Path) -> str:
    """Return the select list: every column of the ledger's `orders` in its stored type."""
    stated = {
        "platform": "'shopify'",
        "marketplace": "'shop.example'",
        "order": "CASE WHEN back THEN 'C' ELSE '' END || (40000000000 + n)",
        "line": "line",
        "occurrence": "1",
        "kind": "CASE WHEN back THEN 'cancellation' WHEN ship THEN 'shipping' ELSE 'sale' END",
        "sku": "'SKU' || sku",
        "product": "'Product ' || sku",
        "quantity": "quantity",
        "unit_price": "price",
        "currency": "'GBP'",
        "amount": "quantity * price",
        "value": "quantity * price",
        "rate": "1.0",
        "rate_day": "day",
        "at": "day::TIMESTAMP + to_seconds((n * 7919) % 86400)",
        "day": "day",
        "buyer": "CASE WHEN buyer % 20 <> 0 THEN 'b' || buyer END",
        "country_said": "code",
        "country": "code",
        "reversal": "back",
        "cancels": "CASE WHEN back THEN (40000000000 + n)::VARCHAR END",
        "import": "'bench'",
        "file": f"'{path.name}'",
        "row": "n * 8 + line",
        "reader": "'generated/1'",
        "statement": "'first'",
    }
    return ", ".join(
        f'CAST({stated.get(column.name, "NULL")} AS {STORED[column.type]}) AS "{column.name}"'
        for column in (*ORDERS.columns, *ORIGIN)
    )


def main() -> None:
    """Write the lines that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    for path in write_orders(chosen.lines, chosen.to, seed=chosen.seed):
        print(path)


if __name__ == "__main__":
    main()
