"""Finds the Terraform files of each stack in a folder or file, and brings its several forms into one."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from latticelink.errors import LatticeLinkError
from latticelink.terraform.beside import files_of_hcl, headings, values
from latticelink.terraform.hcl import EXTRA, can_read, read_hcl
from latticelink.terraform.inputs import STANDARD_INPUT, Inputs, distinct
from latticelink.terraform.json_files import UnreadableInput, is_regular, load
from latticelink.terraform.known import ABSENT, as_list
from latticelink.terraform.manifest import in_deploy_order
from latticelink.terraform.modules import open_modules
from latticelink.terraform.raw import RawBlock, RawStack
from latticelink.terraform.states import fill_from_state, is_state, outputs_in
from latticelink.terraform.work import begin

_BLOCKS = ("check", "data", "ephemeral", "import", "locals", "module", "moved", "output", "provider", "removed")
# Far longer than AWS's and CDKTF's; findings repeat it.
_LONGEST_NAME = 4096
# One of both says where the state is kept.
_STATE_KEEPERS = ("backend", "cloud")
_SECTIONS = frozenset((*_BLOCKS, "resource", "terraform", "variable"))


def raw_stacks(inputs: Inputs) -> list[RawStack]:
    """Return the stacks of each input: a synth output folder, Terraform JSON, plans, states, or published outputs.

    A folder with `manifest.json` is the CDK's. Of any other the `*.tf.json` and `*.tf` files make one stack, and those
    of each sub-folder one more. Where there is none, each `*.json` file that is a plan or a state, and each `*.tfstate`
    file, is a stack.

    Raises:
        UnreadableInput: if there is nothing of that kind, or some of it can't be read.
    """
    begin()
    found: list[RawStack] = []
    for each in distinct(inputs):
        try:
            stacks = _raw_stacks(each.path)
        except OSError as error:
            raise UnreadableInput(f"Can't read {error.filename or each.path}: {error.strerror or error}.") from None
        if each.name and len(stacks) != 1:
            raise UnreadableInput(
                f"--as {each.name}={each.path} gives a name to one stack, and {len(stacks)} are in it. Name the "
                "folder or file of one, and give the others without --as."
            )
        for stack in stacks:
            stack.input, stack.called = str(each.path), each.name
            stack.name = each.name or stack.name
        found += stacks
    return found


def synthesised(outdir: Path) -> list[RawStack]:
    """Return the stacks that a synth wrote to `outdir`, each after those that it depends on.

    Raises:
        UnreadableInput: if there is no manifest, or some of it can't be read.
    """
    begin()
    try:
        stacks = in_deploy_order(outdir)
        return [
            _read_files(stack.name, stack.path, {stack.file: load(stack.file)}, stack.dependencies) for stack in stacks
        ]
    except OSError as error:
        raise UnreadableInput(f"Can't read {error.filename or outdir}: {error.strerror or error}.") from None
    except LatticeLinkError as error:
        raise UnreadableInput(str(error)) from None


def _raw_stacks(path: Path) -> list[RawStack]:
    if path.suffix == ".tf" and path.is_file():
        return [_read_files(path.absolute().parent.name, path.parent, {path: read_hcl(path)})]
    if path == STANDARD_INPUT or not path.is_dir():
        content = load(path, named=True)
        if (shown := _shown(path, content)) is not None:
            return [shown]
        if path.is_file():
            return [_read_files(path.absolute().parent.name, path.parent, {path: content})]
        # Beside what comes through a pipe there is nothing.
        return [_read_contents(path.stem, path.parent, {path: content})]
    if is_regular(path / "manifest.json"):
        return synthesised(path)
    found: list[RawStack] = []
    for folder in [path, *sorted(child for child in path.iterdir() if child.is_dir() and child.name[0] != ".")]:
        files = sorted(folder.glob("*.tf.json"))
        if files or (can_read() and files_of_hcl(folder)):
            name = folder.absolute().name
            taken = found and found[0].name == name
            loaded = {file: load(file) for file in files}
            found.append(_read_files(f"{name}/{name}" if taken else name, folder, loaded))
    called = {_place(module.folder) for stack in found for module in stack.with_modules() if module is not stack}
    # A folder that a module is in is no stack, but for the one that was named.
    found = [stack for stack in found if stack.folder == path or _place(stack.folder) not in called]
    return found or _shown_in(path)


def _place(folder: Path) -> str:
    return os.path.normpath(folder.absolute())


def _shown_in(path: Path) -> list[RawStack]:
    files = sorted(file for ending in ("json", "tfstate") for file in path.glob(f"*.{ending}"))
    found = [shown for file in files if (shown := _shown(file, load(file))) is not None]
    if not found and (hcl := files_of_hcl(path)):
        raise UnreadableInput(
            f"{path} has HCL ({hcl[0].name}), which is read with the extra `hcl`: {EXTRA}. Or make a plan: "
            "terraform plan -out=plan && terraform show -json plan > plan.json."
        )
    if not found:
        raise UnreadableInput(
            f"{path} has no manifest.json, no *.tf.json, no *.tf and no plan or state. Name the folder that a synth "
            "wrote, such as cdktf.out, or a folder of Terraform files."
        )
    return found


def _shown(file: Path, content: Any) -> RawStack | None:
    """Return the stack that Terraform has written down; None if the JSON is none of a plan, a state or outputs."""
    stack = RawStack(file.stem, file.parent, [file])
    if is_plan(content):
        stack.plan = content
    elif is_state(content):
        fill_from_state(stack, content)
    elif (published := outputs_in(content)) is not None:
        stack.outputs, stack.is_state = published, True
    else:
        return None
    return stack


def is_plan(content: Any) -> bool:
    """Return whether the JSON is what `terraform show -json` prints of a plan."""
    return isinstance(content, dict) and isinstance(content.get("planned_values"), dict)


def _read_files(name: str, folder: Path, files: dict[Path, Any], after: tuple[str, ...] | None = None) -> RawStack:
    if can_read():
        files = {**files, **{file: read_hcl(file) for file in files_of_hcl(folder) if file not in files}}
    stack = _read_contents(name, folder, files, after)
    stack.values = values(folder)
    if not can_read():
        _add_hcl(stack)
    open_modules(stack, read_module)
    return stack


def read_module(name: str, folder: Path) -> RawStack | None:
    """Return a module as its files have it; None if there are none."""
    files: dict[Path, Any] = {file: load(file) for file in sorted(folder.glob("*.tf.json"))}
    hcl = files_of_hcl(folder)
    if can_read():
        files.update({file: read_hcl(file) for file in hcl})
    if not files:
        return None
    module = _read_contents(name, folder, files)
    if not can_read():
        _add_hcl(module)
    return module


def _read_contents(name: str, folder: Path, files: dict[Path, Any], after: tuple[str, ...] | None = None) -> RawStack:
    stack = RawStack(name, folder, list(files), after=after)
    for file, content in sorted(files.items(), key=lambda each: (_is_override(each[0]), each[0].name)):
        if not isinstance(content, dict) or not (content.keys() <= _SECTIONS | {"//"}):
            strange = sorted(content.keys() - _SECTIONS - {"//"})[:3] if isinstance(content, dict) else []
            told = f": it has {', '.join(map(repr, strange))}" if strange else ""
            raise UnreadableInput(
                f"{file} is no Terraform JSON{told}. Its parts are resource, data, output and the like."
            )
        _add(stack, file, content)
    return stack


def _add_hcl(stack: RawStack) -> None:
    """Add what stands in HCL beside the JSON: that it is there, and that its arguments aren't read."""
    for file, found in headings(stack.folder).items():
        unread = f"it is in {file.name}, and HCL isn't read without the extra `hcl` ({EXTRA})"
        stack.unread = stack.unread or f"{file.name} is HCL, which isn't read without the extra `hcl` ({EXTRA})"
        stack.elsewhere |= set(found)
        known = {(block.mode, block.type, block.name): place for place, block in enumerate(stack.blocks)}
        for mode, *labels in found:
            if mode not in ("resource", "data") or len(labels) != 2:
                continue
            place = known.get((mode, labels[0], labels[1]))
            if place is None:
                stack.blocks.append(RawBlock(mode, labels[0], labels[1], {}, file, unread=unread))
            elif _is_override(file):
                stack.blocks[place] = replace(stack.blocks[place], unread=f"{unread}, and it overrides the JSON")


