"""Collective delivery: whose shipments go together, what that costs, and what each member pays of it.

`deliver` groups shipments at least cost under rates (`grouping`), with a bound on how far from the cheapest the
grouping can be, and splits the cost so that nobody pays more than alone (`sharing`).  The rule, with a worked
table, is ``docs/rules/collective-delivery.md``.
"""

from fondaco.network.delivery.collective import Delivery, Share, deliver
from fondaco.network.delivery.grouping import Group
from fondaco.network.delivery.shipments import Rate, Shipment, rates_of, rates_toml, shipments_of

__all__ = [
    "Delivery",
    "Group",
    "Rate",
    "Share",
    "Shipment",
    "deliver",
    "rates_of",
    "rates_toml",
    "shipments_of",
]
