"""What the command asks of the lab's own process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Request:
    """What to build, and what to do there.

    Args:
        inputs: paths of the configuration, each with its name or an empty text.
        at: where to run something; empty for the first client.
        command: what to run; empty for a shell if `at` is given, else for the proof.
        shell: the shell.
    """

    inputs: Sequence[tuple[str, str]]
    at: str = ""
    command: tuple[str, ...] = ()
    shell: str = "/bin/sh"

    def text(self) -> str:
        """Return it as one argument of a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Request:
        """Return what `text` made an argument of."""
        given = json.loads(text)
        return cls(
            **{**given, "inputs": [(path, name) for path, name in given["inputs"]], "command": tuple(given["command"])}
        )
