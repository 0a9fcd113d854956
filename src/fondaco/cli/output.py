"""How commands speak: results on standard output, messages and progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import typer

from fondaco.kernel import InputError, silent

DONE, LOOK, WRONG, OURS = 0, 1, 2, 3


def moment(text: str | None) -> datetime:
    """Read ``--now``; without it, the clock."""
    if not text:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--now says {text!r}: write a time as 2026-11-21T09:30+00:00.") from None
    if not 1900 <= found.year <= 2999:  # what lies some days or hours beside it has to exist too
        raise InputError(f"--now says {text!r}: a year from 1900 to 2999 is needed.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(text: str | None, option: str) -> date | None:
    """Read a day written as ISO 8601."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{option} says {text!r}: write a day as 2026-11-21.") from None


def emit(data: dict[str, Any], as_json: bool, show: Callable[[], None]) -> None:
    """Print the result: as one JSON object, or for people."""
    if as_json:
        print(json.dumps(data, ensure_ascii=False, default=_plain))
    else:
        show()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no JSON form")


def table(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = ()
) -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, header in enumerate(headers):
        shown.add_column(header, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else printable(str(cell)) for cell in row))
    # Piped output is not squeezed into a terminal's width.
    Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(shown)


def printable(text: str) -> str:
    """Return a text whose control characters cannot move the cursor or colour the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def say(text: str) -> None:
    """Print a message for people on standard error."""
    print(text, file=sys.stderr)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Give a progress callback that draws a bar on a terminal and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def leave(code: int) -> NoReturn:
    """End the command with an exit code."""
    raise typer.Exit(code)
