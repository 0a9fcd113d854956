"""The page of the firm's products: what each is, by pattern, and what their names suggest."""

from __future__ import annotations

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
from fondaco.kernel.errors import InputError
from fondaco.ledger import entry_of
from fondaco.web.accounts import access
from fondaco.web.desk import audit

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
