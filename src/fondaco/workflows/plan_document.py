"""A plan on paper: one page, or all of it, as PDF set by Typst.

What people and files said goes into the template (``data/plan.typ``) as JSON and is set as text; none of it is
ever read as markup.  Typst ships the fonts that are used (Libertinus Serif, with Latin, Greek and Cyrillic);
letters of other scripts are set in a font of the machine where it has one, and are named in words where it has
none (`Shown`), with a note: a PDF with empty boxes helps nobody.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import groupby
from typing import Any

from fondaco.kernel import FondacoError
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.strategy.plan.joining import JOINED, Plan
from fondaco.strategy.plan.lines import Line, lines_of
from fondaco.workflows.plan_swot import quadrants_of

#: Lines of a part, and letters of a text, that a PDF prints at most; the rest is in the workbook.
MOST_LINES, MOST_LETTERS, MOST_CONFLICTS, MOST_UNKNOWN = 40, 700, 30, 40
#: How a page is filled: (lines of a part, letters of a text, conflicts, charts), tried until all stands on one page.
_FILLINGS = ((5, 170, 4, 1), (4, 140, 3, 1), (3, 120, 3, 0), (2, 100, 3, 0), (1, 80, 2, 0), (0, 60, 1, 0))

#: What Typst ships and is always there, then what machines may have.
_SHIPPED = "Libertinus Serif"
_CJK = ("Noto Sans CJK KR", "Noto Sans CJK SC", "Noto Serif CJK KR", "Noto Serif CJK SC", "Source Han Sans")
_OF_SCRIPT: Mapping[str, tuple[str, ...]] = {
    "HANGUL": (*_CJK, "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo"),
    "CJK": (*_CJK, "Noto Sans SC", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "Noto Sans JP"),
    "HIRAGANA": (*_CJK, "Noto Sans JP", "Yu Gothic", "Hiragino Sans"),
    "KATAKANA": (*_CJK, "Noto Sans JP", "Yu Gothic", "Hiragino Sans"),
    "ARABIC": ("DejaVu Sans", "Noto Sans Arabic", "Noto Naskh Arabic"),
    "HEBREW": ("DejaVu Sans", "Noto Sans Hebrew"),
    "ARMENIAN": ("DejaVu Sans", "Noto Sans Armenian"),
    "GEORGIAN": ("DejaVu Sans", "Noto Sans Georgian"),
    "THAI": ("Noto Sans Thai", "Garuda"),
    "DEVANAGARI": ("Noto Sans Devanagari", "Lohit Devanagari"),
    "MONGOLIAN": ("Noto Sans Mongolian", "Mongolian Baiti"),
}
_NAMES = {"HANGUL": "Korean", "CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}


@dataclass(frozen=True)
class Document:
    """What is printed of a plan, proposal or version alike.

    Attributes
    ----------
    firm
        The firm's name.
    proposal
        The plan as JSON (`fondaco.strategy.plan.joining.Plan.to_json`).
    lines
        Its lines, with what people made of them.
    number, agreed, review
        Of a version: its number, who agreed to it and when in words, the day of review.
    swot
        By quadrant: what stands there.
    charts
        SVG with what it shows in words.
    """

    firm: str
    proposal: Mapping[str, Any]
    lines: tuple[Line, ...]
    number: int | None = None
    agreed: str = ""
    review: date | None = None
    swot: Mapping[str, Sequence[str]] = field(default_factory=dict)
    charts: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The heading of the first page."""
        version = "proposal" if self.number is None else f"version {self.number}"
        return f"Export marketing plan of {self.firm}, {version}"


def document_of(workspace: Workspace, plan: Plan) -> Document:
    """Return today's proposal as a document, with its charts."""
    said = plan.to_json()
    document = Document(workspace.firm(plan.firm).name, said, lines_of(said))
    return with_charts(
        workspace, plan.firm, replace(document, swot=quadrants_of(workspace, plan.firm, plan.made))
    )


