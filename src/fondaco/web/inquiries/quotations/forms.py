"""Forms of quotations, of their terms and limits, and of reply templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from fondaco.desk.quotation import Limit, Quotation, Quoting
from fondaco.desk.quotation.values import LONG, SHORT
from fondaco.desk.replies import LANGUAGES
from fondaco.kernel.money import Money
from fondaco.strategy.price import TERMS
from fondaco.web.desk import names

#: Empty rows for more products.
_MORE = 2
#: Names of the terms, in the order of the form.
TERM_FIELDS = (
    "incoterm", "place", "valid_days", "lead_days", "minimum", "payment", "payment_days", "samples", "notes",
)  # fmt: skip


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, an empty form too; None where nothing was."""
    return request.POST if request.method == "POST" else None


def case_key(request: HttpRequest) -> str:
    """Return the id of the inquiry that an address names, as ``?case=KEY``; empty where it names none."""
    return "".join(c for c in request.GET.get("case", "") if c.isprintable())[:SHORT].strip()


def _whole(label: Any, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most, help_text=help_text
    )


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONG,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TermsForm(forms.Form):
    """On which terms."""

    incoterm = forms.ChoiceField(
        label=_("Incoterm 2020"), required=False, choices=[("", "—"), *((t, t) for t in TERMS)]
    )
    place = forms.CharField(label=_("Named place"), required=False, max_length=SHORT)
    valid_days = _whole(_("Days of validity"), 1, 1095)
    lead_days = _whole(_("Lead time in days"), 0, 3650)
    minimum = _whole(_("Smallest order, units"), 1, 10**9)
    payment = _text(_("Payment"))
    payment_days = _whole(
        _("Days from the end of validity to the money"), 0, 1095, _("The floor holds until then.")
    )
    samples = _text(_("Samples"))
    notes = _text(_("Notes for the buyer"))

    def terms(self) -> dict[str, Any]:
        """Return the terms as plain values."""
        return {name: self.cleaned_data[name] for name in TERM_FIELDS}


class QuotationForm(TermsForm):
    """To whom and on which terms; the products stand in `LineForm`."""

    buyer = forms.CharField(label=_("Buyer"), required=False, max_length=SHORT)
    market = forms.ChoiceField(label=_("Country"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    language = forms.ChoiceField(
        label=_("Language of the paper"), choices=list(LANGUAGES.items()), initial="en"
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("buyer", "market", "currency", "language", *TERM_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["market"].choices = [("", "—"), *names.market_choices()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = names.currency_choices()  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One product; a row that is left empty counts for nothing."""

    sku = forms.CharField(
        label=_("Article number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "products"}),
    )
    text = forms.CharField(label=_("What the buyer reads"), required=False, max_length=SHORT)
    quantity = forms.DecimalField(label=_("Units"), required=False, min_value=Decimal(0), max_digits=16)
    price = forms.DecimalField(
        label=_("Price of a unit"), required=False, min_value=Decimal(0), max_digits=18, decimal_places=6
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # a row that says what it said before is a row all the same


LineFormSet = forms.formset_factory(LineForm, extra=_MORE, max_num=100, absolute_max=110, validate_max=True)


def first_of(quotation: Quotation) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms show of a quotation: the first values of form and rows."""
    terms = {name: getattr(quotation.terms, name) for name in TERM_FIELDS}
    head = {
        "buyer": quotation.buyer, "market": quotation.market, "currency": quotation.currency,
        "language": quotation.language, **terms,
    }  # fmt: skip
    rows = [
        {"sku": line.sku, "text": line.text, "quantity": line.quantity, "price": line.price}
        for line in quotation.lines
    ]
    return head, rows


class QuotingForm(TermsForm):
    """The firm's stored terms, and how far everybody may go alone."""

    discount = forms.DecimalField(
        label=_("Discount that members may grant alone, %"), required=False, min_value=0, max_value=Decimal("99.99"),
        decimal_places=2, max_digits=4, help_text=_("Off the price to begin from. Left empty: down to the lowest price of the range."),
    )  # fmt: skip
    total = forms.DecimalField(
        label=_("Largest quotation that members may make alone"), required=False, min_value=0, max_digits=14,
        decimal_places=2, help_text=_("In the firm's currency."),
    )  # fmt: skip
    lowest = _text(_("Lowest prices by article"), _("One a line, such as: W-1 7.90 EUR"))
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_lowest(self) -> dict[str, Money]:
        """Return prices by article number."""
        from fondaco.kernel import InputError

        found = {}
        for line in self.cleaned_data["lowest"].splitlines():
            if not line.strip():
                continue
            sku, _space, price = line.strip().partition(" ")
            try:
                found[sku] = Money.parse(price)
            except InputError as error:
                raise forms.ValidationError(f"{line.strip()}: {error}") from None
        return found

    def limits(self, held: Quoting) -> tuple[Limit, ...]:
        """Return the limits: everybody's as the form says, those that name a person as they are."""
        said = self.cleaned_data
        off, total, lowest = said["discount"], said["total"], said["lowest"]
        named = tuple(each for each in held.limits if each.who)
        if off is None and total is None and not lowest:
            return named
        return (Limit("", None if off is None else off / 100, total, lowest), *named)


def first_of_quoting(held: Quoting) -> Mapping[str, Any]:
    """Return what the form shows of stored terms and limits."""
    limit = next((each for each in held.limits if not each.who), Limit())
    lowest = "\n".join(f"{sku} {price}" for sku, price in limit.lowest.items())
    off = None if limit.discount is None else limit.discount * 100
    return {**held.stated, "discount": off, "total": limit.total, "lowest": lowest}


class SettleForm(forms.Form):
    """What the buyer decided."""

    accepted = forms.ChoiceField(
        label=_("The buyer"),
        choices=[
            ("yes", _("accepted it: the case is won")),
            ("no", _("refused it: the talk goes on")),
            ("lost", _("refused it: the case is lost")),
        ],
    )
    reason = forms.CharField(
        label=_("Why it was refused"), required=False, max_length=300,
        help_text=_("Price, quantity, time, no answer …; needed where it was refused."),
    )  # fmt: skip

    def __init__(self, *args: Any, of_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not of_case:
            self.fields["accepted"].choices = [("yes", _("accepted it")), ("no", _("refused it"))]  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """A firm's own template; both left empty, the one that ships counts again."""

    subject = forms.CharField(label=_("Subject"), required=False, max_length=SHORT)
    body = forms.CharField(
        label=_("Text"), required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 14})
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ReplyForm(forms.Form):
    """A reply that was sent."""

    text = forms.CharField(label=_("Reply"), max_length=8000, widget=forms.Textarea(attrs={"rows": 18}))
