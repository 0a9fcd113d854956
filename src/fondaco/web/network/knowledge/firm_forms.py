"""Forms of a firm's registers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.web.desk.names import market_choices
from fondaco.web.network.knowledge.board_forms import day_input, refuse_identities
from fondaco.web.network.knowledge.firm_models import Departure, Presence


class PresenceForm(forms.ModelForm[Presence]):
    """Presence in a market, or a visit that is planned."""

    class Meta:
        model = Presence
        fields = ("market", "sort", "about", "people", "since", "until")
        widgets = {"since": day_input(), "until": day_input()}

    def __init__(self, *args: Any, buyers: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buyers = buyers
        self.fields["market"] = forms.ChoiceField(
            label=_("Market"), choices=[("", _("Choose…")), *market_choices()]
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a visit's day, and refuse an end before the beginning, and buyers' names."""
        said = super().clean() or {}
        refuse_identities(self, "about", self.buyers)
        if said.get("sort") == Presence.Sort.VISIT and not said.get("since"):
            self.add_error("since", _("Say when the visit is."))
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("It lies before the beginning."))
        return said


class DepartureForm(forms.ModelForm[Departure]):
    """A platform that was left."""

    class Meta:
        model = Departure
        fields = ("platform", "left", "why", "about")
        widgets = {"left": day_input(), "about": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, today: date, buyers: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.buyers = today, buyers

    def clean(self) -> dict[str, Any]:
        """Refuse buyers' names."""
        said = super().clean() or {}
        refuse_identities(self, "about", self.buyers)
        return said

    def clean_left(self) -> date:
        """Refuse a day that is still to come."""
        day: date = self.cleaned_data["left"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return day
