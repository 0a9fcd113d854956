"""`fondaco ship`: what others script against, and what is said of files that are not right."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Shell

pytestmark = pytest.mark.requirement("S11")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "collective-delivery.md"


def shown() -> tuple[str, str, str]:
    """Return the shipments and the rates of the page of the rule, and its worked tables."""
    page = PAGE.read_text("utf-8")
    return page.split("```csv\n")[1].split("```")[0], page.split("```toml\n")[1].split("```")[0], page


def test_the_files_that_the_page_shows_give_what_the_page_says(shell: Shell) -> None:
    shipments, rates, page = shown()
    ran = shell.run("ship", shell.file("s.csv", shipments), "--rates", shell.file("r.toml", rates), "--json")
    assert ran.code == 0
    told = ran.json
    assert (told["cost"], told["alone"], told["bound"]) == ("196.00", "410.00", "196.00")
    assert [(g["shipments"], g["kind"], g["cost"], g["window"]) for g in told["groups"]] == [
        (["B1", "F1", "H1"], "lcl", "161.00", ["2026-12-05", "2026-12-06"]),
        (["T1"], "parcel", "35.00", ["2026-12-20", "2026-12-22"]),
    ]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")
    ]
    shares = {share["member"]: [share["pays"], share["alone"], share["saves"]] for share in told["shares"]}
    assert {row[0]: row[1:4] for row in rows if row[0] in shares} == shares


def test_rows_that_cannot_be_used_are_told_on_the_side_and_in_the_result(shell: Shell) -> None:
    shipments, rates, _ = shown()
    bad = (
        shipments
        + "felt,F2,KOR,2026-12-09,2026-12-08,5,0.1,ambient\nfelt,F3,JPN,2026-12-01,2026-12-08,5,0.1,ambient\n"
    )
    ran = shell.run(
        "ship", shell.file("s.csv", bad), "--rates", shell.file("r.toml", rates), "--json", code=1
    )
    assert ran.json["cost"] == "196.00"
    assert [p["kind"] for p in ran.json["problems"]] == ["row", "rate"]
    assert "s.csv, row 6: ready_to (2026-12-08) is before ready_from" in ran.err
    assert "JPN, to which there is no rate" in ran.err


def test_a_table_with_semicolons_and_decimal_commas_is_read_and_marks_of_thousands_are_not(
    shell: Shell,
) -> None:
    head = "Member;Shipment;Destination;Ready_From;Ready_To;Weight_kg;Volume_m3;Class;Note\n"
    row = "a;1;KOR;2026-12-01;2026-12-02;{};0,1;;x\n"
    rates = shell.file("r.toml", "[[rate]]\ndestination = 'KOR'\nkind = 'parcel'\nper_kg = 7")
    read = shell.run("ship", shell.file("s.csv", head + row.format("10,5")), "--rates", rates, "--json")
    assert read.json["cost"] == "73.50"
    # 1,500 may be a ton and a half, or a kilo and a half: with no row left, the reason is told.
    unread = shell.run("ship", shell.file("t.csv", head + row.format("1,500")), "--rates", rates, code=2)
    assert "There is nothing to send. t.csv, row 2: weight_kg is '1,500'" in unread.err


@pytest.mark.parametrize(
    ("shipments", "rates", "says"),
    [
        ("member,shipment\nm,s\n", None, "has no column destination"),
        (
            "member,shipment,destination,ready_from,ready_to,weight_kg,volume_m3\n",
            None,
            "s.csv has names of columns and no shipments",
        ),
        (None, "[[rate]]\nkind = 'lcl'", "r.toml, rate 1, destination"),
        (None, "", "states no rate"),
        (None, "[[rate]]\ndestination = 'FRA'\nkind = 'lcl'\nfixed = 1", "nothing to send"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    shell: Shell, shipments: str | None, rates: str | None, says: str
) -> None:
    good_shipments, good_rates, _ = shown()
    ran = shell.run(
        "ship", shell.file("s.csv", shipments or good_shipments), "--rates",
        shell.file("r.toml", good_rates if rates is None else rates), "--json", code=2,
    )  # fmt: skip
    assert says in ran.json["error"] and "Traceback" not in ran.err


def test_files_that_are_not_there_are_named(shell: Shell) -> None:
    _, rates, _ = shown()
    assert (
        "none.csv"
        in shell.run("ship", "none.csv", "--rates", shell.file("r.toml", rates), "--json", code=2).json[
            "error"
        ]
    )
    assert (
        "none.toml" in shell.run("ship", "none.csv", "--rates", "none.toml", "--json", code=2).json["error"]
    )
