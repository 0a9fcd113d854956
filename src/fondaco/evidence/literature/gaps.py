"""What has not been studied: regions, ways of studying, types of platforms, themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fondaco.evidence.literature.base import DESIGNS, Base, Study
from fondaco.evidence.literature.regions import REGIONS, region_of

THEMES = {
    "resources_capabilities": "resources and capabilities",
    "environment": "environment",
    "adoption_use": "adoption and use",
    "benefits_risks": "benefits and risks",
}
#: Types that the review's own ordering of platforms knows and none of its studies names.
NEVER_STUDIED = (
    "payment platforms", "messaging platforms", "shop software", "tools for search and site optimisation", "app stores",
)  # fmt: skip
_IN_WORDS = {**THEMES, "Americas": "the Americas"}
VAGUE = ("unspecified", "several")


def gaps(base: Base, studies: Sequence[Study]) -> list[dict[str, Any]]:
    """Return what the studies of an answer leave open, as JSON values.

    Each is ``{"kind", "missing", "everywhere", "says"}``: `kind` is ``region``, ``design``, ``time``, ``platform``,
    ``theme`` or ``sample``; `everywhere` says whether the whole base lacks it too.
    """
    everything = list(base.studies.values())
    found = [
        *_missing("region", REGIONS, _regions(studies), _regions(everything), "no study of firms in {}"),
        *_missing(
            "design", DESIGNS, {s.design for s in studies}, {s.design for s in everything}, "no {} study"
        ),
        *_missing(
            "platform", _types(everything), _types(studies), _types(everything), "no study of {} platforms"
        ),
        *_missing(
            "theme", tuple(THEMES), _themes(studies), _themes(everything), "no study under the theme {}"
        ),
    ]
    found.append(_time(studies, everything))
    found += [gap("platform", name, True, f"no study names {name}") for name in NEVER_STUDIED]
    samples = {each.sample for each in studies}
    if len(samples) == 1:
        found.append(gap("sample", "a second sample", False, "all of it rests on one sample"))
    if unnamed := sum(not each.countries for each in studies):
        words = "study does" if unnamed == 1 else "studies do"
        found.append(gap("region", "countries", False, f"{unnamed} {words} not name the countries"))
    return found


def _missing(
    kind: str, all_: Sequence[str], here: set[str] | Sequence[str], ever: set[str] | Sequence[str], says: str
) -> list[dict[str, Any]]:
    return [
        gap(kind, each, each not in ever, says.format(_IN_WORDS.get(each, each)))
        for each in all_
        if each not in here
    ]


def _time(studies: Sequence[Study], everything: Sequence[Study]) -> dict[str, Any]:
    over = [each.cited for each in studies if each.longitudinal]
    total = sum(each.longitudinal for each in everything)
    names = f": {', '.join(over)}" if over else ""
    says = f"{len(over)} of {len(studies)} studies {'follows' if len(over) == 1 else 'follow'} firms over time{names} (in the whole base {total} of {len(everything)})"
    return gap("time", "longitudinal studies", False, says)


def gap(kind: str, missing: str, everywhere: bool, says: str) -> dict[str, Any]:
    """Return one gap as JSON values."""
    return {"kind": kind, "missing": missing, "everywhere": everywhere, "says": says}


def _regions(studies: Sequence[Study]) -> set[str]:
    return {region_of(country) for each in studies for country in each.countries}


def _types(studies: Sequence[Study]) -> list[str]:
    return sorted({kind for each in studies for kind in each.platforms if kind not in VAGUE})


def _themes(studies: Sequence[Study]) -> set[str]:
    return {theme for each in studies for theme in each.themes}
