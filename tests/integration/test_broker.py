"""The embedded broker: by our link, by Mosquitto's own clients, by strangers, and through kills."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from intercom.devices import broker as broker_module
from intercom.devices import mqtt_packets as packets
from intercom.devices.broker import EmbeddedBroker
from intercom.devices.mqtt_connection import LinkSettings
from intercom.devices.mqtt_packets import Connect, Kind, PacketBuffer, Publish
from intercom.home.errors import StartupError
from tests.integration.listening import listening


@asynccontextmanager
async def embedded(folder: Path, port: int = 0) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker(folder, host="127.0.0.1", port=port)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[EmbeddedBroker]:
    async with embedded(tmp_path / "broker") as running:
        yield running


def known_to(broker: EmbeddedBroker, client_id: str) -> LinkSettings:
    keys = broker.credentials
    return LinkSettings(
        host=broker.own_host, port=broker.port, user=keys.user, password=keys.password, client_id=client_id
    )


class Stranger:
    """A bare connection that says whatever it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._buffer = PacketBuffer(largest_bytes=1_000_000)

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def packet(self) -> tuple[int, bytes] | None:
        """The next packet; None when the broker has hung up."""
        async with asyncio.timeout(5):
            while (packet := self._buffer.next()) is None:
                try:
                    data = await self._reader.read(65_536)
                except ConnectionResetError:
                    return None
                if not data:
                    return None
                self._buffer.feed(data)
            return packet

    async def is_hung_up_on(self) -> bool:
        while await self.packet() is not None:
            pass
        return True


@asynccontextmanager
async def stranger(broker: EmbeddedBroker, *words: bytes) -> AsyncIterator[Stranger]:
    reader, writer = await asyncio.open_connection("127.0.0.1", broker.port)
    try:
        one = Stranger(reader, writer)
        for word in words:
            one.say(word)
        yield one
    finally:
        writer.transport.abort()


def hello(broker: EmbeddedBroker, client_id: str, **changes: object) -> bytes:
    keys = broker.credentials
    known = Connect(client_id=client_id, user=keys.user, password=keys.password)
    return packets.connect(replace(known, **changes))  # type: ignore[arg-type]


