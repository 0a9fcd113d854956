"""Pages of quotations: all of them with what they tell, a new one, one with its versions, and its paper."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.desk.cases import QUOTATIONS
from fondaco.desk.quotation import Quotation as Said
from fondaco.desk.quotation import changes, quotation_from
from fondaco.desk.quotation.conceding import price_given
from fondaco.desk.quotation.values import terms_from
from fondaco.kernel import FondacoError, InputError
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.numbers import number_of
from fondaco.web.inquiries.models import Case
from fondaco.web.inquiries.quotations import actions
from fondaco.web.inquiries.quotations.forms import (
    LineFormSet,
    QuotationForm,
    SettleForm,
    case_key,
    first_of,
    posted,
)
from fondaco.web.inquiries.quotations.models import Quotation, State
from fondaco.web.inquiries.quotations.reaching import log_of, met_by
from fondaco.web.inquiries.syncing import want
from fondaco.workflows.inquiries import Met
from fondaco.workflows.price import products_to_price
from fondaco.workflows.profile import profile_of
from fondaco.workflows.quotation_document import Paper, print_quotation
from fondaco.workflows.quotations import Held, Wanted, hold, line_of, prepare, quoting_of, told_of
from fondaco.workflows.replies import answer_of

_ON_A_PAGE = 50


def quotations_of(firm: Firm, key: str) -> QuerySet[Quotation]:
    """Return the quotations that answer a case, for `quotations/of_case.html`."""
    return Quotation.objects.filter(firm=firm, case=key).prefetch_related("versions")


@login_required
@require_GET
def quotations(request: HttpRequest, slug: str) -> HttpResponse:
    """All quotations, the latest first, and what they and the inquiries tell."""
    seen = access.firm_for(request.user, slug)
    held = Quotation.objects.filter(firm=seen.firm).prefetch_related("versions")
    page = Paginator(held, _ON_A_PAGE).get_page(request.GET.get("page"))
    told = told_of(seen.workspace, slug, timezone.now(), log_of(slug))
    context = {
        "access": seen, "firm": seen.firm, "page": page, "told": told, "states": State,
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "quotations/quotations.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def quotation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a quotation; ``?case=KEY`` begins from an inquiry."""
    seen = access.firm_for(request.user, slug, need="write")
    key, now = case_key(request), timezone.now()
    case = met_by(seen, key, now)
    first, rows, why = _prepared(seen, key, case, now)
    form = QuotationForm(posted(request), initial=first)
    lines = LineFormSet(posted(request), initial=rows, prefix="lines")
    if request.method == "POST":
        held = _held(seen, form, lines, key, case, now)
        if held is not None:
            kept = actions.make(held, firm=seen.firm, by=seen.user, now=now)
            messages.success(request, _("The quotation is kept as a draft."))
            return redirect("quotation", slug=slug, quotation_id=kept.pk)
    context = {**_shown(seen, form, lines, case), "key": key, "why": why}
    return render(request, "quotations/quotation_form.html", context, status=_status(form, lines))


