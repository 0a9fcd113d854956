"""Pages of the files: what came in, what is proposed, what happened to every row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco import workflows
from fondaco.kernel.errors import FondacoError, InputError, NeedsAnswer, Question
from fondaco.kernel.exports import SafeWriter
from fondaco.ledger import ImportRecord, Mapping, to_toml
from fondaco.web.accounts import access
from fondaco.web.data import actions
from fondaco.web.data.forms import AnswersForm, ColumnsForm, MappingForm, PersonForm
from fondaco.web.data.models import Job, JobState, Upload, UploadState
from fondaco.workflows import Preview

#: Rows of a page of fates or of quarantined rows.
PAGE = 50

FATES = ("fact", "adjustment", "charge", "duplicate", "quarantined")


@login_required
@require_GET
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits, what is at work, and what came in."""
    seen = access.firm_for(request.user, slug)
    imports = list(reversed(seen.ledger.imports()))
    context = {
        "access": seen,
        "firm": seen.firm,
        "waiting": seen.firm.uploads.filter(state=UploadState.WAITING).select_related("by"),
        "jobs": seen.firm.jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).select_related("upload"),
        "imports": imports,
        "limit": settings.UPLOAD_LIMIT,
    }
    return render(request, "data/data.html", context)


@login_required
@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one file or several and show what is in them."""
    seen = access.firm_for(request.user, slug, need="write")
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if getattr(request, "upload_too_large", False):
        return _refuse(
            request,
            slug,
            _(
                "The files are larger than %(limit)s together. Send fewer at once, or compress them with gzip or ZIP."
            )
            % {"limit": filesizeformat(settings.UPLOAD_LIMIT)},
            413,
        )
    if not files:
        return _refuse(request, slug, _("Choose at least one file."), 400)
    kept: list[Upload] = []
    for file in files:
        try:
            kept.append(actions.keep_upload(seen.firm, file, by=seen.user, now=timezone.now()))
        except InputError as error:
            messages.error(request, str(error))
    if len(kept) == 1:
        return redirect("upload_preview", slug=slug, upload_id=kept[0].pk)
    if kept:
        messages.success(
            request,
            ngettext("%d file is here.", "%d files are here. Look at each, then take it in.", len(kept))
            % len(kept),
        )
    return redirect("data", slug=slug)


def _refuse(request: HttpRequest, slug: str, sentence: str, status: int) -> HttpResponse:
    context = {"sentence": sentence, "status": status, "back": reverse("data", kwargs={"slug": slug})}
    return render(request, "desk/problem.html", context, status=status)


def _upload_for(seen: access.FirmAccess, upload_id: UUID) -> Upload:
    return get_object_or_404(Upload.objects.select_related("firm", "by"), pk=upload_id, firm=seen.firm)


@login_required
@require_http_methods(["GET", "POST"])
def upload_preview(request: HttpRequest, slug: str, upload_id: UUID) -> HttpResponse:
    """Show what a file is taken for; take answers and corrections; start the import."""
    seen = access.firm_for(request.user, slug, need="write")
    upload = _upload_for(seen, upload_id)
    if upload.state != UploadState.WAITING:
        job = upload.jobs.first()
        if job is None:
            raise Http404
        return redirect("job", slug=slug, job_id=job.pk)
    if request.POST.get("do") == "forget":
        actions.forget_answers(upload)
        return redirect("upload_preview", slug=slug, upload_id=upload.pk)
    if request.POST.get("do") == "remove":
        actions.remove_upload(upload, by=seen.user, now=timezone.now())
        messages.success(request, _("Removed %(name)s.") % {"name": upload.name})
        return redirect("data", slug=slug)

    try:
        previews = workflows.preview(seen.workspace, slug, upload.path, **actions.options_of(upload))
    except FondacoError as error:
        return _unreadable(request, seen, upload, error)

    # What a person has just given a column for need not be answered as well.
    chosen = {value for name, value in request.POST.items() if name.startswith("column-")}
    questions = [question for question in questions_of(previews) if question.name not in chosen]
    answers = AnswersForm(questions, request.POST or None, initial=upload.options)
    columns = columns_form(previews, request.POST or None)
    text = text_form(previews, request.POST or None)
    forms = [form for form in (answers, columns, text) if form is not None]
    for form in forms:
        form.full_clean()  # all of them, so that the page shows every error at once
    if request.method == "POST" and all(form.is_valid() for form in forms):
        if request.POST.get("do") == "table":
            actions.answer(upload, {"platform": "table"})
        else:
            agreed = request.POST.get("do") == "take"
            actions.answer(upload, answers.cleaned_data, mapping_from(previews, columns, text, agreed=agreed))
        if request.POST.get("do") == "take":
            try:
                again = workflows.preview(seen.workspace, slug, upload.path, **actions.options_of(upload))
            except FondacoError as error:
                return _unreadable(request, seen, upload, error)
            if not questions_of(again):
                job = actions.start_import(upload, by=seen.user, now=timezone.now())
                return redirect("job", slug=slug, job_id=job.pk)
            messages.info(request, _("Something is still open: see the questions below."))
        return redirect("upload_preview", slug=slug, upload_id=upload.pk)
    context = {
        "access": seen,
        "firm": seen.firm,
        "upload": upload,
        "answers": answers,
        "text": text,
        "open_columns": [question.text for question in questions_of(previews) if question.name == "columns"],
        "tables": [table_of(preview, columns, upload) for preview in previews],
        "unsure": any(not preview.sure for preview in previews),
        "known_layout": any(preview.platform != "table" for preview in previews),
        "can_start_over": bool(upload.options),
    }
    return render(request, "data/preview.html", context, status=400 if request.method == "POST" else 200)


def questions_of(previews: Sequence[Preview]) -> list[Question]:
    """Return what the tables of a file leave open, each question once."""
    return list({question.name: question for preview in previews for question in preview.questions}.values())


def is_editable(previews: Sequence[Preview]) -> bool:
    """Tell whether the columns are for a person to say: one table, of no platform's own layout."""
    return len(previews) == 1 and previews[0].reader.startswith("table")


