"""The parts of the plan, joined, and where they disagree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.circumstances import Chosen, Circumstances, Priced
from fondaco.strategy.plan.conflicts import Conflict, conflicts_of
from fondaco.strategy.plan.joining import JOINED, Plan, join, missing
from fondaco.strategy.profile import Profile, profile_of
from fondaco.strategy.rules import Part, rule, rules

TODAY = date(2026, 11, 30)


def act(
    key: str, *, who: Any = "firm", when: date = date(2026, 12, 15), product: str | None = None
) -> Action:
    """An action by its key; its market is what in the key looks like one."""
    name, _, *about = key.split("/")
    part: Any = name
    market = next((each for each in about if len(each) == 3 and each.isupper()), None)
    return Action(
        key,
        part,
        f"Do {key}.",
        who,
        when,
        "Because of 3 orders.",
        "plan/review",
        "More orders.",
        market,
        product,
    )


def found(actions: list[Action], known: Circumstances, **profile: Any) -> tuple[Conflict, ...]:
    return conflicts_of(actions, profile_of(profile, "the profile"), known, TODAY)


def test_parts_that_agree_have_no_conflict() -> None:
    known = Circumstances(
        ("GBR",), delivery={"GBR": True}, languages={"GBR": ("en",)},
        prices=(Priced("W-1", "GBR", Decimal("8.00"), "EUR", Decimal("7.00")),), spending=Decimal(300),
    )  # fmt: skip
    actions = [act("promotion/test-terms/GBR"), act("price/publish/GBR/W-1", product="W-1")]
    assert (
        found(
            actions, known, means={"monthly_budget": "300"},
            people={"export_hours_per_week": 10, "languages": ["it", "en"]},
        )
        == ()
    )  # fmt: skip


def test_a_price_below_the_floor_names_the_action_and_what_lacks() -> None:
    known = Circumstances(prices=(Priced("W-1", "GBR", Decimal("6.40"), "EUR", Decimal("7.05")),))
    (one,) = found(
        [act("price/publish/GBR/W-1", product="W-1"), act("price/publish/KOR/W-1", product="W-1")], known
    )
    assert (one.kind, one.severity, one.actions) == ("price-below-floor", "stop", ("price/publish/GBR/W-1",))
    assert "0.65 EUR too little" in one.why
    assert len(one.ways_out) == 3


@given(
    price=st.decimals(min_value="0.01", max_value="999", places=2),
    floor=st.decimals(min_value="0.01", max_value="999", places=2),
)
def test_a_price_is_in_conflict_exactly_when_it_is_below_the_floor(price: Decimal, floor: Decimal) -> None:
    assert bool(found([], Circumstances(prices=(Priced("W", None, price, "EUR", floor),)))) == (price < floor)


def test_a_market_where_all_goods_are_prohibited_is_a_conflict_even_without_an_action() -> None:
    (one,) = found(
        [act("promotion/test-terms/SAU")], Circumstances(("SAU",), barred=frozenset({"SAU", "KWT"}))
    )
    assert (one.market, one.actions) == ("SAU", ("promotion/test-terms/SAU",))
    (aim,) = found([], Circumstances(("SAU",), barred=frozenset({"SAU"})))
    assert aim.actions == ()


def test_one_prohibited_product_bars_its_own_actions_only() -> None:
    known = Circumstances(stops={("W-1", "SAU"): "Wine is prohibited (rule sau-alcohol)."})
    actions = [act("price/publish/SAU/W-1", product="W-1"), act("price/publish/SAU/J-1", product="J-1")]
    (one,) = found(actions, known)
    assert one.actions == ("price/publish/SAU/W-1",)
    assert "sau-alcohol" in one.why


def test_what_the_product_part_leaves_out_is_not_pushed_by_another() -> None:
    leave = act("product/leave/JPN/W-1", product="W-1")
    offer = act("product/offer/JPN/J-1", product="J-1")
    push, other = act("price/publish/JPN/W-1", product="W-1"), act("price/publish/KOR/W-1", product="W-1")
    (one,) = found([leave, offer, push, other], Circumstances())
    assert (one.kind, one.severity, one.actions) == ("product-left", "look", (leave.key, push.key))
    # nothing at all is offered there: then the market itself is in question
    (all_,) = found([leave, act("platform/use/JPN"), push], Circumstances())
    assert (all_.market, all_.product, all_.severity) == ("JPN", None, "stop")
    assert set(all_.actions) == {leave.key, "platform/use/JPN", push.key}
    assert found([leave, other], Circumstances()) == ()


def test_promotion_where_nothing_can_be_delivered() -> None:
    actions = [act("promotion/test-terms/KOR"), act("place/find-a-forwarder/KOR")]
    (one,) = found(actions, Circumstances(delivery={"KOR": False, "GBR": False}))
    assert (one.kind, one.actions) == ("promotion-needs-delivery", ("promotion/test-terms/KOR",))


def test_an_action_that_withdraws_is_in_conflict_with_nothing() -> None:
    assert found([act("promotion/stop-terms/KOR")], Circumstances(delivery={"KOR": False})) == ()


@pytest.mark.requirement("F08")
@pytest.mark.parametrize(
    ("distributor", "product", "severity"),
    [
        ({"exclusive": True}, None, "stop"),
        ({"exclusive": True, "tags": ["wine"]}, "W-1", "stop"),
        ({"exclusive": True, "tags": ["wine"]}, None, "look"),
        ({"exclusive": True, "tags": ["wine"]}, "J-1", None),
        ({"exclusive": False}, None, None),
        ({"exclusive": True, "until": date(2026, 11, 29)}, None, None),
        ({"exclusive": True, "until": TODAY}, None, "stop"),
    ],
)
def test_a_distributors_territory(
    distributor: dict[str, Any], product: str | None, severity: str | None
) -> None:
    known = Circumstances(tags={"W-1": frozenset({"wine", "alcohol"}), "J-1": frozenset({"jam"})})
    told = found(
        [act("promotion/test-terms/GBR", product=product)], known,
        distributor=[{"name": "Smith & Co", "markets": ["GBR"], **distributor}],
    )  # fmt: skip
    assert [each.severity for each in told] == ([severity] if severity else [])


def test_a_platform_that_asks_for_a_registration_that_the_firm_lacks() -> None:
    known = Circumstances(
        platforms=(Chosen("select-mall", "KOR", ("business", "e-commerce")), Chosen("open-market", "KOR"))
    )
    (one,) = found([act("platform/join/KOR/select-mall"), act("platform/join/KOR/open-market")], known)
    assert one.actions == ("platform/join/KOR/select-mall",)
    assert "business and e-commerce" in one.why


def test_the_firms_own_promotion_in_a_production_peak() -> None:
    actions = [
        act("promotion/live-stream", when=date(2027, 9, 5)),
        act("promotion/train", when=date(2027, 9, 5), who="supporter"),
        act("promotion/samples", when=date(2027, 11, 5)),
    ]
    (one,) = found(actions, Circumstances(), season=[{"months": [9, 10], "what": "harvest"}])
    assert one.actions == ("promotion/live-stream",)
    assert "harvest" in one.says


def test_spending_beyond_the_means() -> None:
    known = Circumstances(spending=Decimal(601), currency="EUR")
    (one,) = found([act("promotion/test-terms/GBR")], known, means={"monthly_budget": "600"})
    assert (one.kind, one.severity) == ("budget", "stop")
    assert found([], Circumstances(spending=Decimal(600)), means={"monthly_budget": "600"}) == ()


def test_more_work_than_hours_is_found_where_it_is_most() -> None:
    early = [act(f"promotion/a-{n}", when=date(2026, 12, 1)) for n in range(3)]
    late = [act(f"promotion/b-{n}", when=date(2027, 3, 1)) for n in range(5)]
    (one,) = found([*early, *late], Circumstances(), people={"export_hours_per_week": 2})
    assert one.actions == tuple(a.key for a in late)  # 5 x 4 h against 8; the early ones take 12
    assert "20 hours" in one.why
    assert "set, in no study" in one.why
    assert found(early, Circumstances(), people={"export_hours_per_week": 3}) == ()  # 12 against 12


def test_hours_of_an_action_may_be_stated_and_the_number_be_the_firms_own() -> None:
    own = {"plan/hours.hours_per_action": Decimal(1)}
    late = [act(f"promotion/b-{n}") for n in range(5)]
    assert found(late, Circumstances(), people={"export_hours_per_week": 2}, thresholds=own) == ()
    stated = Circumstances(hours={"promotion/b-0": Decimal(9)})
    assert found(late, stated, people={"export_hours_per_week": 2}, thresholds=own)


def test_one_price_here_and_a_lower_one_there() -> None:
    def asked(low: str, units: int = 1) -> Circumstances:
        return Circumstances(
            prices=(
                Priced("W-1", "GBR", Decimal("10.00"), "EUR", channel="alibaba"),
                Priced("W-1", "GBR", Decimal(low), "EUR", channel="own-site", units=units),
            )
        )

    (one,) = found([act("price/publish/GBR/W-1", product="W-1")], asked("9.00"))
    assert (one.kind, one.severity, one.actions) == ("channel-price", "look", ("price/publish/GBR/W-1",))
    assert "10.0% apart" in one.why
    assert found([], asked("9.50")) == ()  # within the tolerance of 5 %
    assert found([], asked("9.00", units=100)) == ()  # another quantity is no conflict


def test_nobody_speaks_the_markets_language() -> None:
    known = Circumstances(("KOR", "CHE"), languages={"KOR": ("ko",), "CHE": ("de", "fr", "it")})
    (one,) = found([act("promotion/test-terms/KOR")], known, people={"languages": ["it"]})
    assert (one.market, one.severity) == ("KOR", "look")


@pytest.mark.requirement("X01")
def test_every_conflict_says_who_says_so_and_thresholds_of_ours_are_marked_as_set() -> None:
    plan = everything_wrong()
    kinds = {each.kind for each in plan.conflicts}
    ours = {id_.partition("/")[2] for id_ in rules() if id_.startswith("plan/")}
    assert kinds == ours & kinds
    assert len(kinds) == 11
    for each in plan.to_json()["conflicts"]:
        (finding,) = each["findings"]
        assert finding["study"] or finding["reason"]
        assert finding["evidence"]
        assert finding["as_of"]
        assert each["ways_out"]
    for id_ in ("plan/hours", "plan/channel-price", "plan/review"):
        assert all(t.basis == "set" and t.why for t in rule(id_).thresholds.values())


def everything_wrong() -> Plan:
    """A plan in which every check finds something."""
    profile = profile_of(
        {
            "people": {"export_hours_per_week": 1, "languages": ["it"]},
            "means": {"monthly_budget": "100"},
            "season": [{"months": [12], "what": "Christmas baking"}],
            "distributor": [{"name": "Smith & Co", "markets": ["GBR"], "exclusive": True}],
        },
        "the profile",
    )
    known = Circumstances(
        ("GBR", "KOR", "SAU"),
        barred=frozenset({"SAU"}),
        delivery={"KOR": False, "GBR": True, "SAU": True},
        prices=(
            Priced("W-1", "GBR", Decimal("6.00"), "EUR", Decimal("7.00"), "alibaba"),
            Priced("W-1", "GBR", Decimal("9.00"), "EUR", Decimal("7.00"), "own-site"),
        ),
        platforms=(Chosen("select-mall", "KOR", ("business",)),),
        languages={"KOR": ("ko",), "GBR": ("en",)},
        spending=Decimal(200),
        currency="EUR",
    )
    proposals: dict[Part, Proposal] = {
        "platform": Proposal("platform", "Join.", (act("platform/join/KOR/select-mall"),)),
        "product": Proposal("product", "Leave.", (act("product/leave/KOR/W-1", product="W-1"),)),
        "price": Proposal("price", "Publish.", (act("price/publish/GBR/W-1", product="W-1"),)),
        "promotion": Proposal(
            "promotion", "Test.", (act("promotion/test-terms/KOR"), act("promotion/train", who="supporter")),
            unknown=("What a lead costs is not known.",),
        ),
    }  # fmt: skip
    return join("winery", proposals, profile=profile, known=known, today=TODAY, targets=[("GBR", "aim")])


def test_what_stops_comes_first() -> None:
    severities = [each.severity for each in everything_wrong().conflicts]
    assert severities == sorted(severities, key=lambda s: s != "stop")
    assert {"stop", "look"} == set(severities)


def test_a_part_that_failed_says_so_in_the_plan() -> None:
    plan = join(
        "winery", {"price": missing("price", "No cost is stated.")},
        profile=Profile(), known=Circumstances(), today=TODAY,
    )  # fmt: skip
    assert list(plan.parts) == list(JOINED)
    assert "No cost is stated." in plan.unknown
    assert plan.actions == ()
    assert "could not be worked out" in plan.parts["place"].says


def test_without_a_supporter_the_firm_does_it_and_the_plan_says_so() -> None:
    plan = everything_wrong()
    assert {a.key: a.who for a in plan.actions}["promotion/train"] == "firm"
    assert any("supporting organisation" in said for said in plan.unknown)


def test_what_was_not_checked_is_no_agreement() -> None:
    proposals: dict[Part, Proposal] = {
        "promotion": Proposal("promotion", "Test.", (act("promotion/test-terms/KOR"),))
    }
    plan = join("winery", proposals, profile=Profile(), known=Circumstances(), today=TODAY)
    assert plan.conflicts == ()
    said = " ".join(plan.unknown)
    for word in ("delivered to South Korea", "floor", "hours for export", "languages"):
        assert word in said


def test_an_action_of_two_parts_under_one_key_counts_once() -> None:
    same = act("place/find-a-forwarder/KOR")
    proposals: dict[Part, Proposal] = {
        "place": Proposal("place", "", (same,)),
        "promotion": Proposal("promotion", "", (same,)),
    }
    plan = join("winery", proposals, profile=Profile(), known=Circumstances(), today=TODAY)
    assert [a.key for a in plan.actions] == [same.key]


def test_what_is_left_out_is_not_sent_nor_priced_and_the_plan_says_what_it_dropped() -> None:
    keys = (
        "place/send-by/KOR/W-1",
        "price/set-range/KOR/W-1",
        "price/set-range/GBR/W-1",
        "platform/use/KOR/shop",
    )
    actions = [act(key, product="W-1" if key.endswith("W-1") else None) for key in keys]
    actions.append(act("product/leave/KOR/W-1", product="W-1"))
    parts: dict[Part, Proposal] = {
        part: Proposal(part, "", tuple(a for a in actions if a.part == part)) for part in JOINED
    }
    plan = join("shop", parts, profile=Profile(), known=Circumstances(), today=TODAY)
    assert {a.key for a in plan.actions} == {
        "product/leave/KOR/W-1", "price/set-range/GBR/W-1", "platform/use/KOR/shop",
    }  # fmt: skip
    (said,) = [each for each in plan.unknown if "left out" in each]
    assert said.startswith("W-1 is left out in South Korea, so that the plan has none of this: ")
    assert "place/send-by/KOR/W-1" in said
    assert "price/set-range/KOR/W-1" in said


def test_the_fingerprint_is_of_what_is_said_not_of_the_day() -> None:
    def made(day: date, key: str = "price/publish/GBR/W-1") -> str:
        proposals: dict[Part, Proposal] = {"price": Proposal("price", "", (act(key),))}
        return join("w", proposals, profile=Profile(), known=Circumstances(), today=day).fingerprint

    assert made(TODAY) == made(date(2026, 12, 1))
    assert made(TODAY) != made(TODAY, "price/publish/KOR/W-1")
