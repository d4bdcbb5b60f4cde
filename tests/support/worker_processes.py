"""Processes of workers that a test starts and kills."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from random import Random


@dataclass
class Workers:
    """Processes that run due jobs at the instants sent to them: the service's jobs, or the job queue of tests."""

    url: str
    jobs: str = "service"
    processes: list["subprocess.Popen[str]"] = field(default_factory=list["subprocess.Popen[str]"])

    async def start(self, count: int) -> None:
        """Start so many more, and wait until they are ready."""
        command = [sys.executable, "-m", "tests.support.worker_process", self.url, self.jobs]
        new = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603, ASYNC220
            for _ in range(count)
        ]
        self.processes += new
        await asyncio.gather(*(asyncio.to_thread(_number, process) for process in new))

    def emit(self, at: datetime) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{at.isoformat()}\n")
            process.stdin.flush()

    async def failures(self) -> list[int]:
        """Wait until all have answered; return the failures."""
        return await asyncio.gather(*(asyncio.to_thread(_number, process) for process in self.processes))

    def kill_one(self, random: Random) -> None:
        process = self.processes.pop(random.randrange(len(self.processes)))
        process.kill()
        process.communicate()

    def end(self) -> None:
        while self.processes:
            self.kill_one(Random(0))  # noqa: S311 - all of them


def _number(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())
