"""A person who asks to be forgotten leaves no trace, and the ledger adds up as before."""

from __future__ import annotations

import gzip
import io
import tarfile
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

from fondaco.kernel import InputError
from fondaco.ledger import Mapping, write_mapping
from fondaco.ledger.persons import Person
from fondaco.workflows import backup, forget, look_for, scorecard_of

pytestmark = pytest.mark.requirement("X03", "X06", "R27")

#: One row per line item; what belongs to the order stands on its first row only.
SHOPIFY = """\
Name,Email,Financial Status,Currency,Shipping,Taxes,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Street,Billing Company,Shipping Name,Shipping Country,Billing Country,Notes,Phone
#1,lena.voss@example.org,paid,EUR,4.00,1.00,2026-03-01 10:00:00 +0100,1,Tea,12.00,T-1,Lena Voss,Hafen 3,Voss Kontor,Lena Voss,DE,DE,gift for LENA VOSS,0171 55
#1,,,,,,2026-03-01 10:00:00 +0100,2,Cup for Lena  Voss,5.00,T-2,,,,,,,,
#2,karl@example.org,paid,EUR,4.00,1.00,2026-03-02 10:00:00 +0100,1,Tea,12.00,T-1,Karl Ohm,Ring 4,,Karl Ohm,DE,DE,,0171 56
#3,lena.voss@example.org,paid,EUR,4.00,1.00,2026-04-01 10:00:00 +0200,3,Tea,12.00,T-1,Lena Voss,Hafen 3,Voss Kontor,"Voss, Lena",AT,DE,c/o Karl Ohm,0171 55
#4,lena.voss@example.org,paid,EUR,4.00,1.00,2026-04-02 10:00:00 +0200,3,Tea,12.00,T-1,Lena Voss,Hafen 3,Voss Kontor,Lena Voss,Gotham,Gotham,,0171 55
"""
SECRETS = (
    "lena.voss@example.org",
    "Lena Voss",
    "Voss, Lena",
    "LENA VOSS",
    "lena",
    "Hafen 3",
    "0171 55",
    "Voss Kontor",
)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below a folder byte by byte, and again unpacked: archives, Parquet pages, statistics."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from unpacked(str(path.relative_to(folder)), path.read_bytes())


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, name.encode() + content
    if content[:4] == b"PAR1":
        with pq.ParquetFile(io.BytesIO(content)) as parquet:
            yield f"{name} (cells)", str(parquet.read().to_pydict()).encode()
            yield (
                f"{name} (statistics)",
                str(
                    [parquet.metadata.row_group(n).to_dict() for n in range(parquet.num_row_groups)]
                ).encode(),
            )
    elif content[:2] == b"\x1f\x8b":
        yield f"{name} (gzip)", gzip.decompress(content)
    elif content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from unpacked(f"{name}/{member}", archive.read(member))
    elif name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for entry in tar:
                yield from unpacked(f"{name}/{entry.name}", tar.extractfile(entry).read())  # type: ignore[union-attr]


def where(folder: Path, secrets: tuple[str, ...] = SECRETS) -> list[tuple[str, str]]:
    found = []
    for name, content in contents(folder):
        low = content.lower()
        found += [
            (name, secret)
            for secret in secrets
            for form in ("NFC", "NFD")
            for encoding in ("utf-8", "utf-16-le")
            if unicodedata.normalize(form, secret).lower().encode(encoding) in low
        ]
    return found


def figures(desk: Desk) -> dict[str, Any]:
    """Return all that a scorecard says, and the sums, apart from which state of the ledger it rests on."""
    card = scorecard_of(desk.workspace, "shop")
    rows = [{k: v for k, v in vars(m).items() if k != "basis"} for m in card.markets]
    return {
        "markets": str(rows),
        "total": desk.total(),
        "rows": len(desk.rows()),
        "waiting": desk.ledger.quarantine_count(),
    }


@pytest.fixture
def shop(desk: Desk) -> Desk:
    first = desk.take(desk.file("lena voss orders.csv", SHOPIFY))
    assert (first.facts, first.quarantined) == (4, 1)
    extra = csv_of(
        [line("T1", customer="K7"), line("T2", customer="lena.voss@example.org", product="Lid"), line("T3")]
    )
    second = desk.take(desk.file("fair.csv", extra))
    desk.undo(second.import_)
    desk.take(desk.file("fair again.csv", extra))
    write_mapping(
        Mapping(columns={"order": "Order"}, countries={"Lena Voss": "DEU"}),
        desk.home / "mappings" / "shop" / "x.toml",
    )
    uploads = desk.home / "uploads" / "shop"
    uploads.mkdir(parents=True)
    (uploads / "0a.csv.gz").write_bytes(gzip.compress(SHOPIFY.encode()))
    (uploads / "0b.csv").write_text("Order,Customer\n1,Karl Ohm\n")
    (desk.home / "logs").mkdir()
    (desk.home / "logs" / "last-fault.txt").write_text("ValueError: Lena Voss")
    return desk


