"""Forms of steps, standing agreements, conflicts between channels and advantages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import Firm
from fondaco.web.desk.names import currency_choices, market_choices
from fondaco.web.markets.models import PracticeChange
from fondaco.web.relationships.models import (
    Advantage,
    Agreement,
    Conflict,
    ConflictEntry,
    Step,
    StepOutcome,
)
from fondaco.web.strategy.register_models import Partner


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class _PastForm:
    """A form whose ``day`` may not lie ahead."""

    today: date
    cleaned_data: dict[str, Any]

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return day


class StepForm(_PastForm, forms.ModelForm[Step]):
    """A step with a buyer."""

    class Meta:
        model = Step
        fields = ("kind", "day", "what", "channel", "cost", "currency")
        widgets = {"day": _day_input(), "what": _text()}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), choices=[("", "—"), *currency_choices()], required=False
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the currency of a cost."""
        said = super().clean() or {}
        if said.get("cost") is not None and not said.get("currency"):
            self.add_error("currency", _("Say in which currency."))
        return said


class OutcomeForm(_PastForm, forms.ModelForm[StepOutcome]):
    """What became of a step."""

    class Meta:
        model = StepOutcome
        fields = ("ended", "day", "why")
        widgets = {"day": _day_input(), "why": _text(2)}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


class AgreementForm(forms.ModelForm[Agreement]):
    """A standing agreement."""

    class Meta:
        model = Agreement
        fields = ("what", "first", "months", "until", "ahead")
        widgets = {"first": _day_input(), "until": _day_input()}
        help_texts = {"what": _("Such as one container of wine.")}

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        said = super().clean() or {}
        if said.get("first") and said.get("until") and said["until"] < said["first"]:
            self.add_error("until", _("It lies before the first due day."))
        return said


class SettleForm(forms.Form):
    """What became of a due day."""

    due = forms.DateField(widget=forms.HiddenInput)
    done = forms.TypedChoiceField(
        label=_("What became of it"),
        choices=[("yes", _("delivered")), ("no", _("missed"))],
        coerce=lambda said: said == "yes",
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class WhyForm(forms.Form):
    """Why something is no more."""

    why = forms.CharField(label=_("Why"), max_length=300)


class ConflictForm(_PastForm, forms.ModelForm[Conflict]):
    """A conflict between channels."""

    class Meta:
        model = Conflict
        fields = ("day", "kind", "what", "channels", "market")
        widgets = {"day": _day_input(), "what": _text()}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["market"] = forms.ChoiceField(
            label=_("Market"), choices=[("", _("All markets")), *market_choices()], required=False
        )


class EntryForm(_PastForm, forms.ModelForm[ConflictEntry]):
    """What was done about a conflict."""

    class Meta:
        model = ConflictEntry
        fields = ("day", "handled", "ended")
        widgets = {"day": _day_input(), "handled": _text()}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


class AdvantageForm(_PastForm, forms.ModelForm[Advantage]):
    """An advantage; evidence is one of the firm's own changes or partners, or stands in words."""

    class Meta:
        model = Advantage
        fields = ("day", "kind", "learned", "made_of_it", "change", "partner", "evidence", "feeds")
        widgets = {"day": _day_input(), "learned": _text(2), "made_of_it": _text(2)}

    def __init__(self, *args: Any, today: date, firm: Firm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["change"] = forms.ModelChoiceField(
            PracticeChange.objects.filter(firm=firm, retired=None), label=_("Change of practice"), required=False
        )  # fmt: skip
        self.fields["partner"] = forms.ModelChoiceField(
            Partner.objects.filter(firm=firm, ended=None), label=_("Partner"), required=False
        )

    def clean(self) -> dict[str, Any]:
        """Ask for evidence of some kind."""
        said = super().clean() or {}
        if not (said.get("change") or said.get("partner") or said.get("evidence")):
            raise forms.ValidationError(
                _("Name what shows it: a change of practice, a partner, or other evidence.")
            )
        return said
