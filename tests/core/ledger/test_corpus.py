"""Generated files of every layout, whose truth is known: nothing is read wrongly in silence.

`benchmarks/readers.py cells` asks the same of thousands; here stand two of each layout.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from benchmarks import corpus
from benchmarks.readers import judge

pytestmark = [pytest.mark.slow, pytest.mark.requirement("X03")]

SEED, EACH = 1125, 2


@cache
def numbers() -> tuple[int, ...]:
    """Return the first files of each layout."""
    seen: Counter[str] = Counter()
    chosen = []
    for number in range(600):
        layout = corpus.make(number, SEED).layout
        if seen[layout] < EACH:
            seen[layout] += 1
            chosen.append(number)
    return tuple(chosen)


def test_every_layout_is_there() -> None:
    layouts = {corpus.make(number, SEED).layout for number in numbers()}
    platforms = {layout.partition("-")[0] for layout in layouts}
    assert platforms >= {
        "table",
        "shopify",
        "amazon",
        "ebay",
        "etsy",
        "woocommerce",
        "alibaba",
        "traffic",
        "ads",
    }
    assert len(layouts) >= 20


@pytest.mark.parametrize("number", numbers())
def test_no_cell_is_wrong_in_silence(number: int) -> None:
    tally = judge(number, SEED)
    (file,) = tally.files
    silently = {"wrong", "vanished", "invented"} & set(file["verdicts"])
    assert not silently, f"{file['file']} {file['difficulties']}: {file['why']}"
