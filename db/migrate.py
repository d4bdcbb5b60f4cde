"""Brings a database to the newest schema."""

from collections.abc import Mapping
from typing import Any, Final

from db.revisions import Found, inspect

_AS_EVER: Final[Mapping[str, Mapping[str, Any]]] = {}


async def migrate(url: str, plan_terms: Mapping[str, Mapping[str, Any]] = _AS_EVER) -> Found:
    """Migrate a database to the newest schema and return its revision then; several may do so at once.

    `plan_terms`, as JSON by plan, are those with which SLAs of earlier releases start. A database that a newer
    release migrated is left as it is. Raises DatabaseUnreachable and MigrationFailed.
    """
    found = await inspect(url)
    if found.suffices:
        return found
    from db.upgrade import upgrade  # noqa: PLC0415 - it takes longer to import than most commands run

    await upgrade(url, plan_terms)
    return await inspect(url)
