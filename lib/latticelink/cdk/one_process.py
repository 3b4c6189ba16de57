"""Starts one Node.js process for jsii in place of two, while Python still imports jsii.

jsii starts a process that does nothing but start a second one, which answers, and pass on what it asks and prints. Here
the second one is started with the same options, environment and channels, and jsii is given it when it starts its own.
Where a release of jsii isn't as known, or the user chose a runtime by `JSII_RUNTIME`, jsii starts what it always does.

Source: https://github.com/aws/jsii/blob/main/packages/@jsii/runtime/bin/jsii-runtime.ts
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import platform
import re
import selectors
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from latticelink.cdk.fast_loading import is_on

_OPTION, _SECOND_OPTION = "--max-old-space-size=4069", "--preserve-symlinks"
# What is known of the two programs: that the first starts the second, how it does, and where the second is asked.
_STARTER, _PROGRAM = "bin__jsii-runtime.js", "lib__program.js"
_STARTS = re.compile(
    r'\(\(\)=>\{"use strict";__webpack_require__\(\d+\);const [^;]*\.spawn\)\(process\.execPath,'
    r'\[\.\.\.process\.execArgv,"--preserve-symlinks",\(0,\w+\.resolve\)\(__dirname,"\.\.","lib","program\.js"\)\],'
    r'\{stdio:\["ignore","pipe","pipe","pipe"\]\}\)'
)
_UNWRITTEN = "jsii-runtime.js"
_CHANNEL = "readFD:3,writeFD:3"


@contextmanager
def one_process(node: str) -> Iterator[bool]:
    """Let jsii, imported and started inside the block, get a process that is started now; say whether it is."""
    folder = _known_runtime()
    process = _start(node, folder) if folder else None
    if process is None:
        yield False
        return
    module: Any = importlib.import_module("jsii._kernel.providers.process")
    stock, write_runtime = module.subprocess, module._NodeProcess._jsii_runtime
    module.subprocess = starting = _Starting(process, [node, _OPTION], write_runtime)
    module._NodeProcess._jsii_runtime = lambda jsii: starting.leave_unwritten(jsii)
    try:
        yield True
    finally:
        module.subprocess, module._NodeProcess._jsii_runtime = stock, write_runtime
        starting.end()


def _known_runtime() -> Path | None:
    """Return the folder of jsii's two programs, None where they aren't as known here."""
    if not is_on() or os.name != "posix" or "JSII_RUNTIME" in os.environ or os.environ.get("JSII_DEBUG"):
        return None
    spec = importlib.util.find_spec("jsii")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        embedded = Path(folder, "_embedded", "jsii")
        try:
            starter, program = ((embedded / name).read_text("utf-8") for name in (_STARTER, _PROGRAM))
        except (OSError, UnicodeDecodeError):
            return None
        return embedded if _STARTS.search(starter) and program.count(_CHANNEL) == 1 else None
    return None


def _start(node: str, folder: Path) -> subprocess.Popen[bytes] | None:
    """Start the process that answers, its `stdin`, `stdout` and `stderr` those that jsii knows of the first one.

    Where it can't be started it is None: jsii says why.
    """
    asked, asks = os.pipe()
    answers, answered = os.pipe()
    added = {"JSII_AGENT": f"Python/{platform.python_version()}", "LATTICELINK_CHANNEL": f"{asked},{answered}"}
    try:
        process = subprocess.Popen(
            [node, _OPTION, _SECOND_OPTION, str(folder / _PROGRAM)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(asked, answered),
            env={**os.environ, **added},
        )
    except OSError:
        os.close(asks)
        os.close(answers)
        return None
    finally:
        os.close(asked)
        os.close(answered)
    assert process.stdout
    assert process.stderr
    printed = {"stdout": process.stdout, "stderr": process.stderr}
    process.stdin, process.stdout = os.fdopen(asks, "wb"), os.fdopen(answers, "rb")
    process.stderr = io.BufferedReader(_Printed(printed))
    return process


class _Starting:
    """Stands for the module `subprocess`: gives jsii the process that is there if it starts one in the known way.

    jsii writes the 2 MB of its two programs anew for each start. They are written only if it starts one in another way.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], beginning: list[str], write_runtime: Callable[[Any], str]
    ) -> None:
        self._process: subprocess.Popen[bytes] | None = process
        self._beginning, self._write_runtime = beginning, write_runtime
        self._unwritten: Any = None

    def leave_unwritten(self, jsii: Any) -> str:
        """Return what stands for the path of the first program in the command that jsii starts."""
        self._unwritten = jsii
        return _UNWRITTEN

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, command: Any, *arguments: Any, **options: Any) -> Any:  # noqa: N802 (the name that jsii calls)
        if command[:-1] != self._beginning or self._process is None:
            if command[-1] == _UNWRITTEN:
                command = [*command[:-1], self._write_runtime(self._unwritten)]
            return subprocess.Popen(command, *arguments, **options)
        process, self._process = self._process, None
        return process

    def end(self) -> None:
        """End the process if nobody has asked for it: at the end of what it is asked it goes by itself."""
        if self._process is None:
            return
        with self._process as process:
            assert process.stdin
            process.stdin.close()


class _Printed(io.RawIOBase):
    """What the process prints, as jsii's first process passes it on: a line of JSON for each piece."""

    def __init__(self, streams: Mapping[str, IO[bytes]]) -> None:
        self._open = selectors.DefaultSelector()
        for name, stream in streams.items():
            self._open.register(stream, selectors.EVENT_READ, name)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left and self._open.get_map():
            for key, _ in self._open.select():
                if piece := os.read(key.fd, io.DEFAULT_BUFFER_SIZE):
                    self._left += json.dumps({key.data: base64.b64encode(piece).decode()}).encode() + b"\n"
                else:
                    self._open.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]  # both are files
        piece, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            for key in [*self._open.get_map().values()]:
                key.fileobj.close()  # type: ignore[union-attr]  # both are files
            self._open.close()
        super().close()
