"""A lab whose database is a real PostgreSQL: `python -m tests.lab.with_postgresql CONFIGURATION WORK PROGRAMS HOST`.

It prints what psql at the first client is told of itself: the address that the server sees, and the server's port.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from latticelink.lab.building import Lab
from latticelink.lab.reading import model_of
from latticelink.lab.running import Running
from latticelink.network.reading import read

# Inside the lab everybody is root, as whom PostgreSQL doesn't run: it gets a user namespace in which it is not.
SOMEBODY = ("unshare", "-U", "--map-user=nobody", "--map-group=nogroup")
QUESTION = "select host(inet_client_addr()), inet_server_port()"


def main(configuration: Path, work: Path, programs: Path, host: str) -> int:
    lab = Lab(model_of(read(configuration)))
    Running(lab, work)
    [target] = lab.model.targets
    lab.at(target).nft("delete table inet listening")  # of the server in PostgreSQL's place
    data = work / "data"
    made = [*SOMEBODY, programs / "initdb", f"--pgdata={data}", "--auth=trust", "--username=orders", "--no-sync"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    (data / "pg_hba.conf").write_text("host all all all trust\n")
    options = ["-c", "listen_addresses=*", "-c", f"unix_socket_directories={work}"]
    lab.at(target).start([*SOMEBODY, programs / "postgres", "-D", data, *options], stderr=(work / "log").open("w"))
    ask = ["psql", "-At", "-h", host, "-U", "orders", "-c", QUESTION, "postgres"]
    for _ in range(300):
        if lab.at(lab.model.clients[0]).start(ask, stderr=subprocess.DEVNULL).wait() == 0:
            return 0
        time.sleep(0.1)
    print((work / "log").read_text(), file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:4]), sys.argv[4]))
