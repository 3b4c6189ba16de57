"""Tells a person what a synth output folder holds and how to deploy it; reads the JSON, knows no CDK."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latticelink.values import contract

_READ = re.compile(
    r"data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs\." + contract.OUTPUT + r'\.resources\["([^"]+)"\]'
)


@dataclass(frozen=True)
class _Stack:
    name: str
    folder: str
    dependencies: tuple[str, ...]
    content: dict[str, Any]

    def blocks(self, kind: str, section: str = "resource") -> dict[str, Any]:
        found: dict[str, Any] = self.content.get(section, {}).get(kind, {})
        return found

    def count(self, section: str) -> int:
        return sum(len(blocks) for blocks in self.content.get(section, {}).values())

    def shares(self) -> dict[str, Any]:
        value = self.content.get("output", {}).get(contract.OUTPUT, {}).get("value", {})
        resources: dict[str, Any] = value.get("resources", {})
        return resources


def summarise(outdir: Path, command: str) -> str:
    """Return what a person wants to know after a synth: stacks in deploy order, what is shared, how to deploy.

    Args:
        outdir: the folder that CDKTF wrote, with `manifest.json`.
        command: the shell command that wrote it.
    """
    stacks = _in_deploy_order(outdir)
    lines = [f"Wrote {outdir}/ for {len(stacks)} stack{'s' if len(stacks) != 1 else ''}, in deploy order:"]
    for number, stack in enumerate(stacks, 1):
        after = f", after {', '.join(stack.dependencies)}" if stack.dependencies else ""
        counts = f"{_count(stack, 'resource', 'resource')}, {_count(stack, 'data', 'data source')}"
        lines.append(f"  {number}. {stack.name}: {counts}{after}")
    if shared := [line for stack in stacks for line in _shared_lines(stack, stacks)]:
        lines += ["", "Shared:", *shared]
    lines += ["", "Deploy it in one of three ways, with AWS credentials in the environment:"]
    for door, line in _doors(stacks, outdir, command):
        lines += ["", f"  {door}:", f"    {line}"]
    return "\n".join(lines)


def _count(stack: _Stack, section: str, what: str) -> str:
    count = stack.count(section)
    return f"{count} {what}{'s' if count != 1 else ''}"


def _in_deploy_order(outdir: Path) -> list[_Stack]:
    manifest = json.loads((outdir / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    waiting = {
        name: _Stack(
            name,
            entry["workingDirectory"],
            tuple(sorted(entry["dependencies"])),
            json.loads((outdir / entry["synthesizedStackPath"]).read_text(encoding="utf-8")),
        )
        for name, entry in sorted(manifest.items())
    }
    ordered: list[_Stack] = []
    while waiting:
        # CDKTF refuses circular dependencies, so there is always a next one.
        name = next(name for name, stack in waiting.items() if not set(stack.dependencies) & set(waiting))
        ordered.append(waiting.pop(name))
    return ordered


def _shared_lines(producer: _Stack, stacks: list[_Stack]) -> Iterator[str]:
    for name, resource in producer.shares().items():
        ports = ", ".join(str(port) for port in resource["ports"])
        yield f"  {name!r} from {producer.name}: {resource['protocol']} {ports}, as {resource['name']}"
        reached = [line for consumer in stacks for line in _reached_lines(consumer, producer.name, name)]
        yield from reached or ["    with nobody in this app"]


def _reached_lines(consumer: _Stack, producer: str, name: str) -> Iterator[str]:
    groups = consumer.blocks("aws_vpc_security_group_ingress_rule").values()
    for endpoint in consumer.blocks("aws_vpc_endpoint").values():
        read = _READ.search(str(endpoint.get("resource_configuration_arn")))
        if read is None or read.groups() != (producer, name):
            continue
        attached = endpoint.get("security_group_ids", [])
        clients = sorted(
            rule.get("cidr_ipv4") or rule.get("cidr_ipv6") or rule.get("referenced_security_group_id") or "?"
            for rule in groups
            if rule["security_group_id"] in attached
        )
        names = [
            record["name"]
            for record in consumer.blocks("aws_route53_record").values()
            if endpoint["//"]["metadata"]["path"].rsplit("/", 1)[0]
            == record["//"]["metadata"]["path"].rsplit("/", 1)[0]
        ]
        called = f", as {', '.join(names)}" if names else ""
        yield f"    with {consumer.name}: {', '.join(clients) or 'clients of your security groups'}{called}"


def _doors(stacks: list[_Stack], outdir: Path, command: str) -> Iterator[tuple[str, str]]:
    folders = " ".join(shlex.quote(f"{outdir.as_posix()}/{stack.folder}") for stack in stacks)
    apply = f"for s in {folders}; do terraform -chdir=$s init && terraform -chdir=$s apply || break; done"
    yield "cdktf CLI", "npx --yes cdktf-cli@0.21 deploy '*'"
    hcp = "HCP Terraform, each workspace sharing its state with the next"
    if any("cloud" in stack.content.get("terraform", {}) for stack in stacks):
        yield "Terraform with local state", f"{_with_state({'kind': 'local'})} {command} && {apply}"
        yield hcp, f"terraform login && {apply}"
    else:
        yield "Terraform", apply
        cloud = _with_state({"kind": "cloud", "organization": "YOUR-ORGANISATION"})
        yield hcp, f"{cloud} {command} && terraform login && {apply}"


def _with_state(state: dict[str, str]) -> str:
    return f"CDKTF_CONTEXT_JSON={shlex.quote(json.dumps({'latticelink': {'state': state}}))}"
