"""What the demo firms' people answered to the readiness questions, twice, a year apart. All of it is invented.

A firm leans to some level on each construct, its people to theirs, and a question adds chance; the seed decides all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from fondaco.readiness import Answers, Questionnaire, questionnaire
from fondaco.workflows.demo_files.firms import DemoFirm

#: Who answers: name, department, how they lean, and whether they fill in the short form only.
PEOPLE = (
    ("Management", "management", 0.5, False),
    ("Sales", "sales", 0.0, False),
    ("Production", "production", -0.7, True),
)
#: Constructs in which a firm has learnt something within the year, and by how much.
_LEARNT = {"replies": 0.8, "tools": 0.6, "expectations": 1.0}


def answers_of_demo(firm: DemoFirm, seed: tuple[int, ...], until: date) -> Iterator[Answers]:
    """Yield the answers of a firm's people in two rounds: a year before the last day, and ten days before it."""
    held, rng = questionnaire(), np.random.default_rng((*seed, 900))
    level = {construct.id: float(rng.uniform(2.8, 6.2)) for construct in held.constructs}
    markets = sorted(
        {market.country for channel in firm.channels for market in channel.markets} - {firm.home}
    )[:2]
    for round_, ago in enumerate((365, 10)):
        for n, (name, department, leaning, short) in enumerate(PEOPLE):
            at = datetime.combine(until - timedelta(days=ago - n), time(9 + n, 15), UTC)
            asked = held.asked("short" if short else "full", markets)
            values = {
                each.key: _value(held, each.item.id, level, leaning, round_, rng)
                for each in asked
                if rng.random() > 0.04
            }
            keys = tuple(each.key for each in asked)
            yield Answers(
                f"demo-{round_}-{n}", firm.slug, name, department, at, values, keys, "en", "web", held.id  # type: ignore[arg-type]
            )  # fmt: skip


def _value(
    held: Questionnaire,
    id_: str,
    level: dict[str, float],
    leaning: float,
    round_: int,
    rng: np.random.Generator,
) -> float:
    item = held.items[id_]
    if item.kind == "number":
        return float(round(rng.uniform(4, 24)))
    learnt = round_ * _LEARNT.get(item.construct, 0.1)
    drawn = level[item.construct] + leaning + learnt + rng.normal(0, 0.8)
    score = float(np.clip(round(drawn), 1, 7))
    return 8 - score if item.reverse else score
