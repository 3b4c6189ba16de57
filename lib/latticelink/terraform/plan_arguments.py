"""Works out the arguments of one resource of a plan: values, or whose attribute they will be.

Where a plan has no value yet, its configuration tells whose attribute it will be: in JSON by the expression as it is
written, in HCL by what it refers to. That is taken for a plain reference only where it can't well be anything else, as
in arguments that take ids and ARNs. What is sensitive is never looked at.

Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from latticelink.terraform.known import Unknown
from latticelink.terraform.plan_references import Place, References, Target, is_expression, mapping, mappings

_TAKES_ID = re.compile(r"(.*_)?(id|identifier|arn|ip_address|private_ip)|(.*_)?subnet_group(_name)?")
_TAKES_IDS = re.compile(r"(.*_)?(ids|identifiers|arns|security_groups|subnets)")
# Of these only an attribute of the kind beside them is taken for the whole expression.
_TAKES_KIND = (
    (re.compile(r"(.*_)?port(_ranges)?"), re.compile(r"(.*\.)?port")),
    (re.compile(r"domain_name"), re.compile(r"(.*[._])?(address|dns_name|endpoint|private_dns)")),
    (re.compile(r"availability_zone(_id)?"), re.compile(r"availability_zone(_id)?")),
)
_TAKES_BLOCK = re.compile(r"cidr_(ipv4|block|blocks)")
# Locals aren't in a plan. These hold no ids, by their names.
_NO_ID = re.compile(r"port|protocol|cidr|range|name|tag|desc|anywhere|(^|[._])azs?$|zone_names", re.IGNORECASE)
# Of an instance or interface, or of whatever else has an address that AWS gives.
_ADDRESS = re.compile(r"(.*_)?(private_ip|ip_address|ipv6_address|private_ip_list)(e?s)?(\[.*)?")


@dataclass(frozen=True)
class Facts:
    """What a plan has for all its arguments.

    Args:
        references: its configuration.
        values: the values of each resource, by mode, type, name with the modules before it, and index.
        new_vpcs: the VPCs whose id isn't known yet.
    """

    references: References
    values: dict[tuple[str, str, str, str], dict[str, Any]]
    new_vpcs: tuple[Target, ...]


class Arguments:
    """Works out the arguments of one resource of a plan."""

    def __init__(self, facts: Facts, place: Place, is_new: bool, own: tuple[str, str] = ("", "")) -> None:
        self.facts, self.place, self.is_new, self.own = facts, place, is_new, own
        self.references = facts.references

    def value(self, name: str, value: Any, unknown: Any, hidden: Any, expression: Any) -> Any:
        """Return an argument as a template, or Unknown with the reason.

        Args:
            name: the argument's name.
            value: what is planned; nothing where it is known only after apply.
            unknown: True where that is so, in the shape of the value.
            hidden: True where it is sensitive, in the shape of the value.
            expression: what the configuration says; None if that isn't in the plan.
        """
        if hidden is True:
            return _concealed(name, expression)
        if isinstance(expression, list) or (isinstance(expression, dict) and not is_expression(expression)):
            return self._nested(value, unknown, hidden, expression)
        said = mapping(expression)
        value = _shown(name, value, hidden)
        if not has_true(unknown):
            return Literal.of(value) if has_true(hidden) else self._known(value, said)
        if not self.place.module and _has_template(constant := said.get("constant_value")):
            return _merged(constant, value, unknown)
        if isinstance(unknown, list) and any(isinstance(each, dict) for each in unknown):
            if expression is None:
                return [self._unfolded(*each) for each in _pairs(value, unknown, hidden)]
            return self._attribute_blocks(value, unknown, said)
        if isinstance(unknown, dict):
            return {
                key: not_told(f"{name}.{key}") if has_true(unknown.get(key)) else Literal.of(mapping(value).get(key))
                for key in dict.fromkeys([*mapping(value), *unknown])
            }
        return self._referred(name, value, unknown, said)

    def configured(self, name: str, expression: Any) -> Any:
        """Return an expression of which the plan has no value, such as one of a module's output."""
        said = mapping(expression)
        if "constant_value" in said:
            is_template = _has_template(said["constant_value"]) and not self.place.module
            return said["constant_value"] if is_template else Literal.of(said["constant_value"])
        if said.get("references") == [f"var.{name}"] and not self.place.module:
            return f"${{var.{name}}}"
        targets = self.references.targets(said, self.place)
        if targets is None:
            return not_told(name)
        found = [(each if each.attribute else _with_attribute(each, "id")).template for each in targets]
        return found[0] if len(found) == 1 and targets[0].attribute else found

    def scanned(self, part: Any) -> Any:
        """Return a part of the configuration with its constants, and templates of its references for the rest."""
        if isinstance(part, list):
            return [self.scanned(each) for each in part]
        if not isinstance(part, dict):
            return None
        if not is_expression(part):
            return {name: self.scanned(each) for name, each in part.items()}
        if "constant_value" in part and not (self.place.module and part.get("references")):
            constant = part["constant_value"]
            return constant if part.get("references") else Literal.of(constant)
        return [each.template for each in self.references.traces(part, self.place)]

    def gone_over(self, over: dict[str, Any]) -> Any:
        """Return what a `for_each` goes over: of a resource's instances the one that this is made for."""
        if "constant_value" in over:
            return self.scanned(over)
        targets = self.references.traces(over, self.place)
        return [each.template for each in targets if each.index in ("", self.place.index)]

    def is_dynamic(self, value: Any, before: Any) -> bool:
        """Return whether blocks that the configuration doesn't show are those of a `dynamic` block, not the provider's.

        Of what was there before and stays as it is neither can be told.
        """
        return bool(mappings(value)) and (self.is_new or value != before)

    def _nested(self, value: Any, unknown: Any, hidden: Any, written: Any) -> Any:
        """Return nested blocks, each with what is written in it."""
        if isinstance(written, dict):
            return self._block(mapping(value), mapping(unknown), mapping(hidden), written)
        left = mappings(written)
        found = []
        for block, is_open, is_hidden in _pairs(value, unknown, hidden):
            fitting = next((each for each in left if _fits(each, block, is_open)), None)
            if fitting is None:
                found.append(self._unfolded(block, is_open, is_hidden))
            else:
                left.remove(fitting)
                found.append(self._block(block, is_open, is_hidden, fitting))
        return found

    def _block(
        self, block: dict[str, Any], unknown: dict[str, Any], hidden: dict[str, Any], written: dict[str, Any]
    ) -> dict[str, Any]:
        found = {}
        for name in dict.fromkeys([*block, *unknown]):
            if name in written or mappings(block.get(name)):
                found[name] = self.value(name, block.get(name), unknown.get(name), hidden.get(name), written.get(name))
        return found

    def _unfolded(self, block: dict[str, Any], unknown: dict[str, Any], hidden: dict[str, Any]) -> dict[str, Any]:
        """Return a block that the configuration doesn't show, such as one of a `dynamic` block."""
        found = {}
        for name in dict.fromkeys([*block, *unknown]):
            if unknown.get(name) is True and not has_true(hidden.get(name)):
                found[name] = self._filled(name)
            elif has_true(unknown.get(name)):
                found[name] = not_told(name)
            elif block.get(name) not in (None, "", []):
                found[name] = Literal.of(_shown(name, block[name], hidden.get(name)))
        return found

    def _known(self, value: Any, expression: dict[str, Any]) -> Any:
        """Return a value, in which the attributes of other resources that the expression names are references.

        A constant stays as it is written: with `ignore_changes` the plan has AWS's spelling in its place.
        """
        constant = expression.get("constant_value")
        if constant is not None and not _has_template(constant):
            return Literal.of(constant)
        named = {}
        for target in self.references.traces(expression, self.place):
            has = self.facts.values.get((target.mode, target.type, target.name, target.index), {})
            for attribute in [target.attribute] if target.attribute else ["arn", "id"]:
                if target.mode == "resource" and isinstance(text := has.get(attribute), str) and text:
                    named[text] = _with_attribute(target, attribute).template
        return Literal.of(value, named)

    def _referred(self, name: str, value: Any, unknown: Any, expression: dict[str, Any]) -> Any:
        targets = self.references.targets(expression, self.place)
        targets = targets or self._only_candidate(name, expression) or self._sole(name, expression)
        if targets is None:
            return not_told(name, self._fitting(name, expression)[0])
        if _TAKES_IDS.fullmatch(name):
            found = [_with_attribute(each, _usual(name)).template for each in targets]
            if not isinstance(unknown, list):
                return found
            known = [Literal.of(each) for each, is_open in zip(value or [], unknown, strict=False) if not is_open]
            return known + (found if unknown.count(True) == len(found) else [not_told(name)])
        if len(targets) != 1:
            return not_told(name, targets)
        target = _with_attribute(targets[0], _usual(name))
        if _TAKES_ID.fullmatch(name):
            return target.template
        if any(takes.fullmatch(name) and kind.fullmatch(target.attribute) for takes, kind in _TAKES_KIND):
            is_list = isinstance(unknown, list)
            single = not is_list or len(unknown) == 1
            return ([target.template] if is_list else target.template) if single else not_told(name)
        if _TAKES_BLOCK.fullmatch(name) and target.attribute == "private_ip":
            return [f"{target.template}/32"] if name.endswith("s") else f"{target.template}/32"
        return not_told(name)

    def _only_candidate(self, name: str, expression: dict[str, Any]) -> list[Target] | None:
        """Return the one thing of the argument's kind in all that an expression that takes ids may be made of."""
        fitting, is_lost = self._fitting(name, expression)
        # Instances of one resource are one thing to a list, as `aws_subnet.private[*].id` is.
        things = {replace(each, index="") for each in fitting} if _TAKES_IDS.fullmatch(name) else fitting
        return fitting if len(things) == 1 and not is_lost else None

    def _fitting(self, name: str, expression: dict[str, Any] | None) -> tuple[list[Target], bool]:
        """Return what of an expression's parts, or of all in the module, an argument takes; whether there may be more.

        What stands in a `dynamic` block is only what its module has and is given, so that it is asked for by None.
        """
        if not (_TAKES_ID.fullmatch(name) or _TAKES_IDS.fullmatch(name)):
            return [], True
        if expression is None:
            candidates, lost = self.references.in_scope(self.place.module)
        else:
            candidates, lost = self.references.candidates(expression, self.place)
        found = dict.fromkeys(_with_attribute(each, _usual(name)) for each in candidates if _is_kind(each, name))
        own = [each for each in found if (each.type, each.name) != self.own]
        return own, any(not _NO_ID.search(each) for each in lost)

    def _filled(self, name: str) -> Any:
        """Return what an argument of a `dynamic` block is made of, if there is only one such thing in the module."""
        fitting, is_lost = self._fitting(name, None)
        if len(fitting) != 1:
            return not_told(name, fitting)
        if _TAKES_IDS.fullmatch(name):
            return [fitting[0].template, *([not_told(name)] if is_lost else [])]
        return not_told(name) if is_lost else fitting[0].template

    def _sole(self, name: str, expression: dict[str, Any]) -> list[Target] | None:
        """Return the only VPC of a plan whose id isn't known yet: modules keep its id in a local, which no plan has.

        An id that isn't known is one of what the plan makes.
        """
        if name != "vpc_id" or not any(each.startswith("local.") for each in self.references.names(expression)[0]):
            return None
        return list(self.facts.new_vpcs) if len(self.facts.new_vpcs) == 1 else None

    def _attribute_blocks(self, value: Any, unknown: list[Any], expression: dict[str, Any]) -> list[Any]:
        """Return blocks that the provider accepts as an attribute, of which a plan tells the references together.

        A reference belongs to the argument whose name is in its type or is its attribute. Of several blocks that wait
        for it each may be meant, unless they are alike or there is only one reference.
        """
        blocks = [self._unfolded(*each) for each in _pairs(value, unknown, None)]
        waiting: dict[str, list[int]] = {}
        for number, is_open in enumerate(unknown):
            for name, missing in mapping(is_open).items():
                if has_true(missing) and number < len(blocks):
                    waiting.setdefault(name, []).append(number)
        names, own = self.references.names(expression)
        place = self.place if own else Place(self.place.module)
        lost = [each for each in names if self.references.follow(each, place) is None]
        lost = [each for each in lost if not _NO_ID.search(each) and not each.startswith("var.")]
        targets = self.references.traces(expression, self.place)
        for name, numbers in waiting.items():
            fitting = [each for each in targets if _argument_of(each, waiting) == name]
            alike = len({_alike(blocks[number], waiting) for number in numbers}) == 1
            if not fitting or not (alike or len(fitting) == 1):
                continue
            found = [_with_attribute(each, _usual(name)).template for each in fitting]
            for number in numbers:
                if name.endswith("s"):
                    blocks[number][name] = [*found, *([not_told(name)] if lost else [])]
                elif len(found) == 1 and not lost:
                    blocks[number][name] = found[0]
        return blocks


