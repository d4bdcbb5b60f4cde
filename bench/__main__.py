"""Measure reads, commands and imports in one run, print the figures, and exit with 1 if a target is missed."""

import asyncio
import sys
import time
from typing import Annotated

import typer

from app.services.api_keys.keys import create_key
from app.web.event_loop import FairLoop
from bench.activity import measure_activity
from bench.claiming import ACCOUNTS, measure_claiming
from bench.client import Client, serving
from bench.dataset import check_account, make_account
from bench.idle import measure_idle
from bench.imports import UNTIL, measure_imports
from bench.midnight import measure_midnight
from bench.placing import measure_placing
from bench.reads import measure_reads
from bench.recording import measure_recording
from bench.report import Figure, print_figures
from bench.scratch import Scratch, scratch
from bench.staff_lists import measure_staff_lists
from bench.statements import measure_statements
from bench.workers import measure_workers
from db.pools import open_pool
from db.readers import PoolReader
from db.writer import unit_of_work

SMALL = 20_000


def main(
    *, quick: Annotated[bool, typer.Option("--quick", help="A tenth of the images and fewer repetitions.")] = False
) -> None:
    """Measure reads, commands and imports on a temporary server."""
    started = time.monotonic()
    with scratch() as server, asyncio.Runner(loop_factory=FairLoop) as runner:  # on which `loupe serve` runs
        figures = runner.run(_measure(server, quick=quick))
    print_figures(f"Loupe, measured in {time.monotonic() - started:.0f} s", figures)
    sys.exit(any(not figure.ok for figure in figures))


async def _measure(server: Scratch, *, quick: bool) -> list[Figure]:
    url = await server.new_database("reads")
    large_images, large_queue = [size * (10 if quick else 100) for size in (SMALL, ACCOUNTS)]
    print(f"Making accounts of {SMALL:,} and {large_images:,} images ...")
    small, large = [await _make_client(url, images) for images in (SMALL, large_images)]
    print("Reading ...")
    async with serving(url, UNTIL) as app:
        clients = Client(app, small), Client(app, large)
        reads = await measure_reads(*clients, UNTIL, repetitions=7 if quick else 15)
    statements = await measure_statements(server, "reads", large)
    print("Reading by two workers ...")
    reads += await measure_workers(server, url, small, UNTIL, repetitions=3 if quick else 7, dashboards=200)
    print("Reading activity ...")
    reads += await measure_activity(server, SMALL, large_images, repetitions=7 if quick else 15)
    print("Placing ...")
    placing = await measure_placing(server, repetitions=40 if quick else 100)
    print("Claiming ...")
    claiming = await measure_claiming(server, large_queue, held=large_queue // 100, repetitions=15)
    print("Recording ...")
    recording = await measure_recording(server, repetitions=7 if quick else 15)
    print("Listing for staff ...")
    lists = await measure_staff_lists(server, 20 if quick else 200, repetitions=15)
    print("Midnight ...")
    midnight = await measure_midnight(server, ACCOUNTS // (10 if quick else 1)) + await measure_idle(server)
    print("Importing ...")
    imports = await measure_imports(server, 40_000 if quick else 80_000)
    return statements + reads + placing + claiming + recording + lists + midnight + imports


async def _make_client(url: str, images: int) -> str:
    """Make an account of that many images and return a token for it."""
    pool = await open_pool(url)
    try:
        account = await make_account(pool, f"{images:,} images", images, UNTIL)
        await pool.fetch("VACUUM ANALYZE")
        await check_account(PoolReader(pool), account, UNTIL)
        async with unit_of_work(pool) as writer:
            token = (await create_key(writer, UNTIL, account)).secret
            await writer.commit()
    finally:
        await pool.close()
    return token


if __name__ == "__main__":
    typer.run(main)
