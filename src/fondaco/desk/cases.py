"""Cases: what buyers sent, as the files say it, with the clock that runs for each.

A case is a conclusion from the ledger: nothing is kept, and a file that says more of an inquiry later gives the
same case with its new state.  Its id is made of the platform and the platform's own number, so that it stays.

Files write local times without a zone.  The zone is the platform's where its rule is known, the firm's own
where it is not, and the case says so in `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from fondaco.desk.clock import Message, Rate, Rule, due, platforms, response_rate, rule_of
from fondaco.kernel import FondacoError
from fondaco.kernel.moments import utc
from fondaco.reference.time_zones import zone

Kind = Literal["inquiry", "chat", "rfq"]
State = Literal["open", "answered", "closed", "spam", "unknown"]

#: As many sellers may quote on a buyer's request (the study of five firms, results on linkage).
QUOTATIONS = 10
#: Nobody means more.
MOST_UNITS = Decimal(10) ** 12
#: The platform under which files are kept that name none.
UNNAMED = "table"

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("rfq", r"rfq|quot|angebot|offert|devis|cotiza|preventiv|見積|报价|견적"),
    ("chat", r"chat|instant|trade ?manager|whatsapp|wechat|チャット|聊天|채팅"),
)
_STATES: tuple[tuple[State, str], ...] = (
    ("spam", r"spam|junk|report"),
    ("open", r"unbeantwort|nicht beantwort|non (?:ancora )?rispost|no contestad|non r[ée]pond|sin respond|미답변|未回复|未返信|ouvert|\bnew\b|open|pending|unread|unanswered|not (?:yet )?(?:replied|answered)|waiting|neu\b|offen|nuov|apert|nouve|nuev|abiert"),
    ("closed", r"clos|lost|reject|declin|cancel|expired|won\b|order|chius|geschlossen|abgelehnt|ferm|cerrad"),
    ("answered", r"repl|answer|respon|quoted|sent|done|rispost|beantwort|répond|repond|respond|contestad|已回|返信済|답변"),
)  # fmt: skip
_QUOTES = r"(?:quot|angebot|offer|offert|devis|cotiza|見積|报价|견적)"
_OF_TEN = r"\b(\d{1,2})\s*(?:/|of|out of|von|di|sur|de)\s*10\b(?!\s*/)"
#: So many of ten, beside a word for quotations: dates and quantities are written alike.
_MADE = re.compile(rf"{_QUOTES}\D{{0,25}}{_OF_TEN}|{_OF_TEN}\D{{0,20}}{_QUOTES}", re.IGNORECASE)
_LEFT = re.compile(r"\b(\d{1,2})\s*(?:quotes?|quotations?|places?)\s*(?:left|remaining)|(?:left|remaining)\s*:?\s*(\d{1,2})\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """The rule by which a platform's messages are timed, in which zone its files write, and what to know of it."""

    rule: Rule
    note: str


