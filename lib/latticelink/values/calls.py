"""Judges public calls by their own signatures: what is misspelt, missing or of the wrong kind gets its sentence.

Python's own TypeError names an inner class and comes with a traceback; this names the public one and the nearest
argument. What kind of thing an argument is stands in its annotation alone. Which texts and numbers are right is left to
whoever parses them.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

from latticelink.errors import InvalidInput, LatticeLinkError, Report
from latticelink.values.texts import (
    MOST_ITEMS,
    Folder,
    Shape,
    Stray,
    TextList,
    described,
    plain,
    shape_of,
    strays_in,
    with_article,
)
from latticelink.values.tokens import is_known

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_Class = TypeVar("_Class", bound=type)

_INSTEAD = {
    ("SharedResource", "PublishedResources"): "Name one resource of it: state.read(stack, 'producer')['orders-db'].",
    ("SharedResource", "IpResource"): "Share it first: gateway.share('orders-db', IpResource(...), ports=[5432]).",
    ("SharedResource", "DnsResource"): "Share it first: gateway.share('orders-db', DnsResource(...), ports=[5432]).",
    ("SharedResource", "ArnResource"): "Share it first: gateway.share('orders-db', ArnResource(...)).",
    ("SharedResource", "str"): "For an ARN write SharedResource.of_arn('orders-db', 'arn:aws:...', ports=[5432]).",
    ("GroupRules", "SecurityGroup"): "Give a SecurityGroup of LatticeLink, or this one's id.",
    ("Ports", "list"): "Write SharedResource.of_arn('orders-db', 'arn:aws:...', ports=[5432]), which takes lists.",
    ("ExistingHostedZone", "str"): "Write ExistingHostedZone('Z...', 'shared.internal').",
    ("Network", "str"): "For the id of a VPC write ExistingNetwork(stack, 'network', vpc_id=..., subnet_ids=[...]).",
}
"""What to do where one class is wanted and another is given, by their names."""

_JUDGED_INSIDE = {
    ("AcceptedShare.__init__", "resources"),
    ("AccountShare.__init__", "resources"),
    ("GroupResource.__init__", "members"),
    ("Member.__init__", "resource"),
    ("Gateway.share", "resource"),
    ("ResourceGateway.share", "resource"),
    ("ExistingGateway.share", "resource"),
    ("GroupRules.let_out", "endpoint"),
    ("Stack.__init__", "state"),
    ("State.of", "given"),
    ("Stack.__init__", "account_id"),
    ("AccountShare.__init__", "principals"),
}
"""Arguments of which the function itself has more to say; here is judged at most that they are lists."""

_MAY_BE_LATER = {
    ("ResourceGateway.__init__", "security_group_ids"),
    ("_Endpoint.__init__", "security_group_ids"),
    ("ServiceNetworkAssociation.__init__", "security_group_ids"),
    ("SharedResource.of_arn", "zone_ids"),
}
"""Lists that are written as they are given, and so may be known only after apply."""

_OF_THE_LANGUAGE = {"__init__": "", "__call__": "", "__getitem__": "[...]"}
"""What methods are called by that users don't write by their names."""

_TAGS = "tags"
"""Tags, whose values AWS judges by their signs, have sentences of their own."""

_CONSTRUCTS = {
    "scope": ("The scope must be the stack or a construct in it", "Construct"),
    "stack": ("This must be a stack", "TerraformStack"),
    "construct": ("This must be a stack or a construct in one", ""),
}
"""Arguments that are the CDK's own constructs, with no annotation for it: what is wanted, and of which class."""


