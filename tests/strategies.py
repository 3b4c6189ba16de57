"""Hypothesis strategies for free-form input, in one place."""

from __future__ import annotations

import ipaddress

from hypothesis import strategies as st

keys = st.from_regex(r"[A-Za-z0-9]+([ ._-]+[A-Za-z0-9]+)*", fullmatch=True).filter(lambda key: len(key) <= 64)

port_numbers = st.integers(1, 65535)
port_ranges = st.tuples(port_numbers, port_numbers).map(lambda pair: f"{min(pair)}-{max(pair)}")
ports = st.lists(st.one_of(port_numbers, port_numbers.map(str), port_ranges), min_size=1, max_size=20)

tokens = st.from_regex(r"\$\{(TfToken\[TOKEN\.[0-9]{1,3}\]|aws_[a-z_]{1,20}\.[a-z]{1,9}\.[a-z]{1,9})\}", fullmatch=True)

shareable_ipv4 = st.sampled_from(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]).flatmap(
    lambda block: st.ip_addresses(network=block).map(str)
)


@st.composite
def vpc_blocks(draw: st.DrawFn) -> ipaddress.IPv4Network:
    prefix = draw(st.integers(16, 28))
    address = draw(st.ip_addresses(network="10.0.0.0/8"))
    return ipaddress.IPv4Network(f"{address}/{prefix}", strict=False)


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
dns_names = st.lists(labels, min_size=2, max_size=5).map(".".join)
