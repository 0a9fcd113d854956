"""The place part of the plan: which way to send, who handles papers, what is missing, by when to order.

Collective delivery is worked out by the network from what its members send.  Until members' shipments are there the
saving is not known and is said to be so: `Pool` is the port through which it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fondaco.kernel.words import many
from fondaco.reference import countries
from fondaco.reference.freight import Rate
from fondaco.reference.public_holidays import Holiday
from fondaco.strategy.advice import Action, Proposal, in_order, key_of
from fondaco.strategy.place.options import Delivery, Option
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import rule

#: Within how many days an action of this part is due; set, to be changed in the plan.
DUE = 14


@dataclass(frozen=True)
class Saving:
    """What sending together saves a firm in a market, for one consignment, and what it rests on."""

    amount: Decimal
    currency: str
    says: str


#: What sending together with others would save on a delivery; None where it is not known.
Pool = Callable[[Delivery], Saving | None]


def no_pool(_delivery: Delivery) -> Saving | None:
    """Return None: members' shipments are not known."""
    return None


@dataclass(frozen=True)
class Way:
    """A product's delivery to a market.

    Attributes
    ----------
    product
        Its article number.
    units_from
        Why so many units were taken, in words.
    lead_days
        From order to ready at the works; None where not stated.
    """

    market: str
    product: str
    units_from: str
    delivery: Delivery
    lead_days: int | None = None


def advise(
    ways: Sequence[Way], *, markets: Sequence[str], profile: Profile, rates: Mapping[str, Sequence[Rate]], today: date,
    holidays: Mapping[str, Sequence[Holiday]], pool: Pool = no_pool,
) -> Proposal:  # fmt: skip
    """Return the place part of the plan.

    Parameters
    ----------
    ways
        The products' deliveries, the most important product first.
    markets
        The target markets, ISO 3166-1 alpha-3.
    rates
        All freight rates to each market, in force or not.
    holidays
        Public holidays ahead in each market; a market whose holidays are not known is left out.

    Returns
    -------
    Proposal
        Facts: ``deliveries``, a list of ``{"market", "product", "units_from", "lead_days", ...}`` with the fields of
        `Delivery.to_json`; ``collective``, ``{"supporter", "saving", "why"}``.
    """
    actions: list[Action] = []
    unknown: list[str] = []
    for market in markets:
        here = [way for way in ways if way.market == market]
        actions += _missing(market, here, rates.get(market, ()), profile, today)
        actions += _ways(here, today)
        actions += _cold(here, today)
        actions += _holidays(market, here, holidays.get(market, ()), profile, today)
        actions += _run_out(market, rates.get(market, ()), profile, today)
        unknown += _unknown(market, here)
    actions += _service(ways, profile, today)
    collective, more = _together(ways, markets, profile, today, pool)
    actions += more
    priced = [m for m in markets if any(w.market == m and w.delivery.best for w in ways)]
    says = (
        f"Delivery is priced to {len(priced)} of {len(markets)} target markets." if markets
        else "No target market is stated, and nothing was sold abroad yet."
    )  # fmt: skip
    facts: dict[str, Any] = {
        "deliveries": [
            {"product": w.product, "units_from": w.units_from, "lead_days": w.lead_days, **w.delivery.to_json()} for w in ways
        ],
        "collective": collective,
    }  # fmt: skip
    return Proposal("place", says, in_order(actions), tuple(dict.fromkeys(unknown)), facts)


def _missing(
    market: str, ways: Sequence[Way], rates: Sequence[Rate], profile: Profile, today: date
) -> Iterator[Action]:
    if any(rate.holds(today) for rate in rates):
        return
    why = ways[0].delivery.why if ways else "No freight rate to this market is on record."
    yield Action(
        key_of("place", "ask-for-rates", market), "place",
        f"Ask two carriers for their rates to {countries.name(market)} and load them; promote nothing there before.",
        profile.doer("collective-delivery"), today + timedelta(days=DUE), why, "place/delivery-missing",
        "A rate table to this market.", market,
    )  # fmt: skip


def _ways(ways: Sequence[Way], today: date) -> Iterator[Action]:
    """Propose the way for the most important product that can be priced; the others stand in the facts."""
    for way in ways:
        best = way.delivery.best
        if best is None:
            continue
        then = [
            each
            for each in way.delivery.takeovers
            if each.units > way.delivery.consignment.units and each.called
        ]
        turn = f"; from {many(then[0].units, 'unit')} on, {then[0].called} is cheaper" if then else ""
        yield Action(
            key_of("place", "send-by", way.market, way.product), "place",
            f"Send {way.product} to {countries.name(way.market)} by {best.called}.", "firm", today + timedelta(days=DUE),
            f"{_told(way)}{turn}.", "place/cheapest-way",
            "Another quantity, another rate, or a buyer who needs it sooner.", way.market, way.product,
        )  # fmt: skip
        return


def _told(way: Way) -> str:
    best = way.delivery.best
    assert best is not None
    days = f", {many(best.days, 'day')}" if best.days is not None else ""
    units = way.delivery.consignment.units
    return f"{many(units, 'unit')} {'costs' if units == 1 else 'cost'} {best.cost} {best.currency}, {best.per_unit} a unit{days}"


def _cold(ways: Sequence[Way], today: date) -> Iterator[Action]:
    for way in ways:
        temperature = way.delivery.consignment.temperature
        refused = [r for r in way.delivery.refused if temperature not in r.rate.classes]
        if temperature != "ambient" and way.delivery.best is None and refused:
            yield Action(
                key_of("place", "cold-carrier", way.market, way.product), "place",
                f"Find a carrier that takes {temperature} goods to {countries.name(way.market)}, or leave {way.product} out there.",
                "firm", today + timedelta(days=DUE),
                f"{len(refused)} rate{'s' if len(refused) > 1 else ''} on record and none takes {temperature} goods.",
                "place/temperature", f"A rate for {temperature} goods.", way.market, way.product,
            )  # fmt: skip


