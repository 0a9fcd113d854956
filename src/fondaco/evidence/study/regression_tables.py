"""The tables of a regression study: scores with their reliability, correlations, coefficients, the model as a whole."""

from __future__ import annotations

import numpy as np

from fondaco.evidence.regression import Regression
from fondaco.evidence.study.definition import Study
from fondaco.evidence.surveys import Survey
from fondaco.evidence.words import VIF_LIMIT, legend
from fondaco.numerics.reliability import reliability
from fondaco.pls.journal import Cell, JournalTable


def alphas(study: Study, cases: Survey) -> dict[str, float | None]:
    """Return Cronbach's alpha of each score of the study that the model uses; None where there are too few answers for one."""
    held = {}
    for name in study.names:
        if name in study.scores:
            columns = cases.numbers(list(study.scores[name]))
            held[name] = reliability(np.column_stack(list(columns.values()))).alpha.estimate
    return held


def tables_of(study: Study, cases: Survey, found: Regression, robust: Regression) -> tuple[JournalTable, ...]:
    """Return the tables of a results section."""
    return (_scores(study, cases), _coefficients(found, robust), _whole(found))


def _scores(study: Study, cases: Survey) -> JournalTable:
    names = [name for name in study.names if name in cases.columns and not cases.is_words(name)]
    data = cases.numbers(names)
    reliable = alphas(study, cases)
    rows: list[tuple[Cell, ...]] = []
    missed = set()
    for i, name in enumerate(names):
        values = data[name][~np.isnan(data[name])]
        alpha = reliable.get(name)
        if alpha is not None and alpha < 0.7:
            missed.add((i, 5))
        items = len(study.scores.get(name, (name,)))
        beside = [_correlation(data[name], data[other]) for other in names[:i]]
        empty = [None] * (len(names) - i)
        rows.append(
            (
                name,
                str(items),
                str(len(values)),
                float(values.mean()),
                _spread(values),
                alpha,
                *beside,
                *empty,
            )
        )
    return JournalTable(
        "Scores", "Scores: mean, standard deviation, Cronbach's alpha, and correlations",
        ("Score", "Items", "n", "Mean", "SD", "Alpha", *(str(i + 1) for i in range(len(names)))), tuple(rows),
        ("A score is the mean of its items, where at least half of them are answered. Alpha of .70 or more (Nunnally 1978).",),
        frozenset(missed),
    )  # fmt: skip


def _spread(values: np.ndarray) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None


def _correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    both = ~(np.isnan(a) | np.isnan(b))
    if both.sum() < 3 or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return None
    return float(np.corrcoef(a[both], b[both])[0, 1])


def _coefficients(found: Regression, robust: Regression) -> JournalTable:
    firm = {term.name: term for term in robust.terms}
    terms = [*([found.intercept] if found.intercept else []), *found.terms]
    rows: list[tuple[Cell, ...]] = [
        (term.name, term.b, term.se, (term.low, term.high), term.beta, term.t, term.p, found.holm.get(term.name),
         found.benjamini_hochberg.get(term.name), firm[term.name].p if term.name in firm else None, term.vif,
         term.alone_beta, term.alone_p)
        for term in terms
    ]  # fmt: skip
    missed = {(i, 10) for i, term in enumerate(terms) if term.vif is not None and term.vif >= VIF_LIMIT}
    return JournalTable(
        "Coefficients", f"Regression of {found.outcome}: all predictors together, and each alone",
        ("Term", "b", "SE", "95% CI", "Beta", "t", "p", "p (Holm)", "p (B-H)", "p (HC3)", "VIF", "Beta alone", "p alone"),
        tuple(rows),
        (
            "p is two-sided. Holm (1979) and Benjamini and Hochberg (1995) count the tests of all terms; HC3 holds with unequal variances.",
            f"VIF below {VIF_LIMIT:g} (Hair et al. 2019). Beta alone: of the regression on this predictor only. Levels: {legend()}.",
            f"It rests on {found.basis}.",
        ),
        frozenset(missed), frozenset({6, 7, 8, 9, 12}),
    )  # fmt: skip


def _whole(found: Regression) -> JournalTable:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("n", str(found.n)), ("left out for missing answers", str(found.dropped)), ("R²", found.r2),
        ("adjusted R²", found.r2_adjusted), (f"F({found.f_df[0]:g}, {found.f_df[1]:g})", found.f),
        ("p of F", found.f_p), ("Durbin-Watson", found.durbin_watson),
    )  # fmt: skip
    return JournalTable(
        "Model", "The model as a whole", ("Measure", "Value"), rows,
        ("Durbin-Watson near 2: neighbouring cases do not resemble each other; it matters where their order means something.",),
    )  # fmt: skip
