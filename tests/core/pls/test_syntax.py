"""A model's text is read as researchers write it; a wrong one says where and what to do."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco import pls
from fondaco.pls import Construct, Model, ModelError, PlsError, parse

pytestmark = pytest.mark.requirement("R12")


def test_common_factors_composites_single_items_and_paths() -> None:
    model = parse(
        """
        # measurement
        F =~ x1 + x2 +
             x3                 # goes on
        C <~ y1
             + y2
        S =~ z; C ~ F; S ~ F + C   # two in a line
        """
    )
    assert model.construct("F") == Construct("F", ("x1", "x2", "x3"), "common_factor", "A")
    assert model.construct("C") == Construct("C", ("y1", "y2"), "composite", "B")
    assert model.construct("S").indicators == ("z",)
    assert model.paths == (("F", "C"), ("F", "S"), ("C", "S"))
    assert model.outcomes == ("C", "S")


@pytest.mark.parametrize(
    ("text", "mode"), [("C <~ a + b @ A", "A"), ("C <~ a + b @ unit", "unit"), ("C =~ a + b @b", "B")]
)
def test_a_mode_is_overridden_after_the_at_sign(text: str, mode: str) -> None:
    assert parse(f"{text}; Y =~ y; Y ~ C").construct("C").mode == mode


def test_a_mode_is_overridden_in_python() -> None:
    model = parse("C <~ a + b; Y =~ y; Y ~ C").with_modes({"C": "A"})
    assert model.construct("C").mode == "A"
    assert model.construct("C").kind == "composite"


def test_interactions_and_squares_are_terms_of_their_own() -> None:
    model = parse("X =~ x; Z =~ z; Y =~ y; Y ~ X*Z + X^2")
    assert model.paths == (("X", "Y"), ("Z", "Y"), ("X:Z", "Y"), ("X^2", "Y"))
    assert [term.factors for term in model.interactions] == [("X", "Z"), ("X", "X")]


def test_the_same_product_in_another_order_is_the_same() -> None:
    model = parse("X =~ x; Z =~ z; Y =~ y; W =~ w; Y ~ X + Z + X:Z; W ~ Y + Z:X")
    assert [term.name for term in model.interactions] == ["X:Z"]
    assert ("X:Z", "W") in model.paths


def test_a_construct_of_constructs_is_of_higher_order() -> None:
    model = parse("F1 =~ a + b; F2 =~ c + d; H <~ F1 + F2; Y =~ y; Y ~ H")
    assert model.construct("H").of == ("F1", "F2")
    assert model.higher_order[0].mode == "B"
    assert model.indicators == ("a", "b", "c", "d", "y")


def test_names_that_are_no_plain_words_stand_between_backticks() -> None:
    model = parse("X =~ `my item 1` + x.2 + però; Y =~ y; Y ~ X")
    assert model.construct("X").indicators == ("my item 1", "x.2", "però")


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("X =~ x\nY =~ y\nY ~ Z", (3, 5), "Z has a path but is never measured"),
        ("Image =~ x\nY =~ y\nY ~ Imge", (3, 5), "Did you mean Image?"),
        ("X =~ a + a\nY =~ y\nY ~ X", (1, 6), "already measures X"),
        ("X =~ a\nY =~ a\nY ~ X", (1, 6), "an indicator belongs to one construct"),
        ("X =~ a\nX =~ b\nY =~ y\nY~X", (2, 1), "measured twice"),
        ("X =~ x\nY =~ y\nY ~ X\nX ~ Y", (1, 1), "run in a circle: X -> Y -> X"),
        ("X =~ x\nY =~ y\nY ~ X\nY ~ X", (2, 1), "written twice"),
        ("X =~ x\nY =~ y\nV =~ v\nW =~ w\nY ~ X\nW ~ V", (3, 1), "falls apart"),
        ("X =~ x\nX ~ X", (1, 1), "points to itself"),
        ("X =~ x1 x2\nY =~ y\nY ~ X", (1, 9), "A + is missing before x2"),
        ("X =~ \nY =~ y\nY ~ X", (2, 3), "A second =~ in one statement"),
        ("X =~ x\nY =~ y\nY ~ 0.5*X", (3, 5), "estimated, not given"),
        ("X =~ x\nY =~ y\nY ~ X\nX ~~ Y", (4, 3), "nothing that PLS estimates"),
        ("X =~ x\nY =~ y\nY ~ X &", (3, 7), "has no meaning here"),
        ("X =~ x @ C\nY =~ y\nY ~ X", (1, 8), "one of A, B, unit"),
        ("X =~ x\nY =~ y\nX Y", (3, 1), "needs one of =~, <~ or ~"),
        ("X =~ x\nF =~ f\nH =~ X + q\nF ~ H", (3, 10), "by constructs (X) and by q"),
    ],
)
def test_a_wrong_model_says_where_and_what(text: str, where: tuple[int, int], says: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert (caught.value.line, caught.value.column) == where


@pytest.mark.parametrize("text", ["", "  \n # nothing\n", "X =~ x", "X =~ x\nY =~ y"])
def test_a_model_without_constructs_or_paths_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        parse(text)


def test_a_model_built_in_python_is_checked_too() -> None:
    with pytest.raises(ModelError, match="circle"):
        Model((Construct("X", ("x",)), Construct("Y", ("y",))), (("X", "Y"), ("Y", "X")))


@given(st.text(alphabet="XYxy12 =~<+:*^@;#\n`.", max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(PlsError):
        assert parse(text).paths


def test_the_order_of_statements_does_not_matter() -> None:
    lines = ["X =~ x1 + x2", "Z =~ z", "Y =~ y", "Y ~ X + Z", "Z ~ X"]
    assert set(parse("\n".join(lines)).paths) == set(parse("\n".join(reversed(lines))).paths)


def test_everything_public_is_there() -> None:
    assert all(hasattr(pls, name) for name in pls.__all__)
