"""The page of a study's cases, the links of its model, and the evidence of each case for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fondaco.evidence.coding import case_table, link_table
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.desk.models import AuditLine
from fondaco.web.evidence.coding import cases
from fondaco.web.evidence.coding.forms import BackingForm, CaseForm, LinkForm
from fondaco.web.evidence.coding.models import Passage
from fondaco.web.evidence.coding.permission import StudyAccess, study_for
from fondaco.web.evidence.coding.standing import book_of, coder_of, project_of

#: Passages that can be chosen from, and lines of the history that are shown.
CHOICES, LINES = 500, 50
#: How lines of the trail are told.
SAYS = {
    "coding.case": gettext_lazy("changed the case"),
    "coding.link": gettext_lazy("drew the link"),
    "coding.link_removed": gettext_lazy("took the link away"),
    "coding.evidence": gettext_lazy("changed the evidence of a link"),
}


@login_required
@require_http_methods(["GET", "POST"])
def coding_cases(request: HttpRequest, number: int) -> HttpResponse:
    """Cases side by side, links against them, and forms for both."""
    seen = study_for(request.user, number)
    forms: dict[str, Any] = {"case_form": CaseForm(), "link_form": LinkForm()}
    refused, status = "", 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        try:
            form = _done(request, seen, do)
        except (InputError, Refused) as error:
            refused, status = str(error), 409 if isinstance(error, Refused) else 400
            form = _FORMS.get(do, LinkForm)(request.POST)
        else:
            if form is None:
                messages.success(request, _("It is kept."))
                return redirect("coding_cases", number=number)
            status = 400
        forms[f"{do}_form"] = form
    return render(request, "coding/cases.html", {**_context(seen), **forms, "refused": refused}, status=status)  # fmt: skip


_FORMS: dict[str, Any] = {"case": CaseForm, "link": LinkForm, "back": BackingForm}


def _done(request: HttpRequest, seen: StudyAccess, do: str) -> Any:
    """Do what was asked; returns the form where it does not hold."""
    who: dict[str, Any] = {"by": seen.user, "now": timezone.now()}
    if do == "unlink":
        cases.remove_link(seen.study, request.POST.get("link", "")[:36], **who)
        return None
    form = _FORMS.get(do, BackingForm)(request.POST)
    if not form.is_valid():
        return form
    said = form.cleaned_data
    if do == "case":
        cases.keep_case(seen.study, said["name"], said["values"], said["was"], **who)
    elif do == "link":
        cases.add_link(seen.study, said["start"], said["end"], said["sign"], said["says"], **who)
    else:
        passage = get_object_or_404(seen.passages, key=said["passage"])
        supports = {"yes": True, "no": False}.get(said["supports"])
        cases.back(seen.study, said["to"], passage, supports=supports, **who)
    return None


def _context(seen: StudyAccess) -> dict[str, Any]:
    passages = Passage.objects.filter(pk__in=seen.passages.values("pk")).select_related("user", "transcript")
    project = project_of(seen.study, passages)
    columns, rows = case_table(project)
    told = {case.name: "\n".join(f"{what}: {value}" for what, value in case.values) for case in project.cases}
    named = dict.fromkeys([*told, *(source.case for source in project.sources if source.case)])
    book, quotes = book_of(seen.study), {}
    for each in passages:
        code = book.now(each.code)
        text = " ".join(each.transcript.text[each.start : each.end].split())[:80]
        quotes[each.key] = f"{each.transcript.case or each.transcript.name}: “{text}” ({code.name}, {coder_of(each).name})"  # fmt: skip
    evidence: dict[str, list[dict[str, Any]]] = {}
    for held in project.backing:
        evidence.setdefault(held.link, []).append(
            {"passage": held.coding, "quote": quotes[held.coding], "supports": held.supports}
        )
    history = AuditLine.objects.filter(what__in=SAYS, data__study=seen.study.pk).order_by("-at", "-pk")
    return {
        "seen": seen,
        "study": seen.study,
        "columns": columns,
        "rows": rows,
        "told": [{"name": name, "values": told.get(name, "")} for name in named],
        "links": [{"line": line, "evidence": evidence.get(line.link.id, [])} for line in link_table(project)],
        "passages": list(quotes.items())[:CHOICES],
        "things": [code.name for code in book.living],
        "history": [{"line": line, "says": SAYS[line.what], "data": line.data} for line in history[:LINES]],
    }
