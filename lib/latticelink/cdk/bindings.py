"""The library's only door to the CDK and to the bindings of the AWS provider.

Names are imported when first asked for, so a stack pays only for the provider modules it uses. CDKTF and CDK Terrain
have the same names for all that is used here; types are checked against CDKTF's.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from latticelink.cdk import flavour
from latticelink.cdk.brief_requests import ask_briefly
from latticelink.cdk.fast_loading import import_provider_lazily, is_on, many_classes
from latticelink.cdk.node import node_for_jsii
from latticelink.cdk.type_checks import remember_checks
from latticelink.values.logical_ids import construct_id, logical_id
from latticelink.values.tokens import is_known

_CDK = flavour.chosen()
_CORE, _AWS = _CDK.packages

if TYPE_CHECKING:
    import cdktf as _core
    from cdktf import App as App
    from cdktf import Precondition as Precondition
    from cdktf import TerraformElement as TerraformElement
    from cdktf import TerraformOutput as TerraformOutput
    from cdktf import TerraformResource as TerraformResource
    from cdktf import TerraformResourceLifecycle as TerraformResourceLifecycle
    from cdktf import TerraformStack as TerraformStack
    from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone as DataAwsRoute53Zone
    from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet as DataAwsSubnet
    from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc as DataAwsVpc
    from cdktf_cdktf_provider_aws.data_aws_vpc_endpoint_associations import (
        DataAwsVpcEndpointAssociations as DataAwsVpcEndpointAssociations,
    )
    from cdktf_cdktf_provider_aws.provider import AwsProvider as AwsProvider
    from cdktf_cdktf_provider_aws.provider import AwsProviderAssumeRole as AwsProviderAssumeRole
    from cdktf_cdktf_provider_aws.provider import AwsProviderDefaultTags as AwsProviderDefaultTags
    from cdktf_cdktf_provider_aws.ram_principal_association import RamPrincipalAssociation as RamPrincipalAssociation
    from cdktf_cdktf_provider_aws.ram_resource_association import RamResourceAssociation as RamResourceAssociation
    from cdktf_cdktf_provider_aws.ram_resource_share import RamResourceShare as RamResourceShare
    from cdktf_cdktf_provider_aws.ram_resource_share_accepter import (
        RamResourceShareAccepter as RamResourceShareAccepter,
    )
    from cdktf_cdktf_provider_aws.route53_record import Route53Record as Route53Record
    from cdktf_cdktf_provider_aws.route53_zone import Route53Zone as Route53Zone
    from cdktf_cdktf_provider_aws.route53_zone import Route53ZoneVpc as Route53ZoneVpc
    from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket as S3Bucket
    from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy as S3BucketPolicy
    from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import (
        S3BucketPublicAccessBlock as S3BucketPublicAccessBlock,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
        S3BucketServerSideEncryptionConfigurationA as _Encryption,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
        S3BucketServerSideEncryptionConfigurationRuleA as _EncryptionRule,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA as _EncryptionByDefault,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioningA as _Versioning
    from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
        S3BucketVersioningVersioningConfiguration as _VersioningConfiguration,
    )
    from cdktf_cdktf_provider_aws.security_group import SecurityGroup as SecurityGroup
    from cdktf_cdktf_provider_aws.subnet import Subnet as Subnet
    from cdktf_cdktf_provider_aws.vpc import Vpc as Vpc
    from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint as VpcEndpoint
    from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import (
        VpcSecurityGroupEgressRule as VpcSecurityGroupEgressRule,
    )
    from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import (
        VpcSecurityGroupIngressRule as VpcSecurityGroupIngressRule,
    )
    from cdktf_cdktf_provider_aws.vpclattice_access_log_subscription import (
        VpclatticeAccessLogSubscription as VpclatticeAccessLogSubscription,
    )
    from cdktf_cdktf_provider_aws.vpclattice_domain_verification import (
        VpclatticeDomainVerification as VpclatticeDomainVerification,
    )
    from cdktf_cdktf_provider_aws.vpclattice_resource_configuration import (
        VpclatticeResourceConfiguration as VpclatticeResourceConfiguration,
    )
    from cdktf_cdktf_provider_aws.vpclattice_resource_configuration import (
        VpclatticeResourceConfigurationResourceConfigurationDefinition as _Definition,
    )
    from cdktf_cdktf_provider_aws.vpclattice_resource_configuration import (
        VpclatticeResourceConfigurationResourceConfigurationDefinitionArnResource as _DefinitionArn,
    )
    from cdktf_cdktf_provider_aws.vpclattice_resource_configuration import (
        VpclatticeResourceConfigurationResourceConfigurationDefinitionDnsResource as _DefinitionDns,
    )
    from cdktf_cdktf_provider_aws.vpclattice_resource_configuration import (
        VpclatticeResourceConfigurationResourceConfigurationDefinitionIpResource as _DefinitionIp,
    )
    from cdktf_cdktf_provider_aws.vpclattice_resource_gateway import (
        VpclatticeResourceGateway as VpclatticeResourceGateway,
    )
    from cdktf_cdktf_provider_aws.vpclattice_service_network import VpclatticeServiceNetwork as VpclatticeServiceNetwork
    from cdktf_cdktf_provider_aws.vpclattice_service_network_resource_association import (
        VpclatticeServiceNetworkResourceAssociation as VpclatticeServiceNetworkResourceAssociation,
    )
    from cdktf_cdktf_provider_aws.vpclattice_service_network_vpc_association import (
        VpclatticeServiceNetworkVpcAssociation as VpclatticeServiceNetworkVpcAssociation,
    )

    core = _core
    Definition, DefinitionArn = _Definition, _DefinitionArn
    DefinitionDns, DefinitionIp = _DefinitionDns, _DefinitionIp
    Encryption: TypeAlias = _Encryption
    EncryptionRule, EncryptionByDefault = _EncryptionRule, _EncryptionByDefault
    Versioning: TypeAlias = _Versioning
    VersioningConfiguration = _VersioningConfiguration

_DEFINITION = "VpclatticeResourceConfigurationResourceConfigurationDefinition"
_ENCRYPTION = "S3BucketServerSideEncryptionConfiguration"
_HOMES = {
    "Definition": (f"{_AWS}.vpclattice_resource_configuration", _DEFINITION),
    "DefinitionArn": (f"{_AWS}.vpclattice_resource_configuration", f"{_DEFINITION}ArnResource"),
    "DefinitionDns": (f"{_AWS}.vpclattice_resource_configuration", f"{_DEFINITION}DnsResource"),
    "DefinitionIp": (f"{_AWS}.vpclattice_resource_configuration", f"{_DEFINITION}IpResource"),
    "Encryption": (f"{_AWS}.s3_bucket_server_side_encryption_configuration", f"{_ENCRYPTION}A"),
    "EncryptionByDefault": (
        f"{_AWS}.s3_bucket_server_side_encryption_configuration",
        f"{_ENCRYPTION}RuleApplyServerSideEncryptionByDefaultA",
    ),
    "EncryptionRule": (f"{_AWS}.s3_bucket_server_side_encryption_configuration", f"{_ENCRYPTION}RuleA"),
    "Versioning": (f"{_AWS}.s3_bucket_versioning", "S3BucketVersioningA"),
    "VersioningConfiguration": (f"{_AWS}.s3_bucket_versioning", "S3BucketVersioningVersioningConfiguration"),
} | {
    name: (f"{_AWS}.{module}", name)
    for name, module in {
        "AwsProvider": "provider",
        "AwsProviderAssumeRole": "provider",
        "AwsProviderDefaultTags": "provider",
        "DataAwsRoute53Zone": "data_aws_route53_zone",
        "DataAwsSubnet": "data_aws_subnet",
        "DataAwsVpc": "data_aws_vpc",
        "DataAwsVpcEndpointAssociations": "data_aws_vpc_endpoint_associations",
        "RamPrincipalAssociation": "ram_principal_association",
        "RamResourceAssociation": "ram_resource_association",
        "RamResourceShare": "ram_resource_share",
        "RamResourceShareAccepter": "ram_resource_share_accepter",
        "Route53Record": "route53_record",
        "Route53Zone": "route53_zone",
        "Route53ZoneVpc": "route53_zone",
        "S3Bucket": "s3_bucket",
        "S3BucketPolicy": "s3_bucket_policy",
        "S3BucketPublicAccessBlock": "s3_bucket_public_access_block",
        "SecurityGroup": "security_group",
        "Subnet": "subnet",
        "Vpc": "vpc",
        "VpcEndpoint": "vpc_endpoint",
        "VpcSecurityGroupEgressRule": "vpc_security_group_egress_rule",
        "VpcSecurityGroupIngressRule": "vpc_security_group_ingress_rule",
        "VpclatticeAccessLogSubscription": "vpclattice_access_log_subscription",
        "VpclatticeDomainVerification": "vpclattice_domain_verification",
        "VpclatticeResourceConfiguration": "vpclattice_resource_configuration",
        "VpclatticeResourceGateway": "vpclattice_resource_gateway",
        "VpclatticeServiceNetwork": "vpclattice_service_network",
        "VpclatticeServiceNetworkResourceAssociation": "vpclattice_service_network_resource_association",
        "VpclatticeServiceNetworkVpcAssociation": "vpclattice_service_network_vpc_association",
    }.items()
}

if _CORE not in sys.modules:
    with node_for_jsii(_CDK), many_classes():
        importlib.import_module(_CORE)
import_provider_lazily(_CDK)
if is_on():
    ask_briefly()
if not TYPE_CHECKING:
    core = sys.modules[_CORE]


if not TYPE_CHECKING:  # so that a misspelt name is an error for type checkers

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        home, attribute = _HOMES.get(name, (_CORE, name))
        value = getattr(importlib.import_module(home), attribute)
        if is_on():
            remember_checks(value)
        globals()[name] = value
        return value


@functools.cache
def _terraform_type(kind: Any) -> str:
    prefix = "data." if issubclass(kind, core.TerraformDataSource) else ""
    return prefix + str(kind.TF_RESOURCE_TYPE)


@dataclass(frozen=True)
class _Place:
    """Where a construct is: its stack, and the ids on the way to it. Known here, Node.js needn't be asked for it."""

    stack: Any
    path: tuple[str, ...] = ()

    def inside(self, id: str) -> _Place:
        return _Place(self.stack, (*self.path, construct_id(id)))


