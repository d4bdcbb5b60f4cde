"""The registry of the readers of nodes."""

from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest

from engine.ids import GlobalId, numbered
from engine.nodes import Node, existing_node, read_node, reads

STUDIO = UUID(int=1)


class Type(IntEnum):
    PHOTO = 1


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.nodes._READERS", {})


async def first_photo(_context: Any, named: GlobalId) -> Node | None:  # noqa: ANN401 - as readers are
    return Node(name_in_api=named) if named.number == 1 else None


async def test_a_node_is_read_by_the_reader_of_its_type() -> None:
    reads(Type.PHOTO)(first_photo)
    assert await read_node(None, numbered(Type.PHOTO, STUDIO, 1)) == Node(name_in_api=numbered(Type.PHOTO, STUDIO, 1))
    assert await read_node(None, numbered(Type.PHOTO, STUDIO, 2)) is None


def test_a_type_has_one_reader() -> None:
    reads(Type.PHOTO)(first_photo)
    with pytest.raises(ValueError, match=r"^PHOTO has a reader already.$"):
        reads(Type.PHOTO)(first_photo)


async def test_a_reference_to_a_node_that_does_not_exist_is_an_error() -> None:
    reads(Type.PHOTO)(first_photo)
    with pytest.raises(LookupError, match=r"^There is no node GlobalId"):
        await existing_node(None, numbered(Type.PHOTO, STUDIO, 2))
