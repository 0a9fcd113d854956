"""The page Explore: next month's money or hours by market, and what the last month taught."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from fondaco import charts
from fondaco.kernel import InputError
from fondaco.markets.exploration import MOST, SHARE, SOURCES, Plan, Request
from fondaco.web.accounts import access
from fondaco.web.markets.views import drawn
from fondaco.workflows.ranking import plan_of


class ExploreForm(forms.Form):
    """What there is to divide, and how."""

    budget = forms.DecimalField(
        label=_("Budget for next month"),
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        initial=500,
    )
    unit = forms.ChoiceField(
        label=_("In"), choices=[("money", _("money")), ("hours", _("hours of work"))], initial="money"
    )
    most = forms.IntegerField(
        label=_("Markets at most"),
        min_value=1,
        max_value=50,
        initial=MOST,
        help_text=_("Money spread over many markets was dear and weak for a firm that tried it."),
    )
    explore = forms.IntegerField(
        label=_("Percent to explore with"),
        min_value=0,
        max_value=100,
        initial=round(100 * SHARE),
        help_text=_("For markets that are little known, to learn from."),
    )
    floor = forms.DecimalField(
        label=_("At least, in each market"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    cap = forms.DecimalField(
        label=_("At most, in each market"), required=False, min_value=0, max_digits=14, decimal_places=2
    )

    @classmethod
    def asked(cls, said: QueryDict) -> ExploreForm:
        """Fill the form from an address; what it leaves out is as proposed, except for the budget."""
        fields = cls.base_fields.items()
        proposed = {n: f.initial for n, f in fields if n != "budget" and f.initial is not None}
        return cls({**proposed, **said.dict()})

    def request(self) -> Request:
        """Return what was asked for; raises `InputError` where it cannot be."""
        said = self.cleaned_data
        return Request(
            budget=said["budget"],
            unit=said["unit"],
            most=said["most"],
            floor=said["floor"] or Decimal(0),
            cap=said["cap"],
            share=said["explore"] / 100,
        )


def _planned(seen: access.FirmAccess, form: ExploreForm) -> Plan | None:
    """Return the plan; None where the form has mistakes, which it then tells."""
    if not form.is_valid():
        return None
    try:
        return plan_of(seen.workspace, seen.firm.slug, form.request(), today=timezone.localdate())
    except InputError as error:
        form.add_error(None, str(error))
        return None


@login_required
@require_GET
def explore(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and below it the budget by market."""
    seen = access.firm_for(request.user, slug)
    asked = "budget" in request.GET
    form = ExploreForm.asked(request.GET) if asked else ExploreForm()
    plan = _planned(seen, form) if asked else None
    parts = () if plan is None else (*plan.allocation, *plan.ending)
    context = {
        "access": seen,
        "firm": seen.firm,
        "form": form,
        "plan": plan,
        "parts": parts,
        "sources": SOURCES,
    }
    return render(request, "markets/explore.html", context)


@login_required
@require_GET
def explore_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The budget by market, as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug)
    form = ExploreForm.asked(request.GET)
    plan = _planned(seen, form)
    if plan is None:
        raise InputError("There is no budget to draw: " + " ".join(str(e) for e in form.errors.values()))
    asked = "-".join(str(form.cleaned_data[name]) for name in form.fields)
    return drawn(request, plan.fingerprint, f"explore {asked}", partial(charts.allocation_of, plan))
