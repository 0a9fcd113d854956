"""Answers from exports of LimeSurvey, Google Forms and KoboToolbox, in the layouts that these programs write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError, UnreadableFile
from fondaco.readiness import Read, questionnaire, read_answers
from fondaco.readiness.columns import columns_of
from fondaco.readiness.moments import moments
from fondaco.readiness.reading import codes

HELD = questionnaire()


def read(tmp_path: Path, text: str, *, name: str = "answers.csv", encoding: str = "utf-8") -> Read:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_answers(path, "firm")


LIME_CODES = """\
"id","submitdate","lastpage","startlanguage","seed","startdate","datestamp","RO[SQ001]","RO[SQ004]","G2[SF1]","PE3","KH1[DEU]","HW"
"7","2026-03-01 10:00:00","3","it","12345","2026-03-01 09:50:00","2026-03-01 10:00:00","AO06","A2","5","7","4","12.5"
"8","","1","ko","12346","2026-03-02 09:50:00","2026-03-02 09:55:00","AO06","","","","",""
"9","2026-03-03 10:00:00","3","mn","12347","2026-03-03 09:50:00","2026-03-03 10:00:00","9","A2","","N/A","4",""
"""

LIME_TEXTS = """\
"Response ID","Date submitted","Last page","Start language","RO1. When a buyer asks something out of the ordinary, we decide within hours.","Structural readiness [Whoever answers a buyer may set price and terms without asking others.]"
"3","2026-03-01 10:00:00","3","en","Agree","Strongly disagree"
"""

GOOGLE = """\
Informazioni cronologiche,Indirizzo email,Reparto,Rispondiamo agli acquirenti entro un giorno.,"Per giorni interi nessuno ha tempo di guardare la piattaforma.",Sappiamo che cosa deve stare sull'etichetta lì. [Germania]
13/02/2026 09.12.33,Ada@Example.org,Vendite,Completamente d'accordo,Non d'accordo,3
14/02/2026 10.00.00,bo@example.org,Direzione,Piuttosto d’accordo,,5
"""

KOBO = """\
start;end;today;username;deviceid;structural/RO1;structural/RO2;structural/RO4;markets/KH1_KOR;role;_id;_uuid;_submission_time;_validation_status;__version__;_index
2026-03-01T09:00:00.000+08:00;2026-03-01T09:20:00.000+08:00;2026-03-01;enumerator;ab;5;strongly_agree;2;6;영업;101;u-1;2026-03-01T01:20:05;;v1;1
2026-03-02T09:00:00.000+08:00;2026-03-02T09:20:00.000+08:00;2026-03-02;enumerator;ab;n/a;disagree;;;생산;102;u-2;2026-03-02T01:20:05;;v1;2
"""


def test_limesurvey_with_question_codes_and_answer_codes(tmp_path: Path) -> None:
    told = read(tmp_path, LIME_CODES)
    assert told.source == "limesurvey" and told.rows == 3
    first, second = told.answers
    assert dict(first.values) == {"RO1": 6, "RO4": 2, "SF1": 5, "PE3": 7, "KH1@DEU": 4, "HW": 12.5}
    assert (first.language, first.at) == ("it", datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert dict(second.values) == {"RO4": 2, "KH1@DEU": 4} and second.language == "mn"
    reasons = [problem.reason for problem in told.problems]
    assert any("answers.csv, row 3: it was begun and not sent" in reason for reason in reasons)
    assert any("row 4, column 'RO[SQ001]': '9' is no answer to RO1" in reason for reason in reasons)
    assert not told.unread


def test_limesurvey_with_full_questions_and_answers(tmp_path: Path) -> None:
    (said,) = read(tmp_path, LIME_TEXTS).answers
    assert dict(said.values) == {"RO1": 6, "RO2": 1}


def test_google_forms_in_italian_with_words_of_the_scale_and_no_address_is_kept(tmp_path: Path) -> None:
    told = read(tmp_path, GOOGLE)
    first, second = told.answers
    assert told.source == "google"
    assert dict(first.values) == {"RE1": 7, "PE4": 2, "KH5@DEU": 3}
    assert dict(second.values) == {"RE1": 5, "KH5@DEU": 5}
    assert (first.department, second.department) == ("sales", "management")
    assert "@" not in first.informant and first.informant.startswith("person-")
    again = read(tmp_path, GOOGLE.replace("Ada@Example.org", "ada@example.org "))
    assert again.answers[0].informant == first.informant


def test_kobo_with_groups_in_names_offsets_and_names_of_answers(tmp_path: Path) -> None:
    told = read(tmp_path, KOBO)
    first, second = told.answers
    assert told.source == "kobo" and not told.problems
    assert dict(first.values) == {"RO1": 5, "RO2": 7, "RO4": 2, "KH1@KOR": 6}
    assert first.at == datetime(2026, 3, 1, 9, 20, tzinfo=timezone(timedelta(hours=8)))
    assert dict(second.values) == {"RO2": 2} and (first.department, second.department) == (
        "sales",
        "production",
    )
    assert second.asked == ("RO1", "RO2", "RO4", "KH1@KOR")  # what was left open was asked
    # The username is the collector's account: these are two people.
    assert first.informant != second.informant


@pytest.mark.parametrize("language", HELD.languages)
def test_full_texts_and_words_are_read_in_every_language(tmp_path: Path, language: str) -> None:
    items = [HELD.item(key) for key in ("RO1", "SF1", "RE1")]
    head = ",".join(["Timestamp", *(f'"{item.text(language)}"' for item in items)])
    rows = [",".join(["2026-03-01 09:00", *([f'"{label}"'] * 3)]) for label in HELD.labels[language]]
    told = read(tmp_path, "\n".join([head, *rows]))
    values = [said.values["RE1"] for said in told.answers]
    assert values[-1] == 7 and not [p for p in told.problems if p.kind == "answer"]


def test_the_codes_that_we_name_are_read_as_they_are() -> None:
    told = columns_of(codes(HELD, ["DEU", "KOR"]), HELD)
    assert [column.key for column in told] == [each.key for each in HELD.asked("full", ["DEU", "KOR"])]


def test_rows_without_a_day_or_an_answer_are_left_out_and_told_and_good_ones_go_on(tmp_path: Path) -> None:
    text = "Timestamp,RO1,RO2,Favourite colour\nsoon,5,5,red\n2026-03-01 09:00,,,blue\n2026-03-02 09:00,6.0,5.5,\n"
    told = read(tmp_path, text)
    (said,) = told.answers
    assert dict(said.values) == {"RO1": 6}
    kinds = sorted(problem.kind for problem in told.problems)
    assert kinds == ["answer", "column", "date", "empty"]
    assert told.unread == ("Favourite colour",)
    assert all(problem.reason.startswith("answers.csv, ") and problem.cure for problem in told.problems)


@pytest.mark.parametrize("cell", ["nan", "inf", "-3", "1e99", "٥", "5; DROP TABLE", "=1+4", "😀", "8", "55"])
def test_odd_cells_are_told_or_left_open_and_never_guessed(tmp_path: Path, cell: str) -> None:
    told = read(tmp_path, f'Timestamp,RO1,RO2\n2026-03-01 09:00,"{cell}",4\n2026-03-02 09:00,3,4\n')
    assert dict(told.answers[0].values) in ({"RO2": 4}, {"RO1": 5, "RO2": 4} if cell == "٥" else {"RO2": 4})


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column that is a question of readiness-1"):
        read(tmp_path, "Colour,Shape\nred,round\nblue,square\n")
    with pytest.raises(UnreadableFile):
        read(tmp_path, "")
    with pytest.raises(UnreadableFile):
        read_answers(tmp_path / "missing.csv", "firm")


def test_a_column_that_stands_twice_is_told_and_the_first_answer_counts(tmp_path: Path) -> None:
    told = read(tmp_path, "Timestamp,RO1,A[RO1]\n2026-03-01 09:00,5,2\n2026-03-02 09:00,,3\n")
    assert [dict(said.values) for said in told.answers] == [{"RO1": 5}, {"RO1": 3}]
    assert any("stands in 'RO1' as well" in problem.reason for problem in told.problems)


def test_other_encodings_are_read(tmp_path: Path) -> None:
    told = read(tmp_path, GOOGLE, encoding="utf-16")
    assert len(told.answers) == 2


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026/03/01 9:12:33 AM GMT+1", datetime(2026, 3, 1, 9, 12, 33, tzinfo=timezone(timedelta(hours=1)))),
        ("2026-03-01T09:12:33Z", datetime(2026, 3, 1, 9, 12, 33, tzinfo=UTC)),
        ("2026. 3. 1 오후 9:12:33", datetime(2026, 3, 1, 21, 12, 33, tzinfo=UTC)),
        ("13/02/2026 09.12.33", datetime(2026, 2, 13, 9, 12, 33, tzinfo=UTC)),
        ("2/13/2026 12:05:00 AM", datetime(2026, 2, 13, 0, 5, tzinfo=UTC)),
        ("2026-02-30 09:00", None),
        ("yesterday", None),
    ],
)
def test_moments_are_read_as_programs_write_them(written: str, read_as: datetime | None) -> None:
    assert moments([written]).found == (read_as,)


def test_a_column_of_days_that_may_be_months_says_how_it_is_read() -> None:
    assert "month first" in moments(["3/1/2026 9:00:00"]).doubt
    assert "day first" in moments(["03/01/2026 09:00"]).doubt
    assert not moments(["03/01/2026 09:00", "13/01/2026 09:00"]).doubt


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_cells_at_all_are_read_or_not_and_nothing_breaks(cells: list[str]) -> None:
    assert len(moments(cells).found) == len(cells)
    assert len(columns_of(cells, HELD)) == len(cells)


def test_limesurveys_code_and_text_in_headers_and_answers(tmp_path: Path) -> None:
    text = """"id. Response ID","submitdate. Date submitted","startlanguage. Start language","RO1. When a buyer asks something out of the ordinary, we decide within hours.","RO2"
