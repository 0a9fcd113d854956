"""What is known of a market's law for a firm's products, kind by kind, and what is not.

For each product and each kind of rule (prohibited, licence, certificate, label, registration, tax)
there is one *cell*.  It is *stated* where a rule in force says that something is asked, *none* where
the rules say only that nothing of this kind is asked, and *unknown* where no rule speaks.  Unknown is
never taken for "nothing is asked".  A voluntary proof is listed and makes nothing known.

What a person should make of a cell is its *level*: ``stop`` (may not be sold there), ``look`` (holds
for a part of the market or of such goods only, or is unsure: find out before you sell), ``do``
(something must be done), ``clear`` (nothing of this kind is asked, compared with the source and not
overdue) and ``unknown``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from fondaco.reference import countries
from fondaco.reference.products import Tags, tags
from fondaco.reference.regulations.rules import KINDS, TOPICS, Kind, Platform, Rule, RuleBook, Topic, changes

if TYPE_CHECKING:
    import polars as pl

State = Literal["stated", "none", "unknown"]
Level = Literal["stop", "look", "do", "clear", "unknown"]

#: From the one that must be seen first.
LEVELS: tuple[Level, ...] = ("stop", "look", "unknown", "do", "clear")

_IN_WORDS: dict[Kind, str] = {
    "prohibited": "prohibitions",
    "licence": "licences",
    "certificate": "certificates",
    "label": "labels",
    "registration": "registrations",
    "tax": "taxes",
}

#: The version of how rules are answered, for `MarketRules.basis`.
RULE = "regulations/1"


@dataclass(frozen=True)
class Product:
    """Goods, as far as rules care.

    Attributes
    ----------
    name
        For people: a product, or a group of products with the same tags, code and origin.
    tags, hs, origin
        Its product tags, HS code (never padded) and country of origin (alpha-3), as far as known.
    """

    name: str
    tags: tuple[str, ...] = ()
    hs: str | None = None
    origin: str | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known by which a rule could be found for it."""
        return bool(self.tags or self.hs)


@dataclass(frozen=True)
class Applied:
    """A rule as it meets a product.

    Attributes
    ----------
    certain
        False where the product is known too roughly to say that the rule speaks of it: an HS chapter
        where the rule names a heading.
    overdue
        Whether the statement wanted another look before the day of asking.
    """

    rule: Rule
    certain: bool
    overdue: bool


@dataclass(frozen=True)
class Cell:
    """What is known of one kind of rule for one product."""

    kind: Kind
    state: State
    level: Level
    rules: tuple[Applied, ...]

    @property
    def overdue(self) -> bool:
        """Whether any of its rules is overdue."""
        return any(applied.overdue for applied in self.rules)

    @property
    def possible(self) -> tuple[Applied, ...]:
        """Rules that may speak of the product, if it turns out to be what they name."""
        return tuple(applied for applied in self.rules if not applied.certain)

    def to_json(self) -> dict[str, Any]:
        """Return the cell as JSON values; its rules by id."""
        return {
            "kind": self.kind,
            "state": self.state,
            "level": self.level,
            "overdue": self.overdue,
            "rules": [applied.rule.id for applied in self.rules if applied.certain],
            "possible": [applied.rule.id for applied in self.possible],
        }


@dataclass(frozen=True)
class ProductRules:
    """One product with its cells, one for each kind, in the order of `KINDS`."""

    product: Product
    cells: tuple[Cell, ...]

    @property
    def unknown(self) -> tuple[Kind, ...]:
        """Kinds of which nothing is known."""
        return tuple(cell.kind for cell in self.cells if cell.state == "unknown")


@dataclass(frozen=True)
class Flag:
    """Something to see before anything else: a product that may not, or perhaps may not, be sold there."""

    level: Level
    product: str
    kind: Kind
    rule: Rule
    overdue: bool
    certain: bool

    def to_json(self) -> dict[str, Any]:
        """Return the flag as JSON values."""
        return {
            "level": self.level,
            "product": self.product,
            "kind": self.kind,
            "rule": self.rule.id,
            "says": self.rule.says,
            "exceptions": self.rule.exceptions,
            "region": self.rule.region,
            "source": self.rule.source,
            "overdue": self.overdue,
            "certain": self.certain,
        }


