"""A reader that has learned something reads past imports again, and shows the difference first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk, counts, csv_of, line

import fondaco.ledger.platforms
from fondaco.kernel import InputError, Refused, UnknownName
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader

pytestmark = pytest.mark.requirement("X03", "X06")

COLUMNS = ("Ref", "Placed", "Item", "Name", "Units", "Total", "Freight", "Cur", "Client", "Nation", "Handy")
ROWS = [
    ("R1", "2026-05-01", "A-1", "Jar", 2, "20.00", "3.00", "EUR", "K1", "Germany", "0170 1"),
    ("R2", "2026-05-02", "A-1", "Jar", 1, "10.00", "1.00", "EUR", "K2", "France", "0170 2"),
    ("R3", "2026-05-03", "A-2", "Lid", 1, "7.00", "0.00", "EUR", "K1", "Gotham", "0170 3"),
]
FIRST = Reader(
    name="stall-orders",
    version=1,
    platform="stall",
    title="Stall orders",
    known_by=("Ref", "Placed", "Nation", "Total"),
    mapping=Mapping(
        name="Stall orders",
        platform="stall",
        columns={"order": "Ref", "at": "Placed", "sku": "Item", "product": "Name", "quantity": "Units",
                 "amount": "Freight", "currency": "Cur", "buyer": "Client", "country": "Nation"},
        styles={"quantity": ".", "amount": ".", "at": "iso"},
    ),
)  # fmt: skip
#: The first version took the freight for the line's total.
SECOND = replace(
    FIRST, version=2, mapping=replace(FIRST.mapping, columns=FIRST.mapping.columns | {"amount": "Total"})
)
STALL = csv_of(ROWS, COLUMNS)


class Shelf:
    """The readers of today; a test puts one there."""

    reader: Reader | None = FIRST

    def __call__(self, spellings: object = None) -> tuple[Reader, ...]:
        return (self.reader,) if self.reader else ()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(fondaco.ledger.platforms, "readers", shelf)
    monkeypatch.setattr("fondaco.ledger.understanding.readers", shelf)
    monkeypatch.setattr("fondaco.ledger.taking.readers", shelf)
    monkeypatch.setattr("fondaco.ledger.rereading.readers", shelf)
    return shelf


def test_nothing_is_outdated_while_the_readers_are_the_same(desk: Desk, shelf: Shelf) -> None:
    desk.take(desk.file("a.csv", STALL))
    desk.take(desk.file("b.csv", csv_of([line("B1")])))
    assert desk.ledger.outdated() == []
    assert desk.ledger.reread(now=desk.tick()).differences == ()


def test_the_difference_is_shown_before_it_counts(desk: Desk, shelf: Shelf) -> None:
    first = desk.take(desk.file("a.csv", STALL))
    state, shelf.reader = desk.state(), SECOND
    assert desk.ledger.outdated() == [first.import_]
    (found,) = desk.ledger.reread(now=desk.tick()).differences
    assert (found.readers, found.readers_now) == (("stall-orders/1",), ("stall-orders/2",))
    assert (found.rows, found.changed, found.come, found.gone) == (3, 2, 0, 0)
    assert (found.value_before, found.value) == (Decimal("4.00"), Decimal("30.00"))
    assert (found.quarantined_before, found.quarantined) == (1, 1)
    said = {change.row: {n: (b, a) for n, b, a in change.fields} for change in found.examples}
    assert said[2]["amount"] == (Decimal("3.00"), Decimal("20.00"))
    assert desk.state() == state
    assert len(desk.ledger.imports()) == 1
    assert desk.ledger.verify() == []


def test_a_rereading_stands_in_the_place_of_the_first_and_can_be_undone(
    desk: Desk, shelf: Shelf, tmp_path: object
) -> None:
    path = desk.file("a.csv", STALL)
    first = desk.take(path)
    state, then = desk.state(), desk.now.date()
    desk.tick()
    shelf.reader = SECOND
    done = desk.ledger.reread(now=desk.tick(), commit=True)
    assert done.done
    assert sorted(desk.said("order", "amount")) == [("R1", Decimal(20)), ("R2", Decimal(10))]
    assert desk.said("order", "amount", as_of=then) == [("R1", Decimal(3)), ("R2", Decimal(1))]
    assert desk.ledger.first_known() == then
    assert desk.ledger.quarantine_count() == 1
    again = desk.take(path)  # the same file is known, as the new reading
    assert (again.already, again.import_) == (True, done.differences[0].reread)
    with pytest.raises(Refused, match="read again"):
        desk.undo(first.import_)
    with pytest.raises(InputError, match="read again already"):
        desk.ledger.reread([first.import_], now=desk.tick())
    desk.undo(str(done.differences[0].reread))
    assert desk.state() == state
    assert desk.ledger.verify() == []


def test_a_later_statement_still_wins_over_what_is_read_again(desk: Desk, shelf: Shelf) -> None:
    first = desk.take(desk.file("a.csv", STALL))
    shelf.reader = SECOND
    newer = [("R1", "2026-05-01", "A-1", "Jar", 2, "18.00", "3.00", "EUR", "K1", "Germany", "")]
    desk.take(desk.file("b.csv", csv_of(newer, COLUMNS)))
    (found,) = desk.ledger.reread([first.import_], now=desk.tick(), commit=True).differences
    assert desk.said("order", "amount") == [("R1", Decimal(18)), ("R2", Decimal(10))]
    assert (found.changed, found.value) == (1, Decimal("10.00"))
    record = desk.ledger.imports()[-1]
    assert record.report.duplicates == 1  # R1: stated later by the second file
    fates = {fate.row: fate.fate for fate in desk.ledger.fates(record.import_)}
    assert fates == {2: "duplicate", 3: "fact", 4: "quarantined"}


def test_decisions_and_replays_are_kept(desk: Desk, shelf: Shelf) -> None:
    first = desk.take(desk.file("a.csv", STALL))
    mapping = replace(desk.ledger.mapping_of(first.import_), countries={"Gotham": "USA"})
    replayed = desk.replay(first.import_, mapping)
    shelf.reader = SECOND
    (found,) = desk.ledger.reread([replayed.import_], now=desk.tick(), commit=True).differences
    assert found.import_ == first.import_
    assert (found.changed, found.quarantined_before, found.quarantined) == (3, 0, 0)
    assert desk.said("order", "amount", "country")[2] == ("R3", Decimal(7), "USA")
    assert desk.ledger.quarantine_count() == 0
    desk.undo(str(found.reread))
    assert len(desk.rows()) == 3


def test_a_table_that_a_new_reader_knows_is_read_as_its_own(desk: Desk, shelf: Shelf) -> None:
    shelf.reader = None
    header = ("Ref", "Order", "Placed", "Date", "SKU", "Product", "Quantity", "Total", "Currency", "Customer",
              "Country", "Nation")  # fmt: skip
    row = ("X", "R1", "2026-05-01", "2026-05-01", "A-1", "Jar", 2, "20.00", "EUR", "K1", "Germany", "Germany")
    first = desk.take(desk.file("a.csv", csv_of([row, ("X", "R2", *row[2:])], header)))
    desk.take(desk.file("b.csv", csv_of([row], header)))  # overlaps: says R1 again
    assert counts(first) == {"facts": 2}
    columns = {"order": "Order", "at": "Placed", "sku": "SKU", "product": "Product", "quantity": "Quantity",
               "amount": "Total", "currency": "Currency", "buyer": "Customer", "country": "Nation"}  # fmt: skip
    shelf.reader = replace(FIRST, mapping=replace(FIRST.mapping, columns=columns))
    done = desk.ledger.reread(now=desk.tick(), commit=True)
    assert len(done.differences) == 2
    assert desk.said("platform", "order") == [("stall", "R1"), ("stall", "R2")]
    assert desk.total() == Decimal("40.00")


def test_a_mapping_that_a_person_gave_stays_theirs(desk: Desk, shelf: Shelf) -> None:
    shelf.reader = None
    mapping = replace(FIRST.mapping, platform="table", columns=FIRST.mapping.columns | {"amount": "Total"})
    desk.take(desk.file("a.csv", STALL), mapping=mapping)
    state, shelf.reader = desk.state(), FIRST
    assert desk.ledger.outdated() == []
    assert desk.state() == state


def test_telephones_and_addresses_are_not_kept(desk: Desk, shelf: Shelf) -> None:
    desk.take(desk.file("a.csv", STALL))
    (raw,) = (desk.home / "ledger" / "firm=shop" / "raw").iterdir()
    assert b"0170" not in raw.read_bytes()
    assert b"Gotham" in raw.read_bytes()


def test_what_is_not_there_is_said(desk: Desk, shelf: Shelf) -> None:
    first = desk.take(desk.file("a.csv", STALL))
    with pytest.raises(UnknownName):
        desk.ledger.reread(["20260101-00000000"], now=desk.tick())
    desk.undo(first.import_)
    with pytest.raises(Refused, match="undone"):
        desk.ledger.reread([first.import_], now=desk.tick())


def test_a_spelling_that_the_workspace_adds_later_is_read_in_past_imports(desk: Desk) -> None:
    sample = Path(fondaco.ledger.platforms.__file__).parent / "etsy" / "samples" / "EtsySoldOrders2026.csv"
    text = sample.read_text("utf-8").replace("Ship Country", "Nazione del destinatario")
    first = desk.take(desk.file("a.csv", text), country="Germany")
    assert {row["country"] for row in desk.rows()} == {"DEU"}
    assert desk.ledger.outdated() == []
    headers = desk.home / "headers"
    headers.mkdir()
    (headers / "etsy.toml").write_text('[orders]\n"Ship Country" = ["Nazione del destinatario"]\n', "utf-8")
    assert desk.ledger.outdated() == [first.import_]
    desk.ledger.reread(now=desk.tick(), commit=True)
    assert {row["country"] for row in desk.rows()} == {"ITA", "USA", "KOR"}
    assert desk.ledger.outdated() == []
