"""Pages on which people screen: one record after another, and the conflicts that a third settles."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fondaco.evidence.review.voting import READERS
from fondaco.web.evidence.reviews import actions, undoing
from fondaco.web.evidence.reviews.forms import REASONS, VoteBackForm, VoteForm
from fondaco.web.evidence.reviews.models import Entry, Stage, State
from fondaco.web.evidence.reviews.permission import ReviewAccess, review_for
from fondaco.web.evidence.reviews.tasks import rank_review


@login_required
@require_http_methods(["GET", "POST"])
def review_screen(request: HttpRequest, number: int) -> HttpResponse:
    """The next record for this person; what they decide is kept, and the one after it comes."""
    seen = review_for(request.user, number)
    stage = request.POST.get("stage") or request.GET.get("stage") or Stage.ABSTRACT
    stage = stage if stage in Stage.values else Stage.ABSTRACT
    if request.method == "POST":
        form = VoteForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say include, exclude or maybe."))
            return redirect(_here(number, stage))
        said = form.cleaned_data
        entry = get_object_or_404(Entry, pk=said["entry"], review=seen.review)
        actions.vote(entry, stage, said["verdict"], said["reason"], by=seen.user, now=timezone.now())
        if stage == Stage.ABSTRACT and actions.due(seen.review):
            rank_review.enqueue(seen.review.pk)
        return redirect(_here(number, stage))
    waiting = _waiting(seen, stage)
    latest = (
        seen.review.entries.filter(votes__user=seen.user, votes__stage=stage).order_by("-votes__at").first()
    )
    context = {
        "seen": seen,
        "review": seen.review,
        "stage": stage,
        "stage_name": Stage(stage).label,
        "entry": waiting.first(),
        "left": waiting.count(),
        "done": seen.review.entries.filter(votes__user=seen.user, votes__stage=stage).count(),
        "latest": latest,
        "reasons": REASONS[1:],
        "protocol": seen.review.protocols.first(),
    }
    return render(request, "reviews/screen.html", context)


def _waiting(seen: ReviewAccess, stage: str) -> Any:
    """Return the records that this person may still decide on, the likeliest first; one that two others read is theirs."""
    others = Count("votes", filter=Q(votes__stage=stage, votes__final=False) & ~Q(votes__user=seen.user))
    open_ones = (
        {"abstract_state": State.IN, "full_state": State.OPEN}
        if stage == Stage.FULL
        else {"abstract_state": State.OPEN}
    )
    mine = seen.review.entries.filter(votes__user=seen.user, votes__stage=stage).values("pk")
    held = seen.entries.filter(**open_ones).exclude(pk__in=mine)
    return held.annotate(others=others).filter(others__lt=READERS).order_by("-score", "pk")


def _here(number: int, stage: str) -> str:
    return f"{reverse('review_screen', kwargs={'number': number})}?stage={stage}"


@login_required
@require_POST
def review_vote_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take one's own last decision back; the record waits for one again."""
    seen = review_for(request.user, number)
    form = VoteBackForm(request.POST)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data
    entry = get_object_or_404(Entry, pk=said["entry"], review=seen.review)
    undoing.take_back(entry, said["stage"], by=seen.user, now=timezone.now())
    messages.success(request, _("It is taken back, and waits for you again."))
    return redirect(_here(number, said["stage"]))


@login_required
@require_POST
def review_rest(request: HttpRequest, number: int) -> HttpResponse:
    """Draw the rest at random from now on, so that screening may stop with a stated confidence."""
    seen = review_for(request.user, number, need="lead")
    actions.begin_tail(seen.review, by=seen.user, now=timezone.now(), seed=secrets.randbelow(2**31))
    messages.success(request, _("The rest comes in random order now."))
    return redirect("review", number=number)


@login_required
@require_http_methods(["GET", "POST"])
def review_conflicts(request: HttpRequest, number: int) -> HttpResponse:
    """What two people disagree on; whoever is neither of them settles it."""
    seen = review_for(request.user, number)
    if request.method == "POST":
        form = VoteForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say include or exclude."))
            return redirect("review_conflicts", number=number)
        said = form.cleaned_data
        entry = get_object_or_404(Entry, pk=said["entry"], review=seen.review)
        actions.settle(
            entry, said["stage"], said["verdict"], said["reason"], by=seen.user, now=timezone.now()
        )
        messages.success(request, _("It is settled."))
        return redirect("review_conflicts", number=number)
    held = seen.entries.filter(Q(abstract_state=State.CONFLICT) | Q(full_state=State.CONFLICT))
    shown = []
    for entry in held.prefetch_related("votes__user")[:50]:
        stage = Stage.ABSTRACT if entry.abstract_state == State.CONFLICT else Stage.FULL
        votes = [vote for vote in entry.votes.all() if vote.stage == stage]
        mine = any(vote.user_id == seen.user.pk for vote in votes)
        shown.append({"entry": entry, "stage": stage, "votes": votes, "mine": mine})
    context = {
        "seen": seen,
        "review": seen.review,
        "conflicts": shown,
        "all": held.count(),
        "reasons": REASONS[1:],
    }
    return render(request, "reviews/conflicts.html", context)
