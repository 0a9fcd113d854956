"""What can be taken back in a review, each with a line in the trail: a decision of one's own, a file of records."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import Refused
from fondaco.web.accounts.models import User
from fondaco.web.desk import audit
from fondaco.web.evidence.reviews.actions import come_to, join
from fondaco.web.evidence.reviews.models import Batch, Entry, Extract, Review, State, Vote


@transaction.atomic
def take_back(entry: Entry, stage: str, *, by: User, now: datetime) -> None:
    """Take back a person's own decision on a record, so that it waits for them again.

    Raises
    ------
    Refused
        Where they decided nothing, or the record is settled: then a lead's count rests on it.
    """
    held = Entry.objects.select_for_update().get(pk=entry.pk)
    vote = held.votes.filter(user=by, stage=stage, final=False).first()
    if vote is None:
        raise Refused(_("There is no decision of yours on this record."))
    state = held.full_state if stage == "full" else held.abstract_state
    if state in (State.IN, State.OUT):
        raise Refused(_("This record is settled: what was decided on it stays."))
    verdict, reason = vote.verdict, vote.reason
    vote.delete()
    come_to(held, stage)
    audit.record(
        "review.vote_taken_back",
        by=by,
        now=now,
        review=held.review_id,
        entry=held.pk,
        stage=stage,
        verdict=verdict,
        reason=reason,
    )


@transaction.atomic
def remove_batch(batch: Batch, *, by: User, now: datetime) -> int:
    """Take a file's records out again, as for one brought by mistake; return how many.

    Raises
    ------
    Refused
        Where somebody decided on one of them, or coded it, or the rest is drawn at random, which counted them.
    """
    review = Review.objects.select_for_update().get(pk=batch.review_id)
    votes = Vote.objects.filter(entry__batch=batch).exists()
    if votes or Extract.objects.filter(entry__batch=batch).exists():
        raise Refused(_("People have decided on records of this file: it stays."))
    if review.tail_from is not None:
        raise Refused(
            _("The rest is drawn at random already, and these records were counted in it: they stay.")
        )
    number = batch.entries.count()
    audit.record(
        "review.records_removed",
        by=by,
        now=now,
        review=review.pk,
        batch=batch.pk,
        file=batch.name,
        records=number,
    )
    batch.delete()
    join(review)
    return number
