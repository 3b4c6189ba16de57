"""What a lab has to tell people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from latticelink.lab.model import Address, Interface, Kind, Model, Way
from latticelink.lab.probes import Outcome
from latticelink.lab.traps import Death

UNDERSTOOD = (
    "This is the configuration as LatticeLink understands AWS, not AWS: that packets keep to their zone between "
    "endpoint and gateway is inference, and IAM and RAM, failover between zones, idle timeouts, the gateway's limit of "
    "connections, TLS, public DNS, peering, transit and NAT gateways and network firewalls are not modelled."
)


def header(name: str, model: Model) -> Iterator[str]:
    """Yield what is built."""
    count = len(model.interfaces)
    yield f"Lab of {name}: {_number(len(model.vpcs), 'VPC')} and {_number(count, 'network interface')}."
    width = max(len(each) for each in model.interfaces)
    for vpc in model.vpcs.values():
        inside = [each for each in model.interfaces.values() if each.vpc == vpc.name]
        if inside:
            yield f"{vpc.name}  {', '.join(map(str, vpc.blocks))}".rstrip()
            yield from (f"  {each.name:{width}}  {_addresses(each)}".rstrip() for each in inside)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _addresses(interface: Interface) -> str:
    return ", ".join(filter(None, (_range(interface.of_version(version)) for version in (4, 6))))


def _range(addresses: Sequence[Address]) -> str:
    """Return addresses in a row by their first and last."""
    row = len(addresses) > 2 and int(addresses[-1]) - int(addresses[0]) == len(addresses) - 1
    return f"{addresses[0]} to {addresses[-1]}" if row else ", ".join(map(str, addresses))


def outcome_line(model: Model, way: Way, outcome: Outcome) -> str:
    """Return what became of a probe."""
    zone = model.interfaces[way.entry].zone
    where = f"{way.address}{f' in {zone}' if zone else ''}"
    if outcome.arrived:
        return f"{where}: arrived at {model.interfaces[way.target].owner if way.target else 'its target'}"
    if outcome.death is None:
        return f"{where}: no answer, and no rule dropped it"
    return f"{where}: dropped at {obituary(model, way, outcome)}"


def obituary(model: Model, way: Way, outcome: Outcome) -> str:
    """Return where a probe's packet died: `endpoint's group in (web): no rule for TCP 81 from 10.0.0.9`."""
    death, probe = outcome.death, outcome.probe
    assert death is not None
    what = "the reply" if death.is_reply else f"TCP {probe.port}"
    return f"{death.hop} ({death.trap.who}): {death.trap.rule} for {what}{_peer(model, way, outcome, death)}"


def _peer(model: Model, way: Way, outcome: Outcome, death: Death) -> str:
    client = outcome.probe.client.of_version(way.address.version)[0]
    gateway = model.interfaces[way.gateway] if way.gateway else None
    pool = _range(gateway.of_version(way.target_address.version)) if gateway and way.target_address else ""
    peers = {
        "client's group out": ("to", way.address),
        "network ACLs of the clients' subnets": ("to", way.address),
        "endpoint's group in": ("from", client),
        "association's group in": ("from", client),
        "network ACLs of the endpoint's subnets": ("from", client),
        "gateway's group out": ("to", way.target_address),
        "network ACLs of the gateway's subnets": ("to", way.target_address),
        "target's group in": ("from", pool),
        "network ACLs of the target's subnets": ("from", pool),
    }
    if death.hop not in peers:
        return ""
    word, peer = peers[death.hop]
    if death.is_reply:
        word = {"from": "to", "to": "from"}[word]
    return f" {word} {peer}"


def remarks(model: Model) -> list[str]:
    """Return what must be known of a lab to judge what it shows."""
    return [line for text in [*(f"Note: {note}" for note in model.notes), UNDERSTOOD] for line in wrap(text, 110)]


def everything(model: Model) -> str:
    """Return the names of all places, for who names one that isn't there."""
    return ", ".join(sorted(each.name for each in model.of_kind(*Kind)))
