"""Invented answers with known coefficients, for a demonstration and to see that a study recovers what is there.

Every respondent is invented and every firm is named so. Behind the items stand standard normal variables: those that
nothing acts on are correlated as stated, each other is the stated sum of its causes and noise that makes its variance 1
(paths are standardised coefficients). An item is its variable times `loading` and noise, cut to the scale's steps.

>>> from fondaco.evidence.study.definition import template
>>> frame = fictional_answers(template("readiness"))
>>> frame.height, frame["firm"][0], frame["fictional"].unique().to_list()
(240, 'fictional-001', ['yes'])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from fondaco.evidence.study.definition import Study
from fondaco.kernel import InputError
from fondaco.pls import parse

#: The day of the first invented answer.
_FIRST = date(2025, 9, 1)
_COUNTRIES = ("Italy", "Italy", "Italy", "Portugal", "Mongolia", "Korea")


def fictional_answers(
    study: Study, n: int | None = None, *, seed: int | None = None, rounded: bool = True
) -> pl.DataFrame:
    """Return invented answers to a study: firm, informant, day, country, fictional, and a column for each item.

    Parameters
    ----------
    n, seed
        How many and of which random numbers; those of the definition without them. The same seed gives the same answers.
    rounded
        Whether answers are steps of the scale; without, they are unbounded, which recovers the coefficients exactly
        in large samples.

    Raises
    ------
    InputError
        Where the definition does not say how, or its paths leave no room for noise.
    """
    said = study.fictional
    if not said:
        raise InputError(f"{study.title}: its definition does not say how answers are invented.")
    rng = np.random.default_rng(said["seed"] if seed is None else seed)
    size = int(said["answers"]) if n is None else n
    blocks = _blocks(study)
    behind = _variables(rng, size, list(blocks), said)
    columns: dict[str, Any] = {
        "firm": [f"fictional-{place:03d}" for place in range(1, size + 1)],
        "informant": [f"fictional-{place:03d}-a" for place in range(1, size + 1)],
        "day": [_FIRST + timedelta(days=int(each)) for each in rng.integers(0, 60, size)],
        "country": [_COUNTRIES[each] for each in rng.integers(0, len(_COUNTRIES), size)],
        "fictional": ["yes"] * size,
    }
    loading = float(said.get("loading", 0.8))
    middle, step = (study.low + study.high) / 2, (study.high - study.low) / 4.5
    for name, items in blocks.items():
        for item in items:
            raw = loading * behind[name] + np.sqrt(1 - loading**2) * rng.normal(size=size)
            answer = middle + step * (-raw if item in study.reverse else raw)
            columns[item] = np.clip(np.rint(answer), study.low, study.high) if rounded else answer
    return pl.DataFrame(columns)


def _blocks(study: Study) -> Mapping[str, Sequence[str]]:
    """Return the variables behind the items, and the items of each; of higher order have none."""
    if study.kind == "regression":
        return study.scores
    return {each.name: each.indicators for each in parse(study.model).constructs}


def _variables(
    rng: np.random.Generator, n: int, names: Sequence[str], said: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    causes: dict[str, list[tuple[str, float]]] = {}
    for end, start, value in said["paths"]:
        causes.setdefault(end, []).append((start, float(value)))
    first = [name for name in names if name not in causes]
    between = np.eye(len(first))
    for a, b, value in said.get("correlations", ()):
        i, j = first.index(a), first.index(b)
        between[i, j] = between[j, i] = float(value)
    held = dict(zip(first, (np.linalg.cholesky(between) @ rng.normal(size=(len(first), n))), strict=True))
    # What each variable is made of, in standard normal parts: gives exact variances, whatever the sample.
    known = {
        name: {**{other: float(between[i, j]) for j, other in enumerate(first)}}
        for i, name in enumerate(first)
    }
    for _ in names:
        for name in names:
            if name in held or any(start not in held for start, _ in causes[name]):
                continue
            together = {
                other: sum(value * known[start][other] for start, value in causes[name]) for other in known
            }
            explained = sum(value * together[start] for start, value in causes[name])
            if explained >= 1:
                raise InputError(
                    f"The paths to {name} explain {explained:.2f} of its variance: state smaller ones."
                )
            signal = np.sum([value * held[start] for start, value in causes[name]], axis=0)
            held[name] = signal + np.sqrt(1 - explained) * rng.normal(size=n)
            for other, value in together.items():
                known[other][name] = value
            known[name] = {**together, name: 1.0}
    return held
