"""Breaks of clients are named in the changelog, and exceptions from the rules of the schema are needed."""

import json
from collections import defaultdict
from pathlib import Path
from subprocess import PIPE
from typing import Final

import pytest

from tools import schema
from tools.node import install_packages, run
from tools.schema import RELEASED, SCHEMA, Change, changes, dangerous, differences, lint, main

RULE: Final = "@graphql-eslint/{}".format
FILES: Final = ("schema.graphql", "examples")
WITHOUT_EXCEPTIONS: Final[dict[str, dict[str, object]]] = {
    RULE("strict-id-in-types"): {"exceptions": {}},
    RULE("require-description"): {"DirectiveDefinition": True},
    RULE("relay-arguments"): {"includeBoth": True},
    RULE("relay-edge-types"): {"listTypeCanWrapOnlyEdgeType": False, "shouldImplementNode": True},
    RULE("require-selections"): {},
}
"""The rules as they are, or nearly, without the options in eslint.config.mjs."""
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


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """BEFORE and AFTER."""
    before, after = tmp_path / "before.graphql", tmp_path / "after.graphql"
    before.write_text(BEFORE)
    after.write_text(AFTER)
    return before, after


@pytest.fixture
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


def test_a_change_of_a_root_type_is_one_of_the_schema(files: tuple[Path, Path]) -> None:
    before, after = files
    after.write_text(f"schema {{ query: Root }}\n{BEFORE.replace('type Query', 'type Root')}")
    found = changes(before, after)
    assert {"schema", "Query"} == {change.path for change in found if change.level == "BREAKING"}
    assert differences(found, CHANGELOG.format("").replace("`SLA.plan`", "`schema`, `Query`")) == []


def test_changes_that_may_surprise_a_client_are_listed_by_kind_and_do_not_fail(found: list[Change]) -> None:
    assert dangerous(found) == ["enum value added: Plan.FLOW", "field argument added: Query.order.reference"]
    assert dangerous([]) == []


def test_the_command_prints_dangerous_changes_and_fails_with_all_that_is_wrong(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(CHANGELOG.format(""))
    before, after = files
    for name, file in (("CHANGELOG", changelog), ("RELEASED", before), ("SCHEMA", after)):
        monkeypatch.setattr(schema, name, file)
    monkeypatch.setattr(schema, "lint", lambda: "schema.graphql\n  1:1  error  Description is required\n\n")
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value) == (
        "schema.graphql\n  1:1  error  Description is required\n\nCHANGELOG.md, Not released yet, Breaking:\n"
        "- Field 'supersededBy' was removed from object type 'SLA': name `SLA.supersededBy`."
    )
    assert capsys.readouterr().out.startswith(
        "Dangerous to clients of the last release:\n- enum value added: Plan.FLOW\n"
    )


def test_the_next_release_names_what_breaks_clients_of_the_last_one() -> None:
    assert differences(changes(RELEASED, SCHEMA), schema.CHANGELOG.read_text()) == []


def test_a_failure_of_eslint_itself_is_a_failure() -> None:
    assert lint("--unknown").startswith("Invalid option '--unknown'")


@pytest.fixture(scope="module")
def reported() -> dict[str, set[str]]:
    """The lines that the rules report without their exceptions, by rule."""
    rules = {rule: ["error", options] for rule, options in WITHOUT_EXCEPTIONS.items()}
    lines = defaultdict[str, set[str]](set)
    for file in json.loads(lint("--format=json", "--rule", json.dumps(rules), files=FILES)):
        source = file["source"].splitlines()
        for message in file["messages"]:
            lines[message["ruleId"]].add(source[message["line"] - 1].strip())
    return lines


def test_each_exception_for_a_type_without_an_id_is_needed(reported: dict[str, set[str]]) -> None:
    shown = run("node", "node_modules/eslint/bin/eslint.js", "--print-config=schema.graphql", stdout=PIPE, check=True)
    exceptions = json.loads(shown.stdout)["rules"][RULE("strict-id-in-types")][1]["exceptions"]
    without_id = [line.split()[1] for line in reported[RULE("strict-id-in-types")]]
    unexplained = [name for name in without_id if not name.endswith(tuple(exceptions["suffixes"]))]
    assert [name for name in exceptions["types"] if name not in unexplained] == []
    assert [suffix for suffix in exceptions["suffixes"] if not any(name.endswith(suffix) for name in without_id)] == []


def test_each_other_exception_is_of_what_its_reason_says(reported: dict[str, set[str]]) -> None:
    assert reported[RULE("require-description")] == {"directive @oneOf on INPUT_OBJECT"}
    assert reported[RULE("relay-edge-types")] == {"type RejectedImageEdge {"}
    assert "specifications(" in reported[RULE("relay-arguments")]
    assert "account {" in reported[RULE("require-selections")]
