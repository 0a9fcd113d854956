"""How one gets a study: as one of its people, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from fondaco.web.accounts.models import User
from fondaco.web.evidence.coding.models import Done, Member, Part, Passage, Study


@dataclass(frozen=True)
class StudyAccess:
    """A study as one person may use it."""

    user: User
    study: Study
    part: str

    @property
    def leads(self) -> bool:
        """Whether they may change people and texts, and see who is behind a pseudonym."""
        return self.part == Part.LEAD

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
    """Return the study for one of its people.

    Raises
    ------
    Http404
        To anyone who is not in it.
    PermissionDenied
        To a coder where only a lead may act.
    """
    if not isinstance(user, User):
        raise Http404
    member = Member.objects.select_related("study").filter(study_id=number, user=user).first()
    if member is None:
        raise Http404
    if need == "lead" and member.part != Part.LEAD:
        raise PermissionDenied(_("Only a lead of the study may do this."))
    return StudyAccess(user, member.study, member.part)
