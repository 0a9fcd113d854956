"""Who gets what at every address: a table, and a test that no address is missing from it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.web import rows
from tests.web.conftest import NOW, Town, settled
from tests.web.table import IN, OWN, READ, ROLES, SHARED, SIGNED_IN, WRITE, Row, of_firm, of_network

from fondaco.strategy.plan.joining import JOINED
from fondaco.web.accounts import actions
from fondaco.web.accounts.models import Invitation
from fondaco.web.data.models import Job, Upload
from fondaco.web.markets.models import MarketNote, PracticeChange
from fondaco.web.strategy import actions as plans
from fondaco.web.strategy.models import LineEdit, PlanLine
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating

pytestmark = pytest.mark.either_database


def of_import(made: Made) -> dict[str, object]:
    return {**of_firm(made), "import_id": made.town.import_id}


def of_market(made: Made) -> dict[str, object]:
    return {**of_firm(made), "code": "DEU"}


def of_note(made: Made) -> dict[str, object]:
    return {**of_firm(made), "note_id": made.note.pk}


def of_change(made: Made) -> dict[str, object]:
    return {**of_firm(made), "change_id": made.change.pk}


def of_risk(made: Made) -> dict[str, object]:
    return {**of_firm(made), "risk_id": Risk.objects.get(firm=made.town.anchor).pk}


def of_partner(made: Made) -> dict[str, object]:
    return {**of_firm(made), "partner_id": Partner.objects.get(firm=made.town.anchor).pk}


def of_network_partner(made: Made) -> dict[str, object]:
    return {**of_network(made), "partner_id": Partner.objects.get(network=made.town.network).pk}


def of_line(made: Made) -> dict[str, object]:
    return {**of_firm(made), "line_id": made.line.pk}


def of_member(made: Made) -> dict[str, object]:
    return {**of_network(made), "firm_slug": made.town.anchor.slug}


@dataclass(frozen=True)
class Made:
    """What addresses point at."""

    town: Town
    upload: Upload
    job: Job
    invitation: Invitation
    token: str
    note: MarketNote
    change: PracticeChange
    line: PlanLine
    more: dict[str, Any]


NOTE: dict[str, object] = {
    "market": "DEU", "part": "customers", "text": "They pay within ten days.", "hand": "first", "source": "Fair",
    "kept": "tacit", "where": "Bob", "day": "2026-01-10", "review_by": "",
}  # fmt: skip
DECISION: dict[str, object] = {
    "day": "2026-01-10", "question": "Where next?", "options": "Etsy\neBay", "criteria": "fees", "chosen": "Etsy",
    "reasons": "Pots.", "decided_by": "Alice",
}  # fmt: skip
RISK: dict[str, object] = {
    "risk-kind": "platform",
    "risk-what": "Our listing is taken down",
    "risk-review_by": "",
}
RATING: dict[str, object] = {
    "rating-day": "2026-01-10", "rating-likelihood": "2", "rating-impact": "4", "rating-why": "It happened to a neighbour.",
}  # fmt: skip
PARTNER: dict[str, object] = {
    "kind": "logistics", "name": "Harbour Freight", "does": "Groupage", "checked": "2026-01-10", "markets": ["DEU"],
}  # fmt: skip
CHANGE: dict[str, object] = {"day": "2026-01-10", "market": "", "what": "Answers within 12 hours", "why": ""}

#: Each app's part of the table.
APPS = {each.name: import_module(f"tests.web.rows.{each.name}") for each in iter_modules(rows.__path__)}

TABLE = (
    # the frame
    Row("home", (IN, 302, 200, 200, 200, 302), note="those with one firm or network are led there"),
    Row("health", (200,) * 6),
    Row("theme", (302,) * 6, post={"theme": "dark"}),
    # a firm
    Row("new_firm", SIGNED_IN),
    Row("firm", READ, of_firm),
    Row("firm_settings", READ, of_firm),
    Row("firm_settings", (IN, 404, 403, 403, 302, 404), of_firm, {"name": "Anchor Teas"}),
    Row("consent", (IN, 404, 403, 403, 302, 404), of_firm, {"network": "seven-quays", "item": "markets", "given": "yes"}),
    Row("members", READ, of_firm),
    Row("invite", OWN, of_firm, {"email": "new@example.org", "kind": "viewer"}),
    Row("withdraw_invitation", (IN, 404, 403, 403, 302, 404), lambda made: {**of_firm(made), "invitation_id": made.invitation.pk}, {}),
    Row("change_member", (IN, 404, 403, 403, 302, 404), lambda made: {**of_firm(made), "user_id": made.town.vera.pk}, {"role": "member"}),
    Row("invitation", (200, 200, 200, 200, 200, 200), lambda made: {"token": made.token}, note="the token is the permission; accepting needs the address"),
    Row("invitation", (200, 409, 409, 409, 409, 409), lambda made: {"token": made.token}, {}, note="nobody here has the invited address"),
    # data
    Row("data", READ, of_firm),
    Row("upload", (IN, 404, 403, 400, 400, 404), of_firm, {}, note="400: no file was sent"),
    Row("upload_preview", WRITE, lambda made: {**of_firm(made), "upload_id": made.upload.pk}),
    Row("upload_preview", (IN, 404, 403, 302, 302, 404), lambda made: {**of_firm(made), "upload_id": made.upload.pk}, {"do": "remove"}),
    Row("job", WRITE, lambda made: {**of_firm(made), "job_id": made.job.pk}),
    Row("import", READ, of_import),
    Row("undo", WRITE, of_import),
    Row("undo", (IN, 404, 403, 302, 302, 404), of_import, {}),
    Row("replay", WRITE, of_import),
    Row("replay", (IN, 404, 403, 400, 400, 404), of_import, {"mapping": "no mapping"}),
    Row("reread", WRITE, of_import),
    Row("reread", (IN, 404, 403, 302, 302, 404), of_import, {}),
    Row("forget", OWN, of_firm),
    Row("forget", OWN, of_firm, {"who": "c-1"}),
    Row("forget", (IN, 404, 403, 403, 302, 404), of_firm, {"who": "c-1", "do": "erase"}),
    Row("quarantine", READ, of_firm),
    Row("quarantine_csv", READ, of_firm),
    # markets
    Row("markets", SHARED, of_firm),
    Row("map_json", SHARED, of_firm),
    Row("bars_json", SHARED, of_firm),
    Row("expected", SHARED, of_firm),
    Row("expected_json", SHARED, of_firm),
    Row("by_potential", SHARED, of_firm),
    Row("explore", READ, of_firm),
    Row("explore_json", (IN, 404, 400, 400, 400, 404), of_firm, note="400: no budget was stated"),
    Row("market", SHARED, of_market),
    Row("months_json", SHARED, of_market),
    Row("prices_json", SHARED, of_market),
    Row("rate_json", SHARED, of_market),
    Row("market_open", (IN, 404, 404, 404, 404, 404), of_firm, note="404: no market was named"),
    # what people know and did: shown to supporters by a consent of its own
    Row("notes", READ, of_firm),
    Row("note_new", WRITE, of_firm),
    Row("note_new", (IN, 404, 403, 302, 302, 404), of_firm, NOTE),
    Row("note_edit", WRITE, of_note),
    Row("note_edit", (IN, 404, 403, 302, 302, 404), of_note, NOTE),
    Row("note_retire", (IN, 404, 403, 302, 302, 404), of_note, {}),
    Row("practice_new", WRITE, of_firm),
    Row("practice_new", (IN, 404, 403, 302, 302, 404), of_firm, CHANGE),
    Row("practice_edit", WRITE, of_change),
    Row("practice_edit", (IN, 404, 403, 302, 302, 404), of_change, CHANGE),
    Row("practice_withdraw", (IN, 404, 403, 302, 302, 404), of_change, {}),
    # rules of the markets
    Row("rules", READ, of_firm),
    Row("rules_csv", READ, of_firm),
    Row("products", READ, of_firm),
    Row("products", (IN, 404, 403, 302, 302, 404), of_firm, {"by": "sku", "pattern": "T-1", "tags": ["tea"]}),
    Row("products", (IN, 404, 403, 400, 400, 404), of_firm, {}, note="400: nothing was filled in"),
    Row("product_unit", (IN, 404, 403, 404, 404, 404), of_firm, note="404: no product was named"),
    Row("screening", READ, of_firm),
    Row("delivery", READ, of_firm),
    Row("delivery_json", (IN, 404, 400, 400, 400, 404), of_firm, note="400: nothing was asked for"),
    Row("freight_add", (IN, 404, 403, 400, 400, 404), of_firm, {}, note="400: no file was sent"),
    Row("market_rules", READ, of_market),
    Row("edit_rule", WRITE, of_market),
    Row("edit_rule", (IN, 404, 403, 400, 400, 404), of_market, {}, note="400: nothing was filled in"),
    # the plan and its parts
    Row("price", READ, of_firm),
    Row("signals", READ, of_firm, note="buyers' texts: not for supporters"),
    Row("signals_count", READ, of_firm),
    # platforms, and the registers
    Row("platforms", READ, of_firm),
    Row("decisions", READ, of_firm),
    Row("decision_new", WRITE, of_firm),
    Row("decision_new", (IN, 404, 403, 302, 302, 404), of_firm, DECISION),
    Row("risks", READ, of_firm),
    Row("risk_new", WRITE, of_firm),
    Row("risk_new", (IN, 404, 403, 302, 302, 404), of_firm, {**RISK, **RATING}),
    Row("risk", READ, of_risk),
    Row("risk", (IN, 404, 403, 409, 409, 404), of_risk, RATING, note="409: it says not which rating was seen"),
    Row("risk_close", (IN, 404, 403, 302, 302, 404), of_risk, {"why": "We left that platform."}),
    Row("partners", READ, of_firm),
    Row("partner_new", WRITE, of_firm),
    Row("partner_new", (IN, 404, 403, 302, 302, 404), of_firm, PARTNER),
    Row("partner", WRITE, of_partner),
    Row("partner", (IN, 404, 403, 302, 302, 404), of_partner, {**PARTNER, "version": "1"}),
    Row("partner", (IN, 404, 403, 409, 409, 404), of_partner, {**PARTNER, "version": "7"}, note="409: somebody else changed it"),
    Row("partner_end", (IN, 404, 403, 302, 302, 404), of_partner, {}),
    Row("network_partners", (*READ[:5], 200), of_network),
    Row("network_partner_new", (IN, 404, 403, 403, 403, 200), of_network),
    Row("network_partner_new", (IN, 404, 403, 403, 403, 302), of_network, PARTNER),
    Row("network_partner", (IN, 404, 403, 403, 403, 200), of_network_partner),
    Row("network_partner", (IN, 404, 403, 403, 403, 302), of_network_partner, {**PARTNER, "version": "1"}),
    Row("network_partner_end", (IN, 404, 403, 403, 403, 302), of_network_partner, {}),
    # the plan
    Row("plan", READ, of_firm),
    Row("plan_start", (IN, 404, 403, 302, 302, 404), of_firm, {}),
    Row("plan_agree", (IN, 404, 403, 302, 302, 404), of_firm, {"review": "2099-01-01"}),
    Row("plan_version", READ, lambda made: {**of_firm(made), "number": 1}),
    Row("plan_compare", READ, of_firm),
    Row("plan_since", READ, of_firm),
    Row("plan_swot", READ, of_firm),
    Row("plan_work", (IN, 404, 204, 204, 204, 404), of_firm),
    Row("plan_add", WRITE, of_firm),
    Row("plan_add", (IN, 404, 403, 302, 302, 404), of_firm, {"part": "price", "text": "Ask more.", "owner": "firm"}),
    Row("plan_line", READ, of_line),
    Row("plan_line", (IN, 404, 403, 302, 302, 404), of_line, {"revision": 1, "text": "Ask more.", "owner": "firm", "status": "doing"}),
    Row("plan_comment", (IN, 404, 403, 302, 302, 404), of_line, {"text": "Let us."}),
    Row("plan_move", (IN, 404, 403, 302, 302, 404), of_line, {"to": "up"}),
    Row("plan_pdf", READ, of_firm),
    Row("plan_xlsx", READ, of_firm),
    Row("plan_timeline_json", READ, of_firm),
    Row("profile", READ, of_firm),
    Row("promotion", READ, of_firm),
    Row("profile", (IN, 404, 403, 400, 400, 404), of_firm, {}, note="400: the form came without its rows"),
    # relationships: names of buyers are not for supporters
    Row("forecast", READ, of_firm),
    Row("forecast_json", READ, of_firm),
    Row("forecast_csv", READ, of_firm),
    # a network
    Row("new_network", SIGNED_IN),
    Row("network", (*READ[:5], 200), of_network),
    Row("network_facts", (IN, 404, 403, 403, 403, 200), of_network),
    Row("network_invite", (IN, 404, 403, 403, 403, 200), of_network, {"email": "new@example.org", "kind": "join"}),
    Row("member_facts", (IN, 404, 404, 404, 200, 200), of_member),
    Row("leave_network", (IN, 404, 404, 404, 302, 404), of_member, {}),
    # one's own account: allauth's pages know only the person who asks
    Row("account_login", (200, 302, 302, 302, 302, 302)),
    Row("account_logout", (302, 200, 200, 200, 200, 200)),
    Row("account_signup", (200, 302, 302, 302, 302, 302), note="closed: says that one needs an invitation"),
    Row("account_inactive", (200,) * 6),
    Row("account_reauthenticate", (IN, 200, 200, 200, 200, 200)),
    Row("account_email", SIGNED_IN),
    Row("account_email_verification_sent", (200,) * 6),
    Row("account_confirm_email", (200,) * 6, lambda _: {"key": "nothing"}, note="says that the link is no good"),
    Row("account_change_password", SIGNED_IN),
    Row("account_set_password", (IN, 302, 302, 302, 302, 302)),
    Row("account_reset_password", (200,) * 6),
    Row("account_reset_password_done", (200,) * 6),
    Row("account_reset_password_from_key", (200,) * 6, lambda _: {"uidb36": "zz", "key": "nothing"}, note="says that the link is no good"),
    Row("account_reset_password_from_key_done", (200,) * 6),
    Row("account_confirm_login_code", (302,) * 6, note="switched off"),
    Row("mfa_index", SIGNED_IN),
    Row("mfa_authenticate", (302,) * 6, note="only amid signing in"),
    Row("mfa_reauthenticate", (IN, 302, 302, 302, 302, 302), note="leads to the password, as nobody here has a second factor"),
    Row("mfa_activate_totp", (IN, 302, 302, 302, 302, 302), note="asks for the password first"),
    Row("mfa_deactivate_totp", (IN, 404, 404, 404, 404, 404), note="nobody here has one"),
    Row("mfa_view_recovery_codes", (IN, 404, 404, 404, 404, 404)),
    Row("mfa_download_recovery_codes", (IN, 404, 404, 404, 404, 404)),
    Row("mfa_generate_recovery_codes", (IN, 302, 302, 302, 302, 302)),
    *(row for module in APPS.values() for row in module.ROWS),
)  # fmt: skip


@pytest.fixture(scope="module")
def _made_once(
    django_db_setup: None,
    django_db_blocker: Any,
    _prepared: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, Made]]:
    """Make it all once, in a transaction around the tests' own: there are hundreds, and each changes little."""
    home = tmp_path_factory.mktemp("permissions") / "home"
    shutil.copytree(_prepared[0], home)
    (home / "uploads").mkdir()
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(FONDACO_HOME=home, FILE_UPLOAD_TEMP_DIR=str(home / "uploads")):
            town = settled(home, _prepared[1])
            actions.set_consent(town.anchor, town.network, "markets", True, by=town.alice, now=NOW)
            made = prepared(town)
        yield home, made
        transaction.set_rollback(True)


