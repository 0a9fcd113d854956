"""The frame: health, headers, errors, settings, the demonstration's people."""

from __future__ import annotations

import io
import json
import logging
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from tests.web.conftest import Town

from fondaco.kernel import InputError, Refused
from fondaco.kernel.exports import neutralise
from fondaco.ledger import Workspace
from fondaco.web import demo
from fondaco.web.accounts.models import Firm, Membership, Network, NetworkMembership, User
from fondaco.web.desk.logs import JsonFormatter, TextFormatter
from fondaco.web.environment import database, envbool, envint, secret_key
from fondaco.workflows.demo_files.firms import NetworkFacts, NetworkMember


@pytest.mark.django_db
def test_health_is_good_when_database_and_ledger_answer(home: Path) -> None:
    answer = Client().get("/health/")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db
def test_health_tells_of_a_ledger_out_of_reach(home: Path) -> None:
    (home / "firms" / "anchor-teas.toml").write_text("no = settings")
    answer = Client().get("/health/")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["ledger out of reach"]


@pytest.mark.requirement("X03")
def test_every_page_carries_the_same_guards(town: Town) -> None:
    for answer in (
        Client().get("/accounts/login/"),
        town.as_(town.alice).get("/f/anchor-teas/"),
        Client().get("/no/such/page/"),
    ):
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", answer.content.decode())


def test_pages_of_a_firm_name_no_other_site(town: Town) -> None:
    for name in ("firm", "data", "markets", "members", "firm_settings"):
        page = town.as_(town.alice).get(reverse(name, kwargs={"slug": "anchor-teas"})).content.decode()
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page)


def test_who_has_hundreds_of_firms_finds_one_by_name_and_a_short_menu(town: Town) -> None:
    made = Firm.objects.bulk_create(
        Firm(slug=f"mill-{n}", name=f"Mill {n:03}", home="ITA", currency="EUR") for n in range(120)
    )
    Membership.objects.bulk_create(Membership(firm=firm, user=town.alice, role="owner") for firm in made)
    browser = town.as_(town.alice)
    first, second = (browser.get(reverse("home"), {"page": n}).content.decode() for n in (1, 2))
    assert "Mill 060" in first and "Mill 119" not in first
    assert "Mill 119" in second
    found = browser.get(reverse("home"), {"q": "ill 11"}).content.decode()
    listed = found[found.index("<main") :]
    assert listed.count("Mill ") == 10
    menu = found[: found.index("<main")]
    assert (menu.count('href="/f/'), "All your firms" in menu) == (12, True)


def test_a_network_of_thousands_lists_its_members_by_pages_and_finds_one(town: Town) -> None:
    made = Firm.objects.bulk_create(
        Firm(slug=f"mill-{n}", name=f"Mill {n:03}", home="ITA", currency="EUR") for n in range(120)
    )
    NetworkMembership.objects.bulk_create(NetworkMembership(network=town.network, firm=firm) for firm in made)
    browser, address = town.as_(town.sven), reverse("network", kwargs={"slug": town.network.slug})
    pages = [browser.get(address, {"page": n}).content.decode() for n in (1, 2)]
    told = [set(re.findall(r"Mill \d{3}", page)) for page in pages]
    assert len(told[0] | told[1]) == 120
    assert not told[0] & told[1]
    found = browser.get(address, {"q": "MILL 07"}).content.decode()
    assert set(re.findall(r"Mill \d{3}", found)) == {f"Mill 07{n}" for n in range(10)}


@pytest.mark.django_db
def test_an_unknown_page_says_so_in_the_site_s_own_look() -> None:
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()


@pytest.mark.django_db
def test_a_failure_shows_a_page_without_particulars(monkeypatch: pytest.MonkeyPatch) -> None:
    from fondaco.web.accounts import access

    def fail(request: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(access, "firms_of", fail)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("x@example.org", "x"))
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"swordfish" not in answer.content


def test_theme_is_kept_in_a_cookie_and_leads_back(db: None) -> None:
    client = Client()
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    assert client.post("/theme/", {"theme": "light", "next": "https://elsewhere.example/"})["Location"] == "/"


@pytest.mark.requirement("F24")
def test_markets_can_be_seen_as_they_were_known_on_a_past_day(town: Town) -> None:
    client = town.as_(town.vera)
    address = reverse("markets", kwargs={"slug": "anchor-teas"})
    now = client.get(address).context["card"]
    assert [row.market for row in now.foreign] == ["FRA", "DEU", "JPN"] or len(now.foreign) == 3
    assert str(now.market("DEU").net_revenue.quantize(1)) == "51"
    assert client.get(address, {"as_of": "2026-03-01"}).context["card"].markets == ()
    assert client.get(address, {"as_of": "no day"}).status_code == 200


@pytest.mark.parametrize("by", ["market", "-net_revenue", "growth", "-last_order", "nonsense", "-"])
def test_the_table_of_markets_can_be_sorted(town: Town, by: str) -> None:
    page = town.as_(town.vera).get(reverse("markets", kwargs={"slug": "anchor-teas"}), {"sort": by})
    assert {each["row"].market for each in page.context["rows"]} == {"DEU", "FRA", "JPN"}
    if by == "market":
        assert [each["row"].market for each in page.context["rows"]] == ["DEU", "FRA", "JPN"]


