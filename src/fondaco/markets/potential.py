"""Export potential: what a country's firms could sell to each market, judged by what they sell elsewhere.

The export potential indicator of Decreux and Spies (2016, "Export potential assessments: a methodology to
identify export opportunities for developing countries", International Trade Centre) for exporter i,
market j and product k is supply times demand times ease:

    EPI_ijk = ease_ij x (v_ik / v_k) x v_jk
    ease_ij = v_ij / sum over k of (v_ik / v_k) x v_jk

with v_ik the exporter's exports of the product to the world, v_k world trade in it, v_jk the market's
imports of it and v_ij all that i sells to j.  Ease is what i really sells to j over what it would sell
if it had the same share of every product there as it has in the world: it holds distance, language,
tariffs and habit together.  So with nothing else added the sum over products is the actual
trade: the indicator says where, among products, more could be sold.  That sum is a check, not a
finding.

Terms, each off until its data are given (`Terms`):

growth
    Supply and demand are taken to a future year: v_ik and its rivals' by the exporters' growth, v_jk by
    the market's.
tariffs
    Demand times ((1 + t_jk) / (1 + t_ijk)) ** elasticity: the margin over what suppliers pay on average.
distances
    Demand times a factor above 1 where the product travels far and so does the way to the market
    (its form is ours).
re-exports
    Supply times min(1, exports / imports) of the exporter in that product: what is imported to be
    sold on is no supply of its own.

Ease is always taken without them.

``outlook`` is where exports are heading if a tenth of the gap to potential closes (`CLOSING`): the mean of the
last two years plus a tenth of potential less actual.  Values are means over the years, in the currency of the trade data;
``low`` and ``high`` are the smallest and largest that single years give, a spread and no probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from fondaco.kernel import InputError
from fondaco.markets.potential_terms import Grid, Terms, by_group, factors_of
from fondaco.markets.stability import WORDS, Rules, Stability, concentration, stability, word_codes
from fondaco.numerics import Estimate

__all__ = ["Basis", "MarketPotential", "Potential", "PotentialRow", "Terms", "potential"]

RULE = "export-potential/1"

#: How many years are taken, the last ones, where none are named.
YEARS = 5

#: How much of the gap to potential closes in a few years: least squares on exports of the EU-15 by section
#: of goods, 2007-08 to 2010-11, give 0.106 (``docs/rules/export-potential.md``).
CLOSING = 0.1

#: An exporter with a larger share of all trade in its products has too few rivals in the data; ours.
MOST = 0.5

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CAVEAT = (
    "An indicator from past trade of all firms of the country together: a benchmark to compare markets by, "
    "no forecast for one firm and no ceiling."
)


@dataclass(frozen=True)
class PotentialRow:
    """One product in one market; amounts a year in the currency of the trade data.

    Attributes
    ----------
    market, product
        Alpha-3 and the product's code or label.
    potential
        The indicator; None where the ease is not known.
    low, high
        What single years give; None for a single year.
    actual
        Exports a year.
    unrealised
        max(0, potential - actual); None where potential is.
    outlook
        Exports of the last two years plus `CLOSING` of the gap; None where potential is.
    demand
        What the market imports of the product from everywhere.
    stability
        The word for that demand (`fondaco.markets.stability`).
    why
        Where potential is None, why.
    """

    market: str
    product: str
    potential: float | None
    low: float | None
    high: float | None
    actual: float
    unrealised: float | None
    outlook: float | None
    demand: float
    stability: str
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        held = {name: _rounded(value) for name, value in vars(self).items() if name != "why"}
        return held | ({"why": self.why} if self.why else {})


@dataclass(frozen=True)
class MarketPotential:
    """All products in question in one market.

    Attributes
    ----------
    potential, low, high, actual
        Sums over products; see `PotentialRow`.
    unrealised
        The sum of what is unrealised product by product: a product sold above its potential does not
        make up for another.
    outlook
        Sum over products; see `PotentialRow`.
    share_of_potential
        Of the potential of all markets.
    ease
        Actual over hypothetical trade, over all products; None where nothing is sold there.
    at_equal_ease
        What would be sold there with the share that the exporter has in the world: the only figure
        where nothing is sold yet.
    demand
        The market's imports of these products.
    growth
        Of its demand for what the exporter sells, a year.
    stability
        Of the same.
    suppliers_hhi
        Concentration of its suppliers; None where not asked for.
    why
        Where potential is None, why.
    """

    market: str
    potential: float | None
    low: float | None
    high: float | None
    actual: float
    unrealised: float | None
    outlook: float | None
    share_of_potential: float | None
    ease: float | None
    at_equal_ease: float
    demand: float
    growth: Estimate
    stability: Stability
    products: int
    suppliers_hhi: float | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        held = {
            name: _rounded(getattr(self, name))
            for name in (
                "market", "potential", "low", "high", "actual", "unrealised", "outlook", "at_equal_ease", "demand", "products",
            )
        }  # fmt: skip
        return {
            **held,
            "share_of_potential": _rounded(self.share_of_potential, 4),
            "ease": _rounded(self.ease, 4),
            "growth": self.growth.to_json(),
            "stability": self.stability.word,
            "places": list(self.stability.places),
            "size": round(self.stability.size, 4),
            "suppliers_hhi": _rounded(self.suppliers_hhi, 4),
            **({"why": self.why} if self.why else {}),
        }


@dataclass(frozen=True)
class Basis:
    """What the figures rest on.

    Attributes
    ----------
    rule, fingerprint
        The rule's id and version, and the fingerprint of the trade data.
    years, sources
        The years meant over, and the files.
    terms
        The terms that are on.
    flows
        Rows of the exporter's trade.
    notes
        Sentences that belong to every figure.
    """

    rule: str
    fingerprint: str
    years: tuple[int, ...]
    sources: tuple[str, ...]
    terms: tuple[str, ...]
    flows: int
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class Potential:
    """The export potential of one country, by market and product.

    Attributes
    ----------
    exporter, products, currency
        Whose, of which products (empty: all), in which currency.
    frame
        One row for each market and product, the largest unrealised potential first; columns as
        `PotentialRow` has attributes, `why` aside.
    markets
        The same by market, in the same order; those whose ease is not known follow.
    concentration
        Of the exporter's sales over markets: the Herfindahl-Hirschman index.
    basis
        What it rests on.
    count
        How many rows there are; `frame` may hold the first of them only.
    """

    exporter: str
    products: tuple[str, ...]
    currency: str | None
    frame: pl.DataFrame
    markets: tuple[MarketPotential, ...]
    concentration: float | None
    basis: Basis
    count: int

    @property
    def rows(self) -> tuple[PotentialRow, ...]:
        """Every row of `frame`; with subheadings of world trade that is a million (see `first`)."""
        return self.first(len(self.frame))

    def first(self, count: int) -> tuple[PotentialRow, ...]:
        """Return the first rows."""
        return tuple(
            PotentialRow(**row, why="" if row["potential"] is not None else self._why(row["market"]))
            for row in self.frame.head(count).iter_rows(named=True)
        )

    def by_market(self) -> dict[str, MarketPotential]:
        """Return the totals of each market."""
        return {one.market: one for one in self.markets}

    def to_frame(self) -> pl.DataFrame:
        """Return the rows as a Polars frame."""
        return self.frame

    def to_json(self, count: int | None = None) -> dict[str, Any]:
        """Return everything as JSON values; of the rows the first `count`."""
        rows = self.first(len(self.frame) if count is None else count)
        return {
            "exporter": self.exporter, "products": list(self.products), "currency": self.currency,
            "potential": [row.to_json() for row in rows], "rows": self.count,
            "markets": [market.to_json() for market in self.markets],
            "concentration": _rounded(self.concentration, 4), "basis": self.basis.to_json(),
        }  # fmt: skip

    def _why(self, market: str) -> str:
        return _no_ease(self.exporter, market)


def potential(
    flows: ir.Table,
    exporter: str,
    *,
    products: Sequence[str] = (),
    years: Sequence[int] | None = None,
    terms: Terms | None = None,
    suppliers: bool = False,
    rules: Rules | None = None,
    keep: int | None = None,
    currency: str | None = None,
    fingerprint: str = "",
    sources: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Potential:
    """Work out the export potential of a country; the module's docstring defines each number.

    Parameters
    ----------
    flows
        exporter, importer, product, year, value: an Ibis table, one row for each flow or more.
    exporter
        Alpha-3.
    products
        Codes; each stands for all codes below it.  Ease is worked out over all products all the same.
    years
        Which to take; the last `YEARS` without it.
    terms
        What is taken in beside trade.
    suppliers
        Whether to work out how concentrated each market's suppliers are: one more pass over the flows.
    rules
        Thresholds of the words for stability.
    keep
        How many rows to keep, the largest unrealised potential first; markets are totals of all rows.
    currency, fingerprint, sources, notes
        Of the trade data, passed on.

    Raises
    ------
    InputError
        When the trade data hold no exports of that country, of these products or in these years.
    """
    asked, held = tuple(products), terms or Terms()
    chosen = _years(flows, years)
    trade = flows.filter(flows.year.isin(chosen)) if years is not None or len(chosen) == YEARS else flows
    imports = _by_year(trade, chosen)
    exports = _by_year(trade.filter(trade.exporter == exporter), chosen)
    if not len(exports) or not _amounts(exports, chosen).any():
        raise InputError(
            f"The trade data hold no exports of {exporter} in {_span(chosen)}: check the country, or add its trade."
        )
    grid = _grid(imports, exports, exporter, chosen)
    factors = factors_of(grid, trade, exporter, held)
    shown = grid.of(asked)
    if not shown.any():
        raise InputError(_no_such_product(asked, grid.products, exporter))
    numbers = _indicator(grid, factors)
    frame = _frame(grid, numbers, shown, chosen, rules, keep)
    concentrations = _suppliers(trade, asked) if suppliers else {}
    markets = _markets(grid, numbers, shown, exporter, concentrations, rules)
    basis = Basis(
        RULE, fingerprint, chosen, tuple(sources), held.on, len(exports),
        (_CAVEAT, *_told(grid, exporter, chosen, held), *notes),
    )  # fmt: skip
    spread = concentration([market.actual for market in markets])
    return Potential(exporter, asked, currency, frame, markets, spread, basis, int(shown.sum()))


# ---- Sums over the flows ---------------------------------------------------------------------------


def _years(flows: ir.Table, years: Sequence[int] | None) -> tuple[int, ...]:
    known = flows.select("year").distinct().order_by("year").to_polars()["year"].to_list()
    if years is None:
        return tuple(known[-YEARS:])
    found = tuple(year for year in known if year in set(years))
    if not found:
        raise InputError(f"The trade data hold {_span(known)} and nothing of {_span(sorted(years))}.")
    return found


def _by_year(trade: ir.Table, years: Sequence[int]) -> pl.DataFrame:
    """Return importer, product and one column of sums for each year."""
    sums = {f"y{year}": trade.value.sum(where=trade.year == year) for year in years}
    frame: pl.DataFrame = trade.group_by("importer", "product").agg(**sums).to_polars()
    return frame


def _amounts(frame: pl.DataFrame, years: Sequence[int]) -> Floats:
    """Return the columns of sums as an array, rows x years."""
    return frame.select(pl.col(f"y{year}").fill_null(0.0) for year in years).to_numpy().astype(float)


def _grid(imports: pl.DataFrame, exports: pl.DataFrame, exporter: str, years: Sequence[int]) -> Grid:
    """Bring imports and exports onto the same rows.

    Names become places in sorted lists once, and pairs of them numbers: joining on numbers is
    several times quicker than on two columns of text.
    """
    products = sorted(exports["product"].unique().to_list())
    markets = sorted(imports["importer"].unique().to_list())
    imports = imports.filter(pl.col("product").is_in(products)) if _others(imports, products) else imports
    j, k = _places(imports["importer"], markets), _places(imports["product"], products)
    m = _amounts(imports, years)
    row = np.full(len(markets) * len(products), -1)
    row[j * len(products) + k] = np.arange(len(j))
    v = np.zeros_like(m)
    sold = _places(exports["importer"], markets) * len(products) + _places(exports["product"], products)
    v[row[sold]] = _amounts(exports, years)
    abroad = np.array(markets)[j] != exporter
    own: Floats = np.bincount(
        k[~abroad], weights=m[~abroad].mean(axis=1), minlength=len(products)
    ).astype(float)  # fmt: skip
    world = by_group(k, m, len(products))
    return Grid(markets, products, j[abroad], k[abroad], m[abroad], v[abroad], world, own)


def _others(imports: pl.DataFrame, products: Sequence[str]) -> bool:
    """Tell whether goods are imported that the exporter does not sell."""
    return imports["product"].n_unique() > len(products)


def _places(said: pl.Series, names: Sequence[str]) -> Ints:
    """Return the place of each text in a list that holds them all."""
    found: Ints = said.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
    return found


# ---- The indicator ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Numbers:
    """The indicator and what it is made of: rows or markets, by year and for the mean of all years (last)."""

    potential: Floats  # (n, years + 1)
    hypothetical: Floats  # (n,) supply x demand of the mean year
    ease: Floats  # (markets,) of the mean year
    sold: NDArray[np.bool_]  # (markets,) whether anything is sold there


def _with_mean(amounts: Floats) -> Floats:
    return np.concatenate([amounts, amounts.mean(axis=1, keepdims=True)], axis=1)


def _indicator(grid: Grid, factors: Floats) -> _Numbers:
    """Work out supply x demand x ease for each year by itself and for the mean of them."""
    m, v, world = (_with_mean(amounts) for amounts in (grid.m, grid.v, grid.world))
    supply = by_group(grid.k, v, len(grid.products))
    share = np.divide(supply, world, out=np.zeros_like(supply), where=world > 0)
    hypothetical = share[grid.k] * m
    below = by_group(grid.j, hypothetical, len(grid.markets))
    above = by_group(grid.j, v, len(grid.markets))
    ease = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return _Numbers(
        ease[grid.j] * hypothetical * factors[:, None], hypothetical[:, -1], ease[:, -1], above[:, -1] > 0
    )  # fmt: skip


# ---- Results ---------------------------------------------------------------------------------------


def _frame(
    grid: Grid,
    numbers: _Numbers,
    shown: NDArray[np.bool_],
    years: Sequence[int],
    rules: Rules | None,
    keep: int | None = None,
) -> pl.DataFrame:
    """Return the first rows as a frame, the largest unrealised potential first."""
    known = numbers.sold[grid.j]
    value = numbers.potential[:, -1]
    actual = grid.v.mean(axis=1)
    outlook = _outlook(grid, value)
    several = len(years) > 1
    single = numbers.potential[:, :-1]
    nothing = np.full(len(value), np.nan)
    unrealised, demand = np.maximum(value - actual, 0.0), grid.m.mean(axis=1)
    rows = np.flatnonzero(shown)
    # Stable sorts one after the other, the weightiest last: quicker than one by four keys.
    for key in (grid.j * len(grid.products) + grid.k, -demand, np.where(known, -unrealised, np.inf)):
        rows = rows[np.argsort(key[rows], kind="stable")]
    rows = rows[:keep]
    wanted = np.zeros(len(grid.products), bool)
    wanted[grid.k[rows]] = True
    rivals = np.flatnonzero(wanted[grid.k])  # a row's rank is among all markets of its product
    word = np.zeros(len(value), np.int64)
    word[rivals] = word_codes(grid.m[rivals], grid.k[rivals], rules)
    estimates = {
        "potential": value,
        "low": single.min(axis=1) if several else nothing,
        "high": single.max(axis=1) if several else nothing,
        "unrealised": unrealised,
        "outlook": outlook,
    }
    frame = pl.DataFrame({
        "market": _named(grid.markets, grid.j[rows]), "product": _named(grid.products, grid.k[rows]),
        "actual": actual[rows], "demand": demand[rows], "stability": _named(WORDS, word[rows]),
        **{name: np.where(known, amounts, np.nan)[rows] for name, amounts in estimates.items()},
    }).with_columns(pl.col(list(estimates)).fill_nan(None))  # fmt: skip
    return frame.select(name for name in PotentialRow.__dataclass_fields__ if name != "why")


def _named(names: Sequence[str], places: Ints) -> pl.Series:
    return pl.Series(list(names), dtype=pl.String).gather(places)


def _outlook(grid: Grid, value: Floats) -> Floats:
    """Return exports of the last two years and a part of the gap."""
    found: Floats = np.maximum(grid.v[:, -2:].mean(axis=1) + CLOSING * (value - grid.v.mean(axis=1)), 0.0)
    return found


def _markets(
    grid: Grid,
    numbers: _Numbers,
    shown: NDArray[np.bool_],
    exporter: str,
    concentrations: Mapping[str, float],
    rules: Rules | None,
) -> tuple[MarketPotential, ...]:
    """Add up the rows by market."""
    count, j = len(grid.markets), grid.j[shown]
    sums = by_group(j, numbers.potential[shown], count)
    actual = np.bincount(j, weights=grid.v[shown].mean(axis=1), minlength=count)
    gaps = np.maximum(numbers.potential[shown, -1] - grid.v[shown].mean(axis=1), 0.0)
    unrealised = np.bincount(j, weights=gaps, minlength=count)
    heading = np.bincount(j, weights=_outlook(grid, numbers.potential[:, -1])[shown], minlength=count)
    equal = np.bincount(j, weights=numbers.hypothetical[shown], minlength=count)
    demand = np.bincount(j, weights=grid.m[shown].mean(axis=1), minlength=count)
    products = np.bincount(j, minlength=count)
    supply = numbers.hypothetical / np.maximum(grid.m.mean(axis=1), 1e-300)
    wanted = by_group(j, (supply[:, None] * grid.m)[shown], count)
    present = np.flatnonzero(products)
    steady = dict(zip(present.tolist(), stability(wanted[present], rules), strict=True))
    total = float(sums[numbers.sold, -1].sum())
    several = grid.m.shape[1] > 1
    found = []
    for place in present.tolist():
        market, sold = grid.markets[place], bool(numbers.sold[place])
        value = float(sums[place, -1]) if sold else None
        found.append(
            MarketPotential(
                market=market,
                potential=value,
                low=float(sums[place, :-1].min()) if sold and several else None,
                high=float(sums[place, :-1].max()) if sold and several else None,
                actual=float(actual[place]),
                unrealised=float(unrealised[place]) if sold else None,
                outlook=float(heading[place]) if sold else None,
                share_of_potential=value / total if value is not None and total > 0 else None,
                ease=float(numbers.ease[place]) if sold else None,
                at_equal_ease=float(equal[place]),
                demand=float(demand[place]),
                growth=steady[place].growth,
                stability=steady[place],
                products=int(products[place]),
                suppliers_hhi=concentrations.get(market),
                why="" if sold else _no_ease(exporter, market),
            )
        )
    return tuple(
        sorted(
            found, key=lambda m: (m.unrealised is None, -(m.unrealised or 0.0), -m.at_equal_ease, m.market)
        )
    )


def _suppliers(trade: ir.Table, asked: Sequence[str]) -> dict[str, float]:
    """Return the concentration of each market's suppliers of the products in question."""
    if asked:
        trade = trade.filter(ibis.or_(*(trade["product"].startswith(code) for code in asked)))
    shares = trade.group_by("importer", "exporter").agg(v=trade.value.sum()).to_polars()
    squared = (pl.col("v") / pl.col("v").sum()).pow(2).sum().alias("hhi")
    return dict(shares.filter(pl.col("v") > 0).group_by("importer").agg(squared).rows())


