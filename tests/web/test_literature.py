"""The literature on the site: asked, filtered, followed from advice to finding."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse
from tests.web.conftest import Town

from fondaco.evidence.literature import counts, open_questions, shipped
from fondaco.strategy.rules import rules


def page(town: Town, name: str, query: str = "", **names: object) -> str:
    answer = town.as_(town.vera).get(reverse(name, kwargs=names) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.requirement("R02", "R03", "R04")
def test_a_question_gets_findings_votes_disagreements_and_gaps(town: Town) -> None:
    told = page(town, "evidence", "?q=foreign+platforms+-%3E+international+orientation")
    assert "Of 2 samples 1 says + and 1 says -" in told
    assert "Where they disagree" in told
    assert "What nobody studied" in told
    assert "What this count cannot say" in told
    assert reverse("evidence_finding", kwargs={"finding": "lee_etal_2022_f1"}) in told
    assert "none is pooled" in told


@pytest.mark.requirement("R01")
def test_filters_narrow_and_the_size_of_firms_is_as_each_study_says(town: Town) -> None:
    all_ = page(town, "evidence", "?q=social+media")
    italy = page(town, "evidence", "?q=social+media&country=ITA")
    assert italy.count("/evidence/findings/") < all_.count("/evidence/findings/")
    assert "ITA" in italy
    for unit in ("SME", "MSME", "INV"):
        assert f'<option value="{unit}">' in all_
    assert town.as_(town.vera).get(reverse("evidence") + "?q=x&unit=giants").status_code == 400


@pytest.mark.requirement("R07")
def test_for_a_firm_each_study_says_how_near_it_is(town: Town) -> None:
    told = page(town, "evidence", "?q=website&firm=anchor-teas")
    assert "country: " in told
    # a firm that is not theirs is no choice
    assert town.as_(town.charlie).get(reverse("evidence") + "?q=website&firm=anchor-teas").status_code == 400


@pytest.mark.parametrize(
    "query", ["?q=", "?q=%20", "?q=-%3E", "?q=blockchain", "?q=" + "x" * 299, "?q=%00", "?q=<script>"]
)
def test_odd_questions_get_words(town: Town, query: str) -> None:
    answer = town.as_(town.vera).get(reverse("evidence") + query)
    assert answer.status_code in (200, 400)
    assert b"<script>alert" not in answer.content
    assert town.as_(town.vera).get(reverse("evidence_map_json") + query).status_code in (200, 400)
    assert town.as_(town.vera).get(reverse("evidence_csv") + query).status_code in (200, 400)


@pytest.mark.requirement("R01", "R02")
def test_the_findings_as_a_table(town: Town) -> None:
    answer = town.as_(town.vera).get(reverse("evidence_csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(shipped().findings) == 128
    some = town.as_(town.vera).get(reverse("evidence_csv") + "?q=crowdfunding")
    assert 0 < len(list(csv.DictReader(io.StringIO(some.content.decode("utf-8-sig"))))) < 128


def test_the_picture_follows_the_question(town: Town) -> None:
    whole = json.loads(town.as_(town.vera).get(reverse("evidence_map_json")).content)
    some = json.loads(town.as_(town.vera).get(reverse("evidence_map_json") + "?q=crowdfunding").content)
    assert len(some["data"]["values"]) < len(whole["data"]["values"])


def test_the_counts_stand_beside_the_printed_ones(town: Town) -> None:
    told = page(town, "evidence_counts")
    for line in counts(shipped()):
        assert str(line["item"]) in told
    assert told.count('<span class="tag warn">no</span>') == sum(
        line["agrees"] is False for line in counts(shipped())
    )


@pytest.mark.requirement("R10")
def test_the_36_questions_with_their_data(town: Town) -> None:
    told = page(town, "evidence_questions")
    for each in open_questions():
        assert f'id="{each.id}"' in told


@pytest.mark.requirement("R07", "X01")
def test_every_rule_of_the_plan_opens_what_it_rests_on(town: Town) -> None:
    client = town.as_(town.vera)
    listed = client.get(reverse("evidence_advice")).content.decode()
    for id_ in rules():
        address = reverse("evidence_rule", kwargs={"rule": id_})
        assert address in listed
        assert client.get(address).status_code == 200, id_


@pytest.mark.requirement("F22", "R04", "X07")
def test_the_rule_on_foreign_platforms_shows_what_stands_against_it(town: Town) -> None:
    told = page(town, "evidence_rule", "?firm=anchor-teas", rule="platform/foreign-experience")
    assert "What stands against it" in told
    assert "williams_etal_2020_f2" in told
    assert "read for Anchor Teas" in told
    assert "sign inferred" in told  # what the review does not state is told apart


@pytest.mark.requirement("R07", "X08")
def test_a_finding_names_study_method_sample_and_advice(town: Town) -> None:
    told = page(town, "evidence_finding", finding="rienda_etal_2021_f1")
    assert "no general rate" in told
    assert "102" in told
    assert reverse("evidence_rule", kwargs={"rule": "platform/website-first"}) in told
    study = page(town, "evidence_study", key="rienda_etal_2021")
    assert "secondary data" in study
    assert town.as_(town.vera).get("/evidence/findings/nothing/").status_code == 404
    assert town.as_(town.vera).get("/evidence/studies/nothing/").status_code == 404


@pytest.mark.requirement("R07")
def test_advice_on_pages_leads_to_what_it_rests_on(town: Town) -> None:
    told = page(town, "platforms", slug="anchor-teas")
    assert (
        reverse("evidence_rule", kwargs={"rule": "platform/third-party-first"}) + "?firm=anchor-teas" in told
    )


def test_effects_of_ones_own_are_pooled(town: Town) -> None:
    from fondaco.web.accounts.access import workspace

    base = shipped()
    folder = workspace().home / "literature"
    folder.mkdir(exist_ok=True)
    ids = [each.id for each in base.findings if each.votes]
    (folder / "effects.csv").write_text(
        "finding,r,n,source\n" + "".join(f"{each},0.3,100,own\n" for each in ids)
    )
    told = page(town, "evidence", "?q=social+media")
    assert "Pooled over" in told
    assert "the correlation is 0.30" in told
    (folder / "effects.csv").write_text("finding,r,n,source\nnothing,0.3,100,own\n")
    answer = town.as_(town.vera).get(reverse("evidence"))
    assert answer.status_code == 400
    assert b"row 2" in answer.content
