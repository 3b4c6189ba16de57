"""Says that a configuration also shares over an NLB's endpoint service, which no check judges and no path shows."""

from __future__ import annotations

from collections.abc import Iterator

from latticelink.reports.pages import page
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, leaves
from latticelink.values.types import ENDPOINT, ENDPOINT_SERVICE

_PRIVATE_SERVICE = "com.amazonaws.vpce."
"""How the names of customers' endpoint services begin; those of AWS's own services don't.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
"""


def unmodelled(configuration: Configuration) -> list[str]:
    """Return the endpoint services, and the interface endpoints that lead to one, by their addresses."""
    services = configuration.of_type(ENDPOINT_SERVICE)
    endpoints = [each for each in configuration.of_type(ENDPOINT) if _leads_to_service(each)]
    return [each.full_address for each in (*services, *endpoints)]


def unmodelled_lines(configuration: Configuration) -> Iterator[str]:
    """Yield a note that names them, and an empty line behind it; nothing where there are none."""
    if found := unmodelled(configuration):
        yield f"Not judged ({len(found)}): whether packets arrive over endpoint services of an NLB and their endpoints"
        yield from (f"  {address}" for address in found)
        yield f"  More: {page('from-nlb')}"
        yield ""


def _leads_to_service(endpoint: Block) -> bool:
    """Return whether an endpoint names a customer's service, not one of AWS's own."""
    return any(_is_private_service(part) for part in leaves(endpoint.value("service_name")))


def _is_private_service(name: object) -> bool:
    if isinstance(name, Reference):
        # A data source finds AWS's own services by `service`.
        return name.block.type == ENDPOINT_SERVICE and name.block.value("service") is ABSENT
    return isinstance(name, str) and name.startswith(_PRIVATE_SERVICE)
