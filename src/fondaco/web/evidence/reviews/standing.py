"""How far a review is: counts, agreement, the flow, and whether screening may stop."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Q

from fondaco.evidence.review import prisma
from fondaco.evidence.review.stopping import Rule, Stand, stand
from fondaco.evidence.review.voting import Concord, concord
from fondaco.kernel.errors import InputError
from fondaco.web.evidence.reviews.models import Review, State, Vote

RULE = Rule()


def counts(review: Review) -> dict[str, int]:
    """Return how many records there are of each state; copies apart."""
    own = Q(same_as=None)
    held = review.entries.aggregate(
        all=Count("pk"),
        copies=Count("pk", filter=~own),
        open=Count("pk", filter=own & Q(abstract_state=State.OPEN)),
        conflicts=Count("pk", filter=own & (Q(abstract_state=State.CONFLICT) | Q(full_state=State.CONFLICT))),
        excluded=Count("pk", filter=own & Q(abstract_state=State.OUT)),
        passed=Count("pk", filter=own & Q(abstract_state=State.IN)),
        full_open=Count("pk", filter=own & Q(abstract_state=State.IN, full_state=State.OPEN)),
        included=Count("pk", filter=own & Q(full_state=State.IN)),
    )
    return {**held, "queue": review.likenesses.filter(same=None).count()}


def agreement(review: Review, stage: str) -> Concord:
    """Return how far the people agree at a stage, on records whose outcome is not open (so that nothing is told early)."""
    state = "entry__abstract_state" if stage == "abstract" else "entry__full_state"
    votes = Vote.objects.filter(entry__review=review, entry__same_as=None, stage=stage, final=False).exclude(
        **{state: State.OPEN}
    )
    held: dict[str, dict[int, str]] = {}
    for each in votes.select_related("user"):
        held.setdefault(str(each.user), {})[each.entry_id] = each.verdict
    return concord(held)


def stopping(review: Review) -> dict[str, Any]:
    """Return how far the stopping rule is: waiting, ready to draw the rest at random, or what it vouches for."""
    entries = review.entries.filter(same_as=None)
    if review.tail_from is not None:
        tail = entries.filter(in_tail=True)
        if tail.filter(abstract_state=State.CONFLICT).exists():
            return {"phase": "tail", "stand": None, "rest": review.tail_rest}
        drawn = tail.exclude(abstract_state=State.OPEN).count()
        found = tail.filter(abstract_state=State.IN).count()
        rest = max(review.tail_rest, drawn)
        now: Stand = stand(RULE, before=review.tail_before, rest=rest, drawn=drawn, found=found)
        return {
            "phase": "tail",
            "stand": now,
            "rest": rest,
            "drawn": drawn,
            "recall": f"{100 * now.recall:.1f} %",
        }
    latest = Vote.objects.filter(entry__review=review, entry__same_as=None, stage="abstract").order_by(
        "-at", "-pk"
    )
    seen: dict[int, str] = {}
    for entry, state in latest.values_list("entry_id", "entry__abstract_state")[
        : 4 * RULE.waits(entries.count())
    ]:
        if state in (State.IN, State.OUT):
            seen.setdefault(entry, state)
    row = next((place for place, state in enumerate(seen.values()) if state == State.IN), len(seen))
    waits = RULE.waits(entries.count())
    return {"phase": "model", "row": row, "waits": waits, "ready": row >= waits}


def flow(review: Review) -> tuple[prisma.Flow | None, str]:
    """Return the flow as far as this desk's records tell it, or why it cannot be drawn."""
    said: dict[str, Any] = {"title": review.title}
    main, other = review.entries.filter(batch__other=False), review.entries.filter(batch__other=True)
    sources = Counter(main.values_list("batch__name", flat=True))
    said["databases"] = dict(sorted(sources.items())) or 0
    copies = main.exclude(same_as=None).count()
    said["removed"] = {"duplicates": copies}
    own = main.filter(same_as=None)
    if own.filter(abstract_state__in=[State.OPEN, State.CONFLICT]).exists():
        return _read(said)
    said["excluded"] = own.filter(abstract_state=State.OUT).count()
    said.update(_reports(own.filter(abstract_state=State.IN)))
    if other.exists():
        left = other.filter(same_as=None)
        if left.filter(abstract_state__in=[State.OPEN, State.CONFLICT]).exists():
            return _read(said)
        passed = left.filter(abstract_state=State.IN)
        found = Counter(other.values_list("batch__name", flat=True))
        said["other"] = {"found": dict(found), "removed": other.count() - passed.count(), **_reports(passed)}
    whole = review.entries.filter(same_as=None, abstract_state=State.IN)
    if not whole.filter(full_state__in=[State.OPEN, State.CONFLICT]).exists():
        kept = whole.filter(full_state=State.IN)
        # Reports with one key are of one study; a report without a key counts as a study of its own.
        keys = [key or f"#{pk}" for pk, key in kept.values_list("pk", "study")]
        said["new"] = {"studies": len(set(keys)), "reports": len(keys)}
    return _read(said)


def _reports(passed: Any) -> dict[str, Any]:
    """Return the boxes of full texts, where all of them are decided."""
    if passed.filter(full_state__in=[State.OPEN, State.CONFLICT]).exists():
        return {}
    reasons: Counter[str] = Counter()
    missing = 0
    for entry in passed.filter(full_state=State.OUT).prefetch_related("votes"):
        votes = sorted(
            (v for v in entry.votes.all() if v.stage == "full" and v.verdict == "exclude"),
            key=lambda v: (not v.final, v.pk),
        )
        reason = next((v.reason for v in votes if v.reason), "no reason given")
        if reason == "not retrieved":
            missing += 1
        else:
            reasons[reason] += 1
    return {"not_retrieved": missing, "excluded_reports": dict(sorted(reasons.items()))}


def _read(said: dict[str, Any]) -> tuple[prisma.Flow | None, str]:
    try:
        return prisma.read(said), ""
    except InputError as error:
        return None, str(error)
