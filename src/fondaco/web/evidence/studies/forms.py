"""Forms of studies: the definition, as lines that people write, and the answers that they bring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fondaco.evidence.study import MEANINGS, Study
from fondaco.evidence.study.definition import LEAST_ANSWERS, made
from fondaco.kernel.errors import InputError
from fondaco.web.evidence.studies.models import Answers

_LINES = {"rows": 6, "spellcheck": "false", "class": "code"}


class StudyForm(forms.Form):
    """A study's definition."""

    title = forms.CharField(label=_("Title"), max_length=200)
    question = forms.CharField(
        label=_("What is asked"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("pls", _("path model (PLS)")), ("regression", _("regression"))]
    )
    model = forms.CharField(
        label=_("Model"), max_length=20_000, strip=False,
        widget=forms.Textarea(attrs={**_LINES, "rows": 12}),
        help_text=_("A path model: “Use =~ use1 + use2” measures, “Know ~ Use” points. A regression: “y ~ a + b”."),
    )  # fmt: skip
    items = forms.CharField(
        label=_("Questions"), max_length=20_000, required=False, widget=forms.Textarea(attrs=_LINES),
        help_text=_("One a line: the column of the answers, a colon, the question as it was put."),
    )  # fmt: skip
    scores = forms.CharField(
        label=_("Scores"), max_length=8_000, required=False, widget=forms.Textarea(attrs=_LINES),
        help_text=_("One a line, for the mean of several questions: “readiness = ready_1 + ready_2”."),
    )  # fmt: skip
    reverse = forms.CharField(
        label=_("Questions that speak against their score"),
        max_length=2_000,
        required=False,
        help_text=_("Their columns, with commas between."),
    )
    low = forms.FloatField(label=_("Scale from"), initial=1)
    high = forms.FloatField(label=_("to"), initial=7)
    behaviour = forms.MultipleChoiceField(
        label=_("Figures from the ledgers of the firms that take part"), required=False,
        choices=[(name, f"{name}: {says}") for name, says in MEANINGS.items()], widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    groups = forms.CharField(label=_("Column of groups to compare"), max_length=100, required=False)
    minimum = forms.IntegerField(
        label=_("Fewest complete answers"), initial=60, min_value=LEAST_ANSWERS, max_value=1_000_000,
        help_text=_("With fewer it is not run."),
    )  # fmt: skip
    smallest_effect = forms.FloatField(
        label=_("Smallest effect that matters"), initial=0.2, min_value=0.01, max_value=0.95,
        help_text=_("A standardised path or coefficient; says how many answers are needed."),
    )  # fmt: skip
    who = forms.CharField(label=_("Who is asked"), max_length=300, required=False)
    hypotheses = forms.CharField(
        label=_("What is expected, one a line"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    rests_on = forms.CharField(
        label=_("Which study the model is taken from"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, fictional: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fictional = fictional or {}

    def clean(self) -> dict[str, Any]:
        """Make the study of the fields, and check it as a whole."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            said = {
                **data,
                "items": _pairs(data["items"], ":", _("Questions")),
                "scores": {
                    name: [each.strip() for each in of.split("+")]
                    for name, of in _pairs(data["scores"], "=", _("Scores")).items()
                },
                "reverse": [each.strip() for each in data["reverse"].split(",") if each.strip()],
                "hypotheses": [line.strip() for line in data["hypotheses"].splitlines() if line.strip()],
                "model": data["model"].replace("\r\n", "\n"),
                "fictional": self.fictional,
            }
            data["study"] = made(said, str(data["title"]))
        except InputError as error:
            text = str(error).removeprefix(f"{data['title']}, ").removeprefix(f"{data['title']}: ")
            about_model = "model" in text[:40].lower() or "formula" in text[:40]
            self.add_error("model" if about_model else None, text[:1].upper() + text[1:])
        return data


def _pairs(text: str, between: str, where: Any) -> dict[str, str]:
    r"""Read lines of name and words.

    >>> _pairs("a: One\n\nb : Two: three", ":", "Questions")
    {'a': 'One', 'b': 'Two: three'}
    """
    held: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, found, words = line.partition(between)
        name = name.strip()
        if not found or not re.fullmatch(r"[^\W\d]\w*", name) or not words.strip():
            raise InputError(f"{where}, line {number}: {line.strip()[:60]!r} is not “name {between} words”.")
        if name in held:
            raise InputError(f"{where}, line {number}: {name} stands there twice.")
        held[name] = words.strip()
    return held


def initial_of(study: Study) -> dict[str, Any]:
    """Return a study as the form shows it."""
    return {
        "title": study.title, "question": study.question, "kind": study.kind, "model": study.model.strip(),
        "items": "\n".join(f"{name}: {says}" for name, says in study.items.items()),
        "scores": "\n".join(f"{name} = {' + '.join(of)}" for name, of in study.scores.items()),
        "reverse": ", ".join(study.reverse), "low": study.low, "high": study.high, "behaviour": list(study.behaviour), "groups": study.groups,
        "minimum": study.minimum, "smallest_effect": study.smallest_effect, "who": study.who,
        "hypotheses": "\n".join(study.hypotheses), "rests_on": study.rests_on,
    }  # fmt: skip


class AnswersForm(forms.Form):
    """A file of answers."""

    file = forms.FileField(
        label=_("Answers"),
        help_text=_("CSV, Excel, SPSS (.sav) or Stata (.dta), one row for each informant."),
    )
    agreed = forms.BooleanField(
        label=_("Everybody whose answers are in the file agreed to this study."), required=True
    )


class RunForm(forms.Form):
    """Which answers to run on, and how many resamples to draw."""

    answers = forms.ModelChoiceField(label=_("Answers"), queryset=Answers.objects.none(), empty_label=None)
    resamples = forms.IntegerField(
        label=_("Bootstrap resamples"), initial=10_000, min_value=100, max_value=20_000
    )

    def __init__(self, *args: Any, answers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answers"].queryset = answers  # type: ignore[attr-defined]


class ResearcherForm(forms.Form):
    """A person who may run studies, or no more."""

    email = forms.EmailField(label=_("E-mail address"))
    given = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        """Return the address in lower case."""
        said = str(self.cleaned_data["email"]).strip().lower()
        if len(said) > 254:
            raise ValidationError(_("This is no address."))
        return said
