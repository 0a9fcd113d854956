"""From a rule behind advice, in whichever room it is given, back to study, method, sample and country, and to the findings.

>>> from fondaco.evidence.literature.base import shipped
>>> behind(shipped(), "platform/website-first")["findings"][0]["study"]
'rienda_etal_2021'
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fondaco.evidence.literature.asking import finding_json
from fondaco.evidence.literature.base import Base, Finding
from fondaco.evidence.literature.strength import Reader
from fondaco.evidence.literature.votes import agreement
from fondaco.kernel import UnknownName
from fondaco.strategy.rules import Rule, read_rules, rules, studies

_FILE = Path(__file__).parent / "data" / "advice.toml"
_ROOMS = Path(__file__).parents[2]
#: Where rooms other than strategy keep their rules, by the area that their ids begin with.
_ELSEWHERE = {
    "desk": _ROOMS / "desk" / "data" / "checks.toml",
    "leaving": _ROOMS / "relationships" / "data" / "leaving.toml",
    "network": _ROOMS / "network" / "data" / "rules.toml",
}


@cache
def on_record() -> Mapping[str, Rule]:
    """Return every rule that advice rests on, by id: those of the plan and of readiness, of the desk, leaving and networks."""
    found = dict(rules())
    for area, path in _ELSEWHERE.items():
        found |= read_rules(path, area)
    return found


@cache
def _held() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def traced(base: Base, reader: Reader | None = None) -> list[dict[str, Any]]:
    """Return what each rule rests on, in the order of their ids."""
    return [behind(base, id_, reader) for id_ in sorted(on_record())]


def behind(base: Base, id_: str, reader: Reader | None = None) -> dict[str, Any]:
    """Return what a rule rests on, as JSON values; `docs/json.md` says what each is.

    Raises
    ------
    UnknownName
        Where there is no such rule.
    """
    held = on_record().get(id_)
    if held is None:
        raise UnknownName(f"There is no rule {id_!r}.")
    found = tuple(base.by_id[each] for each in _findings(base, held))
    return {
        "rule": held.id,
        "says": held.says,
        "evidence": held.evidence,
        "cited": studies()[held.source.study].cite if held.source.study else None,
        "section": held.source.section or None,
        "reason": held.source.reason or None,
        **_grounds(held),
        "findings": [finding_json(base, each, reader) for each in found],
        "disagreements": agreement(base, found)["disagreements"] if found else [],
        "why": _held()["none"].get(held.id),
        "lean": _lean(base, held, found),
    }


def _findings(base: Base, held: Rule) -> list[str]:
    """Return the ids of the findings behind a rule: those named for it, or all of the study where that is in the base."""
    named = _held()["findings"].get(held.id)
    if named is not None:
        return list(named)
    if held.evidence not in {"reviewed_study", "statistic"} or not held.source.study:
        return []
    study = _held()["grounds"][held.source.study].get("study")
    return [each.id for each in base.findings if each.study == study]


def _grounds(held: Rule) -> dict[str, Any]:
    said = _held()["grounds"].get(held.source.study, {})
    return {
        "method": said.get("method"),
        "n": said.get("n"),
        "unit": said.get("unit"),
        "countries": list(said.get("countries", ())),
    }


def _lean(base: Base, held: Rule, found: tuple[Finding, ...]) -> str:
    """Say how far one may lean on a rule, in a sentence."""
    if not held.source.study:
        return "A reason of our own, in no study."
    if found:
        samples = {base.study_of(each).sample for each in found}
        number = "one sample" if len(samples) == 1 else f"{len(samples)} samples"
        seen = "Found in" if any(each.votes for each in found) else "A pattern, no effect, seen in"
        return f"{seen} {number}: no general rate."
    what = {
        "recommendation": "Recommended by",
        "definition": "As defined by",
        "firm_report": "Reported by firms in",
        "platform_rule": "A platform's rule, as told by",
    }.get(held.evidence, "Told by")
    return f"{what} {_held()['grounds'][held.source.study]['words']}: no general rate."
