"""`loupe import`."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from app.cli.database import CommandFailed, database_clock, migrated_database
from app.cli.output import Pace, print_note, print_report, print_result
from app.clock import Clock
from app.domain.wording import isolated, printable, shown_path, with_full_stop
from app.services.imports import (
    AccountMoved,
    Listener,
    Report,
    Source,
    SourceUnreadable,
    check_history,
    import_history,
    open_source,
)
from app.settings import Settings, read_settings
from db.pools import open_pool

_NAME_WIDTH: Final = 20  # of the bar's name, so that a narrow terminal has room for the bar itself
_POOL_SIZE: Final = 2  # one connection writes a batch while the other reads for the next
_KINDS: Final = {
    "account": ("account", "accounts"),
    "specification": ("specification", "specifications"),
    "order": ("order", "orders"),
    "cancellation": ("cancellation", "cancellations"),
    "expedite": ("expedite", "expedites"),
    "terms": ("change of terms", "changes of terms"),
    "timeZone": ("change of time zone", "changes of time zone"),
    "inquiry": ("inquiry", "inquiries"),
}
_LINE: Final = ("line", "lines")


def import_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, gzipped or not; - for standard input.")],
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only list every bad line; change nothing. Commands on accounts of the file wait meanwhile."
        ),
    ] = False,
) -> None:
    """Import a studio's history: accounts, specifications, and orders with their deliveries and rejections.

    Of each account lines count up to its first bad one; correct it and run the import again: it continues from there.

    Example: loupe import history.jsonl.gz --check
    """
    settings = read_settings()
    if not file:
        raise CommandFailed("FILE must not be empty.")
    command = "import --check" if check else "import"  # which writes, too, in a transaction that it rolls back
    try:
        with open_source(file) as source, migrated_database(settings, command) as url:
            clock = database_clock(url, settings)
            with listening(source) as listener, nullcontext() if check else _reporting_an_early_end(listener):
                report = asyncio.run(run_import(url, source, settings, clock, listener, check=check))
            (print_result if check else print_report)(_checked(report) if check else sum_up(report))
    except (SourceUnreadable, AccountMoved) as error:
        raise CommandFailed(str(error)) from error
    if report.problems:
        raise typer.Exit(1)


async def run_import(
    url: str, source: Source, settings: Settings, clock: Clock, listener: Listener, *, check: bool = False
) -> Report:
    """Import a source, or check it; raises AccountMoved and SourceUnreadable."""
    work = check_history if check else import_history
    pool = await open_pool(url, max_size=_POOL_SIZE, limit=settings.import_timeout)
    try:
        return await work(pool, source, clock=clock, plan_terms=settings.plan_terms, listener=listener)
    finally:
        await pool.close()


@contextmanager
def _reporting_an_early_end(listener: "_Lines") -> Generator[None]:
    """Say what is in the database if an error or a signal ends the import."""
    try:
        yield
    except BaseException:
        listener.say(_ended_early(listener.report))
        raise


@contextmanager
def listening(source: Source) -> Generator["_Lines"]:
    """Show a bar on a terminal, and plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(source)
        return
    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(max_width=_NAME_WIDTH, no_wrap=True)),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[images]:,} images, {task.fields[rate]:,.0f} a second,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console) as progress:
        name = Text(printable(Path(source.name).name))
        name.truncate(_NAME_WIDTH, overflow="ellipsis")  # before it is isolated, so that the end of its isolate stays
        task = progress.add_task(isolated(name.plain), total=source.size, images=0, rate=0)
        yield _Bar(source, progress, task)


class _Lines:
    """Shows an import in a file or a pipe: a line every few seconds. `report` counts what is committed."""

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._size = source.size
        self._started = time.monotonic()
        self._pace = Pace()
        self.report = Report()

    def say(self, sentence: str) -> None:
        """Print a sentence."""
        print_note(sentence)

    def problem(self, line: int, text: str) -> None:
        """Print the problem of a line."""
        self.say(f"{shown_path(self._name)}:{line}: {with_full_stop(text)}")

    def resumed(self, line: int) -> None:
        """Print what was imported before."""
        were = "Line 1 was" if line == 1 else f"Lines 1 to {line:,} were"
        self.say(f"{were} imported before; going on from there.")

    def committed(self, report: Report) -> None:
        """Keep the counts."""
        self.report = report

    def progress(self, position: int, report: Report) -> None:
        """Print the counts, unless that was just done."""
        if not self._pace.is_due():
            return
        share = f"{position / self._size:.0%}, " if self._size else ""
        self.say(f"{share}{report.lines:,} lines, {report.images:,} images, {self._rate(report):,.0f} a second")

    def _rate(self, report: Report) -> float:
        return report.images / (time.monotonic() - self._started)


class _Bar(_Lines):
    """Shows an import on a terminal: sentences scroll above a bar."""

    def __init__(self, source: Source, progress: Progress, task: TaskID) -> None:
        super().__init__(source)
        self._progress = progress
        self._task = task

    def say(self, sentence: str) -> None:
        """Print a sentence above the bar."""
        self._progress.console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def progress(self, position: int, report: Report) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=position, images=report.images, rate=self._rate(report))


def sum_up(report: Report) -> str:
    """Sum up an import."""
    if not report.lines:
        return "Imported nothing: there is no line in it."
    sentences = [f"Imported {_counts(report) or 'nothing new; 0 images'}."]
    if report.known:
        sentences.append(f"Known before: {_count(report.known, _LINE)}.")
    if report.problems:
        them = "it" if report.problems == 1 else "them"
        skipped = f", skipped because of {them}: {_count(report.skipped, _LINE)}" if report.skipped else ""
        sentences.append(f"Bad: {_count(report.problems, _LINE)}{skipped}. Correct {them} and run the import again.")
    return " ".join(sentences)


def _checked(report: Report) -> str:
    """Sum up a check."""
    unknown = (
        f" Not checked, since they depend on bad lines: {_count(report.skipped, _LINE)}." if report.skipped else ""
    )
    bad = _count(report.problems, _LINE) if report.problems else "none"
    return f"Checked {_count(report.lines, _LINE)}. Bad: {bad}.{unknown} Nothing was changed."


def _ended_early(report: Report) -> str:
    """Sum up an import that an error or a signal has ended."""
    before = f" Known before: {_count(report.known, _LINE)}." if report.known else ""
    imported = f"Imported so far: {_counts(report)}." if report.imported else "Nothing new was imported."
    return f"Ended early. {imported}{before} Run the import again: it continues from there."


def _counts(report: Report) -> str:
    """Write the imported lines by type, and their images; nothing without any."""
    counts = [_count(report.imported[kind], names) for kind, names in _KINDS.items() if report.imported[kind]]
    return f"{', '.join(counts)}; {_count(report.images, ('image', 'images'))}" if counts else ""


def _count(count: int, names: tuple[str, str]) -> str:
    return f"{count:,} {names[count != 1]}"