@login_required
@require_GET
def quotation(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """One quotation: what it says, its checks, its versions with what was conceded, and what to do with it."""
    seen = access.firm_for(request.user, slug)
    held = _get(seen, quotation_id)
    now, newest = timezone.now(), held.newest
    case = met_by(seen, held.case, now)
    checked = hold(seen.workspace, slug, newest.said, now, who=seen.user.email, owner=seen.can_own, case=case)
    context = {
        "access": seen,
        "firm": seen.firm,
        "quotation": held,
        "newest": newest,
        "said": newest.said,
        "lines": [(line, line.amount(newest.said.currency).amount) for line in newest.said.lines],
        "checks": checked.checks,
        "case": checked.case,
        "places": QUOTATIONS,
        "versions": _versions(held),
        "given": _given(held),
        "text": answer_of(
            seen.workspace, slug, "quotation", now, case=held.case, language=newest.said.language,
            quotation=newest.said, sender=seen.user.name, known=case,
        ).draft,
        "settle": SettleForm(of_case=bool(held.case)),
        "open": held.state in (State.DRAFT, State.SENT),
    }  # fmt: skip
    return render(request, "quotations/quotation.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def quotation_change(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """Make a new version; the earlier ones stay."""
    seen = access.firm_for(request.user, slug, need="write")
    held, now = _get(seen, quotation_id), timezone.now()
    newest = held.newest
    first, rows = first_of(newest.said)
    form = QuotationForm(posted(request), initial={**first, "seen": newest.number})
    lines = LineFormSet(posted(request), initial=rows, prefix="lines")
    case = met_by(seen, held.case, now)
    if request.method == "POST":
        said = _held(seen, form, lines, held.case, case, now)
        if said is not None:
            version = form.cleaned_data["seen"] or 0
            actions.change(held, said, seen=version, firm=seen.firm, by=seen.user, now=now)
            messages.success(request, _("The new version is kept; the earlier ones stay."))
            return redirect("quotation", slug=slug, quotation_id=held.pk)
    context = {**_shown(seen, form, lines, case), "quotation": held, "key": held.case}
    return render(request, "quotations/quotation_form.html", context, status=_status(form, lines))


@login_required
@require_POST
def quotation_release(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """Release a version that goes beyond its writer's authority."""
    seen = access.firm_for(request.user, slug, need="own")
    held = _get(seen, quotation_id)
    actions.release(held, seen=_version(request), firm=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The version is released."))
    return redirect("quotation", slug=slug, quotation_id=held.pk)


@login_required
@require_POST
def quotation_sent(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """Note that a person sent the newest version."""
    seen = access.firm_for(request.user, slug, need="write")
    held = _get(seen, quotation_id)
    actions.mark_sent(held, seen=_version(request), firm=seen.firm, by=seen.user, now=timezone.now())
    return _with_its_case(request, seen, held, _("Noted as sent."))


@login_required
@require_POST
def quotation_settle(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """Note what the buyer decided."""
    seen = access.firm_for(request.user, slug, need="write")
    held = _get(seen, quotation_id)
    form = SettleForm(request.POST, of_case=bool(held.case))
    if not form.is_valid():
        raise InputError(_("Say whether the buyer accepted or refused it."))
    decided = form.cleaned_data["accepted"]
    actions.settle(
        held, accepted=decided == "yes", lost=decided == "lost", reason=form.cleaned_data["reason"], firm=seen.firm,
        by=seen.user, now=timezone.now(),
    )  # fmt: skip
    return _with_its_case(request, seen, held, _("Noted."))


@login_required
@require_POST
def quotation_reopen(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """Take back what was noted of the buyer's decision."""
    seen = access.firm_for(request.user, slug, need="write")
    held = _get(seen, quotation_id)
    actions.reopen(held, firm=seen.firm, by=seen.user, now=timezone.now())
    return _with_its_case(request, seen, held, _("The decision is taken back."))


def _with_its_case(
    request: HttpRequest, seen: access.FirmAccess, held: Quotation, sentence: str
) -> HttpResponse:
    """Go back to a quotation, and say how its case stands by now."""
    case = Case.objects.filter(firm=seen.firm, key=held.case).first() if held.case else None
    if case is not None:
        want(seen.firm, now=timezone.now())
        sentence += " " + _("Its case: %(state)s.") % {"state": case.get_state_display()}
    messages.success(request, sentence)
    return redirect("quotation", slug=seen.firm.slug, quotation_id=held.pk)


@login_required
@require_GET
def quotation_pdf(request: HttpRequest, slug: str, quotation_id: int) -> HttpResponse:
    """A version as PDF (``?version=2``; the newest if left out)."""
    seen = access.firm_for(request.user, slug)
    held = _get(seen, quotation_id)
    wanted = number_of(request.GET.get("version"))
    version = (
        held.newest if wanted is None else next((v for v in held.versions.all() if v.number == wanted), None)
    )
    if version is None:
        raise Http404
    paper = Paper(seen.firm.name, version.said, held.number, version.number, version.may_go)
    answer = HttpResponse(print_quotation(paper).pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="quotation-{held.number}-{version.number}.pdf"'
    return answer


def _get(seen: access.FirmAccess, number: int) -> Quotation:
    held = Quotation.objects.filter(firm=seen.firm).prefetch_related("versions__by", "versions__released_by")
    return get_object_or_404(held, pk=number)


def _version(request: HttpRequest) -> int:
    return number_of(request.POST.get("seen")) or 0


def _versions(held: Quotation) -> list[dict[str, Any]]:
    """Return the versions, newest first, each with what changed since the one before."""
    found: list[dict[str, Any]] = [{"version": each, "said": each.said} for each in held.versions.all()]
    for before, after in pairwise(found):
        after["changes"] = changes(before["said"], after["said"])
    return found[::-1]


def _given(held: Quotation) -> dict[str, Any] | None:
    """Return what was conceded from the first version sent to the last; None before the second."""
    sent = [each.said for each in held.versions.all() if each.sent is not None]
    if len(sent) < 2:
        return None
    share = price_given(sent[0], sent[-1])
    return {
        "rounds": len(sent),
        "share": None if share is None else float(share),
        "changes": changes(sent[0], sent[-1]),
    }


def _prepared(
    seen: access.FirmAccess, key: str, case: Met | None, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """Return first values of form and rows, from the case and the stored terms, and why something is missing."""
    slug = seen.firm.slug
    valid = profile_of(seen.workspace, slug).price.valid_days
    first: dict[str, Any] = {
        "currency": seen.ledger.firm.currency, "valid_days": valid, **quoting_of(seen.workspace, slug).stated,
    }  # fmt: skip
    if case is None:
        why = _("There is no such inquiry: fill in what it says.") if key else ""
        return first, [], why
    try:
        held = prepare(seen.workspace, slug, now, case=key, who=seen.user.email, known=case)
    except FondacoError as error:
        first |= {"buyer": case.case.name or case.case.company, "market": case.case.market}
        row = {
            "sku": case.goods.sku if case.goods else "",
            "text": case.case.product,
            "quantity": case.case.units,
        }
        return first, [row], str(error)
    found, rows = first_of(held.quotation)
    return found, rows, ""


def _held(
    seen: access.FirmAccess, form: QuotationForm, lines: Any, key: str, case: Met | None, now: datetime
) -> Held | None:
    """Return what the forms say, checked; None where they have mistakes, which they then tell."""
    if not (form.is_valid() and lines.is_valid()):
        return None
    try:
        said = _said(seen, form, lines.cleaned_data, key)
        return hold(
            seen.workspace, seen.firm.slug, said, now, who=seen.user.email, owner=seen.can_own, case=case
        )
    except InputError as error:
        form.add_error(None, str(error))
        return None


def _said(seen: access.FirmAccess, form: QuotationForm, rows: list[dict[str, Any]], key: str) -> Said:
    said, today = form.cleaned_data, timezone.localdate()
    head = {name: said[name] for name in ("buyer", "market", "currency", "language")}
    terms = form.terms()
    kept = [row for row in rows if any(row.get(name) for name in ("sku", "text", "quantity", "price"))]
    lines = [_row(seen, row, head, terms) for row in kept]
    return quotation_from({**head, "made": today, "case": key, "lines": lines, "terms": terms})


def _row(
    seen: access.FirmAccess, row: dict[str, Any], head: dict[str, Any], terms: dict[str, Any]
) -> dict[str, Any]:
    """Return a row as a line; where the product and the number are stated, with range and ladder of today."""
    sku, text, quantity, price = (row.get(name) for name in ("sku", "text", "quantity", "price"))
    said: dict[str, Any] = {"sku": sku or "", "text": text or "", "quantity": quantity, "price": price}
    if not quantity or not sku:
        return said
    line = line_of(
        seen.workspace, seen.firm.slug, Wanted(sku, quantity, price, text or ""), head["market"], head["currency"],
        terms_from(terms), timezone.localdate(),
    )  # fmt: skip
    return {**said, "text": line.text, "price": line.price, "ladder": [each.to_json() for each in line.steps]}


def _shown(seen: access.FirmAccess, form: QuotationForm, lines: Any, case: Met | None) -> dict[str, Any]:
    return {
        "access": seen, "firm": seen.firm, "form": form, "lines": lines, "case": case, "places": QUOTATIONS,
        "products": products_to_price(seen.workspace, seen.firm.slug),
    }  # fmt: skip


def _status(form: QuotationForm, lines: Any) -> int:
    return 400 if form.is_bound and (form.errors or lines.total_error_count()) else 200
