"""The plan of a firm: each part is asked for its proposal, and they are joined and held against what is known.

A part that fails, or that is not there, says so in the plan and takes nothing else with it.

What parts hand to the checks stands in the `facts` of their proposals, under names that any part may use:

======================  ==============================================================================
``prices``              list of ``{"product", "market", "price", "currency", "floor", "channel", "units"}``
``platforms``           list of ``{"platform", "market", "missing"}``: those chosen, and registrations lacking
``delivery``            by market: whether a way of delivering is known (a truth value, or an object with ``known``)
``spending``            what promotion would cost in a month, in the firm's currency
``hours``               by action key: hours of work
======================  ==============================================================================
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.kernel import FondacoError
from fondaco.ledger import Workspace
from fondaco.ledger.taking import Progress, silent
from fondaco.reference import countries, geography
from fondaco.reference.regulations import rules_for
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.conflicts import Chosen, Circumstances, Priced
from fondaco.strategy.plan.joining import JOINED, Plan, join, missing
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import Part
from fondaco.workflows.conclusions import remembering
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import barred_of, book_of, groups_of, known_tags, products_of
from fondaco.workflows.targets import targets_of

#: What gives a part's proposal.
Propose = Callable[[Workspace, str, date], Proposal]

#: Folders of the workspace that hold no input of a plan beside what the ledger's fingerprint covers.
_NOT_READ = frozenset({"ledger", "uploads", "logs", "cache", "scratch"})


def plan_of(
    workspace: Workspace,
    firm: str,
    today: date,
    *,
    proposers: Mapping[Part, Propose] | None = None,
    progress: Progress = silent,
) -> Plan:
    """Return the plan of a firm as it would be proposed on a day, kept until anything it rests on changes.

    Parameters
    ----------
    proposers
        By part, in place of ``fondaco.workflows.PART.propose``; then nothing is kept.

    Raises
    ------
    UnknownName
        Where there is no such firm.
    InputError
        Where the firm's profile or catalogue cannot be read.
    """
    workspace.firm(firm)
    if proposers is not None:
        return _plan(workspace, firm, today, proposers, progress)
    key = (str(workspace.home), "plan", firm, today.isoformat(), inputs_of(workspace, firm))
    return remembering(key, lambda: _plan(workspace, firm, today, _installed(), progress))


def inputs_of(workspace: Workspace, firm: str) -> str:
    """Return a fingerprint of all that a plan may rest on: the ledger's state and every other file of the workspace."""
    said = [workspace.ledger(firm).fingerprint()]
    for folder in sorted(path for path in workspace.home.glob("*") if path.is_dir()):
        if folder.name in _NOT_READ:
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                seen = path.stat()
                said.append(f"{path.relative_to(workspace.home)} {seen.st_mtime_ns} {seen.st_size}")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _installed() -> dict[Part, Propose]:
    return {part: _lazily(part) for part in JOINED}


def _lazily(part: Part) -> Propose:
    def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
        found: Propose | None = None
        try:
            found = getattr(importlib.import_module(f"fondaco.workflows.{part}"), "propose", None)
        except ModuleNotFoundError as error:
            if error.name != f"fondaco.workflows.{part}":
                raise
        if found is None:
            return missing(part, f"This installation has no proposals for {part}.")
        return found(workspace, firm, today)

    return propose


def _plan(
    workspace: Workspace, firm: str, today: date, proposers: Mapping[Part, Propose], progress: Progress
) -> Plan:
    profile = profile_of(workspace, firm)
    targets = targets_of(workspace, firm)
    proposals: dict[Part, Proposal] = {}
    for number, part in enumerate(JOINED):
        progress(f"Working out {part}", number / (len(JOINED) + 1))
        proposals[part] = _asked(part, proposers.get(part), workspace, firm, today)
    progress("Checking that the parts agree", len(JOINED) / (len(JOINED) + 1))
    known = circumstances_of(workspace, firm, today, proposals, [target.market for target in targets])
    basis = {
        "ledger": workspace.ledger(firm).fingerprint(),
        "profile": "stated" if profile != Profile() else "nothing stated",
    }
    return join(
        firm, proposals, profile=profile, known=known, today=today,
        targets=[(target.market, target.why) for target in targets], basis=basis,
    )  # fmt: skip