def _holidays(
    market: str, ways: Sequence[Way], holidays: Sequence[Holiday], profile: Profile, today: date
) -> Iterator[Action]:
    """Propose the last day for orders before the next holiday that can still be met."""
    ahead = rule("place/before-holidays").threshold("look_ahead", profile.thresholds).value
    for way in ways:
        best = way.delivery.best
        if best is None or best.days is None or way.lead_days is None:
            continue
        needed = way.lead_days + best.days
        for holiday in holidays:
            last = holiday.day - timedelta(days=needed + 1)
            if today <= last and (holiday.day - today).days <= ahead:
                yield Action(
                    key_of("place", "order-before", market, holiday.day.isoformat()), "place",
                    f"Tell buyers in {countries.name(market)} to order {way.product} by {last} for {holiday.name} on {holiday.day}.",
                    "firm", max(today, last - timedelta(days=DUE)),
                    f"{many(way.lead_days, 'day')} to make it and {best.days} on the way ({best.called}).", "place/before-holidays",
                    "A faster way, or goods in stock.", market, way.product,
                )  # fmt: skip
                return
        return


def _run_out(market: str, rates: Sequence[Rate], profile: Profile, today: date) -> Iterator[Action]:
    warn = int(rule("place/rates-run-out").threshold("warn", profile.thresholds).value)
    held = [rate for rate in rates if rate.holds(today)]
    ends = [rate.valid_to for rate in held if rate.valid_to is not None]
    # What follows an ending rate already stands in the tables.
    later = any(rate.valid_from is not None and rate.valid_from > today for rate in rates)
    if not held or later or len(ends) < len(held) or max(ends) > today + timedelta(days=warn):
        return
    last = max(ends)
    yield Action(
        key_of("place", "renew-rates", market), "place", f"Renew the freight rates to {countries.name(market)}.",
        "firm", max(today, last - timedelta(days=7)), f"The last of them ends on {last}.", "place/rates-run-out",
        "A new table.", market,
    )  # fmt: skip


def _unknown(market: str, ways: Sequence[Way]) -> Iterator[str]:
    if not ways:
        yield (
            f"{countries.name(market)}: no product with weight and volume is stated; state them on the Products page."
        )
    for way in ways:
        lacks = next((each for each in way.delivery.refused if each.unknown), None)
        if way.delivery.best is None and lacks is not None:
            yield f"{way.product} to {countries.name(market)}: {lacks.why}; to cure it, {lacks.cure}."


def _service(ways: Sequence[Way], profile: Profile, today: date) -> Iterator[Action]:
    """Propose an export service to those without trade experience, with what it costs more where that is known."""
    if profile.people.trade_experience == "high" or not ways:
        return
    experience = profile.people.trade_experience
    why = "Trade experience is not stated." if experience is None else f"Trade experience: {experience}."
    for way in ways:
        options = way.delivery.options
        with_papers: Option | None = next((o for o in options if o.papers), None)
        without: Option | None = next((o for o in options if o.papers is False), None)
        if with_papers and without:
            more = with_papers.cost - without.cost
            compared = f"costs {more} {with_papers.currency} more" if more > 0 else "costs no more"
            yield Action(
                key_of("place", "export-service", way.market), "place",
                f"Use {with_papers.called} for {countries.name(way.market)}, papers and customs included.", "partner",
                today + timedelta(days=DUE),
                f"{why} For {many(way.delivery.consignment.units, 'unit')} it {compared} than {without.called} with papers of your own.",
                "place/export-service", "Papers handled in less time than the difference is worth.", way.market,
            )  # fmt: skip
            return
    yield Action(
        key_of("place", "ask-export-service"), "place",
        "Ask an export service what transport, customs and papers would cost together, and load its table.", "firm",
        today + timedelta(days=DUE), f"{why} No rate on record says both with and without papers.",
        "place/export-service", "A rate table with papers included.",
    )  # fmt: skip


def _together(
    ways: Sequence[Way], markets: Sequence[str], profile: Profile, today: date, pool: Pool
) -> tuple[dict[str, Any], list[Action]]:
    behind = profile.supporter
    if behind is None:
        return {"supporter": None, "saving": None, "why": "No organisation behind the firm is stated."}, []
    does = "collective-delivery" in behind.does
    savings = [(way, saving) for way in ways if (saving := pool(way.delivery)) is not None]
    told = "; ".join(f"{countries.name(w.market)}: {s.amount} {s.currency} ({s.says})" for w, s in savings)
    why = told or "The saving is not known until members' shipments (weight, days, destination) are there."
    about = ", ".join(countries.name(market) for market in markets)
    due = today + timedelta(days=2 * DUE)
    contract = Action(
        key_of("place", "joint-contract"), "place",
        f"Sign one contract with an export service for all members that send to {about}.", "supporter", due, why,
        "place/joint-contract", "Fewer than two members that send to the same market.",
    )  # fmt: skip
    deliver = Action(
        key_of("place", "collective-delivery"), "place",
        f"Tell {behind.name} what you will send in the next quarter: market, weight, volume, days." if does
        else f"Ask {behind.name} to collect members' goods to {about}.", "firm", due, why, "place/collective-delivery",
        "Shipments too few, or too far apart in time.",
    )  # fmt: skip
    pooled = [
        {"market": w.market, "amount": f"{s.amount:f}", "currency": s.currency, "says": s.says}
        for w, s in savings
    ]
    facts = {"supporter": behind.name, "saving": pooled or None, "why": why}
    if not markets:
        return facts, []
    return facts, [contract, deliver] if does else [deliver]
