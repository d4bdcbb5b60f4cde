"""The frame of every command: one transaction, performed once for a key, retried where PostgreSQL asks for it.

A key is known for 24 hours, within the account of the client or among all staff (the contract's `idempotencyKey`). Only
results that changed something are stored with it.
"""

import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

import orjson
from stamina import AsyncRetryingCaller
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from app.clock import Clock
from app.domain.errors import DomainError
from app.domain.wording import quoted
from app.services.accounts.counters import QuietAccounts, advance_quiet
from app.services.stored_results import StoredResult
from db.connections import Pool, Record, Statement
from db.failures import asks_to_try_again
from db.queries.idempotency import KNOWN_KEY, KNOWN_STAFF_KEY
from db.writer import Writer, unit_of_work

KEPT: Final = timedelta(hours=24)
"""The time during which a key is known."""

_RETRYING: Final = AsyncRetryingCaller(
    attempts=20,
    timeout=None,
    wait_initial=timedelta(milliseconds=5),
    wait_max=timedelta(milliseconds=100),
    wait_jitter=timedelta(milliseconds=20),
)
retries: Final = Counter[str]()
"""Retries of this process so far, by the name of the error that each followed."""

_Result = TypeVar("_Result")
_Kept = TypeVar("_Kept", bound="Result")


class Result(Protocol):
    """The result of a command, stored with its key, if there is one, unless nothing was changed."""

    @property
    def changed(self) -> bool:
        """True if anything was changed."""
        ...

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        ...


class _Keys(NamedTuple):
    """The statements on one of the tables of keys; the primary key serves all.

    A key is taken unless it is known already; that waits for a transaction that is taking it. Earlier releases stored
    refusals: their keys are free.
    """

    take: Statement
    known: Statement
    keep: Statement


_OF_CLIENTS: Final = _Keys(
    take=Statement(
        "take_key",
        """
        INSERT INTO idempotency_keys (account_id, key, operation, digest, answer, created_at)
        VALUES ($1, $2, $3, $4, NULL, $5)
        ON CONFLICT (account_id, key) DO UPDATE SET
          operation = excluded.operation, digest = excluded.digest, answer = NULL, created_at = excluded.created_at
        WHERE idempotency_keys.created_at <= $6 OR idempotency_keys.answer ? 'errors'
        RETURNING key
        """,
    ),
    known=KNOWN_KEY,
    keep=Statement("keep_answer", "UPDATE idempotency_keys SET answer = $3 WHERE account_id = $1 AND key = $2"),
)
_OF_STAFF: Final = _Keys(
    take=Statement(
        "take_staff_key",
        """
        INSERT INTO staff_idempotency_keys (key, operation, digest, answer, created_at)
        VALUES ($1, $2, $3, NULL, $4)
        ON CONFLICT (key) DO UPDATE SET
          operation = excluded.operation, digest = excluded.digest, answer = NULL, created_at = excluded.created_at
        WHERE staff_idempotency_keys.created_at <= $5 OR staff_idempotency_keys.answer ? 'errors'
        RETURNING key
        """,
    ),
    known=KNOWN_STAFF_KEY,
    keep=Statement("keep_staff_answer", "UPDATE staff_idempotency_keys SET answer = $2 WHERE key = $1"),
)


class Overtaken(Exception):  # noqa: N818 - named by its case, like all errors here
    """Other commands were faster or in the way, so that nothing was done; to be retried after a pause."""

    def __init__(self, pause: float = 0.0) -> None:
        super().__init__("Others were faster or in the way.")
        self.pause = pause  # seconds


class IdempotencyConflict(DomainError):  # noqa: N818 - refusals are named by their case
    """A key that was used with another input before."""

    def __init__(self, key: str, before: str = "was used for something else before") -> None:
        super().__init__(f"The key {quoted(key)} {before}.")
        self.key = key


class AnswerErased(IdempotencyConflict):
    """A key of a call that was done before, whose stored result was erased; it is not done again."""

    def __init__(self, key: str) -> None:
        super().__init__(key, "was used before, and the answer to that call was erased")


