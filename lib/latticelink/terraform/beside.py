"""What stands beside a stack's JSON: files of values; and HCL, whose headings are read where the rest can't be.

Source: https://developer.hashicorp.com/terraform/language/values/variables#assigning-values-to-root-module-variables
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from latticelink.terraform.expressions import value_of_tree
from latticelink.terraform.hcl import EXTRA, can_read, read_values
from latticelink.terraform.json_files import UnreadableInput, is_regular, load, read_text
from latticelink.terraform.known import RefusedByTerraform, Unknown
from latticelink.terraform.secrets import note_content
from latticelink.terraform.syntax import parse

_HEADING = re.compile(
    r"""^[ \t]*(?P<kind>resource|data|variable|output|module|provider|locals|terraform|backend|cloud)"""
    r"""(?:[ \t]+"(?P<first>[^"\n]+)")?(?:[ \t]+"(?P<second>[^"\n]+)")?[ \t]*\{""",
    re.M,
)
_LOCAL = re.compile(r"^[ \t]*(?P<name>[A-Za-z_][\w-]*)[ \t]*=(?!=)", re.M)
_COMMENT = re.compile(r"/\*(?:.*?\*/|.*\Z)|^[ \t]*(?:#|//)[^\n]*", re.M | re.S)


def values(folder: Path) -> dict[str, Any]:
    """Return what files give to variables, in Terraform's order: a later one wins.

    Those are terraform.tfvars, terraform.tfvars.json, then *.auto.tfvars and *.auto.tfvars.json by name. A file whose
    HCL can't be read, without the extra for it, gives Unknown to every variable, under the empty name.
    """
    automatic = [file for ending in ("", ".json") for file in folder.glob(f"*.auto.tfvars{ending}")]
    found: dict[str, Any] = {}
    for file in [folder / "terraform.tfvars", folder / "terraform.tfvars.json", *sorted(automatic)]:
        if is_regular(file):
            given = load(file) if file.suffix == ".json" else _hcl_values(file)
            if not isinstance(given, dict):
                raise UnreadableInput(f"{file} is not a variables file: it should be an object of names and values.")
            found.update({name: value for name, value in given.items() if name != "//"})
    return found


class _NoNames:
    """Nothing has a name in a file of values."""

    def lookup(self, path: tuple[Any, ...]) -> Any:
        raise RefusedByTerraform(f"{path[0]!r} has no meaning in a file of values")


def _hcl_values(file: Path) -> dict[str, Any]:
    tree = parse(f"${{{{\n{read_text(file)}\n}}}}")
    try:
        found = value_of_tree(tree, _NoNames())
    except RefusedByTerraform:
        found = None
    if isinstance(found, dict):
        note_content(found)
        return found
    if can_read():
        return read_values(file)
    settle = f"Install the extra `hcl` ({EXTRA}), or check a plan."
    return {"": Unknown(f"{file.name} may give it a value, but isn't read", settle)}


def files_of_hcl(folder: Path) -> list[Path]:
    """Return the `*.tf` files that Terraform reads in the folder: none that is hidden or an editor's."""
    return sorted(file for file in folder.glob("*.tf") if file.name[0] not in ".#" and is_regular(file))


def headings(folder: Path) -> dict[Path, list[tuple[str, ...]]]:
    """Return the headings of the blocks in each *.tf file of the folder, such as ("resource", "aws_vpc", "main").

    Of `locals` each name is one: ("local", "ports"). Terraform reads these files together with those of JSON.
    Source: https://developer.hashicorp.com/terraform/language/files
    """
    found: dict[Path, list[tuple[str, ...]]] = {}
    for file in files_of_hcl(folder):
        text = _COMMENT.sub("", read_text(file))
        if not text.strip():
            continue
        found[file] = []
        first = text.find("locals")
        names = {("local", name["name"]) for name in _LOCAL.finditer(text, max(first, 0))} if first >= 0 else set()
        for match in _HEADING.finditer(text):
            if match["kind"] == "locals":
                found[file] += names
                names = set()
            else:
                found[file].append(tuple(part for part in match.groups() if part))
    return found
