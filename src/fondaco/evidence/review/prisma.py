"""The flow of a review as PRISMA 2020 has it: counts in boxes, and each arrow between them a subtraction that must hold.

M. J. Page et al., The PRISMA 2020 statement: an updated guideline for reporting systematic reviews (BMJ 372, 2021, n71).

What is counted changes on the way: records come from searches, reports are what is read whole, and studies are what
reports tell of.  A study may have several reports; no report has less than one study behind it.

>>> flow = read({"databases": {"Scopus": 200}, "removed": {"duplicates": 50}, "excluded": 100, "not_retrieved": 0, "excluded_reports": {"no data": 30},
...              "new": {"studies": 18, "reports": 20}})
>>> flow.counts["screened"], flow.counts["assessed"]
(150, 50)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError

#: The arrows: what is left is what came, less what went.
ARROWS: tuple[tuple[str, str, str], ...] = (
    ("identified", "removed", "screened"),
    ("screened", "excluded", "sought"),
    ("sought", "not_retrieved", "assessed"),
    ("assessed", "excluded_reports", "reports_from_databases"),
    ("other_found", "other_removed", "other_sought"),
    ("other_sought", "other_not_retrieved", "other_assessed"),
    ("other_assessed", "other_excluded_reports", "reports_from_other"),
)

#: What the boxes are called.
NAMES: Mapping[str, str] = {
    "identified": "records identified in databases and registers",
    "removed": "records removed before screening",
    "screened": "records screened",
    "excluded": "records excluded",
    "sought": "reports sought for retrieval",
    "not_retrieved": "reports not retrieved",
    "assessed": "reports assessed for eligibility",
    "excluded_reports": "reports excluded",
    "reports_from_databases": "reports included from databases and registers",
    "other_found": "records identified by other methods",
    "other_removed": "records of other methods not sought",
    "other_sought": "reports of other methods sought for retrieval",
    "other_not_retrieved": "reports of other methods not retrieved",
    "other_assessed": "reports of other methods assessed for eligibility",
    "other_excluded_reports": "reports of other methods excluded",
    "reports_from_other": "reports included from other methods",
    "new_reports": "reports of new included studies",
    "new_studies": "new studies included",
    "previous_studies": "studies included in the previous version",
    "previous_reports": "reports of studies included in the previous version",
    "total_studies": "total studies included",
    "total_reports": "reports of total included studies",
}

_KEYS = frozenset(
    [
        "title",
        "source",
        "note",
        "previous",
        "databases",
        "registers",
        "removed",
        "screened",
        "excluded",
        "sought",
        "not_retrieved",
        "assessed",
        "excluded_reports",
        "from_databases",
        "other",
        "new",
        "total",
    ]
)
#: Of these, what is said of the flow and counts nothing.
_WORDS = frozenset({"title", "source", "note"})
_OTHER_KEYS = frozenset(
    ["found", "removed", "sought", "not_retrieved", "assessed", "excluded_reports", "included"]
)


@dataclass(frozen=True)
class Flow:
    """A review's flow.

    Attributes
    ----------
    counts
        Every box that is stated or follows from others, by the names in `NAMES`; what neither is, is not there.
    parts
        What boxes are made of: databases, registers, reasons.
    derived
        Boxes that nobody stated: they follow by subtraction.
    arrows
        Each arrow whose three counts are known: ``(from, less, to)``.
    dropped
        Where boxes between are not known: ``(from, to)``, of which only the difference is.
    title, source, note
        What the flow is of, where it stands, and what is to be said of it.
    """

    counts: Mapping[str, int]
    parts: Mapping[str, Mapping[str, int]]
    derived: frozenset[str]
    arrows: tuple[tuple[str, str, str], ...]
    dropped: tuple[tuple[str, str], ...] = ()
    title: str = ""
    source: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the flow as JSON values: boxes, and each arrow as the subtraction that it is."""
        n = self.counts
        return {
            "title": self.title,
            "source": self.source,
            "note": self.note,
            "boxes": {name: {"label": NAMES[name], "count": count, "derived": name in self.derived} for name, count in n.items()},
            "parts": {name: dict(held) for name, held in self.parts.items()},
            "arrows": [
                {"from": a, "less": less, "to": b, "says": f"{n[a]} - {n[less]} = {n[b]}", "holds": True}
                for a, less, b in self.arrows
            ],
            "dropped": [{"from": a, "to": b, "says": f"{n[a]} - {n[a] - n[b]} = {n[b]}"} for a, b in self.dropped],
            "unknown": [NAMES[name] for name in NAMES if name not in n],
        }  # fmt: skip


