"""Which platforms fit a firm in a market: condition by condition, and which of those that fit go first.

`ways` judges the five ways of selling of Korea's table (own site, rented shop service, select mall, open market,
social business account), `judge` each platform of the catalogue.  A platform fits where all conditions are met; one
that fails decides; where none fails and one is not known, whether it fits is not known.  Never is a missing fact
taken for met.

Order of preference among those that are not shut: what a firm of small means can do at once goes first (rules
``platform/third-party-first``, ``open-market-first``), a market place for its own goods before one for all, and a
site of its own only where the ability is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fondaco.reference import countries
from fondaco.reference.platforms import EVERYWHERE, STEPS, Group, Platform, names
from fondaco.reference.products import tags
from fondaco.reference.regulations import PLATFORMS, Rule
from fondaco.strategy.platform.ability import ability
from fondaco.strategy.platform.condition import TRUTH, Condition, Fits, unmet, verdict
from fondaco.strategy.platform.facts import Facts
from fondaco.strategy.rules import rule

#: Ways of selling that ask the firm to run a shop.
OWN_SITES: frozenset[Group] = frozenset(("own_site", "shop_service"))
WAYS: Mapping[Group, str] = {
    "own_site": "own website",
    "shop_service": "rented shop service",
    "select_mall": "select mall",
    "open_market": "open market",
    "social_account": "business account on a social network",
}


@dataclass(frozen=True)
class Way:
    """A way of selling in a market, and its conditions."""

    group: Group
    market: str
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """The way in words."""
        return WAYS[self.group]

    @property
    def fits(self) -> Fits:
        """Whether all its conditions are met."""
        return verdict(self.conditions)

    def to_json(self) -> dict[str, Any]:
        """Return the way as JSON values."""
        return {
            "platform": self.group,
            "name": self.name,
            "market": self.market,
            "fits": TRUTH[self.fits],
            "verdict": self.fits,
            "failed_conditions": [each.to_json() for each in unmet(self.conditions)],
            "conditions": [each.to_json() for each in self.conditions],
        }


@dataclass(frozen=True)
class InMarket:
    """A platform in one market."""

    market: str
    conditions: tuple[Condition, ...]

    @property
    def fits(self) -> Fits:
        """Whether all conditions are met there."""
        return verdict(self.conditions)


@dataclass(frozen=True)
class Judged:
    """A platform over the markets that were asked about.

    Attributes
    ----------
    tier
        The lower, the earlier it is taken up; see the module.
    why_tier
        The rule that gives it that place, and why, in words.
    """

    platform: Platform
    markets: tuple[InMarket, ...]
    tier: int
    rule: str
    why: str

    @property
    def fits(self) -> Fits:
        """The best that is known of it in any of the markets."""
        found = {each.fits for each in self.markets}
        return "yes" if "yes" in found else "unknown" if "unknown" in found else "no"

    @property
    def fitting(self) -> tuple[str, ...]:
        """The markets in which it fits."""
        return tuple(each.market for each in self.markets if each.fits == "yes")

    @property
    def unmet(self) -> tuple[Condition, ...]:
        """What stands against it: what failed or is not known, each once where it is the same in all markets."""
        best = [m for m in self.markets if m.fits == self.fits] or list(self.markets)
        found = {(c.name, c.found, c.needed): c for m in best for c in unmet(m.conditions)}
        return unmet(found.values())

    def to_json(self, seller: str, today: date) -> dict[str, Any]:
        """Return the platform with its verdict as JSON values."""
        return {
            **self.platform.to_json(seller, today),
            "fits": TRUTH[self.fits],
            "verdict": self.fits,
            "failed_conditions": [each.to_json() for each in self.unmet],
            "markets": [
                {
                    "market": each.market or None,
                    "fits": TRUTH[each.fits],
                    "failed_conditions": [c.to_json() for c in unmet(each.conditions)],
                }
                for each in self.markets
            ],
            "preference": self.tier,
            "preferred_by": self.rule,
            "why": self.why,
        }


#: Without a target market nothing fits and nothing fails.
_NOWHERE = (
    InMarket(
        "",
        (
            Condition(
                "market", "unknown", "no target market is stated", "a market to sell to", "platform/reach", "",
                "State aims.markets in the profile, or ask about one: --to.",
            ),
        ),
    ),
)  # fmt: skip


def ways(facts: Facts, markets: Sequence[str], rules: Iterable[Rule], today: date) -> tuple[Way, ...]:
    """Return each way of selling in each market, judged by registrations, ability and proof of quality.

    Parameters
    ----------
    markets
        Alpha-3 codes.
    rules
        Rules on record; those on registration that are limited to ways of selling are used.
    """
    held = list(rules)
    return tuple(
        Way(group, market, _of_way(group, None, facts, market, held, today))
        for market in markets
        for group in PLATFORMS
    )


def judge(
    platforms: Iterable[Platform], facts: Facts, markets: Sequence[str], rules: Iterable[Rule], today: date
) -> tuple[Judged, ...]:
    """Return every platform with its verdict: those that fit first, then by preference, then by name."""
    held = list(rules)
    found = []
    for each in platforms:
        where = tuple(InMarket(m, _conditions(each, facts, m, held, today)) for m in markets) or _NOWHERE
        tier, by, why = _place(each, facts, today)
        found.append(Judged(each, where, tier, by, why))
    order: dict[Fits, int] = {"yes": 0, "unknown": 1, "no": 2}
    return tuple(
        sorted(
            found,
            key=lambda j: (
                order[j.fits],
                j.tier,
                not _local(j, markets),
                len(j.unmet),
                j.platform.name.casefold(),
            ),
        )
    )


def _local(judged: Judged, markets: Sequence[str]) -> bool:
    """Whether a platform is made for one of the markets, not for the world."""
    return any(market in judged.platform.reach for market in markets)


def sells(platform: Platform, seller: str, today: date) -> bool:
    """Whether a platform of others takes orders for sellers of a country: on a social network only where that is known."""
    if "sales" not in platform.kinds or platform.group in OWN_SITES:
        return False
    return platform.group != "social_account" or any(
        platform.offers(name, seller, today) == "yes" for name in STEPS["sold"]
    )


# --- conditions -------------------------------------------------------------------------------------------


def _conditions(
    platform: Platform, facts: Facts, market: str, rules: Sequence[Rule], today: date
) -> tuple[Condition, ...]:
    found = [
        _seller(platform, facts, market),
        _reach(platform, facts, market),
        _buyers(platform, facts, market),
    ]
    if "sales" in platform.kinds or platform.niche:
        found.append(_goods(platform, facts, market))
    if platform.group is not None:
        found += _of_way(platform.group, platform, facts, market, rules, today)
    return tuple(found)


def _seller(platform: Platform, facts: Facts, market: str) -> Condition:
    home = countries.name(facts.home)
    known = _source(platform)
    if facts.sells_on(platform.id):
        return Condition(
            "seller country", "met", "the firm sells there already", f"sellers from {home}",
            "platform/seller-country", "the firm's profile or ledger", market=market,
        )  # fmt: skip
    if not platform.sellers:
        return Condition(
            "seller country", "unknown", "whose firms may sell there is not on record", f"sellers from {home}",
            "platform/seller-country", known, f"Look it up at {platform.look_up}.", market,
        )  # fmt: skip
    takes = names(platform.sellers, facts.home)
    return Condition(
        "seller country", "met" if takes else "failed", _listed(platform.sellers), f"sellers from {home}",
        "platform/seller-country", known, "" if takes else f"Look whether it has changed: {platform.look_up}.", market,
    )  # fmt: skip


def _reach(platform: Platform, facts: Facts, market: str) -> Condition:
    here, known = countries.name(market), _source(platform)
    if facts.sells_on(platform.id, market):
        return Condition(
            "market", "met", "the firm sells there already", f"buyers in {here}", "platform/reach",
            "the firm's profile or ledger", market=market,
        )  # fmt: skip
    if not platform.reach:
        return Condition(
            "market", "unknown", "where its buyers are is not on record", f"buyers in {here}", "platform/reach",
            known, f"Look it up at {platform.look_up}.", market,
        )  # fmt: skip
    serves = names(platform.reach, market)
    return Condition(
        "market", "met" if serves else "failed", _listed(platform.reach), f"buyers in {here}", "platform/reach",
        known, market=market,
    )  # fmt: skip


def _buyers(platform: Platform, facts: Facts, market: str) -> Condition:
    has, wanted = frozenset(platform.buyers), facts.buyers
    needed = (
        "businesses or consumers, as the firm sells to" if wanted is None else " and ".join(sorted(wanted))
    )
    found = " and ".join(sorted(has)) or "not on record"
    known = _source(platform)
    if len(has) == 2 or (wanted and has & wanted):
        return Condition("buyers", "met", found, needed, "platform/buyers", known, market=market)
    if wanted is None or not has:
        cure = "State aims.buyers in the profile." if wanted is None else f"Look it up at {platform.look_up}."
        return Condition("buyers", "unknown", found, needed, "platform/buyers", known, cure, market)
    return Condition("buyers", "failed", found, needed, "platform/buyers", known, market=market)


def _goods(platform: Platform, facts: Facts, market: str) -> Condition:
    made_for = ", ".join(platform.tags) or "goods of all kinds"
    own = ", ".join(sorted(facts.tags)) or "not stated"
    known = _source(platform)

    def said(state: Any, found: str, cure: str = "", by: str = "platform/niche-marketplace") -> Condition:
        return Condition("goods", state, found, f"the firm's goods: {own}", by, known, cure, market)

    if facts.sells_on(platform.id, market):
        return said("met", "the firm sells there already")
    if platform.niche and not facts.tags:
        return said("unknown", made_for, "State what the products are: fondaco products set.")
    fitting = facts.tags & set(platform.tags)
    if platform.niche and not fitting:
        return said("failed", f"made for {made_for}")
    asked = _by_permission(platform, facts)
    if asked and not tags().closure(fitting) & asked:
        found = f"whether it lists {' and '.join(sorted(asked))} here is not on record"
        return said("unknown", found, f"Look it up at {platform.look_up}.", "platform/restricted-goods")
    return said("met", made_for)


def _by_permission(platform: Platform, facts: Facts) -> frozenset[str]:
    """Return which of the firm's goods a platform of others may not list for consumers as it lists all else."""
    if "sales" not in platform.kinds or "consumers" not in platform.buyers or platform.group in OWN_SITES:
        return frozenset()
    return facts.tags.intersection(rule("platform/restricted-goods").goods)


