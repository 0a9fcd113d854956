"""Reading a survey: one row for each case, one column for each question.

CSV and other text, Excel, SPSS (``.sav``, ``.zsav``, ``.por``) and Stata (``.dta``).  Numbers stay as the
file has them; what marks a missing answer is said in `MISSING`, and a further number that stands for
one (such as -99) is given by whoever asks.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fondaco.kernel import InputError, UnknownName, UnreadableFile

#: Cells of a text file that say "no answer", in any case.
MISSING = ("", "na", "n/a", "nan", "null", "none", ".", "#n/a", "#null!")

#: Numbers by which surveys mark a missing answer.
USUAL_MARKS = (-9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0)

#: Files of statistical programs, and what reads them.
_STATISTICAL = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
}


@dataclass(frozen=True)
class Survey:
    """The answers to a survey, as the file has them.

    Attributes
    ----------
    name
        The file, and the sheet of a workbook.
    frame
        One row for each case; columns of numbers are Float64, all others String, missing cells null.
    rows
        The row of each case in the file, as a spreadsheet shows it.
    labels
        The question behind a column, where the file says it (SPSS, Stata).
    notes
        What a person should know about how the file was read.
    """

    name: str
    frame: pl.DataFrame
    rows: tuple[int, ...]
    labels: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.frame.height

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""
        return tuple(self.frame.columns)

    def require(self, names: Iterable[str]) -> None:
        """Check that there are columns of these names.

        Raises
        ------
        UnknownName
            For the first that is not there, with the nearest names.
        """
        for name in names:
            if name not in self.frame.columns:
                raise UnknownName(f"{self.name} has no column {name!r}. {_nearest(name, self.columns)}")

    def is_words(self, name: str) -> bool:
        """Tell whether a column holds words, such as names of countries, rather than numbers.

        A few words among many numbers are mistakes in the numbers.
        """
        column = self.frame[name]
        if column.dtype != pl.String or column.null_count() == len(column):
            return False
        numbers, _ = as_numbers(column)
        return len(column) - numbers.null_count() < 0.5 * (len(column) - column.null_count())

    def numbers(
        self, names: Sequence[str], *, marker: float | Sequence[float] | None = None
    ) -> dict[str, np.ndarray]:
        """Return columns as numbers, missing cells as NaN.

        Parameters
        ----------
        names
            The columns.
        marker
            A number, or several, that stand for a missing answer, such as -99.

        Returns
        -------
        dict of ndarray, shape (n,)

        Raises
        ------
        UnknownName
            When there is no such column.
        InputError
            When a column holds text (the message names row and column), no answer at all, or there
            are fewer than two cases.

        Examples
        --------
        >>> survey = Survey("a.csv", pl.DataFrame({"x": [1.0, -99.0, 3.0]}), rows=(2, 3, 4))
        >>> survey.numbers(["x"], marker=-99)["x"]
        array([ 1., nan,  3.])
        """
        self.require(names)
        if len(self) < 2:
            raise InputError(
                f"{self.name} holds {len(self) or 'no'} case{'' if len(self) == 1 else 's'}: "
                "an analysis needs many. Check that it is the right file and that one row is one case."
            )
        found = {}
        for name in names:
            column = self._column_of_numbers(name)
            if marker is not None:
                column[np.isin(column, marker)] = np.nan
            if np.isnan(column).all():
                raise InputError(
                    f"Column {name!r} of {self.name} has no answers: leave it out of the model, or bring it filled."
                )
            found[name] = column
        return found

    def marks(self, names: Sequence[str]) -> dict[str, float]:
        """Return columns that hold a number which looks like a mark for a missing answer, and that number.

        Such as -99 or 999 among answers from 1 to 7.

        Examples
        --------
        >>> survey = Survey("a.csv", pl.DataFrame({"x": [1.0, -99.0, 3.0, 7.0]}), rows=(2, 3, 4, 5))
        >>> survey.marks(["x"])
        {'x': -99.0}
        """
        found = {}
        for name, column in self.numbers(names).items():
            for mark in USUAL_MARKS:
                others = column[(column != mark) & ~np.isnan(column)]
                if (column == mark).any() and len(others) and _far(mark, others):
                    found[name] = mark
        return found

    def _column_of_numbers(self, name: str) -> np.ndarray:
        column = self.frame[name]
        if column.dtype == pl.String:
            if column.null_count() == len(column):
                return np.full(len(column), np.nan)
            numbers, _ = as_numbers(column)
            place = int((numbers.is_null() & column.is_not_null()).arg_true()[0])
            cell = str(column[place])
            raise InputError(
                f"{self.name}, row {self.rows[place]}, column {name!r}: {cell[:40]!r} is not a number. "
                "Correct the cell, or leave it empty if the answer is missing."
            )
        values: np.ndarray = column.cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)
        return values


def read_survey(path: Path, *, sheet: str | None = None) -> Survey:
    """Read a survey from a file.

    Parameters
    ----------
    path
        A table as text (any encoding and delimiter), Excel, SPSS or Stata.
    sheet
        Which sheet of a workbook, or which file of an archive; without it the first that holds anything.

    Raises
    ------
    UnreadableFile
        When the file is missing, empty, damaged or no table.
    InputError
        When two columns have the same name.
    """
    reader = _STATISTICAL.get(path.suffix.lower())
    return _from_statistics(path, reader) if reader else _from_table(path, sheet)


def _far(mark: float, others: np.ndarray) -> bool:
    """Tell whether a number lies far outside answers that are few whole numbers, as of a scale."""
    low, high = float(others.min()), float(others.max())
    if high - low > 20 or (others != np.round(others)).any():
        return False
    return mark < min(low, 0.0) if mark < 0 else mark > 3 * max(high, 10.0)


# Text and workbooks ----------------------------------------------------------------------------


def _from_table(path: Path, sheet: str | None) -> Survey:
    from fondaco.ledger import read_plain

    tables = read_plain(path)
    if sheet is not None:
        chosen = [table for table in tables if table.name.rsplit("/", 1)[-1] == sheet]
        if not chosen:
            there = ", ".join(table.name.rsplit("/", 1)[-1] for table in tables)
            raise UnknownName(f"{path.name} has no sheet {sheet!r}. It has {there}.")
        tables = chosen
    table, notes = tables[0], list(tables[0].doubts)
    if len(tables) > 1:
        notes.append(f"Of {len(tables)} tables in {path.name}, {table.name} was read; --sheet names another.")
    refuse_doubles(table.columns, table.name)
    columns = []
    for place, (name, cells) in enumerate(zip(table.columns, table.cells, strict=True), start=1):
        column, note = _interpreted(cells)
        if name or column.null_count() < len(column):
            columns.append(column.alias(name or f"column_{place}"))
        notes += [f"Column {name!r}: {note}"] if note else []
    return Survey(table.name, pl.DataFrame(columns), table.rows, notes=tuple(notes))


def refuse_doubles(names: Sequence[str], where: str) -> None:
    """Refuse a table in which two columns have one name; raises `InputError`."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names, start=1):
        places.setdefault(name, []).append(place)
    for name, found in places.items():
        if name and len(found) > 1:
            numbers = " and ".join(map(str, found))
            raise InputError(
                f"{where} has the column {name!r} more than once (columns {numbers}): rename or remove one."
            )


