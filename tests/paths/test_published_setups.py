"""Setups that others publish for the same job, rebuilt from their facts: what is found in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.paths import path_lines

from tests.paths.topologies import CONFIGURATION, EGRESS, GATEWAY, INGRESS, by_group, rule, write

DATABASE_ARN = {"arn_resource": [{"arn": "${aws_db_instance.db.arn}"}]}
ACCOUNTS = {
    "aws": [
        {"alias": "consumer", "profile": "consumer", "region": "eu-west-1"},
        {"alias": "producer", "profile": "producer", "region": "eu-west-1"},
    ]
}
ZONES = {"aws_availability_zones": {"here": {"state": "available"}}}


def traced(folder: Path, **stacks: Any) -> list[TracedPath]:
    return trace(write(folder, stacks))


def unsettled(path: TracedPath) -> list[tuple[str, str]]:
    return [(hop.place, str(hop.answer)) for hop in path.hops if hop.answer is not Answer.PASS]


def of(account: str, blocks: dict[str, Any]) -> dict[str, Any]:
    return {name: {**body, "provider": f"aws.{account}"} for name, body in blocks.items()}


def vpcs(consumer: str, producer: str) -> dict[str, Any]:
    """Return two VPCs with two subnets each, in the first two zones that a data source lists."""
    vpc = {"enable_dns_hostnames": True, "enable_dns_support": True}
    subnets = {
        f"{side}_{index}": {
            "vpc_id": f"${{aws_vpc.{side}.id}}",
            "cidr_block": f"${{cidrsubnet(aws_vpc.{side}.cidr_block, 8, {index})}}",
            "availability_zone": f"${{data.aws_availability_zones.here.names[{index}]}}",
            "provider": f"aws.{side}",
        }
        for side in ("consumer", "producer")
        for index in (0, 1)
    }
    return {
        "aws_vpc": {
            **of("consumer", {"consumer": {"cidr_block": consumer, **vpc}}),
            **of("producer", {"producer": {"cidr_block": producer, **vpc}}),
        },
        "aws_subnet": subnets,
    }


def subnet_ids(side: str) -> list[str]:
    return [f"${{aws_subnet.{side}_{index}.id}}" for index in (0, 1)]


def groups(side: str, *names: str) -> dict[str, Any]:
    return of(side, {name: {"vpc_id": f"${{aws_vpc.{side}.id}}"} for name in names})


def ids(*names: str) -> list[str]:
    return [f"${{aws_security_group.{name}.id}}" for name in names]


def gateway() -> dict[str, Any]:
    body = {
        "name": "gateway",
        "vpc_id": "${aws_vpc.producer.id}",
        "subnet_ids": subnet_ids("producer"),
        "security_group_ids": ids("gateway"),
    }
    return {GATEWAY: of("producer", {"gateway": body})}


def database() -> dict[str, Any]:
    body = {
        "engine": "postgres",
        "multi_az": True,
        "publicly_accessible": False,
        "vpc_security_group_ids": ids("database"),
        "db_subnet_group_name": "${aws_db_subnet_group.db.name}",
    }
    return {
        "aws_db_subnet_group": of("producer", {"db": {"name": "db", "subnet_ids": subnet_ids("producer")}}),
        "aws_db_instance": of("producer", {"db": body}),
    }


def by_ram() -> dict[str, Any]:
    body = {"resource_arn": f"${{{CONFIGURATION}.db.arn}}", "resource_share_arn": "${aws_ram_resource_share.s.arn}"}
    return {
        "aws_ram_resource_share": of("producer", {"s": {"name": "db", "allow_external_principals": True}}),
        "aws_ram_resource_association": of("producer", {"s": body}),
    }


def link(port: int) -> dict[str, Any]:
    """Return the rules of all four groups, each naming the next group, and none into the gateway's."""
    return {
        EGRESS: {
            "client": rule("client", port, **by_group("endpoint")),
            "gateway": rule("gateway", port, **by_group("database")),
        },
        INGRESS: {
            "endpoint": rule("endpoint", port, **by_group("client")),
            "database": rule("database", port, **by_group("gateway")),
        },
    }


def rds_over_accounts() -> dict[str, Any]:
    """A Multi-AZ PostgreSQL by its ARN, shared by RAM, one configuration with a provider for each account."""
    shared = {"type": "ARN", "resource_gateway_identifier": f"${{{GATEWAY}.gateway.id}}"}
    endpoint = {
        "vpc_endpoint_type": "Resource",
        "vpc_id": "${aws_vpc.consumer.id}",
        "subnet_ids": subnet_ids("consumer"),
        "security_group_ids": ids("endpoint"),
        "private_dns_enabled": True,
        "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}",
    }
    return {
        "provider": ACCOUNTS,
        "data": ZONES,
        "resource": {
            **vpcs("10.0.0.0/16", "10.1.0.0/16"),
            **gateway(),
            **database(),
            **by_ram(),
            **link(5432),
            "aws_security_group": {
                **groups("consumer", "client", "endpoint"),
                **groups("producer", "gateway", "database"),
            },
            CONFIGURATION: of("producer", {"db": {**shared, "resource_configuration_definition": [DATABASE_ARN]}}),
            "aws_vpc_endpoint": of("consumer", {"db": endpoint}),
        },
    }