class Literal:
    """Values of a plan are no templates."""

    @staticmethod
    def of(value: Any, named: dict[str, str] | None = None) -> Any:
        """Return the value as a template that gives it, with those in `named` for texts that are named there."""
        if isinstance(value, str):
            return named[value] if named and value in named else value.replace("${", "$${").replace("%{", "%%{")
        if isinstance(value, list):
            return [Literal.of(item, named) for item in value]
        if isinstance(value, dict):
            return {Literal.of(key): Literal.of(item, named) for key, item in value.items()}
        return value


def _with_attribute(target: Target, attribute: str) -> Target:
    return target if target.attribute else Target(target.mode, target.type, target.name, target.index, attribute)


def _usual(argument: str) -> str:
    """Return the attribute that an argument takes, where a plan tells the resource only."""
    if argument in ("ip_address", "private_ip"):
        return "private_ip"
    return "arn" if re.search(r"(^|_)arns?$", argument) else "id"


def _stem(argument: str) -> str:
    return re.sub(r"_ids?$|s$", "", argument)


def _is_kind(target: Target, argument: str) -> bool:
    """Return whether an argument takes ids of what a reference leads to, by their names."""
    kind = target.type.partition("_")[2]
    if argument in ("ip_address", "private_ip"):
        whole = not target.attribute and kind in ("instance", "network_interface")
        return whole or _ADDRESS.fullmatch(target.attribute) is not None
    stem = re.sub(r"_(ids?|identifiers?|arns?)$|s$", "", argument)
    if not stem or re.fullmatch(rf"(.*_)?{stem}_ids?", target.attribute):
        return bool(stem)
    return (stem in kind or stem.endswith(kind)) and target.attribute in ("", "ids", _usual(argument))


