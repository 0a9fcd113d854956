"""The export marketing plan; so far its price part: duty, landed cost, and the ladder of Incoterms.

Everything here is worked out from values that are stated; nothing is looked up.  The rules, with a
worked table, are in ``docs/rules/landed-cost.md``.
"""

from fondaco.strategy.duty import Duty, Quantities
from fondaco.strategy.entry_file import read_entry
from fondaco.strategy.incoterms import (
    TERMS,
    Costs,
    ExWorks,
    Ladder,
    Shelf,
    ex_works_for,
    ex_works_for_shelf,
    ladder,
    shelf_price,
)
from fondaco.strategy.landed_cost import Customs, Entry, Goods, LandedCost, Step, Transport, landed_cost

__all__ = [
    "TERMS",
    "Costs",
    "Customs",
    "Duty",
    "Entry",
    "ExWorks",
    "Goods",
    "Ladder",
    "LandedCost",
    "Quantities",
    "Shelf",
    "Step",
    "Transport",
    "ex_works_for",
    "ex_works_for_shelf",
    "ladder",
    "landed_cost",
    "read_entry",
    "shelf_price",
]
