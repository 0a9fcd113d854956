"""Tables of what goes beyond a fit: the test of exact fit, and out-of-sample prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fondaco.pls.journal import MARK, Cell, JournalTable

if TYPE_CHECKING:
    from fondaco.pls.cvpat import LossTest
    from fondaco.pls.exact_fit import ExactFit
    from fondaco.pls.predict import Predictions


def exact_fit_table(tested: ExactFit) -> JournalTable:
    """Return the test of exact fit as a table."""
    rows = tuple(
        (_NAMES[one.measure], one.statistic, one.critical_95, one.critical_99, one.p) for one in tested.tests
    )
    missed = frozenset((i, 1) for i, one in enumerate(tested.tests) if one.rejected)
    return JournalTable(
        "Exact fit",
        f"Bootstrap test of exact fit, {tested.which} model",
        ("Measure", "Observed", "95% limit", "99% limit", "p"),
        rows,
        (
            *(
                [f"{MARK} lies beyond the 95% limit: such correlations would be rare if the model held."]
                if missed
                else []
            ),
            (
                "Limits: quantiles of the distance in samples where the model holds (Beran and Srivastava 1985; Dijkstra and "
                "Henseler 2015). Few cases reject little."
            ),
            f"{tested.resamples - tested.failed:,} of {tested.resamples:,} resamples (seed {tested.seed}).",
        ),
        missed,
        frozenset({4}),
    )


_NAMES = {"srmr": "SRMR", "d_uls": "d_ULS", "d_g": "d_G"}


def prediction_tables(found: Predictions, tests: Sequence[LossTest] = ()) -> list[JournalTable]:
    """Return the tables of PLSpredict and, where there are tests, of CVPAT."""
    return [_errors(found), _verdicts(found), *([_losses(tests)] if tests else [])]


def _errors(found: Predictions) -> JournalTable:
    rows: list[tuple[Cell, ...]] = []
    missed = set()
    for i, one in enumerate(found.indicators):
        rows.append(
            (one.construct, one.indicator, one.q2_predict, one.rmse, one.rmse_lm, one.mae, one.mae_lm)
        )
        if not one.q2_predict > 0:
            missed.add((i, 2))
        if one.beats_lm is False:
            missed.add((i, 3))
    return JournalTable(
        "Prediction",
        "Prediction out of sample (PLSpredict)",
        ("Construct", "Indicator", "Q²_predict", "RMSE", "RMSE of LM", "MAE", "MAE of LM"),
        tuple(rows),
        (
            *(
                [f"{MARK} Q²_predict not above 0, or an RMSE not below that of the linear model."]
                if missed
                else []
            ),
            (
                "Q²_predict above 0: better than the mean of the indicator. RMSE (MAE where errors are skewed) below that of "
                "the linear model (LM): Shmueli et al. (2019). Errors in units of the indicator."
            ),
            _how(found),
        ),
        frozenset(missed),
    )


def _verdicts(found: Predictions) -> JournalTable:
    return JournalTable(
        "Predictive power",
        "Predictive power, and whether it depends on the linear model that is compared with",
        ("Construct", "Power", "exogenous", "antecedents", "others"),
        tuple(
            (one.construct, one.power or "n/a", *(power or "n/a" for power in one.by_benchmark))
            for one in found.constructs
        ),
        (
            (
                "High: less error than the linear model for all indicators; medium: for at least half; low: for fewer; none (Shmueli "
                "et al. 2019). The linear model has three definitions in the literature, by whose indicators it uses."
            ),
            _how(found),
        ),
    )


def _losses(tests: Sequence[LossTest]) -> JournalTable:
    rows: list[tuple[Cell, ...]] = []
    for test in tests:
        for one in test.differences:
            rows.append(
                (
                    test.against,
                    one.construct or "overall",
                    one.loss,
                    one.other_loss,
                    one.difference,
                    (one.low, one.high),
                    one.t,
                    one.p,
                )
            )
    return JournalTable(
        "CVPAT",
        "Cross-validated predictive ability test (CVPAT)",
        ("Against", "Construct", "Loss", "Other loss", "Difference", "Interval", "t", "p"),
        tuple(rows),
        (tests[0].thresholds,),
        frozenset(),
        frozenset({7}),
    )


def _how(found: Predictions) -> str:
    drawn = "given folds" if found.seed is None else f"seed {found.seed}"
    return (
        f"{found.folds} folds, {found.repetitions} repetitions ({drawn}); {found.antecedents} antecedents; linear model of "
        f"the {found.benchmark} indicators."
    )
