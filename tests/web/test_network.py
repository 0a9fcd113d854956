"""What members of a network share and do together, as people meet it on the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import NOW, Town
from tests.web.rows.knowledge import ITEM, RATES, SHIPMENT

from fondaco.kernel.errors import Refused
from fondaco.ledger import Workspace
from fondaco.web.accounts import actions
from fondaco.web.accounts.models import Firm, Membership, NetworkMembership, Role, User
from fondaco.web.desk.models import AuditLine
from fondaco.web.markets.models import MarketNote
from fondaco.web.network.knowledge import (
    board_actions,
    firm_actions,
    pool_actions,
    programme_actions,
)
from fondaco.web.network.knowledge.models import (
    Check,
    Departure,
    Digest,
    KnowledgeItem,
    Participation,
    Pool,
    Presence,
    Programme,
    Question,
    Rates,
    ShownToNetwork,
    Step,
    Trait,
)

TODAY = NOW.date()


@pytest.fixture
def neighbour(town: Town, home: Any) -> tuple[User, Firm]:
    """Nora's firm Cape, in the same network as Anchor Teas."""
    nora = actions.ensure_user("nora@cape.example", "harbour lantern 9", name="Nora")
    Workspace(home).create_firm("cape", name="Cape", home="GBR", currency="GBP")
    cape = actions.ensure_firm_row(Workspace(home).firm("cape"))
    Membership.objects.create(firm=cape, user=nora, role=Role.OWNER)
    NetworkMembership.objects.create(network=town.network, firm=cape, markets=["KOR"])
    return nora, cape


def at(name: str, **more: object) -> str:
    return reverse(name, kwargs={"slug": "seven-quays", **more})


def share(town: Town, **more: object) -> KnowledgeItem:
    said: dict[str, Any] = {
        "kind": "customer", "market": "KOR", "text": "They order in spring.", "source": "A fair", "hand": "first",
        "kept": "tacit", "day": TODAY, "review_by": timezone.localdate() + timedelta(days=90), **more,
    }  # fmt: skip
    return board_actions.post_item(KnowledgeItem(**said), network=town.network, firm=town.anchor, by=town.alice, now=NOW)  # fmt: skip


# --- the board --------------------------------------------------------------------------------------------


@pytest.mark.requirement("S03", "S20", "F84")
def test_an_item_is_shared_with_its_source_and_how_it_is_known_and_judged_by_another_firm(
    town: Town, neighbour: tuple[User, Firm]
) -> None:
    nora, _cape = neighbour
    answer = town.as_(town.alice).post(
        at("knowledge_new"), {**ITEM, "products": "09, loose tea", "named": "on"}
    )
    item = KnowledgeItem.objects.get()
    assert answer["Location"] == at("knowledge_item", item_id=item.pk)
    assert (item.products, item.review_by.isoformat()) == (["09", "loose tea"], "2026-07-10")
    page = town.as_(nora).get(at("knowledge_item", item_id=item.pk)).content.decode()
    for said in ("Anchor Teas", "Rain in May.", "First hand", "somebody&#x27;s head", "A fair"):
        assert said in page
    word = {"firm": "cape", "says": "dispute", "reason": "It was dry."}
    town.as_(nora).post(at("knowledge_item", item_id=item.pk), word)
    assert item.judged(TODAY).state == "disputed"
    town.as_(nora).post(at("knowledge_item", item_id=item.pk), {**word, "says": "confirm"})
    assert (item.words.count(), item.judged(TODAY).state) == (1, "confirmed")


def test_a_firm_does_not_judge_its_own_item(town: Town) -> None:
    item = share(town)
    with pytest.raises(Refused, match="own item"):
        board_actions.say_word(item, "confirm", "We know.", firm=town.anchor, by=town.alice, now=NOW)


@pytest.mark.requirement("S07")
@pytest.mark.parametrize(
    ("text", "public", "status"),
    [
        ("Green tea goes at 4.50 GBP.", "", 400),
        ("The fee at the border is 4.50 GBP.", "on", 302),
        ("Write to kim@shop.example.", "on", 400),
        ("Call 0082 2 1234 5678.", "on", 400),
        ("We earn a margin of 30 %.", "", 400),
    ],
)
def test_prices_are_asked_about_and_identities_refused(
    town: Town, text: str, public: str, status: int
) -> None:
    said = {**ITEM, "text": text, "public": public} if public else {**ITEM, "text": text}
    assert town.as_(town.alice).post(at("knowledge_new"), said).status_code == status
    assert KnowledgeItem.objects.count() == (status == 302)


