"""A walk through the site in a real browser: every page works, looks as it should and can be used by all.

Screenshots in light, dark and at phone width are written to ``build/screenshots/``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect
if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from tests.browser.conftest import Site

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium here"),
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
]

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "is_mobile": True},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)
        yield browser
        browser.close()


def listen(page: Page) -> list[str]:
    """Return a list that fills with what the page complains of, refusals of the content policy above all."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/")
    page.get_by_label("Email").fill("olivia@example.com")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/$|/f/|/n/"))


@pytest.fixture(scope="module")
def taken_in(browser: Browser, site: Site) -> Iterator[tuple[BrowserContext, str]]:
    """Sign in, bring a file, look at the proposal and take it in; gives the session and the import's page."""
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    said = listen(page)
    sign_in(page, site)
    page.goto(f"{site.address}/f/harbour-tea/")
    shoot(page, "firm-empty")
    page.get_by_role("link", name="Bring a file").click()
    shoot(page, "data-empty")
    page.get_by_label("Drop files here, or choose them").set_input_files(str(site.orders))
    page.get_by_role("button", name="Look at them").click()
    page.wait_for_url("**/uploads/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("tea orders 2024.csv")
    if page.get_by_label("Currency").count():
        page.get_by_label("Currency").select_option("GBP")
        page.get_by_role("button", name="Look again").click()
        page.wait_for_load_state()
    examine(page, "preview", context)
    page.get_by_role("button", name="Take in").first.click()
    page.wait_for_url("**/imports/**", timeout=60_000)
    assert not said, said
    yield context, page.url
    context.close()


def shoot(page: Page, name: str, look: str = "light") -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{look}.png", full_page=True)


def wait_for_charts(page: Page) -> None:
    for chart in page.locator("[data-chart]").all():
        chart.locator("svg").wait_for(timeout=20_000)


def examined(page: Page) -> Any:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate("axe.run(document, {resultTypes: ['violations']})")


def serious(page: Page) -> list[str]:
    """Return what axe finds that is serious or critical; a test that asks ends with `end_with_axe`."""
    if not AXE.exists():
        return []
    try:
        found = examined(page)
    except playwright_api.Error as error:
        if "navigation" not in str(error):
            raise
        page.wait_for_load_state()  # a page that waited for a result has drawn itself anew
        found = examined(page)
    return [
        f"{each['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def end_with_axe() -> None:
    """Say that a test which held has not shown all, where axe is not installed."""
    if not AXE.exists():
        pytest.skip("all but accessibility held; axe-core is not installed: npm ci --prefix tests/browser")


def examine(page: Page, name: str, context: BrowserContext) -> None:
    """Look at the page where it stands in light, dark and at phone width."""
    for look, wanted in LOOKS.items():
        other = context.new_page()
        said = listen(other)
        other.emulate_media(color_scheme=wanted["color_scheme"])
        other.set_viewport_size(wanted["viewport"])
        other.goto(page.url)
        wait_for_charts(other)
        shoot(other, name, look)
        wide = other.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px wider than the {look} window"
        assert not serious(other), "\n".join(serious(other))
        assert not said, said
        other.close()


@pytest.mark.parametrize("look", LOOKS)
def test_sign_in_page(browser: Browser, site: Site, look: str) -> None:
    context = browser.new_context(**LOOKS[look])
    page = context.new_page()
    said = listen(page)
    page.goto(f"{site.address}/accounts/login/")
    shoot(page, "sign-in", look)
    assert not serious(page), "\n".join(serious(page))
    assert not said
    context.close()
    end_with_axe()


PAGES = {
    "home": "/",
    "firm": "/f/harbour-tea/",
    "data": "/f/harbour-tea/data/",
    "quarantine": "/f/harbour-tea/data/quarantine/",
    "markets": "/f/harbour-tea/markets/",
    "expected": "/f/harbour-tea/markets/expected/",
    "potential": "/f/harbour-tea/markets/potential/",
    "explore": "/f/harbour-tea/markets/explore/?budget=500&unit=money&most=5&explore=20&floor=&cap=",
    "market": "/f/harbour-tea/markets/DEU/",
    "market-unknown": "/f/harbour-tea/markets/KOR/",
    "notes": "/f/harbour-tea/markets/notes/",
    "note": "/f/harbour-tea/markets/notes/new/?market=DEU&part=competitors",
    "practice": "/f/harbour-tea/markets/practice/new/",
    "signals": "/f/harbour-tea/signals/",
    "plan": "/f/harbour-tea/plan/?now=1",
    "plan-wait": "/f/harbour-tea/plan/",
    "rules": "/f/harbour-tea/rules/",
    "products": "/f/harbour-tea/products/",
    "market-rules": "/f/harbour-tea/rules/JPN/?tag=wine",
    "edit-rule": "/f/harbour-tea/rules/JPN/edit/?rule=jp-food-label",
    "people": "/f/harbour-tea/members/",
    "settings": "/f/harbour-tea/settings/",
    "network": "/n/seven-quays/",
    "network-facts": "/n/seven-quays/facts/",
    "member-facts": "/n/seven-quays/firms/harbour-tea/",
    "new-firm": "/firms/new/",
    "second-factor": "/accounts/2fa/",
    "password": "/accounts/password/change/",
    "not-found": "/nothing-here/",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_in_light_dark_and_on_a_phone(
    taken_in: tuple[BrowserContext, str], site: Site, name: str
) -> None:
    context, _ = taken_in
    page = context.new_page()
    page.goto(site.address + PAGES[name])
    if name == "not-found":
        shoot(page, name)
        assert not serious(page)
    else:
        examine(page, name, context)
    page.close()
    end_with_axe()


def test_a_plan_is_begun_and_a_line_edited_by_keyboard_within_the_page(
    taken_in: tuple[BrowserContext, str], site: Site
) -> None:
    context, _ = taken_in
    page = context.new_page()
    page.goto(site.address + "/f/harbour-tea/plan/?now=1")
    page.get_by_role("button", name="Begin the plan with this proposal").press("Enter")
    expect(page.get_by_text("Version 1, made on")).to_be_visible()
    edit = page.locator("main a[hx-get]").first
    edit.press("Enter")
    words = page.locator("li form").get_by_label("What to do")
    words.fill("Ask the forwarder in Hull.")
    page.locator("li form").get_by_role("button", name="Keep it").press("Enter")
    expect(page.locator("li strong", has_text="Ask the forwarder in Hull.")).to_be_visible()
    expect(page.locator("li form")).to_have_count(0)
    examine(page, "plan-begun", context)
    page.get_by_role("link", name="What happened since").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What happened since")
    examine(page, "plan-since", context)
    page.close()
    end_with_axe()


def test_import_page_accounts_for_every_row(taken_in: tuple[BrowserContext, str]) -> None:
    context, address = taken_in
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("tea orders 2024")
    examine(page, "import", context)
    page.get_by_role("link", name=re.compile("^Quarantine")).first.click()
    page.wait_for_url("**/?fate=quarantined")
    expect(page.locator("section[aria-labelledby=rows] tbody tr")).to_have_count(2)
    page.goto(address + "replay/")
    examine(page, "replay", context)
    page.goto(address + "undo/")
    examine(page, "undo", context)
    page.close()
    end_with_axe()


def test_markets_can_be_sorted_and_opened(taken_in: tuple[BrowserContext, str], site: Site) -> None:
    context, _ = taken_in
    page = context.new_page()
    page.goto(f"{site.address}/f/harbour-tea/markets/")
    page.get_by_role("link", name="Market", exact=True).click()
    expect(page.locator("section[aria-labelledby=table] tbody th").first).to_have_text(
        re.compile("Australia")
    )
    page.get_by_role("link", name="Germany").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^\\s*Germany"))
    page.close()


def test_a_note_is_written_with_the_keyboard(taken_in: tuple[BrowserContext, str], site: Site) -> None:
    context, _ = taken_in
    page = context.new_page()
    page.goto(f"{site.address}/f/harbour-tea/markets/DEU/")
    page.get_by_role("link", name="Write a note (Competitors)").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notes/new/**")
    assert page.get_by_label("Market", exact=True).input_value() == "DEU"
    assert page.get_by_label("about").input_value() == "competitors"
    page.get_by_label("what is known").focus()
    page.keyboard.type("Two tea houses in Hamburg sell our pots at 19 euro.")
    page.get_by_label("Source").fill("Visit in spring")
    page.get_by_label("who knows it").fill("Olivia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/markets/DEU/")
    expect(page.get_by_text("sell our pots at 19 euro")).to_have_count(1)
    page.close()


def test_theme_is_kept(taken_in: tuple[BrowserContext, str], site: Site) -> None:
    context, _ = taken_in
    page = context.new_page()
    page.goto(f"{site.address}/f/harbour-tea/")
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.clear_cookies(name="theme")
    page.close()


def test_first_key_leads_past_the_menu(taken_in: tuple[BrowserContext, str], site: Site) -> None:
    context, _ = taken_in
    page = context.new_page()
    page.goto(f"{site.address}/f/harbour-tea/markets/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_a_script_is_not_needed_to_bring_a_file(browser: Browser, site: Site, taken_in: object) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site.address}/f/harbour-tea/data/")
    page.get_by_label("Drop files here, or choose them").set_input_files(str(site.orders))
    page.get_by_role("button", name="Look at them").click()
    expect(page.get_by_role("button", name="Take in").first).to_be_visible()
    page.get_by_role("button", name="Remove the file").click()
    expect(page.get_by_text("Removed tea orders 2024.csv")).to_have_count(1)
    context.close()
