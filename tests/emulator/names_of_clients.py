"""Where clients' names lead: each CNAME of a private zone, and the state of the endpoint that is behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from moto.route53.models import route53_backends

from tests.emulator.lattice import Region, Thing


def where_names_lead(regions: Collection[Region]) -> dict[str, list[str]]:
    """Return for each name the one behind it, and the state of its endpoint: `none` if no endpoint has it."""
    endpoints = {name: thing.status for region in regions for thing in region.each("vpce") for name in _names(thing)}
    led = {}
    for account in {region.account for region in regions}:
        for zone in route53_backends[account]["aws"].zones.values():
            for record in zone.rrsets:
                if record.type == "CNAME":
                    [target] = record.records
                    led[record.name] = [target, endpoints.get(target.rstrip("."), "none")]
    return led


def _names(endpoint: Thing) -> Iterator[str]:
    yield from (entry["DnsName"] for entry in endpoint.shown.get("DnsEntries", ()))
    yield from (told["DnsEntry"]["DnsName"] for told in endpoint.shown.get("associations", {}).values())
