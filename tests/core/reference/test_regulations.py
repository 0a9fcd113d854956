"""Rules of markets: what is known, what is not, how old it is, and what is wrong with a file of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError, UnknownName
from fondaco.reference import countries
from fondaco.reference.products import Tags, tags
from fondaco.reference.regulations import (
    GROUPS,
    KINDS,
    PLATFORMS,
    TOPICS,
    MarketRules,
    Platform,
    Product,
    Rule,
    add,
    changes,
    parse,
    rule_book,
    rules_for,
    shipped,
    tell,
    turning,
)

TODAY = date(2026, 11, 25)
SIX = ("wine", "olive-oil", "ham", "cheese", "cashmere", "leather-bag")
FIVE = ("GBR", "USA", "KOR", "JPN", "DEU")

RULE = """\
[[rule]]
id = "xx-wine"
market = "Norway"
tags = ["wine"]
kind = "licence"
says = "A licence is asked for."
source = "An office"
checked = 2026-01-10
"""


def of(market: str, *names: str, today: date = TODAY, **product: str) -> MarketRules:
    goods = [Product(name, (name,), **product) for name in names]
    return rules_for(market, goods, rules=rule_book(), today=today)


def a_rule(**fields: object) -> Rule:
    (rule,), problems = parse(RULE, "own.toml", origin="user")
    assert not problems
    return replace(rule, **fields)  # type: ignore[arg-type]


# --- what ships ---------------------------------------------------------------------------------------


@pytest.mark.requirement("X01", "F05")
def test_every_shipped_rule_has_its_source_its_dates_and_its_strength() -> None:
    for rule in shipped():
        assert rule.source.strip(), rule.id
        assert rule.stated <= TODAY < rule.review_by, rule.id
        assert rule.basis in ("checked", "recalled"), rule.id
        assert rule.strength in ("official", "secondary", "study"), rule.id
        assert rule.markets, rule.id
        assert all(countries.is_market(market) for market in rule.markets), rule.id
        assert rule.kind in KINDS, rule.id
        assert rule.topic in TOPICS, rule.id


@pytest.mark.requirement("X01")
def test_what_was_never_compared_with_its_source_says_so_and_wants_a_look_sooner() -> None:
    recalled = [rule for rule in shipped() if rule.basis == "recalled"]
    assert recalled
    for rule in recalled:
        assert rule.checked is None
        assert rule.review_by - rule.stated <= timedelta(days=90), rule.id


def test_addresses_of_shipped_rules_are_addresses() -> None:
    assert all(re.fullmatch(r"https?://\S+", rule.url) for rule in shipped() if rule.url)


def test_shipped_rules_are_named_once_and_do_not_contradict_each_other() -> None:
    names = [rule.id for rule in shipped()]
    assert len(names) == len(set(names))
    assert tell(shipped()) == ()


@pytest.mark.requirement("F05", "F67")
@pytest.mark.parametrize("market", FIVE)
def test_of_the_six_goods_in_the_five_markets_label_and_tax_are_known(market: str) -> None:
    found = of(market, *SIX, origin="ITA")
    for each in found.products:
        known = {cell.kind for cell in each.cells if cell.state != "unknown"}
        assert {"label", "tax"} <= known, each.product.name
    assert found.coverage is not None
    assert found.coverage > 0.55
    # Never more settled than stated, and not everything: the rest is shown as unknown.
    assert 0 < found.settled <= found.stated < found.cells


@pytest.mark.requirement("F48")
@pytest.mark.parametrize("market", ["SAU", "KWT", "IRN", "LBY", "BRN", "AFG", "SOM", "IRQ"])
@pytest.mark.parametrize("drink", ["wine", "beer", "spirits"])
def test_alcohol_is_stopped_where_it_is_prohibited(market: str, drink: str) -> None:
    (flag,) = of(market, drink).flags
    assert flag.level == "stop"
    assert flag.rule.source


@pytest.mark.requirement("F48")
@pytest.mark.parametrize("market", ["MDV", "BGD", "PAK", "IND", "ARE", "SDN", "QAT"])
def test_where_the_ban_is_partial_or_unsure_one_has_to_look_closer(market: str) -> None:
    (flag,) = of(market, "wine").flags
    assert flag.level == "look"
    assert flag.rule.exceptions or flag.rule.region or flag.rule.confidence == "low"


@pytest.mark.requirement("F48")
def test_a_ban_on_alcohol_says_nothing_of_olive_oil() -> None:
    found = of("KWT", "olive-oil")
    assert found.flags == ()
    assert found.products[0].unknown == KINDS


@pytest.mark.requirement("F48")
def test_a_code_is_enough_to_be_stopped() -> None:
    found = rules_for("SAU", [Product("W-1", hs="220421")], rules=rule_book(), today=TODAY)
    assert [(flag.rule.id, flag.level, flag.certain) for flag in found.flags] == [
        ("sa-alcohol", "stop", True)
    ]


@pytest.mark.requirement("S23")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_korea_asks_for_registrations_by_the_way_of_selling(platform: Platform) -> None:
    goods = [Product("scarf", ("cashmere",))]
    found = rules_for("KOR", goods, rules=rule_book(), today=TODAY, platform=platform)
    cell = found.products[0].cells[KINDS.index("registration")]
    asked = [a.rule.id for a in cell.rules if a.rule.applies]
    if platform in ("open_market", "social_account"):
        assert (asked, cell.state, cell.level) == ([], "none", "clear")
    else:
        assert asked == ["kr-business-registration-own-channels", "kr-ecommerce-registration-own-channels"]
    assert all(a.rule.strength == "study" for a in cell.rules)


@pytest.mark.requirement("X07")
def test_a_firms_case_is_no_general_rule() -> None:
    (rule,) = [rule for rule in shipped() if rule.id == "kr-honey-standard"]
    assert rule.strength == "study"
    assert "neither the limit" in rule.exceptions


@pytest.mark.requirement("F67")
def test_where_goods_come_from_matters() -> None:
    italian, german = of("JPN", "ham", origin="ITA"), of("JPN", "ham", origin="DEU")
    assert {flag.rule.id for flag in italian.flags} == {"jp-pork-italy"}
    assert {flag.rule.id for flag in german.flags} == {"jp-pork-asf"}
    assert {flag.rule.id for flag in of("JPN", "ham").flags} == {"jp-pork-italy", "jp-pork-asf"}


@pytest.mark.requirement("S21")
def test_the_barrier_sheet_has_every_topic_even_those_of_which_nothing_is_known() -> None:
    sheet = of("KOR", *SIX).by_topic()
    assert tuple(sheet) == TOPICS
    assert all(sheet[topic] for topic in TOPICS)
    assert of("KWT", "wine").by_topic()["economy"] == ()


# --- known and unknown --------------------------------------------------------------------------------


def test_unknown_stays_unknown_and_is_told() -> None:
    found = of("NOR", "wine")
    assert [cell.level for cell in found.products[0].cells] == ["unknown"] * 6
    assert found.coverage == 0
    assert "nothing known in Norway of prohibitions, licences" in found.blind_spots()[0]


def test_a_product_of_which_nothing_is_known_meets_only_rules_for_all_goods() -> None:
    found = rules_for("DEU", [Product("?")], rules=rule_book(), today=TODAY)
    assert all(not (rule.tags or rule.hs) for rule in found.rules)
    assert "no tag and no HS code" in found.blind_spots()[0]


@pytest.mark.parametrize(
    ("codes", "hs", "state", "possible"),
    [
        (("2204",), "220421", "stated", 0),
        (("220421",), "2204", "unknown", 1),  # a heading: perhaps in bottles, perhaps not
        (("2204",), "22", "unknown", 1),
        (("2204",), "2203", "unknown", 0),
        (("220",), "2204", "stated", 0),
    ],
)
def test_a_rule_speaks_of_codes_within_its_own(
    codes: tuple[str, ...], hs: str, state: str, possible: int
) -> None:
    found = rules_for("NOR", [Product("x", hs=hs)], rules=[a_rule(tags=(), hs=codes)], today=TODAY)
    cell = found.products[0].cells[KINDS.index("licence")]
    assert (cell.state, len(cell.possible)) == (state, possible)


def test_a_ban_that_may_speak_of_the_goods_is_looked_at_and_never_clear() -> None:
    ban = a_rule(kind="prohibited", tags=(), hs=("220421",))
    found = rules_for("NOR", [Product("x", hs="22")], rules=[ban], today=TODAY)
    assert [(flag.level, flag.certain) for flag in found.flags] == [("look", False)]
    assert found.products[0].cells[0].state == "unknown"


def test_nothing_asked_is_clear_only_while_it_is_checked_and_young() -> None:
    def level(**fields: object) -> str:
        rule = a_rule(applies=False, **fields)
        return (
            rules_for("NOR", [Product("w", ("wine",))], rules=[rule], today=TODAY).products[0].cells[1].level
        )

    assert level() == "clear"
    assert level(basis="recalled") == "look"
    assert level(review_by=TODAY - timedelta(days=1)) == "look"
    assert level(confidence="low") == "look"


@pytest.mark.requirement("F70")
def test_a_voluntary_proof_is_listed_and_makes_nothing_known() -> None:
    rule = a_rule(kind="certificate", proof="pdo", voluntary=True)
    cell = rules_for("NOR", [Product("w", ("wine",))], rules=[rule], today=TODAY).products[0].cells[2]
    assert (cell.state, [a.rule.id for a in cell.rules]) == ("unknown", ["xx-wine"])


@pytest.mark.requirement("X01")
def test_a_rule_is_overdue_from_the_day_after_its_review() -> None:
    rule = a_rule(review_by=TODAY)
    assert not rule.overdue(TODAY)
    found = rules_for("NOR", [Product("w", ("wine",))], rules=[rule], today=TODAY + timedelta(days=1))
    assert found.overdue == (rule,)
    assert found.products[0].cells[1].overdue
    assert found.settled == 0


@pytest.mark.requirement("S26")
def test_a_rule_counts_only_between_its_days_and_its_coming_is_told() -> None:
    rule = a_rule(valid_from=date(2027, 3, 1), valid_to=date(2027, 5, 31))

    def known(today: date) -> bool:
        return rules_for("NOR", [Product("w", ("wine",))], rules=[rule], today=today).stated == 1

    assert [known(day) for day in (date(2027, 2, 28), date(2027, 3, 1), date(2027, 5, 31), date(2027, 6, 1))] == [
        False, True, True, False,
    ]  # fmt: skip
    found = rules_for("NOR", [], rules=[rule], today=TODAY)
    assert found.coming == (rule,)
    assert turning(rule, TODAY) == date(2027, 3, 1)
    assert turning(rule, date(2027, 5, 20)) == date(2027, 5, 31)


@pytest.mark.requirement("S26")
def test_changes_near_today_are_told_in_the_order_of_the_day() -> None:
    told = changes(shipped(), today=TODAY)
    days = [turning(rule, TODAY) for rule in told]
    assert days == sorted(days)  # type: ignore[type-var]
    assert {"eu-packaging-regulation", "eu-forced-labour", "us-cheese-traceability"} <= {
        rule.id for rule in told
    }
    assert "us-de-minimis-suspended" not in {rule.id for rule in told}  # more than a year ago


def test_the_table_has_a_row_for_each_cell_without_a_rule() -> None:
    found = of("KWT", "wine")
    frame = found.to_frame()
    assert frame.height == 6
    assert frame.filter(frame["state"] == "unknown").height == 5
    assert frame["rule"].drop_nulls().to_list() == ["kw-alcohol"]
    assert found.to_json()["coverage"] == {"cells": 6, "stated": 1, "settled": 1, "share": 0.1667}


def test_the_worked_table_of_the_page() -> None:
    rules = [
        a_rule(id="a", tags=("alcohol",)),
        a_rule(
            id="b", tags=(), hs=("2204",), kind="label", stated=date(2025, 1, 10), review_by=date(2026, 1, 10)
        ),
        a_rule(id="c", kind="tax", applies=False),
        a_rule(id="d", kind="certificate", voluntary=True),
    ]
    found = rules_for(
        "NOR", [Product("wine", ("wine",), "220421"), Product("HS 22", hs="22")], rules=rules, today=TODAY
    )
    wine, rough = ([cell.level for cell in each.cells] for each in found.products)
    assert wine == ["unknown", "do", "unknown", "do", "unknown", "clear"]
    assert rough == ["unknown"] * 6
    assert [a.rule.id for a in found.products[1].cells[3].possible] == ["b"]
    assert found.products[0].cells[3].overdue
    assert (found.cells, found.stated, found.coverage, found.settled) == (12, 3, 0.25, 2)


@pytest.mark.parametrize(
    ("market", "stated", "settled"),
    [("GBR", 22, 22), ("USA", 25, 25), ("KOR", 30, 30), ("JPN", 24, 24), ("DEU", 24, 22)],
)
def test_the_page_says_how_much_of_the_first_set_is_known(market: str, stated: int, settled: int) -> None:
    found = of(market, *SIX, origin="ITA")
    assert (found.stated, found.settled) == (stated, settled)


tag_names = st.sampled_from(sorted(tags().by_name))
codes = st.text("0123456789", min_size=1, max_size=4).map(lambda digits: digits + digits)
some_rules = st.builds(
    a_rule,
    id=st.uuids().map(str),
    kind=st.sampled_from(KINDS),
    markets=st.sampled_from([("NOR",), ("SWE",), ("NOR", "SWE")]),
    tags=st.lists(tag_names, max_size=2).map(tuple),
    hs=st.lists(codes, max_size=2).map(tuple),
    applies=st.booleans(),
    voluntary=st.booleans(),
    origins=st.sampled_from([(), ("ITA",), ("!ITA",)]),
    platforms=st.sampled_from([(), ("own_site",)]),
    valid_from=st.sampled_from([None, TODAY, TODAY + timedelta(days=1)]),
    valid_to=st.sampled_from([None, TODAY, TODAY - timedelta(days=1)]),
)
some_products = st.builds(
    Product,
    name=st.just("p"),
    tags=st.lists(tag_names, max_size=2).map(tuple),
    hs=st.none() | codes,
    origin=st.sampled_from([None, "ITA", "DEU"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(some_rules, max_size=6),
    st.lists(some_products, max_size=3),
    st.sampled_from([None, "open_market"]),
)
def test_nothing_is_known_where_no_rule_speaks(
    rules: list[Rule], products: list[Product], platform: str | None
) -> None:
    found = rules_for("NOR", products, rules=rules, today=TODAY, platform=platform)  # type: ignore[arg-type]
    for each in found.products:
        for cell in each.cells:
            speaking = [a.rule for a in cell.rules if a.certain and not a.rule.voluntary]
            assert (cell.state != "unknown") == bool(speaking)
            assert cell.level != "clear" or not any(rule.applies for rule in speaking)
            assert (cell.level == "clear") <= (cell.state == "none")
            for rule in speaking:
                assert rule in rules
                assert rule.kind == cell.kind
                assert "NOR" in rule.markets
                assert rule.in_force(TODAY)
                assert platform is None or not rule.platforms
    assert 0 <= found.settled <= found.stated <= found.cells == 6 * len(products)


# --- files --------------------------------------------------------------------------------------------


def wrong(text: str) -> str:
    rules, problems = parse(text, "regulations/mine.toml", origin="user")
    assert rules == []
    (problem,) = problems
    return problem.reason


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ('kind = "licence"', 'kind = "ban"', "`kind`: Input should be 'prohibited', 'licence'"),
        ('market = "Norway"', 'market = "Gotham"', "'Gotham' is no market"),
        ('tags = ["wine"]', 'tags = ["vine"]', "did you mean wine"),
        ('tags = ["wine"]', "hs = [2204]", "`hs.0`: Input should be a valid string (found: '2204')"),
        ('tags = ["wine"]', 'hs = ["409"]', "write it again, as 0409"),
        ('says = "A licence is asked for."', "", "`says`: Field required"),
        ('source = "An office"', 'source = ""', "`source`"),
        ("checked = 2026-01-10", "", "`checked`"),
        ("checked = 2026-01-10", "checked = 2026-01-10\nrecalled = 2026-01-10", "`recalled`"),
        ("checked = 2026-01-10", 'checked = "yesterday"', "`checked`"),
        ("checked = 2026-01-10", "checked = 2026-01-10\nreview_by = 2025-01-10", "lies before"),
        ("checked = 2026-01-10", 'checked = 2026-01-10\nurl = "javascript:alert(1)"', "`url`"),
        ("checked = 2026-01-10", "checked = 2026-01-10\nvalid_from = 2027-01-01\nvalid_to = 2026-01-01", "`valid_to`"),
        ('id = "xx-wine"', 'id = "xx-wine"\ncolour = "red"', "`colour`: Extra inputs"),
        ('id = "xx-wine"', 'id = "Wine!"', "`id`: write lower-case letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rule_names_file_rule_and_field(line: str, instead: str, told: str) -> None:
    reason = wrong(RULE.replace(line, instead))
    assert reason.startswith("regulations/mine.toml, rule 1 (")
    assert told in reason


def test_good_rules_of_a_file_count_beside_bad_ones() -> None:
    bad = RULE.replace("xx-wine", "xx-bad").replace("licence", "ban", 1)
    rules, problems = parse(RULE + bad + RULE, "mine.toml", origin="user")
    assert [rule.id for rule in rules] == ["xx-wine"]
    assert [problem.reason[:32] for problem in problems] == [
        "mine.toml, rule 2 (xx-bad): `kin", "mine.toml, rule 3 (xx-wine): `id",
    ]  # fmt: skip


def test_a_text_that_is_no_toml_is_refused_in_words() -> None:
    with pytest.raises(InputError, match=r"mine\.toml is no TOML: .*line 2"):
        parse("\nrule = ]", "mine.toml", origin="user")
    with pytest.raises(InputError, match=r"`rules`: Extra inputs.*\[\[rule\]\]"):
        parse('[[rules]]\nid = "x"', "mine.toml", origin="user")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_more_than_a_mistake(text: str) -> None:
    for whole in (text, RULE + text):
        try:
            parse(whole, "mine.toml", origin="user")
        except InputError:
            continue


def test_a_union_stands_for_its_members() -> None:
    (rule,), _ = parse(RULE.replace('"Norway"', '["EU", "NO"]'), "own.toml", origin="user")
    assert len(GROUPS["EU"]) == 27
    assert rule.markets == (*GROUPS["EU"], "NOR")


@pytest.mark.requirement("F67", "S23")
def test_a_workspaces_rule_stands_in_the_place_of_a_shipped_one_and_a_firms_over_both(tmp_path: Path) -> None:
    folder = tmp_path / "regulations"
    text = RULE.replace("xx-wine", "kw-alcohol").replace("Norway", "Kuwait")
    (folder / "firms").mkdir(parents=True)
    (folder / "own.toml").write_text(text)
    (folder / "firms" / "shop.toml").write_text(text.replace("A licence is asked for.", "Ask us."))
    book = rule_book(folder)
    assert book.rule("kw-alcohol").says == "A licence is asked for."
    assert [(r.id, r.by, r.before.file) for r in book.replaced] == [
        ("kw-alcohol", "regulations/own.toml", "alcohol.toml")
    ]
    assert book.rule("kw-alcohol").origin == "user"
    assert book.rule("sa-alcohol").origin == "shipped"
    assert rule_book(folder, "shop").rule("kw-alcohol").says == "Ask us."
    assert rule_book(folder, "other").rule("kw-alcohol").says == "A licence is asked for."
    with pytest.raises(UnknownName):
        book.rule("nothing")


def test_a_broken_file_is_told_and_the_rest_counts(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "b.toml").write_text("rule = [")
    (tmp_path / "c.toml").write_text(RULE)
    (tmp_path / "products.toml").write_text("[Wrong]\nlabel = 1\n")
    book = rule_book(tmp_path)
    assert book.rule("xx-wine").says
    assert sorted(problem.kind for problem in book.problems) == ["file", "file", "tags"]


def test_contradictions_and_repetitions_are_told(tmp_path: Path) -> None:
    contrary = RULE.replace("xx-wine", "yy-wine") + "applies = false\n"
    again = RULE.replace("xx-wine", "zz-wine")
    (tmp_path / "own.toml").write_text(RULE + contrary + again)
    told = {(p.kind, p.reason.split(" (")[0]) for p in rule_book(tmp_path).problems}
    assert ("contradiction", "xx-wine") in told
    assert ("repeated", "xx-wine") in told
    # What held at another time, or for another way of selling, contradicts nothing.
    one = a_rule(valid_to=date(2026, 1, 1))
    assert tell([one, a_rule(id="b", applies=False, valid_from=date(2026, 1, 2))]) == ()
    assert tell([one, a_rule(id="b", applies=False, platforms=("own_site",))]) == ()


def test_an_added_rule_is_read_again_and_one_of_its_id_goes(tmp_path: Path) -> None:
    said = {
        "market": "Norway", "kind": "label", "says": "=1+1 \"quoted\" ]] '''", "source": "An office",
        "tags": ["wine"], "checked": TODAY, "region": "", "topic": None,
    }  # fmt: skip
    kept = add(tmp_path, said)
    assert kept.id.startswith("norway-wine-label-")
    assert rule_book(tmp_path).rule(kept.id).says == said["says"]
    add(tmp_path, {**said, "id": kept.id, "says": "Other."})
    book = rule_book(tmp_path)
    assert book.rule(kept.id).says == "Other."
    assert sum(rule.origin == "user" for rule in book) == 1
    add(tmp_path, said, firm="shop")
    assert (tmp_path / "firms" / "shop.toml").is_file()


def test_nothing_is_added_to_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("rule = [")
    said = {"market": "NO", "kind": "label", "says": "x", "source": "y", "checked": TODAY}
    with pytest.raises(InputError, match="nothing was added"):
        add(tmp_path, said)
    assert (tmp_path / "own.toml").read_text() == "rule = ["


def test_tags_of_a_workspace_are_known_to_its_rules(tmp_path: Path) -> None:
    (tmp_path / "products.toml").write_text(
        '[truffle]\nlabel = "truffles"\nhs = ["0709"]\nwithin = ["food"]\n'
    )
    (tmp_path / "own.toml").write_text(RULE.replace('["wine"]', '["truffle"]'))
    book = rule_book(tmp_path)
    assert book.problems == ()
    from fondaco.reference.products import tags_of

    known: Tags = tags_of(tmp_path)
    found = rules_for("NOR", [Product("t", hs="070956")], rules=book, today=TODAY, known=known)
    assert found.products[0].cells[1].state == "stated"
