"""Makes the outline of a configuration: its traced paths, and plain data of what they lead through."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

from latticelink.network.keys import Place
from latticelink.network.ranges import addresses_of
from latticelink.network.topology import Placed, label
from latticelink.network.topology import Subnet as PlacedSubnet
from latticelink.paths.hops import PRIVATE_DNS, ZONES, Answer, TracedPath
from latticelink.paths.outline import (
    Clients,
    Endpoint,
    Gateway,
    Outline,
    ResourceConfiguration,
    ServiceNetwork,
    Subnet,
    Target,
    Vpc,
    Way,
    Workload,
)
from latticelink.paths.tracing import tracer_of
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference
from latticelink.terraform.providers import provider_of
from latticelink.values import types

_KINDS = {
    types.INSTANCE: "EC2 instance",
    types.DATABASE: "RDS database",
    types.DATABASE_CLUSTER: "Aurora cluster",
    types.DATABASE_PROXY: "RDS proxy",
    types.INTERFACE: "network interface",
    types.ECS_SERVICE: "ECS service",
    types.FUNCTION: "Lambda function",
    types.SCALING_GROUP: "Auto Scaling group",
    **dict.fromkeys(types.LOAD_BALANCERS, "load balancer"),
}
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+\.?")
_ROLE = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/")


def outline_of(configuration: Configuration) -> Outline:
    """Return the outline of what was read, with the paths of `tracing.trace`, in their order."""
    return _Outliner(configuration).outline()


class _Outliner:
    """Makes one outline; what several paths lead through is made once."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._tracer = tracer_of(configuration)
        self._topology = self._tracer.topology
        self._outline = Outline(stacks=tuple(stack.name for stack in configuration.stacks))
        self._names: dict[str, dict[str, None]] = defaultdict(dict)
        self._inhabited: dict[str, dict[str, None]] = defaultdict(dict)

    def outline(self) -> Outline:
        out = self._outline
        for path in self._tracer.paths:
            out.ways.append(self._way(path))
        for key, names in self._names.items():
            out.endpoints[key] = replace(out.endpoints[key], dns_names=tuple(names))
        for key, stacks in self._inhabited.items():
            out.vpcs[key] = replace(out.vpcs[key], stacks=tuple(stacks))
        return out

    def _way(self, path: TracedPath) -> Way:
        through = path.stations
        endpoint = self._endpoint(through.entry) if through.entry is not None else None
        resource = self._resource(path) if path.configuration is not None else None
        if endpoint is not None:
            self._note_names(endpoint, path)
        return Way(
            traced=path,
            clients=self._clients(path, through.entry) if through.entry is not None else None,
            endpoint=endpoint.id if endpoint is not None else None,
            service_network=endpoint.service_network if endpoint is not None else None,
            resource_configuration=resource.id if resource is not None else None,
            gateway=resource.gateway if resource is not None else None,
            target=resource.target if resource is not None else None,
            zones=_meeting_zones(path),
        )

    def _vpc(self, key: Place | None, owner: Block) -> str:
        """Return the id of a VPC that `owner` is in."""
        block = key if isinstance(key, Block) else None
        vpc_id = block.full_address if block is not None else f"{owner.stack}: ?" if key is None else str(key)
        if vpc_id not in self._outline.vpcs:
            named = block.value("tags", "Name") if block is not None else ABSENT
            name = named if isinstance(named, str) and named else block.name if block is not None else str(key or "")
            provider = provider_of(block or owner)
            blocks = self._topology.vpc_ranges.get(key, []) if key is not None else []
            self._outline.vpcs[vpc_id] = Vpc(
                id=vpc_id,
                name=name,
                cidrs=tuple(dict.fromkeys(each for each in blocks if isinstance(each, str))),
                region=_text(provider.get("region")),
                account=_account(provider),
                stacks=(),
                made=block is not None and block.mode == "resource",
                known=key is not None,
            )
        self._inhabited[vpc_id][owner.stack] = None
        return vpc_id

    def _clients(self, path: TracedPath, entry: Placed) -> str:
        vpc = self._vpc(entry.vpc, entry.block)
        clients_id = f"{vpc}: {path.who}"
        if clients_id not in self._outline.clients:
            name = path.client.removeprefix("clients ").removeprefix("in ")
            is_block = addresses_of(name) is not None
            is_group = path.client.startswith("clients in ")
            self._outline.clients[clients_id] = Clients(
                id=clients_id,
                kind="block" if is_block else "group" if is_group else "other",
                name=name.removeprefix(f"{types.SECURITY_GROUP}."),
                vpc=vpc,
                members=_workloads(path.clients),
            )
        return clients_id

    def _endpoint(self, entry: Placed) -> Endpoint:
        block = entry.block
        if block.full_address not in self._outline.endpoints:
            self._outline.endpoints[block.full_address] = Endpoint(
                id=block.full_address,
                kind="association" if block.type == types.NETWORK_VPC else "endpoint",
                name=label(block),
                vpc=self._vpc(entry.vpc, block),
                stack=block.stack,
                file=_file(block),
                construct=block.construct,
                subnets=_subnets(entry.subnets),
                groups=tuple(map(str, entry.groups)),
                dns_names=(),
                service_network=self._service_network(block),
            )
        return self._outline.endpoints[block.full_address]

    def _note_names(self, endpoint: Endpoint, path: TracedPath) -> None:
        for hop in path.hops:
            record = hop.block if hop.place == PRIVATE_DNS else None
            name = record.value("name") if record is not None and record.type == types.RECORD else None
            if isinstance(name, str):
                self._names[endpoint.id][name] = None

    def _service_network(self, block: Block) -> str | None:
        for argument in ("service_network_identifier", "service_network_arn"):
            value = block.value(argument)
            if value is ABSENT:
                continue
            found = self._topology.block_of(value, types.NETWORK)
            network_id = found.full_address if found is not None else _text(value) or f"{block.full_address}: ?"
            self._outline.service_networks.setdefault(
                network_id,
                ServiceNetwork(
                    id=network_id,
                    name=label(found) if found is not None else network_id.rpartition("/")[2],
                    shared_with=self._principals.get(found, ()) if found is not None else (),
                    made=found is not None and found.mode == "resource",
                ),
            )
            return network_id
        return None

    def _resource(self, path: TracedPath) -> ResourceConfiguration:
        block = path.configuration
        assert block is not None
        if block.full_address not in self._outline.resource_configurations:
            group = path.stations.group
            gateway = self._gateway(path, block)
            shared = [*self._principals.get(block, ()), *(self._principals.get(group, ()) if group else ())]
            self._outline.resource_configurations[block.full_address] = ResourceConfiguration(
                id=block.full_address,
                key=block.construct.rpartition("/")[2] or block.name,
                name=label(block),
                type=_text(block.value("type")),
                group=label(group) if group is not None else "",
                gateway=gateway.id,
                target=self._target(path, block, gateway),
                stack=block.stack,
                file=_file(block),
                construct=block.construct,
                ports=tuple(map(str, path.shared.ranges)),
                shared_with=tuple(dict.fromkeys(shared)),
            )
        return self._outline.resource_configurations[block.full_address]

    def _gateway(self, path: TracedPath, configuration: Block) -> Gateway:
        placed = path.stations.gateway
        block = placed.block if placed is not None else None
        key = block.full_address if block is not None else f"{configuration.full_address}: gateway"
        if key not in self._outline.gateways:
            self._outline.gateways[key] = Gateway(
                id=key,
                name=label(block) if block is not None else "elsewhere",
                vpc=self._vpc(placed.vpc if placed is not None else None, block or configuration),
                stack=(block or configuration).stack,
                file=_file(block) if block is not None else "",
                construct=block.construct if block is not None else "",
                subnets=_subnets(placed.subnets) if placed is not None else (),
                groups=tuple(map(str, placed.groups)) if placed is not None else (),
                address_type=_text(block.value("ip_address_type")) if block is not None else "",
                known=block is not None,
            )
        return self._outline.gateways[key]

    def _target(self, path: TracedPath, configuration: Block, gateway: Gateway) -> str:
        placed = path.stations.target
        block = placed.block if placed is not None else None
        key = block.full_address if block is not None else f"{configuration.full_address}: {path.resource}"
        if key not in self._outline.targets:
            own_vpc = placed.vpc if placed is not None else None
            self._outline.targets[key] = Target(
                id=key,
                kind=_kind(block, path.resource),
                name=path.resource,
                vpc=gateway.vpc if own_vpc is None else self._vpc(own_vpc, block or configuration),
                engine=_text(block.value("engine")) if block is not None else "",
                subnets=_subnets(placed.subnets) if placed is not None else (),
                groups=tuple(map(str, placed.groups)) if placed is not None else (),
                known=block is not None,
            )
        return key

    @cached_property
    def _principals(self) -> dict[Block, tuple[str, ...]]:
        """Whom AWS RAM shares a block with."""
        by_share: dict[Any, list[str]] = defaultdict(list)
        for block in self._configuration.of_type(types.SHARE_PRINCIPAL):
            share, principal = block.value("resource_share_arn"), block.value("principal")
            by_share[_share(share)].append(principal if isinstance(principal, str) else "an account known after apply")
        found: dict[Block, tuple[str, ...]] = {}
        for block in self._configuration.of_type(types.SHARE_RESOURCE):
            shared = block.value("resource_arn")
            owner = self._topology.block_of(shared, types.CONFIGURATION, types.NETWORK)
            if owner is not None:
                found[owner] = (*found.get(owner, ()), *by_share[_share(block.value("resource_share_arn"))])
        return found


