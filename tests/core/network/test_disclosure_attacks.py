"""Attacks on the network's door: what somebody who knows a member's figures, and who is in each mean, can work out.

The bounds of a figure are worked out here by linear programs of the test's own, beside the judge that ships.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from benchmarks.disclosure import attack, naive, sequence
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from fondaco.kernel.errors import InputError, Refused, UnknownName
from fondaco.network.disclosure import (
    SCALES,
    Cell,
    Contribution,
    Figure,
    History,
    Indicator,
    MemberFigures,
    Policy,
    Release,
    Withheld,
    answer,
    bounds,
    dominated,
    group_of,
    indicator,
    interval,
    publish,
    split,
    withdraw,
)
from fondaco.network.disclosure.noise import Budget, ask

pytestmark = pytest.mark.requirement("S07", "S17", "R28")

DAY = date(2026, 6, 30)
YEAR = timedelta(days=365)
SHARE = SCALES[Indicator.RESPONSE_RATE]
POLICY = Policy()
ITALY, KOREA = (("home", "ITA"),), (("home", "KOR"),)


def member(name: str, value: float, home: str = "ITA", until: date = DAY, size: str = "1-9") -> Contribution:
    return Contribution(name, {"home": home, "size": size}, Figure(value, until - YEAR, until))


def town(values: Sequence[float], home: str = "ITA", first: str = "m") -> list[Contribution]:
    return [member(f"{first}{number}", value, home) for number, value in enumerate(values)]


def published(
    members: Sequence[Contribution], history: History | None = None, network: str = "quays"
) -> History:
    return publish(history or History(Indicator.RESPONSE_RATE), network, members, DAY, POLICY)


def asked(
    history: History, members: Iterable[Contribution], group: str = "all", viewer: str | None = None
) -> Cell | Withheld:
    sharing = {each.member: each.traits for each in members}
    return answer(history, sharing, group_of(group), viewer=viewer, policy=POLICY)


def open_to(
    means: Sequence[tuple[Sequence[str], float, float]], known: dict[str, float], target: str
) -> tuple[float, float]:
    """Return the bounds of a figure by two linear programs over all members, each figure within 0 and 1."""
    names = sorted({name for members, _low, _high in means for name in members} | {target})
    rows, right = [], []
    for members, low, high in means:
        row = np.array([float(name in members) for name in names])
        rows += [row, -row]
        right += [len(members) * high, -len(members) * low]
    limits = [(known[name],) * 2 if name in known else (0.0, 1.0) for name in names]
    aim = np.array([float(name == target) for name in names])
    found = [linprog(sign * aim, A_ub=rows, b_ub=right, bounds=limits, method="highs") for sign in (1, -1)]
    assert all(each.status == 0 for each in found)
    return found[0].fun, -found[1].fun


def means_of(*histories: History) -> list[tuple[Sequence[str], float, float]]:
    return [
        (block.members, block.mean.low, block.mean.high)
        for history in histories
        for block in history.blocks
        if block.mean is not None
    ]


# --- what has no way out ---------------------------------------------------------------------------


def test_prices_margins_revenues_and_buyers_cannot_be_expressed() -> None:
    forbidden = ("price", "margin", "revenue", "sales", "turnover", "buyer", "customer", "profit", "cost_of")
    assert not [of for of in Indicator if any(word in of.value for word in forbidden)]
    for name in ("revenue", "price", "RESPONSE_RATE", ""):
        with pytest.raises(UnknownName, match="is not shared in any network"):
            indicator(name)
    figure = Figure(0.5, DAY - YEAR, DAY)
    with pytest.raises(TypeError):
        MemberFigures("a", {"revenue": figure}, {}, {}, "")  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        MemberFigures("a", {Indicator.MARKETS: "Miller & Co"}, {}, {}, "")  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        MemberFigures("a", {}, {"buyer": "Miller & Co"}, {}, "")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_is_a_number(value: float) -> None:
    with pytest.raises(InputError):
        Figure(value, DAY - YEAR, DAY)


# --- cells -----------------------------------------------------------------------------------------


def test_four_are_not_shown_and_five_are() -> None:
    four, five = town([0.5, 0.6, 0.4, 0.5]), town([0.5, 0.6, 0.4, 0.5, 0.5])
    few = asked(published(four), four)
    assert isinstance(few, Withheld)
    assert "Fewer than 5" in few.why
    found = asked(published(five), five)
    assert isinstance(found, Cell)
    assert (found.n, found.low, found.high, found.mean) == (5, 0.5, 0.55, 0.525)


def test_numbers_of_members_are_rounded_down_to_five() -> None:
    nine = town([0.5] * 9)
    found = asked(published(nine), nine)
    assert isinstance(found, Cell)
    assert found.n == 5


@pytest.mark.parametrize(
    ("weights", "is_so"),
    [([1] * 5, False), ([80, 5, 5, 5, 5], True), ([45, 40, 5, 5, 5], True), ([44, 40, 6, 5, 5], False)],
)
def test_two_who_make_up_85_per_cent_are_withheld(weights: list[float], is_so: bool) -> None:
    assert dominated(weights) is is_so
    told = interval([0.5] * 5, weights, SHARE, POLICY)
    if is_so:
        assert told == "Two members make up 85% of it or more."


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 0.5, 0.25, 0.8]), st.integers(1, 40)), min_size=5, max_size=9
    )
)
def test_one_mean_leaves_every_figure_open_to_every_insider_also_where_weights_differ(
    members: list[tuple[float, int]],
) -> None:
    values, weights = [value for value, _ in members], [float(weight) for _, weight in members]
    told = interval(values, weights, SHARE, POLICY)
    if isinstance(told, str):
        return
    total = sum(weights)
    for knows in range(len(values)):
        for target in range(len(values)):
            if target == knows:
                continue
            rest = total - weights[knows] - weights[target]
            low = max(0.0, (told.low * total - weights[knows] * values[knows] - rest) / weights[target])
            high = min(1.0, (told.high * total - weights[knows] * values[knows]) / weights[target])
            assert high - low >= POLICY.width - 1e-9


def test_where_everybody_answers_all_one_learns_no_more_than_that_most_do() -> None:
    perfect = town([1.0] * 5)
    history = published(perfect)
    found = asked(history, perfect)
    assert isinstance(found, Cell)
    assert (found.low, found.high) == (0.75, 1.0)
    low, high = open_to(means_of(history), {"m0": 1.0}, "m1")
    assert (round(low, 9), round(high, 9)) == (0.0, 1.0)  # 3.75 - 1 - 3 < 0: the four others may make it up


# --- differencing ----------------------------------------------------------------------------------


def test_a_group_and_the_network_without_one_member_cannot_be_subtracted() -> None:
    """Six firms, five of them Italian: network minus Italy would be the Korean firm."""
    members = [*town([0.5, 0.6, 0.4, 0.7, 0.5]), member("k", 0.9, "KOR")]
    history = published(members)
    italy, all_of_them = asked(history, members, "home=ITA"), asked(history, members)
    assert isinstance(italy, Cell)
    assert isinstance(all_of_them, Cell)
    assert (italy.low, italy.high, italy.n) == (all_of_them.low, all_of_them.high, all_of_them.n)
    assert not any("k" in block.members for block in history.blocks)


def test_a_member_who_joins_does_not_show_by_what_the_mean_becomes() -> None:
    members = town([0.5, 0.6, 0.4, 0.7, 0.5])
    before = published(members)
    after = published([*members, member("new", 1.0)], before)
    assert after == before
    five_more = town([1.0] * 5, first="n")
    later = published([*members, *five_more], before)
    assert later.blocks[0] == before.blocks[0]
    assert set(later.blocks[1].members) == {each.member for each in five_more}


def test_the_same_question_gets_the_same_answer_though_figures_moved_on() -> None:
    members = town([0.5, 0.6, 0.4, 0.7, 0.5])
    before = published(members)
    month_later = [
        member(each.member, 0.9, until=DAY + timedelta(days=30)) for each in members
    ]  # rests on eleven of the same twelve months
    assert published(month_later, before) == before
    year_later = [member(each.member, 0.9, until=DAY + YEAR) for each in members]
    assert published(year_later, before).blocks[0].mean != before.blocks[0].mean


def test_changing_filters_tells_no_more_than_the_blocks() -> None:
    draw = random.Random(5)
    members = [
        member(
            f"m{n}", draw.choice([0, 1, 0.3]), draw.choice(["ITA", "KOR"]), size=draw.choice(["1-9", "10-49"])
        )
        for n in range(24)
    ]
    history = published(members)
    means = means_of(history)
    for group in (
        "all",
        "home=ITA",
        "home=KOR",
        "size=1-9",
        "size=10-49",
        "home=ITA,size=1-9",
        "home=KOR,size=10-49",
    ):
        found = asked(history, members, group)
        if isinstance(found, Cell):
            wanted = dict(group_of(group)).items()
            inside = [block for block in history.blocks if wanted <= dict(block.traits).items()]
            names = [name for block in inside for name in block.members]
            means.append((names, found.low - 0.001, found.high + 0.001))
    values = {each.member: each.figure.value for each in members if each.figure}
    counted = {name for names, _low, _high in means for name in names}
    for insider in sorted(counted)[:6]:
        for target in counted - {insider}:
            low, high = open_to(means, {insider: values[insider]}, target)
            assert high - low >= POLICY.width - 1e-6


def test_no_suppressed_cell_of_a_table_can_be_had_from_its_margins() -> None:
    """Homes by sizes with margins: sums of suppressed cells, given all that is shown, stay open by a member's width."""
    counts = {("ITA", "1-9"): 6, ("ITA", "10-49"): 3, ("KOR", "1-9"): 2, ("KOR", "10-49"): 7}
    members = [
        member(f"{home}{size}{n}", (n % 3) / 2, home, size=size)
        for (home, size), many in counts.items()
        for n in range(many)
    ]
    history = published(members)
    means = means_of(history)
    for home, size in (("ITA", "10-49"), ("KOR", "1-9")):
        cell = asked(history, members, f"home={home},size={size}")
        assert isinstance(cell, Withheld)
        names = [
            each.member for each in members if (each.traits["home"], each.traits["size"]) == (home, size)
        ]
        everybody = sorted({name for group, _low, _high in means for name in group} | set(names))
        rows, right = [], []
        for group, low, high in means:
            row = [float(name in group) for name in everybody]
            rows += [row, [-each for each in row]]
            right += [len(group) * high, -len(group) * low]
        aim = [float(name in names) for name in everybody]
        ends = [
            sign
            * linprog([sign * each for each in aim], A_ub=rows, b_ub=right, bounds=(0, 1), method="highs").fun
            for sign in (1, -1)
        ]
        assert ends[1] - ends[0] >= POLICY.width


