"""An example that is applied in steps: what each planned, what was there after it, and where names led meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat
from tests.engines.scenario import narrow
from tests.flavour import output_of, program_of
from tests.refusals import READS

Plan = dict[str, list[str]]


@dataclass
class Refused:
    """An apply that AWS refused: what Terraform said, what was there after it, and which changes were asked for."""

    said: str
    inventory: dict[str, list[str]]
    asked: list[str]


@dataclass
class Steps:
    """The steps of an example with a producer and a consumer, as far as they were applied.

    `variable` is the one that tells the example its step; `plans` and `inventories` are by the names of the applies.
    """

    terraform: Terraform
    aws: Aws
    folder: Path
    example: str
    variable: str
    plans: dict[str, tuple[Plan, Plan]] = field(default_factory=dict)
    inventories: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def stacks(self) -> tuple[Path, Path]:
        """The folders of producer and consumer."""
        stacks = self.folder / output_of(self.example) / "stacks"
        return stacks / "producer", stacks / "consumer"

    def write(self, step: str) -> str:
        """Write the example as it is in a step; return what was said on the error output."""
        result = run_python(self.folder, str(program_of(self.example)), **{self.variable: step})
        assert result.returncode == 0, result.stderr
        for stack in self.stacks:
            narrow(stack)
            if not (stack / ".terraform").exists():
                self.terraform.init(stack)
        return result.stderr

    def apply(self, name: str, *stacks: Path) -> None:
        """Apply what is written, in the order of `stacks`, and note it under a name."""
        plans = {}
        for stack in stacks:
            plans[stack] = changes(self.terraform.plan(stack))
            if plans[stack]:
                self.terraform.run(stack, "apply", "-input=false", "the.plan")
        producer, consumer = self.stacks
        self.plans[name] = plans.get(producer, {}), plans.get(consumer, {})
        self.inventories[name] = self.aws.inventory()

    def apply_too_early(self, stack: Path) -> Refused:
        """Apply what is written where AWS refuses it."""
        before = len(self.aws.log())
        said = flat(self.terraform.run(stack, "apply", "-auto-approve", "-input=false", expect=1))
        tried = [entry["action"] for entry in self.aws.log()[before:]]
        changing = [action for action in tried if not action.partition(":")[2].startswith(READS)]
        return Refused(said, self.aws.inventory(), changing)

    def asked(self, action: str) -> list[int]:
        """Return where in the log AWS did what an action asks for."""
        return [place for place, entry in enumerate(self.log) if entry["action"] == action and entry["status"] == 200]

    def led(self, name: str) -> list[str]:
        """Return where a name led, in turn, from the first call that it led somewhere; at each to what is available."""
        led = [entry["names"].get(name) for entry in self.log]
        first = next(place for place, each in enumerate(led) if each)
        assert first
        assert {each and each[1] for each in led[first:]} == {"available"}
        return [target for target, _ in groupby(each[0] for each in led[first:] if each)]


def changes(plan: Plan) -> Plan:
    """Return what is planned for each resource that something happens to; reading changes nothing."""
    return {address: do for address, do in plan.items() if do not in (["no-op"], ["read"])}
