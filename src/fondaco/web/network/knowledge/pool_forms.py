"""Forms of collective delivery."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from fondaco.kernel.errors import InputError
from fondaco.kernel.problems import Problem
from fondaco.network.delivery import Shipment, rates_of, rates_toml, shipments_of
from fondaco.network.delivery.shipments import COLUMNS
from fondaco.web.desk.names import currency_choices
from fondaco.web.network.knowledge.board_forms import day_input
from fondaco.web.network.knowledge.pool_models import Pool, PooledShipment, Rates

_LARGEST = 1 << 20
_ROWS = 2000


def _text_of(file: Any) -> str:
    if file.size > _LARGEST:
        raise forms.ValidationError(say("The file is larger than 1 MB."))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise forms.ValidationError(say("The file is not text in UTF-8: save it as CSV UTF-8.")) from None


class RatesForm(forms.ModelForm[Rates]):
    """A table of rates, from a file."""

    file = forms.FileField(label=_("The table (TOML, or CSV with a row for each rate)"))
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)

    class Meta:
        model = Rates
        fields = ("currency", "source")

    field_order = ("file", "currency", "source")

    def clean_file(self) -> str:
        """Return the rates as TOML that was read once."""
        file = self.cleaned_data["file"]
        text = _text_of(file)
        try:
            if file.name.lower().endswith(".csv"):
                return rates_toml(text, file.name)
            rates_of(text, file.name)
        except InputError as error:
            raise forms.ValidationError(str(error)) from None
        return text


class PoolForm(forms.ModelForm[Pool]):
    """A pool."""

    class Meta:
        model = Pool
        fields = ("name", "opens", "closes")
        widgets = {"opens": day_input(), "closes": day_input()}

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        said = super().clean() or {}
        if said.get("opens") and said.get("closes") and said["closes"] < said["opens"]:
            self.add_error("closes", _("It lies before the beginning."))
        return said


class _FirmForm(forms.Form):
    """In whose name, and that joining shows the firm's name to those it is grouped with."""

    def __init__(self, *args: Any, firms: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firm"] = forms.ChoiceField(label=_("Firm"), choices=list(firms.items()))
        self.fields["agreed"] = forms.BooleanField(
            label=_("We pool this: firms that we ship with see our name, and supporters see the shipment")
        )
        self.order_fields(["firm"])


class ShipmentForm(_FirmForm, forms.ModelForm[PooledShipment]):
    """One shipment."""

    class Meta:
        model = PooledShipment
        fields = ("reference", "destination", "ready_from", "ready_to", "weight_kg", "volume_m3", "travels")
        widgets = {"ready_from": day_input(), "ready_to": day_input()}
        help_texts = {
            "reference": _("A mark of your own; not a buyer's name."),
            "destination": _("As the rates name it, such as KOR."),
        }

    def clean(self) -> dict[str, Any]:
        """Read the fields as the core reads a row."""
        said = super().clean() or {}
        if not self.errors:
            cells = {
                "member": said["firm"], "shipment": said["reference"], "destination": said["destination"],
                "ready_from": str(said["ready_from"]), "ready_to": str(said["ready_to"]),
                "weight_kg": str(said["weight_kg"]), "volume_m3": str(said["volume_m3"]), "class": said["travels"],
            }  # fmt: skip
            found, problems = shipments_of(COLUMNS, [(1, cells)], say("The form"))
            for problem in problems:
                self.add_error(None, problem.reason)
            said["shipments"] = found
        return said


class UploadForm(_FirmForm):
    """Shipments from a file."""

    file = forms.FileField(
        label=_("CSV"),
        help_text=_("Columns: shipment, destination, ready_from, ready_to, weight_kg, volume_m3, class."),
    )

    def clean_file(self) -> str:
        """Return the file's text."""
        return _text_of(self.cleaned_data["file"])

    def read(self) -> tuple[tuple[Shipment, ...], tuple[Problem, ...]]:
        """Return the good rows as the firm's, and a problem for each other one.

        Raises
        ------
        InputError
            Where a column is missing, or the table is too long.
        """
        text = self.cleaned_data["file"]
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        table = csv.reader(io.StringIO(text), delimiter=delimiter)
        try:
            lines = [line for line in table if any(cell.strip() for cell in line)]
        except csv.Error as error:
            raise InputError(say("The file is no CSV table: %(error)s.") % {"error": error}) from None
        if not lines:
            raise InputError(say("The file is empty."))
        if len(lines) > _ROWS + 1:
            raise InputError(say("The file has more than %(most)d rows.") % {"most": _ROWS})
        names = ["member", *(name.strip().casefold() for name in lines[0])]
        rows = ((number, dict(zip(names, [self.cleaned_data["firm"], *line], strict=False))) for number, line in enumerate(lines[1:], start=2))  # fmt: skip
        found, problems = shipments_of(names, rows, say("The file"))
        long = {each.shipment for each in found if len(each.shipment) > 60 or len(each.destination) > 60 or len(each.class_) > 30}  # fmt: skip
        told = tuple(
            Problem("row", 1, say("Shipment %(name)s…: a reference or destination has more than 60 letters, or a class more than 30.") % {"name": name[:20]}, "")
            for name in sorted(long)
        )  # fmt: skip
        return tuple(each for each in found if each.shipment not in long), (*problems, *told)