def _asked(part: Part, propose: Propose | None, workspace: Workspace, firm: str, today: date) -> Proposal:
    if propose is None:
        return missing(part, "Nothing was asked of it.")
    try:
        return propose(workspace, firm, today)
    except FondacoError as error:
        return missing(part, str(error))
    except Exception as error:  # noqa: BLE001  # one part's fault must not take the four others with it
        return missing(part, f"It failed, which is our fault ({type(error).__name__}: {error}).")


# --- what the checks need to know


def circumstances_of(
    workspace: Workspace, firm: str, today: date, proposals: Mapping[Part, Proposal], targets: Sequence[str]
) -> Circumstances:
    """Return what the plan is held against: law, languages, goods, and the facts that the parts hand over."""
    actions = [action for proposal in proposals.values() for action in proposal.actions]
    facts = [proposal.facts for proposal in proposals.values()]
    known = known_tags(workspace)
    held = {p.sku: known.closure(p.tags) for p in products_of(workspace, firm) if p.sku and p.tags}
    markets = {*targets, *(action.market for action in actions if action.market)}
    return Circumstances(
        targets=tuple(targets),
        barred=barred_of(workspace, firm, today),
        stops=_stops(workspace, firm, today, actions),
        prices=tuple(_prices(facts)),
        delivery=_delivery(facts),
        platforms=tuple(_platforms(facts)),
        languages={market: geography.languages(market) for market in sorted(markets)},
        tags={sku: frozenset(tags) for sku, tags in held.items()},
        spending=next((amount for f in facts if (amount := _decimal(f.get("spending"))) is not None), None),
        hours=_hours(facts),
        currency=workspace.firm(firm).currency,
    )


def _stops(
    workspace: Workspace, firm: str, today: date, actions: Iterable[Action]
) -> dict[tuple[str, str], str]:
    """Return what prohibits each product in each market that an action takes it to."""
    wanted = {(a.product, a.market) for a in actions if a.product and a.market}
    if not wanted:
        return {}
    known, book = known_tags(workspace), book_of(workspace, firm)
    products = {p.sku: p for p in products_of(workspace, firm) if p.sku}
    found = {}
    for product, market in sorted(wanted):
        if product not in products or not (products[product].tags or products[product].hs):
            continue
        told = rules_for(market, groups_of([products[product]], known), rules=book, today=today, known=known)
        for cell in (cell for each in told.products for cell in each.cells):
            if cell.kind == "prohibited" and cell.level == "stop":
                found[product, market] = " ".join(f"{a.rule.says} (rule {a.rule.id})" for a in cell.rules)
    return found


def _decimal(said: Any) -> Decimal | None:
    try:
        return None if said is None or isinstance(said, bool | dict | list) else Decimal(str(said))
    except InvalidOperation:
        return None


def _listed(facts: Iterable[Mapping[str, Any]], name: str) -> Iterable[Mapping[str, Any]]:
    """Return the objects that the parts list under a name; what is no such list is passed over."""
    for held in facts:
        listed = held.get(name)
        if isinstance(listed, list):
            yield from (each for each in listed if isinstance(each, dict))


def _prices(facts: Iterable[Mapping[str, Any]]) -> Iterable[Priced]:
    for each in _listed(facts, "prices"):
        price, product, currency = _decimal(each.get("price")), each.get("product"), each.get("currency")
        if price is not None and product and currency:
            yield Priced(
                str(product), each.get("market"), price, str(currency), _decimal(each.get("floor")),
                str(each.get("channel") or ""), int(each.get("units") or 1),
            )  # fmt: skip


def _platforms(facts: Iterable[Mapping[str, Any]]) -> Iterable[Chosen]:
    for each in _listed(facts, "platforms"):
        lacking = each.get("missing")
        if each.get("platform") and isinstance(lacking, list):
            yield Chosen(str(each["platform"]), each.get("market"), tuple(map(str, lacking)))


def _delivery(facts: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    found = {}
    for held in facts:
        told = held.get("delivery")
        for market, said in told.items() if isinstance(told, dict) else ():
            if countries.is_market(str(market)):
                found[market] = bool(said.get("known")) if isinstance(said, dict) else bool(said)
    return found


def _hours(facts: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    found = {}
    for held in facts:
        told = held.get("hours")
        for key, said in told.items() if isinstance(told, dict) else ():
            if (hours := _decimal(said)) is not None:
                found[str(key)] = hours
    return found
