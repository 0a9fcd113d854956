"""What is to be looked at before a case is answered: eight checks, each green, amber or red with reason and source.

None refuses anything, none throws, and what is not known is amber.  A person decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from fondaco.desk.asking import Asked, price_without_currency, prices_asked
from fondaco.desk.cases import Case
from fondaco.desk.checks import Check, Level, carefully, unknown
from fondaco.desk.copies import Copies
from fondaco.desk.fraud import Clearance, Inquirer, fraud_signs
from fondaco.desk.sanctions import Screen
from fondaco.ledger.unit import Unit
from fondaco.reference import countries
from fondaco.reference.mail import parts
from fondaco.reference.names import score as likeness_of
from fondaco.reference.regulations import Applied, ProductRules
from fondaco.strategy.profile import Distributor

#: Kinds of rule that decide whether goods may come in at all.
_DECIDE = ("prohibited", "licence", "certificate")
#: From this likeness on a buyer's name is a distributor's; set, as for sanctions.
_SAME_NAME = 0.9
_ROUND = re.compile(r"\b(?:direct(?:ly)?(?: from| with)? (?:you|the (?:factory|producer|manufacturer|maker|winery|mill))|without (?:your|the|a) (?:distributor|importer|agent|middle ?m[ae]n)|instead of (?:your|the) (?:distributor|importer|agent)|(?:bypass|avoid|skip|cut out|go round|go around) (?:your |the )?(?:distributor|importer|agent|middle ?m[ae]n)|cheaper than (?:your|the) (?:distributor|importer|agent)|senza (?:il |passare per il )?(?:vostro )?(?:distributore|importatore)|ohne (?:ihren |den )?(?:händler|importeur|vertriebspartner)|sans (?:votre |passer par )?(?:distributeur|importateur))", re.IGNORECASE)  # fmt: skip
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)\d[\d ()/.-]{6,18}\d")


@dataclass(frozen=True)
class Goods:
    """A product of the firm that a buyer means; `suggested` are tags that its name suggests and nobody stated."""

    sku: str
    name: str
    tags: tuple[str, ...] = ()
    hs: str | None = None
    unit: Unit = field(default_factory=Unit)
    suggested: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """By what units of it are added up: its article number, else its name.

        >>> Goods("W-1", "Rosso").key, Goods("", "Olive  Oil").key == Goods("", "olive oil").key
        ('W-1', True)
        """
        return self.sku or name_key(self.name)


def name_key(name: str) -> str:
    """Return by what goods without an article number are added up; no article number begins with a space."""
    return " " + " ".join(name.casefold().split())


@dataclass(frozen=True)
class Bound:
    """Below which price one unit is not sold, at the works; without `amount`, why it is not known.

    `cost` is what making it costs, in the same currency, where no floor can be told.
    """

    amount: Decimal | None
    currency: str
    why: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True)
class Known:
    """What is known besides the cases, as values and as questions to ask.

    Attributes
    ----------
    home
        The firm's country.
    rules
        What is known of a market's law for goods.
    distributors
        As the firm's profile states them; None where it states neither anybody nor that there is nobody.
    promised
        Units by `Goods.key` that were ordered in the last thirty days.
    asked
        Units by `Goods.key` that the open cases of the last thirty days ask for.
    fresh
        The ids of those cases.
    bound
        The price floor of an article in a market, in the currency that a buyer names where it can be told.
    rate
        Units of the second currency for one of the first; None where not known.
    aliases
        By case: other names under which its buyer is known.
    copies, screen
        What other buyers wrote, and the sanctions lists.
    domains
        Domains of the firm's buyers, to tell look-alikes.
    cleared
        By case: signs of fraud that a person found harmless.
    """

    home: str
    rules: Callable[[str, Goods], ProductRules]
    distributors: tuple[Distributor, ...] | None = None
    promised: Mapping[str, Decimal] = field(default_factory=dict)
    asked: Mapping[str, Decimal] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    bound: Callable[[str, str, str], Bound] = lambda _sku, _market, _currency: Bound(
        None, "", "no floor was asked for"
    )
    rate: Callable[[str, str], float | None] = lambda one, other: 1.0 if one == other else None
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    copies: Copies = field(default_factory=lambda: Copies(()))
    screen: Screen = field(default_factory=lambda: Screen(()))
    domains: frozenset[str] = frozenset()
    cleared: Mapping[str, Sequence[Clearance]] = field(default_factory=dict)


def judge(case: Case, goods: Goods | None, known: Known, today: date) -> tuple[Check, ...]:
    """Return what each check says of a case; `goods` is the product that the buyer means, None where it is not clear."""
    ask: dict[str, Callable[[], Check]] = {
        "legality": lambda: legality(case, goods, known),
        "capacity": lambda: capacity(case, goods, known),
        "minimum": lambda: minimum(case, goods),
        "territory": lambda: territory(case, goods, known, today),
        "price": lambda: price(case, goods, known),
        "identity": lambda: identity(case, known),
        "fraud": lambda: fraud(case, known),
        "sanctions": lambda: sanctions(case, known, today),
    }
    return tuple(carefully(name, each) for name, each in ask.items())


def legality(case: Case, goods: Goods | None, known: Known) -> Check:
    """Whether the goods may be sold in the buyer's country, as far as rules on record say (F48)."""
    if not case.market:
        return unknown("legality", "The buyer's country is not known.", "the file")
    if case.market == known.home:
        return Check("legality", "green", "The firm's own country.", "the firm's settings")
    if goods is None:
        return unknown("legality", _unclear(case), "the firm's catalogue")
    held = known.rules(case.market, goods)
    if not (goods.tags or goods.hs or goods.suggested):
        return unknown("legality", f"Neither tag nor HS code of {goods.name} is stated in the catalogue.", "the firm's catalogue")  # fmt: skip
    there = countries.name(case.market) if countries.is_market(case.market) else case.market
    as_if = (
        "" if goods.tags or goods.hs else f" (if it is {', '.join(goods.suggested)}, as its name suggests)"
    )
    bans = [cell for cell in held.cells if cell.kind == "prohibited" and cell.rules]
    for cell in bans:
        said = cell.rules[0]
        if cell.level == "stop":
            return Check("legality", "red", f"{there}: {said.rule.says}{as_if}", _source(said))
        if cell.level == "look":
            where = f" ({said.rule.region})" if said.rule.region else ""
            return Check("legality", "amber", f"{there}{where}: {said.rule.says} Find out for this buyer.{as_if}", _source(said))  # fmt: skip
    dark = [cell.kind for cell in held.cells if cell.kind in _DECIDE and cell.level in ("unknown", "look")]
    asked = [cell.kind for cell in held.cells if cell.level == "do"]
    needs = f" Asked for there: {', '.join(asked)}." if asked else ""
    source = (
        "; ".join(dict.fromkeys(_source(each) for cell in held.cells for each in cell.rules[:1]))
        or "no rule on record"
    )
    if dark or as_if:
        return unknown(
            "legality", f"{there}: nothing sure is known of {', '.join(dark) or 'it'}.{needs}{as_if}", source
        )
    return Check("legality", "green", f"{there}: no prohibition by the rules on record.{needs}", source)