def _is_override(file: Path) -> bool:
    name = file.name.removesuffix(".json")
    return name == "override.tf" or name.endswith("_override.tf")


def _add(stack: RawStack, file: Path, content: dict[str, Any]) -> None:
    stack.comments.append(content.get("//"))
    known = {(block.mode, block.type, block.name): block for block in stack.blocks} if _is_override(file) else {}
    for section, mode in (("resource", "resource"), ("data", "data")):
        for (kind, name), body in _labelled(file, section, content.get(section), 2):
            if overridden := known.get((mode, kind, name)):
                _override(overridden.body, body)
            else:
                stack.blocks.append(RawBlock(mode, kind, name, dict(body), file))
    for section, into in (("output", stack.outputs), ("variable", stack.variables), ("module", stack.modules)):
        for (name,), body in _labelled(file, section, content.get(section), 1):
            into.setdefault(name, {}).update(body)
    for (name,), body in _labelled(file, "provider", content.get("provider"), 1):
        same = [each for other, each in stack.providers if (other, each.get("alias")) == (name, body.get("alias"))]
        if same and _is_override(file):
            same[0].update(body)
        else:
            stack.providers.append((name, dict(body)))
    for _, body in _labelled(file, "moved", content.get("moved"), 0):
        stack.moved[str(body.get("from"))] = str(body.get("to"))
    for _, body in _labelled(file, "locals", content.get("locals"), 0):
        stack.locals.update(body)
    for _, body in _labelled(file, "terraform", content.get("terraform"), 0):
        for key, value in body.items():
            earlier = stack.terraform.get(key)
            if key == "required_providers" and isinstance(earlier, dict) and isinstance(value, dict):
                value = {**earlier, **value}
            stack.terraform[key] = value
            if key in _STATE_KEEPERS and _is_override(file):
                stack.terraform = {each: part for each, part in stack.terraform.items() if each not in _STATE_KEEPERS}
                stack.terraform[key] = value


