"""All that an emulated AWS imports, which takes two seconds: loaded once, in the process that each is forked from."""

from __future__ import annotations

import warnings

warnings.simplefilter("ignore")

from moto.backends import get_backend  # noqa: E402  nor do imports warn
from moto.moto_server.werkzeug_app import create_backend_app  # noqa: E402

from tests.emulator import aws, lattice, names_of_clients, protocol, quotas, ram, serving  # noqa: E402, F401
from tests.emulator.moto_differences import mend  # noqa: E402

for service in (*aws.SERVICES, "iam", "rds", "sts"):
    moto_calls_it = {"elasticloadbalancing": "elbv2", "vpc-lattice": "vpclattice"}.get(service, service)
    get_backend(moto_calls_it)
    create_backend_app(moto_calls_it)
mend()
