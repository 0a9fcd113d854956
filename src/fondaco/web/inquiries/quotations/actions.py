"""What people do with quotations and replies: lock, check, save, write the audit line.

The audit line holds what was done to which quotation, not what it says.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk import audit
from fondaco.web.inquiries import actions as cases
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import CaseState
from fondaco.web.inquiries.quotations.models import Quotation, SentReply, State, Version
from fondaco.workflows.quotations import Held

_GAP = re.compile(r"\[\[.{0,200}?\]\]", re.DOTALL)
#: Letters of a reply, at most.
_LONGEST = 8000


@transaction.atomic
def make(held: Held, *, firm: Firm, by: User, now: datetime) -> Quotation:
    """Keep a new quotation with its first version."""
    locked = Firm.objects.select_for_update().get(pk=firm.pk)  # two at once get two numbers
    last = Quotation.objects.filter(firm=locked).aggregate(last=Max("number"))["last"] or 0
    said, case = held.quotation, held.case.case if held.case is not None else None
    quotation = Quotation.objects.create(
        firm=locked, number=last + 1, case=said.case, kind=case.kind if case else "",
        received=case.received if case else None, buyer=said.buyer, market=said.market, by=by, made=now,
    )  # fmt: skip
    _add(quotation, 1, held, by=by, now=now)
    audit.record("quotation.made", by=by, now=now, firm=firm, quotation=quotation.pk, number=quotation.number)
    return quotation


@transaction.atomic
def change(quotation: Quotation, held: Held, *, seen: int, firm: Firm, by: User, now: datetime) -> Version:
    """Make a new version of a quotation; `seen` is the number of the version that the change began from.

    Raises
    ------
    Refused
        Where somebody else made a version meanwhile, nothing changed, or the buyer has decided.
    """
    locked = _lock(quotation, firm)
    newest = locked.newest
    if newest.number != seen:
        raise Refused(
            _("Somebody else made a new version meanwhile: open it again, and add your change to theirs.")
        )
    if locked.state in (State.ACCEPTED, State.REFUSED):
        raise Refused(_("The buyer has decided on this quotation: make a new one."))
    if newest.content == held.quotation.to_json():
        raise Refused(_("Nothing was changed."))
    locked.buyer, locked.market = held.quotation.buyer, held.quotation.market
    locked.save(update_fields=["buyer", "market"])
    version = _add(locked, newest.number + 1, held, by=by, now=now)
    _audit("quotation.changed", locked, version, by=by, now=now)
    return version


@transaction.atomic
def release(quotation: Quotation, *, seen: int, firm: Firm, by: User, now: datetime) -> Version:
    """Let a version go out that goes beyond its writer's authority; only an owner comes here.

    Raises
    ------
    Refused
        Where it is not the newest version, or needs no release.
    """
    version = _newest(_lock(quotation, firm), seen)
    if version.may_go:
        raise Refused(_("This version needs no release."))
    version.released, version.released_by = now, by
    version.save(update_fields=["released", "released_by"])
    _audit("quotation.released", quotation, version, by=by, now=now)
    return version


@transaction.atomic
def mark_sent(quotation: Quotation, *, seen: int, firm: Firm, by: User, now: datetime) -> Version:
    """Note that a person sent a version; Fondaco itself sends nothing.  The case that it answers is answered with it.

    Raises
    ------
    Refused
        Where it is not the newest version, was sent before, must be released first, or the buyer has decided.
    """
    locked = _lock(quotation, firm)
    version = _newest(locked, seen)
    if locked.state in (State.ACCEPTED, State.REFUSED):
        raise Refused(_("The buyer has decided on this quotation: make a new one."))
    if version.sent is not None:
        raise Refused(_("This version is marked as sent already."))
    if not version.may_go:
        raise Refused(_("This version goes beyond your authority: an owner has to release it first."))
    version.sent, version.sent_by = now, by
    version.save(update_fields=["sent", "sent_by"])
    locked.state = State.SENT
    locked.save(update_fields=["state"])
    if locked.case:
        said = _("Quotation %(number)s, version %(version)s") % {
            "number": locked.number,
            "version": version.number,
        }
        cases.quoted(firm, locked.case, said, who=Who.of(by), now=now)
    _audit("quotation.sent", locked, version, by=by, now=now)
    return version


@transaction.atomic
def settle(
    quotation: Quotation,
    *,
    accepted: bool,
    reason: str,
    lost: bool = False,
    firm: Firm,
    by: User,
    now: datetime,
) -> Quotation:
    """Note what the buyer decided on the version that was sent last; one that is accepted wins its case.

    Parameters
    ----------
    lost
        Whether the case is lost with a quotation that was refused; a person says so, for the talk may go on.

    Raises
    ------
    Refused
        Where nothing was sent, or the buyer has decided already.
    InputError
        Where it was refused and no reason is stated.
    """
    locked = _lock(quotation, firm)
    if locked.state != State.SENT:
        raise Refused(_("Only a quotation that was sent, and is open, can be accepted or refused."))
    if not accepted and not reason.strip():
        raise InputError(_("Say why it was refused, as far as the buyer told; “no answer” is a reason too."))
    locked.state = State.ACCEPTED if accepted else State.REFUSED
    locked.reason, locked.settled = ("" if accepted else reason.strip()[:300]), now
    locked.save(update_fields=["state", "reason", "settled"])
    if locked.case and (accepted or lost):
        became = CaseState.WON if accepted else CaseState.LOST
        cases.decided_by(firm, locked.case, locked.number, became, locked.reason, who=Who.of(by), now=now)
    audit.record("quotation.settled", by=by, now=now, firm=firm, quotation=locked.pk, state=str(locked.state))
    return locked


@transaction.atomic
def reopen(quotation: Quotation, *, firm: Firm, by: User, now: datetime) -> Quotation:
    """Take back what was noted of the buyer's decision, and what it made of the case if nobody changed that since.

    Raises
    ------
    Refused
        Where no decision is noted.
    """
    locked = _lock(quotation, firm)
    if locked.state not in (State.ACCEPTED, State.REFUSED):
        raise Refused(_("No decision is noted that could be taken back."))
    locked.state, locked.reason, locked.settled = State.SENT, "", None
    locked.save(update_fields=["state", "reason", "settled"])
    others = Quotation.objects.filter(firm=firm, case=locked.case, state=State.ACCEPTED)
    if locked.case and not others.exists():  # a case stays won by another of its quotations
        cases.undecided_by(firm, locked.case, locked.number, who=Who.of(by), now=now)
    audit.record("quotation.reopened", by=by, now=now, firm=firm, quotation=locked.pk)
    return locked


@transaction.atomic
def keep_reply(
    text: str, *, case: str, template: str, language: str, firm: Firm, by: User, now: datetime
) -> SentReply:
    """Keep a reply that a person says they sent, to draft later ones from.

    Raises
    ------
    InputError
        Where it is empty, too long, or gaps are left in it.
    """
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not clean or len(clean) > _LONGEST:
        raise InputError(_("A reply has from 1 to %(most)d letters.") % {"most": _LONGEST})
    if left := _GAP.search(clean):
        raise InputError(_("A gap is left in it: %(gap)s. Fill it in first.") % {"gap": left[0]})
    kept = SentReply.objects.create(
        firm=firm, case=case, template=template[:60], language=language, text=clean, by=by, made=now
    )
    audit.record("reply.kept", by=by, now=now, firm=firm, reply=kept.pk, template=kept.template)
    return kept


def _add(quotation: Quotation, number: int, held: Held, *, by: User, now: datetime) -> Version:
    return Version.objects.create(
        quotation=quotation,
        number=number,
        content=held.quotation.to_json(),
        beyond=list(held.beyond),
        by=by,
        made=now,
    )


def _lock(quotation: Quotation, firm: Firm) -> Quotation:
    held = Quotation.objects.select_for_update().get(pk=quotation.pk)
    if held.firm_id != firm.pk:
        raise Refused(_("This belongs to another firm."))
    return held


def _newest(quotation: Quotation, seen: int) -> Version:
    newest = quotation.newest
    if newest.number != seen:
        raise Refused(_("There is a newer version by now: look at it first."))
    return newest


def _audit(what: str, quotation: Quotation, version: Version, *, by: User, now: datetime) -> None:
    audit.record(
        what,
        by=by,
        now=now,
        firm=quotation.firm,
        quotation=quotation.pk,
        number=quotation.number,
        version=version.number,
    )
