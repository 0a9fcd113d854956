"""Forms of market notes and of changes of practice."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.markets.periods import months_after
from fondaco.web.desk.names import market_choices
from fondaco.web.markets.models import MarketNote, PracticeChange

#: After how many months a note has to be looked at again, unless somebody says otherwise.
REVIEW_MONTHS = 6


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NoteForm(forms.ModelForm[MarketNote]):
    """A note on a market."""

    class Meta:
        model = MarketNote
        fields = ("market", "part", "text", "hand", "source", "kept", "where", "day", "review_by")
        widgets = {
            "market": forms.Select(),
            "text": forms.Textarea(attrs={"rows": 4}),
            "day": _day_input(),
            "review_by": _day_input(),
        }
        help_texts = {
            "source": _("Who said it, or where it was seen: a fair, a buyer's visit, an office, a web page."),
            "where": _("The colleague's name, or the file, folder or book."),
            "review_by": _("Markets move on. Left empty, it is six months after the day it was true."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["market"] = forms.ChoiceField(
            label=_("Market"), choices=[("", _("Choose…")), *market_choices()]
        )
        self.fields["review_by"].required = False

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """Add the day of review where none is said, and refuse one before the note."""
        said = super().clean() or {}
        day = said.get("day")
        if day and not said.get("review_by"):
            said["review_by"] = months_after(day, REVIEW_MONTHS)
        if day and said["review_by"] <= day:
            self.add_error("review_by", _("It must be after the day on which the note was true."))
        return said


class PracticeForm(forms.ModelForm[PracticeChange]):
    """A change of practice."""

    class Meta:
        model = PracticeChange
        fields = ("day", "market", "what", "why")
        widgets = {"day": _day_input(), "why": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "what": _("One change at a time: “inquiries answered within 12 hours”, “keywords in Korean”."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["market"] = forms.ChoiceField(
            label=_("Market"), choices=[("", _("All markets")), *market_choices()], required=False
        )

    def clean_day(self) -> date:
        """Refuse a day that is still to come: nothing can be compared with it."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return day
