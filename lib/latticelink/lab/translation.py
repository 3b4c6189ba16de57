"""Translates packets between IPv4 and IPv6, as an endpoint does whose clients and target have different versions.

The kernel's NAT keeps to one version. Both sides stay one connection: no handshake is answered before the target's.
Source: https://www.rfc-editor.org/rfc/rfc7915
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
import struct
import threading
from contextlib import suppress

from latticelink.lab.model import Address
from latticelink.lab.namespaces import KernelRefuses, Namespace

LINK = "translate"
_FOUR = ipaddress.IPv4Network("169.254.160.0/20")
_SIX = ipaddress.IPv6Network("fd00:1a:c::/116")
_TUNSETIFF, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001  # of linux/if_tun.h: IFF_TUN | IFF_NO_PI
_TCP = 6
_LARGEST = 65535


def translated(number: int, version: int, *, far: bool) -> Address:
    """Return the address that stands for one end of a cable at one side of the translation."""
    block = _FOUR if version == 4 else _SIX
    return block[number * 4 + (2 if far else 1)]


class Translator:
    """Translates what is sent to the link, and sends it back."""

    def __init__(self, namespace: Namespace) -> None:
        """Start it.

        Raises:
            KernelRefuses: if the system has no TUN devices.
        """
        try:
            with namespace.inside():
                self._device = os.open("/dev/net/tun", os.O_RDWR)
                fcntl.ioctl(self._device, _TUNSETIFF, struct.pack("16sH", LINK.encode(), _TUN_WITHOUT_HEADER))
        except OSError as error:
            raise KernelRefuses(f"/dev/net/tun, which IPv4-to-IPv6 translation needs: {error.strerror}") from error
        namespace.adopt(LINK)
        for block in (_FOUR, _SIX):
            namespace.add_route(block, LINK)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):  # the namespace is gone
            while True:
                if (other := translate(os.read(self._device, _LARGEST))) is not None:
                    os.write(self._device, other)
        os.close(self._device)


def translate(packet: bytes) -> bytes | None:
    """Return a TCP packet in the other IP version; None for what is no TCP between translated addresses."""
    version = packet[0] >> 4
    if version == 4:
        start, protocol, left = (packet[0] & 15) * 4, packet[9], packet[8]
        ends, first = (packet[12:16], packet[16:20]), int(_FOUR[0])
    else:
        start, protocol, left = 40, packet[6], packet[7]
        ends, first = (packet[8:24], packet[24:40]), int(_SIX[0])
    places = [int.from_bytes(end) - first for end in ends]
    if protocol != _TCP or left < 2 or not all(0 < place < _FOUR.num_addresses for place in places):
        return None
    source, destination = ((_SIX if version == 4 else _FOUR)[place].packed for place in places)
    old = b"".join(ends)
    segment = bytearray(packet[start:])
    [checksum] = struct.unpack_from("!H", segment, 16)
    struct.pack_into("!H", segment, 16, ~_folded(~checksum & 0xFFFF, -_sum(old), _sum(source + destination)) & 0xFFFF)
    return (_ipv6 if version == 4 else _ipv4)(source + destination, bytes(segment), left - 1)


def _ipv6(ends: bytes, segment: bytes, hops: int) -> bytes:
    return struct.pack("!IHBB", 6 << 28, len(segment), _TCP, hops) + ends + segment


def _ipv4(ends: bytes, segment: bytes, hops: int) -> bytes:
    # Not to be fragmented, as no IPv6 packet is on its way.
    header = struct.pack("!HHIBB", 0x4500, 20 + len(segment), 0x4000, hops, _TCP)
    checksum = struct.pack("!H", ~_folded(_sum(header + ends)) & 0xFFFF)
    return header + checksum + ends + segment


def _sum(data: bytes) -> int:
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def _folded(*parts: int) -> int:
    """Return the one's-complement sum of 16 bits, of whose two zeros additions end in the one with all bits set."""
    return (sum(parts) - 1) % 0xFFFF + 1
