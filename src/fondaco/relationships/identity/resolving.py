"""Which records are one buyer: pairs with their probability, what speaks for and against each, and who is to look.

Records that agree in something that few share are compared (`Plan.blocks`), each pair weighed by the model of
`numerics.linkage`, and agreement on a rare value weighs more than on a common one.  Pairs that are sure are joined,
those that are not are put to a person; nothing else is done to the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fondaco.kernel import InputError
from fondaco.numerics.linkage import Linkage, fit_linkage, random_levels
from fondaco.reference.names import likeness
from fondaco.relationships.identity.fields import BUYER, Plan, coded, levels_of, prepare

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: From here on records are joined without asking, and from there on a person is asked; set: one wrong
#: join in fifty is dear, for it mixes two buyers' histories, and a question costs half a minute.
JOIN, ASK = 0.98, 0.2
#: A value that more records share makes no block: it tells nobody from anybody.
LARGEST_BLOCK = 100
#: Pairs drawn at random for what chance agrees on.
DRAWN = 400_000
#: A rare value counts as if at least so many records had it: one may be a misspelling of a common one.
FEWEST = 2.0
#: Among few records the share of a value says little of how common it is in the world.
SHRUNKEN = 200.0


@dataclass(frozen=True)
class Factor:
    """What one field says of a pair: for it where `bits` is above zero, against it below.

    Three bits are odds of eight to one.
    """

    field: str
    says: str
    bits: float


@dataclass(frozen=True)
class Candidate:
    """Two records that may be one buyer.

    Attributes
    ----------
    left, right
        The records' ids.
    probability
        Of being one.
    factors
        What speaks for and against it, the weightiest first; with ``start``, how rare it is for any two records.
    """

    left: Any
    right: Any
    probability: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class Resolution:
    """What came of comparing records.

    Attributes
    ----------
    ids
        The records', in their order.
    left, right, probability
        Compared pairs with a probability of at least `ASK`: places in `ids`, the likeliest first.
    model
        The model that was fitted.
    plan
        What was compared.
    compared
        How many pairs were.
    left_out
        Blocks that were too large, and how many records are in them.
    basis
        In a sentence: records, pairs, and how much of the model is prior.
    """

    ids: tuple[Any, ...]
    left: Ints
    right: Ints
    probability: Floats
    model: Linkage
    plan: Plan
    compared: int
    left_out: tuple[int, int]
    basis: str
    _records: pl.DataFrame
    _prepared: pl.DataFrame

    def sure(self, threshold: float = JOIN) -> list[tuple[Any, Any]]:
        """Return the pairs of ids to be joined without asking."""
        return [
            (self.ids[i], self.ids[j])
            for i, j, p in zip(self.left, self.right, self.probability, strict=True)
            if p >= threshold
        ]

    def review(self, *, limit: int = 100, threshold: float = JOIN) -> tuple[Candidate, ...]:
        """Return the pairs to be put to a person, the most uncertain first."""
        open_ = np.flatnonzero((self.probability >= ASK) & (self.probability < threshold))
        ordered = open_[np.argsort(np.abs(self.probability[open_] - 0.5), kind="stable")][:limit]
        return tuple(self.explain(int(self.left[n]), int(self.right[n])) for n in ordered)

    def explain(self, left: int, right: int) -> Candidate:
        """Say what speaks for and against two records, by their places, being one."""
        one, other = np.array([left]), np.array([right])
        levels = levels_of(self._prepared, self.plan, one, other)
        bits = weigh(self._prepared, self.plan, self.model, levels, one)
        factors = []
        for place, field in enumerate(self.plan.fields):
            level = int(levels[0, place])
            if level >= 0:
                ours, theirs = (self._records[field.column][n] for n in (left, right))
                says = (
                    f"{field.levels[level]}: {ours}"
                    if ours == theirs
                    else f"{field.levels[level]}: {ours}, {theirs}"
                )
                if field.kind in ("person", "company") and ours != theirs and level:
                    says += f" ({'; '.join(likeness(str(ours), str(theirs)).why)})"
                factors.append(Factor(field.column, says, round(float(bits[0, place]), 1)))
        factors.sort(key=lambda each: -abs(each.bits))
        start = Factor("start", "any two records of these", round(self.model.start, 1))
        probability = float(self.model.probability(bits.sum()))
        return Candidate(self.ids[left], self.ids[right], round(probability, 4), (*factors, start))


def resolve(records: pl.DataFrame, *, plan: Plan = BUYER, id_column: str = "id", seed: int = 1) -> Resolution:
    """Compare records and say which are one, with what probability.

    Parameters
    ----------
    records
        One row for each, with `id_column` and the columns of `plan`; null or empty where not known.
    plan
        What is compared, and who with whom.
    seed
        Of the pairs drawn at random.

    Raises
    ------
    InputError
        Where a column is not there.

    Examples
    --------
    >>> found = resolve(pl.DataFrame({
    ...     "id": ["a", "b", "c"], "name": ["Сергей Иванов", "Sergei Ivanov", "Anna Rossi"],
    ...     "company": [None, "Romashka LLC", "Rossi Vini"], "email": ["s.ivanov@romashka.ru", "s.ivanov@romashka.ru", None],
    ...     "mark": [None, None, None], "country": ["RUS", "RUS", "ITA"],
    ... }))
    >>> found.sure()
    [('a', 'b')]
    """
    missing = [each for each in (id_column, *(f.column for f in plan.fields)) if each not in records.columns]
    if missing:
        raise InputError(
            f"Records have no column {', '.join(missing)}; they have {', '.join(records.columns)}."
        )
    prepared = prepare(records, plan)
    left, right, left_out = blocked(prepared, plan.blocks)
    levels = levels_of(prepared, plan, left, right)
    model = _fit(prepared, plan, levels, seed)
    total = model.weights(levels).sum(axis=1)
    keep = np.flatnonzero(model.probability(total + 12) >= ASK)  # what rarity cannot lift is left behind
    left, right, levels = left[keep], right[keep], levels[keep]
    bits = weigh(prepared, plan, model, levels, left)
    probability = model.probability(bits.sum(axis=1))
    order = np.argsort(-probability, kind="stable")
    order = order[probability[order] >= ASK]
    basis = (
        f"{len(records):,} records, {len(total):,} pairs compared; the prior counts for forty pairs, "
        f"the data for about {model.prior * model.pairs:,.0f} that are one."
    )
    return Resolution(
        tuple(records[id_column].to_list()), left[order], right[order], probability[order], model, plan, len(total),
        left_out, basis, records, prepared,
    )  # fmt: skip


def blocked(prepared: pl.DataFrame, blocks: Sequence[tuple[str, ...]]) -> tuple[Ints, Ints, tuple[int, int]]:
    """Return the pairs of rows that agree in all columns of at least one set, and what was too large to take.

    Each pair once, the first row before the second.
    """
    rows = prepared.with_row_index("row").with_columns(pl.col("row").cast(pl.UInt64))
    count, found, large, inside = len(prepared), list[Ints](), 0, 0
    for columns in blocks:
        if any(column not in rows.columns for column in columns):
            continue
        held = rows.select("row", *columns).drop_nulls().with_columns(pl.len().over(columns).alias("size"))
        big = held.filter(pl.col("size") > LARGEST_BLOCK)
        large, inside = large + big.select(columns).n_unique(), inside + len(big)
        held = held.filter((pl.col("size") > 1) & (pl.col("size") <= LARGEST_BLOCK)).drop("size")
        pairs = held.join(held, on=list(columns), suffix=".2").filter(pl.col("row") < pl.col("row.2"))
        found.append((pairs["row"] * count + pairs["row.2"]).to_numpy().astype(np.int64))
    codes = np.concatenate(found) if found else np.array([], dtype=np.int64)
    codes.sort()  # sorting is several times as quick as `np.unique`, which counts by hashing
    codes = codes[np.diff(codes, prepend=-1) != 0]
    return codes // max(count, 1), codes % max(count, 1), (large, inside)


def weigh(
    prepared: pl.DataFrame, plan: Plan, model: Linkage, levels: npt.NDArray[np.int8], left: Ints
) -> Floats:
    """Return what each field of each pair says, in bits: shape (pairs, fields)."""
    bits = model.weights(levels) + rarity(prepared, plan, model, levels, left)
    for place, field in enumerate(plan.fields):
        if field.against_only:
            bits[:, place] = np.minimum(bits[:, place], 0)
    return bits


def rarity(
    prepared: pl.DataFrame, plan: Plan, model: Linkage, levels: npt.NDArray[np.int8], left: Ints
) -> Floats:
    """Return by how many bits agreement on a rare value weighs more than on a common one (term frequencies).

    Winkler's adjustment: in the place of the chance that any two records agree stands the share of records
    with this very value, shrunken towards that chance as if `SHRUNKEN` more records had been seen.
    """
    found = np.zeros(levels.shape)
    for place, field in enumerate(plan.fields):
        same = np.flatnonzero(levels[:, place] == len(field.levels) - 1)
        if field.kind == "mark" or field.against_only or not len(same):
            continue
        codes, values = coded(prepared[field.column])
        known = codes[codes >= 0]
        chance = model.u[place][-1]
        counts = np.maximum(np.bincount(known, minlength=len(values)), FEWEST)
        share = (counts + SHRUNKEN * chance) / (len(known) + SHRUNKEN)
        found[same, place] = np.clip(np.log2(chance / share[codes[left[same]]]), -8, 8)
    return found


def _fit(prepared: pl.DataFrame, plan: Plan, levels: npt.NDArray[np.int8], seed: int) -> Linkage:
    count = len(prepared)
    pairs = max(count * (count - 1) / 2, 1.0)
    rng = np.random.default_rng(seed)
    drawn = min(DRAWN, int(pairs) * 2)
    one, other = rng.integers(0, max(count, 1), (2, drawn))
    apart = one != other
    seen = levels_of(prepared, plan, one[apart], other[apart])
    prior_m, prior_u = zip(*(field.priors for field in plan.fields), strict=True)
    expected = max(plan.expected_share * count, 0.5)
    # Pairs that agree in so much that they are one even by the prior are not drawn from those that are two.
    u = random_levels(seen[:0], prior_u)
    before = fit_linkage(levels[:0], u, pairs=pairs, prior_m=prior_m, expected=expected, rounds=1)
    u = random_levels(seen, prior_u, 1 - before.probability(before.weights(seen).sum(axis=1)))
    return fit_linkage(levels, u, pairs=pairs, prior_m=prior_m, expected=expected)
