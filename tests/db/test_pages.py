from datetime import UTC, datetime

from db.queries.pages import Slice, Span

EARLY = datetime(2026, 3, 1, tzinfo=UTC)
LATE = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_slice_lies_within_its_span() -> None:
    span = Span(least=(EARLY, 0), greatest=(LATE, 0), descending=True)
    assert span.within(Slice(10)) == ((EARLY, 0), (LATE, 0))
    assert span.within(Slice(10, after=(EARLY, 7))) == ((EARLY, 0), (EARLY, 7))


def test_a_span_that_ends_before_its_start_is_empty() -> None:
    lower, upper = Span(least=(LATE, 0), greatest=(EARLY, 0), descending=True).within(Slice(10))
    assert lower == upper
