"""What leaves the house tells nobody who answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.evidence.study import LEAST_GROUP, Study, fictional_answers, release, template
from fondaco.kernel import Refused

KEY = b"k" * 32


def answers(n: int = 40) -> pl.DataFrame:
    frame = fictional_answers(template("readiness"), n)
    places = ["Malta"] * 2 + ["Italy"] * (n - 2)
    return frame.with_columns(
        pl.Series("country", places), pl.lit("info@firm.example").alias("email"), pl.lit(17.123456).alias("market_spread")
    )  # fmt: skip


@pytest.mark.requirement("R27", "R28", "R11")
def test_only_what_the_study_asks_goes_out_with_pseudonyms_quarters_and_a_codebook() -> None:
    study = replace(template("readiness"), groups="country", behaviour=("market_spread",))
    frame = answers()
    out = release(study, frame, key=KEY)
    assert "email" not in out.frame.columns
    assert "day" not in out.frame.columns
    assert {each[0] for each in out.codebook} == set(out.frame.columns)
    assert not set(out.frame["firm"].to_list()) & set(frame["firm"].to_list())
    assert set(out.frame["quarter"].to_list()) <= {"2025-Q3", "2025-Q4"}
    assert out.frame["market_spread"].unique().to_list() == [17.0]
    assert "Malta" not in out.frame["country"].to_list()
    # two from Malta alone would be told by their number: the next smallest group joins them
    assert set(out.frame["country"].to_list()) == {"other"}
    meaning = {each[0]: each[2] for each in out.codebook}
    assert meaning["RI1"] == study.items["RI1"]


@pytest.mark.requirement("R28")
def test_pseudonyms_are_the_same_within_a_study_and_no_two_studies_can_be_joined() -> None:
    study, frame = template("readiness"), answers()
    one, again = release(study, frame, key=KEY), release(study, frame, key=KEY)
    assert one.frame.equals(again.frame)
    other = release(study, frame, key=b"q" * 32)
    assert not set(one.frame["firm"].to_list()) & set(other.frame["firm"].to_list())


@pytest.mark.requirement("R27")
def test_answers_stay_as_they_are() -> None:
    study, frame = template("readiness"), answers()
    out = release(study, frame, key=KEY)
    for name in study.asked:
        assert sorted(out.frame[name].to_list()) == sorted(frame[name].to_list())
    # and stand in an order of their own
    assert out.frame["RI1"].to_list() != frame["RI1"].to_list()


@pytest.mark.requirement("R28")
def test_answers_of_four_firms_do_not_leave() -> None:
    with pytest.raises(Refused, match="4 firms"):
        release(template("readiness"), answers(4), key=KEY)


@pytest.mark.requirement("R28")
def test_one_firm_in_several_spellings_is_one() -> None:
    frame = answers(8).with_columns(
        pl.Series("firm", ["Rossi", "ROSSI", "rossi ", "Bianchi", "bianchi", "Verdi", None, " "])
    )
    with pytest.raises(Refused, match="3 firms"):
        release(template("readiness"), frame, key=KEY)


@pytest.mark.requirement("R28")
def test_five_answers_of_one_firm_make_no_group() -> None:
    study = replace(template("readiness"), groups="country")
    frame = answers(40).with_columns(
        pl.Series("firm", ["Rossi"] * 6 + [f"f{place}" for place in range(34)]),
        pl.Series("country", ["Malta"] * 6 + ["Italy"] * 34),
    )
    assert set(release(study, frame, key=KEY).frame["country"].to_list()) == {"other"}


@pytest.mark.requirement("R27", "R28")
def test_answers_that_name_nobody_stand_in_another_order_too() -> None:
    study, frame = template("readiness"), answers().drop("firm", "informant", strict=False)
    out = release(study, frame, key=KEY).frame
    assert out["RI1"].to_list() != frame["RI1"].to_list()
    back = frame.sample(fraction=1, shuffle=True, seed=3)
    assert release(study, back, key=KEY).frame.select(study.asked).equals(out.select(study.asked))


@given(st.lists(st.sampled_from(["IT", "KR", "MN", "PT", "FR", None]), min_size=30, max_size=60))
def test_no_group_that_goes_out_is_smaller_than_five(places: list[str | None]) -> None:
    study = Study("T", "Q", "regression", "y ~ x", groups="place")
    n = len(places)
    frame = pl.DataFrame(
        {
            "firm": [f"f{i}" for i in range(n)],
            "y": [1.0] * n,
            "x": [2.0] * n,
            "place": pl.Series(places, dtype=pl.String),
        }
    )
    told = release(study, frame, key=KEY).frame["place"].drop_nulls().to_list()
    named = [each for each in places if each is not None]
    assert len(told) == len(named)
    if len(named) >= LEAST_GROUP:
        assert all(told.count(each) >= LEAST_GROUP for each in set(told))


def test_days_in_words_and_days_that_are_none() -> None:
    study = Study("T", "Q", "regression", "y ~ x")
    frame = pl.DataFrame(
        {"y": [1.0] * 5, "x": [1.0] * 5, "day": ["2026-02-03", "soon", None, "2026-12-31", ""]}
    )
    assert release(study, frame, key=KEY).frame["quarter"].to_list() == [
        "2026-Q1",
        None,
        None,
        "2026-Q4",
        None,
    ]
    dated = frame.with_columns(pl.lit(date(2026, 5, 1)).alias("day"))
    assert set(release(study, dated, key=KEY).frame["quarter"].to_list()) == {"2026-Q2"}
