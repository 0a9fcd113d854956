"""Official sanctions lists, as the European Union, the United Nations, the United Kingdom and OFAC publish them.

Nothing is fetched: a person downloads a list and brings it in, and it is kept with its date.
"""

from fondaco.reference.sanctions.entries import Listed, ListedName, SanctionsList
from fondaco.reference.sanctions.reading import read_lists
from fondaco.reference.sanctions.store import keep, kept

__all__ = ["Listed", "ListedName", "SanctionsList", "keep", "kept", "read_lists"]
