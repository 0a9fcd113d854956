"""The page Delivery: which way to send a product, what it costs, and from which quantity another way is cheaper."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from fondaco import charts, workflows
from fondaco.kernel.errors import InputError
from fondaco.strategy.place import Consignment
from fondaco.web.accounts import access
from fondaco.web.desk import audit, names
from fondaco.web.markets.views import drawn
from fondaco.workflows.place import curves_of, delivery_of, freight_of, product_consignment

#: A table brought through the site may be so large; larger ones come by the command line.
LARGEST = 32 << 20


class DeliveryForm(forms.Form):
    """What is sent, and where to."""

    sku = forms.ChoiceField(label=lazy("Product"))
    market = forms.ChoiceField(label=lazy("Market"))
    units = forms.IntegerField(label=lazy("Units at once"), min_value=1, max_value=10**6)
    weight = forms.DecimalField(
        label=lazy("Gross weight of all, kg"),
        required=False,
        min_value=Decimal("0.001"),
        max_digits=14,
        decimal_places=3,
        help_text=lazy("Left empty, it is what the products page states of a unit."),
    )
    volume = forms.DecimalField(
        label=lazy("Volume of all, m³"),
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=14,
        decimal_places=6,
    )
    zone = forms.CharField(
        label=lazy("Zone"), required=False, max_length=60, help_text=lazy("As the carriers' tables name it.")
    )

    def __init__(self, *args: Any, seen: access.FirmAccess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = seen
        products = [
            p for p in workflows.products_of(seen.workspace, seen.firm.slug) if p.sku and "*" not in p.sku
        ]
        chosen = [(p.sku, f"{p.sku} · {p.name}" if p.name else p.sku) for p in products]
        for name, choices in (("sku", chosen), ("market", names.market_choices())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Choose…")), *choices]

    def consignment(self) -> Consignment:
        """Return what is sent: as stated here, else as the catalogue states a unit."""
        said = self.cleaned_data
        sent = product_consignment(self.seen.workspace, self.seen.firm.slug, said["sku"], said["units"])
        if said["weight"] is not None:
            sent = replace(sent, gross_weight_kg=said["weight"])
        if said["volume"] is not None:
            sent = replace(sent, volume_m3=said["volume"])
        return sent

    @property
    def up_to(self) -> int:
        """How many units the break-even points are looked for."""
        return max(200, 10 * int(self.cleaned_data["units"]))


@login_required
@require_GET
def delivery(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; below it the ways to send, and the tables they rest on."""
    seen = access.firm_for(request.user, slug)
    asked = "sku" in request.GET
    form = DeliveryForm(request.GET if asked else None, seen=seen)
    found = None
    if asked and form.is_valid():
        said = form.cleaned_data
        found = delivery_of(
            seen.workspace, slug, said["market"], form.consignment(), timezone.localdate(), zone=said["zone"],
            up_to=form.up_to,
        )  # fmt: skip
    context = {
        "access": seen,
        "firm": seen.firm,
        "form": form,
        "found": found,
        "tables": freight_of(seen.workspace, slug).tables(),
    }
    return render(request, "strategy/delivery.html", context, status=400 if asked and form.errors else 200)


@login_required
@require_GET
def delivery_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The cost of a unit by way and quantity, as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug)
    form = DeliveryForm(request.GET, seen=seen)
    if not form.is_valid():
        raise InputError("There is nothing to draw: " + " ".join(str(e) for e in form.errors.values()))
    said, sent, today = form.cleaned_data, form.consignment(), timezone.localdate()
    curves = curves_of(seen.workspace, slug, said["market"], sent, today, zone=said["zone"], up_to=form.up_to)
    asked = str(hash((said["market"], said["zone"], sent, curves)))
    draw = partial(charts.ways_of, curves, sent.currency, sent.units)
    return drawn(request, seen.ledger.fingerprint(), f"delivery {today} {asked}", draw)


@login_required
@require_POST
def freight_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a carrier's table as the firm's own."""
    seen = access.firm_for(request.user, slug, need="write")
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.name:
        raise InputError(_("Choose a CSV or TOML file."))
    if file.size is None or file.size > LARGEST:
        raise InputError(_("The table is larger than 32 MB: bring it with fondaco freight add."))
    with tempfile.TemporaryDirectory() as folder:
        # Only the ending of the visitor's file name is used, and only two are known.
        path = Path(folder) / ("table.toml" if file.name.casefold().endswith(".toml") else "table.csv")
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        kept = freight_of(seen.workspace, slug).add(path, now=timezone.now(), called=Path(file.name).name)
    audit.record(
        "freight.added",
        by=seen.user,
        now=timezone.now(),
        firm=seen.firm,
        name=kept.name,
        rates=kept.taken.rates,
    )
    told = ngettext("%(count)d rate is kept.", "%(count)d rates are kept.", kept.taken.rates)
    messages.success(request, told % {"count": kept.taken.rates})
    for problem in kept.taken.problems[:8]:
        messages.warning(request, f"{problem.reason} {problem.cure}")
    return redirect("delivery", slug=slug)
