"""How one gets a review: as one of its people, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from fondaco.web.accounts.models import User
from fondaco.web.evidence.reviews.models import Entry, Member, Part, Review


@dataclass(frozen=True)
class ReviewAccess:
    """A review as one person may use it."""

    user: User
    review: Review
    part: str

    @property
    def leads(self) -> bool:
        """Whether they may change people, protocol and records."""
        return self.part == Part.LEAD

    @property
    def entries(self) -> QuerySet[Entry]:
        """The review's records that are no copies."""
        return self.review.entries.filter(same_as=None)


def review_for(
    user: User | AnonymousUser, number: int, *, need: Literal["review", "lead"] = "review"
) -> ReviewAccess:
    """Return the review for one of its people.

    Raises
    ------
    Http404
        To anyone who is not in it.
    PermissionDenied
        To a reviewer where only a lead may act.
    """
    if not isinstance(user, User):
        raise Http404
    member = Member.objects.select_related("review").filter(review_id=number, user=user).first()
    if member is None:
        raise Http404
    if need == "lead" and member.part != Part.LEAD:
        raise PermissionDenied(_("Only a lead of the review may do this."))
    return ReviewAccess(user, member.review, member.part)
