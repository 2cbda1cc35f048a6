"""Looks once a day whether there is a newer version of the program, and posts what it found; installs nothing.

One request for the index of releases, which says nothing of the home. Whatever is wrong with the answer, or with the
way to it, is a line in the log and another try later, ever later: nothing else of the program notices. What was found
before stays told as long as the index that said it holds.

The way to the index is not trusted, only its signature is. TLS is asked for all the same, so that nobody on the way can
see or hold back what is asked; a redirect may lead to nothing less.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Never

import aiohttp
from aiohttp import hdrs
from yarl import URL

from intercom.home.errors import IntercomError
from intercom.home.releases import Channel, IndexRefusedError, Installation, NewRelease, ReleaseBoard, newer_release
from intercom.storage.release_index import ReleaseMarks, read_index

MOST_BYTES: Final = 256 * 1024
WITHIN_S: Final = 30.0
MOST_REDIRECTS: Final = 5
FIRST_LOOK_S: Final = 5.0
"""At most so long after the start, by chance: homes that come back from one power cut do not all ask at once."""
EVERY_S: Final = 24 * 3600.0
RETRY_S: Final = 600.0
"""The pause after the first failure; it doubles up to `EVERY_S`."""

_REDIRECTS: Final = (301, 302, 303, 307, 308)

_log = logging.getLogger(__name__)


class IndexUnreachableError(IntercomError):
    """The index cannot be had; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSource:
    """Where the index is and who signs it; `ca_file` is trusted instead of the system's authorities."""

    url: str
    public_key: bytes
    channel: Channel = Channel.STABLE
    ca_file: Path | None = None


class ReleaseWatch:
    """Looks for newer versions."""

    def __init__(
        self,
        source: ReleaseSource,
        *,
        board: ReleaseBoard,
        marks: ReleaseMarks,
        find_installation: Callable[[], Installation],
        now: Callable[[], float],
        random: Callable[[], float],
        every_s: float = EVERY_S,
        retry_s: float = RETRY_S,
        first_look_s: float = FIRST_LOOK_S,
    ) -> None:
        """Nothing is asked yet.

        Args:
            find_installation: may block; called in a thread.
            now: seconds since the epoch that never run backwards.
            random: gives a number from 0 to 1.
        """
        self._source = source
        self._board = board
        self._marks = marks
        self._find_installation = find_installation
        self._now = now
        self._random = random
        self._every_s = every_s
        self._retry_s = retry_s
        self._first_look_s = first_look_s
        self._holds_until = 0.0

    async def run(self) -> Never:
        """Look now and then, until cancelled."""
        told = ""
        failures = 0
        await asyncio.sleep(self._first_look_s * self._random())
        while True:
            try:
                self._board.post(await self.look())
            except IntercomError as error:
                if str(error) != told:
                    told = str(error)
                    level = logging.WARNING if isinstance(error, IndexRefusedError) else logging.INFO
                    _log.log(level, "newer versions are not known: %s; this is tried again", error)
                if self._now() >= self._holds_until:
                    self._board.post(None)
                pause_s = min(self._retry_s * 2.0 ** min(failures, 16), self._every_s)
                failures += 1
            else:
                told, failures, pause_s = "", 0, self._every_s
            await self._pause(pause_s * (0.8 + 0.4 * self._random()))

    async def _pause(self, pause_s: float) -> None:
        """Wait; what was found is told no longer than the index that said it holds."""
        holds_s = self._holds_until - self._now()
        if 0 < holds_s < pause_s:
            await asyncio.sleep(holds_s)
            self._board.post(None)
            pause_s -= holds_s
        await asyncio.sleep(pause_s)

    async def look(self) -> NewRelease | None:
        """Return the newest release, if it is newer than what is installed.

        Raises:
            IndexUnreachableError: the index cannot be had.
            IndexRefusedError: it is not genuine, too old, or out of date.
            StorageError: it cannot be remembered that it was seen.
        """
        envelope = await self._fetch()
        index = await asyncio.to_thread(read_index, envelope, self._source.public_key)
        index.check(self._now())
        await self._marks.advance(index, self._source.public_key)
        self._holds_until = index.valid_until.timestamp()
        installed = await asyncio.to_thread(self._find_installation)
        return newer_release(index, installed, self._source.channel)

    async def _fetch(self) -> bytes:
        """Return what is at the address; IndexUnreachableError when nothing is, or too much."""
        try:
            async with asyncio.timeout(WITHIN_S):
                # Reading the system's authorities takes long enough to be seen as a stumble of the window.
                context = await asyncio.to_thread(ssl.create_default_context, cafile=self._source.ca_file)
                connector = aiohttp.TCPConnector(ssl=context, limit=1)
                async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
                    return await _get(session, URL(self._source.url))
        except TimeoutError:
            raise IndexUnreachableError(f"the index did not come within {WITHIN_S:.0f} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise IndexUnreachableError(f"the index cannot be fetched: {_reason(error)}") from error


async def _get(session: aiohttp.ClientSession, url: URL) -> bytes:
    headers = {hdrs.USER_AGENT: "intercom", hdrs.ACCEPT_ENCODING: "identity"}
    for _ in range(MOST_REDIRECTS + 1):
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                url = url.join(URL(response.headers.get(hdrs.LOCATION, "")))
                if url.scheme != "https" or url.user is not None:
                    raise IndexUnreachableError("the index was moved to an address that is not https://")
                continue
            if response.status != 200:
                raise IndexUnreachableError(f"the index cannot be fetched: the answer is {response.status}")
            return await _read(response)
    raise IndexUnreachableError("the index was moved too often")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > MOST_BYTES:
            raise IndexUnreachableError(f"the index has more than {MOST_BYTES // 1024} KB")
    return bytes(read)


def _reason(error: Exception) -> str:
    """Return why, without the address, which may hold what is for nobody's eyes."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "its certificate is not trusted"
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno or 0
        return os.strerror(number) if number > 0 else str(error.os_error.strerror)
    return type(error).__name__
