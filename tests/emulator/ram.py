"""What moto lacks of AWS RAM: shares of VPC Lattice's objects between accounts, invitations, and who may use what.

The rules are those of the pages "Share your VPC Lattice entities" and "Sharing your AWS resources" and of RAM's API
reference. Deleted shares and associations stay listed for a while, as at AWS.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.protocol import Refused


@dataclass
class Share:
    """One resource share: what the API shows of it, and its associations by what is associated."""

    shown: dict[str, Any]
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    principals: dict[str, dict[str, Any]] = field(default_factory=dict)
    invitations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        arn: str = self.shown["resourceShareArn"]
        return arn


class Sharing:
    """All shares of all accounts, and the one organisation that some accounts are in.

    `units` has for each account of the organisation the organisational units that it is in, outermost first;
    `within_organization` is whether its management account turned sharing on.
    """

    def __init__(self) -> None:
        self.shares: dict[str, Share] = {}
        self.organization = ""
        self.units: dict[str, list[str]] = {}
        self.within_organization = False

    def allows(self, arns: list[str], account: str) -> bool:
        """Return whether one of the objects is shared with the account."""
        return any(
            share.resources.get(arn, {}).get("status") == "ASSOCIATED"
            and any(
                shown["status"] == "ASSOCIATED" and self.covers(principal, account)
                for principal, shown in share.principals.items()
            )
            for share in self._active()
            for arn in arns
        )

    def is_shared(self, arn: str) -> bool:
        """Return whether the object is in a share that is not empty."""
        return any(share.resources.get(arn, {}).get("status") == "ASSOCIATED" for share in self._active())

    def _active(self) -> Iterator[Share]:
        return (share for share in self.shares.values() if share.shown["status"] == "ACTIVE")

    def covers(self, principal: str, account: str) -> bool:
        whole = f":organization/{self.organization}"
        last = principal.rpartition("/")[2]
        return principal == account or (account in self.units and (whole in principal or last in self.units[account]))

    def is_external(self, owner: str, principal: str) -> bool:
        """Return whether what is shared with the principal waits for acceptance."""
        if not re.fullmatch(r"[0-9]{12}", principal):
            return False
        return not (self.within_organization and owner in self.units and principal in self.units)

    def knows(self, owner: str, principal: str) -> bool:
        """Return whether an ARN of the organisation or a unit can be shared with."""
        units = {unit for path in self.units.values() for unit in path}
        return (
            self.within_organization
            and owner in self.units
            and (principal.endswith(f":organization/{self.organization}") or principal.rpartition("/")[2] in units)
        )


class Ram:
    """RAM's operations as one account calls them; each is a method of the operation's name."""

    def __init__(self, sharing: Sharing, account: str, region: str, find: Callable[[str], Any]) -> None:
        self.sharing, self.account, self.region, self.find = sharing, account, region, find

    # -- shares ------------------------------------------------------------------------------------------------------

    def create_resource_share(self, request: dict[str, Any]) -> dict[str, Any]:
        self._judge_tags(request.get("tags", []))
        moment = time.time()
        shown = {
            "resourceShareArn": f"arn:aws:ram:{self.region}:{self.account}:resource-share/{uuid.uuid4()}",
            "name": request["name"],
            "owningAccountId": self.account,
            "allowExternalPrincipals": request.get("allowExternalPrincipals", True),
            "status": "ACTIVE",
            "tags": request.get("tags", []),
            "creationTime": moment,
            "lastUpdatedTime": moment,
            "featureSet": "STANDARD",
        }
        share = Share(shown)
        self._associate(share, request)
        self.sharing.shares[share.arn] = share
        return {"resourceShare": shown}

    def update_resource_share(self, request: dict[str, Any]) -> dict[str, Any]:
        share = self._own(request["resourceShareArn"])
        share.shown |= {key: value for key, value in request.items() if key in ("name", "allowExternalPrincipals")}
        return {"resourceShare": share.shown}

    def delete_resource_share(self, request: dict[str, Any]) -> dict[str, Any]:
        share = self._own(request["resourceShareArn"])
        if share.shown["status"] == "DELETED":
            raise Refused("UnknownResourceException", f"ResourceShare {share.arn} could not be found.")
        share.shown["status"] = "DELETED"
        return {"returnValue": True}

    def get_resource_shares(self, request: dict[str, Any]) -> dict[str, Any]:
        mine = request["resourceOwner"] == "SELF"
        wanted = request.get("resourceShareArns")
        found = [
            share.shown
            for share in self.sharing.shares.values()
            if (share.shown["owningAccountId"] == self.account if mine else self._is_for_me(share))
            and (wanted is None or share.arn in wanted)
        ]
        return {"resourceShares": found}

    def list_resource_share_permissions(self, request: dict[str, Any]) -> dict[str, Any]:
        self._own(request["resourceShareArn"])
        return {"permissions": []}

    def tag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        share = self._own(request["resourceShareArn"])
        self._judge_tags(request["tags"])
        new = {tag["key"] for tag in request["tags"]}
        share.shown["tags"] = [tag for tag in share.shown["tags"] if tag["key"] not in new] + request["tags"]
        return {}

    @staticmethod
    def _judge_tags(tags: list[dict[str, str]]) -> None:
        for tag in tags:
            if tag["key"].lower().startswith("aws:"):
                raise Refused("TagPolicyViolationException", f"The tag key {tag['key']} is reserved")
            if len(tag["key"]) > 128 or len(tag.get("value", "")) > 256:
                raise Refused(
                    "InvalidParameterException", f"The tag {tag['key']} is longer than 128, or its value than 256"
                )
        if len(tags) > 50:
            raise Refused("TagLimitExceededException", "A resource share has at most 50 tags")

    # -- associations ------------------------------------------------------------------------------------------------

    def associate_resource_share(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"resourceShareAssociations": self._associate(self._own(request["resourceShareArn"]), request)}

    def _associate(self, share: Share, request: dict[str, Any]) -> list[dict[str, Any]]:
        made = []
        for arn in request.get("resourceArns", []):
            self._refuse_unshareable(arn)
            share.resources[arn] = self._association(share, arn, "RESOURCE", "ASSOCIATED", external=False)
            made.append(share.resources[arn])
        for principal in request.get("principals", []):
            external = self._judge_principal(share, principal)
            status = "ASSOCIATING" if external else "ASSOCIATED"
            share.principals[principal] = self._association(share, principal, "PRINCIPAL", status, external=external)
            made.append(share.principals[principal])
            if external:
                share.invitations.append(
                    {
                        "resourceShareInvitationArn": f"{share.arn}-invitation/{uuid.uuid4()}",
                        "resourceShareName": share.shown["name"],
                        "resourceShareArn": share.arn,
                        "senderAccountId": self.account,
                        "receiverAccountId": principal,
                        "invitationTimestamp": time.time(),
                        "status": "PENDING",
                    }
                )
        return made

    @staticmethod
    def _association(share: Share, entity: str, kind: str, status: str, *, external: bool) -> dict[str, Any]:
        return {
            "resourceShareArn": share.arn,
            "resourceShareName": share.shown["name"],
            "associatedEntity": entity,
            "associationType": kind,
            "status": status,
            "creationTime": time.time(),
            "external": external,
        }

    def _refuse_unshareable(self, arn: str) -> None:
        match = re.fullmatch(r"arn:aws:vpc-lattice:[a-z0-9-]+:[0-9]{12}:(\w+)/([\w-]+)", arn)
        if match is None or match[1] not in ("resourceconfiguration", "servicenetwork"):
            raise Refused("MalformedArnException", f"You cannot share the selected resource type: {arn}")
        thing = self.find(match[2])
        if thing is None:
            raise Refused("UnknownResourceException", f"{arn} could not be found in account {self.account}")
        if thing.shown.get("type") == "CHILD":
            raise Refused("OperationNotPermittedException", "A child resource configuration is shared by its group")

    def _judge_principal(self, share: Share, principal: str) -> bool:
        """Return whether the principal is outside the organisation; refuse one that can't be shared with."""
        if re.match(r"arn:aws:iam::[0-9]{12}:(role|user)/", principal):
            raise Refused(
                "InvalidParameterException", f"These resources aren't shared with IAM principals: {principal}"
            )
        if not re.fullmatch(r"[0-9]{12}|arn:aws[a-z-]*:(organizations|iam)::[0-9]{12}:.+", principal):
            raise Refused(
                "InvalidParameterException", f"Principal ID {principal} is malformed. Verify the ID and try again."
            )
        if principal == self.account:
            # AWS's pages don't say what happens; that a share with oneself is refused, and with this code, is inferred.
            raise Refused("InvalidParameterException", f"{principal} owns the resource share")
        if ":organizations:" in principal and not self.sharing.knows(self.account, principal):
            raise Refused("UnknownResourceException", f"{principal} could not be found, or sharing with it isn't on")
        external = self.sharing.is_external(self.account, principal)
        if external and not share.shown["allowExternalPrincipals"]:
            message = f"The resource share does not allow external principals: {principal} is not in your organization"
            raise Refused("OperationNotPermittedException", message)
        return external

    def disassociate_resource_share(self, request: dict[str, Any]) -> dict[str, Any]:
        share = self.sharing.shares.get(request["resourceShareArn"])
        if share is None:
            raise Refused("UnknownResourceException", f"{request['resourceShareArn']} could not be found")
        if share.shown["owningAccountId"] != self.account:
            # VPC Lattice's are not on AWS's list of the types that support leaving.
            raise Refused("OperationNotPermittedException", "The share has resources of a type that can't be left")
        taken = [share.resources[arn] for arn in request.get("resourceArns", []) if arn in share.resources]
        taken += [share.principals[name] for name in request.get("principals", []) if name in share.principals]
        for association in taken:
            association["status"] = "DISASSOCIATED"
        return {"resourceShareAssociations": taken}

    def get_resource_share_associations(self, request: dict[str, Any]) -> dict[str, Any]:
        kind = "resources" if request["associationType"] == "RESOURCE" else "principals"
        entity = request.get("resourceArn") or request.get("principal")
        found = [
            association
            for arn in request.get("resourceShareArns", [])
            if arn in self.sharing.shares
            for association in getattr(self._own(arn), kind).values()
            if entity in (None, association["associatedEntity"])
        ]
        return {"resourceShareAssociations": found}

    # -- the other side ----------------------------------------------------------------------------------------------

    def get_resource_share_invitations(self, request: dict[str, Any]) -> dict[str, Any]:
        shares, invitations = request.get("resourceShareArns"), request.get("resourceShareInvitationArns")
        found = [
            invitation
            for invitation in self._invitations()
            if (shares is None or invitation["resourceShareArn"] in shares)
            and (invitations is None or invitation["resourceShareInvitationArn"] in invitations)
        ]
        return {"resourceShareInvitations": found}

    def accept_resource_share_invitation(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["resourceShareInvitationArn"]
        for invitation in self._invitations():
            if invitation["resourceShareInvitationArn"] == wanted and invitation["status"] == "PENDING":
                invitation["status"] = "ACCEPTED"
                self.sharing.shares[invitation["resourceShareArn"]].principals[self.account]["status"] = "ASSOCIATED"
                return {"resourceShareInvitation": invitation}
        raise Refused("ResourceShareInvitationArnNotFoundException", f"{wanted} could not be found")

    def list_resources(self, request: dict[str, Any]) -> dict[str, Any]:
        found = [
            {"arn": arn, "resourceShareArn": share.arn, "status": "AVAILABLE"}
            for share in self.sharing.shares.values()
            if share.arn in request.get("resourceShareArns", [share.arn])
            and (request["resourceOwner"] == "SELF") == (share.shown["owningAccountId"] == self.account)
            for arn, association in share.resources.items()
            if association["status"] == "ASSOCIATED" and self.sharing.allows([arn], self.account)
        ]
        return {"resources": found}

    def _invitations(self) -> Iterator[dict[str, Any]]:
        for share in self.sharing.shares.values():
            yield from (each for each in share.invitations if each["receiverAccountId"] == self.account)

    def _own(self, arn: str) -> Share:
        share = self.sharing.shares.get(arn)
        if share is None or share.shown["owningAccountId"] != self.account:
            raise Refused("UnknownResourceException", f"ResourceShare {arn} could not be found")
        return share

    def _is_for_me(self, share: Share) -> bool:
        return any(
            shown["status"] == "ASSOCIATED" and self.sharing.covers(principal, self.account)
            for principal, shown in share.principals.items()
            if share.shown["owningAccountId"] != self.account
        )
