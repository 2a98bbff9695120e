"""What every stub of a provider is: a real HTTP server on a free port, in a thread of its own."""

import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class StubServer(ThreadingHTTPServer):
    """The server behind a stub, which its handler finds as `server.stub`."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A program that was killed leaves its connections open; that is what the tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)


class Serving:
    """Started and closed once. `_server` is set by `_serve_with`, in the constructor of the stub."""

    _server: StubServer

    def _serve_with(self, server: type[StubServer], handler: type[BaseHTTPRequestHandler], port: int) -> None:
        self._server = server(("127.0.0.1", port), handler)
        self._server.stub = self  # type: ignore[attr-defined]  # each stub's own server declares it
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve_tls(self, certificate: Path) -> None:
        """Speak TLS from now on, with the key and the certificate of one file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
