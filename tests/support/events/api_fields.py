"""The fields of every type of event in the API, and the field that shows each key of its stored form."""

from typing import Final

_PROGRESS: Final = "{ status deliveredCount rejectedCount completedAt }"
_IMAGES: Final = "images(first: 100) { nodes { id filename externalReference instructions } totalCount } imageCount"
_DAY: Final = "{ date opensAt closesAt slaVersion capacity used expediteCapacity expediteUsed }"
_MONEY: Final = "{ amount currency }"
FIELDS: Final = {
    "AccountCreated": "ref name plan timeZone imagesPerDay expeditesPerDay",
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
    "DeadlineMet": "deadline",
    "SlaNegotiated": """version effectiveDate imagesPerDay expeditesPerDay previousVersion
      previousImagesPerDay previousExpeditesPerDay note message""",
    "TimeZoneChanged": "timeZone previousTimeZone",
    "GuaranteeReset": f"closed {_DAY} opened {_DAY}",
    "SpecificationChanged": f"""specification {{ id }} newVersion archivedAt newName previousName byCatalogue
      newPricePerImage {_MONEY} previousPricePerImage {_MONEY} newPriceNegotiated previousPriceNegotiated
      newSteps {{ step seconds negotiated }} previousSteps {{ step seconds negotiated }}
      newInstructions previousInstructions""",
    "AccountRenamed": "name previousName",
    "SuccessManagerChanged": "successManager { name email } previousSuccessManager { name email }",
    "AccountClosed": "reason",
    "AccountReopened": "closedAt reason",
    "SlaWithdrawn": """version effectiveDate replacementVersion imagesPerDay expeditesPerDay
      previousImagesPerDay previousExpeditesPerDay note message""",
    "PlanChanged": """plan previousPlan version effectiveDate imagesPerDay expeditesPerDay previousVersion
      previousImagesPerDay previousExpeditesPerDay""",
    "EventWithdrawn": "event { id }",
}
"""All fields of each type but those of the interface."""

EVERY_EVENT: Final = f"""
query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id ... on Event {{
  at recordedAt type account {{ id }}
  order {{ id number name instructions placedAt specification {{ id }} price {{ currency }} }}
  {" ".join(f"... on {name} {{ {fields} }}" for name, fields in FIELDS.items())}
}} }} }}
"""

