"""Random negotiations, withdrawals and changes of the plan: every ledger day has the terms of a plain model."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.account import Account
from app.domain.errors import DomainError
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.plans import ComingPlan, NewPlan
from app.domain.sla.terms import NegotiableTerms, SlaInForce, SlaTerms, sla_of
from tests.support.model.facts import Refused, Version
from tests.support.model.terms import Agreement

DAY = timedelta(days=1)
OPENED_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
PLANS = {
    Plan.SOLO: SlaTerms(3, 1),
    Plan.PROFESSIONAL: SlaTerms(5, 2),
    Plan.ENTERPRISE: SlaTerms(5, 3),
}
QUANTITIES = st.none() | st.integers(0, 6)


@dataclass(frozen=True)
class Negotiate:
    images: int | None
    expedites: int | None
    ahead: int


@dataclass(frozen=True)
class Withdraw:
    version: int


@dataclass(frozen=True)
class Change:
    plan: Plan
    ahead: int


@dataclass(frozen=True)
class Sleep:
    days: int


Step = Negotiate | Withdraw | Change | Sleep
AHEAD = st.integers(0, 6)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Sleep, st.integers(1, 4)),
    st.builds(Negotiate, QUANTITIES, QUANTITIES, AHEAD),
    st.builds(Withdraw, st.integers(0, 3)),
    st.builds(Change, st.sampled_from(list(PLANS)), AHEAD),
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    images=QUANTITIES,
    expedites=QUANTITIES,
    plan=st.sampled_from(list(PLANS)),
    steps=st.lists(STEPS, min_size=1, max_size=25),
)
def test_the_terms_of_every_day_equal_the_model_and_promises_never_change(
    images: int | None, expedites: int | None, plan: Plan, steps: list[Step]
) -> None:
    account = Account.open(OPENED_AT, "UTC", plan, PLANS[plan], NegotiableTerms(images, expedites))
    first = account.versions[0]
    agreement = Agreement(
        [Version(1, first.effective_date, first.terms.images_per_day, first.terms.expedites_per_day, plan=of(plan))]
    )
    at, promised = OPENED_AT, dict[date, SlaInForce]()
    for step in steps:
        if isinstance(step, Sleep):
            at += step.days * DAY
        else:
            account = taken(account, agreement, step, at)
        assert_as_agreed(account, agreement, at)
        now = {day: account.terms_on(day) for day in days_until(at)}
        assert {day: now[day] for day in promised} == promised
        promised = now
    assert_as_shown(account, agreement)


def days_until(at: datetime) -> list[date]:
    return [OPENED_AT.date() + number * DAY for number in range((at - OPENED_AT).days + 1)]


def of(plan: Plan) -> tuple[int, int]:
    return PLANS[plan].images_per_day, PLANS[plan].expedites_per_day


def taken(account: Account, agreement: Agreement, step: Negotiate | Withdraw | Change, at: datetime) -> Account:
    """Take a step in the model and in the account, or refuse it in both."""
    try:
        take_in_model(agreement, step, at.date())
    except Refused:
        refused = True
    else:
        refused = False
    try:
        after = take(account, step, at)
    except DomainError:
        assert refused
        return account
    assert not refused
    return after


def take(account: Account, step: Negotiate | Withdraw | Change, at: datetime) -> Account:
    match step:
        case Negotiate(images, expedites, ahead):
            return account.negotiate(at, Negotiation(NegotiableTerms(images, expedites), at.date() + ahead * DAY))
        case Change(plan, ahead):
            return account.change_plan(at, NewPlan(plan, PLANS[plan], at.date() + ahead * DAY))
        case Withdraw(back):
            version = account.versions[-1 - back % len(account.versions)]
            return account if version.withdrawn_at is not None else account.withdraw(at, version)


def take_in_model(agreement: Agreement, step: Negotiate | Withdraw | Change, running: date) -> None:
    match step:
        case Negotiate(images, expedites, ahead):
            agreement.negotiate(images, expedites, running + ahead * DAY, running)
        case Change(plan, ahead):
            agreement.change_plan(of(plan), running + ahead * DAY, running)
        case Withdraw(back):
            agreement.withdraw(len(agreement.versions) - back % len(agreement.versions), running)


def assert_as_agreed(account: Account, agreement: Agreement, at: datetime) -> None:
    """Assert that the terms, the plan and the coming plan of each day are the model's."""
    plans = dict[date, Plan]()
    for day in days_until(at + 10 * DAY):
        in_force = account.terms_on(day)
        terms = (in_force.version, in_force.terms.images_per_day, in_force.terms.expedites_per_day)
        assert terms == agreement.on(day)
        plans[day] = account.plan_at(opening(day))
        assert in_force.plan_terms == PLANS[plans[day]]
        assert of(plans[day]) == agreement.plan_on(day)
    ahead = [ComingPlan(plan, opening(day)) for day, plan in plans.items() if plan != plans.get(day - DAY, plan)]
    assert account.coming_plan_at(at) == next((plan for plan in ahead if plan.starts_at > at), None)


def opening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def assert_as_shown(account: Account, agreement: Agreement) -> None:
    """Assert that each version is shown with the terms of its first day in a model without later ones for that day."""
    for shown, own in zip(account.versions, agreement.versions, strict=True):
        others = [
            each for each in agreement.versions if each.effective_date != own.effective_date or each.number < own.number
        ]
        in_force = sla_of(shown, account.versions)
        terms = (in_force.version, in_force.terms.images_per_day, in_force.terms.expedites_per_day)
        assert terms == Agreement([*others, replace(own, withdrawn=False)]).on(own.effective_date)
