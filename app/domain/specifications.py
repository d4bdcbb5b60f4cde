"""The terms of specifications, by the catalogue or negotiated (domain rules, sections 5.1, 5.20 and 5.21)."""
# ruff: noqa: N818 - refusals are named by their case

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final, NamedTuple, NotRequired, TypeAlias, TypedDict

from app.domain.catalogue import Catalogue, Price
from app.domain.errors import DomainError, Refusals
from app.domain.wording import quoted

MILLISECONDS: Final = 1000
"""Milliseconds of a second."""


class SpecificationArchived(DomainError):
    """An archived specification: no new order can use it, and it cannot change."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The specification {quoted(name)} is archived.")
        self.name = name


class StepNotOffered(DomainError):
    """A step that is not in the catalogue, or is archived there, in a specification that needs it."""

    def __init__(self, step: str, *, archived: bool) -> None:
        super().__init__(f"The step {quoted(step)} {'is archived' if archived else 'is not in the catalogue'}.")
        self.step = step
        self.archived = archived


class StepNotSpecified(DomainError):
    """The seconds of a step that the specification does not have."""

    def __init__(self, step: str) -> None:
        super().__init__(f"The specification has no step {quoted(step)}.")
        self.step = step


class NoSteps(DomainError):
    """A specification without steps, whose price cannot follow the catalogue."""

    def __init__(self) -> None:
        super().__init__("Choose steps or negotiate a price: the catalogue has no price without steps.")


class StoredStep(TypedDict):
    """A step in the form of rows and events; one without the key `negotiated` is negotiated."""

    step: str
    milliseconds: int
    negotiated: NotRequired[bool]


class SpecifiedStep(NamedTuple):
    """A retouching step of a specification; its time is the catalogue's unless it is negotiated."""

    step: str
    milliseconds: int
    negotiated: bool = True


class Unchanged(Enum):
    """The mark of an omitted term of a change, where None is a value."""

    UNCHANGED = auto()


UNCHANGED: Final = Unchanged.UNCHANGED
Seconds: TypeAlias = Mapping[str, int]
"""Negotiated milliseconds by step."""


@dataclass(frozen=True, slots=True)
class SpecificationChange:
    """A change of a specification, or the terms of a new one.

    `name`, `steps` and `milliseconds` that are None stay; `instructions` None removes them, and a `price` None ends its
    negotiation. `milliseconds` are all negotiated times, by step.
    """

    name: str | None = None
    steps: Sequence[str] | None = None
    instructions: str | Unchanged | None = UNCHANGED
    price: Price | Unchanged | None = UNCHANGED
    milliseconds: Seconds | None = None
    by_client: bool = False


@dataclass(frozen=True, slots=True)
class SpecificationTerms:
    """The terms of one version of a specification; the price is per image, without an expedite.

    The price and the times are negotiated, the specification's own, unless marked as the catalogue's.
    """

    name: str
    price_per_image: Decimal
    currency: str
    steps: tuple[SpecifiedStep, ...]
    instructions: str | None = None
    price_negotiated: bool = True

    @property
    def negotiated(self) -> bool:
        """True if the price or the time of any step is the specification's own."""
        return self.price_negotiated or any(step.negotiated for step in self.steps)

    def changed(self, change: SpecificationChange, catalogue: Catalogue) -> "SpecificationTerms":
        """Return the terms after a change; the catalogue has its steps and those of the specification.

        Raises Refusals of StepNotOffered, StepNotSpecified and NoSteps.
        """
        terms = _with_texts(self, change)
        has_other_steps = change.steps is not None and sorted(change.steps) != sorted(step.step for step in self.steps)
        if not has_other_steps and change.milliseconds is None and change.price is UNCHANGED:
            return terms
        if has_other_steps:
            terms = _with_steps(terms, change, catalogue)
        if change.milliseconds is not None:
            terms = _with_times(terms, change.milliseconds)
        return _priced(terms, change.price).following(catalogue)

    def following(self, catalogue: Catalogue) -> "SpecificationTerms":
        """Return the terms with the catalogue's values in place of all that are not negotiated.

        Raises Refusals of StepNotOffered and NoSteps.
        """
        needed = [step.step for step in self.steps if not (self.price_negotiated and step.negotiated)]
        _require_all(StepNotOffered(step, archived=False) for step in needed if step not in catalogue)
        steps = tuple(
            step if step.negotiated else step._replace(milliseconds=catalogue[step.step].milliseconds)
            for step in self.steps
        )
        if self.price_negotiated:
            return replace(self, steps=steps)
        if not steps:
            raise Refusals([NoSteps()])
        prices = [catalogue[step.step].price for step in steps]
        amount = sum((price.amount for price in prices), Decimal())
        return replace(self, steps=steps, price_per_image=amount, currency=prices[0].currency)


