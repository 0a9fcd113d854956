"""Exploit or explore: next month's money or hours by market, and what the last month's taught.

Rule ``exploration/1``, page ``docs/rules/exploration.md``.  A stated share of the budget goes to markets
that are little known, the rest to known ones; within each part the split is by Thompson sampling over
the posterior of contribution (`fondaco.numerics.allocation`).  Few markets get anything: one of the
five firms of a study of sellers on a platform found that keyword money spread over too many target
markets was dear and weak, and went to a few (one firm's report, not a rate).  The same study's advice
to move pay-per-click money towards the countries with most views and requests is served by showing
both beside what is spent now.

Spend beyond what is usual is taken to bring less and less: twice the money, 1.41 times as much.  That
is an assumption, not an estimate, and what money brings in a market where none was spent is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal

from fondaco.kernel import InputError
from fondaco.kernel.words import many
from fondaco.markets.learning import Learnt, Month, Use, learnt_from, use_of
from fondaco.markets.money import money, rounded
from fondaco.markets.ranking import KNOWN_FROM, Ranking, RankingRow
from fondaco.numerics.allocation import ELASTICITY, Split, divide, thompson_split
from fondaco.reference import countries

RULE = "exploration/1"

#: Who says so: what is said, the source, and what kind of evidence it is.
SOURCES = (
    (
        "Keyword money belongs in a few target markets; spread over too many it was dear and weak.",
        "Leveraging cross-border e-commerce platforms, Review of International Business and Strategy 35(4), 2025",
        "report of one firm of five (A, 2021 to 2023); no general rate",
    ),
    (
        "Move pay-per-click money towards the countries with most views and requests.",
        "Leveraging cross-border e-commerce platforms, Review of International Business and Strategy 35(4), 2025",
        "report of one firm of five (B, 2021 to 2023); no general rate",
    ),
    (
        "Use of a platform to explore brings knowledge of markets, and knowledge brings results.",
        "Cassia and Magno, Sinergie Italian Journal of Management 40(1), 2022",
        "survey, path model",
    ),
    (
        "Try each option as often as it may be the best.",
        "Thompson, Biometrika 25, 1933; Russo and others, A Tutorial on Thompson Sampling, 2018",
        "method",
    ),
)

#: Keyword money spread thinly was what failed: five markets unless more are asked for.  The number is ours.
MOST = 5
SHARE = 0.2

Unit = Literal["money", "hours"]
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    budget, floor, cap
        In the firm's currency, or hours; floor and cap hold for each market that gets something.
    unit
        ``money`` or ``hours``.
    most
        Markets at most.
    share
        Of the budget, for markets that are little known; between 0 and 1.
    """

    budget: Decimal
    unit: Unit = "money"
    most: int = MOST
    floor: Decimal = Decimal(0)
    cap: Decimal | None = None
    share: float = SHARE

    def __post_init__(self) -> None:
        for name in ("budget", "floor", "cap"):
            value = getattr(self, name)
            if value is not None and (not value.is_finite() or value < 0 or value > Decimal(10) ** 12):
                raise InputError(f"The {name} must be an amount of zero or more, not {value}.")
            if value is not None and value != value.quantize(_CENT):
                raise InputError(f"The {name} {value} has more than two decimals.")
        if self.budget == 0:
            raise InputError("The budget is zero: state how much there is to spend, such as 500.")
        if not 1 <= self.most <= 50:
            raise InputError(f"Between 1 and 50 markets can be chosen, not {self.most}.")
        if not 0 <= self.share <= 1:
            raise InputError(f"The share for exploring lies between 0 and 1, not {self.share}.")
        if self.cap is not None and self.cap < self.floor:
            raise InputError(f"The cap ({self.cap}) is below the floor ({self.floor}).")
        if self.cap is not None and self.cap * self.most < self.budget:
            raise InputError(
                f"With {self.most} markets at most and {self.cap} at most in each, only "
                f"{self.cap * self.most} of {self.budget} can be spent: raise the cap or the number of markets."
            )
        if self.floor > self.budget:
            raise InputError(f"The floor ({self.floor}) is above the whole budget ({self.budget}).")


