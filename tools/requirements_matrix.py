"""Write docs/requirements.md: each requirement with the tests that show it.

Tests say what they show with `@pytest.mark.requirement("F29")`, on the function, its class, or as
`pytestmark` of the module.  The files are read, not run.

    python tools/requirements_matrix.py            write the page
    python tools/requirements_matrix.py --check    exit 1 when the page is not up to date
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "docs" / "requirements.toml"
PAGE = ROOT / "docs" / "requirements.md"
TESTS = ROOT / "tests"

HEAD = """\
# Requirements

<!-- Written by tools/requirements_matrix.py; edit docs/requirements.toml and the marks in the tests. -->

What the studies that Fondaco rests on ask of it ([Citing](citing.md)), restated, and the tests that show
each. F: firm, S: supporting body, R: researcher, X: all.
"""


def ids(node: ast.expr) -> Iterator[str]:
    """Yield the ids of a `pytest.mark.requirement(...)`, or of a list of marks."""
    if isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from ids(item)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "requirement"
    ):
        yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))
    elif isinstance(node, ast.Call):  # the cases of a parametrize, each with marks of its own
        for inner in ast.walk(node):
            if isinstance(inner, ast.keyword) and inner.arg == "marks":
                yield from ids(inner.value)


def marked(body: list[ast.stmt], above: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield (id, name of test) for the tests in `body`; `above` are the marks of what holds them."""
    for statement in body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in statement.targets
        ):
            above += tuple(ids(statement.value))
    for statement in body:
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        own = above + tuple(one for decorator in statement.decorator_list for one in ids(decorator))
        if isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            yield from ((one, f"{statement.name}.{name}") for one, name in marked(statement.body, own))
        elif statement.name.startswith("test"):
            yield from ((one, statement.name) for one in dict.fromkeys(own))


def collect(tests: Path) -> dict[str, list[tuple[str, str]]]:
    """Return requirement id to the (file, test) pairs that show it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for one, name in marked(tree.body):
            found.setdefault(one, []).append((path.relative_to(tests.parent).as_posix(), name))
    return found


def in_words(name: str) -> str:
    """Return the name of a test as a phrase: `test_undo_keeps_history` is "undo keeps history"."""
    return name.rpartition(".")[2].removeprefix("test_").replace("_", " ")


def page(texts: dict[str, str], found: dict[str, list[tuple[str, str]]]) -> str:
    """Return the whole page."""
    parts = [HEAD]
    for one, text in texts.items():
        parts.append(f"## {one}\n\n{text}\n")
        rows = found.get(one, [])
        for file in dict.fromkeys(file for file, _ in rows):
            tests = ", ".join(in_words(name) for where, name in rows if where == file)
            parts.append(f"- `{file}`: {tests}")
        parts.append("" if rows else "No test shows it yet.\n")
    return "\n".join(parts).rstrip("\n") + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    texts: dict[str, str] = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    found = collect(TESTS)
    if unknown := sorted(found.keys() - texts.keys()):
        print(f"Marked in tests but not in {TEXTS.name}: {', '.join(unknown)}", file=sys.stderr)
        return 1
    text = page(texts, found)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    faults = [one for one in texts if one not in found]
    if faults:
        print(f"No test shows {', '.join(faults)}.", file=sys.stderr)
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE.name} is not up to date; run python tools/requirements_matrix.py.", file=sys.stderr)
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
