"""Arguments that a provider version which the stack allows doesn't have yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.configuration import Block, Configuration
from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.known import ABSENT, Unknown
from latticelink.checks.rules import pages
from latticelink.checks.rules.dependencies import key_of
from latticelink.checks.rules.reading import CONFIGURATION, ENDPOINT, GATEWAY, example, not_known, read, verdict
from latticelink.values.provider_arguments import ARRIVALS, NEWEST_KNOWN, Arrival, as_text, oldest_allowed

# #45947: the provider takes AWS's capitals for a change until some version after this one.
_CASE_BUG_IN = (6, 28, 0)


def _has_arguments(configuration: Configuration) -> Iterator[Judgement]:
    for arrival in ARRIVALS:
        for block in _first_instances(configuration.of_type(arrival.kind)):
            if not arrival.argument or _is_written(block, arrival.argument):
                yield _judge_arrival(block, arrival)


def _first_instances(blocks: list[Block]) -> Iterator[Block]:
    return iter({(block.stack, key_of(block)): block for block in reversed(blocks)}.values())


def _is_written(block: Block, argument: str) -> bool:
    return read(block, argument) is not ABSENT


def _judge_arrival(block: Block, arrival: Arrival) -> Judgement:
    what = f"`{arrival.argument}`" if arrival.argument else f"resource {arrival.kind}"
    constraint = block.home.provider_constraint
    if arrival.present is None:
        return failed(block, f"No version up to {as_text(NEWEST_KNOWN)} has {what}.", "Remove it.")
    needed = f">= {as_text(arrival.present)}"
    if constraint is None:
        why = Unknown("no provider version is required", f'Require version = "{needed}" of hashicorp/aws.')
        return not_known(block, why, arrival.argument)
    oldest = oldest_allowed(constraint) or (0, 0, 0)
    known = arrival.is_in(oldest)
    if known is None:
        why = Unknown(
            f"whether version {as_text(oldest)}, which {constraint!r} allows, has it isn't known: "
            f"{as_text(arrival.absent)} hasn't, {as_text(arrival.present)} has",
            f'Require version = "{needed}".',
        )
        return not_known(block, why, arrival.argument)
    problem = f"{constraint!r} allows version {as_text(oldest)}, which lacks {what} ({arrival.source})."
    return passed(block) if known else failed(block, problem, f'Require version = "{needed}".')


def _constrained(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.stacks:
        if stack.raw.plan is not None or not any(block.type in (CONFIGURATION, GATEWAY, ENDPOINT) for block in stack.blocks):
            continue
        place = f"{stack.name}: terraform"
        judgement = verdict(None, None if stack.provider_constraint else "It requires no version of hashicorp/aws.")
        yield Judgement(judgement.answer, None, judgement.message, part=place)


def _address_type_settles(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(ENDPOINT):
        if read(block, "vpc_endpoint_type") not in ("Resource", "ServiceNetwork"):
            continue
        if read(block, "ip_address_type") is ABSENT:
            continue
        lifecycle = block.body.get("lifecycle")
        lifecycle = lifecycle[0] if isinstance(lifecycle, list) and lifecycle else lifecycle
        ignored = lifecycle.get("ignore_changes", []) if isinstance(lifecycle, dict) else []
        oldest = oldest_allowed(block.home.provider_constraint or "") or (0, 0, 0)
        settled = oldest > _CASE_BUG_IN or ignored == "all" or (isinstance(ignored, list) and "ip_address_type" in ignored)
        problem = f"It has ip_address_type, and version {as_text(oldest)} may run." if any(oldest) else (
            "It has ip_address_type, and any version of the provider may run."
        )
        yield verdict(block, None if settled else problem)


def _requiring(version: str, kind: str, **body: Any) -> str:
    required = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}
    return example((kind, "db", body), terraform=required)


CHECKS = (
    Check(
        id="LL801",
        severity=Severity.ERROR,
        title="Every provider version that is allowed has the arguments in use",
        why="An older version stops with 'Unsupported argument', on the machine of whoever has it locked.",
        source=pages.TF_PROVIDERS,
        fix="Require a newer version, or do without the argument.",
        passing=_requiring(">= 6.22.0", CONFIGURATION, custom_domain_name="db.example.com"),
        failing=_requiring("~> 6.0", CONFIGURATION, custom_domain_name="db.example.com"),
        judge=_has_arguments,
    ),
    Check(
        id="LL802",
        severity=Severity.WARNING,
        title="A stack requires a version of the AWS provider",
        why="Otherwise each new checkout takes the newest, with whatever it changes.",
        source=pages.TF_PROVIDERS,
        fix='Write for example `version = ">= 6.25.0, < 7.0.0"` in required_providers.',
        passing=_requiring(">= 6.25.0, < 7.0.0", GATEWAY, name="gateway"),
        failing=example((GATEWAY, "db", {"name": "gateway"})),
        judge=_constrained,
    ),
    Check(
        id="LL803",
        severity=Severity.WARNING,
        title="An endpoint's address type makes no endless difference",
        why="AWS answers in capitals, which the provider up to 6.28 takes for a change with every plan.",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/45947",
        fix="Leave `ip_address_type` out, or add it to `lifecycle.ignore_changes`.",
        passing=_requiring("5.100.0", ENDPOINT, vpc_endpoint_type="Resource"),
        failing=_requiring("5.100.0", ENDPOINT, vpc_endpoint_type="Resource", ip_address_type="ipv4"),
        judge=_address_type_settles,
    ),
)
