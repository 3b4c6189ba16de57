"""Checks that there were: their ids, which are never used again, and why each is gone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Retired:
    """A check that is no more.

    Args:
        id: its id.
        title: what it asked for.
        by: who says it now, as a sentence.
        sentence: what the AWS provider says when Terraform validates or plans, where that is who says it.
    """

    id: str
    title: str
    by: str
    sentence: str = ""

    @property
    def reason(self) -> str:
        """Who says it now, with the provider's own words."""
        return f'{self.by} It says: "{self.sentence}"' if self.sentence else self.by


_PROVIDER = "The AWS provider refuses it before anything is created."
_QUOTAS = "LL851 judges all quotas."

RETIRED = (
    Retired(
        "LL201",
        "The type of a resource configuration is SINGLE, GROUP, CHILD or ARN",
        _PROVIDER,
        "The provided value does not match any valid values.",
    ),
    Retired(
        "LL202",
        "A resource configuration states its type",
        "LL203 and LL205 say so wherever the type that the provider then uses, SINGLE, doesn't fit.",
    ),
    Retired(
        "LL204",
        "A resource configuration defines one resource",
        _PROVIDER,
        "2 attributes specified when one (and only one) of",
    ),
    Retired(
        "LL213",
        "An address or a name is shared on at least one port",
        f"{_PROVIDER} For an empty list, LL001 says that no port is shared.",
        'Attribute "port_ranges" must be specified when "resource_configuration_definition[0].ip_resource" is '
        "specified",
    ),
    Retired(
        "LL214",
        "A database by ARN is shared without ports",
        _PROVIDER,
        'Attribute "port_ranges" cannot be specified when "resource_configuration_definition[0].arn_resource" is '
        "specified",
    ),
    Retired(
        "LL307",
        "The address type of a shared name is IPV4 or IPV6",
        _PROVIDER,
        "The provided value does not match any valid values.",
    ),
    Retired(
        "LL405",
        "The address type of a resource gateway is IPV4, IPV6 or DUALSTACK",
        _PROVIDER,
        "The provided value does not match any valid values.",
    ),
    Retired(
        "LL514",
        "The address type of an endpoint is ipv4, ipv6 or dualstack",
        _PROVIDER,
        'expected ip_address_type to be one of ["ipv4" "dualstack" "ipv6"]',
    ),
    Retired(
        "LL604",
        "A VPC association has at most five security groups",
        _PROVIDER,
        "Attribute security_group_ids supports 5 item maximum",
    ),
    Retired("LL852", "No more than 50 ServiceNetwork endpoints for a VPC", _QUOTAS),
    Retired("LL853", "No more than 60 children for a group", _QUOTAS),
    Retired("LL854", "No more than 500 resource configurations for a service network", _QUOTAS),
    Retired("LL855", "No more than 500 VPC associations for a service network", _QUOTAS),
    Retired("LL856", "No more than 200 ServiceNetwork endpoints for a service network", _QUOTAS),
    Retired("LL857", "No more than 2000 resource configurations for an account and region", _QUOTAS),
    Retired("LL858", "No more than 50 service networks for an account and region", _QUOTAS),
    Retired("LL859", "No more than 5 verified domains for an account and region", _QUOTAS),
    Retired("LL860", "No more than 100 resource gateways for a VPC", _QUOTAS),
)
"""In the order of their ids."""