@dataclass(frozen=True)
class Case:
    """An inquiry, chat or request for quotation.

    Attributes
    ----------
    case
        ``PLATFORM:NUMBER``, the same whichever file says it.
    platform, inquiry, kind, market
        Where it came in, its number there, what it is, and the buyer's country (alpha-3; empty where not known).
    received, due, answered
        With time zone; `due` is until when the clock wants an answer, `answered` None where no time is stated.
    state
        ``open``; ``answered``; ``closed``; ``spam``: reported; ``unknown``: the file tells of no answers at all.
    buyer, name, company, product, message
        As the file says them; empty where it does not.
    quantity
        Units asked for.
    places_left
        Of an RFQ: how many may still quote; None where the file does not say.
    notes
        What was assumed.
    """

    case: str
    platform: str
    inquiry: str
    kind: Kind
    market: str
    received: datetime
    due: datetime
    answered: datetime | None = None
    state: State = "open"
    buyer: str = ""
    name: str = ""
    company: str = ""
    product: str = ""
    quantity: Decimal | None = None
    message: str = ""
    places_left: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it still."""
        return self.state in ("open", "unknown")

    @property
    def units(self) -> Decimal | None:
        """How many are asked for, where it is a number above zero that can be meant; else None."""
        said = self.quantity
        return said if said is not None and said.is_finite() and 0 < said <= MOST_UNITS else None

    @property
    def who(self) -> str:
        """What the buyer is called, as fully as the file says it."""
        return ", ".join(dict.fromkeys(said for said in (self.name, self.company, self.buyer) if said))


def clock_of(platform: str, day: date, channels: Sequence[str] = (), home_zone: str = "UTC") -> Clock:
    """Return the clock of what came in by a platform.

    Parameters
    ----------
    platform
        As the ledger has it.
    channels
        The platforms that the firm says it sells on: where a file names none and one of these alone has a known
        rule, that one's clock runs.
    home_zone
        IANA zone of the firm, for what no platform's rule times.

    Examples
    --------
    >>> held = clock_of("table", date(2026, 11, 30), ["alibaba"])
    >>> held.rule.platform, held.note.split(":")[0]
    ('alibaba', 'The file names no platform')
    """
    timed = [each for each in dict.fromkeys(channels) if each in platforms() and each != UNNAMED]
    if platform == UNNAMED and len(timed) == 1 and (rule := _rule(timed[0], day)):
        return Clock(rule, f"The file names no platform: the clock of {rule.platform}, the firm's one channel with a known rule, runs in its zone ({rule.zone}).")  # fmt: skip
    if platform != UNNAMED and (rule := _rule(platform, day)):
        return Clock(
            rule, f"The file states no time zone: that of {platform}'s own days is taken ({rule.zone})."
        )
    rule = replace(rule_of(UNNAMED, day), platform=platform, zone=home_zone)
    return Clock(
        rule, f"No platform's rule is known for it: 24 hours, and times in the firm's own zone ({home_zone})."
    )


@lru_cache(maxsize=4096)
def _rule(platform: str, day: date) -> Rule | None:
    try:
        return rule_of(platform, day)
    except FondacoError:
        return None


def cases_of(
    rows: Iterable[Mapping[str, Any]], clock: Callable[[str, date], Clock], now: datetime
) -> tuple[Case, ...]:
    """Return the cases that a ledger's inquiries make, those received last first.

    Parameters
    ----------
    rows
        Rows of the table ``inquiries``, by column; the last of a number counts.
    clock
        As `clock_of`, by platform and day.
    now
        With a time zone; what is received later is left out.

    Examples
    --------
    >>> row = {"platform": "alibaba", "inquiry": "7", "kind": "Chat", "at": datetime(2026, 11, 2, 9), "country": "KOR"}
    >>> (case,) = cases_of([row], clock_of, datetime(2026, 11, 30, tzinfo=UTC))
    >>> case.case, case.kind, str(case.due), case.state
    ('alibaba:7', 'chat', '2026-11-02 10:00:00-08:00', 'unknown')
    """
    held = {(row["platform"], row["inquiry"]): row for row in rows if row.get("at") is not None}
    told = {
        row["platform"] for row in held.values() if row.get("answered_at") or _state_word(row.get("status"))
    }
    found = (
        _case(row, clock(row["platform"], row["at"].date()), row["platform"] in told, now)
        for row in held.values()
    )
    return tuple(
        sorted(
            (case for case in found if case.received <= now), key=lambda c: (-c.received.timestamp(), c.case)
        )
    )


def _case(row: Mapping[str, Any], clock: Clock, told: bool, now: datetime) -> Case:
    rule, kind = clock.rule, kind_of(row.get("kind"))
    notes = [clock.note if row["at"].tzinfo is None else "Its time came with its time zone."]
    received = _moment(row["at"], rule)
    answered = _moment(row["answered_at"], rule) if row.get("answered_at") else None
    if answered is not None and utc(answered) < utc(received):
        answered = answered.replace(
            fold=1
        )  # the hour to which clocks are put back comes twice; files do not say which
    if answered is not None and utc(answered) < utc(received):
        notes.append("The file says that it was answered before it came in: no time of answer is taken.")
        answered = None
    later = answered is not None and utc(answered) > utc(now)
    if kind not in rule.limits:
        notes.append(f"{rule.platform} sets no time for it: 24 hours, as the study says of buyers.")
    message, status = str(row.get("message") or ""), str(row.get("status") or "")
    return Case(
        case=f"{row['platform']}:{row['inquiry']}",
        platform=row["platform"],
        inquiry=str(row["inquiry"]),
        kind=kind,
        market=row.get("country") or "",
        received=received,
        due=due_of(received, rule, kind),
        answered=None if later else answered,
        state="open" if later else _state(status, row.get("answered_at") is not None, told),
        buyer=_said(row, "buyer"),
        name=_said(row, "buyer_name"),
        company=_said(row, "buyer_company"),
        product=_said(row, "product"),
        quantity=row.get("quantity"),
        message=message,
        places_left=places_left(f"{status}\n{message}") if kind == "rfq" else None,
        notes=tuple(notes),
    )


def due_of(received: datetime, rule: Rule, kind: Kind) -> datetime:
    """Return until when a message wants an answer; what the rule sets no time for has 24 hours."""
    timed = rule if kind in rule.limits else rule_of(UNNAMED, received.date())
    return due(received, timed, kind)


def _moment(said: datetime, rule: Rule) -> datetime:
    """Return a local time of the file with its zone; an hour that the clocks skip is the one after it."""
    if said.tzinfo is not None:
        return said
    # By way of UTC: an hour that clocks skip exists in no zone and comes back as the one after.
    return said.replace(tzinfo=zone(rule.zone)).astimezone(UTC).astimezone(zone(rule.zone))


def _said(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()


@lru_cache(maxsize=1024)
def kind_of(said: str | None) -> Kind:
    """Return what a file's word means; an inquiry where it is none of the others.

    Examples
    --------
    >>> kind_of("RFQ"), kind_of("TradeManager chat"), kind_of(None)
    ('rfq', 'chat', 'inquiry')
    """
    word = (said or "").casefold()
    return next((kind for kind, pattern in _KINDS if re.search(pattern, word)), "inquiry")


@lru_cache(maxsize=1024)
def _state_word(said: str | None) -> State | None:
    word = (said or "").casefold()
    return next((state for state, pattern in _STATES if re.search(pattern, word)), None)


def _state(status: str, answered: bool, told: bool) -> State:
    word = _state_word(status)
    if word in ("spam", "closed"):
        return word
    if answered or word == "answered":
        return "answered"
    return "open" if word == "open" or told else "unknown"


def places_left(said: str) -> int | None:
    """Return how many may still quote on a request, where its text or state says so.

    Examples
    --------
    >>> places_left("Quotes received: 7/10"), places_left("3 quotes left"), places_left("Please quote 10 pcs")
    (3, 3, None)
    """
    if made := _MADE.search(said):
        return max(QUOTATIONS - int(made[1] or made[2]), 0)
    left = _LEFT.search(said)
    return min(int(left[1] or left[2]), QUOTATIONS) if left else None


def rates_of_answers(
    cases: Iterable[Case], clock: Callable[[str, date], Clock], now: datetime
) -> dict[str, Rate | str]:
    """Return the response rate of each platform as its rule counts it, or in words why there is none."""
    by_platform: dict[str, list[Case]] = {}
    for case in cases:
        by_platform.setdefault(case.platform, []).append(case)
    return {
        name: _rate(held, clock(name, now.date()).rule, now) for name, held in sorted(by_platform.items())
    }


def _rate(cases: Sequence[Case], rule: Rule, now: datetime) -> Rate | str:
    if all(case.state == "unknown" for case in cases):
        return "The files do not say whether and when messages were answered: bring one in that does."
    missing = sum(case.state in ("answered", "spam") and case.answered is None for case in cases)
    found = response_rate([_message(case) for case in cases], rule, now)
    untimed = {case.inquiry for case in cases if case.state in ("answered", "spam") and case.answered is None}
    if missing and untimed & set(found.cases):
        return f"{missing} of {len(cases)} messages are said to be answered without a time of answer: without it, whether in time is not known."  # fmt: skip
    return found


def _message(case: Case) -> Message:
    reported = case.answered if case.state == "spam" else None
    return Message(
        case.inquiry, case.buyer, case.kind, case.received, case.answered, reported, None, case.market
    )
