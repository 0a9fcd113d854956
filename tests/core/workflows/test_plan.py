"""A firm's plan from its parts: joined, kept, printed, and set beside what then happened."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fondaco.kernel import InputError, UnknownName
from fondaco.ledger import Workspace
from fondaco.ledger.catalogue import Catalogue, entry_of
from fondaco.ledger.unit import Unit
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.comparing import difference
from fondaco.strategy.plan.joining import JOINED, Plan
from fondaco.strategy.plan.lines import Line, lines_of
from fondaco.strategy.profile import Profile, profile_of
from fondaco.strategy.rules import Part
from fondaco.workflows import plan as workflow
from fondaco.workflows import take_in
from fondaco.workflows.aftermath import aftermath_of
from fondaco.workflows.plan import Propose, plan_of
from fondaco.workflows.plan_document import Document, Shown, document_of, pdf_of, with_charts
from fondaco.workflows.plan_workbook import workbook_of
from fondaco.workflows.profile import change_profile
from fondaco.workflows.targets import targets_of

TODAY = date(2026, 11, 30)
SINCE = date(2026, 7, 1)


def orders(first: date = date(2026, 1, 1), days: int = 250) -> str:
    """Germany every third day, from July every day; Korea never; one bottle for less than it should."""
    lines = ["Order,Date,SKU,Quantity,Price,Currency,Customer,Country"]
    for n in range(days):
        day = first + timedelta(n)
        if day >= SINCE or n % 3 == 0:
            price = "5.00" if day == date(2026, 7, 10) else "8.00"
            lines.append(f"{n},{day},W-1,2,{price},EUR,K{n % 40},Germany")
    return "\n".join(lines) + "\n"


@pytest.fixture
def winery(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("winery", name="Cantina Rossi", home="ITA", currency="EUR")
    file = tmp_path / "orders.csv"
    file.write_text(orders(), encoding="utf-8")
    take_in(workspace, "winery", [file], now=datetime(2026, 9, 10, tzinfo=UTC))
    state(workspace, {"aims": {"markets": ["DEU", "KOR"]}, "people": {"languages": ["it", "de"]}})
    return workspace


def state(workspace: Workspace, said: dict[str, Any]) -> None:
    change_profile(workspace.ledger("winery"), lambda _: profile_of(said, "the profile"))


def act(key: str, **other: Any) -> Action:
    part, _, *about = key.split("/")
    said: dict[str, Any] = {
        "what": f"Do {key}.",
        "who": "firm",
        "when": date(2026, 12, 15),
        "why": "3 of 9 orders.",
    }
    said |= {"rule": "plan/review", "changes": "More orders.", "market": next(iter(about), None), **other}
    return Action(key=key, part=part, **said)  # type: ignore[arg-type]


def gives(proposal: Proposal) -> Propose:
    return lambda _workspace, _firm, _today: proposal


def parts(**other: Propose) -> dict[Part, Propose]:
    held: dict[str, Propose] = {
        "platform": gives(Proposal("platform", "Stay.", (act("platform/join/KOR/select-mall"),), facts={
            "lacking": [{"platform": "select-mall", "market": "KOR", "missing": ["business"]}]})),
        "product": gives(Proposal("product", "Take the wine.", (act("product/adapt-label/KOR/W-1", product="W-1"),))),
        "price": gives(Proposal("price", "Publish.", (act("price/publish/DEU/W-1", product="W-1"),), facts={
            "prices": [{"product": "W-1", "market": "DEU", "price": "5.50", "currency": "EUR", "floor": "6.00"}]})),
        "place": gives(Proposal("place", "By road.", (act("place/use-groupage/DEU"),), facts={
            "delivery": {"DEU": True, "KOR": {"known": False}}})),
        "promotion": gives(Proposal("promotion", "Test.", (act("promotion/test-terms/KOR"),), facts={"spending": "300"})),
    }  # fmt: skip
    return held | other  # type: ignore[return-value]


def planned(workspace: Workspace, **other: Propose) -> Plan:
    return plan_of(workspace, "winery", TODAY, proposers=parts(**other))


def test_the_parts_are_joined_and_held_against_what_they_hand_over(winery: Workspace) -> None:
    plan = planned(winery)
    assert [market for market, _ in plan.targets] == ["DEU", "KOR"]
    assert {each.kind for each in plan.conflicts} == {
        "price-below-floor", "promotion-needs-delivery", "registration", "language",
    }  # fmt: skip
    said = plan.to_json()
    assert list(said["parts"]) == list(JOINED)
    for part in said["parts"].values():
        for action in part["actions"]:
            assert {"what", "who", "when", "why", "findings"} <= action.keys()


def test_home_is_no_market_of_the_plan_and_an_aim_counts_once(winery: Workspace) -> None:
    state(winery, {"aims": {"markets": ["KOR", "ITA", "DEU", "KOR"]}})
    assert [target.market for target in targets_of(winery, "winery")] == ["KOR", "DEU"]
    state(winery, {})
    (only,) = targets_of(winery, "winery")
    assert only.market == "DEU"
    assert "number 1 of the markets abroad" in only.why


def test_a_product_prohibited_in_a_market_is_found_in_the_rules_on_record(winery: Workspace) -> None:
    winery.ledger("winery").change_catalogue(lambda held: held.with_entry(entry_of(sku="W-1", tags=["wine"])))
    offer = gives(Proposal("price", "", (act("price/publish/SAU/W-1", product="W-1"),)))
    (one,) = [c for c in planned(winery, price=offer).conflicts if c.market == "SAU"]
    assert one.kind == "prohibited-market"
    assert one.severity == "stop"


def test_the_parts_own_facts_are_read_as_they_give_them(winery: Workspace) -> None:
    """No rate to Korea; a channel of the firm that lacks a registration; a budget beyond the means."""
    state(winery, {
        "aims": {"markets": ["DEU", "KOR"]}, "means": {"monthly_budget": "200"},
    })  # fmt: skip
    plan = planned(
        winery,
        platform=gives(Proposal("platform", "", facts={
            "lacking": [{"platform": "coupang", "market": "KOR", "missing": ["business"]}]})),
        place=gives(Proposal("place", "", (act("place/ask-for-rates/KOR"),), facts={
            "deliveries": [{"market": "DEU", "best": {"cost": "9.00"}}, {"market": "KOR", "best": None}]})),
        promotion=gives(Proposal("promotion", "", (act("promotion/test-terms/KOR"),), facts={
            "budget": {"budget": "300.00", "unit": "money", "allocation": []}})),
    )  # fmt: skip
    told = {each.key: each for each in plan.conflicts}
    assert "plan/registration/KOR/coupang" in told
    assert "plan/promotion-needs-delivery/KOR" in told
    assert "300.00 EUR" in told["plan/budget"].why


def test_a_price_at_the_works_is_held_against_its_floor(winery: Workspace) -> None:
    """4.10 with a quarter of the price left is 5.47: 5.20 is too little, and the catalogue's 5.50 is not."""
    for price, conflict in (("5.20", True), ("5.50", False)):
        unit = Unit(cost=Decimal("4.10"), price=Decimal(price), currency="EUR")
        entry = entry_of(sku="W-1", tags=["wine"], unit=unit)
        winery.ledger("winery").change_catalogue(partial(Catalogue.with_entry, entry=entry))
        state(winery, {"price": {"margin": "0.25"}})
        plan = planned(winery, price=gives(Proposal("price", "")))
        found = [each for each in plan.conflicts if each.kind == "price-below-floor"]
        assert bool(found) == conflict
        if conflict:
            assert "the floor 5.47 EUR: 0.27 EUR too little a unit" in found[0].why


