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
    from latticelink.constructs.gateway import ResourceGateway
    from latticelink.constructs.network import ExistingNetwork, Network
    from latticelink.constructs.service_network import (
        ExistingServiceNetwork,
        ServiceNetwork,
        ServiceNetworkAssociation,
    )
    from latticelink.constructs.suppress import suppress
    from latticelink.errors import Finding, InvalidInput, LatticeLinkError, MissingNode, Report, UnusableCdk
    from latticelink.state import PublishedResources, State
    from latticelink.state_bucket import StateBucket
    from latticelink.values.addresses import Subnet
    from latticelink.values.contract import SharedResource
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
    "ExistingNetwork",
    "ExistingServiceNetwork",
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
    "ServiceNetwork",
    "ServiceNetworkAssociation",
    "ServiceNetworkEndpoint",
    "SharedResource",
    "Stack",
    "State",
    "StateBucket",
    "Subnet",
    "UnusableCdk",
    "adopt",
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
    "ExistingNetwork": "constructs.network",
    "ExistingServiceNetwork": "constructs.service_network",
    "Finding": "errors",
    "GroupResource": "values.resources",
    "InvalidInput": "errors",
    "IpResource": "values.resources",
    "LatticeLinkError": "errors",
    "LocalState": "backends",
    "Member": "values.resources",
    "MissingNode": "errors",
    "Network": "constructs.network",
    "PublishedResources": "state",
    "Report": "errors",
    "ResourceEndpoint": "constructs.endpoint",
    "ResourceGateway": "constructs.gateway",
    "S3State": "backends",
    "ServiceNetwork": "constructs.service_network",
    "ServiceNetworkAssociation": "constructs.service_network",
    "ServiceNetworkEndpoint": "constructs.endpoint",
    "SharedResource": "values.contract",
    "Stack": "app",
    "State": "state",
    "StateBucket": "state_bucket",
    "Subnet": "values.addresses",
    "UnusableCdk": "errors",
    "adopt": "constructs.adopt",
    "run": "app",
    "suppress": "constructs.suppress",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
