"""Pages of quotations and replies."""

from __future__ import annotations

import re
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from tests.web.conftest import NOW, Town
from tests.web.rows.quotations import FORM, QUOTING

from fondaco import workflows
from fondaco.desk.quotation import Quoting
from fondaco.kernel.errors import Refused
from fondaco.ledger import Catalogue, Entry, Workspace
from fondaco.ledger.unit import Unit
from fondaco.web.accounts.models import User
from fondaco.web.desk.models import AuditLine
from fondaco.web.inquiries import actions as cases
from fondaco.web.inquiries import syncing
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import Case
from fondaco.web.inquiries.quotations import actions
from fondaco.web.inquiries.quotations.answering import fingerprint_of
from fondaco.web.inquiries.quotations.models import Quotation, SentReply, Version
from fondaco.web.inquiries.quotations.reaching import log_of
from fondaco.web.inquiries.quotations.views import quotations_of
from fondaco.workflows.quotations import Wanted, prepare

SLUG = {"slug": "anchor-teas"}
INQUIRIES = (
    "Inquiry No,Type,Received,First Reply,Buyer,Name,Country,Product,Quantity,Message,Status\n"
    "R-1,RFQ,2026-03-01 10:00,,V9,<b>Ada</b>,Germany,Green tea,20,Guten Tag bitte ein Angebot. Quotes received: 7/10,New\n"
)


@pytest.fixture
def desk(town: Town, home: Path, tmp_path: Path) -> Town:
    """Anchor Teas with an RFQ, a cost that gives a floor of 4.00 GBP, and 5% that members may grant."""
    workspace = Workspace(home)
    file = tmp_path / "inquiries.csv"
    file.write_text(INQUIRIES, "utf-8")
    workflows.take_in(workspace, "anchor-teas", [file], now=NOW)
    ledger = workspace.ledger("anchor-teas")
    unit = Unit(cost=D(3), currency="GBP", minimum_order=20)
    ledger.change_catalogue(lambda _: Catalogue((Entry(sku="T-1", unit=unit),)))
    ledger.change_profile(lambda _: '[price]\nmargin = "0.25"\nroom = "0.20"\n')
    ledger.change_stated("authority", lambda _: '[[limit]]\ndiscount = "0.05"\n')
    return town


def post(client: Client, name: str, said: dict[str, object], /, **names: object) -> int:
    return client.post(reverse(name, kwargs={**SLUG, **names}), said).status_code


