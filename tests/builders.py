"""Stacks and networks that tests of constructs start from."""

from __future__ import annotations

from typing import Any

from latticelink import ExistingNetwork, LocalState, Stack

STATE = LocalState()
GROUP = "sg-0123456789abcdef0"
OTHER_GROUP = "sg-0123456789abcdef1"


def make_stack(app: Any, name: str = "producer", **more: Any) -> Any:
    """Make a stack in eu-west-1, with its state in a local file unless told otherwise."""
    return Stack(app, name, **{"state": STATE, "region": "eu-west-1", **more})


def existing(stack: Any, id: str = "network", **more: Any) -> Any:
    """Make an existing network of two subnets unless told otherwise."""
    subnet_ids = ["subnet-22222222", "subnet-11111111"]
    told = {"vpc_id": "vpc-12345678", "subnet_ids": subnet_ids, "cidr": "10.0.0.0/16", **more}
    return ExistingNetwork(stack, id, **told)