async def tool(name: str, broker: EmbeddedBroker, *arguments: str) -> str:
    keys = broker.credentials
    process = await asyncio.create_subprocess_exec(
        name, "-h", "127.0.0.1", "-p", str(broker.port), "-u", keys.user, "-P", keys.password, *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(10):
        output, _ = await process.communicate()
    return output.decode()


async def subscribed(broker: EmbeddedBroker, client_id: str) -> None:
    async with asyncio.timeout(5):
        while True:
            peer = broker.exchange._peers.get(client_id)
            if peer is not None and peer.filters:
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("qos", ["0", "1", "2"])
async def test_other_peoples_clients_exchange_messages_of_every_quality(broker: EmbeddedBroker, qos: str) -> None:
    async with asyncio.TaskGroup() as group, listening(known_to(broker, "ear"), "home/#") as ear:
        hearing = group.create_task(
            tool("mosquitto_sub", broker, "-t", "home/+", "-q", qos, "-C", "3", "-v", "-i", "sub")
        )
        await subscribed(broker, "sub")
        for number in range(3):
            await tool("mosquitto_pub", broker, "-t", f"home/{number}", "-m", f"문 {number}", "-q", qos)
        output = await hearing
        await ear.until(lambda: len(ear.heard) == 3)

    assert output.splitlines() == [f"home/{n} 문 {n}" for n in range(3)]


async def test_a_kept_message_is_there_for_other_peoples_latecomers(broker: EmbeddedBroker) -> None:
    await tool("mosquitto_pub", broker, "-t", "homeassistant/light/a/config", "-m", "{}", "-r", "-q", "1")

    assert await tool("mosquitto_sub", broker, "-t", "homeassistant/#", "-C", "1", "-F", "%t %p %r") == (
        "homeassistant/light/a/config {} 1\n"
    )


async def test_a_picture_larger_than_what_may_lie_unread_arrives(broker: EmbeddedBroker) -> None:
    picture = packets.publish(Publish("porch/picture", b"x" * (3 * broker_module.UNREAD_CAP_BYTES), retain=True))
    reader, writer = await asyncio.open_connection("127.0.0.1", broker.port)

    writer.write(hello(broker, "camera") + picture + bytes((Kind.PINGREQ, 0)))
    async with asyncio.timeout(10):
        answers = await reader.readexactly(6)
    writer.close()
    await writer.wait_closed()

    assert answers[4:] == packets.PINGRESP
    assert len(broker.exchange.kept["porch/picture"].payload) == 3 * broker_module.UNREAD_CAP_BYTES


async def test_a_device_that_says_much_and_leaves_at_once_is_heard_to_the_end(broker: EmbeddedBroker) -> None:
    words = b"".join(packets.publish(Publish(f"d/{n}", b"x" * 300, retain=True)) for n in range(5_000))
    async with listening(known_to(broker, "ear"), "d/#") as ear:
        async with stranger(broker, hello(broker, "device")) as device:
            await device.packet()
            device.say(words + packets.DISCONNECT)
            assert await device.is_hung_up_on()
        await ear.until(lambda: len(ear.heard) == 5_000)
        async with listening(known_to(broker, "late"), "d/#") as late:
            await late.until(lambda: len(late.heard) == 5_000)

            assert all(retain for _, _, retain in late.heard)


@pytest.mark.parametrize(
    "changes",
    [{"user": None, "password": None}, {"password": "guess"}, {"password": None}, {"user": "admin"}],
    ids=["anonymous", "wrong password", "no password", "wrong user"],
)
async def test_who_does_not_know_the_password_is_refused_and_unheard(
    broker: EmbeddedBroker, changes: dict[str, object]
) -> None:
    async with listening(known_to(broker, "ear"), "#") as ear:
        ear.heard.clear()
        said = packets.publish(Publish("t", b"evil", retain=True)) + packets.subscribe(1, [("#", 0)])
        async with stranger(broker, hello(broker, "ear", **changes) + said) as nobody:
            assert await nobody.packet() == (Kind.CONNACK, bytes((0, 5)))
            assert await nobody.packet() is None
        ear.link.publish("t", "good")
        await ear.until(lambda: ("t", b"good", False) in ear.heard)

        assert ear.ups == 1
        assert [payload for topic, payload, _ in ear.heard if topic == "t"] == [b"good"]
        assert "t" not in broker.exchange.kept


@pytest.mark.parametrize(
    "junk",
    [
        b"GET / HTTP/1.1\r\nHost: intercom\r\nAccept: */*\r\nX: and some more text to fill a line\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x5a" * 200,
        b"\x10\xff\xff\xff\xff\xff",
        b"\x10\xff\xff\xff\x7f",
        b"\x10\x04\x00\x04MQ",
        packets.PINGREQ,
        packets.publish(Publish("a", b"before hello")),
    ],
)
async def test_junk_is_hung_up_on_and_the_others_go_on(broker: EmbeddedBroker, junk: bytes) -> None:
    async with listening(known_to(broker, "ear"), "a") as ear:
        async with stranger(broker, junk) as one:
            assert await one.is_hung_up_on()
        ear.link.publish("a", "b")
        await ear.until(lambda: len(ear.heard) == 1)


async def test_a_client_of_another_version_is_told_so(broker: EmbeddedBroker) -> None:
    async with stranger(broker, b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x03abc") as modern:
        assert await modern.packet() == (Kind.CONNACK, bytes((0, 1)))
        assert await modern.is_hung_up_on()


async def test_a_stranger_that_says_nothing_is_hung_up_on(
    broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "HELLO_WITHIN_S", 0.1)
    async with stranger(broker) as silent, stranger(broker, b"\x10\x7f") as slow:
        assert await silent.is_hung_up_on()
        assert await slow.is_hung_up_on()


async def test_strangers_in_their_crowds_do_not_keep_a_device_out(broker: EmbeddedBroker) -> None:
    writers = []
    for _ in range(broker_module.STRANGERS_CAP + 20):
        _, writer = await asyncio.open_connection("127.0.0.1", broker.port)
        writers.append(writer)

    async with listening(known_to(broker, "ear"), "a") as ear:
        ear.link.publish("a", "b")
        await ear.until(lambda: len(ear.heard) == 1)

    assert len(broker.strangers) <= broker_module.STRANGERS_CAP
    for writer in writers:
        writer.transport.abort()


async def test_a_device_that_comes_back_takes_the_place_of_its_own_dead_connection(broker: EmbeddedBroker) -> None:
    will = Publish("gone", b"offline")
    async with (
        listening(known_to(broker, "ear"), "gone") as ear,
        stranger(broker, hello(broker, "x", will=will)) as old,
    ):
        assert await old.packet() == (Kind.CONNACK, bytes((0, 0)))

        async with stranger(broker, hello(broker, "x")) as new:
            assert await new.packet() == (Kind.CONNACK, bytes((0, 0)))
            assert await old.is_hung_up_on()
            await ear.until(lambda: ear.heard == [("gone", b"offline", False)])


async def test_a_client_that_falls_silent_is_given_up_and_its_last_will_is_published(broker: EmbeddedBroker) -> None:
    will = Publish("gone", b"offline")
    async with (
        listening(known_to(broker, "ear"), "gone") as ear,
        stranger(broker, hello(broker, "device", keep_alive_s=1, will=will)),
    ):
        await ear.until(lambda: len(ear.heard) == 1)

        assert ear.heard == [("gone", b"offline", False)]


async def test_a_client_that_does_not_read_is_cut_and_the_others_go_on(
    broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "UNSENT_CAP_BYTES", 1_000_000)
    async with (
        stranger(broker, hello(broker, "deaf"), packets.subscribe(1, [("much", 0)])) as deaf,
        listening(known_to(broker, "mouth"), "little") as mouth,
    ):
        await deaf.packet()
        await deaf.packet()
        while "deaf" in broker.exchange._peers:
            mouth.link.publish("much", b"x" * 100_000)
            await asyncio.sleep(0.001)
        mouth.link.publish("little", "x")
        await mouth.until(lambda: len(mouth.heard) == 1)


async def test_everything_is_there_again_after_a_stop(tmp_path: Path) -> None:
    async with embedded(tmp_path) as broker:
        first = broker.credentials
        async with listening(known_to(broker, "a"), "d/#") as ear:
            ear.link.publish("d/1", "kept", retain=True)
            ear.link.publish("d/2", "not kept")
            await ear.until(lambda: len(ear.heard) == 2)

    async with embedded(tmp_path) as broker:
        assert broker.credentials == first
        async with listening(known_to(broker, "b"), "d/#") as late:
            await late.until(lambda: len(late.heard) == 1)

            assert late.heard == [("d/1", b"kept", True)]


async def test_a_stop_does_not_publish_last_wills(tmp_path: Path) -> None:
    async with embedded(tmp_path) as broker:
        will = Publish("device/availability", b"offline", 0, retain=True)
        async with stranger(broker, hello(broker, "device", will=will)) as device:
            await device.packet()
            await broker.stop()

    async with embedded(tmp_path) as broker:
        assert "device/availability" not in broker.exchange.kept


SERVE = """
import asyncio, sys
from pathlib import Path
from intercom.devices.broker import EmbeddedBroker

async def main():
    broker = EmbeddedBroker(Path(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]))
    await broker.start()
    print(broker.port, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_kept_messages_and_the_password_survive_a_kill(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, str(tmp_path), "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    keys = EmbeddedBroker(tmp_path, host="127.0.0.1", port=port).credentials
    settings = LinkSettings(host="127.0.0.1", port=port, user=keys.user, password=keys.password, client_id="a")
    async with listening(settings, "d/#") as ear:
        for number in range(500):
            ear.link.publish(f"d/{number}", f"value {number}", retain=True)
        ear.link.publish("d/0", "", retain=True)
        await ear.until(lambda: len(ear.heard) == 501)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await ear.until(lambda: len(ear.downs) > 0)
        ear.heard.clear()

        async with embedded(tmp_path, port) as again:
            assert again.credentials == keys
            started_at = asyncio.get_running_loop().time()
            await ear.until(lambda: len(ear.heard) == 499)

            assert asyncio.get_running_loop().time() - started_at < 2
            assert {topic: payload for topic, payload, _ in ear.heard}["d/499"] == b"value 499"


ON_THE_WINDOWS_LOOP = """
import asyncio, sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from intercom.devices.broker import EmbeddedBroker
from intercom.devices.mqtt import MqttLink
from intercom.devices.mqtt_connection import LinkSettings
from intercom.loop import loop_factory

async def main():
    broker = EmbeddedBroker(Path(sys.argv[1]), host="127.0.0.1", port=0)
    await broker.start()
    keys = broker.credentials
    settings = LinkSettings(host="localhost", port=broker.port, user=keys.user, password=keys.password, client_id="a")
    heard = []
    done = asyncio.Event()
    def hear(topic, payload, retain):
        heard.append(topic)
        if len(heard) == 3_000:
            done.set()
    def say():
        for number in range(1_000):
            link.publish(f"a/{number}", b"x" * 300, qos=number % 3, retain=True)
    link = MqttLink(settings, on_message=hear, on_up=say)
    link.subscribe("a/#")
    running = asyncio.create_task(link.run())
    while len(heard) < 1_000:
        await asyncio.sleep(0.01)
    await broker.stop()
    while link.trouble is None:
        await asyncio.sleep(0.01)
    again = EmbeddedBroker(Path(sys.argv[1]), host="127.0.0.1", port=broker.port)
    await again.start()
    await asyncio.wait_for(done.wait(), 10)
    running.cancel()
    await asyncio.wait([running])
    await again.stop()
    print("done")

app = QCoreApplication([])
with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
    runner.run(main())
"""


async def test_broker_and_link_live_on_the_windows_loop(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", ON_THE_WINDOWS_LOOP, str(tmp_path),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(30):
        output, _ = await process.communicate()

    assert (output.decode(), process.returncode) == ("done\n", 0)


async def test_a_port_that_is_taken_is_told_in_words(broker: EmbeddedBroker, tmp_path: Path) -> None:
    second = EmbeddedBroker(tmp_path / "second", host="127.0.0.1", port=broker.port)

    with pytest.raises(StartupError, match=f"port {broker.port} of 127.0.0.1: another program listens there"):
        await second.start()
    await second.stop()


async def test_an_address_that_is_not_ours_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"192\.0\.2\.1"):
        await EmbeddedBroker(tmp_path, host="192.0.2.1", port=0).start()


async def test_a_folder_that_cannot_be_used_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StartupError, match="file"):
        EmbeddedBroker(tmp_path / "file", host="127.0.0.1")


async def test_only_we_can_look_into_the_folder(broker: EmbeddedBroker, tmp_path: Path) -> None:
    folder = tmp_path / "broker"

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "credentials.json": 0o600,
        "credentials.twin.json": 0o600,
        "kept.mqtt": 0o600,
    }


async def test_stopping_is_quick_with_clients_that_do_not_read(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with (
        embedded(tmp_path) as broker,
        stranger(broker, hello(broker, "deaf"), packets.subscribe(1, [("much", 0)])) as deaf,
        listening(known_to(broker, "mouth"), "much") as mouth,
    ):
        await deaf.packet()
        await deaf.packet()
        for number in range(100):
            mouth.link.publish("much", b"x" * 100_000)
            await mouth.until(lambda number=number: len(mouth.heard) == number + 1)  # type: ignore[misc]
        started_at = loop.time()
        await broker.stop()

        assert loop.time() - started_at < 0.5
