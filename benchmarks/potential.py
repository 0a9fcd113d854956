"""Export potential at the size of BACI, beside hand-written DuckDB SQL and pandas, in the same run.

``python benchmarks/potential.py`` makes five years of 11 million flows between 230 markets in 5,000 products (once,
under ``--folder``, outside the repository), then ranks all products in all markets for one exporter, each
program in a process of its own, and prints wall times, ratios and peak memory.  The goals: at most 1.5 times
the SQL, under 4 GiB.  All end with the same potential by market, or the benchmark fails.

The flows have BACI's skew: few countries trade nearly everything with everybody, most cells are empty
(one in 24 is a flow), and values are lognormal over twelve orders of magnitude.  pandas runs on the
share of years that ``--pandas-years`` says, which is printed.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GOAL, LARGEST = 1.5, 4.0
MARKETS, PRODUCTS, YEARS = 230, 5000, range(2018, 2023)
EXPORTER = "M007"

#: Rows by product that the workflow keeps; totals by market are of all rows, in each program.
KEEP = 5000

MAKE = """
COPY (
  WITH m AS (SELECT i, 'M' || lpad(CAST(i AS VARCHAR), 3, '0') AS name,
                    pow(i + 1, -1.1) * exp(0.5 * sin(i * 7.3)) AS sells, pow(i + 1, -0.9) * exp(0.5 * cos(i * 3.1)) AS buys
             FROM range({markets}) r(i)),
       k AS (SELECT k, lpad(CAST(10100 + k * 190 + (k % 7) AS VARCHAR), 6, '0') AS name, pow(k % 977 + 3, -0.6) AS size
             FROM range({products}) r(k)),
       cell AS (SELECT a.name AS exporter, b.name AS importer, k.name AS product, a.i AS i, b.i AS j, k.k AS k,
                       a.sells * b.buys * k.size AS w
                FROM m a, m b, k WHERE a.i <> b.i),
       drawn AS (SELECT *, hash(i, j, k) / 18446744073709551616.0 AS u,
                        hash(k, i, j, {year}) / 18446744073709551616.0 AS again,
                        hash(j, k, i, {year} + 17) / 18446744073709551616.0 AS n1, hash(i + 1, k, j) / 18446744073709551616.0 AS n2
                 FROM cell)
  SELECT exporter, importer, product, CAST({year} AS SMALLINT) AS year,
         exp(ln(w) * 0.6 + 12 + 2.2 * sqrt(-2 * ln(n2 + 1e-12)) * cos(6.283185307 * hash(i, j, k + 1) / 18446744073709551616.0)
             + 0.3 * (n1 - 0.5)) AS value,
         CAST(NULL AS DOUBLE) AS tonnes, 'both' AS told_by, 'HS2017' AS revision
  FROM drawn WHERE u < least(1.0, {scale} * pow(w, 0.55)) AND again < 0.85
  ORDER BY exporter, importer, product
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""

BY_HAND = """
CREATE TEMP TABLE m AS SELECT importer, product, {sums} FROM flows GROUP BY ALL;
CREATE TEMP TABLE x AS SELECT importer, product, {sums} FROM flows WHERE exporter = '{exporter}' GROUP BY ALL;
CREATE TEMP TABLE s AS SELECT w.product, {shares}
  FROM (SELECT product, {totals} FROM m GROUP BY ALL) w JOIN (SELECT product, {totals} FROM x GROUP BY ALL) o USING (product);
CREATE TEMP TABLE h AS SELECT m.importer, m.product, {hypothetical}, {sold}, {demand}
  FROM m JOIN s USING (product) LEFT JOIN x ON x.importer = m.importer AND x.product = m.product WHERE m.importer <> '{exporter}';
CREATE TEMP TABLE e AS SELECT importer, {ease} FROM h GROUP BY ALL;
CREATE TEMP TABLE epi AS SELECT importer, product, a * h AS potential, least({single}) AS low, greatest({single}) AS high, v AS actual,
  greatest(a * h - v, 0) AS unrealised, d AS demand, greatest((v{y4} + v{y5}) / 2 + 0.1 * (a * h - v), 0) AS outlook
  FROM h JOIN e USING (importer);
CREATE TEMP TABLE ranked AS SELECT * FROM epi ORDER BY unrealised DESC LIMIT {keep};
CREATE TEMP TABLE result AS SELECT importer, sum(potential) AS potential, sum(actual) AS actual, sum(unrealised) AS unrealised
  FROM epi GROUP BY ALL ORDER BY importer;
"""


def by_hand() -> str:
    """Return the SQL with a column for each year and, without a number, for their mean."""
    years = list(YEARS)
    mean = f"/ {len(years)}.0"
    return BY_HAND.format(
        keep=KEEP, exporter=EXPORTER, y4=years[-2], y5=years[-1],
        sums=", ".join([*(f"coalesce(sum(value) FILTER (year = {y}), 0) AS v{y}" for y in years), f"sum(value) {mean} AS v"]),
        totals=", ".join([*(f"sum(v{y}) AS v{y}" for y in years), "sum(v) AS v"]),
        shares=", ".join([*(f"CASE WHEN w.v{y} > 0 THEN o.v{y} / w.v{y} ELSE 0 END AS s{y}" for y in years), "o.v / w.v AS s"]),
        hypothetical=", ".join([*(f"s{y} * m.v{y} AS h{y}" for y in years), "s * m.v AS h"]),
        sold=", ".join([*(f"coalesce(x.v{y}, 0) AS v{y}" for y in years), "coalesce(x.v, 0) AS v"]),
        demand="m.v AS d",
        ease=", ".join([*(f"CASE WHEN sum(h{y}) > 0 THEN sum(v{y}) / sum(h{y}) ELSE 0 END AS a{y}" for y in years),
                        "sum(v) / sum(h) AS a"]),
        single=", ".join(f"a{y} * h{y}" for y in years),
    )  # fmt: skip


def make(folder: Path, flows: int) -> None:
    """Write one Parquet file for each year, unless it is there."""
    import duckdb
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    i, k = np.arange(MARKETS), np.arange(PRODUCTS)
    sells = (i + 1.0) ** -1.1 * np.exp(0.5 * np.sin(i * 7.3))
    buys = (i + 1.0) ** -0.9 * np.exp(0.5 * np.cos(i * 3.1))
    size = (k % 977 + 3.0) ** -0.6
    w = (np.outer(sells, buys)[~np.eye(MARKETS, dtype=bool)][:, None] * size[None, ::10]).ravel() ** 0.55
    low, high = 1e-6, 1e9
    for _ in range(80):
        scale = (low * high) ** 0.5
        low, high = (scale, high) if np.minimum(1, scale * w).sum() * 10 * 0.85 < flows else (low, scale)
    con = duckdb.connect(config={"memory_limit": "3GB", "temp_directory": str(folder / "spill")})
    con.execute("SET enable_progress_bar = false")
    for year in YEARS:
        target = folder / f"flows-{year}-{flows}.parquet"
        if not target.exists():
            part = target.with_suffix(".part")
            con.execute(MAKE.format(markets=MARKETS, products=PRODUCTS, year=year, scale=scale, target=part))
            part.rename(target)


def files_of(folder: Path, flows: int, years: int = len(YEARS)) -> list[Path]:
    return [folder / f"flows-{year}-{flows}.parquet" for year in list(YEARS)[-years:]]


def run_ours(files: list[Path]) -> dict[str, list[float]]:
    import ibis

    from fondaco.markets.potential import potential

    backend = ibis.duckdb.connect(memory_limit="3GB")
    backend.raw_sql("SET enable_progress_bar = false")
    found = potential(
        backend.read_parquet([str(file) for file in files]), EXPORTER, years=list(YEARS), keep=KEEP
    )
    return {m.market: [m.potential or 0.0, m.actual, m.unrealised or 0.0] for m in found.markets}


def run_sql(files: list[Path]) -> dict[str, list[float]]:
    import duckdb

    con = duckdb.connect(config={"memory_limit": "3GB"})
    con.execute("SET enable_progress_bar = false")
    con.execute(f"CREATE VIEW flows AS SELECT * FROM read_parquet({[str(file) for file in files]})")
    for statement in by_hand().split(";"):
        if statement.strip():
            con.execute(statement)
    return {row[0]: list(row[1:]) for row in con.execute("SELECT * FROM result").fetchall()}


def run_pandas(files: list[Path]) -> dict[str, list[float]]:
    import pandas as pd

    flows = pd.concat(
        [
            pd.read_parquet(file, columns=["exporter", "importer", "product", "year", "value"])
            for file in files
        ]
    )
    years = flows["year"].nunique()
    for column in ("exporter", "importer", "product"):
        flows[column] = flows[column].astype("category")
    keys = ["importer", "product"]
    m = flows.groupby([*keys, "year"], observed=True)["value"].sum().unstack(fill_value=0.0)
    own = flows[flows["exporter"] == EXPORTER]
    x = own.groupby([*keys, "year"], observed=True)["value"].sum().unstack(fill_value=0.0)
    m["mean"], x["mean"] = m.sum(axis=1) / years, x.sum(axis=1) / years
    share = x.groupby(level="product", observed=True).sum() / m.groupby(level="product", observed=True).sum()
    m = m[m.index.get_level_values("product").isin(share.dropna(how="all").index)]
    hypothetical = m.mul(share.reindex(m.index.get_level_values("product")).fillna(0.0).to_numpy())
    hypothetical = hypothetical[hypothetical.index.get_level_values("importer") != EXPORTER]
    v = x.reindex(hypothetical.index).fillna(0.0)
    ease = (
        v.groupby(level="importer", observed=True).sum()
        / hypothetical.groupby(level="importer", observed=True).sum()
    )
    epi = hypothetical.mul(
        ease.reindex(hypothetical.index.get_level_values("importer")).fillna(0.0).to_numpy()
    )
    result = pd.DataFrame({"potential": epi["mean"], "actual": v["mean"]})
    result["unrealised"] = (result["potential"] - result["actual"]).clip(lower=0)
    result["low"], result["high"] = epi.drop(columns="mean").min(axis=1), epi.drop(columns="mean").max(axis=1)
    result.sort_values("unrealised", ascending=False).head(KEEP)
    totals = result.groupby(level="importer", observed=True)[["potential", "actual", "unrealised"]].sum()
    return {str(market): list(row) for market, *row in totals.itertuples()}


def measure(what: str, files: list[Path]) -> dict[str, Any]:
    """Run one program in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--run", what, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{what} failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def same(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> bool:
    return all(
        abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1.0)
        for market in ours
        for a, b in zip(ours[market], theirs.get(market, [0.0] * 3), strict=True)
    )


def main() -> int:
    if sys.argv[1:2] == ["--run"]:
        files = [Path(name) for name in sys.argv[3:]]
        import duckdb  # noqa: F401  what programs load is not timed, in either
        import pandas as pd  # noqa: F401

        import fondaco.markets.potential  # noqa: F401

        begun, worked = time.perf_counter(), time.process_time()
        result = {"ours": run_ours, "sql": run_sql, "pandas": run_pandas}[sys.argv[2]](files)
        seconds, work = time.perf_counter() - begun, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps({"seconds": seconds, "busy": work, "peak": peak, "result": result}))
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flows", type=int, default=11_000_000, help="a year")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "fondaco-benchmark-potential"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pandas-years", type=int, default=1)
    asked = parser.parse_args()
    make(asked.folder, asked.flows)
    files = files_of(asked.folder, asked.flows)
    times: dict[str, list[float]] = {"sql": [], "ours": []}
    busy: dict[str, list[float]] = {"sql": [], "ours": []}
    peaks, results = {"sql": 0.0, "ours": 0.0}, {}
    for _ in range(asked.repeats):
        for what in ("sql", "ours"):
            found = measure(what, files)
            times[what].append(found["seconds"])
            busy[what].append(found["busy"])
            peaks[what] = max(peaks[what], found["peak"])
            results[what] = found["result"]
    if not same(results["ours"], results["sql"]):
        raise SystemExit("The two do not end with the same figures.")
    best = {what: sorted(some)[len(some) // 2] for what, some in times.items()}
    ratio = best["ours"] / best["sql"]
    middle = {what: sorted(some)[len(some) // 2] for what, some in busy.items()}
    print(
        f"{asked.flows:,} flows a year, {len(YEARS)} years, {MARKETS} markets, {PRODUCTS:,} products; medians of {asked.repeats}"
    )
    for what, name in (("sql", "DuckDB SQL by hand"), ("ours", "fondaco")):
        print(
            f"  {name:20} {best[what]:7.2f} s   processor {middle[what]:7.2f} s   peak {peaks[what]:.2f} GiB"
        )
    print(
        f"  ratio {ratio:.2f} (goal {GOAL}), of processor time {middle['ours'] / middle['sql']:.2f}; peak goal {LARGEST} GiB"
    )
    if asked.pandas_years:
        some = files_of(asked.folder, asked.flows, asked.pandas_years)
        found = measure("pandas", some)
        print(
            f"  pandas, {asked.pandas_years} of {len(YEARS)} years: {found['seconds']:.2f} s, peak {found['peak']:.2f} GiB"
        )
    return 0 if ratio <= GOAL and peaks["ours"] <= LARGEST else 1


if __name__ == "__main__":
    sys.exit(main())
