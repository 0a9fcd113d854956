"""The order of work at the desk: a firm's inquiries as cases, with their clock, chance, checks and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
from ibis import _

from fondaco.desk.cases import (
    QUOTATIONS,
    UNNAMED,
    Case,
    Clock,
    cases_of,
    clock_of,
    rates_of_answers,
)
from fondaco.desk.chance import WITHIN, Chances, fit_chances
from fondaco.desk.checks import Check, worst
from fondaco.desk.clock import Rate
from fondaco.desk.copies import Copies
from fondaco.desk.doing import Done, waiting_again, with_answer
from fondaco.desk.fraud import Clearance
from fondaco.desk.judging import Bound, Goods, Known, beyond, inquirer_of, judge, name_key
from fondaco.desk.order import Place, Worth, place_of, turn, worth_of
from fondaco.kernel import FondacoError, Progress, silent
from fondaco.ledger import Ledger, Workspace
from fondaco.ledger.unit import Unit
from fondaco.markets import sums
from fondaco.markets.dossier.units import words
from fondaco.numerics.credibility import shrunken_means
from fondaco.numerics.estimates import Estimate
from fondaco.reference.mail import is_free_mail, parts
from fondaco.reference.rates import Rate as ExchangeRate
from fondaco.reference.rates import Rates
from fondaco.reference.regulations import Product, ProductRules, rules_for
from fondaco.reference.time_zones import zones
from fondaco.strategy.profile import Profile
from fondaco.workflows.buyers import buyers_mark, buyers_of
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.offer import offer_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import KnownProduct, book_of, known_tags, products_of
from fondaco.workflows.sanctions import screen_of

#: Days of orders, and of open cases, that are held to take up this month's capacity.
PROMISED = 30
_COLUMNS = (
    "platform", "inquiry", "kind", "at", "answered_at", "buyer", "buyer_name", "buyer_company", "country", "product",
    "quantity", "message", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A case as the desk shows it.

    Attributes
    ----------
    case, goods
        The case, and the product of the firm that is meant; None where that is not clear.
    worth, chance, place
        What an order would leave, its chance, and the place in the order of work.
    checks
        Green, amber or red, each with reason and source.
    beyond
        Units asked for beyond what is free this month.
    """

    case: Case
    goods: Goods | None
    worth: Worth
    chance: Estimate
    place: Place
    checks: tuple[Check, ...]
    beyond: Decimal

    def to_json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        case = self.case
        worth = None if self.worth.amount is None else f"{self.worth.amount:f}"
        found = {
            "case": case.case, "platform": case.platform, "kind": case.kind, "market": case.market or None,
            "received": case.received.isoformat(), "due": case.due.isoformat(),
            "answered": case.answered and case.answered.isoformat(), "state": case.state,
            "score": self.place.score if case.waits else None, "chance": self.chance.to_json(), "why": self.place.line,
            "contribution": worth, "currency": self.worth.currency, "level": worst(self.checks),
            "buyer": case.who or None, "product": case.product or None, "sku": self.goods.sku if self.goods else None,
            "quantity": None if case.quantity is None else f"{case.quantity.normalize():f}",
            "beyond_capacity": f"{self.beyond.normalize():f}",
            "checks": [check.to_json() for check in self.checks], "notes": list(case.notes),
        }  # fmt: skip
        if case.kind == "rfq":
            why = None if case.places_left is not None else "The file does not say how many have quoted."
            found["quotations"] = {"limit": QUOTATIONS, "left": case.places_left, "why": why}
        return found


