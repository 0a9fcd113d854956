"""The digest and the warnings by mail: once, bounded, inert, and nothing where nothing waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import Town

from fondaco.web.accounts.models import Membership
from fondaco.web.inquiries.models import Case, CaseState
from fondaco.web.today import actions, composing, sending
from fondaco.web.today.composing import token_of
from fondaco.web.today.models import Digest, Warned, Wish

HERE = {"slug": "anchor-teas"}
#: A Tuesday, seven in London in summer: six of universal time.
SEVEN = datetime(2026, 6, 2, 6, tzinfo=UTC)
EVENING = SEVEN - timedelta(hours=12)


@pytest.fixture
def site(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town; the desk counts as just looked at."""
    monkeypatch.setattr(sending, "want_look", lambda *_, **__: type("Look", (), {"wanted": None}))
    return town


def wish(town: Town, who: Any = None, hour: int | None = 7, ahead: int = 0) -> Wish:
    return actions.wish(town.anchor, who or town.alice, hour, ahead, site="http://desk.example/", now=EVENING)


def case(town: Town, number: int = 1, due: datetime = SEVEN + timedelta(hours=3), **more: Any) -> Case:
    said: dict[str, Any] = {
        "firm": town.anchor, "key": f"fair:{number}", "platform": "fair", "number": str(number), "source": "typed",
        "name": f"Buyer {number}", "market": "KOR", "received": SEVEN - timedelta(hours=20), "made": SEVEN,
        "position": number, "due": due, "message": "SECRET WORDS",
    } | more  # fmt: skip
    return Case.objects.create(**said)


@pytest.mark.requirement("F40")
def test_a_digest_comes_once_a_day_at_the_hour_of_the_firms_zone(site: Town) -> None:
    wish(site)
    case(site)
    assert sending.tick(now=SEVEN - timedelta(minutes=1)) == 0
    assert [sending.tick(now=SEVEN + timedelta(minutes=n)) for n in (0, 1, 600)] == [1, 0, 0]
    assert sending.tick(now=SEVEN + timedelta(days=1)) == 1
    sent = mail.outbox[0]
    assert sent.to == ["alice@example.org"]
    assert sent.subject == "Anchor Teas: 1 waits, 1 due today, 1 new"
    assert "Buyer 1 · South Korea · in 3 h · 2 Jun, 10:00 · nobody yet" in str(sent.body)
    assert [each.outcome for each in Digest.objects.all()] == ["sent", "sent"]


def test_nothing_is_sent_where_nothing_waits_nor_later_that_day(site: Town) -> None:
    wish(site)
    case(site, state=CaseState.WON)
    assert sending.tick(now=SEVEN) == 0
    case(site, 2)
    assert sending.tick(now=SEVEN + timedelta(hours=1)) == 0
    assert Digest.objects.get().outcome == "nothing" and not mail.outbox


def test_a_crash_after_the_mail_went_out_does_not_send_it_twice(
    site: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(site)
    case(site)
    real = EmailMultiAlternatives.send

    def crash(held: EmailMultiAlternatives) -> int:
        real(held)
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMultiAlternatives, "send", crash)
    with pytest.raises(KeyboardInterrupt):
        sending.tick(now=SEVEN)
    monkeypatch.setattr(EmailMultiAlternatives, "send", real)
    assert sending.tick(now=SEVEN + timedelta(minutes=1)) == 0
    assert len(mail.outbox) == 1