def test_a_database_over_accounts_passes_but_for_zones_whose_names_differ_by_account(tmp_path: Path) -> None:
    (path,) = traced(tmp_path, app=rds_over_accounts())
    assert unsettled(path) == [("zones", "unknown")]
    assert str(path.ports) == "5432"
    assert "availability_zone_id" in next(hop.fix for hop in path.hops if hop.place == "zones")


def test_in_one_account_it_passes_with_no_rule_into_the_gateways_group(tmp_path: Path) -> None:
    setup = rds_over_accounts()
    for kind in ("aws_ram_resource_share", "aws_ram_resource_association"):
        del setup["resource"][kind]
    setup["provider"] = {"aws": [{"alias": "consumer"}, {"alias": "producer"}]}
    (path,) = traced(tmp_path, app=setup)
    assert path.answer is Answer.PASS, path_lines([path])


def test_without_the_databases_rule_for_the_gateway_it_hangs(tmp_path: Path) -> None:
    setup = rds_over_accounts()
    setup["resource"][INGRESS]["database"] = rule("database", 5432, cidr_ipv4="10.0.0.0/16")
    (path,) = traced(tmp_path, app=setup)
    assert ("target's group in", "fail") in unsettled(path)
    assert "passes TCP 5432 from 10.0.0.0/16" in path.hops[-1].why


def central_endpoints() -> dict[str, Any]:
    """AWS services' endpoints in one VPC, a group of them shared over a service network; all VPCs are 10.0.0.0/16."""
    one = {"vpc_id": "${aws_vpc.producer.id}", "subnet_ids": subnet_ids("producer")}
    service = {"vpc_endpoint_type": "Interface", "security_group_ids": ids("database"), **one}
    child = {"type": "CHILD", "port_ranges": ["443"], "resource_configuration_group_id": f"${{{CONFIGURATION}.all.id}}"}
    names = ("sts", "ssm")

    def target(name: str) -> dict[str, Any]:
        domain = f"${{aws_vpc_endpoint.{name}.dns_entry[0].dns_name}}"
        return {"dns_resource": [{"domain_name": domain, "ip_address_type": "IPV4"}]}

    network = "aws_vpclattice_service_network"
    return {
        "provider": {"aws": [{"alias": "consumer"}, {"alias": "producer"}]},
        "data": {
            **ZONES,
            "aws_ec2_managed_prefix_list": {"lattice": {"name": "com.amazonaws.eu-west-1.vpc-lattice"}},
        },
        "resource": {
            **vpcs("10.0.0.0/16", "10.0.0.0/16"),
            **gateway(),
            **link(443),
            EGRESS: {
                "client": rule("client", 443, prefix_list_id="${data.aws_ec2_managed_prefix_list.lattice.id}"),
                "gateway": rule("gateway", 443, **by_group("database")),
            },
            "aws_security_group": {
                **groups("consumer", "client", "endpoint"),
                **groups("producer", "gateway", "database"),
            },
            "aws_instance": {
                "client": {"subnet_id": "${aws_subnet.consumer_0.id}", "vpc_security_group_ids": ids("client")}
            },
            "aws_vpc_endpoint": {
                name: {"service_name": f"com.amazonaws.eu-west-1.{name}", **service} for name in names
            },
            CONFIGURATION: {
                "all": {
                    "type": "GROUP",
                    "protocol": "TCP",
                    "resource_gateway_identifier": f"${{{GATEWAY}.gateway.id}}",
                },
                **{name: {**child, "resource_configuration_definition": [target(name)]} for name in names},
            },
            network: {"net": {"name": "net"}},
            f"{network}_resource_association": {
                "all": {
                    "service_network_identifier": f"${{{network}.net.id}}",
                    "resource_configuration_identifier": f"${{{CONFIGURATION}.all.id}}",
                }
            },
            f"{network}_vpc_association": {
                "spoke": {
                    "service_network_identifier": f"${{{network}.net.id}}",
                    "vpc_identifier": "${aws_vpc.consumer.id}",
                    "security_group_ids": ids("endpoint"),
                }
            },
        },
    }


def test_central_endpoints_pass_over_a_service_network_though_all_vpcs_have_one_range(tmp_path: Path) -> None:
    paths = traced(tmp_path, app=central_endpoints())
    assert [(path.resource, path.answer) for path in paths] == [("sts", Answer.PASS), ("ssm", Answer.PASS)]


