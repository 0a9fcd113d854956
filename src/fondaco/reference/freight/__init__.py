"""What carriers charge: rate tables as dated data that the user loads; none is shipped.

A table is a CSV or a TOML file with one rate per row (`fondaco.reference.freight.columns`).  A workspace keeps
tables in ``<home>/freight``, a firm's own in ``<home>/freight/firms/SLUG``.
"""

from fondaco.reference.freight.columns import CLASSES, KINDS, Class, Covers, Kind, Rate
from fondaco.reference.freight.reading import Taken
from fondaco.reference.freight.store import Freight, Kept

__all__ = ["CLASSES", "KINDS", "Class", "Covers", "Freight", "Kept", "Kind", "Rate", "Taken"]