def judged(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Wrap a public function or method so that a call which doesn't fit its signature is refused with a sentence."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        __tracebackhide__ = True
        values = [plain(value) for value in args]
        named = {name: plain(value) for name, value in kwargs.items()}
        with Report(_spoken_name(function, values)) as report:
            _rename_misspelt(report, signature, named)
            given = _bound(report, function, signature, values, named)
            instead, strays = _refuse_wrong_texts(report, function, given)
            _refuse_wrong_kinds(report, function, {**given, **instead})
        if instead:
            bound = signature.bind(*values, **named)
            bound.arguments.update(instead)
            values, named = list(bound.args), bound.kwargs
        try:
            result = function(*values, **named)
        except LatticeLinkError:
            raise
        except Exception as error:
            with Report(_spoken_name(function, values)) as report:
                _refuse_untold(report, strays)
                if isinstance(error, RuntimeError):
                    _refuse_taken_id(report, given.get("id"), error)
            if strays:
                # What happens with what is no text is a consequence.
                raise InvalidInput(report.findings) from None
            raise
        if strays:
            with Report(_spoken_name(function, values)) as report:
                _refuse_untold(report, strays)
        return result

    return call


def judged_init(cls: _Class) -> _Class:
    """Wrap the constructor of a public class, a dataclass for example, as `judged` does."""
    cls.__init__ = judged(cls.__init__)  # type: ignore[misc]
    return cls


def _refuse_untold(report: Report, strays: Mapping[str, Sequence[Stray]]) -> None:
    """Refuse what is no text and was refused by nobody who would know more of it."""
    for name, several in strays.items():
        for stray in several:
            if not stray.told:
                report.refuse(name, stray.original, rule=stray.wrong.rule, fix=stray.wrong.fix)


def _refuse_taken_id(report: Report, id: object, error: RuntimeError) -> None:
    """Say in our words what the CDK says of a second construct with one id."""
    if re.match(f"There is already a Construct with name '{re.escape(str(id))}' in", str(error)):
        report.refuse("id", id, rule="Each construct has a different id within its scope.", fix="Choose another id.")
        raise InvalidInput(report.findings) from None


def _spoken_name(function: Callable[..., Any], values: list[Any]) -> str:
    """Return the name by which a user knows what is called."""
    if "." not in function.__qualname__ or not values:
        return function.__qualname__
    return _spoken_method(function, values[0] if isinstance(values[0], type) else type(values[0]))


@functools.cache
def _spoken_method(function: Callable[..., Any], given: type) -> str:
    _, _, own = function.__qualname__.rpartition(".")
    public = (each for each in given.__mro__ if each.__module__.startswith("latticelink.") and each.__name__[0] != "_")
    owner = next(public, given)
    if own in _OF_THE_LANGUAGE:
        return f"{owner.__name__}{_OF_THE_LANGUAGE[own]}"
    return f"{owner.__name__}.{own}"


def _rename_misspelt(report: Report, signature: inspect.Signature, named: dict[str, Any]) -> None:
    """Refuse arguments that there aren't, and go on with the one that was meant."""
    parameters = signature.parameters
    if named.keys() <= parameters.keys():
        return
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return
    offered = _offered(signature)
    for name in [name for name in named if name not in parameters]:
        snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
        near = get_close_matches(snake, offered, n=1, cutoff=0.6) or [each for each in offered if name in each]
        report.refuse(
            name,
            named[name],
            rule=f"There is no such argument. The arguments are: {', '.join(offered)}.",
            fix=f"Write {near[0]}." if near else "Use one of these, or leave it out.",
        )
        value = named.pop(name)
        if near and near[0] not in named:
            named[near[0]] = value


def _offered(signature: inspect.Signature) -> list[str]:
    return [name for name in signature.parameters if name not in ("self", "cls") and name[0] != "_"]


def _bound(
    report: Report, function: Callable[..., Any], signature: inspect.Signature, values: list[Any], named: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments by their names; refuse a call that lacks some or has too many."""
    if (given := _bound_simply(function, values, named)) is not None:
        return given
    try:
        return dict(signature.bind(*values, **named).arguments)
    except TypeError as error:
        given = dict(signature.bind_partial().arguments)
        try:
            given = dict(signature.bind_partial(*values, **named).arguments)
        except TypeError:
            given = {}
        missing = [
            name
            for name, each in signature.parameters.items()
            if each.default is each.empty
            and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
            and name not in given
        ]
        if given and missing:
            for name in missing:
                report.refuse(name, None, rule="This argument is required.", fix=f"Give {name}.")
        else:
            report.refuse(
                "arguments",
                values[1:],
                rule=f"The arguments are: {', '.join(_offered(signature))}; {error} were given.",
                fix="Write name=value for each of them.",
            )
        raise InvalidInput(report.findings) from None


def _bound_simply(
    function: Callable[..., Any], values: Sequence[Any], named: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return what `Signature.bind` would for a call that is right, in a fifth of the time; None for any other."""
    names, by_place, required = _simple_arguments(function)
    given = dict(zip(by_place, values, strict=False))
    if len(values) > len(by_place) or not given.keys().isdisjoint(named):
        return None
    given.update(named)
    if not required <= given.keys() <= names.keys():
        return None
    return {name: given[name] for name in names if name in given}


@functools.cache
def _simple_arguments(function: Callable[..., Any]) -> tuple[dict[str, None], list[str], set[str]]:
    """Return all arguments in their order, those that may be given by their places, and the required ones.

    Where one isn't as simple, such as `*resources`, what no call gives is required.
    """
    parameters = inspect.signature(function).parameters.values()
    is_simple = all(each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY) for each in parameters)
    return (
        dict.fromkeys(each.name for each in parameters),
        [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD],
        {each.name for each in parameters if each.default is each.empty} | (set() if is_simple else {"*"}),
    )


def _refuse_wrong_texts(
    report: Report, function: Callable[..., Any], given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[Stray]]]:
    """Return what to go on with where no text is given, and of that what is left to refuse; refuse the rest."""
    instead, strays = {}, {}
    for name, shape in _shapes(function).items():
        if name in given:
            wrong, value = shape.judge(given[name])
            for each in wrong:
                report.refuse(name, each.value, rule=each.rule, fix=each.fix)
            if wrong and isinstance(shape, Folder):
                # Nothing can stand in for a folder, as it is written to next.
                raise InvalidInput(report.findings)
            if value is not given[name]:
                instead[name] = value
                strays[name] = strays_in(value)
    return instead, {name: several for name, several in strays.items() if several}


