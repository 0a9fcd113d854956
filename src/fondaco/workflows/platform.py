"""The platforms of a firm compared, and what the plan proposes about them: read, call, return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.ledger import Ledger, Workspace
from fondaco.reference import countries
from fondaco.reference.currencies import currency_of_market
from fondaco.reference.platforms import PlatformBook, platform_book
from fondaco.strategy.advice import Proposal
from fondaco.strategy.platform import (
    Comparison,
    Facts,
    Ledgered,
    Sold,
    Volatility,
    compare,
    proposal,
    volatility,
)
from fondaco.strategy.platform.ability import months_later
from fondaco.strategy.platform.comparison import Notes
from fondaco.strategy.profile import Channel, Profile
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import book_of, known_tags, products_of
from fondaco.workflows.targets import targets_of

#: Over how many years a currency's volatility is told.
VOLATILITY_YEARS = 2


def platforms_of(workspace: Workspace) -> PlatformBook:
    """Return the catalogue of platforms, the workspace's own entries in ``platforms/`` laid over the shipped ones."""
    return platform_book(workspace.home / "platforms", known_tags(workspace))


def facts_of(workspace: Workspace, firm: str, today: date) -> Facts:
    """Return what the choice of a platform rests on."""
    ledger, profile, known = workspace.ledger(firm), profile_of(workspace, firm), known_tags(workspace)
    tags = {tag for each in products_of(workspace, firm) for tag in each.tags if tag in known}
    proofs = tuple(dict.fromkeys(p.proof for p in ledger.catalogue.proofs if p.holds(today)))
    return Facts(
        home=ledger.firm.home,
        profile=profile,
        tags=known.closure(tuple(tags)) if tags else frozenset(),
        proofs=proofs or None,
        ledger=remembering(key_of(workspace, ledger, "by platform", None), lambda: _ledgered(ledger)),
        channels=_channels(profile, platforms_of(workspace)),
    )


def _channels(profile: Profile, book: PlatformBook) -> dict[str, Channel]:
    found: dict[str, Channel] = {}
    for channel in profile.channel:
        held = book.get(channel.platform)
        found.setdefault(held.id if held is not None else channel.platform, channel)
    return found


def _ledgered(ledger: Ledger) -> Ledgered:
    import ibis

    from fondaco.markets.sums import goods, rows, sold

    home = ledger.firm.home
    lines, asked = ledger.table("orders"), ledger.table("inquiries")
    abroad = goods(lines).filter(lambda t: t.country.notnull() & (t.country != home))
    inquiries = asked.filter(lambda t: t.country.notnull() & (t.country != home))
    known = rows(lines.aggregate(until=lines.day.max()))[0]["until"]
    last_asked = rows(asked.aggregate(until=asked.day.max()))[0]["until"]
    until = max((day for day in (known, last_asked) if day is not None), default=None)
    if until is None:
        return Ledgered(currency=ledger.firm.currency)
    first = rows(abroad.filter(sold).aggregate(since=ibis._.day.min()))[0]["since"]
    start = months_later(until, -12)
    year = abroad.filter(lambda t: t.day > start)
    money = {
        row["platform"]: row
        for row in rows(
            year.group_by("platform").aggregate(
                value=ibis._.value.sum(), lines=ibis._.count(), valued=ibis._.value.count()
            )
        )
    }
    orders = {
        row["platform"]: row["orders"]
        for row in rows(year.filter(sold).group_by("platform").aggregate(orders=ibis._.order.nunique()))
    }
    questions = {
        row["platform"]: row["cases"]
        for row in rows(
            inquiries.filter(lambda t: t.day > start).group_by("platform").aggregate(cases=ibis._.count())
        )
    }
    names = sorted({name for name in (*money, *questions) if name})
    markets: dict[str, set[str]] = {}
    for table in (abroad, inquiries):
        for row in rows(table.select("platform", "country").distinct()):
            markets.setdefault(row["platform"], set()).add(row["country"])
    return Ledgered(
        since=first,
        until=until,
        currency=ledger.firm.currency,
        by_platform=tuple(
            Sold(name, _revenue(money.get(name)), int(orders.get(name, 0)), int(questions.get(name, 0)))
            for name in names
        ),
        markets={name: frozenset(held) for name, held in markets.items() if name},
    )


def _revenue(row: dict[str, Any] | None) -> Decimal | None:
    """Return the revenue of a platform; None where some of its lines have no exchange rate."""
    if row is None:
        return Decimal(0)
    return None if row["valued"] < row["lines"] else Decimal(str(row["value"]))


def comparison_of(
    workspace: Workspace,
    firm: str,
    today: date,
    *,
    to: Sequence[str] = (),
    notes: Notes | None = None,
) -> Comparison:
    """Return the platforms compared for a firm.

    Parameters
    ----------
    to
        Markets to ask about, in any spelling of a country; the plan's target markets where there are none.
    notes
        By market, of each market note its day and that of its review.

    Raises
    ------
    InputError
        When a country is none, or the profile cannot be read.
    """
    asked = [(countries.from_code(each), "asked about") for each in to]
    markets = asked or [(each.market, each.why) for each in targets_of(workspace, firm)]
    return compare(
        facts_of(workspace, firm, today),
        platforms_of(workspace),
        markets,
        list(book_of(workspace, firm)),
        today,
        notes,
    )


def propose(workspace: Workspace, firm: str, today: date, *, notes: Notes | None = None) -> Proposal:
    """Return what the plan says about platforms; its facts are those of `fondaco.strategy.platform.proposal`."""
    found = comparison_of(workspace, firm, today, notes=notes)
    book = platforms_of(workspace)
    return proposal(
        found,
        {
            "ledger": workspace.ledger(firm).fingerprint(),
            "platforms": len(book),
            "looked_at": max(each.looked_at for each in book).isoformat(),
            "today": today.isoformat(),
        },
    )


def volatilities_of(
    workspace: Workspace, firm: str, markets: Sequence[str], today: date
) -> tuple[Volatility, ...]:
    """Return how much the currencies of some markets moved against the firm's, over the two years to `today`."""
    rates, own = rates_of(workspace), workspace.firm(firm).currency
    paid = dict.fromkeys(c for c in (currency_of_market(market) for market in markets) if c is not None)
    start = months_later(today, -12 * VOLATILITY_YEARS)
    return tuple(volatility(each, own, rates.history(each, own, start, today)[1]) for each in paid)
