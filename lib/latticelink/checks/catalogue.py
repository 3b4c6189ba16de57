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
)

CHECKS: tuple[Check, ...] = (
    *reachability.CHECKS,
    *names.CHECKS,
    *configurations.CHECKS,
    *ports.CHECKS,
    *targets.CHECKS,
    *gateways.CHECKS,
    *endpoints.CHECKS,
    *service_networks.CHECKS,
    *sharing.CHECKS,
    *dns.CHECKS,
    *provider_versions.CHECKS,
    *lifecycle.CHECKS,
    *contract.CHECKS,
    *secrets.CHECKS,
    *blocks.CHECKS,
    *quotas.CHECKS,
    *suppressions.CHECKS,
)
