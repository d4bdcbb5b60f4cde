"""The fields of every type of event in the API."""

from typing import Final

_PROGRESS: Final = "{ status deliveredCount rejectedCount completedAt }"
_IMAGES: Final = "images(first: 100) { nodes { id filename externalReference instructions } totalCount } imageCount"
_DAY: Final = "{ date opensAt closesAt slaVersion capacity used expediteCapacity expediteUsed }"
_MONEY: Final = "{ amount currency }"
TERMS: Final = (
    *("imagesPerDay", "expeditesPerDay", "deliverBy", "expediteTurnaround", "expediteAdditionalTurnaround"),
    *("expediteMultiplier", "rejectionTurnaround", "reviewTurnaround", "flowAvailable"),
    *("supportResponse", "supportPhone"),
)
"""The keys of the terms that can be negotiated, in events and in the API."""
_TERMS: Final = f"{{ {' '.join(TERMS)} }}"
FIELDS: Final = {
    "AccountCreated": f"ref name plan timeZone terms {_TERMS}",
    "OrderPlaced": f"""number name externalReference instructions status
      specification {{ id }} specificationVersion serviceLevel deadlineStatus
      deadline slaVersion price {_MONEY} pricePerImage {_MONEY} expeditedAt firstNumber firstPosition
      firstExpeditePosition splitFrom {{ id }} {_IMAGES}""",
    "OrderSplit": f"""into {{ number serviceLevel order {{ id }} }} newStatus previousStatus newImageCount
      previousImageCount newPrice {_MONEY} previousPrice {_MONEY}""",
    "OrderExpedited": f"""splitFrom {{ id }} serviceLevel previousServiceLevel deadlineStatus previousDeadlineStatus
      deadline previousDeadline confirmedAt previousConfirmedAt newSlaVersion previousSlaVersion
      newPrice {_MONEY} previousPrice {_MONEY} pricePerImage {_MONEY} firstExpeditePosition {_IMAGES}""",
    "OrderCancelled": "previousStatus",
    "ImagesCancelled": f"""newStatus previousStatus newImageCount previousImageCount newPrice {_MONEY}
      previousPrice {_MONEY} {_IMAGES}""",
    "OrderCompleted": "previousStatus",
    "ImagesClaimed": f"leaseUntil worker {_IMAGES}",
    "ClaimExpired": f"leaseUntil worker {_IMAGES}",
    "ImagesDelivered": f"before {_PROGRESS} after {_PROGRESS} worker {_IMAGES}",
    "ImagesRejected": f"""before {_PROGRESS} after {_PROGRESS} {_IMAGES}
      rejectedImages(first: 100) {{
        nodes {{ reason category dueAt slaVersion image {{ id }} rejection {{ id }} }} }}""",
    "DeadlineConfirmed": f"""deadline previous previousDeadlineStatus newSlaVersion previousSlaVersion
      newPrice {_MONEY} previousPrice {_MONEY} newPricePerImage {_MONEY} note message {_IMAGES}""",
    "DeadlineRevised": f"deadline previous note message {_IMAGES}",
    "DeadlineAtRisk": f"deadline kind {_IMAGES}",
    "DeadlineMissed": f"deadline kind {_IMAGES}",
    "ReviewOverdue": f"reviewBy {_IMAGES}",
    "DeadlineMet": "deadline",
    "SlaNegotiated": f"version effectiveDate terms {_TERMS} previousVersion previousTerms {_TERMS} note message",
    "TimeZoneChanged": "timeZone previousTimeZone",
    "GuaranteeReset": f"closed {_DAY} opened {_DAY}",
    "SpecificationChanged": f"""specification {{ id }} newVersion archivedAt newName previousName byCatalogue
      newPricePerImage {_MONEY} previousPricePerImage {_MONEY} newPriceNegotiated previousPriceNegotiated
      newSteps {{ step seconds negotiated }} previousSteps {{ step seconds negotiated }}
      newInstructions previousInstructions""",
    "OperationsRecorded": f"{_IMAGES} steps operationCount worker",
    "AccountRenamed": "name previousName",
    "SuccessManagerChanged": "successManager { name email } previousSuccessManager { name email }",
    "ContactChanged": "contact { name email } previousContact { name email }",
    "DashboardAccessChanged": "enabled previouslyEnabled",
    "AccountClosed": "reason",
    "AccountReopened": "closedAt reason",
    "SlaWithdrawn": f"""version effectiveDate replacementVersion terms {_TERMS} previousTerms {_TERMS}
      note message""",
    "PlanChanged": f"""plan previousPlan version effectiveDate terms {_TERMS} previousVersion
      previousTerms {_TERMS}""",
    "EventWithdrawn": "event { id }",
    "InquiryOpened": "inquiry { id } topic dueAt text",
    "InquiryAnswered": "inquiry { id } answer",
    "InquiryOverdue": "inquiry { id } dueAt",
    "TextsErased": "erasedBefore",
}
"""All fields of each type but those of the interface."""

EVERY_EVENT: Final = f"""
query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id ... on Event {{
  at recordedAt type account {{ id }}
  order {{ id number name instructions placedAt specification {{ id }} price {{ currency }} }}
  {" ".join(f"... on {name} {{ {fields} }}" for name, fields in FIELDS.items())}
}} }} }}
"""
