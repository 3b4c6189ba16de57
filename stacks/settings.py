"""What can be set in `cdktf.json` under `context.latticelink`, with the scenario's values as defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any

from latticelink import LocalState, Report, Stack, State, Subnet

_SUBNETS = {"ap-northeast-1a": "172.18.0.0/24", "ap-northeast-1c": "172.18.1.0/24"}


@dataclass(frozen=True)
class Settings:
    """The scenario's settings; each is a key of `context.latticelink` in `cdktf.json`.

    Args:
        region: AWS region code.
        aws_provider: version constraint for the AWS provider, 5.100.0 or newer.
        instance_type: EC2 instance type of both servers; the processor architecture follows from it.
        producer_cidr: block of VPC2, /16 to /28. May equal the consumer's.
        producer_subnets: zone name to block, one private subnet each.
        consumer_cidr: block of VPC1, /16 to /28.
        consumer_subnets: zone name to block, one private subnet each.
        gateway_name: AWS name of the resource gateway.
        configuration_name: AWS name of the resource configuration.
        endpoint_name: Name tag of the resource endpoint.
        dns_name: the consumer's own name for nginx.
        state: where state is kept: `kind` (`local`, `s3` or `cloud`) and the arguments of that state.
    """

    region: str = "ap-northeast-1"
    aws_provider: str = ">= 6.25.0, < 7.0.0"
    instance_type: str = "t3.micro"
    producer_cidr: str = "172.18.0.0/16"
    producer_subnets: Mapping[str, str] = field(default_factory=lambda: dict(_SUBNETS))
    consumer_cidr: str = "172.18.0.0/16"
    consumer_subnets: Mapping[str, str] = field(default_factory=lambda: dict(_SUBNETS))
    gateway_name: str = "privatelink-dev2-vpc-rscgw"
    configuration_name: str = "privatelink-dev2-vpc-cfg"
    endpoint_name: str = "privatelink-rsc-vpcendpoint"
    dns_name: str = "nginx.privatelink-dev2.internal"
    state: State = field(default_factory=LocalState)

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Settings:
        """Return the settings in `context["latticelink"]`, defaults for what is not there.

        Raises:
            InvalidInput: for an unknown key, a value of the wrong type, a bad state, region, constraint or
                instance type. Blocks and names are judged by the constructs that get them.
        """
        given = context.get("latticelink", {})
        known = {setting.name for setting in fields(cls)}
        with Report("cdktf.json", "context") as report:
            if not isinstance(given, Mapping):
                report.refuse("latticelink", given, rule="The settings are a JSON object.", fix=_keys(known))
                given = {}
            for key in sorted(known & set(context)):
                report.refuse(key, context[key], rule="Settings are inside 'latticelink'.", fix="Move it there.")
            for key in get_close_matches("latticelink", set(context) - {"latticelink"}, cutoff=0.8):
                report.refuse(key, context[key], rule="The settings are in 'latticelink'.", fix="Use that as the key.")
        with Report("cdktf.json", "context", "latticelink") as report:
            values = {key: value for key, value in given.items() if key in known}
            for key in sorted(set(given) - known):
                report.refuse(key, given[key], rule="There is no such setting.", fix=_keys(known))
            for key in list(values):
                if key.endswith("_subnets"):
                    values[key] = _texts(report, key, values[key])
                elif key != "state" and not isinstance(values[key], str):
                    fix = "Put it in double quotes." if values[key] is not None else "Write one, or leave the key out."
                    report.refuse(key, values[key], rule="The setting is a string.", fix=fix)
                    del values[key]
            if "state" in values:
                values["state"] = State.of(values["state"], place=("cdktf.json", "context", "latticelink", "state"))
            settings = cls(**values)
            region, aws_provider = Stack.parse_settings(report, settings.region, settings.aws_provider)
            if not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", settings.instance_type):
                report.refuse(
                    "instance_type",
                    settings.instance_type,
                    rule="An instance type is a family, a dot and a size.",
                    fix="Write, for example, 't3.micro' or 't4g.micro'.",
                    source="https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html",
                )
        return replace(settings, region=region, aws_provider=aws_provider)


def subnets(blocks: Mapping[str, str]) -> list[Subnet]:
    """Return the subnets for a mapping of zones to blocks."""
    return [Subnet(zone=zone, cidr=block) for zone, block in sorted(blocks.items())]


def _keys(known: set[str]) -> str:
    return f"The settings are: {', '.join(sorted(known))}."


def _texts(report: Report, key: str, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping) and value and all(isinstance(item, str) for item in value.values()):
        return dict(value)
    report.refuse(
        key, value, rule="Subnets are a JSON object of zone names and blocks.", fix=f"Write, for example, {_SUBNETS}."
    )
    return dict(_SUBNETS)
