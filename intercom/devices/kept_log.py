"""The broker's kept messages on disk: each change is appended soon, and nothing is written while nothing changes.

The file is a stream of MQTT PUBLISH packets, an empty payload ends a topic's keeping; so it is read by the same code as
a socket. Changes are handed to the system without waiting for the disk: they survive a kill of this process at once,
and a power cut after half a minute, in the system's own rhythm. A power cut may tear the end; it is cut off.

While the disk refuses, the broker goes on from memory: what half of was written is taken back, so that the file stays
whole, and all that waits is written as soon as that is possible.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from typing import Final

from intercom.devices import mqtt_packets as packets
from intercom.devices.mqtt_packets import Kind, Publish
from intercom.home.errors import StartupError

WASTE_CAP_BYTES: Final = 4 * 1024 * 1024
"""The file is written anew when it has grown by this much, most of which is no longer true."""
WAITING_CAP_BYTES: Final = 4 * 1024 * 1024
"""When more than this waits for a disk that refuses, the file is written anew instead."""

_log = logging.getLogger(__name__)


class KeptLog:
    """One file, held open by one broker.

    Attributes:
        loaded: what was kept when it was opened, by topic.
    """

    def __init__(self, path: Path, *, on_refused: Callable[[OSError | None], None] = lambda error: None) -> None:
        """Open a file, which need not be there.

        `on_refused` is called when the disk refuses, and with None when it does no more.

        Raises:
            StartupError: it cannot be read.
        """
        self._path = path
        self._on_refused = on_refused
        self._unwritten: list[bytes] = []
        self._since_renewal: list[bytes] = []
        self._renewal: asyncio.Future[int] | None = None
        self._waiting = b""
        """What the disk refused."""
        self._is_failing = False
        self._must_renew = False
        """What is in the file is no beginning of what should be there."""
        self._file: FileIO | None = None
        try:
            self.loaded, self._file_bytes = _load(path)
        except OSError as error:
            raise StartupError(f"The broker's messages in {path} cannot be read: {error.strerror}.") from error
        self._reopen()
        self._renewed_bytes = sum(len(one.topic) + len(one.payload) for one in self.loaded.values())

    def append(self, message: Publish) -> None:
        """Note a change; it is on its way with the next `flush`."""
        self._unwritten.append(_line(message))

    def flush(self, kept: dict[str, Publish]) -> None:
        """Hand what was appended to the system.

        Args:
            kept: the truth now, in case the file is due to be written anew; that happens in a thread.
        """
        if not self._unwritten:
            return
        data, self._unwritten = b"".join(self._unwritten), []
        if self._renewal is not None:
            self._since_renewal.append(data)
        self._write(data)
        is_wasteful = self._file_bytes > self._renewed_bytes + WASTE_CAP_BYTES
        if self._renewal is None and is_wasteful and not self._is_failing:
            self._renew(kept)

    def try_again(self, kept: dict[str, Publish]) -> None:
        """Write what the disk refused until now, if anything; to be called now and then."""
        if not self._is_failing or self._renewal is not None:
            return
        if self._file is None:
            self._reopen()
        if self._must_renew:
            self._renew(kept)
        elif self._file is not None:
            self._write(b"")

    async def close(self, kept: dict[str, Publish]) -> None:
        """Write what is left and see it on the disk."""
        self.flush(kept)
        self.try_again(kept)
        if self._renewal is not None:
            await asyncio.wait((self._renewal,))
        if self._is_failing:
            _log.warning("the latest of the broker's messages are not in %s: the disk refuses them", self._path)
        if self._file is not None:
            await asyncio.to_thread(_settle, self._file)

    @property
    def _fresh_path(self) -> Path:
        return self._path.with_suffix(".new")

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _reopen(self) -> None:
        try:
            self._file = _open(self._path, os.O_APPEND)
        except OSError as error:
            self._refuse(error)

    def _write(self, data: bytes) -> None:
        """Append to the file, all or nothing; what is refused waits."""
        data = self._waiting + data
        self._waiting = b""
        if self._file is None or self._must_renew:
            self._wait(data)
            return
        written = 0
        try:
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            self._wait(data)
            if written:
                self._take_back()
            self._refuse(error)
            return
        self._file_bytes += len(data)
        self._accept()

    def _wait(self, data: bytes) -> None:
        self._waiting = data
        if len(data) > WAITING_CAP_BYTES:
            self._waiting, self._must_renew = b"", True

    def _take_back(self) -> None:
        """Let half of a message not stand where the next one is to begin."""
        assert self._file is not None
        try:
            self._file.truncate(self._file_bytes)
        except OSError:
            self._waiting, self._must_renew = b"", True

    def _refuse(self, error: OSError) -> None:
        if not self._is_failing:
            _log.warning("the broker's messages cannot be kept in %s: %s", self._path, error.strerror)
        self._is_failing = True
        self._on_refused(error)

    def _accept(self) -> None:
        if self._is_failing:
            _log.info("the broker's messages are kept again in %s", self._path)
            self._is_failing = False
            self._on_refused(None)

    def _renew(self, kept: dict[str, Publish]) -> None:
        self._renewal = asyncio.get_running_loop().run_in_executor(
            None, _write_anew, self._fresh_path, list(kept.values())
        )
        self._renewal.add_done_callback(self._finish_renewal)

    def _finish_renewal(self, renewal: asyncio.Future[int]) -> None:
        self._renewal = None
        since, self._since_renewal = b"".join(self._since_renewal), []
        try:
            size = renewal.result()
            if since:
                with self._fresh_path.open("ab") as fresh:
                    fresh.write(since)
            if sys.platform == "win32":
                self._let_go()  # there no file that is open can be replaced
            self._fresh_path.replace(self._path)
        except OSError as error:  # the old file holds all of it as well, or will
            with contextlib.suppress(OSError):
                self._fresh_path.unlink(missing_ok=True)
            self._renewed_bytes = self._file_bytes
            if sys.platform == "win32" and self._file is None:
                self._reopen()
            if self._must_renew:
                self._refuse(error)
            else:
                _log.warning("the broker's messages in %s could not be written anew: %s", self._path, error.strerror)
            return
        self._let_go()
        self._waiting, self._must_renew = b"", False
        self._file_bytes, self._renewed_bytes = size + len(since), size
        self._reopen()
        if self._file is not None:
            self._accept()


def _load(path: Path) -> tuple[dict[str, Publish], int]:
    """What is kept, and the size of the file once its torn end is off."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}, 0
    kept: dict[str, Publish] = {}
    buffer = packets.PacketBuffer(largest_bytes=len(data) + 1)
    buffer.feed(data)
    whole_bytes = 0
    damage = ""
    try:
        while (packet := buffer.next()) is not None:
            if packet[0] & 0xF0 != Kind.PUBLISH:
                damage = "there is something else than messages in it"
                break
            message = packets.read_publish(*packet)
            whole_bytes = len(data) - buffer.waiting_bytes
            if message.payload:
                kept[message.topic] = Publish(message.topic, message.payload, message.qos, retain=True)
            else:
                kept.pop(message.topic, None)
    except (packets.MalformedPacketError, packets.OversizedPacketError) as error:
        damage = str(error)
    if damage and data[whole_bytes:].strip(b"\0"):  # zeros are what a power cut leaves
        _set_aside(path, damage)
    if whole_bytes < len(data):
        _log.info("%s bytes at the end of %s are no messages; cut off", len(data) - whole_bytes, path)
        with contextlib.suppress(OSError):  # then it cannot be appended to either, and is written anew
            os.truncate(path, whole_bytes)
    return kept, whole_bytes


def _set_aside(path: Path, damage: str) -> None:
    """Keep a copy of a file whose end cannot be read; what devices keep announcing comes again."""
    kept_as = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    _log.warning("%s is damaged (%s): what follows is cut off, and kept in %s", path, damage, kept_as.name)
    with contextlib.suppress(OSError):
        shutil.copyfile(path, kept_as)


def _write_anew(path: Path, kept: Iterable[Publish]) -> int:
    """Write a file of what is kept and see it on the disk; return its size."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for message in kept:
            file.write(_line(message))
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _settle(file: FileIO) -> None:
    os.fsync(file.fileno())
    file.close()


def _open(path: Path, flags: int) -> FileIO:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    return FileIO(opened, "wb", closefd=True)


def _line(message: Publish) -> bytes:
    """As PUBLISH; the packet id that QoS 1 and 2 ask for means nothing here."""
    packet_id = 1 if message.qos else None
    return packets.publish(Publish(message.topic, message.payload, message.qos, retain=True, packet_id=packet_id))