def _argument_of(target: Target, arguments: Iterable[str]) -> str | None:
    """Return the argument that a reference belongs to, the one whose name says most."""
    fitting = [each for each in arguments if _stem(each) in target.type or _stem(each) == target.attribute]
    return max(fitting, key=len, default=None)


def _alike(block: dict[str, Any], waiting: Iterable[str]) -> str:
    told = {key: value for key, value in block.items() if not isinstance(value, list) and key not in waiting}
    return repr(sorted((key, value) for key, value in told.items() if key != "description"))


def _fits(written: dict[str, Any], block: dict[str, Any], unknown: dict[str, Any]) -> bool:
    """Return whether a planned block may be the one that is written: it has the constants of it."""
    for name, expression in written.items():
        constant = mapping(expression).get("constant_value")
        is_plain = isinstance(constant, str | int | float) and not _has_template(constant)
        if is_plain and not has_true(unknown.get(name)) and str(block.get(name)).lower() != str(constant).lower():
            return False
    return True


def _pairs(value: Any, unknown: Any, hidden: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Yield each block with what isn't known of it and what is sensitive."""
    blocks, opened, covered = (part if isinstance(part, list) else [] for part in (value, unknown, hidden))
    for number in range(max(len(blocks), len(opened))):
        yield (
            mapping(blocks[number] if number < len(blocks) else None),
            mapping(opened[number] if number < len(opened) else None),
            mapping(covered[number] if number < len(covered) else None),
        )


def _merged(constant: Any, value: Any, unknown: Any) -> Any:
    """Return what is written, but for the entries of maps of which the plan has the values."""
    if isinstance(constant, dict) and isinstance(unknown, dict):
        return {
            key: _merged(each, mapping(value).get(key), unknown.get(key))
            if has_true(unknown.get(key)) or key not in mapping(value)
            else Literal.of(mapping(value)[key])
            for key, each in constant.items()
        }
    return constant


def has_true(part: Any) -> bool:
    """Return whether anything in it is True."""
    todo = [part]
    while todo:
        each = todo.pop()
        if each is True:
            return True
        if isinstance(each, dict):
            todo += each.values()
        elif isinstance(each, list):
            todo += each
    return False


def _has_template(part: Any) -> bool:
    todo = [part]
    while todo:
        each = todo.pop()
        if isinstance(each, str) and ("${" in each or "%{" in each):
            return True
        if isinstance(each, dict):
            todo += [*each, *each.values()]
        elif isinstance(each, list):
            todo += each
    return False


def _shown(name: str, value: Any, hidden: Any) -> Any:
    """Return the value without what is sensitive in it."""
    if hidden is True:
        return sensitive(name)
    if isinstance(value, dict) and isinstance(hidden, dict):
        return {key: _shown(f"{name}.{key}", item, hidden.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(hidden, list):
        return [_shown(name, item, hidden[at] if at < len(hidden) else None) for at, item in enumerate(value)]
    return value


def _concealed(name: str, expression: Any) -> Any:
    """Return what stands for a sensitive argument: as many stars as it has characters where it is written out."""
    said = mapping(expression)
    constant = said.get("constant_value")
    if isinstance(constant, str) and not said.get("references"):
        return "*" * len(constant)
    if _has_template(constant):
        return constant
    return None if "constant_value" in said and constant is None else sensitive(name)


def sensitive(what: str) -> Unknown:
    """Return why a sensitive value isn't known."""
    return Unknown(f"{what} is sensitive, so it is not read from a plan", "Check the folder that it is planned from.")


def not_told(argument: str, among: Iterable[Target] = ()) -> Unknown:
    """Return why the plan doesn't include an argument, and what it may be where there are several."""
    named = [each.address for each in among]
    if len(named) < 2:
        why = f"the plan doesn't include {argument}, as it is known only after apply"
        return Unknown(why, "Apply, then check a new plan.")
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    why = (
        f"the plan doesn't tell which of {', '.join(named[:3])}{more} {argument} is, as that is known only after apply"
    )
    return Unknown(why, "Check the folder, or apply and check a new plan.")
