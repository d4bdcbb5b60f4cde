"""Selections of every list of the schema, by type and field, from a cursor in the variable `$after`."""

from typing import Final

_OF_IMAGES: Final = (
    *("OrderPlaced", "OrderExpedited", "ImagesClaimed", "ClaimExpired", "ImagesDelivered", "ImagesRejected"),
    *("ImagesCancelled", "DeadlineConfirmed", "DeadlineRevised", "DeadlineAtRisk", "DeadlineMissed", "ReviewOverdue"),
    "OperationsRecorded",
)

LISTS: Final = {
    "Account.orders": "orders(after: $after) { edges { cursor node { id name } } }",
    "Account.events": "events(after: $after) { edges { cursor node { id account { id } } } }",
    "Account.slaVersions": "slaVersions(after: $after) { edges { cursor node { id } } }",
    "Account.specifications": "specifications(after: $after) { edges { cursor node { id name } } }",
    "Account.inquiries": "inquiries(after: $after) { edges { cursor node { id text order { id } } } }",
    "Order.images": "order(number: 1) { images(after: $after) { edges { cursor node { id filename } } } }",
    "Order.events": "order(number: 1) { events(after: $after) { edges { cursor node { id account { id } } } } }",
    **{
        f"{name}.images": f"order(number: 1) {{ events {{ nodes {{ ... on {name} {{ images(after: $after) {{"
        " edges { cursor node { id filename } } } } } } }"
        for name in _OF_IMAGES
    },
    "ImagesRejected.rejectedImages": "order(number: 1) { events { nodes { ... on ImagesRejected {"
    " rejectedImages(after: $after) { edges { cursor node { reason image { id } rejection { id } } } } } } } }",
    "Account.pulseHistory": "pulseHistory(after: $after) { edges { cursor node { id date } } }",
    "Productivity.images": "pulse { productivity { images(after: $after) { edges { cursor node { id filename } } } } }",
    "Quality.deliveredImages": "pulse { quality { deliveredImages(after: $after) { edges { cursor node { id } } } } }",
    "Quality.rejectedImages": "pulse { quality { rejectedImages(after: $after) { edges { cursor node { id } } } } }",
    "Reliability.onTimeImages": "pulse { reliability { onTimeImages(after: $after) { edges { cursor node { id }}}}}",
    "Reliability.lateImages": "pulse { reliability { lateImages(after: $after) { edges { cursor node { id } } } } }",
    "InquiryCompliance.missedInquiries": (
        "sla { compliance { inquiry { missedInquiries(after: $after) { edges { cursor node { id text } } } } } }"
    ),
    "InquiryCompliance.openInquiries": (
        "sla { compliance { inquiry { openInquiries(after: $after) { edges { cursor node { id text } } } } } }"
    ),
    "TermCompliance.missedImages": (
        "sla { compliance { standard { missedImages(after: $after) { edges { cursor node { id } } } } } }"
    ),
    "TermCompliance.openImages": (
        "sla { compliance { standard { openImages(after: $after) { edges { cursor node { id } } } } } }"
    ),
}
"""Every list of an account, as a selection of it."""

MORE_LISTS: Final = {
    f"{name} of reviews": (
        f"sla {{ compliance {{ review {{ {name}(after: $after) {{ edges {{ cursor node {{ id }} }} }} }} }} }}"
    )
    for name in ("missedImages", "openImages")
}
"""Lists that read rows of their own, by fields that others have, too."""

OVER_ALL_ACCOUNTS: Final = {
    f"Query.{name}": f"{name}(after: $after) {{ edges {{ cursor node {{ id }} }} }}"
    for name in (
        *("accounts", "retouchingSteps", "productionQueue", "atRisk", "orders", "ordersAwaitingDeadline"),
        *("events", "inquiries", "jobRuns"),
    )
}
"""Every list over all accounts, as a selection of the query root."""
