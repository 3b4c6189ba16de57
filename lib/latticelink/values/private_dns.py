"""Which of the producers' own names a VPC resolves: the consumer's choice for an endpoint or an association."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.errors import Report
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.tokens import is_known

_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_DnsOptions.html"
DEFAULT_PREFERENCE = "VERIFIED_DOMAINS_ONLY"
WITH_DOMAINS = ("SPECIFIED_DOMAINS_ONLY", "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS")
PREFERENCES = ("ALL_DOMAINS", *WITH_DOMAINS, DEFAULT_PREFERENCE)
MOST_DOMAINS = 10


@dataclass(frozen=True)
class PrivateDns:
    """A consumer's choice of names, as `parse_private_dns` returns it.

    Args:
        preference: AWS's name of the choice; None for AWS's default, the verified domains.
        specified_domains: the domains that the choice names, sorted.
    """

    preference: str | None = None
    specified_domains: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return the provider's arguments; those that are left out are not in it."""
        given = {
            "private_dns_preference": self.preference,
            "private_dns_specified_domains": list(self.specified_domains),
        }
        return {name: value for name, value in given.items() if value}


def parse_private_dns(
    report: Report,
    enabled: bool | None,
    preference: str | None,
    specified_domains: Sequence[str],
    *,
    constraint: str | None,
    resource: str,
    path: str,
) -> PrivateDns:
    """Return the choice; refuse values that AWS doesn't know or doesn't take together, and providers too old for it.

    Args:
        report: where findings go.
        enabled: whether private DNS is on.
        preference: one of AWS's four; None for its default.
        specified_domains: one to ten domains, where the preference is for such.
        constraint: the stack's constraint for the AWS provider, None if unknown.
        resource: Terraform's type of the resource.
        path: the provider's argument, by which its table knows what came when.
    """
    if preference is None and not specified_domains:
        return PrivateDns()
    refuse_lacking(report, "private_dns_preference", preference, constraint, resource, path)
    if preference not in PREFERENCES:
        report.refuse(
            "private_dns_preference",
            preference,
            rule=f"The preference is one of {', '.join(PREFERENCES)}.",
            fix=f"Write one of these, or leave it out for {DEFAULT_PREFERENCE}.",
            source=_SOURCE,
        )
    elif not enabled:
        report.refuse(
            "private_dns_preference",
            preference,
            rule="The preference selects the names that private DNS resolves, but private DNS is off here.",
            fix="Write private_dns_enabled=True, or leave the preference out.",
            source=_SOURCE,
        )
    elif (preference in WITH_DOMAINS) != bool(specified_domains):
        report.refuse(
            "private_dns_specified_domains",
            specified_domains,
            rule=f"Domains are given only with {' and '.join(WITH_DOMAINS)}.",
            fix="Give the domains, or another preference.",
            source=_SOURCE,
        )
    return PrivateDns(preference, _parse_domains(report, specified_domains))


def _parse_domains(report: Report, given: Sequence[str]) -> tuple[str, ...]:
    listed = [] if isinstance(given, str) else list(given)
    fine = [domain for domain in listed if isinstance(domain, str) and 1 <= len(domain) <= 255 and " " not in domain]
    unfit = len(fine) < len([item for item in listed if is_known(item)])
    if isinstance(given, str) or len(listed) > MOST_DOMAINS or unfit:
        report.refuse(
            "private_dns_specified_domains",
            given,
            rule=f"The domains are a list of 1 to {MOST_DOMAINS}, each of 1 to 255 characters.",
            fix="Write, for example, ['example.com'].",
            source=_SOURCE,
        )
    return tuple(sorted(set(fine)))
