"""From a trade file to a table of flows: one row for exporter, importer, product and year.

Every row of the file ends either in a flow or in one kind of aside (`fondaco.reference.trade.asides`), and values
before and after are reconciled.  How the rows get there: `bench`, `staging`, `words`, `judging`.

A flow has an exporter and an importer (alpha-3), a product (text of two, four or six digits, or the
file's own label), a year, a value in the file's currency, a weight in tonnes where it is stated, and
who said it: ``exporter``, ``importer``, or ``both`` where the file states one reconciled figure.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fondaco.kernel import Progress, silent
from fondaco.kernel.errors import Damaged, UnreadableFile
from fondaco.reference import hs
from fondaco.reference.trade.asides import Aside, Named
from fondaco.reference.trade.bench import Bench, Options, Products, bench_in, text_sql
from fondaco.reference.trade.judging import judge
from fondaco.reference.trade.opening import tables_of
from fondaco.reference.trade.staging import Staged, stage
from fondaco.reference.trade.words import Words, understand


@dataclass(frozen=True)
class Taken:
    """What was read of a trade file.

    Attributes
    ----------
    file, layout, sha256
        Its name, how it was read, and its fingerprint.
    rows_read
        Rows of its tables, without column names.
    flows
        Flows made of them: distinct exporter, importer, product, year and teller.
    value_read, value_kept
        Sums of all values that could be read, and of those in flows; their difference is the
        asides' sum.
    currency
        ISO 4217, or None where the file does not say.
    scheme
        ``hs`` where products are codes of the Harmonized System, else ``labels``.
    years, levels, revisions, told_by
        Year to value; digits of the product's code to value; revision of the Harmonized System
        as stated to flows; ``exporter``, ``importer`` or ``both`` to flows.
    asides
        Rows that are no flow, by kind.
    notes
        Sentences on how the file was understood.
    """

    file: str
    layout: str
    sha256: str
    rows_read: int
    flows: int
    value_read: float
    value_kept: float
    currency: str | None
    scheme: Products
    years: Mapping[int, float]
    levels: Mapping[int, float]
    revisions: Mapping[str, int]
    told_by: Mapping[str, int]
    asides: tuple[Aside, ...]
    notes: tuple[str, ...]

    @property
    def problems(self) -> tuple[Aside, ...]:
        """The asides that a person should look at."""
        return tuple(aside for aside in self.asides if aside.problem)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "file": self.file, "layout": self.layout, "sha256": self.sha256, "rows_read": self.rows_read,
            "flows": self.flows, "value_read": round(self.value_read, 3), "value_kept": round(self.value_kept, 3),
            "currency": self.currency, "scheme": self.scheme,
            "years": {str(year): round(value, 3) for year, value in self.years.items()},
            "levels": {str(level): round(value, 3) for level, value in self.levels.items()},
            "revisions": dict(self.revisions), "told_by": dict(self.told_by),
            "asides": [aside.to_json() for aside in self.asides], "notes": list(self.notes),
        }  # fmt: skip


def read(
    path: Path,
    target: Path,
    *,
    name: str | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Read a trade file into a Parquet file of flows.

    Parameters
    ----------
    path
        CSV or other delimited text, plain, gzip or ZIP (all its tables of one layout), or Parquet.
    target
        The Parquet file to write: exporter, importer, product, year, value, tonnes, told_by, revision.
    name
        What people call the file.
    options
        What the file does not say.
    progress
        Called with a step in words and the share done.

    Raises
    ------
    UnreadableFile
        When it is no trade table.
    NeedsAnswer
        When its numbers can be read in two ways.
    """
    tell, asked, called = progress or silent, options or Options(), name or path.name
    with tempfile.TemporaryDirectory(prefix="fondaco-trade-", dir=target.parent) as folder:
        scratch = Path(folder)
        tables, skipped = tables_of(path, called, scratch)
        with bench_in(scratch, called, asked, tell) as bench:
            bench.notes += skipped
            staged = stage(bench, tables)
            tell("Understanding countries, products and periods", 0.6)
            words = understand(bench, staged.layout)
            judge(bench, staged.layout, words)
            tell("Writing flows", 0.9)
            _write(bench, staged, words, target)
            found = _taken(bench, staged, words, target, _sha256(path))
            tell("Done", 1.0)
            return found


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(bench: Bench, staged: Staged, words: Words, target: Path) -> None:
    """Write the flows as Parquet: rows that are one flow's parts are added up."""
    bench.keep("revisions", ("said", "name"), [(one, hs.revision(one) or one) for one in words.revisions])
    product = "left(code, 6)" if words.scheme == "hs" else "code"
    bench.con.execute(
        f"""
        COPY (SELECT exporter, importer, {product} AS product, CAST(year AS SMALLINT) AS year, sum(value) AS value,
                sum(tonnes) AS tonnes, told_by, coalesce(any_value(v.name), {text_sql(_revision_of_name(staged, words))}) AS revision
              FROM judged LEFT JOIN revisions v ON v.said = judged.revision
              WHERE aside IS NULL GROUP BY exporter, importer, {product}, year, told_by
              ORDER BY exporter, year, importer, product)
        TO {text_sql(target)} (FORMAT parquet, COMPRESSION zstd)
        """
    )