@pytest.mark.parametrize("asked", ["lena.voss@example.org", " LENA voss "])
def test_no_trace_is_left_and_everything_adds_up(shop: Desk, tmp_path: Path, asked: str) -> None:
    before = figures(shop)
    assert {secret for _, secret in where(shop.home)} >= set(SECRETS) - {"0171 55", "Hafen 3"}
    found = look_for(shop.workspace, "shop", asked)
    assert set(found.marks) >= {"lena.voss@example.org"}
    assert {trace.table for trace in found.traces} >= {"orders", "raw", "quarantine", "journal", "mappings"}
    assert set(found.files) == {"logs/last-fault.txt", "uploads/shop/0a.csv.gz"}
    assert figures(shop) == before

    done = forget(shop.workspace, "shop", asked, now=shop.tick(), by="owner@shop.example")
    assert done.done
    assert where(shop.home) == []
    assert figures(shop) == before
    assert shop.ledger.verify() == []
    archive = backup(shop.workspace, tmp_path / "after.tar", now=shop.now)
    assert all(
        s.lower().encode() not in content.lower()
        for _, content in unpacked("after.tar", archive.read_bytes())
        for s in SECRETS
    )


def test_the_others_are_as_they_were(shop: Desk) -> None:
    def others() -> list[str]:
        rows = [row for row in shop.rows() if row["order"] in ("#2", "T1", "T3")]
        return sorted(str({k: v for k, v in row.items() if k != "file"}) for row in rows)

    before = others()
    assert len(before) == 3
    forget(shop.workspace, "shop", "lena.voss@example.org", now=shop.tick())
    assert others() == before
    assert (shop.home / "uploads" / "shop" / "0b.csv").is_file()


def test_one_buyer_stays_one_buyer_in_every_import_and_under_any_name(shop: Desk) -> None:
    forget(shop.workspace, "shop", "Lena Voss", now=shop.tick())
    said = {row["buyer"] for row in shop.rows() if str(row["buyer"]).startswith("forgotten-")}
    assert len(said) == 1
    assert {row["order"] for row in shop.rows() if row["buyer"] in said} == {"#1", "#3", "T2"}


def test_the_journal_says_that_somebody_was_forgotten_and_not_who(shop: Desk) -> None:
    marked = shop.ledger.fingerprint()
    forget(shop.workspace, "shop", "Lena Voss", now=shop.tick(), by="owner@shop.example")
    ((at, by, rows),) = shop.ledger.forgotten()
    assert (at, by) == (shop.now, "owner@shop.example")
    assert rows > 0
    assert shop.ledger.fingerprint() != marked  # what was worked out before is worked out again


def test_history_undo_replay_and_rereading_go_on(shop: Desk) -> None:
    first, _, third = shop.ledger.imports()
    forget(shop.workspace, "shop", "Lena Voss", now=shop.tick())
    mapping = shop.ledger.mapping_of(first.import_)
    shop.replay(first.import_, replace(mapping, countries={"Gotham": "USA"}))
    lines = {row["order"]: row["buyer"] for row in shop.rows()}
    assert lines["#4"] == lines["#1"]
    before = shop.said("order", "buyer", "value", "country")
    (found,) = shop.ledger.reread([first.import_], now=shop.tick(), commit=True).differences
    assert not (found.changed or found.come or found.gone)
    assert shop.said("order", "buyer", "value", "country") == before
    shop.undo(third.import_)
    assert where(shop.home) == []


def test_who_is_not_there_is_said_and_nothing_is_written(shop: Desk) -> None:
    journal = sorted(p.name for p in (shop.home / "ledger" / "firm=shop" / "imports").iterdir())
    found = forget(shop.workspace, "shop", "Otto Fremd", now=shop.tick())
    assert (found.is_known, found.done) == (False, False)
    assert sorted(p.name for p in (shop.home / "ledger" / "firm=shop" / "imports").iterdir()) == journal
    with pytest.raises(InputError):
        forget(shop.workspace, "shop", " - ", now=shop.tick())


def test_an_order_without_a_number_keeps_its_lines_together(desk: Desk) -> None:
    header = ("Date", "SKU", "Product", "Quantity", "Price", "Currency", "Customer", "Country")
    rows = [line("", customer=c, sku=s)[1:] for c in ("mia.k@example.org", "K2") for s in ("A-1", "A-2")]
    desk.take(desk.file("a.csv", csv_of(rows, header)))
    before = len({row["order"] for row in desk.rows()})
    forget(desk.workspace, "shop", "mia.k@example.org", now=desk.tick())
    assert len({row["order"] for row in desk.rows()}) == before == 2
    assert where(desk.home, ("mia.k@example.org",)) == []


