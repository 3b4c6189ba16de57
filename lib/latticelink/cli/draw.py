"""`latticelink draw`: the topology as a picture, with what each hop does to packets."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from latticelink.cli.inputs import add_inputs, first_of, inputs_of
from latticelink.disclosure import line

if TYPE_CHECKING:
    from latticelink.paths.outline import Outline

HELP = "draw the topology, and where packets are blocked"
DESCRIPTION = (
    "Draw what a configuration shares, hop by hop, with the verdict of `latticelink check` at each hop. Exit code 0, "
    "also where paths are blocked; 1: the picture can't be written; 2: the input can't be read."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_inputs(parser)
    parser.add_argument(
        "--format",
        choices=("svg", "html", "mermaid"),
        help="a picture (the default), a page to explore, or Markdown with a flowchart for a pull request",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to write it; default: standard output")
    parser.add_argument("--open", action="store_true", help="open it in the browser; the page, unless --format says")
    parser.add_argument("--stack", metavar="NAME", help="only the paths that start or end in this stack")


def run(chosen: argparse.Namespace) -> int:
    """Draw it; return the exit code."""
    # Here, so that no other command waits for it to be read.
    from latticelink.network.reading import read
    from latticelink.paths.outlining import outline_of
    from latticelink.picture.selection import NoSuchStack, of_stack
    from latticelink.terraform.joining import not_joined, unjoined
    from latticelink.terraform.json_files import UnreadableInput

    try:
        configuration = read(inputs_of(chosen))
        outline = outline_of(configuration)
        if chosen.stack is not None:
            outline = of_stack(outline, chosen.stack)
    except (UnreadableInput, NoSuchStack) as error:
        print(line(str(error)), file=sys.stderr)
        return 2
    for stranger in unjoined(configuration.stacks):
        print(line(not_joined(stranger)), file=sys.stderr)
    form = chosen.format or ("html" if chosen.open else "svg")
    return _deliver(_drawn(outline, form, first_of(chosen)), form, chosen.output, is_opened=chosen.open)


def _drawn(outline: Outline, form: str, root: Path) -> str:
    if form == "mermaid":
        from latticelink.picture.mermaid import as_markdown

        return as_markdown(outline)
    if form == "html":
        from latticelink.picture.page import as_page

        return as_page(outline, root)
    from latticelink.picture.svg import as_svg

    return as_svg(outline)


def _deliver(text: str, form: str, output: Path | None, *, is_opened: bool) -> int:
    if output is None and not is_opened:
        sys.stdout.buffer.write(text.encode())
        return 0
    try:
        written = _write(text, form, output)
    except OSError as error:
        print(line(f"{output or 'The picture'} can't be written: {error.strerror or error}."), file=sys.stderr)
        return 1
    if is_opened:
        import webbrowser

        if not webbrowser.open(written.resolve().as_uri()):
            print(f"No browser was found; the picture is in {written}.", file=sys.stderr)
    return 0


def _write(text: str, form: str, output: Path | None) -> Path:
    """Write the whole text or nothing; return where."""
    if output is None:
        folder = Path(tempfile.mkdtemp(prefix="latticelink-"))
        output = folder / f"picture.{'md' if form == 'mermaid' else form}"
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(output)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return output
