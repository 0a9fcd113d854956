"""Commands that ask more of a fitted path model: prediction, necessary conditions, tetrads, endogeneity, segments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from fondaco.cli.app import JsonFlag
from fondaco.cli.output import emit, leave, progress_bar, table
from fondaco.cli.pls import (
    ConsistentFlag,
    DataOption,
    MarkerOption,
    MissingOption,
    ModelArgument,
    SchemeOption,
    SeedOption,
    SheetOption,
    check_outputs,
    counter,
    ending,
    fitted,
    pls,
)
from fondaco.kernel import InputError, UnknownName

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from fondaco.pls import Fit

TargetOption = typer.Option(
    None, "--target", help="The construct in question; the model's last outcome without it."
)


def scores_of(fit: Fit) -> dict[str, np.ndarray]:
    """Return the scores of each construct."""
    return {name: fit.scores[:, k] for k, name in enumerate(fit.plan.names)}


def target_of(fit: Fit, target: str | None) -> str:
    """Return the construct that was asked for, or the last outcome.

    Raises
    ------
    UnknownName
        When the model has no such construct.
    """
    names = fit.plan.names
    if target is None:
        starts = {start for start, _ in fit.plan.paths}
        return next(names[end] for end in reversed(fit.plan.outcomes) if end not in starts)
    if target not in names:
        raise UnknownName(f"The model has no construct {target!r}. It has {', '.join(names)}.")
    return target


def tell(found: Fit, printed: dict[str, Any], notes: Sequence[str], as_json: bool, *parts: Any) -> None:
    """Print a result, as JSON or as tables and sentences, and end with the exit code of its fit.

    Each of `parts` is a (title, frame) or a sentence.
    """
    problems = [vars(problem) for problem in found.problems]
    printed = {"n": found.n, **printed, "problems": printed.get("problems", []) + problems, "notes": [*notes]}

    def show() -> None:
        for part in parts:
            if isinstance(part, str):
                print(part)
            else:
                show_frame(*part)
        for problem in found.problems:
            print(f"- {problem.reason} {problem.cure}".rstrip())
        for note in notes:
            print(f"- {note}")

    emit(printed, as_json, show)
    leave(ending(found))


def show_frame(title: str, frame: pl.DataFrame) -> None:
    """Print a frame for people: three decimals, lists with commas."""
    numeric = [place for place, kind in enumerate(frame.dtypes) if kind.is_numeric()]
    rows = [[cell_text(cell) for cell in row] for row in frame.iter_rows()]
    table(title, frame.columns, rows, right=numeric)


def cell_text(cell: Any) -> str:
    """Return a cell for people."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.3f}"
    return ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)


