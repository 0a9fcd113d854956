"""The posterior ranking: the prior's without data, the firm's own with plenty, visibly between."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from fondaco.markets import prior
from fondaco.markets.observed import Counted, Observed, Sizes
from fondaco.markets.ranking import Ranking, ranking

MONTHS = range(24000, 24012)
POTENTIAL = {"DEU": 900.0, "FRA": 500.0, "JPN": 200.0, "KOR": 150.0, "USA": 800.0, "BRA": 50.0}


def counted(orders: Mapping[str, float], months: range = MONTHS) -> Counted:
    """Return orders spread evenly over the months."""
    each = {market: np.full(len(months), total / len(months)) for market, total in orders.items()}
    return Counted(months, np.ones(len(months)), each)


def observed(
    orders: Mapping[str, float],
    *,
    value: float = 100.0,
    views: Mapping[str, float] | None = None,
    inquiries: Mapping[str, float] | None = None,
) -> Observed:
    sizes = {m: Sizes(round(n), n * value, n * value**2 * 1.2) for m, n in orders.items()}
    return Observed(
        counted(orders),
        None if inquiries is None else counted(inquiries),
        None if views is None else counted(views),
        sizes,
    )


def rank(seen: Observed, **more: object) -> Ranking:
    held: dict[str, object] = {"home": "ITA", "currency": "EUR", "potential": POTENTIAL, "candidates": ()}
    return ranking(seen, **(held | more))  # type: ignore[arg-type]


NOTHING = Observed(None, None, None)


def test_with_no_data_the_ranking_is_the_priors() -> None:
    found = rank(NOTHING)
    assert [row.market for row in found.foreign] == ["DEU", "USA", "FRA", "JPN", "KOR", "BRA"]
    first = found.foreign[0]
    assert first.expected_orders.estimate is None
    assert "not known" in first.expected_orders.why
    assert first.rests_on["sentence"] == "No order has been counted anywhere yet: this is the prior alone."
    assert sum(row.top5_probability or 0 for row in found.foreign) == pytest.approx(5)


def test_with_plenty_the_ranking_is_the_firms_own() -> None:
    # The reverse of the prior's order.
    own = {"BRA": 1200.0, "KOR": 960.0, "JPN": 720.0, "FRA": 480.0, "USA": 240.0, "DEU": 120.0}
    found = rank(observed(own))
    assert [row.market for row in found.foreign] == list(own)
    for row in found.foreign:
        assert row.weight > 0.9
        assert row.carried["own orders"] == pytest.approx(row.weight)
        assert row.rate == pytest.approx(own[row.market] / 12, rel=0.15)
        assert row.known


def test_in_between_it_shrinks_visibly() -> None:
    found = rank(observed({"DEU": 60, "FRA": 36, "USA": 2}))
    row = found.market("USA")
    assert row is not None
    assert row.own_rate is not None
    assert row.prior_rate is not None
    assert row.rate is not None
    assert row.own_rate < row.rate < row.prior_rate  # its potential says more than its two orders
    assert row.rate == pytest.approx(row.weight * row.own_rate + (1 - row.weight) * row.prior_rate)
    assert sum(row.carried.values()) == pytest.approx(1)
    assert "2 orders, which carry" in row.rests_on["sentence"]


def test_a_market_that_trade_data_lack_and_one_that_the_ledger_lacks_both_rank() -> None:
    found = rank(observed({"DEU": 60, "MLT": 24}))
    ledger_only, trade_only = found.market("MLT"), found.market("JPN")
    assert ledger_only is not None
    assert ledger_only.rate == pytest.approx(2, rel=0.15)
    assert ledger_only.tried
    assert trade_only is not None
    assert trade_only.orders == 0
    assert trade_only.expected_orders.estimate is not None
    assert not trade_only.tried
    assert trade_only.expected_orders.estimate > 0
    assert trade_only.rests_on["sentence"].startswith("Nothing seen of it yet; if the firm sells there:")
    assert "trade data that lack the market" in ledger_only.carried


def test_home_is_shown_and_not_ranked() -> None:
    found = rank(observed({"ITA": 500, "DEU": 60}))
    home = found.rows[-1]
    assert (home.market, home.rank, home.home, home.top5_probability) == ("ITA", None, True, None)
    assert home.expected_orders.estimate == pytest.approx(500 / 12, rel=0.1)
    assert all(row.market != "ITA" for row in found.foreign)


def test_without_trade_data_the_economies_stand_for_it_and_the_basis_says_so() -> None:
    found = rank(NOTHING, potential=None, candidates=("AUT", "FJI", "USA"))
    assert [row.market for row in found.foreign] == [
        "USA",
        "AUT",
        "FJI",
    ]  # far, but fifty times as large as the neighbour
    assert any("size of economies stands for trade potential" in note for note in found.basis.notes)


def test_all_economies_are_candidates_where_nothing_is_loaded() -> None:
    assert len(rank(NOTHING, potential=None, candidates=None).foreign) > 150


def test_experience_of_the_network_moves_a_market_up() -> None:
    potential = dict.fromkeys(("DEU", "FRA", "JPN", "KOR"), 100.0)
    plain = rank(NOTHING, potential=potential)
    told = rank(NOTHING, potential=potential, experience={"KOR": 9.0, "JPN": 0.5, "FRA": 0.5, "DEU": 0.5})
    assert [row.market for row in plain.foreign].index("KOR") > 0
    assert told.foreign[0].market == "KOR"
    assert told.basis.prior != plain.basis.prior


@pytest.mark.requirement("F34")
def test_a_market_that_is_looked_at_ranks_above_its_equal_that_is_not() -> None:
    potential = dict.fromkeys(("DEU", "FRA", "ESP", "JPN", "KOR"), 100.0)
    seen = observed(
        {"DEU": 60, "FRA": 24, "ESP": 12},
        views={"DEU": 6000, "FRA": 2400, "ESP": 1200, "KOR": 3000, "JPN": 60},
        inquiries={"DEU": 300, "FRA": 120, "ESP": 60, "KOR": 150, "JPN": 3},
    )
    found = rank(seen, potential=potential)
    korea, japan = found.market("KOR"), found.market("JPN")
    assert korea is not None
    assert japan is not None
    assert korea.rank is not None
    assert japan.rank is not None
    assert korea.rank < japan.rank
    assert korea.carried["own inquiries"] > 0.05
    assert found.basis.sources[:3] == ("views", "inquiries", "orders")
    assert korea.expected_inquiries.estimate == pytest.approx(12.5, rel=0.2)


def test_inquiries_are_unknown_where_no_file_states_them() -> None:
    row = rank(observed({"DEU": 60})).foreign[0]
    assert row.expected_inquiries.to_json() == {"estimate": None, "why": "No inquiries have been imported."}


def test_contribution_is_orders_times_value_times_margin() -> None:
    full, third = rank(observed({"DEU": 60, "FRA": 40})), rank(observed({"DEU": 60, "FRA": 40}), margin=0.3)
    row = full.foreign[0]
    assert row.order_value.estimate == pytest.approx(100)
    assert row.contribution.estimate == pytest.approx(100 * row.expected_orders.estimate)  # type: ignore[operator]
    assert third.foreign[0].contribution.estimate == pytest.approx(0.3 * row.contribution.estimate)  # type: ignore[operator]
    assert any("contribution is net revenue" in note for note in full.basis.notes)
    assert not any("contribution is net revenue" in note for note in third.basis.notes)
    assert row.contribution.low is not None
    assert row.contribution.low < row.contribution.estimate < row.contribution.high  # type: ignore[operator]


def test_a_few_large_orders_are_drawn_towards_what_orders_bring() -> None:
    seen = observed({"DEU": 200, "FRA": 100, "JPN": 1})
    sizes = dict(seen.sizes) | {
        "FRA": Sizes(100, 15_000.0, 100 * 150.0**2 * 1.3), "JPN": Sizes(1, 900.0, 900.0**2),
    }  # fmt: skip
    found = rank(Observed(seen.orders, None, None, sizes))
    value = found.market("JPN").order_value.estimate  # type: ignore[union-attr]
    assert value is not None
    assert 100 < value < 850


def test_it_says_the_same_again() -> None:
    seen = observed({"DEU": 60, "FRA": 36, "USA": 2})
    assert rank(seen).to_json() == rank(seen).to_json()
    assert (rank(seen).draws == rank(seen).draws).all()


@pytest.mark.requirement("X08")
def test_every_figure_carries_its_range_or_why_there_is_none() -> None:
    for found in (rank(NOTHING), rank(observed({"DEU": 60, "FRA": 1, "ITA": 9}))):
        for row in found.to_json()["markets"]:
            for name in ("expected_orders", "expected_inquiries", "contribution"):
                told = row[name]
                assert told["level"] == 0.8 if told["estimate"] is not None else told["why"]
            assert row["rests_on"]["sentence"]


def test_the_frame_has_a_row_for_each_market() -> None:
    found = rank(observed({"DEU": 60, "ITA": 9}))
    frame = found.to_frame()
    assert frame["market"].to_list() == [row.market for row in found.rows]
    assert frame["expected_orders_high"][0] >= frame["expected_orders"][0]


def test_a_seller_at_home_alone_is_told_no_figures_abroad() -> None:
    found = rank(observed({"ITA": 120}))
    assert found.foreign[0].expected_orders.estimate is None
    assert found.foreign[0].contribution.estimate is None
    assert any("No order has been counted abroad" in note for note in found.basis.notes)


def test_before_the_first_order_markets_that_ask_rank_first() -> None:
    potential = dict.fromkeys(("DEU", "FRA", "JPN", "KOR"), 100.0)
    asked = observed({}, inquiries={"KOR": 60, "DEU": 6})
    found = rank(asked, potential=potential)
    assert found.foreign[0].market == "KOR"
    assert found.foreign[0].expected_inquiries.estimate == pytest.approx(5, rel=0.2)
    assert found.foreign[0].expected_orders.estimate is None
    assert found.foreign[0].carried["own inquiries"] > 0.1


def test_terms_floor_zero_potential_and_mark_what_is_lacking() -> None:
    found = prior.terms(["DEU", "FRA", "MLT"], "ITA", potential={"DEU": 8.0, "FRA": 0.0})
    assert found.names == ("potential", "not known", "distance", "language")
    assert found.values[:, 0] == pytest.approx([np.log(8), np.log(4), (np.log(8) + np.log(4)) / 2])
    assert found.values[:, 1].tolist() == [0, 0, 1]


def test_the_coming_month_has_its_season() -> None:
    # Three years in which December brings three times a month, for two markets; the last month known is November.
    months = range(24000, 24035)
    year = np.array([300.0] * 11 + [900.0])
    counts = np.tile(year, 3)[:35]
    assert months[0] % 12 == 0
    held = Counted(months, np.ones(35), {"DEU": counts, "FRA": counts})
    sizes = dict.fromkeys(("DEU", "FRA"), Sizes(11_100, 1_110_000.0, 11_100 * 1.2e4))
    found = rank(Observed(held, None, None, sizes))
    assert found.foreign[0].expected_orders.estimate == pytest.approx(900, rel=0.15)


def test_one_market_alone_ranks() -> None:
    found = rank(observed({"DEU": 3}), potential=None)
    assert found.foreign[0].market == "DEU"
    assert found.foreign[0].top5_probability == 1.0
