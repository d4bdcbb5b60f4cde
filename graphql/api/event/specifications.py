"""The events of the specifications of an account."""

from datetime import datetime

import strawberry

from api.context import Info
from api.event.types import Event
from api.money import Money, money_of
from api.specification.types import Specification, SpecificationStep, specification, specification_steps
from app.domain.events import account_kinds
from db.queries.specifications import SpecificationRow
from engine.decorators import attribute, field, object_type
from engine.weights import LOOK_UP


@object_type
class SpecificationChanged(Event):
    """The creation, change or archiving of a specification. New and previous values are null if unchanged or erased."""

    details: strawberry.Private[account_kinds.SpecificationChanged]

    @field(cost=LOOK_UP)
    async def specification(self, info: Info) -> Specification:
        """The specification in its current state."""
        return specification(await self._specification(info))

    new_version: int | None = attribute(
        "The new version of the specification, from 1; null if it was archived.", of="details.version"
    )
    archived_at: datetime | None = attribute(
        "The instant of the archiving; null for a new version.", of="details.archived_at"
    )
    new_name: str | None = attribute("The new name.", of="details.after.name")
    previous_name: str | None = attribute("The previous name.", of="details.before.name")

    by_catalogue: bool = attribute(
        "True if a change of the catalogue of retouching steps made the new version.", of="details.by_catalogue"
    )

    @field(cost=LOOK_UP)
    async def new_price_per_image(self, info: Info) -> Money | None:
        """The new price of an image that is not expedited."""
        return await self._money(info, self.details.after, self.details.version)

    @field(cost=LOOK_UP)
    async def previous_price_per_image(self, info: Info) -> Money | None:
        """The previous price."""
        version = self.details.version
        return await self._money(info, self.details.before, None if version is None else version - 1)

    new_price_negotiated: bool | None = attribute(
        "True if the price is the specification's own from then on, false if it is the catalogue's.",
        of="details.after.price_negotiated",
    )
    previous_price_negotiated: bool | None = attribute(
        "True if the price was the specification's own until then, false if it was the catalogue's.",
        of="details.before.price_negotiated",
    )
    new_instructions: str | None = attribute(
        "The new instructions; null also if they were removed.", of="details.after.instructions"
    )
    previous_instructions: str | None = attribute(
        "The previous instructions; null also without any.", of="details.before.instructions"
    )

    @field(length=8)
    def new_steps(self) -> list[SpecificationStep] | None:
        """The new retouching steps, in their order."""
        steps = self.details.after.steps
        return None if steps is None else specification_steps(steps)

    @field(length=8)
    def previous_steps(self) -> list[SpecificationStep] | None:
        """The previous retouching steps, in their order."""
        steps = self.details.before.steps
        return None if steps is None else specification_steps(steps)

    async def _money(self, info: Info, terms: account_kinds.StatedTerms, version: int | None) -> Money | None:
        """Return the price of a version; events of release 0.1.0 state its currency only if it is new."""
        if terms.price_per_image is None or version is None:
            return None
        currency = terms.currency
        if currency is None:
            key = (self.row.account_id, self.details.specification_id, version)
            currency = await info.context.loaders.currencies_of_versions.load(key)
        if currency is None:
            raise LookupError(f"There is no version {version} of {self.details.specification_id}.")
        return money_of(terms.price_per_image, currency)

    async def _specification(self, info: Info) -> SpecificationRow:
        key = (self.row.account_id, self.details.specification_id)
        row = await info.context.loaders.specifications.load(key)
        if row is None:
            raise LookupError(f"There is no specification {key}.")
        return row
