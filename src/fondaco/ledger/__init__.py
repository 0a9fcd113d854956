"""Facts about the firm, as the platforms told them.

`Workspace` is the folder that holds everything; ``workspace.ledger(slug)`` gives a `Ledger` bound
to one firm.
"""

from fondaco.ledger.books import Fault, Firm, ImportRecord, Ledger, QuarantinedRow, RowFate, Workspace
from fondaco.ledger.catalogue import Catalogue, Entry, Proof, entry_of
from fondaco.ledger.engine import Engine, duckdb_engine, spark_engine
from fondaco.ledger.forgetting import Trace
from fondaco.ledger.mapping import Mapping, from_toml, read_mapping, to_toml, write_mapping
from fondaco.ledger.persons import Person
from fondaco.ledger.plain import PlainTable, read_plain
from fondaco.ledger.report import CLASSES, ImportReport
from fondaco.ledger.rereading import Difference, Rereading
from fondaco.ledger.schema import TABLES
from fondaco.ledger.understanding import Options, Understanding
from fondaco.ledger.writing import write_table

__all__ = [
    "CLASSES",
    "TABLES",
    "Catalogue",
    "Difference",
    "Engine",
    "Entry",
    "Fault",
    "Firm",
    "ImportRecord",
    "ImportReport",
    "Ledger",
    "Mapping",
    "Options",
    "Person",
    "PlainTable",
    "Proof",
    "QuarantinedRow",
    "Rereading",
    "RowFate",
    "Trace",
    "Understanding",
    "Workspace",
    "duckdb_engine",
    "entry_of",
    "from_toml",
    "read_mapping",
    "read_plain",
    "spark_engine",
    "to_toml",
    "write_mapping",
    "write_table",
]
