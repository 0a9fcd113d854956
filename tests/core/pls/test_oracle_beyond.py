"""Products, higher order, prediction, groups and the rest beside reference values, where they are there."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.requirement("R12")

TOOLS = Path(__file__).resolve().parents[3] / "tools"


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "comparison",
    [
        "products",
        "higher_order",
        "prediction",
        pytest.param("groups", marks=pytest.mark.slow),
        "necessity",
        "segments",
        "tetrads",
    ],
)
def test_every_reference_value_is_reproduced(shared: Path, comparison: str) -> None:
    folder = shared / "reference" / "plssem"
    if not folder.is_dir():
        pytest.skip("the reference values are not there")
    main, beyond = loaded("pls_validation"), loaded("pls_validation_beyond")
    rows = list(getattr(beyond, comparison)(main.Reference(folder)))
    assert rows
    assert [row for row in rows if not row.agrees] == []