@pytest.fixture
def made(_made_once: tuple[Path, Made], db: None, tmp_path: Path, settings: Any) -> Made:
    """What addresses point at, in a workspace and a transaction of the test's own."""
    home, made = _made_once
    settings.FONDACO_HOME = tmp_path / "home"
    settings.FILE_UPLOAD_TEMP_DIR = str(settings.FONDACO_HOME / "uploads")
    shutil.copytree(home, settings.FONDACO_HOME)
    return deepcopy(made)


def prepared(town: Town) -> Made:
    """Give the town's firm and network something of everything that an address can point at."""
    folder = town.anchor.uploads.model(firm=town.anchor, stored_as="0" * 32 + ".csv").path
    folder.parent.mkdir(parents=True)
    folder.write_text("Order,Date,Quantity,Unit price,Currency,Country\n1,2026-01-02,2,3.00,GBP,Italy\n")
    upload = Upload.objects.create(
        firm=town.anchor, by=town.alice, at=NOW, name="orders.csv", stored_as=folder.name, size=80
    )
    job = Job.objects.create(firm=town.anchor, kind="import", by=town.alice, made=NOW, upload=upload)
    invitation, token = actions.invite("dora@example.org", "viewer", to=town.anchor, by=town.alice, now=NOW)
    Invitation.objects.filter(pk=invitation.pk).update(expires=NOW.replace(year=2099))
    note = MarketNote.objects.create(
        firm=town.anchor, market="DEU", part="customers", text="They ask for loose tea.", source="A fair",
        where="Alice", day=NOW.date(), review_by=NOW.date().replace(year=2027), by=town.alice, made=NOW,
    )  # fmt: skip
    change = PracticeChange.objects.create(
        firm=town.anchor, day=NOW.date(), what="Keywords in German", by=town.alice, made=NOW
    )
    risk = Risk.objects.create(
        firm=town.anchor, kind="policy", what="Duty on tea", review_by=NOW.date(), by=town.alice, made=NOW
    )
    RiskRating.objects.create(
        risk=risk, day=NOW.date(), likelihood=2, impact=3, why="Talk of it", by=town.alice, made=NOW
    )
    Decision.objects.create(
        firm=town.anchor, day=NOW.date(), question="Which?", options=["Etsy", "eBay"], criteria=["fees"],
        chosen="Etsy", reasons="Pots.", decided_by="Alice", by=town.alice, made=NOW,
    )  # fmt: skip
    for holder in ({"firm": town.anchor}, {"network": town.network}):
        Partner.objects.create(
            **holder,
            kind="agency",
            name="Loud Words",
            does="Adverts",
            checked=NOW.date(),
            by=town.alice,
            made=NOW,
        )
    said = {
        "fingerprint": "0" * 64,
        "made": "2026-03-02",
        "targets": [],
        "conflicts": [],
        "unknown": [],
        "basis": {},
    }
    parts = {part: {"says": "", "actions": [], "unknown": [], "facts": {}, "basis": {}} for part in JOINED}
    plan = plans.start(town.anchor, {**said, "parts": parts}, by=town.alice, now=NOW)
    plans.start(town.anchor, {**said, "parts": parts}, by=town.alice, now=NOW)
    newest = plan.plan.newest
    assert newest is not None
    line = plans.add(newest, "price", "Ask.", "firm", None, firm=town.anchor, by=town.alice, now=NOW)
    plans.comment(line, "Let us wait.", firm=town.anchor, by=town.alice, now=NOW)
    LineEdit.objects.create(
        line=line, revision=0, text="Ask for less.", owner="The firm", status="open", by=town.alice, at=NOW
    )
    more = {name: module.prepare(town) for name, module in APPS.items() if hasattr(module, "prepare")}
    return Made(town, upload, job, invitation, token, note, change, line, more)


