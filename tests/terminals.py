"""Runs a program as a person at a terminal does."""

from __future__ import annotations

import os
import pty
import select
import subprocess


def on_a_terminal(arguments: list[str], **environment: str) -> tuple[str, str]:
    """Run a program with its standard error on a terminal; return what it printed there and on standard output."""
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=theirs, env={**plain, "TERM": "xterm", **environment}
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        printed = process.stdout.read().decode()
        shown = b""
        while select.select([ours], [], [], 10)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # The other end is closed.
                break
    os.close(ours)
    return shown.decode(), printed
