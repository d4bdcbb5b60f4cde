"""The connections of a server, by the addresses they come from, and the bytes of the bodies they are sending.

Silent connections lock nobody out: where there is no room, a new connection takes the place of the one that has waited
longest for a whole request. Nor do large bodies, since the first part of each needs no room.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Final, Protocol

import structlog

from app.logging import CountedWarning
from app.settings import Settings

FREE_BYTES: Final = 16 * 1024
"""The bytes of each body that do not count towards those of all: most requests have fewer."""
SPARE: Final = 32
"""The connections beyond the limits: requests for health are answered there, and others refused."""

_PARTS: Final = 2  # of the bytes of all bodies one address has one part at most
_LONGEST_PAUSE: Final = 1.0  # seconds between two looks for connections whose time is over
_RESERVED: Final = 256  # descriptors for pools, files, spare connections, and those just accepted
_LOOKS: Final = 4  # within the shortest of the times, at least


def _no_proxy(address: str) -> bool:  # noqa: ARG001
    return False


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of what a process receives: sizes in bytes, times in seconds.

    An address for which `is_proxy` is true has no limits of its own, since it stands for many callers.
    """

    body: int = 1024 * 1024
    bodies: int = 16 * 1024 * 1024
    connections: int = 768
    connections_of_address: int = 256
    header_time: float = 30.0
    body_time: float = 60.0
    idle_time: float = 75.0
    is_proxy: Callable[[str], bool] = _no_proxy


def limits_of(settings: Settings) -> Limits:
    """Return the limits that the settings give, within the limit of the process's descriptors."""
    return Limits(
        body=settings.max_body,
        bodies=max(settings.receiving_memory, _PARTS * settings.max_body),
        connections=min(settings.max_connections, _descriptors() - _RESERVED),
        connections_of_address=settings.address_connections,
        header_time=settings.header_timeout.total_seconds(),
        body_time=settings.body_timeout.total_seconds(),
        idle_time=settings.idle_timeout.total_seconds(),
    )


def _descriptors() -> int:
    """Return how many files and connections the process may have open; at least a few more than are reserved."""
    soft, _ = getrlimit(RLIMIT_NOFILE)
    return sys.maxsize if soft == RLIM_INFINITY else max(soft, _RESERVED + SPARE)


_refused: Final = CountedWarning(structlog.get_logger("loupe.http"), "refused")


class Connection(Protocol):
    """A connection that can be closed."""

    @property
    def deadline(self) -> float:
        """The time of the event loop at which its time is over."""
        ...

    def displace(self) -> None:
        """Close it for a new one."""
        ...

    def expire(self) -> None:
        """Close it, since its time is over."""
        ...


@dataclass(slots=True, eq=False)
class _Address:
    """The places of an address, those of them that wait for a whole request, longest first, and bytes of bodies."""

    is_proxy: bool
    places: int = 0
    bytes: int = 0
    waiting: "dict[Place, None]" = field(default_factory=dict["Place", None])


class Connections:
    """All connections of a process, within limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits: Final = limits
        self.bytes = 0
        """The bytes of bodies that are held, without the free ones."""
        self.refusals = 0
        """The refused requests and the connections that gave way, so far."""
        self._addresses: dict[str, _Address] = {}
        self._places: set[Place] = set()
        self._spare = 0
        self._pause = min(_LONGEST_PAUSE, min(limits.header_time, limits.body_time, limits.idle_time) / _LOOKS)
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._places)

    def enter(self, connection: Connection, address: str) -> "Place":
        """Give a new connection a place, if need be of one that waits; without any, not even a spare one, close it."""
        name = network(address)
        of = self._addresses.get(name) or _Address(self.limits.is_proxy(address))
        is_spare = not self._has_room(of)
        place = Place(connection, self, of, name, is_spare)
        if is_spare and self._spare == SPARE:
            connection.displace()
            return place
        self._addresses[name] = of
        self._places.add(place)
        of.places += 1
        self._spare += is_spare
        place.wait()
        if self._timer is None:
            self._look()
        return place

    def count(self, refusal: Exception) -> None:
        """Count a refusal; the log has one line a second about all of them."""
        self.refusals += 1
        _refused.count(refusal)

    def leave(self, place: "Place") -> None:
        """Free a place, unless it is free already."""
        if place not in self._places:
            return
        self._places.remove(place)
        place.work()
        place.release()
        place.of.places -= 1
        self._spare -= place.is_spare
        if not place.of.places:
            del self._addresses[place.name]

    def hold(self, of: _Address, size: int) -> bool:
        """Make room for more bytes of a body, unless there is too little; for less always."""
        if self.bytes + size > self.limits.bodies:
            return False
        if of.bytes + size > self.limits.bodies / _PARTS and not of.is_proxy:
            return False
        self.bytes += size
        of.bytes += size
        return True

    def _has_room(self, of: _Address) -> bool:
        """Return whether there is room for one more connection of an address, after another gave way if need be."""
        if of.places >= self.limits.connections_of_address and not of.is_proxy:
            return self._displace(of)
        if len(self._places) < self.limits.connections:
            return True
        return self._displace(max(self._addresses.values(), key=lambda each: len(each.waiting)))

    def _displace(self, of: _Address) -> bool:
        place = next(iter(of.waiting), None)
        if place is None:
            return False
        self.leave(place)
        place.connection.displace()
        return True

    def _look(self) -> None:
        """Close the connections whose time is over, from now on again and again."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for place in [each for each in self._places if each.connection.deadline <= now]:
            place.connection.expire()
        self._timer = loop.call_later(self._pause, self._look) if self._places else None


@dataclass(slots=True, eq=False)
class Place:
    """The place of a connection; a spare one is beyond the limits."""

    connection: Connection
    all: Connections
    of: _Address
    name: str
    is_spare: bool
    _bytes: int = 0

    def wait(self) -> None:
        """Begin to wait for a whole request: meanwhile a new connection may take the place."""
        self.of.waiting[self] = None

    def work(self) -> None:
        """Keep the place for the work on a request."""
        self.of.waiting.pop(self, None)

    def hold(self, size: int) -> bool:
        """Hold so many bytes of a body so far; return False if there is no room for them."""
        if not self.all.hold(self.of, size - self._bytes):
            return False
        self._bytes = size
        return True

    def release(self) -> None:
        """Hold no body any more."""
        if self._bytes:
            self.all.hold(self.of, -self._bytes)
            self._bytes = 0

    def leave(self) -> None:
        """Free the place, as the connection is closed."""
        self.all.leave(self)


def network(address: str) -> str:
    """Return what counts as one address: for IPv6 the network of 64 bits that one caller has."""
    if ":" not in address:
        return address
    given = IPv6Address(address)
    return str(given.ipv4_mapped or IPv6Address(int(given) >> 64 << 64))
