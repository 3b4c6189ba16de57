"""Tells a person what a synth output folder holds and how to deploy it; knows no CDK."""

from __future__ import annotations

import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from latticelink.terraform.raw import RawStack
from latticelink.values import contract
from latticelink.values.tokens import is_known
from latticelink.values.types import ENDPOINT, INGRESS_RULE, RECORD, SHARE_PRINCIPAL, SHARE_RESOURCE

_READ = re.compile(
    r"data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs\." + contract.OUTPUT + r'\.resources\["([^"]+)"\]'
)


_MOST = 20
_NO_REVOCATION = (
    "  Removing an account from a share doesn't cut off the endpoints that it already has: docs/accounts.md says what "
    "does."
)


def summarise(outdir: Path, stacks: Sequence[RawStack], cli: tuple[str, str], command: str | None) -> str:
    """Return what a person wants to know after a synth: stacks in deploy order, what is shared, how to deploy.

    Args:
        outdir: the folder that the CDK wrote.
        stacks: what is in it, as `terraform.sources.synthesised` reads it.
        cli: what the CDK's own command line is called, and the shell command that deploys with it.
        command: the shell command that wrote it, if it takes the kind of state from settings; else None.
    """
    lines = [f"Wrote {outdir}/ for {len(stacks)} stack{'s' if len(stacks) != 1 else ''}, in deploy order:"]
    for number, stack in enumerate(stacks, 1):
        before = [*(stack.after or ()), *(f"{name} of another app" for name in _read_elsewhere(stack, stacks))]
        after = f", after {', '.join(before)}" if before else ""
        counts = f"{_count(stack, 'resource', 'resource')}, {_count(stack, 'data', 'data source')}"
        lines.append(f"  {number}. {stack.name}: {counts}{after}")
    if shared := list(_shared(stacks)):
        more = len(shared) - _MOST
        lines += ["", "Shared:", *(line for paragraph in shared[:_MOST] for line in paragraph)]
        lines += [f"  and {more} more, in the outputs {contract.OUTPUT!r}"] if more > 0 else []
        if any(_bodies(stack, SHARE_PRINCIPAL) for stack in stacks):
            lines.append(_NO_REVOCATION)
    lines += ["", "Deploy it in one of three ways, with AWS credentials in the environment:"]
    for door, line in _doors(stacks, cli, command):
        lines += ["", f"  {door}:", f"    {line}"]
    return "\n".join(lines)


def summarise_again(outdir: Path, stacks: Sequence[RawStack]) -> str:
    """Return what a person wants to know after a synth of stacks that were summarised before, in one line."""
    names = ", ".join(stack.name for stack in stacks)
    count = f"{len(stacks)} stack{'s' if len(stacks) != 1 else ''}"
    return f"Wrote {outdir}/ for {count}: {names}. LATTICELINK_QUIET=0 shows again what is shared and how to deploy."


def _read_elsewhere(stack: RawStack, stacks: Sequence[RawStack]) -> list[str]:
    """Return the stacks whose state is read and which are none of these."""
    read = [block.name for block in stack.blocks if (block.mode, block.type) == ("data", "terraform_remote_state")]
    return sorted(set(read) - {each.name for each in stacks})


def _bodies(stack: RawStack, kind: str) -> list[dict[str, Any]]:
    return [block.body for block in stack.blocks if (block.mode, block.type) == ("resource", kind)]


def _count(stack: RawStack, mode: str, what: str) -> str:
    count = sum(block.mode == mode for block in stack.blocks)
    return f"{count} {what}{'s' if count != 1 else ''}"


def _shared(stacks: Sequence[RawStack]) -> Iterator[list[str]]:
    reached = defaultdict(list)
    for consumer in stacks:
        for source, name, line in _reached(consumer):
            reached[source, name].append(line)
    for producer in stacks:
        accounts = _accounts(producer)
        published = producer.outputs.get(contract.OUTPUT, {}).get("value", {})
        for name, resource in published.get("resources", {}).items():
            ports = ", ".join(port if is_known(port) else "a port known after apply" for port in resource["ports"])
            what = f"  {name!r} from {producer.name}: {resource['protocol']} {ports}, as {resource['name']}"
            with_whom = [*accounts[resource["arn"]], *reached[producer.name, name]]
            yield [what, *(with_whom or ["    with no stack in this app"])]


def _accounts(producer: RawStack) -> dict[str, list[str]]:
    """Return a line for each ARN that is shared with other accounts, by the expression of the ARN."""
    principals = defaultdict(list)
    for association in _bodies(producer, SHARE_PRINCIPAL):
        principal = association["principal"] if is_known(association["principal"]) else "one known after apply"
        principals[association["resource_share_arn"]].append(principal)
    lines = defaultdict(list)
    for association in _bodies(producer, SHARE_RESOURCE):
        names = ", ".join(principals[association["resource_share_arn"]])
        lines[association["resource_arn"]].append(f"    with the accounts of {names}")
    return lines


def _reached(consumer: RawStack) -> Iterator[tuple[str, str, str]]:
    """Yield the producer, the name and a line for each published resource that the stack reaches."""
    clients = defaultdict(list)
    for rule in _bodies(consumer, INGRESS_RULE):
        client = rule.get("cidr_ipv4") or rule.get("cidr_ipv6") or rule.get("referenced_security_group_id") or "?"
        clients[rule["security_group_id"]].append(client.removeprefix("${").removesuffix("}"))
    names = defaultdict(list)
    for record in _bodies(consumer, RECORD):
        names[_construct(record)].append(record["name"].replace("${each.key}", "<member>"))
    for endpoint in _bodies(consumer, ENDPOINT):
        if read := _READ.search(str(endpoint.get("resource_configuration_arn"))):
            let_in = sorted(client for group in endpoint.get("security_group_ids", []) for client in clients[group])
            called = f", as {', '.join(names[_construct(endpoint)])}" if names[_construct(endpoint)] else ""
            line = f"    with {consumer.name}: {', '.join(let_in) or 'clients of your security groups'}{called}"
            yield read[1], read[2], line


def _construct(block: dict[str, Any]) -> str:
    """Return the path of the construct that made the block."""
    path: str = block["//"]["metadata"]["path"]
    return path.rpartition("/")[0]


def _doors(stacks: Sequence[RawStack], cli: tuple[str, str], command: str | None) -> Iterator[tuple[str, str]]:
    folders = " ".join(shlex.quote(stack.folder.as_posix()) for stack in stacks)
    apply = f'for s in {folders}; do terraform -chdir="$s" init && terraform -chdir="$s" apply || break; done'
    yield cli
    hcp = "HCP Terraform, each workspace sharing its state with the next"
    if any("cloud" in stack.terraform for stack in stacks):
        local = f"{_with_state({'kind': 'local'})} {command} && {apply}"
        change = "state=LocalState() in the code of these stacks, synth again, and the loop below"
        yield "Terraform with local state", local if command else change
        yield hcp, f"terraform login && {apply}"
    else:
        yield "Terraform", apply
        cloud = f"{_with_state({'kind': 'cloud', 'organization': 'YOUR-ORGANISATION'})} {command}"
        change = 'state=CloudState("YOUR-ORGANISATION") in the code of these stacks, synth again, and the same loop'
        yield hcp, f"{cloud} && terraform login && {apply}" if command else change


def _with_state(state: dict[str, str]) -> str:
    return f"CDKTF_CONTEXT_JSON={shlex.quote(json.dumps({'latticelink': {'state': state}}))}"
