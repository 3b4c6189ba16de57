"""What VPC Lattice, RAM, Route 53 and S3 refuse, as far as stacks can ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator.asks import (
    ACCOUNT,
    NONE,
    PUBLIC,
    associate,
    associated,
    at_quota,
    bucket,
    delete_configuration,
    delete_network,
    encrypted,
    logged,
    logged_elsewhere,
    network,
    put_policy,
    record,
    share,
    share_arn,
    tags,
    twice,
    verification,
    vpc_associated,
    zone,
)
from tests.emulator.world import NUMBER, World

# What is asked for, the action that refuses it, AWS's code, and the call.
TABLE: list[tuple[str, str, str, Callable[[World], Any]]] = [
    # -- VPC Lattice
    (
        "a gateway's name twice",
        "CreateResourceGateway",
        "ConflictException",
        lambda w: twice(lambda: w.gateway(name="one-name")),
    ),
    (
        "a gateway's name that looks like an id",
        "CreateResourceGateway",
        "ValidationException",
        lambda w: w.gateway(name="rgw-x"),
    ),
    (
        "a 501st gateway",
        "CreateResourceGateway",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "Resource gateways per VPC", w.gateway),
    ),
    (
        "six groups of a gateway",
        "UpdateResourceGateway",
        "ValidationException",
        lambda w: w.lattice.update_resource_gateway(
            resourceGatewayIdentifier=w.gateway(), securityGroupIds=w.groups[:1] * 6
        ),
    ),
    (
        "a change of a gateway that isn't",
        "UpdateResourceGateway",
        "ResourceNotFoundException",
        lambda w: w.lattice.update_resource_gateway(resourceGatewayIdentifier=f"rgw-{NONE}", securityGroupIds=[]),
    ),
    (
        "a gateway with configurations",
        "DeleteResourceGateway",
        "ConflictException",
        lambda w: w.lattice.delete_resource_gateway(
            resourceGatewayIdentifier=(gateway := w.gateway(), w.configuration(gateway))[0]
        ),
    ),
    (
        "a gateway that isn't",
        "DeleteResourceGateway",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_resource_gateway(resourceGatewayIdentifier=f"rgw-{NONE}"),
    ),
    (
        "a configuration's name twice",
        "CreateResourceConfiguration",
        "ConflictException",
        lambda w: twice(lambda: w.configuration(w.gateway(), name="one-name")),
    ),
    (
        "a public address",
        "CreateResourceConfiguration",
        "ValidationException",
        lambda w: w.configuration(
            w.gateway(), resourceConfigurationDefinition={"ipResource": {"ipAddress": "8.8.8.8"}}
        ),
    ),
    (
        "a group with a custom domain of its own",
        "CreateResourceConfiguration",
        "ValidationException",
        lambda w: w.configuration(
            w.gateway(),
            type="GROUP",
            portRanges=None,
            resourceConfigurationDefinition=None,
            customDomainName="x.example.com",
        ),
    ),
    (
        "a configuration of a gateway that isn't",
        "CreateResourceConfiguration",
        "ResourceNotFoundException",
        lambda w: w.configuration(f"rgw-{NONE}"),
    ),
    (
        "a 61st child",
        "CreateResourceConfiguration",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "Child resource configurations per group", lambda: w.group(1)),
    ),
    (
        "a 2001st configuration",
        "CreateResourceConfiguration",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "Resource configurations per Region", lambda: w.configuration(w.gateway())),
    ),
    (
        "port 70000 in a change",
        "UpdateResourceConfiguration",
        "ValidationException",
        lambda w: w.lattice.update_resource_configuration(
            resourceConfigurationIdentifier=w.configuration(w.gateway())["id"], portRanges=["70000"]
        ),
    ),
    (
        "a change of a configuration that isn't",
        "UpdateResourceConfiguration",
        "ResourceNotFoundException",
        lambda w: w.lattice.update_resource_configuration(
            resourceConfigurationIdentifier=f"rcfg-{NONE}", portRanges=["80"]
        ),
    ),
    (
        "a configuration that an endpoint reaches",
        "DeleteResourceConfiguration",
        "ConflictException",
        lambda w: delete_configuration(w, w.endpoint),
    ),
    (
        "a configuration that isn't",
        "DeleteResourceConfiguration",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_resource_configuration(resourceConfigurationIdentifier=f"rcfg-{NONE}"),
    ),
    (
        "a service network's name twice",
        "CreateServiceNetwork",
        "ConflictException",
        lambda w: twice(lambda: network(w, "one-network")),
    ),
    (
        "a service network's name of two hyphens",
        "CreateServiceNetwork",
        "ValidationException",
        lambda w: network(w, "a--b"),
    ),
    (
        "a 51st service network",
        "CreateServiceNetwork",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "Service networks per Region", lambda: network(w)),
    ),
    ("a service network with a resource", "DeleteServiceNetwork", "ConflictException", lambda w: delete_network(w)),
    (
        "a service network that isn't",
        "DeleteServiceNetwork",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_service_network(serviceNetworkIdentifier=f"sn-{NONE}"),
    ),
    (
        "one resource twice in a service network",
        "CreateServiceNetworkResourceAssociation",
        "ConflictException",
        lambda w: (
            both := {
                "resourceConfigurationIdentifier": w.configuration(w.gateway())["id"],
                "serviceNetworkIdentifier": network(w),
            },
            twice(lambda: associated(w, **both)),
        ),
    ),
    (
        "a child by itself in a service network",
        "CreateServiceNetworkResourceAssociation",
        "ValidationException",
        lambda w: associated(w, resourceConfigurationIdentifier=w.group(1)[1][0]["id"]),
    ),
    (
        "a resource that isn't in a service network",
        "CreateServiceNetworkResourceAssociation",
        "ResourceNotFoundException",
        lambda w: associated(w, resourceConfigurationIdentifier=f"rcfg-{NONE}"),
    ),
    (
        "a 501st resource in a service network",
        "CreateServiceNetworkResourceAssociation",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "Resource configurations per service network", lambda: associated(w)),
    ),
    (
        "another account's resource that isn't shared",
        "CreateServiceNetworkResourceAssociation",
        "AccessDeniedException",
        lambda w: w.aws.client("vpc-lattice", account="111122223333").create_service_network_resource_association(
            resourceConfigurationIdentifier=w.configuration(w.gateway())["arn"],
            serviceNetworkIdentifier=w.aws.client("vpc-lattice", account="111122223333").create_service_network(
                name=f"network-{next(NUMBER)}"
            )["id"],
        ),
    ),
    (
        "an association that isn't",
        "DeleteServiceNetworkResourceAssociation",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_service_network_resource_association(
            serviceNetworkResourceAssociationIdentifier=f"snra-{NONE}"
        ),
    ),
    (
        "a second bucket for the log of a service network",
        "CreateAccessLogSubscription",
        "ConflictException",
        lambda w: (
            used := network(w),
            twice(lambda: logged(w, resourceIdentifier=used)),
        ),
    ),
    (
        "a log of a service network that isn't",
        "CreateAccessLogSubscription",
        "ResourceNotFoundException",
        lambda w: logged(w, resourceIdentifier=f"sn-{NONE}"),
    ),
    (
        "a log to a queue",
        "CreateAccessLogSubscription",
        "ValidationException",
        lambda w: logged(w, destinationArn=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:logs"),
    ),
    (
        "a second log to a bucket where the first goes to one",
        "UpdateAccessLogSubscription",
        "ConflictException",
        logged_elsewhere,
    ),
    (
        "a log that isn't, to another bucket",
        "UpdateAccessLogSubscription",
        "ResourceNotFoundException",
        lambda w: w.lattice.update_access_log_subscription(
            accessLogSubscriptionIdentifier=f"als-{NONE}", destinationArn="arn:aws:s3:::other-logs"
        ),
    ),
    (
        "a log to what isn't an ARN of a destination",
        "UpdateAccessLogSubscription",
        "ValidationException",
        lambda w: w.lattice.update_access_log_subscription(
            accessLogSubscriptionIdentifier=logged(w), destinationArn=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:logs"
        ),
    ),
    (
        "a log that isn't",
        "DeleteAccessLogSubscription",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_access_log_subscription(accessLogSubscriptionIdentifier=f"als-{NONE}"),
    ),
    (
        "a second service network of a VPC",
        "CreateServiceNetworkVpcAssociation",
        "ConflictException",
        lambda w: twice(lambda: vpc_associated(w)),
    ),
    (
        "six groups of an association",
        "CreateServiceNetworkVpcAssociation",
        "ValidationException",
        lambda w: vpc_associated(w, securityGroupIds=w.groups[1:] * 6),
    ),
    (
        "a VPC's service network that isn't",
        "CreateServiceNetworkVpcAssociation",
        "ResourceNotFoundException",
        lambda w: vpc_associated(w, serviceNetworkIdentifier=f"sn-{NONE}"),
    ),
    (
        "a 501st VPC of a service network",
        "CreateServiceNetworkVpcAssociation",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "VPC associations per service network", lambda: vpc_associated(w)),
    ),
    (
        "six groups of an association that is",
        "UpdateServiceNetworkVpcAssociation",
        "ValidationException",
        lambda w: w.lattice.update_service_network_vpc_association(
            serviceNetworkVpcAssociationIdentifier=vpc_associated(w)["id"], securityGroupIds=w.groups[1:] * 6
        ),
    ),
    (
        "a change of a VPC's association that isn't",
        "UpdateServiceNetworkVpcAssociation",
        "ResourceNotFoundException",
        lambda w: w.lattice.update_service_network_vpc_association(
            serviceNetworkVpcAssociationIdentifier=f"snva-{NONE}", securityGroupIds=w.groups[1:]
        ),
    ),
    (
        "a VPC's association that isn't",
        "DeleteServiceNetworkVpcAssociation",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_service_network_vpc_association(
            serviceNetworkVpcAssociationIdentifier=f"snva-{NONE}"
        ),
    ),
    (
        "a domain's verification twice",
        "StartDomainVerification",
        "ConflictException",
        lambda w: twice(lambda: verification(w, "one.example.com")),
    ),
    (
        "a sixth verification",
        "StartDomainVerification",
        "ServiceQuotaExceededException",
        lambda w: at_quota(w, "Domain verifications per Region", lambda: verification(w)),
    ),
    (
        "a verification of 256 letters",
        "StartDomainVerification",
        "ValidationException",
        lambda w: verification(w, f"{'x' * 252}.com"),
    ),
    (
        "a verification that isn't",
        "DeleteDomainVerification",
        "ResourceNotFoundException",
        lambda w: w.lattice.delete_domain_verification(domainVerificationIdentifier=f"dv-{NONE}"),
    ),
    (
        "a tag of what isn't",
        "TagResource",
        "ResourceNotFoundException",
        lambda w: w.lattice.tag_resource(
            resourceArn=f"arn:aws:vpc-lattice:eu-west-1:{ACCOUNT}:resourcegateway/rgw-{NONE}", tags={"a": "b"}
        ),
    ),
    (
        "a tag of 257 characters on a gateway",
        "CreateResourceGateway",
        "ValidationException",
        lambda w: w.gateway(tags={"Name": "x" * 257}),
    ),
    # -- RAM
    (
        "a principal that is no id",
        "AssociateResourceShare",
        "InvalidParameterException",
        lambda w: associate(w, principals=["finance"]),
    ),
    (
        "one's own account as principal",
        "AssociateResourceShare",
        "InvalidParameterException",
        lambda w: associate(w, principals=[ACCOUNT]),
    ),
    (
        "an organisation that doesn't share",
        "AssociateResourceShare",
        "UnknownResourceException",
        lambda w: associate(w, principals=["arn:aws:organizations::111122223333:organization/o-abcdefghij"]),
    ),
    (
        "a gateway in a share",
        "AssociateResourceShare",
        "MalformedArnException",
        lambda w: associate(w, resourceArns=[f"arn:aws:vpc-lattice:eu-west-1:{ACCOUNT}:resourcegateway/{w.gateway()}"]),
    ),
    (
        "a child in a share",
        "AssociateResourceShare",
        "OperationNotPermittedException",
        lambda w: associate(w, resourceArns=[w.group(1)[1][0]["arn"]]),
    ),
    (
        "another account where none outside may be",
        "AssociateResourceShare",
        "OperationNotPermittedException",
        lambda w: associate(
            w, share(w, allowExternalPrincipals=False)["resourceShareArn"], principals=["111122223333"]
        ),
    ),
    (
        "a share that isn't",
        "AssociateResourceShare",
        "UnknownResourceException",
        lambda w: associate(w, f"arn:aws:ram:eu-west-1:{ACCOUNT}:resource-share/none", principals=["111122223333"]),
    ),
    (
        "a share's tag of 257 characters",
        "CreateResourceShare",
        "InvalidParameterException",
        lambda w: share(w, tags=[{"key": "Name", "value": "x" * 257}]),
    ),
    (
        "a share's tag that starts with aws:",
        "CreateResourceShare",
        "TagPolicyViolationException",
        lambda w: share(w, tags=[{"key": "aws:x", "value": ""}]),
    ),
    (
        "a share with 51 tags",
        "CreateResourceShare",
        "TagLimitExceededException",
        lambda w: share(w, tags=[{"key": f"k{n}", "value": ""} for n in range(51)]),
    ),
    (
        "a share that is deleted already",
        "DeleteResourceShare",
        "UnknownResourceException",
        lambda w: (arn := share_arn(w), twice(lambda: w.aws.client("ram").delete_resource_share(resourceShareArn=arn))),
    ),
    (
        "a share to leave that isn't",
        "DisassociateResourceShare",
        "UnknownResourceException",
        lambda w: w.aws.client("ram").disassociate_resource_share(
            resourceShareArn=f"arn:aws:ram:eu-west-1:{ACCOUNT}:resource-share/none", principals=["111122223333"]
        ),
    ),
    (
        "a share of VPC Lattice's to leave",
        "DisassociateResourceShare",
        "OperationNotPermittedException",
        lambda w: w.aws.client("ram", account="111122223333").disassociate_resource_share(
            resourceShareArn=share_arn(w), principals=["111122223333"]
        ),
    ),
    (
        "a change of a share that isn't",
        "UpdateResourceShare",
        "UnknownResourceException",
        lambda w: w.aws.client("ram").update_resource_share(
            resourceShareArn=f"arn:aws:ram:eu-west-1:{ACCOUNT}:resource-share/none", name="x"
        ),
    ),
    (
        "an invitation that isn't",
        "AcceptResourceShareInvitation",
        "ResourceShareInvitationArnNotFoundException",
        lambda w: w.aws.client("ram").accept_resource_share_invitation(
            resourceShareInvitationArn=f"arn:aws:ram:eu-west-1:{ACCOUNT}:resource-share-invitation/none"
        ),
    ),
    (
        "a tag of 257 characters of a share that is",
        "TagResource",
        "InvalidParameterException",
        lambda w: w.aws.client("ram").tag_resource(
            resourceShareArn=share_arn(w), tags=[{"key": "Name", "value": "x" * 257}]
        ),
    ),
    (
        "a tag that starts with aws: of a share that is",
        "TagResource",
        "TagPolicyViolationException",
        lambda w: w.aws.client("ram").tag_resource(resourceShareArn=share_arn(w), tags=[{"key": "aws:x", "value": ""}]),
    ),
    # -- Route 53
    ("two zones of one name in a VPC", "CreateHostedZone", "ConflictingDomainExists", lambda w: twice(lambda: zone(w))),
    (
        "a zone's label of 64 letters",
        "CreateHostedZone",
        "InvalidDomainName",
        lambda w: zone(w, f"{'x' * 64}.internal"),
    ),
    ("a zone in a VPC that isn't", "CreateHostedZone", "InvalidVPCId", lambda w: zone(w, vpc=f"vpc-{NONE}")),
    (
        "a zone's reference twice",
        "CreateHostedZone",
        "HostedZoneAlreadyExists",
        lambda w: [zone(w, reference="one"), zone(w, "other.internal", reference="one")],
    ),
    (
        "a 501st zone",
        "CreateHostedZone",
        "TooManyHostedZones",
        lambda w: at_quota(w, "Hosted zones per account", lambda: zone(w)),
    ),
    (
        "a zone with records",
        "DeleteHostedZone",
        "HostedZoneNotEmpty",
        lambda w: w.aws.client("route53").delete_hosted_zone(Id=record(w, "a.shared.internal")),
    ),
    (
        "a zone that isn't",
        "DeleteHostedZone",
        "NoSuchHostedZone",
        lambda w: w.aws.client("route53").delete_hosted_zone(Id="Z0NONE"),
    ),
    (
        "a record's label of 64 letters",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, f"{'x' * 64}.shared.internal"),
    ),
    (
        "a record twice",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, "a.shared.internal", where=record(w, "a.shared.internal")),
    ),
    (
        "a record twice but for case",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, "A.shared.internal", where=record(w, "a.shared.internal")),
    ),
    (
        "a CNAME beside an address",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, "a.shared.internal", where=record(w, "a.shared.internal", kind="A", value="10.0.0.1")),
    ),
    (
        "a CNAME of the zone itself",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, "shared.internal"),
    ),
    (
        "a record outside the zone",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, "a.notshared.internal"),
    ),
    (
        "a record to delete that isn't",
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        lambda w: record(w, "a.shared.internal", action="DELETE"),
    ),
    (
        "a record in a zone that isn't",
        "ChangeResourceRecordSets",
        "NoSuchHostedZone",
        lambda w: record(w, "a.shared.internal", where="Z0NONE"),
    ),
    (
        "tags of a zone that isn't",
        "ChangeTagsForResource",
        "NoSuchHostedZone",
        lambda w: w.aws.client("route53").change_tags_for_resource(
            ResourceType="hostedzone", ResourceId="Z0NONE", AddTags=tags(1)
        ),
    ),
    # -- S3
    *[
        (f"a bucket called {name}", "CreateBucket", "InvalidBucketName", lambda w, name=name: bucket(w, name))
        for name in ("xn--a", "192.168.5.4", "x-s3alias", "x--ol-s3", "sthree-x", "amzn-s3-demo-x", "x.mrap", "a..b")
    ],
    ("one's own bucket twice", "CreateBucket", "BucketAlreadyOwnedByYou", lambda w: bucket(w, bucket(w))),
    ("another account's bucket", "CreateBucket", "BucketAlreadyExists", lambda w: bucket(w, bucket(w), "111122223333")),
    (
        "a bucket for another region",
        "CreateBucket",
        "IllegalLocationConstraintException",
        lambda w: bucket(w, region="eu-central-1"),
    ),
    (
        "an object in a bucket with a key of another region",
        "PutObject",
        "KMS.NotFoundException",
        lambda w: w.aws.client("s3").put_object(
            Bucket=encrypted(w, f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"), Key="state", Body=b"{}"
        ),
    ),
    (
        "a policy for the public where that is blocked",
        "PutBucketPolicy",
        "AccessDenied",
        lambda w: put_policy(w, PUBLIC),
    ),
    ("a policy that is not JSON", "PutBucketPolicy", "MalformedPolicy", lambda w: put_policy(w, "{")),
    (
        "a bucket that isn't, encrypted",
        "PutBucketVersioning",
        "NoSuchBucket",
        lambda w: w.aws.client("s3").put_bucket_versioning(
            Bucket="none-such", VersioningConfiguration={"Status": "Enabled"}
        ),
    ),
]
