"""Replays lines by the rules of live commands; each takes effect on memory and batch, or not at all."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.account import Account
from app.domain.events.accounts import specification_created, terms_negotiated, time_zone_changed
from app.domain.events.orders import NewEvent
from app.domain.instants import rfc3339
from app.domain.ledger.days import ZonePeriod
from app.domain.orders.state import OrderedSpecification, OrderState
from app.domain.sla.enums import Plan
from app.domain.sla.terms import SlaTerms
from app.domain.texts import composed
from app.services.accounts.opening import account_created
from app.services.imports.account_lines import (
    Standing,
    negotiated,
    new_specification,
    opened,
    require_later_zone,
    standing,
)
from app.services.imports.batch import Batch, KnownLine, NewAccount, NewSpecification
from app.services.imports.cache import Cache
from app.services.imports.digests import first_digest_of, known_keys, line_key
from app.services.imports.lines import (
    AccountLine,
    CancellationLine,
    DatedLine,
    ExpediteLine,
    Line,
    OrderLine,
    SpecificationLine,
    TermsLine,
    TimeZoneLine,
    ref_of,
)
from app.services.imports.order_lines import Effect, cancel_order, expedite_order, place_order, with_redo_deadlines
from app.services.imports.reading import GoodLine, Named
from app.services.imports.refusals import LineRefused
from app.services.imports.report import Report
from app.services.imports.state import AccountState, PendingAccount

Commit: TypeAlias = Callable[[], UUID | None]
"""What is left to do of a line once nothing of it can be refused any more; returns what the line made."""

_MICROSECOND: Final = timedelta(microseconds=1)


class Replay:
    """The lines of a file, one after the other, at an instant `now` that no line may be after.

    `batch` gathers what is to be written; the caller takes it away and puts a new one in its place.
    """

    def __init__(self, cache: Cache, report: Report, now: datetime, plan_terms: Mapping[Plan, SlaTerms]) -> None:
        self.batch = Batch()
        self._memory = cache
        self._report = report
        self._now = now
        self._plan_terms = plan_terms

    def take(self, line: GoodLine) -> None:
        """Let a line take effect and count it, or wait for its account's first instant.

        One that took effect before is only counted. Raises LineRefused or DomainError; then nothing changed.
        """
        content = line.content
        if isinstance(content, AccountLine):
            self._take_account(content, line.digest)
        elif isinstance(content, SpecificationLine):
            self._take_specification(content, line.digest)
        else:
            self._take_dated(content, line.digest)

    def begin(self, ref: str) -> None:
        """Begin now an account that still waits for its first instant."""
        pending = self._memory.pending[ref]
        found = opened(pending, self._now, self._plan_terms)
        self._begin(found, pending)
        self._advance(found.state, self._now)

    def _take_account(self, line: AccountLine, digest: bytes) -> None:
        account = self._memory.accounts.get(line.ref)
        pending = self._memory.pending.get(line.ref)
        if account is not None:
            if not self._is_known(account, line, digest):
                raise LineRefused("ref", f"there is an account {line.ref!r} already")
        elif pending is not None:
            self._require_same(line, pending.digest, digest)
        else:
            self._memory.pending[line.ref] = PendingAccount(line, digest)

    def _take_specification(self, line: SpecificationLine, digest: bytes) -> None:
        account = self._memory.accounts.get(line.account)
        if account is not None:
            if not self._is_known(account, line, digest):
                self._add_specification(account, line, digest, new_specification(line, account.watermark))
                self._advance(account, account.watermark)
            return
        pending = self._pending(line.account)
        if line.ref in pending.specifications:
            self._require_same(line, pending.specifications[line.ref][1], digest)
        else:
            pending.specifications[line.ref] = line, digest

    def _take_dated(self, line: DatedLine, digest: bytes) -> None:
        known = self._memory.accounts.get(line.account)
        if known is not None and self._is_known(known, line, digest):
            return
        at = line.placed_at if isinstance(line, OrderLine) else line.at
        found = standing(known, at) if known else opened(self._pending(line.account), at, self._plan_terms)
        account = found.state
        self._require_turn(account, "placedAt" if isinstance(line, OrderLine) else "at", at)
        commit = self._prepared(line, account, found.specifications)
        if found.pending is not None:
            self._begin(found, found.pending)
        elif found.before is not None:
            self._begin_earlier(account, found.before)
        self._advance(account, at)
        # A zone is in force at its first instant: it is the one of figures as of just then.
        self.batch.tell_since(account.id, at - _MICROSECOND if isinstance(line, TimeZoneLine) else at)
        self._remember(account, line, digest, commit())
        account.untold = False

    def _require_turn(self, account: AccountState, field: str, at: datetime) -> None:
        if at > self._now:
            raise LineRefused(field, "is in the future")
        if at < account.watermark:
            told_until = f"{rfc3339(account.watermark)}, up to which the account {account.ref!r} is told already"
            raise LineRefused(field, f"is before {told_until}")

    def _prepared(
        self, line: DatedLine, account: AccountState, specifications: Mapping[str, OrderedSpecification]
    ) -> Commit:
        """Work out what a line does; raises what refuses it."""
        match line:
            case TermsLine():
                return partial(self._negotiate, account, negotiated(line, account.account))
            case TimeZoneLine():
                require_later_zone(line, account)
                return partial(self._move, account, line)
            case OrderLine():
                specification = specifications.get(line.specification) or self._specification(account, line)
                ref, effect = line.ref, place_order(line, account, specification, self._now)
            case ExpediteLine():
                ref, effect = line.order, expedite_order(line, account, self._orders(account, line))
            case CancellationLine():
                ref, effect = line.order, cancel_order(line, account, self._orders(account, line))
        return partial(self._settle, account, ref, effect)

    def _pending(self, ref: str) -> PendingAccount:
        pending = self._memory.pending.get(ref)
        if pending is None:
            raise LineRefused("account", f"there is no account {ref!r}", Named(ref, "account", ref))
        return pending

    def _specification(self, account: AccountState, line: OrderLine) -> OrderedSpecification:
        ref = line.specification
        specification = self._memory.specifications.get((account.id, ref))
        if specification is None:
            missing = Named(account.ref, "specification", ref)
            raise LineRefused("specification", f"there is no specification {ref!r}", missing)
        return specification

    def _orders(self, account: AccountState, line: ExpediteLine | CancellationLine) -> list[OrderState]:
        """Return the orders that an order line became, by number."""
        ids = self._memory.groups.get((account.id, line.order))
        if ids is None:
            missing = Named(account.ref, "order", line.order)
            raise LineRefused("order", f"there is no order {line.order!r}", missing)
        return sorted((self._memory.orders[id_][1] for id_ in ids), key=lambda order: order.number)

    def _begin(self, found: Standing, pending: PendingAccount) -> None:
        account, line = found.state, pending.line
        del self._memory.pending[line.ref]
        self._memory.accounts[line.ref] = account
        self.batch.new_accounts.append(NewAccount(account.id, line))
        self.batch.begin(account, None)
        self.batch.tell(account.id, _created(line, account))
        self._remember(account, line, pending.digest, account.id)
        for ref, (each, digest) in pending.specifications.items():
            self._add_specification(account, each, digest, found.specifications[ref])

    def _begin_earlier(self, account: AccountState, before: datetime) -> None:
        """Put an account in the place of itself as it was known, when it began at `before`."""
        self._memory.accounts[account.ref] = account
        self.batch.begin_earlier(account, before)

    def _add_specification(
        self, account: AccountState, line: SpecificationLine, digest: bytes, specification: OrderedSpecification
    ) -> None:
        self._memory.specifications[account.id, line.ref] = specification
        self.batch.specifications.append(NewSpecification(account.id, specification.id, line, account.watermark))
        self.batch.tell(account.id, specification_created(specification.id, line.wording, account.watermark))
        self._remember(account, line, digest, specification.id)

    def _advance(self, account: AccountState, at: datetime) -> None:
        account.watermark = at
        account.last_at = max(account.last_at, at)
        self.batch.accounts[account.id] = account

    def _settle(self, account: AccountState, ref: str, effect: Effect) -> UUID | None:
        account.last_at = max(account.last_at, effect.last_at)
        if effect.day != account.day_at(effect.at):
            self.batch.use(account, effect.day)
        before = {order.id: order for order in effect.before}
        added = [order.id for order in effect.after if order.id not in before]
        for order in effect.after:
            if order.id in before:
                self.batch.amend(account.id, before[order.id], order, effect.at)
            else:
                self.batch.add(account.id, order, told_until=effect.at if before else None)
            self._memory.orders[order.id] = account.id, order
        for new_event in effect.new_events:
            self.batch.tell(account.id, new_event)
        account.next_order_number += len(added)
        self._memory.groups[account.id, ref] = (*before, *added)
        return None if before else added[0]

    def _negotiate(self, account: AccountState, after: Account) -> None:
        version = after.versions[-1]
        self.batch.tell(account.id, terms_negotiated(version, account.account.versions))
        self.batch.versions.append((account.id, version))
        account.account = after
        self._rewrite_rejections(account, version.negotiated_at)

    def _move(self, account: AccountState, line: TimeZoneLine) -> None:
        period = ZonePeriod(line.at, line.time_zone)
        self.batch.tell(account.id, time_zone_changed(period, account.account.zones[-1]))
        self.batch.moved.add(account.id)
        if line.at == account.created_at:
            account.account = account.account.opened_at(line.at, line.time_zone)
            self.batch.begin(account, account.created_at)
            return
        self.batch.periods.append((account.id, period))
        running = account.move(line.at, line.time_zone)
        self.batch.extended[account.id, running.day.date] = running.day.closes_at
        if running.day.date in account.days:
            self.batch.use(account, running)
        self._rewrite_rejections(account, period.starts_at)

    def _rewrite_rejections(self, account: AccountState, since: datetime) -> None:
        """Promise anew, by the zones and terms known now, what rejections from an instant on were promised."""
        for account_id, order in self._memory.orders.values():
            if account_id == account.id and (after := with_redo_deadlines(order, account.account, since)) != order:
                self.batch.amend(account.id, order, after, since - _MICROSECOND)
                self._memory.orders[order.id] = account.id, after

    def _is_known(self, account: AccountState, line: Line, digest: bytes) -> bool:
        """Say whether a line took effect before, and count it if so."""
        lines = [self._memory.lines.get(key) for key in known_keys(account.id, line, digest)]
        known = next((each for each in lines if each is not None), None)
        if known is None:
            return False
        if digest != known.digest != first_digest_of(line):
            raise LineRefused("ref", f"{line.type} {ref_of(line)!r} was imported before with other content")
        self._report.known += 1
        return True

    def _require_same(self, line: AccountLine | SpecificationLine, known: bytes, digest: bytes) -> None:
        """Count a line that waits already."""
        if known != digest:
            raise LineRefused("ref", f"{line.type} {line.ref!r} was told before with other content")
        self._report.known += 1

    def _remember(self, account: AccountState, line: Line, digest: bytes, subject_id: UUID | None) -> None:
        key = line_key(account.id, line, digest)
        self._memory.lines[key] = self.batch.lines[key] = KnownLine(digest, subject_id)
        self._report.count(line)


def _created(line: AccountLine, account: AccountState) -> NewEvent:
    return account_created(account.account, ref=line.ref, name=composed(line.name), plan=line.plan)
