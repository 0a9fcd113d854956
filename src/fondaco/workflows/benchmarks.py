"""A firm beside the others of its network: its own figures, and theirs as far as the network's door lets them through."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median
from typing import Any

import polars as pl

from fondaco.kernel.errors import FondacoError, Refused, UnknownName
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Ledger, Workspace
from fondaco.network.disclosure import (
    SCALES,
    Cell,
    Contribution,
    Figure,
    Group,
    Indicator,
    MemberFigures,
    Policy,
    Withheld,
    answers,
    publish,
    withdraw,
)
from fondaco.network.disclosure.answers import ROUNDED, words
from fondaco.network.disclosure.noise import FEWEST as FEWEST_FOR_NOISE
from fondaco.network.disclosure.noise import ask
from fondaco.numerics import Estimate
from fondaco.relationships.stage import Seen, funnel
from fondaco.workflows.networks import (
    WINDOW,
    Network,
    history_of,
    publishing,
    save_history,
    unlist,
)
from fondaco.workflows.profile import profile_of
from fondaco.workflows.stages import stages_of

POLICY = Policy(window=WINDOW)
#: Inquiries, buyers or orders; a figure that rests on fewer is not told.
FEWEST = 5
#: Changes when figures are computed otherwise.
_VERSION = "1"
#: What tells an order from others.
_ORDER = ("platform", "marketplace", "order")
_ASKED_AND_BOUGHT = (Indicator.INQUIRY_TO_ORDER, Indicator.ORDER_TO_REPEAT, Indicator.REPEAT_SHARE)
#: Figures that no ledger tells, and why one is not there.
ONLY_STATED = {
    Indicator.SHIPPING_PER_KILO: "The firm has not stated what it pays for shipping, and shipped with no closed pool of the year.",
    Indicator.EXPORT_HOURS: "The firm has not stated its hours for export.",
    Indicator.READINESS_STRUCTURAL: "There is no assessment yet.",
    Indicator.READINESS_EMOTIONAL: "There is no assessment yet.",
    Indicator.ENGAGEMENT: "There is no assessment yet.",
}


def figures_of(
    workspace: Workspace, firm: str, stated: Mapping[Indicator, Figure] | None = None
) -> MemberFigures:
    """Return a member's figures of the year until the last day that its ledger knows.

    Parameters
    ----------
    stated
        Figures that no file tells, such as those of an assessment; they are taken as they are.

    Notes
    -----
    Kept by the ledger's fingerprint.  No amount of money and no buyer's name is read for it: markets, concentration and
    repeat shares count orders and buyers.
    """
    ledger = workspace.ledger(firm)
    mark = mark_of(ledger)
    path = workspace.home / "cache" / "benchmarks" / f"{firm}.json"
    held = _kept(path, mark)
    if held is None:
        held = _computed(workspace, ledger)
        write_atomically(path, json.dumps({"mark": mark, **_to_json(held)}))
    figures = {**held.figures, **(stated or {})}
    missing = {of: why for of, why in held.missing.items() if of not in figures}
    return replace(held, figures=figures, missing=missing, traits=traits_of(workspace, firm))


def mark_of(ledger: Ledger) -> str:
    """Return a mark of all that a firm's figures rest on: its ledger, and the way of computing."""
    return f"{_VERSION}-{ledger.fingerprint()}"


def _computed(workspace: Workspace, ledger: Ledger) -> MemberFigures:
    found: dict[Indicator, Figure | str] = dict(ONLY_STATED)
    # Each table is asked for once: telling the engine what is wanted takes longer than its answer.
    orders = ledger.table("orders").select("day", "kind", *_ORDER, "country").distinct().to_polars()
    inquiries = ledger.table("inquiries").select("day", "at", "answered_at").to_polars()
    ends = [day for rows in (orders, inquiries) if isinstance(day := rows["day"].max(), date)]
    if not ends:
        found |= {of: "The ledger is empty." for of in Indicator if of not in found}
    else:
        until = max(ends)
        since = until - timedelta(days=WINDOW)
        found |= _answers(inquiries, since, until)
        found |= _markets(orders, ledger.firm.home, since, until)
        seen = [each.seen for each in stages_of(workspace, ledger.firm.slug, until, forecast=False).buyers]
        found |= _buyers(seen, since, until)
    figures = {of: each for of, each in found.items() if isinstance(each, Figure)}
    missing = {of: each for of, each in found.items() if isinstance(each, str)}
    return MemberFigures(ledger.firm.slug, figures, {}, missing, ledger.fingerprint())


