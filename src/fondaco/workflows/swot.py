"""A firm's strengths, weaknesses, opportunities and threats, from its ledger, dossiers, rules, prices and profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fondaco.ledger import Workspace
from fondaco.markets import Dossier, sums
from fondaco.numerics.estimates import unknown
from fondaco.reference import countries
from fondaco.reference.products import Tags
from fondaco.strategy.advice import Proposal
from fondaco.strategy.plan.swot import MarketFacts, Swot, cost_shares, swot
from fondaco.strategy.profile import Profile
from fondaco.workflows.dossier import dossier_of
from fondaco.workflows.plan import proposal_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import ProofCounts, known_tags, proofs_of
from fondaco.workflows.targets import targets_of

#: Markets of the plan that are looked at; more make no table that anybody reads.
MOST = 3


def swot_of(workspace: Workspace, firm: str, today: date, market: str | None = None) -> Swot:
    """Return the four quadrants of a firm in one market, or in the first `MOST` of its plan.

    Parameters
    ----------
    market
        In any spelling of a country.

    Raises
    ------
    InputError
        Where it is none.
    """
    profile = profile_of(workspace, firm)
    reviews = workspace.ledger(firm).table("reviews")
    counted = reviews.aggregate(n=reviews.count())
    known = known_tags(workspace)
    reviewed = bool(sums.rows(counted)[0]["n"])
    if market is None:
        markets = tuple(target.market for target in targets_of(workspace, firm)[:MOST])
    else:
        markets = (countries.from_code(market),)
    prices = _listed(proposal_of(workspace, firm, "price", today), "landed")
    platforms = _listed(proposal_of(workspace, firm, "platform", today), "platforms")
    facts = [
        facts_of(
            dossier_of(workspace, firm, each, today=today),
            proofs_of(workspace, firm, each, today),
            profile,
            prices=prices,
            platforms=platforms,
            reviewed=reviewed,
            known=known,
        )
        for each in markets
    ]
    return swot(facts, profile)


def _listed(part: Proposal, name: str) -> Sequence[Mapping[str, Any]]:
    held = part.facts.get(name)
    return [row for row in held if isinstance(row, Mapping)] if isinstance(held, list) else []


def facts_of(
    dossier: Dossier,
    proofs: Sequence[ProofCounts],
    profile: Profile,
    *,
    prices: Sequence[Mapping[str, Any]] = (),
    platforms: Sequence[Mapping[str, Any]] = (),
    reviewed: bool = False,
    known: Tags,
) -> MarketFacts:
    """Return what a dossier and the plan's other parts say of one market, as the quadrants need it.

    Parameters
    ----------
    prices, platforms
        Rows of the price part (``sku``, ``market``, ``cost_share``) and the platform part (``fits``, ``markets``).
    reviewed
        Whether reviews of any market are in the ledger: without them none here means nothing.
    known
        The product tags, by which rules speak of goods.
    """
    market, row, rivals, demand = (
        str(dossier.row.market), dossier.row, dossier.competitors, dossier.conditions.demand
    )  # fmt: skip
    exchange = dossier.conditions.exchange
    looked = [p for p in platforms if isinstance(p.get("markets"), list)]
    return MarketFacts(
        market,
        repeat_share=row.repeat_share,
        growth=row.growth,
        orders=row.orders,
        reviews=dossier.customers.reviewed.count if reviewed else None,
        top_buyer=row.top_buyer_share,
        cheaper={} if rivals is None else {p.own.title: p.cheaper for p in rivals.positions},
        rating=None if rivals is None else rivals.rating,
        own_rating=None if rivals is None else rivals.own_rating,
        new_sellers=None if rivals is None else rivals.new_sellers,
        demand_growth=unknown("No trade data of this market are loaded.")
        if demand is None
        else demand.found.growth,
        actual=None if demand is None else demand.found.actual,
        unrealised=None if demand is None else demand.found.unrealised,
        exchange=None if exchange.same else exchange.change,
        exchange_why="" if exchange.same else exchange.why,
        tariff=dossier.conditions.tariff,
        within_union=dossier.conditions.within_union,
        prohibited=_prohibited(dossier),
        missing=_missing(dossier, proofs, profile, market),
        proven=tuple(
            (p.proof.says or p.proof.proof, p.rules[0].source) for p in proofs if p.holds and p.rules
        ),
        coming=_coming(dossier, known),
        rules_known=None if dossier.regulations is None else dossier.regulations.coverage,
        cost_shares=cost_shares(prices, market),
        platforms=(sum(market in p["markets"] and p.get("fits") is True for p in looked), len(looked))
        if looked
        else None,
    )


def _prohibited(dossier: Dossier) -> tuple[tuple[str, str, str], ...]:
    if dossier.regulations is None:
        return ()
    return tuple(
        (flag.product, flag.rule.says, flag.rule.source)
        for flag in dossier.regulations.flags
        if flag.level == "stop"
    )


def _missing(
    dossier: Dossier, proofs: Sequence[ProofCounts], profile: Profile, market: str
) -> tuple[tuple[str, str], ...]:
    """Return what the market asks for and neither a proof nor a registration stands for, one for each kind."""
    if dossier.regulations is None:
        return ()
    answered = {rule.id for proof in proofs if proof.holds for rule in proof.rules}
    found: dict[str, str] = {}
    for product in dossier.regulations.products:
        for cell in product.cells:
            if cell.kind not in ("certificate", "licence", "registration") or cell.level != "do":
                continue
            if cell.kind == "registration" and profile.holds(market):
                continue
            asked = [a.rule for a in cell.rules if a.certain and a.rule.applies and a.rule.id not in answered]
            if asked:
                found.setdefault(cell.kind, asked[0].source)
    return tuple(found.items())


def _coming(dossier: Dossier, known: Tags) -> tuple[tuple[str, str], ...]:
    """Return rules that begin later and speak of the firm's tagged goods, or of all goods."""
    if dossier.regulations is None:
        return ()
    tags = known.closure({tag for each in dossier.regulations.products for tag in each.product.tags})
    return tuple(
        (rule.says, f"from {rule.valid_from.isoformat()}")
        for rule in dossier.regulations.coming
        if rule.valid_from is not None
        and rule.valid_from > dossier.today
        and rule.applies
        and (not (rule.tags or rule.hs) or set(rule.tags) & tags)
    )
