"""The page Price calculator: a product in a market under every Incoterm, each step shown, and back from a price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from fondaco.kernel import InputError
from fondaco.strategy.price import TERMS
from fondaco.web.accounts import access
from fondaco.web.desk import names
from fondaco.workflows.price import SHARES, Priced, Wanted, price_of, products_to_price
from fondaco.workflows.targets import targets_of

#: The ladder's picture, in the drawing's units: its width, where bars begin, height of a rung.
WIDTH, LEFT, RUNG = 600, 52, 22


def _amount(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=40, help_text=help_text)


def _percent(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=Decimal("99.9"), decimal_places=2, max_digits=5
    )


class LongSelect(forms.Select):
    """A list of hundreds of choices, written in one go: a template for each takes longer than all the arithmetic."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the element."""
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((code, mark_safe(" selected") if code == value else "", said) for code, said in self.choices),
        )  # fmt: skip
        flat = flatatt(self.build_attrs({**self.attrs, "name": name}, attrs))
        return format_html("<select{}>{}</select>", flat, options)


class PriceForm(forms.Form):
    """What to price, and what of it is stated by hand."""

    sku = forms.ChoiceField(label=_("Product"), widget=LongSelect)
    market = forms.ChoiceField(label=_("Market"), widget=LongSelect)
    incoterm = forms.ChoiceField(label=_("Incoterm"), choices=[(term, term) for term in TERMS], initial="DDP")
    quantity = forms.IntegerField(
        label=_("Units"),
        required=False,
        min_value=1,
        max_value=10**9,
        help_text=_("The smallest order, if left out."),
    )
    price = _amount(
        _("Price of a unit at the works"), _("Such as 7.50 or 7.50 EUR; the catalogue's, if left out.")
    )
    freight = _amount(
        _("Carriage"), _("Of all units: 120, 120 USD or 80..120; from the freight tables, if left out.")
    )
    insurance = _amount(_("Insurance"))
    onward = _amount(_("Onward transport"), _("After the border."))
    proof = forms.ChoiceField(
        label=_("Proof of origin"), required=False,
        choices=[("", _("not known")), ("yes", _("travels with the goods")), ("no", _("none"))],
    )  # fmt: skip
    sea = forms.BooleanField(label=_("By sea"), required=False)
    consumer = forms.BooleanField(label=_("A person orders it for own use"), required=False)
    importer = _percent(_("Importer's margin, %"))
    retailer = _percent(_("Retailer's margin, %"))
    platform = _percent(_("Platform commission, %"))
    payment = _percent(_("Payment fee, %"))
    returns = _percent(_("Returns, %"))
    advertising = _percent(_("Advertising, %"))
    shelf_price = forms.DecimalField(
        label=_("Back from the shelf price of a unit"), required=False, min_value=Decimal("0.01"), max_digits=14,
        decimal_places=3, help_text=_("In the market's currency."),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None, products: Sequence[str], market: str | None = None) -> None:
        super().__init__(data, initial={"market": market})
        self.fields["sku"].choices = [(each, each) for each in products]  # type: ignore[attr-defined]
        self.fields["market"].choices = names.market_choices()  # type: ignore[attr-defined]

    def goods(self) -> list[forms.BoundField]:
        """The fields of goods and term."""
        return [self[name] for name in ("sku", "market", "incoterm", "quantity", "price")]

    def journey(self) -> list[forms.BoundField]:
        """The fields of the journey."""
        return [self[name] for name in ("freight", "insurance", "onward", "proof", "sea", "consumer")]

    def shelf(self) -> list[forms.BoundField]:
        """The fields between landed cost and shelf."""
        return [self[name] for name in (*SHARES, "shelf_price")]

    def wanted(self) -> Wanted:
        """Return what was stated, as the calculator takes it."""
        said = self.cleaned_data
        legs = {"carriage": said["freight"], "insurance": said["insurance"], "onward": said["onward"]}
        return Wanted(
            quantity=said["quantity"],
            price=said["price"],
            legs={name: amount for name, amount in legs.items() if amount},
            by_sea=said["sea"] or None,
            proof={"yes": True, "no": False}.get(said["proof"]),
            to_consumer=said["consumer"],
            shares={name: said[name] / 100 for name in SHARES if said[name] is not None},
            shelf_target=said["shelf_price"],
        )


@dataclass(frozen=True)
class Rung:
    """A term in the picture of the ladder: its bar, and after it the part that is not certain; lengths as SVG has them."""

    term: str
    y: int
    text_y: int
    sure: str
    ends: str
    unsure: str
    asked: bool


def _picture(rows: Iterable[dict[str, Any]], asked: str) -> list[Rung]:
    held = [(row["incoterm"], float(row["low"]), float(row["price"])) for row in rows]
    scale = (WIDTH - LEFT) / max((high for _, _, high in held), default=1.0)
    return [
        Rung(term, n * RUNG, n * RUNG + 14, f"{low * scale:.1f}", f"{LEFT + low * scale:.1f}",
             f"{(high - low) * scale:.1f}", term == asked)
        for n, (term, low, high) in enumerate(held)
    ]  # fmt: skip


def _priced(seen: access.FirmAccess, form: PriceForm) -> Priced | None:
    """Return the price; None where the form has mistakes, which it then tells."""
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        return price_of(
            seen.workspace, seen.firm.slug, said["sku"], said["market"], said["incoterm"], timezone.localdate(),
            wanted=form.wanted(),
        )  # fmt: skip
    except InputError as error:
        form.add_error(None, str(error))
        return None


@login_required
@require_GET
def price(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and below it every step from the works to the shelf."""
    seen = access.firm_for(request.user, slug)
    products = products_to_price(seen.workspace, seen.firm.slug)
    asked = "sku" in request.GET
    aims = () if asked else targets_of(seen.workspace, seen.firm.slug)
    form = PriceForm(request.GET if asked else None, products, aims[0].market if aims else None)
    found = _priced(seen, form) if asked else None
    told = found.to_json() if found else None
    picture = _picture(told["incoterms"], told["incoterm"]) if told else []
    context = {
        "access": seen,
        "firm": seen.firm,
        "form": form,
        "products": products,
        "found": told,
        "picture": picture,
        "height": len(picture) * RUNG,
        "width": WIDTH,
    }
    htmx = getattr(request, "htmx", None)
    # The form stands on the page already, unless somebody goes back to an address.
    only = htmx is not None and bool(htmx) and not htmx.history_restore_request
    answer = render(request, "strategy/price_result.html" if only else "strategy/price.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer
