from app.domain.pulse.assembly import step_figures
from app.domain.pulse.figures import Step, StepFigures, TermCounts, WindowFigures

CLIPPING, SHADOW = Step("CLIPPING", 180_000), Step("SHADOW", 95_500)


def test_steps_are_summed_over_specification_versions_most_time_first() -> None:
    assert step_figures([(2, [SHADOW]), (3, [CLIPPING, SHADOW])]) == (
        StepFigures("CLIPPING", images=3, milliseconds=540_000),
        StepFigures("SHADOW", images=5, milliseconds=477_500),
    )


def test_an_image_that_passes_a_step_twice_is_one_image_of_it() -> None:
    assert step_figures([(2, [SHADOW, SHADOW])]) == (StepFigures("SHADOW", images=2, milliseconds=382_000),)


def test_a_version_without_images_or_steps_saves_nothing() -> None:
    assert step_figures([(0, [CLIPPING]), (5, [])]) == ()


def test_the_savings_of_a_window_are_those_of_its_steps() -> None:
    window = WindowFigures(steps=step_figures([(2, [CLIPPING, SHADOW])]))
    assert window.saved_milliseconds == 551_000


def test_rejections_are_no_images_by_level() -> None:
    assert TermCounts(1, 2, 3, 4, 5, rejection=6, review=7).images == 15
