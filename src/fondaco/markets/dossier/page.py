"""The dossier of a market: customers, competitors, conditions, regulations, and what is not known.

One page per market, also for one that only asked or looked and never bought, and for one of which the
firm has nothing at all: that page has the conditions and the unknowns.  Each part says how complete it
is, how old, and on how many observations it rests; what is missing is listed by what is at stake
(``docs/rules/dossier.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import ibis.expr.types as ir

from fondaco.markets.dossier.competitors import Competitors, Tagger, competitors_of
from fondaco.markets.dossier.conditions import Conditions, Demand, conditions_of
from fondaco.markets.dossier.customers import Customers, customers_of
from fondaco.markets.dossier.evidence import Held
from fondaco.markets.dossier.knowledge import (
    PARTS,
    RULE,
    TOPICS,
    BlindSpot,
    Completeness,
    Evidence,
    Note,
    PartName,
    Stake,
    Statement,
    Topic,
    blind_spots,
    completeness,
)
from fondaco.markets.scorecard import MarketRow, Scorecard
from fondaco.reference.rates import Rates
from fondaco.reference.regulations import MarketRules

#: What is said where nothing is known of a kind of rule, and how much of what is at stake hangs on it.
_RULES: dict[str, tuple[str, float]] = {
    "prohibited": ("nothing known of whether your products may be sold there", 1.0),
    "licence": ("nothing known of the licences it asks for", 0.8),
    "label": ("nothing known of its labelling rules", 0.8),
    "certificate": ("nothing known of the certificates it asks for", 0.7),
    "registration": ("nothing known of its registration rules", 0.6),
    "tax": ("nothing known of its taxes on your products", 0.5),
}

NOT_ADVICE = "Nothing here is legal advice: ask the offices of the market before you sell."


@dataclass(frozen=True)
class Offer:
    """Whether to offer the market the standard goods or adapted ones, by the stage of exporting to it.

    Attributes
    ----------
    stage
        ``none`` (no order yet), ``first`` (fewer than 30 orders, or less than a year of them, or nobody
        who came back where buyers are named) or ``established``.
    advice
        ``standard`` or ``adapted``.
    why, who_says, what_would_change
        The three answers that every advice owes: the numbers, the study, and what would change it.
    """

    stage: Literal["none", "first", "established"]
    advice: Literal["standard", "adapted"]
    why: str
    who_says: str
    what_would_change: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return dict(vars(self))

    @property
    def statement(self) -> Statement:
        """The advice as a sentence: an inference."""
        words = {
            "standard": "Offer it your standard goods first.",
            "adapted": "It is worth adapting goods, pack and terms to it.",
        }
        return Statement(f"{words[self.advice]} {self.why}", "inference", self.who_says)


@dataclass(frozen=True)
class Dossier:
    """All that is known of one market, and what is not.

    Attributes
    ----------
    row
        Its row of the scorecard; of zeros where it never bought.
    competitors, regulations
        None where nothing is known.
    parts
        How complete each part is, in the order of `PARTS`.
    blind_spots
        What is not known, the costliest first.
    notes
        What people told.
    """

    row: MarketRow
    currency: str
    today: date
    customers: Customers
    competitors: Competitors | None
    conditions: Conditions
    regulations: MarketRules | None
    offer: Offer
    notes: tuple[Note, ...]
    parts: Mapping[PartName, Completeness]
    stake: Stake
    blind_spots: tuple[BlindSpot, ...]
    basis: Mapping[str, Any]

    def statements(self) -> dict[PartName, tuple[Statement, ...]]:
        """Return what is said in each part, each sentence as fact, inference or example."""
        return {
            "customers": (*self.customers.statements(self.row, self.currency), self.offer.statement),
            "competitors": () if self.competitors is None else self.competitors.statements(),
            "conditions": self.conditions.statements(),
            "regulations": _rule_statements(self.regulations),
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values, as ``fondaco market --json`` prints it."""
        row = self.row.to_json()
        said = self.statements()
        measured = {
            part: {
                **self.parts[part].to_json(self.today),
                "statements": [each.to_json() for each in said[part]],
                "notes": [note.to_json(self.today) for note in self.notes if note.part == part],
            }
            for part in PARTS
        }
        return {
            "market": self.row.market,
            "currency": self.currency,
            "scorecard": row,
            "months": row["months"],
            "products": [product.to_json() for product in self.customers.products],
            "customers": self._customers(row) | measured["customers"],
            "competitors": self._competitors() | measured["competitors"],
            "conditions": {"known": True, **self.conditions.to_json()} | measured["conditions"],
            "regulations": self._regulations() | measured["regulations"],
            "offer": self.offer.to_json(),
            "stake": self.stake.to_json(),
            "blind_spots": [spot.text for spot in self.blind_spots],
            "unknowns": [spot.to_json() for spot in self.blind_spots],
            "basis": dict(self.basis),
        }

    def _customers(self, row: Mapping[str, Any]) -> dict[str, Any]:
        held = (
            "orders", "orders_without_buyer", "buyers", "repeat_share", "average_order",
            "top_buyer_share", "top3_buyers_share", "buyer_hhi", "taken_back",
            "cancellation_lines", "return_lines", "first_order", "last_order", "seasonality", "growth",
        )  # fmt: skip
        return {
            "known": self.row.orders > 0 or self.customers.asked.count > 0,
            **{name: row[name] for name in held},
            **self.customers.to_json(),
        }

    def _competitors(self) -> dict[str, Any]:
        if self.competitors is None:
            return {"known": False, "why": "No competitors' offers to this market have been imported."}
        return {"known": True, **self.competitors.to_json()}

    def _regulations(self) -> dict[str, Any]:
        if self.regulations is None:
            why = "No rules of the market are on record for your products."
            return {"known": False, "why": why, "advice": NOT_ADVICE}
        known = any(cell.state != "unknown" for each in self.regulations.products for cell in each.cells)
        return {"known": known, "advice": NOT_ADVICE, **self.regulations.to_json()}


