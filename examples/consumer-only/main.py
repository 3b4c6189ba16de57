"""A consumer in a repository of its own: it only knows where the producer's state is, and which names to read there."""

from latticelink import App, ExistingNetwork, ResourceEndpoint, S3State, Stack, run

OURS = S3State("acme-terraform-state", "eu-west-1", key_prefix="shop/")
THEIRS = S3State("acme-terraform-state", "eu-west-1", key_prefix="platform/")


def build(app: App) -> None:
    """Reach orders; the producer's team applied it from another repository."""
    shop = Stack(app, "shop", state=OURS, region="eu-west-1")
    network = ExistingNetwork(
        shop, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"], cidr="10.0.0.0/16"
    )
    orders = THEIRS.read(shop, "producer")["orders"]
    ResourceEndpoint(shop, "orders", orders, network, client_cidrs=[network.cidr])


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="consumer-only.out"))
