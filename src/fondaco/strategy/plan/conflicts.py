"""Do the parts of the plan agree?  Each conflict names the actions it is between, why, and the ways out.

A check needs facts, given as `fondaco.strategy.plan.circumstances.Circumstances`.  A check whose facts are not known finds nothing and says so among
the plan's unknowns (`not_checked`): silence is no agreement.

An action whose name begins with one of `WITHDRAWING` (``promotion/stop-terms/KOR``) takes effort away from a
market and is in conflict with nothing there; if it leaves out a product, whatever pushes that product is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from fondaco.kernel.words import many
from fondaco.reference import countries
from fondaco.strategy.advice import Action
from fondaco.strategy.plan.circumstances import Circumstances, Priced
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import rule

#: ``stop``: do not begin before it is solved.  ``look``: somebody should look at it.
Severity = Literal["stop", "look"]

#: First words of names of actions that withdraw from something.
WITHDRAWING = frozenset(
    {"stop", "pause", "leave", "end", "avoid", "postpone", "keep-out", "wait", "drop", "do-not"}
)

#: Parts whose actions bring goods before buyers of a market.
_OFFERING = ("platform", "price", "place", "promotion")


@dataclass(frozen=True)
class Conflict:
    """Where the plan disagrees with itself or with what is known.

    Attributes
    ----------
    key
        ``plan/KIND`` with market and product, or platform, after it.
    says, why
        What is wrong, and the facts, in a sentence each.
    actions
        Keys of the actions it is between; empty where an aim itself is in question.
    ways_out
        What would end it, each a sentence in the imperative.
    rule
        The rule that speaks for it; its name is the kind of conflict.
    """

    key: str
    severity: Severity
    says: str
    why: str
    actions: tuple[str, ...]
    ways_out: tuple[str, ...]
    rule: str
    market: str | None = None
    product: str | None = None

    @property
    def kind(self) -> str:
        """What kind of conflict it is: the name of its rule."""
        return self.rule.partition("/")[2]

    def to_json(self) -> dict[str, Any]:
        """Return the conflict as JSON values, with who says so."""
        return {
            "key": self.key,
            "kind": self.kind,
            "severity": self.severity,
            "says": self.says,
            "why": self.why,
            "actions": list(self.actions),
            "ways_out": list(self.ways_out),
            "findings": [rule(self.rule).finding],
            "market": self.market,
            "product": self.product,
        }


def withdraws(action: Action) -> bool:
    """Whether an action takes effort away from a market instead of putting some there.

    >>> from fondaco.strategy.advice import Action
    >>> def named(key): return Action(key, "promotion", "", "firm", date(2026, 12, 1), "", "plan/review", "")
    >>> withdraws(named("promotion/stop-terms/KOR")), withdraws(named("promotion/stopgap-terms/KOR"))
    (True, False)
    """
    name = action.key.split("/")[1] if "/" in action.key else action.key
    return any(name == word or name.startswith(f"{word}-") for word in WITHDRAWING)


def conflicts_of(
    actions: Sequence[Action], profile: Profile, known: Circumstances, today: date
) -> tuple[Conflict, ...]:
    """Return every conflict between actions, the profile and the circumstances; those that stop come first."""
    pushing = [action for action in actions if not withdraws(action)]
    found = _left_out([a for a in actions if a.part == "product" and withdraws(a)], pushing)
    for check in _CHECKS:
        found += check(pushing, profile, known, today)
    return tuple(sorted(found, key=lambda each: (each.severity != "stop", each.key)))


def not_checked(actions: Sequence[Action], profile: Profile, known: Circumstances) -> tuple[str, ...]:
    """Return what could not be checked, each with what would cure it."""
    told = []
    promoted = {a.market for a in actions if a.part == "promotion" and a.market and not withdraws(a)}
    for market in sorted(promoted - known.delivery.keys()):
        told.append(
            f"Whether anything can be delivered to {countries.name(market)} is not known: load freight rates."
        )
    if not any(priced.floor is not None for priced in known.prices):
        told.append("No price was held against a floor: state cost and price of a unit, and the margin.")
    if profile.people.export_hours_per_week is None:
        told.append("Whether there are hours enough is not known: state the hours for export a week.")
    if known.spending is not None and profile.means.monthly_budget is None:
        told.append("Whether the means suffice is not known: state the monthly budget for promotion.")
    if not profile.people.languages:
        told.append("Whether somebody speaks the markets' languages is not known: state the languages.")
    return tuple(told)


def _about(actions: Iterable[Action], market: str | None, parts: Sequence[str] = _OFFERING) -> list[Action]:
    return [action for action in actions if action.part in parts and action.market == market]


def _keys(actions: Iterable[Action]) -> tuple[str, ...]:
    return tuple(action.key for action in actions)


# --- the checks: actions that push somewhere, the profile, what is known, today -> conflicts


def _left_out(leaving: Sequence[Action], pushing: Sequence[Action]) -> list[Conflict]:
    """Find what is pushed though the product part leaves it: one product, or all that was looked at in a market."""
    id_ = "plan/product-left"
    found = []
    for market in sorted({a.market for a in leaving if a.market}):
        where, gone = countries.name(market), [a for a in leaving if a.market == market and a.product]
        here = _about(pushing, market)
        offered = any(a.part == "product" and a.market == market and a.product for a in pushing)
        if gone and not offered and here:
            found.append(
                Conflict(
                    f"{id_}/{market}", "stop", f"The plan acts in {where}, where no product is to be offered.",
                    f"All {many(len(gone), 'product')} looked at for {where} are left out. {gone[0].why}",
                    _keys((*gone, *here)),
                    (f"Take {where} off the aims.", "Change what makes the products unfit, and look again.", _OVERRULE),
                    id_, market,
                )
            )  # fmt: skip
            continue
        for left in gone:
            pushed = [a for a in here if a.product == left.product]
            if pushed:
                found.append(
                    Conflict(
                        f"{id_}/{market}/{left.product}", "look",
                        f"{left.product} is left out in {where} by one part and pushed by another.", left.why,
                        _keys((left, *pushed)),
                        (f"Leave {left.product} out in {where} altogether.", _OVERRULE), id_, market, left.product,
                    )
                )  # fmt: skip
    return found


#: A way out of any disagreement between parts: people know better.
_OVERRULE = "Drop the advice to leave it out, and write down why you know better."


def _prohibited(
    actions: Sequence[Action], _profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_ = "plan/prohibited-market"
    found = []
    for market in sorted(known.barred & {*known.targets, *(a.market for a in actions if a.market)}):
        where = countries.name(market)
        found.append(
            Conflict(
                f"{id_}/{market}", "stop", f"The plan acts in {where}, where all that the firm sells is prohibited.",
                f"A rule on record prohibits everything in the catalogue that is known by tag or code in {where}.",
                _keys(_about(actions, market)),
                (
                    f"Take {where} off the aims.",
                    "Offer other goods there, and state their tags.",
                    "Have the rule checked, and correct it in the rules where it is wrong.",
                ),
                id_, market,
            )
        )  # fmt: skip
    for (product, market), says in sorted(known.stops.items()):
        here = [a for a in _about(actions, market) if a.product == product]
        if here and market not in known.barred:
            where = countries.name(market)
            found.append(
                Conflict(
                    f"{id_}/{market}/{product}", "stop",
                    f"The plan offers {product} in {where}, where it is prohibited.", says, _keys(here),
                    (f"Leave {product} out in {where}.", "Have the rule checked, and correct it where it is wrong."),
                    id_, market, product,
                )
            )  # fmt: skip
    return found


def _below_floor(
    actions: Sequence[Action], _profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_ = "plan/price-below-floor"
    found = []
    for each in known.prices:
        if each.floor is None or each.price >= each.floor:
            continue
        here = [
            a for a in actions
            if a.part in ("price", "promotion", "platform") and a.product == each.product
            and (each.market is None or a.market in (None, each.market))
        ]  # fmt: skip
        where = f" in {countries.name(each.market)}" if each.market else ""
        by = f" on {each.channel}" if each.channel else f" ({each.stands})" if each.stands else ""
        short = each.floor - each.price
        parts = [id_, each.market, each.product, each.channel, each.stands.replace(" ", "-")]
        found.append(
            Conflict(
                "/".join(part for part in parts if part), "stop",
                f"{each.product} is offered{where}{by} below the price at which the margin holds.",
                f"The price is {each.price:,} {each.currency}, the floor {each.floor:,} {each.currency}: "
                f"{short:,} {each.currency} too little a unit.",
                _keys(here),
                (
                    f"Raise the price to {each.floor:,} {each.currency} or more.",
                    "Shorten how long a quotation holds, or quote in the firm's own currency: the floor falls.",
                    "State a lower margin, if the firm wants this market at that price.",
                ),
                id_, each.market, each.product,
            )
        )  # fmt: skip
    return found


def _no_delivery(
    actions: Sequence[Action], _profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_ = "plan/promotion-needs-delivery"
    found = []
    for market in sorted(market for market, there in known.delivery.items() if not there):
        here = _about(actions, market, ("promotion",))
        if not here:
            continue
        where = countries.name(market)
        found.append(
            Conflict(
                f"{id_}/{market}", "stop", f"The plan promotes in {where}, where nothing can be delivered yet.",
                f"No rate on record carries the goods to {where}, and {many(len(here), 'action')} would bring buyers there.",
                _keys(here),
                (
                    f"Find a carrier to {where} and load its rates.",
                    "Ask the supporting organisation for collective delivery.",
                    f"Put the promotion in {where} off until then.",
                ),
                id_, market,
            )
        )  # fmt: skip
    return found


def _territory(
    actions: Sequence[Action], profile: Profile, known: Circumstances, today: date
) -> list[Conflict]:
    id_ = "plan/exclusive-territory"
    found = []
    for each in profile.distributor:
        if not (each.exclusive and each.holds(today)):
            continue
        for market in each.markets:
            judged = [(a, _falls_under(a, each.tags, known)) for a in _about(actions, market)]
            here = [a for a, falls in judged if falls is not False]
            if not here:
                continue
            sure = any(falls for _, falls in judged)
            until = f" until {each.until.isoformat()}" if each.until else ""
            goods = f" of {', '.join(each.tags)}" if each.tags else ""
            where = countries.name(market)
            wait = (f"Begin after {each.until.isoformat()}, when the agreement ends.",) if each.until else ()
            found.append(
                Conflict(
                    f"{id_}/{market}/{each.name}", "stop" if sure else "look",
                    f"The plan sells in {where}, where {each.name} has the sole right to.",
                    f"{each.name} holds the exclusive sale{goods} in {where}{until}."
                    + ("" if sure else " Which goods the actions are about is not stated."),
                    _keys(here),
                    (
                        f"Send buyers from {where} to {each.name}, and log it.",
                        f"Agree an exception with {each.name} in writing, at no lower price than its own.",
                        *wait,
                    ),
                    id_, market,
                )
            )  # fmt: skip
    return found


def _falls_under(action: Action, tags: Sequence[str], known: Circumstances) -> bool | None:
    """Whether an action is about goods of a distributor; None where its goods are not stated."""
    if not tags:
        return True
    if action.product is None or action.product not in known.tags:
        return None
    return bool(known.tags[action.product] & set(tags))


def _registration(
    actions: Sequence[Action], _profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_ = "plan/registration"
    found = []
    for each in known.platforms:
        if not each.missing:
            continue
        here = [
            a for a in actions
            if a.part == "platform" and each.platform in a.key.split("/")
            and (each.market is None or a.market in (None, each.market))
        ]  # fmt: skip
        where = f" in {countries.name(each.market)}" if each.market else ""
        lacks = " and ".join(each.missing)
        parts = [id_, each.market, each.platform]
        found.append(
            Conflict(
                "/".join(part for part in parts if part), "stop",
                f"{each.platform} is chosen, and the firm lacks what it asks for{where}.",
                f"{each.platform} asks for these registrations{where} that the profile does not hold: {lacks}.",
                _keys(here),
                (
                    f"Register first{where}, and put it into the profile.",
                    "Begin on a platform that asks for no registration, such as an open market.",
                    "Sell through somebody who is registered there.",
                ),
                id_, each.market,
            )
        )  # fmt: skip
    return found


def _peak(actions: Sequence[Action], profile: Profile, _known: Circumstances, _today: date) -> list[Conflict]:
    id_ = "plan/production-peak"
    found = []
    for season in profile.season:
        here = [
            a for a in actions if a.part == "promotion" and a.who == "firm" and a.when.month in season.months
        ]
        if here:
            found.append(
                Conflict(
                    f"{id_}/{season.what}", "look",
                    f"{many(len(here), 'action')} of promotion would fall into the {season.what}.",
                    f"In the months {', '.join(map(str, season.months))} production takes all hands, as the profile says.",
                    _keys(here),
                    (
                        "Do it the month before, or after.",
                        "Let the supporting organisation or a partner do it.",
                    ),
                    id_,
                )
            )  # fmt: skip
    return found


def _budget(
    actions: Sequence[Action], profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_, means, asked = "plan/budget", profile.means.monthly_budget, known.spending
    if means is None or asked is None or asked <= means:
        return []
    return [
        Conflict(
            id_, "stop", "The plan spends more on promotion than there is.",
            f"Promotion would cost {asked:,} {known.currency} a month, and {means:,} {known.currency} are stated.",
            _keys(a for a in actions if a.part == "promotion"),
            (
                "Take up fewer markets: money spread over many was dear and weak.",
                "Use what costs nothing first.",
                "Raise the monthly budget in the profile, if there is more.",
            ),
            id_,
        )
    ]  # fmt: skip


def _hours(actions: Sequence[Action], profile: Profile, known: Circumstances, _today: date) -> list[Conflict]:
    """Find the run of weeks with most work of the firm beyond its hours."""
    id_, a_week = "plan/hours", profile.people.export_hours_per_week
    own = sorted((a for a in actions if a.who == "firm"), key=lambda a: (a.when, a.key))
    if a_week is None or not own:
        return []
    held = rule(id_)
    usual = held.threshold("hours_per_action", profile.thresholds)
    weeks = held.threshold("weeks", profile.thresholds)
    there = a_week * weeks.value
    worst: tuple[Decimal, date, list[Action]] | None = None
    for first in own:
        last = first.when + timedelta(days=7 * int(weeks.value) - 1)
        due = [a for a in own if first.when <= a.when <= last]
        work = sum((known.hours.get(a.key, usual.value) for a in due), Decimal(0))
        if work > there and (worst is None or work > worst[0]):
            worst = (work, first.when, due)
    if worst is None:
        return []
    work, begins, due = worst
    return [
        Conflict(
            id_, "look", "The plan asks for more hours than the firm has.",
            f"In the {weeks.value:f} weeks from {begins.isoformat()} {many(len(due), 'action')} take about "
            f"{work:f} hours, and there are {there:f}. An action counts {usual.value:f} hours unless its part says how "
            f"long it takes ({'set, in no study' if usual.basis == 'set' else 'from the study'}).",
            _keys(due),
            (
                "Put the less urgent ones off.",
                "Give some to the supporting organisation.",
                "Find more hours: the platform takes close to one person's time.",
            ),
            id_,
        )
    ]  # fmt: skip


def _channels(
    actions: Sequence[Action], profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_ = "plan/channel-price"
    within = rule(id_).threshold("tolerance", profile.thresholds)
    groups: dict[tuple[str, str | None, str, int], list[Priced]] = {}
    for each in known.prices:
        if each.channel:
            groups.setdefault((each.product, each.market, each.currency, each.units), []).append(each)
    found = []
    for (product, market, currency, units), held in groups.items():
        low, high = min(held, key=lambda p: p.price), max(held, key=lambda p: p.price)
        if low.channel == high.channel or high.price - low.price <= within.value * high.price:
            continue
        where = f" in {countries.name(market)}" if market else ""
        gap = 1 - low.price / high.price
        parts = [id_, market, product]
        found.append(
            Conflict(
                "/".join(part for part in parts if part), "look",
                f"{product} is cheaper on {low.channel} than on {high.channel}{where}.",
                f"At {many(units, 'unit')}: {low.price:,} {currency} on {low.channel}, {high.price:,} {currency} on "
                f"{high.channel}, {gap:.1%} apart; up to {within.value:.1%} is let pass "
                f"({'set, in no study' if within.basis == 'set' else 'from the study'}).",
                _keys(a for a in actions if a.part == "price" and a.product == product),
                (
                    "Ask the same on both.",
                    "Write down why they differ: quantity, service, who the buyers are.",
                    "Tell whoever sells at the higher price before a buyer does.",
                ),
                id_, market, product,
            )
        )  # fmt: skip
    return found


def _language(
    actions: Sequence[Action], profile: Profile, known: Circumstances, _today: date
) -> list[Conflict]:
    id_, spoken = "plan/language", set(profile.people.languages)
    if not spoken:
        return []
    found = []
    for market in known.targets:
        official = known.languages.get(market, ())
        if not official or spoken & set(official):
            continue
        where = countries.name(market)
        found.append(
            Conflict(
                f"{id_}/{market}", "look", f"Nobody in the firm speaks a language of {where}.",
                f"There: {', '.join(official)}; in the firm: {', '.join(sorted(spoken))}.",
                _keys(_about(actions, market, ("platform", "promotion"))),
                (
                    "Have pages and answers translated, by the supporting organisation where it does that.",
                    "Ask buyers there whether a language of the firm will do.",
                    "Find somebody who speaks it.",
                ),
                id_, market,
            )
        )  # fmt: skip
    return found


_Check = Callable[[Sequence[Action], Profile, Circumstances, date], list[Conflict]]
_CHECKS: tuple[_Check, ...] = (
    _prohibited, _below_floor, _no_delivery, _territory, _registration, _peak, _budget, _hours, _channels, _language,
)  # fmt: skip


def with_doers(actions: Sequence[Action], profile: Profile) -> tuple[Action, ...]:
    """Return actions with somebody there to do them: where no supporter is stated, the firm does its share."""
    if profile.supporter is not None:
        return tuple(actions)
    return tuple(replace(a, who="firm") if a.who == "supporter" else a for a in actions)
