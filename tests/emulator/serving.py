"""How the tests' servers answer: on a free port of 127.0.0.1, without a word, and each answer in one piece."""

from __future__ import annotations

from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Handler(WSGIRequestHandler):
    # Without a buffer, head and body leave apart. If a busy machine lets the body wait, the AWS provider closes the
    # connection and asks again for what is done already, such as the removal of a rule.
    wbufsize = -1

    def handle_expect_100(self) -> bool:
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def serve(application: Any) -> BaseWSGIServer:
    """Return a server of a WSGI application, which answers each request in a thread of its own, not yet started."""
    return make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Handler)
