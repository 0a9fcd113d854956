"""The facts of a firm's term on a platform, from its ledger, profile and readiness and as stated, with the review of them."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ibis import _

from fondaco.kernel import FondacoError, InputError
from fondaco.kernel.moments import utc
from fondaco.ledger import Workspace
from fondaco.markets import sums
from fondaco.readiness.attention import Attention, attention_of
from fondaco.readiness.renewal import Facts, Review, facts_from, review
from fondaco.strategy.profile import Channel, Profile
from fondaco.workflows.inquiries import settled_cases
from fondaco.workflows.profile import profile_of
from fondaco.workflows.readiness import readiness_of
from fondaco.workflows.stages import stages_of

#: Days of a term whose end nobody states: two years, as subscriptions of the study.
_TERM = 730
#: Hopes that the ledger's counts can be held against.
_HOPED = ("rfqs", "quotations", "first_orders", "lasting_ties", "orders")


def renewal_of(
    workspace: Workspace, firm: str, today: date, *, platform: str = "", stated: Mapping[str, Any] | None = None,
    attended: Collection[date] = (), hopes: Mapping[str, float] | None = None,
) -> Review:  # fmt: skip
    """Return what speaks for staying, changing or leaving.

    Parameters
    ----------
    platform
        Of the profile's channels; the one that ends next where left out.
    stated
        Facts that a person states, which go before those that are counted.
    attended
        Days on which hours were logged.
    hopes
        What the firm hoped for when it joined, by measure; what is counted says whether it came, unless a person does.
    """
    said = facts_from(stated or {}, "what is stated")
    profile = profile_of(workspace, firm)
    channel = _channel(profile, platform or said.platform, today)
    named = channel.platform if channel else platform or said.platform
    ends = said.ends or (channel.ends if channel else None)
    begun = said.begun or (channel.since if channel else None)
    since = begun or min(ends or today, today) - timedelta(days=_TERM)
    until = min(ends or today, today)
    numbers, origin = _counted(workspace, firm, since, until, named)
    if begun is not None:
        numbers["months"] = max(0.0, (until - begun).days * 12 / 365.25)
        origin["months"] = "profile" if said.begun is None else "stated"
    for found, source in (
        (_of_readiness(workspace, firm, today), "answers on readiness"),
        (
            _of_profile(profile, channel, named, since, until),
            "profile; of money the fee alone, without people's time",
        ),
    ):
        numbers |= found
        origin |= dict.fromkeys(found, source)
    gaps = attention(workspace, firm, since, until, attended)
    if gaps is not None:
        numbers["gap_days"] = float(max((gap.days for gap in gaps.gaps), default=0))
        origin["gap_days"] = "answers given, and hours logged"
    origin |= dict.fromkeys(said.numbers, "stated")
    numbers = {**numbers, **said.numbers}
    _derive(numbers, origin, profile)
    yes_no = dict(said.yes_no)
    came = {
        name: numbers[name] >= hope
        for name, hope in (hopes or {}).items()
        if name in _HOPED and name in numbers
    }
    if came and "hopes_met" not in yes_no:
        yes_no["hopes_met"] = all(came.values())
        origin["hopes_met"] = f"what was hoped for, beside {', '.join(came)}"
    facts = Facts(
        numbers, yes_no, said.aim or profile.aims.text,
        said.platform or named, begun, ends, origin,
    )  # fmt: skip
    return review(facts, today)


def _derive(numbers: dict[str, float], origin: dict[str, str], profile: Profile) -> None:
    """Add what follows from other numbers, where nobody stated it."""
    if (
        "result" not in numbers
        and {"sales", "money_out"} <= numbers.keys()
        and profile.price.margin is not None
    ):
        numbers["result"] = numbers["sales"] * float(profile.price.margin) - numbers["money_out"]
        origin["result"] = "sales times the profile's margin, less money out"
    gained = [numbers[name] for name in ("product_changes", "contacts", "partners") if name in numbers]
    if "advantages" not in numbers and gained:
        numbers["advantages"] = sum(gained)
        origin["advantages"] = "changes, contacts and partners together"


def _channel(profile: Profile, platform: str, today: date) -> Channel | None:
    held = [each for each in profile.channel if not platform or each.platform == platform]
    coming = [each for each in held if each.ends is not None and each.ends >= today]
    return min(coming, key=lambda each: each.ends or today) if coming else (held[-1] if held else None)


def _counted(
    workspace: Workspace, firm: str, since: date, until: date, platform: str
) -> tuple[dict[str, float], dict[str, str]]:
    """Return what the ledger counts of a term: of one platform, or of all where none is named."""
    buyers = stages_of(workspace, firm, until, forecast=False).buyers
    # A plain table says of no row which platform it came by; rows of another platform are not this one's.
    names = {platform} if any(platform in b.seen.platforms for b in buyers) else {"table"}
    here = [b for b in buyers if not platform or names & set(b.seen.platforms)]
    where = f"ledger, {platform}" if platform in names else "ledger"
    seen = [each.seen for each in here]
    numbers: dict[str, float] = {}
    if seen:
        firsts = [s for s in seen if s.ordered and since <= s.ordered[0] <= until]
        numbers["first_orders"] = len(firsts)
        numbers["lasting_ties"] = sum(len(s.ordered) > 1 for s in firsts)
        numbers["orders"] = sum(since <= day <= until for s in seen for day in s.ordered)
        numbers["markets"] = len({s.market for s in firsts if s.market})
    try:
        now = datetime.combine(until, time(23, 59), UTC)
        cases = [c for c in settled_cases(workspace, firm, now)[0] if since <= c.received.date() <= until]
    except FondacoError:  # the desk's own page tells why
        cases = []
    if platform:
        own = [c for c in cases if c.platform == platform]
        cases = own or [c for c in cases if c.platform == "table"]
    if cases:
        numbers["rfqs"] = len(cases)
        told = [c for c in cases if c.state in ("open", "answered") and c.due <= now]
        if any(c.answered for c in told):
            numbers["quotations"] = sum(c.state == "answered" for c in told)
            in_time = sum(c.answered is not None and utc(c.answered) <= utc(c.due) for c in told)
            numbers["answered_in_time"] = in_time / len(told)
    traffic = workspace.ledger(firm).table("traffic").filter((_.day >= since) & (_.day <= until))
    if platform:
        known = {row["platform"] for row in sums.rows(traffic.select("platform").distinct())}
        traffic = traffic.filter(_.platform == (platform if platform in known else "table"))
    views = sum(row["views"] or 0 for row in sums.traffic_by_month(traffic))
    if views:
        numbers["views"] = float(views)
    return numbers, dict.fromkeys(numbers, where)


def _of_readiness(workspace: Workspace, firm: str, today: date) -> dict[str, float]:
    """Return the mean of the firm's scores of people and engagement now, and by how much those who answered twice moved."""
    found = readiness_of(workspace, firm, today)
    now = [
        s.score.estimate
        for key, s in found.state.scores.items()
        if s.score.estimate is not None and found.held.construct(key).good == "high"
    ]
    numbers = {} if not now else {"readiness_now": sum(now) / len(now)}
    moved = [
        change.by.estimate
        for key, change in found.changes.items()
        if change.by.estimate is not None and found.held.construct(key).good == "high"
    ]
    if moved:
        numbers["readiness_change"] = sum(moved) / len(moved)
        if now:
            numbers["readiness_then"] = max(0.0, numbers["readiness_now"] - numbers["readiness_change"])
    return numbers


