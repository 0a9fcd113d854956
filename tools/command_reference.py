"""Write docs/commands.md from the commands' own help: every command, argument and option.

python tools/command_reference.py            write the page
python tools/command_reference.py --check    exit 1 when the page is not up to date
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import typer.main
from typer.cli import get_docs_for_click

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

HEAD = """\
<!-- Written by tools/command_reference.py from the commands' own help. -->

Messages and progress go to standard error, results to standard output; with `--json` they are one object
([its fields](json.md)). Exit codes: 0 done, 1 done with problems to look at, 2 wrong input, 3 our fault.
`FONDACO_HOME` names the workspace folder; `--now` fixes the clock, for scripts and tests.
"""


def page() -> str:
    """Return the whole page."""
    import fondaco.cli

    for module in pkgutil.iter_modules(fondaco.cli.__path__, "fondaco.cli."):
        importlib.import_module(module.name)  # each adds its commands
    app: typer.Typer = importlib.import_module("fondaco.cli.app").app
    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="fondaco", title="Commands")
    title, _, rest = text.strip().partition("\n")
    return f"{title}\n\n{HEAD}{rest}\n"


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    text = page()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE.name} is not up to date; run python tools/command_reference.py.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
