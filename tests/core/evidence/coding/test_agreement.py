"""Agreement per code: counted by hand, and not raised by text that nobody coded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from fondaco.evidence.coding import (
    Change,
    Coder,
    Coding,
    Concord,
    Project,
    Source,
    changed,
    checked,
    codebook,
    concord,
    sentences,
)
from fondaco.numerics.agreement import krippendorff

pytestmark = pytest.mark.requirement("R18")
DAY = datetime(2026, 3, 2, tzinfo=UTC)
BOOK = codebook([Change("add", "x", "Ada", DAY, name="price"), Change("add", "y", "Ada", DAY, name="trust")])
#: Ten sentences of ten letters each, blanks between.
TEXT = " ".join(f"Sentence{n}." for n in range(10))


def made(ada: dict[int, str], ben: dict[int, str], text: str = TEXT, at: datetime = DAY) -> Project:
    held = sentences(text)
    codings = [
        Coding(f"{who}{place}{code}", "s", *held[place], code, who, at)
        for who, mine in (("ada", ada), ("ben", ben))
        for place, codes in mine.items()
        for code in codes
    ]
    return checked(
        Project(
            "p", (Coder("ada", "Ada"), Coder("ben", "Ben")), (Source("s", "one", text),), BOOK, tuple(codings)
        )
    )


def agreed(project: Project, **more: object) -> Concord:
    return concord(project, resamples=60, **more)  # type: ignore[arg-type]


ADA = {0: "x", 1: "x", 2: "x", 3: "y", 4: "y"}
BEN = {0: "x", 1: "x", 2: "y", 3: "y", 4: "y", 5: "x"}


def test_kappa_and_alpha_of_a_code_on_coded_sentences_by_hand() -> None:
    found = agreed(made(ADA, BEN))
    assert (found.units, found.all_units) == (6, 10)
    price = found.codes[0]
    assert (price.name, price.given) == ("price", 4)
    # Sentences 0 to 5: Ada 1 1 1 0 0 0, Ben 1 1 0 0 0 1: 4 of 6 agree, and 1/2 by chance.
    assert price.kappas[0][2].kappa.estimate == pytest.approx((4 / 6 - 0.5) / 0.5)
    # Twelve judgements, six of each: D_o = 4/12, D_e = 2 * 6 * 6 / (12 * 11).
    assert price.alpha.estimate == pytest.approx(1 - (4 / 12) / (72 / 132))


def test_more_text_that_nobody_coded_raises_the_alpha_of_all_sentences_alone() -> None:
    short, long = (agreed(made(ADA, BEN, text)) for text in (TEXT, TEXT + " And this is more." * 500))
    a, b = short.codes[0], long.codes[0]
    assert b.all_alpha.estimate > a.all_alpha.estimate  # type: ignore[operator]
    assert b.alpha.estimate == a.alpha.estimate
    assert b.kappas[0][2].kappa.estimate == a.kappas[0][2].kappa.estimate
    assert long.uncoded > 0.98 > 0.5 > short.uncoded


def test_u_alpha_is_the_alpha_of_letters_judged_one_by_one() -> None:
    project = made(ADA, BEN)
    shifted = tuple(
        replace(each, start=each.start + 3) if each.coder == "ben" else each for each in project.codings
    )
    found = agreed(checked(replace(project, codings=shifted))).codes[0]
    letters = np.zeros((2, len(TEXT)))
    for each in shifted:
        if each.code == "x":
            letters[0 if each.coder == "ada" else 1, each.start : each.end] = 1
    inside = np.zeros(len(TEXT), dtype=bool)
    for start, end in sentences(TEXT):
        inside[start:end] = True
    assert found.u_alpha.estimate == pytest.approx(
        krippendorff(letters[:, inside], resamples=10).alpha.estimate
    )
    assert found.u_alpha.low is not None and found.u_alpha.low < found.u_alpha.estimate  # type: ignore[operator]


def test_a_merged_code_counts_as_what_it_became_and_agreement_can_be_read_as_it_stood() -> None:
    project = made(ADA, BEN)
    later = changed(project.book, Change("merge", "y", "Ben", DAY + timedelta(days=9), to="x"))
    merged = replace(project, book=later)
    assert [code.name for code in agreed(merged).codes] == ["price"]
    assert [code.name for code in agreed(merged, until=DAY + timedelta(days=1)).codes] == ["price", "trust"]
    assert agreed(merged, until=DAY - timedelta(days=1)).why


def test_one_coder_alone_agrees_with_nobody_and_one_who_found_nothing_counts_when_done() -> None:
    alone = made(ADA, {})
    assert "two" in agreed(alone).why
    found = agreed(alone, finished=[("s", "ben")])
    assert found.codes[0].alpha.estimate < 0  # type: ignore[operator]


def test_a_third_coder_who_read_another_text_alone_changes_nothing() -> None:
    project = made(ADA, BEN)
    more = replace(
        project,
        coders=(*project.coders, Coder("cy", "Cy")),
        sources=(*project.sources, Source("t", "two", "Other words.")),
        codings=(*project.codings, Coding("c", "t", 0, 5, "x", "cy", DAY)),
    )
    assert agreed(more).codes[0].alpha == agreed(project).codes[0].alpha
