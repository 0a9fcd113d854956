"""A freight table of a million rows: read, checked and kept, and asked for one lane; time and peak memory.

``python benchmarks/freight.py [--rows N]`` makes a CSV from a seed (ten countries, zones, three kinds, ten carriers;
one row in a thousand is wrong), reads it in a process of its own under the default bound of memory (1 GB) and under
300 MB, and prints processor seconds (of all threads) and peak memory beside a bare DuckDB read of the same file into Parquet.  The goals: under
30 seconds, a lane in under 0.2 seconds, every wrong row found; the exit code says whether they hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

GOAL_SECONDS, GOAL_LANE = 30.0, 0.2
PLACES = ["GB", "US", "KR", "JP", "DE", "FR", "NL", "CA", "AU", "SE"]

TAKE = """
import json, resource, sys, tempfile, time
from datetime import UTC, datetime
from pathlib import Path
from fondaco.reference.freight import Freight
begun = time.process_time()
with tempfile.TemporaryDirectory() as folder:
    store = Freight(Path(folder))
    kept = store.add(Path(sys.argv[1]), now=datetime(2026, 11, 30, tzinfo=UTC))
    read = time.process_time() - begun
    begun = time.process_time()
    lane = store.rates("GBR", origin="ITA", zone="Z5")
    asked = time.process_time() - begun
print(json.dumps({"seconds": read, "lane": asked, "rates": kept.taken.rates, "in_lane": len(lane),
    "wrong": sum(p.count for p in kept.taken.problems), "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
BARE = """
import json, resource, sys, time, duckdb
begun = time.process_time()
con = duckdb.connect(); con.execute("SET enable_progress_bar = false")
con.execute("COPY (SELECT * FROM read_csv(?, all_varchar = true)) TO '" + sys.argv[1] + ".parquet' (FORMAT parquet)", [sys.argv[1]])
print(json.dumps({"seconds": time.process_time() - begun, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def make(path: Path, rows: int) -> int:
    """Write the table; return how many rows are wrong."""
    draw, wrong = random.Random(1), 0
    with path.open("w") as out:
        out.write(
            "destination,origin,zone,kind,carrier,per_kg,minimum,fixed,breaks,currency,valid_from,valid_to,days,source\n"
        )
        for row in range(rows):
            kind = draw.choice(["parcel", "air", "groupage"])
            price = draw.uniform(1, 9)
            if row % 1000 == 999:
                price, wrong = -price, wrong + 1
            breaks = "" if kind == "parcel" else "45:3.2 100:2.8"
            out.write(
                f"{PLACES[row % 10]},IT,Z{row // 100},{kind},C{row // 10 % 10},{price:.2f},10,2.5,{breaks},EUR,2026-01-01,"
                "2026-12-31,3-5,made\n"
            )
    return wrong


def run(code: str, path: Path, memory: str = "") -> dict[str, float]:
    """Run a program in a process of its own."""
    env = os.environ | ({"FONDACO_MEMORY": memory} if memory else {})
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, env=env
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main(arguments: list[str]) -> int:
    """Print the table; return 0 where the goals hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args(arguments).rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rates.csv"
        wrong = make(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 2**20:.0f} MB, {wrong:,} of them wrong")
        bare = run(BARE, path)
        print(f"{'bare DuckDB, nothing checked':34} {bare['seconds']:6.1f} s {bare['mb']:6.0f} MB")
        holds = True
        for memory in ("1GB", "300MB"):
            told = run(TAKE, path, memory)
            holds &= told["seconds"] < GOAL_SECONDS and told["lane"] < GOAL_LANE and told["wrong"] == wrong
            print(
                f"{'read and checked, FONDACO_MEMORY ' + memory:34} {told['seconds']:6.1f} s {told['mb']:6.0f} MB, "
                f"{told['rates']:,.0f} kept, {told['wrong']:,.0f} wrong; a lane of {told['in_lane']:.0f} in {1000 * told['lane']:.0f} ms"
            )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
