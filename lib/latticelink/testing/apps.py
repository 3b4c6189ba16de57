"""An app as it leaves the program: the Terraform JSON of its stacks, and what the check says of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from latticelink.checks.examination import Examination, examined
from latticelink.checks.findings import Result
from latticelink.errors import InvalidInput, LatticeLinkError, Report, UnreadableInput
from latticelink.network.ranges import PortSet
from latticelink.network.reading import configuration_of
from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import Tracer
from latticelink.replacements import Replacement, as_moved, blocks_of, find_replacements
from latticelink.terraform.raw import RawStack
from latticelink.terraform.sources import synthesised
from latticelink.terraform.work import begin
from latticelink.values.calls import judged
from latticelink.values.texts import with_article

if TYPE_CHECKING:
    from latticelink.app import App


class SynthesisedStack:
    """The Terraform JSON of one stack, in which blocks are found by type and arguments, never by hashed ids.

    Args:
        name: the stack's id.
        text: the JSON as it was written.
    """

    @judged
    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def __repr__(self) -> str:
        """Return the stack's id, and how many resources it has."""
        return f"<stack {self.name!r} of {len(self.addresses)} resources>"

    @cached_property
    def json(self) -> dict[str, Any]:
        """The JSON, parsed; tests share it, so it is not to be changed."""
        try:
            content = json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise UnreadableInput(f"The text of stack {self.name!r} is not JSON: {error}.") from None
        if not isinstance(content, dict):
            raise UnreadableInput(f"The text of stack {self.name!r} is not a JSON object.")
        return content

    @property
    def addresses(self) -> list[str]:
        """The Terraform addresses of the resources, sorted: what Terraform knows each of them by."""
        return sorted(f"{kind}.{name}" for kind, blocks in self._blocks("resource").items() for name in blocks)

    @judged
    def all(self, kind: str, section: str = "resource", /, **arguments: Any) -> list[dict[str, Any]]:
        """Return the blocks of a type that have these arguments, in the order of the file.

        Args:
            kind: Terraform's type, such as `aws_vpc`.
            section: `resource` or `data`.
            **arguments: values as they are written in the JSON, such as `cidr_block="10.0.0.0/16"`.
        """
        return list(self._found(kind, section, arguments).values())

    @judged
    def one(self, kind: str, section: str = "resource", /, **arguments: Any) -> dict[str, Any]:
        """Return the one block of a type that has these arguments.

        Args:
            kind: Terraform's type, such as `aws_vpc`.
            section: `resource` or `data`.
            **arguments: as for `all`.

        Raises:
            AssertionError: if there is none, or there are several; it says which there are.
        """
        __tracebackhide__ = True
        return self._one(kind, section, arguments)[1]

    @judged
    def ref(self, kind: str, attribute: str, /, **arguments: Any) -> str:
        """Return the expression that refers to the one resource of a type with these arguments.

        Args:
            kind: Terraform's type, such as `aws_vpc`.
            attribute: what is referred to, such as `id`.
            **arguments: as for `all`.

        Raises:
            AssertionError: as for `one`.
        """
        __tracebackhide__ = True
        name, _ = self._one(kind, "resource", arguments)
        return f"${{{kind}.{name}.{attribute}}}"

    def _blocks(self, section: str) -> dict[str, dict[str, dict[str, Any]]]:
        blocks: dict[str, dict[str, dict[str, Any]]] = self.json.get(section, {})
        return blocks

    def _found(self, kind: str, section: str, arguments: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            name: block
            for name, block in self._blocks(section).get(kind, {}).items()
            if all(key in block and block[key] == value for key, value in arguments.items())
        }

    def _one(self, kind: str, section: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        __tracebackhide__ = True
        found = self._found(kind, section, arguments)
        if len(found) == 1:
            return next(iter(found.items()))
        wanted = f" with {', '.join(f'{key}={value!r}' for key, value in arguments.items())}" if arguments else ""
        lines = [
            f"Stack {self.name!r} has {len(found)} blocks of {kind}{wanted} in {section!r}, and exactly one was "
            f"expected."
        ]
        if there := found or self._blocks(section).get(kind, {}):
            lines += [f"  {kind}.{name}: {_shown(block, arguments)}" for name, block in there.items()]
        else:
            lines.append(f"It has blocks of: {', '.join(sorted(self._blocks(section))) or 'no type'}.")
        raise AssertionError("\n".join(lines))


def _shown(block: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """Return what a block has for the arguments that were asked for; all that it has where none were."""
    return ", ".join(
        f"{key}={block[key]!r}" if key in block else f"no {key}"
        for key in (arguments or [key for key in block if key != "//"])
    )


class SynthesisedApp(Mapping[str, SynthesisedStack]):
    """The stacks of an app by their ids, in deploy order, and what the check says of them together.

    Args:
        outdir: the folder that the synth wrote.

    Raises:
        UnreadableInput: if it is no such folder.
    """

    @judged
    def __init__(self, outdir: Path) -> None:
        outdir = Path(outdir)
        self._raw: list[RawStack] = synthesised(outdir)
        self._stacks = {
            stack.name: SynthesisedStack(stack.name, stack.files[0].read_text(encoding="utf-8")) for stack in self._raw
        }
        self._at: dict[int, tuple[TracedPath, ...]] = {}

    def __getitem__(self, name: str) -> SynthesisedStack:
        """Return a stack by its id.

        Raises:
            NoSuchStack: if there is none of that id.
        """
        if not isinstance(name, str) or name not in self._stacks:
            given = repr(name) if isinstance(name, str) else with_article(type(name).__name__)
            raise NoSuchStack(f"This app has no stack {given}. It has: {', '.join(self) or 'none'}.")
        return self._stacks[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of the stacks."""
        return iter(self._stacks)

    def __len__(self) -> int:
        """Return how many stacks there are."""
        return len(self._stacks)

    def __repr__(self) -> str:
        """Return the ids of the stacks."""
        return f"<app of {', '.join(map(repr, self))}>"

    @cached_property
    def examination(self) -> Examination:
        """All that `latticelink check` says, `latticelink-suppressions.toml` of the working directory considered."""
        begin()
        return examined(configuration_of(self._raw))

    @property
    def paths(self) -> tuple[TracedPath, ...]:
        """The path of each client to each resource, for the ports that come nearest to being reachable."""
        return self.examination.paths

    @property
    def findings(self) -> tuple[Result, ...]:
        """The errors, warnings and notes of the check that aren't suppressed, worst first."""
        return tuple(self.examination.of(Answer.FAIL))

    @judged
    def paths_at(self, port: int) -> tuple[TracedPath, ...]:
        """Return the path of each client to each resource, for one port.

        Args:
            port: TCP port, 1 to 65535.

        Raises:
            InvalidInput: for what is no such port.
        """
        if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65535:
            with Report("SynthesisedApp.paths_at") as report:
                rule = "A TCP port is a whole number from 1 to 65535."
                report.refuse("port", port, rule=rule, fix="Write one, such as 443.")
                raise InvalidInput(report.findings)
        if port not in self._at:
            configuration = self.examination.configuration
            begin()
            self._at[port] = tuple(Tracer(configuration, PortSet.of((port, port))).paths)
        return self._at[port]

    @judged
    def replacements_since(self, before: SynthesisedApp) -> list[Replacement]:
        """Return the gateways, resource configurations and endpoints that an apply would replace.

        Args:
            before: the same app as it is applied now.

        Returns:
            What `run` warns of; docs/changes.md says what it is worth.
        """
        then = as_moved(blocks_of(before._raw), self._raw)
        return find_replacements(then, blocks_of(self._raw))


class NoSuchStack(LatticeLinkError, KeyError):
    """An app has no stack of the id that was asked for."""

    __str__ = LatticeLinkError.__str__


@judged
def synthesise(build: Callable[[App], object], *, context: Mapping[str, Any] | None = None) -> SynthesisedApp:
    """Build an app in this process, write its Terraform JSON to a folder of its own, and return what was written.

    Args:
        build: makes the app's stacks, as for `run`.
        context: the app's context. Default: as for `App`, that of `cdktf.json` in the working directory.

    Raises:
        InvalidInput: with all that is wrong with the input, as `run` would print it.
    """
    if not callable(build):
        with Report("synthesise") as report:
            report.refuse(
                "build",
                build,
                rule="synthesise takes the function that creates the app's stacks, and calls it with the app.",
                fix="Write synthesise(build), without parentheses after the function's name.",
            )
            raise InvalidInput(report.findings)
    # Here, as it starts Node.js, which what reads a folder doesn't need.
    from latticelink.app import build_app

    with TemporaryDirectory(prefix="latticelink-") as folder:
        app = build_app(build, folder, context)
        return SynthesisedApp(Path(app.outdir))


@judged
def read_synthesised(outdir: Path) -> SynthesisedApp:
    """Return what a synth wrote to a folder, such as a `cdktf.out` that is kept under version control.

    Args:
        outdir: the folder, with `manifest.json`.

    Raises:
        UnreadableInput: if there is no manifest, or some of it can't be read.
    """
    return SynthesisedApp(outdir)
