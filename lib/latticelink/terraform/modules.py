"""Opens the local modules that a stack calls; others are somewhere else, and stay unknown by name.

Source: https://developer.hashicorp.com/terraform/language/modules/sources#local-paths
"""

from __future__ import annotations

import os.path
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from latticelink.terraform.hcl import EXTRA, can_read
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.raw import RawStack
from latticelink.terraform.work import spend

ReadModule: TypeAlias = Callable[[str, Path], RawStack | None]

# Modules that call others twice, which call others twice, are many soon.
_STEPS_OF_A_MODULE = 2000
_DEEPEST = 30


def open_modules(stack: RawStack, read: ReadModule, above: tuple[str, ...] = ()) -> None:
    """Read the local modules that a stack or module calls, and those that these call.

    Args:
        stack: what calls them; it gets them as `opened`, and of the others in `unopened` the reason.
        read: reads the module in a folder.
        above: the folders of the modules that this one is in.

    Raises:
        UnreadableInput: if a module calls itself, or one can't be read.
    """
    here = os.path.normpath(stack.folder.absolute())
    for name, body in stack.modules.items():
        source = body.get("source")
        if not isinstance(source, str) or not source.startswith(("./", "../")):
            told = f", as its source is {source}" if isinstance(source, str) else ""
            stack.unopened[name] = f"{told}: only local modules are opened (./ and ../)"
            continue
        folder = os.path.normpath(os.path.join(here, source))  # noqa: PTH118
        if folder in (*above, here) or len(above) >= _DEEPEST:
            way = " -> ".join(os.path.relpath(each, (*above, here)[0]) for each in (*above, here, folder))
            raise UnreadableInput(f"Modules call each other in a loop, or too deeply: {way}. Break it.")
        spend(_STEPS_OF_A_MODULE)
        module = read(name, Path(folder)) if Path(folder).is_dir() else None
        if module is None:
            extra = "" if can_read() else f", or only HCL, which is read with the extra `hcl` ({EXTRA})"
            stack.unopened[name] = f", as there are no Terraform files in {source}{extra}"
            continue
        open_modules(module, read, (*above, here))
        stack.opened[name] = module
