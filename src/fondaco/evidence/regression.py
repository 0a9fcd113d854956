"""Linear regression with its diagnostics, from cases or from a published correlation matrix.

The statistics are statsmodels' own; this module says which are asked for, and what they mean in words.
`b` and `se` are in the units of the data, `beta` in standard deviations; p values are two-sided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from fondaco.evidence import words
from fondaco.evidence.formulas import check_formula, plain_name
from fondaco.evidence.surveys import Survey
from fondaco.kernel import InputError

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]
Robust = Literal["HC0", "HC1", "HC2", "HC3"]
ROBUST: tuple[Robust, ...] = ("HC0", "HC1", "HC2", "HC3")


@dataclass(frozen=True)
class Term:
    """One predictor in the joint model, and by itself.

    Attributes
    ----------
    name
        As in the formula.
    beta
        The standardized coefficient: change of the outcome, in its standard deviations, for one of the
        predictor's, the others held equal.
    b, se, low, high
        The coefficient, its standard error and its interval, in the data's units.
    t, p
        Its test against zero, two-sided.
    vif
        The variance inflation factor: how many times the others inflate the variance of `b`.
    alone_beta, alone_p
        The same of the regression on this predictor only.
    """

    name: str
    beta: float | None
    b: float
    se: float
    t: float
    p: float
    low: float
    high: float
    vif: float | None = None
    alone_beta: float | None = None
    alone_p: float | None = None


@dataclass(frozen=True)
class Regression:
    """A linear regression by ordinary least squares.

    Attributes
    ----------
    outcome, terms, intercept
        What is explained, and by what; `intercept` is None where the model has none.
    n, dropped
        Cases used, and cases left out for a missing answer.
    level
        The level of the tests and intervals (0.05: 95% intervals).
    r2, r2_adjusted, f, f_df, f_p
        Of the whole model.
    durbin_watson
        Of the residuals in the order of the cases; None for a correlation matrix, which has no cases.
    robust
        The kind of heteroscedasticity-consistent errors, or None.
    holm, benjamini_hochberg
        p values by term, corrected for having tested all terms: Holm (1979) bounds the chance of one
        false finding, Benjamini and Hochberg (1995) the share of false ones among the findings.
    standardized
        True where `b` and `se` are in standard deviations, because the source states none.
    basis
        What it rests on.
    notes
        What the numbers say, and what they do not, in sentences.
    """

    outcome: str
    terms: tuple[Term, ...]
    intercept: Term | None
    n: int
    dropped: int
    level: float
    r2: float
    r2_adjusted: float
    f: float
    f_df: tuple[float, float]
    f_p: float
    durbin_watson: float | None
    robust: str | None
    holm: Mapping[str, float]
    benjamini_hochberg: Mapping[str, float]
    standardized: bool
    basis: str
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each term."""
        import polars as pl

        return pl.DataFrame([asdict(term) for term in self.terms])

    def to_json(self) -> dict[str, Any]:
        """Return the fields that `fondaco regress --json` prints."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        told["terms"] = [asdict(term) for term in self.terms]
        told["intercept"] = asdict(self.intercept) if self.intercept else None
        told["corrections"] = {
            "holm": dict(told.pop("holm")),
            "benjamini_hochberg": dict(told.pop("benjamini_hochberg")),
        }
        return told


def regress(
    formula: str,
    survey: Survey,
    *,
    robust: str | None = None,
    marker: float | None = None,
    level: float = 0.05,
) -> Regression:
    """Regress an outcome on predictors, case by case.

    Parameters
    ----------
    formula
        As statsmodels and R write it: ``"y ~ a + b"``, ``"y ~ a * b"``, ``"y ~ a + C(country)"``.
    survey
        The cases; one with a missing answer in a column of the formula is left out.
    robust
        ``HC0`` to ``HC3`` (White 1980; MacKinnon and White 1985; HC3 for few cases), or None.
    marker
        A number that stands for a missing answer.
    level
        Of the tests and intervals.

    Raises
    ------
    InputError
        When the formula or the data cannot be taken; the message says what to do.

    Examples
    --------
    >>> import polars as pl
    >>> cases = pl.DataFrame({"y": [1.0, 2.0, 2.0, 4.0, 5.0], "a": [0.0, 1.0, 2.0, 3.0, 4.0]})
    >>> found = regress("y ~ a", Survey("cases", cases, rows=(2, 3, 4, 5, 6)))
    >>> round(found.terms[0].b, 6), round(found.r2, 4)
    (1.0, 0.9259)
    """
    from statsmodels.formula.api import ols

    _check_settings(robust, level)
    outcome, names = check_formula(formula, survey)
    if outcome in survey.columns and survey.is_words(outcome):
        raise InputError(
            f"{outcome} holds words: the outcome of a regression must be a number in every case."
        )
    data, used = _cases(survey, names, marker)
    try:
        model = ols(formula, data=data)
    except Exception as error:  # noqa: BLE001  the formula's own engine raises errors without a common base
        raise InputError(
            f"The formula {formula!r} cannot be worked out ({error}). Write it as y ~ a + b."
        ) from None
    columns = np.asarray(model.exog, dtype=np.float64)
    y = np.asarray(model.endog, dtype=np.float64)
    terms = [plain_name(name) for name in model.exog_names]
    where = f"{used} of {len(survey)} cases of {survey.name}"
    return fitted(outcome, terms, y, columns, robust=robust, level=level, dropped=len(survey) - used,
                  basis=where)  # fmt: skip


def _check_settings(robust: str | None, level: float) -> None:
    if robust is not None and robust not in ROBUST:
        raise InputError(f"Robust errors of the kind {robust!r} are not known: say {', '.join(ROBUST)}.")
    if not 0 < level < 0.5:
        raise InputError(f"A level of {level} makes no sense: say one between 0 and 0.5, such as 0.05.")


def _cases(survey: Survey, names: Sequence[str], marker: float | None) -> tuple[Any, int]:
    """Return the complete cases of some columns as pandas wants them, and how many there are."""
    import pandas as pd

    columns: dict[str, Any] = {}
    complete = np.ones(len(survey), dtype=bool)
    for name in names:
        if survey.is_words(name):
            values = np.array(survey.frame[name].to_list(), dtype=object)
            complete &= np.array([value is not None for value in values])
        else:
            values = survey.numbers([name], marker=marker)[name]
            complete &= ~np.isnan(values)
        columns[name] = values
    used = int(complete.sum())
    if used < 3:
        raise InputError(
            f"{survey.name} has {used} cases with an answer in each of {', '.join(names)}: a regression needs many."
        )
    return pd.DataFrame({name: values[complete] for name, values in columns.items()}), used


def fitted(
    outcome: str,
    names: Sequence[str],
    y: Floats,
    columns: Floats,
    *,
    robust: str | None,
    level: float,
    basis: str,
    dropped: int = 0,
    cases: bool = True,
    standardized: bool = False,
) -> Regression:
    """Return the regression of `y` (n,) on the design matrix `columns` (n, k), with its diagnostics.

    ``cases`` is False where the rows stand for no real cases, so that their order and residuals mean
    nothing.  Used by `regress` and by the regression from correlations.
    """
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.stattools import durbin_watson

    _refuse_degenerate(outcome, names, y, columns)
    result = least_squares(y, columns, robust)
    everything = _terms(names, y, columns, result, level, robust)
    intercept = next((term for term in everything if term.name == "Intercept"), None)
    terms = tuple(term for term in everything if term.name != "Intercept")
    if not terms:
        raise InputError("The formula has no predictor: write at least one after ~.")
    p = [term.p for term in terms]
    holm, hochberg = (multipletests(p, method=method)[1] for method in ("holm", "fdr_bh"))
    found = Regression(
        outcome=outcome,
        terms=terms,
        intercept=intercept,
        n=len(y),
        dropped=dropped,
        level=level,
        r2=float(result.rsquared),
        r2_adjusted=float(result.rsquared_adj),
        f=float(np.squeeze(result.fvalue)),
        f_df=(float(result.df_model), float(result.df_resid)),
        f_p=float(np.squeeze(result.f_pvalue)),
        durbin_watson=float(durbin_watson(result.resid)) if cases else None,
        robust=robust,
        holm={term.name: float(q) for term, q in zip(terms, holm, strict=True)},
        benjamini_hochberg={term.name: float(q) for term, q in zip(terms, hochberg, strict=True)},
        standardized=standardized,
        basis=basis,
    )
    return words.with_notes(found)


def least_squares(y: Floats, columns: Floats, robust: str | None = None) -> Any:
    """Return statsmodels' least squares of `y` (n,) on `columns` (n, k)."""
    from statsmodels.regression.linear_model import OLS

    model = OLS(y, columns)
    return model.fit(cov_type=robust, use_t=True) if robust else model.fit()


