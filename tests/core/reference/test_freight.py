"""Freight tables: read from CSV and TOML, checked row by row, kept and asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from fondaco.kernel import InputError, UnknownName, UnreadableFile
from fondaco.reference.freight import Freight, Kept

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HEAD = "destination,origin,kind,carrier,per_kg,per_wm,minimum,fixed,breaks,currency,valid_from,valid_to,days,classes"
GOOD = "KR,IT,lcl,B,,85,85,40,,USD,2026-01-01,,30-38,ambient;chilled"


def add(folder: Path, text: str, file: str = "sea.csv", currency: str = "") -> Kept:
    (folder / file).write_text(text)
    return Freight(folder / "freight").add(folder / file, now=NOW, currency=currency)


def test_a_row_becomes_a_rate(tmp_path: Path) -> None:
    kept = add(tmp_path, f"{HEAD}\n{GOOD}\n")
    assert (kept.name, kept.taken.rates, kept.taken.problems) == ("sea", 1, ())
    (rate,) = Freight(tmp_path / "freight").rates("KOR", origin="ITA")
    assert (rate.kind, rate.per_wm, rate.fixed, rate.days) == ("lcl", D(85), D(40), (30, 38))
    assert rate.classes == ("ambient", "chilled") and rate.volumetric_divisor is None
    assert Freight(tmp_path / "freight").rates("KOR", origin="MNG") == ()


@pytest.mark.parametrize(
    ("row", "kind", "column"),
    [
        ("Nowhere,IT,lcl,B,,85,,,,USD,,,,", "country", "destination"),
        (",IT,lcl,B,,85,,,,USD,,,,", "missing", "destination"),
        ("US,IT,rocket,B,,85,,,,USD,,,,", "word", "kind"),
        ("US,IT,lcl,B,,-85,,,,USD,,,,", "negative", "per_wm"),
        ('US,IT,lcl,B,,"1,85",,,,USD,,,,', "number", "per_wm"),
        ("US,IT,lcl,B,,85,,,,Dollars,,,,", "currency", "currency"),
        ("US,IT,lcl,B,,,,,,USD,,,,", "no price", "per_kg"),
        ("US,IT,air,B,3,,,,100:2 45:3,USD,,,,", "pairs", "breaks"),
        ("US,IT,lcl,B,,85,,,,USD,2026-05-01,2026-04-01,,", "order of days", "valid_to"),
        ("US,IT,lcl,B,,85,,,,USD,01/05/2026,,,", "day", "valid_from"),
        ("US,IT,lcl,B,,85,,,,USD,,,9-3,", "number", "days"),
        ("US,IT,lcl,B,,85,,,,USD,,,,warm", "word", "classes"),
    ],
)
def test_a_wrong_row_is_named_with_file_row_and_column_and_the_good_ones_go_on(
    tmp_path: Path, row: str, kind: str, column: str
) -> None:
    kept = add(tmp_path, f"{HEAD}\n{GOOD}\n{row}\n")
    assert kept.taken.rates == 1
    (problem,) = kept.taken.problems
    assert problem.kind == kind and f"sea.csv, row 3, column {column}:" in problem.reason and problem.cure


def test_a_line_with_too_many_cells_does_not_shift_the_numbers_of_the_others(tmp_path: Path) -> None:
    kept = add(tmp_path, f"{HEAD}\n{GOOD},x,y\n{GOOD}\nUS,IT,lcl,B,,-1,,,,USD,,,,\n")
    assert [(p.kind, p.reason.split(",")[1].strip(" :")) for p in kept.taken.problems] == [
        ("broken line", "row 2: has more or fewer cells than the table has columns."),
        ("negative", "row 4"),
    ]


def test_two_prices_for_one_way_on_one_day_are_no_price(tmp_path: Path) -> None:
    rows = [
        "US,IT,lcl,B,,85,,,,USD,2026-01-01,,,",
        "US,IT,lcl,B,,95,,,,USD,2026-07-01,,,",
        "US,IT,lcl,C,,95,,,,USD,2026-07-01,,,",
    ]
    kept = add(tmp_path, "\n".join([HEAD, *rows]))
    assert [(p.kind, p.count) for p in kept.taken.problems] == [("overlap", 2)]
    assert [rate.carrier for rate in Freight(tmp_path / "freight").rates("USA")] == ["C"]


def test_prices_that_follow_each_other_do_not_overlap(tmp_path: Path) -> None:
    rows = ["US,IT,lcl,B,,85,,,,USD,2026-01-01,2026-06-30,,", "US,IT,lcl,B,,95,,,,USD,2026-07-01,,,"]
    kept = add(tmp_path, "\n".join([HEAD, *rows]))
    assert kept.taken.rates == 2
    assert [p.kind for p in kept.taken.problems] == ["expired"]  # kept, and said


def test_a_row_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    kept = add(tmp_path, f"{HEAD}\n{GOOD}\n{GOOD}\n")
    assert kept.taken.rates == 1 and [p.kind for p in kept.taken.problems] == ["repeated"]


def test_toml_says_once_what_holds_for_all(tmp_path: Path) -> None:
    text = """
    currency = "EUR"
    origin = "IT"
    valid_from = 2026-01-01
    fictional = true
    [[rate]]
    destination = "FR"
    kind = "groupage"
    per_kg = 1.2
    breaks = [[100, "0.9"], [300, "0.70"]]
    [[rate]]
    destination = "FR"
    kind = "parcel"
    steps = [[2, 12], [5, "18.50"]]
    papers = true
    """
    kept = add(tmp_path, text, "road.toml")
    assert kept.taken.fictional
    groupage, parcel = Freight(tmp_path / "freight").rates("FRA")
    assert groupage.breaks == ((D(100), D("0.9")), (D(300), D("0.70")))
    assert (parcel.steps, parcel.papers, parcel.volumetric_divisor) == (
        ((D(2), D(12)), (D(5), D("18.50"))),
        True,
        D(5000),
    )


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks destination, a price"):
        add(tmp_path, "kind,currency\nlcl,EUR\n")
    with pytest.raises(InputError, match="lacks currency"):
        add(tmp_path, "destination,kind,per_kg\nFR,air,3\n")


def test_the_currency_of_a_whole_file_may_be_stated(tmp_path: Path) -> None:
    add(tmp_path, "destination,kind,per_kg\nFR,air,3\n", currency="EUR")
    assert Freight(tmp_path / "freight").rates("FRA")[0].currency == "EUR"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("x.csv", ""),
        ("x.toml", "a = ["),
        ("x.toml", "a = 1"),
        ("x.csv", f"{HEAD}\nUS,IT,lcl,B,,-85,,,,USD,,,,\n"),
    ],
)
def test_a_file_without_a_single_rate_is_refused_and_nothing_is_kept(
    tmp_path: Path, file: str, text: str
) -> None:
    with pytest.raises(InputError):
        add(tmp_path, text, file)
    assert Freight(tmp_path / "freight").tables() == []


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"destination,kind\xff\xfe,per_kg,currency\n\xff\xfe\xff,air,3,EUR\n")
    with pytest.raises(InputError):
        Freight(tmp_path / "freight").add(tmp_path / "x.csv", now=NOW)
    with pytest.raises(UnreadableFile, match="not there"):
        Freight(tmp_path / "freight").add(tmp_path / "none.csv", now=NOW)


def test_a_table_of_the_same_name_is_replaced_and_one_may_go(tmp_path: Path) -> None:
    add(tmp_path, f"{HEAD}\n{GOOD}\n")
    (tmp_path / "sea.csv").write_text(f"{HEAD}\n{GOOD.replace('85,85', '99,99')}\n")
    freight = Freight(tmp_path / "freight")
    freight.add(tmp_path / "sea.csv", now=NOW.replace(hour=10))
    assert [rate.per_wm for rate in freight.rates("KOR")] == [D(99)]
    assert len(list((tmp_path / "freight").glob("*.parquet"))) == 1
    freight.remove("sea")
    assert freight.tables() == [] and freight.rates("KOR") == ()
    with pytest.raises(UnknownName):
        freight.remove("sea")


def test_a_firms_own_table_is_not_another_firms(tmp_path: Path) -> None:
    (tmp_path / "sea.csv").write_text(f"{HEAD}\n{GOOD}\n")
    Freight(tmp_path / "freight", "anna").add(tmp_path / "sea.csv", now=NOW)
    assert len(Freight(tmp_path / "freight", "anna").rates("KOR")) == 1
    assert Freight(tmp_path / "freight", "berta").rates("KOR") == ()
    assert Freight(tmp_path / "freight").rates("KOR") == ()


def test_a_zone_narrows_the_rates(tmp_path: Path) -> None:
    add(
        tmp_path,
        "destination,kind,per_kg,currency,zone\nFR,air,3,EUR,North\nFR,air,4,EUR,South\nFR,air,5,EUR,\n",
    )
    assert sorted(rate.per_kg for rate in Freight(tmp_path / "freight").rates("FRA", zone="north")) == [3, 5]