_VERSION: Final = {"version": "- of the stored form"}
_NEW: Final = {"before": "- always null: it is new"}
_IDS: Final = {"images[]": "images.nodes[].id"}
_BOTH: Final = {
    f"{side}.{name}": f"{side}.{name}"
    for side in ("before", "after")
    for name in ("status", "deliveredCount", "rejectedCount", "completedAt")
}
_DAYS: Final = {
    f"{side}.{name}": f"{shown}.{name}"
    for side, shown in (("before", "closed"), ("after", "opened"))
    for name in (
        *("date", "opensAt", "closesAt", "slaVersion"),
        *("capacity", "used", "expediteCapacity", "expediteUsed"),
    )
}
_ALERT: Final = {**_NEW, **_IDS, "after.dueAt": "deadline", "after.kind": "kind"}
SHOWN: Final[dict[str, dict[str, str]]] = {
    "ACCOUNT_CREATED": {
        **_NEW,
        **{f"after.{name}": name for name in ("ref", "name", "plan", "timeZone", "imagesPerDay", "expeditesPerDay")},
    },
    "ORDER_PLACED": {
        **_NEW,
        "after.number": "number",
        "after.status": "status",
        "after.specificationId": "specification.id",
        "after.specificationVersion": "specificationVersion",
        "after.serviceLevel": "serviceLevel",
        "after.deadlineStatus": "deadlineStatus",
        "after.dueAt": "deadline",
        "after.slaVersion": "slaVersion",
        "after.imageCount": "imageCount",
        "after.price": "price.amount",
        "after.currency": "price.currency",
        "after.placedAt": "at",
        "after.expeditedAt": "expeditedAt",
        "after.splitFrom": "splitFrom.id",
        **{f"after.{name}": "- null in a new order" for name in ("confirmedAt", "completedAt", "cancelledAt")},
        "pricePerImage": "pricePerImage.amount",
        "firstNumber": "firstNumber",
        "firstPosition": "firstPosition",
        "firstExpeditePosition": "firstExpeditePosition",
        "images[].id": "images.nodes[].id",
        "name": "name",
        "externalReference": "externalReference",
        "instructions": "instructions",
        "filenames[]": "images.nodes[].filename",
        "imageReferences[]": "images.nodes[].externalReference",
        "imageInstructions[]": "images.nodes[].instructions",
    },
    "ORDER_SPLIT": {
        "before": "- null if it was split as it was placed",
        "after": "- null if it was split as it was placed",
        "before.status": "previousStatus",
        "after.status": "newStatus",
        "before.imageCount": "previousImageCount",
        "after.imageCount": "newImageCount",
        "before.price": "previousPrice.amount",
        "after.price": "newPrice.amount",
        "into[].id": "into[].order.id",
        "into[].number": "into[].number",
        "into[].serviceLevel": "into[].serviceLevel",
    },
    "ORDER_EXPEDITED": {
        "before": "- null if the order is new, which splitFrom shows",
        "after.number": "order.number",
        "after.status": "- always IN_PRODUCTION: its images are not delivered yet",
        "after.specificationId": "order.specification.id",
        "after.specificationVersion": "- as of the order it was split off from, which never changes",
        "before.serviceLevel": "previousServiceLevel",
        "after.serviceLevel": "serviceLevel",
        "before.deadlineStatus": "previousDeadlineStatus",
        "after.deadlineStatus": "deadlineStatus",
        "before.dueAt": "previousDeadline",
        "after.dueAt": "deadline",
        "before.slaVersion": "previousSlaVersion",
        "after.slaVersion": "newSlaVersion",
        "before.confirmedAt": "previousConfirmedAt",
        "after.confirmedAt": "confirmedAt",
        "before.price": "previousPrice.amount",
        "after.price": "newPrice.amount",
        "after.currency": "newPrice.currency",
        "after.imageCount": "imageCount",
        "after.placedAt": "order.placedAt",
        "before.expeditedAt": "- null: it was not expedited before",
        "after.expeditedAt": "at",
        "after.splitFrom": "splitFrom.id",
        **{f"after.{name}": "- null in a new order" for name in ("completedAt", "cancelledAt")},
        "pricePerImage": "pricePerImage.amount",
        "images[].id": "images.nodes[].id",
        "images[].expeditePosition": "- consecutive from firstExpeditePosition on",
        "name": "order.name",
        "instructions": "order.instructions",
    },
    "ORDER_CANCELLED": {
        "before.status": "previousStatus",
        "after.status": "- always CANCELLED",
        "before.cancelledAt": "- always null",
        "after.cancelledAt": "at",
    },
    "IMAGES_CANCELLED": {
        **_IDS,
        "before.status": "previousStatus",
        "after.status": "newStatus",
        "before.imageCount": "previousImageCount",
        "after.imageCount": "newImageCount",
        "before.price": "previousPrice.amount",
        "after.price": "newPrice.amount",
    },
    "ORDER_COMPLETED": {
        "before.status": "previousStatus",
        "after.status": "- always COMPLETED",
        "before.completedAt": "- always null",
        "after.completedAt": "at",
    },
    "IMAGES_CLAIMED": {**_NEW, **_IDS, "after.leaseUntil": "leaseUntil", "worker": "worker"},
    "CLAIM_EXPIRED": {
        **_IDS,
        "before.leaseUntil": "leaseUntil",
        "after": "- always null: nobody holds them",
        "worker": "worker",
    },
    "IMAGES_DELIVERED": {**_BOTH, **_IDS, "worker": "worker"},
    "IMAGES_REJECTED": {
        **_BOTH,
        "images[].id": "rejectedImages.nodes[].image.id",
        "images[].rejection": "rejectedImages.nodes[].rejection.id",
        "images[].dueAt": "rejectedImages.nodes[].dueAt",
        "images[].category": "rejectedImages.nodes[].category",
        "images[].slaVersion": "rejectedImages.nodes[].slaVersion",
        "reasons[]": "rejectedImages.nodes[].reason",
    },
    "DEADLINE_CONFIRMED": {
        **_IDS,
        "before.dueAt": "previous",
        "after.dueAt": "deadline",
        "before.deadlineStatus": "previousDeadlineStatus",
        "after.deadlineStatus": "- always CONFIRMED",
        "before.confirmedAt": "- always null",
        "after.confirmedAt": "at",
        "before.slaVersion": "previousSlaVersion",
        "after.slaVersion": "newSlaVersion",
        "before.price": "previousPrice.amount",
        "after.price": "newPrice.amount",
        "pricePerImage": "newPricePerImage.amount",
        "note": "note",
        "message": "message",
    },
    "DEADLINE_REVISED": {
        **_IDS,
        "before.dueAt": "previous",
        "after.dueAt": "deadline",
        "note": "note",
        "message": "message",
    },
    "DEADLINE_AT_RISK": _ALERT,
    "DEADLINE_MISSED": _ALERT,
    "DEADLINE_MET": {**_NEW, "after.dueAt": "deadline"},
    "SLA_NEGOTIATED": {
        "before.version": "previousVersion",
        "before.imagesPerDay": "previousImagesPerDay",
        "before.expeditesPerDay": "previousExpeditesPerDay",
        "after.version": "version",
        "after.effectiveDate": "effectiveDate",
        "after.imagesPerDay": "imagesPerDay",
        "after.expeditesPerDay": "expeditesPerDay",
        "note": "note",
        "message": "message",
    },
    "TIME_ZONE_CHANGED": {"before.timeZone": "previousTimeZone", "after.timeZone": "timeZone"},
    "GUARANTEE_RESET": _DAYS,
    "SPECIFICATION_CHANGED": {
        "before": "- null if it is new, which its version shows",
        "before.id": "specification.id",
        "after.id": "specification.id",
        "before.version": "- the one before the new version",
        "after.version": "newVersion",
        "before.archivedAt": "- always null",
        "after.archivedAt": "archivedAt",
        "before.name": "previousName",
        "after.name": "newName",
        "before.pricePerImage": "previousPricePerImage.amount",
        "after.pricePerImage": "newPricePerImage.amount",
        "before.currency": "previousPricePerImage.currency",
        "after.currency": "newPricePerImage.currency",
        "before.priceNegotiated": "previousPriceNegotiated",
        "after.priceNegotiated": "newPriceNegotiated",
        "byCatalogue": "byCatalogue",
        "instructions": "newInstructions",
        "previousInstructions": "previousInstructions",
        "before.steps[].negotiated": "previousSteps[].negotiated",
        "after.steps[].negotiated": "newSteps[].negotiated",
        "before.steps[].step": "previousSteps[].step",
        "before.steps[].milliseconds": "previousSteps[].seconds",
        "after.steps[].step": "newSteps[].step",
        "after.steps[].milliseconds": "newSteps[].seconds",
    },
    "ACCOUNT_RENAMED": {"before.name": "previousName", "after.name": "name"},
    "SUCCESS_MANAGER_CHANGED": {
        "before": "- null if there was none",
        "after": "- null if there is none",
        "name": "successManager.name",
        "email": "successManager.email",
        "previousName": "previousSuccessManager.name",
        "previousEmail": "previousSuccessManager.email",
    },
    "ACCOUNT_CLOSED": {"before.closedAt": "- always null", "after.closedAt": "at", "reason": "reason"},
    "ACCOUNT_REOPENED": {"before.closedAt": "closedAt", "after.closedAt": "- always null", "reason": "reason"},
    "SLA_WITHDRAWN": {
        "before.version": "version",
        "before.effectiveDate": "effectiveDate",
        "before.imagesPerDay": "previousImagesPerDay",
        "before.expeditesPerDay": "previousExpeditesPerDay",
        "after.version": "replacementVersion",
        "after.imagesPerDay": "imagesPerDay",
        "after.expeditesPerDay": "expeditesPerDay",
        "note": "note",
        "message": "message",
    },
    "PLAN_CHANGED": {
        "before.plan": "previousPlan",
        "before.version": "previousVersion",
        "before.imagesPerDay": "previousImagesPerDay",
        "before.expeditesPerDay": "previousExpeditesPerDay",
        "after.plan": "plan",
        "after.version": "version",
        "after.effectiveDate": "effectiveDate",
        "after.imagesPerDay": "imagesPerDay",
        "after.expeditesPerDay": "expeditesPerDay",
    },
    "EVENT_WITHDRAWN": {
        "before": "- always null",
        "after": "- always null",
        "event": "event.id",
    },
}
"""The field that shows each key of `data` and of `texts`, or after a dash the reason for none."""
for _shown in SHOWN.values():
    _shown.update(_VERSION)