@dataclass(frozen=True)
class Part:
    """What one market gets, or what is spent there now.

    Attributes
    ----------
    amount
        Of the budget; zero for a market that gets nothing now.
    kind
        ``explore`` (little known), ``exploit`` (known).
    best
        In what share of the draws the market was the best of its kind; None where it gets nothing.
    spend_now, difference
        Advertising there in the last 30 days known, and amount minus that; None where the budget is
        hours or no advertising is in the ledger.
    views, inquiries
        Of the last month known there; None where no file states them.
    why
        In a sentence.
    """

    market: str
    amount: Decimal
    kind: Literal["explore", "exploit"]
    best: float | None
    spend_now: Decimal | None
    difference: Decimal | None
    views: float | None
    inquiries: float | None
    why: str

    @property
    def views_per_unit(self) -> float | None:
        """Views for each unit of money spent there now: where pay-per-click brings most, most is seen."""
        return self.views / float(self.spend_now) if self.views is not None and self.spend_now else None

    @property
    def inquiries_per_unit(self) -> float | None:
        """Inquiries for each unit of money spent there now."""
        return (
            self.inquiries / float(self.spend_now) if self.inquiries is not None and self.spend_now else None
        )

    def to_json(self) -> dict[str, Any]:
        """Return the part as JSON values."""
        return {
            "market": self.market,
            "amount": money(self.amount),
            "why": self.why,
            "kind": self.kind,
            "best": None if self.best is None else round(self.best, 4),
            "spend_now": None if self.spend_now is None else money(self.spend_now),
            "difference": None if self.difference is None else money(self.difference),
            "views": None if self.views is None else round(self.views),
            "inquiries": None if self.inquiries is None else round(self.inquiries),
            "views_per_unit": rounded(self.views_per_unit),
            "inquiries_per_unit": rounded(self.inquiries_per_unit),
        }


