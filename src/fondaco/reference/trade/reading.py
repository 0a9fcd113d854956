"""From a trade file to a table of flows: one row for exporter, importer, product and year.

Everything runs as SQL over text columns in DuckDB, which spills to disk: a file may have any length.
Python sees only the distinct spellings of countries, products, periods and flows.  Every row of the
file ends either in a flow or in one kind of aside (`fondaco.reference.trade.asides`), and
values before and after are reconciled.

A flow has an exporter and an importer (alpha-3), a product (text of two, four or six digits, or the
file's own label), a year, a value in the file's currency, a weight in tonnes where it is stated, and
who said it: ``exporter``, ``importer``, or ``both`` where the file states one reconciled figure.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fondaco.kernel.errors import Damaged, InputError, NeedsAnswer, Question, UnreadableFile
from fondaco.reference import hs
from fondaco.reference.trade.asides import Aside, Named
from fondaco.reference.trade.layouts import Layout, plain_name, recognise
from fondaco.reference.trade.opening import Table, tables_of
from fondaco.reference.trade.places import Place, places

Progress = Callable[[str, float], None]
Products = Literal["hs", "labels"]

#: What stands for no value.
_MISSING = "('', '.', '..', ':', '-', 'NA', 'N/A', 'NAN', 'NULL', 'NONE', 'C', ':C')"
_POINT = r"^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d+)?$"
_COMMA = r"^[-+]?(\d{1,3}(\.\d{3})+|\d+)?(,\d*)?([eE][-+]?\d+)?$"

#: Tonnes for one unit of weight.
_TONNES = {
    "kg": 0.001, "kilogram": 0.001, "kilograms": 0.001, "weightinkilograms": 0.001, "t": 1.0, "tonne": 1.0, "tonnes": 1.0,
    "mt": 1.0, "metrictons": 1.0, "g": 1e-6, "100kg": 0.1, "lb": 0.00045359237, "lbs": 0.00045359237,
}  # fmt: skip

_FLOWS = {
    "m": "importer", "i": "importer", "1": "importer", "import": "importer", "imports": "importer",
    "x": "exporter", "e": "exporter", "2": "exporter", "export": "exporter", "exports": "exporter",
}  # fmt: skip


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


@dataclass(frozen=True)
class Options:
    """What a file does not say.

    Attributes
    ----------
    columns
        Role to column (`fondaco.reference.trade.layouts.ROLES`), where names are unusual.
    currency
        Of the values.
    decimal
        ``.`` or ``,`` where the numbers themselves leave it open.
    products
        ``hs`` or ``labels``.
    pad_zeros
        Whether codes with an odd number of digits lost a leading zero.
    repeats
        ``last``: of two values for one flow the last counts.  ``sum``: they are parts of it.
    """

    columns: Mapping[str, str] | None = None
    currency: str | None = None
    decimal: str | None = None
    products: Products | None = None
    pad_zeros: bool = False
    repeats: Literal["last", "sum"] = "last"


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
    tell, asked, called = progress or _silent, options or Options(), name or path.name
    with tempfile.TemporaryDirectory(prefix="fondaco-trade-", dir=target.parent) as folder:
        scratch = Path(folder)
        tables, skipped = tables_of(path, called, scratch)
        with _connection(scratch) as con:
            reading = _Reading(con, asked, called, tell)
            reading.stage(tables, skipped)
            reading.judge()
            return reading.write(target, _sha256(path))


def _silent(step: str, share: float) -> None:
    """Report nothing."""


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _connection(scratch: Path) -> Iterator[Any]:
    import duckdb

    con = duckdb.connect(str(scratch / "reading.duckdb"), config={
        "memory_limit": os.environ.get("FONDACO_MEMORY", "2GB"), "temp_directory": str(scratch / "spill"),
    })  # fmt: skip
    con.execute("SET enable_progress_bar = false")
    try:
        yield con
    finally:
        con.close()


# ---- Rows ----------------------------------------------------------------------------------------

#: The columns of the staging table that are texts of the file.
_SAID = ("exporter", "importer", "reporter", "partner", "flow", "product", "year", "month", "value",
         "quantity", "unit", "revision", "frequency", "indicator")  # fmt: skip


class _Reading:
    """One file on its way to flows; `stage`, `judge` and `write` are called in this order."""

    def __init__(self, con: Any, options: Options, name: str, progress: Progress) -> None:
        self.con, self.options, self.name, self.progress = con, options, name, progress
        self.notes: list[str] = []
        self.told: dict[str, str] = {}
        self.rows = 0
        self.layout: Layout
        self.scheme: Products = "hs"

    # -- stage: all cells as text ------------------------------------------------------------------

    def stage(self, tables: Sequence[Table], skipped: Sequence[str]) -> None:
        """Copy the cells that matter into a table of texts, with file and row."""
        self.notes += skipped
        columns = ", ".join(f'"{role}" VARCHAR' for role in _SAID)
        self.con.execute(f"CREATE TABLE staged (file USMALLINT, row BIGINT, {columns}, part BOOLEAN)")
        self.con.execute("CREATE TABLE broken (file USMALLINT, row BIGINT, said VARCHAR)")
        self.files = [table.name for table in tables]
        for number, table in enumerate(tables):
            self.progress(f"Reading {table.name}", 0.6 * number / len(tables))
            self._stage_one(number, table)
        if not self.rows:
            raise UnreadableFile(f"{self.name} has column names and no rows: download it again.")

    def _stage_one(self, number: int, table: Table) -> None:
        source, columns = self._source(table)
        layout = recognise(columns, file=table.name, named=self.options.columns)
        if number == 0:
            self.layout = layout
            self.notes += layout.notes
        elif layout.name != self.layout.name:
            raise UnreadableFile(
                f"{self.name} holds tables of two layouts ({self.layout.name} and {layout.name}): name them one by one."
            )
        place = {column: f'"c{position}"' for position, column in reversed(list(enumerate(columns)))}
        said = ", ".join(
            f"trim({place[layout.columns[role]]})" if role in layout.columns else "NULL" for role in _SAID
        )
        parts = [
            f"upper(trim(coalesce({place[column]}, ''))) NOT IN ({', '.join(_text_sql(v) for v in sorted(whole))})"
            for column, whole in layout.only.items()
        ]
        part = " OR ".join(parts) or "false"
        before = self._count("staged")
        self._run(
            f"INSERT INTO staged SELECT {number}, row_number() OVER () + 1, {said}, {part} FROM {source}",
            table.name,
        )
        broken = self._broken(number)
        self.rows += self._count("staged") - before + broken

    def _source(self, table: Table) -> tuple[str, tuple[str, ...]]:
        if table.encoding == "parquet":
            found = self.con.execute(
                f"SELECT * FROM read_parquet({_text_sql(table.path)}) LIMIT 0"
            ).description
            names = tuple(column[0] for column in found)
            renamed = ", ".join(f'CAST("{c}" AS VARCHAR) AS "c{n}"' for n, c in enumerate(names))
            return f"(SELECT {renamed} FROM read_parquet({_text_sql(table.path)}))", names
        columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(table.columns)))
        packed = ", compression = 'gzip'" if table.packed else ""
        call = (
            f"read_csv({_text_sql(table.path)}, columns = {{{columns}}}, auto_detect = false, header = false, skip = 1, "
            f"delim = {_text_sql(table.delimiter)}, quote = '\"', escape = '\"', encoding = '{table.encoding}', "
            f"store_rejects = true, nullstr = ''{packed})"
        )
        return call, table.columns

    def _broken(self, number: int) -> int:
        tables = {row[0] for row in self.con.execute("SHOW TABLES").fetchall()}
        if "reject_errors" not in tables:
            return 0
        self.con.execute(
            f"INSERT INTO broken SELECT DISTINCT ON (line) {number}, line, left(csv_line, 80) FROM reject_errors"
        )
        self.con.execute("DROP TABLE reject_errors")
        self.con.execute("DROP TABLE reject_scans")
        return int(self.con.execute(f"SELECT count(*) FROM broken WHERE file = {number}").fetchall()[0][0])

    # -- judge: each row a flow or an aside ----------------------------------------------------------

    def judge(self) -> None:
        """Say of each row what it is: a value between two markets, or the kind of aside."""
        self.progress("Understanding countries, products and periods", 0.6)
        self._dictionaries()
        decimal = self._decimal()
        value, quantity = _number("s.value", decimal), _number("s.quantity", decimal)
        reported = self.layout.reported
        ends = {
            "exporter": "CASE f.side WHEN 'exporter' THEN r.market ELSE p.market END"
            if reported
            else "e.market",
            "importer": "CASE f.side WHEN 'exporter' THEN p.market ELSE r.market END"
            if reported
            else "i.market",
        }
        sides = ("r", "p") if reported else ("e", "i")
        said = {"r": "s.reporter", "p": "s.partner", "e": "s.exporter", "i": "s.importer"}
        joins = " ".join(
            f"LEFT JOIN place_{column} {side} ON {side}.said = coalesce(s.{column}, '')"
            for side, column in (
                zip(sides, ("reporter", "partner") if reported else ("exporter", "importer"), strict=True)
            )
        )
        flow_join = "LEFT JOIN flow f ON f.said = coalesce(s.flow, '')" if reported else ""
        place_cases = " ".join(
            f"WHEN {side}.kind = '{kind}' THEN '{aside}'"
            for kind, aside in (
                ("unknown", "unknown country"), ("retired", "retired country"), ("nes", "not elsewhere specified"),
                ("world", "sum over countries"), ("group", "group of countries"),
            )
            for side in sides
        )  # fmt: skip
        detail = " ".join(f"WHEN {side}.kind <> 'market' THEN {said[side]}" for side in sides)
        weight, unit_join = self._weight(quantity)
        self._run(
            f"""
            CREATE TABLE judged AS SELECT s.file, s.row, {ends["exporter"]} AS exporter, {ends["importer"]} AS importer,
                k.code AS code, k.digits AS digits, y.year AS year, y.month AS month,
                {"f.side" if reported else "'both'"} AS told_by, s.revision AS revision,
                {value} * {self.layout.scale!r} AS value, {weight} AS tonnes,
                hash(s.reporter, s.partner, s.exporter, s.importer) AS ends,
                CASE {"WHEN f.side IS NULL THEN 'other flow'" if reported else ""}
                    WHEN {self._not_a_value()} THEN 'not a value'
                    WHEN s.part THEN 'part of a flow'
                    {place_cases}
                    WHEN k.aside <> '' THEN k.aside
                    WHEN y.year IS NULL THEN 'no year'
                    WHEN upper(coalesce(s.value, '')) IN {_MISSING} THEN 'no value'
                    WHEN {value} IS NULL OR NOT isfinite({value}) THEN 'not a number'
                    WHEN {value} < 0 THEN 'negative value'
                    WHEN {ends["exporter"]} = {ends["importer"]} THEN 'domestic' END AS aside,
                CASE {"WHEN f.side IS NULL THEN s.flow" if reported else ""} {detail}
                    WHEN k.aside <> '' THEN s.product WHEN y.year IS NULL THEN s.year
                    WHEN {ends["exporter"]} = {ends["importer"]} THEN {ends["exporter"]} ELSE s.value END AS detail
            FROM staged s {joins} {flow_join} {unit_join}
            LEFT JOIN product k ON k.said = coalesce(s.product, '')
            LEFT JOIN period y ON y.said = coalesce(s.year, '') AND y.month_said = coalesce(s.month, '')
            """,
            self.name,
        )
        self.con.execute("DROP TABLE staged")
        self.progress("Looking for what is stated twice", 0.8)
        self._months_beside_years()
        self._stated_twice()
        self._headings()

    def _weight(self, quantity: str) -> tuple[str, str]:
        """Return SQL for the weight in tonnes, and the join that it needs; other units are told and left out."""
        if "quantity" not in self.layout.columns:
            return "NULL", ""
        if self.layout.tonnes is not None:
            return f"CASE WHEN {quantity} > 0 THEN {quantity} * {self.layout.tonnes!r} END", ""
        if "unit" not in self.layout.columns:
            self.notes.append("Quantities are left out: the file does not say their unit.")
            return "NULL", ""
        said = self._distinct("unit")
        self._keep("unit", ("said", "tonnes"), [(one, _TONNES.get(plain_name(one))) for one in said])
        others = [one or "not stated" for one in said if plain_name(one) not in _TONNES]
        if others:
            count = self._count(
                "staged", "coalesce(unit, '') IN (SELECT said FROM unit WHERE tonnes IS NULL)"
            )
            self.notes.append(
                f"Quantities are in several units; {count:,} that are no weight ({', '.join(others[:6])}) are left out."
            )
        return f"CASE WHEN {quantity} > 0 THEN {quantity} * u.tonnes END", (
            "LEFT JOIN unit u ON u.said = coalesce(s.unit, '')"
        )

    def _not_a_value(self) -> str:
        if "indicator" not in self.layout.columns:
            return "false"
        return "upper(s.indicator) NOT LIKE '%VALUE%'"

    def _dictionaries(self) -> None:
        self.revisions = self._distinct("revision") if "revision" in self.layout.columns else []
        for column in ("reporter", "partner") if self.layout.reported else ("exporter", "importer"):
            said = self._distinct(column)
            understood = places(said, numeric=self._numeric(said))
            self._keep_places(column, understood)
        if self.layout.reported:
            rows = [(one, _FLOWS.get(plain_name(one))) for one in self._distinct("flow")]
            self._keep("flow", ("said", "side"), rows)
            if not any(side for _, side in rows):
                shown = ", ".join(one or "(empty)" for one, _ in rows[:6])
                raise UnreadableFile(
                    f"{self.name}: no flow is an import or an export; its flows are {shown}."
                )
        self._keep_products()
        self._keep_periods()

    def _numeric(self, said: Sequence[str]) -> bool:
        digits = [one for one in said if one]
        if not all(one.isdigit() and len(one) <= 3 for one in digits):
            return False
        if self.layout.name == "comext":
            raise UnreadableFile(
                f"{self.name} states countries by Eurostat's numbers only, which are not those of the United Nations: "
                "download it with the columns DECLARANT_ISO and PARTNER_ISO."
            )
        return bool(digits)

    def _keep_places(self, column: str, understood: Mapping[str, Place]) -> None:
        self._keep(f"place_{column}", ("said", "kind", "market"),
                   [(said, place.kind, place.market) for said, place in understood.items()])  # fmt: skip
        self.told |= {said: place.note for said, place in understood.items() if place.note}
        conventions = {
            f"{said} is read as {place.market}: {place.note}"
            for said, place in understood.items()
            if place.kind == "market" and place.note
        }
        self.notes += sorted(conventions - set(self.notes))

    def _keep_products(self) -> None:
        said = self._distinct("product")
        stated_sitc = [one for one in self.revisions if one and hs.revision(one) is None]
        if self.options.products:
            self.scheme = self.options.products
        elif "product" not in self.layout.columns or (
            stated_sitc and len(stated_sitc) == len(self.revisions)
        ):
            self.scheme = "labels"
        elif self.layout.name == "plain" and not plain_name(self.layout.columns["product"]).startswith(
            ("hs", "cn8")
        ):
            self.scheme = "hs" if hs.looks_like_hs(said) else "labels"
        if "product" not in self.layout.columns or all(one.upper() in hs.TOTALS for one in said):
            self.scheme = "labels"
            self.notes.append("The file says nothing of single products: all goods are taken together.")
            self._keep("product", ("said", "code", "digits", "aside"), [(one, "all", 0, "") for one in said])
            return
        if self.scheme == "labels":
            self.notes.append("Products are labels of the file's own, not codes of the Harmonized System.")
            rows = [(one, one, 0, "all products" if one.upper() in hs.TOTALS else "" if one else "unknown product")
                    for one in said]  # fmt: skip
            self._keep("product", ("said", "code", "digits", "aside"), rows)
            return
        self._keep("product", ("said", "code", "digits", "aside"), [self._product(one) for one in said])

    def _product(self, said: str) -> tuple[str, str | None, int, str]:
        text = said.strip()
        if text.isdigit() and len(text) % 2:
            if self.layout.six_digits:
                text = text.zfill(6)
                note = (
                    "Codes with five digits got their first zero back: in this layout every product has six."
                )
                if note not in self.notes:
                    self.notes.append(note)
            elif self.options.pad_zeros:
                text = "0" + text
        found = hs.parse(text)
        digits = re.sub(r"\D", "", text)
        aside = {"": "", "total": "all products", "odd digits": "lost zero"}.get(
            found.problem, "unknown product"
        )
        return said, digits if found.code else None, len(digits) if found.code else 0, aside

    def _keep_periods(self) -> None:
        rows = self.con.execute(
            "SELECT DISTINCT coalesce(year, ''), coalesce(month, '') FROM staged"
        ).fetchall()
        self._keep("period", ("said", "month_said", "year", "month"),
                   [(year, month, *_period(year, month)) for year, month in rows])  # fmt: skip

    def _decimal(self) -> str:
        if self.options.decimal:
            if self.options.decimal not in {".", ","}:
                raise InputError("--decimal is . or , (the mark before the decimals).")
            return self.options.decimal
        if self.layout.machine:
            return "."
        counts = self.con.execute(
            r"""
            SELECT count(*) FILTER (regexp_matches(value, ',\d{3}(,|\.)') OR regexp_matches(value, '^[-+]?\d*\.(\d{1,2}|\d{4,})$')
                                    OR regexp_matches(value, '^[-+]?(0|\d{4,})\.\d{3}$')) AS point,
                   count(*) FILTER (regexp_matches(value, '\.\d{3}(\.|,)') OR regexp_matches(value, '^[-+]?\d*,(\d{1,2}|\d{4,})$')
                                    OR regexp_matches(value, '^[-+]?(0|\d{4,}),\d{3}$')) AS comma,
                   count(*) FILTER (regexp_matches(value, '^[-+]?[1-9]\d{0,2}\.\d{3}$')) AS dot3,
                   count(*) FILTER (regexp_matches(value, '^[-+]?[1-9]\d{0,2},\d{3}$')) AS comma3
            FROM staged
            """
        ).fetchall()[0]
        point, comma, dot3, comma3 = counts
        if point and comma:
            raise InputError(
                f"{self.name}: values are written in two ways, {point:,} with a decimal point and {comma:,} with a decimal "
                "comma. Say --decimal . or --decimal , and look at the rows that are then no numbers."
            )
        if comma:
            self.notes.append("Values have a decimal comma; points set thousands apart.")
            return ","
        if not point and dot3 and not comma3:
            raise NeedsAnswer([Question(
                "decimal", f"{self.name}: is 1.234 one thousand or one and a bit? Say --decimal , (a point sets thousands "
                "apart) or --decimal . (it goes before decimals).", (",", "."),
            )])  # fmt: skip
        if comma3 or self._count("staged", "value LIKE '%,%'"):
            self.notes.append("Commas in values set thousands apart.")
        return "."

    def _months_beside_years(self) -> None:
        if not self._count("judged", "month > 0 AND aside IS NULL"):
            return
        self.con.execute(
            """
            UPDATE judged SET aside = 'month of a stated year', detail = CAST(judged.year AS VARCHAR)
            FROM (SELECT DISTINCT ends, code, year, told_by FROM judged WHERE month = 0 AND aside IS NULL) whole
            WHERE judged.month > 0 AND judged.aside IS NULL AND judged.ends = whole.ends AND judged.code = whole.code
              AND judged.year = whole.year AND judged.told_by = whole.told_by
            """
        )
        short = self.con.execute(
            "SELECT year, count(DISTINCT month) FROM judged WHERE month > 0 AND aside IS NULL GROUP BY 1 HAVING count(DISTINCT month) < 12 ORDER BY 1"
        ).fetchall()
        for year, months in short:
            self.notes.append(f"{year} has {months} months only: its sums are no whole year.")

    def _stated_twice(self) -> None:
        if self.options.repeats == "sum":
            return
        key = "ends, code, year, month, told_by"
        self.con.execute(
            f"""
            CREATE TABLE twice AS SELECT {key}, count(DISTINCT value) AS kinds, max((file, row)) AS last
            FROM judged WHERE aside IS NULL GROUP BY {key} HAVING count(*) > 1
            """
        )
        same = " AND ".join(f"judged.{one} = twice.{one}" for one in key.split(", "))
        self.con.execute(
            f"""
            UPDATE judged SET aside = CASE WHEN twice.kinds = 1 THEN 'repeated' ELSE 'contested' END,
                detail = concat_ws(' ', judged.exporter, judged.importer, judged.code, judged.year)
            FROM twice WHERE judged.aside IS NULL AND {same} AND (judged.file, judged.row) <> twice.last
            """
        )

    def _headings(self) -> None:
        """Put aside rows whose trade is in the file in more detail, and say where the two sums differ."""
        if self.scheme != "hs":
            return
        levels = [row[0] for row in self.con.execute(
            "SELECT DISTINCT digits FROM judged WHERE aside IS NULL ORDER BY 1 DESC").fetchall()]  # fmt: skip
        apart = []
        for level in levels[1:]:
            key = "exporter, importer, year, month, told_by"
            self.con.execute(
                f"""
                CREATE OR REPLACE TABLE below AS SELECT {key}, left(code, {level}) AS code, sum(value) AS value FROM judged
                WHERE digits > {level} AND (aside IS NULL OR aside = 'heading beside its subheadings')
                  AND digits = (SELECT min(d.digits) FROM (SELECT DISTINCT digits FROM judged WHERE aside IS NULL) d WHERE d.digits > {level})
                GROUP BY ALL
                """
            )
            same = " AND ".join(f"judged.{one} = below.{one}" for one in [*key.split(", "), "code"])
            where = f"judged.aside IS NULL AND judged.digits = {level} AND {same}"
            row = self.con.execute(
                f"SELECT count(*), sum(judged.value), sum(below.value) FROM judged, below WHERE {where}"
            ).fetchall()[0]
            if row[0]:
                apart.append((level, *row))
                self.con.execute(
                    f"UPDATE judged SET aside = 'heading beside its subheadings', detail = judged.code FROM below WHERE {where}"
                )
        for level, count, above, below in apart:
            if abs(above - below) > 1e-6 * max(above, below, 1.0):
                self.notes.append(
                    f"{count:,} rows of {level} digits sum to {above:,.0f} and the codes below them to {below:,.0f}: "
                    "the detail is what counts."
                )

    # -- write: the flows, and what was found -------------------------------------------------------

    def write(self, target: Path, sha256: str) -> Taken:
        """Write the flows as Parquet, and check that values before and after agree."""
        self.progress("Writing flows", 0.9)
        self._keep("revisions", ("said", "name"), [(one, hs.revision(one) or one) for one in self.revisions])
        stated = self._revision_of_name()
        product = "left(code, 6)" if self.scheme == "hs" else "code"
        self.con.execute(
            f"""
            COPY (SELECT exporter, importer, {product} AS product, CAST(year AS SMALLINT) AS year, sum(value) AS value,
                    sum(tonnes) AS tonnes, told_by, coalesce(any_value(v.name), {_text_sql(stated)}) AS revision
                  FROM judged LEFT JOIN revisions v ON v.said = judged.revision
                  WHERE aside IS NULL GROUP BY exporter, importer, {product}, year, told_by
                  ORDER BY exporter, year, importer, product)
            TO {_text_sql(target)} (FORMAT parquet, COMPRESSION zstd)
            """
        )
        kept = f"read_parquet({_text_sql(target)})"
        flows, value = self.con.execute(f"SELECT count(*), coalesce(sum(value), 0) FROM {kept}").fetchall()[0]
        total = float(
            self.con.execute("SELECT coalesce(sum(value), 0) FROM judged WHERE isfinite(value)").fetchall()[
                0
            ][0]
        )
        asides = self._asides()
        if not flows:
            worst = max(asides, key=lambda aside: aside.count)
            cure = worst.cure if worst.problem else "Download the table again, by partner and by product."
            raise UnreadableFile(
                f"{self.name} holds no flow that can be used: {worst.count:,} of {self.rows:,} rows are "
                f'"{worst.kind}". {worst.reason} {cure}'
            )
        apart = sum(aside.value for aside in asides)
        if abs(total - value - apart) > 1e-6 * max(abs(total), 1.0):
            raise Damaged(
                f"{self.name}: values do not add up ({total:,.2f} read, {value:,.2f} kept, {apart:,.2f} aside)."
            )
        by = self._by
        revisions = (
            {}
            if self.scheme != "hs"
            else {str(k): int(v) for k, v in by(kept, "revision", "count(*)").items() if k}
        )
        if len(revisions) > 1:
            self.notes.append(
                f"Codes of several revisions stand side by side ({', '.join(sorted(revisions))}): a code may mean other "
                "goods in another revision, so changes between years may be of the list and not of trade."
            )
        currency = self.options.currency or self.layout.currency
        if currency is None:
            self.notes.append(
                "The file does not say its currency: values are in units as stated (--currency names it)."
            )
        self.progress("Done", 1.0)
        return Taken(
            self.name, self.layout.name, sha256, self.rows, flows, total, float(value), currency, self.scheme,
            {int(k): float(v) for k, v in sorted(by(kept, "year", "sum(value)").items())},
            {int(k): float(v) for k, v in sorted(by(kept, "length(product)", "sum(value)").items())}
            if self.scheme == "hs" else {},
            revisions, {str(k): int(v) for k, v in by(kept, "told_by", "count(*)").items()},
            asides, tuple(self.notes),
        )  # fmt: skip

    def _revision_of_name(self) -> str:
        return (self.scheme == "hs" and self.layout.name == "baci" and hs.revision(self.files[0])) or ""

    def _by(self, table: str, column: str, what: str) -> dict[Any, Any]:
        return dict(self.con.execute(f"SELECT {column}, {what} FROM {table} GROUP BY 1").fetchall())

    def _asides(self) -> tuple[Aside, ...]:
        found = []
        broken = self.con.execute("SELECT count(*), min((file, row)) FROM broken").fetchall()[0]
        if broken[0]:
            said = self.con.execute("SELECT said FROM broken ORDER BY file, row LIMIT 3").fetchall()
            file, row = _first(broken[1])
            named = tuple(Named(one[0] or "", 1, 0.0) for one in said)
            found.append(Aside("broken line", broken[0], 0.0, self.files[file], row, named))
        kinds = self.con.execute(
            """
            SELECT aside, count(*), coalesce(sum(value) FILTER (isfinite(value)), 0), min((file, row))
            FROM judged WHERE aside IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1
            """
        ).fetchall()
        for kind, count, value, first in kinds:
            named = self.con.execute(
                """
                SELECT coalesce(detail, ''), count(*) AS n, coalesce(sum(value) FILTER (isfinite(value)), 0) FROM judged
                WHERE aside = ? GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10
                """,
                [kind],
            ).fetchall()
            file, row = _first(first)
            found.append(Aside(
                kind, count, float(value), self.files[file], row,
                tuple(Named(said, n, float(v), self.told.get(said, "")) for said, n, v in named),
            ))  # fmt: skip
        return tuple(found)

    # -- small helpers -------------------------------------------------------------------------------

    def _distinct(self, column: str) -> list[str]:
        return [row[0] for row in self.con.execute(
            f"SELECT DISTINCT coalesce({column}, '') AS said FROM staged ORDER BY said").fetchall()]  # fmt: skip

    def _keep(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        import polars as pl

        kinds: dict[str, Any] = {
            "digits": pl.Int32,
            "year": pl.Int32,
            "month": pl.Int32,
            "tonnes": pl.Float64,
        }
        held = pl.DataFrame(rows, schema={c: pl.String if table == "period" and c == "said" else kinds.get(c, pl.String)
                                          for c in columns}, orient="row")  # fmt: skip
        self.con.register("held", held.to_arrow())
        self.con.execute(f"CREATE TABLE {table} AS SELECT * FROM held")
        self.con.unregister("held")

    def _count(self, table: str, where: str = "true") -> int:
        return int(self.con.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchall()[0][0])

    def _run(self, query: str, name: str) -> None:
        import duckdb

        try:
            self.con.execute(query)
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            first = str(error).splitlines()[0]
            raise UnreadableFile(
                f"{name} cannot be read as a table ({first}): save it as CSV again."
            ) from None


def _first(pair: Any) -> tuple[int, int]:
    """Unpack DuckDB's struct of file and row."""
    values = list(pair.values()) if isinstance(pair, dict) else list(pair)
    return int(values[0]), int(values[1])


