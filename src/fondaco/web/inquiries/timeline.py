"""What cases add to a buyer's one timeline, and to the messages that the guidance on leaving the platform counts."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from fondaco.relationships.identity import Event
from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries.keeping import cases_of_buyer
from fondaco.workflows import desk_log, desk_says


def events_of_cases(firm: Firm, records: Sequence[str]) -> list[Event]:
    """Return the buyer's cases that no file tells of, and what was written in all of them."""
    held = cases_of_buyer(firm, records)
    numbers = {told.case: case.pk for case, told in held}

    def address(case: desk_log.Case) -> str:
        return reverse("inquiry", args=[firm.slug, numbers[case.case]])

    return desk_says.case_events(min(records), [told for _case, told in held], words=_, address=address)


def messages_of_cases(firm: Firm, records: Sequence[str]) -> int:
    """Return how many messages went both ways in the buyer's cases beside what the files say."""
    return desk_says.messages_in(told for _case, told in cases_of_buyer(firm, records))
