"""Price: what goods cost at the buyer's, and what they may cost at the works.

The bare calculator is worked out from values that are stated; nothing in it is looked up.  Its rules,
with a worked table, are in ``docs/rules/landed-cost.md``.
"""

from fondaco.reference.tariffs.duty import Duty, Quantities
from fondaco.strategy.price.entry_file import read_entry
from fondaco.strategy.price.incoterms import (
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
from fondaco.strategy.price.landed_cost import (
    Customs,
    Entry,
    Extra,
    Goods,
    LandedCost,
    Step,
    Transport,
    landed_cost,
)

__all__ = [
    "TERMS",
    "Costs",
    "Customs",
    "Duty",
    "Entry",
    "ExWorks",
    "Extra",
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
