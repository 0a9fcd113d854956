"""Addresses of a firm's buyers: who they are, how far, what they will bring, and what people keep of them."""

from __future__ import annotations

from django.urls import path

from fondaco.web.relationships import buyers, forecast, funnel, identity, of_case, registers, steps

urlpatterns = [
    path("buyers/", buyers.buyers, name="buyers"),
    path("buyers/work/", buyers.buyers_work, name="buyers_work"),
    path("buyers/buyers.csv", buyers.buyers_csv, name="buyers_csv"),
    path("buyers/same/", identity.same_buyers, name="same_buyers"),
    path("buyers/same/decide/", identity.same_decide, name="same_decide"),
    path("buyers/same/<int:number>/undo/", identity.same_undo, name="same_undo"),
    path("buyers/funnel/", funnel.funnel, name="funnel"),
    path("buyers/funnel/<slug:stage>.json", funnel.onwards_json, name="onwards_json"),
    path("buyers/of/<slug:mark>/", buyers.buyer, name="buyer"),
    path("buyers/of/<slug:mark>/keeper/", buyers.keep, name="buyer_keep"),
    path("buyers/of/<slug:mark>/steps/new/", steps.step_new, name="step_new"),
    path("buyers/of/<slug:mark>/agreements/new/", steps.agreement_new, name="agreement_new"),
    path("buyers/of-case/<int:case_id>/", of_case.buyer_of_case, name="buyer_of_case"),
    path("buyers/steps/<int:step_id>/", steps.step, name="step"),
    path("buyers/agreements/<int:agreement_id>/", steps.agreement, name="agreement"),
    path("buyers/agreements/<int:agreement_id>/end/", steps.agreement_end, name="agreement_end"),
    path("buyers/conflicts/", registers.conflicts, name="conflicts"),
    path("buyers/conflicts/new/", registers.conflict_new, name="conflict_new"),
    path("buyers/conflicts/<int:conflict_id>/", registers.conflict, name="conflict"),
    path("buyers/advantages/", registers.advantages, name="advantages"),
    path("buyers/advantages/new/", registers.advantage_new, name="advantage_new"),
    path("buyers/advantages/<int:advantage_id>/retire/", registers.advantage_retire, name="advantage_retire"),
    path("forecast/", forecast.forecast, name="forecast"),
    path("forecast/chart.json", forecast.forecast_json, name="forecast_json"),
    path("forecast/buyers.csv", forecast.forecast_csv, name="forecast_csv"),
]
