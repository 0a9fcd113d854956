"""What people do with programmes: lock, check, save, write the audit line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import Network, NetworkMembership, User
from fondaco.web.desk import audit
from fondaco.web.network.knowledge.programme_models import (
    Attendance,
    Check,
    KitLine,
    Participation,
    Programme,
    Session,
    Step,
)

State = Participation.State


@transaction.atomic
def save_programme(programme: Programme, *, network: Network, by: User, now: datetime) -> Programme:
    """Keep a new programme, or a changed one."""
    new = programme.pk is None
    if new:
        programme.network, programme.by, programme.made = network, by, now
    programme.save()
    audit.record(
        "programme.made" if new else "programme.changed", by=by, now=now, network=network, entry=programme.pk
    )
    return programme


@transaction.atomic
def ask_to_join(
    programme: Programme, membership: NetworkMembership, *, by: User, now: datetime
) -> Participation:
    """Ask for a member to take part; one that ended may ask again."""
    held, made = Participation.objects.select_for_update().get_or_create(
        programme=programme, membership=membership, defaults={"asked_by": by, "asked": now}
    )
    if not made and held.state != State.ENDED:
        raise Refused(_("Your firm takes part already, or has asked to."))
    if not made:
        held.state, held.asked_by, held.asked, held.decided = State.ASKED, by, now, None
        held.save()
    _log("programme.asked", held, by=by, now=now)
    return held


@transaction.atomic
def decide(participation: Participation, state: str, cohort: str, *, by: User, now: datetime) -> None:
    """Admit a member, or end its part.

    Raises
    ------
    Refused
        To admit one for whom a condition has no recorded check that holds: a name lent on trust is worth nothing.
    """
    if state not in (State.ADMITTED, State.ENDED):
        raise InputError(_("A member is admitted, or its part is ended."))
    held = Participation.objects.select_for_update(of=("self",)).select_related("programme").get(pk=participation.pk)  # fmt: skip
    unmet = held.unmet(now.date()) if state == State.ADMITTED else []
    if unmet:
        raise Refused(_("No recorded check holds for: %(conditions)s.") % {"conditions": "; ".join(unmet)})
    held.state, held.cohort, held.decided = State(state), cohort.strip()[:60], now
    held.save()
    _log(f"programme.{state}", held, by=by, now=now)


@transaction.atomic
def record_check(check: Check, participation: Participation, *, by: User, now: datetime) -> Check:
    """Record a check; earlier ones stay."""
    check.participation, check.by, check.made = participation, by, now
    check.save()
    _log("programme.checked", participation, by=by, now=now)
    return check


@transaction.atomic
def plan_session(session: Session, programme: Programme, *, by: User, now: datetime) -> Session:
    """Enter a training session."""
    session.programme, session.by, session.made = programme, by, now
    session.save()
    audit.record("programme.session", by=by, now=now, network=programme.network, entry=session.pk)
    return session


@transaction.atomic
def note_attendance(session: Session, present: Iterable[int], *, by: User, now: datetime) -> int:
    """Note who was at a session, in place of what was noted before."""
    Session.objects.select_for_update().get(pk=session.pk)
    there = Participation.objects.filter(programme=session.programme, pk__in=present)
    session.attendances.all().delete()
    Attendance.objects.bulk_create(Attendance(session=session, participation=each) for each in there)
    number = session.attendances.count()
    audit.record("programme.attended", by=by, now=now, network=session.programme.network, entry=session.pk, number=number)  # fmt: skip
    return number


@transaction.atomic
def note_step(step: Step, participation: Participation, *, by: User, now: datetime) -> Step:
    """Note support that was given, or a result."""
    if participation.state == State.ASKED:
        raise Refused(_("The firm was not admitted yet."))
    step.participation, step.by, step.made = participation, by, now
    step.save()
    _log("programme.step", participation, by=by, now=now)
    return step


def _log(what: str, participation: Participation, *, by: User, now: datetime) -> None:
    membership = participation.membership
    audit.record(
        what, by=by, now=now, firm=membership.firm, network=membership.network, entry=participation.pk
    )


@transaction.atomic
def add_kit_line(line: KitLine, *, network: Network, by: User, now: datetime) -> KitLine:
    """Write a shared aim, or who has a role."""
    line.network, line.by, line.made = network, by, now
    line.save()
    audit.record("kit.written", by=by, now=now, network=network, entry=line.pk)
    return line


@transaction.atomic
def drop_kit_line(line: KitLine, *, by: User, now: datetime) -> None:
    """Take a line out of the kit; it stays in the record."""
    KitLine.objects.filter(pk=line.pk, dropped=None).update(dropped=now)
    audit.record("kit.dropped", by=by, now=now, network=line.network, entry=line.pk)
