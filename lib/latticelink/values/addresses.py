"""IP addresses, CIDR blocks and the subnets of one VPC."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from latticelink.errors import Report
from latticelink.values.calls import judged_init
from latticelink.values.tokens import REFUSED, is_known

_VPC_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
_SUBNET_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
_POOL_SOURCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html"
_RESOURCE_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"

# What AWS takes as the IPv4 address of a shared resource.
_SHAREABLE = [IPv4Network(cidr) for cidr in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")]

RESERVED_IN_SUBNET = 5
"""What AWS keeps of each subnet: its first four addresses and its last one."""

# Reserved for this host, loopback, link-local, multicast and future use: no VPC and no resource can be there.
_NEVER_A_VPC = [IPv4Network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")]


@dataclass(frozen=True)
class Cidr:
    """A CIDR block: the `text` that Terraform gets, and the parsed `network`, None if known only after apply."""

    text: str
    network: IPv4Network | IPv6Network | None = None

    @property
    def version(self) -> int | None:
        """4, 6, or None if not known now."""
        return self.network.version if self.network else None


@judged_init
@dataclass(frozen=True)
class Subnet:
    """One subnet of a new network.

    Args:
        zone: Availability Zone name, such as `ap-northeast-1a`.
        cidr: IPv4 CIDR block inside the VPC's, /16 to /28.
        name: the subnet's key: stable, it is part of the Terraform address. Default: the zone.
    """

    zone: str
    cidr: str
    name: str = ""

    @property
    def key(self) -> str:
        """The name, or the zone where none was given."""
        return self.name or self.zone


@judged_init
@dataclass(frozen=True)
class ExistingSubnet:
    """One subnet of a network that exists, with what is known of it. The plan stops where AWS says otherwise.

    Args:
        id: its id, `subnet-...`.
        zone: Availability Zone name, such as `ap-northeast-1a`. Default: unknown.
        cidr: IPv4 CIDR block. Default: unknown.
        ipv6_cidr: IPv6 CIDR block. Default: unknown.
    """

    id: str
    zone: str | None = None
    cidr: str | None = None
    ipv6_cidr: str | None = None


def parse_cidr(report: Report, argument: str, given: str) -> Cidr:
    """Return the IPv4 or IPv6 CIDR block in `given`; refuse what is none, or has bits set behind its prefix."""
    if isinstance(given, str) and not is_known(given):
        return Cidr(given)
    try:
        if not isinstance(given, str) or "/" not in given:
            raise ValueError("no prefix length")
        network = ipaddress.ip_network(given, strict=False)
    except ValueError:
        report.refuse(
            argument,
            given,
            rule="A CIDR block is an address, a slash and a prefix length.",
            fix="Write, for example, '172.18.0.0/16'" + (f" or '{given}/32'." if _is_ip(given) else "."),
            source=_VPC_SOURCE,
        )
        return Cidr(REFUSED)
    if str(network) != given:
        report.refuse(
            argument,
            given,
            rule="A CIDR block is written with its first address, in its shortest form.",
            fix=f"Write '{network}'.",
            source=_VPC_SOURCE,
        )
        return Cidr(REFUSED)
    return Cidr(given, network)


def parse_cidrs(report: Report, argument: str, given: Sequence[str]) -> list[Cidr]:
    """Return the blocks in `given`, each once; refuse what is no list of blocks."""
    if isinstance(given, str):
        report.refuse(argument, given, rule="CIDR blocks are given as a list.", fix=f"Write [{given!r}].")
        return []
    items = list(given)
    for index, item in enumerate(items):
        if item in items[:index]:
            report.refuse(argument, item, rule="Each block is given once.", fix="Remove the second one.")
    return [parse_cidr(report, argument, cidr) for index, cidr in enumerate(items) if cidr not in items[:index]]


def parse_vpc_cidr(report: Report, argument: str, given: str) -> Cidr:
    """Return the IPv4 CIDR block of a VPC or subnet in `given`; refuse what AWS doesn't take as one."""
    cidr = parse_cidr(report, argument, given)
    if cidr.network is None:
        return cidr
    if cidr.version != 4 or not 16 <= cidr.network.prefixlen <= 28:
        report.refuse(
            argument,
            given,
            rule="The block of a VPC or subnet is IPv4, from /16 (65,536 addresses) to /28 (16 addresses).",
            fix="Choose a prefix length from 16 to 28, such as '172.18.0.0/16'.",
            source=_VPC_SOURCE,
        )
        return Cidr(REFUSED)
    if any(IPv4Network(given).subnet_of(reserved) for reserved in _NEVER_A_VPC):
        report.refuse(
            argument,
            given,
            rule="A VPC is not in 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 or 224.0.0.0/3, which are reserved.",
            fix="Use a private range, such as '10.0.0.0/16', '172.18.0.0/16' or '192.168.0.0/16'.",
            source=_VPC_SOURCE,
        )
        return Cidr(REFUSED)
    return cidr


