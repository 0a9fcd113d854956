"""Work that nobody waits for: the order of the records still to be screened."""

from __future__ import annotations

from django_tasks import task

from fondaco.web.evidence.reviews import actions
from fondaco.web.evidence.reviews.models import Review


@task()
def rank_review(number: int) -> None:
    """Work out the order of a review's open records."""
    review = Review.objects.filter(pk=number).first()
    if review is not None:
        actions.rank(review)
