"""The servers a browser test talks to, on loopback ports that the system chose.

:class:`Pages` serves the static page that stands for Workspace over HTTPS, from a thread; the backend's gunicorn is
in ``tests/servers.py``. Used by the fixtures of ``conftest.py``; knows nothing of pytest.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from servers import Certificate

HERE = Path(__file__).resolve().parent


class Pages(http.server.ThreadingHTTPServer):
    """Serves ``pages/`` over HTTPS for whatever host name is mapped to it."""

    daemon_threads = True
    npm: Path | None = None
    """What it serves under ``/npm/``: the folder of installed packages."""

    def __init__(self, certificate: Certificate) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(_PagesHandler, directory=str(HERE / "pages")))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        # Chromium opens connections it may never use: the handshake belongs to the connection's own thread.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @contextlib.contextmanager
    def running(self) -> Iterator[Pages]:
        """Serve from a thread for as long as the block runs."""
        thread = threading.Thread(target=self.serve_forever, name="pages")
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection the browser dropped."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _PagesHandler(http.server.SimpleHTTPRequestHandler):
    timeout = 10  # seconds without a byte
    server: Pages

    def translate_path(self, path: str) -> str:
        """Look ``/npm/`` up among the packages."""
        if self.server.npm is None or not path.startswith("/npm/"):
            return super().translate_path(path)
        self.directory, kept = str(self.server.npm), self.directory
        try:
            return super().translate_path(path.removeprefix("/npm"))
        finally:
            self.directory = kept

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output to itself."""
