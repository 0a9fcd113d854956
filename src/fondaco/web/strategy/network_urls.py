"""Addresses of a network's partners."""

from __future__ import annotations

from django.urls import path

from fondaco.web.strategy import registers

urlpatterns = [
    path("", registers.network_partners, name="network_partners"),
    path("new/", registers.network_partner, name="network_partner_new"),
    path("<int:partner_id>/", registers.network_partner, name="network_partner"),
    path("<int:partner_id>/end/", registers.network_partner_end, name="network_partner_end"),
]
