"""Which addresses things have: as written, else chosen in their subnet, the same for the same input."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from latticelink.lab.model import Address, Cidr
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import PartlyKnown, Reference

# Where AWS chooses: IPv6 blocks of VPCs from the documentation's prefix, and what stands in for subnets that weren't
# read from the shared address space.
_IPV6 = ipaddress.IPv6Network("2001:db8::/40")
_STAND_INS = ipaddress.IPv4Network("100.64.0.0/10")


class NoRoom(Exception):
    """A subnet has too few addresses for what is in it; the message says which."""


def cidr_of(text: object) -> Cidr | None:
    """Return the range that a text stands for; None for what is none."""
    try:
        return ipaddress.ip_network(text, strict=False) if isinstance(text, str) else None
    except ValueError:
        return None


def address_of(text: object) -> Address | None:
    """Return the address that a text stands for; None for what is none."""
    try:
        return ipaddress.ip_address(text) if isinstance(text, str) else None
    except ValueError:
        return None


class Addressing:
    """Gives out addresses and blocks, and tells what values that only apply knows are in the lab."""

    def __init__(self) -> None:
        self._taken: set[Address] = set()
        self._known: dict[tuple[Block, str], Any] = {}
        self._blocks: dict[int, Iterator[Any]] = {
            6: _IPV6.subnets(new_prefix=56),
            4: _STAND_INS.subnets(new_prefix=24),
        }

    def set(self, block: Block, attribute: str, value: Any) -> None:
        """Say what an attribute is that only apply would tell."""
        self._known[block, attribute] = value

    @property
    def ranges(self) -> dict[str, str]:
        """The ranges that only apply would tell, by how the configuration refers to them."""
        return {
            f"{block.address}.{attribute}": value
            for (block, attribute), value in self._known.items()
            if isinstance(value, str) and "/" in value
        }

    def value(self, value: Any) -> Any:
        """Return a value with what the lab knows of it; as it is if that is nothing."""
        if isinstance(value, Reference):
            return self._known.get((value.block, value.attribute), self._element(value))
        if isinstance(value, PartlyKnown):
            parts = [self.value(part) for part in value.parts]
            return "".join(map(str, parts)) if all(isinstance(each, str) for each in parts) else value
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return value

    def _element(self, reference: Reference) -> Any:
        """Return the first element for a path into a list, such as `ipv6_addresses[0]`."""
        attribute = reference.attribute.partition("[")[0].partition(".")[0]
        found = self._known.get((reference.block, attribute))
        return found[0] if isinstance(found, list) and found else reference

    def vpc_block(self) -> Cidr:
        """Return an IPv6 block that AWS might give a VPC."""
        found: Cidr = next(self._blocks[6])
        return found

    def stand_in_block(self) -> Cidr:
        """Return an IPv4 block for a subnet that wasn't read."""
        found: Cidr = next(self._blocks[4])
        return found

    def take(self, address: Address) -> Address:
        """Keep an address that is written from being chosen for anything else."""
        self._taken.add(address)
        return address

    def choose(self, what: str, block: Cidr, count: int = 1) -> list[Address]:
        """Return addresses in a row that nothing else in the lab has, so that one address means one thing.

        Args:
            what: what they are for; the choice depends on it.
            block: where they are; AWS keeps its first four and its last.
            count: how many; where it is more than one they begin at a multiple of 16.

        Raises:
            NoRoom: if there are too few.
        """
        step = 1 if count == 1 else 16
        first, size = int(block[0]), min(block.num_addresses, 2**24)
        slots = range(step * (-(-4 // step)), size - count, step) if size > 4 else range(size)
        start = int(hashlib.sha256(what.encode()).hexdigest(), 16) % max(len(slots), 1)
        for number in range(len(slots)):
            offset = slots[(start + number) % len(slots)]
            found = [type(block[0])(first + offset + each) for each in range(count)]
            if not self._taken.intersection(found):
                self._taken.update(found)
                return found
        raise NoRoom(f"{block} has too few addresses for {what}, which needs {count}; give it a larger block.")


def inside_of(blocks: Iterable[Cidr], address: Address) -> bool:
    """Return whether an address is in one of the blocks."""
    return any(address.version == each.version and address in each for each in blocks)
