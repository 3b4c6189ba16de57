"""Each kind of resource answers in the lab, and packets agree with the check wherever that knows the answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import run_python
from tests.flavour import output_of, program_of
from tests.lab.conftest import RunLab

# Of each example: what answers at which of its clients' hosts, a row for each name or kind of address.
EXAMPLES = {
    "aurora": {
        r"10\.0\.\d+\.\d+:5432": {"cluster (writer)", "cluster (reader)"},
        r"orders\.cluster-lab\.eu-west-1\.rds\.amazonaws\.com:5432": {"cluster (writer)"},
        r"orders\.cluster-ro-lab\.eu-west-1\.rds\.amazonaws\.com:5432": {"cluster (reader)"},
    },
    "custom-domain": {r"orders\.example\.com:443": {"10.0.1.11"}},
    "dns-name": {r"broker\.shared\.internal:5671": {"broker.example.com"}},
    "from-nlb": {r"orders\.shared\.internal:5432": {"orders"}},
    "group": {
        r"billing\.finance\.shared\.internal:443": {"10.0.1.12"},
        r"ledger\.finance\.shared\.internal:8000": {"ledger.example.com"},
        r"orders\.finance\.shared\.internal:5432": {"10.0.1.11"},
    },
    "in-vpc-dns": {r"ldap\.shared\.internal:636": {"ldap.corp.internal"}},
    "ipv6": {r"10\.0\.\d+\.\d+:443": {"server"}, r"\[2001:db8:[0-9a-f:]+\]:443": {"server"}},
    "rds": {r"orders\.lab\.eu-west-1\.rds\.amazonaws\.com:5432": {"database"}},
    "service-network": {
        r"10\.0\.\d+\.\d+:443": {"10.0.1.12"},
        r"129\.224\.\d+\.\d+:443": {"10.0.1.12"},
        r"129\.224\.\d+\.\d+:5432": {"10.0.1.11"},
        r"orders\.finance\.internal:5432": {"10.0.1.11"},
    },
    "several-producers": {
        r"billing\.shared\.internal:443": {"10.0.0.12"},
        r"orders\.shared\.internal:5432": {"10.0.0.11"},
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_answers(run_lab: RunLab, tmp_path: Path, name: str) -> None:
    result = run_python(tmp_path, str(program_of(name)))
    assert result.returncode == 0, result.stderr
    result = run_lab(tmp_path / output_of(name))
    assert (result.returncode, result.stderr) == (0, "")
    answers = re.findall(r"\$ curl .* http://(\S+)/\n  .*Served by ([^(\n]+(?:\((?:writer|reader)\))?)", result.stdout)
    for host, servers in EXAMPLES[name].items():
        answered = {server.strip() for called, server in answers if re.fullmatch(host, called)}
        assert answered == servers, (host, result.stdout)
    assert "dropped at" not in result.stdout.partition("Where packets went")[2]