def _place(construct: Any) -> _Place:
    """Return where `construct` is; Node.js is asked where it is neither a stack nor made here."""
    if isinstance(construct, core.TerraformStack):
        return _Place(construct)
    if "_latticelink_place" not in construct.__dict__:
        stack = core.TerraformStack.of(construct)
        path = str(construct.node.path).split("/")[len(str(stack.node.path).split("/")) :]
        construct._latticelink_place = _Place(stack, tuple(path))
    place: _Place = construct._latticelink_place
    return place


def show_signature(kind: type) -> None:
    """Let `help()` show the arguments of a class of ours; jsii's metaclass hides them."""
    _, *own = inspect.signature(kind.__init__).parameters.values()  # type: ignore[misc]
    kind.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]


if TYPE_CHECKING:
    from constructs import Construct as Construct
else:

    class Construct(importlib.import_module("constructs").Construct):
        """A construct that knows its place, and its main resource."""

        def __init_subclass__(cls) -> None:
            """Show the arguments of the subclass."""
            super().__init_subclass__()
            show_signature(cls)

        def __init__(self, scope: Any, id: str) -> None:
            super().__init__(scope, id)
            self._latticelink_place = _place(scope).inside(id)

        # jsii takes a `property` for an override, which Node.js would call back for; it passes by a cached one.
        @functools.cached_property
        def node(self) -> Any:
            """The construct's node; its `default_child` is the main resource, set when somebody asks."""
            node = super().node
            if (main := self.__dict__.get("_latticelink_main")) is not None:
                node.default_child = main
            return node


