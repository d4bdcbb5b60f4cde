"""The repository: `graphql/` never shadows graphql-core's package, hooks run what people run, files are short."""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import graphql

import api

ROOT = Path(__file__).parents[1]
CODE = ("app", "bench", "clients", "db", "graphql", "jobs", "tests", "tools")
MIGRATIONS = ROOT / "db" / "migrations"
MADE = ROOT / "clients" / "python" / "operations"
MOST_LINES = 300


def test_graphql_is_the_package_of_graphql_core() -> None:
    assert packages_distributions()["graphql"] == ["graphql-core"]
    assert graphql.version_info >= (3, 2)
    assert graphql.__file__ is not None
    assert ROOT / "graphql" not in Path(graphql.__file__).parents


def test_api_is_ours_and_lives_in_the_folder_graphql() -> None:
    assert api.__file__ is not None
    assert Path(api.__file__).parent == ROOT / "graphql" / "api"


def test_hooks_run_commands_of_the_makefile() -> None:
    hooks = re.findall(r"entry: make (\w+)", (ROOT / ".pre-commit-config.yaml").read_text())
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert hooks == ["fix", "lint"]
    assert set(hooks) <= set(targets)


def test_the_folder_graphql_is_no_package() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists()


def test_no_file_of_code_but_migrations_and_made_ones_has_more_than_300_lines() -> None:
    files = [path for top in CODE for path in (ROOT / top).rglob("*.py") if not {MIGRATIONS, MADE} & {*path.parents}]
    assert len(files) > 500
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}