@pytest.mark.requirement("S07")
def test_the_name_of_ones_own_buyer_is_refused(town: Town, home: Any, tmp_path: Any) -> None:
    from fondaco import workflows

    file = tmp_path / "more.csv"
    file.write_text("Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Country\n7,2025-01-10,T-1,Tea,2,4.5,GBP,Kettle & Sons,Germany\n")  # fmt: skip
    workflows.take_in(Workspace(home), "anchor-teas", [file], now=NOW, by="x@example.org")
    said = {**ITEM, "text": "KETTLE and sons? No: Kettle  &  Sons asked for it."}
    page = town.as_(town.alice).post(at("knowledge_new"), said)
    assert page.status_code == 400
    assert "who a buyer is" in page.content.decode()


def test_without_its_name_a_firm_is_a_member_to_the_others_and_in_the_file(
    town: Town, neighbour: tuple[User, Firm], home: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        item = share(town, named=False)
    nora, _ = neighbour
    for name, more in (("knowledge_item", {"item_id": item.pk}), ("knowledge", {}), ("knowledge_csv", {}), ("knowledge_who", {})):  # fmt: skip
        assert "Anchor Teas" not in town.as_(nora).get(at(name, **more)).content.decode(), name
    kept = json.loads((home / "networks" / "seven-quays" / "knowledge.jsonl").read_text())
    assert (kept["author"], kept["text"]) == ("", "They order in spring.")


@pytest.mark.requirement("S03")
def test_a_market_note_is_copied_to_the_board_only_when_its_firm_says_so(
    town: Town, neighbour: tuple[User, Firm]
) -> None:
    note = MarketNote.objects.create(
        firm=town.anchor, market="DEU", part="customers", text="They pay late.", source="Fair", where="Bob",
        day=TODAY, review_by=TODAY + timedelta(days=90), by=town.alice, made=NOW,
    )  # fmt: skip
    nora, _ = neighbour
    assert (
        "They pay late." in town.as_(town.alice).get(at("knowledge_new"), {"note": note.pk}).content.decode()
    )
    assert town.as_(nora).get(at("knowledge_new"), {"note": note.pk}).status_code == 404
    assert not KnowledgeItem.objects.exists()


@pytest.mark.requirement("S20")
def test_search_finds_words_from_their_beginning_and_filters_narrow(town: Town) -> None:
    share(town)
    share(town, text="한국 고객은 봄에 주문한다", market="JPN", kind="market")
    client = town.as_(town.sven)

    def found(**asked: str) -> set[str]:
        return {row["item"].market for row in client.get(at("knowledge"), asked).context["page"]}

    assert found(q="order spring") == {"KOR"}
    assert found(q="ord") == {"KOR"}
    assert found(q="고객") == {"JPN"}
    assert found(q="' & | ! <->") == {"KOR", "JPN"}
    assert found(q="autumn") == set()
    assert found(market="JPN") == found(kind="market") == {"JPN"}
    assert found(state="confirmed") == set()


@pytest.mark.requirement("S04")
def test_who_knows_korea_names_those_who_agreed_and_no_other(
    town: Town, neighbour: tuple[User, Firm]
) -> None:
    nora, cape = neighbour
    share(town)

    def named() -> set[str]:
        page = town.as_(town.sven).get(at("knowledge_who"), {"market": "KOR"})
        return {each.firm for each in page.context["knowers"]}

    assert named() == set()
    firm_actions.share(cape.network_memberships.get(), "knows", True, by=nora, now=NOW)
    assert named() == {"Cape"}
    firm_actions.share(town.anchor.network_memberships.get(), "knows", True, by=town.alice, now=NOW)
    assert named() == {"Cape", "Anchor Teas"}
    firm_actions.share(cape.network_memberships.get(), "knows", False, by=nora, now=NOW)
    assert named() == {"Anchor Teas"}


@pytest.mark.requirement("S05", "S21")
def test_gaps_and_barrier_sheets_say_what_nobody_knows(town: Town, neighbour: tuple[User, Firm]) -> None:
    share(town, barrier="customs", text="Labels in Korean.")
    page = town.as_(town.alice).get(at("knowledge"))
    (row,) = page.context["grid"]
    assert [(cell.kind, cell.state) for cell in row["cells"]] == [("customer", "held"), ("market", "none"), ("setting", "none")]  # fmt: skip
    sheet = town.as_(town.alice).get(at("knowledge_barriers"), {"market": "KOR"})
    assert [len(part["rows"]) for part in sheet.context["parts"]] == [0, 0, 1, 0, 0]
    assert "not the same as no barrier" in sheet.content.decode()


def test_a_question_is_asked_answered_and_closed(town: Town, neighbour: tuple[User, Firm]) -> None:
    nora, _ = neighbour
    town.as_(town.alice).post(at("question_new"), {"firm": "anchor-teas", "text": "Who knows Busan?", "market": "KOR"})  # fmt: skip
    held = Question.objects.get()
    town.as_(nora).post(
        at("question", question_id=held.pk), {"firm": "cape", "text": "We do.", "named": "on"}
    )
    page = town.as_(town.vera).get(at("question", question_id=held.pk)).content.decode()
    assert "We do." in page
    assert "Cape" in page
    assert "Anchor Teas" not in page.split("<main")[1]  # asked without a name
    assert town.as_(nora).post(at("question_close", question_id=held.pk)).status_code == 404
    town.as_(town.alice).post(at("question_close", question_id=held.pk))
    said = {"firm": "cape", "text": "More."}
    assert town.as_(nora).post(at("question", question_id=held.pk), said).status_code == 409
    assert held.answers.count() == 1


def test_the_digest_goes_once_a_week_to_those_who_want_it_and_stops_by_its_link(town: Town) -> None:
    town.as_(town.vera).post(at("board_digest"), {"wanted": "yes"})
    Digest.objects.update(since=timezone.now() - timedelta(days=2))
    Digest.objects.create(network=town.network, user=town.charlie, since=NOW)  # has no tie any more
    item = share(town, named=False)
    KnowledgeItem.objects.filter(pk=item.pk).update(made=timezone.now())
    out = StringIO()
    call_command("board_digest", site="https://desk.example", stdout=out)
    call_command("board_digest", site="https://desk.example", stdout=out)
    (letter,) = mail.outbox
    assert letter.to == ["vera@example.org"]
    assert "They order in spring." in letter.body
    assert "a member" in letter.body
    assert "Anchor" not in letter.body
    link = str(letter.body).splitlines()[-1].removeprefix("https://desk.example")
    stranger = town.as_(None)
    assert "seven-quays" in link
    assert "vera" not in stranger.get(link).content.decode().lower()
    stranger.post(link)
    assert not Digest.objects.filter(user=town.vera).exists()
    assert stranger.get(link).status_code == 200
    assert stranger.get(link[:-3] + "xx/").status_code == 404


def test_a_long_digest_says_how_much_more_there_is(town: Town) -> None:
    for number in range(32):
        share(town, text=f"Item {number}.")
    KnowledgeItem.objects.update(made=timezone.now())
    Digest.objects.create(network=town.network, user=town.vera, since=timezone.now() - timedelta(days=1))
    call_command("board_digest", site="https://desk.example", stdout=StringIO())
    (letter,) = mail.outbox
    assert "And 2 more on the board" in letter.body
    assert letter.body.count("/knowledge/") == 32  # thirty items, the board, and the link that ends it


def test_a_buyer_who_is_to_be_forgotten_is_gone_from_the_board_and_its_file(town: Town, home: Any) -> None:
    from fondaco.ledger import Person
    from fondaco.web.data.forgetting import erase

    item = share(town, text="Dora Quay told us.", source="Dora Quay")
    board_actions.write_file(town.network)
    file = home / "networks" / "seven-quays" / "knowledge.jsonl"
    assert "Dora" in file.read_text()
    assert erase("anchor-teas", Person((), ("Dora Quay",))) == 1
    item.refresh_from_db()
    assert "Dora" not in item.text + item.source + file.read_text()


# --- what networks see ------------------------------------------------------------------------------------


@pytest.mark.requirement("S03")
def test_the_owner_reads_what_each_network_sees_who_looked_and_what_was_changed(
    town: Town, consent: Callable[[bool], None]
) -> None:
    consent(True)
    assert town.as_(town.sven).get(reverse("markets", args=["anchor-teas"])).status_code == 200
    town.as_(town.sven).get(reverse("markets", args=["anchor-teas"]))
    assert AuditLine.objects.filter(what="firm.seen", firm=town.anchor, user=town.sven).count() == 1
    page = town.as_(town.alice).get(reverse("seen", args=["anchor-teas"])).content.decode()
    assert "firm.seen" in page
    assert "sven@example.org" in page
    assert "consent.given" in page
    assert "firm.seen" not in town.as_(town.vera).get(reverse("seen", args=["anchor-teas"])).content.decode()
    consent(False)
    assert town.as_(town.sven).get(reverse("markets", args=["anchor-teas"])).status_code == 404


@pytest.mark.requirement("F28")
def test_presence_is_shown_to_the_network_by_consent_and_ends_with_membership(
    town: Town, neighbour: tuple[User, Firm]
) -> None:
    nora, cape = neighbour
    form = {"market": "KOR", "sort": "visit", "about": "A fair in Seoul"}
    address = reverse("presence_new", args=["cape"])
    assert town.as_(nora).post(address, form).status_code == 400  # a visit has a day
    named = {**form, "since": "2027-05-01", "about": "With kim@shop.example"}
    assert town.as_(nora).post(address, named).status_code == 400
    assert (
        town.as_(nora).post(address, {**form, "since": "2027-05-01", "until": "2027-05-04"}).status_code
        == 302
    )
    assert "A fair in Seoul" in town.as_(nora).get(reverse("presence", args=["cape"])).content.decode()

    def shown() -> bool:
        return "A fair in Seoul" in town.as_(town.alice).get(at("knowledge_who")).content.decode()

    assert not shown()
    membership = cape.network_memberships.get()
    firm_actions.share(membership, "presence", True, by=nora, now=NOW)
    assert shown()
    actions.leave_network(membership, by=nora, now=NOW)
    assert not shown()
    assert not ShownToNetwork.objects.exists()
    assert Presence.objects.exists()


@pytest.mark.requirement("S28")
def test_departures_are_seen_by_supporters_with_consent_and_counted_for_members_from_five_firms_on(
    town: Town,
) -> None:
    def firm(number: int) -> NetworkMembership:
        row = Firm.objects.create(slug=f"f{number}", name=f"Firm {number}", home="ITA", currency="EUR")
        firm_actions.add_departure(Departure(platform="Bazaar", left=TODAY, why="fees", about=f"Dear {number}"), firm=row, by=town.alice, now=NOW)  # fmt: skip
        return NetworkMembership.objects.create(network=town.network, firm=row)

    held = [firm(number) for number in range(12)]
    for number, membership in enumerate(held[:5]):
        told = town.as_(town.vera).get(at("departures")).context["counts"]
        assert told[0][1] is None, number
        firm_actions.share(membership, "departures", True, by=town.alice, now=NOW)
    member, supporter = (town.as_(user).get(at("departures")) for user in (town.vera, town.sven))
    assert member.context["counts"][0][1] == supporter.context["counts"][0][1] == 5
    assert "Dear 0" not in member.content.decode()
    assert "Dear 0" in supporter.content.decode()
    assert "Dear 7" not in supporter.content.decode()


@pytest.mark.requirement("S25")
def test_traits_are_counted_from_five_on_and_named_nowhere(town: Town) -> None:
    members = [
        NetworkMembership.objects.create(
            network=town.network,
            firm=Firm.objects.create(slug=f"f{n}", name=f"Firm {n}", home="ITA", currency="EUR"),
        )
        for n in range(11)
    ]
    for n, membership in enumerate(members[:7]):
        rows = {r["label"]: r["count"] for r in town.as_(town.sven).get(at("traits")).context["rows"]}
        assert rows[Trait.Sort.RURAL.label] == (5 if n >= 5 else None)
        firm_actions.state_traits(membership, ["rural"], by=town.alice, now=NOW)
    assert "Firm 1" not in town.as_(town.sven).get(at("traits")).content.decode()
    # 12 members, 8 of them rural: fewer than five are not, and those could be told
    firm_actions.state_traits(members[7], ["rural"], by=town.alice, now=NOW)
    assert {r["count"] for r in town.as_(town.sven).get(at("traits")).context["rows"]} == {None}


# --- shipping together ------------------------------------------------------------------------------------


@pytest.fixture
def pool(town: Town) -> Pool:
    pool_actions.state_rates(Rates(text=RATES, currency="EUR", source="An offer"), network=town.network, by=town.sven, now=NOW)  # fmt: skip
    return pool_actions.open_pool(Pool(name="Spring", opens=TODAY, closes=TODAY + timedelta(days=9)), network=town.network, by=town.sven, now=NOW)  # fmt: skip


@pytest.mark.requirement("S11")
def test_members_pool_shipments_and_see_their_own_shares_and_partners_only(
    town: Town, neighbour: tuple[User, Firm], pool: Pool, home: Any
) -> None:
    nora, _ = neighbour
    town.as_(town.bob).post(
        at("pool_add", pool_id=pool.pk), {**SHIPMENT, "weight_kg": "200", "volume_m3": "0.5"}
    )
    file = SimpleUploadedFile(
        "s.csv", b"shipment;destination;ready_from;ready_to;weight_kg;volume_m3\nC-1;KOR;2026-03-03;2026-03-05;300;0.5\nC-2;KOR;2026-03-09;2026-03-09;many;1\n"
    )  # fmt: skip
    said = {"upload-firm": "cape", "upload-agreed": "on", "upload-file": file}
    answer = town.as_(nora).post(at("pool_upload", pool_id=pool.pk), said, follow=True).content.decode()
    assert "row 3" in answer
    assert "Shipments put in: 1; rows that could not be read: 1" in answer
    town.as_(nora).post(at("pool_solve", pool_id=pool.pk))
    pool.refresh_from_db()
    assert pool.result is not None
    # together 1 m3 is the minimum: 35 + 90; alone each pays that
    assert (pool.result["cost"], pool.result["alone"]) == ("125.00", "250.00")
    mine = town.as_(nora).get(at("pool", pool_id=pool.pk))
    (part,) = mine.context["parts"]
    assert [(s["member"], s["pays"], s["saves"]) for s in part["shares"]] == [("cape", "62.50", "62.50")]
    assert "cost" not in part
    body = mine.content.decode()
    assert "Anchor Teas" in body  # the partner, by joining
    assert "P-2" not in body  # its shipment is its own
    (whole,) = town.as_(town.sven).get(at("pool", pool_id=pool.pk)).context["parts"]
    assert {share["member"] for share in whole["shares"]} == {"cape", "anchor-teas"}
    drawn = town.as_(nora).get(at("pool_json", pool_id=pool.pk)).json()
    assert "Anchor Teas" in json.dumps(drawn)


@pytest.mark.requirement("S11")
def test_a_member_that_pooled_nothing_sees_nobody(
    town: Town, neighbour: tuple[User, Firm], pool: Pool
) -> None:
    nora, _ = neighbour
    town.as_(town.bob).post(at("pool_add", pool_id=pool.pk), SHIPMENT)
    town.as_(town.bob).post(at("pool_solve", pool_id=pool.pk))
    page = town.as_(nora).get(at("pool", pool_id=pool.pk))
    assert page.context["parts"] == []
    assert "Anchor Teas" not in page.content.decode()
    assert "Anchor Teas" not in town.as_(nora).get(at("pool_json", pool_id=pool.pk)).content.decode()


def test_a_result_holds_only_for_what_is_in_the_pool_now(
    town: Town, neighbour: tuple[User, Firm], pool: Pool
) -> None:
    nora, cape = neighbour
    town.as_(town.bob).post(at("pool_add", pool_id=pool.pk), SHIPMENT)
    town.as_(nora).post(at("pool_add", pool_id=pool.pk), {**SHIPMENT, "firm": "cape"})
    town.as_(nora).post(at("pool_solve", pool_id=pool.pk))
    assert town.as_(nora).get(at("pool", pool_id=pool.pk)).context["parts"]
    actions.leave_network(cape.network_memberships.get(), by=nora, now=NOW)
    page = town.as_(town.bob).get(at("pool", pool_id=pool.pk))
    assert page.context["parts"] == []
    assert page.context["stale"]
    assert "Cape" not in page.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ready_from": "2026-06-01", "ready_to": "2026-06-02"}, "the pool goes from"),
        ({"ready_from": "2026-03-04", "ready_to": "2026-03-03"}, "before ready_from"),
        ({"weight_kg": "0"}, "above zero"),
        ({"weight_kg": "NaN"}, "Enter a number"),
        ({"agreed": ""}, "required"),
        ({"firm": "borealis"}, "valid choice"),
    ],
)
def test_a_shipment_that_cannot_be_pooled_is_said(town: Town, pool: Pool, change: dict[str, str], said: str) -> None:  # fmt: skip
    answer = town.as_(town.bob).post(at("pool_add", pool_id=pool.pk), {**SHIPMENT, **change})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not pool.shipments.exists()


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("r.toml", RATES.encode(), 302),
        ("r.csv", b"destination,kind,per_kg\nKOR,parcel,7\n", 302),
        ("r.csv", b"destination,kind,colour\nKOR,parcel,red\n", 400),
        ("r.csv", b"", 400),
        ("r.toml", b"\xff\xfe", 400),
        ("r.toml", b"x" * (1 << 20) + b"y", 400),
    ],
)
def test_rates_are_read_before_they_are_kept(town: Town, db: None, name: str, content: bytes, status: int) -> None:  # fmt: skip
    said = {"file": SimpleUploadedFile(name, content), "currency": "EUR", "source": "An offer"}
    assert town.as_(town.sven).post(at("rates_new"), said).status_code == status
    assert Rates.objects.count() == (status == 302)


