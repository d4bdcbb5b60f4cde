"""What a request brings with it: who asks, at which instant, and what reads for it.

Whatever an operation reads belongs to accounts that `Viewer.may_see` has let through: the caller's own, or any for
staff. Ids of clients come in by `Context.visible` alone; all others are of rows that were read this way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import strawberry

from api.enums import ViewerKind
from api.errors import ApiError, ErrorCode, bad_input
from api.ids import GlobalId, MalformedId, read_global_id
from api.loaders import Loaders
from app.clock import Clock
from app.domain.vocabulary import Plan
from app.services.account_slots import AccountSlots
from app.services.quotes import QuoteKey
from app.settings import Settings
from db.connections import Pool
from db.queries.accounts import AccountHistory, AccountRow

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a client's account, or staff without one."""

    account: AccountRow | None

    @property
    def kind(self) -> ViewerKind:
        """Whether this is a client or staff."""
        return ViewerKind.STAFF if self.account is None else ViewerKind.CLIENT

    def may_see(self, account_id: UUID) -> bool:
        """Say whether the caller may see anything of an account."""
        return self.account is None or self.account.id == account_id


@dataclass(slots=True)
class Context:
    """One request. `now` (UTC) is read off the clock once, so that all numbers of an answer are of one instant.

    Only mutations, which are done one after the other, go on from it. They write by `writing`, a pool of their own, so
    that one which waits for an account keeps nobody from reading, and as `slots` allows; claims by `claiming`. Each
    reads `clock` once it has the account. What is quoted is signed by `quote_key`.
    """

    viewer: Viewer
    now: datetime
    settings: Settings
    loaders: Loaders
    writing: Pool
    claiming: Pool
    slots: AccountSlots
    clock: Clock
    quote_key: QuoteKey

    def go_on(self, at: datetime) -> None:
        """Let all that follows in the request show what is so after a mutation at `at` (UTC)."""
        self.now = max(self.now, at + _MICROSECOND)  # half-open: what happens at an instant is known after it
        self.loaders = Loaders(self.loaders.reader)

    def require_staff(self) -> None:
        """Raise ApiError for a client."""
        if self.viewer.kind is not ViewerKind.STAFF:
            raise ApiError(ErrorCode.FORBIDDEN, "This is for staff only.")

    def require_dashboard(self, plan: Plan) -> None:
        """Raise ApiError for a client whose plan has no dashboard (domain rules, section 2)."""
        if self.viewer.kind is not ViewerKind.STAFF and plan not in self.settings.dashboard_plans:
            raise ApiError(ErrorCode.PLAN_NOT_ELIGIBLE, f"The plan {plan} has no dashboard.")

    def visible(self, argument: str, text: str) -> GlobalId | None:
        """Read a global id from an argument: None for one of an account that the caller may not see.

        Raises ApiError for a text that is no id, naming the argument.
        """
        try:
            named = read_global_id(text)
        except MalformedId:
            raise bad_input(argument, "This is not an id.") from None
        return named if self.viewer.may_see(named.account_id) else None

    async def account(self, account_id: UUID) -> AccountRow | None:
        """Read an account; None when there is none. The caller's own is known already."""
        own = self.viewer.account
        return own if own is not None and own.id == account_id else await self.loaders.accounts.load(account_id)

    async def history(self, account_id: UUID) -> AccountHistory:
        """Read the history of an account that exists."""
        history = await self.loaders.histories.load(account_id)
        if history is None:
            raise LookupError(f"The account {account_id} has no history.")
        return history


Info: TypeAlias = strawberry.Info[Context, None]
