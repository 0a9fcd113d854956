"""What platforms' files are like in life: one case for each trap, on the samples and on small changes to them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.core.ledger.helpers import Desk, counts, problem

import fondaco.ledger.platforms
from fondaco.kernel import InputError, NeedsAnswer

SAMPLES = Path(fondaco.ledger.platforms.__file__).parent

pytestmark = pytest.mark.requirement("X03", "X05", "F29", "F31", "F81")


def sample(name: str) -> Path:
    platform, _, file = name.partition("/")
    return SAMPLES / platform / "samples" / file


def text(name: str) -> str:
    return sample(name).read_text("utf-8-sig")


def take(desk: Desk, name: str, **options: Any) -> Any:
    return desk.take(sample(name), **options)


def said(report: Any, kind: str) -> str:
    return " ".join(p.reason for p in report.problems if p.kind == kind)


# Amazon ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "site", "market", "rows"),
    [
        ("us", "Amazon.com", "USA", [("MOKA-06", 12131, 16020, 301), ("GASK-01", 1204, 1500, 190), ("GASK-01", 96, 120, 7), ("CUP-02", 0, 0, 0)]),
        ("uk", "Amazon.co.uk", "GBR", [("MOKA-06", 1020, 1411, 41), ("GASK-01", 644, 940, 88)]),
        ("de", "Amazon.de", "DEU", [("MOKA-06", 2310, 3155, 122), ("GASK-01", 812, 990, 60)]),
        ("jp", "Amazon.co.jp", "JPN", [("MOKA-06", 1045, 1502, 36), ("GASK-01", 88, 101, 4)]),
    ],
)  # fmt: skip
def test_a_business_report_in_each_language(
    desk: Desk, file: str, site: str, market: str, rows: list[tuple[str, int, int, int]]
) -> None:
    """A child that stands under two parents has two rows; thousands have commas even in German."""
    take(desk, f"amazon/business_report_{file}.csv", period="2026-05", marketplace=site)
    found = desk.rows("traffic")
    assert [(r["sku"], r["visitors"], r["views"], r["orders"]) for r in found] == rows
    assert {(r["marketplace"], r["country"], r["day"], r["until"]) for r in found} == {
        (site, market, date(2026, 5, 1), date(2026, 5, 31))
    }


def test_a_business_report_asks_for_its_period_and_its_site(desk: Desk) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        take(desk, "amazon/business_report_us.csv")
    assert {q.name for q in asked.value.questions} == {"period", "country"}


def test_search_terms_of_both_consoles(desk: Desk) -> None:
    take(desk, "amazon/search_terms_us.csv")
    take(desk, "amazon/search_terms_new.csv")
    rows = {(r["term"], r["campaign"]): r for r in desk.rows("ads")}
    exact = rows["moka pot 6 cup", "Moka exact"]
    assert (exact["impressions"], exact["spend"], exact["sales"]) == (
        4210,
        Decimal("77.76"),
        Decimal("319.20"),
    )
    auto = rows["b0abcdef12", "Auto"]
    assert (auto["keyword"] or None, auto["match"]) == (None, "automatic")
    new = rows["moka kanne", "Moka broad"]
    assert (str(new["day"]), str(new["until"]), new["orders"]) == ("2026-07-06", "2026-07-29", 4)


def test_a_title_above_the_header_and_months_in_words(desk: Desk) -> None:
    take(desk, "amazon/search_terms_old.csv")
    assert [(str(r["day"]), r["currency"], r["spend"]) for r in desk.rows("ads")] == [
        ("2025-09-01", "GBP", Decimal("6.39")),
        ("2025-09-02", "GBP", Decimal("1.98")),
    ]


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("uk", [("sale", "66.50", "-5.00"), ("return", "-30.75", None), ("fee", "-25.00", None), ("sale", "1080.00", "0"), ("correction", "0", None), ("fee", "-3.15", None)]),
        ("it", [("sale", "1197.00", "-10.00"), ("return", "-79.80", None), ("sale", "6.50", "0"), ("correction", "0", None)]),
        ("de", [("sale", "33.53", "0"), ("fee", "-120.55", None), ("correction", "5.10", None)]),
        ("se", [("sale", "1135.72", "0"), ("return", "-378.57", None)]),
    ],
)  # fmt: skip
def test_transactions_below_their_explanations_in_each_number_style(
    desk: Desk, file: str, rows: list[tuple[str, str, str | None]]
) -> None:
    report = take(desk, f"amazon/transactions_{file}.csv")
    found = [(r["kind"], r["amount"], r["discount"]) for r in desk.rows()]
    assert found == [(k, Decimal(a), None if d is None else Decimal(d)) for k, a, d in rows]
    assert "market of its site" in said(report, "layout")


def test_an_order_that_two_reports_tell_of_counts_once(desk: Desk) -> None:
    orders = text("amazon/all_orders.txt").replace("202-0000004-0000004", "202-1111111-0000001")
    first = desk.take(desk.file("orders.txt", orders))
    again = take(desk, "amazon/transactions_uk.csv")
    told = problem(again, "told_before")
    assert (told.count, again.duplicates) == (1, 1)
    assert first.import_ in told.cure
    before = [r for r in desk.rows() if r["order"] == "202-1111111-0000001" and r["kind"] == "sale"]
    assert [r["amount"] for r in before] == [Decimal("27.00")]
    desk.undo(first.import_)  # what told it first is gone: now this report counts
    after = [r for r in desk.rows() if r["order"] == "202-1111111-0000001" and r["kind"] == "sale"]
    assert [r["amount"] for r in after] == [Decimal("66.50")]


def test_inventory_is_the_firms_own_offers_and_a_price_of_zero_is_none(desk: Desk) -> None:
    take(desk, "amazon/fba_inventory.csv")
    assert [(r["listing"], r["own"], r["price"], r["stock"]) for r in desk.rows("listings")] == [
        ("MOKA-06", True, Decimal("39.90"), 412),
        ("GASK-01", True, Decimal("5.90"), 1310),
        ("MOKA-06-U", True, None, 3),
    ]


# eBay ------------------------------------------------------------------------------------------


def test_an_ebay_order_is_its_items_and_not_its_summary_as_well(desk: Desk) -> None:
    report = take(desk, "ebay/orders_us.csv")
    assert counts(report) == {"facts": 5, "duplicates": 1}
    assert problem(report, "aside").count == 2
    assert "record(s) downloaded" in said(report, "aside") and "Seller ID" in said(report, "aside")
    assert 'The sign "$" is taken for USD.' in said(report, "doubt")
    rows = [(r["order"][-1], r["sku"], r["amount"], r["shipping"], r["country"]) for r in desk.rows()]
    assert rows == [
        ("1", "MOKA-06", Decimal("39.90"), Decimal("8.00"), "USA"),
        ("2", "MOKA-06", Decimal("39.90"), Decimal("12.00"), "CAN"),
        ("2", "GASK-01", Decimal("32.90"), None, "CAN"),
        ("3", "GASK-01", Decimal("13.00"), Decimal("5.50"), "DEU"),
        ("4", "CUP-02", Decimal("1009.00"), None, "AUS"),
    ]
    assert {r["line"].split()[0] for r in desk.rows()} == {"110000000001", "110000000002", "110000000003"}


def test_a_summary_without_its_items_waits_in_quarantine(desk: Desk) -> None:
    lines = text("ebay/orders_us.csv").splitlines(keepends=True)
    kept = [x for x in lines if "26-10002" not in x or ",3,$72.80" in x]
    report = desk.take(desk.file("cut.csv", "".join(kept)))
    assert counts(report) == {"facts": 3, "quarantined": 1}
    assert "sums up an order whose items" in desk.ledger.quarantine()[0].reason


def test_sold_for_is_each_ones_price_where_the_totals_say_so(desk: Desk) -> None:
    changed = text("ebay/orders_us.csv").replace("$13.00,$5.50", "$6.50,$5.50")
    desk.take(desk.file("each.csv", changed))
    (row,) = [r for r in desk.rows() if r["order"].endswith("3")]
    assert (row["quantity"], row["amount"]) == (2, Decimal("13.00"))


def test_german_ebay_with_its_months_and_commas(desk: Desk) -> None:
    take(desk, "ebay/orders_de.csv")
    assert [(str(r["day"]), r["amount"], r["currency"], r["country"]) for r in desk.rows()] == [
        ("2025-12-10", Decimal("116.99"), "EUR", "DEU"),
        ("2025-12-11", Decimal("19.50"), "EUR", "AUT"),
        ("2026-03-02", Decimal("1169.90"), "EUR", "CHE"),
    ]


# Etsy, WooCommerce, Alibaba.com ------------------------------------------------------------------


def test_etsys_item_file_counts_an_orders_shipping_once(desk: Desk) -> None:
    take(desk, "etsy/EtsySoldOrderItems2026.csv")
    assert sum(r["shipping"] or 0 for r in desk.rows() if r["order"] == "3300000001") == Decimal("5.00")


def test_etsys_days_are_month_first_and_a_british_account_is_the_same(desk: Desk) -> None:
    report = desk.take(
        desk.file("one.csv", text("etsy/EtsySoldOrders2026.csv").replace("05/29/26", "05/02/26"))
    )
    assert {str(r["day"]) for r in desk.rows()} == {"2026-05-02", "2026-06-03", "2026-06-04"}
    assert "month first" in said(report, "doubt")
    take(desk, "etsy/orders_british.csv")
    assert {r["country"] for r in desk.rows() if r["currency"] == "GBP"} == {"GBR", "FRA"}


def test_woocommerce_asks_for_the_country_and_keeps_a_refund_apart(desk: Desk) -> None:
    with pytest.raises(NeedsAnswer):
        take(desk, "woocommerce/orders.csv")
    take(desk, "woocommerce/orders.csv", country="Italy")
    assert [(r["order"], r["kind"], r["amount"], r["currency"]) for r in desk.rows()] == [
        ("1501", "sale", Decimal(1248), "EUR"),
        ("1502", "sale", Decimal("21.6"), "EUR"),
        ("1501", "return", Decimal(-48), "EUR"),
        ("1503", "void", Decimal(24), "EUR"),
    ]


def test_an_old_workbook_with_numbers_that_are_names(desk: Desk) -> None:
    take(desk, "alibaba/Products-2026-06-01.xls", period="2026-05")
    assert [
        (r["row"], r["sku"], r["impressions"], r["inquiries"], r["country"]) for r in desk.rows("traffic")
    ] == [
        (7, "1600123456789", 2410, 3, ""),
        (8, "1600123456790", 310, None, ""),
        (9, "1600123456791", 12045, 9, ""),
    ]


def test_json_lines_with_an_orders_lines_inside(desk: Desk) -> None:
    plain = sample("alibaba/orders.jsonl").read_bytes()
    desk.take(desk.file("orders.bin", gzip.compress(plain)))
    assert [(r["order"][-1], r["product"], r["amount"], r["country"]) for r in desk.rows()] == [
        ("1", "Olive oil 5 l tin", Decimal(4800), "USA"),
        ("1", "Gift box", Decimal(600), "USA"),
        ("2", "Olive oil 5 l tin", Decimal(240), "DEU"),
        ("3", None, Decimal(980), "FRA"),
    ]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_of_objects_is_read_as_the_same_objects_on_lines(desk: Desk, indent: int | None) -> None:
    lines = sample("alibaba/orders.jsonl").read_text("utf-8").splitlines()
    listed = json.dumps([json.loads(line) for line in lines], ensure_ascii=False, indent=indent)
    told = []
    for path in (sample("alibaba/orders.jsonl"), desk.file("orders.json", listed)):
        report = desk.take(path)
        told.append([{k: v for k, v in row.items() if k not in ("import", "file")} for row in desk.rows()])
        desk.undo(report.import_)
    assert told[0] == told[1] != []


def test_a_broken_line_of_json_is_named(desk: Desk) -> None:
    with pytest.raises(InputError, match=r"line 2, is not valid JSON"):
        desk.take(desk.file("a.jsonl", json.dumps({"a": 1}) + "\n{oops\n"))


# Layouts that change -----------------------------------------------------------------------------


def test_columns_added_renamed_and_dropped_are_read_and_said(desk: Desk) -> None:
    changed = text("etsy/EtsySoldOrders2026.csv")
    changed = (
        changed.replace("Ship Country", "Ship Countries")
        .replace("Sales Tax", "Sales Levy X")
        .replace(",SKU\n", ",SKU\n")
    )
    report = desk.take(desk.file("changed.csv", changed))
    assert report.reader.startswith("etsy-orders/")
    assert {r["country"] for r in desk.rows()} == {"ITA", "USA", "KOR"}
    words = said(report, "layout")
    assert '"Ship Countries" is taken for "Ship Country"' in words
    assert '"Sales Levy X"' in words


def test_damaged_headers_are_known_and_said(desk: Desk) -> None:
    damaged = text("amazon/search_terms_de.csv").encode("utf-8").decode("cp1252", "ignore")
    report = desk.take(desk.file("damaged.csv", damaged))
    assert [r["spend"] for r in desk.rows("ads")] == [Decimal("30.75"), Decimal("0.44")]
    assert any("wrong encoding" in problem.reason for problem in report.problems)


def test_a_workspace_adds_a_language(desk: Desk) -> None:
    names = {
        "Ship Country": "Paese di spedizione",
        "Order Value": "Valore ordine",
        "Sale Date": "Data vendita",
        "Date Shipped": "Spedito il",
    }
    italian = text("etsy/EtsySoldOrders2026.csv")
    for name, other in names.items():
        italian = italian.replace(name, other)
    folder = desk.home / "headers"
    folder.mkdir(parents=True)
    lines = "".join(f'"{name}" = ["{other}"]\n' for name, other in names.items())
    (folder / "etsy.toml").write_text(f"[orders]\n{lines}", "utf-8")
    report = desk.take(desk.file("ordini.csv", italian))
    assert report.reader.startswith("etsy-orders/") and report.facts == 2
    (folder / "etsy.toml").write_text('[orders]\n"Ship Cuntry" = ["x"]\n', "utf-8")
    with pytest.raises(InputError, match="did you mean Ship Country"):
        desk.take(desk.file("b.csv", italian))


@pytest.mark.requirement("F66")
def test_competitors_and_reviews_are_plain_tables(desk: Desk) -> None:
    take(desk, "table/competitors.csv")
    take(desk, "table/reviews.csv")
    assert [(str(r["day"]), r["seller"], r["price"]) for r in desk.rows("listings")] == [
        ("2026-06-01", "Rival One", Decimal("34.90")),
        ("2026-06-01", "Rival Two", Decimal("29.50")),
        ("2026-06-08", "Rival One", Decimal("32.90")),
    ]
    assert [(r["country"], r["rating"]) for r in desk.rows("reviews")] == [("DEU", 5), ("FRA", 2), ("AUT", 4)]


# What people add to a platform's file ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "label", "sums", "table"),
    [
        ("etsy/EtsySoldOrders2026.csv", "Sale Date", {"Order Value": "136.00", "Shipping": "37.00"}, "orders"),
        ("woocommerce/orders_old.csv", "Date", {"N. Revenue": "3099"}, "orders"),
        ("amazon/search_terms_us.csv", "Campaign Name", {"Impressions": "5,310", "Clicks": "112"}, "ads"),
        ("amazon/business_report_us.csv", "(Parent) ASIN", {"Sessions - Total": "13,431", "Total Order Items": "498"}, "traffic"),
        ("amazon/business_report_de.csv", "(Übergeordnete) ASIN", {"Sitzungen – Summe": "3,122"}, "traffic"),
        ("amazon/all_orders.txt", "amazon-order-id", {"item-price": "235.20"}, "orders"),
    ],
)  # fmt: skip
def test_a_total_below_a_report_is_told_and_is_no_row(
    desk: Desk, name: str, label: str, sums: dict[str, str], table: str
) -> None:
    path = sample(name)
    whole = path.read_text("utf-8-sig")
    tabs = path.suffix == ".txt"
    header = next(
        row for row in csv.reader(io.StringIO(whole), delimiter="\t" if tabs else ",") if label in row
    )
    cells = [sums.get(column, "Total" if column == label else "") for column in header]
    below = "\t".join(cells) if tabs else ",".join(f'"{cell}"' for cell in cells)
    stated = json.loads((path.parent / f"{path.name}.answers.json").read_text()) if (
        path.parent / f"{path.name}.answers.json").exists() else {}  # fmt: skip
    plain = desk.take(path, **stated)
    desk.undo(plain.import_)
    more = desk.take(desk.file(f"more{path.suffix}", whole.rstrip("\r\n") + f"\n{below}\n"), **stated)
    assert (more.rows_read, more.quarantined) == (plain.rows_read, plain.quarantined)
    assert [p.count for p in more.problems if p.kind == "total_row"] == [1]
    assert all("Total" not in str(row.values()) for row in desk.rows(table))


def test_a_total_that_is_not_the_sum_waits(desk: Desk) -> None:
    whole = text("etsy/EtsySoldOrders2026.csv")
    at = whole.splitlines()[0].split(",").index("Order Value")
    report = desk.take(desk.file("a.csv", whole.rstrip() + "\nTotal" + "," * at + "999.00\n"))
    assert report.quarantined == 1
    assert any("is not the sum of the rows above it" in p.reason for p in report.problems)


def test_a_note_below_a_report_is_told_and_is_no_row(desk: Desk) -> None:
    report = desk.take(
        desk.file("a.csv", sample("amazon/fba_inventory.csv").read_text("utf-8") + '\n"* as of today"\n')
    )
    assert (report.rows_read, report.quarantined) == (3, 0)
    assert [p.count for p in report.problems if p.kind == "note"] == [1]


@pytest.mark.parametrize("guard", ['="{}"', '"=""{}"""', "'{}"])
def test_marks_of_a_spreadsheet_come_off_where_quotation_marks_are_characters(desk: Desk, guard: str) -> None:
    plain = sample("amazon/all_orders.txt").read_text("utf-8")
    order = "403-0000001-0000001"
    desk.take(desk.file("a.txt", plain.replace(f"\n{order}\t", f"\n{guard.format(order)}\t")))
    assert {row["order"] for row in desk.rows()} >= {order}
    assert {row["product"] for row in desk.rows()} >= {'"Aurora" moka pot, 6 cups'}


