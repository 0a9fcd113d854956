"""All tariff rows and market rules that are known: those that ship and, over them, the workspace's own.

The workspace's stand in ``<home>/tariffs``: a table ``NAME.parquet`` of checked rows and ``NAME.toml`` of
market rules for each file that was added.  Where the workspace has a row in force for the same goods and
origins, the shipped one does not count; the same for market rules.

Looking up a duty: of the rows whose code begins the product's code, the longest in force counts; statistical
lines so have the rate of the line they stand under.  Where the product's code is shorter than any row's, the
lines below it bound what the duty can be.  Nothing is padded, and nothing found means unknown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fondaco.kernel import Damaged, InputError, Problem
from fondaco.reference.tariffs import market_rules, table
from fondaco.reference.tariffs.rows import MarketRule, Tariff

if TYPE_CHECKING:
    import polars as pl

_SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Held:
    """What one file holds: checked rows as a table (`rows`), market rules, what was wrong."""

    file: str
    rows: pl.DataFrame
    rules: tuple[MarketRule, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Found:
    """The rows that speak of goods on a day.

    Attributes
    ----------
    general
        For every origin: one row, or those of the lines below where `below` is set.
    preferential
        For the goods' origin, likewise.
    additional
        What comes on top.
    below
        Whether the goods' code is shorter than the tariff's lines, so that the rows are bounds.
    why
        Why there is no general row; empty where there is.
    note
        Which part of a national code was used; empty where there is nothing to say.
    additional_below
        What comes on top of some of the lines below the goods' code: it may, and it may not.
    """

    general: tuple[Tariff, ...]
    preferential: tuple[Tariff, ...]
    additional: tuple[Tariff, ...]
    below: bool
    why: str
    note: str = ""
    additional_below: tuple[Tariff, ...] = ()


def parse(text: str, where: str) -> Held:
    """Read a TOML file of ``[[tariff]]`` and ``[[market]]`` tables, with optional ``[defaults]`` for the rows.

    Raises
    ------
    InputError
        Where the text is no TOML, or holds anything else.
    """
    try:
        data = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    if strangers := sorted(set(data) - {"defaults", "tariff", "market"}):
        raise InputError(
            f"{where}: [{strangers[0]}] is not known; rows stand in [[tariff]], what they share in [defaults], the rest "
            "of a market's entry in [[market]]."
        )
    defaults = data.get("defaults", {})
    rows, problems = table.from_tables([{**defaults, **each} for each in data.get("tariff", [])], where)
    rows, more = table.checked(rows, where)
    rules, faults = market_rules.read(data.get("market", []), where)
    return Held(where, rows, tuple(rules), (*problems, *more, *faults))


@cache
def shipped() -> tuple[Held, ...]:
    """Return what ships with Fondaco; raises `Damaged` where it cannot be read."""
    held = [parse(path.read_text("utf-8"), path.name) for path in sorted(_SHIPPED.glob("*.toml"))]
    for path in sorted(_SHIPPED.glob("*.csv")):
        rows, problems = table.checked(table.read_csv(path.read_bytes(), path.name), path.name)
        held.append(Held(path.name, rows, (), tuple(problems)))
    for each in held:
        if each.problems:
            raise Damaged(f"Shipped tariffs cannot be read: {each.problems[0].reason} Install Fondaco again.")
    return tuple(held)


@lru_cache(maxsize=64)
def _own(path: Path, _stamp: tuple[int, int]) -> Held:
    """Read one of the workspace's files; the stamp (time, size) is there to read it again when it changed."""
    import polars as pl

    if path.suffix == ".parquet":
        try:
            return Held(path.name, pl.read_parquet(path), ())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise Damaged(
                f"{path} cannot be read ({str(error).splitlines()[0]}); add its file again."
            ) from None
    return parse(path.read_text("utf-8"), path.name)


