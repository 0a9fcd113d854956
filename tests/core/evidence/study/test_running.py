"""Studies on answers that were made: what was put in comes out, and the numbers are those of the rooms below."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fondaco import pls
from fondaco.evidence import Survey, regress
from fondaco.evidence.study import (
    Result,
    Study,
    counts,
    fictional_answers,
    opened,
    plan_sample,
    run,
    template,
)
from fondaco.evidence.study.regression_tables import alphas
from fondaco.evidence.study.running import first_stage, flattened
from fondaco.evidence.study.sample import FICTIONAL
from fondaco.kernel import InputError, Refused, UnknownName
from fondaco.pls.told import told


def survey(frame: pl.DataFrame, name: str = "answers.csv") -> Survey:
    return Survey(name, frame, tuple(range(2, frame.height + 2)))


def stated(study: Study) -> dict[tuple[str, str], float]:
    return {(end, start): value for end, start, value in study.fictional["paths"]}


@pytest.mark.requirement("R13", "R14")
def test_the_readiness_regression_recovers_the_coefficients_it_was_made_from() -> None:
    study = template("readiness")
    # One item each and without noise: the scores are what stands behind, so beta is what was stated.
    plain = replace(
        study,
        items={name: name for name in study.scores},
        scores={name: (f"{name}_0",) for name in study.scores},
        fictional={**study.fictional, "loading": 1.0},
    )
    answers = fictional_answers(replace(plain, items={}), 20_000, rounded=False)
    held = replace(plain, items={}, scores={}, low=-1e3, high=1e3)
    frame = answers.rename({f"{name}_0": name for name in study.scores})
    found = regress(held.model, survey(frame))
    wanted = stated(study)
    for term in found.terms:
        # a standard error of about 0.007: within three of them
        assert term.beta == pytest.approx(wanted["readiness", term.name], abs=0.022)


@pytest.mark.requirement("R13", "R14", "R15")
def test_on_the_shipped_answers_every_stated_effect_is_found_with_its_sign() -> None:
    study = template("readiness")
    found = run(study, survey(fictional_answers(study)))
    terms = {each["name"]: each for each in found.numbers["terms"]}
    for (_, name), value in stated(study).items():
        each = terms[name]
        assert np.sign(each["b"]) == np.sign(value)
        assert each["p"] < 0.05
        assert each["vif"] < 5
        assert each["alone_beta"] is not None  # alone and joint side by side
    assert 1.5 < found.numbers["durbin_watson"] < 2.5
    assert set(found.numbers["corrections"]) == {"holm", "benjamini_hochberg"}
    assert set(found.numbers["robust_hc3"]["corrections"]["holm"]) == set(terms)
    table = next(each for each in found.tables if each.name == "Coefficients")
    assert "*** p < .001" in table.notes[1]


@pytest.mark.requirement("R12", "F83")
def test_the_data_driven_model_finds_full_mediation_where_it_was_put() -> None:
    study = template("data-driven")
    found = run(study, survey(fictional_answers(study)), resamples=500)
    routes = {(each["from"], *each["via"], each["to"]): each["kind"] for each in found.numbers["mediation"]}
    assert routes["Exploration", "Knowledge", "Performance"] == "indirect-only"
    names = [table.name for table in found.tables]
    assert names[0].startswith("First stage")
    for needed in ("Reflective measurement", "HTMT", "Structural model", "Mediation", "Prediction"):
        assert needed in names
    written = dict(found.sections)
    assert any("full mediation" in each for each in written["Mediation"])
    assert any("Q²_predict" in each for each in written["Prediction"])


@pytest.mark.requirement("R12")
def test_numbers_are_those_of_the_path_models_room() -> None:
    study = template("data-driven")
    answers = survey(fictional_answers(study))
    found = run(study, answers, resamples=300, seed=5)
    fit = pls.fit(study.model, answers.numbers(list(study.names)))
    wanted = told(fit, pls.bootstrap(fit, 300, seed=5))
    for name, value in wanted.items():
        assert found.numbers[name] == value, name


@pytest.mark.requirement("R13")
def test_numbers_of_a_regression_are_those_of_regress() -> None:
    study = template("readiness")
    answers = survey(fictional_answers(study))
    found = run(study, answers)
    wanted = regress(study.model, opened(study, answers)).to_json()
    assert found.numbers["terms"] == wanted["terms"]
    assert found.numbers["r2"] == wanted["r2"]


def test_a_result_written_as_json_and_read_again_is_the_same() -> None:
    study = template("readiness")
    found = run(study, survey(fictional_answers(study)))
    again = Result.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert again == found


@pytest.mark.requirement("X08", "R30", "R15")
def test_what_the_result_cannot_say_is_said() -> None:
    study = template("readiness")
    found = run(study, survey(fictional_answers(study)), registered="Version 1.")
    limits = " ".join(dict(found.sections)["What this cannot say"])
    for words in ("one time", "one informant", "no general rate", "pandemic", "cause"):
        assert words in limits
    asked = dict(found.sections)["What was asked"]
    assert FICTIONAL in asked
    assert "Version 1." in asked
    alone = run(study, survey(fictional_answers(study)))
    assert any("not registered" in each for each in dict(alone.sections)["What was asked"])


# --- bad input


@pytest.mark.requirement("R28")
def test_a_study_with_twelve_answers_is_refused_with_both_numbers() -> None:
    study = template("readiness")
    with pytest.raises(Refused, match=r"12 answers came, 12 of them complete.*fewer than 60"):
        run(study, survey(fictional_answers(study, 12)))


def test_complete_answers_count_not_all() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 80).with_columns(
        pl.when(pl.int_range(pl.len()) < 25).then(None).otherwise(pl.col("RI2")).alias("RI2")
    )
    held = counts(study, survey(frame))
    assert (held.answers, held.complete, held.unanswered) == (80, 55, {"RI2": 25})
    with pytest.raises(Refused, match="55 of them complete"):
        run(study, survey(frame))


def test_answers_beyond_the_scale_are_left_out_and_named() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 100)
    frame = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(99.0).otherwise(pl.col("RD1")).alias("RD1")
    )
    held = opened(study, survey(frame))
    assert any("RD1: 1 answer beyond 1 to 7" in note and "rows 5" in note for note in held.notes)


def test_answers_off_the_scale_do_not_count_as_complete() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 70).with_columns(
        pl.when(pl.int_range(pl.len()) < 20).then(99.0).otherwise(pl.col("RD1")).alias("RD1")
    )
    with pytest.raises(Refused, match="70 answers came, 50 of them complete"):
        run(study, survey(frame))


def test_a_missing_column_a_word_and_an_empty_file_are_said() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 70)
    with pytest.raises(UnknownName, match="RI1"):
        run(study, survey(frame.drop("RI1")))
    words = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 0)
        .then(pl.lit("often"))
        .otherwise(pl.col("RI1").cast(pl.String))
        .alias("RI1")
    )
    with pytest.raises(InputError, match="row 2, column 'RI1': 'often' is not a number"):
        run(study, survey(words))
    with pytest.raises(Refused, match="0 answers came"):
        run(study, survey(frame.clear()))


def test_the_same_answer_from_everybody_is_refused_in_words() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 70).with_columns(*(pl.lit(4.0).alias(f"RD{i}") for i in (1, 2, 3)))
    with pytest.raises(InputError, match="the same in every case"):
        run(study, survey(frame))


# --- parts


def test_groups_below_five_are_not_named() -> None:
    study = replace(template("readiness"), groups="country")
    frame = fictional_answers(study, 70)
    frame = frame.with_columns(
        pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("Malta")).otherwise(pl.lit("Italy")).alias("country")
    )
    assert counts(study, survey(frame)).groups == {"Italy": 67, "": 3}


def test_groups_are_compared_where_they_are_large_enough() -> None:
    study = replace(template("data-driven"), groups="country")
    found = run(study, survey(fictional_answers(study, 240)), resamples=200)
    assert found.numbers["groups"]
    assert "Groups" in [table.name for table in found.tables]
    small = run(study, survey(fictional_answers(study, 70)), resamples=200)
    assert "groups" not in small.numbers
    assert any("30 answers each" in each for each in dict(small.sections)["Groups"])


def test_models_without_higher_order() -> None:
    model = pls.parse(template("data-driven").model)
    first = first_stage(model)
    assert not first.higher_order
    assert ("Exploration", "Customers") in first.paths
    assert ("Regulations", "Performance") in first.paths
    assert len(flattened(model).construct("Knowledge").indicators) == 12


def test_each_score_has_its_alpha_by_the_formula() -> None:
    study = template("readiness")
    cases = survey(fictional_answers(study))
    items = np.column_stack([cases.frame[name].to_numpy() for name in ("KC1", "KC2", "KC3")])
    covariance = np.cov(items, rowvar=False)
    wanted = 3 / 2 * (1 - np.trace(covariance) / covariance.sum())
    assert alphas(study, cases)["customer_knowledge"] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("effect", "needed"),
    # Kock and Hadaya (2018): 160 cases for a path of .197
    [(0.197, 160), (0.2, 155)],
)
def test_answers_needed_for_a_path(effect: float, needed: int) -> None:
    assert plan_sample("pls", effect, 2).needed == needed


def test_answers_needed_for_a_coefficient_as_statsmodels_has_them() -> None:
    from statsmodels.stats.power import FTestPower

    planned = plan_sample("regression", 0.3, 4)
    f = (0.09 / 0.91) ** 0.5
    n = planned.needed
    # the same noncentral F, with df_denom residual degrees of freedom and n for the noncentrality
    power: Mapping[int, float] = {
        size: float(FTestPower().power(f, size - 5, 1, 0.05, ncc=4)) for size in (n - 1, n)
    }
    assert power[n] >= 0.8 > power[n - 1]
    with pytest.raises(InputError, match="between 0 and 1"):
        plan_sample("pls", 1.2, 1)


def test_the_same_seed_gives_the_same_invented_answers_and_they_are_marked() -> None:
    study = template("data-driven")
    first, second = fictional_answers(study), fictional_answers(study)
    assert first.equals(second)
    assert first.height >= 150
    assert first["fictional"].unique().to_list() == ["yes"]
    assert all(each.startswith("fictional-") for each in first["firm"].to_list())
    items = first.select(study.columns)
    assert items.min().min_horizontal().item() >= 1
    assert items.max().max_horizontal().item() <= 7
    with pytest.raises(InputError, match="explain"):
        fictional_answers(
            replace(study, fictional={**study.fictional, "paths": [["Performance", "Exploration", 1.2]]})
        )


def test_a_question_that_speaks_against_its_score_is_turned() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 80)
    cases = opened(study, survey(frame)).frame
    by_hand = (frame["RI1"] + frame["RI2"] + frame["RI3"] + (8 - frame["RI4"])) / 4
    assert cases["perceived_risk"].to_list() == pytest.approx(by_hand.to_list())


def test_several_answers_of_one_firm_are_said() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 80).with_columns(pl.Series("firm", [f"f{i // 2}" for i in range(80)]))
    assert any("80 answers are of 40 firms" in note for note in opened(study, survey(frame)).notes)


@pytest.mark.requirement("S06")
def test_whether_shared_experience_goes_with_less_risk_is_told_as_an_association_with_its_range() -> None:
    from scipy import stats

    held = template("shared-risk")
    answers = survey(fictional_answers(held))
    found = run(held, answers)
    (term,) = found.numbers["terms"]
    # The same by another way: means of items by hand, scipy's line through them.
    shared = answers.frame.select(pl.mean_horizontal(held.scores["shared_experience"])).to_series().to_numpy()
    turned = answers.frame.with_columns((8 - pl.col("RI4")).alias("RI4"))
    risk = turned.select(pl.mean_horizontal(held.scores["perceived_risk"])).to_series().to_numpy()
    line = stats.linregress(shared, risk)
    reach = stats.t.ppf(0.975, len(risk) - 2) * line.stderr
    assert term["b"] == pytest.approx(line.slope)
    assert (term["low"], term["high"]) == pytest.approx((line.slope - reach, line.slope + reach))
    assert term["high"] < 0  # the answers were made with less risk where more is shared
    words = " ".join(said for _heading, paragraphs in found.sections for said in paragraphs)
    assert "whether one causes the other, they do not show" in words
    few = replace(answers, frame=answers.frame.head(39), rows=answers.rows[:39])
    with pytest.raises(Refused, match="40"):
        run(held, few)


@pytest.mark.requirement("R26")
def test_each_part_of_an_export_marketing_strategy_is_tested_beside_the_others() -> None:
    held = template("marketing-strategy")
    answers = survey(fictional_answers(held))
    found = run(held, answers)
    parts = ["platform", "product", "price", "place", "promotion"]
    assert [term["name"] for term in found.numbers["terms"]] == parts
    # The same by another way: least squares on means of items by hand.
    means = answers.frame.select(pl.mean_horizontal(items).alias(name) for name, items in held.scores.items())
    design = np.column_stack([np.ones(len(means)), means.select(parts).to_numpy()])
    slopes, *_ = np.linalg.lstsq(design, means["performance"].to_numpy(), rcond=None)
    assert [term["b"] for term in found.numbers["terms"]] == pytest.approx(slopes[1:])
