"""Trade between countries, as statistics offices and their publishers state it."""

from fondaco.reference.trade.asides import Aside, Named
from fondaco.reference.trade.flows import Flows, Mirror, open_flows
from fondaco.reference.trade.reading import Options, Taken, read
from fondaco.reference.trade.store import Kept, Store

__all__ = ["Aside", "Flows", "Kept", "Mirror", "Named", "Options", "Store", "Taken", "open_flows", "read"]