def test_an_encoding_of_the_east_is_known_by_the_words_of_the_back_office(desk: Desk) -> None:
    rows = "".join(f'olive oil {n},"1{n},295",-7.4%,3.2%,28{n}\n' for n in range(8))
    content = ("关键词,搜索指数,搜索涨幅,点击率,卖家规模指数\n" + rows).encode("gb18030")
    desk.take(desk.file("HotKeyword.csv", content), period="2026-05")
    assert [row["searches"] for row in desk.rows("ads")][:2] == [Decimal(10_295), Decimal(11_295)]


def test_days_that_nothing_settles_are_asked_about_where_the_report_is_not_english(desk: Desk) -> None:
    german = "Datum,Kampagnenname,Anzeigengruppenname,Suchbegriff des Kunden,Impressionen,Klicks,Ausgaben,Währung\n"
    english = "Date,Campaign Name,Ad Group Name,Customer Search Term,Impressions,Clicks,Spend,Currency\n"
    rows = "".join(f"0{n}/04/2026,A,B,tea {n},10,1,0.50,EUR\n" for n in range(1, 9))
    with pytest.raises(NeedsAnswer, match="day or the month"):
        desk.take(desk.file("german.csv", german + rows), country="Germany")
    report = desk.take(desk.file("english.csv", english + rows), country="United States")
    assert "read month first" in said(report, "doubt")
    assert {row["day"].day for row in desk.rows("ads")} == {4}
