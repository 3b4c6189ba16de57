"""ARNs: how AWS writes them, and which kinds of thing this library is given by ARN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_FORM = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}|):([a-z-]+)(?:[:/](.+))?")

ACCOUNT = r"[0-9]{12}"
"""The id of an AWS account."""


@dataclass(frozen=True)
class Arn:
    """An ARN in its parts.

    Args:
        partition: `aws`, `aws-cn` and the like.
        service: the service's own prefix, such as `vpc-lattice`.
        region: code of the region; empty for what has none.
        account: 12 digits; empty for what has none.
        kind: the kind of thing, such as `resourceconfiguration`, `db`, `role`.
        name: its name or id, with all before it that isn't its kind; empty for what has none.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    partition: str
    service: str
    region: str
    account: str
    kind: str
    name: str


def read_arn(given: object) -> Arn | None:
    """Return the parts of an ARN; None for what is none."""
    match = _FORM.fullmatch(given) if isinstance(given, str) else None
    return Arn(*(part or "" for part in match.groups())) if match else None


# By how a region's code begins; all others are of `aws`.
_PARTITIONS = {
    "cn-": "aws-cn",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
}


def partition_of(region: str) -> str:
    """Return the partition of a region, which nothing crosses: `aws`, `aws-cn` and the like.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return next((partition for start, partition in _PARTITIONS.items() if region.startswith(start)), "aws")


def id_in_arn(arn: str) -> str:
    """Return the id at the end of an ARN, after its last slash; of what is no ARN whatever stands there."""
    return arn.rpartition("/")[2]


def looks_like_arn(given: object) -> bool:
    """Return whether a value was meant as an ARN, malformed as it may be."""
    return isinstance(given, str) and given.startswith("arn:")


@dataclass(frozen=True)
class ArnForm:
    """The ARNs of one service's kinds of thing.

    Args:
        service: the service's own prefix.
        names: for each kind the pattern of its name.
        has_region: whether they are of a region.
    """

    service: str
    names: Mapping[str, str]
    has_region: bool = True

    def read(self, given: object, *kinds: str) -> Arn | None:
        """Return the parts of the ARN of one of `kinds` (of any, if none is named); None for what is none."""
        arn = read_arn(given)
        if arn is None or arn.service != self.service or not arn.account or bool(arn.region) != self.has_region:
            return None
        if arn.region and arn.partition != partition_of(arn.region):
            return None
        pattern = self.names.get(arn.kind) if not kinds or arn.kind in kinds else None
        return arn if pattern is not None and re.fullmatch(pattern, arn.name) else None


ROLE = ArnForm("iam", {"role": r"[\w+=,.@/-]+"}, has_region=False)
KMS_KEY = ArnForm("kms", {"key": r"[A-Za-z0-9-]+"})
DATABASE = ArnForm("rds", dict.fromkeys(("db", "cluster"), r"[A-Za-z0-9-]+"))
"""What AWS shares by ARN: instances and clusters of Amazon RDS."""

LOG_GROUP = ArnForm("logs", {"log-group": r"[\w./#-]{1,512}(:\*)?"})
"""A log group of CloudWatch; AWS writes it with `:*` at its end, Terraform without."""
DELIVERY_STREAM = ArnForm("firehose", {"deliverystream": r"[\w.-]{1,64}"})
_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?")


def takes_access_logs(given: object) -> bool:
    """Return whether this is the ARN of a log group, of a delivery stream or of a bucket, with or without a prefix.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateAccessLogSubscription.html
    """
    is_bucket = isinstance(given, str) and _BUCKET.fullmatch(given) is not None
    return is_bucket or LOG_GROUP.read(given) is not None or DELIVERY_STREAM.read(given) is not None


LATTICE_IDS = {"resourceconfiguration": "rcfg", "service": "svc", "servicenetwork": "sn"}
"""What VPC Lattice shares with other accounts, by the word in its ARN, with how its id begins."""
LATTICE = ArnForm("vpc-lattice", {kind: rf"{start}-[0-9a-z]{{17}}" for kind, start in LATTICE_IDS.items()})

ORGANIZATION_ID = r"o-[a-z0-9]{10,32}"
UNIT_ID = r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
ORGANIZATION = ArnForm(
    "organizations", {"organization": ORGANIZATION_ID, "ou": rf"{ORGANIZATION_ID}/{UNIT_ID}"}, has_region=False
)
