"""Tries connections, many at once, and tells of each whether it came through or where its packet died."""

from __future__ import annotations

import itertools
import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass

from latticelink.lab.building import Lab
from latticelink.lab.model import Address, Interface
from latticelink.lab.traps import Death

# What Linux gives out is narrowed to the first half, so that no program has a port that a probe counts by.
PROGRAMS_PORTS = "32768 46999"
_PROBES_PORTS = range(47000, 60999)
_NO_LINGERING = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Probe:
    """A connection to try.

    Args:
        client: who tries.
        address: where to.
        port: to which port.
        source: the client's port; None for one that Linux might give.
    """

    client: Interface
    address: Address
    port: int
    source: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a probe; neither arrived nor dead is what nobody can explain."""

    probe: Probe
    arrived: bool
    death: Death | None


class Prober:
    """Tries connections in one lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._sources = itertools.cycle(_PROBES_PORTS)

    def try_all(self, probes: Sequence[Probe], patience: float = 2.5) -> list[Outcome]:
        """Try connections at the same time; each ends when it is made, or when its packet is found dead.

        Args:
            probes: the connections.
            patience: how many seconds to wait for those that are neither.
        """
        self._lab.forget_deaths()
        open_sockets: dict[socket.socket, tuple[Probe, int]] = {}
        for probe in probes:
            made, source = self._open(probe)
            open_sockets[made] = (probe, source)
        arrived, dead = self._watch(open_sockets, time.monotonic() + patience)
        outcomes = []
        for made, (probe, source) in open_sockets.items():
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
            made.close()
            outcomes.append(Outcome(probe, made in arrived, None if made in arrived else dead.get(source)))
        return outcomes

    def _open(self, probe: Probe) -> tuple[socket.socket, int]:
        family = socket.AF_INET if probe.address.version == 4 else socket.AF_INET6
        made = self._lab.at(probe.client).socket(family, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        source = probe.source if probe.source is not None else next(self._sources)
        made.bind(("", source))
        made.connect_ex((str(probe.address), probe.port))
        return made, source

    def _watch(
        self, sockets: dict[socket.socket, tuple[Probe, int]], end: float
    ) -> tuple[set[socket.socket], dict[int, Death]]:
        arrived: set[socket.socket] = set()
        dead: dict[int, Death] = {}
        poll = select.poll()
        by_number = {made.fileno(): made for made in sockets}
        for number in by_number:
            poll.register(number, select.POLLOUT)
        waiting = set(sockets)
        while waiting and time.monotonic() < end:
            for number, _ in poll.poll(3):
                made = by_number[number]
                poll.unregister(number)
                waiting.discard(made)
                if made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    arrived.add(made)
            if waiting:
                dead = self._lab.deaths()
                waiting = {made for made in waiting if sockets[made][1] not in dead}
        return arrived, dead
