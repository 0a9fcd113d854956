"""The review's own counts beside those of its table."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from fondaco.evidence.literature import counts, shipped

#: As the review prints them, and as its table comes to (worked out by hand from the printed table).
AGREE = {
    "studies": 51,
    "quantitative studies": 30,
    "qualitative studies": 18,
    "mixed studies": 3,
    "studies of 2016 to 2019": 8,
    "studies of 2020 to the end of the search in 2023": 43,
    "quantitative studies by survey": 20,
    "other quantitative studies, on secondary data": 10,
    "qualitative studies that are case studies": 17,
    "studies without a theory": 11,
    "studies of European countries": 26,
    "studies of China": 9,
    "studies of Australia or New Zealand": 4,
    "studies of African countries": 0,
    "studies that specify no type of platform": 8,
    "studies of several types of platforms": 4,
    "the two most frequent types of platforms": "e-commerce, social media",
    "the most frequent industry": "manufacturing",
    "the sample of Cassia and Magno (2022b)": 110,
    "kept of the records found, and added from references": 51,
}
DIFFER = {
    "studies of 2023": (11, 10),
    "studies of several countries": (11, 10),
    "studies of Asian countries": (13, 15),
    "studies of the Americas": (5, 4),
    "what past work looked at most": ("antecedents", "outcomes"),
    "what Jean, Kim and Cavusgil (2020) name as drivers of platform risk": (2, 3),
}
LINES = {each["item"]: each for each in counts(shipped())}


@pytest.mark.requirement("R05")
@pytest.mark.parametrize("item", AGREE)
def test_what_text_and_table_agree_on(item: str) -> None:
    assert LINES[item]["printed"] == LINES[item]["computed"] == AGREE[item]
    assert LINES[item]["agrees"] is True


@pytest.mark.requirement("R05")
@pytest.mark.parametrize("item", DIFFER)
def test_what_they_differ_on_is_explained(item: str) -> None:
    line = LINES[item]
    assert (line["printed"], line["computed"]) == DIFFER[item]
    assert line["agrees"] is False
    assert len(line["why"]) > 40


@pytest.mark.requirement("R05")
def test_lists_are_compared_as_sets() -> None:
    assert LINES["the three most studied European countries"]["agrees"] is True
    assert LINES["the three most studied European countries"]["detail"].startswith(
        "Italy 8, Finland 5, Sweden 5"
    )
    theories = LINES["the four leading theories"]
    assert theories["agrees"] is False
    assert theories["detail"].startswith(
        "resource-based view 9, network theory 5, transaction cost economics 4, effectuation 3"
    )


@pytest.mark.requirement("R05")
def test_a_word_is_not_called_right_or_wrong() -> None:
    line = LINES["studies whose authors work in a country studied"]
    assert (line["computed"], line["detail"], line["agrees"]) == (41, "of 46 that name their countries", None)
    assert LINES["studies named in the text of the four themes"]["computed"] == 40


@pytest.mark.requirement("R05")
def test_every_difference_has_a_reason() -> None:
    assert [each["item"] for each in LINES.values() if each["agrees"] is False and not each["why"]] == []


def test_how_the_counts_of_regions_could_be_meant() -> None:
    assert (
        LINES["studies of Asian countries"]["detail"]
        == "14 with no other region, 13 of one country, 16 mentions of a country"
    )
    assert "5 mentions" in LINES["studies of the Americas"]["detail"]
    assert LINES["studies of several countries"]["detail"] == "7 name them, 3 do not, 2 more give no country"


@pytest.mark.requirement("R03")
def test_the_worked_table_of_the_page_is_what_the_code_does() -> None:
    page = Path(__file__).parents[4] / "docs" / "evidence.md"
    assert doctest.testfile(str(page), module_relative=False).failed == 0
