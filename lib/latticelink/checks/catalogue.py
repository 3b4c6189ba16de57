"""All checks, in the order of their ids."""

from __future__ import annotations

from latticelink.checks import suppressions
from latticelink.checks.findings import Check
from latticelink.checks.rules import (
    configurations,
    dns,
    endpoints,
    gateways,
    names,
    ports,
    service_networks,
    sharing,
    targets,
)

CHECKS: tuple[Check, ...] = (
    *names.CHECKS,
    *configurations.CHECKS,
    *ports.CHECKS,
    *targets.CHECKS,
    *gateways.CHECKS,
    *endpoints.CHECKS,
    *service_networks.CHECKS,
    *sharing.CHECKS,
    *dns.CHECKS,
    *suppressions.CHECKS,
)
