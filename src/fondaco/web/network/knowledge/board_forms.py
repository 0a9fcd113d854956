"""Forms of the board; each reads its texts for what must not be shared before anything is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from fondaco.markets.periods import months_after
from fondaco.network.knowledge import Finding, findings
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.names import market_choices
from fondaco.web.network.knowledge.board_models import Answer, KnowledgeItem, Question, Word

#: After how many months an item has to be looked at again, unless somebody says otherwise.
REVIEW_MONTHS = 6
Buyers = Callable[[Firm | None], Sequence[str]]


def day_input() -> forms.DateInput:
    """Return the browser's own field for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _identity(found: Finding) -> str:
    return say("“%(found)s” would tell who a buyer is: take it out.") % {"found": found.found}


def refuse_identities(form: forms.BaseForm, field: str, buyers: Sequence[str]) -> None:
    """Refuse what would tell who a buyer is, in a text that others may come to read."""
    for found in findings(str(form.cleaned_data.get(field) or ""), buyers):
        if found.refused:
            form.add_error(field, _identity(found))


class GuardedForm(forms.Form):
    """A form whose `guarded` fields must name no buyer, and hold no price or margin unless it is public."""

    guarded: Sequence[str] = ("text",)

    def __init__(
        self,
        *args: Any,
        firms: Sequence[Firm],
        network: str = "",
        buyers: Buyers = lambda _firm: (),
        **kwargs: Any,
    ) -> None:
        """Take the firms in whose name one may write; `network` adds writing in its own name."""
        super().__init__(*args, **kwargs)
        self.buyers, self._firms = buyers, {firm.slug: firm for firm in firms}
        choices = [(firm.slug, firm.name) for firm in firms] + ([("", network)] if network else [])
        self.fields["firm"] = forms.ChoiceField(
            label=_("In whose name"),
            choices=choices,
            required=False,
            initial=choices[0][0] if choices else "",
        )
        self.fields["public"] = forms.BooleanField(
            label=_("Figures in it are public: no price or margin of ours"), required=False
        )
        self.network = network
        self.order_fields(["firm", "named"])

    def clean_firm(self) -> Firm | None:
        """Return the firm; None stands for the network."""
        slug = self.cleaned_data["firm"]
        if not slug and not self.network:
            raise forms.ValidationError(_("Say in whose name."))
        return self._firms.get(slug)

    def clean(self) -> dict[str, Any]:
        """Refuse identities, and ask about figures."""
        said = super().clean() or self.cleaned_data
        if "firm" not in said:
            return said
        names = self.buyers(said["firm"])
        for field in self.guarded:
            for found in findings(str(said.get(field) or ""), names):
                if found.refused:
                    self.add_error(field, _identity(found))
                elif not said.get("public"):
                    self.add_error(field, say("“%(found)s” looks like a price or a margin, which members may not share. Take it out, or say below that it is public.") % {"found": found.found})  # fmt: skip
        return said


def _market(required: bool) -> forms.ChoiceField:
    first = _("Choose…") if required else _("All markets")
    return forms.ChoiceField(label=_("Market"), choices=[("", first), *market_choices()], required=required)


class ItemForm(GuardedForm, forms.ModelForm[KnowledgeItem]):
    """An item."""

    guarded = ("text", "source", "products")
    products = forms.CharField(
        label=_("Products"),
        max_length=200,
        required=False,
        help_text=_("HS chapters (two digits) or words, a comma between them; empty for all."),
    )

    class Meta:
        model = KnowledgeItem
        fields = ("kind", "market", "products", "text", "hand", "source", "kept", "day", "review_by", "barrier", "named")  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "day": day_input(), "review_by": day_input()}
        help_texts = {
            "text": _("What is true of the market. No buyer's name, no price or margin of yours."),
            "source": _("A fair, a visit, an office, a web page; not a buyer's name."),
            "review_by": _("Left empty, it is six months after the day on which it was true."),
            "named": _(
                "Without it, other members see that “a member” wrote it. The audit trail keeps who did."
            ),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["market"] = _market(required=True)
        self.fields["review_by"].required = False

    def clean_products(self) -> list[str]:
        """Return the words; two digits must be a chapter."""
        found = [word.strip() for word in self.cleaned_data["products"].split(",") if word.strip()]
        if len(found) > 12:
            raise forms.ValidationError(_("At most twelve."))
        for word in found:
            if word.isdecimal() and not (len(word) == 2 and 1 <= int(word) <= 97 and word.isascii()):
                raise forms.ValidationError(
                    _("%(word)s is no HS chapter: those go from 01 to 97.") % {"word": word}
                )
        return found

    def clean_day(self) -> date:
        """Refuse a day that is still to come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """Add the day of review where none is said, and refuse one before the item."""
        said = super().clean()
        day = said.get("day")
        if day and not said.get("review_by"):
            said["review_by"] = months_after(day, REVIEW_MONTHS)
        if day and said["review_by"] <= day:
            self.add_error("review_by", _("It must be after the day on which it was true."))
        return said


class WordForm(GuardedForm, forms.ModelForm[Word]):
    """What one says of another member's item."""

    guarded = ("reason",)

    class Meta:
        model = Word
        fields = ("says", "reason")


class QuestionForm(GuardedForm, forms.ModelForm[Question]):
    """A question."""

    class Meta:
        model = Question
        fields = ("market", "text", "named")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["market"] = _market(required=False)


class AnswerForm(GuardedForm, forms.ModelForm[Answer]):
    """An answer."""

    class Meta:
        model = Answer
        fields = ("text", "named")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
