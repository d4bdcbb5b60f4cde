"""What a specification says (domain rules, section 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, TypedDict

from app.domain.errors import DomainError
from app.domain.pulse.figures import Step

_MILLISECONDS: Final = 1000


class SpecificationArchived(DomainError):  # noqa: N818 - a refusal is named by what it says
    """A specification that was put away: nothing new is ordered by it, and it stays as it is."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The specification {name!r} is archived.")
        self.name = name


class KeptStep(TypedDict):
    """A step as rows and events keep it."""

    step: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class SpecificationTerms:
    """What one version of a specification says; the price is that of an image that is not expedited."""

    name: str
    price_per_image: Decimal
    currency: str
    steps: tuple[Step, ...]

    def reworded(
        self, name: str | None = None, price_per_image: Decimal | None = None, steps: Sequence[Step] | None = None
    ) -> "SpecificationTerms":
        """Return the wording with what is stated instead; what is None stays."""
        return replace(
            self,
            name=self.name if name is None else name,
            price_per_image=self.price_per_image if price_per_image is None else price_per_image,
            steps=self.steps if steps is None else tuple(steps),
        )


def step_of(name: str, seconds: Decimal) -> Step:
    """Return a step that takes so many seconds, with three decimals at most."""
    return Step(name, int(seconds * _MILLISECONDS))


def kept_steps(steps: Iterable[Step]) -> list[KeptStep]:
    """Return steps as the table `specification_versions` and events keep them."""
    return [KeptStep(step=step.step, milliseconds=step.milliseconds) for step in steps]
