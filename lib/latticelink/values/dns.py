"""DNS names: form, and whether the public DNS can know them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from latticelink.errors import Report
from latticelink.values.aws_ids import parse_zone_id
from latticelink.values.calls import judged_init
from latticelink.values.provider_arguments import find_argument
from latticelink.values.provider_version import text_of
from latticelink.values.tokens import REFUSED, is_known
from latticelink.values.types import GATEWAY

_FORM_SOURCE = "https://www.rfc-editor.org/rfc/rfc1123#page-13"
_RESOURCE_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"
_SPECIAL_USE = "https://www.iana.org/assignments/special-use-domain-names/special-use-domain-names.xhtml"

# Never in the public DNS: reserved for private or special use (IANA, and ICANN for `internal`).
_PRIVATE_TOP_LEVELS = frozenset({"alt", "example", "internal", "invalid", "local", "localhost", "onion", "test"})
_PRIVATE_DOMAINS = ("home.arpa", "resolver.arpa", "service.arpa")
_EC2_NAME = re.compile(r"ip-([0-9]{1,3}-[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,3})\.([a-z0-9-]+\.compute|ec2)\.internal")


@judged_init
@dataclass(frozen=True)
class ExistingHostedZone:
    """A private hosted zone that exists, in which names for an endpoint are made. The plan stops if the VPC has none.

    Args:
        id: its id, `Z...`; the plan stops if the VPC's zone of this name is another one. None finds it by its name in
            the VPC, such as the zone that another stack makes there.
        name: its name, such as `shared.internal`; the names lie below it.

    Raises:
        InvalidInput: for a malformed id or name.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
    """

    id: str | None
    name: str

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("ExistingHostedZone") as report:
            if self.id is not None:
                parse_zone_id(report, "id", self.id)
            name = parse_dns_name(report, "name", self.name, labels=1)
        object.__setattr__(self, "name", name)


def parse_dns_name(report: Report, argument: str, given: str, *, labels: int = 2) -> str:
    """Return `given` in lower case, without a final dot, if it is a host name of at least `labels` labels.

    Tokens pass. Refused is what RFC 1123 refuses: labels of other than 1 to 63 letters, digits and inner hyphens
    (underscores pass, as Route 53 takes them), more than 253 characters in all, and a bare IP address.
    """
    if isinstance(given, str) and not is_known(given):
        return given
    name = given.lower().removesuffix(".") if isinstance(given, str) else ""
    if _is_address(name):
        report.refuse(
            argument,
            given,
            rule="This is a name, not an address.",
            fix=f"To share an address, use IpResource({name!r}).",
        )
        return REFUSED
    parts = name.split(".")
    if (
        len(name) > 253
        or len(parts) < labels
        or not all(re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", part) for part in parts)
    ):
        report.refuse(
            argument,
            given,
            rule=f"A DNS name has at least {labels} labels joined by dots, each of 1 to 63 letters, digits and inner "
            "hyphens, and at most 253 characters in all.",
            fix="Write a full name such as 'db.example.com'.",
            source=_FORM_SOURCE,
        )
        return REFUSED
    return name


def refuse_private_name(report: Report, argument: str, name: str) -> None:
    """Refuse a name, as `parse_dns_name` returned it, that the public DNS can't resolve.

    A resource gateway resolves the name of a DNS resource in the public DNS unless it was made to do so in its VPC; AWS
    refuses another name without a usable reason.
    """
    if ec2 := _EC2_NAME.fullmatch(name):
        address = ec2[1].replace("-", ".")
        report.refuse(
            argument,
            name,
            rule="This gateway resolves names in the public DNS; EC2's private names resolve only in their own VPC.",
            fix=f"Share the address instead: IpResource({address!r}). {_in_vpc()}",
            source=_RESOURCE_SOURCE,
        )
    elif is_never_public(name):
        report.refuse(
            argument,
            name,
            rule="This gateway resolves names in the public DNS (to private addresses as well); names below "
            f"'{name.rsplit('.', 1)[-1]}' are never there.",
            fix=f"Share the address with IpResource, or a name of a public zone. {_in_vpc()}",
            source=f"{_RESOURCE_SOURCE} and {_SPECIAL_USE}",
        )


def is_never_public(name: str) -> bool:
    """Return whether the public DNS never has `name`: it is below what is reserved for private or special use."""
    return name.rsplit(".", 1)[-1] in _PRIVATE_TOP_LEVELS or any(
        name == domain or name.endswith(f".{domain}") for domain in _PRIVATE_DOMAINS
    )


def _in_vpc() -> str:
    argument = find_argument(GATEWAY, "resource_config_dns_resolution")
    assert argument is not None
    return (
        f'Or give the gateway dns_resolution="IN_VPC", which needs AWS provider {text_of(argument.since)} or newer, so '
        "that the VPC's own DNS resolves the name."
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
