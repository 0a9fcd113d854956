"""Pages of the rules: what is known of each market, and a firm's own statements."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from tests.web.conftest import Town

from fondaco import workflows
from fondaco.ledger import Workspace, entry_of
from fondaco.web.desk.models import AuditLine

TODAY = date(2026, 11, 25)
FORM: dict[str, Any] = {
    "kind": "label", "applies": "yes", "says": "A label in Korean.", "tags": ["tea"], "hs": "0902.10, 090240",
    "topic": "institutions", "region": "", "exceptions": "", "source": "An office", "url": "https://example.org/law",
    "checked": "2026-11-20", "review_by": "2027-11-20", "valid_from": "", "valid_to": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=True):
        yield


def edit(code: str) -> str:
    return reverse("edit_rule", kwargs={"slug": "anchor-teas", "code": code})


def page(code: str) -> str:
    return reverse("market_rules", kwargs={"slug": "anchor-teas", "code": code})


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.requirement("F67", "S21", "X01")
def test_a_market_has_a_sheet_of_five_topics_with_source_and_age(town: Town) -> None:
    answer = town.as_(town.vera).get(page("KOR") + "?tag=wine")
    shown = text_of(answer)
    for topic in ("Lifestyle", "Food safety", "Customs", "Institutions", "Economy"):
        assert topic in shown
    assert "compared with it on 25 Nov 2026" in shown
    assert "unknown" not in shown.split("Kind by kind")[0] or "Unknown means" in shown
    assert shown.count("no legal advice") == 1


def test_what_was_written_down_from_memory_says_so(town: Town, home: Path) -> None:
    folder = home / "regulations"
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(
        '[[rule]]\nid = "no-memory"\nmarket = "NOR"\nkind = "label"\ntags = ["wine"]\nsays = "As I remember it."\n'
        'source = "Nobody"\nstrength = "user"\nrecalled = 2026-11-25\nconfidence = "low"\n',
        encoding="utf-8",
    )
    shown = text_of(town.as_(town.vera).get(page("NOR") + "?tag=wine"))
    assert "without looking it up" in shown


@pytest.mark.requirement("F48")
def test_a_ban_is_the_first_thing_on_the_page(town: Town, home: Path) -> None:
    ledger = Workspace(home).ledger("anchor-teas")
    ledger.change_catalogue(lambda held: held.with_entry(entry_of(sku="T-1", tags=["wine"])))
    shown = text_of(town.as_(town.bob).get(page("KWT")))
    assert "Stop: wine (1 product)." in shown
    assert shown.index("Stop: wine") < shown.index("Kind by kind")
    assert "stop wine (1 product)" in text_of(
        town.as_(town.bob).get(reverse("rules", kwargs={"slug": "anchor-teas"}))
    )


def test_what_nobody_looked_up_is_unknown_and_never_green(town: Town) -> None:
    answer = town.as_(town.vera).get(page("NOR") + "?tag=wine")
    grid = answer.content.decode().split("Kind by kind")[1].split("</table>")[0]
    assert grid.count('class="tag warn">unknown') == 6
    assert "tag good" not in grid


@pytest.mark.requirement("F67", "S23")
def test_a_member_adds_a_rule_and_the_trail_says_so(town: Town, home: Path) -> None:
    answer = town.as_(town.bob).post(edit("KOR"), FORM)
    assert (answer.status_code, answer["Location"]) == (302, page("KOR"))
    (rule,) = [r for r in workflows.book_of(Workspace(home), "anchor-teas") if r.origin == "user"]
    assert (rule.markets, rule.tags, rule.hs, rule.stated) == (
        ("KOR",),
        ("tea",),
        ("090210", "090240"),
        date(2026, 11, 20),
    )
    assert rule.file == "regulations/firms/anchor-teas.toml"
    line = AuditLine.objects.get(what="rule.added")
    assert (line.who, line.data["name"], line.data["market"]) == ("bob@example.org", rule.id, "KOR")
    # Nobody else's rules change.
    assert rule.id not in [r.id for r in workflows.book_of(Workspace(home), "borealis")]


@pytest.mark.requirement("X01")
def test_a_shipped_rule_is_corrected_for_this_firm_alone(town: Town, home: Path) -> None:
    client = town.as_(town.alice)
    form = client.get(edit("JPN") + "?rule=jp-pork-italy")
    assert b"jp-pork-italy" in form.content
    said = {
        **FORM,
        "kind": "prohibited",
        "says": "Open again.",
        "applies": "no",
        "tags": ["pork", "ham"],
        "hs": "",
    }
    assert client.post(edit("JPN") + "?rule=jp-pork-italy", said).status_code == 302
    book = workflows.book_of(Workspace(home), "anchor-teas")
    rule = book.rule("jp-pork-italy")
    assert (rule.says, rule.applies, rule.origins) == (
        "Open again.",
        False,
        ("ITA",),
    )  # what the form does not ask stays
    assert [replaced.before.applies for replaced in book.replaced] == [True]
    assert workflows.book_of(Workspace(home), "borealis").rule("jp-pork-italy").applies
    assert AuditLine.objects.filter(what="rule.corrected").count() == 1
    assert client.get(edit("JPN") + "?rule=us-wine-cola").status_code == 404  # of another market
    assert client.get(edit("JPN") + "?rule=nothing").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("hs", "902", "write it again, as 0902"),
        ("hs", "09o2", "something else than digits"),
        ("kind", "ban", "Select a valid choice"),
        ("tags", ["vine"], "Select a valid choice"),
        ("url", "javascript:alert(1)", "Enter a valid URL"),
        ("checked", "2026-12-25", "has not come yet"),
        ("review_by", "2025-01-01", "lies before"),
        ("valid_from", "2027-02-30", "Enter a valid date"),
        ("says", "", "This field is required"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(
    town: Town, home: Path, field: str, value: object, told: str
) -> None:
    answer = town.as_(town.bob).post(edit("KOR"), {**FORM, field: value})
    assert answer.status_code == 400
    assert told in text_of(answer)
    assert not (home / "regulations").exists()
    assert not AuditLine.objects.filter(what="rule.added").exists()


@pytest.mark.requirement("X03")
def test_what_a_person_writes_is_text_wherever_it_is_shown(town: Town) -> None:
    evil = "<script>alert(1)</script>"
    said = {
        **FORM,
        "says": evil,
        "source": '"><img src=x onerror=alert(1)>',
        "region": evil,
        "exceptions": evil,
        "tags": [],
    }
    client = town.as_(town.bob)
    assert client.post(edit("KOR"), said).status_code == 302
    for address in (page("KOR"), reverse("rules", kwargs={"slug": "anchor-teas"})):
        shown = client.get(address).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get(page("KOR") + "?tag=tea").content.decode()


def test_the_table_of_rules_is_shown_and_not_run_by_a_spreadsheet(town: Town) -> None:
    client = town.as_(town.bob)
    client.post(edit("KOR"), {**FORM, "says": "=1+1", "source": "+SUM(A1)"})
    answer = client.get(reverse("rules_csv", kwargs={"slug": "anchor-teas"}))
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (own,) = [row for row in rows if row["origin"] == "user"]
    assert (own["says"], own["source"]) == ("'=1+1", "'+SUM(A1)")


def test_a_file_that_cannot_be_read_is_told_on_the_page(town: Town, home: Path) -> None:
    (home / "regulations").mkdir()
    (home / "regulations" / "mine.toml").write_text('[[rule]]\nid = "x-1"\nkind = "ban"\n')
    for address in (page("KOR"), reverse("rules", kwargs={"slug": "anchor-teas"})):
        assert "regulations/mine.toml, rule 1 (x-1)" in text_of(town.as_(town.vera).get(address))


@pytest.mark.requirement("S26")
def test_changes_are_on_the_front_of_the_rules(town: Town) -> None:
    shown = text_of(town.as_(town.vera).get(reverse("rules", kwargs={"slug": "anchor-teas"})))
    assert "from 14 Dec 2027" in shown
    assert "since 12 Aug 2026" in shown


def test_a_viewer_reads_and_is_shown_no_way_to_change(town: Town) -> None:
    shown = town.as_(town.vera).get(page("KOR") + "?tag=wine").content
    assert b"edit/" not in shown
    assert b"edit/" in town.as_(town.bob).get(page("KOR") + "?tag=wine").content
    assert (
        town.as_(town.vera)
        .get(reverse("market_rules", kwargs={"slug": "anchor-teas", "code": "ZZZ"}))
        .status_code
        == 404
    )


@pytest.mark.requirement("F67")
def test_a_member_takes_what_a_name_suggests_and_the_trail_says_so(town: Town, home: Path) -> None:
    address = reverse("products", kwargs={"slug": "anchor-teas"})
    client = town.as_(town.bob)
    assert "tea?" in text_of(client.get(address))
    answer = client.post(
        address, {"by": "sku", "pattern": "T-1", "tags": ["tea"], "hs": "0902.10", "origin": "Sri Lanka"}
    )
    assert answer.status_code == 302
    (entry,) = Workspace(home).ledger("anchor-teas").catalogue.entries
    assert (entry.sku, entry.tags, entry.hs, entry.origin) == ("T-1", ("tea",), "090210", "LKA")
    assert AuditLine.objects.get(what="products.stated").data["hs"] == "090210"
    assert "tea?" not in text_of(client.get(address))
    assert Workspace(home).ledger("borealis").catalogue.entries == ()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"hs": "902"}, "write it again, as 0902"),
        ({"tags": [], "hs": "", "origin": ""}, "a tag, an HS code"),
        ({"origin": "Gotham"}, "Gotham"),
        ({"tags": ["vine"]}, "Select a valid choice"),
        ({"pattern": ""}, "This field is required"),
    ],
)
def test_a_mistake_about_products_is_named(town: Town, home: Path, said: dict[str, Any], told: str) -> None:
    form = {"by": "sku", "pattern": "<b>T-1", "tags": ["tea"], **said}
    answer = town.as_(town.bob).post(reverse("products", kwargs={"slug": "anchor-teas"}), form)
    assert answer.status_code == 400
    assert told in text_of(answer)
    assert b"<b>T-1" not in answer.content
    assert Workspace(home).ledger("anchor-teas").catalogue.entries == ()
