"""The context of a request: its caller, the settled instants, and the loaders.

An operation reads only accounts that `Viewer.may_see` allows: the caller's own, or any for staff. Ids from clients pass
`Context.visible`; all others are of rows that were read this way.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.enums import ViewerKind
from api.gates import Admission
from api.ids import OF_NO_ACCOUNT, read_global_id
from api.loaders import Loaders
from api.settled import SettledView
from app.clock import Clock
from app.services.quotes.tokens import QuoteKey
from app.settings import Access, Settings
from db.connections import Pool
from db.queries.accounts import AccountHistory, AccountRow
from db.readers import Database
from db.settled import Settlement
from engine.connections import Connection
from engine.counts import MAX_FIELDS
from engine.errors import ApiError, ErrorCode, bad_input
from engine.ids import GlobalId, MalformedId

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller: a client's account, or staff without one."""

    account: AccountRow | None

    @property
    def kind(self) -> ViewerKind:
        """The kind of the caller: a client or staff."""
        return ViewerKind.STAFF if self.account is None else ViewerKind.CLIENT

    def may_see(self, account_id: UUID) -> bool:
        """Return whether the caller may see an account."""
        return self.account is None or self.account.id == account_id


class Stranger:
    """A request without a key, which can only introspect: it has nothing to read anything with."""

    kind: Final = "STRANGER"
    is_known: Final = False
    may_introspect: Final = True
    is_read_only: Final = True
    max_cost: Final = MAX_FIELDS  # of `__typename` alone, whose cost is the number of fields

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    def place(self, cost: int, *, is_mutation: bool) -> AbstractAsyncContextManager[object]:  # noqa: ARG002
        """Return the place of the operation, to be entered for its execution."""
        return self._admission.of_operation(cost)


@dataclass(slots=True)
class Context:
    """One request. Its answer is read from one `view`, as of a settled instant of each account.

    Only mutations, which are performed one after the other, each have a view of their own. They write through the pool
    `writing`, so that one which waits for an account delays no reads; claims use the pool `claiming`. `quote_key` signs
    quotes.
    """

    viewer: Viewer
    settings: Settings
    database: Database
    writing: Pool
    claiming: Pool
    admission: Admission
    clock: Clock
    quote_key: QuoteKey
    view: SettledView

    @property
    def kind(self) -> str:
        """The kind of caller: a client or staff."""
        return self.viewer.kind.value

    @property
    def max_cost(self) -> int:
        """The highest cost of the caller's operations."""
        return self.settings.staff_cost if self.is_staff else self.settings.client_cost

    @property
    def is_staff(self) -> bool:
        """True if the caller is staff."""
        return self.viewer.account is None

    @property
    def is_known(self) -> bool:
        """True: the caller has a key in force."""
        return True

    @property
    def may_introspect(self) -> bool:
        """True unless nobody may introspect."""
        return self.settings.introspection is not Access.OFF

    @property
    def is_read_only(self) -> bool:
        """True if the server answers queries only."""
        return self.settings.read_only

    def place(self, cost: int, *, is_mutation: bool) -> AbstractAsyncContextManager[object]:
        """Return the place of the operation, to be entered for its execution; a client's commands take turns."""
        own = self.viewer.account
        if is_mutation and own is not None:
            return self.admission.of_commands(own.id)
        return self.admission.of_operation(cost)

    def place_of_command(self, account_id: UUID | None) -> AbstractAsyncContextManager[object]:
        """Return the place of a command on an account, or on none; a client's operation has that of the account."""
        return self.admission.of_commands(account_id) if self.is_staff else nullcontext()

    @property
    def loaders(self) -> Loaders:
        """The loaders of the request."""
        return self.view.loaders

    @property
    def now(self) -> datetime:
        """PostgreSQL's clock (UTC), as of which lists over all accounts are selected."""
        return self.view.now

    def instant(self, account_id: UUID) -> datetime:
        """Return the settled instant (UTC) as of which an account and all its data are shown."""
        return self.view.instant(account_id)

    async def open_view(self, account_ids: Iterable[UUID] = ()) -> None:
        """Open the view for the client's account, or for those that staff request; each root field calls this."""
        own = self.viewer.account

        async def find() -> None:
            await self.view.include(account_ids if own is None else [own.id])

        await self.view.open(find)

    async def renew_view(self, account_ids: Iterable[UUID], settlement: Settlement | None) -> None:
        """Replace the view by a current one of the client's account, or of the accounts that staff changed."""
        own = self.viewer.account
        self.view = SettledView(self.database, self.clock, settlement)
        await self.view.open_for(account_ids if own is None else [own.id])

    def has_dashboard(self, history: AccountHistory) -> bool:
        """Return True if an account has a dashboard: as staff decided, else by its plan (domain rules, section 2)."""
        access = history.row.dashboard_access
        plan = history.plan_at(self.instant(history.account_id))
        return plan in self.settings.dashboard_plans if access is None else access

    async def require_dashboard(self, account_id: UUID) -> None:
        """Raise ApiError for a client of an account without a dashboard (domain rules, section 2)."""
        if self.is_staff:
            return
        history = self.view.known_history(account_id) or await self.history(account_id)
        if self.has_dashboard(history):
            return
        plan = history.plan_at(self.instant(account_id))
        whose = "account" if history.row.dashboard_access is False else f"plan {plan}"
        raise ApiError(ErrorCode.PLAN_NOT_ELIGIBLE, f"The {whose} has no dashboard.")

    def visible(self, argument: str, text: str) -> GlobalId | None:
        """Read a global id from an argument; None for an account that the caller may not see.

        Raises ApiError, naming the argument, for a text that is not a global id.
        """
        try:
            named = read_global_id(text)
        except MalformedId:
            raise bad_input(argument, "This is not an id.") from None
        return named if named.type in OF_NO_ACCOUNT or self.viewer.may_see(named.account_id) else None

    async def page_of_all_accounts(
        self, cut: Callable[[], Connection[Item]], prepare: Callable[[], Awaitable[None]] | None = None
    ) -> Connection[Item]:
        """Return a page of a list over all accounts.

        It is read twice, first outside the view to find its accounts; `prepare` is awaited before that.
        """

        async def find() -> None:
            await self.view.read_clock()
            if prepare is not None:
                await prepare()
            page = cut()
            await page.listing.read(page.part)

        await self.view.open(find)
        return cut()

    async def close(self) -> None:
        """Release the connection of the request."""
        await self.view.close()

    async def account(self, account_id: UUID) -> AccountRow | None:
        """Read an account as of the view; None if it does not exist."""
        await self.view.include([account_id])
        return await self.loaders.accounts.load(account_id)

    def with_history(self, account_id: UUID, show: Callable[[AccountHistory], Item]) -> AwaitableOrValue[Item]:
        """Return `show` of the history of an account that exists: at once if the view has read it, as most have."""
        known = self.view.known_history(account_id)
        return self._with_read_history(account_id, show) if known is None else show(known)

    async def _with_read_history(self, account_id: UUID, show: Callable[[AccountHistory], Item]) -> Item:
        return show(await self.history(account_id))

    async def history(self, account_id: UUID) -> AccountHistory:
        """Return the history of an account that exists; raises LookupError otherwise."""
        history = await self.loaders.histories.load(account_id)
        if history is None:
            raise LookupError(f"The account {account_id} has no history.")
        return history


Info: TypeAlias = strawberry.Info[Context, None]
