"""The whole set of the plan's terms in the first version of each SLA, so that no change of a default alters it.

Existing versions get the plan's terms as configured now, else those of every plan until now. Versions that the release
before still writes have none: they are read as these, too.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from alembic import context, op
from sqlalchemy import text

revision: str = "2026_11_28_0013"
down_revision: str | None = "2026_11_28_0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_PROMISED = {
    "deliver_by": "09:00:00",
    "expedite_turnaround": 10800.0,
    "expedite_additional_turnaround": 21600.0,
    "expedite_multiplier": "2",
    "rejection_turnaround": 18000.0,
    "review_turnaround": 18000.0,
    "flow_available": False,
    "flow_turnaround": 3600.0,
    "support_phone": False,
    "support_response": 18000.0,
}
_BY_PLAN: Mapping[str, Mapping[str, Any]] = {
    "SOLO": {"images_per_day": 50, "expedites_per_day": 5},
    "PROFESSIONAL_TRIAL": {"images_per_day": 50, "expedites_per_day": 5},
    "PROFESSIONAL": {"images_per_day": 200, "expedites_per_day": 20},
    "ENTERPRISE": {"images_per_day": 200, "expedites_per_day": 20},
}

FILL = """
    UPDATE sla_versions v SET plan_terms = CAST(:terms AS jsonb)
    FROM accounts a WHERE a.id = v.account_id AND a.plan = :plan AND v.version = 1 AND v.plan_terms IS NULL
"""


def upgrade() -> None:
    """Add a column and fill it in for first versions, of which each account has one."""
    op.execute("ALTER TABLE sla_versions ADD COLUMN plan_terms jsonb")
    configured: Mapping[str, Mapping[str, Any]] = context.config.attributes.get("plan_terms", {})
    for plan, quantities in _BY_PLAN.items():
        terms = {**quantities, **_PROMISED, **configured.get(plan, {})}
        op.execute(text(FILL).bindparams(plan=plan, terms=json.dumps(terms)))
