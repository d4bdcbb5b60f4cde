"""A selection on an interface or a union costs as much as for the most expensive type of object."""

from itertools import product
from typing import Any, Final, cast

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLSchema,
    build_schema,
    execute_sync,  # pyright: ignore[reportUnknownVariableType]
    parse,
)

from api.event.reads import EVENT_TYPES
from api.schema import schema
from engine.cost import measure, weights
from engine.documents import chosen_operation
from engine.weights import LOOK_UP, Weight

LOUPE: Final[GraphQLSchema] = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
ANIMALS: Final = build_schema("""
interface Living { name: String  friend: Living  home: Home }
interface Animal implements Living { name: String  friend: Living  home: Home  age: Int }
type Cat implements Animal & Living { name: String  friend: Living  home: Home  age: Int  lives: Int }
type Dog implements Animal & Living { name: String  friend: Living  home: Home  age: Int  tricks: Int }
type Tree implements Living { name: String  friend: Living  home: Home  rings: Int }
type Home { street: String  pet: Pet }
union Pet = Cat | Dog
type Query { living: Living  other: Living  cat: Cat  pet: Pet }
""")


def cost(query: str, of: GraphQLSchema = ANIMALS) -> int:
    document = parse(query)
    return measure(of, document, chosen_operation(document, None), {}).of_data


COSTS: Final[list[tuple[str, int]]] = [
    ("{ living { name } }", 2),
    ("{ living { name ... on Cat { lives } } }", 3),
    ("{ living { ... on Cat { lives } ... on Tree { rings } } }", 2),
    ("{ living { ... on Cat { lives age } ... on Tree { rings } } }", 3),
    ("{ living { ... on Cat { lives } ... on Cat { age } ... on Tree { rings } } }", 3),
    # A fragment on an interface counts for each of its types, and for no other one.
    ("{ living { ... on Animal { age } ... on Cat { lives } ... on Dog { tricks } } }", 3),
    ("{ living { ... on Animal { age } ... on Tree { rings } } }", 2),
    ("{ living { ... on Living { name } ... on Tree { rings } } }", 3),
    # One within a fragment on a type counts for that type only.
    ("{ living { ... on Cat { ... on Living { name home { street } } } ... on Tree { rings } } }", 4),
    ("{ living { ... on Cat { ... on Animal { ... on Cat { lives } } } ... on Dog { tricks name age } } }", 4),
    ("{ living { ... on Animal { name ... on Cat { lives } ... on Dog { tricks age } } ... on Tree { rings } } }", 4),
    # A fragment without a type has the type around it.
    ("{ living { ... { ... on Cat { lives } } ... { ... on Dog { tricks } } } }", 2),
    ("{ living { ... on Cat { ... { lives } } ... on Dog { ... { tricks age } } } }", 3),
    # Types exclude each other at each object, not over the whole answer.
    (
        "{ living { ... on Cat { friend { ... on Dog { tricks } } } ... on Dog { friend { ... on Cat { lives } } } } }",
        3,
    ),
    ("{ living { ... on Cat { lives } friend { ... on Dog { tricks } ... on Tree { rings name } } } }", 5),
    ("{ living { ... on Cat { lives } } other { ... on Dog { tricks } } }", 4),
    # Unions, which have no fields of their own but one.
    ("{ pet { __typename ... on Cat { lives } ... on Dog { tricks age } } }", 4),
    ("{ pet { ... on Animal { age } ... on Living { name } ... on Dog { tricks } } }", 4),
    ("{ cat { home { pet { ... on Cat { lives } ... on Dog { tricks age } } } ... on Animal { age } } }", 6),
]


@pytest.mark.parametrize(("query", "expected"), COSTS)
def test_fragments_on_types_that_exclude_each_other_are_alternatives(query: str, expected: int) -> None:
    assert cost(query) == expected


def being(kind: str, *friends: str) -> dict[str, object]:
    """An animal or a tree with a chain of friends, whose home has a pet of the last one's kind."""
    friend = being(*friends) if friends else None
    home = {"street": "A", "pet": {"__typename": kind, "name": "P", "age": 1, "lives": 9, "tricks": 3}}
    facts = {"name": "N", "age": 1, "lives": 9, "tricks": 3, "rings": 40}
    return {"__typename": kind, **facts, "friend": friend, "home": home}


def size(answer: Any) -> int:  # noqa: ANN401 - a JSON value
    """Count the fields of an answer."""
    return 0 if isinstance(answer, str | int | None) else sum(1 + size(each) for each in answer.values())


@pytest.mark.parametrize(("query", "expected"), COSTS)
def test_a_cost_is_the_size_of_the_largest_answer(query: str, expected: int) -> None:
    sizes: list[int] = []
    for kind, friend, pet in product(("Cat", "Dog", "Tree"), ("Cat", "Dog", "Tree"), ("Cat", "Dog")):
        home = being(pet)["home"]
        root = {
            "living": being(kind, friend),
            "cat": being("Cat") | {"home": home},
            "pet": being(pet),
            "other": being(friend),
        }
        result = execute_sync(ANIMALS, parse(query), root)
        assert result.errors is None
        sizes.append(size(result.data))
    assert max(sizes) == expected


def test_a_named_fragment_costs_as_much_as_the_same_one_inline() -> None:
    parts = "fragment a on Animal { age ...c ...d } fragment c on Cat { lives name } fragment d on Dog { tricks }"
    spread = cost(f"{{ living {{ ...a ...t }} cat {{ ...a }} }} {parts} fragment t on Tree {{ rings }}")
    inline = "... on Animal { age ... on Cat { lives name } ... on Dog { tricks } }"
    assert spread == cost(f"{{ living {{ {inline} ... on Tree {{ rings }} }} cat {{ {inline} }} }}") == 8


def test_a_field_of_an_interface_weighs_as_much_as_where_it_weighs_most() -> None:
    heaviest = weights(LOUPE)["Event", "order"]
    assert heaviest == Weight(LOOK_UP)
    assert {weights(LOUPE)[type_.__name__, "order"] for type_ in EVENT_TYPES.values()} == {heaviest}


IMAGES: Final = "images(first: 100) { nodes { id filename } }"


def of_events(*fragments: str) -> int:
    events = f"events(first: 100) {{ nodes {{ at {' '.join(fragments)} }} }}"
    return cost(f"{{ account {{ order(number: 1) {{ {events} }} }} }}", LOUPE)


def test_images_of_all_types_of_events_cost_as_much_as_those_of_the_most_expensive() -> None:
    fragments = [
        f"... on {type_.__name__} {{ {IMAGES if (type_.__name__, 'images') in weights(LOUPE) else 'id'} }}"
        for type_ in EVENT_TYPES.values()
    ]
    assert of_events(*fragments) == max(of_events(fragment) for fragment in fragments)


def test_a_node_costs_as_much_as_the_most_expensive_of_its_types() -> None:
    fragments = [
        f"... on {type_.name} {{ id }}"
        for type_ in LOUPE.get_possible_types(cast("GraphQLInterfaceType", LOUPE.type_map["Node"]))
    ]
    orders = "... on Account { orders { nodes { id } } }"

    def of_node(*fragments: str) -> int:
        return cost(f'{{ node(id: "a") {{ id {" ".join(fragments)} }} }}', LOUPE)

    assert of_node(*fragments) == of_node(fragments[0])
    assert of_node(*fragments, orders) == of_node(orders, "... on Account { id }")
