"""What others script against: fields, exit codes, one JSON object on standard output."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from tests.cli.conftest import ORDERS, Shell

pytestmark = pytest.mark.requirement("X03", "R27")


def test_import_tells_the_five_classes_and_their_money(shell: Shell) -> None:
    told = shell.take().json
    assert {
        "import", "rows_read", "facts", "adjustments", "charges", "duplicates", "quarantined", "added", "net_total",
        "currency", "problems",
    } <= set(told)  # fmt: skip
    assert (told["rows_read"], told["facts"], told["adjustments"], told["charges"]) == (5, 3, 1, 1)
    assert (told["net_total"], told["currency"]) == ("54.50", "EUR")  # 20 + 30 + 4.50 + 5 - 5
    assert all({"kind", "count", "reason", "cure"} == set(problem) for problem in told["problems"])
    assert sum(Decimal(amount) for amount in told["totals"].values()) == Decimal("54.50")


def test_importing_again_adds_nothing(shell: Shell) -> None:
    shell.take()
    told = shell.take("b.csv").json
    assert (told["added"], told["duplicates"], told["rows_read"]) == (0, 5, 5)


def test_problems_to_look_at_end_with_one(shell: Shell) -> None:
    told = shell.take(content=ORDERS + "A5,2026-05-31,S-2,Lid,1,5.00,EUR,K1,Gotham\n", code=1).json
    assert told["quarantined"] == 1
    rows = shell.run("quarantine", "--firm", "shop", "--json").json["rows"]
    (row,) = rows
    assert {"file", "row", "reason", "cure", "values"} <= set(row)
    assert (row["file"], row["row"], row["values"]["Country"]) == ("a.csv", 7, "Gotham")


def test_imports_are_listed_undone_and_verified(shell: Shell) -> None:
    first = shell.take().json["import"]
    listed = shell.run("imports", "--firm", "shop", "--json").json
    (record,) = listed["imports"]
    assert {"import", "file", "at", "added", "undone"} <= set(record)
    assert (record["import"], record["file"], record["added"], record["undone"]) == (first, "a.csv", 5, False)
    assert datetime.fromisoformat(record["at"]).utcoffset() is not None
    assert listed["whole"] is True
    undone = shell.run("imports", "undo", first, "--json").json
    assert undone["imports"][0]["undone"] is True
    assert shell.run("imports", "verify", "--json").json["whole"] is True
    assert shell.run("markets", "--firm", "shop", "--json").json["markets"] == []


def test_a_changed_file_of_the_ledger_is_found(shell: Shell) -> None:
    shell.take()
    (parquet,) = (shell.home / "ledger" / "firm=shop" / "orders").glob("*.parquet")
    parquet.write_bytes(parquet.read_bytes()[:-1] + b"?")
    told = shell.run("imports", "verify", "--json", code=1).json
    assert told["whole"] is False
    assert told["faults"][0]["file"].endswith(parquet.name)


@pytest.mark.requirement("F97")
def test_markets_are_ranked_with_what_each_rank_rests_on(shell: Shell) -> None:
    shell.take()
    told = shell.run("markets", "--firm", "shop", "--json").json
    assert (told["home"], told["currency"]) == ("ITA", "EUR")
    first, second = (m for m in told["markets"] if m["rank"])
    assert {
        "market", "rank", "home", "net_revenue", "orders", "buyers", "growth", "repeat_share", "share",
        "expected_orders", "expected_inquiries", "top5_probability", "rests_on",
    } <= set(first)  # fmt: skip
    assert (first["market"], first["net_revenue"], first["orders"], first["buyers"]) == ("FRA", "30.00", 1, 1)
    assert (second["market"], second["net_revenue"], second["orders"], second["buyers"]) == (
        "DEU",
        "20.00",
        2,
        1,
    )
    assert first["growth"]["estimate"] is None and first["growth"]["why"]  # one order says nothing of growth
    assert first["rests_on"]


@pytest.mark.requirement("X06", "F24")
def test_markets_as_of_a_day_tell_what_was_known_then(shell: Shell) -> None:
    shell.take()
    assert shell.run("markets", "--firm", "shop", "--as-of", "2026-05-31", "--json").json["markets"] == []
    assert len(shell.run("markets", "--firm", "shop", "--as-of", "2026-06-01", "--json").json["markets"]) == 2


def test_one_market(shell: Shell) -> None:
    shell.take()
    for spelling in ("DE", "DEU", "Germany"):
        told = shell.run("market", spelling, "--firm", "shop", "--json").json
        assert {"customers", "competitors", "conditions", "regulations", "blind_spots"} <= set(told)
        assert all(
            0 <= told[part]["completeness"] <= 1
            for part in ("customers", "competitors", "conditions", "regulations")
        )


@pytest.mark.requirement("F80")
def test_a_market_without_orders_has_a_dossier(shell: Shell) -> None:
    shell.take()
    told = shell.run("market", "JP", "--firm", "shop", "--now", "2026-06-01T09:00+00:00", "--json").json
    assert (told["market"], told["scorecard"]["orders"], told["scorecard"]["rank"]) == ("JPN", 0, None)
    assert told["blind_spots"][0].startswith(
        "No sales to Japan and no inquiries from it in twelve months, and nothing known"
    )
    assert told["conditions"]["exchange_rate"]["currency"] == "JPY"
    then = shell.run("market", "DE", "--firm", "shop", "--as-of", "2026-05-31", "--json").json
    assert then["scorecard"]["orders"] == 0, "nothing was known on that day"


@pytest.mark.requirement("X07")
def test_words_for_people_tell_inferences_apart(shell: Shell) -> None:
    shell.take()
    words = shell.run("market", "DE", "--firm", "shop", "--now", "2026-06-01T09:00+00:00").out
    assert "Not known yet, the costliest first:" in words
    assert "[inference]" in words


def test_a_question_is_told_by_name(shell: Shell) -> None:
    path = shell.file("a.csv", ORDERS)
    ran = shell.run("import", path, "--firm", "shop", "--json", code=2)
    assert [question["name"] for question in ran.json["questions"]] == ["home", "currency"]
    assert "--home" in ran.err
    assert not (shell.home / "firms").exists()


def test_a_mapping_can_be_seen_corrected_and_replayed(shell: Shell) -> None:
    told = shell.take(content=ORDERS + "A5,2026-05-31,S-2,Lid,1,5.00,EUR,K1,Gotham\n", code=1).json
    toml = shell.folder / "mapping.toml"
    shell.run("mapping", told["import"], "--write", toml)
    text = toml.read_text("utf-8")
    toml.write_text(text + '\n[countries]\n"Gotham" = "USA"\n' if "\n[countries]" not in text else
                    text.replace("\n[countries]\n", '\n[countries]\n"Gotham" = "USA"\n'), "utf-8")  # fmt: skip
    again = shell.run("replay", told["import"], "--mapping", toml, "--json").json
    assert (again["rows_read"], again["facts"]) == (1, 1)


def test_a_file_can_be_looked_at_first(shell: Shell) -> None:
    path = shell.file("a.csv", ORDERS)
    told = shell.run("inspect", path, "--json").json["tables"][0]
    assert told["table"] == "orders"
    assert {c["column"]: c["field"] for c in told["columns"]}["Country"] == "country"
    assert not (shell.home / "firms").exists()


def test_everything_leaves_in_open_formats_with_a_codebook(shell: Shell) -> None:
    shell.take()
    told = shell.run("export", shell.folder / "out", "--firm", "shop", "--json").json
    names = {path.rsplit("/", 1)[-1] for path in told["files"]}
    assert {"orders.csv", "orders.parquet", "codebook.csv"} <= names
    shell.run("export", shell.folder / "out", "--firm", "shop", code=2)


def test_people_get_a_table(shell: Shell) -> None:
    shell.take()
    ran = shell.run("markets", "--firm", "shop")
    assert "Germany" in ran.out and "France" in ran.out
    assert "The ledger is whole." in shell.run("imports").out


def test_a_process_prints_one_object_and_nothing_else(shell: Shell) -> None:
    shell.take()
    ran = shell.process("markets", "--firm", "shop", "--json")
    assert ran.json["home"] == "ITA"
    assert ran.err == ""
    assert shell.process("markets", "--firm", "nobody", code=2).out == ""


@pytest.mark.requirement("X06")
def test_rereading_shows_its_difference_and_waits_for_yes(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shell.take().json["import"]
    same = shell.run("imports", "reread", "--firm", "shop", "--json").json
    assert (same["imports"], same["not_kept"], same["done"]) == ([], [], False)
    named = shell.run("imports", "reread", first, "--json").json
    assert (named["done"], named["imports"][0]["differs"], named["imports"][0]["reread"]) == (
        False,
        False,
        None,
    )
    assert {
        "import", "files", "rows", "readers", "readers_now", "changed", "come", "gone", "quarantined_before",
        "quarantined", "value_before", "value", "currency", "examples",
    } <= set(named["imports"][0])  # fmt: skip
    done = shell.run("imports", "reread", first, "--yes", "--json").json
    records = shell.run("imports", "--firm", "shop", "--json").json
    assert records["whole"] is True
    assert [r["reread_as"] for r in records["imports"]] == [done["imports"][0]["reread"], None]
    assert records["imports"][1]["rereads"] == first


@pytest.mark.requirement("X03")
def test_forgetting_shows_what_there_is_and_waits_for_yes(shell: Shell) -> None:
    shell.take(content=ORDERS.replace("K1", "mara.lund@example.org"))
    words = ("forget", "mara.lund@example.org", "--firm", "shop", "--json")
    shown = shell.run(*words, code=1).json
    assert {"found", "done", "buyers", "names", "rows", "places", "files"} <= set(shown)
    assert (shown["found"], shown["done"]) == (True, False)
    assert {"table": "orders", "rows": 3} in shown["places"]
    before = shell.run("markets", "--firm", "shop", "--json").json["markets"]
    done = shell.run(*words, "--yes").json
    assert (done["done"], done["rows"]) == (True, shown["rows"])
    after = shell.run("markets", "--firm", "shop", "--json").json["markets"]
    assert [{k: v for k, v in row.items() if k != "rests_on"} for row in before] == [
        {k: v for k, v in row.items() if k != "rests_on"} for row in after
    ]
    assert shell.run("imports", "verify", "--json").json["whole"] is True
    assert shell.run(*words).json["found"] is False
