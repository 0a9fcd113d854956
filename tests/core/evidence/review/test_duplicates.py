"""Which records are one: graded with reasons; what only looks alike stays two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.core.evidence.review.made import bibliography

from fondaco.evidence.review.duplicates import grade, groups, merged, pairs_of
from fondaco.evidence.review.records import Record

ABSTRACT = "This study asks how small firms use digital platforms to go abroad, and what comes of it for their performance."
WORK = Record(
    "Small firms abroad: how platforms matter", ABSTRACT, ("Kühn, Jana", "Li, Min"), 2020, "International Marketing Review", "10.1108/imr-1",
    kind="article", volume="37", pages="1-20",
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "sure"),
        ({"title": "SMALL FIRMS ABROAD - How platforms matter.", "doi": ""}, "sure"),
        ({"authors": ("Kuehn J", "Li M"), "doi": "", "year": 2021}, "sure"),
        ({"title": "Smal firms abroad: how platfroms matter", "doi": "", "abstract": ABSTRACT[:80]}, "sure"),
        ({"authors": ("Jana Kühn", "Min Li"), "doi": ""}, "sure"),
        ({"authors": ("Jana, Kühn", "Min, Li"), "doi": ""}, "sure"),  # what stands first was exchanged
        (
            {"authors": ("Elisabeth Kühn",), "doi": "", "abstract": "", "volume": ""},
            "review",
        ),  # another given name
        ({"title": "Small firms abroad: how platforms &amp; markets matter", "doi": ""}, "sure"),
        ({"doi": "10.1016/j.ibusrev.2020.7"}, "review"),
        (
            {"doi": "10.2139/ssrn.77", "abstract": "", "volume": "", "pages": "", "year": 2019},
            "review",
        ),  # its preprint, it seems
        ({"doi": "", "volume": "38"}, "review"),  # as the volumes of one set of proceedings
        ({"title": "Something else altogether"}, "review"),  # one DOI, two titles
        ({"title": "Small firms abroad: how platforms matter, part II", "doi": ""}, "no"),
        ({"title": "Erratum to: Small firms abroad: how platforms matter", "doi": ""}, "no"),
        ({"title": "Small firms abroad: how platforms matter. A reply", "doi": "10.1108/imr-9"}, "no"),
        ({"kind": "conference", "journal": "Proceedings of the EIBA", "year": 2019, "doi": ""}, "no"),
        ({"doi": "10.1108/imr-2", "title": "Small firms abroad: how networks matter", "abstract": ""}, "no"),
        ({"doi": "", "authors": ("Smith, Ann",), "year": 2011, "abstract": ""}, "no"),
    ],
)
def test_a_copy_is_told_from_what_only_looks_like_one(change: dict[str, object], level: str) -> None:
    found = grade(WORK, replace(WORK, **change))  # type: ignore[arg-type]
    assert found.grade == level, found
    assert found.reasons


def test_a_misspelt_word_makes_no_comment_of_a_paper() -> None:
    paper = replace(WORK, title="How small firms abroad organise their supply response", doi="")
    assert (
        grade(paper, replace(paper, title="How small firms abroad organise their supply rseponse")).grade
        == "sure"
    )
    assert (
        grade(
            paper, replace(paper, title="How small firms abroad organise their supply response: a comment")
        ).grade
        == "no"
    )


def test_an_exchanged_country_is_for_a_person_to_look_at() -> None:
    italy = replace(
        WORK, title="Digital platforms and the exports of small family firms in Italy", doi="", abstract=""
    )
    china = replace(italy, title="Digital platforms and the exports of small family firms in China")
    assert grade(italy, china).grade == "review"
    assert "a word is another: italy, china" in grade(italy, china).reasons


def test_groups_never_join_what_somebody_parted() -> None:
    assert groups(4, [(0, 1), (1, 2), (2, 3)]) == [[0, 1, 2, 3]]
    assert groups(4, [(0, 1), (1, 2), (2, 3)], apart=[(0, 3)]) == [[0, 1, 2]]


def test_one_record_takes_what_it_lacks_from_its_copies() -> None:
    one = merged([replace(WORK, abstract="", doi=""), replace(WORK, year=None, journal="")])
    assert (one.abstract, one.doi, one.year, one.journal) == (ABSTRACT, WORK.doi, 2020, WORK.journal)


def test_precision_and_recall_on_a_made_bibliography() -> None:
    made = bibliography(2500, seed=11)
    found = pairs_of(made.records)
    sure = {(pair.a, pair.b) for pair in found if pair.grade == "sure"}
    look = {(pair.a, pair.b) for pair in found if pair.grade == "review"}
    right = len(sure & made.same)
    assert len(made.same) == 500
    # With 95 % intervals of Clopper and Pearson; the floor leaves room for other seeds.
    precision = stats.binomtest(right, len(sure)).proportion_ci()
    recall = stats.binomtest(right, len(made.same)).proportion_ci()
    assert precision.low > 0.98
    assert recall.low > 0.97
    assert len((sure | look) & made.same) >= 0.99 * len(made.same)
    assert len(look) < 0.1 * len(made.records), "a person can look at what is left to look at"


@given(st.permutations(range(8)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_records_changes_no_grade(order: list[int]) -> None:
    records = [*bibliography(8, seed=3).records, WORK, replace(WORK, doi="", title=WORK.title.upper())]
    shuffled = [records[place] for place in order] + records[8:]

    def titles(held: list[Record]) -> set[tuple[frozenset[tuple[str, int]], str]]:
        return {
            (
                frozenset(
                    {(held[pair.a].source, held[pair.a].line), (held[pair.b].source, held[pair.b].line)}
                ),
                pair.grade,
            )
            for pair in pairs_of(held)
        }

    assert titles(records) == titles(shuffled)


def test_nothing_and_one_have_no_copies() -> None:
    assert pairs_of([]) == []
    assert pairs_of([WORK]) == []
    assert [pair.grade for pair in pairs_of([WORK, WORK])] == ["sure"]
    assert pairs_of([Record(""), Record("")]) == []


@pytest.mark.parametrize("doi", ["10.1108/imr-1", ""])
def test_a_record_that_alerts_brought_a_hundred_times_is_one(doi: str) -> None:
    other = Record("Another paper", "", ("Rossi, M.",), 2019)
    records = [replace(WORK, doi=doi, line=place) for place in range(100)]
    found = pairs_of([*records, other])
    assert groups(101, [(pair.a, pair.b) for pair in found if pair.grade == "sure"]) == [list(range(100))]
