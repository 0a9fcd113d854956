"""What people do with decisions, risks and partners: lock, check, save, write the audit line.

The audit line holds what was done and to which entry, not its text, which a person's right to be forgotten can still
reach in the entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import Refused
from fondaco.web.accounts.models import Firm, Network, User
from fondaco.web.desk import audit
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating


@transaction.atomic
def log_decision(
    decision: Decision, *, firm: Firm, by: User, now: datetime, instead_of: Decision | None = None
) -> Decision:
    """Keep a decision; `instead_of` is the earlier one whose place it takes.

    Raises
    ------
    Refused
        Where that one is of another firm, or has been superseded already.
    """
    if instead_of is not None:
        held = Decision.objects.select_for_update().get(pk=instead_of.pk)
        if held.firm_id != firm.pk:
            raise Refused(_("This belongs to another firm."))
        if Decision.objects.filter(supersedes=held).exists():
            raise Refused(_("A later decision took its place already: begin from that one."))
        decision.supersedes = held
    decision.firm, decision.by, decision.made = firm, by, now
    decision.save()
    audit.record(
        "decision.logged", by=by, now=now, firm=firm, decision=decision.pk, day=decision.day.isoformat(),
        instead_of=None if instead_of is None else instead_of.pk,
    )  # fmt: skip
    return decision


@transaction.atomic
def open_risk(risk: Risk, rating: RiskRating, *, firm: Firm, by: User, now: datetime) -> Risk:
    """Keep a new risk with its first rating."""
    risk.firm, risk.by, risk.made = firm, by, now
    risk.save()
    _rate(risk, rating, by=by, now=now)
    audit.record("risk.opened", by=by, now=now, firm=firm, risk=risk.pk, name=risk.kind, score=rating.score)
    return risk


@transaction.atomic
def rate_risk(
    risk: Risk,
    rating: RiskRating,
    changes: dict[str, Any],
    *,
    firm: Firm,
    by: User,
    now: datetime,
    seen: int | None,
) -> Risk:
    """Rate a risk again; earlier ratings stay.  `changes` may hold `measures`, `owner` and `review_by`.

    Parameters
    ----------
    seen
        Id of the latest rating that the rater saw; None for a risk that nobody had rated.

    Raises
    ------
    Refused
        Where somebody else has rated it meanwhile, whose measures would be lost; also where it is not said what was seen.
    """
    held = _open(risk, firm)
    before = held.rating
    if (None if before is None else before.pk) != seen:
        raise Refused(
            _("Somebody else rated this meanwhile: open it again, and add your measures to theirs.")
        )
    for name in ("measures", "owner", "review_by"):
        if name in changes:
            setattr(held, name, changes[name])
    held.save()
    _rate(held, rating, by=by, now=now)
    audit.record(
        "risk.rated", by=by, now=now, firm=firm, risk=held.pk, score=rating.score,
        before=None if before is None else before.score, review_by=held.review_by.isoformat(),
    )  # fmt: skip
    return held


@transaction.atomic
def close_risk(risk: Risk, why: str, *, firm: Firm, by: User, now: datetime) -> None:
    """Take a risk off the register; it stays in the record with all its ratings."""
    held = _open(risk, firm)
    held.closed, held.closed_why = now, why
    held.save(update_fields=["closed", "closed_why"])
    audit.record("risk.closed", by=by, now=now, firm=firm, risk=held.pk, name=held.kind)


def _rate(risk: Risk, rating: RiskRating, *, by: User, now: datetime) -> None:
    rating.risk, rating.by, rating.made = risk, by, now
    rating.save()


def _open(risk: Risk, firm: Firm) -> Risk:
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    if held.firm_id != firm.pk:
        raise Refused(_("This belongs to another firm."))
    if held.closed is not None:
        raise Refused(_("This risk is closed and cannot be rated any more."))
    return held


@transaction.atomic
def save_partner(
    partner: Partner, *, of: Firm | Network, by: User, now: datetime, seen: int | None = None
) -> Partner:
    """Keep a new partner, or a changed one; `seen` is the version that the change began from.

    Raises
    ------
    Refused
        Where somebody else changed it meanwhile, or it has been ended.
    """
    new = partner.pk is None
    if new:
        partner.by, partner.made = by, now
        if isinstance(of, Firm):
            partner.firm = of
        else:
            partner.network = of
        what = "partner.added"
    else:
        held = _of(partner, of)
        if seen != held.version:
            raise Refused(
                _("Somebody else changed this meanwhile: open it again, and add your change to theirs.")
            )
        partner.version = held.version + 1
        what = "partner.changed"
    partner.save()
    _audit(what, partner, of, by=by, now=now)
    return partner


@transaction.atomic
def end_partner(partner: Partner, *, of: Firm | Network, by: User, now: datetime) -> None:
    """Say that a partner is one no more; the entry stays in the record."""
    held = _of(partner, of)
    held.ended = now
    held.save(update_fields=["ended"])
    _audit("partner.ended", held, of, by=by, now=now)


def _of(partner: Partner, of: Firm | Network) -> Partner:
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    if (held.firm if isinstance(of, Firm) else held.network) != of:
        raise Refused(_("This belongs to somebody else."))
    if held.ended is not None:
        raise Refused(_("This partner was ended and cannot be changed any more."))
    return held


def _audit(what: str, partner: Partner, of: Firm | Network, *, by: User, now: datetime) -> None:
    firm, network = (of, None) if isinstance(of, Firm) else (None, of)
    audit.record(what, by=by, now=now, firm=firm, network=network, partner=partner.pk, name=partner.kind)
