"""Which tests show which requirement is read from their marks."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "requirements_matrix.py"


@pytest.fixture(scope="module")
def matrix() -> ModuleType:
    spec = importlib.util.spec_from_file_location("requirements_matrix", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MARKED = """
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.requirement("X03")]

@pytest.mark.requirement("F29", "F97")
def test_views_are_kept_by_month(): ...

class TestUndo:
    @pytest.mark.requirement("X06")
    def test_history_stays(self): ...

def helper(): ...
"""


def test_marks_of_module_class_and_function_count(matrix: ModuleType, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(MARKED)
    found = matrix.collect(tests)
    assert found == {
        "X03": [
            ("tests/test_it.py", "test_views_are_kept_by_month"),
            ("tests/test_it.py", "TestUndo.test_history_stays"),
        ],
        "F29": [("tests/test_it.py", "test_views_are_kept_by_month")],
        "F97": [("tests/test_it.py", "test_views_are_kept_by_month")],
        "X06": [("tests/test_it.py", "TestUndo.test_history_stays")],
    }


def test_a_requirement_without_a_test_is_said(matrix: ModuleType) -> None:
    page = matrix.page(
        {"F29": "Views by month.", "X06": "History stays."}, {"F29": [("tests/a.py", "test_b_c")]}
    )
    assert "## F29\n\nViews by month.\n\n- `tests/a.py`: b c\n" in page
    assert "## X06\n\nHistory stays.\n\nNo test shows it yet." in page


def test_check_refuses_a_page_that_is_out_of_date(
    matrix: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(MARKED)
    texts = tmp_path / "requirements.toml"
    texts.write_text("\n".join(f'{one} = "Text."' for one in ("X03", "F29", "F97", "X06")))
    monkeypatch.setattr(matrix, "TESTS", tests)
    monkeypatch.setattr(matrix, "TEXTS", texts)
    monkeypatch.setattr(matrix, "PAGE", tmp_path / "requirements.md")
    assert matrix.main(["--check"]) == 1
    assert matrix.main([]) == 0
    assert matrix.main(["--check"]) == 0
