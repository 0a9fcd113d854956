"""The command line starts without the statistics: who asks for help or a version waits for nothing."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("scipy", "ibis", "sklearn", "statsmodels", "pandas", "django", "altair", "pyfixest")


def test_the_commands_load_no_heavy_library_before_one_runs() -> None:
    code = f"import sys, fondaco.cli.main; print([n for n in {HEAVY!r} if n in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.strip() == "[]"


def test_what_the_options_say_by_default_is_what_the_rooms_take() -> None:
    import inspect

    from fondaco.cli import explore
    from fondaco.markets import changes, exploration

    default = {
        name: getattr(option.default, "default", option.default)
        for command in (explore.explore, explore.change)
        for name, option in inspect.signature(command).parameters.items()
    }
    assert (default["most"], default["share"]) == (exploration.MOST, exploration.SHARE)
    assert default["days"] == changes.DAYS
