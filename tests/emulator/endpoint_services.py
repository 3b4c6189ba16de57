"""What moto lacks of endpoint services behind an NLB, and what it accepts of them and of NLBs that AWS refuses.

The rules are those of the pages "Create a service powered by AWS PrivateLink" and "Delete an endpoint service", and of
the API references of EC2 and Elastic Load Balancing; that an NLB with a service isn't deleted is by users' reports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator.lattice import Region, Thing
from tests.emulator.protocol import Refused


class EndpointServices:
    """The endpoint services of one region: moto keeps them, and this says what moto doesn't."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.configurations: dict[str, Any] = region.ec2.configurations

    def handler(self, action: str, fields: dict[str, str]) -> Callable[[dict[str, Any]], Any] | None:
        """Return what handles the request, None if moto does."""
        if action == "DescribeVpcEndpointServices" and any(value.startswith("tag:") for value in fields.values()):
            return self.describe_tagged
        if action == "DeleteVpcEndpointServiceConfigurations" and any(map(self.connections, fields.values())):
            return self.refuse_to_delete
        return None

    def connections(self, service: str) -> list[Thing]:
        """Return the endpoints whose connections to a service, by its id, keep it from being deleted."""
        endpoints = [thing for thing in self.region.each("vpce") if not thing.is_leaving]
        return [one for one in endpoints if one.shown.get("ServiceName", "").endswith(f".{service}")]

    def named(self, name: str) -> Any:
        """Return this account's service of that name; other accounts' are not emulated."""
        for service in self.configurations.values():
            if service.service_name == name:
                return service
        raise Refused("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")

    def refuse_outside(self, name: str, zones: list[str], private: bool) -> str:
        """Refuse an interface endpoint that its service has no zone or no private name for; return its first state."""
        service = self.named(name)
        if missing := sorted(set(zones) - set(service.availability_zones)):
            message = f"The VPC endpoint service {name} does not support the availability zone of the subnet"
            raise Refused("InvalidParameter", f"{message}: {', '.join(missing)}")
        if private and not service.private_dns_name:
            message = f"Private DNS can't be enabled because the service {name} does not provide a private DNS name"
            raise Refused("InvalidParameter", message)
        return "pendingAcceptance" if service.acceptance_required else "pending"

    def describe_tagged(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return this account's services by their tags, which moto doesn't look at."""
        wanted = {item["Name"].removeprefix("tag:"): item["Values"] for item in request["Filters"]}
        shown = []
        for service in self.configurations.values():
            tags = {tag["key"]: tag["value"] for tag in service.get_tags()}
            if all(tags.get(key) in values for key, values in wanted.items()):
                shown.append(self._details(service, tags))
        return {"ServiceNames": [each["ServiceName"] for each in shown], "ServiceDetails": shown}

    def _details(self, service: Any, tags: dict[str, str]) -> dict[str, Any]:
        return {
            "ServiceName": service.service_name,
            "ServiceId": service.id,
            "ServiceType": [{"ServiceType": "Interface"}],
            "AvailabilityZones": sorted(set(service.availability_zones)),
            "Owner": self.region.account,
            "BaseEndpointDnsNames": service.base_endpoint_dns_names,
            "AcceptanceRequired": service.acceptance_required,
            "ManagesVpcEndpoints": False,
            "VpcEndpointPolicySupported": False,
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
        }

    def refuse_to_delete(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer as AWS does for services that have endpoints: it says so in an answer that is no error."""
        code = "ExistingVpcEndpointConnections"
        unsuccessful = [
            {"ResourceId": service, "Error": {"Code": code, "Message": f"Service {service} has existing connections"}}
            for service in request["ServiceIds"]
            if self.connections(service)
        ]
        return {"Unsuccessful": unsuccessful}

    def judge_balancer(self, action: str, request: dict[str, Any]) -> None:
        """Raise `Refused` for a request to Elastic Load Balancing that AWS refuses and moto doesn't."""
        if action == "CreateLoadBalancer" and request.get("Type") != "network":
            raise Refused("ValidationError", "The emulator has Network Load Balancers alone")
        arn = request.get("LoadBalancerArn")
        if action == "DeleteLoadBalancer" and self._of_balancer(arn):
            message = f"Load balancer '{arn}' cannot be deleted because it is currently associated with another service"
            raise Refused("ResourceInUse", message)

    def _of_balancer(self, arn: str | None) -> list[Any]:
        return [one for one in self.configurations.values() if arn in one.network_load_balancer_arns]
