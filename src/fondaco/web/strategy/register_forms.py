"""Forms of the log of decisions, the register of risks and that of partners."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.strategy.platform.ability import months_later
from fondaco.strategy.rules import rule
from fondaco.web.desk.names import market_choices
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating

_LONGEST = 20


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _not_ahead(day: date, today: date) -> date:
    if day > today:
        raise forms.ValidationError(_("That day is still to come."))
    return day


class LinesField(forms.CharField):
    """A list, one entry to a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the lines that hold anything."""
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > _LONGEST or any(len(line) > 300 for line in lines):
            raise forms.ValidationError(_("At most twenty lines, each of at most 300 letters."))
        return lines


class DecisionForm(forms.ModelForm[Decision]):
    """A decision."""

    options = LinesField(
        label=_("Options"),
        help_text=_("One to a line, also those that were not chosen; a platform by its name."),
    )
    criteria = LinesField(label=_("Criteria"), help_text=_("One to a line: by what the options were judged."))

    class Meta:
        model = Decision
        fields = ("day", "question", "options", "criteria", "chosen", "reasons", "decided_by", "review_by")
        widgets = {
            "day": _day_input(),
            "review_by": _day_input(),
            "reasons": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        return _not_ahead(self.cleaned_data["day"], self.today)

    def clean_options(self) -> list[str]:
        """Ask for two options at least: with one there was nothing to decide."""
        said: list[str] = self.cleaned_data["options"]
        if len(said) < 2:
            raise forms.ValidationError(
                _("Name at least two: what was chosen, and what else there was (or “leave it”).")
            )
        return said


class RatingForm(forms.ModelForm[RiskRating]):
    """How a risk is rated."""

    class Meta:
        model = RiskRating
        fields = ("day", "likelihood", "impact", "why")
        widgets = {"day": _day_input(), "why": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "likelihood": _("1: hardly · 3: may well be within a year · 5: to be reckoned with"),
            "impact": _("1: a nuisance · 3: a bad quarter · 5: the business abroad ends"),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        return _not_ahead(self.cleaned_data["day"], self.today)


class _ReviewedForm(forms.ModelForm[Risk]):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["review_by"].required = False

    def clean_review_by(self) -> date:
        """Add the day of review where none is said, and refuse one that is past."""
        months = int(rule("platform/risk-register").threshold("review_months").value)
        said: date = self.cleaned_data.get("review_by") or months_later(self.today, months)
        if said <= self.today:
            raise forms.ValidationError(_("It must be after today."))
        return said


class RiskForm(_ReviewedForm):
    """A new risk."""

    class Meta:
        model = Risk
        fields = ("kind", "what", "platform", "market", "measures", "owner", "review_by")
        widgets = {"measures": forms.Textarea(attrs={"rows": 3}), "review_by": _day_input()}
        help_texts = {
            "platform": _("If it is about one: its name or short name."),
            "review_by": _("Left empty, it is in six months."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["market"] = forms.ChoiceField(
            label=_("Market"), choices=[("", _("All markets")), *market_choices()], required=False
        )


class RiskChangeForm(_ReviewedForm):
    """What may change with a new rating."""

    class Meta:
        model = Risk
        fields = ("measures", "owner", "review_by")
        widgets = {"measures": forms.Textarea(attrs={"rows": 3}), "review_by": _day_input()}


class CloseForm(forms.Form):
    """Why a risk is none any more."""

    why = forms.CharField(label=_("Why it is none any more"), max_length=300)


class PartnerForm(forms.ModelForm[Partner]):
    """A partner."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Partner
        fields = (
            "kind", "name", "markets", "does", "terms", "contact", "through", "result", "since", "until", "checked",
        )  # fmt: skip
        widgets = {
            "result": forms.Textarea(attrs={"rows": 2}),
            "does": forms.Textarea(attrs={"rows": 3}),
            "terms": forms.Textarea(attrs={"rows": 3}),
            "since": _day_input(),
            "until": _day_input(),
            "checked": _day_input(),
        }
        help_texts = {"contact": _("An office's address rather than a person's, where there is one.")}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["markets"] = forms.MultipleChoiceField(
            label=_("Markets"), choices=market_choices(), required=False, help_text=_("None for all.")
        )
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version

    def clean_checked(self) -> date:
        """Refuse a day that is still to come."""
        return _not_ahead(self.cleaned_data["checked"], self.today)

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        said = super().clean() or {}
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("It lies before the beginning."))
        return said
