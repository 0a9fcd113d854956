"""How one gets a review: as one of its people, or not at all."""

from __future__ import annotations

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from fondaco.web.accounts.models import User
from fondaco.web.evidence.projects import Access, opened
from fondaco.web.evidence.reviews.models import Entry, Review


class ReviewAccess(Access[Review]):
    """A review as one person may use it."""

    @property
    def review(self) -> Review:
        """The review."""
        return self.project

    @property
    def entries(self) -> QuerySet[Entry]:
        """The review's records that are no copies."""
        return self.review.entries.filter(same_as=None)


def review_for(
    user: User | AnonymousUser, number: int, *, need: Literal["review", "lead"] = "review"
) -> ReviewAccess:
    """Return the review for one of its people; raises as `opened` does."""
    return ReviewAccess(*opened(Review, user, number, lead=need == "lead"))
