"""Collective delivery: the cheapest grouping, and a split that nobody would leave."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal as D
from math import factorial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.network.delivery import Rate, Shipment, deliver, rates_of, rates_toml, shipments_of
from fondaco.network.delivery.lots import lot_of
from fondaco.network.delivery.sharing import by_orders, settled, shapley

pytestmark = pytest.mark.requirement("S11")

DAY = date(2026, 12, 1)
LCL = Rate("KOR", "lcl", per_wm=D(90), minimum=D(90), fixed=D(35))
PARCEL = Rate("KOR", "parcel", per_kg=D("6.50"), minimum=D(22), capacity_kg=D(30))
FCL = Rate("KOR", "fcl", fixed=D(1500), capacity_m3=D(28), capacity_kg=D(21000))
RATES = (LCL, PARCEL, FCL)


def shipment(
    name: str, kg: str, m3: str, member: str = "", first: int = 0, last: int = 6, to: str = "KOR"
) -> Shipment:
    return Shipment(
        member or name,
        name,
        to,
        DAY + timedelta(days=first),
        DAY + timedelta(days=last),
        D(kg),
        D(m3),
        "ambient",
    )


# --- an independent answer: every partition, priced as the rule is written ------------------------------


def partitions(items: Sequence[Shipment]) -> Iterator[list[list[Shipment]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for smaller in partitions(rest):
        for i in range(len(smaller)):
            yield [*smaller[:i], [first, *smaller[i]], *smaller[i + 1 :]]
        yield [[first], *smaller]


def price(group: Sequence[Shipment], rates: Sequence[Rate]) -> D | None:
    if max(s.ready_from for s in group) > min(s.ready_to for s in group):
        return None
    kg, m3 = sum(s.weight_kg for s in group), sum(s.volume_m3 for s in group)
    fitting = [
        r
        for r in rates
        if all(s.destination == r.destination and (not r.classes or s.class_ in r.classes) for s in group)
        and (r.capacity_kg is None or kg <= r.capacity_kg)
        and (r.capacity_m3 is None or m3 <= r.capacity_m3)
    ]
    costs = [
        r.fixed + max(r.minimum, r.per_kg * D(kg) + r.per_wm * max(D(kg) / 1000, D(m3))) for r in fitting
    ]
    return min(costs).quantize(D("0.01"), rounding="ROUND_HALF_UP") if costs else None


def brute_force(items: Sequence[Shipment], rates: Sequence[Rate]) -> D:
    totals = []
    for groups in partitions(list(items)):
        priced = [price(group, rates) for group in groups]
        if None not in priced:
            totals.append(sum(p for p in priced if p is not None))
    return D(min(totals))


def a_case(seed: int, n: int) -> tuple[list[Shipment], list[Rate]]:
    draw = random.Random(seed)
    classes = ["ambient", "chilled"]
    items = []
    for i in range(n):
        first = draw.randrange(8)
        items.append(
            Shipment(
                f"m{draw.randrange(4)}", f"s{i}", draw.choice(["KOR", "JPN"]), DAY + timedelta(days=first),
                DAY + timedelta(days=first + draw.randrange(5)), D(draw.randrange(1, 900)),
                D(draw.randrange(1, 4000)) / 1000, draw.choice(classes),
            )
        )  # fmt: skip
    rates = []
    for to in ("KOR", "JPN"):
        rates += [
            Rate(to, "parcel", per_kg=D(draw.randrange(200, 700)) / 100, minimum=D(draw.randrange(40)), fixed=D(5)),
            Rate(to, "lcl", per_wm=D(draw.randrange(50, 150)), minimum=D(80), fixed=D(draw.randrange(90)),
                 classes=tuple(draw.sample(classes, draw.choice([1, 2])))),
            Rate(to, "fcl", fixed=D(draw.randrange(150, 900)), capacity_m3=D(draw.randrange(3, 9)),
                 capacity_kg=D(draw.randrange(500, 3000))),
        ]  # fmt: skip
    return items, rates


@pytest.mark.parametrize("seed", range(60))
def test_the_grouping_is_that_of_least_cost(seed: int) -> None:
    items, rates = a_case(seed, 2 + seed % 6)
    found = deliver(items, rates)
    assert found.cost == brute_force(items, rates) == found.bound
    assert sorted(s for g in found.groups for s in g.shipments) == sorted(s.shipment for s in items)


@pytest.mark.parametrize("seed", range(40))
def test_nobody_pays_more_than_alone_and_the_shares_add_up_to_the_cent(seed: int) -> None:
    items, rates = a_case(seed + 1000, 3 + seed % 9)
    found = deliver(items, rates)
    assert sum(share.pays for share in found.shares) == found.cost
    for share in found.shares:
        own = [item for item in items if item.member == share.member]
        assert share.alone == (brute_force(own, rates) if len(own) < 8 else share.alone)
        assert D(0) <= share.pays <= share.alone


@pytest.mark.parametrize("seed", range(12))
def test_shares_are_the_shapley_value_over_every_order(seed: int) -> None:
    items, rates = a_case(seed + 2000, 5)
    found = deliver(items, rates)
    members = [share.member for share in found.shares]
    total = dict.fromkeys(members, D(0))
    for order in itertools.permutations(members):
        before = D(0)
        for i, member in enumerate(order):
            after = brute_force([s for s in items if s.member in order[: i + 1]], rates)
            total[member] += after - before
            before = after
    for share in found.shares:
        assert abs(share.pays - total[share.member] / factorial(len(members))) < D("0.011")


def test_many_shipments_are_grouped_within_a_known_distance_of_the_least() -> None:
    draw = random.Random(5)
    items = [
        shipment(f"s{i}", str(draw.randrange(20, 600)), str(draw.randrange(50, 2500) / 1000), f"m{draw.randrange(20)}",
                 first := draw.randrange(20), first + draw.randrange(1, 8))
        for i in range(45)
    ]  # fmt: skip
    found = deliver(items, RATES, seconds=120)
    assert found.bound <= found.cost < found.alone and found.gap < 0.02
    assert sum(share.pays for share in found.shares) == found.cost
    assert all(D(0) <= share.pays <= share.alone for share in found.shares)
    by_name = {item.shipment: item for item in items}
    for group in found.groups:
        held = [by_name[name] for name in group.shipments]
        assert price(held, [group.rate]) == group.cost
        assert group.window == (max(s.ready_from for s in held), min(s.ready_to for s in held))


# --- worked by hand ---------------------------------------------------------------------------------------


def test_two_small_shipments_share_one_minimum() -> None:
    # Alone each pays 35 + 90 by LCL: 0.3 and 0.5 m3 are below the minimum. Together 0.8 m3, one minimum, 125.
    found = deliver([shipment("a", "60", "0.3"), shipment("b", "80", "0.5")], [LCL])
    assert (found.cost, found.alone) == (D("125.00"), D("250.00"))
    assert [(s.member, s.pays, s.saves) for s in found.shares] == [("a", D("62.50"), D("62.50")), ("b", D("62.50"), D("62.50"))]  # fmt: skip


def test_windows_that_do_not_meet_keep_shipments_apart() -> None:
    found = deliver(
        [shipment("a", "60", "0.3", first=0, last=2), shipment("b", "80", "0.5", first=3, last=9)], [LCL]
    )
    assert len(found.groups) == 2 and found.cost == found.alone == D("250.00")


def test_a_container_pays_once_it_is_full_enough() -> None:
    # 16 m3 by LCL: 35 + 16 x 90 = 1,475; 17 m3: 1,565, and the container is 1,500.
    assert deliver([shipment("a", "4000", "16")], RATES).groups[0].rate.kind == "lcl"
    assert deliver([shipment("a", "4000", "17")], RATES).groups[0].rate.kind == "fcl"
    two = deliver([shipment("a", "4000", "17"), shipment("b", "3000", "10")], RATES)
    assert (len(two.groups), two.cost) == (1, D("1500.00"))
    # More than 28 m3 go in two groups: what does not fit by LCL.
    assert len(deliver([shipment("a", "4000", "27"), shipment("b", "300", "2")], RATES).groups) == 2


def test_breaks_charge_as_if_heavier_where_that_is_cheaper() -> None:
    rates = rates_of(
        """
        [[rate]]
        destination = "KOR"
        kind = "groupage"
        breaks = [[0, "2.00"], [100, "1.50"]]
        """,
        "rates.toml",
    )
    # 80 kg: 160 at 2.00, but 100 kg at 1.50 are 150.
    assert deliver([shipment("a", "80", "0.2")], rates).cost == D("150.00")
    assert deliver([shipment("a", "70", "0.2")], rates).cost == D("140.00")


def test_breaks_stand_beside_a_price_by_weight_or_measure() -> None:
    rates = rates_of(
        """
        [[rate]]
        destination = "KOR"
        kind = "groupage"
        breaks = [[0, "2.00"], [100, "1.00"]]
        per_wm = 50
        """,
        "rates.toml",
    )
    # 60 kg, 1 m3: 120 + 50 as they are, 100 + 50 as 100 kg; 120 kg, 1 m3: 120 + 50.
    assert deliver([shipment("a", "60", "1")], rates).cost == D("150.00")
    assert deliver([shipment("a", "60", "0.5"), shipment("b", "60", "0.5")], rates).cost == D("170.00")


def test_volume_counts_by_weight_where_the_rate_says_so() -> None:
    rate = Rate("KOR", "parcel", per_kg=D(5), volumetric_divisor=D(5000))
    # 60 x 40 x 30 cm are 72,000 cm3, by 5,000 are 14.4 kg.
    assert deliver([shipment("a", "9", "0.072")], [rate]).cost == D("72.00")


def test_an_amount_that_ends_in_half_a_cent_goes_up_also_by_volume() -> None:
    # 0.611 m3 are 101.8333... kg, at 2.37 just 241.345.
    rate = Rate("KOR", "parcel", per_kg=D("2.37"), volumetric_divisor=D(6000))
    assert rate.cost(D("3.653"), D("0.611")) == D("241.35")
    assert deliver([shipment("a", "3.653", "0.611")], [rate]).cost == D("241.35")


# --- the split --------------------------------------------------------------------------------------------


def test_the_airport_game() -> None:
    # Littlechild and Owen (1973): runways of cost 1, 2 and 3; each part is paid equally by those who need it.
    cost = np.array(
        [max((1 + p for p in range(3) if mask >> p & 1), default=0) for mask in range(8)], dtype=float
    )
    assert shapley(cost) == pytest.approx([1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 1])


def test_drawn_orders_agree_with_the_exact_value_within_their_error() -> None:
    alone = [float(p + 1) for p in range(8)]
    drawn = by_orders(alone, lambda orders: np.maximum.accumulate(orders, axis=1) + 1.0, seed=3, orders=4000)
    exact = shapley(
        np.array([max((1 + p for p in range(8) if mask >> p & 1), default=0) for mask in range(256)], float)
    )
    for value, truth in zip(drawn, exact, strict=True):
        assert abs(value.cents - truth) < 4 * value.error


def test_those_who_come_one_after_the_other_cost_what_each_set_of_them_costs() -> None:
    rng = np.random.default_rng(4)
    held = [shipment(f"s{n}", f"{rng.integers(5, 900)}", f"{rng.uniform(0.1, 4):.2f}") for n in range(12)]
    lot = lot_of(held, [PARCEL, LCL, FCL, Rate("KOR", "fcl", fixed=D(700), capacity_m3=D(12))])
    own = [[0, 5], [1], [2, 3, 4], [6], [7, 8], [9, 10, 11]]
    orders = np.array([rng.permutation(len(own)) for _ in range(50)])
    costs = lot.as_they_come(own)(orders)
    for order, told in zip(orders, costs, strict=True):
        sets = [[i for player in order[: n + 1] for i in own[player]] for n in range(len(own))]
        assert told.tolist() == [lot.cheapest(each)[0] for each in sets]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 1500)), min_size=1, max_size=9),
    st.floats(0.1, 1),
)
def test_what_is_settled_adds_up_and_exceeds_nobody(parts: list[tuple[int, int]], saving: float) -> None:
    alone = {f"m{i}": D(cents) / 100 for i, (cents, _) in enumerate(parts)}
    total = (sum(alone.values(), D(0)) * D(saving)).quantize(D("0.01"), rounding="ROUND_DOWN")
    said = {f"m{i}": cents * part for i, (cents, part) in enumerate(parts)}
    assume(sum(said.values()))
    scale = float(total * 100) / sum(said.values())
    paid = settled(total, {name: value * scale for name, value in said.items()}, alone)
    assert sum(paid.values()) == total
    assert all(D(0) <= paid[name] <= alone[name] for name in alone)


# --- what cannot be ------------------------------------------------------------------------------------------


def test_rows_that_cannot_be_used_are_told_and_the_others_go_on() -> None:
    columns = [
        "member",
        "shipment",
        "destination",
        "ready_from",
        "ready_to",
        "weight_kg",
        "volume_m3",
        "class",
    ]
    good = dict(
        zip(columns, ["m", "s1", "KOR", "2026-12-01", "2026-12-05", "10", "0.1", "ambient"], strict=True)
    )
    bad: list[dict[str, str | None]] = [
        {**good, "shipment": "s1"}, {**good, "shipment": "s2", "weight_kg": "-1"},
        {**good, "shipment": "s3", "ready_to": "2026-11-30"}, {**good, "shipment": "s4", "ready_from": "1.12.2026"},
        {**good, "shipment": "s5", "volume_m3": "NaN"}, {**good, "shipment": "s6", "member": None},
    ]  # fmt: skip
    held, problems = shipments_of(columns, enumerate([good, *bad], start=2), "march.csv")
    assert [s.shipment for s in held] == ["s1"]
    assert [p.reason.split(": ")[0] for p in problems] == [f"march.csv, row {n}" for n in range(3, 9)]
    with pytest.raises(InputError, match="has no column weight_kg"):
        shipments_of(columns[:5], [], "march.csv")
    with pytest.raises(InputError, match="has the column weight_kg twice"):
        shipments_of([*columns, "weight_kg"], [], "march.csv")
    with pytest.raises(InputError, match="has the column per_kg twice"):
        rates_toml("destination,kind,per_kg,per_kg,minimum\nKOR,parcel,7,8,22\n", "rates.csv")
    with pytest.raises(InputError, match="costs nothing"):
        rates_of("[[rate]]\ndestination = 'KOR'\nkind = 'groupage'\nbreaks = [[0, 0]]", "rates.toml")


def test_what_no_rate_takes_is_left_out_with_the_reason() -> None:
    found = deliver(
        [shipment("a", "5", "0.1"), shipment("b", "5", "0.1", to="JPN"), shipment("c", "90000", "99")],
        [PARCEL, FCL, Rate("KOR", "parcel", per_kg=D(1), classes=("frozen",))],
    )
    assert [p.kind for p in found.left_out] == ["rate", "capacity"]
    assert {s for g in found.groups for s in g.shipments} == {"a"}
    with pytest.raises(InputError, match="nothing to send"):
        deliver([shipment("b", "5", "0.1", to="JPN")], [PARCEL])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "states no rate"),
        ("[[rate]]\nkind = 'lcl'", "rate 1, destination"),
        ("[[rate]]\ndestination = 'KOR'\nkind = 'lcl'", "costs nothing"),
        ("[[rate]]\ndestination = 'KOR'\nkind = 'lcl'\nper_kg = -1", "greater than or equal to 0"),
        ("[[rate]]\ndestination = 'KOR'\nkind = 'lcl'\nper_kilo = 1", "per_kilo"),
        ("[[rate]]\ndestination = 'KOR'\nkind = 'fcl'\nfixed = 1\ncapacity_m3 = 0", "greater than 0"),
        ("[[rate]", "no TOML"),
    ],
)
def test_rates_that_cannot_be_are_refused_with_file_and_field(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        rates_of(text, "rates.toml")
