"""The forecast of a firm's buyers from its ledger, and of any file of orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from fondaco.kernel import InputError, UnknownName, UnreadableFile
from fondaco.kernel.problems import Problem
from fondaco.ledger import PlainTable, Workspace, read_plain
from fondaco.ledger.numbers import BLANKS, number_style, parse_number
from fondaco.relationships.buying import buying_of, from_orders, number_of
from fondaco.relationships.forecast import LEVEL, MONTHS, forecast
from fondaco.relationships.judging import Judged, judge
from fondaco.relationships.outlook import BuyerOutlook, Forecast
from fondaco.workflows.conclusions import key_of, remembering

#: After so many days without anything in the ledger, the forecast says how old it is.
STALE = 45
#: Ways of writing a day that are tried, the day standing first in the cell.
_DAYS = (
    ("%Y-%m-%d", r"^(\d{4}-\d{1,2}-\d{1,2})"),
    ("%Y%m%d", r"^(\d{8})(?:\D|$)"),
    ("%Y/%m/%d", r"^(\d{4}/\d{1,2}/\d{1,2})"),
    ("%d.%m.%Y", r"^(\d{1,2}\.\d{1,2}\.\d{4})"),
    ("%d/%m/%Y", r"^(\d{1,2}/\d{1,2}/\d{4})"),
    ("%m/%d/%Y", r"^(\d{1,2}/\d{1,2}/\d{4})"),
    ("%d-%m-%Y", r"^(\d{1,2}-\d{1,2}-\d{4})"),
    ("%d.%m.%y", r"^(\d{1,2}\.\d{1,2}\.\d{2})(?:\D|$)"),
    ("%d/%m/%y", r"^(\d{1,2}/\d{1,2}/\d{2})(?:\D|$)"),
    ("%m/%d/%y", r"^(\d{1,2}/\d{1,2}/\d{2})(?:\D|$)"),
    ("%d %b %Y", r"^(\d{1,2} [A-Za-z]{3} \d{4})"),
)
#: Rows of each kind of problem that are named.
_NAMED = 10


def forecast_of(
    workspace: Workspace, firm: str, *, today: date | None = None, model: str | None = None
) -> Forecast:
    """Return the forecast of a firm's buyers, kept by the fingerprint of its ledger.

    Parameters
    ----------
    today
        To tell how old the last entry is; nothing else depends on it.
    model
        ``BG/NBD`` or ``Pareto/NBD``; without it the one that fits better.
    """
    ledger = workspace.ledger(firm)
    found = remembering(
        (*key_of(workspace, ledger, "forecast", None), str(model)),
        lambda: forecast(
            buying_of(ledger.table("orders")),
            currency=ledger.firm.currency,
            model=model,
            fingerprint=ledger.fingerprint(),
        ),
    )
    if today is None or found.until is None or (today - found.until).days <= STALE:
        return found
    days = (today - found.until).days
    note = f"The ledger ends on {found.until}, {days} days ago: the months ahead begin there. Bring newer files in."
    return replace(found, notes=(note, *found.notes))


def outlook_of_buyer(
    workspace: Workspace, firm: str, buyer: str, *, platform: str | None = None
) -> BuyerOutlook | None:
    """Return what one buyer will bring; None where the ledger has no order of the buyer."""
    held = forecast_of(workspace, firm).buyers
    return None if held is None else held.find(buyer, platform)


# Any file of orders --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FromFile:
    """A forecast from a file, what could not be read, and how it turned out where that is known."""

    forecast: Forecast
    problems: tuple[tuple[Problem, tuple[int, ...]], ...]
    rows: int
    judged: Judged | None

    def to_json(self, *, most: int | None = None) -> dict[str, Any]:
        """Return the fields as JSON values."""
        told = {
            "rows_read": self.rows,
            "problems": [{**vars(one), "rows": list(rows)} for one, rows in self.problems],
        }
        held = {**told, **self.forecast.to_json(most=most)}
        return held | ({} if self.judged is None else {"holdout": self.judged.to_json()})


def forecast_from_file(
    path: Path,
    *,
    customer: str,
    day: str,
    value: str | None = None,
    until: date,
    calibrate_until: date | None = None,
    day_format: str | None = None,
    ahead: Mapping[str, float] | None = None,
    model: str | None = None,
    level: float = LEVEL,
) -> FromFile:
    """Forecast the customers of a file with one row for each order (or each line of one).

    Parameters
    ----------
    path
        Any table: text of any delimiter, gzip, ZIP, a workbook.
    customer, day, value
        Columns, by name or by number from 1; a file without a row of names is read by number.
    until
        The last day that is known. Later orders are left out.
    calibrate_until
        Forecast from what was known at the end of that day, and judge it by what came until `until`.
    day_format
        Such as ``%d/%m/%Y``, where the days could be read in two ways.
    ahead
        How far ahead, in weeks by name; 3, 6 and 12 months without it.

    Raises
    ------
    InputError
        Where a column is not there, days can be read in two ways, or no row can be used.
    """
    if calibrate_until is not None and calibrate_until >= until:
        raise InputError(f"--calibrate-until {calibrate_until} must lie before --until {until}.")
    table, others = _table(path)
    orders, problems = _orders(table, customer, day, value, day_format)
    first, last = orders["day"].min(), calibrate_until or until
    if isinstance(first, date) and first > last:
        raise InputError(f"{table.name} has no order of {last} or before: its first is of {first}.")
    ends: dict[str | None, date] = {"file": until}
    later = orders.filter(pl.col("day") > until).height
    notes = [*table.doubts, f"{later:,} orders after {until} are left out."] if later else list(table.doubts)
    newest = orders["day"].max()
    if isinstance(newest, date) and (until - newest).days > STALE:
        notes.append(
            f"The last order in {table.name} is of {newest}, {(until - newest).days:,} days before --until: nobody is taken to have ordered since. "
            "If the file ends there, say so by --until."
        )
    if others:
        notes.append(f"Only {table.name} was read: {', '.join(others)} in the same file was not.")
    known = from_orders(orders, ends, tuple(notes))
    horizons = dict(ahead or MONTHS)
    if calibrate_until is None:
        found = forecast(known, ahead=horizons, model=model, level=level)
        return FromFile(_without_platform(found), problems, len(table.rows), None)
    then = from_orders(orders, {"file": calibrate_until}, tuple(notes))
    horizons |= {"holdout": (number_of(until) - number_of(calibrate_until)) / 7}
    ordered = dict(sorted(horizons.items(), key=lambda pair: pair[1]))
    found = forecast(then, ahead=ordered, model=model, level=level)
    judged = judge(found, then, known, "holdout") if found.buyers is not None else None
    return FromFile(_without_platform(found), problems, len(table.rows), judged)


def _without_platform(found: Forecast) -> Forecast:
    """Take out the name under which all orders of a file stand."""
    if found.buyers is None:
        return found
    return replace(found, buyers=replace(found.buyers, platforms=(None,) * len(found.buyers)), markets=())


def _table(path: Path) -> tuple[PlainTable, tuple[str, ...]]:
    """Return the first table of a file, and the names of the others."""
    try:
        first, *others = read_plain(path)
    except UnreadableFile as error:
        if "no row of column names" not in str(error):
            raise
        first, *others = read_plain(path, header=False)
    return first, tuple(other.name for other in others)


def _column(table: PlainTable, asked: str, option: str) -> pl.Series:
    name = asked.strip().casefold()
    places = [place for place, other in enumerate(table.columns) if other.strip().casefold() == name]
    if len(places) > 1:
        numbers = " and ".join(str(place + 1) for place in places)
        raise InputError(
            f"{table.name} has the column {asked!r} more than once (columns {numbers}): say the number of the one that is meant ({option})."
        )
    if places:
        return table.cells[places[0]]
    if asked.isdigit() and 1 <= int(asked) <= len(table.cells):
        return table.cells[int(asked) - 1]
    there = ", ".join(name for name in table.columns if name)
    raise UnknownName(
        f"{table.name} has no column {asked!r} ({option}). It has {there}; or say its number, from 1 to {len(table.cells)}."
    )


def _orders(
    table: PlainTable, customer: str, day: str, value: str | None, day_format: str | None
) -> tuple[pl.DataFrame, tuple[tuple[Problem, tuple[int, ...]], ...]]:
    """Return the orders that can be used, and what is wrong with the others."""
    who, when = _column(table, customer, "--customer"), _column(table, day, "--date")
    worth = None if value is None else _column(table, value, "--value")
    frame = pl.DataFrame(
        {
            "row": list(table.rows),
            "buyer": who.cast(pl.String),
            "said": when.cast(pl.String),
            "day": _days(when.cast(pl.String), table.name, day_format),
            "worth": pl.Series([None] * len(who), dtype=pl.String) if worth is None else _said(worth),
        }
    )
    frame = frame.with_columns(net=_numbers(frame["worth"]))
    checks = (
        ("customer", pl.col("buyer").is_null(), "without a customer", "Fill in who ordered, or remove the rows."),
        ("date", pl.col("day").is_null(), "without a day that can be read", "Write days as 2026-11-21."),
        ("number", pl.col("worth").is_not_null() & pl.col("net").is_null(), "with a value that is no number", "Write values as 12.50."),
        ("return", pl.col("net") < 0, "with a value below zero, as returns are no orders", ""),
    )  # fmt: skip
    problems = []
    for kind, wrong, reason, cure in checks:
        bad = frame.filter(wrong)
        frame = frame.filter(~wrong.fill_null(value=False))
        if bad.height:
            first = bad.row(0, named=True)
            found = {
                "customer": "",
                "date": first["said"] or "",
                "number": first["worth"] or "",
                "return": first["worth"] or "",
            }[kind]
            example = f" (row {first['row']}{f': {found[:40]!r}' if found else ''})"
            told = Problem(
                kind, bad.height, f"{bad.height:,} row{'s' * (bad.height > 1)} {reason}{example}.", cure
            )
            problems.append((told, tuple(bad["row"].head(_NAMED))))
    if not frame.height:
        reasons = " ".join(one.reason for one, _ in problems) or "It has no rows beside its column names."
        raise InputError(f"{table.name} has no order that can be used. {reasons}".strip())
    # An order that brought nothing is an order, of which the value says nothing.
    orders = frame.select(
        platform=pl.lit("file"), buyer="buyer", market=pl.lit(None, dtype=pl.String), day="day",
        net=pl.when(pl.col("net") > 0).then(pl.col("net")),
    )  # fmt: skip
    return orders, tuple(problems)


def _said(cells: pl.Series) -> pl.Series:
    """Return the cells that say something: programs write ``nan`` or ``NULL`` for what is not known."""
    text = cells.cast(pl.String)
    return text.set(text.str.strip_chars().str.to_lowercase().is_in(BLANKS), None)


def _days(cells: pl.Series, name: str, asked: str | None) -> pl.Series:
    """Return the days of a column; null where a cell is none."""
    ways = [(asked, r"^(.*)$")] if asked else list(_DAYS)
    held = cells.to_frame("c")
    read = [
        (way, held.select(pl.col("c").str.extract(pattern, 1).str.to_date(way, strict=False))["c"])
        for way, pattern in ways
    ]
    way, best = max(read, key=lambda pair: len(pair[1]) - pair[1].null_count())
    for other, days in read:
        if (
            other != way
            and days.null_count() == best.null_count() < len(best)
            and not days.equals(best, null_equal=True)
        ):
            raise InputError(
                f"{name}: the days can be read as {_spelt(way)} and as {_spelt(other)}. Say which with --date-format {way!r}."
            )
    return best


def _spelt(way: str) -> str:
    for code, word in (("%d", "day"), ("%m", "month"), ("%b", "month"), ("%Y", "year"), ("%y", "year")):
        way = way.replace(code, word)
    return way


def _numbers(cells: pl.Series) -> pl.Series:
    """Return the numbers of a column; null where a cell is none."""
    distinct: Sequence[str] = cells.drop_nulls().unique().to_list()
    if not distinct:
        return pl.Series([None] * len(cells), dtype=pl.Float64)
    plain = cells.cast(pl.Float64, strict=False)
    if plain.null_count() == cells.null_count() and plain.is_infinite().sum() == 0:
        return plain
    decimal = number_style(distinct).decimal
    read = {text: parse_number(text, decimal) for text in distinct}
    return cells.replace_strict(
        {text: None if number is None else float(number) for text, number in read.items()},
        default=None, return_dtype=pl.Float64,
    )  # fmt: skip
