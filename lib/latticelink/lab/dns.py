"""The resolver of a VPC: it answers what the VPC's zones and endpoints have, and knows no other name."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping

from latticelink.lab.model import Address
from latticelink.lab.namespaces import Namespace

from dnslib import AAAA, QTYPE, RCODE, RR, A, DNSError, DNSRecord

_TYPES = {"A": 4, "AAAA": 6}


class Resolver:
    """Answers questions that reach a VPC's router, by UDP."""

    def __init__(self, router: Namespace, names: Mapping[str, list[Address]]) -> None:
        """Start it.

        Args:
            router: the router's namespace.
            names: what it knows; a name whose first label is `*` stands for all below it.
        """
        self._names = names
        self._socket = router.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("0.0.0.0", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            question, peer = self._socket.recvfrom(4096)
            try:
                answer = self._answer(DNSRecord.parse(question))
            except DNSError:
                continue
            self._socket.sendto(answer.pack(), peer)

    def _answer(self, question: DNSRecord) -> DNSRecord:
        reply = question.reply()
        name = str(question.q.qname).lower().rstrip(".")
        kind = QTYPE.get(question.q.qtype)
        found = self._names.get(name, self._names.get(f"*.{name.partition('.')[2]}"))
        reply.header.rcode = RCODE.NXDOMAIN if found is None else RCODE.NOERROR
        for address in found or []:
            if _TYPES.get(kind) == address.version:
                data = A(str(address)) if address.version == 4 else AAAA(str(address))
                reply.add_answer(RR(question.q.qname, question.q.qtype, ttl=60, rdata=data))
        return reply
