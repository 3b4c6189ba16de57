"""The scenario as it leaves the program: every row of the experiment, the contract, and the golden files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from latticelink.cdk.flavour import CDK_TERRAIN, CDKTF
from latticelink.checks.examination import examine
from latticelink.paths.hops import Answer
from latticelink.testing import Golden, SynthesisedApp, SynthesisedStack, read_synthesised

import pytest

from tests.conftest import ROOT, run_python, same_files, without_metadata
from tests.docs import pictures
from tests.flavour import APPS, CDK, VERSIONS


def run_main(folder: Path, *, settings: dict[str, Any] | None = None, **environment: str) -> Any:
    """Run `main.py` in `folder`, with `settings` as its cdktf.json if given."""
    if settings is not None:
        (folder / "cdktf.json").write_text(json.dumps({"context": {"latticelink": settings}}))
    return run_python(folder, str(APPS / "main.py"), **environment)


@pytest.fixture(scope="module")
def outdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenario")
    shutil.copy(ROOT / "cdktf.json", folder)
    result = run_main(folder)
    assert (result.returncode, result.stderr) == (0, "")
    (folder / "summary.txt").write_text(result.stdout)
    return folder / "cdktf.out"


@pytest.fixture(scope="module")
def stacks(outdir: Path) -> SynthesisedApp:
    return read_synthesised(outdir)


@pytest.mark.parametrize("name", ["producer", "consumer"])
def test_the_output_is_the_golden_file_so_logical_ids_and_outputs_are_frozen(
    stacks: SynthesisedApp, golden: Golden, name: str
) -> None:
    written = stacks[name].text.replace(f'"version": "{VERSIONS[CDK]}"', f'"version": "{VERSIONS[CDKTF]}"')
    golden(f"{name}.tf.json", written)


def test_two_synths_from_two_folders_give_the_same_bytes(outdir: Path, tmp_path: Path) -> None:
    other = tmp_path / "another folder"
    other.mkdir()
    assert run_main(other).returncode == 0
    assert same_files(outdir, other / "cdktf.out")


def test_the_defaults_in_the_code_are_those_of_cdktf_json(outdir: Path, tmp_path: Path) -> None:
    assert run_main(tmp_path, settings={}).returncode == 0
    for name, template in read_synthesised(tmp_path / "cdktf.out").items():
        assert template.text == (outdir / "stacks" / name / "cdk.tf.json").read_text()


def test_no_block_is_empty_and_no_path_is_absolute_and_no_token_is_left(stacks: SynthesisedApp) -> None:
    for template in stacks.values():
        values = list(without_metadata(template.json))
        assert {} not in values
        texts = [value for value in values if isinstance(value, str)]
        assert not [text for text in texts if re.match(r"(/(?!aws/service/)|[A-Za-z]:\\)", text)]
        assert "TfToken" not in template.text
        assert "latticelink_refused_input" not in template.text
        assert "cross-stack-output" not in template.text
        assert str(Path.home()) not in template.text


def test_no_name_contains_an_expression(stacks: SynthesisedApp) -> None:
    for template in stacks.values():
        for blocks in template.json["resource"].values():
            for block in blocks.values():
                names = [block.get("name", ""), block.get("tags", {}).get("Name", "")]
                assert not [name for name in names if "${" in name]


def test_the_manifest_puts_the_producer_first(outdir: Path) -> None:
    manifest = json.loads((outdir / "manifest.json").read_text())["stacks"]
    assert {name: stack["dependencies"] for name, stack in manifest.items()} == {
        "consumer": ["producer"],
        "producer": [],
    }


def test_both_vpcs_have_the_same_addresses(stacks: SynthesisedApp) -> None:
    for template in stacks.values():
        assert template.one("aws_vpc")["cidr_block"] == "172.18.0.0/16"
        assert {subnet["availability_zone"]: subnet["cidr_block"] for subnet in template.all("aws_subnet")} == {
            "ap-northeast-1a": "172.18.0.0/24",
            "ap-northeast-1c": "172.18.1.0/24",
        }


def test_the_gateway_and_the_configuration_are_those_of_the_experiment(stacks: SynthesisedApp) -> None:
    producer = stacks["producer"]
    gateway = producer.one("aws_vpclattice_resource_gateway")
    configuration = producer.one("aws_vpclattice_resource_configuration")
    assert (gateway["name"], gateway["ip_address_type"], len(gateway["subnet_ids"])) == (
        "privatelink-dev2-vpc-rscgw",
        "IPV4",
        2,
    )
    assert {key: configuration[key] for key in ("name", "type", "protocol", "port_ranges")} == {
        "name": "privatelink-dev2-vpc-cfg",
        "type": "SINGLE",
        "protocol": "TCP",
        "port_ranges": ["1-65535"],
    }
    assert configuration["allow_association_to_shareable_service_network"] is True
    assert configuration["resource_gateway_identifier"] == producer.ref("aws_vpclattice_resource_gateway", "id")
    assert configuration["resource_configuration_definition"] == [
        {"ip_resource": [{"ip_address": producer.ref("aws_instance", "private_ip")}]}
    ]


def test_the_endpoint_is_that_of_the_experiment(stacks: SynthesisedApp) -> None:
    endpoint = stacks["consumer"].one("aws_vpc_endpoint", vpc_endpoint_type="Resource")
    assert endpoint["tags"] == {"Name": "privatelink-rsc-vpcendpoint"}
    assert endpoint["private_dns_enabled"] is True
    assert len(endpoint["subnet_ids"]) == 2
    assert endpoint["resource_configuration_arn"] == (
        '${try(data.terraform_remote_state.producer.outputs.latticelink.resources["nginx"].arn, null)}'
    )


def test_the_security_groups_pass_tcp_80_along_the_whole_path_and_nothing_else(
    stacks: SynthesisedApp,
) -> None:
    producer, consumer = stacks["producer"], stacks["consumer"]
    gateway = producer.ref("aws_security_group", "id", name="privatelink-dev2-vpc-rscgw")
    target = producer.ref("aws_security_group", "id", name="EC2_B")
    endpoint = consumer.ref("aws_security_group", "id", name="consumer-nginx")
    client = consumer.ref("aws_security_group", "id", name="EC2_A")
    connect = consumer.ref("aws_security_group", "id", name="connect")

    def rules(template: SynthesisedStack, direction: str) -> set[tuple[Any, ...]]:
        return {
            (
                rule["security_group_id"],
                rule.get("referenced_security_group_id") or rule.get("cidr_ipv4") or "s3",
                rule["ip_protocol"],
                rule["from_port"],
                rule["to_port"],
            )
            for rule in template.all(f"aws_vpc_security_group_{direction}_rule")
        }

    assert rules(producer, "egress") == {(gateway, target, "tcp", 80, 80), (target, "s3", "tcp", 443, 443)}
    assert rules(producer, "ingress") == {
        (gateway, "172.18.0.0/16", "tcp", 80, 80),
        (target, gateway, "tcp", 80, 80),
    }
    low, high = '${tonumber(split("-", each.value)[0])}', '${tonumber(reverse(split("-", each.value))[0])}'
    assert rules(consumer, "ingress") == {
        (endpoint, "172.18.0.0/16", "tcp", low, high),
        (client, connect, "tcp", 22, 22),
    }
    assert rules(consumer, "egress") == {
        (client, endpoint, "tcp", 80, 80),
        (client, "s3", "tcp", 443, 443),
        (connect, client, "tcp", 22, 22),
    }


def test_the_instances_are_private_encrypted_and_current(stacks: SynthesisedApp) -> None:
    for template in stacks.values():
        instance = template.one("aws_instance")
        assert instance["associate_public_ip_address"] is False
        assert instance["metadata_options"] == {"http_tokens": "required"}
        assert instance["root_block_device"] == {"encrypted": True}
        assert template.one("aws_ssm_parameter", "data")["name"] == (
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        )
        assert "aws_internet_gateway" not in template.json["resource"]
        assert "aws_nat_gateway" not in template.json["resource"]


def test_the_package_repositories_are_reached_through_s3_alone(stacks: SynthesisedApp) -> None:
    for template in stacks.values():
        gateway = template.one("aws_vpc_endpoint", vpc_endpoint_type="Gateway")
        [statement] = json.loads(gateway["policy"])["Statement"]
        assert gateway["service_name"] == "com.amazonaws.ap-northeast-1.s3"
        assert statement["Action"] == "s3:GetObject"
        assert statement["Resource"] == "arn:aws:s3:::al2023-repos-ap-northeast-1-de612dc2/*"


def test_an_arm_instance_type_gets_an_arm_image(tmp_path: Path) -> None:
    assert run_main(tmp_path, settings={"instance_type": "t4g.micro"}).returncode == 0
    for template in read_synthesised(tmp_path / "cdktf.out").values():
        assert template.one("aws_ssm_parameter", "data")["name"].endswith("-arm64")


def test_the_friendly_name_is_a_cname_to_the_name_that_aws_gives(stacks: SynthesisedApp) -> None:
    consumer = stacks["consumer"]
    record = consumer.one("aws_route53_record")
    assert (record["name"], record["type"]) == ("nginx.privatelink-dev2.internal", "CNAME")
    assert consumer.one("aws_route53_zone")["name"] == "privatelink-dev2.internal"
    [target] = record["records"]
    assert "data.aws_vpc_endpoint_associations." in target
    assert "[0]" not in target


def test_the_outputs_hand_over_the_next_step(stacks: SynthesisedApp) -> None:
    outputs = stacks["consumer"].json["output"]
    assert set(outputs) == {"connect", "curl", "endpoint_addresses"}
    assert "subnet_configuration : s.subnet_id => s.ipv4" in outputs["endpoint_addresses"]["value"]
    assert "curl http://" in outputs["curl"]["value"]


def test_the_contract_has_version_1_and_these_keys(stacks: SynthesisedApp) -> None:
    output = stacks["producer"].json["output"]["latticelink"]
    assert "sensitive" not in output
    assert output["value"]["version"] == 1
    nginx = output["value"]["resources"]["nginx"]
    assert list(nginx) == ["arn", "id", "name", "ports", "protocol", "type", "vpc_id", "zone_ids"]
    assert (nginx["ports"], nginx["protocol"], nginx["type"]) == (["80"], "TCP", "SINGLE")


def test_a_narrowed_constraint_and_the_cloud_state_reach_both_stacks(tmp_path: Path) -> None:
    settings = {
        "aws_provider": "5.100.0",
        "state": {"kind": "cloud", "organization": "acme", "workspace": "demo-{stack}"},
    }
    assert run_main(tmp_path, settings=settings).returncode == 0
    stacks = read_synthesised(tmp_path / "cdktf.out")
    for name, template in stacks.items():
        terraform = template.json["terraform"]
        assert terraform["required_providers"]["aws"] == {"source": "hashicorp/aws", "version": "5.100.0"}
        assert terraform["cloud"] == {
            "hostname": "app.terraform.io",
            "organization": "acme",
            "workspaces": {"name": f"demo-{name}"},
        }
    state = stacks["consumer"].json["data"]["terraform_remote_state"]["producer"]
    assert state["backend"] == "remote"
    assert state["config"] == {
        "hostname": "app.terraform.io",
        "organization": "acme",
        "workspaces": {"name": "demo-producer"},
    }


@pytest.mark.parametrize("kind", ["local", "cloud"])
def test_synth_needs_no_terraform(tmp_path: Path, kind: str) -> None:
    state = {"kind": kind, **({"organization": "acme"} if kind == "cloud" else {})}
    result = run_main(tmp_path, settings={"state": state}, PATH=str(tmp_path / "nothing here"))
    assert (result.returncode, result.stderr) == (0, "")


def test_the_variable_of_the_cdktf_cli_goes_over_the_settings_of_the_file(tmp_path: Path) -> None:
    context = json.dumps({"latticelink": {"instance_type": "t4g.nano"}})
    settings = {"gateway_name": "my-gateway"}
    assert run_main(tmp_path, settings=settings, CDKTF_CONTEXT_JSON=context).returncode == 0
    producer = read_synthesised(tmp_path / "cdktf.out")["producer"]
    assert producer.one("aws_instance")["instance_type"] == "t4g.nano"
    assert producer.one("aws_vpclattice_resource_gateway")["name"] == "my-gateway"


def test_the_summary_tells_what_was_written_and_how_to_deploy_it(outdir: Path) -> None:
    summary = (outdir.parent / "summary.txt").read_text()
    assert summary.splitlines()[:7] == [
        "Wrote cdktf.out/ for 2 stacks, in deploy order:",
        "  1. producer: 13 resources, 1 data source",
        "  2. consumer: 18 resources, 3 data sources, after producer",
        "",
        "Shared:",
        "  'nginx' from producer: TCP 80, as privatelink-dev2-vpc-cfg",
        "    with consumer: 172.18.0.0/16, as nginx.privatelink-dev2.internal",
    ]
    needs, command = {
        CDKTF: ("cdktf CLI, on Node.js 20 or 22", "npx --yes cdktf-cli@0.21.0 deploy '*'"),
        CDK_TERRAIN: ("cdktn CLI, on Node.js 22.19 or newer", "npx --yes cdktn-cli@0.24.0 deploy '*'"),
    }[CDK]
    assert f"  {needs}:\n    {command}" in summary
    loop = 'for s in cdktf.out/stacks/producer cdktf.out/stacks/consumer; do terraform -chdir="$s" init'
    assert f"    {loop}" in summary
    assert '"state": {"kind": "cloud", "organization": "YOUR-ORGANISATION"}' in summary


def test_the_pictures_in_the_documentation_are_those_of_the_scenario_and_of_the_scenario_without_a_rule(
    outdir: Path, tmp_path: Path
) -> None:
    program = pictures()
    for name, output in (("scenario", outdir), ("blocked", program.without_rule(outdir, tmp_path))):
        picture, _ = program.picture_of(output)
        file = ROOT / "docs" / "pictures" / f"{name}.svg"
        assert picture == file.read_text(), "intended? then: make docs, and look at the picture"


def test_the_narrower_form_of_the_documentation_lets_in_the_group_of_ec2_a_alone(tmp_path: Path) -> None:
    shutil.copytree(APPS / "stacks", tmp_path / "stacks")
    for folder, name in ((APPS, "main.py"), (ROOT, "cdktf.json")):
        shutil.copy(folder / name, tmp_path)
    file = tmp_path / "stacks" / "consumer.py"
    [server] = re.findall(r"^ *ec2_a = WebServer.*\n", file.read_text(), re.M)
    narrower, block = "client_security_group_ids=[ec2_a.group.id]", "client_cidrs=[vpc1.cidr]"
    assert f"{narrower})  # no {block}" in (ROOT / "docs" / "security-groups.md").read_text()
    text = file.read_text().replace(server, "").replace(block, narrower)
    file.write_text(
        text.replace("        endpoint = ResourceEndpoint(", f"{server}        endpoint = ResourceEndpoint(")
    )
    result = run_python(tmp_path, "main.py")
    assert (result.returncode, result.stderr) == (0, "")
    rules = json.loads((tmp_path / "cdktf.out/stacks/consumer/cdk.tf.json").read_text())["resource"]
    all_in = rules["aws_vpc_security_group_ingress_rule"].values()
    into_endpoint = [rule for rule in all_in if "nginx_group" in rule["security_group_id"]]
    assert [rule.get("cidr_ipv4") for rule in into_endpoint] == [None]
    assert "ec2-a_group" in into_endpoint[0]["referenced_security_group_id"]
    [path] = examine(tmp_path / "cdktf.out").paths
    assert {hop.answer for hop in path.hops} == {Answer.PASS}
    assert path.client.startswith("clients in aws_security_group.ec2-a_group")
