"""What to ask: the bare price floor from what is stated, and the offer of a firm's product in a market."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, table
from fondaco.kernel import InputError
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:  # loading them takes a second, and `fondaco --help` needs none
    from fondaco.reference.rates import Rates
    from fondaco.strategy.price.channels import Conflict
    from fondaco.strategy.price.floor import Floor, StatedRate
    from fondaco.strategy.price.offer import Offer
    from fondaco.strategy.price.penetration import Penetration

CostOption = typer.Option(..., "--cost", help="Cost of one unit, such as 10; again for each currency.")
InOption = typer.Option(..., "--in", help="Its currency; once for each --cost.")
RateOption = typer.Option(
    [], "--rate", help='A rate that the ECB does not quote: "EUR=3600..3700 MNT", one euro being that many.'
)
PaymentOption = typer.Option(0, "--payment-days", help="Days from the end of the quotation to the money.")


def _number(text: str, option: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InputError(f"{option} says {text!r}: write a number as 10 or 9.50.") from None


def _costs(amounts: list[str], currencies: list[str]) -> dict[str, Decimal]:
    if len(amounts) != len(currencies):
        raise InputError(
            f"There are {len(amounts)} of --cost and {len(currencies)} of --in: state one for each."
        )
    found: dict[str, Decimal] = {}
    for amount, said in zip(amounts, currencies, strict=True):
        code = said.strip().upper()
        found[code] = found.get(code, Decimal(0)) + _number(amount, "--cost")
    return found


def _stated(said: list[str], rates: Rates) -> list[StatedRate]:
    """Read rates such as ``EUR=3600..3700 MNT``; either side may be the one that the ECB does not quote."""
    from fondaco.strategy.price.floor import StatedRate

    found = []
    for text in said:
        one, _, rest = text.partition("=")
        numbers, _, other = rest.strip().partition(" ")
        low, _, high = numbers.partition("..")
        one, other = one.strip().upper(), other.strip().upper()
        if not (one and low and other):
            raise InputError(f'--rate says {text!r}: write it as "EUR=3600..3700 MNT".')
        ends = _number(low, "--rate"), _number(high or low, "--rate")
        if min(ends) <= 0:
            raise InputError(f"--rate says {text!r}: a rate is above zero.")
        if one in rates.currencies:  # so many of the other for one: turned around
            found.append(StatedRate(other, one, 1 / ends[1], 1 / ends[0]))
        else:
            found.append(StatedRate(one, other, *ends))
    return found


@app.command()
def floor(
    cost: list[str] = CostOption,
    in_: list[str] = InOption,
    quote: str = typer.Option(..., "--quote", help="Currency of the price, such as USD."),
    margin: str = typer.Option(..., "--margin", help="Share of the price that must be left, such as 0.25."),
    confidence: str = typer.Option("0.95", "--confidence", help="Probability with which it must be left."),
    days: int = typer.Option(30, "--days", help="How long the quotation holds."),
    payment_days: int = PaymentOption,
    rate: list[str] = RateOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Work out the lowest price that holds a margin through what exchange rates may do until the money comes."""
    from fondaco.reference.rates import Rates
    from fondaco.strategy.price.floor import Promise, price_floor

    rates = Rates.load(home_folder())
    promise = Promise(_number(margin, "--margin"), _number(confidence, "--confidence"), days, payment_days)
    found = price_floor(
        _costs(cost, in_), quote, promise, today=moment(now).date(), rates=rates, stated=_stated(rate, rates)
    )  # fmt: skip
    emit({"floor": found.to_json()}, as_json, lambda: _show_floor(found))


def _show_floor(found: Floor) -> None:
    if found.amount is None:
        print(f"No floor can be told. {found.why}")
        if found.deterministic is not None:
            print(f"If no rate moved, it would be {found.deterministic:f} {found.currency}.")
        return
    held = found.promise
    lowest = "" if found.lowest is None else f"{found.lowest:f} to "
    print(
        f"Floor: {lowest}{found.amount:f} {found.currency}. {held.margin:.1%} of the price is left with {float(held.confidence) * 100:g}%, "
        f"on any day of the next {held.days}."
    )
    told = found.markup
    if told.estimate is not None and told.low is not None and told.high is not None:
        print(
            f"If no rate moved: {found.deterministic:f}. Exchange risk adds {told.estimate:.2%} ({told.low:.2%} to {told.high:.2%}, "
            "by how well history tells it)."
        )
    for note in found.notes:
        print(f"- {note}")


