"""Addresses of a firm's front page and markets."""

from __future__ import annotations

from django.urls import path, register_converter

from fondaco.web.markets import explore, potential, products, ranking, rules, signals, views


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
    path("", views.firm, name="firm"),
    path("signals/", signals.signals, name="signals"),
    path("signals/count/", signals.signals_count, name="signals_count"),
    path("markets/", views.markets, name="markets"),
    path("markets/map.json", views.map_json, name="map_json"),
    path("markets/bars.json", views.bars_json, name="bars_json"),
    path("markets/expected/", ranking.expected, name="expected"),
    path("markets/expected.json", ranking.expected_json, name="expected_json"),
    path("markets/potential/", potential.by_potential, name="by_potential"),
    path("markets/explore/", explore.explore, name="explore"),
    path("markets/explore.json", explore.explore_json, name="explore_json"),
    path("markets/<market:code>/", views.market, name="market"),
    path("markets/<market:code>/months.json", views.months_json, name="months_json"),
    path("products/", products.products, name="products"),
    path("rules/", rules.rules, name="rules"),
    path("rules/rules.csv", rules.rules_csv, name="rules_csv"),
    path("rules/<market:code>/", rules.market_rules, name="market_rules"),
    path("rules/<market:code>/edit/", rules.edit_rule, name="edit_rule"),
]
