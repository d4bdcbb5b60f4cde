from datetime import UTC, datetime, timedelta

from app.services.ids import new_id, new_ids

NOW = datetime(2026, 3, 10, 12, 0, 0, 123456, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id(NOW)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_an_id_carries_its_instant_in_milliseconds() -> None:
    assert new_id(NOW).int >> 80 == round(datetime(2026, 3, 10, 12, 0, 0, 123000, tzinfo=UTC).timestamp() * 1000)


def test_ids_of_one_instant_ascend_strictly() -> None:
    made = new_ids(NOW, 20_000)
    assert made == sorted(set(made))
    assert {each.version for each in made} == {7}


def test_ids_of_later_microseconds_are_greater() -> None:
    made = [new_id(NOW + timedelta(microseconds=passed)) for passed in range(2_000)]
    assert made == sorted(made)


def test_two_calls_make_different_ids() -> None:
    assert not set(new_ids(NOW, 100)) & set(new_ids(NOW, 100))
