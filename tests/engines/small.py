"""The smallest app with the seam: a producer that publishes, a consumer that reads; neither needs a provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latticelink import App, SharedResource, State
from latticelink.values.ports import PortRange, Ports

from tests.flavour import core

ARN = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"


def build(app: Any, state: State, *, slow: bool = False) -> None:
    """Make both stacks; a slow producer takes a minute to apply."""
    cdk = core()
    producer, consumer = cdk.TerraformStack(app, "producer"), cdk.TerraformStack(app, "consumer")
    for stack in (producer, consumer):
        state.keep(stack)
    state.publish(producer, SharedResource("nginx", ARN, Ports((PortRange(80, 80),)), stack=producer))
    if slow:
        provisioner = [{"local-exec": {"command": "sleep 60"}}]
        producer.add_override("resource.terraform_data.slow", {"provisioner": provisioner})
    cdk.TerraformOutput(consumer, "arn", value=state.read(consumer, "producer")["nginx"].arn)


def write(folder: Path, state: State, *, slow: bool = False) -> tuple[Path, Path]:
    """Write the app into `folder`/cdktf.out; return the folders of producer and consumer."""
    app = App(context={}, outdir=str(folder / "cdktf.out"))
    build(app, state, slow=slow)
    app.synth()
    stacks = folder / "cdktf.out" / "stacks"
    return stacks / "producer", stacks / "consumer"
