"""The lab's own process: it reads, builds, and proves or runs somebody's command. `child` starts it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from subprocess import CalledProcessError

from latticelink.disclosure import line
from latticelink.lab.addressing import NoRoom
from latticelink.lab.building import Lab
from latticelink.lab.model import Interface, Model
from latticelink.lab.namespaces import KernelRefuses
from latticelink.lab.nft import NftError
from latticelink.lab.proof import Comparison, DirectWay, calls, journeys, strangers
from latticelink.lab.reading import model_of
from latticelink.lab.report import everything, header, remarks
from latticelink.lab.request import Request
from latticelink.lab.running import Running
from latticelink.network.reading import read
from latticelink.paths.tracing import trace
from latticelink.terminal import coloured, progress
from latticelink.terraform.company import sentences
from latticelink.terraform.inputs import Input
from latticelink.terraform.json_files import UnreadableInput

from pyroute2.netlink.exceptions import NetlinkError


class _NoLab(Exception):
    """There is nothing to build, or no such place; the message says so."""


def main() -> int:
    """Do what the first argument of the command line asks; return the exit code."""
    request = Request.of(sys.argv[1])
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _serve(request, Path(folder))
    except (UnreadableInput, NoRoom, _NoLab) as error:
        print(line(str(error)), file=sys.stderr)
    except (KernelRefuses, NftError, NetlinkError, OSError, CalledProcessError) as error:
        print(line(f"This machine can't run a lab: {error}"), file=sys.stderr)
    return 2


def _serve(request: Request, folder: Path) -> int:
    configuration = read([Input(Path(path), name) for path, name in request.inputs])
    named = ", ".join(path for path, _ in request.inputs)
    for note in sentences(configuration):
        print(note, file=sys.stderr)
    model = model_of(configuration)
    if not model.ways:
        raise _NoLab(f"{named} has no endpoint that leads to a resource, so there is nothing to try.")
    place = _place(model, request.at) if request.at or request.command else None
    running = Running(Lab(model), folder)
    if place is not None:
        for note in model.notes:
            print(line(f"Note: {note}"), file=sys.stderr)
        return running.run(place, request.command or [request.shell])
    tried = journeys(model, trace(configuration))
    _report(header(named, model), [""])
    with progress("Sending packets"):
        direct = DirectWay.of_all(running, tried)  # first, as its curl waits in vain while others are answered
        compared = Comparison(running.lab, tried)
        answers = list(calls(running, compared))
    _report(answers, [""], *(way.lines() for way in direct), [""])
    _report(["Where packets went, beside what the check says:"], compared.lines, [""], remarks(model))
    differ = compared.differences + [each for way in direct for each in way.differences]
    differ += strangers(model, running.servers)
    _report(f"DIFFERS {each}" for each in differ)
    return 1 if differ else 0


def _report(*parts: Iterable[str]) -> None:
    """Print parts of the report, in colour on a terminal."""
    for each in chain(*parts):
        print(coloured(line(each), sys.stdout))


def _place(model: Model, name: str) -> Interface:
    if not name:
        if not model.clients:
            raise _NoLab(f"There is no client to run it on; name one of: {everything(model)}.")
        return model.clients[0]
    for each in model.interfaces.values():
        if name in (each.name, each.owner):
            return each
    raise _NoLab(f"There is no {name!r} in the lab; it has: {everything(model)}.")


if __name__ == "__main__":
    raise SystemExit(main())
