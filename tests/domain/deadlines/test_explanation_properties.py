"""Properties of explanations, over deadlines by the rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.deadlines.enums import DeadlineStatus, DeadlineStepCode
from app.domain.deadlines.explanations import Expedite, Moment, Promise, explain, explain_rejection
from app.domain.deadlines.rules import expedite_turnaround, expedite_window, is_plan_void, rejection_deadline
from app.domain.deadlines.steps import AwaitingStaffStep, BaseDeadlineStep, PlanVoidStep
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.errors import DomainError, NoGain
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.positions import Positions
from app.domain.ledger.quota import QuotaDay
from app.domain.local_time import local_day_interval
from app.domain.orders.changes import Placement, confirm, place
from app.domain.orders.expedites import expedite
from app.domain.orders.reviews import review_by, review_due_at, with_reviews
from app.domain.orders.state import OrderState, order_figures
from app.domain.sla.terms import SlaInForce, SlaTerms
from app.domain.user_time import duration_in_words, time_in_words
from tests.support.deadline_steps import Step, in_words
from tests.support.order_states import GHOST, new_ids, uploads
from tests.support.promises import codes, day_of, explained
from tests.support.sla import SLA
from tests.support.strategies import MICROSECOND, moments, terms

Code = DeadlineStepCode
FRESH = Allowance(capacity=6, used=0, expedite_capacity=2, expedite_used=0)
slas = terms.map(lambda agreed: SlaInForce(1, agreed, agreed))
LATER = st.timedeltas(MICROSECOND, timedelta(hours=40))

IN_ORDER = (
    "UPLOADED_AT CUTOFF GUARANTEE_POSITION EXPEDITE_POSITION BASE_DEADLINE WEEKEND_SHIFT CLOCK_CHANGE AWAITING_STAFF "
    "STAFF_CONFIRMED SLA_VERSION"
)
KEPT_IN_ORDER = (
    "UPLOADED_AT CUTOFF GUARANTEE_POSITION BASE_DEADLINE WEEKEND_SHIFT CLOCK_CHANGE STAFF_CONFIRMED EXPEDITE_POSITION "
    "AWAITING_STAFF PLAN_VOID SLA_VERSION"
)
REDO_IN_ORDER = "REJECTED_AT BASE_DEADLINE WEEKEND_SHIFT CLOCK_CHANGE SLA_VERSION"
DATE = r"(?P<weekday>\w+) (?P<date>\d+ \w+ \d{4})"
TIME = r"(?P<time>\d\d:\d\d(:\d\d)?) \(UTC(?P<offset>[+-][\d:]+)?"


def to_second(at: datetime | None) -> datetime | None:
    """Cut an instant off to the second, as texts have it."""
    return None if at is None else at.replace(microsecond=0)


def instants_in(text: str) -> Iterator[datetime]:
    """Yield the instants that a text names."""
    for found in re.finditer(f"{DATE}, {TIME}", text):
        day = read_date(found)
        yield datetime.fromisoformat(f"{day}T{found['time']}{found['offset'] or '+00:00'}").astimezone(UTC)


def read_date(found: re.Match[str]) -> date:
    day = datetime.strptime(found["date"], "%d %B %Y").replace(tzinfo=UTC).date()
    assert f"{day:%A}" == found["weekday"]
    return day


def cutoff_in(text: str, zone: ZoneInfo) -> datetime:
    found = re.search(f"24:00 on {DATE}", text)
    assert found is not None
    return local_day_interval(read_date(found), zone).end


def follow(steps: list[Step], order: str) -> bool:
    """Return whether the codes are in this order, each at most once."""
    coming: Iterator[str] = iter(order.split())
    return all(step.code in coming for step in steps)


def explained_due_at(steps: list[Step]) -> datetime | None:
    """Return the last instant named as a deadline."""
    by_code = {step.code: step for step in steps}
    for code in (Code.STAFF_CONFIRMED, Code.WEEKEND_SHIFT, Code.BASE_DEADLINE):
        if code in by_code:
            return [*instants_in(by_code[code].text)][-1]
    return None


def promised(order: OrderState, day: QuotaDay, zone: ZoneInfo, expedite_day: QuotaDay, now: datetime) -> Promise:
    """Return the promise of an order as of an instant."""
    figures = order_figures(order)
    guarantee = Positions(day.day, figures.first_position, figures.last_position, day.allowance.capacity)
    asked = None
    if figures.first_expedite_position is not None and figures.last_expedite_position is not None:
        assert order.expedited_at is not None
        quota = expedite_day.allowance.expedite_capacity
        positions = Positions(expedite_day.day, figures.first_expedite_position, figures.last_expedite_position, quota)
        asked = Expedite(Moment(order.expedited_at, zone), positions, terms=expedite_day.sla.terms)
    return Promise(
        service_level=order.service_level,
        deadline_status=order.deadline_status,
        due_at=order.due_at,
        closed=is_plan_void(order.deadline_status, order.due_at, now),
        sla_version=order.sla_version,
        image_count=len(order.images),
        uploaded=Moment(order.placed_at, zone),
        guarantee=guarantee,
        expedite=asked,
        confirmed=None if order.confirmed_at is None else Moment(order.confirmed_at, zone),
        void=is_plan_void(order.deadline_status, order.due_at, now),
        review_by=review_by(order),
        terms=day.sla.terms,
    )


def placed(placement: Placement, day: QuotaDay, zone: ZoneInfo) -> Sequence[OrderState]:
    """Place an order, expedited only where it gains by it."""
    try:
        return place(placement, day, zone, 1, new_ids).orders
    except NoGain:
        return place(replace(placement, expedite=False), day, zone, 1, new_ids).orders


@st.composite
def promises(draw: st.DrawFn) -> list[Promise]:
    """Draw an upload: within or beyond the guarantee, expedited at once, later or never, set by staff or not."""
    zone, at = draw(moments())
    allowance = Allowance(*(draw(st.integers(0, most)) for most in (6, 8, 3, 7)))
    day = expedite_day = QuotaDay(day_of(at, zone), draw(slas), allowance)
    new_images = uploads(*(f"{number}.jpg" for number in range(draw(st.integers(1, 8)))))
    at_once = draw(st.booleans()) and expedite_window(at).available
    promised_by = review_due_at(at, day.sla.terms, zone)
    orders = placed(Placement("Shoes", GHOST, new_images, at, promised_by, at_once), day, zone)
    at_once = orders[0].expedited_at is not None
    orders, at = draw(set_by_staff(orders, at))
    if not at_once and draw(st.booleans()):
        at += draw(LATER)
        expedite_day = QuotaDay(day_of(at, zone), draw(slas), draw(st.sampled_from([allowance, FRESH])))
        chosen = [image.id for order in orders for image in order.images][:: draw(st.integers(1, 2))]
        try:
            orders = with_reviews(expedite(orders, chosen, at, expedite_day, 3, new_ids), at, zone).orders
        except DomainError:
            assume(False)
        orders, at = draw(set_by_staff(orders, at))
    now = at + draw(st.sampled_from([timedelta(0), timedelta(days=9)]))
    return [promised(order, day, zone, expedite_day, now) for order in orders]


@st.composite
def set_by_staff(
    draw: st.DrawFn, orders: Sequence[OrderState], since: datetime
) -> tuple[Sequence[OrderState], datetime]:
    """Draw whether staff set the deadlines they may set; return when they did."""
    if draw(st.booleans()):
        return orders, since
    at = since + draw(LATER)
    due_at = at + draw(st.timedeltas(MICROSECOND, timedelta(days=9)))
    return [confirmed(order, at, due_at) for order in orders], at


def confirmed(order: OrderState, at: datetime, due_at: datetime) -> OrderState:
    try:
        return confirm(order, at, due_at, SLA)
    except DomainError:
        return order


@given(promises())
def test_every_promise_is_explained_by_texts_that_name_its_instants_in_a_fixed_order(drawn: list[Promise]) -> None:
    for promise in drawn:
        steps = explained(promise)
        assert follow(steps, KEPT_IN_ORDER if promise.keeps_deadline else IN_ORDER)
        assert explained_due_at(steps) == to_second(promise.due_at)
        for step in steps:
            assert "  " not in step.text
            if step.code is Code.CUTOFF:
                assert cutoff_in(step.text, promise.uploaded.zone) == step.at
            else:
                assert [*instants_in(step.text)][:1] == ([] if step.at is None else [to_second(step.at)])


@given(promises())
def test_an_explained_deadline_is_from_the_rules_or_staff_and_its_absence_names_who_is_awaited(
    drawn: list[Promise],
) -> None:
    for promise in drawn:
        found = codes(promise).split()
        open_ = promise.deadline_status is not DeadlineStatus.CONFIRMED and not promise.void
        assert ("AWAITING_STAFF" in found, "PLAN_VOID" in found) == (open_, promise.void)
        assert ("STAFF_CONFIRMED" in found) == (promise.confirmed is not None)
        assert ("EXPEDITE_POSITION" in found) == (promise.expedite is not None)
        assert ("CUTOFF" in found) == (promise.expedite is None or promise.keeps_deadline)
        assert {"UPLOADED_AT", "GUARANTEE_POSITION", "SLA_VERSION"} <= {*found}


@given(promises())
def test_a_base_deadline_names_the_term_that_it_used(drawn: list[Promise]) -> None:
    for promise in drawn:
        expedite = promise.expedite
        for step in explain(promise):
            if not isinstance(step, BaseDeadlineStep):
                continue
            if step.deliver_by is not None:
                assert step.deliver_by == promise.terms.deliver_by
                assert time_in_words(step.deliver_by) in step.text
            else:
                assert expedite is not None
                assert step.turnaround == expedite_turnaround(promise.service_level, expedite.terms)
                assert f"Due {duration_in_words(step.turnaround or timedelta())} later" in step.text


@given(promises())
def test_the_wait_for_staff_names_the_due_time_of_the_review_and_the_term_it_is_by(drawn: list[Promise]) -> None:
    for promise in drawn:
        for step in explain(promise):
            if not isinstance(step, AwaitingStaffStep):
                continue
            assert step.review_by == promise.review_by
            assert [*instants_in(step.text)] == [to_second(promise.review_by)]
            if step.turnaround is None:
                assert step.review_by == promise.due_at
            else:
                asked = promise.expedite.asked if promise.expedite and promise.keeps_deadline else promise.uploaded
                assert step.review_by == working_hours_after(asked.at, step.turnaround, step.zone)
                assert f"within {duration_in_words(step.turnaround)} from Monday to Friday" in step.text


def named_terms(text: str) -> set[str]:
    """Return the times and durations that a text names outside its instants and the constant window of expedites."""
    constant = ("within the window from Monday 00:00 to Friday 24:00 UTC", "24:00 on")
    rest = reduce(
        lambda left, each: left.replace(each, ""), constant, re.sub(f"{DATE}, {TIME}|UTC[+-][\\d:]+", "", text)
    )
    return {found.group() for found in re.finditer(r"\b\d\d:\d\d(:\d\d)?\b|[\d,]+ (hour|minute|second)s?\b", rest)}


@given(promises())
def test_no_time_or_duration_but_those_of_the_terms_in_force_is_named(drawn: list[Promise]) -> None:
    for promise in drawn:
        expedite = promise.expedite
        used = None if expedite is None else expedite_turnaround(promise.service_level, expedite.terms)
        reviews = [step.turnaround for step in explain(promise) if isinstance(step, AwaitingStaffStep)]
        agreed = {time_in_words(promise.terms.deliver_by)}
        agreed |= {duration_in_words(each) for each in (used, *reviews) if each is not None}
        assert {name for step in explained(promise) for name in named_terms(step.text)} <= agreed
        plans = [step.plan_from for step in explain(promise) if isinstance(step, AwaitingStaffStep | PlanVoidStep)]
        assert {*plans} <= {None if expedite is None else 2 * expedite.positions.size}


@given(moments(), terms)
def test_a_redo_names_the_turnaround_in_force_alone(moment: tuple[ZoneInfo, datetime], agreed: SlaTerms) -> None:
    zone, rejected_at = moment
    due_at = rejection_deadline(rejected_at, zone, agreed)
    steps = in_words(explain_rejection(Moment(rejected_at, zone), due_at, 1, agreed))
    assert {name for step in steps for name in named_terms(step.text)} == {
        duration_in_words(agreed.rejection_turnaround)
    }


@given(moments(), terms)
def test_every_redo_is_explained_by_texts_that_name_its_instants_in_a_fixed_order(
    moment: tuple[ZoneInfo, datetime], agreed: SlaTerms
) -> None:
    zone, rejected_at = moment
    due_at = rejection_deadline(rejected_at, zone, agreed)
    steps = in_words(explain_rejection(Moment(rejected_at, zone), due_at, 1, agreed))
    assert follow(steps, REDO_IN_ORDER)
    assert explained_due_at(steps) == to_second(due_at)
    assert all([*instants_in(step.text)] == ([] if step.at is None else [to_second(step.at)]) for step in steps)
