"""A conclusion is worked out once, however many ask for it at the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fondaco.ledger.engine import duckdb_engine
from fondaco.workflows import conclusions


def test_whoever_asks_meanwhile_waits_for_the_one_answer() -> None:
    computed = []
    together = threading.Barrier(4)

    def compute() -> int:
        computed.append(1)
        time.sleep(0.05)
        return 7

    def ask(_: int) -> int:
        together.wait()
        return conclusions._remembering(("here", "meanwhile"), compute)

    with ThreadPoolExecutor(4) as people:
        assert list(people.map(ask, range(4))) == [7, 7, 7, 7]
    assert computed == [1]


def test_one_that_fails_is_tried_again() -> None:
    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # it has nothing to say
        conclusions._remembering(("here", "failed"), fail)
    assert conclusions._remembering(("here", "failed"), lambda: 3) == 3


def test_a_long_question_prints_nothing_among_the_answers() -> None:
    """DuckDB shows a progress bar on standard output for what takes over two seconds, unless told not to."""
    told = duckdb_engine().backend.raw_sql("SELECT current_setting('enable_progress_bar')").fetchall()
    assert told == [(False,)]
