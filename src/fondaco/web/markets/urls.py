"""Addresses of a firm's markets."""

from __future__ import annotations

from django.urls import path, register_converter

from fondaco.web.markets import (
    dossier,
    explore,
    notes,
    potential,
    products,
    ranking,
    rules,
    signals,
    views,
)


class MarketCode:
    """ISO 3166-1 alpha-3 in an address."""

    regex = "[A-Z]{3}"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


register_converter(MarketCode, "market")

urlpatterns = [
    path("glance/", views.glance, name="glance"),
    path("signals/", signals.signals, name="signals"),
    path("signals/count/", signals.signals_count, name="signals_count"),
    path("markets/", views.markets, name="markets"),
    path("markets/map.json", views.map_json, name="map_json"),
    path("markets/bars.json", views.bars_json, name="bars_json"),
    path("markets/open/", views.market_open, name="market_open"),
    path("markets/notes/", notes.notes, name="notes"),
    path("markets/notes/new/", notes.note_new, name="note_new"),
    path("markets/notes/<int:note_id>/", notes.note_edit, name="note_edit"),
    path("markets/notes/<int:note_id>/retire/", notes.note_retire, name="note_retire"),
    path("markets/practice/new/", notes.practice_new, name="practice_new"),
    path("markets/practice/<int:change_id>/", notes.practice_edit, name="practice_edit"),
    path("markets/practice/<int:change_id>/withdraw/", notes.practice_withdraw, name="practice_withdraw"),
    path("markets/<market:code>/", dossier.market, name="market"),
    path("markets/<market:code>/prices.json", dossier.prices_json, name="prices_json"),
    path("markets/<market:code>/rate.json", dossier.rate_json, name="rate_json"),
    path("markets/expected/", ranking.expected, name="expected"),
    path("markets/expected.json", ranking.expected_json, name="expected_json"),
    path("markets/potential/", potential.by_potential, name="by_potential"),
    path("markets/explore/", explore.explore, name="explore"),
    path("markets/explore.json", explore.explore_json, name="explore_json"),
    path("markets/<market:code>/months.json", views.months_json, name="months_json"),
    path("products/", products.products, name="products"),
    path("products/unit/", products.product_unit, name="product_unit"),
    path("rules/", rules.rules, name="rules"),
    path("rules/rules.csv", rules.rules_csv, name="rules_csv"),
    path("rules/<market:code>/", rules.market_rules, name="market_rules"),
    path("rules/<market:code>/edit/", rules.edit_rule, name="edit_rule"),
]
