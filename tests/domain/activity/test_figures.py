from decimal import Decimal

from app.domain.activity.figures import ActivityFigures


def test_figures_add_up_by_currency() -> None:
    dollars = ActivityFigures(uploaded=2, delivered=1, spend={"USD": Decimal("2.90")})
    both = ActivityFigures(uploaded=1, late=3, spend={"USD": Decimal("1.45"), "EUR": Decimal(2)})
    assert dollars + both == ActivityFigures(
        uploaded=3, delivered=1, late=3, spend={"USD": Decimal("4.35"), "EUR": Decimal(2)}
    )


def test_hours_and_lead_time_are_exact() -> None:
    figures = ActivityFigures(delivered=3, lead_microseconds=7_500_000, saved_milliseconds=5_400_000)
    assert (figures.hours_saved, figures.average_lead_seconds) == (1.5, 2.5)


def test_without_a_delivery_there_is_no_lead_time() -> None:
    assert ActivityFigures(uploaded=1).average_lead_seconds is None
