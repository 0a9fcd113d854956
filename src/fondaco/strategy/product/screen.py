"""Which products can stand export, market by market: a verdict with its reasons and what would change it.

Each check says *fit*, *not fit*, *not known* or *work* (possible once something is done).  A product is *not fit*
for a market where any check says so; *not known* where a check that decides is not known; else *fit*, with the
work that comes first.  What transport takes, whether the law forbids it, and whether the quantities asked for can be
made decide; the rest is work or told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from fondaco.kernel.words import many, plain
from fondaco.ledger.unit import Unit
from fondaco.reference import countries, geography
from fondaco.strategy.place import Delivery
from fondaco.strategy.rules import rule

Verdict = Literal["fit", "not fit", "not known"]
State = Literal["fit", "not fit", "not known", "work"]
#: Level of what is known of one kind of rule, as `fondaco.reference.regulations` tells it.
Level = Literal["stop", "look", "do", "clear", "unknown"]
Thresholds = Mapping[str, Decimal]

#: Checks without which there is no verdict.
DECIDING = ("transport", "prohibition")


@dataclass(frozen=True)
class Asked:
    """Quantities of a product asked for in a market's inquiries.

    Attributes
    ----------
    inquiries
        All of them; `quantities` are those that say how many, units.
    beyond, lost_units
        How many ask for more than can be made in a month at all, and the units above it; None where capacity is not
        stated.
    beyond_free, lost_at_most
        The same against what that month's orders left free: the most that can have been lost, since orders that came
        of these very inquiries are among those that took the capacity.
    """

    inquiries: int = 0
    quantities: tuple[Decimal, ...] = ()
    beyond: int | None = None
    lost_units: Decimal | None = None
    beyond_free: int | None = None
    lost_at_most: Decimal | None = None

    @property
    def median(self) -> Decimal | None:
        """The middle quantity (the lower of two middles)."""
        held = sorted(self.quantities)
        return held[(len(held) - 1) // 2] if held else None


@dataclass(frozen=True)
class Landed:
    """Share of the landed price that is freight, duty, tax and fees, 0 to 1, and what it rests on."""

    share: Decimal
    says: str


@dataclass(frozen=True)
class Rivals:
    """Comparable offers in the market: how many, and the share of them that is cheaper than the firm's."""

    offers: int
    cheaper: float


@dataclass(frozen=True)
class Proved:
    """A quality proof that the firm holds for the product: whether it still holds, and whether a rule there speaks of it."""

    proof: str
    holds: bool
    counts: bool


@dataclass(frozen=True)
class Goods:
    """A product of the firm, as far as stated.

    Attributes
    ----------
    orders
        Orders that hold it, from everywhere.
    """

    sku: str
    name: str
    tags: tuple[str, ...] = ()
    hs: str | None = None
    origin: str | None = None
    unit: Unit | None = None
    orders: int = 0


@dataclass(frozen=True)
class Seen:
    """What is known of a product in a market.

    Attributes
    ----------
    levels
        Of each kind of rule; empty where neither tag nor HS code of the product is stated.
    stated
        How many rules ask something, by kind.
    conditions
        How many rules on record, that speak of such goods and not of all goods, say on what conditions they are sold.
    market_orders
        Orders of the firm in the market, of any product.
    fits_from
        The smallest number of units at once, beyond that of `delivery` and within a month's capacity, at which the
        price carries the cost of export; None where there is none or it was not looked for.
    demand
        Signals of demand, in sentences.
    """

    market: str
    levels: Mapping[str, Level] = field(default_factory=dict)
    stated: Mapping[str, int] = field(default_factory=dict)
    delivery: Delivery | None = None
    landed: Landed | None = None
    asked: Asked = Asked()
    orders: int = 0
    market_orders: int = 0
    rivals: Rivals | None = None
    proofs: tuple[Proved, ...] = ()
    demand: tuple[str, ...] = ()
    fits_from: int | None = None
    conditions: int = 0


