"""Quotations from what the workspace knows: prepared from stored terms, held against floor and authority, and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fondaco.desk.cases import QUOTATIONS
from fondaco.desk.checks import Check
from fondaco.desk.clock import Message
from fondaco.desk.clock.outcomes import Band, reply_bands
from fondaco.desk.quotation import (
    Authority,
    Backing,
    Channel,
    Line,
    Quotation,
    Quoting,
    Step,
    Terms,
    beyond_authority,
    check_quotation,
    parse_quoting,
    quotation_from,
)
from fondaco.desk.quotation.authority import Limit, quoting_text
from fondaco.desk.quotation.log import (
    Bargained,
    Logged,
    Side,
    Yields,
    accepted,
    bargained,
    quote_times,
    yields,
)
from fondaco.kernel import FondacoError, InputError, Refused, UnknownName
from fondaco.ledger import Ledger, Workspace
from fondaco.reference import countries
from fondaco.reference.rates import Rate
from fondaco.strategy.price.breaks import Break
from fondaco.strategy.price.channels import Conflict
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.inquiries import Met, met, settled_cases
from fondaco.workflows.offer import channel_prices, conflicts_of, offer_of, unit_of
from fondaco.workflows.price import price_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import products_of

#: Letters of a case's id, at most.
_LONGEST = 300


@dataclass(frozen=True)
class Wanted:
    """One line as a person asks for it; without a price, the one to begin from is taken."""

    sku: str
    quantity: Decimal
    price: Decimal | None = None
    text: str = ""


@dataclass(frozen=True)
class Held:
    """A quotation with all that it is held against.

    Attributes
    ----------
    checks
        Green, amber or red.
    beyond
        Where it goes beyond what the person may grant alone: an owner has to release it then.
    case
        The case that it answers; None where the ledger has none.
    """

    quotation: Quotation
    checks: tuple[Check, ...]
    beyond: tuple[str, ...]
    case: Met | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        found = {
            "quotation": self.quotation.to_json(),
            "checks": [each.to_json() for each in self.checks],
            "beyond_authority": list(self.beyond),
            "needs_release": bool(self.beyond),
            "rfq": None,
        }
        if self.case is not None and self.case.case.kind == "rfq":
            found["rfq"] = {
                "limit": QUOTATIONS, "left": self.case.case.places_left, "chance": self.case.chance.to_json(),
            }  # fmt: skip
        return found


def quoting_of(workspace: Workspace, firm: str) -> Quoting:
    """Return the terms and limits of a firm's quotations; empty ones where none are stated."""
    return parse_quoting(workspace.ledger(firm).stated("authority"), f"{firm}.authority.toml")


def change_quoting(
    ledger: Ledger, terms: Mapping[str, Any], limits: tuple[Limit, ...], *, seen: Quoting
) -> Quoting:
    """Keep terms and limits in the place of those that were seen.

    Raises
    ------
    Refused
        Where somebody else changed them meanwhile; nothing is written.
    InputError
        Where they cannot be.
    """
    where = f"{ledger.firm.slug}.authority.toml"
    text = quoting_text(terms, limits)
    parse_quoting(text, where)

    def replaced(held: str) -> str:
        if parse_quoting(held, where) != seen:
            raise Refused("Somebody else changed terms or limits meanwhile: look at theirs, and save again.")
        return text

    return parse_quoting(ledger.change_stated("authority", replaced), where)