def _revision_of_name(staged: Staged, words: Words) -> str:
    """Return the revision of the Harmonized System that a file of BACI is named after; empty for others."""
    return (words.scheme == "hs" and staged.layout.name == "baci" and hs.revision(staged.files[0])) or ""


def _taken(bench: Bench, staged: Staged, words: Words, target: Path, sha256: str) -> Taken:
    """Tell what was read, once values before and after agree."""
    kept = f"read_parquet({text_sql(target)})"
    flows, value = bench.rows(f"SELECT count(*), coalesce(sum(value), 0) FROM {kept}")[0]
    total = float(bench.rows("SELECT coalesce(sum(value), 0) FROM judged WHERE isfinite(value)")[0][0])
    asides = _asides(bench, staged, words)
    if not flows:
        raise _no_flow(bench, staged, asides)
    apart = sum(aside.value for aside in asides)
    if abs(total - value - apart) > 1e-6 * max(abs(total), 1.0):
        raise Damaged(
            f"{bench.name}: values do not add up ({total:,.2f} read, {value:,.2f} kept, {apart:,.2f} aside)."
        )
    coded = words.scheme == "hs"
    years = _by(bench, kept, "year", "sum(value)")
    levels = _by(bench, kept, "length(product)", "sum(value)") if coded else {}
    revisions = _by(bench, kept, "revision", "count(*)") if coded else {}
    revisions = {name: count for name, count in revisions.items() if name}
    currency = bench.options.currency or staged.layout.currency
    bench.notes += _caveats(revisions, currency)
    return Taken(
        bench.name, staged.layout.name, sha256, staged.rows, flows, total, float(value), currency, words.scheme,
        {int(year): float(sum_) for year, sum_ in sorted(years.items())},
        {int(level): float(sum_) for level, sum_ in sorted(levels.items())},
        revisions, _by(bench, kept, "told_by", "count(*)"), asides, tuple(bench.notes),
    )  # fmt: skip


def _no_flow(bench: Bench, staged: Staged, asides: tuple[Aside, ...]) -> UnreadableFile:
    worst = max(asides, key=lambda aside: aside.count)
    cure = worst.cure if worst.problem else "Download the table again, by partner and by product."
    return UnreadableFile(
        f"{bench.name} holds no flow that can be used: {worst.count:,} of {staged.rows:,} rows are "
        f'"{worst.kind}". {worst.reason} {cure}'
    )


def _caveats(revisions: Mapping[str, int], currency: str | None) -> list[str]:
    notes = []
    if len(revisions) > 1:
        notes.append(
            f"Codes of several revisions stand side by side ({', '.join(sorted(revisions))}): a code may mean other "
            "goods in another revision, so changes between years may be of the list and not of trade."
        )
    if currency is None:
        notes.append(
            "The file does not say its currency: values are in units as stated (--currency names it)."
        )
    return notes


def _by(bench: Bench, table: str, column: str, what: str) -> dict[Any, Any]:
    return dict(bench.rows(f"SELECT {column}, {what} FROM {table} GROUP BY 1"))


def _asides(bench: Bench, staged: Staged, words: Words) -> tuple[Aside, ...]:
    """Count what is no flow by kind, with the first row of each and what stands there most."""
    found = []
    count, first = bench.rows("SELECT count(*), min((file, row)) FROM broken")[0]
    if count:
        said = bench.rows("SELECT said FROM broken ORDER BY file, row LIMIT 3")
        file, row = _place(first)
        named = tuple(Named(one[0] or "", 1, 0.0) for one in said)
        found.append(Aside("broken line", count, 0.0, staged.files[file], row, named))
    kinds = bench.rows(
        """
        SELECT aside, count(*), coalesce(sum(value) FILTER (isfinite(value)), 0), min((file, row))
        FROM judged WHERE aside IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1
        """
    )
    for kind, count, value, first in kinds:
        most = bench.rows(
            """
            SELECT coalesce(detail, ''), count(*) AS n, coalesce(sum(value) FILTER (isfinite(value)), 0) FROM judged
            WHERE aside = ? GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10
            """,
            kind,
        )
        file, row = _place(first)
        named = tuple(Named(said, n, float(sum_), words.told.get(said, "")) for said, n, sum_ in most)
        found.append(Aside(kind, count, float(value), staged.files[file], row, named))
    return tuple(found)


def _place(pair: Any) -> tuple[int, int]:
    """Unpack DuckDB's struct of file and row."""
    values = list(pair.values()) if isinstance(pair, dict) else list(pair)
    return int(values[0]), int(values[1])
