"""Pages of a firm's readiness: its state, gaps and checks; its papers; answers brought in; a person's taken away."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from fondaco import charts
from fondaco.kernel.errors import InputError
from fondaco.kernel.exports import SafeWriter
from fondaco.readiness import DEPARTMENTS, SOURCES, Gap
from fondaco.strategy.rules import rule
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Item
from fondaco.web.desk import names
from fondaco.web.markets.views import drawn
from fondaco.web.readiness import actions
from fondaco.workflows.readiness import FirmReadiness, answers_frame, readiness_of
from fondaco.workflows.readiness_document import assessment_pdf

#: Largest file of answers taken on the page.
LARGEST = 8 * 1024 * 1024
#: Problems of a file that are shown one by one.
MOST_TOLD = 12


@login_required
@require_GET
def readiness(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the state of each construct; to supporters of a network, by the firm's consent, the scores alone."""
    seen = access.firm_for(request.user, slug, shared=Item.READINESS)
    found = readiness_of(seen.workspace, slug, timezone.localdate())
    inside = not seen.is_supporter
    context: dict[str, Any] = {
        "access": seen, "firm": seen.firm, "found": found, "inside": inside, "rows": _rows(found),
        "gaps": [_gap(gap) for gap in found.gaps] if inside else [],
        "departments": _departments(found) if inside else [],
        "people": sorted({said.informant for said in found.answers}) if seen.can_own else [],
        "sources": SOURCES, "largest": LARGEST, "told": any(r.alpha.estimate is not None for r in found.reliability.values()),
        "reliability": [(found.held.by_id[key].name(_language()), each) for key, each in found.reliability.items()],
    }  # fmt: skip
    return render(request, "readiness/readiness.html", context)


def _language() -> str:
    return names.locale().language


def _rows(found: FirmReadiness) -> list[dict[str, Any]]:
    held, language = found.held, _language()
    return [
        {
            "name": held.name(key, language), "group": held.groups[held.construct(key).group].get(language, ""), "score": score,
            "low_is_good": held.construct(key).good == "low", "spread": score.spread,
            "change": found.changes.get(key),
        }
        for key, score in found.state.scores.items()
        if score.people
    ]  # fmt: skip


def _gap(gap: Gap) -> dict[str, Any]:
    return {"gap": gap, "finding": rule(gap.rule).finding}


def _departments(found: FirmReadiness) -> list[dict[str, Any]]:
    """Return the mean of each department's people, by construct: motivation is a matter of all of them."""
    labels = dict(zip(DEPARTMENTS, found.held.page["en"]["departments"], strict=True))
    told: dict[str, dict[str, list[float]]] = {}
    for key, score in found.state.scores.items():
        for own in score.people:
            if own.score is not None:
                told.setdefault(own.department, {}).setdefault(key, []).append(own.score)
    shown = [key for key in ("responsiveness", "people", "expectations", "motivation", "daily_work", "replies") if key in found.state.scores]  # fmt: skip
    return [
        {
            "name": labels.get(department) or _("not said"),
            "scores": [sum(by[key]) / len(by[key]) if key in by else None for key in shown],
            "heads": [found.held.name(key, _language()) for key in shown],
        }
        for department, by in sorted(told.items())
    ]


@login_required
@require_GET
def readiness_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.READINESS)
    found = readiness_of(seen.workspace, slug, timezone.localdate())
    draw = partial(charts.readiness_of, found.held, found.state, found.history, people=not seen.is_supporter)
    mark = f"{slug} {seen.is_supporter} {found.state.day} {hash(repr(found.state))}"
    return drawn(request, mark, "readiness", draw)


@login_required
@require_GET
def readiness_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The assessment as PDF."""
    seen = access.firm_for(request.user, slug)
    found = readiness_of(seen.workspace, slug, timezone.localdate())
    answer = HttpResponse(assessment_pdf(seen.firm.name, found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="readiness-{slug}.pdf"'
    return answer


@login_required
@require_GET
def readiness_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The scores as CSV; for owners, ``?what=answers`` gives the answers themselves."""
    single = request.GET.get("what") == "answers"
    seen = access.firm_for(request.user, slug, need="own" if single else "read")
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="readiness-{"answers-" if single else ""}{slug}.csv"'
    )
    answer.write("\ufeff")
    out = SafeWriter(answer)
    if single:
        frame = answers_frame(seen.workspace, [slug])
        out.writerow(frame.columns)
        for row in frame.iter_rows():
            out.writerow(row)
        return answer
    found = readiness_of(seen.workspace, slug, timezone.localdate())
    out.writerow(
        ["construct", "name", "score", "low", "high", "level", "informants", "lowest", "highest", "r_wg", "last", "note"]
    )  # fmt: skip
    for key, score in found.state.scores.items():
        told, spread = score.score, score.spread or ("", "")
        out.writerow(
            [key, found.held.name(key), _round(told.estimate), _round(told.low), _round(told.high), told.level,
             len(score.told), *spread, _round(score.agreement), score.last, told.why]
        )  # fmt: skip
    return answer


def _round(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)


@login_required
@require_POST
def readiness_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring in an export of LimeSurvey, Google Forms or KoboToolbox."""
    seen = access.firm_for(request.user, slug, need="write")
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.name:
        raise InputError(_("Choose a CSV file of answers."))
    if file.size is None or file.size > LARGEST:
        raise InputError(_("The file is larger than 8 MB: bring it with fondaco readiness --answers."))
    source = next((each for each in SOURCES if each == request.POST.get("source")), None)
    called = "".join(c for c in Path(file.name.replace("\\", "/")).name if c.isprintable())[:120]
    with tempfile.TemporaryDirectory() as folder:
        # Only the ending of the visitor's file name is used, and only two are known.
        path = Path(folder) / ("answers.xlsx" if called.casefold().endswith(".xlsx") else "answers.csv")
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        taken = actions.bring_in(
            seen.workspace, seen.firm, path, source=source, name=called, by=seen.user, now=timezone.now()
        )  # fmt: skip
    kept = taken.kept
    said = ngettext("%(count)d answer is new", "%(count)d answers are new", kept.added) % {
        "count": kept.added
    }
    rest = _("%(changed)d changed, %(same)d were there already.") % {
        "changed": kept.changed,
        "same": kept.same,
    }
    messages.success(request, f"{said}, {rest}")
    for problem in taken.problems[:MOST_TOLD]:
        messages.warning(request, f"{problem.reason} {problem.cure}")
    if len(taken.problems) > MOST_TOLD:
        more = _("%(count)d more: the command line prints all of them.")
        messages.warning(request, more % {"count": len(taken.problems) - MOST_TOLD})
    return redirect("readiness", slug=slug)


@login_required
@require_POST
def readiness_forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Take away all that one person answered."""
    seen = access.firm_for(request.user, slug, need="own")
    count = actions.forget_informant(
        seen.workspace, seen.firm, request.POST.get("informant", ""), by=seen.user, now=timezone.now()
    )
    messages.success(
        request,
        ngettext("%(count)d answer is taken away.", "%(count)d answers are taken away.", count)
        % {"count": count},
    )
    return redirect("readiness", slug=slug)