def set_default_child(construct: Construct, resource: Any) -> None:
    """Make `resource` the default child of a construct of ours, without asking Node.js where nobody wants to know."""
    construct.__dict__["_latticelink_main"] = resource
    if "node" in construct.__dict__:
        construct.node.default_child = resource


_Arguments = ParamSpec("_Arguments")
_Kind = TypeVar("_Kind")


def make(
    kind: Callable[Concatenate[Any, str, _Arguments], _Kind],
    scope: Any,
    id: str,
    /,
    *arguments: _Arguments.args,
    **named: _Arguments.kwargs,
) -> _Kind:
    """Make a resource or data source whose `address` is known without asking Node.js."""
    made: Any = kind(scope, id, *arguments, **named)
    made._latticelink_place = _place(scope).inside(id)
    resource: _Kind = made
    return resource


def address(resource: Any) -> str:
    """Return the Terraform address of a resource or data source, such as `aws_vpc.network_vpc_1A2B3C4D`."""
    kind: Any = type(resource)
    place = resource.__dict__.get("_latticelink_place")
    if place is None or not _names_as_usual(place, resource):
        return f"{_terraform_type(kind)}.{resource.friendly_unique_id}"
    return f"{_terraform_type(kind)}.{logical_id(place.path)}"


def _names_as_usual(place: _Place, resource: Any) -> bool:
    """Return whether the stack names its resources as the CDK does: its first one tells, unless it has its own way."""
    stack = place.stack
    if "_latticelink_names_as_usual" not in stack.__dict__:
        usual = type(stack)._allocate_logical_id is core.TerraformStack._allocate_logical_id
        stack._latticelink_names_as_usual = usual and resource.friendly_unique_id == logical_id(place.path)
    return bool(stack._latticelink_names_as_usual)


