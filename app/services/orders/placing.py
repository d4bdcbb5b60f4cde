"""Placing orders (domain rules, section 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from app.clock import Clock
from app.domain.account import Account
from app.domain.events.orders import placed
from app.domain.orders.changes import Change, NewImage, Placement, place
from app.domain.orders.references import require_free_references
from app.domain.orders.reviews import review_due_at
from app.domain.specifications import SpecificationArchived
from app.services.accounts.counters import begin_command
from app.services.accounts.facts import NamedSpecification, read_account
from app.services.ids import new_ids
from app.services.orders.changes import AccountChange, write_changes
from app.services.orders.outcome import NotFound, Outcome
from app.services.quotes.tokens import Binding, require_binding
from db.queries.references import taken_references
from db.readers import Reader
from db.writer import Writer


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A requested order: images in the order of their upload, of one specification of the account."""

    account_id: UUID
    name: str
    specification_id: UUID
    images: Sequence[NewImage]
    expedite: bool
    external_reference: str | None = None
    instructions: str | None = None


async def place_order(writer: Writer, clock: Clock, new: NewOrder, binding: Binding | None = None) -> Outcome:
    """Upload images as one order, or as siblings for each service level and deadline they get; the caller commits.

    Raises AccountIsClosed, NotFound, SpecificationArchived, ExpediteWindowClosed, NoGain, Refusals of ReferenceTaken,
    and QuoteChanged when a binding quote no longer holds.
    """
    account_id = new.account_id
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    account, specification = await read_account(writer, account_id, at, new.specification_id)
    change = placement(new, account, specification, at, counters.next_order_number)
    await _require_free_references(writer, new)
    require_binding(binding, at, change)
    written = AccountChange(
        counters, account, at, after=change.orders, day=change.day, new_events=list(placed(change.orders))
    )
    await write_changes(writer, [written])
    return Outcome(at, [(account_id, order.id) for order in change.orders], day=change.day.recorded)


def placement(
    new: NewOrder, account: Account, specification: NamedSpecification | None, at: datetime, first_number: int
) -> Change:
    """Return the change that placing an order at an instant makes; raises as `place_order`."""
    account.require_open(at)
    if specification is None:
        raise NotFound("specification", new.specification_id)
    if specification.archived:
        raise SpecificationArchived(specification.name)
    day = account.day_at(at)
    placing = Placement(
        new.name,
        specification.ordered,
        new.images,
        at,
        review_due_at(at, day.sla.terms, account.zone_at(at)),
        new.expedite,
        new.external_reference,
        new.instructions,
    )
    return place(placing, day, account.upload_zone_at(at), first_number, partial(new_ids, at))


async def _require_free_references(reader: Reader, new: NewOrder) -> None:
    """Raise Refusals of ReferenceTaken; no one else can take a reference while the account's counters are locked."""
    of_images = [image.external_reference for image in new.images]
    of_order = [new.external_reference] if new.external_reference is not None else []
    given = [reference for reference in of_images if reference is not None]
    if of_order or given:
        taken = await taken_references(reader, new.account_id, of_order, given)
        require_free_references(new.external_reference, of_images, taken)
