"""Says of a model what becomes of packets: `python -m tests.lab.flows MODEL` prints it, inside the lab's namespaces.

Clients and targets are called by their owners and resources by their names, so that models of one thing say the same.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

from latticelink.lab.building import Lab
from latticelink.lab.model import Model
from latticelink.lab.probes import Probe, Prober
from latticelink.lab.servers import EVERY_PORT, OwnServer


def flows(model: Model) -> list[list[object]]:
    """Return for each client, resource, zone and port where packets end, at the ports that are shared and beside."""
    lab = Lab(model)
    for target in model.targets:
        lab.at(target).nft(EVERY_PORT)
        OwnServer(lab.at(target), "here", [])
    tried = [
        (client, way, port)
        for client in model.clients
        for way in model.ways
        if model.interfaces[way.entry].vpc == client.vpc and client.of_version(way.address.version)
        for port in sorted({80, 81, 22, *(edge for ports in way.ports for edge in ports)})
    ]
    outcomes = Prober(lab).try_all([Probe(client, way.address, port) for client, way, port in tried])
    return sorted(
        [client.owner, way.resource, model.interfaces[way.entry].zone, port, end]
        for (client, way, port), outcome in zip(tried, outcomes, strict=True)
        for end in ["arrives" if outcome.arrived else outcome.death.hop if outcome.death else "vanishes"]
    )


if __name__ == "__main__":
    print(json.dumps(flows(pickle.loads(Path(sys.argv[1]).read_bytes()))))
