"""AWS's wire formats by botocore's own service models: requests are parsed and judged, answers written, generically."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import botocore.session


class Refused(Exception):
    """A request that AWS refuses, with AWS's error code and the HTTP status of the answer."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@cache
def model(service: str) -> Any:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def problems(shape: Any, value: Any, place: str = "") -> Iterator[str]:
    """Yield what the model refuses in `value`: unknown and missing members, types, lengths, patterns, enums, unions."""
    kind, limits = shape.type_name, shape.metadata
    expected = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}.get(kind, (int, float))
    if not isinstance(value, expected) or (kind in ("integer", "long") and isinstance(value, bool)):
        yield f"{place}: {value!r} is no {kind}"
        return
    size = value if kind in ("integer", "long") else len(value) if kind in ("string", "list", "map") else None
    if size is not None and not limits.get("min", size) <= size <= limits.get("max", size):
        yield f"{place}: {value!r} is not within {limits.get('min', '')}..{limits.get('max', '')}"
    if kind == "string":
        if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
            yield f"{place}: {value!r} does not match {limits['pattern']}"
        if "enum" in limits and value not in limits["enum"]:
            yield f"{place}: {value!r} is none of {', '.join(limits['enum'])}"
    elif kind == "structure":
        yield from (f"{place}{name}: no such member" for name in value if name not in shape.members)
        yield from (f"{place}{name}: missing" for name in shape.required_members if name not in value)
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            yield f"{place}: exactly one of {', '.join(shape.members)}, got {', '.join(value) or 'none'}"
        for name, item in value.items():
            if name in shape.members:
                yield from problems(shape.members[name], item, f"{place}{name}.")
    elif kind == "list":
        for item in value:
            yield from problems(shape.member, item, place)
    elif kind == "map":
        for key, item in value.items():
            yield from problems(shape.key, key, place)
            yield from problems(shape.value, item, f"{place}{key}")


@cache
def _routes(service: str) -> list[tuple[Any, str, frozenset[str]]]:
    """Return each operation of a REST service, the pattern of its path, and the words that its query has."""
    routes = []
    for name in model(service).operation_names:
        operation = model(service).operation_model(name)
        members = operation.input_shape.members.items() if operation.input_shape else ()
        needed = [m for name, m in members if name in operation.input_shape.required_members]
        if any(member.serialization.get("location") == "header" for member in needed):
            continue  # such as copies of S3 objects, whose path is that of an upload
        uri, _, query = operation.http["requestUri"].partition("?")
        places = re.split(r"\{(\w+\+?)\}", uri)
        pattern = "".join(
            re.escape(place) if number % 2 == 0 else f"(?P<{place.rstrip('+')}>{_reach(service, place)})"
            for number, place in enumerate(places)
        )
        words = {m.serialization["name"] for m in needed if m.serialization.get("location") == "querystring"}
        routes.append(
            (operation, f"{pattern.rstrip('/')}/?", frozenset(words | {word for word in query.split("&") if word}))
        )
    return sorted(routes, key=lambda entry: -len(entry[2]))


def _reach(service: str, place: str) -> str:
    # The paths of S3 and Route 53 are told apart by their depth; VPC Lattice's ARNs have slashes.
    return "[^/]+" if service in ("route53", "s3") and not place.endswith("+") else ".+"


def route(service: str, method: str, path: str, query: str) -> tuple[Any, dict[str, str]]:
    """Return the model of the operation that a REST request asks for, and the members in its path."""
    words = {*query.split("&"), *(item.partition("=")[0] for item in query.split("&"))}
    for operation, pattern, needed in _routes(service):
        if operation.http["method"] == method and needed <= words and (match := re.fullmatch(pattern, path)):
            found = {name: unquote(value) for name, value in match.groupdict().items()}
            shapes = operation.input_shape.members.items() if operation.input_shape else ()
            wires = {name: shape.serialization.get("name", name) for name, shape in shapes}
            return operation, {name: found[wire] for name, wire in wires.items() if wire in found}
    raise Refused("UnknownOperationException", f"{method} {path}", 404)