def test_without_rates_or_shipments_there_is_nothing_to_work_out(town: Town, pool: Pool) -> None:
    assert town.as_(town.sven).post(at("pool_solve", pool_id=pool.pk)).status_code == 409
    Rates.objects.all().delete()
    town.as_(town.bob).post(at("pool_add", pool_id=pool.pk), SHIPMENT)
    assert town.as_(town.sven).post(at("pool_solve", pool_id=pool.pk)).status_code == 409


# --- programmes -------------------------------------------------------------------------------------------


@pytest.fixture
def brand(town: Town) -> Programme:
    return programme_actions.save_programme(
        Programme(sort="brand", name="Quay teas", category="Tea", conditions=["Picked by hand", "From the quay"], message="Fresh"),
        network=town.network, by=town.sven, now=NOW,
    )  # fmt: skip


@pytest.mark.requirement("S09", "S10")
def test_a_name_is_lent_only_on_recorded_checks_and_is_gone_when_one_runs_out(
    town: Town, brand: Programme, neighbour: tuple[User, Firm]
) -> None:
    nora, _ = neighbour
    town.as_(town.bob).post(at("programme_join", programme_id=brand.pk), {"firm": "anchor-teas"})
    part = Participation.objects.get()
    names = {"programme_id": brand.pk, "participation_id": part.pk}
    decide = at("participation_decide", **names)
    check = {"condition": "Picked by hand", "met": "on", "proof": "A visit", "day": "2026-01-10"}
    town.as_(town.sven).post(at("check_new", **names), check)
    refused = town.as_(town.sven).post(decide, {"state": "admitted"})
    assert refused.status_code == 409
    assert "From the quay" in refused.content.decode()
    until = timezone.localdate() + timedelta(days=30)
    town.as_(town.sven).post(at("check_new", **names), {**check, "condition": "From the quay", "until": until.isoformat()})  # fmt: skip
    assert town.as_(town.sven).post(decide, {"state": "admitted", "cohort": "Spring"}).status_code == 302

    def carriers() -> list[str]:
        page = town.as_(nora).get(at("programme", programme_id=brand.pk))
        return [str(each.membership.firm) for each in page.context["carriers"]]

    assert carriers() == ["Anchor Teas"]
    Check.objects.filter(condition="From the quay").update(until=timezone.localdate() - timedelta(days=1))
    assert carriers() == []


