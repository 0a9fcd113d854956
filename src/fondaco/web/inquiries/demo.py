"""An invented desk for the demonstration: cases, steps with buyers, an agreement, a conflict, quotations.

Buyers are those of the demonstration's own files, taken in their order, so that a seed decides them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fondaco.desk.quotation import Line, Quotation, Terms
from fondaco.ledger import Workspace
from fondaco.web.accounts.models import Firm, User
from fondaco.web.inquiries import actions, keeping
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import Case, CaseState, Source
from fondaco.web.inquiries.quotations import actions as quoting
from fondaco.web.relationships import actions as relating
from fondaco.web.relationships.models import (
    Agreement,
    Conflict,
    ConflictEntry,
    ConflictKind,
    Ended,
    Step,
    StepKind,
    StepOutcome,
)
from fondaco.workflows.buyers import records_of
from fondaco.workflows.quotations import Held


@dataclass(frozen=True)
class _Shop:
    """What a firm of the demonstration sells, and asks for it."""

    sku: str
    product: str
    quantity: int
    prices: tuple[str, str]
    sample: str


SHOPS = {
    "tenger-nooluur": _Shop(
        "TN-BACKPACK", "Cashmere and leather backpack", 12, ("220", "209"), "One backpack"
    ),
}
#: Days ago, platform, what is asked, tags, note of ours, answer; an empty text stands for none.
CASES = (
    (9, "fair", "We met at the invented fair: may we have your list for restaurants?", "fair", "Tasted all three; knows the region.",
     "Thank you for your visit. The list is attached."),
    (4, "website", "Do you deliver smaller cartons as well?", "website|packing", "Ask the packer first.", ""),
    (1, "telephone", "Would you hold the price until spring?", "price", "", ""),
)  # fmt: skip


def seed_desk(workspace: Workspace, firms: Sequence[Firm], by: User, now: datetime) -> None:
    """Write the desk of the demonstration once; a second call adds nothing."""
    for firm in firms:
        shop = SHOPS.get(firm.slug)
        if shop is None or Step.objects.filter(firm=firm).exists() or Case.objects.filter(firm=firm).exists():
            continue
        records = records_of(workspace, firm.slug).drop_nulls(["company", "country"])["id"].to_list()
        buyers = records[:: max(len(records) // 4, 1)][:4]
        if len(buyers) < 4:
            continue
        _cases(firm, shop, buyers, by, now)
        _steps(firm, shop, buyers, by, now)
        _conflict(firm, buyers[0], by, now)
        _quotations(firm, shop, buyers, by, now)
        keeping.then_write(firm)


def _cases(firm: Firm, shop: _Shop, buyers: Sequence[str], by: User, now: datetime) -> None:
    who = Who.of(by)
    for number, ((ago, platform, text, tags, note, answer), buyer) in enumerate(
        zip(CASES, buyers, strict=False), start=1
    ):
        _platform, _mark, name, company, market = buyer.split("\t")
        received = now - timedelta(days=ago)
        said = {
            "kind": "inquiry", "received": received, "name": name, "company": company, "market": market,
            "product": shop.product, "quantity": Decimal(shop.quantity), "message": text,
        }  # fmt: skip
        case, _made = actions.open_case(
            firm, f"demo-{number}", said, platform=platform, source=Source.TYPED, who=who, now=now
        )
        if note:
            actions.add_note(case, note, who=who, now=now)
            case = actions.change_case(
                case, {"tags": f"|{tags}|", "owner": by}, seen=case.version, who=who, now=now
            )
        if answer:
            at = received + timedelta(hours=3)
            actions.answer(case, answer, at, state=CaseState.WAITING, seen=case.version, who=who, now=now)


def _steps(firm: Firm, shop: _Shop, buyers: Sequence[str], by: User, now: datetime) -> None:
    today = now.date()
    sample = Step(buyer=buyers[0], kind=StepKind.SAMPLE, day=today - timedelta(days=60), what=shop.sample)
    call = Step(buyer=buyers[1], kind=StepKind.CALL, day=today - timedelta(days=20), what="Talked of packing")
    move = Step(
        buyer=buyers[2], kind=StepKind.MOVE, day=today - timedelta(days=90), what="Wrote by e-mail for the first time",
        channel="e-mail", exchanges=7,
    )  # fmt: skip
    for step in (sample, call, move):
        relating.log_step(step, firm=firm, by=by, now=now)
    for step, why in ((sample, "Liked it; asks for a price"), (move, "Answers sooner than before")):
        outcome = StepOutcome(day=step.day + timedelta(days=14), ended=Ended.KEPT, why=why)
        relating.say_outcome(step, outcome, firm=firm, by=by, now=now)
    agreed = Agreement(
        buyer=buyers[3], what=f"{shop.quantity} pieces every third month", first=today - timedelta(days=80), months=3, ahead=21,
    )  # fmt: skip
    relating.agree(agreed, firm=firm, by=by, now=now)
    relating.settle(agreed, agreed.first, done=True, note="In one parcel", firm=firm, by=by, now=now)


def _conflict(firm: Firm, buyer: str, by: User, now: datetime) -> None:
    day = now.date() - timedelta(days=30)
    conflict = Conflict(
        day=day, kind=ConflictKind.PRICE, what="A shop there showed our goods below the distributor's price.",
        channels="Own shop and the distributor", market=buyer.split("\t")[4],
    )  # fmt: skip
    relating.log_conflict(conflict, firm=firm, by=by, now=now)
    entry = ConflictEntry(
        day=day + timedelta(days=2), handled="One price for all from next month; told both."
    )
    relating.handle_conflict(conflict, entry, firm=firm, by=by, now=now)


def _quotations(firm: Firm, shop: _Shop, buyers: Sequence[str], by: User, now: datetime) -> None:
    """Quote twice; the first is changed once and then sent.  Nothing is priced here, which would take seconds."""
    terms = Terms("FCA", lead_days=14, samples=shop.sample, payment="Half with the order")
    for number, (buyer, prices) in enumerate(((buyers[0], shop.prices), (buyers[1], shop.prices[:1]))):
        _platform, _mark, name, company, market = buyer.split("\t")
        made = None
        for price in prices:
            line = Line(shop.sku, shop.product, Decimal(shop.quantity), Decimal(price))
            held = Held(
                Quotation(company or name, market, "EUR", now.date(), (line,), terms), checks=(), beyond=()
            )
            if made is None:
                made = quoting.make(held, firm=firm, by=by, now=now)
            else:
                quoting.change(made, held, seen=made.newest.number, firm=firm, by=by, now=now)
        if made is not None and number == 0:
            quoting.mark_sent(made, seen=len(prices), firm=firm, by=by, now=now)
