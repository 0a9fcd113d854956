"""What one would expect of a market before the firm's own ledger is asked: the terms of the prior.

Each term is a column with a normal prior for its coefficient, which is an elasticity where the term
is a logarithm.  Where trade potential is loaded it already holds size and distance, so that the two
start at zero; where not, size and distance start at what gravity models found on the average of 159
papers (Head and Mayer 2014, Handbook of International Economics 4, table 4: destination's GDP 0.84,
distance -0.93, common language 0.54).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fondaco.numerics.rates import Terms
from fondaco.reference import geography

#: By term: mean and standard deviation of its coefficient's prior.
POTENTIAL = (1.0, 0.5)
SIZE = (0.84, 0.3)
DISTANCE = (-0.93, 0.5)
DISTANCE_BESIDE_POTENTIAL = (0.0, 0.5)
LANGUAGE = (0.54, 0.5)
LANGUAGE_BESIDE_POTENTIAL = (0.0, 0.5)
EXPERIENCE = (0.5, 0.5)
ATTENTION = (1.0, 0.5)
NOT_KNOWN = (0.0, 1.0)

#: The terms in words.
WORDS = {
    "potential": "trade potential",
    "size": "size of the economy",
    "distance": "distance",
    "language": "language",
    "experience": "the network's experience",
    "views": "own views",
    "inquiries": "own inquiries",
    "not known": "trade data that lack the market",
}


def terms(
    markets: Sequence[str],
    home: str,
    *,
    potential: Mapping[str, float] | None = None,
    experience: Mapping[str, float] | None = None,
    attention: Mapping[str, Mapping[str, float]] | None = None,
) -> Terms:
    """Return the prior's terms for those markets.

    Parameters
    ----------
    markets
        Alpha-3 codes.
    home
        The firm's own market.
    potential
        Trade potential by market, in any unit of money; its logarithm counts.  Zeros count as half of
        the smallest above zero.  A market that it lacks is taken for a middling one, with a term of
        its own that says so.
    experience
        Orders a month that other members of the firm's network have in the market, as released by it.
    attention
        By name ("views" or "inquiries"): the firm's own expected number a month.

    Examples
    --------
    >>> found = terms(["DEU", "KOR"], "ITA")
    >>> found.names, found.mean
    (('size', 'distance', 'language'), array([ 0.84, -0.93,  0.54]))
    """
    columns: list[tuple[str, list[float], tuple[float, float]]] = []
    if potential:
        values, unknown = _logs(markets, potential.get)
        columns.append(("potential", values, POTENTIAL))
        if any(unknown) and not all(unknown):
            columns.append(("not known", unknown, NOT_KNOWN))
    else:
        columns.append(("size", _logs(markets, _gdp)[0], SIZE))
    far = DISTANCE_BESIDE_POTENTIAL if potential else DISTANCE
    columns.append(("distance", _logs(markets, lambda m: geography.distance_km(home, m))[0], far))
    near = LANGUAGE_BESIDE_POTENTIAL if potential else LANGUAGE
    columns.append(("language", [float(geography.share_language(home, m)) for m in markets], near))
    if experience:
        columns.append(("experience", _logs(markets, experience.get)[0], EXPERIENCE))
    for name, held in (attention or {}).items():
        columns.append((name, _logs(markets, held.get)[0], ATTENTION))
    return Terms(
        tuple(name for name, _, _ in columns),
        np.array([values for _, values, _ in columns]).T.reshape(len(markets), len(columns)),
        np.array([prior[0] for _, _, prior in columns]),
        np.array([prior[1] for _, _, prior in columns]),
    )


def _gdp(market: str) -> float | None:
    fact = geography.gdp_usd(market)
    return None if fact is None else fact.value


def _logs(markets: Sequence[str], value: Callable[[str], float | None]) -> tuple[list[float], list[float]]:
    """Return logarithms, the mean where nothing is known, and 1.0 for each market where that is so."""
    found = [value(market) for market in markets]
    positive = [v for v in found if v is not None and v > 0]
    if not positive:
        return [0.0] * len(markets), [1.0] * len(markets)
    floor = min(positive) / 2
    logs = [None if v is None else math.log(max(v, floor)) for v in found]
    known = [v for v in logs if v is not None]
    middle = sum(known) / len(known)
    return [middle if v is None else v for v in logs], [float(v is None) for v in logs]
