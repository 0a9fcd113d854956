"""Forms of cases: typed in, changed, answered; notes, files and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fondaco.reference.time_zones import zone
from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk.names import market_choices
from fondaco.web.inquiries import actions
from fondaco.web.inquiries.models import ApiToken, Case, CaseState


class MomentField(forms.CharField):
    """A day and time in the firm's own zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)
        self.zone = "UTC"

    def clean(self, value: Any) -> Any:
        """Return the moment."""
        said = super().clean(value)
        if not said:
            return None
        try:
            held = datetime.fromisoformat(said)
        except ValueError:
            raise forms.ValidationError(_("Write it as 2026-11-30T09:15.")) from None
        return held if held.tzinfo else held.replace(tzinfo=zone(self.zone))


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NewCaseForm(forms.ModelForm[Case]):
    """An inquiry that came by telephone, letter or at a fair."""

    received = MomentField(label=_("Received"), required=True, help_text=_("In your own time."))
    platform = forms.SlugField(
        label=_("Where it came in"), max_length=40, initial="direct", allow_unicode=False,
        help_text=_("Such as fair, telephone, e-mail; of a platform, its name: its clock then runs."),
    )  # fmt: skip
    market = forms.ChoiceField(label=_("Market"), required=False)

    class Meta:
        model = Case
        fields = ("kind", "received", "platform", "name", "company", "buyer", "market", "product", "quantity", "message")  # fmt: skip
        widgets = {"message": _area(6)}

    def __init__(self, *args: Any, home_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        received = self.fields["received"]
        assert isinstance(received, MomentField)
        received.zone = home_zone
        received.initial = timezone.localtime(timezone.now(), zone(home_zone)).strftime("%Y-%m-%dT%H:%M")
        self.fields["market"].choices = [("", _("not known")), *market_choices()]  # type: ignore[attr-defined]
        self.fields["quantity"].min_value = 0  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for somebody or something to answer."""
        said = super().clean() or {}
        if not any(said.get(name) for name in ("name", "company", "buyer", "message")):
            raise forms.ValidationError(_("Say who asked, or what: an empty case helps nobody."))
        if (quantity := said.get("quantity")) is not None and quantity <= 0:
            self.add_error("quantity", _("State more than none, or leave it empty."))
        return said


class TagsField(forms.CharField):
    """Tags, set apart by commas; kept between bars."""

    def clean(self, value: Any) -> Any:
        """Return the tags as the case keeps them."""
        said = super().clean(value)
        tags = dict.fromkeys(" ".join(tag.casefold().split()) for tag in said.replace("|", ",").split(","))
        kept = [tag for tag in tags if tag]
        if len(kept) > 10 or any(len(tag) > 30 for tag in kept):
            raise forms.ValidationError(_("At most ten tags, each of at most thirty letters."))
        return f"|{'|'.join(kept)}|" if kept else ""

    def prepare_value(self, value: Any) -> Any:
        """Return the tags as people write them."""
        return ", ".join(tag for tag in str(value or "").split("|") if tag)


class ChangeForm(forms.ModelForm[Case]):
    """What people decide of a case."""

    tags = TagsField(label=_("Tags"), required=False, help_text=_("Set apart by commas."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Case
        fields = ("state", "reason", "owner", "account", "tags")
        help_texts = {
            "state": _("The clock stops at an answer, and at spam that you reported on the platform."),
            "reason": _("Of one held back or lost: needed."),
            "account": _("The sub-account of the platform under which it is answered."),
        }

    def __init__(self, *args: Any, firm: Firm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["owner"].queryset = User.objects.filter(pk__in=[u.pk for u in actions.people_of(firm)])  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = _("nobody yet")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """That the buyer was answered: people send, the program does not."""

    text = forms.CharField(label=_("What you answered"), widget=_area(4), max_length=20_000, required=False)
    at = MomentField(label=_("Sent"), help_text=_("In your own time."))
    state = forms.ChoiceField(
        label=_("Now it is"),
        choices=[(s.value, s.label) for s in (CaseState.WAITING, CaseState.QUOTED)],
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, home_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.fields["at"]
        assert isinstance(at, MomentField)
        at.zone = home_zone
        at.initial = timezone.localtime(timezone.now(), zone(home_zone)).strftime("%Y-%m-%dT%H:%M")


class MessageForm(forms.Form):
    """What the buyer wrote further."""

    text = forms.CharField(label=_("What the buyer wrote"), widget=_area(4), max_length=20_000)
    at = MomentField(label=_("Received"), help_text=_("In your own time."))

    def __init__(self, *args: Any, home_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.fields["at"]
        assert isinstance(at, MomentField)
        at.zone = home_zone
        at.initial = timezone.localtime(timezone.now(), zone(home_zone)).strftime("%Y-%m-%dT%H:%M")


class NoteForm(forms.Form):
    """A note of ours."""

    text = forms.CharField(label=_("Note"), widget=_area(3), max_length=20_000)


class ClearForm(forms.Form):
    """That a sign of fraud is harmless."""

    why = forms.CharField(label=_("Why it is harmless"), max_length=300)


class TokenForm(forms.ModelForm[ApiToken]):
    """A program that may send inquiries."""

    class Meta:
        model = ApiToken
        fields = ("name", "channel")
