"""The score of a category in a market: price level, edge of origin, rules, rivals, each from 0 to 1.

What is not known has no score: the sum is told as a range, from the unknown ones being 0 to their being 1.  How the
scores are made and weighed is ours, in no study; the weights are thresholds of the rule ``product/origin-category``.

==============  ==========================================================================================
price level     1 - share of freight in price and freight (of freight, duty, tax where the landed cost is known)
origin edge     1 a proof that is held counts there by a rule on record; 0.5 one is held and no rule speaks of
                it; 0 no proof is held and the catalogue was stated; else not known
rules           1 clear, 0.6 something is asked, 0.3 to be found out, 0 prohibited: the worst kind counts; a kind
                of which nothing is known makes it not known, except beside a prohibition
rivals          share of comparable offers that are dearer than the firm's
==============  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.strategy.product.screen import Screened, Thresholds
from fondaco.strategy.rules import rule

PARTS = ("price_level", "origin_edge", "rules", "rivals")
_RULES = {"clear": 1.0, "do": 0.6, "look": 0.3, "stop": 0.0}


@dataclass(frozen=True)
class Score:
    """A category in a market.

    Attributes
    ----------
    parts
        0 to 1 by name; None where not known.
    low, high
        The weighted mean with the unknown at 0 and at 1.
    """

    category: str
    market: str
    parts: Mapping[str, float | None]
    weights: Mapping[str, Decimal]
    low: float
    high: float
    products: int

    @property
    def known(self) -> bool:
        """Whether all four are known."""
        return all(value is not None for value in self.parts.values())

    def to_json(self) -> dict[str, Any]:
        """Return the score as JSON values."""
        parts = {name: None if value is None else round(value, 4) for name, value in self.parts.items()}
        missing = [name for name, value in self.parts.items() if value is None]
        middle = round(self.low, 4) if self.known else None
        why = None if self.known else f"Not known: {', '.join(name.replace('_', ' ') for name in missing)}."
        return {
            "category": self.category, "market": self.market, **parts,
            "score": {"estimate": middle, "low": round(self.low, 4), "high": round(self.high, 4), "level": None, "why": why},
            "weights": {name: f"{weight:f}" for name, weight in self.weights.items()}, "products": self.products,
        }  # fmt: skip


def scores(found: Sequence[Screened], thresholds: Thresholds | None = None) -> tuple[Score, ...]:
    """Return the score of each category (product tag) in each market, those with the highest low end first."""
    held = rule("product/origin-category")
    weights = {name: held.threshold(f"weight_{name}", thresholds).value for name in PARTS}
    by_category: dict[tuple[str, str], list[Screened]] = {}
    for each in found:
        for tag in each.product.tags:
            by_category.setdefault((tag, each.market), []).append(each)
    told = [_score(tag, market, each, weights) for (tag, market), each in by_category.items()]
    return tuple(sorted(told, key=lambda s: (-s.low, -s.high, s.category, s.market)))


def _score(tag: str, market: str, found: Sequence[Screened], weights: Mapping[str, Decimal]) -> Score:
    parts = {
        "price_level": _mean([_price_level(each) for each in found]),
        "origin_edge": _mean([_origin_edge(each) for each in found]),
        "rules": _mean([_rules(each) for each in found]),
        "rivals": _mean([1 - each.seen.rivals.cheaper if each.seen.rivals else None for each in found]),
    }
    low, high = weighted(parts, weights)
    return Score(tag, market, parts, weights, low, high, len(found))


def weighted(parts: Mapping[str, float | None], weights: Mapping[str, Decimal]) -> tuple[float, float]:
    """Return the weighted mean with what is not known at 0 and at 1.

    >>> half = {name: Decimal(1) for name in PARTS}
    >>> weighted({"price_level": 0.8, "origin_edge": 1.0, "rules": 0.6, "rivals": None}, half)
    (0.6, 0.85)
    """
    total = float(sum(weights.values()))
    if total <= 0:
        return 0.0, 1.0
    low = sum(float(weights[name]) * (value or 0.0) for name, value in parts.items()) / total
    unknown = sum(float(weights[name]) for name, value in parts.items() if value is None) / total
    return round(low, 12), round(low + unknown, 12)


def _mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _price_level(each: Screened) -> float | None:
    if each.seen.landed is not None:
        return max(0.0, 1 - float(each.seen.landed.share))
    return None if each.freight_share is None else 1 - float(each.freight_share)


def _origin_edge(each: Screened) -> float | None:
    held = [proof for proof in each.seen.proofs if proof.holds]
    if any(proof.counts for proof in held):
        return 1.0
    if held:
        return 0.5
    return 0.0 if each.product.origin else None


def _rules(each: Screened) -> float | None:
    levels = [level for kind, level in each.seen.levels.items() if kind != "tax"]
    if "stop" in levels:
        return 0.0
    if not levels or "unknown" in levels:
        return None
    return min(_RULES[level] for level in levels)
