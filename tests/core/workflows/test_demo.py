"""The demo's files: their shape, that a seed decides every byte, and that the truth about them is known.

The totals here come from reading the written files with the standard library (openpyxl for workbooks),
never from the simulation: what is compared with `truth` is what stands in the files.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import itertools
import re
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

import numpy as np
import pytest

from fondaco.ledger import Workspace
from fondaco.workflows import demo
from fondaco.workflows.demo_files.behaviour import CANCELLED, DAYS, intensity, order_days, simulate
from fondaco.workflows.demo_files.firms import FIRMS, ISO2, WINERY
from fondaco.workflows.demo_files.writers import LAYOUTS, _rome, country_name

UNTIL = date(2026, 10, 31)
ALPHA3 = {short: long for long, short in ISO2.items()}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return demo.write_files(tmp_path_factory.mktemp("demo"), seed=7, until=UNTIL)


@pytest.fixture(scope="module")
def truth():
    return demo.truth(7, UNTIL)


def named(files, part):
    return [file for file in files if part in file.path.name]


def fingerprint(files):
    return [(file.path.name, file.at, hashlib.sha256(file.path.read_bytes()).hexdigest()) for file in files]


def spelled(language):
    names = {country_name(market, language): market for market in ISO2}
    return names | {"EIRE": "IRL", "U.K.": "GBR", "Holland": "NLD", "Unspecified": ""}


def test_a_seed_decides_every_byte(files, tmp_path):
    assert fingerprint(demo.write_files(tmp_path / "again", seed=7, until=UNTIL)) == fingerprint(files)
    other = demo.write_files(tmp_path / "other", seed=8, until=UNTIL)
    assert [file.path.name for file in other] == [file.path.name for file in files]
    assert fingerprint(other) != fingerprint(files)


def test_at_most_sixty_files_in_the_order_of_their_downloads(files):
    assert len(files) <= 60
    assert [file.at for file in files] == sorted(file.at for file in files)
    assert files[-1].at == datetime(2026, 10, 31, tzinfo=UTC)
    assert {file.firm_slug for file in files} == {firm.slug for firm in FIRMS}
    assert len({file.path for file in files}) == len(files)


@pytest.mark.requirement("S27")
def test_the_consortium_states_its_facts_and_is_marked_as_fictional():
    network = demo.DEMO_NETWORK
    assert "(fictional)" in network.name
    assert network.founded == 2019
    assert network.recognition
    assert len(network.members) == 6
    for member in network.members:
        assert "(fictional)" in member.name
        assert 0 < member.export_share < 1
        assert 4 <= len(member.markets) <= 12
        assert member.home not in member.markets
    assert {"DEU", "JPN", "USA"} <= set(network.markets)


def test_buyers_write_from_reserved_addresses_only(files):
    for file in named(files, "orders_export"):
        domains = set(re.findall(r"@([\w.]+)", file.path.read_text(encoding="utf-8")))
        assert domains <= {"example.com", "example.org"}


def test_each_firm_has_some_hundred_orders_and_markets_of_all_sizes(truth):
    for firm in FIRMS:
        markets = truth[firm.slug].markets
        assert 300 <= sum(market.orders for market in markets.values()) <= 3000
        sizes = sorted(market.orders for (name, _), market in markets.items() if name not in {"", firm.home})
        assert sizes[-1] >= 2 * sizes[0]


# --- Shopify ------------------------------------------------------------------------------------------


def shopify_records(file):
    with file.path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_shopify_has_79_columns_and_fills_an_orders_fields_on_its_first_row_only(files):
    records = [record for file in named(files, "orders_export") for record in shopify_records(file)]
    assert len(records[0]) == 79
    assert list(records[0])[:4] == ["Name", "Email", "Financial Status", "Paid at"]
    assert list(records[0])[-1] == "Payment References"
    later = [now for before, now in itertools.pairwise(records) if before["Name"] == now["Name"]]
    assert later
    for record in later:
        assert not record["Currency"]
        assert not record["Total"]
        assert not record["Shipping Country"]
        assert record["Created at"]
        assert record["Lineitem sku"]
    assert {"paid", "voided", "partially_refunded"} <= {record["Financial Status"] for record in records}
    assert any("\n" in record["Notes"] for record in records)
    assert all(record["Shipping Zip"].startswith("'") for record in records if record["Shipping Zip"])
    assert "NA" in {record["Shipping Country"] for record in records}


def test_the_truth_about_shopify_is_what_its_latest_files_say(files, truth):
    latest = {}
    for file in named(files, "orders_export"):
        orders = defaultdict(list)
        for record in shopify_records(file):
            orders[record["Name"]].append(record)
        latest |= orders
    net, orders = Counter(), Counter()
    for rows in latest.values():
        if rows[0]["Financial Status"] == "voided":
            continue
        goods = sum(Decimal(row["Lineitem price"]) * int(row["Lineitem quantity"]) for row in rows)
        assert Decimal(rows[0]["Subtotal"]) == goods - Decimal(rows[0]["Discount Amount"])
        market = ALPHA3[rows[0]["Shipping Country"]]
        net[market] += Decimal(rows[0]["Subtotal"]) - Decimal(rows[0]["Refunded Amount"])
        orders[market] += 1
    markets = truth["cantina-valfinta"].markets
    assert {market: one.net for (market, _), one in markets.items()} == net
    assert {market: one.orders for (market, _), one in markets.items()} == orders


def test_an_order_that_is_cancelled_later_was_paid_in_an_earlier_file(files):
    states = defaultdict(list)
    for file in named(files, "orders_export"):
        for record in shopify_records(file):
            if record["Financial Status"]:
                states[record["Name"]].append(record["Financial Status"])
    assert any(said[0] == "paid" and said[-1] == "voided" for said in states.values())
    assert sum(len(said) > 1 for said in states.values()) > 300


@pytest.mark.parametrize(
    ("at", "offset"),
    [
        (datetime(2025, 3, 29, 12), "+0100"),
        (datetime(2025, 3, 30, 12), "+0200"),
        (datetime(2026, 10, 24, 12), "+0200"),
        (datetime(2026, 10, 25, 12), "+0100"),
    ],
)
def test_the_offset_follows_italian_summer_time(at, offset):
    assert _rome(at).endswith(offset)


# --- Amazon -------------------------------------------------------------------------------------------


def amazon_records(file):
    header, *lines = file.path.read_text(encoding="utf-8").splitlines()
    names = header.split("\t")
    assert len(names) == 32
    return [dict.fromkeys(names, "") | dict(zip(names, line.split("\t"), strict=False)) for line in lines]


def test_amazon_has_32_columns_without_quoting(files):
    records = [record for file in named(files, "amazon") for record in amazon_records(file)]
    assert any(record["product-name"].startswith('"Montado" cork') for record in records)
    assert {record["sales-channel"] for record in records} == {
        "Amazon.de", "Amazon.it", "Amazon.es", "Amazon.co.uk", "Amazon.com", "Amazon.co.jp",
    }  # fmt: skip
    assert {record["currency"] for record in records} == {"EUR", "GBP", "USD", "JPY", ""}
    pending = [record for record in records if record["order-status"] == "Pending"]
    cancelled = [record for record in records if record["item-status"] == "Cancelled"]
    assert pending
    assert cancelled
    assert not any(record["item-price"] or record["currency"] for record in pending + cancelled)
    assert any(record["order-status"] == "Shipped" for record in cancelled)


@pytest.mark.parametrize("slug", ["sobreiral-azul", "dalbit-gama"])
def test_the_truth_about_amazon_is_what_its_latest_files_say(files, truth, slug):
    latest = {}
    for file in named(files, "amazon"):
        if file.firm_slug == slug:
            latest |= {(one["amazon-order-id"], one["sku"]): one for one in amazon_records(file)}
    net, orders = Counter(), defaultdict(set)
    for record in latest.values():
        place = ALPHA3[record["ship-country"]], record["currency"]
        if record["item-price"]:
            net[place] += Decimal(record["item-price"]) - Decimal(record["item-promotion-discount"] or 0)
            orders[place].add(record["amazon-order-id"])
    told = {place: one for place, one in truth[slug].markets.items() if place in net}
    known_elsewhere = {("USA", "USD"), ("JPN", "JPY")} if slug == "dalbit-gama" else set(truth[slug].markets)
    assert set(net) == known_elsewhere
    assert {place: one.net for place, one in told.items()} == net
    assert {place: one.orders for place, one in told.items()} == {k: len(v) for k, v in orders.items()}


# --- tables kept by hand ------------------------------------------------------------------------------


def cells_of(file, layout):
    """The rows below the header, as text; dates as the layout writes them."""
    content = file.path.read_bytes()
    if file.path.suffix == ".xlsx":
        openpyxl = pytest.importorskip("openpyxl")
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [[as_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        return [without_padding(row) for row in rows[len(layout.titles) + 1 :]]
    if file.path.suffix == ".gz":
        contents = [gzip.decompress(content)]
    elif file.path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            contents = [archive.read(name) for name in archive.namelist()]
    else:
        contents = [content]
    rows = []
    for one in contents:
        text = one.decode("utf-16" if layout.encoding == "utf-16-le" else layout.encoding)
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter))
        assert read[len(layout.titles)] == list(layout.header.values())
        rows += read[len(layout.titles) + 1 :]
    return rows


def as_text(cell):
    return f"{cell:%Y-%m-%d}" if isinstance(cell, datetime) else "" if cell is None else str(cell)


def without_padding(row):
    """A workbook pads its rows to the widest one."""
    while row and not row[-1]:
        row = row[:-1]
    return row


def number(text, layout):
    return Decimal(text.replace(".", "").replace(",", ".") if layout.comma else text)


def read_row(cells, layout, currency):
    """What a careful person reads off a row; None where the row is broken."""
    if len(cells) != len(layout.header):
        return None
    row = dict(zip(layout.header, cells, strict=True))
    try:
        day = "%Y-%m-%d" if layout.form == "xlsx" else layout.day
        datetime.strptime(row["day"], day)
        quantity, price, amount = (number(row[name], layout) for name in ("quantity", "price", "amount"))
    except (ValueError, InvalidOperation):
        return None
    assert quantity * price == amount
    return (
        (row["order"], row["sku"]),
        spelled(layout.language)[row["country"]],
        row.get("currency", currency),
        amount,
    )


@pytest.mark.parametrize(
    ("slug", "layout", "part"),
    [
        ("frantoio-capo-chimera", "italian_table", "vendite"),
        ("prosciutti-nebbiabella", "german_xlsx", "Umsatz"),
        ("dalbit-gama", "korean_table", "orders_kr"),
        ("tenger-nooluur", "english_utf16", "orders_2"),
    ],
)
def test_the_truth_about_a_table_is_what_its_legible_rows_say(files, truth, slug, layout, part):
    form = LAYOUTS[layout]
    latest, broken, kinds = {}, 0, set()
    for file in named(files, part):
        if file.firm_slug != slug:
            continue
        for cells in cells_of(file, form):
            read = read_row(cells, form, file.options.get("currency", ""))
            if read is None:
                broken += 1
                kinds.add(len(cells) - len(form.header))
            else:
                key, market, currency, amount = read
                latest[key] = market, currency, amount
    net = Counter()
    for market, currency, amount in latest.values():
        net[market, currency] += amount
    told = truth[slug]
    amazon = {("USA", "USD"), ("JPN", "JPY")} if slug == "dalbit-gama" else set()
    assert {place: one.net for place, one in told.markets.items() if place not in amazon} == net
    assert broken == told.broken > 0
    assert {1, 0} <= kinds
    assert min(kinds) < -3
    assert any(key[0].startswith("CN-") for key in latest)
    assert any(market == "" for market, _, _ in latest.values())


def test_tables_come_in_the_encodings_and_spellings_of_life(files):
    oil = b"".join(file.path.read_bytes() for file in named(files, "vendite") if file.path.suffix == ".csv")
    assert "Quantità".encode("cp1252") in oil
    assert b"EIRE" in oil
    assert b"U.K." in oil
    assert b"Holland" in oil
    korean = next(file for file in named(files, "orders_kr") if file.path.suffix == ".csv")
    assert korean.path.read_bytes().startswith(b"\xef\xbb\xbf")
    bags = next(file for file in named(files, "orders_2") if file.firm_slug == "tenger-nooluur")
    assert bags.path.read_bytes().startswith(b"\xff\xfe")


def test_a_file_without_a_currency_comes_with_the_answer(files):
    assert all(file.options == {"currency": "EUR"} for file in named(files, "Umsatz"))
    assert all(not file.options for file in files if file.path.suffix != ".xlsx")


# --- the other tables ---------------------------------------------------------------------------------


def test_traffic_inquiries_reviews_and_listings_count_what_the_files_hold(files, truth):
    english = spelled("en")
    seen = defaultdict(dict)
    parts = {"traffic": "traffic", "inquiries": "inquiries", "reviews": "reviews", "listings": "listings"}
    parts["ads"] = "search_terms"
    for part, name in parts.items():
        for file in named(files, name):
            content = file.path.read_bytes()
            text = (gzip.decompress(content) if file.path.suffix == ".gz" else content).decode("utf-8-sig")
            reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=LAYOUTS[part].delimiter)
            for row in reader:
                values = list(row.values())
                key = (
                    tuple(values[:3])
                    if part == "traffic"
                    else (row["Start Date"], row["Country"], row["Search term"])
                    if part == "ads"
                    else tuple(values[:2])
                    if part == "listings"
                    else values[0]
                )
                count = int(row["Visitors"]) if part == "traffic" else 1
                seen[file.firm_slug][part, key] = english[row["Country"]], count
    for slug, rows in seen.items():
        totals = Counter()
        for (part, _), (market, count) in rows.items():
            totals[part, market] += count
        assert totals == truth[slug].seen
    assert {"cantina-valfinta", "tenger-nooluur", "sobreiral-azul", "frantoio-capo-chimera"} == set(seen)


def test_an_inquiry_says_the_same_in_each_file_but_for_its_answer(files):
    said = defaultdict(set)
    for file in named(files, "inquiries"):
        with file.path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                said[file.firm_slug, row["Inquiry No"]].add(
                    (row["Received"], row["Country"], row["Product"], row["Message"])
                )
    assert len(said) > 1000
    assert all(len(versions) == 1 for versions in said.values())


# --- behaviour ----------------------------------------------------------------------------------------


def test_markets_rise_fade_and_vanish_as_they_are_drawn():
    start = UNTIL - timedelta(days=DAYS)
    channel = WINERY.channels[0]
    rate = {market.country: intensity(channel, market, start) for market in channel.markets}
    growth = {market: year[365:].sum() / year[:365].sum() for market, year in rate.items()}
    assert growth["USA"] == pytest.approx(2.4)
    assert growth["GBR"] == pytest.approx(0.45)
    assert growth["DEU"] == pytest.approx(1.05)
    assert rate["SWE"][:121].sum() == rate["SWE"][457:].sum() == 0


def test_orders_are_as_many_as_the_market_is_drawn_and_some_buyers_return():
    orders = [
        len(days)
        for seed in range(20)
        for days in order_days(np.full(DAYS, 12 / (DAYS / 24)), 0.1, np.random.default_rng(seed))
    ]
    assert sum(orders) / 20 == pytest.approx(24 * 12, rel=0.15)
    assert 0.15 < np.mean(np.array(orders) > 1) < 0.7


def test_a_few_orders_in_a_hundred_are_cancelled():
    orders = [
        order
        for seed in range(4)
        for order in simulate(WINERY, WINERY.channels[0], until=UNTIL, rng=np.random.default_rng(seed))
    ]
    share = sum(order.cancelled is not None for order in orders) / len(orders)
    assert share == pytest.approx(CANCELLED, abs=0.01)


def test_what_was_known_earlier_is_less_than_what_is_known_now(truth):
    earlier = demo.truth(7, UNTIL, as_of=date(2025, 11, 15))
    for firm in FIRMS:
        then = sum(market.orders for market in earlier[firm.slug].markets.values())
        now = sum(market.orders for market in truth[firm.slug].markets.values())
        assert 0 < then < now


# --- through the readers ------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_ledger_holds_the_truth(tmp_path):
    """Every file through the real readers, then goods per market and currency in the ledger itself."""
    until = date(2026, 10, 30)  # the last day whose exchange rates are carried
    truth = demo.truth(7, until)
    workspace = Workspace(tmp_path)
    done = demo.make(workspace, seed=7, now=datetime(2026, 10, 30, 12, tzinfo=UTC))
    assert len(done.firms) == 6
    assert all(firm.fictional for firm in done.firms)
    for firm in FIRMS:
        rows = workspace.ledger(firm.slug).table("orders").to_pyarrow().to_pylist()
        net = Counter()
        for row in rows:
            if row["kind"] in {"sale", "cancellation", "return"}:
                money = (row[name] or Decimal(0) for name in ("amount", "discount", "refund"))
                net[row["country"] or "", row["currency"]] += sum(money)
        told = {place: one.net for place, one in truth[firm.slug].markets.items() if place[0] and one.net}
        assert {place: total for place, total in net.items() if place[0] and total} == told, firm.slug
        for table, counted in (
            ("traffic", "visitors"),
            ("inquiries", None),
            ("listings", None),
            ("ads", None),
        ):
            seen = Counter()
            for row in workspace.ledger(firm.slug).table(table).to_pyarrow().to_pylist():
                seen[table, row["country"]] += row[counted] if counted else 1
            assert seen == {key: n for key, n in truth[firm.slug].seen.items() if key[0] == table}, firm.slug
