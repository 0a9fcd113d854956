"""Place: how goods reach a market, what that costs, and who should do it.

Its rules, with worked tables, are in ``docs/rules/delivery.md``.
"""

from fondaco.strategy.place.charge import CannotGo, Charge, by_breaks, charge, chargeable_weight
from fondaco.strategy.place.consignment import Consignment, consignment_of
from fondaco.strategy.place.options import Delivery, Option, Refused, Takeover, curves, deliver, in_force

__all__ = [
    "CannotGo",
    "Charge",
    "Consignment",
    "Delivery",
    "Option",
    "Refused",
    "Takeover",
    "by_breaks",
    "charge",
    "chargeable_weight",
    "consignment_of",
    "curves",
    "deliver",
    "in_force",
]
