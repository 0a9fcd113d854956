"""Forms of expectations, staffing, the log of hours and the renewal review."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.desk.clock.working import USUAL
from fondaco.kernel import InputError
from fondaco.readiness.renewal import NUMBERS, YES_NO
from fondaco.reference import countries
from fondaco.web.readiness.outlook_models import HoursEntry, RenewalDecision


def _number(label: Any, least: float, most: float, help_text: Any = "", **more: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label, required=False, min_value=least, max_value=most, help_text=help_text, widget=forms.NumberInput(attrs={"step": "any"}), **more,
    )  # fmt: skip


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ExpectForm(forms.Form):
    """What is assumed, and what the firm hopes for; fields that begin with ``hope_`` are hopes."""

    aim = forms.CharField(
        label=_("Why you join, in your own words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The renewal is judged by it. The profile's, if left out."),
    )  # fmt: skip
    months = _number(_("Months of the subscription"), 1, 60, initial=24)
    rfqs_a_month = _number(_("Requests a month"), 0, 10_000, _("Your guess; your own record, if left out."))
    views_a_month = _number(_("Views a month"), 0, 1e9)
    average_order = _number(_("An order is worth, on average"), 0, 1e12)
    margin = _number(_("Share of it that is left, in %"), -100, 100, _("The profile's, if left out."))
    yearly_fee = _number(_("Yearly fee"), 0, 1e12, _("The profile's, if left out."))
    hours_a_week = _number(_("Hours a week"), 0, 400, _("The profile's, if left out."))
    hour_cost = _number(_("An hour costs"), 0, 1e6)
    hope_first_orders = _number(_("Buyers who order"), 0, 1e9)
    hope_lasting_ties = _number(_("Buyers who order again"), 0, 1e9)
    hope_months_to_first_order = _number(_("Months until the first order"), 0, 1000)
    hope_money_in = _number(_("Money in, after costs of goods"), 0, 1e12)

    @property
    def stated(self) -> dict[str, float]:
        """What is assumed, by the simulation's names."""
        held = {
            name: value for name, value in self.cleaned_data.items()
            if isinstance(value, float) and not name.startswith("hope_")
        }  # fmt: skip
        return held | ({"margin": held["margin"] / 100} if "margin" in held else {})

    @property
    def hopes(self) -> dict[str, float]:
        """What is hoped for."""
        return {
            name.removeprefix("hope_"): value for name, value in self.cleaned_data.items()
            if name.startswith("hope_") and value is not None
        }  # fmt: skip


class StaffingForm(forms.Form):
    """What is stated of inquiries, calendar and changes."""

    a_week = _number(_("Inquiries a week"), 0.01, 1000, _("The ledger's, if left out."))
    buyers = forms.CharField(
        label=_("Countries of buyers"), required=False, max_length=300, help_text=_("Such as KR, US, DE; the ledger's, if left out.")
    )  # fmt: skip
    minutes = _number(_("Minutes for a reply"), 1, 1440, initial=30)
    within = _number(_("Hours until an answer is late"), 0.5, 1440, initial=24)
    hours = forms.CharField(label=_("When you work"), required=False, max_length=200, help_text=USUAL)
    weekly = _number(_("Hours a week now"), 0, 400, _("The profile's, if left out."))
    part_time = _number(_("One more person: hours a week"), 0, 400, initial=20)
    template = _number(_("With templates: minutes for a reply"), 1, 1440, _("Half, if left out."))
    partner = forms.CharField(
        label=_("A partner's hours"), required=False, max_length=200, help_text="Mon-Sun 08:00-20:00"
    )
    hour_cost = _number(_("An hour costs"), 0, 1e6)
    partner_fee = _number(_("A partner costs a month"), 0, 1e9)
    coordinator = _number(_("Hours a week to accompany the partner"), 0, 400)

    def clean_buyers(self) -> tuple[str, ...]:
        """Return the countries, alpha-3."""
        said = [each.strip() for each in self.cleaned_data["buyers"].split(",") if each.strip()]
        if len(said) > 40:
            raise forms.ValidationError(_("At most forty countries."))
        try:
            return tuple(countries.from_code(each) for each in said)
        except InputError as error:
            raise forms.ValidationError(str(error)) from None


class HoursForm(forms.ModelForm[HoursEntry]):
    """Hours of one person on one task."""

    class Meta:
        model = HoursEntry
        fields = ("day", "person", "task", "hours", "strain", "note")
        widgets = {"day": _day_input()}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_day(self) -> date:
        """Hours are logged after they were spent."""
        day: date = self.cleaned_data["day"]
        if day > self._today:
            raise forms.ValidationError(_("That day is still to come."))
        return day


class FactsForm(forms.Form):
    """What only people can say of a term: some numbers, and statements that hold, do not, or are not known."""

    NUMBERS = ("agreements", "advantages", "product_changes", "contacts", "partners", "conflicts", "strain", "sales", "money_out")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NUMBERS:
            self.fields[name] = _number(NUMBERS[name][0].upper() + NUMBERS[name][1:], 0, 5 if name == "strain" else 1e12)  # fmt: skip
        for name, label in YES_NO.items():
            self.fields[name] = forms.ChoiceField(
                label=label[0].upper() + label[1:], required=False, choices=[("", _("not known")), ("yes", _("yes")), ("no", _("no"))]
            )  # fmt: skip

    @property
    def stated(self) -> dict[str, float | bool]:
        """What is stated; what is left open is not in it."""
        told: dict[str, float | bool] = {
            name: self.cleaned_data[name] for name in self.NUMBERS if self.cleaned_data.get(name) is not None
        }
        return told | {
            name: self.cleaned_data[name] == "yes" for name in YES_NO if self.cleaned_data.get(name)
        }


class DecisionForm(forms.ModelForm[RenewalDecision]):
    """What the firm decided."""

    class Meta:
        model = RenewalDecision
        fields = ("platform", "day", "choice", "reasons", "decided_by")
        widgets = {"day": _day_input(), "reasons": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_day(self) -> date:
        """A decision is recorded once it is taken."""
        day: date = self.cleaned_data["day"]
        if day > self._today:
            raise forms.ValidationError(_("That day is still to come."))
        return day