def test_where_no_mail_can_be_sent_it_is_tried_again(site: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    wish(site)
    case(site)

    class Down:
        def open(self) -> None:
            raise ConnectionRefusedError

    with monkeypatch.context() as without:
        without.setattr(sending, "get_connection", Down)
        assert sending.tick(now=SEVEN) == 0 and not Digest.objects.exists()
    assert sending.tick(now=SEVEN + timedelta(minutes=5)) == 1


def test_one_wish_that_fails_leaves_the_others_theirs(site: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in (site.alice, site.bob):
        wish(site, who)
    case(site)
    real = composing.mail_of

    def fails(said: Any, held: Wish) -> Any:
        if held.user == site.alice:
            raise RuntimeError
        return real(said, held)

    monkeypatch.setattr(composing, "mail_of", fails)
    assert sending.tick(now=SEVEN) == 1
    assert mail.outbox[0].to == ["bob@example.org"]
    assert Digest.objects.get(wish__user=site.alice).outcome == "failed"


def test_who_left_the_firm_or_may_not_sign_in_gets_nothing(site: Town) -> None:
    for who in (site.alice, site.bob, site.vera):
        wish(site, who)
    case(site)
    Membership.objects.filter(user=site.bob).delete()
    site.vera.is_active = False
    site.vera.save()
    assert sending.tick(now=SEVEN) == 1
    assert mail.outbox[0].to == ["alice@example.org"]


def test_an_hour_that_had_passed_when_it_was_wished_for_counts_from_the_next_day(site: Town) -> None:
    actions.wish(site.anchor, site.alice, 7, 0, site="http://desk.example/", now=SEVEN + timedelta(hours=1))
    case(site)
    assert sending.tick(now=SEVEN + timedelta(hours=2)) == 0
    assert sending.tick(now=SEVEN + timedelta(days=1)) == 1


@pytest.mark.requirement("F40")
def test_warnings_come_ahead_once_for_each_time_an_answer_falls_due(site: Town) -> None:
    wish(site, site.bob, None, 4)
    near = case(site, 1)
    case(site, 2, SEVEN + timedelta(hours=5))
    case(site, 3, SEVEN - timedelta(hours=1))  # late already
    case(site, 4, owner=site.alice)  # another's
    assert [sending.tick(now=SEVEN + timedelta(minutes=n)) for n in (0, 1)] == [1, 0]
    assert mail.outbox[0].subject == "Anchor Teas: 1 answer is due soon"
    assert "Buyer 1" in str(mail.outbox[0].body) and "Buyer 2" not in str(mail.outbox[0].body)
    near.due = SEVEN + timedelta(hours=27)  # answered, and the buyer wrote again
    near.save(update_fields=["due"])
    assert sending.tick(now=SEVEN + timedelta(days=1)) == 1
    assert Warned.objects.filter(case=near).count() == 2


def test_names_of_buyers_and_firms_cannot_reach_the_heads_of_a_mail(site: Town) -> None:
    site.anchor.name = "Anchor\r\nBcc: all@example.org"
    site.anchor.save()
    wish(site)
    case(site, name="Kim\r\n\r\n<script>x</script> " + "long " * 40)
    assert sending.tick(now=SEVEN) == 1
    sent = mail.outbox[0]
    assert isinstance(sent, EmailMultiAlternatives)
    held = message_from_bytes(sent.message().as_bytes())
    assert held["Bcc"] is None and "\n" not in str(sent.subject)
    page, _kind = sent.alternatives[0]
    assert "<script>" not in str(page) and "&lt;script&gt;" in str(page)
    assert all(len(line) < 200 for line in str(sent.body).splitlines() if line.startswith("- "))
    assert "SECRET WORDS" not in str(sent.body) + str(page)


def test_the_link_in_the_mail_stops_it_without_signing_in(site: Town) -> None:
    held = wish(site, ahead=2)
    case(site)
    sending.tick(now=SEVEN)
    sent = mail.outbox[0]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = reverse("digest_stop", kwargs={"token": token_of(held)})
    assert sent.extra_headers["List-Unsubscribe"] == f"<http://desk.example{address}>"
    outside = Client(enforce_csrf_checks=True)
    assert outside.get(address).status_code == 200
    held.refresh_from_db()
    assert held.hour == 7  # a visit alone stops nothing
    assert outside.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Wish.objects.filter(pk=held.pk, hour=None, ahead=0).exists()
    assert outside.get(reverse("digest_stop", kwargs={"token": "x" + token_of(held)})).status_code == 404


def test_everybody_wishes_for_themselves(site: Town) -> None:
    client, address = site.as_(site.vera), reverse("digest", kwargs=HERE)
    assert not Wish.objects.exists()  # nobody is written to unasked
    assert client.post(address, {"hour": "6", "ahead": "2"}).status_code == 302
    held = Wish.objects.get()
    assert (held.user, held.hour, held.ahead, held.site) == (site.vera, 6, 2, "http://testserver/")
    for wrong in ({"hour": "24", "ahead": "0"}, {"hour": "x", "ahead": "0"}, {"hour": "6", "ahead": "99"}):
        assert client.post(address, wrong).status_code == 400
    assert client.post(address, {"hour": "", "ahead": "0"}).status_code == 302
    assert Wish.objects.filter(pk=held.pk, hour=None, ahead=0).exists()


def test_the_command_sends_now_and_once(site: Town, capsys: pytest.CaptureFixture[str]) -> None:
    wish(site, hour=23)
    case(site, received=timezone.now() - timedelta(hours=20))
    for _ in range(2):
        call_command("today_digest", now=True)
    assert capsys.readouterr().out == "1 sent\n0 sent\n"