def _of_way(
    group: Group, platform: Platform | None, facts: Facts, market: str, rules: Sequence[Rule], today: date
) -> tuple[Condition, ...]:
    found = [_registrations(group, platform, facts, market, rules, today)]
    if group in OWN_SITES:
        found.append(_able(facts, market, today))
    if group == "select_mall" or (platform is not None and platform.curated):
        found.append(_proof(platform, facts, market))
    return tuple(found)


def _registrations(
    group: Group, platform: Platform | None, facts: Facts, market: str, rules: Sequence[Rule], today: date
) -> Condition:
    here = [
        r for r in rules
        if r.kind == "registration" and group in r.platforms and market in r.markets and r.in_force(today)
    ]  # fmt: skip
    own = None if platform is None else platform.registration(market, today)
    selling = platform is not None and facts.sells_on(platform.id, market)
    about = f"{WAYS[group]} in {countries.name(market)}"
    if not here and own is None:
        if selling:
            return _already(about, market)
        look_up = platform.look_up if platform is not None else "the market's office for foreign trade"
        return Condition(
            "registrations", "unknown", "what is asked is not on record", f"what {about} asks for",
            "platform/registrations", "", f"Look it up at {look_up}, and keep it: fondaco rules add.", market,
        )  # fmt: skip
    needs = {need for r in here if r.applies for need in (r.registrations or (r.id,))}
    needs |= set(own.needs) if own is not None else set()
    source = "; ".join(dict.fromkeys([_of_rule(r, today) for r in here] + ([own.source] if own else [])))
    held = facts.registered(market)
    if not needs:
        return Condition(
            "registrations",
            "met",
            _held(held),
            f"none for {about}",
            "platform/registrations",
            source,
            market=market,
        )
    needed = f"{' and '.join(sorted(needs))} for {about}"
    missing = needs - (held or frozenset())
    if held is None and selling:
        return _already(about, market)
    if held is None:
        cure = f"State what is held under [registrations] {market} of the profile; an empty list for none."
        return Condition(
            "registrations", "unknown", "not stated", needed, "platform/registrations", source, cure, market
        )
    return Condition(
        "registrations", "failed" if missing else "met", _held(held), needed, "platform/registrations", source,
        f"Register for {' and '.join(sorted(missing))}, or choose an open market." if missing else "", market,
        tuple(sorted(missing)),
    )  # fmt: skip