@dataclass(frozen=True)
class Desk:
    """A firm's desk at a moment: lines in the order of work (then those that wait for nothing, latest first).

    Attributes
    ----------
    rates
        Response rate by platform, or in words why there is none.
    clocks
        By platform: the rule whose clock runs, with its note.
    chances
        The model that chances come from.
    received, waiting
        All cases, and those that wait.
    cases
        All of them as they were told, without what people did; those received last first.
    tomorrow
        Response rate of the day after by platform.  Alibaba.com's is settled by now: its window ended a week ago.
    """

    firm: str
    now: datetime
    lines: tuple[Line, ...]
    rates: Mapping[str, Rate | str]
    clocks: Mapping[str, Clock]
    chances: Chances
    received: int
    waiting: int
    cases: tuple[Case, ...] = ()
    tomorrow: Mapping[str, Rate | str] = field(default_factory=dict)

    def tomorrow_to_json(self) -> dict[str, Any]:
        """Return the rate that each platform shows tomorrow, as far as it is settled by now, as JSON values."""
        return {name: _rate(rate, self.clocks[name]) for name, rate in self.tomorrow.items()}

    def rates_to_json(self) -> dict[str, Any]:
        """Return the response rate of each platform as JSON values."""
        return {name: _rate(rate, self.clocks[name]) for name, rate in self.rates.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the desk as JSON values."""
        lost: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            if line.goods is not None and line.beyond and line.case.waits:
                lost[line.goods.sku or line.goods.name] += line.beyond
        return {
            "firm": self.firm,
            "now": self.now.isoformat(),
            "received": self.received,
            "waiting": self.waiting,
            "response_rate": self.rates_to_json(),
            "beyond_capacity": {sku: f"{units.normalize():f}" for sku, units in sorted(lost.items())},
            "cases": [line.to_json() for line in self.lines],
            "basis": {
                "rule": "desk/1", "past_cases": self.chances.outcomes, "orders_among_them": self.chances.orders,
                "order_within_days": WITHIN,
            },
        }  # fmt: skip


def _rate(found: Rate | str, clock: Clock) -> dict[str, Any]:
    rule = {
        "clock": clock.rule.platform,
        "basis": clock.rule.basis,
        "source": clock.rule.source,
        "note": clock.note,
    }
    if isinstance(found, str):
        return {"rate": None, "why": found, **rule}
    return {
        "rate": None if found.rate is None else round(found.rate, 4), "received": found.received,
        "in_time": found.in_time, "first": found.first.isoformat(), "last": found.last.isoformat(),
        "late": list(found.cases), "why": found.why, **rule,
    }  # fmt: skip


def desk_of(
    workspace: Workspace,
    firm: str,
    now: datetime,
    *,
    everything: bool = False,
    more: Iterable[Mapping[str, Any]] = (),
    done: Mapping[str, Done] | None = None,
    progress: Progress = silent,
) -> Desk:
    """Return a firm's desk.

    Parameters
    ----------
    now
        With a time zone.
    everything
        Whether cases that wait for nothing are judged and listed too.
    more
        Inquiries that no file tells of, as rows of the table ``inquiries``: typed in, or sent by another program.  What a
        file says of the same number goes before them.
    done
        What people did, by case.

    Raises
    ------
    UnknownName
        Where there is no such firm.
    """
    done = done or {}
    ledger, profile = workspace.ledger(firm), profile_of(workspace, firm)
    clock = _clocks(ledger, profile)
    told = ledger.table("inquiries").select(*_COLUMNS).to_polars().iter_rows(named=True)
    as_told = cases_of(_together(more, told), clock, now)
    first = tuple(with_answer(c, done.get(c.case)) for c in as_told)
    cases = tuple(waiting_again(c, done.get(c.case), clock(c.platform, now.date()).rule) for c in first)
    progress("who ordered", 0.1)
    outcomes = _outcomes(ledger, cases)
    past = [(case, *outcomes[case.case]) for case in cases if outcomes[case.case][1] is not None]
    chances = fit_chances((case, before, bool(ordered)) for case, before, ordered in past)
    wanted = [case for case in cases if everything or case.waits]
    likely = chances.of(wanted, {case.case for case in wanted if outcomes[case.case][0]})
    progress("what is meant", 0.3)
    goods = _meanings(workspace, firm)
    cleared = {case: each.cleared for case, each in done.items() if each.cleared}
    known = _known(workspace, firm, profile, cases, goods, cleared, now.date())
    typical, exchange = _typical(ledger, profile, goods.stated), _Exchange(rates_of(workspace), now.date())
    lines = []
    for n, (case, chance) in enumerate(zip(wanted, likely, strict=True)):
        meant = goods(case)
        rate = exchange(meant.unit.currency, ledger.firm.currency) if meant and meant.unit.currency else None
        worth = worth_of(
            case, None if meant is None else meant.unit, rate, ledger.firm.currency, typical(case.market)
        )
        checks = judge(case, meant, known, now.date())
        lines.append(Line(case, meant, worth, chance, place_of(case, worth, chance, now), checks, beyond(case, meant, known)))  # fmt: skip
        if n % 200 == 0:
            progress("checks", 0.4 + 0.6 * n / len(wanted))
    waiting = sorted(
        (line for line in lines if line.case.waits), key=lambda each: turn(each.case, each.worth, each.place)
    )
    rest = [line for line in lines if not line.case.waits]
    clocks = {name: clock(name, now.date()) for name in {case.platform for case in cases}}
    return Desk(firm, now, (*waiting, *rest), rates_of_answers(first, clock, now), clocks, chances, len(cases), sum(c.waits for c in cases), as_told, rates_of_answers(first, clock, now + timedelta(days=1)))  # fmt: skip


def _together(
    more: Iterable[Mapping[str, Any]], told: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the rows of people and files, one for each case; what a file leaves empty stays as people said it."""
    rows = {(row["platform"], row["inquiry"]): row for row in more}
    for row in told:
        held = rows.get((row["platform"], row["inquiry"]), {})
        rows[row["platform"], row["inquiry"]] = (
            {**held, **{name: said for name, said in row.items() if said is not None}} if held else row
        )
    return list(rows.values())


def _clocks(ledger: Ledger, profile: Profile) -> Callable[[str, date], Clock]:
    channels = [each.platform.strip().casefold() for each in profile.channel]
    home = next(iter(zones(ledger.firm.home)), "UTC")
    return cache(lambda platform, day: clock_of(platform or UNNAMED, day, channels, home))


def _outcomes(ledger: Ledger, cases: Sequence[Case]) -> dict[str, tuple[bool, bool | None]]:
    """Return for each case whether its buyer had ordered before, and whether an order came of it.

    The latter is None where it is too early to say.  A buyer is known again by mark, name or firm, spelt the
    same, in the same country.
    """
    orders = ledger.table("orders").filter((_.kind == "sale") & _.day.notnull())
    who = orders.select("country", "day", "buyer", "buyer_name", "buyer_company").distinct().to_polars()
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    for country, day, *names in who.iter_rows():
        for name in names:
            if name and name.strip():
                days[country or "", _plain(name)].add(day)
    last = who["day"].max() if len(who) else None
    found: dict[str, tuple[bool, bool | None]] = {}
    for case in cases:
        names = {_plain(name) for name in (case.buyer, case.name, case.company) if name}
        theirs = set().union(*(days.get((case.market, name), ()) for name in names))
        day = case.received.date()
        until = day + timedelta(days=WITHIN)
        settled = isinstance(last, date) and until <= last
        ordered = any(day <= each <= until for each in theirs) if settled else None
        found[case.case] = any(each < day for each in theirs), ordered
    return found


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())