@dataclass(frozen=True)
class Check:
    """One check: what it says, on which rule, and what would change it."""

    name: str
    state: State
    says: str
    rule: str
    changes: str

    def to_json(self) -> dict[str, Any]:
        """Return the check as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Screened:
    """A product in a market with its verdict.

    Attributes
    ----------
    per_kg, per_m3
        Price at the works of a kilogram (gross) and of a cubic metre, in the unit's currency; None where not stated.
    freight_share
        Freight over price and freight together; None where not known.
    offer
        ``standard`` or ``adapted``, by the stage of exporting there.
    """

    product: Goods
    market: str
    verdict: Verdict
    checks: tuple[Check, ...]
    per_kg: Decimal | None
    per_m3: Decimal | None
    freight_share: Decimal | None
    offer: Literal["standard", "adapted"]
    seen: Seen

    @property
    def reasons(self) -> tuple[Check, ...]:
        """The checks that made the verdict, or what is to be done where it is fit."""
        if self.verdict == "not fit":
            return tuple(check for check in self.checks if check.state == "not fit")
        if self.verdict == "not known":
            return tuple(c for c in self.checks if c.state == "not known" and c.name in DECIDING)
        return tuple(check for check in self.checks if check.state == "work")

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        asked = self.seen.asked
        return {
            "product": self.product.sku, "name": self.product.name or None, "market": self.market,
            "verdict": self.verdict, "reasons": [check.says for check in self.reasons],
            "changes": [check.changes for check in self.reasons],
            "checks": [check.to_json() for check in self.checks],
            "price_per_kg": _text(self.per_kg), "price_per_m3": _text(self.per_m3),
            "currency": self.product.unit.currency if self.product.unit else None,
            "freight_share": None if self.freight_share is None else round(float(self.freight_share), 4),
            "landed_share": None if self.seen.landed is None else round(float(self.seen.landed.share), 4),
            "offer": self.offer, "orders": self.seen.orders,
            "asked": {
                "inquiries": asked.inquiries, "with_quantity": len(asked.quantities), "median": _text(asked.median),
                "beyond_capacity": asked.beyond, "lost_units": _text(asked.lost_units),
                "beyond_free": asked.beyond_free, "lost_at_most": _text(asked.lost_at_most),
            },
            "fits_from": self.seen.fits_from,
            "demand": list(self.seen.demand),
        }  # fmt: skip


def screen(product: Goods, seen: Seen, thresholds: Thresholds | None = None) -> Screened:
    """Return the verdict on a product in a market.

    Parameters
    ----------
    thresholds
        What the firm states in place of the rules' numbers.
    """
    own = thresholds or {}
    share = freight_share(product.unit, seen.delivery)
    offer = offer_for(seen.market_orders, own)
    checks = (
        _transport(product, seen, share, own), _prohibition(product, seen), *_asks(product, seen),
        _capacity(product, seen), _label(product, seen), *_proofs(seen),
    )  # fmt: skip
    per_kg, per_m3 = density(product.unit)
    return Screened(product, seen.market, _verdict(checks), checks, per_kg, per_m3, share, offer, seen)


def _verdict(checks: tuple[Check, ...]) -> Verdict:
    if any(check.state == "not fit" for check in checks):
        return "not fit"
    if any(check.state == "not known" and check.name in DECIDING for check in checks):
        return "not known"
    return "fit"


def density(unit: Unit | None) -> tuple[Decimal | None, Decimal | None]:
    """Return the price at the works of a kilogram (gross) and of a cubic metre.

    >>> density(Unit(price=Decimal(84), currency="EUR", gross_weight_kg=Decimal("1.6"), volume_m3=Decimal("0.064")))
    (Decimal('52.5'), Decimal('1312.5'))
    """
    if unit is None or unit.price is None:
        return None, None
    return (
        unit.price / unit.gross_weight_kg if unit.gross_weight_kg else None,
        unit.price / unit.volume_m3 if unit.volume_m3 else None,
    )


def freight_share(unit: Unit | None, delivery: Delivery | None) -> Decimal | None:
    """Return freight over price and freight together, of one unit; None where either is not known."""
    if unit is None or unit.price is None or delivery is None or delivery.best is None:
        return None
    if unit.currency != delivery.best.currency:
        return None
    freight = delivery.best.cost / delivery.consignment.units
    return freight / (unit.price + freight)


def carries(
    unit: Unit | None, delivery: Delivery | None, landed: Landed | None, own: Thresholds | None = None
) -> bool | None:
    """Return whether the price carries the cost of export: by the landed price, else by freight; None where not known."""
    if landed is not None:
        return landed.share <= rule("price/cost-share").threshold("max_cost_share", own).value
    share = freight_share(unit, delivery)
    if share is None:
        return None
    return share <= rule("product/logistics-share").threshold("max_freight_share", own).value


def fits_from(within: Callable[[int], bool | None], units: int, limit: int) -> int | None:
    """Return from how many units at once, up to `limit`, the price carries the cost of export.

    Doubled quantities are looked at, and then halved between the last that is too dear and the first that is not.

    Parameters
    ----------
    within
        Whether the price carries it for so many units.
    units
        A number at which it does not.

    Examples
    --------
    >>> fits_from(lambda units: units >= 93, 60, 2400), fits_from(lambda units: units >= 93, 60, 80)
    (93, None)
    """
    low, high = units, 2 * units
    while high <= limit and not within(high):
        low, high = high, 2 * high
    high = min(high, limit)
    if high <= low or not within(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) else (middle, high)
    return high


def offer_for(orders: int, thresholds: Thresholds | None = None) -> Literal["standard", "adapted"]:
    """Return what kind of offer fits the stage of exporting to a market with so many orders from it.

    >>> offer_for(3), offer_for(120)
    ('standard', 'adapted')
    """
    later = rule("product/adapt-by-stage").threshold("later_from_orders", thresholds).value
    return "adapted" if orders >= later else "standard"


def _transport(product: Goods, seen: Seen, share: Decimal | None, own: Thresholds) -> Check:
    rule_id = "product/logistics-share" if seen.landed is None else "price/cost-share"
    if seen.landed is None and share is None:
        return Check("transport", "not known", _why_unknown(product, seen), rule_id, "The facts named here.")
    over = not carries(product.unit, seen.delivery, seen.landed, own)
    side = "above" if over else "at most"
    if seen.landed is not None:
        most = rule(rule_id).threshold("max_cost_share", own)
        told = (
            f"{seen.landed.share:.0%} of the landed price is freight, duty, tax and fees ({seen.landed.says}); "
            f"{side} {most.says}."
        )
    else:
        most = rule(rule_id).threshold("max_freight_share", own)
        assert seen.delivery is not None
        assert seen.delivery.best is not None
        best = seen.delivery.best
        told = (
            f"Freight is {share:.0%} of price and freight ({best.called}, {many(seen.delivery.consignment.units, 'unit')}, "
            f"{best.cost} {best.currency}); {side} {most.says}. Duty and tax are not counted."
        )
    if over and seen.fits_from is not None:
        return Check(
            "transport", "work", f"{told} From {many(seen.fits_from, 'unit')} at once it is within it.", rule_id,
            "Buyers who take less at once.",
        )  # fmt: skip
    return Check(
        "transport", "not fit" if over else "fit", told, rule_id,
        "A dearer product, more units at once, a cheaper way, a lower duty, or another threshold.",
    )  # fmt: skip


def _why_unknown(product: Goods, seen: Seen) -> str:
    unit = product.unit
    if unit is None or unit.price is None:
        return "The price at the works is not stated, so what share transport takes is not known."
    if seen.delivery is None or seen.delivery.best is None:
        return seen.delivery.why if seen.delivery is not None else "No delivery was looked for."
    return f"The price is in {unit.currency} and freight in {seen.delivery.best.currency}; state the price in that currency."


def _prohibition(product: Goods, seen: Seen) -> Check:
    place, changes = countries.name(seen.market), "A rule on record, compared with its source."
    rule_id, level = "product/rules-before-listing", seen.levels.get("prohibited")
    if not (product.tags or product.hs):
        return Check("prohibition", "not known", "Neither tag nor HS code is stated, so no rule can be found.", rule_id,
                     "A tag or HS code on the Products page.")  # fmt: skip
    if level == "stop":
        return Check(
            "prohibition",
            "not fit",
            f"A rule on record prohibits it in {place}.",
            rule_id,
            "Another law, or other goods.",
        )
    if level in (None, "unknown") and seen.conditions:
        return Check(
            "prohibition", "work",
            f"No prohibition is on record in {place}, and {seen.conditions:,} rules on such goods say on what conditions they "
            "are sold; that they are allowed is concluded from it, so ask the office before listing.", rule_id, changes,
        )  # fmt: skip
    if level in (None, "unknown"):
        return Check(
            "prohibition", "not known", f"Nothing is on record of prohibitions in {place}.", rule_id, changes
        )
    if level == "look":
        return Check(
            "prohibition",
            "work",
            f"{place} prohibits it in part, or the rule is unsure: find out before listing.",
            rule_id,
            changes,
        )
    return Check("prohibition", "fit", f"Nothing on record prohibits it in {place}.", rule_id, changes)


#: What is told of a kind of rule that asks something.
_KINDS = ("licence", "certificate", "label", "registration")


def _asks(product: Goods, seen: Seen) -> Iterator[Check]:
    """Yield what must be done or found out before listing, kind by kind."""
    if not (product.tags or product.hs):
        return
    done = seen.market in (product.unit.adapted_for if product.unit else ())
    for kind in _KINDS:
        level = seen.levels.get(kind, "unknown")
        count = seen.stated.get(kind, 0)
        rules = f"{count:,} {kind} rule{'' if count == 1 else 's'} on record"
        if level == "clear":
            state, says = "fit", f"No {kind} is asked for, as far as on record."
        elif level == "unknown":
            state, says = "not known", f"No {kind} rule is on record."
        elif done and kind in ("label", "certificate"):
            state, says = "fit", f"{rules}; label, pack and papers are stated as done."
        else:
            state, says = "work", f"{rules} to meet before listing."
        yield Check(kind, state, says, "product/rules-before-listing", "The rule met, or looked up.")  # type: ignore[arg-type]


def _capacity(product: Goods, seen: Seen) -> Check:
    asked, rule_id = seen.asked, "product/capacity"
    capacity = product.unit.monthly_capacity if product.unit else None
    if capacity is None:
        return Check("capacity", "not known", "How many can be made for export in a month is not stated.", rule_id,
                     "The monthly capacity on the Products page.")  # fmt: skip
    middle = asked.median
    if middle is None:
        return Check("capacity", "not known", "No inquiry from there says how many are wanted.", rule_id,
                     "Inquiries with quantities.")  # fmt: skip
    beyond = asked.beyond or 0
    told = (
        f"{len(asked.quantities):,} {'inquiry says' if len(asked.quantities) == 1 else 'inquiries say'} how many: {_text(middle)} in the middle, against {plain(capacity)} a month; "
        f"{beyond:,} ask{'s' if beyond == 1 else ''} for more than that, {many(asked.lost_units or 0, 'unit')} beyond it"
    )  # fmt: skip
    if asked.beyond_free:
        told += f"; at most {_text(asked.lost_at_most)} beyond what orders of the month left free"
    over = 2 * beyond > len(asked.quantities)
    return Check(
        "capacity",
        "not fit" if over else "fit",
        f"{told}.",
        rule_id,
        "More capacity, or buyers who want less at once.",
    )


def _label(product: Goods, seen: Seen) -> Check:
    rule_id = "product/adapt-by-stage"
    wanted = geography.languages(seen.market)
    unit = product.unit
    if unit is not None and seen.market in unit.adapted_for:
        return Check(
            "label language",
            "fit",
            "Label, pack and papers are stated as done for this market.",
            rule_id,
            "A new label.",
        )
    if unit is None or not unit.label_languages:
        return Check("label language", "not known", "Which languages the label has is not stated.", rule_id,
                     "The languages of the label on the Products page.")  # fmt: skip
    names = " or ".join(geography.language_name(code) for code in wanted[:4])
    if not wanted or set(wanted) & set(unit.label_languages):
        return Check(
            "label language",
            "fit",
            f"The label has a language of the country ({names}).",
            rule_id,
            "A new label.",
        )
    return Check("label language", "work", f"The label has no language of the country: {names}.", rule_id,
                 "A label in it, or the market among those it is adapted for.")  # fmt: skip


def _proofs(seen: Seen) -> Iterator[Check]:
    rule_id = "product/rules-before-listing"
    for each in seen.proofs:
        if not each.holds:
            yield Check("proof", "work", f"The proof {each.proof} has run out.", rule_id, "A new proof.")
        elif each.counts:
            yield Check(
                "proof",
                "fit",
                f"A rule on record there speaks of {each.proof}, which the firm holds.",
                rule_id,
                "The proof running out.",
            )


def _text(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return f"{value.quantize(Decimal('0.01')) if value % 1 else value.quantize(Decimal(1)):f}"
