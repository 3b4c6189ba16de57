"""The contract between stacks: the output `latticelink`, and who reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import Problem, example, not_known, open_question, verdict
from latticelink.paths.hops import Answer
from latticelink.terraform.configuration import Configuration, StackConfiguration
from latticelink.terraform.dependencies import referring
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.values.contract import KEYS, OUTPUT, VERSION


def _shape(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.stacks:
        if OUTPUT not in stack.outputs:
            continue
        place = f"{stack.name}: output.{OUTPUT}"
        value = stack.outputs[OUTPUT]
        if isinstance(value, Unknown):
            yield _at(not_known(None, value), place)
        problems: list[Problem | Unknown] = [] if isinstance(value, Unknown) else _problems(value)
        if boolean(stack.raw.outputs[OUTPUT].get("sensitive")):
            problems.append(("It is sensitive.", "Remove `sensitive`: nothing in it is secret."))
        if not problems and not isinstance(value, Unknown):
            problems = [None]
        for problem in problems:
            yield _at(not_known(None, problem) if isinstance(problem, Unknown) else verdict(None, problem), place)


def _at(judgement: Judgement, place: str) -> Judgement:
    return Judgement(judgement.answer, None, judgement.message, judgement.fix, judgement.settle, place)


def _problems(value: Any) -> list[Problem | Unknown]:
    if not isinstance(value, dict) or not {"version", "resources"} <= value.keys():
        return ["It has no `version` or no `resources`."]
    problems: list[Problem | Unknown] = []
    version, resources = value["version"], value["resources"]
    if open_question(version) is None and version != VERSION:
        problems.append(f"Its version is {version!r}, and {VERSION} is the version that this library reads.")
    if why := open_question(version):
        problems.append(why)
    if isinstance(resources, Unknown):
        return [*problems, resources]
    if isinstance(resources, Reference):
        return problems
    if not isinstance(resources, dict):
        return [*problems, "`resources` is not a map."]
    for name, entry in resources.items():
        if isinstance(entry, Unknown | Reference):
            problems += [entry] if isinstance(entry, Unknown) else []
            continue
        missing = [key for key in KEYS if not isinstance(entry, dict) or entry.get(key, ABSENT) is ABSENT]
        if missing:
            problems.append(f"{name!r} has no {', '.join(missing)}.")
        elif isinstance(entry["ports"], list) and not all(
            isinstance(port, str | Unknown | Reference) for port in entry["ports"]
        ):
            problems.append(f"The ports of {name!r} are {entry['ports']}, which are not strings.")
    return problems


def _published(configuration: Configuration) -> Iterator[Judgement]:
    for stack, block, part, named in referring(configuration):
        wanted = {
            (reference[2], reference[6])
            for reference in named
            if reference[:2] == ("data", "terraform_remote_state")
            and reference[3:6] == ("outputs", OUTPUT, "resources")
            and len(reference) > 6
        }
        for source, name in sorted(wanted):
            judgement = _is_published(stack, source, name)
            yield Judgement(
                judgement.answer, block, judgement.message, judgement.fix, judgement.settle, "" if block else part
            )


def _is_published(stack: StackConfiguration, source: str, name: str) -> Judgement:
    reader = next(iter(stack.made(("data", "terraform_remote_state", source))), None)
    in_state = reader.value("outputs") if reader is not None else ABSENT
    if isinstance(in_state, dict):  # A plan has what it read.
        return _is_among(f"The state that {source!r} reads", in_state, name)
    producer = stack.read_by(reader) if reader else Unknown(f"{source} isn't in the files")
    if isinstance(producer, Unknown):
        return not_known(None, producer)
    return _is_among(f"Stack {producer.name!r}", producer.outputs, name)


def _is_among(owner: str, outputs: dict[str, Any], name: str) -> Judgement:
    value = outputs.get(OUTPUT, {})
    resources = value.get("resources", {}) if isinstance(value, dict) else value
    if isinstance(resources, Unknown):
        return not_known(None, resources)
    if not isinstance(resources, dict):
        return verdict(None, f"{owner} publishes no map of resources.")
    if name in resources:
        return verdict(None, None)
    listed = ", ".join(sorted(map(str, resources))) or "nothing"
    return verdict(None, f"{owner} publishes no {name!r}, but: {listed}.")


def _generated_names(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.stacks:
        for name in stack.raw.outputs:
            if name.startswith("cross-stack-output-"):
                message = f"The output {name!r} is named after a construct's path."
                yield Judgement(Answer.FAIL, None, message, part=f"{stack.name}: output.{name}")
            else:
                yield Judgement(Answer.PASS, None, part=f"{stack.name}: output.{name}")


_ENTRY = {
    "arn": "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0",
    "id": "rcfg-0123456789abcdef0",
    "name": "orders",
    "ports": ["5432"],
    "protocol": "TCP",
    "type": "SINGLE",
}


def _output(value: Any, **more: Any) -> str:
    return example(output={OUTPUT: {"value": value, **more}})


def _read(name: str) -> str:
    place = {"path": "../producer.tfstate"}
    reading = f'${{data.terraform_remote_state.producer.outputs.{OUTPUT}.resources["{name}"].arn}}'
    producer = {
        "terraform": {"backend": {"local": place}},
        "output": {OUTPUT: {"value": {"version": 1, "resources": {"orders": _ENTRY}}}},
    }
    consumer = {
        "data": {"terraform_remote_state": {"producer": {"backend": "local", "config": place}}},
        "output": {"arn": {"value": reading}},
    }
    return json.dumps({"producer/main.tf.json": producer, "consumer/main.tf.json": consumer})


CHECKS = (
    Check(
        id="LL821",
        severity=Severity.ERROR,
        title="The output `latticelink` has the contract's form",
        why="Consumers read it by its keys: a missing key stops their plans, and a sensitive output hides the "
        "error messages.",
        source=pages.TF_REMOTE_STATE,
        fix="Write it as docs/contract.md describes, or use State.publish.",
        passing=_output({"version": 1, "resources": {"orders": _ENTRY}}),
        failing=_output({"version": 1, "resources": {"orders": {"arn": _ENTRY["arn"]}}}),
        judge=_shape,
    ),
    Check(
        id="LL822",
        severity=Severity.ERROR,
        title="What a consumer reads is published",
        why="Otherwise its plan stops.",
        source=pages.TF_REMOTE_STATE,
        fix="Read a name that is published, or share it in the producer.",
        passing=_read("orders"),
        failing=_read("order"),
        judge=_published,
    ),
    Check(
        id="LL823",
        severity=Severity.NOTE,
        title="Stacks are joined by outputs with names that a person chose",
        why="An output that the CDK generates is named after the construct's path: moving the construct breaks its "
        "consumers, and another repository can't read it.",
        source="https://github.com/hashicorp/terraform-cdk/issues/247",
        fix="Publish it: State.publish, or a TerraformOutput with a name that you choose.",
        passing=_output({"version": 1, "resources": {"orders": _ENTRY}}),
        failing=example(output={"cross-stack-output-aws_vpcmainid": {"value": "vpc-12345678", "sensitive": True}}),
        judge=_generated_names,
        as_written=True,
    ),
)
