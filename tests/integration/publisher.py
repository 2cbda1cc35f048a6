"""A publisher of releases: a real key, real signed indexes, and a real HTTP server that can also misbehave."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from intercom.storage.release_index import sign_index

NOTES = {"en": "Calls start sooner.", "ko": "통화가 더 빨리 연결됩니다."}
KINDS = ("deb", "bundle", "wheel")


def release(version: str, *, kinds: tuple[str, ...] = KINDS, **more: Any) -> dict[str, Any]:
    """Return a release with a file of each kind, for every machine."""
    files = [
        {
            "kind": kind,
            "platform": "any",
            "url": f"https://releases.example/intercom-{version}.{kind}",
            "sha256": "5e" * 32,
            "size": 48_213_412,
        }
        for kind in kinds
    ]
    return {"version": version, "notes": NOTES, "files": files, **more}


class Publisher:
    """Signs and serves; use as `with`. `handle` answers each request, by default with `body`."""

    def __init__(self, *, context: ssl.SSLContext | None = None) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.body = b""
        self.handle: Callable[[BaseHTTPRequestHandler], None] = self.serve
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._context = context
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.requests.append((self.path, dict(self.headers)))
                publisher.handle(self)

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_args: object) -> None:
                """Say nothing of clients that hang up, as they do on what is too much."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}/index.jws"

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def public_text(self) -> str:
        return base64.b64encode(self.public_key).decode()

    def signed(self, *releases: dict[str, Any], serial: int = 1, holds: timedelta = timedelta(days=30)) -> bytes:
        """Return a signed index of these releases."""
        now = datetime.now(UTC)
        said = {
            "format": 1,
            "product": "intercom",
            "serial": serial,
            "published": now.isoformat(),
            "valid_until": (now + holds).isoformat(),
            "releases": releases,
        }
        return sign_index(json.dumps(said).encode(), self.key)

    def publish(self, *releases: dict[str, Any], serial: int = 1, holds: timedelta = timedelta(days=30)) -> None:
        self.body = self.signed(*releases, serial=serial, holds=holds)

    def serve(self, request: BaseHTTPRequestHandler, *, status: int = 200, **headers: str) -> None:
        """Answer with the body."""
        request.send_response(status)
        request.send_header("Content-Length", str(len(self.body)))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.body)

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