def columns_form(previews: Sequence[Preview], posted: Any) -> ColumnsForm | None:
    """Return the form of a file's columns; ``None`` where a platform's reader knows them."""
    if not is_editable(previews):
        return None
    headers = [column[0] for column in previews[0].columns]
    fields = [column[1] for column in previews[0].columns]
    return ColumnsForm(previews[0].table, headers, fields, posted)


def text_form(previews: Sequence[Preview], posted: Any) -> MappingForm | None:
    """Return the form of the mapping as text, which says what the table of columns cannot."""
    if not is_editable(previews):
        return None
    return MappingForm(posted, initial={"mapping": to_toml(previews[0].mapping)})


def mapping_from(
    previews: Sequence[Preview], columns: ColumnsForm | None, text: MappingForm | None, *, agreed: bool
) -> Mapping | None:
    """Return the mapping that a person corrected, as text or column by column; ``None`` if neither.

    A proposal that is not sure counts as theirs once they `agreed` to take the file in by it.
    """
    if columns is None or text is None:
        return None
    base = text.understood if text.has_changed() else previews[0].mapping
    if columns.has_changed():
        return actions.with_columns(base, columns.columns)
    return base if text.has_changed() or (agreed and not previews[0].sure) else None


def table_of(preview: Preview, columns: ColumnsForm | None, upload: Upload) -> dict[str, Any]:
    """Return what the page shows of one table of a file."""
    shown = list(
        dict.fromkeys(name for row in preview.first_rows for name, said in row.items() if said != "")
    )
    return {
        "preview": preview,
        "name": upload.in_words(preview.name),
        "doubts": [upload.in_words(doubt) for doubt in preview.doubts],
        "told": [upload.in_words(problem.reason) for problem in preview.told],
        "markets": ", ".join(code or "?" for code, _ in preview.markets[:6]),
        "columns": [
            {
                "header": header,
                "field": field,
                "confidence": confidence,
                "examples": examples,
                "choice": columns[f"column-{place}"] if columns else None,
            }
            for place, (header, field, confidence, examples) in enumerate(preview.columns)
        ],
        "shown": shown,
        "first_rows": [[row.get(name) for name in shown] for row in preview.first_rows],
    }


