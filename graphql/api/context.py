"""The context of a request: the caller, the settled instants, and the loaders.

Everything an operation reads belongs to accounts that pass `Viewer.may_see`: the caller's own, or any for staff. Ids
sent by clients come in through `Context.visible` alone; all other ids are of rows read this way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

import strawberry

from api.enums import ViewerKind
from api.loaders import Loaders
from api.settled import SettledView
from app.clock import Clock
from app.domain.sla.enums import Plan
from app.services.accounts.slots import AccountSlots
from app.services.quotes.tokens import QuoteKey
from app.settings import Settings
from db.connections import Pool
from db.queries.accounts import AccountHistory, AccountRow
from db.readers import Database
from db.settled import Settlement
from engine.connections import Connection
from engine.errors import ApiError, ErrorCode, bad_input
from engine.ids import GlobalId, MalformedId, read_global_id

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller: a client's account, or staff without one."""

    account: AccountRow | None

    @property
    def kind(self) -> ViewerKind:
        """The kind of the caller."""
        return ViewerKind.STAFF if self.account is None else ViewerKind.CLIENT

    def may_see(self, account_id: UUID) -> bool:
        """Return True if the caller may see an account."""
        return self.account is None or self.account.id == account_id


@dataclass(slots=True)
class Context:
    """One request. Its results are read from one `view`, as of a settled instant of each account.

    Mutations, which run one after the other, each have a view of their own. They write through `writing`, a separate
    pool, so that a mutation waiting for an account does not block reads, and as `slots` allows; claims through
    `claiming`. Quotes are signed with `quote_key`.
    """

    viewer: Viewer
    settings: Settings
    database: Database
    writing: Pool
    claiming: Pool
    slots: AccountSlots
    clock: Clock
    quote_key: QuoteKey
    view: SettledView

    @property
    def is_staff(self) -> bool:
        """True if the caller is staff."""
        return self.viewer.account is None

    @property
    def loaders(self) -> Loaders:
        """The loaders of the request's view."""
        return self.view.loaders

    @property
    def now(self) -> datetime:
        """PostgreSQL's clock (UTC), as of which lists over all accounts are selected."""
        return self.view.now

    def instant(self, account_id: UUID) -> datetime:
        """Return the settled instant (UTC) as of which an account and everything of it is shown."""
        return self.view.instant(account_id)

    async def open_view(self, account_ids: Iterable[UUID] = ()) -> None:
        """Open the view for the client's account, or for the accounts staff request; each root field has to."""
        own = self.viewer.account

        async def find() -> None:
            await self.view.learn(account_ids if own is None else [own.id])

        await self.view.open(find)

    async def renew_view(self, account_ids: Iterable[UUID], settlement: Settlement | None) -> None:
        """Open a new view, after a mutation, of the client's account or of the accounts that staff changed."""
        own = self.viewer.account
        self.view = SettledView(self.database, self.clock, settlement)
        await self.view.open_for(account_ids if own is None else [own.id])

    def require_dashboard(self, plan: Plan) -> None:
        """Raise ApiError for a client whose plan has no dashboard (domain rules, section 2)."""
        if not self.is_staff and plan not in self.settings.dashboard_plans:
            raise ApiError(ErrorCode.PLAN_NOT_ELIGIBLE, f"The plan {plan} has no dashboard.")

    def visible(self, argument: str, text: str) -> GlobalId | None:
        """Return the global id in an argument; None for one of an account that the caller may not see.

        Raises ApiError, naming the argument, for a text that is not a global id.
        """
        try:
            named = read_global_id(text)
        except MalformedId:
            raise bad_input(argument, "This is not an id.") from None
        return named if self.viewer.may_see(named.account_id) else None

    async def page_of_all(self, cut: Callable[[], Connection[Item]]) -> Connection[Item]:
        """Return a page of a list over all accounts.

        It is read twice: first outside the view, to find its accounts.
        """

        async def find() -> None:
            await self.view.read_clock()
            page = cut()
            await page.listing.read(page.part)

        await self.view.open(find)
        return cut()

    async def close(self) -> None:
        """Return the connection of the request's view to the pool."""
        await self.view.close()

    async def account(self, account_id: UUID) -> AccountRow | None:
        """Return an account as of its settled instant; None if it does not exist."""
        await self.view.learn([account_id])
        return await self.loaders.accounts.load(account_id)

    async def history(self, account_id: UUID) -> AccountHistory:
        """Return the history of an account that exists; raises LookupError otherwise."""
        history = await self.loaders.histories.load(account_id)
        if history is None:
            raise LookupError(f"The account {account_id} has no history.")
        return history


Info: TypeAlias = strawberry.Info[Context, None]
