"""Signs of fraud: which are met, which are not, and what a person cleared."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.desk.checks import Check, carefully, unknown, worst
from fondaco.desk.fraud import Clearance, Inquirer, fraud_signs
from fondaco.kernel import InputError

HONEST = Inquirer(
    "Anna Schmidt", "Weinhaus Schmidt GmbH", "anna.schmidt@weinhaus-schmidt.de", "+49 30 1234567", "DEU",
    "Good morning, we run four wine shops in Berlin and would like to taste your Barolo. What is your minimum order?",
)  # fmt: skip


def signs(**said: str) -> list[str]:
    base = {"email": "anna@example.com", "country": "DEU", "message": "What is your minimum order?"}
    return [each.sign for each in fraud_signs(Inquirer(**(base | said))).signs]


def test_an_honest_inquiry_has_no_sign() -> None:
    found = fraud_signs(HONEST)
    assert (found.signs, found.score, found.level) == ((), 0, "green")
    assert found.check.reason == "None of the signs that were looked for."


@pytest.mark.requirement("F49")
@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ({"email": "big.buyer@gmail.com", "company": "Universal Holdings PLC"}, "free_mail"),
        ({"email": "ann@goog1e.example", "company": "Google"}, "lookalike"),
        ({"email": "ann@xqzt.com", "company": "Weinhaus Schmidt"}, "domain"),
        ({"phone": "+234 803 123 4567"}, "phone"),
        ({"phone": "00234 803 123 4567"}, "phone"),
        ({"email": "ann@firma.ru", "company": "Firma"}, "email_country"),
        ({"message": "Здравствуйте, нам нужно вино"}, "script"),
        ({"message": "We pay by Western Union."}, "payment"),
        ({"message": "Please pay the tender fee first"}, "payment"),
        ({"message": "It is URGENT!!"}, "urgency"),
        ({"message": "Dringend, bitte sofort antworten"}, "urgency"),
    ],
)
def test_each_sign_is_met_by_what_it_is_about(said: dict[str, str], sign: str) -> None:
    base = Inquirer(**({"email": "anna@example.com", "country": "DEU", "message": "Hello"} | said))
    found = fraud_signs(base, known_domains=["google.example"])
    assert sign in [each.sign for each in found.signs]
    assert all(each.found for each in found.signs)


@pytest.mark.parametrize(
    ("domain", "company", "goes"),
    [
        ("mail.ups.com", "UPS Europe", True), ("uk.bmw.co.uk", "BMW AG", True), ("rossi-vini.com.br", "Rossi Vini", True),
        ("ups.xqzt.com", "UPS Europe", False), ("bmw.xqzt.co.uk", "BMW AG", False), ("xqzt.com.br", "Comercial Silva", False),
    ],
)  # fmt: skip
def test_a_domain_goes_with_a_firm_by_the_part_that_its_owner_chose(
    domain: str, company: str, goes: bool
) -> None:
    assert ("domain" not in signs(email=f"ann@{domain}", company=company, country="")) is goes


@pytest.mark.parametrize(
    "domain", ["yahoo.com.br", "yahoo.co.kr", "yahoo.fr", "hotmail.com.br", "live.com.mx", "outlook.com.br", "email.com"]
)  # fmt: skip
def test_a_free_providers_address_of_another_country_imitates_nobody(domain: str) -> None:
    assert not signs(email=f"ana@{domain}", company="Vinhos do Norte", country="BRA")
    assert "free_mail" in signs(email=f"ana@{domain}", company="Universal Holdings PLC", country="BRA")
    assert "lookalike" in signs(email="ana@yahoo.com.pay-safe.ru", company="Vinhos do Norte")


@pytest.mark.parametrize(
    "said",
    [
        {"email": "anna@gmail.com", "company": "Enoteca Rossi"},
        {"email": "anna@gmail.de", "company": "Gmail"},
        {"email": "a.rossi@rossivini.com", "company": "Rossi Vini srl"},
        {"email": "sales@ibm.com", "company": "International Business Machines"},
        {"phone": "+49 30 1234567"},
        {"phone": "030 1234567"},
        {"phone": "not a number"},
        {"email": "ann@firma.de", "company": "Firma"},
        {"email": "ann@startup.io", "company": "Startup"},
        {"message": "Wir zahlen per Überweisung.", "country": "DEU"},
        {"message": "안녕하세요", "country": "KOR"},
        {"message": "insurgents"},
    ],
)
def test_what_honest_buyers_do_is_no_sign(said: dict[str, str]) -> None:
    assert not {"free_mail", "domain", "phone", "email_country", "script", "payment", "urgency"} & set(
        signs(**said)
    )


def test_a_text_that_another_buyer_sent_is_seen_and_a_short_one_is_not() -> None:
    text = "Dear supplier, we are a leading importer and are interested in your products, kindly send us your full catalogue with best prices"
    others = [
        ("buyer 7", text.replace("Dear supplier", "Dear sir") + "."),
        ("buyer 8", "Hello, what does it cost?"),
    ]
    found = fraud_signs(Inquirer(message=text), others=others)
    assert [(each.sign, each.found) for each in found.signs] == [("copied", "as buyer 7")]
    assert not fraud_signs(Inquirer(message="Hello, what does it cost?"), others=others).signs


def test_the_score_joins_its_parts_and_rises_with_them() -> None:
    few = fraud_signs(Inquirer(message="urgent"))
    more = fraud_signs(Inquirer(message="urgent, by Western Union"))
    assert few.score == few.signs[0].points
    assert more.score == pytest.approx(1 - (1 - 0.5) * (1 - 0.12))
    assert (few.level, more.level) == ("amber", "amber")


@pytest.mark.requirement("F49")
def test_a_sign_that_a_person_cleared_is_shown_and_counts_for_nothing() -> None:
    said = Inquirer("A", "B", "a@example.com", "+2348031234567", "DEU", "Hello there")
    by = Clearance("phone", "Ada", datetime(2026, 11, 30, tzinfo=UTC), "he travels; we called him")
    before, after = fraud_signs(said), fraud_signs(said, cleared=[by])
    assert before.score > after.score
    assert [each.cleared for each in after.signs if each.sign == "phone"] == [by]
    assert "telephone" not in after.check.reason
    with pytest.raises(InputError, match="time zone"):
        Clearance("phone", "Ada", datetime(2026, 11, 30), "")


def test_an_inquiry_that_says_nothing_of_its_sender_is_amber() -> None:
    found = fraud_signs(Inquirer("Ann"))
    assert found.level == "amber"
    assert found.check.level == "amber"
    assert "address, telephone, country, text not stated" in found.check.reason


@given(*[st.text(max_size=80)] * 6)
def test_no_inquiry_makes_it_throw(
    name: str, company: str, email: str, phone: str, country: str, message: str
) -> None:
    found = fraud_signs(
        Inquirer(name, company, f"{email}@{company}.{name}", f"+{phone}", country, message),
        others=[("x", message)], known_domains=["example.com", company],
    )  # fmt: skip
    assert 0 <= found.score <= 1
    assert found.check.reason


def test_unknown_is_amber_and_a_check_that_fails_stops_no_other() -> None:
    def fails() -> Check:
        raise KeyError("list")

    held = [Check("a", "green", "Fine.", "rule"), carefully("b", fails), unknown("c", "Not known.")]
    assert [each.level for each in held] == ["green", "amber", "amber"]
    assert worst(held) == "amber"
    assert worst([*held, Check("d", "red", "Look.", "list")]) == "red"
    assert held[0].to_json() == {"check": "a", "level": "green", "reason": "Fine.", "source": "rule"}
