"""The product part of the plan: what to offer where, what to do before, what to leave, what to share with others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fondaco.kernel.words import many
from fondaco.reference import countries
from fondaco.strategy.advice import Action, Proposal, in_order, key_of
from fondaco.strategy.product.collective import Candidate
from fondaco.strategy.product.score import Score
from fondaco.strategy.product.screen import Check, Screened
from fondaco.strategy.profile import Profile

#: Within how many days an action of this part is due; set, to be changed in the plan.
DUE = 30

#: So many requests outside the catalogue are taken up.
REQUESTS = 3


@dataclass(frozen=True)
class Request:
    """A request that the catalogue does not meet: of which kind, where (None: in several markets), how often, in words."""

    kind: str
    market: str | None
    texts: int
    says: str


def advise(
    found: Sequence[Screened], *, scored: Sequence[Score], requests: Sequence[Request], profile: Profile,
    today: date, shared: Sequence[Candidate] = (),
) -> Proposal:  # fmt: skip
    """Return the product part of the plan.

    Parameters
    ----------
    found
        Each product in each target market, the most important product first.
    scored
        The categories' scores.
    requests
        Requests outside the catalogue, the most frequent first.
    shared
        Categories that members of the network could share; empty where it is not known.

    Returns
    -------
    Proposal
        Facts: ``screen``, list of `Screened.to_json`; ``scores``, list of `Score.to_json`; ``requests``, list of
        ``{"kind", "market", "texts", "says"}``; ``collective``, ``{"supporter", "candidates", "why"}``.
    """
    actions: list[Action] = []
    for each in found:
        actions += _offer(each, today)
    actions += _best_category(scored, profile, today)
    actions += _requests(requests, today)
    facts, more = _collective(profile, shared, today)
    unknown = [
        f"{each.product.sku} in {countries.name(each.market)}: {check.says}"
        for each in found if each.verdict == "not known" for check in each.reasons
    ]  # fmt: skip
    count = {
        verdict: sum(each.verdict == verdict for each in found) for verdict in ("fit", "not fit", "not known")
    }
    says = "No product or no target market is known yet."
    if found:
        says = (
            f"{many(len(found), 'pair')} of product and market: {count['fit']:,} fit, {count['not fit']:,} not fit, "
            f"{count['not known']:,} not known."
        )
    return Proposal(
        "product", says, in_order([*actions, *more]), tuple(dict.fromkeys(unknown)),
        {
            "screen": [each.to_json() for each in found],
            "scores": [score.to_json() for score in scored],
            "requests": [dict(vars(each)) for each in requests],
            "collective": facts,
        },
    )  # fmt: skip


def _offer(each: Screened, today: date) -> Iterator[Action]:
    where, sku = countries.name(each.market), each.product.sku
    if each.verdict == "not fit":
        worst = each.reasons[0]
        yield _action(f"Do not offer {sku} in {where}.", "leave", worst, each, today)
        return
    work = [check for check in each.checks if check.state == "work"]
    if work:
        before = Check(
            "work", "work", " ".join(check.says for check in work), work[0].rule,
            " ".join(dict.fromkeys(check.changes for check in work)),
        )  # fmt: skip
        what = "; ".join(dict.fromkeys(_work(check, each.seen.fits_from) for check in work))
        yield _action(f"Before {sku} is listed in {where}: {what}.", "before-listing", before, each, today)
    if each.verdict == "fit":
        words = {
            "standard": f"Offer {sku} in {where} as it is; change only what the law asks.",
            "adapted": f"Adapt {sku} to what buyers in {where} come back for: pack, label, sizes.",
        }
        check = Check(
            "stage", "fit", f"{many(each.seen.market_orders, 'order')} from there so far.", "product/adapt-by-stage",
            "More orders from there, or another threshold.",
        )  # fmt: skip
        yield _action(words[each.offer], "offer", check, each, today, days=2 * DUE)


def _work(check: Check, fits_from: int | None) -> str:
    return {
        "transport": f"ask for at least {many(fits_from or 0, 'unit')} at once",
        "label language": "have a label made in a language of the country",
        "prohibition": "find out whether it may be sold there",
        "proof": "renew the proof that has run out",
    }.get(check.name, f"meet its {check.name} rules")


def _action(what: str, name: str, check: Check, each: Screened, today: date, days: int = DUE) -> Action:
    return Action(
        key_of("product", name, each.market, each.product.sku), "product", what, "firm", today + timedelta(days=days),
        check.says, check.rule, check.changes, each.market, each.product.sku,
    )  # fmt: skip


def _best_category(scored: Sequence[Score], profile: Profile, today: date) -> Iterator[Action]:
    """Propose the first category where its low end is above every other's, of all markets together."""
    if len({score.category for score in scored}) < 2:
        return
    first = scored[0]
    rest = max((score.high for score in scored if score.category != first.category), default=0.0)
    sure = first.low > rest
    yield Action(
        key_of("product", "first-category"), "product",
        f"Start with {first.category} in {countries.name(first.market)}." if sure
        else f"Find out what the scores of the categories lack before one is chosen; {first.category} leads in {countries.name(first.market)}.",
        profile.doer("market-studies"), today + timedelta(days=DUE),
        f"Its score is {_range(first)}; the best of the others reaches {rest:.2f}.", "product/origin-category",
        "Other weights, or what is not known yet.",
    )  # fmt: skip


