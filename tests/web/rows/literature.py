"""The literature: everybody who signs in may ask it."""

from __future__ import annotations

from tests.web.table import IN, SIGNED_IN, Row

ROWS = (
    Row("evidence", SIGNED_IN),
    Row("evidence_csv", SIGNED_IN),
    Row("evidence_map_json", SIGNED_IN),
    Row("evidence_counts", SIGNED_IN),
    Row("evidence_framework", SIGNED_IN),
    Row("evidence_questions", SIGNED_IN),
    Row("evidence_advice", SIGNED_IN),
    Row("evidence_rule", SIGNED_IN, lambda _: {"rule": "platform/website-first"}),
    Row("evidence_rule", (IN, 404, 404, 404, 404, 404), lambda _: {"rule": "platform/luck"}, note="404: no such rule"),
    Row("evidence_finding", SIGNED_IN, lambda _: {"finding": "rienda_etal_2021_f1"}),
    Row("evidence_study", SIGNED_IN, lambda _: {"key": "rienda_etal_2021"}),
)  # fmt: skip
