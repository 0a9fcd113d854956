"""Tables as people leave them: stacked, titled, totalled, merged, shifted, cut, damaged; read rightly or told."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.ledger.helpers import HEADER, Desk, counts, csv_of, line, problem

from fondaco.kernel import NeedsAnswer
from fondaco.ledger.header import find_header, header_names
from fondaco.ledger.mojibake import repair
from fondaco.workflows import preview, take_in

pytestmark = pytest.mark.requirement("X03", "X05")

ROWS = [line(f"A{n}", date=f"2026-05-{n + 10}", price=f"{n}.50", product=f"Jar {n}") for n in range(1, 9)]
HEAD = ",".join(HEADER) + "\n"


def text(*parts: Any) -> str:
    """Join rows (as tuples) and lines (as they stand) into a file."""
    return "".join(
        ",".join(map(str, part)) + "\n" if isinstance(part, tuple) else f"{part}\n" for part in parts
    )


def asked(desk: Desk, name: str, content: str | bytes) -> str:
    with pytest.raises(NeedsAnswer) as caught:
        take_in(
            desk.workspace, "shop", [desk.file(name, content)], home="IT", currency="EUR", now=desk.tick()
        )
    return " ".join(question.text for question in caught.value.questions)


def workbook(*sheets: tuple[str, list[list[Any]]], hidden: str = "") -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        if name == hidden:
            page.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# Several tables in a sheet


def test_two_tables_one_below_the_other_are_each_read_as_what_they_are(desk: Desk) -> None:
    traffic = [
        "Date,SKU,Country,Impressions,Clicks",
        "2026-05-14,A-1,Germany,900,30",
        "2026-05-15,A-1,Poland,70,1",
    ]
    report = desk.take(desk.file("a.csv", text("Orders of May", HEADER, *ROWS, "", "Visits", *traffic)))
    assert report.tables == ("orders", "traffic")
    assert counts(report) == {"facts": 10}
    assert [(row["row"], row["country"]) for row in desk.rows("traffic")] == [(14, "DEU"), (15, "POL")]
    assert desk.rows("traffic")[0]["file"] == "a.csv (from row 13)"


def test_a_second_header_without_a_gap_begins_a_second_table(desk: Desk) -> None:
    refunds = [
        "Order,Date,Product,Quantity,Amount,Country,Currency",
        "R1,2026-05-20,Jar,1,-5.00,Germany,EUR",
        "R2,2026-05-21,Jar,1,-6.00,Spain,EUR",
    ]
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, *refunds)))
    assert counts(report) == {"facts": 8, "adjustments": 2}
    assert [row["amount"] for row in desk.rows() if row["order"].startswith("R")] == [
        Decimal(-5),
        Decimal(-6),
    ]


def test_the_same_header_below_a_title_goes_on_with_the_same_table(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS[:4], "", "June", HEADER, *ROWS[4:])))
    assert counts(report) == {"facts": 8}
    assert "“June”" in problem(report, "note").reason


def test_a_summary_below_the_table_is_left_out_and_named(desk: Desk) -> None:
    report = desk.take(
        desk.file("a.csv", text(HEADER, *ROWS, "", "Country,Revenue", "Germany,160.00", "Spain,20.00"))
    )
    assert counts(report) == {"facts": 8}
    assert "Country, Revenue" in problem(report, "no_table").reason


def test_sheets_with_the_same_rows_count_them_once(desk: Desk) -> None:
    rows = [list(map(str, row)) for row in [HEADER, *ROWS]]
    report = desk.take(desk.file("a.xlsx", workbook(("May", rows), ("All", rows))))
    assert counts(report) == {"facts": 8, "duplicates": 8}


def test_a_hidden_sheet_is_left_out_and_named_unless_it_is_all_there_is(desk: Desk) -> None:
    old = [list(map(str, row)) for row in [HEADER, line("OLD")]]
    rows = [list(map(str, row)) for row in [HEADER, *ROWS]]
    report = desk.take(desk.file("a.xlsx", workbook(("May", rows), ("old", old), hidden="old")))
    assert counts(report) == {"facts": 8}
    assert "a.xlsx/old is hidden" in problem(report, "hidden_sheet").reason


# Totals and notes


@pytest.mark.parametrize(
    "label",
    ["Total", "GRAND TOTAL:", "Gesamt", "Summe", "Totale generale", "Total général", "Suma", "Total geral", "Totaal",
     "Razem", "Genel Toplam", "合計", "합계", "总计"],
)  # fmt: skip
def test_a_row_of_totals_is_known_by_its_label_and_its_sum(desk: Desk, label: str) -> None:
    sums = (label, "", "", "", sum(int(str(row[4])) for row in ROWS), "", "", "", "")
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, sums)))
    assert counts(report) == {"facts": 8}
    assert "Row 10 is the total" in problem(report, "total_row").reason


def test_subtotals_and_their_total_are_not_counted_again(desk: Desk) -> None:
    header = ("Order", "Date", "Product", "Amount", "Country", "Currency")

    def row(order: str, amount: int) -> tuple[object, ...]:
        return (order, "2026-05-14", "Jar", f"{amount}.00", "Germany", "EUR")

    def total(label: str, amount: int) -> tuple[object, ...]:
        return ("", "", label, f"{amount}.00", "", "")

    rows = [
        row("A1", 5),
        row("A2", 7),
        total("Subtotal May", 12),
        row("A3", 1),
        row("A4", 2),
        total("Subtotal June", 3),
        total("Total", 15),
    ]
    report = desk.take(desk.file("a.csv", text(header, *rows)))
    assert counts(report) == {"facts": 4}
    assert report.net_total == 15
    assert "rows 4, 7, 8" in problem(report, "total_row").reason


def test_numbers_without_a_label_that_are_the_sum_are_a_total(desk: Desk) -> None:
    sums = ("", "", "", "", 16, "36.00", "", "", "")
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, sums)))
    assert counts(report) == {"facts": 8}


def test_a_total_of_points_and_commas_is_the_sum_of_both(desk: Desk) -> None:
    header = ("Order", "Date", "Product", "Country", "Currency", "Amount")
    amounts = ("1.234,50", "98,40", "1,250.00", "45.00", "12,10", "7.30")  # 2,647.30 in all
    rows = [(f"A{n}", "2026-05-14", "Jar", "Germany", "EUR", amount) for n, amount in enumerate(amounts)]
    report = desk.take(
        desk.file("a.csv", csv_of([*rows, ("Total", "", "", "", "", "2.647,30")], header, between=";"))
    )
    assert counts(report) == {"facts": 6}
    assert report.net_total == Decimal("2647.30")


def test_a_total_that_is_not_the_sum_waits_and_says_what_the_rows_make(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, ("Total", "", "", "", 99, "", "", "", ""))))
    assert counts(report) == {"facts": 8, "quarantined": 1}
    (row,) = desk.ledger.quarantine()
    assert "is not the sum" in row.reason
    assert "they make 16" in row.reason
    assert "missing" in row.cure


def test_a_total_counts_as_no_product_where_the_period_is_stated(desk: Desk) -> None:
    content = "Product,Visitors,Page views\nJar,10,20\nLid,5,9\nTotal,15,29\n"
    report = desk.take(desk.file("a.csv", content), period="2026-05", country="DE")
    assert desk.said("product", "visitors", table="traffic") == [("Jar", 10), ("Lid", 5)]
    assert report.rows_read == 2


def test_a_product_called_total_is_a_product(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, line("A9", product="Total Body Lotion"))))
    assert counts(report) == {"facts": 9}


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=12), st.integers(0, 11))
@settings(max_examples=25, deadline=None)
def test_any_sum_of_cents_is_recognised_and_any_other_is_not(cents: list[int], off: int) -> None:
    import duckdb

    from fondaco.ledger.apart import set_apart
    from fondaco.ledger.deciding import Raw
    from fondaco.ledger.mapping import Mapping

    rows = [(f"A{n}", "2026-05-14", f"{cent / 100:.2f}") for n, cent in enumerate(cents)]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE raw (row BIGINT, fault VARCHAR, c0 VARCHAR, c1 VARCHAR, c2 VARCHAR)")
        for number, row in enumerate(
            [*rows, ("Total", None, f"{(sum(cents) + 7 * off) / 100:.2f}")], start=2
        ):
            con.execute("INSERT INTO raw VALUES (?, NULL, ?, ?, ?)", [number, *row])
        raw, told = set_apart(
            con,
            Raw("raw", ("Order", "Date", "Amount"), Path()),
            Mapping(columns={"order": "Order", "at": "Date", "amount": "Amount"}),
        )
        waiting = con.execute(f"SELECT count(*) FROM {raw.table} WHERE fault IS NOT NULL").fetchall()[0][0]
    assert (len(told), waiting) == ((1, 0) if off == 0 else (0, 1))


def test_what_is_written_beside_the_table_is_left_out_and_told(desk: Desk) -> None:
    lines = text(HEADER, *ROWS).splitlines()
    lines[2] += ",,best customer"
    report = desk.take(desk.file("a.csv", "\n".join(lines) + "\n"))
    assert counts(report) == {"facts": 8}
    assert "to the right" in problem(report, "note").reason


# Headers


def test_a_header_of_two_rows_with_merged_cells(desk: Desk) -> None:
    upper = "Order,,Goods,,,,Currency,Customer,Country"
    lower = "Order no,Date,SKU,Product,Quantity,Price,,,"
    report = desk.take(desk.file("a.csv", text("Sales of May", upper, lower, *ROWS)))
    assert counts(report) == {"facts": 8}
    assert desk.rows()[0]["row"] == 4


def test_names_that_stand_twice_are_told_apart_by_the_row_above() -> None:
    rows = [
        ["", "Buyer", "", "Receiver", ""],
        ["No", "Name", "Country", "Name", "Country"],
        ["7", "Ann", "DE", "Bo", "FR"],
    ]
    row, _ = find_header(rows)
    assert header_names(rows, row) == (
        2,
        ["No", "Buyer Name", "Buyer Country", "Receiver Name", "Receiver Country"],
    )


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_the_line_by_which_excel_says_its_delimiter(desk: Desk, first: str) -> None:
    content = first + "\r\n" + csv_of(ROWS, between=";").replace("\n", "\r\n")
    assert counts(desk.take(desk.file("a.csv", content))) == {"facts": 8}


def test_order_numbers_on_the_first_line_only(desk: Desk) -> None:
    below = ("", "", "B-2", "Lid", 1, "3.00", "", "", "")
    rows = [part for row in ROWS for part in (row, below)]
    report = desk.take(desk.file("a.csv", text(HEADER, *rows)))
    assert counts(report) == {"facts": 16}
    assert desk.said("order", "sku", "country")[:2] == [("A1", "A-1", "DEU"), ("A1", "B-2", "DEU")]


@pytest.mark.parametrize("moved", ["left", "right"])
def test_cells_one_column_beside_their_names(desk: Desk, moved: str) -> None:
    header = ("No", *HEADER) if moved == "left" else (*HEADER, "")
    rows = ROWS if moved == "left" else [("1", *row) for row in ROWS]
    report = desk.take(desk.file("a.csv", text(header, *rows)))
    assert counts(report) == {"facts": 8}
    assert desk.said("order", "product")[0] == ("A1", "Jar 1")
    assert any("one column beside" in p.reason for p in report.problems)


# Damage


def test_order_numbers_in_scientific_notation_wait(desk: Desk) -> None:
    rows = [line(f"1.23457E+1{n}") for n in (1, 2, 3)]
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, *rows)))
    assert counts(report) == {"facts": 8, "quarantined": 3}
    row = desk.ledger.quarantine()[0]
    assert "1.23457E+11" in row.reason
    assert "without opening it in a spreadsheet" in row.cure


def test_article_numbers_in_scientific_notation_are_told(desk: Desk) -> None:
    rows = [line(f"B{n}", sku="4,00638E+12") for n in range(3)]
    report = desk.take(desk.file("a.csv", csv_of([*ROWS, *rows], between=";")))
    assert counts(report) == {"facts": 11}
    assert "4,00638E+12" in problem(report, "digits").reason
    assert {row["sku"] for row in desk.rows()} == {"A-1", "4,00638E+12"}


@pytest.mark.parametrize(("cell", "kept"), [("'0042", "0042"), ('="0042"', "0042")])
def test_what_a_spreadsheet_puts_around_numbers_is_taken_off(desk: Desk, cell: str, kept: str) -> None:
    content = csv_of([*ROWS, line("B1", sku=cell)], between="\t")
    desk.take(desk.file("a.csv", content))
    assert ("B1", kept) in desk.said("order", "sku")


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
def test_utf_8_read_in_a_wrong_encoding_is_mended_and_said(desk: Desk, codec: str) -> None:
    name, damaged = "Käsemesser für Köche", "Käsemesser für Köche".encode().decode(codec)
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, line("B1", product=damaged))))
    assert ("B1", name) in desk.said("order", "product")
    assert any("wrong encoding" in p.reason for p in report.problems)


def test_letters_that_are_lost_are_told_and_left(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", text(HEADER, *ROWS, line("B1", product="K?semesser"))))
    assert ("B1", "K?semesser") in desk.said("order", "product")
    assert any("cannot be brought back" in p.reason and "K?semesser" in p.reason for p in report.problems)


@given(st.text("äöüßéèêçñåøłżőčßàìòùÄÖÜÉ€’–“ abcXYZ,.5", max_size=30))
def test_what_is_mended_is_what_it_was(said: str) -> None:
    damaged = "".join(
        char
        if char < "\x80"
        else "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in char.encode())
        for char in said
    )
    mended, _ = repair(damaged)
    assert mended == said or mended == damaged  # never a third thing


@pytest.mark.parametrize(
    "sound",
    ["NESTLÉ®", "SÃO PAULO", "„Ä“", "Ångström", "Ñandú", "50 µm²", "«Été»", "naïve", "¿Qué?", "Łódź", "½ £"],
)
def test_sound_text_is_left_alone(sound: str) -> None:
    assert repair(sound) == (sound, 0)


def test_a_file_cut_in_the_middle_of_a_row_says_so(desk: Desk) -> None:
    content = text(HEADER, *ROWS)
    report = desk.take(desk.file("a.csv", content[: content.rindex(",EUR")]))
    assert counts(report) == {"facts": 7, "quarantined": 1}
    assert "ends in the middle" in desk.ledger.quarantine()[0].reason


# Numbers and dates


def test_numbers_with_points_and_with_commas_are_read_each_as_it_stands(desk: Desk) -> None:
    prices = ["1.234,50", "1,234.50", "2,55", "2.55", "3,10", "4.20", "1.234", "1,234"]
    rows = [line(f"A{n}", price=price, quantity=1) for n, price in enumerate(prices)]
    report = desk.take(desk.file("a.csv", csv_of(rows, between=";")))
    assert [row["unit_price"] for row in desk.rows()] == [
        Decimal(n) for n in ("1234.5", "1234.5", "2.55", "2.55", "3.1", "4.2", "1234", "1234")
    ]
    assert any("decimal point" in p.reason for p in report.problems)


def test_a_day_that_is_in_no_calendar_waits_and_makes_no_second_style(desk: Desk) -> None:
    dates = [f"2026/01/{n:02}" for n in range(10, 31)]
    rows = [line(f"A{n}", date=day) for n, day in enumerate(dates)]
    report = desk.take(desk.file("a.csv", csv_of([*rows, line("B", date="2026/02/31")])))
    assert (report.facts, report.quarantined) == (21, 1)
    assert {row["day"] for row in desk.rows()} == {date(2026, 1, n) for n in range(10, 31)}


def test_dates_in_two_styles_are_both_read_and_told(desk: Desk) -> None:
    days = ["14.05.2026", "15.05.2026", "16.05.2026", "2026-05-17"]
    report = desk.take(desk.file("a.csv", csv_of([line(f"A{n}", date=day) for n, day in enumerate(days)])))
    assert [row["day"].day for row in desk.rows()] == [14, 15, 16, 17]
    assert any("two styles" in p.reason for p in report.problems)


def test_dates_that_a_spreadsheet_turned_round_are_asked_about(desk: Desk) -> None:
    days = [f"2026-{n:02}-05" for n in (3, 4, 6, 7)] + [f"{n}/05/2026" for n in (13, 14, 25, 26)]
    assert "turned" in asked(desk, "a.csv", csv_of([line(f"A{n}", date=day) for n, day in enumerate(days)]))


def test_days_first_and_months_first_in_one_column_are_asked_about(desk: Desk) -> None:
    days = ["13/05/2026", "14/05/2026", "15/05/2026", "05/13/2026", "05/14/2026", "05/06/2026"]
    assert "others the month" in asked(
        desk, "a.csv", csv_of([line(f"A{n}", date=day) for n, day in enumerate(days)])
    )


def test_the_order_of_the_rows_settles_whether_the_day_comes_first(desk: Desk) -> None:
    days = [f"{day:02}/{month:02}/2026" for month in (1, 2, 3) for day in (3, 5, 8, 11)]
    report = desk.take(desk.file("a.csv", csv_of([line(f"A{n}", date=day) for n, day in enumerate(days)])))
    assert [row["day"] for row in desk.rows()][:2] == [date(2026, 1, 3), date(2026, 1, 5)]
    assert any("so they are in order" in p.reason for p in report.problems)


def test_rows_sorted_by_the_text_of_their_dates_settle_nothing(desk: Desk) -> None:
    days = sorted(f"{day:02}/{month:02}/2026" for month in (1, 2, 3) for day in (3, 5, 8, 11))
    assert "come first" in asked(
        desk, "a.csv", csv_of([line(f"A{n}", date=day) for n, day in enumerate(days)])
    )


def test_years_of_two_digits_are_told_from_days_by_all_rows(desk: Desk) -> None:
    days = [f"{day:02}/05/25" for day in (13, 14, 21, 30)]
    desk.take(desk.file("a.csv", csv_of([line(f"A{n}", date=day) for n, day in enumerate(days)])))
    assert [row["day"].year for row in desk.rows()] == [2025] * 4


def test_a_spreadsheets_days_under_a_date_are_dates(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([line(f"A{n}", date=46155 + n) for n in range(4)])))
    assert desk.rows()[0]["at"] == datetime(2026, 5, 13)


def test_whole_counts_with_groups_of_three_are_thousands(desk: Desk) -> None:
    content = (
        "Date;SKU;Country;Impressions;Clicks\n2026-05-14;A-1;Germany;1.234;3\n2026-05-15;A-1;Poland;2.500;4\n"
    )
    desk.take(desk.file("a.csv", content))
    assert [row["impressions"] for row in desk.rows("traffic")] == [1234, 2500]


# A person decides


def test_a_person_decides_where_most_rows_would_be_refused(desk: Desk) -> None:
    rows = [line(f"A{n}") for n in range(200)] + [line(f"B{n}", country="Region X") for n in range(300)]
    assert "300 of 500 rows" in asked(desk, "a.csv", csv_of(rows))


def test_the_preview_shows_rows_money_period_and_markets_and_writes_nothing(desk: Desk) -> None:
    sums = ("Total", "", "", "", 18, "", "", "", "")
    rows = [*ROWS, line("B1", currency="USD", country="Spain", date="2026-06-02")]
    path = desk.file("a.csv", text(HEADER, *rows, sums))
    (found,) = preview(desk.workspace, None, path, currency="EUR")
    assert (found.rows, found.taken, found.quarantined) == (9, 9, 0)
    assert dict(found.money) == {"EUR": Decimal(80), "USD": Decimal(20)}
    assert (found.first_day, found.last_day) == (date(2026, 5, 11), date(2026, 6, 2))
    assert found.markets == (("DEU", 8), ("ESP", 1))
    assert found.first_rows[0]["order"] == "A1"
    assert not desk.workspace.has_firm("shop")


def test_a_header_that_stands_again_where_its_names_were_moved_is_no_row(desk: Desk) -> None:
    header = "No.,Order,Date,Quantity,Price,Currency,Customer,Country\n"
    rows = [f"A-{n},2026-05-{n:02},1,{n}.50,EUR,K{n},Germany\n" for n in range(10, 22)]
    text = header + "".join(rows[:6]) + header + "".join(rows[6:])
    report = desk.take(desk.file("moved.csv", text))
    assert (report.facts, report.quarantined) == (12, 0)


def test_a_file_that_ends_inside_quotation_marks_has_a_row_that_waits(desk: Desk) -> None:
    """The last cell has lost its end, and the row is as long as the others."""
    header = "Order,Date,Quantity,Price,Currency,Customer,Country,Product\n"
    rows = [f'A-{n},2026-05-{n:02},1,{n}.50,EUR,K{n},Germany,"Jar, large"\n' for n in range(10, 16)]
    report = desk.take(
        desk.file("a.csv", header + "".join(rows) + 'A-16,2026-05-16,1,1.50,EUR,K1,Germany,"Jar, la')
    )
    assert (report.facts, report.quarantined) == (6, 1)
    assert any("ends in the middle" in p.reason for p in report.problems)


def test_an_inch_in_the_last_cell_is_no_open_quotation_mark(desk: Desk) -> None:
    header = "Order,Date,Quantity,Price,Currency,Customer,Country,Product\n"
    rows = "".join(f'A-{n},2026-05-{n:02},1,{n}.50,EUR,K{n},Germany,Board 12"\n' for n in range(10, 17))
    report = desk.take(desk.file("a.csv", header + rows.rstrip("\n")))
    assert (report.facts, report.quarantined) == (7, 0)
