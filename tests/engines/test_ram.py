"""The emulated AWS RAM shares what AWS shares, with whom AWS does, and nothing else can be used by another account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.aws import Aws
from tests.emulator.world import NUMBER, World, at_once, refusal, world

__all__ = ["at_once", "world"]

OWNER, MEMBER, STRANGER = "123456789012", "444455556666", "777788889999"
UNIT = f"arn:aws:organizations::{OWNER}:ou/o-example123/ou-exam-12345678"
ORGANIZATION = f"arn:aws:organizations::{OWNER}:organization/o-example123"


@pytest.fixture(autouse=True)
def organization(aws: Aws) -> None:
    aws.control("organization", id="o-example123", units={OWNER: [], MEMBER: ["ou-exam-12345678"]}, sharing=True)


def share(aws: Aws, arns: list[str], principals: list[str], *, external: bool = False) -> str:
    made = aws.client("ram").create_resource_share(
        name=f"share-{next(NUMBER)}", resourceArns=arns, principals=principals, allowExternalPrincipals=external
    )
    arn: str = made["resourceShare"]["resourceShareArn"]
    return arn


def use(aws: Aws, account: str, arn: str) -> Any:
    """Put a configuration of another account into a service network of one's own."""
    lattice = aws.client("vpc-lattice", account=account)
    network = lattice.create_service_network(name=f"network-{next(NUMBER)}")
    return lattice.create_service_network_resource_association(
        resourceConfigurationIdentifier=arn, serviceNetworkIdentifier=network["id"]
    )


@pytest.mark.parametrize("principal", [MEMBER, UNIT, ORGANIZATION])
def test_members_of_the_organisation_use_what_is_shared_at_once(aws: Aws, world: World, principal: str) -> None:
    arn = world.configuration(world.gateway())["arn"]
    assert f"is not shared with account {MEMBER}" in refusal(lambda: use(aws, MEMBER, arn))
    share(aws, [arn], [principal])
    assert use(aws, MEMBER, arn)["status"] == "CREATE_IN_PROGRESS"
    assert f"is not shared with account {STRANGER}" in refusal(lambda: use(aws, STRANGER, arn))


def test_a_stranger_uses_it_once_it_has_accepted_can_not_leave_and_is_taken_out(aws: Aws, world: World) -> None:
    arn = world.configuration(world.gateway())["arn"]
    shared = share(aws, [arn], [STRANGER], external=True)
    assert "is not shared" in refusal(lambda: use(aws, STRANGER, arn))
    ram = aws.client("ram", account=STRANGER)
    [invitation] = ram.get_resource_share_invitations(resourceShareArns=[shared])["resourceShareInvitations"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    use(aws, STRANGER, arn)
    listed = ram.list_resources(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[shared])["resources"]
    assert [resource["arn"] for resource in listed] == [arn]
    leave = {"resourceShareArn": shared, "principals": [STRANGER]}
    assert "OperationNotPermittedException" in refusal(lambda: ram.disassociate_resource_share(**leave))
    aws.client("ram").disassociate_resource_share(**leave)
    assert "is not shared" in refusal(lambda: use(aws, STRANGER, arn))


def child(aws: Aws, world: World) -> Any:
    return share(aws, [world.group(1)[1][0]["arn"]], [MEMBER])


REFUSED: list[tuple[str, Callable[[Aws, World], Any], str]] = [
    ("a role", lambda a, _: share(a, [], [f"arn:aws:iam::{MEMBER}:role/x"]), "aren't shared with IAM principals"),
    ("a stranger, unasked", lambda a, _: share(a, [], [STRANGER]), "does not allow external principals"),
    ("an unknown unit", lambda a, _: share(a, [], [UNIT.replace("5678", "0000")]), "could not be found"),
    ("a member of a group", child, "is shared by its group"),
    ("a gateway", lambda a, _: share(a, [f"arn:aws:vpc-lattice:eu-west-1:{OWNER}:resourcegateway/rgw-1"], []), "type"),
    (
        "another account's configuration",
        lambda a, _: share(a, [f"arn:aws:vpc-lattice:eu-west-1:{MEMBER}:resourceconfiguration/rcfg-1"], []),
        "could not be found in account",
    ),
]


@pytest.mark.parametrize(("what", "call", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_aws_does_not_share_is_refused(
    aws: Aws, world: World, what: str, call: Callable[[Aws, World], Any], said: str
) -> None:
    assert said in refusal(lambda: call(aws, world)), what


def test_what_is_shared_is_not_shared_on_unless_its_owner_allows_it(aws: Aws, world: World) -> None:
    arns = [
        world.configuration(world.gateway(), allowAssociationToShareableServiceNetwork=allowed)["arn"]
        for allowed in (False, True)
    ]
    share(aws, arns, [MEMBER])
    lattice = aws.client("vpc-lattice", account=MEMBER)
    network = lattice.create_service_network(name=f"network-{next(NUMBER)}")
    aws.client("ram", account=MEMBER).create_resource_share(
        name="on", resourceArns=[network["arn"]], principals=[OWNER], allowExternalPrincipals=False
    )

    def associate(arn: str) -> Any:
        return lattice.create_service_network_resource_association(
            resourceConfigurationIdentifier=arn, serviceNetworkIdentifier=network["id"]
        )

    assert "allows no association to a shared service network" in refusal(lambda: associate(arns[0]))
    assert associate(arns[1])["status"] == "CREATE_IN_PROGRESS"


def test_a_configuration_that_another_account_uses_is_not_deleted(aws: Aws, world: World) -> None:
    made = world.configuration(world.gateway())
    share(aws, [made["arn"]], [MEMBER])
    use(aws, MEMBER, made["arn"])
    delete = world.lattice.delete_resource_configuration
    assert "existing association" in refusal(lambda: delete(resourceConfigurationIdentifier=made["id"]))