def _refuse_wrong_kinds(report: Report, function: Callable[..., Any], given: Mapping[str, Any]) -> None:
    kinds = _kinds(function)
    wrong = {name: value for name, value in given.items() if name in kinds and not kinds[name].takes(value)}
    if not wrong:
        return
    for name, value in wrong.items():
        swapped = [
            other
            for other in given
            if other in kinds
            and type(given[other]) is not type(value)
            and kinds[name].takes(given[other])
            and kinds[other].takes(value)
        ]
        report.refuse(
            name,
            value,
            rule=kinds[name].rule(value),
            fix=f"Swap it with {swapped[0]}." if swapped else kinds[name].fix(value),
        )
    # Nothing can stand in for a construct: what else is wrong with this call shows when this is right.
    raise InvalidInput(report.findings)


class _Kind:
    """What may be given for one argument: one of some classes, or a list of them."""

    def __init__(
        self,
        classes: tuple[type, ...],
        *,
        is_list: bool = False,
        of_texts: bool = True,
        optional: bool = False,
        what: str = "",
        base: str = "",
    ):
        self.classes, self.is_list, self.optional = classes, is_list, optional
        self.what, self.base, self.of_texts = what, base, of_texts

    def takes(self, value: object) -> bool:
        if value is None:
            return self.optional
        if self.what:
            return _is_construct(value, self.base)
        if self.is_list and isinstance(value, Sized) and len(value) > MOST_ITEMS:
            return False
        if not self.is_list:
            # A boolean that is known only after apply is an object of the CDK.
            is_token = hasattr(type(value), "__jsii_type__") and hasattr(value, "resolve")
            return isinstance(value, self.classes) or (self.classes == (bool,) and is_token)
        if isinstance(value, Mapping | bytes) or not isinstance(value, Iterable):
            return False
        if not self.classes:
            return (self.of_texts or not isinstance(value, str)) and not any(
                isinstance(item, list | Mapping | set) for item in value
            )
        return not isinstance(value, str) and all(isinstance(item, self.classes) for item in value)

    def strange(self, value: object) -> object:
        """Return what doesn't fit: of a list its first item that doesn't."""
        if self.is_list and isinstance(value, list | tuple):
            strange = (item for item in value if not isinstance(item, self.classes or (str, int, float)))
            return next(strange, value)
        return value

    def rule(self, value: object) -> str:
        return f"{self.sentence()}, not {described(self.strange(value))}."

    def sentence(self) -> str:
        if self.what:
            return self.what
        if self.classes == (bool,):
            return "This must be True or False"
        names = " or ".join(with_article(_named(each)) for each in self.classes)
        if self.is_list:
            return f"This must be a list{f', each item {names}' if names else ' of single values'}"
        return f"This must be {names}" + (" or left out" if self.optional else "")

    def fix(self, value: object) -> str:
        if self.what:
            if self.base == "App":
                return "Give the app that the function gets: Stack(app, 'producer', ...)."
            return "Give the stack itself, such as in Network(stack, 'network', ...)."
        if self.is_list and value is not None and isinstance(value, self.classes or (str, int, float)):
            return "Put it in square brackets."
        items = list(value) if self.is_list and isinstance(value, Iterable) else [value]
        for each in self.classes:
            for item in items:
                if fix := _INSTEAD.get((each.__name__, type(item).__name__)):
                    return fix
        if self.classes == (bool,):
            return "Write True or False."
        if self.is_list and not self.classes:
            return "Write a list, in square brackets."
        return f"Give {' or '.join(with_article(_named(each)) for each in self.classes)}."


