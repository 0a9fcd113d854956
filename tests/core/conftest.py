"""The core is tested without Django: in CI's own run of this folder, importing it fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder

ABSENT = ("django", "allauth")


class _Absent(MetaPathFinder):
    """Makes some packages look as if they were not installed."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> None:
        if fullname.split(".", maxsplit=1)[0] in ABSENT or fullname.startswith("fondaco.web"):
            raise ModuleNotFoundError(f"{fullname} is kept away from the core's tests", name=fullname)


if os.environ.get("FONDACO_WITHOUT_DJANGO") == "1":
    sys.meta_path.insert(0, _Absent())
