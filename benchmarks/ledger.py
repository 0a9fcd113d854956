"""The import of a real file beside DuckDB's bare reading of the same file, in the same run.

    python benchmarks/ledger.py [--runs 5] [--times 1,20]

Each side is a whole process: `fondaco import` (reading, understanding, classifying, relating,
writing, fingerprinting and committing every row) and ``read_csv`` to Parquet with types sniffed and
nothing else.  Wall and CPU seconds are medians; memory is the largest resident set of any run.
Goal: at most 3 times the wall time, at most 1 GiB.

The file is Online Retail where it lies beside the checkout, else one of the same shape, made here.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "online_retail" / "online_retail.csv.gz"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOAL_RATIO, GOAL_MIB = 3.0, 1024


@dataclass(frozen=True)
class Run:
    """One process: wall and CPU time in seconds, largest resident set in MiB."""

    wall: float
    cpu: float
    peak: float


def measured(command: list[str], env: dict[str, str]) -> Run:
    """Run a command in a child of its own, so that its resources are told from all others'."""
    read, write = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(read)
        done = subprocess.run(command, env=os.environ | env, stdout=subprocess.DEVNULL, check=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = f"{done.returncode} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}"
        os.write(write, told.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        code, cpu, peak = stream.read().split()
    wall = time.perf_counter() - began
    os.waitpid(child, 0)
    if code not in ("0", "1"):
        raise SystemExit(f"{command[:4]} ended with {code}.")
    return Run(wall, float(cpu), float(peak))


def ours(path: Path, folder: Path) -> Run:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    words = ["import", str(path), "--firm", "gifts", "--home", "GB", "--currency", "GBP", "--json"]
    code = "from fondaco.cli import main; main()"
    return measured([sys.executable, "-c", code, *words], {"FONDACO_HOME": str(home)})


def bare(path: Path, folder: Path) -> Run:
    target = folder / "bare.parquet"
    target.unlink(missing_ok=True)
    sql = f"COPY (SELECT * FROM read_csv('{path}')) TO '{target}' (FORMAT parquet)"
    code = f"import duckdb; con = duckdb.connect(); con.execute({sql!r})"
    return measured([sys.executable, "-c", code], {})


def lookalike(path: Path, rows: int = 541_909) -> Path:
    """Write a file of the real one's shape: columns, lengths of orders, cancellations, empty buyers."""
    chance = random.Random(7)
    countries = ["United Kingdom"] * 90 + ["Germany", "France", "EIRE", "Spain", "Netherlands", "Belgium"]
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as out:
        out.write(HEADER)
        written, number = 0, 536365
        while written < rows:
            number += 1
            back = chance.random() < 0.15
            buyer = "" if chance.random() < 0.15 else str(chance.randrange(12346, 18288))
            day = f"2011-{1 + written * 12 // rows:02}-{chance.randrange(1, 29):02} {chance.randrange(8, 19):02}:15:00"
            country = chance.choice(countries)
            for _ in range(chance.randrange(1, 4 if back else 50)):
                code, amount = chance.randrange(10000, 14000), chance.randrange(1, 25)
                price = chance.randrange(20, 1500) / 100
                prefix, sign = ("C", "-") if back else ("", "")
                out.write(
                    f"{prefix}{number},{code},ARTICLE NUMBER {code} IN RED,{sign}{amount},{day},{price:.2f},{buyer},{country}\n"
                )
                written += 1
                if written == rows:
                    break
    return path


def times(source: Path, count: int, folder: Path) -> Path:
    """Return the file `count` times over, each copy with order numbers of its own, as plain CSV."""
    target = folder / f"times-{count}.csv"
    with gzip.open(source, "rt", encoding="utf-8") as stream:
        header, *lines = stream.read().splitlines(keepends=True)
    with target.open("w", encoding="utf-8") as out:
        out.write(header)
        for copy in range(count):
            mark = f"{copy:02}"
            out.writelines(
                f"C{mark}{line[1:]}"
                if line.startswith("C")
                else f"{mark}{line}"
                if line[0].isdigit()
                else line
                for line in lines
            )
    return target


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--times", default="1,20")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fondaco-benchmark-") as name:
        folder = Path(name)
        source = REAL if REAL.exists() else lookalike(folder / "lookalike.csv.gz")
        print(f"{source.name}: goal {GOAL_RATIO:.0f} times the wall time of bare DuckDB, {GOAL_MIB} MiB")
        print(f"{'file':>12} {'':>10} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9}")
        for count in map(int, options.times.split(",")):
            path = source if count == 1 else times(source, count, folder)
            runs = options.runs if count == 1 else max(1, min(options.runs, 3))
            both = [(bare(path, folder), ours(path, folder)) for _ in range(runs)]
            report(f"x {count}", [pair[0] for pair in both], [pair[1] for pair in both])


def report(label: str, theirs: list[Run], mine: list[Run]) -> None:
    middle = {}
    for who, runs in (("bare", theirs), ("fondaco", mine)):
        wall, cpu = (statistics.median(getattr(run, what) for run in runs) for what in ("wall", "cpu"))
        peak = max(run.peak for run in runs)
        middle[who] = (wall, cpu)
        print(f"{label:>12} {who:>10} {wall:8.2f} {cpu:8.2f} {peak:9.0f}")
    wall, cpu = (middle["fondaco"][n] / middle["bare"][n] for n in (0, 1))
    peak = max(run.peak for run in mine)
    met = "met" if wall <= GOAL_RATIO and peak <= GOAL_MIB else "not met"
    print(f"{label:>12} {'ratio':>10} {wall:8.2f} {cpu:8.2f} {'':>9}  goal {met}")


if __name__ == "__main__":
    main()