@dataclass(frozen=True, slots=True)
class Command:
    """A request for a command by a client, named by its account, or by staff, without one.

    `request` is the input without the key, as JSON; it matters with a key only.
    """

    account_id: UUID | None
    operation: str
    request: Mapping[str, Any]
    key: str | None = None

    @property
    def keys(self) -> _Keys:
        """The statements on the keys of the caller."""
        return _OF_STAFF if self.account_id is None else _OF_CLIENTS

    @property
    def named(self) -> tuple[object, ...]:
        """The primary key of the command's key."""
        return (self.key,) if self.account_id is None else (self.account_id, self.key)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the request, whatever the order of its parts."""
        return hashlib.sha256(orjson.dumps(self.request, option=orjson.OPT_SORT_KEYS, default=str)).digest()


class Performed(NamedTuple, Generic[_Kept]):
    """The result of a command; `is_repeated` is True if an earlier call with the same key stored it."""

    result: _Kept
    is_repeated: bool


async def perform(
    pool: Pool,
    clock: Clock,
    command: Command,
    work: Callable[[Writer], Awaitable[_Kept]],
    from_json: Callable[[StoredResult], _Kept],
) -> Performed[_Kept]:
    """Perform a command in a transaction, or return the result that an earlier call with the same key stored.

    Work that changed nothing is rolled back with its key: a repeated call is judged again. Raises IdempotencyConflict
    and the errors of the work, after which nothing is changed.
    """
    return await with_retries(partial(_attempt, pool, clock, command, work, from_json))


async def with_retries(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Return the result of work, attempted up to 20 times where others were faster or in the way.

    Retries follow `Overtaken` after its pause, and a serialization failure or deadlock after 5 ms, doubled each time up
    to 100 ms, with jitter. Other errors of work are raised, as is the error of the last attempt.
    """
    try:
        return await work()
    except Exception as error:
        if _backoff(error) is False:
            raise
        failed: Exception | None = error

    # stamina takes 60 µs even where nothing fails, so only retries use it.
    async def attempt() -> _Result:
        nonlocal failed
        if failed is not None:
            first, failed = failed, None
            raise first
        return await work()

    return await _RETRYING(_backoff, attempt)


def _backoff(error: Exception) -> bool | float:
    """Return the seconds until the next attempt, True for the standard pause, False for no further attempt."""
    return error.pause if isinstance(error, Overtaken) else asks_to_try_again(error)


def _count(details: RetryDetails) -> None:
    retries[type(details.caused_by).__name__] += 1


set_on_retry_hooks([_count])  # in place of stamina's own, which log each retry


@asynccontextmanager
async def live_unit_of_work(pool: Pool) -> AsyncGenerator[Writer]:
    """Open a transaction for live commands; QuietAccounts are advanced, and Overtaken is raised to retry."""
    try:
        async with unit_of_work(pool) as writer:
            yield writer
    except QuietAccounts as quiet:
        await advance_quiet(pool, quiet.clock, quiet.accounts)
        raise Overtaken from quiet


async def _attempt(
    pool: Pool,
    clock: Clock,
    command: Command,
    work: Callable[[Writer], Awaitable[_Kept]],
    from_json: Callable[[StoredResult], _Kept],
) -> Performed[_Kept]:
    async with live_unit_of_work(pool) as writer:
        known = None if command.key is None else await _known(writer, clock.now(), command)
        if known is not None:
            return Performed(from_json(known), is_repeated=True)
        result = await work(writer)
        if result.changed:
            if command.key is not None:
                await writer.execute(command.keys.keep, *command.named, result.to_json())
            await writer.commit()
    return Performed(result, is_repeated=False)


async def _known(writer: Writer, now: datetime, command: Command) -> StoredResult | None:
    """Take the command's key, or return the result stored with it; raises IdempotencyConflict and AnswerErased."""
    asked = (command.operation, command.digest)
    if await writer.fetch_row(command.keys.take, *command.named, *asked, now, now - KEPT) is not None:
        return None
    row: Record | None = await writer.fetch_row(command.keys.known, *command.named)
    if row is None or (row["operation"], row["digest"]) != asked:
        raise IdempotencyConflict(command.key or "")
    if row["answer"] == {}:
        raise AnswerErased(command.key or "")
    stored: StoredResult = row["answer"]
    return stored
