"""What the landed costs of the firm's products in its markets advise: actions of the plan's price part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fondaco.kernel.words import many
from fondaco.reference import countries
from fondaco.strategy.advice import Action, key_of
from fondaco.strategy.price.landed_cost import plain
from fondaco.strategy.price.quote import Quote
from fondaco.strategy.rules import rule

#: Days until which each kind of action is to be done.
SOON, LATER = 14, 30


@dataclass(frozen=True)
class Rivals:
    """What comparable offers ask for as much as one unit holds, in `currency`: their median, and how many."""

    median: Decimal
    count: int
    currency: str


@dataclass(frozen=True)
class Looked:
    """A product looked at in a market: its quote, or why there is none; rivals where any are known.

    `per_unit` is the landed cost of one unit in the rivals' currency, None where it is not known.
    """

    sku: str
    market: str
    quote: Quote | None
    why: str = ""
    rivals: Rivals | None = None
    per_unit: Decimal | None = None

    @property
    def where(self) -> str:
        """The market's name."""
        return countries.name(self.market)


def cost_share(found: Quote) -> Decimal | None:
    """Return which share of the landed cost is freight, duty, tax and fees; None where it is not known.

    The goods count at the price at the works.
    """
    used = found.used
    if used is None:
        return None
    goods = next(step.amount for step in used.levies.steps if step.name == "goods")
    legs = used.legs.within("FOB")
    works = found.consignment.price * found.consignment.quantity
    value = goods * works / (works + legs)
    return 1 - value / used.levies.landed_cost


def actions_of(looked: Looked, today: date, stated: Mapping[str, Decimal]) -> list[Action]:
    """Return what one product in one market asks to be done.

    Parameters
    ----------
    stated
        The firm's own thresholds.
    """
    found = looked.quote
    if found is None or found.used is None:
        why = looked.why or (found.why if found else "")
        return [
            _action("state-facts", "price/state-facts", looked, today + timedelta(days=SOON),
                    f"State what is missing to price {looked.sku} in {looked.where}.", why,
                    "Once it is stated, the price is worked out.")
        ]  # fmt: skip
    return [
        *_too_dear(looked, found, today, stated),
        *_preference(looked, found, today),
        *_look_up(looked, found, today),
        *_against_rivals(looked, today, stated),
    ]


def _too_dear(looked: Looked, found: Quote, today: date, stated: Mapping[str, Decimal]) -> list[Action]:
    share = cost_share(found)
    limit = rule("price/cost-share").threshold("max_cost_share", stated)
    if share is None or share <= limit.value:
        return []
    used = found.used
    assert used is not None
    money = used.levies
    why = (
        f"{share:.0%} of the landed cost of {many(found.consignment.quantity, 'unit')} is freight, duty, tax and fees: "
        f"{plain(money.landed_cost, money.currency)} {money.currency}; the limit is {limit.value:.0%} ({limit.says})."
    )
    return [
        _action("cost-share", "price/cost-share", looked, today + timedelta(days=LATER),
                f"Offer {looked.sku} in {looked.where} only in larger lots or at a higher price, or choose a dearer product.",
                why, "Cheaper freight, a larger consignment, proof of origin, or another limit in the firm's profile.")
    ]  # fmt: skip


def _preference(looked: Looked, found: Quote, today: date) -> list[Action]:
    used = found.used
    assert used is not None
    best = min(
        (one for one in found.outcomes if one.case.rows[0].preferential),
        key=lambda one: one.ladder.prices["DDP"], default=None,
    )  # fmt: skip
    if best is None or used.case.rows[0].preferential:
        return []
    saved = used.ladder.prices["DDP"] - best.ladder.prices["DDP"]
    currency = found.consignment.currency
    if saved <= 0:
        return []
    up_to = "up to " if best.case.rows[0].up_to else ""
    return [
        _action("claim-preference", "price/claim-preference", looked, today + timedelta(days=LATER),
                f"Send {looked.sku} to {looked.where} with {best.case.needs or 'proof of origin'}.",
                f"It saves {up_to}{plain(saved, currency)} {currency} on {many(found.consignment.quantity, 'unit')} "
                f"({best.case.name} instead of {used.case.name}).",
                "Goods that do not originate where they are sent from, or a rate that ended.")
    ]  # fmt: skip


def _look_up(looked: Looked, found: Quote, today: date) -> list[Action]:
    used = found.used
    assert used is not None
    rows = [row for row in used.case.rows if row.checked is None and not row.file.endswith(".parquet")]
    if not rows:
        return []
    return [
        _action("look-up-duty", "price/look-up-duty", looked, today + timedelta(days=SOON),
                f"Look up the duty on HS {found.consignment.hs} in {looked.where} and add it to the tariffs.",
                f"The figure rests on {rows[0].called}.", "A row of your own with the day it was checked.")
    ]  # fmt: skip


def _against_rivals(looked: Looked, today: date, stated: Mapping[str, Decimal]) -> list[Action]:
    rivals, cost = looked.rivals, looked.per_unit
    if rivals is None or cost is None:
        return []
    discount = rule("price/penetration").threshold("below_rivals", stated)
    entry = (rivals.median * (1 - discount.value)).quantize(Decimal("0.01"))
    room = entry - cost
    told = (
        f"{many(rivals.count, 'comparable offer')} {'asks' if rivals.count == 1 else 'ask'} {plain(rivals.median, rivals.currency)} {rivals.currency} in the middle; "
        f"{discount.value:.0%} below it ({discount.says}) is {plain(entry, rivals.currency)}, and a unit lands at "
        f"{plain(cost, rivals.currency)}: {plain(room, rivals.currency)} {rivals.currency} {'of room' if room >= 0 else 'short'}."
    )
    what = (
        f"Enter {looked.where} with {looked.sku} at {plain(entry, rivals.currency)} {rivals.currency} or below, and not under "
        "the floor." if room >= 0
        else f"Do not enter {looked.where} with {looked.sku} on price: it lands above what would undercut rivals."
    )  # fmt: skip
    return [
        _action("enter-below-rivals", "price/penetration", looked, today + timedelta(days=LATER), what, told,
                "Newer prices of rivals, cheaper freight, or prices of another step of the trade.")
    ]  # fmt: skip


def _action(
    name: str, rests_on: str, looked: Looked, when: date, what: str, why: str, changes: str
) -> Action:
    return Action(
        key_of("price", name, looked.market, looked.sku), "price", what, "firm", when, why, rests_on, changes,
        looked.market, looked.sku,
    )  # fmt: skip


def facts_of(looked: Looked) -> dict[str, Any]:
    """Return a row of the part's table as JSON values: figures of one unit in the market's currency."""
    found = looked.quote
    used = found.used if found else None
    row: dict[str, Any] = {
        "sku": looked.sku,
        "market": looked.market,
        "why": looked.why or (found.why if found else "") or None,
    }
    if found is None or used is None:
        return row
    share, money = cost_share(found), used.levies
    each = {
        name: plain(
            (getattr(money, name) / found.consignment.quantity).quantize(Decimal("0.0001")), money.currency
        )
        for name in ("customs_value", "duty", "excise", "tax", "fees", "landed_cost")
    }
    return {
        **row, **each, "currency": money.currency, "quantity": found.consignment.quantity, "case": used.case.name,
        "cost_share": None if share is None else round(float(share), 4),
        "rivals": None if looked.rivals is None else f"{looked.rivals.median:f}",
    }  # fmt: skip
