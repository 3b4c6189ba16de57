"""The experiment on this machine: each address and the name answer, the target sees the gateway, all else fails."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT
from tests.lab.conftest import RunLab


def test_each_curl_of_the_experiment_is_answered_by_ec2_b_and_the_direct_way_fails(
    run_lab: RunLab, scenario: Path
) -> None:
    result = run_lab(scenario)
    assert (result.returncode, result.stderr) == (0, "")
    called = re.findall(r"EC2_A\$ curl .* http://(\S+)/\n  (.*)\n", result.stdout)
    assert len(called) == 4
    assert {host[:9] for host, _ in called[:2]} == {"172.18.0.", "172.18.1."}
    assert called[2][0] == "nginx.privatelink-dev2.internal"
    assert all("Served by EC2_B" in answer for _, answer in called[:3])
    assert "curl: (28)" in called[3][1]


def test_the_target_sees_the_gateways_addresses_and_never_the_clients(run_lab: RunLab, scenario: Path) -> None:
    printed = run_lab(scenario).stdout
    [asked] = re.findall(r"was asked from (.*):\n  addresses of gateway privatelink-dev2-vpc-rscgw, never", printed)
    ranges = re.findall(r"gateway privatelink-dev2-vpc-rscgw in \S+ +(172.18.\d+).(\d+) to 172.18.\d+.(\d+)", printed)
    assert {address.rpartition(".")[0] for address in asked.split(", ")} == {network for network, _, _ in ranges}
    for address in asked.split(", "):
        network, _, last = address.rpartition(".")
        assert any(network == where and int(low) <= int(last) <= int(high) for where, low, high in ranges)


def test_the_readme_shows_what_it_prints(run_lab: RunLab, scenario: Path) -> None:
    """But for the folder, the order of VPCs, the gateway's addresses, which the kernel picks, and curl's patience."""

    def settled(text: str) -> list[str]:
        text = re.sub(r"^Lab of .*?:", "Lab of cdktf.out:", text)
        return sorted(re.sub(r"asked from .*:|after \d+ milliseconds", "", text).splitlines())

    [shown] = re.findall(r"^\$ make lab\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert settled(shown) == settled(run_lab(scenario).stdout)