def parse_subnets(report: Report, argument: str, vpc: Cidr, given: Sequence[Subnet]) -> list[Cidr]:
    """Return the blocks of `given`, in order; refuse those outside `vpc`, overlapping ones, and equal names."""
    blocks = [parse_vpc_cidr(report, f"{argument}[{subnet.key!r}].cidr", subnet.cidr) for subnet in given]
    known = [(subnet.key, block.network) for subnet, block in zip(given, blocks, strict=True) if block.network]
    for key, network in known:
        if vpc.network is not None and not network.subnet_of(vpc.network):  # type: ignore[arg-type]
            report.refuse(
                f"{argument}[{key!r}].cidr",
                str(network),
                rule=f"A subnet lies inside its VPC's block, which is {vpc.text}.",
                fix=f"Take a part of {vpc.text}, or widen the VPC.",
                source=_SUBNET_SOURCE,
            )
    for index, (key, network) in enumerate(known):
        for other_key, other in known[:index]:
            if network.overlaps(other):
                report.refuse(
                    f"{argument}[{key!r}].cidr",
                    str(network),
                    rule=f"The subnets of a VPC do not overlap; subnet {other_key!r} is {other}.",
                    fix="Give each subnet a range of its own.",
                    source=_SUBNET_SOURCE,
                )
    keys = [subnet.key for subnet in given]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        report.refuse(
            argument,
            keys,
            rule=f"Each subnet of a network has a different name; {key!r} occurs more than once.",
            fix="Give the subnets of one zone different names.",
        )
    return blocks


def carve(vpc: Cidr, zone: str) -> str | None:
    """Return the block for the subnet in `zone`: an eighth of the lower half of `vpc`, by the zone's letter.

    Zone `a` gets the first eighth, `h` the last, whatever other zones there are, so adding a zone moves no subnet.
    The upper half stays free. None if there is no such part: `vpc` is smaller than /24 or not known, or the zone's
    letter is beyond `h`.
    """
    place = ord(zone[-1:] or "?") - ord("a")
    if vpc.network is None or vpc.network.prefixlen > 24 or not 0 <= place < 8:
        return None
    return str(list(vpc.network.subnets(prefixlen_diff=4))[place])


def parse_pool_netmask(
    report: Report, argument: str, given: int | None, cidr: str | None, pool: str | None, *, carved: bool
) -> int | None:
    """Return the prefix length of the block that a pool gives a VPC, None if `cidr` is the block; refuse the rest.

    Args:
        report: where findings go.
        argument: its name.
        given: the prefix length as given, None for none.
        cidr: the block as given, None for none.
        pool: id of the pool, None for none.
        carved: whether subnets are to be carved from the block.
    """
    longest = 24 if carved else 28
    if (cidr is None) == (given is None):
        report.refuse(
            argument if cidr else "cidr",
            given if cidr else cidr,
            rule="A VPC's block is given as cidr, or chosen from a pool by netmask_length, but not both.",
            fix="Write, for example, cidr='172.18.0.0/16', or ipam_pool_id='ipam-pool-...' and netmask_length=20.",
            source=_POOL_SOURCE,
        )
    elif given is not None and pool is None:
        report.refuse(
            argument,
            given,
            rule="A block of a given length comes from a pool of Amazon VPC IP Address Manager.",
            fix="Give ipam_pool_id as well, or the whole block as cidr.",
            source=_POOL_SOURCE,
        )
    elif given is not None and (not isinstance(given, int) or isinstance(given, bool) or not 16 <= given <= longest):
        report.refuse(
            argument,
            given,
            rule=f"The block is from /16 to /{longest}{', so that subnets can be carved from it' if carved else ''}.",
            fix="Write, for example, 20.",
            source=_POOL_SOURCE,
        )
    else:
        return given
    return None


def parse_shared_ip(report: Report, argument: str, given: str) -> IPv4Address | IPv6Address | None:
    """Return the address in `given`, None if known only after apply; refuse one that AWS doesn't share."""
    if isinstance(given, str) and not is_known(given):
        return None
    try:
        address = ipaddress.ip_address(given if isinstance(given, str) else "")
    except ValueError:
        report.refuse(
            argument,
            given,
            rule="An IP resource is one IPv4 or IPv6 address.",
            fix="Write an address such as '172.18.0.9'; for a host name use DnsResource.",
            source=_RESOURCE_SOURCE,
        )
        return None
    if address.version == 4 and not any(address in block for block in _SHAREABLE):
        report.refuse(
            argument,
            given,
            rule="AWS shares IPv4 addresses in 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 and 192.168.0.0/16 only.",
            fix="Give the resource's private address.",
            source=_RESOURCE_SOURCE,
        )
        return None
    if address.version == 6 and (
        address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    ):
        report.refuse(
            argument,
            given,
            rule="A shared IPv6 address is one of the VPC's own.",
            fix="Give the address of the resource's network interface.",
            source=_RESOURCE_SOURCE,
        )
        return None
    return address


def _is_ip(text: object) -> bool:
    try:
        ipaddress.IPv4Address(text if isinstance(text, str) else "")
    except ValueError:
        return False
    return True
