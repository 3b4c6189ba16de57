"""Follows the references in a plan's configuration, through modules, to the resources that a plan has.

A plan gives a configuration in HCL without its expressions: of each argument only what it refers to. A configuration in
JSON it gives as written. Locals it leaves out.

Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_REFERENCE = re.compile(
    r"(?P<data>data\.)?(?P<type>[a-z][a-z0-9_]*)\.(?P<name>[\w-]+)(?P<index>\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?"
    r"(?:\.(?P<rest>.+))?"
)
_MODULE = re.compile(
    r"module\.(?P<name>[\w-]+)(?P<index>\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?(?:\.(?P<output>[\w-]+)(?P<rest>.*))?"
)
_GIVEN = re.compile(r"(.*_)?(id|arn|dns_name|endpoint|address)")
_NO_RESOURCE = ("each", "count", "path", "terraform", "self", "local", "var", "module")
_OWN = ("each.key", "count.index")
_ONE_OF_MANY = re.compile(r"(\.|^var\.)[\w-]+\[(\d+|\"(?:[^\"\\]|\\.)*\")\]$")
MODULES = re.compile(r"(?:module\.[\w-]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?\.)*")


@dataclass(frozen=True)
class Target:
    """An attribute of one resource of the plan.

    Args:
        mode: `data` or `resource`.
        type: the resource's type.
        name: its name, after the modules that it is in.
        index: its key in `count` or `for_each`, as in `["a"]`; empty without.
        attribute: what is referred to; empty for the whole.
    """

    mode: str
    type: str
    name: str
    index: str
    attribute: str

    @property
    def address(self) -> str:
        """Its address as Terraform tells it."""
        modules = modules_before(self.name)
        data = "data." if self.mode == "data" else ""
        return f"{modules}{data}{self.type}.{self.name.removeprefix(modules)}{self.index}"

    @property
    def template(self) -> str:
        """The reference as an expression of the root module."""
        data = "data." if self.mode == "data" else ""
        plain = re.fullmatch(r"[\w-]+", self.name) is not None
        name = f".{self.name}" if plain else f"[{_quoted(self.name)}]"
        index = f"[{_quoted(json.loads(self.index[1:-1]))}]" if self.index.startswith('["') else self.index
        rest = f".{self.attribute}" if self.attribute else ""
        return f"${{{data}{self.type}{name}{index}{rest}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


@dataclass(frozen=True)
class Place:
    """Where an expression stands: in which module, and in which instance.

    Args:
        module: the modules around it, as in `module.a["x"].`; empty for the root module.
        index: the instance's key, as in `["a"]`; empty without.
        over: what its `for_each` refers to.
    """

    module: str = ""
    index: str = ""
    over: tuple[str, ...] = ()


class References:
    """The configuration of a plan, and the resources that it makes."""

    def __init__(self, configuration: dict[str, Any], planned: list[dict[str, Any]]) -> None:
        self._root = mapping(configuration.get("root_module"))
        self._modules: dict[str, dict[str, Any]] = {}
        self._written: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
        self._indexes: dict[tuple[str, str, str], list[str]] = {}
        self._followed: dict[tuple[str, Place], list[Target] | None] = {}
        self._scopes: dict[str, tuple[list[Target], list[str]]] = {}
        self._around_seen: dict[tuple[str, str, Place], tuple[list[Target], list[str]]] = {}
        for resource in planned:
            mode = "data" if resource.get("mode") == "data" else "resource"
            name = module_of(resource) + str(resource.get("name"))
            self._indexes.setdefault((mode, str(resource.get("type")), name), []).append(index_of(resource))

    def module(self, path: str) -> dict[str, Any]:
        """Return the configuration of the module at `path`, such as `module.a["x"].module.b.`."""
        plain = re.sub(r"\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\]", "", path)
        if plain not in self._modules:
            module = self._root
            for name in re.findall(r"module\.([\w-]+)", plain):
                module = mapping(mapping(mapping(module.get("module_calls")).get(name)).get("module"))
            self._modules[plain] = module
        return self._modules[plain]

    def written(self, resource: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the configuration has of a resource; None if it has nothing."""
        path = module_of(resource)
        if path not in self._written:
            listed = mappings(self.module(path).get("resources"))
            self._written[path] = {_kind(each): each for each in listed}
        return self._written[path].get(_kind(resource))

    def call(self, path: str) -> tuple[Place, dict[str, Any]]:
        """Return where the module at `path` is called, and the call."""
        outer, _, last = path.rstrip(".").rpartition("module.")
        name, bracket, index = last.partition("[")
        call = mapping(mapping(self.module(outer).get("module_calls")).get(name))
        return Place(outer, bracket + index, self.over(call)), call

    def over(self, written: dict[str, Any]) -> tuple[str, ...]:
        """Return what the `for_each` of a resource or module refers to."""
        return tuple(self.names(mapping(written.get("for_each_expression")))[0])

    def outputs(self, path: str) -> dict[str, dict[str, Any]]:
        """Return the expressions of a module's outputs by name."""
        return {
            name: mapping(mapping(body).get("expression"))
            for name, body in mapping(self.module(path).get("outputs")).items()
        }

    def called(self) -> Iterator[str]:
        """Yield the paths of the modules that have resources in the plan, but for the root module."""
        seen = {""}
        for _, _, name in self._indexes:
            path = ""
            for step in re.findall(r"module\.[\w-]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?\.", modules_before(name)):
                path += step
                if path not in seen:
                    seen.add(path)
                    yield path

    def all_in(self, path: str) -> list[Target]:
        """Return all managed resources in a module and in those that it calls; without index for all instances."""
        return [
            Target(*key, "", "")
            for key in self._indexes
            if key[0] == "resource" and (key[2].startswith(f"{path}.") or key[2].startswith(f"{path}["))
        ]

    def names(self, expression: dict[str, Any]) -> tuple[list[str], bool]:
        """Return the references of an expression, each as far as it goes, and whether it has its instance's own key."""
        listed = expression.get("references")
        given = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        own = [each for each in given if each in _OWN or each.startswith("each.value")]
        given = [each for each in given if each not in _OWN]
        whole = [
            each
            for each in dict.fromkeys(given)
            if not any(other != each and other.startswith((f"{each}.", f"{each}[")) for other in given)
        ]
        return whole, bool(own)

    def follow(self, name: str, place: Place) -> list[Target] | None:
        """Return what a reference leads to; None if that can't be determined."""
        key = (name, place)
        if key not in self._followed:
            self._followed[key] = None  # the answer for one that leads back to itself
            self._followed[key] = self._target(name, place)
        return self._followed[key]

    def targets(self, expression: dict[str, Any], place: Place) -> list[Target] | None:
        """Return what an expression refers to; None if any of it can't be followed, or there is nothing."""
        names, own = self.names(expression)
        found: list[Target] = []
        for name in names:
            followed = self.follow(name, place if own else Place(place.module))
            if followed is None:
                return None
            found += followed
        return list(dict.fromkeys(found)) or None

    def candidates(self, expression: dict[str, Any], place: Place) -> tuple[list[Target], list[str]]:
        """Return all that an expression may be made of, and the references of which that can't be determined."""
        found: dict[Target, None] = {}
        lost: list[str] = []
        names, own = self.names(expression)
        for name in names:
            at = place if own else Place(place.module)
            followed = self.follow(name, at)
            if followed is None:
                followed, strange = self._around(name, at)
                lost += strange
            found.update(dict.fromkeys(followed))
        return list(found), lost

    def _around(self, name: str, place: Place) -> tuple[list[Target], list[str]]:
        """Return what may be behind a reference to more than one thing: a module's outputs, an object in a variable."""
        key = ("around", name, place)
        if key not in self._around_seen:
            self._around_seen[key] = ([], [name])  # the answer for one that leads back to itself
            self._around_seen[key] = self._look_around(name, place)
        return self._around_seen[key]

    def _look_around(self, name: str, place: Place) -> tuple[list[Target], list[str]]:
        found: list[Target] = []
        lost: list[str] = []
        parts: list[tuple[dict[str, Any], Place]] = []
        if match := _MODULE.fullmatch(name):
            inside = f"{place.module}module.{match['name']}{match['index'] or place.index}."
            outputs = self.outputs(inside)
            wanted = [outputs[match["output"]]] if match["output"] in outputs else list(outputs.values())
            parts = [(each, Place(inside)) for each in wanted]
        elif name.startswith("var.") and place.module:
            outer, call = self.call(place.module)
            parts = [(mapping(mapping(call.get("expressions")).get(_first(name[4:]))), outer)]
        elif name.startswith("each.value"):
            parts = [({"references": list(place.over)}, Place(place.module))]
        elif (match := _REFERENCE.fullmatch(name)) and match["type"] not in _NO_RESOURCE:
            return self._instances_of(match, place.module), []
        else:
            return [], [name]
        for expression, at in parts:
            more, strange = self.candidates(expression, at)
            found += more
            lost += strange
        if len(found) > 1 and _ONE_OF_MANY.search(name):
            lost.append(name)
        return found, lost

    def _instances_of(self, match: re.Match[str], module: str) -> list[Target]:
        """Return what a reference may lead to, where it doesn't tell the instance."""
        mode, kind, name = "data" if match["data"] else "resource", match["type"], module + match["name"]
        keys = self._indexes.get((mode, kind, name), [])
        return [Target(mode, kind, name, each, match["rest"] or "") for each in keys]

    def in_scope(self, module: str) -> tuple[list[Target], list[str]]:
        """Return all that an expression in a module may be made of, and the references of which that isn't known.

        Its locals and outputs are made of nothing else.
        """
        if module not in self._scopes:
            self._scopes[module] = self.candidates({"references": self._names_in(module)}, Place(module))
        return self._scopes[module]

    def _names_in(self, module: str) -> list[str]:
        """Return what a module's expressions may refer to: modules that it calls, its variables, its resources."""
        names = [f"module.{each.removeprefix(f'{module}module.').rstrip('.')}" for each in self._called_in(module)]
        _, call = self.call(module) if module else (Place(), {})
        names += [f"var.{each}" for each in mapping(call.get("expressions"))]
        for kind in mappings(self.module(module).get("resources")):
            data = "data." if kind.get("mode") == "data" else ""
            names.append(f"{data}{kind.get('type')}.{kind.get('name')}")
        return names

    def _called_in(self, module: str) -> list[str]:
        return [each for each in self.called() if modules_before(each[: each.rstrip(".").rfind("module.")]) == module]

    def traces(self, expression: Any, place: Place) -> list[Target]:
        """Return what all references anywhere in an argument or block lead to, as far as they can be followed."""
        found: dict[Target, None] = {}
        todo = [expression]
        while todo:
            part = todo.pop()
            if isinstance(part, dict) and is_expression(part):
                names, own = self.names(part)
                for name in names:
                    found.update(dict.fromkeys(self.follow(name, place if own else Place(place.module)) or []))
            elif isinstance(part, dict):
                todo += part.values()
            elif isinstance(part, list):
                todo += part
        return list(found)

    def _target(self, name: str, place: Place) -> list[Target] | None:
        if match := _MODULE.fullmatch(name):
            inside = f"{place.module}module.{match['name']}{match['index'] or ''}."
            expression = self.outputs(inside).get(match["output"] or "")
            return None if expression is None else _part(self.targets(expression, Place(inside)), match["rest"] or "")
        if name.startswith("var."):
            if not place.module:
                return None
            outer, call = self.call(place.module)
            variable = _first(name[4:])
            given = mapping(mapping(call.get("expressions")).get(variable))
            return _part(self.targets(given, outer), name[4 + len(variable) :])
        if name.startswith("each.value"):
            over = self.follow(place.over[0], Place(place.module)) if len(place.over) == 1 else None
            same = [each for each in over or [] if each.index == place.index and not each.attribute]
            attribute = name.removeprefix("each.value").removeprefix(".")
            return [Target(each.mode, each.type, each.name, each.index, attribute) for each in same] or None
        match = _REFERENCE.fullmatch(name)
        if match is None or match["type"] in _NO_RESOURCE:
            return None
        mode = "data" if match["data"] else "resource"
        kind, whole = match["type"], place.module + match["name"]
        index = match["index"] or place.index
        have = self._indexes.get((mode, kind, whole), [])
        keys = [each for each in have if not index or each in ("", index)]
        if match["index"] is None and not index and match["rest"] and len(keys) > 1:
            return None
        return [Target(mode, kind, whole, each, match["rest"] or "") for each in keys] or None


