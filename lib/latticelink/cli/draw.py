"""`latticelink draw`: the topology as a picture, with what each hop does to packets."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from latticelink.cli.inputs import add_inputs, first_of, inputs_of
from latticelink.terminal import progress

if TYPE_CHECKING:
    from latticelink.paths.outline import Outline
    from latticelink.terraform.inputs import Input

HELP = "draw the topology, and where packets are blocked"
DESCRIPTION = (
    "Draw what a configuration shares, hop by hop, with the verdict of `latticelink check` at each hop: as a picture, "
    "as a page to explore, or as a Mermaid flowchart for pull requests."
)
EXAMPLES = """\
  latticelink draw --open                          explore cdktf.out in the browser
  latticelink draw -o picture.svg                  write a picture
  latticelink draw --format mermaid >> comment.md  for a pull request
  latticelink draw plan.json --stack consumer      only the paths of one stack of a plan
"""
EXIT_CODES = "0: drawn, even if paths are blocked; 2: the input can't be read, or the picture can't be written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_inputs(parser)
    parser.add_argument(
        "--format",
        choices=("svg", "html", "mermaid"),
        help="a picture (the default), a page to explore, or Markdown with a flowchart for a pull request",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="where to write it (default: standard output)"
    )
    parser.add_argument(
        "--open", action="store_true", help="open it in the browser, as a page unless --format says otherwise"
    )
    parser.add_argument("--stack", metavar="NAME", help="only the paths that start or end in this stack")


def run(chosen: argparse.Namespace) -> int:
    """Draw it; return the exit code."""
    inputs, form = inputs_of(chosen), chosen.format or ("html" if chosen.open else "svg")
    with progress("Drawing"):
        outline, notes = _read(inputs, chosen.stack)
        text = _drawn(outline, form, first_of(chosen))
    for note in notes:
        print(note, file=sys.stderr)
    if chosen.output is None and not chosen.open:
        sys.stdout.buffer.write(text.encode())
        return 0
    written = _written(text, form, chosen.output)
    if chosen.open:
        _open(written)
    return 0


def _read(inputs: list[Input], stack: str | None) -> tuple[Outline, list[str]]:
    """Return what to draw, and what there is to say of its inputs."""
    # Here, so that no other command waits for it to be read.
    from latticelink.network.reading import read
    from latticelink.paths.outlining import outline_of
    from latticelink.picture.selection import of_stack
    from latticelink.terraform.company import sentences

    configuration = read(inputs)
    outline = outline_of(configuration)
    return outline if stack is None else of_stack(outline, stack), list(sentences(configuration))


def _drawn(outline: Outline, form: str, root: Path) -> str:
    if form == "mermaid":
        from latticelink.picture.mermaid import as_markdown

        return as_markdown(outline)
    if form == "html":
        from latticelink.picture.page import as_page

        return as_page(outline, root)
    from latticelink.picture.svg import as_svg

    return as_svg(outline)


def _open(picture: Path) -> None:
    import webbrowser

    if not webbrowser.open(picture.resolve().as_uri()):
        print(f"No browser was found; the picture is in {picture}.", file=sys.stderr)


def _written(text: str, form: str, output: Path | None) -> Path:
    """Write the whole text or nothing; return where.

    Raises:
        LatticeLinkError: if it can't be written.
    """
    import tempfile  # Here, as it takes longer to read than all else of the command line.

    from latticelink.errors import LatticeLinkError

    part = None
    try:
        if output is None:
            output = Path(tempfile.mkdtemp(prefix="latticelink-")) / f"picture.{'md' if form == 'mermaid' else form}"
        if output.exists() and not output.is_file() and not output.is_dir():
            # A pipe or a device, such as /dev/null, is written to; a file in its place would be no device any more.
            output.write_text(text, encoding="utf-8", newline="\n")
            return output
        place = Path(os.path.realpath(output))
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        part.chmod(0o644)
        part.replace(place)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise LatticeLinkError(f"{output or 'The picture'} can't be written: {error.strerror or error}.") from None
    return output
