"""Signing in, inviting, changing roles; what a network keeps."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import NOW, PASSWORD, Town

from fondaco.kernel import Refused
from fondaco.web.accounts import actions
from fondaco.web.accounts.models import Firm, Invitation, Membership, NetworkMembership, Role, User
from fondaco.web.desk.models import AuditLine


def test_one_signs_in_with_an_address_in_any_case(town: Town) -> None:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "Alice@Example.org", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(reverse("firm", kwargs={"slug": "anchor-teas"})).status_code == 200


def test_a_wrong_password_and_a_wrong_address_look_alike(town: Town) -> None:
    def errors(address: str) -> object:
        answer = Client().post(reverse("account_login"), {"login": address, "password": "wrong"})
        return answer.context["form"].errors

    assert errors("alice@example.org") == errors("nobody@example.org")


def test_guessing_passwords_is_slowed_down(town: Town, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}  # type: ignore[attr-defined]
    client = Client()
    for _ in range(3):
        client.post(reverse("account_login"), {"login": "alice@example.org", "password": "wrong"})
    answer = client.post(reverse("account_login"), {"login": "alice@example.org", "password": PASSWORD})
    assert "Too many failed login attempts" in answer.content.decode()


@pytest.mark.django_db
def test_the_first_visitor_makes_the_first_account_and_then_the_door_closes() -> None:
    client = Client()
    assert "make the first one" in client.get(reverse("account_login")).content.decode()
    signup = {"email": "first@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("account_signup"), signup).status_code == 302
    assert client.get(reverse("home")).status_code == 200
    other = Client().post(reverse("account_signup"), {**signup, "email": "second@example.org"})
    assert "By invitation" in other.content.decode()
    assert User.objects.count() == 1


def link_in_last_mail() -> str:
    found = re.search(r"http://testserver(/invitations/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def invite(town: Town, email: str, kind: str) -> str:
    address = reverse("invite", kwargs={"slug": "anchor-teas"})
    assert town.as_(town.alice).post(address, {"email": email, "kind": kind}).status_code == 200
    return link_in_last_mail()


@pytest.mark.requirement("X03")
def test_an_invited_person_makes_an_account_and_gets_the_role(town: Town) -> None:
    link = invite(town, "dora@example.org", "member")
    client = Client()
    assert "Make an account" in client.get(link).content.decode()
    signup = {"password1": PASSWORD, "password2": PASSWORD}
    other = client.post(reverse("account_signup"), {**signup, "email": "mallory@example.org"})
    assert "The invitation is for dora@example.org" in other.content.decode()
    client.post(reverse("account_signup"), {**signup, "email": "dora@example.org"})
    answer = client.post(link)
    assert answer["Location"] == reverse("firm", kwargs={"slug": "anchor-teas"})
    assert Membership.objects.get(user__email="dora@example.org").role == Role.MEMBER


def test_an_invitation_is_good_once_for_one_person_for_some_days(town: Town) -> None:
    invitation, token = actions.invite(
        "charlie@example.org", "viewer", to=town.anchor, by=town.alice, now=NOW
    )
    with pytest.raises(Refused, match=r"charlie@example\.org"):
        actions.accept(token, user=town.sven, now=NOW)
    with pytest.raises(Refused, match="out of date"):
        actions.accept(token, user=town.charlie, now=NOW + timedelta(days=7))
    actions.accept(token, user=town.charlie, now=NOW + timedelta(days=6))
    with pytest.raises(Refused, match="used"):
        actions.accept(token, user=town.charlie, now=NOW + timedelta(days=6))
    assert token not in str(vars(Invitation.objects.get(pk=invitation.pk)))


def test_a_withdrawn_invitation_opens_nothing(town: Town) -> None:
    invitation, token = actions.invite(
        "charlie@example.org", "viewer", to=town.anchor, by=town.alice, now=timezone.now()
    )
    actions.withdraw(invitation, by=town.alice, now=timezone.now())
    assert Client().get(reverse("invitation", kwargs={"token": token})).status_code == 404


def test_an_invitation_takes_no_right_away(town: Town) -> None:
    _, token = actions.invite("alice@example.org", "viewer", to=town.anchor, by=town.alice, now=NOW)
    actions.accept(token, user=town.alice, now=NOW)
    assert Membership.objects.get(firm=town.anchor, user=town.alice).role == Role.OWNER


def test_a_firm_keeps_an_owner(town: Town) -> None:
    with pytest.raises(Refused, match="needs an owner"):
        actions.set_role(town.anchor, town.alice.pk, Role.VIEWER, by=town.alice, now=NOW)
    with pytest.raises(Refused, match="needs an owner"):
        actions.remove_member(town.anchor, town.alice.pk, by=town.alice, now=NOW)
    actions.set_role(town.anchor, town.bob.pk, Role.OWNER, by=town.alice, now=NOW)
    actions.remove_member(town.anchor, town.alice.pk, by=town.bob, now=NOW)
    assert town.as_(town.alice).get(reverse("firm", kwargs={"slug": "anchor-teas"})).status_code == 404


def test_a_firm_is_made_in_the_ledger_too(town: Town) -> None:
    client = town.as_(town.charlie)
    answer = client.post(reverse("new_firm"), {"name": "Čaj & Co", "home": "CZE", "currency": "CZK"})
    assert answer["Location"] == "/f/caj-co/data/"
    assert client.get("/f/caj-co/").status_code == 200
    again = town.as_(town.sven).post(
        reverse("new_firm"), {"name": "Caj Co", "home": "CZE", "currency": "CZK"}
    )
    assert again.status_code == 400
    assert "another name" in again.content.decode()


@pytest.mark.requirement("S27")
def test_a_network_keeps_founding_recognition_and_what_its_members_state(town: Town) -> None:
    client = town.as_(town.sven)
    facts = {
        "name": "Seven Quays",
        "founded_on": "2019-03-01",
        "recognised_on": "2020-05-04",
        "recognised_by": "Region of the Lakes",
    }
    assert client.post(reverse("network_facts", kwargs={"slug": "seven-quays"}), facts).status_code == 302
    stated = {
        "joined_on": "2019-03-01",
        "export_share": "62.5",
        "export_share_year": "2025",
        "markets": "Germany, FRA, Japan",
    }
    address = reverse("member_facts", kwargs={"slug": "seven-quays", "firm_slug": "anchor-teas"})
    assert client.post(address, stated).status_code == 302
    membership = NetworkMembership.objects.get()
    assert (membership.export_share, membership.markets) == (Decimal("62.50"), ["DEU", "FRA", "JPN"])
    page = client.get(reverse("network", kwargs={"slug": "seven-quays"})).content.decode()
    for shown in ("1 Mar 2019", "4 May 2020", "Region of the Lakes", "62.5 %", "Germany, France, Japan"):
        assert shown in page


@pytest.mark.requirement("S27")
def test_a_network_is_not_recognised_before_it_is_founded(town: Town) -> None:
    facts = {
        "name": "Seven Quays",
        "founded_on": "2020-01-01",
        "recognised_on": "2019-01-01",
        "recognised_by": "X",
    }
    answer = town.as_(town.sven).post(reverse("network_facts", kwargs={"slug": "seven-quays"}), facts)
    assert answer.status_code == 400


def test_markets_that_are_not_understood_are_named(town: Town) -> None:
    address = reverse("member_facts", kwargs={"slug": "seven-quays", "firm_slug": "anchor-teas"})
    answer = town.as_(town.sven).post(address, {"markets": "Germany, Ruritania"})
    assert "Not understood: Ruritania" in answer.content.decode()


def test_a_firm_joins_a_network_by_its_owner(town: Town) -> None:
    _, token = actions.invite(
        "charlie@example.org", "join", to=town.network, by=town.sven, now=timezone.now()
    )
    link = reverse("invitation", kwargs={"token": token})
    client = town.as_(town.charlie)
    assert client.post(link, {"firm": town.anchor.pk}).status_code == 200  # not his: not among the choices
    assert client.post(link, {"firm": town.borealis.pk}).status_code == 302
    assert set(town.network.firms.all()) == {town.anchor, town.borealis}


def test_the_audit_trail_only_grows(town: Town) -> None:
    actions.set_role(town.anchor, town.bob.pk, Role.VIEWER, by=town.alice, now=NOW)
    line = AuditLine.objects.latest("pk")
    assert (line.who, line.what, line.data["after"]) == ("alice@example.org", "firm.role.changed", "viewer")
    for change in (
        line.save,
        line.delete,
        AuditLine.objects.all().delete,
        lambda: AuditLine.objects.update(what="nothing"),
        lambda: AuditLine.objects.filter(pk=line.pk).update(what="nothing"),
    ):
        with pytest.raises(TypeError, match="only grows"):
            change()


def code_for(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_with_a_second_factor_the_password_alone_is_not_enough(town: Town) -> None:
    signing_in = {"login": "alice@example.org", "password": PASSWORD}
    client = Client()
    client.post(reverse("account_login"), signing_in)
    activate = reverse("mfa_activate_totp")
    asked = client.get(activate)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    client.post(asked["Location"], {"password": PASSWORD})
    page = client.get(activate)
    assert 'class="qr"' in page.content.decode()
    client.post(activate, {"code": code_for(page.context["form"].secret)})
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200

    other = Client()
    answer = other.post(reverse("account_login"), signing_in)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert other.get(reverse("mfa_authenticate")).status_code == 200
    assert other.get("/f/anchor-teas/").status_code == 302


@pytest.mark.django_db
def test_who_is_alone_here_owns_the_firms_made_on_the_command_line(home: Path) -> None:
    olivia = actions.ensure_user("olivia@example.org", PASSWORD)
    client = Client()
    client.force_login(olivia)
    client.get(reverse("home"))
    assert {firm.slug for firm in olivia.firms.all()} == {"anchor-teas", "borealis"}


def test_among_several_nobody_is_given_a_firm_unasked(town: Town) -> None:
    Membership.objects.filter(firm=town.borealis).delete()
    town.as_(town.vera).get(reverse("home"))
    assert not town.borealis.memberships.exists()


@pytest.mark.parametrize(
    "slug", ["knowledge", "shipping", "questions", "dashboard", "studies", "partners", "facts", "invite"]
)
def test_a_firm_may_be_called_as_a_page_of_its_network_is(town: Town, slug: str) -> None:
    firm = Firm.objects.create(slug=slug, name="Named so", home="GBR", currency="GBP")
    Membership.objects.create(firm=firm, user=town.alice, role="owner")
    NetworkMembership.objects.create(network=town.network, firm=firm)
    address = reverse("member_facts", kwargs={"slug": "seven-quays", "firm_slug": slug})
    page = town.as_(town.alice).get(address)
    assert page.status_code == 200 and "Named so" in page.content.decode()
