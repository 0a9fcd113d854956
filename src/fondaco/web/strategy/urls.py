"""Addresses of a firm's plan and its parts."""

from __future__ import annotations

from django.urls import path

from fondaco.web.strategy import (
    delivery,
    plan,
    plan_lines,
    plan_papers,
    platforms,
    price,
    product,
    profile,
    promotion,
    registers,
)

urlpatterns = [
    path("plan/", plan.plan, name="plan"),
    path("plan/start/", plan.plan_start, name="plan_start"),
    path("plan/agree/", plan.plan_agree, name="plan_agree"),
    path("plan/versions/<int:number>/", plan.plan_version, name="plan_version"),
    path("plan/compare/", plan.plan_compare, name="plan_compare"),
    path("plan/since/", plan.plan_since, name="plan_since"),
    path("plan/work/", plan.plan_work, name="plan_work"),
    path("plan/swot/", plan.plan_swot, name="plan_swot"),
    path("plan/lines/new/", plan_lines.plan_add, name="plan_add"),
    path("plan/lines/<int:line_id>/", plan_lines.plan_line, name="plan_line"),
    path("plan/lines/<int:line_id>/comment/", plan_lines.plan_comment, name="plan_comment"),
    path("plan/lines/<int:line_id>/move/", plan_lines.plan_move, name="plan_move"),
    path("plan/plan.pdf", plan_papers.plan_pdf, name="plan_pdf"),
    path("plan/plan.xlsx", plan_papers.plan_xlsx, name="plan_xlsx"),
    path("plan/timeline.json", plan_papers.plan_timeline_json, name="plan_timeline_json"),
    path("price/", price.price, name="price"),
    path("profile/", profile.profile, name="profile"),
    path("promotion/", promotion.promotion, name="promotion"),
    path("products/screen/", product.screening, name="screening"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/ways.json", delivery.delivery_json, name="delivery_json"),
    path("delivery/rates/add/", delivery.freight_add, name="freight_add"),
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