def test_a_log_line_is_one_json_object() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "GET %s\nagain", ("/",), None)
    record.ms = 3.5
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["text"], line["ms"]) == ("info", "GET /\nagain", 3.5)
    assert "\n" not in JsonFormatter().format(record)


#: Names in addresses that open something by themselves, and those that only look like it.
_OPENS, _NAMES = {"token", "key"}, {"evidence_study"}


def _opening() -> list[tuple[str, dict[str, Any]]]:
    """Return each address with a token in it: its name, and what fills it."""

    def walk(patterns: Any, given: dict[str, Any]) -> Any:
        for each in patterns:
            held = given | dict.fromkeys(each.pattern.regex.groupindex, "seven-quays")
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, held)
            elif _OPENS & set(held) and each.name not in _NAMES:
                yield each.name, held

    return list(walk(get_resolver().url_patterns, {}))


def test_no_token_of_an_address_stands_in_the_log() -> None:
    told = {"readiness_public", "invitation", "board_digest_end", "digest_stop", "account_confirm_email"}
    opening = _opening()
    assert told < {name for name, _ in opening}
    for name, fills in opening:
        path = reverse(name, kwargs={each: "SECRET" if each in _OPENS else fills[each] for each in fills})
        assert "SECRET" in path
        record = logging.LogRecord("x", logging.INFO, "f", 1, "GET %s 200", (path,), None)
        record.path = path
        line = json.loads(JsonFormatter().format(record))
        assert "SECRET" not in line["text"] + line["path"] and "***" in line["path"], name
        assert "SECRET" not in TextFormatter("%(message)s").format(record), name


@pytest.mark.django_db
def test_the_log_of_a_request_with_an_invitation_holds_no_token(home: Path) -> None:
    held = io.StringIO()
    handler = logging.StreamHandler(held)
    handler.setFormatter(JsonFormatter())
    log = logging.getLogger("fondaco.web")
    log.addHandler(handler)
    try:
        Client().get("/invitations/Zm9uZGFjby1zZWNyZXQ/")
    finally:
        log.removeHandler(handler)
    assert json.loads(held.getvalue())["path"] == "/invitations/***/"


def test_the_secret_key_is_made_once_and_is_its_owner_s(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "new")
    path = tmp_path / "new" / "secret_key"
    assert secret_key(tmp_path / "new") == key == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("said", ["true", "1", "yes", ""])
def test_a_switch_is_true_or_false(said: str) -> None:
    with pytest.raises(InputError, match="True or False"):
        envbool("DEBUG", False, {"DEBUG": said})


def test_a_number_is_a_number() -> None:
    with pytest.raises(InputError):
        envint("PORT", 8000, {"PORT": "eighty"})


def test_databases() -> None:
    assert database("sqlite:////tmp/x.sqlite3")["NAME"] == "/tmp/x.sqlite3"
    there = database("postgres://ada:s%40il@db.example:5433/desk?sslmode=require")
    assert (there["NAME"], there["HOST"], there["PORT"], there["OPTIONS"]) == (
        "desk",
        "db.example",
        "5433",
        {"sslmode": "require"},
    )
    for wrong in ("mysql://x/y", "postgres://host", "sqlite://", ""):
        with pytest.raises(InputError):
            database(wrong)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        (" =1", "' =1"),
        ("\t=1", "'\t'=1"),
        ("-12.50", "-12.50"),
        ("-1-1", "'-1-1"),
        (-4, -4),
        ("tea", "tea"),
        ("", ""),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_made_plain(cell: object, shown: object) -> None:
    assert neutralise(cell) == shown


FACTS = NetworkFacts(
    "Six Harbours (fictional)",
    2019,
    "an invented register",
    (NetworkMember("a", "A", "ITA", 0.5, ("DEU", "FRA")),),
)


@pytest.mark.django_db
@pytest.mark.requirement("S27")
def test_the_demonstration_has_a_person_for_every_role(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    firms = [workspace.create_firm(slug, home="ITA", currency="EUR", fictional=True) for slug in "abcdef"]
    told = demo.seed(workspace, firms, FACTS)
    assert [role for _, _, role in told] == ["owner", "member", "viewer", "supporter", "outsider"]
    for email, password, _ in told:
        assert User.objects.get(email=email).check_password(password)
    network = Network.objects.get()
    assert (network.fictional, network.firms.count()) == (True, 6)
    again = demo.seed(workspace, firms, FACTS)
    assert [password for _, password, _ in again] == [""] * 5


@pytest.mark.django_db
def test_demo_people_are_not_mixed_with_real_firms(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.create_firm("real", home="ITA", currency="EUR")
    with pytest.raises(Refused, match="real firm"):
        demo.seed(workspace, [], FACTS)


def test_no_migration_is_missing(db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