@cache
def shipped() -> Flow:
    """Return the flow of the review whose studies ship, as far as it is printed.

    >>> shipped().counts["identified"], shipped().counts["total_studies"]
    (289, 51)
    """
    return read(tomllib.loads((Path(__file__).parent / "data" / "flow.toml").read_text("utf-8")))


def read(said: Mapping[str, Any]) -> Flow:
    """Return the flow that counts tell, each checked against the others.

    Parameters
    ----------
    said
        ``databases`` and ``registers`` (name to records), ``removed`` (reason to records), ``screened``, ``excluded``,
        ``sought``, ``not_retrieved``, ``assessed``, ``excluded_reports`` (reason to reports), ``from_databases``
        (reports), ``other`` (a table of the same with ``found`` by method, and ``included``), ``previous``, ``new`` and
        ``total`` (``studies``, ``reports``).  What is left out is worked out where one arrow tells it.

    Raises
    ------
    InputError
        For a count that is none, a name that is none, and an arrow that does not hold, named with its numbers.
    """
    if unknown := sorted(set(said) - _KEYS):
        raise InputError(f"The flow has no {unknown[0]!r}; it has {', '.join(sorted(_KEYS))}.")
    parts: dict[str, dict[str, int]] = {}
    counts = _stated(said, parts)
    if not counts:
        raise InputError(
            f"The flow holds no count. State at least one of {', '.join(sorted(_KEYS - _WORDS))}."
        )
    # What is stated is held against itself first: what would follow from a wrong box fails at another arrow.
    _holding(counts)
    stated = set(counts)
    _follow(counts)
    arrows = _holding(counts)
    dropped = tuple(_narrows(chain, counts) for chain in (_CHAIN, _OTHER_CHAIN))
    _ends(counts)
    return Flow(
        {name: counts[name] for name in NAMES if name in counts},
        parts,
        frozenset(set(counts) - stated),
        arrows,
        tuple(pair for pairs in dropped for pair in pairs),
        str(said.get("title", "")),
        str(said.get("source", "")),
        str(said.get("note", "")),
    )


def _stated(said: Mapping[str, Any], parts: dict[str, dict[str, int]]) -> dict[str, int]:
    counts: dict[str, int] = {}

    def take(name: str, value: Any, where: str) -> None:
        if isinstance(value, Mapping):
            parts[name] = {str(part): _count(number, f"{where}, {part}") for part, number in value.items()}
            counts[name] = sum(parts[name].values())
        elif value is not None:
            counts[name] = _count(value, where)

    identified: dict[str, Any] = {}
    for name in ("databases", "registers"):
        held = said.get(name, {})
        identified.update(held if isinstance(held, Mapping) else {name: held})
    take("identified", identified or None, "databases")
    for name in (
        "removed",
        "screened",
        "excluded",
        "sought",
        "not_retrieved",
        "assessed",
        "excluded_reports",
    ):
        take(name, said.get(name), name)
    take("reports_from_databases", said.get("from_databases"), "from_databases")
    other = _table(said, "other", _OTHER_KEYS)
    for name in sorted(_OTHER_KEYS - {"included"}):
        take(f"other_{name}", other.get(name), f"other, {name}")
    take("reports_from_other", other.get("included"), "other, included")
    for name in ("previous", "new", "total"):
        for what, value in _table(said, name, frozenset({"studies", "reports"})).items():
            take(f"{name}_{what}", value, f"{name}, {what}")
    return counts


def _table(said: Mapping[str, Any], name: str, keys: frozenset[str]) -> Mapping[str, Any]:
    """Return a table of the counts, its keys checked."""
    held = said.get(name, {})
    if not isinstance(held, Mapping) or set(held) - keys:
        wrong = min(set(held) - keys) if isinstance(held, Mapping) else held
        raise InputError(f"{name} is a table of {', '.join(sorted(keys))}; {wrong!r} is none of these.")
    return held


