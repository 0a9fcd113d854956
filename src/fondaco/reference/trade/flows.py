"""Flows of trade ready for questions: files put together, both reports of a flow made one figure.

**Mirror data.**  The exporter's and the importer's office both report a flow, and seldom agree.
Exports are stated free on board (FOB), imports with freight and insurance (CIF).  The rule here:

1. where a file states one reconciled figure (as BACI does), that figure holds;
2. else the importer's report, because duties depend on it, divided by the margin between CIF and FOB;
3. else the exporter's report.

The margin is the median of importer's over exporter's value among all flows that both report, at
least 1; with fewer than `ENOUGH` such flows nothing is taken off, and a note says so.  `Mirror`
shows how far the reports lie apart.  The margin of one number for all is a simplification: BACI
estimates it by distance and product (Gaulier and Zignago 2010, CEPII working paper 2010-23).

**Levels.**  Files may state one group of goods as heading 2204 and another, or another country's, as
subheading 220421.  Codes that lie below another code of the same data are added up to it; where
the coarse code holds less than `SLIGHT` of the trade, its rows are left out instead, which a note
says with their value.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from fondaco.kernel.errors import InputError
from fondaco.reference.trade.reading import Taken

#: How many flows must be reported twice before a margin is taken from them.
ENOUGH = 100

#: A coarse code that holds less than this share of the trade at and below it gives way to the finer ones.
SLIGHT = 0.1

Rule = Literal["importer", "exporter", "mean"]


@dataclass(frozen=True)
class Mirror:
    """How the two reports of the same flow compare.

    Attributes
    ----------
    rule
        ``importer`` (see the module), ``exporter`` or ``mean`` of both, the importer's without margin.
    both, only_exporter, only_importer
        Flows by who reports them.
    margin
        What imports are divided by.
    apart
        Share of the flows reported by both in which one figure is more than twice the other.
    exporters_say, importers_say
        Sums over the flows that both report.
    largest
        The largest differences: exporter, importer, product, year, both values.
    """

    rule: Rule
    both: int
    only_exporter: int
    only_importer: int
    margin: float
    apart: float | None
    exporters_say: float
    importers_say: float
    largest: tuple[tuple[str, str, str, int, float, float], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            **{name: value for name, value in vars(self).items() if name != "largest"},
            "margin": round(self.margin, 4),
            "largest": [
                {
                    "exporter": e,
                    "importer": i,
                    "product": p,
                    "year": y,
                    "exporter_says": x,
                    "importer_says": m,
                }
                for e, i, p, y, x, m in self.largest
            ],
        }


@dataclass(frozen=True)
class Flows:
    """Trade between countries, one row for exporter, importer, product and year.

    Attributes
    ----------
    table
        Ibis table: exporter, importer, product, year, value (in `currency`), tonnes.
    currency
        ISO 4217, or None where the files do not say.
    scheme
        ``hs`` or ``labels``.
    years
        In order.
    sources
        The files.
    fingerprint
        Of the files and of how they were put together.
    notes
        What a reader of any result should know.
    mirror
        Where both sides report, how they compare.
    """

    table: ir.Table
    currency: str | None
    scheme: str
    years: tuple[int, ...]
    sources: tuple[str, ...]
    fingerprint: str
    notes: tuple[str, ...] = ()
    mirror: Mirror | None = None


def open_flows(
    files: Sequence[Path], taken: Sequence[Taken], *, mirror: Rule = "importer", level: int | None = None
) -> Flows:
    """Put files of flows together.

    Parameters
    ----------
    files
        Parquet files that `fondaco.reference.trade.read` wrote.
    taken
        What was read of each, in the same order.
    mirror
        Which report of a flow holds.
    level
        2, 4 or 6 to add all products up to that many digits; without it as stated.

    Raises
    ------
    InputError
        When the files state different currencies or lists of products, or no product is that deep.
    """
    currency = _one(
        {t.currency for t in taken},
        "currencies",
        "Take one file at a time, or bring them in one currency (--currency names it where a file is silent).",
    )
    scheme = _one({t.scheme for t in taken}, "lists of products", "Take one file at a time.")
    backend = _backend()
    notes: list[str] = []
    table = backend.read_parquet([str(file) for file in files], table_name="stated")
    levels = {digits for t in taken for digits in t.levels}
    if scheme == "hs" and (level is not None or len(levels) > 1):
        # Before reports are compared: one side's 2204 and the other's 220421 may be the same trade.
        table, more = _one_partition(table, level)
        notes += more
    told_by = {teller for t in taken for teller in t.told_by}
    reconciled = None
    if len(told_by) > 1:
        table, reconciled = _reconcile(backend, table, mirror)
        notes += _told(reconciled)
    elif told_by == {"importer"}:
        notes.append("Values are importers' reports: freight and insurance are in them (CIF).")
    elif told_by == {"exporter"}:
        notes.append(
            "Values are exporters' reports, free on board (FOB): countries that do not report are missing."
        )
    revisions = sorted({name for t in taken for name in t.revisions})
    if len(revisions) > 1:
        notes.append(
            f"Products are coded in several revisions ({', '.join(revisions)}) and are not converted."
        )
    notes += [
        f"{aside.count:,} {'row' if aside.count == 1 else 'rows'} of {t.file} aside: {aside.kind}."
        for t in taken
        for aside in t.asides
    ]
    years = tuple(sorted({year for t in taken for year in t.years}))
    mark = hashlib.sha256(
        "\n".join([*sorted(t.sha256 for t in taken), mirror, str(level)]).encode()
    ).hexdigest()
    columns = table.select("exporter", "importer", "product", "year", "value", "tonnes")
    return Flows(
        columns, currency, scheme, years, tuple(t.file for t in taken), mark, tuple(notes), reconciled
    )


def _one(values: set[Any], what: str, cure: str) -> Any:
    if len(values) > 1:
        named = " and ".join(sorted(str(value or "not stated") for value in values))
        raise InputError(f"The trade files hold different {what} ({named}). {cure}")
    return next(iter(values))


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _backend() -> Any:
    backend = ibis.duckdb.connect(memory_limit=os.environ.get("FONDACO_MEMORY", "2GB"))
    backend.raw_sql("SET enable_progress_bar = false")
    return backend


def _reconcile(backend: Any, stated: ir.Table, rule: Rule) -> tuple[ir.Table, Mirror]:
    backend.create_table(
        "placed", stated.select("exporter", "importer", "product", "year", "value", "tonnes", "told_by")
    )
    backend.raw_sql(
        """
        CREATE OR REPLACE TABLE mirrored AS SELECT exporter, importer, product, year,
            sum(value) FILTER (told_by = 'exporter') AS x, sum(value) FILTER (told_by = 'importer') AS m,
            sum(value) FILTER (told_by = 'both') AS b, max(tonnes) AS tonnes
        FROM placed GROUP BY ALL
        """
    )
    told = backend.raw_sql(
        """
        SELECT count(*) FILTER (x > 0 AND m > 0), count(*) FILTER (x IS NOT NULL AND m IS NULL AND b IS NULL),
            count(*) FILTER (m IS NOT NULL AND x IS NULL AND b IS NULL), median(m / x) FILTER (x > 0 AND m > 0),
            avg(CAST(greatest(m / x, x / m) > 2 AS INT)) FILTER (x > 0 AND m > 0),
            coalesce(sum(x) FILTER (x > 0 AND m > 0), 0), coalesce(sum(m) FILTER (x > 0 AND m > 0), 0)
        FROM mirrored
        """
    ).fetchall()[0]
    both, only_exporter, only_importer, median, apart, exporters, importers = told
    margin = max(1.0, float(median)) if both >= ENOUGH else 1.0
    largest = backend.raw_sql(
        "SELECT exporter, importer, product, year, x, m FROM mirrored WHERE x IS NOT NULL AND m IS NOT NULL "
        "ORDER BY abs(m - x) DESC LIMIT 5"
    ).fetchall()
    table = backend.table("mirrored")
    without = table.m / margin
    value = {
        "importer": ibis.coalesce(table.b, without, table.x),
        "exporter": ibis.coalesce(table.b, table.x, without),
        "mean": ibis.coalesce(table.b, (without + table.x) / 2, without, table.x),
    }[rule]
    found = Mirror(
        rule, both, only_exporter, only_importer, margin, None if apart is None else float(apart),
        float(exporters), float(importers), tuple(tuple(row) for row in largest),
    )  # fmt: skip
    return table.mutate(value=value), found


def _told(found: Mirror) -> list[str]:
    if not found.both:
        return ["Some flows are exporters' reports and others importers': no flow is reported by both."]
    holds = {"importer": "the importer's report holds", "exporter": "the exporter's report holds"}.get(
        found.rule, "the mean of both holds"
    )
    taken_off = (
        f"{found.margin - 1:.1%} is taken off imports for freight and insurance"
        if found.both >= ENOUGH
        else f"nothing is taken off imports for freight and insurance, as fewer than {ENOUGH} flows are reported twice"
    )
    apart = f"In {found.apart:.0%} of them one report is more than twice the other."
    return [f"{found.both:,} flows are reported by both sides; {holds}, and {taken_off}. {apart}"]


def _one_partition(table: ir.Table, level: int | None) -> tuple[ir.Table, list[str]]:
    """Give every code one place: at `level`, or at the coarsest code in the data that holds it."""
    sums = dict(table.group_by("product").agg(value=table.value.sum()).to_polars().rows())
    chosen, left = partition(sums, level)
    notes = []
    if left:
        lost, total = sum(sums[code] for code in left), sum(sums.values())
        shown = ", ".join(sorted(left)[:5]) + (" ..." if len(left) > 5 else "")
        notes.append(
            f"Trade of {lost:,.0f} ({lost / total:.1%}) is stated only for coarser codes ({shown}) and is not in the results."
        )
    if all(code == place for code, place in chosen.items()) and not left:
        return table, notes
    if not chosen:
        raise InputError(f"No product of these files has {level} digits: choose a smaller --level.")
    known = ibis.memtable({"product": list(chosen), "place": list(chosen.values())})
    joined = table.join(known, "product").drop("product").rename(product="place")
    keys = ["exporter", "importer", "product", "year", "told_by"]
    return joined.group_by(keys).agg(value=joined.value.sum(), tonnes=joined.tonnes.sum()), notes


def partition(sums: Mapping[str, float], level: int | None = None) -> tuple[dict[str, str], set[str]]:
    """Return for each code the one under which it is counted, and the codes that are left out.

    Parameters
    ----------
    sums
        Code to value.
    level
        The number of digits wanted; without it codes stay as stated unless one holds another.

    Examples
    --------
    >>> partition({"2204": 50.0, "220421": 60.0, "0409": 5.0})
    ({'0409': '0409', '2204': '2204', '220421': '2204'}, set())
    >>> partition({"2204": 1.0, "220421": 60.0})
    ({'220421': '220421'}, {'2204'})
    >>> partition({"2204": 50.0, "220421": 60.0, "22": 1.0}, level=4)
    ({'2204': '2204', '220421': '2204'}, {'22'})
    """
    if level is not None:
        kept = {code: code[:level] for code in sorted(sums) if len(code) >= level}
        return kept, set(sums) - set(kept)
    left: set[str] = set()
    for digits in (4, 2):  # the deeper first: a heading that gives way does not weigh in its chapter
        below: dict[str, float] = defaultdict(float)
        for code, value in sums.items():
            if len(code) > digits and code not in left:
                below[code[:digits]] += value
        left |= {
            code
            for code, value in below.items()
            if code in sums and sums[code] < SLIGHT * (value + sums[code])
        }
    chosen: dict[str, str] = {}
    for code in sorted(set(sums) - left):
        ancestors = [code[:digits] for digits in (2, 4) if digits < len(code)]
        chosen[code] = next((a for a in ancestors if a in sums and a not in left), code)
    return chosen, left
