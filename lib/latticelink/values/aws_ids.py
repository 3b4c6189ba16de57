"""AWS's own identifiers: regions, zones, resource ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from latticelink.errors import Report
from latticelink.values.arns import KMS_KEY, ROLE, Arn, takes_access_logs
from latticelink.values.tokens import REFUSED, is_known
from latticelink.values.types import (
    CONFIGURATION,
    EGRESS_RULE,
    ENDPOINT,
    GATEWAY,
    INGRESS_RULE,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    SECURITY_GROUP,
    SUBNET,
    VERIFICATION,
    VPC,
)

ID_SOURCE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"
_REGION_SOURCE = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"
ZONE_SOURCE = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"

# AWS allows five security groups on a resource gateway and, by default, on a network interface.
MOST_GROUPS = 5
_GROUPS_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html"


# How AWS's ids begin, by the type of resource.
ID_PREFIXES = {
    CONFIGURATION: "rcfg",
    EGRESS_RULE: "sgr",
    ENDPOINT: "vpce",
    GATEWAY: "rgw",
    INGRESS_RULE: "sgr",
    NETWORK: "sn",
    NETWORK_RESOURCE: "snra",
    NETWORK_VPC: "snva",
    SECURITY_GROUP: "sg",
    SUBNET: "subnet",
    VERIFICATION: "dv",
    VPC: "vpc",
}


def parse_id(report: Report, argument: str, given: str, prefix: str) -> str:
    """Return `given` if it is an id such as `vpc-0123456789abcdef0` (for prefix `vpc`) or a token; refuse the rest."""
    if isinstance(given, str) and (
        not is_known(given) or re.fullmatch(rf"{re.escape(prefix)}-([0-9a-z]{{8}}|[0-9a-z]{{17}})", given)
    ):
        return given
    report.refuse(
        argument,
        given,
        rule=f"This id starts with '{prefix}-', followed by 8 or 17 lower-case letters and digits.",
        fix=f"Write an id such as '{prefix}-0123456789abcdef0', not a name or an ARN.",
        source=ID_SOURCE,
    )
    return REFUSED


def parse_ids(report: Report, argument: str, given: Sequence[str], prefix: str) -> tuple[str, ...]:
    """Return the ids in `given`; refuse what is no list of ids, and an id that is there twice."""
    if isinstance(given, str):
        report.refuse(argument, given, rule="Ids are given as a list.", fix=f"Write [{given!r}].")
        return ()
    ids = tuple(parse_id(report, argument, item, prefix) for item in given)
    for item in sorted({item for item in ids if item != REFUSED and ids.count(item) > 1}):
        report.refuse(argument, item, rule="Each id is given once.", fix="Remove the second one.")
    return ids


def parse_security_group_ids(report: Report, argument: str, given: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the security-group ids in `given`, None if none were brought; refuse an empty list, and more than five."""
    if given is None:
        return None
    ids = parse_ids(report, argument, given, "sg")
    if not ids or len(ids) > MOST_GROUPS:
        report.refuse(
            argument,
            given,
            rule=f"One to {MOST_GROUPS} security groups can be attached.",
            fix=(
                "Leave the argument out to have a group created." if not ids else "Combine the rules into fewer groups."
            ),
            source=_GROUPS_SOURCE,
        )
    return ids


def parse_zone_id(report: Report, argument: str, given: str) -> str:
    """Return `given` if it is the id of a Route 53 hosted zone, or a token; refuse the rest."""
    if isinstance(given, str) and (not is_known(given) or re.fullmatch(r"Z[A-Z0-9]{1,31}", given)):
        return given
    report.refuse(
        argument,
        given,
        rule="The id of a hosted zone is 'Z' and up to 31 capital letters and digits.",
        fix="Write an id such as 'Z0123456789ABCDEFGHIJ', not the zone's name.",
        source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html",
    )
    return REFUSED


def parse_role_arn(report: Report, argument: str, given: str, *, may_be_expression: bool = True) -> str:
    """Return `given` if it is the ARN of an IAM role, or a token where it may be one; refuse the rest."""
    if isinstance(given, str) and ((may_be_expression and not is_known(given)) or ROLE.read(given)):
        return given
    report.refuse(
        argument,
        given,
        rule="A role is given by its ARN.",
        fix="Write 'arn:aws:iam::<account>:role/<name>'.",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    )
    return REFUSED


def parse_kms_key_arn(report: Report, argument: str, given: str) -> str:
    """Return `given` if it is the ARN of a KMS key, as a backend takes it; refuse the rest, expressions too."""
    if KMS_KEY.read(given):
        return given
    report.refuse(
        argument,
        given,
        rule="A KMS key is given by its ARN; Terraform doesn't accept an alias.",
        fix="Write 'arn:aws:kms:<region>:<account>:key/<id>'.",
        source="https://developer.hashicorp.com/terraform/language/backend/s3",
    )
    return REFUSED


