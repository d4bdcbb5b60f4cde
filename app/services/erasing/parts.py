"""The parts of an account whose texts are erased together, each with the statements that erase them."""

from typing import Final, NamedTuple

from db.connections import Statement
from db.queries.stored_texts import TEXTS_OF_ACCOUNT, TEXTS_OF_WORKER, StoredTexts, Texts


class Part(NamedTuple):
    """Stored texts, and a statement for each of them that erases it and returns the number of rows."""

    stored: StoredTexts
    erase: tuple[Statement, ...]


def _part(stored: StoredTexts) -> Part:
    return Part(stored, tuple(map(_erase, stored.texts)))


def _erase(texts: Texts) -> Statement:
    """Write the statement that erases texts, with the parameters of the one that counts them; the same indexes."""
    assigned = ", ".join(f"{column} = {erased}" for column, erased in texts.columns.items())
    return Statement(
        f"erase_{texts.counting.name}",
        f"""
        WITH erased AS (UPDATE {texts.table} SET {assigned} WHERE {texts.rows} RETURNING 1)
        SELECT count(*) FROM erased
        """,  # noqa: S608 - made of fixed texts
    )


OF_ACCOUNT: Final = tuple(map(_part, TEXTS_OF_ACCOUNT))
"""The parts of an account of which all texts of before an instant, the value of the erasure, are erased."""

OF_WORKER: Final = tuple(map(_part, TEXTS_OF_WORKER))
"""The parts of an account of which the name of a worker, the value of the erasure, is erased."""