def _share(value: Any) -> Any:
    return value.block if isinstance(value, Reference) else str(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _file(block: Block) -> str:
    return block.file.as_posix()


def _account(provider: dict[str, Any]) -> str:
    """Return the account that a provider configuration works in, as far as it is written there."""
    allowed = provider.get("allowed_account_ids")
    if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
        return allowed[0]
    roles = provider.get("assume_role")
    for role in roles if isinstance(roles, list) else [roles]:
        if isinstance(role, dict) and (found := _ROLE.match(_text(role.get("role_arn")))):
            return found[1]
    return ""


def _subnets(subnets: Iterable[PlacedSubnet]) -> tuple[Subnet, ...]:
    return tuple(
        Subnet(
            id=each.key.full_address if isinstance(each.key, Block) else each.key,
            zone=str(each.zone) if each.zone is not None else "",
            cidrs=tuple(map(str, each.ranges)),
        )
        for each in subnets
    )


def _workloads(members: Iterable[Placed]) -> tuple[Workload, ...]:
    """Return workloads that are told once for each of their subnets, each once."""
    found: dict[Block, list[PlacedSubnet]] = {}
    for each in members:
        found.setdefault(each.block, []).extend(each.subnets)
    return tuple(
        Workload(id=block.full_address, name=label(block), type=block.type, subnets=_subnets(dict.fromkeys(subnets)))
        for block, subnets in found.items()
    )


def _kind(block: Block | None, name: str) -> str:
    """Return what a target is, for people."""
    if block is not None:
        return _KINDS.get(block.type) or block.type.removeprefix("aws_").replace("_", " ")
    if addresses_of(name) is not None:
        return "address"
    return "database by ARN" if name.startswith("arn:") else "host name" if _HOST.fullmatch(name) else "target"


def _meeting_zones(path: TracedPath) -> tuple[str, ...]:
    entry, gateway = path.stations.entry, path.stations.gateway
    answer = next((hop.answer for hop in path.hops if hop.place == ZONES), None)
    if answer is not Answer.PASS or entry is None or gateway is None:
        return ()
    theirs = {subnet.zone for subnet in gateway.subnets}
    return tuple(dict.fromkeys(str(each.zone) for each in entry.subnets if each.zone in theirs and each.zone))
