"""AWS's quotas as far as stacks meet them: how many, and with which code AWS refuses one more."""

from __future__ import annotations

from dataclasses import dataclass

from tests.emulator.protocol import Refused

_LATTICE = "ServiceQuotaExceededException"
# Name: (AWS's default, error code, HTTP status). From the pages "Amazon VPC quotas", "AWS PrivateLink quotas",
# "Quotas for Amazon VPC Lattice" and "Quotas" of Route 53.
DEFAULTS = {
    "VPCs per Region": (5, "VpcLimitExceeded", 400),
    "Subnets per VPC": (200, "SubnetLimitExceeded", 400),
    "Security groups per Region": (2500, "SecurityGroupLimitExceeded", 400),
    "Security groups per network interface": (5, "SecurityGroupsPerInterfaceLimitExceeded", 400),
    "Rules per security group": (60, "RulesPerSecurityGroupLimitExceeded", 400),
    "Resource VPC endpoints per VPC": (200, "VpcEndpointLimitExceeded", 400),
    "ServiceNetwork VPC endpoints per VPC": (50, "VpcEndpointLimitExceeded", 400),
    "Interface VPC endpoints per VPC": (50, "VpcEndpointLimitExceeded", 400),
    "Resource gateways per VPC": (500, _LATTICE, 402),
    "Resource configurations per Region": (2000, _LATTICE, 402),
    "Child resource configurations per group": (60, _LATTICE, 402),
    "Service networks per Region": (50, _LATTICE, 402),
    "Resource configurations per service network": (500, _LATTICE, 402),
    "VPC associations per service network": (500, _LATTICE, 402),
    "Domain verifications per Region": (5, _LATTICE, 402),
    "Hosted zones per account": (500, "TooManyHostedZones", 400),
}
# An account that is tested in has asked for more VPCs.
RAISED = {"VPCs per Region": 1000}


@dataclass
class Quotas:
    """The quotas of all accounts; a test sets one lower, or back to AWS's default."""

    limits: dict[str, int]

    @classmethod
    def raised(cls) -> Quotas:
        """Return AWS's defaults, but for what an account that is tested in has asked to raise."""
        return cls({name: limit for name, (limit, _, _) in DEFAULTS.items()} | RAISED)

    def refuse_over(self, name: str, count: int) -> None:
        """Refuse a number of things that is over the quota."""
        _, code, status = DEFAULTS[name]
        if count > self.limits[name]:
            raise Refused(code, f"{name}: {self.limits[name]}, and this would be {count}", status)
