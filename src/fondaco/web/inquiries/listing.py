"""Which cases a list shows: by state, kind, owner, tag, market, platform, level and words, in the order of work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value

from fondaco.web.accounts.models import Firm
from fondaco.web.desk.numbers import number_of
from fondaco.web.inquiries.models import LONG_PAST, Case, CaseState, Kind, Level

PAGE = 50
#: Those that wait, to be asked for with ``IN``: SQLite takes an index for that, and none for a bare column.
WAITS = (True,)
#: Words of a search that count.
_MOST = 8
#: Scripts that set no spaces between words: PostgreSQL takes such a run for one word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Filters:
    """What a visitor asked for; what is none of the choices counts as not asked."""

    state: str = "open"
    owner: str = ""
    tag: str = ""
    market: str = ""
    platform: str = ""
    level: str = ""
    kind: str = ""
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether one of the filters besides words and state is set."""
        return any((self.owner, self.tag, self.market, self.platform, self.level, self.kind))

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Filters:
        """Read the filters of an address."""
        state = said.get("state", "open")
        level, kind = said.get("level", ""), said.get("kind", "")
        return cls(
            state=state if state in ("past", "all", *CaseState.values) else "open",
            owner=said.get("owner", "")[:12],
            tag=said.get("tag", "").replace("|", "")[:30],
            market=said.get("market", "")[:3],
            platform=said.get("platform", "")[:80],
            level=level if level in Level.values else "",
            kind=kind if kind in Kind.values else "",
            words=said.get("q", "").replace("\0", "")[:200],
        )


def cases_of(firm: Firm, asked: Filters, me: AbstractBaseUser, now: datetime) -> QuerySet[Case]:
    """Return a firm's cases that `asked` leaves, in the order of work."""
    held = Case.objects.filter(firm=firm).select_related("owner").defer("message", "words", "note_words", "conclusion")  # fmt: skip
    if asked.state in ("open", "past"):
        held = held.filter(waits__in=WAITS)
        held = held.filter(is_long_past(now)) if asked.state == "past" else held
    elif asked.state != "all":
        held = held.filter(state=asked.state)
    if asked.owner == "me":
        held = held.filter(owner_id=me.pk)
    elif asked.owner == "nobody":
        held = held.filter(owner=None)
    elif (number := number_of(asked.owner)) is not None:
        held = held.filter(owner_id=number)
    if asked.tag:
        held = held.filter(tags__contains=f"|{asked.tag.casefold()}|")
    for name in ("market", "platform", "level", "kind"):
        if value := getattr(asked, name):
            held = held.filter(**{name: value})
    return searched(held, asked.words).order_by("-waits", "position", "due", "-received", "pk")


def searched(held: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Return the cases that hold every word: as the beginning of one on PostgreSQL, anywhere on SQLite."""
    for word in words.casefold().split()[:_MOST]:
        parts = re.findall(r"\w+", word)
        if connection.vendor == "postgresql" and parts and not _UNSPACED.search(word):
            held = held.filter(_holds(parts))
        else:
            held = held.filter(Q(words__contains=word) | Q(note_words__contains=word))
    return held


def _holds(parts: list[str]) -> Func:
    # As the index of migration 0002 has it; parts are letters and digits only.
    text = Func(
        F("words"), F("note_words"), template="to_tsvector('simple', %(expressions)s)", arg_joiner=" || ' ' || "
    )  # fmt: skip
    asked = Func(Value(" & ".join(f"{part}:*" for part in parts)), template="to_tsquery('simple', %(expressions)s)")  # fmt: skip
    return Func(text, asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())


def is_long_past(now: datetime) -> Q:
    """Return the condition that a case came in, and its buyer last wrote, longer than `LONG_PAST` ago."""
    since = now - LONG_PAST
    return Q(received__lt=since) & (Q(again=None) | Q(again__lt=since))


def counts_of(firm: Firm, now: datetime) -> dict[str, int]:
    """Return how many cases a firm has, how many of them wait, and how many have waited for longer than `LONG_PAST`."""
    held, past = Case.objects.filter(firm=firm), is_long_past(now)
    waiting = held.filter(waits__in=WAITS).aggregate(
        waiting=Count("pk", filter=~past), past=Count("pk", filter=past)
    )
    return {"total": held.count(), **waiting}


def choices_of(firm: Firm) -> dict[str, Any]:
    """Return what can be filtered by, and how the cases are shared out among people and sub-accounts (F75)."""
    held = Case.objects.filter(firm=firm).order_by()
    tags = held.exclude(tags="").values_list("tags", flat=True).distinct()[:500]
    total = held.count()
    return {
        "markets": sorted(filter(None, held.values_list("market", flat=True).distinct())),
        "platforms": sorted(held.values_list("platform", flat=True).distinct()),
        "tags": sorted({tag for each in tags for tag in each.split("|") if tag}),
        "shares": _shares(held, total, "owner", "owner__name", "owner__email"),
        "accounts": _shares(held.exclude(account=""), total, "account"),
    }


def _shares(held: QuerySet[Case], total: int, *by: str) -> list[dict[str, Any]]:
    counted = held.values(*by).annotate(
        cases=Count("pk"), open=Count("pk", filter=Q(waits=True)),
        won=Count("pk", filter=Q(state=CaseState.WON)),
    ).order_by("-cases", by[0])  # fmt: skip
    return [{**row, "share": row["cases"] / total if total else None} for row in counted[:50]]
