"""Pages of the inquiries: the list in the order of work, one case, typing one in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.desk.clock.overlap import overlap
from fondaco.desk.clock.working import USUAL, target_due, working_hours
from fondaco.desk.fraud import signs
from fondaco.kernel.errors import FondacoError, Refused
from fondaco.reference.time_zones import time_there, zone, zones
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.numbers import number_of
from fondaco.web.inquiries import actions, attachments, listing
from fondaco.web.inquiries.actions import Meanwhile, Who
from fondaco.web.inquiries.forms import AnswerForm, ChangeForm, ClearForm, MessageForm, NewCaseForm, NoteForm
from fondaco.web.inquiries.models import Case, CaseAttachment, CaseNote, CaseState, Kind, Level, Source
from fondaco.web.inquiries.quotations.views import quotations_of
from fondaco.web.inquiries.syncing import want, want_if_stale

#: Working time within which the firm means to answer: half a usual day, set.
OWN_HOURS = timedelta(hours=4)
#: Lines of a case's history that its page shows.
_HISTORY = 100
#: Cases that are given to somebody at once.
_AT_ONCE = 500


def home_zone(firm: Firm) -> str:
    """Return the zone of the firm's country, the main one where it has several."""
    return next(iter(zones(firm.home)), "UTC")


def _render(
    request: HttpRequest, seen: access.FirmAccess, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page with its times by the firm's own clock."""
    with timezone.override(home_zone(seen.firm)):
        return render(request, template, context, status=status)


# --- the list ---------------------------------------------------------------------------------------------


@login_required
@require_GET
def inquiries(request: HttpRequest, slug: str) -> HttpResponse:
    """The cases in the order of work; asked by htmx, the table alone."""
    seen = access.firm_for(request.user, slug)
    asked = listing.Filters.of(request.GET.dict())
    page = number_of(request.GET.get("page")) or 1
    now = timezone.now()
    look = want_if_stale(seen.firm, now=now)
    begin = (page - 1) * listing.PAGE
    held = list(listing.cases_of(seen.firm, asked, seen.user, now)[begin : begin + listing.PAGE + 1])
    context: dict[str, Any] = {
        "access": seen, "firm": seen.firm, "cases": held[: listing.PAGE], "page": page,
        "more": len(held) > listing.PAGE, "asked": asked, "look": look, "now": now,
        **listing.counts_of(seen.firm, now),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return _render(request, seen, "inquiries/table.html", context)
    people = actions.people_of(seen.firm)
    context |= {
        **listing.choices_of(seen.firm), "people": people, "states": CaseState.choices, "levels": Level.choices, "kinds": Kind.choices,
        "can_answer": {person.pk for person in people},
    }  # fmt: skip
    return _render(request, seen, "inquiries/inquiries.html", context)


@login_required
@require_POST
def assign(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the ticked cases to somebody."""
    seen = access.firm_for(request.user, slug, need="write")
    ticked: dict[int, int] = {}
    for said in request.POST.getlist("case")[:_AT_ONCE]:
        pk, _colon, version = said.partition(":")
        if (number := number_of(pk)) is not None and (counted := number_of(version)) is not None:
            ticked[number] = counted
    back = f"{reverse('inquiries', kwargs={'slug': slug})}{_query(request.POST.get('back', ''))}"
    who = request.POST.get("owner", "")
    owner = None
    if who != "nobody":
        owner = next((each for each in actions.people_of(seen.firm) if str(each.pk) == who), None)
    if not ticked or (owner is None and who != "nobody"):
        messages.error(request, _("Tick the cases, and say who is to answer them."))
        return redirect(back)
    given, changed = actions.assign(seen.firm, ticked, owner, who=Who.of(seen.user), now=timezone.now())
    messages.success(request, ngettext("%d case was given.", "%d cases were given.", given) % given)
    if changed:
        messages.warning(
            request, ngettext("%d case was changed by somebody meanwhile and left as it is.", "%d cases were changed by somebody meanwhile and left as they are.", changed) % changed
        )  # fmt: skip
    return redirect(back)


def _query(said: str) -> str:
    """Return the query to go back to, which a form names; nothing else of an address."""
    return f"?{said[:1000]}" if said and not set(said) & set("\r\n#") else ""


@login_required
@require_http_methods(["GET", "POST"])
def inquiry_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Type an inquiry in."""
    seen = access.firm_for(request.user, slug, need="write")
    form = NewCaseForm(request.POST or None, home_zone=home_zone(seen.firm))
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        platform = said.pop("platform")
        try:
            case, _new = actions.open_case(
                seen.firm, uuid.uuid4().hex[:12], said, platform=platform, source=Source.TYPED,
                who=Who.of(seen.user), now=timezone.now(),
            )  # fmt: skip
        except FondacoError as error:
            form.add_error("received", str(error))
        else:
            want(seen.firm, now=timezone.now())
            messages.success(request, _("The case is open."))
            return redirect("inquiry", slug=slug, case_id=case.pk)
    context = {"access": seen, "firm": seen.firm, "form": form}
    return render(request, "inquiries/new.html", context, status=400 if form.errors else 200)


# --- one case ---------------------------------------------------------------------------------------------


def _case(seen: access.FirmAccess, case_id: int) -> Case:
    return get_object_or_404(Case.objects.select_related("owner", "firm"), pk=case_id, firm=seen.firm)


@login_required
@require_GET
def inquiry(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """One case; asked by htmx, what may have changed since."""
    seen = access.firm_for(request.user, slug)
    case = _case(seen, case_id)
    if request.headers.get("HX-Request"):
        version = number_of(request.GET.get("seen"))
        context = {
            **_shown(seen, case),
            "changed": version is not None and version != case.version,
            "seen_version": version,
        }
        return _render(request, seen, "inquiries/live.html", context)
    want_if_stale(seen.firm, now=timezone.now())
    return _page(request, seen, case)


def _page(
    request: HttpRequest, seen: access.FirmAccess, case: Case, status: int = 200, **more: Any
) -> HttpResponse:
    there = home_zone(seen.firm)
    held = quotations_of(seen.firm, case.key)
    context: dict[str, Any] = {**_shown(seen, case), "signs": signs(), "quotations": held}
    if seen.can_write:
        version = {"version": case.version}
        context |= {
            "change": ChangeForm(instance=_copy(case), firm=seen.firm, prefix="change"),
            "answer": AnswerForm(home_zone=there, initial=version, prefix="answer"),
            "wrote": MessageForm(home_zone=there, prefix="wrote"),
            "note": NoteForm(prefix="note"),
            "clear": ClearForm(prefix="clear"),
        }
    return _render(request, seen, "inquiries/inquiry.html", {**context, **more}, status=status)


def _copy(case: Case) -> Case:
    """Return the case once more: a form writes what it is given into its own."""
    return Case.objects.select_related("owner").get(pk=case.pk)


def _shown(seen: access.FirmAccess, case: Case) -> dict[str, Any]:
    now = timezone.now()
    ours = home_zone(seen.firm)
    shared = overlap(ours, case.market, now)
    return {
        "access": seen, "firm": seen.firm, "case": case, "now": now,
        "there": time_there(case.market, now) if case.market else "",
        "due_there": _due_there(case),
        "answered": case.told_answered or case.answered, "late": case.due is not None and case.due < now,
        "said": case.conclusion, "far": shared is not None and shared.far, "home_zone": ours,
        "notes": case.notes.select_related("by").order_by("said", "pk"),
        "events": case.events.all()[:_HISTORY],
        "files": case.attachments.all(),
        "pending": case.concluded is None and case.waits, **_own_target(seen.firm, case, ours, now),
    }  # fmt: skip


def _own_target(firm: Firm, case: Case, zone_name: str, now: datetime) -> dict[str, Any]:
    """Return when the firm's own target falls due: `OWN_HOURS` of working time after it came in, or waits again."""
    begin = case.again or case.received
    try:
        hours = working_hours(firm.home, begin.astimezone(zone(zone_name)).year, zone_name=zone_name)
        own = target_due(begin, hours, OWN_HOURS)
    except FondacoError:
        return {}
    return {"own_due": own, "own_late": own < now, "own_hours": USUAL, "own_holidays": hours.holidays_known}


def _due_there(case: Case) -> list[tuple[str, datetime]]:
    """Return until when an answer is due by the buyer's clocks; of a country with many zones the first and the last."""
    if case.due is None or not case.market:
        return []
    shown: dict[datetime, str] = {}
    for name in zones(case.market):
        # Without its zone a moment is printed as it is.
        local = case.due.astimezone(zone(name)).replace(tzinfo=None)
        shown.setdefault(local, name.rsplit("/", 1)[-1].replace("_", " "))
    ordered = [(shown[at], at) for at in sorted(shown)]
    return ordered if len(ordered) < 3 else [ordered[0], ordered[-1]]


def _again(
    request: HttpRequest,
    seen: access.FirmAccess,
    case_id: int,
    name: str,
    form: forms.BaseForm,
    error: Exception | None,
) -> HttpResponse:
    """Show the case as it stands now, with what the person wrote still in the form."""
    case = _case(seen, case_id)
    if isinstance(error, Meanwhile):
        # Their words stay, and the form goes on from what stands there now.
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data[form.add_prefix("version")] = str(case.version)  # type: ignore[index]
        return _page(request, seen, case, 409, meanwhile=error, **{name: form})
    if error is not None:
        form.add_error(None, str(error))
    return _page(request, seen, case, 409 if isinstance(error, Refused) else 400, **{name: form})


def _posted(
    request: HttpRequest, slug: str, case_id: int, name: str, form_of: Callable[[Case, Firm], forms.BaseForm],
    act: Callable[..., Any], sentence: str, *, changed: bool = True,
) -> HttpResponse:  # fmt: skip
    """Do what a form asks of a case and go back to it, or show it again with what the person wrote still in the form."""
    seen = access.firm_for(request.user, slug, need="write")
    case = _case(seen, case_id)
    form = form_of(case, seen.firm)
    if not form.is_valid():
        return _again(request, seen, case_id, name, form, None)
    try:
        act(case, dict(form.cleaned_data), who=Who.of(seen.user), now=timezone.now())
    except FondacoError as error:
        return _again(request, seen, case_id, name, form, error)
    return _kept(request, seen, case_id, sentence, changed=changed)


@login_required
@require_POST
def inquiry_change(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Change state, owner, sub-account, tags; the second of two editors is told."""
    return _posted(
        request, slug, case_id, "change",
        lambda case, firm: ChangeForm(request.POST, instance=_copy(case), firm=firm, prefix="change"),
        lambda case, said, **by: actions.change_case(case, said, seen=said.pop("version"), **by),
        _("Kept."),
    )  # fmt: skip


@login_required
@require_POST
def inquiry_answer(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Record an answer, so that the clock stops."""
    return _posted(
        request, slug, case_id, "answer",
        lambda _case, firm: AnswerForm(request.POST, home_zone=home_zone(firm), prefix="answer"),
        lambda case, said, **by: actions.answer(
            case, said["text"], said["at"], state=said["state"], seen=said["version"], **by
        ),
        _("The answer is recorded."),
    )  # fmt: skip


@login_required
@require_POST
def inquiry_message(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Keep what the buyer wrote further."""
    return _posted(
        request, slug, case_id, "wrote",
        lambda _case, firm: MessageForm(request.POST, home_zone=home_zone(firm), prefix="wrote"),
        lambda case, said, **by: actions.buyer_wrote(case, said["text"], said["at"], **by),
        _("The message is kept."),
    )  # fmt: skip


@login_required
@require_POST
def inquiry_note(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Keep a note."""
    return _posted(
        request, slug, case_id, "note",
        lambda _case, _firm: NoteForm(request.POST, prefix="note"),
        lambda case, said, **by: actions.add_note(case, said["text"], **by),
        _("The note is kept."), changed=False,
    )  # fmt: skip


@login_required
@require_POST
def inquiry_note_withdraw(request: HttpRequest, slug: str, case_id: int, note_id: int) -> HttpResponse:
    """Withdraw a note."""
    seen = access.firm_for(request.user, slug, need="write")
    note = get_object_or_404(CaseNote, pk=note_id, case_id=case_id, case__firm=seen.firm)
    actions.withdraw_note(note, who=Who.of(seen.user), now=timezone.now())
    return _kept(request, seen, case_id, _("The note is withdrawn; it stays in the record."), changed=False)


@login_required
@require_POST
def inquiry_clear(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Say that a sign of fraud is harmless."""
    return _posted(
        request, slug, case_id, "clear",
        lambda _case, _firm: ClearForm(request.POST, prefix="clear"),
        lambda case, said, **by: actions.clear_sign(case, request.POST.get("sign", ""), said["why"], **by),
        _("Kept, with your name: the next look leaves the sign out."),
    )  # fmt: skip


@login_required
@require_POST
def inquiry_attach(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Add a file."""
    seen = access.firm_for(request.user, slug, need="write")
    case = _case(seen, case_id)
    file = request.FILES.get("file")
    if getattr(request, "upload_too_large", False) or not isinstance(file, UploadedFile):
        return _page(request, seen, case, 400, file_error=_("Choose a file of at most 10 MB."))
    try:
        attachments.attach(case, file, who=Who.of(seen.user), now=timezone.now())
    except FondacoError as error:
        return _page(request, seen, case, 400, file_error=str(error))
    return _kept(request, seen, case_id, _("The file is kept."), changed=False)


@login_required
@require_GET
def inquiry_file(request: HttpRequest, slug: str, case_id: int, file_id: uuid.UUID) -> HttpResponseBase:
    """Hand a file out as a download, which no browser shows or runs."""
    seen = access.firm_for(request.user, slug)
    held = get_object_or_404(
        CaseAttachment.objects.select_related("case__firm"), pk=file_id, case_id=case_id, case__firm=seen.firm, withdrawn=None
    )  # fmt: skip
    try:
        content = held.path.open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=held.name, content_type="application/octet-stream")  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


@login_required
@require_POST
def inquiry_file_withdraw(request: HttpRequest, slug: str, case_id: int, file_id: uuid.UUID) -> HttpResponse:
    """Withdraw a file."""
    seen = access.firm_for(request.user, slug, need="write")
    held = get_object_or_404(
        CaseAttachment.objects.select_related("case__firm"), pk=file_id, case_id=case_id, case__firm=seen.firm
    )  # fmt: skip
    attachments.withdraw(held, who=Who.of(seen.user), now=timezone.now())
    return _kept(request, seen, case_id, _("The file is withdrawn; it stays in the record."), changed=False)


def _kept(
    request: HttpRequest, seen: access.FirmAccess, case_id: int, sentence: str, *, changed: bool = True
) -> HttpResponse:
    if changed:
        want(seen.firm, now=timezone.now())
    messages.success(request, sentence)
    return redirect("inquiry", slug=seen.firm.slug, case_id=case_id)