class _Id(_Kind):
    """What may be given for the id of a construct."""

    def takes(self, value: object) -> bool:
        return isinstance(value, str) and value.strip() != "" and value.isprintable() and is_known(value)

    def rule(self, _: object) -> str:
        return (
            "An id must be a plain string of at least one character on one line, and not an expression, because names "
            "are derived from it."
        )

    def fix(self, _: object) -> str:
        return "Write one, such as 'network'."


@functools.cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of the arguments, without those that only a type checker can read."""
    hints = {}
    for name, hint in inspect.get_annotations(function).items():
        with suppress(NameError):
            hints[name] = typing.get_type_hints(
                types.SimpleNamespace(__annotations__={name: hint}), vars(sys.modules[function.__module__])
            )[name]
    return hints


@functools.cache
def _shapes(function: Callable[..., Any]) -> dict[str, Shape]:
    """Return how the texts in each argument are judged."""
    hints = _hints(function)
    inside = {name for own, name in _JUDGED_INSIDE if own == function.__qualname__} | {"return", _TAGS}
    if "scope" in hints:
        inside.add("id")
    shapes = {name: shape_of(hint) for name, hint in hints.items() if name not in inside}
    for name, shape in shapes.items():
        if isinstance(shape, TextList):
            shape.later = (function.__qualname__, name) in _MAY_BE_LATER
    return {name: shape for name, shape in shapes.items() if shape is not None}


@functools.cache
def _kinds(function: Callable[..., Any]) -> dict[str, _Kind]:
    """Return what may be given for each argument of which the annotation tells."""
    hints = _hints(function)
    kinds = {name: kind for name, hint in hints.items() if name != "return" and (kind := _kind(hint)) is not None}
    parameters = inspect.signature(function).parameters
    for name, (what, base) in _CONSTRUCTS.items():
        if name in parameters and hints.get(name) is Any and parameters[name].default is inspect.Parameter.empty:
            kinds[name] = _Kind((), what=what, base=base)
    if parameters.get("scope") and function.__qualname__ == "Stack.__init__":
        kinds["scope"] = _Kind((), what="The scope of a stack must be the app", base="App")
    if "scope" in parameters and "id" in parameters:
        kinds["id"] = _Id((str,))
    for name, each in parameters.items():
        if each.kind is each.VAR_POSITIONAL and name in kinds:
            kinds[name] = _Kind(kinds[name].classes, is_list=True)
    for name in [name for name in kinds if name in _shapes(function)]:
        del kinds[name]
    for name in [name for name in kinds if (function.__qualname__, name) in _JUDGED_INSIDE]:
        whole = kinds.pop(name)
        if whole.is_list:
            kinds[name] = _Kind((), is_list=True, of_texts=False)
    return kinds


def _kind(hint: Any) -> _Kind | None:
    parts = list(typing.get_args(hint)) if typing.get_origin(hint) in (typing.Union, types.UnionType) else [hint]
    optional = type(None) in parts
    parts = [part for part in parts if part is not type(None)]
    if len(parts) == 1 and typing.get_origin(parts[0]) is Sequence:
        return _Kind(tuple(_own(typing.get_args(parts[0]))), is_list=True, optional=optional)
    if len(parts) == 1 and typing.get_origin(parts[0]) is Mapping:
        return _Kind((Mapping,), optional=optional)
    if parts == [bool]:
        return _Kind((bool,), optional=optional)
    if not all(isinstance(part, type) for part in parts) or not _own(parts):
        return None
    return _Kind(tuple(parts), optional=optional)


def _own(parts: Iterable[Any]) -> list[type]:
    """Return the classes of this library, and none where anything else is taken too."""
    classes = [part for part in parts if isinstance(part, type)]
    return classes if any(part.__module__.startswith("latticelink.") for part in classes) else []


def _is_construct(value: object, base: str) -> bool:
    """Return whether a value is a construct, and descends from the CDK's class that is called `base`."""
    # Of the class, as Node.js would be asked for that of the construct.
    if isinstance(value, type) or not hasattr(type(value), "node"):
        return False
    above = {each.__name__ for each in type(value).__mro__}
    if base == "App":
        return "App" in above or "TerraformStack" not in above
    return "App" not in above and any(base in name for name in above)


def _named(kind: type) -> str:
    return {"str": "string", "Mapping": "mapping, in braces", "GroupRules": "SecurityGroup"}.get(
        kind.__name__, kind.__name__
    )