def test_a_short_id_is_taken_only_where_buyers_stand(desk: Desk) -> None:
    desk.take(
        desk.file(
            "a.csv", csv_of([line("17850", customer="17850"), line("2", customer="9", quantity="17850")])
        )
    )
    total = desk.total()
    forget(desk.workspace, "shop", "17850", now=desk.tick())
    rows = {row["order"]: row for row in desk.rows()}
    assert rows["17850"]["buyer"].startswith("forgotten-")
    assert (rows["2"]["buyer"], int(rows["2"]["quantity"])) == ("9", 17850)
    assert desk.total() == total


def test_a_shared_account_does_not_draw_others_in(desk: Desk) -> None:
    header = ("Order", "Date", "SKU", "Quantity", "Price", "Currency", "Customer", "Customer name", "Country")
    rows = [(f"G{n}", "2026-05-14", "A-1", 1, "10.00", "EUR", "guest", name, "Germany")
            for n, name in enumerate(("Ada Alm", "Bo Berg", "Cy Cole", "Di Dorn", "Eva Eck"))]  # fmt: skip
    mapping = Mapping(columns={"order": "Order", "at": "Date", "sku": "SKU", "quantity": "Quantity", "unit_price": "Price",
                               "currency": "Currency", "buyer": "Customer", "buyer_name": "Customer name", "country": "Country"})  # fmt: skip
    desk.take(desk.file("a.csv", csv_of(rows, header)), mapping=mapping)
    forget(desk.workspace, "shop", "Cy Cole", now=desk.tick())
    said = {row["order"]: (row["buyer"], row["buyer_name"]) for row in desk.rows()}
    assert said["G0"] == ("guest", "Ada Alm")
    assert said["G2"][0] == "guest"
    assert said["G2"][1].startswith("forgotten-")


def test_inquiries_lose_their_message(desk: Desk) -> None:
    header = ("Inquiry ID", "Date", "Buyer", "Buyer name", "Country", "Message")
    rows = [("Q1", "2026-05-01", "b-1", "Ann Marsh", "Germany", "Call me on 0170 123"),
            ("Q2", "2026-05-02", "b-2", "Ben Holt", "Germany", "As Ann Marsh said")]  # fmt: skip
    mapping = Mapping(table="inquiries", columns={"inquiry": "Inquiry ID", "at": "Date", "buyer": "Buyer",
                      "buyer_name": "Buyer name", "country": "Country", "message": "Message"})  # fmt: skip
    desk.take(desk.file("a.csv", csv_of(rows, header)), mapping=mapping)
    forget(desk.workspace, "shop", "Ann Marsh", now=desk.tick())
    said = {row["inquiry"]: row for row in desk.rows("inquiries")}
    assert said["Q1"]["message"] is None
    assert said["Q2"]["message"].startswith("As forgotten-")
    assert where(desk.home, ("ann marsh", "0170 123")) == []


class Stopped(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("step", ["add", "keep", "rewrite_journal", "sweep"])
def test_a_crash_leaves_all_or_nothing_and_asking_again_finishes(
    shop: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from fondaco.ledger.store import Store

    before = figures(shop)
    real, calls = getattr(Store, step), []

    def stop(self: Store, *args: Any, **kwargs: Any) -> Any:
        calls.append(step)
        if step != "sweep" or len(calls) == 2:
            raise Stopped
        return real(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(Store, step, stop)
        with pytest.raises(Stopped):
            forget(shop.workspace, "shop", "Lena Voss", now=shop.tick())
    assert figures(shop) == before
    assert shop.ledger.verify() == []
    forget(shop.workspace, "shop", "Lena Voss", now=shop.tick())
    assert where(shop.home) == []
    assert figures(shop) == before
    assert shop.ledger.verify() == []


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Für Zoë Müller und Co", "Für P und Co"),
        (unicodedata.normalize("NFD", "ZOË MÜLLER"), "P"),
        ("MÜLLER, Zoë", "P"),
        ("ZoÃ« MÃ¼ller", "P"),
        ("Zoë Müllerin, Xzoë Müller", "Zoë Müllerin, Xzoë Müller"),
    ],
)
def test_a_name_is_found_as_people_and_files_write_it(text: str, cleaned: str) -> None:
    import duckdb

    person = Person(("z-1",), ("Zoë Müller",), "P")
    assert person.without(text) == cleaned
    found = duckdb.execute("SELECT regexp_matches(?, ?)", [text, person.sql_pattern]).fetchone()
    assert found == (cleaned != text,)
