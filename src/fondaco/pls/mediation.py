"""What carries an effect: mediation in words, by the standard decision tree.

======================  ============================================================================
``no effect``           neither the indirect nor the direct effect differs from 0
``direct-only``         only the direct effect does
``indirect-only``       only the indirect effect does: full mediation
``complementary``       both do, with the same sign: partial mediation
``competitive``         both do, with opposite signs: partial mediation that hides part of the effect
``no direct path``      the indirect effect does; the model lets nothing pass directly
``not tested``          there is no bootstrap
======================  ============================================================================

An effect differs from 0 where its bootstrap interval excludes 0.  Zhao, Lynch and Chen (2010), Journal of
Consumer Research 37(2), 197-206; Nitzl, Roldan and Cepeda (2016), Industrial Management & Data Systems
116(9), 1849-1864.  VAF is the share of the total effect that this route carries (Hair et al. 2014); it
means little where effects have opposite signs or the total effect is small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fondaco.pls.bootstrap import Bootstrap
from fondaco.pls.estimate import Fit
from fondaco.pls.intervals import Interval, Method

if TYPE_CHECKING:
    import polars as pl

Kind = Literal[
    "no effect",
    "direct-only",
    "indirect-only",
    "complementary",
    "competitive",
    "no direct path",
    "not tested",
]


@dataclass(frozen=True)
class Mediation:
    """One indirect route beside the direct path.

    Attributes
    ----------
    start, via, end
        The route.
    indirect, direct, total
        Effects; `direct` is None where the model has no such path, `total` takes in all routes.
    indirect_interval, direct_interval
        Ends of the bootstrap intervals, None without a bootstrap.
    vaf
        indirect / total; None where that is no share (beyond 0 to 1).
    kind
        As listed at the head of `fondaco.pls.mediation`.
    """

    start: str
    via: tuple[str, ...]
    end: str
    indirect: float
    direct: float | None
    total: float
    indirect_interval: tuple[float, float] | None
    direct_interval: tuple[float, float] | None
    vaf: float | None
    kind: Kind

    @property
    def words(self) -> str:
        """The finding as a sentence."""
        route = f"{self.start} -> {' -> '.join(self.via)} -> {self.end}"
        through = " and then ".join(self.via)
        says = {
            "no effect": f"neither a direct nor an indirect effect of {self.start} on {self.end} through {through}",
            "direct-only": f"{self.start} acts on {self.end} directly, not through {through}: no mediation",
            "indirect-only": f"{self.start} acts on {self.end} only through {through}: full mediation",
            "complementary": f"{through} carries part of the effect of {self.start} on {self.end}, which also acts "
            "directly and in the same direction: complementary (partial) mediation",
            "competitive": f"{through} carries an effect of {self.start} on {self.end} against the direct one: "
            "competitive (partial) mediation",
            "no direct path": f"{self.start} acts on {self.end} through {through}; the model has no direct path, so full "
            "and partial mediation cannot be told apart",
            "not tested": "bootstrap the fit to test this route",
        }
        return f"{route}: {says[self.kind]}."


def mediation(
    fit: Fit, bootstrap: Bootstrap | None = None, *, method: Method = "percentile", level: float = 0.95
) -> tuple[Mediation, ...]:
    """Say for every indirect route what kind of mediation it is.

    Parameters
    ----------
    fit
        From `fondaco.pls.fit`.
    bootstrap
        Of that fit; without it every kind is ``not tested``.
    method, level
        Of the intervals.

    Examples
    --------
    >>> import numpy as np
    >>> from fondaco.pls.estimate import fit as fit_model
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=50)
    >>> m = x + rng.normal(size=50)
    >>> data = {"x": x, "m": m, "y": m + rng.normal(size=50)}
    >>> [route] = mediation(fit_model("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ M", data))
    >>> route.via, route.kind
    (('M',), 'not tested')
    """
    found: dict[tuple[str, str, tuple[str, ...], str], Interval] = {}
    if bootstrap is not None:
        held = bootstrap.intervals(method=method, level=level, kinds=("path", "indirect"))
        found = {(one.kind, one.start, one.via, one.end): one for one in held}
    direct = {(row["start"], row["end"]): row["estimate"] for row in fit.rows("path")}
    rows = []
    for row in fit.rows("indirect"):
        start, via, end, indirect = row["start"], row["via"], row["end"], row["estimate"]
        total = fit.value("total", start, end)
        share = indirect / total if total else -1.0
        through, straight = found.get(("indirect", start, via, end)), found.get(("path", start, (), end))
        rows.append(
            Mediation(
                start,
                via,
                end,
                indirect,
                direct.get((start, end)),
                total,
                _ends(through),
                _ends(straight),
                share if 0 <= share <= 1 else None,
                _kind(through, straight),
            )
        )
    return tuple(rows)


def _ends(interval: Interval | None) -> tuple[float, float] | None:
    return None if interval is None else (interval.low, interval.high)


def _kind(through: Interval | None, straight: Interval | None) -> Kind:
    if through is None:
        return "not tested"
    if straight is None:
        return "no direct path" if through.excludes_zero else "no effect"
    if through.excludes_zero and straight.excludes_zero:
        return "complementary" if through.estimate * straight.estimate > 0 else "competitive"
    if through.excludes_zero:
        return "indirect-only"
    return "direct-only" if straight.excludes_zero else "no effect"


def to_frame(rows: tuple[Mediation, ...]) -> pl.DataFrame:
    """Return routes as a Polars table, with the finding in words."""
    from fondaco.pls.tables import table

    return table(rows, add=["words"])