def capacity(case: Case, goods: Goods | None, known: Known) -> Check:
    """Whether as much can be made, beside what is promised and what others ask for (F50)."""
    source = (
        "the catalogue, orders of 30 days, open inquiries; the study of five firms on orders beyond capacity"
    )
    if goods is None:
        return unknown("capacity", _unclear(case), source)
    count, most = case.units, goods.unit.monthly_capacity
    if count is None:
        return unknown("capacity", "How many are asked for is not said, or is no number above zero.", source)
    if most is None:
        return unknown("capacity", f"How many of {goods.name} can be made in a month is not stated.", source)
    promised = max(known.promised.get(goods.key, Decimal(0)), Decimal(0))
    free = max(most - promised, Decimal(0))
    said = f"{_count(count)} asked for; {most:,} can be made in a month, {_count(promised)} were ordered in the last 30 days"
    if count > free:
        months = f"about {count / most:,.1f} months' work" if count > most else "more than is free this month"
        return Check("capacity", "red", f"{said}: {months}, {_count(count - free)} beyond. Offer parts or a later day.", source)  # fmt: skip
    others = max(
        known.asked.get(goods.key, Decimal(0)) - (count if case.case in known.fresh else 0), Decimal(0)
    )
    if count + others > free:
        return Check("capacity", "amber", f"{said}, and other open cases ask for {_count(others)}: not all of it can be had.", source)  # fmt: skip
    return Check("capacity", "green", f"{said}.", source)


