"""The terms of the export potential indicator beside trade: growth, tariffs, distance, re-exports.

Each is a factor of supply or demand, one for each market and product, and 1 while its data are absent.
What each means, and whose its form is: `fondaco.markets.potential` and ``docs/rules/export-potential.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from fondaco.reference.trade.terms import Tariff

#: Ends of the factor for distance.
REACH = (0.5, 2.0)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Terms:
    """What the indicator takes in beside trade; each is off while empty.

    Attributes
    ----------
    growth
        Market to the factor by which its economy is expected to grow; a market without one is given the
        median.
    tariffs
        Rates of duty.
    elasticity
        Of demand to the price with duty; 1 is ours and cautious.
    distances
        (exporter, market) to kilometres.
    re_exports
        Whether supply is cut where the exporter imports more of the product than it exports.
    """

    growth: Mapping[str, float] = field(default_factory=dict)
    tariffs: Sequence[Tariff] = ()
    elasticity: float = 1.0
    distances: Mapping[tuple[str, str], float] = field(default_factory=dict)
    re_exports: bool = False

    @property
    def on(self) -> tuple[str, ...]:
        """The terms that are on."""
        named = {
            "growth": self.growth, "tariffs": self.tariffs, "distances": self.distances, "re-exports": self.re_exports,
        }  # fmt: skip
        return tuple(name for name, given in named.items() if given)


@dataclass(frozen=True)
class Grid:
    """Markets x products of the exporter, as one row for each pair that is imported at all.

    Attributes
    ----------
    markets, products
        Names.
    j, k
        Which market and product each row is, shape (n,).
    m, v
        Imports of the market from everywhere, and from the exporter, shape (n, years).
    world
        World trade by product, shape (products, years).
    own
        The exporter's own imports by product, means over years, shape (products,).
    """

    markets: list[str]
    products: list[str]
    j: Ints
    k: Ints
    m: Floats
    v: Floats
    world: Floats
    own: Floats

    def of(self, asked: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which rows are of the products asked for."""
        if not asked:
            return np.ones(len(self.k), bool)
        wanted = np.array([any(product.startswith(code) for code in asked) for product in self.products])
        return wanted[self.k] if len(wanted) else np.zeros(len(self.k), bool)


def factors_of(grid: Grid, trade: ir.Table, exporter: str, terms: Terms) -> Floats:
    """Return the product of all terms that are on, one for each row; 1 with none."""
    factors = np.ones(len(grid.k))
    if terms.growth:
        factors = factors * _growth_factor(grid, trade, exporter, terms.growth)
    if terms.re_exports:
        sold = np.bincount(grid.k, weights=grid.v.mean(axis=1), minlength=len(grid.products))
        factors = (
            factors
            * np.minimum(1.0, np.divide(sold, grid.own, out=np.ones_like(sold), where=grid.own > 0))[grid.k]
        )
    if terms.tariffs:
        factors = factors * _tariff_factor(grid, trade, exporter, terms)
    if terms.distances:
        factors = factors * _distance_factor(grid, trade, exporter, terms.distances)
    return factors


def _growth_factor(grid: Grid, trade: ir.Table, exporter: str, growth: Mapping[str, float]) -> Floats:
    """Take supply and demand into the future: g_i v_k / (sum over exporters of g v) x g_j."""
    usual = float(np.median(list(growth.values())))
    known = ibis.memtable({"exporter": list(growth), "g": [float(g) for g in growth.values()]})
    weighted = trade.left_join(known, "exporter")
    sums = weighted.group_by("product").agg(
        future=(weighted.value * ibis.coalesce(weighted.g, usual)).sum(), now=weighted.value.sum()
    )
    found = {
        row[0]: row[2] / row[1]
        for row in sums.select("product", "future", "now").to_polars().rows()
        if row[1]
    }
    rivals = np.array([found.get(product, 1.0) for product in grid.products])
    demand = np.array([growth.get(market, usual) for market in grid.markets])
    factors: Floats = growth.get(exporter, usual) * rivals[grid.k] * demand[grid.j]
    return factors


