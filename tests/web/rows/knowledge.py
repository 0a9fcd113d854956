"""What members of a network share and do together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core import signing
from tests.web.conftest import NOW, Town
from tests.web.table import IN, READ, WRITE, Row, of_firm, of_network

from fondaco.web.network.knowledge import (
    board_actions,
    choosing,
    firm_actions,
    pool_actions,
    programme_actions,
)
from fondaco.web.network.knowledge.digest import SALT
from fondaco.web.network.knowledge.models import (
    Answer,
    Check,
    Departure,
    Digest,
    GoodsChoice,
    KitLine,
    KnowledgeItem,
    Pool,
    PooledShipment,
    Presence,
    Programme,
    Question,
    Rates,
    Session,
    Step,
    Word,
)

RATES = '[[rate]]\ndestination = "KOR"\nkind = "lcl"\nper_wm = 90\nminimum = 90\nfixed = 35\n'
DAY = NOW.date()


def prepare(town: Town) -> dict[str, Any]:
    firm, network, by = town.anchor, town.network, town.alice
    membership = firm.network_memberships.get(network=network)
    item = KnowledgeItem(
        kind="customer", barrier="customs", market="DEU", products=["09", "loose tea"], text="They order in September.",
        source="A fair", hand="first", kept="tacit", day=DAY, review_by=DAY + timedelta(days=180),
    )  # fmt: skip
    board_actions.post_item(item, network=network, firm=firm, by=by, now=NOW)
    office = KnowledgeItem(
        kind="setting", market="FRA", text="Holidays in August.", source="Office", hand="second", kept="written", day=DAY,
        review_by=DAY + timedelta(days=180),
    )  # fmt: skip
    board_actions.post_item(office, network=network, firm=None, by=town.sven, now=NOW)
    Word.objects.create(item=office, firm=firm, says="confirm", reason="We saw it.", by=by, made=NOW)
    asked = board_actions.ask(Question(text="Who knows Lyon?", market="FRA"), network=network, firm=firm, by=by, now=NOW)  # fmt: skip
    board_actions.answer(Answer(text="The office does."), question=asked, firm=None, by=town.sven, now=NOW)
    wish, _ = Digest.objects.get_or_create(network=network, user=town.vera, defaults={"since": NOW})
    firm_actions.add_presence(Presence(market="DEU", sort="agent", about="An agent in Kiel"), firm=firm, by=by, now=NOW)  # fmt: skip
    firm_actions.add_departure(Departure(platform="Bazaar", left=DAY, why="fees", about="Too dear."), firm=firm, by=by, now=NOW)  # fmt: skip
    firm_actions.state_traits(membership, ["rural"], by=by, now=NOW)
    pool_actions.state_rates(Rates(text=RATES, currency="EUR", source="An offer of a forwarder"), network=network, by=town.sven, now=NOW)  # fmt: skip
    pool = pool_actions.open_pool(Pool(name="Spring to Korea", opens=DAY, closes=DAY + timedelta(days=9)), network=network, by=town.sven, now=NOW)  # fmt: skip
    shipment = PooledShipment.objects.create(
        pool=pool, membership=membership, reference="A pallet of tea", destination="KOR", ready_from=DAY,
        ready_to=DAY, weight_kg=Decimal(200), volume_m3=Decimal("0.5"), by=by, made=NOW,
    )  # fmt: skip
    programme = programme_actions.save_programme(
        Programme(sort="brand", name="Quay teas", category="Tea", conditions=["Picked by hand"], message="Fresh from the quay"),
        network=network, by=town.sven, now=NOW,
    )  # fmt: skip
    part = programme_actions.ask_to_join(programme, membership, by=by, now=NOW)
    programme_actions.record_check(Check(condition="Picked by hand", met=True, proof="A visit", day=DAY), part, by=town.sven, now=NOW)  # fmt: skip
    programme_actions.decide(part, "admitted", "Spring", by=town.sven, now=NOW)
    session = programme_actions.plan_session(Session(title="Photographs", need="Listings", day=DAY, hours=Decimal(2)), programme, by=town.sven, now=NOW)  # fmt: skip
    programme_actions.note_attendance(session, [part.pk], by=town.sven, now=NOW)
    part.refresh_from_db()
    programme_actions.note_step(Step(sort="result", stage="listed", how="alone", about="Ten listings", day=DAY), part, by=by, now=NOW)  # fmt: skip
    line = programme_actions.add_kit_line(KitLine(part="role", text="Shipping", who="The office"), network=network, by=town.sven, now=NOW)  # fmt: skip
    choice = choosing.ask(GoodsChoice(name="Which goods in spring"), ["Quay salt", "Quay honey"], network=network, by=town.sven, now=NOW)  # fmt: skip
    candidate = choice.candidates.get(name="Quay salt")
    choosing.score(candidate, membership, {"origin": 5, "rules": 4, "rivals": 3, "price": 2}, by=by, now=NOW)
    return {
        "choice": choice.pk, "candidate": candidate.pk,
        "item": item.pk, "question": asked.pk, "token": signing.dumps(wish.pk, salt=SALT), "pool": pool.pk,
        "shipment": shipment.pk, "programme": programme.pk, "part": part.pk, "session": session.pk, "line": line.pk,
        "presence": Presence.objects.get(firm=firm).pk,
    }  # fmt: skip


def of(**names: str) -> Callable[[Any], dict[str, object]]:
    """Return the names of an address of the network: each with what was prepared under a name."""
    return lambda made: {
        **of_network(made),
        **{name: made.more["knowledge"][key] for name, key in names.items()},
    }


NET = (*READ[:5], 200)
#: Member and owner write in their firm's name, a supporter in the network's.
NET_WRITE = (IN, 404, 403, 200, 200, 200)
DONE = (IN, 404, 403, 302, 302, 302)
FIRM_DONE = (IN, 404, 403, 302, 302, 403)
KEEPS = (IN, 404, 403, 403, 403, 200)
KEPT = (IN, 404, 403, 403, 403, 302)
WRITTEN = (IN, 404, 403, 302, 302, 404)

ITEM: dict[str, object] = {
    "firm": "anchor-teas", "kind": "market", "market": "DEU", "text": "Rain in May.", "hand": "first", "source": "A fair",
    "kept": "tacit", "day": "2026-01-10",
}  # fmt: skip
SHIPMENT: dict[str, object] = {
    "firm": "anchor-teas", "reference": "P-2", "destination": "KOR", "ready_from": "2026-03-02", "ready_to": "2026-03-04",
    "weight_kg": "10", "volume_m3": "0.1", "agreed": "on",
}  # fmt: skip
PROGRAMME: dict[str, object] = {"sort": "support", "name": "First steps", "category": "Tea"}
STEP: dict[str, object] = {"sort": "support", "stage": "listed", "how": "with", "about": "Words", "day": "2026-01-10"}  # fmt: skip
CHECK: dict[str, object] = {"condition": "Picked by hand", "met": "on", "proof": "A visit", "day": "2026-01-10"}  # fmt: skip

A_ITEM, A_QUESTION = of(item_id="item"), of(question_id="question")
A_POOL, A_SHIPMENT = of(pool_id="pool"), of(pool_id="pool", shipment_id="shipment")
A_PROGRAMME, A_PART = of(programme_id="programme"), of(programme_id="programme", participation_id="part")
A_CHOICE, A_CANDIDATE = of(choice_id="choice"), of(choice_id="choice", candidate_id="candidate")
A_SESSION, A_LINE = of(programme_id="programme", session_id="session"), of(line_id="line")

ROWS = (
    Row("knowledge", NET, of_network),
    Row("knowledge_csv", NET, of_network),
    Row("knowledge_who", NET, of_network),
    Row("knowledge_barriers", NET, of_network),
    Row("knowledge_new", NET_WRITE, of_network),
    Row("knowledge_new", (IN, 404, 403, 302, 302, 400), of_network, ITEM, note="400: a supporter writes for no firm"),
    Row("knowledge_item", NET, A_ITEM),
    Row("knowledge_item", (IN, 404, 403, 302, 302, 302), A_ITEM, {"says": "confirm", "reason": "x"}, note="302: nobody judges their own item; they are told"),
    Row("knowledge_withdraw", (IN, 404, 403, 302, 302, 404), A_ITEM, {}),
    Row("board_digest", (IN, 404, 302, 302, 302, 302), of_network, {"wanted": "yes"}),
    Row("board_digest_end", (200,) * 6, of(token="token"), note="the token of the mail is the permission to end it"),
    Row("board_digest_end", (200,) * 6, of(token="token"), {}),
    Row("questions", NET, of_network),
    Row("question_new", NET_WRITE, of_network),
    Row("question_new", (IN, 404, 403, 302, 302, 400), of_network, {"firm": "anchor-teas", "text": "Who knows Ulm?"}),
    Row("question", NET, A_QUESTION),
    Row("question", (IN, 404, 403, 302, 302, 400), A_QUESTION, {"firm": "anchor-teas", "text": "We do."}),
    Row("question_close", (IN, 404, 403, 302, 302, 404), A_QUESTION, {}),
    # what a firm shows
    Row("seen", READ, of_firm),
    Row("sharing", (IN, 404, 403, 403, 302, 404), of_firm, {"network": "seven-quays", "what": "knows", "given": "yes"}),
    Row("presence", READ, of_firm),
    Row("presence_new", WRITE, of_firm),
    Row("presence_new", WRITTEN, of_firm, {"market": "DEU", "sort": "agent", "about": "Kiel"}),
    Row("presence_end", WRITTEN, lambda made: {**of_firm(made), "presence_id": made.more["knowledge"]["presence"]}, {}),
    Row("left_platforms", READ, of_firm),
    Row("left_platforms", WRITTEN, of_firm, {"platform": "Bazaar", "left": "2026-01-10", "why": "fees"}),
    # shipping together
    Row("collective", NET, of_network),
    Row("rates_new", KEEPS, of_network),
    Row("rates_new", (IN, 404, 403, 403, 403, 400), of_network, {}, note="400: no file was sent"),
    Row("pool_new", KEEPS, of_network),
    Row("pool_new", KEPT, of_network, {"name": "June", "opens": "2026-06-01", "closes": "2026-06-09"}),
    Row("pool", NET, A_POOL),
    Row("pool_state", NET, A_POOL),
    Row("pool_json", NET, A_POOL),
    Row("pool_add", FIRM_DONE, A_POOL, SHIPMENT),
    Row("pool_upload", (IN, 404, 403, 400, 400, 403), A_POOL, {}, note="400: no file was sent"),
    Row("pool_remove", FIRM_DONE, A_SHIPMENT, {}),
    Row("pool_solve", DONE, A_POOL, {}),
    Row("pool_close", KEPT, A_POOL, {}),
    # programmes
    Row("programmes", NET, of_network),
    Row("programme_new", KEEPS, of_network),
    Row("programme_new", KEPT, of_network, PROGRAMME),
    Row("programme", NET, A_PROGRAMME),
    Row("programme_edit", KEEPS, A_PROGRAMME),
    Row("programme_edit", KEPT, A_PROGRAMME, PROGRAMME),
    Row("programme_join", (IN, 404, 404, 409, 409, 404), A_PROGRAMME, {"firm": "anchor-teas"}, note="409: it takes part already"),
    Row("session_new", KEEPS, A_PROGRAMME),
    Row("session_new", KEPT, A_PROGRAMME, {"title": "Words", "need": "Listings", "day": "2026-05-01", "hours": "2"}),
    Row("attendance", KEEPS, A_SESSION),
    Row("attendance", KEPT, A_SESSION, {}),
    Row("programme_csv", (IN, 404, 403, 403, 403, 409), A_PROGRAMME, note="409: fewer than five take part"),
    Row("programme_progress", KEEPS, A_PROGRAMME),
    Row("programme_report", KEEPS, lambda made: {**A_PROGRAMME(made), "ending": "csv"}),
    Row("programme_report", KEEPS, lambda made: {**A_PROGRAMME(made), "ending": "pdf"}),
    Row("programme_codebook", KEEPS, of_network),
    Row("participation", NET, A_PART),
    Row("check_new", KEPT, A_PART, CHECK),
    Row("participation_step", (IN, 404, 404, 302, 302, 302), A_PART, STEP),
    Row("participation_decide", KEPT, A_PART, {"state": "ended"}),
    Row("choices", NET, of_network),
    Row("choices", (IN, 404, 403, 403, 403, 302), of_network, {"name": "Next year", "candidates": "Salt\nHoney", "origin": "1", "rules": "1", "rivals": "1", "price": "1"}),
    Row("choice", NET, A_CHOICE),
    Row("choice_score", (IN, 404, 404, 400, 400, 404), A_CANDIDATE, {"firm": "anchor-teas"}, note="400: nothing is scored"),
    # a network that finds itself
    Row("kit", NET, of_network),
    Row("kit", KEPT, of_network, {"part": "aim", "text": "Sell the quay's name"}),
    Row("kit_drop", KEPT, A_LINE, {}),
    Row("traits", NET, of_network),
    Row("traits", (IN, 404, 403, 302, 302, 404), of_network, {"firm": "anchor-teas", "sort": ["rural"]}),
    Row("departures", NET, of_network),
)  # fmt: skip