def _override(body: dict[str, Any], override: dict[str, Any]) -> None:
    """Put what an override file says into a resource's arguments.

    Blocks of one kind are replaced together, `dynamic` ones among them; of `lifecycle` each argument by itself.
    Source: https://developer.hashicorp.com/terraform/language/files/override
    """
    replaced = {*override, *(kind for part in as_list(override.get("dynamic", ABSENT)) for kind in part)}
    kept = [
        {kind: block for kind, block in part.items() if kind not in replaced}
        for part in as_list(body.get("dynamic", ABSENT))
        if isinstance(part, dict)
    ]
    dynamic = [part for part in (*kept, *as_list(override.get("dynamic", ABSENT))) if part]
    life = [part for each in (body, override) for part in as_list(each.get("lifecycle", ABSENT))]
    for kind in replaced:
        body.pop(kind, None)
    body.update(override)
    if dynamic:
        body["dynamic"] = dynamic
    else:
        body.pop("dynamic", None)
    if life:
        body["lifecycle"] = {key: value for part in life for key, value in part.items()}


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
            if len(label) > _LONGEST_NAME:
                raise UnreadableInput(f"{file} is no Terraform JSON: {label[:40]!r}... has {len(label):,} characters.")
            if label != "//":
                for rest, body in _labelled(file, f"{section}.{label}", inside, labels - 1):
                    yield (label, *rest), body


def _kind(part: Any) -> str:
    return "a list" if isinstance(part, list) else "a text" if isinstance(part, str) else repr(part)
