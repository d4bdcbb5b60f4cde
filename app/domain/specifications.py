"""The terms of specifications (domain rules, section 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, TypedDict

from app.domain.errors import DomainError
from app.domain.pulse.figures import Step

_MILLISECONDS: Final = 1000


class SpecificationArchived(DomainError):  # noqa: N818 - a refusal is named by what it says
    """An archived specification: no new order can use it, and it cannot change."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The specification {name!r} is archived.")
        self.name = name


class KeptStep(TypedDict):
    """A step in the form of rows and events."""

    step: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class SpecificationTerms:
    """The terms of one version of a specification; the price is per image, without an expedite."""

    name: str
    price_per_image: Decimal
    currency: str
    steps: tuple[Step, ...]

    def reworded(
        self, name: str | None = None, price_per_image: Decimal | None = None, steps: Sequence[Step] | None = None
    ) -> "SpecificationTerms":
        """Return the terms with those stated replaced; None keeps a term."""
        return replace(
            self,
            name=self.name if name is None else name,
            price_per_image=self.price_per_image if price_per_image is None else price_per_image,
            steps=self.steps if steps is None else tuple(steps),
        )


def step_of(name: str, seconds: Decimal) -> Step:
    """Return a step of some seconds, with three decimals at most."""
    return Step(name, int(seconds * _MILLISECONDS))


def kept_steps(steps: Iterable[Step]) -> list[KeptStep]:
    """Return steps in the form of the table `specification_versions` and of events."""
    return [KeptStep(step=step.step, milliseconds=step.milliseconds) for step in steps]
