"""What the emulated AWS is asked in order to refuse: each function asks one thing, right but for what is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.emulator.quotas import DEFAULTS, RAISED
from tests.emulator.world import DATABASE, NUMBER, World

NONE = "0" * 17
ACCOUNT = "123456789012"


def rule(w: World, group: int = 0, ports: tuple[int, int] = (80, 80), **peer: Any) -> dict[str, Any]:
    permission = {"IpProtocol": "tcp", "FromPort": ports[0], "ToPort": ports[1]}
    permission |= peer or {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    return {"GroupId": w.groups[group], "IpPermissions": [permission]}


def ingress(w: World, **given: Any) -> Any:
    return w.ec2.authorize_security_group_ingress(**rule(w, **given))


def egress(w: World, **given: Any) -> Any:
    return w.ec2.authorize_security_group_egress(**rule(w, **given))


def group(w: World, name: str = "new", **given: Any) -> Any:
    return w.ec2.create_security_group(**{"GroupName": name, "Description": "x", "VpcId": w.vpcs[0], **given})


def subnet(w: World, **given: Any) -> Any:
    wanted = {"VpcId": w.vpcs[0], "CidrBlock": "10.0.9.0/24", "AvailabilityZone": "eu-west-1a", **given}
    return w.ec2.create_subnet(**wanted)


def tags(length: int, key: str = "Name") -> list[dict[str, str]]:
    return [{"Key": key, "Value": "x" * length}]


def at_quota(w: World, name: str, call: Callable[[], Any], limit: int = 0) -> Any:
    w.aws.quota(name, limit)
    try:
        return call()
    finally:
        w.aws.quota(name, RAISED.get(name, DEFAULTS[name][0]))


def endpoint(w: World, **given: Any) -> Any:
    return w.endpoint(w.configuration(w.gateway())["arn"], **given)


def modify(w: World, **given: Any) -> Any:
    return w.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint(w)["VpcEndpointId"], **given)


def twice(call: Callable[[], Any]) -> Any:
    call()
    return call()


def zone(w: World, name: str = "shared.internal", vpc: str | None = None, reference: str | None = None) -> str:
    made: str = w.aws.client("route53").create_hosted_zone(
        Name=name,
        CallerReference=reference or f"zone-{next(NUMBER)}",
        VPC={"VPCRegion": "eu-west-1", "VPCId": vpc or w.vpcs[1]},
        HostedZoneConfig={"Comment": "x", "PrivateZone": True},
    )["HostedZone"]["Id"]
    return made


def record(
    w: World,
    name: str,
    *,
    action: str = "CREATE",
    kind: str = "CNAME",
    value: str = "x.on.aws",
    where: str | None = None,
) -> Any:
    change = {
        "Action": action,
        "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]},
    }
    where = where or zone(w)
    w.aws.client("route53").change_resource_record_sets(HostedZoneId=where, ChangeBatch={"Changes": [change]})
    return where


def associated(w: World, **given: Any) -> Any:
    wanted = {
        "resourceConfigurationIdentifier": w.configuration(w.gateway())["id"],
        "serviceNetworkIdentifier": network(w),
        **given,
    }
    made = w.lattice.create_service_network_resource_association(**wanted)
    w.lattice.get_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=made["id"])
    return made


def network(w: World, name: str | None = None) -> str:
    made: str = w.lattice.create_service_network(name=name or f"network-{next(NUMBER)}")["id"]
    return made


def logged(w: World, **given: Any) -> str:
    wanted = {"resourceIdentifier": network(w), "destinationArn": "arn:aws:s3:::acme-logs", **given}
    made: str = w.lattice.create_access_log_subscription(**wanted)["id"]
    return made


def logged_elsewhere(w: World) -> Any:
    """Ask for the second of two logs to go where the first goes."""
    used = network(w)
    logged(w, resourceIdentifier=used)
    second = logged(w, resourceIdentifier=used, destinationArn=f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:other")
    return w.lattice.update_access_log_subscription(
        accessLogSubscriptionIdentifier=second, destinationArn="arn:aws:s3:::other-logs"
    )


def vpc_associated(w: World, **given: Any) -> Any:
    wanted = {"serviceNetworkIdentifier": network(w), "vpcIdentifier": w.vpcs[1], **given}
    return w.lattice.create_service_network_vpc_association(**wanted)


def delete_network(w: World) -> Any:
    used = network(w)
    associated(w, serviceNetworkIdentifier=used)
    return w.lattice.delete_service_network(serviceNetworkIdentifier=used)


def verification(w: World, name: str | None = None) -> Any:
    return w.lattice.start_domain_verification(domainName=name or f"{next(NUMBER)}.example.com")


def share(w: World, account: str | None = None, **given: Any) -> Any:
    return w.aws.client("ram", account=account).create_resource_share(**{"name": "share", **given})["resourceShare"]


def share_arn(w: World) -> str:
    arn: str = share(w)["resourceShareArn"]
    return arn


def associate(w: World, arn: str | None = None, **given: Any) -> Any:
    return w.aws.client("ram").associate_resource_share(resourceShareArn=arn or share_arn(w), **given)


def bucket(w: World, name: str | None = None, account: str | None = None, region: str = "eu-west-1") -> str:
    name = name or f"bucket-{next(NUMBER)}"
    s3 = w.aws.client("s3", account=account)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return name


def bucket_with(w: World, call: str, **given: Any) -> str:
    name = bucket(w)
    getattr(w.aws.client("s3"), call)(Bucket=name, **given)
    return name


def encrypted(w: World, key: str) -> str:
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]}
    return bucket_with(w, "put_bucket_encryption", ServerSideEncryptionConfiguration=rules)


def put_policy(w: World, policy: str) -> Any:
    name = bucket_with(w, "put_public_access_block", PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    return w.aws.client("s3").put_bucket_policy(Bucket=name, Policy=policy.replace("BUCKET", name))


PUBLIC = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/*"}
        ]
    }
)


def default_group(w: World) -> str:
    named = [{"Name": "vpc-id", "Values": w.vpcs[:1]}, {"Name": "group-name", "Values": ["default"]}]
    found: str = w.ec2.describe_security_groups(Filters=named)["SecurityGroups"][0]["GroupId"]
    return found


def named_twice(w: World) -> None:
    database = w.database(DATABASE)["arn"]
    twice(lambda: w.endpoint(database, PrivateDnsEnabled=True))


def delete_configuration(w: World, use: Callable[[str], Any]) -> Any:
    made = w.configuration(w.gateway())
    use(made["arn"])
    return w.lattice.delete_resource_configuration(resourceConfigurationIdentifier=made["id"])
