"""Pages of a review's records: files brought in, duplicates to look at, studies drawn out, and what goes out again."""

from __future__ import annotations

import io
import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.evidence.review.extraction import checked, studies_csv
from fondaco.kernel.errors import InputError
from fondaco.kernel.exports import SafeWriter
from fondaco.web.desk.numbers import number_of
from fondaco.web.evidence.reviews import actions, standing, undoing
from fondaco.web.evidence.reviews.forms import ExtractForm, FileForm
from fondaco.web.evidence.reviews.models import Batch, Extract, Likeness, State
from fondaco.web.evidence.reviews.permission import review_for

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def review_records(request: HttpRequest, number: int) -> HttpResponse:
    """Files, duplicates to look at, and the records; a lead brings files."""
    seen = review_for(request.user, number, need="lead" if request.method == "POST" else "review")
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    refused = ""
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = actions.bring(
                seen.review,
                file.name[:200],
                file.read(),
                other=form.cleaned_data["other"],
                by=seen.user,
                now=timezone.now(),
            )
        except InputError as error:
            refused = str(error)
        else:
            said = ngettext("%(read)d record was read.", "%(read)d records were read.", batch.read) % {
                "read": batch.read
            }
            messages.success(request, said)
            return redirect("review_records", number=number)
    page = max(1, number_of(request.GET.get("page")) or 1)
    start = (page - 1) * PAGE
    entries = list(seen.review.entries.select_related("batch", "same_as")[start : start + PAGE + 1])
    pairs = seen.review.likenesses.select_related("a", "b", "by", "a__batch", "b__batch")
    context = {
        "seen": seen,
        "review": seen.review,
        "form": form if seen.leads else None,
        "refused": refused,
        "batches": seen.review.batches.select_related("by"),
        "queue": pairs.filter(same=None)[:20],
        "decided": pairs.exclude(same=None).order_by("-at", "-pk")[:20],
        "counts": standing.counts(seen.review),
        "entries": entries[:PAGE],
        "page": page,
        "more": len(entries) > PAGE,
    }
    return render(request, "reviews/records.html", context, status=400 if refused or form.errors else 200)


@login_required
@require_POST
def review_duplicate(request: HttpRequest, number: int, pair_id: int) -> HttpResponse:
    """Say that two records are one or two, or take that back."""
    seen = review_for(request.user, number)
    pair = get_object_or_404(Likeness, pk=pair_id, review=seen.review)
    said = {"one": True, "two": False}.get(request.POST.get("same", ""))
    actions.decide_likeness(pair, said, by=seen.user, now=timezone.now())
    messages.success(
        request, _("It is kept, and can be taken back.") if said is not None else _("It is open again.")
    )
    return redirect("review_records", number=number)


@login_required
@require_GET
def review_kept(request: HttpRequest, number: int, batch_id: int) -> HttpResponse:
    """What of a file could not be read, as it stands there."""
    seen = review_for(request.user, number)
    batch = get_object_or_404(Batch, pk=batch_id, review=seen.review)
    return render(request, "reviews/kept.html", {"seen": seen, "review": seen.review, "batch": batch})


@login_required
@require_POST
def review_batch_remove(request: HttpRequest, number: int, batch_id: int) -> HttpResponse:
    """Take a file's records out again."""
    seen = review_for(request.user, number, need="lead")
    batch = get_object_or_404(Batch, pk=batch_id, review=seen.review)
    undoing.remove_batch(batch, by=seen.user, now=timezone.now())
    messages.success(request, _("The file and its records are out of the review."))
    return redirect("review_records", number=number)


@login_required
@require_GET
def review_export(request: HttpRequest, number: int) -> HttpResponse:
    """Every record with what was decided, as CSV; who decided what is told only where the record is settled."""
    seen = review_for(request.user, number)
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(
        [
            "record",
            "title",
            "abstract",
            "authors",
            "year",
            "journal",
            "doi",
            "file",
            "copy_of",
            "by_abstract",
            "by_full_text",
            "decisions",
        ]
    )
    for entry in seen.review.entries.select_related("batch").prefetch_related("votes__user"):
        votes = [
            {"who": str(vote.user), "stage": vote.stage, "verdict": vote.verdict, "reason": vote.reason, "settles": vote.final, "at": vote.at.isoformat()}
            for vote in entry.votes.all()
            if (entry.full_state if vote.stage == "full" else entry.abstract_state) != State.OPEN
        ]  # fmt: skip
        writer.writerow(
            [
                entry.pk, entry.title, entry.abstract, "; ".join(entry.authors), entry.year, entry.journal, entry.doi, entry.batch.name,
                entry.same_as_id or "", entry.abstract_state, entry.full_state, json.dumps(votes, ensure_ascii=False) if votes else "",
            ]
        )  # fmt: skip
    return _csv(out.getvalue(), "records.csv")


@login_required
@require_GET
def review_studies(request: HttpRequest, number: int) -> HttpResponse:
    """The included studies, and which of them are coded."""
    seen = review_for(request.user, number)
    entries = seen.entries.filter(full_state=State.IN).select_related("extract", "extract__by")
    return render(request, "reviews/studies.html", {"seen": seen, "review": seen.review, "entries": entries})


@login_required
@require_http_methods(["GET", "POST"])
def review_extract(request: HttpRequest, number: int, entry_id: int) -> HttpResponse:
    """Draw out of a study what the base holds of one."""
    seen = review_for(request.user, number)
    entry = get_object_or_404(seen.entries, pk=entry_id)
    held = Extract.objects.filter(entry=entry).first()
    first = {**held.values, "source": held.source, "version": held.version} if held else {"version": 0}
    form = (
        ExtractForm(request.POST, initial=first) if request.method == "POST" else ExtractForm(initial=first)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            values = checked(said)
            actions.keep_extract(
                entry, values, said["source"], seen=said["version"], by=seen.user, now=timezone.now()
            )
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The coding is kept, with your name as its coder."))
            return redirect("review_studies", number=number)
    context = {"seen": seen, "review": seen.review, "entry": entry, "form": form, "held": held}
    return render(request, "reviews/extract.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def review_studies_csv(request: HttpRequest, number: int) -> HttpResponse:
    """The coded studies in the columns of the literature base, for a workspace's ``literature`` folder."""
    seen = review_for(request.user, number)
    held = Extract.objects.filter(
        entry__review=seen.review, entry__full_state=State.IN, entry__same_as=None
    ).select_related("entry", "by")
    drawn = [
        (actions.record_of(each.entry), each.values, each.source, str(each.by or _("somebody")))
        for each in held
    ]
    return _csv(studies_csv(drawn), "studies.csv")


def _csv(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
