"""Print each event of an account as a line of JSON, oldest first; killed and started again, it misses none.

The file has the cursor of the newest event whose line is written. So the last line before a kill may be written once
more: its `id` tells.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from loupe_client.session import connect, found
from operations import NEW_EVENTS, NewEventsAccountEventsEdges


def edges_after(newest: str | None, pause: float) -> Iterator[NewEventsAccountEventsEdges]:
    """Yield the events after a cursor with theirs, in the order of their recording, for ever."""
    with connect() as session:
        while True:
            page = found(found(NEW_EVENTS.ask(session, {"newest": newest})["account"])["events"])
            for edge in reversed(page["edges"]):
                yield edge
                newest = edge["cursor"]
            if not page["pageInfo"]["hasPreviousPage"]:
                time.sleep(pause)


def replace(file: Path, text: str) -> None:
    """Write a file as a whole, so that no kill leaves a part of it."""
    written = file.with_name(f"{file.name}.new")
    written.write_text(text)
    written.replace(file)


def main() -> None:
    """Follow the events after the cursor in a file; without the file, from the account's first event on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pause", type=float, default=5, help="seconds between questions once all events are read")
    options = parser.parse_args()
    newest = options.file.read_text() if options.file.exists() else None
    for edge in edges_after(newest, options.pause):
        print(json.dumps(edge["node"], default=datetime.isoformat), flush=True)
        replace(options.file, edge["cursor"])


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
