"""A gravity model of trade, as a second opinion on potential.

Trade from i to j in a year t grows with what i sells and j buys altogether, and shrinks with what lies
between them:

    E[v_ijt] = exp(a_it + b_jt + x_ijt'c)

with effects a for each exporter and year and b for each importer and year, which hold the outward and
inward multilateral resistances (Anderson and van Wincoop 2003, American Economic Review 93), and x the
distance, border, language and past of the pair.  Estimated by Poisson pseudo-maximum likelihood, which
keeps flows of zero and is consistent under heteroskedasticity (Santos Silva and Tenreyro 2006, Review of
Economics and Statistics 88); errors are clustered by pair of countries.  The first application of the
WTO and UNCTAD's Advanced Guide to Trade Policy Analysis (Yotov, Piermartini, Monteiro and Larch 2016)
comes out to the fourth decimal: see the tests.

The model says what trade would be usual between two such countries.  Trade below it may be potential, or a
hindrance that the model does not know.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from fondaco.kernel import InputError

RULE = "gravity/1"


@dataclass(frozen=True)
class GravityTerm:
    """A coefficient: estimate, clustered standard error, z, p, and the interval of level 0.95."""

    name: str
    estimate: float
    se: float
    z: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Gravity:
    """A fitted gravity model.

    Attributes
    ----------
    terms
        Coefficients; that of a logarithm is an elasticity, of a yes or no exp(c) - 1 is its effect.
    n, pairs
        Flows used, and pairs of countries, by which errors are clustered.
    years
        The years.
    fit
        Squared correlation of actual and predicted trade.
    predicted
        exporter, importer, year, actual, predicted: one row for each flow used.
    notes
        What was left out, and why.
    """

    terms: tuple[GravityTerm, ...]
    n: int
    pairs: int
    years: tuple[int, ...]
    fit: float
    predicted: pl.DataFrame
    notes: tuple[str, ...]

    def of(self, exporter: str) -> list[dict[str, Any]]:
        """Return actual beside predicted trade of one exporter by market, means over years, largest gap first."""
        gap = (pl.col("predicted") - pl.col("actual")).alias("gap")
        return (
            self.predicted.filter(pl.col("exporter") == exporter)
            .group_by(pl.col("importer").alias("market"))
            .agg(pl.col("actual").mean(), pl.col("predicted").mean())
            .with_columns(gap)
            .sort(["gap", "market"], descending=[True, False])
            .to_dicts()
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, without the predictions."""
        return {
            "n": self.n, "pairs": self.pairs, "years": list(self.years), "fit": round(self.fit, 4),
            "terms": [{k: v if isinstance(v, str) else round(v, 6) for k, v in vars(t).items()} for t in self.terms],
            "basis": {"rule": RULE, "notes": list(self.notes)},
        }  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """Return the coefficients as a Polars frame."""
        return pl.DataFrame([vars(term) for term in self.terms])


def gravity(pairs: pl.DataFrame, terms: Sequence[str], *, notes: Sequence[str] = ()) -> Gravity:
    """Fit the model; the module's docstring says which.

    Parameters
    ----------
    pairs
        exporter, importer, year, value (zeros included, not negative), and a column for each term.
        Trade of a country with itself is left out.
    terms
        The columns that explain trade.

    Raises
    ------
    InputError
        When pyfixest is not installed, or the data cannot tell the terms apart.
    """
    abroad = pairs.filter(pl.col("exporter") != pl.col("importer"))
    told = list(notes)
    if len(abroad) < len(pairs):
        told.append(f"{len(pairs) - len(abroad):,} rows of trade within a country are left out.")
    if not len(abroad) or not (abroad["value"] > 0).any():
        raise InputError("There is no trade between different countries in these data.")
    one, other = pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer")
    names = {term: f"x{place}" for place, term in enumerate(terms)}
    held = abroad.with_row_index("row_").with_columns(
        pl.concat_str(one, other, separator=" ").alias("pair_"),
        pl.concat_str("exporter", "year").alias("sells_"),
        pl.concat_str("importer", "year").alias("buys_"),
    )
    fitted = _fit(held.rename(names), list(names.values()))
    lost = len(held) - fitted.n
    if lost:
        told.append(f"{lost:,} flows of countries that trade nothing in a year say nothing and are left out.")
    used = held.filter(pl.col("row_").is_in(fitted.rows.tolist()))
    predicted = used.select("exporter", "importer", "year", actual="value").with_columns(
        predicted=pl.Series(fitted.predicted)
    )
    reach = stats.norm.ppf(0.975)
    found = tuple(
        GravityTerm(
            term,
            b,
            se,
            b / se,
            float(2 * stats.norm.sf(abs(b / se))),
            float(b - reach * se),
            float(b + reach * se),
        )
        for term, b, se in zip(terms, fitted.estimates, fitted.errors, strict=True)
    )
    fit = float(np.corrcoef(predicted["actual"], predicted["predicted"])[0, 1] ** 2)
    years = tuple(sorted(used["year"].unique().to_list()))
    return Gravity(found, fitted.n, used["pair_"].n_unique(), years, fit, predicted, tuple(told))


@dataclass(frozen=True)
class _Fitted:
    estimates: list[float]
    errors: list[float]
    n: int
    rows: np.ndarray[Any, Any]
    predicted: np.ndarray[Any, Any]


def _fit(held: pl.DataFrame, names: Sequence[str]) -> _Fitted:
    """Run pyfixest; its own warnings are turned into notes or words by the caller."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyfixest
    except ModuleNotFoundError:
        raise InputError(
            "The gravity model needs the extra 'gravity' (pyfixest is missing): pip install 'fondaco[gravity]'."
        ) from None
    formula = f"value ~ {' + '.join(names)} | sells_ + buys_"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model: Any = pyfixest.fepois(
                formula, data=held.to_pandas(), vcov={"CRV1": "pair_"}, iwls_tol=1e-10, fixef_tol=1e-10
            )
            tidy = model.tidy()
            predicted = np.asarray(model.predict(type="response"))
    except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
        raise InputError(f"The model cannot be fitted to these data ({error}).") from None
    if list(tidy.index) != list(names):
        missing = len(names) - len(tidy.index)
        raise InputError(
            f"{missing} of the terms cannot be told apart from the effects of countries and years: leave some out."
        )
    kept = np.asarray(model._data["row_"])  # noqa: SLF001  pyfixest has no public name for the rows it used
    return _Fitted(
        [float(b) for b in tidy["Estimate"]], [float(s) for s in tidy["Std. Error"]], len(kept), kept, predicted
    )  # fmt: skip