def _of_profile(
    profile: Profile, channel: Channel | None, platform: str, since: date, until: date
) -> dict[str, float]:
    numbers: dict[str, float] = {}
    tools = [t for t in profile.tool if not platform or t.platform in ("", platform)]
    if any(tool.use is not None for tool in tools):
        numbers["unused_tools"] = sum(tool.use == "never" for tool in tools)
    if channel is not None and channel.yearly_fee is not None:
        numbers["money_out"] = float(channel.yearly_fee) * (until - since).days / 365.25
    return numbers


def attention(
    workspace: Workspace, firm: str, begin: date, end: date, attended: Collection[date] = ()
) -> Attention | None:
    """Return the gaps of attention of a term (answers given, hours logged); None where nothing tells of any day."""
    try:
        now = datetime.combine(end, time(23, 59), UTC)
        cases = settled_cases(workspace, firm, now)[0]
    except FondacoError:
        cases = ()
    days = {*attended, *(c.answered.date() for c in cases if c.answered is not None)}
    if not any(begin <= day <= end for day in days):
        return None
    buyers = stages_of(workspace, firm, end, forecast=False).buyers
    orders = [day for each in buyers for day in each.seen.ordered]
    # What came before the first trace of attention, or after the last file, is not known to be neglect.
    known = [c.received.date() for c in cases] + list(days) + orders
    begin, end = max(begin, min(known)), min(end, max(known))
    return attention_of(days, [c.received.date() for c in cases], orders, begin, end)


def stated_from(text: str, where: str) -> dict[str, Any]:
    """Read stated facts from TOML, such as ``strain = 4`` or ``hopes_met = false``."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    facts_from(said, where)
    return said