def beyond(case: Case, goods: Goods | None, known: Known) -> Decimal:
    """Return the units asked for beyond what is free this month; zero where that is not known (F50)."""
    if goods is None or goods.unit.monthly_capacity is None or case.units is None:
        return Decimal(0)
    free = goods.unit.monthly_capacity - max(known.promised.get(goods.key, Decimal(0)), Decimal(0))
    return max(case.units - max(free, Decimal(0)), Decimal(0))


def minimum(case: Case, goods: Goods | None) -> Check:
    """Whether the smallest order is reached; below it is amber: many small buyers were lost by large minimums."""
    source = "the catalogue; the study of five firms on minimum orders"
    if goods is None:
        return unknown("minimum", _unclear(case), source)
    if goods.unit.minimum_order is None:
        return unknown("minimum", f"The smallest order of {goods.name} is not stated.", source)
    if case.units is None:
        return unknown("minimum", "How many are asked for is not said, or is no number above zero.", source)
    least = goods.unit.minimum_order
    if case.units < least:
        return Check("minimum", "amber", f"{_count(case.units)} asked for, below the smallest order of {least:,}: a price for small orders, or a sample?", source)  # fmt: skip
    return Check("minimum", "green", f"{_count(case.units)} asked for, at least the smallest order of {least:,}.", source)  # fmt: skip


def territory(case: Case, goods: Goods | None, known: Known, today: date) -> Check:
    """Whether somebody else sells for the firm there (F51, F52); told and never refused."""
    source = "the firm's profile; the study of five firms on channel conflict"
    stated = known.distributors or ()
    meant = [each for each in stated if _concerns(each, goods)]
    for each in meant:
        names = [name for name in (case.company, case.name, case.buyer) if name]
        if any(likeness_of(name, _bare(each.name)) >= _SAME_NAME for name in names):
            return Check("territory", "amber", f"The buyer's name is like that of {each.name}, a distributor: is it the distributor, asking past the agreement?", source)  # fmt: skip
    around = _goes_round(case, meant)
    if not case.market:
        return unknown("territory", f"The buyer's country is not known.{around}", source)
    here = [each for each in meant if case.market in each.markets]
    held = [each for each in here if each.holds(today)]
    there = countries.name(case.market) if countries.is_market(case.market) else case.market
    for each in held:
        if each.exclusive:
            return Check("territory", "red", f"{each.name} alone sells there by agreement ({there}). Hand it on, or ask: an order that nobody sought may be lawful to serve, as agreement and law there say.{around}", source)  # fmt: skip
    if held:
        return Check("territory", "amber", f"{held[0].name} sells there too ({there}): is it their customer? Compare prices before quoting.{around}", source)  # fmt: skip
    if around:
        return Check("territory", "amber", f"No distributor of {there} is stated.{around}", source)
    if known.distributors is None:
        return unknown(
            "territory", "The profile names no distributor, nor does it say that there is none.", source
        )
    ended = f" The agreement with {here[0].name} ended on {here[0].until}." if here else ""
    said = f"The firm states no distributor for {there}.{ended}"
    if goods is None and any(case.market in each.markets and each.tags for each in stated):
        return unknown("territory", f"A distributor sells some of the goods there, and which are meant is not clear ({there}).", source)  # fmt: skip
    return Check("territory", "green", said, source)


def price(case: Case, goods: Goods | None, known: Known) -> Check:
    """Whether a price that the buyer names clears the floor."""
    source = "the text; the price floor (rule price/floor)"
    if not case.message.strip():
        return unknown("price", "There is no text to look for a price in.", source)
    named = prices_asked(case.message)
    if not named and (words := price_without_currency(case.message)):
        return unknown(
            "price", f"A price seems to be named without a currency ({words!r}): ask which.", source
        )
    if not named:
        return Check("price", "green", "The text names no price.", source)
    if goods is None:
        return unknown("price", f"{named[0].words} is named; {_unclear(case)}", source)
    return max(
        (_price(case, asked, goods, known, source) for asked in named),
        key=lambda c: _LEVELS.index(c.level),
    )


_LEVELS: tuple[Level, ...] = ("green", "amber", "red")


