"""Builds a model: a router for each VPC, a namespace for each interface, a cable for each way through PrivateLink."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from functools import cached_property

from latticelink.lab.model import RESOLVER, Address, Interface, Kind, Model, Way
from latticelink.lab.namespaces import Namespace
from latticelink.lab.privatelink import MTU, Cable, entry_rules, gateway_rules
from latticelink.lab.rules import BEYOND, link_of, vpc_rules
from latticelink.lab.translation import Translator
from latticelink.lab.traps import TABLE, Death, Ruleset, Trap, deaths

_ROUTER_V6 = ipaddress.IPv6Address("fe80::1")
_NOWHERE = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("::/0")}
_INSTANCE_MTU = 9001


class Lab:
    """Namespaces that carry packets as a model says; closed, or at the end of the process, nothing is left of them.

    Attributes:
        model: the model whose rules hold at present.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._routers: dict[str, Namespace] = {}
        self._interfaces: dict[str, Namespace] = {}
        self._traps: dict[str, list[Trap]] = {}
        self._loaded: dict[str, str] = {}
        self._graves: set[str] = set()
        for vpc in model.vpcs:
            self._routers[vpc] = self._build_router(vpc)
        for interface in model.interfaces.values():
            self._build_interface(interface)
        for cable in self._cables:
            self._lay(cable)
        for name in {cable.way.entry for cable in self._cables if cable.translates}:
            Translator(self._interfaces[name])
        for namespace in [*self._routers.values(), *self._interfaces.values()]:
            namespace.finish()
        self.load_rules(model)

    def at(self, interface: Interface) -> Namespace:
        """Return the namespace of an interface."""
        return self._interfaces[interface.name]

    def router(self, vpc: str) -> Namespace:
        """Return the namespace of a VPC's router, where its resolver is."""
        return self._routers[vpc]

    def load_rules(self, model: Model) -> None:
        """Put the rules of a model into effect that differs from the present one in its rules alone."""
        self.model = model
        self.__dict__.pop("_cables", None)
        for vpc, router in self._routers.items():
            self._load(router, vpc_rules(model, vpc))
        by_entry: dict[str, list[Way]] = defaultdict(list)
        for way in model.ways:
            by_entry[way.entry].append(way)
        for name, ways in by_entry.items():
            cables = [cable for cable in self._cables if cable.way.entry == name]
            self._load(self._interfaces[name], entry_rules(model.interfaces[name], ways, cables))
        for gateway in model.of_kind(Kind.GATEWAY):
            cables = [cable for cable in self._cables if cable.way.gateway == gateway.name]
            self._load(self._interfaces[gateway.name], gateway_rules(gateway, cables))

    def _load(self, namespace: Namespace, rules: Ruleset) -> None:
        self._traps[namespace.name] = rules.traps
        text = rules.text()
        if self._loaded.get(namespace.name) != text:
            namespace.nft(text)
            self._graves.discard(namespace.name)
            self._loaded[namespace.name] = text

    def deaths(self) -> dict[int, Death]:
        """Return where packets died, by the port at the client's end: requests, and replies where no request did."""
        found: dict[int, Death] = {}
        for namespace in [*self._routers.values(), *self._interfaces.values()]:
            traps = self._traps.get(namespace.name)
            counted = list(deaths(traps, namespace.nft("list sets"))) if traps else []
            if counted:
                self._graves.add(namespace.name)
            for port, death in counted:
                if port not in found or (found[port].is_reply and not death.is_reply):
                    found[port] = death
        return found

    def forget_deaths(self) -> None:
        """Let the kernel count anew where packets die."""
        for namespace in [*self._routers.values(), *self._interfaces.values()]:
            if namespace.name in self._graves:
                sets = range(len(self._traps[namespace.name]))
                namespace.nft("".join(f"flush set inet {TABLE} dead{number}\n" for number in sets))
        self._graves.clear()

    def _build_router(self, vpc: str) -> Namespace:
        router, beyond = Namespace(f"router of {vpc}"), Namespace(f"beyond {vpc}")
        self._routers[vpc], self._interfaces[f"beyond {vpc}"] = router, beyond
        router.sysctl("ipv4/ip_forward", "1")
        router.sysctl("ipv6/conf/all/forwarding", "1")
        router.connect(BEYOND, beyond, "eth0", MTU)
        router.add_address("lo", RESOLVER)
        for block in self.model.vpcs[vpc].blocks:
            if block.version == 4:
                router.add_address("lo", block[2])
        for nowhere in _NOWHERE.values():
            router.add_route(nowhere, BEYOND)
        subnets = {each.subnet for each in self.model.interfaces.values() if each.vpc == vpc and each.subnet}
        for first in dict.fromkeys(block[1] for subnet in subnets for block in subnet.blocks if block.version == 4):
            router.add_address("lo", first)
        return router

    def _build_interface(self, interface: Interface) -> None:
        namespace = self._interfaces[interface.name] = Namespace(interface.name)
        router, link = self._routers[interface.vpc], link_of(interface)
        router.connect(link, namespace, "eth0", _INSTANCE_MTU if interface.kind == Kind.WORKLOAD else MTU)
        for address in interface.addresses:
            namespace.add_address("eth0", address)
            router.add_route(address, link)
        if interface.of_version(4):
            hop = self._first_hop(interface)
            namespace.add_route(hop, "eth0")
            namespace.add_route(_NOWHERE[4], "eth0", hop)
        if interface.of_version(6):
            router.add_address(link, _ROUTER_V6, 64)
            namespace.add_route(_NOWHERE[6], "eth0", _ROUTER_V6)
        if interface.kind != Kind.WORKLOAD:
            namespace.sysctl("ipv4/ip_forward", "1")
            namespace.sysctl("ipv6/conf/all/forwarding", "1")

    def _first_hop(self, interface: Interface) -> Address:
        """Return the router's address as the interface sees it: the first of its subnet."""
        blocks = interface.subnet.blocks if interface.subnet is not None else ()
        return next((block[1] for block in blocks if block.version == 4), RESOLVER)

    @cached_property
    def _cables(self) -> list[Cable]:
        through = [way for way in self.model.ways if way.gateway is not None and way.target is not None]
        return [Cable(way, number) for number, way in enumerate(through)]

    def _lay(self, cable: Cable) -> None:
        way = cable.way
        assert way.gateway is not None
        near, far = self._interfaces[way.entry], self._interfaces[way.gateway]
        near.connect(cable.link, far, cable.link, MTU)
        prefix = 30 if cable.version == 4 else 126
        near.add_address(cable.link, cable.near, prefix)
        far.add_address(cable.link, cable.far, prefix)

    def close(self) -> None:
        """Let all namespaces go."""
        for namespace in [*self._routers.values(), *self._interfaces.values()]:
            namespace.close()
