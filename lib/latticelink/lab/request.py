"""What the command asks of the lab's own process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Request:
    """What to build, and what to do there.

    Args:
        input: path of the configuration.
        at: where to run something; empty for the first client.
        command: what to run; empty for a shell if `at` is given, else for the proof.
        shell: the shell.
    """

    input: str
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
        return cls(**{**given, "command": tuple(given["command"])})
