"""Breaks of clients are named in the changelog."""

from pathlib import Path
from typing import Final

import pytest

from tools import schema
from tools.node import install_packages
from tools.schema import RELEASED, SCHEMA, Change, changes, dangerous, differences, main

BEFORE: Final = """
type Query { sla: SLA, order(number: Int): String }
type SLA { id: ID!, supersededBy: ID, plan: Plan! }
enum Plan { BASIC }
"""
AFTER: Final = """
type Query { sla: SLA, order(number: Int, reference: String): String }
type SLA { id: ID!, plan: Plan }
enum Plan { BASIC, FLOW }
"""
CHANGELOG: Final = """
# Changes

## Not released yet

### Breaking

What clients have to change: `SLA.id`.

- `SLA.plan`: nullable, since `Plan.BASIC`
  ended.
{}
### Prices

- `SLA.supersededBy`: is of no interest here.

## 0.1.0

### Breaking

- `SLA.supersededBy`: removed.
"""


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    install_packages()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """BEFORE and AFTER."""
    folder = tmp_path_factory.mktemp("schema")
    before, after = folder / "before.graphql", folder / "after.graphql"
    before.write_text(BEFORE)
    after.write_text(AFTER)
    return before, after


@pytest.fixture(scope="module")
def found(files: tuple[Path, Path]) -> list[Change]:
    """The changes from BEFORE to AFTER."""
    return changes(*files)


def test_a_removed_field_fails_unless_the_next_release_names_it(found: list[Change]) -> None:
    assert differences(found, CHANGELOG.format("")) == [
        "Field 'supersededBy' was removed from object type 'SLA': name `SLA.supersededBy`."
    ]
    assert differences(found, CHANGELOG.format("- `SLA.supersededBy`,\n  `SLA.plan`: removed.\n")) == []


def test_a_name_of_what_breaks_nothing_fails(found: list[Change]) -> None:
    changelog = CHANGELOG.format("- `SLA.supersededBy`, `SLA.supersedes`, `Plan.FLOW`: removed.\n")
    assert differences(found, changelog) == [
        "`Plan.FLOW` is named, but nothing breaks there.",
        "`SLA.supersedes` is named, but nothing breaks there.",
    ]


def test_a_changelog_without_a_next_release_names_nothing(found: list[Change]) -> None:
    released = CHANGELOG.format("").replace("Not released yet", "0.2.0")
    assert [text.rpartition("name ")[2] for text in differences(found, released)] == [
        "`SLA.supersededBy`.",
        "`SLA.plan`.",
    ]


def test_a_name_ends_at_its_colon_also_at_the_end_of_a_line(found: list[Change]) -> None:
    changelog = CHANGELOG.format("- `SLA.supersededBy`:\n  removed, unlike `Plan.FLOW`.\n")
    assert differences(found, changelog) == []


def test_a_change_of_a_root_type_is_one_of_the_schema(files: tuple[Path, Path], tmp_path: Path) -> None:
    before, after = files[0], tmp_path / "renamed.graphql"
    after.write_text(f"schema {{ query: Root }}\n{BEFORE.replace('type Query', 'type Root')}")
    found = changes(before, after)
    assert {"schema", "Query"} == {change.path for change in found if change.level == "BREAKING"}
    assert differences(found, CHANGELOG.format("").replace("`SLA.plan`", "`schema`, `Query`")) == []


def test_changes_that_may_surprise_a_client_are_listed_by_kind_and_do_not_fail(found: list[Change]) -> None:
    assert dangerous(found) == ["enum value added: Plan.FLOW", "field argument added: Query.order.reference"]
    assert dangerous([]) == []


def test_the_command_prints_dangerous_changes_and_fails_with_breaking_ones_that_are_not_named(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(CHANGELOG.format(""))
    before, after = files
    for name, file in (("CHANGELOG", changelog), ("RELEASED", before), ("SCHEMA", after)):
        monkeypatch.setattr(schema, name, file)
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value) == (
        "CHANGELOG.md, Not released yet, Breaking:\n"
        "- Field 'supersededBy' was removed from object type 'SLA': name `SLA.supersededBy`."
    )
    assert capsys.readouterr().out.startswith(
        "Dangerous to clients of the last release:\n- enum value added: Plan.FLOW\n"
    )


def test_the_next_release_names_what_breaks_clients_of_the_last_one() -> None:
    assert differences(changes(RELEASED, SCHEMA), schema.CHANGELOG.read_text()) == []
