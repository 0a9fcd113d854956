"""What people do with cases: lock, check, save, write the history and the audit line.

The audit line says what was done and to which case, not its text, which a person's right to be forgotten can still reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fondaco.desk.cases import kind_of, places_left
from fondaco.desk.fraud import signs
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import Firm, Membership, Role, User
from fondaco.web.desk import audit
from fondaco.web.inquiries.models import (
    OPEN_STATES,
    WITH_REASON,
    ApiToken,
    Case,
    CaseEvent,
    CaseNote,
    CaseState,
    Source,
)
from fondaco.web.inquiries.syncing import key_of, plain, words_of

#: What of a case people decide, by hand.
DECIDED = ("state", "reason", "owner", "account", "tags")
#: Notes, messages and answers that one case holds at most.
MOST_NOTES = 2000
#: The year before which nothing came in.
EARLIEST = 1990
#: How far a clock of another machine may run ahead.
AHEAD = timedelta(minutes=10)


class Meanwhile(Refused):
    """Somebody else changed the case since it was seen; `held` is as it stands now."""

    def __init__(self, held: Case) -> None:
        self.held = held
        last = held.events.exclude(who="fondaco").first()
        who = last.who if last else _("somebody else")
        super().__init__(
            _("%(who)s changed this case meanwhile. Nothing of yours was saved: compare, and save again.")
            % {"who": who}
        )


@dataclass(frozen=True)
class Who:
    """Who does something: a person, or a program by its token."""

    name: str
    user: User | None = None

    @classmethod
    def of(cls, user: User) -> Who:
        """Return a person."""
        return cls(user.email, user)


@transaction.atomic
def open_case(
    firm: Firm,
    number: str,
    said: Mapping[str, Any],
    *,
    platform: str,
    source: Source,
    who: Who,
    now: datetime,
) -> tuple[Case, bool]:
    """Open a case that no file tells of; one of the same number is returned as it is.

    Parameters
    ----------
    number
        Its number at the sender; with `platform` it makes the key.
    said
        ``kind``, ``received`` and what else of `Case` was told.

    Returns
    -------
    tuple
        The case, and whether it is new.

    Raises
    ------
    InputError
        Where it is said to have come in later than now, or before there were platforms.
    """
    if said["received"] > now + AHEAD:
        raise InputError(_("It is said to have come in after now: check the time and its zone."))
    if said["received"].year < EARLIEST:
        raise InputError(_("It is said to have come in before %(year)s: check the year.") % {"year": EARLIEST})  # fmt: skip
    case = Case(
        firm=firm, key=key_of(f"{platform}:{number}"), source=source, made=now, platform=platform, number=number[:220],
        **{name: value for name, value in said.items() if name != "kind"},
    )  # fmt: skip
    case.received = min(case.received, now)
    case.kind = kind_of(said.get("kind"))
    case.places_left = places_left(case.message) if case.kind == "rfq" else None
    case.words = words_of(case)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        return Case.objects.get(firm=firm, key=case.key), False
    _event(case, "opened", who, now, {}, {"source": source.value})
    audit.record("case.opened", by=who.user, now=now, firm=firm, case=case.pk, source=source.value)
    return case, True


@transaction.atomic
def change_case(case: Case, changes: Mapping[str, Any], *, seen: int | None, who: Who, now: datetime) -> Case:
    """Change what people decide of a case; `seen` is the version that the change began from.

    Raises
    ------
    Meanwhile
        Where somebody else changed it since.
    Refused
        Where a state wants a reason and none is given, or the owner may not answer for the firm.
    """
    held = _locked(case)
    if seen != held.version:
        raise Meanwhile(held)
    return _change(held, changes, who, now)


def _change(held: Case, changes: Mapping[str, Any], who: Who, now: datetime) -> Case:
    before = _decided(held)
    for name in DECIDED:
        if name in changes:
            setattr(held, name, changes[name])
    if held.state in WITH_REASON and not held.reason.strip():
        raise Refused(_("Say why it is held back or lost: the reason is what is learnt from."))
    if held.owner is not None and not answers_for(held.firm, held.owner):
        raise Refused(_("%(who)s is no member of the firm that may answer.") % {"who": held.owner})
    was, became = before["state"], held.state
    if became in OPEN_STATES and was not in OPEN_STATES:
        held.again = now  # taken up anew: it waits again from now
    elif became not in OPEN_STATES:
        held.again = None
    if became == CaseState.SPAM and held.answered is None and held.told_answered is None:
        held.answered = now
    return _keep(held, before, "changed", who, now)


@transaction.atomic
def answer(
    case: Case, text: str, at: datetime, *, state: str, seen: int | None, who: Who, now: datetime
) -> Case:
    """Record that the buyer was answered, so that the clock stops; people send, the program does not.

    Parameters
    ----------
    at
        When it was sent; not before the message, and not ahead.
    state
        ``waiting`` or ``quoted``.

    Raises
    ------
    Meanwhile
        Where somebody else changed the case since it was seen, such as by an answer.
    Refused
        Where the time cannot be.
    """
    held = _locked(case)
    if seen != held.version:
        raise Meanwhile(held)
    if not held.received <= at <= now + timedelta(minutes=1):
        raise Refused(_("An answer comes after the message and not ahead of now: check the time."))
    return _answered(held, text, at, state, who, now)


def _answered(held: Case, text: str, at: datetime, state: str, who: Who, now: datetime) -> Case:
    before = _decided(held)
    _write(held, CaseNote.Sort.ANSWER, text, at, who=who, now=now)
    held.answered = at if held.answered is None else min(held.answered, at)
    held.again, held.state = None, state
    if held.owner is None and who.user is not None:
        held.owner = who.user
    return _keep(held, before, "answered", who, now)


@transaction.atomic
def quoted(firm: Firm, key: str, text: str, *, who: Who, now: datetime) -> Case | None:
    """Record that the case of this key was answered by a quotation, in the transaction of the one who marks it sent.

    A case that people settled, held back or marked as spam stays as it is; returns None then, and where there is none.
    """
    case = _going_on(firm, key)
    return (
        None if case is None else _answered(case, text, max(now, case.received), CaseState.QUOTED, who, now)
    )


@transaction.atomic
def decided_by(
    firm: Firm, key: str, quotation: int, state: CaseState, reason: str = "", *, who: Who, now: datetime
) -> Case | None:
    """Record that a case is won or lost by what its buyer decided on the quotation of this number.

    A case that people settled, held back or marked as spam stays as it is; returns None then, and where there is none.
    """
    case = _going_on(firm, key)
    if case is None:
        return None
    before = _decided(case)
    case.state, case.reason, case.again = state, reason or case.reason, None
    return _keep(case, before, "quotation decided", who, now, quotation=quotation)


@transaction.atomic
def undecided_by(firm: Firm, key: str, quotation: int, *, who: Who, now: datetime) -> Case | None:
    """Bring back what stood before `decided_by`; a case whose state somebody changed since stays as it is."""
    case = _of_key(firm, key)
    last = (
        None
        if case is None
        else next((event for event in case.events.order_by("-pk") if "state" in event.after), None)
    )
    if (
        case is None
        or last is None
        or (last.what, last.after.get("quotation")) != ("quotation decided", quotation)
    ):
        return None
    before, again = _decided(case), last.before.get("again")
    case.state, case.reason = last.before["state"], last.before.get("reason", case.reason)
    case.again = None if again is None else datetime.fromisoformat(again)
    return _keep(case, before, "quotation undecided", who, now, quotation=quotation)


@transaction.atomic
def buyer_wrote(case: Case, text: str, at: datetime, *, who: Who, now: datetime, sent_as: str = "") -> bool:
    """Keep a further message of the buyer; an answered case waits again.  False where it was kept already."""
    held = _locked(case)
    if sent_as and held.notes.filter(sent_as=sent_as).exists():
        return False
    before = _decided(held)
    at = max(min(at, now), held.received)
    _write(held, CaseNote.Sort.MESSAGE, text, at, who=who, now=now, sent_as=sent_as)
    if held.state in (CaseState.HELD, CaseState.SPAM):
        _event(held, "the buyer wrote", who, now, {}, {})
        held.save(update_fields=["note_words"])
        return True
    if not _waits(held):
        held.again = max(at, held.answered or at)
        held.state = CaseState.WORKING
    _keep(held, before, "the buyer wrote", who, now)
    return True


def sent_again(case: Case, number: str, text: str, at: datetime, *, who: Who, now: datetime) -> bool:
    """Keep another text under an id that is known already as a further message; False where it was kept already.

    Its own id is made of the text, so that the same one sent again is known.
    """
    own = f"{number[:80]}#{sha256(text.encode()).hexdigest()[:32]}"
    return buyer_wrote(case, text, at, who=who, now=now, sent_as=own)


@transaction.atomic
def add_note(case: Case, text: str, *, who: Who, now: datetime) -> CaseNote:
    """Keep a note of ours."""
    held = _locked(case)
    note = _write(held, CaseNote.Sort.NOTE, text, now, who=who, now=now)
    held.save(update_fields=["note_words"])
    _event(held, "noted", who, now, {}, {"note": note.pk})
    audit.record("case.noted", by=who.user, now=now, firm=held.firm, case=held.pk, note=note.pk)
    return note


@transaction.atomic
def withdraw_note(note: CaseNote, *, who: Who, now: datetime) -> None:
    """Withdraw a note of ours; it stays in the record, struck out.

    Raises
    ------
    Refused
        Where it is what was said between firm and buyer, which happened.
    """
    held = _locked(note.case)
    kept = CaseNote.objects.select_for_update().get(pk=note.pk)
    if kept.sort != CaseNote.Sort.NOTE:
        raise Refused(_("What was said between you and the buyer happened: add a note instead."))
    if kept.withdrawn is None:
        kept.withdrawn = now
        kept.save(update_fields=["withdrawn"])
        _event(held, "note withdrawn", who, now, {"note": kept.pk}, {})
        audit.record("case.note.withdrawn", by=who.user, now=now, firm=held.firm, case=held.pk, note=kept.pk)


@transaction.atomic
def clear_sign(case: Case, sign: str, why: str, *, who: Who, now: datetime) -> Case:
    """Keep that somebody looked at a sign of fraud and found it harmless."""
    if sign not in signs():
        raise InputError(_("There is no such sign."))
    held = _locked(case)
    before = {"cleared": list(held.cleared)}
    rest = [each for each in held.cleared if each["sign"] != sign]
    held.cleared = [*rest, {"sign": sign, "why": why, "by": who.name, "at": now.isoformat()}]
    held.version, held.changed = held.version + 1, now
    held.save(update_fields=["cleared", "version", "changed"])
    _event(held, "sign cleared", who, now, before, {"cleared": held.cleared})
    audit.record("case.sign.cleared", by=who.user, now=now, firm=held.firm, case=held.pk, sign=sign)
    return held


@transaction.atomic
def assign(
    firm: Firm, seen: Mapping[int, int], owner: User | None, *, who: Who, now: datetime
) -> tuple[int, int]:
    """Give cases to somebody, or to nobody.

    Parameters
    ----------
    seen
        By case: the version that was seen; one that changed since is left as it is.

    Returns
    -------
    tuple of int
        How many were given, and how many somebody else changed meanwhile.
    """
    if owner is not None and not answers_for(firm, owner):
        raise Refused(_("%(who)s is no member of the firm that may answer.") % {"who": owner})
    given, changed = [], 0
    held = Case.objects.select_for_update(of=("self",)).select_related("owner").order_by("pk")
    for case in held.filter(firm=firm, pk__in=seen):
        if case.version != seen[case.pk]:
            changed += 1
        elif case.owner_id != (owner.pk if owner else None):
            case.before = _decided(case)  # type: ignore[attr-defined]  # until its line is written below
            case.owner, case.version, case.changed = owner, case.version + 1, now
            given.append(case)
    Case.objects.bulk_update(given, ["owner", "version", "changed"], batch_size=200)
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case_id=case.pk, at=now, by=who.user, who=who.name, what="assigned",
            before={"owner": case.before["owner"]}, after={"owner": _decided(case)["owner"]},  # type: ignore[attr-defined]
        )
        for case in given
    )  # fmt: skip
    audit.record("cases.assigned", by=who.user, now=now, firm=firm, cases=[case.pk for case in given][:500])
    return len(given), changed


def answers_for(firm: Firm, user: User) -> bool:
    """Whether somebody may answer for a firm."""
    return Membership.objects.filter(firm=firm, user=user, role__in=(Role.OWNER, Role.MEMBER)).exists()


def people_of(firm: Firm) -> Iterable[User]:
    """Return who may answer for a firm."""
    return User.objects.filter(memberships__firm=firm, memberships__role__in=(Role.OWNER, Role.MEMBER)).order_by("email")  # fmt: skip


# --- tokens -----------------------------------------------------------------------------------------------


@transaction.atomic
def make_token(firm: Firm, name: str, channel: str, token_hash: str, *, by: User, now: datetime) -> ApiToken:
    """Keep a new token by its hash."""
    made = ApiToken.objects.create(
        firm=firm, name=name, channel=channel, token_hash=token_hash, by=by, made=now
    )
    audit.record("token.made", by=by, now=now, firm=firm, token=made.pk, name=name, channel=channel)
    return made


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, now: datetime) -> None:
    """Revoke a token; it stays in the list."""
    if ApiToken.objects.filter(pk=token.pk, revoked=None).update(revoked=now):
        audit.record("token.revoked", by=by, now=now, firm=token.firm, token=token.pk, name=token.name)


# --- what all of them do ----------------------------------------------------------------------------------


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("firm", "owner").get(pk=case.pk)


def _of_key(firm: Firm, key: str) -> Case | None:
    held = Case.objects.select_for_update(of=("self",)).select_related("firm", "owner")
    return held.filter(firm=firm, key=key).first()


def _going_on(firm: Firm, key: str) -> Case | None:
    """Return the case of this key, locked; None where people settled it, held it back or marked it as spam."""
    case = _of_key(firm, key)
    return (
        case
        if case is not None and case.state in (*OPEN_STATES, CaseState.WAITING, CaseState.QUOTED)
        else None
    )


def _waits(case: Case) -> bool:
    told = case.told_state in ("open", "unknown") and case.answered is None
    return case.state in OPEN_STATES and (told or case.again is not None)


def _decided(case: Case) -> dict[str, Any]:
    return {
        "state": case.state, "reason": case.reason, "owner": case.owner.email if case.owner else None,
        "account": case.account, "tags": case.tag_list, "answered": plain(case.answered), "again": plain(case.again),
    }  # fmt: skip


def _keep(held: Case, before: dict[str, Any], what: str, who: Who, now: datetime, **more: Any) -> Case:
    after = _decided(held)
    changed = [name for name in before if before[name] != after[name]]
    if not changed and what == "changed":
        return held
    held.version, held.changed = held.version + 1, now
    held.save(update_fields=[*DECIDED, "answered", "again", "version", "changed", "note_words"])
    _event(held, what, who, now, {n: before[n] for n in changed}, {n: after[n] for n in changed} | more)
    audit.record(f"case.{what.replace(' ', '_')}", by=who.user, now=now, firm=held.firm, case=held.pk, state=held.state)  # fmt: skip
    return held


def _write(
    held: Case, sort: str, text: str, at: datetime, *, who: Who, now: datetime, sent_as: str = ""
) -> CaseNote:
    if held.notes.count() >= MOST_NOTES:
        raise Refused(_("This case holds %(most)s entries: open another.") % {"most": MOST_NOTES})
    held.note_words = f"{held.note_words} {text.casefold()}".strip()[-100_000:]
    return CaseNote.objects.create(
        case=held, sort=sort, text=text, said=at, by=who.user, who=who.name, made=now, sent_as=sent_as
    )


def _event(
    case: Case, what: str, who: Who, now: datetime, before: dict[str, Any], after: dict[str, Any]
) -> None:
    CaseEvent.objects.create(
        case=case, at=now, by=who.user, who=who.name, what=what, before=before, after=after
    )
