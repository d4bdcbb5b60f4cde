"""The operations in `examples/` are valid, show every mutation, and have titles and names of their own."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest
from graphql import FragmentDefinitionNode, GraphQLObjectType, validate

from tests.support.committed_schema import SCHEMA
from tests.support.example_files import FOLDER, ROLES, Example, examples

ALL: Final = [example for role in ROLES for example in examples(role)]


def mutations(*, of_staff: bool) -> set[str]:
    """Return the names of the mutations that are for staff only, or of the others."""
    type_ = SCHEMA.mutation_type
    assert isinstance(type_, GraphQLObjectType)
    found = {name: (field.ast_node and field.ast_node.directives) or () for name, field in type_.fields.items()}
    return {name for name, all_ in found.items() if of_staff == ("staff" in {each.name.value for each in all_})}


def declared(example: Example) -> list[str]:
    """Return the names of the variables of the operations, in their order."""
    found = [each.variable.name.value for one in example.operations for each in one.variable_definitions or ()]
    return list(dict.fromkeys(found))


def names(example: Example) -> Iterator[str]:
    """Yield the title and the names of operations and fragments."""
    yield example.comment[0]
    for each in example.operations:
        assert each.name is not None
        yield each.name.value
    yield from (each.name.value for each in example.document.definitions if isinstance(each, FragmentDefinitionNode))


@pytest.mark.parametrize("role", ROLES)
def test_examples_are_numbered_from_one_on(role: str) -> None:
    numbers = [example.name.removeprefix(f"{role}/")[:3] for example in examples(role)]
    assert numbers == [f"{number:02}-" for number in range(1, len(numbers) + 1)]


def test_each_file_is_an_example_or_its_variables() -> None:
    known = {f"{example.name}.graphql" for example in ALL}
    known |= {f"{example.name}.json" for example in ALL if example.variables}
    assert {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.*")} == known | {"README.md"}


def test_the_examples_are_valid_in_the_schema() -> None:
    assert {example.name: found for example in ALL if (found := validate(SCHEMA, example.document))} == {}


def test_each_mutation_has_an_example_of_its_role() -> None:
    shown = {role: set[str]().union(*(example.mutations for example in examples(role))) for role in ROLES}
    assert mutations(of_staff=True) - shown["staff"] == set()
    assert mutations(of_staff=False) - shown["client"] == set()


def test_titles_operations_and_fragments_have_names_of_their_own() -> None:
    counts = Counter(name for example in ALL for name in names(example))
    assert {name: count for name, count in counts.items() if count > 1} == {}


def test_the_first_comment_is_a_title_and_what_to_see() -> None:
    untitled = [example.name for example in ALL if not re.fullmatch(r"[A-Z][^.:]{5,50}", example.comment[0])]
    assert untitled == []
    assert [example.name for example in ALL if not " ".join(example.comment[1:]).endswith(".")] == []


def test_files_of_variables_name_the_variables_of_their_operations() -> None:
    assert {example.name: [*example.variables] for example in ALL} == {
        example.name: declared(example) for example in ALL
    }


def test_the_page_lists_the_examples_by_their_titles() -> None:
    listed = re.findall(r"^\| \[(.+?)\]\((.+?)\.graphql\)", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert listed == [(example.comment[0], example.name) for example in ALL]
