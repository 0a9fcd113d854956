"""How one gets a study: as one of its people, or not at all."""

from __future__ import annotations

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from fondaco.web.accounts.models import User
from fondaco.web.evidence.coding.models import Done, Passage, Study
from fondaco.web.evidence.projects import Access, opened


class StudyAccess(Access[Study]):
    """A study as one person may use it; leads see who is behind a pseudonym."""

    @property
    def study(self) -> Study:
        """The study."""
        return self.project

    @property
    def passages(self) -> QuerySet[Passage]:
        """What they may see: their own, what a file brought, and others' of texts with which both are done."""
        mine = Done.objects.filter(user=self.user, transcript__study=self.study).values("transcript")
        seen = Q(pk__in=[])
        for done in Done.objects.filter(transcript__in=mine).exclude(user=self.user):
            seen |= Q(transcript=done.transcript_id, user=done.user_id)
        return self.study.passages.filter(Q(user=self.user) | Q(user=None) | seen, withdrawn=None)


def study_for(
    user: User | AnonymousUser, number: int, *, need: Literal["study", "lead"] = "study"
) -> StudyAccess:
    """Return the study for one of its people; raises as `opened` does."""
    return StudyAccess(*opened(Study, user, number, lead=need == "lead"))
