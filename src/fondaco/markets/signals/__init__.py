"""Signals: what changed or stands out and deserves a look.

`looking` gathers them all, `finding` says what one is.  Tests of change and of yield are in `moving` and
`unrewarded`, counts in `counted`, buyers' requests in `requests`, `leftovers` and `unmet`; `behind` names
the ledger's rows.
"""

from fondaco.markets.signals.finding import Signal
from fondaco.markets.signals.looking import Signals
from fondaco.markets.signals.unmet import Unmet

__all__ = ["Signal", "Signals", "Unmet"]
