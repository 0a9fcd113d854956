"""The one place where errors become exit codes.

Exit codes: 0 done, 1 done with problems to look at, 2 wrong input, 3 our fault.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from fondaco.cli import (  # noqa: F401  (each adds its commands)
    agree,
    coding,
    evidence,
    explore,
    firms,
    floor,
    forecast,
    freight,
    importing,
    inquiries,
    keywords,
    landed_cost,
    markets,
    match,
    network,
    network_knowledge,
    outlook,
    plan,
    platforms,
    pls,
    pls_beyond,
    pls_groups,
    pls_power,
    potential,
    price,
    profile,
    quote,
    readiness,
    regress,
    renewal,
    review,
    rules,
    running,
    sanctions,
    screen,
    ship,
    signals,
    stages,
    study,
)
from fondaco.cli.app import app
from fondaco.cli.output import OURS, WRONG, say
from fondaco.kernel import Damaged, FondacoError, NeedsAnswer, NoRoom
from fondaco.workflows.home import home_folder


def main() -> None:
    """Run the command line; no mistake of a user ends in a traceback."""
    try:
        app(standalone_mode=True)
    except FondacoError as error:
        _tell(error)
        sys.exit(OURS if isinstance(error, Damaged | NoRoom) else WRONG)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        say("Stopped. Nothing was left half done.")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  the last resort: a person gets words, not a traceback
        _tell_of_our_fault(error)
        sys.exit(OURS)


def _tell(error: FondacoError) -> None:
    if "--json" in sys.argv:
        data: dict[str, Any] = {"error": str(error), "kind": type(error).__name__}
        if isinstance(error, NeedsAnswer):
            data["questions"] = [vars(question) for question in error.questions]
        print(json.dumps(data, ensure_ascii=False))
    if isinstance(error, NeedsAnswer):
        say("Before this can go on:")
        for question in error.questions:
            say(f"  {question.text}")
    else:
        say(f"fondaco: {error}")


def _tell_of_our_fault(error: Exception) -> None:
    """Keep the traceback in a file for the report, and say in words what to do."""
    if isinstance(error, OSError):
        say(
            f"fondaco: the disk or the system refused ({error}). Nothing was left half done; free space and try again."
        )
        return
    log = home_folder() / "logs" / "last-fault.txt"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        where = f" The details are in {log}."
    except OSError:
        where = ""
    say(f"fondaco: this is our fault, not yours ({type(error).__name__}: {error}).{where} Please report it.")
