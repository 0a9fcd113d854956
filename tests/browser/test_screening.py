"""Screening with the keyboard alone, in a real browser: a key decides, the next record comes, a typed reason is no key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.browser.test_pages import (
    LOOKS,
    browser,  # noqa: F401  a fixture
    expect,
    listen,
    pytestmark,  # noqa: F401
    sign_in,
)

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser
    from tests.browser.conftest import Site

RIS = "".join(
    f"TY  - JOUR\nTI  - {title}\nAB  - {about}\nPY  - 2020\nER  - \n"
    for title, about in (
        ("Exporters", "Firms sell abroad."),
        ("Mice", "Mice were fed."),
        ("Winds", "Of waves."),
    )
)


@pytest.mark.requirement("R09", "X03")
def test_records_are_screened_by_keys(browser: Browser, site: Site, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "found.ris"
    file.write_text(RIS)
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    said = listen(page)
    sign_in(page, site)
    page.goto(f"{site.address}/evidence/reviews/")
    page.get_by_label("Title").fill("By keys")
    page.get_by_label("Question").fill("What drives exporters?")
    page.get_by_label("Question").locator("xpath=ancestor::form").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/reviews/\d+/$"))
    review = page.url
    page.goto(f"{review}records/")
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("3 records").first).to_be_visible()

    page.goto(f"{review}screen/")
    count = page.locator(".head-row .soft")
    expect(count).to_have_text("0 decided by you, 3 wait for you")
    page.keyboard.press("i")
    expect(count).to_have_text("1 decided by you, 2 wait for you")
    # letters of a reason are no keys
    page.get_by_label("Reason").focus()
    page.keyboard.type("mice")
    expect(count).to_have_text("1 decided by you, 2 wait for you")
    page.get_by_label("Reason").fill("")
    page.locator("h1").click()
    page.keyboard.press("e")
    expect(count).to_have_text("2 decided by you, 1 wait for you")
    page.get_by_role("button", name="Take it back").focus()
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 decided by you, 2 wait for you")
    assert not said, said
    context.close()
