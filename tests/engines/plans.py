"""The check's answers for a real plan are those for its folder, except where the plan knows more."""

from __future__ import annotations

import re
from pathlib import Path

from latticelink.checks.examination import Examination, examine
from latticelink.paths.hops import Answer
from latticelink.reports.paths import path_lines

from tests.engines.conftest import Terraform

# What may be unknown of a folder only, and of a plan only, each with the reason.
OF_FOLDERS = {
    r"reads the state of a stack that isn't in the input": "the plan has read that state",
    r"known only after apply": "it is behind something of that state, which the plan has",
    r"zone of a subnet isn't written|zones of some subnets aren't": "the plan looks up a subnet that exists",
    r"doesn't state its": "the plan looks up what exists",
    r"route table of data\.aws_subnet\.\S+ isn't in": "the plan looks up its block, and the target is inside",
    r"aren't known|isn't known": "it is behind something that exists, which the plan looks up",
}
# What neither a folder nor a state that was read has: targets that a test names by address or by name only.
ELSEWHERE = r"the input doesn't say which security groups \S+ has|it isn't known where \S+ leads"
OF_PLANS = {r"isn't in the input": "it has the ARN that it read, of what another stack made"}


def plan(terraform: Terraform, stack: Path, into: Path, *arguments: str) -> None:
    into.mkdir(exist_ok=True)
    terraform.run(stack, "plan", "-input=false", "-out=the.plan", *arguments)
    (into / f"{stack.name}.json").write_text(terraform.run(stack, "show", "-json", "the.plan"))


def reads_another(stack: Path) -> bool:
    return "terraform_remote_state" in (stack / "cdk.tf.json").read_text()


def results(examination: Examination, answer: Answer) -> set[tuple[str, str, str]]:
    """Return check, place and message of all that has this answer; of instances that are alike one."""
    found = set()
    for result in examination.of(answer):
        judgement = result.judgement
        found.add((result.check.id, re.sub(r'\["[^"]*"\]$', "", judgement.place), judgement.message))
    return found


def alike(text: str) -> str:
    """Return what is said of an IPv6 block that AWS gives at apply, of which the folder has a reference."""
    return re.sub(
        r"aws_vpc\.\w+\.ipv6_cidr_block|[0-9a-f:]+::/56",
        "the VPC's IPv6 block",
        # The provider keeps AWS's capitals.
        text.replace("ip_address_type DUALSTACK", "ip_address_type dualstack"),
    )


def hops(examination: Examination) -> dict[tuple[str, str, str], Answer]:
    return {
        (alike(path.client), path.via, hop.place): hop.answer
        for path in examination.paths
        for hop in path.hops
        if hop.answer is not Answer.UNKNOWN
    }


def looks_up(examination: Examination) -> bool:
    """Return whether there are subnets that the plan looks up, so that it knows their zones and blocks."""
    return bool(examination.configuration.of_type("aws_subnet", "data"))


def must_agree(
    of_folder: Examination, of_plan: Examination, is_whole: bool, knows_more: dict[str, str] | None = None
) -> None:
    """Fail where the plan says otherwise than the folder, or less; it may say more where the folder can't tell."""
    in_folder, in_plan = results(of_folder, Answer.UNKNOWN), results(of_plan, Answer.UNKNOWN)
    assert results(of_folder, Answer.FAIL) <= results(of_plan, Answer.FAIL)
    open_in_folder = {each[:2] for each in in_folder}
    assert {each[:2] for each in results(of_plan, Answer.FAIL) - results(of_folder, Answer.FAIL)} <= open_in_folder
    if looks_up(of_folder):
        # Of the same place the plan, which knows more, comes to another question.
        open_in_both = open_in_folder & {each[:2] for each in in_plan}
        in_folder, in_plan = ({each for each in side if each[:2] not in open_in_both} for side in (in_folder, in_plan))
    for only, reasons in (
        (in_folder - in_plan, {**OF_FOLDERS, **(knows_more or {})}),
        (in_plan - in_folder, {} if is_whole else OF_PLANS),
    ):
        unexplained = [each for each in only if not any(re.search(pattern, each[2]) for pattern in reasons)]
        assert unexplained == []
    told = hops(of_plan)
    assert {place: told.get(place) for place in hops(of_folder)} == hops(of_folder)
    if is_whole and not looks_up(of_folder):
        in_plan, in_folder = (path_lines(list(each.paths), why=True) for each in (of_plan, of_folder))
        assert [*map(alike, in_plan)] == [*map(alike, in_folder)]


def states_must_agree(output: Path, stacks: dict[Path, Terraform], knows_more: dict[str, str] | None = None) -> None:
    """Fail where the states of applied stacks say otherwise than their folder, or leave open what they have.

    Each is judged as Terraform shows it, and as it keeps it.
    """
    of_folder = examine(output)
    for kind, ending, command in (("shown", "json", ("show", "-json")), ("kept", "tfstate", ("state", "pull"))):
        states = output.parent / f"states-{kind}"
        states.mkdir()
        for stack, terraform in stacks.items():
            (states / f"{stack.name}.{ending}").write_text(terraform.run(stack, *command))
        of_states = examine(states)
        must_agree(of_folder, of_states, True, knows_more)
        for path in of_states.paths:
            opened = [hop.why for hop in path.hops if hop.answer is Answer.UNKNOWN]
            assert [why for why in opened if not re.search(ELSEWHERE, why)] == []
