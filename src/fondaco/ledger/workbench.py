"""Where work on a ledger lies before it counts: a folder that goes with it, and a DuckDB that spills into it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from fondaco.kernel import FondacoError, NoRoom
from fondaco.ledger.store import Store, connect, sql_path

#: What one import may hold in memory; beyond it DuckDB spills to the firm's scratch folder.
MEMORY = "500MB"


@contextmanager
def scratch_folder(store: Store) -> Iterator[Path]:
    """Give a folder of our own inside the firm's, gone afterwards; a full disk is said in words."""
    try:
        with store.scratch() as folder:
            yield folder
    except FondacoError:
        raise
    except Exception as error:
        if not _is_full(error):
            raise
        raise NoRoom(
            f"The disk that holds {store.folder} is full or may not be written ({str(error)[:200]}). Nothing was left half "
            "done: make room and do it again."
        ) from None


def _is_full(error: Exception) -> bool:
    """Tell whether an error of the system, of DuckDB or of Delta says that there is no room to write."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return True
    said = str(error).lower()
    return any(
        words in said for words in ("no space left", "os error 28", "disk quota", "max_temp_directory_size")
    )


@contextmanager
def connection(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB of our own that spills into `scratch`."""
    with connect() as con:
        con.execute(f"SET memory_limit = '{os.environ.get('FONDACO_IMPORT_MEMORY', MEMORY)}'")
        con.execute(f"SET temp_directory = '{sql_path(scratch / 'spill')}'")
        con.execute("SET TimeZone = 'UTC'")
        yield con
