"""Tariff rows and market rules as dated data: what counts on which day, and what is wrong with a file."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference.tariffs import TariffBook, add
from fondaco.reference.tariffs.book import parse, shipped
from fondaco.reference.tariffs.us_hts import expression, special

TODAY = date(2026, 11, 30)
HEADER = "market,hs,origin,duty,up_to,kind,valid_from,valid_to,source,checked\n"


def book(tmp_path: Path, text: str, name: str = "own.csv") -> TariffBook:
    path = tmp_path / name
    path.write_text(text if name.endswith("toml") else HEADER + text, "utf-8")
    add(tmp_path / "tariffs", path, TODAY)
    return TariffBook(tmp_path / "tariffs")


def faults(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "GBR,9999,,1%,,,2026-01-01,,me,\n" + text, "utf-8")
    return [f"{each.reason} {each.cure}" for each in add(tmp_path / "tariffs", path, TODAY).problems]


@pytest.mark.requirement("F24", "S23", "X01")
def test_every_shipped_row_and_rule_is_dated_and_says_whose_word_it_is_and_whether_it_was_checked() -> None:
    markets = set()
    for held in shipped():
        assert held.rows["valid_from"].null_count() == 0
        assert held.rows.filter(held.rows["source"] == "").height == 0
        assert all(rule.source and rule.valid_from for rule in held.rules)
        markets |= {*held.rows["market"].to_list(), *(rule.market for rule in held.rules)}
    assert markets >= {"GBR", "KOR", "USA"}


@pytest.mark.parametrize(
    ("market", "goods", "origin"),
    [
        ("GBR", ("220421", "0210", "150920", "040690", "611012", "510119", "420221", "0409"), "ITA"),
        (
            "USA",
            ("220421", "021019", "150920", "040690", "611012", "510111", "420221", "560221", "0409"),
            "ITA",
        ),
        ("KOR", ("220421", "021019", "150920", "040690", "611012", "510119", "420221", "560221"), "ITA"),
        ("KOR", ("611012", "510119", "420221", "420292", "560221", "0409"), "MNG"),
    ],
)
@pytest.mark.requirement("F24")
def test_the_corridors_answer_for_their_goods(market: str, goods: tuple[str, ...], origin: str) -> None:
    held = TariffBook(None)
    assert held.rule(market, TODAY) is not None
    for hs in goods:
        found = held.duty(market, hs, origin, TODAY)
        assert found.general or found.preferential, hs


def test_the_longest_code_that_fits_counts_and_a_statistical_line_has_its_parents_rate(
    tmp_path: Path,
) -> None:
    held = book(
        tmp_path,
        "USA,2204,,9%,,,2026-01-01,,me,\nUSA,22042150,,0.063 USD/l,,,2026-01-01,,me,\nUSA,220421,,7%,,,2026-01-01,,me,\n",
    )
    assert held.duty("USA", "2204215060", None, TODAY).general[0].duty == "0.063 USD/l"
    assert held.duty("USA", "220421", None, TODAY).general[0].duty == "7%"
    assert held.duty("USA", "220410", None, TODAY).general[0].duty == "9%"


def test_a_code_shorter_than_the_tariffs_lines_has_the_lines_below_it_as_bounds_and_is_never_padded() -> None:
    found = TariffBook(None).duty("USA", "220421", "ITA", TODAY)
    assert found.below
    assert {row.duty for row in found.general} == {"0.198 USD/l", "0.063 USD/l", "0.053 USD/l", "0.169 USD/l"}


def test_a_national_code_of_another_country_counts_by_its_six_international_digits() -> None:
    found = TariffBook(None).duty("USA", "22042142", "ITA", TODAY)  # a line of the EU's nomenclature
    assert found.below
    assert "220421 count" in found.note
    exact = TariffBook(None).duty("USA", "22042150", "ITA", TODAY)
    assert [row.duty for row in exact.general] == ["0.063 USD/l"]


def test_a_row_counts_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    held = book(tmp_path, "JPN,2204,,15%,,,2026-01-01,2026-03-31,me,\nJPN,2204,,12%,,,2026-04-01,,me,\n")
    on = {day: held.duty("JPN", "220421", None, day).general for day in (date(2026, 3, 31), date(2026, 4, 1))}
    assert [rows[0].duty for rows in on.values()] == ["15%", "12%"]
    early = held.duty("JPN", "220421", None, date(2025, 12, 31))
    assert early.general == ()
    assert "begins on 2026-01-01" in early.why


def test_an_expired_row_is_no_duty_and_says_when_it_ended(tmp_path: Path) -> None:
    found = book(tmp_path, "JPN,2204,,15%,,,2026-01-01,2026-03-31,me,\n").duty("JPN", "220421", None, TODAY)
    assert found.general == ()
    assert "own.parquet, row 2) ended on 2026-03-31" in found.why
    assert "fondaco tariffs add" in found.why


def test_the_workspaces_row_goes_before_the_shipped_one(tmp_path: Path) -> None:
    held = book(tmp_path, "KOR,2204,,14%,,,2026-01-01,,customs office,2026-11-01\n")
    assert held.duty("KOR", "220421", None, TODAY).general[0].duty == "14%"
    assert held.duty("KOR", "1509", None, TODAY).general[0].duty == "8%"


def test_a_preference_is_for_its_origins_only(tmp_path: Path) -> None:
    held = TariffBook(None)
    assert held.duty("KOR", "220421", "ITA", TODAY).preferential[0].duty == "0%"
    assert held.duty("KOR", "220421", "CHL", TODAY).preferential == ()
    assert held.duty("KOR", "220421", None, TODAY).preferential == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("GBR,409,,16%,,,2026-01-01,,me,", "row 3, hs: found '409'"),
        ("GBR,0409,,-5%,,,2026-01-01,,me,", "row 3, duty: found '-5%'"),
        ("GBR,0409,,12 XYZ/kg,,,2026-01-01,,me,", '"XYZ" in "12 XYZ/kg" is no currency'),
        ("GBR,0409,,12 EUR/barrel,,,2026-01-01,,me,", 'the unit "barrel"'),
        ("Atlantis,0409,,16%,,,2026-01-01,,me,", "row 3, market: found 'Atlantis'"),
        ("GBR,0409,,16%,,,soon,,me,", "row 3, valid_from: found 'soon'"),
        ("GBR,0409,,16%,,,2026-01-01,2025-01-01,me,", "row 3, valid_to"),
        ("GBR,0409,,16%,,,2026-01-01,,,", "row 3, source"),
        ("GBR,0409,,16%,,extra,2026-01-01,,me,", "row 3, kind: found 'extra'"),
        ("GBR,9999,,2%,,,2026-06-01,,me,", "same goods, origin and days as row 2"),
    ],
)
@pytest.mark.requirement("F24")
def test_a_bad_row_is_told_with_file_row_and_column_and_the_others_count(
    tmp_path: Path, row: str, said: str
) -> None:
    (told,) = faults(tmp_path, row + "\n")
    assert told.startswith("own.csv, row 3")
    assert said in told
    assert TariffBook(tmp_path / "tariffs").duty("GBR", "9999", None, TODAY).general[0].duty == "1%"


def test_a_file_without_one_good_row_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "GBR,0409,,-1%,,,2026-01-01,,me,\n", "utf-8")
    with pytest.raises(InputError, match="nothing was added"):
        add(tmp_path / "tariffs", path, TODAY)
    assert not (tmp_path / "tariffs").exists()


def test_a_table_that_lacks_a_column_says_which(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("market;hs;duty\nGBR;0409;16%\n", "utf-8")
    with pytest.raises(InputError, match="lacks the columns valid_from, source"):
        add(tmp_path / "tariffs", path, TODAY)


def test_a_million_rows_are_checked_by_their_distinct_values(tmp_path: Path) -> None:
    lines = (
        f"GBR,{n % 9000 + 1000:04},,{n % 40}%,,,{2000 + n // 40000}-01-01,{2000 + n // 40000}-12-31,me,"
        for n in range(1_000_000)
    )
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    found = add(tmp_path / "tariffs", path, TODAY)
    assert found.read == 1_000_000
    assert found.rows == 25 * 9000  # the others repeat goods and days
    assert len(found.problems) == 21
    assert found.problems[-1].count == 1_000_000 - 25 * 9000 - 20


def test_rules_of_a_market_are_read_from_toml_and_their_faults_are_told(tmp_path: Path) -> None:
    text = """