"1","2026-11-01 10:00:00","it","Agree [6]","Piuttosto d'accordo (A5)"
"""
    found = read(tmp_path, text)
    assert found.source == "limesurvey" and not found.unread
    (given,) = found.answers
    assert (given.language, dict(given.values)) == ("it", {"RO1": 6.0, "RO2": 5.0})


def test_a_survey_that_keeps_no_dates_is_not_taken_for_one_of_1980(tmp_path: Path) -> None:
    head = "id,submitdate,datestamp,RO1\n"
    found = read(tmp_path, head + "1,1980-01-01 00:00:00,2026-11-01 10:00:00,5\n2,1980-01-01 00:00:00,,6\n")
    assert [(each.at.year, dict(each.values)) for each in found.answers] == [(2026, {"RO1": 5.0})]
    assert "no day was understood in '1980-01-01 00:00:00'" in found.problems[0].reason


@pytest.mark.parametrize("number", ["3) ", "12. ", "Q7: "])
@pytest.mark.parametrize("language", ["en", "it", "ko", "mn"])
def test_questions_that_a_form_numbers_are_known_by_their_text(
    number: str, language: str, tmp_path: Path
) -> None:
    item = HELD.item("SF2")
    found = read(
        tmp_path,
        f'Timestamp,"{number}{item.texts[language]} *"\n2026-11-01 09:30,{HELD.labels[language][2]}\n',
    )
    assert [dict(each.values) for each in found.answers] == [{"SF2": 3.0}]


@pytest.mark.parametrize("open_", ["N/A", "-", "n.d.", "Non so", "무응답", "I don't know"])
def test_words_for_no_answer_are_no_mistakes(open_: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"Timestamp,RO1,RO2\n2026-11-01 09:30,{open_},4\n")
    assert not found.problems and dict(found.answers[0].values) == {"RO2": 4.0}


@pytest.mark.parametrize(
    "cell", ["5 - Strongly agree", "1: Strongly agree", "A5 – Strongly agree", "Strongly agree [5]"]
)
def test_where_a_scale_is_numbered_otherwise_its_words_count(cell: str, tmp_path: Path) -> None:
    (said,) = read(tmp_path, f"Timestamp,RO1,RO2\n2026-11-01 09:30,{cell},4 - of seven\n").answers
    assert dict(said.values) == {"RO1": 7, "RO2": 4}


def test_people_without_a_name_who_answer_in_one_minute_are_several(tmp_path: Path) -> None:
    rows = "2026-11-01 09:30,5,2\n2026-11-01 09:30,3,2\n2026-11-01 09:30,3,2\n2026-11-01 09:31,5,2\n"
    told = read(tmp_path, f"Timestamp,RO1,RO2\n{rows}")
    assert len({said.informant for said in told.answers}) == len({said.id for said in told.answers}) == 3
    assert [p.reason for p in told.problems] == [
        "answers.csv, row 4: it is the same person and sitting as row 3: the later row counts."
    ]
    assert [said.id for said in read(tmp_path, f"Timestamp,RO1,RO2\n{rows}").answers] == [
        said.id for said in told.answers
    ]


def test_answers_of_a_day_to_come_and_a_file_without_any_are_told(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_text("Timestamp,RO1\n2031-03-14 09:00,5\n2026-12-01 08:00,5\n")
    told = read_answers(path, "firm", today=date(2026, 11, 30))  # it is 1 December in Ulaanbaatar already
    assert [p.reason for p in told.problems] == [
        "late.csv, row 2: its day is 2031-03-14, which is yet to come: until then it does not count."
    ]
    assert "no answers" in read(tmp_path, "Timestamp,RO1\n").problems[0].reason
