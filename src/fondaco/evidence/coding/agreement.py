"""How far coders agree on each code, in numbers that uncoded text does not raise.

Most of an interview has no code, and two people who both leave it alone agree on nothing much.  So each code has three
numbers, beside the share of text that nobody coded:

- **kappa and alpha on coded sentences**: sentences to which at least one person gave any code; did each give this one?
- **alpha on all sentences**: the same with the sentences that nobody coded; higher, and told for comparison alone.
- **u-alpha by letters**: observed over expected disagreement of lengths, so that borders count.

Units count only where two people at least coded the text.  Intervals come from sentences drawn with replacement.

Sources: K. Krippendorff, Y. Mathet, S. Bouvry and A. Widlöcher, On the reliability of unitizing textual continua (Quality
& Quantity 50, 2016), of whose measures u-alpha is the binary one, here without its correction for the units' own lengths;
J. Cohen (1960) and others as in `fondaco.numerics.agreement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fondaco.evidence.coding.project import Coding, Project
from fondaco.evidence.coding.transcripts import sentences
from fondaco.numerics.agreement import Kappa, cohen
from fondaco.numerics.estimates import Estimate

RESAMPLES = 1000


@dataclass(frozen=True)
class CodeAgreement:
    """How far people agree on one code.

    Attributes
    ----------
    given
        Sentences that at least one of them gave the code.
    alpha, all_alpha, u_alpha
        On sentences that have any code, on all sentences, by letters.
    kappas
        Of each two, on sentences that have any code.
    """

    code: str
    name: str
    given: int
    alpha: Estimate
    all_alpha: Estimate
    u_alpha: Estimate
    kappas: tuple[tuple[str, str, Kappa], ...]


@dataclass(frozen=True)
class Concord:
    """Agreement on all codes; `units` coded sentences of `all_units`; `uncoded` is the share of letters that nobody coded."""

    coders: tuple[str, ...]
    sources: tuple[str, ...]
    units: int
    all_units: int
    uncoded: float
    codes: tuple[CodeAgreement, ...]
    version: int
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "coders": list(self.coders), "sources": list(self.sources), "units": self.units, "all_units": self.all_units,
            "uncoded": round(self.uncoded, 4), "version": self.version, "why": self.why,
            "codes": [
                {
                    "code": each.code, "name": each.name, "given": each.given, "alpha": each.alpha.to_json(4),
                    "all_alpha": each.all_alpha.to_json(4), "u_alpha": each.u_alpha.to_json(4),
                    "kappas": [{"a": a, "b": b, "units": k.units, "kappa": k.kappa.to_json(4)} for a, b, k in each.kappas],
                }
                for each in self.codes
            ],
        }  # fmt: skip


def concord(
    project: Project,
    *,
    until: datetime | None = None,
    finished: Sequence[tuple[str, str]] = (),
    resamples: int = RESAMPLES,
) -> Concord:
    """Return how far the coders agree.

    Parameters
    ----------
    until
        Only codings up to then, under the codebook of then: how it stood.
    finished
        (source, coder) pairs of people who are done with a text; who coded any of it counts too.
    """
    book = project.book if until is None else project.book.on(until)
    codings = [_now(project, each, until) for each in project.codings if until is None or each.at <= until]
    codings = [each for each in codings if each.code in book.codes]
    read = {(each.source, each.coder) for each in codings} | set(finished)
    coders = [coder.id for coder in project.coders if any(coder.id == who for _, who in read)]
    sources = [s for s in project.sources if sum((s.id, coder) in read for coder in coders) > 1]
    names = tuple(project.coder(coder) for coder in coders)
    if not sources:
        why = "No text was coded by two people yet: agreement needs two."
        return Concord(names, (), 0, 0, 0.0, (), book.version, why)
    texts = [_Text.of(source.text) for source in sources]
    masks = [np.array([(source.id, coder) in read for coder in coders]) for source in sources]
    anything = [_marks(text, source.id, coders, codings) for text, source in zip(texts, sources, strict=True)]
    touched = [
        np.asarray(_by_sentence(text, held).any(axis=0)) for text, held in zip(texts, anything, strict=True)
    ]
    letters = sum(held.shape[1] for held in anything)
    uncoded = 1 - sum(int(held.any(axis=0).sum()) for held in anything) / letters
    shown = list(dict.fromkeys(each.code for each in codings if each.source in {s.id for s in sources}))
    found = []
    for code in (node for node in book.codes if node in shown):
        of_code = [each for each in codings if each.code == code]
        held = [_marks(text, source.id, coders, of_code) for text, source in zip(texts, sources, strict=True)]
        found.append(_one(book.codes[code].name, code, names, texts, masks, held, touched, resamples))
    units = int(sum(held.sum() for held in touched))
    return Concord(
        names, tuple(source.name for source in sources), units, sum(len(text.starts) for text in texts), float(uncoded), tuple(found), book.version,
    )  # fmt: skip


def _now(project: Project, coding: Coding, until: datetime | None) -> Coding:
    """Return the coding under what its code has become."""
    book = project.book if until is None else project.book.on(until)
    return replace(coding, code=book.now(coding.code).id) if coding.code in book.codes else coding


@dataclass(frozen=True)
class _Text:
    """A text's letters that are no blanks, and where its sentences begin and end among all letters."""

    length: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, text: str) -> _Text:
        held = np.array(sentences(text), dtype=np.int64).reshape(-1, 2)
        return cls(len(text), held[:, 0], held[:, 1])