def check(made: Made, row: Row, role: str) -> None:
    town = made.town
    who = dict(zip(ROLES, (None, town.charlie, town.vera, town.bob, town.alice, town.sven), strict=True))[
        role
    ]
    client = town.as_(who)
    address = reverse(row.name, kwargs=row.names(made))
    answer = client.get(address) if row.post is None else client.post(address, row.post)
    expected = row.expected[ROLES.index(role)]
    if expected == IN:
        assert answer.status_code == 302, role
        assert answer["Location"].startswith("/accounts/login/?next="), role
    else:
        assert answer.status_code == expected, role


@pytest.mark.requirement("X03")
@pytest.mark.parametrize("row", [row for row in TABLE if row.post is None], ids=lambda row: row.name)
def test_each_role_is_shown_what_the_table_says(made: Made, row: Row) -> None:
    for role in ROLES:
        check(made, row, role)


def turns(row: Row) -> list[list[str]]:
    """Return roles that can act one after the other: all who are refused and one who is not; the others each alone."""
    let_in = [
        role
        for role, expected in zip(ROLES, row.expected, strict=True)
        if isinstance(expected, int) and expected < 400
    ]
    refused = [role for role in ROLES if role not in let_in]
    return [[*refused, *let_in[:1]], *([role] for role in let_in[1:])]


