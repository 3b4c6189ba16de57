"""What moto's Route 53 accepts and AWS refuses: judged here, before moto sees the request.

The rules are those of Route 53's API reference and of its pages "DNS domain name format", "Supported DNS record types"
and "Considerations when working with a private hosted zone".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.route53.models import route53_backends

from tests.emulator.protocol import Refused
from tests.emulator.quotas import Quotas


class Zones:
    """The hosted zones of one account."""

    def __init__(self, account: str, has_vpc: Callable[[str, str], bool], quotas: Quotas) -> None:
        self.backend = route53_backends[account]["aws"]
        self.has_vpc, self.quotas = has_vpc, quotas

    def judge(self, operation: str, request: dict[str, Any]) -> None:
        """Raise `Refused` for a request that AWS refuses and moto doesn't."""
        if operation == "CreateHostedZone":
            self._create(request)
        elif operation == "AssociateVPCWithHostedZone":
            zone = self.backend.zones.get(request["HostedZoneId"])
            self._refuse_second_zone(zone.name if zone else "", request["VPC"], zone)
        elif operation == "ChangeResourceRecordSets":
            self._change(request)

    def _create(self, request: dict[str, Any]) -> None:
        if problem := _name_problem(request["Name"]):
            raise Refused("InvalidDomainName", f"{problem} encountered with '{request['Name']}'")
        if any(zone.caller_reference == request["CallerReference"] for zone in self.backend.zones.values()):
            message = f"A hosted zone has already been created with the specified caller reference. {request['Name']}"
            raise Refused("HostedZoneAlreadyExists", message, 409)
        self.quotas.refuse_over("Hosted zones per account", len(self.backend.zones) + 1)
        if vpc := request.get("VPC"):
            self._refuse_second_zone(request["Name"], vpc, None)

    def _refuse_second_zone(self, name: str, vpc: dict[str, str], but: Any) -> None:
        identifier, region = vpc["VPCId"], vpc["VPCRegion"]
        if not self.has_vpc(identifier, region):
            raise Refused(
                "InvalidVPCId", f"The VPC: {identifier} in region {region} is not authorized or doesn't exist."
            )
        for zone in self.backend.zones.values():
            if zone is not but and _plain(zone.name) == _plain(name) and identifier in [v["vpc_id"] for v in zone.vpcs]:
                message = f"The VPC {identifier} in region {region} has already been associated with the hosted zone "
                raise Refused("ConflictingDomainExists", f"{message}{zone.id} with the same domain name.")

    def _change(self, request: dict[str, Any]) -> None:
        zone = self.backend.zones.get(request["HostedZoneId"].rpartition("/")[2])
        if zone is None:
            return
        present = {(_plain(record.name), record.type) for record in zone.rrsets}
        for change in request["ChangeBatch"]["Changes"]:
            record = change["ResourceRecordSet"]
            name, kind = _plain(record["Name"]), record["Type"]
            shown = f"[name='{name}.', type='{kind}']"
            if problem := _name_problem(record["Name"]):
                raise _invalid(f"FATAL problem: {problem} encountered with '{record['Name']}'")
            if name != _plain(zone.name) and not name.endswith(f".{_plain(zone.name)}"):
                raise _invalid(f"RRSet with DNS name {name}. is not permitted in zone {zone.name}")
            if change["Action"] == "DELETE":
                if (name, kind) not in present:
                    raise _invalid(f"Tried to delete resource record set {shown} but it was not found")
                present.remove((name, kind))
                continue
            if change["Action"] == "CREATE" and (name, kind) in present:
                raise _invalid(f"Tried to create resource record set {shown} but it already exists")
            if kind == "CNAME" and name == _plain(zone.name):
                raise _invalid(
                    f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {zone.name}"
                )
            others = {other for known, other in present if known == name}
            if others and (kind == "CNAME") != ("CNAME" in others):
                message = f"RRSet of type {kind} with DNS name {name}. is not permitted because a conflicting RRSet "
                raise _invalid(f"{message}with the same DNS name already exists in zone {zone.name}")
            present.add((name, kind))


def _invalid(message: str) -> Refused:
    return Refused("InvalidChangeBatch", f"[{message}]")


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def _name_problem(name: str) -> str | None:
    labels = name.removesuffix(".").split(".")
    if not all(labels):
        return "EmptyLabel (Domain name has an empty label)"
    if any(len(re.sub(r"\\[0-7]{3}", "x", label)) > 63 for label in labels):
        return "DomainLabelTooLong (Domain label is too long)"
    return "DomainNameTooLong (Domain name is too long)" if len(name) > 255 else None
