"""What moto does otherwise than AWS, where the provider or the examples would see the difference: it is mended here."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode


def mend() -> None:
    """Mend what moto does otherwise than AWS, where the provider would see a difference that isn't there."""
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface
    from moto.ec2.models.security_groups import SecurityGroupRule
    from moto.ec2.models.subnets import Subnet
    from moto.rds.models import DBCluster
    from moto.route53 import models as route53

    # moto shows an empty association where there is none, which the provider accepts for a public address.
    association = NetworkInterface.association.fget
    NetworkInterface.association = property(lambda interface: association(interface) or None)

    # moto shows how a cluster scales also where it is none of Aurora Serverless v1.
    scaling = DBCluster.scaling_configuration_info.fget
    DBCluster.scaling_configuration_info = property(
        lambda cluster: scaling(cluster) if cluster.scaling_configuration else None
    )

    # moto doesn't show an interface's first IPv6 address, by which the provider tells an endpoint's addresses.
    NetworkInterface.ipv6_address = property(lambda interface: next(iter(interface.ipv6_addresses), None))

    # moto shows the state of a subnet's IPv6 block as a text of a dictionary, and doesn't find the subnet by the
    # association with the block; the provider waits by both.
    associations = Subnet.ipv6_cidr_block_association_set.fget
    Subnet.ipv6_cidr_block_association_set = property(
        lambda subnet: [{**item, "ipv6CidrBlockState": {"state": "associated"}} for item in associations(subnet)]
    )
    value = Subnet.get_filter_value

    def filter_value(subnet: Any, name: str, method: str | None = None) -> Any:
        if name == "ipv6-cidr-block-association.association-id":
            return list(subnet.ipv6_cidr_block_associations)
        return value(subnet, name, method)

    Subnet.get_filter_value = filter_value

    # moto's hosted zones have ids that begin with any letter; AWS's begin with Z.
    zone_id = route53.create_route53_zone_id
    route53.create_route53_zone_id = lambda *arguments, **named: f"Z{zone_id(*arguments, **named)[1:]}"

    # moto forgets the description of a rule whose other side is a group or a prefix list.
    make = SecurityGroupRule.__init__

    def make_described(rule: Any, *arguments: Any, **named: Any) -> None:
        make(rule, *arguments, **named)
        for peer in (*arguments, *named.values()):
            if isinstance(peer, dict) and "Description" in peer:
                rule.ip_range = {**rule.ip_range, "Description": peer["Description"]}

    SecurityGroupRule.__init__ = make_described


def as_moto_understands(body: bytes) -> bytes:
    """Return a request as moto understands it; to AWS it is the same one.

    For an instance, moto overlooks the subnet, the groups and the absence of a public address where they are given for
    the first network interface, and asks for the size of a volume that AWS takes from the image. It takes a hosted zone
    with a VPC for public unless it is called private.
    """
    if b"<CreateHostedZoneRequest" in body and b"<VPC>" in body and b"<PrivateZone>" not in body:
        return body.replace(b"</HostedZoneConfig>", b"<PrivateZone>true</PrivateZone></HostedZoneConfig>")
    fields = dict(parse_qsl(body.decode()))
    if fields.get("Action") != "RunInstances":
        return body
    first = "NetworkInterface.1."
    if f"{first}SubnetId" in fields:
        moved = {name.removeprefix(first): value for name, value in fields.items() if name.startswith(first)}
        fields = {name: value for name, value in fields.items() if not name.startswith("NetworkInterface.")}
        fields |= {name: value for name, value in moved.items() if name.startswith(("SubnetId", "SecurityGroupId"))}
    if "BlockDeviceMapping.1.Ebs.Encrypted" in fields:
        fields.setdefault("BlockDeviceMapping.1.Ebs.VolumeSize", "8")
    return urlencode(fields).encode()
