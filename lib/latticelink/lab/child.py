"""Starts the lab's own process in namespaces of its own: no root is needed, and nothing is left when it ends."""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence

from latticelink.errors import LatticeLinkError

# What a command line begins with to run in namespaces of its own.
ISOLATED = ("unshare", "-Urnm", "--pid", "--fork", "--kill-child", "--mount-proc")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of linux/prctl.h
_PACKAGES = "on Debian and Ubuntu: apt-get install util-linux libnftables1 nginx-light curl"


class CannotRun(LatticeLinkError):
    """This machine can't run a lab; the message says what would let it."""


def must_be_able() -> None:
    """Raise CannotRun, with the sentence that helps, unless this machine can run a lab."""
    if sys.platform != "linux":
        raise CannotRun(
            "A lab needs Linux network namespaces. On macOS and Windows, run it in a Linux virtual machine, such "
            "as one of Lima, Multipass or WSL 2."
        )
    missing = [name for name in ("pyroute2", "dnslib") if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotRun(f"{' and '.join(missing)} isn't installed: pip install 'latticelink[lab]'.")
    missing = [name for name in ("unshare", "mount", "curl") if shutil.which(name) is None]
    try:
        ctypes.CDLL("libnftables.so.1")
    except OSError:
        missing.append("libnftables.so.1")
    if missing:
        raise CannotRun(f"A lab needs {', '.join(missing)}; {_PACKAGES}.")
    tried = subprocess.run([*ISOLATED, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise CannotRun(
            f"This user may not create user namespaces ({tried.stderr.strip()}). Ubuntu 23.10 and newer forbid them "
            "through AppArmor: run sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or use sudo. On Debian, "
            "run sudo sysctl kernel.unprivileged_userns_clone=1. A container needs --privileged."
        )


def run_inside(arguments: Sequence[str]) -> int:
    """Run this Python in namespaces of its own, until it ends or this process does; return its exit code.

    Raises:
        CannotRun: if this machine can't.
    """
    must_be_able()
    # A pipe of the shell's, as in <(terraform state pull), is an open file that the child reads.
    process = subprocess.Popen([*ISOLATED, sys.executable, *arguments], preexec_fn=_die_with_parent, close_fds=False)
    try:
        return _as_shells_say(process.wait())
    except KeyboardInterrupt:
        return _interrupted(process)


def _interrupted(process: subprocess.Popen[bytes]) -> int:
    """Let what runs inside end by itself, as a terminal interrupts it too; if it doesn't, end it."""
    try:
        return _as_shells_say(process.wait(timeout=2))
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()
        return 128 + signal.SIGINT


def _die_with_parent() -> None:
    """Have the kernel kill the child when its parent dies, by whatever signal."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _as_shells_say(code: int) -> int:
    return 128 - code if code < 0 else code
