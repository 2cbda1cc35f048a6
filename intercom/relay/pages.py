"""The web client's files, as the build left them: which there are is read once, so no path leads anywhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from intercom.home.errors import NotFoundError

CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
NOT_BUILT: Final = """\
The intercom's relay is running, but its web client has not been built.
Build it with: python packaging/build_resources.py
"""

_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_FOR_EVER = "public, max-age=31536000, immutable"
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


class Pages:
    """Serves the files below a folder."""

    def __init__(self, folder: Path) -> None:
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix in _MEDIA_TYPES]
        self._files = {path.relative_to(folder).as_posix(): path for path in files}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer with a file; compressed, when the build left it so beside the file and the client takes it."""
        return self._answer(request.match_info["path"] or "index.html")

    async def trust(self, _request: web.Request) -> web.StreamResponse:
        """Answer with the page that tells how a phone trusts this home."""
        return self._answer("trust.html")

    def _answer(self, name: str) -> web.StreamResponse:
        path = self._files.get(name)
        if path is None:
            if name in ("index.html", "trust.html"):
                return web.Response(text=NOT_BUILT, status=503)
            raise NotFoundError("there is no such page")
        is_hashed = name.startswith("assets/") and _HASHED.search(name) is not None
        response = web.FileResponse(path)
        response.content_type = _MEDIA_TYPES[path.suffix]
        if response.content_type.startswith("text/"):
            response.charset = "utf-8"
        response.headers[hdrs.CACHE_CONTROL] = _FOR_EVER if is_hashed else "no-cache"
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response
