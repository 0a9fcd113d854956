"""The share of cells that are understood rightly, and how fast files are read.

    python benchmarks/readers.py cells [--files 2000] [--seed 7] [--jobs 2] [--show 10]
    python benchmarks/readers.py speed [--rows 500000]

``cells`` takes in the files of `corpus.py`, which knows what it wrote, and says of every cell what became of
it: right; *asked* (a person is asked before anything counts); *refused* (its row waits in quarantine with a
reason); *unused* (its column was not understood and is shown as such); or wrong: another value, a row
that vanished, or a row that is none and counts.  A refusal is right where the file itself cannot tell.
Beside it stand what pandas and DuckDB make of the same files with their defaults, judged kindly: a
cell is right if its value stands anywhere in the column of its name, with its type.

``speed`` gives rows a second for each layout, whole imports, and for a workbook beside fastexcel alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

try:
    from benchmarks import corpus
except ImportError:  # run as a script: its own folder is on the path
    import corpus  # type: ignore[import-not-found, no-redef]

GOAL_RIGHT, GOAL_WRONG = 0.995, 0.001
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NUMBERS = {
    "quantity",
    "unit_price",
    "amount",
    "spend",
    "price",
    "rating",
    "impressions",
    "clicks",
    "visitors",
    "views",
    "shipping",
    "discount",
    "tax",
    "sales",
    "orders",
    "stock",
    "searches",
    "inquiries",
}
DATES = {"at", "day", "until"}


@dataclass
class Tally:
    """What became of the cells of some files."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)  # (field, verdict)
    peers: dict[str, Counter[str]] = field(default_factory=dict)  # peer to verdicts
    files: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.cells.update(other.cells)
        self.files += other.files
        for name, verdicts in other.peers.items():
            self.peers.setdefault(name, Counter()).update(verdicts)


# Cells -------------------------------------------------------------------------------------------


