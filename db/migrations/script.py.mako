"""${message}"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: Sequence[str] | None = ${repr(branch_labels)}
depends_on: Sequence[str] | None = ${repr(depends_on)}


# It expands: the release before goes on working beside this one. So what is new is nullable or has a default, and what
# that release uses is neither renamed nor dropped nor made narrower before the next one (README, A rolling upgrade).
def upgrade() -> None:
    """${message}"""
    ${upgrades if upgrades else "pass"}
