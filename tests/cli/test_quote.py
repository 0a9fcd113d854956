"""`fondaco quote`, `reply` and `quotations`: their fields, their words, and what they refuse."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

from fondaco.ledger import Entry, Workspace
from fondaco.ledger.unit import Unit

INQUIRIES = (
    "Inquiry,Type,Received,Answered at,Buyer,Country,Product,Quantity,Message,Status\n"
    "I1,RFQ,2026-05-31 10:00,,K1,Germany,Jar,10,\x1b[31mGuten Tag was kostet das? Wir bitten um ein Angebot,New\n"
)
NOW = ("--now", "2026-06-01T12:00+00:00")


@pytest.fixture
def desk(shell: Shell) -> Shell:
    shell.take()
    shell.take("inquiries.csv", INQUIRIES)
    ledger = Workspace(shell.home).ledger("shop")
    unit = Unit.model_validate({"cost": "6", "currency": "EUR", "minimum_order": 10})
    ledger.change_catalogue(lambda held: held.with_entry(Entry(sku="S-1", unit=unit)))
    ledger.change_profile(lambda _: '[price]\nmargin = "0.25"\nroom = "0.20"\n')
    return shell


@pytest.mark.requirement("F44", "F57", "F59")
def test_a_quotation_with_its_fields_and_its_paper(desk: Shell) -> None:
    told = desk.run("quote", "--firm", "shop", "--case", "table:I1", "--pdf", "q.pdf", *NOW, "--json").json
    assert set(told) == {"firm", "quotation", "checks", "beyond_authority", "needs_release", "rfq", "pdf"}
    (line,) = told["quotation"]["lines"]
    # 6 / 0.75 = 8.00 is the floor; 8 / 0.8 = 10.00 to begin from.
    assert (line["sku"], line["quantity"], line["low"], line["high"], line["price"]) == (
        "S-1",
        "10",
        "8.00",
        "10.00",
        "10.00",
    )
    assert line["amount"] == told["quotation"]["total"] == "100.00"
    assert (
        told["rfq"]["limit"] == 10
        and told["rfq"]["left"] is None
        and told["rfq"]["chance"]["estimate"] is None
    )
    assert (desk.folder / "q.pdf").read_bytes().startswith(b"%PDF")
    low = desk.run(
        "quote", "--firm", "shop", "--to", "DE", "--sku", "S-1", "--quantity", "4", "--price", "7.99", *NOW
    )
    assert "below the floor of 8.00 EUR" in low.out and "An owner has to release it." in low.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--sku", "S-1"], "one for each"),
        (["--sku", "S-1", "--quantity", "inf"], "above zero"),
        (["--sku", "S-1", "--quantity", "5", "--price", "x"], "above zero"),
        (["--sku", "S-1", "--quantity", "5", "--price", "1", "--price", "2"], "or none"),
        (["--sku", "S-1", "--quantity", "5", "--to", "Ruritania"], "Ruritania"),
        (["--sku", "S-1", "--quantity", "5", "--to", "DE", "--days", "0"], "whole number"),
        (["--sku", "S-1", "--quantity", "5", "--to", "DE", "--incoterm", "FOX"], "Incoterms 2020"),
        (["--sku", "S-1", "--quantity", "5", "--to", "DE", "--currency", "Q"], "three letters"),
        (["--sku", "S-1", "--quantity", "5", "--language", "xx"], "no texts"),
        (["--case", "table:none"], "no case"),
        ([], "Say what is quoted"),
    ],
)  # fmt: skip
def test_what_cannot_be_quoted_is_said(desk: Shell, words: list[str], told: str) -> None:
    assert told in desk.run("quote", "--firm", "shop", *words, *NOW, code=2).err


@pytest.mark.requirement("F44", "F45", "X02")
def test_a_reply_with_its_gaps(desk: Shell) -> None:
    told = desk.run("reply", "--firm", "shop", "--case", "table:I1", "--past", *NOW, "--json").json
    assert told["language"] == "de" and told["guessed_language"]["sure"] == "sure"
    assert [each["fact"] for each in told["gaps"]] == ["answer_by"] and not told["complete"]
    assert "31. Mai 2026" in told["text"] and "[[answer_by]]" in told["text"]
    assert told["past"]["drafts"] == [] and told["past"]["why"]
    said = desk.run(
        "reply", "--firm", "shop", "--case", "table:I1", "--set", "answer_by=Freitag\x1b[1m", *NOW
    )
    assert "bis Freitag" in said.out and "\x1b" not in said.out
    assert (
        "NAME=TEXT"
        in desk.run("reply", "--firm", "shop", "--case", "table:I1", "--set", "floor=1", code=2).err
    )
    wrong = desk.run("reply", "--firm", "shop", "--case", "table:I1", "--template", "rude", *NOW, code=2).err
    assert "Templates are acknowledge" in wrong


@pytest.mark.requirement("F41", "F43", "F58", "F62")
def test_what_quotations_tell(desk: Shell) -> None:
    told = desk.run("quotations", "--firm", "shop", *NOW, "--json").json
    assert {"yields", "reply_times", "quote_times", "accepted", "bargaining", "channels"} <= set(told)
    assert told["yields"]["difference"]["estimate"] is None
    assert "are needed to compare" in desk.run("quotations", "--firm", "shop", *NOW).out