def _from_query(operation: Any, query: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, shape in operation.input_shape.members.items():
        if shape.serialization.get("location") == "querystring":
            values = [value for key, value in parse_qsl(query) if key == shape.serialization["name"]]
            if values:
                found[name] = values if shape.type_name == "list" else _scalar(shape, values[0])
    return found


@dataclass(frozen=True)
class RestXml:
    """The protocol of Route 53 and S3, as far as requests and refusals go."""

    service: str

    def parse(self, method: str, path: str, query: str, body: bytes) -> tuple[Any, dict[str, Any]]:
        """Return the operation's model and its members; raise `Refused` for what is no request that the model knows.

        What the model says of lengths and patterns is not judged: these services answer with codes of their own.
        """
        operation, members = route(self.service, method, path, query)
        shape = operation.input_shape
        if payload := shape.serialization.get("payload"):
            member = shape.members[payload]
            text = body.decode(errors="replace")
            value = (
                _from_xml(member, ElementTree.fromstring(body)) if member.type_name == "structure" and body else text
            )
            return operation, {**members, payload: value}
        return operation, members | (_from_xml(shape, ElementTree.fromstring(body)) if body else {})

    def refusal(self, error: Refused) -> tuple[int, str, bytes]:
        """Return the answer for an error."""
        inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        whole = f"<Error>{inner}</Error>"
        if self.service == "route53":
            whole = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
        return error.status, "text/xml", whole.encode()


def _from_xml(shape: Any, element: Any) -> Any:
    if shape.type_name == "structure":
        named = {child.tag.rpartition("}")[2]: child for child in element}
        found = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if member.type_name == "list" and member.serialization.get("flattened"):
                items = [child for child in element if child.tag.rpartition("}")[2] == wire]
                found |= {name: [_from_xml(member.member, item) for item in items]} if items else {}
            elif wire in named and "location" not in member.serialization:
                found[name] = _from_xml(member, named[wire])
        return found
    if shape.type_name == "list":
        return [_from_xml(shape.member, item) for item in element]
    return _scalar(shape, element.text or "")


@dataclass(frozen=True)
class RestJson:
    """The protocol of VPC Lattice and RAM: the path names the operation and some members, the body the others."""

    service: str

    def parse(self, method: str, path: str, query: str, body: bytes) -> tuple[Any, dict[str, Any]]:
        """Return the operation's model and its members; raise `Refused` for what is no valid request."""
        operation, in_path = route(self.service, method, path, query)
        members = json.loads(body or b"{}") | in_path | _from_query(operation, query)
        if found := list(problems(operation.input_shape, members)):
            raise Refused("ValidationException", "; ".join(found))
        return operation, members

    def answer(self, operation: Any, content: Mapping[str, Any]) -> tuple[int, str, bytes]:
        """Return status, content type and body of an answer."""
        known = {name: value for name, value in content.items() if name in operation.output_shape.members}
        found = list(problems(operation.output_shape, {k: v for k, v in known.items() if not isinstance(v, datetime)}))
        assert not [problem for problem in found if not problem.endswith("missing")], found
        return (
            operation.http.get("responseCode", 200),
            "application/json",
            json.dumps(known, default=_timestamp).encode(),
        )

    def refusal(self, error: Refused) -> tuple[int, str, bytes]:
        """Return the answer for an error."""
        return error.status, "application/json", json.dumps({"__type": error.code, "message": error.message}).encode()


@dataclass(frozen=True)
class Ec2Query:
    """The protocol of EC2: the action and its members as form fields, answers in XML."""

    def parse(self, fields: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
        """Return the operation's model and its members; raise `Refused` for what is no valid request."""
        return _from_form("ec2", fields, "InvalidParameterValue")

    def answer(self, operation: Any, content: Mapping[str, Any]) -> tuple[int, str, bytes]:
        """Return status, content type and body of an answer."""
        inner = _xml(operation.output_shape, content) if operation.output_shape else "<return>true</return>"
        return 200, "text/xml", f"<{operation.name}Response>{inner}</{operation.name}Response>".encode()

    def refusal(self, error: Refused) -> tuple[int, str, bytes]:
        """Return the answer for an error."""
        inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        return error.status, "text/xml", f"<Response><Errors><Error>{inner}</Error></Errors></Response>".encode()


@dataclass(frozen=True)
class Query:
    """The protocol of Elastic Load Balancing: as EC2's, but that items of lists are called members."""

    service: str

    def parse(self, fields: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
        """Return the operation's model and its members; raise `Refused` for what is no valid request."""
        plain = {name.replace(".member.", "."): value for name, value in fields.items()}
        return _from_form(self.service, plain, "ValidationError")

    def refusal(self, error: Refused) -> tuple[int, str, bytes]:
        """Return the answer for an error."""
        inner = f"<Type>Sender</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        return error.status, "text/xml", f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>".encode()


def _from_form(service: str, fields: Mapping[str, str], code: str) -> tuple[Any, dict[str, Any]]:
    """Return what a form asks for; refuse with `code` what is no valid request."""
    operation = model(service).operation_model(fields["Action"])
    members = _structure(operation.input_shape, fields, "")
    known = {"Action", "Version", *_names(operation.input_shape, fields, "")}
    unknown = [f"{name}: no such member" for name in fields if name not in known]
    if found := [*unknown, *problems(operation.input_shape, members)]:
        raise Refused(code, "; ".join(found))
    return operation, members


def _ec2_name(name: str, shape: Any) -> str:
    wire: str = shape.serialization.get("queryName") or shape.serialization.get("name", name)
    return wire[:1].upper() + wire[1:]


def _structure(shape: Any, fields: Mapping[str, str], prefix: str) -> dict[str, Any]:
    members = {}
    for name, member in shape.members.items():
        wire = prefix + _ec2_name(name, member)
        if member.type_name == "structure":
            if any(field.startswith(f"{wire}.") for field in fields):
                members[name] = _structure(member, fields, f"{wire}.")
        elif member.type_name == "list":
            if items := list(_items(member.member, fields, wire)):
                members[name] = items
        elif wire in fields:
            members[name] = _scalar(member, fields[wire])
    return members


def _items(shape: Any, fields: Mapping[str, str], wire: str) -> Iterator[Any]:
    number = 1
    while any(field == f"{wire}.{number}" or field.startswith(f"{wire}.{number}.") for field in fields):
        if shape.type_name == "structure":
            yield _structure(shape, fields, f"{wire}.{number}.")
        else:
            yield _scalar(shape, fields[f"{wire}.{number}"])
        number += 1


def _names(shape: Any, fields: Mapping[str, str], prefix: str) -> Iterator[str]:
    """Yield the names of the form fields that the model knows."""
    for name, member in shape.members.items():
        wire = prefix + _ec2_name(name, member)
        yield wire
        if member.type_name == "structure":
            yield from _names(member, fields, f"{wire}.")
        elif member.type_name == "list":
            for number in range(1, 1 + sum(field.startswith(f"{wire}.") for field in fields)):
                yield f"{wire}.{number}"
                if member.member.type_name == "structure":
                    yield from _names(member.member, fields, f"{wire}.{number}.")


def _xml(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        return "".join(
            f"<{(wire := member.serialization.get('name', name))}>{_xml(member, value[name])}</{wire}>"
            for name, member in shape.members.items()
            if value.get(name) is not None
        )
    if shape.type_name == "list":
        return "".join(f"<item>{_xml(shape.member, item)}</item>" for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_timestamp(value) if isinstance(value, datetime) else str(value))


def _scalar(shape: Any, text: str) -> Any:
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if shape.type_name in ("integer", "long"):
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
    return text


def _timestamp(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