def parse_log_destination(report: Report, argument: str, given: str) -> str:
    """Return `given` if it is the ARN of what AWS sends access logs to, or a token; refuse the rest."""
    if isinstance(given, str) and (not is_known(given) or takes_access_logs(given)):
        return given
    report.refuse(
        argument,
        given,
        rule="Access logs go to a CloudWatch log group, an S3 bucket or a Firehose delivery stream, by its ARN.",
        fix="Write 'arn:aws:logs:<region>:<account>:log-group:<name>', 'arn:aws:s3:::<bucket>' or "
        "'arn:aws:firehose:<region>:<account>:deliverystream/<name>'.",
        source="https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateAccessLogSubscription.html",
    )
    return REFUSED


# The parts of regions' codes: the areas are those by which AWS's SDKs, and so the provider, know a region's partition.
_AREA = r"af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso[a-z]?|eu-iso[a-z]|eusc-[a-z]{2}"
_SIDE = r"(north|south)?(east|west)|north|south|central"
_NEAREST = [
    f"{area}-{side}-1"
    for area in ("af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us", "us-gov")
    for side in ("central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west")
]


def parse_region(report: Report, argument: str, given: str) -> str:
    """Return `given` if it has the form of a region's name; refuse the rest."""
    if isinstance(given, str) and (not is_known(given) or re.fullmatch(rf"({_AREA})-({_SIDE})-[0-9]", given)):
        return given
    near = get_close_matches(str(given), _NEAREST, n=1, cutoff=0.85)
    report.refuse(
        argument,
        given,
        rule="A region is named by its code.",
        fix=f"Write a code such as '{near[0] if near else 'ap-northeast-1'}'.",
        source=_REGION_SOURCE,
    )
    return REFUSED


def refuse_elsewhere(
    report: Report, argument: str, arn: Arn | None, stack: Any, *, source: str, own_account: bool = False
) -> None:
    """Refuse what is in another region than `stack` (or, if it must be the stack's own, in another account).

    Args:
        report: where findings go.
        argument: the argument's name, for findings.
        arn: the ARN of what is given; None if it isn't known.
        stack: the stack that uses it; what it doesn't tell of region and account isn't judged.
        source: the page that states the rule.
        own_account: whether it must be of the stack's account.
    """
    if arn is None:
        return
    judged = [("region", arn.region), *([("account", arn.account)] if own_account else [])]
    for word, theirs in judged:
        ours = getattr(stack, "account_id" if word == "account" else word, None)
        if ours and is_known(ours) and theirs != ours:
            report.refuse(
                argument,
                theirs,
                rule=f"It must be in the {word} of the stack that uses it, which is {ours}.",
                fix=f"Use it in a stack of that {word}, or name one of {ours}.",
                source=source,
            )


# The regions that AWS has in November 2026: what comes before the number, and the highest number.
_REGIONS = {
    "af-south": 1, "ap-east": 2, "ap-northeast": 3, "ap-south": 2, "ap-southeast": 7, "ca-central": 1, "ca-west": 1,
    "cn-north": 1, "cn-northwest": 1, "eu-central": 2, "eu-isoe-west": 1, "eu-north": 1, "eu-south": 2, "eu-west": 3,
    "eusc-de-east": 1, "il-central": 1, "me-central": 1, "me-south": 1, "mx-central": 1, "sa-east": 1, "us-east": 2,
    "us-gov-east": 1, "us-gov-west": 1, "us-iso-east": 1, "us-iso-west": 1, "us-isob-east": 1, "us-isob-west": 1,
    "us-isof-east": 1, "us-isof-south": 1, "us-west": 2,
}  # fmt: skip
_LAST_ZONE = "f"


def doubt_of_region(region: str) -> str | None:
    """Return why AWS may have no such region, as a sentence; None if it has it."""
    place, _, number = region.rpartition("-")
    if number in map(str, range(1, _REGIONS.get(place, 0) + 1)):
        return None
    return f"AWS has no region {region!r} that was known when this version of LatticeLink was released."


def doubt_of_zone(zone: str) -> str | None:
    """Return why a gateway or endpoint may not be possible in a zone, as a sentence; None if nothing speaks against it.

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    found = re.fullmatch(r"(.*-[0-9]+)((?:-[a-z0-9]+)*)([a-z])", zone)
    if found is None:
        return f"{zone!r} is not a zone name."
    if found[2]:
        return (
            f"{zone!r} is a Local Zone or a Wavelength Zone; AWS's pages don't say that a resource gateway or a "
            "resource endpoint can be there."
        )
    if doubt := doubt_of_region(found[1]):
        return doubt
    return f"No region has a zone after '{_LAST_ZONE}' so far; this is {zone!r}." if found[3] > _LAST_ZONE else None


def parse_zone(report: Report, argument: str, given: str, region: str) -> str:
    """Return `given` if it has the form of a zone's name in `region` (which may be unknown); refuse the rest."""
    if isinstance(given, str) and not is_known(given):
        return given
    in_region = not is_known(region) or (isinstance(given, str) and given.startswith(region))
    if isinstance(given, str) and in_region and re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9](-[a-z0-9]+)*[a-z]", given):
        return given
    example = region if is_known(region) else "ap-northeast-1"
    report.refuse(
        argument,
        given,
        rule=f"A zone is named by its region{f' (here {region})' if is_known(region) else ''} and a letter.",
        fix=f"Write a name such as '{example}a'.",
        source=ZONE_SOURCE,
    )
    return REFUSED
