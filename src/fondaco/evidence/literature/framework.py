"""The review's framework as a view of the data: families of drivers and outcomes, and what was found between them.

>>> from fondaco.evidence.literature.base import shipped
>>> view = framework(shipped())
>>> edge = next(e for e in view["edges"] if (e["from"], e["to"]) == ("risk", "internationalization"))
>>> edge["samples"], edge["votes"]["-"]
(1, 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fondaco.evidence.literature.base import Base, Finding
from fondaco.evidence.literature.votes import tally


def framework(base: Base, findings: Sequence[Finding] | None = None) -> dict[str, Any]:
    """Return families as nodes and what was found between them as edges, as JSON values.

    A node has how many findings name it as driver and as outcome. An edge has the findings from one family to another
    (patterns and typologies left out), the samples' votes (stated signs only, one for each sample) and how many
    findings have only an inferred sign. Mediators are no edges of their own: a chain is one finding. With `findings` it is
    of these alone.
    """
    voting = [each for each in (base.findings if findings is None else findings) if each.votes]
    edges: dict[tuple[str, str], list[Finding]] = {}
    for each in voting:
        way = (base.variables[each.driver].family, base.variables[each.outcome].family)
        edges.setdefault(way, []).append(each)
    families = sorted({variable.family for variable in base.variables.values()})
    nodes = [
        {
            "family": family,
            "label": family.replace("_", " "),
            "variables": sum(v.family == family for v in base.variables.values()),
            "as_driver": sum(base.variables[each.driver].family == family for each in voting),
            "as_outcome": sum(base.variables[each.outcome].family == family for each in voting),
        }
        for family in families
    ]
    ordered = sorted(edges.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {"nodes": nodes, "edges": [_edge(base, way, found) for way, found in ordered]}


def _edge(base: Base, way: tuple[str, str], found: list[Finding]) -> dict[str, Any]:
    stated = [each for each in found if each.sign == "stated"]
    votes = tally((base.study_of(each).sample, each.direction) for each in stated)
    return {
        "from": way[0],
        "to": way[1],
        "findings": len(found),
        "samples": votes.samples,
        "votes": votes.counts,
        "inferred": len(found) - len(stated),
        "ids": [each.id for each in found],
    }