@dataclass(frozen=True)
class MarketRules:
    """A market's rules for some products, and how much is known.

    Attributes
    ----------
    market, today, platform
        Alpha-3; the day of asking; the way of selling, or None for any.
    products
        Each with its cells.
    flags
        Prohibitions, the hardest first.
    rules
        All rules that speak of any of the products, by id.
    coming
        Rules of this market on these products that came into force or ended within the last year, or will
        within two.
    basis
        By what version of this module, on how many rules of the market, and of which days.
    """

    market: str
    today: date
    platform: Platform | None
    products: tuple[ProductRules, ...]
    flags: tuple[Flag, ...]
    rules: tuple[Rule, ...]
    coming: tuple[Rule, ...]
    basis: Mapping[str, Any]

    @property
    def cells(self) -> int:
        """Products times kinds: what one would want to know."""
        return sum(len(each.cells) for each in self.products)

    @property
    def stated(self) -> int:
        """Cells in which at least one rule speaks, also to say that nothing is asked."""
        return sum(cell.state != "unknown" for each in self.products for cell in each.cells)

    @property
    def settled(self) -> int:
        """Cells of which all rules were compared with their sources and none is overdue."""
        return sum(
            cell.state != "unknown"
            and all(a.rule.basis == "checked" and not a.overdue for a in cell.rules if a.certain)
            for each in self.products
            for cell in each.cells
        )

    @property
    def coverage(self) -> float | None:
        """Share of cells in which at least one rule speaks; None without products."""
        return self.stated / self.cells if self.cells else None

    @property
    def overdue(self) -> tuple[Rule, ...]:
        """The rules that wanted another look before today."""
        return tuple(rule for rule in self.rules if rule.overdue(self.today))

    def by_topic(self) -> dict[Topic, tuple[Rule, ...]]:
        """Return the barrier sheet: the rules of each topic, also of those of which nothing is known."""
        return {topic: tuple(r for r in self.rules if r.topic == topic) for topic in TOPICS}

    def blind_spots(self) -> tuple[str, ...]:
        """Return in sentences what is not known, for each product."""
        name = countries.name(self.market)
        found = []
        for each in self.products:
            if not each.product.known:
                found.append(
                    f"{each.product.name}: no tag and no HS code, so no rule of {name} can be found for it. "
                    "fondaco products set gives it one."
                )
            elif each.unknown:
                words = [_IN_WORDS[kind] for kind in each.unknown]
                found.append(f"{each.product.name}: nothing known in {name} of {_and(words)}.")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "market": self.market,
            "today": self.today.isoformat(),
            "platform": self.platform,
            "coverage": {
                "cells": self.cells,
                "stated": self.stated,
                "settled": self.settled,
                "share": None if self.coverage is None else round(self.coverage, 4),
            },
            "flags": [flag.to_json() for flag in self.flags],
            "products": [
                {
                    "product": each.product.name,
                    "tags": list(each.product.tags),
                    "hs": each.product.hs,
                    "origin": each.product.origin,
                    "kinds": [cell.to_json() for cell in each.cells],
                }
                for each in self.products
            ],
            "rules": [rule.to_json(self.today) for rule in self.rules],
            "topics": {topic: [rule.id for rule in held] for topic, held in self.by_topic().items()},
            "overdue": [rule.id for rule in self.overdue],
            "coming": [rule.to_json(self.today) for rule in self.coming],
            "blind_spots": list(self.blind_spots()),
            "basis": dict(self.basis),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each product, kind and rule; a kind without a rule has a row of its own."""
        import polars as pl

        columns = (
            "market", "product", "kind", "state", "level", "rule", "says", "source", "url", "stated", "basis",
            "review_by", "overdue",
        )  # fmt: skip
        rows: list[tuple[object, ...]] = []
        for each in self.products:
            for cell in each.cells:
                start = (self.market, each.product.name, cell.kind, cell.state, cell.level)
                for a in cell.rules:
                    r = a.rule
                    rows.append(
                        (*start, r.id, r.says, r.source, r.url, r.stated, r.basis, r.review_by, a.overdue)
                    )
                if not cell.rules:
                    rows.append((*start, *[None] * 8))
        types = dict.fromkeys(columns, pl.String) | {
            "stated": pl.Date,
            "review_by": pl.Date,
            "overdue": pl.Boolean,
        }
        return pl.DataFrame(rows, schema=types, orient="row")


def rules_for(
    market: str,
    products: Iterable[Product],
    *,
    rules: RuleBook | Iterable[Rule],
    today: date,
    platform: Platform | None = None,
    known: Tags | None = None,
) -> MarketRules:
    """Return what is known of a market's law for products.

    Parameters
    ----------
    market
        Its alpha-3 code.
    products
        Goods; a product of which neither tag nor code is known meets only rules that speak of all goods.
    rules
        All rules; those of other markets take no part.
    today
        The day of asking: rules that are not in force on it make nothing known.
    platform
        The way of selling; rules limited to others are left out.  None asks for all of them.
    known
        The product tags; those that ship by default.

    Examples
    --------
    >>> from datetime import date
    >>> from fondaco.reference.regulations import rule_book
    >>> found = rules_for("KWT", [Product("Chianti", ("wine",))], rules=rule_book(), today=date(2026, 11, 25))
    >>> found.flags[0].level, found.flags[0].rule.id
    ('stop', 'kw-alcohol')
    """
    known = known or tags()
    here = [rule for rule in rules if market in rule.markets]
    meeting = [
        rule
        for rule in here
        if rule.in_force(today) and (platform is None or not rule.platforms or platform in rule.platforms)
    ]
    asked = tuple(products)
    answered = tuple(_answer(product, meeting, today, known) for product in asked)
    used = {a.rule.id: a.rule for each in answered for cell in each.cells for a in cell.rules}
    flags = [
        Flag(_flag_level(a), each.product.name, cell.kind, a.rule, a.overdue, a.certain)
        for each in answered
        for cell in each.cells
        if cell.kind == "prohibited"
        for a in cell.rules
        if a.rule.applies
    ]
    flags.sort(key=lambda flag: (LEVELS.index(flag.level), flag.product, flag.rule.id))
    return MarketRules(
        market=market,
        today=today,
        platform=platform,
        products=answered,
        flags=tuple(flags),
        rules=tuple(used[name] for name in sorted(used)),
        coming=changes((rule for rule in here if concerns(rule, asked, known)), today=today),
        basis={
            "rule": RULE,
            "rules_of_market": len(here),
            "stated_from": min((r.stated for r in here), default=None),
            "stated_to": max((r.stated for r in here), default=None),
        },
    )


def concerns(rule: Rule, products: Sequence[Product], known: Tags | None = None) -> bool:
    """Whether a rule speaks, or may speak, of any product; where nothing is known of any, it may."""
    known = known or tags()
    told = [product for product in products if product.known]
    return not told or any(
        rule.holds_for_origin(product.origin) and _speaks_of(rule, *_goods(product, known)) is not None
        for product in told
    )


def _goods(product: Product, known: Tags) -> tuple[frozenset[str], Sequence[str]]:
    """Return a product's tags with the wider ones, and the HS codes under which it is or may be found."""
    told = product.tags or (known.of_hs(product.hs) if product.hs else ())
    return known.closure(told), (product.hs,) if product.hs else known.prefixes(told)


