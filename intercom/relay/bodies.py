"""The bodies of requests: read before anything is done with them, within a time, and up to a size.

Somebody whom nobody knows has little to say: a name, a code, a password. So what many of them can make us hold at once
stays small.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from aiohttp import web

from intercom.home.errors import IntercomError

BODY_WITHIN_S: Final = 15.0
MOST_BODY_BYTES: Final = 1024 * 1024
MOST_OF_STRANGERS_BYTES: Final = 64 * 1024

_BODY: Final = web.RequestKey("body", bytes)


class TooSlowError(IntercomError):
    """A body did not arrive in time."""

    code: ClassVar[str] = "too_slow"
    status: ClassVar[int] = 408


class TooLargeError(IntercomError):
    """A body is larger than it may be."""

    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


def body_of(request: web.Request) -> bytes:
    """Return the body, which was read already."""
    body: bytes = request.get(_BODY, b"")
    return body


async def read_body(request: web.Request, is_known: Callable[[], Awaitable[bool]]) -> None:
    """Read the body of a request; `is_known` tells whether somebody we know sent it.

    Raises:
        TooLargeError: it is larger than it may be.
        TooSlowError: it does not arrive in time.
    """
    most = MOST_OF_STRANGERS_BYTES
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            if (request.content_length or 0) > most:
                most = await _most(is_known)
            if (request.content_length or 0) > most:
                raise _too_large(most)
            while piece := await request.content.readany():
                body += piece
                if len(body) > most:
                    most = await _most(is_known)
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError as error:
        raise TooSlowError("the body did not arrive in time") from error
    request[_BODY] = bytes(body)


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(f"expected a body of at most {most} bytes")


async def _most(is_known: Callable[[], Awaitable[bool]]) -> int:
    return MOST_BODY_BYTES if await is_known() else MOST_OF_STRANGERS_BYTES