def with_charts(workspace: Workspace, firm: str, document: Document) -> Document:
    """Return a document with the charts of its lines in time and of what to expect of the first markets."""
    from fondaco import charts
    from fondaco.workflows.ranking import ranking_of

    specs = [charts.timeline_of(document.lines)] if any(line.due for line in document.lines) else []
    try:
        ranking = ranking_of(workspace, firm)
        if any(row.orders for row in ranking.foreign):
            specs.append(charts.expected_of(replace(ranking, rows=ranking.foreign[:8])))
    except FondacoError:  # nothing to expect can be told: the plan is printed without
        pass
    return replace(document, charts=tuple((charts.svg_of(spec), spec["description"]) for spec in specs))


def pdf_of(document: Document, *, one_page: bool = False, families: Collection[str] | None = None) -> bytes:
    """Return the document as PDF.

    Parameters
    ----------
    one_page
        All on one page: as many lines as fit, and how many more there are.
    families
        Fonts there are; those of the machine if omitted.
    """
    if not one_page:
        return _set(_told(document, _FULL, families))
    for filling in _FILLINGS:
        told = _told(document, filling, families)
        if filling is _FILLINGS[-1] or _pages(told) == 1:
            return _set(told)
    raise AssertionError("the last filling is always taken")


_FULL = (MOST_LINES, MOST_LETTERS, MOST_CONFLICTS, 9)


# --- what the template gets


def _told(
    document: Document, filling: tuple[int, int, int, int], families: Collection[str] | None
) -> dict[str, Any]:
    most, letters, most_conflicts, most_charts = filling
    full = filling is _FULL
    shown = Shown(installed_fonts() if families is None else families)

    def text(said: object, limit: int = letters) -> str:
        return shown.text(_cut(str(said), limit))

    proposal = document.proposal
    conflicts = proposal["conflicts"]
    told = {
        "one_page": not full,
        "title": text(document.title),
        "firm": text(document.firm),
        "under": text(_under(document), MOST_LETTERS),
        "footer": text(f"{document.firm} · Fondaco · the firm decides; this is advice"),
        "targets": [
            text(f"{countries.name(each['market'])}: {each['why']}") for each in proposal["targets"][: 10 if full else 5]
        ],
        "conflicts": [_conflict(each, text, full=full) for each in conflicts[:most_conflicts]],
        "more_conflicts": _more(len(conflicts) - most_conflicts, "conflict"),
        "swot": [
            {"name": name.capitalize(), "says": [text(said) for said in listed[:6]]}
            for name, listed in document.swot.items()
        ]
        if full
        else [],
        "charts": [
            {"svg": shown.text(svg), "words": text(words)} for svg, words in document.charts[:most_charts]
        ],
        "parts": [_part(name, document, text, most, full=full) for name in JOINED],
        "unknown": [text(each) for each in proposal["unknown"][: MOST_UNKNOWN if full else 2]],
    }  # fmt: skip
    told["notes"] = [shown.note] if shown.missing else []
    told["fonts"] = shown.fonts
    return told


def _under(document: Document) -> str:
    said = [f"Proposed on {document.proposal['made']}"]
    if document.agreed:
        said.append(document.agreed)
    if document.review is not None:
        said.append(f"to be looked at again on {document.review.isoformat()}")
    return "; ".join(said) + f". Fingerprint {str(document.proposal['fingerprint'])[:12]}."


def _conflict(said: Mapping[str, Any], text: Any, *, full: bool) -> dict[str, Any]:
    sources = "; ".join(each.get("cited") or each.get("reason") or "" for each in said["findings"])
    stop = said["severity"] == "stop"
    return {
        "stop": stop,
        "head": "Stop:" if stop else "Look:",
        "says": text(said["says"]),
        "why": text(said["why"]) if full else "",
        "ways": [text(each) for each in said["ways_out"][: 5 if full else 1]],
        "says_so": text(sources) if full else "",
    }