def _answer(product: Product, rules: Sequence[Rule], today: date, known: Tags) -> ProductRules:
    wider, codes = _goods(product, known)
    met: dict[Kind, list[Applied]] = {kind: [] for kind in KINDS}
    for rule in rules:
        if not rule.holds_for_origin(product.origin):
            continue
        certain = _speaks_of(rule, wider, codes)
        if certain is not None:
            met[rule.kind].append(Applied(rule, certain, rule.overdue(today)))
    return ProductRules(product, tuple(_cell(kind, met[kind]) for kind in KINDS))


def _speaks_of(rule: Rule, wider: frozenset[str], codes: Sequence[str]) -> bool | None:
    """Whether a rule speaks of a product: True, False for "perhaps", None for no.

    A rule speaks of a code that lies within its own prefixes.  Where it names goods more closely than
    they are known, it may speak of them.
    """
    if not rule.tags and not rule.hs:
        return True
    if wider & set(rule.tags):
        return True
    inside = [any(code.startswith(prefix) for prefix in rule.hs) for code in codes]
    if inside and all(inside):
        return True
    rough = any(prefix.startswith(code) for code in codes for prefix in rule.hs)
    return False if rough or any(inside) else None


def _cell(kind: Kind, met: Sequence[Applied]) -> Cell:
    held = tuple(sorted(met, key=lambda a: (not a.certain, not a.rule.applies, a.rule.voluntary, a.rule.id)))
    sure = [a for a in held if a.certain and not a.rule.voluntary]
    asked = [a for a in sure if a.rule.applies]
    state: State = "stated" if asked else "none" if sure else "unknown"
    return Cell(kind, state, _level(kind, held, state), held)


def _level(kind: Kind, held: Sequence[Applied], state: State) -> Level:
    if kind == "prohibited" and (barred := [a for a in held if a.rule.applies]):
        return min((_flag_level(a) for a in barred), key=LEVELS.index)
    if state == "unknown":
        return "unknown"
    sure = [a for a in held if a.certain and not a.rule.voluntary]
    if state == "stated":
        return "do" if any(a.rule.applies and not a.rule.partial for a in sure) else "look"
    return (
        "clear"
        if all(a.rule.basis == "checked" and not a.overdue and not a.rule.partial for a in sure)
        else "look"
    )


def _flag_level(applied: Applied) -> Level:
    return "look" if applied.rule.partial or not applied.certain else "stop"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