class _Meanings:
    """Which product of the firm a buyer means, by its number or name, or half of the words of a name."""

    def __init__(self, products: Sequence[KnownProduct], entries: Callable[[str | None, str | None], Any], suggest: Callable[[str], Any]) -> None:  # fmt: skip
        self._entry, self._suggest = entries, suggest
        self.stated = [each for each in map(self._goods, products) if each.sku or each.name]
        self._exact = {
            _plain(said): each for each in reversed(self.stated) for said in (each.sku, each.name) if said
        }
        self._words = [(words(each.name), each) for each in self.stated if each.name]
        self._kept: dict[str, Goods | None] = {}

    def __call__(self, case: Case) -> Goods | None:
        if case.product:
            return self._once(f"p {case.product}", lambda: self._by_title(case.product))
        # Without a title, the text has to hold all the words of a name.
        return self._by_words(words(case.message[:4000]), 1.0) if case.message else None

    def _once(self, key: str, ask: Callable[[], Goods | None]) -> Goods | None:
        if key not in self._kept:
            self._kept[key] = ask()
        return self._kept[key]

    def _by_title(self, title: str) -> Goods | None:
        if exact := self._exact.get(_plain(title)):
            return exact
        if near := self._by_words(words(title), 0.5):
            return near
        entry = self._entry(title, title)
        tags = tuple(each.tag for each in self._suggest(title))
        if entry is not None:
            return Goods("", title, entry.tags, entry.hs, entry.unit or Unit(), () if entry.tags else tags)
        return Goods("", title, suggested=tags) if tags else None

    def _by_words(self, said: frozenset[str], share: float) -> Goods | None:
        fits = []
        for held, goods in self._words:
            common, least = len(said & held), len(held) if share == 1 else min(len(said), len(held))
            if least and common and common >= share * least:
                fits.append((common, goods))
        best = max((common for common, _goods in fits), default=0)
        found = [goods for common, goods in fits if common == best]
        # Two that fit as well as each other: a person has to ask.
        return found[0] if len(found) == 1 else None

    def _goods(self, product: KnownProduct) -> Goods:
        entry = self._entry(product.sku, product.name)
        unit = entry.unit if entry is not None and entry.unit is not None else Unit()
        suggested = () if product.tags else tuple(each.tag for each in product.suggestions)
        return Goods(
            product.sku or "", product.name or product.sku or "", product.tags, product.hs, unit, suggested
        )


