"""The rooms of the core stand alone: each imports with the web's and the charts' libraries absent."""

from __future__ import annotations

import subprocess
import sys

ALONE = """
import importlib, pkgutil, sys
for name in ("django", "allauth", "psycopg", "altair", "vl_convert", "pyspark"):
    sys.modules[name] = None  # importing it now fails
import fondaco
told = []
for module in pkgutil.walk_packages(fondaco.__path__, "fondaco.", onerror=told.append):
    if module.name.split(".")[1] in ("web", "charts") or module.name.endswith("__main__"):
        continue
    importlib.import_module(module.name)
    told.append(module.name)
print(*told, sep="\\n")
"""


def test_every_core_module_imports_without_django_altair_and_spark() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert "fondaco.kernel.errors" in ran.stdout.split()
    assert "fondaco.ledger.schema" in ran.stdout.split()
