"""Expectations: steps worked out by hand, ranges that cover what they say, hopes named, and one case that is no rate."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.kernel import InputError
from fondaco.readiness.expectations import STEPS, Asked, Counted, Shown, courses_of, expect, settings, shapes

#: Rates that are all but certain, so that the chain can be worked out by hand.
SURE = {
    "rfq_quotation": Counted(500_000, 1_000_000),
    "quotation_order": Counted(100_000, 1_000_000),
    "order_repeat": Counted(400_000, 1_000_000),
}


@pytest.mark.requirement("F04")
def test_the_chain_multiplies_out() -> None:
    # Ten requests a month for sixty months, half quoted, a tenth of these ordered: 600, 300, 30.
    asked = Asked(
        months=60, own=SURE, own_rfqs=(100_000, 10_000), first_order_months=0.01, next_order_months=0.01
    )
    found = courses_of(asked, seed=3, draws=8000)
    assert np.mean(found["rfqs"]) == pytest.approx(600, rel=0.01)
    assert np.mean(found["quotations"]) == pytest.approx(300, rel=0.01)
    assert np.mean(found["first_orders"]) == pytest.approx(30, rel=0.02)
    assert np.mean(found["lasting_ties"]) == pytest.approx(12, rel=0.03)
    # Orders come at a rate of half a month, so that the first is exponential with a mean of two months.
    assert np.mean(found["months_to_first_order"]) == pytest.approx(2, rel=0.05)
    assert np.mean(found["months_to_lasting_tie"]) == pytest.approx(5, rel=0.05)


@pytest.mark.requirement("F04")
def test_ranges_hold_what_happens_as_often_as_they_say() -> None:
    from benchmarks.expectations import covered, places

    for name, place in places(250, seed=5).items():
        # The standard error of 250 firms is 3.2 points at 50 % and 1.9 at 90 %; the benchmark has 2,000.
        assert covered(place, 0.5) == pytest.approx(0.5, abs=0.11), name
        assert covered(place, 0.9) == pytest.approx(0.9, abs=0.065), name


@pytest.mark.requirement("F03", "F04")
def test_a_hope_that_few_courses_reach_is_named_and_one_within_reach_is_not() -> None:
    asked = Asked(rfqs_a_month=2, hopes={"first_orders": 40, "rfqs": 10, "months_to_first_order": 0.2}, aim="Two importers")  # fmt: skip
    found = expect(asked, seed=1)
    assert {hope.name: hope.verdict for hope in found.hopes} == {
        "first_orders": "far", "rfqs": "likely", "months_to_first_order": "far",
    }  # fmt: skip
    assert "plan for less" in found.hopes[0].says and found.to_json()["aim"] == "Two importers"


@pytest.mark.requirement("X08")
def test_the_single_case_is_shown_and_changes_no_figure() -> None:
    with_views, without = (expect(Asked(views_a_month=views), seed=4) for views in (2e6, None))
    assert with_views.measures == without.measures
    assert any("no general rate" in said for said in with_views.unknown)
    held = with_views.to_json()["benchmark"]
    assert (held["views_a_month"], held["requests"]) == (2_000_000, 90) and "not a rate" in held["says"]
    pooled = {"view_rfq": Counted(60, 1_000_000)}
    assert np.mean(courses_of(Asked(views_a_month=100_000, pooled=pooled))["rfqs"]) == pytest.approx(6 * 24, rel=0.1)  # fmt: skip


@pytest.mark.requirement("F04")
def test_like_firms_weigh_as_twenty_cases_and_own_ones_in_full() -> None:
    a, b, words = shapes("order_repeat", Asked(pooled={"order_repeat": Counted(500, 2000)}, own={"order_repeat": Counted(3, 10)}))  # fmt: skip
    assert [a, b] == pytest.approx([20 * 500.5 / 2001 + 3, 20 * 1500.5 / 2001 + 7])
    assert words.startswith("own: 3 of 10; with like firms: 500 of 2000")


@pytest.mark.requirement("F07")
def test_money_out_is_fees_hours_and_budget() -> None:
    asked = Asked(months=24, rfqs_a_month=5, yearly_fee=3000, hours_a_week=6, hour_cost=20, monthly_budget=100, average_order=1000, margin=0.25)  # fmt: skip
    found = expect(asked)
    assert found.money_out == pytest.approx(2 * 3000 + 24 * 26 * 20 + 24 * 100)
    assert found.pays is not None and 0 < found.pays < 1
    money = courses_of(asked)["money_in"]
    assert np.mean(money) == pytest.approx(250 * np.mean(courses_of(asked)["orders"]), rel=0.05)
    assert expect(Asked()).money_out is None and len(expect(Asked()).unknown) == 3


@pytest.mark.requirement("F04")
def test_with_nothing_stated_the_ranges_are_wide_and_the_same_seed_says_the_same() -> None:
    found = expect(Asked(), seed=9)
    wide = found.measures["rfqs"].wide
    assert wide.low is not None and wide.high is not None and wide.high / wide.low > 50
    assert found.measures["months_to_lasting_tie"].wide.estimate is None
    assert expect(Asked(), seed=9).to_json() == found.to_json() != expect(Asked(), seed=10).to_json()
    assert set(STEPS) - {"view_rfq"} == set(settings()["step"])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"rfqs_a_month": float("nan")}, "rfqs a month is nan"),
        ({"margin": 3.0}, "from -1 to 1"),
        ({"hopes": {"luck": 1.0}}, "Nothing is simulated under 'luck'"),
        ({"pooled": {"dance": Counted(1, 2)}}, "no step"),
        ({"own_rfqs": (3, 0.0)}, "more than 0 months"),
    ],
)
def test_what_cannot_be_is_told(said: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        expect(Asked(**said))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="3 of 2"):
        Counted(3, 2)


def test_very_many_requests_stay_bounded() -> None:
    assert expect(Asked(rfqs_a_month=10_000, months=60)).draws >= 200


@pytest.mark.requirement("F03", "S07")
def test_what_a_network_shows_within_three_months_is_taken_to_the_rate_it_came_from() -> None:
    """Inquirers are played one by one with rates that are known; what of them a network would see gives the rates back."""
    rng = np.random.default_rng(5)
    quoted, ordered, again, many, three = 0.6, 0.2, 0.3, 200_000, 90 * 12 / 365.25
    orders = (rng.random(many) < quoted) & (rng.random(many) < ordered)
    soon = float(np.mean(orders & (rng.exponential(3, many) <= three)))
    repeats = float(np.mean((rng.random(many) < again) & (rng.exponential(6, many) <= three)))
    asked = Asked(network={
        "quotation_order": Shown(soon - 0.0125, soon + 0.0125, three, 10, "Quays"),
        "order_repeat": Shown(repeats - 0.025, repeats + 0.025, three, 10, "Quays"),
    })  # fmt: skip
    for step, rate in (("quotation_order", ordered), ("order_repeat", again)):
        a, b, words = shapes(step, asked)
        assert a / (a + b) == pytest.approx(rate, abs=0.01)
        assert 10 < a + b < 20  # no surer than pooled counts, and less for the width of the bounds
        assert words.startswith("Quays: ") and "the mean of 10 members or more" in words


@pytest.mark.requirement("F03", "S07")
def test_wide_bounds_weigh_less_and_counts_of_like_firms_go_before_a_networks_means() -> None:
    narrow, wide = (Asked(network={"order_repeat": Shown(0.1, high, 3, 5, "Quays")}) for high in (0.15, 0.35))
    (a, b, _), (c, d, _) = shapes("order_repeat", narrow), shapes("order_repeat", wide)
    assert c + d < (a + b) / 2
    both = Asked(network=narrow.network, pooled={"order_repeat": Counted(50, 200)})
    assert "50 of 200" in shapes("order_repeat", both)[2]
    nobody = Asked(network={"quotation_order": Shown(0, 0, 3, 5, "Quays")})  # never surely nothing
    assert 0 < shapes("quotation_order", nobody)[0] < 1
    everybody = Asked(network={"quotation_order": Shown(0.4, 0.5, 0.1, 5, "Quays")})
    assert shapes("quotation_order", everybody)[1] > 0.5
    with pytest.raises(InputError, match="A network shows"):
        Asked(network={"rfq_quotation": Shown(0.1, 0.2, 3, 5, "Quays")})
    with pytest.raises(InputError, match="from 0 to 1"):
        Shown(0.3, 0.2, 3, 5, "Quays")


@pytest.mark.requirement("F04")
def test_of_no_views_nothing_comes_and_a_loss_on_no_order_is_nothing() -> None:
    found = expect(Asked(views_a_month=0, average_order=100, margin=-0.5))
    assert {name: each.wide.estimate for name, each in found.measures.items()} == {
        "rfqs": 0, "quotations": 0, "first_orders": 0, "lasting_ties": 0, "orders": 0, "money_in": 0,
        "months_to_first_order": None, "months_to_lasting_tie": None,
    }  # fmt: skip
    assert found.none_ordered == 1 and found.basis["rfqs"].startswith("no views")
    assert not any("no general rate" in said for said in found.unknown)
    # Nothing lost is written without a sign.
    assert (
        str(expect(Asked(rfqs_a_month=0.2, average_order=100, margin=-0.5)).measures["money_in"].wide.high)
        == "0.0"
    )