[[market]]
market = "JP"
currency = "JPY"
basis = "CIF"
tax_name = "consumption tax"
tax = "10%"
tax_base = ["value", "duty", "excise"]
valid_from = 2019-10-01
source = "Japan Customs, 1111"
[[market.reduced]]
name = "food"
rate = "8%"
hs = ["0409"]

[[market]]
market = "CHE"
currency = "Franken"
basis = "CIF"
tax = "8.1%"
tax_base = ["value"]
valid_from = 2024-01-01
source = "BAZG"
"""
    held = book(tmp_path, text, "japan.toml")
    rule = held.rule("JPN", TODAY)
    assert rule is not None
    assert rule.tax_for("040900", TODAY).expression == "8%"
    assert rule.tax_for("220421", TODAY).expression == "10%"
    assert held.rule("CHE", TODAY) is None
    told = parse(text, "japan.toml").problems
    assert "market 2 (CHE): `currency`" in told[0].reason


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("6.3¢/liter", "0.063 USD/l"),
        ("14.9%", "14.9%"),
        ("49.5¢/kg + 7.5%", "0.495 USD/kg + 7.5%"),
        ("5¢/kg on contents and container", "0.05 USD/kg_gross"),
        ("$1.59/liter", "1.59 USD/l"),
        ("60¢ each + 5%", "0.6 USD/unit + 5%"),
        ("2.8¢/doz.", "0.028 USD/12 unit"),
        ("12.8¢/pf.liter", "0.256 USD/l_alcohol"),
        ("15% <u></u>", "15%"),
        ("18.7¢/clean kg", ""),
        ("The duty provided in the applicable subheading", ""),
        ("33 1/3%", ""),
    ],
)
def test_rates_of_the_us_tariff(said: str, read: str) -> None:
    assert expression(said) == read


def test_special_rates_name_programmes_of_countries() -> None:
    assert special("Free (A+,AU,BH, CL,KR)2.8¢/liter (JO)") == [
        ("0%", "AUS BHR CHL KOR"),
        ("0.028 USD/l", "JOR"),
    ]
    assert special("See 9908.04.05 (IL)") == []


def test_the_official_us_file_is_read_whole(tmp_path: Path, shared: Path) -> None:
    packed = shared / "data/tariff_us_hts/htsdata_2024-07.csv.gz"
    path = tmp_path / "htsdata.csv"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    with pytest.raises(InputError, match="--valid-from"):
        add(tmp_path / "tariffs", path, TODAY)
    found = add(tmp_path / "tariffs", path, TODAY, valid_from=date(2024, 7, 1))
    assert (found.markets, found.problems) == (("USA",), ())
    assert found.rows > 11_000
    held = TariffBook(tmp_path / "tariffs")
    wine = held.duty("USA", "2204215060", "ITA", TODAY)  # a statistical line: the rate of 2204.21.50
    assert [row.duty for row in wine.general] == ["0.063 USD/l"]
    jordan = held.duty("USA", "2204215060", "JOR", TODAY)
    assert [row.duty for row in jordan.preferential] == ["0.028 USD/l"]
    wool = held.duty("USA", "51011160", "ITA", TODAY)
    assert [(row.duty, "clean kg" in row.note) for row in wool.general] == [("", True)]


@given(cents=st.integers(1, 99_999), percent=st.integers(0, 999))
def test_a_compound_us_rate_keeps_its_numbers(cents: int, percent: int) -> None:
    amount, share = D(cents) / 10, D(percent) / 10
    read = expression(f"{amount:f}¢/kg + {share:f}%")
    dollars, _, rest = read.partition(" USD/kg + ")
    assert (D(dollars) * 100, D(rest.rstrip("%"))) == (amount, share)


def test_an_additional_duty_on_some_lines_below_the_goods_code_may_fall_on_them(tmp_path: Path) -> None:
    lines = "KOR,42022,,8%,,duty,2026-01-01,,me,\nKOR,4202211010,,5%,,additional,2026-01-01,,me,\n"
    held = book(tmp_path, lines)
    short = held.duty("KOR", "420221", "MNG", TODAY)
    assert [row.duty for row in short.additional_below] == ["5%"] and not short.additional
    long = held.duty("KOR", "4202211010", "MNG", TODAY)
    assert [row.duty for row in long.additional] == ["5%"] and not long.additional_below


def test_a_market_rule_whose_day_stands_in_quotes_is_kept(tmp_path: Path) -> None:
    rule = """
[[market]]
market = "BRA"
currency = "BRL"
basis = "CIF"
tax = "17%"
tax_base = ["value", "duty"]
valid_from = "2026-01-01"
source = "me"
"""
    held = book(tmp_path, rule, "brazil.toml")
    assert held.rule("BRA", TODAY) is not None
