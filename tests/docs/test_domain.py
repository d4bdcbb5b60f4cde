"""Each rule of `docs/domain.md` has an example that the API answers as written, or names tests that show it."""

import ast
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.support.examples import Answer, History, JobsRun, Page, Rule, service_after

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = Page((ROOT / "docs" / "domain.md").read_text())


def _name(history: History) -> str:
    return f"{history.rules[0]}-{history.rules[-1]}"


@pytest.mark.parametrize("history", PAGE.histories, ids=_name)
async def test_examples_are_answered_as_written(history: History, database: str) -> None:
    answers: list[tuple[str, Answer]] = []
    async with service_after(history, database) as service:
        for step in history.steps:
            if isinstance(step, JobsRun):
                await service.run_jobs(step.at)
            else:
                answers.append((step.rule, await service.answer(step)))
    assert answers == [(step.rule, step.answer) for step in history.steps if not isinstance(step, JobsRun)]


@pytest.mark.parametrize("rule", PAGE.rules, ids=lambda rule: rule.number)
def test_each_rule_has_an_example_or_names_tests_that_exist(rule: Rule) -> None:
    assert rule.examples or rule.tests, f"{rule.number} {rule.title}"
    for file, name in rule.tests:
        tree = ast.parse((ROOT / file).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_rules_are_numbered_within_their_sections() -> None:
    counted = Counter[str]()
    for rule in PAGE.rules:
        section, number = rule.number.split(".")
        counted[section] += 1
        assert (section, int(number)) == (section, counted[section])
    assert list(counted) == ["1", "2", "3", "4", "5", "6", "7"]