def _count(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{where}: {value!r} is no count; write a whole number.")
    if value < 0:
        raise InputError(f"{where}: {value} is below zero; a count is not.")
    return value


def _follow(counts: dict[str, int]) -> None:
    """Add every count that follows from two others, until none does."""
    triples = [*ARROWS, *_SUMS]
    before = -1
    while before != len(counts):
        before = len(counts)
        for whole, part, rest in triples:
            known = [name in counts for name in (whole, part, rest)]
            if sum(known) != 2:
                continue
            if not known[0]:
                counts[whole] = counts[part] + counts[rest]
            else:
                missing, other = (rest, part) if known[1] else (part, rest)
                found = counts[whole] - counts[other]
                if found < 0:
                    less = f"{counts[whole]} is less than {counts[other]}"
                    raise InputError(
                        _broken(whole, part, rest, counts, less)
                        if (whole, part, rest) in ARROWS
                        else f"The arrow from “{NAMES[other]}” to “{NAMES[whole]}” fails: {less}. Count these boxes again."
                    )
                counts[missing] = found


#: What adds up at the end: ``(sum, one, other)``.
_SUMS = (
    ("new_reports", "reports_from_databases", "reports_from_other"),
    ("total_studies", "previous_studies", "new_studies"),
    ("total_reports", "previous_reports", "new_reports"),
)


_CHAIN = ("identified", "screened", "sought", "assessed", "reports_from_databases")
_OTHER_CHAIN = ("other_found", "other_sought", "other_assessed", "reports_from_other")


def _narrows(chain: tuple[str, ...], counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the neighbours of a chain between which boxes are unknown; no more may come out than what is dropped leaves."""
    dropped = {rest: less for _, less, rest in ARROWS}
    last, lost = "", 0
    for name in chain:
        if last:
            lost += counts.get(dropped[name], 0)
            most = counts[last] - lost
            if most < counts.get(name, 0):
                came = f"{counts[name]} cannot come of" if name in counts else "nothing can be left of"
                less = f" less {lost}" if lost else ""
                raise InputError(
                    f"The arrow from “{NAMES[last]}” to “{NAMES[name]}” fails: {came} {counts[last]}{less}. Count these boxes again."
                )
        if name in counts:
            last, lost = name, 0
    known = [name for name in chain if name in counts]
    return [(one, two) for one, two in pairwise(known) if chain.index(two) - chain.index(one) > 1]


def _holding(counts: Mapping[str, int]) -> tuple[tuple[str, str, str], ...]:
    """Return the arrows whose three counts are known; raises for one that does not hold."""
    arrows = tuple(arrow for arrow in ARROWS if all(name in counts for name in arrow))
    for arrow in arrows:
        _holds(arrow, counts)
    return arrows


def _holds(arrow: tuple[str, str, str], counts: Mapping[str, int]) -> None:
    whole, less, rest = arrow
    if counts[whole] - counts[less] != counts[rest]:
        says = f"{counts[whole]} - {counts[less]} = {counts[whole] - counts[less]}, but the box says {counts[rest]}"
        raise InputError(_broken(whole, less, rest, counts, says))


def _broken(whole: str, less: str, rest: str, counts: Mapping[str, int], says: str) -> str:
    known = "; ".join(f"{NAMES[name]}: {counts[name]}" for name in (whole, less, rest) if name in counts)
    return f"The arrow from “{NAMES[whole]}” to “{NAMES[rest]}” fails: {says} ({known}). Count these boxes again."


def _ends(counts: Mapping[str, int]) -> None:
    for whole, one, other in _SUMS:
        if (
            whole in counts
            and one in counts
            and other in counts
            and counts[one] + counts[other] != counts[whole]
        ):
            raise InputError(
                f"The arrow into “{NAMES[whole]}” fails: {counts[one]} + {counts[other]} = {counts[one] + counts[other]}, but the box "
                f"says {counts[whole]}. Count these boxes again."
            )
    for when in ("previous", "new", "total"):
        studies, reports = counts.get(f"{when}_studies"), counts.get(f"{when}_reports")
        if studies is not None and reports is not None and studies > reports:
            raise InputError(
                f"{NAMES[f'{when}_studies']}: {studies}, but {NAMES[f'{when}_reports']}: {reports}. Each study has a report at least; "
                "several studies in one report are counted as one study with its parts."
            )
        if studies == 0 and reports:
            raise InputError(f"{NAMES[f'{when}_reports']}: {reports}, but no study that they are of.")
