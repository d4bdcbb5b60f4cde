"""Reading events."""

from api.context import Context
from api.event.types import Event, event
from db.queries.events import GREATEST_SEQUENCE
from engine.ids import GlobalId, NodeType
from engine.nodes import reads


@reads(NodeType.EVENT)
async def event_node(context: Context, named: GlobalId) -> Event | None:
    """Read the event of an id."""
    if named.number > GREATEST_SEQUENCE:
        return None
    ended = await context.view.ended_import(named.account_id)
    row = await context.loaders.events.load((named.account_id, named.number, ended))
    return None if row is None else event(row)
