"""The data structure as a picture: codes, themes and dimensions in three columns, linked; text stays text.

The same codebook gives the same picture, byte by byte.  It has no style sheet and no script, and what it shows is told in
words too.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from xml.sax.saxutils import escape

from fondaco.evidence.coding.codebook import Code, Codebook

_LINE, _PAD, _GAP, _MARGIN, _HEAD = 16, 8, 8, 16, 34
#: Left edge and width of each column, and letters of a line in it.
_COLUMNS = {1: (_MARGIN, 330, 50), 2: (396, 230, 33), 3: (676, 200, 28)}
_WIDTH = 892
_HEADS = {1: "First-order codes", 2: "Second-order themes", 3: "Aggregate dimensions"}
_INK, _EDGE, _FILLS = "#1b1b1b", "#44546a", {1: "#ffffff", 2: "#eef2f8", 3: "#dfe7f2"}


@dataclass(frozen=True)
class _Box:
    code: Code | None
    level: int
    top: float
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        return _LINE * len(self.lines) + 2 * _PAD

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def draw(book: Codebook, title: str) -> str:
    """Return the picture as one SVG element."""
    boxes: list[_Box] = []
    links: list[tuple[_Box, _Box]] = []
    top = float(_MARGIN + _HEAD)
    for dimension in (*book.of_level(3), None):
        top = _dimension(book, dimension, top, boxes, links)
    height = top + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_number(height)}" width="{_WIDTH}" height="{_number(height)}" ',
        'role="img" aria-labelledby="structure-title structure-words" font-family="sans-serif" font-size="13">',
        f'<title id="structure-title">{_safe(title)}: data structure</title>',
        f'<desc id="structure-words">{_safe(words(book))}</desc>',
        f'<rect width="{_WIDTH}" height="{_number(height)}" fill="#ffffff"/>',
    ]
    for level, (left, width, _) in _COLUMNS.items():
        parts.append(
            f'<text x="{left + width / 2:g}" y="{_MARGIN + 12}" text-anchor="middle" font-weight="bold" fill="{_INK}">{_HEADS[level]}</text>'
        )
    parts += [_link(*pair) for pair in links]
    parts += [_drawn(box) for box in boxes]
    return "".join([*parts, "</svg>\n"])


def words(book: Codebook) -> str:
    """Return the structure in words, for those who do not see the picture."""
    said = []
    for dimension in (*book.of_level(3), None):
        for theme in book.under(dimension.id if dimension else None, 2):
            codes = "; ".join(code.name for code in book.under(theme.id, 1)) or "no code yet"
            said.append(f"{dimension.name if dimension else 'Unassigned'} > {theme.name}: {codes}.")
    loose = "; ".join(code.name for code in book.under(None, 1))
    return " ".join([*said, *([f"Unassigned codes: {loose}."] if loose else [])]) or "No code yet."


def _dimension(
    book: Codebook, dimension: Code | None, top: float, boxes: list[_Box], links: list[tuple[_Box, _Box]]
) -> float:
    themes = book.under(dimension.id if dimension else None, 2)
    start, mine = top, []
    for theme in themes:
        codes = [_box(code, 1, 0) for code in book.under(theme.id, 1)]
        box = _box(theme, 2, 0)
        top, box, codes = _beside(box, codes, top)
        boxes += [*codes, box]
        links += [(code, box) for code in codes]
        mine.append(box)
        top += _GAP
    if dimension is None:
        for code in book.under(None, 1):
            boxes.append(_box(code, 1, top))
            top = boxes[-1].top + boxes[-1].height + _GAP
        return top
    held = _box(dimension, 3, 0)
    top = max(top, start + held.height + _GAP)
    middle = (mine[0].middle + mine[-1].middle) / 2 if mine else start + held.height / 2
    held = _Box(dimension, 3, max(start, middle - held.height / 2), held.lines)
    boxes.append(held)
    links += [(theme, held) for theme in mine]
    return max(top, held.top + held.height) + _GAP


def _beside(box: _Box, codes: list[_Box], top: float) -> tuple[float, _Box, list[_Box]]:
    """Place codes one below the other and their theme beside the middle; returns where the next begins."""
    held, at = [], top
    for code in codes:
        held.append(_Box(code.code, 1, at, code.lines))
        at += code.height + _GAP
    high = max(at - _GAP - top if codes else 0, box.height)
    spare = (high - (at - _GAP - top)) / 2 if codes else 0
    held = [_Box(code.code, 1, code.top + spare, code.lines) for code in held]
    return top + high, _Box(box.code, 2, top + (high - box.height) / 2, box.lines), held


def _box(code: Code, level: int, top: float) -> _Box:
    lines = textwrap.wrap(_clean(code.name), _COLUMNS[level][2], break_long_words=True) or [""]
    return _Box(code, level, top, tuple(lines))


def _drawn(box: _Box) -> str:
    left, width, _ = _COLUMNS[box.level]
    said = "".join(
        f'<tspan x="{left + _PAD}" y="{_number(box.top + _PAD + 12 + _LINE * place)}">{escape(line)}</tspan>'
        for place, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{left}" y="{_number(box.top)}" width="{width}" height="{box.height}" rx="4" fill="{_FILLS[box.level]}" stroke="{_EDGE}"/>'
        f'<text fill="{_INK}">{said}</text>'
    )


def _link(one: _Box, other: _Box) -> str:
    left, width, _ = _COLUMNS[one.level]
    start, end = left + width, _COLUMNS[other.level][0]
    half = (start + end) / 2
    return f'<path d="M{start} {_number(one.middle)}H{half:g}V{_number(other.middle)}H{end}" fill="none" stroke="{_EDGE}"/>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    """Return the text without what no XML may hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _safe(text: str) -> str:
    return escape(_clean(text))
