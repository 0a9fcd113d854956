"""The platform part of the plan: what to do about platforms, by whom and by when, each with its rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fondaco.reference import countries
from fondaco.strategy.advice import Action, Proposal, in_order, key_of
from fondaco.strategy.platform.ability import months_later, weeks_later
from fondaco.strategy.platform.choice import Judged, sells
from fondaco.strategy.platform.comparison import Comparison
from fondaco.strategy.platform.condition import Condition
from fondaco.strategy.rules import rule


def proposal(found: Comparison, basis: dict[str, object]) -> Proposal:
    """Return what to do about platforms.

    ``facts`` holds ``platforms`` (``platform``, ``name``, ``fits``, ``markets``, ``why``, ``failed`` and ``unknown`` in
    words; those that do not fit included), ``lacking`` (``platform``, ``market``, ``missing``: registrations that a
    platform in use asks for and the firm does not hold), and ``ways``, ``path``, ``dependence``, ``together``,
    ``checks`` and ``strategy`` as `Comparison.to_json` has them.
    """
    actions = (
        *_use(found), *_own_site(found), *_presence(found), *_depend(found), *_keep_up(found), *_supporter(found),
    )  # fmt: skip
    told = found.to_json()
    facts = {name: told[name] for name in ("ways", "path", "dependence", "together", "checks", "strategy")}
    facts["platforms"] = [_brief(each) for each in found.judged]
    facts["lacking"] = [
        {"platform": each.platform.id, "market": there.market, "missing": list(condition.missing)}
        for each in found.judged
        for there in each.markets
        for condition in there.conditions
        if condition.missing and found.facts.sells_on(each.platform.id, there.market)
    ]
    return Proposal("platform", _says(found), in_order(actions), _unknown(found), facts, dict(basis))


def _brief(each: Judged) -> dict[str, object]:
    return {
        "platform": each.platform.id,
        "name": each.platform.name,
        "fits": {"yes": True, "no": False, "unknown": None}[each.fits],
        "markets": list(each.fitting),
        "why": each.why,
        "failed": [_in_words(c) for c in each.unmet if c.state == "failed"],
        "unknown": [_in_words(c) for c in each.unmet if c.state == "unknown"],
    }


def _in_words(condition: Condition) -> str:
    return f"{condition.name}: {condition.found} (needed: {condition.needed})"


def _says(found: Comparison) -> str:
    first = found.together.sales
    if not found.markets:
        return "There is no target market yet, so no platform can be chosen."
    named = [judged.platform.name for id_ in first if (judged := found.of(id_))]
    begin = (
        f"Sell through {' and '.join(named)}."
        if named
        else "No platform is known to fit yet; look up first what is not known."
    )
    return f"{begin} {found.path.says}"


def _unknown(found: Comparison) -> tuple[str, ...]:
    said = []
    if not found.markets:
        said.append("No target market is known: state aims.markets in the profile, or take in orders.")
    if found.aim.stated is None:
        said.append(found.aim.says)
    if found.facts.buyers is None:
        said.append("To whom the firm sells is not stated: state aims.buyers in the profile.")
    said += [
        f"{each.condition.name}: {each.condition.found}. {each.condition.cure}"
        for each in found.path.milestones
        if each.condition.state == "unknown"
    ]
    said += [f"{each.reason} {each.cure}".strip() for each in found.checks if each.level == "unknown"]
    said += [each.why for each in found.dependence if each.warns is None]
    return tuple(dict.fromkeys(said))


# --- actions ----------------------------------------------------------------------------------------------


def _use(found: Comparison) -> Iterator[Action]:
    for market, _ in found.markets:
        name = countries.name(market)
        fitting = [j for j in found.judged if market in j.fitting and _sells(j, found)]
        used = [j for j in fitting if found.facts.sells_on(j.platform.id, market)]
        if used:
            continue
        if fitting:
            fitting.sort(
                key=lambda j: j.platform.id not in found.facts.platforms
            )  # what is in use elsewhere first
            best = fitting[0]
            yield Action(
                key_of("platform", "use", market, best.platform.id), "platform",
                f"Open {name} through {best.platform.name}: {best.why}", "firm", weeks_later(found.today, 6),
                f"All conditions are met; nothing is sold in {name} through a platform yet, as far as is known.",
                best.rule, "A condition that no longer holds, or a platform that fits better.", market,
            )  # fmt: skip
            continue
        near = next(
            (
                j
                for j in found.judged
                if _sells(j, found) and any(m.market == market and m.fits == "unknown" for m in j.markets)
            ),
            None,
        )
        if near is None:
            continue
        conditions = next(m.conditions for m in near.markets if m.market == market)
        open_ = [c.name for c in conditions if c.state == "unknown"]
        yield Action(
            key_of("platform", "look-up", market, near.platform.id), "platform",
            f"Find out about {near.platform.name} in {name}: {', '.join(open_)} ({near.platform.look_up}).",
            "firm", weeks_later(found.today, 3),
            f"No platform is known to fit in {name}; this one fails on nothing that is known.", near.rule,
            "An answer: it then fits or it does not.", market,
        )  # fmt: skip


def _sells(judged: Judged, found: Comparison) -> bool:
    return sells(judged.platform, found.facts.home, found.today)


def _own_site(found: Comparison) -> Iterator[Action]:
    wants, way = found.facts.profile.aims.wants_own_site, found.path
    missing = "; ".join(
        f"{m.condition.name}: {m.condition.found}, needed {m.condition.needed}" for m in way.missing
    )
    if way.stage == "ready":
        yield Action(
            key_of("platform", "add-own-site", None), "platform",
            "Add a shop of your own beside the platforms; keep the platforms.", "firm", months_later(found.today, 6),
            "Every part of the test of ability is met.", "platform/dual-channel",
            "Hours or skill lost again; a market that asks for registrations that are not held.",
        )  # fmt: skip
    elif wants and way.enough != "yes":
        yield Action(
            key_of("platform", "postpone-own-site", None), "platform",
            "Postpone the shop of your own; look at the milestones again on this day.", "firm",
            way.earliest or months_later(found.today, 6), f"Missing: {missing}.", "platform/own-site-later",
            "All milestones reached.",
        )  # fmt: skip
    if any(
        m.condition.name.endswith(("skill", "experience")) and m.condition.state == "failed"
        for m in way.milestones
    ):
        yield Action(
            key_of("platform", "train", None), "platform", "Train the person who keeps the platforms.",
            found.facts.profile.doer("training"), months_later(found.today, 3), f"Missing: {missing}.",
            "platform/skills", "A person with the skill.",
        )  # fmt: skip


def _presence(found: Comparison) -> Iterator[Action]:
    weeks = {"website-first": 4, "languages": 8, "notes": 4, "mechanisms": 4}
    names = {
        "website-first": "company-site",
        "languages": "translate",
        "notes": "fresh-notes",
        "mechanisms": "mechanisms",
    }
    for check in found.checks:
        if check.level != "warn" or not check.cure:
            continue
        doer = found.facts.profile.doer("translation") if check.key == "languages" else "firm"
        yield Action(
            key_of("platform", names[check.key], check.market), "platform", check.cure, doer,
            weeks_later(found.today, weeks[check.key]), check.reason, check.rule, "The fact found here, changed.",
            check.market,
        )  # fmt: skip


def _depend(found: Comparison) -> Iterator[Action]:
    warned = [each for each in found.dependence if each.warns]
    if warned:
        largest = warned[0].shares[0].platform
        named = next(
            (j for j in found.judged if j.fits == "yes" and j.platform.id != largest and _sells(j, found)),
            None,
        )
        how = f"open {named.platform.name} beside it" if named else "find a second way to buyers"
        yield Action(
            key_of("platform", "second-channel", None), "platform",
            f"Lessen the dependence on {largest}: {how}, and keep buyers' addresses where allowed.",
            "firm", months_later(found.today, 6), " ".join(each.why for each in warned), "platform/dependence",
            f"A share below the limit: {warned[0].limit}.",
        )  # fmt: skip


def _keep_up(found: Comparison) -> Iterator[Action]:
    lead = int(rule("platform/renewal").threshold("review_lead_days", found.facts.profile.thresholds).value)
    months = int(rule("platform/rules-move").threshold("review_months", found.facts.profile.thresholds).value)
    for name, channel in found.facts.channels.items():
        if channel.ends is not None and found.today <= channel.ends <= found.today + timedelta(
            days=lead + 365
        ):
            yield Action(
                key_of("platform", f"renewal-{_slug(name)}", None), "platform",
                f"Decide on renewing {name}: what it brought, what it costs, what else there is.", "firm",
                max(found.today, channel.ends - timedelta(days=lead)), f"The subscription ends on {channel.ends}.",
                "platform/renewal", "Another end of the subscription.",
            )  # fmt: skip
    used = [held for p in found.facts.platforms if (held := found.of(p)) is not None]
    for each in used:
        looked = each.platform.looked_at
        yield Action(
            key_of("platform", f"rules-{_slug(each.platform.id)}", None), "platform",
            f"Look at the rules, fees and services of {each.platform.name} again ({each.platform.look_up}), and correct the catalogue.",
            "firm", max(found.today, months_later(looked, months)),
            f"Looked at on {looked} ({each.platform.basis}); not compared: {', '.join(each.platform.unverified) or 'nothing'}.",
            "platform/rules-move", "A newer look.",
        )  # fmt: skip
    if used or found.together.sales:
        again = int(
            rule("platform/risk-register").threshold("review_months", found.facts.profile.thresholds).value
        )
        yield Action(
            key_of("platform", "rate-risks", None), "platform",
            "Rate the risks of platforms, policy, cyber attacks and currencies again in the risk register.", "firm",
            months_later(found.today, again), "A rating holds for some months only.", "platform/risk-register",
            "Anything that happens before: rate it then.",
        )  # fmt: skip


def _supporter(found: Comparison) -> Iterator[Action]:
    behind = found.facts.profile.supporter
    if behind is None:
        return
    first = found.together.sales
    named = found.of(first[0]) if first else None
    whom = named.platform.name if named else "an open market of the target market"
    yield Action(
        key_of("platform", "partner", None), "platform",
        f"Come to terms with {whom} for all member firms rather than launch a platform of your own.", "supporter",
        months_later(found.today, 3), f"{behind.name} stands behind the firm; running a platform takes means that it would lack elsewhere.",
        "platform/partner-not-build", "A platform that already runs and brings buyers.",
    )  # fmt: skip


def _slug(name: str) -> str:
    return "-".join(name.casefold().split()) or "channel"