def _already(about: str, market: str) -> Condition:
    """The firm sells there, so it is let in; a registration that it states not to hold fails all the same."""
    return Condition(
        "registrations", "met", "the firm sells there already", f"what {about} asks for", "platform/registrations",
        "the firm's profile or ledger", market=market,
    )  # fmt: skip


def _held(held: frozenset[str] | None) -> str:
    return "not stated" if held is None else ", ".join(sorted(held)) or "none held"


def _of_rule(rule: Rule, today: date) -> str:
    old = f"; wanted another look by {rule.review_by}" if rule.overdue(today) else ""
    but = f" ({rule.exceptions})" if rule.exceptions else ""
    return f"{rule.source}, {rule.basis} {rule.stated}{old}{but}"


def _able(facts: Facts, market: str, today: date) -> Condition:
    enough = ability(facts, today)
    found = {"yes": "enough by our test", "no": "not enough by our test", "unknown": "not known"}[enough]
    state = {"yes": "met", "no": "failed", "unknown": "unknown"}[enough]
    return Condition(
        "ability to run a shop", state, found, "enough ability for cross-border e-commerce (test set, in no study)",  # type: ignore[arg-type]
        "platform/own-site-later", "", "" if enough == "yes" else "See the milestones of the two-channel path.", market,
    )  # fmt: skip


