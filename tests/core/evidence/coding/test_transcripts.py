"""Interviews as they come: old encodings, Word, subtitles, hostile files; and names that stay out."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.evidence.coding import read_names, read_transcript, replace_names, sentences, turns
from fondaco.kernel import InputError, UnreadableFile

ITALIAN = "Anna: Così è più difficile, perché l'ordine arriva già tardi.\nI: Perché?\n"


def word(*paragraphs: str, rows: tuple[tuple[str, str], ...] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=0, cols=2)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman", "cp850"])
def test_an_old_encoding_is_read_and_told(encoding: str) -> None:
    found = read_transcript((ITALIAN * 4).encode(encoding), "a.txt", {"Anna": "P1"})
    told = any("old encoding" in line for line in found.told)
    assert told is not encoding.startswith("utf")
    if encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert found.text.startswith("P1: Così è più difficile, perché")


def test_central_european_text_is_not_taken_for_western() -> None:
    text = (
        "A: Žádné zboží nebylo dodáno včas, protože výroba stála kvůli nedostatku lidí. Příště přijdou dříve.\n"
        * 5
    )
    assert "výroba" in read_transcript(text.encode("cp1250"), "a.txt").text


def test_the_encoding_may_be_said_and_a_wrong_one_is_refused() -> None:
    found = read_transcript("A: größer".encode("cp850"), "a.txt", encoding="cp850")
    assert found.text == "A: größer" and found.told == ()
    with pytest.raises(InputError, match="not known"):
        read_transcript(b"\xff\xe4", "a.txt", encoding="klingon")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"  \n", "empty"),
        ("a.pdf", b"%PDF-1.4", "no .txt, .docx or .srt"),
        ("a.txt", b"%PDF-1.4 x\xff", "no plain text"),
        ("a.txt", b"abc\0def", "no plain text"),
        ("a.docx", b"no word", "broken"),
        ("a.srt", b"no times here", "no subtitle with a time"),
    ],
)
def test_what_is_no_transcript_is_refused_in_words(name: str, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_transcript(content, name)


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_word_file_that_swells_or_holds_entities_is_not_opened() -> None:
    with pytest.raises(UnreadableFile, match="far more"):
        read_transcript(packed(word__document=b"0" * (50 << 20)), "a.docx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    with pytest.raises(UnreadableFile, match="entities"):
        read_transcript(packed(**{"word__document.xml": bomb}), "a.docx")


def test_word_paragraphs_and_tables_of_speakers_are_read_in_order() -> None:
    found = read_transcript(word("I: How?", rows=(("P1", "By ship."), ("I", "Why?"))), "a.docx")
    assert found.text == "I: How?\nP1: By ship.\nI: Why?"
    assert found.speakers == ("I", "P1")


def test_subtitles_keep_their_times() -> None:
    srt = b"1\n00:00:01,000 --> 00:00:04,000\nI: How did\nit begin?\n\n2\n01:02:03,500 --> 01:02:05,000\n<i>P1: Slowly.</i>\n"
    found = read_transcript(srt, "a.srt")
    assert found.text == "[00:00:01] I: How did it begin?\n[01:02:03] P1: Slowly."
    assert [(turn.speaker, turn.second) for turn in turns(found.text)] == [("I", 1), ("P1", 3723)]


@pytest.mark.requirement("R28")
def test_names_leave_the_text_also_where_they_are_bent() -> None:
    names = read_names("name;pseudonym\nMaria Rossi;P1\nRossi;P1\nPastificio Rossi;Firm A\n")
    found = replace_names("MARIA\n  ROSSI: Pastificio Rossi is ours. Rossini is not. Mrs Rossi's son.", names)
    assert found.text == "P1: Firm A is ours. Rossini is not. Mrs P1's son."
    assert found.times == {"P1": 2, "Firm A": 1} and found.unused == ()


@pytest.mark.requirement("R28")
def test_speakers_without_a_pseudonym_are_told_and_the_warning_holds_no_name_of_the_table() -> None:
    found = read_transcript(
        "Müller: Ja.\nAnna Bianchi: Sì.\nI: So.".encode("cp1252"), "a.txt", {"Müller": "P1"}
    )
    assert "stand as they are: Anna Bianchi." in found.told[-1]
    assert not any("Müller" in line for line in found.told)


@pytest.mark.requirement("R28")
def test_letters_that_fold_in_more_than_one_way_leave_no_name() -> None:
    assert (
        replace_names("IRMAK, İrmak, ırmak, Straße, STRASSE", {"Irmak": "P1", "Straße": "P2"}).text.count(
            "P1"
        )
        == 3
    )


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("Maria\n", "row 1"),
        ("Maria,P1\nMaria,P2\n", "row 2"),
        ("Maria,P1\nPeter,Maria's friend\n", "holds a name"),
    ],
)
def test_a_table_of_names_that_tells_or_contradicts_itself_is_refused(table: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_names(table)


@given(st.text(alphabet="Ab .!?\nÄ。\t", max_size=200))
def test_sentences_are_in_order_and_leave_out_blanks_alone(text: str) -> None:
    held = sentences(text)
    assert all(a < b for a, b in held) and all(x[1] <= y[0] for x, y in pairwise(held))
    inside = {place for a, b in held for place in range(a, b)}
    assert all(text[place].isspace() for place in range(len(text)) if place not in inside)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("기자: 어떻게 시작하셨습니까?\n대표: 해외 구매자의 문의에 늦게 답했습니다.\n", "cp949"),
        ("기자: 어떻게 시작하셨습니까?\n대표: 해외 구매자의 문의에 늦게 답했습니다.\n", "utf-16-le"),
        ("质问: 怎么样？\nM: We answered late.\n", "utf-16-be"),
        ("質問: どうでしたか。\n回答: 海外からの問い合わせに返事が遅れました。\n", "shift_jis"),
        ("質問: どうでしたか。\n回答: 海外からの問い合わせに返事が遅れました。\n", "euc_jp"),
        ("И: Как вы начали?\nМ: Мы отвечали слишком поздно и потеряли заказы.\n", "cp1251"),
        ("И: Как вы начали?\nМ: Мы отвечали слишком поздно и потеряли заказы.\n", "koi8-r"),
        ("И: Как вы начали?\nМ: Мы отвечали слишком поздно и потеряли заказы.\n", "cp866"),
        ("س: كيف بدأتم؟\nج: لأن المنصة تساعدنا على البيع في الخارج.\n", "cp1256"),
        ("ถาม: เริ่มอย่างไร\nตอบ: เพราะแพลตฟอร์มช่วยเราขายต่างประเทศ\n", "cp874"),
        ("I: Com'è andata?\nM: Abbiamo risposto tardi.\n", "utf-32"),
        ("I: Com'è andata?\nM: Perché abbiamo risposto tardi? La qualità conta.\n", "latin-1"),
    ],
)
def test_texts_of_old_programs_are_read_as_they_were_written(text: str, encoding: str) -> None:
    assert read_transcript(text.encode(encoding), "a.txt").text.strip() == text.strip()


def test_letters_that_a_named_encoding_does_not_know_are_told() -> None:
    found = read_transcript("P1: Perché è così.".encode("cp1252"), "a.txt", encoding="utf-8")
    assert found.told[0].startswith("a.txt holds 3 letters that utf-8 does not know")
    assert read_transcript("P1: Perché.".encode(), "a.txt", encoding="utf-8").told == ()


@pytest.mark.parametrize("encoding", ["koi8-r", "ISO-8859-5", "utf-16-le"])
def test_an_encoding_that_is_named_is_taken(encoding: str) -> None:
    text = "И: Как вы начали?"
    assert read_transcript(text.encode(encoding), "a.txt", {}, encoding).text.strip() == text
    with pytest.raises(InputError, match="not known"):
        read_transcript(text.encode(encoding), "a.txt", {}, "hex")
    with pytest.raises(InputError, match="not known"):
        read_transcript(text.encode(encoding), "a.txt", {}, "idna")
