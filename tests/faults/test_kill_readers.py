"""Every reader's import, a rereading and a forgetting, killed at any moment: all of it or nothing.

``FONDACO_KILLS`` says how many imports are killed (20; the full run takes 500).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import shutil
import time
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from tests.faults.importing import a_minute_passes, run, strays

import fondaco.ledger.platforms
from fondaco.ledger import TABLES, Workspace
from fondaco.ledger.schema import ORIGIN
from fondaco.workflows import take_in

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.requirement("X03", "X06")]

KILLS = int(os.environ.get("FONDACO_KILLS", "20"))
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FOLDER = Path(fondaco.ledger.platforms.__file__).parent
SAMPLES = sorted(p for p in FOLDER.glob("*/samples/*") if not p.name.endswith(".answers.json"))


def answers(sample: Path) -> dict[str, str]:
    beside = sample.with_name(f"{sample.name}.answers.json")
    return json.loads(beside.read_text("utf-8")) if beside.exists() else {}


@pytest.fixture(scope="module")
def process() -> Any:
    """Give a way to run a command in a process that has everything loaded and is ready to be killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["fondaco.cli.main", "fondaco.workflows.take_in_files", "duckdb", "deltalake", "pyarrow"]
    )

    def start(home: Path, *words: str) -> ForkServerProcess:
        started = context.Process(target=run, args=(str(home), list(words)))
        started.start()
        return started

    return start


def state(home: Path) -> list[str]:
    """Return all that counts, apart from which import brought it."""
    ledger = Workspace(home).ledger("shop")
    kept = {c.name for c in ORIGIN} - {"row"}
    found = []
    for name in TABLES:
        for row in ledger.table(name).to_pyarrow().to_pylist():
            said = str({k: v for k, v in row.items() if k not in kept})
            found.append(name + re.sub(r"forgotten-[0-9a-f]{8}", "forgotten", said))
    return sorted(found)


def finish(started: ForkServerProcess) -> None:
    started.join(120)
    assert started.exitcode in (0, 1)


def base(folder: Path) -> Path:
    """Return a workspace with one small import of another kind."""
    file = folder / "first.csv"
    rows = "".join(f"B{n},2026-05-14,A-1,Jar,1,1.00,EUR,K{n},Germany\n" for n in range(20))
    file.write_text("Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n" + rows, "utf-8")
    home = folder / "base"
    take_in(Workspace(home), "shop", [file], home="IT", currency="EUR", now=NOW)
    return home


def killed(process: Any, home: Path, words: list[str], longest: float, chance: random.Random) -> None:
    started = process(home, *words)
    time.sleep(longest * chance.uniform(0.0, 1.05))
    started.kill()
    started.join()


def test_every_reader_killed_at_any_moment_leaves_all_or_nothing(tmp_path: Path, process: Any) -> None:
    chance, start = random.Random(20261125), base(tmp_path)
    before = state(start)
    after: dict[Path, tuple[list[str], float, list[str]]] = {}
    for sample in SAMPLES:
        stated = [word for name, value in answers(sample).items() for word in (f"--{name}", value)]
        words = ["import", str(sample), "--firm", "shop", *stated]
        home = Path(shutil.copytree(start, tmp_path / "whole"))
        began = time.monotonic()
        finish(process(home, *words))
        after[sample] = (state(home), time.monotonic() - began, words)
        assert after[sample][0] != before, sample
        shutil.rmtree(home)
    outcomes = {True: 0, False: 0}
    for kill in range(KILLS):
        sample = SAMPLES[kill % len(SAMPLES)]
        whole, longest, words = after[sample]
        home = Path(shutil.copytree(start, tmp_path / "home"))
        killed(process, home, words, longest, chance)
        found = state(home)
        assert found in (before, whole), f"{sample.name} counts in part"
        assert Workspace(home).ledger("shop").verify() == []
        outcomes[found == whole] += 1
        a_minute_passes(home)
        finish(process(home, *words))
        assert state(home) == whole, f"{sample.name} counts twice, or not at all"
        if found == before:
            assert strays(home) == []
        shutil.rmtree(home)
    assert outcomes[False], "every kill came too late to show anything"


@pytest.mark.parametrize("verb", ["reread", "forget"])
def test_what_rewrites_the_ledger_killed_at_any_moment_has_done_all_or_nothing(
    tmp_path: Path, process: Any, verb: str
) -> None:
    chance, start = random.Random(7), tmp_path / "start"
    sample = next(p for p in SAMPLES if p.name == "orders_export.csv" and p.parts[-3] == "shopify")
    report = take_in(Workspace(start), "shop", [sample], home="IT", currency="EUR", now=NOW)
    buyer = next(
        r["buyer"]
        for r in Workspace(start).ledger("shop").table("orders").to_pyarrow().to_pylist()
        if r["buyer"]
    )
    words = (
        ["imports", "reread", report.import_, "--yes"]
        if verb == "reread"
        else ["forget", buyer, "--firm", "shop", "--yes"]
    )
    before = state(start)
    whole = Path(shutil.copytree(start, tmp_path / "whole"))
    began = time.monotonic()
    finish(process(whole, *words))
    longest = time.monotonic() - began
    for _ in range(max(6, KILLS // 4)):
        home = Path(shutil.copytree(start, tmp_path / "home"))
        killed(process, home, words, longest, chance)
        assert state(home) in (before, state(whole))
        ledger = Workspace(home).ledger("shop")
        assert ledger.verify() == []
        if not (verb == "reread" and ledger.imports()[0].reread_as):
            a_minute_passes(home)
            finish(process(home, *words))
        assert state(home) == state(whole)
        if verb == "forget":
            assert strays(home) == []
            assert not any(buyer.encode() in p.read_bytes() for p in home.rglob("*") if p.is_file())
        shutil.rmtree(home)
