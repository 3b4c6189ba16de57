"""Writes for people at a terminal: colour where it is wanted, progress while they wait, quiet once they left."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from threading import Event

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells give it: 128 and the number of the signal."""

_RED, _GREEN, _YELLOW, _CYAN, _DIM = "1;31", "32", "1;33", "1;36", "2"
_STYLES = {
    r"^(?:ERROR|DIFFERS)\b": _RED,
    r"^WARNING\b": _YELLOW,
    r"^(?:NOTE|Note)\b": _CYAN,
    r"^ +(?:place|wrong|rule|fix|see|settle|would settle it):": _DIM,
    r"(?:^ +|: )(?:blocked|dropped)\b": _RED,
    r"(?:^ +|: )unknown\b": _YELLOW,
    r"(?:^ +passes\b|: reachable\b|: arrived\b)": _GREEN,
}
_STEP = 1.0  # second


def wants_colour(stream: TextIO) -> bool:
    """Return whether a stream should get colour.

    `NO_COLOR` forbids it, `FORCE_COLOR` and `CLICOLOR_FORCE` demand it (`0` doesn't), in this order; else it is for
    terminals that aren't dumb, unless `CLICOLOR` is 0.

    Source: https://no-color.org, https://force-color.org, https://bixense.com/clicolors
    """
    told = os.environ.get
    if told("NO_COLOR"):
        return False
    if forced := told("FORCE_COLOR"):
        return forced not in ("0", "false")
    if told("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return _is_terminal(stream) and told("TERM") != "dumb" and told("CLICOLOR") != "0"


def coloured(text: str, stream: TextIO) -> str:
    """Return a report with its verdicts in colour, if the stream that it is for should get colour."""
    if not wants_colour(stream):
        return text
    for pattern, style in _STYLES.items():
        text = re.sub(pattern, f"\x1b[{style}m\\g<0>\x1b[0m", text, flags=re.MULTILINE)
    return text


def tell(text: str) -> None:
    """Print a report; whoever reads along (`| head`) may have seen enough, which is no error."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        discard_output()


def discard_output() -> None:
    """Let nothing more be written to standard output, at the program's end either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show what is done, and since when, on standard error: on a terminal only, after a second, until it is done.

    Args:
        what: a few words, such as `Checking cdktf.out`.
    """
    stream = sys.stderr
    if not _is_terminal(stream):
        yield
        return
    import threading  # Here, as most runs show no progress.

    done = threading.Event()
    waiting = threading.Thread(target=_show_seconds, args=(what, done, stream), daemon=True)
    waiting.start()
    try:
        yield
    finally:
        done.set()
        waiting.join()


def _show_seconds(what: str, done: Event, stream: TextIO) -> None:
    is_dumb = os.environ.get("TERM") == "dumb"
    seconds = 0
    while not done.wait(_STEP):
        seconds += 1
        if not is_dumb:
            print(f"\r{what}... {seconds} s", end="", file=stream, flush=True)
        elif seconds == 1:
            print(f"{what}...", file=stream, flush=True)
    if seconds and not is_dumb:
        print("\r\x1b[K", end="", file=stream, flush=True)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # It is closed.
        return False
