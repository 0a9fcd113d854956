"""Invented market notes and changes of practice for the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from fondaco.markets.periods import months_after
from fondaco.web.accounts.models import Firm, User
from fondaco.web.markets import actions
from fondaco.web.markets.forms import REVIEW_MONTHS
from fondaco.web.markets.models import Hand, Kept, MarketNote, Part, PracticeChange

#: Firm, market, part, text, how known, source, where kept, by whom or in what, days ago.
NOTES = (
    ("cantina-valfinta", "DEU", Part.CUSTOMERS, "Restaurants order in September for the autumn card.", Hand.FIRST,
     "Visit to an invented fair", Kept.TACIT, "Olivia Owner", 40),
    ("cantina-valfinta", "USA", Part.REGULATIONS, "The importer wants the label checked before each new vintage.",
     Hand.SECOND, "Call with an invented importer", Kept.WRITTEN, "Folder Labels, call of spring", 260),
    ("tenger-nooluur", "KOR", Part.COMPETITORS, "Two shops in the imaginary mall of Haneul sell felt bags at half our price.",
     Hand.FIRST, "Marco's visit", Kept.TACIT, "Marco Member", 90),
    ("tenger-nooluur", "JPN", Part.CONDITIONS, "Parcels rest at customs before the New Year for up to nine days.",
     Hand.SECOND, "Forwarder's letter, invented", Kept.WRITTEN, "forwarder-2026.pdf", 120),
)  # fmt: skip
CHANGES = (
    ("cantina-valfinta", "USA", "Prices in the shop include shipping", 200),
    ("tenger-nooluur", "", "Inquiries are answered within twelve hours", 150),
)


def seed_notes(firms: Sequence[Firm], by: User, now: datetime) -> None:
    """Write the notes and changes of the demonstration once; a second call adds nothing."""
    known = {firm.slug: firm for firm in firms}
    today = now.date()
    for slug, market, part, text, hand, source, kept, where, ago in NOTES:
        firm = known.get(slug)
        if firm is None or firm.market_notes.filter(text=text).exists():
            continue
        day = today - timedelta(days=ago)
        note = MarketNote(
            market=market, part=part, text=text, hand=hand, source=source, kept=kept, where=where, day=day,
            review_by=months_after(day, REVIEW_MONTHS),
        )  # fmt: skip
        actions.save_note(note, firm=firm, by=by, now=now)
    for slug, market, what, ago in CHANGES:
        firm = known.get(slug)
        if firm is None or firm.practice_changes.filter(what=what).exists():
            continue
        change = PracticeChange(market=market, day=today - timedelta(days=ago), what=what)
        actions.save_change(change, firm=firm, by=by, now=now)
