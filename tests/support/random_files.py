"""Random import files that are accepted whole: lines that the rules refuse are left out."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from app.domain.sla.terms import PLAN_TERMS
from app.services.imports.reading import GoodLine, read_line
from app.services.imports.refusals import LineRefused
from app.services.imports.replay import Replay
from app.services.imports.report import Report
from app.services.imports.source import RawLine
from tests.support.import_files import NOW, Line

ZONES: Final = ("Europe/Copenhagen", "Africa/Cairo", "America/New_York", "Pacific/Auckland")
OTHER_TERMS: Final[tuple[Line, ...]] = (
    {},
    {"deliverBy": "07:30", "expediteTurnaround": "PT2H", "expediteMultiplier": 1.5, "message": "As agreed."},
    {"deliverBy": "23:59:59", "rejectionTurnaround": "PT45M", "supportPhone": True},
)
LINES: Final = 120
START: Final = datetime(2026, 4, 20, 12, tzinfo=UTC)  # before the missing midnight of Cairo
MOST: Final = timedelta(hours=30)


def random_file(seed: int) -> list[Line]:
    """Draw a file of two accounts with few images a day, so that many orders exceed the guarantee and are split."""
    return _File(Random(seed)).lines()  # noqa: S311 - drawn for tests


class _File:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._at = START
        self._refs = {"a": list[str](), "b": list[str]()}
        self._filenames: dict[str, list[str]] = {}
        self._report = Report()
        self._replay = Replay(self._report, NOW, PLAN_TERMS)

    def lines(self) -> list[Line]:
        """Draw the lines; some occur twice."""
        lines = [line for line in self._opening() if self._takes(line)]
        while len(lines) < LINES:
            if self._random.random() < 0.5:
                self._at += self._random.choice([0, 1, 60, 3600]) * timedelta(seconds=self._random.randint(0, 9))
            line = next((line for line in self._drawn() if self._takes(line)), None)
            if line is not None:
                lines.append(line)
            if self._random.random() < 0.05:
                lines.append(self._random.choice(lines))
        return lines

    def _takes(self, line: Line) -> bool:
        read = read_line(RawLine(1, json.dumps(line).encode()))
        assert isinstance(read, GoodLine)
        known = self._report.known
        try:
            self._replay.take(read)
        except LineRefused:
            return False
        return self._report.known == known

    def _opening(self) -> Iterator[Line]:
        for ref, zone in zip(self._refs, ZONES, strict=False):
            line: dict[str, Any] = {"type": "account", "ref": ref, "name": ref.upper(), "plan": "SOLO"}
            yield line | {"timeZone": zone, "imagesPerDay": 12, "expeditesPerDay": 4}
            yield self._specification(ref, "1")

    def _drawn(self) -> Iterator[Line]:
        """Draw a line in variants, the first accepted of which is used."""
        account = self._random.choice(list(self._refs))
        kinds = ("order", "expedite", "cancellation", "terms", "timeZone", "specification")
        kind = self._random.choices(kinds, weights=(50, 20, 15, 5, 5, 5))[0]
        line: dict[str, Any] = {"type": kind, "account": account, "at": self._instant(self._at)}
        refs = self._refs[account]
        match kind:
            case "order":
                yield from self._order(account)
            case "specification":
                yield self._specification(account, str(self._random.randint(2, 5)))
            case "terms":
                day = self._at.date() + timedelta(days=self._random.randint(1, 4))
                terms = {"imagesPerDay": self._random.randint(0, 20), "effectiveDate": day.isoformat()}
                yield line | terms | self._random.choice(OTHER_TERMS)
            case "timeZone":
                yield line | {"timeZone": self._random.choice(ZONES)}
            case _ if refs:
                order = self._random.choice(refs[-6:])
                if self._random.random() < 0.6:
                    names = self._filenames[order]
                    line["filenames"] = self._random.sample(names, self._random.randint(1, len(names)))
                yield line | {"order": order}
            case _:
                return

    def _specification(self, account: str, ref: str) -> Line:
        line: dict[str, Any] = {"type": "specification", "account": account, "ref": ref, "name": f"Recipe {ref}"}
        line |= {"pricePerImage": f"{ref}.45", "currency": "EUR"}
        return line | {"steps": [{"step": "CLIPPING", "seconds": 60.5}]}

    def _order(self, account: str) -> Iterator[Line]:
        """Draw an order, in variants with a deadline set by staff for ever fewer of its last images."""
        ref = f"{account}{len(self._refs[account])}"
        names = [f"{ref}-{number}.jpg" for number in range(self._random.randint(1, 9))]
        delivered = self._random.choice([0, 0.5, 1])
        images = [self._image(name, delivered) for name in names]
        self._refs[account].append(ref)
        self._filenames[ref] = names
        line: dict[str, Any] = {"type": "order", "account": account, "ref": ref, "name": f"Order {ref}"}
        line |= {"specification": "1", "placedAt": self._instant(self._at), "images": images}
        line["expedite"] = self._random.random() < 0.3
        if len(self._refs[account]) % 2:
            line |= {"externalReference": f"PO {ref}", "instructions": "by Friday"}
        if self._random.random() < 0.7:
            for deadline in (self._deadline(MOST), self._deadline(MOST / 6)):
                for first in range(len(images)):
                    named = [image | {"deadline": deadline} for image in images[first:]]
                    yield line | {"images": images[:first] + named}
        yield line

    def _deadline(self, ahead: timedelta) -> dict[str, str]:
        confirmed_at = self._after(self._at, MOST / 8)
        return {"at": self._instant(confirmed_at + ahead), "confirmedAt": self._instant(confirmed_at)}

    def _image(self, filename: str, delivered: float) -> dict[str, Any]:
        image: dict[str, Any] = {"filename": filename}
        if filename.endswith(("1.jpg", "4.jpg")):
            image |= {"externalReference": f"photo {filename}", "instructions": "crop"}
            image["previewUrl"] = f"https://pictures.example/{filename}"
        if filename.endswith(("0.jpg", "2.jpg")):
            at = self._instant(self._after(self._at))
            image["operations"] = [{"step": "CLIPPING", "performedBy": "AI", "seconds": 0.75, "at": at}]
        if self._random.random() < delivered:
            delivered_at = self._after(self._at)
            image["deliveredAt"] = self._instant(delivered_at)
            image["rejections"] = list(self._rejections(delivered_at))
            if filename.endswith(("1.jpg", "2.jpg")):
                done = f"https://pictures.example/done-{filename}"
                image |= {"resultUrl": done, "resultPreviewUrl": f"{done}?small"}
        return image

    def _rejections(self, delivered_at: datetime) -> Iterator[dict[str, str]]:
        while self._random.random() < 0.3:
            at = self._after(delivered_at)
            rejection = {"at": self._instant(at), "reason": "halo"}
            if self._random.random() < 0.3:
                yield rejection
                return
            delivered_at = self._after(at)
            yield rejection | {"redeliveredAt": self._instant(delivered_at)}

    def _after(self, at: datetime, most: timedelta = MOST) -> datetime:
        return at + most * self._random.choice([0, 0.1, self._random.random()])

    def _instant(self, at: datetime) -> str:
        return at.isoformat().replace("+00:00", "Z")
