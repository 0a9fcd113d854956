"""What people do with a plan: start it, edit its lines, comment, agree, make the next version.

Two people may edit one line at once: each says which revision they saw, and the second is told, sees both, and
loses nothing (`EditedMeanwhile`).  Whatever changes a plan locks its row first (SQLite locks the whole file), so that an
edit cannot slip into a version while the next one is made of it.

The audit line says what was done to which line, not what it said: texts stay where a person's right to be
forgotten can reach them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused
from fondaco.strategy.plan.lines import line_of
from fondaco.strategy.rules import rule
from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk import audit
from fondaco.web.strategy.models import Fate, LineComment, LineEdit, Plan, PlanLine, PlanVersion, Status


@dataclass(frozen=True)
class Wording:
    """What people say of a line."""

    text: str
    owner: str
    due: date | None
    status: str


class EditedMeanwhile(Refused):
    """Somebody else changed the line since it was looked at.

    Attributes
    ----------
    theirs
        The line as it is now.
    mine
        What was to be saved; nothing of it is lost.
    """

    def __init__(self, theirs: PlanLine, mine: Wording) -> None:
        who = str(theirs.by) if theirs.by else _("somebody")
        super().__init__(
            _("%(who)s changed this line while you were writing. Both stand below: choose, and save again.")
            % {"who": who}
        )
        self.theirs, self.mine = theirs, mine


def start(firm: Firm, proposal: Mapping[str, Any], *, by: User, now: datetime) -> PlanVersion:
    """Start a firm's plan from a proposal, or make its next version from one.

    People's words are kept by the keys of actions; a line that is no longer advised stays where people have done
    something with it.  A version that was never agreed stays too, as it was.
    """
    with transaction.atomic():
        Plan.objects.get_or_create(firm=firm, defaults={"made": now})
        return _next(Plan.objects.select_for_update().get(firm=firm), proposal, by, now)


def _next(plan: Plan, proposal: Mapping[str, Any], by: User, now: datetime) -> PlanVersion:
    before = plan.newest
    version = PlanVersion.objects.create(
        plan=plan, number=before.number + 1 if before else 1, proposal=dict(proposal),
        fingerprint=proposal["fingerprint"], made=now, by=by,
    )  # fmt: skip
    held = {line.key: line for line in before.lines.all()} if before else {}
    commented = set(plan.comments.values_list("key", flat=True))
    lines = [
        _carried(version, action, held.pop(action["key"], None), bool(before), by, now)
        for part in proposal["parts"].values()
        for action in part["actions"]
    ]
    lines += [_left(version, old) for old in held.values() if _touched(old, commented)]
    lines.sort(key=lambda line: line.order)
    for number, line in enumerate(lines, start=1):
        line.order = number
    PlanLine.objects.bulk_create(lines)
    audit.record(
        "plan.version.made" if before else "plan.started", by=by, now=now, firm=plan.firm,
        version=version.number, fingerprint=version.fingerprint, lines=len(lines),
    )  # fmt: skip
    return version


#: Where a new line stands among those that people have put in order: after them.
_LAST = 1_000_000


def _carried(
    version: PlanVersion,
    action: Mapping[str, Any],
    old: PlanLine | None,
    later: bool,
    by: User,
    now: datetime,
) -> PlanLine:
    """Return an action as a line: with people's words where they wrote some, else as it is advised now."""
    advised = line_of(action)
    line = PlanLine(
        version=version, key=advised.key, part=advised.part, text=advised.text, owner=advised.owner,
        due=advised.due, proposed=dict(action), order=_LAST, by=by, at=now,
    )  # fmt: skip
    if old is None:
        line.fate = Fate.NEW if later else Fate.SAME
        return line
    said = ("what", "who", "why")
    line.fate = Fate.SAME if all(old.proposed.get(n) == action.get(n) for n in said) else Fate.CHANGED
    line.order, line.status, line.edited = old.order, old.status, old.edited
    if old.edited:
        line.text, line.owner, line.due = old.text, old.owner, old.due
    elif old.status != Status.PROPOSED:
        line.due = old.due  # a day that was agreed does not move because the advice is newer
    if old.edited or old.status != Status.PROPOSED:
        line.by, line.at = old.by, old.at
    return line


def _touched(line: PlanLine, commented: set[str]) -> bool:
    """Whether people did anything with a line."""
    return line.edited or line.status != Status.PROPOSED or line.key in commented or line.fate == Fate.OWN


def _left(version: PlanVersion, old: PlanLine) -> PlanLine:
    """Return a line that today's proposal does not have, as people left it."""
    return PlanLine(
        version=version, key=old.key, part=old.part, text=old.text, owner=old.owner, due=old.due,
        status=old.status, order=old.order, fate=Fate.OWN if old.fate == Fate.OWN else Fate.GONE,
        proposed=old.proposed, edited=old.edited, by=old.by, at=old.at,
    )  # fmt: skip


def edit(line: PlanLine, said: Wording, *, seen: int, firm: Firm, by: User, now: datetime) -> PlanLine:
    """Change a line; `seen` is the revision that its editor looked at.

    Raises
    ------
    EditedMeanwhile
        Where somebody changed it since.
    Refused
        Where a newer version holds, or the plan is agreed and more than the status would change.
    """
    with transaction.atomic():
        held = _open(line, firm)
        same = (held.text, held.owner, held.due) == (said.text, said.owner, said.due)
        if held.revision != seen:
            raise EditedMeanwhile(held, said)
        if same and held.status == said.status:
            return held
        if held.version.agreed is not None and not same:
            raise Refused(
                _(
                    "This version is agreed: its status can change, its words in a new version. Make one first."
                )
            )
        _keep_history(held)
        PlanLine.objects.filter(pk=held.pk).update(
            text=said.text, owner=said.owner, due=said.due, status=said.status,
            edited=held.edited or not same, revision=seen + 1, by=by, at=now,
        )  # fmt: skip
        fields = [n for n in ("text", "owner", "due", "status") if getattr(held, n) != getattr(said, n)]
        audit.record(
            "plan.line.edited", by=by, now=now, firm=firm, version=held.version.number, key=held.key,
            revision=seen + 1, fields=fields, status=said.status,
        )  # fmt: skip
    return PlanLine.objects.select_related("by", "version").get(pk=held.pk)