def market_dossier(
    orders: ir.Table,
    market: str,
    *,
    card: Scorecard,
    held: Held,
    today: date,
    inquiries: ir.Table | None = None,
    reviews: ir.Table | None = None,
    ads: ir.Table | None = None,
    listings: ir.Table | None = None,
    rates: Rates | None = None,
    demand: Demand | None = None,
    tariff: float | None = None,
    rules: MarketRules | None = None,
    notes: Sequence[Note] | None = (),
    tags_of: Tagger = lambda _title: frozenset(),
) -> Dossier:
    """Say what is known of one market and what is not.

    Parameters
    ----------
    orders, inquiries, reviews, ads, listings
        Current views of the ledger's tables, of all markets, on DuckDB or Spark.
    market
        Its alpha-3 code; one of which the ledger has nothing is good too.
    card, held
        The scorecard of the same orders, and what `held_of` counted.
    today
        The day by which things are old, and from which holidays are ahead.
    rates
        The ECB's history.
    demand, tariff
        What trade data say of the market; None where none are loaded.
    rules
        What is known of its law for the firm's products; None where nothing is.
    notes
        What people told of the market; None where they were not asked for.
    tags_of
        Tells the product tags of a title, to compare offers.
    """
    row = card.market(market) or card.without_orders(market)
    customers = customers_of(
        orders, market, row=row, currency=card.currency, inquiries=inquiries, reviews=reviews, ads=ads,
        rates=rates,
    )  # fmt: skip
    competitors = competitors_of(
        listings, market, currency=card.currency, orders=orders, rates=rates, tags_of=tags_of
    )
    conditions = conditions_of(
        market, home=card.home, currency=card.currency, today=today, orders=orders, rates=rates,
        demand=demand, tariff=tariff,
    )  # fmt: skip
    stake = held.stake(market, home=card.home, currency=card.currency)
    parts = parts_of(row, held, conditions, rules, notes, today)
    return Dossier(
        row=row,
        currency=card.currency,
        today=today,
        customers=customers,
        competitors=competitors,
        conditions=conditions,
        regulations=rules,
        offer=_offer(row),
        notes=tuple(notes or ()),
        parts=parts,
        stake=stake,
        blind_spots=blind_spots(stake, parts.values()),
        basis={
            **card.basis.to_json(),
            "dossier_rule": RULE,
            "today": today.isoformat(),
            "year": None if held.year is None else str(held.year),
        },
    )


def blind_spots_over(
    card: Scorecard,
    held: Held,
    today: date,
    *,
    rates: Rates | None = None,
    demand: Mapping[str, Demand] | None = None,
    rules: Mapping[str, MarketRules] | None = None,
    notes: Mapping[str, Sequence[Note]] | None = None,
    limit: int | None = None,
) -> tuple[BlindSpot, ...]:
    """Return what a firm does not know, over all foreign markets that its ledger speaks of, the costliest first.

    Parameters
    ----------
    demand, rules, notes
        As in `market_dossier`, by market.
    limit
        How many are wanted; all if left out.  A short list has at most two of one market and two of one
        topic, as long as there are others, so that it does not say one thing five times.
    """
    found: list[BlindSpot] = []
    for market in held.markets:
        if market == card.home:
            continue
        conditions = conditions_of(
            market, home=card.home, currency=card.currency, today=today, rates=rates,
            demand=(demand or {}).get(market),
        )  # fmt: skip
        row = card.market(market) or card.without_orders(market)
        parts = parts_of(
            row, held, conditions, (rules or {}).get(market), (notes or {}).get(market, ()), today
        )
        found += blind_spots(held.stake(market, home=card.home, currency=card.currency), parts.values())
    found.sort(key=lambda spot: (*(-each for each in spot.weight), spot.market, spot.topic))
    return tuple(found) if limit is None else _spread(found, limit)


def _spread(spots: Sequence[BlindSpot], limit: int) -> tuple[BlindSpot, ...]:
    """Return the first `limit`, at most two of a market and two of a topic as long as there are others."""
    chosen: list[BlindSpot] = []
    for spot in spots:
        of_market = sum(each.market == spot.market for each in chosen)
        of_topic = sum((each.part, each.topic) == (spot.part, spot.topic) for each in chosen)
        if len(chosen) < limit and of_market < 2 and of_topic < 2:
            chosen.append(spot)
    rest = [spot for spot in spots if spot not in chosen]
    return tuple([*chosen, *rest][:limit])


