"""Arguments that came with a version of the AWS provider newer than 5.100.0: one table, and how it is applied."""

from __future__ import annotations

from dataclasses import dataclass

from latticelink.errors import Report
from latticelink.values.provider_version import Version, oldest_admitted, text_of
from latticelink.values.types import (
    CONFIGURATION,
    ENDPOINT,
    GATEWAY,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    SHARE,
    SUBNET,
    VERIFICATION,
)

DEFAULT_ADDRESSES = 16
_PULLS = "https://github.com/hashicorp/terraform-provider-aws/pull"


@dataclass(frozen=True)
class ProviderArgument:
    """An argument of the AWS provider that older versions lack.

    Attributes:
        resource: Terraform's type of the resource.
        path: the argument, after the blocks that it is in, joined by dots; empty for the resource type itself.
        since: the first release that is known to have it.
        source: the change that brought it.
        first_release_known: whether `since` is that change's own release; else an earlier one may have it as well.
        replaces: whether AWS changes it by replacing the resource only.
        default: what AWS takes where it isn't given.
    """

    resource: str
    path: str
    since: Version
    source: str
    first_release_known: bool = True
    replaces: bool = False
    default: str | int | None = None

    def __str__(self) -> str:
        """Return the argument as one would search for it: `aws_vpc_endpoint.dns_options.private_dns_preference`."""
        return f"{self.resource}.{self.path}" if self.path else self.resource


# What every version from 5.100.0 on has is in no row, as stacks allow no older one. So is `service_network_log_type` of
# access log subscriptions, of pull request 41304, which 5.100.0 has.
#
# Releases by the provider's CHANGELOG: 6.16.0 of October 2025, 6.22.0 of November, 6.27.0 and 6.28.0 of December 2025
# and January 2026. `aws_ram_permission` is used with 6.29.0 in issue 46219 and not in the bindings of 6.25: what is
# between may have it. The last row's change was merged in May 2026; 6.48.0, of 3 June, is the first release after that
# month, so the change is in it; 6.46 and 6.47 may have it too.
PROVIDER_ARGUMENTS = (
    ProviderArgument(
        GATEWAY, "ipv4_addresses_per_eni", (6, 16, 0), f"{_PULLS}/44560", replaces=True, default=DEFAULT_ADDRESSES
    ),
    ProviderArgument(VERIFICATION, "", (6, 22, 0), f"{_PULLS}/45085"),
    ProviderArgument(CONFIGURATION, "custom_domain_name", (6, 22, 0), f"{_PULLS}/45085", replaces=True),
    ProviderArgument(CONFIGURATION, "domain_verification_id", (6, 22, 0), f"{_PULLS}/45085", replaces=True),
    ProviderArgument(NETWORK_VPC, "dns_options", (6, 27, 0), f"{_PULLS}/45619"),
    ProviderArgument(NETWORK_VPC, "private_dns_enabled", (6, 27, 0), f"{_PULLS}/45619"),
    ProviderArgument(ENDPOINT, "dns_options.private_dns_preference", (6, 28, 0), f"{_PULLS}/45679"),
    ProviderArgument(ENDPOINT, "dns_options.private_dns_specified_domains", (6, 28, 0), f"{_PULLS}/45679"),
    ProviderArgument(NETWORK_RESOURCE, "private_dns_enabled", (6, 28, 0), f"{_PULLS}/45673"),
    ProviderArgument("aws_ram_permission", "", (6, 29, 0), f"{_PULLS}/44114", first_release_known=False),
    ProviderArgument(SUBNET, "ipv4_ipam_pool_id", (6, 29, 0), f"{_PULLS}/44705"),
    ProviderArgument(SUBNET, "ipv4_netmask_length", (6, 29, 0), f"{_PULLS}/44705"),
    ProviderArgument(SUBNET, "ipv6_ipam_pool_id", (6, 29, 0), f"{_PULLS}/44705"),
    ProviderArgument(SUBNET, "ipv6_netmask_length", (6, 29, 0), f"{_PULLS}/44705"),
    ProviderArgument(SHARE, "resource_share_configuration", (6, 35, 0), f"{_PULLS}/46715"),
    ProviderArgument(
        GATEWAY,
        "resource_config_dns_resolution",
        (6, 48, 0),
        f"{_PULLS}/47879",
        first_release_known=False,
        replaces=True,
        default="PUBLIC",
    ),
)


def find_argument(resource: str, path: str = "") -> ProviderArgument | None:
    """Return the table's row for an argument, None for one that every version from 5.100.0 on has."""
    return next((row for row in PROVIDER_ARGUMENTS if (row.resource, row.path) == (resource, path)), None)


def admits_version_without(argument: ProviderArgument, constraint: str | None) -> bool:
    """Return whether Terraform may take, by `constraint`, a provider that lacks `argument`; without one, it may.

    Raises:
        ValueError: for what is not a version constraint.
    """
    oldest = oldest_admitted(constraint) if constraint is not None else (0, 0, 0)
    return oldest is not None and oldest < argument.since


def refuse_lacking(
    report: Report, argument: str, value: object, constraint: str | None, resource: str, path: str = ""
) -> None:
    """Refuse an argument of ours if an allowed provider lacks the provider's argument that it becomes.

    Args:
        report: where the finding goes.
        argument: our argument, as the user wrote it.
        value: the value as given.
        constraint: the stack's constraint for the AWS provider; None if the stack is none of ours: nothing is judged.
        resource: Terraform's type of the resource.
        path: the provider's argument; a row of the table.
    """
    row = find_argument(resource, path)
    assert row is not None, f"{resource}.{path} is not a row of the table"
    if constraint is None or not admits_version_without(row, constraint):
        return
    since = text_of(row.since)
    known = f"came with AWS provider {since}" if row.first_release_known else f"is surely in AWS provider {since}"
    report.refuse(
        argument,
        value,
        rule=f"It is written as {row}, which {known}; this stack's constraint, '{constraint}', allows older ones.",
        fix=f'Give the stack aws_provider=">= {since}, < {row.since[0] + 1}.0.0", or leave {argument} out.',
        source=row.source,
    )
