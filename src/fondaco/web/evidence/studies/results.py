"""Pages of a run: its progress, its result, and what is taken along."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fondaco.evidence.study import Result
from fondaco.kernel.errors import Refused
from fondaco.pls.typeset import cells_of
from fondaco.web.data.models import JobState
from fondaco.web.evidence.studies import actions
from fondaco.web.evidence.studies.models import Run
from fondaco.web.evidence.studies.permission import run_for, studies_for
from fondaco.web.evidence.studies.views import picture, shown
from fondaco.workflows import study as workflow
from fondaco.workflows.study_document import pdf_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def study_run(request: HttpRequest, slug: str, study_id: int, run_id: UUID) -> HttpResponse:
    """How far a run is; leads to its result."""
    seen = studies_for(request.user, slug, run=True)
    run = run_for(seen, study_id, run_id)
    if run.state == JobState.DONE:
        result = reverse("study_result", kwargs={"slug": slug, "study_id": study_id, "run_id": run_id})
        if getattr(request, "htmx", False):
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = result
            return answer
        return redirect(result)
    template = "studies/progress.html" if getattr(request, "htmx", False) else "studies/run.html"
    return render(request, template, shown(seen, study=run.study, run=run))


def _result(run: Run) -> Result:
    if run.state != JobState.DONE or run.report is None:
        raise Http404
    return Result.from_json(run.report)


@login_required
@require_GET
def study_result(request: HttpRequest, slug: str, study_id: int, run_id: UUID) -> HttpResponse:
    """The result: diagram, words and every table."""
    seen = studies_for(request.user, slug)
    run = run_for(seen, study_id, run_id)
    found = _result(run)
    tables = [
        {"table": table, "rows": cells_of(table), "anchor": f"table-{place}"}
        for place, table in enumerate(found.tables)
    ]
    context = shown(
        seen, study=run.study, run=run, result=found, tables=tables, image=picture(found.diagram),
        registration=run.version.registration,
    )  # fmt: skip
    return render(request, "studies/result.html", context)


@login_required
@require_POST
def study_release(request: HttpRequest, slug: str, study_id: int, run_id: UUID) -> HttpResponse:
    """Let the firms see a result, or no more."""
    seen = studies_for(request.user, slug, run=True)
    run = run_for(seen, study_id, run_id)
    released = request.POST.get("released") == "yes"
    actions.release_run(run, released, by=seen.user, now=timezone.now())
    messages.success(
        request, _("The firms see this result now.") if released else _("The firms see this result no more.")
    )
    return redirect("study_result", slug=slug, study_id=study_id, run_id=run_id)


@login_required
@require_GET
def study_xlsx(request: HttpRequest, slug: str, study_id: int, run_id: UUID) -> HttpResponse:
    """Every table of a result as an Excel workbook."""
    run = run_for(studies_for(request.user, slug), study_id, run_id)
    content = workflow.excel_of(_result(run), run.study.title, run.version.registration.says)
    return _file(content, _XLSX, f"study-{study_id}.xlsx")


@login_required
@require_GET
def study_pdf(request: HttpRequest, slug: str, study_id: int, run_id: UUID) -> HttpResponse:
    """A result on paper."""
    run = run_for(studies_for(request.user, slug), study_id, run_id)
    content = pdf_of(run.version.definition, _result(run), under=run.version.registration.says)
    return _file(content, "application/pdf", f"study-{study_id}.pdf")


@login_required
@require_GET
def study_zip(request: HttpRequest, slug: str, study_id: int, run_id: UUID) -> HttpResponse:
    """The de-identified answers with codebook, model and numbers; for those who run studies."""
    seen = studies_for(request.user, slug, run=True)
    run = run_for(seen, study_id, run_id)
    found = _result(run)
    if run.answers.removed is not None:
        raise Refused(_("The answers of this run have been deleted: there is nothing to hand out."))
    definition = run.version.definition
    survey, _left = actions.usable(run.answers, definition, actions.consenting(run.study))
    content = workflow.package(
        definition,
        survey,
        key=bytes.fromhex(run.study.key),
        registration=run.version.registration,
        result=found,
    )
    return _file(content, "application/zip", f"study-{study_id}.zip")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