def page(client: Client, name: str, query: str = "", /, **names: object) -> str:
    answer = client.get(reverse(name, kwargs={**SLUG, **names}) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def made(town: Town, who: User, price: str) -> Quotation:
    query = "?case=table:R-1"
    answer = town.as_(who).post(
        reverse("quotation_new", kwargs=SLUG) + query, {**FORM, "lines-0-price": price}
    )
    assert answer.status_code == 302, answer.content.decode()
    return Quotation.objects.get(firm=town.anchor)


@pytest.mark.requirement("F44", "F57", "F59", "X02", "X06")
def test_from_an_rfq_to_an_acceptance_with_every_version_kept(desk: Town) -> None:
    bob, alice = desk.as_(desk.bob), desk.as_(desk.alice)
    shown = page(bob, "quotation_new", "?case=table:R-1")
    # As many as are asked for, in the buyer's currency.
    assert (
        'value="20"' in shown
        and '<option value="EUR" selected>' in shown
        and "&lt;b&gt;Ada&lt;/b&gt;" in shown
    )
    assert "Places left of 10" in shown
    held = made(desk, desk.bob, "4.90")
    one = {"quotation_id": held.pk}
    assert (held.case, held.kind, held.number) == ("table:R-1", "rfq", 1)
    assert post(bob, "quotation_sent", {"seen": 1}, **one) == 302
    # 4.20 is 16% off, where a member may grant 5%: an owner releases.
    assert post(bob, "quotation_change", {**FORM, "lines-0-price": "4.20", "seen": 1}, **one) == 302
    assert post(bob, "quotation_sent", {"seen": 2}, **one) == 409
    assert "16.0% off" in page(bob, "quotation", **one)
    assert post(bob, "quotation_release", {"seen": 2}, **one) == 403
    assert post(alice, "quotation_release", {"seen": 2}, **one) == 302
    assert post(bob, "quotation_sent", {"seen": 2}, **one) == 302
    shown = page(bob, "quotation", **one)
    assert "14.3% of the price" in shown  # 1 - 4.20 / 4.90
    assert "4.90 GBP → 4.20 GBP" in shown
    assert post(bob, "quotation_settle", {"accepted": "yes"}, **one) == 302
    assert post(bob, "quotation_change", {**FORM, "seen": 2}, **one) == 409
    (logged,) = log_of("anchor-teas")
    assert (logged.state, logged.rounds) == ("accepted", 2)
    assert [each.content["lines"][0]["price"] for each in held.versions.all()] == ["4.90", "4.20"]
    did = list(
        AuditLine.objects.filter(what__startswith="quotation.").order_by("pk").values_list("what", flat=True)
    )
    assert did == [
        "quotation.made", "quotation.sent", "quotation.changed", "quotation.released", "quotation.sent", "quotation.settled",
    ]  # fmt: skip


def offered(town: Town, state: str = "new") -> tuple[Quotation, Case]:
    """Return a quotation that was sent, and its case, which stood in a state before."""
    syncing.look(town.anchor, now=NOW)
    case, held = Case.objects.get(key="table:R-1"), made(town, town.bob, "4.90")
    if state != "new":
        why = "Too small" if state in ("held", "lost") else ""
        cases.change_case(
            case, {"state": state, "reason": why}, seen=case.version, who=Who.of(town.alice), now=NOW
        )
    assert post(town.as_(town.bob), "quotation_sent", {"seen": 1}, quotation_id=held.pk) == 302
    case.refresh_from_db()
    return held, case


@pytest.mark.requirement("F44", "F59")
def test_an_accepted_quotation_wins_its_case_and_taking_that_back_brings_back_what_stood_before(
    desk: Town,
) -> None:
    held, case = offered(desk)
    bob, one = desk.as_(desk.bob), {"quotation_id": held.pk}
    cases.buyer_wrote(case, "We take them.", NOW, who=Who.of(desk.bob), now=NOW)  # it waits again
    assert post(bob, "quotation_settle", {"accepted": "yes"}, **one) == 302
    assert "Its case: won." in page(bob, "quotation", **one)
    case.refresh_from_db()
    assert (case.state, case.waits, case.again) == ("won", False, None)
    line = case.events.first()
    assert line is not None
    assert (line.what, line.who, line.before["state"], line.after["state"], line.after["quotation"]) == (
        "quotation decided", desk.bob.email, "working", "won", held.number,
    )  # fmt: skip
    assert post(bob, "quotation_reopen", {}, **one) == 302
    case.refresh_from_db()
    assert (case.state, case.waits) == ("working", True)
    held.refresh_from_db()
    assert (held.state, held.settled) == ("sent", None)
    assert post(bob, "quotation_reopen", {}, **one) == 409  # once
    assert post(bob, "quotation_settle", {"accepted": "yes"}, **one) == 302
    case.refresh_from_db()
    assert case.state == "won"
    assert list(AuditLine.objects.filter(what__contains="quotation_").values_list("what", flat=True)) == [
        "case.quotation_decided", "case.quotation_undecided", "case.quotation_decided",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["won", "lost", "held", "spam"])
def test_a_case_that_people_decided_beforehand_is_left_by_the_buyers_decision_and_by_its_undoing(
    desk: Town, state: str
) -> None:
    held, case = offered(desk, state)
    bob, one = desk.as_(desk.bob), {"quotation_id": held.pk}
    steps: list[tuple[str, dict[str, object]]] = [
        ("quotation_settle", {"accepted": "yes"}),
        ("quotation_reopen", {}),
    ]
    for name, said in steps:
        assert post(bob, name, said, **one) == 302
        assert (case.state, case.version) == (state, Case.objects.get(pk=case.pk).version)
    assert post(bob, "quotation_settle", {"accepted": "lost", "reason": "Dear"}, **one) == 302
    assert Case.objects.get(pk=case.pk).state == state


def test_a_refused_quotation_loses_its_case_only_where_a_person_says_so(desk: Town) -> None:
    held, case = offered(desk)
    bob, one = desk.as_(desk.bob), {"quotation_id": held.pk}
    assert post(bob, "quotation_settle", {"accepted": "no", "reason": "Too dear"}, **one) == 302
    assert Case.objects.get(pk=case.pk).state == "quoted"
    assert post(bob, "quotation_reopen", {}, **one) == 302
    assert post(bob, "quotation_settle", {"accepted": "lost", "reason": "Too dear"}, **one) == 302
    lost = Case.objects.get(pk=case.pk)
    assert (lost.state, lost.reason) == ("lost", "Too dear")
    assert post(bob, "quotation_reopen", {}, **one) == 302
    back = Case.objects.get(pk=case.pk)
    assert (back.state, back.reason) == ("quoted", "")


def test_what_somebody_made_of_the_case_since_outlives_the_undoing(desk: Town) -> None:
    held, case = offered(desk)
    alice, one = desk.as_(desk.alice), {"quotation_id": held.pk}
    assert post(alice, "quotation_settle", {"accepted": "yes"}, **one) == 302
    case.refresh_from_db()
    said = {"state": "held", "reason": "They wait for a licence"}
    cases.change_case(case, said, seen=case.version, who=Who.of(desk.bob), now=NOW)
    assert post(alice, "quotation_reopen", {}, **one) == 302
    assert Case.objects.get(pk=case.pk).state == "held"


def test_a_case_stays_won_by_another_of_its_quotations(desk: Town) -> None:
    held, case = offered(desk)
    content = held.newest.content
    other = Quotation.objects.create(
        firm=desk.anchor, number=2, case=held.case, state="sent", by=desk.bob, made=NOW
    )
    Version.objects.create(quotation=other, number=1, content=content, by=desk.bob, made=NOW, sent=NOW)
    bob = desk.as_(desk.bob)
    for each in (held, other):
        assert post(bob, "quotation_settle", {"accepted": "yes"}, quotation_id=each.pk) == 302
    assert post(bob, "quotation_reopen", {}, quotation_id=held.pk) == 302
    assert Case.objects.get(pk=case.pk).state == "won"


@pytest.mark.requirement("F44")
def test_below_the_range_an_owner_has_to_say_so_too(desk: Town) -> None:
    held = made(desk, desk.alice, "3.99")
    assert held.newest.beyond and not held.newest.may_go
    assert post(desk.as_(desk.alice), "quotation_sent", {"seen": 1}, quotation_id=held.pk) == 409


def test_a_price_left_empty_is_the_one_to_begin_from(desk: Town) -> None:
    # The floor is 3 / 0.75 = 4.00, and 4 / 0.8 = 5.00 leaves a fifth to bargain off.
    assert made(desk, desk.bob, "").newest.content["lines"][0]["price"] == "5.00"


def test_two_who_change_one_quotation_do_not_overwrite_each_other(desk: Town) -> None:
    held = made(desk, desk.bob, "4.90")
    workspace = Workspace(Path(held.firm.uploads.model(firm=held.firm, stored_as="x").path).parents[2])
    said = prepare(
        workspace, "anchor-teas", NOW, market="DEU", currency="GBP", lines=[Wanted("T-1", D(20), D("4.80"))]
    )
    actions.change(held, said, seen=1, firm=desk.anchor, by=desk.bob, now=NOW)
    with pytest.raises(Refused, match="Somebody else"):
        actions.change(held, said, seen=1, firm=desk.anchor, by=desk.alice, now=NOW)
    with pytest.raises(Refused, match="Nothing was changed"):
        actions.change(held, said, seen=2, firm=desk.anchor, by=desk.alice, now=NOW)
    assert held.versions.count() == 2


def test_a_quotation_of_another_firm_is_out_of_reach(desk: Town) -> None:
    held = made(desk, desk.bob, "4.90")
    charlie = desk.as_(desk.charlie)
    for name in ("quotation", "quotation_change", "quotation_pdf"):
        address = reverse(name, kwargs={"slug": "borealis", "quotation_id": held.pk})
        assert charlie.get(address).status_code == 404


def test_odd_input_gets_words(desk: Town) -> None:
    bob = desk.as_(desk.bob)
    address = reverse("quotation_new", kwargs=SLUG)
    for wrong in (
        {"lines-0-quantity": "NaN"}, {"lines-0-price": "-1"}, {"currency": "XXX"}, {"valid_days": "9999"},
        {"lines-TOTAL_FORMS": "x"}, {"lines-TOTAL_FORMS": "100000"}, {"lines-0-price": "0"}, {"market": "ZZZ"},
        {"lines-0-sku": "", "lines-0-text": ""}, {"valid_days": "1000", "payment_days": "1000"}, {"buyer": "x" * 301},
        {"lines-0-sku": "X-9", "lines-0-price": ""},
    ):  # fmt: skip
        answer = bob.post(address, {**FORM, **wrong})
        assert answer.status_code == 400, wrong
        assert b"errorlist" in answer.content or b'role="alert"' in answer.content, wrong
    assert not Quotation.objects.exists()
    assert bob.get(address + "?case=" + "x" * 5000).status_code == 200


@pytest.mark.requirement("F57")
def test_what_goes_to_the_buyer_holds_no_range(desk: Town) -> None:
    held = made(desk, desk.bob, "4.90")
    shown = page(desk.as_(desk.vera), "quotation", quotation_id=held.pk)
    message = re.search(r"<textarea id=\"copied\".*?</textarea>", shown, re.DOTALL)
    assert message is not None and "4.00" not in message[0] and "5.00" not in message[0]
    assert "Angebot" in message[0] and "98,00 GBP" in message[0]  # 20 at 4.90, in German
    pdf = desk.as_(desk.vera).get(reverse("quotation_pdf", kwargs={**SLUG, "quotation_id": held.pk}))
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Disposition"].endswith('quotation-1-1.pdf"')
    assert desk.as_(desk.vera).get(reverse("quotation_pdf", kwargs={**SLUG, "quotation_id": held.pk}) + "?version=9").status_code == 404  # fmt: skip


def test_the_case_page_can_show_its_quotations(desk: Town) -> None:
    held = made(desk, desk.bob, "4.90")
    assert list(quotations_of(desk.anchor, "table:R-1")) == [held]
    seen = {"can_write": True}
    context = {
        "quotations": quotations_of(desk.anchor, "table:R-1"),
        "firm": desk.anchor,
        "key": "table:R&1",
        "access": seen,
    }
    shown = render_to_string("quotations/of_case.html", context)
    assert "98.00 GBP" in shown and "?case=table%3AR%261" in shown


# --- replies, templates, terms


@pytest.mark.requirement("F44", "F45", "X02")
def test_a_draft_is_in_the_buyers_language_with_its_gaps_and_is_kept_when_sent(desk: Town) -> None:
    bob = desk.as_(desk.bob)
    address, query = reverse("reply", kwargs=SLUG), "?case=table:R-1&template=acknowledge"
    shown = page(bob, "reply", query)
    assert "Guten Tag &lt;b&gt;Ada&lt;/b&gt;," in shown and "[[answer_by]]" in shown
    assert "5. M&auml;rz" not in shown and "5. März" in page(bob, "reply", query + "&fact_answer_by=5.+März")
    gaps = bob.post(address + query, {"text": "Bis [[answer_by]]"})
    assert gaps.status_code == 400 and not SentReply.objects.exists()
    assert bob.post(address + query, {"text": "Guten Tag, bis morgen."}).status_code == 302
    kept = SentReply.objects.get()
    assert (kept.case, kept.language, kept.template) == ("table:R-1", "de", "acknowledge")
    assert bob.get(address + "?case=table:R-1&language=xx").status_code == 400
    assert bob.get(address + "?case=table:R-1&template=../x").status_code == 404
    assert bob.get(address + "?case=nope").status_code == 404


def test_a_firms_own_template_is_used_and_a_wrong_one_refused(desk: Town) -> None:
    bob, one = desk.as_(desk.bob), {"name": "acknowledge", "language": "de"}
    assert (
        post(bob, "template", {"subject": "Danke", "body": "Wir lesen {product}.", "seen": ""}, **one) == 302
    )
    assert "Wir lesen Green tea." in page(bob, "reply", "?case=table:R-1")
    assert "own" in page(bob, "templates")
    assert post(bob, "template", {"subject": "x", "body": "y", "seen": ""}, **one) == 409
    mark = re.search(r'name="seen" value="(\w+)"', page(bob, "template", **one))
    assert mark is not None
    assert post(bob, "template", {"subject": "x", "body": "{price_floor}", "seen": mark[1]}, **one) == 400
    assert post(bob, "template", {"subject": "", "body": "", "seen": mark[1]}, **one) == 302
    assert "Wir lesen" not in page(bob, "reply", "?case=table:R-1")
    assert (
        bob.get(reverse("template", kwargs={**SLUG, "name": "nothing", "language": "de"})).status_code == 404
    )


@pytest.mark.requirement("F44")
def test_owners_state_terms_and_limits_and_everybody_quotes_on_them(town: Town, home: Path) -> None:
    alice = town.as_(town.alice)
    assert post(alice, "quoting", {**QUOTING, "seen": fingerprint_of(Quoting())}) == 302
    assert post(alice, "quoting", {**QUOTING, "seen": fingerprint_of(Quoting())}) == 409
    shown = page(alice, "quoting")
    assert 'value="8.00"' in shown or 'value="8"' in shown
    assert "T-1 3.90 GBP" in shown
    assert 'value="Leeds"' in page(town.as_(town.bob), "quotation_new")
    bad = {**QUOTING, "lowest": "T-1 cheap", "seen": "x"}
    assert post(alice, "quoting", bad) == 400


@pytest.mark.requirement("F41", "F43", "F58", "F62")
def test_the_list_says_what_quotations_tell_or_that_they_are_too_few(desk: Town) -> None:
    made(desk, desk.bob, "4.90")
    shown = page(desk.as_(desk.vera), "quotations")
    assert "0 own quotations on requests and 0 answered inquiries have an outcome" in shown
    assert "0 buyers accepted a quotation kept here" in shown
    assert "&lt;b&gt;Ada" not in shown or "<b>Ada" not in shown
    assert "style=" not in shown