def _price(case: Case, asked: Asked, goods: Goods, known: Known, source: str) -> Check:
    bound = known.bound(goods.sku, case.market, asked.currency)
    if asked.whole and not case.units:
        return unknown(
            "price", f"{asked.words} is named for all of it, and how many that is is not said.", source
        )
    if asked.pack and not asked.of:
        return unknown("price", f"{asked.words} is named for a case, a weight or the like: how many units that is has to be asked.", source)  # fmt: skip
    one = asked.amount / case.units if asked.whole and case.units else asked.amount / (asked.of or 1)
    least, what = (
        (bound.amount, "the floor") if bound.amount is not None else (bound.cost, "what making one costs")
    )
    if least is None:
        return unknown(
            "price", f"{asked.words} is named; the floor of {goods.name} is not known: {bound.why}", source
        )
    rate = known.rate(asked.currency, bound.currency)
    if rate is None:
        return unknown("price", f"{asked.words} is named; no rate of {asked.currency} in {bound.currency} is known.", source)  # fmt: skip
    worth = one * Decimal(repr(rate))
    told = f"{asked.words} is named, {worth:,.2f} {bound.currency} for one; {what} is {least:,.2f}"
    if worth < least:
        return Check("price", "red", f"{told}: below it.", source)
    if asked.delivered:
        return Check("price", "amber", f"{told} at the works, but the price named seems to be delivered: work out the way there first.", source)  # fmt: skip
    if bound.amount is None:
        return unknown("price", f"{told}; the floor is not known: {bound.why}", source)
    return Check("price", "green", f"{told}, if the price is meant at the works.", source)


def identity(case: Case, known: Known) -> Check:
    """Whether the same buyer is known under another name."""
    source = "the firm's buyers, compared (rule identity)"
    if not case.who:
        return unknown("identity", "The file names no buyer.", source)
    others = [name for name in known.aliases.get(case.case, ()) if name]
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        return Check(
            "identity", "amber", f"Probably the same buyer as {'; '.join(others[:3])}{more}.", source
        )
    return Check(
        "identity",
        "green",
        "Nobody among the firm's buyers is held to be the same under another name.",
        source,
    )


def fraud(case: Case, known: Known) -> Check:
    """Signs of fraud in what the buyer says of itself (F47)."""
    found = fraud_signs(
        inquirer_of(case),
        others=known.copies.others(case.who, case.message),
        known_domains=known.domains,
        cleared=known.cleared.get(case.case, ()),
    )
    return found.check


def inquirer_of(case: Case) -> Inquirer:
    """Return who a case says it is from; an address or telephone in the text counts where no column holds one."""
    mail = case.buyer if parts(case.buyer)[0] else ""
    in_text = _MAIL.search(case.message[:20_000])
    phone = _PHONE.search(case.message[:20_000])
    return Inquirer(case.name, case.company, mail or (in_text[0] if in_text else ""), phone[0] if phone else "", case.market, case.message)  # fmt: skip


def sanctions(case: Case, known: Known, today: date) -> Check:
    """Whether somebody on the lists that were brought in has such a name."""
    names = [name for name in dict.fromkeys((case.company, case.name or case.buyer)) if name]
    if not names:
        return unknown("sanctions", "The file names no buyer.")
    found = [known.screen.check(name, today, country=case.market or None) for name in names]
    last = max(found, key=lambda each: _LEVELS.index(each.level))
    return Check("sanctions", last.level, last.reason, last.source or "no list")


def _bare(name: str) -> str:
    """Return a name without what stands in brackets after it."""
    return name.split(" (", maxsplit=1)[0]


def _concerns(distributor: Distributor, goods: Goods | None) -> bool:
    if not distributor.tags:
        return True
    return goods is not None and bool({*goods.tags, *goods.suggested} & set(distributor.tags))


def _goes_round(case: Case, distributors: Sequence[Distributor]) -> str:
    text = case.message[:20_000]
    found = _ROUND.search(text)
    if found and distributors:
        return f" The text wants to go round a distributor ({found[0]!r})."
    named = next((each.name for each in distributors if _bare(each.name).casefold() in text.casefold()), "")
    return f" The text names {named}: is it their customer?" if named else ""


def _unclear(case: Case) -> str:
    return f"Which product is meant by {case.product[:60]!r} is not clear." if case.product else "Which product is meant is not said."  # fmt: skip


def _source(applied: Applied) -> str:
    overdue = ", overdue for another look" if applied.overdue else ""
    return f"{applied.rule.source} (stated {applied.rule.stated}{overdue})"


def _count(said: Decimal) -> str:
    return f"{said.normalize():,f}"
