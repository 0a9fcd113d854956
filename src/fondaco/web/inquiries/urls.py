"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fondaco.web.inquiries import tokens, views

_CASE = "inquiries/<int:case_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("inquiries/", views.inquiries, name="inquiries"),
    path("inquiries/new/", views.inquiry_new, name="inquiry_new"),
    path("inquiries/assign/", views.assign, name="inquiries_assign"),
    path("inquiries/tokens/", tokens.tokens, name="tokens"),
    path("inquiries/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
    path(_CASE, views.inquiry, name="inquiry"),
    path(f"{_CASE}change/", views.inquiry_change, name="inquiry_change"),
    path(f"{_CASE}answer/", views.inquiry_answer, name="inquiry_answer"),
    path(f"{_CASE}message/", views.inquiry_message, name="inquiry_message"),
    path(f"{_CASE}note/", views.inquiry_note, name="inquiry_note"),
    path(f"{_CASE}note/<int:note_id>/withdraw/", views.inquiry_note_withdraw, name="inquiry_note_withdraw"),
    path(f"{_CASE}clear/", views.inquiry_clear, name="inquiry_clear"),
    path(f"{_CASE}files/", views.inquiry_attach, name="inquiry_attach"),
    path(f"{_CASE}files/<uuid:file_id>/", views.inquiry_file, name="inquiry_file"),
    path(f"{_CASE}files/<uuid:file_id>/withdraw/", views.inquiry_file_withdraw, name="inquiry_file_withdraw"),
]
