"""`fondaco markets --rank posterior`, `fondaco explore` and `fondaco change`, as a person runs them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.cli.conftest import Shell


def orders() -> str:
    """Return half a year of orders: Germany every third day, France every tenth, Japan once, home daily."""
    lines = ["Order,Date,SKU,Quantity,Price,Currency,Customer,Country"]
    for n in range(180):
        day = f"2026-{n // 30 + 1:02d}-{n % 28 + 1:02d}"
        places = ["Italy"] + ["Germany"] * (n % 3 == 0) + ["France"] * (n % 10 == 0) + ["Japan"] * (n == 50)
        lines += [f"{n}-{place},{day},S-1,2,{20 + n % 5}.00,EUR,K{n},{place}" for place in places]
    return "\n".join(lines) + "\n"


@pytest.fixture
def desk(shell: Shell) -> Shell:
    shell.take(content=orders())
    return shell


def test_markets_are_ranked_by_what_to_expect_also_where_nothing_was_sold(desk: Shell) -> None:
    found = desk.run("markets", "--firm", "shop", "--rank", "posterior", "--json").json
    rows = {row["market"]: row for row in found["markets"]}
    assert found["markets"][0]["market"] == "DEU"
    assert found["ranked_by"] == "posterior"
    assert rows["DEU"]["rests_on"]["tried"]
    assert not rows["KOR"]["rests_on"]["tried"]
    assert found["markets"][-1]["home"] is True
    assert rows["DEU"]["expected_orders"]["level"] == 0.8
    assert rows["DEU"]["net_revenue"] != "0.00"
    assert (rows["KOR"]["orders"], rows["KOR"]["net_revenue"]) == (0, "0.00")
    assert rows["KOR"]["growth"]["why"]
    assert 0 <= rows["KOR"]["top5_probability"] <= 1
    for name in ("market", "rank", "home", "net_revenue", "orders", "buyers", "growth", "repeat_share", "share",
                 "expected_orders", "expected_inquiries", "top5_probability", "rests_on"):  # fmt: skip
        assert all(name in row for row in found["markets"])
    told = desk.run("markets", "--firm", "shop", "--rank", "posterior").out
    assert "Germany DEU" in told
    assert "No margin is stated" in told


def test_the_ledgers_rank_stays_the_default(desk: Shell) -> None:
    assert (
        desk.run("markets", "--firm", "shop", "--json").json["basis"]["rule"].startswith("market-scorecard")
    )


def test_a_margin_makes_contribution_of_revenue(desk: Shell) -> None:
    def first(*more: str) -> float:
        found = desk.run("markets", "--firm", "shop", "--rank", "posterior", "--json", *more).json
        return float(found["markets"][0]["contribution"]["estimate"])

    assert first("--margin", "0.5") == pytest.approx(0.5 * first(), rel=0.001)
    assert (
        "no share"
        in desk.run("markets", "--firm", "shop", "--rank", "posterior", "--margin", "35", code=2).err
    )


def test_a_budget_is_divided_to_the_cent(desk: Shell) -> None:
    found = desk.run("explore", "--firm", "shop", "--budget", "500", "--json").json
    assert sum(Decimal(part["amount"]) for part in found["allocation"]) == Decimal("500.00")
    assert len(found["allocation"]) <= 5
    assert all(part["why"] for part in found["allocation"])
    assert found["exploration_share"] == pytest.approx(0.2)
    assert found == desk.run("explore", "--firm", "shop", "--budget", "500", "--json").json
    told = desk.run("explore", "--firm", "shop", "--budget", "500", "--unit", "hours").out
    assert "500.00 hours for next month, 20% of it to explore" in told


@pytest.mark.requirement("F34")
def test_pay_per_click_stands_beside_its_views(desk: Shell) -> None:
    ads = "Date,Campaign,Country,Impressions,Clicks,Spend,Currency\n2026-06-20,C1,Germany,900,40,80.00,EUR\n2026-06-21,C1,Brazil,900,40,60.00,EUR\n"
    mapping = "--platform", "table"
    desk.file("ads.csv", ads)
    desk.run(
        "import",
        "ads.csv",
        "--firm",
        "shop",
        *mapping,
        "--now",
        "2026-07-01T12:00+00:00",
        "--json",
        code=None,
    )
    found = desk.run("explore", "--firm", "shop", "--budget", "200", "--json").json
    if found["compared_days"] and any(part["spend_now"] for part in found["allocation"]):
        germany = next(part for part in found["allocation"] if part["market"] == "DEU")
        assert Decimal(germany["difference"]) == Decimal(germany["amount"]) - Decimal(germany["spend_now"])
    else:
        pytest.fail(f"no advertising was taken in: {found['basis']['notes']}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--budget", "much"), "write an amount"),
        (("--budget", "-5"), "zero or more"),
        (("--budget", "5", "--unit", "days"), "money or hours"),
        (("--budget", "500", "--cap", "10"), "raise the cap"),
        (("--budget", "500", "--share", "2"), "between 0 and 1"),
    ],
)
def test_what_cannot_be_divided_is_said(desk: Shell, words: tuple[str, ...], says: str) -> None:
    assert says in desk.run("explore", "--firm", "shop", *words, code=2).err


def test_an_empty_ledger_is_ranked_by_the_prior(shell: Shell) -> None:
    shell.take(
        content="Order,Date,SKU,Quantity,Price,Currency,Customer,Country\n1,2026-05-01,S,1,5.00,EUR,K,Italy\n"
    )
    found = shell.run("explore", "--firm", "shop", "--budget", "100", "--json").json
    assert found["exploration_share"] == 1.0
    rows = shell.run("markets", "--firm", "shop", "--rank", "posterior", "--json").json["markets"]
    assert len(rows) > 150


@pytest.mark.requirement("F85")
def test_a_change_is_compared_before_and_after(desk: Shell) -> None:
    found = desk.run(
        "change", "2026-04-01", "--firm", "shop", "--market", "DE", "--what", "German listing", "--json"
    ).json
    assert found["what"] == "German listing"
    assert found["market"] == "DEU"
    assert found["factor"]["low"] < 1.2
    assert found["beyond_elsewhere"]["level"] == 0.9
    told = desk.run("change", "2026-04-01", "--firm", "shop", "--market", "DE").out
    assert "do not prove a cause" in told
    assert "only" in desk.run("change", "2026-01-02", "--firm", "shop", code=2).err
    assert "not known" in desk.run("change", "2026-04-01", "--firm", "shop", "--measure", "sales", code=2).err
    assert (
        "No views are in the ledger"
        in desk.run("change", "2026-04-01", "--firm", "shop", "--measure", "views", code=2).err
    )


def test_trade_data_become_the_prior(desk: Shell) -> None:
    flows = desk.file(
        "flows.csv",
        "exporter,importer,hs,year,value_usd\nITA,USA,2204,2023,60\nITA,USA,1509,2023,20\nITA,FRA,2204,2023,20\n"
        "ITA,DEU,1509,2023,20\nFRA,USA,2204,2023,60\nFRA,ITA,2204,2023,10\nUSA,FRA,1509,2023,20\nFRA,KOR,2204,2023,30\n",
    )
    desk.run("trade", "add", flows, "--source", "made up", "--json")
    found = desk.run("markets", "--firm", "shop", "--rank", "posterior", "--json").json
    assert "trade potential" in found["basis"]["sources"]
    assert not any("No trade data" in note for note in found["basis"]["notes"])
    rows = {row["market"]: row for row in found["markets"]}
    assert {"USA", "KOR", "DEU", "FRA", "JPN", "ITA"} == set(rows)  # those of trade data and of the ledger
    assert "trade potential" in rows["KOR"]["rests_on"]["carried"]
    desk.run("explore", "--firm", "shop", "--budget", "100", "--json")
