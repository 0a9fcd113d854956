"""Pages of the literature: what studies found, how far they agree, what nobody studied, and what advice rests on it."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fondaco import charts
from fondaco.evidence.literature import (
    SOURCE,
    Answer,
    Base,
    Finding,
    Reader,
    ask,
    behind,
    counts,
    framework,
    open_questions,
    period_of,
    shipped,
    sizes_of,
    traced,
)
from fondaco.evidence.literature.asking import finding_json
from fondaco.evidence.literature.pooling import pooled_json
from fondaco.evidence.literature.strength import sample_words
from fondaco.kernel.errors import InputError, UnknownName
from fondaco.web.accounts import access
from fondaco.web.evidence.literature.forms import AskForm
from fondaco.web.evidence.studies.models import Researcher
from fondaco.web.markets.views import drawn
from fondaco.workflows.literature import base_of, effects_of, findings_csv, reader_of


def _asked(request: HttpRequest) -> tuple[Base, AskForm, Answer | None, str]:
    """Return the base, the form as filled in, its answer, and why there is none."""
    workspace = access.workspace()
    base = base_of(workspace)
    form = AskForm(base, access.firms_of(request.user), request.GET or None)  # type: ignore[arg-type]
    if not request.GET.get("q", "").strip():
        return base, form, None, ""
    if not form.is_valid():
        return base, form, None, ""
    try:
        return base, form, ask(base, form.cleaned_data["q"], form.filters, _reader(request, form)), ""
    except InputError as error:
        return base, form, None, str(error)


def _reader(request: HttpRequest, form: AskForm) -> Reader | None:
    firm = form.cleaned_data.get("firm")
    if not firm:
        return None
    seen = access.firm_for(request.user, firm)
    return reader_of(seen.workspace, seen.firm.slug)


def _findings(base: Base, form: AskForm, answer: Answer | None) -> tuple[Finding, ...]:
    """Return the findings that the picture shows: those of the answer, else all that the filters let through."""
    if answer is not None:
        return answer.findings
    if not form.is_bound or not form.is_valid():
        return base.findings
    wanted = form.filters.read(base)
    return tuple(each for each in base.findings if wanted.take(base.study_of(each)))


@login_required
@require_GET
def evidence(request: HttpRequest) -> HttpResponse:
    """Ask the studies, with filters; without a question, all of them as a picture."""
    base, form, answer, fault = _asked(request)
    shown = _findings(base, form, answer)
    told = answer.to_json() if answer is not None else None
    context = {
        "form": form,
        "answer": answer,
        "told": told,
        "fault": fault,
        "pooled": pooled_json(base, [each.id for each in shown], effects_of(access.workspace(), base)),
        "rows": _pairs(base, shown),
        "total": len(base.findings),
        "studies": len(base.studies),
        "source": SOURCE,
        "researching": Researcher.objects.filter(user=request.user).select_related("network"),  # type: ignore[misc]
    }
    return render(
        request,
        "literature/evidence.html",
        context,
        status=400 if form.is_bound and not form.is_valid() else 200,
    )


def _pairs(base: Base, findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return the pairs of families behind the picture, as the table beside it shows them."""
    view = framework(base, findings)
    label = {node["family"]: node["label"] for node in view["nodes"]}
    return [
        {
            **edge,
            "driver": label[edge["from"]],
            "outcome": label[edge["to"]],
            "verdict": charts.literature.verdict(edge),
        }
        for edge in view["edges"]
    ]


@login_required
@require_GET
def evidence_map_json(request: HttpRequest) -> HttpResponse:
    """The picture of drivers and outcomes, of what is asked, as a Vega-Lite specification."""
    base, form, answer, _fault = _asked(request)
    shown = _findings(base, form, answer)
    mark = hashlib.sha256(repr([each.id for each in shown]).encode()).hexdigest()
    return drawn(request, mark, "findings", partial(charts.findings_of, framework(base, shown)))


@login_required
@require_GET
def evidence_csv(request: HttpRequest) -> HttpResponse:
    """The findings of a question as a table; of all, where nothing is asked."""
    base, form, answer, fault = _asked(request)
    if fault:
        raise InputError(fault)
    text = findings_csv(base, _findings(base, form, answer), answer.reader if answer is not None else None)
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="findings.csv"'
    return response


@login_required
@require_GET
def evidence_counts(request: HttpRequest) -> HttpResponse:
    """The review's counts beside those computed from its table, each difference explained."""
    return render(request, "literature/counts.html", {"lines": counts(shipped()), "source": SOURCE})


@login_required
@require_GET
def evidence_framework(request: HttpRequest) -> HttpResponse:
    """The integrated framework: families, and what was found between them."""
    base = base_of(access.workspace())
    context = {
        "nodes": framework(base)["nodes"],
        "rows": _pairs(base, base.findings),
        "base": base,
        "source": SOURCE,
    }
    return render(request, "literature/framework.html", context)


@login_required
@require_GET
def evidence_questions(request: HttpRequest) -> HttpResponse:
    """The open questions, with the data that would answer each."""
    return render(request, "literature/questions.html", {"questions": open_questions(), "source": SOURCE})


@login_required
@require_GET
def evidence_advice(request: HttpRequest) -> HttpResponse:
    """Every rule of the plan, with what it rests on."""
    return render(request, "literature/advice.html", {"rules": traced(shipped())})


@login_required
@require_GET
def evidence_rule(request: HttpRequest, rule: str) -> HttpResponse:
    """What one rule rests on: study, method, sample, country, findings, and what stands against them."""
    firm = request.GET.get("firm", "")
    reader = None
    if firm:
        seen = access.firm_for(request.user, firm)
        reader = reader_of(seen.workspace, seen.firm.slug)
    try:
        told = behind(shipped(), rule, reader)
    except UnknownName as error:
        raise Http404(str(error)) from None
    return render(request, "literature/rule.html", {"told": told, "reader": reader})


@login_required
@require_GET
def evidence_finding(request: HttpRequest, finding: str) -> HttpResponse:
    """One finding: what, by whom, how it was got, and which advice rests on it."""
    base = base_of(access.workspace())
    held = base.by_id.get(finding)
    if held is None:
        raise Http404
    told = finding_json(base, held)
    words = [
        (place, base.variables[name])
        for place in ("driver", "outcome", "mediator", "moderator")
        if (name := getattr(held, place))
    ]
    rules = [each for each in traced(shipped()) if any(one["id"] == finding for one in each["findings"])]
    against = [each for each in base.disputes if finding in each.findings]
    context = {"told": told, "words": words, "rules": rules, "against": against, "study": base.study_of(held)}
    return render(request, "literature/finding.html", context)


@login_required
@require_GET
def evidence_study(request: HttpRequest, key: str) -> HttpResponse:
    """One study: design, sample, theories, and its findings."""
    base = base_of(access.workspace())
    study = base.studies.get(key)
    if study is None:
        raise Http404
    findings = [finding_json(base, each) for each in base.findings if each.study == key]
    context = {
        "study": study, "sample": sample_words(study), "findings": findings, "sizes": sizes_of(study),
        "period": period_of(base, study),
    }  # fmt: skip
    return render(request, "literature/study.html", context)
