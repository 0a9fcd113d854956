"""The question to the literature, and which studies to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fondaco.evidence.literature import Base, Filters
from fondaco.evidence.literature.gaps import THEMES
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.names import market_choices


class AskForm(forms.Form):
    """A question with filters, all of which may stay empty."""

    q = forms.CharField(label=_("Ask the studies"), max_length=300, required=False)
    country = forms.ChoiceField(label=_("Firms of"), required=False)
    platform = forms.ChoiceField(label=_("Platform"), required=False)
    design = forms.ChoiceField(label=_("Design"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    theory = forms.ChoiceField(label=_("Theory"), required=False)
    unit = forms.ChoiceField(label=_("Size of firms"), required=False)
    firm = forms.ChoiceField(label=_("How near to"), required=False)

    def __init__(self, base: Base, firms: Iterable[Firm], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        studies = list(base.studies.values())
        named = {code for each in studies for code in each.countries}
        held: dict[str, Sequence[tuple[str, str]]] = {
            "country": [(code, name) for code, name in market_choices() if code in named],
            "platform": _sorted(kind for each in studies for kind in each.platforms),
            "design": [*_sorted(each.design for each in studies), ("longitudinal", str(_("over time")))],
            "theme": [(name, words) for name, words in THEMES.items()],
            "theory": _sorted(theory for each in studies for theory in each.theories),
            "unit": _sorted(each.unit for each in studies),
            "firm": [(each.slug, each.name) for each in firms],
        }
        for name, choices in held.items():
            self.fields[name].choices = [("", _("all") if name != "firm" else _("no firm")), *choices]  # type: ignore[attr-defined]
        if not held["firm"]:
            del self.fields["firm"]

    @property
    def filters(self) -> Filters:
        """What was chosen."""
        data = self.cleaned_data
        return Filters(
            data["country"], data["platform"], data["design"], data["theme"], data["theory"], "", data["unit"]
        )


def _sorted(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(word, word.replace("_", " ")) for word in sorted(set(words), key=str.casefold) if word]
