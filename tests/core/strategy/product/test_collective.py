"""A collective brand: who may enter, what is lacking, and for whom the body may guarantee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fondaco.strategy.product import Entry, HeldProof, Member, QualityCheck, candidates, guarantee, standing

TODAY = date(2026, 11, 30)
PDO = HeldProof("pdo", ("wine",), date(2027, 6, 30))
ANNA = Member("anna", ("wine", "oil"), "ITA", (PDO,))
BERTO = Member("berto", ("wine",), "ITA", (PDO,))
CARLA = Member("carla", ("wine",), "ITA", (replace(PDO, valid_to=date(2026, 1, 1)),))
DINO = Member("dino", ("oil",), "GRC")
WINE = Entry("wine", "ITA", ("pdo",))
CHECKED = QualityCheck("anna", "wine", date(2026, 5, 1), "Consorzio", True, date(2027, 4, 30))


@pytest.mark.requirement("S09")
def test_a_firm_enters_with_the_goods_the_origin_and_the_proofs_that_are_asked() -> None:
    assert standing(ANNA, WINE, [], TODAY).may_enter
    assert standing(CARLA, WINE, [], TODAY).lacks == ("holds no pdo of wine that is in date",)
    assert standing(DINO, WINE, [], TODAY).lacks[:2] == ("does not make wine", "origin is GRC, not ITA")


@pytest.mark.requirement("S09")
def test_a_proof_of_other_goods_does_not_count() -> None:
    oil = replace(ANNA, proofs=(replace(PDO, tags=("oil",)),))
    assert not standing(oil, WINE, [], TODAY).may_enter


@pytest.mark.requirement("S10")
@pytest.mark.parametrize(
    ("checks", "may", "why"),
    [
        ([], False, "no check of wine is on record"),
        ([CHECKED], True, "checked on 2026-05-01"),
        ([replace(CHECKED, passed=False)], False, "not passed"),
        ([replace(CHECKED, valid_to=date(2026, 11, 29))], False, "ran out on 2026-11-29"),
        ([CHECKED, replace(CHECKED, day=date(2026, 9, 1), passed=False)], False, "2026-09-01"),
        ([replace(CHECKED, tag="oil")], False, "no check of wine"),
        ([replace(CHECKED, day=date(2026, 12, 24))], False, "no check of wine"),  # still to come
    ],
)
def test_the_bodys_name_is_lent_only_on_a_check_on_record_passed_and_in_date(
    checks: list[QualityCheck], may: bool, why: str
) -> None:
    found, told = guarantee("anna", "wine", checks, TODAY)
    assert found is may and why in told


@pytest.mark.requirement("S08", "S09")
def test_goods_and_origin_that_members_share_are_candidates_and_three_are_enough() -> None:
    found = candidates([ANNA, BERTO, CARLA, DINO], today=TODAY)
    assert [(c.entry.tag, c.entry.origin, c.could_enter, c.enough) for c in found] == [
        ("wine", "ITA", ("anna", "berto", "carla"), True)
    ]
    (strict,) = candidates([ANNA, BERTO, CARLA, DINO], [WINE], [CHECKED], today=TODAY)
    assert strict.could_enter == ("anna", "berto") and not strict.enough
    assert strict.to_json()["guaranteed"] == ["anna"]


def test_how_many_are_enough_is_set() -> None:
    from decimal import Decimal

    own = {"product/collective-brand.fewest_members": Decimal(2)}
    (found,) = candidates([ANNA, BERTO], [WINE], today=TODAY, thresholds=own)
    assert found.enough
