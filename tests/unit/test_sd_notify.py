"""What the service manager is told, over a socket as systemd has one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from intercom.sd_notify import ServiceManager

PATIENCE_S = 10


class Systemd:
    """The receiving end."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)

    async def hears(self) -> list[str]:
        """Wait for a message; return its lines."""
        async with asyncio.timeout(PATIENCE_S):
            return (await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode().split("\n")

    def has_heard(self) -> bool:
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        return True

    def fill(self) -> None:
        """Leave no room for another message."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending, contextlib.suppress(BlockingIOError):
            sending.setblocking(False)
            while True:
                sending.sendto(b"X_FULL=1", self._socket.getsockname())

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def systemd(address: str) -> Iterator[Systemd]:
    with contextlib.closing(Systemd(address)) as systemd:
        yield systemd


@contextlib.asynccontextmanager
async def running(told: ServiceManager) -> AsyncIterator[None]:
    task = asyncio.create_task(told.run("all is well"))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_is_told_that_the_program_has_started_and_then_that_it_lives(address: str, systemd: Systemd) -> None:
    told = ServiceManager.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000"})

    async with running(told):
        assert await systemd.hears() == ["READY=1", "STATUS=all is well", "WATCHDOG_USEC=20000"]
        assert [await systemd.hears() for _ in range(3)] == [["WATCHDOG=1"]] * 3


async def test_signs_of_life_come_at_half_the_time_that_is_allowed(address: str, systemd: Systemd) -> None:
    told = ServiceManager.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"})
    clock = asyncio.get_running_loop().time

    async with running(told):
        await systemd.hears()
        await systemd.hears()
        began = clock()
        await systemd.hears()

    assert clock() - began > 0.1


async def test_without_a_watchdog_there_are_no_signs_of_life(address: str, systemd: Systemd) -> None:
    told = ServiceManager.from_environment({"NOTIFY_SOCKET": address})

    await asyncio.wait_for(told.run("all is well"), PATIENCE_S)

    assert await systemd.hears() == ["READY=1", "STATUS=all is well"]
    assert not systemd.has_heard()


async def test_an_abstract_socket_is_found(tmp_path: Path) -> None:
    address = f"@{tmp_path}/notify"
    with contextlib.closing(Systemd(address)) as systemd:
        ServiceManager.from_environment({"NOTIFY_SOCKET": address}).stopping()

        assert await systemd.hears() == ["STOPPING=1", "STATUS=stopping"]


async def test_a_start_anew_is_told_with_its_time_as_newer_versions_of_systemd_ask_for(
    address: str, systemd: Systemd
) -> None:
    ServiceManager.from_environment({"NOTIFY_SOCKET": address}).starting_anew()

    reloading, time_us, status = await systemd.hears()
    assert (reloading, status) == ("RELOADING=1", "STATUS=starting anew")
    assert int(time_us.removeprefix("MONOTONIC_USEC=")) > 0


async def test_the_watchdog_is_patient_with_a_start_anew(address: str, systemd: Systemd) -> None:
    told = ServiceManager.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"})

    told.starting_anew()

    assert (await systemd.hears())[-1] == "WATCHDOG_USEC=300000000"


async def test_a_start_that_cannot_be_told_is_told_when_there_is_room(address: str, systemd: Systemd) -> None:
    systemd.fill()

    async with running(ServiceManager.from_environment({"NOTIFY_SOCKET": address})):
        await asyncio.sleep(0)
        while (heard := await systemd.hears()) == ["X_FULL=1"]:
            pass

    assert heard == ["READY=1", "STATUS=all is well"]


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"WATCHDOG_USEC": "1000"}])
async def test_where_nobody_wants_to_be_told_nothing_happens(environ: dict[str, str]) -> None:
    told = ServiceManager.from_environment(environ)

    await asyncio.wait_for(told.run("all is well"), PATIENCE_S)
    told.starting_anew()
    told.stopping()


@pytest.mark.parametrize(
    "environ",
    [{"NOTIFY_SOCKET": "vsock:2:1"}, {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"}],
)
async def test_what_the_environment_says_wrongly_is_a_warning(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    told = ServiceManager.from_environment(environ)
    await asyncio.wait_for(told.run("all is well"), PATIENCE_S)

    assert "NOTIFY_SOCKET: expected" in caplog.text or "WATCHDOG_USEC: expected" in caplog.text


async def test_a_service_manager_that_has_gone_is_a_warning(address: str, caplog: pytest.LogCaptureFixture) -> None:
    ServiceManager.from_environment({"NOTIFY_SOCKET": address}).stopping()

    assert "the service manager cannot be told: No such file or directory" in caplog.text