def _part(name: str, document: Document, text: Any, most: int, *, full: bool) -> dict[str, Any]:
    held = [line for line in document.lines if line.part == name and line.status != "dropped"]
    # Of a part's words there is room for as much as each line has; the page lists the rest.
    return {
        "name": name.capitalize(),
        "says": text(document.proposal["parts"][name]["says"]),
        "lines": [_line(line, text) for line in held[:most]],
        "more": _more(len(held) - most, "action") if full or len(held) > most else "",
    }


def _line(line: Line, text: Any) -> dict[str, Any]:
    reasons = [
        ("Why.", line.why),
        ("Who says so.", line.says_so),
        ("What would change it.", line.changes),
        *(("Comment.", each) for each in line.comments[-3:]),
    ]
    return {
        "text": text(line.text),
        "owner": text(line.owner, 60),
        "due": line.due.isoformat() if line.due else "no day yet",
        "status": line.status,
        "reasons": [[name, text(said)] for name, said in reasons if said],
    }


def _more(count: int, what: str) -> str:
    return (
        f"{count:,} more {what}{'' if count == 1 else 's'}: see the plan's page or workbook."
        if count > 0
        else ""
    )


def _cut(said: str, limit: int) -> str:
    """Return a text on one line, cut at a word where it is longer than `limit`."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head) + "…"


# --- letters


class Shown:
    """Makes texts printable with the fonts there are, and remembers which scripts had none."""

    def __init__(self, families: Collection[str]) -> None:
        self._families = frozenset(families)
        self.missing: set[str] = set()
        self._used: dict[str, None] = {_SHIPPED: None}

    @property
    def fonts(self) -> list[str]:
        """Fonts to set the texts in, in the order in which they are tried."""
        return list(self._used)

    @property
    def note(self) -> str:
        """What is missing, and what to do about it."""
        names = ", ".join(sorted(self.missing))
        return (
            f"Words in these scripts are left out here, because no font on this machine has their letters: {names}. "
            "Install one, such as Noto Sans CJK; the plan's page and workbook show them."
        )

    def text(self, said: str) -> str:
        """Return a text in which letters that no font has are named in words, once for each run of them."""
        told = []
        for script, run in groupby(said, key=self._lacking):
            told.append(f"[{script} text]" if script else "".join(run))
        return "".join(told)

    def _lacking(self, letter: str) -> str:
        """Return the name of the letter's script where no font has it; empty where one has."""
        if _of_shipped(letter):
            return ""
        script = unicodedata.name(letter, "UNKNOWN").split(" ")[0].split("-")[0]
        found = next((f for f in _OF_SCRIPT.get(script, ()) if f in self._families), None)
        if found:
            self._used[found] = None
            return ""
        if script == "COMBINING" or letter in "\u200b\u200c\u200d\ufe0f":
            return ""
        name = _NAMES.get(script, script.capitalize() if script in _OF_SCRIPT else "other")
        self.missing.add(name)
        return name


def _of_shipped(letter: str) -> bool:
    """Whether Typst's own font has a letter: Latin, Greek and Cyrillic (Mongolian's too), punctuation, currencies."""
    number = ord(letter)
    return number < 0x0530 or 0x1E00 <= number < 0x2000 or 0x2010 <= number < 0x2300


def installed_fonts() -> Collection[str]:
    """Return the fonts that there are on this machine."""
    import typst

    return tuple(typst.Fonts().families())


# --- setting


def _template() -> bytes:
    return files("fondaco.workflows").joinpath("data/plan.typ").read_bytes()


def _inputs(told: Mapping[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(told, ensure_ascii=False)}


def _pages(told: Mapping[str, Any]) -> int:
    import typst

    found = typst.query(_template(), "<pages>", field="value", one=True, sys_inputs=_inputs(told))
    return int(json.loads(found))


def _set(told: Mapping[str, Any]) -> bytes:
    import typst

    made = datetime.combine(date(2000, 1, 1), datetime.min.time(), UTC)  # same plan, same bytes
    found = typst.compile(
        _template(), format="pdf", sys_inputs=_inputs(told), timestamp=int(made.timestamp())
    )
    if not isinstance(found, bytes):
        raise TypeError("Typst gave no PDF.")
    return found
