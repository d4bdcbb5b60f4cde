"""The registry of the readers of nodes."""

from typing import Any

import pytest

from api.schema import schema
from engine.ids import GlobalId, NodeType, named_account
from engine.nodes import Node, existing_node, reads
from tests.support.studio import Studio


async def nothing(_context: Any, _named: GlobalId) -> Node | None:  # noqa: ANN401 - as readers are
    return None


assert schema  # its modules register the readers


@pytest.mark.parametrize("node_type", NodeType)
def test_every_type_of_node_has_one_reader(node_type: NodeType) -> None:
    with pytest.raises(ValueError, match=f"^{node_type.name} has a reader already.$"):
        reads(node_type)(nothing)


async def test_what_points_to_a_node_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.nodes._READERS", {NodeType.ACCOUNT: nothing})
    with pytest.raises(LookupError, match=r"^There is no node GlobalId"):
        await existing_node(None, named_account(Studio().id))
