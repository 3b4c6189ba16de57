"""The S3 bucket that keeps all stacks' state: applied once, before the first stack that uses it."""

from latticelink import App, LocalState, S3State, Stack, StateBucket, run

STATE = S3State("acme-terraform-state", "eu-west-1", key_prefix="privatelink/")


def build(app: App) -> None:
    """Create the bucket; this stack's own state stays in a file."""
    stack = Stack(app, "state-bucket", state=LocalState("../../../state/state-bucket"), region=STATE.region)
    StateBucket(stack, "state", STATE)


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="state-bucket.out"))
