"""`fondaco network benchmark`, as a person runs it."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

from fondaco.ledger import Workspace
from fondaco.network.disclosure import Indicator
from fondaco.workflows.networks import Member, Network, write_network

pytestmark = pytest.mark.requirement("S07", "S17")
FIRMS = ("ada", "ben", "cid", "dan", "eve")


@pytest.fixture
def desk(shell: Shell) -> Shell:
    """Five firms with the same kind of orders, each to so many markets."""
    lands = ["DE", "FR", "ES", "GB", "US", "JP"]
    for number, firm in enumerate(FIRMS):
        rows = [f"{n},2026-05-{n + 1:02},S,Jar,1,10.00,EUR,K{n},{lands[n % (number + 2)]}" for n in range(12)]
        text = "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n" + "\n".join(rows) + "\n"
        path = shell.file(f"{firm}.csv", text)
        shell.run("import", path, "--firm", firm, "--home", "IT", "--currency", "EUR", "--now", "2026-06-01")
    shares = frozenset({Indicator.MARKETS, Indicator.CONCENTRATION})
    members = [Member(firm, shares) for firm in FIRMS[:-1]] + [Member("eve", frozenset({Indicator.MARKETS}))]
    write_network(Workspace(shell.home), Network("quays", "Seven Quays", tuple(members)))
    return shell


WORDS = ("network", "benchmark", "--network", "quays", "--now", "2026-06-01")


def test_own_figures_stand_beside_those_that_may_be_shown(desk: Shell) -> None:
    found = desk.run(*WORDS, "--firm", "ada", "--json").json
    told = {each["indicator"]: each for each in found["cells"]}
    assert set(told) == set(Indicator)
    markets = told["markets"]
    # Markets: 2, 3, 4, 5 and 6, their mean 4; five members on the scale 0 to 20 are told apart from 5 on only.
    assert markets["own"]["value"] == 2
    assert (markets["n"], markets["low"], markets["high"]) == (5, 0, 5)
    assert told["concentration"]["withheld"]
    assert "Fewer than 5" in told["concentration"]["why"]


def test_one_sees_what_one_shares(desk: Shell) -> None:
    (cell,) = desk.run(*WORDS, "--firm", "eve", "--indicator", "concentration", "--json").json["cells"]
    assert cell["withheld"]
    assert "You see what you share" in cell["why"]
    assert cell["own"]["value"] > 0


def test_it_is_told_in_words_too(desk: Shell) -> None:
    out = desk.run(*WORDS, "--firm", "ada").out
    assert "Foreign markets sold to" in out
    assert "5 or more members" in out
    assert "withheld" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--firm", "ada", "--indicator", "revenue"), "is not shared in any network"),
        (("--firm", "ada", "--group", "size"), "cannot be read"),
        (("--firm", "ada", "--group", "buyer=Miller"), "cannot be read"),
        (("--firm", "nobody"), "no member"),
    ],
)
def test_what_cannot_be_asked_is_told(desk: Shell, words: tuple[str, ...], said: str) -> None:
    assert said in desk.run(*WORDS, *words, code=2).err


def test_a_network_that_is_none_is_told(desk: Shell) -> None:
    words = ("network", "benchmark", "--network", "nope", "--firm", "ada")
    assert "these are: quays" in desk.run(*words, code=2).err