def judge(number: int, seed: int) -> Tally:
    """Make one file, take it in, and compare."""
    with tempfile.TemporaryDirectory(prefix="fondaco-corpus-") as name:
        path, truth = corpus.write(corpus.make(number, seed), Path(name))
        tally = Tally()
        verdicts, why = _of_fondaco(path, truth, Path(name) / "home")
        tally.cells.update(verdicts)
        tally.files.append({"number": number, "file": truth["file"], "layout": truth["layout"], "difficulties": truth["difficulties"], "why": why,
                            "verdicts": Counter(verdict for _, verdict in verdicts)})  # fmt: skip
        for peer, read in (("pandas", _read_pandas), ("duckdb", _read_duckdb)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tally.peers[peer] = _of_peer(path, truth, read)
        return tally


def _of_fondaco(path: Path, truth: dict[str, Any], home: Path) -> tuple[list[tuple[str, str]], str]:
    from fondaco.kernel import FondacoError, NeedsAnswer
    from fondaco.ledger import Workspace
    from fondaco.workflows import take_in

    options = {"home": "IT", "currency": "EUR"} | truth["options"]
    cells = [
        (sheet, int(row), name, value)
        for sheet, rows in truth["sheets"].items()
        for row, means in rows.items()
        for name, value in means.items()
    ]
    try:
        report = take_in(Workspace(home), "shop", [path], now=NOW, **options)
    except NeedsAnswer as asked:
        rightly = truth["open_dates"]
        return [(name, "right" if rightly else "asked") for _, _, name, _ in cells], " ".join(
            q.text for q in asked.questions
        )
    except FondacoError as error:
        return [(name, "refused") for _, _, name, _ in cells], str(error)
    taken, waiting = _outcome(home, truth)
    told = {name for name in truth["told"] for p in report.problems if "digits" in p.reason}
    verdicts: list[tuple[str, str]] = []
    notes: list[str] = []
    for sheet, row, name, value in cells:
        key = (sheet, row)
        if (
            key in taken
            and taken[key].get("statement") == "dropped"
            and "overlap" not in truth["difficulties"]
        ):
            verdict = "vanished"
        elif key in taken:
            verdict = _compare(name, value, taken[key].get(name))
            verdict = "right" if name in told and verdict == "wrong" else verdict
        elif key in waiting:
            verdict = "right" if truth["told"] else "refused"
        else:
            verdict = "vanished"
        verdicts.append((name, verdict))
        if verdict != "right" and len(notes) < 4:
            notes.append(
                f"{verdict} {name} row {row}: {value!r} as {taken.get(key, {}).get(name)!r} {waiting.get(key, '')}"
            )
    meant = {(sheet, row) for sheet, row, _, _ in cells}
    for key, found in taken.items():
        if (
            key not in meant and found.get("statement") != "dropped"
        ):  # a row that sums up an order counts nothing
            verdicts.append(("row", "invented"))
            notes.append(f"invented {key}: { {k: v for k, v in found.items() if v is not None} }"[:300])
    return verdicts, "; ".join(notes)


def _outcome(
    home: Path, truth: dict[str, Any]
) -> tuple[dict[tuple[str, int], dict[str, Any]], dict[tuple[str, int], str]]:
    """Return all rows that were taken, repeats included, and the reasons of those that wait, by sheet and row."""
    import pyarrow.parquet as pq

    first = next(iter(truth["sheets"]))
    known = set(truth["sheets"])

    def place(row: dict[str, Any]) -> tuple[str, int]:
        parts = row["file"].partition(" (from row")[0].split("/")
        sheet = next((part for part in parts if part in known), first)
        return sheet, row["row"]

    folder = home / "ledger" / "firm=shop"
    tables = ("orders", "traffic", "ads", "reviews", "listings", "inquiries")
    taken = {place(row): row for table in tables for row in _rows(folder / table, pq)}
    waiting = {place(row): row["reason"] for row in _rows(folder / "quarantine", pq)}
    return taken, waiting


def _rows(folder: Path, pq: Any) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.parquet")):
        yield from pq.ParquetFile(path).read().to_pylist()


def _compare(name: str, meant: str, found: Any) -> str:
    if found is None:
        return "unused"
    if name in NUMBERS:
        right = Decimal(meant) == found
    elif isinstance(found, datetime):
        right = datetime.fromisoformat(meant) == found.replace(tzinfo=None)
    elif isinstance(found, date):
        right = datetime.fromisoformat(meant).date() == found
    else:
        right = " ".join(meant.split()) == " ".join(str(found).split())
    return "right" if right else "wrong"


# Peers -------------------------------------------------------------------------------------------


def _of_peer(path: Path, truth: dict[str, Any], read: Any) -> Counter[str]:
    """Return how many cells a peer gives with the right value under the right name."""
    meant: dict[str, Counter[str]] = {}
    for rows in truth["sheets"].values():
        for means in rows.values():
            for name, value in means.items():
                if name in truth["columns"] and name != "country":
                    meant.setdefault(name, Counter())[_normal(name, value)] += 1
            if "country_said" in means and "country" in truth["columns"]:
                meant.setdefault("country", Counter())[means["country_said"]] += 1
    total = sum(sum(values.values()) for values in meant.values())
    try:
        columns = read(path)
    except Exception:  # noqa: BLE001  whatever a peer raises, it has read nothing
        return Counter({"failed": total})
    right = 0
    for name, values in meant.items():
        found = Counter(_found(name, value) for value in columns.get(truth["columns"][name], []))
        right += (found & values).total()
    return Counter({"right": right, "not right": total - right})


def _normal(name: str, value: str) -> str:
    return str(Decimal(value).normalize()) if name in NUMBERS else value


def _found(name: str, value: Any) -> str:
    if name in NUMBERS:
        with contextlib.suppress(InvalidOperation, ValueError):
            return "" if isinstance(value, str) else str(Decimal(str(value)).normalize())
        return ""
    if name in DATES:
        with contextlib.suppress(ValueError, AttributeError):
            return (
                (value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))
                .replace(tzinfo=None)
                .isoformat(" ")
            )
    return str(value)


def _read_pandas(path: Path) -> dict[str, list[Any]]:
    import pandas as pd

    if path.suffix in (".json", ".jsonl"):
        frame = pd.read_json(path, lines=path.suffix == ".jsonl")
    else:
        frame = pd.read_excel(path) if path.suffix == ".xlsx" else pd.read_csv(path)
    return {str(name): frame[name].tolist() for name in frame.columns}


def _read_duckdb(path: Path) -> dict[str, list[Any]]:
    import duckdb

    found = duckdb.connect().execute(f"FROM {'read_json' if 'json' in path.suffix else 'read_csv'}('{path}')")
    names = [column[0] for column in found.description or ()]
    rows = found.fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def cells(options: argparse.Namespace) -> None:
    """Judge files, those aside whose outcome `--log` has already, and report on all of them."""
    whole, done = Tally(), set()
    if options.log and options.log.exists():
        for line in options.log.read_text("utf-8").splitlines():
            tally = _from_json(json.loads(line))
            whole.add(tally)
            done |= {one["number"] for one in tally.files}
    numbers = [n for n in range(options.first, options.first + options.files) if n not in done]
    with ProcessPoolExecutor(options.jobs) as pool:
        for tally in pool.map(judge, numbers, [options.seed] * len(numbers)):
            whole.add(tally)
            if options.log:
                with options.log.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(_to_json(tally), ensure_ascii=False) + "\n")
    _report(whole, options.show)


