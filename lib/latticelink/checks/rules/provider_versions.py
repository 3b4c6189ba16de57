"""Arguments that a provider version which the stack allows doesn't have yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import example, not_known, read, verdict
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.dependencies import key_of
from latticelink.terraform.known import ABSENT, Unknown
from latticelink.values.provider_arguments import PROVIDER_ARGUMENTS, ProviderArgument, admits_version_without
from latticelink.values.provider_version import Version, oldest_admitted, text_of
from latticelink.values.types import (
    CONFIGURATION,
    DEFINITION,
    ENDPOINT,
    ENDPOINT_TYPES,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
)

_REGIONS = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support"
# What LatticeLink itself never writes.
_MORE = tuple(
    ProviderArgument(kind, "region", (6, 0, 0), _REGIONS)
    for kind in (GATEWAY, CONFIGURATION, NETWORK, NETWORK_RESOURCE, NETWORK_VPC, ENDPOINT)
)
# Not in the schema of 6.69.1 either, which is the newest that was read.
_NEVER = (
    (CONFIGURATION, "group_domain"),
    (CONFIGURATION, f"{DEFINITION}.cidr_resource"),
    (NETWORK, "sharing_config"),
)

# #45947: the provider treats AWS's capitals as a change until some version after this one.
_CASE_BUG_IN = (6, 28, 0)


def _has_arguments(configuration: Configuration) -> Iterator[Judgement]:
    for row in (*PROVIDER_ARGUMENTS, *_MORE):
        for block in _first_instances(configuration.of_type(row.resource)):
            if not row.path or read(block, row.path) is not ABSENT:
                yield _judge_argument(block, row)
    for kind, path in _NEVER:
        for block in _first_instances(configuration.of_type(kind)):
            if read(block, path) is not ABSENT:
                yield failed(block, f"No version known to this check has `{path}`.", "Remove it; awscc may have it.")


def _first_instances(blocks: list[Block]) -> Iterator[Block]:
    return iter({(block.stack, key_of(block)): block for block in reversed(blocks)}.values())


def _judge_argument(block: Block, row: ProviderArgument) -> Judgement:
    constraint = block.home.provider_constraint
    since = text_of(row.since)
    fix = f'Require version = ">= {since}, < {row.since[0] + 1}.0.0" of hashicorp/aws.'
    if block.home.raw.is_unfolded:
        return passed(block)
    if constraint is None:
        return not_known(block, Unknown("no version of the provider is required", fix), row.path)
    try:
        if not admits_version_without(row, constraint):
            return passed(block)
    except ValueError as error:
        return not_known(block, Unknown(str(error), fix), row.path)
    if not row.first_release_known:
        return not_known(
            block, Unknown(f"{constraint!r} allows versions before {since}, which may not have it", fix), row.path
        )
    return failed(block, f"{row} came with {since}, and {constraint!r} allows older versions ({row.source}).", fix)


def _constrained(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.stacks:
        if stack.raw.is_unfolded or not any(block.type in (CONFIGURATION, GATEWAY, ENDPOINT) for block in stack.blocks):
            continue
        place = f"{stack.name}: terraform"
        if stack.provider_constraint is None and ("terraform",) in stack.raw.elsewhere:
            yield not_known(None, Unknown(stack.raw.unread))._replace(part=place)
            continue
        judgement = verdict(None, None if stack.provider_constraint else "It requires no version of hashicorp/aws.")
        yield Judgement(judgement.answer, None, judgement.message, part=place)


def _oldest(constraint: str | None) -> Version:
    try:
        return oldest_admitted(constraint or "") or (0, 0, 0)
    except ValueError:
        return 0, 0, 0


def _address_type_settles(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(ENDPOINT):
        if read(block, "vpc_endpoint_type") not in ENDPOINT_TYPES:
            continue
        kind = read(block, "ip_address_type")
        if kind is ABSENT:
            continue
        if isinstance(kind, Unknown):
            yield not_known(block, kind, "ip_address_type")
            continue
        oldest = _oldest(block.home.provider_constraint)
        if block.home.raw.is_unfolded and oldest <= _CASE_BUG_IN:  # No plan has `lifecycle`.
            continue
        lifecycle = block.body.get("lifecycle")
        lifecycle = lifecycle[0] if isinstance(lifecycle, list) and lifecycle else lifecycle
        ignored = lifecycle.get("ignore_changes", []) if isinstance(lifecycle, dict) else []
        settled = (
            oldest > _CASE_BUG_IN or ignored == "all" or (isinstance(ignored, list) and "ip_address_type" in ignored)
        )
        problem = (
            f"It has ip_address_type, and version {text_of(oldest)} may run."
            if any(oldest)
            else ("It has ip_address_type, and any version of the provider may be used.")
        )
        yield verdict(block, None if settled else problem)


def _requiring(version: str, kind: str, **body: Any) -> str:
    required = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}
    return example((kind, "db", body), terraform=required)


_ADDRESSED = {
    "vpc_endpoint_type": "Resource",
    "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}",
    "ip_address_type": "ipv4",
}

CHECKS = (
    Check(
        id="LL801",
        severity=Severity.ERROR,
        title="Every allowed provider version has the arguments that are used",
        why="An older version stops with 'Unsupported argument', on any machine where it is locked.",
        source=pages.TF_PROVIDERS,
        fix="Require a newer version, or leave the argument out.",
        passing=_requiring(">= 6.22.0", CONFIGURATION, custom_domain_name="db.example.com"),
        failing=_requiring("~> 6.0", CONFIGURATION, custom_domain_name="db.example.com"),
        judge=_has_arguments,
    ),
    Check(
        id="LL802",
        severity=Severity.WARNING,
        title="A stack requires a version of the AWS provider",
        why="Otherwise each new checkout uses the newest version, with whatever has changed in it.",
        source=pages.TF_PROVIDERS,
        fix='Write, for example, `version = ">= 6.25.0, < 7.0.0"` in required_providers.',
        passing=_requiring(">= 6.25.0, < 7.0.0", GATEWAY, name="gateway"),
        failing=example((GATEWAY, "db", {"name": "gateway"})),
        judge=_constrained,
        as_written=True,
    ),
    Check(
        id="LL803",
        severity=Severity.WARNING,
        title="An endpoint's address type doesn't cause a difference in every plan",
        why="AWS answers in capitals, which the provider up to 6.28 treats as a change in every plan.",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/45947",
        fix="Leave `ip_address_type` out, or add it to `lifecycle.ignore_changes`.",
        passing=_requiring("5.100.0", ENDPOINT, **_ADDRESSED, lifecycle={"ignore_changes": ["ip_address_type"]}),
        failing=_requiring("5.100.0", ENDPOINT, **_ADDRESSED),
        judge=_address_type_settles,
    ),
)
