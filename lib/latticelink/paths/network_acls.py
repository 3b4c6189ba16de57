"""Network ACLs as hops: what those of some subnets do to requests and to replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from latticelink.network.network_acls import NetworkAcl, NetworkAcls
from latticelink.network.ranges import EVERY, NONE, Addresses, PortSet, shown_addresses
from latticelink.network.security_groups import IN, OUT
from latticelink.network.topology import Subnet
from latticelink.paths.hops import Stage
from latticelink.terraform.known import Unknown

# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
EPHEMERAL = PortSet.of((1024, 65535))
_WAY = {IN: "from", OUT: "to"}


def acl_stage(
    acls: NetworkAcls, place: str, subnets: Sequence[Subnet], others: Sequence[Addresses], version: int, *, first: str
) -> Stage | None:
    """Return what the network ACLs of subnets do to requests and replies; None if there are none.

    Args:
        acls: all network ACLs.
        place: the name of the hop.
        subnets: the subnets.
        others: where the other side is; packets within a subnet pass no network ACL. Empty if that isn't known.
        version: IP version.
        first: `IN` if connections come in, `OUT` if they go out.
    """
    sure, maybe = EVERY, EVERY
    deciding: list[NetworkAcl] = []
    doubt: Unknown | None = None
    requests: dict[str, PortSet] = {}
    closed: list[str] = []
    crossing: dict[Addresses, None] = {}
    for subnet in subnets:
        acl = acls.acl_of(subnet)
        beyond = [each for each in others if each not in subnet.ranges]
        if acl is None or (others and not beyond):
            continue
        deciding.append(acl)
        crossing.update(dict.fromkeys(beyond))
        passes, perhaps = acl.passes(first, beyond, version)
        requests[acl.text] = requests.get(acl.text, EVERY) & perhaps
        back, back_perhaps = acl.passes(OUT if first == IN else IN, beyond, version)
        if not back_perhaps & EPHEMERAL:
            closed.append(acl.text)
            passes, perhaps = NONE, NONE
        elif EPHEMERAL - back:
            passes = NONE
            doubt = _reply_doubt(acl, back & EPHEMERAL, first)
        if perhaps - passes:
            doubt = doubt or acl.doubts[first] or _partial(acl, beyond)
        sure, maybe = sure & passes, maybe & perhaps
    if not deciding:
        return None
    names = ", ".join(dict.fromkeys(acl.text for acl in deciding))
    return Stage(
        place,
        deciding[0].block,
        sure,
        maybe,
        lambda ports: f"{names} lets TCP {ports} pass, and the replies",
        lambda ports: _blocked(requests, closed, ports, _text(crossing), first),
        doubt,
    )


def _text(others: Iterable[Addresses]) -> str:
    return " and ".join(map(shown_addresses, others)) or "0.0.0.0/0"


def _reply_doubt(acl: NetworkAcl, back: PortSet, first: str) -> Unknown:
    direction = OUT if first == IN else IN
    unknown = acl.doubts[direction]
    return unknown or Unknown(
        f"{acl.text} lets replies pass to TCP {back} only, and which port a client uses is up to its system",
        f"Let TCP 1024-65535 pass ({direction}).",
    )


def _partial(acl: NetworkAcl, others: Sequence[Addresses]) -> Unknown:
    return Unknown(
        f"{acl.text} lets only part of {_text(others)} pass",
        "Let all of it pass, or name a narrower range of clients.",
    )


def _blocked(
    requests: dict[str, PortSet], closed: list[str], ports: PortSet, others: str, first: str
) -> tuple[str, str]:
    """Say which ACLs deny requests to the ports, and which let no replies pass."""
    back = OUT if first == IN else IN
    found = []
    for text, passed in requests.items():
        if ports - passed:
            found.append((f"{text} denies TCP {ports} {_WAY[first]} {others}", text, first, ports))
    for text in dict.fromkeys(closed):
        why = f"{text} lets no replies pass {_WAY[back]} {others}: network ACLs are stateless"
        found.append((why, text, back, EPHEMERAL))
    fixes = [
        f"Add an {direction} rule to {text}, of a lower number than those that deny: action allow, protocol tcp, "
        f"cidr_block = {others}, from_port = {wanted.ranges[0].low}, to_port = {wanted.ranges[0].high}."
        for _, text, direction, wanted in found
    ]
    return "; ".join(why for why, *_ in found), " ".join(fixes)