def _answers(inquiries: pl.DataFrame, since: date, until: date) -> dict[Indicator, Figure | str]:
    """Return how quickly inquiries are answered; those of the last day can still be."""
    rows = inquiries.filter((pl.col("day") > since) & (pl.col("day") < until)).select("at", "answered_at")
    waits = [
        (answered - at).total_seconds() / 3600 if answered is not None and answered >= at else None
        for at, answered in rows.iter_rows()
        if at is not None
    ]
    if len(waits) < FEWEST or all(wait is None for wait in waits):
        why = f"{len(waits)} inquiries of the year are too few, or none says when it was answered."
        return {Indicator.RESPONSE_RATE: why, Indicator.RESPONSE_HOURS: why}
    rate = sum(wait is not None and wait <= 24 for wait in waits) / len(waits)
    most = SCALES[Indicator.RESPONSE_HOURS].high
    half = median(most if wait is None else min(wait, most) for wait in waits)
    return {
        Indicator.RESPONSE_RATE: Figure(rate, since, until, len(waits)),
        Indicator.RESPONSE_HOURS: Figure(half, since, until, len(waits)),
    }


def _markets(orders: pl.DataFrame, home: str, since: date, until: date) -> dict[Indicator, Figure | str]:
    day, country = pl.col("day"), pl.col("country")
    sales = orders.filter((day > since) & (day <= until) & (pl.col("kind") == "sale"))
    abroad = sales.filter((country != "") & (country != home))  # and so is not null
    counts = abroad.unique([*_ORDER, "country"])["country"].value_counts()["count"].to_list()
    total = sum(counts)
    if total < FEWEST:
        why = f"{total} orders from abroad in the year are too few."
        return {Indicator.MARKETS: why, Indicator.CONCENTRATION: why}
    return {
        Indicator.MARKETS: Figure(len(counts), since, until, total),
        Indicator.CONCENTRATION: Figure(sum((each / total) ** 2 for each in counts), since, until, total),
    }


def _buyers(seen: list[Seen], since: date, until: date) -> dict[Indicator, Figure | str]:
    """Return how buyers who came within the year moved on."""
    asked = [each for each in seen if each.asked and each.asked[0] > since]
    new = [each for each in seen if each.ordered and each.ordered[0] > since]
    bought = [days for each in seen if (days := [day for day in each.ordered if day > since])]
    steps = {"asked": funnel(asked, until)[2].moved, "new": funnel(new, until)[3].moved}
    found = [
        _share(steps["asked"][90], len(asked), "inquirers of the year", since, until),
        _share(steps["new"][90], len(new), "new buyers of the year", since, until),
        Figure(sum(len(days) > 1 for days in bought) / len(bought), since, until, len(bought))
        if len(bought) >= FEWEST
        else f"{len(bought)} buyers of the year are too few.",
    ]
    return dict(zip(_ASKED_AND_BOUGHT, found, strict=True))


def _share(told: Estimate, cases: int, who: str, since: date, until: date) -> Figure | str:
    if told.estimate is None or cases < FEWEST:
        return f"{cases} {who} are too few." if cases < FEWEST else told.why
    return Figure(told.estimate, since, until, cases)


def traits_of(workspace: Workspace, firm: str) -> dict[str, str]:
    """Return what groups are made by: the firm's home, and the band of its employees where it states them."""
    traits = {"home": workspace.firm(firm).home}
    try:
        employees = profile_of(workspace, firm).employees
    except FondacoError:
        employees = None  # a profile that cannot be read is told where it is edited
    if employees is not None:
        traits["size"] = size_of(employees)
    return traits


def size_of(employees: int) -> str:
    """Return the band of employees, as the European Union draws them.

    >>> size_of(9), size_of(10), size_of(600)
    ('1-9', '10-49', '250+')
    """
    return "1-9" if employees < 10 else "10-49" if employees < 50 else "50-249" if employees < 250 else "250+"


# --- keeping ----------------------------------------------------------------------------------------


def _to_json(figures: MemberFigures) -> dict[str, Any]:
    return {
        "firm": figures.firm,
        "basis": figures.basis,
        "missing": {of.value: why for of, why in figures.missing.items()},
        "figures": {of.value: figure_json(each) for of, each in figures.figures.items()},
    }


def figure_json(each: Figure) -> dict[str, Any]:
    """Return a figure as JSON values."""
    return {**vars(each), "since": each.since.isoformat(), "until": each.until.isoformat()}


def figure_from(held: Mapping[str, Any]) -> Figure:
    """Return what `figure_json` gave."""
    days = {name: date.fromisoformat(held[name]) for name in ("since", "until")}
    return Figure(**{**held, **days})


def _kept(path: Any, mark: str) -> MemberFigures | None:
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["mark"] != mark:
            return None
        return MemberFigures(
            held["firm"],
            {Indicator(name): figure_from(each) for name, each in held["figures"].items()},
            {},
            {Indicator(name): why for name, why in held["missing"].items()},
            held["basis"],
        )
    except (OSError, ValueError, KeyError, TypeError, FondacoError):
        return None  # not kept, or not as we left it: computed anew