def _range(score: Score) -> str:
    return f"{score.low:.2f}" if score.known else f"between {score.low:.2f} and {score.high:.2f}"


def _requests(requests: Sequence[Request], today: date) -> Iterator[Action]:
    for each in requests[:REQUESTS]:
        yield Action(
            key_of("product", "answer-request", each.market, each.kind.replace(" ", "-")), "product",
            f"Decide on requests for {each.kind}, and answer those who made them.", "firm", today + timedelta(days=DUE),
            each.says, "product/outside-the-catalogue", "An offer that meets it, or no more such requests.", each.market,
        )  # fmt: skip


def _collective(
    profile: Profile, shared: Sequence[Candidate], today: date
) -> tuple[dict[str, Any], list[Action]]:
    behind = profile.supporter
    does = set(behind.does) & {"collective-brand", "quality-mark"} if behind else set()
    if behind is None or not does:
        why = "No organisation behind the firm that runs a collective brand or a quality mark is stated."
        return {"supporter": behind.name if behind else None, "candidates": [], "why": why}, []
    why = (
        ""
        if shared
        else "Which members could share a category is not known until the network says who makes what."
    )
    facts = {"supporter": behind.name, "candidates": [each.to_json() for each in shared], "why": why or None}
    due, actions = today + timedelta(days=2 * DUE), []
    first = next((each for each in shared if each.enough), None)
    if "collective-brand" in does:
        members = f"{', '.join(first.could_enter)} could enter with {first.entry.tag}" if first else why
        actions.append(Action(
            key_of("product", "collective-brand"), "product",
            f"Agree with {behind.name} on a collective brand and its conditions of entry: goods, origin, proofs.",
            "supporter", due, members or "No category has enough members yet.", "product/collective-brand",
            "Fewer members than the rule asks.",
        ))  # fmt: skip
    if "quality-mark" in does:
        checked = [each.firm for each in (first.members if first else ()) if each.guaranteed]
        told = (
            f"On record and in date: {', '.join(checked)}."
            if checked
            else "No passed check is on record yet."
        )
        actions.append(Action(
            key_of("product", "quality-check"), "product",
            f"Have {behind.name} check the goods and put the check on record, before its name is used.", "supporter", due,
            told, "product/guarantee-on-checks", "A check on record that is passed and in date.",
        ))  # fmt: skip
    return facts, actions
