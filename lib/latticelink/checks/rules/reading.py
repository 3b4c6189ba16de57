"""What the rules share: reading an argument, judging it where it is known, and saying why where it isn't."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from latticelink.checks.findings import Judgement, failed, passed, unknown
from latticelink.errors import Report
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown, after_apply, leaves
from latticelink.terraform.known import as_list as as_list
from latticelink.terraform.providers import alias_of, home_of_provider, provider_of
from latticelink.values.arns import ROLE
from latticelink.values.types import ENDPOINT, ENDPOINT_ARNS, ENDPOINT_TYPES

# What is wrong with a value, with or without the fix; None if nothing is.
Problem = str | tuple[str, str] | None


def read(block: Block, argument: str) -> Any:
    """Return the value of `argument`, whose parts are joined by dots."""
    return block.value(argument) if "." not in argument else block.value(*argument.split("."))


def open_question(value: Any, *, identity: bool = False) -> Unknown | None:
    """Return why `value` isn't fully known; None if it is.

    Args:
        value: what `Block.value` returned.
        identity: take a reference for known, as whose attribute it is says enough.
    """
    for part in leaves(value):
        if isinstance(part, Unknown):
            return part
        if isinstance(part, Reference) and not identity:
            return after_apply(part)
    return None


def verdict(block: Block | None, problem: Problem) -> Judgement:
    """Return the judgement for what is wrong, if anything is."""
    if problem is None:
        return passed(block)
    return failed(block, *((problem,) if isinstance(problem, str) else problem))


def not_known(block: Block | None, why: Unknown, argument: str = "") -> Judgement:
    """Return the judgement for what can't be determined."""
    return unknown(block, f"{f'`{argument}`: ' if argument else ''}{why.reason}.", why.settle)


def judged(
    block: Block, argument: str, problem: Callable[[Any], Problem], *, identity: bool = False
) -> Iterator[Judgement]:
    """Judge one argument by `problem`, which gets its value and says what is wrong; nothing if it isn't there.

    Args:
        block: the block.
        argument: the argument; the parts of its path joined by dots.
        problem: says what is wrong with a value.
        identity: let `problem` judge references too.
    """
    value = read(block, argument)
    if value is ABSENT:
        return
    if why := open_question(value, identity=identity):
        yield not_known(block, why, argument)
    else:
        yield verdict(block, problem(value))


def each(
    kind: str, argument: str, problem: Callable[[Any], Problem], *, identity: bool = False
) -> Callable[[Configuration], Iterator[Judgement]]:
    """Return a judge of one argument of all resources of `kind`, as `judged` does it."""

    def judge(configuration: Configuration) -> Iterator[Judgement]:
        for block in configuration.of_type(kind):
            yield from judged(block, argument, problem, identity=identity)

    return judge


def target_of(block: Block, argument: str, kind: str) -> Block | None:
    """Return the block of `kind` that `argument` refers to; None if it refers to none of that kind."""
    value = read(block, argument)
    return value.block if isinstance(value, Reference) and value.block.type == kind else None


@lru_cache(maxsize=1)
def private_link_endpoints(configuration: Configuration) -> tuple[Block, ...]:
    """Return the endpoints for VPC resources and service networks, by type or by what they name."""
    return tuple(
        block
        for block in configuration.of_type(ENDPOINT)
        if any(read(block, argument) is not ABSENT for argument in ENDPOINT_ARNS.values())
        or read(block, "vpc_endpoint_type") in ENDPOINT_TYPES
    )


def endpoint_type(block: Block) -> Any:
    """Return the type of an endpoint: as written, or where that isn't known by the ARN that it names."""
    kind = read(block, "vpc_endpoint_type")
    if not isinstance(kind, Unknown):
        return kind
    return next((name for name, argument in ENDPOINT_ARNS.items() if read(block, argument) is not ABSENT), kind)


def kind_of(configuration: Block) -> Any:
    """Return the type of a resource configuration: as written, or SINGLE, which the provider accepts where it isn't."""
    kind = read(configuration, "type")
    return "SINGLE" if kind is ABSENT else kind


def of_vpc(block: Block) -> str:
    """Return a text that is the same for blocks of one VPC; empty if which VPC it is isn't known."""
    return identity_of(read(block, "vpc_id"))


def identity_of(value: Any) -> str:
    """Return a text that is the same for equal values and references; empty if it isn't known."""
    if value is ABSENT or isinstance(value, Unknown):
        return ""
    return f"{value.block.full_address}.{value.attribute}" if isinstance(value, Reference) else str(value)


def account_and_region(block: Block) -> str:
    """Return a text that is the same for blocks of one provider configuration: one account and region.

    Where that depends on what isn't known, it begins with a question mark, and is the same within a stack only.
    """
    configured = provider_of(block)
    home = home_of_provider(block)
    said = {key: home.worth(value) for key, value in configured.items() if key not in ("alias", "//")}
    said["region"] = read(block, "region") or said.get("region")
    own = f"?{block.stack} {alias_of(block)}" if open_question(said) else ""
    return own or repr(sorted(said.items()))


def own_account(block: Block) -> Any:
    """Return the account that a block is made in, as its provider configuration tells by one allowed account or a role.

    ABSENT if it doesn't tell, Unknown if it isn't known.
    """
    configured = provider_of(block)
    home = home_of_provider(block)
    allowed = as_list(home.worth(configured.get("allowed_account_ids", [])))
    if len(allowed) == 1:
        return allowed[0]
    roles = [each.get("role_arn") for each in as_list(configured.get("assume_role")) if isinstance(each, dict)]
    role = home.worth(roles[0]) if roles else ABSENT
    if isinstance(role, Unknown):
        return role
    found = ROLE.read(role)
    return found.account if found is not None else ABSENT


def example(*blocks: tuple[str, str, dict[str, Any]], **sections: Any) -> str:
    """Return Terraform JSON of the resources, each by type, name and arguments, and of other sections."""
    resources: dict[str, dict[str, Any]] = {}
    for kind, name, body in blocks:
        resources.setdefault(kind, {})[name] = body
    return json.dumps({**sections, **({"resource": resources} if resources else {})})


def files(**stacks: str) -> str:
    """Return an example of several stacks, each by its name and its Terraform JSON."""
    return json.dumps({f"{name}/main.tf.json": json.loads(content) for name, content in stacks.items()})


def refused(parse: Callable[..., Any], value: Any, *more: Any) -> str | None:
    """Return why the library's own reader `parse` refuses `value`; None if it takes it."""
    report = Report("value")
    parse(report, "value", value, *more)
    values: dict[str, list[str]] = {}
    for finding in report.findings:
        values.setdefault(finding.rule, []).append(finding.value)
    return " ".join(f"{', '.join(shown)}: {rule}" for rule, shown in values.items()) or None
