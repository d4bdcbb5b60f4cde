"""Rows are read by position: their columns have the names of the fields, in their order."""

import re
from dataclasses import fields

import pytest

from db.queries.accounts import ACCOUNT_COLUMNS, AccountRow
from db.queries.images import IMAGE_COLUMNS, ImageRow
from db.queries.orders import ORDER_COLUMNS, OrderRow
from db.queries.snapshots import SNAPSHOT_COLUMNS, SnapshotRow
from db.queries.specifications import SPECIFICATION_COLUMNS, SpecificationRow


def named(columns: str) -> list[str]:
    """Return the names of columns: o.id is id, and so is v.specification_id AS id."""
    return [column.split()[-1].rpartition(".")[2] for column in re.sub(r"\(.*?\)", "", columns).split(",")]


def field_names(row: type) -> list[str]:
    return [field.name for field in fields(row)]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (AccountRow, ACCOUNT_COLUMNS),
        (ImageRow, IMAGE_COLUMNS),
        (SnapshotRow, SNAPSHOT_COLUMNS),
        (SpecificationRow, SPECIFICATION_COLUMNS),
    ],
)
def test_columns_are_in_the_order_of_the_fields(row: type, columns: str) -> None:
    assert named(columns) == field_names(row)


def test_the_columns_of_an_order_end_with_those_of_its_specification() -> None:
    assert named(ORDER_COLUMNS) == [*field_names(OrderRow)[:-1], *field_names(SpecificationRow)]