def prepare(
    workspace: Workspace,
    firm: str,
    now: datetime,
    *,
    case: str = "",
    buyer: str = "",
    market: str = "",
    lines: Sequence[Wanted] = (),
    currency: str = "",
    terms: Mapping[str, Any] | None = None,
    language: str = "en",
    who: str = "",
    known: Met | None = None,
) -> Held:
    """Prepare a quotation from the case, the stored terms and the price range (F44).

    Parameters
    ----------
    case
        Id of an inquiry (`fondaco.desk.cases.Case.case`); what the rest leaves out comes from it.
    market
        In any spelling of a country.
    lines
        Products by number; the case's if omitted.
    currency
        That of the firm's listings in the market, else the market's, else the firm's, if omitted.
    terms
        Over the firm's stored ones.
    who
        Whose authority counts; everybody's if empty.
    known
        The case, where it is at hand, such as one that no file tells of.

    Raises
    ------
    InputError
        Where something that a quotation needs is neither stated nor known; the message says what.
    UnknownName
        Where there is no such firm or case.
    """
    held = known or (met(workspace, firm, case, now) if case else None)
    if case and held is None:
        raise UnknownName(
            f"{firm} has no case {case[:_LONGEST]!r}: `fondaco inquiries --firm {firm} --all` lists them."
        )
    code = countries.from_code(market) if market else held.case.market if held else ""
    asked = tuple(lines) or _asked(held)
    stated = _terms(quoting_of(workspace, firm), profile_of(workspace, firm).price.valid_days, terms or {})
    today = now.date()
    into = (currency or offer_currency(workspace, firm, asked[0].sku, code, today)).strip().upper()
    found = []
    for each in asked:
        backing = backing_of(workspace, firm, each.sku, code, into, stated, each.quantity, today)
        found.append(_line(each, backing))
        if stated.lead_days is None and backing.lead_days is not None:
            stated = replace(stated, lead_days=backing.lead_days)
    said = Quotation(
        buyer or (held.case.name or held.case.company if held else ""), code, into, today, tuple(found), stated,
        case, language,
    )  # fmt: skip
    # By way of plain values: whatever is wrong is told as where a person typed it.
    return hold(workspace, firm, quotation_from(said.to_json()), now, who=who, case=held)


def hold(
    workspace: Workspace,
    firm: str,
    quotation: Quotation,
    now: datetime,
    *,
    who: str = "",
    owner: bool = False,
    case: Met | None = None,
) -> Held:
    """Return a quotation with the ranges of today, its checks, and where it goes beyond authority.

    Parameters
    ----------
    who
        Whose limits count; everybody's if empty.
    owner
        Whether they are an owner, whom no limit binds: what is below the range they have to release all the same.
    case
        Of the quotation, where it is at hand.
    """
    today = now.date()
    if case is None and quotation.case:
        case = met(workspace, firm, quotation.case, now)
    backing = [
        backing_of(
            workspace,
            firm,
            line.sku,
            quotation.market,
            quotation.currency,
            quotation.terms,
            line.quantity,
            today,
        )
        for line in quotation.lines
    ]
    lines = tuple(_ranged(line, each) for line, each in zip(quotation.lines, backing, strict=True))
    quotation = replace(quotation, lines=lines)
    home = workspace.ledger(firm).firm.currency
    limit = None if owner else Authority(quoting_of(workspace, firm).limits).of(who)
    left = case.case.places_left if case is not None and case.case.kind == "rfq" else None
    return Held(
        quotation,
        check_quotation(quotation, backing, today, left),
        beyond_authority(quotation, limit, home, lambda one, other: exchange(workspace, one, other, today)),
        case,
    )


def exchange(workspace: Workspace, one: str, other: str, today: date) -> Decimal | None:
    """Return units of `other` for one `one` by the ECB's last rate; None where there is none."""
    if one == other:
        return Decimal(1)
    rates = rates_of(workspace)
    found = rates.rate(one, other, min(today, rates.last_day))
    return Decimal(repr(found.rate)) if isinstance(found, Rate) else None


def offer_currency(workspace: Workspace, firm: str, sku: str, market: str, today: date) -> str:
    """Return the currency to quote in where none is said: as `offer_of`, else the firm's."""
    home = workspace.ledger(firm).firm.currency
    unit = unit_of(workspace.ledger(firm), sku)
    if not market or unit.cost is None or unit.currency is None:
        return unit.currency or home
    try:
        return offer_of(workspace, firm, sku, market, today, unit.cost, unit.currency).floor.currency
    except FondacoError:
        return home


