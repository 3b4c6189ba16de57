"""Finds the Terraform JSON of each stack in a folder or file, and brings its several forms into one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latticelink.errors import LatticeLinkError
from latticelink.terraform.manifest import in_deploy_order

LARGEST = 64 * 1024 * 1024
_DEEPEST = 100
_BLOCKS = ("check", "data", "ephemeral", "import", "locals", "module", "moved", "output", "provider", "removed")
_SECTIONS = frozenset((*_BLOCKS, "resource", "terraform", "variable"))


class UnreadableInput(LatticeLinkError):
    """What was given can't be judged: it is malformed, no Terraform, too large, or refers to itself in a loop."""


@dataclass(frozen=True)
class RawBlock:
    """A resource or data source as written: its kind, its labels, its arguments, and the file that they are in.

    One of a plan has its `address` too, which tells it from those of other modules.
    """

    mode: str
    type: str
    name: str
    body: dict[str, Any]
    file: Path
    address: str = ""


@dataclass
class RawStack:
    """What the files of one stack say, section by section; texts are templates still.

    Attributes:
        comments: what stands under `//` at the top of each file.
        after: the stacks that the manifest puts before this one; None without a manifest.
    """

    name: str
    folder: Path
    files: list[Path]
    blocks: list[RawBlock] = field(default_factory=list)
    locals: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    providers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    terraform: dict[str, Any] = field(default_factory=dict)
    comments: list[Any] = field(default_factory=list)
    after: tuple[str, ...] | None = None
    plan: dict[str, Any] | None = None


def raw_stacks(path: Path) -> list[RawStack]:
    """Return the stacks at `path`: a synth output folder, a folder of Terraform JSON, one file of it, or plans.

    A folder with `manifest.json` is the CDK's. Of any other the `*.tf.json` files make one stack, and those of each
    sub-folder one more. Where there is none, each `*.json` file that is a plan is a stack.

    Raises:
        UnreadableInput: if there is nothing of that kind, or some of it can't be read.
    """
    try:
        return _raw_stacks(path)
    except OSError as error:
        raise UnreadableInput(f"Can't read {error.filename or path}: {error.strerror or error}.") from None


def _raw_stacks(path: Path) -> list[RawStack]:
    if not path.is_dir():
        content = _load(path)
        if is_plan(content):
            return [RawStack(path.stem, path.parent, [path], plan=content)]
        return [_read_files(path.absolute().parent.name, path.parent, [path])]
    if (path / "manifest.json").is_file():
        try:
            folders = in_deploy_order(path)
        except LatticeLinkError as error:
            raise UnreadableInput(str(error)) from None
        return [_read_files(stack.name, stack.path, [stack.file], stack.dependencies) for stack in folders]
    found: list[RawStack] = []
    for folder in [path, *sorted(child for child in path.iterdir() if child.is_dir() and child.name[0] != ".")]:
        if files := sorted(folder.glob("*.tf.json")):
            name = folder.absolute().name
            taken = found and found[0].name == name
            found.append(_read_files(f"{name}/{name}" if taken else name, folder, files))
    return found or _plans(path)


def _plans(path: Path) -> list[RawStack]:
    found = []
    for file in sorted(path.glob("*.json")):
        if is_plan(content := _load(file)):
            found.append(RawStack(file.stem, path, [file], plan=content))
    if not found:
        raise UnreadableInput(
            f"{path} has no manifest.json, no *.tf.json and no plan. Name the folder that a synth wrote, such as "
            "cdktf.out; for HCL make a plan: terraform plan -out=plan && terraform show -json plan > plan.json."
        )
    return found


def is_plan(content: Any) -> bool:
    """Return whether the JSON is what `terraform show -json` prints of a plan."""
    return isinstance(content, dict) and isinstance(content.get("planned_values"), dict)


