"""The words of the mails: a digest, and a warning before answers are due.

Of a buyer's words only a short line is quoted, without line breaks; what they wrote is never sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fondaco.reference import countries
from fondaco.reference.time_zones import zone
from fondaco.web.accounts.models import Firm
from fondaco.web.desk import names
from fondaco.web.inquiries.models import Case
from fondaco.web.today import gathering
from fondaco.web.today.gathering import Clock
from fondaco.web.today.models import Morning, Wish

#: Letters of what a buyer is called, and of one other line.
NAME, LINE = 60, 120
SALT = "fondaco.today.stop"


@dataclass(frozen=True)
class Said:
    """What a mail says: a subject, sections of lines; nothing to say where there is no section."""

    subject: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def line_of(text: object, most: int = LINE) -> str:
    r"""Return a text as one short line: no breaks, no signs that cannot be printed.

    >>> line_of("Ann\r\nBcc: all@example.org", 12)
    'Ann Bcc: al…'
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def token_of(wish: Wish) -> str:
    """Return what stops a wish's mails for whoever holds it: signed, and of no other use."""
    return signing.dumps(wish.pk, salt=SALT, compress=False)


def wish_of(token: str) -> Wish | None:
    """Return the wish of a token; None where it is none of ours."""
    try:
        number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Wish.objects.select_related("firm", "user").filter(pk=number).first()


def digest_of(firm: Firm, wish: Wish, home_zone: str, *, now: datetime) -> Said | None:
    """Return the digest of a person's firm; None where nothing waits."""
    day = now.astimezone(zone(home_zone)).date()
    clock = gathering.clock_of(firm, home_zone, now=now, user=wish.user)
    morning = Morning.objects.filter(firm=firm).first()
    sections = [
        (
            _clock_line(clock),
            tuple(case_line(case, now, home_zone) for case in gathering.next_cases(firm, now)),
        )
        if clock.waiting
        else None,
        _section(
            _("Next in the plan"), [_dated(line.text, line.due) for line in gathering.plan_due(firm, day)]
        ),
        _section(
            _("Standing agreements"),
            [_dated(row["agreement"].what, row["due"].day) for row in gathering.agreements_due(firm, day)],
        ),
        _still(morning, day),
    ]
    held = tuple(section for section in sections if section is not None)
    if not held:
        return None
    about = _clock_line(clock) if clock.waiting else held[0][0]
    return Said(line_of(f"{firm.name}: {about}"), held)


def warning_of(firm: Firm, cases: list[Case], home_zone: str, *, now: datetime) -> Said:
    """Return a warning of cases that will be due soon."""
    said = ngettext("%(n)d answer is due soon", "%(n)d answers are due soon", len(cases)) % {"n": len(cases)}
    lines = tuple(case_line(case, now, home_zone) for case in cases[: gathering.NEXT])
    return Said(line_of(f"{firm.name}: {said}"), ((said, lines),))


def _clock_line(clock: Clock) -> str:
    waits = ngettext("%(n)d waits", "%(n)d wait", clock.waiting) % {"n": clock.waiting}
    parts = [
        waits,
        _("%(n)d late") % {"n": clock.late} if clock.late else "",
        _("%(n)d due today") % {"n": clock.soon + clock.today} if clock.soon + clock.today else "",
        _("%(n)d new") % {"n": clock.fresh} if clock.fresh else "",
        _("%(n)d yours") % {"n": clock.mine} if clock.mine else "",
    ]
    return ", ".join(part for part in parts if part)


def case_line(case: Case, now: datetime, home_zone: str) -> str:
    """Return a case in a line: who, where, until when."""
    where = countries.name(case.market, str(names.locale())) if countries.is_market(case.market) else ""
    due = "" if case.due is None else format_datetime(case.due.astimezone(zone(home_zone)), "d MMM, HH:mm", locale=names.locale())  # fmt: skip
    parts = [line_of(case.who or case.key, NAME), where, gathering.in_words(case.due, now), due]
    parts.append(line_of(case.owner, NAME) if case.owner else _("nobody yet"))
    return " · ".join(part for part in parts if part)


def _section(title: str, lines: list[str]) -> tuple[str, tuple[str, ...]] | None:
    return (title, tuple(lines)) if lines else None


def _dated(text: str, day: date | None) -> str:
    return f"{line_of(text)} ({format_date(day, 'd MMM', locale=names.locale())})" if day else line_of(text)


def _still(morning: Morning | None, day: date) -> tuple[str, tuple[str, ...]] | None:
    """Return who stands still, on Mondays alone: it changes slowly, and is no reason to write each day."""
    if morning is None or not morning.facts.get("stalled") or day.weekday() != 0:
        return None
    lines = tuple(f"{line_of(one['name'], NAME)}: {line_of(one['says'])}" for one in morning.facts["stalled"])
    return _("Stand still: %(n)d") % {"n": morning.facts["stalled_in_all"]}, lines


def mail_of(said: Said, wish: Wish) -> EmailMultiAlternatives:
    """Return the mail, as plain text and as simple HTML, with how to stop it."""
    site = wish.site.rstrip("/")
    stop = site + reverse("digest_stop", kwargs={"token": token_of(wish)})
    context: dict[str, Any] = {
        "said": said, "firm": line_of(wish.firm.name), "stop": stop,
        "today": site + reverse("firm", kwargs={"slug": wish.firm.slug}),
        "settings": site + reverse("digest", kwargs={"slug": wish.firm.slug}),
    }  # fmt: skip
    mail = EmailMultiAlternatives(
        said.subject,
        render_to_string("today/mail.txt", context),
        to=[wish.user.email],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    mail.attach_alternative(render_to_string("today/mail.html", context), "text/html")
    return mail