@dataclass(frozen=True)
class Plan:
    """A month's budget by market.

    Attributes
    ----------
    allocation
        Markets that get something, the largest amount first; the amounts add up to the budget.
    ending
        Markets where money is spent now that get nothing.
    exploration_share
        Of the budget, what really goes to little known markets.
    use, learnt
        See their classes.
    """

    request: Request
    currency: str
    allocation: tuple[Part, ...]
    ending: tuple[Part, ...]
    exploration_share: float
    use: tuple[Use, ...]
    learnt: tuple[Learnt, ...]
    month: Month | None
    notes: tuple[str, ...]
    fingerprint: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values, as ``fondaco explore --json`` prints it."""
        return {
            "budget": money(self.request.budget),
            "unit": self.request.unit,
            "currency": self.currency if self.request.unit == "money" else None,
            "allocation": [part.to_json() for part in self.allocation],
            "exploration_share": round(self.exploration_share, 4),
            "ending": [part.to_json() for part in self.ending],
            "use": [use.to_json() for use in self.use],
            "learnt": [each.to_json() for each in self.learnt],
            "compared_days": None if self.month is None else [self.month.first, self.month.last],
            "basis": {
                "rule": RULE,
                "fingerprint": self.fingerprint,
                "notes": list(self.notes),
                "who_says": [
                    {"says": says, "source": source, "evidence": evidence}
                    for says, source, evidence in SOURCES
                ],
                "set_by_the_user": {
                    "most": self.request.most,
                    "share": self.request.share,
                    "floor": money(self.request.floor),
                    "cap": None if self.request.cap is None else money(self.request.cap),
                },
                "set_by_us": {"known_from_orders": KNOWN_FROM, "elasticity": ELASTICITY},
            },
        }


def plan(
    ranking: Ranking,
    request: Request,
    *,
    then: Ranking | None = None,
    month: Month | None = None,
    barred: Collection[str] = (),
    among: Collection[str] | None = None,
) -> Plan:
    """Divide a budget among the markets of a ranking.

    Parameters
    ----------
    ranking
        As things stand.
    request
        What there is to divide, and how.
    then
        The ranking from what was known 30 days earlier, for what was learnt since.
    month
        What was counted in those 30 days.
    barred
        Markets where none of the firm's goods may be sold: they get nothing, and that is said.
    among
        The only markets that may get anything, such as those that the firm aims at; None for all.

    Raises
    ------
    InputError
        Where floor, cap, share and number of markets leave no way to spend the budget.
    """
    rows = ranking.foreign
    if not rows:
        raise InputError("No market is known yet: import a file of orders, or add trade data.")
    wanted = [i for i, row in enumerate(rows) if among is None or row.market in among]
    if not wanted:
        raise InputError(
            "Nothing is known of the markets that the firm aims at: import a file, or add trade data."
        )
    open_to = [i for i in wanted if rows[i].market not in barred]
    if not open_to:
        those = "is known" if among is None else "the firm aims at"
        raise InputError(f"The firm's goods are prohibited in every market that {those}: see fondaco rules.")
    little = [i for i in open_to if not rows[i].known]
    known = [i for i in open_to if rows[i].known]
    pots = _pots(request, bool(little), bool(known))
    parts: list[Part] = []
    for kind, places, (budget, most) in (("explore", little, pots[0]), ("exploit", known, pots[1])):
        if budget:
            split = thompson_split(ranking.draws[:, places], most=most)
            parts += _parts(ranking, request, kind, places, split, budget, month)
    parts.sort(key=lambda part: (-part.amount, part.market))
    explored = sum((part.amount for part in parts if part.kind == "explore"), Decimal(0))
    return Plan(
        request,
        ranking.currency,
        tuple(parts),
        _ending(ranking, request, {part.market for part in parts}, month),
        float(explored / request.budget),
        use_of(then, month),
        learnt_from(ranking, then, month),
        month,
        (*_barred(rows, barred), *_notes(ranking, request, float(explored / request.budget), month)),
        ranking.basis.key,
    )


def _barred(rows: Sequence[RankingRow], barred: Collection[str]) -> tuple[str, ...]:
    there = [countries.name(row.market) for row in rows if row.market in barred]
    if not there:
        return ()
    listed = ", ".join(sorted(there))
    return (f"Nothing goes where the firm's goods are prohibited by the rules on record: {listed}.",)


def _pots(request: Request, little: bool, known: bool) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return budget in hundredths and number of markets for exploring and for exploiting."""
    whole = int(request.budget * 100)
    share = request.share if known and little else 1.0 if little else 0.0
    explore = round(whole * share)
    exploit = whole - explore
    floor, cap = request.floor, request.cap
    most = request.most
    for_explore = 0 if not explore else most if not exploit else min(max(1, round(most * share)), most - 1)
    if explore and exploit and most == 1:
        raise InputError(
            "With one market there is either exploring or not: say --share 0 or --share 1, or --most 2."
        )
    if cap is not None and explore and exploit:
        needed = int((Decimal(explore) / (cap * 100)).to_integral_value(ROUND_CEILING))
        left = int((Decimal(exploit) / (cap * 100)).to_integral_value(ROUND_CEILING))
        if needed + left > most:
            raise InputError(
                f"A cap of {cap} needs {needed} markets to explore and {left} known ones, more than {most}: "
                "raise the cap or the number of markets."
            )
        for_explore = min(max(for_explore, needed), most - left)
    return (explore, _fewer(explore, for_explore, floor)), (
        exploit,
        _fewer(exploit, most - for_explore, floor),
    )


