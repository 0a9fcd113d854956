"""Forms about files: what a file does not say, and what each of its columns means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fondaco.kernel.errors import InputError, Question
from fondaco.ledger import Mapping, from_toml
from fondaco.ledger.schema import TABLES
from fondaco.web.desk.names import currency_choices, market_choices


class AnswersForm(forms.Form):
    """One field for each question that the file leaves open."""

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            if question.name not in ("columns", "home"):
                self.fields[question.name] = _field(question)


def _field(question: Question) -> forms.Field:
    choices = [(choice, choice) for choice in question.choices]
    if question.name == "currency":
        likely = [pair for pair in currency_choices() if pair[0] in question.choices]
        others = [pair for pair in currency_choices() if pair[0] not in question.choices]
        choices = likely + others
    elif question.name == "country":
        choices = market_choices()
    elif question.name == "period":
        return forms.CharField(
            label=_("Period"),
            help_text=question.text,
            widget=forms.TextInput(attrs={"placeholder": "2026-01-01..2026-01-31"}),
        )
    label = {
        "currency": _("Currency"),
        "country": _("Country"),
        "marketplace": _("Marketplace"),
        "platform": _("Platform"),
    }.get(question.name, question.name)
    if not choices:
        return forms.CharField(label=label, help_text=question.text, max_length=200)
    return forms.ChoiceField(label=label, help_text=question.text, choices=[("", _("Choose…")), *choices])


class ColumnsForm(forms.Form):
    """What each column of the file means: one choice for each, every field at most once."""

    def __init__(
        self, table: str, headers: Sequence[str], fields: Sequence[str | None], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headers = list(headers)
        choices = [("", _("not used"))] + [(c.name, f"{c.name}: {c.text}") for c in TABLES[table].stated]
        for place, (header, field) in enumerate(zip(headers, fields, strict=True)):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=field or ""
            )

    def clean(self) -> dict[str, Any]:
        """Check that no two columns mean the same."""
        data = super().clean() or {}
        taken: dict[str, str] = {}
        for place, header in enumerate(self.headers):
            field = data.get(f"column-{place}")
            if field and field in taken:
                self.add_error(
                    f"column-{place}",
                    _("“%(other)s” is that already. Choose one of the two.") % {"other": taken[field]},
                )
            elif field:
                taken[field] = header
        return data

    @property
    def columns(self) -> dict[str, str]:
        """Field to header, for the mapping."""
        chosen = ((self.cleaned_data[f"column-{place}"], header) for place, header in enumerate(self.headers))
        return {field: header for field, header in chosen if field}


class PersonForm(forms.Form):
    """Whom to forget."""

    who = forms.CharField(
        label=_("Name, e-mail or buyer's id"),
        max_length=200,
        help_text=_("As the platform's file writes it; capital letters do not matter."),
    )


class MappingForm(forms.Form):
    """A mapping as text."""

    mapping = forms.CharField(
        label=_("Mapping"),
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )

    understood: Mapping

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Browsers send lines ended by CR LF: without this every mapping would seem changed.
        self.initial["mapping"] = "\r\n".join(self.initial["mapping"].splitlines())

    def clean_mapping(self) -> str:
        """Check that the text is a mapping; say all that is wrong with it."""
        text = str(self.cleaned_data["mapping"])
        try:
            self.understood = from_toml(text, str(_("the mapping")))
        except InputError as error:
            raise ValidationError([ValidationError(line) for line in str(error).splitlines()]) from error
        return text