def _meanings(workspace: Workspace, firm: str) -> _Meanings:
    return _Meanings(
        products_of(workspace, firm), workspace.ledger(firm).catalogue.entry, known_tags(workspace).suggest
    )


class _Exchange:
    """The ECB's rates of a day, or the last before it."""

    def __init__(self, rates: Rates, today: date) -> None:
        self._rates, self._day = rates, min(today, rates.last_day)
        self._kept: dict[tuple[str, str], float | None] = {}

    def __call__(self, one: str, other: str) -> float | None:
        if (one, other) not in self._kept:
            found = self._rates.rate(one, other, self._day) if one and other else None
            self._kept[one, other] = found.rate if isinstance(found, ExchangeRate) else None
        return self._kept[one, other]


def _known(
    workspace: Workspace,
    firm: str,
    profile: Profile,
    cases: Sequence[Case],
    goods: _Meanings,
    cleared: Mapping[str, tuple[Clearance, ...]],
    today: date,
) -> Known:
    ledger = workspace.ledger(firm)
    book, tags = book_of(workspace, firm), known_tags(workspace)

    @cache
    def rules(market: str, sku: str, named: tuple[str, ...], hs: str | None) -> ProductRules:
        return rules_for(
            market, [Product(sku or "goods", named, hs)], rules=book, today=today, known=tags
        ).products[0]

    asked: dict[str, Decimal] = defaultdict(Decimal)
    fresh = [case for case in cases if case.waits and (today - case.received.date()).days < PROMISED]
    for case in fresh:
        if case.units and (meant := goods(case)):
            asked[meant.key] += case.units
    return Known(
        home=ledger.firm.home,
        rules=lambda market, each: rules(market, each.sku, each.tags or each.suggested, each.hs),
        distributors=profile.distributors,
        promised=_promised(ledger, today),
        asked=asked,
        fresh=frozenset(case.case for case in fresh),
        bound=_bounds(workspace, firm, today),
        rate=_Exchange(rates_of(workspace), today),
        aliases=_aliases(workspace, firm, cases),
        copies=Copies((case.who, case.message) for case in cases if case.message and case.who),
        screen=screen_of(workspace),
        domains=_domains(cases),
        cleared=cleared,
    )


def _promised(ledger: Ledger, today: date) -> dict[str, Decimal]:
    """Return units by `Goods.key` that were ordered in the last days, less what was taken back."""
    recent = ledger.table("orders").filter(
        _.kind.isin(("sale", "cancellation"))
        & (_.sku.notnull() | _.product.notnull())
        & (_.day <= today)
        & (_.day > today - timedelta(days=PROMISED))
    )
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in sums.rows(recent.group_by("sku", "product").aggregate(units=_.quantity.sum())):
        found[row["sku"] or name_key(row["product"])] += Decimal(row["units"] or 0)
    return found


def _bounds(workspace: Workspace, firm: str, today: date) -> Callable[[str, str, str], Bound]:
    """Return the price floor in the currency that a buyer names, so that its moves count; else in the cost's own."""
    catalogue = workspace.ledger(firm).catalogue

    @cache
    def bound(sku: str, market: str, currency: str) -> Bound:
        entry = catalogue.entry(sku, None) if sku else None
        unit = entry.unit if entry is not None else None
        if unit is None or unit.cost is None or unit.currency is None:
            return Bound(None, "", "what making one costs is not stated in the catalogue.")
        why = "the buyer's country is not known." if not market else ""
        for into in dict.fromkeys((currency, unit.currency)) if market else ():
            try:
                floor = offer_of(
                    workspace, firm, sku, market, today, unit.cost, unit.currency, quote=into
                ).floor
            except FondacoError as error:
                why = why or str(error)
                continue
            if floor.amount is not None:
                return Bound(floor.amount, floor.currency)
            why = why or floor.why
        return Bound(None, unit.currency, why, unit.cost)

    return bound


