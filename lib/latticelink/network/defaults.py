"""What AWS makes of an argument that is left out, where its documentation says so."""

from __future__ import annotations

from typing import Any

from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference
from latticelink.values.types import DATABASES

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html and API_CreateDBCluster.html
_DATABASE_PORTS = {
    "aurora-mysql": 3306,
    "aurora-postgresql": 5432,
    "mariadb": 3306,
    "mysql": 3306,
    "postgres": 5432,
}
_FAMILIES = {"oracle-": 1521, "sqlserver-": 1433, "custom-oracle-": 1521, "custom-sqlserver-": 1433, "db2-": 50000}


def default(block: Block, attribute: str) -> Any:
    """Return the value of an attribute whose argument is left out, or the Reference to it if that isn't documented."""
    if attribute == "port" and block.type in DATABASES and block.mode == "resource":
        port = database_port(block.value("engine"))
        copied = any(block.value(argument) is not ABSENT for argument in _COPIED)
        if port is not None and not copied:
            return port
    return Reference(block, attribute)


# A copy takes its port from what it is a copy of.
_COPIED = ("snapshot_identifier", "replicate_source_db", "restore_to_point_in_time", "replication_source_identifier")


def database_port(engine: Any) -> int | None:
    """Return the port that RDS gives a database of this engine, or None if that isn't documented."""
    if not isinstance(engine, str):
        return None
    return _DATABASE_PORTS.get(engine) or next(
        (port for start, port in _FAMILIES.items() if engine.startswith(start)), None
    )
