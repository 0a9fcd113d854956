"""`fondaco expect`, `staffing` and `renewal`: for a firm with almost nothing, and with a ledger."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cli.conftest import Shell

from fondaco.ledger import Workspace
from fondaco.network.disclosure import Indicator
from fondaco.strategy.profile import profile_of as stated
from fondaco.workflows.networks import Member, Network, stated_figure, write_network
from fondaco.workflows.profile import change_profile, profile_of
from fondaco.workflows.renewal import renewal_of

INQUIRIES = "Inquiry ID,Received at,Country,Buyer,Answered at\n" + "\n".join(
    f"Q{n},2026-{1 + n // 4:02d}-{3 + 6 * (n % 4):02d}T{7 + n % 5:02d}:30:00,KR,B{n},2026-{1 + n // 4:02d}-{4 + 6 * (n % 4):02d}T09:00:00"
    for n in range(36)
)  # fmt: skip


@pytest.fixture
def bare(shell: Shell) -> Shell:
    Workspace(shell.home).create_firm("shop", home="ITA", currency="EUR")
    return shell


@pytest.mark.requirement("F04", "X08")
def test_expectations_of_a_firm_with_nothing_are_wide_and_say_so(bare: Shell) -> None:
    told = bare.run("expect", "--firm", "shop", "--now", "2026-11-30", "--views", "2000000", "--json").json
    rfqs = told["expectations"]["rfqs"]
    assert rfqs["low"] < rfqs["estimate"] < rfqs["high"] and rfqs["level"] == 0.9
    assert rfqs["low"] <= rfqs["half"]["low"] and rfqs["half"]["level"] == 0.5
    assert told["benchmark"]["requests"] == 90 and any("no general rate" in said for said in told["unknown"])
    assert told["basis"]["rests_on"]["rfqs"].startswith("set by us")
    assert told["money_out"] is None


@pytest.mark.requirement("F03", "F04", "F07")
def test_profile_pooled_figures_and_hopes_count(bare: Shell) -> None:
    (bare.folder / "network.toml").write_text("[quotation_order]\nsuccesses = 60\ntrials = 500\n", "utf-8")
    ledger = Workspace(bare.home).ledger("shop")
    change_profile(ledger, lambda _: stated({"aims": {"text": "Two importers"}, "people": {"export_hours_per_week": "6"}, "channel": [{"platform": "alibaba", "yearly_fee": "3000"}]}, "test"))  # fmt: skip
    words = ("expect", "--firm", "shop", "--now", "2026-11-30", "--rfqs", "3", "--hour-cost", "20", "--hope", "first_orders=80", "--pooled", "network.toml")  # fmt: skip
    told = bare.run(*words, "--json").json
    assert told["aim"] == "Two importers" and told["money_out"] == pytest.approx(2 * 3000 + 24 * 26 * 20)
    assert "60 of 500" in told["basis"]["rests_on"]["quotation_order"]
    assert told["hopes"][0]["verdict"] == "far"
    assert "plan for less" in bare.run(*words).out


@pytest.mark.requirement("F03", "S07")
def test_what_a_network_shows_the_firm_takes_the_place_of_what_is_set(bare: Shell) -> None:
    """Six members state the share of inquirers who order within 90 days; the one that shares nothing sees nothing."""
    workspace = Workspace(bare.home)
    members = []
    for name in ("shop", "a", "b", "c", "d", "e", "quiet"):
        if name != "shop":
            workspace.create_firm(name, home="ITA", currency="EUR")
        shares = [] if name == "quiet" else [Indicator.INQUIRY_TO_ORDER]
        stated = {of: stated_figure(0.11, date(2026, 9, 30)) for of in shares}
        members.append(Member(name, frozenset(shares), stated))
    write_network(workspace, Network("quays", "Seven Quays", tuple(members)))
    words = ("expect", "--network", "quays", "--now", "2026-11-30", "--rfqs", "3", "--json")
    told = bare.run(*words, "--firm", "shop").json
    # The mean of six, 0.11 of 0.5, lies between two cuts of the scale.
    assert told["basis"]["rests_on"]["quotation_order"].startswith(
        "Seven Quays: 10.0% to 12.5% of inquirers order"
    )
    assert any("Seven Quays shows nothing of: new buyers who order again" in said for said in told["unknown"])
    quiet = bare.run(*words, "--firm", "quiet").json
    assert quiet["basis"]["rests_on"]["quotation_order"].startswith("set by us")
    assert any("You see what you share" in said for said in quiet["unknown"])
    workspace.create_firm("stranger", home="ITA", currency="EUR")
    assert "is no member of" in bare.run(*words, "--firm", "stranger", code=2).err


@pytest.mark.requirement("F07")
def test_a_country_of_several_time_zones_counts_its_first_and_says_so(shell: Shell) -> None:
    Workspace(shell.home).create_firm("felt", home="MNG", currency="USD")
    words = (
        "staffing",
        "--firm",
        "felt",
        "--a-week",
        "20",
        "--buyers",
        "KOR",
        "--within",
        "72",
        "--now",
        "2026-10-01",
    )
    told = shell.run(*words, "--json").json
    assert any("Asia/Ulaanbaatar is taken for the firm's time zone" in said for said in told["rests_on"])
    hovd = shell.run(*words, "--zone", "Asia/Hovd", "--json").json
    assert not any("is taken for" in said for said in hovd["rests_on"])


@pytest.mark.requirement("F07", "F72")
def test_staffing_and_renewal_read_the_ledger(bare: Shell) -> None:
    (bare.folder / "inquiries.csv").write_text(INQUIRIES, "utf-8")
    assert bare.run("import", "inquiries.csv", "--firm", "shop").code == 0
    workspace = Workspace(bare.home)
    change_profile(workspace.ledger("shop"), lambda _: stated({"channel": [{"platform": "table", "since": "2026-01-01", "ends": "2026-12-31", "yearly_fee": "1200"}]}, "test"))  # fmt: skip
    assert profile_of(workspace, "shop").channel[0].platform == "table"
    told = bare.run("staffing", "--firm", "shop", "--now", "2026-10-01", "--within", "72", "--hour-cost", "25", "--json").json  # fmt: skip
    assert (
        "36 inquiries of the ledger" in told["rests_on"][0]
        and "Hours of the week as in" in told["rests_on"][1]
    )
    hours = told["needed"]["hours_a_week"]
    assert 0 < hours["estimate"] <= 10 and told["yearly_cost_of_needed"] == hours["estimate"] * 25 * 52
    assert [each["change"] for each in told["changes"]] == ["part_time", "template", "partner", "bot"]
    found = bare.run("renewal", "--firm", "shop", "--now", "2026-10-01", "--json").json
    assert bare.run("review", "--firm", "shop", "--now", "2026-10-01", "--json").json == found
    assert found["facts"]["rfqs"] == {"value": 36, "from": "ledger, table"}
    # Those of 07:30 and 08:30 were answered at nine on the next day, beyond 24 hours: 15 of 36.
    assert found["facts"]["answered_in_time"]["value"] == pytest.approx(21 / 36) and found["days_left"] == 91
    assert "58% of requests were answered in time." in [each["reason"] for each in found["review"]["change"]]
    assert [each["rule"] for each in found["review"]["stay"]] == ["renewal/requests"]
    today = date(2026, 10, 1)
    for hoped, met in ((30, True), (90, False)):
        held = renewal_of(
            workspace, "shop", today, hopes={"rfqs": hoped}, stated={"contacts": 2, "partners": 1}
        )
        assert held.facts.yes_no["hopes_met"] is met and held.facts.numbers["advantages"] == 3


@pytest.mark.requirement("F92")
def test_a_platform_that_no_profile_names_is_told_its_own_orders_and_page_views(bare: Shell) -> None:
    columns = {
        "orders": "order = 'Order'\nat = 'Date'\ncountry = 'Country'\nbuyer = 'Buyer'\namount = 'Amount'\n",
        "traffic": "day = 'Date'\ncountry = 'Country'\nimpressions = 'Shown'\nviews = 'Views'\n",
    }
    for platform, count, views in (("alibaba", 2, 300), ("etsy", 3, 50)):
        sold = "".join(f"{platform}{n},2026-0{n + 1}-05,DEU,{platform} {n},10.00\n" for n in range(count))
        tables = {
            "orders": f"Order,Date,Country,Buyer,Amount\n{sold}",
            "traffic": f"Date,Country,Shown,Views\n2026-03-01,DEU,9000,{views}\n",
        }
        for kind, text in tables.items():
            mapping = f"[mapping]\nname = '{platform} {kind}'\nplatform = '{platform}'\ntable = '{kind}'\n"
            (bare.folder / "m.toml").write_text(f"{mapping}[columns]\n{columns[kind]}")
            (bare.folder / f"{platform}-{kind}.csv").write_text(text)
            bare.run(
                "import",
                f"{platform}-{kind}.csv",
                "--firm",
                "shop",
                "--mapping",
                "m.toml",
                "--currency",
                "EUR",
                code=0,
            )
    words = ("review", "--firm", "shop", "--now", "2026-10-01", "--json", "--platform")
    for platform, first_orders, views in (("alibaba", 2, 300), ("etsy", 3, 50), ("", 5, 350)):
        facts = bare.run(*words, platform).json["facts"]
        assert (facts["first_orders"]["value"], facts["views"]["value"]) == (first_orders, views)


@pytest.mark.requirement("F92", "F93", "F94", "F96")
def test_the_renewal_takes_what_people_state_and_prints_a_brief(bare: Shell) -> None:
    (bare.folder / "facts.toml").write_text(
        'platform = "alibaba"\nends = 2026-12-20\nlasting_ties = 2\nstrain = 4\nhopes_met = false\n', "utf-8"
    )
    words = ("renewal", "--firm", "shop", "--now", "2026-11-30", "--facts", "facts.toml")
    told = bare.run(*words, "--json", "--pdf", "brief.pdf").json
    assert told["countdown"] == "The subscription ends in 20 days. The review is due."
    sides = {
        side: {each["rule"]: each["weight"] for each in reasons} for side, reasons in told["review"].items()
    }
    assert sides["stay"] == {"renewal/lasting-ties": 3} and sides["leave"] == {"renewal/strain": 2}
    assert sides["change"] == {"renewal/hopes-too-high": 1}
    assert (bare.folder / "brief.pdf").read_bytes().startswith(b"%PDF-")
    out = bare.run(*words).out
    assert "For staying:" in out and "The firm decides" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("expect", "--hope", "luck=3"), "Nothing is simulated under 'luck'"),
        (("expect", "--hope", "first_orders"), "write a name and a number"),
        (("expect", "--rfqs", "nan"), "rfqs a month is nan"),
        (("expect", "--seed", "-1"), "The seed is -1"),
        (("expect", "--pooled", "none.toml"), "none.toml is not there"),
        (("staffing",), "no inquiry of the last year"),
        (("staffing", "--a-week", "5", "--buyers", "Atlantis"), "Atlantis"),
        (("staffing", "--a-week", "5", "--minutes", "0"), "A reply takes 0 minutes"),
        (("staffing", "--a-week", "5", "--open", "whenever"), "whenever"),
        (("renewal", "--facts", "none.toml"), "none.toml is not there"),
    ],
)
def test_mistakes_get_words(bare: Shell, words: tuple[str, ...], told: str) -> None:
    ran = bare.run(words[0], "--firm", "shop", *words[1:], code=2)
    assert told in ran.err
