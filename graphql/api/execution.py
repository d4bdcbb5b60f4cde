"""The execution of a mutation within a request: the account's slot, the command, and the view its payload shows."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

import strawberry

from api.context import Info
from api.user_error.types import UserError
from api.validation import Validation
from app.clock import Clock
from app.departures import run_to_end
from app.services.commands import Command, Performed, Result
from app.services.orders.outcome import Outcome
from db.failures import OutcomeUnknown, is_outage
from db.settled import after_command
from db.writer import Writer
from engine.arguments import or_none
from engine.decorators import object_type
from engine.mutation import KEY, Keyed, perform_once, request_of

Arguments = ParamSpec("Arguments")


class ShownResult(Result, Protocol):
    """The result of a command that a payload shows, as of the instant after it."""

    @property
    def at(self) -> datetime:
        """The instant of the command (UTC)."""
        ...

    @property
    def account_ids(self) -> set[UUID]:
        """The accounts that the command read or changed."""
        ...


@object_type
class Payload:
    """The result of a mutation."""

    user_errors: list[UserError] = strawberry.field(
        description="All errors of the call; business rules are checked only once the input itself is valid. Empty on"
        " success. With errors, nothing was changed and all other fields of the payload are null."
    )
    result: strawberry.Private[Any] = None  # of `result_type`; None where there are errors
    result_type: ClassVar[Any] = Outcome


AnyPayload = TypeVar("AnyPayload", bound=Payload)


class Call(Validation):
    """One call of a mutation: the validation of its input, then one command.

    Claims, which belong to no single account, use a pool of their own.
    """

    def __init__(self, info: Info, requested: Keyed, *, is_claim: bool = False) -> None:
        super().__init__(info.context.viewer, requested)
        self._context = info.context
        self._operation = info.field_name
        self._is_claim = is_claim
        self._key = or_none(requested.idempotency_key)
        if self._key is not None:
            self.text(self._key, KEY)
            self._key = None if self.errors else self._key  # which could not be stored

    async def perform(
        self,
        payload: type[AnyPayload],
        service: Callable[Concatenate[Writer, Clock, Arguments], Awaitable[ShownResult]],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> AnyPayload:
        """Call a service once per key, and return the payload of its result or of the errors.

        The rest of the request shows the state after it.
        """
        context = self._context
        if self.errors and self._key is None:
            return payload(user_errors=self.errors)
        await context.view.close()

        async def work(writer: Writer) -> ShownResult:
            return await service(writer, context.clock, *args, **kwargs)

        async with nullcontext() if self._is_claim else context.slots.hold(self.first_account):
            run_to_end()
            done = await perform_once(
                context.claiming if self._is_claim else context.writing,
                context.clock,
                self._command(),
                work,
                payload.result_type.from_json,
                self.errors,
                partial(self.errors_of, operation=self._operation),
            )
        if done is None:
            return payload(user_errors=self.errors)
        await self._open_view(done)
        return payload(user_errors=[], result=done.result)

    def _command(self) -> Command:
        own = self.viewer.account
        request: Mapping[str, Any] = {} if self._key is None else request_of(self.requested)
        return Command(None if own is None else own.id, self._operation, request, self._key)

    async def _open_view(self, done: Performed[ShownResult]) -> None:
        """Open the view that the payload is read from; raises OutcomeUnknown in an outage.

        A change made just now is shown as of the instant after it; the change of an earlier call, as of now.
        """
        settlement = None if done.is_repeated else after_command(done.result.at)
        try:
            await self._context.renew_view(done.result.account_ids, settlement)
        except Exception as error:
            if is_outage(error):
                raise OutcomeUnknown from error
            raise
