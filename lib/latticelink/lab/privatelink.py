"""PrivateLink as nftables rules: an endpoint's interface and a gateway's, each of which translates addresses.

Not a proxy, which would complete the handshake though the port behind the gateway is closed. That packets keep to one
zone between endpoint and gateway is inference; AWS documents that both must share one.
Source: https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from latticelink.lab.model import Address, Interface, Ports, Way
from latticelink.lab.translation import LINK, translated
from latticelink.lab.traps import Ruleset, Trap

# MTU of PrivateLink: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html says 8500 for endpoints.
MTU = 8500


@dataclass(frozen=True)
class Cable:
    """What joins the interface of an endpoint to that of a gateway, for one way.

    Args:
        way: the way.
        number: numbers the cables of a lab.
    """

    way: Way
    number: int

    @property
    def link(self) -> str:
        """Its name at both ends."""
        return f"pl{self.number}"

    @property
    def version(self) -> int:
        """IP version inside: the target's."""
        return self.way.target_address.version if self.way.target_address else self.way.address.version

    @property
    def translates(self) -> bool:
        """Whether clients and target have different IP versions."""
        return self.version != self.way.address.version

    @property
    def near(self) -> Address:
        """The endpoint's address on it."""
        return self._address(1)

    @property
    def far(self) -> Address:
        """The gateway's address on it."""
        return self._address(2)

    def _address(self, last: int) -> Address:
        if self.version == 4:
            return ipaddress.IPv4Address("169.254.176.0") + self.number * 4 + last
        return ipaddress.IPv6Address("fd00:1a:b::") + self.number * 4 + last


def ports_text(ports: Ports) -> str:
    """Return ports as nftables and people write them."""
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ports)


def _ip(version: int) -> str:
    return "ip" if version == 4 else "ip6"


def entry_rules(entry: Interface, ways: list[Way], cables: list[Cable]) -> Ruleset:
    """Return the rules of an endpoint's interface: shared ports of each of its addresses go to the gateway."""
    rules = Ruleset()
    by_way = {cable.way: cable for cable in cables}
    into, out, refuse = [], [], []
    for way in ways:
        cable = by_way.get(way)
        matches = f"{_ip(way.address.version)} daddr {way.address} "
        if cable is None:
            told = f"no interface of the gateway is in {entry.zone}"
            trap = Trap("zones", "", entry.owner, told)
            if way.target is None:
                trap = Trap("target", "", way.resource, "it isn't in the lab")
            refuse.append(f"{matches}goto {rules.trap(trap)}")
            continue
        shared = f"tcp dport {{ {ports_text(way.ports)} }} " if way.ports else "tcp dport 0 "
        if cable.translates:
            first, then = way.address.version, cable.version
            to, back = (translated(cable.number, first, far=far) for far in (True, False))
            into.append(f'iifname "eth0" {matches}{shared}dnat {_ip(first)} to {to}')
            out.append(f'oifname "{LINK}" {_ip(first)} daddr {to} snat {_ip(first)} to {back}')
            to = translated(cable.number, then, far=True)
            into.append(f'iifname "{LINK}" {_ip(then)} daddr {to} dnat {_ip(then)} to {cable.far}')
        else:
            into.append(f'iifname "eth0" {matches}{shared}dnat {_ip(cable.version)} to {cable.far}')
        out.append(f'oifname "{cable.link}" snat {_ip(cable.version)} to {cable.near}')
        told = f"it shares TCP {ports_text(way.ports) or 'nothing'}"
        trap = Trap("resource configuration's ports", "", way.resource, told)
        refuse.append(f"{matches}meta l4proto tcp goto {rules.trap(trap)}")
    rules.chain("prerouting", ["type nat hook prerouting priority -100;", *into])
    rules.chain("postrouting", ["type nat hook postrouting priority 100;", *out])
    rules.chain("segments", [
        "type filter hook forward priority -150;",
        f"tcp flags syn meta nfproto ipv4 tcp option maxseg size set {MTU - 40}",
        f"tcp flags syn meta nfproto ipv6 tcp option maxseg size set {MTU - 60}",
    ])  # fmt: skip
    rules.chain("input", ["type filter hook input priority 0;", 'iifname != "eth0" accept', *refuse])
    return rules


def gateway_rules(gateway: Interface, cables: list[Cable]) -> Ruleset:
    """Return the rules of a gateway's interface: what comes by cable goes to the target from its addresses."""
    rules = Ruleset()
    into, forward = [], []
    for cable in cables:
        address = cable.way.target_address
        assert address is not None
        if gateway.of_version(address.version):
            into.append(f'iifname "{cable.link}" dnat {_ip(address.version)} to {address}')
        else:
            told = f"it has no IPv{address.version} address"
            trap = Trap("gateway's address type", "", gateway.owner, told)
            forward.append(f'iifname "{cable.link}" goto {rules.trap(trap)}')
    out = []
    for version in (4, 6):
        if own := gateway.of_version(version):
            pool = f"{own[0]}-{own[-1]}" if len(own) > 1 else str(own[0])
            out.append(f'oifname "eth0" meta nfproto ipv{version} snat {_ip(version)} to {pool}')
    rules.chain("prerouting", ["type nat hook prerouting priority -100;", *into])
    rules.chain("postrouting", ["type nat hook postrouting priority 100;", *out])
    rules.chain("input", ["type filter hook input priority 0;", *forward])
    return rules
