"""Pages on which people code a text, see how far they agree, and take figures and files along."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.evidence.coding import CODE, Change, out_of_time, quotes, sentences, views, waves
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.desk.numbers import number_of
from fondaco.web.evidence.coding import actions
from fondaco.web.evidence.coding.forms import PassageForm
from fondaco.web.evidence.coding.models import Passage, Standing, Transcript, new_key
from fondaco.web.evidence.coding.permission import StudyAccess, study_for
from fondaco.web.evidence.coding.standing import agreement_of, book_of, coder_of, project_of
from fondaco.workflows import coding as papers

#: Sentences of one page.
PAGE = 200
#: What can be taken along, and as what.
FILES = {
    "structure.svg": "image/svg+xml; charset=utf-8",
    "structure.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "structure.tex": "text/plain; charset=utf-8",
    "quotations.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "quotations.tex": "text/plain; charset=utf-8",
    "quotations.csv": "text/csv; charset=utf-8",
    "project.qdpx": "application/zip",
    "codebook.qdc": "application/xml",
    "codings.csv": "text/csv; charset=utf-8",
    "project.json": "application/json",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence that has the same codes throughout."""

    start: int
    text: str
    codes: str
    many: int


def _text_of(request: HttpRequest, number: int, text: int) -> tuple[StudyAccess, Transcript]:
    seen = study_for(request.user, number)
    return seen, get_object_or_404(Transcript, pk=text, study=seen.study)


