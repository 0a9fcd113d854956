"""Where countries lie and what is spoken there, beside figures that others print."""

from __future__ import annotations

import csv
import gzip
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.reference import countries, geography

PLACES = st.sampled_from(geography.markets())


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        # Mayer and Zignago (2011), GeoDist: simple distance between main cities, column `dist`
        ("ITA", "DEU", 1146.023),
        ("GBR", "FRA", 342.9475),
        ("MNG", "KOR", 2003.103),
    ],
)
def test_a_distance_is_that_of_geodist(one: str, other: str, km: float) -> None:
    found = geography.distance_km(one, other)
    assert found == pytest.approx(km, rel=0.01)


def test_all_distances_are_those_of_geodist(shared: Path) -> None:
    with gzip.open(shared / "data/gravity_cepii/dist_cepii.csv.gz", "rt") as lines:
        pairs = [
            (row["iso_o"], row["iso_d"], float(row["dist"]))
            for row in csv.DictReader(lines)
            if row["iso_o"] != row["iso_d"] and float(row["dist"]) > 500
        ]
    known = [(geography.distance_km(a, b), km) for a, b, km in pairs]
    compared = [(found, km) for found, km in known if found is not None]
    assert len(compared) > 45_000
    assert max(abs(found / km - 1) for found, km in compared) < 0.01


@given(PLACES, PLACES)
def test_a_distance_is_the_same_both_ways_and_never_beyond_half_the_globe(one: str, other: str) -> None:
    there, back = geography.distance_km(one, other), geography.distance_km(other, one)
    assert there == back or (there is not None and back is not None and math.isclose(there, back))
    if there is not None:
        assert 0 <= there <= math.pi * geography.EARTH


@given(PLACES)
def test_neighbours_are_mutual_and_known(market: str) -> None:
    for other in geography.neighbours(market):
        assert market in geography.neighbours(other)
        assert countries.is_market(other)
    assert market not in geography.neighbours(market)


def test_each_figure_carries_its_year_and_source() -> None:
    people = geography.population("ITA")
    assert people is not None
    assert 5.5e7 < people.value < 6.2e7
    assert people.year is not None
    assert "World Bank" in people.source
    online = geography.internet_users_share("KOR")
    assert online is not None
    assert 0.9 < online.value <= 1
    score = geography.logistics("DEU")
    assert score is not None
    assert score.value == pytest.approx(4.20)  # World Bank, Connecting to Compete 2018, rank 1


def test_what_is_not_known_is_none() -> None:
    assert geography.population("ATA") is None
    assert geography.gdp_usd("TWN") is None  # the World Bank prints no figure for it
    assert geography.distance_km("ITA", "XXX") is None
    assert geography.languages("XXX") == ()


def test_a_common_language_is_seen_across_scripts_and_regions() -> None:
    assert geography.share_language("CHN", "TWN")
    assert geography.share_language("AUT", "DEU")
    assert not geography.share_language("ITA", "KOR")
