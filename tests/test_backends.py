"""The kinds of state: what they write into both stacks, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import CloudState, InvalidInput, LocalState, S3State, State
from latticelink.testing import Synthesise

import pytest

from tests.conftest import ROOT, run_python
from tests.test_state import consume, publish

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"
ROLE = "arn:aws:iam::111122223333:role/terraform/state"


def write(synthesise: Synthesise, state: State) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the producer's `terraform` block, and the consumer's `terraform_remote_state`."""

    def both(app: Any) -> None:
        publish(app, "db", state=state)
        consume(app, "db", state=state)

    stacks = synthesise(both)
    reader = stacks["consumer"].json["data"]["terraform_remote_state"]["producer"]
    reader.pop("lifecycle")
    return stacks["producer"].json["terraform"], reader


def test_s3_state_is_locked_and_encrypted_as_the_bucket_says_and_read_where_it_is_written(
    synthesise: Synthesise,
) -> None:
    terraform, reader = write(synthesise, S3State("acme-state", "eu-west-1", key_prefix="shop/prod/"))
    place = {"bucket": "acme-state", "key": "shop/prod/producer.tfstate", "region": "eu-west-1"}
    assert terraform["backend"] == {"s3": {**place, "use_lockfile": True}}
    assert reader == {"backend": "s3", "config": place, "workspace": "${terraform.workspace}"}
    assert terraform["required_version"] == ">= 1.10.0"


def test_s3_state_takes_a_key_a_role_and_a_table_and_the_reader_takes_the_role_alone(synthesise: Synthesise) -> None:
    state = S3State("acme-state", "eu-west-1", kms_key_arn=KEY, role_arn=ROLE, dynamodb_table="locks")
    terraform, reader = write(synthesise, state)
    backend = terraform["backend"]["s3"]
    assert (backend["encrypt"], backend["kms_key_id"], backend["dynamodb_table"]) == (True, KEY, "locks")
    assert backend["assume_role"] == reader["config"]["assume_role"] == {"role_arn": ROLE}
    assert set(reader["config"]) == {"assume_role", "bucket", "key", "region"}


def test_cloud_state_names_the_host_in_both_places_and_the_project_where_workspaces_are_made(
    synthesise: Synthesise,
) -> None:
    terraform, reader = write(synthesise, CloudState("acme", hostname="tfe.acme.example", project="Networks"))
    assert terraform["cloud"] == {
        "hostname": "tfe.acme.example",
        "organization": "acme",
        "workspaces": {"name": "producer", "project": "Networks"},
    }
    assert "backend" not in terraform
    assert reader == {
        "backend": "remote",
        "config": {
            "hostname": "tfe.acme.example",
            "organization": "acme",
            "workspaces": {"name": "producer"},
        },
    }


@pytest.mark.parametrize(
    ("what", "make", "argument", "fix"),
    [
        ("a bucket's ARN", lambda: S3State("arn:aws:s3:::acme", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("a bucket in capitals", lambda: S3State("Acme", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("two dots", lambda: S3State("acme..state", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("an IP address", lambda: S3State("10.0.0.9", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("a beginning of AWS's own", lambda: S3State("xn--state", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("an end of AWS's own", lambda: S3State("state--x-s3", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("an alias", lambda: S3State("state-s3alias", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("a zone for a region", lambda: S3State("acme", "eu-west-1a"), "region", "Write a code such as"),
        (
            "a prefix without slash",
            lambda: S3State("acme", "eu-west-1", key_prefix="shop"),
            "key_prefix",
            "Write, for example,",
        ),
        ("a prefix that begins with one", lambda: S3State("acme", "eu-west-1", key_prefix="/a/"), "key_prefix", ""),
        ("an expression", lambda: S3State("${var.bucket}", "eu-west-1"), "bucket", "Write the bucket's name"),
        ("a key's alias", lambda: S3State("acme", "eu-west-1", kms_key_arn="alias/state"), "kms_key_arn", "Write 'arn"),
        ("a role's name", lambda: S3State("acme", "eu-west-1", role_arn="state"), "role_arn", "Write 'arn:aws:iam::"),
        ("a table's ARN", lambda: S3State("acme", "eu-west-1", dynamodb_table=ROLE), "dynamodb_table", "Write the"),
        ("a prefix of workspaces", lambda: CloudState("acme", prefix="shop-"), "prefix", "Leave it out"),  # type: ignore[arg-type]
        ("tags of workspaces", lambda: CloudState("acme", tags=["shop"]), "tags", "Leave it out"),  # type: ignore[arg-type]
        (
            "a host with a scheme",
            lambda: CloudState("acme", hostname="https://x.example"),
            "hostname",
            "Write, for example,",
        ),
        ("a project of one letter", lambda: CloudState("acme", project="x"), "project", "Write the name as"),
    ],
)
def test_what_would_fail_later_or_elsewhere_is_refused(
    what: str, make: Callable[[], State], argument: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        make()
    [finding] = caught.value.findings
    assert finding.place[-1] == argument, what
    assert finding.fix.startswith(fix)
    assert finding.source.startswith("https://")


def test_a_token_is_refused_and_never_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        CloudState("acme", token="very-secret")  # type: ignore[arg-type]
    assert "very-secret" not in str(caught.value)
    assert "Revoke this one" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"kind": "local"}, LocalState()),
        ({"kind": "local", "directory": "../state"}, LocalState("../state")),
        ({"kind": "s3", "bucket": "acme-state", "region": "eu-west-1"}, S3State("acme-state", "eu-west-1")),
        ({"kind": "cloud", "organization": "acme", "project": "Networks"}, CloudState("acme", project="Networks")),
    ],
)
def test_settings_describe_a_state(given: dict[str, Any], state: State) -> None:
    assert State.of(given) == state


@pytest.mark.parametrize(
    ("what", "given", "rule"),
    [
        ("no object", "s3", "State has a kind: cloud, local, s3."),
        ("no kind", {"bucket": "acme-state"}, "State has a kind: cloud, local, s3."),
        ("another kind", {"kind": "gcs"}, "State has a kind: cloud, local, s3."),
        ("a kind that is not a string", {"kind": ["s3"]}, "State has a kind: cloud, local, s3."),
        ("an argument of another kind", {"kind": "local", "bucket": "x"}, "State of kind 'local' takes no bucket."),
        ("a missing argument", {"kind": "s3", "bucket": "acme-state"}, "State of kind 's3' needs region."),
    ],
)
def test_settings_that_describe_no_state_are_refused_where_they_stand(what: str, given: Any, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        State.of(given, place=("settings.json", "state"))
    [finding] = caught.value.findings
    assert (finding.place, finding.rule) == (("settings.json", "state"), rule), what


def test_every_kind_of_state_can_be_asked_for_by_name_before_any_other_is_imported() -> None:
    code = "import latticelink; print(latticelink.State.of({'kind': 's3', 'bucket': 'acme', 'region': 'eu-west-1'}))"
    result = run_python(ROOT, "-c", code, PYTHONPATH=str(ROOT / "lib"))
    assert result.stdout.startswith("S3State(bucket='acme'"), result.stderr