def _told(grid: Grid, exporter: str, years: Sequence[int], terms: Terms) -> list[str]:
    notes = [
        f"Means of {_span(years)}; low and high are the smallest and largest single year, no probability."
    ]
    if len(years) == 1:
        notes = [f"One year only ({years[0]}): no spread and no stability can be told."]
    elif len(years) < YEARS:
        notes.append(f"{len(years)} years only; five are usual.")
    if len(grid.products) == 1:
        notes.append(
            "The trade data hold one product only, so that potential is actual trade by definition: bring data with "
            "more products."
        )
    share = float(grid.v.sum() / max(grid.world.sum(), 1e-300))
    if share > MOST:
        notes.append(
            f"In these data {exporter} alone sells {share:.0%} of all trade in its products: few other exporters are in "
            "them, so that demand and unrealised potential are understated. Bring trade of all exporters."
        )
    if not terms.on:
        notes.append(
            "No term for growth, tariffs, distance or re-exports: over all products potential is actual trade."
        )
    if terms.growth:
        missing = sorted(set(grid.markets) - set(terms.growth))
        if missing:
            notes.append(
                f"No growth is given for {len(missing)} markets ({', '.join(missing[:6])}): the median is taken."
            )
    return notes


def _no_ease(exporter: str, market: str) -> str:
    return (
        f"{exporter} sells nothing to {market} in these data: how easy trade would be is not known. "
        "at_equal_ease tells what the share it has elsewhere would bring."
    )


def _no_such_product(asked: Sequence[str], known: Sequence[str], exporter: str) -> str:
    shown = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
    return f"{exporter} exports nothing of {', '.join(asked)} in these data; it exports {shown}."


def _span(years: Sequence[int]) -> str:
    if not years:
        return "no years"
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _rounded(value: Any, digits: int = 3) -> Any:
    return round(value, digits) if isinstance(value, float) else value