def backing_of(
    workspace: Workspace, firm: str, sku: str, market: str, currency: str, terms: Terms, quantity: Decimal, today: date
) -> Backing:  # fmt: skip
    """Return what a line can be held against: floor, price to begin from, ladder, minimum, other channels.

    The floor holds for the quotation's own validity and payment, in its currency, under its Incoterm where the way
    there is known; where not, at the works, and `partial` says so.
    """
    ledger = workspace.ledger(firm)
    unit = unit_of(ledger, sku)
    known = Backing(
        minimum=unit.minimum_order,
        lead_days=unit.lead_days,
        channels=_channels(workspace, firm, sku, market, currency, today),
        text=next((each.name or "" for each in products_of(workspace, firm) if each.sku == sku), ""),
    )
    if unit.cost is None or unit.currency is None:
        return replace(known, why="what making one costs is not stated in the catalogue.")
    if not market:
        return replace(known, why="the buyer's country is not known.")
    added, partial = _way(workspace, firm, sku, market, terms.incoterm, quantity, today)
    costs = {unit.currency: unit.cost}
    for code, each in added.items():
        costs[code] = costs.get(code, Decimal(0)) + each
    try:
        found = offer_of(
            workspace, firm, sku, market, today, costs.pop(unit.currency), unit.currency, quote=currency,
            valid_days=terms.valid_days, payment_days=terms.payment_days, other_costs=costs, like_listed=not added,
        )  # fmt: skip
    except FondacoError as error:
        return replace(known, why=str(error))
    if found.floor.amount is None:
        return replace(known, why=found.floor.why)
    at = _break(found.breaks, quantity)
    return replace(
        known,
        floor=found.floor.amount if at is None else max(at.low, found.floor.amount),
        opening=None if at is None else at.high,
        steps=tuple(Step(each.quantity, each.high) for each in found.breaks) if len(found.breaks) > 1 else (),
        partial=partial,
    )


def _break(breaks: Sequence[Break], quantity: Decimal) -> Break | None:
    reached = [each for each in breaks if each.quantity <= quantity]
    return reached[-1] if reached else next(iter(breaks), None)


def _way(
    workspace: Workspace, firm: str, sku: str, market: str, term: str, quantity: Decimal, today: date
) -> tuple[dict[str, Decimal], str]:
    """Return what the Incoterm adds to a unit's cost, by currency, and in words what is left out."""
    if term in ("", "EXW"):
        return {}, ""
    try:
        priced = price_of(
            workspace, firm, sku, market, term, today, quantity=max(int(quantity), 1), offered=False
        ).quote
    except FondacoError as error:
        return {}, f"what {term} adds is not known: {error}"
    if priced.price is None:
        return {}, f"what {term} adds is not known: {priced.why or 'the way there is not known.'}"
    sold = priced.consignment
    return {sold.currency: max(priced.unit_price(priced.price) - sold.price, Decimal(0))}, ""


def _channels(
    workspace: Workspace, firm: str, sku: str, market: str, currency: str, today: date
) -> tuple[Channel, ...]:
    rate = exchange(workspace, workspace.ledger(firm).firm.currency, currency, today)
    if rate is None or not sku:
        return ()
    return tuple(
        Channel(each.channel, each.quantity, Decimal(repr(each.price.estimate)) * rate)
        for each in channel_prices(workspace, firm, today, sku)
        # Listings alone: what others paid after bargaining is nothing that a buyer can look up.
        if each.source == "listings" and each.price.estimate and (not each.markets or market in each.markets)
    )


def _asked(held: Met | None) -> tuple[Wanted, ...]:
    if held is None:
        raise InputError(
            "Say what is quoted: a case (--case), or a product and how many (--sku, --quantity)."
        )
    if held.goods is None or not held.goods.sku:
        raise InputError(f"Which product the case {held.case.case} means is not clear: state it (--sku).")
    if held.case.units is None:
        raise InputError(f"How many the case {held.case.case} asks for is not known: state it (--quantity).")
    return (Wanted(held.goods.sku, held.case.units),)


