"""Several platforms at once, and several within one deal: how many the firm has hands for, and which serves which step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from fondaco.reference.platforms import STEPS
from fondaco.strategy.platform.choice import Judged, sells
from fondaco.strategy.platform.facts import Facts
from fondaco.strategy.rules import rule

RULE = "platform/several"
STEP_NAMES = {
    "found": "be found",
    "asked": "be asked, and answer",
    "sold": "take the order",
    "paid": "be paid",
    "delivered": "deliver",
}
_AT_MOST = 3


@dataclass(frozen=True)
class Together:
    """Which platforms to use at once, and for which step of a deal.

    Attributes
    ----------
    hands
        For how many sales platforms there are hours; None where the hours are not stated.
    sales, reach
        Those to use, in order: already used ones first.
    steps
        For each step of a deal the platforms of the catalogue that serve it for this firm, first those above.
    """

    hands: int | None
    sales: tuple[str, ...]
    reach: tuple[str, ...]
    steps: dict[str, tuple[str, ...]]
    says: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "hands": self.hands,
            "sales": list(self.sales),
            "reach": list(self.reach),
            "steps": [
                {"step": name, "says": STEP_NAMES[name], "platforms": list(found)}
                for name, found in self.steps.items()
            ],
            "says": self.says,
            "rule": RULE,
        }


def together(judged: Sequence[Judged], facts: Facts, today: date) -> Together:
    """Return what to use at once: only what fits, as many sales platforms as there are hours for, one to be found by."""
    fitting = [each for each in judged if each.fits == "yes"]
    used = set(facts.platforms)
    fitting.sort(key=lambda each: each.platform.id not in used)  # keeps the order of preference within
    hours = facts.profile.people.export_hours_per_week
    each_takes = rule(RULE).threshold("hours_per_sales_platform", facts.profile.thresholds)
    hands = (
        None
        if hours is None
        else int((hours / max(each_takes.value, Decimal("0.1"))).to_integral_value(ROUND_FLOOR))
    )
    room = 1 if hands is None else max(1, min(hands, _AT_MOST))
    sellers = [e.platform.id for e in fitting if sells(e.platform, facts.home, today)]
    finders = [e.platform.id for e in fitting if "reach" in e.platform.kinds and e.platform.id not in sellers]
    sales, reach = tuple(sellers[:room]), tuple(finders[:1])
    first = (*sales, *reach)
    steps = {step: _serving(fitting, names, first, facts.home, today) for step, names in STEPS.items()}
    return Together(hands, sales, reach, steps, _says(hands, each_takes.says, len(sales)))


def _serving(
    fitting: Sequence[Judged], mechanisms: Sequence[Any], first: Sequence[str], seller: str, today: date
) -> tuple[str, ...]:
    found = [
        each.platform.id for each in fitting
        if any(each.platform.offers(name, seller, today) == "yes" for name in mechanisms)
    ]  # fmt: skip
    found.sort(key=lambda id_: first.index(id_) if id_ in first else len(first))
    return tuple(found[:4])


def _says(hands: int | None, each_takes: str, found: int) -> str:
    if not found:
        return "No sales platform is known to fit: look up first what is not known of those that might."
    if hands is None:
        return f"One sales platform to begin with: the hours for export are not stated ({each_takes} are reckoned)."
    if hands == 0:
        return f"The hours stated do not suffice for one sales platform ({each_takes} are reckoned): begin with one all the same, and free the hours."
    return (
        f"There are hours for {hands} sales platform{'s' if hands != 1 else ''} ({each_takes} are reckoned)."
    )
