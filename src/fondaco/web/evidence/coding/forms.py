"""Forms of a study."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.evidence.coding import CODE, LEVELS, Codebook
from fondaco.evidence.coding.transcripts import ENCODINGS, LARGEST
from fondaco.web.evidence.coding.models import Note, Standing, Study, View

#: In bytes, of a .qdpx.
LARGEST_PROJECT = 64 << 20


class StudyForm(forms.ModelForm[Study]):
    """A new study."""

    class Meta:
        model = Study
        fields = ("title", "question")
        widgets = {"question": forms.Textarea(attrs={"rows": 3})}


class ProjectFileForm(forms.Form):
    """Another program's project."""

    file = forms.FileField(label=_("File"), help_text=_("A REFI-QDA project (.qdpx), up to 64 MB."))

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_PROJECT:
            raise forms.ValidationError(_("It is larger than 64 MB: leave sound and pictures out."))
        return file


class TranscriptForm(forms.Form):
    """An interview."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Text (.txt), Word (.docx) or subtitles (.srt), up to 16 MB. The file itself is not kept."
        ),
    )
    case = forms.CharField(
        label=_("Case"), max_length=100, required=False, help_text=_("The firm, by its pseudonym.")
    )
    wave = forms.IntegerField(
        label=_("Round"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=_("Of interviews, from 1; 0 where it is not told."),
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    informant = forms.CharField(
        label=_("Informant"), max_length=100, required=False, help_text=_("By function: sales manager.")
    )
    view = forms.ChoiceField(label=_("Whose view"), choices=View.choices, required=False)
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("find out")), *((each, each) for each in ENCODINGS)],
        help_text=_("Of old plain text."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("It is larger than 16 MB: a transcript holds text alone."))
        return file


class NamesForm(forms.Form):
    """Who is behind a pseudonym."""

    names = forms.CharField(
        label=_("Names and pseudonyms"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("A line each: name, comma, pseudonym. Every spelling that the texts use has a line: Maria Rossi, P1; Maria, P1."),
    )  # fmt: skip


class NoteForm(forms.ModelForm[Note]):
    """A memo."""

    class Meta:
        model = Note
        fields = ("title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}


class AddForm(forms.Form):
    """A new code, theme or dimension."""

    name = forms.CharField(label=_("Name"), max_length=300)
    level = forms.TypedChoiceField(label=_("Level"), choices=list(LEVELS.items()), coerce=int, initial=CODE)
    to = forms.ChoiceField(label=_("Stands under"), required=False)
    definition = forms.CharField(
        label=_("Definition"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, book: Codebook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = [
            (code.id, f"{code.name} ({LEVELS[code.level]})") for code in book.living if code.level > CODE
        ]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("nothing yet")), *above]


class ChangeForm(forms.Form):
    """A change of a code."""

    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in ("rename", "define", "move", "merge", "split", "retire")]
    )
    name = forms.CharField(max_length=300, required=False)
    definition = forms.CharField(max_length=2000, required=False)
    to = forms.CharField(max_length=36, required=False)
    parts = forms.CharField(max_length=3000, required=False)
    why = forms.CharField(max_length=500, required=False)


class PassageForm(forms.Form):
    """A passage with its codes: by letters where the page's script tells them, by sentences otherwise."""

    start = forms.IntegerField(min_value=0, required=False)
    end = forms.IntegerField(min_value=0, required=False)
    first = forms.IntegerField(min_value=1, required=False)
    last = forms.IntegerField(min_value=1, required=False)
    code = forms.CharField(max_length=36, required=False)
    new = forms.CharField(max_length=300, required=False)
    standing = forms.ChoiceField(choices=Standing.choices, required=False)
    speaks_of = forms.IntegerField(min_value=0, max_value=99, required=False)


class CaseForm(forms.Form):
    """What is told of a case; `was` is what it said when the page was opened."""

    name = forms.CharField(label=_("Case"), max_length=100, help_text=_("The firm, by its pseudonym."))
    values = forms.CharField(
        label=_("What is told of it"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line each, in the same words for all cases: joined: 2013."),
    )  # fmt: skip
    was = forms.CharField(max_length=12_000, required=False, widget=forms.HiddenInput)


class LinkForm(forms.Form):
    """An arrow of the model."""

    start = forms.CharField(label=_("From"), max_length=300, widget=forms.TextInput(attrs={"list": "things"}))
    sign = forms.ChoiceField(
        label=_("Effect"), choices=[("+", _("more leads to more")), ("-", _("more leads to less"))]
    )
    end = forms.CharField(label=_("To"), max_length=300, widget=forms.TextInput(attrs={"list": "things"}))
    says = forms.CharField(label=_("In words"), max_length=1000, required=False)


class BackingForm(forms.Form):
    """A passage that supports a link or contradicts it; neither takes that back."""

    to = forms.CharField(max_length=36)
    passage = forms.CharField(max_length=36)
    supports = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no"), ("", "")], required=False)
