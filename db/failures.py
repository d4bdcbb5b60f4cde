"""Failures of the database: which mean that others were first, that it took too long, or that no server answered."""

from typing import TypeAlias

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types

from app.domain.errors import SentenceError

ServerError: TypeAlias = asyncpg.PostgresError

_TRY_AGAIN = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_READ_ONLY = "25006"  # read_only_sql_transaction
_LOCKED = "55P03"  # lock_not_available, after the setting lock_timeout
_CANCELLED = "57014"  # query_canceled
_FULL = "53300"  # too_many_connections
# connection_exception, operator_intervention by a shutdown, too_many_connections; and errors of connecting only:
# invalid_authorization_specification, invalid_catalog_name
_GONE = ("08", "57P", _FULL, "28", "3D000")


class DatabaseUnreachable(SentenceError):  # noqa: N818 - named by its case, like all errors here
    """No connection could be had; the text holds no password."""


class OutcomeUnknown(SentenceError):  # noqa: N818 - named by its case, like all errors here
    """The server's answer to a COMMIT was lost: the transaction may be committed or not."""

    def __init__(self) -> None:
        super().__init__("The database's answer was lost as the last change was committed: it may be done or not.")


class MigrationFailed(SentenceError):  # noqa: N818 - as above
    """A database could not be brought to the newest schema and has none of the failed step."""


def asks_to_try_again(error: BaseException) -> bool:
    """Return True if a transaction failed because of concurrent transactions, so that it can be tried again.

    A migration may be one of these: the plans that a connection caches may be of older tables.
    """
    changed = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)
    return getattr(error, "sqlstate", None) in _TRY_AGAIN or isinstance(error, changed)


def is_locked(error: BaseException) -> bool:
    """Return True if a transaction waited for a lock of others for longer than its limit."""
    return getattr(error, "sqlstate", None) == _LOCKED


def is_read_only(error: BaseException) -> bool:
    """Return True if a change was refused since the connection, or the server, only reads."""
    return getattr(error, "sqlstate", None) == _READ_ONLY


def is_timeout(error: BaseException) -> bool:
    """Return True if a statement was ended, as after the setting statement_timeout."""
    return getattr(error, "sqlstate", None) == _CANCELLED


def is_full(error: BaseException) -> bool:
    """Return True if the server has no connection left: others have taken all."""
    return getattr(error, "sqlstate", None) == _FULL


def is_outage(error: BaseException) -> bool:
    """Return True if the server could not be reached, so that the error is none of the statement."""
    state: str = getattr(error, "sqlstate", None) or ""
    if isinstance(error, ValueError):  # the driver's own of an argument that cannot be sent
        return False
    return state.startswith(_GONE) or isinstance(
        error,
        (
            OSError,
            DatabaseUnreachable,
            OutcomeUnknown,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,  # of a connection that is found broken only as a statement is sent
        ),
    )
