"""The page of the firm's products: what each is, by pattern, and what their names suggest."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from fondaco import workflows
from fondaco.kernel.errors import InputError, UnknownName
from fondaco.ledger import Catalogue, Entry, entry_of
from fondaco.ledger.unit import Unit, unit_of
from fondaco.reference import countries
from fondaco.web.accounts import access
from fondaco.web.desk import audit, names

#: Products on one page.
LISTED = 50


class ProductForm(forms.Form):
    """What a product, or all that fit a pattern, are."""

    by = forms.ChoiceField(
        label=lazy("Which products"), choices=[("sku", lazy("by article number")), ("name", lazy("by name"))]
    )
    pattern = forms.CharField(
        label=lazy("Number or name"),
        max_length=200,
        help_text=lazy("* stands for anything: W-* or *chianti*. Letter case does not count."),
    )
    tags = forms.MultipleChoiceField(
        label=lazy("What they are"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    hs = forms.CharField(
        label=lazy("HS code"),
        required=False,
        max_length=20,
        help_text=lazy("2 to 10 digits, as in the tariff."),
    )
    origin = forms.CharField(label=lazy("Country of origin"), required=False, max_length=80)

    def __init__(self, *args: Any, tags: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tags"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = tags


def _decimal(label: Any, places: int, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=16,
        decimal_places=places,
        help_text=help_text,
    )


def _count(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=10**9, help_text=help_text)


class UnitForm(forms.Form):
    """What one unit costs, weighs and holds; all of it may be left empty, which is then not known."""

    cost = _decimal(lazy("Cost of making one"), 4, lazy("All of it: material, work, packaging."))
    price = _decimal(lazy("Price at the works"), 4)
    currency = forms.ChoiceField(label=lazy("Currency of both"), required=False)
    net_weight_kg = _decimal(lazy("Net weight, kg"), 6)
    gross_weight_kg = _decimal(lazy("Gross weight, kg"), 6, lazy("With its share of the packaging."))
    volume_m3 = _decimal(lazy("Volume, m³"), 8, lazy("Of one, packed: 10 × 10 × 30 cm is 0.003."))
    litres = _decimal(lazy("Litres"), 6, lazy("Of a drink."))
    alcohol_by_volume = _decimal(lazy("Alcohol, % vol"), 2)
    per_carton = _count(lazy("Units in a carton"))
    minimum_order = _count(lazy("Smallest order, units"))
    monthly_capacity = _count(lazy("Units that can be made for export in a month"))
    lead_days = _count(lazy("Days from order to ready"))
    temperature = forms.ChoiceField(
        label=lazy("How it travels"),
        required=False,
        choices=[
            ("", lazy("not stated")), ("ambient", lazy("ambient")), ("chilled", lazy("chilled")), ("frozen", lazy("frozen")),
        ],
    )  # fmt: skip
    label_languages = forms.CharField(
        label=lazy("Languages of the label"),
        required=False,
        max_length=100,
        help_text=lazy("Two letters each: it, en."),
    )
    adapted_for = forms.CharField(
        label=lazy("Markets for which label, pack and papers are done"), required=False, max_length=400,
        help_text=lazy("Codes or names, with commas: GB, Korea."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        held = (kwargs.get("initial") or {}).get("currency")
        known = names.currency_choices()
        more = [] if held is None or held in dict(known) else [(held, held)]
        field.choices = [("", lazy("not stated")), *known, *more]

    @classmethod
    def showing(cls, unit: Unit | None) -> UnitForm:
        """Return the form with what is stated now."""
        held = {} if unit is None else unit.to_json()
        lists = {name: ", ".join(held.get(name, ())) for name in ("label_languages", "adapted_for")}
        return cls(initial={**held, **lists})

    def unit(self) -> Unit:
        """Return what was stated; raises `InputError` where it cannot be."""
        said: dict[str, Any] = dict(self.cleaned_data)
        said["label_languages"] = tuple(_words(said["label_languages"].casefold()))
        said["adapted_for"] = tuple(
            countries.from_code(word) for word in _words(said["adapted_for"], blanks=False)
        )
        if said["cost"] is None and said["price"] is None:
            said["currency"] = None
        return unit_of(said)


def _words(said: str, *, blanks: bool = True) -> list[str]:
    parts = said.replace(";", ",").replace(" ", "," if blanks else " ").split(",")
    return [part.strip() for part in parts if part.strip()]


@login_required
@require_http_methods(["GET", "POST"])
def product_unit(request: HttpRequest, slug: str) -> HttpResponse:
    """State what one unit of a product costs, weighs and holds; owners and members."""
    seen = access.firm_for(request.user, slug, need="write")
    sku = request.GET.get("sku", "").strip()
    known = [each for each in workflows.products_of(seen.workspace, slug) if each.sku == sku]
    if not sku or not known:
        raise UnknownName(_("There is no product of this number."))
    entry = seen.ledger.catalogue.entry(sku, known[0].name)
    form = (
        UnitForm(request.POST)
        if request.method == "POST"
        else UnitForm.showing(entry.unit if entry else None)
    )
    if request.method == "POST" and form.is_valid():
        try:
            unit = form.unit()
            seen.ledger.change_catalogue(lambda held: _with_unit(held, sku, known[0].name, unit))
        except InputError as error:
            form.add_error(None, str(error))
        else:
            audit.record(
                "products.unit", by=seen.user, now=timezone.now(), firm=seen.firm, name=sku, **unit.to_json()
            )
            messages.success(request, _("Saved."))
            return redirect("products", slug=slug)
    context = {
        "access": seen, "firm": seen.firm, "form": form, "product": known[0],
        "pattern": entry.sku or entry.name if entry and "*" in (entry.sku or entry.name) else "",
    }  # fmt: skip
    return render(request, "markets/product_unit.html", context, status=400 if form.errors else 200)


def _with_unit(held: Catalogue, sku: str, name: str | None, unit: Unit) -> Catalogue:
    """Return the catalogue with a unit stated of one product; what a pattern says of it stays true of it."""
    now = held.entry(sku, name)
    if now is None:
        return held.with_entry(Entry(sku=sku, unit=unit))
    return held.with_entry(replace(now, sku=sku, name="", unit=unit))


@login_required
@require_http_methods(["GET", "POST"])
def products(request: HttpRequest, slug: str) -> HttpResponse:
    """List the firm's products, those without a tag first; owners and members state what they are."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    known = workflows.known_tags(seen.workspace)
    choices = [(name, known.tag(name).label) for name in sorted(known.by_name)]
    form = ProductForm(request.POST if request.method == "POST" else None, tags=choices)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            entry = entry_of(
                **{said["by"]: said["pattern"]}, tags=said["tags"], hs=said["hs"], origin=said["origin"], known=known
            )  # fmt: skip
            seen.ledger.change_catalogue(lambda held: held.with_entry(entry))
        except InputError as error:
            form.add_error(None, str(error))
        else:
            audit.record(
                "products.stated", by=seen.user, now=timezone.now(), firm=seen.firm, name=entry.sku or entry.name,
                tags=list(entry.tags), hs=entry.hs, origin=entry.origin,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return redirect("products", slug=slug)
    found = sorted(workflows.products_of(seen.workspace, slug), key=lambda p: bool(p.tags or p.hs))
    listed = Paginator(found, LISTED).get_page(request.GET.get("page"))
    context = {
        "access": seen,
        "firm": seen.firm,
        "form": form,
        "products": listed.object_list,
        "page": listed.number,
        "more": listed.has_next(),
        "untagged": sum(not (p.tags or p.hs) for p in found),
        "proofs": seen.ledger.catalogue.proofs,
    }
    return render(request, "markets/products.html", context, status=400 if form.errors else 200)
