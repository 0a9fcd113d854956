"""The path diagram of a fitted model, as SVG.

Constructs are ellipses with their explained variance, indicators are boxes with their loading (weight, in
Mode B), paths are arrows with their coefficient.  Where a bootstrap is given, stars tell its p values and
paths that miss the largest level are dashed.  The picture carries its own colours for light and dark, and
its words for readers who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from fondaco.pls.layout import Extent, arrange

#: Levels behind the stars.
STARS: tuple[tuple[float, str], ...] = ((0.001, "***"), (0.01, "**"), (0.05, "*"))

_ROW = 24.0  # height of an indicator's row
_BOX = 18.0  # height of its box
_TALL = 27.0  # half the height of an ellipse
_FAN = 92.0  # from an ellipse to the boxes beside it
_GAP = 22.0  # between what stands in one column
_LANE = 30.0  # for a path that passes a column
_MARGIN = 20.0
_SMALL, _USUAL = 11.0, 12.5  # sizes of letters
_LONGEST = 22  # letters of a name that are shown

Point = tuple[float, float]


@dataclass(frozen=True)
class Item:
    """An indicator: its name, its loading or weight (None before a fit), and whether the arrow points to the construct."""

    name: str
    value: float | None
    inward: bool = False


@dataclass(frozen=True)
class Node:
    """A construct: its name, explained variance if it has causes, and its indicators."""

    name: str
    r2: float | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Arrow:
    """A path: its coefficient (None before a fit), and its p value where it was tested."""

    start: str
    end: str
    value: float | None
    p: float | None = None


@dataclass(frozen=True)
class Box:
    """A rectangle that something takes up: middle, width and height."""

    kind: str
    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Tell whether two boxes overlap."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


@dataclass
class _Canvas:
    """Shapes in the order in which they are painted, and the boxes that are taken."""

    lines: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


def draw(nodes: Sequence[Node], arrows: Sequence[Arrow], *, title: str, notes: Sequence[str] = ()) -> str:
    """Return the SVG of a path diagram.

    Parameters
    ----------
    nodes, arrows
        Constructs and paths, without a cycle.
    title
        What the picture is called, for readers who do not see it.
    notes
        Lines below the picture.

    Examples
    --------
    >>> svg = draw([Node("X", None, ()), Node("Y", 0.25, ())], [Arrow("X", "Y", 0.5, 0.0004)], title="Two")
    >>> ".500***" in svg
    True
    """
    return _Picture(nodes, arrows).svg(title, notes)


def boxes(nodes: Sequence[Node], arrows: Sequence[Arrow]) -> list[Box]:
    """Return what takes up room in a diagram: ellipses, indicators and labels, none over another."""
    return _Picture(nodes, arrows).canvas.boxes


def stars(p: float | None) -> str:
    """Return the stars of a p value.

    >>> stars(0.02), stars(0.05), stars(None)
    ('*', '', '')
    """
    return "" if p is None else next((mark for level, mark in STARS if p < level), "")


def figure(value: float | None) -> str:
    """Return a coefficient as journals print it; nothing for one that is still to be estimated.

    >>> figure(0.5), figure(-0.0764), figure(1.02)
    ('.500', '−.076', '1.020')
    """
    if value is None:
        return ""
    if not math.isfinite(value):
        return "n/a"
    text = f"{abs(value):.3f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text.removeprefix("0") if text.startswith("0.") else text)


class _Picture:
    """Works out where everything goes; `svg` writes it down."""

    def __init__(self, nodes: Sequence[Node], arrows: Sequence[Arrow]) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.arrows = arrows
        self.canvas = _Canvas()
        paths = [(arrow.start, arrow.end) for arrow in arrows]
        late = frozenset(node.name for node in nodes if not node.items and node.r2 is None)
        leftmost = {name for name in self.nodes if name not in late and all(end != name for _, end in paths)}
        column = arrange(list(self.nodes), paths, {}, gap=_GAP, lane=_LANE, late=late).columns
        last = set(column[-1]) if len(column) > 1 else set()
        self.side = {
            name: "left" if name in leftmost else "right" if name in last else "below" for name in self.nodes
        }
        extents = {name: self._extent(node) for name, node in self.nodes.items()}
        self.places = arrange(list(self.nodes), paths, extents, gap=_GAP, lane=_LANE, late=late)
        self.half = {name: half for part in self.places.columns for name, half in self._halves(part)}
        self.x = self._columns()
        self.edges = {(one.start, one.end): self._edge(one) for one in arrows}
        for node in nodes:
            self._draw_node(node)
        self._draw_arrows()

    # --- sizes ------------------------------------------------------------------------------------

    def _extent(self, node: Node) -> Extent:
        rows = len(node.items)
        if self.side[node.name] == "below":
            return Extent(_TALL, _TALL + (rows * _ROW + 8 if rows else 0))
        half = max(_TALL, rows * _ROW / 2)
        return Extent(half, half)

    def _halves(self, part: Sequence[str]) -> list[tuple[str, float]]:
        """Return half the width of the ellipses of a column, which are alike."""
        own = [self.nodes[name] for name in part if name in self.nodes]
        words = max((_wide(line, _USUAL) for node in own for line in _lines(node.name)), default=0.0)
        combs = [self._comb_width(node) for node in own if self.side[node.name] == "below" and node.items]
        half = max(54.0, words / 2 + 20, max(combs, default=0.0) / 2)
        return [(name, half) for name in part]

    def _box_width(self, node: Node) -> float:
        return max(44.0, max((_wide(_short(item.name), _SMALL) for item in node.items), default=0.0) + 14)

    def _comb_width(self, node: Node) -> float:
        return 14 + 66 + self._box_width(node)

    def _beside(self, part: Sequence[str], side: str) -> float:
        widths = [
            self._box_width(self.nodes[name]) + _FAN
            for name in part
            if name in self.nodes and self.side[name] == side and self.nodes[name].items
        ]
        return max(widths, default=0.0)

    def _columns(self) -> dict[str, float]:
        x: dict[str, float] = {}
        left = _MARGIN
        for k, part in enumerate(self.places.columns):
            half = self.half[part[0]]
            left += self._beside(part, "left")
            x |= dict.fromkeys(part, left + half)
            left += 2 * half
            outward = self._beside(part, "right")
            channel = self._channel(k)
            left += outward if k == len(self.places.columns) - 1 else max(outward, channel)
        self.width = left + _MARGIN
        return x

    def _channel(self, k: int) -> float:
        """Return the width between a column and the next: more where many paths go through."""
        part, following = (set(self.places.columns[i]) for i in (k, min(k + 1, len(self.places.columns) - 1)))
        through = 0
        for path, route in self.places.routes.items():
            through += sum(a in part and b in following for a, b in pairwise([path[0], *route, path[1]]))
        return min(92.0 + 12 * through, 280.0)

    # --- constructs and indicators ------------------------------------------------------------------

    def _draw_node(self, node: Node) -> None:
        x, y, half = self.x[node.name], self.y(node.name), self.half[node.name]
        place = {"left": self._fan, "right": self._fan, "below": self._comb}[self.side[node.name]]
        place(node, x, y, half)
        self.canvas.boxes.append(Box("construct", x, y, 2 * half, 2 * _TALL))
        lines = [*_lines(node.name), *([f"R² = {figure(node.r2)}"] if node.r2 is not None else [])]
        step = 15.0
        top = y - step * (len(lines) - 1) / 2
        words = [
            _text(x, top + step * i, line, "name" if i < len(_lines(node.name)) else "small")
            for i, line in enumerate(lines)
        ]
        ellipse = f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{half:.1f}" ry="{_TALL:g}" {_STYLE["construct"]}/>'
        self.canvas.shapes.append(f"<g><title>{escape(node.name)}</title>{ellipse}{''.join(words)}</g>")

    def _fan(self, node: Node, x: float, y: float, half: float) -> None:
        """Put the indicators beside the construct, away from the others."""
        sign = -1 if self.side[node.name] == "left" else 1
        width = self._box_width(node)
        for i, item in enumerate(node.items):
            row = y + (i - (len(node.items) - 1) / 2) * _ROW
            middle = x + sign * (half + _FAN + width / 2)
            near = middle - sign * width / 2
            edge = self._border(x, y, half, sign, max(-0.8, min(0.8, (row - y) / (4 * _TALL))))
            ends = ((near, row), edge) if item.inward else (edge, (near, row))
            self.canvas.lines.append(_line(*ends, "thin"))
            self._item(item, middle, row, width)
            self._value(item, near - sign * 32, row)

    def _comb(self, node: Node, x: float, y: float, half: float) -> None:
        """Hang the indicators below the construct."""
        if not node.items:
            return
        width = self._box_width(node)
        spine = x - self._comb_width(node) / 2 + 8
        start = y + _TALL * math.sqrt(max(0.0, 1 - ((spine - x) / half) ** 2))
        rows = [y + _TALL + 8 + _ROW * (i + 0.5) for i in range(len(node.items))]
        if node.items[0].inward:
            self.canvas.lines.append(_line((spine, rows[-1]), (spine, start), "thin"))
        else:
            self.canvas.lines.append(_line((spine, start), (spine, rows[-1]), "bare"))
        for item, row in zip(node.items, rows, strict=True):
            near = spine + 66
            ends = ((near, row), (spine, row)) if item.inward else ((spine, row), (near, row))
            self.canvas.lines.append(_line(*ends, "bare" if item.inward else "thin"))
            self._item(item, near + width / 2, row, width)
            self._value(item, spine + 29, row)

    def _item(self, item: Item, x: float, y: float, width: float) -> None:
        self.canvas.boxes.append(Box("indicator", x, y, width, _BOX))
        box = (
            f'<rect x="{x - width / 2:.1f}" y="{y - _BOX / 2:.1f}" width="{width:.1f}" height="{_BOX:g}" rx="2" '
            f"{_STYLE['indicator']}/>"
        )
        words = _text(x, y, _short(item.name), "small")
        self.canvas.shapes.append(f"<g><title>{escape(item.name)}</title>{box}{words}</g>")

    def _value(self, item: Item, x: float, y: float) -> None:
        if item.value is None:
            return
        self._label(
            Box("label", x, y, _wide(figure(item.value), _SMALL) + 4, 14), figure(item.value), "small"
        )

    def _label(self, box: Box, text: str, kind: str) -> None:
        self.canvas.boxes.append(box)
        paper = (
            f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" {_STYLE["paper"]}/>'
        )
        self.canvas.labels.append(paper + _text(box.x, box.y, text, kind))

    def y(self, name: str) -> float:
        return self.places.heights[name] + _MARGIN

    def _border(self, x: float, y: float, half: float, sign: int, share: float) -> Point:
        """Return the point of an ellipse at a share of its height, on its right (1) or left (-1)."""
        return x + sign * half * math.sqrt(1 - share**2), y + share * _TALL

    # --- paths --------------------------------------------------------------------------------------

    def _edge(self, arrow: Arrow) -> list[Point]:
        """Return the corners of a path: its ends, and both sides of every column it passes."""
        route = self.places.routes[arrow.start, arrow.end]
        points = [self._port(arrow.start, 1, arrow)]
        for place in route:
            half = self.half[place]
            points += [(self.x[place] - half, self.y(place)), (self.x[place] + half, self.y(place))]
        return [*points, self._port(arrow.end, -1, arrow)]

    def _port(self, name: str, sign: int, arrow: Arrow) -> Point:
        """Return where on its ellipse a path begins (1) or ends (-1): in the order of the other ends."""
        own = [one for one in self.arrows if name == (one.start if sign > 0 else one.end)]

        def other(one: Arrow) -> float:
            route = self.places.routes[one.start, one.end]
            near = (route[0] if sign > 0 else route[-1]) if route else (one.end if sign > 0 else one.start)
            return self.y(near)

        place = sorted(own, key=other).index(arrow)
        share = 0.0 if len(own) == 1 else (place / (len(own) - 1) - 0.5) * min(1.5, 0.45 * (len(own) - 1))
        return self._border(self.x[name], self.y(name), self.half[name], sign, share)

    def _draw_arrows(self) -> None:
        traces = {path: _trace(points) for path, points in self.edges.items()}
        for arrow in self.arrows:
            points = self.edges[arrow.start, arrow.end]
            missed = arrow.p is not None and not arrow.p < STARS[-1][0]
            style = "dashed" if missed else "path"
            strength = abs(arrow.value) if arrow.value is not None and math.isfinite(arrow.value) else 0.0
            width = 1.1 + 2.2 * min(strength, 1.0)
            told = f"{arrow.start} to {arrow.end}: {figure(arrow.value)}{_p_words(arrow.p)}".removesuffix(
                ": "
            )
            curve = f'<path d="{_curve(points)}" stroke-width="{width:.2f}" {_STYLE[style]}/>'
            self.canvas.lines.append(f"<g><title>{escape(told)}</title>{curve}</g>")
            text = figure(arrow.value) + stars(arrow.p)
            if not text:
                continue
            others = [trace for path, trace in traces.items() if path != (arrow.start, arrow.end)]
            self._label(self._room(traces[arrow.start, arrow.end], text, others), text, "value")

    def _room(self, trace: Sequence[Point], text: str, others: Sequence[Sequence[Point]]) -> Box:
        """Return the best place for a label on its path: over nothing, and on as few other paths as can be."""
        width, height = _wide(text, _USUAL) + 6, 17.0
        inner = trace[len(trace) // 12 : -max(len(trace) // 9, 1)]
        best: tuple[float, Box] | None = None
        for i, (x, y) in enumerate(inner):
            box = Box("label", x, y, width, height)
            wider = Box("label", x, y, width + 8, height + 3)
            overlaps = sum(wider.meets(other) for other in self.canvas.boxes)
            crossed = sum(
                abs(u - x) * 2 < width and abs(v - y) * 2 < height for one in others for u, v in one
            )
            cost = 1000.0 * overlaps + 3.0 * crossed + 6.0 * abs(i / max(len(inner) - 1, 1) - 0.5)
            if best is None or cost < best[0]:
                best = (cost, box)
        assert best is not None  # a trace has many points
        return best[1]

    # --- writing ------------------------------------------------------------------------------------

    def svg(self, title: str, notes: Sequence[str]) -> str:
        bottom = max((box.y + box.height / 2 for box in self.canvas.boxes), default=0.0)
        right = max((box.x + box.width / 2 for box in self.canvas.boxes), default=0.0)
        wrapped = [line for note in notes for line in _wrapped(note, max(right, 420.0) - _MARGIN)]
        width = max(right + _MARGIN, 440.0)
        height = bottom + _MARGIN + 16 * len(wrapped) + (8 if wrapped else 0)
        below = "".join(
            _text(_MARGIN, bottom + _MARGIN + 6 + 16 * i, line, "note") for i, line in enumerate(wrapped)
        )
        told = "; ".join(
            f"{one.start} to {one.end} {figure(one.value)}{_p_words(one.p)}".rstrip() for one in self.arrows
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" role="img" font-family="system-ui, \'DejaVu Sans\', Arial, sans-serif">\n'
            f"<title>{escape(title)}</title>\n<desc>{escape(told)}.</desc>\n<style>{_DARK}</style>\n<defs>{_HEADS}</defs>\n"
            f'<rect width="100%" height="100%" {_STYLE["paper"]}/>\n'
            + "\n".join([*self.canvas.lines, *self.canvas.shapes, *self.canvas.labels])
            + f"\n{below}\n</svg>\n"
        )


# Lines -----------------------------------------------------------------------------------------


def _pieces(points: Sequence[Point]) -> list[tuple[Point, Point, bool]]:
    """Return the pieces of a path; True for one that bends, so that it passes columns level."""
    bends = len(points) > 2
    return [(a, b, bends and a[1] != b[1]) for a, b in pairwise(points)]


def _curve(points: Sequence[Point]) -> str:
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for a, b, bent in _pieces(points):
        reach = (b[0] - a[0]) / 2
        bend = f"C{a[0] + reach:.1f} {a[1]:.1f} {b[0] - reach:.1f} {b[1]:.1f} " if bent else "L"
        parts.append(f"{bend}{b[0]:.1f} {b[1]:.1f}")
    return " ".join(parts)


def _trace(points: Sequence[Point]) -> list[Point]:
    """Return points along a path, about eight pixels apart."""
    found = []
    for a, b, bent in _pieces(points):
        steps = max(2, int(math.dist(a, b) / 8))
        for i in range(steps):
            t = i / steps
            rise = 3 * t**2 - 2 * t**3 if bent else t
            across = 1.5 * t * (1 - t) + t**3 if bent else t
            found.append((a[0] + across * (b[0] - a[0]), a[1] + rise * (b[1] - a[1])))
    return [*found, points[-1]]


def _line(a: Point, b: Point, style: str) -> str:
    return f'<path d="M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" {_STYLE[style]}/>'


# Words -----------------------------------------------------------------------------------------


def _wide(text: str, size: float) -> float:
    """Return about how wide a text is: enough for the usual fonts."""
    return sum(0.95 if ord(c) > 0x2E7F else 0.36 if c in "ijlI.,:;'|!" else 0.62 for c in text) * size


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _lines(name: str) -> list[str]:
    """Return a name on one line, or on two where it is long and can be parted."""
    if len(name) <= 14:
        return [name]
    parts = [i for i, c in enumerate(name) if c in " _:." and 2 < i < len(name) - 2]
    if not parts:
        return [_short(name)]
    middle = min(parts, key=lambda i: abs(i - len(name) / 2))
    first = name[:middle] if name[middle] == " " else name[: middle + 1]
    return [_short(first), _short(name[middle + 1 :])]


def _wrapped(note: str, width: float) -> list[str]:
    lines = [""]
    for word in note.split():
        longer = f"{lines[-1]} {word}".strip()
        if _wide(longer, _SMALL) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _p_words(p: float | None) -> str:
    return "" if p is None else f", p {'< .001' if p < 0.001 else '= ' + f'{p:.3f}'.removeprefix('0')}"


def _text(x: float, y: float, text: str, kind: str) -> str:
    size = {"small": _SMALL, "note": _SMALL}.get(kind, _USUAL)
    anchor = "start" if kind == "note" else "middle"
    bold = ' font-weight="600"' if kind == "name" else ""
    return (
        f'<text x="{x:.1f}" y="{y + size * 0.35:.1f}" font-size="{size:g}" text-anchor="{anchor}"{bold} '
        f'fill="{"#5b6472" if kind == "note" else "#1c2430"}" class="pm-{"note" if kind == "note" else "ink"}">{escape(text)}</text>'
    )


# Colours are attributes, so that programs without style sheets show them; the sheet changes them where
# the reader prefers the dark.
_STYLE: Mapping[str, str] = {
    "paper": 'fill="#ffffff" class="pm-paper"',
    "construct": 'fill="#e4eef8" stroke="#2f6096" stroke-width="1.4" class="pm-construct"',
    "indicator": 'fill="#f6f4ec" stroke="#8a8468" stroke-width="1" class="pm-indicator"',
    "thin": 'fill="none" stroke="#8a8f98" stroke-width="1" marker-end="url(#pm-small)" class="pm-thin"',
    "bare": 'fill="none" stroke="#8a8f98" stroke-width="1" class="pm-thin"',
    "path": 'fill="none" stroke="#1c2430" marker-end="url(#pm-head)" class="pm-path"',
    "dashed": 'fill="none" stroke="#1c2430" stroke-dasharray="6 4" marker-end="url(#pm-head)" class="pm-path"',
}
_HEADS = (
    '<marker id="pm-head" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="11" markerHeight="9" markerUnits="userSpaceOnUse" '
    'orient="auto"><path d="M0 0.5 L10 5 L0 9.5 z" fill="#1c2430" class="pm-head"/></marker>'
    '<marker id="pm-small" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="7" markerHeight="6" markerUnits="userSpaceOnUse" '
    'orient="auto"><path d="M0 0.5 L10 5 L0 9.5 z" fill="#8a8f98" class="pm-tip"/></marker>'
)
_DARK = (
    "@media (prefers-color-scheme: dark) { .pm-paper { fill: #15181d } .pm-ink { fill: #e8ecf2 } .pm-note { fill: #a4adba } "
    ".pm-construct { fill: #1d3145; stroke: #7fb0e0 } .pm-indicator { fill: #2a2820; stroke: #a39c7c } "
    ".pm-thin { stroke: #7d848f } .pm-tip { fill: #7d848f } .pm-path { stroke: #dfe5ee } .pm-head { fill: #dfe5ee } }"
)
