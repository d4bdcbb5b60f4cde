import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.domain

ROOT = Path(app.domain.__path__[0])
MODULES = sorted(ROOT.rglob("*.py"))
CLOCK_READINGS = {"now", "utcnow", "today"}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "a relative import"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_imports_the_standard_library_and_itself_only(module: Path) -> None:
    names = set(imported(ast.parse(module.read_text())))
    assert {
        name
        for name in names
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("app.domain")
    } == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_reads_no_clock(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert CLOCK_READINGS.isdisjoint(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    assert "time" not in set(imported(tree))