def _terms(quoting: Quoting, valid_days: int, said: Mapping[str, Any]) -> Terms:
    from fondaco.desk.quotation.values import terms_from

    own = {name: value for name, value in said.items() if value not in (None, "")}
    return terms_from({"valid_days": valid_days, **quoting.stated, **own})


def line_of(
    workspace: Workspace, firm: str, asked: Wanted, market: str, currency: str, terms: Terms, today: date
) -> Line:
    """Return a line with its price, the one to begin from where none is stated, its range and its ladder.

    Raises
    ------
    InputError
        Where no price is stated and none to begin from is known.
    """
    backing = backing_of(workspace, firm, asked.sku, market, currency, terms, asked.quantity, today)
    return _line(asked, backing)


def _line(asked: Wanted, backing: Backing) -> Line:
    price = backing.opening if asked.price is None else asked.price
    if price is None:
        raise InputError(f"No price to begin from is known for {asked.sku}: {backing.why} State a price.")
    # Shown is what a larger quantity brings; a step that is no cheaper would take back what was conceded.
    steps = tuple(each for each in backing.steps if each.quantity > asked.quantity and each.price < price)
    return _ranged(Line(asked.sku, asked.text or backing.text, asked.quantity, price, steps), backing)


def _ranged(line: Line, backing: Backing) -> Line:
    return replace(line, low=backing.floor, high=backing.opening)


# --- what quotations tell ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a firm's inquiries and quotations tell.

    Attributes
    ----------
    yields
        Own quotations on requests beside incoming inquiries, from the ledger.
    replies, quotes
        Share that became an order by how soon the answer, and the quotation, went out.
    accepted
        Of settled quotations.
    bargained
        Discounts and rounds by market.
    channels
        Where one channel undercuts another, with volume discounts that nobody can look up.
    """

    firm: str
    yields: Yields
    replies: tuple[Band, ...]
    quotes: tuple[Band, ...]
    accepted: Side
    bargained: Bargained
    channels: tuple[Conflict, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "firm": self.firm, "yields": self.yields.to_json(), "reply_times": [_band(each) for each in self.replies],
            "quote_times": [_band(each) for each in self.quotes], "accepted": self.accepted.to_json(),
            "bargaining": self.bargained.to_json(), "channels": [each.to_json() for each in self.channels],
            "basis": {"rule": "quotations/1"},
        }  # fmt: skip


def _band(band: Band) -> dict[str, Any]:
    hours = None if band.longest is None else band.longest.total_seconds() / 3600
    return {
        "within_hours": hours,
        "seen": band.messages,
        "orders": band.orders,
        "share": band.share.to_json(),
    }


def told_of(workspace: Workspace, firm: str, now: datetime, log: Sequence[Logged] = ()) -> Told:
    """Return what a firm's inquiries and its log of quotations tell (F41, F43, F58, F62)."""
    ledger = workspace.ledger(firm)
    key = (
        *key_of(workspace, ledger, "answers", None),
        str(now.date()),
        str(hash(ledger.profile)),
    )
    found, replies = remembering(key, lambda: _answers(workspace, firm, now))
    return Told(
        firm,
        found,
        replies,
        quote_times(log),
        accepted(log),
        bargained(log),
        conflicts_of(workspace, firm, now.date()),
    )


def _answers(workspace: Workspace, firm: str, now: datetime) -> tuple[Yields, tuple[Band, ...]]:
    """Return what answers brought: by who began, and by how soon they went out."""
    cases, outcomes = settled_cases(workspace, firm, now)
    past = [(each, bool(outcomes[each.case][1])) for each in cases if outcomes[each.case][1] is not None]
    bands = reply_bands(
        (Message(case.case, case.who, case.kind, case.received, case.answered), ordered)
        for case, ordered in past
        if case.answered is not None
    )
    answered = ((case.kind, ordered) for case, ordered in past if case.state in ("answered", "closed"))
    return yields(answered), bands
