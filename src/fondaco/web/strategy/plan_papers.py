"""The plan to take along: PDF, one page of it, Excel, and its timeline as a chart."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fondaco import charts
from fondaco.strategy.plan.lines import lines_of
from fondaco.web.accounts import access
from fondaco.web.desk.numbers import number_of
from fondaco.web.markets.views import drawn
from fondaco.web.strategy.plan import lines_with_comments, today_of, version_of
from fondaco.workflows.plan_document import Document, pdf_of, with_charts
from fondaco.workflows.plan_swot import quadrants_of
from fondaco.workflows.plan_workbook import workbook_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _document(request: HttpRequest, seen: access.FirmAccess) -> Document:
    """Return the version that is asked for (``?version=2``), else the newest, else today's proposal."""
    version = version_of(seen, number_of(request.GET.get("version")))
    if version is None:
        proposal = today_of(seen)
        return Document(seen.firm.name, proposal, lines_of(proposal))
    agreed = ""
    if version.agreed is not None:
        agreed = _("agreed by %(who)s on %(day)s") % {
            "who": version.agreed_by or "—", "day": timezone.localtime(version.agreed).date().isoformat(),
        }  # fmt: skip
    return Document(
        seen.firm.name, version.proposal, lines_with_comments(version), version.number, agreed, version.review
    )


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@login_required
@require_GET
def plan_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan as PDF; ``?one_page=1`` for one page."""
    seen = access.firm_for(request.user, slug)
    document = with_charts(seen.workspace, slug, _document(request, seen))
    one_page = request.GET.get("one_page") == "1"
    if not one_page:
        document = replace(document, swot=quadrants_of(seen.workspace, slug, timezone.localdate()))
    return _file(pdf_of(document, one_page=one_page), "application/pdf", f"plan-{slug}.pdf")


@login_required
@require_GET
def plan_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan's numbers as an Excel workbook."""
    seen = access.firm_for(request.user, slug)
    return _file(workbook_of(_document(request, seen)), _XLSX, f"plan-{slug}.xlsx")


@login_required
@require_GET
def plan_timeline_json(request: HttpRequest, slug: str) -> HttpResponse:
    """What is due when, as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug)
    document = _document(request, seen)
    mark = hashlib.sha256(repr(document.lines).encode()).hexdigest()
    return drawn(request, mark, "timeline", partial(charts.timeline_of, document.lines))
