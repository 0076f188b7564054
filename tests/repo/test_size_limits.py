"""The size limits of the style guide, measured on every Python file of the product and its tests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = [path for room in ("bot", "handlers", "policies") for path in (ROOT / room).rglob("*.py")]
TESTS = list((ROOT / "tests").rglob("*.py"))
MIGRATIONS = "migrations/versions"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_longer_than_400_lines() -> None:
    long = {
        shown(p): n
        for p in PRODUCT + TESTS
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_function_of_the_product_is_longer_than_50_lines() -> None:
    long = {
        f"{shown(p)}:{f.name}": length(f)
        for p in PRODUCT
        if MIGRATIONS not in shown(p)
        for f in functions(p)
        if length(f) > 50
    }
    assert long == {}


def test_no_test_is_longer_than_30_lines() -> None:
    long = {
        f"{shown(p)}:{f.name}": length(f)
        for p in TESTS
        for f in functions(p)
        if f.name.startswith("test_") and length(f) > 30
    }
    assert long == {}


def test_no_module_of_the_product_has_more_than_12_public_names() -> None:
    crowded = {shown(p): names for p in PRODUCT if len(names := public_names(p)) > 12}
    assert crowded == {}


def test_every_module_says_in_its_first_line_what_it_owns() -> None:
    silent = [
        shown(p)
        for p in PRODUCT + TESTS
        if not (ast.get_docstring(ast.parse(p.read_text(encoding="utf-8"))) or "").strip()
    ]
    assert silent == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "manager"])
def test_there_is_no_drawer_for_odds_and_ends(word: str) -> None:
    assert [shown(p) for p in PRODUCT + TESTS if word in (p.stem, *p.parent.parts)] == []


def test_there_is_a_line_of_test_for_each_line_of_code() -> None:
    code = sum(len(p.read_text(encoding="utf-8").splitlines()) for p in PRODUCT if is_code(p))
    tests = sum(len(p.read_text(encoding="utf-8").splitlines()) for p in TESTS)
    assert tests >= code * 0.6, f"{tests} lines of test for {code} lines of code"


def is_code(path: Path) -> bool:
    return MIGRATIONS not in shown(path) and "sandbox" not in shown(path)


def public_names(path: Path) -> list[str]:
    """Top-level classes, functions and upper-case constants that do not begin with an underscore."""
    names = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
    return [name for name in names if not name.startswith("_")]
