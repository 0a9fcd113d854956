"""The path diagram: nothing lies over anything else, arrows go rightwards, names cannot break the picture."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco import pls
from fondaco.pls.diagram import Arrow, Item, Node, boxes, draw, figure
from fondaco.pls.layout import Extent, arrange, column_of_each, crossings

pytestmark = pytest.mark.requirement("R12")

#: The extended corporate reputation model's size: 8 constructs, 31 indicators, 13 paths.
BLOCKS = {"QUAL": 8, "PERF": 5, "CSOR": 5, "ATTR": 3, "COMP": 3, "LIKE": 3, "CUSA": 1, "CUSL": 3}
PATHS = [(a, b) for b in ("COMP", "LIKE") for a in ("QUAL", "PERF", "CSOR", "ATTR")]
PATHS += [("COMP", "CUSA"), ("LIKE", "CUSA"), ("COMP", "CUSL"), ("LIKE", "CUSL"), ("CUSA", "CUSL")]


def nodes_of(blocks: dict[str, int], paths: list[tuple[str, str]], inward: bool = False) -> list[Node]:
    ends = {end for _, end in paths}
    return [
        Node(
            name,
            0.5 if name in ends else None,
            tuple(Item(f"{name.lower()}_{i}", 0.8, inward) for i in range(k)),
        )
        for name, k in blocks.items()
    ]


def overlaps(nodes: list[Node], arrows: list[Arrow]) -> list[tuple[str, str]]:
    return [(a.kind, b.kind) for a, b in combinations(boxes(nodes, arrows), 2) if a.meets(b)]


def test_eight_constructs_and_31_indicators_do_not_overlap() -> None:
    arrows = [Arrow(a, b, 0.123, 0.01) for a, b in PATHS]
    nodes = nodes_of(BLOCKS, PATHS)
    assert overlaps(nodes, arrows) == []
    taken = boxes(nodes, arrows)
    assert sum(box.kind == "indicator" for box in taken) == 31
    assert sum(box.kind == "label" for box in taken) == 31 + 13


@st.composite
def models(draw_: st.DrawFn) -> tuple[dict[str, int], list[tuple[str, str]]]:
    count = draw_(st.integers(2, 7))
    names = [f"Construct {i}" if i % 2 else f"C{i}" for i in range(count)]
    blocks = {name: draw_(st.integers(0 if i else 1, 6)) for i, name in enumerate(names)}
    pairs = [(a, b) for a, b in combinations(names, 2) if draw_(st.booleans())]
    chain = [(names[i - 1], names[i]) for i in range(1, count)]
    return blocks, list(dict.fromkeys([*chain, *pairs]))[:9]


@settings(max_examples=40, deadline=None)
@given(models(), st.booleans())
def test_no_model_of_usual_size_has_overlapping_boxes(
    model: tuple[dict[str, int], list[tuple[str, str]]], inward: bool
) -> None:
    blocks, paths = model
    found = overlaps(nodes_of(blocks, paths, inward), [Arrow(a, b, -0.5, 0.0001) for a, b in paths])
    assert found == []


def test_causes_stand_left_of_effects() -> None:
    column = column_of_each(list(BLOCKS), PATHS, frozenset())
    assert all(column[a] < column[b] for a, b in PATHS)
    assert [column[name] for name in ("QUAL", "COMP", "CUSA", "CUSL")] == [0, 1, 2, 3]


def test_a_crossing_that_can_be_avoided_is() -> None:
    paths = [("a", "y"), ("b", "x")]
    places = arrange(list("abxy"), paths, dict.fromkeys("abxy", Extent(20, 20)), gap=10, lane=20)
    assert crossings(places.columns, paths) == 0
    for part in places.columns:
        assert places.heights[part[1]] - places.heights[part[0]] >= 50


def test_names_from_a_file_cannot_break_the_picture() -> None:
    nodes = [Node('A<script>"&', None, (Item("<b>", 0.7),)), Node("B", 0.2, ())]
    svg = draw(nodes, [Arrow('A<script>"&', "B", 0.5)], title="x & y", notes=["<i>"])
    root = ET.fromstring(svg)  # well-formed
    assert not [part for part in root.iter() if part.tag.endswith(("script", "}b", "}i"))]


def test_stars_dashes_and_words_say_what_was_tested() -> None:
    nodes = [Node("X", None, ()), Node("Z", None, ()), Node("Y", 0.3, ())]
    svg = draw(nodes, [Arrow("X", "Y", 0.4, 0.0004), Arrow("Z", "Y", -0.05, 0.4)], title="t")
    assert ".400***" in svg and "−.050<" in svg
    assert svg.count("stroke-dasharray") == 1
    assert "X to Y .400, p &lt; .001; Z to Y −.050, p = .400." in svg
    assert "prefers-color-scheme: dark" in svg


def test_a_fit_draws_itself() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=80)
    data = {"x1": x + rng.normal(size=80), "x2": x + rng.normal(size=80), "y": x + rng.normal(size=80)}
    fitted = pls.fit("X <~ x1 + x2; Y =~ y; Y ~ X", data)
    svg = fitted.diagram()
    assert figure(fitted.value("path", "X", "Y")) in svg
    assert figure(fitted.value("weight", "X", "x1")) in svg
    assert f"R² = {figure(fitted.value('r2', 'Y'))}" in svg
    assert "not bootstrapped" in svg
    assert "***" in pls.bootstrap(fitted, 200).diagram()
