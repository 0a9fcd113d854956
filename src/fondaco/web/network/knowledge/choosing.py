"""Pages on which members choose goods together: supporters ask, each member scores, all see means of five and more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.network.programmes.choosing import CRITERIA, HIGHEST, LOWEST, choose
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Network, NetworkMembership, User
from fondaco.web.desk import audit
from fondaco.web.network.knowledge.board_forms import refuse_identities
from fondaco.web.network.knowledge.choice_models import Candidate, CandidateScore, GoodsChoice
from fondaco.web.network.knowledge.members import own_membership, writing_firms

_MOST = 12
_HEADS = {"origin": lazy("Origin"), "rules": lazy("Rules"), "rivals": lazy("Rivals"), "price": lazy("Prices")}


class ChoiceForm(forms.ModelForm[GoodsChoice]):
    """The question, the goods and the weights."""

    candidates = forms.CharField(
        label=lazy("Goods to choose from"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=lazy("One to a line, two to twelve."),
    )

    class Meta:
        model = GoodsChoice
        fields = ("name", "candidates", *CRITERIA)

    def clean_candidates(self) -> list[str]:
        """Return the lines that hold anything, each once."""
        lines = list(dict.fromkeys(each.strip() for each in self.cleaned_data["candidates"].splitlines() if each.strip()))  # fmt: skip
        if not 2 <= len(lines) <= _MOST or any(len(each) > 120 for each in lines):
            raise forms.ValidationError(_("Two to twelve goods, each of at most 120 letters."))
        return lines

    def clean(self) -> dict[str, Any]:
        """Refuse identities, and weights that are all nought."""
        said = super().clean() or self.cleaned_data
        for field in ("name", "candidates"):
            refuse_identities(self, field, ())
        if not any(said.get(each) for each in CRITERIA):
            raise forms.ValidationError(
                _("One criterion at least must count: give it a weight above nought.")
            )
        return said


class ScoreForm(forms.ModelForm[CandidateScore]):
    """One member's scores of one candidate."""

    class Meta:
        model = CandidateScore
        fields = CRITERIA
        widgets = {each: forms.NumberInput(attrs={"min": LOWEST, "max": HIGHEST}) for each in CRITERIA}


@transaction.atomic
def ask(choice: GoodsChoice, goods: list[str], *, network: Network, by: User, now: datetime) -> GoodsChoice:
    """Keep a question with its candidates."""
    choice.network, choice.by, choice.made = network, by, now
    choice.save()
    Candidate.objects.bulk_create(Candidate(choice=choice, name=name) for name in goods)
    audit.record("choice.asked", by=by, now=now, network=network, entry=choice.pk)
    return choice


@transaction.atomic
def score(
    candidate: Candidate, membership: NetworkMembership, said: dict[str, int], *, by: User, now: datetime
) -> CandidateScore:
    """Keep a member's scores of a candidate, in the place of its earlier ones."""
    row, _made = CandidateScore.objects.update_or_create(
        candidate=candidate, membership=membership, defaults={**said, "by": by, "made": now}
    )
    network = candidate.choice.network
    audit.record("choice.scored", by=by, now=now, firm=membership.firm, network=network, entry=candidate.pk)
    return row


@login_required
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions so far; supporters ask a new one."""
    seen = access.network_for(request.user, slug, need="read" if request.method == "GET" else "support")
    form = ChoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        goods = form.cleaned_data["candidates"]
        made = ask(form.save(commit=False), goods, network=seen.network, by=seen.user, now=timezone.now())
        return redirect("choice", slug=slug, choice_id=made.pk)
    context = {
        "access": seen, "network": seen.network, "choices": GoodsChoice.objects.filter(network=seen.network),
        "form": form if seen.supports else None,
    }  # fmt: skip
    return render(request, "knowledge/choices.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def choice(request: HttpRequest, slug: str, choice_id: int) -> HttpResponse:
    """What the members' scores say, how far they disagree, and the forms for one's own firms."""
    seen = access.network_for(request.user, slug)
    held = get_object_or_404(GoodsChoice, pk=choice_id, network=seen.network)
    scores = CandidateScore.objects.filter(candidate__choice=held)
    by_name: dict[str, list[dict[str, int]]] = {each.name: [] for each in held.candidates.all()}
    for each in scores.select_related("candidate"):
        by_name[each.candidate.name].append({name: getattr(each, name) for name in CRITERIA})
    context = {
        "access": seen, "network": seen.network, "choice": held,
        "found": choose(by_name, {each: getattr(held, each) for each in CRITERIA}),  # type: ignore[arg-type]  # the core's words
        "criteria": [(_HEADS[each], getattr(held, each)) for each in CRITERIA],
        "own": [_own(firm, held) for firm in writing_firms(seen)],
    }  # fmt: skip
    return render(request, "knowledge/choice.html", context)


def _own(firm: Any, held: GoodsChoice) -> dict[str, Any]:
    given = CandidateScore.objects.filter(membership__firm=firm, candidate__choice=held)
    by_candidate = {each.candidate_id: each for each in given}
    forms_ = [(each, ScoreForm(instance=by_candidate.get(each.pk), prefix=f"c{each.pk}-{firm.pk}")) for each in held.candidates.all()]  # fmt: skip
    return {"firm": firm, "forms": forms_}


@login_required
@require_POST
def choice_score(request: HttpRequest, slug: str, choice_id: int, candidate_id: int) -> HttpResponse:
    """Score one candidate for one's own firm."""
    seen = access.network_for(request.user, slug)
    candidate = get_object_or_404(
        Candidate.objects.select_related("choice__network"),
        pk=candidate_id,
        choice__pk=choice_id,
        choice__network=seen.network,
    )
    membership = own_membership(seen, request.POST.get("firm", ""))
    form = ScoreForm(request.POST, prefix=f"c{candidate.pk}-{membership.firm_id}")
    if not form.is_valid():
        back = reverse("choice", kwargs={"slug": slug, "choice_id": choice_id})
        context = {"access": seen, "network": seen.network, "form": form, "title": candidate.name, "back": back, "back_label": candidate.choice.name}  # fmt: skip
        return render(request, "knowledge/form.html", context, status=400)
    score(candidate, membership, {each: form.cleaned_data[each] for each in CRITERIA}, by=seen.user, now=timezone.now())  # fmt: skip
    messages.success(request, _("Your scores are kept. The others see means of five members and more."))
    return redirect("choice", slug=slug, choice_id=choice_id)
