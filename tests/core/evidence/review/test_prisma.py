"""The flow of a review: arrows are subtractions, reports are no studies, and impossible counts name their arrow."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.evidence.literature import shipped as literature
from fondaco.evidence.review.diagram import draw
from fondaco.evidence.review.prisma import read, shipped
from fondaco.evidence.review.protocol import tables
from fondaco.kernel import InputError

WHOLE = {
    "title": "An update", "previous": {"studies": 8, "reports": 9}, "databases": {"Scopus": 180, "Web of Science": 90}, "registers": {"OSF": 3},
    "removed": {"duplicates": 63, "automation": 10}, "screened": 200, "excluded": 150, "sought": 50, "not_retrieved": 4, "assessed": 46,
    "excluded_reports": {"no data": 20, "large firms": 6}, "from_databases": 20,
    "other": {"found": {"references": 9, "experts": 1}, "removed": 4, "sought": 6, "not_retrieved": 1, "excluded_reports": {"no data": 2}},
    "new": {"studies": 21, "reports": 23}, "total": {"studies": 29, "reports": 32},
}  # fmt: skip


@pytest.mark.requirement("R09")
def test_the_flow_of_the_review_that_ships() -> None:
    flow = shipped()
    assert flow.counts["identified"] == 289
    assert flow.counts["reports_from_databases"] == 46
    assert flow.counts["reports_from_other"] == 5
    assert flow.counts["total_studies"] == len(literature().studies) == 51
    assert [each["says"] for each in flow.to_json()["dropped"]] == ["289 - 243 = 46", "5 - 0 = 5"]
    assert "screened" not in flow.counts, "what is not printed is not made up"


def test_every_box_of_the_2020_flow_and_every_arrow() -> None:
    flow = read(WHOLE)
    assert len(flow.arrows) == 7
    assert flow.counts["identified"] == 273
    assert flow.counts["reports_from_other"] == 3
    assert flow.derived == {"other_assessed", "reports_from_other"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"screened": 201},
            "“records identified in databases and registers” to “records screened” fails: 273 - 73 = 200",
        ),
        ({"excluded": 151}, "“records screened” to “reports sought for retrieval” fails"),
        ({"not_retrieved": 60}, "“reports sought for retrieval” to “reports assessed for eligibility” fails"),
        (
            {"from_databases": 47},
            "“reports assessed for eligibility” to “reports included from databases and registers” fails",
        ),
        (
            {"new": {"studies": 21, "reports": 24}},
            "into “reports of new included studies” fails: 20 [+] 3 = 23",
        ),
        ({"total": {"studies": 30, "reports": 32}}, "into “total studies included” fails"),
        (
            {"new": {"studies": 24, "reports": 23}, "total": {"studies": 32, "reports": 32}},
            "Each study has a report at least",
        ),
        ({"screened": -1}, "below zero"),
        ({"screened": 20.5}, "no count"),
        ({"screened": True}, "no count"),
        ({"screned": 200}, "no 'screned'"),
        ({"other": 5}, "other is a table"),
        ({"new": {"papers": 5}}, "new is a table of reports, studies; 'papers'"),
    ],
)
def test_an_impossible_count_is_refused_with_the_arrow_that_fails(
    change: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read({**WHOLE, **change})


@given(st.tuples(*[st.integers(0, 500)] * 5))
@settings(max_examples=60, deadline=None)
def test_counts_that_add_up_are_taken_and_one_more_is_refused(parts: tuple[int, ...]) -> None:
    removed, excluded, missing, reasons, kept = parts
    said = {
        "databases": sum(parts),
        "removed": removed,
        "excluded": excluded,
        "not_retrieved": missing,
        "excluded_reports": reasons,
    }
    assert read(said).counts["reports_from_databases"] == kept
    assert read({**said, "from_databases": kept}).counts["assessed"] == reasons + kept
    with pytest.raises(InputError, match="fails"):
        read({**said, "from_databases": kept + 1})


def test_the_diagram_holds_its_counts_as_text_and_is_always_the_same() -> None:
    svg = draw(read(WHOLE))
    assert svg == draw(read(WHOLE))
    root = ET.fromstring(svg)
    said = " ".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")).replace(
        "\u00a0", " "
    )
    for words in (
        "Records screened (n = 200)",
        "Scopus: 180",
        "duplicates: 63",
        "large firms: 6",
        "Previous studies",
        "references: 9",
    ):
        assert words in said, words
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert root.find("{http://www.w3.org/2000/svg}desc") is not None
    assert "<script" not in draw(read({"title": "<script>", "databases": 3}))


@pytest.mark.requirement("R05")
def test_the_descriptive_tables_are_counted_from_the_base() -> None:
    held = tables(literature())
    years = {row["name"]: row["studies"] for row in held["years"]}
    assert sum(years.values()) == 51
    assert years["2023"] == 10
    methods = sum(row["studies"] for row in held["methods"] if row["name"].startswith("quantitative"))
    assert methods == 30


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (
            {"other": {"found": 9, "not_retrieved": 4, "excluded_reports": 6}},
            "nothing can be left of 9 less 10",
        ),
        ({"databases": 50, "excluded": 30, "not_retrieved": 25}, "nothing can be left of 50 less 55"),
        ({"databases": 50, "excluded": 30, "from_databases": 21}, "21 cannot come of 50 less 30"),
        ({"screened": 50, "assessed": 51}, "51 cannot come of 50"),
    ],
)
def test_boxes_that_nobody_states_hide_no_impossible_count(said: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(said)


def test_boxes_that_nobody_states_may_hold_what_is_left() -> None:
    flow = read({"databases": 50, "excluded": 30, "not_retrieved": 15, "from_databases": 5})
    assert ("identified", "reports_from_databases") in flow.dropped


def test_a_wrong_box_is_named_itself_and_not_the_one_that_would_follow_from_it() -> None:
    said = {
        "databases": 100, "removed": 0, "screened": 101, "excluded": 50, "not_retrieved": 0, "excluded_reports": 20,
        "new": {"studies": 25, "reports": 30},
    }  # fmt: skip
    with pytest.raises(InputError, match="to “records screened” fails: 100 - 0 = 100, but the box says 101"):
        read(said)
    arrow = "from “reports included from databases and registers” to “reports of new included studies” fails"
    with pytest.raises(InputError, match=arrow):
        read({**said, "screened": 100, "new": {"studies": 25, "reports": 29}})


def test_a_flow_without_a_count_is_refused() -> None:
    with pytest.raises(InputError, match="holds no count"):
        read({"title": "Nothing yet"})
