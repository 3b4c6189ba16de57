"""Other accounts: what a share and its acceptance write, what the contract carries, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import (
    AcceptedShare,
    AccountShare,
    App,
    ExistingServiceNetwork,
    GroupResource,
    InvalidInput,
    IpResource,
    LocalState,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkAssociation,
    SharedResource,
    Stack,
)
from latticelink.summary import summarise
from latticelink.terraform.sources import synthesised
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import STATE, existing, make_stack
from tests.constructs.test_kinds import existing_consumer

ACCOUNT, PARTNER = "111122223333", "444455556666"
UNIT = f"arn:aws:organizations::{ACCOUNT}:ou/o-example123/ou-exam-12345678"
ORGANIZATION = f"arn:aws:organizations::{ACCOUNT}:organization/o-example123"
CONFIGURATION = f"arn:aws:vpc-lattice:eu-west-1:{ACCOUNT}:resourceconfiguration/rcfg-0123456789abcdef0"
SHARE = f"arn:aws:ram:eu-west-1:{ACCOUNT}:resource-share/01234567-89ab-cdef-0123-456789abcdef"


def shared(stack: Any, *names: str) -> list[SharedResource]:
    gateway = ResourceGateway(stack, "gateway", existing(stack))
    return [gateway.share(name, IpResource("10.0.0.9"), ports=[5432]) for name in names]


def produce(app: Any, *, principals: Any = (PARTNER,), **arguments: Any) -> Any:
    stack = make_stack(app)
    resources = shared(stack, "orders", "billing")
    AccountShare(stack, "partners", resources, principals=principals, **arguments)
    STATE.publish(stack, *resources)
    return stack


def consume(app: Any, *, accepted: str = "partners") -> Any:
    stack = make_stack(app, "consumer")
    share = AcceptedShare(stack, accepted, [STATE.read(stack, "producer")["orders"]])
    ResourceEndpoint(stack, "orders", share["orders"], existing_consumer(stack), client_cidrs=["10.0.0.0/16"])
    return stack


def contract(template: SynthesisedStack) -> dict[str, Any]:
    output: dict[str, Any] = template.json["output"]["latticelink"]
    return output


def test_each_resource_and_each_principal_is_associated_by_arn_and_ids_come_from_names(synthesise: Synthesise) -> None:
    producer = synthesise(lambda app: produce(app, principals=[UNIT, PARTNER, ORGANIZATION]))["producer"]
    share = producer.one("aws_ram_resource_share")
    assert (share["name"], share["allow_external_principals"]) == ("producer-partners", False)
    arn = producer.ref("aws_ram_resource_share", "arn")
    resources = producer.json["resource"]["aws_ram_resource_association"]
    assert {association["resource_share_arn"] for association in resources.values()} == {arn}
    assert {association["resource_arn"] for association in resources.values()} == {
        producer.ref("aws_vpclattice_resource_configuration", "arn", name=f"producer-{name}")
        for name in ("billing", "orders")
    }
    principals = producer.json["resource"]["aws_ram_principal_association"]
    assert {key.rsplit("_", 1)[0]: block["principal"] for key, block in principals.items()} == {
        "partners_principal-444455556666": PARTNER,
        "partners_principal-o-example123": ORGANIZATION,
        "partners_principal-ou-exam-12345678": UNIT,
    }


def test_the_order_of_principals_and_resources_changes_nothing(synthesise: Synthesise) -> None:
    one = synthesise(lambda app: produce(app, principals=[UNIT, PARTNER]))["producer"].text
    assert synthesise(lambda app: produce(app, principals=[PARTNER, UNIT]))["producer"].text == one


def test_the_contract_is_written_after_the_associations_and_says_that_leaving_is_no_revocation(
    synthesise: Synthesise,
) -> None:
    producer = synthesise(produce)["producer"]
    output = contract(producer)
    made = [
        f"{kind}.{key}"
        for kind in ("aws_ram_principal_association", "aws_ram_resource_association")
        for key in producer.json["resource"][kind]
    ]
    assert sorted(output["depends_on"]) == sorted(made)
    assert "doesn't cut off the endpoints that it already has" in output["description"]


def test_within_the_organisation_the_contract_has_nothing_to_accept(synthesise: Synthesise) -> None:
    entry = contract(synthesise(produce)["producer"])["value"]["resources"]["orders"]
    assert "share_arns" not in entry


def test_a_contract_without_shares_is_as_it_was(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app)
        STATE.publish(stack, *shared(stack, "orders"))

    output = contract(synthesise(build)["producer"])
    assert set(output) == {"value", "description"}
    assert output["description"] == "What this stack shares; read by its consumers."


def test_outside_the_organisation_the_share_travels_in_the_contract_and_the_endpoint_waits_for_it(
    synthesise: Synthesise,
) -> None:
    def both(app: Any) -> None:
        produce(app, allow_external_principals=True)
        consume(app)

    stacks = synthesise(both)
    assert stacks["producer"].one("aws_ram_resource_share")["allow_external_principals"] is True
    entry = contract(stacks["producer"])["value"]["resources"]["orders"]
    assert entry["share_arns"] == {"partners": stacks["producer"].ref("aws_ram_resource_share", "arn")}
    accepters = stacks["consumer"].json["resource"]["aws_ram_resource_share_accepter"]
    [(key, accepter)] = accepters.items()
    assert accepter["share_arn"].endswith('resources["orders"].share_arns, {})["partners"]}')
    assert stacks["consumer"].one("aws_vpc_endpoint")["depends_on"] == [f"aws_ram_resource_share_accepter.{key}"]


def test_a_consumer_alone_is_written_the_same_and_its_plan_guards_the_shares_name(synthesise: Synthesise) -> None:
    def both(app: Any) -> None:
        produce(app, allow_external_principals=True)
        consume(app)

    together = synthesise(both)["consumer"]
    alone = synthesise(consume)["consumer"]
    assert alone.text == together.text
    [guard] = alone.one("aws_ram_resource_share_accepter")["lifecycle"]["precondition"]
    assert "No share 'partners' is offered for all of: orders." in guard["error_message"]


def test_an_association_with_a_service_network_waits_for_the_share_too(synthesise: Synthesise) -> None:
    arn = f"arn:aws:vpc-lattice:eu-west-1:{ACCOUNT}:servicenetwork/sn-0123456789abcdef0"

    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        finance = SharedResource.of_arn("finance", arn, ports=[443], share_arns={"partners": SHARE})
        share = AcceptedShare(stack, "partners", [finance])
        network = existing_consumer(stack)
        ServiceNetworkAssociation(stack, "finance", share["finance"], network, client_cidrs=["10.0.0.0/16"])

    consumer = synthesise(build)["consumer"]
    [key] = consumer.json["resource"]["aws_ram_resource_share_accepter"]
    assert consumer.one("aws_ram_resource_share_accepter")["share_arn"] == SHARE
    association = consumer.one("aws_vpclattice_service_network_vpc_association")
    assert association["depends_on"] == [f"aws_ram_resource_share_accepter.{key}"]


def test_a_group_and_a_service_network_are_shared_as_one(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app)
        gateway = ResourceGateway(stack, "gateway", existing(stack))
        group = gateway.share("team", GroupResource({"db": Member(IpResource("10.0.1.11"), ports=[5432])}))
        finance = ServiceNetwork(stack, "finance").share("finance", [group])
        AccountShare(stack, "unit", [group, finance], principals=[UNIT])

    producer = synthesise(build)["producer"]
    arns = {association["resource_arn"] for association in producer.all("aws_ram_resource_association")}
    assert arns == {
        producer.ref("aws_vpclattice_resource_configuration", "arn", type="GROUP"),
        producer.ref("aws_vpclattice_service_network", "arn"),
    }


def test_the_summary_names_the_accounts_and_says_that_leaving_is_no_revocation(tmp_path: Any) -> None:
    app = App(context={}, outdir=str(tmp_path))
    produce(app, principals=[UNIT, PARTNER])
    app.synth()
    lines = summarise(tmp_path, synthesised(tmp_path), ("cdktf CLI", "npx cdktf deploy"), None).splitlines()
    assert lines.count(f"    with the accounts of {PARTNER}, {UNIT}") == 2
    assert (
        "  Removing an account from a share doesn't cut off the endpoints that it already has: docs/accounts.md says "
        "what does." in lines
    )


def test_a_stack_names_its_account_and_takes_on_a_role_there(synthesise: Synthesise) -> None:
    role = f"arn:aws:iam::{PARTNER}:role/deploy"

    def build(app: Any) -> None:
        named = {"account_id": PARTNER, "role_arn": role}
        existing(Stack(app, "named", state=STATE, region="eu-west-1", **named))  # type: ignore[arg-type]
        existing(make_stack(app, "any"))

    stacks = synthesise(build)
    assert stacks["named"].json["provider"]["aws"] == [
        {"allowed_account_ids": [PARTNER], "assume_role": [{"role_arn": role}], "region": "eu-west-1"}
    ]
    assert stacks["any"].json["provider"]["aws"] == [{"region": "eu-west-1"}]


def share_of(stack: Any, resources: Any = None, **arguments: Any) -> Any:
    resources = shared(stack, "orders") if resources is None else resources
    return AccountShare(stack, "partners", resources, **{"principals": [PARTNER], **arguments})


def published_first(stack: Any) -> None:
    resources = shared(stack, "orders")
    STATE.publish(stack, *resources)
    share_of(stack, resources)


def of_another_stack(stack: Any) -> None:
    share_of(make_stack(stack.node.root, "other"), shared(stack, "orders"))


def accept(stack: Any, **known: Any) -> None:
    AcceptedShare(stack, "partners", [SharedResource.of_arn("orders", CONFIGURATION, ports=[5432], **known)])


def accepted_name(stack: Any) -> None:
    resource = SharedResource.of_arn("orders", CONFIGURATION, ports=[1], share_arns={"partners": SHARE})
    AcceptedShare(stack, "partners", [resource])["billing"]


def stack_with(stack: Any, **arguments: Any) -> None:
    Stack(stack.node.root, "other", state=LocalState(), region="eu-west-1", **arguments)


def foreign_in_foreign(stack: Any) -> None:
    own = Stack(stack.node.root, "own", state=STATE, region="eu-west-1", account_id=PARTNER)
    arn = "arn:aws:vpc-lattice:eu-west-1:999988887777:servicenetwork/sn-0123456789abcdef0"
    orders = SharedResource.of_arn("orders", CONFIGURATION, ports=[5432])
    ExistingServiceNetwork(own, "theirs", arn=arn).share("all", [orders])


CHILD = SharedResource.of_arn("ledger", CONFIGURATION, ports=[443], type="CHILD")
TABLE: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("a role as principal", lambda s: share_of(s, principals=[f"arn:aws:iam::{PARTNER}:role/x"]), "IAM role", "id"),
    (
        "the own account",
        lambda s: share_of(Stack(s.node.root, "o", state=STATE, region="eu-west-1", account_id=PARTNER)),
        "A share's principals are other accounts",
        "Leave it out.",
    ),
    (
        "another's resource in another's network",
        foreign_in_foreign,
        "the resource is of 111122223333, the network of 999988887777, this stack of 444455556666",
        "Share it there",
    ),
    ("no principal", lambda s: share_of(s, principals=[]), "A share has at least one principal.", "Write the ids"),
    ("no resource", lambda s: share_of(s, []), "At least one resource is shared.", "Give what share() returned."),
    (
        "a member alone",
        lambda s: share_of(s, [CHILD]),
        "AWS RAM doesn't share a single member of a group.",
        "Share the group",
    ),
    ("an ARN as a text", lambda s: share_of(s, [CONFIGURATION]), "what share() or read() returned", "of_arn"),
    ("a resource twice", lambda s: share_of(s, shared(s, "a") * 2), "given once", "Remove the second one."),
    (
        "strangers in an organisation",
        lambda s: share_of(s, principals=[UNIT], allow_external_principals=True),
        "Only an account can be outside the organisation",
        "Leave it out, or name the accounts.",
    ),
    ("what is published already", published_first, "Publishing waits", "Create the AccountShare before"),
    (
        "another stack's resource",
        of_another_stack,
        "A stack shares only its own resources",
        "in the stack that shares it",
    ),
    ("a share's empty name", lambda s: share_of(s, name=""), "A Name tag is a string", "producer-partners"),
    ("nothing to accept", accept, "the shares to accept are: none.", "nothing to accept: leave AcceptedShare out"),
    ("another share", lambda s: accept(s, share_arns={"x": SHARE, "y": SHARE}), "to accept are: x, y.", "Use one"),
    ("what wasn't accepted", accepted_name, "The resources accepted here are: orders.", "Use one of these"),
    ("an account of 11 digits", lambda s: stack_with(s, account_id="11112222333"), "a string of 12 digits", "Write"),
    ("a role's name", lambda s: stack_with(s, role_arn="deploy"), "by its ARN", "arn:aws:iam::<account>:role/<name>"),
    (
        "a role elsewhere",
        lambda s: stack_with(s, account_id=ACCOUNT, role_arn=f"arn:aws:iam::{PARTNER}:role/deploy"),
        f"must belong to the stack's account, which is {ACCOUNT}",
        "Use a role of that account",
    ),
    (
        "a role of another partition",
        lambda s: stack_with(s, role_arn=f"arn:aws-cn:iam::{PARTNER}:role/deploy"),
        "A role acts within its partition, and eu-west-1 is in aws.",
        f"Write 'arn:aws:iam::{PARTNER}:role/deploy', or another region.",
    ),
]


@pytest.mark.parametrize(("what", "build", "rule", "fix"), TABLE, ids=[row[0] for row in TABLE])
def test_what_cannot_be_is_refused_with_the_way_out(
    stack: Any, what: str, build: Callable[[Any], Any], rule: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(stack)
    [finding] = caught.value.findings
    assert rule in finding.rule, what
    assert fix in finding.fix, what


def test_a_share_that_the_producer_of_the_same_app_does_not_offer_is_refused() -> None:
    app = App(context={})
    produce(app, allow_external_principals=True)
    with pytest.raises(InvalidInput) as caught:
        consume(app, accepted="partner")
    assert [finding.rule for finding in caught.value.findings] == ["For 'orders', the shares to accept are: partners."]
