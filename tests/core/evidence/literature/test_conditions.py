"""Sizes and periods: what a study's words for them mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fondaco.evidence.literature import period_of, shipped, sizes_of

BASE = shipped()


@pytest.mark.requirement("R29")
def test_small_firms_are_as_large_as_the_source_says() -> None:
    meant = {
        key: [each.people for each in sizes_of(BASE.studies[key])]
        for key in ("lee_falahat_2019", "guo_etal_2023")
    }
    assert meant == {"lee_falahat_2019": [250], "guo_etal_2023": [250, 1000]}
    # of a study that somebody adds to the base; the term of the platforms for hired work is another one
    (micro,) = sizes_of(replace(BASE.studies["lee_falahat_2019"], unit="micro firm"))
    assert (micro.people, micro.at_most, micro.source.split(",")[0]) == (5, False, "Kim and Lim")


@pytest.mark.requirement("R29")
def test_a_word_that_no_source_defines_has_no_size() -> None:
    assert sizes_of(BASE.studies["ahsan_musteen_2021"]) == ()
    words = {word for study in BASE.studies.values() for each in sizes_of(study) for word in each.words}
    assert {study.unit for study in BASE.studies.values()} - words == {
        "firm",
        "INV",
        "transaction",
        "seller",
        "micro provider",
    }


@pytest.mark.requirement("R30")
def test_studies_of_the_pandemic_are_marked() -> None:
    marked = {key for key, study in BASE.studies.items() if period_of(BASE, study)}
    assert marked == {"guo_etal_2023", "lee_etal_2022", "lee_etal_2023", "pereira_etal_2022"}
