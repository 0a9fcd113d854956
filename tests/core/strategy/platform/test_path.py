"""From one channel to two: the test of enough ability, its milestones and their days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from fondaco.strategy.platform import Facts, Ledgered, Path, Sold, path
from fondaco.strategy.platform.ability import months_later
from fondaco.strategy.profile import profile_of
from fondaco.strategy.rules import rule

TODAY = date(2026, 11, 30)
OWN = frozenset(("own_site", "shopify", "woocommerce"))
ABLE = {"ecommerce_skill": "high", "trade_experience": "some", "export_hours_per_week": 25}


def of(
    people: dict[str, Any] | None = None,
    *,
    since: date | None = None,
    orders: int = 0,
    on: tuple[str, ...] = (),
    thresholds: dict[str, str] | None = None,
) -> Path:
    profile = profile_of({"people": people or {}, "thresholds": thresholds or {}}, "firm.profile.toml")
    ledger = (
        Ledgered(
            since, TODAY, "EUR", (Sold("alibaba", D(1), orders, 0),), {p: frozenset(("DEU",)) for p in on}
        )
        if since
        else Ledgered()
    )
    return path(Facts("ITA", profile, ledger=ledger), OWN, TODAY)


pytestmark = pytest.mark.requirement("F16")


@pytest.mark.parametrize(
    ("held", "stage", "enough"),
    [
        (of(), "before", "unknown"),
        (of({"ecommerce_skill": "none"}), "before", "no"),
        (
            of({"ecommerce_skill": "some"}, since=date(2026, 9, 1), orders=9, on=("alibaba",)),
            "third-party",
            "no",
        ),
        (of(ABLE, since=date(2025, 9, 1), orders=49, on=("alibaba",)), "third-party", "no"),
        (of(ABLE, since=date(2025, 9, 1), orders=50, on=("alibaba",)), "ready", "yes"),
        (of(ABLE, since=date(2025, 9, 1), orders=50, on=("alibaba", "shopify")), "two-channels", "yes"),
        (of(ABLE, since=date(2025, 9, 1), orders=50, on=("shopify",)), "own-able", "yes"),
        (
            of({"ecommerce_skill": "none"}, since=date(2025, 9, 1), orders=5, on=("shopify",)),
            "own-only",
            "no",
        ),
    ],
)
def test_where_a_firm_stands(held: Path, stage: str, enough: str) -> None:
    assert (held.stage, held.enough) == (stage, enough)


def test_a_year_abroad_has_its_day_and_other_milestones_have_none() -> None:
    only_time = of(ABLE, since=date(2026, 3, 15), orders=80, on=("alibaba",))
    (missing,) = only_time.missing
    assert missing.condition.name == "time abroad" and missing.reached == date(2027, 3, 15)
    assert only_time.earliest == date(2027, 3, 15)
    more = of({**ABLE, "ecommerce_skill": "some"}, since=date(2026, 3, 15), orders=80, on=("alibaba",))
    assert more.earliest is None
    assert of(ABLE, since=date(2025, 3, 15), orders=80, on=("alibaba",)).earliest is None


def test_the_test_is_marked_as_ours_and_its_numbers_can_be_replaced() -> None:
    held = rule("platform/dual-channel")
    assert {each.basis for each in held.thresholds.values()} == {"set"}
    assert "no test" in held.caveat
    told = of(ABLE, since=date(2025, 9, 1), orders=12, on=("alibaba",)).to_json()
    assert told["test"] == "set: the study gives none" and told["enough_ability"] is False
    assert all("set" in m["needed"] for m in told["milestones"])
    own = of(
        ABLE,
        since=date(2025, 9, 1),
        orders=12,
        on=("alibaba",),
        thresholds={"platform/dual-channel.orders_abroad": "12"},
    )
    assert own.enough == "yes"


def test_the_last_of_a_short_month() -> None:
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2026, 1, 15), -12) == date(2025, 1, 15)
