"""What a firm can expect of a platform: what it states and what its ledger counts, handed to the simulation."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fondaco.kernel import FondacoError, InputError
from fondaco.ledger import Workspace
from fondaco.network.disclosure import SCALES, Cell, Indicator, Withheld
from fondaco.readiness.expectations import STEPS, Asked, Counted, Expected, Shown, expect
from fondaco.strategy.profile import Profile
from fondaco.workflows.inquiries import settled_cases
from fondaco.workflows.profile import profile_of
from fondaco.workflows.stages import stages_of

#: Cases younger than this have not shown yet what comes of them; set at about three mean delays.
_ANSWERED_AFTER, _ORDERED_AFTER, _AGAIN_AFTER = timedelta(days=30), timedelta(days=270), timedelta(days=540)
#: Own requests are counted over the last two years at most, and from three months on.
_LOOKS_BACK, _FEWEST_DAYS = 730, 90
#: Which of a network's figures tells of which step; they count what happened within 90 days.
TELLING = {Indicator.INQUIRY_TO_ORDER: "quotation_order", Indicator.ORDER_TO_REPEAT: "order_repeat"}
_WITHIN = 90 * 12 / 365.25
#: Numbers that may be stated in place of what profile and ledger say.
STATED = (
    "months", "views_a_month", "rfqs_a_month", "first_order_months", "next_order_months", "hours_a_week", "hour_cost",
    "yearly_fee", "monthly_budget", "average_order", "margin",
)  # fmt: skip


def expectations_of(
    workspace: Workspace, firm: str, today: date, *, stated: Mapping[str, float] | None = None,
    hopes: Mapping[str, float] | None = None, pooled: Mapping[str, Counted] | None = None,
    network: tuple[str, Sequence[Cell | Withheld]] | None = None, aim: str = "", platform: str = "", seed: int = 1,
) -> Expected:  # fmt: skip
    """Return what a firm can expect; what is not stated comes from its profile and its own ledger.

    Parameters
    ----------
    stated
        By name of `STATED`.
    hopes
        What the firm expects, by name of `fondaco.readiness.expectations.HOPES`.
    pooled
        Counts of like firms by step.
    network
        A network's name, and what it shows the firm of `TELLING` (`fondaco.network.disclosure`); what it withholds is told.
    platform
        Whose fee is meant, where the profile states several channels.
    """
    said = {name: value for name, value in (stated or {}).items() if value is not None}
    if strange := sorted(said.keys() - set(STATED)):
        raise InputError(f"Nothing is stated under {strange[0][:60]!r}: state {', '.join(STATED)}.")
    profile = profile_of(workspace, firm)
    own, own_rfqs = _own(workspace, firm, today)
    if "rfqs_a_month" in said or "views_a_month" in said:
        own_rfqs = None
    values: dict[str, Any] = {**_from_profile(profile, platform), **said}
    asked = Asked(
        **values, own=own, own_rfqs=own_rfqs, pooled=pooled or {}, network=shown_by(*network) if network else {},
        hopes=hopes or {}, aim=aim or profile.aims.text,
    )  # fmt: skip
    found = expect(asked, seed=seed)
    hidden = () if network is None else (f"{network[0]} shows nothing of: {SCALES[cell.indicator].label.lower()}. {cell.why}" for cell in network[1] if isinstance(cell, Withheld))  # fmt: skip
    return replace(found, unknown=(*found.unknown, *hidden))


def shown_by(network: str, cells: Iterable[Cell | Withheld]) -> dict[str, Shown]:
    """Return what a network shows, by the step of the simulation that it tells of."""
    return {
        TELLING[cell.indicator]: Shown(cell.low, cell.high, _WITHIN, cell.n, network)
        for cell in cells
        if isinstance(cell, Cell)
    }


def _from_profile(profile: Profile, platform: str) -> dict[str, float]:
    channels = [each for each in profile.channel if not platform or each.platform == platform]
    fees = [float(each.yearly_fee) for each in channels if each.yearly_fee is not None]
    held = {
        "hours_a_week": profile.people.export_hours_per_week, "monthly_budget": profile.means.monthly_budget,
        "margin": profile.price.margin, "yearly_fee": sum(fees) if fees else None,
    }  # fmt: skip
    return {name: float(value) for name, value in held.items() if value is not None}


def _own(workspace: Workspace, firm: str, today: date) -> tuple[dict[str, Counted], tuple[int, float] | None]:
    """Return the firm's own counts by step, of cases old enough, and its requests with the months they came in."""
    now = datetime.combine(today, time(23, 59), UTC)
    try:
        cases = [each for each in settled_cases(workspace, firm, now)[0] if each.received <= now]
    except FondacoError:  # the desk's own page tells why; the counts of buyers do without
        cases = []
    counts: dict[str, Counted] = {}
    told = [c for c in cases if c.state in ("open", "answered") and now - c.received > _ANSWERED_AFTER]
    if any(case.state == "answered" for case in told):
        counts["rfq_quotation"] = Counted(sum(c.state == "answered" for c in told), len(told))
    buyers = stages_of(workspace, firm, today, forecast=False).buyers
    asked = [each.seen for each in buyers if each.seen.asked and today - each.seen.asked[0] > _ORDERED_AFTER]
    if asked:
        won = sum(any(day >= seen.asked[0] for day in seen.ordered) for seen in asked)
        quoted = len(asked)  # where files tell who was answered, the step is counted from these
        if (answered := counts.get("rfq_quotation")) is not None:
            quoted = round(quoted * answered.successes / answered.trials)
        counts["quotation_order"] = Counted(won, max(won, quoted))
    ordered = [
        each.seen for each in buyers if each.seen.ordered and today - each.seen.ordered[0] > _AGAIN_AFTER
    ]
    if ordered:
        counts["order_repeat"] = Counted(sum(len(seen.ordered) > 1 for seen in ordered), len(ordered))
    days = [(today - case.received.date()).days for case in cases]
    recent = [each for each in days if each <= _LOOKS_BACK]
    if recent and max(recent) >= _FEWEST_DAYS:
        return counts, (len(recent), max(recent) * 12 / 365.25)
    return counts, None


def pooled_from(text: str, where: str) -> dict[str, Counted]:
    r"""Read pooled figures from TOML: a table for each step, with ``successes`` and ``trials``.

    Examples
    --------
    >>> pooled_from("[order_repeat]\nsuccesses = 50\ntrials = 200", "network.toml")
    {'order_repeat': Counted(successes=50, trials=200)}
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    found = {}
    for step, counts in said.items():
        if step not in STEPS:
            raise InputError(f"{where}: {step[:60]!r} is no step; they are {', '.join(STEPS)}.")
        if not isinstance(counts, dict) or not all(type(counts.get(name)) is int for name in ("successes", "trials")):  # fmt: skip
            raise InputError(f"{where}, {step}: state whole numbers for successes and trials.")
        try:
            found[step] = Counted(counts["successes"], counts["trials"])
        except InputError as error:
            raise InputError(f"{where}, {step}: {error}") from None
    return found
