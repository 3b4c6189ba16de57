"""Says verdicts in sentences: of one path, of all, and whose path it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from latticelink.paths.hops import Answer
from latticelink.paths.outline import Outline, Way
from latticelink.picture.glyphs import VERDICTS
from latticelink.picture.scene import sights
from latticelink.terraform.blocks import Block

_ORDER = (Answer.FAIL, Answer.UNKNOWN, Answer.PASS)


def pair(outline: Outline, way: Way) -> str:
    """Return whose path it is, such as `consumer → producer/nginx`."""
    endpoint = outline.endpoints.get(way.endpoint or "")
    resource = outline.resource_configurations.get(way.resource_configuration or "")
    left = (endpoint.stack if outline_has_stacks(outline) else endpoint.name) if endpoint else "elsewhere"
    right = f"{resource.stack}/{resource.key}" if resource and outline_has_stacks(outline) else ""
    right = right or (resource.key if resource else f"what {endpoint.name} leads to" if endpoint else "elsewhere")
    return f"{left} → {right}"


def pairs(outline: Outline) -> list[str]:
    """Return whose path each path is; where several would read alike, with the clients, and then the endpoint."""
    found = [pair(outline, way) for way in outline.ways]
    clients = [outline.clients[way.clients].name if way.clients else "" for way in outline.ways]
    endpoints = [outline.endpoints[way.endpoint].name if way.endpoint else "" for way in outline.ways]
    for mark, more in ((", ", clients), (" by ", endpoints)):
        count = Counter(found)
        found = [
            f"{each}{mark}{name}" if count[each] > 1 and name else each for each, name in zip(found, more, strict=True)
        ]
    return found


def outline_has_stacks(outline: Outline) -> bool:
    """Return whether there is more than one stack, so that their names tell things apart."""
    return len(outline.stacks) > 1


def vpc_name(outline: Outline, vpc: str) -> str:
    """Return what a VPC is called among others: by its stack, or by its name where one of them has several."""
    found = outline.vpcs[vpc]
    alone = len(found.stacks) == 1 and sum(found.stacks == each.stacks for each in outline.vpcs.values()) == 1
    return found.stacks[0] if alone else found.name or found.id


def counts(ways: Sequence[Way]) -> str:
    """Return how many paths there are of each answer, worst first."""
    found = Counter(way.traced.answer for way in ways)
    return ", ".join(f"{found[each]} {VERDICTS[each]}" for each in _ORDER if found[each])


def heading(ways: Sequence[Way]) -> str:
    """Return the verdict in a few words."""
    if not ways:
        return "No path: nothing is shared here"
    if len(ways) > 1:
        return f"{len(ways)} paths: {counts(ways)}"
    path = ways[0].traced
    if path.addresses:
        return "Depends on the endpoint's address"
    ports = f"TCP {path.ports}"
    return {
        Answer.PASS: f"Reachable on {ports}",
        Answer.FAIL: f"Blocked for {ports}",
        Answer.UNKNOWN: f"Unknown for {ports}",
    }[path.answer]


def verdict(outline: Outline, ways: Sequence[Way]) -> str:
    """Return the verdict in one sentence: the alternative text of a picture."""
    if len(ways) != 1:
        return f"{heading(ways)}."
    return f"{path_sentence(outline, 0, ways[0])}."


def path_sentence(outline: Outline, number: int, way: Way) -> str:
    """Return who reaches what on which ports; or what keeps them from it, in the packet's order."""
    path = way.traced
    clients = outline.clients.get(way.clients or "")
    members = f" ({', '.join(each.name for each in clients.members[:3])})" if clients and clients.members else ""
    who = f"{clients.name if clients and clients.kind == 'block' else path.client}{members}"
    what = f"{who} → {path.via.replace(' -> ', ' → ')} → {path.resource}"
    if path.addresses:
        return f"{what}: {path_verdict(way)}"
    places = dict.fromkeys(
        each.hop.place for each in sights(number, way) if each.hop.answer is path.answer is not Answer.PASS
    )
    return f"{what}: {path_verdict(way)}" + (f" at {', '.join(places)}" if places else "")


def path_verdict(way: Way) -> str:
    """Return what a path is, and on which ports; or at which address of the endpoint."""
    path = way.traced
    said = {Answer.PASS: "reachable on", Answer.FAIL: "blocked for", Answer.UNKNOWN: "unknown for"}
    return path.by_address if path.addresses else f"{said[path.answer]} TCP {path.ports}"


def description(rule: Block) -> str:
    """Return a rule's description; empty if it has none."""
    said = rule.value("description")
    return said if isinstance(said, str) else ""


def sentence(clause: str) -> str:
    """Return a clause as a sentence; a name that it starts with stays as it is."""
    first = clause.split(" ")[0]
    start = clause[:1].upper() if first.isalpha() and first.islower() else clause[:1]
    return f"{start}{clause[1:].rstrip('.')}."


def described(outline: Outline, ways: dict[int, Way], most: int = 60) -> str:
    """Return the verdict of every path, at most so many of them."""
    told = [path_sentence(outline, number, way) for number, way in list(ways.items())[:most]]
    more = f" And {len(ways) - most} more." if len(ways) > most else ""
    return ". ".join(told) + "." + more if told else ""
