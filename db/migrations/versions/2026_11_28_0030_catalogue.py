"""The catalogue of retouching steps, and whether the price of a specification is its own; its instructions.

Every version there is, and every one that the release before still writes, is negotiated: its price is its own, and so
are the times of its steps, which JSON without the key `negotiated` says.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0030"
down_revision: str | None = "2026_11_28_0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    """
    CREATE TABLE retouching_steps (
        id uuid NOT NULL,
        step varchar NOT NULL,
        milliseconds integer NOT NULL,
        price numeric NOT NULL,
        currency varchar NOT NULL,
        archived boolean NOT NULL,
        CONSTRAINT retouching_steps_pkey PRIMARY KEY (id),
        CONSTRAINT retouching_steps_step_key UNIQUE (step)
    )
    """,
    "ALTER TABLE specification_versions ADD COLUMN price_negotiated boolean NOT NULL DEFAULT true",
    "ALTER TABLE specification_versions ADD COLUMN instructions varchar",
)


def upgrade() -> None:
    """Make the table and the columns; no row is rewritten."""
    for statement in STATEMENTS:
        op.execute(statement)
