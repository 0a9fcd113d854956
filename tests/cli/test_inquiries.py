"""`fondaco inquiries`: its fields, its words, and what it refuses."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cli.conftest import Shell

FILE = (
    "Inquiry,Type,Received,Answered at,Buyer,Country,Product,Quantity,Message,Status\n"
    "I1,RFQ,2026-05-31 10:00,,K1,Germany,Jar,10,What does it cost?,New\n"
    "I2,Inquiry,2026-05-20 10:00,2026-05-20 12:00,K2,France,Jar,2,\x1b[31mHello,Replied\n"
)
NOW = ("--now", "2026-06-01T12:00+00:00")


@pytest.mark.requirement("F40", "F42")
def test_its_fields(shell: Shell) -> None:
    shell.take()
    shell.take("inquiries.csv", FILE)
    told = shell.run("inquiries", "--firm", "shop", *NOW, "--json").json
    (case,) = told["cases"]
    assert {
        "case",
        "platform",
        "kind",
        "market",
        "received",
        "due",
        "state",
        "score",
        "chance",
        "checks",
    } <= set(case)
    assert (case["case"], case["kind"], case["market"], case["state"]) == ("table:I1", "rfq", "DEU", "open")
    assert datetime.fromisoformat(case["due"]).utcoffset() is not None
    assert case["quotations"] == {
        "limit": 10,
        "left": None,
        "why": "The file does not say how many have quoted.",
    }
    assert case["chance"]["estimate"] is None
    assert all(set(check) == {"check", "level", "reason", "source"} for check in case["checks"])
    assert told["response_rate"]["table"]["rate"] == 0.5
    assert len(shell.run("inquiries", "--firm", "shop", "--all", *NOW, "--json").json["cases"]) == 2


def test_what_waits_and_still_has_time_is_not_late(shell: Shell) -> None:
    shell.take()
    shell.take("inquiries.csv", FILE)
    early = ("--now", "2026-05-31T20:00+00:00")
    rate = shell.run("inquiries", "--firm", "shop", *early, "--json").json["response_rate"]["table"]
    assert (rate["rate"], rate["received"], rate["late"]) == (1.0, 1, [])
    assert "1 can still be answered in time and counts once settled." in rate["why"]


def test_it_says_the_same_to_people(shell: Shell) -> None:
    shell.take()
    shell.take("inquiries.csv", FILE)
    out = shell.run("inquiries", "--firm", "shop", "--all", *NOW).out
    assert "1 of 2 wait for an answer." in out
    assert "table:I1" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_time_at_the_end_of_the_calendar_is_refused_in_words(shell: Shell, year: str) -> None:
    shell.take()
    shell.take("inquiries.csv", FILE)
    told = shell.run("inquiries", "--firm", "shop", "--now", f"{year}-12-31T00:00+00:00", code=2)
    assert "a year from 1900 to 2999 is needed" in told.err


def test_without_inquiries_and_without_a_firm(shell: Shell) -> None:
    shell.take()
    assert shell.run("inquiries", "--firm", "shop", "--json").json["cases"] == []
    assert "nowhere" in shell.run("inquiries", "--firm", "nowhere", code=2).err


@pytest.mark.requirement("F88")
def test_buyers_and_funnel_have_their_fields(shell: Shell) -> None:
    shell.take()
    shell.take("inquiries.csv", FILE)
    told = shell.run("buyers", "--firm", "shop", *NOW, "--json").json
    assert {"buyer", "names", "stage", "since", "alive", "expected_orders"} <= set(told["buyers"][0])
    stages = shell.run("funnel", "--firm", "shop", *NOW, "--json").json["stages"]
    assert [each["stage"] for each in stages] == ["awareness", "exploration", "expansion", "commitment"]
    assert "commitment" in shell.run("funnel", "--firm", "shop", *NOW).out
    assert "K1" in shell.run("buyers", "--firm", "shop", *NOW).out