class TariffBook:
    """Rows and rules, asked by market, goods, origin and day.

    Examples
    --------
    >>> book = TariffBook(None)
    >>> found = book.duty("KOR", "6110120000", "MNG", date(2026, 11, 30))
    >>> [row.duty for row in found.general], found.below
    (['13%'], False)
    >>> book.duty("KOR", "8703", "MNG", date(2026, 11, 30)).why.split(":")[0]
    'No row on record speaks of HS 8703 in KOR'
    """

    def __init__(self, folder: Path | None) -> None:
        paths = [] if folder is None or not folder.is_dir() else sorted(folder.iterdir())
        self._own = tuple(
            _own(path, ((held := path.stat()).st_mtime_ns, held.st_size))
            for path in paths
            if path.suffix in (".parquet", ".toml")
        )
        self._layers = (self._own, shipped())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read of the workspace's files."""
        return tuple(problem for held in self._own for problem in held.problems)

    @property
    def files(self) -> tuple[Held, ...]:
        """Every file, the workspace's first."""
        return (*self._own, *shipped())

    def markets(self) -> tuple[str, ...]:
        """Return the markets that have at least one row or rule."""
        codes = {rule.market for held in self.files for rule in held.rules}
        for held in self.files:
            codes.update(held.rows["market"].unique().to_list())
        return tuple(sorted(codes))

    def rule(self, market: str, today: date) -> MarketRule | None:
        """Return the rule of a market in force on a day; the workspace's own goes before the shipped one."""
        for layer in self._layers:
            for held in layer:
                for rule in held.rules:
                    if rule.market == market and rule.in_force(today):
                        return rule
        return None

    def rows(self, market: str, hs: str) -> tuple[tuple[Tariff, ...], ...]:
        """Return the rows around a code, of any day: the workspace's, then the shipped ones."""
        return tuple(
            tuple(row for held in layer for row in _around(held, market, hs)) for layer in self._layers
        )

    def duty(self, market: str, hs: str, origin: str | None, today: date) -> Found:
        """Return the rows that speak of goods.

        Parameters
        ----------
        hs
            The goods' code, 2 to 10 digits; never padded.
        origin
            Alpha-3; None where it is not known, and then no preference is found.
        """
        found = self._duty(market, hs, origin, today)
        national = len(hs) > 6 and any(len(row.hs) > 6 for row in found.general)
        if national:
            return replace(
                found, note=f"All {len(hs)} digits of HS {hs} were taken for a code of {market}'s own tariff."
            )
        if len(hs) <= 6 or (found.general and not found.below):
            return found
        # What follows the sixth digit is each country's own: the code may be that of another tariff.
        six = self._duty(market, hs[:6], origin, today)
        note = (
            f"HS {hs} is no line of {market}'s tariff on record; its six international digits {hs[:6]} count."
        )
        return replace(six, note=note) if six.general or six.preferential else found

    def _duty(self, market: str, hs: str, origin: str | None, today: date) -> Found:
        layers = self.rows(market, hs)
        general: tuple[Tariff, ...] = ()
        preferential: tuple[Tariff, ...] = ()
        below = False
        for layer in layers:
            held = [row for row in layer if row.in_force(today) and row.kind == "duty"]
            if not general:
                general, deeper = _deciding([row for row in held if not row.origins], hs)
                below = below or deeper
            if not preferential:
                preferential, deeper = _deciding([row for row in held if origin in row.origins], hs)
                below = below or (deeper and not general)
        additional, deeper_ones = _additional(layers, hs, origin, today)
        why = "" if general else _why(layers, market, hs, today)
        return Found(general, preferential, additional, below, why, additional_below=deeper_ones)

    def frame(self, markets: Iterable[str], today: date) -> pl.DataFrame:
        """Return every row in force on a day for some markets: the table's columns and ``layer`` (0: own)."""
        import polars as pl

        wanted = list(markets)
        found = [
            held.rows.filter(
                pl.col("market").is_in(wanted)
                & (pl.col("valid_from") <= today)
                & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= today))
            ).with_columns(layer=pl.lit(number))
            for number, layer in enumerate(self._layers)
            for held in layer
        ]
        return pl.concat(found)


@lru_cache(maxsize=4096)
def _heading(held: _Hashed, market: str, heading: str) -> tuple[Tariff, ...]:
    import polars as pl

    code = pl.col("hs")
    near = code.str.starts_with(heading) | code.is_in(["", heading[:2]])
    rows = held.held.rows.filter((pl.col("market") == market) & near)
    return table.tariffs(rows, held.held.file)


class _Hashed:
    """A file's content with the identity of its object, so that what was looked up in it is remembered."""

    def __init__(self, held: Held) -> None:
        self.held = held

    def __hash__(self) -> int:
        return id(self.held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and other.held is self.held


def _around(held: Held, market: str, hs: str) -> tuple[Tariff, ...]:
    return _heading(_Hashed(held), market, hs[:4])


def _deciding(rows: list[Tariff], hs: str) -> tuple[tuple[Tariff, ...], bool]:
    """Return the row of the longest code that begins the goods', else the lines below it."""
    above = [row for row in rows if hs.startswith(row.hs)]
    if above:
        longest = max(len(row.hs) for row in above)
        return tuple(row for row in above if len(row.hs) == longest)[:1], False
    under = [row for row in rows if row.hs.startswith(hs)]
    return tuple(under), bool(under)


def _additional(
    layers: tuple[tuple[Tariff, ...], ...], hs: str, origin: str | None, today: date
) -> tuple[tuple[Tariff, ...], tuple[Tariff, ...]]:
    """Return what comes on top of the goods, and of lines below their code; rows for the origin go before others."""
    found: list[Tariff] = []
    below: list[Tariff] = []
    for layer in layers:
        held = [
            row
            for row in layer
            if row.kind == "additional" and row.in_force(today) and (not row.origins or origin in row.origins)
        ]
        below += [row for row in held if row.hs.startswith(hs) and row.hs != hs]
        found = [row for row in held if hs.startswith(row.hs)]
        if found:
            break
    return _for_origin(found), _for_origin(below)


def _for_origin(rows: list[Tariff]) -> tuple[Tariff, ...]:
    return tuple([row for row in rows if row.origins] or rows)


def _why(layers: tuple[tuple[Tariff, ...], ...], market: str, hs: str, today: date) -> str:
    """Say why no row counts: expired, not yet in force, or none at all."""
    near = [
        row
        for layer in layers
        for row in layer
        if row.kind == "duty" and not row.origins and (hs.startswith(row.hs) or row.hs.startswith(hs))
    ]
    cure = "add the tariff's row with fondaco tariffs add FILE."
    ended = [row for row in near if row.valid_to and row.valid_to < today]
    if ended:
        last = max(ended, key=lambda row: row.valid_to or date.min)
        return f"The row for HS {last.hs} in {market} ({last.file}, row {last.row}) ended on {last.valid_to}: {cure}"
    if near:
        first = min(near, key=lambda row: row.valid_from)
        return f"The row for HS {first.hs} in {market} ({first.file}, row {first.row}) begins on {first.valid_from} only: {cure}"
    return f"No row on record speaks of HS {hs} in {market}: {cure}"


def json_of(held: Held) -> dict[str, Any]:
    """Return what a file holds in figures."""
    return {
        "file": held.file,
        "rows": len(held.rows),
        "markets": sorted({*held.rows["market"].unique().to_list(), *(rule.market for rule in held.rules)}),
        "rules": len(held.rules),
    }
