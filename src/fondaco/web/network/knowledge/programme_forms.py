"""Forms of programmes, their checks, sessions and steps, and of the start kit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.web.network.knowledge.board_forms import day_input, refuse_identities
from fondaco.web.network.knowledge.programme_models import Check, KitLine, Programme, Session, Step

_MOST_CONDITIONS = 20


class ProgrammeForm(forms.ModelForm[Programme]):
    """A programme or a collective brand."""

    conditions = forms.CharField(
        label=_("Entry conditions and proofs of quality"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
        help_text=_("One to a line, each with its proof: “origin within the protected area: certificate”."),
    )

    class Meta:
        model = Programme
        fields = (
            "sort", "name", "category", "origin_edge", "rules", "rivals", "price_level", "conditions", "message",
            "channels", "starts", "ends",
        )  # fmt: skip
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 2}) for name in ("origin_edge", "rules", "rivals", "price_level", "message", "channels")},
            "starts": day_input(),
            "ends": day_input(),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["conditions"] = "\n".join(self.instance.conditions)

    def clean_conditions(self) -> list[str]:
        """Return the lines that hold anything, each once."""
        lines = list(dict.fromkeys(line.strip() for line in self.cleaned_data["conditions"].splitlines() if line.strip()))  # fmt: skip
        if len(lines) > _MOST_CONDITIONS or any(len(line) > 300 for line in lines):
            raise forms.ValidationError(_("At most twenty lines, each of at most 300 letters."))
        return lines

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, and what would tell who a buyer is."""
        said = super().clean() or {}
        for field in ("name", "category", "origin_edge", "rules", "rivals", "price_level", "conditions", "message", "channels"):  # fmt: skip
            refuse_identities(self, field, ())
        if said.get("starts") and said.get("ends") and said["ends"] < said["starts"]:
            self.add_error("ends", _("It lies before the beginning."))
        return said


class _Past(forms.Form):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return day


class CheckForm(_Past, forms.ModelForm[Check]):
    """A check of one condition."""

    class Meta:
        model = Check
        fields = ("condition", "met", "proof", "day", "until")
        widgets = {"day": day_input(), "until": day_input()}

    def __init__(self, *args: Any, conditions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"] = forms.ChoiceField(
            label=_("Condition"), choices=[(each, each) for each in conditions]
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what would tell who a buyer is."""
        said = super().clean() or {}
        refuse_identities(self, "proof", ())
        return said


class SessionForm(forms.ModelForm[Session]):
    """A training session."""

    class Meta:
        model = Session
        fields = ("title", "need", "day", "hours")
        widgets = {"day": day_input(), "hours": forms.NumberInput(attrs={"min": "0", "step": "0.5"})}

    def clean_hours(self) -> Any:
        """Refuse a negative number."""
        if self.cleaned_data["hours"] < 0:
            raise forms.ValidationError(_("It cannot be negative."))
        return self.cleaned_data["hours"]

    def clean(self) -> dict[str, Any]:
        """Refuse what would tell who a buyer is."""
        said = super().clean() or {}
        for field in ("title", "need"):
            refuse_identities(self, field, ())
        return said


class StepForm(_Past, forms.ModelForm[Step]):
    """Support that was given, or a result."""

    class Meta:
        model = Step
        fields = ("sort", "stage", "how", "about", "hours", "day")
        widgets = {"day": day_input()}

    def __init__(self, *args: Any, buyers: Sequence[str] = (), **kwargs: Any) -> None:
        """Take the firm's own buyers where its own people write: a supporter could try names out by what is refused."""
        super().__init__(*args, **kwargs)
        self.buyers = buyers

    def clean_hours(self) -> Any:
        """Refuse a negative number."""
        if (hours := self.cleaned_data["hours"]) is not None and hours < 0:
            raise forms.ValidationError(_("It cannot be negative."))
        return hours

    def clean(self) -> dict[str, Any]:
        """Refuse what would tell who a buyer is."""
        said = super().clean() or {}
        refuse_identities(self, "about", self.buyers)
        return said


class KitForm(forms.ModelForm[KitLine]):
    """A line of the start kit."""

    class Meta:
        model = KitLine
        fields = ("part", "text", "who")