# --- the door ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """A firm's own figure, or why there is none, beside what its network shows."""

    shown: Cell | Withheld
    own: Figure | None
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        own = (
            None
            if self.own is None
            else {"value": self.own.value, "cases": self.own.cases, "until": self.own.until}
        )
        return {**self.shown.to_json(), "own": own, "own_why": self.why or None}


def publish_network(
    workspace: Workspace, network: Network, figures: Mapping[str, MemberFigures], today: date
) -> None:
    """Publish what can be, of all indicators that members share; what was published stands."""
    with publishing(workspace):
        for of in Indicator:
            sharing = contributions(network, figures, of)
            if network.noise is None:
                held = history_of(workspace, of)
                save_history(workspace, publish(held, network.slug, sharing, today, POLICY))


def contributions(
    network: Network, figures: Mapping[str, MemberFigures], of: Indicator
) -> list[Contribution]:
    """Return the members who share an indicator, with their figures where they have one."""
    found = []
    for firm in network.sharing(of):
        held = figures.get(firm)
        found.append(
            Contribution(firm, held.traits, held.figures.get(of)) if held else Contribution(firm, {}, None)
        )
    return found


def withdraw_from(workspace: Workspace, network: str, firm: str, indicators: Iterable[Indicator]) -> None:
    """Close what was published of a member's figures in a network, and take them out of the network's file."""
    ended = list(indicators)
    with publishing(workspace):
        for of in ended:
            save_history(workspace, withdraw(history_of(workspace, of), network, [firm]))
        unlist(workspace, network, firm, ended)


def shown(
    workspace: Workspace, network: Network, traits: Mapping[str, Mapping[str, str]], of: Indicator,
    groups: Sequence[Group], *, viewer: str | None,
) -> list[Cell | Withheld]:  # fmt: skip
    """Return what a network shows of an indicator for some groups, from what is published."""
    sharing = {firm: traits.get(firm, {}) for firm in network.sharing(of)}
    return answers(history_of(workspace, of), sharing, groups, viewer=viewer, policy=POLICY)


def compare(
    workspace: Workspace, network: Network, firm: str, indicators: Iterable[Indicator], group: Group, today: date
) -> list[Beside]:  # fmt: skip
    """Publish a network's figures and return a firm's own beside them.

    Raises
    ------
    UnknownName
        Where the firm is no member.
    """
    if firm not in {each.firm for each in network.members}:
        raise UnknownName(f"{firm!r} is no member of {network.name}.")
    figures = {
        each.firm: figures_of(workspace, each.firm, each.stated)
        for each in network.members
        if (each.shares or each.firm == firm) and workspace.has_firm(each.firm)
    }
    if firm not in figures:
        raise UnknownName(f"There is no firm {firm!r} in this workspace: import its files first.")
    publish_network(workspace, network, figures, today)
    own = figures[firm]
    traits = {each: held.traits for each, held in figures.items()}
    found = []
    for of in indicators:
        if network.noise is None:
            cell: Cell | Withheld = shown(workspace, network, traits, of, [group], viewer=firm)[0]
        else:
            cell = _noisy(workspace, network, figures, of, group, firm, today)
        found.append(Beside(cell, own.figures.get(of), own.missing.get(of, "")))
    return found


def _noisy(
    workspace: Workspace, network: Network, figures: Mapping[str, MemberFigures], of: Indicator, group: Group,
    firm: str, today: date,
) -> Cell | Withheld:  # fmt: skip
    assert network.noise is not None
    if firm not in network.sharing(of):
        return Withheld(of, group, "You see what you share: share this figure to see that of the others.")
    if len(network.members) < FEWEST_FOR_NOISE:
        return Withheld(
            of, group, f"Figures with noise are for networks of {FEWEST_FOR_NOISE} members and more."
        )
    scale = SCALES[of]
    span = scale.high - scale.low
    held = [
        each.figure
        for each in contributions(network, figures, of)
        if each.figure is not None and set(group) <= set(each.traits.items())
    ]
    try:
        with publishing(workspace):
            history, told = ask(
                history_of(workspace, of), network.slug, words(group),
                [(each.value - scale.low) / span for each in held], today, network.noise,
            )  # fmt: skip
            save_history(workspace, history)
    except Refused as error:
        return Withheld(of, group, str(error))
    mean, low, high = (
        round(scale.low + min(max(each, 0), 1) * span, 3)
        for each in (told.mean, told.mean - told.error, told.mean + told.error)
    )
    return Cell(of, group, told.n - told.n % ROUNDED, mean, low, high, None, told.day, told.epsilon)
