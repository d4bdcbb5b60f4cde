"""Reads of specifications."""

from collections.abc import Awaitable
from functools import partial
from typing import Final
from uuid import UUID

from api.context import Context
from api.ids import NodeType
from api.specification.types import Specification, specification
from db.queries.pages import Page, Slice
from db.queries.specifications import SPECIFICATION_SPAN, SpecificationRow
from engine.connections import Listing
from engine.cursors import ID, CursorKind
from engine.ids import GlobalId
from engine.nodes import reads

_CURSORS: Final = CursorKind("specifications", (ID,))


def specifications_of(
    context: Context, account_id: UUID, archived: bool | None
) -> Listing[SpecificationRow, Specification]:
    """List an account's specifications, oldest first."""
    loaders = context.loaders

    def read(part: Slice) -> Awaitable[Page[SpecificationRow]]:
        return loaders.specifications_of_accounts.load((account_id, part, archived))

    count = partial(loaders.specification_counts.load, (account_id, archived))
    return Listing(_CURSORS, SPECIFICATION_SPAN, read, count, specification, (account_id,))


@reads(NodeType.SPECIFICATION)
async def specification_node(context: Context, named: GlobalId) -> Specification | None:
    """Return the specification with this id; None if it does not exist."""
    row = await context.loaders.specifications.load(named.within_account)
    return None if row is None else specification(row)
