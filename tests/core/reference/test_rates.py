"""The ECB's reference rates: by day, over weekends, across the euro and new units, and never invented."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError, UnreadableFile
from fondaco.reference.rates import (
    Missing,
    Rate,
    Rates,
    candidates_of_symbol,
    currency_of_symbol,
    is_currency,
    update,
)

SHARED = Path(__file__).parents[4] / "shared/data/fx_ecb/eurofxref-hist.zip"

#: Units per euro as the ECB published them on the day.
PUBLISHED = [
    (date(1999, 1, 4), "USD", 1.1789),
    (date(1999, 1, 4), "JPY", 133.73),
    (date(1999, 1, 4), "GBP", 0.7111),
    (date(2004, 12, 31), "TRL", 1836200),
    (date(2005, 6, 30), "ROL", 36030),
    (date(2005, 7, 1), "RON", 3.603),
    (date(2007, 12, 31), "GBP", 0.73335),
    (date(2008, 1, 2), "USD", 1.4688),
    (date(2022, 3, 1), "RUB", 117.201),
    (date(2026, 10, 30), "CHF", 0.9194),
]


@pytest.fixture(scope="module")
def rates() -> Rates:
    return Rates.load(None)


def value(rate: Rate | Missing) -> float:
    assert isinstance(rate, Rate), rate
    return rate.rate


def history(*lines: str, codes: str = "USD,JPY") -> str:
    return "\n".join([f"Date,{codes},", *lines]) + "\n"


@pytest.mark.requirement("X05")
@pytest.mark.parametrize(("day", "currency", "published"), PUBLISHED)
def test_published_rates(rates, day, currency, published):
    found = rates.rate("EUR", currency, day)
    assert value(found) == published
    assert found.day == day
    assert value(rates.rate(currency, "EUR", day)) == pytest.approx(1 / published, rel=1e-15)


@pytest.mark.requirement("X05", "F24")
def test_every_quotation_of_the_shared_history_is_there(rates):
    if not SHARED.exists():
        pytest.skip("the shared history is not here")
    with zipfile.ZipFile(SHARED) as archive:
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open("eurofxref-hist.csv"), "ascii")))
    for row in rows[::97]:
        day = date.fromisoformat(row.pop("Date"))
        for code, text in row.items():
            if code and text != "N/A":
                assert value(rates.rate("EUR", code, day)) == float(text)


def test_a_cross_goes_through_the_euro(rates):
    # 2 January 2008: 1.4688 USD and 163.83 JPY for a euro.
    assert value(rates.rate("USD", "JPY", date(2008, 1, 2))) == pytest.approx(163.83 / 1.4688, rel=1e-15)


def test_the_same_currency_is_one_on_any_day(rates):
    assert rates.rate("vnd", "VND", date(1980, 1, 1)) == Rate(1.0, date(1980, 1, 1))


def test_a_weekend_has_the_rate_of_its_friday(rates):
    friday = date(2005, 7, 1)
    assert rates.rate("EUR", "USD", friday + timedelta(days=2)) == Rate(1.2087, friday)


def test_a_quotation_holds_ten_days_and_no_longer(rates):
    last = rates.last_day
    assert rates.rate("EUR", "USD", last + timedelta(days=10)).day == last
    gone = rates.rate("EUR", "USD", last + timedelta(days=11))
    assert isinstance(gone, Missing)
    assert str(last) in gone.reason
    assert "eurofxref-hist.zip" in gone.cure


@pytest.mark.parametrize(
    ("currency", "day", "units"),
    [
        ("DEM", date(1999, 1, 1), 1.95583),
        ("ITL", date(2001, 5, 5), 1936.27),
        ("FRF", date(2040, 1, 1), 6.55957),
        ("GRD", date(2001, 1, 1), 340.75),
        ("SIT", date(2007, 1, 1), 239.64),
        ("CYP", date(2008, 1, 1), 0.585274),
        ("MTL", date(2008, 1, 1), 0.4293),
        ("SKK", date(2009, 1, 1), 30.126),
        ("EEK", date(2011, 1, 1), 15.6466),
        ("LVL", date(2014, 1, 1), 0.702804),
        ("LTL", date(2015, 1, 1), 3.4528),
        ("HRK", date(2023, 1, 1), 7.5345),
        ("BGN", date(2026, 1, 1), 1.95583),
    ],
)
def test_a_currency_that_became_the_euro_has_its_fixed_factor(rates, currency, day, units):
    found = rates.rate("EUR", currency, day)
    assert value(found) == units
    assert found.day == day
    assert "fixed by Council Regulation" in found.note


def test_before_the_euro_came_the_market_rate_holds(rates):
    # The last quotation of the kuna was 7.5365 on Friday 30 December 2022.
    assert rates.rate("EUR", "HRK", date(2022, 12, 31)) == Rate(7.5365, date(2022, 12, 30))
    # The day after, the factor against Friday's dollar, 1.0666.
    cross = rates.rate("HRK", "USD", date(2023, 1, 1))
    assert value(cross) == pytest.approx(1.0666 / 7.5345, rel=1e-15)
    assert cross.day == date(2022, 12, 30)


def test_old_and_new_lira_and_leu_are_one_series(rates):
    assert value(rates.rate("EUR", "TRY", date(2005, 1, 2))) == 1.8362
    assert value(rates.rate("TRL", "TRY", date(2004, 6, 1))) == pytest.approx(1e-6)
    assert value(rates.rate("TRL", "EUR", date(2010, 1, 4))) * 1e6 == pytest.approx(
        value(rates.rate("TRY", "EUR", date(2010, 1, 4)))
    )
    assert value(rates.rate("EUR", "ROL", date(2005, 7, 1))) == 36030
    assert value(rates.rate("EUR", "RON", date(2005, 6, 30))) == pytest.approx(3.603)
    assert "1 RON = 10,000 ROL." in rates.rate("EUR", "RON", date(2005, 6, 30)).note


@pytest.mark.parametrize(
    ("currency", "day", "reason"),
    [
        ("RUB", date(2022, 3, 2), "suspended its rouble rate"),
        ("ISK", date(2012, 1, 1), "did not quote ISK between"),
        ("VND", date(2012, 1, 1), "does not quote VND"),
        ("USD", date(1999, 1, 3), "only from 1999-01-04"),
        ("CNY", date(2001, 1, 1), "only from 2005-04-01"),
        ("DEM", date(1998, 12, 31), "began on 1 January 1999"),
        ("GRD", date(2000, 6, 1), "only as fixed on 2001-01-01"),
        ("QQQ", date(2012, 1, 1), "no currency code"),
        ("", date(2012, 1, 1), "no currency code"),
    ],
)
def test_what_is_missing_is_said_in_words(rates, currency, day, reason):
    for missing in (rates.rate(currency, "EUR", day), rates.rate("EUR", currency, day)):
        assert isinstance(missing, Missing)
        assert reason in missing.reason
        assert missing.reason.endswith(".")
        assert missing.cure.endswith(".")


@pytest.mark.requirement("X05")
@settings(deadline=None)
@given(
    st.sampled_from(["USD", "DEM", "HRK", "TRY", "ROL", "RUB", "ISK", "EUR", "VND", "BGN"]),
    st.sampled_from(["EUR", "GBP", "ITL", "TRL"]),
    st.dates(date(1998, 12, 1), date(2026, 12, 1)),
)
def test_the_table_says_what_a_single_rate_says(rates, currency, into, day):
    start, end = day - timedelta(days=5), day + timedelta(days=5)
    table = rates.table([currency], into, start, end).to_pylist()
    days = [start + timedelta(days=n) for n in range(11)]
    single = {day: rates.rate(currency, into, day) for day in days}
    assert [(row["day"], row["rate"], row["rate_day"]) for row in table] == [
        (day, one.rate, one.day) for day, one in single.items() if isinstance(one, Rate)
    ]


def test_the_table_has_a_row_for_each_day_and_currency_with_a_rate(rates):
    table = rates.table(["usd", "USD", "RUB", "QQQ", "EUR"], "EUR", date(2022, 2, 28), date(2022, 3, 2))
    assert table.schema.names == ["currency", "day", "rate", "rate_day"]
    assert [str(kind) for kind in table.schema.types] == ["string", "date32[day]", "double", "date32[day]"]
    counts = {code: table["currency"].to_pylist().count(code) for code in ("EUR", "RUB", "USD", "QQQ")}
    assert counts == {"EUR": 3, "RUB": 2, "USD": 3, "QQQ": 0}
    assert rates.table([], "EUR", date(2022, 2, 28), date(2022, 3, 2)).num_rows == 0
    with pytest.raises(InputError, match="ends"):
        rates.table(["USD"], "EUR", date(2022, 3, 2), date(2022, 3, 1))


def test_ten_years_of_five_currencies_are_quick(rates):
    rates.table(["USD"], "EUR", date(2020, 1, 1), date(2020, 1, 2))
    started = time.perf_counter()
    table = rates.table(["USD", "GBP", "JPY", "CHF", "HRK"], "EUR", date(2013, 1, 1), date(2022, 12, 31))
    assert time.perf_counter() - started < 0.5  # about 2 ms; the rest is room for a busy machine
    assert table.num_rows == 5 * 3652


@pytest.mark.requirement("F24", "X04", "X06")
def test_an_update_adds_days_and_loses_none(rates, tmp_path):
    newer = tmp_path / "brought.csv"
    newer.write_text(history("2031-05-06,1.5,200", "2008-01-02,1.4688,N/A"))
    info = update(tmp_path / "home", newer)
    assert (info.added, info.last_day, info.first_day) == (1, date(2031, 5, 6), rates.first_day)
    after = Rates.load(tmp_path / "home")
    assert after.rate("EUR", "USD", date(2031, 5, 7)) == Rate(1.5, date(2031, 5, 6))
    assert after.rate("EUR", "JPY", date(2008, 1, 2)) == Rate(163.83, date(2008, 1, 2))
    assert "did not quote USD between" in after.rate("EUR", "USD", date(2030, 1, 1)).reason

    newer.write_text(history("2031-05-07,1.6,210", "2031-05-06,1.51,N/A"))
    assert update(tmp_path / "home", newer).added == 1
    after = Rates.load(tmp_path / "home")
    assert value(after.rate("EUR", "USD", date(2031, 5, 6))) == 1.51  # corrected
    assert value(after.rate("EUR", "JPY", date(2031, 5, 6))) == 200  # kept
    assert update(tmp_path / "home", newer).added == 0
    assert [path.name for path in info.path.parent.iterdir()] == ["eurofxref-hist.csv"]


def test_a_zip_laid_into_the_folder_is_read(tmp_path):
    (tmp_path / "rates").mkdir()
    with zipfile.ZipFile(tmp_path / "rates/eurofxref-hist.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", history("2031-05-06,1.5,200"))
    assert Rates.load(tmp_path).last_day == date(2031, 5, 6)
    assert "XTS" not in Rates.load(tmp_path).currencies


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe binary",
        b"PK\x03\x04 not a whole zip",
        b"a,b\n1,2\n",
        history().encode(),
        history("2031-05-06,1.5").encode(),
        history("2031-05-06,1.5,many").encode(),
        history("2031-05-06,-1.5,200").encode(),
        history("2031-05-06,inf,200").encode(),
        history("6 May 2031,1.5,200").encode(),
        history("2031-05-06,1.5,200", "2031-05-06,1.5,200").encode(),
        history("2031-05-06,1.5,200", codes="USD,USD").encode(),
        history("2031-05-06,1.5,200", codes="USD,yen").encode(),
    ],
)
def test_what_is_no_history_is_refused_and_changes_nothing(tmp_path, content):
    brought = tmp_path / "brought.csv"
    brought.write_bytes(content)
    with pytest.raises(UnreadableFile, match="brought"):
        update(tmp_path / "home", brought)
    assert not (tmp_path / "home").exists()


def test_a_folder_and_a_vanished_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "gone.zip"):
        with pytest.raises(UnreadableFile):
            update(tmp_path / "home", path)


def test_codes_and_signs_of_currencies(rates):
    assert all(is_currency(code) for code in rates.currencies)
    assert is_currency("eur")
    assert not any(is_currency(code) for code in ("EURO", "", "DEU"))
    signs = {
        "€": "EUR",
        "£": "GBP",
        "zł": "PLN",
        "Kč": "CZK",
        "руб.": "RUB",
        "R$": "BRL",
        "HK$": "HKD",
        "usd": "USD",
    }
    assert {sign: currency_of_symbol(sign) for sign in signs} == signs
    assert [currency_of_symbol(sign) for sign in ("$", "¥", "￥", "kr", "Rs", "?", "")] == [None] * 7
    assert candidates_of_symbol("$")[:2] == ("USD", "CAD")
    assert candidates_of_symbol("kr") == ("SEK", "NOK", "DKK", "ISK")
    for sign in ("$", "¥", "kr", "Rs", "fr", "lei"):
        assert all(is_currency(code) for code in candidates_of_symbol(sign))
