"""The catalogue of platforms: what ships, dated mechanisms, and what users lay over it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fondaco.kernel import InputError, UnknownName
from fondaco.reference.platforms import KINDS, Platform, parse, platform_book, shipped
from fondaco.reference.regulations import PLATFORMS

TODAY = date(2026, 11, 30)
OWN = """
[[platform]]
id = "felt-fair"
name = "Felt Fair"
kinds = ["sales"]
group = "open_market"
buyers = ["consumers"]
reach = ["DE", "KR"]
sellers = ["*"]
tags = ["wool"]
sources = ["its page for sellers"]
look_up = "https://example.org/sell"
checked = 2026-11-01
"""


@pytest.mark.requirement("F17")
def test_the_catalogue_holds_all_kinds_and_platforms_of_several() -> None:
    held = shipped()
    assert len(held) >= 25
    for kind in KINDS:
        assert sum(kind in each.kinds for each in held) >= 5
    several = {each.id for each in held if len(each.kinds) > 1}
    assert {"alibaba", "shopify", "wechat", "vivino"} <= several


@pytest.mark.requirement("F15")
def test_each_group_of_the_korean_table_has_real_platforms_and_korean_ones() -> None:
    held = shipped()
    for group in PLATFORMS:
        assert [each for each in held if each.group == group]
    korean = {each.group for each in held if "KOR" in each.reach}
    assert {"open_market", "select_mall", "shop_service", "social_account"} <= korean


@pytest.mark.requirement("F19")
@pytest.mark.parametrize("tag", ["wine", "leather", "ceramics", "food"])
def test_there_are_market_places_for_single_kinds_of_goods(tag: str) -> None:
    assert [each for each in shipped() if tag in each.tags and "sales" in each.kinds]


@pytest.mark.requirement("F24")
@pytest.mark.parametrize("each", shipped(), ids=lambda each: each.id)
def test_each_says_where_it_is_from_and_what_nobody_has_looked_up(each: Platform) -> None:
    assert each.sources and each.look_up.startswith("https://")
    assert each.looked_at <= each.review_by
    assert each.basis == "checked" or each.unverified
    assert each.fees or f"look it up at {each.look_up}" in each.fee_says
    assert each.overdue(date(2028, 1, 1)) and not each.overdue(each.looked_at)


@pytest.mark.requirement("F24")
@pytest.mark.parametrize(
    ("seller", "day", "state"),
    [
        ("ITA", date(2022, 6, 1), "no"),  # requests for quotation only, as long as the interviews ran
        ("ITA", date(2023, 11, 30), "no"),
        ("ITA", date(2026, 11, 30), "yes"),
        ("CHN", date(2022, 6, 1), "yes"),
        ("CHN", date(2019, 6, 1), "unknown"),
        ("MNG", date(2026, 11, 30), "unknown"),  # nobody said anything of Mongolian sellers
    ],
)
def test_the_cart_of_alibaba_hangs_on_the_sellers_country_and_the_day(
    seller: str, day: date, state: str
) -> None:
    assert platform_book().named("alibaba").offers("ready-to-ship", seller, day) == state


@pytest.mark.requirement("F24")
def test_limits_stand_with_the_platform_dated() -> None:
    alibaba = platform_book().named("alibaba")
    hours, places = alibaba.limit("reply_hours", TODAY), alibaba.limit("quotations_per_request", TODAY)
    assert hours is not None and (hours.value, hours.unit) == (Decimal(24), "hours")
    assert places is not None and places.value == 10
    assert alibaba.limit("reply_hours", date(2020, 9, 30)) is None
    assert platform_book().named("etsy").limit("reply_hours", TODAY) is None


def test_what_names_a_country_goes_before_what_is_said_of_all() -> None:
    text = OWN + (
        '[[platform.mechanism]]\nname = "chat"\nsource = "its page"\n'
        '[[platform.mechanism]]\nname = "chat"\nsellers = ["MN"]\nabsent = true\nsource = "its page"\n'
    )
    (each,), problems = parse(text, "own.toml", origin="user")
    assert not problems
    assert (each.offers("chat", "ITA", TODAY), each.offers("chat", "MNG", TODAY)) == ("yes", "no")
    assert each.offered("ITA", TODAY) == ("chat",)


def test_a_workspace_adds_platforms_and_replaces_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        OWN + OWN.replace("felt-fair", "etsy").replace("Felt Fair", "Etsy anew")
    )
    book = platform_book(tmp_path)
    assert len(book) == len(shipped()) + 1
    assert book.replaced == ("etsy",)
    assert book.named("etsy").name == "Etsy anew"
    assert book.get("FELT FAIR") == book.named("felt-fair")
    assert book.get("nowhere") is None
    with pytest.raises(UnknownName):
        book.named("nowhere")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('kinds = ["sales"]', 'kinds = ["shop"]'), "`kinds.0`"),
        (('tags = ["wool"]', 'tags = ["wooll"]'), "wooll"),
        (('reach = ["DE", "KR"]', 'reach = ["Ruritania"]'), "Ruritania"),
        (("checked = 2026-11-01", ""), "`checked`"),
        (("checked = 2026-11-01", "checked = 9999-12-01"), "no day on which anybody looked"),
        (("checked = 2026-11-01", "checked = 2026-11-01\nrecalled = 2026-11-01"), "`checked`"),
        (("https://example.org/sell", "javascript:alert(1)"), "`look_up`"),
        (('id = "felt-fair"', 'id = "Felt Fair"'), "`id`"),
        (('sources = ["its page for sellers"]', ""), "`sources`: Field required"),
    ],
)
def test_a_wrong_entry_is_named_with_file_entry_and_field_and_the_others_count(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    (tmp_path / "mine.toml").write_text(OWN.replace(*change) + OWN.replace("felt-fair", "good-one"))
    book = platform_book(tmp_path)
    (problem,) = book.problems
    assert "platforms/mine.toml, platform 1" in problem.reason and said in problem.reason
    assert book.named("good-one").id == "good-one"


@pytest.mark.parametrize("content", [b"[[platform", b"\xff\xfe", b"other = 1"])
def test_a_file_that_cannot_be_read_is_told_and_the_shipped_ones_stay(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.toml").write_bytes(content)
    book = platform_book(tmp_path)
    assert len(book) == len(shipped())
    assert "broken.toml" in book.problems[0].reason


def test_an_id_that_stands_twice_counts_once() -> None:
    found, problems = parse(OWN + OWN, "own.toml", origin="user")
    assert len(found) == 1 and "twice" in problems[0].reason


def test_days_in_the_wrong_order_are_refused() -> None:
    text = (
        OWN
        + '[[platform.mechanism]]\nname = "chat"\nsource = "x"\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01\n'
    )
    found, problems = parse(text, "own.toml", origin="user")
    assert not found and "lies before" in problems[0].reason


def test_no_toml_is_said() -> None:
    with pytest.raises(InputError, match="no TOML"):
        parse("[[", "own.toml", origin="user")
