"""A firm's way abroad as its files tell it to those who support it: days and counts, no buyer and no amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ibis import _

from fondaco.ledger import Ledger, Workspace
from fondaco.network.programmes.following import Reached, Sign
from fondaco.readiness import assess, over_time, questionnaire
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.readiness_answers import answers_of
from fondaco.workflows.stated import GROUPS, group_score

_YEAR = timedelta(days=365)


def sign_of(workspace: Workspace, firm: str, today: date) -> Sign:
    """Return the furthest stage of a firm, the day of its last inquiry or order, and orders from abroad in two years."""
    ledger = workspace.ledger(firm)
    return remembering(key_of(workspace, ledger, "sign of life", today), lambda: _sign(ledger, today))


def _sign(ledger: Ledger, today: date) -> Sign:
    orders = ledger.table("orders").filter((_.kind == "sale") & (_.day <= today))
    abroad = orders.filter(_.country.notnull() & (_.country != "") & (_.country != ledger.firm.home))
    lines = abroad.select("platform", "order", "day", "buyer").distinct().to_polars()
    asked = ledger.table("inquiries").filter(_.day <= today).select("day").distinct().to_polars()
    ordered = orders.select("day").distinct().to_polars()
    days = [day for frame in (asked, ordered) for day in frame["day"].to_list() if day is not None]
    held = {(row["platform"], row["order"]): row["day"] for row in lines.to_dicts() if row["day"] is not None}
    named = lines.filter(lines["buyer"].is_not_null()).select("platform", "buyer", "day").unique()
    again = bool(len(named)) and named.group_by("platform", "buyer").len()["len"].max() > 1
    reached: Reached = "repeat" if again else "order" if held else "inquiry" if len(asked) else "none"
    return Sign(
        ledger.firm.slug,
        reached,
        max(days, default=None),
        sum(today - 2 * _YEAR < day <= today - _YEAR for day in held.values()),
        sum(day > today - _YEAR for day in held.values()),
    )


def then_and_now(workspace: Workspace, firm: str, today: date) -> tuple[float, float] | None:
    """Return a firm's readiness at its first and at its last assessment, 1 to 7, the mean of what is asked in both.

    None where it was assessed in one month only, or too little was answered.
    """
    held, answers = questionnaire(), answers_of(workspace, firm)
    history = over_time(held, firm, answers, today)
    if len(history) < 2:
        return None
    pairs = [
        (then, now)
        for group in GROUPS.values()
        if (then := group_score(held, history[0], group)) is not None
        and (now := group_score(held, history[-1], group)) is not None
    ]
    if not pairs:
        return None
    return sum(then for then, _now in pairs) / len(pairs), sum(now for _then, now in pairs) / len(pairs)


def below_the_middle(workspace: Workspace, firms: Sequence[str], today: date, language: str = "en") -> dict[str, list[bool]]:  # fmt: skip
    """Return, by construct's name, for each firm with a score whether it is on the wrong side of the middle of its scale.

    Performance is no topic of training, and what is asked for each market is left out.
    """
    held = questionnaire()
    found: dict[str, list[bool]] = {}
    for firm in firms:
        answers = answers_of(workspace, firm)
        if not answers:
            continue
        state = assess(held, firm, answers, today)
        for each in held.constructs:
            score = state.scores[each.id].score.estimate if each.id in state.scores else None
            if each.group == "performance" or each.per_market or score is None:
                continue
            wrong = score > 4 if each.good == "low" else score < 4
            found.setdefault(each.name(language), []).append(wrong)
    return found
