from app.domain.pulse.compliance import TermCompliance, compliance
from app.domain.pulse.figures import PulseFigures, TermCounts, WindowFigures

MET = TermCounts(standard=90, expedited=3, expedited_additional=4, rejection=1, review=3)
LATE = TermCounts(standard=10, delivery_plan=2, rejection=2, review=1)
CURRENT = WindowFigures(met=MET, late=LATE)
STILL_OPEN = TermCounts(standard=4, expedited=3, additional=2, delivery_plan=5, rejection=1, review=6)


def test_each_promise_has_its_own_counts_and_rate() -> None:
    judged = compliance(PulseFigures(CURRENT, WindowFigures(), 0, 0, STILL_OPEN))
    assert judged.standard == TermCompliance(met_count=90, missed_count=10, open_count=4, rate=0.9)
    assert judged.expedited == TermCompliance(met_count=3, missed_count=0, open_count=3, rate=1.0)
    assert judged.additional == TermCompliance(met_count=0, missed_count=0, open_count=2, rate=None)
    assert judged.expedited_additional == TermCompliance(met_count=4, missed_count=0, open_count=0, rate=1.0)
    assert judged.delivery_plan == TermCompliance(met_count=0, missed_count=2, open_count=5, rate=0.0)
    assert judged.rejection == TermCompliance(met_count=1, missed_count=2, open_count=1, rate=1 / 3)
    assert judged.review == TermCompliance(met_count=3, missed_count=1, open_count=6, rate=0.75)


def test_open_counts_as_of_a_past_instant_are_null() -> None:
    judged = compliance(PulseFigures(CURRENT, WindowFigures(), 0, 0, None))
    assert judged.standard == TermCompliance(met_count=90, missed_count=10, open_count=None, rate=0.9)
    assert judged.rejection == TermCompliance(met_count=1, missed_count=2, open_count=None, rate=1 / 3)
    assert judged.review == TermCompliance(met_count=3, missed_count=1, open_count=None, rate=0.75)
