"""The form of any block: no empty nested block, and ids that are ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    CONFIGURATION,
    DEFINITION,
    ENDPOINT,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    as_list,
    example,
    not_known,
    read,
    refused,
    verdict,
)
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.dependencies import key_of
from latticelink.terraform.known import Reference, Unknown
from latticelink.values.aws_ids import parse_id

_OURS = (GATEWAY, CONFIGURATION, NETWORK, NETWORK_RESOURCE, NETWORK_VPC, ENDPOINT)
_MAY_BE_EMPTY = ("tags", "tags_all", "//")
_IDS = {
    (GATEWAY, "vpc_id"): "vpc",
    (GATEWAY, "subnet_ids"): "subnet",
    (GATEWAY, "security_group_ids"): "sg",
    (ENDPOINT, "vpc_id"): "vpc",
    (ENDPOINT, "subnet_ids"): "subnet",
    (ENDPOINT, "security_group_ids"): "sg",
    (NETWORK_VPC, "security_group_ids"): "sg",
    ("aws_vpc_security_group_ingress_rule", "security_group_id"): "sg",
    ("aws_vpc_security_group_egress_rule", "security_group_id"): "sg",
}
_ID_PAGE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"


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
    for (kind, argument), prefix in _IDS.items():
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
                    yield verdict(block, f"`{argument}` is {item}, no id." if by_name else None)
                else:
                    problem = refused(parse_id, item, prefix)
                    yield verdict(block, f"`{argument}`: {problem}" if problem else None)


CHECKS = (
    Check(
        id="LL841",
        severity=Severity.ERROR,
        title="No block is empty",
        why="CDKTF and CDK Terrain write `{}` for a nested dict that they don't understand, without an error; what it "
        "was to say is lost.",
        source=pages.TF_CONFIGURATION,
        fix="Write the bindings' class in place of a dict, or remove the block.",
        passing=example((CONFIGURATION, "db", {DEFINITION: {"ip_resource": {"ip_address": "10.0.1.9"}}})),
        failing=example((CONFIGURATION, "db", {DEFINITION: {}})),
        judge=_not_empty,
    ),
    Check(
        id="LL842",
        severity=Severity.ERROR,
        title="Ids of VPCs, subnets and security groups are ids",
        why="The provider takes a name or an ARN in their place, and AWS refuses it during apply.",
        source=_ID_PAGE,
        fix="Write the id, or refer to the `.id` of the resource.",
        passing=example((GATEWAY, "g", {"vpc_id": "vpc-0123456789abcdef0"})),
        failing=example((GATEWAY, "g", {"vpc_id": "main"})),
        judge=_ids,
    ),
)