def _aliases(workspace: Workspace, firm: str, cases: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """Return by case the other names of its buyer, as the comparison of all buyers has it.

    A record that names nobody but whom the case names too, in the same country, is no other name: orders often hold in
    the column of marks what inquiries hold in that of firms.
    """
    ledger = workspace.ledger(firm)
    key = (*key_of(workspace, ledger, "records of one buyer", None), buyers_mark(workspace, firm))
    groups = remembering(key, lambda: _groups(workspace, firm))
    found = {}
    for case in cases:
        own = f"{case.platform}\t{case.buyer}\t{case.name}\t{case.company}\t{case.market}"
        said = {_plain(name) for name in (case.buyer, case.name, case.company) if name}
        others = [
            _name_of(record) for record in groups.get(own, ()) if not _says_no_more(record, said, case.market)
        ]
        named = tuple(dict.fromkeys(name for name in others if name and _plain(name) != _plain(case.who)))
        if named:
            found[case.case] = named
    return found


def _says_no_more(record: str, said: set[str], market: str) -> bool:
    """Whether a record holds no name or mark beside those that were said, nor another country."""
    _platform, *names, country = record.split("\t")
    return country in ("", market) and {_plain(name) for name in names if name} <= said


def _groups(workspace: Workspace, firm: str) -> dict[str, tuple[str, ...]]:
    held = buyers_of(workspace, firm).buyers
    several = (tuple(map(str, each.records)) for each in held if len(each.records) > 1)
    return {record: records for records in several for record in records}


def _name_of(record: str) -> str:
    _platform, buyer, name, company, _country = record.split("\t")
    return ", ".join(dict.fromkeys(said for said in (name, company, buyer) if said))


def _domains(cases: Iterable[Case]) -> frozenset[str]:
    """Return the domains from which more than one case came: one buyer's own domain imitates nobody."""
    seen: dict[str, int] = defaultdict(int)
    for case in cases:
        if "@" in case.buyer or "@" in case.message:
            domain = parts(inquirer_of(case).email)[1]
            if domain and not is_free_mail(domain):
                seen[domain] += 1
    return frozenset(domain for domain, times in seen.items() if times > 1)


def _typical(
    ledger: Ledger, profile: Profile, goods: Sequence[Goods]
) -> Callable[[str], tuple[Decimal, str] | None]:
    """Return by market what an order leaves as a rule: its mean value, drawn to all markets', times the share kept.

    The share is that of the catalogue's prices that stays after cost (the middle one), else the margin of the profile.
    """
    shares = sorted(
        (g.unit.price - g.unit.cost) / g.unit.price for g in goods if g.unit.price and g.unit.cost
    )
    share = shares[len(shares) // 2] if shares else profile.price.margin
    rows = ledger.table("orders").filter((_.kind == "sale") & (_.value > 0))
    by_order = rows.group_by("country", "order").aggregate(value=_.value.sum()).to_polars()
    if share is None or not len(by_order):
        return lambda _market: None
    value = pl.col("value").cast(pl.Float64)
    held = by_order.group_by("country").agg(n=pl.len(), s=value.sum(), q=(value**2).sum()).sort("country")
    means = shrunken_means(held["n"], held["s"], held["q"])
    by_market = dict(zip(held["country"], means.mean, strict=True))

    def typical(market: str) -> tuple[Decimal, str]:
        mean = by_market.get(market, means.overall)
        told = f"an order of {market} as usual" if market in by_market else "an order as usual"
        return (Decimal(repr(float(mean))) * share).quantize(Decimal("0.01")), told

    return typical


@dataclass(frozen=True)
class Met:
    """A case by itself, with what is known of it.

    Attributes
    ----------
    goods
        The product that is meant; None where that is not clear.
    chance
        That an order comes of it.
    ordered
        Whether one came; None where it is too early to say.
    """

    case: Case
    goods: Goods | None
    chance: Estimate
    ordered: bool | None


def met(
    workspace: Workspace, firm: str, key: str, now: datetime, *, more: Iterable[Mapping[str, Any]] = ()
) -> Met | None:
    """Return one case by its id, without judging all others; None where there is none of that id.

    Parameters
    ----------
    more
        Inquiries that no file tells of, as `desk_of` takes them.
    """
    cases, outcomes = settled_cases(workspace, firm, now, more=more)
    case = next((each for each in cases if each.case == key), None)
    if case is None:
        return None
    past = [(each, *outcomes[each.case]) for each in cases if outcomes[each.case][1] is not None]
    chances = fit_chances((each, before, bool(ordered)) for each, before, ordered in past)
    before, ordered = outcomes[case.case]
    return Met(
        case, _meanings(workspace, firm)(case), chances.of([case], {key} if before else set())[0], ordered
    )


def settled_cases(
    workspace: Workspace, firm: str, now: datetime, *, more: Iterable[Mapping[str, Any]] = ()
) -> tuple[tuple[Case, ...], Mapping[str, tuple[bool, bool | None]]]:
    """Return all cases, and by id whether the buyer had ordered before and whether an order came of it."""
    ledger, profile = workspace.ledger(firm), profile_of(workspace, firm)
    rows = ledger.table("inquiries").select(*_COLUMNS).to_polars().iter_rows(named=True)
    cases = cases_of(_together(more, rows), _clocks(ledger, profile), now)
    return cases, _outcomes(ledger, cases)
