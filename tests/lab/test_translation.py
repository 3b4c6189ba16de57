"""Packets change their IP version and keep their meaning: both checksums hold, and back again is what was."""

from __future__ import annotations

import struct

from latticelink.lab.translation import translate, translated

from hypothesis import example, given
from hypothesis import strategies as st


def folded(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def packet(version: int, payload: bytes, number: int) -> bytes:
    """Return a TCP packet of one end of a cable to the other, with the checksums that belong there."""
    ends = b"".join(translated(number, version, far=far).packed for far in (False, True))
    segment = struct.pack("!HHIIHHHH", 40000, 443, 1, 0, 0x5002, 1024, 0, 0) + payload
    pseudo = ends + struct.pack("!II", len(segment), 6)
    checksum = ~folded(pseudo + segment + b"\0" * (len(segment) % 2)) & 0xFFFF
    segment = segment[:16] + struct.pack("!H", checksum) + segment[18:]
    if version == 6:
        return struct.pack("!IHBB", 6 << 28, len(segment), 6, 64) + ends + segment
    header = struct.pack("!HHIBB", 0x4500, 20 + len(segment), 0x4000, 64, 6)
    return header + struct.pack("!H", ~folded(header + ends) & 0xFFFF) + ends + segment


def with_hops(data: bytes, hops: int) -> bytes:
    """Return an IPv6 packet with another hop limit, which no checksum counts."""
    return data[:7] + bytes([hops]) + data[8:]


@given(st.binary(max_size=200), st.integers(0, 900))
def test_a_packet_of_ipv6_becomes_the_one_that_ipv4_would_have_sent(payload: bytes, number: int) -> None:
    expected = packet(4, payload, number)
    found = translate(packet(6, payload, number))
    assert found is not None
    assert folded(found[:20]) == 0xFFFF
    assert found[12:] == expected[12:]
    assert found[8] == 63


@given(st.binary(max_size=200), st.integers(0, 900))
@example(b"\xb5\x9fg\xa0\xf1", 170)  # whose checksum in IPv6 is zero
def test_a_packet_of_ipv4_becomes_the_one_that_ipv6_would_have_sent(payload: bytes, number: int) -> None:
    found = translate(packet(4, payload, number))
    assert found == with_hops(packet(6, payload, number), 63)


def test_what_is_not_between_translated_addresses_is_dropped() -> None:
    assert translate(packet(6, b"", 1)[:24] + b"\xfd" + b"\0" * 35) is None
