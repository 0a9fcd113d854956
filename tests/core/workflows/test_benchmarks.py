"""A member's figures from its ledger, and what the network's file and door make of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fondaco.kernel.errors import Damaged, InputError, UnknownName
from fondaco.ledger import Workspace
from fondaco.network.disclosure import Cell, Figure, Indicator, MemberFigures, Withheld
from fondaco.network.disclosure.noise import Budget
from fondaco.workflows import take_in
from fondaco.workflows.benchmarks import (
    _noisy,
    compare,
    figures_of,
    publish_network,
    shown,
    withdraw_from,
)
from fondaco.workflows.networks import Member, Network, history_of, read_network, stated_figure, write_network

pytestmark = pytest.mark.requirement("S07", "S17")

NOW = datetime(2026, 6, 1, tzinfo=UTC)
#: Six buyers: A orders on two days, B twice on one day, the others once; four markets abroad, one order at home.
ORDERS = """Order,Date,Country,SKU,Product,Quantity,Price,Currency,Customer
1,2026-02-01,DE,W,Wine,10,7,EUR,A
2,2026-03-05,DE,W,Wine,10,7,EUR,A
3,2026-03-09,FR,W,Wine,10,7,EUR,B
4,2026-03-09,FR,W,Wine,10,7,EUR,B
5,2026-04-09,ES,W,Wine,10,7,EUR,C
6,2026-04-10,DE,W,Wine,10,7,EUR,D
7,2026-04-11,DE,W,Wine,10,7,EUR,E
8,2026-05-30,GB,W,Wine,10,7,EUR,F
9,2026-05-30,IT,W,Wine,10,7,EUR,G
10,2024-05-30,US,W,Wine,10,7,EUR,H
"""
#: Answered after 1, 5, 23, 25 and 60 hours, never, and one of 2024 that is of another year.
INQUIRIES = """Inquiry,Type,Received,Answered,Buyer,Company,Country,Product,Quantity,Message
a,Inquiry,2026-01-10 09:00,2026-01-10 10:00,Ann,Ann Ltd,Germany,Wine,10,Hello
b,Inquiry,2026-01-11 09:00,2026-01-11 14:00,Ben,Ben Ltd,Germany,Wine,10,Hello
c,Inquiry,2026-01-12 09:00,2026-01-13 08:00,Cid,Cid Ltd,France,Wine,10,Hello
d,Inquiry,2026-01-13 09:00,2026-01-14 10:00,Dan,Dan Ltd,France,Wine,10,Hello
e,Inquiry,2026-01-14 09:00,2026-01-16 21:00,Eve,Eve Ltd,Spain,Wine,10,Hello
f,Inquiry,2026-01-15 09:00,,Fay,Fay Ltd,Spain,Wine,10,Hello
g,Inquiry,2024-01-15 09:00,2024-01-15 09:30,Gus,Gus Ltd,Spain,Wine,10,Hello
"""


def firm(workspace: Workspace, folder: Path, slug: str, orders: str = ORDERS) -> None:
    for name, text in (("orders.csv", orders), ("inquiries.csv", INQUIRIES)):
        file = folder / f"{slug}-{name}"
        file.write_text(text, "utf-8")
        take_in(workspace, slug, [file], home="IT", currency="EUR", now=NOW)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "home")
    firm(made, tmp_path, "shop")
    return made


def test_figures_are_of_the_year_to_the_ledgers_last_day(workspace: Workspace) -> None:
    found = figures_of(workspace, "shop")
    told = {of: (round(each.value, 6), each.cases) for of, each in found.figures.items()}
    assert told[Indicator.RESPONSE_RATE] == (0.5, 6)  # three of six within a day
    assert told[Indicator.RESPONSE_HOURS] == (24.0, 6)  # between 23 and 25
    assert told[Indicator.MARKETS] == (4, 8)  # Germany, France, Spain, United Kingdom
    # Orders 4, 2, 1 and 1 of 8: 0.25 + 0.0625 + 2 * 0.015625.
    assert told[Indicator.CONCENTRATION] == (0.34375, 8)
    assert told[Indicator.REPEAT_SHARE] == (round(1 / 7, 6), 7)  # A; B ordered on one day
    days = found.figures[Indicator.MARKETS]
    assert (days.since, days.until) == (date(2025, 5, 30), date(2026, 5, 30))
    assert found.missing[Indicator.EXPORT_HOURS] == "The firm has not stated its hours for export."
    assert found.traits == {"home": "ITA"}


def test_figures_know_nothing_of_money_and_names(workspace: Workspace, tmp_path: Path) -> None:
    """A thousandfold prices and other names for the same buyers change no figure."""
    dear = ORDERS.replace(",10,7,EUR", ",10,7000,EUR")
    for letter in "ABCDEFGH":
        dear = dear.replace(f",EUR,{letter}\n", f",EUR,Canary{letter}\n")
    firm(workspace, tmp_path, "dear", dear)
    one, other = figures_of(workspace, "shop"), figures_of(workspace, "dear")
    assert one.figures == other.figures
    assert "Canary" not in str(other)
    assert "7000" not in str(other.figures)


def test_figures_are_kept_by_the_ledgers_fingerprint(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = figures_of(workspace, "shop")
    monkeypatch.setattr(
        "fondaco.workflows.benchmarks._computed", lambda *_: pytest.fail("was computed again")
    )
    assert figures_of(workspace, "shop") == first
    kept = workspace.home / "cache" / "benchmarks" / "shop.json"
    kept.write_text('{"mark": "damaged"}')
    with pytest.raises(pytest.fail.Exception):
        figures_of(workspace, "shop")


def test_an_empty_ledger_is_told_in_words(workspace: Workspace) -> None:
    workspace.create_firm("bare", name="Bare", home="ITA", currency="EUR")
    found = figures_of(workspace, "bare")
    assert not found.figures
    assert found.missing[Indicator.MARKETS] == "The ledger is empty."


def test_what_a_firm_states_is_taken_as_it_is(workspace: Workspace) -> None:
    stated = {Indicator.SHIPPING_PER_KILO: stated_figure(4.2, date(2026, 5, 1), weight=1250)}
    found = figures_of(workspace, "shop", stated)
    assert found.figures[Indicator.SHIPPING_PER_KILO].value == 4.2
    assert Indicator.SHIPPING_PER_KILO not in found.missing


# --- the network's file and what was published -------------------------------------------------------


def made_up(many: int, until: date = date(2026, 5, 30)) -> dict[str, MemberFigures]:
    return {
        f"m{n}": MemberFigures(
            f"m{n}",
            {Indicator.MARKETS: Figure(5 + n % 4, until - timedelta(days=365), until)},
            {"home": "ITA"},
            {},
            "made",
        )
        for n in range(many)
    }


def network(many: int) -> Network:
    return Network(
        "quays", "Seven Quays", tuple(Member(f"m{n}", frozenset({Indicator.MARKETS})) for n in range(many))
    )


def seen(workspace: Workspace, among: Network) -> Cell | Withheld:
    traits = {each.firm: {"home": "ITA"} for each in among.members}
    return shown(workspace, among, traits, Indicator.MARKETS, [()], viewer="m0")[0]


def test_a_networks_file_is_read_as_it_was_written(workspace: Workspace) -> None:
    stated = {Indicator.SHIPPING_PER_KILO: stated_figure(4.2, date(2026, 9, 30), weight=1250)}
    held = Network("quays", "Seven Quays", (Member("a", frozenset({Indicator.MARKETS}), stated), Member("b")))
    write_network(workspace, held)
    assert read_network(workspace, "quays") == held


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "no TOML"),
        ('[[member]]\nfirm = "a"\nshares = ["revenue"]', "member 1 shares 1"),
        ('[[member]]\nfirm = "a"\n[[member]]\nfirm = "a"', "listed twice"),
        ('[[member]]\nfirm = "../a"', "member 1 firm"),
        (
            '[[member]]\nfirm = "a"\n[[member.stated]]\nindicator = "markets"\nvalue = nan\nuntil = 2026-01-01',
            "value",
        ),
        ("[noise]\nepsilon = -1.0", "above zero"),
        ('[[member]]\nfirm = "a"\nprices = [3]', "prices"),
    ],
)
def test_a_networks_file_that_is_wrong_is_told(workspace: Workspace, text: str, said: str) -> None:
    path = workspace.home / "networks" / "quays.toml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        read_network(workspace, "quays")


def test_what_was_published_stands_until_the_figures_are_of_new_days(workspace: Workspace) -> None:
    among = network(6)
    publish_network(workspace, among, made_up(6), NOW.date())
    first = seen(workspace, among)
    assert isinstance(first, Cell)
    publish_network(workspace, among, made_up(6, date(2026, 8, 1)), NOW.date())
    assert seen(workspace, among) == first
    withdraw_from(workspace, "quays", "m5", [Indicator.MARKETS])
    assert isinstance(seen(workspace, network(5)), Withheld)
    publish_network(workspace, network(5), made_up(5), NOW.date())
    assert isinstance(seen(workspace, network(5)), Withheld)


def test_a_damaged_record_of_what_was_published_stops_publishing(workspace: Workspace) -> None:
    publish_network(workspace, network(6), made_up(6), NOW.date())
    (workspace.home / "networks" / "disclosure" / "markets.json").write_text("{}")
    with pytest.raises(Damaged, match=r"markets\.json"):
        publish_network(workspace, network(6), made_up(6), NOW.date())
    with pytest.raises(Damaged):
        history_of(workspace, Indicator.MARKETS)


def test_a_stranger_is_no_member(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="no member"):
        compare(workspace, network(6), "stranger", list(Indicator), (), NOW.date())


def test_a_firm_that_has_no_files_here_is_told(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="no firm 'm0'"):
        compare(workspace, network(6), "m0", list(Indicator), (), NOW.date())


def test_noise_is_for_large_networks_and_says_what_it_cost(workspace: Workspace) -> None:
    few, many = (replace(network(size), noise=Budget()) for size in (6, 600))
    small = _noisy(workspace, few, made_up(6), Indicator.MARKETS, (), "m0", NOW.date())
    assert isinstance(small, Withheld)
    assert "500 members and more" in small.why
    pytest.importorskip("opendp")
    found = _noisy(workspace, many, made_up(600), Indicator.MARKETS, (), "m0", NOW.date())
    assert isinstance(found, Cell)
    assert (found.n, found.epsilon) == (600, 0.1)
    # The mean is 6.5; bounds are ln 20 / (600 * 0.1) of the scale's 20 markets, one market, to each side.
    assert found.high - found.low == pytest.approx(2.0, abs=0.01)
    assert abs(found.mean - 6.5) < 3
    assert _noisy(workspace, many, made_up(600), Indicator.MARKETS, (), "m0", NOW.date()) == found
    stranger = _noisy(workspace, many, made_up(600), Indicator.MARKETS, (), "stranger", NOW.date())
    assert isinstance(stranger, Withheld)