def specified(new: SpecificationChange, catalogue: Catalogue) -> SpecificationTerms:
    """Return the terms of a new specification; raises as `SpecificationTerms.changed`."""
    empty = SpecificationTerms("", Decimal(), "", (), price_negotiated=False)
    return empty.changed(new, catalogue)


def milliseconds_of(seconds: Decimal) -> int:
    """Return seconds, with three decimals at most, in milliseconds."""
    return int(seconds * MILLISECONDS)


def stored_steps(steps: Iterable[SpecifiedStep]) -> list[StoredStep]:
    """Return steps in the form of the table `specification_versions` and of events."""
    return [_kept(step) for step in steps]


def steps_of(kept: Iterable[Any]) -> tuple[SpecifiedStep, ...]:
    """Return steps from the form of the table `specification_versions` and of events."""
    return tuple(SpecifiedStep(each["step"], each["milliseconds"], each.get("negotiated", True)) for each in kept)


def _with_texts(terms: SpecificationTerms, change: SpecificationChange) -> SpecificationTerms:
    """Return the terms with the name and the instructions of a change."""
    name = terms.name if change.name is None else change.name
    instructions = terms.instructions if isinstance(change.instructions, Unchanged) else change.instructions
    return replace(terms, name=name, instructions=instructions)


def _with_steps(terms: SpecificationTerms, change: SpecificationChange, catalogue: Catalogue) -> SpecificationTerms:
    """Return the terms with other steps; new ones have the times of the catalogue, and so has a client's price."""
    wanted = change.steps or ()
    known = {step.step: step for step in reversed(terms.steps)}
    refused = [
        StepNotOffered(step, archived=step in catalogue)
        for step in wanted
        if (change.by_client if step not in catalogue else step not in known and catalogue[step].archived)
    ]
    _require_all(refused)
    steps = tuple(known.get(step, SpecifiedStep(step, 0, negotiated=False)) for step in wanted)
    return replace(terms, steps=steps, price_negotiated=terms.price_negotiated and not change.by_client)


def _with_times(terms: SpecificationTerms, times: Seconds) -> SpecificationTerms:
    """Return the terms with the negotiated times of some steps; all other times are the catalogue's."""
    names = {step.step for step in terms.steps}
    _require_all(StepNotSpecified(step) for step in times if step not in names)
    steps = (SpecifiedStep(step.step, times.get(step.step, 0), step.step in times) for step in terms.steps)
    return replace(terms, steps=tuple(steps))


def _priced(terms: SpecificationTerms, price: Price | Unchanged | None) -> SpecificationTerms:
    """Return the terms with a negotiated price, or with the catalogue's to follow for None."""
    if isinstance(price, Price):
        return replace(terms, price_per_image=price.amount, currency=price.currency, price_negotiated=True)
    return replace(terms, price_negotiated=terms.price_negotiated and price is not None)


def _kept(step: SpecifiedStep) -> StoredStep:
    kept = StoredStep(step=step.step, milliseconds=step.milliseconds)
    return kept if step.negotiated else {**kept, "negotiated": False}


def _require_all(refusals: Iterable[DomainError]) -> None:
    """Raise Refusals unless the list is empty."""
    if found := list(refusals):
        raise Refusals(found)
