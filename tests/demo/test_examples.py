"""Each operation in `examples/` is answered in a demo that is started on a Wednesday, in the order of the page."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from httpx import AsyncClient

from app.domain.sla.enums import SlaTerm
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.demo_cards import empty_fields
from tests.support.example_files import Answer, examples, fields_of
from tests.support.serving import Client, CountingReader
from tests.support.started_demo import start

MISTAKES: Final = ("errors", "userErrors", "warnings")
WEDNESDAY: Final = datetime(2026, 3, 11, 12, tzinfo=UTC)
FACTS: Final = {
    "Dashboard.account.pulse.productivity.summary": "1,881 images, up from none",
    "Dashboard.account.pulse.reliability.summary": "99.4 % on time",
    "OrderExplained.account.order.status": "IN_PRODUCTION",
    "OrderExplained.account.order.images.nodes.0.rejections.0.reason": "Crop cuts the sleeve",
    "Quote.account.standard.quote.parts.0.deadline.at": "2026-03-12T08:00:00Z",
    "Quote.account.expedited.quote.parts.0.deadline.at": "2026-03-11T15:00:00.000006Z",
    "PlaceOrder.placeOrder.orders.0.deadline.at": "2026-03-12T08:00:00Z",
    "OrderToExpedite.account.orders.nodes.0.name": "Coats for autumn",
    "ExpediteOrder.expediteOrder.orders.0.serviceLevel": "EXPEDITED",
    "CancelOrder.cancelOrder.order.status": "CANCELLED",
    "RejectImage.rejectImages.images.0.status": "REJECTED",
    "CompleteOrder.completeOrder.order.status": "COMPLETED",
    "LateImages.account.pulse.reliability.lateImages.nodes.0.lateBySeconds": 720,
    "Compliance.account.sla.compliance.standard.metCount": 1248,
    "ActivityChart.account.activity.0.date": "2026-02-23",
    "FollowEvents.account.events.pageInfo.hasPreviousPage": True,
    "OwnInquiries.account.inquiries.totalCount": 8,
    "SetContact.setContact.account.contact.name": "Mette Holm",
    "UpdateSpecification.updateSpecification.specification.pricePerImage.amount": "1.30",
    "ArchiveSpecification.archiveSpecification.specification.archived": True,
    "ChangeTimeZone.changeTimeZone.account.timeZone": "Europe/Stockholm",
    "Accounts.accounts.totalCount": 7,
    "AtRisk.atRisk.totalCount": 109,
    "LateOrders.orders.nodes.0.account.name": "Fifth & Mercer",
    "RecordOperation.recordOperations.images.0.completedSteps.1.seconds": 171.5,
    "DeliverImage.deliverImages.images.0.status": "DELIVERED",
    "ConfirmInPortions.confirmDeadline.orders.0.deadline.at": "2026-03-12T11:00:00Z",
    "ConfirmInPortions.confirmDeadline.orders.1.deadline.at": "2026-03-15T20:00:00Z",
    "BringForward.reviseDeadline.order.deadline.at": "2026-03-12T11:00:00Z",
    "NegotiateTerms.negotiateSla.sla.customTerms": [term.value for term in SlaTerm],
    "WithdrawTerms.withdrawSla.sla.version": 2,
    "ChangePlan.changePlan.account.comingPlan.from": "2030-01-01T00:00:00Z",
    "SetRetouchingStep.setRetouchingStep.retouchingStep.price.amount": "0.45",
    "CreateNegotiated.createSpecification.specification.pricePerImage.amount": "2.40",
    "EndNegotiatedPrice.updateSpecification.specification.pricePerImage.amount": "2.10",
    "OpenInquiries.inquiries.totalCount": 22,
    "AnswerInquiry.answerInquiry.inquiry.account.name": "Harbour Outdoor",
    "SetDashboardAccess.setDashboardAccess.account.dashboardAvailable": True,
    "SetSuccessManager.setSuccessManager.account.sla.support.successManager.name": "Jonas Weber",
    "RenameAccount.renameAccount.account.name": "Harbour Outdoor & Sea",
    "ReopenAccount.reopenAccount.account.closedAt": None,
    "NewestEvents.account.events.nodes.0.type": "IMAGES_REJECTED",
}
"""Single fields of the answers."""
EMPTY: Final = {
    "Dashboard.account.dailyGuarantee.additional",
    "Dashboard.account.pulse.productivity.trend.changePercent",
    "Dashboard.account.pulse.quality.trend.changePercent",
    "Dashboard.account.pulse.timeSavings.trend.changePercent",
    "Dashboard.account.pulse.productivityStreak.trend",
    "Dashboard.account.pulse.productivityStreak.keepBy",
    "Dashboard.account.pulse.reliability.trend.changePercent",
    "Dashboard.account.pulse.averageLeadTime.trend.changePercent",
    "Dashboard.account.orderFeed.late",
    "OrderExplained.account.order.deadline.late",
    "LateImages.account.pulse.reliability.lateImages.pageInfo.hasNextPage",
    "Compliance.account.sla.customTerms",
    "Compliance.account.sla.message",
    "Compliance.account.sla.expedite.opensAt",
    "Compliance.account.sla.compliance.expeditedAdditional.openCount",
    "Compliance.account.sla.compliance.rejection.missedImages.nodes.lateBySeconds",
    "Compliance.account.sla.compliance.review.openCount",
    "Compliance.account.sla.compliance.review.missedImages.nodes.lateBySeconds",
    "Accounts.accounts.nodes.closedAt",
    "Accounts.accounts.pageInfo.hasNextPage",
    "AtRisk.atRisk.nodes.deadline.at",
    "AtRisk.atRisk.nodes.deadline.late",
    "Queue.productionQueue.nodes.deadline.reviewBy",
    "DeliverImage.deliverImages.images.onTime",
    "AccountToNegotiate.accounts.nodes.sla.customTerms",
    "AccountToUpgrade.accounts.nodes.comingPlan",
    "RetouchingSteps.retouchingSteps.nodes.archived",
    "SetRetouchingStep.setRetouchingStep.retouchingStep.specificationCount",
    "EndNegotiatedPrice.updateSpecification.specification.priceNegotiated",
    "OpenInquiries.inquiries.nodes.order",
    "AccountWithoutDashboard.accounts.nodes.dashboardAvailable",
    "AccountToClose.accounts.nodes.closedAt",
    "ReopenAccount.reopenAccount.account.closedAt",
    "JobRuns.jobRuns.nodes",
    "JobRuns.failed.totalCount",
}
"""The fields that are empty by the rules, in all items of lists. All others have a value."""


def field_of(answers: dict[str, Answer], path: str) -> object:
    """Return a field of the answers to operations, by its path; items of lists are numbered from 0."""
    operation, *names = path.split(".")
    value: Any = answers[operation]["data"]
    for name in names:
        value = value[int(name) if isinstance(value, list) else name]
    return value


def mistakes(answer: Answer) -> dict[str, object]:
    """Return the errors, user errors and warnings of an answer, wherever they are."""
    return {name: value for name, value in fields_of(answer) if name in MISTAKES and value}


async def test_the_examples_are_answered_in_the_demo(
    pool: Pool, clock: FrozenClock, http: AsyncClient, counting: CountingReader, tmp_path: Path
) -> None:
    clock.advance_to(WEDNESDAY)
    access = await start(pool, clock, tmp_path)
    answers: dict[str, Answer] = {}
    for role, token in (("client", access.clients[0].token), ("staff", access.staff_token)):
        for example in examples(role):
            answers |= await example.run(Client(http, token, counting))
    assert {operation: found for operation, answer in answers.items() if (found := mistakes(answer))} == {}
    assert {path: field_of(answers, path) for path in FACTS} == FACTS
    empty = {f"{operation}.{path}" for operation, answer in answers.items() for path in empty_fields(answer["data"])}
    assert {path for path in empty if not path.endswith(MISTAKES)} == EMPTY