def _tariff_factor(grid: Grid, trade: ir.Table, exporter: str, terms: Terms) -> Floats:
    """Return ((1 + what suppliers pay on average) / (1 + what the exporter pays)) ** elasticity."""
    rates: dict[tuple[str, str | None], dict[str, float]] = {}
    for tariff in terms.tariffs:
        rates.setdefault((tariff.market, tariff.exporter), {})[tariff.product] = tariff.rate
    levied = {market for market, _ in rates}
    paid = {(m, p): _rate(rates, m, exporter, p) for m in levied for p in grid.products}
    preferred = [
        (other, m, p, rate)
        for (m, other) in rates
        if other is not None
        for p in grid.products
        if (rate := _rate(rates, m, other, p)) is not None
    ]
    average = _average_rates(grid, trade, rates, preferred)
    factors = np.ones(len(grid.k))
    for row in np.flatnonzero(np.isin(np.array(grid.markets)[grid.j], list(levied))):
        pair = (grid.markets[grid.j[row]], grid.products[grid.k[row]])
        own, others = paid.get(pair), average.get(pair)
        if own is not None and others is not None:
            factors[row] = ((1 + others) / (1 + own)) ** terms.elasticity
    return factors


def _rate(
    rates: Mapping[tuple[str, str | None], Mapping[str, float]], market: str, exporter: str, product: str
) -> float | None:
    """Return the rate with the longest code that holds; one of the exporter's own goes before everybody's."""
    for whose in (exporter, None):
        table = rates.get((market, whose), {})
        for digits in range(len(product), 1, -1):
            if product[:digits] in table:
                return table[product[:digits]]
    return None


def _average_rates(
    grid: Grid,
    trade: ir.Table,
    rates: Mapping[tuple[str, str | None], Mapping[str, float]],
    preferred: Sequence[tuple[str, str, str, float]],
) -> dict[tuple[str, str], float]:
    """Return what suppliers pay on average, weighted by what they sell; preferences take their share."""
    special: dict[tuple[str, str], tuple[float, float]] = {}
    if preferred:
        columns = zip(*preferred, strict=True)
        known = ibis.memtable(
            dict(zip(("exporter", "importer", "product", "rate"), map(list, columns), strict=True))
        )
        joined = trade.join(known, ["exporter", "importer", "product"])
        sums = joined.group_by("importer", "product").agg(
            v=joined.value.sum(), paid=(joined.value * joined.rate).sum()
        )
        special = {
            (m, p): (v, paid)
            for m, p, v, paid in sums.select("importer", "product", "v", "paid").to_polars().rows()
        }
    found = {}
    imports = grid.m.sum(axis=1)
    levied = {market for market, _ in rates}
    for row in np.flatnonzero(np.isin(np.array(grid.markets)[grid.j], list(levied)) & (imports > 0)):
        market, product = grid.markets[grid.j[row]], grid.products[grid.k[row]]
        v, paid = special.get((market, product), (0.0, 0.0))
        everybody = _rate(rates, market, "", product)
        if everybody is not None:
            found[market, product] = (paid + max(imports[row] - v, 0.0) * everybody) / imports[row]
    return found


def _distance_factor(
    grid: Grid, trade: ir.Table, exporter: str, distances: Mapping[tuple[str, str], float]
) -> Floats:
    """Return exp(ln(D_k / D) x ln(d_ij / D)) within `REACH`; its form is ours.

    D_k is the distance that the product travels on average, D that of all goods, d_ij that from the
    exporter to the market.  A product that is usually bought far away gains in far markets, one that
    is bought nearby in near ones.
    """
    pairs = [(a, b, float(km)) for (a, b), km in distances.items() if km and km > 0]
    known = ibis.memtable(
        dict(zip(("exporter", "importer", "km"), map(list, zip(*pairs, strict=True)), strict=True))
    )
    joined = trade.join(known, ["exporter", "importer"])
    sums = joined.group_by("product").agg(v=joined.value.sum(), km=(joined.value * joined.km).sum())
    travelled = {product: (v, km) for product, v, km in sums.select("product", "v", "km").to_polars().rows()}
    all_v, all_km = (sum(values) for values in zip(*travelled.values(), strict=True))
    usual = all_km / all_v
    by_product = np.array([
        np.log(travelled[p][1] / travelled[p][0] / usual) if travelled.get(p, (0, 0))[0] > 0 else 0.0
        for p in grid.products
    ])  # fmt: skip
    way = [distances.get((exporter, market)) for market in grid.markets]
    by_market = np.array([np.log(km / usual) if km else 0.0 for km in way])
    factors: Floats = np.clip(np.exp(by_product[grid.k] * by_market[grid.j]), *REACH)
    return factors


def by_group(groups: Ints, amounts: Floats, count: int) -> Floats:
    return np.stack([np.bincount(groups, weights=column, minlength=count) for column in amounts.T], axis=1)
