"""Addresses of what members of a network share and do together."""

from __future__ import annotations

from django.urls import path, re_path

from fondaco.web.network.knowledge import board, choosing, collective, programmes, progress, young

urlpatterns = [
    path("knowledge/", board.knowledge, name="knowledge"),
    path("knowledge/new/", board.knowledge_new, name="knowledge_new"),
    path("knowledge/csv/", board.knowledge_csv, name="knowledge_csv"),
    path("knowledge/who/", board.knowledge_who, name="knowledge_who"),
    path("knowledge/barriers/", board.knowledge_barriers, name="knowledge_barriers"),
    path("knowledge/digest/", board.digest, name="board_digest"),
    path("knowledge/digest/<str:token>/", board.digest_end, name="board_digest_end"),
    path("knowledge/<int:item_id>/", board.knowledge_item, name="knowledge_item"),
    path("knowledge/<int:item_id>/withdraw/", board.knowledge_withdraw, name="knowledge_withdraw"),
    path("questions/", board.questions, name="questions"),
    path("questions/new/", board.question_new, name="question_new"),
    path("questions/<int:question_id>/", board.question, name="question"),
    path("questions/<int:question_id>/close/", board.question_close, name="question_close"),
    path("shipping/", collective.collective, name="collective"),
    path("shipping/rates/", collective.rates_new, name="rates_new"),
    path("shipping/new/", collective.pool_new, name="pool_new"),
    path("shipping/<int:pool_id>/", collective.pool, name="pool"),
    path("shipping/<int:pool_id>/add/", collective.pool_add, name="pool_add"),
    path("shipping/<int:pool_id>/upload/", collective.pool_upload, name="pool_upload"),
    path("shipping/<int:pool_id>/<int:shipment_id>/remove/", collective.pool_remove, name="pool_remove"),
    path("shipping/<int:pool_id>/work/", collective.pool_solve, name="pool_solve"),
    path("shipping/<int:pool_id>/state/", collective.pool_state, name="pool_state"),
    path("shipping/<int:pool_id>/close/", collective.pool_close, name="pool_close"),
    path("shipping/<int:pool_id>/groups.json", collective.pool_json, name="pool_json"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.programme_edit, name="programme_new"),
    path("programmes/<int:programme_id>/", programmes.programme, name="programme"),
    path("programmes/<int:programme_id>/edit/", programmes.programme_edit, name="programme_edit"),
    path("programmes/<int:programme_id>/join/", programmes.programme_join, name="programme_join"),
    path("programmes/<int:programme_id>/sessions/", programmes.session_new, name="session_new"),
    path(
        "programmes/<int:programme_id>/sessions/<int:session_id>/", programmes.attendance, name="attendance"
    ),
    path("programmes/<int:programme_id>/export.csv", programmes.programme_csv, name="programme_csv"),
    path("programmes/<int:programme_id>/progress/", progress.programme_progress, name="programme_progress"),
    re_path(
        r"^programmes/(?P<programme_id>\d{1,9})/report\.(?P<ending>pdf|csv)$",
        progress.programme_report,
        name="programme_report",
    ),
    path("programmes/codebook.csv", programmes.programme_codebook, name="programme_codebook"),
    path(
        "programmes/<int:programme_id>/<int:participation_id>/",
        programmes.participation,
        name="participation",
    ),
    path(
        "programmes/<int:programme_id>/<int:participation_id>/check/", programmes.check_new, name="check_new"
    ),
    path(
        "programmes/<int:programme_id>/<int:participation_id>/step/",
        programmes.step_new,
        name="participation_step",
    ),
    path(
        "programmes/<int:programme_id>/<int:participation_id>/decide/",
        programmes.participation_decide,
        name="participation_decide",
    ),
    path("choices/", choosing.choices, name="choices"),
    path("choices/<int:choice_id>/", choosing.choice, name="choice"),
    path("choices/<int:choice_id>/<int:candidate_id>/", choosing.choice_score, name="choice_score"),
    path("start-kit/", young.kit, name="kit"),
    path("start-kit/<int:line_id>/drop/", young.kit_drop, name="kit_drop"),
    path("members-in-numbers/", young.traits, name="traits"),
    path("members-in-numbers/left/", young.departures, name="departures"),
]
