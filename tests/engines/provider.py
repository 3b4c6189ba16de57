"""The real AWS provider, kept running for many commands of Terraform, which hear of the schemas that stacks use alone.

So HashiCorp's acceptance tests run providers too. Of 4.9 MB of schemas, which Terraform reads at each command, the
half dozen services that stacks use are 0.3 MB. All else that the two say to each other of resources passes as it is.
Source: https://developer.hashicorp.com/terraform/plugin/debugging, https://github.com/hashicorp/go-plugin
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

# Tests start processes all the time, and these have nothing to do with it.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import grpc

_USED = re.compile(
    rb"aws_(ami|availability_zone|caller_identity|cloudwatch_log|db_|default_|"
    rb"ec2_instance_connect_endpoint|eip|iam_|instance|internet_gateway|lb|nat_gateway|"
    rb"network_|partition|ram_|rds_|region|route|s3_|security_group|ssm_|subnet|vpc|vpclattice_)"
)
# Fields of the answer to GetSchema: maps by type.
_RESOURCES, _DATA_SOURCES = 2, 3
_Answer = Callable[[bytes, grpc.ServicerContext], bytes]
_ANY_SIZE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass
class Provider:
    """A provider that runs, and what Terraform needs in its environment to talk to it."""

    process: subprocess.Popen[str]
    server: grpc.Server
    channel: grpc.Channel
    folder: Path
    reattach: str

    @classmethod
    def start(cls, program: str, environment: dict[str, str], answers: Path) -> Provider:
        """Start it; `answers` is the folder in which processes of tests share those that are kept."""
        process = subprocess.Popen(
            [program, "-debug"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        where = json.loads(_address_of(process))
        [its] = where.values()
        channel = grpc.insecure_channel(f"unix:{its['Addr']['String']}", options=_ANY_SIZE)
        folder = Path(tempfile.mkdtemp(prefix="provider-"))
        its["Addr"] = {"Network": "unix", "String": str(folder / "socket")}
        server = grpc.server(ThreadPoolExecutor(64), handlers=[_Between(channel, answers)], options=_ANY_SIZE)
        server.add_insecure_port(f"unix:{folder / 'socket'}")
        server.start()
        return cls(process, server, channel, folder, json.dumps(where))

    def end(self) -> None:
        self.server.stop(None).wait()
        self.channel.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        shutil.rmtree(self.folder)


def _address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if attach := re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line):
            # Nobody reads on, so what it logs goes nowhere before it fills the pipe.
            Thread(target=process.stdout.read, daemon=True).start()
            return attach[1]
    raise AssertionError(f"the AWS provider didn't start:\n{''.join(printed)}")


class _Between(grpc.GenericRpcHandler):
    """Passes calls on, with what is asked and answered as bytes, narrows the schemas, and keeps some answers.

    Whether the provider's own configuration is valid takes it half a second, as it judges all its schemas each time.
    What isn't about resources, such as a stream of what it prints, is not served: Terraform does without.
    Source: https://github.com/hashicorp/terraform-plugin-sdk/blob/main/helper/schema/provider.go (Provider.Validate)
    """

    def __init__(self, channel: grpc.Channel, answers: Path) -> None:
        self.channel, self.answers = channel, answers

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        def passed_on(asked: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                answer: bytes = self.channel.unary_unary(details.method)(asked)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())
            return answer

        def narrowed(asked: bytes, context: grpc.ServicerContext) -> bytes:
            return _of_what_is_used(passed_on(asked, context))

        service, _, method = details.method.rpartition("/")
        if service != "/tfplugin5.Provider":
            return None
        if method == "GetSchema":
            return grpc.unary_unary_rpc_method_handler(self._kept(method, narrowed))
        if method == "PrepareProviderConfig":
            return grpc.unary_unary_rpc_method_handler(self._kept(method, passed_on))
        return grpc.unary_unary_rpc_method_handler(passed_on)

    def _kept(self, method: str, answered: _Answer) -> _Answer:
        def answer(asked: bytes, context: grpc.ServicerContext) -> bytes:
            with (self.answers / f"{method}-{sha256(asked).hexdigest()}").open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not file.seek(0, os.SEEK_END):
                    file.write(answered(asked, context))
                file.seek(0)
                return file.read()

        return answer


def _of_what_is_used(schemas: bytes) -> bytes:
    kept = []
    for number, field, content in _fields(schemas):
        name = next(each for _, _, each in _fields(content)) if number in (_RESOURCES, _DATA_SOURCES) else None
        if name is None or _USED.match(name):
            kept.append(field)
    return b"".join(kept)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, Any]]:
    """Yield number, bytes and content of each field of a message, all of which have a length here.

    Source: https://protobuf.dev/programming-guides/encoding/
    """
    at = 0
    while at < len(message):
        start = at
        tag, at = _number(message, at)
        length, at = _number(message, at)
        assert tag & 7 == 2
        at += length
        yield tag >> 3, message[start:at], message[at - length : at]


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
