"""Writing a file so that nobody ever finds half of it.

The content is written beside the file, under a name that ends in ``.part``, and then takes the file's
place.  A process that is killed in between leaves the part behind; `sweep_parts` removes it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part"

_ABANDONED = 60  # seconds without a byte more: the part's writer lives no longer


@contextmanager
def written_whole(path: Path, *, mode: int = 0o600) -> Iterator[Path]:
    """Give a name beside `path` to write to: what stands there at the end takes the file's place.

    When the block raises, the file stays as it was and nothing is left beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix + PART)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb+") as out:
            os.fsync(out.fileno())
        part.chmod(mode)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: str | bytes, *, mode: int = 0o600) -> None:
    """Write a small file, text as UTF-8, so that it is there whole or not at all."""
    with written_whole(path, mode=mode) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def sweep_parts(folder: Path) -> None:
    """Remove the parts in `folder` itself to which nothing was written for a minute."""
    for part in folder.glob(f"*{PART}"):
        with suppress(OSError):  # another sweeper may be faster
            if time.time() - part.stat().st_mtime >= _ABANDONED:
                part.unlink()