def _interpreted(cells: pl.Series) -> tuple[pl.Series, str]:
    """Return a column as numbers where most of its cells are, and what was done to make them so."""
    plain = cells.cast(pl.Float64, strict=False)
    if plain.null_count() == cells.null_count() and plain.is_finite().all():
        return plain, ""
    text = answered(cells)
    numbers, commas = as_numbers(text)
    if numbers.null_count() > text.null_count():
        return text, ""
    return numbers, "commas are read as decimal commas." if commas else ""


def answered(cells: pl.Series) -> pl.Series:
    """Return a column of text with null where a cell says that there is no answer (`MISSING`)."""
    return cells.to_frame("c").select(
        pl.when(pl.col("c").str.to_lowercase().is_in(MISSING)).then(None).otherwise(pl.col("c")).alias("c")
    )["c"]


def as_numbers(text: pl.Series) -> tuple[pl.Series, bool]:
    """Return the numbers in a column of text (null where a cell is none), and whether commas are decimal."""
    commas = not text.str.contains(r"\d\.\d").any() and text.str.contains(r"^[+-]?\d*,\d+$").any()
    plain = text.str.replace("−", "-", literal=True)
    numbers = (plain.str.replace(",", ".", literal=True) if commas else plain).cast(pl.Float64, strict=False)
    finite = numbers.to_frame("c").select(pl.when(pl.col("c").is_finite()).then(pl.col("c")))["c"]
    return finite, bool(commas)


# SPSS and Stata --------------------------------------------------------------------------------


def _from_statistics(path: Path, reader: str) -> Survey:
    import pyreadstat

    if not path.is_file():
        raise UnreadableFile(f"There is no file {path}: check the name and the folder.")
    if path.stat().st_size == 0:
        raise UnreadableFile(f"{path.name} is empty: save it again from the program it comes from.")
    try:
        cells, meta = getattr(pyreadstat, reader)(str(path), output_format="dict")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError) as error:
        raise UnreadableFile(
            f"{path.name} cannot be read as {path.suffix[1:]} ({error}): save it again, or as CSV."
        ) from None
    refuse_doubles(meta.column_names, path.name)
    columns = {name: _plain_column(cells[name]) for name in meta.column_names}
    frame = pl.DataFrame(columns)
    labels = {name: label for name, label in meta.column_names_to_labels.items() if label}
    return Survey(path.name, frame, tuple(range(1, frame.height + 1)), labels)


def _plain_column(values: Iterable[Any]) -> pl.Series:
    plain = [None if value is None or value != value else value for value in values]  # noqa: PLR0124  NaN
    if all(value is None or isinstance(value, int | float) for value in plain):
        return pl.Series(plain, dtype=pl.Float64, strict=False)
    return pl.Series([None if v is None or v == "" else str(v) for v in plain], dtype=pl.String)


def _nearest(name: str, names: Sequence[str]) -> str:
    lower = {known.lower(): known for known in names}
    near = [lower[found] for found in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    shown = ", ".join(names[:12])
    return f"It has {shown}{' ...' if len(names) > 12 else ''}."
