"""Apollo, as set up for Loupe, sends again what is safe to send again, and throws what was refused."""

from pathlib import Path

from tests.support.javascript import printed_by

HERE = Path(__file__).parent


async def test_operations_are_sent_again_where_that_is_safe_and_refusals_are_thrown() -> None:
    assert await printed_by(HERE / "apollo_errors.mjs") == {
        "query": [2, 0, "viewer"],
        "once": [1, 0, "Not now."],
        "safely": [2, 0, "It is archived."],
        "refused": [1, 1, "Not now."],
    }