@app.command()
def offer(
    sku: str = typer.Argument(..., help="The firm's article number."),
    to: str = typer.Option(..., "--to", help="The market, in any spelling of a country."),
    firm: str = FirmOption,
    cost: list[str] = CostOption,
    in_: list[str] = InOption,
    quote: str = typer.Option(
        None, "--quote", help="Currency of the price; else that of the firm's listings there."
    ),
    margin: str = typer.Option(None, "--margin", help="In place of the profile's: such as 0.25."),
    days: int = typer.Option(None, "--days", help="In place of the profile's: how long a quotation holds."),
    payment_days: int = PaymentOption,
    order_cost: str = typer.Option(
        "0", "--order-cost", help="Cost of an order whatever its size, in the first --in."
    ),
    rate: list[str] = RateOption,
    target: str = typer.Option(None, "--target", help="Plan a path of entry prices up to this one."),
    entry: str = typer.Option(None, "--entry", help="Where that path begins; else below the rivals' median."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Say what to publish for a product in a market: floor, range, ladder, quantity breaks, entry path, checks."""
    from fondaco.ledger import Workspace
    from fondaco.strategy.price.actions import actions_of
    from fondaco.workflows.dossier import rates_of
    from fondaco.workflows.offer import conflicts_of, offer_of, penetration_of

    workspace, today = Workspace(home_folder()), moment(now).date()
    workspace.firm(firm)
    costs = _costs(cost, in_)
    first, *others = costs
    found = offer_of(
        workspace, firm, sku, to, today, costs[first], first,
        quote=quote,
        margin=None if margin is None else _number(margin, "--margin"),
        valid_days=days,
        payment_days=payment_days,
        other_costs={code: costs[code] for code in others},
        order_cost=_number(order_cost, "--order-cost"),
        stated=_stated(rate, rates_of(workspace)),
    )  # fmt: skip
    conflicts = conflicts_of(workspace, firm, today, sku)
    path = None
    if target or entry:
        path = penetration_of(
            workspace, firm, found, today,
            target=None if target is None else _number(target, "--target"),
            entry=None if entry is None else _number(entry, "--entry"),
        )  # fmt: skip
    data: dict[str, Any] = {
        "firm": firm, "product": sku, "market": found.market, **found.to_json(),
        "penetration": None if path is None else path.to_json(),
        "channels": [each.to_json() for each in conflicts],
        "actions": [each.to_json() for each in actions_of(found, penetration=path, conflicts=conflicts)],
        "basis": found.basis,
    }  # fmt: skip
    emit(data, as_json, lambda: _show_offer(found, path, conflicts))


def _show_offer(found: Offer, path: Penetration | None, conflicts: tuple[Conflict, ...]) -> None:
    _show_floor(found.floor)
    unit = found.floor.currency
    if found.ladder:
        table(
            f"From the opening price to the floor, in {unit}",
            ["price", "off", "left today", "left after a bad move", "in return for"],
            [
                [f"{r.price:f}", f"{r.off:.1%}", f"{r.margin:.1%}", f"{r.margin_held:.1%}", r.for_what]
                for r in found.ladder
            ],
            right=(0, 1, 2, 3),
        )
        table(
            f"By quantity, in {unit}",
            ["from", "publish", "not below", ""],
            [[f"{b.quantity:,}", f"{b.high:f}", f"{b.low:f}", b.says] for b in found.breaks],
            right=(0, 1, 2),
        )
    print(found.room.says)
    if path is not None:
        _show_path(path)
    for each in found.warnings:
        print(f"- {each.check}: {each.reason}")
    for conflict in conflicts:
        print(f"- {conflict.kind}: {conflict.sentence} {' '.join(conflict.caveats)}")


def _show_path(path: Penetration) -> None:
    verdict = "It is wrong for this product" if path.wrong else "No condition speaks against it"
    table(
        f"Entering low, in {path.currency}. {verdict}",
        ["from", "price", "left today"],
        [[each.day, f"{each.price:f}", f"{each.margin:.1%}"] for each in path.steps],
        right=(1, 2),
    )
    print(f"Pays back: {path.payback.says}")
    print(path.stop)
    words = {True: "holds", False: "FAILS", None: "not known"}
    for each in path.conditions:
        print(f"- {each.name}: {words[each.holds]}. {each.says}")
