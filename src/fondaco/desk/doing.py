"""What people did about a case, which counts beside what the files say of it.

The file's own time of answer goes before a person's; what a file never said (an answer on the telephone, a case that is
held back) is taken from people.  Moments have a time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fondaco.desk.cases import Case, State, due_of
from fondaco.desk.clock import Rule
from fondaco.desk.fraud import Clearance


@dataclass(frozen=True)
class Done:
    """What people did about a case.

    Attributes
    ----------
    state
        ``answered``, ``closed`` or ``spam``; None where nobody said so.
    answered
        When somebody answered first.
    again
        Since when it waits again: the buyer wrote once more, or somebody took it up anew.
    cleared
        Signs of fraud that somebody found harmless.
    """

    state: State | None = None
    answered: datetime | None = None
    again: datetime | None = None
    cleared: tuple[Clearance, ...] = ()


def with_answer(case: Case, done: Done | None) -> Case:
    """Return a case with its first answer, as the platform counts it.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    >>> case = Case("a:1", "a", "1", "inquiry", "", at, at + timedelta(hours=24))
    >>> with_answer(case, Done("closed", at + timedelta(hours=2))).state
    'closed'
    """
    if done is None:
        return case
    answered = case.answered or done.answered
    state = done.state if case.waits and done.state else case.state
    if case.waits and state == case.state and done.answered is not None:
        state = "answered"
    return replace(case, answered=answered, state=state)


def waiting_again(case: Case, done: Done | None, rule: Rule) -> Case:
    """Return a case that waits again as if it had come in then; another is returned as it is.

    Examples
    --------
    >>> from datetime import UTC, date, timedelta
    >>> from fondaco.desk.clock import rule_of
    >>> at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    >>> case = Case("a:1", "a", "1", "inquiry", "", at, at + timedelta(hours=24), at, "answered")
    >>> held = waiting_again(case, Done(again=at + timedelta(days=3)), rule_of("table", date(2026, 11, 2)))
    >>> held.state, str(held.due)
    ('open', '2026-11-06 12:00:00+00:00')
    """
    if done is None or done.again is None or case.waits or done.state is not None:
        return case
    again = done.again.astimezone(case.received.tzinfo)
    return replace(case, received=again, due=due_of(again, rule, case.kind), answered=None, state="open")
