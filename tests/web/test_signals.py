"""The page of signals: grouped, filtered, with the rows behind, and nothing of buyers' texts as markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco import workflows
from fondaco.ledger import Workspace

HERE = {"slug": "anchor-teas"}
INQUIRIES = """\
Inquiry No.,Type,Received,Replied,Buyer,Company,Country,Product,Quantity,Message,Status
Q1,Inquiry,2025-09-01 10:00,,Kim Min,Min Foods,South Korea,Green tea,40,"Do you do <b>private label</b>? I am Kim Min, kim@min.example",New
Q2,Inquiry,2025-09-03 10:00,,Lee Ann,Ann Foods,South Korea,Green tea,30,자체 브랜드로 OEM 가능할까요?,New
Q3,Inquiry,2025-09-05 10:00,,Park Jo,Jo Foods,South Korea,Green tea,20,Please tell us whether private label is possible.,New
Q4,Inquiry,2025-09-07 10:00,,A Braun,Braun KG,Germany,Green tea,20,Haben Sie auch Eigenmarken?,New
"""


@pytest.fixture
def asked(town: Town, home: Path, tmp_path: Path) -> Town:
    """The town, after its firm took in four inquiries."""
    file = tmp_path / "inquiries.csv"
    file.write_text(INQUIRIES, encoding="utf-8")
    workflows.take_in(Workspace(home), "anchor-teas", [file], now=NOW, by="alice@example.org")
    return town


def page(town: Town, query: str = "") -> str:
    answer = town.as_(town.vera).get(reverse("signals", kwargs=HERE) + query)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


@pytest.mark.requirement("F68")
def test_a_request_is_shown_with_examples_and_the_rows_behind_it(asked: Town) -> None:
    shown = page(asked)
    assert "private label, South Korea" in shown
    assert "Asked for in 3 of 3 texts by 3 named buyers" in shown
    assert "Rows behind it: 3 of 3" in shown
    assert "inquiries.csv" in shown
    assert re.search(r'href="/f/anchor-teas/data/imports/[^"]+/">inquiries.csv', shown)


def test_texts_are_shown_as_text_and_without_names(asked: Town) -> None:
    shown = page(asked)
    assert "&lt;b&gt;private label&lt;/b&gt;" in shown
    assert "<b>private" not in shown
    for name in ("Kim Min", "min.example", "Min Foods"):
        assert name not in shown


def test_one_market_can_be_looked_at(asked: Town) -> None:
    assert "private label, South Korea" in page(asked, "?market=KOR")
    assert '<option value="KOR" selected>' in page(asked, "?market=KOR")
    unknown = page(asked, "?market=%3Cscript%3E")
    assert "<script>" not in unknown
    assert "private label, South Korea" in unknown  # what is no market hides nothing


def test_where_nothing_stands_out_it_says_so_and_why(town: Town) -> None:
    shown = page(town)
    assert "Nothing stands out." in shown
    assert "Fifteen months of orders are needed" in shown


def test_the_front_page_asks_for_the_count(asked: Town) -> None:
    client = asked.as_(asked.bob)
    front = client.get(reverse("firm", kwargs=HERE)).content.decode()
    assert f'hx-get="{reverse("glance", kwargs=HERE)}"' in front
    front = client.get(reverse("glance", kwargs=HERE)).content.decode()
    address = reverse("signals_count", kwargs=HERE)
    assert f'hx-get="{address}"' in front
    count = client.get(address).content.decode()
    assert "Asked for and not offered" in count
    assert ">1</span>" in count


def test_every_part_can_be_reached_by_keyboard_and_read_without_script(asked: Town) -> None:
    shown = page(asked)
    assert "<details>" in shown
    assert "hx-" not in re.sub(r'name="htmx-config"', "", shown)
    assert 'tabindex="0" role="region"' in shown
