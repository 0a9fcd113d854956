"""Pages of the products' facts, their screening, and delivery."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.web.conftest import Town

from fondaco.ledger import Catalogue, Entry, Workspace
from fondaco.ledger.unit import Unit
from fondaco.web.desk.models import AuditLine

SLUG = {"slug": "anchor-teas"}
UNIT = {
    "cost": "1.20", "price": "4.50", "currency": "GBP", "gross_weight_kg": "0.15", "volume_m3": "0.0006",
    "monthly_capacity": "2000", "lead_days": "7", "temperature": "ambient", "label_languages": "en, de",
    "adapted_for": "DE, Korea",
}  # fmt: skip
RATES = (
    b"destination,kind,carrier,per_kg,per_wm,minimum,fixed,currency,days\n"
    b"DE,parcel,Post,3,,,4,GBP,3-5\nDE,groupage,Road,0.5,,20,10,GBP,6\nDE,air,Bad,-1,,,,GBP,1\n"
)


def unit_page(sku: str = "T-1") -> str:
    return f"{reverse('product_unit', kwargs=SLUG)}?sku={sku}"


def held(home: Path) -> Catalogue:
    return Workspace(home).ledger("anchor-teas").catalogue


@pytest.mark.requirement("F36")
def test_what_a_unit_costs_and_weighs_is_stated_on_a_page(town: Town, home: Path) -> None:
    client = town.as_(town.bob)
    assert unit_page() in client.get(reverse("products", kwargs=SLUG)).content.decode()
    assert client.post(unit_page(), UNIT).status_code == 302
    entry = held(home).entry("T-1", None)
    assert entry is not None and entry.unit is not None
    assert (entry.unit.price, entry.unit.adapted_for, entry.unit.label_languages) == (
        D("4.50"),
        ("DEU", "KOR"),
        ("en", "de"),
    )
    page = client.get(unit_page()).content.decode()
    assert 'value="4.50"' in page and 'value="DEU, KOR"' in page
    assert AuditLine.objects.get(what="products.unit").data["price"] == "4.50"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"price": "4.50", "currency": ""}, "need a currency"),
        ({"net_weight_kg": "2", "gross_weight_kg": "1"}, "below net_weight_kg"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "0", "currency": "GBP"}, "greater than 0"),
        ({"alcohol_by_volume": "120"}, "less than or equal to 100"),
        ({"adapted_for": "Nowhere"}, "Nowhere"),
        ({"label_languages": "english"}, "label_languages"),
    ],
)
def test_a_mistake_about_a_unit_is_named_and_nothing_is_kept(
    town: Town, home: Path, said: dict[str, Any], told: str
) -> None:
    answer = town.as_(town.bob).post(unit_page(), said)
    assert answer.status_code == 400 and told in answer.content.decode()
    assert held(home).entries == ()


def test_who_only_looks_on_states_nothing(town: Town) -> None:
    assert town.as_(town.vera).post(unit_page(), UNIT).status_code == 403
    assert town.as_(town.bob).get(unit_page("T-99")).status_code == 404


def test_stating_a_tag_leaves_the_unit_and_stating_a_unit_leaves_the_pattern(town: Town, home: Path) -> None:
    Workspace(home).ledger("anchor-teas").change_catalogue(
        lambda _: Catalogue((Entry(sku="T-*", tags=("tea",), hs="090210", unit=Unit(per_carton=12)),))
    )
    client = town.as_(town.bob)
    page = client.get(unit_page()).content.decode()
    assert 'value="12"' in page and "T-*" in page
    client.post(unit_page(), {"per_carton": "24"})
    one, other = held(home).entry("T-1", None), held(home).entry("T-2", None)
    assert (
        one is not None
        and one.unit is not None
        and (one.unit.per_carton, one.tags, one.hs) == (24, ("tea",), "090210")
    )
    assert other is not None and other.unit is not None and other.unit.per_carton == 12
    client.post(reverse("products", kwargs=SLUG), {"by": "sku", "pattern": "T-1", "tags": ["tea"]})
    again = held(home).entry("T-1", None)
    assert again is not None and again.unit is not None and again.unit.per_carton == 24


@pytest.mark.requirement("F64", "F67")
def test_products_are_screened_with_reasons_and_who_says_so(town: Town) -> None:
    client = town.as_(town.bob)
    client.post(unit_page(), UNIT)
    client.post(reverse("freight_add", kwargs=SLUG), {"file": SimpleUploadedFile("road.csv", RATES)})
    page = client.get(reverse("screening", kwargs=SLUG)).content.decode()
    for words in ("Germany", "Who says so", "Kim and Lim", "set, in no study", "What would change it"):
        assert words in page
    kuwait = client.get(reverse("screening", kwargs=SLUG), {"market": "KWT"}).content.decode()
    assert "Kuwait" in kuwait and "not known" in kuwait
    assert (
        "no market that is known"
        in client.get(reverse("screening", kwargs=SLUG), {"market": "Atlantis"}).content.decode()
    )


def test_a_consignment_is_compared_with_a_chart_of_break_even_points(town: Town) -> None:
    client = town.as_(town.bob)
    client.post(unit_page(), UNIT)
    answer = client.post(
        reverse("freight_add", kwargs=SLUG), {"file": SimpleUploadedFile("../road.csv", RATES)}, follow=True
    )
    page = answer.content.decode()
    assert "2 rates are kept." in page and "is below zero" in page and "road" in page
    asked = {"sku": "T-1", "market": "DEU", "units": "20"}
    page = client.get(reverse("delivery", kwargs=SLUG), asked).content.decode()
    # 20 x 0.15 kg = 3 kg by parcel (volume 12,000 cm3 = 2.4 kg): 13.00; road is at least 20, and 10.
    assert "£13.00" in page and "£30.00" in page and "cheapest" in page
    assert "From 58 units: road groupage" in " ".join(page.split())
    spec = client.get(reverse("delivery_json", kwargs=SLUG), asked).json()
    assert "Cost of a unit in GBP" in spec["description"]
    ways = {
        row["way"]
        for layer in spec["layer"]
        for row in layer.get("data", {}).get("values", [])
        if "way" in row
    }
    assert ways == {"parcel · Post", "road groupage · Road"}


def test_a_table_without_a_rate_is_refused_in_words(town: Town) -> None:
    client = town.as_(town.bob)
    answer = client.post(
        reverse("freight_add", kwargs=SLUG), {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")}
    )
    assert answer.status_code == 400 and "lacks destination" in answer.content.decode()


def test_what_is_not_stated_is_said_and_nothing_is_drawn(town: Town) -> None:
    client = town.as_(town.bob)
    page = client.get(
        reverse("delivery", kwargs=SLUG), {"sku": "T-1", "market": "DEU", "units": "20"}
    ).content.decode()
    assert "No freight rate to this market is on record" in page and "data-chart" not in page
    assert (
        client.get(
            reverse("delivery", kwargs=SLUG), {"sku": "T-1", "market": "DEU", "units": "0"}
        ).status_code
        == 400
    )


def test_names_from_files_are_shown_and_never_run(town: Town) -> None:
    client = town.as_(town.bob)
    evil = b'destination,kind,carrier,per_kg,currency\nDE,parcel,"<script>alert(1)</script>",3,GBP\n'
    client.post(reverse("freight_add", kwargs=SLUG), {"file": SimpleUploadedFile("<b>.csv", evil)})
    asked = {"sku": "T-1", "market": "DEU", "units": "2", "weight": "1", "volume": "0.001"}
    page = client.get(reverse("delivery", kwargs=SLUG), asked).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page
