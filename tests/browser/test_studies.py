"""A study from end to end in a real browser, with the numbers of the core; and the pages of the literature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tests.browser.test_pages import (
    LOOKS,
    browser,  # noqa: F401  a fixture
    end_with_axe,
    examine,
    expect,
    listen,
    pytestmark,  # noqa: F401
    sign_in,
)

from fondaco import pls
from fondaco.evidence import read_survey
from fondaco.evidence.study import fictional_answers, template
from fondaco.pls.told import told

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from tests.browser.conftest import Site


@pytest.fixture(scope="module")
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:  # noqa: F811
    held = browser.new_context(**LOOKS["light"], accept_downloads=True)
    page = held.new_page()
    sign_in(page, site)
    page.close()
    yield held
    held.close()


@pytest.mark.requirement("R12", "R27")
def test_a_study_from_answers_to_excel_and_pdf_equals_the_core(
    context: BrowserContext, site: Site, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.csv"
    fictional_answers(template("data-driven")).drop("firm", "fictional").write_csv(answers)
    page = context.new_page()
    said = listen(page)

    # the model is drawn as it is written
    page.goto(f"{site.address}/n/seven-quays/studies/")
    page.get_by_role("link", name="Begin from it").first.click()
    picture = page.locator("#diagram img")
    expect(picture).to_have_attribute("alt", re.compile("Exploration to Performance"))
    model = page.locator("#id_model")
    whole = model.input_value()
    model.fill(whole + "\nPerformance ~ Luck")
    expect(page.locator("#diagram")).to_contain_text("Luck")
    expect(page.locator("#diagram .note.bad")).to_be_visible()
    model.fill(whole)
    expect(picture).to_have_attribute("alt", re.compile("Exploration to Performance"))
    examine(page, "study-form", context)
    page.get_by_role("button", name="Keep the draft").click()

    # frozen before answers are opened
    page.get_by_role("button", name="Freeze the model").click()
    expect(page.get_by_text("before any answer was opened").first).to_be_visible()
    page.get_by_role("link", name="Bring answers, or count them").click()
    page.get_by_label("Answers", exact=True).set_input_files(str(answers))
    page.get_by_label("Everybody whose answers").check()
    page.get_by_role("button", name="Bring them").click()
    expect(page.locator("dl.figures").first).to_contain_text("180")
    examine(page, "study-data", context)
    page.goto(page.url.removesuffix("data/"))
    examine(page, "study", context)

    # 10,000 resamples in the background
    expect(page.get_by_label("Bootstrap resamples")).to_have_value("10000")
    page.get_by_role("button", name="Open the answers and run").click()
    page.wait_for_url("**/result/", timeout=120_000)
    expect(page.get_by_text("full mediation").first).to_be_visible()
    examine(page, "study-result", context)

    survey = read_survey(answers)
    fit = pls.fit(template("data-driven").model, survey.numbers(list(template("data-driven").columns)))
    wanted = told(fit, pls.bootstrap(fit, 10_000))
    paths = page.locator(
        "section", has=page.get_by_role("heading", name="Structural model: path coefficients")
    )
    for path in wanted["paths"]:
        row = paths.locator("tr", has_text=f"{path['from']} → {path['to']}")
        expect(row).to_contain_text(f"{path['estimate']:.3f}".replace("0.", ".", 1))

    with page.expect_download() as excel:
        page.get_by_role("link", name="Excel").click()
    excel.value.save_as(tmp_path / "study.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "study.xlsx")["Structural model"]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    for path in wanted["paths"]:
        one = next(
            each
            for each in wanted["bootstrap"]["intervals"]
            if (each["kind"], each["from"], each["to"]) == ("path", path["from"], path["to"])
        )
        cells = rows[f"{path['from']} → {path['to']}"]
        # a workbook keeps sixteen digits
        assert cells[1:5] == pytest.approx((path["estimate"], one["se"], one["low"], one["high"]), rel=1e-14)
    with page.expect_download() as paper:
        page.get_by_role("link", name="PDF").click()
    paper.value.save_as(tmp_path / "study.pdf")
    assert (tmp_path / "study.pdf").read_bytes()[:5] == b"%PDF-"
    assert not said, said
    page.close()
    end_with_axe()


PAGES = {
    "studies": "/n/seven-quays/studies/",
    "evidence": "/evidence/",
    "evidence-asked": "/evidence/?q=social+media",
    "evidence-counts": "/evidence/counts/",
    "evidence-framework": "/evidence/framework/",
    "evidence-questions": "/evidence/questions/",
    "evidence-advice": "/evidence/advice/",
    "evidence-rule": "/evidence/advice/platform/foreign-experience/",
    "evidence-finding": "/evidence/findings/lee_etal_2022_f1/",
    "evidence-study": "/evidence/studies/lee_etal_2022/",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_in_light_dark_and_on_a_phone(context: BrowserContext, site: Site, name: str) -> None:
    page = context.new_page()
    page.goto(site.address + PAGES[name])
    examine(page, name, context)
    page.close()
    end_with_axe()


def test_a_question_is_asked_by_keyboard(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto(f"{site.address}/evidence/")
    page.get_by_label("Ask the studies").fill("crowdfunding ->")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("findings?$"))).to_be_visible()
    page.locator("tbody a[href*='/evidence/findings/']").first.press("Enter")
    expect(page.get_by_role("heading", name="Advice that rests on it")).to_be_visible()
    page.close()
