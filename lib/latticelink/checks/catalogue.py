"""All checks, in the order of their ids."""

from __future__ import annotations

from latticelink.checks import suppressions
from latticelink.checks.findings import Check
from latticelink.checks.rules import (
    blocks,
    configurations,
    contract,
    dns,
    endpoints,
    gateways,
    group_rules,
    lifecycle,
    names,
    ports,
    provider_versions,
    quotas,
    reachability,
    secrets,
    service_networks,
    sharing,
    targets,
    vpc_names,
)

AREAS: dict[str, tuple[Check, ...]] = {
    "Paths": reachability.CHECKS,
    "Names and tags": names.CHECKS,
    "Resource configurations": configurations.CHECKS,
    "Ports and protocol": ports.CHECKS,
    "What is shared": targets.CHECKS,
    "Resource gateways": gateways.CHECKS,
    "Security groups": group_rules.CHECKS,
    "Endpoints": endpoints.CHECKS,
    "Service networks": service_networks.CHECKS,
    "Sharing with other accounts": sharing.CHECKS,
    "Names at the consumer": (*dns.CHECKS, *vpc_names.CHECKS),
    "Provider versions": provider_versions.CHECKS,
    "Replacement and order": lifecycle.CHECKS,
    "The contract between stacks": contract.CHECKS,
    "Secrets and paths": secrets.CHECKS,
    "Blocks and ids": blocks.CHECKS,
    "Quotas": quotas.CHECKS,
    "Suppressions": suppressions.CHECKS,
}
CHECKS: tuple[Check, ...] = tuple(check for area in AREAS.values() for check in area)
