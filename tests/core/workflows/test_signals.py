"""Signals from files, through the ledger: the rows behind them are the file's, and conclusions are kept."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows import signals_of, take_in

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
COUNTRIES = ("Italy", "Germany", "South Korea", "France", "United States")


def orders(rng: np.random.Generator, *, korea: float = 1.0) -> str:
    """Fifteen months of orders to the end of June 2026 in five markets; Korea's last three times `korea`."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(
        ["Order", "Date", "SKU", "Product", "Quantity", "Price", "Currency", "Customer", "Country"]
    )
    number = 0
    for month in range(15):
        first = date(2025 + (month + 3) // 12, (month + 3) % 12 + 1, 1)
        for country in COUNTRIES:
            mean = 12.0 * (korea if country == "South Korea" and month >= 12 else 1.0)
            for _ in range(rng.poisson(mean)):
                number += 1
                day = first + timedelta(days=int(rng.integers(0, 28)))
                write.writerow([f"N{number}", day, "S-1", "Jar", 1, "9.00", "EUR", f"K{number}", country])
    write.writerow(["last", "2026-06-30", "S-1", "Jar", 1, "9.00", "EUR", "last", "Italy"])
    return out.getvalue()


def firm(folder: Path, name: str, content: str) -> Workspace:
    workspace = Workspace(folder / "home")
    file = folder / f"{name}.csv"
    file.write_text(content, encoding="utf-8")
    take_in(workspace, name, [file], home="IT", currency="EUR", now=NOW)
    return workspace


def test_files_of_noise_raise_no_alarm(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    for n in range(3):
        found = signals_of(firm(tmp_path, f"noise-{n}", orders(rng)), f"noise-{n}")
        assert found.looked_at == 5
        assert found.signals == ()


@pytest.mark.requirement("X06", "X08")
def test_a_planted_rise_is_told_with_the_files_rows(tmp_path: Path) -> None:
    content = orders(np.random.default_rng(7), korea=3.5)
    workspace = firm(tmp_path, "jars", content)
    (signal,) = signals_of(workspace, "jars").signals
    assert (signal.kind, signal.market) == ("market rising", "KOR")
    lines = content.splitlines()
    assert len(signal.rows.rows) == 20
    for ref in signal.rows.rows:
        assert ref.file == "jars.csv"
        assert lines[ref.row - 1].endswith("South Korea")
    assert signal.rows.total == content.count("South Korea")
    assert signals_of(workspace, "jars") is signals_of(workspace, "jars")  # kept, as nothing changed
    assert signals_of(workspace, "jars", as_of=date(2026, 6, 30)).looked_at == 0  # known on 1 July only
    (record,) = workspace.ledger("jars").imports()
    workspace.ledger("jars").undo(record.import_, now=NOW)
    assert signals_of(workspace, "jars").signals == ()


def test_a_rate_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="makes no sense"):
        signals_of(Workspace(tmp_path), "nobody", rate=float("nan"))
