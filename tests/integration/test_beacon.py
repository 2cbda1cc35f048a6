"""The beacon on a real UDP port of this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from intercom.devices.beacon import ANSWERS_PER_SENDER_AND_S, Beacon
from intercom.home.errors import StartupError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Lost:
    """A device that looks for the relay."""

    def __init__(self, host: str = "0.0.0.0") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)

    async def ask(self, datagram: bytes, host: str, port: int) -> None:
        await asyncio.get_running_loop().sock_sendto(self.socket, datagram, (host, port))

    async def answer(self) -> bytes:
        async with asyncio.timeout(5):
            return (await asyncio.get_running_loop().sock_recvfrom(self.socket, 2048))[0]

    def answers_waiting(self) -> int:
        count = 0
        while True:
            try:
                self.socket.recvfrom(2048)
            except BlockingIOError:
                return count
            count += 1


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def beacon(clock: Clock) -> AsyncIterator[Beacon]:
    beacon = Beacon(port=0, clock=clock)
    await beacon.start()
    yield beacon
    beacon.stop()


@pytest.fixture
async def lost() -> AsyncIterator[Lost]:
    device = Lost()
    yield device
    device.socket.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.255.255"])
async def test_a_device_that_broadcasts_is_told_our_address(beacon: Beacon, lost: Lost, host: str) -> None:
    await lost.ask(b"where is the relay?", host, beacon.port)

    assert await lost.answer() == b"127.0.0.1"


async def test_junk_is_met_with_silence_and_the_next_question_with_an_answer(beacon: Beacon, lost: Lost) -> None:
    for junk in (b"", b"x" * 1400, b"127.0.0.1"):
        await lost.ask(junk, "127.0.0.1", beacon.port)
    await lost.ask(b"?", "127.0.0.1", beacon.port)

    assert await lost.answer() == b"127.0.0.1"
    assert lost.answers_waiting() == 0


async def test_a_flood_of_questions_gets_few_answers_until_the_next_second(
    beacon: Beacon, lost: Lost, clock: Clock
) -> None:
    for _ in range(50):
        await lost.ask(b"?", "127.0.0.1", beacon.port)
    neighbour = Lost("127.0.0.2")
    await neighbour.ask(b"?", "127.0.0.1", beacon.port)
    await neighbour.answer()  # so all questions before it have been looked at
    neighbour.socket.close()
    assert lost.answers_waiting() == ANSWERS_PER_SENDER_AND_S

    clock.now += 1
    await lost.ask(b"?", "127.0.0.1", beacon.port)
    await lost.answer()


async def test_a_port_that_somebody_else_has_is_named_in_one_line(beacon: Beacon) -> None:
    second = Beacon(port=beacon.port)

    with pytest.raises(StartupError, match=str(beacon.port)):
        await second.start()
    second.stop()


async def test_a_stopped_beacon_gives_its_port_back(beacon: Beacon, lost: Lost) -> None:
    port = beacon.port
    beacon.stop()
    await asyncio.sleep(0)  # the transport closes its socket in the loop's next pass

    again = Beacon(port=port)
    await again.start()
    await lost.ask(b"?", "127.0.0.1", again.port)
    assert await lost.answer() == b"127.0.0.1"
    again.stop()
