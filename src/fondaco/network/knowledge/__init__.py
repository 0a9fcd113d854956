"""What members of a network know together: items, whether they still hold, who knows, and what nobody knows.

`items` says what an item is and how votes and age make it confirmed, disputed or outdated; `grid` where knowledge is
missing, who has it at first hand and who gave how much; `guard` what must not be shared; `lines` how items are
kept in a file.
"""

from fondaco.network.knowledge.grid import Cell, Knower, contributions, gaps, knowers
from fondaco.network.knowledge.guard import Finding, findings
from fondaco.network.knowledge.items import KINDS, STATES, Item, Judged, Vote, judged
from fondaco.network.knowledge.lines import items_of, text_of

__all__ = [
    "KINDS",
    "STATES",
    "Cell",
    "Finding",
    "Item",
    "Judged",
    "Knower",
    "Vote",
    "contributions",
    "findings",
    "gaps",
    "items_of",
    "judged",
    "knowers",
    "text_of",
]
