"""A codebook of three levels whose history stays readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fondaco.evidence.coding import Change, Codebook, change_from, changed, codebook
from fondaco.kernel import InputError

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def change(kind: str, code: str, day: int = 0, **more: object) -> Change:
    return Change(kind, code, "Ada", DAY + timedelta(days=day), **more)  # type: ignore[arg-type]


def small() -> Codebook:
    return codebook([
        change("add", "D", name="readiness", level=3), change("add", "T", name="structure", level=2, to="D"),
        change("add", "U", name="feeling", level=2, to="D"), change("add", "a", name="slow answers", to="T"),
        change("add", "b", name="late answers", to="T"), change("add", "c", name="hopes", to="U"),
    ])  # fmt: skip


@pytest.mark.requirement("R17")
def test_codes_stand_under_themes_and_themes_under_dimensions() -> None:
    book = small()
    assert [code.name for code in book.path("a")] == ["readiness", "structure", "slow answers"]
    for wrong in (
        change("add", "x", name="y", to="D"),
        change("move", "a", to="D"),
        change("move", "D", to="T"),
        change("add", "x", name="z", level=4),
    ):
        with pytest.raises(InputError):
            changed(book, wrong)
    assert changed(book, change("move", "a", to=None)).under(None, 1)[0].id == "a"


@pytest.mark.requirement("R18")
def test_every_version_stays_readable_and_says_who_changed_what() -> None:
    book = changed(
        changed(small(), change("merge", "b", 1, to="a")), change("rename", "a", 2, name="answers come late")
    )
    assert book.now("b").name == "answers come late" and book.codes["b"].retired
    assert book.at(6).codes["b"].name == "late answers" and not book.at(6).codes["b"].retired
    assert book.on(DAY + timedelta(days=1)).codes["a"].name == "slow answers"
    assert [each.who for each in book.changes[-2:]] == ["Ada", "Ada"]


@pytest.mark.requirement("R18")
def test_a_split_code_keeps_its_name_for_what_was_coded_under_it() -> None:
    book = changed(small(), change("split", "a", parts=(("a1", "slow in price"), ("a2", "slow in terms"))))
    assert book.codes["a"].into == ("a1", "a2") and book.now("a").id == "a"
    assert [code.name for code in book.under("T", 1)] == ["late answers", "slow in price", "slow in terms"]


def test_what_stood_under_a_merged_theme_goes_along_and_under_one_given_up_stands_unassigned() -> None:
    assert changed(small(), change("merge", "U", to="T")).codes["c"].parent == "T"
    assert changed(small(), change("retire", "U")).codes["c"].parent is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (change("add", "x", name=" \n"), "needs a name"),
        (change("add", "x", name="SLOW  answers"), "already"),
        (change("add", "a", name="new"), "this id"),
        (change("rename", "zz", name="new"), "no such code"),
        (change("merge", "a", to="a"), "itself"),
        (change("merge", "a", to="T"), "only likes"),
        (change("split", "a", parts=(("x", "one"),)), "two codes"),
        (change("add", "x", name="n" * 301), "301 letters"),
    ],
)
def test_changes_that_cannot_be_made_are_refused_and_change_nothing(wrong: Change, says: str) -> None:
    book = small()
    before = dict(book.codes)
    with pytest.raises(InputError, match=says):
        changed(book, wrong)
    assert book.codes == before


def test_a_change_goes_to_json_and_back_and_nonsense_is_refused() -> None:
    held = change("split", "a", parts=(("x", "one"), ("y", "two")), why="two things")
    assert change_from(held.to_json()) == held
    for wrong in ({}, {**held.to_json(), "kind": "burn"}, {**held.to_json(), "at": "noon"}):
        with pytest.raises(InputError):
            change_from(wrong)
