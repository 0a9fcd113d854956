"""From landed cost to the price on the shelf, with every share shown, and back.

Importer's and retailer's margins are shares of their own selling price before tax.  What the platform, the
payment service, returns and advertising take are shares of the shelf price, tax included, because that is what
platforms charge on.  (`fondaco.strategy.price.incoterms.Shelf` has the arithmetic.)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.kernel.money import places
from fondaco.strategy.price.incoterms import Shelf
from fondaco.strategy.price.landed_cost import Step

#: Shares of the shelf price, tax included, and what they are called in a table.
TAKEN = {
    "platform": "platform commission",
    "payment": "payment fee",
    "returns": "returns",
    "advertising": "advertising",
}


@dataclass(frozen=True)
class Chain:
    """The shares between landed cost and shelf, each from 0 to below 1.

    Attributes
    ----------
    importer, retailer
        Of their own selling price, before tax.
    platform, payment, returns, advertising
        Of the shelf price, tax included.
    tax_recovered
        Whether the importer gets the import tax back.
    """

    importer: Decimal = Decimal(0)
    retailer: Decimal = Decimal(0)
    platform: Decimal = Decimal(0)
    payment: Decimal = Decimal(0)
    returns: Decimal = Decimal(0)
    advertising: Decimal = Decimal(0)
    tax_recovered: bool = True

    @property
    def taken(self) -> Decimal:
        """What platform, payment, returns and advertising take together."""
        return self.platform + self.payment + self.returns + self.advertising

    def with_tax(self, tax: Decimal) -> Shelf:
        """Return the arithmetic for a rate of tax.

        Raises
        ------
        InputError
            Where a share is not from 0 to below 1, or nothing of the price would be left.
        """
        for name in TAKEN:
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; a share is from 0 to below 1.")
        return Shelf(self.importer, self.retailer, tax, self.tax_recovered, self.taken)


@dataclass(frozen=True)
class ShelfPrice:
    """The price on the shelf of one unit, with its steps, all in `currency`."""

    currency: str
    price: Decimal
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        unit = Decimal(1).scaleb(-places(self.currency))
        return {
            "price": f"{self.price.quantize(unit):f}",
            "currency": self.currency,
            "steps": [step.to_json(self.currency) for step in self.steps],
        }


def shelf_price(cost: Decimal, currency: str, chain: Chain, tax: Decimal, tax_name: str) -> ShelfPrice:
    """Climb from what one unit costs the importer to its price on the shelf.

    Parameters
    ----------
    cost
        Landed cost of one unit, without the import tax where that is recovered.
    tax
        VAT or GST as a share of the price before it.

    Examples
    --------
    >>> from decimal import Decimal as D
    >>> shelf_price(D("9.00"), "GBP", Chain(importer=D("0.25"), retailer=D("0.40")), D("0.20"), "VAT").price
    Decimal('24.00')
    """
    price = chain.with_tax(tax).price(cost, currency)
    unit = Decimal(1).scaleb(-places(currency))

    def rounded(amount: Decimal) -> Decimal:
        return amount.quantize(unit, rounding=ROUND_HALF_UP)

    steps = [Step("landed cost per unit", rounded(cost), currency, None, rounded(cost), "")]
    importer = rounded(cost / (1 - chain.importer) - cost)
    steps.append(
        Step(
            "importer's margin",
            rounded(cost),
            currency,
            chain.importer,
            importer,
            "share of the importer's price",
        )
    )
    traded = cost / (1 - chain.importer)
    retailer = rounded(traded / (1 - chain.retailer) - traded)
    steps.append(
        Step(
            "retailer's margin",
            rounded(traded),
            currency,
            chain.retailer,
            retailer,
            "share of the retailer's price",
        )
    )
    for name, called in TAKEN.items():
        share: Decimal = getattr(chain, name)
        if share:
            steps.append(
                Step(called, price, currency, share, rounded(price * share), "share of the shelf price")
            )
    net = price / (1 + tax)
    steps.append(Step(tax_name, rounded(net), currency, tax, rounded(price - net), "in the shelf price"))
    steps.append(Step("shelf price", price, currency, None, price, "what the buyer pays"))
    return ShelfPrice(currency, price, tuple(steps))
