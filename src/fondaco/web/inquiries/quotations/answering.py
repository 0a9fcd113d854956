"""Pages of replies: the templates, one's own in their place, a draft for an inquiry; and the stored terms and limits."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fondaco.desk.quotation import Quoting
from fondaco.desk.replies import FACTS, LANGUAGES, NAMES, Template, language_of
from fondaco.kernel import InputError, Refused
from fondaco.web.accounts import access
from fondaco.web.desk import audit
from fondaco.web.inquiries.quotations import actions
from fondaco.web.inquiries.quotations.forms import (
    QuotingForm,
    ReplyForm,
    TemplateForm,
    case_key,
    first_of_quoting,
    posted,
)
from fondaco.web.inquiries.quotations.models import Quotation, SentReply
from fondaco.web.inquiries.quotations.reaching import met_by, replies_of, told_beside
from fondaco.workflows.quotations import change_quoting, quoting_of
from fondaco.workflows.replies import answer_of, keep_template, own_of, suggested, template_for


@login_required
@require_GET
def templates(request: HttpRequest, slug: str) -> HttpResponse:
    """The templates, and in which languages the firm has its own."""
    seen = access.firm_for(request.user, slug)
    own = own_of(seen.workspace, slug)
    more = sorted({name for name, _code in own} - set(NAMES))
    rows = [
        {
            "name": name,
            "label": NAMES.get(name, name),
            "own": [code for code in LANGUAGES if (name, code) in own],
        }
        for name in (*NAMES, *more)
    ]
    context = {"access": seen, "firm": seen.firm, "rows": rows, "languages": LANGUAGES}
    return render(request, "quotations/templates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, slug: str, name: str, language: str) -> HttpResponse:
    """One template in one language; who may write puts the firm's own in its place."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    if language not in LANGUAGES:
        raise Http404
    own = own_of(seen.workspace, slug)
    held = template_for(own, name, language)
    mine = own.get((name, language))
    first = {"subject": held.subject, "body": held.body, "seen": _mark(mine)}
    form = TemplateForm(posted(request), initial=first)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] != _mark(mine):
            raise Refused(
                _(
                    "Somebody else changed this template meanwhile: open it again, and add your change to theirs."
                )
            )
        try:
            keep_template(
                seen.ledger,
                name,
                language,
                form.cleaned_data["subject"],
                form.cleaned_data["body"],
                seen=mine,
            )
        except InputError as error:
            form.add_error(None, str(error))
        else:
            audit.record(
                "template.kept",
                by=seen.user,
                now=timezone.now(),
                firm=seen.firm,
                name=name,
                language=language,
            )
            messages.success(request, _("The template is kept."))
            return redirect("templates", slug=slug)
    context = {
        "access": seen, "firm": seen.firm, "form": form, "template": held, "label": NAMES.get(name, name),
        "language": LANGUAGES[language], "code": language, "facts": FACTS, "languages": LANGUAGES,
        "shipped": language_of(language).templates.get(name),
    }  # fmt: skip
    return render(request, "quotations/template.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft for an inquiry (``?case=KEY``), to copy; a reply that a person sent is kept to draft from later."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    asked, now = request.GET, timezone.now()
    key = case_key(request)
    name, language = asked.get("template", "acknowledge"), asked.get("language", "")
    if language and language not in LANGUAGES:
        raise InputError(_("There are no texts in that language."))
    if not key:
        raise InputError(_("Say which inquiry is answered: its address ends in ?case= and its id."))
    quoted = Quotation.objects.filter(firm=seen.firm, case=key).prefetch_related("versions").first()
    newest = quoted.newest if quoted is not None else None
    sent = (
        [each.sent for each in quoted.versions.all() if each.sent is not None] if quoted is not None else []
    )
    said = {
        fact: asked[f"fact_{fact}"][:2000].strip() for fact in FACTS if asked.get(f"fact_{fact}", "").strip()
    }
    beside = told_beside(seen, key)
    found = answer_of(
        seen.workspace, slug, name, now, case=key, language=language, sender=seen.user.name,
        known=met_by(seen, key, now) if beside else None,
        quotation=newest.said if newest is not None and newest.may_go else None,
        sent=timezone.localtime(sent[-1]).date() if sent else None, said=said,
    )  # fmt: skip
    form = ReplyForm(posted(request), initial={"text": found.draft.text})
    if request.method == "POST" and form.is_valid():
        actions.keep_reply(
            form.cleaned_data["text"], case=key, template=name, language=found.draft.language, firm=seen.firm,
            by=seen.user, now=now,
        )  # fmt: skip
        messages.success(request, _("Kept as sent."))
        return redirect(
            reverse("reply", kwargs={"slug": slug}) + "?" + urlencode({"case": key, "template": name})
        )
    drafts, why = suggested(seen.workspace, slug, key, replies_of(slug), now, more=beside)
    own = own_of(seen.workspace, slug)
    context = {
        "access": seen, "firm": seen.firm, "answer": found, "draft": found.draft, "form": form, "key": key,
        "names": {**NAMES, **{each: each for each, _code in own if each not in NAMES}}, "name": name,
        "languages": LANGUAGES, "gaps": [(each, FACTS[each]) for each in found.draft.gaps], "said": said,
        "drafts": drafts, "why": why, "kept": SentReply.objects.filter(firm=seen.firm, case=key)[:20],
    }  # fmt: skip
    return render(request, "quotations/reply.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def quoting(request: HttpRequest, slug: str) -> HttpResponse:
    """The stored terms of quotations, and how far members may go alone; owners change them."""
    seen = access.firm_for(request.user, slug, need="own" if request.method == "POST" else "read")
    held = quoting_of(seen.workspace, slug)
    form = QuotingForm(posted(request), initial={**first_of_quoting(held), "seen": fingerprint_of(held)})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] != fingerprint_of(held):
            raise Refused(_("Somebody else changed terms or limits meanwhile: open them again."))
        try:
            change_quoting(seen.ledger, form.terms(), form.limits(held), seen=held)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            audit.record("quoting.changed", by=seen.user, now=timezone.now(), firm=seen.firm)
            messages.success(request, _("Terms and limits are kept."))
            return redirect("quotations", slug=slug)
    context: dict[str, Any] = {
        "access": seen, "firm": seen.firm, "form": form, "named": [each for each in held.limits if each.who],
        "held": held,
    }  # fmt: skip
    return render(request, "quotations/quoting.html", context, status=400 if form.errors else 200)


def _mark(own: Template | None) -> str:
    return "" if own is None else hashlib.sha256(f"{own.subject}\n{own.body}".encode()).hexdigest()[:16]


def fingerprint_of(held: Quoting) -> str:
    return hashlib.sha256(repr(held).encode()).hexdigest()[:16]
