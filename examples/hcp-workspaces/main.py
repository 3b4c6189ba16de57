"""The HCP Terraform workspaces that keep all stacks' state: applied once, before the first stack that uses them."""

from latticelink import App, CloudState, CloudWorkspaces, LocalState, run

from cdktf import TerraformStack

STATE = CloudState("acme", workspace="privatelink-{stack}", project="Networks")


def build(app: App) -> None:
    """Create a workspace for each stack; the consumer's may read the producer's state. Its own state is a file."""
    stack = TerraformStack(app, "hcp-workspaces")
    LocalState("../../../state/hcp-workspaces").keep(stack)
    CloudWorkspaces(stack, "workspaces", STATE, reads={"producer": [], "consumer": ["producer"]})


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="hcp-workspaces.out"))
