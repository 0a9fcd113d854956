"""Addresses of a firm's plan and its parts."""

from __future__ import annotations

from django.urls import URLPattern, path

from fondaco.web.strategy import platforms, registers

urlpatterns: list[URLPattern] = [
    path("platforms/", platforms.platforms, name="platforms"),
    path("platforms/decisions/", registers.decisions, name="decisions"),
    path("platforms/decisions/new/", registers.decision_new, name="decision_new"),
    path("platforms/risks/", registers.risks, name="risks"),
    path("platforms/risks/new/", registers.risk_new, name="risk_new"),
    path("platforms/risks/<int:risk_id>/", registers.risk, name="risk"),
    path("platforms/risks/<int:risk_id>/close/", registers.risk_close, name="risk_close"),
    path("platforms/partners/", registers.partners, name="partners"),
    path("platforms/partners/new/", registers.partner, name="partner_new"),
    path("platforms/partners/<int:partner_id>/", registers.partner, name="partner"),
    path("platforms/partners/<int:partner_id>/end/", registers.partner_end, name="partner_end"),
]
