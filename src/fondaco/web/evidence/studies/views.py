"""Pages of a network's studies: the list, one study, its consent, its answers."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.evidence import study as core
from fondaco.evidence.study.drawing import model_diagram, words
from fondaco.kernel.errors import FondacoError, InputError, Refused
from fondaco.pls import ModelError, parse
from fondaco.web.accounts.models import Firm
from fondaco.web.data.models import JobState
from fondaco.web.evidence.studies import actions
from fondaco.web.evidence.studies.forms import AnswersForm, ResearcherForm, RunForm, StudyForm, initial_of
from fondaco.web.evidence.studies.models import Answers, Researcher, Study, StudyConsent
from fondaco.web.evidence.studies.permission import StudiesAccess, own_firm, studies_for, study_for


def shown(seen: StudiesAccess, **more: Any) -> dict[str, Any]:
    """Return what every page of studies needs; the network's menu only for those whom its pages are open to."""
    context: dict[str, Any] = {"seen": seen, "of": seen.network, **more}
    if seen.inside:
        context["network"] = seen.network
    return context


@login_required
@require_GET
def studies(request: HttpRequest, slug: str) -> HttpResponse:
    """The network's studies; to people of its firms, what concerns them."""
    seen = studies_for(request.user, slug)
    held = Study.objects.filter(network=seen.network)
    own = Firm.objects.filter(pk__in=seen.own_firms)
    context = shown(
        seen,
        studies=[
            {
                "study": each,
                "version": each.newest,
                "results": [
                    run
                    for run in each.runs.filter(state=JobState.DONE).defer("report")
                    if seen.runs or run.released
                ],
            }
            for each in held
        ],
        own=own,
        given=set(StudyConsent.objects.filter(firm__in=own).values_list("study_id", "firm_id")),
        templates=core.templates(),
        researchers=Researcher.objects.filter(network=seen.network).select_related("user"),
        form=ResearcherForm(),
    )
    return render(request, "studies/studies.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def study_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a study, from nothing or from a template (``?template=readiness``)."""
    seen = studies_for(request.user, slug, run=True)
    name = request.POST.get("template") or request.GET.get("template") or ""
    begun = core.template(name) if name else None
    form = StudyForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(begun) if begun else {},
        fictional=begun.fictional if begun else None,
    )
    if request.method == "POST" and form.is_valid():
        study = actions.make_study(seen.network, form.cleaned_data["study"], by=seen.user, now=timezone.now())
        messages.success(
            request, _("The study is kept as a draft. Freeze its model before answers are opened.")
        )
        return redirect("study", slug=slug, study_id=study.pk)
    context = shown(seen, form=form, template=name, diagram=_diagram(begun))
    return render(request, "studies/form.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "POST"])
def study_edit(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Change the draft."""
    seen = studies_for(request.user, slug, run=True)
    held = study_for(seen, study_id)
    definition = held.definition
    form = StudyForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(definition),
        fictional=definition.fictional,
    )
    if request.method == "POST" and form.is_valid():
        actions.change_study(held, form.cleaned_data["study"], by=seen.user, now=timezone.now())
        messages.success(request, _("The draft is kept."))
        return redirect("study", slug=slug, study_id=held.pk)
    context = shown(seen, form=form, study=held, diagram=_diagram(definition))
    return render(request, "studies/form.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_POST
def study_try(request: HttpRequest, slug: str) -> HttpResponse:
    """Run a template on invented answers, in one click."""
    seen = studies_for(request.user, slug, run=True)
    run = actions.try_template(
        seen.network, request.POST.get("template", ""), by=seen.user, now=timezone.now()
    )
    return redirect("study_run", slug=slug, study_id=run.study_id, run_id=run.pk)


@login_required
@require_POST
def study_diagram(request: HttpRequest, slug: str) -> HttpResponse:
    """The diagram of a model as it is being written, or what is wrong with it, at its line."""
    studies_for(request.user, slug, run=True)
    kind, model = request.POST.get("kind", "pls"), request.POST.get("model", "")[:20_000]
    definition = core.Study(
        "", "", "regression" if kind == "regression" else "pls", model.replace("\r\n", "\n")
    )
    return render(request, "studies/diagram.html", {"diagram": _diagram(definition)})


def _diagram(definition: core.Study | None) -> dict[str, Any]:
    """Return a model's picture with its words, or its fault with the line that it is in."""
    if definition is None or not definition.model.strip():
        return {"hint": _("Write the model: its diagram appears here.")}
    try:
        if definition.kind == "regression" and "~" not in definition.model:
            raise InputError(_("A regression is written as y ~ a + b."))
        if definition.kind == "pls":
            parse(definition.model)
        told = words(definition)
        svg = model_diagram(definition)
    except ModelError as error:
        lines = definition.model.split("\n")
        at = lines[error.line - 1] if error.line and error.line <= len(lines) else ""
        return {"fault": str(error), "line": at}
    except (InputError, ValueError) as error:
        return {"fault": str(error), "line": ""}
    return {"words": told, "image": picture(svg)}


def picture(svg: str) -> str:
    """Return an SVG as an address of an image, which runs nothing and keeps its own colours."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@login_required
@require_GET
def study(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """One study: model, sample needed, versions, who takes part, answers, runs."""
    seen = studies_for(request.user, slug)
    held = study_for(seen, study_id)
    newest = held.newest
    definition = held.definition if seen.runs or newest is None else newest.definition
    planned = core.plan_sample(definition.kind, definition.smallest_effect, definition.terms)
    runs = held.runs.select_related("version", "answers").defer("report")
    answers = held.answers.filter(removed=None)
    context = shown(
        seen,
        study=held,
        definition=definition,
        diagram=_diagram(definition),
        planned=planned,
        versions=held.versions.select_related("by"),
        changed=newest is None or newest.fingerprint != held.definition.fingerprint,
        taking_part=len(actions.consenting(held)),
        members=seen.network.memberships.count(),
        own=[
            {"firm": firm, "given": held.consents.filter(firm=firm).exists()}
            for firm in Firm.objects.filter(pk__in=seen.own_firms)
        ],
        runs=runs if seen.runs else runs.exclude(released=None),
        answers=answers,
        run_form=RunForm(answers=answers) if seen.runs and answers else None,
    )
    return render(request, "studies/study.html", context)


@login_required
@require_POST
def study_freeze(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Freeze the draft: numbered, fingerprinted, dated."""
    seen = studies_for(request.user, slug, run=True)
    version = actions.freeze(study_for(seen, study_id), by=seen.user, now=timezone.now())
    messages.success(request, version.registration.says)
    return redirect("study", slug=slug, study_id=study_id)


@login_required
@require_http_methods(["GET", "POST"])
def study_consent(request: HttpRequest, slug: str, study_id: int, firm_slug: str) -> HttpResponse:
    """What a firm is asked to take part in; its owner gives or withdraws the consent."""
    seen = studies_for(request.user, slug)
    held, firm = study_for(seen, study_id), own_firm(seen, firm_slug)
    if request.method == "POST":
        given = request.POST.get("given") == "yes"
        actions.set_consent(held, firm, given, by=seen.user, now=timezone.now())
        said = (
            _("%(firm)s takes part.")
            if given
            else _("%(firm)s does not take part: no later run uses its answers.")
        )
        messages.success(request, said % {"firm": firm.name})
        return redirect("study_consent", slug=slug, study_id=held.pk, firm_slug=firm.slug)
    version = held.newest
    definition = version.definition if version else held.definition
    context = shown(
        seen,
        study=held,
        consent_of=firm,
        definition=definition,
        figures=[(name, core.MEANINGS[name]) for name in definition.behaviour],
        consent=held.consents.filter(firm=firm).select_related("by").first(),
        ran=held.runs.filter(state=JobState.DONE).count(),
        least=core.LEAST_GROUP,
    )
    return render(request, "studies/consent.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def study_data(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Bring answers; see how many there are and to what, never what they say."""
    seen = studies_for(request.user, slug, run=True)
    held = study_for(seen, study_id)
    form = AnswersForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        assert isinstance(file, UploadedFile)  # the form's field gives nothing else
        try:
            actions.keep_answers(held, file, by=seen.user, now=timezone.now())
        except FondacoError as error:
            form.add_error("file", str(error))
        else:
            messages.success(
                request, _("The answers are here. They stay closed until the model is frozen and run.")
            )
            return redirect("study_data", slug=slug, study_id=held.pk)
    rows = [_counted(each, held) for each in held.answers.filter(removed=None).select_related("by")]
    context = shown(
        seen,
        study=held,
        form=form,
        rows=rows,
        definition=held.definition,
        taking_part=actions.consenting(held),
    )
    return render(request, "studies/data.html", context, status=400 if form.errors else 200)


def _counted(answers: Answers, study: Study) -> dict[str, Any]:
    """Return the counts of a file of answers, or what is wrong with it."""
    try:
        definition = study.definition
        survey, left = actions.usable(answers, definition, actions.consenting(study))
        counts = core.counts(definition, survey)
    except (FondacoError, OSError) as error:
        return {
            "answers": answers,
            "fault": str(error) if isinstance(error, FondacoError) else _("The file is gone."),
        }
    return {
        "answers": answers, "counts": counts, "left": left, "enough": counts.complete >= definition.minimum,
        "with_firm": "firm" in survey.columns,
    }  # fmt: skip


@login_required
@require_POST
def study_answers_remove(request: HttpRequest, slug: str, study_id: int, answers_id: int) -> HttpResponse:
    """Delete a file of answers."""
    seen = studies_for(request.user, slug, run=True)
    held = get_object_or_404(Answers, pk=answers_id, study=study_for(seen, study_id), removed=None)
    actions.remove_answers(held, by=seen.user, now=timezone.now())
    messages.success(request, _("The answers are deleted. Results of earlier runs stay."))
    return redirect("study_data", slug=slug, study_id=study_id)


@login_required
@require_POST
def study_start(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Open the answers and run the frozen model on them."""
    seen = studies_for(request.user, slug, run=True)
    held = study_for(seen, study_id)
    form = RunForm(request.POST, answers=held.answers.filter(removed=None))
    if not form.is_valid():
        raise Refused(" ".join(str(each) for errors in form.errors.values() for each in errors))
    run = actions.start_run(
        held, form.cleaned_data["answers"], form.cleaned_data["resamples"], by=seen.user, now=timezone.now()
    )
    return redirect("study_run", slug=slug, study_id=held.pk, run_id=run.pk)


@login_required
@require_POST
def study_questionnaires(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Run on what the firms that take part answered to the readiness questionnaires, in one click."""
    seen = studies_for(request.user, slug, run=True)
    run = actions.run_questionnaires(study_for(seen, study_id), by=seen.user, now=timezone.now())
    return redirect("study_run", slug=slug, study_id=study_id, run_id=run.pk)


@login_required
@require_POST
def study_researchers(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a person run studies of the network, or no more; for supporters."""
    seen = studies_for(request.user, slug, run=True)
    if not seen.supports:
        raise Refused(_("Only supporters of the network say who researches."))
    form = ResearcherForm(request.POST)
    if not form.is_valid():
        raise InputError(_("Write an e-mail address."))
    given = form.cleaned_data["given"]
    actions.set_researcher(seen.network, form.cleaned_data["email"], given, by=seen.user, now=timezone.now())
    messages.success(request, _("They may run studies now.") if given else _("They run no studies any more."))
    return redirect("studies", slug=slug)
