"""The cards of the demo: the questions of a dashboard and of staff, and the fields of their answers that are empty."""

from collections.abc import Iterator
from typing import Final, cast

_COUNTS: Final = "metCount missedCount openCount rate"
_ROWS: Final = "standard additional expedited expeditedAdditional deliveryPlan rejection review"
_COMPLIANCE: Final = " ".join(
    f"{row} {{ {_COUNTS} missedImages(first: 1) {{ totalCount }} openImages(first: 1) {{ totalCount }} }}"
    for row in _ROWS.split()
)
_KPI: Final = "label definition summary"
DASHBOARD: Final = f"""{{ account {{
  contact {{ name email }}
  sla {{
    standard {{ summary }} guarantee {{ imagesPerDay }} expedite {{ turnaround }} review {{ turnaround }}
    flow {{ url }} support {{ responseTime helpCenterUrl email successManager {{ name email }} }}
    compliance {{ {_COMPLIANCE}
      inquiry {{ {_COUNTS} missedInquiries(first: 1) {{ totalCount }} openInquiries(first: 1) {{ totalCount }} }} }}
  }}
  pulse {{
    productivity {{ {_KPI} imagesUploaded allTimeProcessed }}
    quality {{ {_KPI} deliveredCount approvedCount rejectedCount }}
    timeSavings {{ {_KPI} hours }}
    productivityStreak {{ label definition summary weeks longest }}
    reliability {{ {_KPI} onTimeCount lateCount }}
    averageLeadTime {{ {_KPI} seconds }}
  }}
  orderFeed {{ number thumbnailUrl steps {{ step completedCount }} deadline {{ at explanation {{ text }} }} }}
  inProduction: orderFeed(status: IN_PRODUCTION) {{ number }}
  ready: orderFeed(status: READY_FOR_DOWNLOAD) {{ number }}
  completed: orders(first: 1, filter: {{status: COMPLETED}}) {{ totalCount }}
  sentBack: order(externalReference: "SS26-SHOES") {{ rejectedCount images {{ nodes {{
    previewUrl resultUrl completedSteps {{ step performedBy at }} rejections {{ reason category }} }} }} }}
  overdue: orders(first: 5, filter: {{late: true}}) {{ nodes {{ number }} }}
  portions: events(first: 5, types: [DEADLINE_CONFIRMED]) {{ nodes {{ ... on DeadlineConfirmed {{
    message deadline order {{ splitFrom {{ number }} deadline {{ at }} }} }} }} }}
  instructed: orders(first: 20) {{ nodes {{ instructions
    images(first: 1) {{ nodes {{ externalReference instructions }} }} }} }}
  specifications {{ nodes {{ name pricePerImage {{ amount }} turnaround {{ summary }} }} }}
  answered: inquiries(open: false) {{ nodes {{ topic text answer answeredAt }} }}
  open: inquiries(open: true) {{ nodes {{ topic text dueAt order {{ number }} }} }}
  slaVersions {{ nodes {{ version effectiveFrom }} }}
}} }}"""
"""The question of a client's dashboard."""

TRENDS: Final = """{ account { pulse {
  productivity { trend { changePercent } } timeSavings { trend { changePercent } }
  quality { trend { changePercent changePoints } } reliability { trend { changePercent changePoints } }
  averageLeadTime { trend { changePercent } }
} } }"""
"""The question of a client's trends."""

STAFF: Final = """{
  accounts(first: 20) { totalCount nodes { comingPlan { plan from } } }
  retouchingSteps { nodes { step price { amount } specificationCount measured { medianSeconds operationCount } } }
  productionQueue(first: 5) { nodes { filename deadline { at } } }
  atRisk(within: "PT4H", first: 5) { totalCount nodes { filename deadline { reviewBy } } }
  ordersAwaitingDeadline(first: 5) { totalCount nodes { id number deadline { reviewBy } } }
  inquiries(open: true, first: 5) { totalCount nodes { text dueAt account { name } } }
}"""
"""The question of staff."""

ON_A_WEEKEND: Final = """mutation ($order: ID!) {
  confirmDeadline(input: {orderId: $order, deadline: "2026-03-28T12:00:00Z"}) { warnings { code } userErrors { code } }
}"""
"""A deadline on a Saturday, set by staff."""

TERMS: Final = """{ account {
  sla { customTerms message }
  coming: slaVersions(first: 1) { nodes { effectiveFrom customTerms message } }
  orders(first: 20) { nodes { deadline { explanation { ... on BaseDeadlineStep { deliverBy turnaround } } } } }
} }"""
"""The question of the negotiated terms of a client."""


GUARANTEE_AT: Final = """query ($at: DateTime) { account {
  quote(input: {newOrder: {imageCount: 1, at: $at}}) { quote { dailyGuarantee { capacity } } } } }"""
"""The guarantee of the day of an instant, now without one."""


def empty_fields(answer: object) -> set[str]:
    """Return the paths of an answer's fields that have no value but null, 0, or an empty text or list, anywhere."""
    found = [*_values(answer, "")]
    return {path for path, _ in found} - {path for path, value in found if value not in (None, 0, "")}


def _values(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield the path and the value of each field; objects and lists have the number of their parts."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        yield path, len(fields)
        for name, inner in fields.items():
            yield from _values(inner, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        nodes = cast("list[object]", value)
        yield path, len(nodes)
        for inner in nodes:
            yield from _values(inner, path)
    else:
        yield path, value