# --- withdrawal, and other networks ----------------------------------------------------------------


def test_a_mean_that_held_a_withdrawn_member_is_gone_and_comes_back_with_other_days_only() -> None:
    members = town([0.5, 0.6, 0.4, 0.7, 0.5, 1.0])
    before = published(members)
    stay = members[:5]
    after = withdraw(before, "quays", ["m5"])
    assert after.blocks == ()
    assert isinstance(asked(after, stay), Withheld)
    # Shown without the one who left, the mean could be subtracted from the old one: 6 a - 5 b.
    assert published(stay, after).blocks == ()
    half_a_year = [member(each.member, 0.5, until=DAY + YEAR / 2) for each in stay]
    assert published(half_a_year, after).blocks == ()
    next_year = [member(each.member, 0.5, until=DAY + YEAR) for each in stay]
    assert len(published(next_year, after).blocks) == 1


def test_a_withdrawal_that_nobody_told_the_door_takes_effect_all_the_same() -> None:
    members = town([0.5, 0.6, 0.4, 0.7, 0.5, 1.0])
    history = published(members)
    assert isinstance(asked(history, members[:5]), Withheld)
    assert published(members[:5], history).blocks == ()


def test_others_blocks_stand_when_one_withdraws() -> None:
    members = town([0.5] * 20)
    history = published(members)
    assert [len(block.members) for block in history.blocks] == [10, 10]
    gone = history.blocks[0].members[0]
    left = [each for each in members if each.member != gone]
    found = asked(withdraw(history, "quays", [gone]), left)
    assert isinstance(found, Cell)
    assert found.n == 10