def test_one_channel_that_undercuts_another_is_found_in_the_orders(winery: Workspace, tmp_path: Path) -> None:
    for site, price in (("Own shop", "10.00"), ("Fair", "8.00")):
        lines = [f"{site}{n},2026-11-{n + 1:02d},J-1,1,{price},EUR,K{n},France" for n in range(6)]
        file = tmp_path / f"{site}.csv"
        file.write_text("Order,Date,SKU,Quantity,Price,Currency,Customer,Country\n" + "\n".join(lines) + "\n")
        take_in(winery, "winery", [file], marketplace=site, now=datetime(2026, 11, 29, tzinfo=UTC))
    (one,) = [each for each in planned(winery).conflicts if each.kind == "channel-price"]
    assert one.product == "J-1"
    assert "20.0% apart" in one.why


def test_hours_of_work_are_no_money(winery: Workspace) -> None:
    state(winery, {"means": {"monthly_budget": "200"}})
    facts = {"budget": {"budget": "300.00", "unit": "hours"}}
    plan = planned(winery, promotion=gives(Proposal("promotion", "", facts=facts)))
    assert "plan/budget" not in {each.key for each in plan.conflicts}


def test_a_part_that_fails_says_so_and_takes_no_other_with_it(winery: Workspace) -> None:
    def wrong(*_: object) -> Proposal:
        raise InputError("The freight rates cannot be read.")

    def broken(*_: object) -> Proposal:
        raise KeyError("rate")

    plan = planned(winery, place=wrong, promotion=broken)
    assert "The freight rates cannot be read." in plan.parts["place"].says
    assert "our fault" in plan.parts["promotion"].says
    assert plan.parts["price"].actions
    assert "The freight rates cannot be read." in plan.unknown