def _keep_history(held: PlanLine) -> None:
    """Keep what the line says before it is changed."""
    LineEdit.objects.create(
        line=held, revision=held.revision, text=held.text, owner=held.owner, due=held.due, status=held.status,
        by=held.by, at=held.at,
    )  # fmt: skip


def add(
    version: PlanVersion,
    part: str,
    text: str,
    owner: str,
    due: date | None,
    *,
    firm: Firm,
    by: User,
    now: datetime,
) -> PlanLine:
    """Add a line of people's own."""
    with transaction.atomic():
        Plan.objects.select_for_update().get(pk=version.plan_id)
        version.refresh_from_db()
        _newest(version, firm)
        if version.agreed is not None:
            raise Refused(_("This version is agreed: make a new one to add to it."))
        last = version.lines.order_by("-order").first()
        line = PlanLine.objects.create(
            version=version, key=f"{part}/own/{uuid.uuid4().hex[:12]}", part=part, text=text, owner=owner, due=due,
            order=last.order + 1 if last else 1, fate=Fate.OWN, edited=True, by=by, at=now,
        )  # fmt: skip
        audit.record("plan.line.added", by=by, now=now, firm=firm, version=version.number, key=line.key)
    return line


def move(line: PlanLine, up: bool, *, firm: Firm, by: User, now: datetime) -> None:
    """Move a line one place up or down among those of its part."""
    with transaction.atomic():
        held = _open(line, firm)
        others = held.version.lines.filter(part=held.part).exclude(pk=held.pk)
        beside = (
            others.filter(order__lt=held.order).order_by("-order")
            if up
            else others.filter(order__gt=held.order).order_by("order")
        ).first()
        if beside is None:
            return
        PlanLine.objects.filter(pk=held.pk).update(order=beside.order)
        PlanLine.objects.filter(pk=beside.pk).update(order=held.order)
        audit.record(
            "plan.line.moved", by=by, now=now, firm=firm, version=held.version.number, key=held.key, up=up
        )


def comment(line: PlanLine, text: str, *, firm: Firm, by: User, now: datetime) -> LineComment:
    """Say something about a line."""
    said = text.strip()
    if not said:
        raise InputError(_("There is no comment to keep: write one."))
    with transaction.atomic():
        held = _open(line, firm)
        kept = LineComment.objects.create(
            plan=held.version.plan, key=held.key, text=said[:2000], by=by, at=now
        )
        audit.record(
            "plan.line.commented",
            by=by,
            now=now,
            firm=firm,
            version=held.version.number,
            key=held.key,
            comment=kept.pk,
        )
    return kept


def agree(
    version: PlanVersion, *, review: date | None, in_spite: str, firm: Firm, by: User, now: datetime
) -> PlanVersion:
    """Agree to a version: proposed lines become agreed ones, and a day of review is set.

    Raises
    ------
    Refused
        Where it is agreed already, a newer one holds, or conflicts that stop are left and no reason is given.
    InputError
        Where the day of review has passed.
    """
    with transaction.atomic():
        Plan.objects.select_for_update().get(pk=version.plan_id)
        version.refresh_from_db()
        _newest(version, firm)
        if version.agreed is not None:
            raise Refused(_("This version is agreed already."))
        if version.stops and not in_spite.strip():
            raise Refused(
                _(
                    "There are conflicts to be solved first. If you go on in spite of them, say why: it is kept."
                )
            )
        today = timezone.localdate(now)
        day = review or today + timedelta(days=int(rule("plan/review").threshold("days").value))
        if day <= today:
            raise InputError(_("The day of review must lie ahead."))
        version.agreed, version.agreed_by, version.review, version.in_spite = (
            now,
            by,
            day,
            in_spite.strip()[:1000],
        )
        version.save(update_fields=["agreed", "agreed_by", "review", "in_spite"])
        for line in version.lines.filter(status=Status.PROPOSED):
            edit(
                line,
                Wording(line.text, line.owner, line.due, Status.AGREED),
                seen=line.revision,
                firm=firm,
                by=by,
                now=now,
            )
        audit.record(
            "plan.agreed", by=by, now=now, firm=firm, version=version.number, review=day.isoformat(),
            in_spite=bool(version.stops),
        )  # fmt: skip
    return version


def _open(line: PlanLine, firm: Firm) -> PlanLine:
    """Lock the plan, and return the line as it is now, where it may be changed at all."""
    Plan.objects.select_for_update().get(versions__lines=line.pk)
    held = PlanLine.objects.select_related("version__plan", "by").get(pk=line.pk)
    _newest(held.version, firm)
    return held


def _newest(version: PlanVersion, firm: Firm) -> None:
    if version.plan.firm_id != firm.pk:
        raise Refused(_("This belongs to another firm."))
    if PlanVersion.objects.filter(plan=version.plan_id, number__gt=version.number).exists():
        raise Refused(_("There is a newer version of the plan; this one is kept as it was."))
