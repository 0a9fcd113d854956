"""Pages on which the readiness questions are answered: signed in, or by a link on a phone; and the links themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fondaco.kernel.errors import FondacoError
from fondaco.readiness import DEPARTMENTS, questionnaire
from fondaco.web.accounts import access
from fondaco.web.desk import names
from fondaco.web.readiness import actions
from fondaco.web.readiness.limiting import within
from fondaco.web.readiness.models import AnswerDraft, AnswerLink, Form
from fondaco.web.readiness.questions import LANGUAGES, filled_in, form_of, language_of, page_of
from fondaco.workflows.targets import targets_of

#: Markets that the questions of a market are put for, at most.
MOST_MARKETS = 3
#: Requests by links from one address: so many in so many seconds.
PUBLIC = (60, 60)


@login_required
@require_http_methods(["GET", "POST"])
def readiness_fill(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer the questions oneself; half of them can be kept and sent later.  ``?form=full`` asks all of them."""
    seen = access.firm_for(request.user, slug, need="write")
    said = request.POST if request.method == "POST" else request.GET
    form = form_of(said.get("form"))
    language = language_of(said.get("language"), names.locale().language)
    markets = _markets(seen)
    asked = questionnaire().asked(form, markets)
    draft = AnswerDraft.objects.filter(firm=seen.firm, user=seen.user).first()
    values, department = (draft.values, draft.department) if draft is not None else ({}, "")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        filled = filled_in(request.POST, asked, language)
        keys = tuple(each.key for each in asked)
        # What was kept from the other form stays.
        kept = {key: value for key, value in values.items() if key not in keys}
        values, department, wrong = kept | filled.values, filled.department, filled.wrong
        words, now = questionnaire().page[language], timezone.now()
        if "send" in request.POST and values and not wrong:
            actions.send_own(
                seen.workspace, seen.firm, values, keys, department=department, language=language, by=seen.user, now=now
            )  # fmt: skip
            messages.success(request, words["thanks"])
            return redirect("readiness", slug=slug)
        if "send" not in request.POST and not wrong:
            actions.save_draft(seen.firm, values, department=department, by=seen.user, now=now)
            messages.success(
                request, words["saved"] if language != "en" else _("Saved: you can go on later.")
            )
            return redirect(f"{reverse('readiness_fill', args=[slug])}?form={form}&language={language}")
        if not values and not wrong:
            messages.error(request, words["nothing"])
    page = page_of(asked, values, language, department=department, wrong=wrong)
    context = {"access": seen, "firm": seen.firm, "page": page, "form": form, "own": True}
    return render(request, "readiness/fill.html", context, status=400 if request.method == "POST" else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def readiness_public(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the questions by a link, without an account: no more of the firm is seen than its name."""
    if not within(request, "readiness", *PUBLIC):
        sentence = _("Too many requests from here: wait a minute and try again.")
        return render(
            request, "desk/problem.html", {"sentence": sentence, "status": 429, "title": _("Please wait")}, status=429
        )  # fmt: skip
    link = actions.link_for(token, now=timezone.now())
    if link is None:
        return render(request, "readiness/link_over.html", status=404)
    language = language_of((request.POST or request.GET).get("language"), link.language)
    asked = questionnaire().asked("full" if link.form == Form.FULL else "short", link.markets)
    values, department, wrong, note = link.draft, link.department, {}, ""
    status = 200
    if request.method == "POST":
        filled = filled_in(request.POST, asked, language)
        values, department, wrong = filled.values, filled.department, filled.wrong
        words, now = questionnaire().page[language], timezone.now()
        if wrong:
            status = 400
        elif "send" not in request.POST:
            actions.save_link_draft(link, values, department=department, language=language, now=now)
            note = words["saved"]
        elif values:
            actions.send_by_link(
                access.workspace(), link, values, tuple(each.key for each in asked), department=department,
                language=language, now=now,
            )  # fmt: skip
            return render(
                request,
                "readiness/thanks.html",
                {"words": words, "name": link.firm.name, "language": language},
            )
        else:
            note, status = words["nothing"], 400
    page = page_of(asked, values, language, department=department, wrong=wrong)
    context = {"name": link.firm.name, "page": page, "note": note, "until": link.expires}
    return render(request, "readiness/public.html", context, status=status)


# --- links ------------------------------------------------------------------------------------------------


class LinkForm(forms.Form):
    """Whom a link is for."""

    informant = forms.CharField(
        label=gettext_lazy("Who answers"), max_length=120,
        help_text=gettext_lazy("A role or a name: use the same word when the same person answers again."),
    )  # fmt: skip
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    form = forms.ChoiceField(label=gettext_lazy("Questions"), choices=Form.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=list(LANGUAGES.items()))
    days = forms.IntegerField(
        label=gettext_lazy("Good for so many days"), min_value=1, max_value=90, initial=14
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = questionnaire().page["en"]["departments"]
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(zip(DEPARTMENTS, ["—", *labels[1:]], strict=True))


@login_required
@require_http_methods(["GET", "POST"])
def readiness_links(request: HttpRequest, slug: str) -> HttpResponse:
    """List the links and make one; its address is shown once."""
    seen = access.firm_for(request.user, slug, need="own")
    form = LinkForm(request.POST or None)
    address, status = "", 200
    now = timezone.now()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            said = form.cleaned_data
            link, token = actions.make_link(
                seen.firm, informant=" ".join(said["informant"].split()), department=said["department"],
                form=said["form"], markets=_markets(seen), language=said["language"], days=said["days"],
                by=seen.user, now=now,
            )  # fmt: skip
            address = request.build_absolute_uri(reverse("readiness_public", args=[token]))
            form, status = LinkForm(), 200
            messages.success(request, _("The link for %(who)s is made.") % {"who": link.informant})
    links = [
        {"link": link, "open": link.is_open(now)}
        for link in AnswerLink.objects.filter(firm=seen.firm).select_related("by")[:200]
    ]
    context = {"access": seen, "firm": seen.firm, "form": form, "links": links, "address": address}
    return render(request, "readiness/links.html", context, status=status)


@login_required
@require_POST
def readiness_link_revoke(request: HttpRequest, slug: str, link_id: int) -> HttpResponse:
    """Take a link back."""
    seen = access.firm_for(request.user, slug, need="own")
    link = get_object_or_404(AnswerLink, pk=link_id, firm=seen.firm)
    actions.revoke_link(link, firm=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The link is taken back."))
    return redirect("readiness_links", slug=slug)


def _markets(seen: access.FirmAccess) -> list[str]:
    """Return the markets that the firm aims at, the first few."""
    try:
        return [target.market for target in targets_of(seen.workspace, seen.firm.slug)][:MOST_MARKETS]
    except FondacoError:  # the profile's own page tells why
        return []
