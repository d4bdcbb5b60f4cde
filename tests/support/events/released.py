"""Rows of the table `events` as release 0.1.0 wrote them, one of each form, from `tests/released/dump.sql`.

EVENT_WITHDRAWN is as the commits after that release wrote it.
"""

from typing import Any, Final

import orjson

_ROWS: Final = r"""
ACCOUNT_CREATED {"after": {"ref": "acme", "name": "ACME", "plan": "PROFESSIONAL", "timeZone": "Europe/Copenhagen", "imagesPerDay": 4, "expeditesPerDay": 2}, "before": null}
SPECIFICATION_CHANGED {"after": {"id": "019cd277-ea00-7000-988c-8e2bc324c985", "name": "Ghost mannequin", "steps": [{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}], "version": 1, "currency": "USD", "pricePerImage": "1.45"}, "before": null}
SPECIFICATION_CHANGED {"after": {"id": "019cd278-d460-7000-80b6-dcdc07d4bedc", "name": "Ghost mannequin", "version": 2}, "before": {"id": "019cd278-d460-7000-80b6-dcdc07d4bedc", "name": "Ghost", "version": 1}}
SPECIFICATION_CHANGED {"after": {"id": "019cd279-bec0-7000-94c9-14fb06839eb9", "archivedAt": "2026-03-09T12:04:00+00:00"}, "before": {"id": "019cd279-bec0-7000-94c9-14fb06839eb9", "archivedAt": null}}
ORDER_PLACED {"after": {"name": "Order o-1", "dueAt": "2026-03-04T08:00:00+00:00", "price": "2.90", "number": 1, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-03T10:00:00+00:00", "splitFrom": null, "imageCount": 2, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "STANDARD", "deadlineStatus": "CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb323-e500-7000-9644-434b008a05a7", "filename": "a.jpg"}, {"id": "019cb323-e500-7000-9644-434b008a05a8", "filename": "b.jpg"}], "firstNumber": 1, "firstPosition": 1, "pricePerImage": "1.45", "firstExpeditePosition": null}
ORDER_SPLIT {"into": [{"id": "019cd27c-7de0-7000-90e2-5717076f3788", "number": 2, "serviceLevel": "ADDITIONAL"}], "after": null, "before": null}
ORDER_SPLIT {"into": [{"id": "019cb35a-d380-7000-92ea-ba983a902931", "number": 3, "serviceLevel": "EXPEDITED"}], "after": {"price": "1.45", "imageCount": 1}, "before": {"price": "2.90", "imageCount": 2}}
ORDER_EXPEDITED {"after": {"name": "Order o-2", "dueAt": "2026-03-03T14:00:00+00:00", "price": "2.90", "number": 3, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-03T10:00:00+00:00", "splitFrom": "019cb323-e500-7000-99a8-8fc6b8b6d8fe", "imageCount": 1, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": "2026-03-03T11:00:00+00:00", "serviceLevel": "EXPEDITED", "deadlineStatus": "CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb323-e500-7000-99a8-8fc6b8b6d900", "expeditePosition": 1}], "pricePerImage": "2.90"}
ORDER_CANCELLED {"after": {"status": "CANCELLED", "cancelledAt": "2026-03-04T10:30:00+00:00"}, "before": {"status": "IN_PRODUCTION", "cancelledAt": null}}
ORDER_COMPLETED {"after": {"status": "COMPLETED", "completedAt": "2026-03-09T12:15:00+00:00"}, "before": {"status": "READY_FOR_DOWNLOAD", "completedAt": null}}
IMAGES_CLAIMED {"after": {"worker": "Ada", "leaseUntil": "2026-03-09T13:10:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f378c"]}
CLAIM_EXPIRED {"after": null, "before": {"worker": "Ada", "leaseUntil": "2026-03-09T13:16:00+00:00"}, "images": ["019cd27c-7de0-7000-90e2-5717076f3789"]}
IMAGES_DELIVERED {"after": {"status": "READY_FOR_DOWNLOAD", "completedAt": null, "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "completedAt": null, "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cd27c-7de0-7000-90e2-5717076f378c"], "worker": "Ada"}
IMAGES_DELIVERED {"after": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cb323-e500-7000-99a8-8fc6b8b6d900"]}
IMAGES_REJECTED {"after": {"status": "IN_PRODUCTION", "rejectedCount": 1, "deliveredCount": 1}, "before": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 2}, "images": [{"id": "019cb323-e500-7000-9644-434b008a05a7", "dueAt": "2026-03-04T13:00:00+00:00", "reason": "halo", "rejection": "019cb7dc-6400-7000-8885-c7a87204e52d", "slaVersion": 1}]}
DEADLINE_CONFIRMED {"note": "Ada can", "after": {"dueAt": "2026-03-10T18:00:00+00:00", "confirmedAt": "2026-03-09T12:07:00+00:00", "deadlineStatus": "CONFIRMED"}, "before": {"dueAt": null, "confirmedAt": null, "deadlineStatus": "TO_BE_CONFIRMED"}, "images": ["019cd27c-7de0-7000-90e2-5717076f378d", "019cd27c-7de0-7000-90e2-5717076f378e"], "pricePerImage": "1.45"}
DEADLINE_AT_RISK {"after": {"kind": "DELIVERY", "dueAt": "2026-03-10T08:00:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f3789"]}
DEADLINE_MISSED {"after": {"kind": "REDO", "dueAt": "2026-03-10T08:00:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f3789"]}
DEADLINE_MET {"after": {"dueAt": "2026-03-09T15:06:00+00:00"}, "before": null}
SLA_NEGOTIATED {"after": {"note": "as agreed", "version": 2, "imagesPerDay": 8, "effectiveDate": "2026-03-18", "expeditesPerDay": null}, "before": {"version": 1, "imagesPerDay": 4, "expeditesPerDay": 2}}
TIME_ZONE_CHANGED {"after": {"timeZone": "Europe/London"}, "before": {"timeZone": "Europe/Copenhagen"}}
GUARANTEE_RESET {"after": {"date": "2026-03-04", "used": 0, "opensAt": "2026-03-03T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-04T23:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-03", "used": 6, "opensAt": "2026-03-02T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-03T23:00:00+00:00", "slaVersion": 1, "expediteUsed": 1, "expediteCapacity": 2}}
EVENT_WITHDRAWN {"event": 7, "after": null, "before": null}
"""  # noqa: E501 - rows are not wrapped

OLD_ROWS: Final[list[tuple[str, dict[str, Any]]]] = [
    (type_, orjson.loads(data)) for type_, _, data in (row.partition(" ") for row in _ROWS.strip().splitlines())
]
"""The type and the data of each row."""
