"""What the offer, its checks, penetration and channel conflicts ask the firm to do, as actions of the plan.

Nothing is done by itself: prices are the firm's to set and to send.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from fondaco.kernel.words import many
from fondaco.reference import countries
from fondaco.strategy.advice import Action, in_order, key_of
from fondaco.strategy.price.channels import Conflict
from fondaco.strategy.price.offer import Caution, Offer
from fondaco.strategy.price.penetration import Penetration

#: Days within which prices below the floor are raised, other prices are set, and habits are changed.
_AT_ONCE, _SOON, _LATER = 7, 30, 90
_LACKING = "state-what-the-floor-needs"


#: At which point of the journey a price holds, by Incoterm.
_POINTS = {"EXW": " at the works (EXW)", "DDP": " delivered, duty paid (DDP)"}


def actions_of(
    offer: Offer,
    *,
    term: str = "",
    penetration: Penetration | None = None,
    path_term: str = "",
    conflicts: Sequence[Conflict] = (),
) -> tuple[Action, ...]:
    """Return what to do about the price of one product in one market.

    Parameters
    ----------
    offer
        Of `fondaco.strategy.price.offer`.
    term
        The Incoterm that the offer's prices are at, where that is to be said.
    penetration
        A path of entry prices, where one was worked out.
    path_term
        The Incoterm that these are at.
    conflicts
        Between channels, of this product; they concern all markets.
    """
    found = [
        *_of_range(offer, _point(term)),
        *_of_cautions(offer),
        *_of_channels(offer.sku, offer.today, conflicts),
    ]
    if penetration is not None:
        found.append(_of_path(offer, penetration, _point(path_term)))
    return in_order(found)


def _point(term: str) -> str:
    return _POINTS.get(term, f" {term}" if term else "")


def joined(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return actions of several products and markets, in order: what is said twice once, what all lack once for all."""
    by_key = {action.key: action for action in actions}
    lacking: defaultdict[str, list[Action]] = defaultdict(list)
    for action in by_key.values():
        if action.key.startswith(f"price/{_LACKING}/"):
            lacking[action.why].append(action)
    for why, held in lacking.items():
        if len(held) > 1:
            for action in held:
                del by_key[action.key]
            about = key_of("price", _LACKING, hashlib.sha256(why.encode()).hexdigest()[:8])
            what = f"State what the price floors of {len(held)} products and markets need."
            by_key[about] = replace(held[0], key=about, what=what, market=None, product=None)
    return in_order(tuple(by_key.values()))


def _action(offer: Offer, name: str, what: str, days: int, why: str, rule: str, changes: str) -> Action:
    return Action(
        key_of("price", name, offer.market, offer.sku), "price", what, "firm", offer.today + timedelta(days=days),
        why, rule, changes, offer.market, offer.sku,
    )  # fmt: skip


def _of_range(offer: Offer, point: str) -> Iterable[Action]:
    where = countries.name(offer.market)
    if offer.range is None:
        yield _action(
            offer, _LACKING, f"State what the price floor of {offer.sku} in {where} needs.", _SOON,
            offer.floor.why, "price/floor", "the missing figure",
        )  # fmt: skip
        return
    if offer.listed is not None:  # what is wrong with it, if anything, the checks say
        return
    held, floor = offer.range, offer.floor
    yield _action(
        offer,
        "set-range",
        f"Publish {offer.sku} in {where} at {held.high:f} {held.currency}{point} and agree to nothing below {held.low:f}.",
        _SOON,
        f"{floor.promise.margin:.0%} is left with {floor.promise.confidence:.0%} over {many(floor.days, 'day')} from {held.low:f} on; "
        f"{floor.deterministic:f} would do if no rate moved. {offer.room.says}",
        "price/range-per-market",
        "another cost, margin, exchange rate, or deals that show how far buyers here bargain",
    )


#: The action that each check calls for: name, what to do, days, what would change it.
_CALLS: dict[str, tuple[str, str, int, str]] = {
    "margin at the low end": (
        "raise-floor",
        "Raise the lowest price at which {sku} is listed in {where} to {low}, or shorten how long it holds.",
        _AT_ONCE,
        "a lower cost, a smaller margin, or a rate that has come back",
    ),
    "range too narrow": (
        "widen-range",
        "Widen the range in which {sku} is listed in {where} to {low} to {high}.",
        _SOON,
        "deals that close nearer to the listed price",
    ),
    "minimum order": (
        "lower-minimum",
        "Offer {sku} in {where} to small buyers too, with a minimum and a price of their own.",
        _SOON,
        "requests for larger quantities, or a cost of small orders that their price does not bear",
    ),
}


def _of_cautions(offer: Offer) -> Iterable[Action]:
    for each in offer.warnings:
        if each.check in _CALLS:
            yield _of_caution(offer, each)
        elif each.check == "bargaining not known":  # of the firm, whatever the product and the market
            yield Action(
                key_of("price", "log-deals"), "price", "Keep the listed and the agreed price of each deal, with its market.",
                "firm", offer.today + timedelta(days=_LATER), each.reason, each.rule,
                "eight buyers or more with a listed and an agreed price",
            )  # fmt: skip


def _of_caution(offer: Offer, said: Caution) -> Action:
    name, what, days, changes = _CALLS[said.check]
    low = "" if offer.range is None else f"{offer.range.low:f} {offer.range.currency}"
    high = "" if offer.range is None else f"{offer.range.high:f} {offer.range.currency}"
    told = what.format(sku=offer.sku, where=countries.name(offer.market), low=low, high=high)
    return _action(offer, name, told, days, said.reason, said.rule, changes)


def _of_path(offer: Offer, path: Penetration, point: str) -> Action:
    where = countries.name(offer.market)
    if path.wrong:
        failed = [each for each in path.conditions if each.holds is False]
        return _action(
            offer, "do-not-enter-low", f"Do not enter {where} with a low price for {offer.sku}.", _SOON,
            " ".join(each.says for each in failed), "price/penetration", "; ".join(each.name for each in failed),
        )  # fmt: skip
    first, last = path.steps[0], path.steps[-1]
    unknown = [each.name for each in path.conditions if each.holds is None]
    return _action(
        offer, "enter-low",
        f"Enter {where} with {offer.sku} at {first.price:f} {path.currency}{point} and raise in {many(len(path.steps) - 1, 'step')} to "
        f"{last.price:f} by {last.day}.",
        _SOON, f"{path.payback.says} {path.stop}", "price/penetration",
        f"a condition that fails{'; not known yet: ' + ', '.join(unknown) if unknown else ''}",
    )  # fmt: skip


def _of_channels(sku: str, today: date, conflicts: Sequence[Conflict]) -> Iterable[Action]:
    open_ = [each for each in conflicts if each.kind != "for more, documented"]
    if not open_:
        return
    documenting = all(each.kind == "for more, not documented" for each in open_)
    what = (
        f"Publish the volume discount of {sku} on {open_[0].cheap.channel}, from the quantity at which it begins."
        if documenting
        else f"Bring the prices of {sku} on {open_[0].cheap.channel} and {open_[0].dear.channel} together at equal quantity."
    )
    name = "document-discount" if documenting else "settle-channels"
    why = " ".join((open_[0].sentence, *open_[0].caveats))
    yield Action(
        key_of("price", name, sku), "price", what, "firm", today + timedelta(days=_SOON), why, "price/channels",
        "a published volume discount, or tax and exchange that explain the gap", None, sku,
    )  # fmt: skip
