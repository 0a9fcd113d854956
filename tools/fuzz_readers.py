"""Fuzz the readers with atheris: coverage-guided, from the samples of one platform, for some time.

An input may end as a table, as questions, or as a sentence (`FondacoError`).  Anything else is a
fault: another exception, more than ten seconds of the processor, more than 2 GiB.  What broke something is written to
``tools/fuzz_corpus/`` and kept there once it is mended.

    python tools/fuzz_readers.py shopify --seconds 1800
    python tools/fuzz_readers.py --all --seconds 1800      # one after the other, 30 minutes each
    python tools/fuzz_readers.py --replay                  # what broke something before

Needs ``pip install -e '.[fuzz]'``.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
PLATFORMS = ROOT / "src" / "fondaco" / "ledger" / "platforms"
CORPUS = ROOT / "tools" / "fuzz_corpus"
MEMORY = 2 << 30
LONGEST = 10
EVERY = 20  # of the inputs that are recognised, their rows are read


@functools.cache
def _rates() -> Any:
    from fondaco.reference.rates import Rates

    return Rates.load(Path("/nowhere"))


def read(content: bytes, folder: Path) -> str:
    """Read a file's content as `fondaco inspect` would; return in a word how it ended."""
    from fondaco.kernel import FondacoError
    from fondaco.ledger import Options
    from fondaco.ledger.preview import look_at
    from fondaco.reference import rates

    path = folder / "input"
    path.write_bytes(content)
    options = Options(currency="EUR", country="DEU", period=(date(2026, 1, 1), date(2026, 1, 31)))
    known = _rates()  # loading them takes longer than reading a small file
    with patch.object(rates.Rates, "load", lambda _home: known):
        try:
            look_at(folder, None, path, options, rows=3)
        except FondacoError as error:
            return _in_words(error)
    return "read"


def recognise(content: bytes, folder: Path) -> str:
    """Unpack, sniff and understand a content, without its rows: most of a reader's branches, ten times as fast."""
    from fondaco.kernel import FondacoError
    from fondaco.ledger import Options
    from fondaco.ledger.understanding import understand

    scratch = Path(tempfile.mkdtemp(dir=folder))
    path = folder / "input"
    path.write_bytes(content)
    try:
        understand(path, scratch, Options(), lambda _columns: None)
    except FondacoError as error:
        return _in_words(error)
    finally:
        shutil.rmtree(scratch)
    return "read"


def _in_words(error: Exception) -> str:
    if not str(error).strip():
        raise AssertionError("an error without words") from error
    return "refused"


def take(content: bytes, folder: Path) -> str:
    """Take a file's content in, and compare: what is not refused adds up, whatever it is."""
    from fondaco.kernel import FondacoError
    from fondaco.ledger import CLASSES, Workspace
    from fondaco.workflows import take_in

    path = folder / "input"
    path.write_bytes(content)
    home = Path(tempfile.mkdtemp(dir=folder))
    try:
        now = datetime(2026, 6, 1, tzinfo=UTC)
        report = take_in(
            Workspace(home),
            "shop",
            [path],
            home="IT",
            currency="EUR",
            country="DE",
            period="2026-01",
            now=now,
        )
    except FondacoError as error:
        return _in_words(error)
    assert sum(getattr(report, name) for name in CLASSES) == report.rows_read
    assert Workspace(home).ledger("shop").verify() == []
    return "taken"


def samples(platform: str) -> list[Path]:
    return sorted(
        p for p in (PLATFORMS / platform / "samples").glob("*") if not p.name.endswith(".answers.json")
    )


def _too_long(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TimeoutError(f"longer than {LONGEST} s")


def fuzz(platform: str, seconds: int) -> None:
    """Run atheris on one platform's samples; it ends the process."""
    import atheris

    with atheris.instrument_imports(include=["fondaco.ledger"]):
        import fondaco.ledger.preview  # noqa: F401

    scratch = Path(tempfile.mkdtemp(prefix="fondaco-fuzz-"))
    seeds = scratch / "seeds"
    seeds.mkdir()
    for place, path in enumerate([*samples(platform), *sorted(CORPUS.glob("[!.]*"))]):
        (seeds / f"{place}").write_bytes(path.read_bytes())
    signal.signal(
        signal.SIGPROF, _too_long
    )  # of the processor's time: a busy machine is no fault of the reader
    ends = time.monotonic() + seconds
    counted = {"read": 0, "refused": 0}

    def one(content: bytes) -> None:
        if time.monotonic() > ends:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            print(
                f"{platform}: {sum(counted.values()):,} inputs, {counted['read']:,} read, peak {peak:,} MiB, no fault"
            )
            os._exit(0)
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        try:
            ended = recognise(content, scratch)
            counted[ended] += 1
            if ended == "read" and counted["read"] % EVERY == 1:
                read(content, scratch)
        except BaseException:
            kept = CORPUS / f"{platform}-{hashlib.sha256(content).hexdigest()[:16]}"
            kept.write_bytes(content)
            print(f"A fault of {platform}: see {kept}", file=sys.stderr)
            raise
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10 > MEMORY:
            raise MemoryError(f"{platform} took more than {MEMORY >> 30} GiB")

    atheris.Setup([sys.argv[0], str(seeds), "-max_len=65536", "-rss_limit_mb=4096", "-verbosity=0"], one)
    atheris.Fuzz()


def replay() -> None:
    """Take in everything that once broke something."""
    with tempfile.TemporaryDirectory(prefix="fondaco-fuzz-") as folder:
        for path in sorted(CORPUS.glob("[!.]*")):
            began = time.monotonic()
            print(path.name, take(path.read_bytes(), Path(folder)), f"{time.monotonic() - began:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("platform", nargs="?")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--seconds", type=int, default=1800)
    said = parser.parse_args()
    every = sorted(p.parent.name for p in PLATFORMS.glob("*/samples"))
    if said.replay:
        replay()
    elif said.all:
        for platform in every:
            command = [sys.executable, __file__, platform, "--seconds", str(said.seconds)]
            if subprocess.run(command, check=False).returncode:
                sys.exit(1)
    elif said.platform in every:
        fuzz(said.platform, said.seconds)
    else:
        parser.error(f"name one of {', '.join(every)}, or --all")


if __name__ == "__main__":
    main()
