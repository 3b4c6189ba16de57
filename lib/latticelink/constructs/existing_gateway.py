"""A resource gateway that exists already, and that more resources are shared through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.resource_configuration import Target
from latticelink.constructs.sharing_gateway import Gateway
from latticelink.errors import Report
from latticelink.values.aws_ids import parse_id, parse_security_group_ids
from latticelink.values.calls import judged
from latticelink.values.gateway_type import parse_gateway_type
from latticelink.values.ports import Ports


class ExistingGateway(Gateway):
    """A resource gateway that is managed elsewhere, by its id; `share` works as on a `ResourceGateway`.

    It must be of the stack's own account: AWS shares no gateways between accounts. Nothing in its security groups is
    changed: they are its owner's, who must let TCP out to the targets.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        network: the VPC of the gateway, with the subnets that it is in.
        gateway_id: id of the gateway, `rgw-...`.
        ip_address_type: the gateway's IPV4, IPV6 or DUALSTACK, by which targets are checked. Default: IPV4.
        dns_resolution: the gateway's PUBLIC or IN_VPC, likewise. Default: PUBLIC.
        security_group_ids: the gateway's groups, one to five: a target whose `security_group_id` is given gets a rule
            that lets them in. Default: unknown, and such a target is refused.
        tags: tags of the resource configurations. Default: the Name tag alone.

    Attributes:
        configurations: the resource configurations of the AWS provider, as in `ResourceGateway`.

    Raises:
        InvalidInput: for malformed ids, more than five groups, an unknown address type or DNS resolution.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html,
        https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        network: Network | ExistingNetwork,
        *,
        gateway_id: str,
        ip_address_type: str = "IPV4",
        dns_resolution: str = "PUBLIC",
        security_group_ids: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id, network, tags)
        with Report(self) as report:
            self.id = self.name = parse_id(report, "gateway_id", gateway_id, "rgw")
            self._type = parse_gateway_type(report, ip_address_type, None, dns_resolution)
            brought = parse_security_group_ids(report, "security_group_ids", security_group_ids)
        self.security_group_ids = brought or ()
        self._subnets = list(network.subnets)

    def _make_rules(self, key: str, resource: Target, ports: Ports) -> None:
        if not self.security_group_ids and resource.security_group_id is not None:
            with Report(self, key) as report:
                report.refuse(
                    "security_group_id",
                    resource.security_group_id,
                    rule=(
                        "The target's security group gets a rule for the gateway's groups, but these are not known "
                        "here."
                    ),
                    fix="Give ExistingGateway its security_group_ids, or leave out the target's and let the "
                    "gateway in yourself.",
                )
        super()._make_rules(key, resource, ports)
