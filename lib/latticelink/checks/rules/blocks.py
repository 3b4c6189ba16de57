"""The form of any block: no empty nested block, and ids that are ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import as_list, example, not_known, read, refused, verdict
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.dependencies import key_of
from latticelink.terraform.known import Reference, Unknown
from latticelink.values.aws_ids import ID_PREFIXES, ID_SOURCE, parse_id
from latticelink.values.types import (
    CONFIGURATION,
    DEFINITION,
    EGRESS_RULE,
    ENDPOINT,
    GATEWAY,
    INGRESS_RULE,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    SECURITY_GROUP,
    SUBNET,
    VPC,
)

_OURS = (GATEWAY, CONFIGURATION, NETWORK, NETWORK_RESOURCE, NETWORK_VPC, ENDPOINT)
_MAY_BE_EMPTY = ("tags", "tags_all", "//")
_IDS = {
    (GATEWAY, "vpc_id"): VPC,
    (GATEWAY, "subnet_ids"): SUBNET,
    (GATEWAY, "security_group_ids"): SECURITY_GROUP,
    (ENDPOINT, "vpc_id"): VPC,
    (ENDPOINT, "subnet_ids"): SUBNET,
    (ENDPOINT, "security_group_ids"): SECURITY_GROUP,
    (NETWORK_VPC, "security_group_ids"): SECURITY_GROUP,
    (INGRESS_RULE, "security_group_id"): SECURITY_GROUP,
    (EGRESS_RULE, "security_group_id"): SECURITY_GROUP,
}


def _not_empty(configuration: Configuration) -> Iterator[Judgement]:
    seen = set()
    for kind in _OURS:
        for block in configuration.of_type(kind):
            if (block.stack, key_of(block)) not in seen:
                seen.add((block.stack, key_of(block)))
                empty = list(_empty(block.body, ""))
                yield verdict(block, f"{', '.join(f'`{path}`' for path in empty)} is empty." if empty else None)


def _empty(raw: Any, path: str) -> Iterator[str]:
    if raw == {} and path:
        yield path
    for key, item in raw.items() if isinstance(raw, dict) else ((None, item) for item in as_list(raw)):
        if key not in _MAY_BE_EMPTY and isinstance(item, dict | list):
            yield from _empty(item, f"{path}.{key}" if path and key else key or path)


def _ids(configuration: Configuration) -> Iterator[Judgement]:
    for (kind, argument), named in _IDS.items():
        for block in configuration.of_type(kind):
            value = read(block, argument)
            if isinstance(value, Unknown):
                yield not_known(block, value, argument)
                continue
            for item in as_list(value):
                if isinstance(item, Unknown):
                    yield not_known(block, item, argument)
                elif isinstance(item, Reference):
                    by_name = item.attribute in ("arn", "name")
                    yield verdict(block, f"`{argument}` is {item}, which is not an id." if by_name else None)
                else:
                    problem = refused(parse_id, item, ID_PREFIXES[named])
                    yield verdict(block, f"`{argument}`: {problem}" if problem else None)


CHECKS = (
    Check(
        id="LL841",
        severity=Severity.ERROR,
        title="No block is empty",
        why="CDKTF and CDK Terrain write `{}` for a nested dict that they don't understand. There is no error, and the "
        "values are lost.",
        source=pages.TF_CONFIGURATION,
        fix="Use the bindings' class instead of a dict, or remove the block.",
        passing=example((CONFIGURATION, "db", {DEFINITION: {"ip_resource": {"ip_address": "10.0.1.9"}}})),
        failing=example((CONFIGURATION, "db", {DEFINITION: {}})),
        judge=_not_empty,
        as_written=True,
    ),
    Check(
        id="LL842",
        severity=Severity.ERROR,
        title="Arguments for ids of VPCs, subnets and security groups hold ids",
        why="The provider accepts a name or an ARN instead, and AWS refuses it during apply.",
        source=ID_SOURCE,
        fix="Give the id, or refer to the `.id` of the resource.",
        passing=example((GATEWAY, "g", {"vpc_id": "vpc-0123456789abcdef0"})),
        failing=example((GATEWAY, "g", {"vpc_id": "main"})),
        judge=_ids,
    ),
)