@pytest.mark.requirement("S19")
def test_a_category_is_described_with_rules_rivals_and_one_message(town: Town) -> None:
    said = {
        "sort": "brand", "name": "Quay teas", "category": "Tea", "origin_edge": "Fog", "rules": "Residues", "rivals": "Hills",
        "price_level": "High shelf", "conditions": "Picked by hand\nPicked by hand\n", "message": "Fresh from the quay",
        "channels": "Each member's page in May",
    }  # fmt: skip
    town.as_(town.sven).post(at("programme_new"), said)
    held = Programme.objects.get()
    assert held.conditions == ["Picked by hand"]
    page = town.as_(town.vera).get(at("programme", programme_id=held.pk)).content.decode()
    for word in ("Fog", "Residues", "Hills", "High shelf", "Fresh from the quay", "page in May"):
        assert word in page


@pytest.mark.requirement("S14", "S18")
def test_training_support_and_what_firms_then_do_alone_are_told_by_stage(
    town: Town, brand: Programme
) -> None:
    brand.conditions = []
    brand.save()
    membership = town.anchor.network_memberships.get()
    part = programme_actions.ask_to_join(brand, membership, by=town.alice, now=NOW)
    with pytest.raises(Refused, match="not admitted"):
        programme_actions.note_step(Step(sort="result", stage="listed", about="x", day=TODAY), part, by=town.alice, now=NOW)  # fmt: skip
    programme_actions.decide(part, "admitted", "", by=town.sven, now=NOW)
    names = {"programme_id": brand.pk, "participation_id": part.pk}
    step = {"sort": "support", "stage": "listed", "how": "with", "about": "Photographs", "hours": "3.5", "day": "2026-01-10"}  # fmt: skip
    town.as_(town.sven).post(at("participation_step", **names), step)
    town.as_(town.bob).post(
        at("participation_step", **names), {**step, "sort": "result", "how": "alone", "hours": ""}
    )
    assert (
        town.as_(town.sven).post(at("participation_step", **names), {**step, "hours": "-1"}).status_code
        == 400
    )
    town.as_(town.sven).post(at("session_new", programme_id=brand.pk), {"title": "Words", "need": "KOR: customer", "day": "2026-01-12", "hours": "2"})  # fmt: skip
    session = brand.sessions.get()
    town.as_(town.sven).post(at("attendance", programme_id=brand.pk, session_id=session.pk), {"present": [part.pk, 999_999]})  # fmt: skip
    assert session.attendances.count() == 1
    page = town.as_(town.sven).get(at("programme", programme_id=brand.pk))
    listed = {way.stage: way for way in page.context["ways"]}["listed"]
    assert (listed.supported, listed.hours, listed.reached, listed.alone) == (1, Decimal("3.5"), 1, 1)
    assert town.as_(town.bob).get(at("programme", programme_id=brand.pk)).context["ways"] == ()


