"""Forms of the plan: a line, a line of one's own, agreeing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.web.strategy.actions import Wording
from fondaco.web.strategy.models import Part, PlanLine, Status


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LineForm(forms.Form):
    """What people say of a line, with the revision that they looked at."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = forms.CharField(label=_("What to do"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    owner = forms.CharField(
        label=_("Who does it"), max_length=120,
        help_text=_("firm, supporter, partner, or a person's name"),
        widget=forms.TextInput(attrs={"list": "owners"}),
    )  # fmt: skip
    due = forms.DateField(label=_("By"), required=False, widget=_day())
    status = forms.ChoiceField(label=_("Status"), choices=Status.choices)

    @classmethod
    def of(cls, line: PlanLine) -> LineForm:
        """Fill the form from a line as it is now."""
        names = ("revision", "text", "owner", "due", "status")
        return cls(initial={name: getattr(line, name) for name in names})

    @property
    def wording(self) -> Wording:
        """What was said."""
        said = self.cleaned_data
        return Wording(said["text"].strip(), said["owner"].strip(), said["due"], said["status"])


class OwnLineForm(forms.Form):
    """A line of people's own."""

    part = forms.ChoiceField(label=_("Part of the plan"), choices=Part.choices)
    text = forms.CharField(label=_("What to do"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    owner = forms.CharField(label=_("Who does it"), max_length=120, initial="firm")
    due = forms.DateField(label=_("By"), required=False, widget=_day())


class CommentForm(forms.Form):
    """Something to say about a line."""

    text = forms.CharField(label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class AgreeForm(forms.Form):
    """Agreeing to a version; a reason is asked for where conflicts that stop are left."""

    review = forms.DateField(label=_("To be looked at again on"), widget=_day())
    in_spite = forms.CharField(
        label=_("Why in spite of the conflicts above"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, stops: bool, first: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first is not None:
            self.initial["review"] = first
        if not stops:
            del self.fields["in_spite"]
