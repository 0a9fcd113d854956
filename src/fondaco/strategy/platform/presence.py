"""The firm's presence: website before social media, languages against markets, notes kept fresh, brand or cost.

Each `Check` says what was found, how much it matters, and on whose word; a fact that is missing makes it ``unknown``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fondaco.reference import countries
from fondaco.reference.geography import language_name, languages
from fondaco.reference.platforms import PlatformBook
from fondaco.strategy.platform.ability import months_later
from fondaco.strategy.platform.condition import says_who
from fondaco.strategy.platform.facts import Facts
from fondaco.strategy.rules import rule

Level = Literal["good", "warn", "unknown"]


@dataclass(frozen=True)
class Check:
    """Something to see before money is spent: `key` names it, `cure` says what to do."""

    key: str
    level: Level
    reason: str
    rule: str
    cure: str = ""
    market: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the check as JSON values."""
        return {
            "check": self.key,
            "level": self.level,
            "reason": self.reason,
            "source": says_who(self.rule),
            "rule": self.rule,
            "cure": self.cure or None,
            "market": self.market,
        }


def website_first(facts: Facts, book: PlatformBook) -> Check:
    """Return whether there is a website before social media are counted on."""
    social = [p for p in facts.platforms if (held := book.get(p)) is not None and "reach" in held.kinds]
    own = [p for p in facts.platforms if (held := book.get(p)) and held.group in ("own_site", "shop_service")]
    site = facts.profile.means.website or ", ".join(own)
    if site:
        return Check("website-first", "good", f"There is a website: {site}.", "platform/website-first")
    used = f"; {', '.join(social)} is used all the same" if social else ""
    level: Level = "warn" if social else "unknown"
    return Check(
        "website-first", level, f"No website of the company is stated{used}.", "platform/website-first",
        "Put up a plain company site (no shop) before money goes into social media, or state means.website.",
    )  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """Which of a market's languages the firm's pages speak.

    Attributes
    ----------
    wanted
        Official and working languages of the market, the main one first (CLDR).
    site, people
        Those of them that the website has, and that somebody in the firm speaks.
    platforms
        Platforms used whose pages are in one of them.
    """

    market: str
    wanted: tuple[str, ...]
    site: tuple[str, ...]
    people: tuple[str, ...]
    platforms: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the coverage as JSON values."""
        return {
            "market": self.market,
            "languages": list(self.wanted),
            "site": list(self.site),
            "people": list(self.people),
            "platforms": list(self.platforms),
            "covered": bool(self.site),
        }


def coverage(facts: Facts, markets: Sequence[str], book: PlatformBook) -> tuple[Coverage, ...]:
    """Return for each market which of its languages the firm's pages and people speak."""
    site, people = set(facts.profile.means.website_languages), set(facts.profile.people.languages)
    used = [held for p in facts.platforms if (held := book.get(p)) is not None]
    found = []
    for market in markets:
        wanted = languages(market)
        found.append(
            Coverage(
                market, wanted, tuple(w for w in wanted if w in site), tuple(w for w in wanted if w in people),
                tuple(p.id for p in used if set(wanted) & set(p.languages)),
            )
        )  # fmt: skip
    return tuple(found)


def language_check(facts: Facts, held: Sequence[Coverage]) -> Check:
    """Return the share of target markets whose language the website speaks."""
    if not held:
        return Check("languages", "unknown", "There is no target market yet.", "platform/languages")
    if not facts.profile.means.website_languages:
        return Check(
            "languages", "unknown", "The languages of the website are not stated.", "platform/languages",
            "State means.website_languages in the profile.",
        )  # fmt: skip
    spoken = [each for each in held if each.site]
    missing = [each for each in held if each.wanted and not each.site]
    said = f"The website speaks a language of {len(spoken)} of {len(held)} target markets."
    if not missing:
        return Check("languages", "good", said, "platform/languages")
    todo = ", ".join(f"{language_name(each.wanted[0])} ({countries.name(each.market)})" for each in missing)
    return Check(
        "languages", "warn", f"{said} Missing: {todo}.", "platform/languages",
        "Translate what sells first: product pages, then the way to order.",
    )  # fmt: skip


