"""A lab in operation: with a server at each target, a resolver in each VPC, and programs in any interface's place."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from latticelink.lab.building import Lab
from latticelink.lab.dns import Resolver
from latticelink.lab.model import RESOLVER, Interface, Kind
from latticelink.lab.probes import PROGRAMS_PORTS
from latticelink.lab.servers import Server

_FILES = {
    "resolv.conf": f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


class Running:
    """A lab with what runs in it.

    Attributes:
        lab: the lab.
        servers: the servers of the targets.
    """

    def __init__(self, lab: Lab, folder: Path) -> None:
        """Start everything.

        Args:
            lab: the lab.
            folder: an empty folder.

        Raises:
            OSError: if a server doesn't start.
        """
        self.lab = lab
        for vpc in lab.model.vpcs.values():
            if vpc.names is not None:
                Resolver(lab.router(vpc.name), vpc.names)
        _ask_the_vpc(folder)
        for client in lab.model.of_kind(Kind.WORKLOAD):
            lab.at(client).sysctl("ipv4/ip_local_port_range", PROGRAMS_PORTS)
        self.servers = [
            Server(target, lab.at(target), folder / str(number), lab.model.databases.get(target.name, ""))
            for number, target in enumerate(lab.model.targets)
        ]

    def run(self, interface: Interface, command: Sequence[str]) -> int:
        """Run a program in an interface's place, with this process's input and output; return its exit code.

        On a terminal it gets one of its own, as job control needs a session that this process's namespace knows.
        """
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            return self.lab.at(interface).start(command).wait()
        with self.lab.at(interface).inside():
            status = pty.spawn(list(command))
        return os.waitstatus_to_exitcode(status)


def _ask_the_vpc(folder: Path) -> None:
    """Put configuration of our own over that of the machine's resolver, which other processes don't see."""
    for name, text in _FILES.items():
        if (etc := Path("/etc", name)).exists():
            (folder / name).write_text(text)
            subprocess.run(["mount", "--bind", str(folder / name), str(etc.resolve())], check=True)
