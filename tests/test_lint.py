"""The exceptions in eslint.config.mjs from the rules of GraphQL are needed, and a program that fails says why."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.support.javascript import printed_by
from tools.node import ROOT, ProgramFailed, install_packages, run_all

RULE: Final = "@graphql-eslint/{}".format
WITHOUT_EXCEPTIONS: Final[dict[str, dict[str, object]]] = {
    RULE("strict-id-in-types"): {"exceptions": {}},
    RULE("require-description"): {"DirectiveDefinition": True},
    RULE("relay-arguments"): {"includeBoth": True},
    RULE("relay-edge-types"): {"listTypeCanWrapOnlyEdgeType": False, "shouldImplementNode": True},
    RULE("require-selections"): {},
}
"""The rules as they are, or nearly, without the options in eslint.config.mjs."""


async def test_each_exception_is_needed_and_of_what_its_reason_says() -> None:
    rules = json.dumps({rule: ["error", options] for rule, options in WITHOUT_EXCEPTIONS.items()})
    printed = await printed_by(Path(__file__).with_name("exceptions.mjs"), rules, "schema.graphql", "examples")
    reported = {rule: {line for _, line in lines} for rule, lines in printed["reported"].items()}
    assert reported[RULE("require-description")] == {"directive @oneOf on INPUT_OBJECT"}
    assert reported[RULE("relay-edge-types")] == {"type RejectedImageEdge {"}
    assert "specifications(" in reported[RULE("relay-arguments")]
    assert "account {" in reported[RULE("require-selections")]
    suffixes, types = printed["exceptions"]["suffixes"], printed["exceptions"]["types"]
    without_id = [line.split()[1] for line in reported[RULE("strict-id-in-types")]]
    assert [suffix for suffix in suffixes if not any(name.endswith(suffix) for name in without_id)] == []
    assert {*types} == {name for name in without_id if not name.endswith(tuple(suffixes))}


def test_a_failure_of_eslint_itself_is_a_failure() -> None:
    install_packages()
    with pytest.raises(ProgramFailed, match=r"^eslint: Invalid option '--unknown'"):
        run_all(ROOT, [(".", "eslint", "--unknown")])
