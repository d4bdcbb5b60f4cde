"""What an import remembers from line to line; all but accounts that wait for their first instant is recent only."""

from dataclasses import dataclass, field
from uuid import UUID

from app.domain.orders.state import OrderedSpecification, OrderState
from app.services.imports.batch import KnownLine
from app.services.imports.digests import LineKey
from app.services.imports.state import AccountState, PendingAccount, Recent


@dataclass(slots=True)
class Cache:
    """Accounts by ref, and of each account what the file names; `groups` are the orders that an order line became."""

    pending: dict[str, PendingAccount] = field(default_factory=dict[str, PendingAccount])
    accounts: Recent[str, AccountState] = field(default_factory=Recent[str, AccountState])
    lines: Recent[LineKey, KnownLine] = field(default_factory=Recent[LineKey, KnownLine])
    specifications: Recent[tuple[UUID, str], OrderedSpecification] = field(
        default_factory=Recent[tuple[UUID, str], OrderedSpecification]
    )
    groups: Recent[tuple[UUID, str], tuple[UUID, ...]] = field(
        default_factory=Recent[tuple[UUID, str], tuple[UUID, ...]]
    )
    orders: Recent[UUID, tuple[UUID, OrderState]] = field(default_factory=Recent[UUID, tuple[UUID, OrderState]])

    def turn(self) -> None:
        """Forget what neither the batch at hand nor the one before it had to do with."""
        self.accounts.turn()
        self.lines.turn()
        self.specifications.turn()
        self.groups.turn()
        self.orders.turn()
