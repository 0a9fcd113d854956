"""What a review asks, where it searches, with which words; and its tables of what the studies are like.

>>> protocol = shipped()
>>> search_string({"small": ["SME*", "small firm"], "abroad": ["export*"]})
'(SME* OR "small firm") AND (export*)'
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fondaco.evidence.literature import Base
from fondaco.evidence.literature.base import Study
from fondaco.reference import countries


@cache
def shipped() -> Mapping[str, Any]:
    """Return the protocol of the review whose studies ship."""
    return tomllib.loads((Path(__file__).parent / "data" / "protocol.toml").read_text("utf-8"))


def search_string(blocks: Mapping[str, Sequence[str]]) -> str:
    """Return the search: terms of a block joined by OR, blocks by AND; terms of several words in quotation marks."""
    joined = (
        " OR ".join(f'"{term}"' if " " in term else term for term in terms)
        for terms in blocks.values()
        if terms
    )
    return " AND ".join(f"({each})" for each in joined)


def tables(base: Base) -> dict[str, list[dict[str, Any]]]:
    """Return the review's descriptive tables, counted from its base: years, methods, theories, places, platforms.

    A study of two countries counts in both, so a table may add up to more than the studies.
    """
    studies = list(base.studies.values())

    def of(words: Iterable[Iterable[str]], *, by_name: bool = False) -> list[dict[str, Any]]:
        held = Counter(word for each in words for word in each if word)
        order = sorted(held.items(), key=lambda pair: (pair[0],) if by_name else (-pair[1], pair[0]))
        return [{"name": name, "studies": count} for name, count in order]

    def places(study: Study) -> list[str]:
        return [countries.name(code) for code in study.countries] or ["not named"]

    return {
        "years": of(([str(each.year)] for each in studies), by_name=True),
        "methods": of([f"{each.design}: {each.method.replace('_', ' ')}"] for each in studies),
        "theories": of(each.theories or ("none named",) for each in studies),
        "places": of(map(places, studies)),
        "platforms": of(each.platforms for each in studies),
    }