def _unreadable(
    request: HttpRequest, seen: access.FirmAccess, upload: Upload, error: FondacoError
) -> HttpResponse:
    """Say what is wrong with a file, and let what can be answered be answered."""
    questions = error.questions if isinstance(error, NeedsAnswer) else ()
    answers = AnswersForm(questions, request.POST or None if questions else None)
    if request.method == "POST" and questions and answers.is_valid():
        actions.answer(upload, answers.cleaned_data)
        return redirect("upload_preview", slug=seen.firm.slug, upload_id=upload.pk)
    context = {
        "access": seen,
        "firm": seen.firm,
        "upload": upload,
        "sentence": upload.in_words(str(error)),
        "answers": answers,
        "can_start_over": bool(upload.options),
    }
    return render(request, "data/unreadable.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_GET
def job(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Show how far a job is; the page asks again every second until it is over."""
    seen = access.firm_for(request.user, slug, need="write")
    found = get_object_or_404(Job.objects.select_related("upload", "firm"), pk=job_id, firm=seen.firm)
    if found.state == JobState.DONE and not request.htmx:  # type: ignore[attr-defined]
        return redirect(_after(found), slug=slug, import_id=found.import_id)
    context = {"access": seen, "firm": seen.firm, "job": found}
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, "data/job_progress.html", context)
        if found.state == JobState.DONE:
            response["HX-Redirect"] = reverse(
                _after(found), kwargs={"slug": slug, "import_id": found.import_id}
            )
        return response
    return render(request, "data/job.html", context)


def _after(job: Job) -> str:
    """Return the page that shows what a job has found."""
    return "reread" if job.kind == Job.Kind.LOOK else "import"


def _record_for(seen: access.FirmAccess, import_id: str) -> ImportRecord:
    for record in seen.ledger.imports():
        if record.import_ == import_id:
            return record
    raise Http404


def page_of(request: HttpRequest) -> int:
    """Return which page is asked for, the first being 1."""
    said = request.GET.get("page", "1")
    return int(said) if said.isascii() and said.isdigit() and 0 < int(said) < 10**7 else 1


@login_required
@require_GET
def import_page(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """Show what became of every row of an import."""
    seen = access.firm_for(request.user, slug)
    record = _record_for(seen, import_id)
    fate = request.GET.get("fate", "")
    page = page_of(request)
    narrowed = {"fate": fate} if fate in FATES else {}
    fates = list(seen.ledger.fates(import_id, limit=PAGE + 1, offset=(page - 1) * PAGE, **narrowed))
    report = record.report
    classes = [
        {
            "key": key,
            "label": label,
            "what": what,
            "count": getattr(report, name),
            "total": report.totals.get(name),
        }
        for key, name, label, what in (
            ("fact", "facts", _("Facts"), _("sales, or what else the file is of")),
            ("adjustment", "adjustments", _("Adjustments"), _("cancelled, returned, refunded")),
            ("charge", "charges", _("Charges"), _("shipping, fees, taxes and the like")),
            ("duplicate", "duplicates", _("Duplicates"), _("known already; not counted again")),
            ("quarantined", "quarantined", _("Quarantine"), _("not understood; not counted")),
        )
    ]
    context = {
        "access": seen,
        "firm": seen.firm,
        "record": record,
        "report": report,
        "classes": classes,
        "fate": fate if fate in FATES else "",
        "fates": fates[:PAGE],
        "page": page,
        "more": len(fates) > PAGE,
        "outdated": seen.can_write and import_id in seen.ledger.outdated(),
    }
    return render(request, "data/import.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """Ask, then withdraw an import."""
    seen = access.firm_for(request.user, slug, need="write")
    record = _record_for(seen, import_id)
    if request.method == "POST":
        actions.undo_import(seen, import_id, now=timezone.now())
        messages.success(request, _("Withdrawn. Its rows no longer count; history keeps them."))
        return redirect("data", slug=slug)
    context = {"access": seen, "firm": seen.firm, "record": record}
    return render(request, "data/undo.html", context)


def _difference(report: dict[str, Any]) -> dict[str, Any]:
    """Return a difference as the page shows it: its money as numbers again."""
    money = {name: report[name] and Decimal(report[name]) for name in ("value", "value_before")}
    return {**report, **money}


@login_required
@require_http_methods(["GET", "POST"])
def reread(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """Let the worker look at what today's readers would make of an import; on a person's word, let that count."""
    seen = access.firm_for(request.user, slug, need="write")
    record = _record_for(seen, import_id)
    if request.method == "POST":
        commit = request.POST.get("do") == "count"
        job = actions.start_rereading(seen, import_id, commit=commit, now=timezone.now())
        return redirect("job", slug=slug, job_id=job.pk)
    look = actions.last_look(seen, import_id)
    context = {
        "access": seen,
        "firm": seen.firm,
        "record": record,
        "one": look and _difference(look.report or {}),
    }
    return render(request, "data/reread.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Look for a person and, on an owner's word, erase them; who it was stands in no address and no log."""
    seen = access.firm_for(request.user, slug, need="own")
    form = PersonForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        who = form.cleaned_data["who"]
        try:
            if request.POST.get("do") == "erase":
                actions.forget_person(seen, who, now=timezone.now())
                messages.success(request, _("Erased. The totals are as they were."))
                return redirect("forget", slug=slug)
            found = workflows.look_for(seen.workspace, slug, who)
        except InputError as error:
            form.add_error("who", str(error))
    forgotten = list(reversed(seen.ledger.forgotten()))
    context = {"access": seen, "firm": seen.firm, "form": form, "found": found, "forgotten": forgotten}
    return render(request, "data/forget.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def quarantine(request: HttpRequest, slug: str) -> HttpResponse:
    """List the rows that were not understood, with the reason and what would cure it."""
    seen = access.firm_for(request.user, slug)
    import_id = request.GET.get("import") or None
    page = page_of(request)
    rows = list(seen.ledger.quarantine(import_id=import_id, limit=PAGE + 1, offset=(page - 1) * PAGE))
    context = {
        "access": seen,
        "firm": seen.firm,
        "import_id": import_id or "",
        "rows": [{"row": row, "values": _said(row.values)} for row in rows[:PAGE]],
        "page": page,
        "more": len(rows) > PAGE,
    }
    return render(request, "data/quarantine.html", context)


def _said(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the cells of a row that hold something."""
    return [(name, value) for name, value in values.items() if value not in (None, "")]


class _Line:
    """A file that hands back each line written to it."""

    def write(self, line: str) -> str:
        return line


@login_required
@require_GET
def quarantine_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Hand the quarantined rows out as a table, safe to open in a spreadsheet."""
    seen = access.firm_for(request.user, slug)
    import_id = request.GET.get("import") or None
    ledger = seen.ledger

    def lines() -> Iterator[str]:
        writer = SafeWriter(_Line())
        yield "\ufeff" + writer.writerow(["import", "file", "row", "reason", "cure", "values"])
        offset = 0
        while rows := list(ledger.quarantine(import_id=import_id, limit=1000, offset=offset)):
            offset += len(rows)
            for row in rows:
                values = json.dumps(row.values, ensure_ascii=False, default=str)
                cells = [row.import_, row.file, row.row, row.reason, row.cure, values]
                yield writer.writerow(cells)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quarantine-{slug}.csv"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def replay(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """Correct the mapping of an import and try its quarantined rows again."""
    seen = access.firm_for(request.user, slug, need="write")
    record = _record_for(seen, import_id)
    form = MappingForm(request.POST or None, initial={"mapping": mapping_text(seen, record)})
    if request.method == "POST" and form.is_valid():
        job = actions.start_replay(seen.firm, import_id, form.understood, by=seen.user, now=timezone.now())
        return redirect("job", slug=slug, job_id=job.pk)
    rows = list(seen.ledger.quarantine(import_id=import_id, limit=PAGE))
    reasons: dict[tuple[str, str], int] = {}
    for row in rows:
        reasons[row.reason, row.cure] = reasons.get((row.reason, row.cure), 0) + 1
    context = {
        "access": seen,
        "firm": seen.firm,
        "record": record,
        "form": form,
        "reasons": [
            {"reason": reason, "cure": cure, "count": count} for (reason, cure), count in reasons.items()
        ],
    }
    return render(request, "data/replay.html", context, status=400 if form.errors else 200)


def mapping_text(seen: access.FirmAccess, record: ImportRecord) -> str:
    """Return the mapping that an import was read with, as text."""
    return to_toml(seen.ledger.mapping_of(record.import_))