def _load(file: Path) -> Any:
    if file.exists() and not file.is_file():
        raise UnreadableInput(f"{file} is no file.")
    if (size := file.stat().st_size) > LARGEST:
        raise UnreadableInput(
            f"{file} has {size:,} bytes, and no more than {LARGEST:,} are read. Check its stacks one by one."
        )
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"), object_pairs_hook=_object)
    except RecursionError:
        raise UnreadableInput(f"{file} is nested too deeply to be Terraform's.") from None
    except ValueError as error:
        raise UnreadableInput(f"{file} is no JSON: {error}.") from None
    if _is_deeper(content, _DEEPEST):
        raise UnreadableInput(f"{file} is nested too deeply to be Terraform's.")
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a name that comes twice stands for two blocks, as in Terraform."""
    made = dict(pairs)
    if len(made) < len(pairs):
        several: dict[str, list[Any]] = {}
        for key, value in pairs:
            several.setdefault(key, []).extend(value if isinstance(value, list) else [value])
        made = {key: several[key] if sum(name == key for name, _ in pairs) > 1 else made[key] for key in made}
    return made


def _is_deeper(content: Any, most: int) -> bool:
    level = [content]
    for _ in range(most):
        level = [
            item
            for part in level
            if isinstance(part, dict | list)
            for item in (part.values() if isinstance(part, dict) else part)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return True


def _read_files(name: str, folder: Path, files: list[Path], after: tuple[str, ...] | None = None) -> RawStack:
    stack = RawStack(name, folder, files, after=after)
    for file in sorted(files, key=_is_override):
        content = _load(file)
        if not isinstance(content, dict) or not (content.keys() <= _SECTIONS | {"//"}):
            strange = sorted(content.keys() - _SECTIONS - {"//"})[:3] if isinstance(content, dict) else []
            told = f": it has {', '.join(map(repr, strange))}" if strange else ""
            raise UnreadableInput(
                f"{file} is no Terraform JSON{told}. Its parts are resource, data, output and the like."
            )
        _add(stack, file, content)
    return stack


def _is_override(file: Path) -> bool:
    return file.name == "override.tf.json" or file.name.endswith("_override.tf.json")


def _add(stack: RawStack, file: Path, content: dict[str, Any]) -> None:
    stack.comments.append(content.get("//"))
    known = {(block.mode, block.type, block.name): block for block in stack.blocks} if _is_override(file) else {}
    for section, mode in (("resource", "resource"), ("data", "data")):
        for (kind, name), body in _labelled(file, section, content.get(section), 2):
            if overridden := known.get((mode, kind, name)):
                overridden.body.update(body)
            else:
                stack.blocks.append(RawBlock(mode, kind, name, dict(body), file))
    for section, into in (("output", stack.outputs), ("variable", stack.variables), ("module", stack.modules)):
        for (name,), body in _labelled(file, section, content.get(section), 1):
            into.setdefault(name, {}).update(body)
    stack.providers += [(name, body) for (name,), body in _labelled(file, "provider", content.get("provider"), 1)]
    for _, body in _labelled(file, "locals", content.get("locals"), 0):
        stack.locals.update(body)
    for _, body in _labelled(file, "terraform", content.get("terraform"), 0):
        for key, value in body.items():
            earlier = stack.terraform.get(key)
            if key == "required_providers" and isinstance(earlier, dict) and isinstance(value, dict):
                value = {**earlier, **value}
            stack.terraform[key] = value


def _labelled(file: Path, section: str, content: Any, labels: int) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the labels and the body of each block; at each level an object may stand in a list, with others."""
    for part in content if isinstance(content, list) else [] if content is None else [content]:
        if not isinstance(part, dict):
            raise UnreadableInput(
                f"{file} is no Terraform JSON: {section!r} holds {_kind(part)} where an object belongs."
            )
        if labels == 0:
            yield (), {key: value for key, value in part.items() if key != "//"} if section == "locals" else part
            continue
        for label, inside in part.items():
            if label != "//":
                for rest, body in _labelled(file, f"{section}.{label}", inside, labels - 1):
                    yield (label, *rest), body


def _kind(part: Any) -> str:
    return "a list" if isinstance(part, list) else "a text" if isinstance(part, str) else repr(part)
