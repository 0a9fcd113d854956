"""A conclusion is worked out once, however many ask for it at the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.ledger import Workspace
from fondaco.ledger.engine import duckdb_engine
from fondaco.workflows import conclusions, forget, take_in


def test_whoever_asks_meanwhile_waits_for_the_one_answer() -> None:
    computed = []
    together = threading.Barrier(4)

    def compute() -> int:
        computed.append(1)
        time.sleep(0.05)
        return 7

    def ask(_: int) -> int:
        together.wait()
        return conclusions.remembering(("here", "meanwhile"), compute)

    with ThreadPoolExecutor(4) as people:
        assert list(people.map(ask, range(4))) == [7, 7, 7, 7]
    assert computed == [1]


def test_one_that_fails_is_tried_again() -> None:
    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # it has nothing to say
        conclusions.remembering(("here", "failed"), fail)
    assert conclusions.remembering(("here", "failed"), lambda: 3) == 3


def test_a_long_question_prints_nothing_among_the_answers() -> None:
    """DuckDB shows a progress bar on standard output for what takes over two seconds, unless told not to."""
    told = duckdb_engine().backend.raw_sql("SELECT current_setting('enable_progress_bar')").fetchall()
    assert told == [(False,)]


def test_who_is_forgotten_is_in_no_conclusion_that_is_kept(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n"
        "1,2026-05-01,J-1,Jar,1,9.00,EUR,anna.kessler@example.com,Germany\n"
    )
    now, workspace = datetime(2026, 6, 1, tzinfo=UTC), Workspace(tmp_path / "home")
    take_in(workspace, "shop", [tmp_path / "orders.csv"], home="IT", currency="EUR", now=now)
    conclusions.remembering((str(workspace.home), "quoted"), lambda: "anna.kessler@example.com asked")
    forget(workspace, "shop", "anna.kessler@example.com", now=now)
    assert not any("anna.kessler" in str(kept) for kept in conclusions._kept.values())