@pytest.mark.requirement("R27", "R28")
def test_a_programme_is_released_without_names_from_five_participants_on(town: Town, brand: Programme) -> None:  # fmt: skip
    address = at("programme_csv", programme_id=brand.pk)
    for number in range(6):
        firm = Firm.objects.create(slug=f"f{number}", name=f"Firm {number}", home="ITA", currency="EUR")
        membership = NetworkMembership.objects.create(network=town.network, firm=firm)
        Participation.objects.create(programme=brand, membership=membership, state="admitted", cohort="Spring" if number else "Alone", asked=NOW)  # fmt: skip
        answer = town.as_(town.sven).get(address)
        assert answer.status_code == (200 if number >= 4 else 409)
    lines = answer.content.decode().splitlines()
    assert len(lines) == 7
    assert "Firm" not in answer.content.decode()
    assert {line.split(",")[1] for line in lines[1:]} == {"withheld"}  # one cohort has one firm
    book = town.as_(town.sven).get(at("programme_codebook")).content.decode()
    assert all(column in book for column in lines[0].split(","))


@pytest.mark.requirement("S22", "S27")
def test_the_start_kit_says_what_a_young_network_has_settled(town: Town) -> None:
    def done() -> list[bool]:
        return [step["done"] for step in town.as_(town.vera).get(at("kit")).context["steps"]]

    assert done() == [False] * 6
    town.network.founded_on = TODAY
    town.network.save()
    NetworkMembership.objects.filter(firm=town.anchor).update(markets=["KOR"])
    town.as_(town.sven).post(at("kit"), {"part": "aim", "text": "Sell under one name"})
    for role in ("Markets", "Shipping", "Buyers"):
        town.as_(town.sven).post(at("kit"), {"part": "role", "text": role, "who": "Anchor"})
    share(town)
    assert done() == [True, True, True, True, True, False]
    line = town.as_(town.sven).get(at("kit")).context["aims"][0]
    town.as_(town.sven).post(at("kit_drop", line_id=line.pk))
    assert done()[2] is False
