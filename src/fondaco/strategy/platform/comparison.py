"""All that the page and the command on platforms show of a firm, put together from its facts; nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fondaco.kernel import Problem
from fondaco.reference.platforms import PlatformBook
from fondaco.reference.regulations import Rule
from fondaco.strategy.platform.ability import Path, path
from fondaco.strategy.platform.choice import OWN_SITES, Judged, Way, judge, ways
from fondaco.strategy.platform.dependence import Dependence, dependence
from fondaco.strategy.platform.facts import Facts
from fondaco.strategy.platform.presence import (
    Aim,
    Check,
    Coverage,
    aim,
    coverage,
    foreign_or_home,
    language_check,
    stale_notes,
    website_first,
)
from fondaco.strategy.platform.together import Together, together
from fondaco.strategy.rules import rule, rules

Notes = Mapping[str, Sequence[tuple[date, date]]]


@dataclass(frozen=True)
class Comparison:
    """The platforms of a firm, compared.

    Attributes
    ----------
    markets
        The target markets, alpha-3, each with why it is one.
    judged
        Every platform of the catalogue with its verdict, those that fit first.
    ways
        The five ways of selling in each market.
    path
        Where the firm stands between one channel and two.
    dependence
        Shares by platform of revenue and of inquiries from abroad.
    coverage
        Languages of pages and people against those of the markets.
    checks
        What to see before money is spent.
    evidence
        What the studies say on foreign and home platforms.
    """

    today: date
    facts: Facts
    markets: tuple[tuple[str, str], ...]
    judged: tuple[Judged, ...]
    ways: tuple[Way, ...]
    path: Path
    dependence: tuple[Dependence, ...]
    coverage: tuple[Coverage, ...]
    checks: tuple[Check, ...]
    aim: Aim
    together: Together
    evidence: dict[str, Any]
    problems: tuple[Problem, ...] = ()

    def of(self, platform: str) -> Judged | None:
        """Return what is said of one platform; None where the catalogue has it not."""
        return next((each for each in self.judged if each.platform.id == platform), None)

    @property
    def overdue(self) -> tuple[str, ...]:
        """Platforms that the firm uses, or might, whose entry wanted another look."""
        return tuple(j.platform.id for j in self.judged if j.fits != "no" and j.platform.overdue(self.today))

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        return {
            "home": self.facts.home,
            "today": self.today.isoformat(),
            "targets": [{"market": market, "why": why} for market, why in self.markets],
            "platforms": [each.to_json(self.facts.home, self.today) for each in self.judged],
            "ways": [each.to_json() for each in self.ways],
            "path": self.path.to_json(),
            "dependence": [each.to_json() for each in self.dependence],
            "languages": [each.to_json() for each in self.coverage],
            "checks": [each.to_json() for each in self.checks],
            "strategy": self.aim.to_json(),
            "together": self.together.to_json(),
            "evidence": self.evidence,
            "rules": {each.id: each.finding for each in rules().values() if each.part == "platform"},
            "problems": [
                {"kind": p.kind, "count": p.count, "reason": p.reason, "cure": p.cure} for p in self.problems
            ],
            "advice": "Reasons, not orders: the firm decides.",
        }


def compare(
    facts: Facts,
    book: PlatformBook,
    markets: Sequence[tuple[str, str]],
    on_record: Sequence[Rule],
    today: date,
    notes: Notes | None = None,
) -> Comparison:
    """Return the platforms compared for a firm.

    Parameters
    ----------
    markets
        Target markets, alpha-3, each with why it is one.
    on_record
        The market rules; those on registration are used.
    notes
        By market, of each note its day and that of its review; None where notes are not to be looked at.
    """
    codes = [market for market, _ in markets]
    judged = judge(book, facts, codes, on_record, today)
    spoken = coverage(facts, codes, book)
    own_sites = frozenset(each.id for each in book if each.group in OWN_SITES)
    ledgered = {each.platform for each in facts.ledger.by_platform}
    unseen = [name for name in facts.channels if name not in ledgered]
    checks = (
        website_first(facts, book),
        language_check(facts, spoken),
        *_mechanisms(facts, book, today),
        *stale_notes([m for m in codes if _online_only(facts, m, today)], notes, today),
    )
    return Comparison(
        today, facts, tuple(markets), judged, ways(facts, codes, on_record, today), path(facts, own_sites, today),
        dependence(facts.ledger.by_platform, unseen, facts.profile.thresholds), spoken, checks, aim(facts),
        together(judged, facts, today), foreign_or_home(book, facts), book.problems,
    )  # fmt: skip


def _online_only(facts: Facts, market: str, today: date) -> bool:
    """Whether nobody on the spot sells for the firm in a market."""
    return not any(market in d.markets and d.holds(today) for d in facts.profile.distributor)


def _mechanisms(facts: Facts, book: PlatformBook, today: date) -> tuple[Check, ...]:
    """Return what the firm cannot do on the platforms that it uses, and where that is not known."""
    found = []
    for name in facts.platforms:
        held = book.get(name)
        if held is None or "sales" not in held.kinds or held.offers("rfq", facts.home, today) != "yes":
            continue
        cart = held.offers("ready-to-ship", facts.home, today)
        if cart == "yes":
            continue
        says = "does not exist" if cart == "no" else "is not on record"
        found.append(
            Check(
                "mechanisms", "warn" if cart == "no" else "unknown",
                f"{held.name}: buying from a cart {says} for sellers of the firm's country; requests for quotation do. "
                f"{rule('platform/trade-fair').says}",
                "platform/mechanisms", f"Look into the account, or at {held.look_up}.",
            )
        )  # fmt: skip
    return tuple(found)
