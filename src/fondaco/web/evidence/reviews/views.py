"""Pages of a review: the list, how far it is, its people, protocol and flow."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fondaco.evidence.literature import shipped
from fondaco.evidence.review import diagram, prisma, protocol
from fondaco.web.desk.people import person
from fondaco.web.evidence.people import MemberForm
from fondaco.web.evidence.reviews import actions, standing
from fondaco.web.evidence.reviews.forms import ProtocolForm, ReviewForm
from fondaco.web.evidence.reviews.models import Review, Stage
from fondaco.web.evidence.reviews.permission import review_for


@login_required
@require_http_methods(["GET", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """One's reviews, the review whose studies ship, and a form to begin one."""
    user = person(request)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = actions.start(
            form.cleaned_data["title"], form.cleaned_data["question"], by=user, now=timezone.now()
        )
        messages.success(request, _("The review has begun; you lead it."))
        return redirect("review", number=made.pk)
    said = protocol.shipped()
    context = {
        "reviews": Review.objects.filter(members__user=user).distinct(),
        "form": form,
        "shipped": said,
        "search": protocol.search_string(said["blocks"]),
        "tables": {name: rows[:8] for name, rows in protocol.tables(shipped()).items()},
        "flow": prisma.shipped().to_json(),
    }
    return render(request, "reviews/reviews.html", context)


@login_required
@require_GET
def review(request: HttpRequest, number: int) -> HttpResponse:
    """How far a review is: counts, agreement, stopping; its people, files and protocol."""
    seen = review_for(request.user, number)
    held = standing.counts(seen.review)
    agreements = [(stage.label, standing.agreement(seen.review, stage.value)) for stage in Stage]
    context = {
        "seen": seen,
        "review": seen.review,
        "counts": held,
        "agreements": [(label, found) for label, found in agreements if found.alpha.units],
        "stopping": standing.stopping(seen.review),
        "rule": standing.RULE,
        "members": seen.review.members.select_related("user"),
        "batches": seen.review.batches.select_related("by"),
        "protocol": seen.review.protocols.first(),
        "member_form": MemberForm(seen.project) if seen.leads else None,
    }
    return render(request, "reviews/review.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def review_protocol(request: HttpRequest, number: int) -> HttpResponse:
    """All versions of the protocol; a lead writes the next."""
    seen = review_for(request.user, number, need="lead" if request.method == "POST" else "review")
    latest = seen.review.protocols.first()
    first = (
        {}
        if latest is None
        else {name: getattr(latest, name) for name in ("databases", "search", "include", "exclude")}
    )
    form = ProtocolForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        actions.keep_protocol(seen.review, form.cleaned_data, by=seen.user, now=timezone.now())
        messages.success(request, _("The protocol is kept; earlier versions stay."))
        return redirect("review_protocol", number=number)
    versions = seen.review.protocols.select_related("by")
    context = {
        "seen": seen,
        "review": seen.review,
        "form": form if seen.leads else None,
        "versions": versions,
    }
    return render(request, "reviews/protocol.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def review_prisma(request: HttpRequest, number: int) -> HttpResponse:
    """The flow as far as the review is, in boxes and arrows that add up."""
    seen = review_for(request.user, number)
    flow, why = standing.flow(seen.review)
    said = flow.to_json() if flow else None
    names = prisma.NAMES
    arrows = [
        (names[a["from"]], names[a["to"]], a["says"])
        for a in (said["arrows"] + said["dropped"] if said else [])
    ]
    context = {
        "seen": seen,
        "review": seen.review,
        "flow": said,
        "arrows": arrows,
        "why": why,
        "counts": standing.counts(seen.review),
    }
    return render(request, "reviews/flow.html", context)


@login_required
@require_GET
def review_flow(request: HttpRequest, number: int) -> HttpResponse:
    """The flow as an SVG picture."""
    seen = review_for(request.user, number)
    flow, why = standing.flow(seen.review)
    if flow is None:
        return HttpResponse(why, status=409, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(diagram.draw(flow), content_type="image/svg+xml; charset=utf-8")
    # The picture brings its own style and nothing else: that one is let through by its hash.
    mark = b64encode(sha256(diagram.STYLE.encode()).digest()).decode()
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{mark}'; frame-ancestors 'none'"
    )
    return answer
