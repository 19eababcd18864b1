"""Web pages of others: a server for what a test puts there, under whatever name the browser asks for it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, NamedTuple


class Content(NamedTuple):
    body: str
    status: int = 200
    location: str = ""


class Pages:
    """Serves its `contents` by path; a query string is not looked at."""

    def __init__(self) -> None:
        contents: dict[str, Content] = {}
        self.contents: Final = contents

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                self.rfile.read(length)
                content = contents.get(self.path.partition("?")[0], Content("nothing", 404))
                self.send_response(content.status)
                kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
                self.send_header("Content-Type", kind)
                if content.location:
                    self.send_header("Location", content.location)
                self.end_headers()
                self.wfile.write(content.body.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: Final[int] = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def at(self, host: str) -> str:
        """Return the origin of the pages under a name."""
        return f"http://{host}:{self.port}"

    def put(self, path: str, body: str) -> None:
        self.contents[path] = Content(body)

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        self.contents[path] = Content("", status, location)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Pages:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
