"""Commands for path models: fit, and what follows from a fit."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import DONE, LOOK, emit, leave, progress_bar
from fondaco.kernel import InputError, UnreadableFile

if TYPE_CHECKING:
    import numpy as np

    from fondaco.evidence import Survey
    from fondaco.pls import Bootstrap, ExactFit, Fit, Model

pls = typer.Typer(
    help="Partial least squares path models: fit, predict, compare groups, and what else a study reports.",
    no_args_is_help=True,
)
app.add_typer(pls, name="pls")

ModelArgument = typer.Argument(
    ...,
    metavar="MODEL",
    help="A file with the model, or the model itself: 'X =~ x1 + x2; Y =~ y1 + y2; Y ~ X'.",
)
DataOption = typer.Option(
    ..., "--data", help="The survey: CSV or other text, Excel, SPSS (.sav) or Stata (.dta)."
)
SheetOption = typer.Option(None, "--sheet", help="Which sheet of a workbook; the first without it.")
SchemeOption = typer.Option("path", "--scheme", help="Inner weights: path, factorial or centroid.")
MissingOption = typer.Option(
    "mean", "--missing", help="Missing answers: mean (replaced by it), casewise (left out) or pairwise."
)
MarkerOption = typer.Option(
    None, "--marker", help="A number that stands for a missing answer, such as -99; may be repeated."
)
ConsistentFlag = typer.Option(
    False, "--consistent", help="Consistent PLS: correct common factors (=~) for attenuation."
)
WeightsOption = typer.Option(None, "--weights", help="A column of case weights.")
SeedOption = typer.Option(
    1, "--seed", min=0, help="Of the random numbers; the same seed gives the same result."
)
LevelOption = typer.Option(0.95, "--level", help="Probability of the intervals.")


def read_model(text: str) -> Model:
    """Return the model in a file, or in the text itself.

    Raises
    ------
    InputError
        When it is neither.
    """
    from fondaco.pls import parse

    return parse(model_text(text))


def model_text(text: str) -> str:
    """Return the text of a model that is given as such or by its file.

    Raises
    ------
    InputError
        When it is neither.
    """
    if not text.strip():
        raise InputError(
            "The model is empty: write it, as 'X =~ x1 + x2; Y =~ y1; Y ~ X', or name a file with it."
        )
    path = Path(text)
    try:
        is_file = "\n" not in text and path.is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file and "~" in text:
        return text
    if not is_file:
        raise UnreadableFile(
            f"There is no file {text}: name a file with the model, or write it here, as 'X =~ x1 + x2; Y =~ y1; Y ~ X'."
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"{path.name} is no UTF-8 text: save the model as plain text in UTF-8."
        ) from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read ({error.strerror}): check its permissions.") from None


def read_cases(
    path: Path, sheet: str | None, model: Model, marker: list[float] | None, more: list[str | None]
) -> tuple[Survey, dict[str, np.ndarray]]:
    """Return a survey and the columns that a model (and `more`) needs of it, missing answers as NaN."""
    from fondaco.evidence import read_survey

    survey = read_survey(path, sheet=sheet)
    wanted = [*model.indicators, *(name for name in more if name)]
    columns = survey.numbers(list(dict.fromkeys(wanted)), marker=marker or None)
    return survey, columns


def fitted(
    model: str,
    data: Path,
    sheet: str | None,
    scheme: str,
    missing: str,
    marker: list[float] | None,
    consistent: bool,
    weights: str | None = None,
    approach: str | None = None,
) -> tuple[Fit, list[str]]:
    """Fit a model to a survey; return the fit and what to know about how the survey was read."""
    from fondaco.pls import fit

    parsed = read_model(model)
    survey, columns = read_cases(data, sheet, parsed, marker, [weights])
    notes = list(survey.notes)
    if marks := survey.marks(list(parsed.indicators)) if not marker else {}:
        shown = ", ".join(f"{name} ({value:g})" for name, value in list(marks.items())[:5])
        notes.append(
            f"What looks like a mark for missing answers was read as an answer: {shown}. If it is one, say --marker."
        )
    found = fit(
        parsed,
        columns,
        scheme=cast(Any, scheme),
        missing=cast(Any, missing),
        marker=marker or None,
        weights=weights,
        consistent=consistent,
        approach=approach,
    )
    return found, notes


@pls.command("fit")
def fit_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    weights: str | None = WeightsOption,
    consistent: bool = ConsistentFlag,
    approach: str | None = typer.Option(
        None,
        "--approach",
        help="Products: two-stage, product indicator or orthogonalising. Higher order: disjoint two-stage, embedded two-stage or repeated indicators.",
    ),
    bootstrap: int | None = typer.Option(
        None, "--bootstrap", help="Resamples for intervals and tests; 10000 for what is to be published."
    ),
    seed: int = SeedOption,
    resamples: Path | None = typer.Option(
        None,
        "--resamples",
        help="Fixed resamples: a table of row numbers counted from 0, one resample a row or a column.",
    ),
    method: str = typer.Option(
        "percentile", "--method", help="Intervals: percentile, bca, bc, basic, normal or t."
    ),
    level: float = LevelOption,
    signs: str = typer.Option("none", "--signs", help="Signs in resamples: none, individual or construct."),
    exact_fit: bool = typer.Option(
        False, "--exact-fit", help="Test exact fit with as many resamples as --bootstrap (10000 without it)."
    ),
    report: Path | None = typer.Option(
        None, "--report", help="Write the tables of a results section: .xlsx, .html, .tex or .txt."
    ),
    diagram: Path | None = typer.Option(None, "--diagram", help="Write the path diagram: .svg."),
    as_json: bool = JsonFlag,
) -> None:
    """Estimate a path model and assess it: measurement, structure, mediation, fit."""
    from fondaco.pls import report as reports
    from fondaco.pls.journal_tests import exact_fit_table
    from fondaco.pls.told import exact_fit_told, finite, told

    check_outputs(report, diagram)
    if bootstrap is not None and resamples is not None:
        raise InputError("--bootstrap draws resamples and --resamples brings them: say one of the two.")
    found, notes = fitted(model, data, sheet, scheme, missing, marker, consistent, weights, approach)
    begun = time.perf_counter()
    drawn, layout = _bootstrap(found, bootstrap, seed, resamples, signs)
    seconds = time.perf_counter() - begun
    tested = _exact_fit(found, 10_000 if bootstrap is None else bootstrap, seed) if exact_fit else None
    options: dict[str, Any] = {"method": method, "level": level}
    printed = told(found, drawn, seconds=seconds, **options) | {"notes": notes}
    if layout:
        printed["bootstrap"]["layout"] = layout
    if tested is not None:
        printed["exact_fit"] = finite(exact_fit_told(tested))
    more = [exact_fit_table(tested)] if tested else []
    if report is not None:
        reports.report(found, report, drawn, more=more, **options)
    if diagram is not None:
        reports.write(diagram, reports.diagram(found, drawn, **options).encode())
    printed["written"] = [str(path) for path in (report, diagram) if path]

    def show() -> None:
        print(reports.summary(found, drawn, more=more, **options))
        for line in [*notes, *(f"Written: {path}" for path in printed["written"])]:
            print(line)

    emit(printed, as_json, show)
    leave(ending(found, drawn))


def check_outputs(report: Path | None, diagram: Path | None = None) -> None:
    """Refuse what could not be written before anything is computed."""
    from fondaco.pls.report import KINDS

    if report is not None and report.suffix.lower() not in KINDS:
        raise InputError(f"--report {report.name}: a report is written as {', '.join(KINDS)}.")
    if diagram is not None and diagram.suffix.lower() != ".svg":
        raise InputError(f"--diagram {diagram.name}: the diagram is written as .svg.")
    for path in (report, diagram):
        if path is not None and not path.resolve().parent.is_dir():
            raise InputError(f"There is no folder {path.parent}: make it first, or name another.")


def _bootstrap(
    fit: Fit, resamples: int | None, seed: int, fixed: Path | None, signs: str
) -> tuple[Bootstrap | None, str]:
    """Return the bootstrap that was asked for, and how a file of resamples was read."""
    from fondaco.pls import bootstrap

    if resamples is None and fixed is None:
        return None, ""
    rows, layout = read_resamples(fixed, fit.n) if fixed else (None, "")
    with progress_bar() as step:
        found = bootstrap(
            fit,
            10_000 if resamples is None else resamples,
            seed=seed,
            rows=rows,
            signs=cast(Any, signs),
            progress=counter(step, "resampling"),
        )
    return found, layout


def counter(step: Callable[[str, float], None], what: str) -> Callable[[int, int], None]:
    """Return a progress callback by count, from one by share."""
    return lambda done, of: step(what, done / of)


def _exact_fit(fit: Fit, resamples: int, seed: int) -> ExactFit:
    from fondaco.pls import exact_fit

    with progress_bar() as step:
        return exact_fit(fit, resamples, seed=seed, progress=counter(step, "testing fit"))


def ending(fit: Fit, drawn: Bootstrap | None = None) -> int:
    """Return the exit code: 1 where something about the result is to be mended or looked at."""
    to_mend = any(problem.cure for problem in fit.problems)
    unsteady = drawn is not None and drawn.resamples - drawn.usable > 0.05 * drawn.resamples
    return LOOK if to_mend or unsteady else DONE


def read_resamples(path: Path, n: int) -> tuple[np.ndarray, str]:
    """Read fixed resamples, and say how they lie in the file.

    Returns
    -------
    rows
        Shape (resamples, n), cases counted from 0.
    layout
        A sentence.

    Raises
    ------
    InputError
        When the file holds something else.
    """
    import numpy as np

    from fondaco.ledger import read_plain

    table = read_plain(path, header=False)[0]
    cells = np.array([column.to_list() for column in table.cells], dtype=object).T
    dropped = ""
    if len(cells) and not all(_is_count(cell) for cell in cells[0] if cell is not None):
        cells, dropped = cells[1:], " below a row of names"
    by_row = cells.ndim == 2 and cells.shape[1] in (n, n + 1)
    if not by_row and not (cells.ndim == 2 and cells.shape[0] == n):
        shape = " x ".join(map(str, cells.shape))
        raise InputError(
            f"{table.name} is a table of {shape} cells, and the model rests on {n} cases: write {n} row numbers for each "
            "resample, in one row or one column."
        )
    if by_row and cells.shape[1] == n + 1:
        cells, dropped = cells[:, 1:], f"{dropped} after a column of names"
    wrong = next((place for place, cell in np.ndenumerate(cells) if not _is_count(cell)), None)
    if wrong is not None:
        row = table.rows[wrong[0] + (len(table.rows) - len(cells))]
        raise InputError(f"{table.name}, row {row}: {cells[wrong]!r} is no row number, counted from 0.")
    numbers = cells.astype(np.float64).astype(np.int64)
    direction = "row" if by_row else "column"
    rows = numbers if by_row else numbers.T
    return np.ascontiguousarray(rows), f"{len(rows)} resamples, one in each {direction}{dropped}."


def _is_count(cell: Any) -> bool:
    return isinstance(cell, str) and cell.removesuffix(".0").isdecimal()
