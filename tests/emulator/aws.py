"""An AWS on 127.0.0.1 to apply to: moto's server, with what it lacks for this project, and with faults on demand.

`python -m tests.emulator.aws` serves it on a free port, which it prints. Tests use the class `Aws`. Clients need
nothing but AWS_ENDPOINT_URL and credentials in their environment.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

from tests.emulator.moto_differences import as_moto_understands

# Those whose actions stacks cause. What an example's own database or role needs goes to moto unseen.
SERVICES = ("ec2", "elasticloadbalancing", "ram", "route53", "s3", "vpc-lattice")
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.emulator.loaded"])


@dataclass
class Aws:
    """The emulator, as a test sees it; a context manager that ends the process, and what is there `with_it`."""

    process: BaseProcess
    url: str
    with_it: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def start(cls) -> Aws:
        ours, theirs = _FORKS.Pipe(duplex=False)
        process = _FORKS.Process(target=serve_in_fork, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours.recv())

    def __enter__(self) -> Aws:
        return self

    def __exit__(self, *_: object) -> None:
        for end in self.with_it:
            end()
        self.process.terminate()
        self.process.join(timeout=10)

    def environment(self, account: str | None = None) -> dict[str, str]:
        """Return what a client needs in its environment, for an account other than the first if one is given."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            **{f"AWS_{name.upper()}": value for name, value in self._credentials(account).items()},
        }

    def client(self, service: str, region: str = "eu-west-1", account: str | None = None) -> Any:
        """Return a boto3 client."""
        import boto3

        credentials = {f"aws_{name}": value for name, value in self._credentials(account).items()}
        return boto3.client(service, region, endpoint_url=self.url, **credentials)

    def _credentials(self, account: str | None) -> dict[str, str]:
        if account is None:
            return {"access_key_id": "test", "secret_access_key": "test"}
        role = f"arn:aws:iam::{account}:role/deploy"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        names = {
            "access_key_id": "AccessKeyId",
            "secret_access_key": "SecretAccessKey",
            "session_token": "SessionToken",
        }
        return {name: given[member] for name, member in names.items()}

    def control(self, what: str, **arguments: Any) -> Any:
        """Tell the emulator something (`fail`, `drop`, `heal`, `create_failed`, `reads`, `organization`), or ask."""
        request = Request(f"{self.url}/_control/{what}", json.dumps(arguments).encode(), method="POST")
        try:
            with urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def fail(self, operation: str, *, status: int, times: int = 1) -> None:
        """Answer the next `times` requests for `operation` with an error: 429 or 500."""
        self.control("fail", operation=operation, status=status, times=times)

    def drop(self, operation: str, *, times: int = 1) -> None:
        """Do what the next `times` requests for `operation` ask for, and close the connection without an answer."""
        self.control("drop", operation=operation, times=times)

    def create_failed(self, operation: str) -> None:
        """Let the next object that `operation` makes end in CREATE_FAILED."""
        self.control("create_failed", operation=operation)

    def inventory(self) -> dict[str, list[str]]:
        """Return all that a destroy must remove, by kind; kinds of which there is none are left out."""
        found: dict[str, list[str]] = self.control("inventory")
        return found

    def quota(self, name: str, limit: int) -> None:
        """Set a quota of tests/emulator/quotas.py, for all accounts."""
        self.control("quota", name=name, limit=limit)

    def actions(self) -> list[str]:
        """Return every action that was asked for, as `service:Action`, but for those of databases and roles."""
        asked: list[str] = self.control("actions")
        return asked

    def log(self) -> list[dict[str, Any]]:
        """Return each action in its order, with the status of its answer and where the clients' names lead after it."""
        logged: list[dict[str, Any]] = self.control("log")
        return logged

    def doing(self, what: str) -> None:
        """Say for what actions are asked from now on; `asked_for` tells them apart by it."""
        self.control("doing", label=what)

    def asked_for(self) -> dict[str, list[str]]:
        """Return all actions by what `doing` said, those of databases and roles too."""
        asked: dict[str, list[str]] = self.control("asked_for")
        return asked

    def encryption_asked_for(self) -> dict[str, list[str]]:
        """Return for each object that was put the encryption and the key that its last upload's headers name."""
        asked: dict[str, list[str]] = self.control("encryption")
        return asked

    def requests(self) -> dict[str, int]:
        """Return how often each operation was asked for."""
        counted: dict[str, int] = self.control("requests")
        return counted


