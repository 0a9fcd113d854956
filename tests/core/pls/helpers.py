"""Data of our own making, and the algorithm written out once more on cases and scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MEDIATION = """
    # platform data -> knowledge -> performance
    Use  =~ use1 + use2 + use3
    Know =~ know1 + know2 + know3
    Perf =~ perf1 + perf2
    Know ~ Use
    Perf ~ Know + Use
"""

MIXED = """
    Q <~ q1 + q2 + q3 + q4
    P <~ p1 + p2 + p3
    C =~ c1 + c2 + c3
    S =~ s1
    L =~ l1 + l2 + l3
    C ~ Q + P
    S ~ C + Q
    L ~ S + C
"""


def mediation_data(n: int = 200, seed: int = 1, *, direct: float = 0.0) -> dict[str, Floats]:
    """Return a population in which knowledge carries the effect of use, with `direct` beside it."""
    rng = np.random.default_rng(seed)
    use = rng.normal(size=n)
    know = 0.6 * use + 0.8 * rng.normal(size=n)
    perf = 0.5 * know + direct * use + rng.normal(size=n)
    data = {f"use{i}": use + 0.5 * rng.normal(size=n) for i in (1, 2, 3)}
    data |= {f"know{i}": know + 0.6 * rng.normal(size=n) for i in (1, 2, 3)}
    data |= {f"perf{i}": perf + 0.7 * rng.normal(size=n) for i in (1, 2)}
    return data


def mixed_data(n: int = 150, seed: int = 2) -> dict[str, Floats]:
    """Return data for `MIXED`: composites, common factors and a single item."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    data = {f"q{i}": 0.5 * common + rng.normal(size=n) for i in (1, 2, 3, 4)}
    data |= {f"p{i}": 0.4 * common + rng.normal(size=n) for i in (1, 2, 3)}
    c = 0.4 * data["q1"] + 0.3 * data["q2"] + 0.3 * data["p1"] + 0.5 * rng.normal(size=n)
    data |= {f"c{i}": c + 0.6 * rng.normal(size=n) for i in (1, 2, 3)}
    s = 0.6 * c + 0.7 * rng.normal(size=n)
    data["s1"] = s
    level = 0.5 * s + 0.2 * c + 0.6 * rng.normal(size=n)
    return data | {f"l{i}": level + 0.5 * rng.normal(size=n) for i in (1, 2, 3)}


def standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0, ddof=1))


def by_scores(
    data: dict[str, Floats],
    blocks: dict[str, list[str]],
    modes: dict[str, str],
    paths: list[tuple[str, str]],
    scheme: str = "path",
) -> tuple[dict[str, Floats], dict[tuple[str, str], float]]:
    """Return weights by construct and path coefficients, from scores of cases, as Lohmöller (1989) writes it."""
    X = {
        name: standardised(np.column_stack([data[column] for column in block]))
        for name, block in blocks.items()
    }
    weights = {name: np.ones(len(block)) for name, block in blocks.items()}
    for _ in range(2000):
        scores = {name: standardised((X[name] @ weights[name])[:, None])[:, 0] for name in blocks}
        new = {}
        for name, block in blocks.items():
            inner = np.zeros(len(scores[name]))
            before = [start for start, end in paths if end == name]
            after = [end for start, end in paths if start == name]
            slopes = dict(zip(before, regression(scores, before, name), strict=True)) if before else {}
            for other in before + after:
                r = float(np.corrcoef(scores[name], scores[other])[0, 1])
                weight = {"factorial": r, "centroid": np.sign(r), "path": slopes.get(other, r)}[scheme]
                inner += weight * scores[other]
            if modes[name] == "B":
                raw = np.linalg.lstsq(X[name], inner, rcond=None)[0]
            else:
                raw = X[name].T @ inner if modes[name] == "A" else np.ones(len(block))
            new[name] = raw / (X[name] @ raw).std(ddof=1)
        change = max(np.abs(new[name] - weights[name]).max() for name in blocks)
        weights = new
        if change < 1e-14:
            break
    scores = {name: X[name] @ weights[name] for name in blocks}
    coefficients: dict[tuple[str, str], float] = {}
    for end in dict.fromkeys(end for _, end in paths):
        before = [start for start, to in paths if to == end]
        coefficients |= {
            (start, end): float(slope)
            for start, slope in zip(before, regression(scores, before, end), strict=True)
        }
    return weights, coefficients


def regression(scores: dict[str, Floats], before: list[str], end: str) -> Floats:
    design = np.column_stack([scores[name] for name in before])
    return np.asarray(np.linalg.lstsq(design, scores[end], rcond=None)[0])
