"""Trade between countries, as statistics offices and their publishers state it."""

from fondaco.reference.trade.asides import Aside, Named
from fondaco.reference.trade.bench import Options
from fondaco.reference.trade.flows import Flows, Mirror, open_flows
from fondaco.reference.trade.pairs import Pairs, read_pairs
from fondaco.reference.trade.reading import Taken, read
from fondaco.reference.trade.store import Kept, Store
from fondaco.reference.trade.terms import Tariff, read_growth, read_tariffs

__all__ = [
    "Aside", "Flows", "Kept", "Mirror", "Named", "Options", "Pairs", "Store", "Taken", "Tariff", "open_flows", "read",
    "read_growth", "read_pairs", "read_tariffs",
]  # fmt: skip