def _terms(
    names: Sequence[str], y: Floats, columns: Floats, result: Any, level: float, robust: str | None
) -> list[Term]:
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    with_intercept = "Intercept" in names
    limits = result.conf_int(alpha=level)
    terms = []
    for j, name in enumerate(names):
        b = float(result.params[j])
        term = Term(
            name,
            beta=None,
            b=b,
            se=float(result.bse[j]),
            t=float(result.tvalues[j]),
            p=float(result.pvalues[j]),
            low=float(limits[j][0]),
            high=float(limits[j][1]),
        )
        if name != "Intercept" and with_intercept:
            ones = np.ones(len(y))
            alone = least_squares(y, np.column_stack([ones, columns[:, j]]), robust)
            scale = float(columns[:, j].std() / y.std())
            term = Term(
                **asdict(term)
                | {
                    "beta": b * scale,
                    "vif": _vif(variance_inflation_factor, columns, j),
                    "alone_beta": float(alone.params[1]) * scale,
                    "alone_p": float(alone.pvalues[1]),
                }
            )
        terms.append(term)
    return terms


def _vif(factor: Any, columns: Floats, j: int) -> float:
    return 1.0 if columns.shape[1] == 2 else float(factor(columns, j))


def _refuse_degenerate(outcome: str, names: Sequence[str], y: Floats, columns: Floats) -> None:
    """Refuse what has no single answer: constants, collinear predictors, too few cases."""
    n, k = columns.shape
    if np.ptp(y) == 0:
        raise InputError(f"{outcome} is the same in every case: there is nothing to explain.")
    for j, name in enumerate(names):
        if name != "Intercept" and np.ptp(columns[:, j]) == 0 and "Intercept" in names:
            raise InputError(f"{name} is the same in every case: leave it out of the formula.")
    if n <= k:
        raise InputError(
            f"There are {n} complete cases for {k} coefficients: bring more cases, or fewer predictors."
        )
    scaled = columns / np.where(columns.std(axis=0) > 0, columns.std(axis=0), 1.0)
    scaled = scaled - np.where(columns.std(axis=0) > 0, scaled.mean(axis=0), 0.0)
    if np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(n)) < k:
        rank = np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(n))
        tied = [
            name
            for j, name in enumerate(names)
            if np.linalg.matrix_rank(np.delete(scaled, j, axis=1), tol=1e-9 * np.sqrt(n)) == rank
        ]
        raise InputError(
            f"{' and '.join(tied)} say the same: each follows exactly from the others. Leave one of them out."
        )
