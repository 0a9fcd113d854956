"""Addresses of what a firm shows to its networks, and of its registers."""

from __future__ import annotations

from django.urls import path

from fondaco.web.network.knowledge import firm

urlpatterns = [
    path("seen/", firm.seen, name="seen"),
    path("seen/sharing/", firm.sharing, name="sharing"),
    path("presence/", firm.presence, name="presence"),
    path("presence/new/", firm.presence_new, name="presence_new"),
    path("presence/<int:presence_id>/end/", firm.presence_end, name="presence_end"),
    path("left/", firm.left_platforms, name="left_platforms"),
]
