"""How large is an effect, over several samples? Random-effects meta-analysis, where sizes of effects are known.

The variance between samples by restricted maximum likelihood (REML), the interval by Hartung and Knapp (2001) with
Sidik and Jonkman's (2002) t distribution, as Cochrane advises for few samples (IntHout, Ioannidis and Borm 2014); the
estimate of DerSimonian and Laird (1986) stands beside it. Correlations are pooled as Fisher's z. With fewer than
`FEWEST` samples nothing is pooled: the variance between samples would be a guess.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2
from scipy.stats import t as student

from fondaco.evidence.literature.base import Base
from fondaco.kernel import InputError, Refused

#: Samples below which nothing is pooled.
FEWEST = 5


@dataclass(frozen=True)
class Effect:
    """An effect as a correlation: of which finding, how large, of how many cases, and where it stands."""

    finding: str
    r: float
    n: int
    source: str


@dataclass(frozen=True)
class Pooled:
    """A random-effects meta-analysis.

    Attributes
    ----------
    k
        Samples.
    estimate, low, high, p
        By REML with the interval of Hartung and Knapp, level 0.95; p two-sided.
    se
        Its standard error by Hartung and Knapp.
    tau2, i2, q, q_p
        Variance between samples (REML), the share of the spread that is between samples, Cochran's Q and its p.
    predict_low, predict_high
        Where the effect of a new sample lies with 95% (Higgins, Thompson and Spiegelhalter 2009).
    dersimonian_laird, tau2_dl
        The estimate and the variance by DerSimonian and Laird.
    """

    k: int
    estimate: float
    se: float
    low: float
    high: float
    p: float
    tau2: float
    i2: float
    q: float
    q_p: float
    predict_low: float
    predict_high: float
    dersimonian_laird: float
    tau2_dl: float


def pool(effects: Sequence[float], variances: Sequence[float]) -> Pooled:
    """Pool effects of independent samples.

    Parameters
    ----------
    effects, variances
        One of each for each sample, in one unit; variances of the effects' estimates.

    Raises
    ------
    Refused
        For fewer than `FEWEST` samples.
    InputError
        For effects that are no numbers, or variances that are not above 0.

    Examples
    --------
    >>> found = pool([0.1, 0.3, 0.35, 0.65, 0.45], [0.01, 0.02, 0.03, 0.05, 0.01])
    >>> round(found.estimate, 2), found.low < found.estimate < found.high
    (0.33, True)
    """
    y, v = np.asarray(effects, dtype=float), np.asarray(variances, dtype=float)
    if len(y) != len(v) or not np.isfinite(y).all() or not np.isfinite(v).all() or (v <= 0).any():
        raise InputError("Each effect needs a number and a variance above 0.")
    if len(y) < FEWEST:
        raise Refused(
            f"Sizes of effects are known of {len(y)} samples; with fewer than {FEWEST} nothing is pooled, as how much samples differ would be a guess."
        )
    k = len(y)
    tau2 = _reml(y, v)
    mean, w = _mean(y, v, tau2)
    se = math.sqrt(float((w * (y - mean) ** 2).sum()) / (k - 1) / float(w.sum()))
    half = float(student.ppf(0.975, k - 1)) * se
    p = float(2 * student.sf(abs(mean / se), k - 1)) if se > 0 else 0.0
    fixed, w0 = _mean(y, v, 0.0)
    q = float((w0 * (y - fixed) ** 2).sum())
    typical = (k - 1) * w0.sum() / (w0.sum() ** 2 - (w0**2).sum())
    tau2_dl = max(0.0, (q - (k - 1)) / float(w0.sum() - (w0**2).sum() / w0.sum()))
    reach = float(student.ppf(0.975, k - 2)) * math.sqrt(tau2 + se**2)
    return Pooled(
        k, mean, se, mean - half, mean + half, p, tau2, float(tau2 / (tau2 + typical)), q, float(chi2.sf(q, k - 1)),
        mean - reach, mean + reach, _mean(y, v, tau2_dl)[0], tau2_dl,
    )  # fmt: skip


def _mean(y: np.ndarray, v: np.ndarray, tau2: float) -> tuple[float, np.ndarray]:
    w = 1 / (v + tau2)
    return float((w * y).sum() / w.sum()), w


def _reml(y: np.ndarray, v: np.ndarray) -> float:
    """Return the variance between samples at which the derivative of the restricted likelihood is 0; 0 where none is."""

    def slope(tau2: float) -> float:
        mean, w = _mean(y, v, tau2)
        return float((w**2 * (y - mean) ** 2).sum() - w.sum() + (w**2).sum() / w.sum())

    if slope(0.0) <= 0:
        return 0.0
    high = max(float(y.var()), float(v.max()), 1e-6)
    while slope(high) > 0:
        high *= 2
    return float(brentq(slope, 0.0, high, xtol=1e-14))


def read_effects(text: str, base: Base) -> tuple[Effect, ...]:
    """Read sizes of effects (CSV: ``finding,r,n,source``).

    Raises
    ------
    InputError
        Naming the row that is wrong: a finding that is not there, an r beyond -1 to 1, an n below 4.
    """
    rows = csv.DictReader(io.StringIO(text))
    if missing := sorted({"finding", "r", "n", "source"} - set(rows.fieldnames or ())):
        raise InputError(f"effects.csv: no column {', '.join(missing)}.")
    found = []
    for number, row in enumerate(rows, start=2):
        name = (row["finding"] or "").strip()
        try:
            r, n = float(row["r"] or ""), int(row["n"] or "")
        except ValueError:
            raise InputError(
                f"effects.csv, row {number}: r {row['r']!r} and n {row['n']!r} must be numbers."
            ) from None
        if name not in base.by_id:
            raise InputError(f"effects.csv, row {number}: no finding {name!r}.")
        if not -1 < r < 1 or n < 4:
            raise InputError(
                f"effects.csv, row {number}: r {r:g} must lie between -1 and 1, and n {n} be 4 or more."
            )
        if not (row["source"] or "").strip():
            raise InputError(f"effects.csv, row {number}: source is empty: say where the size stands.")
        found.append(Effect(name, r, n, str(row["source"]).strip()))
    return tuple(found)


def pooled_json(base: Base, ids: Sequence[str], effects: Sequence[Effect]) -> dict[str, Any]:
    """Pool the known effects of some findings, one for each sample; as JSON values, correlations again.

    Of a sample with several effects the one of most cases stands for it. `why` says why nothing is pooled.
    """
    best: dict[str, Effect] = {}
    for each in effects:
        if each.finding in ids:
            sample = base.study_of(base.by_id[each.finding]).sample
            if sample not in best or each.n > best[sample].n:
                best[sample] = each
    held = list(best.values())
    if not held:
        return {"k": 0, "why": "Sizes of effects are not known here, so none is pooled.", "effects": []}
    told = [{"finding": e.finding, "r": e.r, "n": e.n, "source": e.source} for e in held]
    try:
        found = pool([math.atanh(e.r) for e in held], [1 / (e.n - 3) for e in held])
    except Refused as error:
        return {"k": len(held), "why": str(error), "effects": told}
    z = {
        name: math.tanh(getattr(found, name))
        for name in ("estimate", "low", "high", "predict_low", "predict_high")
    }
    return {
        "k": found.k, "why": None, **z, "p": found.p, "tau2": found.tau2, "i2": found.i2, "q": found.q, "q_p": found.q_p,
        "dersimonian_laird": math.tanh(found.dersimonian_laird), "effects": told,
        "method": "random effects (REML) of Fisher's z, interval of Hartung and Knapp",
    }  # fmt: skip
