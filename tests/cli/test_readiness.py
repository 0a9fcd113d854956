"""`fondaco readiness`: answers brought in, scores as estimates, gaps with actions."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

from fondaco.ledger import Workspace

KOBO = """\
end,_uuid,informant,role,people/PE1,people/PE2,people/PE3,responsiveness/RO1,responsiveness/RO2
2026-05-01T09:20:00.000+02:00,u-1,Anna,sales,2,2,1,6,6
2026-05-02T09:20:00.000+02:00,u-2,Bo,production,3,9,2,7,5
"""


@pytest.fixture
def firm(shell: Shell) -> Shell:
    Workspace(shell.home).create_firm("shop", home="ITA", currency="EUR")
    (shell.folder / "answers.csv").write_text(KOBO, "utf-8")
    return shell


@pytest.mark.requirement("F10")
def test_answers_come_in_and_the_state_is_told_with_ranges_and_gaps(firm: Shell) -> None:
    words = ("readiness", "--firm", "shop", "--now", "2026-06-01", "--json")
    told = firm.run(
        *words, "--answers", "answers.csv", "--source", "kobo", code=1
    ).json  # one cell is to be looked at
    assert told["answers"]["added"] == 2 and told["answers"]["source"] == "kobo"
    (problem,) = told["answers"]["problems"]
    assert "answers.csv, row 3, column 'people/PE2'" in problem["reason"]
    score = told["scores"]["people"]
    assert score["estimate"] == pytest.approx((5 / 3 + 2.5) / 2, abs=0.005)
    assert score["low"] < score["estimate"] < score["high"] and score["level"] == 0.8
    rules = {gap["action"]["findings"][0]["rule"] for gap in told["gaps"]}
    assert {"readiness/ecommerce-manager", "readiness/people"} == rules
    assert told["reliability"]["people"]["alpha"]["estimate"] is None
    again = firm.run(*words, "--answers", "answers.csv", code=1).json
    assert (again["answers"]["added"], again["answers"]["already_there"]) == (0, 2)
    assert firm.run(*words).json["scores"] == told["scores"]


def test_it_prints_for_people_and_writes_a_pdf(firm: Shell) -> None:
    firm.run("readiness", "--firm", "shop", "--answers", "answers.csv", code=1)
    ran = firm.run("readiness", "--firm", "shop", "--now", "2026-06-01", "--across", "--pdf", "out.pdf")
    assert "People and hours" in ran.out and "Name one person who answers for e-commerce" in ran.out
    assert "5 are needed at least" in ran.out
    assert (firm.folder / "out.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--firm", "none"), "no firm 'none'"),
        (("--firm", "shop", "--source", "kobo"), "name their file with --answers"),
        (
            ("--firm", "shop", "--answers", "answers.csv", "--source", "excel"),
            "one of limesurvey, google, kobo",
        ),
        (("--firm", "shop", "--answers", "missing.csv"), "missing.csv"),
    ],
)
def test_mistakes_are_told_in_words(firm: Shell, words: tuple[str, ...], told: str) -> None:
    ran = firm.run("readiness", *words, code=2)
    assert told in ran.err and "Traceback" not in ran.err


def test_without_answers_it_says_what_to_do(firm: Shell) -> None:
    told = firm.run("readiness", "--firm", "shop", "--json").json
    assert told["scores"] == {} and "Nobody has answered" in told["unknown"][0]