@pytest.mark.requirement("X03")
@pytest.mark.parametrize(
    ("row", "roles"),
    [
        pytest.param(row, roles, id=f"{row.name}-{roles[-1]}")
        for row in TABLE
        if row.post is not None
        for roles in turns(row)
    ],
)
def test_each_role_may_do_what_the_table_says(made: Made, row: Row, roles: list[str]) -> None:
    for role in roles:
        check(made, row, role)


def names_of_all(resolver: URLResolver) -> list[str]:
    names: list[str] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            names.append(pattern.name or str(pattern.pattern))
        else:
            names += names_of_all(pattern)
    return names


@pytest.mark.requirement("X03")
def test_every_address_is_in_the_table() -> None:
    assert set(names_of_all(get_resolver())) == {row.name for row in TABLE}


def test_no_two_addresses_share_a_name() -> None:
    twice = [name for name, times in Counter(names_of_all(get_resolver())).items() if times > 1]
    assert twice == []


@pytest.mark.parametrize("row", [row for row in TABLE if row.expected is SHARED], ids=lambda row: row.name)
def test_without_consent_a_supporter_sees_nothing(made: Made, row: Row) -> None:
    town = made.town
    actions.set_consent(town.anchor, town.network, "markets", False, by=town.alice, now=NOW)
    assert town.as_(town.sven).get(reverse(row.name, kwargs=row.names(made))).status_code == 404