def test_a_member_of_two_networks_is_counted_in_one() -> None:
    members = town([0.5, 0.6, 0.4, 0.7, 0.5, 1.0])
    history = published(members[:5], network="quays")
    linked = published(members, history, network="region")
    assert linked == history  # five of the six are counted in the other network
    seen = asked(linked, members)
    assert isinstance(seen, Cell)  # and shown here too, as all of them share here
    partly = asked(linked, members[1:])
    assert isinstance(partly, Withheld)


def test_one_sees_what_one_shares() -> None:
    members = town([0.5, 0.6, 0.4, 0.7, 0.5])
    history = published(members)
    assert isinstance(asked(history, members, viewer="m0"), Cell)
    refused = asked(history, members, viewer="stranger")
    assert isinstance(refused, Withheld)
    assert "You see what you share" in refused.why


def test_why_a_figure_is_withheld_does_not_depend_on_figures() -> None:
    low, high = town([0.0] * 6), town([1.0] * 6)
    for group in ("all", "home=ITA", "home=KOR", "size=10-49"):
        one, other = asked(published(low), low, group), asked(published(high), high, group)
        assert isinstance(one, Withheld) == isinstance(other, Withheld)
        if isinstance(one, Withheld) and isinstance(other, Withheld):
            assert one.why == other.why


