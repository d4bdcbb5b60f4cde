from hypothesis import given
from hypothesis import strategies as st

from app.domain.ledger.guarantee import Allowance, Part, allocate_expedite, allocate_upload
from app.domain.orders.enums import ServiceLevel

FRESH = Allowance(capacity=200, used=0, expedite_capacity=20, expedite_used=0)
STANDARD, ADDITIONAL = ServiceLevel.STANDARD, ServiceLevel.ADDITIONAL
EXPEDITED, EXPEDITED_ADDITIONAL = ServiceLevel.EXPEDITED, ServiceLevel.EXPEDITED_ADDITIONAL
EXPEDITED_PLAN = ServiceLevel.EXPEDITED_PLAN

sizes = st.integers(0, 60)
allowances = st.builds(Allowance, sizes, sizes, sizes, sizes)


def test_remaining_and_additional_counts_are_never_negative() -> None:
    beyond = Allowance(capacity=200, used=235, expedite_capacity=20, expedite_used=35)
    assert (beyond.remaining, beyond.additional, beyond.expedite_remaining) == (0, 35, 0)
    assert (FRESH.remaining, FRESH.additional, FRESH.expedite_remaining) == (200, 0, 20)


def test_an_upload_within_the_guarantee_is_one_standard_part() -> None:
    assert allocate_upload(200, FRESH, expedite=False) == [Part(STANDARD, 0, 200, 1, None)]


def test_an_upload_across_the_guarantee_is_split_at_it() -> None:
    allowance = Allowance(capacity=200, used=180, expedite_capacity=20, expedite_used=0)
    assert allocate_upload(55, allowance, expedite=False) == [
        Part(STANDARD, 0, 20, 181, None),
        Part(ADDITIONAL, 20, 35, 201, None),
    ]


def test_an_upload_beyond_the_guarantee_is_one_additional_part() -> None:
    allowance = Allowance(capacity=200, used=230, expedite_capacity=20, expedite_used=0)
    assert allocate_upload(5, allowance, expedite=False) == [Part(ADDITIONAL, 0, 5, 231, None)]


def test_of_35_expedited_on_a_fresh_day_20_are_due_in_three_hours_and_15_in_six() -> None:
    assert allocate_upload(35, FRESH, expedite=True) == [
        Part(EXPEDITED, 0, 20, 1, 1),
        Part(EXPEDITED_ADDITIONAL, 20, 15, 21, 21),
    ]


def test_of_60_expedited_on_a_fresh_day_20_are_due_in_three_hours_and_40_to_be_planned() -> None:
    assert allocate_upload(60, FRESH, expedite=True) == [
        Part(EXPEDITED, 0, 20, 1, 1),
        Part(EXPEDITED_PLAN, 20, 40, 21, 21),
    ]


def test_of_250_expedited_on_a_fresh_day_the_planned_ones_are_split_at_the_end_of_the_guarantee() -> None:
    assert allocate_upload(250, FRESH, expedite=True) == [
        Part(EXPEDITED, 0, 20, 1, 1),
        Part(EXPEDITED_PLAN, 20, 180, 21, 21),
        Part(EXPEDITED_PLAN, 200, 50, 201, 201),
    ]


def test_images_due_in_six_hours_are_not_split_at_the_end_of_the_guarantee() -> None:
    late = Allowance(capacity=200, used=175, expedite_capacity=20, expedite_used=0)
    assert allocate_upload(35, late, expedite=True) == [
        Part(EXPEDITED, 0, 20, 176, 1),
        Part(EXPEDITED_ADDITIONAL, 20, 15, 196, 21),
    ]


def test_the_guarantee_includes_its_last_position() -> None:
    assert [FRESH.guarantees(position) for position in (1, 200, 201)] == [True, True, False]


def test_a_plan_is_needed_from_exactly_twice_the_quota_on() -> None:
    assert [part.service_level for part in allocate_expedite(39, FRESH)] == [EXPEDITED, EXPEDITED_ADDITIONAL]
    assert [part.service_level for part in allocate_expedite(40, FRESH)] == [EXPEDITED, EXPEDITED_PLAN]


