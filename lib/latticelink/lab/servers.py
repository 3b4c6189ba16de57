"""What runs at the targets: the real nginx where it is installed, else a small server of the lab's own."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from latticelink.lab.model import Interface
from latticelink.lab.namespaces import Namespace

_PAGES = ("/usr/share/nginx/html/index.html", "/var/www/html/index.nginx-debian.html")
_PORT = 80
# What listens where isn't in a configuration, so a target answers on every port.
EVERY_PORT = f"""table inet listening
delete table inet listening
table inet listening {{
chain prerouting {{
type nat hook prerouting priority -100;
iifname "eth0" meta l4proto tcp redirect to :{_PORT}
}}
}}
"""
_NGINX = """user root root; daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  log_format who "$remote_addr"; access_log {folder}/access.log who;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen {port}; listen [::]:{port}; root {folder}/www; }}
}}
"""


class Server:
    """A server at a target, on all its ports."""

    def __init__(self, target: Interface, namespace: Namespace, folder: Path, database: str = "") -> None:
        """Start it; return when it answers.

        Args:
            target: where it runs.
            namespace: that interface's.
            folder: an empty folder of its own.
            database: the engine, if the target is a database: its server names itself, and is no nginx.
        """
        self.target, self._folder = target, folder
        program = None if database else shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        self.name = (
            "nginx" if program else f"the lab's own small server{f' in the place of {database}' if database else ''}"
        )
        self._seen: list[str] = []
        namespace.nft(EVERY_PORT)
        if program:
            self._start_nginx(program, namespace)
        else:
            OwnServer(namespace, f"Served by {target.owner} ({self.name})\n", self._seen)

    def _start_nginx(self, program: str, namespace: Namespace) -> None:
        (self._folder / "www").mkdir(parents=True)
        page = next((Path(each).read_text() for each in _PAGES if Path(each).exists()), "<h1>Welcome to nginx!</h1>\n")
        (self._folder / "www" / "index.html").write_text(f"{page}<p>Served by {self.target.owner}</p>\n")
        written = self._folder / "nginx.conf"
        written.write_text(_NGINX.format(folder=self._folder, port=_PORT))
        log = self._folder / "error.log"
        command = [program, "-e", str(log), "-p", str(self._folder), "-c", str(written)]
        process = namespace.start(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None:
            with namespace.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                if probe.connect_ex(("127.0.0.1", _PORT)) == 0:
                    return
            time.sleep(0.005)
        raise OSError(f"nginx doesn't start: {log.read_text().strip() if log.exists() else process.returncode}")

    @property
    def seen(self) -> list[str]:
        """The addresses that asked, each once, in the order of their first question."""
        log = self._folder / "access.log"
        lines = log.read_text().splitlines() if log.exists() else self._seen
        return list(dict.fromkeys(line.removeprefix("::ffff:") for line in lines))


class OwnServer:
    """Answers whoever connects with one text, as HTTP."""

    def __init__(self, namespace: Namespace, text: str, seen: list[str]) -> None:
        """Start it; `seen` gets the address of each client."""
        self._answer = f"HTTP/1.0 200 OK\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}".encode()
        self._seen = seen
        self._socket = namespace.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self._socket.bind(("::", _PORT))
        self._socket.listen(512)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """End it."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                connection, peer = self._socket.accept()
            except OSError:
                self._socket.close()
                return
            threading.Thread(target=self._talk, args=(connection, peer[0]), daemon=True).start()

    def _talk(self, connection: socket.socket, peer: str) -> None:
        with connection:
            try:
                if connection.recv(65536):
                    self._seen.append(peer.removeprefix("::ffff:"))
                    connection.sendall(self._answer)
            except OSError:
                pass  # whoever asked is gone


def in_words(page: str) -> str:
    """Return what a person sees of a page: its headline and who served it; of a plain text all of it."""
    parts = re.findall(r"<(?:h1|p)>([^<]*)</", page)
    shown = [part for part in parts if part.startswith(("Welcome", "Served"))] or [page.strip()]
    return " ".join(shown)
