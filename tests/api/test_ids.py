"""The ids of the nodes of the API, each type with its reader."""

from typing import Any
from uuid import UUID

import pytest

from api.ids import NodeType, account_global_id, named_account, read_global_id
from api.schema import schema
from engine.ids import GlobalId, MalformedId, numbered
from engine.nodes import Node, reads

ACCOUNT = UUID("019b8d2b-8c00-7000-89a8-57d6bd78ece1")

assert schema  # its modules register the readers


def test_ids_that_clients_keep_stay_the_same() -> None:
    assert account_global_id(ACCOUNT) == "AQGbjSuMAHAAiahX1r147OE"
    assert str(numbered(NodeType.EVENT, ACCOUNT, 7)) == "BgGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH"


def test_an_id_is_read_as_it_was_written() -> None:
    for named in (named_account(ACCOUNT), numbered(NodeType.SLA, ACCOUNT, 2)):
        assert read_global_id(str(named)) == named


@pytest.mark.parametrize(
    "text",
    [
        "AQGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH",  # an account with a key
        "BgGbjSuMAHAAiahX1r147OE",  # an event without one
        "_wGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH",  # of an unknown type
        "AQGbjSuMAHAAiahX1r147OE=",  # padded
    ],
)
def test_an_id_that_was_never_written_is_malformed(text: str) -> None:
    with pytest.raises(MalformedId):
        read_global_id(text)


async def nothing(_context: Any, _named: GlobalId) -> Node | None:  # noqa: ANN401 - as readers are
    return None


@pytest.mark.parametrize("node_type", NodeType)
def test_every_type_of_node_has_one_reader(node_type: NodeType) -> None:
    with pytest.raises(ValueError, match=f"^{node_type.name} has a reader already.$"):
        reads(node_type)(nothing)