def stale_notes(
    markets: Sequence[str], notes: Mapping[str, Sequence[tuple[date, date]]] | None, today: date
) -> tuple[Check, ...]:
    """Return the reminder not to take markets for known that nobody has looked at for long (virtuality trap).

    Parameters
    ----------
    notes
        By market, of each note the day on which it was true and that of its review; None where notes were not looked at.
    """
    if notes is None:
        return ()
    months = int(rule("platform/virtuality-trap").threshold("note_months").value)
    found = []
    for market in markets:
        name = countries.name(market)
        held = notes.get(market, ())
        fresh = [day for day, review_by in held if review_by > today and months_later(day, months) > today]
        if fresh:
            continue
        why = (
            f"The last note on {name} is of {max(day for day, _ in held)}."
            if held
            else f"There is no note on {name}."
        )
        found.append(
            Check(
                "notes", "warn", why, "platform/virtuality-trap",
                "Ask who was there, call a buyer, go to a fair; write down what is true now.", market,
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class Aim:
    """Low cost or a niche brand: what each leads to, which was stated, and whether the means are there.

    Attributes
    ----------
    stated
        ``cost``, ``brand`` or None.
    says
        What follows for the choice of platforms.
    checks
        Marketing skill and money for the way of a brand.
    """

    stated: str | None
    says: str
    checks: tuple[Check, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the aim as JSON values."""
        return {"stated": self.stated, "says": self.says, "checks": [each.to_json() for each in self.checks]}


def aim(facts: Facts) -> Aim:
    """Return what the firm's aim, cost or brand, means for its platforms."""
    stated = facts.profile.aims.strategy
    if stated == "cost":
        return Aim("cost", "Sales platforms that already reach the world come first.", ())
    checks = _means_of_brand(facts)
    short = [each for each in checks if each.level != "good"]
    if stated == "brand":
        says = "A market place for the firm's own goods and a presence of its own come first"
        says += (
            "; where skill or money is short, platforms for reach and support and a plain low-cost site stand in."
            if short
            else "."
        )
        return Aim("brand", says, checks)
    return Aim(
        None,
        "Not stated whether the firm sells by low cost (then: sales platforms that reach the world) or as a niche "
        "brand (then: its own presence, niche market places, reach and support). State aims.strategy in the profile.",
        checks,
    )


def _means_of_brand(facts: Facts) -> tuple[Check, ...]:
    skill, money = facts.profile.people.marketing_skill, facts.profile.means.monthly_budget
    found: list[Check] = []
    level: Level = "unknown" if skill is None else "good" if skill == "high" else "warn"
    found.append(
        Check(
            "marketing skill",
            level,
            f"Marketing skill: {skill or 'not stated'}; a brand needs high.",
            "platform/niche-brand",
        )
    )
    level = "unknown" if money is None else "good" if money > 0 else "warn"
    said = "not stated" if money is None else f"{money:f} a month"
    found.append(Check("money for promotion", level, f"Money for promotion: {said}.", "platform/niche-brand"))
    return tuple(found)


def foreign_or_home(book: PlatformBook, facts: Facts) -> dict[str, Any]:
    """Return what the evidence says on foreign against home platforms: both sides, and no default.

    Also which of the firm's own platforms are run from its home market and which from abroad.
    """
    both = [rule("platform/foreign-experience").finding, rule("platform/home-networks").finding]
    used = [held for p in facts.platforms if (held := book.get(p)) is not None and held.home is not None]
    return {
        "question": "Do foreign platforms or those of the home market make a firm more international?",
        "agree": False,
        "says": (
            "The studies disagree, so there is no default: one finds foreign platforms stronger, the other home "
            "networks useful and foreign ones harmful. The second looked at social networks only."
        ),
        "findings": both,
        "home": [p.id for p in used if p.home == facts.home],
        "foreign": [p.id for p in used if p.home != facts.home],
    }
