"""One nginx, two VPCs with the same addresses, no load balancer: writes the Terraform JSON of both stacks."""

from latticelink import App, run

from stacks.consumer import Consumer
from stacks.producer import Producer
from stacks.settings import Settings


def scenario(app: App) -> None:
    """Make the producer, then the consumer that reads what it publishes."""
    settings = Settings.from_context(app.context)
    Producer(app, "producer", settings)
    Consumer(app, "consumer", settings)


if __name__ == "__main__":
    raise SystemExit(run(scenario))