def test_blocks_do_not_depend_on_figures_and_never_overlap() -> None:
    members = [member(f"m{n}", n / 40, "ITA" if n % 3 else "KOR") for n in range(40)]
    turned = [member(f"m{n}", 1 - n / 40, "ITA" if n % 3 else "KOR") for n in range(40)]
    blocks = [tuple(each.member for each in part) for part in split(members, POLICY)]
    assert blocks == [tuple(each.member for each in part) for part in split(turned, POLICY)]
    named = [name for block in blocks for name in block]
    assert len(named) == len(set(named)) == 40
    assert min(map(len, blocks)) >= 5


# --- noise -----------------------------------------------------------------------------------------


def test_asking_again_and_averaging_is_of_no_use() -> None:
    pytest.importorskip("opendp")
    history, values = History(Indicator.RESPONSE_RATE), [0.5] * 600
    history, first = ask(history, "region", "all", values, DAY, Budget())
    for _ in range(20):
        history, again = ask(history, "region", "all", values, DAY, Budget())
        assert again == first
    assert len(history.noisy) == 1
    assert History.from_json(history.to_json()) == history


def test_the_budget_of_noise_ends() -> None:
    pytest.importorskip("opendp")
    history, values = History(Indicator.RESPONSE_RATE), [0.5] * 600
    for number in range(10):
        history, told = ask(history, "region", f"group {number}", values, DAY, Budget(0.1, 1.0))
        assert abs(told.mean - 0.5) < 0.5
    with pytest.raises(Refused, match="budget"):
        ask(history, "region", "one more", values, DAY, Budget(0.1, 1.0))
    history, told = ask(history, "region", "one more", values, DAY + YEAR, Budget(0.1, 1.0))
    assert told.epsilon == 0.1


def test_few_members_would_drown_in_noise() -> None:
    with pytest.raises(Refused, match="too few"):
        ask(History(Indicator.RESPONSE_RATE), "region", "all", [0.5] * 20, DAY, Budget())


def test_the_noise_is_as_wide_as_it_says() -> None:
    """Laplace noise of scale 1/(n epsilon): 95 of 100 within ln 20 times that."""
    pytest.importorskip("opendp")
    off = []
    for number in range(400):
        _history, told = ask(
            History(Indicator.RESPONSE_RATE), "r", str(number), [0.5] * 1000, DAY, Budget(0.1, 1.0)
        )
        off.append(abs(told.mean - 0.5) <= told.error)
    assert told.error == pytest.approx(np.log(20) / 100)
    assert 0.91 < np.mean(off) < 0.985


# --- the judge, and random attacks -----------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_judge_agrees_with_linear_programs(draw: random.Random) -> None:
    names = [f"m{n}" for n in range(8)]
    truth = {name: Fraction(draw.randint(0, 20), 20) for name in names}
    means, releases = [], []
    for _ in range(draw.randint(1, 4)):
        inside = draw.sample(names, draw.randint(2, 8))
        mean = sum((truth[name] for name in inside), Fraction(0)) / len(inside)
        low, high = max(mean - Fraction(1, 50), Fraction(0)), min(mean + Fraction(1, 40), Fraction(1))
        means.append((inside, float(low), float(high)))
        releases.append(Release(frozenset(inside), low, high))
    knows, target = draw.sample(names, 2)
    found = bounds(releases, {knows: truth[knows]}, target)
    assert found is not None
    assert [float(each) for each in found] == pytest.approx(
        open_to(means, {knows: float(truth[knows])}, target), abs=1e-6
    )


def test_what_contradicts_itself_has_no_bounds() -> None:
    one = Release(frozenset("ab"), Fraction(0), Fraction(1, 10))
    other = Release(frozenset("ab"), Fraction(9, 10), Fraction(1))
    assert bounds([one, other], {}, "a") is None


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_sequence_of_questions_tells_a_figure(draw: random.Random) -> None:
    assert sequence(draw)[1] == 0


def test_random_sequences_leak_nothing_where_counting_to_five_leaks() -> None:
    assert attack(sequence, 150, 2026)["leaks"] == 0
    assert attack(naive, 20, 2026)["leaking"] > 4