def vendor_module() -> dict[str, Any]:
    """A customer's half: a vendor's module shares the database's host name; groups and subnets come by variable."""
    name = {"dns_resource": [{"domain_name": "${var.host}", "ip_address_type": "IPV4"}]}
    return {
        "variable": {"vpc_id": {}, "subnet_ids": {}, "database_group": {}, "host": {}, "port": {"default": 5432}},
        "resource": {
            "aws_security_group": {"gateway": {"vpc_id": "${var.vpc_id}"}},
            EGRESS: {"out": rule("gateway", 5432, referenced_security_group_id="${var.database_group}")},
            INGRESS: {"in": {**rule("x", 5432, **by_group("gateway")), "security_group_id": "${var.database_group}"}},
            GATEWAY: {
                "gateway": {
                    "name": "vendor",
                    "vpc_id": "${var.vpc_id}",
                    "subnet_ids": "${var.subnet_ids}",
                    "security_group_ids": ids("gateway"),
                }
            },
            CONFIGURATION: {
                "db": {
                    "type": "SINGLE",
                    "protocol": "TCP",
                    "port_ranges": ["${var.port}"],
                    "resource_gateway_identifier": f"${{{GATEWAY}.gateway.id}}",
                    "resource_configuration_definition": [name],
                }
            },
        },
    }


def test_a_vendors_module_is_unknown_where_its_variables_decide_and_says_which(tmp_path: Path) -> None:
    (path,) = traced(tmp_path, app=vendor_module())
    assert unsettled(path) == [("gateway's group out", "unknown"), ("target's group in", "unknown")]
    assert path.client == "clients elsewhere"
    assert "variable 'host' has no default" in path.hops[-1].why


def test_a_vendors_module_with_its_variables_and_the_database_passes(tmp_path: Path) -> None:
    module = vendor_module()
    own = vpcs("10.9.0.0/16", "10.0.0.0/16")
    module["data"] = ZONES
    module["locals"] = {"group": "${aws_security_group.database.id}"}
    module["resource"] |= {**own, **database()}
    module["resource"]["aws_security_group"] |= {"database": {"vpc_id": "${aws_vpc.producer.id}"}}
    module["variable"] = {"port": {"default": 5432}}
    text = (
        json.dumps(module)
        .replace("${var.vpc_id}", "${aws_vpc.producer.id}")
        .replace("${var.database_group}", "${local.group}")
        .replace("${var.host}", "${aws_db_instance.db.address}")
        .replace('"${var.subnet_ids}"', json.dumps(subnet_ids("producer")))
    )
    (path,) = traced(tmp_path, app=json.loads(text))
    assert path.answer is Answer.PASS, path_lines([path], why=True)


def aurora_by_name() -> dict[str, Any]:
    """An Aurora cluster by its host name, and a zone of the consumer's with A records of the endpoint's addresses."""
    setup = rds_over_accounts()
    resource = setup["resource"]
    cluster = {key: value for key, value in resource.pop("aws_db_instance")["db"].items() if key != "multi_az"}
    resource["aws_rds_cluster"] = {"db": {**cluster, "engine": "aurora-postgresql"}}
    name = {"dns_resource": {"domain_name": "${aws_rds_cluster.db.endpoint}", "ip_address_type": "IPV4"}}
    resource[CONFIGURATION]["db"] |= {
        "type": "SINGLE",
        "protocol": "TCP",
        "port_ranges": ["5432"],
        "resource_configuration_definition": name,
    }
    resource["aws_route53_zone"] = {
        "db": {"name": "${aws_rds_cluster.db.endpoint}", "vpc": {"vpc_id": "${aws_vpc.consumer.id}"}}
    }
    resource["aws_route53_record"] = {
        "db": {
            "zone_id": "${aws_route53_zone.db.zone_id}",
            "name": "${aws_rds_cluster.db.endpoint}",
            "type": "A",
            "ttl": 60,
            "records": "${[for c in aws_vpc_endpoint.db.subnet_configuration : c.ipv4]}",
        }
    }
    return setup


def test_a_cluster_by_name_with_a_zone_of_the_consumers_own_passes_but_for_the_zones(tmp_path: Path) -> None:
    (path,) = traced(tmp_path, app=aurora_by_name())
    assert unsettled(path) == [("zones", "unknown")]
    assert "aws_route53_record.db resolves" in next(hop.why for hop in path.hops if hop.place == "private DNS name")


def test_its_zone_in_the_producers_vpc_alone_is_told(tmp_path: Path) -> None:
    setup = aurora_by_name()
    setup["resource"]["aws_route53_zone"]["db"]["vpc"] = {"vpc_id": "${aws_vpc.producer.id}"}
    (path,) = traced(tmp_path, app=setup)
    assert ("private DNS name", "fail") in unsettled(path)
