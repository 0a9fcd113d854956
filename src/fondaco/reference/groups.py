"""Which countries a code such as ``EU`` stands for.

Members as of 2026: of the European Union, its treaties; of EFTA, its convention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fondaco.reference import countries

EU = (
    "AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA",
    "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE",
)  # fmt: skip
EFTA = ("CHE", "ISL", "LIE", "NOR")

#: Codes that stand for several markets or origins.
GROUPS: Mapping[str, tuple[str, ...]] = {"EU": EU}


def members(codes: Iterable[str], groups: Mapping[str, tuple[str, ...]] = GROUPS) -> tuple[str, ...]:
    """Return countries and the members of groups as ISO 3166-1 alpha-3 codes, each once.

    Raises
    ------
    InputError
        Where one is neither a group nor a country's code or name.

    Examples
    --------
    >>> members(["NO", "Germany", "NOR"])
    ('NOR', 'DEU')
    >>> len(members(["EU", "DE"]))
    27
    """
    found: list[str] = []
    for one in codes:
        found += groups[one] if one in groups else [countries.from_code(one)]
    return tuple(dict.fromkeys(found))
