"""Network namespaces that a descriptor of this process alone holds, so that they end with it, however it ends."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from latticelink.lab.model import Address, Cidr
from latticelink.lab.nft import Nft

from pyroute2 import IPRoute

_CLONE_NEWNET = 0x40000000  # of linux/sched.h; os.setns and os.unshare came with Python 3.12
_LIBC = ctypes.CDLL(None, use_errno=True)
_NFT = Nft()


class KernelRefuses(Exception):
    """The kernel makes no such namespace, link, address or route; the message has its words."""


def _call(name: str, *arguments: int) -> None:
    if getattr(_LIBC, name)(*arguments):
        number = ctypes.get_errno()
        raise KernelRefuses(f"{name}: {os.strerror(number)}")


class Namespace:
    """A network namespace with its links, addresses, routes and rules."""

    _home: int | None = None

    def __init__(self, name: str) -> None:
        if Namespace._home is None:
            Namespace._home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.name = name
        self._links: dict[str, int] = {"lo": 1}
        _call("unshare", _CLONE_NEWNET)
        try:
            self._descriptor = os.open("/proc/self/ns/net", os.O_RDONLY)
            self._netlink = IPRoute()
            # IPv6 addresses are usable at once, not after a second of asking whether another has them.
            for sysctl in ("default/accept_dad", "all/accept_dad", "default/addr_gen_mode"):
                Path(f"/proc/sys/net/ipv6/conf/{sysctl}").write_text("1" if sysctl.endswith("mode") else "0")
        finally:
            _call("setns", Namespace._home, _CLONE_NEWNET)
        self._netlink.link("set", index=1, state="up")

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let the calling thread be in the namespace: sockets that it makes and programs that it starts stay there."""
        _call("setns", self._descriptor, _CLONE_NEWNET)
        try:
            yield
        finally:
            assert Namespace._home is not None
            _call("setns", Namespace._home, _CLONE_NEWNET)

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """Start a program in the namespace."""
        with self.inside():
            return subprocess.Popen(command, **options)

    def socket(self, family: socket.AddressFamily, kind: socket.SocketKind) -> socket.socket:
        """Return a socket of the namespace."""
        with self.inside():
            return socket.socket(family, kind)

    def sysctl(self, name: str, value: str) -> None:
        """Set a kernel parameter below `net/`."""
        with self.inside():
            Path("/proc/sys/net", name).write_text(value)

    def nft(self, commands: str) -> list[dict[str, Any]]:
        """Run nftables commands; return what they print."""
        with self.inside():
            return _NFT.run(commands)

    def connect(self, name: str, other: Namespace, other_name: str, mtu: int) -> None:
        """Lay a cable from an interface here to one in another namespace."""
        peer = {"ifname": other_name, "net_ns_fd": other._descriptor, "mtu": mtu}
        self._netlink.link("add", ifname=name, kind="veth", mtu=mtu, peer=peer)
        for namespace, ifname in ((self, name), (other, other_name)):
            [index] = namespace._netlink.link_lookup(ifname=ifname)
            namespace._links[ifname] = index
            namespace._netlink.link("set", index=index, state="up")

    def adopt(self, name: str) -> None:
        """Take up an interface that another means has made here."""
        [self._links[name]] = self._netlink.link_lookup(ifname=name)
        self._netlink.link("set", index=self._links[name], state="up")

    def add_address(self, link: str, address: Address, prefix: int | None = None) -> None:
        """Give an interface an address."""
        length = address.max_prefixlen if prefix is None else prefix
        self._netlink.addr("add", index=self._links[link], address=str(address), prefixlen=length)

    def add_route(self, to: Address | Cidr, link: str, through: Address | None = None) -> None:
        """Send packets for an address or a range out of an interface."""
        options: dict[str, Any] = {"oif": self._links[link], "family": 2 if to.version == 4 else 10}
        if through is not None:
            options["gateway"] = str(through)
        elif to.version == 4:
            options["scope"] = "link"
        destination = str(to) if "/" in str(to) else f"{to}/{to.max_prefixlen}"
        self._netlink.route("add", dst=destination, **options)

    def finish(self) -> None:
        """Let go of what makes links and routes: libnftables has `select`, which takes few descriptors."""
        self._netlink.close()

    def close(self) -> None:
        """Let the namespace go."""
        self._netlink.close()
        os.close(self._descriptor)
