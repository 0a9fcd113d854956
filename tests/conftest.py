"""What every test may use: a workspace of its own, and the shared data where they are there."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path

import pytest

#: Set by CI for one run of tests/core: Django is made to look as if it were not installed.
WITHOUT_DJANGO = os.environ.get("FONDACO_WITHOUT_DJANGO") == "1"

# No test may reach a person's own workspace, whatever it forgets to say.
_home = tempfile.TemporaryDirectory(prefix="fondaco-tests-")
os.environ["FONDACO_HOME"] = _home.name

if not WITHOUT_DJANGO and importlib.util.find_spec("django"):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fondaco.web.settings")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of data shared beside the checkout; tests that need it are skipped without it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared is not there")
    return folder
