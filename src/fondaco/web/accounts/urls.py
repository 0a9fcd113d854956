"""Addresses of people, firms and networks."""

from __future__ import annotations

from django.urls import path

from fondaco.web.accounts import views

urlpatterns = [
    path("firms/new/", views.new_firm, name="new_firm"),
    path("f/<slug:slug>/settings/", views.firm_settings, name="firm_settings"),
    path("f/<slug:slug>/settings/consent/", views.consent, name="consent"),
    path("f/<slug:slug>/members/", views.members, name="members"),
    path("f/<slug:slug>/members/invite/", views.invite, name="invite"),
    path(
        "f/<slug:slug>/members/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("f/<slug:slug>/members/<int:user_id>/", views.change_member, name="change_member"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("networks/new/", views.new_network, name="new_network"),
    path("n/<slug:slug>/", views.network, name="network"),
    path("n/<slug:slug>/facts/", views.network_facts, name="network_facts"),
    path("n/<slug:slug>/invite/", views.network_invite, name="network_invite"),
    path("n/<slug:slug>/firms/<slug:firm_slug>/", views.member_facts, name="member_facts"),
    path("n/<slug:slug>/firms/<slug:firm_slug>/leave/", views.leave, name="leave_network"),
]
