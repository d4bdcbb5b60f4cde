"""The lines of an imported account with one of each kind of fact."""

from typing import Final

from tests.support.import_files import change, order

PLAN: Final = {
    "deadline": {"at": "2026-03-06T12:00:00Z", "confirmedAt": "2026-03-04T08:00:00Z"},
    "deliveredAt": "2026-03-06T09:00:00Z",
}
RETURNED: Final = {
    "deliveredAt": "2026-03-04T07:00:00.000250Z",
    "rejections": [{"at": "2026-03-04T08:00:00Z", "reason": "halo", "redeliveredAt": "2026-03-04T09:00:00Z"}],
}
FACTS: Final = (
    order(
        "o-1",
        [
            {"filename": "a.jpg", "externalReference": "SKU-1", **RETURNED},
            {"filename": "b.jpg", "deliveredAt": "2026-03-04T07:00:00Z"},
        ],
    ),
    order(
        "o-2",
        [
            {"filename": f"{name}.jpg", "deliveredAt": f"2026-03-03T{hour}:30:00Z"}
            for name, hour in (("e", 12), ("f", 11))
        ],
    ),
    change("expedite", "2026-03-03T11:00:00Z", order="o-2", filenames=["f.jpg"]),
    order("o-3", [{"filename": "c.jpg", **PLAN}, {"filename": "d.jpg", **PLAN}], "2026-03-03T12:00:00Z"),
    order("o-4", at="2026-03-04T10:00:00Z"),
    change("cancellation", "2026-03-04T10:30:00Z", order="o-4"),
    change("terms", "2026-03-04T11:00:00Z", imagesPerDay=6, effectiveDate="2026-04-01"),
    change("timeZone", "2026-03-04T12:00:00Z", timeZone="Europe/London"),
)
