"""A check shows every bad line at once and changes nothing."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

import pytest

from db.connections import Pool
from tests.services.imports.test_example import EXAMPLE
from tests.support.import_files import (
    ACCOUNT,
    SPECIFICATION,
    START,
    UPLOADED,
    Line,
    change,
    everything,
    order,
    run_import,
)
from tests.support.random_files import random_file

LATER = "2026-03-03T11:00:00Z"


async def test_a_check_continues_after_bad_lines_of_an_account(pool: Pool) -> None:
    lines: list[Line | str] = [
        *START,
        order("o-1", specification="unknown"),
        "oops",
        order("o-2"),
        order("o-3", []),
        change("cancellation", LATER, order="o-2"),
        order("o-4", at="2026-03-03T10:30:00Z"),
        '{"type": "order", "account": "acme"}',
    ]
    outcome = await run_import(pool, lines, check=True, chunk_lines=2)
    assert [problem.split(": ")[:2] for problem in outcome.problems] == [
        ["3", "specification"],
        ["4", "is not JSON"],
        ["6", "images"],
        ["8", "placedAt"],
        ["9", "ref"],
    ]
    assert outcome.report.problems == 5


async def test_lines_that_name_the_subject_of_a_bad_line_are_not_shown(pool: Pool) -> None:
    lines: list[Line | str] = [
        *START,
        SPECIFICATION | {"ref": "shadow", "currency": "euro"},
        order("o-1", specification="shadow"),
        change("expedite", LATER, order="o-1"),
        change("cancellation", LATER, order="o-1"),
        ACCOUNT | {"ref": "beta", "plan": "GOLD"},
        SPECIFICATION | {"account": "beta"},
        order("b-1") | {"account": "beta"},
        change("cancellation", LATER, order="b-1") | {"account": "beta"},
        order("o-9", 0),
    ]
    outcome = await run_import(pool, lines, check=True)
    assert [problem.partition(":")[0] for problem in outcome.problems] == ["3", "7", "11"]
    assert outcome.report.skipped == 6


async def test_every_line_of_an_unknown_account_is_shown(pool: Pool) -> None:
    outcome = await run_import(pool, [order("o-1"), order("o-2")], check=True)
    assert outcome.problems == [f"{line}: account: there is no account 'acme'" for line in (1, 2)]


async def test_a_bad_line_uses_no_quota_when_a_file_is_only_checked(pool: Pool) -> None:
    bad = order("o-1", [{"filename": "a.jpg", "deliveredAt": "2026-03-03T09:00:00Z"}])
    refused_only_with_it = order("o-2", [{"filename": "b.jpg", "deadline": {"at": LATER, "confirmedAt": LATER}}])
    outcome = await run_import(pool, [ACCOUNT | {"imagesPerDay": 1}, SPECIFICATION, bad, order("o-3")], check=True)
    assert outcome.report.problems == 1
    outcome = await run_import(pool, [ACCOUNT, SPECIFICATION, bad, refused_only_with_it], check=True)
    assert outcome.report.problems == 2


async def test_a_check_judges_inquiries_as_an_import_does_and_keeps_none(pool: Pool) -> None:
    asked = change("inquiry", LATER, topic="SLA", text="More?", ref="q-1")
    lines = [
        *START,
        asked,
        asked | {"ref": "q-2", "answer": "Yes."},
        asked | {"ref": "q-3", "answer": "Yes.", "answeredAt": UPLOADED},
        asked | {"ref": "q-4", "answer": "Yes.", "answeredAt": LATER},
        asked | {"text": "Fewer?"},
        asked | {"ref": "q-5", "at": UPLOADED},
    ]
    before = await everything(pool)
    assert (await run_import(pool, lines, check=True)).problems == [
        "4: answeredAt: is missing: an answer has both its text and its instant",
        "5: answeredAt: is before the inquiry",
        "7: ref: inquiry 'q-1' was imported before with other content",
        f"8: at: is before {LATER}, the last instant of account 'acme' so far",
    ]
    assert await everything(pool) == before


@pytest.mark.parametrize("chunk_lines", [5, 1000])
async def test_a_check_of_good_and_bad_lines_changes_nothing(pool: Pool, chunk_lines: int) -> None:
    lines = random_file(0)
    await run_import(pool, lines[:60])
    before = await everything(pool)
    outcome = await run_import(pool, [*lines, "oops"], check=True, chunk_lines=chunk_lines)
    assert outcome.report.problems == 1
    assert outcome.report.known >= 60
    assert await everything(pool) == before


async def test_a_file_without_problems_is_imported_whole(pool: Pool) -> None:
    lines = random_file(3)
    assert (await run_import(pool, lines, check=True)).problems == []
    assert (await run_import(pool, lines)).problems == []


WRONG: dict[str, object] = {"?": True}
"""A value that no field takes."""
DATED = "2026-06-01T00:00:00Z"
DEADLINES = {"at": DATED, "confirmedAt": DATED}
CANCELLED_IMAGES: Line = {
    "type": "cancellation",
    "account": "acme",
    "order": "o-1",
    "at": DATED,
    "filenames": ["b.jpg"],
}
REJECTION: Line = {"at": DATED, "reason": "halo", "category": "COLOR"}
WITH_DEADLINE = order("o-3", [{"filename": "d.jpg", "deadline": DEADLINES, "rejections": [REJECTION]}])


def leaves(part: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Return the paths to the values of a line that are neither objects nor lists."""
    parts: list[tuple[str | int, object]] | None = None
    if isinstance(part, dict):
        parts = [*cast("dict[str | int, object]", part).items()]
    elif isinstance(part, list):
        parts = [*enumerate(cast("list[object]", part))]
    if parts is None:
        yield path
    for key, value in parts or ():
        yield from leaves(value, (*path, key))


def with_wrong(line: Line, path: tuple[str | int, ...]) -> Line:
    """Return a line with a wrong value at a path."""
    wrong = deepcopy(line)
    part: Any = wrong
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = WRONG
    return wrong


def written(path: tuple[str | int, ...]) -> str:
    """Return a path as problems show it."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


async def test_a_wrong_value_of_each_field_is_named_by_its_path(pool: Pool) -> None:
    lines, shown = list[Line](), list[str]()
    for line in [*EXAMPLE, CANCELLED_IMAGES, WITH_DEADLINE]:
        for path in leaves(line):
            if path not in {("type",), ("account",)}:  # which a check cannot go on without
                lines.append(with_wrong(line, path))
                shown.append(written(path))
    outcome = await run_import(pool, [*START, *lines], check=True)
    assert [problem.split(": ")[1] for problem in outcome.problems] == shown
    assert len(shown) > 40