def _to_json(tally: Tally) -> dict[str, Any]:
    return {
        "cells": [[*key, count] for key, count in tally.cells.items()],
        "peers": tally.peers,
        "files": tally.files,
    }


def _from_json(said: dict[str, Any]) -> Tally:
    files = [{**one, "verdicts": Counter(one["verdicts"])} for one in said["files"]]
    found = Counter({(name, verdict): count for name, verdict, count in said["cells"]})
    return Tally(found, {name: Counter(made) for name, made in said["peers"].items()}, files)


def _report(whole: Tally, show: int) -> None:
    verdicts = ("right", "asked", "refused", "unused", "wrong", "vanished", "invented")
    total = sum(count for (_, verdict), count in whole.cells.items() if verdict != "invented")
    print(f"{len(whole.files):,} files, {total:,} cells")
    print(f"{'':>14}" + "".join(f"{verdict:>10}" for verdict in verdicts) + f"{'right':>10}")
    for name in [*sorted({name for name, _ in whole.cells}), ""]:
        counts = [
            sum(n for (f, v), n in whole.cells.items() if v == verdict and name in ("", f))
            for verdict in verdicts
        ]
        share = counts[0] / max(sum(counts), 1)
        print(f"{name or 'all':>14}" + "".join(f"{count:10,}" for count in counts) + f"{share:10.3%}")
    right = sum(n for (_, v), n in whole.cells.items() if v == "right") / total
    wrong = sum(n for (_, v), n in whole.cells.items() if v in ("wrong", "vanished", "invented")) / total
    met = "met" if right >= GOAL_RIGHT and wrong <= GOAL_WRONG else "not met"
    print(
        f"right {right:.3%} (goal {GOAL_RIGHT:.1%}), silently wrong {wrong:.4%} (goal at most {GOAL_WRONG:.1%}): {met}"
    )
    for peer, made in whole.peers.items():
        failed = made["failed"] / made.total()
        print(f"{peer}: right {made['right'] / made.total():.1%}, cells of files it fails on {failed:.1%}")
    _by(whole, lambda one: [one["layout"]])
    _by(whole, lambda one: one["difficulties"] or ["none"])
    bad = [one for one in whole.files if one["why"] and set(one["verdicts"]) - {"right"}]
    bad.sort(
        key=lambda one: (
            -sum(
                one["verdicts"][v] * (50 if v in ("wrong", "vanished", "invented") else 1)
                for v in verdicts[1:]
            )
        )
    )
    for one in bad[:show]:
        print(json.dumps(one, ensure_ascii=False)[:900])


def _by(whole: Tally, of: Callable[[dict[str, Any]], list[str]]) -> None:
    """Print shares by what `of` says of a file, the worst first."""
    counted: dict[str, Counter[str]] = {}
    for one in whole.files:
        for name in of(one):
            counted.setdefault(name, Counter()).update(one["verdicts"])
    for name, made in sorted(counted.items(), key=lambda item: item[1]["right"] / item[1].total()):
        wrong = made["wrong"] + made["vanished"] + made["invented"]
        files = sum(name in of(one) for one in whole.files)
        print(
            f"{name:>22}: {files:5,} files, right {made['right'] / made.total():.2%}, silently wrong {wrong / made.total():.3%}"
        )
    print()


# Speed -------------------------------------------------------------------------------------------


#: Layouts whose throughput is measured.
SPEED = (
    "table-orders", "shopify", "amazon", "amazon-business", "amazon-terms-us", "amazon-transactions", "amazon-stock",
    "ebay-us", "etsy-orders", "etsy-items", "woocommerce", "alibaba-keywords", "alibaba-orders", "traffic", "reviews",
)  # fmt: skip

#: What tells one thing from another in the files of a layout; it differs from copy to copy.
_TELLING = ("order", "listing", "review", "sku", "term")


