"""Files of what trade depends on beside trade itself: duties, and how markets are expected to grow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fondaco.kernel.errors import InputError, UnreadableFile
from fondaco.reference import hs
from fondaco.reference.trade.layouts import plain_name
from fondaco.reference.trade.places import places

#: Names of columns, compared without case, spaces and punctuation.
_TARIFFS: dict[str, tuple[str, ...]] = {
    "market": ("market", "importer", "country", "reporter", "destination"),
    "product": ("product", "productcode", "hs", "hs6", "hscode", "cmdcode"),
    "rate": ("rate", "tariff", "value", "duty", "mfn", "obsvalue"),
    "exporter": ("exporter", "partner", "origin"),
}
_GROWTH: dict[str, tuple[str, ...]] = {
    "market": ("market", "country", "importer", "iso3"),
    "growth": ("growth", "rate", "gdpgrowth", "value"),
}

#: WITS's partner for "everybody".
_EVERYBODY = frozenset({"", "0", "000", "WLD", "W00", "ALL", "MFN"})


@dataclass(frozen=True)
class Tariff:
    """A rate of duty.

    Attributes
    ----------
    market
        Who levies it, alpha-3.
    product
        Code of two digits or more; holds for all codes below it without a rate of their own.
    rate
        As a share: 0.13 is 13 percent.
    exporter
        Whom it holds for, alpha-3; None for everybody without a rate of their own.
    """

    market: str
    product: str
    rate: float
    exporter: str | None = None


def read_tariffs(path: Path) -> tuple[tuple[Tariff, ...], tuple[str, ...]]:
    """Read rates of duty: a CSV with market, product, rate in percent, and exporter where it is a preference.

    Extracts of the World Bank's WITS are read too.  Where such a line rests on specific duties alone
    (``NBR_NA_LINES`` above 0 and ``NBR_MFN_LINES`` 0) its 0 means "not known" and it is left out.

    Returns
    -------
    tuple
        The rates, and sentences on what was left out.
    """
    held = _table(path)
    found = _columns(held, _TARIFFS, path, needed=("market", "product", "rate"))
    notes = []
    by_name = {plain_name(column): column for column in held.columns}
    if {"nbrnalines", "nbrmfnlines"} <= set(by_name):
        number = {
            name: pl.col(by_name[name]).cast(pl.Float64, strict=False)
            for name in ("nbrnalines", "nbrmfnlines")
        }
        specific = (number["nbrnalines"] > 0) & (number["nbrmfnlines"] == 0)
        count = len(held.filter(specific))
        held = held.filter(~specific.fill_null(value=False))
        if count:
            notes.append(
                f"{count:,} lines rest on duties by weight or piece: their rate in percent is not known."
            )
    markets = _markets(held[found["market"]])
    exporters = _markets(held[found["exporter"]]) if "exporter" in found else {}
    rates, wrong = [], []
    for row in held.iter_rows(named=True):
        market, code = markets.get(row[found["market"]] or ""), hs.parse(row[found["product"]] or "").code
        rate, whose = _percent(row[found["rate"]]), row.get(found.get("exporter", "")) or ""
        everybody = whose.strip().upper() in _EVERYBODY
        exporter = None if everybody else exporters.get(whose)
        if market is None or not code or rate is None or (exporter is None and not everybody):
            wrong.append(", ".join(str(row[column] or "") for column in found.values()))
        else:
            rates.append(Tariff(market, code, rate, exporter))
    if wrong:
        notes.append(f"{len(wrong):,} rates of duty cannot be read and are left out, the first: {wrong[0]}.")
    if not rates:
        raise UnreadableFile(f"{path.name} holds no rate of duty that can be read: {' '.join(notes)}")
    return tuple(rates), tuple(notes)


def read_growth(path: Path, *, years: int = 5) -> tuple[dict[str, float], tuple[str, ...]]:
    """Read expected growth: a CSV with market and growth a year in percent; return factors over `years`.

    Returns
    -------
    tuple
        Market to factor, and sentences on what was left out.
    """
    held = _table(path)
    found = _columns(held, _GROWTH, path, needed=("market", "growth"))
    markets, growth, wrong = _markets(held[found["market"]]), {}, []
    for said, rate in held.select(found["market"], found["growth"]).iter_rows():
        market, number = markets.get(said or ""), _percent(rate)
        if market is None or number is None or number <= -1:
            wrong.append(f"{said}, {rate}")
        else:
            growth[market] = (1 + number) ** years
    notes = (
        (f"{len(wrong)} rates of growth cannot be read and are left out, the first: {wrong[0]}.",)
        if wrong
        else ()
    )
    if not growth:
        raise UnreadableFile(f"{path.name} holds no rate of growth that can be read.")
    return growth, notes


def _table(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(f"{path} cannot be read as a table ({str(error).splitlines()[0]}).") from None


def _columns(
    held: pl.DataFrame, names: dict[str, tuple[str, ...]], path: Path, needed: tuple[str, ...]
) -> dict[str, str]:
    by_name = {plain_name(column): column for column in held.columns}
    found = {}
    for role, some in names.items():
        for name in some:
            if name in by_name:
                found[role] = by_name[name]
                break
    missing = [role for role in needed if role not in found]
    if missing:
        raise InputError(
            f"{path.name} has no column for {missing[0]}: it has {', '.join(held.columns[:12])}."
        )
    return found


def _markets(said: pl.Series) -> dict[str, str | None]:
    distinct = [one for one in said.unique().to_list() if one]
    numeric = all(one.isdigit() for one in distinct)
    return {one: place.market for one, place in places(distinct, numeric=numeric).items()}


def _percent(said: str | None) -> float | None:
    """Read a percentage as a share.

    >>> _percent("13%"), _percent("2.5"), _percent("free"), _percent("6.3 GBP/l")
    (0.13, 0.025, 0.0, None)
    """
    text = (said or "").strip().lower().removesuffix("%").strip()
    if text in {"free", "duty free"}:
        return 0.0
    try:
        return float(text) / 100
    except ValueError:
        return None
