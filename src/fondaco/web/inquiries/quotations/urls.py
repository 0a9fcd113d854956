"""Addresses of quotations and replies."""

from __future__ import annotations

from django.urls import path

from fondaco.web.inquiries.quotations import answering, views

urlpatterns = [
    path("quotations/", views.quotations, name="quotations"),
    path("quotations/new/", views.quotation_new, name="quotation_new"),
    path("quotations/terms/", answering.quoting, name="quoting"),
    path("quotations/<int:quotation_id>/", views.quotation, name="quotation"),
    path("quotations/<int:quotation_id>/change/", views.quotation_change, name="quotation_change"),
    path("quotations/<int:quotation_id>/release/", views.quotation_release, name="quotation_release"),
    path("quotations/<int:quotation_id>/sent/", views.quotation_sent, name="quotation_sent"),
    path("quotations/<int:quotation_id>/settle/", views.quotation_settle, name="quotation_settle"),
    path("quotations/<int:quotation_id>/reopen/", views.quotation_reopen, name="quotation_reopen"),
    path("quotations/<int:quotation_id>/quotation.pdf", views.quotation_pdf, name="quotation_pdf"),
    path("replies/", answering.templates, name="templates"),
    path("replies/draft/", answering.reply, name="reply"),
    path("replies/<slug:name>/<slug:language>/", answering.template, name="template"),
]
