"""Which CDK this process runs on: CDKTF or its successor CDK Terrain. One is chosen once; both at once are refused."""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from latticelink.errors import UnusableCdk, line_of_user_code

VARIABLE = "LATTICELINK_CDK"
_log = logging.getLogger("latticelink")


@dataclass(frozen=True)
class Flavour:
    """A CDK, and what is said of it to people.

    Attributes:
        name: its name in sentences.
        core: its Python package, and the name of our extra that installs it.
        bindings: the Python package with its bindings of the AWS provider.
        cli: the npm package of its command line, with the version that goes with it.
        cli_needs: the Node.js that the command line runs on.
    """

    name: str
    core: str
    bindings: str
    cli: str
    cli_needs: str

    @property
    def packages(self) -> tuple[str, str]:
        """The Python packages that a user of this CDK imports."""
        return self.core, self.bindings

    @property
    def install(self) -> str:
        """The command that installs it."""
        return f"pip install 'latticelink[{self.core},node]'"


CDKTF = Flavour("CDKTF", "cdktf", "cdktf_cdktf_provider_aws", "cdktf-cli@0.21.0", "Node.js 20 or 22")
CDK_TERRAIN = Flavour("CDK Terrain", "cdktn", "cdktn_provider_aws", "cdktn-cli@0.24.0", "Node.js 22.19 or newer")
FLAVOURS = (CDKTF, CDK_TERRAIN)


@functools.cache
def chosen() -> Flavour:
    """Return the CDK of this process: the variable LATTICELINK_CDK says which, else what is imported or installed.

    With both installed and neither imported it is CDKTF. From then on an import of the other one ends the program.

    Raises:
        UnusableCdk: if there is none, both are imported, the variable names none, or what it names isn't there.
    """
    flavour, reason = _choose()
    if missing := [package for package in flavour.packages if not _is_there(package)]:
        raise UnusableCdk(
            f"LatticeLink runs on {flavour.name} here, as {reason}, but {' and '.join(missing)} can't be imported by "
            f"{sys.executable}. Install it with: {flavour.install}"
        )
    _log.debug("the CDK is %s, as %s", flavour.name, reason)
    sys.meta_path.insert(0, _RefusingFinder(flavour, reason))
    return flavour


def _choose() -> tuple[Flavour, str]:
    """Return the CDK to use, and why."""
    imported = [flavour for flavour in FLAVOURS if any(package in sys.modules for package in flavour.packages)]
    if len(imported) > 1:
        raise UnusableCdk(
            f"{' and '.join(flavour.name for flavour in imported)} are both imported in this process, where they "
            "conflict. Import only one of them."
        )
    if wanted := os.environ.get(VARIABLE):
        by_name = {flavour.core: flavour for flavour in FLAVOURS}
        if wanted not in by_name:
            raise UnusableCdk(f"{VARIABLE} is {wanted!r}. Set it to {' or '.join(by_name)}, or unset it.")
        if imported and imported[0].core != wanted:
            raise UnusableCdk(
                f"{VARIABLE} is {wanted!r}, but {imported[0].core} is imported already; a process can use only "
                f"one CDK. Import {wanted} in its place, or set {VARIABLE}={imported[0].core}."
            )
        return by_name[wanted], f"{VARIABLE} says so"
    if imported:
        return imported[0], f"{imported[0].core} is imported already"
    installed = [flavour for flavour in FLAVOURS if all(map(_is_there, flavour.packages))]
    if len(installed) > 1:
        return installed[0], f"both are installed, neither is imported yet, and {VARIABLE} is not set"
    for flavour in [*installed, *(flavour for flavour in FLAVOURS if _is_there(flavour.core))]:
        return flavour, "it is the only one installed"
    raise UnusableCdk(
        f"LatticeLink needs a CDK, and {sys.executable} finds none. Install {CDK_TERRAIN.name} with: "
        f"{CDK_TERRAIN.install}, or {CDKTF.name}, which no longer gets fixes, with: {CDKTF.install}"
    )


def _is_there(package: str) -> bool:
    return package in sys.modules or importlib.util.find_spec(package) is not None


class _RefusingFinder(MetaPathFinder):
    """Finds the packages of the CDK that was not chosen, to say at their import why they can't be used.

    Without it a synth ends in its middle with CDKTF's own error, about a function inside its JavaScript.
    """

    def __init__(self, flavour: Flavour, reason: str) -> None:
        self._loader = _RefusingLoader(flavour, reason)
        self._refused = {package for other in FLAVOURS if other is not flavour for package in other.packages}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a package that can be looked for but not loaded, if it is one of the other CDK's and installed."""
        if fullname not in self._refused or PathFinder.find_spec(fullname, path, target) is None:
            return None
        return ModuleSpec(fullname, self._loader, is_package=True)


class _RefusingLoader(Loader):
    def __init__(self, flavour: Flavour, reason: str) -> None:
        self._flavour, self._reason = flavour, reason

    def exec_module(self, module: ModuleType) -> None:
        """Refuse the import in words.

        Raises:
            UnusableCdk: always.
        """
        name, ours = module.__name__, self._flavour
        [other] = [flavour for flavour in FLAVOURS if name in flavour.packages]
        raise UnusableCdk(
            f"{line_of_user_code() or 'Something'} imports {name}, but this process runs on {ours.name}, as "
            f"{self._reason}; a process can use only one CDK. Import {ours.packages[other.packages.index(name)]} "
            f"instead everywhere, or set {VARIABLE}={other.core} to run on {other.name}."
        )