def test_consent_ends_when_the_firm_leaves_the_network(made: Made) -> None:
    town = made.town
    membership = town.anchor.network_memberships.get()
    actions.leave_network(membership, by=town.alice, now=NOW)
    assert town.as_(town.sven).get(reverse("markets", kwargs=of_firm(made))).status_code == 404


@pytest.mark.parametrize("role", ["outsider", "supporter"])
def test_a_stranger_cannot_tell_a_firm_from_none(made: Made, role: str) -> None:
    client = made.town.as_(made.town.charlie if role == "outsider" else made.town.sven)
    there = client.get(reverse("data", kwargs=of_firm(made)))
    nowhere = client.get(reverse("data", kwargs={"slug": "no-such-firm"}))
    assert there.status_code == nowhere.status_code == 404
    assert without_tokens(there.content) == without_tokens(nowhere.content)


def without_tokens(page: bytes) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.decode())
    return text.replace("anchor-teas", "no-such-firm")


def test_uploads_and_jobs_of_another_firm_are_out_of_reach(made: Made) -> None:
    town = made.town
    client = town.as_(town.charlie)
    for name, names in (("upload_preview", {"upload_id": made.upload.pk}), ("job", {"job_id": made.job.pk})):
        assert client.get(reverse(name, kwargs={"slug": "borealis", **names})).status_code == 404
    for name in ("import", "undo", "replay"):
        kwargs = {"slug": "borealis", "import_id": town.import_id}
        assert client.get(reverse(name, kwargs=kwargs)).status_code == 404


def test_a_form_from_elsewhere_is_refused(made: Made) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(made.town.alice)
    answer = client.post(reverse("undo", kwargs=of_import(made)))
    assert answer.status_code == 403
    assert b"out of date" in answer.content
