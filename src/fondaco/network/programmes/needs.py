"""Which training members need: from what the network does not know, and from what members say they are not ready for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from fondaco.network.knowledge import Cell


@dataclass(frozen=True)
class Need:
    """Something to be taught or found out, with the reason; `share` is of members, where it was asked of them."""

    about: str
    why: str
    share: float | None = None


def needs(
    cells: Iterable[Cell],
    readiness: Mapping[str, float] | None = None,
    called: Callable[[str, str], str] = "{}: {}".format,
) -> tuple[Need, ...]:
    """Return needs, those of most members first, then the gaps of shared knowledge by market.

    Parameters
    ----------
    cells
        The grid of shared knowledge.
    readiness
        By topic, the share of members (0 to 1), as it may be told, on the wrong side of the middle of its scale.
    called
        How a market and a kind of knowledge are called, for people.

    Examples
    --------
    >>> needs([Cell("customer", "KOR", 0, 0, 0, 0)], {"Replying in time": 0.7})[0]
    Need(about='Replying in time', why='at least 70% of those who let it be counted are on the wrong side of the middle', share=0.7)
    """
    asked = sorted((readiness or {}).items(), key=lambda pair: (-pair[1], pair[0]))
    found = [
        Need(
            topic,
            f"at least {share:.0%} of those who let it be counted are on the wrong side of the middle",
            share,
        )
        for topic, share in asked
        if share > 0
    ]
    why = {
        "none": "no member has shared anything",
        "outdated": "what was shared is outdated",
        "second hand": "nobody of the network was there",
    }
    return (
        *found,
        *(Need(called(cell.market, cell.kind), why[cell.state]) for cell in cells if cell.state != "held"),
    )