def _text_sql(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _number(column: str, decimal: str) -> str:
    """Return SQL that reads a text as a number, or null where it is none."""
    bare = f"regexp_replace({column}, '[\\s\u00a0\u202f''’]', '', 'g')"
    pattern = _POINT if decimal == "." else _COMMA
    plain = f"replace({bare}, ',', '')" if decimal == "." else f"replace(replace({bare}, '.', ''), ',', '.')"
    return f"(CASE WHEN regexp_matches({bare}, '{pattern}') THEN try_cast({plain} AS DOUBLE) END)"


def _period(said: str, month: str) -> tuple[int | None, int]:
    """Return year and month of a period; month 0 is the whole year.

    >>> _period("2018", ""), _period("201852", ""), _period("2018-03", ""), _period("2018", "52"), _period("x", "")
    ((2018, 0), (2018, 0), (2018, 3), (2018, 0), (None, 0))
    """
    text = re.sub(r"\.0+$", "", said.strip())
    found = re.fullmatch(r"(1[89]\d\d|20\d\d|21\d\d)(?:[-M/]?(\d\d))?(?:-?\d\d)?", text)
    if not found:
        return None, 0
    number = int(found[2] or 0) or (int(month) if month.isdigit() else 0)
    return int(found[1]), number if 1 <= number <= 12 else 0