def test_expedites_earlier_in_the_day_count_towards_quota_and_plan() -> None:
    later = Allowance(capacity=200, used=30, expedite_capacity=20, expedite_used=15)
    assert allocate_expedite(24, later) == [
        Part(EXPEDITED, 0, 5, 0, 16),
        Part(EXPEDITED_ADDITIONAL, 5, 19, 0, 21),
    ]
    assert allocate_expedite(25, later) == [Part(EXPEDITED, 0, 5, 0, 16), Part(EXPEDITED_PLAN, 5, 20, 0, 21)]


def test_without_a_quota_every_expedite_needs_a_plan() -> None:
    without = Allowance(capacity=200, used=0, expedite_capacity=0, expedite_used=0)
    assert allocate_expedite(1, without) == [Part(EXPEDITED_PLAN, 0, 1, 0, 1)]


def test_20_expedited_on_a_fresh_day_leave_180_of_the_guarantee_and_no_expedite() -> None:
    parts = allocate_upload(20, FRESH, expedite=True)
    after = Allowance(200, sum(part.count for part in parts), 20, sum(part.count for part in parts))
    assert parts == [Part(EXPEDITED, 0, 20, 1, 1)]
    assert (after.remaining, after.expedite_remaining) == (180, 0)


def test_expediting_images_uploaded_before_uses_no_guarantee() -> None:
    assert all(part.position == 0 for part in allocate_expedite(60, FRESH))


def test_an_expedited_upload_beyond_the_guarantee_is_expedited_all_the_same() -> None:
    full = Allowance(capacity=200, used=200, expedite_capacity=20, expedite_used=0)
    assert allocate_upload(3, full, expedite=True) == [Part(EXPEDITED, 0, 3, 201, 1)]


def test_nothing_is_allocated_to_nothing() -> None:
    assert allocate_upload(0, FRESH, expedite=False) == []
    assert allocate_expedite(0, FRESH) == []


@given(count=sizes, allowance=allowances, expedite=st.booleans())
def test_the_parts_of_an_upload_cover_the_list_once_in_the_order_of_levels(
    *, count: int, allowance: Allowance, expedite: bool
) -> None:
    parts = allocate_upload(count, allowance, expedite=expedite)
    assert [index for part in parts for index in range(part.start, part.start + part.count)] == list(range(count))
    assert all(part.position == allowance.used + 1 + part.start for part in parts)
    levels = [part.service_level for part in parts]
    assert levels == sorted(levels, key=list(ServiceLevel).index)
    assert [level for level in ServiceLevel if levels.count(level) > 1] in ([], [EXPEDITED_PLAN])


@given(sizes, allowances, st.booleans())
def test_a_part_without_a_turnaround_is_entirely_within_or_beyond_the_guarantee(
    count: int,
    allowance: Allowance,
    expedite: bool,  # noqa: FBT001
) -> None:
    for part in allocate_upload(count, allowance, expedite=expedite):
        if part.service_level not in {EXPEDITED, EXPEDITED_ADDITIONAL}:
            within = [allowance.guarantees(part.position + offset) for offset in range(part.count)]
            assert within == [part.service_level is STANDARD or within[0]] * part.count


@given(sizes, allowances)
def test_each_expedited_image_takes_the_next_position_in_the_quota(count: int, allowance: Allowance) -> None:
    for part in allocate_upload(count, allowance, expedite=True):
        assert part.expedite_position == allowance.expedite_used + 1 + part.start


@given(sizes, allowances)
def test_the_three_hour_level_never_exceeds_the_quota(count: int, allowance: Allowance) -> None:
    within = sum(part.count for part in allocate_expedite(count, allowance) if part.service_level is EXPEDITED)
    assert within == min(count, max(0, allowance.expedite_capacity - allowance.expedite_used))
