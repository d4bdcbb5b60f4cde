"""Replays lines by the rules of live commands; each changes cache and batch, or is refused and changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.account import Account
from app.domain.events.accounts import specification_created, terms_negotiated, time_zone_changed
from app.domain.instants import rfc3339
from app.domain.ledger.days import ChangedBy, ZonePeriod
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.history import updated_at
from app.domain.orders.state import OrderState
from app.domain.sla.enums import Plan
from app.domain.sla.terms import SlaTerms
from app.domain.texts import composed
from app.domain.wording import quoted
from app.services.accounts.opening import account_created
from app.services.imports.account_lines import negotiated, new_specification, opened, require_later_zone, require_terms
from app.services.imports.batch import Batch, BatchOperation, BatchOrder, NewSpecification
from app.services.imports.cache import AccountState, Cache, KnownLine, PendingAccount, VersionState
from app.services.imports.digests import first_digest_of, known_keys, line_key
from app.services.imports.inquiry_lines import ImportedInquiry, inquiry_of
from app.services.imports.lines import (
    AccountLine,
    CancellationLine,
    DatedLine,
    ExpediteLine,
    InquiryLine,
    Line,
    OrderLine,
    SpecificationLine,
    TermsLine,
    TimeZoneLine,
)
from app.services.imports.order_lines import Effect, cancel_order, expedite_order, place_order, with_redo_deadlines
from app.services.imports.reading import GoodLine
from app.services.imports.references import NO_REFERENCES, note_references, require_free
from app.services.imports.refusals import LineRefused, Subject, no_such
from app.services.imports.report import Report

Change: TypeAlias = Callable[[], UUID | None]
"""Makes the change of a line that cannot be refused any more; returns the id of the row that the line adds."""
Specifications: TypeAlias = Mapping[str, VersionState]

_MICROSECOND: Final = timedelta(microseconds=1)


class Replay:
    """The lines of a file, one after the other, none of them after `now` (UTC).

    The caller replaces `cache` and `batch` chunk by chunk.
    """

    def __init__(self, report: Report, now: datetime, plan_terms: Mapping[Plan, SlaTerms]) -> None:
        self.cache = Cache()
        self.batch = Batch()
        self._report = report
        self._now = now
        self._plan_terms = plan_terms

    def take(self, line: GoodLine) -> None:
        """Apply a line and count it; accounts wait for their first dated line, specifications for their account.

        A line that was imported before is only counted. Raises LineRefused or DomainError, after which nothing changed.
        """
        content = line.content
        if isinstance(content, AccountLine):
            self._take_account(content, line.digest)
        elif isinstance(content, SpecificationLine):
            self._take_specification(content, line.digest)
        else:
            self._take_dated(content, line.digest)

    def open_now(self, ref: str) -> None:
        """Open a pending account at `now`."""
        pending = self.cache.pending[ref]
        state = opened(pending, self._now, self._plan_terms)
        self._open(state, pending, _specifications(pending, self._now))
        self._advance(state, self._now)

    def _take_account(self, line: AccountLine, digest: bytes) -> None:
        state = self.cache.accounts.get(line.ref)
        pending = self.cache.pending.get(line.ref)
        if state is not None:
            if not self._is_known(state, line, digest):
                raise LineRefused("ref", f"there is an account {quoted(line.ref)} already")
        elif pending is not None:
            self._require_same(line, pending.digest, digest)
        else:
            require_terms(line, self._plan_terms)
            self.cache.pending[line.ref] = PendingAccount(line, digest)

    def _take_specification(self, line: SpecificationLine, digest: bytes) -> None:
        state = self.cache.accounts.get(line.account)
        if state is not None:
            if not self._is_known(state, line, digest):
                self._add_specification(state, line, digest, new_specification(line, state.watermark))
                self._advance(state, state.watermark)
            return
        pending = self._pending(line.account)
        if line.ref in pending.specifications:
            self._require_same(line, pending.specifications[line.ref][1], digest)
        else:
            pending.specifications[line.ref] = line, digest

    def _take_dated(self, line: DatedLine, digest: bytes) -> None:
        known = self.cache.accounts.get(line.account)
        if known is not None and self._is_known(known, line, digest):
            return
        at = line.placed_at if isinstance(line, OrderLine) else line.at
        pending: PendingAccount | None = None
        specifications: Specifications = {}
        if known is None:
            pending = self._pending(line.account)
            state, specifications = opened(pending, at, self._plan_terms), _specifications(pending, at)
        else:
            state = known.opened_at(at) if known.is_provisional and at < known.account.created_at else known
        self._require_turn(line, state, at)
        change = self._change(line, state, specifications)
        if pending is not None:
            self._open(state, pending, specifications)
        elif known is not None and state is not known:
            self.cache.accounts[state.ref] = state
            self.batch.open_earlier(state, known.account.created_at)
        self._advance(state, at)
        if state is not known or not isinstance(line, InquiryLine):  # no result of the jobs depends on inquiries
            # A zone is in force at its first instant: it is the one of figures as of just then.
            since = at - _MICROSECOND if isinstance(line, TimeZoneLine) else at
            self.batch.changed_since[state.id] = min(since, self.batch.changed_since.get(state.id, since))
        self._remember(state, line, digest, change())
        state.is_provisional = False

    def _require_turn(self, line: DatedLine, state: AccountState, at: datetime) -> None:
        """Raise LineRefused for a line after now, or before the last instant of its account."""
        field = "placedAt" if isinstance(line, OrderLine) else "at"
        if at > self._now:
            raise LineRefused(field, "is in the future")
        if at < state.watermark:
            raise LineRefused(
                field, f"is before {rfc3339(state.watermark)}, the last instant of account {quoted(state.ref)} so far"
            )

    def _change(self, line: DatedLine, state: AccountState, specifications: Specifications) -> Change:
        """Prepare the change of a line; `specifications` are those of an account that it opens. Raises LineRefused."""
        match line:
            case TermsLine():
                return partial(self._negotiate, state, negotiated(line, state.account))
            case TimeZoneLine():
                require_later_zone(line, state)
                return partial(self._move, state, line)
            case InquiryLine():
                return partial(self._ask, state, inquiry_of(line, state, self.cache, self._now))
            case OrderLine():
                ref, name = line.ref, line.specification
                specification = specifications.get(name) or self.cache.specification_at(state.id, name, line.placed_at)
                if specification is None:
                    raise no_such("specification", Subject(state.ref, "specification", name))
                require_free(line, self.cache.references.get(state.id, NO_REFERENCES))
                effect = place_order(line, state, specification, self._now)
            case ExpediteLine():
                ref, effect = line.order, expedite_order(line, state, self._orders(state, line))
            case CancellationLine():
                ref, effect = line.order, cancel_order(line, state, self._orders(state, line))
        return partial(self._settle, state, ref, effect)

    def _pending(self, ref: str) -> PendingAccount:
        pending = self.cache.pending.get(ref)
        if pending is None:
            raise no_such("account", Subject(ref, "account", ref))
        return pending

    def _orders(self, state: AccountState, line: ExpediteLine | CancellationLine) -> list[OrderState]:
        """Return the orders that an order line became, by number."""
        ids = self.cache.groups.get((state.id, line.order))
        if ids is None:
            raise no_such("order", Subject(state.ref, "order", line.order))
        return sorted((self.cache.orders[id_][1] for id_ in ids), key=lambda order: order.number)

    def _open(self, state: AccountState, pending: PendingAccount, specifications: Specifications) -> None:
        line = pending.line
        del self.cache.pending[line.ref]
        self.cache.accounts[line.ref] = state
        self.batch.open(state, line, None)
        created = account_created(state.account, ref=line.ref, name=composed(line.name), plan=line.plan)
        self.batch.new_events[state.id].append(created)
        self._remember(state, line, pending.digest, state.id)
        for ref, (each, digest) in pending.specifications.items():
            self._add_specification(state, each, digest, specifications[ref])

    def _add_specification(
        self, state: AccountState, line: SpecificationLine, digest: bytes, version: VersionState
    ) -> None:
        id_ = version.specification.id
        self.cache.specifications[state.id, line.ref] = (version._replace(starts_at=state.watermark),)
        self.batch.specifications.append(NewSpecification(state.id, id_, line, state.watermark))
        self.batch.new_events[state.id].append(specification_created(id_, line.terms, state.watermark))
        self._remember(state, line, digest, id_)

    def _advance(self, state: AccountState, at: datetime) -> None:
        state.watermark = at
        state.last_at = max(state.last_at, at)
        self.batch.accounts[state.id] = state

    def _settle(self, state: AccountState, ref: str, effect: Effect) -> UUID | None:
        state.last_at = max(state.last_at, effect.last_at)
        self.batch.operations += (BatchOperation(state.id, *each) for each in effect.operations)
        if effect.day != state.day_at(effect.at):
            self._use(state, effect.day)
        before = {order.id: order for order in effect.before}
        added = [order.id for order in effect.after if order.id not in before]
        for changed in effect.after:
            order = replace(changed, updated_at=updated_at(changed, effect.at))
            if order.id in before:
                self.batch.amend(state.id, before[order.id], order, effect.at)
            else:
                emitted_until = effect.at if before else None  # its images were split off with their events
                self.batch.orders[order.id] = BatchOrder(state.id, order, emitted_until)
            self.cache.orders[order.id] = state.id, order
            if not before:
                note_references(self.cache.references, state.id, order)
        self.batch.new_events[state.id].extend(effect.new_events)
        state.next_order_number += len(added)
        self.cache.groups[state.id, ref] = (*before, *added)
        return None if before else added[0]

    def _use(self, state: AccountState, day: QuotaDay) -> None:
        state.use(day)
        self.batch.days[state.id, day.day.date] = day

    def _negotiate(self, state: AccountState, after: Account) -> None:
        version = after.versions[-1]
        self.batch.new_events[state.id].append(terms_negotiated(version, state.account.versions))
        self.batch.versions.append((state.id, version))
        state.account = after
        self._rewrite_rejections(state, version.negotiated_at)

    def _ask(self, state: AccountState, inquiry: ImportedInquiry) -> UUID:
        self.batch.new_events[state.id].extend(inquiry.new_events())
        self.batch.inquiries.append((state.id, inquiry))
        state.last_at = max(state.last_at, inquiry.last_at)
        return inquiry.id

    def _move(self, state: AccountState, line: TimeZoneLine) -> None:
        period = ZonePeriod(line.at, line.time_zone, ChangedBy.STAFF)
        self.batch.new_events[state.id].append(time_zone_changed(period, state.account.zones[-1]))
        self.batch.moved.add(state.id)
        if line.at == state.account.created_at:
            state.account = state.account.opened_at(line.at, line.time_zone)
            self.batch.open(state, None, line.at)
            return
        self.batch.periods.append((state.id, period))
        before = state.day_at(line.at)
        state.account = state.account.move(line.at, line.time_zone, ChangedBy.STAFF)
        extended = before.extended(state.account.zones)  # it may close at this very instant
        self.batch.extended[state.id, extended.day.date] = extended.day.closes_at
        if extended.day.date in state.days:
            self._use(state, extended)
        self._rewrite_rejections(state, line.at)

    def _rewrite_rejections(self, state: AccountState, since: datetime) -> None:
        """Set the deadlines of rejections from an instant on again, by the account's zones and terms."""
        for account_id, order in list(self.cache.orders.values()):
            if account_id == state.id and (after := with_redo_deadlines(order, state.account, since)) != order:
                self.batch.amend(state.id, order, after, since - _MICROSECOND)
                self.cache.orders[order.id] = state.id, after

    def _is_known(self, state: AccountState, line: Line, digest: bytes) -> bool:
        """Return True for a line that was imported before, which is counted; raises LineRefused."""
        for key in known_keys(state.id, line, digest):
            known = self.cache.lines.get(key)
            if known is not None:
                if digest != known.digest != first_digest_of(line):
                    raise LineRefused("ref", f"{line.type} {quoted(key.ref)} was imported before with other content")
                self._report.known += 1
                return True
        return False

    def _require_same(self, line: AccountLine | SpecificationLine, known: bytes, digest: bytes) -> None:
        """Count a line that is pending already; raises LineRefused."""
        if known != digest:
            raise LineRefused("ref", f"{line.type} {quoted(line.ref)} came before with other content")
        self._report.known += 1

    def _remember(self, state: AccountState, line: Line, digest: bytes, subject_id: UUID | None) -> None:
        """Add a line to the imported ones, and count it."""
        key = line_key(state.id, line, digest)
        self.cache.lines[key] = self.batch.lines[key] = KnownLine(digest, subject_id)
        self._report.imported[line.type] += 1
        if isinstance(line, OrderLine):
            self._report.images += len(line.images)


def _specifications(pending: PendingAccount, at: datetime) -> Specifications:
    """Return the specifications of a pending account that is opened at an instant, by ref."""
    return {ref: new_specification(line, at) for ref, (line, _) in pending.specifications.items()}
