import gzip
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.imports import Source, SourceUnreadable, open_source
from app.services.imports.source import MAX_LINE_BYTES
from db.connections import Pool
from tests.support.import_files import START, order, run_import, source, text

LINES = [*START, *(order(f"o-{number}") for number in range(40))]


def numbers(lines: Source) -> list[int]:
    found: list[int] = []
    while chunk := lines.chunk(max_lines=3, max_bytes=1000):
        assert len(chunk) <= 3
        found += (line.number for line in chunk)
    return found


async def test_gzip_is_recognized_by_its_first_bytes(pool: Pool) -> None:
    outcome = await run_import(pool, gzip.compress(text(LINES)))
    assert (outcome.problems, outcome.report.imported.total()) == ([], len(LINES))


def test_a_gzipped_file_may_have_members(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_bytes(gzip.compress(b"1\n2\n") + gzip.compress(b"3\n"))
    with open_source(str(path)) as lines:
        assert (numbers(lines), lines.size, lines.position) == ([1, 2, 3], path.stat().st_size, path.stat().st_size)


@pytest.mark.parametrize("data", [text(LINES), gzip.compress(text(LINES))])
def test_a_hyphen_means_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "history"
    path.write_bytes(data)
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        with open_source("-") as lines:
            assert (lines.name, len(numbers(lines))) == ("-", len(LINES))
            assert lines.position == lines.size == len(data)


async def test_a_truncated_gzip_file_is_imported_up_to_its_end(pool: Pool) -> None:
    whole = gzip.compress(text(LINES), mtime=0)
    outcome = await run_import(pool, whole[: len(whole) * 2 // 3], chunk_lines=5)
    (problem,) = outcome.problems
    line, _, reason = problem.partition(": ")
    assert reason.startswith("cannot be read on: Compressed file ended before")
    assert int(line) == outcome.report.lines
    assert (await run_import(pool, whole)).problems == []


@pytest.mark.parametrize(
    "damage",
    [b"garbage", gzip.compress(b"x")[:-2], gzip.compress(b"x")[:-5] + b"12345"],
    ids=["no gzip", "cut off", "another checksum"],
)
async def test_lines_before_the_damage_of_a_gzip_file_are_imported(pool: Pool, damage: bytes) -> None:
    outcome = await run_import(pool, gzip.compress(text(LINES)) + damage)
    assert outcome.report.imported.total() == len(LINES)
    (problem,) = outcome.problems
    assert problem.startswith(f"{len(LINES) + 1}: cannot be read on: ")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n \t\r\n"])
def test_blank_lines_are_skipped(data: bytes) -> None:
    assert source(data).chunk(max_lines=9, max_bytes=9) == []


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_files_put_together_may_each_begin_with_a_byte_order_mark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    mark = b"\xef\xbb\xbf"
    files = [mark + b"1\r\n", mark, mark + b"2\n\n", mark + b"\r\n", b"3\n", mark + b'"4' + mark + b'"']
    path = tmp_path / "history"
    path.write_bytes(b"".join(map(pack, files)))
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        for name in (str(path), "-"):
            file.seek(0)
            with open_source(name) as lines:
                chunk = lines.chunk(max_lines=9, max_bytes=99)
            assert [(line.number, line.data) for line in chunk] == [
                (1, b"1"),
                (2, b"2"),
                (5, b"3"),
                (6, b'"4' + mark + b'"'),
            ]


async def test_a_file_with_only_the_magic_number_of_gzip_is_refused(pool: Pool) -> None:
    outcome = await run_import(pool, b"\x1f\x8b\x00\x00not gzip at all")
    assert outcome.problems == ["1: cannot be read on: Unknown compression method"]


def test_a_line_too_long_is_skipped_whole() -> None:
    lines = source(b"a\n" + b"b" * (MAX_LINE_BYTES + 5) + b"\nc\n" + b"d" * MAX_LINE_BYTES)
    chunk = lines.chunk(max_lines=9, max_bytes=2**30)
    assert [(line.number, line.data and line.data[:1]) for line in chunk] == [
        (1, b"a"),
        (2, None),
        (3, b"c"),
        (4, b"d"),
    ]


def test_a_chunk_ends_once_it_has_its_bytes() -> None:
    lines = source(b"aaaa\nbbbb\ncccc\n")
    assert [line.number for line in lines.chunk(max_lines=9, max_bytes=8)] == [1, 2]
    assert [line.number for line in lines.chunk(max_lines=9, max_bytes=8)] == [3]


@pytest.mark.parametrize(("name", "reason"), [("nothing", "No such file or directory"), ("", "Is a directory")])
def test_a_file_that_cannot_be_read_is_reported_in_one_sentence(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name
    with pytest.raises(SourceUnreadable) as refusal, open_source(str(path)):
        pass
    assert str(refusal.value) == f"{path} cannot be read: {reason}."


async def test_progress_is_shown_after_each_chunk(pool: Pool) -> None:
    data = text(LINES)
    outcome = await run_import(pool, data, chunk_lines=20)
    positions = [position for position, _ in outcome.progressed]
    assert positions[-1] == len(data)
    assert len(positions) == 3