def parts_of(
    row: MarketRow,
    held: Held,
    conditions: Conditions,
    rules: MarketRules | None,
    notes: Sequence[Note] | None,
    today: date,
) -> dict[PartName, Completeness]:
    """Measure how complete each of the four parts is."""
    market = str(row.market)
    evidence = {**conditions.evidence(), **held.of(market)}
    topics, ruled, unruled = rule_topics(rules)
    why = {**_why_customers(row), **conditions.why(), **unruled}
    return {
        part: completeness(
            part, {**evidence, **ruled}, today, notes=notes, why=why,
            topics=topics if part == "regulations" else None,
        )
        for part in PARTS
    }  # fmt: skip


def _why_customers(row: MarketRow) -> dict[str, str]:
    why = {}
    if row.orders_without_buyer:
        why["buyers"] = (
            f"{row.orders_without_buyer:,} of {row.orders:,} orders do not name their buyer, so repeat buying "
            "may be understated"
        )
    if row.orders and row.seasonality is None and row.seasonality_why:
        words = row.seasonality_why.rstrip(".")
        why["season"] = f"its season is not known ({words[:1].lower()}{words[1:]})"
    return why


def rule_topics(rules: MarketRules | None) -> tuple[list[Topic], dict[str, Evidence], dict[str, str]]:
    """Return one topic for each kind of rule, with how many groups of products something is known for, and
    what is missing in words.

    A kind is known where a rule that is not overdue speaks for each group of the firm's products, half
    known where that holds for some, or where rules are overdue.  Without rules there is the one topic
    ``rules``.
    """
    if rules is None or not rules.products:
        return [topic for topic in TOPICS if topic.part == "regulations"], {}, {}
    topics, evidence, why = [], {}, {}
    for kind, (gap, matters) in _RULES.items():
        cells = [cell for each in rules.products for cell in each.cells if cell.kind == kind]
        known = [cell for cell in cells if cell.state != "unknown"]
        overdue = [cell for cell in known if cell.overdue]
        days = [each.rule.stated for cell in known for each in cell.rules]
        if known and len(known) < len(cells):
            missing = len(cells) - len(known)
            why[kind] = f"{gap}, for {missing} of {len(cells)} groups of your products"
        elif overdue:
            why[kind] = f"what is known of it ({kind}) is past its review"
        # One more is needed than there is, where something is overdue: known in part.
        needed = len(cells) + bool(overdue)
        cure = "Its offices would tell; fondaco rules add keeps what they say."
        topics.append(Topic("regulations", kind, needed, None, matters, f"known rules ({kind})", gap, cure))
        evidence[kind] = Evidence(len(known), max(days, default=None))
    return topics, evidence, why


def _rule_statements(rules: MarketRules | None) -> tuple[Statement, ...]:
    """Return each rule that speaks of the firm's products once, prohibitions first.

    What was compared with its source and surely speaks of the product is a fact; what was written down
    without it, or may speak of a product that is known too roughly, an inference.
    """
    if rules is None:
        return ()
    applied = [a for each in rules.products for cell in each.cells for a in cell.rules]
    first = [flag.rule.id for flag in rules.flags]
    applied.sort(key=lambda a: first.index(a.rule.id) if a.rule.id in first else len(first))
    said: dict[str, Statement] = {}
    for each in applied:
        rule = each.rule
        old = f" To be looked at again since {rule.review_by}." if each.overdue else ""
        sure = each.certain and rule.basis == "checked"
        held = Statement(
            f"{rule.says}{old}", "fact" if sure else "inference", f"{rule.source}, {rule.stated}"
        )
        said.setdefault(rule.id, held)
    return tuple(said.values())


def _offer(row: MarketRow) -> Offer:
    """Advise standard or adapted goods by the stage of exporting to the market."""
    span = (row.last_order - row.first_order).days if row.first_order and row.last_order else 0
    who = (
        "Kim and Lim, Supporting cross-border e-commerce of micro entrepreneurs, section 2.1, which reports earlier "
        "studies: new exporters standardise more, later ones adapt more. No size is stated; it is a tendency of "
        "firms, not a rate."
    )
    if not row.orders:
        return Offer(
            "none", "standard", "No order has come from it yet.", who,
            "A rule of the market that asks for another label or recipe, or the same request from several buyers.",
        )  # fmt: skip
    again = f"{row.repeat_buyers:,} buyers came back" if row.buyers else "no buyer is named"
    years = f"{row.orders:,} order{'' if row.orders == 1 else 's'} over {span:,} days, {again}."
    if row.orders < 30 or span < 365 or (row.buyers and not row.repeat_buyers):
        return Offer(
            "first", "standard", years, who,
            "Thirty orders over a year with buyers who come back, or the same request from several buyers.",
        )  # fmt: skip
    return Offer(
        "established", "adapted", years, who,
        "Orders that fall off, or adapted goods that do not sell better than the standard ones.",
    )  # fmt: skip
