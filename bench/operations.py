"""Operations on the API: each with the number of rows it shows, and for connections the position of its page."""

from dataclasses import dataclass
from pathlib import Path

PAGE = 20
DEEP_PAGE = 1_000
_FOLDER = Path(__file__).parent
_IMAGE = "id filename status uploadedAt firstDeliveredAt deadline { at late }"
_ORDER = "id number name status serviceLevel late imageCount deliveredCount progress deadline { at status }"


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of an account: the fields that lead to it from there, its arguments, and the fields of a node."""

    name: str
    path: tuple[str, ...]
    node: str = _IMAGE
    arguments: str = ""

    @property
    def page(self) -> str:
        """The query of a page; its variables are `first` and `after`."""
        return self._query(f"nodes {{ {self.node} }} pageInfo {{ hasNextPage endCursor }}")

    @property
    def step(self) -> str:
        """The query of a page's end, with the same variables."""
        return self._query("pageInfo { hasNextPage endCursor }")

    def _query(self, shown: str) -> str:
        *fields, last = self.path
        body = f"{last}(first: $first, after: $after{self.arguments}) {{ {shown} }}"
        for field in reversed(fields):
            body = f"{field} {{ {body} }}"
        return f"query Page($first: Int, $after: String) {{ account {{ {body} }} }}"


def _filtered(name: str, condition: str) -> Connection:
    return Connection(f"orders, {name}", ("orders",), _ORDER, f", filter: {{ {condition} }}")


def _drill_downs() -> list[Connection]:
    paths = ["pulse productivity images", "pulse quality deliveredImages", "pulse quality rejectedImages"]
    paths += ["pulse reliability onTimeImages", "pulse reliability lateImages"]
    for term in ("standard", "additional", "expedited", "expeditedAdditional", "deliveryPlan", "rejection", "review"):
        paths += [f"sla compliance {term} missedImages", f"sla compliance {term} openImages"]
    return [Connection(path.partition(" ")[2], tuple(path.split())) for path in paths]


CONNECTIONS = [
    Connection("orders", ("orders",), _ORDER),
    _filtered("one status", "status: [COMPLETED]"),
    _filtered("two levels", "serviceLevel: [STANDARD, ADDITIONAL]"),
    _filtered("to be confirmed", "deadlineStatus: [TO_BE_CONFIRMED]"),
    _filtered("late", "late: true"),
    _filtered("one status, not late", "status: [COMPLETED, READY_FOR_DOWNLOAD], late: false"),
    _filtered("search by name, many", 'search: "order 1"'),
    _filtered("search by filename, many", 'search: "img_1"'),
    _filtered("search by filename, one", 'search: "img_777_"'),
    _filtered("search and status", 'search: "order", status: [COMPLETED]'),
    *_drill_downs(),
]

PULSE = """
query Pulse($asOf: DateTime) { account { pulse(asOf: $asOf) {
  productivity {
    imagesUploaded previousImagesUploaded imagesThisMonth allTimeProcessed trend { direction changePercent }
  }
  quality { rate previousRate deliveredCount approvedCount trend { direction changePercent changePoints } }
  timeSavings { hours previousHours bySteps { step hours imageCount } }
  productivityStreak { weeks longest since uploadedThisWeek keepBy }
  reliability { rate previousRate dueCount onTimeCount lateCount trend { direction changePercent changePoints } }
  averageLeadTime { seconds previousSeconds deliveredCount trend { direction changePercent } }
} } }
"""
_KEPT = "{ metCount missedCount openCount rate }"
COMPLIANCE = f"""
query Compliance {{ account {{ sla {{ compliance {{
  standard {_KEPT} additional {_KEPT} expedited {_KEPT} expeditedAdditional {_KEPT} deliveryPlan {_KEPT}
  rejection {_KEPT} review {_KEPT}
}} }} }} }}
"""
FEED = f"query Feed {{ account {{ orderFeed {{ {_ORDER} specification {{ name }} }} }} }}"


def dashboard() -> str:
    """Return the operation that shows the whole dashboard."""
    return (_FOLDER / "dashboard.graphql").read_text()


def orders_with_images() -> str:
    """Return the operation that shows 100 orders with their first 20 images each."""
    return (_FOLDER / "orders.graphql").read_text()
