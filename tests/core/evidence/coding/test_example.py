"""The shipped data structure: its figure, tables and comparisons, and words of users that stay words."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import pytest
import yaml

from fondaco.evidence.coding import (
    Change,
    Codebook,
    case_table,
    changed,
    codebook,
    draw,
    example,
    link_table,
    out_of_time,
    quotes,
    quotes_latex,
    quotes_word,
    standings,
    structure_latex,
    structure_word,
    views,
    waves,
)
from fondaco.evidence.coding.papers import latex, structure_rows

NOW = datetime(2026, 3, 2, tzinfo=UTC)
#: The study counts 16 concepts, 9 themes and 4 dimensions; by dimension, themes and concepts are these.
PRINTED = {
    "exporter disposition": (2, 5),
    "exporter engagement": (3, 6),
    "firm-specific new OLI advantages": (3, 4),
    "new customer relationship development": (1, 1),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.requirement("R17")
def test_the_studys_structure_is_that_of_its_table() -> None:
    book = example().book
    held = {
        dimension.name: (
            len(book.under(dimension.id, 2)),
            sum(len(book.under(theme.id, 1)) for theme in book.under(dimension.id, 2)),
        )
        for dimension in book.of_level(3)
    }
    assert held == PRINTED
    assert not book.under(None, 1) and not book.under(None, 2)


@pytest.mark.requirement("R17")
def test_the_shipped_example_says_what_the_study_was_coded_to_say(shared: Path) -> None:
    said = yaml.safe_load((shared / "reference" / "seeds" / "gioia.yaml").read_text())
    themes = {theme["id"]: theme["name"] for dimension in said["dimensions"] for theme in dimension["themes"]}
    rows = {(code, theme) for code, theme, _ in structure_rows(example().book)}
    assert rows == {(each["name"], themes[each["theme"]]) for each in said["concepts"]}


@pytest.mark.requirement("R17")
def test_the_figure_shows_every_code_once_in_its_column_with_a_link_to_what_it_stands_under() -> None:
    svg = draw(example().book, example().title)
    assert svg == draw(example().book, example().title)
    root = ET.fromstring(svg)
    columns: dict[str, list[str]] = {}
    for text in root.iter(f"{SVG}text"):
        spans = list(text.iter(f"{SVG}tspan"))
        if spans:
            columns.setdefault(str(spans[0].get("x")), []).append(" ".join(span.text or "" for span in spans))
    assert sorted(map(len, columns.values())) == [4, 9, 16]
    assert len(list(root.iter(f"{SVG}path"))) == 16 + 9
    assert root.get("role") == "img" and "structural readiness: " in (root.find(f"{SVG}desc").text or "")  # type: ignore[union-attr]
    boxes = [
        (float(r.get("x", 0)), float(r.get("y", 0)), float(r.get("height", 0)))
        for r in list(root.iter(f"{SVG}rect"))[1:]
    ]
    for x in {x for x, _, _ in boxes}:
        edges = sorted((y, y + height) for left, y, height in boxes if left == x)
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(edges)), "no box covers another"


def test_words_of_users_are_inert_and_long_ones_are_wrapped() -> None:
    book = changed(
        Codebook(), Change("add", "D", "Ada", NOW, name="</text><script>alert(1)</script>&\x07", level=3)
    )
    book = changed(book, Change("add", "T", "Ada", NOW, name="W" * 290, level=2, to="D"))
    svg = draw(book, '"<b>')
    root = ET.fromstring(svg)
    assert "<script" not in svg and not list(root.iter(f"{SVG}script"))
    assert max(len(span.text or "") for span in root.iter(f"{SVG}tspan")) <= 50
    assert ET.fromstring(draw(Codebook(), "")) is not None


def test_latex_shows_commands_and_does_not_run_them() -> None:
    assert latex(r"\input{/etc/passwd} $x^2$ #1 50% a_b ~ [x]") == (
        r"\textbackslash{}input\{/etc/passwd\} \$x\textasciicircum{}2\$ \#1 50\% a\_b \textasciitilde{} {[}x{]}"
    )
    book = codebook([Change("add", "a", "Ada", NOW, name=r"\end{longtable}\write18{ls}")])
    assert r"\write" not in structure_latex(book, r"\def\x{}").replace(r"\textbackslash{}write", "")


@pytest.mark.requirement("R17")
def test_word_and_latex_hold_the_same_rows() -> None:
    held = example()
    document = docx.Document(io.BytesIO(structure_word(held.book, held.title, now=NOW)))
    table = document.tables[0]
    assert [cell.text for cell in table.columns[0].cells][1:] == [row[0] for row in structure_rows(held.book)]
    assert structure_latex(held.book, held.title).count(r"\\") == 16 + 2
    said = docx.Document(io.BytesIO(quotes_word(quotes(held, each=1), held.title, now=NOW))).tables[0]
    assert len(said.rows) == 1 + 16
    assert quotes_latex(quotes(held, each=1), held.title).count(r"\\") == 16 + 2


@pytest.mark.requirement("R17")
def test_quotations_say_who_and_take_several_firms_before_one_speaks_twice() -> None:
    held = [quote for quote in quotes(example(), each=3) if quote.code.startswith("new knowledge")]
    assert {quote.case for quote in held} == {"A", "B", "C"}
    assert all(quote.informant and quote.theme == "open resource advantage" for quote in held)


@pytest.mark.requirement("R19")
def test_statements_that_need_a_later_round_are_flagged() -> None:
    found = out_of_time(example())
    # The entrepreneur of A and the back-office manager of E were interviewed in the first round alone.
    assert {(each.source.case, each.source.informant) for each in found} == {
        ("A", "entrepreneur"),
        ("E", "export back-office manager"),
    }
    assert all("round 1, needs what round 2" in each.why for each in found)


@pytest.mark.requirement("R19")
def test_rounds_of_a_case_are_kept_apart_and_compared() -> None:
    held = example()
    source = next(each for each in held.sources if each.case == "B")
    later = replace(source, id="later", wave=2)
    first = tuple(
        replace(each, wave=1) if each.id == source.id else each
        for each in held.sources
        if each.case != "B" or each.id == source.id
    )
    coding = next(each for each in held.codings if each.source == source.id)
    kept = [each for each in held.codings if each.source in {s.id for s in first}]
    again = replace(coding, id="again", source="later")
    new = replace(coding, id="new", source="later", code=held.book.of_level(1)[0].id)
    lines = {
        line.code: line
        for line in waves(replace(held, sources=(*first, later), codings=(*kept, again, new)))
        if line.case == "B"
    }
    both, only_new = lines[held.book.codes[coding.code].name], lines[held.book.of_level(1)[0].name]
    assert both.counts == {1: both.counts[1], 2: 1} and both.says == "in both"
    assert only_new.counts == {1: 0, 2: 1} and only_new.says == "new"
    assert {line.says for line in lines.values()} == {"in both", "new", "gone"}


@pytest.mark.requirement("R20")
def test_cases_have_comparable_stages_and_dates() -> None:
    columns, rows = case_table(example())
    table = {name: dict(zip(columns, values, strict=True)) for name, values in rows}
    assert {name: row["stage reached"] for name, row in table.items()} == {
        "A": "commitment", "B": "expansion", "C": "commitment", "D": "exploration", "E": "commitment",
    }  # fmt: skip
    assert (table["C"]["first interview"], table["C"]["second interview"], table["C"]["months between"]) == (
        "2020-10",
        "2022-10",
        "24",
    )
    assert [name for name, row in table.items() if row["stayed"] == "yes"] == ["A", "B"]


@pytest.mark.requirement("R21")
def test_links_are_checked_against_each_case_and_silence_is_told() -> None:
    lines = {line.link.id: line for line in link_table(example())}
    assert len(lines) == 8
    # Weeks of neglect, and yet firm A stayed: low engagement did not lead to leaving there.
    assert lines["L7"].contradicts.keys() == {"A"} and "contradicted in A" in lines["L7"].says
    assert lines["L4"].says == "no evidence in A, B, C, D, E"
    assert lines["L6"].supports.keys() == {"C", "D", "E"}


@pytest.mark.requirement("R22")
def test_views_that_nobody_was_asked_for_are_told_as_none() -> None:
    found = views(example())
    assert found["seller"] == {"interviews": 9, "informants": 9, "passages": 34}
    assert found["buyer"]["interviews"] == found["platform"]["interviews"] == 0


@pytest.mark.requirement("X07")
def test_facts_inferences_and_what_one_firm_says_are_kept_apart() -> None:
    held = example()
    first = replace(held.codings[0], standing="inferred")
    found = {
        code: (counts, firms)
        for code, counts, firms in standings(replace(held, codings=(first, *held.codings[1:])))
    }
    counts, firms = found[held.book.codes[first.code].name]
    assert counts["inferred"] == 1
    assert found["product innovation prompted by platform contacts"] == ({"stated": 1}, 1)
    assert found["new knowledge turned into new marketing practice"][1] == 3 and firms >= 1


@pytest.mark.requirement("X07")
def test_interviews_of_firms_that_are_not_told_are_no_firm() -> None:
    held = example()
    nowhere = replace(held, sources=tuple(replace(source, case="") for source in held.sources))
    assert {firms for _, _, firms in standings(nowhere)} == {0}
