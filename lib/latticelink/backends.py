"""The places where state is kept: local files, an S3 bucket, HCP Terraform; each configures backend and reader."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from latticelink.cdk import bindings
from latticelink.errors import Report
from latticelink.state import State
from latticelink.values.arns import KMS_KEY
from latticelink.values.aws_ids import parse_kms_key_arn, parse_region, parse_role_arn
from latticelink.values.calls import judged_init
from latticelink.values.hcp import HCP_HOST
from latticelink.values.tokens import is_known

_RESERVED_BUCKETS = r"(xn--|sthree-|amzn-s3-demo-)|([0-9]+\.){3}[0-9]+$|.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$"
_CLOUD_DOC = "https://developer.hashicorp.com/terraform/language/terraform#terraform-cloud"


@judged_init
@dataclass(frozen=True)
class LocalState(State, kind="local"):
    """State in local files, `<directory>/<stack id>.tfstate`: for trying out, and for one person.

    Args:
        directory: folder of the state files, relative to a stack's folder in the output (where Terraform runs).
            Default: `state` beside `cdktf.out`.

    Raises:
        InvalidInput: for an absolute path, which would not hold on another machine.

    Source: https://developer.hashicorp.com/terraform/language/backend/local
    """

    directory: str = "../../../state"

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("LocalState") as report:
            given = self.directory
            if (
                not isinstance(given, str)
                or not given.strip()
                or not given.isprintable()
                or not is_known(given)
                or PurePosixPath(given).is_absolute()
                or PureWindowsPath(given).drive
                or given.startswith("~")
            ):
                report.refuse(
                    "directory",
                    given,
                    rule="The folder of local state is a path relative to the stack's folder, so that the output "
                    "works on any machine.",
                    fix="Write, for example, '../../../state', which is 'state' beside 'cdktf.out'.",
                    source="https://developer.hashicorp.com/terraform/language/backend/local",
                )

    def _configure_backend(self, stack: Any, stack_id: str) -> None:
        bindings.core.LocalBackend(stack, **self._config(stack_id))

    def _reader(self, stack_id: str) -> dict[str, Any]:
        return {"backend": "local", "config": self._config(stack_id), "workspace": "${terraform.workspace}"}

    def _config(self, stack_id: str) -> dict[str, str]:
        return {
            "path": f"{self.directory}/{stack_id}.tfstate",
            # Without this, other workspaces than `default` would lie in the stack's own folder, where nobody looks.
            "workspace_dir": f"{self.directory}/{stack_id}.workspaces",
        }


@judged_init
@dataclass(frozen=True)
class S3State(State, kind="s3"):
    """State in an S3 bucket, encrypted, with a lock: for teams with AWS credentials of their own.

    S3 encrypts every object: by the bucket's default encryption, or by the key that is given here.

    Credentials come from the environment (`AWS_PROFILE`, a role of the CI), never from the code. The lock is S3's own
    (a file beside the state), for which Terraform 1.10 is needed.

    Args:
        bucket: name of the bucket, 3 to 63 characters. It should be versioned and private; `StateBucket` creates one.
        region: AWS region code of the bucket.
        key_prefix: folder of the state files in the bucket, such as `shop/prod/`. A stack's is `<prefix><id>.tfstate`.
        kms_key_arn: ARN of the KMS key to encrypt with. Default: none is asked for, so the bucket's default encryption
            holds: its KMS key, or else S3's own keys (AES256).
        role_arn: ARN of an IAM role to assume for reading and writing state. Default: none.
        dynamodb_table: name of a DynamoDB table that holds a lock too, for stacks that older Terraforms still apply.
            Terraform says that it is deprecated.

    Raises:
        InvalidInput: for a malformed bucket name, region, prefix, ARN or table name.

    Source: https://developer.hashicorp.com/terraform/language/backend/s3,
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
    """

    bucket: str
    region: str
    key_prefix: str = ""
    kms_key_arn: str | None = None
    role_arn: str | None = None
    dynamodb_table: str | None = None

    terraform_version = ">= 1.10.0"

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("S3State") as report:
            parse_region(report, "region", self.region)
            _match(
                report,
                "bucket",
                self.bucket,
                rf"(?!.*\.\.)(?!{_RESERVED_BUCKETS})[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9]",
                rule="A bucket's name has 3 to 63 lower-case letters, digits, hyphens and single dots, and begins and "
                "ends with a letter or digit; it is not an IP address, and has none of the prefixes and suffixes "
                "that AWS reserves (xn--, sthree-, amzn-s3-demo-; -s3alias, --ol-s3, .mrap, --x-s3, --table-s3).",
                fix="Write the bucket's name, such as 'acme-terraform-state', not its ARN or address.",
                source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
            )
            _match(
                report,
                "key_prefix",
                self.key_prefix,
                r"([A-Za-z0-9!_.*'()-]+/)*",
                rule="The folder in the bucket is empty, or one or more names, each followed by a slash.",
                fix="Write, for example, 'shop/prod/'.",
                source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
            )
            if self.kms_key_arn is not None:
                self._parse_kms_key(report, self.kms_key_arn)
            if self.role_arn is not None:
                parse_role_arn(report, "role_arn", self.role_arn, may_be_expression=False)
            if self.dynamodb_table is not None:
                _match(
                    report,
                    "dynamodb_table",
                    self.dynamodb_table,
                    r"[A-Za-z0-9_.-]{3,255}",
                    rule="A table's name has 3 to 255 letters, digits, hyphens, dots and underscores.",
                    fix="Write the table's name, or leave it out: S3 can lock the state without a table.",
                    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
                )

    def _parse_kms_key(self, report: Report, given: str) -> None:
        key = KMS_KEY.read(parse_kms_key_arn(report, "kms_key_arn", given))
        if key is not None and key.region != self.region:
            report.refuse(
                "kms_key_arn",
                given,
                rule=f"S3 encrypts with a key of the bucket's own region, which is {self.region}.",
                fix="Name a key of that region.",
                source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
            )

    def _configure_backend(self, stack: Any, stack_id: str) -> None:
        backend = bindings.core.S3Backend(stack, bucket=self.bucket, key=self._key(stack_id), region=self.region)
        extra = {
            # `encrypt` without a key asks S3 for AES256, past the key that the bucket encrypts with.
            "encrypt": True if self.kms_key_arn else None,
            "kms_key_id": self.kms_key_arn,
            "use_lockfile": True,
            "dynamodb_table": self.dynamodb_table,
            "assume_role": self._role(),
        }
        for argument, value in extra.items():
            if value is not None:
                backend.add_override(argument, value)

    def _reader(self, stack_id: str) -> dict[str, Any]:
        config = {"bucket": self.bucket, "key": self._key(stack_id), "region": self.region}
        role = {"assume_role": self._role()} if self.role_arn else {}
        return {"backend": "s3", "config": {**config, **role}, "workspace": "${terraform.workspace}"}

    def _role(self) -> dict[str, str] | None:
        return {"role_arn": self.role_arn} if self.role_arn else None

    def _key(self, stack_id: str) -> str:
        return f"{self.key_prefix}{stack_id}.tfstate"


@judged_init
@dataclass(frozen=True)
class CloudState(State, kind="cloud"):
    """State in HCP Terraform or Terraform Enterprise, one named workspace for each stack.

    The token is never part of the code: `terraform login`, or the variable `TF_TOKEN_<host name>`. The producer's
    workspace must share its state with the consumer's; `CloudWorkspaces` creates workspaces that do. Both blocks name
    the host, as the variable `TF_CLOUD_HOSTNAME` would reach only one of them.

    Args:
        organization: name of the organisation.
        workspace: name of a stack's workspace, with `{stack}` where the stack's id goes.
        hostname: host of HCP Terraform or of Terraform Enterprise.
        project: name of the project in which `terraform init` makes a workspace that isn't there yet. Default: the
            organisation's default project.
        prefix: refused; workspaces are named, as another stack can't read one that it doesn't know by name.
        tags: refused, for the same reason.
        token: refused; it would be written into the JSON of both stacks.

    Raises:
        InvalidInput: for a malformed organisation, host, project or workspace name, a name that is the same for all
            stacks, and a prefix, tags or a token.

    Source: https://developer.hashicorp.com/terraform/language/terraform#terraform-cloud
    """

    organization: str
    workspace: str = "{stack}"
    hostname: str = HCP_HOST
    project: str | None = None
    prefix: None = None
    tags: None = None
    token: None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("CloudState") as report:
            _match(
                report,
                "organization",
                self.organization,
                r"[A-Za-z0-9_-]{1,40}",
                rule="An organisation's name has 1 to 40 letters, digits, hyphens and underscores.",
                fix="Write the name as in the address bar of HCP Terraform.",
                source=_CLOUD_DOC,
            )
            _match(
                report,
                "workspace",
                self.workspace,
                r"[A-Za-z0-9_-]*\{stack\}[A-Za-z0-9_-]*",
                rule="A workspace's name has letters, digits, hyphens and underscores, and '{stack}' for the stack's "
                "id, as every stack has a workspace of its own.",
                fix="Write, for example, 'shop-{stack}'.",
                source=_CLOUD_DOC,
            )
            _match(
                report,
                "hostname",
                self.hostname,
                r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?",
                rule="The host is a DNS name without scheme or path.",
                fix=f"Write, for example, '{HCP_HOST}'.",
                source=_CLOUD_DOC,
            )
            if self.project is not None:
                _match(
                    report,
                    "project",
                    self.project,
                    r"[A-Za-z0-9_-][A-Za-z0-9 _-]{1,38}[A-Za-z0-9_-]",
                    rule="A project's name has 3 to 40 letters, digits, spaces, hyphens and underscores.",
                    fix="Write the name as HCP Terraform shows it.",
                    source="https://developer.hashicorp.com/terraform/cloud-docs/projects/manage",
                )
            for argument in ("prefix", "tags"):
                if (given := getattr(self, argument)) is not None:
                    report.refuse(
                        argument,
                        given,
                        rule="A workspace is given by its name, which other stacks need to read its state.",
                        fix="Leave it out, and write the name as workspace='shop-{stack}'.",
                        source="https://developer.hashicorp.com/terraform/language/backend/remote",
                    )
            if self.token is not None:
                report.refuse(
                    "token",
                    "(not shown)",
                    rule="A token is never part of the code: it would be written into the JSON of both stacks.",
                    fix="Revoke this one, and use `terraform login` or the variable TF_TOKEN_<host name>.",
                    source="https://developer.hashicorp.com/terraform/cli/config/config-file#credentials",
                )

    def _configure_backend(self, stack: Any, stack_id: str) -> None:
        config = self._config(stack_id)
        in_project = {**config["workspaces"], **({"project": self.project} if self.project else {})}
        # The CDK's CloudBackend runs `terraform version` at synth and fails where there is no Terraform.
        workspace = bindings.core.NamedRemoteWorkspace(config["workspaces"]["name"])
        bindings.core.RemoteBackend(stack, **{**config, "workspaces": workspace})
        stack.add_override("terraform.backend", None)
        stack.add_override("terraform.cloud", {**config, "workspaces": in_project})

    def _reader(self, stack_id: str) -> dict[str, Any]:
        return {"backend": "remote", "config": self._config(stack_id)}

    def _config(self, stack_id: str) -> dict[str, Any]:
        workspaces = {"name": self.workspace.replace("{stack}", stack_id)}
        return {"hostname": self.hostname, "organization": self.organization, "workspaces": workspaces}


def _match(report: Report, argument: str, given: Any, pattern: str, *, rule: str, fix: str, source: str) -> None:
    if not isinstance(given, str) or not is_known(given) or not re.fullmatch(pattern, given):
        report.refuse(argument, given, rule=rule, fix=fix, source=source)
