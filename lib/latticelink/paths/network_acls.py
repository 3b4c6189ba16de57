"""Network ACLs as hops: what those of some subnets do to requests and to replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from latticelink.network.network_acls import NetworkAcl, NetworkAcls
from latticelink.network.ranges import EVERY, EVERYWHERE, NONE, Addresses, PortSet
from latticelink.network.security_groups import IN, OUT
from latticelink.network.topology import Subnet
from latticelink.paths.hops import Stage, doubtful
from latticelink.terraform.known import Unknown

# The ports from which connections are opened, and so to which replies go; and the ranges that systems are known to use:
# Linux, Windows since 2008, Windows 2003. https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
EPHEMERAL = PortSet.of((1024, 65535))
_OF_SYSTEMS = tuple(map(PortSet.of, ((32768, 60999), (49152, 65535), (1025, 5000))))
_WAY = {IN: "from", OUT: "to"}


@dataclass
class _Crossing:
    """What the network ACLs that packets have crossed so far let pass.

    Args:
        first: `IN` if connections come in, `OUT` if they go out.
        version: IP version.
        all_of_them: whether something is in each range of the other side; else it is in one of them.
        acls: the ACLs, one for each subnet.
        others: where the other side is, as far as packets to it leave a subnet.
        requests: of each ACL the ports to which requests perhaps pass.
        closed: the ACLs that let no replies pass.
    """

    first: str
    version: int
    all_of_them: bool
    sure: PortSet = EVERY
    maybe: PortSet = EVERY
    doubt: Unknown | None = None
    acls: list[NetworkAcl] = field(default_factory=list)
    others: dict[Addresses, None] = field(default_factory=dict)
    requests: dict[str, PortSet] = field(default_factory=dict)
    closed: dict[str, None] = field(default_factory=dict)

    @property
    def back(self) -> str:
        """The direction of the replies."""
        return OUT if self.first == IN else IN

    def cross(self, acl: NetworkAcl, beyond: Sequence[Addresses]) -> None:
        """Count the ACL of one subnet that packets to and from some addresses cross."""
        self.acls.append(acl)
        self.others.update(dict.fromkeys(beyond))
        sure, maybe = self._passes(acl, self.first, beyond)
        self.requests[acl.text] = self.requests.get(acl.text, EVERY) & maybe
        replies, perhaps_replies = self._passes(acl, self.back, beyond)
        if all(ports - perhaps_replies for ports in _OF_SYSTEMS):
            self.closed[acl.text] = None
            sure, maybe = NONE, NONE
        elif EPHEMERAL - replies:
            sure = NONE
            self.doubt = acl.doubts[self.back] or self._some_replies(acl, replies & EPHEMERAL)
        if maybe - sure:
            self.doubt = self.doubt or acl.doubts[self.first] or _partial(acl, beyond)
        self.sure &= sure
        self.maybe &= maybe

    def cross_perhaps(self, acl: NetworkAcl, beyond: Sequence[Addresses]) -> None:
        """Count the ACL of a subnet in which the other side may be itself, so that packets then cross none."""
        self.acls.append(acl)
        sure, _ = self._passes(acl, self.first, beyond)
        replies, _ = self._passes(acl, self.back, beyond)
        self.sure &= NONE if EPHEMERAL - replies else sure
        self.doubt = self.doubt or _partial(acl, beyond)

    def _passes(self, acl: NetworkAcl, direction: str, beyond: Sequence[Addresses]) -> tuple[PortSet, PortSet]:
        return acl.passes(direction, beyond, self.version, all_of_them=self.all_of_them)

    def _some_replies(self, acl: NetworkAcl, replies: PortSet) -> Unknown:
        return Unknown(
            f"{acl.text} lets replies pass to TCP {replies} only, and which port a client uses "
            "depends on its operating system",
            f"Let TCP 1024-65535 pass ({self.back}).",
        )

    def blocked(self, ports: PortSet) -> tuple[str, str]:
        """Say which ACLs deny requests to the ports, and which let no replies pass; and the rules that mend it."""
        others = _text(list(self.others))
        whys, fixes = [], []
        for text, passed in self.requests.items():
            if ports - passed:
                whys.append(f"{text} denies TCP {ports} {_WAY[self.first]} {others}")
                fixes.append(_rule_to_add(text, self.first, ports, others))
        for text in self.closed:
            whys.append(f"{text} lets no replies pass {_WAY[self.back]} {others}: network ACLs are stateless")
            fixes.append(_rule_to_add(text, self.back, EPHEMERAL, others))
        return "; ".join(whys), " ".join(fixes)


def acl_stage(
    acls: NetworkAcls,
    place: str,
    subnets: Sequence[Subnet],
    *,
    others: Sequence[Addresses],
    version: int,
    first: str,
    all_of_them: bool = True,
) -> Stage | None:
    """Return what the network ACLs of subnets do to requests and replies; None if there are none.

    Args:
        acls: all network ACLs.
        place: the name of the hop.
        subnets: the subnets.
        others: where the other side is; packets within a subnet pass no network ACL. Empty if that isn't known.
        version: IP version.
        first: `IN` if connections come in, `OUT` if they go out.
        all_of_them: whether something is in each of the ranges; else it is in one of them, so that an ACL that lets
            only part of them pass leaves open what it does.
    """
    found = _Crossing(first, version, all_of_them)
    for subnet in subnets:
        acl = acls.acl_of(subnet)
        beyond = [part for each in others for part in each.without(subnet.ranges)]
        may_be_inside = not all_of_them and any(each.overlap(own) for each in others for own in subnet.ranges)
        if acl is not None and beyond and may_be_inside:
            found.cross_perhaps(acl, beyond)
        elif acl is not None and (beyond or not others):
            found.cross(acl, beyond)
        elif acl is None and (beyond or not others) and (doubt := acls.doubt_of(subnet)) is not None:
            found.sure, found.doubt = NONE, found.doubt or doubt
    if not found.acls:
        return None if found.doubt is None else doubtful(place, None, found.doubt)
    names = ", ".join(dict.fromkeys(acl.text for acl in found.acls))
    return Stage(
        place,
        found.acls[0].block,
        sure=found.sure,
        maybe=found.maybe,
        passes=lambda ports: f"{names} lets TCP {ports} pass, and the replies",
        blocks=found.blocked,
        doubt=found.doubt,
    )


def _text(others: Sequence[Addresses]) -> str:
    return " and ".join(map(str, others or [EVERYWHERE[4]]))


def _partial(acl: NetworkAcl, others: Sequence[Addresses]) -> Unknown:
    return Unknown(
        f"{acl.text} lets only part of {_text(others)} pass",
        "Let all of it pass, or name a narrower range of clients.",
    )


def _rule_to_add(acl: str, direction: str, ports: PortSet, others: str) -> str:
    return (
        f"Add an {direction} rule to {acl}, of a lower number than those that deny: action allow, protocol tcp, "
        f"cidr_block = {others}, from_port = {ports.ranges[0].low}, to_port = {ports.ranges[0].high}."
    )