@login_required
@require_http_methods(["GET", "POST"])
def coding_text(request: HttpRequest, number: int, text: int) -> HttpResponse:
    """A text with what is coded; sentences are chosen by arrow keys or by the mouse, and given a code."""
    seen, transcript = _text_of(request, number, text)
    held = sentences(transcript.text)
    pages = max(1, -(-len(held) // PAGE))
    page = min(pages, max(1, number_of(request.GET.get("page")) or 1))
    if request.method == "POST":
        _code(request, seen, transcript)
        return redirect(f"{reverse('coding_text', kwargs={'number': number, 'text': text})}?page={page}")
    shown = held[(page - 1) * PAGE : page * PAGE]
    low, high = (shown[0][0], shown[-1][1]) if shown else (0, 0)
    book = book_of(seen.study)
    names = {code.id: book.now(code.id).name for code in book.codes.values()}
    passages = list(
        seen.passages.filter(transcript=transcript, start__lt=high, end__gt=low).select_related("user")
    )
    before = low
    rows = []
    for place, (start, end) in enumerate(shown, (page - 1) * PAGE + 1):
        rows.append(
            {
                "gap": transcript.text[before:start],
                "number": place,
                "pieces": _pieces(transcript.text, start, end, passages, names),
            }
        )
        before = end
    finished = transcript.done.select_related("user")
    context = {
        "seen": seen,
        "study": seen.study,
        "transcript": transcript,
        "rows": rows,
        "passages": [
            {"passage": each, "code": names.get(each.code, ""), "quote": transcript.text[each.start : each.end], "mine": each.user_id == seen.user.pk,
             "coder": coder_of(each).name}
            for each in passages
        ],
        "codes": _choices(book),
        "standings": Standing.choices,
        "all": len(held),
        "page": page,
        "pages": pages,
        "done": any(each.user_id == seen.user.pk for each in finished),
        "finished": finished,
    }  # fmt: skip
    return render(request, "coding/text.html", context)


def _choices(book: Any) -> list[dict[str, Any]]:
    """Return the codes in use by theme, for a choice."""
    held = [{"theme": theme.name, "codes": book.under(theme.id, CODE)} for theme in book.of_level(2)]
    return [
        each for each in [*held, {"theme": _("Unassigned"), "codes": book.under(None, CODE)}] if each["codes"]
    ]


def _pieces(text: str, start: int, end: int, passages: list[Passage], names: dict[str, str]) -> list[Piece]:
    here = [each for each in passages if each.start < end and each.end > start]
    cuts = sorted({start, end, *(c for each in here for c in (each.start, each.end) if start < c < end)})
    pieces = []
    for low, high in pairwise(cuts):
        on = list(
            dict.fromkeys(names.get(each.code, "") for each in here if each.start <= low and each.end >= high)
        )
        pieces.append(Piece(low, text[low:high], "; ".join(on), min(3, len(on))))
    return pieces


def _code(request: HttpRequest, seen: StudyAccess, transcript: Transcript) -> None:
    form = PassageForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose sentences and a code."))
        return
    said, now = form.cleaned_data, timezone.now()
    more = {"standing": said["standing"], "speaks_of": said["speaks_of"] or 0}
    try:
        if said["start"] is not None and said["end"]:
            where = (said["start"], said["end"])
        else:
            where = actions.passage_of(
                transcript.text, said["first"] or 0, said["last"] or said["first"] or 0
            )
        code = said["code"]
        if said["new"].strip():
            code = new_key()
            actions.change_book(
                seen.study, Change("add", code, str(seen.user), now, said["new"]), by=seen.user
            )
        actions.code(transcript, where, [code], more, by=seen.user, now=now)
    except (InputError, Refused) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Coded: %(passage)s") % {"passage": transcript.text[slice(*where)][:80]})


@login_required
@require_POST
def coding_withdraw(request: HttpRequest, number: int, text: int, passage: int) -> HttpResponse:
    """Withdraw one's own coding."""
    seen, transcript = _text_of(request, number, text)
    held = seen.passages.filter(transcript=transcript, pk=passage).first()
    if held is None:
        raise Http404
    try:
        actions.withdraw(held, by=seen.user, now=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("coding_text", number=number, text=text)


@login_required
@require_POST
def coding_done(request: HttpRequest, number: int, text: int) -> HttpResponse:
    """Be done with a text."""
    seen, transcript = _text_of(request, number, text)
    actions.finish(transcript, by=seen.user, now=timezone.now())
    messages.success(
        request, _("You are done with this text. What others coded appears once they are done too.")
    )
    return redirect("coding_text", number=number, text=text)


@login_required
@require_http_methods(["GET", "POST"])
def coding_agreement(request: HttpRequest, number: int) -> HttpResponse:
    """How far people agree on each code, on texts with which they are done; a lead keeps it in the log."""
    seen = study_for(request.user, number, need="lead" if request.method == "POST" else "study")
    if request.method == "POST":
        try:
            actions.log_agreement(seen.study, by=seen.user, now=timezone.now())
        except Refused as error:
            messages.error(request, str(error))
        return redirect("coding_agreement", number=number)
    found = agreement_of(seen.study)
    context = {
        "seen": seen,
        "study": seen.study,
        "found": found,
        "uncoded": round(100 * found.uncoded),
        "checks": seen.study.checks.select_related("by")[:50],
    }
    return render(request, "coding/agreement.html", context)


@login_required
@require_GET
def coding_figure(request: HttpRequest, number: int) -> HttpResponse:
    """The data structure, quotations, rounds and links, with what can be taken along."""
    seen = study_for(request.user, number)
    project = _project(seen)
    book = project.book
    dimensions = [
        {"name": dimension.name if dimension else _("Unassigned"),
         "themes": [{"name": theme.name, "codes": book.under(theme.id, 1)} for theme in book.under(dimension.id if dimension else None, 2)]}
        for dimension in (*book.of_level(3), None)
    ]  # fmt: skip
    context = {
        "seen": seen,
        "study": seen.study,
        "dimensions": [each for each in dimensions if each["themes"]],
        "loose": book.under(None, 1),
        "quotes": quotes(project, each=2)[:200],
        "waves": [line for line in waves(project) if len(line.counts) > 1][:200],
        "flags": [
            {"quote": project.quote(each.coding), "source": each.source.name, "why": each.why}
            for each in out_of_time(project)
        ],
        "views": views(project),
        "files": list(FILES),
    }
    return render(request, "coding/figure.html", context)


def _project(seen: StudyAccess) -> Any:
    """Return the study as this person may see it: others' codings of texts with which both are done."""
    return project_of(
        seen.study, Passage.objects.filter(pk__in=seen.passages.values("pk")).select_related("user")
    )


@login_required
@require_GET
def coding_file(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """A figure, a table or the project, for other programs."""
    seen = study_for(request.user, number)
    if what not in FILES:
        raise Http404
    project, now = _project(seen), timezone.now()
    name, ending = what.split(".")
    if name == "structure":
        content = papers.figure(project, f".{ending}", now=now)
    elif name == "quotations":
        content = papers.quote_table(project, f".{ending}", each=3, now=now)
    else:
        content = papers.export(project, f".{ending}", now=now)
    answer = HttpResponse(content, content_type=FILES[what])
    if ending != "svg":
        answer["Content-Disposition"] = f'attachment; filename="{what}"'
    return answer