def _fewer(budget: int, most: int, floor: Decimal) -> int:
    """Return how many markets a part of the budget suffices for."""
    if not budget or not floor:
        return most
    able = int(budget // (floor * 100))
    if not able:
        raise InputError(
            f"A floor of {floor} is more than this part of the budget, {Decimal(budget) / 100}: lower the "
            "floor, or state another share for exploring."
        )
    return min(most, able)


def _parts(
    ranking: Ranking,
    request: Request,
    kind: Any,
    places: Sequence[int],
    split: Split,
    budget: int,
    month: Month | None,
) -> list[Part]:
    cap = None if request.cap is None else int(request.cap * 100)
    if not split.chosen:
        raise InputError("Nothing is expected of any market, so that there is no way to divide the budget.")
    if cap is not None and cap * len(split.chosen) < budget:
        raise InputError(
            f"Only {len(split.chosen)} markets can be chosen here, and the cap lets them take "
            f"{Decimal(cap * len(split.chosen)) / 100} of {Decimal(budget) / 100}: raise the cap."
        )
    amounts = divide(budget, split.share, floor=int(request.floor * 100), cap=cap)
    found = []
    for place, amount, best in zip(split.chosen, amounts, split.best, strict=True):
        row = ranking.foreign[places[place]]
        found.append(_part(row, request, kind, Decimal(amount) / 100, best, ranking, month))
    return found


def _part(
    row: RankingRow,
    request: Request,
    kind: Literal["explore", "exploit"],
    amount: Decimal,
    best: float | None,
    ranking: Ranking,
    month: Month | None,
) -> Part:
    spent = None if month is None or request.unit == "hours" else month.spent(row.market)
    difference = None if spent is None else amount - spent
    views = None if month is None else month.of("views", row.market)
    asked = None if month is None else month.of("inquiries", row.market)
    return Part(
        row.market, amount, kind, best, spent, difference, views, asked,
        _why(row, kind, best, ranking, difference),
    )  # fmt: skip


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def _why(row: RankingRow, kind: str, best: float | None, ranking: Ranking, difference: Decimal | None) -> str:
    name = countries.name(row.market)
    if best is None:
        text = f"{name} gets nothing: others are likelier to bring more"
    elif kind == "explore":
        text = (
            f"{name} is little known ({many(row.orders, 'order')}): in {_percent(best)} of what may be true it is the best "
            "of the little known"
        )
    else:
        text = f"{name} is known ({many(row.orders, 'order')}): in {_percent(best)} of what may be true it is the best of the known"
    if row.contribution.estimate is not None and row.contribution.high is not None:
        sold = "" if row.tried else "if the firm sells there as it does elsewhere, "
        text += (
            f"; {sold}expected {row.contribution.estimate:,.0f} {ranking.currency} a month "
            f"({row.contribution.low:,.0f} to {row.contribution.high:,.0f}"
            f"{' in most months; rare orders make the mean' if row.contribution.high < row.contribution.estimate else ''})"
        )
    if difference:
        text += f"; {abs(difference):,.2f} {'more' if difference > 0 else 'less'} advertising than in the last 30 days"
    return text + "."


def _ending(ranking: Ranking, request: Request, chosen: set[str], month: Month | None) -> tuple[Part, ...]:
    if month is None or request.unit == "hours":
        return ()
    found = []
    for each in month.spend or ():
        row = None if each.market is None else ranking.market(each.market)
        if row is not None and row.rank is not None and row.market not in chosen and each.spend > 0:
            kind: Literal["explore", "exploit"] = "exploit" if row.known else "explore"
            found.append(_part(row, request, kind, Decimal(0), None, ranking, month))
    return tuple(found)


def _notes(ranking: Ranking, request: Request, explored: float, month: Month | None) -> tuple[str, ...]:
    notes = [
        f"A market is little known until its own orders, as from {KNOWN_FROM:.0f}, tell its rate to within a half.",
        "Assumed, not measured: twice the spend in a market brings 1.41 times as much.",
    ]
    if abs(explored - request.share) > 0.005:
        reason = "no market is known yet" if explored > request.share else "no market is little known"
        notes.append(f"{explored:.0%} instead of {request.share:.0%} goes to exploring, because {reason}.")
    if month is None or month.spend is None:
        notes.append("No advertising is in the ledger, so nothing can be said of what is spent now.")
    elif any(each.market is None for each in month.spend):
        notes.append("Some advertising names no country: it is in no market.")
    return (*notes, *(month.notes if month else ()), *ranking.basis.notes[1:])