def test_no_such_firm(winery: Workspace) -> None:
    with pytest.raises(UnknownName):
        plan_of(winery, "nobody", TODAY)


def test_the_plan_is_kept_until_what_it_rests_on_changes(
    winery: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def propose(_workspace: Workspace, firm: str, _today: date) -> Proposal:
        asked.append(firm)
        return Proposal("price", "")

    monkeypatch.setattr(workflow, "_installed", lambda: {"price": propose})
    assert plan_of(winery, "winery", TODAY) is plan_of(winery, "winery", TODAY)
    assert len(asked) == 1
    state(winery, {"aims": {"markets": ["KOR"]}})
    assert [market for market, _ in plan_of(winery, "winery", TODAY).targets] == ["KOR"]
    plan_of(winery, "winery", date(2026, 12, 1))
    assert len(asked) == 3


def test_a_firm_of_which_nothing_is_known_has_a_plan_that_says_so(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("winery", name="Cantina Rossi", home="ITA", currency="EUR")
    assert profile_of({}, "") == Profile()
    plan = plan_of(workspace, "winery", TODAY, proposers={})
    assert plan.actions == ()
    assert plan.targets == ()
    assert len(plan.unknown) >= 4
    assert pdf_of(document_of(workspace, plan)).startswith(b"%PDF")


# --- on paper

HOSTILE = '#import "x": * #read("/etc/passwd") $x^2$ [b] *c* _d_ `e` <f> @g \\ // h =HYPERLINK("http://x") 서울 中文 Өргөө'


def crowded(workspace: Workspace, count: int = 400) -> Document:
    """A plan with far too many lines, all long and all hostile."""
    many = tuple(
        act(f"promotion/test-{n}/KOR", what=f"{n} {HOSTILE} " * 9, why=HOSTILE * 20) for n in range(count)
    )
    plan = planned(workspace, promotion=gives(Proposal("promotion", HOSTILE * 30, many)))
    return document_of(workspace, plan)


def test_a_plan_is_printed_whole_and_on_one_page(winery: Workspace) -> None:
    document = document_of(winery, planned(winery))
    assert len(document.charts) == 2
    whole, one = pdf_of(document), pdf_of(document, one_page=True)
    assert whole.startswith(b"%PDF")
    assert one.startswith(b"%PDF")
    assert pdf_of(document) == whole  # the same plan gives the same bytes


def test_whatever_stands_in_it_one_page_is_one_page(winery: Workspace) -> None:
    from fondaco.workflows.plan_document import _FILLINGS, _pages, _told

    document = crowded(winery, 60)
    assert any(_pages(_told(document, filling, None)) == 1 for filling in _FILLINGS)
    assert _pages(_told(document, (40, 700, 30, 9), None)) <= 40


def test_the_templates_data_say_for_each_line_why_who_says_so_and_what_would_change_it(
    winery: Workspace,
) -> None:
    from fondaco.workflows.plan_document import _FULL, _told

    told = _told(document_of(winery, planned(winery)), _FULL, None)
    (line,) = next(part for part in told["parts"] if part["name"] == "Price")["lines"]
    assert [name for name, _ in line["reasons"]] == ["Why.", "Who says so.", "What would change it."]
    assert (line["owner"], line["due"]) == ("firm", "2026-12-15")
    assert "five Italian firms" in line["reasons"][1][1]


def test_what_people_write_is_set_as_text_and_never_run(winery: Workspace) -> None:
    """Typst would stop at ``#import`` of a file that is not there, or print what it read, if it ran them."""
    import typst

    from fondaco.workflows.plan_document import _FULL, _inputs, _template, _told

    line = Line("price/own/1", "price", HOSTILE, HOSTILE, None, why=HOSTILE, comments=(HOSTILE,))
    document = Document(HOSTILE, planned(winery).to_json(), (line,), swot={"strengths": [HOSTILE]})
    document = with_charts(winery, "winery", document)
    assert pdf_of(document, families=()).startswith(b"%PDF")
    told = _told(document, _FULL, ())
    title, *_ = json.loads(typst.query(_template(), "heading", sys_inputs=_inputs(told)))
    assert title["body"] == {"func": "text", "text": told["title"]}
    assert '#read("/etc/passwd") $x^2$ [b] *c*' in told["title"]


@pytest.mark.requirement("X01")
def test_the_document_has_the_four_quadrants_with_their_numbers_and_sources(
    winery: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from fondaco.workflows.plan_document import _FULL, _told

    monkeypatch.setattr(workflow, "_installed", parts)
    document = document_of(winery, plan_of(winery, "winery", TODAY))
    assert list(document.swot) == ["strength", "weakness", "opportunity", "threat"]
    says = next(each for each in document.swot["strength"] if "speaks a language of Germany" in each)
    assert says.endswith(")")  # its number and where it is from
    printed = {cell["name"]: cell["says"] for cell in _told(document, _FULL, ())["swot"]}
    assert says in printed["Strength"]
    read = shutil.which("pdftotext")
    if read is None:
        pytest.skip("pdftotext (poppler) is not installed")
    file = tmp_path / "plan.pdf"
    file.write_bytes(pdf_of(document))
    text = subprocess.run([read, str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert says.split(" (")[0] in " ".join(text.split())


def test_letters_without_a_font_are_named_in_words_and_a_note_says_so() -> None:
    shown = Shown(())
    assert (
        shown.text("Өргөө (서울, 中文) Ünïcode €5 – „ß“")
        == "Өргөө ([Korean text], [Chinese text]) Ünïcode €5 – „ß“"
    )
    assert shown.missing == {"Korean", "Chinese"}
    assert "Noto Sans CJK" in shown.note
    there = Shown(("Noto Sans CJK KR",))
    assert there.text("서울") == "서울"
    assert there.fonts == ["Libertinus Serif", "Noto Sans CJK KR"]
    assert not there.missing


def test_typsts_own_font_has_every_letter_that_is_counted_as_shipped() -> None:
    """Mongolian's Cyrillic above all."""
    shown = Shown(())
    for said in ("Өө Үү Ёё Ңң", "Ąą Şş Őő Řř", "Ωω", "€ £ ₩ ₮ ¥"):
        assert shown.text(said) == said


def cells(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_the_workbook_holds_figures_as_numbers_and_texts_that_do_not_run(winery: Workspace) -> None:
    facts = {"cost": 4.5, "rows": [{"market": "KOR", "duty": 13}]}
    bad = '=HYPERLINK("http://x")'
    plan = planned(winery, product=gives(Proposal("product", "", (act("product/x", what=bad),), facts=facts)))
    told = cells(workbook_of(document_of(winery, plan)))
    assert "<f>" not in told
    assert "<t>'=HYPERLINK" in told
    assert "<v>4.5</v>" in told
    assert "rows.KOR.duty" in told


# --- beside what was, and what came


def test_two_versions_beside_each_other(winery: Workspace) -> None:
    first = planned(winery).to_json()
    facts = {
        "prices": [{"product": "W-1", "market": "DEU", "price": "6.50", "currency": "EUR", "floor": "6.00"}]
    }
    price = Proposal(
        "price", "", (act("price/publish/DEU/W-1", what="Ask 6.50."), act("price/raise/DEU")), facts=facts
    )
    second = planned(winery, price=gives(price), place=gives(Proposal("place", ""))).to_json()
    told = difference(lines_of(first), lines_of(second), (first, second))
    assert [line.key for line in told.added] == ["price/raise/DEU"]
    assert [line.key for line in told.removed] == ["place/use-groupage/DEU"]
    assert [(each.field, each.after) for each in told.changed] == [("text", "Ask 6.50.")]
    assert [(f.path, f.before, f.after) for f in told.figures] == [("prices.W-1/DEU.price", 5.5, 6.5)]
    assert difference(lines_of(first), lines_of(first), (first, first)).none


def test_a_plan_beside_what_then_happened(winery: Workspace) -> None:
    proposal = planned(winery).to_json()
    lines = [
        Line("price/a", "price", "A", "firm", date(2026, 8, 1), "done"),
        Line("price/b", "price", "B", "firm", date(2026, 8, 1), "agreed"),
        Line("price/c", "price", "C", "firm", date(2027, 8, 1), "agreed"),
    ]
    told = aftermath_of(winery, "winery", SINCE, proposal=proposal, lines=lines, today=TODAY)
    assert told.kept == {"done": 1, "agreed": 2}
    assert [line.key for line in told.overdue] == ["price/b"]
    by = {(each.market, each.measure): each for each in told.outcomes}
    germany = by["DEU", "orders"]
    assert germany.days == 69  # 1 July to 7 September, the last day with an order
    assert (germany.before, germany.after) == (23, 69)  # every third day, then every day
    assert germany.factor.low is not None
    assert germany.factor.low > 1
    assert germany.month == 30
    assert germany.expected.level == 0.8
    assert germany.verdict == "above"
    revenue = by["DEU", "revenue"]
    assert (revenue.before, revenue.after) == (23 * 16, 68 * 16 + 10)
    assert by["KOR", "orders"].after == 0
    assert by["DEU", "inquiries"].verdict == "not known"
    (sold,) = told.sold
    assert (sold.floor, sold.lines, sold.below, sold.lowest) == (Decimal("6.00"), 69, 1, Decimal("5.00"))
    assert any("need not have come of it" in note for note in told.notes)


def test_before_a_month_has_passed_nothing_is_held_against_what_was_expected(winery: Workspace) -> None:
    proposal = planned(winery).to_json()
    told = aftermath_of(winery, "winery", date(2026, 9, 1), proposal=proposal, lines=(), today=TODAY)
    orders_ = next(each for each in told.outcomes if (each.market, each.measure) == ("DEU", "orders"))
    assert orders_.month is None
    assert orders_.verdict == "not known"
    assert "days" in orders_.factor.why


def test_of_an_empty_ledger_nothing_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("winery", name="Cantina Rossi", home="ITA", currency="EUR")
    proposal = plan_of(workspace, "winery", TODAY, proposers={}).to_json()
    told = aftermath_of(workspace, "winery", SINCE, proposal=proposal, lines=(), today=TODAY)
    assert told.outcomes == ()
    assert told.until is None
