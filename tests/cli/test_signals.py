"""`fondaco signals`: its fields, its words, and what it refuses."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

INQUIRIES = (
    "Inquiry No.,Type,Received,Replied,Buyer,Company,Country,Product,Quantity,Message,Status\n"
    + "".join(
        f"Q{n},Inquiry,2026-05-0{n} 10:00,,Buyer {n},,South Korea,Green tea,40,Do you do private label?,New\n"
        for n in range(1, 5)
    )
)  # fmt: skip


@pytest.mark.requirement("F68", "X03")
def test_it_tells_what_stands_out_with_the_rows_behind_it(shell: Shell) -> None:
    shell.take()
    shell.take("inquiries.csv", INQUIRIES)
    told = shell.run("signals", "--firm", "shop", "--json").json
    assert {"signals", "looked_at", "false_discovery_rate", "looked", "requests", "basis"} <= set(told)
    assert (told["looked_at"], told["false_discovery_rate"]) == (0, 0.1)
    (signal,) = told["signals"]
    assert {"kind", "market", "product", "finding", "strength", "rows"} <= set(signal)
    assert (signal["kind"], signal["market"], signal["product"]) == ("unmet request", "KOR", "private label")
    assert (signal["strength"], signal["rows_total"], signal["measured"]) == (1.0, 4, "count")
    assert [(row["file"], row["row"]) for row in signal["rows"]] == [
        ("inquiries.csv", n) for n in (5, 4, 3, 2)
    ]
    shown = shell.run("signals", "--firm", "shop").out
    assert "private label" in shown
    assert "Fifteen months of orders are needed" in shown


@pytest.mark.requirement("X06")
def test_as_of_a_day_it_tells_what_was_known_then(shell: Shell) -> None:
    shell.take()
    shell.take("inquiries.csv", INQUIRIES)
    assert shell.run("signals", "--firm", "shop", "--as-of", "2026-05-01", "--json").json["signals"] == []


@pytest.mark.parametrize("rate", ["0", "1.5", "-0.1", "nan"])
def test_a_rate_that_is_none_is_refused_in_words(shell: Shell, rate: str) -> None:
    shell.take()
    ran = shell.run("signals", "--firm", "shop", f"--rate={rate}", "--json", code=2)
    assert "makes no sense" in ran.json["error"]


def test_an_unknown_firm_is_refused(shell: Shell) -> None:
    assert "nobody" in shell.run("signals", "--firm", "nobody", "--json", code=2).json["error"]
