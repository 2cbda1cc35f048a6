"""The broker's kept messages on disk: each change is appended soon, and nothing is written while nothing changes.

The file is a stream of MQTT PUBLISH packets, an empty payload ends a topic's keeping; so it is read by the same code as
a socket. Changes are handed to the system without waiting for the disk: they survive a kill of this process at once,
and a power cut after half a minute, in the system's own rhythm. A power cut may tear the end; it is cut off.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from intercom.devices import mqtt_packets as packets
from intercom.devices.mqtt_packets import Kind, Publish
from intercom.home.errors import StartupError

WASTE_CAP_BYTES: Final = 4 * 1024 * 1024
"""The file is written anew when it has grown by this much, most of which is no longer true."""

_log = logging.getLogger(__name__)


class KeptLog:
    """One file, held open by one broker.

    Attributes:
        loaded: what was kept when it was opened, by topic.
    """

    def __init__(self, path: Path) -> None:
        """Open a file, which need not be there.

        Raises:
            StartupError: it cannot be read or written.
        """
        self._path = path
        self._unwritten: list[bytes] = []
        self._since_renewal: list[bytes] = []
        self._renewal: asyncio.Future[BinaryIO] | None = None
        self._is_failing = False
        try:
            self.loaded, self._file_bytes = _load(path)
            self._file = _open(path, os.O_APPEND)
        except OSError as error:
            raise StartupError(f"The broker's messages cannot be kept in {path}: {error.strerror}.") from error
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
        self._write(data)
        if self._renewal is not None:
            self._since_renewal.append(data)
        elif self._file_bytes > self._renewed_bytes + WASTE_CAP_BYTES:
            self._renewal = asyncio.get_running_loop().run_in_executor(
                None, _write_anew, self._fresh_path, list(kept.values())
            )
            self._renewal.add_done_callback(self._finish_renewal)

    async def close(self, kept: dict[str, Publish]) -> None:
        """Write what is left and see it on the disk."""
        self.flush(kept)
        if self._renewal is not None:
            await asyncio.wait((self._renewal,))
        await asyncio.to_thread(_settle, self._file)

    @property
    def _fresh_path(self) -> Path:
        return self._path.with_suffix(".new")

    def _write(self, data: bytes) -> None:
        self._file_bytes += len(data)
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            if not self._is_failing:
                _log.warning("the broker's messages cannot be kept in %s: %s", self._path, error.strerror)
            self._is_failing = True
        else:
            self._is_failing = False

    def _finish_renewal(self, renewal: asyncio.Future[BinaryIO]) -> None:
        self._renewal = None
        since, self._since_renewal = b"".join(self._since_renewal), []
        try:
            fresh = renewal.result()
            try:
                fresh.write(since)
                fresh.flush()
                self._fresh_path.replace(self._path)
            except OSError:
                fresh.close()
                raise
        except OSError as error:  # the old file holds all of it as well
            _log.warning("the broker's messages in %s could not be written anew: %s", self._path, error.strerror)
            self._renewed_bytes = self._file_bytes
            return
        self._file.close()
        self._file, self._file_bytes = fresh, fresh.tell()
        self._renewed_bytes = self._file_bytes - len(since)


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
    try:
        while (packet := buffer.next()) is not None and packet[0] & 0xF0 == Kind.PUBLISH:
            message = packets.read_publish(*packet)
            whole_bytes = len(data) - buffer.waiting_bytes
            if message.payload:
                kept[message.topic] = Publish(message.topic, message.payload, message.qos, retain=True)
            else:
                kept.pop(message.topic, None)
    except (packets.MalformedPacketError, packets.OversizedPacketError) as error:
        _log.info("%s is torn: %s", path, error)
    if whole_bytes < len(data):
        _log.info("%s bytes at the end of %s are no messages; cut off", len(data) - whole_bytes, path)
        os.truncate(path, whole_bytes)
    return kept, whole_bytes


def _write_anew(path: Path, kept: Iterable[Publish]) -> BinaryIO:
    file = _open(path, os.O_TRUNC)
    for message in kept:
        file.write(_line(message))
    file.flush()
    os.fsync(file.fileno())
    return file


def _settle(file: BinaryIO) -> None:
    os.fsync(file.fileno())
    file.close()


def _open(path: Path, flags: int) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "wb")


def _line(message: Publish) -> bytes:
    """As PUBLISH; the packet id that QoS 1 and 2 ask for means nothing here."""
    packet_id = 1 if message.qos else None
    return packets.publish(Publish(message.topic, message.payload, message.qos, retain=True, packet_id=packet_id))
