"""Addresses of coding."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fondaco.web.evidence import people
from fondaco.web.evidence.coding import case_pages, texts, views
from fondaco.web.evidence.coding.permission import study_for

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.codings, name="codings"),
    path("<int:number>/", views.coding, name="coding"),
    *people.urls("coding", study_for),
    path("<int:number>/bring/", views.coding_bring, name="coding_bring"),
    path("<int:number>/names/", views.coding_names, name="coding_names"),
    path("<int:number>/codebook/", views.coding_book, name="coding_book"),
    path("<int:number>/codebook/<str:code>/", views.coding_code, name="coding_code"),
    path("<int:number>/memos/", views.coding_note, name="coding_note"),
    path("<int:number>/texts/<int:text>/", texts.coding_text, name="coding_text"),
    path("<int:number>/texts/<int:text>/done/", texts.coding_done, name="coding_done"),
    path(
        "<int:number>/texts/<int:text>/withdraw/<int:passage>/", texts.coding_withdraw, name="coding_withdraw"
    ),
    path("<int:number>/agreement/", texts.coding_agreement, name="coding_agreement"),
    path("<int:number>/cases/", case_pages.coding_cases, name="coding_cases"),
    path("<int:number>/figure/", texts.coding_figure, name="coding_figure"),
    path("<int:number>/files/<str:what>", texts.coding_file, name="coding_file"),
]
