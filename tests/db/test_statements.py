"""Statements have unique names, and those that only read are in db/queries."""

import re
from collections import Counter
from typing import Final

import api
import app
import db
import jobs
from tests.support.statements import statement_names, statements_of

CHANGES: Final = re.compile(
    r"\b(INSERT INTO|UPDATE|DELETE FROM|SET|LOCK TABLE|ANALYZE|pg_notify|pg_advisory_(xact_)?(un)?lock)\b"
)
"""The words of a statement that changes rows or takes a lock."""


def test_each_statement_has_a_unique_name() -> None:
    assert [name for name, count in Counter(statement_names()).items() if count > 1] == []


def test_statements_that_read_are_in_db_queries() -> None:
    elsewhere = {*statements_of(api, app, jobs)} - {*statements_of(db)}
    assert [each.name for each in elsewhere if not CHANGES.search(each.sql)] == []
