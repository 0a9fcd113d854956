"""What people do in a review: lock, check, save, write the audit line."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.evidence.review.duplicates import Pair, pairs_of
from fondaco.evidence.review.ranking import Ranking
from fondaco.evidence.review.reading import read
from fondaco.evidence.review.records import Record
from fondaco.evidence.review.voting import READERS, outcome
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import User
from fondaco.web.desk import audit
from fondaco.web.evidence.projects import LEAD
from fondaco.web.evidence.reviews.models import (
    Batch,
    Entry,
    Extract,
    Likeness,
    Protocol,
    Review,
    State,
    Vote,
)

#: The order is worked out anew after so many decisions.
AGAIN = 10
#: Records of one review: beyond, the order would keep people waiting.
MOST = 50_000

# --- the review and its people ----------------------------------------------------------------------------


@transaction.atomic
def start(title: str, question: str, *, by: User, now: datetime) -> Review:
    """Begin a review; who begins it leads it."""
    review = Review.objects.create(title=title, question=question, by=by, made=now)
    review.members.create(user=by, part=LEAD, since=now)
    audit.record("review.started", by=by, now=now, review=review.pk)
    return review


@transaction.atomic
def keep_protocol(review: Review, said: Mapping[str, str], *, by: User, now: datetime) -> Protocol:
    """Keep a new version of the protocol; earlier ones stay."""
    Review.objects.select_for_update().get(pk=review.pk)
    latest = review.protocols.first()
    number = (latest.number if latest else 0) + 1
    protocol = Protocol.objects.create(review=review, number=number, made=now, by=by, **said)
    audit.record("review.protocol", by=by, now=now, review=review.pk, version=number)
    return protocol


# --- records ----------------------------------------------------------------------------------------------


@transaction.atomic
def bring(review: Review, name: str, content: bytes, *, other: bool, by: User, now: datetime) -> Batch:
    """Read a file into a review; what surely is one with a record there becomes its copy.

    Raises
    ------
    InputError
        For a file that is none of the kinds, and for more records than a review holds.
    """
    Review.objects.select_for_update().get(pk=review.pk)
    found = read(content, name)
    held = list(review.entries.order_by("pk"))
    if len(held) + len(found.records) > MOST:
        raise InputError(_("A review holds %(most)d records at most: narrow the search.") % {"most": MOST})
    batch = Batch.objects.create(
        review=review, name=name, source=found.source, read=len(found.records), other=other, made=now, by=by,
        kept=[piece.to_json() for piece in found.kept], problems=[vars(each) for each in found.problems],
    )  # fmt: skip
    new = Entry.objects.bulk_create(_entry(record, review, batch) for record in found.records)
    both = [*held, *new]
    pairs = [pair for pair in pairs_of([record_of(entry) for entry in both]) if pair.b >= len(held)]
    _keep_pairs(review, both, pairs, now)
    audit.record(
        "review.records",
        by=by,
        now=now,
        review=review.pk,
        batch=batch.pk,
        read=batch.read,
        kept=len(batch.kept),
    )
    return batch


def _entry(record: Record, review: Review, batch: Batch) -> Entry:
    more = {name: value for name, value in record.to_json(raw=True).items() if name not in _OWN}
    own: dict[str, Any] = {name: value for name, value in record.to_json().items() if name in _OWN}
    return Entry(review=review, batch=batch, more=more, **{**own, "doi": record.doi[:300]})


_OWN = frozenset({"title", "abstract", "authors", "year", "journal", "doi"})


def record_of(entry: Entry) -> Record:
    """Return a record as the core knows it."""
    more = {**entry.more, "keywords": tuple(entry.more.get("keywords", ()))}
    return Record(
        title=entry.title, abstract=entry.abstract, authors=tuple(entry.authors), year=entry.year, journal=entry.journal, doi=entry.doi, **more
    )  # fmt: skip


def _keep_pairs(review: Review, entries: Sequence[Entry], pairs: Sequence[Pair], now: datetime) -> None:
    Likeness.objects.bulk_create(
        Likeness(
            review=review, a=entries[pair.a], b=entries[pair.b], grade=pair.grade, reasons=list(pair.reasons),
            same=True if pair.grade == "sure" else None, at=now if pair.grade == "sure" else None,
        )
        for pair in pairs
    )  # fmt: skip
    join(review)


def join(review: Review) -> None:
    """Work out from what is decided which record is a copy of which: the first of those that are one stays."""
    from fondaco.evidence.review.duplicates import groups

    numbers = list(review.entries.order_by("pk").values_list("pk", flat=True))
    at = {pk: place for place, pk in enumerate(numbers)}
    decided = list(review.likenesses.exclude(same=None).values_list("a_id", "b_id", "same"))
    one = [(at[a], at[b]) for a, b, same in decided if same]
    apart = [(at[a], at[b]) for a, b, same in decided if not same]
    first = {place: held[0] for held in groups(len(numbers), one, apart) for place in held[1:]}
    changed = []
    for entry in review.entries.order_by("pk"):
        place = first.get(at[entry.pk])
        wanted = None if place is None else numbers[place]
        if entry.same_as_id != wanted:
            entry.same_as_id = wanted
            changed.append(entry)
    Entry.objects.bulk_update(changed, ["same_as"], batch_size=500)


@transaction.atomic
def decide_likeness(likeness: Likeness, same: bool | None, *, by: User, now: datetime) -> None:
    """Say that two records are one, or two; None takes the decision back."""
    Review.objects.select_for_update().get(pk=likeness.review_id)
    held = Likeness.objects.select_for_update().get(pk=likeness.pk)
    held.same, held.by, held.at = same, by, now
    held.save(update_fields=["same", "by", "at"])
    join(held.review)
    audit.record("review.duplicate", by=by, now=now, review=held.review_id, pair=held.pk, same=same)


# --- screening --------------------------------------------------------------------------------------------


@transaction.atomic
def vote(entry: Entry, stage: str, verdict: str, reason: str, *, by: User, now: datetime) -> Entry:
    """Keep a person's own decision; until it is settled they may change it.

    Raises
    ------
    Refused
        Where two others decided already, the record is settled, is a copy, or is not at this stage.
    """
    held = _at_stage(entry, stage)
    others = held.votes.filter(stage=stage, final=False).exclude(user=by).count()
    if _state(held, stage) != State.OPEN or others >= READERS:
        raise Refused(_("Two people decided on this record meanwhile: take the next one."))
    Vote.objects.update_or_create(
        entry=held,
        user=by,
        stage=stage,
        defaults={"verdict": verdict, "reason": reason, "final": False, "at": now},
    )
    come_to(held, stage)
    audit.record("review.vote", by=by, now=now, review=held.review_id, entry=held.pk, stage=stage)
    return held


@transaction.atomic
def settle(entry: Entry, stage: str, verdict: str, reason: str, *, by: User, now: datetime) -> Entry:
    """Settle what two people disagree on; the one who does is a third.

    Raises
    ------
    Refused
        Where there is no conflict, or the person is one of the two.
    InputError
        For ``maybe``, which settles nothing.
    """
    held = _at_stage(entry, stage)
    if verdict == "maybe":
        raise InputError(_("Say include or exclude: somebody must settle it."))
    if _state(held, stage) != State.CONFLICT:
        raise Refused(_("Nobody disagrees on this record any more."))
    if held.votes.filter(stage=stage, user=by).exists():
        raise Refused(_("You are one of the two who disagree: a third settles it."))
    Vote.objects.create(entry=held, user=by, stage=stage, verdict=verdict, reason=reason, final=True, at=now)
    come_to(held, stage)
    audit.record(
        "review.settled", by=by, now=now, review=held.review_id, entry=held.pk, stage=stage, verdict=verdict
    )
    return held


def _at_stage(entry: Entry, stage: str) -> Entry:
    held = Entry.objects.select_for_update().get(pk=entry.pk)
    if held.same_as_id is not None:
        raise Refused(_("This record is a copy of another one, which is screened in its place."))
    if stage == "full" and held.abstract_state != State.IN:
        raise Refused(_("This record has not been let through by title and abstract."))
    return held


def _state(entry: Entry, stage: str) -> str:
    return entry.full_state if stage == "full" else entry.abstract_state


def come_to(entry: Entry, stage: str) -> None:
    """Work out from the votes what a record comes to at a stage."""
    votes = list(entry.votes.filter(stage=stage))
    settled = next((each.verdict for each in votes if each.final), "")
    state = outcome([each.verdict for each in votes if not each.final], stage=stage, settled=settled)
    name = "full_state" if stage == "full" else "abstract_state"
    setattr(entry, name, state)
    entry.save(update_fields=[name])


def due(review: Review) -> bool:
    """Whether enough was decided since the order was last worked out."""
    votes = Vote.objects.filter(entry__review=review, stage="abstract").count()
    return review.tail_from is None and votes > 0 and votes % AGAIN == 0


def rank(review: Review) -> int:
    """Work out the order of the open records from what was decided so far; returns how many decisions taught it.

    A record that two differ on teaches nothing until it is settled; one that one person read teaches by that.
    """
    if review.tail_from is not None:
        return 0
    entries = list(review.entries.filter(same_as=None).order_by("pk").prefetch_related("copies"))
    votes: dict[int, list[Vote]] = {}
    for each in Vote.objects.filter(entry__review=review, stage="abstract"):
        votes.setdefault(each.entry_id, []).append(each)
    taught: dict[int, bool] = {}
    for place, entry in enumerate(entries):
        if entry.abstract_state in (State.IN, State.OUT):
            taught[place] = entry.abstract_state == State.IN
        elif entry.abstract_state == State.OPEN and entry.pk in votes:
            taught[place] = votes[entry.pk][0].verdict != "exclude"
    if not entries:
        return 0
    texts = [f"{entry.title} {entry.told} {' '.join(entry.more.get('keywords', []))}" for entry in entries]
    for entry, score in zip(entries, Ranking(texts).scores(taught), strict=True):
        entry.score = float(score)
    with transaction.atomic():
        # Meanwhile the rest may have been put in random order, which must stay.
        if Review.objects.select_for_update().get(pk=review.pk).tail_from is not None:
            return 0
        Entry.objects.bulk_update(entries, ["score"], batch_size=500)
    return len(taught)


@transaction.atomic
def begin_tail(review: Review, *, by: User, now: datetime, seed: int) -> None:
    """Put the records on which nobody decided in random order, so that they say how much the rest still holds.

    Raises
    ------
    Refused
        Where that has begun, nothing was found yet, or decisions on records are half done.
    """
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.tail_from is not None:
        raise Refused(_("The rest is drawn at random already."))
    entries = held.entries.filter(same_as=None)
    if (
        entries.filter(abstract_state=State.CONFLICT).exists()
        or entries.filter(abstract_state=State.OPEN, votes__isnull=False).exists()
    ):
        raise Refused(_("First settle the conflicts, and finish the records that one person has read."))
    rest = list(entries.filter(abstract_state=State.OPEN))
    found = entries.filter(abstract_state=State.IN).count()
    if not rest or not found:
        raise Refused(_("Nothing is left, or nothing was found yet: screen in the model's order first."))
    chance = random.Random(seed)  # noqa: S311  (an order, no secret)
    for entry in rest:
        entry.score, entry.in_tail = chance.random(), True
    Entry.objects.bulk_update(rest, ["score", "in_tail"], batch_size=500)
    held.tail_from, held.tail_rest, held.tail_before = now, len(rest), found
    held.save(update_fields=["tail_from", "tail_rest", "tail_before"])
    audit.record("review.tail", by=by, now=now, review=held.pk, rest=len(rest), found=found, seed=seed)


# --- extraction -------------------------------------------------------------------------------------------


@transaction.atomic
def keep_extract(
    entry: Entry, values: Mapping[str, str], source: str, *, seen: int, by: User, now: datetime
) -> Extract:
    """Keep what was drawn out of a study; `seen` is the version that the change began from.

    Raises
    ------
    Refused
        Where the study is not included, or somebody else changed it meanwhile.
    """
    held = Entry.objects.select_for_update().get(pk=entry.pk)
    if held.full_state != State.IN:
        raise Refused(_("Only included studies are coded."))
    extract = Extract.objects.filter(entry=held).first()
    if (extract.version if extract else 0) != seen:
        raise Refused(
            _("Somebody else changed this meanwhile: open it again, and add your change to theirs.")
        )
    version = seen + 1
    extract, _made = Extract.objects.update_or_create(
        entry=held,
        defaults={"values": dict(values), "source": source, "by": by, "at": now, "version": version},
    )
    held.study = values.get("key", "")[:60]
    held.save(update_fields=["study"])
    audit.record("review.extract", by=by, now=now, review=held.review_id, entry=held.pk, version=version)
    return extract
