"""Replays lines by the rules of live commands; each takes effect on memory and batch, or not at all."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.ledger import ZonePeriod
from app.domain.order_facts import OrderedSpecification, OrderState
from app.domain.sla import PlanTerms, SlaVersion
from app.domain.vocabulary import Plan
from app.services.importing.account_lines import Opening, moved, negotiated, new_specification, opened
from app.services.importing.batch import Batch, KnownLine, NewAccount, NewSpecification, line_key
from app.services.importing.happenings import (
    account_created,
    specification_created,
    terms_negotiated,
    time_zone_changed,
)
from app.services.importing.lines import (
    AccountLine,
    CancellationLine,
    DatedLine,
    ExpediteLine,
    Line,
    OrderLine,
    SpecificationLine,
    TermsLine,
    TimeZoneLine,
)
from app.services.importing.memory import Memory
from app.services.importing.order_lines import Effect, cancel_order, expedite_order, place_order, with_redo_deadlines
from app.services.importing.reading import GoodLine, Named
from app.services.importing.refusals import LineRefused
from app.services.importing.report import Report
from app.services.importing.state import AccountState, PendingAccount

Commit: TypeAlias = Callable[[], UUID | None]
"""What is left to do of a line once nothing of it can be refused any more; returns what the line made."""

_MICROSECOND: Final = timedelta(microseconds=1)


class Replay:
    """The lines of a file, one after the other, at an instant `now` that no line may be after.

    `batch` gathers what is to be written; the caller takes it away and puts a new one in its place.
    """

    def __init__(self, memory: Memory, report: Report, now: datetime, plan_terms: Mapping[Plan, PlanTerms]) -> None:
        self.batch = Batch()
        self._memory = memory
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
        opening = opened(pending, self._now, self._plan_terms)
        self._begin(opening)
        self._advance(opening.state, self._now)

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
                self._add_specification(account, line, digest, new_specification(line, account.frontier))
                self._advance(account, account.frontier)
            return
        pending = self._pending(line.account)
        if line.ref in pending.specifications:
            self._require_same(line, pending.specifications[line.ref][1], digest)
        else:
            pending.specifications[line.ref] = line, digest

    def _take_dated(self, line: DatedLine, digest: bytes) -> None:
        at = line.placed_at if isinstance(line, OrderLine) else line.at
        account = self._memory.accounts.get(line.account)
        opening: Opening | None = None
        if account is None:
            opening = opened(self._pending(line.account), at, self._plan_terms)
            account = opening.state
        elif self._is_known(account, line, digest):
            return
        self._require_turn(account, "placedAt" if isinstance(line, OrderLine) else "at", at)
        commit = self._prepared(line, account, opening.specifications if opening else {})
        if opening is not None:
            self._begin(opening)
        self._advance(account, at)
        self._remember(account, line, digest, commit())

    def _require_turn(self, account: AccountState, field: str, at: datetime) -> None:
        if at > self._now:
            raise LineRefused(field, "is in the future")
        if at < account.frontier:
            told_until = account.frontier.isoformat()
            raise LineRefused(field, f"is before {told_until}, up to which the account {account.ref!r} is told already")

    def _prepared(
        self, line: DatedLine, account: AccountState, specifications: Mapping[str, OrderedSpecification]
    ) -> Commit:
        """Work out what a line does; raises what refuses it."""
        match line:
            case TermsLine():
                return partial(self._negotiate, account, negotiated(line, account))
            case TimeZoneLine():
                return partial(self._move, account, moved(line, account))
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

    def _begin(self, opening: Opening) -> None:
        account, line = opening.state, opening.pending.line
        del self._memory.pending[line.ref]
        self._memory.accounts[line.ref] = account
        self.batch.new_accounts.append(NewAccount(account, line, account.frontier))
        self.batch.periods.append((account.id, account.periods[0]))
        self.batch.versions.append((account.id, account.versions[0]))
        self.batch.tell(account.id, account_created(line, account.versions[0], account.frontier))
        self._remember(account, line, opening.pending.digest, account.id)
        for ref, (each, digest) in opening.pending.specifications.items():
            self._add_specification(account, each, digest, opening.specifications[ref])

    def _add_specification(
        self, account: AccountState, line: SpecificationLine, digest: bytes, specification: OrderedSpecification
    ) -> None:
        self._memory.specifications[account.id, line.ref] = specification
        self.batch.specifications.append(NewSpecification(account.id, specification.id, line, account.frontier))
        self.batch.tell(account.id, specification_created(specification.id, line, account.frontier))
        self._remember(account, line, digest, specification.id)

    def _advance(self, account: AccountState, at: datetime) -> None:
        account.frontier = at
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
        for happening in effect.happenings:
            self.batch.tell(account.id, happening)
        account.next_order_number += len(added)
        self._memory.groups[account.id, ref] = (*before, *added)
        return None if before else added[0]

    def _negotiate(self, account: AccountState, version: SlaVersion) -> None:
        self.batch.tell(account.id, terms_negotiated(version, account.versions))
        self.batch.versions.append((account.id, version))
        account.versions.append(version)
        self._retell_rejections(account, version.negotiated_at)

    def _move(self, account: AccountState, period: ZonePeriod) -> None:
        self.batch.tell(account.id, time_zone_changed(period, account.periods[-1]))
        self.batch.periods.append((account.id, period))
        self.batch.moved.add(account.id)
        running = account.move(period)
        if running is not None:
            self.batch.use(account, running)
        self._retell_rejections(account, period.starts_at)

    def _retell_rejections(self, account: AccountState, since: datetime) -> None:
        """Promise anew, by the zones and terms known now, what rejections from an instant on were promised."""
        for account_id, order in self._memory.orders.values():
            if account_id == account.id and (after := with_redo_deadlines(order, account, since)) != order:
                self.batch.amend(account.id, order, after, since - _MICROSECOND)
                self._memory.orders[order.id] = account.id, after

    def _is_known(self, account: AccountState, line: Line, digest: bytes) -> bool:
        """Say whether a line took effect before, and count it if so."""
        key = line_key(account.id, line, digest)
        known = self._memory.lines.get(key)
        if known is None:
            return False
        if known.digest != digest:
            raise LineRefused("ref", f"{key.kind} {key.ref!r} was imported before with other content")
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
