"""Asserts that a client reaches a resource, or that it doesn't; what fails shows the path hop by hop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from latticelink.network.topology import label
from latticelink.paths.hops import Answer, TracedPath
from latticelink.reports.paths import path_lines
from latticelink.terraform.blocks import Block
from latticelink.testing.apps import SynthesisedApp
from latticelink.values.calls import judged


@judged
def assert_reachable(app: SynthesisedApp, client: str, resource: str, *, port: int) -> None:
    """Assert that packets of a client surely arrive, on each path that the app has between the two.

    Args:
        app: what `synthesise` returned.
        client: an instance by its Name tag, or by its Terraform address or construct path; a CIDR block or a security
            group's address as a rule names it; `clients elsewhere` where the consumer is another app's.
        resource: the name that it is shared by; or the endpoint's, the resource configuration's or the target's name.
        port: TCP port, 1 to 65535.

    Raises:
        AssertionError: if a path is blocked, or isn't known to be open, with its hops; if there is no path.
        InvalidInput: for what is no port.
    """
    __tracebackhide__ = True
    _assert_all(app, client, resource, port, Answer.PASS)


@judged
def assert_blocked(app: SynthesisedApp, client: str, resource: str, *, port: int) -> None:
    """Assert that packets of a client surely don't arrive, on any path that the app has between the two.

    Args:
        app: as for `assert_reachable`.
        client: as for `assert_reachable`.
        resource: as for `assert_reachable`.
        port: TCP port, 1 to 65535.

    Raises:
        AssertionError: if a path is open, or isn't known to be blocked, with its hops; if there is no path that was
            followed, so that a misspelt name doesn't pass.
        InvalidInput: for what is no port.
    """
    __tracebackhide__ = True
    _assert_all(app, client, resource, port, Answer.FAIL)


def _assert_all(app: SynthesisedApp, client: str, resource: str, port: int, wanted: Answer) -> None:
    __tracebackhide__ = True
    paths = app.paths_at(port)
    to_resource = [path for path in paths if resource in _names_of_resource(path)]
    ways: dict[object, list[TracedPath]] = defaultdict(list)
    for path in to_resource:
        for one in _as_clients(path, client):
            ways[path.endpoint, path.configuration, path.version, one].append(path)
    if not ways:
        raise AssertionError("\n".join(_no_way(client, resource, paths, to_resource)))
    others = [way for way in ways.values() if _answer(way) is not wanted]
    if others:
        found = list({id(path): path for way in others for path in way}.values())
        expected = "reach" if wanted is Answer.PASS else "be kept from"
        raise AssertionError(
            "\n".join([f"{client} should {expected} {resource} on TCP {port}.", *path_lines(found, why=True)])
        )


def _answer(way: Iterable[TracedPath]) -> Answer:
    """Return the answer of one client's paths, a rule each: it arrives if one of them lets it."""
    answers = {path.answer for path in way}
    return Answer.PASS if Answer.PASS in answers else Answer.FAIL if answers == {Answer.FAIL} else Answer.UNKNOWN


def _as_clients(path: TracedPath, client: str) -> Iterator[object]:
    """Yield which clients of a path a name means: those of one kind all fare alike, those of two may not."""
    if client in (path.client, path.who, _named_by_rule(path)):
        yield path.who
        return
    for placed in path.clients:
        if client in _names(placed.block):
            yield placed.block, placed.subnets


def _named_by_rule(path: TracedPath) -> str:
    """Return the block or the group by which a rule names a path's clients."""
    return path.client.removeprefix("clients ").removeprefix("in ")


def _names_of_resource(path: TracedPath) -> set[str]:
    blocks = [path.endpoint, path.configuration, path.stations.target.block if path.stations.target else None]
    found = {path.resource, *(name for block in blocks if block is not None for name in _names(block))}
    if path.configuration is not None and path.configuration.construct:
        found.add(path.configuration.construct.rpartition("/")[2])
    return found


def _names(block: Block) -> set[str]:
    return {label(block), block.address, block.full_address} | ({block.construct} if block.construct else set())


def _no_way(
    client: str, resource: str, paths: Iterable[TracedPath], to_resource: Iterable[TracedPath]
) -> Iterator[str]:
    yield f"No path from {client} to {resource} was traced."
    clients = {
        name
        for path in to_resource
        for name in (_named_by_rule(path), *(label(placed.block) for placed in path.clients))
    }
    if clients:
        yield f"Those that a rule lets in to {resource}, or that have a rule out to it: {', '.join(sorted(clients))}."
        return
    resources = {name for path in paths for name in (label(path.endpoint), path.resource)}
    yield f"The endpoints and targets there are: {', '.join(sorted(resources)) or 'none'}."