def _many(layout: str, rows: int, folder: Path) -> tuple[Path, dict[str, str]]:
    """Write a file of a layout with so many rows, by copying what the corpus writes for it under other numbers."""
    made = (corpus.make(n, 7) for n in range(10_000))
    book = next(
        book for book in made
        if book.layout == layout and book.container in ("csv", "jsonl") and not book.difficulties and not book.open_dates
    )  # fmt: skip
    target = folder / f"{layout}-{rows}.{'jsonl' if book.objects else 'csv'}"
    if book.objects:
        with target.open("w", encoding="utf-8") as out:
            for place in range(rows // 2):  # of one to four lines each
                copy, at = divmod(place, len(book.objects))
                one = book.objects[at]
                out.write(json.dumps({**one, "id": f"{one['id']}{copy}"}, ensure_ascii=False) + "\n")
        return target, book.options
    sheet = book.sheets[0]
    data = [place for place, means in enumerate(sheet.means) if means is not None]
    header = next(row for row in sheet.rows if set(book.columns.values()) <= set(row))
    telling = header.index(next(book.columns[name] for name in _TELLING if name in book.columns))
    with target.open("w", encoding="utf-8", newline="") as out:
        for row in sheet.rows[: data[0]]:
            out.write(corpus.line_of(row, book) + "\n")
        body = sheet.rows[data[0] : data[-1] + 1]
        for place in range(rows):
            copy, at = divmod(place, len(body))
            cells = list(body[at])
            cells[telling] = f"{cells[telling]}{copy}" if cells[telling] and copy else cells[telling]
            out.write(corpus.line_of(cells, book) + "\n")
    return target, book.options


def _workbook(rows: int, folder: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Orders")
    page.append(["Order", "Date", "SKU", "Product", "Quantity", "Price", "Currency", "Customer", "Country"])
    for row in range(rows):
        day = datetime(2024, 1 + row * 12 // rows, 1 + row % 28)
        page.append(
            [
                f"A-{row // 3}",
                day,
                f"S-{row % 997}",
                "Jar, large",
                row % 9 + 1,
                row % 500 / 4,
                "EUR",
                f"K{row % 5000}",
                "Germany",
            ]
        )
    target = folder / f"orders-{rows}.xlsx"
    book.save(target)
    return target


def speed(options: argparse.Namespace) -> None:
    """Print rows a second of whole imports by layout, and a workbook beside fastexcel alone."""
    import sys

    try:
        from benchmarks.ledger import measured
    except ImportError:
        from ledger import measured  # type: ignore[import-not-found, no-redef]

    print(f"{'':>20}{'rows':>10}{'wall s':>9}{'cpu s':>9}{'rows/s':>10}{'rows/cpu s':>12}{'peak MiB':>10}")
    with tempfile.TemporaryDirectory(prefix="fondaco-speed-") as name:
        folder = Path(name)
        for layout in options.only or (*SPEED, "workbook"):
            path, stated = (
                (_workbook(options.rows, folder), {})
                if layout == "workbook"
                else _many(layout, options.rows, folder)
            )
            words = ["import", str(path), "--firm", "shop", "--home", "IT", "--json"]
            words += [
                word
                for name, value in ({"currency": "EUR"} | stated).items()
                for word in (f"--{name}", value)
            ]
            ran = measured(
                [sys.executable, "-c", "from fondaco.cli import main; main()", *words],
                {"FONDACO_HOME": str(folder / layout)},
            )
            print(
                f"{layout:>20}{options.rows:10,}{ran.wall:9.2f}{ran.cpu:9.2f}{options.rows / ran.wall:10,.0f}{options.rows / ran.cpu:12,.0f}{ran.peak:10.0f}"
            )
            if layout == "workbook":
                code = f"import fastexcel; fastexcel.read_excel({str(path)!r}).load_sheet(0, dtypes='string').to_polars()"
                bare = measured([sys.executable, "-c", code], {})
                print(f"{'fastexcel alone':>20}{options.rows:10,}{bare.wall:9.2f}{bare.cpu:9.2f}{options.rows / bare.wall:10,.0f}{options.rows / bare.cpu:12,.0f}{bare.peak:10.0f}"
                      f"  ratio {ran.wall / bare.wall:.2f} of its time, {ran.cpu / bare.cpu:.2f} of its processor time, {ran.peak / bare.peak:.2f} of its memory")  # fmt: skip
            path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_subparsers()
    parser.set_defaults(run=None)
    one = what.add_parser("cells")
    one.add_argument("--files", type=int, default=2000)
    one.add_argument("--first", type=int, default=0)
    one.add_argument("--seed", type=int, default=7)
    one.add_argument("--jobs", type=int, default=2)
    one.add_argument("--show", type=int, default=10)
    one.add_argument("--log", type=Path, help="keep outcomes here, and go on where an earlier run stopped")
    one.set_defaults(run=cells)
    two = what.add_parser("speed")
    two.add_argument("--rows", type=int, default=500_000)
    two.add_argument("--only", nargs="*", choices=(*SPEED, "workbook"))
    two.set_defaults(run=speed)
    options = parser.parse_args()
    for part in [options] if options.run else [parser.parse_args(["cells"]), parser.parse_args(["speed"])]:
        part.run(part)


if __name__ == "__main__":
    main()