def _marks(text: _Text, source: str, coders: Sequence[str], codings: Iterable[Coding]) -> NDArray[np.bool_]:
    """Return which coder marked which letter, shape (coders, letters)."""
    held = np.zeros((len(coders), text.length), dtype=bool)
    at = {coder: place for place, coder in enumerate(coders)}
    for each in codings:
        if each.source == source:
            held[at[each.coder], each.start : each.end] = True
    return held


def _by_sentence(text: _Text, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which coder marked any of which sentence, shape (coders, sentences)."""
    sums = np.concatenate([np.zeros((len(marks), 1), dtype=np.int64), np.cumsum(marks, axis=1)], axis=1)
    return np.asarray(sums[:, text.ends] > sums[:, text.starts])


def _one(
    name: str, code: str, names: Sequence[str], texts: Sequence[_Text], masks: Sequence[NDArray[np.bool_]],
    held: Sequence[NDArray[np.bool_]], touched: Sequence[NDArray[np.bool_]], resamples: int,
) -> CodeAgreement:  # fmt: skip
    judged, tables = [], []
    for text, mask, marks in zip(texts, masks, held, strict=True):
        here = _by_sentence(text, marks).astype(np.float64)
        here[~mask] = np.nan
        judged.append(here)
        tables.append(_coincidences(text, marks[mask]))
    whole, coded = np.concatenate(judged, axis=1), np.concatenate(touched)
    on = whole[:, coded]
    kappas = tuple((names[a], names[b], cohen(on[a], on[b])) for a, b in combinations(range(len(names)), 2))
    return CodeAgreement(
        code, name, int((np.nan_to_num(whole) > 0).any(axis=0).sum()), _alpha(_judged(on), resamples),
        _alpha(_judged(whole), resamples), _alpha(np.concatenate(tables), resamples),
        tuple(each for each in kappas if each[2].units),
    )  # fmt: skip


def _coincidences(text: _Text, marks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return letters of each sentence by pairs of judgements: both, one of two, neither; shape (sentences, 3)."""
    people = len(marks)
    k = marks.sum(axis=0).astype(np.float64)
    pairs = np.stack([k * (k - 1), 2 * k * (people - k), (people - k) * (people - k - 1)]) / (people - 1)
    sums = np.concatenate([np.zeros((3, 1)), np.cumsum(pairs, axis=1)], axis=1)
    return np.asarray((sums[:, text.ends] - sums[:, text.starts]).T)


def _judged(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same pairs for sentences judged as wholes; those that one person alone judged are left out."""
    people = (~np.isnan(units)).sum(axis=0).astype(np.float64)
    k, people = np.nansum(units, axis=0)[people > 1], people[people > 1]
    pairs = [k * (k - 1), 2 * k * (people - k), (people - k) * (people - k - 1)]
    return np.asarray((np.stack(pairs) / (people - 1)).T)


def _alpha(table: NDArray[np.float64], resamples: int, *, level: float = 0.95, seed: int = 1) -> Estimate:
    """Return Krippendorff's nominal alpha of two values; sentences are drawn with replacement for its interval."""
    n = len(table)
    whole = float(_ratios(table.sum(axis=0)[None, :])[0]) if n else np.nan
    if np.isnan(whole):
        return Estimate(None, why="All is judged alike, so that agreement beyond chance cannot be told.")
    # Sentences judged alike are one kind: how many of each are drawn is all that counts, and there are few kinds.
    kinds, counts = np.unique(table, axis=0, return_counts=True)
    drawn = _ratios(np.random.default_rng(seed).multinomial(n, counts / n, size=resamples) @ kinds)
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]) if len(known) else (np.nan, np.nan)
    if not high - low > 1e-12:
        why = f"No two of the {n} sentences differ, so that resampling cannot tell how sure that is."
        return Estimate(whole, why=why)
    why = f"Rests on {n} sentences only." if n < 30 else ""
    return Estimate(whole, float(low), float(high), level, why)


def _ratios(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return alpha from pairs of judgements (both, one of two, neither), shape (any, 3); NaN where all are alike."""
    both, one, neither = sums.T
    n = both + one + neither
    yes, no = both + one / 2, neither + one / 2
    expected = 2 * yes * no
    # Observed over expected disagreement, (one / n) / (expected / (n * (n - 1))).
    return np.asarray(1 - np.divide(one * (n - 1), expected, out=np.full_like(n, np.nan), where=expected > 0))