def _proof(platform: Platform | None, facts: Facts, market: str) -> Condition:
    needed = "a proof of quality that holds"
    source = "" if platform is None or platform.group == "select_mall" else _source(platform)
    if platform is not None and facts.sells_on(platform.id, market):
        return Condition(
            "proof of quality", "met", "the firm sells there already", needed, "platform/select-mall",
            "the firm's profile or ledger", market=market,
        )  # fmt: skip
    if not facts.proofs:
        return Condition(
            "proof of quality", "unknown", "no proof is stated", needed, "platform/select-mall", source,
            "State the proofs that are held: fondaco products proof.", market,
        )  # fmt: skip
    return Condition(
        "proof of quality",
        "met",
        ", ".join(facts.proofs),
        needed,
        "platform/select-mall",
        source,
        market=market,
    )


def _source(platform: Platform) -> str:
    how = {"checked": "checked", "recalled": "written down unchecked", "study": "as a study tells it"}
    return f"catalogue of platforms, {platform.id}: {platform.sources[0]}; {how[platform.basis]}, {platform.looked_at}"


def _listed(codes: tuple[str, ...]) -> str:
    if EVERYWHERE in codes:
        return "all countries, as far as is on record"
    shown = ", ".join(codes[:8])
    return shown if len(codes) <= 8 else f"{shown} and {len(codes) - 8} more"


# --- preference -------------------------------------------------------------------------------------------


def _place(platform: Platform, facts: Facts, today: date) -> tuple[int, str, str]:
    """Return where a platform stands in the order, by which rule, and why."""
    brand = facts.profile.aims.strategy == "brand"
    if platform.group in OWN_SITES:
        if ability(facts, today) == "yes":
            return 3, "platform/dual-channel", "A second channel beside the platforms."
        return 8, "platform/own-site-later", "Later: the ability for a shop of its own is not shown yet."
    if sells(platform, facts.home, today):
        if platform.niche and facts.tags & set(platform.tags):
            return (0 if brand else 1), "platform/niche-marketplace", "Made for goods like the firm's."
        if platform.group == "open_market":
            tier = 2 if brand else 0
            return tier, "platform/open-market-first", "Made for small sellers; asks for little."
        if platform.group == "select_mall":
            return (
                4,
                "platform/select-mall",
                "For goods with proof of quality and sellers with registrations.",
            )
        return 5, "platform/third-party-first", "Sells through others."
    if "reach" in platform.kinds:
        return (3 if brand else 6), "platform/niche-brand" if brand else "platform/website-first", (
            "Brings people to where the firm sells; pays abroad beside a website."
        )  # fmt: skip
    return 7, "platform/niche-brand", "Supports selling, brings no buyers by itself."