def plain_resource(scope: Any, id: str, kind: str, arguments: dict[str, Any]) -> str:
    """Make a resource of a provider that has no bindings here; return its address.

    The CDK's class for that takes three round trips to Node.js in place of one.
    """
    where = f"{kind}.{name_below(scope, id)}"
    stack_of(scope).add_override(f"resource.{where}", arguments)
    return where


def ids_below(scope: Any, *ids: str) -> tuple[str, ...]:
    """Return the ids on the way from the stack to what is at `ids` below `scope`."""
    return (*_place(scope).path, *map(construct_id, ids))


def name_below(scope: Any, *ids: str) -> str:
    """Return the Terraform name of what is at `ids` below `scope`, as the CDK would give it."""
    return logical_id(ids_below(scope, *ids))


def path_below(scope: Any, *ids: str) -> str:
    """Return the path of what is at `ids` below `scope`, as the CDK would write it into the metadata of a resource."""
    place = _place(scope)
    if "_latticelink_path" not in place.stack.__dict__:
        place.stack._latticelink_path = str(place.stack.node.path)
    return "/".join([place.stack._latticelink_path, *place.path, *map(construct_id, ids)])


def expression(scope: Any, value: str | list[str] | tuple[str, ...]) -> str:
    """Return `value` as a Terraform expression to use inside another one: a literal is quoted, a token resolved."""
    if not isinstance(value, str):
        if list(value)[:1] and value[0].startswith("#{TfToken["):
            return expression(scope, str(_resolved(scope, list(value))))
        return f"[{', '.join(expression(scope, item) for item in value)}]"
    if is_known(value):
        return json.dumps(value)
    if "TfToken[" in value:
        value = str(_resolved(scope, value))
    if value.startswith("${") and value.endswith("}") and value.count("${") == 1:
        return value[2:-1]
    return f'"{value}"'


def _resolved(scope: Any, value: str | list[str]) -> Any:
    resolver = core.DefaultTokenResolver(core.StringConcat())
    return core.Tokenization.resolve(value, scope=scope, preparing=False, resolver=resolver)


def stack_of(scope: Any) -> Any:
    """Return the stack that `scope` is or belongs to."""
    return _place(scope).stack


def aws_provider_of(stack: Any) -> str | None:
    """Return the stack's version constraint for the AWS provider; None if the stack is no `latticelink.Stack`."""
    constraint: str | None = getattr(stack, "aws_provider", None)
    return constraint


def token_as_text(value: str | float) -> str:
    """Return a token of a number or text as a text, for arguments that are texts in Terraform."""
    return str(core.Token.as_string(value))


@functools.cache
def token_as_number(value: str | float) -> float:
    """Return a token of a number or text as a number, for arguments that are numbers in Terraform."""
    return float(core.Token.as_number(value))


def lazy_list(produce: Callable[[], list[Any]]) -> Any:
    """Return a value that becomes what `produce` returns when the stack is written."""
    jsii = importlib.import_module("jsii")

    @jsii.implements(core.IAnyProducer)
    class Producer:
        @jsii.member(jsii_name="produce")  # type: ignore[untyped-decorator]
        def produce(self, context: Any = None) -> Any:  # noqa: ARG002  (the CDK's interface)
            return produce()

    return core.Lazy.any_value(Producer())


def is_refusal(error: BaseException) -> bool:
    """Return whether `error` comes from the CDK's own JavaScript, such as for a construct id that is there twice."""
    errors = importlib.import_module("jsii.errors")
    return isinstance(error, errors.JSIIError) or isinstance(error.__cause__, errors.JavaScriptError)
