"""A domain name of the producer's for a resource, and the proof that the domain is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.notes import notes_of
from latticelink.errors import Report
from latticelink.values.aws_ids import parse_id, parse_zone_id
from latticelink.values.calls import judged
from latticelink.values.dns import parse_dns_name
from latticelink.values.domains import refuse_taking_over
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.resources import ArnResource, GroupResource, Resource
from latticelink.values.tags import parse_tags
from latticelink.values.tokens import REFUSED, is_known
from latticelink.values.types import CONFIGURATION, VERIFICATION

_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"
_VERIFY_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/create-and-verify.html"


class DomainVerification(bindings.Construct):
    """Proof to VPC Lattice that a domain is yours: a TXT record in its public DNS; the names below it are covered.

    Until AWS finds the record, and after it is removed, the domain is not verified. Five for each account and region.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        domain: the domain, such as `example.com`.
        zone_id: id of its public hosted zone in Route 53, where the record is created. Without it, create the record
            yourself, from `txt_record_name` and `txt_record_value`.
        tags: its tags. Default: none.

    Attributes:
        verification: the domain verification of the AWS provider, also `node.default_child`.
        record: the TXT record of the AWS provider; None without `zone_id`.
        domain: the domain, in lower case.
        id: expression of the verification's id, `dv-...`.
        txt_record_name: expression of the TXT record's name.
        txt_record_value: expression of its value.

    Raises:
        InvalidInput: for a malformed domain or zone id, tags that AWS refuses, and where an allowed version of the AWS
            provider lacks it (before 6.22).

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/create-and-verify.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        domain: str,
        zone_id: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            self.domain = parse_dns_name(report, "domain", domain)
            refuse_taking_over(report, "domain", self.domain)
            constraint = bindings.aws_provider_of(bindings.stack_of(scope))
            refuse_lacking(report, "domain", domain, constraint, VERIFICATION)
            if zone_id is not None:
                zone_id = parse_zone_id(report, "zone_id", zone_id)
            checked = parse_tags(report, "tags", tags, beside=notes_of(bindings.stack_of(scope)).tags)
            twin = notes_of(bindings.stack_of(scope)).verified.setdefault(self.domain, str(self.node.path))
            if twin != self.node.path and self.domain != REFUSED:
                report.refuse(
                    "domain",
                    self.domain,
                    rule=f"AWS verifies a domain once in an account and region, which {twin} already does.",
                    fix="Use that verification: it covers the names below the domain too.",
                    source=_VERIFY_DOC,
                )
        self.verification: bindings.VpclatticeDomainVerification = bindings.make(
            bindings.VpclatticeDomainVerification,
            self,
            "verification",
            domain_name=self.domain,
            tags=checked.unnamed(),
        )
        bindings.set_default_child(self, self.verification)
        address = bindings.address(self.verification)
        self.id = f"${{{address}.id}}"
        self.txt_record_name = f"${{{address}.txt_record_name}}"
        self.txt_record_value = f"${{{address}.txt_record_value}}"
        self.record = None if zone_id is None else self._make_record(zone_id)

    def _make_record(self, zone_id: str) -> bindings.Route53Record:
        return bindings.Route53Record(
            self,
            "record",
            zone_id=zone_id,
            name=self.txt_record_name,
            type="TXT",
            ttl=300,
            records=[self.txt_record_value],
        )


@dataclass(frozen=True)
class CustomDomain:
    """The custom domain of one resource: its name and the id of its verification, each None if there is none."""

    name: str | None = None
    verification_id: str | None = None

    def arguments(self) -> dict[str, str]:
        """Return the provider's arguments; those that are left out are not in it."""
        given = {"custom_domain_name": self.name, "domain_verification_id": self.verification_id}
        return {name: value for name, value in given.items() if value is not None}


def parse_custom_domain(
    report: Report,
    stack: Any,
    resource: Resource,
    custom_domain: str | None,
    verification: DomainVerification | str | None,
) -> CustomDomain:
    """Return the custom domain; refuse it for a kind that AWS or the provider gives none, and a proof of another."""
    if custom_domain is None:
        if verification is not None:
            report.refuse(
                "domain_verification",
                verification,
                rule="A verification belongs to a custom domain, and none is given.",
                fix="Give custom_domain, or leave this out.",
                source=_VERIFY_DOC,
            )
        return CustomDomain()
    name = parse_dns_name(report, "custom_domain", custom_domain)
    refuse_taking_over(report, "custom_domain", name)
    refuse_lacking(
        report, "custom_domain", custom_domain, bindings.aws_provider_of(stack), CONFIGURATION, "custom_domain_name"
    )
    if isinstance(resource, ArnResource):
        report.refuse(
            "custom_domain",
            custom_domain,
            rule=("A database is reached by its own names: AWS creates a resource configuration for each of them."),
            fix="Leave it out, and pass the names on as dns_names of the ArnResource.",
            source=_DOC,
        )
    if isinstance(resource, GroupResource):
        report.refuse(
            "custom_domain",
            custom_domain,
            rule="A group's names are below a group domain, which the AWS provider can't set (6.69 can't either).",
            fix="Leave it out; a consumer names the members with members_domain.",
            source=_DOC,
        )
    if not isinstance(verification, DomainVerification):
        return CustomDomain(name, verification and parse_id(report, "domain_verification", verification, "dv"))
    known = name != REFUSED and is_known(name) and is_known(verification.domain)
    if known and name != verification.domain and not name.endswith(f".{verification.domain}"):
        report.refuse(
            "domain_verification",
            verification.domain,
            rule=f"A verification covers its domain and the names below it; {name!r} is none of these.",
            fix="Verify the custom domain, or one above it.",
            source=_VERIFY_DOC,
        )
    return CustomDomain(name, verification.id)
