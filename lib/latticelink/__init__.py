"""LatticeLink: share one private resource of a VPC with another VPC over AWS PrivateLink resource endpoints.

Everything public is named here. Importing this package loads nothing else: the CDK comes with the first name that
needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latticelink.app import App, Stack, run
    from latticelink.backends import CloudState, LocalState, S3State
    from latticelink.cloud_workspaces import CloudWorkspaces
    from latticelink.constructs.account_share import AcceptedShare, AccountShare
    from latticelink.constructs.adopt import adopt
    from latticelink.constructs.custom_domain import DomainVerification
    from latticelink.constructs.endpoint import ResourceEndpoint, ServiceNetworkEndpoint
    from latticelink.constructs.existing_gateway import ExistingGateway
    from latticelink.constructs.existing_network import ExistingNetwork
    from latticelink.constructs.gateway import ResourceGateway
    from latticelink.constructs.moved import moved
    from latticelink.constructs.network import Network
    from latticelink.constructs.published_resources import PublishedResources
    from latticelink.constructs.security_groups import ExistingSecurityGroup, SecurityGroup
    from latticelink.constructs.service_network import (
        ExistingServiceNetwork,
        ServiceNetwork,
        ServiceNetworkAssociation,
    )
    from latticelink.constructs.suppress import suppress
    from latticelink.errors import Finding, InvalidInput, LatticeLinkError, MissingNode, Report, UnusableCdk
    from latticelink.state import State
    from latticelink.state_bucket import StateBucket
    from latticelink.terraform.manifest import StackFolder, in_deploy_order
    from latticelink.values.addresses import ExistingSubnet, Subnet
    from latticelink.values.contract import SharedResource
    from latticelink.values.dns import ExistingHostedZone
    from latticelink.values.resources import ArnResource, DnsResource, GroupResource, IpResource, Member

__version__ = "0.1.0"

__all__ = [
    "AcceptedShare",
    "AccountShare",
    "App",
    "ArnResource",
    "CloudState",
    "CloudWorkspaces",
    "DnsResource",
    "DomainVerification",
    "ExistingGateway",
    "ExistingHostedZone",
    "ExistingNetwork",
    "ExistingSecurityGroup",
    "ExistingServiceNetwork",
    "ExistingSubnet",
    "Finding",
    "GroupResource",
    "InvalidInput",
    "IpResource",
    "LatticeLinkError",
    "LocalState",
    "Member",
    "MissingNode",
    "Network",
    "PublishedResources",
    "Report",
    "ResourceEndpoint",
    "ResourceGateway",
    "S3State",
    "SecurityGroup",
    "ServiceNetwork",
    "ServiceNetworkAssociation",
    "ServiceNetworkEndpoint",
    "SharedResource",
    "Stack",
    "StackFolder",
    "State",
    "StateBucket",
    "Subnet",
    "UnusableCdk",
    "adopt",
    "in_deploy_order",
    "moved",
    "run",
    "suppress",
]

_HOMES = {
    "AcceptedShare": "constructs.account_share",
    "AccountShare": "constructs.account_share",
    "App": "app",
    "ArnResource": "values.resources",
    "CloudState": "backends",
    "CloudWorkspaces": "cloud_workspaces",
    "DnsResource": "values.resources",
    "DomainVerification": "constructs.custom_domain",
    "ExistingGateway": "constructs.existing_gateway",
    "ExistingHostedZone": "values.dns",
    "ExistingNetwork": "constructs.existing_network",
    "ExistingSecurityGroup": "constructs.security_groups",
    "ExistingServiceNetwork": "constructs.service_network",
    "ExistingSubnet": "values.addresses",
    "Finding": "errors",
    "GroupResource": "values.resources",
    "InvalidInput": "errors",
    "IpResource": "values.resources",
    "LatticeLinkError": "errors",
    "LocalState": "backends",
    "Member": "values.resources",
    "MissingNode": "errors",
    "Network": "constructs.network",
    "PublishedResources": "constructs.published_resources",
    "Report": "errors",
    "ResourceEndpoint": "constructs.endpoint",
    "ResourceGateway": "constructs.gateway",
    "S3State": "backends",
    "SecurityGroup": "constructs.security_groups",
    "ServiceNetwork": "constructs.service_network",
    "ServiceNetworkAssociation": "constructs.service_network",
    "ServiceNetworkEndpoint": "constructs.endpoint",
    "SharedResource": "values.contract",
    "Stack": "app",
    "StackFolder": "terraform.manifest",
    "State": "backends",
    "StateBucket": "state_bucket",
    "Subnet": "values.addresses",
    "UnusableCdk": "errors",
    "adopt": "constructs.adopt",
    "in_deploy_order": "terraform.manifest",
    "moved": "constructs.moved",
    "run": "app",
    "suppress": "constructs.suppress",
}


if not TYPE_CHECKING:  # so that a misspelt name is an error for type checkers

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return list(__all__)
