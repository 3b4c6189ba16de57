"""A configuration as the checks see it: stacks, their blocks, and of each argument what can be known before apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

from latticelink.disclosure import shown
from latticelink.terraform.blocks import SPLAT, Block, Key
from latticelink.terraform.dynamic import blocks_made, inside, makes, value_of_block
from latticelink.terraform.expressions import descend, evaluate
from latticelink.terraform.instances import Instance, instances, planned_instance
from latticelink.terraform.known import (
    ABSENT,
    PartlyKnown,
    Reference,
    RefusedByTerraform,
    Unknown,
    as_list,
    bounded,
    unknown_of,
)
from latticelink.terraform.plan_references import is_identity
from latticelink.terraform.raw import RawBlock, RawStack
from latticelink.terraform.syntax import references
from latticelink.terraform.variables import value_of_variable
from latticelink.terraform.work import spend

ReadStack: TypeAlias = "Callable[[Block, Sequence[StackConfiguration]], StackConfiguration | Unknown]"
Default: TypeAlias = Callable[[Block, str], Any]


class _BlockScope:
    """A block as its expressions see it; computes its arguments, each once."""

    __slots__ = ("_values", "block", "body", "home", "instance", "told", "type")

    def __init__(self, stack: StackConfiguration, block: Block) -> None:
        self.home, self.block = stack, block
        self.type, self.body, self.told, self.instance = block.type, block.body, block.told, block.instance
        self._values: dict[tuple[str | int, ...], Any] = {}

    def value(self, *path: str | int) -> Any:
        """Return the argument at `path`, such as `value("subnet_ids")` or `value("ip_resource", "ip_address")`.

        A nested block may be written as an object or as a list of one; both are the same here.

        Returns:
            A text, number, bool, list or map; a Reference where it is another block's attribute that only apply
            tells; Unknown with the reason; ABSENT for what isn't there or null. Lists and maps may hold these too.
        """
        if path not in self._values:
            self._values[path] = bounded(_safely(partial(self._argument, path)))
        return self._values[path]

    def nested(self, *path: str | int) -> list[Any]:
        """Return the nested blocks at `path`, each as a map of values; an Unknown among them stands for any number.

        `dynamic` blocks are expanded where what they go over is known.
        """
        content = self.value(*path)
        made = [unknown_of(each) or each for each in as_list(content)]
        label = ".".join(map(str, path))
        made = [
            each
            if isinstance(each, dict | Unknown)
            else Unknown(f"{label} of {self.block.address} is {_shown(each)}, which is not a block", "Write an object.")
            for each in made
        ]
        return made

    def attribute(self, path: tuple[Key, ...]) -> Any:
        """Return what a reference to the attribute at `path` stands for: what is set there, else the Reference."""
        if not path:
            return Reference(self.block, "")
        if path[0] is SPLAT:
            return [self.attribute(path[1:])]
        in_state = self.type == "terraform_remote_state" and path[0] == "outputs" and "outputs" not in self.body
        if in_state and len(path) > 1:
            return self.home.remote_output(self.block, path[1:])
        reference = descend(Reference(self.block, str(path[0])), path[1:])
        try:
            value = descend_raw(self.body.get(str(path[0])), path[1:], self)
        except RefusedByTerraform:
            return reference
        if value is ABSENT and path[0] in self.told:
            return reference if is_identity(str(path[0])) else descend_raw(self.told[str(path[0])], path[1:], self)
        if value is ABSENT and makes(self.body, path[0]):
            return reference
        if value is ABSENT:
            return self.home.default_of(self.block, path) if len(path) == 1 else reference
        return reference if isinstance(value, Unknown) and not isinstance(value, PartlyKnown) else value

    def lookup(self, path: tuple[Key, ...]) -> Any:
        """Return what a name means inside the block."""
        if path[0] == "self":
            return self.attribute(path[1:])
        if path[0] in self.instance.names:
            return descend(self.instance.names[str(path[0])], path[1:])
        return self.home.lookup(path)

    def _argument(self, path: tuple[str | int, ...]) -> Any:
        if self.block.unread:
            return Unknown(self.block.unread)
        raw: Any = self.body
        for number, key in enumerate(path):
            if isinstance(raw, dict) and isinstance(key, str) and "dynamic" not in raw:
                raw = raw.get(key)
                continue
            if isinstance(raw, str):
                return descend(evaluate(raw, self), path[number:])
            if isinstance(key, str) and isinstance(raw, list) and len(raw) == 1:
                raw = raw[0]
            if isinstance(key, int) and isinstance(raw, dict) and key == 0:
                continue
            if isinstance(raw, dict) and "dynamic" in raw and makes(raw, key):
                static = as_list(value_of_block(raw.get(str(key)), self))
                return inside([*static, *blocks_made(raw, str(key), self)], path[number + 1 :])
            if isinstance(raw, list) and isinstance(key, int):
                raw = raw[key] if 0 <= key < len(raw) else None
            else:
                raw = raw.get(key) if isinstance(raw, dict) else None
        return value_of_block(raw, self)


def _shown(value: Any) -> str:
    text = shown(repr(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def _safely(compute: Callable[[], Any]) -> Any:
    """Return what is computed, or an Unknown for what Terraform would refuse."""
    try:
        return compute()
    except RefusedByTerraform as error:
        return Unknown(f"Terraform would stop here, because {error}", "Correct the expression.")
    except RecursionError:
        return Unknown("it is nested too deeply to be read here")


def descend_raw(raw: Any, path: tuple[Key, ...], scope: Any) -> Any:
    """Return what lies at `path` in JSON, of which only that part is evaluated."""
    for number, key in enumerate(path):
        inside = raw.keys() if isinstance(raw, dict) else range(len(raw)) if isinstance(raw, list) else ()
        if key not in inside:
            return descend(evaluate(raw, scope), path[number:])
        raw = raw[key]
    return evaluate(raw, scope)


_PLAIN = (bool, int, float)


@dataclass(frozen=True)
class ModuleCall:
    """A `module` block, or one instance of it: where a module gets the values of its variables from."""

    parent: StackConfiguration
    name: str
    body: dict[str, Any]
    instance: Instance

    @property
    def prefix(self) -> str:
        """What the addresses in the module begin with, such as `module.network["a"].`."""
        return f"{self.parent.prefix}module.{self.name}{self.instance.index}."

    def lookup(self, path: tuple[Key, ...]) -> Any:
        """Return what a name means in the arguments of the call."""
        if path[0] in self.instance.names:
            return descend(self.instance.names[str(path[0])], path[1:])
        return self.parent.lookup(path)

    def value_of(self, name: str, variable: dict[str, Any]) -> Any:
        """Return what a variable of the module is worth."""
        given = {name: evaluate(self.body[name], self)} if name in self.body else {}
        return value_of_variable(name, variable, given)


class StackConfiguration:
    """One stack: its blocks, and what the names in its expressions mean.

    Attributes:
        name: the stack's name in the manifest, else the name of its folder or of the plan's file.
        folder: where Terraform runs.
        file: its JSON, or the first of several files.
        call: for a local module what calls it; None for the stack itself.
        prefix: what the addresses in a module begin with.
    """

    def __init__(self, raw: RawStack, read_stack: ReadStack, default: Default, call: ModuleCall | None = None) -> None:
        self.raw, self._read_stack, self._default = raw, read_stack, default
        self._scopes: dict[Block, _BlockScope] = {}
        self.name, self.folder, self.file = raw.name, raw.folder, raw.files[0]
        self.call, self.prefix = call, call.prefix if call is not None else ""
        if call is not None:
            # Terraform runs in the stack's folder, and the stack's are the names that people know.
            self.name, self.folder = call.parent.name, call.parent.folder
        self._company: list[StackConfiguration] = []
        self._modules: dict[str, list[StackConfiguration]] = {}
        self._locals: dict[str, Any] = {}
        self._references: dict[int, tuple[dict[str, Any], tuple[tuple[str, ...], ...]]] = {}
        self._parts_of_locals: dict[tuple[Key, ...], Any] = {}
        self._variables: dict[str, Any] = {}
        self._read: dict[Block, StackConfiguration | Unknown] = {}
        self.declared: dict[tuple[str, str, str], list[RawBlock]] = {}
        for block in raw.blocks:
            same = self.declared.get(block.key, []) if raw.is_unfolded else []
            self.declared[block.key] = [*same, block]
        self._made: dict[tuple[str, str, str], list[Block]] = {}
        self._single: dict[tuple[str, str, str], bool] = {}

    @property
    def company(self) -> list[StackConfiguration]:
        """All stacks that were read together."""
        return self._company if self.call is None else self.call.parent.company

    @company.setter
    def company(self, stacks: list[StackConfiguration]) -> None:
        self._company = stacks

    @property
    def has_company(self) -> bool:
        """Whether there are other stacks."""
        return len(self.company) > 1

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, in the order in which they are written; those of local modules after them."""
        return tuple(block for scope in self.scopes for block in scope.own_blocks)

    @cached_property
    def own_blocks(self) -> tuple[Block, ...]:
        """The blocks that stand in the files of the stack, or of the module, itself."""
        return tuple(block for key in self.declared for block in self.made(key))

    @property
    def scopes(self) -> Iterator[StackConfiguration]:
        """The stack, and the local modules in it: in each of them names have a meaning of their own."""
        yield self
        for name in self.raw.opened:
            for module in self.modules(name):
                yield from module.scopes

    def modules(self, name: str) -> list[StackConfiguration]:
        """Return the instances of a local module by the name of its call."""
        if name not in self._modules:
            body = self.raw.modules[name]
            found = instances(RawBlock("module", "", name, body, self.file), self)
            if self.call is not None and self.call.instance.unknown is not None:
                found = [Instance(None, {}, self.call.instance.unknown)]
            self._modules[name] = [
                StackConfiguration(
                    self.raw.opened[name], self._read_stack, self._default, ModuleCall(self, name, body, each)
                )
                for each in found
            ]
        return self._modules[name]

    def declared_of(self, mode: str, type: str) -> list[tuple[str, str, str]]:
        """Return mode, type and name of the blocks of this mode and type."""
        return self._declared_by_type.get((mode, type), [])

    @cached_property
    def _declared_by_type(self) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
        found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for key in self.declared:
            found.setdefault(key[:2], []).append(key)
        return found

    def references_in(self, body: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
        """Return the leading names of the references in a block's arguments, looked for once."""
        if id(body) not in self._references:
            self._references[id(body)] = (body, tuple(references(body)))
        return self._references[id(body)][1]

    def made(self, key: tuple[str, str, str]) -> list[Block]:
        """Return the instances of the block with this mode, type and name; none if there is no such block."""
        if key not in self.declared:
            return []
        if key not in self._made:
            self._made[key] = [
                Block(self, raw, instance) for raw in self.declared[key] for instance in self._instances(raw)
            ]
        return self._made[key]

    def _instances(self, raw: RawBlock) -> list[Instance]:
        if self.call is not None and self.call.instance.unknown is not None:
            return [Instance(None, {}, self.call.instance.unknown)]
        return instances(raw, self) if not self.raw.is_unfolded else [planned_instance(raw, self)]

    @property
    def terraform(self) -> dict[str, Any]:
        """The `terraform` block as written."""
        return self.raw.terraform

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The outputs' values by name."""
        return {name: bounded(_safely(partial(self.output, (name,)))) for name in self.raw.outputs}

    def output(self, path: tuple[Key, ...]) -> Any:
        """Return the value at a path that starts with an output's name; RefusedByTerraform if there is none."""
        name = path[0]
        if name not in self.raw.outputs:
            if self._is_elsewhere("output", str(name)):
                return self._elsewhere(f"output {name!r} of stack {self.name!r}")
            have = ", ".join(sorted(self.raw.outputs)) or "none"
            raise RefusedByTerraform(f"stack {self.name!r} has no output {name!r}; it has: {have}")
        try:
            return descend_raw(self.raw.outputs[str(name)].get("value"), path[1:], self)
        except RefusedByTerraform as error:
            raise RefusedByTerraform(f"output {name!r} of stack {self.name!r} is read, and {error}") from None

    @property
    def provider_constraint(self) -> str | None:
        """The version constraint of the AWS provider, a module's with that of what calls it; None if there is none."""
        if self.call is not None and (outer := self.call.parent.provider_constraint) is not None:
            return f"{outer}, {own}" if (own := self._own_constraint) is not None and own != outer else outer
        return self._own_constraint

    @property
    def _own_constraint(self) -> str | None:
        required = self.raw.terraform.get("required_providers")
        aws: Any = None
        for part in required if isinstance(required, list) else [required]:
            aws = part.get("aws", aws) if isinstance(part, dict) else aws
        version = aws.get("version") if isinstance(aws, dict) else aws
        return version if isinstance(version, str) else None

    def lookup(self, path: tuple[Key, ...]) -> Any:
        """Return what a name means in the stack's expressions, such as `("local", "ports")`."""
        first, names = path[0], path[1:]
        if first == "local" and names:
            return self._local(str(names[0]), names[1:])
        if first == "var" and names:
            return self._variable(str(names[0]), names[1:])
        if first == "module" and names:
            return self._of_module(str(names[0]), names[1:])
        if first == "data" and len(names) > 1:
            return self._of_block(("data", str(names[0]), str(names[1])), names[2:])
        if first in ("path", "terraform", "each", "count", "self"):
            return Unknown(f"{first}.{names[0] if names else ''} has no value before Terraform runs")
        if names:
            return self._of_block(("resource", str(first), str(names[0])), names[1:])
        raise RefusedByTerraform(f"there is nothing named {first!r}")

    def _of_module(self, name: str, path: tuple[Key, ...]) -> Any:
        if name in self.raw.module_outputs:
            return descend_raw(self.raw.module_outputs[name], path, self)
        if name not in self.raw.opened:
            if name in self.raw.modules or self._is_elsewhere("module", name) or self.raw.is_unfolded:
                return Unknown(f"module.{name} isn't read{self.raw.unopened.get(name, '')}")
            raise RefusedByTerraform(f"there is no module {name!r}")
        made = self.modules(name)
        if not {"count", "for_each"} & self.raw.modules[name].keys():
            return made[0].output(path) if path else made[0].outputs
        if made and made[0].call is not None and (unknown := made[0].call.instance.unknown) is not None:
            return unknown.keeps(f"the number of instances of module.{name}")
        by_key = {each.call.instance.key: each for each in made if each.call is not None}
        if path and isinstance(path[0], str | int):
            found = next((each for key, each in by_key.items() if str(key) == str(path[0])), None)
            if found is None:
                raise RefusedByTerraform(f"there is no module.{name}[{path[0]!r}]")
            return found.output(path[1:]) if path[1:] else found.outputs
        if path:
            return [each.output(path[1:]) if path[1:] else each.outputs for each in made]
        whole = {key: each.outputs for key, each in by_key.items()}
        return list(whole.values()) if "count" in self.raw.modules[name] else whole

    def _local(self, name: str, path: tuple[Key, ...]) -> Any:
        if self.raw.is_unfolded:
            return Unknown(f"a plan doesn't include local.{name}", "Apply, then check a new plan.")
        if name not in self.raw.locals:
            if self._is_elsewhere("local", name):
                return self._elsewhere(f"local.{name}")
            raise RefusedByTerraform(f"there is no local.{name}")
        if path:
            if (name, *path) not in self._parts_of_locals:
                self._parts_of_locals[name, *path] = descend_raw(self.raw.locals[name], path, self)
            return self._parts_of_locals[name, *path]
        if name not in self._locals:
            self._locals[name] = evaluate(self.raw.locals[name], self)
        return self._locals[name]

    def _variable(self, name: str, path: tuple[Key, ...]) -> Any:
        if name not in self._variables:
            self._variables[name] = self._value_of_variable(name)
        return descend(self._variables[name], path)

    def _value_of_variable(self, name: str) -> Any:
        given = self.raw.values
        if name in self.raw.variables:
            body = self.raw.variables[name]
            if self.call is not None:
                return self.call.value_of(name, body)
            return given[""] if "" in given and name not in given else value_of_variable(name, body, given)
        if self._is_elsewhere("variable", name):
            return value_of_variable(name, {}, given) if name in given else self._elsewhere(f"variable {name!r}")
        raise RefusedByTerraform(f"there is no variable {name!r}")

    def _is_elsewhere(self, *heading: str) -> bool:
        return heading in self.raw.elsewhere

    def _elsewhere(self, what: str) -> Unknown:
        return Unknown(f"{what} is declared in HCL, and {self.raw.unread}")

    def _of_block(self, key: tuple[str, str, str], path: tuple[Key, ...]) -> Any:
        address = ".".join(key[1:] if key[0] == "resource" else key)
        if key not in self.declared:
            return Unknown(f"{address} isn't in the input", "Check the folder that has it, or a plan.")
        made = self.made(key)
        if self.declared[key][0].unread and path and not isinstance(path[0], str):
            return Unknown(self.declared[key][0].unread)
        if self._is_single(key):
            return made[0].attribute(path)
        counted = any("count" in block.body or isinstance(block.instance.key, int) for block in made)
        if made and made[0].has_many:
            unknown = made[0].instance.unknown
            assert unknown is not None
            return unknown.keeps(f"the number of instances of {address}")
        if path and not isinstance(path[0], str | int):
            return [block.attribute(path[1:]) for block in made]
        if not path:
            whole = {block.instance.key: Reference(block, "") for block in made}
            return list(whole.values()) if counted else whole
        found = next((block for block in made if str(block.instance.key) == str(path[0])), None)
        if found is None:
            raise RefusedByTerraform(f"there is no {address}[{path[0]!r}]")
        return found.attribute(path[1:])

    def _is_single(self, key: tuple[str, str, str]) -> bool:
        """Return whether a block has neither `count` nor `for_each`."""
        if key not in self._single:
            keyed = any(block.instance.key is not None for block in self.made(key))
            self._single[key] = not keyed and not any(
                "count" in raw.body or "for_each" in raw.body for raw in self.declared[key]
            )
        return self._single[key]

    def _scope(self, block: Block) -> _BlockScope:
        scope = self._scopes.get(block)
        if scope is None:
            scope = self._scopes[block] = _BlockScope(self, block)
        return scope

    def worth(self, raw: Any) -> Any:
        """Return what JSON of the stack is worth; Unknown with the reason where Terraform would stop."""
        return _safely(partial(evaluate, raw, self))

    def value_of(self, block: Block, path: tuple[str | int, ...]) -> Any:
        """Return the argument of a block at `path`."""
        spend(1)
        if not block.unread:
            # Most arguments: nothing to evaluate, and not worth remembering.
            raw = block.body.get(str(path[0]))
            if raw is None and "dynamic" not in block.body:
                return ABSENT
            if len(path) == 1 and (type(raw) in _PLAIN or (type(raw) is str and "${" not in raw and "%{" not in raw)):
                return raw
        return self._scope(block).value(*path)

    def nested_of(self, block: Block, path: tuple[str | int, ...]) -> list[Any]:
        """Return the nested blocks of a block at `path`."""
        return self._scope(block).nested(*path)

    def attribute_of(self, block: Block, path: tuple[Key, ...]) -> Any:
        """Return what a reference to an attribute of a block stands for."""
        return self._scope(block).attribute(path)

    def read_by(self, reader: Block) -> StackConfiguration | Unknown:
        """Return the stack whose state a `terraform_remote_state` of this stack reads, or why nobody can say."""
        if reader not in self._read:
            self._read[reader] = self._read_stack(reader, self.company)
        return self._read[reader]

    def remote_output(self, reader: Block, path: tuple[Key, ...]) -> Any:
        """Return the output at `path` of the stack whose state a `terraform_remote_state` reads."""
        found = self.read_by(reader)
        return found if isinstance(found, Unknown) else found.output(path)

    def default_of(self, block: Block, path: tuple[Key, ...]) -> Any:
        """Return what the attribute is when the argument is left out: AWS's documented default, else the Reference."""
        return self._default(block, str(path[0]))


class Configuration:
    """All stacks that were read together.

    Attributes:
        stacks: in deploy order where there is a manifest, else by name.
        applied: states of stacks that are there as well, each with its stack; these aren't judged.
    """

    def __init__(
        self, stacks: list[StackConfiguration], applied: Mapping[StackConfiguration, StackConfiguration] | None = None
    ) -> None:
        self.stacks, self.applied = tuple(stacks), dict(applied or {})
        for stack in stacks:
            stack.company = stacks

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks of all stacks."""
        return tuple(block for stack in self.stacks for block in stack.blocks)

    @property
    def scopes(self) -> Iterator[StackConfiguration]:
        """All stacks, and the local modules in them."""
        for stack in self.stacks:
            yield from stack.scopes

    @cached_property
    def _by_type(self) -> dict[tuple[str, str], list[Block]]:
        found: dict[tuple[str, str], list[Block]] = {}
        for block in self.blocks:
            found.setdefault((block.mode, block.type), []).append(block)
        return found

    def of_type(self, type: str, mode: str = "resource") -> list[Block]:
        """Return the blocks of a type."""
        return self._by_type.get((mode, type), [])