@pls.command("predict")
def predict_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    folds: int = typer.Option(10, "--folds", help="Parts that are left out in turn."),
    repetitions: int = typer.Option(10, "--repetitions", help="How often the cases are parted anew."),
    seed: int = SeedOption,
    fold_column: str | None = typer.Option(
        None,
        "--fold-column",
        help="A column with the fold of each case, counted from 0, instead of random ones.",
    ),
    antecedents: str = typer.Option(
        "earliest",
        "--antecedents",
        help="earliest: predict from what nothing points to; direct: from direct causes.",
    ),
    benchmark: str = typer.Option(
        "exogenous",
        "--benchmark",
        help="Whose indicators the linear model uses: exogenous, antecedents or others.",
    ),
    against: str | None = typer.Option(
        None, "--against", help="Another model, to test which predicts better."
    ),
    report: Path | None = typer.Option(
        None, "--report", help="Write the tables: .xlsx, .html, .tex or .txt."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Predict cases the model has not seen (PLSpredict, CVPAT).

    JSON: `n`, `folds`, `repetitions`, `seed`, `antecedents`, `benchmark`, `failed`, `thresholds`; `indicators`: list of
    `{"construct", "indicator", "rmse", "mae", "rmse_spread", "q2_predict", "rmse_in", "mae_in", "rmse_lm", "mae_lm",
    "rmse_mean", "mae_mean", "beats_lm"}`; `benchmarks`: list of `{"construct", "indicator", "benchmark", "predictors", "rmse",
    "mae"}`; `constructs`: list of `{"construct", "power", "by_benchmark", "depends_on_benchmark"}`; `cvpat`: list of
    `{"against", "thresholds", "differences": [{"construct" (empty: overall), "loss", "other_loss", "difference", "se", "t", "p",
    "low", "high", "level", "better"}]}`.
    """
    from fondaco.pls.cvpat import compare_predictions, cvpat
    from fondaco.pls.journal_tests import prediction_tables
    from fondaco.pls.predict import Predictions, predict
    from fondaco.pls.report import write_tables
    from fondaco.pls.told import plain
    from fondaco.pls.typeset import text

    check_outputs(report)
    found, notes = fitted(model, data, sheet, scheme, missing, marker, consistent=False)
    parted = None
    if fold_column is not None:
        from fondaco.evidence import read_survey

        held = read_survey(data, sheet=sheet).numbers([fold_column])[fold_column][found.cases.rows]
        if (held % 1 != 0).any():
            raise InputError(
                f"--fold-column {fold_column}: write the fold of each case as a whole number from 0."
            )
        parted = held.astype(int)

    def predicted(fit: Fit) -> Predictions:
        with progress_bar() as step:
            return predict(
                fit,
                folds=folds,
                repetitions=repetitions,
                seed=seed,
                antecedents=cast(Any, antecedents),
                benchmark=cast(Any, benchmark),
                fold_of=parted,
                progress=counter(step, "predicting"),
            )

    result = predicted(found)
    tests = [cvpat(result, "average")]
    if any(one.rmse_lm is not None for one in result.indicators):
        tests.append(cvpat(result, "linear"))
    if against is not None:
        other, more = fitted(against, data, sheet, scheme, missing, marker, consistent=False)
        notes = list(dict.fromkeys([*notes, *more]))
        tests.append(compare_predictions(result, predicted(other)))
    printed = plain(
        result,
        leave_out=("actual", "predicted", "linear", "average", "fold_of"),
        add=("beats_lm", "depends_on_benchmark"),
    )
    printed["cvpat"] = plain(tests, add=("better",))
    tables = prediction_tables(result, tests)
    if report is not None:
        printed["written"] = [str(write_tables(tables, report))]
    tell(
        found,
        printed,
        notes,
        as_json,
        text(tables),
        *(f"Written: {path}" for path in printed.get("written", ())),
    )


@pls.command("nca")
def nca_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    consistent: bool = ConsistentFlag,
    target: str | None = TargetOption,
    permutations: int = typer.Option(10_000, "--permutations", min=0, help="Of the test; 0 leaves it out."),
    seed: int = SeedOption,
    as_json: bool = JsonFlag,
) -> None:
    """Find necessary conditions: constructs without which the target is never high.

    JSON: `outcome`, `n`, `permutations`, `thresholds`; `ceilings`: list of `{"condition", "outcome", "line", "effect",
    "p", "accuracy", "intercept", "slope", "corners", "size", "necessary"}`; `bottlenecks`: list of `{"condition",
    "line", "level", "required", "value", "state"}`.
    """
    from fondaco.pls.nca import necessary_conditions
    from fondaco.pls.told import plain

    found, notes = fitted(model, data, sheet, scheme, missing, marker, consistent)
    wanted = target_of(found, target)
    scores = scores_of(found)
    names = found.plan.names
    causes = [names[start] for start, end in found.plan.paths if names[end] == wanted]
    if not causes:
        raise UnknownName(
            f"Nothing points to {wanted}: name a construct that the model explains with --target."
        )
    result = necessary_conditions(
        {name: scores[name] for name in causes},
        scores[wanted],
        name=wanted,
        permutations=permutations,
        seed=seed,
    )
    steps = result.bottleneck_frame().pivot(on="condition", index=["line", "level"], values="required")
    tell(
        found,
        plain(result, add=("size", "necessary")),
        notes,
        as_json,
        (f"Necessary for {wanted}, n = {result.n}", result.to_frame().drop("outcome")),
        (f"At least so much (% of its range) for each level of {wanted} (% of its range)", steps),
        result.thresholds,
    )


@pls.command("cta")
def cta_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    resamples: int = typer.Option(10_000, "--bootstrap", min=2, help="Resamples."),
    seed: int = SeedOption,
    level: float = typer.Option(0.05, "--level", help="Of the test of one construct."),
    as_json: bool = JsonFlag,
) -> None:
    """Test by tetrads whether indicators can have one common cause (confirmatory tetrad analysis).

    JSON: `n`, `resamples`, `seed`, `thresholds`; `tests`: list of `{"construct", "indicators", "borrowed_from", "tested",
    "level", "reflective", "why", "tetrads": [{"tetrad", "estimate", "se", "t", "p", "low", "high", "tested", "differs"}]}`.
    """
    from fondaco.pls.cta import tetrad_analysis
    from fondaco.pls.told import plain

    found, notes = fitted(model, data, sheet, "path", missing, marker, consistent=False)
    plan = found.plan
    blocks = {name: plan.indicators[block] for name, block in zip(plan.names, plan.blocks, strict=True)}
    paths = [(plan.names[start], plan.names[end]) for start, end in plan.paths]
    neighbours = {name: [b if a == name else a for a, b in paths if name in (a, b)] for name in plan.names}
    columns = {name: found.columns[:, place] for place, name in enumerate(plan.indicators)}
    result = tetrad_analysis(
        blocks, columns, neighbours=neighbours, resamples=resamples, seed=seed, level=level
    )
    tell(
        found,
        plain(result, add=("differs",)),
        notes,
        as_json,
        ("Can the indicators have one common cause?", result.to_frame()),
        result.thresholds,
    )


@pls.command("copula")
def copula_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    together: bool = typer.Option(True, help="Check combinations of an outcome's predictors as well."),
    resamples: int = typer.Option(5_000, "--bootstrap", min=2, help="Resamples."),
    seed: int = SeedOption,
    as_json: bool = JsonFlag,
) -> None:
    """Check predictors for endogeneity by Gaussian copulas.

    JSON: `n`, `resamples`, `usable`, `level`, `seed`, `thresholds`; `normality`: list of `{"construct", "skewness",
    "excess_kurtosis", "w", "p", "values", "nonnormal"}`; `terms`: list of `{"outcome", "predictors", "predictor", "copula", "se",
    "t", "p", "low", "high", "path", "corrected", "trusted", "why", "endogenous"}`.
    """
    from fondaco.pls.copula import copula_check
    from fondaco.pls.told import plain

    found, notes = fitted(model, data, sheet, scheme, missing, marker, consistent=False)
    result = copula_check(found, together=together, resamples=resamples, seed=seed)
    frame = result.to_frame().drop("se", "t", "low", "high", "why")
    tell(
        found,
        plain(result, add=("nonnormal", "endogenous")),
        notes,
        as_json,
        ("Are the predictors other than normal, as the check needs?", result.normality_frame()),
        ("Normal scores beside the paths", frame),
        result.thresholds,
        *(f"- {why}" for why in dict.fromkeys(one.why for one in result.terms if one.why)),
    )


@pls.command("fimix")
def fimix_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    segments: int = typer.Option(5, "--segments", min=1, help="Up to how many segments."),
    starts: int = typer.Option(20, "--starts", min=1, help="Random starts for each number of segments."),
    intercepts: bool = typer.Option(True, help="Whether each segment has means of its own."),
    seed: int = SeedOption,
    as_json: bool = JsonFlag,
) -> None:
    """Look for unobserved groups by finite mixtures (FIMIX-PLS).

    JSON: `n`, `thresholds`; `solutions`: list of `{"segments", "shares", "sizes", "paths": [{"segment", "origin",
    "target", "estimate"}], "variances", "criteria": {"ln_l", "parameters", "aic", "aic3", "aic4", "bic", "caic", "hq", "mdl5",
    "en"}, "converged", "iterations", "starts", "found_again", "problems", "assignment"}`.
    """
    import polars as pl

    from fondaco.pls.fimix import compare_segments
    from fondaco.pls.told import plain

    found, notes = fitted(model, data, sheet, scheme, missing, marker, consistent=False)
    names = found.plan.names
    paths = [(names[start], names[end]) for start, end in found.plan.paths]
    results = compare_segments(
        scores_of(found), paths, segments, starts=starts, seed=seed, intercepts=intercepts
    )
    criteria = pl.DataFrame(
        [{"segments": one.segments, "sizes": list(one.sizes), **plain(one.criteria)} for one in results]
    )
    printed = {
        "thresholds": results[0].thresholds,
        "solutions": plain(results, leave_out=("membership", "thresholds", "n"), add=("assignment",)),
    }
    shown = [
        (f"Paths in {one.segments} segments", one.to_frame()) for one in results if 1 < one.segments <= 3
    ]
    problems = [f"- {one.segments} segments: {problem}" for one in results for problem in one.problems]
    tell(
        found,
        printed,
        notes,
        as_json,
        (f"How many groups? n = {found.n}", criteria),
        *shown,
        results[0].thresholds,
        *problems,
    )


@pls.command("compare")
def compare_command(
    models: list[str] = typer.Argument(..., metavar="MODEL...", help="Two models or more: files, or texts."),
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    consistent: bool = ConsistentFlag,
    target: str | None = TargetOption,
    as_json: bool = JsonFlag,
) -> None:
    """Compare models of the same outcome by information criteria.

    JSON: `n`, `target`; `models`: list of `{"model", "r2", "aic", "bic", "aic_weight", "bic_weight"}`, the best by BIC first.
    """
    import polars as pl

    from fondaco.pls import compare
    from fondaco.pls.told import plain

    if len(models) < 2:
        raise InputError("One model cannot be compared: name two or more.")
    fits, notes = {}, []
    for place, one in enumerate(models, start=1):
        name = Path(one).name if "~" not in one else f"model {place}"
        fits[name if name not in fits else f"{name} ({place})"], more = fitted(
            one, data, sheet, scheme, missing, marker, consistent
        )
        notes += [note for note in more if note not in notes]
    first = next(iter(fits.values()))
    wanted = target_of(first, target)
    found = compare(fits, wanted)
    tell(
        first,
        {"target": wanted, "models": plain(found)},
        notes,
        as_json,
        (f"Models of {wanted}, n = {first.n}", pl.DataFrame(plain(found))),
        "The lower BIC (AIC), the better; weights say how likely each is the best of these (Burnham and Anderson 2002; "
        "Sharma et al. 2019 recommend BIC).",
    )


@pls.command("sample-size")
def sample_size_command(
    path: float = typer.Argument(
        ..., help="The smallest standardised path that should be found, such as 0.2."
    ),
    level: float = typer.Option(0.05, "--level", help="Of the one-sided test."),
    power: float = typer.Option(0.8, "--power", help="Probability of finding a path of that size."),
    as_json: bool = JsonFlag,
) -> None:
    """Say how many cases are needed, by the rules of Kock and Hadaya (2018).

    JSON: `path`, `level`, `power`, `inverse_square_root`, `gamma_exponential`, `thresholds`.
    """
    from fondaco.pls.sample_size import minimum_sample_size
    from fondaco.pls.told import plain

    found = minimum_sample_size(path, level=level, power=power)

    def show() -> None:
        print(
            f"To find a path of {found.path:g} with probability {found.power:g} (one-sided {found.level:g}): "
            f"{found.inverse_square_root} cases by the inverse square root, {found.gamma_exponential} by the "
            "gamma-exponential rule."
        )
        print(found.thresholds)

    emit(plain(found), as_json, show)
