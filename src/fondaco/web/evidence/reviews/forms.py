"""Forms of a review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.evidence.review.extraction import FORM
from fondaco.web.evidence.reviews.models import Protocol, Review, Stage, Verdict

#: Why records are excluded; a review's own words may stand beside.
REASONS = (
    "", "not about the question", "wrong population", "wrong design", "no data of its own", "not peer-reviewed", "other language",
    "not retrieved", "same study as another report",
)  # fmt: skip
#: In bytes.
LARGEST = 32 << 20


class ReviewForm(forms.ModelForm[Review]):
    """A new review."""

    class Meta:
        model = Review
        fields = ("title", "question")
        widgets = {"question": forms.Textarea(attrs={"rows": 3})}


class ProtocolForm(forms.ModelForm[Protocol]):
    """A version of the protocol."""

    class Meta:
        model = Protocol
        fields = ("databases", "search", "include", "exclude", "why")
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in ("search", "include", "exclude")}


class FileForm(forms.Form):
    """A file of records."""

    file = forms.FileField(
        label=_("File"), help_text=_("RIS, Web of Science, PubMed, BibTeX or Scopus CSV, up to 32 MB.")
    )
    other = forms.BooleanField(
        label=_("Found by other methods"),
        required=False,
        help_text=_("References followed, experts asked, and the like."),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("It is larger than 32 MB: export it in parts."))
        return file


class VoteBackForm(forms.Form):
    """Which decision is taken back."""

    entry = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    stage = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)


class VoteForm(VoteBackForm):
    """A decision on a record."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    reason = forms.CharField(max_length=200, required=False)


class ExtractForm(forms.Form):
    """What is drawn out of a study, field by field as the core has them."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in FORM:
            shared: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.needed}
            if field.type == "choice":
                choices = [("", "—"), *((name, name.replace("_", " ")) for name in field.choices)]
                self.fields[field.name] = forms.ChoiceField(choices=choices, **shared)
            else:
                widget = forms.Textarea(attrs={"rows": 2}) if field.type == "long" else forms.TextInput()
                self.fields[field.name] = forms.CharField(max_length=2000, widget=widget, **shared)
        self.fields["source"] = forms.CharField(
            label=_("Where it stands"),
            max_length=200,
            help_text=_("Pages, tables: what the coding rests on."),
        )
