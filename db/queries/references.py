"""Reads of the orders and images of an account by the client's own references."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from app.domain.orders.references import ReferencedImage, ReferencedOrder, TakenReferences
from db.connections import Statement
from db.readers import Reader

# Orders of an account by their references; orders_by_reference_key finds them.
_ORDERS: Final = Statement(
    "referenced_orders",
    """
    SELECT o.external_reference, o.id, o.number FROM orders o
     WHERE o.account_id = $1 AND o.external_reference = ANY($2::text[])
    """,
)

# Images of an account by their references; images_by_reference_key finds them.
_IMAGES: Final = Statement(
    "referenced_images",
    """
    SELECT i.external_reference, i.id, i.filename FROM images i
     WHERE i.account_id = $1 AND i.external_reference = ANY($2::text[])
    """,
)


async def taken_references(
    reader: Reader, account_id: UUID, of_orders: Collection[str], of_images: Collection[str]
) -> TakenReferences:
    """Read which of these references orders and images of an account have; without references there is no statement."""
    orders = await reader.fetch(_ORDERS, account_id, list(of_orders)) if of_orders else []
    images = await reader.fetch(_IMAGES, account_id, list(of_images)) if of_images else []
    return TakenReferences(
        {reference: ReferencedOrder(*named) for reference, *named in orders},
        {reference: ReferencedImage(*named) for reference, *named in images},
    )
