"""The score of categories: four parts with weights that somebody set; the unknown makes a range."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategy.product.test_screen import BOX, CLEAR, SCARF, delivery

from fondaco.strategy.product import Goods, Proved, Rivals, Score, Screened, Seen, scores, screen
from fondaco.strategy.product.score import PARTS, weighted


def screened(tag: str, unit: object = SCARF, **known: object) -> Screened:
    goods = Goods(f"{tag}-1", tag, (tag,), None, "MNG", unit)  # type: ignore[arg-type]
    held = {"levels": CLEAR, "delivery": delivery(unit), **known}  # type: ignore[arg-type]
    return screen(goods, Seen("KOR", **held))  # type: ignore[arg-type]


@pytest.mark.requirement("F64", "S08")
def test_cashmere_with_a_proof_that_counts_comes_before_a_cheap_box() -> None:
    wool = screened("cashmere", proofs=(Proved("origin", True, True),), rivals=Rivals(10, 0.25))
    box = screened("craft", BOX, rivals=Rivals(10, 0.5))
    first, second = scores([box, wool])
    assert (first.category, second.category) == ("cashmere", "craft")
    assert first.known and first.parts["origin_edge"] == 1.0 and first.parts["rivals"] == 0.75
    # price level 1 - 2/86, edge 1, rules 1, rivals 0.75
    assert first.low == first.high == pytest.approx((84 / 86 + 1 + 1 + 0.75) / 4)


@pytest.mark.requirement("S08")
def test_what_is_not_known_makes_a_range_and_no_number() -> None:
    (found,) = scores([screened("cashmere", levels={**CLEAR, "label": "unknown"})])
    assert found.parts["rules"] is None and found.parts["rivals"] is None
    told = found.to_json()["score"]
    assert told["estimate"] is None and told["high"] - told["low"] == pytest.approx(0.5)
    assert told["why"] == "Not known: rules, rivals."


@pytest.mark.requirement("X01")
def test_weights_are_the_firms_to_set() -> None:
    heavy = {"product/origin-category.weight_origin_edge": D(0)}
    (found,) = scores([screened("cashmere", rivals=Rivals(4, 0.5))], heavy)
    assert found.low == pytest.approx((84 / 86 + 1 + 0.5) / 3)


@pytest.mark.parametrize(("level", "expected"), [("clear", 1.0), ("do", 0.6), ("look", 0.3), ("stop", 0.0)])
def test_the_worst_kind_of_rule_counts(level: str, expected: float) -> None:
    (found,) = scores([screened("cashmere", levels={**CLEAR, "prohibited": level})])
    assert found.parts["rules"] == expected


_part = st.one_of(st.none(), st.floats(0, 1))


@given(
    st.fixed_dictionaries(dict.fromkeys(PARTS, _part)),
    st.fixed_dictionaries({name: st.integers(0, 9) for name in PARTS}),
)
def test_a_score_lies_between_nought_and_one_and_its_range_holds_every_filling(
    parts: dict[str, float | None], weights: dict[str, int]
) -> None:
    held = {name: D(weight) for name, weight in weights.items()}
    low, high = weighted(parts, held)
    assert 0 <= low <= high <= 1 + 1e-9
    if sum(weights.values()):
        filled = {name: 0.5 if value is None else value for name, value in parts.items()}
        middle, same = weighted(filled, held)
        assert middle == same and low - 1e-9 <= middle <= high + 1e-9


def test_a_score_is_told_with_its_weights() -> None:
    found = Score("wine", "KOR", dict.fromkeys(PARTS, 0.5), dict.fromkeys(PARTS, D(1)), 0.5, 0.5, 2)
    assert found.to_json()["weights"] == dict.fromkeys(PARTS, "1")
    assert replace(found, parts={**found.parts, "rules": None}).known is False