class Front:
    """The WSGI application: control, faults, what is emulated here; the rest goes on to moto."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        from tests.emulator.protocol import Ec2Query, Query, RestJson
        from tests.emulator.quotas import Quotas
        from tests.emulator.ram import Sharing

        self.moto = DomainDispatcherApplication(create_backend_app)
        self.json, self.ram, self.query = RestJson("vpc-lattice"), RestJson("ram"), Ec2Query()
        self.balancers = Query("elbv2")
        self.one_at_a_time = Lock()
        self.regions: dict[tuple[str, str], Any] = {}
        self.sharing = Sharing()
        self.reads = 1
        self.faults: dict[str, list[int | str]] = defaultdict(list)
        self.counted: Counter[str] = Counter()
        self.asked: list[str] = []
        self.logged: list[dict[str, Any]] = []
        self.doing = ""
        self.asked_for: dict[str, set[str]] = defaultdict(set)
        self.encryption: dict[str, list[str]] = {}
        self.quotas = Quotas.raised()
        self.answered: dict[str, tuple[int, str, bytes]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        from tests.emulator.names_of_clients import where_names_lead

        # moto isn't made for many threads: it answers some requests with "dictionary changed size during iteration".
        with self.one_at_a_time:
            statuses: list[str] = []

            def note_status(status: str, *given: Any) -> Any:
                statuses.append(status)
                return start_response(status, *given)

            before = len(self.asked)
            answer = self._answer(environ, note_status)
            for action in self.asked[before:]:
                names = where_names_lead(self.regions.values())
                self.logged.append(
                    {"action": action, "status": int(statuses[0][:3]) if statuses else 0, "names": names}
                )
            return answer

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/_control/"):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            answer = self._control(path.removeprefix("/_control/"), json.loads(body or b"{}"))
            return self._send(start_response, 200, "application/json", json.dumps(answer).encode())
        from moto.iam.models import get_account_id_from

        scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        access_key, region, service = scope.groups() if scope else ("", "", "")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if service not in SERVICES:
            self._note_other(service, environ, body)
            environ["wsgi.input"] = io.BytesIO(body)
            return list(self.moto(environ, start_response))
        account = get_account_id_from(access_key)
        served = None
        if service == "ec2":
            served = self._ec2(self.region(account, region), body)
        elif service == "vpc-lattice":
            served = self._rest(self.json, self.region(account, region), environ, body)
        elif service == "elasticloadbalancing":
            served = self._balancer(self.region(account, region), body)
        elif service == "ram":
            served = self._rest(self.ram, self._ram(self.region(account, region)), environ, body)
        else:
            served = self._judged(service, self.region(account, region), environ, body)
        if served is None:
            body = as_moto_understands(body) if service != "s3" else body
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
            return list(self.moto(environ, start_response))
        if served == "drop":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return []
        return self._send(start_response, *served)

    def _note(self, action: str) -> None:
        self.asked.append(action)
        self.asked_for[self.doing].add(action)

    def _note_other(self, service: str, environ: dict[str, Any], body: bytes) -> None:
        target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        form = dict(parse_qsl(body.decode(errors="replace"))) if not target else {}
        self.asked_for[self.doing].add(f"{service}:{target or form.get('Action', '')}")

    @staticmethod
    def _send(start_response: Any, status: int, kind: str, body: bytes) -> list[bytes]:
        start_response(f"{status} -", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def region(self, account: str, name: str) -> Any:
        from tests.emulator.lattice import Region

        if (account, name) not in self.regions:
            self.regions[account, name] = Region(name, self.reads, account, self.sharing, self.quotas)
            neighbours = [region for (_, other), region in self.regions.items() if other == name]
            for region in neighbours:
                region.neighbours = neighbours
        return self.regions[account, name]

    def _ram(self, region: Any) -> Any:
        from tests.emulator.ram import Ram

        return Ram(self.sharing, region.account, region.name, region.things.get)

    def _faulty(self, operation: str, protocol: Any) -> Any:
        from tests.emulator.protocol import Refused

        self.counted[operation] += 1
        fault = self.faults[operation].pop(0) if self.faults[operation] else None
        if fault is None or fault == "drop":
            return fault
        code = "ThrottlingException" if fault == 429 else "InternalServerException"
        return protocol.refusal(Refused(code, "The emulator was told to fail", int(fault)))

    def _rest(self, protocol: Any, objects: Any, environ: dict[str, Any], body: bytes) -> Any:
        from tests.emulator.protocol import Refused

        method, path, query = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]
        try:
            operation, members = protocol.parse(method, path, query, body)
            self._note(f"{protocol.service}:{operation.name}")
            fault = self._faulty(operation.name, protocol)
            if fault not in (None, "drop"):
                return fault
            token = members.get("clientToken", "")
            if token and token in self.answered:
                return self.answered[token]
            handler = getattr(objects, re.sub(r"(?<!^)(?=[A-Z])", "_", operation.name).lower(), None)
            if handler is None:
                raise Refused("UnknownOperationException", f"{operation.name} is not emulated", 404)
            answer = protocol.answer(operation, handler(members))
            if token:
                self.answered[token] = answer
            return "drop" if fault else answer
        except Refused as error:
            return protocol.refusal(error)

    def _judged(self, service: str, region: Any, environ: dict[str, Any], body: bytes) -> Any:
        """Return the refusal of a request to Route 53 or S3; None for one that goes on to moto."""
        from tests.emulator import buckets
        from tests.emulator.protocol import Refused, RestXml
        from tests.emulator.zones import Zones

        protocol = RestXml(service)
        try:
            where = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]
            operation, members = protocol.parse(*where, body)
            self._note(f"{service}:{operation.name}")
            if operation.name == "PutObject":
                named = ("", "_AWS_KMS_KEY_ID")
                headers = [environ.get(f"HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION{name}", "") for name in named]
                self.encryption[members["Key"]] = [header for header in headers if header]
            if service == "s3":
                buckets.judge(operation.name, members, region.account, region.name)
            else:
                Zones(region.account, self._has_vpc(region.account), self.quotas).judge(operation.name, members)
        except Refused as error:
            return None if error.code == "UnknownOperationException" else protocol.refusal(error)
        return None

    def _has_vpc(self, account: str) -> Any:
        return lambda vpc, region: vpc in self.region(account, region).ec2.vpcs

    def _balancer(self, region: Any, body: bytes) -> Any:
        """Return the refusal of a request to Elastic Load Balancing; None for one that goes on to moto."""
        from tests.emulator.endpoint_services import EndpointServices
        from tests.emulator.protocol import Refused

        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        try:
            operation, members = self.balancers.parse(fields)
            self._note(f"elasticloadbalancing:{operation.name}")
            EndpointServices(region).judge_balancer(operation.name, members)
        except Refused as error:
            return self.balancers.refusal(error)
        return None

    def _ec2(self, region: Any, body: bytes) -> Any:
        from tests.emulator.endpoints import Endpoints
        from tests.emulator.moto_accepts import Ec2Rules
        from tests.emulator.protocol import Refused

        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        action = fields.get("Action", "")
        self._note(f"ec2:{action}")
        fault = self._faulty(action, self.query)
        if fault not in (None, "drop"):
            return fault
        try:
            for kind in ("Subnet", "SecurityGroup", "Vpc"):
                if action == f"Delete{kind}":
                    region.refuse_in_use(action, fields.get({"SecurityGroup": "GroupId"}.get(kind, f"{kind}Id")))
            handler = Endpoints(region).handler(action, fields)
            operation, members = self.query.parse(fields)
            Ec2Rules(region).judge(action, members)
            if handler is None:
                return None
            answer = self.query.answer(operation, handler(members))
            return "drop" if fault else answer
        except Refused as error:
            return self.query.refusal(error)

    def _control(self, what: str, given: dict[str, Any]) -> Any:
        if what == "fail":
            self.faults[given["operation"]] += [given["status"]] * given["times"]
        elif what == "drop":
            self.faults[given["operation"]] += ["drop"] * given["times"]
        elif what == "heal":
            self.faults.clear()
        elif what == "create_failed":
            for region in self.regions.values():
                region.create_failed.append(given["operation"])
        elif what == "reads":
            self.reads = given["count"]
            for region in self.regions.values():
                region.reads = given["count"]
        elif what == "organization":
            self.sharing.organization, self.sharing.units = given["id"], given["units"]
            self.sharing.within_organization = given["sharing"]
        elif what == "requests":
            return dict(self.counted)
        elif what == "doing":
            self.doing = given["label"]
        elif what == "asked_for":
            return {label: sorted(actions) for label, actions in self.asked_for.items()}
        elif what == "encryption":
            return self.encryption
        elif what == "actions":
            return sorted(set(self.asked))
        elif what == "log":
            return self.logged
        elif what == "quota":
            self.quotas.limits[given["name"]] = given["limit"]
        elif what == "inventory":
            shares = [share.arn for share in self.sharing.shares.values() if share.shown["status"] != "DELETED"]
            return _inventory(self.regions.values()) | ({"share": shares} if shares else {})
        else:
            raise ValueError(what)
        return {}


def _inventory(regions: Collection[Any]) -> dict[str, list[str]]:
    from moto.elbv2.models import elbv2_backends
    from moto.iam.models import iam_backends
    from moto.rds.models import rds_backends
    from moto.route53.models import route53_backends

    found: dict[str, list[str]] = defaultdict(list)
    for region in regions:
        ec2 = region.ec2
        for key, thing in list(region.things.items()):
            if thing.is_leaving:
                continue
            found[key.split("-", 1)[0]].append(key)
        vpcs = [vpc.id for vpc in ec2.vpcs.values() if not vpc.is_default]
        found["vpc"] += vpcs
        found["subnet"] += [s.id for zone in ec2.subnets.values() for s in zone.values() if s.vpc_id in vpcs]
        found["sg"] += [
            g.id for groups in ec2.groups.values() for g in groups.values() if g.vpc_id in vpcs and not g.is_default
        ]
        found["endpoint"] += [e.id for e in ec2.vpc_end_points.values() if e.state != "deleted"]
        found["instance"] += [
            instance.id
            for reservation in ec2.reservations.values()
            for instance in reservation.instances
            if instance.state != "terminated"
        ]
        found["service"] += [*ec2.configurations]
        balancing = elbv2_backends[region.account][region.name]
        found["balancer"] += [*balancing.load_balancers, *balancing.target_groups]
        rds = rds_backends[region.account][region.name]
        found["rds"] += [*rds.databases, *rds.clusters]
    for account in {region.account for region in regions}:
        found["zone"] += [*route53_backends[account]["aws"].zones]
        found["role"] += [*iam_backends[account]["aws"].roles]
    return {kind: sorted(items) for kind, items in found.items() if items}


def serve_in_fork(told: Connection) -> None:
    """Serve in a process that was forked from one in which all is loaded, and tell where."""
    from moto.moto_api._internal import mock_random

    from tests.emulator import loaded  # noqa: F401  where forking from it failed

    mock_random.seed()  # or else each would give the same ids
    serve_until_alone(told.send)


def serve_until_alone(tell: Callable[[str], None]) -> None:
    """Tell where, and serve until the process is ended, or that which started it is gone."""
    from tests.emulator.serving import serve

    server = serve(Front())
    tell(f"http://127.0.0.1:{server.server_port}")
    parent = os.getppid()

    def end_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    Thread(target=end_with_parent, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    from tests.emulator import loaded  # noqa: F401

    serve_until_alone(partial(print, flush=True))
