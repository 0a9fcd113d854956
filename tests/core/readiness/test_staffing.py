"""Staffing: Erlang's formula where it holds, calendars by hand, and what changes make of it."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from fondaco.kernel import InputError
from fondaco.readiness.attention import attention_of
from fondaco.readiness.staffing import (
    Arrivals,
    Team,
    arrive,
    erlang_c,
    inside_or_outside,
    needed,
    people_of,
    profile_of,
    queue,
    serve,
)

ALWAYS = ((0.0, 1e9),)
OFFICE = [[(24 * d + 9, 24 * d + 13), (24 * d + 14, 24 * d + 18)] if d % 7 < 5 else [] for d in range(364)]
DAYTIME = profile_of([d * 24 + h for d in range(5) for h in range(8, 17)])


@pytest.mark.requirement("F07")
@pytest.mark.parametrize(("a_hour", "people"), [(0.5, 1), (1.6, 2), (3.0, 4)])
def test_around_the_clock_it_is_erlangs_queue(a_hour: float, people: int) -> None:
    waits, mean, in_time = erlang_c(a_hour, 1.0, people, 1.0)
    found = []
    for run in range(12):
        rng = np.random.default_rng([7, run])
        arrived = arrive(Arrivals(a_hour * 168), 30, rng)
        begun, _ = queue(arrived, Team((ALWAYS,) * people, 1.0), rng)
        waited = (begun - arrived)[200:]  # the queue begins empty
        found.append(((waited > 1e-9).mean(), waited.mean(), (waited <= 1.0).mean()))
    each = np.array(found)
    error = each.std(axis=0, ddof=1) / math.sqrt(len(each))
    # Within four standard errors of the simulation, which are themselves small.
    assert (np.abs(each.mean(axis=0) - [waits, mean, in_time]) < 4 * error).all()
    assert error[0] < 0.03 and error[2] < 0.03


def test_erlangs_formula_as_printed_in_tables() -> None:
    # Erlang B of 2 servers at 1.6 erlangs is 0.3299; C = B / (1 - load (1 - B)) = 0.7111.
    assert erlang_c(1.6, 1, 2, 1)[0] == pytest.approx(0.3299 / (1 - 0.8 * (1 - 0.3299)), abs=1e-3)
    assert list(erlang_c(0.5, 1, 1, 1)[:2]) == pytest.approx([0.5, 1.0])
    assert erlang_c(3, 1, 2, 1) == (1.0, math.inf, 0.0)
    # Loss is a Poisson variable cut at the servers, also where a call centre has hundreds of them.
    loss = stats.poisson.pmf(200, 190) / stats.poisson.cdf(200, 190)
    assert erlang_c(190, 1, 200, 1)[0] == pytest.approx(loss / (1 - 0.95 * (1 - loss)), rel=1e-9)


@pytest.mark.requirement("F07")
def test_more_hours_are_needed_for_more_inquiries_and_the_target_is_reached_there() -> None:
    few, many = (needed(Arrivals(a_week, DAYTIME), OFFICE, 0.5, 72) for a_week in (5, 60))
    assert few.hours.estimate is not None and many.hours.estimate is not None
    # Sixty half hours are thirty hours of work.
    assert few.hours.estimate < 30 < many.hours.estimate
    assert (many.served.in_time.estimate or 0) >= 0.95 and many.full_time == pytest.approx(
        many.hours.estimate / 40, abs=0.01
    )


@pytest.mark.requirement("F07")
def test_where_all_is_closed_for_longer_no_hours_suffice_and_it_says_so() -> None:
    # Saturday noon to Monday nine is longer than a day: a seventh of even arrivals comes on Saturday.
    found = needed(Arrivals(20), OFFICE, 0.25, 24)
    assert found.hours.estimate is None and "closed for longer" in found.hours.why
    assert (found.served.in_time.estimate or 1) < 0.9
    # A thousand hours of work a week are more than twelve people have.
    busy = needed(Arrivals(1000), OFFICE, 1.0, 72)
    assert busy.hours.estimate is None and "more work than they can do" in busy.hours.why


@pytest.mark.requirement("F73")
def test_a_chatbot_helps_the_first_reply_and_a_partner_the_answer() -> None:
    team = Team(people_of(OFFICE, 4), 0.5)
    alone = serve(Arrivals(15), team, 24, 52)
    night = tuple((24.0 * d + 18, 24.0 * d + 33) for d in range(364))
    bot = serve(Arrivals(15), Team(team.people, 0.5, bot=night), 24, 52)
    assert bot.in_time == alone.in_time
    assert (bot.first_in_time.estimate or 0) > (alone.first_in_time.estimate or 1)
    partner = serve(Arrivals(15), Team((*team.people, ALWAYS), 0.5), 24, 52)
    assert (partner.in_time.estimate or 0) > 0.99 > (alone.in_time.estimate or 1)
    quick = serve(Arrivals(15), Team(team.people, 0.25), 24, 52)
    assert (quick.wait or 99) < (alone.wait or 0)


@pytest.mark.requirement("F73")
def test_the_coordinators_hours_belong_to_the_partners_cost() -> None:
    inside, outside = inside_or_outside(12, 30, 800, 3)
    assert (inside.own_hours, inside.money) == (52, 1560)
    assert (outside.own_hours, outside.money) == (13, 390 + 800)
    with pytest.raises(InputError, match="the fee"):
        inside_or_outside(1, 1, -1, 0)


@pytest.mark.requirement("F72")
def test_gaps_stand_beside_requests_and_orders() -> None:
    first = date(2026, 1, 1)
    days = [first + timedelta(n) for n in range(60)]
    attended = days[:20] + days[34:]
    found = attention_of(attended, [days[5], days[22], days[23]], [days[40]], days[0], days[-1])
    (gap,) = found.gaps
    assert (gap.begin, gap.days, gap.requests, gap.orders) == (days[20], 14, 2, 0)
    assert list(found.requests) == pytest.approx([2 * 30 / 14, 1 * 30 / 46])
    assert list(found.orders) == pytest.approx([0, 30 / 46])
    assert attention_of(days, [], [], days[0], days[-1]).gaps == ()


@pytest.mark.parametrize("a_week", [0.0, -1.0, float("nan"), 1e9])
def test_what_cannot_be_is_told(a_week: float) -> None:
    with pytest.raises(InputError, match="Inquiries a week"):
        Arrivals(a_week)
    with pytest.raises(InputError, match="minutes"):
        Team((), 0)
    with pytest.raises(InputError, match="no working hour"):
        needed(Arrivals(5), [[]] * 14, 0.5, 24)
