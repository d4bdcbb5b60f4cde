"""Commands of staff on accounts, given to the services and to the model alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.sla.enums import Plan
from app.domain.sla.plans import NewPlan
from app.domain.sla.terms import PLAN_TERMS, SlaTerms
from app.services.accounts.closing import close_account, reopen_account
from app.services.accounts.plans import change_plan
from app.services.accounts.terms import withdraw_sla
from tests.support.model.world import World, accepted

PLANS: Final[Mapping[Plan, SlaTerms]] = {
    Plan.SOLO: SlaTerms(3, 1),
    Plan.PROFESSIONAL: PLAN_TERMS[Plan.PROFESSIONAL],
    Plan.ENTERPRISE: SlaTerms(20, 6),
}
"""Plans with different quantities, so that those of two are never the same."""


@dataclass(frozen=True)
class ChangePlan:
    """Change the plan from so many days after the running ledger day on."""

    account: int
    plan: Plan
    days: int

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        running = account.running(account.instant(world.clock.now())).name
        terms, effective = PLANS[self.plan], running + timedelta(days=self.days)
        quantities = (terms.images_per_day, terms.expedites_per_day)
        await world.agree(
            lambda now: account.agree(now, lambda sla, day: sla.change_plan(quantities, effective, day)),
            lambda writer: change_plan(writer, world.clock, customer.account_id, NewPlan(self.plan, terms, effective)),
        )


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
            lambda now: account.agree(now, lambda sla, day: sla.withdraw(number, day)),
            lambda writer: withdraw_sla(writer, world.clock, customer.account_id, number),
        )
