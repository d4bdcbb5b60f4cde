"""Commands of staff on accounts, given to the services and to the model alike."""

from dataclasses import dataclass

from app.services.accounts.closing import close_account, reopen_account
from app.services.accounts.terms import withdraw_sla
from tests.support.model.world import World, accepted


@dataclass(frozen=True)
class Close:
    """Close an account."""

    account: int

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        await accepted(
            world.agree(account.close, lambda writer: close_account(writer, world.clock, customer.account_id))
        )


@dataclass(frozen=True)
class Reopen:
    """Reopen an account."""

    account: int

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        await accepted(
            world.agree(account.reopen, lambda writer: reopen_account(writer, world.clock, customer.account_id))
        )


@dataclass(frozen=True)
class Withdraw:
    """Withdraw a version of an SLA, numbered from the latest."""

    account: int
    version: int

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        number = len(account.agreement.versions) - self.version % len(account.agreement.versions)
        await world.agree(
            lambda now: account.withdraw(now, number),
            lambda writer: withdraw_sla(writer, world.clock, customer.account_id, number),
        )
