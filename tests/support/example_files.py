"""The operations in `examples/`, and running them as their README says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from graphql import DocumentNode, OperationDefinitionNode, parse

from tests.support.serving import Client

FOLDER: Final = Path(__file__).parents[2] / "examples"
ROLES: Final = ("client", "staff")

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A file of operations, in the order in which they are run, and its variables; null ones are found by them."""

    name: str
    text: str
    variables: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def comment(self) -> list[str]:
        """The lines of the first comment: the title, then what to see."""
        lines = self.text.splitlines()
        return [line.removeprefix("# ") for line in lines[: next(n for n, line in enumerate(lines) if line[:1] != "#")]]

    @property
    def document(self) -> DocumentNode:
        return parse(self.text)

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        return [each for each in self.document.definitions if isinstance(each, OperationDefinitionNode)]

    @property
    def mutations(self) -> set[str]:
        """The names of the mutations that it performs."""
        found = [each for each in self.operations if each.operation.value == "mutation"]
        return {cast("Any", field).name.value for each in found for field in each.selection_set.selections}

    async def run(self, client: Client) -> dict[str, Answer]:
        """Run the operations; returns their answers by name."""
        answers: dict[str, Answer] = {}
        variables = dict(self.variables)
        for each in self.operations:
            assert each.name is not None
            answers[each.name.value] = await self._ask(client, each.name.value, variables)
            variables |= self._found(answers[each.name.value])
        return answers

    async def _ask(self, client: Client, operation: str, variables: dict[str, Any]) -> Answer:
        body = {"query": self.text, "operationName": operation, "variables": variables}
        headers = {"Authorization": f"Bearer {client.token}"}
        answer: Answer = (await client.http.post("/graphql", json=body, headers=headers)).json()
        return answer

    def _found(self, answer: Answer) -> dict[str, Any]:
        """Return the values of the file's null variables that an answer has, in fields named like them."""
        wanted = {name for name, value in self.variables.items() if value is None}
        return {name: value for name, value in reversed([*fields_of(answer)]) if name in wanted and value is not None}


def examples(role: str) -> list[Example]:
    """Return the examples of a role in their order."""
    return [_example(file) for file in sorted((FOLDER / role).glob("*.graphql"))]


def _example(file: Path) -> Example:
    variables = file.with_suffix(".json")
    name = f"{file.parent.name}/{file.stem}"
    return Example(name, file.read_text(), json.loads(variables.read_text()) if variables.exists() else {})


def fields_of(value: object) -> Iterator[tuple[str, object]]:
    """Yield the name and value of every field of an answer, at any depth."""
    if isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            yield name, inner
            yield from fields_of(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from fields_of(inner)