def _first(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _part(targets: list[Target] | None, rest: str) -> list[Target] | None:
    """Return the part of an output or variable that `rest` asks for, as in `[0]`; None if that can't be determined."""
    if targets is None or not rest:
        return targets
    if re.fullmatch(r"\[\d+\]", rest):
        number = int(rest[1:-1])
        return targets[number : number + 1] or None
    key = re.fullmatch(r"\.([\w-]+)|\[\"([^\"\\]*)\"\]", rest)
    found = [each for each in targets if key and each.index == json.dumps([key[1] or key[2]], ensure_ascii=False)]
    return found or None


def is_identity(attribute: str) -> bool:
    """Return whether an attribute is given by AWS and tells a resource from all others, such as its id."""
    return _GIVEN.fullmatch(attribute) is not None


def is_expression(part: dict[str, Any]) -> bool:
    """Return whether a part of the configuration is an argument's expression, and no nested block."""
    return part.keys() <= {"constant_value", "references"}


def module_of(resource: dict[str, Any]) -> str:
    """Return the modules that a planned resource is in, as in `module.a["x"].`; empty for the root module."""
    return modules_before(str(resource.get("address")))


def modules_before(address: str) -> str:
    """Return the modules at the start of an address."""
    found = MODULES.match(address)
    return found[0] if found else ""


def index_of(resource: dict[str, Any]) -> str:
    """Return the key of a planned resource in `count` or `for_each`, as in `["a"]`; empty without."""
    return f"[{json.dumps(resource['index'], ensure_ascii=False)}]" if "index" in resource else ""


def _kind(resource: dict[str, Any]) -> tuple[Any, ...]:
    return str(resource.get("mode")), str(resource.get("type")), str(resource.get("name"))


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object as it is, and anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects in a list; of anything else none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
