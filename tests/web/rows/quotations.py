"""The permission table of quotations and replies: viewers read, members write, owners release and set limits."""

from __future__ import annotations

from typing import Any

from tests.web.table import IN, READ, WRITE, Row, of_firm

from fondaco.web.inquiries.quotations.models import Quotation, SentReply, State, Version

TERMS = {
    "incoterm": "FCA", "place": "Leeds", "valid_days": "30", "lead_days": "10", "minimum": "5", "payment": "In advance",
    "payment_days": "0", "samples": "", "notes": "",
}  # fmt: skip
FORM: dict[str, object] = {
    **TERMS, "buyer": "Ada", "market": "DEU", "currency": "GBP", "language": "de",
    "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", "lines-MIN_NUM_FORMS": "0", "lines-MAX_NUM_FORMS": "100",
    "lines-0-sku": "T-1", "lines-0-text": "Green tea", "lines-0-quantity": "20", "lines-0-price": "4.20",
}  # fmt: skip
QUOTING: dict[str, object] = {**TERMS, "discount": "8", "total": "2000", "lowest": "T-1 3.90 GBP"}


def content(price: str = "4.50") -> dict[str, Any]:
    return {
        "buyer": "Ada", "market": "DEU", "currency": "GBP", "made": "2026-03-02",
        "lines": [{"sku": "T-1", "text": "Green tea", "quantity": "20", "price": price}], "terms": TERMS,
    }  # fmt: skip


def prepare(town: Any) -> dict[str, Quotation]:
    from tests.web.conftest import NOW

    def kept(number: int, state: str, **of_version: Any) -> Quotation:
        held = Quotation.objects.create(
            firm=town.anchor, number=number, buyer="Ada", market="DEU", state=state, by=town.bob, made=NOW
        )
        Version.objects.create(
            quotation=held, number=1, content=content(), by=town.bob, made=NOW, **of_version
        )
        return held

    SentReply.objects.create(
        firm=town.anchor, case="fair:1", template="acknowledge", language="en", text="Dear Ann, thank you.", by=town.bob, made=NOW
    )  # fmt: skip
    return {
        "draft": kept(1, State.DRAFT),
        "beyond": kept(2, State.DRAFT, beyond=["Too low."]),
        "sent": kept(3, State.SENT, sent=NOW),
        "settled": kept(4, State.ACCEPTED, sent=NOW),
    }


def one(which: str) -> Any:
    return lambda made: {**of_firm(made), "quotation_id": made.more["quotations"][which].pk}


def quoting_seen() -> str:
    from fondaco.desk.quotation import Quoting
    from fondaco.web.inquiries.quotations.answering import fingerprint_of

    return fingerprint_of(Quoting())


def one_template(made: Any) -> dict[str, object]:
    return {**of_firm(made), "name": "acknowledge", "language": "de"}


ROWS = (
    Row("quotations", READ, of_firm),
    Row("quotation_new", WRITE, of_firm),
    Row("quotation_new", (IN, 404, 403, 302, 302, 404), of_firm, FORM),
    Row("quotation_new", (IN, 404, 403, 400, 400, 404), of_firm, {}, note="400: nothing was filled in"),
    Row("quotation", READ, one("draft")),
    Row("quotation_change", WRITE, one("draft")),
    Row("quotation_change", (IN, 404, 403, 302, 302, 404), one("draft"), {**FORM, "seen": "1"}),
    Row("quotation_change", (IN, 404, 403, 409, 409, 404), one("draft"), {**FORM, "seen": "7"}, note="409: somebody else made a version"),
    Row("quotation_release", (IN, 404, 403, 403, 302, 404), one("beyond"), {"seen": "1"}),
    Row("quotation_sent", (IN, 404, 403, 302, 302, 404), one("draft"), {"seen": "1"}),
    Row("quotation_sent", (IN, 404, 403, 409, 409, 404), one("beyond"), {"seen": "1"}, note="409: not released"),
    Row("quotation_settle", (IN, 404, 403, 302, 302, 404), one("sent"), {"accepted": "yes"}),
    Row("quotation_settle", (IN, 404, 403, 400, 400, 404), one("sent"), {"accepted": "no"}, note="400: no reason"),
    Row("quotation_reopen", (IN, 404, 403, 302, 302, 404), one("settled"), {}),
    Row("quotation_reopen", (IN, 404, 403, 409, 409, 404), one("draft"), {}, note="409: no decision is noted"),
    Row("quotation_pdf", READ, one("draft")),
    Row("quoting", READ, of_firm),
    Row("quoting", (IN, 404, 403, 403, 302, 404), of_firm, {**QUOTING, "seen": quoting_seen()}),
    Row("templates", READ, of_firm),
    Row("template", READ, one_template),
    Row("template", (IN, 404, 403, 302, 302, 404), one_template, {"subject": "Hallo", "body": "{buyer}", "seen": ""}),
    Row("template", (IN, 404, 403, 409, 409, 404), one_template, {"subject": "Hallo", "body": "{buyer}", "seen": "x"}, note="409: somebody else changed it"),
    Row("reply", (IN, 404, 400, 400, 400, 404), of_firm, note="400: no inquiry was named"),
    Row("reply", (IN, 404, 403, 400, 400, 404), of_firm, {"text": "Hello"}, note="400: no inquiry was named"),
)  # fmt: skip
