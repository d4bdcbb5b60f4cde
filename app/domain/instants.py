"""How instants are written for people who read files and APIs."""

from datetime import UTC, datetime


def rfc3339(at: datetime) -> str:
    """Write an instant in UTC as files do: 2026-03-02T13:05:00Z, with microseconds where it has any."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
