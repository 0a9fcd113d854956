"""Numbers and dates of many countries, read alike by Python and by DuckDB."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fondaco.ledger.dates import choose_date, date_candidates, date_order, date_sql, offset_sql
from fondaco.ledger.numbers import (
    blank_sql,
    is_blank,
    number_shape_sql,
    number_sql,
    number_style,
    parse_number,
)

pytestmark = pytest.mark.requirement("X03")
DUCK = duckdb.connect()


def in_duckdb(expression: str, value: str) -> object:
    found = DUCK.execute(f"SELECT {expression} FROM (SELECT CAST(? AS VARCHAR) AS v)", [value]).fetchone()
    assert found is not None
    return found[0]


# Numbers


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("2.55", ".", "2.55"),
        ("1,234.50", ".", "1234.50"),
        ("1.234,50 €", ",", "1234.50"),
        ("€ 5,00", ",", "5.00"),
        ("1 135,72", ",", "1135.72"),
        ("1\u202f135,72", ",", "1135.72"),
        ("CHF 1'234.50", ".", "1234.50"),
        ("CHF 5.-", ".", "5"),
        ("₹1,00,000.50", ".", "100000.50"),
        ("MX$2,000.00", ".", "2000.00"),
        ("￥1,234", ".", "1234"),
        ("１２３", ".", "123"),
        ("(1.00)", ".", "-1.00"),
        ("($18.00)", ".", "-18.00"),
        ("12,50-", ",", "-12.50"),
        ("-$5", ".", "-5"),
        ("−5", ".", "-5"),
        ("12%", ".", "0.12"),
        ("'7700", ".", "7700"),
        ('="12.5"', ".", "12.5"),
        ("5,000원", ".", "5000"),
        ("3 Stk", ",", "3"),
        ("1.5E-3", ".", "0.0015"),
        ("5,-", ",", "5"),
    ],
)
def test_amounts_as_they_stand_in_exports(text: str, decimal: str, number: str) -> None:
    assert parse_number(text, decimal) == Decimal(number)
    assert in_duckdb(number_sql("v", decimal), text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "--",
        "n/a",
        "ABC 5",
        "1,5",
        "12/1/2010",
        "1.2.3",
        "--5",
        "(-5)",
        "5 kg of tea",
        "1e",
        "9" * 29,
    ],
)
def test_what_is_not_wholly_a_number_is_none(text: str) -> None:
    assert parse_number(text, ".") is None
    assert in_duckdb(number_sql("v", "."), text) is None


amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False)


@given(
    amounts,
    st.sampled_from([".", ","]),
    st.sampled_from(["", "group", " ", "'"]),
    st.sampled_from(["", "€", "USD"]),
)
def test_an_amount_written_in_any_style_comes_back(
    amount: Decimal, decimal: str, group: str, unit: str
) -> None:
    text = f"{amount:,.2f}"
    by = {"group": "." if decimal == "," else ","}.get(group, group)
    text = text.replace(",", "\0").replace(".", decimal).replace("\0", by) + (f" {unit}" if unit else "")
    assert parse_number(text, decimal) == amount


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789.,-+() '€$%eE\u00a0−１，=\"USDkr", max_size=14), st.sampled_from([".", ","]))
@example("1,234", ",")
@example("0.00000000005", ".")
@example("\u241f5", ".")
@example("5,-€", ",")
@example("1E20", ".")
def test_python_and_duckdb_read_the_same_number(text: str, decimal: str) -> None:
    number = parse_number(text, decimal)
    rounded = None if number is None else number.quantize(Decimal("1e-10"), ROUND_HALF_UP, Context(prec=60))
    assert in_duckdb(number_sql("v", decimal), text) == rounded


def test_one_clear_value_settles_the_decimal_mark_of_a_column() -> None:
    assert number_style(["1.234", "2.500", "3,50"]).decimal == ","
    style = number_style(["1,234", "2.55", "7"])
    assert (style.decimal, style.ambiguous, style.doubt) == (".", False, "")


def test_a_thousand_or_a_fraction_is_asked() -> None:
    for values in (["1.234"], ["1,234", "5"]):
        style = number_style(values)
        assert style.ambiguous
        assert values[0] in style.doubt


def test_whole_numbers_leave_no_question() -> None:
    style = number_style(["6", "-80995", "--", ""])
    assert (style.ambiguous, style.unreadable, style.doubt) == (False, (), "")


def test_two_styles_in_a_column_are_a_doubt() -> None:
    style = number_style(["1,50", "2,50", "3.75"])
    assert style.decimal == ","
    assert style.unreadable == ("3.75",)
    assert "decimal point" in style.doubt


def test_two_currencies_in_a_column_are_a_doubt() -> None:
    assert "currencies" in number_style(["$5.00", "€6.00"]).doubt
    assert number_style(["$5.00", "$6.00", "7.00"]).doubt == ""


def test_words_among_numbers_are_listed() -> None:
    assert number_style(["5.00", "ask us"]).unreadable == ("ask us",)


@given(
    st.lists(st.sampled_from(["1.234", "1,234", "2.55", "1.234,50", "17", "x", "€ 5", "1 234"]), min_size=1)
)
def test_shapes_tell_the_same_style_as_values(values: list[str]) -> None:
    shapes = [str(in_duckdb(number_shape_sql("v"), value)) for value in values]
    style, by_shape = number_style(values), number_style(shapes)
    assert (style.decimal, style.ambiguous) == (by_shape.decimal, by_shape.ambiguous)


@pytest.mark.parametrize("text", ["", "  ", "--", "–", "N/A", "NULL", "\u00a0", "0", "no", "x", "- 5"])
def test_duckdb_and_python_agree_on_what_is_empty(text: str) -> None:
    assert in_duckdb(blank_sql("v"), text) is is_blank(text)
    assert is_blank(text) is (text not in ("0", "no", "x", "- 5"))


# Dates


@pytest.mark.parametrize(
    ("text", "style", "time"),
    [
        ("2010-12-01 08:26:00", "iso", datetime(2010, 12, 1, 8, 26)),
        ("2010-12-01T08:26:00.5", "iso", datetime(2010, 12, 1, 8, 26, 0, 500000)),
        ("2021-05-13 11:01:13 +0200", "iso_offset", datetime(2021, 5, 13, 11, 1, 13)),
        ("2017-06-17T08:04:21+00:00", "iso_offset", datetime(2017, 6, 17, 8, 4, 21)),
        ("31/12/2025", "%d/%m/%Y", datetime(2025, 12, 31)),
        ("12/31/25", "%m/%d/%y", datetime(2025, 12, 31)),
        ("31.12.2025 9:05", "%d.%m.%Y %H:%M", datetime(2025, 12, 31, 9, 5)),
        ("12/31/2010 8:26 PM", "%m/%d/%Y %I:%M %p", datetime(2010, 12, 31, 20, 26)),
        ("Sep-30-26", "%b-%d-%y", datetime(2026, 9, 30)),
        ("Sep 01, 2026", "%b %d, %Y", datetime(2026, 9, 1)),
        ("10-Dez-25", "names:%d %b %y", datetime(2025, 12, 10)),
        ("10. Dezember 2025", "names:%d %b %Y", datetime(2025, 12, 10)),
        ("lunedì 3 marzo 2025", "names:%d %b %Y", datetime(2025, 3, 3)),
        ("1 févr. 2025", "names:%d %b %Y", datetime(2025, 2, 1)),
        ("10 de diciembre de 2025 10:30", "names:%d %b %Y %H:%M", datetime(2025, 12, 10, 10, 30)),
        ("12 Ağu 2025", "names:%d %b %Y", datetime(2025, 8, 12)),
        ("3 SIERPNIA 2025", "names:%d %b %Y", datetime(2025, 8, 3)),
        ("2026-11-21 오후 3:05:00", "names:%Y %m %d %p %I:%M:%S", datetime(2026, 11, 21, 15, 5)),
        ("2026年11月21日", "%Y年%m月%d日", datetime(2026, 11, 21)),
        ("2026. 11. 21.", "%Y. %m. %d.", datetime(2026, 11, 21)),
        ("19970101", "%Y%m%d", datetime(1997, 1, 1)),
        ("40513.3513888889", "excel", datetime(2010, 12, 1, 8, 26)),
        ("2026-11", "%Y-%m", datetime(2026, 11, 1)),
    ],
)
def test_dates_as_they_stand_in_exports(text: str, style: str, time: datetime) -> None:
    assert style in date_candidates([text])
    assert in_duckdb(date_sql("v", style), text) == time


def test_a_format_written_by_a_person_reads_foreign_months() -> None:
    assert in_duckdb(date_sql("v", "names:%d-%b-%y"), "10-Dez-25") == datetime(2025, 12, 10)


def test_unix_time_is_read_where_the_header_says_so() -> None:
    assert "unix" in date_candidates(["1290000000"], header="Timestamp")
    assert date_candidates(["1290000000"]) == ()
    assert in_duckdb(date_sql("v", "unix"), "1290000000") == datetime(2010, 11, 17, 13, 20)
    assert in_duckdb(date_sql("v", "unix"), "1290000000000") == datetime(2010, 11, 17, 13, 20)


def test_times_with_and_without_seconds_are_one_style() -> None:
    style = date_candidates(["21.11.2026", "22.11.2026 10:05"])[0]
    assert in_duckdb(date_sql("v", style), "21.11.2026") == datetime(2026, 11, 21)
    assert in_duckdb(date_sql("v", style), "22.11.2026 10:05") == datetime(2026, 11, 22, 10, 5)


@pytest.mark.parametrize(
    "style", ["iso", "%d/%m/%Y", "%Y%m%d", "excel", "unix", "names:%d %b %Y", "iso_offset"]
)
@pytest.mark.parametrize("text", ["", "soon", "31/02/2025", "0001-01-01", "infinity", "01/12/10", "5", "1e9"])
def test_what_is_no_date_in_a_style_is_null(text: str, style: str) -> None:
    assert in_duckdb(date_sql("v", style), text) is None


@pytest.mark.parametrize("sample", [["hello"], ["123", "17850"[:3]], ["12.50", "3.99"], ["85123A"], [""]])
def test_words_codes_and_prices_are_no_dates(sample: list[str]) -> None:
    assert date_candidates(sample) == ()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2021-05-13 11:01:13 +0200", 120),
        ("2021-05-13T11:01:13Z", 0),
        ("2021-05-13T11:01-05:30", -330),
        ("2021-05-13", None),
    ],
)
def test_the_offset_from_utc_is_kept_apart(text: str, minutes: int | None) -> None:
    assert in_duckdb(offset_sql("v", "iso_offset"), text) == minutes


def test_a_day_above_twelve_settles_the_order() -> None:
    candidates = date_candidates(["01/02/2026", "13/01/2026", "05/06/2026"])
    assert [date_order(style) for style in candidates] == ["dmy", "mdy"]
    style = choose_date({"%d/%m/%Y": 0, "%m/%d/%Y": 1}, 3)
    assert (style.format, style.ambiguous) == ("%d/%m/%Y", False)


def test_days_that_can_be_months_are_asked() -> None:
    style = choose_date({"%d/%m/%Y": 0, "%m/%d/%Y": 0}, 3)
    assert style.ambiguous
    assert style.doubt == "The dates can be read as day, month, year and as month, day, year."
    assert not choose_date({"%d/%m/%Y": 0, "%m/%d/%Y": 0}, 1, differ=False).ambiguous


def test_english_and_named_months_are_no_ambiguity() -> None:
    assert choose_date({"%b-%d-%y": 0, "names:%b %d %y": 0}, 9).ambiguous is False


def test_rows_that_no_style_reads_are_counted_in_words() -> None:
    assert choose_date({"iso": 2}, 10).doubt == "2 of 10 values are no dates in the style iso."
    assert choose_date({"iso": 10}, 10).format == ""
    assert choose_date({}, 10).format == ""
