"""Questions in the domain's words, and what is made of the findings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.evidence.literature import Answer, Base, Filters, Reader, ask, shipped
from fondaco.evidence.literature.terms import read_term
from fondaco.evidence.literature.votes import ANSWERS, tally
from fondaco.kernel import InputError


def asked(query: str, **filters: str) -> Answer:
    return ask(shipped(), query, Filters(**filters))


def ids(answer: Answer) -> set[str]:
    return {each.id for each in answer.findings}


def agreement(query: str, **filters: str) -> dict[str, Any]:
    found: dict[str, Any] = asked(query, **filters).to_json()["agreement"]
    return found


class TestWords:
    @pytest.mark.requirement("R02")
    def test_a_driver_and_an_outcome(self) -> None:
        assert ids(asked("social media -> international performance")) == {
            "caputo_etal_2022_f3", "eid_etal_2020_f1", "hultman_etal_2023_f1", "rienda_etal_2021_f1",
            "alarcon_del_amo_etal_2018_f1",
        }  # fmt: skip

    @pytest.mark.requirement("R02")
    def test_an_outcome_alone_and_a_word_anywhere(self) -> None:
        assert all(each.outcome.startswith("export_") for each in asked("-> export performance").findings)
        found = asked("entrepreneurial orientation").findings
        assert {"herve_etal_2020_f4", "jean_etal_2020_f4"} <= {each.id for each in found}, (
            "as mediator, as moderator"
        )

    def test_a_sentence(self) -> None:
        asked_for = ids(asked("the effect of social media on international performance"))
        assert asked_for == ids(asked("social media -> international performance"))

    @pytest.mark.parametrize(
        ("said", "means"),
        [
            ("How does social media influence export performance?", "social media -> export performance"),
            ("Can crowdfunding help internationalization?", "crowdfunding -> internationalization"),
            (
                "What is the impact of social media on export performance?",
                "social media -> export performance",
            ),
            ("What drives export performance?", "-> export performance"),
            ("what leads to internationalisation", "-> internationalization"),
        ],
    )
    def test_a_question_as_a_person_asks_it(self, said: str, means: str) -> None:
        assert ids(asked(said)) == ids(asked(means)) != set()

    @pytest.mark.requirement("R02")
    def test_a_mediator_between_two_arrows(self) -> None:
        assert ids(asked("exploring -> knowledge -> export performance")) == {"cassia_magno_2022b_f3"}

    @pytest.mark.parametrize(
        ("said", "means"),
        [
            ("SNS", "social media"),
            ("Social Networks", "social media"),
            ("socail meda", "social media"),
            ("internationalisation", "internationalization"),
            ("E-Commerce", "e-commerce"),
            ("marketplaces", "e-commerce"),
            ("digital capabilities", "digital capability"),
            ("covid", "covid-19"),
            ("strategic flexibility", "strategic flexibility"),
            ("strategic flexiblity", "strategic flexibility"),
        ],
    )
    def test_tolerant_names(self, said: str, means: str) -> None:
        read = read_term(shipped(), said)
        assert read.variables
        assert read.means == means

    def test_a_slip_of_the_pen_is_said(self) -> None:
        assert asked("socail meda").notes == ("'socail meda' was read as 'social media'.",)

    def test_one_variable_alone(self) -> None:
        assert read_term(shipped(), "=internationalization").variables == ("internationalization",)
        assert len(read_term(shipped(), "internationalization").variables) > 10

    def test_several_words_together(self) -> None:
        both = read_term(shipped(), "crowdfunding or diaspora").variables
        assert {"equity_crowdfunding", "home_diaspora_abroad"} <= set(both)

    def test_an_unknown_word_names_what_is_near(self) -> None:
        answer = asked("orientaton of shoppers")
        assert answer.findings == ()
        assert answer.why.startswith("Nothing in the base is called 'orientaton of shoppers'; near it:")
        assert "orientation" in answer.why
        assert asked("blockchain").why == "Nothing in the base is called 'blockchain'."

    def test_what_nobody_linked_is_said_with_what_there_is(self) -> None:
        answer = asked("crowdfunding -> export performance")
        assert answer.findings == ()
        assert "No finding of the base links them." in answer.why
        assert "Crowdfunding: 3 findings name it" in answer.why
        assert answer.gaps[0]["kind"] == "question"

    @pytest.mark.parametrize("query", ["", "  ", "->", "a -> b -> c -> d"])
    def test_no_question_is_none(self, query: str) -> None:
        with pytest.raises(InputError, match="DRIVER -> OUTCOME"):
            asked(query)

    @given(st.text(max_size=60))
    def test_any_text_is_answered_or_refused_in_words(self, text: str) -> None:
        try:
            answer = asked(text)
        except InputError:
            return
        assert answer.findings or answer.why


class TestFilters:
    @pytest.mark.requirement("R01")
    @pytest.mark.parametrize(
        ("filters", "holds"),
        [
            ({"country": "ITA"}, lambda study: "ITA" in study.countries),
            ({"platform": "marketplace"}, lambda study: "e-commerce" in study.platforms),
            ({"design": "survey"}, lambda study: "survey" in study.method),
            ({"design": "case studies"}, lambda study: "case_study" in study.method),
            ({"design": "Qualitative"}, lambda study: study.design == "qualitative"),
            ({"theory": "RBV"}, lambda study: "resource-based view" in study.theories),
            ({"theme": "benefits"}, lambda study: "benefits_risks" in study.themes),
            ({"focus": "antecedents"}, lambda study: "antecedents" in study.focus),
            ({"unit": "MSME"}, lambda study: study.unit == "MSME"),
        ],
    )
    def test_studies_are_chosen(self, filters: dict[str, str], holds: Any) -> None:
        words = "internationalization or performance or risk or adoption or knowledge"
        every, some = asked(words).studies, asked(words, **filters).studies
        assert some
        assert {each.key for each in some} == {each.key for each in every if holds(each)}

    def test_a_word_that_no_study_carries(self) -> None:
        with pytest.raises(InputError, match="no study is of 'marketplce'"):
            asked("performance", platform="marketplce")

    @pytest.mark.requirement("R06")
    def test_a_country_without_studies_says_so_and_its_continent(self) -> None:
        answer = asked("social media", country="KEN")
        assert answer.findings == ()
        assert answer.why.endswith("No study of the base is of firms in KEN, nor anywhere in Africa.")
        assert [each["missing"] for each in answer.gaps if each["kind"] == "region"] == ["Africa"]

    def test_who_is_left_out_because_unnamed_is_counted(self) -> None:
        assert (
            "One study was left out whose countries are not named."
            in asked("social media", country="ITA").notes
        )


class TestVotes:
    @pytest.mark.requirement("R03", "X08")
    def test_three_papers_on_one_sample_have_one_vote(self) -> None:
        held = agreement("=intl_performance or =foreign_market_insidership or =ecommerce_internationalization "
                         "or =intl_ecommerce_performance", country="SWE")  # fmt: skip
        assert held["samples"] == 1, "two of the three state a sign, of one sample"
        assert held["studies"] == 2
        assert any("count once" in each and "likely" in each for each in held["weaknesses"])
        assert held["says"].startswith("One sample says so")
        assert "no general rate" in held["says"]

    @pytest.mark.requirement("R03", "X07")
    def test_inferred_signs_and_patterns_stand_apart(self) -> None:
        held = agreement("-> e-marketplace entry")
        assert held["samples"] == 0
        assert held["inferred"]["+"] == 1
        held = agreement("-> adoption", design="case study")
        assert held["no_votes"] == ["witek_hajduk_etal_2022_f1", "witek_hajduk_etal_2022_f2"]

    @pytest.mark.requirement("X07", "X08")
    def test_one_firm_is_an_example(self) -> None:
        told = asked("crowdfunding -> opportunity development").to_json()
        (only,) = told["findings"]
        assert only["strength"]["basis"] == "example"
        assert "1 firm" in only["strength"]["says"] and "an example" in only["strength"]["says"]
        assert "no general rate" in told["agreement"]["says"]

    @pytest.mark.requirement("X08")
    @pytest.mark.parametrize("query", ["social media", "-> performance", "knowledge", "risk", "networks"])
    def test_no_rate_is_made_of_votes(self, query: str) -> None:
        held = agreement(query)
        words = " ".join([held["says"], *held["weaknesses"]])
        assert not re.search(r"%|per cent|percent|\bmost\b|majority|usually|always", words)
        assert not any(isinstance(value, float) for value in held["votes"].values())
        assert "nor how often it holds" in held["says"]

    @pytest.mark.requirement("R03")
    def test_a_small_sample_beside_a_large_one_is_said(self) -> None:
        assert (
            "A sample of 8 has one vote, and so has one of 4,446."
            in agreement("social media -> =internationalization or early internationalization")["weaknesses"]
        )

    def test_what_is_good_for_the_firm_is_turned_by_the_outcome(self) -> None:
        held = agreement("e-commerce platform use -> costs")
        assert held["votes"]["-"] >= 1
        assert held["good_for_the_firm"]["-"] == 0, "less cost is good"

    @pytest.mark.requirement("R03")
    @given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("+-0U"))))
    def test_counts_add_up_to_the_samples(self, votes: list[tuple[str, str]]) -> None:
        found = tally(votes)
        assert sum(found.counts.values()) == found.samples == len({sample for sample, _ in votes})
        assert set(found.counts) == set(ANSWERS)

    @pytest.mark.requirement("R03")
    @given(st.sampled_from(sorted(shipped().variables)))
    def test_no_sample_is_lost_or_counted_twice(self, name: str) -> None:
        base = shipped()
        answer = ask(base, f"={name}")
        held = answer.to_json()["agreement"]
        stated = {base.study_of(f).sample for f in answer.findings if f.votes and f.sign == "stated"}
        inferred = {base.study_of(f).sample for f in answer.findings if f.votes} - stated
        assert sum(held["votes"].values()) == held["samples"] == len(stated)
        assert sum(held["inferred"].values()) == len(inferred)
        assert max(sum(held["tested"].values()), sum(held["cases"].values())) <= held["samples"]
        assert sum(row["samples"] for row in held["by_outcome"]) >= held["samples"]


class TestDisagreement:
    @pytest.mark.requirement("F22", "R04")
    def test_foreign_and_home_platforms(self) -> None:
        answer = asked("foreign or home platforms -> international orientation")
        assert ids(answer) == {
            "lee_etal_2022_f1", "lee_etal_2022_f2", "williams_etal_2020_f1", "williams_etal_2020_f2",
        }  # fmt: skip
        held = agreement("foreign platforms -> international orientation")
        assert (held["votes"]["+"], held["votes"]["-"], held["samples"]) == (1, 1, 2)
        (dispute,) = held["disagreements"]
        assert dispute["about"] == "foreign-or-home-platforms"
        assert "Williams" in dispute["says"] and "Lee" in dispute["says"]

    @pytest.mark.requirement("R04")
    @pytest.mark.parametrize(
        ("query", "about"),
        [
            (
                "international marketing capability -> e-commerce performance",
                "international-marketing-capability",
            ),
            ("social media -> internationalization", "social-media-and-internationalization"),
            ("early mover", "early-mover-curve"),
        ],
    )
    def test_known_disagreements_are_named(self, query: str, about: str) -> None:
        assert about in {each["about"] for each in agreement(query)["disagreements"]}

    @pytest.mark.requirement("R04")
    def test_a_new_disagreement_is_found(self) -> None:
        base = shipped()
        other = replace(base.by_id["fan_etal_2023_f2"], id="new_f1", study="hui_2020", direction="-")
        more = Base(base.studies, (*base.findings, other), base.variables, base.disputes, base.concepts)
        held = ask(more, "strategic flexibility -> =export_performance").to_json()["agreement"]
        (found,) = held["disagreements"]
        assert found["about"] == "export_performance"
        assert set(found["findings"]) == {"fan_etal_2023_f2", "new_f1"}

    def test_agreement_names_none(self) -> None:
        assert agreement("platform capability -> export performance")["disagreements"] == []


class TestGapsAndStrength:
    @pytest.mark.requirement("R06")
    def test_what_the_base_lacks_everywhere(self) -> None:
        gaps = asked(
            "internationalization or performance or platform use or risk or adoption or knowledge"
        ).gaps
        everywhere = {each["missing"] for each in gaps if each["everywhere"]}
        assert "Africa" in everywhere
        assert "payment platforms" in everywhere
        (time,) = [each for each in gaps if each["kind"] == "time"]
        assert "in the whole base 3 of 51" in time["says"]

    @pytest.mark.requirement("R06")
    def test_what_an_answer_lacks(self) -> None:
        gaps = asked("crowdfunding -> internationalization").gaps
        missing = {(each["kind"], each["missing"]) for each in gaps}
        assert {("region", "Asia"), ("design", "quantitative"), ("platform", "social media"),
                ("theme", "environment"), ("sample", "a second sample")} <= missing  # fmt: skip
        assert ("region", "Europe") not in missing

    @pytest.mark.requirement("R07")
    def test_a_finding_carries_study_method_sample_and_country(self) -> None:
        (found,) = asked("exploration -> market knowledge -> export performance").to_json()["findings"]
        assert (found["study"], found["n"], found["country"]) == ("cassia_magno_2022b", 110, "ITA")
        assert found["strength"]["method"] == "survey"
        assert found["doi"] == "10.7433/s117.2022.07"
        assert (found["driver"], found["direction"], found["outcome"], found["mediator"], found["moderator"]) == (
            "platform_exploration_use", "+", "export_performance", "foreign_market_knowledge", None,
        )  # fmt: skip

    @pytest.mark.requirement("R07")
    def test_nearness_to_a_firm_orders_and_is_said(self) -> None:
        reader = Reader("ITA", ("e-commerce",), ("food and beverage",), "An olive mill")
        answer = ask(shipped(), "-> performance", None, reader)
        first = answer.to_json()["findings"][0]
        assert first["study"] in {"cassia_magno_2022a", "cassia_magno_2022b"}
        assert first["strength"]["direct"] == {"country": "same", "platform": "same", "industry": "same"}
        assert ask(shipped(), "-> performance").to_json()["findings"][0]["strength"]["direct"] is None

    def test_what_is_not_known_of_a_firm_is_not_guessed(self) -> None:
        (found,) = ask(shipped(), "early mover -> =early_mover_advantage", None, Reader("ITA")).to_json()[
            "findings"
        ][:1]
        assert found["strength"]["direct"] == {
            "country": "not known", "platform": "not known", "industry": "not known",
        }  # fmt: skip
