"""Real brokers for tests: Mosquitto as an outside broker, started, frozen, killed and brought back at one port."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from pathlib import Path

USER, PASSWORD = "panel", "right horse"


def mosquitto_binary() -> str:
    """Where Mosquitto is; Debian keeps it out of a user's PATH."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin") or "mosquitto"


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Mosquitto:
    """An outside broker with one user; use as `async with`."""

    def __init__(self, folder: Path, *, extra: str = "", listener: str = "") -> None:
        self.port = free_port()
        self._config = folder / "outside.conf"
        self._process: asyncio.subprocess.Process | None = None
        passwords = folder / "outside.passwords"
        passwords.write_text(f"{USER}:{PASSWORD}\n")
        passwords.chmod(0o600)
        self._config.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\n{listener}\nallow_anonymous false\n"
            f"password_file {passwords}\nlog_dest none\n{extra}\n"
        )
        self._passwords = passwords

    async def __aenter__(self) -> Mosquitto:
        hashing = await asyncio.create_subprocess_exec("mosquitto_passwd", "-U", str(self._passwords))
        assert await hashing.wait() == 0
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._process is not None:
            await self.kill()

    async def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = await asyncio.create_subprocess_exec(
            mosquitto_binary(), "-c", str(self._config), stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(5):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except ConnectionRefusedError:
                    assert self._process.returncode is None
                    await asyncio.sleep(0.01)
                else:
                    writer.close()
                    await writer.wait_closed()
                    return

    async def kill(self) -> None:
        """Kill it, without any goodbye to its clients."""
        process, self._process = self._process, None
        assert process is not None
        process.kill()
        await process.wait()

    def freeze(self) -> None:
        """Let it stop answering, its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
