"""The PRISMA 2020 flow diagram as SVG: text stays text, the same flow gives the same picture, and its words are told too."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from fondaco.evidence.review.prisma import NAMES, Flow

_WIDTH, _SIDE, _GAP, _LINE, _MARGIN = 250, 230, 28, 17, 20
#: Letters of a line, in a main box and in one beside it.
_LETTERS, _BESIDE = 33, 30
#: The only style of the picture, so that a page can allow just this one.
STYLE = (
    "text{font-size:13px;fill:#1b1b1b}.box{fill:#fff;stroke:#44546a}.unknown{stroke-dasharray:4 3}.head{fill:#e8edf4;stroke:#44546a}"
    ".arrow{stroke:#44546a;fill:none}.tip{fill:#44546a}.bold{font-weight:600}"
    "@media (prefers-color-scheme:dark){text{fill:#eee}.box{fill:#222}.head{fill:#2f3b4d}.box,.head,.arrow{stroke:#9ab}.tip{fill:#9ab}}"
)

#: Main boxes of a column and what leaves beside each.
_DATABASES = (
    ("identified", "removed"),
    ("screened", "excluded"),
    ("sought", "not_retrieved"),
    ("assessed", "excluded_reports"),
)
_OTHER = (
    ("other_found", "other_removed"), ("", ""), ("other_sought", "other_not_retrieved"), ("other_assessed", "other_excluded_reports"),
)  # fmt: skip


_SIDES = frozenset(beside for _, beside in (*_DATABASES, *_OTHER))


@dataclass(frozen=True)
class _Box:
    lines: tuple[str, ...]
    unknown: bool

    @property
    def height(self) -> int:
        return _LINE * len(self.lines) + 16


def draw(flow: Flow) -> str:
    r"""Return the diagram as one SVG element.

    >>> from fondaco.evidence.review.prisma import shipped
    >>> svg = draw(shipped())
    >>> svg.startswith("<svg"), "n\u00a0=\u00a0289" in svg
    (True, True)
    """
    with_other = any(name.startswith("other_") for name in flow.counts)
    columns = [_DATABASES, _OTHER] if with_other else [_DATABASES]
    heads = ["Databases and registers", "Other methods"]
    left = _WIDTH + 2 * _GAP if flow.counts.get("previous_studies") else 0
    parts: list[str] = []
    top = _MARGIN + 34
    rows = [max(_height(flow, names) for column in columns for names in (column[row],)) for row in range(4)]
    tops = [top + sum(rows[:row]) + _GAP * row for row in range(4)]
    for number, column in enumerate(columns):
        x = _MARGIN + left + number * (_WIDTH + _SIDE + 3 * _GAP)
        parts.append(_head(x, _MARGIN, _WIDTH + _SIDE + _GAP, heads[number]))
        parts.extend(_column(flow, column, x, tops))
    bottom = tops[3] + rows[3] + _GAP
    last = _end(flow)
    x = _MARGIN + left
    before = tops[3] + _box(flow, "assessed").height
    parts.append(_arrow([(x + _WIDTH / 2, before), (x + _WIDTH / 2, bottom)]))
    if with_other:
        other = x + _WIDTH + _SIDE + 3 * _GAP
        middle = bottom + last.height / 2
        start = tops[3] + _box(flow, "other_assessed").height
        parts.append(
            _arrow([(other + _WIDTH / 2, start), (other + _WIDTH / 2, middle), (x + _WIDTH, middle)])
        )
    parts.append(_drawn(last, x, bottom, _WIDTH))
    height = bottom + last.height
    if left:
        parts.extend(_previous(flow, bottom))
    if flow.counts.get("previous_studies") or ("total_studies" in flow.counts and left):
        total = _Box(_lines(flow, "total_studies") + _lines(flow, "total_reports"), False)
        parts.append(_arrow([(x + _WIDTH / 2, height), (x + _WIDTH / 2, height + _GAP)]))
        parts.append(_drawn(total, x, height + _GAP, _WIDTH))
        height += _GAP + total.height
    width = _MARGIN * 2 + left + len(columns) * (_WIDTH + _SIDE + _GAP) + (len(columns) - 1) * 2 * _GAP
    return _svg(flow, parts, width, height + _MARGIN)


def _svg(flow: Flow, parts: Sequence[str], width: float, height: float) -> str:
    told = "; ".join(f"{NAMES[name]}: {count}" for name, count in flow.counts.items())
    title = f"PRISMA 2020 flow: {flow.title}" if flow.title else "PRISMA 2020 flow"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img" font-family="system-ui, \'DejaVu Sans\', Arial, sans-serif">\n<title>{escape(title)}</title>\n'
        f"<desc>{escape(told)}.</desc>\n<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _column(flow: Flow, column: Sequence[tuple[str, str]], x: float, tops: Sequence[float]) -> list[str]:
    parts: list[str] = []
    previous: tuple[float, float] | None = None
    for (name, beside), y in zip(column, tops, strict=True):
        if not name:
            continue
        box = _box(flow, name)
        middle = x + _WIDTH / 2
        if previous is not None:
            parts.append(_arrow([(middle, previous[1]), (middle, y)]))
        parts.append(_drawn(box, x, y, _WIDTH))
        previous = (y, y + box.height)
        if flow.counts.get(beside) is not None or not beside.startswith("other"):
            side = _box(flow, beside)
            parts.append(_arrow([(x + _WIDTH, y + 20), (x + _WIDTH + _GAP, y + 20)]))
            parts.append(_drawn(side, x + _WIDTH + _GAP, y, _SIDE))
    return parts


def _previous(flow: Flow, bottom: float) -> list[str]:
    box = _Box(_lines(flow, "previous_studies") + _lines(flow, "previous_reports"), False)
    y = _MARGIN + 34
    middle = _MARGIN + _WIDTH / 2
    down = bottom + 20
    return [
        _head(_MARGIN, _MARGIN, _WIDTH, "Previous studies"),
        _drawn(box, _MARGIN, y, _WIDTH),
        _arrow([(middle, y + box.height), (middle, down), (_MARGIN + _WIDTH + 2 * _GAP, down)]),
    ]


def _height(flow: Flow, names: tuple[str, str]) -> int:
    return max((_box(flow, name).height for name in names if name), default=0)


def _box(flow: Flow, name: str) -> _Box:
    return _Box(_lines(flow, name), name not in flow.counts)


def _end(flow: Flow) -> _Box:
    return _Box(_lines(flow, "new_studies") + _lines(flow, "new_reports"), "new_studies" not in flow.counts)


def _lines(flow: Flow, name: str) -> tuple[str, ...]:
    """Return a box's lines: what it counts, its parts, and its number."""
    label = NAMES[name]
    number = flow.counts.get(name)
    said = (
        f"{label[0].upper()}{label[1:]} (n\u00a0=\u00a0{number:,})"
        if number is not None
        else f"{label[0].upper()}{label[1:]} (not\u00a0stated)"
    )
    letters = _BESIDE if name in _SIDES else _LETTERS
    lines = textwrap.wrap(said, letters)
    held = flow.parts.get(name, {})
    for part, count in held.items() if len(held) > 1 or set(held) - {"databases", "registers"} else ():
        lines.extend(
            textwrap.wrap(f"{part}: {count:,}", letters, initial_indent="· ", subsequent_indent="  ")
        )
    return tuple(lines)


def _drawn(box: _Box, x: float, y: float, width: float) -> str:
    kind = "box unknown" if box.unknown else "box"
    rect = f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{box.height}" rx="3"/>'
    text = "".join(
        f'<text x="{x + 9:.0f}" y="{y + 20 + _LINE * number:.0f}">{escape(line)}</text>'
        for number, line in enumerate(box.lines)
    )
    return rect + text


def _head(x: float, y: float, width: float, text: str) -> str:
    return (
        f'<rect class="head" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="24" rx="3"/>'
        f'<text class="bold" x="{x + 9:.0f}" y="{y + 17:.0f}">{escape(text)}</text>'
    )


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    path = "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    return f'<path class="arrow" d="{path}" marker-end="url(#tip)"/>'
