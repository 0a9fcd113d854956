"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

from fondaco.web.desk import views
from fondaco.web.inquiries import api
from fondaco.web.readiness.filling import readiness_public
from fondaco.web.today import digests

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("theme/", views.theme, name="theme"),
    path("r/<str:token>/", readiness_public, name="readiness_public"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("n/<slug:slug>/partners/", include("fondaco.web.strategy.network_urls")),
    path("n/<slug:slug>/", include("fondaco.web.network.benchmarks.urls")),
    path("n/<slug:slug>/", include("fondaco.web.network.knowledge.urls")),
    path("n/<slug:slug>/", include("fondaco.web.evidence.studies.urls")),
    path("evidence/", include("fondaco.web.evidence.literature.urls")),
    path("evidence/reviews/", include("fondaco.web.evidence.reviews.urls")),
    path("evidence/coding/", include("fondaco.web.evidence.coding.urls")),
    path("api/inquiries/", api.inquiries, name="api_inquiries"),
    path("", include("fondaco.web.accounts.urls")),
    path("stop/<str:token>/", digests.digest_stop, name="digest_stop"),
    path("f/<slug:slug>/", include("fondaco.web.today.urls")),
    path("f/<slug:slug>/", include("fondaco.web.markets.urls")),
    path("f/<slug:slug>/", include("fondaco.web.strategy.urls")),
    path("f/<slug:slug>/", include("fondaco.web.inquiries.urls")),
    path("f/<slug:slug>/", include("fondaco.web.inquiries.quotations.urls")),
    path("f/<slug:slug>/", include("fondaco.web.relationships.urls")),
    path("f/<slug:slug>/", include("fondaco.web.readiness.urls")),
    path("f/<slug:slug>/", include("fondaco.web.network.knowledge.firm_urls")),
    path("f/<slug:slug>/data/", include("fondaco.web.data.urls")),
]

handler400 = "fondaco.web.desk.views.bad_request"
handler403 = "fondaco.web.desk.views.forbidden"
handler404 = "fondaco.web.desk.views.not_found"
handler500 = "fondaco.web.desk.views.failed"
